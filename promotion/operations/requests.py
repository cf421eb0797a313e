"""The outermost layer of every request: its id, its line in the log, its part of the figures."""

import atexit
import logging
import random
import re
import threading
import time
from collections import deque

from django.conf import settings
from django.db import connection
from django.http import FileResponse

from promotion.operations import metrics
from promotion.operations.logs import REQUEST_ID, route_of

ACCESS = logging.getLogger("promotion.access")
SLOW_QUERIES = logging.getLogger("promotion.slow_queries")
REQUEST_ID_HEADER = "X-Request-ID"
ROUTE = "promotion.route"
"""Under which name a request tells whoever stands before the application what page it was."""
SANE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
MAX_SQL_CHARACTERS = 2000
SECONDS_BETWEEN_LINES = 0.2
MAX_LINES_WAITING = 10_000


class RequestLog:
    """Gives each request an id, and notes once how it went."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        trace = Trace(request)
        with trace:
            response = self.get_response(request)
        response[REQUEST_ID_HEADER] = trace.id
        request.META[ROUTE] = trace.route
        if response.streaming and not isinstance(response, FileResponse):
            response.streaming_content = trace.follow(response, response.streaming_content)
        else:
            trace.note(response)
        return response


def request_id(environ):
    """Return the id that a trusted proxy gave the request, or a new one."""
    given = environ.get("HTTP_X_REQUEST_ID", "") if settings.BEHIND_PROXY else ""
    # To be told apart is all that is asked of it: nothing is given to who knows one.
    return given if SANE_ID.fullmatch(given) else f"{random.getrandbits(128):032x}"


def note_request(own_id, route, method, status, seconds, queries=0, query_seconds=0.0, user=None):
    """Count a request and have its line written."""
    method = method if method in METHODS else "OTHER"
    figures = {
        "method": method,
        "route": route,
        "status": status,
        "ms": round(seconds * 1000),
        "queries": queries,
        "queries_ms": round(query_seconds * 1000),
    }
    if user is not None:
        figures["user"] = user
    metrics.note_request(route, method, status, seconds, query_seconds, queries)
    LINES.add(time.time(), own_id, figures)


class Lines:
    """The lines of requests, written a few times a second, all that came meanwhile at once.

    Giving out a page that is kept takes less than writing a line, which lets other threads in.
    What a process has not written yet when it is killed is lost.
    """

    def __init__(self):
        self.waiting = deque(maxlen=MAX_LINES_WAITING)
        self.is_awaited = False
        self.lock = threading.Lock()

    def add(self, *line):
        self.waiting.append(line)
        if not self.is_awaited:
            self.is_awaited = True
            writer = threading.Timer(SECONDS_BETWEEN_LINES, self.write)
            writer.daemon = True
            try:
                writer.start()
            except RuntimeError:
                # The system has no thread left, or the process ends.
                self.write()

    def write(self):
        """Write what waits; whatever comes after it has begun is written now or has its turn."""
        self.is_awaited = False
        with self.lock:
            while self.waiting:
                moment, own_id, figures = self.waiting.popleft()
                if ACCESS.isEnabledFor(logging.INFO):
                    self.write_one(moment, own_id, figures, is_followed=bool(self.waiting))

    def write_one(self, moment, own_id, figures, *, is_followed):
        words = " ".join(f"{name}={value}" for name, value in figures.items())
        record = ACCESS.makeRecord(ACCESS.name, logging.INFO, "", 0, words, (), None, extra=figures)
        record.created, record.msecs = moment, moment % 1 * 1000
        record.is_followed = is_followed
        token = REQUEST_ID.set(own_id)
        ACCESS.handle(record)
        REQUEST_ID.reset(token)


LINES = Lines()
atexit.register(LINES.write)


class Trace:
    """How long a request took, and of that the database."""

    def __init__(self, request):
        self.request = request
        self.id = request_id(request.META)
        self.began = time.perf_counter()
        self.queries = 0
        self.query_seconds = 0.0

    def __enter__(self):
        self.token = REQUEST_ID.set(self.id)
        self.watching = connection.execute_wrapper(self.watch)
        self.watching.__enter__()

    def __exit__(self, *exception):
        self.watching.__exit__(*exception)
        REQUEST_ID.reset(self.token)

    @property
    def route(self):
        if self.request.path.startswith(settings.STATIC_URL):
            return "static"
        return route_of(self.request)

    def watch(self, execute, sql, params, many, context):
        """Run a query and note how long it took; a slow one is named, its values left out."""
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            seconds = time.perf_counter() - began
            self.queries += 1
            self.query_seconds += seconds
            if seconds * 1000 >= settings.SLOW_QUERY_MS:
                SLOW_QUERIES.warning(
                    "%s took %d ms: %s",
                    self.route,
                    seconds * 1000,
                    str(sql)[:MAX_SQL_CHARACTERS],
                    extra={"route": self.route, "ms": round(seconds * 1000)},
                )

    def follow(self, response, parts):
        """Pass a streamed answer on, and note it when it has been sent."""
        parts = iter(parts)
        try:
            while True:
                with self:
                    part = next(parts, None)
                if part is None:
                    return
                yield part
        finally:
            self.note(response)

    def note(self, response):
        """Note how the request went."""
        seconds = time.perf_counter() - self.began
        # Only a user whom the page itself has looked up: asking would cost queries.
        user = getattr(self.request, "_cached_user", None)
        note_request(
            self.id,
            self.route,
            self.request.method,
            response.status_code,
            seconds,
            self.queries,
            self.query_seconds,
            user.pk if user is not None and user.is_staff else None,
        )
