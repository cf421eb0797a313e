"""A column of a sheet: the field behind it, its headings, and how its cells are read."""

from dataclasses import dataclass
from operator import attrgetter

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import override
from import_export.fields import Field

from promotion.reference.batches import listed
from promotion.reference.fields import PartialDateField
from promotion.reference.spreadsheets import codecs, texts
from promotion.reference.spreadsheets.problems import CellError, shown
from promotion.reference.spreadsheets.quantities import unit_of_field

# A value that an empty cell of a new row leaves to the model.
MODEL_DEFAULT = object()

# Made-up cells of fields that many models have, where the field's type does not give one that
# agrees with the rest of the row.
EXAMPLES = {
    "aliases": "示例甲、示例乙",
    "address": "示例路 1 号",
    "address_en": "1 Example Road",
    "contact_name": "示例服务部",
    "summary": "这里写两三句话。",
    "summary_en": "Two or three sentences.",
    "expires_at": "2024-10-01 18:00",
}


def in_language(language, text):
    with override(language):
        return str(text)


class Column(Field):
    """One field of a record as one column, a django-import-export field with our codecs."""

    is_relation = False
    """Whether the value lies in another table, which is written after the row itself."""
    is_self_reference = False
    """Whether the value may be another row of the same file."""

    def __init__(self, field, codec, attribute=None):
        self.field = field
        self.name = field.name
        self.aliases = ()
        super().__init__(
            attribute=attribute or field.name,
            column_name=in_language(codecs.SOURCE_LANGUAGE, field.verbose_name),
            widget=codec,
        )

    def __deepcopy__(self, memo):
        # Resources copy their fields so that an instance may alter them; ours are never altered.
        return self

    @property
    def heading(self):
        return self.column_name

    @property
    def headings(self):
        """Every heading by which a file may call this column, the canonical one first."""
        return [self.heading, self.name, in_language("en", self.field.verbose_name), *self.aliases]

    @property
    def is_required(self):
        """Whether a new row must fill this column."""
        field = self.field
        return not (field.null or field.blank or field.has_default())

    @property
    def related_models(self):
        """The other models that decide how this column is read."""
        return []

    def decoder(self, cells, names):
        """Return the function that reads one of these cells; it raises CellError.

        `names` remembers the names of other records for the whole file.
        """
        return self.widget.clean

    def empty_value(self, is_new):
        """Return what an empty cell means; raise CellError where it may not be empty."""
        field = self.field
        if field.null:
            return None
        if field.blank and field.empty_strings_allowed:
            return ""
        if field.has_default():
            if is_new:
                return MODEL_DEFAULT
            if not field.choices:
                return field.get_default()
        raise CellError(_("不能留空。"), self.allowed_when_empty())

    def allowed_when_empty(self):
        allowed = getattr(self.widget, "allowed", None)
        return allowed("") if allowed else ""

    # What a template says of the column

    @property
    def enforcement(self):
        """What the column's drop-down list does with other values; "" if it lets them pass."""
        return self.widget.enforcement

    def allowed_values(self, limit, user=None):
        """Return at most so many of the values to choose from; none where any will do."""
        return self.widget.allowed_values()[:limit]

    def rule(self):
        """Return in words, a line each, how a cell is filled in."""
        default = self.default_text()
        return codecs.in_lines(
            self.form(),
            _("新记录留空时是“%(value)s”。") % {"value": default} if default else "",
            str(self.field.help_text),
        )

    def form(self):
        """Return in words what a cell may hold."""
        return self.widget.rule(self.field)

    def default_text(self):
        """Return what an empty cell of a new row becomes, if the model gives it a value."""
        try:
            if self.empty_value(is_new=True) is not MODEL_DEFAULT:
                return ""
        except CellError:
            return ""
        return shown(self.widget.render(self.field.get_default()))

    def example(self):
        """Return the text of a made-up cell."""
        return EXAMPLES.get(self.name) or self.widget.example() or self.made_up_name()

    def made_up_name(self):
        """Return a text that names nothing real, after the field or, for names, the model."""
        base = self.name.removesuffix("_en")
        options = self.field.model._meta
        words = options if base == "name" else options.get_field(base)
        if base != self.name:
            return f"Example {in_language('en', words.verbose_name)}"
        return f"示例{in_language(codecs.SOURCE_LANGUAGE, words.verbose_name)}"

    # What a record holds

    def current(self, instances):
        """Return the function that gives an instance's present value, as it is compared."""
        return attrgetter(self.name)

    def comparable(self, value):
        """Return a read value as it is compared."""
        return value

    def holds(self, cell, current):
        """Tell whether a cell is word for word the present text, whatever its rules say now."""
        return (
            isinstance(current, str)
            and isinstance(cell, str)
            and (cell == current or with_plain_breaks(cell) == with_plain_breaks(current))
        )

    def assign(self, instance, value):
        setattr(instance, self.name, value)

    def matching(self, values):
        """Return the condition that finds the rows with one of these compared values."""
        return models.Q(**{f"{self.name}__in": listed(values)})

    def texts(self, values):
        """Return {compared value: the text that shows it}."""
        rendered = {value: self.widget.render(value) for value in values}
        return {value: "" if text is None else str(text) for value, text in rendered.items()}

    @property
    def exported(self):
        """The lookups of the values that an exported cell is made of."""
        return [self.attribute]

    def cells(self, values):
        """Return what the exported cells of a batch of rows hold; one list for each lookup."""
        return self.widget.render_all(values)


def with_plain_breaks(text):
    """Return a text with line breaks of one kind."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass
class BoundColumn:
    """A column as one file has it: where, under which heading, in which unit."""

    column: Column
    index: int
    heading: str
    scale: object = 1
    decode: object = None

    @property
    def name(self):
        return self.column.name

    def cell(self, cells):
        return cells[self.index] if self.index < len(cells) else None


def codec_for(field):
    """Return the codec that suits a model field."""
    if field.choices:
        return codecs.ChoiceCodec(field.choices)
    if isinstance(field, PartialDateField):
        return codecs.PartialDateCodec()
    if isinstance(field, models.DateTimeField):
        return codecs.MomentCodec()
    if isinstance(field, models.DateField):
        return codecs.DateCodec()
    if isinstance(field, models.BooleanField):
        return codecs.BooleanCodec()
    if isinstance(field, models.DecimalField):
        return codecs.decimal_codec(field, unit_of_field(field.name))
    if isinstance(field, models.IntegerField):
        return codecs.integer_codec(field, unit_of_field(field.name))
    if field.name == "slug":
        return texts.AddressCodeCodec()
    if field.name == "code":
        return texts.IdentifierCodec()
    if field.name == "phone":
        return texts.PhoneCodec()
    if field.name == "name":
        return texts.NameCodec()
    if isinstance(field, models.EmailField):
        return texts.EmailCodec()
    if isinstance(field, models.URLField):
        return texts.WebAddressCodec()
    return texts.TextCodec(multiline=isinstance(field, models.TextField))
