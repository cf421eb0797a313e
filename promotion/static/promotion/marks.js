/* A citation mark opens who says so, where and as of when, beside the fact. The text is fetched from
   the address that belongs to the mark's link; without this file the link leads to the same place. */

const GAP = 8;
const note = document.createElement("div");
note.className = "mark-note";
note.popover = "auto";
note.tabIndex = -1;
note.setAttribute("role", "dialog");
note.setAttribute("aria-labelledby", "mark-note-title");
let opener = null;

function place(mark) {
  const spot = mark.getBoundingClientRect();
  const width = document.documentElement.clientWidth;
  const right = width - note.offsetWidth - GAP;
  note.style.left = `${scrollX + Math.max(GAP, Math.min(spot.left, right))}px`;
  const below = spot.bottom + GAP;
  const fits = below + note.offsetHeight <= innerHeight || spot.top < note.offsetHeight + GAP;
  note.style.top = `${scrollY + (fits ? below : spot.top - GAP - note.offsetHeight)}px`;
}

async function open(mark) {
  const [address, pk] = mark.href.split("#c");
  try {
    const answer = await fetch(`${address}citations/${pk}/`);
    if (!answer.ok) throw new Error(answer.status);
    note.innerHTML = await answer.text();
  } catch {
    location.assign(mark.href);
    return;
  }
  opener = mark;
  document.getElementById("main").append(note);
  note.showPopover();
  place(mark);
  note.focus({ preventScroll: true });
  note.scrollIntoView({ block: "nearest" });
}

function close() {
  note.hidePopover();
  opener?.focus();
}

if ("popover" in HTMLElement.prototype) {
  document.addEventListener("click", (event) => {
    const mark = event.target.closest(".mark");
    const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (mark && isPlain) {
      event.preventDefault();
      open(mark);
    }
  });

  note.addEventListener("click", (event) => {
    if (event.target.closest("[data-closes-note]")) close();
  });

  note.addEventListener("keydown", (event) => {
    const stops = [...note.querySelectorAll("a, button")];
    const leaves = event.shiftKey
      ? [note, stops[0]].includes(document.activeElement)
      : document.activeElement === stops.at(-1);
    if (event.key === "Escape") {
      /* What lies under the note stays open. */
      event.stopPropagation();
      event.preventDefault();
      close();
    } else if (event.key === "Tab" && leaves) {
      /* From the mark the browser goes on by itself; backwards the mark is the stop before. */
      if (event.shiftKey) event.preventDefault();
      close();
    }
  });
}
