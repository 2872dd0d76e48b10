import io
import json
import struct
import zlib
from hashlib import sha256
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models, transaction
from django.http import Http404
from django.test import RequestFactory
from django.urls import resolve
from hypothesis import given, strategies as st
from PIL import ExifTags, Image, PngImagePlugin
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

from umkm_portal.uploads import (
    PhotoField,
    PrivateFileField,
    delete_file_on_commit,
    keep_thumbnail,
    serve_photo,
    serve_private,
    stored_photo,
    thumbnail_name,
)
from umkm_portal.uploads.fields import MAX_BYTES
from umkm_portal.uploads.photos import MAX_PIXELS_OF_OTHERS

from ..test_settings import PRODUCTION, read

SECRET = "RAHASIA-LOKASI"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
MEGABYTE = 1024**2


def settings_of_production(name, **environment):
    [value] = read(name, **PRODUCTION, **environment)
    return value


class PhotoForm(forms.Form):
    name = forms.CharField()
    file = PhotoField()


class DocumentForm(forms.Form):
    name = forms.CharField()
    file = PrivateFileField()


FORMS = [PhotoForm, DocumentForm]


def send(form_class, content, name="foto.jpg"):
    upload = SimpleUploadedFile(name, content, content_type="image/jpeg")
    return form_class({"name": "Kopi"}, {"file": upload})


def taken(form_class, content, name="foto.jpg"):
    form = send(form_class, content, name)
    assert form.is_valid(), form.errors
    return form.cleaned_data["file"]


def refused(form_class, content, name="foto.jpg"):
    """The code of the one error beside the field."""
    form = send(form_class, content, name)
    [error] = form.errors.as_data()["file"]
    assert str(error.message)
    return error.code


def opened(file):
    file.seek(0)
    return Image.open(io.BytesIO(file.read()))


def image(picture, kind, **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def plain(kind="PNG", size=(60, 40), mode="RGB", color=(200, 80, 20), **options):
    return image(Image.new(mode, size, color), kind, **options)


def located():
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = SECRET
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (7.0, 15.0, 3.0)
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSAreaInformation] = SECRET
    return exif


def talkative(kind):
    """A photo with everything that can be hung on one: where, with what, by whom."""
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", SECRET)
    text.add_itxt("XML:com.adobe.xmp", f"<x>{SECRET}</x>")
    options = {"exif": located(), "icc_profile": f"profil {SECRET}".encode()}
    if kind != "PNG":
        options["xmp"] = f"<x>{SECRET}</x>".encode()
    if kind == "JPEG":
        options["comment"] = SECRET.encode()
    return plain(kind, pnginfo=text, **options)


def pdf(change=lambda writer: None):
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    change(writer)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def dictionary(**entries):
    return DictionaryObject({NameObject(f"/{key}"): v for key, v in entries.items()})


def opens_with(action, **entries):
    def change(writer):
        action_of_catalog = dictionary(S=NameObject(f"/{action}"), **entries)
        writer.root_object[NameObject("/OpenAction")] = action_of_catalog

    return change


@pytest.mark.parametrize("form_class", FORMS)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_photo_is_kept_without_anything_that_hung_on_it(form_class, kind):
    sent = talkative(kind)
    assert SECRET.encode() in sent

    file = taken(form_class, sent)

    for kept in (file, file.thumbnail):
        picture = opened(kept)
        kept.seek(0)
        content = kept.read()
        assert picture.format == "WEBP"
        assert not picture.getexif()
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(picture.info)
        assert SECRET.encode() not in content
        assert b"EXIF" not in content
        assert b"XMP" not in content
        # Orientation 6 was a quarter turn.
        assert picture.size == (40, 60)


@pytest.mark.parametrize("form_class", FORMS)
@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"avif"])
def test_iphone_photo_is_refused_with_what_to_do(form_class, brand):
    content = b"\0\0\0\x18ftyp" + brand + b"\0" * 600

    assert refused(form_class, content, "IMG_0001.HEIC") == "heic"


