"""Conditions decided in Python are those that the database decides."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, F, Q
from django.db.models.functions import Lower
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companies.models import Company, Recognition, Tenancy
from parks.models import Park
from promotion.models import Policy
from promotion.reference.spreadsheets.conditions import UndecidableError, holds, violates
from tests import factories
from tests.project import our_models
from tests.spreadsheets.samples import said, take

DATES = st.none() | st.dates(datetime.date(2020, 1, 1), datetime.date(2020, 1, 3))
PARTIAL = st.sampled_from(["", "2020", "2020-01", "2020-01-02", "2021"])
NUMBERS = st.none() | st.sampled_from([Decimal(-1), Decimal(0), Decimal(1)])
IDS = st.none() | st.sampled_from([1, 2])

RECORDS = st.one_of(
    st.builds(
        Company,
        id=IDS,
        kind=st.sampled_from(["enterprise", "x", ""]),
        status=st.sampled_from(["draft", "nope"]),
        parent_id=IDS,
        verified_on=DATES,
        review_by=DATES,
        registered_capital_cny_10k=NUMBERS,
    ),
    st.builds(Recognition, company_id=IDS, park_id=IDS, level=st.sampled_from(["", "town", "x"])),
    st.builds(Tenancy, started_on=PARTIAL, ended_on=PARTIAL, role=st.sampled_from(["tenant", "x"])),
    st.builds(Policy, opens_on=DATES, closes_on=DATES),
    st.builds(
        Park, id=IDS, host_id=IDS, site_area_sqm=NUMBERS, floor_area_sqm=NUMBERS, kind=st.just("x")
    ),
)


@pytest.mark.django_db
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(record=RECORDS)
def test_python_and_database_agree(record):
    for constraint in record._meta.constraints:
        if isinstance(constraint, CheckConstraint):
            try:
                constraint.validate(type(record), record)
            except ValidationError:
                assert violates(constraint, record)
            else:
                assert not violates(constraint, record)


def test_every_check_of_our_models_is_decided_without_the_database():
    for model in our_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, CheckConstraint):
                holds(constraint.condition, model())


@pytest.mark.parametrize(
    "condition", [Q(name__endswith="甲"), Q(name=Lower("slug")), Q(a=1) ^ Q(name="甲")]
)
def test_other_conditions_are_left_to_the_database(condition):
    with pytest.raises(UndecidableError):
        holds(condition, Company(name="甲"))


@pytest.mark.django_db
def test_what_python_cannot_decide_the_database_does():
    constraint = CheckConstraint(condition=Q(name__startswith="甲"), name="starts")
    assert not violates(constraint, Company(name="甲公司"))
    assert violates(constraint, Company(name="乙公司"))


def test_an_open_condition_is_no_violation():
    record = Company(staff_count=None)
    assert holds(Q(staff_count__gt=5), record) is None
    assert holds(~Q(staff_count__gt=5), record) is None
    assert holds(Q(staff_count__gt=5) | Q(name=""), record) is True
    assert holds(Q(staff_count=None, pk=F("pk")), Company(pk=1)) is True


@pytest.mark.django_db
@pytest.mark.parametrize("ended_on", ["2024-02", "2023"])
def test_a_sheet_takes_ends_as_a_form_does(ended_on):
    factories.make_company(slug="c")
    factories.make_park(slug="p")
    headings = ["企业", "园区", "开始日期", "结束日期"]
    assert said(take("tenancies", [headings, ["c", "p", "2024-03", "2024"]])) == []
    (told,) = said(take("tenancies", [headings, ["c", "p", "2024-03", ended_on]]))
    assert "结束日期不能早于开始日期。" in told
