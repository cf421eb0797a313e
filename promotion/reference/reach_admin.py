"""The reach of rights on the staff's pages: lists, forms, choices, filters, deletions."""

from django.contrib import admin, messages
from django.contrib.admin.utils import NestedObjects
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db import router
from django.utils.translation import gettext as _

from promotion.reference.reach import (
    choosable,
    in_bounded_role,
    is_bounded,
    owner_field,
    reaches,
    within_reach,
)
from promotion.reference.rights import has_right


class ReachableChoices:
    """Offers, and takes, for each relation only what the user may choose."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if is_bounded(request.user, "change", db_field.model):
            kwargs["queryset"] = choosable(request.user, db_field)
            if db_field == owner_field(db_field.model):
                # Without it the row would be nobody's.
                kwargs["required"] = True
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if is_bounded(request.user, "change", db_field.model):
            kwargs["queryset"] = choosable(request.user, db_field)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class ReachAdminMixin:
    """Shows and changes only the rows that the user's rights reach."""

    def get_queryset(self, request):
        return within_reach(request.user, "view", super().get_queryset(request))

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and self.is_reached(request, "view", obj)

    def has_change_permission(self, request, obj=None):
        may_change = super().has_change_permission(request, obj)
        return may_change and self.is_reached(request, "change", obj)

    def has_delete_permission(self, request, obj=None):
        may_delete = super().has_delete_permission(request, obj)
        return may_delete and self.is_reached(request, "delete", obj)

    def is_reached(self, request, action, row):
        # What is not saved yet is asked about when it is.
        return row is None or row.pk is None or reaches(request.user, action, row)

    def response_action(self, request, queryset):
        """Run an action only on rows that the right which it takes reaches."""
        name = request.POST.get("action", "")
        action = "delete" if name == "delete_selected" else "change"
        if is_bounded(request.user, action, self.model):
            beyond = queryset.exclude(
                pk__in=within_reach(request.user, action, self.model._base_manager.all())
                .order_by()
                .values("pk")
            )
            chosen = request.POST.getlist(admin.helpers.ACTION_CHECKBOX_NAME)
            if beyond.filter(pk__in=[pk for pk in chosen if pk.isdecimal()]).exists():
                messages.error(request, _("所选的记录不都归您管理，没有改动任何记录。"))
                return None
        return super().response_action(request, queryset)

    def get_deleted_objects(self, objs, request):
        found, counts, missing, protected = super().get_deleted_objects(objs, request)
        if in_bounded_role(request.user):
            missing = {*missing, *self.touched_beyond_reach(objs, request)}
        return found, counts, missing, protected

    def touched_beyond_reach(self, objs, request):
        """Return what the rows of others are called that a deletion would leave without a link."""
        collector = NestedObjects(using=router.db_for_write(self.model), origin=objs)
        collector.collect(objs)
        return {
            row._meta.verbose_name
            for updates in collector.field_updates.values()
            for rows in updates
            for row in rows
            if not reaches(request.user, "change", row)
        }


class ReachableFilter(admin.RelatedFieldListFilter):
    """A filter by a relation that names only rows that the user may know of."""

    def field_choices(self, field, request, model_admin):
        ordering = self.field_admin_ordering(field, request, model_admin)
        known = {}
        if is_bounded(request.user, "view", model_admin.model):
            known = {"pk__in": choosable(request.user, field).order_by().values("pk")}
        return field.get_choices(include_blank=False, ordering=ordering, limit_choices_to=known)


admin.FieldListFilter.register(
    lambda field: field.many_to_one or field.many_to_many, ReachableFilter, take_priority=True
)


class ReachableAutocomplete(AutocompleteJsonView):
    """What a relation may be set to: whoever writes such rows may choose what they may not open."""

    def has_perm(self, request, obj=None):
        return self.chooses(request) or super().has_perm(request, obj)

    def chooses(self, request):
        model = self.source_field.model
        return (
            self.source_field.concrete
            and is_bounded(request.user, "change", model)
            and any(has_right(request.user, action, model) for action in ("add", "change"))
        )

    def get_queryset(self):
        if not self.chooses(self.request):
            return super().get_queryset()
        rows = choosable(self.request.user, self.source_field).complex_filter(
            self.source_field.get_limit_choices_to()
        )
        found, may_repeat = self.model_admin.get_search_results(self.request, rows, self.term)
        return found.distinct() if may_repeat else found
