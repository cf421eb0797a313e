"""Making one record of two, and taking it back: all of it or nothing."""

from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promotion.reference.ledger.duplicates import unique_codes
from promotion.reference.ledger.fields import NAMES, merged_aliases, pair_fields
from promotion.reference.ledger.journal import Journal, Reversal, passing_names
from promotion.reference.ledger.models import MAX_REASON, Merge
from promotion.reference.ledger.references import references_to
from promotion.reference.models import Citation
from promotion.reference.records import Part
from promotion.reference.rights import has_right, may_publish
from promotion.reference.spreadsheets.blockers import owner_of
from promotion.reference.spreadsheets.conditions import applies, unique_groups
from promotion.reference.spreadsheets.trail import ends_of, names_of

# Kept with the history, as it is for everyone, whatever the language of who merged.
REASON, UNDO_REASON = "合并 #{}", "撤销合并 #{}"
RIGHTS_TO_MERGE = ("change", "delete")
# Where a row stands in a list is no fact.
ARRANGEMENT = {"position"}
OVERTAKEN = gettext_lazy("数据库没有接受，可能刚有人改动了相同的记录。什么也没有改动，请再试一次。")


@dataclass(frozen=True)
class Obstacle:
    """A row that hinders a merge or its undoing, and what to do about it."""

    message: str
    model: type[models.Model] | None = None
    pk: int | None = None

    def __str__(self):
        return self.message


class MergeRefusedError(Exception):
    """A merge, or the undoing of one, that cannot be; nothing has been changed."""

    def __init__(self, *obstacles):
        super().__init__(" ".join(map(str, obstacles)))
        self.obstacles = obstacles


def may_merge(user, model):
    """Tell whether a user may make one record of two, or two of one again.

    What is merged may be public, or come before the public with what it joins.
    """
    return may_publish(user) and all(has_right(user, right, model) for right in RIGHTS_TO_MERGE)


def require_right(user, model):
    if not may_merge(user, model):
        raise MergeRefusedError(
            Obstacle(
                _("合并%(kind)s需要修改、删除和发布的权限。") % {"kind": model._meta.verbose_name}
            )
        )


def state_of(*records):
    """Return what tells whether any of the records has been edited since."""
    return "/".join(f"{record.pk}:{record.updated_at.isoformat()}" for record in records)


def conflicting_codes(kept, gone):
    """Return (field, kept value, other value) of each code by which the two are two things."""
    fields = [kept._meta.get_field(name) for name in unique_codes(type(kept))]
    values = [(each, getattr(kept, each.name), getattr(gone, each.name)) for each in fields]
    return [(field, a, b) for field, a, b in values if a and b and a != b]


def code_obstacles(kept, gone):
    return [
        Obstacle(
            _(
                "两条记录的“%(field)s”不同：%(first)s 和 %(second)s，所以不是同一个。如果其中一个"
                "写错了，请先改正那条记录；如果确实是两个，请标明“不是同一个”。"
            )
            % {"field": field.verbose_name, "first": first, "second": second},
            type(gone),
            gone.pk,
        )
        for field, first, second in conflicting_codes(kept, gone)
    ]


def own_row_obstacles(gone):
    """Return what hinders moving the rows that are a record's own by their very key."""
    return [
        Obstacle(
            _("“%(record)s”存有%(kind)s，不能移到另一条。请改为保留它，或先删去那一份。")
            % {"record": gone, "kind": relation.related_model._meta.verbose_name},
            type(gone),
            gone.pk,
        )
        for relation in gone._meta.related_objects
        if relation.one_to_one
        and relation.field.primary_key
        and relation.related_model._base_manager.filter(pk=gone.pk).exists()
    ]


def merge(model, kept_id, gone_id, *, user=None, taken=(), reason="", seen=""):
    """Make one record of two and return the Merge.

    `taken` names the fields whose value comes from the record that goes where the two contradict
    each other; `seen` is the `state_of` both that the decision was made on. Raises
    MergeRefusedError, having touched nothing.
    """
    require_right(user, model)
    if kept_id == gone_id:
        raise MergeRefusedError(Obstacle(_("一条记录不能与自己合并。")))
    try:
        with transaction.atomic():
            return Merging(model, kept_id, gone_id, user, seen).run(taken, reason[:MAX_REASON])
    except DatabaseError:
        raise MergeRefusedError(Obstacle(str(OVERTAKEN))) from None


