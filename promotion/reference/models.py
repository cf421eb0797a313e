"""The kernel's tables: industries in their schemes, and the sources behind every fact."""

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import StrIndex
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from promotion.reference.claims import Claim
from promotion.reference.evidence.anchors import stored_anchor_problem
from promotion.reference.evidence.models import SourceParagraph
from promotion.reference.fields import PartialDateField, WebAddressField
from promotion.reference.ledger.models import Distinction, Merge  # noqa: F401 tables of this app
from promotion.reference.publish_rules import CitedAtAll, Filled, Translated
from promotion.reference.records import (
    LISTED_RULES,
    Freshness,
    Part,
    PartQuerySet,
    PublicRecord,
    RecordQuerySet,
    Sourced,
    TrackedModel,
    known_values,
)
from promotion.reference.vocabulary import (
    OPEN_STAGES,
    Bound,
    ImportStage,
    ReviewStage,
    Unit,
)


class IndustryScheme(PublicRecord):
    """A way of dividing industries that one plan, town or park has adopted (a scheme)."""

    page = ""
    review_every_days = 1095
    publish_rules = [*PublicRecord.publish_rules, Filled("adopted_by", is_required=False)]

    adopted_by = models.CharField(_("提出者"), max_length=120, blank=True)
    adopted_by_en = models.CharField(_("提出者（英文）"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)

    class Meta(PublicRecord.Meta):
        ordering = ["position", "pk"]
        verbose_name = pgettext_lazy("one", "产业分类")
        verbose_name_plural = _("产业分类")

    @classmethod
    def link_expressions(cls):
        return F("name"), F("name_en"), "industry_list", F("slug")


class IndustryQuerySet(RecordQuerySet):
    def for_list(self):
        return self.select_related("scheme")


class Industry(PublicRecord):
    """An industry as one scheme names it; the same name in two schemes is two rows."""

    public_with = ("scheme",)
    page = "industry_detail"
    review_every_days = 1095
    publish_rules = [*LISTED_RULES, Filled("code", is_required=False)]

    scheme = models.ForeignKey(
        IndustryScheme,
        on_delete=models.PROTECT,
        related_name="industries",
        verbose_name=pgettext_lazy("one", "产业分类"),
    )
    code = models.CharField(
        _("国民经济行业代码"), max_length=10, blank=True, help_text=_("GB/T 4754 的代码，可留空。")
    )
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)

    objects = IndustryQuerySet.as_manager()

    class Meta(PublicRecord.Meta):
        ordering = ["scheme__position", "position", "pk"]
        verbose_name = pgettext_lazy("one", "产业")
        verbose_name_plural = _("产业")

    def __str__(self):
        return f"{self.name}（{self.scheme.name}）"


class Source(PublicRecord):
    """A document that facts are taken from; its stored text is private unless marked public."""

    page = "source_detail"
    review_every_days = 1095
    identifying_fields = ("url", "file_name")
    # A document says itself what it is.
    publish_rules = [
        Filled("published_on", "date_note"),
        Translated(),
        Filled("summary", is_required=False),
        Filled("publisher", is_required=False),
    ]

    publisher = models.CharField(_("发布者"), max_length=200, blank=True)
    publisher_en = models.CharField(_("发布者（英文）"), max_length=200, blank=True)
    published_on = PartialDateField(_("发布日期"))
    date_note = models.CharField(
        _("日期说明"), max_length=300, blank=True, help_text=_("文件未注明日期时，说明如何推定。")
    )
    date_note_en = models.CharField(_("日期说明（英文）"), max_length=400, blank=True)
    url = WebAddressField(_("原文链接"), blank=True)
    file_name = models.CharField(
        _("存档文件名"),
        max_length=120,
        blank=True,
        help_text=_("核对引文时在存档文件夹中查找的文件名。"),
    )
    is_text_public = models.BooleanField(
        _("原文可公开"),
        default=False,
        help_text=_("确认有权刊登全文时才勾选：存入的原文会整篇显示在资料页上。"),
    )

    class Meta(PublicRecord.Meta):
        verbose_name = pgettext_lazy("one", "资料来源")
        verbose_name_plural = _("资料来源")


