"""What was handed in before a release that changed the tables is decided on all the same."""

import pytest
from django.test import Client
from django.urls import reverse

from promotion.reference.editorial.previews import preview_path
from promotion.reference.models import Citation, Submission
from promotion.reference.vocabulary import ReviewStage
from tests import factories
from tests.editorial.test_workflow import cited_park, decide, fill, page
from tests.forms import read_form

pytestmark = pytest.mark.django_db

COLUMN = "stated_value"


def forget(column):
    """Leave in what waits what an older release kept, whose tables did not have a column."""
    submission = Submission.objects.get()
    held = [
        values.pop(column)
        for change in submission.changes
        for values in (change["before"], change["after"])
        if values and column in values
    ]
    assert held
    submission.save()


def edit_citation(client, citation, **values):
    address = reverse("admin:reference_citation_change", args=[citation.pk])
    form = read_form(client.get(address), "citation_form")
    return client.post(address, {**form, **values, "_save": "1"}, follow=True)


@pytest.fixture
def citation(desk):
    """A public citation whose phrase an editor has asked to change, with an older release."""
    citation = factories.make_citation(cited_park(), field="kind", excerpt="原来的短语")
    edit_citation(desk, citation, excerpt="改过的短语")
    forget(COLUMN)
    return citation


def test_a_changed_citation_is_read_and_approved(citation, reviewer_desk):
    park = citation.subject
    review = reviewer_desk.get(page(park, "review"))
    assert [
        (field.label, field.before, field.after)
        for row in review.context["rows"]
        for field in row["fields"]
    ] == [("原文短语", "原来的短语", "改过的短语")]
    assert Client().get(preview_path(park)).status_code == 200
    decide(reviewer_desk, park, "approve")
    citation.refresh_from_db()
    assert (citation.excerpt, citation.stated_value) == ("改过的短语", "")
    assert Submission.objects.get().stage == ReviewStage.APPROVED


def test_an_edit_of_the_new_column_since_is_not_covered(citation, reviewer_desk):
    edit_citation(reviewer_desk, citation, stated_value="综合体")
    response = decide(reviewer_desk, citation.subject, "approve")
    assert "在送审之后又被改动（该文写作）" in response.text
    citation.refresh_from_db()
    assert (citation.excerpt, citation.stated_value) == ("原来的短语", "综合体")
    assert Submission.objects.get().stage == ReviewStage.WAITING


def test_the_editor_goes_on_with_what_waited(citation, desk, reviewer_desk):
    edit_citation(desk, citation, excerpt="又改的短语")
    assert Submission.objects.get().changes[0]["before"][COLUMN] == ""
    decide(reviewer_desk, citation.subject, "approve")
    citation.refresh_from_db()
    assert citation.excerpt == "又改的短语"


@pytest.mark.parametrize("is_deleted", [False, True])
def test_new_and_deleted_citations_are_approved(desk, reviewer_desk, is_deleted):
    park = cited_park()
    kind = "reference-citation-subject_type-subject_id"
    values = {
        f"{kind}-TOTAL_FORMS": "2",
        f"{kind}-1-source": factories.make_source().pk,
        f"{kind}-1-paragraph": "3",
        f"{kind}-1-excerpt": "新的短语",
    }
    if is_deleted:
        factories.make_citation(park, excerpt="多余的短语")
        values = {f"{kind}-1-DELETE": "on"}
    fill(desk, park, **values)
    forget(COLUMN)
    decide(reviewer_desk, park, "approve")
    assert Submission.objects.get().stage == ReviewStage.APPROVED
    assert Citation.objects.filter(excerpt="新的短语").exists() is not is_deleted
    assert not Citation.objects.filter(excerpt="多余的短语").exists()


def test_a_column_that_a_release_removed_is_let_go(desk, reviewer_desk):
    park = cited_park()
    fill(desk, park, summary="改过的简介。")
    submission = Submission.objects.get()
    for values in (submission.changes[0]["before"], submission.changes[0]["after"]):
        values["fax"] = ""
    submission.save()
    decide(reviewer_desk, park, "approve")
    park.refresh_from_db()
    assert park.summary == "改过的简介。"
