"""From an editor's desk to the public: what is public changes only when a reviewer says so."""

import datetime
import re

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.models import Tenancy
from parks.models import Park
from promotion.models import Program
from promotion.reference.editorial.rows import values_of
from promotion.reference.models import Citation, Figure, Submission
from promotion.reference.vocabulary import ReviewStage
from tests import factories
from tests.editorial.conftest import desk_of
from tests.forms import read_form

pytestmark = pytest.mark.django_db


def cited(record):
    """Return a record that may be public: it has a summary, and a source for what it says."""
    type(record).objects.filter(pk=record.pk, summary="").update(summary="原来的简介。")
    factories.make_citation(record)
    record.refresh_from_db()
    return record


def cited_park(**values):
    return cited(factories.make_park(**values))


def page(record, name):
    options = record._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_{name}", args=[record.pk])


def fill(client, record, query="", button="_save", **values):
    """Open a record's form as the client sees it, change some fields, and press a button."""
    address = page(record, "change") + query
    form = read_form(client.get(address), f"{record._meta.model_name}_form")
    return client.post(address, {**form, **values, button: "1"}, follow=True)


def decide(client, record, decision, **values):
    form = client.get(page(record, "review"))
    seen = form.context["seen"]
    return client.post(
        page(record, "review"), {"decision": decision, "seen": seen, **values}, follow=True
    )


def public_page(record):
    return Client().get(record.get_absolute_url()).text


def test_what_an_editor_saves_in_a_public_record_waits(desk):
    park = cited_park(name="甲园区", summary="原来的简介。")
    response = fill(desk, park, summary="改过的简介。")
    assert "已送审" in response.text
    park.refresh_from_db()
    assert park.summary == "原来的简介。"
    assert "原来的简介。" in public_page(park)
    assert "改过的简介。" not in public_page(park)
    submission = Submission.objects.get()
    assert (submission.subject, submission.stage) == (park, ReviewStage.WAITING)
    assert park.history.count() == 1


def test_a_reviewer_sees_the_difference_and_approves(desk, reviewer_desk, publisher):
    park = cited_park(summary="原来的简介。")
    fill(desk, park, summary="改过的简介。")
    html = reviewer_desk.get(page(park, "review")).text
    assert re.search(r"<del>原来的简介。</del>.*<ins>改过的简介。</ins>", html, re.S)
    decide(reviewer_desk, park, "approve")
    assert "改过的简介。" in public_page(park)
    entry = park.history.first()
    assert (entry.history_user, entry.history_change_reason) == (
        publisher,
        f"采用送审 #{Submission.objects.get().pk}",
    )
    assert Submission.objects.get().stage == ReviewStage.APPROVED


def test_an_editor_goes_on_with_what_was_sent_back(desk, reviewer_desk):
    park = cited_park(summary="原来的简介。")
    fill(desk, park, summary="写错的简介。")
    decide(reviewer_desk, park, "refuse", reason="请改正第二句。")
    form = desk.get(page(park, "change"))
    assert "请改正第二句。" in form.text
    assert read_form(form, "park_form")["summary"] == ["写错的简介。"]
    fill(desk, park, summary="改正的简介。")
    assert Submission.objects.get().stage == ReviewStage.WAITING
    decide(reviewer_desk, park, "approve")
    assert Park.objects.get().summary == "改正的简介。"


def test_refusing_needs_a_reason(desk, reviewer_desk):
    park = cited_park()
    fill(desk, park, summary="改过的简介。")
    response = decide(reviewer_desk, park, "refuse", reason="  ")
    assert "请写明理由" in response.text
    assert Submission.objects.get().stage == ReviewStage.WAITING


