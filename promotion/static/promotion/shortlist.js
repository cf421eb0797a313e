/* Marks that a visitor puts on places, kept in this browser alone, as the query that compares them:
   park=a&park=b&incubator=c. Without this file the tick boxes of the lists do the same; with it
   they become buttons, which need no other to be pressed. */

const KEY = "shortlist";
const MAX_OF_A_KIND = 4;
const bar = document.getElementById("shortlist");

function read() {
  return [...new URLSearchParams(localStorage.getItem(KEY) ?? "")];
}

function write(marks) {
  localStorage.setItem(KEY, new URLSearchParams(marks));
  show();
}

function without(marks, value) {
  return marks.filter((mark) => mark.join("=") !== value);
}

function say(text) {
  const count = bar.querySelector(".shortlist-count");
  if (count.textContent !== text) count.textContent = text;
}

function becomeButton(tick) {
  const button = document.createElement("button");
  const box = tick.querySelector("input");
  button.className = "mark-toggle";
  button.type = "button";
  button.value = `${box.name}=${box.value}`;
  box.remove();
  button.append(...tick.childNodes);
  tick.replaceWith(button);
}

function show() {
  const marks = read();
  document.querySelectorAll(".compare-tick").forEach(becomeButton);
  for (const button of document.querySelectorAll(".mark-toggle")) {
    button.setAttribute("aria-pressed", marks.some((mark) => mark.join("=") === button.value));
    button.hidden = false;
  }
  for (const plain of document.querySelectorAll(".compare-bar")) plain.hidden = true;
  if (!bar) return;
  bar.hidden = !marks.length;
  bar.querySelector("a").search = new URLSearchParams(marks);
  say(bar.dataset.count.replace("{count}", marks.length));
}

function toggle(value) {
  const marks = read();
  const others = without(marks, value);
  const [name, slug] = value.split("=");
  if (others.length < marks.length) write(others);
  else if (marks.filter((mark) => mark[0] === name).length < MAX_OF_A_KIND) write([...marks, [name, slug]]);
  else say(bar.dataset.full);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest(".mark-toggle");
  const link = event.target.closest("[data-unmark]");
  if (button) toggle(button.value);
  else if (link) write(without(read(), link.dataset.unmark));
  else if (event.target.closest(".shortlist-clear")) {
    write([]);
    document.getElementById("main").focus();
  }
});

try {
  show();
  addEventListener("storage", show);
  addEventListener("pageshow", show);
  document.addEventListener("htmx:afterSettle", show);
} catch {
  // This browser keeps nothing for us: the tick boxes stay.
}
