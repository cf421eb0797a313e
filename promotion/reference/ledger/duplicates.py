"""Finding records that are probably one thing, without comparing each with every other.

Each name is looked up under what it has in common with its likes: its body, its reading, the body
with a few characters left out, a long body with one character masked. What is worth proposing
shares one of these, so the work grows with the number of records, not with its square
(benchmarks/find_duplicates.py measures 100,000 companies).
"""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations, pairwise, product

from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import models
from django.db.models import F, Func, Value
from django.utils.translation import gettext_lazy as _

from promotion.reference.ledger.models import Distinction
from promotion.reference.ledger.names import TELLING, read_name
from promotion.reference.models import subject_models
from promotion.reference.records import PublicRecord
from promotion.reference.spreadsheets.conditions import unique_groups

# A body this long may lack so many characters of another and still name the same.
MAX_LEFT_OUT = 6
MIN_KEPT = 3
MIN_SHARE = 0.6
# One other character in a short name makes it another name.
MIN_MASKED = 12
# A group this large has a common name; its members are compared with their neighbours only.
LARGE_GROUP = 20
REMEMBERED_SECONDS = 3600


class Reason(models.TextChoices):
    """Why two records may be one, the strongest first."""

    IDENTITY = "identity", _("编号或网址相同")
    NAME = "name", _("名称相同，只是写法不同")
    ALIAS = "alias", _("一条的别名是另一条的名称")
    ENGLISH = "english", _("英文名称相同")
    READING = "reading", _("名称读音相同")
    NEAR = "near", _("名称相近")


STRENGTH = {reason: place for place, reason in enumerate(Reason)}


@dataclass(frozen=True)
class Proposal:
    """Two records of a model that may be one, by number, the lower first."""

    low_id: int
    high_id: int
    reasons: tuple

    @property
    def reason_labels(self):
        return [Reason(reason).label for reason in self.reasons]


@dataclass(eq=False)
class Entry:
    """What is compared of a record."""

    pk: int
    owners: tuple
    group: int | None
    codes: dict
    names: list = field(default_factory=list)

    def may_be(self, other):
        """Tell whether nothing known of two records says that they are two."""
        if self.pk == other.pk or self.pk == other.group or other.pk == self.group:
            return False
        if any(
            value and other.codes[name] and value != other.codes[name]
            for name, value in self.codes.items()
        ):
            return False
        return have_one_owner(self.owners, other.owners)


@dataclass(frozen=True)
class Use:
    """A name in use by a record, and in which part (name, alias or English name)."""

    entry: Entry
    part: str


def have_one_owner(first, second):
    """Tell whether two parts may belong to the same record: 1号楼 is in every park."""
    if not any(first) or not any(second):
        return True
    pairs = list(zip(first, second, strict=True))
    return all(a == b or None in (a, b) for a, b in pairs) and any(a and a == b for a, b in pairs)


def compared_models():
    """Return the models whose records are compared."""
    return subject_models(PublicRecord)


def unique_codes(model):
    """Return the fields by which the database knows a record of a model, its slug left out."""
    return [
        names[0]
        for names, _constraint in unique_groups(model)
        if len(names) == 1
        and names[0] != "slug"
        and isinstance(model._meta.get_field(names[0]), models.CharField)
    ]


