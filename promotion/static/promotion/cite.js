/* Citing: what is selected in one paragraph of the text goes into the form's paragraph and phrase.
   Without this file both are typed. */

const text = document.getElementById("source-text");
const form = document.getElementById("citation_form");
const MAX_CHARACTERS = Number(form?.elements.excerpt.maxLength);

function say(message) {
  document.getElementById("chosen").textContent = message;
}

function paragraphAt(node) {
  const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
  return element.closest("[data-paragraph]");
}

/* The part of a selection that lies in its first paragraph: a triple click ends at the next one. */
function trimmed(range) {
  const first = paragraphAt(range.startContainer);
  if (!first || range.endOffset || paragraphAt(range.endContainer) === first) return range;
  const part = range.cloneRange();
  part.setEndAfter(first.lastChild);
  return part;
}

document.addEventListener("selectionchange", () => {
  if (!form || !text) return;
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return;
  const range = trimmed(selection.getRangeAt(0));
  if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return;
  /* As it is stored: the selection's own text would have its spaces drawn together. */
  const excerpt = range.toString().trim();
  const paragraph = paragraphAt(range.startContainer);
  if (!excerpt) return;
  if (!paragraph || paragraph !== paragraphAt(range.endContainer)) say(text.dataset.across);
  else if ([...excerpt].length > MAX_CHARACTERS) say(text.dataset.long.replace("{limit}", MAX_CHARACTERS));
  else {
    form.elements.paragraph.value = paragraph.dataset.paragraph;
    form.elements.excerpt.value = excerpt;
    say(text.dataset.chosen.replace("{paragraph}", paragraph.dataset.paragraph).replace("{excerpt}", () => excerpt));
  }
});
