"""Parks, their buildings and the space they offer."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Prefetch, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from parks.models.districts import District
from parks.vocabulary import Availability, ParkKind, SpaceUse
from promotion.reference.claims import Staged
from promotion.reference.fields import PartialDateField
from promotion.reference.models import Industry
from promotion.reference.publish_rules import Filled
from promotion.reference.records import (
    LISTED_RULES,
    Illustrated,
    PublicContact,
    PublicRecord,
    RecordQuerySet,
    known_values,
)


class ParkQuerySet(RecordQuerySet):
    def for_list(self):
        return self.prefetch_related(
            Prefetch("district", District.objects.published()),
            Prefetch("industries", Industry.objects.published().select_related("scheme")),
        )


class Park(Staged, PublicContact, Illustrated, PublicRecord):
    """A carrier of business that has a place: a park, complex, plaza, institute, centre or town."""

    page = "park_detail"
    operated_through = "operators__user"
    tracked_relations = ["industries"]
    publish_rules = [
        *PublicRecord.publish_rules,
        Filled("district", is_required=False),
        Filled("address", is_required=False),
        Filled("metro_access", is_required=False),
        Filled("contact_name", is_required=False),
        Filled("phone", "email", is_required=False),
    ]

    kind = models.CharField(_("类型"), max_length=20, choices=ParkKind.choices)
    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parks",
        verbose_name=_("所在区域"),
    )
    host = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="hosted_parks",
        verbose_name=_("所在园区"),
        help_text=_("位于另一个园区之内时填写。"),
    )
    belts = models.ManyToManyField(
        "Belt", through="BeltNode", related_name="parks", verbose_name=_("产业带")
    )
    industries = models.ManyToManyField(
        Industry, blank=True, related_name="parks", verbose_name=_("产业")
    )
    site_area_sqm = models.DecimalField(
        _("占地面积（平方米）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    floor_area_sqm = models.DecimalField(
        _("建筑面积（平方米）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    opened_on = PartialDateField(_("开园日期"))
    total_investment_cny_10k = models.DecimalField(
        _("总投资（万元）"),
        max_digits=15,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("已完成的投资；计划中的投资请记为“数据”并标明计划。"),
    )
    metro_access = models.CharField(_("轨道交通"), max_length=200, blank=True)
    metro_access_en = models.CharField(_("轨道交通（英文）"), max_length=300, blank=True)
    operator = models.CharField(_("运营单位"), max_length=200, blank=True)
    operator_en = models.CharField(_("运营单位（英文）"), max_length=200, blank=True)

    objects = ParkQuerySet.as_manager()

    class Meta(PublicRecord.Meta):
        verbose_name = pgettext_lazy("one", "园区")
        verbose_name_plural = _("园区")
        constraints = [
            *PublicRecord.Meta.constraints,
            *Illustrated.Meta.constraints,
            known_values("kind", ParkKind),
            *Staged.Meta.constraints,
            models.CheckConstraint(
                condition=(Q(site_area_sqm=None) | Q(site_area_sqm__gt=0))
                & (Q(floor_area_sqm=None) | Q(floor_area_sqm__gt=0))
                & (Q(total_investment_cny_10k=None) | Q(total_investment_cny_10k__gt=0)),
                name="parks_park_measures_positive",
                violation_error_message=_("面积和投资必须大于 0；不知道请留空。"),
            ),
            models.CheckConstraint(
                condition=Q(host=None) | ~Q(host=F("pk")),
                name="parks_park_not_its_own_host",
                violation_error_message=_("园区不能位于它自己之内。"),
            ),
        ]


class Building(Illustrated, PublicRecord):
    """A building of a park."""

    public_with = ("park",)
    operated_through = "park__operators__user"
    publish_rules = LISTED_RULES

    park = models.ForeignKey(
        Park,
        on_delete=models.PROTECT,
        related_name="buildings",
        verbose_name=pgettext_lazy("one", "园区"),
    )
    address = models.CharField(_("地址"), max_length=200, blank=True)
    address_en = models.CharField(_("英文地址"), max_length=300, blank=True)
    floor_count = models.PositiveSmallIntegerField(_("层数"), null=True, blank=True)
    floor_area_sqm = models.DecimalField(
        _("建筑面积（平方米）"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    completed_on = PartialDateField(_("竣工日期"))

    class Meta(PublicRecord.Meta):
        verbose_name = pgettext_lazy("one", "楼宇")
        verbose_name_plural = _("楼宇")
        constraints = [
            *PublicRecord.Meta.constraints,
            *Illustrated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(floor_area_sqm=None) | Q(floor_area_sqm__gt=0),
                name="parks_building_floor_area_positive",
                violation_error_message=_("建筑面积必须大于 0；不知道请留空。"),
            ),
        ]

    @classmethod
    def link_expressions(cls):
        return F("name"), F("name_en"), "park_detail", F("park__slug")


class SpaceQuerySet(RecordQuerySet):
    def available(self):
        """Return the space that can still be taken."""
        return self.filter(availability=Availability.AVAILABLE)

    def for_list(self):
        return self.select_related("park", "building")


class Space(Illustrated, PublicRecord):
    """Space on offer in a park: an office, a laboratory, a workshop, incubation seats or a plot."""

    public_with = ("park", "building")
    operated_through = "park__operators__user"
    publish_rules = [
        *LISTED_RULES,
        Filled("rent_cny_sqm_day", is_required=False),
        Filled("available_on", is_required=False),
    ]
    review_every_days = 60

    park = models.ForeignKey(
        Park,
        on_delete=models.PROTECT,
        related_name="spaces",
        verbose_name=pgettext_lazy("one", "园区"),
    )
    building = models.ForeignKey(
        Building,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="spaces",
        verbose_name=pgettext_lazy("one", "楼宇"),
    )
    floor = models.CharField(_("楼层"), max_length=40, blank=True)
    floor_en = models.CharField(_("楼层（英文）"), max_length=60, blank=True)
    use = models.CharField(_("用途"), max_length=12, choices=SpaceUse.choices)
    availability = models.CharField(
        _("租用状态"),
        max_length=10,
        choices=Availability.choices,
        default=Availability.AVAILABLE,
    )
    floor_area_sqm = models.DecimalField(_("面积（平方米）"), max_digits=12, decimal_places=2)
    rent_cny_sqm_day = models.DecimalField(
        _("租金（元/平方米/天）"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    available_on = models.DateField(_("可入驻日期"), null=True, blank=True)

    objects = SpaceQuerySet.as_manager()

    class Meta(PublicRecord.Meta):
        verbose_name = _("载体房源")
        verbose_name_plural = _("载体房源")
        constraints = [
            *PublicRecord.Meta.constraints,
            *Illustrated.Meta.constraints,
            known_values("use", SpaceUse),
            known_values("availability", Availability),
            models.CheckConstraint(
                condition=Q(floor_area_sqm__gt=0),
                name="parks_space_floor_area_positive",
                violation_error_message=_("面积必须大于 0。"),
            ),
            models.CheckConstraint(
                condition=Q(rent_cny_sqm_day=None) | Q(rent_cny_sqm_day__gte=0),
                name="parks_space_rent_not_negative",
                violation_error_message=_("租金不能为负数；不知道请留空。"),
            ),
        ]

    @classmethod
    def link_expressions(cls):
        return F("name"), F("name_en"), "park_detail", F("park__slug")

    def clean(self):
        super().clean()
        if self.building_id and self.park_id and self.building.park_id != self.park_id:
            raise ValidationError({"building": _("所选楼宇不属于所选园区。")})
