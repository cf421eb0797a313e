"""Pages are asked for as a server that has been up for a while answers them."""

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.utils import translation

from promotion.reference.models import sourced_models
from tests.factories import make_privacy_notice


@pytest.fixture(autouse=True)
def known_content_types(request):
    """Fill the cache of content types, so that queries are counted as in a running server."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        ContentType.objects.clear_cache()
        ContentType.objects.get_for_models(*sourced_models())


@pytest.fixture
def notice():
    """Publish the privacy notice, without which there is no form for enquiries."""
    return make_privacy_notice()


@pytest.fixture(autouse=True)
def chinese_at_first():
    """Forget the language of the test before: outside a request nothing else resets it."""
    with translation.override(settings.LANGUAGE_CODE):
        yield
