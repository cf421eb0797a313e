"""How pages show which part of a text answers what a reader asked for."""

from django import template
from django.utils.html import format_html, format_html_join

register = template.Library()


@register.filter
def highlighted(pieces):
    """Return a text in pieces as one, the pieces that answer the query marked."""
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<mark>{}</mark>", piece.text) if piece.is_marked else piece.text,)
            for piece in pieces
        ),
    )
