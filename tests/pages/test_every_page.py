"""What no page lacks: whom to ask, a next step, and the filing numbers of a public site."""

import gzip
import io
import re
from functools import cache
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from benchmarks.pages.fill import fill
from parks.models import District
from tests.connections import kept_connection
from tests.factories import (
    make_belt,
    make_building,
    make_company,
    make_district,
    make_home,
    make_incubator,
    make_park,
    make_program,
    make_tenancy,
)
from tests.pages.world import EVERY_ADDRESS, LISTS, build
from tests.reference.test_pictures import picture_bytes

pytestmark = pytest.mark.django_db

STYLE_OR_SCRIPT = re.compile(r'(?:href|src)="/static/([^"]+\.(?:css|js))"')
PICTURE = re.compile(r"<picture>.*?</picture>", re.DOTALL)


def main(client, address):
    """Return the text of a page between its header and its footer."""
    return client.get(address).text.partition("<main")[2].partition("</main>")[0]


def test_every_page_names_a_desk_and_a_next_step(client):
    build(1)
    home = District.objects.get(is_home=True)
    home.contact_name, home.phone, home.email = "招商科", "021-1", "desk@example.org"
    home.save()
    for address in EVERY_ADDRESS:
        for prefix in ("", "/en"):
            text, footer = client.get(prefix + address).text.split("<footer", 1)
            for known in ("招商科", "021-1", "desk@example.org"):
                assert known in footer, address
            assert f'href="{prefix}/inquiries/new/' in text or "/inquiries/" in address
            assert 'class="contact"' in text or 'class="next-step"' in text, address


def test_the_desk_is_the_nearest_that_can_be_reached(client):
    make_home(contact_name="区招商科")
    town = make_district(contact_name="镇招商办")
    park = make_park(slug="own", contact_name="园区招商部", district=town)
    make_park(slug="town", district=town)
    make_park(slug="none", district=make_district())
    make_incubator(slug="i", park=park)
    make_incubator(slug="j", district=town)
    make_tenancy(company=make_company(slug="c"), park=park)
    make_company(slug="d", district=town)
    make_belt(slug="b", district=town)
    make_program(slug="p", district=town)
    for address, desk in (
        ("/parks/own/", "园区招商部"),
        ("/parks/town/", "镇招商办"),
        ("/parks/none/", "区招商科"),
        ("/incubators/i/", "园区招商部"),
        ("/incubators/j/", "镇招商办"),
        ("/companies/c/", "园区招商部"),
        ("/companies/d/", "镇招商办"),
        ("/belts/b/", "镇招商办"),
        ("/programs/p/", "镇招商办"),
        ("/events/", "区招商科"),
    ):
        assert desk in main(client, address), address


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("021-5555 0000", '<a href="tel:02155550000">021-5555 0000</a>'),
        ("＋86（21）5555 0000 转 8", '<a href="tel:+862155550000">＋86（21）5555 0000 转 8</a>'),
        ("12345、021-1", '<a href="tel:12345">12345、021-1</a>'),
        ("021-55550000 021-55550001", "021-55550000 021-55550001"),
        ("见<b>", "见&lt;b&gt;"),
    ],
)
def test_a_phone_is_dialled_by_its_first_number(client, phone, shown):
    make_home(phone=phone, email="desk@example.com")
    make_park(slug="park")
    text = client.get("/parks/park/").text
    assert text.count(shown) >= 2
    assert text.count('<a href="mailto:desk@example.com">desk@example.com</a>') == 2


def test_the_footer_shows_the_filing_numbers_that_there_are(client, settings):
    assert "beian" not in client.get("/").text
    settings.ICP_NUMBER = "沪ICP备12345678号-1"
    settings.PUBLIC_SECURITY_NUMBER = "沪公网安备31010702001234号"
    text = client.get("/en/").text
    links = re.findall(r'<a href="([^"]*)" rel="noopener external">([^<]*)</a>', text)
    assert links == [
        ("https://beian.miit.gov.cn/", "沪ICP备12345678号-1"),
        (
            "https://beian.mps.gov.cn/#/query/webSearch?code=31010702001234",
            "沪公网安备31010702001234号",
        ),
    ]


