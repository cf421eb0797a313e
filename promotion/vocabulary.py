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


class Sought(models.TextChoices):
    """What an enquiry is mainly after."""

    OFFICE = "office", pgettext_lazy("sought", "办公空间")
    LABORATORY = "laboratory", pgettext_lazy("sought", "实验空间")
    FACTORY = "factory", pgettext_lazy("sought", "厂房")
    INCUBATION = "incubation", pgettext_lazy("sought", "孵化")
    SERVICES = "services", pgettext_lazy("sought", "政策与服务")
    OTHER = "other", pgettext_lazy("sought", "其他")


class InquiryTiming(models.TextChoices):
    """How soon a visitor wants to begin."""

    QUARTER = "quarter", _("三个月内")
    YEAR = "year", _("一年内")
    LATER = "later", _("一年以后")
    OPEN = "open", _("尚未确定")


class MailStatus(models.TextChoices):
    """What became of the mail that confirms an enquiry."""

    WAITING = "waiting", _("尚未发送")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("未能发送")
    NO_ADDRESS = "no_address", _("没有填写邮箱")
    TURNED_OFF = "turned_off", _("网站未设置发信")


class FirmStage(models.TextChoices):
    """How far a firm that looks for a place has come."""

    IDEA = "idea", _("种子期（有想法，还没有公司）")
    START_UP = "start_up", _("初创期")
    GROWTH = "growth", _("成长期")
    ESTABLISHED = "established", _("成熟期")
    FOREIGN_ENTRANT = "foreign_entrant", _("首次进入的境外企业")


class Verdict(models.IntegerChoices):
    """What the records say about one thing asked for; its value is what it counts in a ranking."""

    UNMATCHED = 0, _("不符合")
    UNKNOWN = 1, _("资料未说明")
    MATCHED = 2, _("符合")
