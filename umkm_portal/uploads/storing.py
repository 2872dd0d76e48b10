from functools import partial
from hashlib import sha256
from pathlib import PurePosixPath
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction

PDF, WEBP = "application/pdf", "image/webp"
EXTENSIONS = {PDF: ".pdf", WEBP: ".webp"}
THUMBNAIL = "-400"


class CheckedFile(ContentFile):
    """What is kept of an upload. Its name is random: nothing of the sender's name goes on.

    A photo also has `width`, `height` and `thumbnail`, which is a CheckedFile too.
    """

    width = height = thumbnail = None

    def __init__(self, content, media_type):
        super().__init__(content, name=uuid4().hex + EXTENSIONS[media_type])
        self.media_type = media_type
        self.sha256 = sha256(content).hexdigest()


def thumbnail_name(name):
    """The name of the small picture that belongs to a stored photo."""
    path = PurePosixPath(name)
    return str(path.with_stem(path.stem + THUMBNAIL))


def keep_thumbnail(stored, checked):
    """Stores the thumbnail of `checked`, a CheckedFile, beside the saved field file `stored`."""
    stored.storage.save(thumbnail_name(stored.name), checked.thumbnail)


def delete_file_on_commit(stored):
    """Deletes a field file, and its thumbnail, once the change that drops it is certain."""
    if not stored:
        return
    for name in (stored.name, thumbnail_name(stored.name)):
        transaction.on_commit(partial(stored.storage.delete, name), robust=True)
