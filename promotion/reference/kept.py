"""What is worked out of the public data once for each of their states: counts over whole lists.

Each worker keeps its own, some hundred small results, those asked for last. A state ends with the
next transaction that changes public data, or at the next moment that changes them by itself.
"""

import datetime
import threading
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import get_language

from promotion.reference.changes import current_version, next_moment

MAX_KEPT = 256


class State(NamedTuple):
    """One state of the public data: the number of the last change, and how long it stands."""

    version: int
    since: datetime.datetime
    until: datetime.datetime

    def stands(self, version, now):
        """Tell whether data of that number are in this state, also after a change of clocks."""
        return self.version == version and self.since <= now < self.until


class Kept:
    """A result, and the state of which it is true."""

    def __init__(self):
        self.state = self.value = None
        self.renewal = threading.Lock()
        """Held by the one who works it out anew; the others wait for it."""


LAST = Kept()
SHOWN = ContextVar("shown_state", default=None)
"""The state that is shown by the page that is being made; None for a page that shows another."""


def current_state():
    """Return the state that the public data are in, or None where changes are not counted."""
    version, now = current_version(), timezone.now()
    if version is None:
        return None
    if not (LAST.state and LAST.state.stands(version, now)):
        LAST.state = State(version, now, next_moment(now))
    return LAST.state


@contextmanager
def showing(state):
    """Let a page that is made within it use what is kept of the state."""
    token = SHOWN.set(state)
    try:
        yield
    finally:
        SHOWN.reset(token)


@lru_cache(maxsize=MAX_KEPT)
def place_of(*key):
    return Kept()


def kept(work_out, *key):
    """Return what a function returns, called once in each state of the public data and language.

    The result is shared between requests, so that nobody may change it. A page that does not show
    a state of its own, as a preview, has it worked out each time.
    """
    state = SHOWN.get()
    if state is None:
        return work_out()
    place = place_of(get_language(), *key)
    with place.renewal:
        if place.state != state:
            place.value, place.state = work_out(), state
        return place.value
