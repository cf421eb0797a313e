"""What specialists look for in the public content, each with its rule over the data.

Each criterion says its rule in words; what no rule over the data can tell is named, not guessed.
"""

import datetime

from django.db.models import Exists, Q
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.models import Company, Recognition, Tenancy
from companies.vocabulary import CompanyKind
from parks.models import District, Incubator, Park, Space
from promotion.models import Event, Inquiry, Policy, SitePage, TalentDemand
from promotion.models.pages import PRIVACY
from promotion.reference.models import (
    Figure,
    Industry,
    IndustryScheme,
    subject_models,
)
from promotion.reference.publication import lacking
from promotion.reference.publish_rules import Kind, citations_of, own_faults
from promotion.reference.records import Part, PublicRecord, published_q
from promotion.reference.vocabulary import ClaimStatus
from promotion.scoring import Area, Check, Criterion, Score
from promotion.vocabulary import MailStatus

SUCCINCT_CHARACTERS = 120
FRESH_DAYS = 365


def published(*asked):
    """Return the function that returns the public rows of each model."""
    return lambda: [model._default_manager.published() for model in asked]


def filled(**conditions):
    """Return the function that keeps the rows whose fields hold more than these empty values."""

    def meets(rows):
        for name, empty in conditions.items():
            rows = rows.exclude(**{name: empty})
        return rows

    return meets


def home():
    return [District.objects.published().filter(is_home=True)]


def open_demands():
    return [TalentDemand.objects.published().exclude(closes_on__lt=timezone.localdate())]


def available_spaces():
    return [Space.objects.published().available()]


def enterprises():
    return [Company.objects.published().exclude(kind=CompanyKind.INSTITUTION)]


def present_tenancies():
    return [Tenancy.objects.published().present()]


def headline_figures():
    return [Figure.objects.published().filter(is_headline=True)]


def privacy_notices():
    return [SitePage.objects.published().filter(slug=PRIVACY)]


def inquiries():
    return [Inquiry.objects.all()]


def public_records():
    return published(*subject_models(PublicRecord))()


def public_rows():
    return published(*subject_models(PublicRecord), *subject_models(Part))()


def reachable(rows):
    """Keep the rows that name a person or a desk, and a telephone or a mailbox."""
    return rows.exclude(contact_name="").exclude(phone="", email="")


def rentable(rows):
    return rows.filter(rent_cny_sqm_day__isnull=False, available_on__isnull=False)


def procedural(rows):
    has_window = Q(opens_on__isnull=False) | Q(closes_on__isnull=False)
    return rows.exclude(eligibility="").filter(has_window | ~Q(url=""))


def succinct(rows):
    lengths = rows.annotate(summary_length=Length("summary")).exclude(issuer="")
    return lengths.filter(summary_length__range=(1, SUCCINCT_CHARACTERS))


def dated(rows):
    return rows.exclude(as_of="", period="")


def cited(rows):
    return rows.filter(Exists(citations_of(rows.model)))


def sourced_and_dated(rows):
    """Keep the figures with a period of their own, from a public source that has a date."""
    is_dated = ~Q(source__published_on="") | ~Q(source__date_note="")
    from_dated = citations_of(Figure).filter(is_dated, published_q("source"))
    return dated(rows).filter(Exists(from_dated))


def achieved_recognitions():
    return [Recognition.objects.published().filter(claim_status=ClaimStatus.ACHIEVED)]


def proven(rows):
    return cited(rows).exclude(level="", awarded_by="")


def fresh_events():
    since = (timezone.localdate() - datetime.timedelta(days=FRESH_DAYS)).isoformat()
    is_fresh = Q(starts_on__gte=since) | Q(ends_on__gte=since)
    return [Event.objects.published().filter(is_fresh)]


def every(rows):
    return rows


def complete(rows):
    return rows.exclude(pk__in=lacking(rows, Kind.FIELD).order_by().values("pk"))


def translated(rows):
    return rows.exclude(pk__in=lacking(rows, Kind.ENGLISH).order_by().values("pk"))


