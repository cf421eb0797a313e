"""The staff side in both languages: Chinese at /admin/, English at /en/admin/, never mixed."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from promotion.reference.models import Submission
from tests.factories import make_citation, make_event, make_park, make_source, make_text
from tests.forms import read_form
from tests.pages.test_languages import ChineseText

pytestmark = pytest.mark.django_db

OWN_PAGES = [
    *["index", "reviews", "radar", "overdue", "score", "translations", "duplicates"],
    *["contradictions", "cite", "lost_anchors", "password_change"],
]
OF_A_MODEL = ["changelist", "add", "export"]
NOT_ADDED = {
    *["inquiry", "figure", "citation", "importbatch"],
    *["auditentry", "staffsession", "loginfailure", "loginrecord"],
}
OF_A_ROW = ["change", "history", "delete", "review"]
# Help quotes the Chinese words that a source has.
QUOTED = re.compile("“[^”]*”")
# Django names tables of relations once, in the language it starts with.
NAMED_ONCE = re.compile("-permission关系")


@pytest.fixture
def editor(client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("editor", password="pw"))
    return client


def addresses():
    """Yield the English address of every page there is without a row, and of those of the rows."""
    with translation.override("en"):
        for page in OWN_PAGES:
            yield reverse(f"admin:{page}")
        for name in ("incomplete", "unsourced", "untranslated", "ready"):
            yield reverse("admin:quality", args=[name])
        for model, model_admin in admin.site._registry.items():
            rows = [[row.pk] for row in model._base_manager.all()[:1]]
            pages = [
                (page, []) for page in OF_A_MODEL if is_page(page, model_admin.opts.model_name)
            ]
            for page, args in [*pages, *((page, args) for args in rows for page in OF_A_ROW)]:
                name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
                try:
                    yield reverse(name, args=args)
                except NoReverseMatch:
                    continue


def is_page(page, model_name):
    """Tell whether there is such a page: some rows are added elsewhere, the log is sent at once."""
    if page == "add":
        return model_name not in NOT_ADDED
    return (page, model_name) != ("export", "auditentry")


def chinese_of(html):
    """Return what a page says in Chinese that is neither marked nor quoted."""
    reader = ChineseText(attributes=True)
    html = NAMED_ONCE.sub("", QUOTED.sub("", html))
    # Names of groups are as staff keep them.
    for name in Group.objects.values_list("name", flat=True):
        html = html.replace(name, "")
    reader.feed(html)
    return reader.found


def test_the_english_side_is_english_and_stays_there(editor):
    english = {"name_en": "Park", "summary": "Text", "summary_en": "Text"}
    park = make_park(name="Park", slug="park", stage="planned", due_on="2020", **english)
    source = make_text(make_source(name="Report"), "One")
    make_citation(park, source=source, excerpt="Two")
    make_event(name="Event", status="in_review")
    Submission.objects.create(
        subject_type=ContentType.objects.get_for_model(park),
        subject_id=park.pk,
        label="Park",
        made_at="2026-01-01T00:00Z",
    )
    found = {}
    # All of them first: while they are being named, English is the language of this test too.
    for address in list(addresses()):
        response = editor.get(address)
        if response.status_code in (403, 404):
            # Refusals are in both languages; nobody may change logins or the log.
            continue
        html = response.text
        assert "</html>" in html, address
        strays = chinese_of(html)
        strays += re.findall(r'(?:href|action|src)="(/(?!en/|static/)[^"]*)"', html)
        found[address] = [stray for stray in strays if not is_switch(stray, address)]
    assert {address: strays for address, strays in found.items() if strays} == {}


def is_switch(stray, address):
    """Tell whether a link is the one to the same page in Chinese."""
    return stray.split("?")[0] == address.removeprefix("/en")


def test_a_form_is_saved_and_leads_on_in_its_language(editor):
    park = make_park()
    for prefix in ("", "/en"):
        address = f"{prefix}/admin/parks/park/{park.pk}/change/"
        form = read_form(editor.get(address), "park_form")
        assert editor.post(address, form).url == f"{prefix}/admin/parks/park/"


def test_who_is_not_signed_in_is_asked_in_their_language(client):
    assert client.get("/en/admin/radar/").url == "/en/admin/login/?next=/en/admin/radar/"
    assert client.get("/admin/radar/").url == "/admin/login/?next=/admin/radar/"
    assert (
        'lang="zh-hans"'
        in client.get("/admin/", headers={"accept-language": "en"}, follow=True).text
    )


def test_the_switch_keeps_the_page_and_its_query(editor):
    html = editor.get("/admin/overdue/?model=park").text
    assert 'href="/en/admin/overdue/?model=park"' in html
    html = editor.get("/en/admin/overdue/?model=park").text
    assert 'href="/admin/overdue/?model=park"' in html


def test_rights_are_named_in_the_language_of_the_page(editor):
    form = editor.get("/admin/auth/group/add/").text
    assert "区域与载体 | 园区 | 修改" in form
    assert "可以发布记录" in form
    assert "Can " not in form
