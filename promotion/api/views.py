"""The lists and the records of each kind, and what there is."""

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response

from promotion.api.answers import PublicView
from promotion.api.filters import schema_of
from promotion.api.kinds import KINDS, MAX_PAGE_SIZE, PAGE_SIZE
from promotion.api.serializers import serializer_of, surroundings
from promotion.reference.filters import MAX_NUMBER

PAGING = ("page", "page_size")
LICENCE_SCHEMA = {
    "type": ["object", "null"],
    "properties": {
        "name": {"type": "string"},
        "name_en": {"type": ["string", "null"]},
        "url": {"type": "string", "format": "uri"},
    },
}


class PageForm(forms.Form):
    """Which page of a list is asked for, and how long a page is to be."""

    page = forms.IntegerField(min_value=1, max_value=MAX_NUMBER, required=False)
    page_size = forms.IntegerField(min_value=1, max_value=MAX_PAGE_SIZE, required=False)


class Pages(PageNumberPagination):
    """Pages of bounded length; one that cannot be is refused rather than replaced by another."""

    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE_SIZE
    page_query_description = _("第几页，从 1 数起。")
    page_size_query_description = _("一页几条，最多 100 条。")

    def paginate_queryset(self, queryset, request, view=None):
        form = PageForm(request.query_params)
        if not form.is_valid():
            raise ValidationError(form.errors)
        self.wanted, self.licence = form.cleaned_data, view.licence
        return super().paginate_queryset(queryset, request, view)

    def get_page_number(self, request, paginator):
        return self.wanted["page"] or 1

    def get_page_size(self, request):
        return self.wanted["page_size"] or PAGE_SIZE

    def get_paginated_response(self, data):
        return Response({"licence": self.licence, **super().get_paginated_response(data).data})

    def get_paginated_response_schema(self, schema):
        described = super().get_paginated_response_schema(schema)
        described["properties"] = {"licence": LICENCE_SCHEMA, **described["properties"]}
        described["required"] = list(described["properties"])
        return described

    def get_schema_operation_parameters(self, view):
        parameters = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            highest = {"page": MAX_NUMBER, "page_size": MAX_PAGE_SIZE}[parameter["name"]]
            parameter["schema"] |= {"minimum": 1, "maximum": highest}
        return parameters


class KindView(PublicView, GenericAPIView):
    """Base of what is asked about one kind."""

    kind = None

    def get_queryset(self):
        # The schema is made of the code alone, also where there is no database yet.
        if getattr(self, "swagger_fake_view", False):
            return self.kind.model.objects.none()
        return self.kind.published()

    def get_serializer_class(self):
        return serializer_of(self.kind)

    def get_serializer(self, *rows, many=False, **kwargs):
        context = self.get_serializer_context()
        if rows:
            context |= surroundings(self.kind, rows[0] if many else rows)
        return self.get_serializer_class()(*rows, many=many, **{"context": context, **kwargs})


class StrictFilters(BaseFilterBackend):
    """The filters of a kind; a parameter that is unknown or not understood is refused by name.

    Pages forgive whatever an address holds; a program is told what it got wrong.
    """

    def filter_queryset(self, request, queryset, view):
        filters = view.kind.filters
        if unknown := [name for name in request.query_params if name not in (*filters, *PAGING)]:
            known = " ".join([*filters, *PAGING])
            message = gettext("没有这个参数。可用的参数：%(names)s。") % {"names": known}
            raise ValidationError({name: [message] for name in unknown})
        if not any(name in filters for name in request.query_params):
            return queryset
        filterset = view.kind.filterset(request.query_params, queryset, request=request)
        if not filterset.is_valid():
            raise ValidationError(filterset.errors)
        return filterset.qs

    def get_schema_operation_parameters(self, view):
        return [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": str(item.label),
                "schema": schema_of(item),
            }
            for name, item in view.kind.filters.items()
        ]


class RecordList(ListModelMixin, KindView):
    """The public records of a kind, page by page."""

    filter_backends = [StrictFilters]
    pagination_class = Pages

    def filter_queryset(self, queryset):
        return self.kind.complete(super().filter_queryset(queryset))

    def get(self, request):
        return self.list(request)


class RecordDetail(KindView):
    """One public record."""

    def get(self, request, key):
        if request.query_params:
            message = _("这里没有参数，请去掉后重试。")
            raise ValidationError({name: [message] for name in request.query_params})
        return Response(self.get_serializer(self.kind.find(key)).data)


class Index(PublicView):
    """What there is, and where it is described."""

    schema = None

    def get(self, request):
        def address(name):
            return request.build_absolute_uri(reverse(name))

        return Response(
            {
                "licence": self.licence,
                "manual": address("api_manual"),
                "schema": address("api_schema"),
                "records": {name: address(f"api_{name}_list") for name in KINDS},
            }
        )


class Schema(PublicView):
    """The OpenAPI schema, its words in the language of the address."""

    renderer_classes = [OpenApiJsonRenderer]
    schema = None

    def get(self, request):
        return Response(SchemaGenerator(urlconf="promotion.urls").get_schema(public=True))


class Nothing(PublicView):
    """Any other address."""

    schema = None

    def get(self, request, rest):
        raise Http404
