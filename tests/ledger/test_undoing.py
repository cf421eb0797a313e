"""Undoing a merge: everything as it was, or a reason that names what changed."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from companies.models import Company, Tenancy
from parks.models import Park
from promotion.reference.ledger.merging import (
    OBSTACLES_TOLD,
    merge,
    undo_merge,
)
from promotion.reference.models import Merge
from tests import factories
from tests.ledger.world import (
    refusal,
    two_parks,
)
from tests.reference.test_pictures import picture_bytes

pytestmark = pytest.mark.django_db


def test_what_changed_since_is_named():
    kept, gone = two_parks()
    tenancy = factories.make_tenancy(company=factories.make_company(name="某企业"), park=gone)
    made = merge(Park, kept.pk, gone.pk)
    tenancy.refresh_from_db()
    tenancy.note = "新的"
    tenancy.save()
    told = refusal(undo_merge, made.pk)
    assert "某企业" in told
    assert "说明" in told
    tenancy.delete()
    assert "已被删除" in refusal(undo_merge, made.pk)


def test_of_many_changes_as_many_are_named_as_can_be_read():
    kept, gone = two_parks()
    for _number in range(OBSTACLES_TOLD + 3):
        factories.make_tenancy(company=factories.make_company(), park=gone)
    made = merge(Park, kept.pk, gone.pk)
    Tenancy.objects.update(note="新的")
    told = refusal(undo_merge, made.pk)
    assert told.count("在合并之后又有改动") == OBSTACLES_TOLD


def test_a_relation_taken_away_since_is_named():
    industry = factories.make_industry()
    kept = factories.make_company(name="甲")
    gone = factories.make_company(name="乙", industries=[industry])
    made = merge(Company, kept.pk, gone.pk)
    kept.industries.clear()
    assert "“甲”" in refusal(undo_merge, made.pk)


def test_an_address_taken_since_is_named():
    kept, gone = two_parks()
    made = merge(Park, kept.pk, gone.pk)
    factories.make_park(name="新来的", slug=gone.slug)
    told = refusal(undo_merge, made.pk)
    assert "新来的" in told
    assert "kangjian-plaza" in told


def test_what_a_row_pointed_at_and_is_gone_is_named():
    kept, gone = factories.make_company(), factories.make_company()
    park = factories.make_park()
    for company in (kept, gone):
        factories.make_tenancy(company=company, park=park)
    made = merge(Company, kept.pk, gone.pk)
    park.delete()
    assert "不能撤销合并" in refusal(undo_merge, made.pk)


def test_rows_added_since_stay_with_what_stays():
    kept, gone = two_parks()
    made = merge(Park, kept.pk, gone.pk)
    added = factories.make_tenancy(park=kept)
    undo_merge(made.pk)
    added.refresh_from_db()
    assert added.park == kept


def test_a_merge_is_undone_once_and_can_be_done_again():
    kept, gone = two_parks()
    made = merge(Park, kept.pk, gone.pk)
    undo_merge(made.pk)
    assert "已经撤销过" in refusal(undo_merge, made.pk)
    merge(Park, kept.pk, gone.pk)
    assert Merge.objects.count() == 2


def test_a_picture_taken_over_outlives_the_undoing():
    upload = SimpleUploadedFile("a.png", picture_bytes())
    kept, gone = two_parks(picture=upload, picture_alt="园区正门")
    name = gone.picture.name
    made = merge(Park, kept.pk, gone.pk)
    kept.refresh_from_db()
    assert (kept.picture.name, kept.picture_alt) == (name, "园区正门")
    undo_merge(made.pk)
    gone.refresh_from_db()
    kept.refresh_from_db()
    assert gone.picture.storage.exists(gone.picture.name)
    assert not kept.picture


def test_a_citation_whose_phrase_is_gone_from_the_text_since_is_named():
    kept, gone = two_parks()
    source = factories.make_source()
    factories.make_text(source, "康建广场，又名康建商务广场")
    factories.make_citation(kept, source=source, excerpt="康建广场")
    factories.make_citation(gone, source=source, excerpt="康建商务广场")
    made = merge(Park, kept.pk, gone.pk)
    factories.make_text(source, "康建广场")
    told = refusal(undo_merge, made.pk)
    assert "康建商务广场" in told
    assert "存入的原文里找不到这个短语" in told
    factories.make_text(source, "康建广场，又名康建商务广场")
    undo_merge(made.pk)
    assert gone.citations.get().excerpt == "康建商务广场"
