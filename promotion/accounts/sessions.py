"""Signing out from elsewhere: somebody ends logins, their own or those of others."""

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count

from promotion.audit.services import append, entry_of
from promotion.audit.vocabulary import Action


@transaction.atomic
def sign_out(sessions):
    """End logins, record of each user how many, and return how many in all.

    What the clock has ended is not counted, but ended too: the limits may become longer.
    """
    signed_in = sessions.within_limits().values("pk")
    users = get_user_model().objects.filter(staff_sessions__in=signed_in).order_by("pk")
    counts = [(user, user.count) for user in users.annotate(count=Count("staff_sessions"))]
    sessions.end()
    append(
        [entry_of(Action.SESSIONS_ENDED, user, None, {"count": count}) for user, count in counts]
    )
    return sum(count for _user, count in counts)
