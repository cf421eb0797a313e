"""The rights to write records, as Django's permissions give them; the command line has all."""

from django.contrib.auth import get_permission_codename

PUBLISH_RIGHT = "reference.publish_records"


def has_right(user, action, model):
    """Tell whether a user, None on the command line, may "add", "change" or "delete" records."""
    codename = get_permission_codename(action, model._meta)
    return user is None or user.has_perm(f"{model._meta.app_label}.{codename}")


def may_publish(user):
    """Tell whether what a user may write may be public as it is."""
    return user is None or user.has_perm(PUBLISH_RIGHT)


def may_write(user, model):
    """Return whether a user may add and may change a model's records, as {action: bool}."""
    return {action: has_right(user, action, model) for action in ("add", "change")}
