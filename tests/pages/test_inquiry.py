"""The form of an enquiry: what it asks, what it comes with, what it agrees to."""

import pytest
from django.test import Client

from parks.models import Park
from promotion.models import Inquiry, SitePage
from tests.factories import (
    make_company,
    make_industry,
    make_park,
    make_space,
)
from tests.forms import read_form
from tests.pages.enquiring import ADDRESS, TYPED, errors, open_form, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice")]


def test_an_enquiry_is_kept_with_everything_that_was_typed(client, notice):
    industry = make_industry()
    response = send(
        client,
        country="DE",
        industry=industry.slug,
        other_industry="其他",
        floor_area_min_sqm="200",
        floor_area_max_sqm="500",
        headcount="30",
        timing="quarter",
        phone="+86 21 0000 0000",
        language="en",
    )
    inquiry = Inquiry.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/inquiries/{inquiry.number}/")
    assert inquiry.organisation == "某某科技有限公司"
    assert (inquiry.country.code, inquiry.industry, inquiry.other_industry) == (
        "DE",
        industry,
        "其他",
    )
    assert (inquiry.sought, inquiry.timing, inquiry.language) == ("office", "quarter", "en")
    assert (inquiry.floor_area_min_sqm, inquiry.floor_area_max_sqm) == (200, 500)
    assert (inquiry.headcount, inquiry.phone) == (30, "+86 21 0000 0000")
    assert (inquiry.contact_name, inquiry.email) == ("王某某", "wang@example.com")
    assert inquiry.message == "想找一层办公楼"
    assert (inquiry.is_handled, inquiry.note) == (False, "")


def test_the_least_that_is_asked_for_is_enough(client):
    assert send(client, email="", phone="021 0000", message="").status_code == 302


@pytest.mark.parametrize("name", ["organisation", "sought", "contact_name", "language"])
def test_what_is_needed_is_asked_for_beside_its_field(client, name):
    response = send(client, **{name: ""})
    assert list(errors(response)) == [name]
    text = response.content.decode()
    assert f'<ul class="errorlist" id="id_{name}_error">' in text
    assert f'<a href="#id_{name}">' in text
    assert not Inquiry.objects.exists()


def test_some_way_to_answer_is_needed(client):
    assert errors(send(client, email="")) == {"email": ["请至少填写邮箱或电话，以便答复您。"]}


@pytest.mark.parametrize(
    ("name", "typed"), [("email", "abc"), ("email", "a b@example.com"), ("phone", "1" * 61)]
)
def test_a_way_to_answer_that_is_refused_was_given_all_the_same(client, name, typed):
    form = {"email": "", "phone": "", name: typed}
    (found,) = errors(send(client, **form)).values()
    assert len(found) == 1
    assert "请至少填写" not in found[0]


def test_a_mistyped_mail_address_is_told_in_plain_words(client):
    assert errors(send(client, email="abc")) == {"email": ["请填写有效的邮箱地址。"]}


def test_the_ways_to_answer_are_described_by_what_is_asked_of_them(client):
    text = client.get(ADDRESS).text
    assert '<fieldset aria-describedby="id_answer_helptext">' in text
    assert '<p class="field-help" id="id_answer_helptext">邮箱和电话至少填写一项。</p>' in text


def test_an_area_cannot_end_before_it_begins(client):
    response = send(client, floor_area_min_sqm="500", floor_area_max_sqm="200")
    assert errors(response) == {"floor_area_max_sqm": ["面积上限不能小于面积下限。"]}


def test_the_box_of_consent_is_never_ticked_beforehand(client):
    assert "consent" not in open_form(client)
    response = send(client, consent="")
    assert list(errors(response)) == ["consent"]
    assert "consent" not in read_form(response, "inquiry")


def test_the_version_agreed_to_is_the_one_that_the_form_showed(client, notice):
    form = open_form(client)
    notice.body = "改过的说明"
    notice.save()
    send(client, form=form)
    send(client)
    newer, older = Inquiry.objects.all()
    assert older.privacy_version.body == "测试正文"
    assert newer.privacy_version.body == "改过的说明"


def test_a_version_agreed_to_outlives_the_page(client, notice):
    send(client)
    notice.delete()
    assert Inquiry.objects.get().privacy_version.body == "测试正文"


def test_without_a_public_notice_there_is_no_form(client):
    form = open_form(client)
    SitePage.objects.update(status="draft")
    assert 'id="inquiry"' not in client.get(ADDRESS).content.decode()
    assert "在线表单不开放" in send(client, form=form).content.decode()
    assert not Inquiry.objects.exists()


def test_what_was_typed_is_kept_when_something_is_wrong(client):
    park = make_park(slug="park")
    address = f"{ADDRESS}?park=park"
    form = {**open_form(client, address), "about": []}
    kept = read_form(send(client, address, form, email="wrong", message="<b>一\n二"), "inquiry")
    assert kept["message"] == ["<b>一\n二"]
    assert kept["email"] == ["wrong"]
    assert kept["consent"] == ["on"]
    assert kept["ticket"] == form["ticket"]
    assert "about" not in kept
    assert park.name in client.get(address).content.decode()


