"""Each criterion is absent, partial or full by its stated rule; nothing else is guessed."""

import datetime
import json
from io import StringIO

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.utils import timezone

from promotion.criteria import CRITERIA, score
from promotion.scoring import Level
from tests import factories as make

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
LONG_AGO = TODAY - datetime.timedelta(days=800)
REACHABLE = {"contact_name": "招商科", "phone": "021-1"}
FULL_SPACE = {"rent_cny_sqm_day": 3, "available_on": TODAY}


def level_of(key):
    return next(scored.level for scored in score() if scored.criterion.key == key)


def cited(record, **source):
    make.make_citation(record, source=make.make_source(**source))
    return record


def many(maker, count, **values):
    for _number in range(count):
        maker(**values)


def headline(count=1, *, is_cited=True):
    district = make.District.objects.home() or make.make_home(summary="简介")
    for _number in range(count):
        figure = make.make_figure(district, is_headline=True)
        if is_cited:
            cited(figure)


def figure(**values):
    return make.make_figure(make.make_park(), **values)


def talent(count):
    many(make.make_talent, count, company=make.make_company(), headcount=2)


# What is absent at first, then in part, then in full: each step is added to those before.
STEPS = {
    "sector_profiles": [
        lambda: make.make_industry(),
        lambda: make.make_scheme(summary="简介"),
        lambda: [
            model.objects.update(summary="简介") for model in (make.Industry, make.IndustryScheme)
        ],
    ],
    "talent": [
        lambda: make.make_talent(company=make.make_company(), closes_on=LONG_AGO, headcount=9),
        lambda: talent(4),
        lambda: talent(1),
    ],
    "properties": [
        lambda: make.make_space(),
        lambda: make.Park.objects.update(metro_access="11号线"),
        lambda: make.Space.objects.update(**FULL_SPACE),
    ],
    "procedures": [
        lambda: make.make_policy(eligibility="企业"),
        lambda: make.make_policy(eligibility="企业", url="https://example.com/"),
        lambda: make.Policy.objects.update(closes_on=TODAY),
    ],
    "incentives": [
        lambda: make.make_policy(issuer="某局", summary="长" * 121),
        lambda: make.make_policy(issuer="某局", summary="短"),
        lambda: make.Policy.objects.update(summary="短"),
    ],
    "employers": [
        lambda: make.make_tenancy(),
        lambda: make.Company.objects.update(staff_count=5),
        lambda: make.Tenancy.objects.update(started_on="2026"),
    ],
    "dated_figures": [
        lambda: figure(),
        lambda: figure(period="2022年"),
        lambda: make.Figure.objects.update(as_of="2022"),
    ],
    "complete": [
        lambda: make.make_park(),
        lambda: make.make_park(summary="简介"),
        lambda: make.Park.objects.update(summary="简介"),
    ],
    "comparable": [
        lambda: make.make_industry(),
        lambda: make.make_industry(code="C27"),
        lambda: [
            make.Industry.objects.update(code="C27"),
            make.make_company(unified_social_credit_code="91350100M000100Y43"),
        ],
    ],
    "source_and_year": [
        lambda: [
            cited(figure(period="2022年")),
            cited(figure(period="2022年"), published_on="2022", status="draft"),
            cited(figure(), published_on="2022"),
        ],
        lambda: cited(figure(period="2022年"), published_on="2022"),
        lambda: [
            make.Source.objects.update(date_note="推定", status="published"),
            make.Figure.objects.update(as_of="2022"),
        ],
    ],
    "clear_case": [
        lambda: [make.make_home(), headline(is_cited=False)],
        lambda: headline(2),
        lambda: [headline(1), make.District.objects.update(summary="简介")],
    ],
    "named_contact": [
        lambda: make.make_home(contact_name="招商科"),
        None,
        lambda: make.District.objects.update(**REACHABLE),
    ],
    "contacts_by_topic": [
        lambda: make.make_park(phone="021-1"),
        lambda: make.make_incubator(**REACHABLE),
        lambda: make.Park.objects.update(**REACHABLE),
    ],
    "proof": [
        lambda: make.make_recognition(level="municipal"),
        lambda: cited(make.make_recognition(awarded_by="某局")),
        lambda: cited(make.Recognition.objects.get(level="municipal")),
    ],
    "fresh_events": [
        lambda: make.make_event(starts_on=LONG_AGO.isoformat()),
        lambda: many(make.make_event, 2, starts_on=TODAY.isoformat()),
        lambda: make.make_event(starts_on=(TODAY + datetime.timedelta(days=9)).isoformat()),
    ],
    "foreign_language": [
        lambda: make.make_park(),
        lambda: make.make_park(name_en="Park"),
        lambda: make.Park.objects.update(name_en="Park"),
    ],
    "channels": [
        lambda: make.make_home(),
        lambda: make.make_privacy_notice(),
        lambda: make.District.objects.update(phone="021-1", email="desk@example.org"),
    ],
    "acknowledged": [
        lambda: make.make_inquiry(),
        lambda: make.make_inquiry(mail_status="sent", reply_working_days=3),
        lambda: make.Inquiry.objects.update(mail_status="sent", reply_working_days=3),
    ],
    "tracked": [None, None, lambda: make.make_inquiry()],
    "deadlines": [
        lambda: make.make_inquiry(),
        lambda: make.make_inquiry(reply_working_days=3),
        lambda: make.Inquiry.objects.update(reply_working_days=3),
    ],
    "followed_up": [
        lambda: make.make_inquiry(),
        lambda: make.make_inquiry(is_handled=True),
        lambda: make.Inquiry.objects.update(is_handled=True),
    ],
}
ENQUIRIES = {"acknowledged", "tracked", "deadlines", "followed_up"}


