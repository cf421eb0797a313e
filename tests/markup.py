"""Reading a page as strictly as HTML is defined, where browsers silently mend what is wrong.

The whole of HTML is checked by the W3C checker (docs/quality.md); here are the mistakes that
templates invite.
"""

from html.parser import HTMLParser


def words(text):
    return frozenset(text.split())


VOID = words("area base br col embed hr img input link meta source track wbr")
BLOCK = words(
    "address article aside blockquote details dialog div dl fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hr main nav ol p pre section table ul"
)
"""What cannot stand in a paragraph: a browser ends the paragraph before it."""
PARTS = {
    "ul": {"li"},
    "ol": {"li"},
    "dl": {"div", "dt", "dd"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tr": {"th", "td"},
    "select": {"option", "optgroup"},
}
"""The only elements that may stand directly in these."""
CONTROLS = words("a button details input label select textarea")
GLOBAL = words("autofocus class dir hidden id lang role tabindex title")
ATTRIBUTES = {
    "a": "download href hreflang rel target",
    "button": "disabled name type value",
    "details": "open",
    "fieldset": "disabled",
    "form": "action autocomplete enctype method novalidate",
    "img": "alt decoding fetchpriority height loading sizes src srcset width",
    "input": "accept autocomplete checked disabled form inputmode max maxlength min minlength name"
    " pattern placeholder readonly required size step type value",
    "label": "for",
    "link": "as crossorigin href hreflang media rel sizes type",
    "meta": "charset content name property",
    "ol": "reversed start",
    "optgroup": "disabled label",
    "option": "disabled label selected value",
    "output": "for",
    "script": "async defer src type",
    "select": "disabled multiple name required size",
    "source": "height media sizes srcset type width",
    "td": "colspan headers rowspan",
    "textarea": "autocomplete cols disabled maxlength minlength name placeholder readonly required"
    " rows",
    "th": "abbr colspan headers rowspan scope",
    "time": "datetime",
}
"""The attributes of each element beside those of all; nobody writes what is not here."""
REFERENCES = ("for", "headers", "aria-labelledby", "aria-describedby", "aria-controls")


def is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


class MarkupReader(HTMLParser):
    """Collects what a page's markup breaks, each in a line with its place."""

    def __init__(self):
        super().__init__()
        self.open = []
        self.ids = set()
        self.references = []
        self.problems = []

    def note(self, problem):
        line, column = self.getpos()
        self.problems.append(f"{line}:{column} {problem}")

    def handle_starttag(self, tag, attributes):
        if "svg" not in self.open:
            self.check_place(tag)
            self.check_attributes(tag, attributes)
        self.check_names(attributes)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            if "svg" not in self.open:
                self.note(f"<{tag}/> does not end itself")
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.note(f"</{tag}> while {self.open[-1:]} is open")
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def check_place(self, tag):
        parent = self.open[-1] if self.open else ""
        if tag in BLOCK and "p" in self.open:
            self.note(f"<{tag}> in a paragraph")
        if parent in PARTS and tag not in PARTS[parent]:
            self.note(f"<{tag}> directly in <{parent}>")
        if tag in CONTROLS and (
            {"a", "button"} & set(self.open) or (tag == "label" and tag in self.open)
        ):
            self.note(f"<{tag}> in another control")

    def check_attributes(self, tag, attributes):
        known = GLOBAL | words(ATTRIBUTES.get(tag, ""))
        for name, _value in attributes:
            if tag != "svg" and name not in known and not name.startswith(("aria-", "data-")):
                self.note(f"{name} on <{tag}>")
        attrs = dict(attributes)
        if attrs.get("type") == "number" and attrs.get("value") and not is_number(attrs["value"]):
            self.note(f"number input holds {attrs['value']!r}")

    def check_names(self, attributes):
        names = [name for name, _value in attributes]
        if len(names) != len(set(names)):
            self.note(f"an attribute twice: {names}")
        for name, value in attributes:
            if name == "id":
                if not value or value in self.ids or value.split() != [value]:
                    self.note(f"id {value!r} is not one word of its own")
                self.ids.add(value)
            elif name in REFERENCES:
                self.references += [(self.getpos(), name, wanted) for wanted in value.split()]
            elif name == "href" and value.startswith("#"):
                self.references.append((self.getpos(), name, value[1:]))


def problems_of(text):
    """Return what is wrong with the markup of a whole page."""
    reader = MarkupReader()
    reader.feed(text)
    reader.close()
    missing = [
        f"{line}:{column} {name} names no element: {wanted}"
        for (line, column), name, wanted in reader.references
        if wanted not in reader.ids
    ]
    return [*reader.problems, *missing, *(f"<{tag}> never ends" for tag in reader.open)]
