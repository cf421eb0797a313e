"""Pages kept as bytes in each worker, given out for as long as nothing that they show has changed.

A page says by `Cache-Control: public` that it is the same for everyone. Whether a kept one still
stands is asked of the database for each request, so that all workers, on all machines, change
together with it: nobody is shown what has been withdrawn.
"""

import gzip
import hashlib
import re
import threading
import time
from collections import OrderedDict
from contextlib import closing
from datetime import UTC, datetime

from django.conf import settings

from promotion.data_version import Version
from promotion.operations.requests import LINES, REQUEST_ID_HEADER, ROUTE, request_id
from promotion.reference.shared_pages import STATE

OWN_COOKIES = (
    settings.SESSION_COOKIE_NAME,
    settings.CSRF_COOKIE_NAME,
    settings.LANGUAGE_COOKIE_NAME,
    "messages",
)
PERSONAL_HEADERS = ("HTTP_AUTHORIZATION", "HTTP_RANGE")
OF_ONE_ANSWER = {REQUEST_ID_HEADER.lower(), "content-length", "etag", "vary"}
OF_CONTENT = {"content-type", "content-language", "content-disposition"}
NO_GZIP = re.compile(r"gzip\s*;\s*q=0(\.0*)?\s*(,|\Z)")
COMPRESSED_TYPES = ("text/", "application/", "image/svg+xml")
GZIP_LEVEL = 5
MIN_GZIP_BYTES = 500
MAX_PAGE_BYTES = 1_000_000


class Page:
    """An answer that is the same for everyone: its headers, its tag, and its bytes compressed."""

    def __init__(self, headers, body, route):
        self.route = route
        self.tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
        given = {name.lower(): value for name, value in headers}
        vary = ", ".join(filter(None, [given.get("vary"), "Accept-Encoding"]))
        kept = [(name, value) for name, value in headers if name.lower() not in OF_ONE_ANSWER]
        self.headers = [*kept, ("Vary", vary), ("ETag", self.tag)]
        self.short_headers = [each for each in self.headers if each[0].lower() not in OF_CONTENT]
        is_text = given["content-type"].startswith(COMPRESSED_TYPES)
        self.is_compressed = is_text and len(body) >= MIN_GZIP_BYTES
        self.body = gzip.compress(body, GZIP_LEVEL, mtime=0) if self.is_compressed else body
        self.size_bytes = len(self.body) + sum(len(name) + len(value) for name, value in headers)
        self.renewal = threading.Lock()
        """Held by the one who makes the page anew; the others wait for it."""
        self.state = None

    def answer(self, environ, start_response, own_headers):
        """Give the page out, or say that the client has it; return the bytes and the status."""
        if self.tag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start_response("304 Not Modified", self.short_headers + own_headers)
            return [], 304
        body = self.body
        accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
        if self.is_compressed and "gzip" in accepted and not NO_GZIP.search(accepted):
            own_headers = [*own_headers, ("Content-Encoding", "gzip")]
        elif self.is_compressed:
            body = gzip.decompress(body)
        own_headers = [*own_headers, ("Content-Length", str(len(body)))]
        start_response("200 OK", self.headers + own_headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body], 200


class Pages:
    """The pages that a worker keeps, those asked for last, up to a size."""

    def __init__(self, max_bytes):
        self.max_bytes = max_bytes
        self.size_bytes = 0
        self.pages = OrderedDict()
        self.lock = threading.Lock()

    def get(self, key):
        with self.lock:
            page = self.pages.get(key)
            if page:
                self.pages.move_to_end(key)
            return page

    def keep(self, key, page):
        with self.lock:
            former = self.pages.pop(key, None)
            self.pages[key] = page
            self.size_bytes += page.size_bytes - (former.size_bytes if former else 0)
            while self.size_bytes > self.max_bytes:
                _key, oldest = self.pages.popitem(last=False)
                self.size_bytes -= oldest.size_bytes


class Answer:
    """What the application answers, held back until it is known what it is."""

    def start(self, status, headers, exc_info=None):
        self.status, self.headers, self.exc_info = status, headers, exc_info

    def is_for_everyone(self):
        """Tell whether anybody may be given this answer, and it may be held as a whole."""
        given = {name.lower(): value for name, value in self.headers}
        control = {part.strip() for part in given.get("cache-control", "").split(",")}
        return (
            self.status.startswith("200 ")
            and {"public", "no-cache"} <= control
            and "set-cookie" not in given
            and "cookie" not in given.get("vary", "").lower()
            and int(given.get("content-length", MAX_PAGE_BYTES + 1)) <= MAX_PAGE_BYTES
        )


class PageCache:
    """Answers from the pages that are kept, and has the others made by the application."""

    def __init__(self, application):
        self.application = application
        self.pages = Pages(settings.PAGE_CACHE_MIB * 2**20)
        self.version = Version()

    def __call__(self, environ, start_response):
        if not may_share(environ):
            return self.application(environ, start_response)
        began = time.perf_counter()
        key = address_of(environ)
        former = self.pages.get(key)
        if former is None:
            return self.make(key, environ, start_response)
        if self.still_stands(former):
            return self.give(former, environ, start_response, began)
        with former.renewal:
            renewed = self.pages.get(key)
            if renewed and self.still_stands(renewed):
                return self.give(renewed, environ, start_response, began)
            return self.make(key, environ, start_response)

    def still_stands(self, page):
        version = self.version.read()
        return version is not None and page.state.stands(version, datetime.now(UTC))

    def give(self, page, environ, start_response, began):
        """Give out a page that is kept, and note the request as the application would."""
        own_id = request_id(environ)
        body, status = page.answer(environ, start_response, [(REQUEST_ID_HEADER, own_id)])
        seconds = time.perf_counter() - began
        LINES.add(own_id, page.route, environ["REQUEST_METHOD"], status, seconds)
        return body

    def make(self, key, environ, start_response):
        """Have a page made, keep it if it is for everyone, and give it out."""
        asked = {**environ, "REQUEST_METHOD": "GET"}
        answer = Answer()
        response = self.application(asked, answer.start)
        if not answer.is_for_everyone():
            start_response(answer.status, answer.headers, answer.exc_info)
            return without_body(response) if environ["REQUEST_METHOD"] == "HEAD" else response
        with closing(response):
            page = Page(answer.headers, b"".join(response), asked[ROUTE])
        page.state = asked.get(STATE)
        if page.state is not None and settings.PAGE_CACHE_MIB:
            self.pages.keep(key, page)
        own_headers = [each for each in answer.headers if each[0] == REQUEST_ID_HEADER]
        return page.answer(environ, start_response, own_headers)[0]


def without_body(response):
    """Drop what a request for the headers alone does not want."""
    response.close()
    return []


def may_share(environ):
    """Tell whether a request may be answered as everyone's is: it says nothing about who asks."""
    cookies = environ.get("HTTP_COOKIE")
    return (
        environ["REQUEST_METHOD"] in ("GET", "HEAD")
        and environ.keys().isdisjoint(PERSONAL_HEADERS)
        and not (cookies and any(f"{name}=" in cookies for name in OWN_COOKIES))
    )


def address_of(environ):
    """Return everything of a request that a page may depend on."""
    scheme = environ["wsgi.url_scheme"]
    if "HTTP_X_FORWARDED_PROTO" in environ and settings.BEHIND_PROXY:
        scheme = environ["HTTP_X_FORWARDED_PROTO"]
    given = environ.get
    host, root = given("HTTP_HOST", ""), given("SCRIPT_NAME", "")
    return scheme, host, root, given("PATH_INFO", ""), given("QUERY_STRING", "")
