"""What the first content promises is called so wherever it is named, and unconfirmed once past due.

The site's own fixtures are walked once, with the clock in 2026: every public page in both
languages, the feed, the calendar, the prospectus and the sheet of every model.
"""

import csv
import datetime
import io
import json
import re
from dataclasses import dataclass, field, fields
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone, translation
from pypdf import PdfReader

from promotion.models import Event, Program
from promotion.reference.claims import OPEN_CLAIMS
from promotion.reference.models import Figure
from promotion.reference.services import in_language
from promotion.reference.templatetags.quantities import figure_value
from promotion.reference.wording import claim_words
from promotion.resources import RESOURCES
from tests.pages.test_languages import every_address_of_the_fixtures
from tests.pages.test_linked_data import BLOCK
from tests.spreadsheets.samples import csv_cells, export

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2026, 6, 15, 4, tzinfo=datetime.UTC)
LANGUAGES = {"zh-hans": "", "en": "/en"}
PLANNED = {"zh-hans": re.compile("计划|规划|拟"), "en": re.compile("plan", re.IGNORECASE)}
UNCONFIRMED = {"zh-hans": "自2024年起未见证实", "en": "unconfirmed since 2024"}
HAINA = {"zh-hans": "首届海纳大会", "en": "First Haina Conference"}
MEDICAL = {"zh-hans": "西部区域性医疗中心", "en": "Western regional medical centre"}
TWENTY = {"zh-hans": "20亿元", "en": "CNY 2 billion"}
ASKED = [
    "/search/?q={}",
    "/search/suggest/?q={}",
    "/compare/?park=glp-park&park=haina-town&park=taopu-smart-innovation-city",
    "/compare/?incubator=ju-laigu",
    "/match/?use=incubation&stage=start_up",
]
FEEDS = ["/feed.atom", "/events.ics", "/events/first-haina-conference.ics"]
VOID = {"meta", "link", "input", "img", "br", "source", "hr"}
# What is no statement about a record: the way to a page, the choices of a form, an echoed query.
SILENT = {"head", "nav", "script", "form", "style"}
# One thing that is said, with everything that is said beside it.
THINGS = {"li", "tr", "header"}
CLASSES = {"figure", "fact", "node-card", "chart"}
SENTENCES = {"p", "h1", "h2", "h3", "a", "figcaption", "summary"}


@dataclass
class Element:
    tag: str
    classes: set = field(default_factory=set)
    is_current: bool = False
    parent: "Element | None" = None
    children: list = field(default_factory=list)

    @property
    def is_thing(self):
        return self.tag in THINGS or bool(self.classes & CLASSES)

    def words(self):
        """Return the text, without what is said of the things inside."""
        parts = [
            child if isinstance(child, str) else "" if child.is_thing else child.words()
            for child in self.children
        ]
        return " ".join("".join(parts).split())

    @property
    def is_silent(self):
        return self.tag in SILENT or self.is_current or "tally" in self.classes

    def everything(self):
        yield self
        for child in self.children:
            if isinstance(child, Element) and not child.is_silent:
                yield from child.everything()

    @property
    def around(self):
        """The thing that the element is a part of."""
        above = self.parent
        while above and not above.is_thing:
            above = above.parent
        return above


