"""Incubators, what they offer and the people who help in them."""

from django.db import models
from django.db.models import F, Prefetch
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from parks.models.carriers import Park
from parks.models.districts import District
from promotion.reference.claims import Staged
from promotion.reference.models import Industry
from promotion.reference.publish_rules import Filled
from promotion.reference.records import (
    Illustrated,
    Person,
    PublicContact,
    PublicRecord,
    RecordQuerySet,
    TrackedModel,
    known_values,
    validate_slug,
)
from promotion.reference.vocabulary import OfficialLevel


class Service(TrackedModel):
    """A kind of help that incubators offer, from one list so that they can be compared."""

    slug = models.CharField(_("网址代码"), max_length=80, unique=True, validators=[validate_slug])
    name = models.CharField(_("名称"), max_length=80, unique=True)
    name_en = models.CharField(_("英文名称"), max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = pgettext_lazy("one", "孵化服务")
        verbose_name_plural = _("孵化服务")

    def __str__(self):
        return self.name


class IncubatorQuerySet(RecordQuerySet):
    def for_list(self):
        return self.select_related("park").prefetch_related(
            Prefetch("district", District.objects.published()), "services"
        )

    def for_detail(self):
        return self.for_list().prefetch_related(
            Prefetch("industries", Industry.objects.published().select_related("scheme"))
        )


class Incubator(Staged, PublicContact, Illustrated, PublicRecord):
    """An organisation that raises young enterprises: the level it holds, the level it aims at."""

    public_with = ("park",)
    operated_through = "park__operators__user"
    page = "incubator_detail"
    tracked_relations = ["services", "industries"]
    publish_rules = [
        *PublicRecord.publish_rules,
        Filled("park", "district", is_required=False),
        Filled("contact_name", is_required=False),
        Filled("phone", "email", is_required=False),
    ]
    forward_values = {**Staged.forward_values, "level_aimed": OfficialLevel.values}

    park = models.ForeignKey(
        Park,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="incubators",
        verbose_name=_("所在园区"),
    )
    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="incubators",
        verbose_name=_("所在区域"),
    )
    level_held = models.CharField(
        _("已获级别"), max_length=10, choices=OfficialLevel.choices, blank=True
    )
    level_aimed = models.CharField(
        _("目标级别"),
        max_length=10,
        choices=OfficialLevel.choices,
        blank=True,
        help_text=_("计划达到、尚未获得的级别。"),
    )
    operating_model = models.CharField(_("运营方式"), max_length=200, blank=True)
    operating_model_en = models.CharField(_("运营方式（英文）"), max_length=300, blank=True)
    services = models.ManyToManyField(
        Service, blank=True, related_name="incubators", verbose_name=_("服务")
    )
    industries = models.ManyToManyField(
        Industry, blank=True, related_name="incubators", verbose_name=_("产业")
    )

    objects = IncubatorQuerySet.as_manager()

    class Meta(PublicRecord.Meta):
        verbose_name = pgettext_lazy("one", "孵化器")
        verbose_name_plural = _("孵化器")
        constraints = [
            *PublicRecord.Meta.constraints,
            *Illustrated.Meta.constraints,
            *Staged.Meta.constraints,
            known_values("level_held", OfficialLevel, blank=True),
            known_values("level_aimed", OfficialLevel, blank=True),
        ]


class Mentor(Person):
    """An experienced person who guides an incubator's young enterprises."""

    public_with = ("incubator", "incubator__park")
    operated_through = "incubator__park__operators__user"

    incubator = models.ForeignKey(
        Incubator,
        on_delete=models.CASCADE,
        related_name="mentors",
        verbose_name=pgettext_lazy("one", "孵化器"),
    )

    class Meta(Person.Meta):
        verbose_name = pgettext_lazy("one", "创业导师")
        verbose_name_plural = _("创业导师")

    @classmethod
    def link_expressions(cls):
        return F("name"), F("name_en"), "incubator_detail", F("incubator__slug")


class Liaison(Person):
    """The person in a park whom its enterprises turn to first."""

    public_with = ("park",)
    operated_through = "park__operators__user"

    park = models.ForeignKey(
        Park,
        on_delete=models.CASCADE,
        related_name="liaisons",
        verbose_name=pgettext_lazy("one", "园区"),
    )

    class Meta(Person.Meta):
        verbose_name = pgettext_lazy("one", "企业联络员")
        verbose_name_plural = _("企业联络员")

    @classmethod
    def link_expressions(cls):
        return F("name"), F("name_en"), "park_detail", F("park__slug")
