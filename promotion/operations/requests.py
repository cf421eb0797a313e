"""The outermost layer of every request: its id, its line in the log, its part of the figures."""

import atexit
import logging
import random
import re
import threading
import time
from collections import deque
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.http import FileResponse

from promotion.operations import metrics
from promotion.operations.logs import REQUEST_ID, route_of

LOGGER = logging.getLogger(__name__)
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
    if "HTTP_X_REQUEST_ID" in environ and settings.BEHIND_PROXY:
        given = environ["HTTP_X_REQUEST_ID"]
        if SANE_ID.fullmatch(given):
            return given
    # To be told apart is all that is asked of it: nothing is given to who knows one.
    return f"{random.getrandbits(128):032x}"


class Answered(NamedTuple):
    """How a request went."""

    at: float
    id: str
    route: str
    asked: str
    """The method, whatever it is called."""
    status: int
    seconds: float
    queries: int = 0
    query_seconds: float = 0.0
    user: int | None = None

    @property
    def method(self):
        """The method by a name from a closed list."""
        return self.asked if self.asked in METHODS else "OTHER"


class Lines:
    """The lines of requests, written a few times a second, all that came meanwhile at once.

    Giving out a page that is kept takes less than writing a line and counting in the figures, which
    let other threads in. What a process has not written yet when it is killed is lost.
    """

    def __init__(self):
        self.waiting = deque(maxlen=MAX_LINES_WAITING)
        self.counted = deque(maxlen=MAX_LINES_WAITING)
        self.is_awaited = False
        self.counting = threading.Lock()
        self.writing = threading.Lock()

    def add(self, *how):
        """Have a request noted that has just been answered; `how` is the rest of `Answered`."""
        self.waiting.append((time.time(), *how))
        if not self.is_awaited:
            self.await_writer()

    def await_writer(self):
        self.is_awaited = True
        writer = threading.Timer(SECONDS_BETWEEN_LINES, self.write)
        writer.daemon = True
        try:
            writer.start()
        except RuntimeError:
            # The system has no thread left, or the process ends.
            self.write()

    def count(self):
        """Count what waits in the figures, whether or not lines can be written just now."""
        with self.counting:
            while self.waiting:
                request = Answered(*self.waiting.popleft())
                self.counted.append(request)
                try:
                    metrics.note_request(request)
                except Exception:
                    LOGGER.exception("A request is missing from the figures.")

    def write(self):
        """Write what waits; whatever comes after it has begun is written now or has its turn."""
        try:
            self.count()
            with self.writing:
                while self.counted:
                    request = self.counted.popleft()
                    if ACCESS.isEnabledFor(logging.INFO):
                        self.write_one(request, is_followed=bool(self.counted))
        finally:
            self.is_awaited = False
        if self.waiting or self.counted:
            self.await_writer()

    def write_one(self, request, *, is_followed):
        figures = {
            "method": request.method,
            "route": request.route,
            "status": request.status,
            "ms": round(request.seconds * 1000),
            "queries": request.queries,
            "queries_ms": round(request.query_seconds * 1000),
        }
        if request.user is not None:
            figures["user"] = request.user
        words = " ".join([f"{name}={value}" for name, value in figures.items()])
        record = logging.makeLogRecord(
            {
                "name": ACCESS.name,
                "levelno": logging.INFO,
                "levelname": logging.getLevelName(logging.INFO),
                "msg": words,
                "created": request.at,
                "msecs": request.at % 1 * 1000,
                "is_followed": is_followed,
                **figures,
            }
        )
        token = REQUEST_ID.set(request.id)
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
        LINES.add(
            self.id,
            self.route,
            self.request.method,
            response.status_code,
            seconds,
            self.queries,
            self.query_seconds,
            user.pk if user is not None and user.is_staff else None,
        )
