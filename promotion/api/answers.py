"""What every answer to a program has in common: its headers, its limit, its refusals."""

from functools import partial

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404
from django.middleware.http import ConditionalGetMiddleware
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from rest_framework.exceptions import MethodNotAllowed, NotFound, Throttled, ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView, exception_handler

from promotion.limits import HOUR_SECONDS, client_network, comes_too_often
from promotion.models import SitePage
from promotion.reference.shared_pages import same_for_everyone


class AddressThrottle(BaseThrottle):
    """So many requests an hour from one address, counted as enquiries are."""

    def allow_request(self, request, view):
        limit = getattr(settings, view.limit)
        return not comes_too_often(view.limit, client_network(request), limit)

    def wait(self):
        return HOUR_SECONDS


class OnlyAnswer(BaseContentNegotiation):
    """There is one form of each answer, whatever a client would rather have."""

    def select_parser(self, request, parsers):
        return None

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


@method_decorator(same_for_everyone, name="dispatch")
class PublicView(APIView):
    """Base of what programs ask for: anyone, from any site, may read and nothing else."""

    content_negotiation_class = OnlyAnswer
    throttle_classes = [AddressThrottle]
    limit = "API_REQUESTS_PER_HOUR"
    """The setting that says how many requests an hour one address may make."""

    @cached_property
    def licence(self):
        """The name and the address of the terms on which the data may be used, if published."""
        page = SitePage.objects.data_licence()
        if page is None:
            return None
        address = self.request.build_absolute_uri(page.get_absolute_url())
        return {"name": page.name, "name_en": page.name_en or None, "url": address}

    def options(self, request, *args, **kwargs):
        return Response(status=204)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        response["Access-Control-Expose-Headers"] = "ETag, Link, Retry-After"
        if response.status_code == 200 and self.licence:
            response["Link"] = f'<{self.licence["url"]}>; rel="license"'
        if isinstance(response, Response):
            response.add_post_render_callback(partial(unless_unchanged, request))
        return response


def unless_unchanged(request, response):
    """Return a response, or the short one for a client that has it already."""
    answer = ConditionalGetMiddleware(lambda request: response)(request)
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def refuse(error, context):
    """Return the answer to a request that cannot be met: what is wrong, and what to do."""
    if isinstance(error, SuspiciousOperation):
        return Response({"detail": _("参数太多，或不成样子。请改正后重试。")}, status=400)
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, ValidationError):
        response.data = {
            "detail": _("有的参数没有看懂，见 errors 中各个参数的说明；请改正或去掉后重试。"),
            "errors": response.data,
        }
    elif isinstance(error, Http404 | NotFound):
        response.data = {
            "detail": _("这里没有公开的内容。请从 %(index)s 列出的地址找起。")
            % {"index": reverse("api_index")}
        }
    elif isinstance(error, MethodNotAllowed):
        response.data = {"detail": _("这里的数据只供读取，请用 GET、HEAD 或 OPTIONS。")}
    elif isinstance(error, Throttled):
        response.data = {"detail": _("一小时内的请求太多了。请过一小时再试，或下载整份数据。")}
    return response
