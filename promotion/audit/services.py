"""Writing the audit log, checking it, and clearing what has been kept long enough."""

import contextlib
import hmac
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone

from promotion.audit.models import AuditEntry, AuditHead
from promotion.audit.vocabulary import Action

HEAD = 1
LONGEST_MONTH = timedelta(days=31)
ROWS = 1_000


@dataclass(frozen=True)
class Origin:
    """Where what happens now comes from: a request and its visitor's address."""

    request: object
    address: str

    @property
    def user(self):
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @property
    def page(self):
        match = getattr(self.request, "resolver_match", None)
        return match.view_name if match else ""


ORIGIN = ContextVar("origin", default=None)


@contextlib.contextmanager
def coming_from(request, address):
    """Note where whatever is recorded inside comes from."""
    token = ORIGIN.set(Origin(request, address))
    try:
        yield
    finally:
        ORIGIN.reset(token)


def log(action, row=None, user=None, **detail):
    """Record that somebody did something, in the transaction that does it.

    `row` is a record, or a model where it was done to many. `user` is left out where the request
    tells; without either it was the command line. `detail` holds names, counts and reasons, never
    what a personal field says.
    """
    append([entry_of(action, row, user, detail)])


def log_each(action, rows, user=None, **detail):
    """Record the same of each row, in as many queries as of one."""
    append([entry_of(action, row, user, detail) for row in rows])


def entry_of(action, row, user, detail):
    origin = ORIGIN.get()
    user = user or (origin and origin.user)
    entry = AuditEntry(action=action, detail=detail)
    if user:
        entry.actor_id, entry.actor = str(user.pk), user.get_username()
    if origin:
        entry.address, entry.page = origin.address[:45], origin.page[:120]
    if row is not None:
        entry.record_type = row._meta.label_lower
    if isinstance(row, models.Model):
        entry.record_id = "" if row.pk is None else str(row.pk)[:64]
        entry.record_label = getattr(row, "audit_label", "")[:200]
    return entry


@transaction.atomic(savepoint=False)
def append(entries):
    """Append entries to the chain, in three queries.

    Whoever else would append waits for the end of the transaction, so this comes last in it.
    """
    if not entries:
        return
    head = lock_head()
    now = timezone.now()
    for entry in entries:
        head.number += 1
        entry.number, entry.at, entry.previous_hash = head.number, now, head.hash
        head.hash = entry.hash = entry.digest(settings.AUDIT_KEY)
    AuditEntry.objects.bulk_create(entries)
    head.save(update_fields=["number", "hash"])


def lock_head():
    """Return the head, which nobody else can have until the end of the transaction."""
    return AuditHead.objects.select_for_update().get_or_create(pk=HEAD)[0]


@dataclass(frozen=True)
class Fault:
    """The first entry of the chain that is not as it was written, and what is wrong there."""

    EDITED, MISSING, REORDERED, TRUNCATED = "edited", "missing", "reordered", "truncated"

    kind: str
    number: int


@dataclass(frozen=True)
class Verdict:
    """What checking the chain found; `last` names its end, to be kept elsewhere and compared."""

    checked: int
    last: str
    fault: Fault | None = None


def verify(known=""):
    """Check every entry by the one before it, both ends by the head; return a Verdict.

    `known` is the `last` of an earlier verdict: a whole chain may have been put back to what it
    was before, which only something kept outside the database tells.
    Nobody waits for it: what is appended meanwhile is left to the next time.
    """
    # In this order, for an entry and the head that counts it are committed together.
    newest = AuditEntry.objects.aggregate(newest=Max("number"))["newest"] or 0
    head = AuditHead.objects.filter(pk=HEAD).first() or AuditHead()
    keys = known_keys()
    anchor = {"number": head.cleared_number, "hash": head.cleared_hash}
    is_anchored = not head.cleared_number
    number, previous, checked = head.cleared_number, head.cleared_hash, 0
    known_number = int(known.partition(":")[0] or 0)

    def verdict(kind=None, place=0):
        return Verdict(checked, f"{number}:{previous}", kind and Fault(kind, place))

    entries = AuditEntry.objects.filter(number__lte=head.number).order_by("number")
    for entry in entries.iterator(chunk_size=ROWS):
        if entry.number != number + 1:
            return verdict(Fault.MISSING, number + 1)
        keys = still_possible(keys, entry)
        if not keys:
            return verdict(Fault.EDITED, entry.number)
        if entry.previous_hash != previous:
            return verdict(Fault.REORDERED, entry.number)
        is_anchored = is_anchored or (entry.action == Action.CLEAR and entry.detail == anchor)
        number, previous, checked = entry.number, entry.hash, checked + 1
        if number == known_number and known != f"{number}:{previous}":
            return verdict(Fault.EDITED, number)
    if (number, previous) != (head.number, head.hash) or number < known_number:
        return verdict(Fault.TRUNCATED, number + 1)
    if newest > head.number:
        return verdict(Fault.EDITED, head.number + 1)
    if not is_anchored:
        return verdict(Fault.MISSING, head.cleared_number)
    return verdict()


def known_keys():
    """Return the keys that prove entries, newest first."""
    return [settings.AUDIT_KEY, *settings.AUDIT_FORMER_KEYS]


def newest_is_proved():
    """Tell whether the newest entry, if any, was made with a key that is known here."""
    newest = AuditEntry.objects.order_by("-number").first()
    return newest is None or bool(still_possible(known_keys(), newest))


def still_possible(keys, entry):
    """Return the keys, newest first, up to the one that an entry was made with; none if none.

    What follows cannot have been made with an older one, which others may know by then.
    """
    for index, key in enumerate(keys):
        if hmac.compare_digest(entry.digest(key), entry.hash):
            return keys[: index + 1]
    return []


@transaction.atomic
def clear():
    """Remove what is older than the log is kept, and return how many entries that were.

    An entry says up to where; the chain goes on from the last that was removed.
    """
    head = lock_head()
    # A month more or less is nothing to a log; it is never kept for less than it promises.
    oldest = timezone.now() - settings.AUDIT_RETENTION_MONTHS * LONGEST_MONTH
    kept = AuditEntry.objects.filter(at__gte=oldest).order_by("number").first()
    removed = AuditEntry.objects.filter(number__lt=kept.number if kept else head.number + 1)
    last = removed.order_by("-number").first()
    if last is None:
        return 0
    head.cleared_number, head.cleared_hash = last.number, last.hash
    head.save(update_fields=["cleared_number", "cleared_hash"])
    count, _of_each = removed.remove()
    log(Action.CLEAR, AuditEntry, number=last.number, hash=last.hash)
    return count
