"""Uploaded pictures: what is accepted, and what is kept of them."""

import io
import re
import struct
import uuid
import warnings
from typing import NamedTuple

from django import forms
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.db.models.fields.files import ImageFieldFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

KEPT_EXTENSIONS = ("jpg", "png")
ACCEPTED_FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE_PIXELS = 2400
RENDITION_WIDTHS = (480, 960, 1600)
# What a browser is shown that names no width of its own, and what staff see of their upload.
USUAL_WIDTH = 960
PREVIEW_WIDTH = 480
SIZE_IN_NAME = re.compile(r"-(?P<width>\d+)x(?P<height>\d+)\.(?P<extension>jpg|png)\Z", re.ASCII)
STEM = re.compile(r"pictures/(?P<model>[a-z]+)/[0-9a-f]{32}(-\d+x\d+)?", re.ASCII)
GREY_OF_16_BITS = ("I", "I;16", "I;16B")
BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error)
"""What Pillow raises where the data do not decode."""
ENCODINGS = {
    "jpg": ("JPEG", {"quality": 85, "optimize": True, "progressive": True}),
    "png": ("PNG", {"optimize": True}),
    "webp": ("WEBP", {"quality": 80}),
}


def picture_path(instance, filename):
    """Return where a picture is kept, under a name of ours that ends in its size."""
    return f"pictures/{instance._meta.model_name}/{uuid.uuid4().hex}-{filename}"


def is_shown(name):
    """Tell whether a picture, in whatever width, belongs to something that is public now."""
    stem = STEM.match(name)
    names = [f"{stem[0]}.{extension}" for extension in KEPT_EXTENSIONS]
    return any(
        model._default_manager.published().filter(**{f"{field.name}__in": names}).exists()
        for model in apps.get_models()
        if model._meta.model_name == stem["model"]
        for field in model._meta.fields
        if isinstance(field, PictureField)
    )


def open_picture(file):
    """Return the decoded picture of an upload, its transparency and orientation applied.

    Raises ValidationError for another format than ACCEPTED_FORMATS (told by content, not by
    name), more than MAX_PICTURE_BYTES or MAX_PICTURE_PIXELS, or data that does not decode.
    """
    # Only uploads are decoded; pages give out files.
    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415

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
            return in_8_bits(ImageOps.exif_transpose(picture))
    except (UnidentifiedImageError, Image.DecompressionBombError, *BROKEN):
        raise ValidationError(
            _("这个文件不是可用的 JPEG、PNG 或 WebP 图片，或已损坏。请换一张。")
        ) from None


def in_8_bits(picture):
    """Return a picture with the shades that screens show; Pillow would make bright ones white."""
    if picture.mode not in GREY_OF_16_BITS:
        return picture
    return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def validate_picture(file):
    """Refuse an upload that is no acceptable picture, and a kept one whose file is gone.

    The latter happens when staff return to a former version of a record.
    """
    if not getattr(file, "_committed", False):
        open_picture(file)
    elif not file.storage.exists(file.name):
        raise ValidationError(_("这张图片的文件已经不在了。请重新上传，或清除图片。"))


def clean_picture(file):
    """Return an upload's picture without metadata and no larger than kept, and its extension."""
    picture = open_picture(file)
    picture.thumbnail((LONGEST_SIDE_PIXELS, LONGEST_SIDE_PIXELS))
    extension = "png" if picture.has_transparency_data else "jpg"
    picture = picture.convert("RGBA" if extension == "png" else "RGB")
    # Some encoders write on their own what was read with the picture.
    picture.info.clear()
    return picture, extension


def encode_picture(picture, extension):
    """Return a picture as a file."""
    image_format, options = ENCODINGS[extension]
    buffer = io.BytesIO()
    picture.save(buffer, image_format, **options)
    return ContentFile(buffer.getvalue(), name=f"{picture.width}x{picture.height}.{extension}")


class Rendition(NamedTuple):
    """A picture in one of the widths that pages ask for: two files, WebP and the picture's own."""

    width: int
    height: int
    webp_name: str
    name: str