@pytest.mark.parametrize(
    ("sent", "kept", "thumbnail"),
    [
        ((4000, 3000), (1600, 1200), (400, 300)),
        ((1000, 3200), (500, 1600), (125, 400)),
        ((1600, 1600), (1600, 1600), (400, 400)),
        ((1, 1), (1, 1), (1, 1)),
        ((30_000, 1), (1600, 1), (400, 1)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_large_photo_is_made_smaller_and_a_small_one_left(kind, sent, kept, thumbnail):
    file = taken(PhotoForm, plain(kind, sent))

    assert opened(file).size == (file.width, file.height) == kept
    assert opened(file.thumbnail).size == thumbnail


@pytest.mark.parametrize(
    ("mode", "color", "kind", "seen"),
    [
        ("L", 200, "PNG", (200, 200, 200)),
        ("1", 1, "PNG", (255, 255, 255)),
        ("I;16", 51_200, "PNG", (200, 200, 200)),
        ("P", 0, "PNG", (0, 0, 0)),
        ("LA", (200, 255), "PNG", (200, 200, 200)),
        ("RGBA", (200, 80, 20, 255), "PNG", (200, 80, 20)),
        ("CMYK", (0, 0, 0, 255), "JPEG", (0, 0, 0)),
        ("L", 200, "JPEG", (200, 200, 200)),
    ],
)
def test_picture_of_any_mode_keeps_its_colours(mode, color, kind, seen):
    file = taken(PhotoForm, plain(kind, mode=mode, color=color))

    found = opened(file).convert("RGB").getpixel((10, 10))
    assert all(abs(a - b) < 6 for a, b in zip(found, seen, strict=True)), found


def test_logo_stays_transparent():
    file = taken(PhotoForm, plain(mode="RGBA", color=(9, 9, 9, 0)))

    assert opened(file).convert("RGBA").getpixel((1, 1))[3] == 0


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_animation_is_kept_as_its_first_picture(kind):
    frames = [Image.new("RGB", (60, 40), color) for color in ("red", "blue", "lime")]
    sent = image(frames[0], kind, save_all=True, append_images=frames[1:])

    picture = opened(taken(PhotoForm, sent))

    assert getattr(picture, "n_frames", 1) == 1
    red, _green, blue = picture.convert("RGB").getpixel((5, 5))
    assert red > 200 > 50 > blue


@pytest.mark.parametrize("form_class", FORMS)
@pytest.mark.parametrize(
    "name",
    [
        "foto.php",
        "foto.svg",
        "tanpa akhiran",
        "..\\..\\etc/passwd",
        "..\\..\\win.ini",
        "/etc/cron.d/x",
        "<script>.jpg",
        "KTP Siti Rahayu 3578.jpg",
        "x" * 250 + ".jpg",
    ],
)
def test_nothing_of_the_senders_file_name_is_kept(form_class, name):
    first, second = taken(form_class, plain(), name), taken(form_class, plain(), name)

    assert first.name != second.name
    assert stored_photo(first.name) == f"foto/{first.name}"


def multi_gif():
    frames = [Image.new("RGB", (60, 40), color) for color in ("red", "blue")]
    return image(frames[0], "GIF", save_all=True, append_images=frames[1:])


NOT_PHOTOS = {
    "svg with a script": SVG,
    "html": HTML,
    "text": b"Halo",
    "xml before svg": b'<?xml version="1.0"?>' + SVG,
    "gif and html": b"GIF89a/*" + HTML + b"*/=1;",
    "animated gif": multi_gif(),
    "tiff": plain("TIFF"),
    "bmp": plain("BMP"),
    "icon": plain("ICO"),
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "zip": b"PK\x03\x04" + b"\0" * 60,
    "exe": b"MZ" + b"\0" * 60,
    "only a jpeg's beginning": b"\xff\xd8\xff\xe0",
    "only nul": b"\0" * 100,
}


@pytest.mark.parametrize("form_class", FORMS)
@pytest.mark.parametrize("what", NOT_PHOTOS)
@pytest.mark.parametrize("name", ["foto.jpg", "foto.png", "surat.pdf"])
def test_what_is_no_photo_is_refused_under_any_name(form_class, what, name):
    assert refused(form_class, NOT_PHOTOS[what], name) in ("not_a_photo", "damaged")


@pytest.mark.parametrize("form_class", FORMS)
def test_nothing_hides_behind_a_photo(form_class):
    for sent in (plain("JPEG"), plain("PNG"), plain("WEBP")):
        kept = taken(form_class, sent + HTML + b"PK\x03\x04").read()
        assert b"script" not in kept
        assert b"PK" not in kept[-200:]


@pytest.mark.parametrize("form_class", FORMS)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_truncated_photo_is_refused(form_class, kind):
    whole = image(Image.effect_noise((300, 200), 80).convert("RGB"), kind)

    for part in (0.3, 0.6, 0.9):
        code = refused(form_class, whole[: int(len(whole) * part)])
        assert code in ("damaged", "not_a_photo")


@pytest.mark.parametrize("form_class", FORMS)
def test_picture_that_would_fill_the_memory_is_refused_before_it_does(
    form_class, monkeypatch
):
    bombs = [plain("PNG", (20_000, 20_000), "1", 1), plain("PNG", (9000, 8000), "1", 1)]
    bombs += [plain("WEBP", (8000, 4000)), plain("PNG", (8000, 4000), "P", 1)]
    assert max(map(len, bombs)) < 100_000
    assert MAX_PIXELS_OF_OTHERS < 8000 * 4000
    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", None)

    assert {refused(form_class, bomb) for bomb in bombs} == {"too_many_pixels"}


@pytest.mark.parametrize("form_class", FORMS)
@pytest.mark.parametrize("beginning", [plain("JPEG"), pdf(), b""])
def test_20_megabytes_are_refused_beside_the_field(form_class, beginning):
    content = beginning + b"\0" * (20 * MEGABYTE)
    factory = RequestFactory()
    request = factory.post(
        "/", {"name": "Kopi", "file": SimpleUploadedFile("foto.jpg", content)}
    )

    form = form_class(request.POST, request.FILES)
    waiting = Path(request.FILES["file"].temporary_file_path())
    assert waiting.stat().st_size == len(content)

    assert [error.code for error in form.errors.as_data()["file"]] == ["too_large"]
    assert 'value="Kopi"' in form.as_div()
    assert "20" in form.errors["file"][0]
    request.close()
    assert not waiting.exists()


def test_10_megabytes_are_taken():
    assert taken(PhotoForm, plain("JPEG") + b"\0" * (MAX_BYTES - 2000))


@pytest.mark.parametrize("form_class", FORMS)
def test_file_of_no_bytes_and_no_file_are_refused(form_class):
    assert refused(form_class, b"") == "empty"
    [error] = form_class({"name": "Kopi"}, {}).errors.as_data()["file"]
    assert error.code == "required"


@given(data=st.data())
@pytest.mark.parametrize("form_class", FORMS)
def test_spoiled_photo_is_taken_or_refused_but_breaks_nothing(form_class, data):
    content = bytearray(data.draw(st.sampled_from(SPOILED)))
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))

    form = send(form_class, bytes(content))

    if not form.is_valid():
        assert set(form.errors) == {"file"}
    elif (file := form.cleaned_data["file"]).media_type == "image/webp":
        assert opened(file).format == "WEBP"
    else:
        assert file.read() == content


SPOILED = [talkative(kind) for kind in ("JPEG", "PNG", "WEBP")] + [pdf()]


@pytest.mark.parametrize("form_class", FORMS)
@given(content=st.binary(max_size=300))
def test_random_bytes_are_refused(form_class, content):
    assert not send(form_class, content).is_valid()


def test_field_offers_the_camera_and_makes_photos_smaller():
    html = str(PhotoForm()["file"])

    assert 'accept="image/jpeg,image/png,image/webp"' in html
    assert "data-shrink" in html
    assert "js/shrink-photo.js" in str(PhotoForm().media)
    assert "defer" in str(PhotoForm().media)
    assert "application/pdf" in str(DocumentForm()["file"])


def test_field_left_empty_keeps_the_file_that_is_there():
    form = PhotoForm(
        {"name": "Kopi"}, {}, initial={"file": ContentFile(b"x", "a.webp")}
    )

    assert form.is_valid()
    assert form.cleaned_data["file"].name == "a.webp"


def test_pdf_is_kept_as_it_is():
    content = pdf()

    file = taken(DocumentForm, content, "sertifikat.jpg")

    assert file.read() == content
    assert file.sha256 == sha256(content).hexdigest()
    assert file.media_type == "application/pdf"
    assert file.name.endswith(".pdf")
    assert "sertifikat" not in file.name
    assert refused(PhotoForm, content) == "not_a_photo"


def test_photo_of_a_document_carries_its_own_hash():
    file = taken(DocumentForm, plain("JPEG"))

    assert file.media_type == "image/webp"
    assert file.sha256 == sha256(file.read()).hexdigest()


def nested_script(writer):
    """JavaScript in an object that only another object refers to."""
    action = writer._add_object(
        dictionary(S=NameObject("/JavaScript"), JS=TextStringObject("x"))
    )
    hidden = writer._add_object(ArrayObject([dictionary(Next=action)]))
    writer.pages[0][NameObject("/AA")] = dictionary(O=hidden)


def with_form(writer):
    form = StreamObject()
    form._data = b"<xdp/>"
    acro = dictionary(XFA=writer._add_object(form))
    writer.root_object[NameObject("/AcroForm")] = acro


ACTIVE = {
    "javascript": opens_with("JavaScript", JS=TextStringObject("app.alert(1)")),
    "nested javascript": nested_script,
    "program": opens_with("Launch", F=TextStringObject("cmd.exe")),
    "form that is sent": opens_with("SubmitForm", F=TextStringObject("http://x")),
    "embedded file": lambda writer: writer.add_attachment("a.exe", b"MZ"),
    "dynamic form": with_form,
}


@pytest.mark.parametrize("what", ACTIVE)
def test_pdf_that_does_more_than_show_pages_is_refused(what):
    assert refused(DocumentForm, pdf(ACTIVE[what])) == "active"


def pdf_with_object_stream(objects):
    """A PDF whose objects lie compressed in an object stream, as most programs write them."""
    body, offsets = b"", []
    for number, text in enumerate(objects, start=1):
        offsets.append(f"{number} {len(body)}")
        body += text + b" "
    head = " ".join(offsets).encode() + b" "
    packed = zlib.compress(head + body)
    last = len(objects) + 1
    file = b"%PDF-1.7\n"
    stream_at = len(file)
    file += b"%d 0 obj <</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>" % (
        last,
        len(objects),
        len(head),
        len(packed),
    )
    file += b"\nstream\n" + packed + b"\nendstream endobj\n"
    rows = [(0, 0, 255), *((2, last, at) for at in range(len(objects)))]
    rows += [(1, stream_at, 0), (1, len(file), 0)]
    table = b"".join(struct.pack(">BHB", *row) for row in rows)
    start = len(file)
    file += b"%d 0 obj <</Type/XRef/W[1 2 1]/Size %d/Root 1 0 R/Length %d>>" % (
        last + 1,
        len(rows),
        len(table),
    )
    file += b"\nstream\n" + table + b"\nendstream endobj\n"
    return file + b"startxref\n%d\n%%%%EOF\n" % start


PAGES = [
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
]


def test_script_in_an_object_stream_is_refused():
    harmless = pdf_with_object_stream([b"<</Type/Catalog/Pages 2 0 R>>", *PAGES])
    catalog = b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(x)>>>>"
    script = pdf_with_object_stream([catalog, *PAGES])
    assert b"JavaScript" not in script

    assert taken(DocumentForm, harmless)
    assert refused(DocumentForm, script) == "active"


def test_script_with_an_escaped_name_is_refused():
    catalog = b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/#4aav#61Script/#4a#53(x)>>>>"

    assert refused(DocumentForm, pdf_with_object_stream([catalog, *PAGES])) == "active"


@pytest.mark.parametrize("password", ["rahasia", ""])
def test_encrypted_pdf_is_refused(password):
    content = pdf(lambda writer: writer.encrypt(password, "pemilik"))

    assert refused(DocumentForm, content) == "encrypted"


def test_link_and_signature_in_a_pdf_are_harmless():
    def change(writer):
        link = dictionary(
            S=NameObject("/URI"), URI=TextStringObject("https://oss.go.id")
        )
        note = dictionary(Subtype=NameObject("/Link"), A=link)
        writer.pages[0][NameObject("/Annots")] = ArrayObject([note])
        field = dictionary(FT=NameObject("/Sig"), T=TextStringObject("BSrE"))
        form = dictionary(Fields=ArrayObject([field]))
        writer.root_object[NameObject("/AcroForm")] = form

    assert taken(DocumentForm, pdf(change))


def test_pdf_that_is_broken_or_something_else_too_is_refused():
    whole = pdf()
    spoiled = {
        "cut": whole[: len(whole) // 2],
        "later beginning": b"\n" + whole,
        "html first": HTML + whole,
        "only a header": b"%PDF-1.7\n%%EOF",
        "no page": b"%PDF-1.7\n1 0 obj <</Type/Catalog>> endobj\n"
        b"trailer <</Root 1 0 R>>\n%%EOF",
        "zip behind": whole + b"PK\x03\x04" + b"\0" * 2000,
    }

    codes = {what: refused(DocumentForm, content) for what, content in spoiled.items()}
    assert codes == dict.fromkeys(spoiled, "damaged")


@pytest.fixture
def kept_photo():
    file = taken(PhotoForm, talkative("JPEG"), "rumah.jpg")
    name = default_storage.save(f"foto/{file.name}", file)
    stored = models.FileField(upload_to="foto").attr_class(
        None, models.FileField(upload_to="foto"), name
    )
    keep_thumbnail(stored, file)
    return stored


def test_photo_is_served_as_nothing_but_a_picture(kept_photo):
    name = kept_photo.name.removeprefix("foto/")

    for part in (name, thumbnail_name(name)):
        response = serve_photo(part)

        assert response.status_code == 200
        assert response["Content-Type"] == "image/webp"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "immutable" in response["Cache-Control"]
        assert Image.open(io.BytesIO(response.content)).format == "WEBP"
        assert stored_photo(part) == kept_photo.name
    assert "no-store" in serve_photo(name, public=False)["Cache-Control"]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/../settings.py",
        "..%2f..%2fetc%2fpasswd",
        "foto/x.webp",
        "a" * 32 + ".webp",
        "a" * 32 + ".webp\n",
        "a" * 32 + ".pdf",
        "A" * 32 + ".webp",
        "\0.webp",
    ],
)
def test_only_names_of_our_own_are_served(name):
    with pytest.raises(Http404):
        serve_photo(name)


