"""The chosen places as a document to hand on: facts, figures, contacts and sources, set on A4.

Typst sets it (docs/decisions/prospectus.md). Everything it prints reaches it as data and is never
read as markup.
"""

import json
from functools import cache

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from promotion.comparison.answers import CONTACT_FIELDS, Line
from promotion.comparison.kinds import CONTACT, FIGURES
from promotion.comparison.shortlist import cite
from promotion.reference.lettering import printable
from promotion.reference.services import in_language
from promotion.reference.templatetags.quantities import partial_date
from promotion.reference.typesetting import FONTS, typeset
from promotion.reference.wording import claim_labels, unconfirmed_words

LAYOUT = settings.BASE_DIR / "templates" / "promotion" / "prospectus.typ"
MAX_NAME_LENGTH = 60


@cache
def characters():
    """Return the characters that our type has."""
    return frozenset((FONTS / "characters.txt").read_text(encoding="utf-8"))


def other_name(place):
    """Return the name of a place in the language that the document is not in, if it has one."""
    name = place.name if get_language() == "en" else place.name_en
    return "" if name == in_language(place, "name") else name


def set_line(line):
    """Return a line as the layout prints it."""
    return {
        "label": printable(line.label),
        "text": printable(line.text),
        "note": printable(line.note),
        "claims": [str(label) for _code, label in claim_labels(line.claimed)],
        "unconfirmed": unconfirmed_words(line.claimed),
        "marks": [mark.number for mark in line.marks],
    }


class Leaf:
    """A place of the document: what it says of itself and what it answers."""

    def __init__(self, table, position):
        self.kind = table.kind
        self.name = table.columns[position].name
        self.place = place = table.columns[position].place
        self.summary = Line(in_language(place, "summary"), record=place, fields=("summary",))
        self.answers = {
            question: row.cells[position]
            for question, row in zip(table.kind.questions, table.rows, strict=True)
        }

    @property
    def lines(self):
        """Everything that is said of the place, in reading order."""
        figures, contact = self.answers[FIGURES], self.answers[CONTACT]
        facts = [line for _label, lines in self.facts for line in lines]
        return [self.name, self.summary, *figures, *facts, *contact]

    @property
    def facts(self):
        """(label, lines) of every answer but the figures and the contact, which stand apart."""
        return [
            (question.label, lines)
            for question, lines in self.answers.items()
            if question not in (FIGURES, CONTACT)
        ]

    @property
    def contact(self):
        """The desk to turn to: whose it is, and each way to reach it, known or not."""
        desk = self.place.desk
        known = {line.label: line for line in self.answers[CONTACT]}
        return {
            "holder": printable(in_language(desk, "name")) if desk else "",
            "ways": [
                set_line(known.get(str(label)) or Line("", label=str(label)))
                for label in CONTACT_FIELDS.values()
            ],
        }

    def as_data(self, root):
        return {
            "kind": str(self.kind.title),
            "name": set_line(self.name),
            "other_name": printable(other_name(self.place)),
            "aliases": printable(self.place.aliases),
            "summary": set_line(self.summary),
            "figures": [set_line(line) for line in self.answers[FIGURES]],
            "facts": [
                {"label": str(label), "lines": [set_line(line) for line in lines]}
                for label, lines in self.facts
            ],
            "contact": self.contact,
            "address": root + self.name.address if self.name.address else "",
        }


def source_data(source, citations):
    """Return a source, with the places in it that the document cites, as the layout prints it."""
    published_on = partial_date(source.published_on) or gettext("未注明日期")
    details = filter(None, [in_language(source, "publisher"), published_on])
    return {
        "title": printable(in_language(source, "name")),
        "details": printable(" · ".join(details)),
        "notes": [
            {
                "number": citation.number,
                "text": gettext("第 %(paragraph)s 段") % {"paragraph": citation.paragraph},
            }
            for citation in citations
        ],
    }


def table_data(table):
    """Return a comparison as the layout prints it; its figures stand with their places."""
    return {
        "title": str(table.kind.title),
        "names": [set_line(column.name) for column in table.columns],
        "rows": [
            {
                "label": str(row.label),
                "differs": row.differs,
                "cells": [[set_line(line) for line in cell] for cell in row.cells],
            }
            for question, row in zip(table.kind.questions, table.rows, strict=True)
            if question not in (FIGURES, CONTACT)
        ],
    }


def title_of(home):
    if not home:
        return gettext("选址资料册")
    return gettext("%(district)s选址资料册") % {"district": in_language(home, "name")}


def words():
    """Return the interface's own words, in the active language."""
    return {
        "unknown": gettext("暂未公布"),
        "also": gettext("又称："),
        "facts": gettext("基本情况"),
        "figures": gettext("数据"),
        "contact": gettext("联系"),
        "inquiry": gettext("投资咨询"),
        "sources": gettext("资料来源"),
        "comparison": gettext("并排对比"),
        "item": gettext("项目"),
        "different": gettext("不同"),
        "page": gettext("本处网页"),
        "origin": gettext("本资料册由此页生成："),
        "caution": gettext(
            "方括号中的数字指向末尾的资料来源；“计划”“预计”“期望”不等于已经实现；没有依据的内容写作“暂未公布”，不等于没有。"
        ),
    }


def document_data(shortlist, home, root, address, inquiry):
    """Return everything that the document prints."""
    leaves = [
        Leaf(table, position)
        for table in shortlist.tables
        for position in range(len(table.columns))
    ]
    citations = cite(line for leaf in leaves for line in leaf.lines)
    total = len(leaves)
    made_on = partial_date(timezone.localdate())
    return {
        "language": "en" if get_language() == "en" else "zh",
        "title": printable(title_of(home)),
        "subtitle": ngettext("%(total)s 处", "%(total)s 处", total) % {"total": total},
        "made_on": gettext("%(date)s制作") % {"date": made_on},
        "address": root + address,
        "inquiry": root + inquiry,
        "words": words(),
        "cut": gettext("每类最多列出四处：这里只有所选的前四处。") if shortlist.is_cut else "",
        "tables": [table_data(table) for table in shortlist.tables if table.is_comparison],
        "places": [leaf.as_data(root) for leaf in leaves],
        "sources": [source_data(source, cited) for source, cited in citations.notes],
    }


def missing_note(text):
    """Return a note of the characters that our type lacks, empty where it has them all."""
    missing = sorted(set(text) - characters())
    if not missing:
        return ""
    codes = "、".join(f"U+{ord(mark):04X}" for mark in missing[:20])
    return gettext("以下字符可能无法显示，请看网页：%(codes)s") % {"codes": codes}


def set_document(data):
    """Return what the document prints as PDF."""
    data = {**data, "missing": missing_note(json.dumps(data, ensure_ascii=False))}
    return typeset(
        LAYOUT,
        {"document": json.dumps(data, ensure_ascii=False)},
        timestamp=int(timezone.now().timestamp()),
        # The standard for accessible documents forbids characters that no font shows.
        pdf_standards=[] if data["missing"] else ["ua-1"],
    )


def make_prospectus(shortlist, home, root, address, inquiry):
    """Return the document as PDF, in the active language.

    `address` and `inquiry` are the pages that show the comparison and take an enquiry, on `root`.
    """
    return set_document(document_data(shortlist, home, root, address, inquiry))


def prospectus_name(shortlist):
    """Return the file's name without its ending: the places, or how many of them there are."""
    names = "、".join(in_language(place, "name") for place in shortlist.places)
    return printable(f"{gettext('选址资料册')} {names}")[:MAX_NAME_LENGTH].strip()
