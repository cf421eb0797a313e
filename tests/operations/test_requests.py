"""The log: one line for each request, by which it can be followed, and nothing about people."""

import io
import json
import logging
import threading
import time

import pytest
from django.contrib.auth.models import User
from django.db import DataError, IntegrityError, connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import path

from promotion import urls
from promotion.operations.logs import FORMATTERS, JoiningHandler
from promotion.operations.requests import LINES
from tests.factories import make_inquiry, make_park

pytestmark = pytest.mark.django_db
SECRET = "SECRET-4711"


def broken(request, word):
    detail = f"DETAIL:  Key (email)=({SECRET}) already exists."
    raise IntegrityError(f"duplicate key\n{detail}\nCONTEXT:  COPY inquiry, line 1: {SECRET}")


def quoting(request):
    """Fail in the ways in which errors repeat what somebody typed in."""
    try:
        try:
            int(SECRET)
        except ValueError:
            raise KeyError(SECRET)  # noqa: B904 (the error before it is to be told too)
    except KeyError as error:
        raise DataError(f'invalid input: "{SECRET}"') from error


def misspelt(request):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO nothing (email) VALUES (%s)", [f"{SECRET}\n{SECRET}"])


def streamed(request):
    def parts():
        for number in range(3):
            with connection.cursor() as cursor:
                cursor.execute("SELECT %s", [number])
            yield b"x"

    return StreamingHttpResponse(parts())


urlpatterns = [
    path("broken/<slug:word>/", broken, name="broken"),
    path("quoting/", quoting, name="quoting"),
    path("misspelt/", misspelt, name="misspelt"),
    path("streamed/", streamed, name="streamed"),
    *urls.urlpatterns,
]


@pytest.fixture
def lines(settings):
    """Return a function that gives the lines of a logger as the log holds them."""
    settings.ROOT_URLCONF = __name__
    LINES.write()
    loggers = [logging.getLogger(), logging.getLogger("django")]
    streams = {name: io.StringIO() for name in FORMATTERS}
    # Another handler comes first, and leaves its traceback on the record.
    handlers = [logging.StreamHandler(io.StringIO()), *map(logging.StreamHandler, streams.values())]
    formatters = [logging.Formatter, *FORMATTERS.values()]
    for handler, formatter in zip(handlers, formatters, strict=True):
        handler.setFormatter(formatter())
        for logger in loggers:
            logger.addHandler(handler)

    def written(name):
        LINES.write()
        texts = {form: stream.getvalue() for form, stream in streams.items()}
        assert SECRET not in texts["line"] + texts["json"]
        found = [json.loads(line) for line in texts["json"].splitlines()]
        return [line for line in found if line["logger"] == name]

    yield written
    for handler in handlers:
        for logger in loggers:
            logger.removeHandler(handler)


def test_a_request_is_one_line_by_the_name_of_its_page(client, lines):
    make_park(slug="secret-4711")
    response = client.get(f"/parks/?q={SECRET}", headers={"user-agent": SECRET})
    (line,) = lines("promotion.access")
    assert (line["method"], line["route"], line["status"]) == ("GET", "park_list", 200)
    assert line["queries"] > 0
    assert line["ms"] >= line["queries_ms"] >= 0
    assert line["request_id"] == response["X-Request-ID"]
    assert line["time"].endswith("Z")
    assert "user" not in line


def test_a_request_that_cannot_be_counted_costs_no_line(lines):
    LINES.add("a" * 32, "home", "GET", 200, 0.01, "not a number", 0.01)
    LINES.add("b" * 32, "home", "GET", 200, 0.01)
    found = lines("promotion.access")
    assert [line["request_id"][0] for line in found] == ["a", "b"]
    (complaint,) = lines("promotion.operations.requests")
    assert complaint["level"] == "ERROR"


def test_a_page_that_is_not_there_and_an_odd_method_have_names_of_their_own(client, lines):
    client.get(f"/none/{SECRET}/")
    client.generic("BREW", "/parks/")
    client.get("/static/none.css")
    found = [(line["method"], line["route"], line["status"]) for line in lines("promotion.access")]
    assert found == [("GET", "unmatched", 404), ("OTHER", "park_list", 405), ("GET", "static", 404)]


def test_only_staff_are_told_apart_and_by_number_alone(client, lines):
    user = User.objects.create_superuser(SECRET, password="synthetic")
    client.force_login(user)
    client.get("/admin/")
    line = lines("promotion.access")[-1]
    assert (line["route"], line["user"]) == ("admin:index", user.pk)


