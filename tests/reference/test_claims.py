"""When what was to come is unconfirmed, how that is put, and how old a fact is."""

import datetime

import pytest
from django.utils import timezone, translation

from promotion.reference.claims import is_past
from promotion.reference.freshness import confirm, overdue
from promotion.reference.radar import expired_promises, forward_models, unconfirmed
from promotion.reference.records import Freshness
from promotion.reference.services import LinkQuery, fetch_links
from promotion.reference.wording import claim_words
from tests.factories import (
    make_event,
    make_figure,
    make_incubator,
    make_industry,
    make_park,
    make_program,
    make_tenancy,
)
from tests.project import our_models

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 6, 15)


@pytest.mark.parametrize(
    ("value", "last_day"),
    [("2024", "2024-12-31"), ("2024-02", "2024-02-29"), ("2024-02-28", "2024-02-28")],
)
def test_a_partial_date_is_past_once_all_of_it_is(value, last_day):
    last_day = datetime.date.fromisoformat(last_day)
    assert not is_past(value, last_day)
    assert is_past(value, last_day + datetime.timedelta(days=1))


@pytest.mark.parametrize(
    ("values", "since"),
    [
        ({"due_on": "2024"}, "2024"),
        ({"due_on": "2026"}, ""),
        ({"due_on": "2026-06"}, ""),
        ({"due_on": "2026-06-14"}, "2026-06-14"),
        # A date that was named counts, whoever has looked at it since.
        ({"due_on": "2024", "verified_on": TODAY}, "2024"),
        ({"as_of": "2024"}, "2024"),
        ({"as_of": "2025"}, ""),
        ({"as_of": "2023", "verified_on": datetime.date(2024, 5, 1)}, "2024-05-01"),
        ({"as_of": "2023", "verified_on": datetime.date(2026, 5, 1)}, ""),
        ({}, ""),
        ({"due_on": "2024", "claim_status": "achieved"}, ""),
    ],
)
def test_a_promise_is_unconfirmed_past_its_date_or_a_year_after_the_last_word(values, since):
    figure = make_figure(make_park(), **{"claim_status": "planned", **values})
    assert figure.unconfirmed_since(TODAY) == since


def test_how_long_an_undated_promise_lasts_can_be_set(settings):
    figure = make_figure(make_park(), claim_status="hoped", as_of="2024")
    settings.UNDATED_CLAIM_DAYS = 730
    assert figure.unconfirmed_since(TODAY) == ""
    assert figure.unconfirmed_since(datetime.date(2027, 1, 1)) == "2024"


def test_an_events_own_dates_say_by_when():
    event = make_event(starts_on="2026-05-01", ends_on="2026-05-03", due_on="2027")
    assert event.unconfirmed_since(datetime.date(2026, 5, 3)) == ""
    assert event.unconfirmed_since(datetime.date(2026, 5, 4)) == "2026-05-03"
    assert make_event(due_on="2025").unconfirmed_since(TODAY) == "2025"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"stage": "planned", "claim_status": "planned"}, "规划中 · 自2024年起未见证实"),
        (
            {"stage": "under_way", "claim_status": "hoped"},
            "建设或推进中 · 期望 · 自2024年起未见证实",
        ),
        ({"stage": "under_way", "claim_status": "achieved"}, "建设或推进中 · 自2024年起未见证实"),
        ({"claim_status": "planned"}, "计划 · 自2024年起未见证实"),
        ({"claim_status": "achieved", "stage": "operating"}, ""),
    ],
)
def test_what_a_record_says_of_itself_a_link_to_it_says_too(values, words):
    program = make_program(due_on="2024", **values)
    (link,) = fetch_links(LinkQuery("programs", type(program).objects.published()))
    for statement in (program, link):
        with translation.override("zh-hans"):
            assert claim_words(statement) == words


def test_a_link_counts_from_the_last_word_as_its_record_does():
    today = timezone.localdate()
    checked = make_park(stage="planned", as_of="2020", verified_on=today)
    event = make_event(starts_on="2020-05", ends_on="2020-06")
    links = fetch_links(
        LinkQuery("a", type(checked).objects.published()),
        LinkQuery("b", type(event).objects.published()),
    )
    assert [link.unconfirmed_since() for link in links] == ["", "2020-06"]


def test_what_makes_no_claim_says_nothing():
    assert claim_words(make_industry()) == claim_words(None) == ""


def test_a_level_aimed_at_is_a_promise():
    assert make_incubator(level_aimed="national", due_on="2024").unconfirmed_since(TODAY) == "2024"
    assert make_incubator(level_held="national", due_on="2024").unconfirmed_since(TODAY) == ""


def test_every_model_that_can_promise_is_on_the_radar():
    promising = {
        model
        for model in our_models()
        if {field.name for field in model._meta.fields} & {"claim_status", "stage", "level_aimed"}
    }
    assert set(forward_models()) == promising


def test_the_radar_holds_public_promises_with_their_sources_oldest_first():
    late = make_program(due_on="2025", claim_status="planned")
    later = make_tenancy(claim_status="planned", as_of="2024")
    lost = make_figure(make_park(), claim_status="hoped")
    make_program(due_on="2025", claim_status="planned", status="draft")
    make_program(due_on="2027", claim_status="planned")
    make_program(due_on="2025", claim_status="achieved")
    found = expired_promises([model.objects.all() for model in forward_models()], TODAY)
    assert [promise.record for promise in found] == [lost, later, late]
    assert [promise.since for promise in found] == ["", "2024", "2025"]
    assert [promise.field_to_mend for promise in found] == ["claim_status"] * 3
    assert unconfirmed([late], datetime.date(2025, 12, 31)) == []


def test_every_kind_of_fact_is_checked_again():
    unchecked = [model for model in our_models() if not issubclass(model, Freshness)]
    assert {model.__name__ for model in unchecked} == {"Service", "Citation"}
    for model in our_models():
        if issubclass(model, Freshness):
            assert 30 <= model.review_every_days <= 1095


def test_what_is_overdue_is_past_its_term_or_was_never_checked():
    def park(**values):
        return make_park(**values).name

    long_ago = TODAY - datetime.timedelta(days=366)
    names = {
        park(review_by=TODAY - datetime.timedelta(days=1)),
        park(verified_on=long_ago),
        park(),
    }
    park(review_by=TODAY)
    park(verified_on=long_ago, review_by=TODAY)
    park(verified_on=TODAY - datetime.timedelta(days=365))
    park(status="draft")
    assert {row.name for row in overdue(type(make_park(status="draft")), TODAY)} == names


def test_confirming_notes_the_day_and_the_next_term():
    event, park = make_event(), make_park(verified_on="2020-01-01", review_by="2020-02-01")
    today = timezone.localdate()
    rows = [type(row).objects.filter(pk=row.pk) for row in (event, park)]
    assert confirm(*rows) == 2
    for row, days in ((event, 90), (park, 365)):
        row.refresh_from_db()
        term = today + datetime.timedelta(days=days)
        assert (row.verified_on, row.review_by) == (today, term)
        assert row.history.first().history_change_reason == "仍然属实"
        assert not overdue(type(row)).exists()
