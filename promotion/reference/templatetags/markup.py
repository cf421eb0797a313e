"""Text that staff write in Markdown, shown as plain safe HTML."""

from django import template
from django.utils.safestring import mark_safe

from promotion.reference.templatetags.facts import is_untranslated, plain

register = template.Library()

# The page's own heading is the only one of the first rank.
TAGS = {"h2", "h3", "p", "ul", "ol", "li", "a", "strong", "em", "br", "blockquote", "code"}
ATTRIBUTES = {"a": {"href"}}
URL_SCHEMES = {"https", "http", "mailto", "tel"}


def safe_html(text):
    """Return Markdown as HTML in which nothing but the allowed tags is left."""
    # Large, and few pages hold Markdown.
    import nh3  # noqa: PLC0415
    from markdown import markdown  # noqa: PLC0415

    cleaned = nh3.clean(
        markdown(text, output_format="html"),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=URL_SCHEMES,
    )
    return mark_safe(cleaned)  # noqa: S308


@register.inclusion_tag("reference/_rich_text.html")
def rich_text(record, name):
    """Show a field of Markdown in the active language, saying so where it is not translated."""
    return {
        "html": safe_html(plain(record, name)),
        "is_untranslated": is_untranslated(record, name),
    }
