"""How the OpenAPI schema describes the addresses of each kind."""

from django.utils.translation import gettext as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin


class Refusal(serializers.Serializer):
    """Why a request was refused."""

    detail = serializers.CharField()
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), required=False
    )


class KindSchema(AutoSchema):
    """A list, or one record, of the view's kind."""

    @property
    def is_list(self):
        return isinstance(self.view, ListModelMixin)

    def get_operation_id(self):
        return f"{self.view.kind.name}_{'list' if self.is_list else 'retrieve'}"

    def get_tags(self):
        return [self.view.kind.name]

    def get_summary(self):
        words = _("公开的%(kind)s") if self.is_list else _("一条公开的%(kind)s")
        return words % {"kind": self.view.kind.label}

    def get_description(self):
        return ""

    def get_auth(self):
        return []

    def get_override_parameters(self):
        if self.is_list:
            return []
        words = _("网址代码；没有网址代码的，用表格中的键，各部分以“/”分开。")
        return [OpenApiParameter("key", str, OpenApiParameter.PATH, description=words)]

    def get_response_serializers(self):
        refusals = dict.fromkeys([400, 404, 429], Refusal)
        return {200: self.view.get_serializer(), **refusals}
