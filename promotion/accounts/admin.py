"""What administrators see of logins: who is signed in, what failed, what axes logged."""

from axes.models import AccessAttempt
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from promotion.accounts import second_factor
from promotion.accounts.models import LoginFailure, LoginRecord, StaffSession
from promotion.accounts.sessions import sign_out
from promotion.audit.services import log_each
from promotion.audit.vocabulary import Action
from promotion.auditing import account_of
from promotion.users_admin import StaffUserAdmin

# Their own pages show and change secrets, which are nobody's but their user's.
admin.site.unregister([TOTPDevice, StaticDevice])
admin.site.unregister(User)


class ReadOnlyAdmin(admin.ModelAdmin):
    """A list to look at; what may be done with its rows are its actions."""

    list_display_links = None
    actions = []

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def has_lift_permission(self, request):
        """Tell whether the user may end what is listed: who may delete it."""
        return super().has_delete_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(StaffSession)
class StaffSessionAdmin(ReadOnlyAdmin):
    list_display = ["user", "device_name", "address", "started_at", "last_seen_at"]
    list_select_related = ["user"]
    search_fields = ["user__username", "address"]
    actions = ["sign_out"]

    def get_queryset(self, request):
        return super().get_queryset(request).within_limits()

    @admin.display(description=_("设备"))
    def device_name(self, session):
        return session.device

    @admin.action(description=_("退出所选的登录"), permissions=["lift"])
    def sign_out(self, request, queryset):
        report_ended(request, sign_out(queryset))


@admin.register(LoginFailure)
class LoginFailureAdmin(ReadOnlyAdmin):
    """The failed logins that still count; lifting a lock is forgetting them."""

    list_display = ["name", "from_address", "failures", "last_tried_at", "browser"]
    search_fields = ["username", "ip_address"]
    actions = ["lift"]

    @admin.display(description=_("用户名"), ordering="username")
    def name(self, failure):
        return failure.username

    @admin.display(description=_("网络地址"), ordering="ip_address")
    def from_address(self, failure):
        return failure.ip_address

    @admin.display(description=_("失败次数"), ordering="failures_since_start")
    def failures(self, failure):
        return failure.failures_since_start

    @admin.display(description=_("最近一次"), ordering="attempt_time")
    def last_tried_at(self, failure):
        return failure.attempt_time

    @admin.display(description=_("浏览器标识"))
    def browser(self, failure):
        return failure.user_agent

    @admin.action(description=_("解除锁定，忘记所选的失败"), permissions=["lift"])
    def lift(self, request, queryset):
        names = set(queryset.values_list("username", flat=True))
        count, _rows = AccessAttempt.objects.filter(pk__in=queryset.values("pk")).delete()
        log_each(Action.LOCK_LIFTED, {account_of(name) for name in names})
        words = ngettext("已忘记 %(count)s 条失败记录。", "已忘记 %(count)s 条失败记录。", count)
        messages.success(request, words % {"count": count})


@admin.register(LoginRecord)
class LoginRecordAdmin(ReadOnlyAdmin):
    list_display = ["name", "from_address", "signed_in_at", "signed_out_at", "browser"]
    search_fields = ["username", "ip_address"]

    @admin.display(description=_("用户名"), ordering="username")
    def name(self, record):
        return record.username

    @admin.display(description=_("网络地址"), ordering="ip_address")
    def from_address(self, record):
        return record.ip_address

    @admin.display(description=_("登录时间"), ordering="attempt_time")
    def signed_in_at(self, record):
        return record.attempt_time

    @admin.display(description=_("退出时间"), ordering="logout_time")
    def signed_out_at(self, record):
        return record.logout_time

    @admin.display(description=_("浏览器标识"))
    def browser(self, record):
        return record.user_agent


def report_ended(request, count):
    """Tell how many logins were ended."""
    words = ngettext("已退出 %(count)s 处登录。", "已退出 %(count)s 处登录。", count)
    messages.success(request, words % {"count": count})


class SignInAdmin(admin.ModelAdmin):
    """The part of the users' admin that ends their logins and takes a lost second factor away."""

    actions = ["sign_out", "remove_second_factor"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            sign_out(obj.staff_sessions.all())

    def within_reach(self, request, queryset):
        """Return those whose account the user may touch: of whoever has no more rights."""
        return [user for user in queryset if self.has_change_permission(request, user)]

    @admin.action(description=_("退出所选用户的全部登录"), permissions=["change"])
    def sign_out(self, request, queryset):
        users = self.within_reach(request, queryset)
        report_ended(request, sign_out(StaffSession.objects.filter(user__in=users)))

    @admin.action(description=_("移除所选用户的第二验证（设备遗失时）"), permissions=["change"])
    def remove_second_factor(self, request, queryset):
        users = self.within_reach(request, queryset)
        second_factor.remove(users)
        for user in users:
            # For the user's page alone: the audit log has it already.
            super().log_change(request, user, str(_("移除了第二验证")))
        report_ended(request, sign_out(StaffSession.objects.filter(user__in=users)))


@admin.register(User)
class AccountAdmin(SignInAdmin, StaffUserAdmin):
    """Accounts, with what ends their logins."""
