"""Django without any middleware, handing out the bytes of the site's own answers."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import re_path

from benchmarks.pages.bare import answer_to

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], MIDDLEWARE=[])


def hand_out(request):
    status, headers, body = answer_to(request.environ)
    return HttpResponse(body, status=int(status.split()[0]), headers=dict(headers))


urlpatterns = [re_path("", hand_out)]

application = get_wsgi_application()
