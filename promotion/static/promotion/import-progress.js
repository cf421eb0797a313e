/* Shows how far a file has come, and the page of the result as soon as there is one. */

const box = document.getElementById("import-progress");
const text = document.getElementById("import-progress-text");
const bar = document.getElementById("import-progress-bar");
const SECONDS_BETWEEN = 1;
const SECONDS_AFTER_FAILURE = 5;

async function ask() {
  let wait = SECONDS_BETWEEN;
  try {
    const answer = await fetch(box.dataset.stateUrl, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(answer.status);
    const state = await answer.json();
    if (!state.is_under_way) {
      location.reload();
      return;
    }
    if (text.textContent !== state.text) text.textContent = state.text;
    if (state.total) {
      bar.max = state.total;
      bar.value = state.done;
    } else {
      bar.removeAttribute("value");
    }
  } catch {
    wait = SECONDS_AFTER_FAILURE;
  }
  setTimeout(ask, wait * 1000);
}

setTimeout(ask, SECONDS_BETWEEN * 1000);
