"""What crawlers, monitors and browsers ask for, and the pages for errors."""

import re
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path

from parks.models import Park
from promotion import urls
from tests.connections import kept_connection
from tests.factories import make_park
from tests.pages.world import EVERY_ADDRESS, build

RENDITION = f"pictures/park/{'0' * 32}-2400x1600-960.webp"
KEPT = f"pictures/park/{'0' * 32}-2400x1600.jpg"
PNG = f"pictures/park/{'0' * 32}.png"


def broken(request):
    raise RuntimeError


handler400 = urls.handler400
urlpatterns = [path("broken/", broken), *urls.urlpatterns]


@pytest.mark.django_db
def test_crawlers_are_told_where_to_look(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    for address in ("/admin/", "/en/admin/"):
        assert f"Disallow: {address}\n" in response.content.decode()
    assert "Sitemap: http://testserver/sitemap.xml\n" in response.content.decode()


@pytest.mark.django_db
def test_crawlers_read_every_page_but_no_results_of_a_search(client):
    lines = client.get("/robots.txt").text.splitlines()
    kept = tuple(line.removeprefix("Disallow: ") for line in lines if "Disallow" in line)
    for prefix in ("", "/en"):
        for address in (*EVERY_ADDRESS, "/search/"):
            assert f"{prefix}{address}".startswith(kept) == ("/search/?" in address), address
        assert f"{prefix}/search/suggest/?q=a".startswith(kept)
        assert f"{prefix}/compare/prospectus.pdf?park=a".startswith(kept)


def site_map(response):
    """Return what a site map names: address → date of its last change."""
    return {
        entry.findtext("{*}loc"): entry.findtext("{*}lastmod")
        for entry in ElementTree.fromstring(response.content)
    }


@pytest.mark.django_db
def test_the_site_map_names_every_page_in_both_languages(client):
    build(1)
    text = "".join(client.get(address).text for address in site_map(client.get("/sitemap.xml")))
    for address in ("/", "/parks/hub-park/", "/sources/hub-source/", "/spaces/", "/data/"):
        assert f"<loc>http://testserver{address}</loc>" in text
        assert f"<loc>http://testserver/en{address}</loc>" in text


@pytest.mark.django_db
def test_the_site_map_dates_a_page_by_the_newest_public_record_that_it_shows(client):
    make_park(slug="old")
    make_park(slug="new")
    make_park(slug="draft", status="draft")
    for slug, moment in (("old", "2026-01-02"), ("new", "2026-03-04"), ("draft", "2026-05-06")):
        Park.objects.filter(slug=slug).update(updated_at=f"{moment}T12:00:00+08:00")
    root = "http://testserver"
    index = site_map(client.get("/sitemap.xml"))
    assert index[f"{root}/sitemap-park.xml"].startswith("2026-03-04T12:00")
    assert index[f"{root}/sitemap-event.xml"] is None
    pages = site_map(client.get("/sitemap-pages.xml"))
    assert (
        pages[f"{root}/parks/"] == pages[f"{root}/en/parks/"] == pages[f"{root}/"] == "2026-03-04"
    )
    assert pages[f"{root}/events/"] is None
    assert site_map(client.get("/sitemap-park.xml")) == {
        f"{root}/parks/old/": "2026-01-02",
        f"{root}/en/parks/old/": "2026-01-02",
        f"{root}/parks/new/": "2026-03-04",
        f"{root}/en/parks/new/": "2026-03-04",
    }


@pytest.mark.django_db
def test_a_long_site_map_is_cut_into_files(client, monkeypatch):
    for _number in range(3):
        make_park()
    monkeypatch.setattr("promotion.sitemaps.TwoLanguages.limit", 4)
    index = site_map(client.get("/sitemap.xml"))
    assert "http://testserver/sitemap-park.xml?p=2" in index
    assert len(site_map(client.get("/sitemap-park.xml?p=2"))) == 2


@pytest.mark.django_db
def test_the_process_answers(client):
    assert client.get("/healthz/live").content == b"ok\n"


@pytest.mark.django_db
def test_pictures_are_served_so_that_they_cannot_be_taken_for_a_page(client):
    make_park()
    for name, kind, kept in ((RENDITION, "webp", KEPT), (PNG, "png", PNG)):
        Park.objects.update(picture=kept)
        default_storage.save(name, ContentFile(b"x"))
        response = client.get(f"/media/{name}")
        assert (response.status_code, response["Content-Type"]) == (200, f"image/{kind}")
        with kept_connection():
            response.close()
    response = client.get(f"/media/{PNG}")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'"
    response.close()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["secret.txt", "pictures/park/x.html", "pictures/", "../manage.py"]
)
def test_nothing_but_pictures_is_served(client, name):
    default_storage.save("secret.txt", ContentFile(b"secret"))
    assert client.get(f"/media/{name}").status_code == 404


@pytest.mark.django_db
def test_a_missing_page_speaks_both_languages_and_keeps_the_frame(client):
    response = client.get("/parks/none/")
    text = response.content.decode()
    assert response.status_code == 404
    assert "没有这个页面" in text
    assert "Page not found" in text
    assert 'class="masthead"' in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("prefix", "first", "second", "tag"),
    [
        ("", "没有这个页面", "Page not found", "en"),
        ("/en", "Page not found", "没有这个页面", "zh-Hans"),
    ],
)
def test_a_missing_page_speaks_the_language_of_its_frame_first(client, prefix, first, second, tag):
    text = " ".join(client.get(f"{prefix}/nope/").text.split())
    assert f"<title> {first} · " in text
    assert f"<h1>{first}</h1>" in text
    assert f'<div lang="{tag}"> <h2>{second}</h2>' in text
    assert f'href="{prefix}/">' in text.partition("<h1>")[2].partition("<h2>")[0]
    assert second not in text.partition("<h2>")[0]


@pytest.mark.django_db
def test_an_unforeseen_error_asks_nothing_of_the_database(settings):
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/broken/")
    assert response.status_code == 500
    assert "出了点问题" in response.content.decode()
    assert "Something went wrong" in response.content.decode()
    assert len(queries) == 0


@pytest.mark.django_db
def test_pages_allow_nothing_from_elsewhere_and_hold_no_inline_code(client):
    make_park(slug="park")
    for address in ("/", "/parks/", "/parks/park/", "/compare/?park=park"):
        response = client.get(address)
        text = response.content.decode()
        assert "default-src 'self'" in response["Content-Security-Policy"]
        for inline in ("<script>", "<style", " style=", " onclick="):
            assert inline not in text


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["POST", "PUT", "TRACE"])
@pytest.mark.parametrize(
    "address", ["/parks/", "/sitemap.xml", "/feed.atom", "/events.ics", "/healthz/live", "/metrics"]
)
def test_what_can_only_be_read_says_so(client, address, method):
    answer = client.generic(method, address)
    assert answer.status_code == 405
    assert "不能这样访问" in answer.text
    assert "Method not allowed" in answer.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["//evil.example/x", "/en//evil.example/x", "/en/%5Cevil.example/"]
)
def test_no_link_of_a_missing_page_leads_to_another_site(path):
    page = Client().get(path, PATH_INFO=unquote(path)).text
    addresses = re.findall(r'href="([^"]*evil[^"]*)"', page)
    assert addresses
    assert all(re.match(r"/[^/\\]", address) for address in addresses)
