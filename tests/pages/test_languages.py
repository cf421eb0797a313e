"""Chinese at the root, English under /en/, and a switch that stays where the reader is."""

import re
from html.parser import HTMLParser
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from tests.factories import (
    make_company,
    make_home,
    make_incubator,
    make_industry,
    make_inquiry,
    make_park,
    make_scheme,
    make_space,
)
from tests.pages.world import EVERY_ADDRESS, build

pytestmark = pytest.mark.django_db

CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
# What English text quotes in Chinese on purpose.
QUOTED = {"中文"}


def html(client, address, **headers):
    return client.get(address, headers=headers).content.decode()


@pytest.mark.parametrize("accepted", ["en", "en-GB,en;q=0.9", "fr", "zh-TW", "*"])
def test_the_root_is_chinese_whatever_the_browser_prefers(client, accepted):
    assert '<html lang="zh-Hans">' in html(client, "/parks/", **{"accept-language": accepted})
    assert '<html lang="en">' in html(client, "/en/parks/", **{"accept-language": "zh-CN"})


def test_a_language_cookie_does_not_change_the_root(client):
    client.cookies["django_language"] = "en"
    assert '<html lang="zh-Hans">' in html(client, "/")


def test_every_page_names_both_languages_and_its_canonical_address(client):
    build(1)
    for address in EVERY_ADDRESS:
        path = address.partition("?")[0]
        for prefix, own in (("", ""), ("/en", "/en")):
            text = html(client, prefix + address)
            root = "http://testserver"
            for tag, at in (("zh-Hans", ""), ("en", "/en"), ("x-default", "")):
                assert f'hreflang="{tag}" href="{root}{at}{path}"' in text, address
            assert f'<link rel="canonical" href="{root}{own}{path}">' in text, address


def test_the_switch_keeps_path_and_query(client):
    text = html(client, "/parks/?kind=tower&q=%E5%9B%AD&page=2")
    assert 'href="/en/parks/?kind=tower&amp;q=%E5%9B%AD&amp;page=2"' in text
    text = html(client, "/en/parks/?kind=tower")
    assert 'href="/parks/?kind=tower"' in text
    assert 'href="/en/parks/?kind=tower"' in text
    assert 'href="/en/"' in html(client, "/")


def test_a_later_page_is_its_own_canonical_page_and_a_filtered_list_part_of_the_whole(client):
    for _number in range(25):
        make_park(kind="tower")
    for query, canonical in (
        ("?page=2", "?page=2"),
        ("?page=99", "?page=2"),
        ("?page=1", ""),
        ("?page=2&utm_source=x", "?page=2"),
        ("?page=2&kind=tower", ""),
    ):
        text = html(client, f"/en/parks/{query}")
        root = "http://testserver"
        assert f'<link rel="canonical" href="{root}/en/parks/{canonical}">' in text, query
        assert f'hreflang="zh-Hans" href="{root}/parks/{canonical}"' in text, query


def test_links_stay_in_the_language_of_the_page(client):
    build(1)
    for address in EVERY_ADDRESS:
        text = html(client, f"/en{address}")
        text = re.sub(r'<nav class="languages".*?</nav>', "", text, flags=re.DOTALL)
        body = text.partition("<body>")[2]
        outside = [
            href for href in re.findall(r'href="(/[^"]*)"', body) if not href.startswith("/en/")
        ]
        assert outside == [], address


def test_english_pages_show_english_names(client):
    make_park(slug="park", name="某园区", name_en="Some Park", summary="简介", summary_en="Summary")
    text = html(client, "/en/parks/park/")
    assert "<h1>Some Park" in text
    assert "Summary" in text
    assert "简介" not in text


def test_a_page_names_the_kind_of_its_one_record_in_the_singular(client):
    build(1)
    for address, kind in (
        ("/en/sources/hub-source/", "Source"),
        ("/en/policies/policy-0/", "Policy"),
        ("/en/belts/hub-belt/", "Innovation belt · "),
    ):
        text = html(client, address)
        assert re.search(rf'<p class="eyebrow">{kind}', text), address
        assert f'<p class="eyebrow">{kind}s' not in text
    assert '<meta name="description" content="Policy · ' in html(client, "/en/policies/policy-0/")


