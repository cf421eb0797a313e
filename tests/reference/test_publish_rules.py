"""What a record needs before it may be public: said before saving, held when it is published."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parks.models import Park
from promotion.models import Event, Measure
from promotion.reference.models import Submission, sourced_models, subject_models
from promotion.reference.publication import blocking, faults_of, lacking, ready, set_status, unmet
from promotion.reference.publish_rules import (
    ABOUT_CITATIONS,
    NOT_FROM_DOCUMENTS,
    Kind,
    fact_fields,
    rules_of,
)
from promotion.reference.records import PublicRecord
from tests.factories import (
    make_belt,
    make_citation,
    make_company,
    make_event,
    make_figure,
    make_industry,
    make_measure,
    make_park,
    make_program,
    make_ready,
    make_source,
    make_talent,
    make_tenancy,
)
from tests.forms import read_form
from tests.reference.test_pictures import picture_bytes
from tests.spreadsheets.samples import said, take

pytestmark = pytest.mark.django_db


def required(record):
    return {(fault.kind.value, fault.field) for fault in blocking(record)}


def advised(record):
    return {fault.field for fault in unmet(record) if not fault.is_required}


@pytest.mark.parametrize(
    ("make", "values", "fields"),
    [
        (make_park, {}, {"summary"}),
        (make_belt, {}, {"summary"}),
        (make_event, {"summary": "简介"}, {"starts_on"}),
        (make_event, {"summary": "简介", "date_note": "没有写日期"}, set()),
        (make_event, {"summary": "简介", "starts_on": "2026"}, set()),
        (make_source, {}, {"published_on"}),
        (make_source, {"date_note": "没有日期"}, set()),
        (make_talent, {}, {"company"}),
        (make_company, {}, set()),
    ],
)
def test_each_model_asks_for_fields_of_its_own(make, values, fields):
    record = make(status="draft", **values)
    assert {name for kind, name in required(record) if kind == "field"} == fields


def test_what_is_advised_keeps_nothing_from_the_public():
    park = make_ready(make_park, name_en="Park", summary_en="A park")
    assert required(park) == set()
    assert advised(park) >= {"as_of", "review_by", "district", "metro_access", "phone"}
    assert "name_en" not in advised(park)
    Park.objects.update(summary_en="")
    park.refresh_from_db()
    assert "summary_en" in advised(park)


def test_a_citation_of_the_record_or_of_each_value_supports_it():
    park = make_park(summary="简介", address="某路 1 号", industries=[make_industry()])
    valued = {"name", "summary", "kind", "address", "industries"}
    assert required(park) == {("citation", name) for name in valued}
    for name in valued - {"industries"}:
        make_citation(park, field=name)
    park = Park.objects.get()
    assert required(park) == {("citation", "industries")}
    make_citation(park)
    assert required(Park.objects.get()) == set()


def test_every_figure_of_a_record_needs_a_citation_of_its_own():
    park = make_ready(make_park)
    figure = make_figure(park, label="占地")
    assert [fault.message for fault in blocking(park)] == ["数据“占地”没有引文。"]
    make_citation(figure)
    assert blocking(park) == []


def test_parts_are_asked_for_citations_too():
    tenancy, figure = make_tenancy(note="说明"), make_figure(make_park())
    assert {fault.field for fault in blocking(tenancy)} == {
        "company", "park", "role", "claim_status", "note",
    }  # fmt: skip
    assert [fault.field for fault in blocking(figure)] == ["value"]
    for row in (tenancy, figure):
        make_citation(row)
        assert blocking(row) == []


def test_contacts_and_dates_of_checking_ask_for_no_citation():
    for model in sourced_models():
        assert NOT_FROM_DOCUMENTS.isdisjoint(fact_fields(model))
    park = make_park(summary="简介", phone="021-1", website="https://example.com/")
    assert {"phone", "website"}.isdisjoint(field for _kind, field in required(park))


def examples():
    """Make rows that lack all sorts of things, of models with rules of every kind."""
    bare = make_park(address="某路 1 号")
    cited = make_ready(make_park, name_en="Park", industries=[make_industry()])
    figured = make_ready(make_park)
    make_figure(figured)
    make_event(summary="简介", summary_en="Summary", name_en="Event")
    make_citation(make_program(), field="name")
    make_talent(company=make_company())
    make_tenancy(park=bare, note="说明")
    make_citation(make_tenancy(park=cited))


@pytest.mark.parametrize("kinds", [(Kind.FIELD,), (Kind.ENGLISH,), ABOUT_CITATIONS])
def test_rows_that_lack_something_are_found_as_each_row_by_itself_is(kinds):
    examples()
    for model in sourced_models():
        rows = model._default_manager.all()
        alone = {
            row.pk
            for row in rows
            if any(
                fault.kind in kinds and (fault.is_required or fault.kind == Kind.ENGLISH)
                for fault in unmet(row)
            )
        }
        assert set(lacking(rows, *kinds).values_list("pk", flat=True)) == alone
    for model in subject_models(PublicRecord):
        rows = model._default_manager.all()
        complete = {row.pk for row in rows if not blocking(row)}
        assert set(ready(rows).values_list("pk", flat=True)) == complete


def test_many_records_cost_no_more_queries_than_one():
    def queries(parks):
        with CaptureQueriesContext(connection) as captured:
            faults_of(parks)
        return len(captured)

    parks = [make_park(industries=[make_industry()]) for _number in range(4)]
    queries(parks[:1])
    assert queries(Park.objects.filter(pk=parks[1].pk)) == queries(
        Park.objects.exclude(pk=parks[1].pk)
    )


def test_every_rule_names_a_field_of_its_model():
    for model in sourced_models():
        for rule in rules_of(model):
            if rule.kind == Kind.FIELD:
                assert [model._meta.get_field(name) for name in rule.fields]


def test_publishing_refuses_what_lacks_something_and_moves_nothing():
    complete, bare = make_ready(make_park), make_park(name="没有引文", status="draft", summary="一")
    with pytest.raises(ValidationError) as caught:
        set_status([complete, bare], "published")
    assert caught.value.record == bare
    assert "“名称”没有引文。" in caught.value.messages
    assert not Park.objects.published().exists()
    make_citation(bare)
    assert set_status(Park.objects.all(), "published") == 2


def form_of(editor, record):
    name = record._meta.model_name
    address = f"/admin/{record._meta.app_label}/{name}/{record.pk}/change/"
    return address, read_form(editor.get(address), f"{name}_form")


CITATIONS = "reference-citation-subject_type-subject_id"


def test_the_form_shows_what_is_lacking_and_where_to_mend_it(editor):
    park = make_park(name="某园", status="draft")
    text = editor.get(f"/admin/parks/park/{park.pk}/change/").text
    assert "发布前还缺什么" in text
    panel = text.partition('class="lacking"')[2].partition("</section>")[0]
    assert '<a href="#id_summary">没有填写“简介”。</a>' in panel
    assert f'<a href="#{CITATIONS}-group">“名称”没有引文。“类型”没有引文。</a>' in panel
    assert '<a href="#id_metro_access">没有填写“轨道交通”。</a>' in panel
    for anchor in re.findall(r'href="#([^"]*)"', panel):
        assert f'id="{anchor}"' in text
    assert "没有填写“简介”。" in editor.get("/admin/parks/park/add/").text
    complete = make_ready(make_park)
    assert "必需的都齐了，可以发布。" in editor.get(f"/admin/parks/park/{complete.pk}/change/").text


def test_a_record_is_entered_cited_and_published_in_one_go(editor):
    form = read_form(editor.get("/admin/parks/park/add/"), "park_form")
    form |= {"name": "某园", "slug": "some-park", "kind": "complex", "status": "published"}
    refused = editor.post("/admin/parks/park/add/", form)
    assert "没有填写“简介”。" in refused.text
    form["summary"] = "简介"
    refused = editor.post("/admin/parks/park/add/", form)
    assert "还不能发布，没有保存。请为整条记录加一条引文，或为下列各栏各加一条。" in refused.text
    assert "“名称”没有引文。" in refused.text
    assert not Park.objects.exists()
    form |= {
        f"{CITATIONS}-TOTAL_FORMS": "1",
        f"{CITATIONS}-0-field": "",
        f"{CITATIONS}-0-source": make_source().pk,
        f"{CITATIONS}-0-paragraph": "1",
        f"{CITATIONS}-0-excerpt": "某园",
    }
    assert editor.post("/admin/parks/park/add/", form).status_code == 302
    assert Park.objects.get().is_public()


def test_a_former_version_is_not_published_without_its_citations(editor):
    park = make_park(summary="简介")
    make_citation(park)
    public = park.history.first()
    set_status([park], "draft")
    park.citations.all().delete()
    address = f"/admin/parks/park/{park.pk}/history/{public.pk}/"
    form = read_form(editor.get(address), "historicalpark_form")
    assert form["status"] == ["published"]
    refused = editor.post(address, form)
    assert "还不能发布，没有保存。" in refused.text
    assert "“名称”没有引文。" in refused.text
    park.refresh_from_db()
    assert park.status == "draft"
    make_citation(park)
    assert editor.post(address, form).status_code == 302
    park.refresh_from_db()
    assert park.is_public()


def test_an_editor_asks_for_no_former_version_without_its_citations(client, django_user_model):
    park = make_park(summary="简介")
    public = park.history.first()
    set_status([park], "draft")
    user = django_user_model.objects.create_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_park", "change_park"]))
    client.force_login(user)
    address = f"/admin/parks/park/{park.pk}/history/{public.pk}/"
    form = read_form(client.get(address), "historicalpark_form")
    assert "“名称”没有引文。" in client.post(address, form).text
    assert not Submission.objects.exists()


def test_what_was_public_without_may_still_be_edited(editor):
    park = make_park()
    address, form = form_of(editor, park)
    assert editor.post(address, {**form, "aliases": ""}).status_code == 302
    assert "“轨道交通”没有引文。" in editor.post(address, {**form, "metro_access": "11号线"}).text


def test_a_record_with_a_bare_figure_is_not_published_by_its_form(editor):
    park = make_ready(make_park)
    make_figure(park, label="占地")
    address, form = form_of(editor, park)
    refused = editor.post(address, {**form, "status": "published"})
    assert "数据“占地”没有引文。" in refused.text
    assert "在数据自己的页面上加引文" in refused.text
    assert not park.is_public()


def test_values_chosen_in_the_same_save_are_asked_for_their_citations(editor):
    park, industry = make_ready(make_park), make_industry()
    park.citations.all().delete()
    for field in ("name", "kind", "summary"):
        make_citation(park, field=field)
    address, form = form_of(editor, park)
    asked = {**form, "status": "published", "industries": industry.pk}
    assert "“产业”没有引文。" in editor.post(address, asked).text
    park.refresh_from_db()
    assert (park.status, park.industries.count()) == ("draft", 0)
    make_citation(park, field="industries")
    address, form = form_of(editor, park)
    asked = {**form, "status": "published", "industries": industry.pk}
    assert editor.post(address, asked).status_code == 302
    assert park.is_public()


def test_who_sees_no_citations_publishes_nothing_without_them(client, django_user_model):
    user = django_user_model.objects.create_user("staff", password="pw", is_staff=True)
    codenames = ["view_park", "change_park", "add_park", "publish_records"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    bare = make_park(status="draft", summary="简介")
    address, form = form_of(client, bare)
    assert not [name for name in form if name.startswith(CITATIONS)]
    refused = client.post(address, {**form, "status": "published"})
    assert "“名称”没有引文。" in refused.text
    bare.refresh_from_db()
    assert (bare.status, bare.history.count()) == ("draft", 1)
    cited = make_ready(make_park)
    address, form = form_of(client, cited)
    assert client.post(address, {**form, "status": "published"}).status_code == 302
    assert cited.is_public()


def test_a_refused_form_keeps_no_picture(editor, settings):
    park = make_park(status="draft", summary="简介")
    address, form = form_of(editor, park)
    picture = SimpleUploadedFile("p.png", picture_bytes("PNG"), "image/png")
    asked = {**form, "status": "published", "picture": picture, "picture_alt": "大门"}
    refused = editor.post(address, asked)
    assert list(refused.context["adminform"].form.errors) == ["__all__"]
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []
    park.refresh_from_db()
    assert not park.picture


def test_a_line_on_another_records_page_publishes_nothing_without_a_citation(editor):
    measure = make_ready(make_measure)
    bare = make_measure(program=measure.program, status="draft", summary="一")
    address, form = form_of(editor, measure.program)
    prefix = {form[f"measures-{number}-id"][0]: f"measures-{number}" for number in (0, 1)}
    refused = editor.post(address, {**form, f"{prefix[str(bare.pk)]}-status": "published"})
    assert f"“{bare.name}”还不能发布：“名称”没有引文。" in refused.text
    assert not Measure.objects.published().exists()
    taken = editor.post(address, {**form, f"{prefix[str(measure.pk)]}-status": "published"})
    assert taken.status_code == 302
    measure.refresh_from_db()
    assert measure.status == "published"


def test_a_sheet_publishes_no_row_that_lacks_a_field():
    headings = ["名称", "网址代码", "发布状态", "日期说明"]
    result = take("events", [headings, ["某活动", "some-event", "已发布", ""]])
    assert [problem for problem in said(result) if "没有填写“简介”。" in problem]
    assert [problem for problem in said(result) if "没有填写“开始日期”或“日期说明”。" in problem]
    assert not Event.objects.exists()


def test_citations_come_in_a_sheet_of_their_own_and_are_asked_for_on_the_desk():
    headings = ["名称", "网址代码", "发布状态", "简介", "日期说明"]
    take("events", [headings, ["某活动", "some-event", "已发布", "简介", "没有写日期"]])
    assert lacking(Event.objects.published(), *ABOUT_CITATIONS).count() == 1


def test_lines_on_another_records_page_have_the_fields_that_they_are_asked_for():
    for model_admin in admin.site._registry.values():
        for inline in model_admin.inlines:
            if "status" in flatten(inline.fields or []):
                asked = {
                    rule.fields[0]
                    for rule in rules_of(inline.model)
                    if rule.kind == Kind.FIELD and rule.is_required
                }
                assert asked <= set(flatten(inline.fields))
