"""What editors hand in is read as its paragraphs, or refused in words that say what to do."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError

from promotion.reference.evidence.documents import read_document, read_pasted

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
LINES = "标题\n\n  全长约2.5公里。 \r\n税收16.1亿元\n"
PARAGRAPHS = ["标题", "全长约2.5公里。", "税收16.1亿元"]


def docx(body, *, before="", compression=zipfile.ZIP_DEFLATED, name="word/document.xml"):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        archive.writestr(
            name,
            f'<?xml version="1.0"?>{before}<w:document xmlns:w="{WORD}" '
            f'xmlns:mc="{COMPATIBILITY}"><w:body>{body}</w:body></w:document>',
        )
    return file.getvalue()


def refusal(data):
    with pytest.raises(ValidationError) as caught:
        read_document(data)
    return " ".join(caught.value.messages)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_text_is_read_in_any_of_the_encodings(encoding):
    assert read_document(LINES.encode(encoding)) == PARAGRAPHS


def test_pasted_text_has_the_same_paragraphs():
    assert read_pasted(LINES) == PARAGRAPHS


def test_word_gives_its_paragraphs_tables_and_text_boxes_once():
    body = """
        <w:p><w:r><w:t>全长约</w:t></w:r><w:r><w:t>2.5公里</w:t></w:r></w:p>
        <w:p/>
        <w:tbl><w:tr><w:tc><w:p><w:r><w:t>税收</w:t><w:tab/><w:t>16亿</w:t></w:r></w:p></w:tc>
        </w:tr></w:tbl>
        <w:p><w:r><w:t>上行</w:t><w:br/><w:t>下行</w:t></w:r>
        <w:del><w:r><w:delText>删去的</w:delText></w:r></w:del></w:p>
        <mc:AlternateContent><mc:Choice><w:p><w:r><w:t>文本框</w:t></w:r></w:p></mc:Choice>
        <mc:Fallback><w:p><w:r><w:t>文本框</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent>
    """
    assert read_document(docx(body)) == ["全长约2.5公里", "税收\t16亿", "上行", "下行", "文本框"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "没有文字"),
        (" \n　\n".encode(), "没有文字"),
        ("文字\x00文字".encode(), "控制字符"),
        (b"%PDF-1.7\n\x01\x02", "控制字符"),
        (b"\xff\xff\xff\x80", "编码"),
        (b"\xff\xfe\x00\xd8", "编码"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 20, "旧版 Word"),
        (b"PK\x03\x04 no archive", "打不开"),
        (docx("<w:p>", name="xl/workbook.xml"), "打不开"),
        (docx("<w:p>"), "打不开"),
        (docx("<w:p><w:r><w:t>x</w:t></w:r></w:p>", compression=zipfile.ZIP_LZMA), "打不开"),
        (
            docx("<w:p><w:r><w:t>&a;</w:t></w:r></w:p>", before='<!DOCTYPE x [<!ENTITY a "aa">]>'),
            "打不开",
        ),
        (docx("<w:p/>")[:-40], "打不开"),
    ],
    # An archive holds the time at which it was made, by which processes would name it otherwise.
    ids=range(13),
)
def test_what_is_no_text_is_refused(data, words):
    assert words in refusal(data)


def test_what_is_too_long_is_refused(settings):
    assert "4.8" in refusal(b"a" * 5_000_001)
    assert len(read_document(b"a" * 5_000_000)) == 1
    assert "32767" in refusal(b"a\n" * 32_768)
    with pytest.raises(ValidationError):
        read_pasted("字" * 1_700_000)
    settings.MAX_DOCUMENT_BYTES = 10_000
    bomb = docx(f"<w:p><w:r><w:t>{'a' * 300_000}</w:t></w:r></w:p>")
    assert len(bomb) < settings.MAX_DOCUMENT_BYTES
    assert "打不开" in refusal(bomb)


def test_a_document_under_a_password_is_refused():
    data = bytearray(docx("<w:p/>"))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + place] |= 1
    assert "打不开" in refusal(bytes(data))
