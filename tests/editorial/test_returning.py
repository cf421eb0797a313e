"""Returning to a former version of a citation: under the rules of a form, never around them."""

import pytest
from django.urls import reverse
from django.utils import translation

from parks.models import Park
from promotion.reference.ledger.merging import merge
from promotion.reference.models import Citation, Submission
from tests import factories
from tests.forms import read_form

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["desk", "reviewer_desk"])
def any_desk(request):
    """The browser of someone who may edit, without and with the right to publish."""
    return request.getfixturevalue(request.param)


def go_back(client, citation):
    """Return a citation to its first version as the page of that version offers it."""
    former = citation.history.last()
    address = reverse("admin:reference_citation_simple_history", args=[citation.pk, former.pk])
    form = read_form(client.get(address), "historicalcitation_form")
    return client.post(address, form, follow=True)


def moved_citation(source):
    """Return a citation of 乙 in the second paragraph that once was one of 甲 in the first."""
    factories.make_text(source, "此处有甲", "此处有乙")
    citation = factories.make_citation(
        factories.make_park(), source=source, paragraph=1, excerpt="此处有甲"
    )
    citation.paragraph, citation.excerpt = 2, "此处有乙"
    citation.save()
    return citation


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (["此处有丙", "此处有乙"], "存入的原文里找不到这个短语：全文都没有。"),
        (["此处有丙", "此处有乙", "此处有甲"], "该段没有，见于第 3 段"),
    ],
)
def test_a_phrase_that_the_text_no_longer_has_there_is_refused(any_desk, text, told):
    source = factories.make_source()
    citation = moved_citation(source)
    factories.make_text(source, *text)
    assert told in go_back(any_desk, citation).text
    citation.refresh_from_db()
    assert (citation.paragraph, citation.excerpt) == (2, "此处有乙")
    assert not Submission.objects.exists()


def test_a_phrase_that_is_still_there_comes_back(reviewer_desk):
    citation = moved_citation(factories.make_source())
    go_back(reviewer_desk, citation)
    citation.refresh_from_db()
    assert (citation.paragraph, citation.excerpt) == (1, "此处有甲")


def test_a_deleted_citation_of_a_lost_phrase_does_not_come_back(any_desk):
    source = factories.make_source()
    citation = moved_citation(source)
    pk = citation.pk
    citation.delete()
    factories.make_text(source, "全文换了")
    citation.pk = pk
    assert "全文都没有" in go_back(any_desk, citation).text
    assert not Citation.objects.exists()


def test_a_version_about_a_record_that_was_merged_away_is_refused(any_desk):
    gone, kept = factories.make_park(name="甲园区"), factories.make_park(name="乙园区")
    citation = factories.make_citation(gone)
    merge(Park, kept.pk, gone.pk)
    citation.refresh_from_db()
    response = go_back(any_desk, citation)
    assert "它所属的记录已不存在" in response.text
    citation.refresh_from_db()
    assert citation.subject == kept


def test_the_refusal_is_told_in_english_too(desk):
    source = factories.make_source()
    citation = moved_citation(source)
    factories.make_text(source, "此处有丙", "此处有乙")
    with translation.override("en"):
        html = go_back(desk, citation).text
    assert "The stored text does not have this phrase" in html
