"""What every record has: name, address, publication state, sources, figures, freshness."""

import copy
import datetime

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from promotion.reference.fields import (
    DerivedTextField,
    PartialDateField,
    normalize_search_text,
)
from promotion.reference.publish_rules import (
    Cited,
    FiguresCited,
    Filled,
    Translated,
    own_faults,
)
from promotion.reference.readings import pinyin_forms, spaced_pinyin
from promotion.reference.records.addresses import address_of
from promotion.reference.records.queries import PartQuerySet, RecordQuerySet
from promotion.reference.records.tracking import TrackedModel
from promotion.reference.vocabulary import PublicationStatus

validate_slug = RegexValidator(
    r"\A[a-z0-9]+(-[a-z0-9]+)*\Z",
    _("网址代码只能用小写字母、数字和连字符，例如 weilaidao-park。"),
)


def known_values(field, choices, *, blank=False):
    """Return the constraint that keeps a field within its choices, whatever writes it."""
    values = [*choices.values, ""] if blank else choices.values
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": values}),
        name=f"%(app_label)s_%(class)s_{field}_known",
        violation_error_message=_("所选的值不在允许的范围内。"),
    )


class CheckAtField(models.CheckConstraint):
    """A check whose message stands at one field of a form; migrations know it as any other."""

    def __init__(self, *, field, **options):
        super().__init__(**options)
        self.field = field

    def validate(self, *args, **options):
        try:
            super().validate(*args, **options)
        except ValidationError as error:
            raise ValidationError({self.field: error}) from None

    def clone(self):
        return copy.copy(self)

    def deconstruct(self):
        _path, args, options = super().deconstruct()
        return "django.db.models.CheckConstraint", args, options


def ends_after_start(start, end):
    """Return the constraint that keeps two partial dates in order.

    An end less exact than its start may be the month or the year in which the start lies.
    """
    return CheckAtField(
        field=end,
        condition=Q(**{start: ""})
        | Q(**{end: ""})
        | Q(**{f"{end}__gte": F(start)})
        | Q(**{f"{start}__startswith": F(end)}),
        name="%(app_label)s_%(class)s_ends_after_start",
        violation_error_message=_("结束日期不能早于开始日期。"),
    )


class Freshness(models.Model):
    """When a record's facts were true, who last checked them when, and when to check again."""

    review_every_days = 365
    """After how many days a row's facts are to be checked again, unless `review_by` says."""

    as_of = PartialDateField(_("数据时点"))
    verified_on = models.DateField(_("核实日期"), null=True, blank=True)
    review_by = models.DateField(
        _("下次核实期限"),
        null=True,
        blank=True,
        help_text=_("留空则从核实日期起，按这类记录的核实间隔推算。"),
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        limit_choices_to={"is_staff": True},
        related_name="+",
        verbose_name=_("负责人"),
        help_text=_("由谁核实；不公开，也不导出。"),
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(review_by=None)
                | Q(verified_on=None)
                | Q(review_by__gte=F("verified_on")),
                name="%(app_label)s_%(class)s_review_after_verification",
                violation_error_message=_(
                    "下次核实期限不能早于核实日期。请改为更晚的日期，或留空，由系统按核实间隔推算。"
                ),
            )
        ]

    @classmethod
    def review_interval(cls):
        return datetime.timedelta(days=cls.review_every_days)

    @classmethod
    def overdue_q(cls, today):
        """Return the condition for rows that are to be checked by `today`, or never were."""
        checked_long_ago = Q(verified_on__lt=today - cls.review_interval())
        return Q(review_by__lt=today) | Q(review_by=None) & (Q(verified_on=None) | checked_long_ago)

    @property
    def review_due(self):
        """The last day on which the row may be checked again; None if it never has been."""
        if self.review_by or not self.verified_on:
            return self.review_by
        return self.verified_on + self.review_interval()

    def plan_review(self, today):
        """Give a row that is made public its first term, if it has none."""
        if self.review_due is None:
            self.review_by = today + self.review_interval()


class Sourced(models.Model):
    """A record whose facts carry citations."""

    citations = GenericRelation(
        "reference.Citation",
        content_type_field="subject_type",
        object_id_field="subject_id",
        verbose_name=_("引文"),
    )

    class Meta:
        abstract = True


class Part(Freshness, Sourced, TrackedModel):
    """A sourced row without a page of its own, public exactly when its owners are."""

    public_with = ()
    """Relations whose rows must be public (or empty) for this row to be public."""
    publish_rules = [Translated(), Cited()]
    """What a public row should have; being public through its owners, it is never refused."""

    objects = PartQuerySet.as_manager()

    class Meta(Freshness.Meta):
        abstract = True


COMMON_RULES = [
    Translated(),
    Filled("as_of", is_required=False),
    Filled("review_by", is_required=False),
    Cited(),
    FiguresCited(),
]
LISTED_RULES = [Filled("summary", is_required=False), *COMMON_RULES]
"""For records that are entered by the list, and may be public with little more than a name."""


