"""Each thing that staff do is on the log once, by its right name, and says nothing personal."""

import io

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db.models.signals import pre_delete
from django.urls import reverse

from companies.models import Company
from parks.models import Mentor, Park
from promotion.audit.services import verify
from promotion.models import Inquiry
from promotion.reference.editorial.submissions import submit
from promotion.reference.models import Figure, ImportBatch, Merge
from tests import factories
from tests.audit.entries import newest, said, since
from tests.editorial.conftest import desk_of, make_user
from tests.editorial.test_workflow import cited_park, decide, fill
from tests.forms import read_form
from tests.ledger.test_contradictions import disagree
from tests.spreadsheets.samples import csv_file

pytestmark = pytest.mark.django_db

NEW_COMPANIES = [["名称", "网址代码"], ["甲公司", "jia"], ["乙公司", "yi"], ["丙公司", "bing"]]


def page(row, name, *args):
    options = row._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_{name}", args=args)


def act(client, rows, action, **values):
    data = {"action": action, "_selected_action": [row.pk for row in rows], **values}
    return client.post(page(rows[0], "changelist"), data)


def hand_in(client, rows=NEW_COMPANIES):
    file = SimpleUploadedFile("某某某的名单.csv", csv_file(rows))
    client.post(reverse("admin:companies_company_import"), {"file": file})
    return ImportBatch.objects.latest("pk")


def take_in(client, rows=NEW_COMPANIES):
    batch = hand_in(client, rows)
    client.post(reverse("admin:companies_company_import_confirm", args=[batch.pk]))
    return batch


# Each prepares, then returns what to do and what the log says of it: (action, type, id, label),
# and what the detail holds at least.


def adds(client):
    form = read_form(client.get(reverse("admin:parks_park_add")), "park_form")
    values = {**form, "name": "甲园区", "slug": "jia", "kind": "industrial_park"}
    return (
        lambda: client.post(reverse("admin:parks_park_add"), values),
        lambda: ("add", "parks.park", str(Park.objects.get().pk), "甲园区"),
        {"status": "draft"},
    )


def changes(client):
    park = cited_park(name="甲园区")
    return (
        lambda: fill(client, park, summary="改过的简介。"),
        lambda: ("change", "parks.park", str(park.pk), "甲园区"),
        {"fields": ["简介"], "status": "published"},
    )


def changes_a_person(client):
    mentor = factories.make_mentor(name="某某某")
    return (
        lambda: fill(client, mentor, phone="13800000000"),
        lambda: ("change", "parks.mentor", str(mentor.pk), ""),
        {"fields": ["电话"]},
    )


def deletes(client):
    park = factories.make_park(name="甲园区")
    pk = str(park.pk)
    return (
        lambda: client.post(page(park, "delete", park.pk), {"post": "yes"}),
        lambda: ("delete", "parks.park", pk, "甲园区"),
        {},
    )


def deletes_from_the_list(client):
    park = factories.make_park(name="甲园区")
    pk = str(park.pk)
    return (
        lambda: act(client, [park], "delete_selected", post="yes"),
        lambda: ("delete", "parks.park", pk, "甲园区"),
        {},
    )


def handles_an_enquiry(client):
    inquiry = factories.make_inquiry(organisation="某单位", contact_name="某某某")
    return (
        lambda: fill(client, inquiry, note="某某某说的话"),
        lambda: ("change", "promotion.inquiry", str(inquiry.pk), inquiry.number),
        {"fields": ["处理备注"]},
    )


def adds_a_user(client):
    secret = "a long and uncommon word"
    values = {"username": "newcomer", "password1": secret, "password2": secret}
    values |= {"usable_password": "true"}
    values |= {"operated_parks-TOTAL_FORMS": "0", "operated_parks-INITIAL_FORMS": "0"}
    return (
        lambda: client.post(reverse("admin:auth_user_add"), values),
        lambda: ("add", "auth.user", str(User.objects.get(username="newcomer").pk), ""),
        {},
    )


def changes_a_group(client):
    group = Group.objects.create(name="编辑组")
    right = Permission.objects.get(codename="view_park")
    values = {"name": "编辑组", "permissions": [right.pk]}
    return (
        lambda: client.post(page(group, "change", group.pk), values),
        lambda: ("change", "auth.group", str(group.pk), ""),
        {},
    )


def submits(client):
    park = cited_park(status="draft")
    return (
        lambda: act(client, [park], "submit"),
        lambda: ("submit", "parks.park", str(park.pk), park.name),
        {"changes": 0},
    )


def proposes(_client):
    park = cited_park()
    editor = desk_of(make_user("editor"))
    return (
        lambda: fill(editor, park, summary="改过的简介。"),
        lambda: ("submit", "parks.park", str(park.pk), park.name),
        {"changes": 1},
    )


