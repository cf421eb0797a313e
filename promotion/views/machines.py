"""What browsers, crawlers and monitors ask for beside the pages."""

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpResponse, HttpResponseBadRequest
from django.template.loader import render_to_string
from django.views.generic import TemplateView
from django.views.static import serve

from promotion.services import unapplied_migrations


class Robots(TemplateView):
    """Where crawlers may go."""

    template_name = "promotion/robots.txt"
    content_type = "text/plain; charset=utf-8"


def live(request):
    """Say that the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def ready(request):
    """Say whether the database can be reached and has every migration."""
    try:
        missing = unapplied_migrations()
    except DatabaseError:
        return HttpResponse("database not reachable\n", content_type="text/plain", status=503)
    if missing:
        return HttpResponse("migrations not applied\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")


def picture(request, path):
    """Serve a re-encoded picture so that no browser takes it for anything else."""
    response = serve(request, path, document_root=settings.MEDIA_ROOT)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'"
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def bad_request(request, exception):
    """Refuse a request plainly, without asking anything more of it: even its host may be false."""
    return HttpResponseBadRequest(render_to_string("400.html"))
