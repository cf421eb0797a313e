"""After how many failures nobody gets in from where, and what they are told."""

import math

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.admin import site
from django.contrib.auth.signals import user_login_failed
from django.db.models import Sum
from django.shortcuts import render


class FailureCounter(AxesDatabaseHandler):
    """Counts the failures of a name from an address, and with a looser limit of the address."""

    def get_failures(self, request, credentials=None):
        """Return the failures of name and address; without end if the address has too many."""
        since = get_cool_off_threshold(request)
        of_address = AccessAttempt.objects.filter(
            ip_address=request.axes_ip_address, attempt_time__gte=since
        ).aggregate(total=Sum("failures_since_start"))["total"]
        if (of_address or 0) >= settings.LOGIN_ADDRESS_FAILURES:
            return math.inf
        return super().get_failures(request, credentials)


def is_locked(request, user):
    """Tell whether too much has failed for a user from where the request comes."""
    return not AxesProxyHandler.is_allowed(request, {"username": user.get_username()})


def count_failure(request, user):
    """Count a wrong code, or a wrong password of somebody who is signed in, like a failed login."""
    user_login_failed.send(
        sender=__name__, credentials={"username": user.get_username()}, request=request
    )


def forget_failures(request, user):
    """Forget what has failed for a user from where the request comes."""
    AxesProxyHandler.update_request(request)
    credentials = {"username": user.get_username()}
    AxesProxyHandler.get_implementation().reset_user_attempts(request, credentials)


def locked_answer(request, original_response=None, credentials=None):
    """Answer that too much has failed, the same whether there is such a user or not."""
    context = {
        **site.each_context(request),
        "has_permission": False,
        "minutes": settings.LOGIN_LOCK_MINUTES,
    }
    response = render(request, "admin/accounts/locked.html", context, status=429)
    response["Cache-Control"] = "no-store"
    return response
