"""The sheets of programmes, alliances, policies, events and people, and the list of all sheets."""

from django.utils.translation import gettext as _

from companies.resources import CompanyResource, RecognitionResource, TenancyResource
from parks.resources import (
    PERSON_ALIASES,
    BeltNodeResource,
    BeltResource,
    BuildingResource,
    DistrictResource,
    IncubatorResource,
    LiaisonResource,
    MentorResource,
    ParkResource,
    ServiceResource,
    SpaceResource,
)
from promotion.models import (
    Advisor,
    Alliance,
    Event,
    Measure,
    Policy,
    Program,
    SitePage,
    TalentDemand,
)
from promotion.reference.resources import (
    CitationResource,
    FigureResource,
    IndustryResource,
    IndustrySchemeResource,
    SourceResource,
)
from promotion.reference.spreadsheets.problems import SheetError
from promotion.reference.spreadsheets.resources import RecordResource


class ProgramResource(RecordResource):
    heading_aliases = {
        "name": ["计划", "计划名称", "项目名称"],
        "lead": ["牵头部门", "责任单位"],
        "starts_on": ["开始时间"],
        "ends_on": ["结束时间"],
    }

    class Meta:
        model = Program


class MeasureResource(RecordResource):
    name_scope = ("program",)
    heading_aliases = {"name": ["举措"], "program": ["所属计划"]}

    class Meta:
        model = Measure


class AllianceResource(RecordResource):
    heading_aliases = {
        "name": ["联盟名称", "机制名称", "平台名称"],
        "lead": ["牵头单位", "发起单位"],
        "established_on": ["成立时间"],
        "companies": ["企业成员", "成员单位"],
    }

    class Meta:
        model = Alliance


class PolicyResource(RecordResource):
    examples = {"document_number": "示例〔2022〕1 号"}
    heading_aliases = {
        "name": ["政策", "文件名称"],
        "issuer": ["发文单位", "发布部门"],
        "document_number": ["发文字号", "文件号"],
        "issued_on": ["发文日期", "发布时间"],
        "eligibility": ["适用对象", "申报对象"],
        "opens_on": ["申报开始日期", "开始日期"],
        "closes_on": ["申报截止日期", "截止日期"],
    }

    class Meta:
        model = Policy


class EventResource(RecordResource):
    heading_aliases = {
        "name": ["活动", "活动主题"],
        "starts_on": ["日期", "活动日期", "活动时间", "开始时间"],
        "ends_on": ["结束时间"],
        "venue": ["活动地点", "举办地点"],
        "organiser": ["主办方", "承办单位"],
    }

    class Meta:
        model = Event


class AdvisorResource(RecordResource):
    personal = ("phone", "email")
    heading_aliases = {**PERSON_ALIASES, "appointed_on": ["聘任时间", "受聘日期"]}

    class Meta:
        model = Advisor


class TalentDemandResource(RecordResource):
    name_scope = ("company", "park")
    heading_aliases = {
        "name": ["岗位", "岗位名称", "职位", "职位名称"],
        "company": ["企业名称", "公司名称", "单位名称", "用人单位"],
        "headcount": ["需求人数", "招聘人数"],
        "requirements": ["岗位要求", "任职要求"],
        "closes_on": ["截止时间"],
    }

    class Meta:
        model = TalentDemand


class SitePageResource(RecordResource):
    class Meta:
        model = SitePage


RESOURCES = {
    "districts": DistrictResource,
    "belts": BeltResource,
    "nodes": BeltNodeResource,
    "parks": ParkResource,
    "buildings": BuildingResource,
    "spaces": SpaceResource,
    "incubators": IncubatorResource,
    "services": ServiceResource,
    "mentors": MentorResource,
    "liaisons": LiaisonResource,
    "companies": CompanyResource,
    "recognitions": RecognitionResource,
    "tenancies": TenancyResource,
    "programs": ProgramResource,
    "measures": MeasureResource,
    "alliances": AllianceResource,
    "policies": PolicyResource,
    "events": EventResource,
    "advisors": AdvisorResource,
    "talent": TalentDemandResource,
    "schemes": IndustrySchemeResource,
    "industries": IndustryResource,
    "figures": FigureResource,
    "sources": SourceResource,
    "citations": CitationResource,
    "pages": SitePageResource,
}
"""MODEL of `import_data` and `export_data` → its sheet."""


def sheet_named(name):
    """Return the resource of a MODEL name; raise SheetError for any other."""
    if name not in RESOURCES:
        raise SheetError(
            _("没有“%(name)s”这个种类。可用：%(names)s")
            % {"name": name, "names": " ".join(RESOURCES)}
        )
    return RESOURCES[name]
