"""Files from strangers: checked on the way in, kept under names of our own, handed out with care."""

from .fields import PhotoField, PrivateFileField
from .serving import serve_photo, serve_private, stored_photo
from .storing import CheckedFile, delete_file_on_commit, keep_thumbnail, thumbnail_name

__all__ = [
    "CheckedFile",
    "PhotoField",
    "PrivateFileField",
    "delete_file_on_commit",
    "keep_thumbnail",
    "serve_photo",
    "serve_private",
    "stored_photo",
    "thumbnail_name",
]
