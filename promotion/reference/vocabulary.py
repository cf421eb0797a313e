"""Closed vocabularies shared by every layer."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PublicationStatus(models.TextChoices):
    """Where a record stands on its way to the public."""

    DRAFT = "draft", _("草稿")
    IN_REVIEW = "in_review", _("待审核")
    PUBLISHED = "published", _("已发布")
    ARCHIVED = "archived", _("已归档")


class ClaimStatus(models.TextChoices):
    """How far a statement has come true, as its source words it (拟、预计、有望、力争…)."""

    ACHIEVED = "achieved", _("已实现")
    PLANNED = "planned", _("计划")
    FORECAST = "forecast", _("预计")
    HOPED = "hoped", _("期望")


class Bound(models.TextChoices):
    """How exactly a source gives a number."""

    EXACT = "exact", _("准确值")
    ABOUT = "about", _("约")
    AT_LEAST = "at_least", _("不低于")
    OVER = "over", _("超过")
    NEARLY = "nearly", _("近")


class Stage(models.TextChoices):
    """How far a place or project has come."""

    PLANNED = "planned", _("规划中")
    UNDER_WAY = "under_way", _("建设或推进中")
    OPERATING = "operating", _("已建成或运行中")


class OfficialLevel(models.TextChoices):
    """The tier of government behind a title, a policy or an incubator's rank."""

    NATIONAL = "national", _("国家级")
    MUNICIPAL = "municipal", _("市级")
    DISTRICT = "district", _("区级")
    TOWN = "town", _("镇级")


class Unit(models.TextChoices):
    """Units that figures are stated in; the code names the unit exactly."""

    KM = "km", _("公里")
    SQKM = "sqkm", _("平方公里")
    SQM = "sqm", _("平方米")
    CNY_100M = "cny_100m", _("亿元")
    CNY_10K = "cny_10k", _("万元")
    PERCENT = "percent", _("%")
    COMPANIES = "companies", _("家")
    ITEMS = "items", _("个")
    PEOPLE = "people", _("人")
    YEARS = "years", _("年")


class ImportStage(models.TextChoices):
    """How far a spreadsheet that was handed in has come."""

    CHECKING = "checking", _("正在检查")
    CHECKED = "checked", _("等待确认")
    WRITING = "writing", _("正在写入")
    WRITTEN = "written", _("已写入")
    REFUSED = "refused", _("有错误，未写入")
    FAILED = "failed", _("未能完成，未写入")
    UNDOING = "undoing", _("正在撤销")
    UNDONE = "undone", _("已撤销")


class ReviewStage(models.TextChoices):
    """How far something that was handed to a reviewer has come."""

    WAITING = "waiting", _("待审核")
    REFUSED = "refused", _("已退回")
    APPROVED = "approved", _("已通过")
    WITHDRAWN = "withdrawn", _("已撤回")


OPEN_STAGES = [ReviewStage.WAITING, ReviewStage.REFUSED]
"""The stages in which an editor may still go on with it."""


class RoleKey(models.TextChoices):
    """What a member of staff does on this site."""

    VIEWER = "viewer", _("浏览者")
    EDITOR = "editor", _("编辑")
    PUBLISHER = "publisher", _("发布者")
    PARK_OPERATOR = "park_operator", _("园区运营者")
    ENQUIRY_OFFICER = "enquiry_officer", _("咨询受理员")
    ADMINISTRATOR = "administrator", _("管理员")


BOUNDED_ROLES = [RoleKey.PARK_OPERATOR]
"""The roles whose rights reach no further than the rows of the places that a user operates."""
