"""Chinese at the root, English under /en/, and a switch that stays where the reader is."""

import re

import pytest

from tests.factories import make_home, make_park
from tests.pages.world import EVERY_ADDRESS, build

pytestmark = pytest.mark.django_db


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
    assert "<title> 某园区 · 某区招商 </title>" in text
    assert '<meta name="description" content="一段简介">' in text