def test_a_new_figure_with_its_citation_becomes_public_together(desk, reviewer_desk):
    park = cited_park()
    source = factories.make_source()
    address = page(park, "change")
    form = read_form(desk.get(address), "park_form")
    kind = "reference-figure-subject_type-subject_id"
    desk.post(
        address,
        {
            **form,
            f"{kind}-TOTAL_FORMS": "1",
            f"{kind}-0-label": "建筑面积",
            f"{kind}-0-code": "test-floor-area",
            f"{kind}-0-value": "12",
            f"{kind}-0-unit": "sqm",
            f"{kind}-0-bound": "exact",
            f"{kind}-0-claim_status": "planned",
            f"{kind}-0-position": "0",
            "_save": "1",
        },
    )
    assert not Figure.objects.exists()
    (proposed,) = [
        change["pk"]
        for change in Submission.objects.get().changes
        if change["model"] == "reference.figure"
    ]
    figure_form = reverse("admin:reference_figure_change", args=[proposed])
    form = read_form(desk.get(figure_form), "figure_form")
    kind = "reference-citation-subject_type-subject_id"
    response = desk.post(
        figure_form,
        {
            **form,
            f"{kind}-TOTAL_FORMS": "1",
            f"{kind}-0-source": source.pk,
            f"{kind}-0-paragraph": "3",
            f"{kind}-0-excerpt": "十二平方米",
            "_save": "1",
        },
        follow=True,
    )
    assert "已送审" in response.text
    assert not Figure.objects.exists()
    decide(reviewer_desk, park, "approve")
    figure = Figure.objects.get()
    assert (figure.subject, figure.label) == (park, "建筑面积")
    assert Citation.objects.get(excerpt="十二平方米").subject == figure


def test_a_tenancy_that_would_be_public_at_once_waits_with_its_company(desk, reviewer_desk):
    company, park = cited(factories.make_company()), cited_park()
    address = reverse("admin:companies_tenancy_add")
    form = read_form(desk.get(address), "tenancy_form")
    response = desk.post(
        address, {**form, "company": company.pk, "park": park.pk, "_save": "1"}, follow=True
    )
    assert "已送审" in response.text
    assert not Tenancy.objects.exists()
    fill(desk, company, summary="新的简介。")
    assert len(Submission.objects.get().changes) == 2
    decide(reviewer_desk, company, "approve")
    assert Tenancy.objects.get().company == company
    company.refresh_from_db()
    assert company.summary == "新的简介。"


def test_approval_of_a_change_made_stale_is_refused(desk, reviewer_desk):
    park = cited_park(name="甲园区", summary="原来的简介。", aliases="")
    fill(desk, park, summary="改过的简介。")
    fill(reviewer_desk, park, aliases="甲园")
    response = decide(reviewer_desk, park, "approve")
    assert "在送审之后又被改动（别名）" in response.text
    park.refresh_from_db()
    assert (park.summary, park.aliases) == ("原来的简介。", "甲园")
    assert Submission.objects.get().stage == ReviewStage.WAITING


def test_what_has_lost_its_citation_while_it_waited_is_not_approved(desk, reviewer_desk):
    park = factories.make_park(name="甲园区", summary="原来的简介。")
    for field in ("name", "kind", "summary"):
        factories.make_citation(park, field=field)
    source = factories.make_citation(park, field="address")
    fill(desk, park, address="某路 1 号")
    source.delete()
    response = decide(reviewer_desk, park, "approve")
    assert "不能采用：“甲园区”已经发布，采用后：“地址”没有引文。" in response.text
    park.refresh_from_db()
    assert park.address == ""
    assert Submission.objects.get().stage == ReviewStage.WAITING
    factories.make_citation(park, field="address")
    decide(reviewer_desk, park, "approve")
    park.refresh_from_db()
    assert park.address == "某路 1 号"


def test_a_reviewer_decides_on_what_they_have_seen(desk, reviewer_desk):
    park = cited_park(summary="原来的简介。")
    fill(desk, park, summary="改过的简介。")
    seen = reviewer_desk.get(page(park, "review")).context["seen"]
    fill(desk, park, summary="又改过的简介。")
    response = reviewer_desk.post(
        page(park, "review"), {"decision": "approve", "seen": seen}, follow=True
    )
    assert "内容又有改动" in response.text
    park.refresh_from_db()
    assert park.summary == "原来的简介。"


@pytest.mark.parametrize("is_removed", [False, True])
def test_a_figure_that_the_reviewer_has_not_seen_so_is_not_published(
    desk, reviewer_desk, is_removed
):
    park = cited_park(status="draft")
    figure = factories.make_figure(park, value="1")
    factories.make_citation(figure)
    fill(desk, park, button="_submit")
    seen = reviewer_desk.get(page(park, "review")).context["seen"]
    if is_removed:
        figure.delete()
    else:
        Figure.objects.update(value="2")
    response = reviewer_desk.post(
        page(park, "review"), {"decision": "approve", "seen": seen}, follow=True
    )
    assert "内容又有改动" in response.text
    park.refresh_from_db()
    assert park.status == "in_review"


