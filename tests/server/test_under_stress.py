"""What happens to a running server leaves nothing half done and is told to people plainly."""

import os
import select
import signal
import socket
import threading
import time
from contextlib import closing, suppress

import pytest

from tests.server.enquirers import Enquirer, Reader, blank_form, send, stop
from tests.sites import IS_POSTGRESQL, on_server

PATHS = ["/", "/parks/", "/en/companies/", "/search/?q=taopu"]
MANY = {"INQUIRIES_PER_HOUR": "100000"}
SLOW_CLIENTS = 64
ANSWERED_SECONDS = 5
START_SECONDS = 6
PDF = "/compare/prospectus.pdf?park=weilaidao-park&park=china-israel-innovation-park"
FAKETIME = next(
    (
        path
        for folder in ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib")
        if os.path.exists(path := f"{folder}/faketime/libfaketime.so.1")
    ),
    None,
)
AT_ONCE = 24
"""More documents than are made in the moment before the server is told to end."""
NOT_SAVED = "没有保存"


def kept(site):
    """Return the enquiries that a site has kept, as message → number."""
    rows = site.rows("SELECT message, number FROM promotion_inquiry")
    assert len(dict(rows)) == len(rows), rows
    return dict(rows)


def test_workers_killed_under_load_lose_nothing_that_was_acknowledged(site):
    with site.serving(WEB_CONCURRENCY="2", **MANY) as server:
        enquirers = [Enquirer(server, f"desk{number}") for number in range(3)]
        readers = [Reader(server, PATHS) for _number in range(2)]
        for visitor in (*enquirers, *readers):
            visitor.start()
        for _time in range(3):
            time.sleep(3)
            os.kill(server.workers()[0], signal.SIGKILL)
        time.sleep(3)
        stop(*enquirers, *readers)
        answers = [answer for reader in readers for _path, answer in reader.answers]
        receipts = {k: v for enquirer in enquirers for k, v in enquirer.receipts.items()}
        assert [enquirer.faults for enquirer in enquirers] == [[], [], []]
        assert set(answers) <= {200, "lost", "cut short"}
        assert answers.count(200) > 10
        assert len(receipts) >= 3
        assert kept(site) == receipts


def begin_many(server):
    """Send requests that take a while, and return their connections once the server has all."""
    begun = [server.begin(PDF) for _number in range(AT_ONCE)]
    deadline = time.monotonic() + 60
    # A busy server comes late to take them up. Who has been answered keeps the connection.
    while server.taken_up() < AT_ONCE:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return begun


def test_a_server_told_to_end_answers_what_it_has_begun(site):
    with site.serving(WEB_CONCURRENCY="2", PAGE_CACHE_MIB="0") as server:
        server.ask(PDF)
        begun = begin_many(server)
        answered, _writable, _failed = select.select([each.sock for each in begun], [], [], 0)
        ended = server.stop()
        for connection in begun:
            with closing(connection):
                answer = connection.getresponse()
                assert answer.status == 200
                assert b"%%EOF" in answer.read()
        assert len(answered) < AT_ONCE, "This machine was too busy to ask in time."
        assert ended == 0
        # The lines of its last requests are written too.
        lines = [line for line in site.log.splitlines() if '"route": "prospectus"' in line]
        assert len(lines) == 1 + AT_ONCE
        with pytest.raises(ConnectionRefusedError):
            server.ask("/healthz/live")


class SlowClient(threading.Thread):
    """Somebody who sends one byte of a request now and then, and never ends."""

    def __init__(self, port):
        super().__init__()
        self.port = port
        self.is_told_to_stop = False

    def run(self):
        connection = socket.create_connection(("127.0.0.1", self.port))
        with closing(connection), suppress(OSError):
            for byte in b"GET /parks/ HTTP/1.1\r\nX-Slow: " + b"a" * 10_000:
                if self.is_told_to_stop:
                    return
                connection.send(bytes([byte]))
                time.sleep(0.5)


def test_slow_clients_do_not_stop_the_site(site):
    with site.serving() as server:
        # Both workers have started: the first alone would have all the slow ones.
        time.sleep(START_SECONDS)
        slow = [SlowClient(server.port) for _number in range(SLOW_CLIENTS)]
        for client in slow:
            client.start()
        time.sleep(2)
        answers = [server.ask("/parks/", timeout=ANSWERED_SECONDS) for _number in range(10)]
        stop(*slow)
        assert [answer.status for answer in answers] == [200] * 10


@pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite has no server that could go away")
def test_a_database_that_goes_away_and_comes_back_costs_no_restart_and_no_enquiry(site):
    with site.serving(WEB_CONCURRENCY="2", **MANY) as server:
        form = blank_form(server)
        time.sleep(2.2)
        try:
            on_server(f"ALTER DATABASE {site.database} ALLOW_CONNECTIONS false")
            on_server(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                f"WHERE datname = '{site.database}'"
            )
            pages = [server.ask(path) for path in PATHS]
            refused = send(server, form, "once")
            ready = server.ask("/healthz/ready")
        finally:
            on_server(f"ALTER DATABASE {site.database} ALLOW_CONNECTIONS true")
        assert [page.status for page in pages] == [503] * len(PATHS)
        assert all(NOT_SAVED in page.text for page in pages)
        assert (refused.status, ready.status) == (503, 503)
        assert kept(site) == {}
        assert [server.ask(path).status for path in PATHS] == [200] * len(PATHS)
        assert send(server, form, "once").status == 302
        assert list(kept(site)) == ["once"]


@pytest.mark.skipif(FAKETIME is None, reason="libfaketime is not installed")
def test_a_clock_that_jumps_costs_no_page_and_no_enquiry(site):
    clock = site.folder / "clock"
    clock.write_text("+0")
    environment = {
        "LD_PRELOAD": FAKETIME,
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
    }
    with site.serving(WEB_CONCURRENCY="1", **MANY, **environment) as server:
        for number, jump in enumerate(["+0", "+40d", "-40d", "+400d", "+0"]):
            form = blank_form(server)
            clock.write_text(jump)
            assert [server.ask(path).status for path in PATHS] == [200] * len(PATHS), jump
            # A form from before the jump is too old or too new: it is asked for again, not lost.
            late = send(server, form, f"late-{number}")
            assert late.status in (200, 302), jump
            if late.status == 200:
                assert f"late-{number}" in late.text
            form = blank_form(server)
            time.sleep(2.2)
            assert send(server, form, f"fresh-{number}").status == 302, jump
        assert {f"fresh-{number}" for number in range(5)} <= set(kept(site))
        assert server.process.poll() is None
        numbers = [number for message, number in kept(site).items() if "fresh" in message]
        assert len(set(numbers)) == 5
