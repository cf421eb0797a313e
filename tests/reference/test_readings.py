"""Chinese is read as pypinyin reads it, from a file that every process shares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin

from promotion.reference.readings import (
    pinyin_forms,
    pinyin_syllables,
    readings,
    spaced_pinyin,
    words_and_characters,
)


@pytest.fixture
def var(settings, tmp_path):
    """A folder of its own to keep the file in, and words that no test before has found."""
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    words_and_characters.cache_clear()
    yield settings.VAR_DIR
    words_and_characters.cache_clear()


def test_chinese_is_found_by_pinyin_and_initials():
    assert pinyin_forms("未来岛") == ("weilaidao", "wld")


def test_names_sort_as_they_are_read():
    names = ["中鑫智谷", "智创TOP", "未来岛", "康建商务广场"]
    assert sorted(names, key=spaced_pinyin) == ["康建商务广场", "未来岛", "智创TOP", "中鑫智谷"]


@given(
    st.text(
        st.sampled_from("上海重庆银行长音乐单于科技一心意不了之〇々㐀𠀀龶鿐aB 1（）·-é，\u3000"),
        max_size=20,
    )
)
def test_words_read_once_read_as_whole_texts_do(text):
    assert pinyin_syllables(text) == lazy_pinyin(text, Style.NORMAL)
    read = pinyin_syllables(text, keep_others=False)
    assert read == lazy_pinyin(text, Style.NORMAL, errors="ignore")


def test_every_word_and_character_is_read_as_pypinyin_reads_it():
    known = dict(readings())
    assert len(known) > 80_000
    chosen = list(known)[::7]
    assert {text for text in chosen if known[text].decode().split() != lazy_pinyin(text)} == set()


def test_the_file_is_made_once(var):
    assert words_and_characters()["重庆"] == [b"chong qing"]
    (file,) = var.iterdir()
    made = file.stat()
    words_and_characters.cache_clear()
    assert words_and_characters()["银行"] == [b"yin hang"]
    assert file.stat() == made


@pytest.mark.parametrize("bytes_left", [0, 15, 5_000, 400_000])
def test_a_file_that_was_cut_off_is_made_anew(var, bytes_left):
    words_and_characters()
    (file,) = var.iterdir()
    file.write_bytes(file.read_bytes()[:bytes_left])
    words_and_characters.cache_clear()
    assert words_and_characters()["重庆"] == [b"chong qing"]
    assert list(var.iterdir()) == [file]
    assert file.stat().st_size > 500_000


def test_where_nothing_can_be_kept_chinese_is_read_all_the_same(var):
    var.rmdir()
    assert words_and_characters()["重庆"] == [b"chong qing"]
