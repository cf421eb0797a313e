"""Tenant enterprises, what they have been recognised for, and where they are."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Prefetch, Q, Value, When
from django.db.models.functions import Coalesce, Concat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries.fields import CountryField

from companies.vocabulary import CompanyKind, TenancyRole
from parks.models import District, Incubator, Park
from promotion.reference.claims import Claim
from promotion.reference.fields import PartialDateField, WebAddressField
from promotion.reference.models import Industry
from promotion.reference.publish_rules import Filled
from promotion.reference.records import (
    LISTED_RULES,
    NAMING_FIELDS,
    Illustrated,
    Part,
    PartQuerySet,
    PublicRecord,
    RecordQuerySet,
    ends_after_start,
    english_or_chinese,
    known_values,
)
from promotion.reference.vocabulary import ClaimStatus, OfficialLevel

CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}\Z", re.ASCII)
ORGANISATION_IN_CODE = slice(8, 17)
CREDIT_CODE_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_CODE_WEIGHTS = [pow(3, index, 31) for index in range(17)]


def credit_code_check_digit(code):
    """Return the check digit that GB 32100-2015 (section 5.2) gives for the first 17 characters."""
    total = sum(
        CREDIT_CODE_DIGITS.index(character) * weight
        for character, weight in zip(code, CREDIT_CODE_WEIGHTS, strict=False)
    )
    return CREDIT_CODE_DIGITS[-total % 31]


def validate_credit_code(code):
    """Refuse a unified social credit code of the wrong form or with a wrong check digit."""
    if not CREDIT_CODE.match(code):
        raise ValidationError(
            _("统一社会信用代码应为 18 位数字和大写字母（不含 I、O、S、V、Z）。"),
            code="credit_code",
        )
    if credit_code_check_digit(code) != code[17]:
        raise ValidationError(
            _("统一社会信用代码的校验位不对，请核对是否有抄错的字符。"), code="credit_code"
        )


class CompanyQuerySet(RecordQuerySet):
    def for_list(self):
        return self.prefetch_related(
            Prefetch("industries", Industry.objects.published().named()),
            Prefetch("tenancies", Tenancy.objects.published().for_cards(), "public_tenancies"),
        )

    def for_detail(self):
        return self.prefetch_related(
            Prefetch("industries", Industry.objects.published().select_related("scheme")),
            Prefetch("tenancies", Tenancy.objects.published().for_list(), "public_tenancies"),
            Prefetch("district", District.objects.published()),
        )


class Company(Illustrated, PublicRecord):
    """An enterprise or institution that is in the district, or the group it belongs to."""

    page = "company_detail"
    identifying_fields = ("unified_social_credit_code",)
    tracked_relations = ["industries"]
    # There may be a hundred thousand, and more of what they received; of all else some thousand
    # are read through in a moment.
    searched_by_pieces = True
    publish_rules = [*LISTED_RULES, Filled("industries", is_required=False)]

    kind = models.CharField(
        _("类型"), max_length=12, choices=CompanyKind.choices, default=CompanyKind.ENTERPRISE
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="subsidiaries",
        verbose_name=_("所属集团"),
    )
    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="companies",
        verbose_name=_("所在区域"),
    )
    unified_social_credit_code = models.CharField(
        _("统一社会信用代码"), max_length=18, blank=True, validators=[validate_credit_code]
    )
    established_on = PartialDateField(_("成立日期"))
    registered_capital_cny_10k = models.DecimalField(
        _("注册资本（万元）"), max_digits=15, decimal_places=4, null=True, blank=True
    )
    staff_count = models.PositiveIntegerField(_("员工人数"), null=True, blank=True)
    country = CountryField(
        _("国家或地区"), blank=True, help_text=_("投资方来自哪里；不知道请留空。")
    )
    address = models.CharField(_("地址"), max_length=200, blank=True)
    address_en = models.CharField(_("英文地址"), max_length=300, blank=True)
    contact_name = models.CharField(
        _("联系人"), max_length=80, blank=True, help_text=_("不公开，只供工作人员使用。")
    )
    phone = models.CharField(_("联系电话"), max_length=60, blank=True, help_text=_("不公开。"))
    email = models.EmailField(_("联系邮箱"), blank=True, help_text=_("不公开。"))
    website = WebAddressField(_("网站"), blank=True)
    industries = models.ManyToManyField(
        Industry, blank=True, related_name="companies", verbose_name=_("产业")
    )
    parks = models.ManyToManyField(
        Park, through="Tenancy", related_name="companies", verbose_name=_("园区")
    )

    objects = CompanyQuerySet.as_manager()

    class Meta(PublicRecord.Meta):
        verbose_name = pgettext_lazy("one", "企业")
        verbose_name_plural = _("企业")
        indexes = [
            # The list in its order, skipped and counted without reading the rows.
            models.Index(
                fields=["status", "sort_key", "id", "publish_at", "expires_at"],
                name="companies_company_list",
            ),
            # Whose picture is asked for.
            models.Index(fields=["picture"], name="companies_company_picture"),
            # What facets count after each change of public data, without reading the rows.
            *(
                models.Index(
                    fields=["status", field, "publish_at", "expires_at"],
                    name=f"companies_company_by_{field}",
                )
                for field in ("kind", "district", "country")
            ),
            # Which of many comes or goes next is asked then, too. SQLite, which does not know that
            # nearly all rows have the one status, would not look into an index without it.
            *(
                models.Index(
                    fields=["status", field],
                    condition=Q(**{f"{field}__isnull": False}),
                    name=f"companies_company_{field}",
                )
                for field in ("publish_at", "expires_at")
            ),
        ]
        constraints = [
            *PublicRecord.Meta.constraints,
            *Illustrated.Meta.constraints,
            known_values("kind", CompanyKind),
            models.UniqueConstraint(
                fields=["unified_social_credit_code"],
                condition=~Q(unified_social_credit_code=""),
                name="companies_company_credit_code_once",
                violation_error_message=_("已有企业使用这个统一社会信用代码。"),
            ),
            models.CheckConstraint(
                condition=Q(registered_capital_cny_10k=None) | Q(registered_capital_cny_10k__gte=0),
                name="companies_company_capital_not_negative",
                violation_error_message=_("注册资本不能为负数；不知道请留空。"),
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("pk")),
                name="companies_company_not_its_own_parent",
                violation_error_message=_("企业不能是自己的上级集团。"),
            ),
        ]

    @classmethod
    def identity(cls, field, value):
        """Return the organisation within a credit code: a new registration keeps it."""
        return super().identity(field, value)[ORGANISATION_IN_CODE]


class Recognition(Claim, PublicRecord):
    """A title, award or place on an official list that a company or a park has received."""

    public_with = ("company", "park")
    searched_by_pieces = True
    publish_rules = [
        *LISTED_RULES,
        Filled("awarded_by", is_required=False),
        Filled("awarded_on", is_required=False),
    ]

    company = models.ForeignKey(
        Company,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="recognitions",
        verbose_name=pgettext_lazy("one", "企业"),
    )
    park = models.ForeignKey(
        Park,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="recognitions",
        verbose_name=pgettext_lazy("one", "园区"),
    )
    level = models.CharField(_("级别"), max_length=10, choices=OfficialLevel.choices, blank=True)
    awarded_by = models.CharField(_("授予单位"), max_length=200, blank=True)
    awarded_by_en = models.CharField(_("授予单位（英文）"), max_length=200, blank=True)
    awarded_on = PartialDateField(_("授予日期"))
    expires_on = PartialDateField(_("有效期至"))

    class Meta(PublicRecord.Meta):
        verbose_name = _("荣誉资质")
        verbose_name_plural = _("荣誉资质")
        constraints = [
            *PublicRecord.Meta.constraints,
            known_values("level", OfficialLevel, blank=True),
            *Claim.Meta.constraints,
            models.CheckConstraint(
                condition=Q(company=None, park__isnull=False) | Q(company__isnull=False, park=None),
                name="companies_recognition_one_holder",
                violation_error_message=_("请在企业和园区中填写一个，且只填一个。"),
            ),
        ]

    @classmethod
    def link_expressions(cls):
        page = Case(
            When(park=None, then=Value("company_detail")),
            default=Value("park_detail"),
            output_field=models.CharField(),
        )
        return F("name"), F("name_en"), page, Coalesce("company__slug", "park__slug")


class TenancyQuerySet(PartQuerySet):
    def for_list(self):
        return self.select_related("company", "park", "incubator")

    def for_cards(self):
        """Return the tenancies with what the card of their company says of them."""
        of_park = [f"park__{name}" for name in (*NAMING_FIELDS, *Park.claim_fields())]
        own = ["company_id", "role", *Tenancy.claim_fields()]
        return self.select_related("park").only(*own, *of_park)

    def present(self):
        """Return the tenants that are there: neither gone nor still to come."""
        return self.filter(role=TenancyRole.TENANT, claim_status=ClaimStatus.ACHIEVED, ended_on="")


class Tenancy(Claim, Part):
    """A company's part in a park (tenant, operator, developer, investor) and since when."""

    public_with = ("company", "park", "incubator", "incubator__park")
    operated_through = "park__operators__user"
    review_every_days = 180
    key_fields = ("company", "park", "role")

    company = models.ForeignKey(
        Company,
        on_delete=models.CASCADE,
        related_name="tenancies",
        verbose_name=pgettext_lazy("one", "企业"),
    )
    park = models.ForeignKey(
        Park,
        on_delete=models.CASCADE,
        related_name="tenancies",
        verbose_name=pgettext_lazy("one", "园区"),
    )
    incubator = models.ForeignKey(
        Incubator,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="tenancies",
        verbose_name=pgettext_lazy("one", "孵化器"),
        help_text=_("在孵企业或孵化器运营方填写。"),
    )
    role = models.CharField(
        _("身份"), max_length=10, choices=TenancyRole.choices, default=TenancyRole.TENANT
    )
    started_on = PartialDateField(_("开始日期"))
    ended_on = PartialDateField(_("结束日期"))
    note = models.CharField(_("说明"), max_length=300, blank=True)
    note_en = models.CharField(_("说明（英文）"), max_length=400, blank=True)

    objects = TenancyQuerySet.as_manager()

    class Meta:
        ordering = ["park_id", "role", "company__sort_key", "pk"]
        # Who is counted in a park, without reading the rows.
        indexes = [
            models.Index(fields=["park", "company", "incubator"], name="companies_tenancy_by_park")
        ]
        verbose_name = pgettext_lazy("one", "入驻关系")
        verbose_name_plural = _("入驻关系")
        constraints = [
            *Part.Meta.constraints,
            *Claim.Meta.constraints,
            known_values("role", TenancyRole),
            models.UniqueConstraint(
                fields=["company", "park", "role"],
                name="companies_tenancy_once",
                violation_error_message=_("该企业在这个园区已有同一身份的记录。"),
            ),
            ends_after_start("started_on", "ended_on"),
        ]

    def __str__(self):
        return f"{self.company} · {self.park} · {self.get_role_display()}"

    @property
    def is_present(self):
        """Whether it is among the tenancies that `present()` finds."""
        return (
            self.role == TenancyRole.TENANT
            and self.claim_status == ClaimStatus.ACHIEVED
            and not self.ended_on
        )

    @classmethod
    def link_expressions(cls):
        return (
            Concat("company__name", Value(" · "), "park__name"),
            Concat(
                english_or_chinese("company__name"), Value(" · "), english_or_chinese("park__name")
            ),
            "company_detail",
            F("company__slug"),
        )
