"""The column that says how far a row has come true: one for every sheet."""

import re

from django.utils.translation import override

from promotion.reference.spreadsheets.codecs import SOURCE_LANGUAGE, ChoiceCodec
from promotion.reference.spreadsheets.columns import Column
from promotion.reference.wording import unconfirmed_words

REMARK = re.compile(r"\s*[（(]自[^（）()]*未见证实[)）]\s*\Z")


class StatementCodec(ChoiceCodec):
    """One of a vocabulary; since when it is unconfirmed is ours to say, and passed over."""

    def clean(self, value, row=None, **kwargs):
        return super().clean(REMARK.sub("", value) if isinstance(value, str) else value)


class StatementColumn(Column):
    """A field by which a row says that something is still to come, and since when unconfirmed."""

    def __init__(self, field):
        super().__init__(field, StatementCodec(field.choices))
        model = field.model
        self.told_by = list(
            dict.fromkeys([field.name, *model.due_fields, "as_of", "verified_on"]),
        )

    @property
    def exported(self):
        return self.told_by

    def cells(self, *columns):
        return [
            self.cell(dict(zip(self.told_by, row, strict=True)))
            for row in zip(*columns, strict=True)
        ]

    def cell(self, values):
        value = values[self.field.name]
        text = self.widget.render(value)
        if value not in self.field.model.forward_values[self.field.name]:
            return text
        with override(SOURCE_LANGUAGE):
            remark = unconfirmed_words(self.field.model(**values))
        return f"{text}（{remark}）" if remark else text
