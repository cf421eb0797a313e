// The live filter form of a list: short addresses, and parts of the facets kept open.
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

let opened = [];
document.addEventListener("htmx:beforeSwap", () => {
  opened = [...document.querySelectorAll("#facets details[open]")].map((part) => part.id);
});
document.addEventListener("htmx:oobAfterSwap", () => {
  for (const id of opened) {
    document.getElementById(id)?.setAttribute("open", "");
  }
});

// Browsers that cannot show the closed facets beside the results by style alone.
if (!CSS.supports("selector(::details-content)") && matchMedia("(min-width: 60rem)").matches) {
  document.querySelector(".facets")?.setAttribute("open", "");
}
