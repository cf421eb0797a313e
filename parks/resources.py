"""The sheets of places: districts, belts, parks, buildings, space and incubators."""

from parks.models import (
    Belt,
    BeltNode,
    Building,
    District,
    Incubator,
    Liaison,
    Mentor,
    Park,
    Service,
    Space,
)
from promotion.reference.spreadsheets.resources import RecordResource
from promotion.reference.spreadsheets.texts import IdentifierCodec

PERSON_ALIASES = {
    "name": ["姓名"],
    "organisation": ["工作单位", "所在单位", "任职单位"],
    "job_title": ["职称", "职位", "头衔"],
    "expertise": ["擅长领域", "专业领域", "研究方向"],
    "consented_on": ["同意日期", "授权日期"],
}


class DistrictResource(RecordResource):
    codes = ("division_code",)
    codecs = {"division_code": IdentifierCodec(allow_numbers=True)}
    examples = {"division_code": "990101"}
    heading_aliases = {"parent": ["上级", "所属区域"], "division_code": ["区划代码"]}

    class Meta:
        model = District


class BeltResource(RecordResource):
    heading_aliases = {"name": ["产业带"], "strategy": ["战略", "发展战略"]}

    class Meta:
        model = Belt


class BeltNodeResource(RecordResource):
    heading_aliases = {
        "park": ["节点", "节点名称"],
        "role": ["角色", "节点类型", "定位"],
        "map_label": ["图上标注"],
    }

    class Meta:
        model = BeltNode


class ParkResource(RecordResource):
    links = {"belts": {}}
    examples = {"metro_access": "示例线示例站", "metro_access_en": "Example Line, Example Station"}
    heading_aliases = {
        "name": ["园区", "载体名称", "楼宇名称", "项目名称"],
        "kind": ["园区类型", "载体类型"],
        "belts": ["所属产业带", "所在产业带"],
        "host": ["所属园区", "母园区"],
        "opened_on": ["开园时间", "开业时间", "开业日期", "启用时间"],
        "total_investment_cny_10k": ["投资总额", "投资额"],
        "metro_access": ["地铁", "交通", "轨道交通站点"],
        "operator": ["运营方", "运营公司", "运营主体", "管理单位"],
    }

    class Meta:
        model = Park


class BuildingResource(RecordResource):
    name_scope = ("park",)
    heading_aliases = {
        "name": ["楼宇", "楼名", "楼栋"],
        "floor_count": ["楼层数", "总层数"],
        "completed_on": ["竣工时间", "建成时间"],
    }

    class Meta:
        model = Building


class SpaceResource(RecordResource):
    name_scope = ("park",)
    examples = {"floor": "3 层", "floor_en": "Third floor", "rent_cny_sqm_day": "3.5"}
    heading_aliases = {
        "name": ["房源", "房源名称", "单元", "房号"],
        "availability": ["出租状态", "状态", "招租状态"],
        "rent_cny_sqm_day": ["单价", "租赁价格"],
        "available_on": ["可入驻时间", "交付日期"],
        "use": ["房屋用途", "使用功能"],
    }

    class Meta:
        model = Space


class IncubatorResource(RecordResource):
    heading_aliases = {
        "name": ["孵化器", "众创空间", "孵化载体"],
        "level_held": ["级别", "现有级别", "认定级别"],
        "level_aimed": ["拟申报级别"],
        "operating_model": ["运营模式"],
        "services": ["服务内容", "提供服务", "孵化服务"],
    }

    class Meta:
        model = Incubator


class ServiceResource(RecordResource):
    heading_aliases = {"name": ["服务", "服务名称"]}

    class Meta:
        model = Service


class MentorResource(RecordResource):
    personal = ("phone", "email")
    name_scope = ("incubator",)
    heading_aliases = PERSON_ALIASES

    class Meta:
        model = Mentor


class LiaisonResource(RecordResource):
    personal = ("phone", "email")
    name_scope = ("park",)
    heading_aliases = PERSON_ALIASES

    class Meta:
        model = Liaison
