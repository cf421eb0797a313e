"""Templates lose their indentation, and nothing that a reader could notice."""

import pytest
from django.template import engines

from promotion.template_loader import of_a_part, without_indentation


def rendered(source, **context):
    return engines["django"].from_string(without_indentation(source)).render(context)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<ul>\n    <li>\n\n  a\n    </li>\n</ul>\n", "<ul>\n<li>\na\n</li>\n</ul>\n"),
        ("甲\n  {% if a %}\n    乙\n  {% endif %}\n  丙", "甲\n乙\n丙"),
        ("甲\n{% if b %}\n乙\n{% else %}\n丙\n{% endif %}\n丁", "甲\n丙\n丁"),
        ("甲\n{% if a %}\n乙{% else %}\n丙\n{% endif %}\n丁", "甲\n乙\n丁"),
        ("甲\n{% if a %}\n{% if b %}乙{% else %}丙{% endif %}\n{% endif %}\n丁", "甲\n丙\n丁"),
        ("甲{% if b %}\n  乙\n{% endif %}\n丙", "甲\n丙"),
        ("甲{% if b %}乙\n{% else %}\n丙{% endif %}", "甲\n丙"),
        ("甲\n{% firstof a %}\n乙", "甲\n[1, 2]\n乙"),
        ("甲\n{% if a %}{% firstof a %}{% endif %}\n乙", "甲\n[1, 2]\n乙"),
        ("甲 {% if a %}乙{% endif %} 丙", "甲 乙 丙"),
        ("甲{% if a %}\n  乙{% endif %}", "甲\n乙"),
        ("{% if a %}\n  乙\n{% endif %}", "\n乙\n"),
        ("{% for n in a %}\n  {{ n }}\n{% endfor %}", "\n1\n\n2\n"),
        ("甲\n{% for n in a %}\n  {{ n }}\n{% endfor %}", "甲\n1\n2\n"),
        ('<p class="x\n          y">甲</p>', '<p class="x\ny">甲</p>'),
    ],
)
def test_words_stay_as_far_apart_as_they_were(source, text):
    assert rendered(source, a=[1, 2]) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{% load i18n %}\n<p>\n  甲\n</p>\n", "<p>\n甲\n</p>"),
        ("{% if a %}\n  <p>甲</p>\n{% endif %}\n", "<p>甲</p>\n"),
        ("{% for n in a %}\n  {{ n }}\n{% endfor %}\n", "1\n2\n"),
    ],
)
def test_what_is_included_begins_without_a_line_end(source, text):
    assert engines["django"].from_string(of_a_part(source)).render({"a": [1, 2]}) == text
