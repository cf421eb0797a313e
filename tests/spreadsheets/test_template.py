"""The workbook to fill in: its headings, rules and lists, and that it comes back as it left."""

import io
import re

import pytest
from django.utils.translation import override
from openpyxl import load_workbook

from companies.models import Company
from parks.models import Park
from promotion.reference.spreadsheets import template
from promotion.reference.spreadsheets.headings import fold_heading
from promotion.reference.spreadsheets.lookups import Names
from promotion.reference.spreadsheets.reading import read_table
from promotion.reference.spreadsheets.template import write_template
from promotion.resources import RESOURCES
from tests import factories
from tests.spreadsheets.samples import LIMITS, said, take_file

pytestmark = pytest.mark.django_db

MODELS = sorted(RESOURCES)
GUIDE_HEADER = 4
FORM, GUIDE, VALUES = 0, "填写说明", "可选值"


@pytest.fixture
def records():
    """One record of every kind that a column may name."""
    park = factories.make_park(host=factories.make_park(), district=factories.make_home())
    factories.make_industry()
    factories.make_belt()
    factories.make_building(park=park)
    factories.make_incubator()
    factories.make_service()
    factories.make_company()
    factories.make_alliance()
    factories.make_measure()
    factories.make_source()
    return park


def template_of(model):
    resource = RESOURCES[model](personal=True)
    buffer = io.BytesIO()
    write_template(buffer, resource)
    return resource, buffer.getvalue()


def opened(model):
    resource, data = template_of(model)
    return resource, load_workbook(io.BytesIO(data))


def headings_of(book):
    """Return {column heading without its mark: cell}."""
    return {cell.value.rstrip("*"): cell for cell in book.worksheets[FORM][1]}


def validation_of(book, heading):
    """Return the validation of the cells under a heading, or None."""
    letter = headings_of(book)[heading].column_letter
    validations = book.worksheets[FORM].data_validations.dataValidation
    return next((dv for dv in validations if f"{letter}2" in dv.sqref), None)


def offered(book, heading):
    """Return the values that the drop-down list of a column refers to."""
    sheet, first, last = re.fullmatch(
        r"'(.+)'!(\$[A-Z]+\$\d+):(\$[A-Z]+\$\d+)", validation_of(book, heading).formula1
    ).groups()
    area = book[sheet][f"{first}:{last}".replace("$", "")]
    return [cell.value for (cell,) in area]


def guide_of(book):
    """Return {heading: (required, rule, example)} of the sheet of rules."""
    rows = book[GUIDE].iter_rows(min_row=GUIDE_HEADER + 1, values_only=True)
    return {heading.strip("“”"): rest for heading, *rest in rows}


def fill(data, row):
    """Return a template filled in with {heading: value}; in its cells of text, text stays text."""
    book = load_workbook(io.BytesIO(data))
    for heading, value in row.items():
        cell = book.worksheets[FORM].cell(2, headings_of(book)[heading].column, value)
        if isinstance(value, str):
            cell.data_type = "s"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("model", MODELS)
def test_a_template_has_every_column_with_its_rule(records, model):
    resource, book = opened(model)
    form = book.worksheets[FORM]
    assert form.title == resource.title
    assert form.freeze_panes == "A2"
    headings = headings_of(book)
    assert list(headings) == resource.headings
    required = {resource.fields[name].heading for name in resource.required_columns}
    assert {text for text, cell in headings.items() if cell.value.endswith("*")} == required
    filled = {text for text, cell in headings.items() if cell.fill.fill_type == "solid"}
    assert filled == required
    guide = guide_of(book)
    assert list(guide) == resource.headings
    for heading, cell in headings.items():
        is_required, rule, example = guide[heading]
        assert cell.font.bold
        assert cell.comment.text.startswith("必填") == bool(is_required) == (heading in required)
        assert rule
        assert example
        assert rule in cell.comment.text
        assert example in cell.comment.text