def test_the_floor_of_a_space_is_told_in_the_language_of_the_page(client):
    space = make_space(slug="space", floor="3 层")
    address = "/compare/?space=space"
    for page in ("/en/spaces/", f"/en{address}"):
        assert '<span lang="zh-Hans">3 层</span>' in html(client, page)
    space.floor_en = "Third floor"
    space.save()
    for page in ("/spaces/", address):
        assert "3 层" in html(client, page)
        assert "Third floor" in html(client, f"/en{page}")
        assert "3 层" not in html(client, f"/en{page}")


def test_text_without_english_is_shown_in_chinese_and_marked(client):
    make_park(slug="park", name="某园区", summary="一段简介")
    text = html(client, "/en/parks/park/")
    assert '<h1><span lang="zh-Hans">某园区</span>' in text
    assert 'class="untranslated"' in text
    assert '<p lang="zh-Hans">一段简介' in text
    assert "untranslated" not in html(client, "/parks/park/")


def test_a_title_names_the_page_and_the_district(client):
    make_home(name="某区")
    make_park(slug="park", name="某园区", summary="一段简介")
    text = " ".join(html(client, "/parks/park/").split())
    assert "<title> 某园区 · 园区 · 某区招商 </title>" in text
    assert '<meta property="og:title" content="某园区">' in text
    assert '<meta name="description" content="一段简介">' in text


def title(client, address):
    return " ".join(re.search("<title>([^<]*)</title>", html(client, address))[1].split())


def test_what_is_called_alike_is_told_apart_by_its_title(client):
    make_home(name="某区")
    first, second = make_scheme(name="甲方案"), make_scheme(name="乙方案")
    one = make_industry(name="健康", scheme=first)
    other = make_industry(name="健康", scheme=second)
    assert title(client, one.get_absolute_url()) == "健康 · 甲方案 · 某区招商"
    assert title(client, other.get_absolute_url()) == "健康 · 乙方案 · 某区招商"
    company, incubator = make_company(name="某科创"), make_incubator(name="某科创")
    assert title(client, company.get_absolute_url()) == "某科创 · 企业 · 某区招商"
    assert title(client, incubator.get_absolute_url()) == "某科创 · 孵化器 · 某区招商"


def test_the_parts_of_a_list_are_told_apart_by_their_titles(client):
    make_home(name="某区")
    for number in range(25):
        make_park(name=f"园{number}", kind="tower")
    assert title(client, "/parks/") == "园区 · 某区招商"
    assert title(client, "/parks/?page=99") == "园区 · 第 2 页 · 某区招商"
    assert (
        title(client, "/parks/?kind=tower&q=园&page=2") == "园区 · 园 · 楼宇 · 第 2 页 · 某区招商"
    )
    assert title(client, "/en/parks/?kind=tower") == "Parks · Tower · Invest in 某区"


def test_a_search_is_told_from_others_by_its_title(client):
    make_home(name="某区")
    for number in range(60):
        make_park(name=f"未来{number}")
    make_company(name="未来公司")
    assert title(client, "/search/") == "搜索 · 某区招商"
    assert title(client, "/search/?q=未来") == "未来：61 条结果 · 搜索 · 某区招商"
    asked = "/search/?q=未来&kind=park&page=2"
    assert title(client, asked) == "未来：61 条结果 · 园区 · 搜索 · 第 2 页 · 某区招商"
    assert title(client, "/search/?q=<b>") == "&lt;b&gt;：0 条结果 · 搜索 · 某区招商"
    told = title(client, "/en/search/?q=未来公司")
    assert told == "未来公司: 1 result · Enterprises · Search · Invest in 某区"


def test_every_page_says_in_a_title_and_a_sentence_what_it_is(client):
    build(1)
    for address in [*EVERY_ADDRESS, f"/inquiries/{make_inquiry().number}/"]:
        for prefix in ("", "/en"):
            text = html(client, prefix + address)
            for told in (r"<title>([^<]*)</title>", r'<meta name="description" content="([^"]*)"'):
                assert re.search(told, text)[1].strip(" \n·"), address


