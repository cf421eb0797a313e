"""Every public value of the first content has its source, in the data and on every page."""

import re
from html.parser import HTMLParser
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import translation

from parks.models import Incubator, Park, Space
from promotion.models import SitePage
from promotion.reference.models import Source, sourced_models
from promotion.reference.publication import blocking
from promotion.reference.publish_rules import NOT_FROM_DOCUMENTS, fact_fields
from promotion.reference.templatetags.facts import field_label
from tests.pages.crawl import crawl

pytestmark = pytest.mark.django_db

SPEAK_FOR_THEMSELVES = {Source, SitePage}
# Elements that state something, by class; each holds a mark or says that nothing is known.
STATEMENTS = {"fact", "figure"}
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "path", "rect", "source", "wbr"}


class Statements(HTMLParser):
    """Collects the text, and whether there is a mark, of each element that states something."""

    def __init__(self):
        super().__init__()
        self.open = []
        self.found = []

    def handle_starttag(self, tag, attributes):
        classes = set((dict(attributes).get("class") or "").split())
        for statement in self.open:
            statement["depth"] += tag not in VOID
            statement["is_sourced"] |= bool(classes & {"mark", "unknown"})
            statement["part"] = tag
        if classes & STATEMENTS and tag == "div":
            self.open.append({"depth": 1, "is_sourced": False, "part": tag, "dt": "", "dd": ""})

    def handle_endtag(self, tag):
        for statement in self.open:
            statement["depth"] -= tag not in VOID
        self.found += [statement for statement in self.open if not statement["depth"]]
        self.open = [statement for statement in self.open if statement["depth"]]

    def handle_data(self, data):
        for statement in self.open:
            part = "dt" if statement["part"] == "dt" else "dd"
            statement[part] += data.strip()


@pytest.fixture
def first_content():
    call_command("load_site", stdout=StringIO())


def test_every_public_value_of_the_first_content_has_a_citation(first_content):
    walked, bare, lacking = 0, [], []
    for model in sourced_models():
        rows = list(model._default_manager.published())
        lacking += [fault for row in rows for fault in blocking(row)]
        if model in SPEAK_FOR_THEMSELVES:
            continue
        for row in rows:
            fields = {citation.field for citation in row.citations.all()}
            for name in fact_fields(model):
                value = getattr(row, name)
                if model._meta.get_field(name).many_to_many:
                    value = list(value.all())
                if value not in (None, "", []):
                    walked += 1
                    if not fields & {"", name}:
                        bare.append((row, name))
    assert walked > 900
    assert bare == []
    assert lacking == []


def labels_of_the_office():
    """Return the labels, in both languages, of what does not come from documents."""
    labels = set()
    for language in ("zh-hans", "en"):
        with translation.override(language):
            for model in sourced_models():
                names = NOT_FROM_DOCUMENTS & {field.name for field in model._meta.fields}
                labels |= {str(field_label(model, name)).casefold() for name in names}
    return labels


def test_every_value_on_every_page_holds_a_mark_or_says_that_it_is_not_known(client, first_content):
    office = labels_of_the_office()
    shown, bare = 0, set()
    for address, response in crawl(client, choices=False).items():
        path = re.sub("^/en/", "/", address)
        if not response["Content-Type"].startswith("text/html") or path.startswith(
            # A source's own page, and what the office says itself.
            ("/sources/", "/about/", "/inquiries/")
        ):
            continue
        statements = Statements()
        statements.feed(response.content.decode())
        for statement in statements.found:
            shown += 1
            if not statement["is_sourced"] and statement["dt"].casefold() not in office:
                bare.add((statement["dt"], statement["dd"], path))
    assert shown > 1000
    assert sorted(bare) == []


ROW = re.compile(r'<th scope="row">(.*?)</th>(.*?)</tr>', re.DOTALL)
LINE = re.compile(r"<p>(.*?)</p>", re.DOTALL)
COMPARED_AT_ONCE = 4


@pytest.mark.parametrize("model", [Park, Space, Incubator])
def test_every_value_of_a_comparison_holds_a_mark_or_leads_to_what_does(
    client, first_content, model
):
    office, kind = labels_of_the_office(), model._meta.model_name
    slugs = list(model.objects.published().values_list("slug", flat=True))
    shown, bare = 0, []
    for start in range(0, len(slugs), COMPARED_AT_ONCE):
        places = "&".join(f"{kind}={slug}" for slug in slugs[start : start + COMPARED_AT_ONCE])
        for label, cells in ROW.findall(client.get(f"/compare/?{places}").text):
            if label.partition("<")[0].strip().casefold() in office:
                continue
            for line in LINE.findall(cells):
                shown += 1
                if 'class="mark' not in line and "<a " not in line:
                    bare.append((label, line))
    assert shown >= len(slugs)
    assert bare == []
