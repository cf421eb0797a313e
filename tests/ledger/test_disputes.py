"""Sources that disagree on a field are all kept; staff choose, and the rest stays visible."""

import json

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from parks.models import Park
from promotion.reference.editorial.submissions import approve, fingerprint, open_submission
from promotion.reference.fixtures import Loader
from promotion.reference.ledger.disputes import adopt
from promotion.reference.models import Citation
from promotion.reference.publication import blocking
from promotion.reference.stated_values import statable_fields
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def park():
    return factories.make_park(slug="park", name="测试园", floor_area_sqm=12000, address="甲路")


def dispute(park, stated="15000", field="floor_area_sqm"):
    """Cite a source for what is shown, and one for another value; return the citations."""
    shown = factories.make_source(slug="shown", name="本站采用的文件")
    other = factories.make_source(slug="other", name="另一份文件")
    return (
        factories.make_citation(park, field=field, source=shown),
        factories.make_citation(park, field=field, source=other, stated_value=stated),
    )


def states():
    return dict(Citation.objects.values_list("source__slug", "stated_value"))


# Choosing


def test_to_adopt_is_to_swap_and_to_swap_back(park, django_user_model):
    user = django_user_model.objects.create(username="u")
    supporting, disputing = dispute(park)
    third = factories.make_citation(
        park, field="floor_area_sqm", source=factories.make_source(slug="third"),
        stated_value="15000.0",
    )  # fmt: skip
    adopt(disputing.pk, user)
    park.refresh_from_db()
    assert park.floor_area_sqm == 15000
    assert states() == {"shown": "12000", "other": "", "third": ""}
    for row in (park, supporting, disputing, third):
        entry = row.history.first()
        assert (entry.history_change_reason, entry.history_user) == ("采用另一份资料的说法", user)
    adopt(supporting.pk)
    park.refresh_from_db()
    assert park.floor_area_sqm == 12000
    assert states() == {"shown": "", "other": "15000", "third": "15000"}


@pytest.mark.parametrize(
    ("field", "stated", "value"),
    [
        ("stage", "规划中", "planned"),
        ("stage", "planned", "planned"),
        ("address", "乙路", "乙路"),
        ("floor_area_sqm", "3.50", 3.5),
    ],
)
def test_a_value_is_read_as_its_field_reads_it(park, field, stated, value):
    Park.objects.filter(pk=park.pk).update(address_en="Jia Road")
    _supporting, disputing = dispute(park, stated, field)
    adopt(disputing.pk)
    park.refresh_from_db()
    assert getattr(park, field) == value
    # A translation of the former value would stand beside the new one.
    assert park.address_en == ("" if field == "address" else "Jia Road")


@pytest.mark.parametrize(
    ("field", "stated", "told"),
    [
        ("floor_area_sqm", "约一万二", "约一万二"),
        ("floor_area_sqm", "-5", "面积"),
        ("stage", "不知道", "可选的有"),
    ],
)
def test_what_a_field_does_not_take_is_refused_and_named(park, field, stated, told):
    _supporting, disputing = dispute(park, stated, field)
    with pytest.raises(ValidationError, match=told):
        adopt(disputing.pk)
    park.refresh_from_db()
    assert park.floor_area_sqm == 12000
    assert states()["other"] == stated


def test_a_value_never_loses_its_source(park):
    supporting, disputing = dispute(park)
    Citation.objects.filter(pk=supporting.pk).update(field="")
    with pytest.raises(ValidationError, match="单独加一条引文"):
        adopt(disputing.pk)
    supporting.delete()
    adopt(disputing.pk)
    park.refresh_from_db()
    assert park.floor_area_sqm == 15000


def test_what_agrees_is_not_chosen(park):
    supporting, _disputing = dispute(park)
    with pytest.raises(Citation.DoesNotExist):
        adopt(supporting.pk)


# What may be stated


