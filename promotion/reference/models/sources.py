"""The documents that facts are taken from, and the places in them that say so."""

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import StrIndex
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from promotion.reference.evidence.anchors import stored_anchor_problem
from promotion.reference.evidence.models import SourceParagraph
from promotion.reference.fields import PartialDateField, WebAddressField
from promotion.reference.ledger.models import Distinction, Merge  # noqa: F401 tables of this app
from promotion.reference.models.subjects import SubjectModel, subject_models
from promotion.reference.publish_rules import Filled, Translated
from promotion.reference.records import (
    PublicRecord,
    Sourced,
    TrackedModel,
    in_one,
)
from promotion.reference.stated_values import MAX_STATED, statable_fields


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


LOST_ANCHOR = "lost_anchor"
"""The code of the error about a phrase that the stored text lacks."""


class CitationQuerySet(models.QuerySet):
    def for_subjects(self, records):
        """Return the citations of all the given records, of whatever models, with their sources.

        What narrows them is to be asked for before: each model's are a query of their own in a
        UNION, for a database finds by alternatives only with an index for each of them.
        """
        by_type = {}
        for record in records:
            content_type = ContentType.objects.get_for_model(record)
            by_type.setdefault(content_type.pk, set()).add(record.pk)
        found = self.select_related("source").order_by()
        if not by_type:
            return found.none()
        of_each = (
            found.filter(subject_type_id=type_id, subject_id__in=ids)
            for type_id, ids in by_type.items()
        )
        return in_one(of_each).order_by(*self.model._meta.ordering)

    def supporting(self):
        """Return the citations of sources that say what is shown, not something else."""
        return self.filter(stated_value="")

    def disputing(self):
        """Return the citations of sources that give a field another value than the one shown."""
        return self.exclude(stated_value="")

    def lost(self):
        """Return the citations whose phrase the stored text lacks in the paragraph they name."""
        paragraphs = SourceParagraph.objects.filter(source=OuterRef("source"))
        place = StrIndex("text", OuterRef("excerpt"))
        here = paragraphs.annotate(place=place).filter(number=OuterRef("paragraph"), place__gt=0)
        return self.filter(Exists(paragraphs), ~Exists(here))


class Citation(SubjectModel, TrackedModel):
    """The place in a source that says what a record, one of its fields, or a figure says.

    With a `stated_value` it says something else of the field than what is shown.
    """

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
    stated_value = models.CharField(
        _("该文写作"),
        max_length=MAX_STATED,
        blank=True,
        help_text=_(
            "这份资料对该字段给出的值与本站采用的不同时，在这里照录；留空表示它支持本站的值。"
        ),
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
            models.CheckConstraint(
                condition=Q(stated_value="") | ~Q(field=""),
                name="reference_citation_states_a_field",
                violation_error_message=_("“该文写作”要说明是哪个字段的值，请选支持的字段。"),
            ),
        ]

    def __str__(self):
        return f"{self.source} · {self.excerpt}"

    def clean(self):
        super().clean()
        if self.field and self.subject_type_id and self.field_label is None:
            raise ValidationError(
                {"field": _("“%(field)s”不是该类记录的字段。") % {"field": self.field}}
            )
        if self.stated_value and self.subject_type_id and self.field:
            self.clean_stated_value()
        if self.source_id and self.paragraph and self.excerpt:
            self.clean_anchor()

    def clean_stated_value(self):
        """Refuse another value of what does not hold one value from documents."""
        if self.field not in statable_fields(self.subject_type.model_class()):
            raise ValidationError(
                {
                    "stated_value": _(
                        "“%(field)s”不能写另一种说法：只有单个的数值、日期、选项和短文字可以。"
                        "另一个名称请写进别名，另一个数据请另加一条。"
                    )
                    % {"field": self.field_label}
                }
            )

    def clean_anchor(self):
        """Refuse a phrase that the stored text lacks in this paragraph.

        What was lost when the text was replaced is reported elsewhere: it keeps nobody from saving
        the rest of a record.
        """
        if fault := self.anchor_fault():
            message = _("%(fault)s请照原文选取短语，并核对段落。") % {"fault": fault}
            raise ValidationError({"excerpt": ValidationError(message, code=LOST_ANCHOR)})

    def anchor_fault(self):
        """Return in words that saving this would lose the phrase, "" where it is there or was lost.

        Whatever writes a citation asks this: a form, a sheet, the return of a former version.
        """
        place = {"source": self.source_id, "paragraph": self.paragraph, "excerpt": self.excerpt}
        problem = stored_anchor_problem(*place.values())
        if not problem or (self.pk and Citation.objects.filter(pk=self.pk, **place).exists()):
            return ""
        return _("存入的原文里找不到这个短语：%(problem)s。") % {"problem": problem}

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
