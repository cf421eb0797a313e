"""Telling the encoding of a text file, strictly: no character is guessed or lost."""

import codecs
import re

# What nobody has defined: such a file is in another encoding, of Taiwan or Japan.
PRIVATE = re.compile("[\ue000-\uf8ff]")
HEAD_BYTES = 4_096
PART_BYTES = 1 << 20
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


def unmarked(data):
    """Return (encoding, bytes without a byte order mark); raise UnicodeError where none fits."""
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            data, encodings = data[len(mark) :], [encoding]
            break
    else:
        encodings = [*unmarked_utf16(data), "utf-8", "gb18030"]
    for encoding in encodings:
        try:
            for text in codecs.iterdecode(parts_of(data), encoding):
                if encoding == "gb18030" and PRIVATE.search(text):
                    raise UnicodeError
        except UnicodeError:
            continue
        return encoding, data
    raise UnicodeError


def unmarked_utf16(data):
    """Return UTF-16 as the encoding where its commas or line ends show in the first bytes."""
    head = data[:HEAD_BYTES]
    for encoding in ("utf-16-le", "utf-16-be"):
        text = head.decode(encoding, errors="replace")
        if b"\x00" in head and re.search("[,;\t\r\n]", text):
            return [encoding]
    return []


def parts_of(data):
    """Yield a file's bytes in parts, so that no second copy of the whole is made."""
    return (data[start : start + PART_BYTES] for start in range(0, len(data), PART_BYTES))
