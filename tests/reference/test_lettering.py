"""Text is broken where a reader expects it, and never set wider than its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promotion.reference.lettering import opening_of, printable, width_em, wrap

TEXTS = st.one_of(st.text(max_size=120), st.text("园W（，。 …", max_size=120))


@given(text=TEXTS, limit=st.integers(5, 40), most=st.integers(1, 4))
def test_no_line_is_too_wide_and_none_too_many(text, limit, most):
    lines = wrap(text, limit, most)
    assert len(lines) <= most
    assert all(width_em(line) <= limit for line in lines)


@given(text=TEXTS)
def test_nothing_is_lost_where_lines_are_not_counted(text):
    assert "".join("".join(wrap(text, 8)).split()) == "".join(printable(text).split())


def test_lines_break_between_words_and_between_chinese_characters():
    assert wrap("Zhongxin Smart Valley", 9) == ["Zhongxin Smart", "Valley"]
    assert wrap("未来岛高新技术产业园", 5) == ["未来岛高新", "技术产业园"]
    assert wrap("", 5) == []


def test_a_word_too_long_for_a_line_is_divided():
    assert wrap("Donaudampfschiff", 5) == ["Donauda", "mpfschiff"]


def test_punctuation_stays_with_its_words():
    assert wrap("中以（上海）园", 4) == ["中以（上", "海）园"]
    for line in wrap("甲，乙，丙，丁，戊（己）庚", 3):
        assert line[0] not in "，）"
        assert line[-1] != "（"


def test_what_is_cut_says_so():
    assert wrap("未来岛高新技术产业园", 4, 2) == ["未来岛高", "新技术…"]


def test_control_characters_do_not_reach_a_picture():
    assert printable("a\x00b\x0bc\n\td\u2028e") == "a b c d e"


@given(text=TEXTS, limit=st.integers(5, 40))
def test_an_opening_is_the_beginning_and_says_where_more_follows(text, limit):
    shown = opening_of(text, limit)
    assert shown == text or (shown.endswith(" …") and text.startswith(shown[:-2]))


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("甲园在建。乙园计划投资，尚未开工。", 30, "甲园在建。乙园计划投资，尚未开工。"),
        ("甲园在建。乙园计划投资，尚未开工。", 8, "甲园在建。 …"),
        ("甲园称“在建。”乙园计划投资。", 9, "甲园称“在建。” …"),
        ("甲园计划投资二十亿元，尚未开工。乙园在建。", 5, "甲园计划投资二十亿元，尚未开工。 …"),
        ("It covers 2.32 sq. km. The rest is planned.", 14, "It covers 2.32 sq. km. …"),
        (
            "Led by Dr. Wang of Abc Co., Ltd. in Putuo. Planned.",
            25,
            "Led by Dr. Wang of Abc Co., Ltd. in Putuo. …",
        ),
        ("第一行\n第二行还有许多字", 6, "第一行 …"),
        ("没有句号的一行很长的字", 4, "没有句号的一行很长的字"),
    ],
)
def test_an_opening_is_made_of_whole_sentences(text, limit, shown):
    assert opening_of(text, limit) == shown