def test_approval_of_a_change_of_what_was_deleted_is_refused(desk, reviewer_desk):
    park = cited_park(summary="原来的简介。")
    figure = factories.make_figure(park, label="建筑面积")
    factories.make_citation(figure)
    address = reverse("admin:reference_figure_change", args=[figure.pk])
    desk.post(address, {**read_form(desk.get(address), "figure_form"), "value": "7"})
    fill(desk, park, query="?proposed=1", summary="改过的简介。")
    assert len(Submission.objects.get().changes) == 2
    figure.delete()
    response = decide(reviewer_desk, park, "approve")
    assert "“建筑面积”已被删除，这次改动不能再采用" in response.text
    park.refresh_from_db()
    assert park.summary == "原来的简介。"
    assert not Figure.objects.exists()
    assert Submission.objects.get().stage == ReviewStage.WAITING


def test_a_draft_is_handed_in_sent_back_and_published(desk, reviewer_desk):
    park = cited_park(status="draft")
    fill(desk, park, button="_submit")
    park.refresh_from_db()
    assert park.status == "in_review"
    decide(reviewer_desk, park, "refuse", reason="缺少出处。")
    park.refresh_from_db()
    assert park.status == "draft"
    assert "缺少出处。" in desk.get(page(park, "change")).text
    fill(desk, park, button="_submit")
    decide(reviewer_desk, park, "approve")
    park.refresh_from_db()
    assert park.is_public()


@pytest.mark.parametrize("decision", ["approve", "refuse"])
def test_an_editor_decides_nothing(desk, decision):
    park = cited_park(summary="原来的简介。")
    fill(desk, park, summary="改过的简介。")
    response = decide(desk, park, decision, reason="理由")
    assert response.status_code == 403
    park.refresh_from_db()
    assert park.summary == "原来的简介。"


@pytest.mark.parametrize("status", ["published", "archived"])
def test_an_editor_cannot_post_a_status(desk, status):
    park = cited_park(status="draft")
    fill(desk, park, status=status)
    park.refresh_from_db()
    assert park.status == "draft"


def test_an_editor_cannot_publish_by_button_or_action(desk):
    park = cited_park(status="draft")
    fill(desk, park, button="_publish")
    data = {"action": "publish", "_selected_action": [park.pk]}
    desk.post(reverse("admin:parks_park_changelist"), data)
    park.refresh_from_db()
    assert park.status == "draft"