class Tree(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.root = self.at = Element("root")
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        classes = set((values.get("class") or "").split())
        element = Element(tag, classes, "aria-current" in values, self.at)
        self.at.children.append(element)
        if tag not in VOID:
            self.at = element

    def handle_startendtag(self, tag, attributes):
        self.at.children.append(Element(tag, parent=self.at))

    def handle_endtag(self, tag):
        at = self.at
        while at.tag != tag and at.parent:
            at = at.parent
        self.at = at.parent or self.root

    def handle_data(self, data):
        self.at.children.append(data)


def statements(html):
    """Return what a page says, thing by thing; a sentence outside of any stands for itself.

    An item within another is said of what the outer one names.
    """
    said = []
    for element in Tree(html).root.everything():
        outer = element.around
        if element.is_thing and outer and element.tag == outer.tag == "li":
            said.append(f"{outer.words()} {element.words()}")
        elif element.is_thing or (element.tag in SENTENCES and not outer):
            said.append(element.words())
    return said


def unheard(html, phrases):
    """Return the phrases that a page says outside of all that `statements` returns."""

    def is_heard(element):
        while element and not element.is_thing and element.tag not in SENTENCES:
            element = element.parent
        return element is not None

    return [
        phrase
        for element in Tree(html).root.everything()
        for text in element.children
        for phrase in phrases
        if isinstance(text, str) and phrase in text and not is_heard(element)
    ]


def machine_texts(html):
    """Return the texts that a page's schema.org data, its description and attributes hold."""

    def strings(value):
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            return [text for item in value for text in strings(item)]
        return [str(value)]

    found = [text for block in BLOCK.findall(html) for text in strings(json.loads(block))]
    found += re.findall(r'<meta (?:name|property)="[^"]*" content="([^"]*)">', html)
    return found + re.findall(r'(?:alt|title|aria-label|data-[a-z-]+)="([^"]*)"', html)


@dataclass
class Site:
    """What the site says: (language, address) → its statements, and what machines read."""

    statements: dict = field(default_factory=dict)
    unheard: dict = field(default_factory=dict)
    machines: dict = field(default_factory=dict)
    nodes: dict = field(default_factory=dict)
    feeds: dict = field(default_factory=dict)
    documents: dict = field(default_factory=dict)
    sheets: dict = field(default_factory=dict)
    figures: dict = field(default_factory=dict)

    def add(self, part):
        """Take in what the site says in another language."""
        for each in fields(self):
            getattr(self, each.name).update(getattr(part, each.name))

    def naming(self, language, phrase):
        """Return (address, statement) of everything said about what a phrase names."""
        return [
            (address, text)
            for (spoken, address), texts in self.statements.items()
            for text in texts
            if spoken == language and phrase in text
        ]


def walk(client, language, addresses):
    """Return what the site says in a language."""
    site, prefix = Site(), LANGUAGES[language]
    asked = [address.format(word[language]) for word in (HAINA, MEDICAL) for address in ASKED]
    for address in [*addresses, *asked]:
        response = client.get(prefix + address)
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            html = response.content.decode()
            site.statements[language, address] = statements(html)
            phrases = [name[language] for name in (TWENTY, HAINA, MEDICAL)]
            site.unheard[language, address] = unheard(html, phrases)
            site.machines[language, address] = machine_texts(html)
            site.nodes[language, address] = BLOCK.findall(html)
    for address in FEEDS:
        response = client.get(prefix + address)
        is_there = response.status_code == 200
        site.feeds[language, address] = response.content.decode() if is_there else ""
    pdf = client.get(f"{prefix}/compare/prospectus.pdf?park=glp-park&park=xinjinhuan-plaza")
    site.documents[language] = " ".join(
        page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages
    )
    with translation.override(language):
        site.figures[language] = [
            (in_language(figure, "label"), figure_value(figure), claim_words(figure))
            for figure in Figure.objects.filter(claim_status__in=OPEN_CLAIMS)
        ]
    return site


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker):
    plain = {
        "STORAGES": {
            **settings.STORAGES,
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
        "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    }
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        override_settings(**plain),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(timezone, "now", lambda: NOW)
        call_command("load_site", stdout=io.StringIO())
        # The newest, so that the feed holds them.
        for model in (Event, Program):
            model.objects.update(updated_at=NOW + datetime.timedelta(hours=1))
        client, whole = Client(), Site()
        addresses = every_address_of_the_fixtures(client)
        for language in LANGUAGES:
            whole.add(walk(client, language, addresses))
        whole.sheets = {name: csv_cells(export(name)) for name in RESOURCES}
        transaction.set_rollback(True)
    translation.activate(settings.LANGUAGE_CODE)
    return whole


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_twenty_are_nowhere_shown_without_being_called_planned(site, language):
    said = site.naming(language, TWENTY[language])
    assert {address for address, _text in said} >= {"/figures/", "/parks/glp-park/"}
    read = [
        (address, text)
        for (spoken, address), texts in site.machines.items()
        for text in texts
        if spoken == language and TWENTY[language] in text
    ]
    assert [pair for pair in [*said, *read] if not PLANNED[language].search(pair[1])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_said_where_these_tests_do_not_read(site, language):
    """A text that stands in no sentence and no thing would be read by none of them."""
    found = {at: phrases for at, phrases in site.unheard.items() if at[0] == language and phrases}
    assert found == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_feed_gives_the_twenty_without_calling_them_planned(site, language):
    entries = [
        entry
        for (spoken, _address), feed in site.feeds.items()
        for entry in re.split("<entry>|BEGIN:VEVENT", feed)
        if spoken == language and TWENTY[language] in entry
    ]
    assert [entry for entry in entries if not PLANNED[language].search(entry)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_that_has_not_come_about_says_so_beside_it(site, language):
    assert len(site.figures[language]) == 4
    for label, value, words in site.figures[language]:
        said = [pair for pair in site.naming(language, value) if label in pair[1]]
        assert len(said) > 1, label
        parts = words.split(" · ")
        assert [pair for pair in said if not all(part in pair[1] for part in parts)] == [], label


@pytest.mark.parametrize("name", [HAINA, MEDICAL], ids=["haina", "medical"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_past_due_is_unconfirmed_wherever_it_is_named(site, language, name):
    said = site.naming(language, name[language])
    assert len({address for address, _text in said}) > 3
    assert [pair for pair in said if UNCONFIRMED[language] not in pair[1]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_past_due_is_announced_by_nothing(site, language):
    for (spoken, address), blocks in site.nodes.items():
        for block in blocks if spoken == language else []:
            for node in json.loads(block)["@graph"]:
                assert node["@type"] != "Event" or HAINA[language] not in node["name"], address
    assert "BEGIN:VCALENDAR" in site.feeds[language, "/events.ics"]
    for address in ("/events.ics", "/events/first-haina-conference.ics"):
        assert HAINA[language] not in site.feeds[language, address]
    titles = re.findall("<title>([^<]*)</title>", site.feeds[language, "/feed.atom"])
    for name in (HAINA, MEDICAL):
        (title,) = [title for title in titles if name[language] in title]
        assert UNCONFIRMED[language] in title


def test_the_prospectus_calls_the_twenty_planned_and_unconfirmed(site):
    chinese, english = ("".join(site.documents[language].split()) for language in LANGUAGES)
    for text, value, word in ((chinese, "20亿元", "计划"), (english, "CNY2billion", "Planned")):
        places = [found.end() for found in re.finditer(value, text)]
        assert places
        for place in places:
            assert re.search("拟|计划|plan", text[place - 60 : place + 60], re.IGNORECASE)
        assert f"{value}{word}" in text
    assert "自2023年起未见证实" in chinese
    assert "unconfirmedsince2023" in english


def test_no_sheet_gives_the_twenty_without_calling_them_planned(site):
    rows = [
        (name, row)
        for name, sheet in site.sheets.items()
        for row in sheet[1:]
        if "20亿元" in "".join(row) or ("20" in row and "亿元" in row)
    ]
    assert {name for name, _row in rows} >= {"figures", "programs", "tenancies", "citations"}
    assert [row for _name, row in rows if not PLANNED["zh-hans"].search("".join(row))] == []


def test_sheets_say_since_when_a_promise_is_unconfirmed(site):
    cells = {
        name: {
            row["网址代码"]: row for row in csv.DictReader(io.StringIO(as_text(site.sheets[name])))
        }
        for name in ("events", "programs", "incubators")
    }
    assert cells["events"]["first-haina-conference"]["实现状态"] == "计划（自2024年起未见证实）"
    assert cells["events"]["first-haina-conference"]["应实现日期"] == "2024"
    assert cells["programs"]["western-medical-centre"]["进展"] == "规划中（自2024年起未见证实）"
    assert cells["incubators"]["ju-laigu"]["目标级别"] == "国家级（自2023年起未见证实）"
    assert cells["events"]["wulin-dahui-2024"]["实现状态"] == "已实现"


def as_text(rows):
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()
