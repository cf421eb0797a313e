"""Two records side by side: what each says, and which of it one record made of both would say."""

from dataclasses import dataclass

from django.contrib.admin.utils import display_for_field
from django.utils.text import capfirst

from promotion.reference.fields import DerivedTextField
from promotion.reference.pictures import PictureField

# Who may see a record is decided apart; its address stays; its names are gathered as aliases.
SETTLED_FIELDS = {"slug", "status", "publish_at", "expires_at", "aliases"}
COMPANIONS = {"name": ["pinyin"]}
"""What goes with a field beside its English, so that the two are of one source."""
NAMES = ("name", "name_en")


def own_fields(model):
    """Return the fields of a model that say something of a record."""
    return [
        field
        for field in model._meta.concrete_fields
        if field.editable
        and not field.primary_key
        and not isinstance(field, DerivedTextField)
        and field.name not in SETTLED_FIELDS
    ]


def field_groups(model):
    """Return lists of fields that are kept or left together, the decisive one first.

    A text goes with its English, a picture with its description, a name with its reading. English
    names go by themselves: each is a name of the thing.
    """
    groups, grouped = [], set()
    names = {field.name: field for field in own_fields(model)}
    for name, field in names.items():
        if name in grouped:
            continue
        together = [name, *COMPANIONS.get(name, [])]
        if name not in NAMES:
            together.append(f"{name}_en")
        if isinstance(field, PictureField):
            together += [other for other in names if other.startswith(f"{name}_")]
        group = [names[other] for other in dict.fromkeys(together) if other in names]
        grouped |= {each.name for each in group}
        groups.append(group)
    return groups


def is_empty(value):
    return value is None or value == ""


def covers(first, second):
    """Tell whether the first values say all that the second do."""
    return all(a == b or is_empty(b) for a, b in zip(first, second, strict=True))


@dataclass
class Pairing:
    """What two records say in one group of fields: the one that stays, and the one that goes."""

    fields: list
    kept: tuple
    gone: tuple
    kept_texts: list
    gone_texts: list
    is_taken: bool = False

    @property
    def name(self):
        return self.fields[0].name

    @property
    def label(self):
        return capfirst(str(self.fields[0].verbose_name))

    @property
    def texts(self):
        """What the record that stays will say where there is nothing to choose."""
        if is_empty(self.kept[0]) and is_empty(self.gone[0]):
            return []
        return self.gone_texts if self.is_filled else self.kept_texts

    @property
    def contradicts(self):
        """Whether each says what the other does not, so that somebody must choose."""
        if is_empty(self.kept[0]) != is_empty(self.gone[0]):
            return False
        return not covers(self.kept, self.gone) and not covers(self.gone, self.kept)

    @property
    def is_filled(self):
        """Whether the record that stays says less than the other, and so takes it over."""
        if is_empty(self.kept[0]) != is_empty(self.gone[0]):
            return is_empty(self.kept[0])
        return covers(self.gone, self.kept) and self.kept != self.gone

    def values(self, takes_gone):
        """Return {column: value} of the record that stays, a choice being asked only if needed."""
        taken = self.gone if self.is_filled or (self.contradicts and takes_gone) else self.kept
        return {field.attname: value for field, value in zip(self.fields, taken, strict=True)}


def pair_fields(kept, gone):
    """Return the Pairings of two records; pointing at each other is saying nothing."""
    themselves = {kept.pk, gone.pk}

    def value(record, field):
        if field.related_model is type(record) and getattr(record, field.attname) in themselves:
            return None
        content = getattr(record, field.attname)
        return str(content) if isinstance(field, PictureField) else content

    return [
        Pairing(
            group,
            tuple(value(kept, field) for field in group),
            tuple(value(gone, field) for field in group),
            *(
                [text for field in group if (text := field_text(record, field))]
                for record in (kept, gone)
            ),
        )
        for group in field_groups(type(kept))
    ]


def field_text(record, field):
    """Return what a record says in a field, as staff read it; "" for nothing."""
    value = getattr(record, field.name)
    if is_empty(value) or not str(value):
        return ""
    return str(value) if field.is_relation else str(display_for_field(value, field, ""))


def merged_aliases(kept, gone, values):
    """Return the aliases of the record that stays: every other name that the two had."""
    names = [
        *kept.alias_list, kept.name, gone.name, *gone.alias_list, kept.name_en, gone.name_en,
    ]  # fmt: skip
    chosen = {values["name"], values["name_en"], ""}
    return "、".join(name for name in dict.fromkeys(names) if name not in chosen)
