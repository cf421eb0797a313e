"""Closed vocabularies of this layer."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DistrictLevel(models.TextChoices):
    """How wide an area is, from a province down to a named area."""

    PROVINCE = "province", _("省")
    CITY = "city", _("市")
    DISTRICT = "district", _("区")
    TOWN = "town", _("镇或街道")
    AREA = "area", _("片区")


class BeltScale(models.TextChoices):
    """Whether a belt lies inside one town or district or joins several cities."""

    LOCAL = "local", _("镇区内")
    REGIONAL = "regional", _("跨区域")


class ParkKind(models.TextChoices):
    """What sort of carrier a park is."""

    INDUSTRIAL_PARK = "industrial_park", _("产业园区")
    COMPLEX = "complex", _("产城综合体")
    BUSINESS_PLAZA = "business_plaza", _("商务广场")
    RESEARCH_INSTITUTE = "research_institute", _("科研院所或研发总部")
    SERVICE_CENTRE = "service_centre", _("服务中心")
    TOWN = "town", _("特色小镇")
    NEW_CITY = "new_city", _("新城")
    TOWER = "tower", pgettext_lazy("kind", "楼宇")


class BeltRole(models.TextChoices):
    """The part that a plan gives a node on its belt."""

    CORE = "core", _("核心节点")
    BACKBONE = "backbone", _("骨干节点")
    HEADQUARTERS = "headquarters", _("企业总部支点")


class SpaceUse(models.TextChoices):
    """What a space may be used for."""

    OFFICE = "office", _("办公")
    LABORATORY = "laboratory", _("实验室")
    FACTORY = "factory", _("厂房")
    INCUBATION = "incubation", _("孵化工位")
    RETAIL = "retail", _("商业")
    LAND = "land", _("土地")


class Availability(models.TextChoices):
    """Whether a space can still be taken."""

    AVAILABLE = "available", _("可租")
    RESERVED = "reserved", _("已预订")
    LET = "let", _("已租")
