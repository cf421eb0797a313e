from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PromotionConfig(AppConfig):
    name = "promotion"
    verbose_name = _("服务与活动")

    def ready(self):
        # Their models are not there before.
        from promotion.auditing import listen  # noqa: PLC0415
        from promotion.reference.changes import count_changes  # noqa: PLC0415
        from promotion.reference.pieces import keep_pieces  # noqa: PLC0415

        listen()
        post_migrate.connect(count_changes, sender=self)
        post_migrate.connect(keep_pieces, sender=self)


class PromotionAdminConfig(SimpleAdminConfig):
    default_site = "promotion.admin_site.PromotionAdminSite"
    is_on_demand = False
    """Whether the staff side is left for later: in what serves pages, nowhere else."""

    def ready(self):
        super().ready()
        if not self.is_on_demand:
            self.module.autodiscover()