@pytest.mark.parametrize("key", STEPS)
def test_a_criterion_is_absent_then_partial_then_full(key):
    assert level_of(key) == (Level.UNSCORED if key in ENQUIRIES else Level.ABSENT)
    for step, level in zip(STEPS[key], (Level.ABSENT, Level.PARTIAL, Level.FULL), strict=True):
        if step:
            step()
            assert level_of(key) == level


def test_every_criterion_with_a_rule_over_the_data_is_tested():
    assert {criterion.key for criterion in CRITERIA if criterion.checks} == set(STEPS)


def test_what_no_rule_over_the_data_tells_is_not_guessed():
    make.make_park()
    for scored in score():
        if not scored.criterion.checks:
            assert scored.level == Level.UNSCORED


@pytest.mark.parametrize("key", sorted(set(STEPS) - ENQUIRIES))
def test_drafts_raise_no_score(key):
    make.make_home(status="draft", summary="简介", email="a@example.org", **REACHABLE)
    make.make_sitepage(slug="privacy", status="draft")
    park = make.make_park(status="draft", metro_access="11号线", name_en="Park", **REACHABLE)
    make.make_space(park=park, status="draft", **FULL_SPACE)
    make.make_industry(status="draft", scheme=make.make_scheme(status="draft"), code="C27")
    cited(make.make_figure(park, period="2022年", is_headline=True), status="draft")
    cited(make.make_recognition(park=park, level="municipal"), status="draft")
    make.make_event(status="draft", starts_on=TODAY.isoformat())
    make.make_policy(status="draft", eligibility="企业", url="https://example.com/", issuer="某局")
    make.make_tenancy(company=make.make_company(status="draft", staff_count=5), started_on="2026")
    make.make_talent(status="draft", park=park, headcount=3)
    assert level_of(key) == Level.ABSENT


def test_the_command_prints_levels_rules_and_what_would_raise_them():
    park = make.make_park(name="某园")
    out = StringIO()
    call_command("score_site", stdout=out)
    text = out.getvalue()
    assert "absent    内容 · 载体：用途与交通 (0/1, 0/0)" in text
    assert "每个已公开的园区写明轨道交通" in text
    assert f"→ 某园：轨道交通 /admin/parks/park/{park.pk}/change/#id_metro_access" in text
    assert text.splitlines()[-1].startswith("full=0 partial=0 absent=")
    out = StringIO()
    call_command("score_site", "--json", stdout=out)
    rows = {row["key"]: row for row in json.loads(out.getvalue())}
    assert len(rows) == len(CRITERIA)
    assert rows["properties"]["rule_en"].startswith("Every public park states its metro access")
    assert rows["properties"]["checks"][0] == {"met": 0, "total": 1, "enough": 1}


def test_the_page_shows_both_languages_and_leads_to_the_field(client, django_user_model):
    park = make.make_park(name="某园")
    make.make_event(name="某活动")
    user = django_user_model.objects.create_user("viewer", password="pw", is_staff=True)
    client.force_login(user)
    assert client.get("/admin/score/").status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="view_park"))
    text = client.get("/admin/score/").text
    assert f'<a href="/admin/parks/park/{park.pk}/change/#id_metro_access">某园</a>' in text
    assert "每个已公开的园区写明轨道交通" in text
    assert "Every public park states its metro access" in text
    assert "某活动" not in text
    assert "/admin/promotion/event/" not in text