def test_an_editor_cannot_delete_what_is_public(desk):
    public, draft = cited_park(), cited_park(status="draft")
    assert desk.post(page(public, "delete"), {"post": "yes"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [public.pk, draft.pk], "post": "yes"}
    desk.post(reverse("admin:parks_park_changelist"), data)
    assert Park.objects.count() == 2
    assert desk.post(page(draft, "delete"), {"post": "yes"}).status_code == 302
    assert list(Park.objects.all()) == [public]


def test_taking_back_leaves_all_as_it_is(desk):
    park = cited_park(summary="原来的简介。")
    fill(desk, park, summary="改过的简介。")
    desk.post(page(park, "review"), {"decision": "withdraw"})
    assert Submission.objects.get().stage == ReviewStage.WITHDRAWN
    form = read_form(desk.get(page(park, "change")), "park_form")
    assert form["summary"] == ["原来的简介。"]


def test_saving_without_a_difference_asks_nothing(desk):
    park = cited_park(summary="原来的简介。")
    assert "没有差别" in fill(desk, park).text
    assert not Submission.objects.exists()


def test_a_publisher_may_ask_for_a_second_pair_of_eyes(reviewer_desk):
    park = cited_park(summary="原来的简介。")
    fill(reviewer_desk, park, button="_propose", summary="改过的简介。")
    park.refresh_from_db()
    assert park.summary == "原来的简介。"
    form = read_form(reviewer_desk.get(page(park, "change")), "park_form")
    assert form["summary"] == ["原来的简介。"]
    form = read_form(reviewer_desk.get(page(park, "change") + "?proposed=1"), "park_form")
    assert form["summary"] == ["改过的简介。"]
    response = fill(reviewer_desk, park, button="_propose", summary="第三种简介。")
    assert "已有待审的改动" in response.text
    assert Submission.objects.get().changes[0]["after"]["summary"] == "改过的简介。"


def test_returning_to_a_former_version_waits_too(desk, reviewer_desk):
    park = cited_park(summary="原来的简介。")
    fill(reviewer_desk, park, summary="后来的简介。")
    former = park.history.last()
    address = reverse("admin:parks_park_simple_history", args=[park.pk, former.pk])
    form = read_form(desk.get(address), "historicalpark_form")
    assert "已送审" in desk.post(address, form, follow=True).text
    park.refresh_from_db()
    assert park.summary == "后来的简介。"
    decide(reviewer_desk, park, "approve")
    park.refresh_from_db()
    assert park.summary == "原来的简介。"


def test_the_list_of_reviews_names_what_waits_and_what_was_sent_back(desk, reviewer_desk):
    changed, sent_back = cited_park(name="甲园区"), cited_park(name="乙园区")
    new = cited(factories.make_event(name="丙活动", starts_on="2024", status="draft"))
    by_sheet = cited(factories.make_event(name="丁活动", starts_on="2024", status="in_review"))
    fill(desk, changed, summary="改过的简介。")
    fill(desk, sent_back, summary="改过的简介。")
    decide(reviewer_desk, sent_back, "refuse", reason="不对。")
    fill(desk, new, button="_submit")
    waiting, returned = reviewer_desk.get(reverse("admin:reviews")).context["queues"]
    assert {row.label for row in waiting.rows} == {"甲园区", "丙活动", "丁活动"}
    assert [row.label for row in returned.rows] == ["乙园区"]
    decide(reviewer_desk, by_sheet, "approve")
    by_sheet.refresh_from_db()
    assert by_sheet.is_public()


def queued(client):
    return [
        [row.label for row in queue.rows]
        for queue in client.get(reverse("admin:reviews")).context["queues"]
    ]


def asked_about(desk, reviewer_desk):
    """Return a park and a draft that wait for review, and a park whose edit was sent back."""
    park, sent_back = cited_park(name="甲园区"), cited_park(name="乙园区")
    draft = cited_park(name="丙园区", status="draft")
    fill(desk, park, summary="改过的简介。")
    fill(desk, sent_back, summary="改过的简介。")
    decide(reviewer_desk, sent_back, "refuse", reason="不对。")
    fill(desk, draft, button="_submit")
    return [park, sent_back, draft]


def test_what_is_deleted_is_no_longer_asked_about(desk, reviewer_desk, publisher):
    park, *others = asked_about(desk, reviewer_desk)
    kept = cited_park(name="丁园区")
    fill(desk, kept, summary="改过的简介。")
    reviewer_desk.post(page(park, "delete"), {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [row.pk for row in others]}
    reviewer_desk.post(reverse("admin:parks_park_changelist"), {**chosen, "post": "yes"})
    assert list(Park.objects.all()) == [kept]
    assert queued(reviewer_desk) == [["丁园区"], []]
    gone = Submission.objects.exclude(subject_id=kept.pk)
    assert {(row.stage, row.decided_by) for row in gone} == {(ReviewStage.WITHDRAWN, publisher)}
    assert Submission.objects.get(subject_id=kept.pk).stage == ReviewStage.WAITING


def test_what_goes_along_with_a_deletion_is_no_longer_asked_about(desk, reviewer_desk):
    program = cited(factories.make_program())
    measure = cited(factories.make_measure(program=program))
    fill(desk, measure, summary="改过的简介。")
    reviewer_desk.post(page(program, "delete"), {"post": "yes"})
    assert Submission.objects.get().stage == ReviewStage.WITHDRAWN


def test_what_was_deleted_unnoticed_is_not_in_the_queue(desk, reviewer_desk):
    asked_about(desk, reviewer_desk)
    Park.objects.all().delete()
    assert queued(reviewer_desk) == [[], []]


def test_a_sheet_needs_the_right_to_publish(desk):
    park = cited_park(name="甲园区", slug="jia", status="published")
    cited_park(name="乙园区", slug="yi", status="draft")

    def hand_in(text):
        upload = SimpleUploadedFile("parks.csv", text.encode())
        return desk.post(reverse("admin:parks_park_import"), {"file": upload}, follow=True).text

    for line in ("jia,甲园区,改过的简介。,已发布", "yi,乙园区,改过的简介。,已发布"):
        html = hand_in(f"网址代码,名称,简介,发布状态\n{line}\n")
        assert "要有发布的权限" in html, line
    html = hand_in("网址代码,名称,简介,发布状态\nyi,乙园区,改过的简介。,草稿\n")
    assert "要有发布的权限" not in html
    park.refresh_from_db()
    assert park.summary != "改过的简介。"


def test_reviews_are_for_those_who_may_see_records(client):
    client.force_login(User.objects.create_user("nobody", is_staff=True))
    assert client.get(reverse("admin:reviews")).status_code == 403


HOUR = datetime.timedelta(hours=1)


@pytest.mark.parametrize(
    "window",
    [{"publish_at": HOUR}, {"publish_at": -2 * HOUR, "expires_at": -HOUR}],
    ids=["scheduled", "expired"],
)
def test_what_comes_by_itself_or_may_come_back_waits_as_what_is_public(desk, reviewer_desk, window):
    park = cited_park(**{name: timezone.now() + away for name, away in window.items()})
    figure = factories.make_figure(park, value="1")
    before = values_of(park)
    soon = timezone.localtime(timezone.now() + HOUR / 60)
    window = {"publish_at_0": f"{soon:%Y-%m-%d}", "publish_at_1": f"{soon:%H:%M:%S}"}
    response = fill(
        desk, park, summary="没有审过的简介。", **window, expires_at_0="", expires_at_1=""
    )
    assert "已送审" in response.text
    park.refresh_from_db()
    assert values_of(park) == before
    address = reverse("admin:reference_figure_change", args=[figure.pk])
    desk.post(address, {**read_form(desk.get(address), "figure_form"), "value": "7"})
    figure.refresh_from_db()
    assert figure.value == 1
    assert desk.post(page(park, "delete"), {"post": "yes"}).status_code == 403
    data = {"action": "submit", "_selected_action": [park.pk]}
    told = desk.post(reverse("admin:parks_park_changelist"), data, follow=True).text
    assert "已经发布，不用再送审" in told
    decide(reviewer_desk, park, "approve")
    park.refresh_from_db()
    assert (park.status, park.summary) == ("published", "没有审过的简介。")
    fill(reviewer_desk, park, button="_propose", summary="还要再看。")
    park.refresh_from_db()
    assert park.summary == "没有审过的简介。"


@pytest.mark.parametrize("make", [factories.make_advisor, factories.make_mentor])
def test_who_may_only_look_sees_no_private_contact_among_what_waits(desk, reviewer_desk, make):
    person = cited(make())
    fill(desk, person, phone="13912345678", email="secret@example.com", summary="改过的简介。")
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    html = desk_of(viewer).get(page(person, "review")).text
    assert "改过的简介。" in html
    assert "13912345678" not in html
    assert "secret@example.com" not in html
    assert "13912345678" in reviewer_desk.get(page(person, "review")).text


def test_a_published_line_of_a_new_record_is_refused_and_leaves_nothing_waiting(desk):
    form = read_form(desk.get(reverse("admin:promotion_program_add")), "program_form")
    line = {"TOTAL_FORMS": "1", "0-name": "某举措", "0-slug": "ju-cuo", "0-position": "0"}
    line |= {"0-summary": "简介。", "0-status": "published"}
    form |= {f"measures-{name}": value for name, value in line.items()}
    form |= {"name": "甲计划", "slug": "jia", "kind": "strategy", "_save": "1"}
    response = desk.post(reverse("admin:promotion_program_add"), form)
    assert "“某举措”还不能发布：“名称”没有引文。" in response.text
    assert not Program.objects.exists()
    assert not Submission.objects.exists()
    form["measures-0-status"] = "draft"
    desk.post(reverse("admin:promotion_program_add"), form)
    assert Program.objects.get().measures.get().status == "draft"
