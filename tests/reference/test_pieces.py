"""Searched texts are found by any part of theirs, whatever they hold and whoever wrote them."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from companies.models import Company
from promotion.reference.pieces import index_of, keep_pieces, nearest_rows
from tests.factories import make_company

pytestmark = pytest.mark.django_db

SIGNS = st.sampled_from("未来岛科技园a b·\"'%_\\*1-（）")
TEXTS = st.text(SIGNS, max_size=12)


def found(word):
    return set(Company.objects.filter(search_text__holds=word).values_list("pk", flat=True))


def rewrite(company, text):
    """Put a text where nothing of ours derives it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE companies_company SET search_text = %s WHERE id = %s", [text, company.pk]
        )


@given(texts=st.lists(TEXTS, min_size=1, max_size=3), word=st.text(SIGNS, min_size=1, max_size=4))
@example(texts=["未来岛"], word="来岛")
@example(texts=["未来 来岛"], word="未来岛")
@example(texts=["a··b", "a·b"], word="··")
@example(texts=['"未"'], word='"')
@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_part_of_a_text_is_found_and_nothing_else(texts, word):
    Company.objects.all().delete()
    companies = {make_company(name=f"企业{place}").pk: text for place, text in enumerate(texts)}
    for company in Company.objects.all():
        rewrite(company, companies[company.pk])
    assert found(word) == {key for key, text in companies.items() if word in text}
    Company.objects.all().delete()
    assert found(word) == set()


@given(
    texts=st.lists(TEXTS, min_size=1, max_size=4),
    words=st.lists(st.text(SIGNS, min_size=1, max_size=3), min_size=1, max_size=5, unique=True),
    at_least=st.integers(1, 3),
)
@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_is_near_holds_enough_of_the_words(texts, words, at_least):
    Company.objects.all().delete()
    companies = {make_company(name=f"企业{place}").pk: text for place, text in enumerate(texts)}
    for company in Company.objects.all():
        rewrite(company, companies[company.pk])
    held = {key: sum(word in text for word in words) for key, text in companies.items()}
    near = {key for key, count in held.items() if count >= at_least}
    if connection.vendor != "sqlite":
        near = set(held)
    rows = Company.objects.all()
    assert {row.pk for row in nearest_rows(rows, words, at_least, 10)} == near
    best = [row.pk for row in nearest_rows(rows, words, at_least, 1)]
    if connection.vendor == "sqlite" and near:
        assert [held[key] for key in best] == [max(held.values())]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL takes no such character")
@pytest.mark.parametrize("word", ["\0", "未\0", "未来\0岛"])
def test_a_character_that_no_text_holds_is_found_nowhere(word):
    make_company(name="未来岛")
    assert found(word) == set()


def test_a_long_word_is_found_and_compared_to_its_end():
    name = "未来岛科技园" * 12
    company = make_company(name=name)
    assert (found(name), found(name[:-1] + "区")) == ({company.pk}, set())


def test_what_is_renamed_is_found_by_its_new_name_alone():
    company = make_company(name="未来岛")
    company.name = "智创城"
    company.save()
    assert (found("创城"), found("来岛")) == ({company.pk}, set())


def test_what_was_written_while_nothing_followed_is_indexed_by_the_next_migration():
    company = make_company(name="未来岛")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # What a migration does that makes the table anew.
            for trigger in ("new", "gone", "other"):
                cursor.execute(f'DROP TRIGGER "{index_of(Company)}_{trigger}"')
    rewrite(company, "智创城")
    keep_pieces()
    assert (found("创城"), found("来岛")) == ({company.pk}, set())
    rewrite(company, "天地园")
    assert (found("天地"), found("创城")) == ({company.pk}, set())