class Merging:
    """One merge, inside the caller's transaction."""

    def __init__(self, model, kept_id, gone_id, user, seen=""):
        self.model = model
        self.user = user
        self.journal = Journal()
        # Locked in the order of their numbers, so that two merges wait for each other.
        locked = model._base_manager.filter(pk__in=[kept_id, gone_id]).order_by("pk")
        found = {record.pk: record for record in locked.select_for_update()}
        if len(found) < 2:
            raise MergeRefusedError(
                Obstacle(_("其中一条记录已经不在了，可能刚刚被合并或删除。请回到列表再看。"))
            )
        self.kept, self.gone = found[kept_id], found[gone_id]
        if seen and seen != state_of(self.kept, self.gone):
            raise MergeRefusedError(
                Obstacle(_("您打开这一页之后，有人改动了其中一条记录。请核对新的内容再合并。"))
            )

    def run(self, taken, reason):
        obstacles = code_obstacles(self.kept, self.gone) + own_row_obstacles(self.gone)
        if obstacles:
            raise MergeRefusedError(*obstacles)
        pairings = pair_fields(self.kept, self.gone)
        values = {}
        for pairing in pairings:
            values |= pairing.values(pairing.name in taken)
        values["aliases"] = merged_aliases(self.kept, self.gone, values)
        for pairing in pairings:
            if pairing.contradicts:
                loser = self.kept if pairing.name in taken else self.gone
                self.release_citations(loser, pairing)
        self.move(self.model, self.gone.pk, self.kept.pk)
        # What the one that goes holds alone is free for the other from here on.
        self.journal.delete(self.model, self.gone.pk)
        self.keep(values)
        return self.record(reason)

    def keep(self, values):
        """Save what the record that stays says."""
        kept = self.model._base_manager.get(pk=self.kept.pk)
        for name, value in values.items():
            setattr(kept, name, value)
        try:
            kept.full_clean()
        except ValidationError as error:
            raise MergeRefusedError(
                *(
                    Obstacle(f"{self.field_label(name)}{text}", self.model, kept.pk)
                    for name, texts in error.message_dict.items()
                    for text in texts
                )
            ) from None
        self.journal.update(self.model, kept.pk, values)

    def field_label(self, name):
        names = {field.name for field in self.model._meta.fields}
        if name not in names:
            return ""
        return _("“%(field)s”：") % {"field": self.model._meta.get_field(name).verbose_name}

    def record(self, reason):
        made = Merge.objects.create(
            model_type=ContentType.objects.get_for_model(self.model),
            user=self.user,
            kept_id=self.kept.pk,
            gone_id=self.gone.pk,
            kept_name=self.model._base_manager.get(pk=self.kept.pk).name,
            gone_name=self.gone.name,
            gone_slug=self.gone.slug,
            reason=reason,
            journal=self.journal.listed(),
        )
        told = REASON.format(made.pk)
        self.journal.write_history(self.user, f"{told}：{reason}" if reason else told)
        return made

    # Relations

    def release_citations(self, loser, pairing):
        """Let what supports a value that is not kept support the record as a whole.

        A source that says otherwise must not stand behind the value that is shown. A name that
        is not kept becomes an alias.
        """
        field = "aliases" if pairing.name in NAMES else ""
        cited = loser.citations.filter(field__in=[each.name for each in pairing.fields])
        for citation in cited.order_by("pk"):
            changes = {"field": field, "subject_id": self.kept.pk}
            if self.twins(Citation, changed(citation, changes), changes):
                # The record is cited from that place already.
                self.journal.delete(Citation, citation.pk)
            else:
                self.journal.update(Citation, citation.pk, changes)

    def move(self, model, old, new):
        """Let everything that points at one record point at another."""
        for reference in references_to(model):
            rows = reference.rows(model, [old]).order_by("pk").values_list("pk", flat=True)
            for pk in list(rows):
                self.redirect(reference, model, pk, new)

    def redirect(self, reference, model, pk, new):
        table, changes = reference.table, {reference.column: new}
        row = changed(table._base_manager.get(pk=pk), changes)
        twins = self.twins(table, row, changes)
        others = list(reference.rows(model, [new])) if issubclass(table, Part) and not twins else []
        same = next((each for each in [*twins, *others] if self.say_the_same(row, each)), None)
        if same is not None:
            self.move(table, pk, same.pk)
            self.journal.delete(table, pk)
            return
        if twins:
            raise MergeRefusedError(self.twin_obstacle(row, twins[0]))
        try:
            row.validate_constraints()
        except ValidationError as error:
            owner, key = owner_of(table)
            raise MergeRefusedError(
                Obstacle(
                    _("%(kind)s“%(row)s”不能改指保留的记录：%(problem)s 请先改好这一条再合并。")
                    % {
                        "kind": table._meta.verbose_name,
                        "row": row,
                        "problem": " ".join(error.messages),
                    },
                    owner,
                    getattr(row, key),
                )
            ) from None
        self.journal.update(table, pk, changes)

    def twins(self, table, row, changes):
        """Return the rows with which a changed row cannot be, for they hold what must be unique."""
        found = []
        for names, constraint in groups_of(table):
            columns = [table._meta.get_field(name).attname for name in names]
            wanted = {column: getattr(row, column) for column in columns}
            if not wanted.keys() & changes.keys() or None in wanted.values():
                continue
            if constraint and not applies(constraint, row):
                continue
            condition = (constraint and constraint.condition) or Q()
            found += table._base_manager.filter(condition, **wanted).exclude(pk=row.pk)
        return found

    def say_the_same(self, row, other):
        """Tell whether two rows differ in nothing but what names them."""
        table = type(row)
        named = {names[0] for names, _constraint in unique_groups(table) if len(names) == 1}
        passing = passing_names(table) | {"created_at"}
        for field in table._meta.concrete_fields:
            if field.primary_key or field.name in named | ARRANGEMENT or field.attname in passing:
                continue
            if getattr(row, field.attname) != getattr(other, field.attname):
                return False
        return all(
            targets_of(field, row.pk) == targets_of(field, other.pk)
            for field in table._meta.many_to_many
            if field.remote_field.through._meta.auto_created
        )

    def twin_obstacle(self, row, twin):
        table = type(row)
        differing = [
            capfirst(str(field.verbose_name))
            for field in table._meta.concrete_fields
            if field.editable
            and not field.primary_key
            and getattr(row, field.attname) != getattr(twin, field.attname)
        ]
        return Obstacle(
            _(
                "两条记录各有一条%(kind)s“%(row)s”，只能留一条，而它们的%(fields)s不同。请先把两条"
                "改成一致，或删去不对的一条，再合并。"
            )
            % {"kind": table._meta.verbose_name, "row": twin, "fields": "、".join(differing)},
            table,
            row.pk,
        )


