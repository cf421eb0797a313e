"""Who operates a park: the members of staff whose rights go as far as its rows."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from parks.models.carriers import Park


class ParkOperator(models.Model):
    """That a member of staff operates a park."""

    is_for_staff = True

    park = models.ForeignKey(
        Park,
        on_delete=models.CASCADE,
        related_name="operators",
        verbose_name=pgettext_lazy("one", "园区"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="operated_parks",
        verbose_name=_("用户"),
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("运营的园区")
        verbose_name_plural = _("运营的园区")
        constraints = [
            models.UniqueConstraint(
                fields=["park", "user"],
                name="parks_parkoperator_once",
                violation_error_message=_("这位用户已经在运营这个园区。"),
            )
        ]

    def __str__(self):
        return f"{self.user} · {self.park}"
