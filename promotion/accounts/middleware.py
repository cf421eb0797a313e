"""Each request of a member of staff: still signed in, with all that their account asks for."""

from functools import partial

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from promotion.accounts.models import StaffSession, digest
from promotion.accounts.second_factor import is_required
from promotion.limits import client_address, parsed_address

OPEN_PAGES = {
    "login",
    "logout",
    "jsi18n",
    "password_reset",
    "password_reset_done",
    "password_reset_confirm",
    "password_reset_complete",
}
SETUP_PAGES = {"second_factor_setup", "second_factor_drawing"}
CODE_PAGES = {"second_factor_code"}
PASSWORD_PAGES = {"password_change", "password_change_done"}


class StaffSessionMiddleware:
    """Ends logins that are over and sends those to the right page who have not shown enough.

    Nothing is looked up before something asks who the user is: pages for the public never do. Who
    still owes a second factor is nobody there and everywhere else; `request.pending_user` tells the
    pages where it is shown who it is.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.pending_user = request.staff_session = None
        request.is_login_over = False
        request.user = SimpleLazyObject(partial(admitted, request, request.user))
        response = self.get_response(request)
        if request.staff_session:
            follow(request, request.staff_session)
        return response

    def process_view(self, request, view, args, kwargs):
        page = request.resolver_match
        if "admin" not in page.app_names or page.url_name in OPEN_PAGES:
            return None
        # Asking who the user is settles the rest.
        is_admitted = request.user.is_authenticated
        if request.is_login_over:
            words = _(
                "登录已经结束：%(minutes)s 分钟没有操作、已超过 %(hours)s 小时，或者在别处被退出。"
                "请重新登录。"
            )
            limits = {"minutes": settings.SESSION_IDLE_MINUTES, "hours": settings.SESSION_HOURS}
            messages.warning(request, words % limits)
        if request.pending_user:
            if request.staff_session.has_second_factor:
                return sent_to("second_factor_code", CODE_PAGES, request)
            return sent_to("second_factor_setup", SETUP_PAGES, request)
        if is_admitted and request.staff_session and request.staff_session.is_password_due:
            if page.url_name not in PASSWORD_PAGES:
                words = _(
                    "密码已经用满 %(days)s 天，或者是在这条规则之前设置的。请先换一个新密码。"
                )
                messages.warning(request, words % {"days": settings.PASSWORD_MAX_DAYS})
            return sent_to("password_change", PASSWORD_PAGES, request)
        return None


def sent_to(name, allowed, request):
    """Send a request to a page that comes first, unless it asks for one of the allowed."""
    if request.resolver_match.url_name in allowed:
        return None
    return redirect_to_login(request.get_full_path(), reverse(f"admin:{name}"))


def admitted(request, user):
    """Return the user of a request, or nobody if the login is over or lacks a second factor."""
    if not user.is_authenticated:
        if SESSION_KEY in request.session:
            # The account was deactivated or is gone: were it to return, the login should not.
            request.session.flush()
        return user
    session = session_of(request, user)
    if session.is_ended or session.is_idle_too_long or session.is_too_old:
        StaffSession.objects.filter(pk=session.pk).end()
        request.session.flush()
        request.is_login_over = True
        return AnonymousUser()
    session.note(noted_address(request))
    request.staff_session = session
    if not user.is_verified() and (session.has_second_factor or is_required(user, session)):
        request.pending_user = user
        return AnonymousUser()
    return user


def session_of(request, user):
    """Return the record of a request's session, made when it is first seen."""
    sessions = StaffSession.objects.with_duties()
    key_digest = digest(request.session.session_key)
    session = sessions.filter(key_digest=key_digest, user=user).first()
    if session is None:
        StaffSession.objects.update_or_create(
            key_digest=key_digest,
            defaults={
                "user": user,
                "password_mark": digest(user.get_session_auth_hash()),
                "user_agent": request.headers.get("User-Agent", "")[:255],
                "address": noted_address(request),
            },
        )
        session = sessions.get(key_digest=key_digest)
    return session


def noted_address(request):
    """Return the address to note of a request, "" where it cannot be read."""
    return str(parsed_address(client_address(request)) or "")


def follow(request, session):
    """Let the record follow its session to a new key, or end with it."""
    key = request.session.session_key
    row = StaffSession.objects.filter(pk=session.pk)
    if request.session.get(SESSION_KEY) != str(session.user_id):
        row.end()
    elif digest(key) != session.key_digest:
        row.update(
            key_digest=digest(key),
            password_mark=digest(request.user.get_session_auth_hash()),
            last_seen_at=timezone.now(),
        )
