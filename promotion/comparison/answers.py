"""What a place answers to each question, as lines that know what they are cited by."""

from dataclasses import dataclass, field
from itertools import groupby

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from parks.models import Park
from promotion.reference.services import in_language
from promotion.reference.templatetags.facts import field_text, forward_fields, is_untranslated
from promotion.reference.templatetags.quantities import area, figure_value, partial_date, rent
from promotion.reference.wording import claim_words, unconfirmed_words

MAX_LINES = 12
CONTACT_FIELDS = {"contact_name": _("对接部门"), "phone": _("电话"), "email": _("邮箱")}


@dataclass
class Line:
    """One thing that a cell says, and what it is cited by."""

    text: str
    label: str = ""
    note: str = ""
    address: str = ""
    claimed: Model | None = None
    """What the line has come as far true as, if it makes a claim."""
    record: Model | None = None
    fields: tuple = ()
    marks: list = field(default_factory=list)

    @property
    def words(self):
        """What a reader is told, whatever it is cited by."""
        return self.label, self.text, self.note, claim_words(self.claimed)


def field_lines(record, name):
    """Return what a field says, in Chinese where it has not been translated."""
    text = getattr(record, name) if is_untranslated(record, name) else field_text(record, name)
    address = text if name == "website" else ""
    note = unconfirmed_words(record) if name in forward_fields(record) else ""
    return [Line(text, note=note, address=address, record=record, fields=(name,))] if text else []


def linked(related, record, name):
    """Return a related record as a line, cited by the field that names it."""
    if not related:
        return []
    address = related.get_absolute_url() if related.page else ""
    return [
        Line(
            in_language(related, "name"),
            address=address,
            claimed=related,
            record=record,
            fields=(name,),
        )
    ]


def cut(lines, address):
    """Return as many lines as a cell can hold, the last one saying that there are more."""
    if len(lines) <= MAX_LINES:
        return lines
    more = gettext("共 %(total)s 条，这里显示一部分。") % {"total": len(lines)}
    return [*lines[:MAX_LINES], Line(more, address=address)]


def belt_lines(park):
    return [
        Line(
            in_language(node.belt, "name"),
            note=node.get_role_display(),
            address=node.belt.get_absolute_url(),
            record=node,
        )
        for node in park.public_nodes
    ]


def industry_lines(record):
    """Return the industries of a record under the scheme that names them, never merged."""
    return [
        Line(
            gettext("、").join(in_language(industry, "name") for industry in industries),
            label=in_language(scheme, "name"),
            record=record,
            fields=("industries",),
        )
        for scheme, industries in groupby(
            record.industries.all(), key=lambda industry: industry.scheme
        )
    ]


def incubator_lines(park):
    return cut(
        [
            Line(
                in_language(incubator, "name"),
                note=incubator.get_level_held_display(),
                address=incubator.get_absolute_url(),
                claimed=incubator,
                record=incubator,
                fields=("park",),
            )
            for incubator in park.public_incubators
        ],
        f"{reverse('incubator_list')}?park={park.slug}",
    )


def space_lines(park):
    return cut(
        [
            Line(
                in_language(space, "name"),
                note=area(space.floor_area_sqm),
                record=space,
                fields=("", "name", "floor_area_sqm"),
            )
            for space in park.public_spaces
        ],
        f"{reverse('space_list')}?park={park.slug}",
    )


def tenant_lines(record):
    total = record.tenant_count
    if not total:
        return []
    address = f"{reverse('company_list')}?park={record.slug}" if type(record) is Park else ""
    return [
        Line(ngettext("%(total)s 家", "%(total)s 家", total) % {"total": total}, address=address)
    ]


def aimed_lines(incubator):
    if not incubator.level_aimed:
        return []
    level = {"level": incubator.get_level_aimed_display()}
    text = gettext("%(level)s（目标，尚未获得）") % level
    note = unconfirmed_words(incubator)
    return [Line(text, note=note, record=incubator, fields=("level_aimed",))]


def service_lines(incubator):
    names = gettext("、").join(in_language(row, "name") for row in incubator.services.all())
    return [Line(names, record=incubator, fields=("services",))] if names else []


def rent_lines(space):
    if space.rent_cny_sqm_day is None:
        return []
    return [Line(rent(space.rent_cny_sqm_day), record=space, fields=("rent_cny_sqm_day",))]


def figure_lines(record):
    """Return the figures of a record with every caveat that its page gives them."""
    return [
        Line(
            figure_value(figure),
            label=in_language(figure, "label"),
            note=" · ".join(filter(None, caveats(figure))),
            claimed=figure,
            record=figure,
        )
        for figure in record.public_figures
    ]


def caveats(figure):
    """Return what a figure covers, for when, as of when, and what else is to be said of it."""
    as_of = gettext("数据时点 %(date)s") % {"date": partial_date(figure.as_of)}
    due_on = gettext("应于 %(date)s 实现") % {"date": partial_date(figure.due_on)}
    return [
        in_language(figure, "scope"),
        in_language(figure, "period"),
        due_on if figure.due_on else "",
        as_of if figure.as_of else "",
        in_language(figure, "note"),
    ]


def contact_lines(record):
    """Return whom to turn to: the record's own desk, its park's, else that of a district."""
    desk = record.desk
    lines = [
        Line(getattr(desk, name), label=str(label), record=desk, fields=(name,))
        for name, label in CONTACT_FIELDS.items()
        if getattr(desk, name, "")
    ]
    if lines and desk != record:
        lines.insert(0, Line(in_language(desk, "name")))
    return lines
