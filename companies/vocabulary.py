"""Closed vocabularies of this layer."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CompanyKind(models.TextChoices):
    """What sort of organisation a row is."""

    ENTERPRISE = "enterprise", pgettext_lazy("kind", "企业")
    GROUP = "group", _("企业集团")
    INSTITUTION = "institution", _("科研机构或其他组织")


class TenancyRole(models.TextChoices):
    """What a company does in a park."""

    TENANT = "tenant", _("入驻企业")
    OPERATOR = "operator", _("运营方")
    DEVELOPER = "developer", _("开发方")
    INVESTOR = "investor", _("投资方")
