"""Reading the forms of a page as a browser does, so that tests submit what a person would."""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit


class FormReader(HTMLParser):
    """Collects the successful controls of the form that is wanted, as name → list of values."""

    def __init__(self, is_wanted):
        super().__init__()
        self.is_wanted = is_wanted
        self.action = None
        self.inside = False
        self.values = {}
        self.select = self.textarea = None

    def add(self, name, value):
        if name:
            self.values.setdefault(name, []).append(value)

    def handle_starttag(self, tag, attributes):
        attrs = dict(attributes)
        if tag == "form":
            self.inside = self.is_wanted(attrs)
            if self.inside:
                self.action = attrs.get("action") or ""
        if not self.inside:
            return
        if tag == "select":
            self.select = {
                "name": attrs.get("name"),
                "multiple": "multiple" in attrs,
                "first": None,
            }
            self.select["chosen"] = []
        elif tag == "option" and self.select:
            value = attrs.get("value", "")
            if self.select["first"] is None:
                self.select["first"] = value
            if "selected" in attrs:
                self.select["chosen"].append(value)
        elif tag == "textarea":
            self.textarea = (attrs.get("name"), [])
        elif tag == "input":
            kind = attrs.get("type", "text")
            if kind in {"submit", "button", "file", "image"}:
                return
            if kind in {"checkbox", "radio"}:
                if "checked" in attrs:
                    self.add(attrs.get("name"), attrs.get("value", "on"))
                return
            self.add(attrs.get("name"), attrs.get("value", ""))

    def handle_data(self, data):
        if self.textarea:
            self.textarea[1].append(data)

    def handle_endtag(self, tag):
        if tag == "select" and self.select:
            chosen = self.select["chosen"]
            if not chosen and not self.select["multiple"] and self.select["first"] is not None:
                chosen = [self.select["first"]]
            for value in chosen:
                self.add(self.select["name"], value)
            self.select = None
        elif tag == "textarea" and self.textarea:
            name, parts = self.textarea
            # A browser drops the newline that directly follows the tag.
            self.add(name, "".join(parts).removeprefix("\n"))
            self.textarea = None
        elif tag == "form":
            self.inside = False


def read_form(response, form_id):
    """Return the values that the named form of a page would submit untouched."""
    reader = FormReader(lambda attrs: attrs.get("id") == form_id)
    reader.feed(response.content.decode())
    return reader.values


def read_form_to(response, step):
    """Return (address, values) of the form whose address ends with a step, or None without one."""
    reader = FormReader(
        lambda attrs: urlsplit(attrs.get("action") or "").path.rstrip("/").endswith(f"/{step}")
    )
    reader.feed(response.content.decode())
    if reader.action is None:
        return None
    return urljoin(response.request["PATH_INFO"], reader.action), reader.values
