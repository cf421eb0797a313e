// Search boxes that suggest names while one types: a combobox with its list of options.
// htmx fetches the options; this file opens the list and gives it the keyboard.
for (const input of document.querySelectorAll("[data-suggests]")) {
  const list = document.getElementById(input.dataset.suggests);
  let active = -1;

  const options = () => [...list.querySelectorAll('[role="option"]')];

  function choose(position) {
    active = position;
    options().forEach((option, index) => {
      option.setAttribute("aria-selected", String(index === position));
    });
    const option = options()[position];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function open(isOpen) {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    choose(-1);
  }

  function move(step) {
    const total = options().length;
    if (list.hidden) {
      open(true);
    }
    // Beyond either end lies the text itself.
    choose(((active + 1 + step + total + 1) % (total + 1)) - 1);
  }

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  open(false);

  list.addEventListener("htmx:afterSwap", () => {
    options().forEach((option, index) => {
      option.id = `${list.id}-${index}`;
    });
    open(options().length > 0 && document.activeElement === input);
  });

  input.addEventListener("keydown", (event) => {
    // While Chinese is being composed the keys belong to the input method.
    if (event.isComposing || options().length === 0) {
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !list.hidden && active >= 0) {
      event.preventDefault();
      options()[active].click();
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      open(false);
    }
  });

  // A press on an option must not take the focus away before the click arrives.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  input.addEventListener("blur", () => open(false));
}