def subject_models(base):
    """Return the models of every layer that extend `base`, without importing a higher layer."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, base) and not hasattr(model, "history_object")
    ]


class SubjectModel(models.Model):
    """A row about another record of any model, the subject."""

    subject_type = models.ForeignKey(
        ContentType, on_delete=models.PROTECT, related_name="+", verbose_name=_("所属类别")
    )
    subject_id = models.PositiveBigIntegerField(_("所属记录"))
    subject = GenericForeignKey("subject_type", "subject_id")

    class Meta:
        abstract = True


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
        indexes = [models.Index(fields=["subject_type", "subject_id"])]
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
            raise ValidationError(
                {"alternative_to": _("请直接选公开显示的那个数据，不要一个接着一个。")}
            )
        if (shown.subject_type_id, shown.subject_id) != (self.subject_type_id, self.subject_id):
            raise ValidationError({"alternative_to": _("请选同一条记录的数据。")})

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


class CitationQuerySet(models.QuerySet):
    def for_subjects(self, records):
        """Return the citations of all the given records, of whatever models, with their sources."""
        condition = Q(pk__in=[])
        by_type = {}
        for record in records:
            content_type = ContentType.objects.get_for_model(record)
            by_type.setdefault(content_type.pk, set()).add(record.pk)
        for type_id, ids in by_type.items():
            condition |= Q(subject_type_id=type_id, subject_id__in=ids)
        return self.filter(condition).select_related("source")

    def lost(self):
        """Return the citations whose phrase the stored text lacks in the paragraph they name."""
        paragraphs = SourceParagraph.objects.filter(source=OuterRef("source"))
        place = StrIndex("text", OuterRef("excerpt"))
        here = paragraphs.annotate(place=place).filter(number=OuterRef("paragraph"), place__gt=0)
        return self.filter(Exists(paragraphs), ~Exists(here))


class Citation(SubjectModel, TrackedModel):
    """The place in a source that says what a record, one of its fields, or a figure says."""

    key_fields = ("subject_type", "subject_id", "field", "source", "paragraph")

    field = models.CharField(
        _("支持的字段"),
        max_length=40,
        blank=True,
        help_text=_("字段名；留空表示支持整条记录。"),
    )
    source = models.ForeignKey(
        Source,
        on_delete=models.PROTECT,
        related_name="citations",
        verbose_name=pgettext_lazy("one", "资料来源"),
    )
    paragraph = models.PositiveSmallIntegerField(
        _("段落"), help_text=_("文件中第几个非空的段落，从 1 数起。")
    )
    excerpt = models.CharField(
        _("原文短语"), max_length=60, help_text=_("一个名称或数字，足以在该段中找到即可。")
    )

    objects = CitationQuerySet.as_manager()

    class Meta:
        ordering = ["source_id", "paragraph", "pk"]
        verbose_name = pgettext_lazy("one", "引文")
        verbose_name_plural = _("引文")
        indexes = [models.Index(fields=["subject_type", "subject_id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "field", "source", "paragraph"],
                name="reference_citation_once",
                violation_error_message=_("这条记录的该字段已引用过同一来源的同一段。"),
            ),
            models.CheckConstraint(
                condition=Q(paragraph__gte=1),
                name="reference_citation_paragraph_from_one",
                violation_error_message=_("段落从 1 数起。"),
            ),
        ]

    def __str__(self):
        return f"{self.source}：{self.excerpt}"

    def clean(self):
        super().clean()
        if self.field and self.subject_type_id and self.field_label is None:
            raise ValidationError(
                {"field": _("“%(field)s”不是该类记录的字段。") % {"field": self.field}}
            )
        if self.source_id and self.paragraph and self.excerpt:
            self.clean_anchor()

    def clean_anchor(self):
        """Refuse a phrase that the stored text lacks in this paragraph.

        What was lost when the text was replaced is reported elsewhere: it keeps nobody from saving
        the rest of a record.
        """
        place = {"source": self.source_id, "paragraph": self.paragraph, "excerpt": self.excerpt}
        problem = stored_anchor_problem(*place.values())
        if problem and not (self.pk and Citation.objects.filter(pk=self.pk, **place).exists()):
            raise ValidationError(
                {"excerpt": _("存入的原文里找不到这个短语：%(problem)s。") % {"problem": problem}}
            )

    @property
    def field_label(self):
        """The supported field as forms name it; "" for the whole record, None if unknown."""
        if not self.field:
            return ""
        try:
            field = self.subject_type.model_class()._meta.get_field(self.field)
        except FieldDoesNotExist:
            return None
        return capfirst(
            getattr(field, "verbose_name", None) or field.related_model._meta.verbose_name
        )


def sourced_models():
    """Return the models whose rows may be cited."""
    return subject_models(Sourced)


class ImportBatch(models.Model):
    """A spreadsheet handed in: by whom, how far it has come, what it did.

    The history entries of everything it wrote name it. It is itself a record of what happened,
    not something that staff edit.
    """

    model_type = models.ForeignKey(
        ContentType, on_delete=models.CASCADE, related_name="+", verbose_name=_("种类")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("导入人"),
        help_text=_("空着的是用命令导入的。"),
    )
    file_name = models.CharField(_("文件"), max_length=255)
    file_digest = models.CharField(_("文件的 SHA-256"), max_length=64)
    stage = models.CharField(
        _("进展"), max_length=10, choices=ImportStage.choices, default=ImportStage.CHECKING
    )
    plan = models.CharField(_("检查结果的摘要"), max_length=64, blank=True)
    new_count = models.PositiveIntegerField(_("新增"), default=0)
    changed_count = models.PositiveIntegerField(_("更改"), default=0)
    unchanged_count = models.PositiveIntegerField(_("没有变化"), default=0)
    refused_count = models.PositiveIntegerField(_("有错误的行"), default=0)
    started_at = models.DateTimeField(_("交来时间"), auto_now_add=True, db_index=True)
    finished_at = models.DateTimeField(_("写入时间"), null=True, blank=True)
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("撤销人"),
    )

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("导入批次")
        verbose_name_plural = _("导入批次")
        constraints = [known_values("stage", ImportStage)]
        permissions = [("export_records", _("可以导出记录"))]

    def __str__(self):
        return f"{self.file_name} #{self.pk}"

    @property
    def model(self):
        """The model whose records the sheet holds."""
        return self.model_type.model_class()

    @property
    def counts(self):
        """How many rows were taken in which way, as the command prints it."""
        return {
            "new": self.new_count,
            "changed": self.changed_count,
            "unchanged": self.unchanged_count,
            "refused": self.refused_count,
        }

    def note(self, stage, counts):
        """Save how far the run has come; what it wrote, in the transaction that writes it."""
        self.stage = stage
        for name, count in counts.items():
            setattr(self, f"{name}_count", count)
        if stage == ImportStage.WRITTEN:
            self.finished_at = timezone.now()
        self.save()


class Submission(SubjectModel):
    """Something that an editor asks a reviewer to let before the public.

    Without changes it is a record that is not public yet; with changes, what an editor would alter
    in and around a record that is. It is itself a record of what happened, not something to edit.
    """

    label = models.CharField(_("记录"), max_length=200)
    changes = models.JSONField(_("改动"), default=list)
    stage = models.CharField(
        _("进展"), max_length=10, choices=ReviewStage.choices, default=ReviewStage.WAITING
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("送审人"),
    )
    made_at = models.DateTimeField(_("送审时间"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("审核人"),
    )
    decided_at = models.DateTimeField(_("审核时间"), null=True)
    reason = models.CharField(_("退回理由"), max_length=500, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("送审")
        verbose_name_plural = _("送审")
        permissions = [("publish_records", _("可以发布记录"))]
        constraints = [
            known_values("stage", ReviewStage),
            models.UniqueConstraint(
                fields=["subject_type", "subject_id"],
                condition=Q(stage__in=OPEN_STAGES),
                name="reference_submission_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(stage=ReviewStage.REFUSED) | ~Q(reason=""),
                name="reference_submission_refused_with_reason",
            ),
        ]

    def __str__(self):
        return f"{self.label} #{self.pk}"
