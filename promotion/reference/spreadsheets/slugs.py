"""Making a code for a new record from the reading of its name."""

from django.utils.functional import cached_property
from django.utils.text import slugify

from promotion.reference.readings import spaced_pinyin

MAX_LENGTH = 80
ROOM_FOR_NUMBER = 8


def slug_base(name, fallback):
    """Return a name's pinyin and Latin words as an ASCII slug (未来岛 Park: wei-lai-dao-park)."""
    slug = slugify(spaced_pinyin(name)).replace("_", "-")[: MAX_LENGTH - ROOM_FOR_NUMBER]
    return "-".join(filter(None, slug.split("-"))) or fallback


class SlugGiver:
    """Gives new rows slugs that no record and no other row of the file has."""

    def __init__(self, model, given):
        """`given` are the slugs that the file itself gives."""
        self.model = model
        self.given = given
        self.last_number = {}

    @cached_property
    def taken(self):
        slugs = self.model._default_manager.order_by().values_list("slug", flat=True)
        return {*slugs.iterator(), *self.given}

    def give(self, rows):
        for row in rows:
            if not row.instance.slug:
                row.instance.slug = self.free(row.instance.name)

    def free(self, name):
        base = slug_base(name, self.model._meta.model_name)
        slug, number = base, self.last_number.get(base, 1)
        while slug in self.taken:
            number += 1
            slug = f"{base}-{number}"
        self.last_number[base] = number
        self.taken.add(slug)
        return slug
