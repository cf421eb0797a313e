"""The document of the chosen places: read back from the PDF that a visitor gets."""

import io
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from promotion.comparison.shortlist import Shortlist
from promotion.prospectus import characters, document_data, set_document
from tests.factories import (
    make_citation,
    make_figure,
    make_home,
    make_incubator,
    make_park,
    make_source,
    make_space,
    make_tenancy,
)
from tests.pages.world import build

pytestmark = pytest.mark.django_db

A4 = (595, 842)


def prospectus(client, query, language=""):
    response = client.get(f"{language}/compare/prospectus.pdf?{query}")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(response.content))


def text_of(reader):
    """Return the document's text without the spaces that setting puts between letters."""
    return "".join("".join(page.extract_text().split()) for page in reader.pages)


def test_a_place_is_printed_with_its_facts_figures_contact_and_sources(client):
    make_home(name="普陀区", phone="021-0001", contact_name="投资促进办")
    park = make_park(
        slug="one",
        name="未来岛园区",
        name_en="Future Island",
        aliases="未来岛",
        kind="industrial_park",
        summary="一处园区的简介。",
        floor_area_sqm=2_000_000,
    )
    make_incubator(park=park, name="某孵化器", level_held="municipal")
    make_tenancy(park=park)
    figure = make_figure(
        park,
        label="改造投资",
        value=20,
        unit="cny_100m",
        bound="over",
        claim_status="planned",
        period="全年",
        as_of="2023",
    )
    source = make_source(name="一份文件", publisher="某镇", published_on="2023-05")
    make_citation(park, source=source, paragraph=7, field="summary")
    make_citation(figure, source=source, paragraph=9)
    text = text_of(prospectus(client, "park=one"))
    today = timezone.localdate()
    for said in (
        "普陀区选址资料册",
        f"{today.year}年{today.month}月{today.day}日制作",
        "未来岛园区",
        "FutureIsland",
        "又称：未来岛",
        "类型产业园区",
        "一处园区的简介。[1]",
        "改造投资超20亿元计划自2023年起未见证实[2]",
        "全年·数据时点2023年",
        "建筑面积200万平方米（2平方公里）",
        "地址暂未公布",
        "孵化器某孵化器市级",
        "已公布的入驻企业1家",
        "对接部门投资促进办",
        "电话021-0001",
        "邮箱暂未公布",
        "http://testserver/parks/one/",
        "http://testserver/compare/?park=one",
        "一份文件某镇·2023年5月",
        "[1]第7段[2]第9段",
    ):
        assert said in text.replace("・", "·"), said


def test_every_page_says_where_it_stands(client):
    for slug in ("one", "two"):
        make_park(slug=slug)
    reader = prospectus(client, "park=one&park=two")
    assert len(reader.pages) == 4
    for number, page in enumerate(reader.pages, start=1):
        assert "".join(page.extract_text().split()).endswith(f"{number}/4")
        assert (round(page.mediabox.width), round(page.mediabox.height)) == A4


def test_several_places_are_first_compared(client):
    make_park(slug="one", name="此处", operator="甲公司")
    make_park(slug="two", name="彼处", operator="乙公司")
    second = "".join(prospectus(client, "park=one&park=two").pages[1].extract_text().split())
    assert "并排对比" in second
    assert "运营单位不同甲公司乙公司" in second
    assert "地址暂未公布暂未公布" in second


def test_a_source_without_a_date_says_so(client):
    park = make_park(slug="one")
    make_citation(park, source=make_source(name="某文件", published_on=""))
    assert "未注明日期" in text_of(prospectus(client, "park=one"))


def test_spaces_and_incubators_are_printed_too(client):
    make_space(slug="room", name="某房源", floor_area_sqm=300)
    make_incubator(slug="hub", name="某孵化器", level_aimed="national")
    text = text_of(prospectus(client, "space=room&incubator=hub"))
    assert "某房源" in text
    assert "租金暂未公布" in text
    assert "目标级别国家级（目标，尚未获得）" in text


def test_the_document_is_in_the_language_of_the_page(client):
    make_park(slug="one", name="此处", name_en="Here", kind="tower", operator="某公司")
    reader = prospectus(client, "park=one", "/en")
    text = text_of(reader)
    assert "Here" in text
    assert "某公司" in text
    assert "AddressNotsupplied" in text
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"


