"""Accounts and groups: nobody gives, or takes over, more than they have themselves."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy

from parks.models import ParkOperator
from promotion.reference.stale_admin import StaleFormsMixin

VERBS = {
    "add": pgettext_lazy("right", "新增"),
    "change": pgettext_lazy("right", "修改"),
    "delete": pgettext_lazy("right", "删除"),
    "view": pgettext_lazy("right", "查看"),
}


def right_in_words(permission):
    """Return which right it is in the language of the page: the database holds one language."""
    model = permission.content_type
    verb = permission.codename.removesuffix(f"_{model.model}")
    return f"{model} | {VERBS.get(verb) or gettext(permission.name)}"


def beyond(rights):
    """Return the permissions that are not among those of these names."""
    apps = {name.partition(".")[0] for name in rights}
    held = Q(pk__in=[])
    for app in apps:
        codes = [name.partition(".")[2] for name in rights if name.startswith(f"{app}.")]
        held |= Q(content_type__app_label=app, codename__in=codes)
    return Permission.objects.exclude(held)


class NoEscalation:
    """Keeps accounts and groups that may do more from those who may do less."""

    def is_within_rights(self, request, row):
        """Tell whether a saved row gives nothing that the user does not have."""
        raise NotImplementedError

    def may_touch(self, request, row):
        is_saved = row is not None and row.pk is not None
        return request.user.is_superuser or not is_saved or self.is_within_rights(request, row)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self.may_touch(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self.may_touch(request, obj)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None and db_field.related_model is Permission:
            field.label_from_instance = right_in_words
        if field is not None and not request.user.is_superuser:
            more = beyond(request.user.get_all_permissions())
            if db_field.related_model is Permission:
                field.queryset = field.queryset.exclude(pk__in=more.values("pk"))
            elif db_field.related_model is Group:
                field.queryset = field.queryset.exclude(permissions__in=more)
        return field


class StaffGroupAdmin(StaleFormsMixin, NoEscalation, GroupAdmin):
    """Groups; the rights of one that may do more than the user are not theirs to change."""

    def is_within_rights(self, request, row):
        more = beyond(request.user.get_all_permissions())
        return not row.permissions.filter(pk__in=more.values("pk")).exists()


class ParkOperatorInline(admin.TabularInline):
    """The parks that a user operates."""

    model = ParkOperator
    autocomplete_fields = ["park"]
    extra = 0


class StaffUserAdmin(StaleFormsMixin, NoEscalation, UserAdmin):
    """Accounts; one that may do more than the user is not theirs to change."""

    inlines = [ParkOperatorInline]

    def is_within_rights(self, request, row):
        if row.is_superuser:
            return False
        # What an account that is switched off could do again counts too.
        held = Permission.objects.filter(Q(user=row) | Q(group__user=row))
        more = beyond(request.user.get_all_permissions())
        return not held.filter(pk__in=more.values("pk")).exists()

    def get_readonly_fields(self, request, obj=None):
        fixed = [] if request.user.is_superuser else ["is_superuser"]
        noted = ["last_login", "date_joined"]
        return [*super().get_readonly_fields(request, obj), *noted, *fixed]
