"""Turning to the district as a visitor does: the form is opened, filled in and sent."""

from promotion.intake import Ticket
from tests.forms import read_form

ADDRESS = "/inquiries/new/"
TYPED = {
    "organisation": "某某科技有限公司",
    "sought": "office",
    "contact_name": "王某某",
    "email": "wang@example.com",
    "message": "想找一层办公楼",
    "consent": "on",
}


def aged(form, seconds):
    """Return what a form would send if it had been opened so many seconds earlier."""
    ticket = Ticket.read(form["ticket"][0])
    older = Ticket(ticket.key, ticket.version, ticket.issued_at - seconds)
    return {**form, "ticket": [str(older)]}


def open_form(client, address=ADDRESS, seconds=60):
    return aged(read_form(client.get(address), "inquiry"), seconds)


def send(client, address=ADDRESS, form=None, **typed):
    form = form or open_form(client, address)
    return client.post(address, {**form, **TYPED, **typed})


def errors(response):
    return {name: list(found) for name, found in response.context["form"].errors.items()}