def test_all_type_is_embedded(client):
    make_park(slug="one")
    reader = prospectus(client, "park=one")
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert fonts
    for descriptor in fonts:
        assert "NotoSansSC" in descriptor["/FontName"]
        assert "/FontFile2" in descriptor


def test_the_document_is_tagged_for_readers_who_listen(client):
    make_park(slug="one")
    root = prospectus(client, "park=one").trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()


def test_every_character_of_our_type_can_be_printed(client):
    every = "".join(sorted(characters()))
    for start in range(0, len(every), 900):
        make_park(slug=f"park-{start}", summary=every[start : start + 900])
        prospectus(client, f"park=park-{start}")


def test_a_word_wider_than_its_column_is_broken(client):
    make_park(slug="one", operator="W" * 200)
    make_park(slug="two", name="M" * 200)
    assert "W" * 200 in text_of(prospectus(client, "park=one&park=two")).replace("\u200b", "")


def test_text_is_never_read_as_markup(client):
    name = "#panic(1) *粗* $x$ ]) \\u{41} @note <b> // /* `raw`"
    make_park(
        slug="one", name=name, operator='"); #read("/etc/passwd")', summary="行一\n\x07= 标题"
    )
    text = text_of(prospectus(client, "park=one"))
    assert "".join(name.split()) in text
    assert '");#read("/etc/passwd")' in text
    assert "=标题" in text


def test_a_character_that_our_type_lacks_is_named(client):
    make_park(slug="one", name="𠮷野园区", operator="😀")
    text = text_of(prospectus(client, "park=one"))
    assert "野园区" in text
    assert "以下字符可能无法显示，请看网页：U+1F600、U+20BB7" in text


def test_our_type_has_every_character_of_the_fixtures():
    texts = [
        path.read_text(encoding="utf-8") for path in (settings.BASE_DIR / "fixtures").iterdir()
    ]
    assert set("".join(texts)) - characters() == {"\n"}


def test_the_file_is_named_after_the_places(client):
    make_park(slug="one", name="某“园\r\n区”/甲")
    disposition = client.get("/compare/prospectus.pdf?park=one")["Content-Disposition"]
    plain, _mark, encoded = disposition.partition("; filename*=UTF-8''")
    assert plain == 'attachment; filename="prospectus.pdf"'
    assert encoded.isascii()
    assert "/" not in encoded
    assert unquote(encoded) == "选址资料册 某“园 区”/甲.pdf"


@pytest.mark.parametrize(
    "query", ["", "park=nowhere", "park=%00", "kind=park", "incubator=one", "park=" + "a" * 10_000]
)
def test_where_there_is_nothing_to_print_the_comparison_says_so(client, query):
    make_park(slug="one")
    response = client.get(f"/en/compare/prospectus.pdf?{query}")
    assert response.status_code == 302
    assert response["Location"].startswith("/en/compare/?")
    assert client.get(response["Location"]).status_code == 200


def test_a_hundred_names_print_four_places_and_say_so(client):
    for number in range(5):
        make_park(slug=f"park-{number}")
    query = "&".join(f"park=park-{number}" for number in range(100))
    document = prospectus(client, query)
    assert len(document.pages) == 1 + 1 + 4
    assert "每类最多列出四处：这里只有所选的前四处。" in text_of(document)
    four = "&".join(f"park=park-{number}" for number in range(4))
    assert "前四处" not in text_of(prospectus(client, four))


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_printing_asks_a_fixed_number_of_queries(client, rows):
    build(rows)
    with CaptureQueriesContext(connection) as queries:
        prospectus(client, "park=hub-park&incubator=hub-incubator&space=space-0")
    assert len(queries) == 15


def test_documents_are_set_at_the_same_time(client):
    names = [f"园区{number}" for number in range(8)]
    for number, name in enumerate(names):
        make_park(slug=f"park-{number}", name=name)
    home = None
    lists = [Shortlist(QueryDict(f"park=park-{number}"), home) for number in range(8)]
    data = [document_data(shortlist, home, "http://testserver", "/", "/") for shortlist in lists]
    with ThreadPoolExecutor(8) as threads:
        documents = list(threads.map(set_document, data))
    for name, document in zip(names, documents, strict=True):
        assert name in text_of(PdfReader(io.BytesIO(document)))
