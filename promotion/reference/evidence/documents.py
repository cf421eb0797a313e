"""From the bytes of a document to its paragraphs: plain text in several encodings, and DOCX."""

import io
import re
import zipfile
import zlib
from xml.parsers import expat

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from promotion.reference.encodings import unmarked
from promotion.reference.evidence.anchors import split_paragraphs

# As many as a citation's paragraph number can name.
MAX_PARAGRAPHS = 32_767
ZIP_SIGNATURE = b"PK\x03\x04"
# Word before 2007, and any document under a password.
OLD_OFFICE_SIGNATURE = b"\xd0\xcf\x11\xe0"
# What no text has: NUL and the like; tabs and the ends of lines and pages it may have.
NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1b\x7f]")
DOCX_BODY = "word/document.xml"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main "
FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
# Markup takes many times the room of its text.
MAX_DOCX_EXPANSION = 20


def read_document(data):
    """Return the paragraphs of a file, whose kind its content tells.

    Raises ValidationError, which says what to do, for what is no text or too long.
    """
    refuse_size(len(data))
    if data.startswith(OLD_OFFICE_SIGNATURE):
        raise ValidationError(_("这是旧版 Word（.doc）或加了密码的文件，请另存为 .docx 或 .txt。"))
    if data.startswith(ZIP_SIGNATURE):
        return checked_paragraphs(docx_text(data))
    try:
        encoding, data = unmarked(data)
    except UnicodeError:
        raise ValidationError(
            _("无法识别文件的编码。请另存为 UTF-8 的 .txt，或把文字粘贴进来。")
        ) from None
    return checked_paragraphs(data.decode(encoding))


def read_pasted(text):
    """Return the paragraphs of a pasted text; raise ValidationError for what is no text."""
    refuse_size(len(text.encode()))
    return checked_paragraphs(text)


def refuse_size(size):
    limit = settings.MAX_DOCUMENT_BYTES
    if size > limit:
        raise ValidationError(
            _("原文有 %(size)s，超过上限 %(limit)s。请分成几份资料。"),
            params={"size": filesizeformat(size), "limit": filesizeformat(limit)},
        )


def checked_paragraphs(text):
    if NOT_TEXT.search(text):
        raise ValidationError(
            _("内容里有控制字符，不像文字。请另存为 UTF-8 的 .txt，或把文字粘贴进来。")
        )
    paragraphs = split_paragraphs(text)
    if not paragraphs:
        raise ValidationError(_("里面没有文字。"))
    if len(paragraphs) > MAX_PARAGRAPHS:
        raise ValidationError(
            _("原文有 %(count)d 段，超过上限 %(limit)d 段。请分成几份资料。"),
            params={"count": len(paragraphs), "limit": MAX_PARAGRAPHS},
        )
    return paragraphs


def docx_text(data):
    """Return the text of a DOCX file's body, a line for each paragraph.

    Nothing but the body is opened, no further than its limit, and no entity is expanded.
    """
    pieces, depth = [], {"text": 0, "fallback": 0}

    def start(name, attributes):
        if name == FALLBACK:
            depth["fallback"] += 1
        elif name == f"{WORD}t":
            depth["text"] += 1
        elif name in {f"{WORD}br", f"{WORD}cr"} and not depth["fallback"]:
            pieces.append("\n")
        elif name == f"{WORD}tab" and not depth["fallback"]:
            pieces.append("\t")
        elif name == f"{WORD}p" and not depth["fallback"]:
            pieces.append("\n")

    def end(name):
        if name == FALLBACK:
            depth["fallback"] -= 1
        elif name == f"{WORD}t":
            depth["text"] -= 1
        elif name == f"{WORD}p" and not depth["fallback"]:
            pieces.append("\n")

    def text(piece):
        # An older form of a text box repeats what the newer one says.
        if depth["text"] and not depth["fallback"]:
            pieces.append(piece)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse_doctype
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            body = archive.getinfo(DOCX_BODY)
            if body.file_size > settings.MAX_DOCUMENT_BYTES * MAX_DOCX_EXPANSION:
                raise unreadable_docx()
            # Other compressions expand a whole chunk at once, whatever the sizes say.
            if body.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise unreadable_docx()
            with archive.open(body) as stream:
                parser.ParseFile(stream)
    except (
        zipfile.BadZipFile,
        zlib.error,
        expat.ExpatError,
        KeyError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OSError,
    ) as error:
        raise unreadable_docx() from error
    return "".join(pieces)


def refuse_doctype(*declaration):
    raise unreadable_docx()


def unreadable_docx():
    return ValidationError(
        _("这个文件打不开，或不是 Word 文档（.docx）。请另存为 UTF-8 的 .txt，或把文字粘贴进来。")
    )
