"""What has been published, counted: parks by kind and by stage, tenants by industry."""

from itertools import groupby

from django.db.models import Count, Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.models import Company, Tenancy
from parks.models import Park
from parks.vocabulary import ParkKind
from promotion.reference.charts import MAX_BARS, Bar, Chart
from promotion.reference.models import Industry
from promotion.reference.services import in_language
from promotion.reference.vocabulary import Stage


def count_bars(choices, counts, address=""):
    """Return a bar for each value of a vocabulary that was counted at all."""
    return [
        Bar(
            label=choice.label,
            value=counts[choice],
            text=ngettext("%(total)s 处", "%(total)s 处", counts[choice])
            % {"total": counts[choice]},
            address=address and f"{address}{choice}",
        )
        for choice in choices
        if counts.get(choice)
    ]


def park_charts():
    """Return the charts of parks by kind and by stage, from one query."""
    rows = Park.objects.published().order_by().values_list("kind", "stage", Count("pk"))
    kinds, stages = {}, {}
    for kind, stage, total in rows:
        kinds[kind] = kinds.get(kind, 0) + total
        stages[stage] = stages.get(stage, 0) + total
    unknown = stages.get("", 0)
    return [
        Chart(
            slug="park-kinds",
            title=_("园区，按类型"),
            heading=_("类型"),
            bars=count_bars(ParkKind, kinds, f"{reverse('park_list')}?kind="),
            note=_("本站已发布的园区与载体。"),
        ),
        Chart(
            slug="park-stages",
            title=_("园区，按建设阶段"),
            heading=_("建设阶段"),
            bars=count_bars(Stage, stages),
            note=ngettext(
                "另有 %(total)s 处的建设阶段暂未公布，不在图中。",
                "另有 %(total)s 处的建设阶段暂未公布，不在图中。",
                unknown,
            )
            % {"total": unknown}
            if unknown
            else "",
        ),
    ]


def present_tenants():
    """Return the public companies that are tenants of a public park now."""
    tenancies = Tenancy.objects.published().present().order_by()
    is_tenant = Exists(tenancies.filter(company=OuterRef("pk")))
    return Company.objects.published().order_by().filter(is_tenant)


def tenant_charts():
    """Return the charts of tenants by industry, one for each scheme that divides industries."""
    links = Company.industries.through.objects.filter(company__in=present_tenants())
    counts = dict(
        links.order_by().values_list("industry").annotate(total=Count("company", distinct=True))
    )
    industries = Industry.objects.published().for_list().filter(pk__in=counts)
    charts = []
    for scheme, rows in groupby(industries, key=lambda industry: industry.scheme):
        bars = [
            Bar(
                label=in_language(row, "name"),
                value=counts[row.pk],
                text=ngettext("%(total)s 家", "%(total)s 家", counts[row.pk])
                % {"total": counts[row.pk]},
                address=row.get_absolute_url(),
            )
            for row in rows
        ]
        bars.sort(key=lambda bar: -bar.value)
        charts.append(
            Chart(
                slug=f"tenants-{scheme.slug}",
                title=_("入驻企业，按产业：%(scheme)s") % {"scheme": in_language(scheme, "name")},
                heading=_("产业"),
                bars=bars[:MAX_BARS],
                note=_("本站已发布、资料注明产业的入驻企业；一家企业可以属于几个产业。"),
            )
        )
    return charts
