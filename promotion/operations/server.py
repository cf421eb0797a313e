"""How the server answers what it could not read, or could not answer.

Loaded by gunicorn too, before any setting of the site is read.
"""

import io
from http import HTTPStatus
from wsgiref.util import setup_testing_defaults

from gunicorn.http.errors import (
    ExpectationFailed,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.workers.gthread import ThreadWorker

FAILED = HTTPStatus.INTERNAL_SERVER_ERROR
STATUS = {
    ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    InvalidResponseHeader: FAILED,
    InvalidResponseHeaderName: FAILED,
    LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
}


def status_for(error):
    """Return the status of the answer where an error has ended a request."""
    usual = HTTPStatus.BAD_REQUEST if isinstance(error, ParseException) else FAILED
    return STATUS.get(type(error), usual)


def refusal(status):
    """Return the whole answer with which the site refuses a request that never reached it."""
    # The site is loaded by the worker, after this module.
    from promotion.operations.refusals import REFUSED_WITH  # noqa: PLC0415
    from promotion.wsgi import django_application  # noqa: PLC0415

    # Not to be led to HTTPS: what was to be read there is not known.
    environ = {
        "wsgi.url_scheme": "https",
        "HTTP_X_FORWARDED_PROTO": "https",
        "wsgi.input": io.BytesIO(),
        REFUSED_WITH: status,
    }
    setup_testing_defaults(environ)
    head = []

    def start_response(status_line, headers, exc_info=None):
        lines = [f"HTTP/1.1 {status_line}", *(f"{name}: {value}" for name, value in headers)]
        head.append("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1"))

    response = django_application(environ, start_response)
    body = b"".join(response)
    response.close()
    return head[-1] + body


class Worker(ThreadWorker):
    """gunicorn's own with threads, which answers in the words of the site.

    What could not be read may hold what somebody searched for or filled in: the log is told no
    more than what was wrong with it.
    """

    def handle_error(self, req, client, addr, exc):
        status = status_for(exc)
        if status == FAILED:
            self.log.error("A request could not be answered.", exc_info=exc)
        else:
            self.log.warning("A request could not be read: %s", type(exc).__name__)
        try:
            client.sendall(refusal(status))
        except OSError:
            self.log.debug("Nobody waits for the refusal any more.")
