"""What is worked out of the public data is worked out once, and true of what is shown."""

import datetime
import itertools
import threading

import pytest
from django.utils import timezone
from django.utils.translation import override

from promotion.reference.kept import MAX_KEPT, State, current_state, kept, showing
from promotion.reference.models import DataVersion
from tests.factories import make_industry, make_park

NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
KEYS = itertools.count()


@pytest.fixture
def key():
    return "test", next(KEYS)


@pytest.fixture
def calls():
    """A function that tells how often it has been called, and the list of its calls."""
    made = []

    def work_out():
        made.append(len(made) + 1)
        return made[-1]

    return work_out, made


def state(version=1, since=NOON):
    return State(version, since, since + HOUR)


def test_it_is_worked_out_once_in_each_state_and_language(key, calls):
    work_out, made = calls
    with showing(state()):
        assert [kept(work_out, *key) for _time in range(3)] == [1, 1, 1]
        assert kept(work_out, *key, "another") == 2
        with override("en"):
            assert kept(work_out, *key) == 3
    for later in (state(version=2), state(version=2, since=NOON + HOUR)):
        with showing(later):
            assert kept(work_out, *key) == kept(work_out, *key) == len(made)
    assert made == [1, 2, 3, 4, 5]


def test_a_page_that_shows_no_state_of_the_data_has_it_worked_out_for_itself(key, calls):
    work_out, _made = calls
    with showing(state()):
        assert kept(work_out, *key) == 1
        with showing(None):
            assert [kept(work_out, *key) for _time in range(2)] == [2, 3]
        assert kept(work_out, *key) == 1
    assert kept(work_out, *key) == 4


def test_what_fails_is_tried_again(key, calls):
    work_out, _made = calls
    with showing(state()):
        with pytest.raises(ZeroDivisionError):
            kept(lambda: 1 / 0, *key)
        assert kept(work_out, *key) == 1


def test_many_who_ask_at_once_have_it_worked_out_once(key):
    begun, made = threading.Barrier(8), []

    def work_out():
        threading.Event().wait(0.05)
        made.append(1)
        return len(made)

    def ask():
        begun.wait()
        with showing(state()):
            kept(work_out, *key)

    threads = [threading.Thread(target=ask) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_no_more_is_kept_than_so_many(key, calls):
    work_out, _made = calls
    with showing(state()):
        kept(work_out, *key)
        for number in range(MAX_KEPT):
            kept(lambda: None, *key, number)
        assert kept(work_out, *key) == 2


@pytest.mark.django_db(transaction=True)
def test_a_state_ends_with_a_change_and_with_a_moment_that_was_set(monkeypatch):
    now = timezone.make_aware(datetime.datetime(2026, 3, 2, 12))
    monkeypatch.setattr(timezone, "now", lambda: now)
    make_park(publish_at=now + HOUR)
    first = current_state()
    assert current_state() is first
    assert (first.since, first.until) == (now, now + HOUR)
    make_park()
    assert current_state().version > first.version
    now += HOUR
    assert current_state().since == now
    now -= HOUR
    assert current_state().since == now


@pytest.mark.django_db(transaction=True)
def test_where_changes_are_not_counted_there_is_no_state():
    DataVersion.objects.all().delete()
    assert current_state() is None


@pytest.mark.django_db
def test_kept_choices_lead_on_from_the_address_that_was_asked_for(client):
    for number in range(12):
        make_park(industries=[make_industry(slug=f"industry-{number}")])
    with showing(state()):
        for sort in ("name", "newest"):
            text = client.get(f"/parks/?sort={sort}").content.decode()
            assert f'href="?sort={sort}&amp;more=industry#facet-industry"' in text
