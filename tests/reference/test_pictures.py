"""Uploads: told by content, bounded, re-encoded, without what the camera wrote."""

import io
import re
from base64 import b64decode
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from PIL import Image

from parks.models import Park
from promotion.management.commands import make_renditions as make_renditions_command
from promotion.reference.editorial.previews import preview_path
from promotion.reference.pictures import clean_picture, open_picture
from tests.connections import kept_connection
from tests.factories import make_company, make_park


@pytest.fixture(params=["folder", "bucket"])
def store(request, settings):
    """Where uploads are kept."""
    if request.param == "bucket":
        request.getfixturevalue("bucket")


def picture_bytes(image_format="JPEG", size=(40, 20), mode="RGB", **options):
    buffer = io.BytesIO()
    Image.new(mode, size, (0, 128, 128, 90)[: len(mode)]).save(buffer, image_format, **options)
    return buffer.getvalue()


def upload(content, name="photo.jpg"):
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        picture_bytes("GIF"),
        picture_bytes("TIFF"),
        picture_bytes()[:-200],
        b64decode(
            "iVBORw0KGgoAAAANSUhEUgAAADIAAAAyCAIAAACRXR/mAAAABmVYSWZNTQAqAADlBaJJAAAAHklEQVR4nO3BMQEAAADC"
            "oPVPbQhfoAAAAAAAAAD4DR1+AAEKUu82AAAAAElFTkSuQmCC"
        ),
        b"",
    ],
    ids=["svg", "eps", "gif", "tiff", "truncated", "no camera", "empty"],
)
def test_anything_else_is_refused_whatever_its_name(content):
    with pytest.raises(ValidationError, match="JPEG"):
        open_picture(upload(content))


def test_a_small_file_of_enormous_dimensions_is_refused(settings):
    settings.MAX_PICTURE_PIXELS = 1_000_000
    with pytest.raises(ValidationError, match="2000×2000"):
        open_picture(upload(picture_bytes("PNG", (2000, 2000)), "bomb.png"))


def test_a_large_file_is_refused_before_it_is_decoded(settings):
    settings.MAX_PICTURE_BYTES = 100
    with pytest.raises(ValidationError, match="超过上限"):
        open_picture(upload(b"x" * 101))


