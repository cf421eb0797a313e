"""Policies that enterprises may rely on."""

from django.db import models
from django.db.models import F, Prefetch, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from promotion.reference.fields import PartialDateField, WebAddressField
from promotion.reference.models import Industry
from promotion.reference.publish_rules import Filled
from promotion.reference.records import PublicRecord, RecordQuerySet, known_values
from promotion.reference.vocabulary import OfficialLevel


class PolicyQuerySet(RecordQuerySet):
    def for_list(self):
        return self.prefetch_related(
            Prefetch("industries", Industry.objects.published().select_related("scheme"))
        )


class Policy(PublicRecord):
    """A policy or official plan that enterprises may rely on, who may apply and when."""

    page = "policy_detail"
    identifying_fields = ("document_number", "url")
    searched_texts = (
        *PublicRecord.searched_texts,
        "eligibility",
        "eligibility_en",
        "issuer",
        "issuer_en",
        "document_number",
    )
    review_every_days = 90
    tracked_relations = ["industries"]
    publish_rules = [
        *PublicRecord.publish_rules,
        Filled("issuer", is_required=False),
        Filled("issued_on", is_required=False),
        Filled("eligibility", is_required=False),
        Filled("url", is_required=False),
    ]

    level = models.CharField(_("级别"), max_length=10, choices=OfficialLevel.choices, blank=True)
    issuer = models.CharField(_("发布单位"), max_length=200, blank=True)
    issuer_en = models.CharField(_("发布单位（英文）"), max_length=300, blank=True)
    document_number = models.CharField(_("文号"), max_length=80, blank=True)
    issued_on = PartialDateField(_("发布日期"))
    eligibility = models.TextField(_("申报条件"), blank=True, max_length=1000)
    eligibility_en = models.TextField(_("申报条件（英文）"), blank=True, max_length=2000)
    opens_on = models.DateField(_("申报开始"), null=True, blank=True)
    closes_on = models.DateField(_("申报截止"), null=True, blank=True)
    url = WebAddressField(_("原文链接"), blank=True)
    industries = models.ManyToManyField(
        Industry, blank=True, related_name="policies", verbose_name=_("产业")
    )

    objects = PolicyQuerySet.as_manager()

    class Meta(PublicRecord.Meta):
        verbose_name = pgettext_lazy("one", "政策")
        verbose_name_plural = _("政策")
        constraints = [
            *PublicRecord.Meta.constraints,
            known_values("level", OfficialLevel, blank=True),
            models.CheckConstraint(
                condition=Q(opens_on=None) | Q(closes_on=None) | Q(closes_on__gte=F("opens_on")),
                name="promotion_policy_closes_after_opening",
                violation_error_message=_("申报截止不能早于申报开始。"),
            ),
        ]
