"""The addresses that are asked for; the tutorial-style site answers under the same ones."""

from urllib.parse import quote

DEEP_PAGE = 3_900
DETAILS = 20
PER_PAGE = 24
EDITED_SLUG = "example-edited"
LIST = "/companies/"
HOME = "/"
SEARCH = f"/search/?q={quote('智能')}"
FACETS = f"{LIST}?kind=enterprise&industry=example-industry-3"
EDITED = f"{LIST}{EDITED_SLUG}/"


def slug_of(number):
    return f"example-{number}"


def detail_pages(count):
    """Return the pages of some companies, spread over all; some numbers are the fixtures'."""
    return [f"{LIST}{slug_of(1 + turn * (count // 2) // DETAILS)}/" for turn in range(DETAILS)]


def deep_page(count):
    """Return page 3,900, or the last whole page of a list that has fewer."""
    return f"{LIST}?page={min(DEEP_PAGE, count // PER_PAGE)}"
