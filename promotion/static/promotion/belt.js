/* The card of a node on a belt's drawing: Escape closes it, and closing it leads back to its node. */

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelector(".node-card-close")?.click();
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const slug = detail.requestConfig?.elt.dataset.closes;
  const nodes = slug ? [...document.querySelectorAll(`.belt-node[data-node="${slug}"]`)] : [];
  /* Of the two drawings one is shown, whichever fits the window. */
  nodes.find((node) => node.getClientRects().length)?.focus();
});

/* A click that asks for a new tab or window is the browser's. */
document.addEventListener(
  "click",
  (event) => {
    const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey);
    if (!isPlain && event.target.closest("[data-hx-get]")) event.stopPropagation();
  },
  true,
);

/* Where the card cannot be fetched, the browser is asked to try, and says what is wrong. */
for (const failure of ["htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(failure, ({ detail }) => location.assign(detail.requestConfig.path));
}
