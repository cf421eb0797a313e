"""The picture of a record."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from promotion.reference.pictures import PictureField


class Illustrated(models.Model):
    """One picture with its description; a page without one is complete."""

    picture = PictureField(
        _("图片"),
        blank=True,
        help_text=_("JPEG、PNG 或 WebP。上传后会重新编码并去除拍摄位置等信息。"),
    )
    picture_alt = models.CharField(
        _("图片说明"),
        max_length=200,
        blank=True,
        help_text=_("给看不到图片的人：画面里有什么。有图片时必填。"),
    )
    picture_alt_en = models.CharField(_("英文图片说明"), max_length=300, blank=True)
    picture_focus_x = models.PositiveSmallIntegerField(
        _("主体横向位置（%）"),
        default=50,
        help_text=_("图片被裁切时要留住的地方：0 为最左，100 为最右。"),
    )
    picture_focus_y = models.PositiveSmallIntegerField(
        _("主体纵向位置（%）"), default=50, help_text=_("0 为最上，100 为最下。")
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(picture_focus_x__lte=100) & Q(picture_focus_y__lte=100),
                name="%(app_label)s_%(class)s_focus_inside_picture",
                violation_error_message=_("主体位置是 0 到 100 的百分数。"),
            )
        ]

    @transaction.atomic
    def save(self, *args, **kwargs):
        # The field lets former files go on commit: without a transaction that would be at once.
        super().save(*args, **kwargs)

    def clean(self):
        super().clean()
        if self.picture and not self.picture_alt:
            raise ValidationError({"picture_alt": _("请为图片写一句说明。")})
