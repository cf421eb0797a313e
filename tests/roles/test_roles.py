"""The roles as they are made, and that nobody takes more than they were given."""

import re

import pytest
from django.contrib.auth.models import Group, Permission, User

from companies.models import Company
from promotion.reference.models import Role, Source
from promotion.reference.vocabulary import RoleKey
from promotion.roles import ensure_roles
from tests import factories
from tests.forms import read_form
from tests.ledger.test_contradictions import disagree
from tests.roles.conftest import browser_of, make_staff
from tests.test_admin import admin_url, run_action

pytestmark = pytest.mark.django_db


def rights_of(key):
    return set(Role.objects.get(key=key).group.permissions.values_list("codename", flat=True))


def test_what_staff_took_from_a_role_is_not_given_back():
    ensure_roles()
    group = Role.objects.get(key="editor").group
    group.permissions.remove(Permission.objects.get(codename="delete_company"))
    group.name = "编辑组"
    group.save()
    Role.objects.get(key="viewer").group.delete()
    ensure_roles()
    assert "delete_company" not in rights_of("editor")
    assert Role.objects.get(key="editor").group.name == "编辑组"
    assert Role.objects.get(key="viewer").group is None
    assert not Group.objects.filter(name="浏览者").exists()


def test_a_role_is_given_what_comes_to_it_later():
    ensure_roles()
    role = Role.objects.get(key="editor")
    permission = Permission.objects.get(codename="add_company")
    role.group.permissions.remove(permission)
    role.granted.remove("companies.add_company")
    role.save()
    ensure_roles()
    assert "add_company" in rights_of("editor")


def test_a_group_of_staff_with_the_same_name_is_left_alone():
    Role.objects.all().delete()
    Group.objects.all().delete()
    theirs = Group.objects.create(name="编辑")
    ensure_roles()
    assert not theirs.permissions.exists()
    assert Role.objects.get(key="editor").group != theirs


def test_a_viewer_is_shown_no_personal_data():
    company = factories.make_company(phone="13800000000", contact_name="王某某")
    company.phone = "13900000000"
    company.save()
    desk = browser_of(make_staff("viewer"))
    version = company.history.first().history_id
    for page in ("change/", "history/", f"history/{version}/"):
        text = desk.get(f"/admin/companies/company/{company.pk}/{page}").text
        assert company.name in text
        assert not any(secret in text for secret in ("138000", "139000", "王某某"))
    assert desk.get("/admin/companies/company/?phone__startswith=139").status_code == 400
    assert desk.get(admin_url(Company, "export")).status_code == 403
    assert "139000" in browser_of(make_staff("editor")).get(
        admin_url(Company, "change", company.pk)
    ).text  # fmt: skip


def test_a_viewer_does_not_set_a_record_back_to_a_former_version():
    park = factories.make_park(name="旧名", status="draft")
    park.name = "新名"
    park.save()
    version = park.history.last().history_id
    desk = browser_of(make_staff("viewer"))
    response = desk.post(f"/admin/parks/park/{park.pk}/history/{version}/", {})
    assert response.status_code == 403
    park.refresh_from_db()
    assert park.name == "新名"


@pytest.fixture
def administrator(db):
    return browser_of(make_staff("administrator"))


def user_form(client, user):
    return read_form(client.get(f"/admin/auth/user/{user.pk}/change/"), "user_form")


def test_an_administrator_makes_no_superuser(administrator):
    user = make_staff("editor")
    form = {**user_form(administrator, user), "is_superuser": "on", "first_name": "某"}
    assert administrator.post(f"/admin/auth/user/{user.pk}/change/", form).status_code == 302
    user.refresh_from_db()
    assert (user.first_name, user.is_superuser) == ("某", False)
    me = User.objects.get(username="administrator")
    form = {**user_form(administrator, me), "is_superuser": "on"}
    administrator.post(f"/admin/auth/user/{me.pk}/change/", form)
    assert not User.objects.filter(is_superuser=True).exists()


