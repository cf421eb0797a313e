"""Whatever an address holds, it is answered with a page or a plain refusal."""

import pytest
from django.urls import resolve

from tests.factories import make_home, make_park
from tests.pages.world import EVERY_ADDRESS, LISTS, build

pytestmark = pytest.mark.django_db

VALUES = {
    "empty": "",
    "a NUL byte": "%00",
    "NUL inside": "a%00b",
    "invalid UTF-8": "%FF%FE%C3%28",
    "half a surrogate": "%ED%A0%80",
    "very long": "9" * 10_000,
    "long text": "%E9%95%BF" * 3_000,
    "negative": "-1",
    "zero": "0",
    "huge": "999999999999999999999",
    "exponent": "1e400",
    "not a number": "NaN",
    "Arabic digits": "%D9%A3",
    "quotes": "%27%20OR%201%3D1%20--%22",
    "markup": "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "a path": "..%2F..%2Fetc%2Fpasswd",
    "a pattern": "%25_%5C",
    "an emoji": "%F0%9F%98%80",
    "a format": "%25(x)s%7B0%7D",
}
NAMES = [
    "page",
    "q",
    "kind",
    "industry",
    "belt",
    "area",
    "open_space",
    "incubator",
    "park",
    "service",
    "level",
    "use",
    "availability",
    "area_min",
    "area_max",
    "area_sqm",
    "team_size",
    "stage",
    "country",
    "recognition",
    "scheme",
    "scale",
    "district",
    "claim_status",
    "space",
    "only",
    "stage",
    "company",
    "sort",
    "unknown",
]
PATHS = [
    "/parks/%00/",
    "/parks/%FF/",
    "/parks/a%00b/",
    "/parks/" + "a" * 10_000 + "/",
    "/en/parks/%E5%9B%AD/",
    "/sources/%27/",
    "/media/%00",
    "/media/..%2F..%2Fmanage.py",
    "/media/pictures/park/" + "a" * 10_000,
    "/media/pictures/park/" + "0" * 32 + ".png",
    "/static/%00",
    "/%00",
    "/%FF%FE/",
    "/" + "a/" * 2_000,
    "/zh-hans/",
    "/fr/parks/",
    "/sitemap.xml?p=abc",
    "/sitemap.xml?p=999999999999999999999",
    "/sitemap.xml?p=%00",
    "/healthz/ready?x=%00",
    "/?" + "&".join(f"p{number}=1" for number in range(2_100)),
]


def without_query(address):
    return address.partition("?")[0]


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_every_page_survives_every_parameter(client, value):
    make_home()
    make_park()
    for address in map(without_query, EVERY_ADDRESS):
        for prefix in ("", "/en"):
            every = "&".join(f"{name}={value}" for name in NAMES)
            repeated = "&".join(f"{name}={value}&{name}=x" for name in NAMES)
            for query in (every, repeated):
                status = client.get(f"{prefix}{address}?{query}").status_code
                assert status in {200, 404}, f"{prefix}{address} answered {status}"


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_every_list_survives_each_parameter_alone(client, value):
    build(1)
    for address in LISTS:
        filters = resolve(address).func.view_class.filterset_class.base_filters
        for name in ("page", *filters):
            assert client.get(f"{address}?{name}={value}").status_code == 200, f"{address} {name}"


def test_every_filter_is_among_the_parameters_tried():
    filters = {
        name
        for address in LISTS
        for name in resolve(address).func.view_class.filterset_class.base_filters
    }
    assert filters <= set(NAMES)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:40])
def test_hostile_paths_are_refused_plainly(client, path):
    assert client.get(path).status_code in {301, 302, 400, 404, 200}
    assert client.get(path).status_code < 500


def test_an_unknown_host_is_refused_plainly(client):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_a_bad_filter_value_is_named_and_the_list_is_shown(client):
    make_park(name="仍然可见")
    text = client.get("/parks/?kind=castle&area_min=1&industry=none").content.decode()
    assert "仍然可见" in text
    assert "已忽略：类型、产业。" in text


def test_good_filters_still_work_beside_a_bad_one(client):
    make_park(name="楼宇甲", kind="tower")
    make_park(name="园区乙")
    text = client.get("/parks/?kind=tower&industry=none").content.decode()
    assert "楼宇甲" in text
    assert "园区乙" not in text


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("abc", 1),
        ("", 1),
        ("0", 1),
        ("-5", 1),
        ("1.5", 1),
        ("2", 2),
        ("3", 2),
        ("999999999999999999999", 2),
        ("1&page=2", 2),
    ],
)
def test_the_nearest_page_is_shown(client, asked, shown):
    for _number in range(25):
        make_park()
    response = client.get(f"/parks/?page={asked}")
    assert response.context["page_obj"].number == shown
    assert len(response.context["page_obj"].object_list) == (24 if shown == 1 else 1)
