"""Where the two languages of a record are out of step, the record and the field are named."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command

from promotion.reference.translation_check import (
    Difference,
    KnownNames,
    Problem,
    check_row,
    compare_texts,
    text_pairs,
    translated_models,
)
from promotion.translations import known_names
from tests.factories import (
    make_company,
    make_figure,
    make_industry,
    make_park,
    make_service,
    make_tenancy,
)

NAMES = KnownNames(
    [
        ("睿创微纳", "Ruichuang Weina", []),
        ("睿创微纳研究中心", "Ruichuang Weina Research Centre", []),
        ("未来岛高新技术产业园", "Weilaidao (Future Island) High-Tech Industrial Park", ["未来岛"]),
        ("普洛斯", "GLP", ["普洛斯系"]),
        ("普洛斯园区", "GLP park", []),
        ("新金环广场", "Xinjinhuan Plaza", []),
        ("新金环集团", "Xinjinhuan Group", ["新金环"]),
    ]
)


def differences(chinese, english, own=""):
    return [
        (found.problem, found.in_chinese, found.in_english)
        for found in compare_texts("summary", chinese, english, NAMES, own)
    ]


@pytest.mark.parametrize(
    ("chinese", "english", "only_chinese", "only_english"),
    [
        ("全长约2.5公里", "about 3 km long", ("2.5",), ("3",)),
        ("2022年缴纳16.1亿元", "CNY 16.1 billion in 2022", ("1610000000",), ("16100000000",)),
        ("2022年启动", "Launched", ("2022",), ()),
        ("启动", "Launched in 2022", (), ("2022",)),
        ("2021年10月成立", "Set up in November 2021", ("10月",), ("11月",)),
        ("八个节点", "seven nodes", ("8",), ("7",)),
        ("三大支柱产业", "The pillar industries", ("3",), ()),
        ("产业", "Two industries", (), ("2",)),
    ],
)
def test_numbers_and_dates_of_one_language_alone_are_found(
    chinese, english, only_chinese, only_english
):
    assert differences(chinese, english) == [(Problem.NUMBERS, only_chinese, only_english)]


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("长约2.5公里，有八个节点", "It is about 2.5 km long and has eight nodes"),
        ("16.1亿元，增长15.1%", "CNY 1.61 billion, an increase of 15.1%"),
        ("超10万平方米", "more than 100,000 m²"),
        ("“五优”行动计划", "the “Five Excellences” action plan"),
        ("近百家企业", "nearly one hundred companies"),
        ("2021年10月", "October 2021"),
        ("见 https://example.org/a?year=2022。", "See https://example.org/a?year=2022."),
        ("睿创微纳研究中心在未来岛", "The Ruichuang Weina Research Centre is in Weilaidao"),
        ("", ""),
    ],
)
def test_what_both_languages_say_is_in_step(chinese, english):
    assert differences(chinese, english) == []


def test_a_missing_language_is_told_from_a_differing_one():
    assert differences("共3处", "") == [(Problem.NO_ENGLISH, (), ())]
    assert differences("", "3 places") == [(Problem.NO_CHINESE, (), ())]
    assert Difference("name", Problem.NO_ENGLISH).field_to_mend == "name_en"
    assert Difference("name", Problem.NO_CHINESE).field_to_mend == "name"


def test_an_address_must_stand_in_both_languages():
    assert differences("见 https://example.org/2022，另见 www.example.cn。", "See the site.") == [
        (Problem.LINKS, ("https://example.org/2022", "www.example.cn"), ())
    ]


@pytest.mark.parametrize(
    ("chinese", "english", "only_chinese", "only_english"),
    [
        ("普洛斯拟改造园区", "The park is to be upgraded", ("普洛斯",), ()),
        ("园区将改造", "GLP will upgrade the park", (), ("GLP",)),
        ("睿创微纳研究中心", "the centre", ("睿创微纳研究中心",), ()),
        ("新金环广场", "Xinjinhuan Group", ("新金环广场",), ()),
        ("普洛斯园区", "GLP", ("普洛斯园区",), ()),
    ],
)
def test_names_of_one_language_alone_are_found(chinese, english, only_chinese, only_english):
    assert differences(chinese, english) == [(Problem.NAMES, only_chinese, only_english)]


def test_a_record_may_leave_out_its_own_name():
    assert differences("普洛斯的园区", "Its park", own="普洛斯") == []


def test_every_text_with_an_english_field_is_compared():
    pairs = {model._meta.model_name: text_pairs(model) for model in translated_models()}
    assert pairs["park"] == [
        *("name", "summary", "address", "picture_alt", "metro_access", "operator")
    ]
    assert pairs["figure"] == ["label", "period", "scope", "note"]
    assert pairs["service"] == ["name"]
    assert "citation" not in pairs


@pytest.mark.django_db
def test_the_names_looked_for_are_those_on_record():
    make_company(name="甲公司", name_en="Alpha", aliases="甲、甲系", status="draft")
    make_industry(name="人工智能", name_en="Artificial intelligence")
    park = make_park(name="某园", name_en="Some Park", summary="甲系企业", summary_en="Tenants")
    assert check_row(park, known_names()) == [Difference("summary", Problem.NAMES, ("甲公司",), ())]
    park.summary, park.summary_en = "人工智能", "Computing"
    assert check_row(park, known_names()) == []


def run(capsys, *args):
    """Run the command; return its exit code and lines."""
    try:
        call_command("check_translations", *args)
        code = 0
    except SystemExit as stop:
        code = stop.code
    return code, capsys.readouterr().out


@pytest.mark.django_db
def test_the_command_succeeds_while_everything_is_in_step(capsys):
    make_park(name="某园", name_en="Some Park")
    assert run(capsys) == (0, "differences=0\n")
    code, output = run(capsys, "--csv")
    assert (code, output) == (0, "model,record,field,problem,chinese,english\n")


@pytest.mark.django_db
def test_the_command_names_record_field_and_difference(capsys):
    park = make_park(slug="park", name="某园", name_en="Park", summary="2.5公里", summary_en="3 km")
    make_figure(park, code="length", label="长度")
    make_service(slug="help", name="帮助", name_en="Help")
    make_tenancy(
        park=park, company=make_company(slug="firm", name="某企业", name_en="Firm"), note="说明"
    )
    code, output = run(capsys)
    assert code == 1
    assert sorted(output.splitlines()) == [
        "differences=3",
        "figure length label 没有英文",
        "park park summary 数字或日期不同 2.5 3",
        "tenancy 某企业 · 某园 · tenant note 没有英文",
    ]
    code, output = run(capsys, "--model", "park", "--csv")
    assert code == 1
    assert list(csv.DictReader(io.StringIO(output))) == [
        {
            "model": "park",
            "record": "park",
            "field": "summary",
            "problem": "数字或日期不同",
            "chinese": "2.5",
            "english": "3",
        }
    ]
    assert run(capsys, "--model", "service")[0] == 0


@pytest.mark.django_db
def test_the_command_refuses_a_model_that_it_does_not_know():
    with pytest.raises(CommandError):
        call_command("check_translations", "--model", "castle")


@pytest.mark.django_db
def test_the_fixtures_say_the_same_in_both_languages(capsys):
    call_command("load_site")
    capsys.readouterr()
    assert run(capsys) == (0, "differences=0\n")
