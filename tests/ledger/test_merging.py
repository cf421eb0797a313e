"""Making one record of two: every relation moves, nothing is lost, and all of it can be undone."""

import json
import threading

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from companies.models import Company, Tenancy
from parks.models import Park
from promotion.models import Event, Inquiry
from promotion.reference.ledger.duplicates import compared_models
from promotion.reference.ledger.merging import (
    OBSTACLES_TOLD,
    merge,
    state_of,
    undo_merge,
)
from promotion.reference.ledger.refusals import MergeRefusedError
from promotion.reference.models import Merge, Source, Submission
from promotion.reference.vocabulary import OPEN_STAGES, ReviewStage
from tests import factories
from tests.ledger.test_duplicates import credit_code
from tests.ledger.world import (
    everything,
    expected_target,
    make_pointing,
    pointing_fields,
    refusal,
    target_of,
    two_parks,
)
from tests.test_admin import make_row

pytestmark = pytest.mark.django_db


# Moving


@pytest.mark.parametrize("model", compared_models(), ids=lambda model: model._meta.label)
def test_every_relation_moves_and_comes_back(model):
    kept, gone = make_row(model), make_row(model)
    pointing = [
        (field, make_pointing(table, field, gone)) for table, field in pointing_fields(model)
    ]
    assert pointing
    before = everything()
    made = merge(model, kept.pk, gone.pk)
    assert not model.objects.filter(pk=gone.pk).exists()
    for field, row in pointing:
        row.refresh_from_db()
        assert target_of(row, field) == expected_target(kept, field), (row._meta.label, field.name)
    undo_merge(made.pk)
    assert everything() == before


@pytest.mark.parametrize("model", compared_models(), ids=lambda model: model._meta.label)
def test_what_a_record_points_at_itself_comes_back(model):
    kept, gone = make_row(model), make_row(model)
    for field in model._meta.many_to_many:
        if field.remote_field.through._meta.auto_created:
            shared, own = make_row(field.related_model), make_row(field.related_model)
            getattr(kept, field.name).set([shared])
            getattr(gone, field.name).set([shared, own])
    before = everything()
    made = merge(model, kept.pk, gone.pk)
    for field in model._meta.many_to_many:
        if field.remote_field.through._meta.auto_created:
            assert getattr(kept, field.name).count() == 2
    undo_merge(made.pk)
    assert everything() == before


def test_the_history_tells_of_the_merge_and_of_its_undoing():
    industry = factories.make_industry()
    kept = factories.make_company(name="甲")
    gone = factories.make_company(name="乙", industries=[industry])
    program = factories.make_program(companies=[gone])
    tenancy = factories.make_tenancy(company=gone)
    user = User.objects.create(username="u", is_superuser=True)
    made = merge(Company, kept.pk, gone.pk, user=user, reason="同一家")
    told = [
        kept.history.first(),
        Company.history.filter(id=gone.pk).first(),
        program.history.first(),
        tenancy.history.first(),
    ]
    assert [entry.history_type for entry in told] == ["~", "-", "~", "~"]
    assert {entry.history_change_reason for entry in told} == {f"合并 #{made.pk}：同一家"}
    assert {entry.history_user for entry in told} == {user}
    assert [row.industry_id for row in told[0].industries.all()] == [industry.pk]
    assert [row.company_id for row in told[2].companies.all()] == [kept.pk]
    undo_merge(made.pk, user)
    told = [
        kept.history.first(),
        Company.history.filter(id=gone.pk).first(),
        program.history.first(),
        tenancy.history.first(),
    ]
    assert [entry.history_type for entry in told] == ["~", "+", "~", "~"]
    assert {entry.history_change_reason for entry in told} == {f"撤销合并 #{made.pk}"}
    assert [row.industry_id for row in told[1].industries.all()] == [industry.pk]
    assert list(told[0].industries.all()) == []
    assert [row.company_id for row in told[2].companies.all()] == [gone.pk]


def test_what_stays_is_found_by_the_other_name():
    kept, gone = two_parks(name_en="Kangjian Business Plaza", aliases="老康建")
    merge(Park, kept.pk, gone.pk)
    kept.refresh_from_db()
    assert kept.alias_list == ["康建商务广场", "老康建"]
    assert kept.name_en == "Kangjian Business Plaza"
    assert list(Park.objects.matching("kangjianshangwu")) == [kept]


