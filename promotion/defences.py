"""What every answer has browsers refuse, and what is refused of a request before it is read."""

from contextlib import suppress

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotAllowed
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string

FEATURES_OFF = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "usb",
    "xr-spatial-tracking",
)
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in FEATURES_OFF)
CHUNK_BYTES = 65_536
DRAINED_TIMES = 4
"""How many times the limit is read and thrown away: a browser that is cut off while it still sends
shows its own error instead of the answer."""


def too_large(limit_bytes):
    """Refuse what is larger than a limit, which the page names."""
    page = render_to_string("413.html", {"limit": filesizeformat(limit_bytes)})
    return HttpResponse(page, status=413)


class BrowserDefences:
    """Takes from pages the features of a browser that none uses, and from other sites our files."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        # Also where Django's own middleware could not make out the host.
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class MethodRefusals:
    """Says in words that a page is not there for the method of a request; Django says nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            response.content = render_to_string("405.html")
        return response


class RequestSize:
    """Refuses a request that says it is larger than anything that the site takes.

    One that is refused for another reason, and so not read, is read all the same before it is
    answered: gunicorn would cut whoever still sends off, and a proxy answer in its stead.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > settings.MAX_REQUEST_BYTES:
            response = too_large(settings.MAX_REQUEST_BYTES)
        else:
            response = self.get_response(request)
        if length != "0":
            drain(request)
        return response


def drain(request):
    """Read what nobody has read of a request, and throw it away, as far as is reasonable."""
    left = DRAINED_TIMES * settings.MAX_REQUEST_BYTES
    # Whoever has gone meanwhile is not told anything any more.
    with suppress(OSError):
        while left > 0 and (chunk := request.read(CHUNK_BYTES)):
            left -= len(chunk)
