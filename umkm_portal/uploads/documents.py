import re
from io import BytesIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject

from .storing import PDF, CheckedFile

SIGNATURE = b"%PDF-"
MAX_PAGES = 200
MAX_OBJECTS = 20_000
# As keys, or as values of /S: what makes a PDF act when it is opened, or carry other files.
ACTIVE = {
    "/EmbeddedFile",
    "/EmbeddedFiles",
    "/GoToE",
    "/ImportData",
    "/JS",
    "/JavaScript",
    "/Launch",
    "/Movie",
    "/Rendition",
    "/RichMedia",
    "/Sound",
    "/SubmitForm",
    "/XFA",
}
# Readers repair what is broken in ways of their own, so the plain bytes are looked at too.
ACTIVE_BYTES = re.compile(rb"/(JavaScript|Launch|EmbeddedFile|RichMedia|SubmitForm)\b")


def document_of(content):
    """The PDF in the bytes `content` as a CheckedFile, unchanged. Raises ValidationError when it
    is damaged, encrypted, or does more than show pages."""
    if not content.startswith(SIGNATURE) or b"%%EOF" not in content[-1024:]:
        raise _damaged()
    try:
        reader = PdfReader(BytesIO(content))
        encrypted = reader.is_encrypted
        active = not encrypted and _is_active(reader)
        pages = 0 if encrypted else len(reader.pages)
    # What the parser raises for a hostile file is not agreed on anywhere.
    except Exception as error:
        raise _damaged() from error
    if encrypted:
        raise ValidationError(
            _(
                "This PDF is protected by a password, so it cannot be checked. Print it to a new "
                "PDF without protection, or send a photo of the document."
            ),
            code="encrypted",
        )
    if active or ACTIVE_BYTES.search(content):
        raise ValidationError(
            _(
                "This PDF contains a program, a form or other files. Print it to a new PDF, or "
                "send a photo of the document."
            ),
            code="active",
        )
    if not 0 < pages <= MAX_PAGES:
        raise _damaged()
    return CheckedFile(content, PDF)


def _is_active(reader):
    return any(
        name in ACTIVE
        for number in _object_numbers(reader)
        for name in _names(reader.get_object(number))
    )


def _object_numbers(reader):
    numbers = [
        IndirectObject(number, generation, reader)
        for generation, offsets in reader.xref.items()
        for number in offsets
    ]
    numbers += [IndirectObject(number, 0, reader) for number in reader.xref_objStm]
    if len(numbers) > MAX_OBJECTS:
        raise ValueError("More objects than a certificate has.")
    return numbers


def _names(root):
    """Every key and every name in an object, but not in what it refers to."""
    waiting = [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, NameObject):
            yield value
        elif isinstance(value, DictionaryObject):
            yield from value
            waiting += [value.raw_get(key) for key in value]
        elif isinstance(value, ArrayObject):
            waiting += list.__iter__(value)


def _damaged():
    return ValidationError(
        _(
            "This PDF is damaged or was not sent completely. Send it again, or send a photo of "
            "the document."
        ),
        code="damaged",
    )
