"""What can stand side by side, and what is asked of each."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.db.models import Model, OuterRef, Prefetch, QuerySet
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies.models import Tenancy
from parks.models import BeltNode, District, Incubator, Park, Space
from promotion.comparison.answers import (
    Line,
    aimed_lines,
    belt_lines,
    contact_lines,
    field_lines,
    figure_lines,
    incubator_lines,
    industry_lines,
    linked,
    rent_lines,
    service_lines,
    space_lines,
    tenant_lines,
)
from promotion.reference.records import row_count
from promotion.reference.services import in_language
from promotion.reference.templatetags.facts import field_label


@dataclass(frozen=True)
class Question:
    """What is asked of every place of a kind: the label of a row and how a place answers."""

    label: str
    answer: Callable[[Model], list[Line]]


def facts(model, *names):
    """Return the questions that single fields answer."""
    label = lazy(field_label, str)
    return [Question(label(model, name), partial(field_lines, name=name)) for name in names]


def tenant_count(relation):
    """Return the expression for how many public tenants a park or an incubator has."""
    return row_count(Tenancy.objects.published().present().filter(**{relation: OuterRef("pk")}))


def parks():
    return (
        Park.objects.published()
        .for_list()
        .annotate(tenant_count=tenant_count("park"))
        .prefetch_related(
            Prefetch("belt_nodes", BeltNode.objects.published().for_list(), "public_nodes"),
            Prefetch("incubators", Incubator.objects.published(), "public_incubators"),
            Prefetch("spaces", Space.objects.published().available(), "public_spaces"),
        )
    )


def incubators():
    counted = Incubator.objects.published().annotate(tenant_count=tenant_count("incubator"))
    return counted.for_detail()


def spaces():
    return (
        Space.objects.published()
        .for_list()
        .prefetch_related(Prefetch("park__district", District.objects.published()))
    )


DISTRICT = Question(_("所在区域"), lambda record: linked(record.district, record, "district"))
INDUSTRIES = Question(_("产业"), industry_lines)
FIGURES = Question(_("数据"), figure_lines)
CONTACT = Question(_("联系"), contact_lines)
TENANTS = Question(_("已公布的入驻企业"), tenant_lines)


def label_alone(place):
    return in_language(place, "name")


def label_in_park(space):
    return f"{in_language(space.park, 'name')} · {in_language(space, 'name')}"


@dataclass(frozen=True)
class Kind:
    """What can stand side by side: how an address names it, and what is asked of each."""

    name: str
    title: str
    invitation: str
    """What the choice of one more is called."""
    fetch: Callable[[], QuerySet]
    """Returns the public places with what the questions ask for."""
    choices: Callable[[], QuerySet]
    """Returns the public places with their names alone."""
    desks: Callable[[Model], list[Model]]
    """Returns whom to turn to about a place, as its page does, before the home district."""
    questions: list[Question]
    label: Callable[[Model], str] = label_alone

    @property
    def list_address(self):
        return reverse(f"{self.name}_list")


KINDS = [
    Kind(
        "park",
        _("园区"),
        _("添加园区"),
        parks,
        Park.objects.published,
        lambda park: [park, park.district],
        [
            *facts(Park, "kind", "stage"),
            DISTRICT,
            *facts(Park, "address", "metro_access", "site_area_sqm", "floor_area_sqm"),
            *facts(Park, "opened_on", "total_investment_cny_10k", "operator"),
            Question(_("产业带"), belt_lines),
            INDUSTRIES,
            Question(_("孵化器"), incubator_lines),
            TENANTS,
            Question(_("可租载体"), space_lines),
            FIGURES,
            CONTACT,
            *facts(Park, "website", "as_of", "verified_on"),
        ],
    ),
    Kind(
        "space",
        _("载体房源"),
        _("添加载体房源"),
        spaces,
        lambda: Space.objects.published().for_list(),
        lambda space: [space.park, space.park.district],
        [
            Question(Park._meta.verbose_name, lambda space: linked(space.park, space, "park")),
            Question(
                pgettext_lazy("one", "楼宇"),
                lambda space: linked(space.building, space, "building"),
            ),
            *facts(Space, "floor", "use", "availability", "floor_area_sqm"),
            Question(_("租金"), rent_lines),
            *facts(Space, "available_on"),
            Question(_("园区地址"), lambda space: field_lines(space.park, "address")),
            Question(_("轨道交通"), lambda space: field_lines(space.park, "metro_access")),
            FIGURES,
            CONTACT,
            *facts(Space, "as_of", "verified_on"),
        ],
        label=label_in_park,
    ),
    Kind(
        "incubator",
        _("孵化器"),
        _("添加孵化器"),
        incubators,
        Incubator.objects.published,
        lambda incubator: [incubator, incubator.park, incubator.district],
        [
            *facts(Incubator, "level_held"),
            Question(_("目标级别"), aimed_lines),
            Question(_("所在园区"), lambda incubator: linked(incubator.park, incubator, "park")),
            DISTRICT,
            *facts(Incubator, "stage", "address", "operating_model"),
            Question(_("服务"), service_lines),
            INDUSTRIES,
            TENANTS,
            FIGURES,
            CONTACT,
            *facts(Incubator, "website", "as_of", "verified_on"),
        ],
    ),
]