def test_what_is_empty_is_filled_and_a_translation_stays_with_its_text():
    kept, gone = two_parks(address="真北路", summary="另一段", summary_en="Another text")
    Park.objects.filter(pk=kept.pk).update(summary="一段")
    merge(Park, kept.pk, gone.pk)
    kept.refresh_from_db()
    assert (kept.address, kept.summary, kept.summary_en) == ("真北路", "一段", "")


def test_staff_choose_what_is_said_where_the_two_differ():
    kept, gone = two_parks(summary="另一段", summary_en="Another text", address="甲路")
    Park.objects.filter(pk=kept.pk).update(summary="一段", address="乙路")
    made = merge(Park, kept.pk, gone.pk, taken={"summary", "name"})
    kept.refresh_from_db()
    assert (made.kept_name, made.gone_name) == (kept.name, "康建商务广场")
    assert (kept.summary, kept.summary_en, kept.address) == ("另一段", "Another text", "乙路")
    assert (kept.name, kept.aliases, kept.slug) == ("康建商务广场", "康建广场", "kangjian")


def test_a_source_never_stands_behind_a_value_that_it_does_not_give():
    kept, gone = two_parks(address="甲路")
    Park.objects.filter(pk=kept.pk).update(address="乙路")
    ours = factories.make_citation(kept, field="address", excerpt="乙路")
    theirs = factories.make_citation(gone, field="address", excerpt="甲路")
    naming = factories.make_citation(gone, field="name", excerpt="康建商务广场")
    merge(Park, kept.pk, gone.pk)
    assert set(kept.citations.values_list("pk", "field", "stated_value")) == {
        (ours.pk, "address", ""),
        (theirs.pk, "address", "甲路"),
        (naming.pk, "aliases", ""),
    }


def test_what_is_given_up_of_the_one_that_stays_is_stated_by_its_sources():
    kept, gone = two_parks(address="甲路")
    Park.objects.filter(pk=kept.pk).update(address="乙路")
    ours = factories.make_citation(kept, field="address", excerpt="乙路")
    theirs = factories.make_citation(gone, field="address", excerpt="甲路")
    merge(Park, kept.pk, gone.pk, taken={"address"})
    assert set(kept.citations.values_list("pk", "stated_value")) == {
        (ours.pk, "乙路"),
        (theirs.pk, ""),
    }


def test_what_a_source_states_otherwise_it_goes_on_stating():
    kept, gone = two_parks(address="甲路")
    Park.objects.filter(pk=kept.pk).update(address="乙路")
    factories.make_citation(gone, field="address", stated_value="丙路")
    merge(Park, kept.pk, gone.pk)
    assert kept.citations.get().stated_value == "丙路"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ({"address": "甲路", "operator": "甲公司"}, {"address": "乙路", "operator": "乙公司"}),
        # Both languages of a text are kept or given up together.
        (
            {"summary": "某园一段。", "summary_en": "One text."},
            {"summary": "某园另一段。", "summary_en": "Another text."},
        ),
    ],
)
def test_one_place_behind_two_values_that_are_not_kept_supports_the_record_once(theirs, ours):
    kept, gone = two_parks(**theirs)
    for name, value in ours.items():
        setattr(kept, name, value)
    kept.save()
    source = factories.make_source()
    for park in (kept, gone):
        for field in ours:
            factories.make_citation(park, field=field, source=source)
    before = everything()
    made = merge(Park, kept.pk, gone.pk)
    assert sorted(kept.citations.values_list("field", flat=True)) == ["", *ours]
    undo_merge(made.pk)
    assert everything() == before


def test_one_place_cannot_stand_behind_two_values():
    kept, gone = two_parks(address="甲路")
    Park.objects.filter(pk=kept.pk).update(address="乙路")
    source = factories.make_source()
    ours = factories.make_citation(kept, field="address", source=source)
    theirs = factories.make_citation(gone, field="address", source=source)
    before = everything()
    made = merge(Park, kept.pk, gone.pk)
    assert set(kept.citations.values_list("pk", "field", "stated_value")) == {
        (ours.pk, "address", ""),
        (theirs.pk, "", ""),
    }
    undo_merge(made.pk)
    assert everything() == before


