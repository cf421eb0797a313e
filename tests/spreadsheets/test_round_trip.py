"""Export, then import of the same file, changes nothing: for every model and any text."""

import datetime
import io
from decimal import Decimal

import pytest
from django.db.models import Count
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from companies.models import Company
from parks.models import Park
from promotion.models import Event
from promotion.reference.models import Figure
from promotion.reference.spreadsheets import guard
from promotion.reference.spreadsheets.workbooks import typed
from promotion.resources import RESOURCES
from tests import factories
from tests.spreadsheets.samples import csv_cells, csv_file, export, said, take_file, xlsx_file

pytestmark = pytest.mark.django_db

SUFFIXES = [".csv", ".xlsx"]


def make_everything():
    """Make records of every kind, with something in every sort of column."""
    factories.make_service(slug="law", name="法律", position=3)
    home = factories.make_home(slug="home", division_code="310107", name="普陀区")
    town = factories.make_district(parent=home, level="town", phone="021-60000000")
    industries = [factories.make_industry(code="C27"), factories.make_industry(position=2)]
    park = factories.make_park(
        slug="weilaidao",
        name="未来岛",
        name_en="Future Island",
        aliases="岛、小岛",
        district=town,
        stage="operating",
        site_area_sqm=Decimal("12345.50"),
        floor_area_sqm=Decimal("100000"),
        total_investment_cny_10k=Decimal("0.0001"),
        opened_on="2021-10",
        contact_name="招商办",
        phone="+86 21 6000 0000",
        email="a@example.com",
        website="https://example.com/?a=1,2",
        industries=industries,
        as_of="2024",
        verified_on=datetime.date(2024, 1, 2),
        review_by=datetime.date(2025, 1, 2),
        publish_at=timezone.make_aware(datetime.datetime(2024, 5, 6, 7, 8, 9)),
        expires_at=datetime.datetime(2030, 5, 6, 7, 8, 9, 123456, tzinfo=datetime.UTC),
    )
    hosted = factories.make_park(host=park, opened_on="2020-01-02")
    node = factories.make_node(belt=factories.make_belt(industries=industries), park=park)
    building = factories.make_building(park=park, floor_count=30, completed_on="1899-12-31")
    factories.make_space(
        park=park, building=building, floor="=1", floor_en="+1", rent_cny_sqm_day=Decimal("3.50"),
        available_on=datetime.date(1900, 1, 1),
    )  # fmt: skip
    incubator = factories.make_incubator(park=park, level_held="municipal", industries=industries)
    factories.make_mentor(incubator=incubator, phone="13800000000", email="b@example.com")
    factories.make_liaison(park=park, phone="+86 138")
    group = factories.make_company(kind="group", country="DE")
    company = factories.make_company(
        parent=group,
        district=town,
        unified_social_credit_code="91310107MA0000002F",
        established_on="2022-10-01",
        registered_capital_cny_10k=Decimal("99999999999.9999"),
        staff_count=2_147_483_647,
        country="PG",
        contact_name="'张",
        phone="+86-21",
        email="c@example.com",
        industries=industries,
        summary="第一行\r\n“第二行”,\t'单引号'",
    )
    tenancy = factories.make_tenancy(company=company, park=park)
    factories.make_tenancy(company=company, park=hosted, ended_on="2020")
    factories.make_tenancy(
        company=group, park=park, role="developer", claim_status="planned", incubator=incubator,
        started_on="2019-05", note="-说明",
    )  # fmt: skip
    factories.make_recognition(company=company, awarded_on="2023")
    factories.make_recognition(park=park, level="national")
    program = factories.make_program(
        is_featured=True, parks=[park], companies=[company], starts_on="2024", district=home
    )
    measure = factories.make_measure(program=program, incubators=[incubator])
    factories.make_alliance(parks=[park, hosted], districts=[home], companies=[company, group])
    factories.make_policy(
        industries=industries, opens_on=datetime.date(2024, 1, 1), url="https://example.com/"
    )
    factories.make_event(measure=measure, starts_on="2024-11", parks=[park], claim_status="planned")
    factories.make_advisor(phone="13900000000", appointed_on="2024")
    factories.make_talent(company=company, park=park, headcount=3, requirements="要求\n两行")
    figure = factories.make_figure(
        park, value=Decimal("-12345678901.2345"), unit="sqm", bound="over", is_headline=True
    )
    factories.make_figure(group, code="f-2", value=Decimal("-0.5"), unit="percent")
    factories.make_figure(park, code="f-3", value=Decimal("2"), alternative_to=figure)
    for number, subject in enumerate([park, node, tenancy, figure, incubator, program], start=1):
        factories.make_citation(subject, paragraph=number, excerpt="“短语”")
    factories.make_citation(park, field="kind")
    factories.make_citation(park, field="kind", stated_value="孵化园")
    factories.make_privacy_notice(body="## 小标题\n\n=正文")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_model_comes_back_unchanged(suffix):
    make_everything()
    for model, resource in RESOURCES.items():
        count = resource._meta.model.objects.count()
        assert count >= 1, model
        result = take_file(model, export(model, suffix), f"表{suffix}", dry_run=True)
        assert said(result) == [], model
        assert result.counts == {"new": 0, "changed": 0, "unchanged": count, "refused": 0}, [
            model,
            [row.changes for row in result.rows],
        ]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_export_rebuilds_what_was_lost(suffix):
    make_everything()
    before = Company.objects.order_by("slug").values(
        "slug", "parent__slug", "phone", "established_on"
    )
    kept = list(before)
    file = export("companies", suffix)
    Company.objects.filter(parent__isnull=False).delete()
    Company.objects.all().delete()
    result = take_file("companies", file, f"表{suffix}")
    assert said(result) == []
    assert list(before.all()) == kept
    assert take_file("companies", file, f"表{suffix}").counts["changed"] == 0


