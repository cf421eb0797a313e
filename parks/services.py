"""The district that the site promotes, and the schematic drawing of a belt."""

import unicodedata
from dataclasses import dataclass

from django.utils.translation import get_language

from parks.models import District
from promotion.reference.services import in_language

LINE_HEIGHT = 22
LETTER_SIZE = 16
REACH = 16
# Across: a drawing for wide screens, its labels in turn above and below the line.
MAX_NODES_ACROSS = 10
WIDTH_ACROSS = 1200
MARGIN_ACROSS = 72
LABEL_DISTANCE = 44
END_DISTANCE = 28
# Down: a drawing for narrow screens and for belts of many nodes, its labels beside the line.
WIDTH_DOWN = 360
LINE_X_DOWN = 32
LABEL_X_DOWN = 68
MARGIN_DOWN = 40
GAP_DOWN = 30


def home_district(request):
    """Return the public district that the site promotes, or None before there is one.

    A request asks the database once.
    """
    if not hasattr(request, "home_district"):
        request.home_district = District.objects.published().home()
    return request.home_district


def width_em(text):
    """Return about how wide a text is set, in units of its size."""
    return sum(1 if unicodedata.east_asian_width(mark) in "WF" else 0.58 for mark in text)


def wrap_label(text, limit_em):
    """Break a label into lines no wider than the limit, between words and Chinese characters."""
    pieces, word = [], ""
    for mark in text:
        word += mark
        if mark == " " or unicodedata.east_asian_width(mark) in "WF":
            pieces.append(word)
            word = ""
    lines = [""]
    for piece in [*pieces, word]:
        if lines[-1] and width_em((lines[-1] + piece).rstrip()) > limit_em:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines if line.strip()]


def node_label(node):
    """Return how the map names a node in the active language."""
    if get_language() == "en":
        english = node.map_label_en or node.park.name_en
        if english:
            return english
    return node.map_label or in_language(node.park, "name")


@dataclass
class DrawnText:
    """A line of text and where its baseline lies."""

    text: str
    y: int


@dataclass
class EndLabel:
    """What lies at one end of the line: its lines of text, all set from the same edge."""

    x: int
    lines: list
    anchor: str


@dataclass
class Box:
    """A rectangle that answers to the pointer."""

    x: float
    y: float
    width: float
    height: float


@dataclass
class DrawnNode:
    """A node of a belt where it is drawn; its shape follows from its role."""

    node: object
    x: int
    y: int
    text_x: int
    lines: list
    role_y: int
    hits: list

    @property
    def shape(self):
        return self.node.role or "none"


@dataclass
class Drawing:
    """A belt drawn in one direction: the size of the picture, the line's ends and the nodes."""

    width: int
    height: int
    start: tuple
    end: tuple
    nodes: list
    ends: list


def stack(lines, first_y):
    return [DrawnText(line, first_y + index * LINE_HEIGHT) for index, line in enumerate(lines)]


def draw_across(belt, nodes):
    """Return the drawing from left to right."""
    spacing = (WIDTH_ACROSS - 2 * MARGIN_ACROSS) // (len(nodes) + 1)
    labels = [wrap_label(node_label(node), 2 * spacing / LETTER_SIZE - 1) for node in nodes]
    # A role takes one more line below each label.
    tallest = (max((len(lines) for lines in labels), default=1) + 1) * LINE_HEIGHT
    line_y = tallest + LABEL_DISTANCE
    drawn = []
    for index, (node, lines) in enumerate(zip(nodes, labels, strict=True)):
        rows = len(lines) + bool(node.role)
        is_above = index % 2 == 0
        first_y = (
            line_y - LABEL_DISTANCE - (rows - 1) * LINE_HEIGHT + 8
            if is_above
            else line_y + LABEL_DISTANCE + 8
        )
        x = MARGIN_ACROSS + spacing * (index + 1)
        role_y = first_y + len(lines) * LINE_HEIGHT
        text_width = max(width_em(line) for line in lines) * LETTER_SIZE + REACH
        top, bottom = first_y - LINE_HEIGHT + 4, first_y + (rows - 1) * LINE_HEIGHT + 8
        hits = [
            Box(x - text_width / 2, top, text_width, bottom - top),
            Box(x - REACH, min(top, line_y - REACH), 2 * REACH, LABEL_DISTANCE + bottom - top),
        ]
        drawn.append(DrawnNode(node, x, line_y, x, stack(lines, first_y), role_y, hits))
    start, end = (MARGIN_ACROSS, line_y), (WIDTH_ACROSS - MARGIN_ACROSS, line_y)
    # The ends are named on the side where their neighbour's label is not, in the width that the
    # label after that leaves free.
    free_em = (MARGIN_ACROSS + spacing) / LETTER_SIZE
    ends = []
    for text, x, anchor, is_above in (
        (in_language(belt, "start_point"), 0, "start", False),
        (in_language(belt, "end_point"), WIDTH_ACROSS, "end", len(nodes) % 2 == 0),
    ):
        lines = wrap_label(text, free_em)
        first_y = line_y - END_DISTANCE - (len(lines) - 1) * LINE_HEIGHT
        ends.append(
            EndLabel(x, stack(lines, first_y if is_above else line_y + END_DISTANCE + 12), anchor)
        )
    return Drawing(
        width=WIDTH_ACROSS,
        height=line_y + LABEL_DISTANCE + tallest,
        start=start,
        end=end,
        nodes=drawn,
        ends=ends,
    )


def draw_down(belt, nodes):
    """Return the drawing from top to bottom."""
    limit = (WIDTH_DOWN - LABEL_X_DOWN) / LETTER_SIZE - 1
    y = MARGIN_DOWN + 2 * GAP_DOWN
    drawn = []
    for node in nodes:
        lines = wrap_label(node_label(node), limit)
        rows = len(lines) + bool(node.role)
        hit = Box(LINE_X_DOWN - REACH, y - REACH, WIDTH_DOWN - LINE_X_DOWN, rows * LINE_HEIGHT + 8)
        drawn.append(
            DrawnNode(
                node,
                LINE_X_DOWN,
                y,
                LABEL_X_DOWN,
                stack(lines, y + 6),
                y + 6 + len(lines) * LINE_HEIGHT,
                [hit],
            )
        )
        y += rows * LINE_HEIGHT + GAP_DOWN
    y += GAP_DOWN // 2
    return Drawing(
        width=WIDTH_DOWN,
        height=y + MARGIN_DOWN,
        start=(LINE_X_DOWN, MARGIN_DOWN),
        end=(LINE_X_DOWN, y),
        nodes=drawn,
        ends=[
            EndLabel(
                LABEL_X_DOWN, stack([in_language(belt, "start_point")], MARGIN_DOWN + 6), "start"
            ),
            EndLabel(LABEL_X_DOWN, stack([in_language(belt, "end_point")], y + 6), "start"),
        ],
    )


def draw_belt(belt, nodes):
    """Return the drawings of a belt's nodes: across (None where they are too many) and down."""
    across = draw_across(belt, nodes) if len(nodes) <= MAX_NODES_ACROSS else None
    return {"across": across, "down": draw_down(belt, nodes)}
