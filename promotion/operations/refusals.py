"""What a request is answered that never reached the site: the server could not read it."""

from http import HTTPStatus

from django.http import HttpResponse
from django.template.loader import render_to_string

REFUSED_WITH = "promotion.refused_with"
"""Under which name the server tells with what status a request is to be refused."""


class ServerRefusals:
    """Refuses what the server says it could not read, with a page like any other."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        status = request.META.get(REFUSED_WITH)
        if status is None:
            return self.get_response(request)
        template = "500.html" if status == HTTPStatus.INTERNAL_SERVER_ERROR else "400.html"
        return HttpResponse(render_to_string(template, {"status": int(status)}), status=status)