@pytest.mark.parametrize("excerpt", ["康建", "康建商务"])
def test_a_place_cited_by_both_is_cited_once(excerpt):
    kept, gone = two_parks()
    source = factories.make_source()
    ours = factories.make_citation(kept, source=source, paragraph=3, excerpt="康建")
    factories.make_citation(gone, source=source, paragraph=3, excerpt=excerpt)
    before = everything()
    made = merge(Park, kept.pk, gone.pk)
    assert list(kept.citations.values_list("pk", "excerpt")) == [(ours.pk, "康建")]
    undo_merge(made.pk)
    assert everything() == before


def test_a_place_that_says_two_things_is_named():
    kept, gone = two_parks()
    source = factories.make_source()
    place = {"source": source, "field": "site_area_sqm"}
    factories.make_citation(kept, **place, stated_value="100")
    factories.make_citation(gone, **place, stated_value="200")
    assert "该文写作" in refusal(merge, Park, kept.pk, gone.pk)


def test_rows_that_say_the_same_become_one_with_their_citations():
    kept, gone = factories.make_company(), factories.make_company()
    park, source = factories.make_park(), factories.make_source()
    ours = factories.make_tenancy(company=kept, park=park)
    theirs = factories.make_tenancy(company=gone, park=park)
    factories.make_citation(theirs, source=source, excerpt="入驻")
    same = [factories.make_figure(each, label="面积", value=5) for each in (kept, gone)]
    factories.make_citation(same[1], source=source, paragraph=2)
    before = everything()
    made = merge(Company, kept.pk, gone.pk)
    assert list(Tenancy.objects.all()) == [ours]
    assert ours.citations.get().excerpt == "入驻"
    assert list(kept.figures.all()) == [same[0]]
    assert same[0].citations.count() == 1
    undo_merge(made.pk)
    assert everything() == before


def test_a_code_that_one_alone_holds_passes_to_what_stays():
    kept = factories.make_company(name="甲")
    gone = factories.make_company(name="乙", unified_social_credit_code=credit_code("MA0000001"))
    before = everything()
    made = merge(Company, kept.pk, gone.pk)
    kept.refresh_from_db()
    assert kept.unified_social_credit_code == credit_code("MA0000001")
    undo_merge(made.pk)
    assert everything() == before


def test_a_journal_holds_nothing_of_what_a_visitor_wrote():
    kept, gone = factories.make_industry(), factories.make_industry()
    inquiry = factories.make_inquiry(industry=gone, contact_name="来访人")
    made = merge(type(kept), kept.pk, gone.pk)
    assert "来访人" not in json.dumps(made.journal, ensure_ascii=False)
    inquiry.delete()
    undo_merge(made.pk)
    assert not Inquiry.objects.exists()


# The address


def test_the_old_address_leads_to_the_new_for_good(client):
    kept, gone = two_parks()
    made = merge(Park, kept.pk, gone.pk)
    for prefix in ("", "/en"):
        response = client.get(f"{prefix}/parks/kangjian-plaza/")
        assert (response.status_code, response["Location"]) == (301, f"{prefix}/parks/kangjian/")
        assert "max-age=3600" in response["Cache-Control"]
    third = factories.make_park(slug="third")
    second = merge(Park, third.pk, kept.pk)
    assert client.get("/parks/kangjian-plaza/")["Location"] == "/parks/third/"
    Park.objects.filter(pk=third.pk).update(status="draft")
    assert client.get("/parks/kangjian-plaza/").status_code == 404
    Park.objects.filter(pk=third.pk).update(status="published")
    undo_merge(second.pk)
    undo_merge(made.pk)
    assert client.get("/parks/kangjian-plaza/").status_code == 200
    assert client.get("/parks/nowhere/").status_code == 404


def test_fixtures_that_name_the_old_address_still_load():
    call_command("load_site", verbosity=0)
    kept = factories.make_park(name="另一个")
    tenant = Tenancy.objects.select_related("park").first()
    merge(Park, kept.pk, tenant.park_id)
    before = everything()
    call_command("load_site", verbosity=0)
    assert everything() == before


# Refused


def test_two_codes_are_two_companies():
    kept, gone = (
        factories.make_company(unified_social_credit_code=credit_code(f"MA000000{number}"))
        for number in (1, 2)
    )
    told = refusal(merge, Company, kept.pk, gone.pk)
    assert "统一社会信用代码" in told
    assert "请先改正那条记录" in told


