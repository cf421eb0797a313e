"""Where the pages of records are."""

from functools import cache

from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language

PLACEHOLDER = "a-slug-that-no-row-has"


@cache
def around_slug(page, language, prefix):
    """Return what stands before and after the slug in the addresses of a kind of page."""
    before, _placeholder, after = reverse(page, args=[PLACEHOLDER]).rpartition(PLACEHOLDER)
    return before, after


def address_of(page, slug):
    """Return the address of a row's public page in the active language.

    A list shows a hundred of them: the patterns are searched once for each kind of page.
    """
    before, after = around_slug(page, get_language(), get_script_prefix())
    return f"{before}{slug}{after}"
