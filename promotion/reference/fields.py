"""Model fields of the kernel: partial dates and the columns derived for search and sorting."""

import calendar
import datetime
import re
import unicodedata

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

MAX_QUERY_WORDS = 10
PARTIAL_DATE = re.compile(r"(?P<year>\d{4})(-(?P<month>\d{2})(-(?P<day>\d{2}))?)?\Z", re.ASCII)


def partial_date_bounds(value):
    """Return the first and the last day that a partial date such as "2021-10" may mean.

    Raises ValueError for text that is not a partial date.
    """
    match = PARTIAL_DATE.match(value)
    if not match:
        raise ValueError(value)
    year, month, day = (int(part) if part else None for part in match.group("year", "month", "day"))
    first = datetime.date(year, month or 1, day or 1)
    if day:
        return first, first
    last_month = month or 12
    return first, datetime.date(year, last_month, calendar.monthrange(year, last_month)[1])


def validate_partial_date(value):
    """Refuse text that names no year, month or day of the calendar."""
    try:
        partial_date_bounds(value)
    except ValueError:
        raise ValidationError(
            _("“%(value)s”不是有效日期。请按 2021、2021-10 或 2021-10-08 填写。"),
            code="invalid_partial_date",
            params={"value": value},
        ) from None


class PartialDateField(models.CharField):
    """A date as exact as its source gives it: a year, a month or a day, as ISO 8601 text.

    Documents say 2021年10月; storing the first of the month would invent a day. The text sorts
    and compares in time order.
    """

    default_validators = [validate_partial_date]

    def __init__(self, *args, **kwargs):
        kwargs["max_length"] = 10
        kwargs.setdefault("blank", True)
        kwargs.setdefault("help_text", _("知道多少填多少：2021、2021-10 或 2021-10-08。"))
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs


class WebAddressField(models.URLField):
    """A web address; one typed without a scheme is taken to be https."""

    def formfield(self, **kwargs):
        return super().formfield(**{"assume_scheme": "https", **kwargs})


def normalize_search_text(text):
    """Return text as it is compared in searches: NFKC, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def query_words(text):
    """Return the different words of a query, as many as are searched for.

    Each is one more pass over all that is searched: fifty would keep the database busy for long.
    """
    return list(dict.fromkeys(normalize_search_text(text).split()))[:MAX_QUERY_WORDS]


class DerivedTextField(models.TextField):
    """Text that the model derives from its other fields each time it is saved.

    `derive` names the model's method that returns the text. Deriving in the field rather than in
    `save` also covers bulk_create.
    """

    def __init__(self, *args, derive, **kwargs):
        self.derive = derive
        kwargs.update(editable=False, default="", blank=True)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "derive": self.derive}

    def pre_save(self, model_instance, add):
        value = getattr(model_instance, self.derive)()
        setattr(model_instance, self.attname, value)
        return value


def text_pairs(model):
    """Return the names of a model's fields that have an English field beside them."""
    names = {field.name for field in model._meta.concrete_fields}
    return [field.name for field in model._meta.concrete_fields if f"{field.name}_en" in names]