AWKWARD = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30),
    st.text("=+-@'\t\r\n \"“”,;、|｜_x000D；😀０１甲.\x07\x1f\ufffe\ufeff\u3000", max_size=12),
)


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=AWKWARD.filter(str.strip), line=AWKWARD, text=AWKWARD)
@example(name="=1+1", line="+86 21 6000 0000", text="'")
@example(name="''=x", line="007", text='"引号"\n第二行')
@example(name="@甲", line="-1", text="\r\n")
@example(name="\t甲", line="'+86", text="😀")
@example(name="_x000D_", line="_x005F_x000D_", text="\r")
@example(name="甲", line=" ", text="\x07")
@example(name="1e5", line="2022-10", text="TRUE")
@example(name="甲", line="'甲", text="''甲")
def test_any_stored_text_comes_back_unchanged(suffix, name, line, text):
    company = factories.make_company()
    # Written past every rule, as an older version of the site may have done.
    Company.objects.filter(pk=company.pk).update(
        name=name, phone=line, address=line, aliases=line, summary=text, contact_name=text
    )
    try:
        result = take_file("companies", export("companies", suffix), f"表{suffix}", dry_run=True)
        assert said(result) == []
        assert result.counts["unchanged"] == 1, [row.changes for row in result.rows]
    finally:
        Company.objects.all().delete()


@given(text=AWKWARD)
def test_guarded_text_is_no_formula_and_comes_back(text):
    guarded = guard.guarded(text)
    assert guard.unguarded(guarded) == text
    assert not guarded.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert guard.unguarded(guard.guarded(text, is_typed=True)) == text


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    value=st.decimals(-(10**11) + 1, 10**11 - 1, places=4),
    moment=st.datetimes(
        datetime.datetime(1902, 1, 1),
        datetime.datetime(9000, 1, 1),
        timezones=st.just(datetime.UTC),
    ),
    day=st.dates(datetime.date(2, 1, 1)),
    partial=st.builds(
        lambda day, length: str(day)[:length], st.dates(), st.sampled_from([4, 7, 10])
    ),
)
def test_any_number_and_date_comes_back_unchanged(value, moment, day, partial):
    park = factories.make_park(verified_on=day, publish_at=moment, opened_on=partial)
    figure = factories.make_figure(park, value=value)
    try:
        for suffix in SUFFIXES:
            for model in ("parks", "figures"):
                result = take_file(model, export(model, suffix), f"表{suffix}", dry_run=True)
                assert said(result) == []
                assert result.counts["unchanged"] == 1, [row.changes for row in result.rows]
    finally:
        figure.delete()
        park.delete()


