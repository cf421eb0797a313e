"""The staff side: every page opens, saves and searches; publishing is all or nothing."""

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from parks.models import District, Mentor, Park
from tests import factories
from tests.forms import read_form
from tests.project import our_models
from tests.reference.test_pictures import picture_bytes

pytestmark = pytest.mark.django_db

MAKERS = {
    "reference.industryscheme": factories.make_scheme,
    "reference.industry": factories.make_industry,
    "reference.source": factories.make_source,
    "reference.figure": lambda: factories.make_figure(factories.make_park()),
    "reference.citation": lambda: factories.make_citation(factories.make_park(), field="kind"),
    "parks.beltnode": factories.make_node,
    "promotion.talentdemand": factories.make_talent,
}


def make_row(model):
    label = model._meta.label_lower
    maker = MAKERS.get(label) or getattr(factories, f"make_{model._meta.model_name}")
    return maker()


def admin_url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def editor(client, django_user_model):
    user = django_user_model.objects.create_superuser("editor", password="pw")
    client.force_login(user)
    return client


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_saving_an_untouched_form_changes_nothing(editor, model):
    row = make_row(model)
    page = editor.get(admin_url(model, "change", row.pk))
    before = model.objects.filter(pk=row.pk).values().get()
    response = editor.post(
        admin_url(model, "change", row.pk), read_form(page, f"{model._meta.model_name}_form")
    )
    assert response.status_code == 302, response.context["errors"]
    after = model.objects.filter(pk=row.pk).values().get()
    assert {**after, "updated_at": None} == {**before, "updated_at": None}


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_a_list_costs_the_same_however_long(editor, model):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            editor.get(admin_url(model, "changelist"))
        return len(captured)

    make_row(model)
    queries()
    at_one_row = queries()
    for _number in range(3):
        make_row(model)
    assert queries() == at_one_row


@pytest.mark.parametrize("page", ["changelist", "change", "history"])
@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_no_page_needs_inline_script_or_style(editor, model, page):
    row = make_row(model)
    row.save()
    html = editor.get(admin_url(model, page, *([] if page == "changelist" else [row.pk]))).text
    assert not re.search(
        r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\s(src|type=.application/json))", html
    )


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_a_field_refers_to_no_help_that_is_not_there(editor, model):
    html = editor.get(admin_url(model, "change", make_row(model).pk)).text
    named = {
        name for names in re.findall('aria-describedby="([^"]*)"', html) for name in names.split()
    }
    assert named - set(re.findall('id="([^"]*)"', html)) == set()


@pytest.mark.parametrize(
    ("language", "counts", "said"),
    [
        ("", ["服务计划: 1"], "<li>服务计划: <a>甲计划</a></li>"),
        ("/en", ["Programmes: 1"], "<li>Programme: <a>甲计划</a></li>"),
    ],
)
def test_a_deletion_names_no_row_that_only_links_two_records(editor, language, counts, said):
    program = factories.make_program(name="甲计划", parks=[factories.make_park()])
    context = editor.get(f"{language}{admin_url(type(program), 'delete', program.pk)}").context
    assert [f"{name}: {count}" for name, count in context["model_count"]] == counts
    assert re.sub(" href=[^>]*", "", f"<li>{context['deleted_objects'][0]}</li>") == said
    assert len(context["deleted_objects"]) == 1


def test_a_deletion_names_what_goes_along_without_the_links_of_it(editor):
    program = factories.make_program(parks=[factories.make_park()])
    factories.make_measure(name="甲举措", program=program, parks=[factories.make_park()])
    address = admin_url(type(program), "delete", program.pk)
    _program, along = editor.get(address).context["deleted_objects"]
    assert ["甲举措" in name for name in along] == [True]


def test_chinese_pages_hold_none_of_djangos_english(editor, client):
    for name in ("甲园", "乙园"):
        factories.make_park(name=name)
    html = editor.get("/admin/parks/park/", {"q": "甲"}).text
    assert not re.search(">[^<]*(Model name|Add link|Change or view|results?|total)", html)
    assert '<span class="visually-hidden">搜索</span>' in html
    assert "共 1 条" in html
    assert "查看全部 2 条" in html
    assert '<span class="visually-hidden">Search</span>' in editor.get("/en/admin/parks/park/").text
    client.logout()
    html = client.post("/admin/login/", {"username": "nobody", "password": "x"}).text
    assert re.search(r"<title>\s*出错： 登录", html)


def test_the_first_page_counts_what_there_is(editor):
    factories.make_park()
    factories.make_park(status="draft")
    html = editor.get("/admin/").text
    row = re.search(
        r"<th scope=\"row\">\s*<a href=\"/admin/parks/park/\">园区</a>.*?</tr>", html, re.S
    )
    counts = re.findall(r">\s*(\d+)\s*<", row[0])
    assert counts == ["2", "1", "0", "1"]


def test_the_first_page_says_that_the_site_lacks_its_district(editor):
    words = "公开的网站还不知道自己为哪个区招商"
    assert words in editor.get("/admin/").text
    factories.make_home(status="draft")
    assert words in editor.get("/admin/").text
    District.objects.update(status="published")
    assert words not in editor.get("/admin/").text


