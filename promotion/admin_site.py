"""The staff side of the site; its first page shows what there is and what waits."""

from dataclasses import dataclass

from django import forms
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.views import shortcut
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.db import DataError
from django.db.models import Count, DateTimeField, Max, Model, Q, Value
from django.db.models.constants import LOOKUP_SEP
from django.db.models.functions import Cast
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse_lazy
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from django.views.i18n import JavaScriptCatalog

from promotion.accounts.pages import AccountPages
from promotion.auditing import AuditedAdmin
from promotion.desk_admin import QualityDesk
from promotion.reference.admin_bases import refuse_strange_ids
from promotion.reference.editorial.queue import ReviewsPage
from promotion.reference.evidence.pages import EvidencePages
from promotion.reference.ledger.contradiction_pages import ContradictionPages
from promotion.reference.ledger.duplicate_pages import DuplicatePages
from promotion.reference.overdue_admin import overdue_urls
from promotion.reference.radar_admin import radar_urls
from promotion.reference.reach_admin import ReachableAutocomplete
from promotion.reference.records import PublicRecord, TrackedModel
from promotion.reference.staff_pages import change_address, viewable
from promotion.reference.translation_check import Difference, check_rows, translated_models
from promotion.reference.vocabulary import PublicationStatus
from promotion.score_admin import ScorePage
from promotion.translations import known_names

MAX_DIFFERENCES = 200
APP_ORDER = ["parks", "companies", "promotion", "reference", "auth", "accounts", "audit"]


def overview_counts(querysets):
    """Return {model: how many rows a queryset has, in each publication status if it has one, and
    the newest change}, from one query."""
    models = [rows.model for rows in querysets]
    rows = [overview_row(place, found) for place, found in enumerate(querysets)]
    found = {place: values for place, *values in rows[0].union(*rows[1:], all=True)} if rows else {}
    names = ["total", *PublicationStatus.values, "latest"]
    counts = {}
    for place, model in enumerate(models):
        counts[model] = dict(zip(names, found.get(place, [0, 0, 0, 0, 0, None]), strict=True))
        if not issubclass(model, PublicRecord):
            counts[model] |= dict.fromkeys(PublicationStatus.values)
    return counts


def overview_row(place, rows):
    """Return the query for one model's line of the overview, with the same columns for each."""
    model = rows.model
    has_status = issubclass(model, PublicRecord)
    by_status = {
        f"count_{status}": Count("pk", filter=Q(status=status)) if has_status else Value(0)
        for status in PublicationStatus.values
    }
    latest = (
        Max("updated_at") if issubclass(model, TrackedModel) else Cast(Value(None), DateTimeField())
    )
    return (
        rows.prefetch_related(None)
        .order_by()
        .annotate(place=Value(place))
        .values("place")
        .annotate(total=Count("pk"), **by_status, latest=latest)
        .values_list("place", "total", *by_status, "latest")
    )


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
        return change_address(self.record, self.difference.field_to_mend)


class PlainLookups:
    """Mixed into every admin: an address asks for what no column could hold, such as a NUL."""

    def lookup_allowed(self, lookup, value, request):
        # One expression can keep a worker busy for as long as its sender likes.
        is_plain = {"regex", "iregex"}.isdisjoint(lookup.split(LOOKUP_SEP))
        return is_plain and super().lookup_allowed(lookup, value, request)

    def get_changeform_initial_data(self, request):
        initial = super().get_changeform_initial_data(request)
        values = {name: self.held_value(name, value) for name, value in initial.items()}
        return {name: value for name, value in values.items() if value is not None}

    def held_value(self, name, value):
        """Return what a field holds of a value from an address, or None where it may not."""
        try:
            field = self.opts.get_field(name)
            if not field.many_to_many:
                return field.clean(value, None)
            key = field.related_model._meta.pk
            return [key.clean(each, None) for each in value]
        except FieldDoesNotExist:
            return value
        except ValidationError:
            return None

    def get_changelist_instance(self, request):
        try:
            return super().get_changelist_instance(request)
        except (DataError, OverflowError, ValueError) as error:
            # Where nothing is asked for, the fault is ours.
            if not set(request.GET) - {ERROR_FLAG}:
                raise
            raise IncorrectLookupParameters from error


