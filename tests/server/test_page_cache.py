"""Pages that are kept: quick for everyone, never older than the data, never somebody's own."""

import gzip
import json
import re
import threading
import time
from contextlib import ExitStack
from itertools import product

import pytest

from tests.server.enquirers import FORM_SECONDS, blank_form, send
from tests.server.enquirers import PATH as ENQUIRY
from tests.server.staff import Editor
from tests.sites import copied_site

PARK = "/parks/weilaidao-park/"
GZIP = {"Accept-Encoding": "gzip"}
SECONDS = 8
KINDS_OF_ADDRESS = re.compile(r"^(/en)?/([a-z]+)/")
ADDRESSES_OF_A_KIND = 6
SHELL = """
from datetime import timedelta
from django.db import connection
from django.utils import timezone
from parks.models import District, Park
"""
LINE_SECONDS = 10
FORMS = {ENQUIRY, f"/en{ENQUIRY}"}
OTHERS = [
    *["/?x=1", "/search/?q=taopu", "/search/suggest/?q=tp", "/companies/?page=3", "/compare/"],
    *["/parks/?kind=industrial_park&kind=science_park", "/match/?use=office", "/parks/none/"],
    *["/en/companies/?sort=name", "/api/v1/parks/", "/data/parks.json", "/events.ics"],
    *["/feed.atom", "/sitemap.xml", "/robots.txt", "/belts/qilianshan-road-belt/drawing.svg"],
]


def queries_of(site, answer):
    """Return how many queries an answer took, from its line in the log."""
    number = answer.getheader("X-Request-ID")
    deadline = time.monotonic() + LINE_SECONDS
    while True:
        lines = [json.loads(line) for line in site.log.splitlines() if number in line]
        found = [line for line in lines if line["logger"] == "promotion.access"]
        if found or time.monotonic() > deadline:
            (line,) = found
            return line["queries"]
        time.sleep(0.02)


def is_kept(site, server, path, **headers):
    """Ask for a page twice and tell whether the second time took no query."""
    server.ask(path, headers=headers)
    return queries_of(site, server.ask(path, headers=headers)) == 0


@pytest.fixture
def server(site):
    with site.serving(WEB_CONCURRENCY="1") as server:
        yield server


@pytest.fixture(scope="module")
def unchanged(built, tmp_path_factory):
    """A site that no test writes to, and its server."""
    site = copied_site(tmp_path_factory.mktemp("unchanged"), built)
    with site.serving(WEB_CONCURRENCY="1") as server:
        yield site, server
    site.remove()


@pytest.mark.parametrize(
    "path", ["/", PARK, "/en/companies/", "/companies/?kind=company", "/search/?q=taopu"]
)
def test_a_page_is_made_once_and_the_same_for_whoever_asks(unchanged, path):
    site, server = unchanged
    first = server.ask(path)
    assert queries_of(site, first) > 0
    plain = server.ask(path)
    packed = server.ask(path, headers=GZIP)
    assert queries_of(site, plain) == queries_of(site, packed) == 0
    assert packed.getheader("Content-Encoding") == "gzip"
    assert gzip.decompress(packed.content) == plain.content == first.content
    assert "Accept-Encoding" in packed.getheader("Vary")
    head = server.ask(path, "HEAD")
    assert (head.content, head.getheader("Content-Length")) == (b"", str(len(first.content)))
    known = server.ask(path, headers={"If-None-Match": plain.getheader("ETag")})
    assert (known.status, known.content) == (304, b"")
    assert known.getheader("Content-Security-Policy")
    assert server.ask(path, headers={"If-None-Match": '"other"'}).status == 200


def test_all_servers_show_a_change_as_soon_as_it_is_made(site):
    with ExitStack() as stack:
        servers = [stack.enter_context(site.serving()) for _number in range(2)]
        for number, change in enumerate(
            [
                "Park.objects.filter(slug='weilaidao-park').update(name='甲{}')",
                "park = Park.objects.get(slug='weilaidao-park'); park.name = '甲{}'; park.save()",
                "connection.cursor().execute("
                "\"UPDATE parks_park SET name = '甲{}' WHERE slug = 'weilaidao-park'\")",
                # Stands on every page.
                "District.objects.filter(is_home=True).update(name='甲{}')",
            ]
        ):
            # The first page has a drawing of the places, which is kept apart.
            for server, path in product(servers, [PARK, "/"]):
                # Each of its workers has kept the page by now.
                assert {f"甲{number}" in server.ask(path).text for _time in range(8)} == {False}
            site.ask(SHELL + change.format(number))
            for server, path in product(servers, [PARK, "/"]):
                assert {f"甲{number}" in server.ask(path).text for _time in range(8)} == {True}


def test_a_record_comes_and_goes_at_the_moment_that_was_set(site, server):
    for field, was_there in (("publish_at", False), ("expires_at", True)):
        site.ask(
            SHELL + f"moment = timezone.now() + timedelta(seconds=5);"
            "Park.objects.filter(slug='weilaidao-park').update("
            f"publish_at=None, expires_at=None); "
            f"Park.objects.filter(slug='weilaidao-park').update({field}=moment)"
        )
        assert (server.ask(PARK).status == 200) == was_there
        assert ("/parks/weilaidao-park/" in server.ask("/parks/").text) == was_there
        time.sleep(5.5)
        assert (server.ask(PARK).status == 200) != was_there
        assert ("/parks/weilaidao-park/" in server.ask("/parks/").text) != was_there