def decides(decision, action, **values):
    def prepare(client):
        park = cited_park(status="draft")
        submit(park, User.objects.get())
        return (
            lambda: decide(client, park, decision, **values),
            lambda: (action, "parks.park", str(park.pk), park.name),
            {"changes": 0},
        )

    return prepare


def moves(name, action, status):
    def prepare(client):
        park = cited_park(status=status)
        return (
            lambda: act(client, [park], name),
            lambda: (action, "parks.park", str(park.pk), park.name),
            {},
        )

    return prepare


def confirms(client):
    park = factories.make_park()
    return (
        lambda: act(client, [park], "confirm"),
        lambda: ("confirm", "parks.park", str(park.pk), park.name),
        {},
    )


def imports(client):
    batch = hand_in(client)
    address = reverse("admin:companies_company_import_confirm", args=[batch.pk])
    return (
        lambda: client.post(address),
        lambda: ("import", "companies.company", "", ""),
        {"batch": batch.pk, "file": batch.file_digest, "new": 3, "refused": 0},
    )


def imports_by_command(_client, tmp_path):
    path = tmp_path / "c.csv"
    path.write_bytes(csv_file(NEW_COMPANIES))
    return (
        lambda: call_command("import_data", "companies", str(path), stdout=io.StringIO()),
        lambda: ("import", "companies.company", "", ""),
        {"new": 3},
    )


def undoes_an_import(client):
    batch = take_in(client)
    return (
        lambda: client.post(reverse("admin:reference_importbatch_undo", args=[batch.pk])),
        lambda: ("undo_import", "companies.company", "", ""),
        {"batch": batch.pk, "removed": 3},
    )


def exports(client):
    factories.make_company()
    address = reverse("admin:companies_company_export")
    return (
        lambda: b"".join(client.post(address, {"file_format": ".csv"})),
        lambda: ("export", "companies.company", "", ""),
        {"count": 1, "format": ".csv", "personal": False},
    )


def exports_by_command(_client, tmp_path):
    factories.make_mentor()
    arguments = ["mentors", str(tmp_path / "m.xlsx"), "--personal"]
    return (
        lambda: call_command("export_data", *arguments, stdout=io.StringIO()),
        lambda: ("export", "parks.mentor", "", ""),
        {"count": 1, "format": ".xlsx", "personal": True},
    )


def merges(client):
    kept, gone = factories.make_park(name="甲园区"), factories.make_park(name="甲园")
    address = reverse("admin:merge", args=["parks.park", kept.pk, gone.pk])
    return (
        lambda: client.post(address),
        lambda: ("merge", "parks.park", str(kept.pk), "甲园区"),
        {"gone": gone.pk},
    )


def undoes_a_merge(client):
    kept, gone = factories.make_park(name="甲园区"), factories.make_park(name="甲园")
    client.post(reverse("admin:merge", args=["parks.park", kept.pk, gone.pk]))
    made = Merge.objects.get()
    return (
        lambda: client.post(reverse("admin:merged", args=[made.pk])),
        lambda: ("undo_merge", "parks.park", str(kept.pk), "甲园区"),
        {"merge": made.pk, "gone": gone.pk},
    )


def distinguishes(client):
    low, high = factories.make_park(), factories.make_park()
    values = {"model": "parks.park", "first": low.pk, "second": high.pk}
    return (
        lambda: client.post(reverse("admin:distinguish"), values),
        lambda: ("distinguish", "parks.park", "", ""),
        {"first": low.pk, "second": high.pk, "distinct": True},
    )


def settles(client):
    disagree(factories.make_park())
    shown, other = Figure.objects.order_by("pk")
    return (
        lambda: client.post(reverse("admin:contradictions"), {"show": shown.pk}),
        lambda: ("settle", "reference.figure", str(shown.pk), ""),
        {"beside": [other.pk]},
    )


def stores_a_text(client):
    source = factories.make_source(name="某文件")
    address = reverse("admin:reference_source_text", args=[source.pk])
    client.post(address, {"text": "第一段\n第二段"})
    waiting = client.get(address).context["digest"]
    return (
        lambda: client.post(address, {"confirm": waiting}),
        lambda: ("change", "reference.source", str(source.pk), "某文件"),
        {"note": "存入原文"},
    )


def clears_enquiries(_client):
    inquiry = factories.make_inquiry()
    Inquiry.objects.filter(pk=inquiry.pk).update(keep_until="2020-01-01")
    return (
        lambda: call_command("clear_inquiries", stdout=io.StringIO()),
        lambda: ("delete", "promotion.inquiry", "", ""),
        {"count": 1},
    )


def sees(model, maker, view, **values):
    def prepare(client):
        row = maker(**values)
        pk = "" if view == "changelist" else str(row.pk)
        return (
            lambda: client.get(page(row, view, *filter(None, [pk]))),
            lambda: ("view_personal", model, pk, ""),
            {},
        )

    return prepare


