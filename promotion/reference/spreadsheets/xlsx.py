"""Reading XLSX workbooks as a stream, refusing what is too big or not plain data.

openpyxl was tried: it refuses a whole file for an oddity in its style sheet, loses the escapes of
control characters, hands out the empty rows between distant cells one by one and never asks how
far a file expands. Reading the XML directly takes little more than half its time, needs only the
cells, and stops at the first row too many.
"""

import posixpath
import struct
import zipfile
import zlib
from xml.parsers import expat

from django.conf import settings
from django.utils.translation import gettext as _

from promotion.reference.spreadsheets.number_formats import (
    EPOCH_1900,
    EPOCH_1904,
    kind_of_format,
)
from promotion.reference.spreadsheets.problems import SheetError
from promotion.reference.spreadsheets.worksheet import (
    Finished,
    SheetReader,
    local_name,
    unescaped,
    unreadable,
)

MAX_MEMBERS = 2_000
CHUNK_BYTES = 1 << 16
WORKBOOK_RELATION = "/officeDocument"
SHEET_RELATION = "/worksheet"
# What a damaged or contrived archive can lead to in the libraries, and in numbers beyond reason.
DAMAGE = (
    expat.ExpatError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


class Workbook:
    """An open XLSX file: the names of its visible sheets and the rows of each."""

    def __init__(self, file):
        self.archive = open_archive(file)
        self.members = {name.lower(): name for name in self.archive.namelist()}
        self.strings = None
        self.epoch = EPOCH_1900
        self.is_uncalculated = False
        """Whether results of formulas are placeholders of the program that wrote the file."""
        self.sheets = {}
        """Sheet name → the member of the archive that holds it."""
        root = self.relations("_rels/.rels", "")
        book = next((path for kind, path in root.values() if kind.endswith(WORKBOOK_RELATION)), "")
        folder, _slash, name = book.rpartition("/")
        relations = self.relations(f"{folder}/_rels/{name}.rels".lstrip("/"), folder)
        self.read_book(book, relations)
        paths = {kind.rpartition("/")[2]: path for kind, path in relations.values()}
        self.strings_path = paths.get("sharedStrings")
        self.kinds = self.read_styles(paths.get("styles"))

    def parse(self, member, start=None, end=None, text=None):
        """Run expat over a member of the archive."""
        for _chunk in self.parsed(member, start, end, text):
            pass

    def parsed(self, member, start=None, end=None, text=None):
        """Run expat over a member of the archive, pausing after each part of it."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = refuse_doctype
        try:
            with self.archive.open(self.members.get(member.lower(), member)) as stream:
                while chunk := stream.read(CHUNK_BYTES):
                    parser.Parse(chunk, False)
                    yield
                parser.Parse(b"", True)
        except Finished:
            pass
        except DAMAGE as error:
            raise unreadable() from error

    def relations(self, member, folder):
        """Return {id: (kind, path)} of a relations part."""
        found = {}

        def start(name, attributes):
            if local_name(name) == "Relationship" and attributes.get("TargetMode") != "External":
                path = posixpath.join("/", folder, attributes.get("Target", ""))
                path = posixpath.normpath(path).lstrip("/")
                found[attributes.get("Id")] = (attributes.get("Type", ""), path)

        self.parse(member, start)
        return found

    def read_book(self, member, relations):
        hidden = {}

        def start(name, attributes):
            tag = local_name(name)
            if tag == "workbookPr" and attributes.get("date1904") in {"1", "true"}:
                self.epoch = EPOCH_1904
            elif tag == "calcPr":
                self.is_uncalculated = attributes.get("fullCalcOnLoad") in {"1", "true"}
            elif tag == "sheet":
                relation = next(
                    (value for key, value in attributes.items() if local_name(key) == "id"), None
                )
                kind, path = relations.get(relation, ("", ""))
                if kind.endswith(SHEET_RELATION):
                    visible = attributes.get("state", "visible") == "visible"
                    (self.sheets if visible else hidden)[attributes.get("name", "")] = path

        self.parse(member, start)
        self.sheets = self.sheets or hidden
        if not self.sheets:
            raise unreadable()

    def read_styles(self, member):
        """Return the kind of number that each cell style shows."""
        custom, kinds, inside = {}, [], []

        def start(name, attributes):
            tag = local_name(name)
            if tag == "numFmt":
                custom[attributes.get("numFmtId")] = attributes.get("formatCode")
            elif tag == "cellXfs":
                inside.append(tag)
            elif tag == "xf" and inside:
                number = attributes.get("numFmtId", "0")
                known = int(number) if number.isdecimal() else 0
                kinds.append(kind_of_format(known, custom.get(number)))

        def end(name):
            if local_name(name) == "cellXfs":
                raise Finished

        if member:
            self.parse(member, start, end)
        return kinds

    def shared_string(self, index):
        if self.strings is None:
            self.strings = self.read_strings()
        return self.strings[index]

    def read_strings(self):
        strings, pieces = [], []
        state = {"text": False, "phonetic": False}

        def start(name, attributes):
            tag = local_name(name)
            if tag == "rPh":
                state["phonetic"] = True
            elif tag == "t":
                state["text"] = not state["phonetic"]

        def end(name):
            tag = local_name(name)
            state["text"] = False
            if tag == "rPh":
                state["phonetic"] = False
            elif tag == "si":
                strings.append(unescaped("".join(pieces)))
                pieces.clear()

        def text(data):
            if state["text"]:
                pieces.append(data)

        if self.strings_path:
            self.parse(self.strings_path, start, end, text)
        return strings

    def rows(self, sheet, last_row=None, merged=None):
        """Yield (number, cells) of a sheet's rows with content, down to `last_row`.

        The list `merged` receives the merged areas as (first column, first row, last column,
        last row); the format keeps them behind the rows.
        """
        reader = SheetReader(self, last_row)
        for _part in self.parsed(self.sheets[sheet], reader.start, reader.end, reader.text):
            yield from reader.taken()
        yield from reader.taken()
        if merged is not None:
            merged += sorted(reader.merged)


def refuse_doctype(*_arguments):
    raise SheetError(_("这个 XLSX 文件含有不允许的声明，没有读取。"))


def open_archive(file):
    """Open a workbook's archive, refusing what would expand beyond the limit.

    An archive cannot expand beyond the sizes that it declares: reading stops there.
    """
    try:
        archive = zipfile.ZipFile(file)
        members = archive.infolist()
    except DAMAGE as error:
        raise unreadable() from error
    # Other compressions expand a whole chunk at once, whatever the sizes say.
    if any(
        member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for member in members
    ):
        raise unreadable()
    if any(member.flag_bits & 0x1 for member in members):
        raise SheetError(_("这个 XLSX 文件设了密码，请取消密码后再试。"))
    expanded = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or expanded > settings.MAX_SHEET_EXPANDED_BYTES:
        raise SheetError(
            _("这个 XLSX 文件展开后超过 %(limit)d MB，没有读取。请删去多余的工作表、图片和格式。")
            % {"limit": settings.MAX_SHEET_EXPANDED_BYTES // 1_000_000}
        )
    return archive