def private_file(content, name="x.pdf"):
    storage = storages["private"]
    field = models.FileField(storage=storage)
    return field.attr_class(None, field, storage.save(name, ContentFile(content)))


@pytest.mark.parametrize(
    ("media_type", "served_as", "ending"),
    [
        ("application/pdf", "application/pdf", ".pdf"),
        ("image/webp", "application/octet-stream", ".webp"),
        ("text/html", "application/octet-stream", ""),
    ],
)
def test_private_file_is_only_ever_downloaded(media_type, served_as, ending):
    stored = private_file(HTML)

    response = serve_private(stored, 'Halal "PT"\r\n../Äpel.html', media_type)

    assert response["Content-Type"] == served_as
    assert response["Content-Disposition"] == (
        f'attachment; filename="halal-pt-apel{ending}"'
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "private, no-store"
    assert b"".join(response.streaming_content) == HTML


def test_private_file_that_is_gone_is_not_found():
    stored = private_file(b"x")
    stored.storage.delete(stored.name)

    with pytest.raises(Http404):
        serve_private(stored, "x", "application/pdf")


def test_photo_knows_the_address_of_its_view(kept_photo):
    name = kept_photo.name.removeprefix("foto/")

    assert resolve(kept_photo.url).kwargs == {"name": name}


def test_private_file_is_readable_by_the_portal_alone(tmp_path):
    options = settings_of_production("STORAGES")["private"]["OPTIONS"]
    storage = FileSystemStorage(**options | {"location": tmp_path / "private"})

    name = storage.save("sertifikat/x.pdf", ContentFile(b"x"))

    kept = tmp_path / "private" / name
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700


def test_folders_of_uploads_are_outside_of_what_is_served():
    storages = settings_of_production("STORAGES")
    folders = [
        Path(storages[name]["OPTIONS"]["location"]) for name in ("default", "private")
    ]
    served = [*map(Path, settings.STATICFILES_DIRS), Path(settings.STATIC_ROOT)]

    assert folders == [settings.BASE_DIR / "media", settings.BASE_DIR / "private"]
    for folder in folders:
        assert not any(root in [folder, *folder.parents] for root in served)


def test_object_storage_takes_the_place_of_the_folders():
    entry = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"bucket": "umkm"}}

    found = settings_of_production("STORAGES", PRIVATE_STORAGE=json.dumps(entry))

    assert found["private"] == entry
    assert found["default"]["OPTIONS"]["base_url"] == "/"


