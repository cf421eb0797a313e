"""The schematic drawing of a belt: where its line, its nodes and their words are set."""

from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import get_language, gettext, ngettext

from parks.vocabulary import BeltRole
from promotion.reference.lettering import width_em, wrap
from promotion.reference.services import in_language, is_left_in_chinese
from promotion.reference.wording import claim_words

LINE_HEIGHT = 22
NAME_SIZE = 16
NOTE_SIZE = 14
# Names are bold, which sets wider.
NAME_EM = NAME_SIZE * 1.1
MAX_NAME_LINES = 4
MAX_METRO_LINES = 2
MAX_END_LINES = 4
REACH = 16
GAP = 24
PADDING = 6
# Across: for wide screens and paper. The line turns back at the right and at the left, and the
# labels lie in turn above and below it.
WIDTH_ACROSS = 1200
LEFT, RIGHT = 48, 1152
MAX_NODES_IN_ROW = 8
MAX_LABEL_WIDTH = 320
LABEL_DISTANCE = 26
ROW_PADDING = 12
TURN_RADIUS = 24
# Down: for narrow screens, the labels beside the line.
WIDTH_DOWN = 360
LINE_X_DOWN = 32
LABEL_X_DOWN = 68
MARGIN_DOWN = 24
GAP_DOWN = 30


