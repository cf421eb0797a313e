"""Uploaded pictures: what is accepted, and what is kept of them."""

import io
import uuid
import warnings

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

ACCEPTED_FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE_PIXELS = 2400


def picture_path(instance, filename):
    """Return where an upload is stored: its given name is neither kept nor trusted."""
    extension = filename.rpartition(".")[2].lower()
    return f"pictures/{instance._meta.model_name}/{uuid.uuid4().hex}.{extension}"


def open_picture(file):
    """Return the decoded picture of an upload, its transparency and orientation applied.

    Raises ValidationError for another format than ACCEPTED_FORMATS (told by content, not by
    name), more than MAX_PICTURE_BYTES or MAX_PICTURE_PIXELS, or data that does not decode.
    """
    if file.size > settings.MAX_PICTURE_BYTES:
        raise ValidationError(
            _("图片有 %(size)s，超过上限 %(limit)s。请压缩后再上传。"),
            params={
                "size": filesizeformat(file.size),
                "limit": filesizeformat(settings.MAX_PICTURE_BYTES),
            },
        )
    try:
        file.seek(0)
        with warnings.catch_warnings():
            # Our own limit below speaks first; Pillow's warning would only reach a log.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(file, formats=ACCEPTED_FORMATS)
            if picture.width * picture.height > settings.MAX_PICTURE_PIXELS:
                raise ValidationError(
                    _("图片为 %(width)s×%(height)s 像素，过大。请缩小后再上传。"),
                    params={"width": picture.width, "height": picture.height},
                )
            picture.load()
            return ImageOps.exif_transpose(picture)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        raise ValidationError(
            _("这个文件不是可用的 JPEG、PNG 或 WebP 图片，或已损坏。请换一张。")
        ) from None


def validate_picture(file):
    """Refuse an upload that is not an acceptable picture; a file already kept passes."""
    if not getattr(file, "_committed", False):
        open_picture(file)


def reencode_picture(file):
    """Return an upload as a fresh file without metadata: PNG for transparency, else JPEG."""
    picture = open_picture(file)
    picture.thumbnail((LONGEST_SIDE_PIXELS, LONGEST_SIDE_PIXELS))
    buffer = io.BytesIO()
    if picture.has_transparency_data:
        picture.convert("RGBA").save(buffer, "PNG", optimize=True)
        return ContentFile(buffer.getvalue(), name="picture.png")
    picture.convert("RGB").save(buffer, "JPEG", quality=85, optimize=True, progressive=True)
    return ContentFile(buffer.getvalue(), name="picture.jpg")


class PictureField(models.ImageField):
    """An image that is re-encoded once, when it is first saved."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("upload_to", picture_path)
        kwargs.setdefault("validators", [validate_picture])
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance, add):
        file = getattr(model_instance, self.attname)
        if file and not file._committed:
            clean_file = reencode_picture(file.file)
            file.save(clean_file.name, clean_file, save=False)
        return super().pre_save(model_instance, add)
