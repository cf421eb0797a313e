"""What the audit log hears of requests, of logins, and of what is done in the admin."""

from copy import copy

from django.apps import apps
from django.contrib.auth import get_user_model, signals
from django.db import transaction

from promotion.audit.services import coming_from, log, log_each
from promotion.audit.vocabulary import Action
from promotion.limits import client_address

FORBIDDEN = 403
ADMIN = "admin:"
# Pages whose changes have a name of their own.
CHANGES_BY_PAGE = {"admin:auth_user_password_change": Action.PASSWORD_CHANGED}


class AuditMiddleware:
    """Notes where a request comes from, that it was refused, and views of personal data."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with coming_from(request, client_address(request)):
            response = self.get_response(request)
            page = request.resolver_match.view_name if request.resolver_match else ""
            if response.status_code == FORBIDDEN:
                # A visitor who may not write is nobody's affair but at the staff's door.
                if request.user.is_authenticated or page.startswith(ADMIN):
                    log(Action.REFUSED, method=request.method)
            elif request.method != "HEAD" and response.status_code == 200:
                # A form that is sent back shows what it is about as well.
                note_view(request.resolver_match)
        return response


def note_view(match):
    """Record that a page was seen which shows personal data: a list, or what is about one row."""
    if match is None or not match.view_name.startswith(ADMIN):
        return
    app, _underscore, rest = match.url_name.partition("_")
    model_name, _underscore, page = rest.partition("_")
    model = apps.all_models.get(app, {}).get(model_name)
    pk = match.kwargs.get("object_id") or match.kwargs.get("id")
    if model and holds_personal_data(model) and (pk or page == "changelist"):
        log(Action.VIEW_PERSONAL, model(pk=pk) if pk else model)


def holds_personal_data(model):
    return model is get_user_model() or getattr(model, "holds_personal_data", False)


class AuditedAdmin:
    """Mixed into every admin of the site: what is added, changed and deleted there is recorded."""

    def log_addition(self, request, obj, message):
        log(Action.ADD, obj, **said_by(obj, message))
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        action = CHANGES_BY_PAGE.get(request.resolver_match.view_name, Action.CHANGE)
        log(action, obj, **said_by(obj, message))
        return super().log_change(request, obj, message)

    def delete_model(self, request, obj):
        # Deleted, it no longer knows its number.
        gone = copy(obj)
        super().delete_model(request, obj)
        log(Action.DELETE, gone)

    def delete_queryset(self, request, queryset):
        gone = list(queryset)
        super().delete_queryset(request, queryset)
        log_each(Action.DELETE, gone)

    def response_action(self, request, queryset):
        # Django deletes what was chosen in a list outside of any transaction.
        with transaction.atomic():
            return super().response_action(request, queryset)


def said_by(obj, message):
    """Return what an admin says of a change without any value: names of fields, numbers of rows."""
    if isinstance(message, str):
        return {"note": message}
    said = {"status": obj.status} if hasattr(obj, "status") else {}
    for part in message:
        for verb, about in part.items():
            if "name" in about:
                rows = said.setdefault(verb, {})
                rows[str(about["name"])] = rows.get(str(about["name"]), 0) + 1
            elif about.get("fields"):
                said["fields"] = [str(name) for name in about["fields"]]
    return said


# Logins


def logged_out(user, **_details):
    # Whoever was no longer signed in has left nothing.
    if user is not None:
        log(Action.LOGOUT, user, user)


def login_failed(credentials, **_details):
    # What was typed may be a password in the wrong place: only an account's own number is kept.
    log(Action.LOGIN_FAILED, account_of(credentials.get(get_user_model().USERNAME_FIELD)))


def locked_out(username=None, **_details):
    log(Action.LOCKED_OUT, account_of(username))


def account_of(name):
    """Return the account that a typed name names, or the model of accounts."""
    users = get_user_model()
    return users._default_manager.filter(**{users.USERNAME_FIELD: name or ""}).first() or users


def listen():
    """Hear of logins: the one thing that Django tells by signals alone.

    Of those that succeed hears promotion/accounts/, which knows whether a code is still owed.
    """
    signals.user_logged_out.connect(logged_out)
    signals.user_login_failed.connect(login_failed)
    if apps.is_installed("axes"):
        from axes.signals import user_locked_out  # noqa: PLC0415 only where it is in use

        user_locked_out.connect(locked_out)
