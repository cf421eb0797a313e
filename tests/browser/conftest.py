"""A real browser on a real server: Debian's chromium, driven by playwright."""

import os
import shutil
import threading
import time

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from playwright.sync_api import sync_playwright

CHROMIUM = shutil.which("chromium")
HEIGHT = 900
PASSWORD = "a-password-for-tests"
QUIET_SECONDS = 10
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # To read style sheets that import others axe puts style elements into the page, which the
    # content security policy refuses.
    "preload": False,
    # Of what is in order nobody asks for the places.
    "resultTypes": ["violations", "incomplete"],
}
# Text in the very colour of its ground may be hidden on purpose, says axe, and does not judge it.
FIND_VIOLATIONS = """rules => axe.run(rules).then(found => [
    ...found.violations.flatMap(rule => rule.nodes.map(node => [rule, node])),
    ...found.incomplete.flatMap(rule => rule.nodes.map(node => [rule, node])).filter(
        ([, node]) => node.any.some(check => check.data?.messageKey === "equalRatio")
    ),
].map(([rule, node]) => `${rule.id}: ${node.target} ${node.html.slice(0, 120)}`))"""

FIND_CONTRAST = """(places, [part, edge]) => {
    const { Color, getContrast } = axe.commons.color;
    const colour = (place, property, part) => {
        const found = new Color();
        found.parseString(getComputedStyle(place, part || null)[property]);
        return found;
    };
    const ground = place => {
        const found = colour(place, "backgroundColor");
        return found.alpha === 1 ? found : ground(place.parentElement);
    };
    return Math.min(...places.map(place => getContrast(
        ground(edge === "color" ? place : place.parentElement), colour(place, edge, part)
    )));
}"""


def pytest_collection_modifyitems(items):
    missing = pytest.mark.skip(reason="chromium is not installed")
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM:
                item.add_marker(missing)


@pytest.fixture(scope="session")
def browser():
    # Playwright runs an event loop in this thread, which makes Django refuse the test's own
    # database calls; no request is served in this thread.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Visitor:
    """A browser window that remembers what went wrong and what was asked of other hosts."""

    def __init__(self, browser, root, *, width, scheme="light", forced="none", scripts=True):
        self.root = root
        self.complaints = []
        self.foreign = []
        self.context = browser.new_context(
            viewport={"width": width, "height": HEIGHT},
            color_scheme=scheme,
            forced_colors=forced,
            locale="zh-CN",
            java_script_enabled=scripts,
        )
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self.note)

    def note(self, request):
        if not request.url.startswith(self.root):
            self.foreign.append(request.url)

    def open(self, path):
        response = self.page.goto(self.root + path)
        assert response.status == 200, path
        return self.page

    def resize(self, width):
        """Make the window of the open page narrower or wider."""
        self.page.set_viewport_size({"width": width, "height": HEIGHT})

    def violations(self):
        """Return what axe finds wrong with the page, one line for each place."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        return self.page.evaluate(FIND_VIOLATIONS, RULES)

    def contrast(self, selector, *, part="", edge="color"):
        """Return the contrast of a place's text, or of an edge, to its ground; the least of all.

        axe looks neither at what stands in a field that is empty nor at the edge around it.
        """
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        return self.page.locator(selector).evaluate_all(FIND_CONTRAST, [part, edge])

    def sideways(self):
        """Return by how many pixels the page is wider than its window."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )


def wait_for_the_server():
    """Let the server end what was asked of it: the database, which it shares, is emptied next."""
    deadline = time.monotonic() + QUIET_SECONDS
    while time.monotonic() < deadline and any(
        "process_request_thread" in thread.name for thread in threading.enumerate()
    ):
        time.sleep(0.01)


@pytest.fixture
def visit(browser, live_server):
    """Open windows that are closed after the test, none having complained or gone elsewhere."""
    ContentType.objects.clear_cache()
    visitors = []

    def open_window(**options):
        visitors.append(Visitor(browser, live_server.url, **options))
        return visitors[-1]

    yield open_window
    for visitor in visitors:
        visitor.context.close()
    wait_for_the_server()
    assert [complaint for visitor in visitors for complaint in visitor.complaints] == []
    assert [url for visitor in visitors for url in visitor.foreign] == []


@pytest.fixture
def staff(transactional_db, visit):
    """Return what opens a page of the staff side in a window in which an editor is signed in."""
    User.objects.create_superuser("editor", password=PASSWORD)

    def sign_in(address="/admin/", **options):
        visitor = visit(**options)
        page = visitor.open(f"/admin/login/?next={address}")
        page.fill("#id_username", "editor")
        page.fill("#id_password", PASSWORD)
        with page.expect_navigation():
            page.click("[type=submit]")
        return visitor

    return sign_in
