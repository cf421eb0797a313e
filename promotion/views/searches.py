"""The search page, and what the search boxes suggest while the reader types."""

from django.views.generic import TemplateView

from promotion.search import clean_query, nearest, search, suggest


class Search(TemplateView):
    """Everything public that holds the words asked for, by kind."""

    template_name = "promotion/search.html"

    def get_context_data(self, **kwargs):
        text = clean_query(self.request.GET.get("q", ""))
        kind = self.request.GET.get("kind", "")
        results = search(text, kind, self.request.GET.get("page"))
        return super().get_context_data(**kwargs) | {
            "results": results,
            "is_kind_ignored": bool(kind and results.kinds and not results.chosen),
            "nearest": nearest(text) if text and not results.kinds else [],
        }


class Suggest(TemplateView):
    """A few names for what has been typed so far, as a fragment for the search box."""

    template_name = "promotion/_suggestions.html"

    def get_context_data(self, **kwargs):
        text = clean_query(self.request.GET.get("q", ""))
        return super().get_context_data(**kwargs) | {"suggestions": suggest(text)}
