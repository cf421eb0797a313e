"""The drawing of a belt as a picture of its own, with what a page would say around it."""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import gettext

from parks.drawing import LINE_HEIGHT, NOTE_SIZE, WIDTH_ACROSS, Drawing, draw_across, legend_of
from promotion.reference.lettering import printable, width_em, wrap
from promotion.reference.models import Citation
from promotion.reference.records import published_q
from promotion.reference.services import in_language
from promotion.reference.templatetags.quantities import partial_date

MARGIN = 48
TITLE_SIZE = 32
TITLE_HEIGHT = 44
LEGEND_SHAPE = 24
LEGEND_GAP = 40


@dataclass(frozen=True)
class Line:
    """A line of text, or an entry of the legend, and where it stands."""

    text: str
    x: float
    y: float
    shape: str = ""


@dataclass(frozen=True)
class Poster:
    """A picture of a belt to hand on: its title, drawing, legend and notes."""

    name: str
    width: float
    height: float
    title: list
    drawing: Drawing
    drawing_at: tuple
    legend: list
    notes: list


def sources_of(belt, nodes):
    """Return the public sources of a belt and its nodes, in the order first cited."""
    cited = Citation.objects.supporting().filter(published_q("source"))
    cited = cited.for_subjects([belt, *nodes])
    return list({citation.source_id: citation.source for citation in cited}.values())


def source_words(source):
    """Return a source's name with its date."""
    date = partial_date(source.published_on) or gettext("未注明日期")
    return gettext("%(title)s（%(date)s）") % {"title": in_language(source, "name"), "date": date}


def notes_of(belt, nodes):
    """Return what must be said under the drawing: that it is schematic, its sources, its date."""
    notes = [gettext("示意图，节点次序与间距不代表实际位置。")]
    if sources := sources_of(belt, nodes):
        names = gettext("；").join(source_words(source) for source in sources)
        notes.append(gettext("资料来源：%(names)s") % {"names": names})
    as_of = partial_date(belt.as_of) or gettext("暂未公布")
    notes.append(gettext("数据时点：%(date)s") % {"date": as_of})
    if not nodes:
        notes.insert(0, gettext("这条产业带还没有发布节点。"))
    return notes


def set_legend(entries, y):
    """Set the entries of a legend beside one another."""
    lines, x = [], MARGIN
    for shape, label in entries:
        lines.append(Line(str(label), x, y, shape))
        x += LEGEND_SHAPE + width_em(str(label)) * NOTE_SIZE + LEGEND_GAP
    return lines


def make_poster(belt, nodes):
    """Lay out the picture of a belt in the active language."""
    name = printable(in_language(belt, "name"))
    y = MARGIN
    title = []
    for text in wrap(name, WIDTH_ACROSS / TITLE_SIZE):
        title.append(Line(text, MARGIN, y + TITLE_SIZE))
        y += TITLE_HEIGHT
    drawing, drawing_y = draw_across(belt, nodes), y
    y += drawing.height + LINE_HEIGHT
    legend = set_legend(legend_of(nodes), y)
    y += 2 * LINE_HEIGHT if legend else 0
    notes = []
    for note in notes_of(belt, nodes):
        for text in wrap(note, WIDTH_ACROSS / NOTE_SIZE):
            notes.append(Line(text, MARGIN, y))
            y += LINE_HEIGHT
    return Poster(
        name=name,
        width=WIDTH_ACROSS + 2 * MARGIN,
        height=y + MARGIN / 2,
        title=title,
        drawing=drawing,
        drawing_at=(MARGIN, drawing_y),
        legend=legend,
        notes=notes,
    )


def render_poster(poster):
    """Return a poster as an SVG file."""
    return render_to_string("parks/belt_drawing.svg", {"poster": poster})
