"""Administrative divisions and named areas."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from parks.vocabulary import DistrictLevel
from promotion.reference.models import Industry
from promotion.reference.records import (
    Illustrated,
    PublicContact,
    PublicRecord,
    RecordQuerySet,
    known_values,
)


class DistrictQuerySet(RecordQuerySet):
    def home(self):
        """Return the district that this site promotes, or None before it has been entered."""
        return self.filter(is_home=True).first()


class District(PublicContact, Illustrated, PublicRecord):
    """An administrative division or a named area: our district, its towns, its partner cities."""

    tracked_relations = ["industries"]

    level = models.CharField(_("层级"), max_length=10, choices=DistrictLevel.choices)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级区域"),
    )
    division_code = models.CharField(
        _("行政区划代码"),
        max_length=12,
        blank=True,
        validators=[
            RegexValidator(r"\A(\d{6}|\d{9}|\d{12})\Z", _("行政区划代码是 6、9 或 12 位数字。"))
        ],
        help_text=_("GB/T 2260，例如 310107。"),
    )
    is_home = models.BooleanField(
        _("本站所属区"), default=False, help_text=_("网站为哪个区招商；只能有一个。")
    )
    industries = models.ManyToManyField(
        Industry, blank=True, related_name="districts", verbose_name=_("产业")
    )

    objects = DistrictQuerySet.as_manager()

    class Meta(PublicRecord.Meta):
        verbose_name = pgettext_lazy("one", "区域")
        verbose_name_plural = _("区域")
        constraints = [
            *PublicRecord.Meta.constraints,
            *Illustrated.Meta.constraints,
            known_values("level", DistrictLevel),
            models.UniqueConstraint(
                fields=["is_home"],
                condition=Q(is_home=True),
                name="parks_district_one_home",
                violation_error_message=_("已有另一个区域设为“本站所属区”。"),
            ),
            models.UniqueConstraint(
                fields=["division_code"],
                condition=~Q(division_code=""),
                name="parks_district_division_code_once",
                violation_error_message=_("该行政区划代码已被另一个区域使用。"),
            ),
        ]

    @classmethod
    def link_expressions(cls):
        return F("name"), F("name_en"), "home", F("slug")

    def get_absolute_url(self):
        return reverse("home")
