"""Publication, consent, fallback of languages, search text."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone, translation

from companies.models import Tenancy
from parks.models import BeltNode, Building, Mentor, Park, Space
from promotion.reference.models import Figure
from promotion.reference.records import hidden_q
from tests.factories import (
    make_building,
    make_figure,
    make_incubator,
    make_mentor,
    make_node,
    make_park,
    make_space,
    make_tenancy,
)

pytestmark = pytest.mark.django_db

NOW = timezone.now()
HOUR = datetime.timedelta(hours=1)


@pytest.mark.parametrize(
    ("values", "is_public"),
    [
        ({}, True),
        ({"status": "draft"}, False),
        ({"status": "in_review"}, False),
        ({"status": "archived"}, False),
        ({"publish_at": NOW + HOUR}, False),
        ({"publish_at": NOW - HOUR}, True),
        ({"expires_at": NOW - HOUR}, False),
        ({"expires_at": NOW + HOUR}, True),
    ],
)
def test_the_public_sees_what_is_published_and_in_time(values, is_public):
    park = make_park(**values)
    assert park.is_public() is is_public
    assert Park.objects.published().filter(pk=park.pk).exists() is is_public
    assert Park.objects.filter(hidden_q()).exists() is not is_public
    building = make_building(park=park)
    assert Building.objects.filter(hidden_q("park")).exists() is not is_public
    assert list(Building.objects.published()) == [building] * is_public


def test_an_empty_relation_hides_nothing():
    make_tenancy()
    assert not Tenancy.objects.filter(hidden_q("incubator")).exists()


def test_a_record_is_public_from_the_first_moment_to_before_the_last():
    opens, closes, moment = NOW, NOW + HOUR, datetime.timedelta(microseconds=1)
    park = make_park(publish_at=opens, expires_at=closes)
    tenancy = make_tenancy(park=park)
    seen = {opens - moment: False, opens: True, closes - moment: True, closes: False}
    assert {at: park.is_public(at) for at in seen} == seen
    assert {at: not Park.objects.filter(hidden_q(at=at)).exists() for at in seen} == seen
    # What belongs to the record goes by the same moment.
    assert {at: tenancy in Tenancy.objects.published(at) for at in seen} == seen


def test_a_record_is_a_draft_until_somebody_publishes_it():
    assert Park(name="新园区").status == "draft"


def test_a_part_hides_with_any_of_its_owners():
    draft = make_park(status="draft")
    make_node(park=draft)
    make_tenancy(park=draft)
    make_tenancy(incubator=make_incubator(status="draft"))
    make_space(park=draft)
    make_space(building=make_building(status="draft"))
    shown = make_tenancy()
    assert list(Tenancy.objects.published()) == [shown]
    assert not BeltNode.objects.published().exists()
    assert not Space.objects.published().exists()


def test_a_figure_hides_with_its_subject():
    shown = make_figure(make_park())
    make_figure(make_park(status="draft"))
    assert list(Figure.objects.published()) == [shown]


def test_nobody_is_listed_without_consent():
    with pytest.raises(IntegrityError):
        make_mentor(consented_on=None)


def test_consent_is_asked_for_in_words():
    mentor = Mentor(name="某人", slug="mou-ren", status="published", incubator=make_incubator())
    with pytest.raises(ValidationError, match="同意公开日期"):
        mentor.full_clean()


def test_a_vocabulary_holds_whatever_writes_it():
    park = make_park()
    with pytest.raises(IntegrityError):
        Park.objects.filter(pk=park.pk).update(kind="castle")


def test_review_cannot_be_due_before_verification():
    park = make_park(verified_on=datetime.date(2026, 5, 1))
    park.review_by = datetime.date(2026, 4, 1)
    with pytest.raises(ValidationError, match="核实期限"):
        park.full_clean()


@pytest.mark.parametrize(
    "slug", ["有汉字", "Upper", "two--dashes", "-lead", "trail-", "a b", "a\n"]
)
def test_an_address_is_plain_ascii(slug):
    with pytest.raises(ValidationError):
        Park(name="园区", slug=slug, kind="tower").full_clean()


def test_english_falls_back_to_chinese():
    park = make_park(name="未来岛", name_en="", summary="简介", summary_en="Summary")
    with translation.override("en"):
        assert (park.localized("name"), park.localized("summary")) == ("未来岛", "Summary")
    assert park.localized("summary") == "简介"


@pytest.mark.parametrize(
    "query",
    ["未来", "来岛", "weilaidao", "WLD", "ｗｌｄ", "island", "光之谷", "gzg", "未来 island"],
)
def test_a_record_is_found_by_any_of_its_names(query):
    park = make_park(name="未来岛", name_en="Future Island", aliases="光之谷")
    make_park(name="康建广场")
    assert list(Park.objects.matching(query)) == [park]


def test_percent_and_underscore_are_searched_literally():
    make_park(name="普通园区")
    assert not Park.objects.matching("%").exists()
    assert not Park.objects.matching("_").exists()


def test_a_misread_name_can_be_corrected():
    park = make_park(name="重庆路园区", pinyin="chong qing lu yuan qu")
    assert park.sort_key == "chong qing lu yuan qu"
    assert Park.objects.matching("chongqing").get() == park


def test_the_largest_number_that_a_form_takes_can_be_read_back():
    figure = make_figure(make_park(), value=Decimal("99999999999.9999"))
    figure.full_clean()
    figure.refresh_from_db()
    assert figure.value == Decimal("99999999999.9999")
    figure.value = Decimal("999999999999.9999")
    with pytest.raises(ValidationError):
        figure.full_clean()
