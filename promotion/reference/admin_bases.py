"""What every record's admin has: search, relations, sources, publication, pictures, history."""

from collections import Counter
from decimal import Decimal

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminFileWidget, AdminTextareaWidget
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.admin import GenericStackedInline, GenericTabularInline
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from simple_history.admin import SimpleHistoryAdmin

from promotion.reference.editorial.admin import EditorialAdminMixin
from promotion.reference.editorial.submissions import (
    SubmissionError,
    archive,
    publish,
    submit,
    take_down,
    withdrawing_deleted,
)
from promotion.reference.evidence.citing import citable_fields
from promotion.reference.freshness import confirm
from promotion.reference.ledger.actions import merge_chosen
from promotion.reference.ledger.refusals import may_merge
from promotion.reference.models import Citation, Figure
from promotion.reference.pictures import PictureField
from promotion.reference.private_admin import PrivateFieldsMixin
from promotion.reference.publication import held_back, standing
from promotion.reference.publish_admin import PublishRulesMixin, checklist
from promotion.reference.reach import is_bounded
from promotion.reference.reach_admin import ReachableChoices, ReachAdminMixin
from promotion.reference.records import Illustrated, PublicContact
from promotion.reference.spreadsheets.admin import SpreadsheetAdminMixin
from promotion.reference.stale_admin import StaleReturnsMixin
from promotion.reference.vocabulary import PublicationStatus

PUBLICATION_FIELDS = ["status", "publish_at", "expires_at"]
FRESHNESS_FIELDS = ["as_of", "verified_on", "review_by", "responsible"]
CONTACT_FIELDS = ["contact_name", "phone", "email", "website", "address", "address_en"]
PICTURE_FIELDS = [
    "picture",
    "picture_alt",
    "picture_alt_en",
    ("picture_focus_x", "picture_focus_y"),
]


class PictureInput(AdminFileWidget):
    """A file input that shows the picture it would replace."""

    template_name = "admin/widgets/picture_input.html"


class PlainNumberInput(forms.NumberInput):
    """A number without the trailing zeros of its column (2.5, not 2.5000)."""

    def format_value(self, value):
        return (
            f"{value.normalize():f}" if isinstance(value, Decimal) else super().format_value(value)
        )


class AutocompleteRelations(ReachableChoices):
    """Every foreign key and many-to-many is searched for, never picked from a long list."""

    def get_autocomplete_fields(self, request):
        registered = self.admin_site._registry
        return [
            field.name
            for field in self.model._meta.get_fields()
            if field.concrete
            and (field.many_to_one or field.many_to_many)
            and field.related_model in registered
            # A short list that every editor may see; searching for users needs a right of its own.
            and field.related_model is not get_user_model()
            and not (field.many_to_many and not field.remote_field.through._meta.auto_created)
        ]


