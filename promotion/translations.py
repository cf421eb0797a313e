"""The names that both languages of a text must agree on."""

from companies.models import Company
from parks.models import Incubator, Park
from promotion.reference.translation_check import KnownNames

# Names of these are proper names; those of industries or plans are also plain words.
NAMED_MODELS = [Company, Park, Incubator]


def known_names():
    """Return the names of enterprises, parks and incubators in both languages."""
    return KnownNames(
        (name, name_en, [alias for alias in aliases.split("、") if alias])
        for model in NAMED_MODELS
        for name, name_en, aliases in model.objects.order_by().values_list(
            "name", "name_en", "aliases"
        )
    )