def test_an_error_names_the_page_and_quotes_no_row(lines):
    response = Client(raise_request_exception=False).get(f"/broken/{SECRET}/?q={SECRET}")
    assert response.status_code == 500
    (line,) = lines("django.request")
    assert line["message"] == "Internal Server Error: broken"
    assert line["request_id"] == response["X-Request-ID"]
    assert "IntegrityError: duplicate key" in line["exc_info"]


def test_errors_are_told_by_kind_and_place_where_their_words_quote(lines):
    assert Client(raise_request_exception=False).get("/quoting/").status_code == 500
    (line,) = lines("django.request")
    kinds = [text for text in line["exc_info"].splitlines() if text.endswith("Error")]
    assert kinds == ["ValueError", "KeyError", "django.db.utils.DataError"]
    assert "another exception occurred" in line["exc_info"]
    assert "direct cause" in line["exc_info"]
    assert "raise KeyError(SECRET)" in line["exc_info"]


def test_a_refused_statement_is_told_without_its_values(lines):
    assert Client(raise_request_exception=False).get("/misspelt/").status_code in {500, 503}
    (line,) = lines("django.request")
    assert "nothing" in line["exc_info"].splitlines()[-1]


def test_an_id_is_taken_from_a_declared_proxy_alone(client, settings):
    given = {"x-request-id": "0123456789abcdef"}
    assert client.get("/healthz/live", headers=given)["X-Request-ID"] != given["x-request-id"]
    settings.BEHIND_PROXY = True
    assert client.get("/healthz/live", headers=given)["X-Request-ID"] == given["x-request-id"]


@pytest.mark.parametrize("bad", ["short", "x" * 65, "with space in it", "<script>alert</script>"])
def test_an_id_that_is_none_is_replaced(client, settings, bad):
    settings.BEHIND_PROXY = True
    assert client.get("/healthz/live", headers={"x-request-id": bad})["X-Request-ID"] != bad


def test_a_streamed_answer_is_noted_when_it_has_been_sent(client, lines):
    response = client.get("/streamed/")
    assert lines("promotion.access") == []
    assert b"".join(response.streaming_content) == b"xxx"
    (line,) = lines("promotion.access")
    assert (line["route"], line["queries"]) == ("streamed", 3)


def test_a_slow_query_is_named_without_its_values(client, lines, settings):
    settings.SLOW_QUERY_MS = 0
    make_inquiry()
    client.get(f"/search/?q={SECRET}")
    found = lines("promotion.slow_queries")
    assert found
    assert {line["route"] for line in found} == {"search"}
    assert all("SELECT" in line["message"] for line in found)


def test_a_quick_query_is_not_named(client, lines, settings):
    settings.SLOW_QUERY_MS = 100_000
    client.get("/parks/")
    assert lines("promotion.slow_queries") == []


def test_the_line_of_a_request_is_written_soon_and_by_itself(client, caplog):
    LINES.write()
    caplog.set_level(logging.INFO, "promotion.access")
    before = time.time()
    client.get("/healthz/live")
    after, deadline = time.time(), time.monotonic() + 5
    while not caplog.records:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    (record,) = caplog.records
    assert record.route == "live"
    # It has the moment of the request, not the later one in which it was written.
    assert before <= record.created <= after


class Stream(list):
    """Where a handler writes, each time an entry."""

    write = list.append

    def flush(self):
        pass


def test_lines_that_follow_each_other_are_written_at_once():
    handler = JoiningHandler()
    handler.stream = Stream()
    for words, is_followed in (("one", True), ("two", True), ("three", False)):
        handler.handle(logging.makeLogRecord({"msg": words, "is_followed": is_followed}))
    handler.handle(logging.makeLogRecord({"msg": "an error"}))
    assert handler.stream == ["one\ntwo\nthree\n", "an error\n"]


def test_a_line_that_cannot_be_made_or_written_stops_no_other(capsys):
    handler = JoiningHandler()
    handler.stream = Stream()
    handler.handle(logging.makeLogRecord({"msg": "%d", "args": ("x",), "is_followed": True}))
    handler.handle(logging.makeLogRecord({"msg": "two"}))
    assert handler.stream == ["two\n"]
    assert "TypeError" in capsys.readouterr().err


def test_a_line_is_written_at_once_where_no_thread_can_be_started(client, caplog):
    LINES.write()
    caplog.set_level(logging.INFO, "promotion.access")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_thread)
        assert client.get("/healthz/live").status_code == 200
    assert [record.route for record in caplog.records] == ["live"]
    client.get("/healthz/live")
    LINES.write()
    assert len(caplog.records) == 2


def no_thread(self):
    raise RuntimeError("can't start new thread")
