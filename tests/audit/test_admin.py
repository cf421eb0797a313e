"""The pages of the log: by right, searched, taken out, never written."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from parks.models import Park
from promotion.audit.models import AuditEntry
from promotion.audit.services import log
from promotion.audit.vocabulary import Action
from tests.audit.entries import newest, since
from tests.factories import make_park

pytestmark = pytest.mark.django_db
LIST = "/admin/audit/auditentry/"


@pytest.fixture
def auditor(client):
    user = User.objects.create_user("auditor", is_staff=True)
    codes = ["view_auditentry", "export_entries"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    client.force_login(user)
    return client


def numbers(response):
    return [entry.number for entry in response.context["cl"].result_list]


def test_the_log_is_closed_without_the_right(client):
    log(Action.LOGIN)
    client.force_login(User.objects.create_user("clerk", is_staff=True))
    assert client.get(LIST).status_code == 403
    assert client.get(f"{LIST}1/change/").status_code == 403
    assert client.post(f"{LIST}export/").status_code == 403


def test_reading_is_not_taking_out(client):
    user = User.objects.create_user("reader", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_auditentry"))
    client.force_login(user)
    assert "导出列出的全部记录" not in client.get(LIST).text
    assert client.post(f"{LIST}export/").status_code == 403


def test_nobody_writes_the_log(client):
    client.force_login(User.objects.create_superuser("boss"))
    entry = since(0)[0]
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"{LIST}{entry.pk}/change/", {"actor": "x"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
    client.post(LIST, data)
    assert AuditEntry.objects.get(pk=entry.pk).actor == entry.actor


def test_the_log_is_searched(auditor):
    park = make_park(name="甲园区")
    boss = User.objects.create_superuser("boss")
    start = newest()
    log(Action.DELETE, park, boss)
    log(Action.EXPORT, Park)
    log(Action.LOGIN, boss, boss)
    for query, found in (
        ("q=boss", [3, 1]),
        ("q=甲园区", [1]),
        (f"q={start + 2}", [2]),
        ("action__exact=export", [2]),
        ("q=parks.park", [2, 1]),
        ("q=127.0.0.1", []),
    ):
        response = auditor.get(f"{LIST}?{query}")
        assert numbers(response) == [start + number for number in found], query


def test_the_log_is_read_by_days(auditor, monkeypatch):
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() - timedelta(days=3))
    log(Action.EXPORT)
    monkeypatch.setattr(timezone, "now", now)
    today, then = timezone.localdate(), timezone.localdate() - timedelta(days=3)
    number = newest()
    for query, is_shown in (
        (f"from={then}&to={then}", True),
        (f"to={then}", True),
        (f"from={then + timedelta(days=1)}", False),
        (f"to={then - timedelta(days=1)}", False),
        ("from=x&to=9999-12-31", True),
        (f"from={then}&to={today}&action__exact=login", False),
    ):
        assert (number in numbers(auditor.get(f"{LIST}?{query}"))) == is_shown, query
    page = auditor.get(f"{LIST}?q=x&from={then}&action__exact=login").text
    assert f'name="from" value="{then}"' in page
    assert '<input type="hidden" name="action__exact" value="login">' in page
    assert '<input type="hidden" name="q" value="x">' in page


def test_an_entry_has_a_page(auditor):
    log(Action.CHANGE, make_park(name="甲园区"), fields=["简介"])
    text = auditor.get(f"{LIST}{newest()}/change/").text
    assert "/history/" not in text
    for shown in ("更改", "甲园区", "简介", "命令行", since(0)[-1].hash):
        assert shown in text


def test_the_list_costs_the_same_however_long(auditor):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            auditor.get(LIST)
        return len(captured)

    log(Action.EXPORT)
    queries()
    short = queries()
    for _number in range(3):
        log(Action.EXPORT)
    assert queries() == short


def test_what_is_taken_out_is_what_was_written(auditor):
    log(Action.DELETE, make_park(name="=1+1"), fields=["简介"])
    expected = since(0)
    response = auditor.post(f"{LIST}export/")
    text = b"".join(response).decode("utf-8")
    assert text.startswith("\ufeff")
    headings, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert headings[:4] == ["序号", "时间", "用户编号", "用户"]
    entry = since(expected[-1].number)[0]
    assert (entry.action, entry.record_type, entry.actor) == (
        "export", "audit.auditentry", "auditor",
    )  # fmt: skip
    assert entry.detail == {"count": len(expected), "format": ".csv"}
    assert [int(row[0]) for row in rows] == [each.number for each in reversed([*expected, entry])]
    row = dict(zip(headings, rows[1], strict=True))
    assert row["记录"] == "'=1+1"
    assert json.loads(row["细节"]) == {"fields": ["简介"]}
    assert row["校验值"] == expected[-1].hash
    assert timezone.datetime.fromisoformat(row["时间"]) == expected[-1].at


def test_what_is_listed_is_what_is_taken_out(auditor):
    log(Action.DELETE, make_park())
    response = auditor.post(f"{LIST}export/?action__exact=delete")
    assert len(b"".join(response).splitlines()) == 2
