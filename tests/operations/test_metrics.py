"""The figures: right over all workers, with labels from closed lists, and not for everyone."""

import re
import time
import urllib.request

import pytest

from tests.factories import make_inquiry, make_park
from tests.screenshots import free_port, wait_for

pytestmark = pytest.mark.django_db
LINE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")


def figures(text):
    """Return {(name, labels): value} of an exposition."""
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, labels, value = LINE.fullmatch(line).groups()
            found[name, labels or ""] = float(value)
    return found


def test_what_the_database_holds_is_counted(client):
    make_park()
    make_park()
    make_park(status="draft")
    make_inquiry(organisation="某某公司")
    text = client.get("/metrics").text
    found = figures(text)
    assert found["beltline_records", 'model="parks.park",status="published"'] == 2
    assert found["beltline_records", 'model="parks.park",status="draft"'] == 1
    assert found["beltline_inquiries", ""] == 1
    assert found["beltline_imports_waiting", ""] == 0
    assert found["beltline_database_up", ""] == 1
    assert "某某公司" not in text


def test_requests_are_counted_by_the_name_of_their_page(client):
    label = 'method="GET",route="park_detail",status="404"'
    before = figures(client.get("/metrics").text)
    for number in range(3):
        client.get(f"/parks/none-{number}/?q=secret")
    text = client.get("/metrics").text
    after = figures(text)
    key = ("beltline_requests_total", label)
    assert after[key] - before.get(key, 0) == 3
    key = ("beltline_request_seconds_count", 'route="park_detail"')
    assert after[key] - before.get(key, 0) == 3
    assert after["beltline_database_queries_total", 'route="park_detail"'] > 0
    assert "none-" not in text
    assert "secret" not in text


def test_addresses_that_do_not_exist_make_no_label_of_their_own(client):
    client.get("/none/")
    client.generic("METHOD", "/parks/")
    client.get("/metrics")
    before = len(figures(client.get("/metrics").text))
    for number in range(20):
        client.get(f"/none/{number}/")
        client.generic(f"METHOD{number}", "/parks/")
    assert len(figures(client.get("/metrics").text)) == before


PROXY = {"X-Forwarded-For": "203.0.113.9"}


@pytest.mark.parametrize(
    ("behind_proxy", "remote", "headers", "status"),
    [
        (False, "127.0.0.1", {}, 200),
        (False, "::1", {}, 200),
        (False, "::ffff:127.0.0.1", {}, 200),
        (False, "203.0.113.9", {}, 404),
        (False, "127.0.0.1", PROXY, 404),
        (False, "", {}, 404),
        (True, "127.0.0.1", PROXY, 404),
        (True, "127.0.0.1", {"X-Forwarded-For": "127.0.0.1, 203.0.113.9"}, 404),
        (True, "127.0.0.1", {}, 200),
        (False, "127.0.0.1", {"Authorization": "Bearer wrong"}, 404),
        (False, "203.0.113.9", {"Authorization": "Bearer right-token"}, 200),
        (True, "127.0.0.1", {**PROXY, "Authorization": "Bearer right-token"}, 200),
        (False, "203.0.113.9", {"Authorization": "Basic right-token"}, 404),
    ],
    ids=str,
)
def test_figures_are_for_this_machine_or_the_token(
    client, settings, behind_proxy, remote, headers, status
):
    settings.BEHIND_PROXY = behind_proxy
    settings.METRICS_TOKEN = "right-token"
    response = client.get("/metrics", headers=headers, REMOTE_ADDR=remote)
    assert response.status_code == status
    assert ("beltline_" in response.text) == (status == 200)


def test_an_empty_token_opens_nothing(client, settings):
    settings.METRICS_TOKEN = ""
    headers = {"Authorization": "Bearer "}
    assert client.get("/metrics", headers=headers, REMOTE_ADDR="203.0.113.9").status_code == 404


def test_several_workers_are_added_up_and_a_new_one_goes_on_counting(site):
    key = ("beltline_requests_total", 'method="GET",route="robots",status="200"')
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    # Each worker is replaced after a few requests.
    folder = site.folder / "figures"
    settings = {
        "PORT": str(port),
        "WEB_CONCURRENCY": "2",
        "WEB_THREADS": "1",
        "PROMETHEUS_MULTIPROC_DIR": str(folder),
    }
    server = site.start_piped(
        "-m",
        "gunicorn",
        "promotion.wsgi",
        "--max-requests=9",
        "--max-requests-jitter=0",
        environment=settings,
    )
    try:
        wait_for(f"{address}/healthz/live", 120)
        for _number in range(20):
            urllib.request.urlopen(f"{address}/robots.txt", timeout=120).close()
        found = {}
        # What the other worker has answered just now is counted a moment later.
        deadline = time.monotonic() + 10
        while found.get(key, 0) < 20 and time.monotonic() < deadline:
            with urllib.request.urlopen(f"{address}/metrics", timeout=120) as answer:
                found = figures(answer.read().decode())
        files = list(folder.glob("counter_*.db"))
    finally:
        server.terminate()
        _out, log = server.communicate(timeout=120)
    assert found[key] == 20
    assert len(re.findall("Booting worker", log)) > 2
    assert 1 <= len(files) <= 4
    # They are the server's and go with it.
    assert not folder.exists()