def test_a_form_comes_with_the_records_that_its_address_names(client):
    park, other, company = make_park(slug="a"), make_park(slug="b"), make_company(slug="c")
    space = make_space(slug="s")
    make_park(slug="draft", status="draft")
    address = f"{ADDRESS}?park=a&park=b&company=c&space=s&park=draft&park=none&x=y"
    form = open_form(client, address)
    everything = [
        f"park-{park.pk}",
        f"park-{other.pk}",
        f"company-{company.pk}",
        f"space-{space.pk}",
    ]
    assert sorted(form["about"]) == sorted(everything)
    form["about"] = [f"park-{other.pk}", f"company-{company.pk}"]
    send(client, address, form)
    subjects = Inquiry.objects.get().subjects.all()
    assert {subject.record for subject in subjects} == {other, company}
    assert {subject.name for subject in subjects} == {other.name, company.name}


def test_a_form_about_nothing_in_particular_offers_nothing_to_untick(client):
    assert "不需要的可以取消勾选" not in client.get(ADDRESS).text


def test_the_form_comes_before_the_contact(client):
    page = client.get(ADDRESS).text
    assert page.index('id="inquiry"') < page.index('id="contact"')


def test_a_form_comes_with_the_needs_that_its_address_names(client):
    industry, park = make_industry(slug="asked"), make_park(slug="some-park")
    needs = "use=laboratory&area_sqm=800&team_size=30&stage=start_up"
    address = f"{ADDRESS}?park=some-park&industry=asked&{needs}"
    form = open_form(client, address)
    assert form["industry"] == ["asked"]
    assert form["sought"] == ["laboratory"]
    assert form["floor_area_min_sqm"] == ["800"]
    assert form["headcount"] == ["30"]
    assert form["message"] == ["企业所处阶段：初创期"]
    send(client, address, form, sought="laboratory")
    inquiry = Inquiry.objects.get()
    assert inquiry.industry == industry
    assert [subject.record for subject in inquiry.subjects.all()] == [park]


def test_needs_that_are_not_understood_are_left_out(client):
    make_industry(slug="draft", status="draft")
    for industry in ("draft", "none", "%00", "x" * 300):
        form = open_form(
            client, f"{ADDRESS}?industry={industry}&use=castle&area_sqm=-1&stage=x&team_size=no"
        )
        for name in ("industry", "sought", "floor_area_min_sqm", "headcount", "message"):
            assert form[name] == [""], name


def test_an_industry_that_is_not_offered_is_refused(client):
    make_industry(slug="draft", status="draft")
    for industry in ("draft", "none", "\0"):
        assert list(errors(send(client, industry=industry))) == ["industry"]


def test_a_record_withdrawn_meanwhile_is_left_out(client):
    make_park(slug="a")
    form = open_form(client, f"{ADDRESS}?park=a")
    Park.objects.update(status="draft")
    assert send(client, f"{ADDRESS}?park=a", form).status_code == 302
    assert not Inquiry.objects.get().subjects.exists()


def test_every_page_of_a_record_leads_to_the_form_about_it(client):
    make_park(slug="some-park")
    assert 'href="/inquiries/new/?park=some-park"' in client.get("/parks/some-park/").text
    assert 'href="/en/inquiries/new/?park=some-park"' in client.get("/en/parks/some-park/").text
    assert 'href="/inquiries/new/?space=' in (make_space() and client.get("/spaces/").text)


@pytest.mark.parametrize(
    "value", ["a\0b", "😀" * 10_000, "长" * 5_000], ids=["NUL", "emoji", "long"]
)
@pytest.mark.parametrize(
    "name",
    [
        "organisation", "country", "industry", "other_industry", "sought", "floor_area_min_sqm",
        "floor_area_max_sqm", "headcount", "timing", "message", "contact_name", "email", "phone",
        "language",
    ],
)  # fmt: skip
def test_what_no_field_can_hold_is_a_plain_error(client, name, value):
    response = send(client, **{name: value})
    assert response.status_code == 200
    assert name in errors(response)


@pytest.mark.parametrize("value", ["0", "-1", "1e9", "99999999999999999999", "NaN", "٣٣٣٣٣٣٣٣٣"])
def test_sizes_are_sensible_numbers(client, value):
    assert "headcount" in errors(send(client, headcount=value))


def test_a_form_from_another_site_is_refused_in_both_languages():
    response = Client(enforce_csrf_checks=True).post(ADDRESS, TYPED)
    assert response.status_code == 403
    assert "如果您刚提交了表单" in response.text
    assert "please go back" in response.text


def test_nothing_of_an_enquiry_is_public(client):
    send(client, organisation="zsecretz", message="zsecretz")
    for address in ("/", "/data/", ADDRESS, "/feed.atom", "/search/suggest/?q=zsec"):
        assert "zsecretz" not in client.get(address).text
    assert client.get("/search/?q=zsecretz").context["results"].total == 0
