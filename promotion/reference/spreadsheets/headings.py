"""Recognising the headings that offices write, and refusing those nobody knows."""

import re
import unicodedata
from collections import defaultdict

from django.utils.translation import gettext as _

from promotion.reference.spreadsheets.characters import nearest, visible
from promotion.reference.spreadsheets.codecs import SOURCE_LANGUAGE
from promotion.reference.spreadsheets.columns import BoundColumn, in_language
from promotion.reference.spreadsheets.problems import Problem, shown
from promotion.reference.spreadsheets.quantities import UNIT_OF_SUFFIX
from promotion.reference.spreadsheets.reading import filled
from promotion.reference.spreadsheets.references import ReferenceColumn

ERROR_HEADING = "错误说明"
"""The column that our own marked file adds; handed in again, it is passed over."""
ROWS_NAMED = 10
ROW_NUMBER = re.compile(r"\s*\D{0,3}\d+\D{0,3}")
IGNORED = {"序号", "行号", "no", "row", "#", ERROR_HEADING}
DECORATION = re.compile(r"[\s_:*\-]|\((?:必填|选填|可选|required|optional)\)|\.\Z")
UNIT_SUFFIX = re.compile(r"(?P<name>.+)\((?:单位:?)?(?P<unit>[^()]+)\)\Z")
# Where a text above a table may state a unit: behind 单位 or 金额, within 以…计, or in brackets.
UNIT_ABOVE = re.compile(
    r"(?:单\s*位|(?:金额|面积)\s*:).*|以.{1,8}(?:为单\s*位|计)|[(\[【〔].*?[)\]】〕]", re.DOTALL
)
BETWEEN_UNITS = re.compile(r"单\s*位|[^\w/·.%]+|(?<=[元米顷亩人])\d{3,}")
# 万 元 is one unit, as is 元 / 平方米; 5 亿元 is a number.
SPACES_IN_UNIT = re.compile(r"(?<=[十百千万亿])\s+(?=元)|\s+(?=/)|(?<=[/\d])\s+")
AROUND_UNIT = re.compile(
    r"\A(?:统一|均|都|为|是|以|用|按|人民币|rmb|cny|\.)+|(?:人民币|rmb|cny|计算?|为|\.)+\Z"
)
# What offices call the fields that many models have.
COMMON_ALIASES = {
    "name": ["名称", "全称"],
    "name_en": ["英文名", "英文全称"],
    "slug": ["代码", "网页代码", "网址标识"],
    "aliases": ["别名", "简称", "曾用名", "又名", "其他名称"],
    "summary": ["简介", "概况", "介绍", "简要介绍", "基本情况"],
    "address": ["地址", "详细地址", "联系地址", "办公地址", "所在地址"],
    "contact_name": ["联系人", "联系人姓名", "联系人员"],
    "phone": ["电话", "联系电话", "电话号码", "手机", "手机号", "手机号码", "联系方式"],
    "email": ["邮箱", "电子邮箱", "邮件", "电子邮件", "邮箱地址", "e-mail"],
    "website": ["网站", "网址", "官网", "官方网站", "主页"],
    "status": ["状态"],
    "due_on": ["完成期限", "计划完成时间", "预计完成时间", "应完成日期"],
    "as_of": ["截至日期", "截止时间", "数据日期"],
    "position": ["排序", "次序"],
    "industries": ["行业", "所属行业", "产业", "所属产业", "产业领域"],
    "kind": ["类别", "类型"],
    "stage": ["阶段"],
    "level": ["级别", "等级"],
    "site_area_sqm": ["占地面积", "占地", "用地面积"],
    "floor_area_sqm": ["建筑面积", "总建筑面积", "建面", "面积"],
    "claim_status": ["实现情况", "落实情况"],
    "url": ["链接", "网址"],
}


def fold_heading(text):
    """Return a heading as it is compared: width, case, spaces, * and “必填” do not count."""
    if text.partition("\n")[0].strip() == ERROR_HEADING:
        # Below it our marked file says what is wrong with the other headings.
        return ERROR_HEADING
    return DECORATION.sub("", unicodedata.normalize("NFKC", visible(text)).casefold())


def row_list(numbers):
    """Return row numbers as they are listed in a message, many of them cut short."""
    return "、".join(map(str, numbers[:ROWS_NAMED])) + "…" * (len(numbers) > ROWS_NAMED)


def units_stated(leading):
    """Return the texts of the rows above a table that may be units, each once."""
    found = {}
    for cell in (cell for _number, row in leading for cell in row if isinstance(cell, str)):
        text = unicodedata.normalize("NFKC", visible(cell)).casefold()
        text = SPACES_IN_UNIT.sub("", text)
        for match in UNIT_ABOVE.finditer(text):
            for piece in BETWEEN_UNITS.split(match.group()):
                piece = AROUND_UNIT.sub("", piece)
                found[piece] = None
                if all(unit.size(piece) is None for unit in UNIT_OF_SUFFIX.values()):
                    found.update(dict.fromkeys(piece.split("/")))
    return [text for text in found if text]


