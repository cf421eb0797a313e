// The live filter form of a list: short addresses, and where the keyboard goes on.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.id === "filters") {
    const values = event.detail.formData;
    for (const name of new Set(values.keys())) {
      if (values.getAll(name).every((value) => value === "")) {
        values.delete(name);
      }
    }
  }
});

// The link to the rest of a facet's choices has gone with them there: the first of these is next.
document.addEventListener("htmx:afterSettle", (event) => {
  const link = event.detail.requestConfig?.elt;
  if (link?.matches(".facet-more")) {
    document.getElementById(link.dataset.next)?.focus();
  }
});

// Browsers that cannot show the closed facets beside the results by style alone.
if (!CSS.supports("selector(::details-content)") && matchMedia("(min-width: 60rem)").matches) {
  document.querySelector(".facets")?.setAttribute("open", "");
}
