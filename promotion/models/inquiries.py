"""What visitors ask of the district.

These tables keep no history: a copy of what a visitor wrote would outlive its deletion. Who
handled an enquiry is in the admin's log, which names it by its number alone.
"""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from promotion.models.pages import SitePage
from promotion.reference.models import Industry
from promotion.reference.records import known_values
from promotion.vocabulary import InquiryTiming, MailStatus, Sought

MAX_AREA_SQM = 10_000_000
MAX_HEADCOUNT = 1_000_000


class InquiryQuerySet(models.QuerySet):
    def outdated(self):
        """Return the enquiries whose time to be kept, promised when they came in, is over."""
        return self.filter(keep_until__lt=timezone.localdate())


class Inquiry(models.Model):
    """A visitor's question to the district, as it was sent, and whether it has been handled."""

    is_for_staff = True

    holds_personal_data = True

    number = models.CharField(_("受理编号"), max_length=20, unique=True, editable=False)
    form_key = models.UUIDField(_("表单标识"), unique=True, editable=False)
    """The blank form that was filled in: sent twice, it is still one enquiry."""
    received_at = models.DateTimeField(_("收到时间"), auto_now_add=True, db_index=True)

    organisation = models.CharField(_("单位名称"), max_length=200)
    country = CountryField(_("所在国家或地区"), blank=True)
    industry = models.ForeignKey(
        Industry,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="inquiries",
        verbose_name=_("所属产业"),
    )
    other_industry = models.CharField(
        _("其他产业"), max_length=120, blank=True, help_text=_("上面没有合适的产业时填写。")
    )
    sought = models.CharField(_("需要什么"), max_length=12, choices=Sought.choices)
    floor_area_min_sqm = models.PositiveIntegerField(
        _("面积下限（平方米）"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_AREA_SQM)],
    )
    floor_area_max_sqm = models.PositiveIntegerField(
        _("面积上限（平方米）"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_AREA_SQM)],
    )
    headcount = models.PositiveIntegerField(
        _("使用人数"),
        null=True,
        blank=True,
        help_text=_("不清楚面积时，可以只填大约多少人使用。"),
        validators=[MinValueValidator(1), MaxValueValidator(MAX_HEADCOUNT)],
    )
    timing = models.CharField(
        _("希望何时启用"), max_length=12, choices=InquiryTiming.choices, blank=True
    )
    message = models.TextField(_("想问什么"), blank=True, max_length=2000)
    contact_name = models.CharField(_("联系人"), max_length=80)
    email = models.EmailField(_("邮箱"), blank=True)
    phone = models.CharField(_("电话"), max_length=60, blank=True)
    language = models.CharField(_("希望用什么语言联系"), max_length=10, choices=settings.LANGUAGES)

    privacy_version = models.ForeignKey(
        SitePage.history.model,
        on_delete=models.PROTECT,
        related_name="inquiries",
        verbose_name=_("同意的隐私说明版本"),
    )
    keep_until = models.DateField(_("保存到"), db_index=True)
    reply_working_days = models.PositiveSmallIntegerField(
        _("承诺几个工作日内答复"), null=True, blank=True
    )
    mail_status = models.CharField(
        _("确认邮件"), max_length=10, choices=MailStatus.choices, default=MailStatus.WAITING
    )

    is_handled = models.BooleanField(_("已处理"), default=False, db_index=True)
    note = models.TextField(_("处理备注"), blank=True, max_length=2000, help_text=_("不公开。"))

    objects = InquiryQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        verbose_name = _("投资咨询")
        verbose_name_plural = _("投资咨询")
        constraints = [
            known_values("sought", Sought),
            known_values("timing", InquiryTiming, blank=True),
            known_values("mail_status", MailStatus),
        ]

    def __str__(self):
        return self.number

    @property
    def audit_label(self):
        return self.number

    # Rules here rather than in constraints: each message belongs beside a field of the form.
    def clean(self):
        super().clean()
        if not self.email and not self.phone:
            raise ValidationError({"email": _("请至少填写邮箱或电话，以便答复您。")})
        smallest, largest = self.floor_area_min_sqm, self.floor_area_max_sqm
        if smallest and largest and largest < smallest:
            raise ValidationError({"floor_area_max_sqm": _("面积上限不能小于面积下限。")})


class InquirySubject(models.Model):
    """A record that an enquiry asks about, and what it was called then."""

    is_for_staff = True

    inquiry = models.ForeignKey(
        Inquiry, on_delete=models.CASCADE, related_name="subjects", verbose_name=_("投资咨询")
    )
    record_type = models.ForeignKey(
        ContentType, on_delete=models.PROTECT, related_name="+", verbose_name=_("类别")
    )
    record_id = models.PositiveBigIntegerField(_("记录"))
    record = GenericForeignKey("record_type", "record_id")
    name = models.CharField(_("名称"), max_length=200)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("咨询涉及的记录")
        verbose_name_plural = _("咨询涉及的记录")

    def __str__(self):
        return self.name
