"""Loading fixtures: complete, repeatable, and never against what staff have done since."""

import io
import json
import re

import pytest
from django.core.management import CommandError, call_command

from parks.models import District, Park
from promotion.reference.fixtures import CHANGE_REASON, FixtureError, Loader
from promotion.reference.models import Citation, Figure, Industry, IndustryScheme, Source

pytestmark = pytest.mark.django_db

SOURCE = {"slug": "paper", "name": "报道", "published_on": "2023", "status": "published"}
SCHEME = {"slug": "pillars", "name": "支柱产业"}
INDUSTRY = {"slug": "health", "name": "生命健康", "scheme": "pillars"}
PARK = {
    "slug": "island",
    "name": "未来岛",
    "kind": "industrial_park",
    "industries": ["health"],
    "site_area_sqm": "1200.50",
    "citations": {"": [["paper", 3, "未来岛"]], "kind": [["paper", 4, "园区"]]},
    "figures": [
        {
            "code": "island-tax",
            "label": "税收",
            "value": "10",
            "unit": "cny_100m",
            "bound": "over",
            "citations": {"": [["paper", 3, "十亿元"]]},
        }
    ],
}


def load(folder, **overrides):
    """Write the sample as fixture files and load them."""
    files = {
        "reference.source": [SOURCE],
        "reference.industryscheme": [SCHEME],
        "reference.industry": [INDUSTRY],
        "parks.park": [PARK],
        **{model.replace("__", "."): records for model, records in overrides.items()},
    }
    paths = []
    for number, (model, records) in enumerate(files.items()):
        path = folder / f"{number:02}_{model}.json"
        path.write_text(json.dumps({"model": model, "records": records}), encoding="utf-8")
        paths.append(path)
    return dict(Loader().load(paths))


def test_a_record_comes_with_its_relations_figures_and_citations(tmp_path):
    counts = load(tmp_path)
    park = Park.objects.get(slug="island")
    assert [industry.slug for industry in park.industries.all()] == ["health"]
    assert park.figures.get().bound == "over"
    assert park.figures.get().citations.get().excerpt == "十亿元"
    assert {(c.field, c.paragraph) for c in park.citations.all()} == {("", 3), ("kind", 4)}
    assert counts == {"new": 8, "changed": 0, "unchanged": 0, "kept": 0}


def test_a_second_load_changes_nothing_and_writes_no_history(tmp_path):
    load(tmp_path)
    before = Park.history.count()
    assert load(tmp_path) == {"new": 0, "changed": 0, "unchanged": 8, "kept": 0}
    assert Park.history.count() == before


def test_a_new_text_reaches_a_record_that_nobody_touched(tmp_path):
    load(tmp_path)
    counts = load(tmp_path, parks__park=[{**PARK, "summary": "新简介", "industries": []}])
    park = Park.objects.get(slug="island")
    assert (park.summary, park.industries.count()) == ("新简介", 0)
    assert counts["changed"] == 1
    assert park.history.first().history_change_reason == CHANGE_REASON


def test_an_edit_is_never_overwritten(tmp_path):
    load(tmp_path)
    park = Park.objects.get(slug="island")
    park.name = "工作人员改的名字"
    park.save()
    counts = load(tmp_path, parks__park=[{**PARK, "summary": "新简介"}])
    park.refresh_from_db()
    assert (park.name, park.summary) == ("工作人员改的名字", "")
    assert counts["kept"] == 1


def test_an_edit_of_relations_alone_is_never_overwritten(tmp_path):
    load(tmp_path)
    Park.objects.get(slug="island").industries.clear()
    load(tmp_path)
    assert Park.objects.get(slug="island").industries.count() == 0


def test_what_staff_deleted_does_not_come_back(tmp_path):
    load(tmp_path)
    Figure.objects.get().delete()
    Citation.objects.get(field="kind").delete()
    Park.objects.get(slug="island").delete()
    load(tmp_path)
    assert Park.objects.count() == Figure.objects.count() == 0
    assert Citation.objects.count() == 0


def test_a_renamed_address_does_not_make_a_twin(tmp_path):
    load(tmp_path)
    park = Park.objects.get(slug="island")
    park.slug = "future-island"
    park.save()
    load(tmp_path)
    assert [park.slug for park in Park.objects.all()] == ["future-island"]


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({**PARK, "industries": ["nowhere"]}, "nowhere"),
        ({**PARK, "kind": "castle"}, "kind"),
        ({**PARK, "colour": "red"}, "colour"),
        ({"name": "无代码"}, "slug"),
    ],
)
def test_a_fault_names_its_place_and_nothing_is_written(tmp_path, record, words):
    with pytest.raises(FixtureError) as caught:
        load(tmp_path, parks__park=[record])
    assert "parks.park.json, record 1" in str(caught.value)
    assert words in str(caught.value)
    assert Source.objects.count() == IndustryScheme.objects.count() == Industry.objects.count() == 0


def test_the_command_loads_the_site_twice_with_the_same_result(capsys):
    call_command("load_site")
    first = capsys.readouterr().out
    call_command("load_site")
    second = capsys.readouterr().out
    assert "changed=0 unchanged=0 kept=0" in first
    assert second.startswith("new=0 changed=0")
    assert District.objects.home().slug == "putuo"


def test_another_district_starts_with_content_of_its_own(settings, tmp_path, client):
    settings.FIXTURE_DIR = tmp_path
    district = {
        "slug": "shili",
        "name": "示例区",
        "name_en": "Example District",
        "level": "district",
        "is_home": True,
        "status": "published",
        "summary": "一句话。",
    }
    document = {"model": "parks.district", "records": [district]}
    (tmp_path / "10.json").write_text(json.dumps(document), encoding="utf-8")
    call_command("load_site", stdout=io.StringIO())
    assert [each.name for each in District.objects.all()] == ["示例区"]
    for address in ("/", "/parks/", "/en/", "/inquiries/new/"):
        page = client.get(address).text
        assert "示例区" in page or "Example District" in page
        assert not re.search("普陀|桃浦|putuo|taopu", page, re.IGNORECASE)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "Expecting property name"),
        ("[]".encode("utf-16"), "utf-8"),
        (b"[]", "list indices"),
        (b'{"model": "parks.castle", "records": []}', "castle"),
        (b'{"model": "parks.park"}', "records"),
    ],
)
def test_a_file_that_is_none_of_fixtures_is_named(settings, tmp_path, content, words):
    settings.FIXTURE_DIR = tmp_path
    (tmp_path / "10.json").write_bytes(content)
    with pytest.raises(CommandError, match=rf"^10\.json: .*{words}"):
        call_command("load_site")


def test_a_folder_of_fixtures_that_is_not_there_is_named(settings, tmp_path):
    settings.FIXTURE_DIR = tmp_path / "none"
    with pytest.raises(CommandError, match=r"FIXTURE_DIR 指定的文件夹不存在：.*/none"):
        call_command("load_site")
