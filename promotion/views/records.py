"""Pages about what the district does for enterprises: services, policies, events, people."""

from django.utils.translation import gettext_lazy as _

from promotion.filters import (
    AllianceFilter,
    EventFilter,
    PolicyFilter,
    ProgramFilter,
    TalentFilter,
)
from promotion.models import Advisor, Alliance, Event, Measure, Policy, Program, TalentDemand
from promotion.reference.services import LinkQuery, desk_of, fetch_sections
from promotion.reference.views import RecordDetailView, RecordListView


class ProgramList(RecordListView):
    model = Program
    filterset_class = ProgramFilter
    title = _("服务计划")
    intro = _("区里和镇里为企业做什么：服务计划、行动方案、战略布局和建设项目，各自走到了哪一步。")
    empty = _("还没有发布服务计划。请直接询问招商服务部门能提供哪些帮助。")


class ProgramDetail(RecordDetailView):
    model = Program
    list_page = "program_list"
    list_title = ProgramList.title

    def get_related(self):
        program = self.object
        return {
            "measures": list(program.measures.published().for_list()),
            "sections": fetch_sections(
                LinkQuery("alliance", Alliance.objects.published().filter(programs=program)),
                LinkQuery("parks", program.parks.published()),
                LinkQuery("companies", program.companies.published()),
                LinkQuery(
                    "events",
                    Event.objects.published().filter(measure__program=program),
                    starts_on="starts_on",
                    ends_on="ends_on",
                ),
            ),
        }

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"desk": desk_of(self.object.district)}


class AllianceList(RecordListView):
    model = Alliance
    filterset_class = AllianceFilter
    title = _("联盟与机制")
    intro = _("与周边城市、园区和企业的长期合作：联盟、机制、协议、平台和数据库。")
    empty = _("还没有发布联盟与机制。")


class AllianceDetail(RecordDetailView):
    model = Alliance
    list_page = "alliance_list"
    list_title = AllianceList.title

    def get_related(self):
        alliance = self.object
        return {
            "sections": fetch_sections(
                LinkQuery("parent", Alliance.objects.published().filter(children=alliance)),
                LinkQuery("children", alliance.children.published()),
                LinkQuery("districts", alliance.districts.published()),
                LinkQuery("parks", alliance.parks.published()),
                LinkQuery("incubators", alliance.incubators.published()),
                LinkQuery("companies", alliance.companies.published()),
                LinkQuery("programs", alliance.programs.published()),
            )
        }


class PolicyList(RecordListView):
    model = Policy
    filterset_class = PolicyFilter
    title = _("政策")
    intro = _("企业可以依据的政策和规划：谁可以申报、什么时候申报。")
    empty = _("还没有发布政策。请直接询问招商服务部门适用哪些政策。")


class PolicyDetail(RecordDetailView):
    model = Policy
    list_page = "policy_list"
    list_title = PolicyList.title


class EventList(RecordListView):
    model = Event
    filterset_class = EventFilter
    title = _("活动")
    intro = _("大会、赛事、沙龙和签约仪式。是否已经举办，以资料明确记载的为准。")
    empty = _("还没有发布活动。")


class EventDetail(RecordDetailView):
    model = Event
    list_page = "event_list"
    list_title = EventList.title

    def get_related(self):
        event = self.object
        measures = Measure.objects.published().filter(events=event)
        return {
            "sections": fetch_sections(
                LinkQuery("measure", measures, note="program__name"),
                LinkQuery("parks", event.parks.published()),
                LinkQuery("companies", event.companies.published()),
            )
        }


class TalentList(RecordListView):
    model = TalentDemand
    filterset_class = TalentFilter
    title = _("人才需求")
    intro = _("动态人才需求库：这里的企业和园区正在找什么样的人。")
    empty = _("需求库已在计划中，目前还没有发布岗位。可以先看企业，直接与它们联系。")


class TalentDetail(RecordDetailView):
    model = TalentDemand
    list_page = "talent_list"
    list_title = TalentList.title

    def get_context_data(self, **kwargs):
        park = self.object.park
        return super().get_context_data(**kwargs) | {"desk": desk_of(park)}


class AdvisorList(RecordListView):
    model = Advisor
    title = _("科创顾问")
    intro = _("受聘为企业提供发展战略、成果转化和政策解读帮助，并同意公开姓名的专家。")
    empty = _("聘请顾问是计划中的举措，目前还没有发布名单。需要专家帮助时请联系招商服务部门。")


class AdvisorDetail(RecordDetailView):
    model = Advisor
    list_page = "advisor_list"
    list_title = AdvisorList.title