def test_an_administrator_takes_no_superusers_account(administrator):
    root = User.objects.create_superuser("root", password="pw")
    address = f"/admin/auth/user/{root.pk}"
    secret = {
        "password1": "new-password-9",
        "password2": "new-password-9",
        "usable_password": "true",
    }
    assert administrator.post(f"{address}/password/", secret).status_code == 403
    assert administrator.post(f"{address}/change/", {"username": "x"}).status_code == 403
    assert administrator.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
    administrator.post(
        "/admin/auth/user/",
        {"action": "delete_selected", "_selected_action": [root.pk], "post": "yes"},
    )
    root.refresh_from_db()
    assert root.check_password("pw")


def test_nobody_grants_what_they_do_not_have():
    keeper = User.objects.create_user("keeper", is_staff=True)
    keeper.user_permissions.set(
        Permission.objects.filter(content_type__app_label="auth").exclude(codename="delete_group")
    )
    desk = browser_of(keeper)
    clerk = User.objects.create_user("clerk", is_staff=True)
    beyond = Permission.objects.get(codename="publish_records")
    group = make_staff("publisher", name="other").groups.get()
    for values in ({"user_permissions": beyond.pk}, {"groups": group.pk}):
        form = {**user_form(desk, clerk), **values}
        assert desk.post(f"/admin/auth/user/{clerk.pk}/change/", form).status_code == 200
    assert not clerk.user_permissions.exists()
    assert not clerk.groups.exists()
    # Nor do they take over who has more, be the account switched off, or widen their own group.
    other = User.objects.get(username="other")
    User.objects.filter(pk=other.pk).update(is_active=False)
    assert desk.post(f"/admin/auth/user/{other.pk}/password/", {}).status_code == 403
    own = Group.objects.create(name="组")
    form = read_form(desk.get(f"/admin/auth/group/{own.pk}/change/"), "group_form")
    desk.post(f"/admin/auth/group/{own.pk}/change/", {**form, "permissions": beyond.pk})
    assert not own.permissions.exists()
    assert desk.post(f"/admin/auth/group/{group.pk}/change/", {"name": "x"}).status_code == 403


def test_enquiries_are_for_their_officer_alone():
    inquiry = factories.make_inquiry()
    address = f"/admin/promotion/inquiry/{inquiry.pk}/change/"
    assert inquiry.email in browser_of(make_staff("enquiry_officer")).get(address).text
    for key in ("viewer", "editor", "publisher", "park_operator"):
        assert browser_of(make_staff(key)).get(address).status_code in (403, 404)


@pytest.mark.parametrize("key", ["viewer", "publisher", "park_operator", "administrator"])
def test_no_role_sees_a_draft_on_the_public_site(key):
    draft = factories.make_park(name="草稿园区", status="draft")
    visitor = browser_of(make_staff(key))
    assert visitor.get(f"/parks/{draft.slug}/").status_code == 404
    for address in ("/parks/", "/search/?q=草稿园区", "/search/suggest/?q=草稿"):
        # The search repeats what was typed; the address of a result would be new.
        assert f"/parks/{draft.slug}/" not in visitor.get(address).content.decode()


def test_sources_are_confirmed_from_their_list():
    source = factories.make_source()
    run_action(browser_of(make_staff("publisher")), Source, "confirm", [source])
    source.refresh_from_db()
    assert source.verified_on is not None


@pytest.mark.parametrize("key", RoleKey.values)
def test_what_the_desk_offers_a_role_opens_to_it(key):
    disagree(factories.make_park(slug="park"))
    client = browser_of(make_staff(key))
    desk = client.get("/admin/").text.partition('class="desk"')[2].partition("</section>")[0]
    answers = {link: client.get(link).status_code for link in re.findall('href="([^"]*)"', desk)}
    assert set(answers.values()) <= {200}, answers
    assert ("/admin/contradictions/" in answers) == (
        client.get("/admin/contradictions/").status_code == 200
    )
