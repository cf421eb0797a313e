"""Making a code for a new record from the reading of its name."""

from django.utils.text import slugify

from promotion.reference.fields import spaced_pinyin

MAX_LENGTH = 80
ROOM_FOR_NUMBER = 8


def slug_base(name, fallback):
    """Return a name's pinyin and Latin words as an ASCII slug (未来岛 Park: wei-lai-dao-park)."""
    slug = slugify(spaced_pinyin(name)).replace("_", "-")[: MAX_LENGTH - ROOM_FOR_NUMBER]
    return "-".join(filter(None, slug.split("-"))) or fallback


def give_slugs(resource, rows):
    """Give each of these new rows a slug that no record and no other row has."""
    rows_without = [row for row in rows if not row.instance.slug]
    if not rows_without:
        return
    model = resource._meta.model
    taken = set(model._default_manager.order_by().values_list("slug", flat=True))
    taken.update(row.instance.slug for row in rows)
    last_number = {}
    for row in rows_without:
        base = slug_base(row.instance.name, model._meta.model_name)
        slug, number = base, last_number.get(base, 1)
        while slug in taken:
            number += 1
            slug = f"{base}-{number}"
        last_number[base] = number
        taken.add(slug)
        row.instance.slug = slug
