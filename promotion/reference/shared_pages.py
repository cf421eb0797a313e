"""Pages that are the same for everyone, each made from one state of the data."""

from contextlib import contextmanager
from functools import wraps

from django.db import connection, transaction
from django.utils.cache import patch_cache_control

from promotion.reference.kept import current_state, showing

STATE = "promotion.data_state"
"""Under which name a request tells whoever stands before the application what state was shown."""


@contextmanager
def one_state():
    """Read from one state of the database, whatever others write meanwhile.

    A page would otherwise show some of a change and not the rest of it.
    """
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield
        return
    # What only reads need not wait for its turn to write. The mode is known once there is a
    # connection.
    connection.ensure_connection()
    mode, connection.transaction_mode = connection.transaction_mode, "DEFERRED"
    try:
        with transaction.atomic():
            connection.transaction_mode = mode
            yield
    finally:
        connection.transaction_mode = mode


def is_in_memory():
    return connection.vendor == "sqlite" and connection.is_in_memory_db()


def same_for_everyone(view):
    """Return a view whose pages may be kept for everyone until public data change."""

    @wraps(view)
    def shared(request, *args, **kwargs):
        if connection.in_atomic_block or is_in_memory():
            # A preview shows what is not saved yet. In memory all threads are on one connection,
            # and would be in one transaction.
            response = view(request, *args, **kwargs)
        else:
            with one_state():
                request.META[STATE] = current_state()
                with showing(request.META[STATE]):
                    response = view(request, *args, **kwargs)
                    if hasattr(response, "render"):
                        response.render()
        if response.status_code in (200, 304):
            # Facts are withdrawn at once: whoever has a page asks whether it is still the same.
            patch_cache_control(response, public=True, no_cache=True)
        return response

    return shared
