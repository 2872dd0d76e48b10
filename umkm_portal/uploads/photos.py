from io import BytesIO
from threading import Lock

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from .storing import WEBP, CheckedFile

LONGEST_SIDE = 1600
THUMBNAIL_SIDE = 400
QUALITY = 80
# A JPEG can be decoded at half its size; the others fill the memory with every pixel they have.
MAX_PIXELS = {"JPEG": 50_000_000, "MPO": 50_000_000}
MAX_PIXELS_OF_OTHERS = 25_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
# Several web threads must not unpack several of the largest pictures at once.
one_at_a_time = Lock()


def photo_of(content):
    """The first picture in the bytes `content` as a CheckedFile: upright, at most 1600 pixels long
    and WebP, made of its pixels alone. Raises ValidationError for everything else."""
    with one_at_a_time:
        picture = _upright(_opened(content))
    checked = CheckedFile(_encoded(picture), WEBP)
    checked.width, checked.height = picture.size
    picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    checked.thumbnail = CheckedFile(_encoded(picture), WEBP)
    return checked


def _opened(content):
    if content[4:8] == b"ftyp":
        raise ValidationError(
            _(
                "Photos in the iPhone format HEIC cannot be read. Choose “Most Compatible” in the "
                "settings of the camera under “Formats” and take the photo again, or send a "
                "screenshot of it."
            ),
            code="heic",
        )
    try:
        image = Image.open(BytesIO(content), formats=FORMATS)
    except BOMBS as error:
        raise _too_many_pixels(MAX_PIXELS_OF_OTHERS) from error
    # What a decoder raises for a hostile file is not agreed on anywhere.
    except Exception as error:
        raise ValidationError(
            _(
                "This file is not a photo that can be read. Choose a JPEG, PNG or WebP "
                "picture, or take the photo again with your phone."
            ),
            code="not_a_photo",
        ) from error
    limit = MAX_PIXELS.get(image.format, MAX_PIXELS_OF_OTHERS)
    if image.width * image.height > limit:
        raise _too_many_pixels(limit)
    return image


def _upright(image):
    try:
        image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
        if image.mode not in ("RGB", "RGBA", "L", "CMYK"):
            image = _in_colours(image)
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        image = ImageOps.exif_transpose(image)
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        # A new picture has no EXIF, XMP, comments or profiles that could come along.
        clean = Image.new(mode, image.size)
        clean.paste(image.convert(mode))
    except Exception as error:
        raise ValidationError(
            _(
                "This photo is damaged or was not sent completely. Send it again, or choose "
                "another one."
            ),
            code="damaged",
        ) from error
    return clean


def _in_colours(image):
    if image.mode.startswith("I;16"):
        # A plain conversion would cut all that is above 255 off at white.
        return image.point(lambda value: value / 256).convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _encoded(picture):
    file = BytesIO()
    picture.save(file, "WEBP", quality=QUALITY)
    return file.getvalue()


def _too_many_pixels(limit):
    return ValidationError(
        _(
            "This picture has more than %(limit)d million pixels. Take the photo with a lower "
            "resolution, or make it smaller first."
        ),
        code="too_many_pixels",
        params={"limit": limit // 10**6},
    )
