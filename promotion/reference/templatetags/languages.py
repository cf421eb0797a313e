"""Which language a text on a page is in, for whoever reads it aloud."""

import re

from django import template
from django.utils.html import format_html
from django.utils.translation import get_language

register = template.Library()

HAN = re.compile("[\u3400-\u9fff]")


@register.filter
def spoken(text):
    """Return a text; Chinese shown to English readers is marked so."""
    if get_language() == "en" and HAN.search(text):
        return format_html('<span lang="zh-Hans">{}</span>', text)
    return text
