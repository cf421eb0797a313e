"""The living style page is for those who build pages, not for the public."""

import pytest

from tests.factories import make_figure, make_node, make_park


@pytest.mark.django_db
def test_the_style_page_is_not_there_in_production(client):
    assert client.get("/styleguide/").status_code == 404


@pytest.mark.django_db
def test_the_style_page_shows_components_with_real_records(client, settings):
    settings.DEBUG = True
    park = make_park(slug="park", name="真实园区")
    make_node(park=park, map_label="图上一站")
    make_figure(subject=park, code="plan", label="计划投资", claim_status="planned")
    text = client.get("/styleguide/").content.decode()
    assert "真实园区" in text
    assert "计划投资" in text
    assert "图上一站" in text
    assert "figure-open" in text
    assert 'class="belt-node"' in text
    assert "暂未公布" in text


@pytest.mark.django_db
def test_the_style_page_works_before_there_is_any_record(client, settings):
    settings.DEBUG = True
    text = client.get("/en/styleguide/").content.decode()
    assert "--accent-soft" in text
    assert "Not supplied" in text
