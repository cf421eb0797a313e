"""Uploads in a bucket: served, examined, backed up and restored like those in a folder."""

import io
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from parks.models import Park
from promotion.environment import env_bucket
from promotion.operations.doctor.services import check_media
from promotion.operations.health import check_media as reach_media
from tests.factories import make_park
from tests.sites import new_site

NAME = "pictures/park/" + "0" * 32 + "-40x20.webp"
PICTURE = NAME.replace(".webp", ".jpg")
GONE = "s3+http://key:s3cret@127.0.0.1:1/uploads"
MAKE_PARK = """
import io
from PIL import Image
from django.core.files.base import ContentFile
from tests.factories import make_park
picture = io.BytesIO()
Image.effect_noise((600, 400), 80).convert("RGB").save(picture, "JPEG")
make_park(slug="pictured", picture=ContentFile(picture.getvalue(), "p.jpg"), picture_alt="图")
"""
FILES = """
import json
from concurrent.futures import ThreadPoolExecutor
from django.core.files.storage import default_storage
from parks.models import Park
from promotion.environment import env_bucket
names = Park.objects.get(slug="pictured").picture.files
print(json.dumps([name for name in names if default_storage.exists(name)]))
"""


@pytest.fixture
def pictured():
    """A public park that the picture belongs to."""
    make_park()
    Park.objects.update(picture=PICTURE)


@pytest.mark.django_db
def test_a_picture_in_a_bucket_is_served_by_the_site_as_from_a_folder(client, bucket, pictured):
    default_storage.save(NAME, ContentFile(b"RIFF"))
    assert bucket.content() == {NAME: b"RIFF"}
    response = client.get(default_storage.url(NAME))
    assert b"".join(response.streaming_content) == b"RIFF"
    assert response["Content-Type"] == bucket.file(NAME)["ContentType"] == "image/webp"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'"
    assert response["Cache-Control"] == bucket.file(NAME)["CacheControl"]
    default_storage.delete(NAME)
    assert bucket.content() == {}
    assert client.get(default_storage.url(NAME)).status_code == 404


def lose(settings):
    """Let the bucket be where nobody answers."""
    settings.MEDIA_BUCKET = env_bucket("MEDIA_STORE_URL")
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": settings.MEDIA_BUCKET},
    }


@pytest.mark.django_db
def test_a_bucket_out_of_reach_is_told_plainly(client, bucket, settings, monkeypatch, pictured):
    reach_media()
    assert check_media().level == "ok"
    assert bucket.content() == {}
    monkeypatch.setenv("MEDIA_STORE_URL", GONE)
    lose(settings)
    client.raise_request_exception = False
    response = client.get(default_storage.url(NAME))
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert client.get("/healthz/ready").json()["checks"]["media"] == "failed"
    finding = check_media()
    assert finding.level == "mend"
    assert "s3cret" not in finding.text


@pytest.mark.django_db
def test_a_picture_that_cannot_be_kept_is_not_named(bucket, settings, monkeypatch):
    park = make_park()
    monkeypatch.setenv("MEDIA_STORE_URL", GONE)
    lose(settings)
    picture = io.BytesIO()
    Image.new("RGB", (40, 20)).save(picture, "PNG")
    park.picture, park.picture_alt = ContentFile(picture.getvalue(), "p.png"), "图"
    with pytest.raises(ConnectionError):
        park.save()
    park.refresh_from_db()
    assert park.picture.name == ""


def test_a_bucket_that_refuses_is_told_with_what_to_check(bucket):
    bucket.client.delete_bucket(Bucket="uploads")
    finding = check_media()
    assert finding.level == "mend"
    assert "uploads" in finding.text
    assert "MEDIA_STORE_URL" in finding.remedy


def test_a_backup_goes_from_folder_to_bucket_and_from_bucket_to_folder(
    tmp_path, running_bucket_server
):
    running_bucket_server.empty()
    url = running_bucket_server.url
    with (
        new_site(tmp_path / "folder") as folder,
        new_site(tmp_path / "one", MEDIA_STORE_URL=f"{url}/one") as one,
        new_site(tmp_path / "two", MEDIA_STORE_URL=f"{url}/two") as two,
        new_site(tmp_path / "back") as back,
    ):
        folder.migrate().ask(MAKE_PARK)
        former = folder
        for number, site in enumerate((one, two, back)):
            path = tmp_path / f"{number}.tar.gz"
            former.carry_out("back_up", path)
            site.carry_out("restore", path)
            assert json.loads(site.ask(FILES)) == json.loads(folder.ask(FILES))
            former = site
        media = folder.var / "media"
        kept = {
            path.relative_to(media).as_posix(): path.read_bytes()
            for path in media.rglob("*")
            if path.is_file()
        }
        assert len(kept) == 5
        assert running_bucket_server.content() == {
            f"{place}/{name}": content for place in ("one", "two") for name, content in kept.items()
        }
        assert all((back.var / "media" / name).read_bytes() == kept[name] for name in kept)
        assert not (one.var / "media").exists()


def test_a_bucket_that_holds_files_is_not_restored_into(tmp_path, running_bucket_server):
    running_bucket_server.empty()
    url = running_bucket_server.url
    path = tmp_path / "backup.tar.gz"
    with (
        new_site(tmp_path / "site") as site,
        new_site(tmp_path / "full", MEDIA_STORE_URL=f"{url}/full") as full,
    ):
        site.migrate().ask(MAKE_PARK)
        site.carry_out("back_up", path)
        full.ask(
            "from django.core.files.base import ContentFile;"
            "from django.core.files.storage import default_storage;"
            "default_storage.save('pictures/park/x.jpg', ContentFile(b'x'))"
        )
        refused = full.manage("restore", path)
        assert refused.returncode == 1
        assert "uploads/full" in refused.stderr
        assert running_bucket_server.content() == {"full/pictures/park/x.jpg": b"x"}


def test_threads_share_one_connection(bucket):
    with ThreadPoolExecutor(4) as pool:
        first = default_storage.connection
        others = list(pool.map(lambda _number: default_storage.connection, range(4)))
    assert all(other is first for other in others)