class ChineseText(HTMLParser):
    """Collects the Chinese that an English page does not mark as Chinese."""

    SPOKEN = ("alt", "aria-label", "content", "placeholder", "title", "label")

    def __init__(self, *, attributes):
        super().__init__()
        self.attributes = attributes
        self.languages = []
        self.found = []

    def note(self, text):
        if CHINESE.search(text):
            self.found.append(text.strip())

    def handle_starttag(self, tag, attributes):
        attrs = dict(attributes)
        if tag not in VOID:
            self.languages.append((tag, attrs.get("lang")))
        if self.attributes:
            for name in self.SPOKEN:
                self.note(attrs.get(name) or "")

    def handle_endtag(self, tag):
        while self.languages and self.languages.pop()[0] != tag:
            pass

    def handle_data(self, data):
        language = next((lang for _tag, lang in reversed(self.languages) if lang), "en")
        is_title = any(tag in ("title", "option") for tag, _lang in self.languages)
        if language == "en" and (self.attributes or not is_title):
            self.note(data)


def unmarked_chinese(text, *, attributes):
    reader = ChineseText(attributes=attributes)
    # What machines read names a record in both languages, each under its own key.
    reader.feed(re.sub(r"<script type=.*?</script>", "", text, flags=re.DOTALL))
    return reader.found


def every_address_of_the_fixtures(client):
    """Return the addresses of the sitemap's records and of every other page."""
    location = re.compile(r"<loc>http://testserver(/[^<]*)</loc>")
    sections = location.findall(html(client, "/sitemap.xml"))
    records = [path for section in sections for path in location.findall(html(client, section))]
    pages = [address.partition("?")[0] for address in EVERY_ADDRESS if "hub" not in address]
    return sorted({path.removeprefix("/en") or "/" for path in [*records, *pages]})


def test_english_pages_of_the_first_content_hold_no_chinese(client):
    call_command("load_site", stdout=StringIO())
    addresses = [
        address
        for address in every_address_of_the_fixtures(client)
        if client.get(address).status_code == 200
    ]
    asked = ["/match/?use=office&stage=start_up", "/compare/?park=weilaidao-park", "/search/?q=a"]
    found = {
        address: chinese
        for address in [*addresses, *asked]
        if (chinese := unmarked_chinese(html(client, f"/en{address}"), attributes=True))
        and set(chinese) - QUOTED
    }
    assert len(addresses) > 100
    assert found == {}


def test_chinese_shown_for_want_of_english_is_marked_as_chinese(client):
    build(1)
    # A source's page names parts by two records, of which one may have English.
    found = {
        address: chinese
        for address in EVERY_ADDRESS
        if address != "/sources/hub-source/"
        and (chinese := unmarked_chinese(html(client, f"/en{address}"), attributes=False))
    }
    assert found == {}


def test_text_that_has_no_english_field_is_marked_too(client):
    make_home(contact_name="招商服务中心")
    assert '<span lang="zh-Hans">招商服务中心</span>' in html(client, "/en/events/")
    assert "lang=" not in html(client, "/events/").partition("招商服务中心")[0][-40:]


@pytest.mark.parametrize("address", ["/parks/none/?kind=tower", "/nowhere/?a=1&b=2"])
def test_the_switch_is_there_on_the_page_for_what_is_missing(client, address):
    for prefix in ("", "/en"):
        response = client.get(prefix + address)
        text = response.content.decode()
        assert response.status_code == 404
        assert f'<html lang="{"en" if prefix else "zh-Hans"}">' in text
        assert f'href="{address.replace("&", "&amp;")}"' in text
        assert f'href="/en{address.replace("&", "&amp;")}"' in text


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_switch_is_there_on_the_page_for_what_was_refused(prefix):
    response = Client(enforce_csrf_checks=True).post(f"{prefix}/inquiries/new/?park=x")
    text = response.content.decode()
    assert response.status_code == 403
    assert 'href="/en/inquiries/new/?park=x"' in text
    assert 'href="/inquiries/new/?park=x"' in text