class PublicRecord(Freshness, Sourced, TrackedModel):
    """A record with a name, a stable address, a publication state, sources and figures."""

    slug = models.CharField(
        _("网址代码"),
        max_length=80,
        unique=True,
        validators=[validate_slug],
        help_text=_("页面网址的一部分，发布后请勿改动。小写字母、数字和连字符。"),
    )
    name = models.CharField(_("名称"), max_length=200)
    name_en = models.CharField(_("英文名称"), max_length=200, blank=True)
    aliases = models.CharField(
        _("别名"), max_length=300, blank=True, help_text=_("其他常用名称，用顿号分隔；可被搜索到。")
    )
    summary = models.TextField(
        _("简介"), blank=True, max_length=1000, help_text=_("两三句话，列表与页首都会显示。")
    )
    summary_en = models.TextField(_("英文简介"), blank=True, max_length=2000)
    status = models.CharField(
        _("发布状态"),
        max_length=10,
        choices=PublicationStatus.choices,
        default=PublicationStatus.DRAFT,
        db_index=True,
        help_text=_("只有“已发布”且在发布期内的记录会公开。"),
    )
    publish_at = models.DateTimeField(_("定时发布"), null=True, blank=True)
    expires_at = models.DateTimeField(_("到期下线"), null=True, blank=True)
    pinyin = models.CharField(
        _("排序拼音"),
        max_length=200,
        blank=True,
        help_text=_("留空则自动生成；遇多音字读错时在此改正，例如 chang jiang。"),
    )
    sort_key = DerivedTextField(derive="get_sort_key", db_index=True)
    search_text = DerivedTextField(derive="get_search_text")
    figures = GenericRelation(
        "reference.Figure",
        content_type_field="subject_type",
        object_id_field="subject_id",
        verbose_name=_("数据"),
    )

    public_with = ()
    """Relations whose rows must be public (or empty) for this row to be public."""
    page = ""
    """Name of the URL of a row's public page; empty where rows have none."""
    publish_rules = [Filled("summary"), *COMMON_RULES]
    """What a row needs before it may be public, and what it should have."""
    identifying_fields = ()
    """Fields of which one equal value says that two rows are the same thing."""
    searched_texts = ("summary", "summary_en")
    """The fields that are searched besides the names."""
    searched_by_pieces = False
    """Whether the database keeps an index for searches (`promotion.reference.pieces`)."""

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["sort_key", "pk"]
        constraints = [
            *Freshness.Meta.constraints,
            known_values("status", PublicationStatus),
            models.CheckConstraint(
                condition=Q(publish_at=None)
                | Q(expires_at=None)
                | Q(expires_at__gt=F("publish_at")),
                name="%(app_label)s_%(class)s_expires_after_publication",
                violation_error_message=_("到期下线时间必须晚于定时发布时间。"),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the address of the row's public page in the active language."""
        return address_of(self.page, self.slug)

    @property
    def audit_label(self):
        """What the audit log calls the row, beside its number."""
        return self.name

    def clean(self):
        super().clean()
        if self.status != PublicationStatus.PUBLISHED:
            return
        faults = own_faults(self, required_only=True)
        if faults and (former := self.published_version()):
            # What is public already may be edited as it is; the quality desk lists it.
            former_faults = own_faults(former, required_only=True)
            faults = [fault for fault in faults if fault not in former_faults]
        if faults:
            raise ValidationError({fault.field: fault.message for fault in faults})

    def published_version(self):
        """Return the row as the database has it, if it has it as published."""
        rows = type(self)._default_manager.filter(status=PublicationStatus.PUBLISHED)
        return rows.filter(pk=self.pk).first()

    def natural_key(self):
        return (self.slug,)

    @classmethod
    def link_expressions(cls):
        """Return the expressions behind `as_links`: label, English label, page name, slug."""
        return F("name"), F("name_en"), cls.page, F("slug")

    @classmethod
    def identity(cls, field, value):
        """Return what of an identifying field's value tells one thing from another."""
        return "".join(normalize_search_text(value).split())

    @property
    def alias_list(self):
        return [alias for alias in self.aliases.split("、") if alias]

    def localized(self, field):
        """Return `field` in the active language, falling back to the Chinese original."""
        if get_language() == "en":
            return getattr(self, f"{field}_en") or getattr(self, field)
        return getattr(self, field)

    def get_sort_key(self):
        return normalize_search_text(self.pinyin or spaced_pinyin(self.name))

    def get_search_text(self):
        names = [self.name, *self.alias_list]
        forms = [form for name in names for form in pinyin_forms(name)]
        latin = [self.pinyin, self.pinyin.replace(" ", "")]
        texts = [getattr(self, field) for field in self.searched_texts]
        return normalize_search_text(" ".join([*names, self.name_en, *forms, *latin, *texts]))

    def is_public(self, at=None):
        """Tell whether the public sees this row now (or `at` a moment)."""
        return type(self)._default_manager.published(at).filter(pk=self.pk).exists()