def photo(**options):
    """Return a photo as a camera writes it: held on its side, saying where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretCam"
    exif.get_ifd(0x8825)[1] = "N"
    return picture_bytes(exif=exif, xmp=b"<x>SecretCam</x>", comment=b"SecretCam", **options)


def kept_files(record):
    """Return the names of all files kept for the records of a model."""
    folder = f"pictures/{record._meta.model_name}"
    return {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]}


def looked_at(name):
    """Return format, size and metadata of a kept file, and whether it tells of the camera."""
    with default_storage.open(name) as file:
        content = file.read()
    picture = Image.open(io.BytesIO(content))
    return picture.format, picture.size, dict(picture.getexif()), b"SecretCam" in content


@pytest.mark.usefixtures("store")
@pytest.mark.django_db
def test_an_upload_is_kept_in_fixed_widths_as_webp_and_jpeg_without_metadata():
    park = make_park(picture=upload(photo(size=(1000, 2000))), picture_alt="园区")
    assert re.fullmatch(r"pictures/park/[0-9a-f]{32}-2000x1000\.jpg", park.picture.name)
    stem = park.picture.name.removesuffix(".jpg")
    assert {name.removeprefix(stem): looked_at(name) for name in kept_files(park)} == {
        ".jpg": ("JPEG", (2000, 1000), {}, False),
        "-480.jpg": ("JPEG", (480, 240), {}, False),
        "-480.webp": ("WEBP", (480, 240), {}, False),
        "-960.jpg": ("JPEG", (960, 480), {}, False),
        "-960.webp": ("WEBP", (960, 480), {}, False),
        "-1600.jpg": ("JPEG", (1600, 800), {}, False),
        "-1600.webp": ("WEBP", (1600, 800), {}, False),
    }


@pytest.mark.usefixtures("store")
@pytest.mark.django_db
def test_a_small_picture_is_not_enlarged():
    park = make_park(picture=upload(picture_bytes(size=(700, 350))), picture_alt="园区")
    assert sorted(looked_at(name)[1][0] for name in kept_files(park)) == [480, 480, 700, 700, 700]
    assert park.picture.url_within(480).endswith("-480.jpg")
    tiny = make_park(picture=upload(picture_bytes(size=(90, 1))), picture_alt="园区")
    assert [rendition[:2] for rendition in tiny.picture.renditions] == [(90, 1)]


@pytest.mark.usefixtures("store")
@pytest.mark.django_db
def test_transparency_survives():
    content = picture_bytes("PNG", mode="RGBA", size=(600, 300))
    company = make_company(picture=upload(content, "logo.png"), picture_alt="标识")
    formats = {looked_at(name)[0] for name in kept_files(company)}
    assert formats == {"PNG", "WEBP"}
    with default_storage.open(company.picture.renditions[0].webp_name) as file:
        assert Image.open(file).has_transparency_data


@pytest.mark.usefixtures("store")
@pytest.mark.django_db
def test_a_saved_record_keeps_the_clean_picture_under_a_name_of_ours():
    park = make_park(
        picture=upload(picture_bytes("WEBP"), "../../etc/外滩.webp"), picture_alt="园区"
    )
    assert re.fullmatch(r"pictures/park/[0-9a-f]{32}-40x20\.jpg", park.picture.name)
    park.summary = "改了别处"
    name = park.picture.name
    park.save()
    assert park.picture.name == name


@pytest.mark.django_db
def test_a_picture_needs_a_description():
    with pytest.raises(ValidationError, match="图片"):
        make_park(picture=upload(picture_bytes())).full_clean()


@pytest.mark.django_db
def test_a_focus_lies_inside_the_picture():
    with pytest.raises(ValidationError, match="0 到 100"):
        Park(slug="p", name="p", kind="tower", picture_focus_x=101).full_clean()


@pytest.mark.usefixtures("store")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("replacement", ["", "new"])
def test_a_replaced_or_cleared_picture_is_removed_once_that_is_certain(replacement):
    park = make_park(picture=upload(picture_bytes()), picture_alt="园区")
    former = kept_files(park)
    park.picture = upload(picture_bytes(size=(60, 60))) if replacement else ""
    with transaction.atomic():
        park.save()
        transaction.set_rollback(True)
    assert former <= kept_files(park)
    park.refresh_from_db()
    park.picture = upload(picture_bytes(size=(60, 60))) if replacement else ""
    park.save()
    assert kept_files(park).isdisjoint(former)
    assert all(default_storage.exists(name) for name in park.picture.files if park.picture)


@pytest.mark.usefixtures("store")
@pytest.mark.django_db
def test_a_former_version_whose_picture_is_gone_cannot_be_brought_back():
    park = make_park(picture="pictures/park/" + "0" * 32 + "-40x20.jpg", picture_alt="园区")
    with pytest.raises(ValidationError, match="不在了"):
        park.full_clean()


def make_renditions():
    output = io.StringIO()
    call_command("make_renditions", stdout=output, stderr=output)
    return output.getvalue().split("\n")[-2]


@pytest.mark.usefixtures("store")
@pytest.mark.django_db
def test_the_command_makes_renditions_anew_and_removes_what_nobody_names(monkeypatch):
    park = make_park(picture=upload(picture_bytes(size=(600, 300))), picture_alt="园区")
    names = kept_files(park)
    default_storage.delete(park.picture.renditions[0].name)
    orphan = default_storage.save("pictures/park/orphan.jpg", ContentFile(b"x"))
    assert make_renditions() == "made=1 lost=0 removed=0"
    assert kept_files(park) == names | {orphan}
    monkeypatch.setattr(make_renditions_command, "SETTLED", timedelta(0))
    assert make_renditions() == "made=1 lost=0 removed=1"
    assert kept_files(park) == names


@pytest.mark.usefixtures("store")
@pytest.mark.django_db(transaction=True)
def test_the_command_takes_in_pictures_kept_before_there_were_renditions():
    old = "pictures/park/" + "0" * 32 + ".jpg"
    default_storage.save(old, ContentFile(picture_bytes(size=(500, 500))))
    park = make_park(slug="park", picture=old, picture_alt="园区")
    assert park.picture.renditions == []
    assert make_renditions() == "made=1 lost=0 removed=0"
    park.refresh_from_db()
    assert [rendition.width for rendition in park.picture.renditions] == [480, 500]
    assert kept_files(park) == set(park.picture.files)


@pytest.mark.usefixtures("store")
@pytest.mark.django_db
def test_the_command_names_a_picture_whose_file_is_gone():
    make_park(slug="bare", picture="pictures/park/" + "0" * 32 + "-9x9.jpg", picture_alt="园区")
    output = io.StringIO()
    with pytest.raises(CommandError):
        call_command("make_renditions", stderr=output)
    assert output.getvalue().startswith("parks.Park bare: ")


def given(client, *addresses):
    """Return the (status, caching) with which pictures are given out."""
    answers = set()
    for address in addresses:
        response = client.get(address)
        with kept_connection():
            response.close()
        answers.add((response.status_code, response.get("Cache-Control", "")))
    return answers


FOR_EVERYONE = {(200, "public, max-age=31536000, immutable")}
FOR_ONE = {(200, "private, no-store")}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "hidden",
    [
        {"status": "draft"},
        {"status": "in_review"},
        {"status": "archived"},
        {"publish_at": timezone.now() + timedelta(days=1)},
        {"expires_at": timezone.now() - timedelta(days=1)},
    ],
    ids=lambda values: next(iter(values.items()))[0] + str(values.get("status", "")),
)
def test_a_picture_is_withdrawn_with_its_record(store, hidden, client, admin_client):
    park = make_park(picture=upload(picture_bytes(size=(1000, 500))), picture_alt="大门")
    kept = [f"/media/{name}" for name in park.picture.files]
    assert given(client, *kept) == FOR_EVERYONE
    Park.objects.filter(pk=park.pk).update(**hidden)
    assert {status for status, _caching in given(client, *kept)} == {404}
    # Staff see it in their forms, and whoever was sent a link in its preview.
    assert given(admin_client, *kept) == FOR_ONE
    park.refresh_from_db()
    page = client.get(preview_path(park)).text
    shown = set(re.findall(r"/media/pictures/[^\s\"]+", page))
    assert len(shown) > 2
    assert given(client, *shown) == FOR_ONE
    assert {status for status, _caching in given(client, *(each[:-1] for each in shown))} == {404}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["user", "event", "figure", "historicalpark", "none"])
def test_what_has_no_pictures_gives_none_out(client, kind):
    ((status, _caching),) = given(client, f"/media/pictures/{kind}/{'0' * 32}-40x20.jpg")
    assert status == 404


def test_a_grey_picture_of_16_bits_keeps_its_shades():
    buffer = io.BytesIO()
    Image.linear_gradient("L").convert("I").point(lambda value: value * 257).convert("I;16").resize(
        (3000, 256)
    ).save(buffer, "PNG")
    picture, extension = clean_picture(upload(buffer.getvalue(), "scan.png"))
    assert extension == "jpg"
    assert picture.getpixel((0, 0)) == (0, 0, 0)
    assert 120 < picture.getpixel((0, picture.height // 2))[0] < 136
    assert picture.getpixel((0, picture.height - 1)) == (255, 255, 255)
