"""Addresses of a site that has a page which fails."""

from django.http import HttpResponse
from django.urls import path

from promotion import urls


def failing(request, word):
    email = request.POST["email"]
    raise ValueError(f"not understood: {email} {word}")


def plain(request):
    return HttpResponse(status=500)


handler400 = urls.handler400
# The page of the site needs static files that have been collected.
handler500 = plain
urlpatterns = [path("failing/<slug:word>/", failing), *urls.urlpatterns]
