"""What crawlers, monitors and browsers ask for, and the pages for errors."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path

from promotion import urls
from tests.factories import make_park
from tests.pages.world import build

PNG = f"pictures/park/{'0' * 32}.png"


def broken(request):
    raise RuntimeError


handler400 = urls.handler400
urlpatterns = [path("broken/", broken), *urls.urlpatterns]


@pytest.mark.django_db
def test_crawlers_are_told_where_to_look(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "Disallow: /admin/\n" in response.content.decode()
    assert "Sitemap: http://testserver/sitemap.xml\n" in response.content.decode()


@pytest.mark.django_db
def test_the_site_map_names_every_page_in_both_languages(client):
    build(1)
    text = client.get("/sitemap.xml").content.decode()
    for address in ("/", "/parks/hub-park/", "/sources/hub-source/", "/spaces/", "/data/"):
        assert f"<loc>http://testserver{address}</loc>" in text
        assert f"<loc>http://testserver/en{address}</loc>" in text


@pytest.mark.django_db
def test_the_process_answers(client):
    assert client.get("/healthz/live").content == b"ok\n"


@pytest.mark.django_db
def test_the_site_is_ready_when_every_migration_is_applied(client, monkeypatch):
    assert client.get("/healthz/ready").status_code == 200
    monkeypatch.setattr("promotion.views.machines.unapplied_migrations", lambda: ["one"])
    assert client.get("/healthz/ready").status_code == 503


@pytest.mark.django_db
def test_the_site_is_not_ready_without_its_database(client, monkeypatch):
    def unreachable():
        raise DatabaseError

    monkeypatch.setattr("promotion.views.machines.unapplied_migrations", unreachable)
    assert client.get("/healthz/ready").status_code == 503


@pytest.mark.django_db
def test_pictures_are_served_so_that_they_cannot_be_taken_for_a_page(client):
    default_storage.save(PNG, ContentFile(b"\x89PNG"))
    response = client.get(f"/media/{PNG}")
    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
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
