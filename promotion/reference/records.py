"""Abstract bases: what every public record of the site has, each idea once."""

import datetime

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from promotion.reference.fields import (
    DerivedTextField,
    PartialDateField,
    WebAddressField,
    normalize_search_text,
    pinyin_forms,
    spaced_pinyin,
)
from promotion.reference.pictures import PictureField
from promotion.reference.ranking import match_rank
from promotion.reference.vocabulary import PublicationStatus

validate_slug = RegexValidator(
    r"\A[a-z0-9]+(-[a-z0-9]+)*\Z",
    _("网址代码只能用小写字母、数字和连字符，例如 weilaidao-park。"),
)


def published_q(prefix="", *, at=None, may_be_absent=False):
    """Return the condition for "public now" on a record, or on a relation named by `prefix`.

    With `may_be_absent` an empty relation also passes.
    """
    now = at or timezone.now()
    path = f"{prefix}__" if prefix else ""
    condition = (
        Q(**{f"{path}status": PublicationStatus.PUBLISHED})
        & (Q(**{f"{path}publish_at": None}) | Q(**{f"{path}publish_at__lte": now}))
        & (Q(**{f"{path}expires_at": None}) | Q(**{f"{path}expires_at__gt": now}))
    )
    return condition | Q(**{prefix: None}) if may_be_absent else condition


def english_or_chinese(path):
    """Return the expression for a name in English, or in Chinese where it has no English."""
    return Coalesce(NullIf(f"{path}_en", Value("")), path)


def known_values(field, choices, *, blank=False):
    """Return the constraint that keeps a field within its choices, whatever writes it."""
    values = [*choices.values, ""] if blank else choices.values
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": values}),
        name=f"%(app_label)s_%(class)s_{field}_known",
        violation_error_message=_("所选的值不在允许的范围内。"),
    )


class HistoryEntry(models.Model):
    """Base of every history table: which import, if any, made the entry."""

    import_batch = models.ForeignKey(
        "reference.ImportBatch",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("导入批次"),
    )

    class Meta:
        abstract = True


class TrackedModel(models.Model):
    """Base of everything that staff edit: it keeps who changed what, when and why."""

    history = HistoricalRecords(
        inherit=True,
        bases=[HistoryEntry],
        excluded_fields=["search_text", "sort_key", "created_at", "updated_at"],
        m2m_fields_model_field_name="tracked_relations",
    )
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)
    updated_at = models.DateTimeField(_("修改时间"), auto_now=True)

    key_fields = ("slug",)
    """The fields that together name a row in files, whatever its database id."""
    tracked_relations = []
    """The many-to-many fields whose former values the history keeps."""

    class Meta:
        abstract = True


class PartQuerySet(models.QuerySet):
    """Rows that are public through the records they belong to."""

    def published(self, at=None):
        """Return the rows whose owners, named in the model's `public_with`, are public."""
        queryset = self
        for path in self.model.public_with:
            queryset = queryset.filter(published_q(path, at=at, may_be_absent=True))
        return queryset

    def as_links(self, *more):
        """Return values (pk, label, label_en, page, slug, *more) that name each row and its page.

        Every model answers with the same columns, so that rows of many models can be fetched
        in one UNION. `more` are further expressions.
        """
        label, label_en, page, slug = self.model.link_expressions()
        if isinstance(page, str):
            page = Value(page, output_field=models.CharField())
        return self.order_by().values_list(F("pk"), label, label_en, page, slug, *more)


class RecordQuerySet(PartQuerySet):
    """Rows with a publication state and a slug."""

    def published(self, at=None):
        """Return the rows that the public may see now (or `at` a moment)."""
        return super().published(at).filter(published_q(at=at))

    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def matching(self, text):
        """Return the rows whose search text holds every word of `text`."""
        queryset = self
        for word in normalize_search_text(text).split():
            queryset = queryset.filter(search_text__contains=word)
        return queryset

    def by_relevance(self, text):
        """Return the rows in the order in which their names answer a query, then their own."""
        cleaned = normalize_search_text(text)
        return self.order_by(match_rank(cleaned), *self.model._meta.ordering) if cleaned else self

    def for_list(self):
        """Return the rows with what a list shows of each; models extend this."""
        return self

    def for_detail(self):
        """Return the rows with what the page of one shows; models extend this."""
        return self.for_list()


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

    objects = PartQuerySet.as_manager()

    class Meta(Freshness.Meta):
        abstract = True


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
        return reverse(self.page, args=[self.slug])

    def natural_key(self):
        return (self.slug,)

    @classmethod
    def link_expressions(cls):
        """Return the expressions behind `as_links`: label, English label, page name, slug."""
        return F("name"), F("name_en"), cls.page, F("slug")

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
        return normalize_search_text(
            " ".join([*names, self.name_en, *forms, *latin, self.summary, self.summary_en])
        )

    def is_public(self, at=None):
        """Tell whether the public sees this row now (or `at` a moment)."""
        return type(self)._default_manager.published(at).filter(pk=self.pk).exists()