def test_prose_names_and_relations_have_one_value(park):
    assert not {"summary", "name", "aliases", "district", "status"} & set(statable_fields(Park))
    for field in ("summary", "name", "district"):
        citation = factories.make_citation(park, field=field)
        citation.stated_value = "别的"
        with pytest.raises(ValidationError, match="另一种说法"):
            citation.full_clean()
    citation = factories.make_citation(park)
    citation.stated_value = "别的"
    with pytest.raises(ValidationError, match="请选支持的字段"):
        citation.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        citation.save()


def test_it_is_no_support_for_what_is_shown():
    park = factories.make_park(floor_area_sqm=12000)
    citation = factories.make_citation(park, field="floor_area_sqm")
    bare = {fault.field for fault in blocking(park)}
    Citation.objects.filter(pk=citation.pk).update(stated_value="15000")
    assert {fault.field for fault in blocking(park)} - bare == {"floor_area_sqm"}


# What the public sees


def test_pages_say_both(client, park):
    _supporting, disputing = dispute(park)
    source = client.get("/sources/other/").text
    note = client.get(f"/sources/other/citations/{disputing.pk}/").text
    for html in (source, note):
        words = " ".join(html.split())
        assert "该文写作" in words
        assert words.index("1.5万平方米") < words.index("本站采用") < words.index("1.2万平方米")
    assert "该文写作" not in client.get("/sources/shown/").text
    english = client.get(f"/en/sources/other/citations/{disputing.pk}/").text
    assert "This document says" in english
    page = client.get("/parks/park/").text
    assert "各份资料说法不一" in page
    assert f"/sources/other/#c{disputing.pk}" in page
    Citation.objects.filter(pk=disputing.pk).update(stated_value="")
    assert "各份资料说法不一" not in client.get("/parks/park/").text


def test_what_the_field_cannot_hold_is_quoted(client, park):
    dispute(park, "约一万<b>二</b>")
    assert '<q lang="zh-Hans">约一万&lt;b&gt;二&lt;/b&gt;</q>' in client.get("/sources/other/").text


# The staff page


def test_the_page_lists_fields_and_settles_them(client, park, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("editor", password="pw"))
    _supporting, disputing = dispute(park)
    html = client.get("/admin/contradictions/?show=fields").text
    assert "本站采用的文件" in html
    assert "15000" in html
    response = client.post(
        "/admin/contradictions/?show=fields", {"adopt": disputing.pk}, follow=True
    )
    assert "改用这份资料的说法" in response.text
    park.refresh_from_db()
    assert park.floor_area_sqm == 15000


def test_who_may_not_publish_asks_for_it(client, park, django_user_model):
    user = django_user_model.objects.create_user("clerk", password="pw", is_staff=True)
    client.force_login(user)
    _supporting, disputing = dispute(park)
    chosen = {"adopt": disputing.pk}
    assert client.post("/admin/contradictions/", chosen).status_code == 403
    rights = ["change_figure", "change_citation"]
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    assert client.post("/admin/contradictions/", chosen).status_code == 403
    user.user_permissions.set(Permission.objects.filter(codename__in=[*rights, "change_park"]))
    assert "已送审" in client.post("/admin/contradictions/", chosen, follow=True).text
    park.refresh_from_db()
    assert park.floor_area_sqm == 12000
    assert states() == {"shown": "", "other": "15000"}
    seen = fingerprint(park, open_submission(park))
    approve(park, django_user_model.objects.create(username="reviewer"), seen=seen)
    park.refresh_from_db()
    assert park.floor_area_sqm == 15000
    assert states() == {"shown": "12000", "other": ""}


# Files


def test_fixtures_hold_what_a_source_states(tmp_path):
    factories.make_source(slug="other")
    path = tmp_path / "parks.json"
    places = [["other", 1, "一"], ["other", 2, "二", "15000"]]
    record = {
        "slug": "park", "name": "测试园", "kind": "industrial_park", "floor_area_sqm": "12000",
        "citations": {"floor_area_sqm": places},
    }  # fmt: skip
    path.write_text(json.dumps({"model": "parks.park", "records": [record]}), encoding="utf-8")
    Loader().load([path])
    assert list(Citation.objects.values_list("paragraph", "stated_value")) == [
        (1, ""),
        (2, "15000"),
    ]
    assert Loader().load([path])["changed"] == 0
