"""How pages show a fact: its words in the reader's language, its caveats and its sources."""

import re
import unicodedata

from django import template
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from promotion.reference.claims import is_past
from promotion.reference.fields import PartialDateField
from promotion.reference.lettering import opening_of
from promotion.reference.services import (
    CHINESE_TAG,
    in_language,
    is_left_in_chinese,
    subject_key,
)
from promotion.reference.stated_values import read
from promotion.reference.templatetags.quantities import area, money, partial_date
from promotion.reference.wording import claim_labels, claim_words, unconfirmed_words

register = template.Library()

FOCUS_STEP = 10
PHONE_NUMBER = re.compile(r"\+?\d[\d\s().\u2010-\u2015-]*\d")
MAX_DIGITS = 15
"""As many as the number of a phone has anywhere; more are several numbers."""
OPENING_EM = 100
"""How much of a longer text a card shows: a hundred Chinese characters, some 190 letters."""
UNIT_IN_LABEL = re.compile(r"\s*[（(].*[)）]\Z")


def is_untranslated(record, name):
    """Tell whether English readers get the Chinese text of a field for want of an English one."""
    text = getattr(record, name)
    has_english = bool(getattr(record, f"{name}_en", ""))
    return not has_english and isinstance(text, str) and is_left_in_chinese(text)


def in_chinese(text):
    """Return a text marked as Chinese, for whoever reads it aloud."""
    return format_html('<span lang="{}">{}</span>', CHINESE_TAG, text)


@register.filter
def plain(record, name):
    """Return a field in the active language as bare text, for titles and attributes."""
    return in_language(record, name)


@register.filter
def localized(record, name):
    """Return a field in the active language; Chinese shown to English readers is marked so."""
    if is_untranslated(record, name):
        return in_chinese(getattr(record, name))
    return plain(record, name)


@register.filter
def named_link(record):
    """Return a record's name as a link to its page; Chinese shown to English readers is marked so.

    The link itself carries the mark: dozens stand on a page.
    """
    language = format_html(' lang="{}"', CHINESE_TAG) if is_untranslated(record, "name") else ""
    address, name = record.get_absolute_url(), plain(record, "name")
    return format_html('<a href="{}"{}>{}</a>', address, language, name)


@register.filter
def opening(record, name):
    """Return how a longer field begins, in the active language, for a card that leads to the rest.

    Chinese shown to English readers is marked so.
    """
    text = opening_of(plain(record, name), OPENING_EM)
    return in_chinese(text) if is_untranslated(record, name) else text


@register.filter
def marked(text):
    """Return a text that was named elsewhere; Chinese shown to English readers is marked so."""
    return in_chinese(text) if is_left_in_chinese(str(text)) else text


@register.filter
def phone_link(text):
    """Return a phone number as a link that dials the first number in it, if one can be told."""
    number = PHONE_NUMBER.search(unicodedata.normalize("NFKC", text))
    digits = re.sub(r"[^+\d]", "", number[0]) if number else ""
    if not digits or len(digits) > MAX_DIGITS:
        return text
    return format_html('<a href="tel:{}">{}</a>', digits, text)


@register.filter
def mail_link(address):
    """Return a mail address as a link."""
    return format_html('<a href="mailto:{}">{}</a>', address, address) if address else ""


@register.simple_tag
def inquiry_address(record=None):
    """Return the address of the enquiry form, with a record to ask about where there is one."""
    address = reverse("inquiry")
    return f"{address}?{record._meta.model_name}={record.slug}" if record else address


@register.filter
def focus_classes(record):
    """Return the classes that keep the point of interest in sight where a picture is cropped."""
    x, y = (
        round(value / FOCUS_STEP) * FOCUS_STEP
        for value in (record.picture_focus_x, record.picture_focus_y)
    )
    return f"focus-x-{x} focus-y-{y}"


def marks_of(context, record, fields):
    """Return the citations to mark; a page without an index, such as an error page, has none."""
    citations = context.get("citations")
    return citations.marks(record, fields) if citations else []


@register.inclusion_tag("reference/_prose.html", takes_context=True)
def prose(context, record, name):
    """Show a longer text as cited paragraphs, saying so where it has not been translated."""
    return {
        "paragraphs": [line for line in plain(record, name).splitlines() if line.strip()],
        "is_untranslated": is_untranslated(record, name),
        "marks": marks_of(context, record, (name,)),
    }


@register.filter
def as_marks(citations):
    """Return citations as the marks behind what they support, each a link to its source."""
    # Dozens stand on a page: a template of their own would cost most of what a list does.
    words = _("来源 %(number)s")
    return format_html_join(
        "",
        '<a class="mark" href="{}#c{}" aria-label="{}">{}</a>',
        (
            (
                citation.source.get_absolute_url(),
                citation.pk,
                words % {"number": citation.number},
                citation.number,
            )
            for citation in citations
        ),
    )