@dataclass(frozen=True)
class Box:
    """A rectangle of a picture."""

    x: float
    y: float
    width: float
    height: float

    def padded(self, padding):
        """Return the rectangle with room on every side."""
        return Box(
            self.x - padding,
            self.y - padding,
            self.width + 2 * padding,
            self.height + 2 * padding,
        )

    def meets(self, other):
        """Tell whether two rectangles share more than an edge."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(frozen=True)
class Words:
    """A line of text with its place in the order of importance: name, role, note or end."""

    text: str
    style: str

    @property
    def is_untranslated(self):
        """Whether English readers get Chinese here for want of English."""
        return is_left_in_chinese(self.text)

    @property
    def width(self):
        return width_em(self.text) * (NAME_EM if self.style == "name" else NOTE_SIZE)


@dataclass(frozen=True)
class SetLine:
    """A line of text and where its baseline lies."""

    words: Words
    y: float


@dataclass(frozen=True)
class Label:
    """Lines of text set from one edge or about one axis, and the space they take."""

    x: float
    anchor: str
    lines: list
    box: Box


@dataclass(frozen=True)
class DrawnNode:
    """A node of a belt where it is drawn; its shape follows from its role."""

    node: object
    x: float
    y: float
    label: Label
    hits: list
    """The rectangles that answer to the pointer."""

    @property
    def shape(self):
        return self.node.role or "none"


@dataclass(frozen=True)
class Drawing:
    """A belt drawn in one direction: the size of the picture, its line, its nodes, its ends."""

    width: int
    height: float
    path: str
    ends: list
    """Where the line begins and where it stops."""
    end_labels: list
    nodes: list


def node_name(node):
    """Return how the map names a node in the active language."""
    if get_language() == "en":
        english = node.map_label_en or node.park.name_en
        if english:
            return english
    return node.map_label or in_language(node.park, "name")


def counts_at(node):
    """Return what is known of who is at a node, each in a few words."""
    counts = []
    if node.incubator_count:
        counts.append(
            ngettext("%(total)s 个孵化器", "%(total)s 个孵化器", node.incubator_count)
            % {"total": node.incubator_count}
        )
    if node.tenant_count:
        counts.append(
            ngettext("%(total)s 家入驻企业", "%(total)s 家入驻企业", node.tenant_count)
            % {"total": node.tenant_count}
        )
    return counts


def words_at(node, width):
    """Return what the drawing says at a node, in lines no wider than `width`."""
    names = wrap(node_name(node), width / NAME_EM, MAX_NAME_LINES)
    lines = [Words(line, "name") for line in names]
    notes = [
        (claim_words(node.park), "note", None),
        (node.get_role_display(), "role", None),
        (" · ".join(counts_at(node)), "note", None),
        (in_language(node.park, "metro_access"), "note", MAX_METRO_LINES),
    ]
    for text, style, max_lines in notes:
        lines += [Words(line, style) for line in wrap(text, width / NOTE_SIZE, max_lines)]
    return lines


def words_at_end(text, width):
    """Return the name of an end of the belt, in lines no wider than `width`."""
    return [Words(line, "end") for line in wrap(text, width / NOTE_SIZE, MAX_END_LINES)]


def set_label(words, x, top, anchor):
    """Set lines of text downwards from `top`."""
    width = max((line.width for line in words), default=0)
    left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
    lines = [
        SetLine(line, top + index * LINE_HEIGHT + NAME_SIZE) for index, line in enumerate(words)
    ]
    return Label(x, anchor, lines, Box(left, top, width, len(words) * LINE_HEIGHT))


def split_rows(nodes):
    """Divide nodes into rows of nearly equal length, one row at least."""
    total = max(1, -(-len(nodes) // MAX_NODES_IN_ROW))
    bounds = [len(nodes) * row // total for row in range(total + 1)]
    return [nodes[start:stop] for start, stop in pairwise(bounds)]


class Row:
    """One run of the line from edge to edge; labels lie above and below it in turn."""

    def __init__(self, nodes, is_rightward, starts_at, stops_at):
        self.nodes = nodes
        self.is_rightward = is_rightward
        spacing = (RIGHT - LEFT) / (len(nodes) + 1)
        self.xs = [
            LEFT + spacing * step if is_rightward else RIGHT - spacing * step
            for step in range(1, len(nodes) + 1)
        ]
        width = min(2 * spacing - GAP, MAX_LABEL_WIDTH)
        self.words = [words_at(node, width) for node in nodes]
        # The ends are named on the side where the nearest node is not, in the width that the node
        # after that leaves free.
        width = min(LEFT + spacing - GAP, MAX_LABEL_WIDTH)
        self.end_words = [words_at_end(text, width) for text in (starts_at, stops_at)]
        self.end_is_above = [False, bool(nodes) and len(nodes) % 2 == 0]

    def height(self, is_above):
        """Return how much room the labels on one side of the line need."""
        lines = [len(words) for words in self.words[0 if is_above else 1 :: 2]]
        lines += [
            len(words)
            for words, above in zip(self.end_words, self.end_is_above, strict=True)
            if above == is_above
        ]
        return LABEL_DISTANCE + max(lines, default=0) * LINE_HEIGHT + ROW_PADDING

    def set_beside(self, words, x, y, anchor, is_above):
        """Set a label on one side of the line, which lies at `y`."""
        height = len(words) * LINE_HEIGHT
        return set_label(
            words, x, y - LABEL_DISTANCE - height if is_above else y + LABEL_DISTANCE, anchor
        )

    def drawn_nodes(self, y):
        """Return the nodes of a row whose line lies at `y`."""
        drawn = []
        for index, (node, x, words) in enumerate(zip(self.nodes, self.xs, self.words, strict=True)):
            label = self.set_beside(words, x, y, "middle", is_above=index % 2 == 0)
            top = min(label.box.y, y - REACH)
            bottom = max(label.box.y + label.box.height, y + REACH)
            stem = Box(x - REACH, top, 2 * REACH, bottom - top)
            drawn.append(DrawnNode(node, x, y, label, [label.box.padded(PADDING), stem]))
        return drawn

    def drawn_ends(self, y):
        """Return the names of the belt's ends that lie on a row whose line lies at `y`."""
        edges = [(0, "start"), (WIDTH_ACROSS, "end")]
        if not self.is_rightward:
            edges.reverse()
        return [
            self.set_beside(words, x, y, anchor, is_above)
            for words, (x, anchor), is_above in zip(
                self.end_words, edges, self.end_is_above, strict=True
            )
            if words
        ]


