"""Which pages of a list the others lead to."""

from django import template

register = template.Library()

# A list of up to ten pages shows them all, so that whatever it holds is two clicks from it.
NEIGHBOURS, OUTERMOST = 3, 2


@register.simple_tag
def page_numbers(page):
    """Return the numbers of the pages to lead to, an ellipsis in the place of those left out."""
    return page.paginator.get_elided_page_range(
        page.number, on_each_side=NEIGHBOURS, on_ends=OUTERMOST
    )