@register.filter
def as_places(citations):
    """Return cited places of one source as list items: number, and where it is.

    They are no links, for the marks that they explain lead to the same places.
    """
    # As many as there are marks on a page, see `as_marks`.
    words = _("[%(number)s] 第 %(paragraph)s 段")
    return format_html_join(
        "",
        "<li>{}</li>",
        ((words % {"number": each.number, "paragraph": each.paragraph},) for each in citations),
    )


@register.simple_tag(takes_context=True)
def cite(context, record, *fields):
    """Show the citation marks of a record's fields ("" is the whole record; none is all)."""
    return as_marks(marks_of(context, record, fields))


@register.inclusion_tag("reference/_figures.html", takes_context=True)
def figures(context, record, unknown=""):
    """Show the figures of a record with their caveats, or `unknown` where it has none."""
    found = context.get("figures", {}).get(subject_key(record), [])
    return {"figures": found, "citations": context.get("citations"), "unknown": unknown}


@register.simple_tag
def claim(statement):
    """Show how far something has come true: planned, forecast, hoped for, since when unconfirmed.

    What has come true, and what makes no claim, is shown nothing of.
    """
    shown = [
        format_html('<span class="claim claim-{}">{}</span>', code, label)
        for code, label in claim_labels(statement)
    ]
    if unconfirmed := unconfirmed_words(statement):
        shown.append(format_html('<span class="unconfirmed">{}</span>', unconfirmed))
    return format_html_join(" ", "{}", ((each,) for each in shown))


register.filter(claim_words)
register.filter(is_left_in_chinese)


@register.inclusion_tag("reference/_timing.html")
def timing(record):
    """Say when something takes or took place, without calling a past plan upcoming or held."""
    starts_on, ends_on = record.starts_on, record.ends_on
    is_dated = bool(starts_on or ends_on)
    is_over = is_dated and is_past(ends_on or starts_on, timezone.localdate())
    return {
        "starts_on": starts_on,
        "ends_on": ends_on if ends_on != starts_on else "",
        "was_planned": is_over and record.is_forward,
        "is_undated": not is_dated,
    }


@register.inclusion_tag("reference/_freshness.html", takes_context=True)
def freshness(context, record):
    """Say when a record was last checked, how long ago that is, and as of when it speaks."""
    today, checked = timezone.localdate(), record.verified_on
    return {
        "verified_on": checked,
        "is_today": checked == today,
        "age": timesince(checked, today, depth=1) if checked and checked < today else "",
        "as_of": record.as_of,
        "marks": marks_of(context, record, ("as_of", "verified_on")),
    }


def field_text(record, name):
    """Return the text of a field in the active language, or "" where nothing is known."""
    field = record._meta.get_field(name)
    value = getattr(record, name)
    if value is None or value == "":
        return ""
    if field.choices:
        return getattr(record, f"get_{name}_display")()
    if name.endswith("_area_sqm"):
        return area(value)
    if name.endswith("_cny_10k"):
        return money(value)
    if isinstance(field, PartialDateField | models.DateField):
        return partial_date(value)
    if isinstance(field, models.IntegerField):
        return f"{value:,}"
    return localized(record, name)


@register.inclusion_tag("reference/_dispute.html")
def dispute(citation, record):
    """Say what a source states of a field, and what is shown of it instead; nothing if it agrees.

    What the field cannot hold is quoted as the source has it.
    """
    if not citation.stated_value:
        return {}
    name = citation.field
    try:
        value = read(record._meta.get_field(name), citation.stated_value)
    except ValidationError:
        stated = format_html('<q lang="zh-Hans">{}</q>', citation.stated_value)
    else:
        stated = field_text(type(record)(**{name: value}), name)
    return {"stated": stated, "shown": field_text(record, name)}


def forward_fields(record):
    """Return the fields by which a record says that something is still to come."""
    return getattr(record, "forward_values", ())


@register.simple_tag
def field_label(record, name):
    """Return a field's name without its unit, which its value states."""
    return UNIT_IN_LABEL.sub("", str(record._meta.get_field(name).verbose_name))


@register.inclusion_tag("reference/_value.html", takes_context=True)
def field_value(context, record, name):
    """Show one field with its citation marks, or as not yet published."""
    field, text = record._meta.get_field(name), field_text(record, name)
    citations = context.get("citations")
    if name == "phone":
        text = phone_link(text)
    elif isinstance(field, models.EmailField):
        text = mail_link(text)
    return {
        "text": text,
        "unconfirmed": unconfirmed_words(record) if name in forward_fields(record) else "",
        "is_link": isinstance(field, models.URLField),
        "marks": marks_of(context, record, (name,)),
        "disputes": citations.disputes(record, (name,)) if citations else [],
    }


@register.inclusion_tag("reference/_fact.html", takes_context=True)
def fact(context, record, name, label=""):
    """Show one field as a labelled fact."""
    return {"label": label or field_label(record, name), **field_value(context, record, name)}
