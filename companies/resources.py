"""The sheets of enterprises, what they were recognised for and where they are."""

from django.utils.translation import gettext as _
from django_countries import countries

from companies.models import (
    CREDIT_CODE,
    Company,
    Recognition,
    Tenancy,
    credit_code_check_digit,
)
from companies.vocabulary import TenancyRole
from promotion.reference.spreadsheets.codecs import WARN, ChoiceCodec
from promotion.reference.spreadsheets.problems import CellError
from promotion.reference.spreadsheets.resources import RecordResource
from promotion.reference.spreadsheets.texts import IdentifierCodec


class CreditCodeCodec(IdentifierCodec):
    """A unified social credit code; one that Excel has rounded is named as such."""

    def clean(self, value, row=None, **kwargs):
        code = super().clean(value)
        if code.isdigit() and code.endswith("000") and CREDIT_CODE.match(code):
            raise CellError(
                _("末三位都是 0：Excel 很可能已改动了这个代码，请按“文本”重新填写 18 位。")
            )
        return code

    def example(self):
        stem = "91000000MA0000001"
        return stem + credit_code_check_digit(stem)


class CountryCodec(ChoiceCodec):
    """A country or region by its name in either language or its ISO code."""

    enforcement = WARN
    COMMON_NAMES = {
        "中国大陆": "CN",
        "内地": "CN",
        "中国香港": "HK",
        "中国澳门": "MO",
        "中国台湾": "TW",
        "俄罗斯联邦": "RU",
        "大韩民国": "KR",
        "阿联酋": "AE",
        "尼泊尔": "NP",
        "UK": "GB",
        "USA": "US",
    }

    def __init__(self):
        super().__init__(lambda: [(country.code, country.name) for country in countries])

    def other_names(self):
        return self.COMMON_NAMES

    def rule(self, field):
        return _("填国家或地区的中文名、英文名或两位代码，例如 CN。")

    def example(self):
        return "中国"

    def render(self, value, obj=None, **kwargs):
        return super().render(str(value))


class CompanyResource(RecordResource):
    codes = ("unified_social_credit_code",)
    codecs = {
        "unified_social_credit_code": CreditCodeCodec(upper=True),
        "country": CountryCodec(),
    }
    links = {"parks": {"fixed": {"role": TenancyRole.TENANT}, "ended": "ended_on"}}
    examples = {"name": "示例科技有限公司", "name_en": "Example Technology Co., Ltd."}
    personal = ("contact_name", "phone", "email")
    heading_aliases = {
        "name": ["公司名称", "单位名称", "企业", "公司", "企业全称", "公司全称", "机构名称"],
        "unified_social_credit_code": ["信用代码", "社会信用代码", "统一信用代码", "税号"],
        "parks": ["所属园区", "入驻园区", "所在园区", "园区名称"],
        "parent": ["集团", "上级集团", "母公司", "上级公司"],
        "established_on": ["成立时间", "注册日期", "注册时间"],
        "registered_capital_cny_10k": ["注册资金"],
        "staff_count": ["员工数", "职工人数", "人数", "从业人数", "员工总数"],
        "country": ["国别", "国家", "投资来源", "来源国", "国别地区"],
        "kind": ["企业类型", "单位类型", "机构类型"],
        "address": ["注册地址", "企业地址", "公司地址", "经营地址"],
        "summary": ["企业简介", "公司简介", "主营业务", "经营范围"],
    }

    class Meta:
        model = Company


class RecognitionResource(RecordResource):
    name_scope = ("company", "park")
    heading_aliases = {
        "name": ["荣誉", "资质", "荣誉名称", "资质名称", "称号"],
        "company": ["企业名称", "公司名称", "单位名称", "获奖企业"],
        "awarded_by": ["颁发单位", "认定单位", "授予部门"],
        "awarded_on": ["授予时间", "认定时间", "认定日期", "获奖时间"],
        "expires_on": ["到期日期", "有效期"],
    }

    class Meta:
        model = Recognition


class TenancyResource(RecordResource):
    heading_aliases = {
        "company": ["企业名称", "公司名称", "单位名称"],
        "park": ["入驻园区"],
        "role": ["角色", "关系"],
        "started_on": ["入驻日期", "入驻时间", "开始时间"],
        "ended_on": ["迁出日期", "退租日期", "结束时间"],
        "note": ["备注"],
    }

    class Meta:
        model = Tenancy
