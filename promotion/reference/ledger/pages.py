"""What the staff pages of the ledger share."""

from django.core.paginator import Paginator
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.http import urlencode

from promotion.reference.staff_pages import change_address

PER_PAGE = 25
PAGE = "p"
# Longer ones fit no column.
LONGEST_NUMBER = 18


class LedgerPages:
    """Pages of an admin site; each kind names its `views` as {name: (route, view)}."""

    def __init__(self, site):
        self.site = site

    @property
    def urls(self):
        return [
            path(route, self.site.admin_view(view), name=name)
            for name, (route, view) in self.views.items()
        ]

    def render(self, request, template, title, **context):
        request.current_app = self.site.name
        return TemplateResponse(
            request,
            f"admin/ledger/{template}.html",
            {**self.site.each_context(request), "title": title, **context},
        )

    def paginate(self, request, rows, **query):
        """Return a page of rows with what its numbers lead to."""
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get(PAGE))
        page.numbers = [
            (number, f"?{urlencode({**query, PAGE: number})}" if isinstance(number, int) else "")
            for number in page.paginator.get_elided_page_range(page.number)
        ]
        return page

    def address_of(self, record):
        """Return the address of a row's own page, "" where there is none."""
        if record is None or type(record) not in self.site._registry:
            return ""
        return change_address(record)

    def with_addresses(self, obstacles):
        return [
            (
                obstacle,
                self.address_of(
                    obstacle.model and obstacle.model._base_manager.filter(pk=obstacle.pk).first()
                ),
            )
            for obstacle in obstacles
        ]


def row_number(text):
    """Return a row's number as a request gives it; answer "not found" for what is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise Http404
    return int(text)