def states_unit(bound):
    """Tell whether a column's heading names the unit of its numbers."""
    match = UNIT_SUFFIX.match(fold_heading(bound.heading))
    return bool(match) and bound.column.widget.unit.size(match.group("unit")) is not None


def content_test(headings):
    """Return the test whether a row's cells hold more than its number and our own note.

    `headings` are folded.
    """
    own = {index for index, heading in enumerate(headings) if heading == ERROR_HEADING}
    numbers = {index for index, heading in enumerate(headings) if heading in IGNORED} - own

    def has_content(cells):
        return any(
            filled(cell)
            and index not in own
            and not (index in numbers and ROW_NUMBER.fullmatch(str(cell)))
            for index, cell in enumerate(cells)
        )

    return has_content


class Vocabulary:
    """Every heading that a resource's columns answer to."""

    def __init__(self, columns, aliases):
        self.columns = columns
        self.known = {}
        for level in zip(*(self.levels(column, aliases) for column in columns), strict=True):
            for column, names in zip(columns, level, strict=True):
                for name in names:
                    # A better name of another column wins: levels come in order of weight.
                    self.known.setdefault(fold_heading(name), column)

    def levels(self, column, aliases):
        """Return a column's names by weight: its own, the resource's aliases, common ones."""
        own, *others = column.headings
        model_name = in_language(SOURCE_LANGUAGE, column.field.model._meta.verbose_name)
        common = list(COMMON_ALIASES.get(column.name, ()))
        if column.widget.has_bare_numbers and (match := UNIT_SUFFIX.match(fold_heading(own))):
            others.append(match.group("name"))
        if column.name == "name":
            common.append(f"{model_name}名称")
        if isinstance(column, ReferenceColumn) and not column.is_self_reference:
            target = in_language(SOURCE_LANGUAGE, column.target._meta.verbose_name)
            common += [f"{prefix}{target}" for prefix in ("", "所属", "所在")]
            common += [f"{own}名称", f"{target}名称"]
        return [[own], others, aliases.get(column.name, ()), common]

    def recognise(self, text):
        return self.find(text) is not None

    def find(self, text):
        """Return (column, size of the unit that the heading names), or None."""
        folded = fold_heading(text)
        column = self.known.get(folded)
        if column:
            return column, 1
        match = UNIT_SUFFIX.match(folded)
        if not match:
            return None
        column = self.known.get(match.group("name"))
        if column is None or not column.widget.has_bare_numbers:
            return None
        size = column.widget.unit.size(match.group("unit"))
        return (column, size) if size else None

    def bind(self, table):
        """Return the table's columns and what is wrong with its headings."""
        bound, problems = [], []
        places = defaultdict(list)
        for index, heading in enumerate(table.headings):
            if not heading.strip():
                continue
            if fold_heading(heading) in IGNORED:
                continue
            found = self.find(heading)
            if found is None:
                problems.append(self.unknown(table, heading))
                continue
            column, scale = found
            places[column.name].append(heading.strip())
            bound.append(BoundColumn(column, index, heading.strip(), scale))
        for name, headings in places.items():
            if len(headings) > 1:
                problems.append(self.duplicate(table, name, headings))
                bound = [column for column in bound if column.name != name]
        problems += self.unit_above(table, bound)
        return bound, problems

    def unit_above(self, table, bound):
        """Refuse a unit stated above the table that is not the one its numbers would be read in."""
        problems = []
        stated = units_stated(table.leading)
        for column in bound:
            if not column.column.widget.has_bare_numbers or states_unit(column):
                continue
            unit = column.column.widget.unit
            for text in stated:
                if unit.size(text) not in (None, 1):
                    message = _(
                        "表格上方写着“单位：%(unit)s”，请把单位写进栏目“%(heading)s”的名称里。"
                    )
                elif unit.is_foreign(text):
                    message = _(
                        "表格上方写着“单位：%(unit)s”，请把栏目“%(heading)s”换算为%(own)s，"
                        "并删去这句说明。"
                    )
                else:
                    continue
                values = {
                    "unit": shown(text),
                    "heading": shown(column.heading),
                    "own": unit.column_unit,
                }
                problems.append(Problem(message % values, headings=(column.heading,)))
        return problems

    def unknown(self, table, heading):
        names = [column.heading for column in self.columns]
        close = nearest(heading, names) or names
        return Problem(
            _("第 %(row)d 行的栏目“%(heading)s”不认识，请改名或删去这一列。")
            % {"row": table.header_number, "heading": shown(heading)},
            allowed="、".join(close),
            headings=(heading.strip(),),
        )

    def duplicate(self, table, name, headings):
        heading = next(column.heading for column in self.columns if column.name == name)
        return Problem(
            _("第 %(row)d 行的栏目“%(headings)s”都是“%(heading)s”，请只留一个。")
            % {
                "row": table.header_number,
                "headings": "”“".join(shown(text) for text in headings),
                "heading": heading,
            },
            headings=tuple(headings),
        )