class Finder:
    """Compares the records of one model; `run` returns the proposals, the strongest first."""

    def __init__(self, model):
        self.model = model
        self.reasons = defaultdict(set)
        self.uses = defaultdict(list)
        self.by_identity = defaultdict(list)
        self.by_reading = defaultdict(set)

    def run(self):
        self.read()
        for entries in self.by_identity.values():
            self.propose(neighbours(entries), Reason.IDENTITY)
        self.compare_equal()
        self.compare_readings()
        self.compare_left_out()
        self.compare_masked()
        proposals = [
            Proposal(low, high, tuple(sorted(found, key=STRENGTH.get)))
            for (low, high), found in self.reasons.items()
        ]
        return sorted(
            proposals,
            key=lambda each: (STRENGTH[each.reasons[0]], -len(each.reasons), each.low_id),
        )

    def read(self):
        meta = self.model._meta
        owners = [
            meta.get_field(path).attname for path in self.model.public_with if "__" not in path
        ]
        groups = [f.attname for f in meta.fields if f.related_model is self.model][:1]
        codes = unique_codes(self.model)
        identifying = list(self.model.identifying_fields)
        columns = ["pk", "name", "name_en", "aliases", *owners, *groups, *codes, *identifying]
        for row in self.model._base_manager.order_by("pk").values(*dict.fromkeys(columns)):
            entry = Entry(
                row["pk"],
                tuple(row[name] for name in owners),
                row[groups[0]] if groups else None,
                {name: self.identity(name, row[name]) for name in codes},
            )
            for name in identifying:
                if value := self.identity(name, row[name]):
                    self.by_identity[name, value].append(entry)
            self.note(entry, row["name"], Reason.NAME)
            self.note(entry, row["name_en"], Reason.ENGLISH)
            for alias in filter(None, row["aliases"].split("、")):
                self.note(entry, alias, Reason.ALIAS)

    def identity(self, name, value):
        return self.model.identity(name, value) if value else ""

    def note(self, entry, text, part):
        name = read_name(text)
        if name:
            self.uses[name.body].append((name, Use(entry, part)))

    def propose(self, pairs, reason):
        for first, second in pairs:
            if first.may_be(second):
                low, high = sorted([first.pk, second.pk])
                self.reasons[low, high].add(reason)

    def propose_uses(self, pairs, reason=None):
        """Propose the users of pairs of names that fit, for a reason or for that of equal names."""
        for (name, use), (other_name, other_use) in pairs:
            if name.fits(other_name):
                why = reason or reason_of(use, other_use)
                self.propose([(use.entry, other_use.entry)], why)

    def compare_equal(self):
        for uses in self.uses.values():
            self.propose_uses(neighbours(uses))

    def compare_readings(self):
        bodies_by_reading = defaultdict(list)
        for body, uses in self.uses.items():
            if reading := uses[0][0].reading:
                bodies_by_reading[reading].append(body)
        for bodies in bodies_by_reading.values():
            self.compare_bodies(bodies, Reason.READING)

    def compare_left_out(self):
        """Compare each body with those that lack a few characters of it in one place."""
        for body, uses in self.uses.items():
            if uses[0][0].is_chinese:
                for shorter in left_out(body):
                    if shorter in self.uses:
                        self.compare_bodies([body, shorter], Reason.NEAR)

    def compare_masked(self):
        """Compare the long bodies that differ in one character, one place after the other."""
        bodies = [
            body
            for body, uses in self.uses.items()
            if len(body) >= MIN_MASKED and uses[0][0].is_chinese
        ]
        for place in range(max(map(len, bodies), default=0)):
            masked = defaultdict(list)
            for body in bodies:
                if place < len(body) and not TELLING.match(body[place]):
                    masked[body[:place], body[place + 1 :]].append(body)
            for alike in masked.values():
                self.compare_bodies(alike, Reason.NEAR)

    def compare_bodies(self, bodies, reason):
        for first, second in neighbours(bodies):
            pairs = product(self.uses[first][:LARGE_GROUP], self.uses[second][:LARGE_GROUP])
            self.propose_uses(pairs, reason)


def neighbours(members):
    """Return the pairs of a group: all, or in a large one those that follow each other."""
    return combinations(members, 2) if len(members) <= LARGE_GROUP else pairwise(members)


def reason_of(use, other):
    """Return why two records with one name are proposed, by the parts that hold it."""
    parts = {use.part, other.part}
    return parts.pop() if len(parts) == 1 and Reason.ALIAS not in parts else Reason.ALIAS


def left_out(body):
    """Yield a body without each stretch of it that could be left out: 康建[商务]广场."""
    longest = min(MAX_LEFT_OUT, len(body) - MIN_KEPT, int(len(body) * (1 - MIN_SHARE)))
    for start in range(len(body)):
        for end in range(start + 1, min(start + longest, len(body)) + 1):
            if TELLING.match(body[end - 1]):
                break
            yield body[:start] + body[end:]


def newest_entries(models):
    """Return {label: the newest entry of a model's history}, from one query."""
    first, *others = (
        model.history.order_by()
        .annotate(label=Value(model._meta.label), newest=Func(F("history_id"), function="MAX"))
        .values_list("label", "newest")
        for model in models
    )
    return dict(first.union(*others, all=True))


def find_duplicates(model, newest):
    """Return the proposals for a model's records, remembered until the history goes on."""
    return cache.get_or_set(
        f"duplicates:{model._meta.label_lower}:{newest}",
        lambda: Finder(model).run(),
        REMEMBERED_SECONDS,
    )


def waiting_duplicates(models):
    """Return {model: the proposals that nobody has decided yet}."""
    newest = newest_entries(models)
    types = ContentType.objects.get_for_models(*models)
    decided = set(Distinction.objects.order_by().values_list("model_type_id", "low_id", "high_id"))
    return {
        model: [
            each
            for each in find_duplicates(model, newest[model._meta.label])
            if (types[model].pk, each.low_id, each.high_id) not in decided
        ]
        for model in models
    }