def groups_of(table):
    """Return (field names, constraint) of what a table holds unique, many-to-many tables too."""
    return [*unique_groups(table), *((names, None) for names in table._meta.unique_together)]


def changed(row, changes):
    """Return a row with other values, not saved."""
    for name, value in changes.items():
        setattr(row, name, value)
    return row


def targets_of(field, pk):
    owner, target = ends_of(field)
    rows = field.remote_field.through._base_manager.filter(**{owner: pk})
    return set(rows.values_list(target, flat=True))


def undo_merge(merge_id, user=None):
    """Set every row that a merge changed back to what it was.

    Raises MergeRefusedError, having touched nothing, if any of them has changed since.
    """
    try:
        with transaction.atomic():
            made = Merge.objects.select_for_update().get(pk=merge_id)
            require_right(user, made.model)
            if made.undone_at:
                raise MergeRefusedError(Obstacle(_("这次合并已经撤销过了。")))
            reversal = Reversal(made.journal)
            if obstacles := [*undo_obstacles(made, reversal)]:
                raise MergeRefusedError(*obstacles)
            reversal.run(user, UNDO_REASON.format(made.pk))
            made.undone_at, made.undone_by = timezone.now(), user
            made.save(update_fields=["undone_at", "undone_by"])
            return made
    except DatabaseError:
        raise MergeRefusedError(Obstacle(str(OVERTAKEN))) from None


def undo_obstacles(made, reversal):
    """Yield what hinders undoing a merge, each row by its name."""
    for table, entry, columns in reversal.changes_since():
        values = {**named(table, entry), "fields": column_labels(table, columns)}
        if columns:
            yield Obstacle(
                _("%(kind)s“%(row)s”在合并之后又有改动：%(fields)s。请先改回，再撤销合并。")
                % values,
                table,
                entry["pk"],
            )
        else:
            yield Obstacle(
                _("%(kind)s“%(row)s”在合并之后少了关系或已被删除，不能撤销合并。") % values
            )
    for table, entry, column in reversal.lost_targets():
        yield Obstacle(
            _("%(kind)s“%(row)s”原来的“%(fields)s”已不存在，不能撤销合并。")
            % {**named(table, entry), "fields": column_labels(table, [column])}
        )
    taken = made.model._base_manager.filter(slug=made.gone_slug).first()
    if taken:
        yield Obstacle(
            _("网址代码“%(slug)s”现在由“%(row)s”使用。请先改它的网址代码，再撤销合并。")
            % {"slug": made.gone_slug, "row": taken},
            made.model,
            taken.pk,
        )


def named(table, entry):
    """Return what a row of a journal is called; a row of a many-to-many field after its owner."""
    owner, key = owner_of(table)
    pk = entry["pk"] if owner is table else (entry["after"] or entry["before"])[key]
    return {"kind": owner._meta.verbose_name, "row": names_of(owner, [pk])[0][pk]}


def column_labels(table, columns):
    fields = {field.attname: str(field.verbose_name) for field in table._meta.concrete_fields}
    return "、".join(capfirst(fields[name]) for name in columns)
