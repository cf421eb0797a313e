"""Pages about the site itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from promotion.reference.publish_rules import Filled, Translated
from promotion.reference.records import PublicRecord, RecordQuerySet

PRIVACY = "privacy"
DATA_LICENCE = "data-licence"


class SitePageQuerySet(RecordQuerySet):
    def privacy_notice(self):
        """Return the notice that visitors consent to, or None before there is one."""
        return self.published().filter(slug=PRIVACY).first()

    def data_licence(self):
        """Return the terms on which the site's data may be used, or None before there are any."""
        return self.published().filter(slug=DATA_LICENCE).first()


class SitePage(PublicRecord):
    """A page about the site itself, such as its privacy notice or the licence of its data."""

    page = "site_page"
    # The office speaks here for itself.
    publish_rules = [
        Translated(),
        Filled("summary", is_required=False),
        Filled("review_by", is_required=False),
    ]

    body = models.TextField(
        _("正文"),
        max_length=20_000,
        help_text=_(
            "用 Markdown 书写：“## ”开头是小标题，“- ”开头是列表，[文字](网址) 是链接，空行分段。"
        ),
    )
    body_en = models.TextField(_("英文正文"), blank=True, max_length=40_000)
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)

    objects = SitePageQuerySet.as_manager()

    class Meta(PublicRecord.Meta):
        ordering = ["position", "pk"]
        verbose_name = _("网站说明页")
        verbose_name_plural = _("网站说明页")

    @property
    def is_data_licence(self):
        """Whether the page says on what terms the site's data may be used."""
        return self.slug == DATA_LICENCE

    @property
    def current_version(self):
        """The newest entry of the page's history: its words as they stand now."""
        return self.history.first()
