"""What keeps an import from being undone, each named, and nothing touched."""

import pytest
from django.contrib.auth.models import User

from companies.models import Company
from companies.resources import CompanyResource
from parks.models import Incubator
from promotion.reference.spreadsheets.blockers import BLOCKERS_NAMED
from promotion.reference.spreadsheets.undo import UndoRefusedError
from tests import factories
from tests.spreadsheets.admin_pages import make_user
from tests.spreadsheets.batches import everything, import_batch, refusal, undo_batch
from tests.spreadsheets.samples import credit_code

pytestmark = pytest.mark.django_db


def test_rows_edited_since_are_named_with_who_and_when():
    company = factories.make_company(name="甲", address="旧路")
    batch = import_batch("companies", [["名称", "地址"], ["甲", "新路"], ["乙", "某路"]])
    editor = User.objects.create(username="editor")
    for name in ("甲", "乙"):
        row = Company.objects.get(name=name)
        row.staff_count = 9
        row._history_user = editor
        row.save()
    entry = company.history.first()
    reasons = refusal(batch)
    assert len(reasons) == 2
    assert all("又有修改（editor，20" in reason for reason in reasons)
    assert str(entry.history_date.year) in reasons[0]


def test_saving_without_a_change_is_no_edit():
    company = factories.make_company(name="甲", address="旧路")
    before = everything()
    batch = import_batch("companies", [["名称", "地址"], ["甲", "新路"]])
    company.refresh_from_db()
    company.save()
    undo_batch(batch)
    assert everything() == before


def test_an_edit_of_relations_only_is_an_edit():
    company = factories.make_company(name="甲", address="旧路")
    batch = import_batch("companies", [["名称", "地址"], ["甲", "新路"]])
    company.industries.add(factories.make_industry())
    assert "又有修改" in refusal(batch)[0]


def test_rows_deleted_since_are_named():
    factories.make_company(name="甲", address="旧路")
    batch = import_batch("companies", [["名称", "地址"], ["甲", "新路"], ["乙", "某路"]])
    Company.objects.all().delete()
    reasons = refusal(batch)
    assert [reason.partition("：")[0] for reason in sorted(reasons)] == ["企业“乙”", "企业“甲”"]
    assert all("已被删除" in reason for reason in reasons)


def test_a_removed_link_that_someone_made_again_is_named():
    tenancy = factories.make_tenancy(company=factories.make_company(name="甲"))
    batch = import_batch("companies", [["名称", "园区"], ["甲", ""]])
    again = factories.make_tenancy(company=tenancy.company, park=tenancy.park)
    reasons = refusal(batch)
    assert len(reasons) == 1
    assert str(again) in reasons[0]


def depend_on(company):
    """Make a row of every kind that needs a company; return what each is called."""
    child = factories.make_company(name="子公司", parent=company)
    event = factories.make_event(name="活动")
    event.companies.add(company)
    return [
        f"企业“{child}”",
        f"活动“{event}”",
        f"入驻关系“{factories.make_tenancy(company=company)}”",
        f"荣誉资质“{factories.make_recognition(company=company)}”",
        f"人才需求“{factories.make_talent(company=company)}”",
        f"数据“{factories.make_figure(company)}”",
        f"引文“{factories.make_citation(company)}”",
    ]


def test_everything_that_needs_a_new_record_is_named():
    batch = import_batch("companies", [["名称"], ["甲"]])
    expected = depend_on(Company.objects.get(name="甲"))
    reasons = refusal(batch)
    assert sorted(reasons) == sorted(f"{row}：用到了导入新增的企业“甲”。" for row in expected)


def test_what_would_only_lose_its_link_is_named_too():
    batch = import_batch("incubators", [["名称"], ["孵"]])
    incubator = Incubator.objects.get(name="孵")
    tenancy = factories.make_tenancy(incubator=incubator)
    assert [reason.partition("：")[0] for reason in refusal(batch)] == [f"入驻关系“{tenancy}”"]


def test_a_former_relation_that_is_gone_is_named():
    district, industry = factories.make_district(name="旧区"), factories.make_industry(name="旧业")
    factories.make_district(slug="new")
    factories.make_company(name="甲", district=district, industries=[industry])
    batch = import_batch("companies", [["名称", "所在区域", "产业"], ["甲", "new", ""]])
    district.delete()
    industry.delete()
    reasons = refusal(batch)
    assert len(reasons) == 2
    assert "原来的“所在区域”是区域“旧区”，已不存在" in reasons[0]
    assert "原来的“产业”是产业" in reasons[1]


def test_a_former_code_that_another_record_took_is_named():
    factories.make_company(name="甲", slug="jia", unified_social_credit_code=credit_code(1))
    batch = import_batch("companies", [["网址代码", "信用代码"], ["jia", credit_code(2)]])
    factories.make_company(name="丙", unified_social_credit_code=credit_code(1))
    assert refusal(batch) == ["企业“甲”：原来的“统一社会信用代码”现在由企业“丙”使用。"]


def test_a_former_slug_that_another_record_took_is_named():
    company = factories.make_company(name="甲", slug="jia")
    batch = import_batch("companies", [["名称", "地址"], ["甲", "新路"]])
    company.slug = "neu"
    company.address = "新路"
    company.save()
    company.history.filter(import_batch=batch).delete()
    company.history.filter(slug="neu").update(import_batch=batch)
    factories.make_company(name="丙", slug="jia")
    assert refusal(batch) == ["企业“甲”：原来的“网址代码”现在由企业“丙”使用。"]


def test_a_record_whose_former_state_was_lost_since_is_named():
    company = factories.make_company(name="甲", address="旧路")
    batch = import_batch("companies", [["名称", "地址"], ["甲", "新路"]])
    company.history.filter(import_batch=None).delete()
    assert "没有留下导入前的内容" in refusal(batch)[0]


def test_the_resource_is_asked_for_each_record_as_it_is_and_as_it_was(monkeypatch):
    factories.make_company(name="甲", address="旧路")
    batch = import_batch("companies", [["名称", "地址"], ["甲", "新路"], ["乙", "某路"]])
    user = make_user("u")
    asked = []

    def may_write(self, user, old, new):
        asked.append((user.username, old.address, new.address))
        return new.name != "乙"

    monkeypatch.setattr(CompanyResource, "may_write", may_write)
    assert refusal(batch, user) == ["企业“乙”：您没有修改这条记录的权限。"]
    assert sorted(asked) == sorted([("u", "新路", "旧路"), ("u", "某路", "某路")])


def test_of_many_blockers_the_first_are_named_and_all_counted():
    count = BLOCKERS_NAMED + 5
    batch = import_batch("companies", [["名称"], *([f"企业{number}"] for number in range(count))])
    for company in Company.objects.all():
        company.staff_count = 9
        company.save()
    with pytest.raises(UndoRefusedError) as caught:
        undo_batch(batch)
    assert (len(caught.value.blockers), caught.value.total) == (BLOCKERS_NAMED, count)
    assert str(count) in str(caught.value)
