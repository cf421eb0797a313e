"""What a cell of text may hold: prose, names, codes, and ways to reach someone."""

import datetime
import re

from django.utils.translation import gettext as _

from promotion.reference.spreadsheets.characters import fold, plain, visible
from promotion.reference.spreadsheets.codecs import Codec, in_lines
from promotion.reference.spreadsheets.problems import CellError
from promotion.reference.spreadsheets.quantities import integer_like, is_scientific

WEB_HOST = re.compile(r"(?:[a-z]+://)?[a-z0-9.-]+(?::\d+)?(?=[/?#]|\Z)", re.ASCII | re.IGNORECASE)
TOTAL = re.compile(
    r"(?:以上|本页|本表|全[区市部])?(?:[合总小共累]计|总数)"
    r"(?::.*|\(.{1,6}\)|\d[\d,.]*(?:.{0,4}|[家个场项条户名位人][,;、(].*))?"
    r"|共\d+[家个场项条户名位人](?:.{0,4}|[,;、(].*)|(?:sub|grand)?total:?"
)
NO_NAME = re.compile(
    r"[-/\\—–_.…*]+|无|暂无|n/?a|null|同上|[〃″]|#+|#(?:n/a|ref!|value!|name\?|div/0!|null!|num!)"
)
FOOTER = re.compile(
    r"(?:填表|填报|制表|审核|复核|审批|经办|单位|部门)(?:负责)?(?:人|人员|单位|部门|日期|时间)"
    r"(?:\(.{1,6}\))?:"
    r"|(?:制表|填表|填报)(?:日期|时间)\d"
    r"|(?:(?:数据|资料)来源|联系人|联系电话|日期|时间|(?:计量|金额|货币)?单位)(?:\(.{1,6}\))?:"
    r"|[*※]?(?:备注|附注|注|说明)\d{0,2}:|[*※]?注\d{1,2}[,.、]"
    r"|(?:填表|填报|填写|编制)(?:说明|须知|要求):|(?:制表|审核|复核|审批|经办|负责人|其中):|以下空白"
)
CHINESE_DIGITS = "〇零一二三四五六七八九十"
# 2024-5 may be a room.
WHOLE_DATE = re.compile(
    rf"(?:截[至止])?(?:[\d{CHINESE_DIGITS}]{{4}}年[\d{CHINESE_DIGITS}]{{1,3}}月"
    rf"(?:[\d{CHINESE_DIGITS}]{{1,3}}[日号])?|(?:19|20)\d\d([-/.])\d{{1,2}}\1\d{{1,2}})"
)
# On a line nobody can tell them from a plain space; the wide space of Chinese text shows.
ODD_SPACES = re.compile("[\t\u00a0\u2000-\u200a\u202f]+")
# Unicode's control characters but for tabs and line breaks.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class TextCodec(Codec):
    """Text of one line, or of several, without spaces around it and what is invisible."""

    def __init__(self, multiline=False):
        super().__init__()
        self.multiline = multiline

    def clean(self, value, row=None, **kwargs):
        text = self.text(value)
        if text.isprintable():
            # Nothing invisible, no control character, no line break.
            return text.strip()
        text = visible(text).replace("\r\n", "\n").replace("\r", "\n").strip()
        if not self.multiline and "\n" in text:
            raise CellError(_("这一栏不能换行。"))
        if control := CONTROL.search(text):
            raise CellError(
                _("含有看不见的控制字符（%(code)s），请重新键入。")
                % {"code": f"U+{ord(control.group()):04X}"}
            )
        return text if self.multiline else ODD_SPACES.sub(" ", text)

    def text(self, value):
        if isinstance(value, str):
            return value
        if isinstance(value, datetime.date):
            raise CellError(_("这一栏是文字，单元格却是日期：请把单元格格式改为“文本”后重新填写。"))
        text = integer_like(value)
        if text is None:
            raise CellError(_("这一栏是文字：请把单元格格式改为“文本”后重新填写。"))
        return text

    def render(self, value, obj=None, **kwargs):
        return value or None

    def render_all(self, values):
        return [value or None for value in values]

    def rule(self, field):
        limit = ""
        if field.max_length:
            limit = _("最多 %(limit)d 个字符。") % {"limit": field.max_length}
        return in_lines(self.form(), limit)

    def form(self):
        """Return in words what kind of text it is."""
        return _("文字，可以换行。") if self.multiline else _("文字，不能换行。")


class NameCodec(TextCodec):
    """The name of a record; lines around a table that are no record are refused."""

    def clean(self, value, row=None, **kwargs):
        text = super().clean(value)
        folded = fold(text)
        if TOTAL.fullmatch(folded) or FOOTER.match(folded) or WHOLE_DATE.fullmatch(folded):
            raise CellError(_("这一行像是合计或填表说明，不是一条记录，请删去这一行。"))
        if NO_NAME.fullmatch(folded):
            raise CellError(_("不是名称。"))
        return text


class IdentifierCodec(TextCodec):
    """A code: full-width and invisible characters cannot carry meaning in it."""

    def __init__(self, upper=False, lower=False, allow_numbers=False):
        super().__init__()
        self.upper, self.lower, self.allow_numbers = upper, lower, allow_numbers

    def clean(self, value, row=None, **kwargs):
        if not isinstance(value, str) and not self.allow_numbers:
            raise CellError(
                _("代码被存成了数字，Excel 可能已改动它：请把单元格格式改为“文本”后重新填写。")
            )
        if is_scientific(value):
            raise CellError(_("代码已被 Excel 改成科学计数法，请按“文本”重新填写全部字符。"))
        text = "".join(plain(super().clean(value)).split())
        if self.upper:
            return text.upper()
        return text.lower() if self.lower else text

    def form(self):
        return _("代码，没有空格；单元格格式请保持“文本”，以免 Excel 改动它。")

    def example(self):
        return "a01" if self.lower else "A01"


class AddressCodeCodec(IdentifierCodec):
    """The code in a page's address, which is made from the name where none is given."""

    def __init__(self):
        super().__init__(lower=True, allow_numbers=True)

    def form(self):
        return _("新记录可以留空：由名称的拼音生成。")

    def example(self):
        return "shi-li-01"


class PhoneCodec(TextCodec):
    """Telephone numbers, as written: the leading + and zeros belong to them."""

    def clean(self, value, row=None, **kwargs):
        if is_scientific(value):
            raise CellError(_("号码已被 Excel 改成科学计数法，请按“文本”重新填写。"))
        return plain(super().clean(value))

    def form(self):
        return _("电话号码，照写即可，可带区号和 +86。")

    def example(self):
        return "400-000-0000"


class EmailCodec(TextCodec):
    """An e-mail address; whether it is one, the field tells."""

    def clean(self, value, row=None, **kwargs):
        return plain(super().clean(value))

    def form(self):
        return _("电子邮箱地址。")

    def example(self):
        return "office@example.com"


class WebAddressCodec(TextCodec):
    """A web address; one written without a scheme is taken to be https, as in the forms."""

    def clean(self, value, row=None, **kwargs):
        text = super().clean(value)
        if not WEB_HOST.match(text):
            # An input method widens an address as a whole; a path may hold （） in earnest.
            text = plain(text)
        return text if "://" in text else f"https://{text}"

    def form(self):
        return _("网页地址；没有写 https:// 时自动补上。")

    def example(self):
        return "https://example.com/"
