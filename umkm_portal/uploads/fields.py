from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import Script
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from .documents import SIGNATURE, document_of
from .photos import photo_of

MAX_BYTES = 10 * 1024**2
# Named one by one, iPhones turn their own format into one of these.
PICTURES = "image/jpeg,image/png,image/webp"


class ShrinkingInput(forms.FileInput):
    """Makes photos smaller in the browser, where it can: slow connections thank for it."""

    class Media:
        js = [Script("js/shrink-photo.js", defer=True)]

    def __init__(self, attrs=None):
        texts = {
            "data-shrink": True,
            "data-shrink-working": _("Making the photo smaller …"),
            "data-shrink-done": _(
                "The photo was made smaller and will be sent faster."
            ),
        }
        super().__init__(texts | (attrs or {}))


class UploadField(forms.FileField):
    """A file whose content is looked at, whatever its name and type say. See PhotoField and
    PrivateFileField; the cleaned value is a CheckedFile."""

    accept = ""
    help_text = ""
    widget = ShrinkingInput

    def __init__(self, **kwargs):
        # The sender's name of the file is dropped, so it may be as long as it likes.
        kwargs = {"help_text": self.help_text} | kwargs | {"max_length": None}
        super().__init__(**kwargs)

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"accept": self.accept}

    def to_python(self, data):
        upload = super().to_python(data)
        if upload is None:
            return None
        if upload.size > MAX_BYTES:
            raise ValidationError(
                _(
                    "This file has %(size)s; at most %(limit)s can be sent. Choose a smaller "
                    "file, or take a photo with a lower resolution."
                ),
                code="too_large",
                params={
                    "size": filesizeformat(upload.size),
                    "limit": filesizeformat(MAX_BYTES),
                },
            )
        upload.seek(0)
        return self.checked(upload.read())


class PhotoField(UploadField):
    """A photo that anyone may see, encoded anew."""

    accept = PICTURES
    help_text = _("A photo of at most 10 MB. Where it was taken is removed from it.")

    def checked(self, content):
        return photo_of(content)


class PrivateFileField(UploadField):
    """A document that only a few may see: a PDF, kept as it is, or a photo, encoded anew."""

    accept = f"{PICTURES},application/pdf"
    help_text = _("A PDF or a photo of at most 10 MB.")

    def checked(self, content):
        # Some PDFs begin with a line break or a byte order mark; those are named as damaged PDFs.
        if SIGNATURE in content[:1024]:
            return document_of(content)
        return photo_of(content)
