"""The first content promises nothing by the API or in a file without calling it a promise."""

import csv
import datetime
import io
import re

import pytest
from django.core.management import call_command
from django.utils import timezone

from promotion.api.kinds import KINDS
from promotion.reference.models import sourced_models
from promotion.reference.publish_rules import NOT_FROM_DOCUMENTS

pytestmark = pytest.mark.django_db

NOW = datetime.datetime(2026, 6, 15, 4, tzinfo=datetime.UTC)
PLANNED = re.compile("计划|规划|拟|plan", re.IGNORECASE)
TWENTY = ("20亿元", "CNY 2 billion")
PAST_DUE = {"first-haina-conference": "2024", "western-medical-centre": "2024", "ju-laigu": "2023"}
# A source says itself what it is.
SPEAK_FOR_THEMSELVES = {"sources"}


@pytest.fixture
def first_content(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    call_command("load_site", stdout=io.StringIO())


def records(client, name):
    address = f"/api/v1/{name}/?page_size=100"
    while address:
        answer = client.get(address).json()
        yield from answer["results"]
        address = answer["next"]


def things(value):
    """Yield everything that an answer says something of: its records and all within them."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for item in value if isinstance(value, list) else []:
        yield from things(item)


def own_words(thing):
    """Return what is said of a thing itself."""
    return " ".join(str(value) for value in thing.values() if not isinstance(value, dict | list))


def caveats(thing):
    about = [thing, thing.get("subject") or {}]
    return " ".join(str((one.get("claim") or {}).get("words")) for one in about)


def is_twenty(thing):
    is_figure = (thing.get("value"), thing.get("unit")) == (20, "cny_100m")
    return is_figure or any(words in own_words(thing) for words in TWENTY)


def test_no_answer_and_no_file_promises_without_saying_so(client, first_content):
    named, unconfirmed, forward = set(), set(), 0
    for name in KINDS:
        for record in records(client, name):
            for thing in things(record):
                if is_twenty(thing):
                    named.add(name)
                    assert PLANNED.search(own_words(thing) + caveats(thing)), thing
                key = thing.get("slug") or thing.get("key")
                if key in PAST_DUE:
                    unconfirmed.add(key)
                    assert thing["claim"]["unconfirmed_since"] == PAST_DUE[key], thing
                    assert f"自{PAST_DUE[key]}年起未见证实" in thing["claim"]["words"]
                claim = thing.get("claim") or {}
                if claim.get("is_forward"):
                    forward += 1
                    assert claim["status"] != "achieved" or claim["stage"] != "operating"
        response = client.get(f"/data/{name}.csv")
        text = b"".join(response.streaming_content).decode("utf-8-sig")
        for row in csv.DictReader(io.StringIO(text)):
            cells = " ".join(row.values())
            if any(words in cells for words in TWENTY) or (row.get("value"), row.get("unit")) == (
                "20",
                "cny_100m",
            ):
                assert PLANNED.search(cells), row
    assert named >= {"figures", "programs", "tenancies", "citations", "parks"}
    assert unconfirmed == set(PAST_DUE)
    assert forward > 30


def test_every_value_that_is_served_has_its_citation(client, first_content):
    served, bare = 0, []
    for name, kind in KINDS.items():
        if kind.model not in sourced_models() or name in SPEAK_FOR_THEMSELVES:
            continue
        for record in records(client, name):
            cited = {citation["field"] for citation in record["citations"]}
            for field in kind.fields:
                stated = field.removesuffix("_en")
                if stated in NOT_FROM_DOCUMENTS or record[field] in (None, "", [], False):
                    continue
                served += 1
                if not cited & {None, field, stated}:
                    bare.append((record["api_url"], field))
    assert served > 900
    assert bare == []