def new_user():
    return User.objects.create_user("colleague")


BY_COMMAND = {"imports_by_command", "exports_by_command", "clears_enquiries"}
BY_ANOTHER = {"proposes"}
ACTIONS = {
    **{
        act.__name__: act
        for act in (
            adds, changes, changes_a_person, deletes, deletes_from_the_list, handles_an_enquiry,
            adds_a_user, changes_a_group, submits, proposes, confirms, imports,
            imports_by_command, undoes_an_import, exports, exports_by_command, merges,
            undoes_a_merge, distinguishes, settles, stores_a_text, clears_enquiries,
        )
    },
    "approves": decides("approve", "approve"),
    "refuses": decides("refuse", "refuse", reason="某某某写得不清楚"),
    "withdraws": decides("withdraw", "withdraw"),
    "publishes": moves("publish", "publish", "draft"),
    "takes_down": moves("unpublish", "unpublish", "published"),
    "archives": moves("archive", "archive", "published"),
    "lists_enquiries": sees("promotion.inquiry", factories.make_inquiry, "changelist"),
    "opens_an_enquiry": sees("promotion.inquiry", factories.make_inquiry, "change"),
    "opens_a_person": sees("parks.mentor", factories.make_mentor, "change"),
    "opens_a_persons_history": sees("parks.mentor", factories.make_mentor, "history"),
    "lists_users": sees("auth.user", new_user, "changelist"),
    "opens_a_user": sees("auth.user", new_user, "change"),
}  # fmt: skip


@pytest.mark.parametrize("name", ACTIONS)
def test_what_is_done_is_on_the_log_once(client, name, request):
    client.force_login(User.objects.create_superuser("boss"))
    prepare = ACTIONS[name]
    needs_folder = "tmp_path" in prepare.__code__.co_varnames
    perform, expected, detail = (
        prepare(client, request.getfixturevalue("tmp_path")) if needs_folder else prepare(client)
    )
    before = newest()
    perform()
    # A form of personal data is looked at before it is saved.
    is_view = expected()[0] == "view_personal"
    entries = [each for each in since(before) if is_view or each.action != "view_personal"]
    assert [said(entry) for entry in entries] == [expected()]
    (entry,) = entries
    assert detail.items() <= entry.detail.items()
    if name in BY_COMMAND:
        assert (entry.actor, entry.address, entry.who) == ("", "", "命令行")
    else:
        assert entry.actor == ("editor" if name in BY_ANOTHER else "boss")
        assert entry.address == "127.0.0.1"
        assert entry.page.startswith("admin:")
    written = f"{entry.record_label}{entry.detail}"
    assert not any(secret in written for secret in ("某某某", "某单位", "138", "@", "colleague"))
    assert verify().fault is None


def test_many_deleted_at_once_are_each_on_the_log(client):
    client.force_login(User.objects.create_superuser("boss"))
    parks = [factories.make_park() for _number in range(3)]
    before = newest()
    act(client, parks, "delete_selected", post="yes")
    assert {said(entry)[:3] for entry in since(before)} == {
        ("delete", "parks.park", str(park.pk)) for park in parks
    }


def test_what_could_not_be_deleted_is_not_on_the_log(client):
    client.force_login(User.objects.create_superuser("boss"))
    park = factories.make_park()
    before = newest()
    client.raise_request_exception = False
    pre_delete.connect(fail, sender=Park)
    try:
        assert act(client, [park], "delete_selected", post="yes").status_code == 500
    finally:
        pre_delete.disconnect(fail, sender=Park)
    assert Park.objects.count() == 1
    assert since(before) == []


def fail(**_details):
    raise RuntimeError


def test_a_file_that_is_refused_imports_nothing(client):
    client.force_login(User.objects.create_superuser("boss"))
    before = newest()
    take_in(client, [["名称", "网址代码"], ["甲公司", "不 合 格"]])
    assert since(before) == []
    assert not Company.objects.exists()


def test_whoever_deletes_a_user_changes_no_entry(client):
    boss = User.objects.create_superuser("boss")
    client.force_login(boss)
    client.post(page(factories.make_park(), "delete", Park.objects.get().pk), {"post": "yes"})
    entry = since(0)[-1]
    boss.delete()
    assert (entry.actor_id, entry.actor) == (since(0)[-1].actor_id, "boss")
    assert verify().fault is None


def test_the_public_pages_write_nothing(client):
    factories.make_mentor()
    park = factories.make_park()
    for address in ("/", "/parks/", park.get_absolute_url(), "/search/?q=x", "/parks/none/"):
        client.get(address)
    client.get("/admin/")
    assert since(0) == []


def test_mentors_are_named_by_number_alone():
    assert Mentor(name="某某某").audit_label == ""
