import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from companies.models import Recognition, credit_code_check_digit, validate_credit_code
from tests.factories import make_company, make_park, make_tenancy


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


@pytest.mark.django_db
def test_a_tenancy_does_not_end_before_it_starts():
    with pytest.raises(IntegrityError):
        make_tenancy(started_on="2022", ended_on="2021-12")
