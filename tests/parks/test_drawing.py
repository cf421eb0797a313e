"""The drawing of a belt holds whatever is on it: all of it inside, nothing on top of another."""

from itertools import combinations

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from parks.drawing import Box, draw_across, draw_belt, draw_down
from parks.models import Belt, BeltNode, Park
from parks.vocabulary import BeltRole

TEXTS = st.one_of(
    st.sampled_from(
        ["", "康建广场", "中以（上海）创新园", "China–Israel (Shanghai) Innovation Park", "W" * 200]
    ),
    st.text(max_size=200),
)
NODES = st.lists(
    st.tuples(TEXTS, st.sampled_from([*BeltRole.values, ""]), st.integers(0, 9_999), TEXTS),
    max_size=20,
)


def make_nodes(rows):
    """Return unsaved nodes from (name, role, how many tenants and incubators, metro)."""
    nodes = []
    for name, role, total, metro in rows:
        node = BeltNode(park=Park(name=name or "园", metro_access=metro), role=role)
        node.tenant_count = node.incubator_count = total
        nodes.append(node)
    return nodes


def labels_of(drawing):
    return [*drawing.end_labels, *(drawn.label for drawn in drawing.nodes)]


@given(rows=NODES, start=TEXTS, end=TEXTS)
@pytest.mark.parametrize("draw", [draw_across, draw_down])
def test_labels_lie_inside_the_picture_and_apart_from_each_other(draw, rows, start, end):
    drawing = draw(Belt(start_point=start, end_point=end), make_nodes(rows))
    picture = Box(0, 0, drawing.width, drawing.height)
    marks = [Box(drawn.x - 13, drawn.y - 13, 26, 26) for drawn in drawing.nodes]
    boxes = [*marks, *(label.box for label in labels_of(drawing))]
    for box in boxes:
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= picture.width
        assert box.y + box.height <= picture.height
    assert [pair for pair in combinations(boxes, 2) if pair[0].meets(pair[1])] == []


@given(rows=NODES, start=TEXTS, end=TEXTS)
@pytest.mark.parametrize("draw", [draw_across, draw_down])
def test_every_line_of_text_lies_in_its_label(draw, rows, start, end):
    drawing = draw(Belt(start_point=start, end_point=end), make_nodes(rows))
    for label in labels_of(drawing):
        for line in label.lines:
            assert line.words.width <= label.box.width
            assert label.box.y <= line.y <= label.box.y + label.box.height


@pytest.mark.parametrize(
    ("total", "rows"), [(0, 1), (1, 1), (3, 1), (8, 1), (9, 2), (12, 2), (17, 3), (20, 3)]
)
def test_the_line_runs_in_as_many_rows_as_the_nodes_need(total, rows):
    drawing = draw_across(Belt(), make_nodes([("园区", "", 0, "")] * total))
    assert len(drawing.nodes) == total
    assert drawing.path.count("A") == 2 * (rows - 1)
    assert len({drawn.y for drawn in drawing.nodes} | {end[1] for end in drawing.ends}) == rows


def test_nodes_keep_their_order_along_the_line():
    nodes = make_nodes([(f"园区{number}", "", 0, "") for number in range(20)])
    across, down = draw_across(Belt(), nodes), draw_down(Belt(), nodes)
    assert [drawn.node for drawn in across.nodes] == nodes
    assert [drawn.node for drawn in down.nodes] == nodes
    first, second, third = (
        [drawn.x for drawn in across.nodes if drawn.y == y]
        for y in sorted({drawn.y for drawn in across.nodes})
    )
    assert first == sorted(first)
    assert second == sorted(second, reverse=True)
    assert third == sorted(third)


def test_a_node_says_what_is_known_of_it_and_no_more():
    known, unknown = make_nodes([("甲园", "core", 3, "地铁某站"), ("乙园", "", 0, "")])
    drawing = draw_across(Belt(), [known, unknown])
    words = [[line.words.text for line in drawn.label.lines] for drawn in drawing.nodes]
    assert words == [["甲园", "核心节点", "3 个孵化器 · 3 家入驻企业", "地铁某站"], ["乙园"]]


def test_the_legend_names_the_shapes_that_are_there():
    nodes = make_nodes([("甲", "headquarters", 0, ""), ("乙", "core", 0, "")])
    assert draw_belt(Belt(), nodes)["legend"] == [
        ("core", "核心节点"),
        ("headquarters", "企业总部支点"),
    ]
    nodes = make_nodes([("甲", "", 0, "")])
    assert draw_belt(Belt(), nodes)["legend"] == [("none", "文件未说明其作用")]


def test_english_readers_get_the_english_name_on_the_map():
    node = make_nodes([("某园", "", 0, "")])[0]
    node.map_label, node.park.name_en = "图上名", "Some Park"
    drawing = draw_across(Belt(), [node])
    assert drawing.nodes[0].label.lines[0].words.text == "图上名"
    with translation.override("en"):
        drawing = draw_across(Belt(), [node])
    assert drawing.nodes[0].label.lines[0].words.text == "Some Park"
