from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class PromotionConfig(AppConfig):
    name = "promotion"
    verbose_name = _("服务与活动")


class PromotionAdminConfig(AdminConfig):
    default_site = "promotion.admin_site.PromotionAdminSite"
