"""The staff's forms as a screen reader meets them: each field says what it is, and is one place."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import RequestFactory

from companies.models import Tenancy
from parks.models import Park
from tests.factories import make_inquiry, make_parkoperator
from tests.pages.world import build

DESK = 1440
PARTS = 4
"""In how many tests the forms are opened, so that several processes can share them."""
OPEN_EVERYTHING = """() => {
    document.querySelectorAll("details").forEach(part => { part.open = true });
    document.querySelectorAll(".add-row a").forEach(link => link.click());
}"""
REPEATED_IDS = """() => {
    const ids = [...document.querySelectorAll("[id]")].map(place => place.id);
    return ids.filter((id, index) => ids.indexOf(id) !== index);
}"""
# Of what is drawn in place of a list axe asks for any name; the chosen value alone is one.
CHOICES_WITHOUT_LABEL = """() => {
    const said = place => (place.getAttribute("aria-labelledby") || "").split(" ").map(
        id => document.getElementById(id)
    );
    return [...document.querySelectorAll("select.select2-hidden-accessible")].filter(select => {
        const drawn = select.nextElementSibling;
        return ![...drawn.querySelectorAll("[role=combobox], [role=searchbox]")].every(
            place => said(place).includes(select.labels[0])
        );
    }).map(select => select.id);
}"""


@pytest.fixture
def forms(transactional_db, staff):
    """Return the addresses of every form to add a row, and of a form to change one, with rows."""
    build(1)
    make_inquiry()
    Group.objects.create(name="某组")
    make_parkoperator()
    request = RequestFactory().get("/")
    request.user = User.objects.get(username="editor")
    addresses = []
    for model, model_admin in admin.site._registry.items():
        at = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        if model_admin.has_add_permission(request):
            addresses.append(f"{at}add/")
        if row := model_admin.get_queryset(request).order_by("pk").last():
            addresses.append(f"{at}{row.pk}/change/")
    return addresses


@pytest.mark.parametrize("part", range(PARTS))
def test_each_field_of_a_form_has_a_name_and_each_id_is_there_once(forms, staff, part):
    visitor = staff(width=DESK)
    found = {}
    for address in forms[part::PARTS]:
        page = visitor.open(address)
        page.evaluate(OPEN_EVERYTHING)
        wrong = [*page.evaluate(REPEATED_IDS), *page.evaluate(CHOICES_WITHOUT_LABEL)]
        if wrong := [*wrong, *visitor.violations()]:
            found[address] = wrong
    assert found == {}
    # A new account's first field: Django asks for the cursor to go there in two ways.
    visitor.complaints[:] = [said for said in visitor.complaints if "Autofocus" not in said]


def test_each_row_below_a_form_says_which_field_of_it_one_is_in(forms, staff):
    park = Tenancy.objects.first().park
    page = staff(width=DESK).open(f"/en/admin/parks/park/{park.pk}/change/")
    page.evaluate(OPEN_EVERYTHING)
    row = page.locator("#tenancies-0")
    assert row.get_by_label("Delete?", exact=True).is_visible()
    assert row.get_by_role("combobox", name="Enterprise").is_visible()
    rows = page.locator("#tenancies-group tr.dynamic-tenancies")
    assert rows.count() == 2
    for field in ("Enterprise", "Role"):
        assert rows.last.get_by_role("combobox", name=field).is_visible()


def test_a_list_that_is_searched_is_named_as_its_field_while_it_is_open(forms, staff):
    visitor = staff(width=DESK)
    page = visitor.open(f"/admin/parks/park/{Park.objects.first().pk}/change/")
    page.get_by_role("combobox", name="所在区域").click()
    assert page.get_by_role("searchbox", name="所在区域").is_visible()
    page.locator(".select2-results__option").first.wait_for()
    assert [line for line in visitor.violations() if not line.startswith("region:")] == []