@pytest.mark.parametrize("model", MODELS)
def test_every_list_refers_to_the_values_of_the_moment(records, model):
    resource, book = opened(model)
    for column in resource.get_export_fields():
        values = column.allowed_values(1_000)
        validation = validation_of(book, column.heading)
        if not values:
            assert validation is None
            continue
        assert offered(book, column.heading) == values
        assert f"{validation.sqref}".endswith("1048576")
        decode = column.decoder(set(values), Names())
        for value in values:
            decode(value)


@pytest.mark.parametrize("model", MODELS)
def test_the_column_itself_accepts_its_example(model):
    resource = RESOURCES[model](personal=True)
    for column in resource.get_export_fields():
        if column.related_models:
            continue
        value = column.decoder({resource.example(column)}, Names())(resource.example(column))
        column.field.clean(value, resource._meta.model())


@pytest.mark.parametrize("model", MODELS)
def test_a_filled_template_is_taken_in(records, model):
    """Every column is filled: with what the guide gives as an example, or from its list."""
    resource, data = template_of(model)
    book = load_workbook(io.BytesIO(data))
    row = {heading: example for heading, (_required, _rule, example) in guide_of(book).items()}
    for column in resource.get_export_fields():
        if model == "figures" and column.name == "alternative_to":
            # The first figure of a record is beside no other.
            row[column.heading] = None
        elif column.related_models:
            row[column.heading] = offered(book, column.heading)[-1]
    if model == "recognitions":
        # A recognition is an enterprise's or a park's, not of both.
        row["园区"] = None
    if model == "citations":
        # Not every record has a field of which a source may state another value.
        row["该文写作"] = None
    result = take_file(model, fill(data, row), "空白表.xlsx")
    assert said(result) == []
    assert result.counts["new"] == 1


def test_what_was_chosen_and_typed_arrives_as_it_was_meant(records):
    industries = [factories.make_industry(name=name) for name in ("生物医药", "人工智能")]
    park = factories.make_park(name="示例一号园")
    _resource, data = template_of("companies")
    row = {
        "名称": "示例科技有限公司",
        "类型": "企业集团",
        "统一社会信用代码": "91000000MA0000001R",
        "成立日期": "2021-10",
        "员工人数": 35,
        "注册资本（万元）": "1.5亿元",
        "国家或地区": "德国",
        "产业": "生物医药、人工智能",
        "园区": "示例一号园",
        "联系电话": "+86 21 6000 0000",
    }
    assert said(take_file("companies", fill(data, row), "空白表.xlsx")) == []
    company = Company.objects.get(name="示例科技有限公司")
    assert company.kind == "group"
    assert company.unified_social_credit_code == "91000000MA0000001R"
    assert company.established_on == "2021-10"
    assert (company.staff_count, company.registered_capital_cny_10k) == (35, 15_000)
    assert company.country == "DE"
    assert set(company.industries.all()) == set(industries)
    assert list(company.parks.all()) == [park]
    assert company.phone == "+86 21 6000 0000"


# Lists


def test_a_list_stops_others_warn_and_several_values_pass(records):
    _resource, book = opened("companies")
    kind, parent = validation_of(book, "类型"), validation_of(book, "所属集团")
    assert (kind.errorStyle, kind.showErrorMessage) == ("stop", True)
    assert (parent.errorStyle, parent.showErrorMessage) == ("warning", True)
    assert validation_of(book, "国家或地区").errorStyle == "warning"
    assert not validation_of(book, "产业").showErrorMessage
    assert validation_of(opened("figures")[1], "首页显示").errorStyle == "stop"
    assert "中国" in offered(book, "国家或地区")


