"""How much of the public pages a worker keeps."""

import gzip

import pytest

from promotion.page_cache import Page, PageCache, Pages

HEADERS = [("Content-Type", "text/html; charset=utf-8")]
PAGE_BYTES = Page(HEADERS, b"x" * 400, "home").size_bytes


def page(text="x"):
    return Page(HEADERS, text.encode() * 400, "home")


def test_what_was_asked_for_longest_ago_goes_first():
    pages = Pages(3 * PAGE_BYTES)
    for key in "abc":
        pages.keep(key, page())
    assert pages.get("a")
    pages.keep("d", page())
    assert [key for key in "abcd" if pages.get(key)] == ["a", "c", "d"]


def test_never_more_is_kept_than_allowed_whatever_is_asked_for():
    pages = Pages(5 * PAGE_BYTES)
    for number in range(1000):
        pages.keep(number % 40, page("xy"[number % 2]))
        assert pages.size_bytes == sum(each.size_bytes for each in pages.pages.values())
        assert pages.size_bytes <= 5 * PAGE_BYTES
    assert len(pages.pages) == 5


def test_a_page_too_large_for_the_whole_is_not_kept():
    pages = Pages(PAGE_BYTES)
    pages.keep("small", page())
    pages.keep("large", Page(HEADERS, bytes(range(256)) * 40, "home"))
    assert pages.size_bytes <= PAGE_BYTES


class Closing(list):
    """What an application answers with, which notes that it was closed."""

    is_closed = False

    def close(self):
        self.is_closed = True


def test_a_request_for_the_headers_of_a_page_of_ones_own_gets_no_body():
    answer = Closing([b"a page of one's own"])

    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", "19")])
        return answer

    heads = []
    environ = {"REQUEST_METHOD": "HEAD", "wsgi.url_scheme": "http", "PATH_INFO": "/login/"}
    body = PageCache(application)(environ, lambda *head: heads.append(head))
    assert list(body) == []
    assert answer.is_closed
    assert heads[0][0] == "200 OK"


@pytest.mark.parametrize(
    ("accepted", "is_compressed"),
    [
        ("gzip, br", True),
        ("br;q=1, gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.0, br", False),
        ("identity", False),
    ],
)
def test_a_page_is_compressed_for_who_takes_it_so(accepted, is_compressed):
    kept = Page(HEADERS, b"x" * 1000, "home")
    heads = []
    environ = {"REQUEST_METHOD": "GET", "HTTP_ACCEPT_ENCODING": accepted}
    (body,), status = kept.answer(environ, lambda *head: heads.append(head), [])
    assert status == 200
    assert (("Content-Encoding", "gzip") in heads[0][1]) == is_compressed
    assert (gzip.decompress(body) if is_compressed else body) == b"x" * 1000
