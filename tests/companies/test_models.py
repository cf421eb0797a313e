import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from companies.models import Recognition, credit_code_check_digit, validate_credit_code
from promotion.reference.records import ends_after_start
from tests.factories import make_company, make_event, make_park, make_program, make_tenancy


# Made up from GB 32100-2015's own rule; no organisation is meant.
@pytest.mark.parametrize("stem", ["91310107MA1F00000", "12100000400000001", "91110000H00000000"])
def test_a_code_with_its_check_digit_passes(stem):
    validate_credit_code(stem + credit_code_check_digit(stem))


def test_the_check_digit_of_the_standards_example():
    assert credit_code_check_digit("91350100M000100Y4") == "3"


@pytest.mark.parametrize("place", range(18))
def test_any_miscopied_character_is_noticed(place):
    code = "91350100M000100Y43"
    other = "2" if code[place] != "2" else "3"
    with pytest.raises(ValidationError):
        validate_credit_code(code[:place] + other + code[place + 1 :])


@pytest.mark.parametrize("code", ["91350100m000100y43", "9135010OM000100Y43", "1", "９" * 18])
def test_what_is_no_code_is_refused(code):
    with pytest.raises(ValidationError):
        validate_credit_code(code)


@pytest.mark.django_db
def test_two_companies_never_share_a_code_but_may_both_lack_one():
    make_company()
    make_company()
    make_company(unified_social_credit_code="91350100M000100Y43")
    with pytest.raises(IntegrityError):
        make_company(unified_social_credit_code="91350100M000100Y43")


@pytest.mark.django_db
@pytest.mark.parametrize("holders", [set(), {"company", "park"}])
def test_a_recognition_has_exactly_one_holder(holders):
    possible = {"company": make_company(), "park": make_park()}
    recognition = Recognition(slug="prize", name="奖", **{name: possible[name] for name in holders})
    with pytest.raises(ValidationError, match="只填一个"):
        recognition.full_clean()


ENDS_BEFORE_STARTS = [
    ("2022", "2021-12"),
    ("2024-03", "2024-02"),
    ("2024-03", "2023"),
    ("2026-10-08", "2026-09"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("started_on", "ended_on"), ENDS_BEFORE_STARTS)
def test_a_tenancy_does_not_end_before_it_starts(started_on, ended_on):
    with pytest.raises(IntegrityError):
        make_tenancy(started_on=started_on, ended_on=ended_on)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("started_on", "ended_on"),
    [("2024-03", "2024"), ("2026-10-08", "2026-10"), ("2024", "2024-03"), ("2024", "2024")],
)
def test_an_end_may_be_the_year_or_month_of_the_start(started_on, ended_on):
    make_tenancy(started_on=started_on, ended_on=ended_on).full_clean()


@pytest.mark.django_db
@pytest.mark.parametrize("make", [make_event, make_program])
@pytest.mark.parametrize(("starts_on", "ends_on"), ENDS_BEFORE_STARTS)
def test_what_ends_before_it_starts_is_told_at_the_end(make, starts_on, ends_on):
    record = make(starts_on="2026-10-08", ends_on="2026-10")
    record.full_clean()
    record.starts_on, record.ends_on = starts_on, ends_on
    with pytest.raises(ValidationError) as caught:
        record.full_clean()
    assert caught.value.message_dict == {"ends_on": ["结束日期不能早于开始日期。"]}


def test_migrations_need_no_check_of_ours():
    check = ends_after_start("started_on", "ended_on")
    assert check.deconstruct()[0] == "django.db.models.CheckConstraint"
