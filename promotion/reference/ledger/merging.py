"""Making one record of two, and taking it back: all of it or nothing."""

from itertools import islice

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from promotion.audit.services import log
from promotion.audit.vocabulary import Action
from promotion.reference.editorial.submissions import open_submission
from promotion.reference.ledger.duplicates import unique_codes
from promotion.reference.ledger.fields import NAMES, merged_aliases, pair_fields
from promotion.reference.ledger.journal import Journal, Reversal
from promotion.reference.ledger.models import MAX_REASON, Merge
from promotion.reference.ledger.references import references_to
from promotion.reference.ledger.refusals import (
    MergeRefusedError,
    Obstacle,
    refuse_public,
    require_right,
    touched_rows,
)
from promotion.reference.ledger.residents import Residents, broken_rules, rows_of
from promotion.reference.models import Citation
from promotion.reference.spreadsheets.blockers import owner_of
from promotion.reference.spreadsheets.trail import names_of
from promotion.reference.stated_values import written

# Kept with the history, as it is for everyone, whatever the language of who merged.
REASON, UNDO_REASON = "合并 #{}", "撤销合并 #{}"
# Who must mend more will be told the next ones after these.
OBSTACLES_TOLD = 20
OVERTAKEN = gettext_lazy("数据库没有接受，可能刚有人改动了相同的记录。什么也没有改动，请再试一次。")


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


def review_obstacles(kept, gone):
    """Return what waits for review of either: kept by the rows' numbers, it would fit no more."""
    return [
        Obstacle(
            _("“%(record)s”有待审的改动，请先审核或撤回，再合并。") % {"record": record},
            type(record),
            record.pk,
        )
        for record in (kept, gone)
        if (submission := open_submission(record)) and submission.changes
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
        refuse_public(self.user, {self.model: [self.kept.pk, self.gone.pk]})
        obstacles = [
            *code_obstacles(self.kept, self.gone),
            *review_obstacles(self.kept, self.gone),
            *own_row_obstacles(self.gone),
        ]
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
        self.move(self.model, {self.gone.pk: self.kept.pk})
        # What the one that goes holds alone is free for the other from here on.
        self.journal.delete(self.model, [self.gone.pk])
        self.keep(values)
        refuse_public(self.user, touched_rows(self.journal.listed()))
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
        self.journal.update(self.model, {kept.pk: values})

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
        log(Action.MERGE, self.kept, self.user, merge=made.pk, gone=self.gone.pk)
        return made

    # Relations

    def release_citations(self, loser, pairing):
        """Let what supports a value that is not kept say so, or support the record as a whole.

        A source that says otherwise must not stand behind the value that is shown. A name that
        is not kept becomes an alias.
        """
        winner = self.kept if loser is self.gone else self.gone
        held, backed = places_of(self.kept), places_of(winner)
        deleted, changes = [], {}
        cited = loser.citations.filter(field__in=[each.name for each in pairing.fields])
        for citation in cited.supporting().order_by("pk"):
            stated = written(loser, citation.field)
            if stated and place_of(citation) not in backed:
                values = {"stated_value": stated}
            else:
                citation.field = "aliases" if pairing.name in NAMES else ""
                values = {"field": citation.field}
                if place_of(citation) in held:
                    # The record is cited from that place already.
                    deleted.append(citation.pk)
                    continue
            held.add(place_of(citation))
            changes[citation.pk] = {**values, "subject_id": self.kept.pk}
        self.journal.delete(Citation, deleted)
        self.journal.update(Citation, changes)

    def move(self, model, successors):
        """Let everything that points at some records point at others, given as {old: new}."""
        for reference in references_to(model):
            rows = rows_of(reference, model, successors)
            if rows:
                others = rows_of(reference, model, set(successors.values()))
                self.redirect(reference, rows, others, successors)

    def redirect(self, reference, rows, others, successors):
        """Let rows point elsewhere; one that says the same as a row already there becomes it."""
        table, column = reference.table, reference.column
        changes = {row.pk: {column: successors[getattr(row, column)]} for row in rows}
        for row in rows:
            setattr(row, column, changes[row.pk][column])
        residents = Residents(table, column, rows, others)
        same, obstacles = {}, []
        for row in rows:
            twins = residents.twins(row)
            if found := residents.like(row, twins):
                same[row.pk] = found.pk
                del changes[row.pk]
            elif twins:
                obstacles.append(self.twin_obstacle(row, twins[0]))
            elif broken := broken_rules(row):
                obstacles.append(rule_obstacle(row, broken))
        if obstacles:
            raise MergeRefusedError(*obstacles[:OBSTACLES_TOLD])
        if same:
            self.move(table, same)
            self.journal.delete(table, list(same))
        self.journal.update(table, changes)

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


def rule_obstacle(row, problems):
    table = type(row)
    owner, key = owner_of(table)
    return Obstacle(
        _("%(kind)s“%(row)s”不能改指保留的记录：%(problem)s 请先改好这一条再合并。")
        % {"kind": table._meta.verbose_name, "row": row, "problem": " ".join(problems)},
        owner,
        getattr(row, key),
    )


def place_of(citation):
    """Return what no two citations of a record may share."""
    return citation.field, citation.source_id, citation.paragraph


def places_of(record):
    return {place_of(citation) for citation in record.citations.all()}


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
            if obstacles := [*islice(undo_obstacles(made, reversal), OBSTACLES_TOLD)]:
                raise MergeRefusedError(*obstacles)
            rows = touched_rows(made.journal)
            refuse_public(user, rows)
            reversal.run(user, UNDO_REASON.format(made.pk))
            refuse_public(user, rows)
            made.undone_at, made.undone_by = timezone.now(), user
            made.save(update_fields=["undone_at", "undone_by"])
            kept = made.model._base_manager.get(pk=made.kept_id)
            log(Action.UNDO_MERGE, kept, user, merge=made.pk, gone=made.gone_id)
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
    for entry, fault in reversal.lost_anchors():
        yield Obstacle(
            _("%(kind)s“%(row)s”不能按原样恢复：%(fault)s请先存入有这个短语的原文，再撤销合并。")
            % {**named(Citation, entry), "fault": fault}
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
    pk = entry["pk"] if owner is table else {**entry["before"], **(entry["after"] or {})}[key]
    return {"kind": owner._meta.verbose_name, "row": names_of(owner, [pk])[0][pk]}


def column_labels(table, columns):
    fields = {field.attname: str(field.verbose_name) for field in table._meta.concrete_fields}
    return "、".join(capfirst(fields[name]) for name in columns)
