"""Innovation belts and the places along them."""

from django.db import models
from django.db.models import F, OuterRef, Prefetch, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from parks.models.carriers import Park
from parks.models.districts import District
from parks.models.incubators import Incubator
from parks.vocabulary import BeltRole, BeltScale
from promotion.reference.models import Industry
from promotion.reference.records import (
    Part,
    PartQuerySet,
    PublicRecord,
    RecordQuerySet,
    english_or_chinese,
    known_values,
    row_count,
)


class BeltQuerySet(RecordQuerySet):
    def for_list(self):
        return self.prefetch_related(
            Prefetch("district", District.objects.published()),
            Prefetch("industries", Industry.objects.published().select_related("scheme")),
        )


class Belt(PublicRecord):
    """An innovation belt: places along a road or a region that are developed together."""

    page = "belt_detail"
    tracked_relations = ["industries"]

    scale = models.CharField(_("范围"), max_length=10, choices=BeltScale.choices)
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, related_name="belts", verbose_name=_("所在区域")
    )
    start_point = models.CharField(_("起点"), max_length=120, blank=True)
    start_point_en = models.CharField(_("起点（英文）"), max_length=200, blank=True)
    end_point = models.CharField(_("终点"), max_length=120, blank=True)
    end_point_en = models.CharField(_("终点（英文）"), max_length=200, blank=True)
    strategy = models.TextField(_("产业战略"), blank=True, max_length=1000)
    strategy_en = models.TextField(_("产业战略（英文）"), blank=True, max_length=2000)
    industries = models.ManyToManyField(
        Industry, blank=True, related_name="belts", verbose_name=_("产业")
    )

    objects = BeltQuerySet.as_manager()

    class Meta(PublicRecord.Meta):
        ordering = ["scale", "sort_key", "pk"]
        verbose_name = pgettext_lazy("one", "产业带")
        verbose_name_plural = _("产业带")
        constraints = [
            *PublicRecord.Meta.constraints,
            known_values("scale", BeltScale),
        ]


class BeltNodeQuerySet(PartQuerySet):
    def for_list(self):
        return self.select_related("belt", "park")

    def for_drawing(self):
        """Return the nodes with how many public incubators and present tenants each has."""
        # Tenancies lie a layer above and are reached by their relation.
        tenancies = Park._meta.get_field("tenancies").related_model.objects
        incubators, tenants = Incubator.objects.published(), tenancies.published().present()
        return self.for_list().annotate(
            incubator_count=row_count(incubators.filter(park=OuterRef("park"))),
            tenant_count=row_count(tenants.filter(park=OuterRef("park"))),
        )


class BeltNode(Part):
    """A park's place on a belt, with the role that the plan gives it there."""

    public_with = ("belt", "park")
    key_fields = ("belt", "park")

    belt = models.ForeignKey(
        Belt,
        on_delete=models.CASCADE,
        related_name="nodes",
        verbose_name=pgettext_lazy("one", "产业带"),
    )
    park = models.ForeignKey(
        Park,
        on_delete=models.CASCADE,
        related_name="belt_nodes",
        verbose_name=pgettext_lazy("one", "园区"),
    )
    position = models.PositiveSmallIntegerField(
        _("顺序"), default=0, help_text=_("示意图中的次序，不代表距离。")
    )
    role = models.CharField(
        _("作用"),
        max_length=12,
        choices=BeltRole.choices,
        blank=True,
        help_text=_("文件没有说明时留空，不要推测。"),
    )
    map_label = models.CharField(
        _("图上名称"), max_length=120, blank=True, help_text=_("与园区名称不同时填写。")
    )
    map_label_en = models.CharField(_("图上名称（英文）"), max_length=200, blank=True)

    objects = BeltNodeQuerySet.as_manager()

    class Meta:
        ordering = ["belt_id", "position", "pk"]
        verbose_name = pgettext_lazy("one", "产业带节点")
        verbose_name_plural = _("产业带节点")
        constraints = [
            *Part.Meta.constraints,
            known_values("role", BeltRole, blank=True),
            models.UniqueConstraint(
                fields=["belt", "park"],
                name="parks_beltnode_once",
                violation_error_message=_("该园区已是这条产业带的节点。"),
            ),
        ]

    def __str__(self):
        return f"{self.belt} · {self.park}"

    @classmethod
    def link_expressions(cls):
        return (
            Concat("belt__name", Value(" · "), "park__name"),
            Concat(
                english_or_chinese("belt__name"), Value(" · "), english_or_chinese("park__name")
            ),
            "belt_detail",
            F("belt__slug"),
        )