@pytest.mark.django_db(transaction=True)
def test_file_goes_only_when_its_row_is_sure_to_go(kept_photo):
    names = [kept_photo.name, thumbnail_name(kept_photo.name)]

    with transaction.atomic():
        delete_file_on_commit(kept_photo)
        transaction.set_rollback(True)
    assert all(map(default_storage.exists, names))

    with transaction.atomic():
        delete_file_on_commit(kept_photo)
        assert all(map(default_storage.exists, names))
    assert not any(map(default_storage.exists, names))


@pytest.mark.django_db(transaction=True)
def test_no_file_or_one_that_is_gone_already_is_no_trouble(kept_photo):
    delete_file_on_commit(kept_photo)
    delete_file_on_commit(kept_photo)
    kept_photo.name = ""
    delete_file_on_commit(kept_photo)


@pytest.mark.parametrize("path", ["/", "/en/", "/misi/", "/tidak-ada/"])
def test_request_larger_than_any_form_is_refused_unread(client, path):
    class Unreadable(io.RawIOBase):
        def readinto(self, buffer):
            raise AssertionError("The body was read.")

    response = client.generic(
        "POST",
        path,
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(26 * MEGABYTE),
        **{"wsgi.input": Unreadable()},
    )

    assert response.status_code == 413
    assert b"<h1>" in response.content
    assert b"25 MB" in response.content
    assert "default-src 'self'" in response["Content-Security-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize("length", ["", "0", "-1", "x", "9" * 5, "²"])
def test_length_that_is_small_or_none_is_let_through(client, length):
    assert client.get("/", CONTENT_LENGTH=length).status_code == 200


def test_validation_errors_are_translated():
    with pytest.raises(ValidationError) as problem:
        PhotoField().clean(SimpleUploadedFile("a.jpg", b"x"))

    assert len(problem.value.messages) == 1
