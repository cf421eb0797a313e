"""The district that the site promotes."""

from parks.models import District


def home_district(request):
    """Return the public district that the site promotes, or None before there is one.

    A request asks the database once.
    """
    if not hasattr(request, "home_district"):
        request.home_district = District.objects.published().home()
    return request.home_district
