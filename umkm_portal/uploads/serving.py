import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.utils.text import slugify

from .storing import EXTENSIONS, PDF, THUMBNAIL, WEBP

PHOTO_FOLDER = "foto"
PHOTO_NAME = re.compile(rf"([0-9a-f]{{32}})(?:{THUMBNAIL})?\.webp")
# Even a file that got past every check can do nothing when a browser opens it.
HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
# Not longer: a photo that is withdrawn has to be gone from every cache within a day.
FOR_A_DAY = "public, max-age=86400, immutable"
NOT_KEPT = "private, no-store"


def stored_photo(name):
    """The stored name of the photo that the address part `name`, of it or of its thumbnail, means."""
    if found := PHOTO_NAME.fullmatch(name):
        return f"{PHOTO_FOLDER}/{found[1]}.webp"
    raise Http404(name)


def serve_photo(name, *, public=True):
    """Answers with the photo of the address part `name`. Whether the asker may see it is for the
    caller to know; caches keep only what is `public`."""
    if not PHOTO_NAME.fullmatch(name):
        raise Http404(name)
    try:
        with default_storage.open(f"{PHOTO_FOLDER}/{name}") as file:
            content = file.read()
    except FileNotFoundError as error:
        raise Http404(name) from error
    cached = {"Cache-Control": FOR_A_DAY if public else NOT_KEPT}
    return HttpResponse(content, content_type=WEBP, headers=HARMLESS | cached)


def serve_private(stored, filename, media_type):
    """Answers with the field file `stored` as a download named after `filename`."""
    stem = slugify(filename.rpartition(".")[0] or filename)[:80] or "berkas"
    try:
        file = stored.open("rb")
    except FileNotFoundError as error:
        raise Http404(stem) from error
    return FileResponse(
        file,
        as_attachment=True,
        filename=stem + EXTENSIONS.get(media_type, ""),
        content_type=PDF if media_type == PDF else "application/octet-stream",
        headers=HARMLESS | {"Cache-Control": NOT_KEPT},
    )
