"""What a line of the log holds: never an address of a page, a query string or a visitor's data.

Loaded by gunicorn too, before any setting of the site is read.
"""

import copy
import json
import logging
import time
import traceback
from contextvars import ContextVar
from functools import lru_cache

REQUEST_ID = ContextVar("request_id", default="")
OF_A_RECORD = {*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName", "is_followed"}
CAUSED = "\n\nThe above exception was the direct cause of the following exception:\n\n"
MEANWHILE = "\n\nDuring handling of the above exception, another exception occurred:\n\n"


def route_of(request):
    """Return the name of the page that was asked for, which says nothing about who asked."""
    match = getattr(request, "resolver_match", None)
    return match.view_name if match else "unmatched"


def discreet(record):
    """Return a record with the page's name for its address, and without the request itself."""
    record.request_id = REQUEST_ID.get()
    if not record.exc_info and "request" not in record.__dict__:
        return record
    record = copy.copy(record)
    # Another handler may have kept the traceback there with all that it says.
    record.exc_text = None
    request = record.__dict__.pop("request", None)
    path = getattr(request, "path", None)
    if path and isinstance(record.args, tuple):
        record.args = tuple(route_of(request) if value == path else value for value in record.args)
    return record


def quotes(error):
    """Tell whether the words of an error quote what was refused: a value, an address."""
    # gunicorn's own process, which never sees one of them, is to start without them.
    from smtplib import SMTPException  # noqa: PLC0415

    from django.core.exceptions import ValidationError  # noqa: PLC0415
    from django.db import DataError  # noqa: PLC0415

    return isinstance(error, ValueError | LookupError | SMTPException | DataError | ValidationError)


def traceback_of(error):
    """Return a traceback as Python writes it, but of what each error says only what quotes nothing.

    PostgreSQL names the rule that was broken first, and the row or statement on lines of their own.
    """
    parts, seen = [], set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
        words = "" if quotes(error) else str(error).partition("\n")[0]
        stack = "".join(traceback.format_tb(error.__traceback__))
        parts.append(f"Traceback (most recent call last):\n{stack}{kind}{words and ': '}{words}")
        before = error.__context__ if not error.__suppress_context__ else None
        if error.__cause__ or before:
            parts.append(CAUSED if error.__cause__ else MEANWHILE)
        error = error.__cause__ or before
    return "".join(reversed(parts))


@lru_cache(maxsize=8)
def second_in_words(seconds):
    """Return a moment up to its second; the lines of many requests begin with the same."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


class Universal:
    """Writes moments in UTC, so that lines of several machines sort together."""

    def formatTime(self, record, datefmt=None):
        return f"{second_in_words(int(record.created))}.{int(record.msecs):03}Z"


class LineFormatter(Universal, logging.Formatter):
    """One line of plain text."""

    def __init__(self):
        super().__init__("{asctime} {levelname} {name} {request_id} {message}", style="{")

    def format(self, record):
        return super().format(discreet(record))

    def formatException(self, exc_info):
        return traceback_of(exc_info[1])


JSON = json.JSONEncoder(ensure_ascii=False, default=str)


class JsonLineFormatter(Universal, logging.Formatter):
    """One line of JSON, its figures as fields of their own."""

    def format(self, record):
        record = discreet(record)
        line = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        # What was noted beside the message.
        line |= {name: value for name, value in record.__dict__.items() if name not in OF_A_RECORD}
        if record.exc_info:
            line["exc_info"] = traceback_of(record.exc_info[1])
        if record.stack_info:
            line["stack_info"] = record.stack_info
        return JSON.encode(line)


class JoiningHandler(logging.StreamHandler):
    """Writes a record that says so, `is_followed`, together with the next.

    To write is to let other threads in, which costs more than the line.
    """

    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        try:
            self.lines.append(self.format(record) + self.terminator)
            if not getattr(record, "is_followed", False):
                lines, self.lines = self.lines, []
                self.stream.write("".join(lines))
                self.flush()
        except Exception:
            self.handleError(record)


FORMATTERS = {"json": JsonLineFormatter, "line": LineFormatter}
