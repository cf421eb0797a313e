"""The outermost layer of every request: its id, its line in the log, its part of the figures."""

import logging
import re
import time
import uuid

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
    return given if SANE_ID.fullmatch(given) else uuid.uuid4().hex


def note_request(own_id, route, method, status, seconds, queries=0, query_seconds=0.0, user=None):
    """Write a request's line and count it."""
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
    token = REQUEST_ID.set(own_id)
    ACCESS.info(" ".join(f"{name}={value}" for name, value in figures.items()), extra=figures)
    REQUEST_ID.reset(token)


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
