"""The pages of the staff's own work, full: each fits its window and has no barriers."""

import pytest

from parks.models import Park
from tests.factories import (
    make_citation,
    make_company,
    make_event,
    make_park,
    make_source,
    make_submission,
    make_text,
)
from tests.ledger.test_contradictions import disagree

PHONE, DESK = 375, 1440


@pytest.fixture
def addresses(transactional_db):
    """The addresses of the pages, each with something on it."""
    park = make_park(name="某园", slug="park", stage="planned", due_on="2020")
    disagree(park, label="企业数")
    source = make_text(make_source(name="某报道"), "某园在桃浦镇。", "某园全长约2.5公里。")
    make_citation(park, source=source, excerpt="不在原文里的短语")
    make_citation(park, source=source, field="stage", stated_value="已建成或运行中")
    kept, gone = (make_company(name=name) for name in ("某某科技有限公司", "某某科技股份有限公司"))
    make_company(name="另一家", summary="创办于 2011 年", summary_en="Founded in 2012")
    make_event(name="某活动", status="in_review")
    make_submission(subject=park)
    cite = f"cite/?subject=parks.park:{park.pk}&source={source.pk}"
    return [
        *["", "reviews/", "radar/", "overdue/", "score/", "translations/", "lost-anchors/"],
        *[f"quality/{name}/" for name in ("incomplete", "unsourced", "untranslated", "ready")],
        *[f"contradictions/?show={name}" for name in ("open", "settled", "fields")],
        *[cite, "cite/?record=某", f"reference/source/{source.pk}/text/"],
        "duplicates/?model=companies.company",
        f"duplicates/companies.company/{kept.pk}/{gone.pk}/",
        f"parks/park/{park.pk}/review/",
        f"parks/park/{park.pk}/history/",
        *["account/sessions/", "account/second-factor/"],
    ]


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_pages_of_staff_have_no_barriers_and_fit(addresses, staff, language):
    visitor = staff(width=PHONE)
    found = {}
    for width, scheme in ((PHONE, "light"), (DESK, "dark")):
        visitor.resize(width)
        # Before the pages are opened: the colour of a link changes slowly.
        visitor.page.emulate_media(color_scheme=scheme)
        for address in addresses:
            visitor.open(f"{language}/admin/{address}")
            if wrong := [*visitor.violations(), *filter(None, [visitor.sideways()])]:
                found[address, width, scheme] = wrong
    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_field_can_be_seen_and_what_it_says_while_empty_be_read(addresses, staff, scheme):
    visitor = staff(width=DESK, scheme=scheme)
    visitor.open(f"/admin/parks/park/{Park.objects.get().pk}/change/")
    fields = (
        ":is(.vTextField, textarea, select:not(.admin-autocomplete), .select2-selection):visible"
    )
    assert visitor.contrast(f"#content {fields}", edge="borderTopColor") >= 3
    assert visitor.contrast("[placeholder]:visible", part="::placeholder") >= 4.5


def test_a_number_on_the_desk_is_never_broken_over_two_lines(staff):
    for _number in range(12):
        make_park()
    page = staff(width=PHONE).open("/admin/")
    cell = page.locator(".overview > table td a").filter(has_text="12").first
    assert cell.evaluate("link => link.getClientRects().length") == 1


def test_a_form_with_rows_below_it_fits_a_desk(addresses, staff):
    visitor = staff(width=DESK)
    for language in ("", "/en"):
        page = visitor.open(f"{language}/admin/parks/park/{Park.objects.get().pk}/change/")
        assert page.locator(".inline-group").count() > 0
        assert visitor.sideways() == 0


def test_on_a_phone_a_row_says_what_each_of_its_cells_is(addresses, staff):
    page = staff(width=PHONE).open("/admin/radar/")
    row = page.locator("#content-main tbody tr").first
    label = "cell => getComputedStyle(cell, '::before').content"
    assert row.locator("td").nth(1).evaluate(label) == '"应实现日期"'
    assert page.locator(".wide-table").evaluate("box => box.scrollWidth - box.clientWidth") == 0
