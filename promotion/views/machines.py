"""What browsers, crawlers and monitors ask for beside the pages."""

import errno
import sys
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError
from django.http import (
    FileResponse,
    Http404,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseServerError,
    JsonResponse,
)
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from promotion.defences import too_large
from promotion.operations.health import readiness
from promotion.operations.metrics import exposition, may_read
from promotion.operations.requests import LINES
from promotion.reference.editorial.previews import opens
from promotion.reference.pictures import is_shown
from promotion.reference.views import PublicPage

SECURITY_CONTACT_HOLDS = timedelta(days=180)
DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
AWAY = (OperationalError, InterfaceError, ConnectionError)
"""What is raised while the database, or the bucket with the uploads, does not answer."""
RETRY_SECONDS = 60


class Robots(PublicPage, TemplateView):
    """Where crawlers may go."""

    template_name = "promotion/robots.txt"
    content_type = "text/plain; charset=utf-8"


class SecurityContact(PublicPage, TemplateView):
    """Whom to tell of a weakness of the site (RFC 9116)."""

    template_name = "promotion/security.txt"
    content_type = "text/plain; charset=utf-8"

    def get_context_data(self, **kwargs):
        if not settings.SECURITY_CONTACT:
            raise Http404
        return super().get_context_data(**kwargs) | {
            "contacts": settings.SECURITY_CONTACT,
            "expires_at": (timezone.now() + SECURITY_CONTACT_HOLDS).isoformat(timespec="seconds"),
            "address": self.request.build_absolute_uri(),
        }


@require_safe
def live(request):
    """Say that the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def ready(request):
    """Say what of what the site needs is there, and whether all of it is."""
    checks = readiness()
    is_ready = all(checks.values())
    words = {True: "ok", False: "failed"}
    answer = {
        "status": words[is_ready],
        "checks": {name: words[passed] for name, passed in checks.items()},
    }
    return JsonResponse(answer, status=200 if is_ready else 503)


@require_safe
@never_cache
def metrics(request):
    """Give the figures to a monitor; to anyone else there is no such page."""
    if not may_read(request):
        raise Http404
    LINES.count()
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_PLAIN_0_0_4)


@require_safe
def picture(request, path):
    """Serve a re-encoded picture so that no browser takes it for anything else.

    One of what is not public is for staff, and for whoever holds a link to a preview.
    """
    is_public = is_shown(path)
    if not (is_public or opens(request.GET.get("preview", "")) or request.user.is_staff):
        raise Http404
    try:
        response = FileResponse(default_storage.open(path))
    except FileNotFoundError as error:
        raise Http404 from error
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'"
    response["Cache-Control"] = settings.MEDIA_CACHING if is_public else "private, no-store"
    return response


def bad_request(request, exception):
    """Refuse a request plainly, without asking anything more of it: even its host may be false."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    return HttpResponseBadRequest(render_to_string("400.html"))


def failed(request):
    """Say that something went wrong, or that nothing can be kept now: what passes by itself."""
    error = sys.exc_info()[1]
    is_full = isinstance(error, OSError) and error.errno in DISK_FULL
    if not (is_full or isinstance(error, AWAY)):
        return HttpResponseServerError(render_to_string("500.html"))
    return HttpResponse(
        render_to_string("503.html"), status=503, headers={"Retry-After": RETRY_SECONDS}
    )