class NamedMoments:
    """Mixed into every admin: of a moment, day and time are inputs without a label of their own."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.SplitDateTimeField):
            parts = (gettext("日期"), gettext("时间"))
            for widget, part in zip(field.widget.widgets, parts, strict=True):
                widget.attrs["aria-label"] = f"{capfirst(field.label)} {part}"
        return field


class PromotionAdminSite(AccountPages, QualityDesk, ScorePage, ReviewsPage, AdminSite):
    site_title = _("招商信息管理")
    site_header = _("招商信息管理")
    index_title = _("工作台")
    site_url = reverse_lazy("home")

    def admin_view(self, view, cacheable=False):
        """Answer the methods of a browser and no others, which Django takes for GET."""
        return require_http_methods(["GET", "HEAD", "POST"])(super().admin_view(view, cacheable))

    def register(self, model_or_iterable, admin_class=None, **options):
        """Register as usual, with what every admin has: changes in the audit log, plain lookups."""
        admin_class = admin_class or ModelAdmin
        bases = (AuditedAdmin, PlainLookups, NamedMoments, admin_class)
        mixed = type(admin_class)(admin_class.__name__, bases, {})
        super().register(model_or_iterable, mixed, **options)

    def get_app_list(self, request, app_label=None):
        apps = super().get_app_list(request, app_label)
        return sorted(apps, key=lambda app: APP_ORDER.index(app["app_label"]))

    def index(self, request, extra_context=None):
        context = {**self.overview(request), **self.desk(request), **(extra_context or {})}
        return super().index(request, context)

    def app_index(self, request, app_label, extra_context=None):
        context = {**self.overview(request, app_label), **(extra_context or {})}
        return super().app_index(request, app_label, context)

    def i18n_javascript(self, request, extra_context=None):
        """Give scripts their words from all catalogs: ours adds what Django's Chinese lacks."""
        return JavaScriptCatalog.as_view()(request)

    def get_urls(self):
        check = path("translations/", self.admin_view(self.translations), name="translations")
        reviews = path("reviews/", self.admin_view(self.reviews), name="reviews")
        # In place of Django's, which leads whoever is staff to the address of any row.
        on_site = path(
            "r/<path:content_type_id>/<path:object_id>/",
            self.admin_view(self.view_on_site),
            name="view_on_site",
        )
        return [
            check,
            reviews,
            on_site,
            *EvidencePages(self).urls,
            *DuplicatePages(self).urls,
            *ContradictionPages(self).urls,
            *radar_urls(self),
            *overdue_urls(self),
            *super().get_urls(),
        ]

    def autocomplete_view(self, request):
        return ReachableAutocomplete.as_view(admin_site=self)(request)

    def view_on_site(self, request, content_type_id, object_id):
        """Lead from a row that the user may view to its public page."""
        refuse_strange_ids(content_type_id, object_id)
        model = get_object_or_404(ContentType, pk=content_type_id).model_class()
        model_admin = self._registry.get(model)
        row = model_admin and model_admin.get_object(request, object_id)
        if row is None or not model_admin.has_view_permission(request, row):
            raise Http404
        return shortcut(request, content_type_id, object_id)

    def admins_with_translations(self, request):
        """Return the admins of the models in both languages that the user may view, by name."""
        return viewable(self, request, translated_models())

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
            rows = model_admin.get_queryset(request)
            # A record may be named by those it belongs to.
            if named_by := model_admin.list_select_related:
                rows = rows.select_related(*named_by)
            for record, differences in check_rows(rows, names):
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
        apps = self.get_app_list(request, app_label)
        counts = overview_counts(
            [
                self.get_model_admin(row["model"]).get_queryset(request)
                for app in apps
                for row in app["models"]
            ]
        )
        return {
            "overview": [
                {
                    "name": app["name"],
                    "models": [{**row, **counts[row["model"]]} for row in app["models"]],
                }
                for app in apps
            ],
        }