def first_fault(kind):
    """Return the function that finds the first field of a row that lacks something of a kind."""
    return lambda row: next(fault.field for fault in own_faults(row) if fault.kind == kind)


def acknowledged(rows):
    return rows.filter(mail_status=MailStatus.SENT, reply_working_days__isnull=False)


def inquiry_check(meets, to_mend):
    return Check(inquiries, meets, to_mend, tells_nothing_without_rows=True)


NO_FIELD = _("不由数据评分：系统里还没有记录它的栏目。")
BY_PAGES = _("不由数据评分：看的是页面，由测试和人来查。")

CRITERIA = [
    Criterion(
        "sector_profiles",
        Area.CONTENT,
        _("产业概况"),
        _("每个已公开的产业分类和产业都有简介。"),
        [Check(published(IndustryScheme, Industry), filled(summary=""), "summary")],
    ),
    Criterion(
        "talent",
        Area.CONTENT,
        _("劳动力与人才"),
        _("至少有 5 条在招的人才需求写明人数。"),
        [Check(open_demands, filled(headcount=None), "headcount", enough=5)],
    ),
    Criterion(
        "properties",
        Area.CONTENT,
        _("载体：用途与交通"),
        _("每个已公开的园区写明轨道交通；每套可租的房源写明租金和可入驻日期。"),
        [
            Check(published(Park), filled(metro_access=""), "metro_access"),
            Check(available_spaces, rentable, "rent_cny_sqm_day"),
        ],
    ),
    Criterion("infrastructure", Area.CONTENT, _("基础设施"), NO_FIELD),
    Criterion(
        "procedures",
        Area.CONTENT,
        _("办事流程"),
        _("每项已公开的政策写明申报条件，并有申报时间或原文链接。"),
        [Check(published(Policy), procedural, "eligibility")],
    ),
    Criterion(
        "incentives",
        Area.CONTENT,
        _("优惠政策，简明"),
        _("每项已公开的政策有不超过 120 字的简介，并写明发布单位。"),
        [Check(published(Policy), succinct, "issuer")],
    ),
    Criterion("case_studies", Area.CONTENT, _("案例"), NO_FIELD),
    Criterion(
        "employers",
        Area.CONTENT,
        _("主要雇主与新近入驻"),
        _("每家已公开的企业写明员工人数；每条现有的入驻关系写明开始日期。"),
        [
            Check(enterprises, filled(staff_count=None), "staff_count"),
            Check(present_tenancies, filled(started_on=""), "started_on"),
        ],
    ),
    Criterion("quality_of_life", Area.CONTENT, _("生活质量"), NO_FIELD),
    Criterion(
        "dated_figures",
        Area.CONTENT,
        _("数据有时点"),
        _("每个公开的数据写明所属期间或数据时点。"),
        [Check(published(Figure), dated, "period")],
    ),
    Criterion(
        "complete",
        Area.CONTENT,
        pgettext_lazy("标准", "完整"),
        _("每条公开的记录都有发布所必需的内容。"),
        [Check(public_records, complete, first_fault(Kind.FIELD))],
    ),
    Criterion(
        "comparable",
        Area.CONTENT,
        _("按标准口径可比"),
        _("每个公开的产业写明国民经济行业代码；每家公开的企业写明统一社会信用代码。"),
        [
            Check(published(Industry), filled(code=""), "code"),
            Check(
                enterprises,
                filled(unified_social_credit_code=""),
                "unified_social_credit_code",
            ),
        ],
    ),
    Criterion(
        "source_and_year",
        Area.CONTENT,
        _("每个数据有来源和年份"),
        _("每个公开的数据写明所属期间或数据时点，并引自公开且注明或推定日期的资料。"),
        [Check(published(Figure), sourced_and_dated, "period")],
    ),
    Criterion(
        "clear_case",
        Area.PROMOTION,
        _("为什么选这里"),
        _("本站所属区有简介；首页至少显示 3 个有引文的数据。"),
        [
            Check(home, filled(summary=""), "summary"),
            Check(headline_figures, cited, "is_headline", enough=3),
        ],
    ),
    Criterion(
        "named_contact",
        Area.PROMOTION,
        _("每页有具名的联系人或部门"),
        _("本站所属区有对外联系人，并有电话或邮箱；没有自己的联系人的页面显示它。"),
        [Check(home, reachable, "contact_name")],
    ),
    Criterion(
        "contacts_by_topic",
        Area.PROMOTION,
        _("分主题的联系人"),
        _("每个公开的园区和孵化器有自己的对外联系人，并有电话或邮箱。"),
        [Check(published(Park, Incubator), reachable, "contact_name")],
    ),
    Criterion("next_step", Area.PROMOTION, _("每项事实旁有下一步"), BY_PAGES),
    Criterion("print", Area.PROMOTION, _("可打印、可下载"), BY_PAGES),
    Criterion(
        "proof",
        Area.PROMOTION,
        _("证明"),
        _("每项公开且已实现的荣誉资质有引文，并写明级别或授予单位。"),
        [Check(achieved_recognitions, proven, "awarded_by")],
    ),
    Criterion(
        "fresh_events",
        Area.PROMOTION,
        _("新近的活动"),
        _("至少有 3 场公开的活动在过去一年之内或今后举行。"),
        [Check(fresh_events, every, "starts_on", enough=3)],
    ),
    Criterion(
        "foreign_language",
        Area.PROMOTION,
        _("外文版"),
        _("公开的记录、数据和关系凡有中文的栏目都有英文。"),
        [Check(public_rows, translated, first_fault(Kind.ENGLISH))],
    ),
    Criterion("facts_first", Area.DESIGN, _("事实先于装饰"), BY_PAGES),
    Criterion("phone", Area.DESIGN, _("手机上好用"), BY_PAGES),
    Criterion("wcag", Area.DESIGN, _("无障碍（WCAG 2.2 AA）"), BY_PAGES),
    Criterion("light", Area.DESIGN, _("慢网络上也快"), BY_PAGES),
    Criterion("three_clicks", Area.ARCHITECTURE, _("三次点击可达"), BY_PAGES),
    Criterion("navigation", Area.ARCHITECTURE, _("导航清楚"), BY_PAGES),
    Criterion("search", Area.ARCHITECTURE, _("搜索与网站地图"), BY_PAGES),
    Criterion("addresses", Area.ARCHITECTURE, _("网址稳定"), BY_PAGES),
    Criterion(
        "channels",
        Area.ENQUIRIES,
        _("各种渠道都通"),
        _("已公开隐私说明（咨询表单由此开放）；本站所属区有电话，也有邮箱。"),
        [
            Check(privacy_notices, every, "status"),
            Check(home, filled(phone=""), "phone"),
            Check(home, filled(email=""), "email"),
        ],
    ),
    Criterion(
        "acknowledged",
        Area.ENQUIRIES,
        _("即时确认，并承诺时限"),
        _("每件咨询已发确认邮件，并承诺几个工作日内答复；没有咨询时不评分。"),
        [inquiry_check(acknowledged, "mail_status")],
    ),
    Criterion("screened", Area.ENQUIRIES, _("按价值和产业筛选"), NO_FIELD),
    Criterion("one_owner", Area.ENQUIRIES, _("专人负责"), NO_FIELD),
    Criterion(
        "tracked",
        Area.ENQUIRIES,
        _("可追踪"),
        _("每件咨询都有受理编号；没有咨询时不评分。"),
        [inquiry_check(filled(number=""), "number")],
    ),
    Criterion(
        "deadlines",
        Area.ENQUIRIES,
        _("有时限"),
        _("每件咨询都承诺了答复时限；没有咨询时不评分。"),
        [inquiry_check(filled(reply_working_days=None), "reply_working_days")],
    ),
    Criterion("review", Area.ENQUIRIES, _("定期回顾"), NO_FIELD),
    Criterion(
        "followed_up",
        Area.ENQUIRIES,
        _("跟进到底"),
        _("每件咨询都已处理；没有咨询时不评分。"),
        [inquiry_check(lambda rows: rows.filter(is_handled=True), "is_handled")],
    ),
]


def score():
    """Return the score of every criterion, in their order."""
    return [Score(criterion) for criterion in CRITERIA]
