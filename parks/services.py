"""The district that the site promotes, and what its belts show."""

from parks.models import District
from promotion.reference.kept import kept


def home_district(request):
    """Return the public district that the site promotes, or None before there is one.

    All pages show it: the database is asked once in each state of the public data, or once for a
    request that shows none.
    """
    if not hasattr(request, "home_district"):
        request.home_district = kept(District.objects.published().home, "home district")
    return request.home_district


def nodes_on(belt):
    """Return the public nodes of a belt with what lies at each, counted over all enterprises."""
    return kept(lambda: list(belt.nodes.published().for_drawing()), "nodes", belt.pk)