def test_nothing_of_one_person_is_kept(site, server):
    site.ask(
        SHELL + "from django.contrib.auth.models import User;"
        "User.objects.create_superuser('keeper', password='a-long-passphrase')"
    )
    assert not is_kept(site, server, "/", Cookie="sessionid=somebody")
    assert not is_kept(site, server, "/", Authorization="Bearer x")
    assert not is_kept(site, server, ENQUIRY)
    first, second = (blank_form(server)[0] for _time in range(2))
    assert first["csrfmiddlewaretoken"] != second["csrfmiddlewaretoken"]
    form = blank_form(server)
    time.sleep(FORM_SECONDS)
    receipt = send(server, form, "desk-of-one-person").getheader("Location")
    assert server.ask(receipt).status == 200
    assert "no-store" in server.ask(receipt).getheader("Cache-Control")
    assert not is_kept(site, server, receipt)
    editor = Editor(server, "keeper", "a-long-passphrase")
    for path in ("/admin/", "/", PARK):
        assert queries_of(site, editor.ask(path)) > 0
        assert server.ask("/admin/").status == 302
    # What staff were shown has left no trace in what the public gets.
    assert server.ask("/").getheader("Set-Cookie") is None


class Reading(threading.Thread):
    """Asks for the writers' pages one after the other, and notes what is late or torn."""

    def __init__(self, servers, slugs, committed, number):
        super().__init__()
        self.servers, self.slugs, self.committed = servers, slugs, committed
        self.number = number
        self.faults, self.count, self.is_over = [], 0, False

    def run(self):
        while not self.is_over:
            self.count += 1
            slug = self.slugs[(self.count + self.number) % len(self.slugs)]
            server = self.servers[(self.count // len(self.slugs)) % len(self.servers)]
            known = dict(self.committed).get(slug, 0)
            text = server.ask(f"/parks/{slug}/", headers=GZIP if self.count % 2 else {})
            found = text.content
            if text.getheader("Content-Encoding") == "gzip":
                found = gzip.decompress(found)
            found = found.decode()
            seen = {int(number) for number in re.findall(r"第(\d+)次", found)}
            if len(seen) > 1:
                self.faults.append(f"torn: {sorted(seen)}")
            if known and (not seen or min(seen) < known):
                self.faults.append(f"late: {sorted(seen)} after {known}")


WRITE = """
import sys, time
from django.db import transaction
from parks.models import Building, Park
park = Park.objects.get(slug='{slug}')
building = Building.objects.create(park=park, name='楼', slug='of-{slug}'[:70], status='published')
end = time.time() + {seconds}
number = 0
while time.time() < end:
    number += 1
    with transaction.atomic():
        Park.objects.filter(pk=park.pk).update(summary=f'第{{number}}次')
        Building.objects.filter(pk=building.pk).update(name=f'第{{number}}次')
    with open('{path}', 'a') as file:
        file.write(f'{{number}}\\n')
    time.sleep(0.05)
"""


class Committed:
    """What each writer says it has committed, by the record that it writes."""

    def __init__(self, paths):
        self.paths = paths

    def keys(self):
        return self.paths.keys()

    def __getitem__(self, slug):
        path = self.paths[slug]
        lines = path.read_text().splitlines() if path.exists() else []
        return len(lines)


def test_no_page_is_late_or_torn_while_four_write_and_eight_read(site, tmp_path):
    slugs = [slug for (slug,) in site.rows("SELECT slug FROM parks_park ORDER BY slug LIMIT 4")]
    paths = {slug: tmp_path / f"{slug}.commits" for slug in slugs}
    with ExitStack() as stack:
        servers = [stack.enter_context(site.serving()) for _number in range(2)]
        readers = [Reading(servers, slugs, Committed(paths), number) for number in range(8)]
        writers = [
            site.start(
                "manage.py",
                *["shell", "-v0", "-c"],
                WRITE.format(slug=slug, seconds=SECONDS, path=paths[slug]),
            )
            for slug in slugs
        ]
        for reader in readers:
            reader.start()
        assert [writer.wait() for writer in writers] == [0] * 4, site.log[-2000:]
        for reader in readers:
            reader.is_over = True
        for reader in readers:
            reader.join()
    assert [fault for reader in readers for fault in reader.faults] == []
    assert sum(reader.count for reader in readers) > 20
    assert min(Committed(paths)[slug] for slug in slugs) > 5


def test_switching_it_off_changes_no_page(site):
    with site.serving() as keeping, site.serving(PAGE_CACHE_MIB="0") as making:
        addresses = OTHERS.copy()
        of_kind = {}
        sections = re.findall(r"<loc>http://[^/]+(/[^<]+)</loc>", keeping.ask("/sitemap.xml").text)
        for section in sections:
            for path in re.findall(r"<loc>http://[^/]+(/[^<]*)</loc>", keeping.ask(section).text):
                kind = KINDS_OF_ADDRESS.match(path)
                names = of_kind.setdefault(kind.group() if kind else path, [])
                if len(names) < ADDRESSES_OF_A_KIND:
                    names.append(path)
        # A form has a token of its own each time it is given out.
        addresses += [path for names in of_kind.values() for path in names if path not in FORMS]
        assert len(addresses) > 80
        port = re.compile(rb"127\.0\.0\.1:\d+")
        for path in addresses:
            keeping.ask(path)
            seen = []
            for server in (keeping, making):
                answer = server.ask(path)
                headers = {name.lower(): value for name, value in answer.getheaders()}
                seen.append((answer.status, port.sub(b"", answer.content), headers.keys()))
            assert seen[0] == seen[1], path
