"""Statements about what is still to come: by when, and whether anyone has confirmed them since.

One rule for every page, sheet, feed, calendar and document; how it is worded is in wording.py.
"""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from promotion.reference.fields import PartialDateField, partial_date_bounds
from promotion.reference.records import known_values
from promotion.reference.vocabulary import ClaimStatus, Stage

OPEN_CLAIMS = (ClaimStatus.PLANNED, ClaimStatus.FORECAST, ClaimStatus.HOPED)
OPEN_STAGES = (Stage.PLANNED, Stage.UNDER_WAY)


def is_past(partial_date, day):
    """Tell whether the whole period that a partial date may mean lies before a day."""
    return partial_date_bounds(partial_date)[1] < day


class Statement:
    """What may say that something is still to come: a row of a model, or a link to one."""

    forward_values = {}
    """Field → the values by which it says that something is still to come."""
    due_fields = ("due_on",)
    """The fields that tell by when, the most telling first."""

    @property
    def is_forward(self):
        return any(
            getattr(self, name, "") in values for name, values in self.forward_values.items()
        )

    @property
    def due(self):
        """By when it was to come true, as exactly as it is known; "" where nobody said."""
        return next(filter(None, (getattr(self, name) for name in self.due_fields)), "")

    @property
    def last_word(self):
        """When it was last said, or last checked, that it is still to come."""
        return max(self.as_of, str(self.verified_on or ""))

    def unconfirmed_since(self, today=None):
        """Return since when what was to come is unconfirmed; "" while it may still come.

        A promise with a date is unconfirmed once that date is past, one without a date once
        nobody has repeated it for UNDATED_CLAIM_DAYS.
        """
        today = today or timezone.localdate()
        if not self.is_forward:
            return ""
        if self.due:
            return self.due if is_past(self.due, today) else ""
        limit = today - datetime.timedelta(days=settings.UNDATED_CLAIM_DAYS)
        return self.last_word if self.last_word and is_past(self.last_word, limit) else ""


class ForwardRecord(Statement, models.Model):
    """Base of every model whose rows may be about what is still to come."""

    due_on = PartialDateField(
        _("应实现日期"),
        help_text=_(
            "文件说什么时候实现就填什么时候：2024、2024-12 或 2024-12-31；没有说就留空。"
            "过了这个时间仍未实现，网页会写明“未见证实”。"
        ),
    )

    class Meta:
        abstract = True

    @classmethod
    def claim_fields(cls):
        """Return the names of the fields that tell how far a row has come, and as of when."""
        return [*cls.forward_values, *cls.due_fields, "as_of", "verified_on"]

    @classmethod
    def forward_q(cls):
        """Return the condition for rows that are about what is still to come."""
        condition = Q(pk__in=[])
        for name, values in cls.forward_values.items():
            condition |= Q(**{f"{name}__in": values})
        return condition


def claim_status_field(default=ClaimStatus.ACHIEVED, help_text=""):
    """Return the field that says how far a statement has come true."""
    return models.CharField(
        _("实现状态"),
        max_length=10,
        choices=ClaimStatus.choices,
        default=default,
        help_text=help_text or _("原文用“拟、将”是计划，“预计”是预计，“有望、力争”是期望。"),
    )


class Claim(ForwardRecord):
    """A row that states something, and how far that has come true."""

    forward_values = {"claim_status": OPEN_CLAIMS}

    claim_status = claim_status_field()

    class Meta:
        abstract = True
        constraints = [known_values("claim_status", ClaimStatus)]


class Staged(ForwardRecord):
    """A place or project that is planned, under way or there."""

    forward_values = {"stage": OPEN_STAGES}

    stage = models.CharField(_("建设阶段"), max_length=10, choices=Stage.choices, blank=True)

    class Meta:
        abstract = True
        constraints = [known_values("stage", Stage, blank=True)]