def test_a_picture_is_offered_in_every_width_and_takes_its_room_at_once(client):
    file = SimpleUploadedFile("p.jpg", picture_bytes(size=(1200, 800)))
    park = make_park(slug="park", picture=file, picture_alt="大门", picture_focus_x=23)
    stem = f"/media/{park.picture.name.removesuffix('.jpg')}"
    (shown,) = PICTURE.findall(client.get("/parks/park/").text)
    shown = " ".join(shown.split())
    assert f'srcset="{stem}-480.webp 480w, {stem}-960.webp 960w, {stem}-1200.webp 1200w"' in shown
    assert f'srcset="{stem}-480.jpg 480w, {stem}-960.jpg 960w, {stem}-1200.jpg 1200w"' in shown
    assert f'src="{stem}-960.jpg"' in shown
    assert 'width="1200" height="800"' in shown
    assert 'alt="大门" decoding="async"' in shown
    assert 'class="picture focus-x-20 focus-y-50"' in shown
    assert "loading" not in shown
    for address in re.findall(rf"{stem}[-.\w]+", shown):
        response = client.get(address)
        assert response.status_code == 200
        with kept_connection():
            response.close()


def test_cards_show_pictures_and_only_the_first_is_fetched_at_once(client):
    for name in ("丙", "甲", "乙"):
        file = SimpleUploadedFile("p.jpg", picture_bytes())
        make_park(name=name, picture=None if name == "乙" else file, picture_alt=name)
    first, second = PICTURE.findall(client.get("/parks/").text)
    assert "loading" not in first
    assert 'loading="lazy"' in second


def test_a_park_shows_its_public_buildings_with_their_pictures(client):
    park = make_park(slug="park")
    file = SimpleUploadedFile("p.jpg", picture_bytes())
    make_building(park=park, name="甲楼", picture=file, picture_alt="甲楼正面")
    make_building(park=park, name="乙楼")
    make_building(park=park, name="未发布的楼", status="draft")
    page = client.get("/parks/park/").text
    (shown,) = PICTURE.findall(page)
    assert 'alt="甲楼正面"' in shown
    assert "乙楼" in page
    assert "未发布的楼" not in page


def test_the_home_page_is_light(client):
    build(3)
    text = client.get("/").text
    needed = set(re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|svg))"', text))
    parts = [text.encode(), *(Path(finders.find(name)).read_bytes() for name in needed)]
    assert 5 < len(parts) <= 12
    assert sum(len(gzip.compress(part)) for part in parts) < 120_000


def test_style_and_script_of_a_page_weigh_at_most_40_kb(client):
    build(1)
    weights = {}
    for address in EVERY_ADDRESS:
        needed = set(STYLE_OR_SCRIPT.findall(client.get(address).text))
        weights[address] = sum(compressed_bytes(finders.find(name)) for name in needed)
    assert min(weights.values()) > 20_000
    assert {address: weight for address, weight in weights.items() if weight > 40_000} == {}


def test_a_list_of_the_fixtures_weighs_at_most_35_kb_in_either_language(client):
    call_command("load_site", stdout=io.StringIO())
    addresses = [language + address for language in ("", "/en") for address in LISTS]
    weights = {address: len(client.get(address).content) for address in addresses}
    assert max(weights.values()) > 30_000
    assert {address: weight for address, weight in weights.items() if weight > 35_000} == {}


def test_a_whole_list_of_companies_weighs_at_most_35_kb(client):
    fill(100)
    weights = [len(client.get(f"/companies/?page={page}").content) for page in (1, 2, 3, 4)]
    assert 30_000 < max(weights) <= 35_000


@cache
def compressed_bytes(path):
    """Return how long a file is for clients that take nothing better than gzip."""
    return len(gzip.compress(Path(path).read_bytes()))


def test_a_page_without_pictures_is_complete(client):
    make_park(slug="park")
    for address in ("/parks/", "/parks/park/"):
        assert "<picture" not in client.get(address).text
