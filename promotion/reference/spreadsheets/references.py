"""Columns that name other records: by code, by exact name, by English name or alias."""

import re
from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from django.utils import timezone
from django.utils.translation import gettext as _

from promotion.reference.batches import in_batches, listed
from promotion.reference.reach import choosable
from promotion.reference.spreadsheets.codecs import WARN, in_lines
from promotion.reference.spreadsheets.columns import Column
from promotion.reference.spreadsheets.lookups import (
    SEPARATORS,
    FileRow,
    Lookup,
    made_up_record,
    names_to_choose,
    naming_rule,
    text_of,
)
from promotion.reference.spreadsheets.problems import CellError, shown
from promotion.reference.spreadsheets.texts import IdentifierCodec, TextCodec

WEAK_SEPARATORS = re.compile(r"[,，]")
SEPARATOR = "、"


class ReferenceColumn(Column):
    """A foreign key, written as the slug of its target."""

    enforcement = WARN
    naming_columns = ("slug", "name", "name_en")
    """The columns by which a row of the same file may be named."""

    def __init__(self, field, codec=None, key="slug"):
        super().__init__(field, codec or TextCodec(), attribute=f"{field.name}__{key}")
        self.target = field.related_model

    @property
    def is_self_reference(self):
        return self.target is self.field.model

    @property
    def related_models(self):
        return [self.target]

    def decoder(self, cells, names, file_rows=None):
        """`file_rows` finds a row of the same file by name, where the target may be one."""
        lookup = Lookup(self.target, {text_of(cell) for cell in cells}, names)

        def decode(cell, **kwargs):
            text = self.widget.clean(cell)
            found = lookup.find(text)
            if found is None and file_rows is not None:
                found = file_rows(text)
            if found is None:
                raise lookup.missing([text])
            return found

        return decode

    def current(self, instances):
        return lambda instance: getattr(instance, self.field.attname)

    def comparable(self, value):
        return getattr(value, "pk", value)

    def assign(self, instance, value):
        if isinstance(value, FileRow):
            # Its id is known only when it is written.
            setattr(instance, self.field.attname, None)
        else:
            super().assign(instance, value)

    def holds(self, cell, current):
        return False

    def texts(self, values):
        # A value that is not an id is a new row of the same file, which shows its own name.
        pks = [value for value in values if isinstance(value, int)]
        slugs = dict(self.target._default_manager.filter(pk__in=pks).values_list("pk", "slug"))
        return {value: slugs.get(value, str(value or "")) for value in values}

    def allowed_values(self, limit, user=None):
        return names_to_choose(self.target, limit, user)

    def form(self):
        own = _("也可以填本表中另一行的名称。") if self.is_self_reference else ""
        return in_lines(naming_rule(self.target), own)

    def example(self):
        return made_up_record(self.target)


class CodeColumn(ReferenceColumn):
    """A foreign key to rows that have no name of their own, written as the code of its target."""

    naming_columns = ("code",)

    def __init__(self, field):
        super().__init__(field, IdentifierCodec(), key="code")

    def decoder(self, cells, names, file_rows=None):
        wanted = {text_of(cell) for cell in cells}
        known = {
            row.code: row
            for batch in in_batches(wanted)
            for row in self.target._default_manager.filter(code__in=batch)
        }

        def decode(cell, **kwargs):
            code = self.widget.clean(cell)
            found = known.get(code) or (file_rows and file_rows(code))
            if not found:
                raise CellError(
                    _("没有代码为“%(code)s”的%(model)s。")
                    % {"code": shown(code), "model": self.target._meta.verbose_name}
                )
            return found

        return decode

    def texts(self, values):
        pks = [value for value in values if isinstance(value, int)]
        codes = dict(self.target._default_manager.filter(pk__in=pks).values_list("pk", "code"))
        return {value: codes.get(value, str(value or "")) for value in values}

    def allowed_values(self, limit, user=None):
        rows = choosable(user, self.field).order_by("code")
        return list(rows.values_list("code", flat=True)[:limit])

    def form(self):
        return in_lines(
            _("填已有%(model)s的代码。") % {"model": self.target._meta.verbose_name},
            _("也可以填本表中另一行的代码。"),
        )

    def example(self):
        return "shi-li"


@dataclass
class Links:
    """The rows of a relation, as {owner id: {target id: row id}}: those that hold, those ended."""

    running: dict = dataclass_field(default_factory=lambda: defaultdict(dict))
    ended: dict = dataclass_field(default_factory=lambda: defaultdict(dict))