def test_moments_in_the_hour_that_comes_twice(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    for hour in (0, 1):
        moment = datetime.datetime(2024, 10, 27, hour, 30, tzinfo=datetime.UTC)
        factories.make_park(publish_at=moment)
    for suffix in SUFFIXES:
        assert take_file("parks", export("parks", suffix), f"表{suffix}").counts["unchanged"] == 2


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_spaces_that_no_file_could_bring_in_stay_as_they_are_stored(suffix):
    company = factories.make_company(name="甲\xa0A\t公司", address="路\u20031号")
    data = export("companies", suffix)
    assert take_file("companies", data, f"表{suffix}").counts["unchanged"] == 1
    company.refresh_from_db()
    assert (company.name, company.address) == ("甲\xa0A\t公司", "路\u20031号")


def test_csv_has_a_mark_chinese_headings_and_no_live_formula():
    factories.make_company(name="=1+1", phone="+86 21", address="@甲", contact_name="'引号")
    data = export("companies")
    assert data.startswith(b"\xef\xbb\xbf")
    headings, row = csv_cells(data)
    cells = dict(zip(headings, row, strict=True))
    assert [cells[h] for h in ("名称", "联系电话", "地址", "联系人")] == [
        "'=1+1",
        "'+86 21",
        "'@甲",
        "''引号",
    ]


def test_xlsx_has_typed_cells_a_frozen_header_and_no_live_formula():
    factories.make_company(
        name="=1+1",
        phone="+86 21",
        address="#N/A",
        staff_count=12,
        registered_capital_cny_10k=Decimal("5.5"),
        established_on="2022-10-01",
        verified_on=datetime.date(2024, 1, 2),
    )
    sheet = load_workbook(io.BytesIO(export("companies", ".xlsx"))).active
    cells = {heading.value: cell for heading, cell in zip(*sheet.iter_rows(), strict=True)}
    assert (sheet.title, sheet.freeze_panes) == ("企业", "A2")
    assert {cells[h].data_type for h in ("名称", "联系电话", "地址")} == {"s"}
    assert [cells[h].value for h in ("名称", "联系电话", "地址")] == ["=1+1", "+86 21", "#N/A"]
    assert [cells[h].value for h in ("员工人数", "注册资本（万元）")] == [12, 5.5]
    assert [cells[h].value.date() for h in ("成立日期", "核实日期")] == [
        datetime.date(2022, 10, 1),
        datetime.date(2024, 1, 2),
    ]
    assert sheet.column_dimensions["A"].width >= 8


def test_a_number_longer_than_excel_keeps_is_written_as_text():
    assert typed(Decimal("12345678901.2345")) == (Decimal("12345678901.2345"), None)
    assert typed(Decimal("12345678901234.5678")) == ("12345678901234.5678", "@")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_saved_as_the_other_kind_means_the_same(suffix):
    factories.make_company(name="=1+1", phone="+86 21", address="'=x", contact_name="'甲")
    as_csv = csv_cells(export("companies"))
    as_xlsx = [
        [cell.value for cell in row]
        for row in load_workbook(io.BytesIO(export("companies", ".xlsx"))).active.iter_rows()
    ]
    swapped = xlsx_as_text(as_csv) if suffix == ".xlsx" else csv_file(as_xlsx)
    assert take_file("companies", swapped, f"表{suffix}").counts["unchanged"] == 1


def xlsx_as_text(rows):
    def as_text(sheet):
        for row in sheet.iter_rows():
            for cell in row:
                cell.data_type = "s" if cell.value is not None else cell.data_type

    return xlsx_file(rows, adjust=as_text)


def test_personal_data_is_left_out_unless_asked_for():
    factories.make_company(contact_name="张测试", phone="13800000000", email="z@example.com")
    factories.make_mentor(phone="13900000000")
    factories.make_park(contact_name="招商办", phone="021-60000000")
    assert b"13800000000" not in export("companies", personal=False)
    assert "张测试".encode() not in export("companies", personal=False)
    assert b"13800000000" in export("companies", personal=True)
    assert b"13900000000" not in export("mentors", personal=False)
    assert b"021-60000000" in export("parks", personal=False)
    result = take_file("companies", export("companies", personal=False))
    assert result.counts["unchanged"] == 1


def test_exports_follow_the_given_queryset():
    factories.make_event(slug="a", status="draft")
    factories.make_event(slug="b")
    data = export("events", queryset=Event.objects.filter(status="draft"))
    assert [row[1] for row in csv_cells(data)[1:]] == ["a"]


def slugs(queryset):
    """Return the slugs of an export of companies, in its order."""
    return [row[1] for row in csv_cells(export("companies", queryset=queryset))[1:]]


def test_exports_keep_filter_and_order_however_the_queryset_was_made():
    parks = [factories.make_park(), factories.make_park()]
    for slug, staff, in_parks in (("a", 30, parks), ("b", 10, []), ("c", 20, parks[:1])):
        company = factories.make_company(slug=slug, staff_count=staff)
        for park in in_parks:
            factories.make_tenancy(company=company, park=park)
    everyone = Company.objects.select_related("parent").prefetch_related("tenancies")
    assert slugs(everyone.order_by("-staff_count")) == ["a", "c", "b"]
    housed = everyone.filter(tenancies__park__in=parks).order_by("staff_count")
    assert slugs(housed.distinct()) == ["c", "a"]
    counted = everyone.annotate(parks_held=Count("tenancies")).filter(parks_held__gte=1)
    assert slugs(counted.order_by("-parks_held")) == ["a", "c"]
    assert slugs(everyone.defer("name").order_by("staff_count")[1:]) == ["c", "a"]


def test_a_figure_about_a_record_that_is_gone_can_still_be_exported():
    park = factories.make_park()
    factories.make_figure(park)
    Park.objects.filter(pk=park.pk)._raw_delete("default")
    assert Figure.objects.count() == 1
    assert len(csv_cells(export("figures"))) == 2
