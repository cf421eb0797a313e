"""The staff side of the site; its first page shows what there is and what waits."""

from dataclasses import dataclass

from django.contrib.admin import AdminSite
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Model, Q
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from promotion.reference.evidence.pages import EvidencePages
from promotion.reference.records import PublicRecord, TrackedModel
from promotion.reference.translation_check import Difference, check_rows, translated_models
from promotion.reference.vocabulary import PublicationStatus
from promotion.translations import known_names

MAX_DIFFERENCES = 200
APP_ORDER = ["parks", "companies", "promotion", "reference", "auth"]


def count_rows(model):
    """Return how many rows a table has, in each publication status if it has one."""
    counts = {"total": Count("pk")}
    if issubclass(model, PublicRecord):
        counts |= {
            status: Count("pk", filter=Q(status=status)) for status in PublicationStatus.values
        }
    if issubclass(model, TrackedModel):
        counts["latest"] = Max("updated_at")
    return model._default_manager.order_by().aggregate(**counts)


@dataclass
class Mending:
    """A difference between the languages of a record, and where to mend it."""

    record: Model
    difference: Difference

    @property
    def kind(self):
        return self.record._meta.verbose_name

    @property
    def field_label(self):
        field = self.record._meta.get_field(self.difference.field_to_mend)
        return capfirst(field.verbose_name)

    @property
    def address(self):
        options = self.record._meta
        page = f"admin:{options.app_label}_{options.model_name}_change"
        return f"{reverse(page, args=[quote(self.record.pk)])}#id_{self.difference.field_to_mend}"


class PromotionAdminSite(AdminSite):
    site_title = _("招商信息管理")
    site_header = _("招商信息管理")
    index_title = _("工作台")

    def get_app_list(self, request, app_label=None):
        apps = super().get_app_list(request, app_label)
        return sorted(apps, key=lambda app: APP_ORDER.index(app["app_label"]))

    def index(self, request, extra_context=None):
        return super().index(request, {**self.overview(request), **(extra_context or {})})

    def app_index(self, request, app_label, extra_context=None):
        context = {**self.overview(request, app_label), **(extra_context or {})}
        return super().app_index(request, app_label, context)

    def get_urls(self):
        check = path("translations/", self.admin_view(self.translations), name="translations")
        return [check, *EvidencePages(self).urls, *super().get_urls()]

    def admins_with_translations(self, request):
        """Return the admins of the models in both languages that the user may view, by name."""
        return {
            model._meta.model_name: self._registry[model]
            for model in translated_models()
            if model in self._registry and self._registry[model].has_view_permission(request)
        }

    def translations(self, request):
        """List what is missing in one language, or said otherwise, of what the user may view."""
        admins = self.admins_with_translations(request)
        if not admins:
            raise PermissionDenied
        asked = request.GET.get("model")
        checked = {asked: admins[asked]} if asked in admins else admins
        names = known_names()
        mendings = []
        for model_admin in checked.values():
            for record, differences in check_rows(model_admin.get_queryset(request), names):
                mendings += [Mending(record, difference) for difference in differences]
                if len(mendings) >= MAX_DIFFERENCES:
                    break
        return TemplateResponse(
            request,
            "admin/translations.html",
            {
                **self.each_context(request),
                "title": _("中英文核对"),
                "kinds": {name: row.opts.verbose_name for name, row in admins.items()},
                "asked": asked if asked in admins else "",
                "mendings": mendings[:MAX_DIFFERENCES],
                "is_cut": len(mendings) >= MAX_DIFFERENCES,
            },
        )

    def overview(self, request, app_label=None):
        """Return what the first page, or an app's, shows: its models with their counts."""
        return {
            "overview": [
                {
                    "name": app["name"],
                    "models": [{**row, **count_rows(row["model"])} for row in app["models"]],
                }
                for app in self.get_app_list(request, app_label)
            ],
            "has_translations": bool(self.admins_with_translations(request)),
        }
