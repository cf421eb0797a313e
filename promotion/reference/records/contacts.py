"""Whom the public turns to: the desk of a record, and people."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from promotion.reference.fields import WebAddressField
from promotion.reference.publish_rules import Filled
from promotion.reference.records.bases import LISTED_RULES, PublicRecord
from promotion.reference.vocabulary import PublicationStatus


class PublicContact(models.Model):
    """How the public reaches whoever looks after a record: a desk, published by intention."""

    address = models.CharField(_("地址"), max_length=200, blank=True)
    address_en = models.CharField(_("英文地址"), max_length=300, blank=True)
    contact_name = models.CharField(
        _("对外联系人"),
        max_length=80,
        blank=True,
        help_text=_("会公开显示：请填招商服务部门或经本人同意公开的联系人。"),
    )
    phone = models.CharField(_("对外电话"), max_length=60, blank=True, help_text=_("会公开显示。"))
    email = models.EmailField(_("对外邮箱"), blank=True, help_text=_("会公开显示。"))
    website = WebAddressField(_("网站"), blank=True)

    class Meta:
        abstract = True


class Person(PublicRecord):
    """Someone who helps enterprises; public only after consenting to be listed."""

    holds_personal_data = True
    """Whether looking at rows is noted in the audit log, which then names them by number alone."""
    audit_label = ""

    organisation = models.CharField(_("所在单位"), max_length=200, blank=True)
    organisation_en = models.CharField(_("英文所在单位"), max_length=200, blank=True)
    job_title = models.CharField(_("职务"), max_length=120, blank=True)
    job_title_en = models.CharField(_("英文职务"), max_length=120, blank=True)
    expertise = models.CharField(_("专长"), max_length=300, blank=True)
    expertise_en = models.CharField(_("英文专长"), max_length=300, blank=True)
    phone = models.CharField(_("电话"), max_length=60, blank=True, help_text=_("不公开。"))
    email = models.EmailField(_("邮箱"), blank=True, help_text=_("不公开。"))
    consented_on = models.DateField(
        _("同意公开日期"), null=True, blank=True, help_text=_("本人同意公开姓名与简介的日期。")
    )

    # Consent is a constraint, below.
    publish_rules = [
        *LISTED_RULES,
        Filled("job_title", "organisation", is_required=False),
        Filled("expertise", is_required=False),
    ]

    class Meta(PublicRecord.Meta):
        abstract = True
        constraints = [
            *PublicRecord.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(status=PublicationStatus.PUBLISHED) | Q(consented_on__isnull=False),
                name="%(app_label)s_%(class)s_consent_before_publication",
                violation_error_message=_("未填写“同意公开日期”的人员不能发布。"),
            ),
        ]