@pytest.mark.parametrize("stage", OPEN_STAGES)
@pytest.mark.parametrize("of", [0, 1])
def test_what_waits_for_review_is_decided_first(of, stage):
    parks = two_parks()
    asked = Submission.objects.create(
        subject=parks[of],
        label="某园",
        changes=[{}],
        made_at=timezone.now(),
        stage=stage,
        reason="不对",
    )
    with pytest.raises(MergeRefusedError) as caught:
        merge(Park, *[park.pk for park in parks])
    (obstacle,) = caught.value.obstacles
    assert str(obstacle) == f"“{parks[of].name}”有待审的改动，请先审核或撤回，再合并。"
    assert (obstacle.model, obstacle.pk) == (Park, parks[of].pk)
    asked.stage = ReviewStage.WITHDRAWN
    asked.save()
    assert merge(Park, *[park.pk for park in parks])


def test_a_draft_that_waits_is_merged_and_goes_on_waiting():
    kept, gone = two_parks(status="in_review")
    asked = Submission.objects.create(subject=gone, label="某园", made_at=timezone.now())
    merge(Park, kept.pk, gone.pk)
    asked.refresh_from_db()
    assert asked.subject == kept


def test_rows_that_differ_are_named():
    kept, gone = factories.make_company(), factories.make_company()
    park = factories.make_park(name="某园")
    factories.make_tenancy(company=kept, park=park, started_on="2020")
    factories.make_tenancy(company=gone, park=park, started_on="2021")
    told = refusal(merge, Company, kept.pk, gone.pk)
    assert "某园" in told
    # Not by what the system notes of each, which differs always.
    assert "它们的开始日期不同" in told
    assert "请先把两条改成一致" in told


def test_a_row_that_would_point_at_itself_is_named_with_its_page():
    gone = factories.make_company(name="某集团")
    kept = factories.make_company(name="某企业", parent=gone)
    with pytest.raises(MergeRefusedError) as caught:
        merge(Company, kept.pk, gone.pk)
    (obstacle,) = caught.value.obstacles
    assert "“某企业”不能改指保留的记录：企业不能是自己的上级集团。" in str(obstacle)
    assert (obstacle.model, obstacle.pk) == (Company, kept.pk)


def test_what_two_records_say_together_keeps_to_the_rules():
    kept = factories.make_event(starts_on="2024-05-01", ends_on="")
    gone = factories.make_event(starts_on="", ends_on="2024-04-01")
    told = refusal(merge, Event, kept.pk, gone.pk)
    assert told == "“结束日期”：结束日期不能早于开始日期。"


def test_of_many_rows_that_differ_as_many_are_named_as_can_be_read():
    kept, gone = factories.make_company(), factories.make_company()
    for number in range(OBSTACLES_TOLD + 5):
        park = factories.make_park(name=f"园区{number}")
        for company, day in ((kept, "2020"), (gone, "2021")):
            factories.make_tenancy(company=company, park=park, started_on=day)
    told = refusal(merge, Company, kept.pk, gone.pk)
    assert told.count("请先把两条改成一致") == OBSTACLES_TOLD


def test_what_the_database_refuses_changes_nothing():
    kept, gone = two_parks()
    made = merge(Park, kept.pk, gone.pk)
    undo_merge(made.pk)
    # As if somebody had merged the same record at this very moment.
    Merge.objects.filter(pk=made.pk).update(undone_at=None)
    assert "请再试一次" in refusal(merge, Park, kept.pk, gone.pk)


def test_a_long_reason_is_cut_and_who_undoes_is_noted():
    kept, gone = two_parks()
    user = User.objects.create(username="u", is_superuser=True)
    made = merge(Park, kept.pk, gone.pk, reason="因" * 100)
    assert made.reason == "因" * 60
    undo_merge(made.pk, user)
    made.refresh_from_db()
    assert made.undone_by == user


def test_a_row_that_may_not_point_there_is_named():
    kept = factories.make_company(name="甲")
    gone = factories.make_company(name="乙")
    Company.objects.filter(pk=kept.pk).update(parent=gone)
    assert "企业不能是自己的上级集团" in refusal(merge, Company, kept.pk, gone.pk)


def test_a_merge_decided_on_an_old_page_is_refused():
    kept, gone = two_parks()
    seen = state_of(kept, gone)
    gone.summary = "新写的"
    gone.save()
    assert "请核对新的内容" in refusal(merge, Park, kept.pk, gone.pk, seen=seen)


