"""Plain functions that make saved, published, clearly synthetic records.

Each takes field values as keywords; what a record cannot do without is made for it.
"""

import uuid
from itertools import count

from django.contrib.auth.models import User
from django.utils import timezone

from companies.models import Company, Recognition, Tenancy
from parks.models import (
    Belt,
    BeltNode,
    Building,
    District,
    Incubator,
    Liaison,
    Mentor,
    Park,
    ParkOperator,
    Service,
    Space,
)
from promotion.models import (
    Advisor,
    Alliance,
    Event,
    Inquiry,
    Measure,
    Policy,
    Program,
    SitePage,
    TalentDemand,
)
from promotion.reference.evidence.models import SourceText
from promotion.reference.evidence.storing import confirm, digest_of, hand_in
from promotion.reference.models import (
    Citation,
    Figure,
    Industry,
    IndustryScheme,
    Source,
    Submission,
)

numbers = count(1)


def make(model, word, values):
    """Save a record of `model` whose name and slug are unique."""
    number = next(numbers)
    defaults = {"slug": f"{model._meta.model_name}-{number}", "name": f"{word}{number}"}
    if hasattr(model, "status"):
        defaults["status"] = "published"
    many = {field.name for field in model._meta.many_to_many}
    relations = {name: values.pop(name) for name in many & values.keys()}
    record = model.objects.create(**{**defaults, **values})
    for name, targets in relations.items():
        getattr(record, name).set(targets)
    return record


def make_scheme(**values):
    return make(IndustryScheme, "测试分类", values)


def make_industry(**values):
    values.setdefault("scheme", None)
    values["scheme"] = values["scheme"] or make_scheme()
    return make(Industry, "测试产业", values)


def make_source(**values):
    return make(Source, "测试文件", values)


def make_district(**values):
    return make(District, "测试区", {"level": "district", **values})


def make_home(**values):
    """Make the district that the site promotes."""
    return make_district(**{"is_home": True, **values})


def make_belt(**values):
    values.setdefault("district", None)
    values["district"] = values["district"] or make_district()
    return make(Belt, "测试产业带", {"scale": "local", **values})


def make_park(**values):
    return make(Park, "测试园区", {"kind": "industrial_park", **values})


def make_parkoperator(**values):
    user = User.objects.create(username=f"operator-{next(numbers)}")
    return ParkOperator.objects.create(**{"park": make_park(), "user": user, **values})


def make_node(**values):
    values = {"belt": values.pop("belt", None) or make_belt(), **values}
    values = {"park": values.pop("park", None) or make_park(), **values}
    return BeltNode.objects.create(**values)


def make_building(**values):
    values = {"park": values.pop("park", None) or make_park(), **values}
    return make(Building, "测试楼", values)


def make_space(**values):
    values = {"park": values.pop("park", None) or make_park(), **values}
    return make(Space, "测试房源", {"use": "office", "floor_area_sqm": 100, **values})


def make_service(**values):
    return make(Service, "测试服务", values)


def make_incubator(**values):
    return make(Incubator, "测试孵化器", values)


def make_mentor(**values):
    values = {"incubator": values.pop("incubator", None) or make_incubator(), **values}
    return make(Mentor, "测试导师", {"consented_on": "2026-01-01", **values})


def make_liaison(**values):
    values = {"park": values.pop("park", None) or make_park(), **values}
    return make(Liaison, "测试联络员", {"consented_on": "2026-01-01", **values})


def make_company(**values):
    return make(Company, "测试企业", values)


def make_tenancy(**values):
    values = {"company": values.pop("company", None) or make_company(), **values}
    values = {"park": values.pop("park", None) or make_park(), **values}
    return Tenancy.objects.create(**values)


def make_recognition(**values):
    if "park" not in values and "company" not in values:
        values["company"] = make_company()
    return make(Recognition, "测试荣誉", values)


def make_alliance(**values):
    return make(Alliance, "测试联盟", {"kind": "alliance", **values})


def make_program(**values):
    return make(Program, "测试计划", {"kind": "service_program", **values})


def make_measure(**values):
    values = {"program": values.pop("program", None) or make_program(), **values}
    return make(Measure, "测试举措", values)


def make_policy(**values):
    return make(Policy, "测试政策", values)


def make_event(**values):
    return make(Event, "测试活动", values)


def make_advisor(**values):
    return make(Advisor, "测试顾问", {"consented_on": "2026-01-01", **values})


def make_talent(**values):
    return make(TalentDemand, "测试岗位", values)


def make_figure(subject, **values):
    """Make a figure about a record."""
    defaults = {"code": f"figure-{next(numbers)}", "label": "测试指标", "value": 1, "unit": "items"}
    return Figure.objects.create(subject=subject, **{**defaults, **values})


def make_citation(subject, **values):
    """Make a citation that supports a record, one of its fields, or a figure."""
    source = values.pop("source", None) or make_source()
    defaults = {"paragraph": 1, "excerpt": "测试短语"}
    return Citation.objects.create(subject=subject, source=source, **{**defaults, **values})


def make_ready(maker, **values):
    """Make a draft that lacks nothing that it needs to be published."""
    record = maker(**{"status": "draft", "summary": "测试简介", **values})
    make_citation(record)
    return record


def make_text(source, *paragraphs):
    """Store a text of these paragraphs for a source."""
    hand_in(source, paragraphs)
    waiting = SourceText.objects.get(source=source).waiting
    confirm(source, digest_of(waiting), None)
    return source


def make_sitepage(**values):
    return make(SitePage, "测试说明页", {"body": "测试正文", **values})


def make_privacy_notice(**values):
    """Make the notice without which there is no form for enquiries."""
    return make_sitepage(**{"slug": "privacy", "name": "隐私说明", **values})


def make_inquiry(**values):
    """Make an enquiry as it stands once it has come in."""
    notice = SitePage.objects.privacy_notice() or make_privacy_notice()
    number = next(numbers)
    defaults = {
        "number": f"20261124-{number:05}",
        "form_key": uuid.uuid4(),
        "organisation": f"测试单位{number}",
        "sought": "office",
        "contact_name": "测试联系人",
        "email": "visitor@example.com",
        "language": "zh-hans",
        "privacy_version": notice.current_version,
        "keep_until": "2028-11-24",
    }
    return Inquiry.objects.create(**{**defaults, **values})


def make_submission(**values):
    values.setdefault("subject", None)
    values["subject"] = values["subject"] or make_park(status="in_review")
    return Submission.objects.create(
        **{"label": values["subject"].name, "made_at": timezone.now(), **values}
    )
