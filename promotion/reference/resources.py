"""The sheets of the kernel: schemes, industries, sources, figures and citations."""

from promotion.reference.models import (
    CHAINED,
    OF_ANOTHER,
    Citation,
    Figure,
    Industry,
    IndustryScheme,
    Source,
)
from promotion.reference.publication import cited_records
from promotion.reference.spreadsheets import quantities
from promotion.reference.spreadsheets.amounts import AmountCodec, settle_amounts
from promotion.reference.spreadsheets.problems import CellError
from promotion.reference.spreadsheets.references import CodeColumn
from promotion.reference.spreadsheets.resources import RecordResource
from promotion.reference.spreadsheets.subjects import subject_column
from promotion.reference.vocabulary import Unit

MEASURES = {
    Unit.KM: quantities.KM,
    Unit.SQKM: quantities.SQKM,
    Unit.SQM: quantities.SQM,
    Unit.CNY_100M: quantities.CNY_100M,
    Unit.CNY_10K: quantities.CNY_10K,
    Unit.PERCENT: quantities.PERCENT,
    Unit.COMPANIES: quantities.COMPANIES,
    Unit.ITEMS: quantities.ITEMS,
    Unit.PEOPLE: quantities.PEOPLE,
    Unit.YEARS: quantities.YEARS,
}


class IndustrySchemeResource(RecordResource):
    class Meta:
        model = IndustryScheme


class IndustryResource(RecordResource):
    name_scope = ("scheme",)
    heading_aliases = {
        "name": ["产业", "行业", "行业名称"],
        "code": ["行业代码", "国标代码"],
    }

    class Meta:
        model = Industry


class SourceResource(RecordResource):
    heading_aliases = {
        "name": ["标题", "文件", "文件名称", "资料名称", "来源"],
        "publisher": ["发布单位", "来源单位", "作者"],
        "published_on": ["发布时间", "日期"],
        "file_name": ["文件名"],
    }
    examples = {"file_name": "shi-li.docx"}

    class Meta:
        model = Source


class FigureResource(RecordResource):
    subject = subject_column(Figure)
    alternative_to = CodeColumn(Figure._meta.get_field("alternative_to"))
    codecs = {"value": AmountCodec(Figure._meta.get_field("value"), MEASURES)}
    heading_aliases = {
        "code": ["代码", "编号", "指标代码"],
        "label": ["名称", "指标名称", "数据名称"],
        "value": ["值", "数字", "数据"],
        "period": ["期间", "时期", "年份"],
        "scope": ["范围", "口径", "统计口径"],
        "note": ["备注"],
        "is_headline": ["首页", "是否首页显示"],
        "alternative_to": ["为准的数据", "以此为准"],
    }
    examples = {"period": "2022 年", "period_en": "2022"}

    class Meta:
        model = Figure

    def settle(self, rows, names):
        settle_amounts(rows, self.fields["value"].widget, has_units="unit" in names)
        if "alternative_to" in names:
            refuse_chains(rows)


def refuse_chains(rows):
    """Refuse figures that name a row of the file which names another, or is of another record.

    What the file does not change, the model's own rule looks at.
    """
    by_row = {row.number: row for row in rows}
    by_record = {row.instance.pk: row for row in rows if row.is_matched and not row.is_new}
    for row in rows:
        shown = row.values.get("alternative_to")
        target = by_row.get(getattr(shown, "number", None)) or by_record.get(
            getattr(shown, "pk", None)
        )
        if target is None or target is row:
            continue
        subjects = {each.values["subject"] for each in (row, target) if "subject" in each.values}
        if target.values.get("alternative_to"):
            row.errors["alternative_to"] = CellError(CHAINED)
        elif len(subjects) > 1:
            row.errors["alternative_to"] = CellError(OF_ANOTHER)


class CitationResource(RecordResource):
    subject = subject_column(Citation)
    heading_aliases = {
        "field": ["字段"],
        "source": ["来源", "文件", "出处"],
        "paragraph": ["段", "段号", "第几段"],
        "excerpt": ["短语", "摘录", "原文"],
        "stated_value": ["另一种说法", "不同的值"],
    }
    examples = {"field": "summary", "stated_value": "12000"}

    def supported(self, plan):
        # What now states another value supports nothing; the rest of a citation's key stays.
        if "stated_value" not in plan.changed_names:
            return []
        changed = [step.pk for step in plan.steps if step.is_changed and not step.is_new]
        return cited_records(changed)

    class Meta:
        model = Citation
