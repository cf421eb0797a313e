"""Undoing an import: everything as it was before, or the reasons why not and nothing touched."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from companies.models import Company, Tenancy
from parks.models import District
from promotion.reference.models import ImportBatch, Industry
from promotion.reference.publication import set_status
from promotion.reference.spreadsheets.undo import undo
from promotion.reference.vocabulary import ImportStage
from promotion.resources import RESOURCES
from tests import factories
from tests.spreadsheets.batches import everything, import_batch, refusal, undo_batch
from tests.spreadsheets.samples import credit_code, export, take

pytestmark = pytest.mark.django_db


# Everything as it was


def test_companies_with_parks_industries_and_a_group_are_as_before():
    first, second = factories.make_industry(slug="a"), factories.make_industry(slug="b")
    parks = [factories.make_park(slug=f"p{number}") for number in range(3)]
    district = factories.make_district(slug="d")
    company = factories.make_company(
        name="甲",
        slug="jia",
        industries=[first],
        district=district,
        address="旧路",
        unified_social_credit_code=credit_code(1),
        registered_capital_cny_10k="5.5",
        country="DE",
    )
    bare = factories.make_tenancy(company=company, park=parks[0])
    factories.make_company(name="不变", slug="bu", address="某路", industries=[second])
    Tenancy.objects.filter(pk=bare.pk).update(created_at="2020-01-02T03:04:05Z")
    bare.history.update(history_date="2020-01-02T03:04:05Z")
    before = everything()
    user = User.objects.create(username="u", is_superuser=True)
    batch = import_batch(
        "companies",
        [
            [
                "网址代码",
                "名称",
                "地址",
                "产业",
                "园区",
                "所属集团",
                "所在区域",
                "信用代码",
                "国家",
            ],
            ["jia", "新甲", "新路", "b", "p1、p2", "集团", "", credit_code(2), "FR"],
            ["", "乙", "某路", "a、b", "p0", "集团", "d", "", ""],
            ["", "集团", "", "a", "", "", "", "", ""],
            ["bu", "不变", "某路", "b", "", "", "", "", ""],
        ],
        user,
    )
    assert everything() != before
    counts = undo_batch(batch, user)
    assert everything() == before
    assert counts == {"removed": 2 + 3, "restored": 1, "returned": 1}
    company.refresh_from_db()
    assert company.search_text == before["companies.Company"][company.pk]["search_text"]
    assert (batch.stage, batch.undone_by) == (ImportStage.UNDONE, user)
    assert batch.undone_at is not None


def test_the_history_tells_of_the_undoing():
    industry = factories.make_industry(slug="a")
    company = factories.make_company(name="甲", industries=[industry])
    tenancy = factories.make_tenancy(company=company)
    user = User.objects.create(username="u", is_superuser=True)
    batch = import_batch("companies", [["名称", "产业", "园区"], ["甲", "", ""], ["乙", "a", ""]])
    undo_batch(batch, user)
    told = {
        "restored": company.history.first(),
        "returned": tenancy.history.first(),
        "removed": Company.history.filter(name="乙").first(),
    }
    assert {name: entry.history_type for name, entry in told.items()} == {
        "restored": "~",
        "returned": "+",
        "removed": "-",
    }
    for entry in told.values():
        assert entry.history_change_reason == f"撤销导入 #{batch.pk}"
        assert (entry.history_user, entry.import_batch) == (user, None)
    assert [row.industry_id for row in told["restored"].industries.all()] == [industry.pk]


def test_rows_without_a_slug_are_as_before():
    tenancy = factories.make_tenancy(
        company=factories.make_company(slug="c"), park=factories.make_park(slug="p"), note="旧"
    )
    factories.make_park(slug="q")
    before = everything()
    batch = import_batch(
        "tenancies",
        [["企业", "园区", "说明"], ["c", "p", "新"], ["c", "q", ""]],
    )
    tenancy.refresh_from_db()
    assert tenancy.note == "新"
    assert undo_batch(batch) == {"removed": 1, "restored": 1, "returned": 0}
    assert everything() == before


def test_figures_are_as_before():
    park = factories.make_park(slug="p")
    figure = factories.make_figure(park, code="f", label="旧", value="1.5")
    before = everything()
    sheet = export("figures").decode("utf-8-sig").replace("旧", "新").replace("1.5", "2.25")
    batch = import_batch("figures", sheet.encode("utf-8-sig"))
    figure.refresh_from_db()
    assert (figure.label, figure.value) == ("新", 2.25)
    undo_batch(batch)
    assert everything() == before


def test_what_was_not_imported_stays_as_it_is():
    company = factories.make_company(name="甲", address="旧路")
    batch = import_batch("companies", [["名称", "地址"], ["甲", "新路"]])
    Company.objects.filter(pk=company.pk).update(staff_count=9)
    undo_batch(batch)
    company.refresh_from_db()
    assert (company.address, company.staff_count) == ("旧路", 9)


def test_imports_are_undone_one_after_the_other_the_last_first():
    factories.make_company(name="甲", address="一")
    before = everything()
    first = import_batch("companies", [["名称", "地址"], ["甲", "二"], ["乙", "二"]])
    second = import_batch("companies", [["名称", "地址"], ["甲", "三"], ["乙", "三"]])
    assert f"导入 #{second.pk}" in refusal(first)[0]
    undo_batch(second)
    undo_batch(first)
    assert everything() == before


def test_a_record_without_any_history_is_as_before_all_the_same():
    company = factories.make_company(name="甲", address="旧路")
    company.history.all().delete()
    before = everything()
    batch = import_batch("companies", [["名称", "地址"], ["甲", "新路"]])
    assert undo_batch(batch) == {"removed": 0, "restored": 1, "returned": 0}
    assert everything() == before


# Refused


def test_an_import_is_undone_once():
    batch = import_batch("companies", [["名称"], ["甲"]])
    undo_batch(batch)
    assert refusal(batch) == ["这次导入已经撤销过了。"]


@pytest.mark.parametrize(
    "stage",
    sorted(set(ImportStage) - {ImportStage.WRITTEN, ImportStage.UNDOING, ImportStage.UNDONE}),
)
def test_what_was_not_written_is_not_undone(stage):
    batch = import_batch("companies", [["名称"], ["甲"]])
    ImportBatch.objects.update(stage=stage)
    assert refusal(batch) == ["这次导入没有写入任何内容，不用撤销。"]


def test_links_need_the_rights_to_their_own_records():
    factories.make_tenancy(company=factories.make_company(name="甲"))
    batch = import_batch("companies", [["名称", "园区"], ["甲", ""]])
    assert refusal(batch, User.objects.create(username="u")) == ["您没有修改入驻关系的权限。"]


def test_what_the_database_alone_knows_is_told_plainly():
    factories.make_district(name="甲", slug="jia", is_home=False)
    batch = import_batch("districts", [["名称", "级别"], ["甲", "片区"]])
    District.history.filter(import_batch=None).update(level="nonsense")
    assert "数据库没有接受" in refusal(batch)[0]


def test_a_citation_does_not_go_back_to_a_phrase_that_the_text_lost_since():
    source = factories.make_source(slug="s")
    factories.make_text(source, "此处有甲")
    park = factories.make_park(slug="p")
    changed = factories.make_citation(park, source=source, excerpt="此处有甲")
    sheet = export("citations").decode("utf-8-sig").replace("此处有甲", "此处有")
    batch = import_batch("citations", sheet.encode("utf-8-sig"))
    factories.make_text(source, "此处有乙")
    (told,) = refusal(batch)
    assert "“此处有甲”：存入的原文里找不到这个短语" in told
    changed.refresh_from_db()
    assert changed.excerpt == "此处有"
    factories.make_text(source, "此处有甲")
    undo_batch(batch)
    changed.refresh_from_db()
    assert changed.excerpt == "此处有甲"


def test_what_supports_a_public_record_stays():
    park = factories.make_park(name="甲园", slug="p", summary="简介", status="draft")
    factories.make_source(slug="s")
    headings = ["所属记录", "字段", "资料来源", "段落", "原文短语"]
    rows = [headings, ["parks.park:p", "", "s", 1, "短语"]]
    batch = import_batch("citations", rows)
    set_status([park], "published")
    (told,) = refusal(batch)
    assert "没有撤销。“甲园”已经发布，撤销后：“名称”没有引文。" in told
    factories.make_citation(park)
    undo_batch(batch)
    assert park.citations.get().excerpt != "短语"


# Scale


def queries_for(count):
    """Return how many queries undoing takes that removes, restores and brings back `count` rows."""
    parks = [factories.make_park() for _number in range(2)]
    industry = factories.make_industry()
    names = [f"企业{count}-{number}" for number in range(count)]
    old = [["名称", "园区", "产业"], *([name, parks[0].slug, ""] for name in names)]
    take("companies", old)
    rows = [
        ["名称", "园区", "产业", "地址"],
        *([name, parks[1].slug, industry.slug, "新路"] for name in names),
        *([f"新{name}", parks[0].slug, industry.slug, "新路"] for name in names),
    ]
    batch = import_batch("companies", rows)
    with CaptureQueriesContext(connection) as captured:
        assert undo_batch(batch) == {
            "removed": 3 * count,
            "restored": count,
            "returned": count,
        }
    assert not Industry.objects.filter(companies__isnull=False).exists()
    return [query["sql"] for query in captured if not query["sql"].startswith("INSERT")]


def test_queries_do_not_grow_with_rows():
    assert len(queries_for(3)) == len(queries_for(60))


# Outside the transaction of a test


@pytest.mark.django_db(transaction=True)
def test_an_import_and_its_undoing_open_their_own_transactions():
    factories.make_company(name="甲", address="旧路")
    batch = import_batch("companies", [["名称", "地址"], ["甲", "新路"], ["乙", "某路"]])
    undo(batch, RESOURCES["companies"]())
    assert list(Company.objects.values_list("name", "address")) == [("甲", "旧路")]