class PublicContact(models.Model):
    """How the public reaches whoever looks after a record: a desk, published by intention."""

    address = models.CharField(_("地址"), max_length=200, blank=True)
    address_en = models.CharField(_("英文地址"), max_length=300, blank=True)
    contact_name = models.CharField(
        _("对外联系人"),
        max_length=80,
        blank=True,
        help_text=_("会公开显示：请填招商服务部门或经本人同意公开的联系人。"),
    )
    phone = models.CharField(_("对外电话"), max_length=60, blank=True, help_text=_("会公开显示。"))
    email = models.EmailField(_("对外邮箱"), blank=True, help_text=_("会公开显示。"))
    website = WebAddressField(_("网站"), blank=True)

    class Meta:
        abstract = True


class Illustrated(models.Model):
    """One picture with its description; a page without one is complete."""

    picture = PictureField(
        _("图片"),
        blank=True,
        help_text=_("JPEG、PNG 或 WebP。上传后会重新编码并去除拍摄位置等信息。"),
    )
    picture_alt = models.CharField(
        _("图片说明"),
        max_length=200,
        blank=True,
        help_text=_("给看不到图片的人：画面里有什么。有图片时必填。"),
    )
    picture_alt_en = models.CharField(_("英文图片说明"), max_length=300, blank=True)
    picture_focus_x = models.PositiveSmallIntegerField(
        _("主体横向位置（%）"),
        default=50,
        help_text=_("图片被裁切时要留住的地方：0 为最左，100 为最右。"),
    )
    picture_focus_y = models.PositiveSmallIntegerField(
        _("主体纵向位置（%）"), default=50, help_text=_("0 为最上，100 为最下。")
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(picture_focus_x__lte=100) & Q(picture_focus_y__lte=100),
                name="%(app_label)s_%(class)s_focus_inside_picture",
                violation_error_message=_("主体位置是 0 到 100 的百分数。"),
            )
        ]

    @transaction.atomic
    def save(self, *args, **kwargs):
        # The field lets former files go on commit: without a transaction that would be at once.
        super().save(*args, **kwargs)

    def clean(self):
        super().clean()
        if self.picture and not self.picture_alt:
            raise ValidationError({"picture_alt": _("请为图片写一句说明。")})


class Person(PublicRecord):
    """Someone who helps enterprises; public only after consenting to be listed."""

    organisation = models.CharField(_("所在单位"), max_length=200, blank=True)
    organisation_en = models.CharField(_("英文所在单位"), max_length=200, blank=True)
    job_title = models.CharField(_("职务"), max_length=120, blank=True)
    job_title_en = models.CharField(_("英文职务"), max_length=120, blank=True)
    expertise = models.CharField(_("专长"), max_length=300, blank=True)
    expertise_en = models.CharField(_("英文专长"), max_length=300, blank=True)
    phone = models.CharField(_("电话"), max_length=60, blank=True, help_text=_("不公开。"))
    email = models.EmailField(_("邮箱"), blank=True, help_text=_("不公开。"))
    consented_on = models.DateField(
        _("同意公开日期"), null=True, blank=True, help_text=_("本人同意公开姓名与简介的日期。")
    )

    class Meta(PublicRecord.Meta):
        abstract = True
        constraints = [
            *PublicRecord.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(status=PublicationStatus.PUBLISHED) | Q(consented_on__isnull=False),
                name="%(app_label)s_%(class)s_consent_before_publication",
                violation_error_message=_("未填写“同意公开日期”的人员不能发布。"),
            ),
        ]
