"""Two sources that disagree are both kept; the public is shown the one that staff chose."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from promotion.reference.ledger.contradictions import (
    open_again,
    settled_figures,
    show,
    unsettled_figures,
)
from promotion.reference.models import Figure
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def park():
    return factories.make_park(slug="park", name="测试园")


def disagree(park, **values):
    """Make two cited figures of one measure that say 100 and 120; return them."""
    figures = []
    for value in (100, 120):
        figure = factories.make_figure(
            park, **{"label": "企业数", "unit": "companies", "value": value, **values}
        )
        source = factories.make_source(slug=f"says-{value}", name=f"文件{value}")
        factories.make_citation(figure, source=source, paragraph=3, excerpt=str(value))
        figures.append(figure)
    return figures


def shown_values():
    return sorted(int(each.value) for each in Figure.objects.published())


def test_figures_of_one_measure_that_disagree_wait_for_a_choice(park):
    figures = disagree(park)
    assert set(unsettled_figures()) == set(figures)
    assert shown_values() == [100, 120]


@pytest.mark.parametrize(
    "other",
    [
        {"label": "员工数"},
        {"unit": "people"},
        {"scope": "桃浦镇"},
        {"period": "2023 年"},
        {"as_of": "2024"},
        {"claim_status": "planned"},
        {"value": 100},
    ],
)
def test_figures_of_two_measures_or_that_agree_do_not(park, other):
    factories.make_figure(park, label="企业数", unit="companies", value=100)
    factories.make_figure(park, **{"label": "企业数", "unit": "companies", "value": 120, **other})
    assert not unsettled_figures().exists()


def test_the_same_number_with_another_bound_is_a_contradiction(park):
    for bound in ("over", "nearly"):
        factories.make_figure(park, label="企业数", value=100, bound=bound)
    assert unsettled_figures().count() == 2


def test_exactly_one_is_shown_once_staff_have_chosen(park):
    first, second = disagree(park)
    third = factories.make_figure(park, label="企业数", unit="companies", value=120)
    show(second.pk)
    assert shown_values() == [120]
    assert not unsettled_figures().exists()
    assert list(settled_figures()) == [second]
    show(first.pk)
    assert shown_values() == [100]
    assert set(first.alternatives.all()) == {second, third}
    open_again(first.pk)
    assert shown_values() == [100, 120, 120]


def test_what_stood_beside_the_former_choice_stands_beside_the_new_one(park):
    first, second = disagree(park)
    reworded = factories.make_figure(
        park, label="注册企业数", unit="companies", value=140, alternative_to=first
    )
    show(second.pk)
    reworded.refresh_from_db()
    assert reworded.alternative_to == second
    assert shown_values() == [120]


def test_a_third_voice_opens_the_question_again(park):
    first, _second = disagree(park)
    show(first.pk)
    third = factories.make_figure(park, label="企业数", unit="companies", value=130)
    assert set(unsettled_figures()) == {first, third}


def test_a_figure_comes_back_when_the_one_before_it_is_deleted(park):
    first, second = disagree(park)
    show(first.pk)
    first.delete()
    assert shown_values() == [120]
    assert second.history.count() >= 2


def test_the_choice_is_in_the_history(park, django_user_model):
    first, second = disagree(park)
    user = django_user_model.objects.create(username="u")
    show(first.pk, user)
    entry = second.history.first()
    assert (entry.history_change_reason, entry.history_user) == ("选定公开的数据", user)
    open_again(first.pk, user)
    assert second.history.first().history_change_reason == "撤销选定的数据"


def test_there_must_be_something_to_choose_from(park):
    with pytest.raises(ValidationError, match="没有别的说法"):
        show(factories.make_figure(park).pk)


def test_a_form_takes_only_a_shown_figure_of_the_same_record(park):
    first, second = disagree(park)
    stranger = factories.make_figure(factories.make_park())
    show(first.pk)
    third = factories.make_figure(park)
    second.refresh_from_db()
    for wrong in (stranger, second):
        third.alternative_to = wrong
        with pytest.raises(ValidationError):
            third.full_clean()
    first.alternative_to = third
    with pytest.raises(ValidationError):
        first.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Figure.objects.filter(pk=third.pk).update(alternative_to=third.pk)


# What the public sees


def test_the_page_shows_one_and_says_that_sources_differ(client, park):
    first, _second = disagree(park)
    show(first.pk)
    html = client.get("/parks/park/").text
    assert "100家" in html
    assert "120家" not in html
    assert "各份资料说法不一" in html
    assert "/sources/says-120/#" in html
    english = client.get("/en/parks/park/").text
    assert "Sources differ" in english


def test_the_other_stays_on_its_sources_page(client, park):
    first, _second = disagree(park)
    show(first.pk)
    html = client.get("/sources/says-120/").text
    assert "120家" in html
    assert "另有资料说 100家" in html
    assert "另有资料说" not in client.get("/sources/says-100/").text


def test_lists_and_the_first_page_show_one(client, park):
    factories.make_home()
    first, _second = disagree(park, is_headline=True)
    show(first.pk)
    for address in ("/", "/figures/", "/compare/?park=park"):
        html = client.get(address).text
        assert "100" in html
        assert "120家" not in html


def test_a_page_asks_no_more_because_sources_differ(client, park):
    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get("/parks/park/")
            client.get("/sources/says-120/")
        return len(queries)

    first, _second = disagree(park)
    count()
    before = count()
    show(first.pk)
    assert count() == before
