"""The pages of the staff's own account, as a part of the admin site."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, views
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from promotion.accounts import second_factor
from promotion.accounts.forms import CodeForm, FirstCodeForm, PasswordAndCodeForm, ResetForm
from promotion.accounts.lockout import is_locked, locked_answer
from promotion.accounts.logins import completed
from promotion.accounts.models import StaffSession
from promotion.accounts.sessions import sign_out
from promotion.audit.services import log
from promotion.audit.vocabulary import Action
from promotion.intake import NO_MAIL_BACKEND
from promotion.limits import client_network, comes_too_often

RESETS_OF_AN_ACCOUNT = 3
guarded = [never_cache, csrf_protect, sensitive_post_parameters()]


def offers_mail():
    """Tell whether a password can be reset by mail."""
    return settings.EMAIL_BACKEND != NO_MAIL_BACKEND


class AccountPages:
    """The part of the admin site where staff see to their own account."""

    def get_urls(self):
        factor = "account/second-factor/"
        setup = f"{factor}setup/"
        codes = f"{factor}recovery-codes"
        view = self.admin_view
        return [
            path("account/sessions/", view(self.sessions), name="sessions"),
            path(factor, view(self.second_factor), name="second_factor"),
            path(
                f"{factor}remove/", view(self.second_factor_removal), name="second_factor_removal"
            ),
            path(f"{codes}/", view(self.recovery_codes), name="recovery_codes"),
            path(f"{codes}.txt", view(require_POST(self.recovery_file)), name="recovery_file"),
            # For those who are not let in yet: they come here, or leave.
            path("logout/", self.logout, name="logout"),
            path(f"{factor}code/", self.second_factor_code, name="second_factor_code"),
            path(setup, self.second_factor_setup, name="second_factor_setup"),
            path(f"{setup}code.svg", self.second_factor_drawing, name="second_factor_drawing"),
            *password_reset_urls(self),
            *super().get_urls(),
        ]

    def login(self, request, extra_context=None):
        offer = {"reset_address": reverse("admin:password_reset") if offers_mail() else ""}
        return super().login(request, offer | (extra_context or {}))

    @transaction.atomic
    def password_change(self, request, extra_context=None):
        response = super().password_change(request, extra_context)
        # It leads on only when there is a new one.
        if isinstance(response, HttpResponseRedirect):
            log(Action.PASSWORD_CHANGED, request.user)
        return response

    def page(self, request, template, title, **context):
        context = {**self.each_context(request), "title": title, **context}
        request.current_app = self.name
        return TemplateResponse(request, f"admin/accounts/{template}.html", context)

    def here(self, request, address):
        """Return an address to go on to if it is one of this site, or the admin's first page."""
        host, is_https = {request.get_host()}, request.is_secure()
        if url_has_allowed_host_and_scheme(address, host, is_https):
            return address
        return reverse("admin:index")

    @method_decorator(never_cache)
    def sessions(self, request):
        """List where the user is signed in; sign out one, or all."""
        sessions = StaffSession.objects.live(request.user)
        if request.method == "POST":
            chosen = request.POST.get("session", "")
            asked = sessions.filter(pk=chosen) if chosen.isdecimal() else sessions
            is_leaving = asked.filter(pk=request.staff_session.pk).exists()
            sign_out(asked.exclude(pk=request.staff_session.pk))
            if is_leaving:
                return self.logout(request)
            messages.success(request, _("已退出所选的登录。"))
            return redirect("admin:sessions")
        return self.page(
            request, "sessions", _("我的登录"), sessions=sessions, current=request.staff_session
        )

    @method_decorator(never_cache)
    def second_factor(self, request):
        """Show whether the user has a second factor, and what can be done about it."""
        return self.page(
            request,
            "second_factor",
            _("第二验证"),
            device=second_factor.app_device(request.user),
            codes_left=second_factor.recovery_codes_left(request.user),
            is_required=second_factor.is_required(request.user, request.staff_session),
        )

    @method_decorator(guarded)
    def second_factor_code(self, request):
        """Ask for the code that comes after the password."""
        user = request.pending_user
        address = self.here(request, request.GET.get(REDIRECT_FIELD_NAME, ""))
        if user is None:
            return redirect(address)
        if is_locked(request, user):
            return locked_answer(request)
        form = CodeForm(request, user, request.POST or None)
        if form.is_valid():
            with transaction.atomic():
                second_factor.sign_in(request, user, form.device)
                completed(request, user)
            return redirect(address)
        return self.page(request, "second_factor_code", _("输入验证码"), form=form)

    @method_decorator(guarded)
    def second_factor_setup(self, request):
        """Show the secret of a new app and take it into use when it shows a right code."""
        user = request.pending_user or request.user
        if not user.is_authenticated:
            return redirect("admin:login")
        if second_factor.app_device(user):
            return redirect("admin:second_factor")
        if is_locked(request, user):
            return locked_answer(request)
        form = FirstCodeForm(request, user, request.POST or None)
        address = self.here(request, request.GET.get(REDIRECT_FIELD_NAME, ""))
        if form.is_valid():
            with transaction.atomic():
                codes = second_factor.confirm(request, user, form.device)
                if request.pending_user:
                    completed(request, user)
            return self.page(request, "recovery_codes", _("恢复码"), codes=codes, going_on=address)
        device = second_factor.new_app_device(user)
        return self.page(
            request,
            "second_factor_setup",
            _("设置第二验证"),
            form=form,
            secret=second_factor.readable_secret(device),
            is_pending=request.pending_user is not None,
        )

    @method_decorator(never_cache)
    def second_factor_drawing(self, request):
        """Draw the secret that the user is setting up, for nobody to keep."""
        user = request.pending_user or request.user
        if not user.is_authenticated or second_factor.app_device(user):
            raise Http404
        drawing = second_factor.drawn(second_factor.new_app_device(user).config_url)
        return HttpResponse(drawing, content_type="image/svg+xml")

    def confirmed(self, request, title, explanation, act):
        """Ask for password and code again, and then act."""
        if not second_factor.app_device(request.user):
            return redirect("admin:second_factor")
        if is_locked(request, request.user):
            return locked_answer(request)
        form = PasswordAndCodeForm(request, request.user, request.POST or None)
        if form.is_valid():
            return act()
        return self.page(request, "confirm", title, form=form, explanation=explanation)

    @method_decorator(guarded)
    def recovery_codes(self, request):
        """Replace the recovery codes and show the new ones."""

        def renew():
            codes = second_factor.new_recovery_codes(request.user)
            going_on = reverse("admin:second_factor")
            return self.page(request, "recovery_codes", _("恢复码"), codes=codes, going_on=going_on)

        explanation = _("将生成十个新的恢复码，原来的全部作废。")
        return self.confirmed(request, _("重新生成恢复码"), explanation, renew)

    @method_decorator(never_cache)
    def recovery_file(self, request):
        """Give the codes that were just shown back as a file; only they can be given back."""
        codes = second_factor.own_codes(request.user, request.POST.getlist("code"))
        response = HttpResponse("\n".join([*codes, ""]), content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
        return response

    @method_decorator(guarded)
    def second_factor_removal(self, request):
        """Take the second factor away, and sign out everywhere else."""

        def remove():
            second_factor.remove([request.user])
            sessions = StaffSession.objects.live(request.user)
            sign_out(sessions.exclude(pk=request.staff_session.pk))
            messages.success(request, _("第二验证已移除。"))
            return redirect("admin:second_factor")

        explanation = _("移除后只凭密码就能登录。恢复码一并作废，其他地方的登录会退出。")
        return self.confirmed(request, _("移除第二验证"), explanation, remove)


def password_reset_urls(site):
    """Return the pages that set a new password by mail, in the admin's look."""
    steps = [
        ("password_reset/", AskForReset, "password_reset"),
        ("password_reset/done/", ResetAsked, "password_reset_done"),
        ("password_reset/<uidb64>/<token>/", ResetPassword, "password_reset_confirm"),
        ("password_reset/complete/", ResetComplete, "password_reset_complete"),
    ]
    return [path(address, view.as_view(site=site), name=name) for address, view, name in steps]


class ResetStep:
    """One of the pages that set a new password by mail; without mail there are none."""

    site = None

    @method_decorator(never_cache)
    def dispatch(self, request, *args, **kwargs):
        if not offers_mail():
            raise Http404
        request.current_app = self.site.name
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return {**self.site.each_context(self.request), **super().get_context_data(**kwargs)}


class AskForReset(ResetStep, views.PasswordResetView):
    """Takes the address of an account; says the same whether there is one or not."""

    form_class = ResetForm
    title = gettext_lazy("重设密码")
    email_template_name = "admin/accounts/password_reset.txt"
    success_url = reverse_lazy("admin:password_reset_done")

    def form_valid(self, form):
        network, mailbox = client_network(self.request), form.cleaned_data["email"].lower()
        if comes_too_often("resets", network, settings.PASSWORD_RESETS_PER_HOUR) or comes_too_often(
            "resets", mailbox, RESETS_OF_AN_ACCOUNT
        ):
            return redirect(self.get_success_url())
        return super().form_valid(form)


class ResetAsked(ResetStep, views.PasswordResetDoneView):
    pass


class ResetPassword(ResetStep, views.PasswordResetConfirmView):
    success_url = reverse_lazy("admin:password_reset_complete")

    @transaction.atomic
    def form_valid(self, form):
        response = super().form_valid(form)
        log(Action.PASSWORD_RESET, self.user, self.user)
        return response


class ResetComplete(ResetStep, views.PasswordResetCompleteView):
    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "login_url": reverse("admin:login")}
