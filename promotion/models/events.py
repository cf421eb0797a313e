"""Events, held or announced."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.models import Company
from parks.models import Park
from promotion.reference.claims import Claim, claim_status_field
from promotion.reference.fields import PartialDateField, WebAddressField, partial_date_bounds
from promotion.reference.publish_rules import Filled
from promotion.reference.records import PublicRecord, ends_after_start
from promotion.reference.vocabulary import ClaimStatus


class Event(Claim, PublicRecord):
    """A conference, competition, salon or ceremony, held or announced."""

    page = "event_detail"
    review_every_days = 90
    tracked_relations = ["parks", "companies"]
    due_fields = ("ends_on", "starts_on", "due_on")
    publish_rules = [
        *PublicRecord.publish_rules,
        Filled("starts_on", "date_note"),
        Filled("venue", is_required=False),
        Filled("organiser", is_required=False),
    ]

    claim_status = claim_status_field(ClaimStatus.PLANNED, _("确知已经举办才选“已实现”。"))
    starts_on = PartialDateField(_("开始日期"))
    ends_on = PartialDateField(_("结束日期"))
    date_note = models.CharField(_("日期说明"), max_length=200, blank=True)
    date_note_en = models.CharField(_("日期说明（英文）"), max_length=300, blank=True)
    venue = models.CharField(_("地点"), max_length=200, blank=True)
    venue_en = models.CharField(_("地点（英文）"), max_length=300, blank=True)
    organiser = models.CharField(_("主办单位"), max_length=200, blank=True)
    organiser_en = models.CharField(_("主办单位（英文）"), max_length=300, blank=True)
    measure = models.ForeignKey(
        "promotion.Measure",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("所属举措"),
    )
    url = WebAddressField(_("活动链接"), blank=True)
    parks = models.ManyToManyField(
        Park, blank=True, related_name="events", verbose_name=_("相关园区")
    )
    companies = models.ManyToManyField(
        Company, blank=True, related_name="events", verbose_name=_("相关企业")
    )

    class Meta(PublicRecord.Meta):
        ordering = ["-starts_on", "sort_key", "pk"]
        verbose_name = pgettext_lazy("one", "活动")
        verbose_name_plural = _("活动")
        constraints = [
            *PublicRecord.Meta.constraints,
            *Claim.Meta.constraints,
            ends_after_start("starts_on", "ends_on"),
        ]

    @property
    def exact_days(self):
        """The first and the last day, or None where one is known to the month at most."""
        if not self.starts_on:
            return None
        first, first_at_latest = partial_date_bounds(self.starts_on)
        last_at_earliest, last = partial_date_bounds(self.ends_on or self.starts_on)
        is_exact = first == first_at_latest and last == last_at_earliest
        return (first, last) if is_exact else None
