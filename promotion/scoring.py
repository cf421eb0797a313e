"""What a criterion of the public content is, and how far the data meets it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from django.db import models
from django.utils.translation import gettext_lazy as _

ROWS_NAMED = 5


class Level(models.TextChoices):
    """How far a criterion is met."""

    FULL = "full", _("完整")
    PARTIAL = "partial", _("部分")
    ABSENT = "absent", _("没有")
    UNSCORED = "unscored", _("数据看不出")


class Area(models.TextChoices):
    """What part of a site a criterion is about."""

    CONTENT = "content", _("内容")
    PROMOTION = "promotion", _("推介")
    DESIGN = "design", _("设计")
    ARCHITECTURE = "architecture", _("结构")
    ENQUIRIES = "enquiries", _("咨询")


@dataclass(frozen=True)
class Check:
    """A condition on rows: full if all (or enough of them) meet it, absent if none does."""

    rows: Callable
    """Return the rows that it looks at, as querysets of one or more models."""
    meets: Callable
    """Return those of a queryset that meet the condition."""
    to_mend: str | Callable
    """The field of a row that would be mended, or a function that returns its name."""
    enough: int = 0
    """How many rows are enough; 0 means all."""
    tells_nothing_without_rows: bool = False
    """Whether having no rows says nothing, rather than that something is absent."""


@dataclass(frozen=True)
class Result:
    """What a check found."""

    check: Check
    total: int
    met: int

    @property
    def enough(self):
        """How many rows are enough."""
        return self.check.enough or self.total

    @property
    def level(self):
        if not self.total and self.check.tells_nothing_without_rows:
            return Level.UNSCORED
        if not self.met:
            return Level.ABSENT
        return Level.FULL if self.met >= self.enough else Level.PARTIAL

    @property
    def models(self):
        """The models whose records would raise the level."""
        return [rows.model for rows in self.check.rows()]

    def field_of(self, row):
        """Return the name of the field of a row that would be mended."""
        to_mend = self.check.to_mend
        return to_mend(row) if callable(to_mend) else to_mend

    def rows_to_mend(self):
        """Return the first rows that do not meet the condition."""
        found = []
        for rows in self.check.rows():
            met = self.check.meets(rows).order_by().values("pk")
            found += rows.exclude(pk__in=met).order_by("pk")[: ROWS_NAMED - len(found)]
            if len(found) == ROWS_NAMED:
                break
        return found


@dataclass(frozen=True)
class Criterion:
    """Something that specialists look for, and the rule by which it is scored.

    One without checks is not scored; its rule says why.
    """

    key: str
    area: Area
    name: str
    rule: str
    checks: list[Check] = field(default_factory=list)


@dataclass
class Score:
    """How far a criterion is met."""

    criterion: Criterion

    @cached_property
    def results(self):
        results = []
        for check in self.criterion.checks:
            querysets = check.rows()
            total = sum(rows.count() for rows in querysets)
            met = sum(check.meets(rows).count() for rows in querysets)
            results.append(Result(check, total, met))
        return results

    @property
    def level(self):
        """Full or absent where every check is so, else partial."""
        levels = {result.level for result in self.results} or {Level.UNSCORED}
        return levels.pop() if len(levels) == 1 else Level.PARTIAL

    @property
    def open_results(self):
        """The results that would raise the level if they were better."""
        return [r for r in self.results if r.level in (Level.ABSENT, Level.PARTIAL)]
