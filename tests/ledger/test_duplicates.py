"""Probable duplicates: what is proposed and why, what is not, and that order changes nothing."""

import random

import pytest
from django.contrib.contenttypes.models import ContentType

from companies.models import Company, credit_code_check_digit
from parks.models import Park
from promotion.reference.ledger.duplicates import (
    Finder,
    Reason,
    compared_models,
    waiting_duplicates,
)
from promotion.reference.models import Distinction, Industry
from tests import factories
from tests.test_admin import make_row

pytestmark = pytest.mark.django_db


def reasons(model=Park):
    """Return {(name, name): reasons} of what is proposed for a model."""
    names = dict(model.objects.values_list("pk", "name"))
    return {
        tuple(sorted([names[each.low_id], names[each.high_id]])): set(each.reasons)
        for each in Finder(model).run()
    }


def waiting():
    return waiting_duplicates([Park, Company])[Park]


def credit_code(organisation, office="91310107"):
    stem = f"{office}{organisation}"
    return stem + credit_code_check_digit(stem)


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ("康建广场", "康建商务广场", Reason.NEAR),
        ("康建 广场", "康建广场", Reason.NAME),
        ("康建（广场）", "康建(广场)", Reason.NAME),
        ("ＫＪ广场", "kj广场", Reason.NAME),
        ("上海宏图科技有限公司", "宏图科技（上海）股份有限公司", Reason.NAME),
        ("上海市普陀区桃浦智创城", "桃浦智创城", Reason.NAME),
        ("康建广场", "康健广场", Reason.READING),
        ("天地软件园", "天地软件产业园", Reason.NEAR),
        ("关于支持科技创意企业的办法", "关于支持科技创业企业的办法", Reason.NEAR),
    ],
)
def test_names_of_one_thing_are_proposed(first, second, reason):
    factories.make_park(name=first)
    factories.make_park(name=second)
    assert reason in reasons()[tuple(sorted([first, second]))]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("未来岛一期", "未来岛二期"),
        ("桃浦智创城中央绿地科技园一期", "桃浦智创城中央绿地科技园二期"),
        ("1号楼", "2号楼"),
        ("创新东区", "创新西区"),
        ("北京宏图科技有限公司", "上海宏图科技有限公司"),
        ("宏图科技有限公司", "宏图科技有限公司上海分公司"),
        ("康建广场", "永新广场"),
        ("园", "园"),
    ],
)
def test_names_of_two_things_are_not(first, second):
    factories.make_park(name=first)
    factories.make_park(name=second)
    assert reasons() == {}


def test_an_alias_that_is_anothers_name_is_proposed():
    factories.make_park(name="康建中心", aliases="老康建、康建大厦")
    factories.make_park(name="康建大厦")
    assert reasons() == {("康建中心", "康建大厦"): {Reason.ALIAS}}


def test_one_english_name_is_proposed():
    factories.make_company(name="甲公司", name_en="Example Robotics Co., Ltd.")
    factories.make_company(name="乙公司", name_en="EXAMPLE ROBOTICS")
    assert reasons(Company) == {("乙公司", "甲公司"): {Reason.ENGLISH}}


def test_one_organisation_under_two_registrations_is_proposed():
    factories.make_company(name="旧名", unified_social_credit_code=credit_code("MA0000001"))
    factories.make_company(
        name="新名", unified_social_credit_code=credit_code("MA0000001", "91310000")
    )
    assert reasons(Company) == {("新名", "旧名"): {Reason.IDENTITY}}


def test_different_credit_codes_say_that_two_are_two():
    factories.make_company(name="宏图科技", unified_social_credit_code=credit_code("MA0000001"))
    factories.make_company(name="宏图 科技", unified_social_credit_code=credit_code("MA0000002"))
    assert reasons(Company) == {}


def test_a_group_and_its_member_are_two():
    group = factories.make_company(name="宏图科技有限公司")
    factories.make_company(name="宏图科技", parent=group)
    assert reasons(Company) == {}


def test_parts_are_compared_within_the_record_they_belong_to():
    first, second = factories.make_scheme(), factories.make_scheme()
    for scheme in (first, second):
        factories.make_industry(name="生命健康", scheme=scheme)
    assert reasons(Industry) == {}
    factories.make_industry(name="生命 健康", scheme=first)
    assert len(reasons(Industry)) == 1


def test_documents_with_one_address_are_proposed():
    for name in ("报道", "另一个标题"):
        factories.make_source(name=name, url="https://example.org/a")
    model = next(each for each in compared_models() if each.__name__ == "Source")
    assert list(reasons(model).values()) == [{Reason.IDENTITY}]


NAMES = [
    "康建",
    "商务",
    "广场",
    "中心",
    "未来",
    "岛",
    "一期",
    "东",
    "（上海）",
    "有限公司",
    "A",
    " ",
]


@pytest.mark.parametrize("seed", range(12))
def test_pairs_are_found_whatever_the_order_and_never_of_one_record(seed):
    chance = random.Random(seed)
    rows = [
        {
            "name": "".join(chance.choices(NAMES, k=chance.randint(1, 5))).strip() or "园",
            "aliases": "".join(chance.choices(NAMES, k=chance.randint(0, 2))).strip(),
            "slug": f"p{number}",
        }
        for number in range(40)
    ]

    def pairs():
        slugs = dict(Park.objects.values_list("pk", "slug"))
        found = Finder(Park).run()
        assert all(each.low_id < each.high_id for each in found)
        return {
            (frozenset([slugs[each.low_id], slugs[each.high_id]]), each.reasons) for each in found
        }

    for row in rows:
        factories.make_park(**row)
    forwards = pairs()
    Park.objects.all().delete()
    for row in reversed(rows):
        factories.make_park(**row)
    assert pairs() == forwards
    assert forwards


def test_what_staff_know_to_be_two_is_not_proposed_again():
    first, second = factories.make_park(name="康建广场"), factories.make_park(name="康建商务广场")
    assert len(waiting()) == 1
    Distinction.objects.create(
        model_type=ContentType.objects.get_for_model(Park), low_id=first.pk, high_id=second.pk
    )
    assert waiting() == []


def test_an_edit_renews_what_is_proposed():
    factories.make_park(name="康建广场")
    other = factories.make_park(name="永新广场")
    assert waiting() == []
    other.name = "康建商务广场"
    other.save()
    assert len(waiting()) == 1


def test_a_common_name_does_not_make_a_pair_of_each_two():
    for _number in range(60):
        factories.make_company(name="同名企业")
    assert 59 <= len(Finder(Company).run()) < 100


@pytest.mark.parametrize("model", compared_models(), ids=lambda model: model._meta.label)
def test_every_model_can_be_compared(model):
    make_row(model)
    assert Finder(model).run() == []
