"""From the home page the contact of any park is three clicks or fewer, by mouse and by keyboard."""

import io

import pytest
from django.core.management import call_command

from parks.models import Park
from tests.factories import make_home, make_park

MOST_CLICKS = 3
MOST_TABS = 150
FIRST_DESK, LAST_DESK = "02155550001", "last@example.com"


class Walk:
    """A way from the home page that counts how many links it takes."""

    def __init__(self, visitor):
        self.visitor = visitor
        self.page = visitor.open("/")
        self.clicks = 0

    def arrive(self, address, follow):
        """Take a link, given how, and wait for the page that it leads to."""
        follow()
        self.page.wait_for_url(self.visitor.root + address)
        self.clicks += 1

    def click(self, address):
        """Click the first link in sight to an address; the lists write theirs without a path."""
        links = self.page.locator(f"a:visible:is([href='{address}'], [href='{query(address)}'])")
        self.arrive(address, links.first.click)

    def press(self, address):
        """Tab to a link, past what the link to the content skips, and press it."""
        self.page.keyboard.press("Tab")
        self.page.keyboard.press("Enter")
        for _tab in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("document.activeElement.href") == self.visitor.root + address:
                return self.arrive(address, lambda: self.page.keyboard.press("Enter"))
        raise AssertionError(f"no link to {address} within {MOST_TABS} tabs")


def query(address):
    return f"?{address.partition('?')[2]}"


@pytest.fixture
def many_parks(transactional_db):
    """Make a district whose list of parks takes four pages; its first and last park have a desk."""
    make_home()
    for number in range(73):
        make_park(slug=f"park-{number}", pinyin=f"{number:02}")
    Park.objects.filter(slug="park-0").update(phone=FIRST_DESK)
    Park.objects.filter(slug="park-72").update(email=LAST_DESK)


def test_every_park_of_the_first_content(transactional_db, visit):
    call_command("load_site", stdout=io.StringIO())
    walk = Walk(visit(width=1440))
    walk.click("/parks/")
    parks = list(Park.objects.published())
    assert parks
    for park in parks:
        walk.click(park.get_absolute_url())
        contact = walk.page.locator(".contact")
        assert contact.is_visible(), park
        assert "普陀区" in contact.inner_text()
        assert contact.get_by_text("暂未公布").count() == 4
        assert contact.get_by_role("link", name="投资咨询").is_visible()
        assert walk.clicks <= MOST_CLICKS
        walk.page.go_back()
        walk.clicks -= 1


@pytest.mark.parametrize("width", [375, 1440])
def test_the_first_and_the_last_of_many_parks(many_parks, visit, width):
    for way, contact in (
        (["/parks/", "/parks/park-0/"], f"tel:{FIRST_DESK}"),
        (["/parks/", "/parks/?page=4", "/parks/park-72/"], f"mailto:{LAST_DESK}"),
    ):
        walk = Walk(visit(width=width))
        for address in way:
            walk.click(address)
        assert walk.page.locator(f".contact a[href='{contact}']").is_visible()
        assert walk.clicks <= MOST_CLICKS


def test_the_first_and_the_last_of_many_parks_by_keyboard(many_parks, visit):
    for way, contact in (
        (["/parks/", "/parks/park-0/"], f"tel:{FIRST_DESK}"),
        (["/parks/", "/parks/?page=4", "/parks/park-72/"], f"mailto:{LAST_DESK}"),
    ):
        walk = Walk(visit(width=1440))
        for address in way:
            walk.press(address)
        assert walk.page.locator(f".contact a[href='{contact}']").is_visible()
        assert walk.clicks <= MOST_CLICKS


def test_the_numbers_of_the_pages_have_no_barriers(many_parks, visit):
    visitor = visit(width=320)
    visitor.open("/parks/?page=2")
    assert (visitor.violations(), visitor.sideways()) == ([], 0)
