"""A park operator's rights end at their own parks, by whichever way they try."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile

from companies.models import Company, Tenancy
from parks.models import Building, Incubator, ParkOperator, Space
from promotion.reference.editorial.previews import preview_path
from promotion.reference.models import Citation, Figure, ImportBatch, Submission
from tests import factories
from tests.forms import read_form, read_form_to
from tests.roles.conftest import browser_of, make_staff
from tests.test_admin import admin_url, run_action

pytestmark = pytest.mark.django_db

KINDS = [
    "park", "building", "space", "incubator", "mentor", "liaison", "tenancy", "figure", "citation",
]  # fmt: skip


def form_of(client, row):
    page = client.get(admin_url(type(row), "change", row.pk))
    return read_form(page, f"{row._meta.model_name}_form")


def save(client, row, **values):
    form = {**form_of(client, row), **values}
    return client.post(admin_url(type(row), "change", row.pk), form)


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_shows_ones_own_and_nothing_of_others(desk, mine, others, kind):
    text = desk.get(admin_url(type(getattr(mine, kind)), "changelist")).text
    assert "甲" in text
    assert "乙" not in text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("page", ["change", "history", "delete"])
def test_a_page_of_anothers_row_is_not_there(desk, others, kind, page):
    row = getattr(others, kind)
    row.save()
    for method in (desk.get, desk.post):
        response = method(admin_url(type(row), page, row.pk), {"post": "yes"}, follow=True)
        assert "乙" not in response.content.decode()
    assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("figure", "citation")])
def test_ones_own_row_can_be_saved_untouched(desk, mine, kind):
    row = getattr(mine, kind)
    response = save(desk, row)
    assert response.status_code == 302, response.context["errors"]


@pytest.mark.parametrize("kind", ["building", "space", "incubator", "liaison", "tenancy"])
def test_a_row_is_not_moved_into_anothers_park(desk, mine, others, kind):
    row = getattr(mine, kind)
    response = save(desk, row, park=others.park.pk)
    assert response.status_code == 200
    row.refresh_from_db()
    assert row.park == mine.park


def test_a_row_is_not_made_in_anothers_park_nor_in_none(desk, mine, others):
    form = read_form(desk.get(admin_url(Incubator, "add")), "incubator_form")
    for park in (others.park.pk, ""):
        values = {**form, "name": "新孵化器", "slug": "new-one", "park": park}
        assert desk.post(admin_url(Incubator, "add"), values).status_code == 200
    assert not Incubator.objects.filter(slug="new-one").exists()
    values["park"] = mine.park.pk
    assert desk.post(admin_url(Incubator, "add"), values).status_code == 302
    assert Incubator.objects.get(slug="new-one").park == mine.park


def test_nothing_of_others_is_chosen_for_ones_own_row(desk, mine, others):
    draft = factories.make_company(name="草稿企业", status="draft")
    assert save(desk, mine.tenancy, incubator=others.incubator.pk).status_code == 200
    assert save(desk, mine.tenancy, company=draft.pk).status_code == 200
    assert save(desk, mine.park, host=others.park.pk).status_code == 200
    known = factories.make_company(name="公开企业")
    assert save(desk, mine.tenancy, company=known.pk).status_code == 302
    mine.tenancy.refresh_from_db()
    assert mine.tenancy.company == known


def test_an_inline_takes_no_child_of_another_park(desk, mine, others):
    form = form_of(desk, mine.park)
    assert form["buildings-0-id"] == [str(mine.building.pk)]
    for prefix, child in (("buildings", others.building), ("tenancies", others.tenancy)):
        desk.post(
            admin_url(type(mine.park), "change", mine.park.pk),
            {**form, f"{prefix}-0-id": child.pk, f"{prefix}-0-name": "抢来的"},
        )
        desk.post(
            admin_url(type(mine.park), "change", mine.park.pk),
            {**form, f"{prefix}-0-id": child.pk, f"{prefix}-0-DELETE": "on"},
        )
    assert Building.objects.get(pk=others.building.pk).name == "乙楼"
    assert Building.objects.get(pk=others.building.pk).park == others.park
    assert Tenancy.objects.get(pk=others.tenancy.pk).park == others.park


def test_a_figure_keeps_its_subject_whatever_is_posted(desk, mine, others):
    type_id = ContentType.objects.get_for_model(Company).pk
    for row in (mine.figure, mine.citation):
        save(desk, row, subject_type=type_id, subject_id=others.tenancy.company.pk)
        before = row.subject
        row.refresh_from_db()
        assert row.subject == before
    prefix = "reference-figure-subject_type-subject_id"
    form = form_of(desk, mine.park)
    desk.post(
        admin_url(type(mine.park), "change", mine.park.pk),
        {**form, f"{prefix}-0-id": others.figure.pk, f"{prefix}-0-label": "抢来的"},
    )
    assert Figure.objects.get(pk=others.figure.pk).label == "乙指标"


def test_an_action_reaches_no_row_of_others(desk, mine, others):
    for action in ("submit", "confirm", "publish", "archive", "merge_chosen"):
        run_action(desk, Space, action, [mine.space, others.space])
    desk.post(
        admin_url(Space, "changelist"),
        {"action": "delete_selected", "_selected_action": [others.space.pk], "post": "yes"},
    )
    others.space.refresh_from_db()
    assert (others.space.status, others.space.verified_on) == ("draft", None)
    mine.space.refresh_from_db()
    assert mine.space.status == "in_review"


def test_a_role_that_sees_more_does_not_let_an_operator_change_more(operator, mine, others):
    operator.groups.add(make_staff("viewer").groups.get())
    desk = browser_of(operator)
    assert "乙房源" in desk.get(admin_url(Space, "changelist")).text
    form = {**form_of(desk, mine.space), "park": others.park.pk, "name": "改名"}
    assert desk.post(admin_url(Space, "change", others.space.pk), form).status_code == 403
    assert "不都归您管理" in run_action(desk, Space, "submit", [mine.space, others.space])
    assert set(Space.objects.values_list("name", "status")) == {
        ("甲房源", "draft"), ("乙房源", "draft"),
    }  # fmt: skip
    version = others.space.history.first().history_id
    restored = desk.post(f"/admin/parks/space/{others.space.pk}/history/{version}/", form)
    assert restored.status_code == 403


@pytest.mark.parametrize(
    ("source", "hidden"),
    [
        (("parks", "space", "park"), "乙园区"),
        (("parks", "park", "host"), "乙园区"),
        (("companies", "tenancy", "incubator"), "乙孵化器"),
        (("companies", "tenancy", "company"), "乙草稿"),
        (("promotion", "program", "parks"), "乙园区"),
        (("reference", "figure", "alternative_to"), "乙指标"),
    ],
)
def test_autocomplete_names_nothing_that_others_keep_back(desk, mine, others, source, hidden):
    factories.make_company(name="乙草稿", status="draft")
    query = dict(zip(("app_label", "model_name", "field_name"), source, strict=True))
    response = desk.get("/admin/autocomplete/", {**query, "term": ""})
    assert response.status_code == 200
    assert hidden not in [row["text"] for row in response.json()["results"]]


def test_an_operator_chooses_among_public_companies_but_opens_none(desk, mine, others):
    query = {"app_label": "companies", "model_name": "tenancy", "field_name": "company", "term": ""}
    names = [row["text"] for row in desk.get("/admin/autocomplete/", query).json()["results"]]
    assert "乙企业" in names
    company = others.tenancy.company
    assert desk.get(admin_url(Company, "changelist")).status_code == 403
    assert desk.get(admin_url(Company, "change", company.pk)).status_code == 404


def test_a_former_version_of_anothers_row_is_neither_shown_nor_restored(desk, mine, others):
    version = others.space.history.first().history_id
    address = f"/admin/parks/space/{others.space.pk}/history/{version}/"
    assert desk.get(address).status_code in (403, 404)
    assert desk.post(address, form_of(desk, mine.space)).status_code in (403, 404)
    # A number of one's own does not lead to the version of another.
    assert desk.get(f"/admin/parks/space/{mine.space.pk}/history/{version}/").status_code == 404


def test_restoring_does_not_bring_a_row_back_to_where_it_came_from(desk, mine, others):
    moved = factories.make_space(name="甲移来", park=others.park, status="draft")
    moved.park = mine.park
    moved.save()
    version = moved.history.last().history_id
    address = f"/admin/parks/space/{moved.pk}/history/{version}/"
    form = {**form_of(desk, moved), "park": others.park.pk}
    assert desk.post(address, form).status_code in (200, 403)
    moved.refresh_from_db()
    assert moved.park == mine.park


def test_what_an_operator_saves_in_public_goes_to_review_with_the_park(desk, mine):
    for row in (mine.park, mine.tenancy.company):
        type(row).objects.filter(pk=row.pk).update(status="published")
    response = save(desk, mine.tenancy, note="改过")
    assert response.status_code == 302
    assert response["Location"] == admin_url(type(mine.park), "review", mine.park.pk)
    mine.tenancy.refresh_from_db()
    assert mine.tenancy.note == ""
    submission = Submission.objects.get()
    assert submission.subject == mine.park
    page = desk.get(response["Location"])
    assert "改过" in page.text
    approval = {"decision": "approve", "seen": page.context["seen"]}
    assert desk.post(response["Location"], approval).status_code == 403


def test_reviews_and_previews_of_others_are_closed(desk, mine, others):
    for row in (mine.park, others.park):
        type(row).objects.filter(pk=row.pk).update(status="in_review")
    factories.make_submission(subject=others.space, label="乙送审", changes=[{"x": 1}])
    factories.make_submission(
        subject=others.incubator, label="乙退回", stage="refused", reason="理由"
    )
    text = desk.get("/admin/reviews/").text
    assert "甲园区" in text
    assert "乙" not in text
    assert desk.get(admin_url(type(others.park), "review", others.park.pk)).status_code == 404
    link = preview_path(mine.park)
    assert desk.get(f"{link[:-3]}x/").status_code == 404


def import_sheet(client, model, text):
    upload = SimpleUploadedFile("sheet.csv", text.encode("utf-8-sig"))
    page = client.post(admin_url(model, "import"), {"file": upload}, follow=True)
    step = read_form_to(page, "confirm")
    return (client.post(step[0], step[1], follow=True) if step else page).text


@pytest.mark.parametrize("target", ["others", "mine"])
def test_a_sheet_touches_no_row_of_others(desk, mine, others, target):
    park = {"others": others.park, "mine": mine.park}[target]
    sheet = f"网址代码,名称,园区\n{others.space.slug},抢来的,{park.slug}\n"
    text = import_sheet(desk, Space, sheet)
    others.space.refresh_from_db()
    assert (others.space.name, others.space.park) == ("乙房源", others.park)
    assert "乙" not in text
    # What the public knows of is named: the row, the column, and why.
    for row in (others.park, others.space):
        type(row).objects.filter(pk=row.pk).update(status="published")
    text = import_sheet(desk, Space, sheet)
    assert "不归您管理" in text
    assert others.space.slug in text
    others.space.refresh_from_db()
    assert others.space.name == "乙房源"


def test_a_sheet_moves_no_row_to_others(desk, mine, others):
    type(others.park).objects.filter(pk=others.park.pk).update(status="published")
    for slug in (mine.space.slug, "new-space"):
        sheet = f"网址代码,名称,园区,用途,面积\n{slug},房源,{others.park.slug},办公,100\n"
        text = import_sheet(desk, Space, sheet)
        assert "请填您管理的园区" in text
        assert others.park.slug in text
    assert Space.objects.filter(park=others.park).count() == 1
    sheet = f"网址代码,名称,园区,用途,面积\nnew-space,新房源,{mine.park.slug},办公,100\n"
    assert "导入完成" in import_sheet(desk, Space, sheet)
    assert Space.objects.get(slug="new-space").park == mine.park


def test_a_sheet_of_figures_keeps_to_ones_own_subjects(desk, mine, others):
    type(others.park).objects.filter(pk=others.park.pk).update(status="published")
    heading = "数据代码,所属记录,指标,数值,单位\n"
    sheet = f"{heading}new-figure,parks.park:{others.park.slug},指标,1,个\n"
    assert "不归您管理" in import_sheet(desk, Figure, sheet)
    import_sheet(desk, Figure, f"{heading}{others.figure.code},,抢来的,1,个\n")
    assert set(Figure.objects.values_list("label", flat=True)) == {"甲指标", "乙指标"}


def test_an_unknown_name_is_not_answered_with_drafts_of_others(desk, mine, others):
    sheet = "网址代码,名称,园区,用途,面积\nx,房源,乙园,办公,100\n"
    text = import_sheet(desk, Space, sheet)
    assert "没有名为“乙园”的" in text
    assert "乙园区" not in text


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_holds_only_ones_own(desk, mine, others, kind):
    model = type(getattr(mine, kind))
    response = desk.post(admin_url(model, "export"), {"file_format": ".csv", "personal": "on"})
    text = b"".join(response.streaming_content).decode()
    assert len(text.splitlines()) == 2
    assert "乙" not in text
    assert others.park.slug not in text


def test_the_import_of_another_is_neither_seen_nor_undone(desk, mine, others):
    officer = browser_of(make_staff("publisher"))
    sheet = f"网址代码,名称,园区,用途,面积\nnew-space,新房源,{mine.park.slug},办公,100\n"
    import_sheet(officer, Space, sheet)
    batch = ImportBatch.objects.get()
    address = f"/admin/reference/importbatch/{batch.pk}/"
    for page in ("change/", "undo/"):
        assert desk.get(address + page).status_code in (403, 404)
    assert desk.post(f"{address}undo/").status_code in (403, 404)
    assert Space.objects.filter(slug="new-space").exists()


def test_ones_own_import_is_undone_while_its_rows_are_ones_own(desk, operator, mine, others):
    sheet = f"网址代码,名称,园区,用途,面积\nnew-space,新房源,{mine.park.slug},办公,100\n"
    import_sheet(desk, Space, sheet)
    address = f"/admin/reference/importbatch/{ImportBatch.objects.get().pk}/undo/"
    ParkOperator.objects.filter(user=operator).update(park=others.park)
    assert "没有修改这条记录的权限" in desk.post(address).text
    assert Space.objects.filter(slug="new-space").exists()
    ParkOperator.objects.filter(user=operator).update(park=mine.park)
    desk.post(address)
    assert not Space.objects.filter(slug="new-space").exists()


def test_deleting_takes_nothing_from_another_park(desk, mine, others):
    others.tenancy.incubator = mine.incubator
    others.tenancy.save()
    address = admin_url(Incubator, "delete", mine.incubator.pk)
    assert desk.post(address, {"post": "yes"}).status_code == 403
    assert Incubator.objects.filter(pk=mine.incubator.pk).exists()
    others.tenancy.incubator = None
    others.tenancy.save()
    assert desk.post(address, {"post": "yes"}).status_code == 302
    assert not Incubator.objects.filter(pk=mine.incubator.pk).exists()


def test_the_park_itself_is_neither_added_nor_deleted(desk, mine):
    assert desk.get(admin_url(type(mine.park), "add")).status_code == 403
    assert desk.post(
        admin_url(type(mine.park), "delete", mine.park.pk), {"post": "yes"}
    ).status_code == 403  # fmt: skip


@pytest.mark.parametrize("address", ["duplicates/", "contradictions/", "score/"])
def test_pages_that_compare_everybody_are_closed(desk, mine, address):
    assert desk.get(f"/admin/{address}").status_code == 403
    assert f'href="/admin/{address}"' not in desk.get("/admin/").text


def test_the_desk_counts_and_lists_only_ones_own(desk, mine, others):
    for place in (mine, others):
        for row in (place.park, place.space, place.incubator):
            type(row).objects.filter(pk=row.pk).update(
                status="published", claim_status="planned", due_on="2020"
            ) if hasattr(row, "claim_status") else type(row).objects.filter(pk=row.pk).update(
                status="published"
            )
    for address in ("", "quality/unsourced/", "radar/", "overdue/", "translations/"):
        text = desk.get(f"/admin/{address}").text
        assert "乙" not in text
    assert "甲园区" in desk.get("/admin/quality/unsourced/").text
    assert "甲园区" in desk.get("/admin/overdue/").text
    row = next(
        row
        for app in desk.get("/admin/").context["overview"]
        for row in app["models"]
        if row["model"] is Space
    )
    assert row["total"] == 1
    desk.post("/admin/overdue/", {"one": f"space:{others.space.pk}"})
    others.space.refresh_from_db()
    assert others.space.verified_on is None


def test_citing_keeps_to_ones_own_records_and_public_texts(desk, mine, others):
    private = factories.make_text(factories.make_source(name="内部文件"), "甲园区全长2公里")
    public = factories.make_text(
        factories.make_source(name="公开文件", is_text_public=True), "甲园区全长2公里"
    )
    page = desk.get("/admin/cite/", {"record": "园区"})
    assert "甲园区" in page.text
    assert "乙园区" not in page.text
    assert "内部文件" not in page.text
    values = {"fact": "", "paragraph": 1, "excerpt": "全长"}
    cited = Citation.objects.count()
    for subject, source in ((others.park, public), (mine.park, private)):
        address = f"/admin/cite/?subject=parks.park:{subject.pk}&source={source.pk}"
        assert desk.post(address, values).status_code in (403, 404)
    assert Citation.objects.count() == cited
    address = f"/admin/cite/?subject=parks.park:{mine.park.pk}&source={public.pk}"
    desk.post(address, values)
    assert mine.park.citations.count() == 1


def test_the_way_to_the_site_shows_no_address_of_anothers_draft(desk, mine, others):
    type_id = ContentType.objects.get_for_model(type(mine.park)).pk
    assert desk.get(f"/admin/r/{type_id}/{others.park.pk}/").status_code == 404
    assert desk.get(f"/admin/r/{type_id}/{mine.park.pk}/").status_code == 302


def test_whoever_no_longer_operates_a_park_has_nothing(desk, operator, mine):
    ParkOperator.objects.all().delete()
    assert "甲" not in desk.get(admin_url(Space, "changelist")).text
    assert desk.get(admin_url(Space, "change", mine.space.pk)).status_code == 404