def line_through(heights):
    """Return the path of a line that runs across at each height in turn, rounded where it turns."""
    path = f"M{LEFT} {heights[0]:g}"
    for row, (y, below) in enumerate(pairwise(heights)):
        edge, inside, sweep = (
            (RIGHT, RIGHT - TURN_RADIUS, 1) if row % 2 == 0 else (LEFT, LEFT + TURN_RADIUS, 0)
        )
        turn = f"A{TURN_RADIUS} {TURN_RADIUS} 0 0 {sweep}"
        path += f"H{inside}{turn} {edge} {y + TURN_RADIUS:g}"
        path += f"V{below - TURN_RADIUS:g}{turn} {inside} {below:g}"
    return f"{path}H{RIGHT if len(heights) % 2 else LEFT}"


def draw_across(belt, nodes):
    """Return the drawing from edge to edge, in as many rows as the nodes need."""
    split = split_rows(nodes)
    last = len(split) - 1
    rows = [
        Row(
            row,
            index % 2 == 0,
            in_language(belt, "start_point") if index == 0 else "",
            in_language(belt, "end_point") if index == last else "",
        )
        for index, row in enumerate(split)
    ]
    heights, drawn, end_labels, bottom = [], [], [], 0
    for row in rows:
        y = bottom + row.height(is_above=True)
        heights.append(y)
        drawn += row.drawn_nodes(y)
        end_labels += row.drawn_ends(y)
        bottom = y + row.height(is_above=False)
    stop = RIGHT if rows[last].is_rightward else LEFT
    return Drawing(
        width=WIDTH_ACROSS,
        height=bottom,
        path=line_through(heights),
        ends=[(LEFT, heights[0]), (stop, heights[last])],
        end_labels=end_labels,
        nodes=drawn,
    )


def draw_down(belt, nodes):
    """Return the drawing from top to bottom."""
    width = WIDTH_DOWN - LABEL_X_DOWN
    # A label stands beside its node's middle, at the height of its first line.
    rise = LINE_HEIGHT / 2
    start = set_label(
        words_at_end(in_language(belt, "start_point"), width),
        LABEL_X_DOWN,
        MARGIN_DOWN - rise,
        "start",
    )
    y = MARGIN_DOWN + max(start.box.height, LINE_HEIGHT) + GAP_DOWN
    drawn = []
    for node in nodes:
        label = set_label(words_at(node, width), LABEL_X_DOWN, y - rise, "start")
        reach = LINE_X_DOWN - REACH
        hit = Box(reach, label.box.y, WIDTH_DOWN - reach, label.box.height).padded(PADDING)
        drawn.append(DrawnNode(node, LINE_X_DOWN, y, label, [hit]))
        y += label.box.height + GAP_DOWN
    stop = set_label(
        words_at_end(in_language(belt, "end_point"), width), LABEL_X_DOWN, y - rise, "start"
    )
    return Drawing(
        width=WIDTH_DOWN,
        height=y + max(stop.box.height, LINE_HEIGHT) + MARGIN_DOWN - rise,
        path=f"M{LINE_X_DOWN} {MARGIN_DOWN}V{y:g}",
        ends=[(LINE_X_DOWN, MARGIN_DOWN), (LINE_X_DOWN, y)],
        end_labels=[label for label in (start, stop) if label.lines],
        nodes=drawn,
    )


def legend_of(nodes):
    """Return what the shapes among the nodes stand for, as (shape, label)."""
    roles = {node.role for node in nodes}
    legend = [(role.value, role.label) for role in BeltRole if role in roles]
    return [*legend, ("none", gettext("文件未说明其作用"))] if "" in roles else legend


def draw_belt(belt, nodes):
    """Return the drawings of a belt's nodes, across and down, and what their shapes stand for."""
    return {
        "across": draw_across(belt, nodes),
        "down": draw_down(belt, nodes),
        "legend": legend_of(nodes),
    }
