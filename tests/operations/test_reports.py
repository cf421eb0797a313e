"""Reports of errors: sent where a setting says, and nothing in them about who asked for what."""

import gzip
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import brotli
import pytest

from tests.sites import Site

SECRET = "SECRET-4711"
UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}
FAIL = """
import sentry_sdk
from django.conf import settings
from django.test import Client
settings.ROOT_URLCONF = "tests.operations.failing"
client = Client(raise_request_exception=False, headers={"user-agent": "SECRET-4711"})
client.cookies["sessionid"] = "SECRET-4711"
client.post("/failing/SECRET-4711/?q=SECRET-4711", {"email": "SECRET-4711"}, HTTP_HOST="127.0.0.1")
sentry_sdk.flush()
"""


@pytest.fixture
def collector():
    """Give a server on this machine that keeps what is sent to it."""
    bodies = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            unpack = UNPACK[self.headers.get("Content-Encoding", "identity")]
            bodies.append(unpack(body).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://key@127.0.0.1:{server.server_port}/1", bodies
        server.shutdown()
        thread.join()


def test_a_report_says_where_it_failed_and_nothing_about_the_visitor(tmp_path, collector):
    address, bodies = collector
    Site(tmp_path, SENTRY_DSN=address).ask(FAIL)
    text = "".join(bodies)
    assert '"type":"ValueError"' in text
    assert "failing.py" in text
    assert SECRET not in text


def test_left_out_nothing_of_it_is_loaded(tmp_path):
    assert Site(tmp_path).ask("import sys; print('sentry_sdk' in sys.modules)") == "False"
