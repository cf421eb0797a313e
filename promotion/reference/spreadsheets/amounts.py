"""Numbers whose unit stands in a column of its own, and may be repeated beside the number."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from promotion.reference.spreadsheets.codecs import Codec, decimal_codec, in_lines
from promotion.reference.spreadsheets.problems import CellError
from promotion.reference.spreadsheets.quantities import PLAIN, fold_unit, unit_written


@dataclass(frozen=True, slots=True)
class Amount:
    """A cell with a number and its unit, which the unit of its row must agree with."""

    cell: str
    unit: str


class AmountCodec(Codec):
    """A number alone, or an Amount; `measures` gives the Unit of each choice of the unit column."""

    def __init__(self, field, measures):
        super().__init__()
        self.measures = measures
        self.bare = decimal_codec(field, PLAIN)
        self.codecs = {code: decimal_codec(field, unit) for code, unit in measures.items()}

    def clean(self, value, row=None, **kwargs):
        if isinstance(value, str) and (unit := unit_written(value)):
            return Amount(value, unit)
        return self.bare.clean(value)

    def unit_of(self, amount):
        """Return the choice that an amount's unit means, or None if that is none or several."""
        named = fold_unit(amount.unit)
        sizes = {code: unit.size(named) for code, unit in self.measures.items()}
        exact = [code for code, size in sizes.items() if size == 1]
        exact = [code for code in exact if named in self.measures[code].names]
        found = exact or [code for code, size in sizes.items() if size is not None]
        return found[0] if len(found) == 1 else None

    def number(self, amount, code):
        """Return the number of an amount in the unit of this choice; CellError if it is another."""
        return self.codecs.get(code, self.bare).clean(amount.cell)

    def render(self, value, obj=None, **kwargs):
        return self.bare.render(value)

    def rule(self, field):
        return in_lines(self.bare.rule(field), _("单位可以写出，须与“单位”一栏相同。"))

    def example(self):
        return self.bare.example()


def settle_amounts(rows, codec, has_units):
    """Make numbers of the amounts among the values, in the unit of each row.

    An empty unit is filled from the amount; without a column of units it is the record's.
    """
    for row in rows:
        amount = row.values.get("value")
        if not isinstance(amount, Amount):
            continue
        given = row.values.get("unit") if has_units else row.instance and row.instance.unit
        unit = given or codec.unit_of(amount)
        if unit:
            row.values["unit"] = unit
        try:
            row.values["value"] = codec.number(amount, unit)
        except CellError as error:
            row.errors["value"] = error
            del row.values["value"]
