"""Replacing a text moves citations only to where their phrase is, and says which are lost."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from promotion.reference.evidence import storing
from promotion.reference.evidence.citing import cite
from promotion.reference.evidence.models import SourceParagraph, SourceText
from promotion.reference.fixtures import FixtureError, Loader
from promotion.reference.models import Citation
from tests.factories import make_citation, make_park, make_source, make_text

WORDS = st.sampled_from(["甲", "乙", "丙", "甲乙", "乙丙"])
TEXTS = st.lists(st.lists(WORDS, min_size=1, max_size=3).map("".join), min_size=1, max_size=6)
PLACES = st.lists(st.tuples(st.integers(1, 7), WORDS, st.sampled_from(["", "name"])), max_size=6)


# A busy machine says nothing about the rule.
@settings(deadline=None)
@given(TEXTS, PLACES)
def test_a_citation_never_moves_to_a_paragraph_without_its_phrase(paragraphs, places):
    once = {(field, paragraph): word for paragraph, word, field in places}
    citations = [
        Citation(subject_type_id=1, subject_id=1, field=field, paragraph=paragraph, excerpt=word)
        for (field, paragraph), word in once.items()
    ]
    refound = storing.find_again(citations, paragraphs)
    final = []
    for citation in refound.staying:
        assert citation.excerpt in paragraphs[citation.paragraph - 1]
        final.append(storing.slot(citation))
    for citation, paragraph in refound.moving:
        assert [paragraph] == [
            number for number, text in enumerate(paragraphs, 1) if citation.excerpt in text
        ]
        assert paragraph != citation.paragraph
        final.append(storing.slot(citation, paragraph))
    for citation, problem in refound.lost:
        assert problem
        assert citation.excerpt not in paragraphs[citation.paragraph - 1 :][:1]
        final.append(storing.slot(citation))
    assert len(final) == len(citations) == len(set(final))


@pytest.fixture
def source(db):
    return make_text(make_source(), "全长约2.5公里", "税收16.1亿元", "结语")


def placed(citation):
    citation.refresh_from_db()
    return citation.paragraph


def lost():
    return list(Citation.objects.lost())


def test_citations_follow_their_phrases(source):
    park = make_park()
    stays, moves, gone = (
        make_citation(park, source=source, field=field, paragraph=number, excerpt=excerpt)
        for field, number, excerpt in (
            ("", 1, "2.5公里"),
            ("name", 2, "16.1亿元"),
            ("kind", 3, "结语"),
        )
    )
    assert lost() == []
    make_text(source, "全长约2.5公里", "新的一段", "税收16.1亿元")
    assert [placed(each) for each in (stays, moves, gone)] == [1, 3, 3]
    assert lost() == [gone]
    assert moves.history.first().history_change_reason == storing.REASON
    assert stays.history.count() == gone.history.count() == 1
    make_text(source, "税收16.1亿元，全长约2.5公里", "结语")
    assert [placed(each) for each in (stays, moves, gone)] == [1, 1, 2]
    assert lost() == []


def test_a_citation_does_not_move_onto_another_of_the_same_fact(source):
    park = make_park()
    stays = make_citation(park, source=source, paragraph=1, excerpt="2.5公里")
    crowded = make_citation(park, source=source, paragraph=2, excerpt="16.1亿元")
    make_text(source, "全长约2.5公里，税收16.1亿元")
    assert [placed(each) for each in (stays, crowded)] == [1, 2]
    assert lost() == [crowded]


def test_a_phrase_in_several_places_is_lost_not_guessed(source):
    citation = make_citation(make_park(), source=source, paragraph=3, excerpt="结语")
    make_text(source, "结语", "结语")
    assert placed(citation) == 3
    assert lost() == [citation]


def test_two_citations_of_a_fact_change_places(source):
    park = make_park()
    first = make_citation(park, source=source, paragraph=1, excerpt="2.5公里")
    second = make_citation(park, source=source, paragraph=2, excerpt="16.1亿元")
    make_text(source, "税收16.1亿元", "全长约2.5公里")
    assert (placed(first), placed(second)) == (2, 1)
    assert (first.field, second.field) == ("", "")


def test_case_counts(source):
    citation = make_citation(make_park(), source=source, paragraph=1, excerpt="2.5公里")
    Citation.objects.update(excerpt="TOP")
    make_text(source, "智创top")
    assert lost() == [citation]


def test_confirming_what_is_no_longer_there_changes_nothing(source):
    storing.hand_in(source, ["第一稿"])
    seen = storing.digest_of("第一稿")
    storing.hand_in(source, ["第二稿"])
    with pytest.raises(storing.OvertakenError):
        storing.confirm(source, seen, None)
    assert source.text_paragraphs.count() == 3
    storing.discard(source)
    with pytest.raises(storing.OvertakenError):
        storing.confirm(source, storing.digest_of(""), None)
    assert SourceText.objects.get().stored_at


def test_a_replacement_that_fails_leaves_the_former_text(source, monkeypatch):
    make_citation(make_park(), source=source, paragraph=1, excerpt="2.5公里")

    def fail(self, *args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(Citation, "save", fail)
    with pytest.raises(RuntimeError):
        make_text(source, "空", "全长约2.5公里")
    assert source.text_paragraphs.first().text == "全长约2.5公里"
    assert Citation.objects.get().paragraph == 1
    assert Citation.objects.get().field == ""
    assert SourceText.objects.get().waiting


@pytest.mark.parametrize(
    ("paragraph", "excerpt", "words"),
    [(2, "2.5公里", "见于第 1 段"), (9, "没有", "只有 3 段"), (1, "没有", "全文都没有")],
)
def test_a_phrase_that_is_not_there_is_refused(source, paragraph, excerpt, words):
    citation = Citation(subject=make_park(), source=source, paragraph=paragraph, excerpt=excerpt)
    with pytest.raises(ValidationError, match=words):
        citation.full_clean()
    SourceParagraph.objects.all().delete()
    citation.full_clean()


def test_what_was_lost_keeps_nobody_from_saving_it_as_it_is(source):
    citation = make_citation(make_park(), source=source, paragraph=3, excerpt="结语")
    make_text(source, "全长约2.5公里")
    citation.full_clean()
    citation.excerpt = "另一个"
    with pytest.raises(ValidationError):
        citation.full_clean()


def test_the_command_checks_the_stored_texts(source, capsys):
    make_citation(make_park(), source=source, paragraph=3, excerpt="结语")
    make_citation(make_park())
    call_command("check_citations")
    assert "checked=1 lost=0" in capsys.readouterr().out
    make_text(source, "全长约2.5公里")
    with pytest.raises(CommandError):
        call_command("check_citations")
    assert "结语" in capsys.readouterr().err


def test_loading_fixtures_stores_no_text_and_keeps_moved_citations(db, settings):
    paths = sorted((settings.BASE_DIR / "fixtures").glob("*.json"))
    Loader().load(paths)
    assert not SourceText.objects.exists()
    citation = Citation.objects.filter(source__slug="taopu-belt").first()
    before = Citation.objects.count()
    make_text(citation.source, *[f"空{n}" for n in range(100)], citation.excerpt)
    assert placed(citation) == 101
    Loader().load(paths)
    assert placed(citation) == 101
    assert Citation.objects.count() == before


def test_fixtures_load_what_a_stored_text_lacks_and_say_so(db, tmp_path):
    source = make_text(make_source(slug="report"), "全长约2.5公里")
    record = {"slug": "park", "name": "某园", "kind": "tower"}
    citations = {"": [["report", 1, "2.5公里"], ["report", 9, "16.1亿元"]]}
    path = tmp_path / "parks.json"
    document = {"model": "parks.park", "records": [{**record, "citations": citations}]}
    path.write_text(json.dumps(document), encoding="utf-8")
    loader = Loader()
    loader.load([path])
    assert [citation.excerpt for citation in lost()] == ["16.1亿元"]
    (line,) = loader.lost
    assert "parks.json, record 1 (park): report ¶9 “16.1亿元”" in line
    citations["name"] = [["report", 0, "2.5公里"]]
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(FixtureError):
        Loader().load([path])
    assert source.citations.count() == 2


def test_two_who_cite_the_same_at_once_are_told_so(source, monkeypatch):
    park = make_park()
    cite(park, "", source=source, paragraph=1, excerpt="全长")
    monkeypatch.setattr(Citation, "full_clean", lambda citation: None)
    with pytest.raises(ValidationError, match="已引用过"):
        cite(park, "", source=source, paragraph=1, excerpt="2.5公里")
    assert Citation.objects.count() == 1
