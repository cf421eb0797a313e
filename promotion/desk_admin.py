"""The pages of the quality desk: its lines on the admin's first page, and the list of each."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, Value
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst

from promotion.desk import LINES
from promotion.reference.ledger.duplicates import compared_models
from promotion.reference.models import subject_models
from promotion.reference.publish_admin import mending_address
from promotion.reference.publish_rules import Fault
from promotion.reference.reach import reaches_all, within_reach
from promotion.reference.records import PublicRecord
from promotion.reference.services import count_rows, nearest_page
from promotion.reference.staff_pages import change_address

ROWS_PER_PAGE = 50


@dataclass
class Row:
    """A record on a line's list, and what is to be mended of it."""

    record: Model
    faults: list[Fault]

    @property
    def kind(self):
        return capfirst(self.record._meta.verbose_name)

    @property
    def address(self):
        return change_address(self.record)

    @property
    def mendings(self):
        """What is wrong, each with the address that mends it."""
        return [(fault.message, mending_address(self.record, fault)) for fault in self.faults]


class QualityDesk:
    """The part of the admin site that shows what waits, of what its user may view."""

    def get_urls(self):
        page = path("quality/<slug:name>/", self.admin_view(self.quality), name="quality")
        return [page, *super().get_urls()]

    def querysets(self, request, line):
        """Return {model: the rows of a line}, of the models that the user may view."""
        may_view = self.may_view(request)
        return {
            model: within_reach(request.user, line.right, line.rows(model))
            for model in line.models()
            if may_view(model) and may_open(request.user, line, model)
        }

    def desk(self, request):
        """Return the lines for the first page, each with how many records it has.

        What the two languages say otherwise, and what may be there twice, is led to without a
        number. Only reading every text, or comparing all names anew after each change, would tell
        it: seconds on a large site, for a page that everybody opens first.
        """
        shown = []
        for line in LINES:
            querysets = self.querysets(request, line)
            if querysets:
                shown.append(
                    {
                        "title": line.title,
                        "about": line.about,
                        "address": reverse(line.page)
                        if line.page
                        else reverse("admin:quality", args=[line.name]),
                        "count": sum(count_by_name(querysets).values()),
                    }
                )
        return {
            "lines": shown,
            "has_translations": bool(self.admins_with_translations(request)),
            "has_duplicates": any(
                reaches_all(request.user, "change", model) for model in compared_models()
            ),
            "has_score": any(map(self.may_view_all(request), subject_models(PublicRecord))),
        }

    def quality(self, request, name):
        """List the records of a line, with the fields to mend."""
        line = next((line for line in LINES if line.name == name and not line.page), None)
        if line is None:
            raise Http404
        querysets = self.querysets(request, line)
        if not querysets:
            raise PermissionDenied
        counts = count_by_name(querysets)
        asked = request.GET.get("model")
        chosen = {m: rows for m, rows in querysets.items() if m._meta.model_name == asked}
        page = nearest_page(
            Paginator(keys_of(chosen or querysets), ROWS_PER_PAGE), request.GET.get("page")
        )
        kinds = [
            (model._meta.model_name, capfirst(model._meta.verbose_name), counts[model._meta.label])
            for model in querysets
            if counts.get(model._meta.label)
        ]
        return TemplateResponse(
            request,
            "admin/quality.html",
            {
                **self.each_context(request),
                "title": line.title,
                "line": line,
                "kinds": kinds,
                "asked": asked if chosen else "",
                "total": sum(counts.values()),
                "page": page,
                "page_var": f"model={asked}&page" if chosen else "page",
                "page_range": page.paginator.get_elided_page_range(page.number),
                "rows": rows_of(line, list(chosen or querysets), page.object_list),
            },
        )


def may_open(user, line, model):
    """Tell whether the page of a line, which may compare all rows of a model, is open to a user."""
    return line.right == "view" or reaches_all(user, line.right, model)


def count_by_name(querysets):
    """Return {model's label: how many rows}, from one query."""
    return count_rows(**{model._meta.label: rows for model, rows in querysets.items()})


def keys_of(querysets):
    """Return the rows of several models as one queryset of (place of the model, id)."""
    first, *others = (
        rows.order_by().annotate(place=Value(place)).values_list("place", "pk")
        for place, rows in enumerate(querysets.values())
    )
    return first.union(*others, all=True).order_by("place", "pk")


def rows_of(line, models, keys):
    """Return the rows of a page, fetched a model at a time."""
    ids = {}
    for place, pk in keys:
        ids.setdefault(place, []).append(pk)
    rows = []
    for place, pks in ids.items():
        found = models[place]._default_manager.filter(pk__in=pks).order_by("pk")
        # Some are named by the records that they connect.
        found = list(found.for_list() if hasattr(found, "for_list") else found)
        faults = line.faults(found)
        rows += [Row(record, faults[record.pk]) for record in found]
    return rows
