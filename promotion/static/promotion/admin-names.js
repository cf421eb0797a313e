/* What Django leaves without a name. In the rows below a form each field is named as its column; what
   its scripts draw in place of a field, as the field is: lists to search in read out the chosen value
   alone. */

function nameColumns(table) {
  const heads = [...table.tHead.rows[0].cells];
  for (const row of table.tBodies[0].rows) {
    for (const field of row.querySelectorAll("input:not([type=hidden]), select, textarea")) {
      if (field.labels.length) continue;
      const label = document.createElement("label");
      label.htmlFor = field.id;
      label.className = "visually-hidden";
      label.textContent = heads[field.closest("td").cellIndex].textContent.trim();
      field.before(label);
    }
  }
  // A cell that says nothing heads nothing.
  for (const head of heads.filter((each) => !each.textContent.trim())) {
    const cell = document.createElement("td");
    cell.className = head.className;
    head.replaceWith(cell);
  }
}

function nameChoice(select) {
  const label = select.labels[0];
  const drawn = select.nextElementSibling?.querySelector(".select2-selection");
  if (!label || !drawn) return;
  label.id ||= `${select.id}_label`;
  const value = drawn.querySelector(".select2-selection__rendered");
  value.removeAttribute("aria-readonly");
  if (select.multiple) {
    drawn.setAttribute("aria-labelledby", label.id);
    drawn.querySelector(".select2-search__field").setAttribute("aria-labelledby", label.id);
  } else {
    value.removeAttribute("role");
    drawn.setAttribute("aria-labelledby", `${label.id} ${value.id}`);
  }
}

function nameChoices(part) {
  part.querySelectorAll("select.admin-autocomplete").forEach(nameChoice);
}

// Before Django's own scripts, which make a new row as a copy of one that is not shown.
document.querySelectorAll(".tabular table").forEach(nameColumns);

if (window.django?.jQuery?.fn.select2) {
  const $ = window.django.jQuery;
  // Each value of a field for several has a mark to take it out; one for all stands wrongly in the list.
  for (const select of document.querySelectorAll("select.admin-autocomplete[multiple]")) {
    select.dataset.allowClear = "false";
  }
  // After Django's own, which draws them.
  $(() => nameChoices(document));
  document.addEventListener("formset:added", (event) => nameChoices(event.target));
  $(document).on("select2:open", ({ target }) => {
    const drawn = target.nextElementSibling.querySelector(".select2-selection");
    drawn.setAttribute("aria-controls", drawn.getAttribute("aria-owns"));
    const field = document.querySelector(".select2-dropdown .select2-search__field");
    field?.setAttribute("aria-labelledby", target.labels[0].id);
  });
}

addEventListener("load", () => {
  for (const icon of document.querySelectorAll(".search-label-icon")) icon.setAttribute("role", "img");
});