def test_a_viewer_sees_only_what_they_may(client):
    user = User.objects.create_user("viewer", password="pw", is_staff=True)
    client.force_login(user)
    assert "您还没有任何权限" in client.get("/admin/").text
    assert client.get("/admin/parks/park/").status_code == 403


@pytest.mark.parametrize("query", ["未来", "weilai", "wld"])
def test_a_park_is_found_as_staff_would_type_it(editor, query):
    factories.make_park(name="未来岛园区")
    factories.make_park(name="康建广场")
    html = editor.get("/admin/parks/park/", {"q": query}).text
    assert "未来岛园区" in html
    assert "康建广场" not in html


def test_relations_are_found_by_pinyin_too(editor):
    park = factories.make_park(name="未来岛园区")
    address = reverse("admin:autocomplete")
    query = {"term": "wld", "app_label": "companies", "model_name": "tenancy", "field_name": "park"}
    assert editor.get(address, query).json()["results"] == [
        {"id": str(park.pk), "text": "未来岛园区"}
    ]


def test_a_company_is_found_by_its_credit_code(editor):
    factories.make_company(name="甲公司", unified_social_credit_code="91350100M000100Y43")
    factories.make_company(name="乙公司")
    html = editor.get("/admin/companies/company/", {"q": "91350100m000100y43"}).text
    assert "甲公司" in html
    assert "乙公司" not in html


def run_action(client, model, action, rows):
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(admin_url(model, "changelist"), data, follow=True).text


def test_publishing_and_withdrawing_leave_their_trace(editor):
    drafts = [factories.make_ready(factories.make_park), factories.make_ready(factories.make_park)]
    assert "2 条记录已改为“已发布”" in run_action(editor, Park, "publish", drafts)
    assert Park.objects.published().count() == 2
    assert "1 条记录已改为“草稿”" in run_action(editor, Park, "unpublish", drafts[:1])
    latest = Park.history.first()
    assert (latest.history_change_reason, latest.history_user.username) == ("草稿", "editor")


def test_one_record_that_may_not_be_published_holds_back_all(editor):
    ready = factories.make_ready(factories.make_mentor)
    unasked = factories.make_mentor(name="未同意者", status="draft", consented_on=None)
    text = run_action(editor, Mentor, "publish", [ready, unasked])
    assert "“未同意者”不能改为“已发布”" in text
    assert "同意公开日期" in text
    assert not Mentor.objects.published().exists()


def test_a_viewer_cannot_publish(client):
    user = User.objects.create_user("viewer", password="pw", is_staff=True)
    user.user_permissions.add(*permissions("view_park"))
    client.force_login(user)
    park = factories.make_park(status="draft")
    run_action(client, Park, "publish", [park])
    assert not park.is_public()


def permissions(*codenames):
    return Permission.objects.filter(codename__in=codenames)


def test_only_a_public_record_is_viewed_on_the_site(editor):
    shown, draft = factories.make_park(), factories.make_park(status="draft")
    assert "viewsitelink" in editor.get(admin_url(Park, "change", shown.pk)).text
    assert "viewsitelink" not in editor.get(admin_url(Park, "change", draft.pk)).text


def test_history_shows_who_changed_what(editor):
    park = factories.make_park(summary="旧简介")
    form = read_form(editor.get(admin_url(Park, "change", park.pk)), "park_form")
    editor.post(admin_url(Park, "change", park.pk), {**form, "summary": "新简介"})
    html = editor.get(admin_url(Park, "history", park.pk)).text
    assert "<del>旧简介</del> → <ins>新简介</ins>" in html
    assert "editor" in html


def test_an_uploaded_picture_is_shown_again(editor):
    park = factories.make_park()
    form = read_form(editor.get(admin_url(Park, "change", park.pk)), "park_form")
    picture = SimpleUploadedFile("p.png", picture_bytes("PNG"), "image/png")
    editor.post(
        admin_url(Park, "change", park.pk), {**form, "picture": picture, "picture_alt": "大门"}
    )
    park.refresh_from_db()
    assert (
        f'<img src="{park.picture.preview_url}"'
        in editor.get(admin_url(Park, "change", park.pk)).text
    )


def save_with_picture(editor, name, content):
    """Upload a picture of a park as its form would; return the page and the park."""
    park = factories.make_park()
    address = admin_url(Park, "change", park.pk)
    form = read_form(editor.get(address), "park_form")
    picture = SimpleUploadedFile(name, content, "image/png")
    response = editor.post(address, {**form, "picture": picture, "picture_alt": "大门"})
    park.refresh_from_db()
    return response, park


@pytest.mark.parametrize(
    "content",
    [picture_bytes("GIF"), picture_bytes("TIFF"), picture_bytes("BMP"), b"<svg/>", b"<html>"],
    ids=["GIF", "TIFF", "BMP", "SVG", "HTML"],
)
@pytest.mark.parametrize("name", ["p.png", "p.html", "p.pdf"])
def test_a_refused_picture_is_told_which_formats_there_are_and_no_other(editor, name, content):
    response, park = save_with_picture(editor, name, content)
    assert not park.picture
    assert "这个文件不是可用的 JPEG、PNG 或 WebP 图片" in response.text
    assert "tiff" not in response.text