class CitationInline(AutocompleteRelations, GenericTabularInline):
    """The citations of a record; the field is picked from the record's own."""

    model = Citation
    template = "admin/reference/citation_inline.html"
    ct_field = "subject_type"
    ct_fk_field = "subject_id"
    fields = ["field", "source", "paragraph", "excerpt", "stated_value"]
    extra = 0

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "field":
            return forms.ChoiceField(
                label=db_field.verbose_name,
                help_text=db_field.help_text,
                required=False,
                choices=[("", _("整条记录")), *citable_fields(self.parent_model)],
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class FigureInline(AutocompleteRelations, GenericStackedInline):
    """The figures of a record; each figure's own page holds its citations."""

    model = Figure
    ct_field = "subject_type"
    ct_fk_field = "subject_id"
    extra = 0
    show_change_link = True
    classes = ["collapse"]
    fields = [
        ("label", "label_en", "code"),
        ("value", "unit", "bound"),
        ("claim_status", "due_on", "as_of"),
        ("period", "period_en"),
        ("scope", "scope_en"),
        ("note", "note_en"),
        ("is_headline", "position"),
    ]


class TrackedAdmin(
    EditorialAdminMixin,
    StaleReturnsMixin,
    PublishRulesMixin,
    SpreadsheetAdminMixin,
    PrivateFieldsMixin,
    ReachAdminMixin,
    AutocompleteRelations,
    SimpleHistoryAdmin,
):
    """Admin of any row whose history is kept; each names the `resource_class` of its sheet."""

    save_on_top = True
    list_per_page = 50
    object_history_list_template = "admin/history/_list.html"
    formfield_overrides = {
        PictureField: {"widget": PictureInput},
        models.DecimalField: {"widget": PlainNumberInput},
        models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 4})},
    }

    def get_deleted_objects(self, objs, request):
        found, counts, missing, protected = super().get_deleted_objects(objs, request)
        return without_links(found), without_link_counts(counts), missing, protected

    def delete_model(self, request, obj):
        with withdrawing_deleted(request.user):
            super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        with withdrawing_deleted(request.user):
            super().delete_queryset(request, queryset)

    def history_view(self, request, object_id, extra_context=None):
        self.refuse_unreached(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        refuse_strange_ids(version_id)
        self.refuse_unreached(request, object_id)
        return super().history_form_view(request, object_id, version_id, extra_context)

    def refuse_unreached(self, request, object_id):
        """Answer "not found" for the history of a row that the user does not see, or saw once."""
        refuse_strange_ids(object_id)
        if is_bounded(request.user, "view", self.model):
            get_object_or_404(self.get_queryset(request), pk=object_id)


def link_models():
    """Return the options of the tables that only tell which records belong together.

    No member of staff knows such a row by any name: it goes with the record.
    """
    models_of_all = apps.get_models(include_auto_created=True)
    return [model._meta for model in models_of_all if model._meta.auto_created]


def without_link_counts(counts):
    """Leave out of what a deletion takes along, counted by its name, what has no name."""
    names = {options.verbose_name_plural for options in link_models()}
    return {name: count for name, count in counts.items() if name not in names}


def without_links(tree):
    """Leave the same out of the nested list of what a deletion takes along."""
    beginnings = tuple(f"{capfirst(options.verbose_name)}: " for options in link_models())
    kept = [
        without_links(entry) if isinstance(entry, list) else entry
        for entry in tree
        if isinstance(entry, list) or not entry.startswith(beginnings)
    ]
    return [entry for entry in kept if entry]


class FreshnessAdmin(TrackedAdmin):
    """Admin of rows whose facts are checked again from time to time."""

    actions = ["confirm"]

    @admin.action(description=gettext_lazy("仍然属实：今天核实过"), permissions=["change"])
    def confirm(self, request, queryset):
        confirm_and_tell(request, queryset)


def confirm_and_tell(request, *querysets):
    """Note that the rows were checked today and are still true, and tell the editor."""
    try:
        count = confirm(*querysets)
    except ValidationError as error:
        messages.error(
            request,
            _("“%(record)s”没有通过检查：%(problem)s 请先打开它改正。没有改动任何记录。")
            % {"record": error.record, "problem": " ".join(error.messages)},
        )
        return
    messages.success(
        request,
        ngettext("%(count)d 条记录已记为今天核实。", "%(count)d 条记录已记为今天核实。", count)
        % {"count": count},
    )


def refuse_strange_ids(*ids):
    """Answer "not found" for what is no row's number; simple-history would fail on it."""
    if not all(text.isascii() and text.isdigit() for text in ids):
        raise Http404


class RecordAdmin(FreshnessAdmin):
    """Admin of a public record; a model adds its own `main_fields`, columns and inlines."""

    main_fields = []
    """The model's own fields, shown after name and summary."""
    list_columns = []
    """The model's own columns, shown between name and status."""
    filters = []
    """The model's own filters, shown before the publication status."""

    change_form_template = "admin/record_form.html"
    search_fields = ["search_text"]
    search_help_text = gettext_lazy("按中文、拼音、首字母或英文名称查找。")
    prepopulated_fields = {"slug": ["name_en"]}
    inlines = [FigureInline, CitationInline]
    actions = ["confirm", "submit", "publish", "unpublish", "archive", merge_chosen]
    readonly_fields = ["created_at", "updated_at"]

    def has_merge_permission(self, request):
        return may_merge(request.user, self.model)

    def get_readonly_fields(self, request, obj=None):
        # Whoever may not publish asks for it; the status follows.
        held = [] if self.has_publish_permission(request) else ["status"]
        return [*super().get_readonly_fields(request, obj), *held]

    def get_list_display(self, request):
        return ["name", *self.list_columns, "standing", "updated_at"]

    @admin.display(description=gettext_lazy("发布状态"), ordering="status")
    def standing(self, record):
        return standing(record)

    def get_list_filter(self, request):
        return [*self.filters, "status", ("review_by", admin.DateFieldListFilter)]

    def get_fieldsets(self, request, obj=None):
        naming = ["name", "name_en", "slug", "aliases"]
        fieldsets = [
            (None, {"fields": [*naming, "summary", "summary_en"]}),
            (capfirst(self.opts.verbose_name), {"fields": self.main_fields}),
        ]
        if issubclass(self.model, PublicContact):
            fieldsets.append((_("对外联系方式"), {"fields": CONTACT_FIELDS}))
        if issubclass(self.model, Illustrated):
            fieldsets.append((_("图片"), {"fields": PICTURE_FIELDS}))
        timing = [*FRESHNESS_FIELDS, "pinyin", "created_at", "updated_at"]
        fieldsets += [
            (_("发布"), {"fields": PUBLICATION_FIELDS}),
            (_("时效与排序"), {"fields": timing, "classes": ["collapse"]}),
        ]
        if self.may_see_private(request, obj):
            private = (_("不公开的联系方式"), {"fields": self.private_fields})
            fieldsets.insert(2, private)
        return [(title, options) for title, options in fieldsets if options["fields"]]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["lacking"] = checklist(obj or self.model())
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_search_results(self, request, queryset, search_term):
        return queryset.matching(search_term), False

    def get_view_on_site_url(self, obj=None):
        if obj is None or not self.model.page or not obj.is_public():
            return None
        return obj.get_absolute_url()

    @admin.action(
        description=gettext_lazy("把所选的%(verbose_name_plural)s送审"), permissions=["change"]
    )
    def submit(self, request, queryset):
        self.move(request, queryset, PublicationStatus.IN_REVIEW, submit)

    @admin.action(
        description=gettext_lazy("发布所选的%(verbose_name_plural)s"), permissions=["publish"]
    )
    def publish(self, request, queryset):
        self.move(request, queryset, PublicationStatus.PUBLISHED, publish)

    @admin.action(
        description=gettext_lazy("把所选的%(verbose_name_plural)s退回草稿"),
        permissions=["publish"],
    )
    def unpublish(self, request, queryset):
        self.move(request, queryset, PublicationStatus.DRAFT, take_down)

    @admin.action(
        description=gettext_lazy("归档所选的%(verbose_name_plural)s"), permissions=["publish"]
    )
    def archive(self, request, queryset):
        self.move(request, queryset, PublicationStatus.ARCHIVED, archive)

    def move(self, request, queryset, status, decide):
        """Move the chosen records, all or none, and tell the editor what happened."""
        waiting = [record for record in queryset if record.status != status]
        try:
            with transaction.atomic():
                # All before the first is on the audit log: from then on everybody waits for it,
                # so nobody may be waited for.
                chosen = self.model._base_manager.filter(pk__in=[row.pk for row in waiting])
                list(chosen.order_by("pk").select_for_update().values_list("pk"))
                for record in waiting:
                    decide(record, request.user)
        except SubmissionError as error:
            self.message_user(
                request,
                _("“%(record)s”不能改为“%(status)s”：%(problem)s 没有改动任何记录。")
                % {"record": record, "status": status.label, "problem": error},
                messages.ERROR,
            )
            return
        unseen = Counter(words for record in waiting if (words := held_back(record)))
        seen = len(waiting) - unseen.total()
        if seen or not unseen:
            self.message_user(request, moved_to(status.label, seen), messages.SUCCESS)
        for words, count in unseen.items():
            self.message_user(request, moved_to(words, count), messages.WARNING)


def moved_to(status, count):
    """Return in words how many records have come to a status."""
    text = ngettext(
        "%(count)d 条记录已改为“%(status)s”。", "%(count)d 条记录已改为“%(status)s”。", count
    )
    return text % {"count": count, "status": status}


class PersonAdmin(RecordAdmin):
    """Admin of a person: what is private stands apart from what is published."""

    main_fields = [
        ("organisation", "organisation_en"),
        ("job_title", "job_title_en"),
        ("expertise", "expertise_en"),
        "consented_on",
    ]
    list_columns = ["organisation", "job_title", "consented_on"]

    private_fields = ["phone", "email"]