def test_a_record_is_not_merged_with_itself_or_with_nothing():
    kept, _gone = two_parks()
    assert "不能与自己合并" in refusal(merge, Park, kept.pk, kept.pk)
    assert "已经不在了" in refusal(merge, Park, kept.pk, 10**6)


def test_too_many_names_are_refused():
    kept, gone = two_parks(aliases="、".join(f"别名{number:03}" for number in range(49)))
    Park.objects.filter(pk=kept.pk).update(aliases="、".join(f"旧名{n}" for n in range(20)))
    assert "别名" in refusal(merge, Park, kept.pk, gone.pk)


def test_merging_and_undoing_need_the_right_to_change_and_to_delete():
    kept, gone = two_parks()
    user = User.objects.create(username="u")
    user.user_permissions.add(Permission.objects.get(codename="change_park"))
    assert "修改和删除的权限" in refusal(merge, Park, kept.pk, gone.pk, user=user)
    made = merge(Park, kept.pk, gone.pk)
    assert "修改和删除的权限" in refusal(undo_merge, made.pk, user)


def editor_without_publishing():
    user = User.objects.create(username="u")
    user.user_permissions.add(
        *Permission.objects.filter(codename__in=["change_park", "delete_park"])
    )
    return user


def test_drafts_are_merged_without_the_right_to_publish():
    kept, gone = two_parks(status="draft")
    Park.objects.filter(pk=kept.pk).update(status="draft")
    factories.make_tenancy(park=gone)
    factories.make_citation(factories.make_figure(gone))
    user = editor_without_publishing()
    made = merge(Park, kept.pk, gone.pk, user=user)
    undo_merge(made.pk, user)


def test_what_would_be_public_again_comes_back_only_with_the_right_to_publish():
    kept, gone = two_parks()
    Park.objects.filter(pk=kept.pk).update(status="draft")
    made = merge(Park, kept.pk, gone.pk)
    told = refusal(undo_merge, made.pk, editor_without_publishing())
    assert "已公开或将公开的园区“康建商务广场”" in told


def test_what_the_public_reads_is_taken_apart_only_with_the_right_to_publish():
    kept, gone = two_parks(status="draft")
    tenancy = factories.make_tenancy(park=gone)
    made = merge(Park, kept.pk, gone.pk)
    told = refusal(undo_merge, made.pk, editor_without_publishing())
    assert "已公开或将公开的" in told
    tenancy.refresh_from_db()
    assert tenancy.park == kept


@pytest.mark.parametrize("public", ["kept", "gone"])
def test_what_is_public_or_is_to_be_is_merged_only_with_the_right_to_publish(public):
    kept, gone = two_parks()
    draft = {"kept": gone, "gone": kept}[public]
    Park.objects.filter(pk=draft.pk).update(status="draft")
    Park.objects.exclude(pk=draft.pk).update(publish_at="2999-01-01T00:00Z")
    told = refusal(merge, Park, kept.pk, gone.pk, user=editor_without_publishing())
    assert "要有发布的权限" in told


def test_drafts_that_a_public_record_names_are_merged_only_with_the_right_to_publish():
    kept, gone = two_parks(status="draft")
    Park.objects.filter(pk=kept.pk).update(status="draft")
    factories.make_recognition(park=gone, name="公开的荣誉")
    told = refusal(merge, Park, kept.pk, gone.pk, user=editor_without_publishing())
    assert "公开的荣誉" in told


def test_a_source_whose_text_is_stored_stays():
    kept = factories.make_source(name="某报道")
    gone = factories.make_text(factories.make_source(name="某报导"), "第一段。")
    assert "存有存档原文" in refusal(merge, Source, kept.pk, gone.pk)
    merge(Source, gone.pk, kept.pk)
    assert gone.text_paragraphs.count() == 1


# At the same time


@pytest.mark.django_db(transaction=True)
def test_of_two_merges_at_once_one_is_refused():
    kept, gone = two_parks()
    factories.make_tenancy(park=gone)
    other = factories.make_park()
    barrier, outcomes = threading.Barrier(2), []

    def run(target):
        try:
            barrier.wait()
            merge(Park, target, gone.pk)
            outcomes.append("merged")
        except MergeRefusedError:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[each.pk]) for each in (kept, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["merged", "refused"]
    assert Merge.objects.count() == 1
    assert Tenancy.objects.get().park_id == Merge.objects.get().kept_id
