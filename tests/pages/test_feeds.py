"""What others subscribe to: the news feed and the calendar of events."""

import datetime
from xml.etree import ElementTree

import pytest
from icalendar import Calendar

from companies.models import Company
from promotion.models import Event
from tests.factories import make_company, make_event, make_home, make_park

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "<b>&\x0b]]>甲；,\\\"'"


def feed(client, address="/feed.atom"):
    response = client.get(address)
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def entries(client, address="/feed.atom"):
    return feed(client, address).findall(f"{ATOM}entry")


def test_every_page_names_the_feed(client):
    make_park(slug="park")
    for prefix in ("", "/en"):
        text = " ".join(client.get(f"{prefix}/parks/park/").text.split())
        assert 'rel="alternate" type="application/atom+xml"' in text
        assert f'href="{prefix}/feed.atom"' in text


def test_the_feed_tells_what_was_published_or_changed_last_first(client):
    make_home(name="某区")
    make_company(slug="c", name="某企业", summary="做某事")
    make_event(slug="e", name="某大会", claim_status="planned", starts_on="2024-05")
    make_park(status="draft")
    Company.objects.update(updated_at="2026-01-02T00:00:00Z")
    Event.objects.update(updated_at="2026-01-01T00:00:00Z", publish_at="2026-02-03T00:00:00Z")
    root = feed(client)
    assert root.findtext(f"{ATOM}title") == "某区招商：新发布与更新"
    assert root.findtext(f"{ATOM}updated") == "2026-02-03T00:00:00+00:00"
    assert root.find(f"{ATOM}link[@rel='self']").get("href") == "http://testserver/feed.atom"
    assert [
        [entry.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated")]
        + [" ".join(entry.findtext(f"{ATOM}summary").split())]
        for entry in entries(client)
    ] == [
        [
            "http://testserver/events/e/",
            "某大会（计划 · 自2024年5月起未见证实）",
            "2026-02-03T00:00:00+00:00",
            "<p>活动 · 原计划 2024年5月 </p>",
        ],
        [
            "http://testserver/companies/c/",
            "某企业",
            "2026-01-02T00:00:00+00:00",
            "<p>企业</p><p>做某事</p>",
        ],
    ]


def test_an_entry_keeps_its_id_when_its_record_changes(client):
    park = make_park(slug="park")
    before = entries(client)[0].findtext(f"{ATOM}id")
    park.name = "新名"
    park.save()
    assert entries(client)[0].findtext(f"{ATOM}id") == before == "http://testserver/parks/park/"


def test_the_english_feed_leads_to_english_pages(client):
    make_park(slug="park", name="某园区", name_en="Some Park")
    entry = entries(client, "/en/feed.atom")[0]
    assert entry.findtext(f"{ATOM}title") == "Some Park"
    assert entry.find(f"{ATOM}link").get("href") == "http://testserver/en/parks/park/"


def test_the_feed_survives_any_text(client):
    make_home(name=HOSTILE)
    make_park(name=HOSTILE, summary=HOSTILE)
    entry = entries(client)[0]
    assert entry.findtext(f"{ATOM}title") == HOSTILE.replace("\x0b", "")
    assert "&lt;b&gt;&amp;]]&gt;甲" in entry.findtext(f"{ATOM}summary")


def calendar(client, address="/events.ics"):
    """Return a calendar that was read back, checking the form of its lines."""
    response = client.get(address)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    content = response.content
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 75
    return Calendar.from_ical(content)


def test_the_calendar_holds_the_events_whose_days_are_known(client):
    make_event(name="一天", starts_on="2026-05-06", claim_status="achieved")
    make_event(name="两天", starts_on="2026-05-06", ends_on="2026-05-07", claim_status="planned")
    make_event(name="某月", starts_on="2026-05")
    make_event(name="结束日不详", starts_on="2026-05-06", ends_on="2026-06")
    make_event(name="无日期")
    make_event(name="草稿", starts_on="2026-05-06", status="draft")
    found = {
        str(entry["summary"]): (entry["dtstart"].dt, entry["dtend"].dt, str(entry["status"]))
        for entry in calendar(client).walk("VEVENT")
    }
    day = datetime.date(2026, 5, 6)
    assert found == {
        "一天": (day, datetime.date(2026, 5, 7), "CONFIRMED"),
        "两天（计划 · 自2026年5月7日起未见证实）": (day, datetime.date(2026, 5, 8), "TENTATIVE"),
    }


def test_an_event_has_a_file_of_its_own_with_the_same_id_in_both_languages(client):
    event = make_event(
        slug="e",
        name="某大会",
        name_en="Some Conference",
        summary="简介" * 60,
        venue="某厅",
        starts_on="2026-05-06",
        claim_status="achieved",
    )
    (entry,) = calendar(client, "/events/e.ics").walk("VEVENT")
    (english,) = calendar(client, "/en/events/e.ics").walk("VEVENT")
    assert entry["uid"] == english["uid"] == f"event-{event.pk}@testserver"
    assert entry["dtstamp"].dt == event.updated_at.replace(microsecond=0)
    assert (entry["summary"], entry["location"]) == ("某大会", "某厅")
    assert entry["description"] == "简介" * 60
    assert entry["url"] == "http://testserver/events/e/"
    assert english["summary"] == "Some Conference"
    assert 'href="/events/e.ics"' in client.get("/events/e/").text


@pytest.mark.parametrize("starts_on", ["", "2026", "2026-05"])
def test_an_event_without_a_day_offers_no_file(client, starts_on):
    make_event(slug="e", starts_on=starts_on)
    assert client.get("/events/e.ics").status_code == 404
    assert "e.ics" not in client.get("/events/e/").text


def test_a_hidden_event_has_no_file(client):
    make_event(slug="e", starts_on="2026-05-06", status="draft")
    assert client.get("/events/e.ics").status_code == 404


def test_a_calendar_without_events_is_still_a_calendar(client):
    assert calendar(client).walk("VEVENT") == []
    assert len(calendar(client).walk("VTIMEZONE")) == 1


def test_the_calendar_survives_any_text(client):
    make_home(name=HOSTILE)
    make_event(name=f"{HOSTILE}\nEND:VCALENDAR", starts_on="2026-05-06", claim_status="achieved")
    (entry,) = calendar(client).walk("VEVENT")
    assert entry["summary"] == f"{HOSTILE}\nEND:VCALENDAR".replace("\x0b", "")
