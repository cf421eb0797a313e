"""What cannot be is refused in the words of either language, says what to do, and changes nothing.

One test for each bad input that the desk must expect; each tries what a person would do by hand.
"""

import pytest
from django.urls import reverse
from django.utils import translation

from companies.models import Company
from promotion.reference.models import Citation, Merge, Submission
from promotion.reference.vocabulary import ReviewStage
from tests import factories
from tests.editorial.test_workflow import cited_park, decide, fill, page
from tests.forms import read_form
from tests.ledger.test_duplicates import credit_code

pytestmark = pytest.mark.django_db

CHINESE, ENGLISH = "zh-hans", "en"


@pytest.fixture(params=[CHINESE, ENGLISH])
def language(request):
    """Let everything that a test asks for be asked in a language."""
    with translation.override(request.param):
        yield request.param


def test_a_phrase_that_is_not_in_the_paragraph(reviewer_desk, language):
    park = factories.make_park(summary="原来的简介。")
    source = factories.make_text(factories.make_source(), "此处有甲", "此处有乙")
    form = read_form(reviewer_desk.get(page(park, "change")), "park_form")
    kind = "reference-citation-subject_type-subject_id"
    more = {
        "summary": "改过的简介。",
        f"{kind}-TOTAL_FORMS": "1",
        f"{kind}-0-source": source.pk,
        f"{kind}-0-paragraph": "1",
        f"{kind}-0-excerpt": "此处有乙",
    }
    response = reviewer_desk.post(page(park, "change"), {**form, **more, "_save": "1"})
    told = {
        CHINESE: "该段没有，见于第 2 段。请照原文选取短语，并核对段落。",
        ENGLISH: "found in paragraph 2. Take the phrase from the text as it stands, and check",
    }
    assert told[language] in response.text
    park.refresh_from_db()
    assert park.summary == "原来的简介。"
    assert not Citation.objects.exists()


def test_a_review_before_the_verification(reviewer_desk, language):
    park = cited_park()
    response = fill(reviewer_desk, park, verified_on="2026-05-01", review_by="2026-04-01")
    told = {CHINESE: "请改为更晚的日期，或留空", ENGLISH: "Give a later date, or leave it empty"}
    assert told[language] in response.text
    park.refresh_from_db()
    assert (park.verified_on, park.review_by) == (None, None)


@pytest.mark.parametrize("ended_on", ["2024-02", "2023"])
def test_an_end_before_the_start(reviewer_desk, language, ended_on):
    tenancy = factories.make_tenancy(started_on="2024-03")
    form = read_form(reviewer_desk.get(page(tenancy, "change")), "tenancy_form")
    values = {**form, "ended_on": ended_on, "_save": "1"}
    response = reviewer_desk.post(page(tenancy, "change"), values)
    told = {
        CHINESE: "结束日期不能早于开始日期。",
        ENGLISH: "The end date cannot be before the start date.",
    }
    assert response.context["adminform"].form.errors == {"ended_on": [told[language]]}
    values = {**values, "ended_on": "2024"}
    assert reviewer_desk.post(page(tenancy, "change"), values).status_code == 302


def test_a_merge_of_records_with_different_codes(reviewer_desk, language):
    kept, gone = (
        factories.make_company(unified_social_credit_code=credit_code(f"MA000000{number}"))
        for number in (1, 2)
    )
    address = reverse("admin:merge", args=["companies.company", kept.pk, gone.pk])
    response = reviewer_desk.post(address)
    told = {CHINESE: "请先改正那条记录", ENGLISH: "correct that record first"}
    assert told[language] in response.text
    assert Company.objects.count() == 2
    assert not Merge.objects.exists()


def test_an_approval_of_what_another_edit_has_overtaken(desk, reviewer_desk, language):
    park = cited_park(summary="原来的简介。", aliases="")
    fill(desk, park, summary="改过的简介。")
    fill(reviewer_desk, park, aliases="甲园")
    told = {
        CHINESE: "请退回或撤回，再在现在的内容上修改。",
        ENGLISH: "Send it back or take it back, and make it again on what there is now.",
    }
    response = decide(reviewer_desk, park, "approve")
    assert told[language] in response.text
    # Its editor is told the same, where it can be taken back.
    response = desk.get(page(park, "change"), follow=True)
    assert told[language] in response.text
    assert 'value="withdraw"' in response.text
    park.refresh_from_db()
    assert (park.summary, park.aliases) == ("原来的简介。", "甲园")
    assert Submission.objects.get().stage == ReviewStage.WAITING
    desk.post(page(park, "review"), {"decision": "withdraw"})
    fill(desk, park, summary="再改的简介。")
    decide(reviewer_desk, park, "approve")
    park.refresh_from_db()
    assert (park.summary, park.aliases) == ("再改的简介。", "甲园")
