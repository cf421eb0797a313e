"""Nothing is altered in the log unseen, nothing removed before its time, and neither by us."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from parks.models import Park
from promotion.audit.models import AppendOnlyError, AuditEntry, AuditHead
from promotion.audit.services import Fault, clear, log, log_each, verify
from promotion.audit.vocabulary import Action
from tests.audit.entries import run_sql, since
from tests.factories import make_park
from tests.spreadsheets.commands import last_line, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain():
    """Five entries, of which the second has a detail."""
    for number in range(5):
        log(Action.CHANGE, Park, fields=["简介"] if number == 1 else [])


def test_entries_are_numbered_and_chained(chain):
    entries = since(0)
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.previous_hash for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]
    assert verify().fault is None
    assert verify().checked == 5


@pytest.mark.parametrize(
    ("statements", "kind", "number"),
    [
        (["UPDATE audit_auditentry SET actor = 'x' WHERE number = 2"], Fault.EDITED, 2),
        (["UPDATE audit_auditentry SET detail = '{}' WHERE number = 2"], Fault.EDITED, 2),
        (["UPDATE audit_auditentry SET hash = previous_hash WHERE number = 4"], Fault.EDITED, 4),
        (["DELETE FROM audit_auditentry WHERE number = 1"], Fault.MISSING, 1),
        (["DELETE FROM audit_auditentry WHERE number = 3"], Fault.MISSING, 3),
        (["DELETE FROM audit_auditentry WHERE number > 3"], Fault.TRUNCATED, 4),
        (["DELETE FROM audit_auditentry"], Fault.TRUNCATED, 1),
        (["DELETE FROM audit_audithead"], Fault.EDITED, 1),
        (
            [
                "DELETE FROM audit_auditentry WHERE number < 3",
                "UPDATE audit_audithead SET cleared_number = 2,"
                " cleared_hash = (SELECT previous_hash FROM audit_auditentry WHERE number = 3)",
            ],
            Fault.MISSING,
            2,
        ),
        (
            [
                "UPDATE audit_auditentry SET number = 9 WHERE number = 3",
                "UPDATE audit_auditentry SET number = 3 WHERE number = 4",
                "UPDATE audit_auditentry SET number = 4 WHERE number = 9",
            ],
            Fault.REORDERED,
            3,
        ),
        (
            [
                "DELETE FROM audit_auditentry WHERE number = 3",
                "UPDATE audit_auditentry SET number = 3 WHERE number = 4",
                "UPDATE audit_auditentry SET number = 4 WHERE number = 5",
                "UPDATE audit_audithead SET number = 4",
            ],
            Fault.REORDERED,
            3,
        ),
    ],
    ids=[
        "edited", "detail", "hash", "first", "gap", "tail", "all", "head", "unsanctioned",
        "swapped", "closed gap",
    ],
)  # fmt: skip
def test_what_was_done_to_the_table_is_found(chain, statements, kind, number):
    run_sql(*statements)
    assert verify().fault == Fault(kind, number)
    code, out, err = run("verify_audit")
    assert code == 1
    assert str(number) in err
    assert last_line(out).startswith("checked=")


def test_a_forged_entry_is_found(chain):
    entry = AuditEntry(number=6, at=timezone.now(), action=Action.LOGIN)
    entry.previous_hash = since(4)[0].hash
    entry.hash = entry.digest("another key")
    AuditEntry.objects.bulk_create([entry])
    assert verify().fault == Fault(Fault.EDITED, 6)
    AuditHead.objects.update(number=6, hash=entry.hash)
    assert verify().fault == Fault(Fault.EDITED, 6)


def test_a_whole_log_put_back_is_told_by_what_was_noted_outside(chain):
    last = last_line(run("verify_audit")[1]).partition("last=")[2]
    assert run("verify_audit", "--known", last)[0] == 0
    log(Action.LOGIN)
    assert run("verify_audit", "--known", last)[0] == 0
    run_sql(
        "DELETE FROM audit_auditentry WHERE number > 3",
        "UPDATE audit_audithead SET number = 3,"
        " hash = (SELECT hash FROM audit_auditentry WHERE number = 3)",
    )
    assert run("verify_audit")[0] == 0
    code, _out, err = run("verify_audit", "--known", last)
    assert code == 1
    assert "4" in err


def test_a_new_key_leaves_the_chain_whole_and_a_former_one_forges_nothing(chain, settings):
    old, settings.AUDIT_KEY = settings.AUDIT_KEY, "a new key"
    assert verify().fault == Fault(Fault.EDITED, 1)
    settings.AUDIT_FORMER_KEYS = [old]
    log(Action.LOGIN)
    assert verify().fault is None
    settings.AUDIT_KEY = old
    log(Action.LOGIN)
    settings.AUDIT_KEY = "a new key"
    assert verify().fault == Fault(Fault.EDITED, 7)


def test_the_application_alters_no_entry(chain):
    entry = AuditEntry.objects.first()
    for attempt in (
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(actor="x"),
        lambda: AuditEntry.objects.bulk_update([entry], ["actor"]),
        lambda: AuditEntry.objects.create(action=Action.LOGIN),
    ):
        with pytest.raises(AppendOnlyError):
            attempt()
    assert verify().checked == 5


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_auditentry SET actor = 'x' WHERE number = 2", "DELETE FROM audit_auditentry"],
    ids=["update", "delete"],
)
def test_the_database_alters_no_entry(chain, statement):
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert verify().checked == 5


def test_what_is_not_done_is_not_recorded():
    with transaction.atomic():
        log(Action.CHANGE, Park)
        transaction.set_rollback(True)
    assert since(0) == []
    log(Action.CHANGE, Park)
    assert verify().checked == 1


def test_what_cannot_be_recorded_is_not_done():
    park = make_park(summary="旧")

    @transaction.atomic
    def change():
        Park.objects.update(summary="新")
        log("no known action", park)

    with pytest.raises(DatabaseError):
        change()
    park.refresh_from_db()
    assert park.summary == "旧"


def test_an_entry_costs_three_queries_however_many_at_once():
    parks = [make_park() for _number in range(3)]
    log(Action.CHANGE)
    for write in (lambda: log(Action.CHANGE, parks[0]), lambda: log_each(Action.CHANGE, parks)):
        with transaction.atomic(), CaptureQueriesContext(connection) as captured:
            write()
        assert len(captured) == 3


def made_long_ago(monkeypatch, days, count):
    """Write entries as if it had been so many days ago."""
    now = timezone.now() - timedelta(days=days)
    with monkeypatch.context() as clock:
        clock.setattr(timezone, "now", lambda: now)
        for _number in range(count):
            log(Action.CHANGE, Park)


def test_what_was_kept_long_enough_goes_and_the_chain_goes_on(settings, monkeypatch):
    settings.AUDIT_RETENTION_MONTHS = 6
    made_long_ago(monkeypatch, 400, 2)
    made_long_ago(monkeypatch, 187, 1)
    made_long_ago(monkeypatch, 185, 2)
    assert last_line(run("clear_audit")[1]) == "deleted=3"
    assert [(entry.number, entry.action) for entry in since(0)] == [
        (4, "change"), (5, "change"), (6, "clear"),
    ]  # fmt: skip
    assert verify().fault is None
    assert clear() == 0
    log(Action.LOGIN)
    assert verify().checked == 4


def test_a_log_of_which_nothing_is_left_goes_on(settings, monkeypatch):
    settings.AUDIT_RETENTION_MONTHS = 6
    made_long_ago(monkeypatch, 500, 3)
    with monkeypatch.context() as clock:
        earlier = timezone.now() - timedelta(days=250)
        clock.setattr(timezone, "now", lambda: earlier)
        assert clear() == 3
    assert clear() == 1
    assert [(entry.number, entry.action) for entry in since(0)] == [(5, "clear")]
    assert verify().fault is None


def test_what_is_left_after_clearing_is_still_protected(settings, monkeypatch):
    made_long_ago(monkeypatch, 3_000, 2)
    log(Action.LOGIN)
    clear()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().remove()
    run_sql("DELETE FROM audit_auditentry WHERE number = 3")
    assert verify().fault == Fault(Fault.MISSING, 3)
