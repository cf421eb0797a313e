"""The staff side of the site; its first page shows what there is and what waits."""

from django.contrib.admin import AdminSite
from django.db.models import Count, Max, Q
from django.utils.translation import gettext_lazy as _

from promotion.reference.records import PublicRecord, TrackedModel
from promotion.reference.vocabulary import PublicationStatus

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

    def overview(self, request, app_label=None):
        """Return what the first page, or an app's, shows: its models with their counts."""
        return {
            "overview": [
                {
                    "name": app["name"],
                    "models": [{**row, **count_rows(row["model"])} for row in app["models"]],
                }
                for app in self.get_app_list(request, app_label)
            ]
        }