def test_a_picture_is_taken_by_its_content_and_not_by_its_name(editor):
    _response, park = save_with_picture(
        editor, "p.html", picture_bytes("PNG") + b"<script>alert(1)</script>"
    )
    assert park.picture.name.endswith(".jpg")
    with park.picture.open() as kept:
        assert b"script" not in kept.read()


def test_a_citation_names_one_of_the_records_fields(editor):
    park = factories.make_park()
    factories.make_citation(park)
    html = editor.get(admin_url(Park, "change", park.pk)).text
    options = re.search(
        r"<select name=\"reference-citation[^>]*-0-field\".*?</select>", html, re.S
    )[0]
    assert ">占地面积（平方米）<" in options
    assert "search_text" not in options
    assert "status" not in options


@pytest.mark.parametrize("address", ["x/history/", "%00/history/", "1/history/x/", "9{}/history/"])
def test_the_history_of_what_is_no_row_is_not_found(editor, address):
    factories.make_park()
    assert editor.get(f"/admin/parks/park/{address.format('9' * 30)}").status_code == 404


def test_the_translation_page_leads_to_the_field_to_mend(editor):
    park = factories.make_park(
        name="某园", name_en="Park", summary="全长2.5公里", summary_en="3 km"
    )
    factories.make_company(name="某企业")
    text = " ".join(editor.get("/admin/translations/").content.decode().split())
    assert f'<a href="/admin/parks/park/{park.pk}/change/#id_summary_en">英文简介</a>' in text
    said = re.findall('<td data-label="只在[^>]*><div>([^<]*)</div></td>', text)
    assert said == ["2.5", "3"]
    assert "企业 · 某企业" in text
    assert "某企业" not in editor.get("/admin/translations/?model=park").content.decode()
    assert "某企业" in editor.get("/admin/translations/?model=%00").content.decode()
    assert 'href="/admin/translations/"' in editor.get("/admin/").content.decode()


def test_the_translation_page_lists_only_what_one_may_view(client, django_user_model):
    factories.make_park(name="某园")
    factories.make_company(name="某企业")
    user = django_user_model.objects.create_user("viewer", password="pw", is_staff=True)
    client.force_login(user)
    assert client.get("/admin/translations/").status_code == 403
    assert 'href="/admin/translations/"' not in client.get("/admin/").content.decode()
    user.user_permissions.add(Permission.objects.get(codename="view_park"))
    text = client.get("/admin/translations/").content.decode()
    assert "某园" in text
    assert "某企业" not in text
    assert "某企业" not in client.get("/admin/translations/?model=company").content.decode()


def test_the_translation_page_says_when_all_is_well_and_when_it_is_cut(editor):
    assert "没有发现缺少或不一致的内容。" in editor.get("/admin/translations/").content.decode()
    for _number in range(201):
        factories.make_park()
    response = editor.get("/admin/translations/")
    assert len(response.context["mendings"]) == 200
    assert "这里只列出最前面的" in response.content.decode()


def test_the_translation_page_costs_the_same_however_long(editor):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            editor.get("/admin/translations/?model=figure")
        return len(captured)

    park = factories.make_park()
    factories.make_figure(park)
    queries()
    at_one_row = queries()
    for _number in range(3):
        factories.make_figure(park)
    assert queries() == at_one_row


@pytest.mark.parametrize(
    "address",
    [
        "parks/park/?name=%00",
        "auth/user/?username__contains=a%00",
        "auth/user/?date_joined__year=99999999",
        "audit/auditentry/?page=%00",
        "audit/auditentry/?at__year=99999999",
    ],
)
def test_what_no_column_can_hold_is_no_fault_of_the_site(editor, address):
    # SQLite finds nothing there; PostgreSQL takes no such value.
    response = editor.get(f"/admin/{address}", follow=True)
    assert response.status_code == 200


@pytest.mark.parametrize("lookup", ["summary__regex", "summary__iregex", "district__name__regex"])
def test_a_list_is_not_searched_by_expressions(editor, lookup):
    factories.make_park()
    assert editor.get(admin_url(Park, "changelist"), {lookup: "(.*.*)x$"}).status_code == 400
    assert editor.get(admin_url(Park, "changelist"), {"name__contains": "x"}).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        *("publish_at=x", "publish_at=2027-01-01", "expires_at=%00", "district=x", "district=99"),
        *(
            "district=999999999999999999999999",
            "industries=x",
            "industries=1,x",
            "kind=x",
            "none=x",
        ),
    ],
)
def test_an_address_that_fills_a_form_with_what_it_cannot_hold_opens_it_without(editor, query):
    assert editor.get(f"{admin_url(Park, 'add')}?{query}").status_code == 200


def test_an_address_fills_a_form_with_what_it_can_hold(editor):
    industry = factories.make_industry()
    page = editor.get(admin_url(Park, "add"), {"name": "甲园", "industries": f"{industry.pk}"})
    assert page.context["adminform"].form.initial == {"name": "甲园", "industries": [industry.pk]}