def test_a_name_that_is_not_sure_is_offered_as_its_code():
    for name in ("同名园区", "同名园区", "甲、乙园区", "clear-code", "=1+1", "'=1+1", "@园"):
        factories.make_park(name=name)
    other = factories.make_park(name="丙园区", slug="clear-code")
    twins = Park.objects.filter(name="同名园区")
    _resource, data = template_of("companies")
    values = offered(load_workbook(io.BytesIO(data)), "园区")
    assert {twin.slug for twin in twins} <= set(values)
    assert not {"同名园区", "甲、乙园区", "clear-code"} & set(values)
    assert len(values) == Park.objects.count()
    for value in values:
        row = {"名称": f"企业{value}", "园区": value}
        assert said(take_file("companies", fill(data, row), "空白表.xlsx")) == []
    assert Company.objects.get(name="企业丙园区").parks.get() == other
    assert {company.parks.get() for company in Company.objects.all()} == set(Park.objects.all())


def test_values_are_never_formulas():
    factories.make_park(name="=HYPERLINK(1)")
    factories.make_park(name="@SUM(1)")
    _resource, book = opened("companies")
    cells = [cell for row in book[VALUES].iter_rows() for cell in row]
    assert "=HYPERLINK(1)" in [cell.value for cell in cells]
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_a_long_list_ends_and_says_so(monkeypatch):
    monkeypatch.setattr(template, "LIST_LIMIT", 3)
    for _number in range(3):
        factories.make_park()
    _resource, book = opened("tenancies")
    assert len(offered(book, "园区")) == 3
    assert "列表只列出前" not in headings_of(book)["园区"].comment.text
    factories.make_park()
    _resource, book = opened("tenancies")
    assert len(offered(book, "园区")) == 3
    assert "列表只列出前 3 个" in headings_of(book)["园区"].comment.text
    assert "列表只列出前 3 个" in guide_of(book)["园区"][1]


def test_a_template_of_an_empty_site_has_no_empty_lists():
    _resource, book = opened("tenancies")
    assert validation_of(book, "园区") is None
    assert VALUES in book.sheetnames
    _resource, book = opened("citations")
    assert book.sheetnames == ["引文", GUIDE]


# What Excel would otherwise spoil


def test_all_but_numbers_are_cells_of_text(records):
    _resource, book = opened("spaces")
    form = book.worksheets[FORM]
    formats = {
        heading: form.column_dimensions[cell.column_letter].number_format
        for heading, cell in headings_of(book).items()
    }
    numbers = {"面积（平方米）", "租金（元/平方米/天）"}
    assert {heading for heading, code in formats.items() if code != "@"} == numbers


# Which sheet is read


@pytest.mark.parametrize("model", MODELS)
def test_no_other_sheet_passes_for_the_one_to_fill_in(records, model):
    resource, data = template_of(model)
    book = load_workbook(io.BytesIO(data))
    recognise = resource.vocabulary.recognise
    for sheet in book.worksheets[1:]:
        for row in sheet.iter_rows(values_only=True):
            assert sum(1 for cell in row if isinstance(cell, str) and recognise(cell)) <= 1
    form = book.worksheets[FORM]
    form.delete_cols(2, form.max_column)
    kept = fold_heading(form["A1"].value)
    buffer = io.BytesIO()
    book.save(buffer)
    table = read_table("空白表.xlsx", buffer.getvalue(), recognise, **LIMITS)
    assert table.sheet == resource.title
    assert list(map(fold_heading, table.headings)) == [kept]


def test_an_empty_template_changes_nothing(records):
    _resource, data = template_of("companies")
    result = take_file("companies", data, "空白表.xlsx")
    assert said(result) == []
    assert set(result.counts.values()) == {0}


# Language


def test_a_template_is_chinese_whatever_the_language_of_the_interface(records):
    def texts():
        _resource, book = opened("companies")
        notes = [cell.comment.text for cell in book.worksheets[FORM][1]]
        return [[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()], notes

    chinese = texts()
    with override("en"):
        assert texts() == chinese


def test_rules_are_told_in_the_language_of_the_interface():
    column = RESOURCES["companies"]().fields["unified_social_credit_code"]
    with override("en"):
        assert "At most 18 characters." in column.rule()
