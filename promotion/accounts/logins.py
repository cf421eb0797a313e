"""When somebody is in: with the password where it is all that is owed, else with the code."""

from promotion.accounts.lockout import forget_failures
from promotion.accounts.second_factor import is_owed
from promotion.audit.services import log
from promotion.audit.vocabulary import Action


def password_accepted(request, user, **_details):
    """Take the right password for a login, or for its first half."""
    if is_owed(user):
        log(Action.PASSWORD_ACCEPTED, user, user)
    else:
        completed(request, user)


def completed(request, user):
    """Record that somebody is in, and forget what had failed before.

    Not before: whoever has the password alone would try code after code between two logins.
    """
    forget_failures(request, user)
    log(Action.LOGIN, user, user)