class PictureFile(ImageFieldFile):
    """A kept picture, whose name tells its size and so its renditions.

    A page learns all of it without opening a file or asking storage or database.
    """

    @property
    def size_in_name(self):
        return SIZE_IN_NAME.search(self.name or "")

    @property
    def width(self):
        return int(self.size_in_name["width"]) if self.size_in_name else None

    @property
    def height(self):
        return int(self.size_in_name["height"]) if self.size_in_name else None

    @property
    def renditions(self):
        """The renditions from narrow to wide, none wider than the picture itself."""
        if not self.size_in_name:
            return []
        stem, _dot, extension = self.name.rpartition(".")
        return [
            Rendition(
                width,
                max(1, round(self.height * width / self.width)),
                f"{stem}-{width}.webp",
                f"{stem}-{width}.{extension}",
            )
            for width in sorted({min(width, self.width) for width in RENDITION_WIDTHS})
        ]

    @property
    def files(self):
        """The names of everything that is kept of the picture."""
        names = [(rendition.webp_name, rendition.name) for rendition in self.renditions]
        return [self.name, *(name for pair in names for name in pair)]

    def srcset(self, names):
        return ", ".join(f"{self.storage.url(name)} {width}w" for width, name in names)

    @property
    def webp_srcset(self):
        return self.srcset((rendition.width, rendition.webp_name) for rendition in self.renditions)

    @property
    def own_srcset(self):
        return self.srcset((rendition.width, rendition.name) for rendition in self.renditions)

    def url_within(self, width):
        """Return the address of the widest rendition up to a width, else of the picture."""
        fitting = [rendition.name for rendition in self.renditions if rendition.width <= width]
        return self.storage.url(fitting[-1] if fitting else self.name)

    @property
    def usual_url(self):
        return self.url_within(USUAL_WIDTH)

    @property
    def preview_url(self):
        return self.url_within(PREVIEW_WIDTH)

    def keep(self, upload):
        """Keep an upload, re-encoded, with its renditions: all of it, or nothing."""
        picture, extension = clean_picture(upload)
        file = encode_picture(picture, extension)
        # Known before anything is written, so that what was written can be found.
        self.name = self.field.generate_filename(self.instance, file.name)
        try:
            self.storage.save(self.name, file)
            self.make_renditions(picture)
        except Exception:
            self.discard()
            raise
        setattr(self.instance, self.field.attname, self.name)
        self._committed = True

    def make_renditions(self, picture):
        """Make the renditions from the decoded picture, in place of any there are."""
        from PIL import Image  # noqa: PLC0415 see `open_picture`

        for width, height, *names in self.renditions:
            resized = picture.resize((width, height), Image.Resampling.LANCZOS)
            for name in names:
                self.storage.delete(name)
                self.storage.save(name, encode_picture(resized, name.rpartition(".")[2]))

    def discard(self):
        """Remove everything that is kept of the picture."""
        for name in self.files:
            self.storage.delete(name)


class PictureUpload(forms.ImageField):
    """An upload that `validate_picture` judges, by its content.

    Django would first have Pillow try every format it knows, and go by the name, which is not kept.
    """

    default_validators = []

    def to_python(self, data):
        return forms.FileField.to_python(self, data)


class PictureField(models.ImageField):
    """An image that is re-encoded once, when it is first saved; its former files are removed."""

    attr_class = PictureFile

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("upload_to", picture_path)
        kwargs.setdefault("validators", [validate_picture])
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": PictureUpload, **kwargs})

    def pre_save(self, model_instance, add):
        file = getattr(model_instance, self.attname)
        if not add and not (file and file._committed):
            self.discard_former(model_instance)
        if file and not file._committed:
            file.keep(file.file)
        return super().pre_save(model_instance, add)

    def discard_former(self, model_instance):
        """Remove the row's former picture, but not before it is sure that the row lets go of it."""
        rows = type(model_instance)._base_manager.filter(pk=model_instance.pk)
        for name in rows.exclude(**{self.attname: ""}).values_list(self.attname, flat=True):
            former = PictureFile(model_instance, self, name)
            transaction.on_commit(former.discard, robust=True)
