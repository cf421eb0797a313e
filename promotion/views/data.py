"""What data there is: how much of each kind, as which files, at which addresses."""

from django.conf import settings
from django.views.generic import TemplateView

from promotion.api.kinds import KINDS, MAX_PAGE_SIZE, PAGE_SIZE
from promotion.reference.services import count_rows
from promotion.reference.views import PublicPage

# Kinds whose rows are listed on a page of their own, and its name.
LIST_PAGES = {
    name: f"{kind.model._meta.model_name}_list"
    for name, kind in KINDS.items()
    if name
    not in {
        *["districts", "nodes", "buildings", "mentors", "recognitions", "tenancies"],
        *["measures", "schemes", "citations"],
    }
} | {"talent": "talent_list"}


class Data(PublicPage, TemplateView):
    """What data there is, how much of it, where it comes from and how to take it along."""

    template_name = "promotion/data.html"

    def get_context_data(self, **kwargs):
        counts = count_rows(**{name: kind.published() for name, kind in KINDS.items()})
        return super().get_context_data(**kwargs) | {
            "kinds": [
                {"kind": kind, "page": LIST_PAGES.get(name, ""), "count": counts[name]}
                for name, kind in KINDS.items()
            ],
        }


class Manual(PublicPage, TemplateView):
    """How the records are asked for, and what each answer holds."""

    template_name = "promotion/api_manual.html"

    def get_context_data(self, **kwargs):
        from promotion.api.serializers import serializer_of  # noqa: PLC0415 see on_demand.py

        kinds = KINDS.values()
        return super().get_context_data(**kwargs) | {
            "kinds": [
                {
                    "kind": kind,
                    "list_name": f"api_{kind.name}_list",
                    "fields": serializer_of(kind)().fields.items(),
                }
                for kind in kinds
            ],
            "claim": serializer_of(KINDS["figures"])().fields["claim"].fields.items(),
            "page_size": PAGE_SIZE,
            "max_page_size": MAX_PAGE_SIZE,
            "requests_per_hour": settings.API_REQUESTS_PER_HOUR,
            "downloads_per_hour": settings.DOWNLOADS_PER_HOUR,
        }
