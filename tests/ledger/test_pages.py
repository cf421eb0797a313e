"""The staff pages of the ledger: who may do what, and that each does what its button says."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from companies.models import Company
from parks.models import Park
from promotion.reference.models import Distinction, Figure, Merge
from tests import factories
from tests.ledger.test_contradictions import disagree
from tests.ledger.test_duplicates import credit_code
from tests.ledger.world import everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("editor", password="pw"))
    return client


@pytest.fixture
def clerk(client, django_user_model):
    """Return a client and a function that grants its user rights by codename."""
    user = django_user_model.objects.create_user("clerk", password="pw", is_staff=True)
    client.force_login(user)

    def grant(*codenames):
        user.user_permissions.add(
            *Permission.objects.filter(codename__in=[*codenames, "publish_records"])
        )

    return client, grant


@pytest.fixture
def parks():
    return (
        factories.make_park(name="康建广场", slug="kangjian", address="甲路"),
        factories.make_park(name="康建商务广场", slug="plaza", address="乙路"),
    )


def merge_address(kept, gone):
    return f"/admin/duplicates/{kept._meta.label_lower}/{kept.pk}/{gone.pk}/"


def test_a_pair_is_proposed_with_its_reasons(editor, parks):
    html = editor.get("/admin/duplicates/").text
    assert "康建广场" in html
    assert "康建商务广场" in html
    assert "名称相近" in html
    assert merge_address(*parks) in html


def test_not_the_same_is_remembered_and_can_be_taken_back(editor, parks):
    pair = {"model": "parks.park", "first": parks[1].pk, "second": parks[0].pk}
    editor.post("/admin/duplicates/distinguish/", pair)
    editor.post("/admin/duplicates/distinguish/", pair)
    known = Distinction.objects.get()
    assert (known.low_id, known.high_id, known.user.username) == (
        parks[0].pk,
        parks[1].pk,
        "editor",
    )
    assert merge_address(*parks) not in editor.get("/admin/duplicates/?model=parks.park").text
    assert "康建广场" in editor.get("/admin/duplicates/?model=parks.park&show=distinct").text
    editor.post("/admin/duplicates/distinguish/", {**pair, "undo": "1"})
    assert merge_address(*parks) in editor.get("/admin/duplicates/?model=parks.park").text


def test_merging_from_the_page_and_back(editor, parks):
    kept, gone = parks
    factories.make_tenancy(park=gone)
    before = everything()
    page = editor.get(merge_address(kept, gone))
    assert "甲路" in page.text
    assert "乙路" in page.text
    assert "入驻关系" in page.text
    response = editor.post(
        merge_address(kept, gone),
        {"seen": page.context["seen"], "take-address": gone.pk, "reason": "同一处"},
        follow=True,
    )
    assert "已并入" in response.text
    kept.refresh_from_db()
    assert (kept.address, kept.aliases) == ("乙路", "康建商务广场")
    made = Merge.objects.get()
    assert (made.user.username, made.reason) == ("editor", "同一处")
    assert (
        "康建商务广场 → 康建广场"
        in editor.get("/admin/duplicates/?show=merged&model=parks.park").text
    )
    response = editor.post(f"/admin/duplicates/merged/{made.pk}/", follow=True)
    assert "已撤销合并" in response.text
    assert everything() == before


def test_a_refusal_is_told_with_what_to_do_and_where(editor):
    kept, gone = (
        factories.make_company(unified_social_credit_code=credit_code(f"MA000000{number}"))
        for number in (1, 2)
    )
    assert "请先改正那条记录" in editor.get(merge_address(kept, gone)).text
    response = editor.post(merge_address(kept, gone))
    assert response.status_code == 200
    assert "没有改动任何内容" in response.text
    assert f"/admin/companies/company/{gone.pk}/change/" in response.text
    assert Company.objects.count() == 2


def test_any_two_are_merged_from_the_list_of_records(editor, parks):
    def choose(records):
        values = {"action": "merge_chosen", "_selected_action": [each.pk for each in records]}
        return editor.post("/admin/parks/park/", values)

    assert choose(parks)["Location"] == merge_address(*parks)
    response = choose(parks[:1])
    assert response["Location"] == "/admin/parks/park/"
    assert "请正好选两条" in editor.get("/admin/parks/park/").text


def test_a_stale_page_merges_nothing_and_shows_the_new_content(editor, parks):
    kept, gone = parks
    seen = editor.get(merge_address(kept, gone)).context["seen"]
    gone.address = "丙路"
    gone.save()
    response = editor.post(merge_address(kept, gone), {"seen": seen})
    assert "请核对新的内容" in response.text
    assert "丙路" in response.text
    assert not Merge.objects.exists()


def test_an_undo_that_is_hindered_names_the_row(editor, parks):
    kept, gone = parks
    editor.post(merge_address(kept, gone))
    kept.refresh_from_db()
    kept.address = "丁路"
    kept.save()
    response = editor.post(f"/admin/duplicates/merged/{Merge.objects.get().pk}/")
    assert "在合并之后又有改动：地址" in response.text
    assert f"/admin/parks/park/{kept.pk}/change/" in response.text


def test_a_merge_that_would_hide_both_says_so(editor, parks):
    kept, gone = parks
    Park.objects.filter(pk=kept.pk).update(status="draft")
    assert "公众两条都看不到" in editor.get(merge_address(kept, gone)).text
    assert "公众两条都看不到" not in editor.get(merge_address(gone, kept)).text


# Rights


def test_pages_ask_for_rights(clerk, parks):
    client, grant = clerk
    pair = {"model": "parks.park", "first": parks[0].pk, "second": parks[1].pk}
    for address in ("/admin/duplicates/", "/admin/contradictions/", merge_address(*parks)):
        assert client.get(address).status_code == 403
    grant("change_company")
    assert client.get("/admin/duplicates/").status_code == 200
    assert client.get(merge_address(*parks)).status_code == 403
    assert client.post("/admin/duplicates/distinguish/", pair).status_code == 403
    grant("change_park")
    assert merge_address(*parks) not in client.get("/admin/duplicates/?model=parks.park").text
    assert client.post(merge_address(*parks)).status_code == 403
    assert client.post("/admin/duplicates/distinguish/", pair).status_code == 302
    grant("delete_park")
    assert client.post(merge_address(*parks)).status_code == 302
    assert Merge.objects.count() == 1


def test_visitors_are_sent_to_the_login(client, parks):
    for address in ("/admin/duplicates/", "/admin/contradictions/", merge_address(*parks)):
        assert client.post(address).status_code == 302
    assert Park.objects.count() == 2


# Hostile


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"model": "parks.park"},
        {"model": "parks.park", "first": "x", "second": "1"},
        {"model": "parks.park", "first": "1", "second": "9" * 40},
        {"model": "parks.park", "first": "-1", "second": "1"},
        {"model": "parks.park", "first": "999998", "second": "999999"},
        {"model": "auth.user", "first": "1", "second": "2"},
        {"model": "nonsense", "first": "1", "second": "2"},
        {"model": "parks.park", "first": "１", "second": "2"},
    ],
)
def test_strange_posts_are_not_found(editor, parks, values):
    assert editor.post("/admin/duplicates/distinguish/", values).status_code == 404
    assert not Distinction.objects.exists()


def test_one_record_is_no_pair(editor, parks):
    pk = parks[0].pk
    values = {"model": "parks.park", "first": pk, "second": pk}
    assert editor.post("/admin/duplicates/distinguish/", values).status_code == 404
    assert editor.post(merge_address(parks[0], parks[0])).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/admin/duplicates/auth.user/1/2/",
        "/admin/duplicates/nonsense/1/2/",
        f"/admin/duplicates/parks.park/1/{'9' * 40}/",
        "/admin/duplicates/parks.park/999998/999999/",
        f"/admin/duplicates/merged/{'9' * 40}/",
        "/admin/duplicates/merged/999999/",
    ],
)
def test_strange_addresses_are_not_found(editor, address):
    assert editor.get(address).status_code == 404
    assert editor.post(address).status_code == 404


def test_strange_choices_keep_what_stays(editor, parks):
    kept, gone = parks
    editor.post(
        merge_address(kept, gone),
        {"take-slug": gone.pk, "take-status": gone.pk, "take-id": gone.pk, "take-address": "x"},
    )
    kept.refresh_from_db()
    assert (kept.slug, kept.address) == ("kangjian", "甲路")


def test_a_list_page_bears_any_query(editor, parks):
    for query in ("model=x&show=y&p=z", "p=-1", "p=999", "show=merged&p=0", "model=auth.user"):
        assert editor.get(f"/admin/duplicates/?{query}").status_code == 200
        assert editor.get(f"/admin/contradictions/?{query}").status_code == 200


def test_lists_take_few_queries_and_come_in_pages(editor):
    def count(address):
        with CaptureQueriesContext(connection) as queries:
            response = editor.get(address)
        return len(queries), response.text

    address = "/admin/duplicates/?model=parks.park"
    for number in range(2):
        factories.make_park(name=f"创新{'商务' * number}园区")
    count(address)
    few, _html = count(address)
    for number in range(30):
        factories.make_park(name=f"康建商务{chr(0x5B81 + number)}广场", slug=f"a{number}")
        factories.make_park(name=f"康建商务 {chr(0x5B81 + number)}广场", slug=f"b{number}")
    count(address)
    many, html = count(address)
    assert many == few
    assert "p=2" in html


# Contradictions


def test_one_click_settles_and_another_opens_again(editor):
    first, second = disagree(factories.make_park(name="测试园"))
    html = editor.get("/admin/contradictions/").text
    assert "测试园" in html
    assert "文件120" in html
    response = editor.post("/admin/contradictions/", {"show": second.pk}, follow=True)
    assert "公开显示选定的数据" in response.text
    assert "测试园" not in editor.get("/admin/contradictions/").content.decode().split("<h2>")[0]
    first.refresh_from_db()
    assert first.alternative_to == second
    html = editor.get("/admin/contradictions/?show=settled").text
    assert "公开显示" in html
    editor.post("/admin/contradictions/?show=settled", {"open": second.pk})
    assert not Figure.objects.exclude(alternative_to=None).exists()


@pytest.mark.parametrize("values", [{}, {"show": "x"}, {"show": "9" * 40}, {"open": "999999"}])
def test_strange_choices_of_figures_are_not_found(editor, values):
    disagree(factories.make_park())
    assert editor.post("/admin/contradictions/", values).status_code == 404


def test_a_figure_without_rivals_is_not_chosen(editor):
    figure = factories.make_figure(factories.make_park())
    response = editor.post("/admin/contradictions/", {"show": figure.pk}, follow=True)
    assert "没有别的说法" in response.text


def test_contradictions_take_few_queries(editor):
    def count():
        with CaptureQueriesContext(connection) as queries:
            editor.get("/admin/contradictions/")
        return len(queries)

    park = factories.make_park()
    disagree(park)
    count()
    few = count()
    for number in range(30):
        for value in (1, 2):
            factories.make_figure(park, label=f"指标{number}", value=value)
    assert count() == few