class ManyColumn(Column):
    """A many-to-many relation, written as the slugs of its targets in one cell."""

    is_relation = True
    enforcement = ""
    fixed = {}
    """The values of the rows in question, where they have more than their two ends."""
    ended = ""
    """The field of a row that says since when it holds no more."""

    def __init__(self, field):
        super().__init__(field, TextCodec(multiline=True))
        self.target = field.related_model
        self.through = field.remote_field.through
        self.owner_name = field.m2m_field_name()
        self.target_name = field.m2m_reverse_field_name()

    @property
    def is_required(self):
        return False

    @property
    def related_models(self):
        return [self.target]

    def empty_value(self, is_new):
        return frozenset()

    def decoder(self, cells, names):
        texts = set()
        for cell in cells:
            text = text_of(cell)
            texts.add(text)
            for piece in pieces_of(text, SEPARATORS):
                texts.update([piece, *pieces_of(piece, WEAK_SEPARATORS)])
        lookup = Lookup(self.target, texts, names)

        def decode(cell, **kwargs):
            return self.split(self.widget.clean(cell), lookup)

        return decode

    def split(self, text, lookup):
        """Return the targets that a text names; a name may itself hold a separator."""
        whole = lookup.find(text)
        if whole:
            return frozenset([whole])
        found, missing = set(), []
        for piece in pieces_of(text, SEPARATORS):
            target = lookup.find(piece)
            smaller = [] if target else pieces_of(piece, WEAK_SEPARATORS)
            for word in smaller if len(smaller) > 1 else [piece]:
                target = lookup.find(word)
                if target:
                    found.add(target)
                else:
                    missing.append(word)
        if missing:
            raise lookup.missing(missing)
        return frozenset(found)

    def allowed_values(self, limit, user=None):
        """Return single values; a cell may hold several of them."""
        return names_to_choose(self.target, limit, user)

    def form(self):
        return in_lines(naming_rule(self.target), _("可以填多个，用顿号（、）隔开。"))

    def example(self):
        name = made_up_record(self.target)
        return SEPARATOR.join([f"{name}一", f"{name}二"])

    def rows_of(self, owners):
        """Return the rows of the relation that belong to the owners with these ids."""
        return self.through._default_manager.filter(
            **{f"{self.owner_name}__in": listed(owners)}, **self.fixed
        ).order_by()

    def links(self, owners):
        """Return the present links of these records."""
        links = Links()
        names = [f"{self.owner_name}_id", f"{self.target_name}_id", "pk"]
        if self.ended:
            names.append(self.ended)
        for batch in in_batches(owner.pk for owner in owners):
            for owner, target, pk, *end in self.rows_of(batch).values_list(*names):
                kept = links.running if all(map(is_running, end)) else links.ended
                kept[owner][target] = pk
        return links

    def refuse_links(self, owner, targets, links):
        """Return the error for targets that may not be added to this owner, or None."""

    def lossy_removals(self, links):
        """Return {link: error} for the links that say more than their place in the cell."""
        return {}

    def comparable(self, value):
        return frozenset(target.pk for target in value)

    def holds(self, cell, current):
        return False

    def texts(self, values):
        pks = set().union(*values)
        slugs = dict(self.target._default_manager.filter(pk__in=pks).values_list("pk", "slug"))
        return {
            value: SEPARATOR.join(sorted(slugs[pk] for pk in value if pk in slugs))
            for value in values
        }

    @property
    def exported(self):
        return ["pk"]

    def cells(self, pks):
        slugs = defaultdict(list)
        names = [f"{self.owner_name}_id", f"{self.target_name}__slug"]
        if self.ended:
            names.append(self.ended)
        for batch in in_batches(pks):
            rows = self.rows_of(batch).values_list(*names)
            if self.ended:
                rows = [(pk, slug) for pk, slug, end in rows if is_running(end)]
            for pk, slug in rows:
                slugs[pk].append(slug)
        cells = {pk: SEPARATOR.join(sorted(found)) for pk, found in slugs.items()}
        return [cells.get(pk) for pk in pks]


def is_running(end):
    """Tell whether a link that ends then still holds; partial dates compare as text, as exactly
    as the end is known: what ends this month or year still runs."""
    return not end or end >= timezone.localdate().isoformat()[: len(end)]


def pieces_of(text, separators):
    return [piece.strip() for piece in separators.split(text) if piece.strip()]
