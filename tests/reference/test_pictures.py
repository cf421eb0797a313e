"""Uploads: told by content, bounded, re-encoded, without what the camera wrote."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from promotion.reference.pictures import open_picture, reencode_picture
from tests.factories import make_park


def picture_bytes(image_format="JPEG", size=(40, 20), mode="RGB", **options):
    buffer = io.BytesIO()
    Image.new(mode, size, "teal").save(buffer, image_format, **options)
    return buffer.getvalue()


def upload(content, name="photo.jpg"):
    return SimpleUploadedFile(name, content)


def test_position_and_camera_do_not_survive():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side
    exif[0x010F] = "SecretCam"
    exif.get_ifd(0x8825)[1] = "N"
    kept = reencode_picture(upload(picture_bytes(exif=exif))).read()
    picture = Image.open(io.BytesIO(kept))
    assert (picture.width, picture.height) == (20, 40)
    assert not picture.getexif()
    assert b"SecretCam" not in kept


def test_transparency_survives():
    kept = reencode_picture(upload(picture_bytes("PNG", mode="RGBA"), "logo.png"))
    assert kept.name == "picture.png"


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        picture_bytes("GIF"),
        picture_bytes("TIFF"),
        picture_bytes()[:-200],
        b"",
    ],
    ids=["svg", "eps", "gif", "tiff", "truncated", "empty"],
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


@pytest.mark.django_db
def test_a_saved_record_keeps_the_clean_picture_under_a_name_of_ours():
    park = make_park(
        picture=upload(picture_bytes("WEBP"), "../../etc/外滩.webp"), picture_alt="园区"
    )
    assert park.picture.name.startswith("pictures/park/")
    assert park.picture.name.endswith(".jpg")
    assert "外滩" not in park.picture.name
    park.summary = "改了别处"
    name = park.picture.name
    park.save()
    assert park.picture.name == name


@pytest.mark.django_db
def test_a_picture_needs_a_description():
    with pytest.raises(ValidationError, match="图片"):
        make_park(picture=upload(picture_bytes())).full_clean()
