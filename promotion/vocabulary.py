"""Closed vocabularies of this layer."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AllianceKind(models.TextChoices):
    """What form a standing cooperation takes."""

    ALLIANCE = "alliance", _("联盟")
    MECHANISM = "mechanism", _("机制")
    AGREEMENT = "agreement", _("协议")
    PLATFORM = "platform", _("平台")
    DATABASE = "database", _("数据库")


class ProgramKind(models.TextChoices):
    """What sort of undertaking a programme is."""

    SERVICE_PROGRAM = "service_program", pgettext_lazy("kind", "服务计划")
    STRATEGY = "strategy", _("战略布局")
    ACTION_PLAN = "action_plan", _("行动方案")
    PROJECT = "project", _("建设项目")
