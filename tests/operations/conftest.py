"""A site with something in it, which the tests read, and an empty one, which each may fill."""

import pytest

from tests.sites import new_site

MAKE_WORLD = """
import io
from PIL import Image
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.base import ContentFile
from parks.models import Park
from promotion.reference.models import ImportBatch
from tests.factories import make_company, make_inquiry, make_park
picture = io.BytesIO()
Image.effect_noise((1200, 800), 80).convert("RGB").save(picture, "JPEG")
file = ContentFile(picture.getvalue(), "一张.jpg")
make_park(slug="pictured", name="有图的园区", picture=file, picture_alt="图")
make_park(slug="often", picture=file, picture_alt="图")
for number in range(300):
    make_company(slug=f"company-{number}")
make_inquiry(organisation="测试单位")
User.objects.create_superuser("admin", password="synthetic")
session = SessionStore()
session["_auth_user_id"] = "1"
session.create()
kind = ContentType.objects.get_for_model(Park)
ImportBatch.objects.create(model_type=kind, file_name="a.csv", stage="writing")
ImportBatch.objects.create(model_type=kind, file_name="b.csv", stage="written")
"""


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    with new_site(tmp_path_factory.mktemp("site")) as site:
        site.migrate().ask(MAKE_WORLD)
        yield site


@pytest.fixture
def empty(tmp_path):
    with new_site(tmp_path / "empty") as site:
        yield site
