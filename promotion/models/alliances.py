"""Standing cooperation with other districts, parks and enterprises."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.models import Company
from parks.models import District, Incubator, Park
from promotion.reference.claims import Claim
from promotion.reference.fields import PartialDateField
from promotion.reference.records import PublicRecord, known_values
from promotion.vocabulary import AllianceKind


class Alliance(Claim, PublicRecord):
    """A standing cooperation: an alliance, mechanism, agreement, platform or database."""

    page = "alliance_detail"
    tracked_relations = ["districts", "parks", "incubators", "companies"]

    kind = models.CharField(_("类型"), max_length=10, choices=AllianceKind.choices)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("所属联盟或机制"),
    )
    lead = models.CharField(_("发起或牵头单位"), max_length=200, blank=True)
    lead_en = models.CharField(_("发起或牵头单位（英文）"), max_length=300, blank=True)
    established_on = PartialDateField(_("成立日期"))
    districts = models.ManyToManyField(
        District, blank=True, related_name="alliances", verbose_name=_("成员地区")
    )
    parks = models.ManyToManyField(
        Park, blank=True, related_name="alliances", verbose_name=_("成员园区")
    )
    incubators = models.ManyToManyField(
        Incubator, blank=True, related_name="alliances", verbose_name=_("成员孵化器")
    )
    companies = models.ManyToManyField(
        Company, blank=True, related_name="alliances", verbose_name=_("成员企业")
    )

    class Meta(PublicRecord.Meta):
        verbose_name = pgettext_lazy("one", "联盟与机制")
        verbose_name_plural = _("联盟与机制")
        constraints = [
            *PublicRecord.Meta.constraints,
            known_values("kind", AllianceKind),
            *Claim.Meta.constraints,
        ]
