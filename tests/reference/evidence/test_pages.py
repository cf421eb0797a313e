"""The staff pages: storing a text, citing a phrase of it, and what is lost; by right only."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from promotion.reference.evidence.models import SourceText
from promotion.reference.evidence.storing import digest_of
from promotion.reference.models import Citation, Figure, Source
from tests.factories import (
    make_citation,
    make_figure,
    make_park,
    make_source,
    make_tenancy,
    make_text,
)
from tests.forms import read_form

pytestmark = pytest.mark.django_db

CITE = "/admin/cite/"
LOST = "/admin/lost-anchors/"


@pytest.fixture
def editor(client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("editor", password="pw"))
    return client


@pytest.fixture
def source():
    return make_text(make_source(name="测试报道"), "全长约2.5公里", "税收16.1亿元")


def text_page(source):
    return reverse("admin:reference_source_text", args=[source.pk])


def sign_in(client, django_user_model, *codenames):
    user = django_user_model.objects.create_user("staff", password="pw", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)


def cite(client, source, record, **values):
    address = f"{CITE}?source={source.pk}&subject={record._meta.label_lower}:{record.pk}"
    data = {"fact": "", "paragraph": "1", "excerpt": "2.5公里", **values}
    return client.post(address, data)


def test_a_text_is_read_previewed_and_then_stored(editor):
    source = make_source()
    citation = make_citation(make_park(), source=source, paragraph=1, excerpt="16.1亿元")
    file = SimpleUploadedFile("a.txt", "标题\n\n税收16.1亿元\n".encode("gb18030"))
    page = editor.post(text_page(source), {"file": file}, follow=True)
    assert "移到第 2 段" in page.text
    assert not source.text_paragraphs.exists()
    digest = re.search(r'name="confirm" value="(\w+)"', page.text)[1]
    page = editor.post(text_page(source), {"confirm": digest}, follow=True)
    assert "1 条移到新的段落" in page.text
    citation.refresh_from_db()
    assert citation.paragraph == 2
    assert SourceText.objects.get().stored_by.username == "editor"
    page = editor.post(text_page(source), {"remove": "1"}, follow=True)
    assert not source.text_paragraphs.exists()
    assert not SourceText.objects.exists()


def test_what_waits_can_be_given_up_and_is_not_confirmed_unseen(editor, source):
    editor.post(text_page(source), {"text": "另一份"})
    page = editor.post(text_page(source), {"confirm": "0" * 64}, follow=True)
    assert "没有替换" in page.text
    editor.post(text_page(source), {"discard": "1"})
    assert source.text_paragraphs.count() == 2
    assert SourceText.objects.get().waiting == ""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "两者选一"),
        ({"text": " \n "}, "两者选一"),
        ({"text": "文\x00字"}, "空字符"),
        ({"file": SimpleUploadedFile("a.doc", b"\xd0\xcf\x11\xe0")}, "旧版 Word"),
        ({"file": SimpleUploadedFile("a.txt", b"x"), "text": "文字"}, "两者选一"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_kept(editor, source, data, words):
    page = editor.post(text_page(source), data)
    assert words in page.text
    assert SourceText.objects.get().waiting == ""


def test_a_text_that_is_too_long_is_said(editor, source, settings):
    settings.MAX_DOCUMENT_BYTES = 1_000
    file = SimpleUploadedFile("a.txt", b"a" * 1_001)
    assert "超过上限" in editor.post(text_page(source), {"file": file}).text


def test_a_phrase_is_cited_for_the_record_a_field_and_a_figure(editor, source):
    park = make_park()
    figure = make_figure(park, label="总长", unit="km", value="2.5")
    page = editor.get(f"{CITE}?subject=parks.park:{park.pk}")
    assert "总长：2.5 公里" in page.text
    for fact, excerpt in (("", "全长"), ("name", "约2.5"), (f"figure-{figure.pk}", "2.5公里")):
        response = cite(editor, source, park, fact=fact, excerpt=excerpt)
        assert response.status_code == 302
    cited = Citation.objects.order_by("pk").values_list("field", "excerpt")
    assert list(cited) == [("", "全长"), ("name", "约2.5"), ("", "2.5公里")]
    assert list(figure.citations.values_list("excerpt", flat=True)) == ["2.5公里"]
    assert Citation.history.first().history_user.username == "editor"
    assert "已引用第 1 段的“2.5公里”" in editor.get(response.url).text


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"excerpt": "16.1亿元"}, "见于第 2 段"),
        ({"excerpt": "没有的话"}, "全文都没有"),
        ({"paragraph": "3"}, "见于第 1 段"),
        ({"paragraph": "0"}, "从 1 数起"),
        ({"paragraph": "9" * 30}, "errorlist"),
        ({"paragraph": ""}, "必填"),
        ({"excerpt": "长" * 61}, "60"),
        ({"excerpt": "\x00"}, "空字符"),
        ({"fact": "search_text"}, "有效"),
        ({"fact": "figure-1"}, "有效"),
    ],
)
def test_a_citation_that_is_not_so_is_refused_in_words(editor, source, values, words):
    page = cite(editor, source, make_park(), **values)
    assert page.status_code == 200
    assert words in page.text
    assert not Citation.objects.exists()


def test_the_same_place_is_cited_once_for_a_fact(editor, source):
    park = make_park()
    cite(editor, source, park)
    page = cite(editor, source, park, excerpt="全长")
    assert "已引用过同一来源的同一段" in page.text
    assert Citation.objects.count() == 1


def test_the_admin_form_and_a_sheet_refuse_what_the_picker_refuses(editor, source):
    park = make_park()
    citation = make_citation(park, source=source, paragraph=1, excerpt="2.5公里")
    address = reverse("admin:parks_park_change", args=[park.pk])
    form = read_form(editor.get(address), "park_form")
    name = "reference-citation-subject_type-subject_id-0-excerpt"
    page = editor.post(address, {**form, name: "16.1亿元"})
    assert "见于第 2 段" in page.text
    sheet = f"所属记录,来源,段落,短语\n园区:{park.slug},测试报道,2,2.5公里\n"
    file = SimpleUploadedFile("引文.csv", sheet.encode())
    page = editor.post("/admin/reference/citation/import/", {"file": file}, follow=True)
    assert "见于第 1 段" in page.text
    assert Citation.objects.get() == citation


def test_the_picker_is_reached_from_records_parts_figures_and_sources(editor, source):
    tenancy = make_tenancy()
    figure = make_figure(tenancy.park, label="总长")
    for row in (tenancy, tenancy.park, figure):
        page = editor.get(
            reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
        )
        link = re.search(r'href="(/admin/cite/\?subject=[^"]+)"', page.text)[1]
        assert "citation_form" in editor.get(link).text
    assert f'value="figure-{figure.pk}" selected' in editor.get(link).text
    page = editor.get(reverse("admin:reference_source_change", args=[source.pk]))
    assert "已存入 2 段" in page.text
    assert f'href="{CITE}?source={source.pk}"' in editor.get(text_page(source)).text
    page = editor.get(f"{CITE}?source={source.pk}&record={tenancy.park.name}")
    assert f"?subject=parks.park:{tenancy.park.pk}&amp;source={source.pk}" in page.text


def test_paragraphs_are_searched_and_paged(editor):
    source = make_text(make_source(), *[f"第{n}句" for n in range(1, 251)])
    page = editor.get(CITE)
    assert "第100句" in page.text
    assert "第101句" not in page.text
    assert "第250句" in editor.get(f"{CITE}?source={source.pk}&page=3").text
    page = editor.get(f"{CITE}?source={source.pk}&q=249")
    assert re.findall(r'data-paragraph="(\d+)"', page.text) == ["249"]
    assert "原文里没有这些字" in editor.get(f"{CITE}?q=%00none").text


@pytest.mark.parametrize(
    "query",
    [
        "subject=x",
        "subject=parks.park:9",
        "subject=parks.park:x",
        "subject=parks.park:²",
        "subject=auth.user:1",
        "subject=parks.park:99999999999999999999999",
        "source=9",
        "source=%00",
    ],
)
def test_what_there_is_not_is_not_found(editor, source, query):
    assert editor.get(f"{CITE}?{query}").status_code == 404
    assert editor.get(f"/admin/reference/source/{'9' * 30}/text/").status_code == 404
    assert editor.get("/admin/reference/source/x/text/").status_code == 404


def test_nothing_is_shown_or_done_without_the_right(client, django_user_model, source):
    park = make_park()
    sign_in(client, django_user_model, "view_park", "change_park", "view_citation")
    assert client.get(text_page(source)).status_code == 403
    assert client.get(CITE).status_code == 403
    assert cite(client, source, park).status_code == 403
    assert not Citation.objects.exists()


def test_whoever_may_view_a_source_may_read_but_not_replace_it(client, django_user_model, source):
    park = make_park()
    sign_in(client, django_user_model, "view_source", "view_park", "add_citation")
    page = client.get(text_page(source))
    assert "全长约2.5公里" in page.text
    assert "document_form" not in page.text
    for data in ({"text": "新"}, {"remove": "1"}, {"discard": "1"}, {"confirm": "x"}):
        assert client.post(text_page(source), data).status_code == 403
    assert source.text_paragraphs.count() == 2
    assert cite(client, source, park).status_code == 403
    assert client.get(LOST).status_code == 403
    assert not Citation.objects.exists()


def replacing(client, source, *paragraphs):
    """Hand in a text and press the button, if there is one, or post what it would."""
    client.post(text_page(source), {"text": "\n".join(paragraphs)})
    digest = digest_of(SourceText.objects.get(source=source).waiting)
    shown = client.get(text_page(source)).text
    return shown, client.post(text_page(source), {"confirm": digest}, follow=True).text


@pytest.mark.parametrize("publish_at", [None, "2999-01-01T00:00Z"])
@pytest.mark.parametrize("text", [("空", "全长约2.5公里"), ("全长",)])
def test_who_may_not_publish_moves_no_citation_that_the_public_reads_or_will(
    client, django_user_model, source, text, publish_at
):
    park = make_park(name="某园", publish_at=publish_at)
    citation = make_citation(park, source=source, paragraph=1, excerpt="2.5公里")
    draft = make_park(status="draft")
    make_citation(draft, source=source, paragraph=1, excerpt="2.5公里")
    sign_in(client, django_user_model, "view_source", "change_source")
    shown, told = replacing(client, source, *text)
    assert "某园：2.5公里" in shown
    assert f"{draft.name}：2.5公里" not in shown
    assert 'name="confirm"' not in shown
    assert "确认要有发布的权限。它仍在等待确认" in told
    assert source.text_paragraphs.first().text == "全长约2.5公里"
    assert list(Citation.objects.values_list("paragraph", flat=True)) == [1, 1]
    assert Citation.history.count() == 2
    right = Permission.objects.get(codename="publish_records")
    django_user_model.objects.get().user_permissions.add(right)
    shown, told = replacing(client, source, *text)
    assert 'name="confirm"' in shown
    assert "原文已存入" in told
    citation.refresh_from_db()
    assert source.text_paragraphs.first().text == text[0]


def test_what_no_public_citation_depends_on_is_replaced_by_any_editor(
    client, django_user_model, source
):
    make_citation(make_park(status="draft"), source=source, paragraph=2, excerpt="16.1亿元")
    make_citation(make_park(), source=source, paragraph=1, excerpt="2.5公里")
    make_citation(make_park(), source=source, paragraph=3, excerpt="早已没有")
    sign_in(client, django_user_model, "view_source", "change_source")
    shown, told = replacing(client, source, "全长约2.5公里", "另一段", "税收16.1亿元")
    assert 'name="confirm"' in shown
    assert "1 条移到新的段落" in told
    client.post(text_page(source), {"remove": "1"})
    assert not source.text_paragraphs.exists()


def test_a_text_that_the_public_reads_is_changed_only_with_the_right(
    client, django_user_model, source
):
    Source.objects.update(is_text_public=True)
    sign_in(client, django_user_model, "view_source", "change_source")
    shown, told = replacing(client, source, "另一段")
    assert "这份原文整篇公开" in shown
    assert "它仍在等待确认" in told
    assert 'name="remove"' not in shown
    page = client.post(text_page(source), {"remove": "1"}, follow=True)
    assert "没有改动任何内容" in page.text
    assert source.text_paragraphs.count() == 2
    Source.objects.update(status="draft")
    assert "原文已存入" in replacing(client, source, "另一段")[1]


def test_more_text_than_a_request_may_hold_is_refused_in_words(editor, source):
    response = editor.post(text_page(source), {"text": "字" * 1_000_000})
    assert response.status_code == 413
    assert "一次最多 2.4" in response.text
    assert "存成文件上传" in response.text
    assert SourceText.objects.get().waiting == ""


def test_lost_anchors_are_listed_with_the_way_to_mend_them(editor, source):
    assert "没有找不到的引文" in editor.get(LOST).text
    citation = make_citation(make_park(name="某园"), source=source, paragraph=1, excerpt="16.1亿元")
    make_citation(make_park(), source=source, paragraph=1, excerpt="2.5公里")
    text = editor.get(LOST).text
    assert "见于第 2 段" in text
    assert "某园" in text
    assert f'href="/admin/reference/citation/{citation.pk}/change/"' in text
    assert "2.5公里" not in text
    assert "有 1 条引文在这份原文里找不到" in editor.get(text_page(source)).text


@pytest.mark.parametrize("address", [LOST, CITE])
def test_the_pages_cost_the_same_however_much_they_show(editor, source, address):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert editor.get(address).status_code == 200
        return len(captured)

    park = make_park()
    if address == CITE:
        address = f"{CITE}?subject=parks.park:{park.pk}"
    make_citation(park, source=source, paragraph=1, excerpt="没有")
    queries()
    at_one = queries()
    for number in range(2, 6):
        make_citation(park, source=source, paragraph=number, excerpt="没有")
        make_figure(park)
    assert queries() == at_one


def test_the_pages_need_no_inline_script_or_style(editor, source):
    park = make_park()
    cite(editor, source, park)
    editor.post(text_page(source), {"text": "空"})
    for address in (text_page(source), LOST, f"{CITE}?subject=parks.park:{park.pk}"):
        assert not re.search(
            r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\s(src|type=.application/json))",
            editor.get(address).text,
        )


def test_a_text_goes_with_its_source(editor, source):
    source.delete()
    assert not Source.objects.exists()
    assert not SourceText.objects.exists()
    assert not Figure.objects.exists()
