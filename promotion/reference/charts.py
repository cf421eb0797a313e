"""Bar charts drawn on the server: scales, bars and the series that figures make over time.

Lengths are shares of the picture's width, so that a chart fits every screen and its words keep
their size. A value that is not known has no bar.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.functional import cached_property

from promotion.reference.lettering import printable, width_em, wrap
from promotion.reference.models import Figure
from promotion.reference.services import in_language
from promotion.reference.templatetags.quantities import figure_value, partial_date
from promotion.reference.wording import claim_words

# A chart of one bar compares nothing.
MIN_BARS = 2
MAX_BARS = 30
MAX_SERIES = 12
# On the narrowest screen a line holds this many letters of its size.
LINE_EM = 18
LINE_HEIGHT = 22
BAR_HEIGHT = 14
BAR_GAP = 16
BASELINE = 16
YEAR = re.compile(r"\d{4}")


@dataclass
class Bar:
    """A value of a chart: what it is of, how it is put in words, how far it has come true."""

    label: str
    value: Decimal | int
    text: str
    figure: Figure | None = None
    address: str = ""

    @property
    def is_open(self):
        """Whether the value is planned, forecast or hoped for."""
        return bool(self.figure and self.figure.is_forward)

    @property
    def value_words(self):
        """The value as the picture says it, with how far it has come true if it has not."""
        return f"{self.text} · {claim_words(self.figure)}" if self.is_open else self.text

    @property
    def words(self):
        """What the picture says at the bar."""
        return f"{self.label} · {self.value_words}"

    @property
    def lines(self):
        """The words in lines that fit the narrowest screen; a value is kept together."""
        if width_em(self.words) <= LINE_EM:
            return [printable(self.words)]
        return [*wrap(self.label, LINE_EM), *wrap(self.value_words, LINE_EM)]


@dataclass(frozen=True)
class DrawnBar:
    """A bar where it is drawn, under its lines of text; lengths in percent of the width."""

    bar: Bar
    lines: list
    y: int
    start: float
    length: float


@dataclass
class Chart:
    """Values of one kind side by side, as bars and as a table."""

    slug: str
    title: str
    heading: str
    """What the bars are told apart by."""
    bars: list
    note: str = ""
    subject: object = None

    @property
    def is_worth_drawing(self):
        return len(self.bars) >= MIN_BARS

    @property
    def has_open_bars(self):
        return any(bar.is_open for bar in self.bars)

    @property
    def scale(self):
        """The least and the greatest value that the width stands for; zero is always among them."""
        values = [Decimal(bar.value) for bar in self.bars]
        return min(0, *values), max(0, *values)

    @cached_property
    def drawn(self):
        least, greatest = self.scale
        span = (greatest - least) or 1
        drawn, y = [], 0
        for bar in self.bars:
            lines = [
                (line, y + BASELINE + index * LINE_HEIGHT) for index, line in enumerate(bar.lines)
            ]
            y += len(lines) * LINE_HEIGHT
            share = [100 * (Decimal(edge) - least) / span for edge in (0, bar.value)]
            start, stop = (round(float(edge), 2) for edge in sorted(share))
            drawn.append(DrawnBar(bar, lines, y, start, round(stop - start, 2)))
            y += BAR_HEIGHT + BAR_GAP
        return drawn

    @property
    def height(self):
        last = self.drawn[-1]
        return last.y + BAR_HEIGHT + 1


def moment(figure):
    """Return the key by which figures of a series are put in order of time."""
    year = YEAR.search(figure.period)
    return (year[0] if year else figure.as_of, figure.as_of, figure.period)


def fetch_series(figures):
    """Return charts of the figures among these that a record has for several times.

    Two figures belong to one series when they are of the same thing in the same unit and scope.
    """
    kind = ("subject_type_id", "subject_id", "label", "unit", "scope")
    when = Coalesce(NullIf("period", Value("")), "as_of")
    keys = (
        figures.order_by()
        .values_list(*kind)
        .annotate(times=Count(NullIf(when, Value("")), distinct=True))
        .filter(times__gte=MIN_BARS)
        .order_by(*kind)[:MAX_SERIES]
    )
    series = {tuple(key[:-1]): [] for key in keys}
    if not series:
        return []
    wanted = Q(pk__in=[])
    for key in series:
        wanted |= Q(**dict(zip(kind, key, strict=True)))
    for figure in figures.filter(wanted):
        if figure.period or figure.as_of:
            series[tuple(getattr(figure, name) for name in kind)].append(figure)
    return [make_series(sorted(rows, key=moment)[-MAX_BARS:]) for rows in series.values()]


def make_series(figures):
    """Return the chart of a series, which is in order of time."""
    latest = figures[-1]
    return Chart(
        slug=f"series-{latest.pk}",
        title=in_language(latest, "label"),
        heading=Figure._meta.get_field("period").verbose_name,
        bars=[
            Bar(
                label=in_language(figure, "period") or partial_date(figure.as_of),
                value=figure.value,
                text=figure_value(figure),
                figure=figure,
            )
            for figure in figures
        ],
        note=in_language(latest, "scope"),
        subject=latest,
    )
