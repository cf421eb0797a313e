import datetime

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from promotion.reference.fields import (
    normalize_search_text,
    partial_date_bounds,
    validate_partial_date,
)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021", (2021, 1, 1), (2021, 12, 31)),
        ("2021-02", (2021, 2, 1), (2021, 2, 28)),
        ("2024-02", (2024, 2, 1), (2024, 2, 29)),
        ("2021-10-08", (2021, 10, 8), (2021, 10, 8)),
    ],
)
def test_a_partial_date_spans_the_days_it_may_mean(text, first, last):
    assert partial_date_bounds(text) == (datetime.date(*first), datetime.date(*last))


@pytest.mark.parametrize(
    "text", ["21", "2021-13", "2021-2", "2021-02-30", "2021/10", "２０２１", "2021-10-08\n", "0000"]
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValidationError) as caught:
        validate_partial_date(text)
    assert text.strip() in caught.value.messages[0]


@given(st.dates(min_value=datetime.date(1000, 1, 1)))
def test_every_day_of_the_calendar_is_a_partial_date(day):
    assert partial_date_bounds(day.isoformat()) == (day, day)


def test_search_text_is_compared_without_width_case_or_spacing():
    assert normalize_search_text(" ＴＯＰ　智创 \n Park") == "top 智创 park"
