"""Every page is written as HTML allows, whatever it shows and whatever was typed."""

import pytest

from tests.factories import make_inquiry
from tests.markup import problems_of
from tests.pages.world import EVERY_ADDRESS, build

pytestmark = pytest.mark.django_db

STATES = [
    "/search/",
    "/search/?q=nothing-like-it",
    "/parks/?kind=x&q=hub",
    "/spaces/?use=land",
    "/spaces/?area_min=many",
    "/compare/",
    "/compare/?park=none",
    "/match/",
    "/match/?use=castle&area_sqm=many&team_size=0",
    "/inquiries/new/",
    "/belts/hub-belt/?node=none",
    "/nothing-here/",
    "/styleguide/",
]
"""Pages in states that no link of the contract leads to."""


@pytest.mark.parametrize("language", ["", "/en"])
def test_every_page_is_written_as_html_allows(client, settings, language):
    build(2)
    receipt = f"/inquiries/{make_inquiry().number}/"
    found = {}
    for address in [*EVERY_ADDRESS, *STATES, receipt]:
        settings.DEBUG = address == "/styleguide/"
        found[address] = problems_of(client.get(language + address).text)
    settings.DEBUG = False
    refused = client.post(f"{language}/inquiries/new/", {"headcount": "many", "email": "no"})
    assert "errorlist" in refused.text
    found["a refused enquiry"] = problems_of(refused.text)
    assert {address: problems for address, problems in found.items() if problems} == {}


@pytest.mark.parametrize(
    "mistake",
    [
        '<p hx-get="/">a</p>',
        '<p id="a">a</p><p id="a">b</p>',
        '<p id="">a</p>',
        '<p class="a" class="b">a</p>',
        '<label for="a">a</label>',
        '<input aria-describedby="a">',
        '<a href="#a">a</a>',
        '<a href="/"><button>a</button></a>',
        "<label>a <label>b</label></label>",
        "<p><ul><li>a</li></ul></p>",
        "<ul><div>a</div></ul>",
        "<dl><p>a</p></dl>",
        "<div/>",
        "<div>",
        "<div></section></div>",
        '<input type="number" value="many">',
    ],
)
def test_the_mistakes_are_noticed(mistake):
    assert problems_of(mistake)


def test_what_is_right_is_let_pass():
    assert not problems_of(
        '<p id="a" data-hx-get="/">a<br><a href="#a" aria-label="b">c</a></p>'
        '<dl><div><dt>a</dt><dd>b</dd></div></dl><svg viewBox="0 0 1 1"><path d="M0 0"/></svg>'
        '<label for="b">d</label><input id="b" type="number" value="-1.5">'
    )
