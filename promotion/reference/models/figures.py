"""Numbers that sources give about records."""

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from promotion.reference.claims import Claim
from promotion.reference.ledger.models import Distinction, Merge  # noqa: F401 tables of this app
from promotion.reference.models.subjects import SubjectModel, subject_models
from promotion.reference.publish_rules import CitedAtAll, Translated
from promotion.reference.records import (
    Freshness,
    Part,
    PartQuerySet,
    PublicRecord,
    known_values,
)
from promotion.reference.vocabulary import (
    Bound,
    Unit,
)

CHAINED = _("请直接选公开显示的那个数据，不要一个接着一个。")
OF_ANOTHER = _("请选同一条记录的数据。")


class FigureQuerySet(PartQuerySet):
    def published(self, at=None):
        """Return the figures whose subject is public and that staff have set against no other."""
        condition = Q(pk__in=[])
        for model in subject_models(PublicRecord):
            public = model._default_manager.published(at).filter(pk=OuterRef("subject_id"))
            content_type = ContentType.objects.get_for_model(model)
            condition |= Q(subject_type=content_type) & Q(Exists(public.order_by()))
        return self.shown().filter(condition)

    def shown(self):
        """Return the figures that stand for their measure, rather than beside another."""
        return self.filter(alternative_to=None)

    def get_by_natural_key(self, code):
        return self.get(code=code)


class Figure(SubjectModel, Claim, Part):
    """A number a source gives about a record, with its unit, bound, period and claim status."""

    key_fields = ("code",)
    # A number has no use apart from its unit, its period and its scope: one citation is for all.
    publish_rules = [Translated(), CitedAtAll("value")]

    code = models.CharField(
        _("数据代码"), max_length=80, unique=True, help_text=_("例如 qilianshan-belt-length。")
    )
    label = models.CharField(_("指标"), max_length=120)
    label_en = models.CharField(_("指标（英文）"), max_length=200, blank=True)
    value = models.DecimalField(_("数值"), max_digits=15, decimal_places=4)
    unit = models.CharField(_("单位"), max_length=10, choices=Unit.choices)
    bound = models.CharField(
        _("精确程度"), max_length=10, choices=Bound.choices, default=Bound.EXACT
    )
    period = models.CharField(_("所属期间"), max_length=60, blank=True)
    period_en = models.CharField(_("所属期间（英文）"), max_length=100, blank=True)
    scope = models.CharField(
        _("统计范围"), max_length=120, blank=True, help_text=_("数字指的是哪里、哪些对象。")
    )
    scope_en = models.CharField(_("统计范围（英文）"), max_length=200, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    note_en = models.CharField(_("说明（英文）"), max_length=400, blank=True)
    is_headline = models.BooleanField(_("首页显示"), default=False)
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)
    alternative_to = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="alternatives",
        verbose_name=_("以哪个数据为准"),
        help_text=_("两份资料说法不同时，公开页面显示哪一个；留空就显示这个数据自己。"),
    )

    objects = FigureQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = pgettext_lazy("one", "数据")
        verbose_name_plural = _("数据")
        indexes = [
            models.Index(fields=["subject_type", "subject_id"]),
            # The few of the home page, among the figures of all enterprises.
            models.Index(
                fields=["alternative_to", "position", "id"],
                condition=Q(is_headline=True),
                name="reference_figure_headlines",
            ),
        ]
        constraints = [
            *Freshness.Meta.constraints,
            known_values("unit", Unit),
            known_values("bound", Bound),
            *Claim.Meta.constraints,
            models.CheckConstraint(
                condition=Q(alternative_to=None) | ~Q(alternative_to=F("pk")),
                name="reference_figure_not_its_own_alternative",
                violation_error_message=_("数据不能以自己为准；要显示它，请留空。"),
            ),
        ]

    def __str__(self):
        return self.label

    def clean(self):
        super().clean()
        shown = self.alternative_to
        if shown is None:
            return
        if shown.alternative_to_id or (self.pk and self.alternatives.exists()):
            raise ValidationError({"alternative_to": CHAINED})
        if (shown.subject_type_id, shown.subject_id) != (self.subject_type_id, self.subject_id):
            raise ValidationError({"alternative_to": OF_ANOTHER})

    def natural_key(self):
        return (self.code,)

    @property
    def measure(self):
        """What is measured, of whom, and for when: two figures that share it should agree.

        A plan and what came of it are two measures. Without a period its date tells them apart.
        """
        return (
            self.subject_type_id,
            self.subject_id,
            self.label,
            self.unit,
            self.scope,
            self.claim_status,
            self.period or self.as_of,
        )

    def agrees_with(self, other):
        return (self.value, self.bound) == (other.value, other.bound)
