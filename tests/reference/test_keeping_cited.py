"""The last citation of what is public stays, whatever would delete it or change it away."""

import pytest

from parks.models import Park
from promotion.reference.publication import blocking, lacking, set_status
from promotion.reference.publish_rules import ABOUT_CITATIONS
from tests.factories import make_citation, make_figure, make_park, make_ready, make_talent
from tests.forms import read_form
from tests.reference.test_publish_rules import CITATIONS, form_of

pytestmark = pytest.mark.django_db


def test_the_last_citation_of_a_public_record_is_not_taken_away(editor):
    park = make_park(summary="简介")
    make_citation(park)
    address, form = form_of(editor, park)
    refused = editor.post(address, {**form, f"{CITATIONS}-0-DELETE": "on"})
    assert "“名称”没有引文。" in refused.text
    assert park.citations.count() == 1
    assert "没有填写“简介”。" in editor.post(address, {**form, "summary": ""}).text


def delete_alone(editor, citation):
    address = f"/admin/reference/citation/{citation.pk}/delete/"
    return editor.post(address, {"post": "yes"}, follow=True)


def delete_chosen(editor, *citations):
    chosen = {"action": "delete_selected", "_selected_action": [row.pk for row in citations]}
    address = "/admin/reference/citation/"
    return editor.post(address, {**chosen, "post": "yes"}, follow=True)


@pytest.mark.parametrize("delete", [delete_alone, delete_chosen])
def test_the_last_citation_of_a_public_record_is_not_deleted(editor, delete):
    park = make_park(name="甲园", summary="简介")
    last = make_citation(park)
    refused = delete(editor, last)
    assert "没有删除。“甲园”已经发布，删去后：“名称”没有引文。" in refused.text
    assert park.citations.get() == last
    assert last.history.count() == 1
    other = make_citation(park)
    delete(editor, last)
    assert park.citations.get() == other
    set_status([park], "draft")
    delete(editor, other)
    assert not park.citations.exists()


def test_of_citations_deleted_together_one_must_stay(editor):
    park = make_park(summary="简介")
    both = [make_citation(park), make_citation(park)]
    assert "没有删除。" in delete_chosen(editor, *both).text
    assert park.citations.count() == 2


@pytest.mark.parametrize("delete", [delete_alone, delete_chosen])
def test_the_last_citation_of_a_public_figure_is_not_deleted(editor, delete):
    park = make_ready(make_park, status="published")
    figure = make_figure(park, label="占地")
    last = make_citation(figure)
    assert "删去后：数据“占地”没有引文。" in delete(editor, last).text
    assert figure.citations.get() == last


def test_the_form_of_a_public_figure_keeps_its_last_citation(editor):
    figure = make_figure(make_ready(make_park, status="published"), label="占地")
    last = make_citation(figure)
    address = f"/admin/reference/figure/{figure.pk}/change/"
    form = read_form(editor.get(address), "figure_form") | {f"{CITATIONS}-0-DELETE": "on"}
    assert "删去后：数据“占地”没有引文。" in editor.post(address, form).text
    assert figure.citations.get() == last
    form |= {
        f"{CITATIONS}-TOTAL_FORMS": "2",
        f"{CITATIONS}-1-field": "",
        f"{CITATIONS}-1-source": last.source_id,
        f"{CITATIONS}-1-paragraph": "2",
        f"{CITATIONS}-1-excerpt": "某园",
    }
    assert editor.post(address, form).status_code == 302
    assert figure.citations.get().paragraph == 2


LOSING = [{"field": "address"}, {"field": "floor_area_sqm", "stated_value": "7"}]


@pytest.mark.parametrize("values", LOSING)
def test_the_last_citation_of_a_public_record_is_not_changed_away(editor, values):
    park = make_park(name="甲园", summary="简介")
    last = make_citation(park)
    address, form = form_of(editor, last)
    refused = editor.post(address, {**form, **values})
    assert "没有保存。“甲园”已经发布，改动后：“名称”没有引文。" in refused.text
    assert "请先加上另一条引文" in refused.text
    assert park.citations.get().field == ""
    assert last.history.count() == 1
    other = make_citation(park)
    assert editor.post(address, {**form, **values}).status_code == 302
    address, form = form_of(editor, other)
    set_status([park], "draft")
    assert editor.post(address, {**form, **values, "paragraph": "9"}).status_code == 302


@pytest.mark.parametrize("values", LOSING)
def test_the_form_of_a_public_record_keeps_its_last_citation(editor, values):
    park = make_park(summary="简介")
    make_citation(park)
    address, form = form_of(editor, park)
    lines = {f"{CITATIONS}-0-{name}": value for name, value in values.items()}
    assert "“名称”没有引文。" in editor.post(address, {**form, **lines}).text
    assert park.citations.get().field == ""


def test_what_states_another_value_supports_no_figure(editor):
    park = make_ready(make_park, status="published")
    figure = make_figure(park, label="占地")
    last = make_citation(figure, field="value")
    assert not lacking(Park.objects.all(), *ABOUT_CITATIONS).exists()
    address, form = form_of(editor, last)
    lost = "改动后：数据“占地”没有引文。"
    assert lost in editor.post(address, {**form, "stated_value": "7"}).text
    address, form = form_of(editor, figure)
    assert lost in editor.post(address, {**form, f"{CITATIONS}-0-stated_value": "7"}).text
    figure.citations.update(stated_value="7")
    assert [fault.message for fault in blocking(park)] == ["数据“占地”没有引文。"]
    assert lacking(Park.objects.all(), *ABOUT_CITATIONS).get() == park


def test_a_former_version_of_a_citation_takes_no_support_away(editor):
    park = make_park(name="甲园", summary="简介")
    citation = make_citation(park, field="address")
    former = citation.history.first()
    citation.field = ""
    citation.save()
    address = f"/admin/reference/citation/{citation.pk}/history/{former.pk}/"
    form = read_form(editor.get(address), "historicalcitation_form")
    assert "“甲园”已经发布，改动后：“名称”没有引文。" in editor.post(address, form).text
    assert park.citations.get().field == ""


def test_a_citation_of_what_lacked_it_before_may_be_deleted(editor):
    park = make_park(summary="简介")
    park.citations.all().delete()
    citation = make_citation(park, field="slug")
    delete_alone(editor, citation)
    assert not park.citations.exists()


def test_a_park_stays_as_long_as_a_position_is_offered_there(editor):
    park = make_park(name="甲园")
    demand = make_talent(park=park, company=None)
    address = f"/admin/parks/park/{park.pk}/delete/"
    refused = editor.get(address).text
    assert "无法删除" in refused
    assert f"/admin/promotion/talentdemand/{demand.pk}/change/" in refused
    editor.post(address, {"post": "yes"})
    demand.refresh_from_db()
    assert demand.park == park
    demand.delete()
    editor.post(address, {"post": "yes"})
    assert not Park.objects.exists()
