"""The shape of one row of a list of businesses, as tolerant as a careful reader would be."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from businesses.certificates import impossible, written_plainly
from businesses.models import Business, Certificate
from businesses.models.business import (
    nib_digits,
    not_in_the_future,
)
from businesses.size import LIMITS, SizeBasis, SizeClass, size_class
from umkm_portal.accounts.phones import normalise_phone
from umkm_portal.forms import parse_rupiah
from umkm_portal.validators import web_address

from .totals import is_total

LegalForm = Business.LegalForm
SAYS_NOTHING = set(
    "-|--|–|—|.|tidak ada|tdk ada|tidak punya|belum|belum ada|belum punya|nihil|kosong|tidak|n/a|na|"
    "none|null".split("|")
)
# "Ada" says that there is a certificate, but not which.
WITHOUT_NUMBER = {
    "ada",
    "ya",
    "sudah",
    "punya",
    "proses",
    "dalam proses",
    "v",
    "√",
    "✓",
}
LEGAL_FORMS = {
    LegalForm.SOLE_TRADER: "perorangan|perseorangan|usaha perorangan|pribadi|op",
    LegalForm.TRADING_FIRM: "ud|usaha dagang|pd|po|toko",
    LegalForm.INDIVIDUAL_PT: "pt perorangan|pt perseorangan|perseroan perorangan",
    LegalForm.PT: "pt|perseroan terbatas",
    LegalForm.CV: "cv|persekutuan komanditer",
    LegalForm.FIRMA: "firma|fa",
    LegalForm.COOPERATIVE: "koperasi|kop|ksu|kud|kopontren",
    LegalForm.ASSOCIATION: "asosiasi|perkumpulan|paguyuban",
    LegalForm.VILLAGE_ENTERPRISE: "bumdes|bum desa|badan usaha milik desa",
    LegalForm.REGIONAL_ENTERPRISE: "bumd|perumda|perseroda",
    LegalForm.STATE_ENTERPRISE: "bumn|persero",
    LegalForm.FOUNDATION: "yayasan",
    LegalForm.GROUP: "kelompok|kub|poktan|gapoktan|kwt|kelompok tani|kelompok usaha bersama",
    LegalForm.OTHER: "lain|lainnya|lain-lain",
}
SIZES = {
    SizeClass.MICRO: "mikro|usaha mikro",
    SizeClass.SMALL: "kecil|usaha kecil",
    SizeClass.MEDIUM: "menengah|usaha menengah|sedang",
    SizeClass.LARGE: "besar|usaha besar",
}
SECTORS = {
    "fesyen": "fashion|konveksi|pakaian|busana|garmen|batik|tekstil|tenun",
    "industri": "manufaktur|pengolahan|industri pengolahan",
    "jasa": "jasa-jasa|layanan",
    "kerajinan": "kriya|handicraft|craft|handycraft|kerajinan tangan|anyaman",
    "makanan-dan-minuman": "makanan & minuman|makanan/minuman|makanan|minuman|kuliner|mamin|pangan|"
    "pangan olahan|makanan ringan|food & beverage|f&b",
    "perikanan-dan-kelautan": "perikanan|kelautan|perikanan & kelautan",
}
AT_MOST = r"<=?|≤|di ?bawah|kurang dari|maks(?:imal)?\.?|s/d|sampai(?: dengan)?|hingga"
AT_LEAST = r">=?|≥|di ?atas|lebih dari|min(?:imal)?\.?"
BETWEEN = r"(?<=[\d\w])\s*(?:-|–|s/d|sampai|hingga)\s*(?=(?:rp)?\.?\s*\d)"
MUCH = 10**15


def whole(text, *, digits=1):
    """ "2015.0" is what programs make of 2015. In 1.000 the point parts thousands."""
    found = re.fullmatch(rf"([1-9]\d{{{digits - 1},}})[.,](?:0{{1,2}}|0{{4,}})", text)
    return found[1] if found else text


def _words(names):
    """{word: choice} of {choice: "word|word"}"""
    return {word: choice for choice, text in names.items() for word in text.split("|")}


FORM_WORDS, SIZE_WORDS, SECTOR_WORDS = map(_words, (LEGAL_FORMS, SIZES, SECTORS))


class TextField(forms.CharField):
    """One line, without what stands for an empty cell."""

    def __init__(self, *, max_length=None, **kwargs):
        super().__init__(required=False, max_length=max_length, **kwargs)

    def to_python(self, value):
        text = " ".join(super().to_python(value).split())
        return "" if text.casefold() in SAYS_NOTHING else text

    def clean(self, value):
        text = super().clean(value)
        return self.read(text) if text else self.nothing()

    def nothing(self):
        return ""

    def read(self, text):
        return text


class NameField(TextField):
    def read(self, text):
        if not any(map(str.isalpha, text)):
            raise ValidationError(_("the name of a business has letters."))
        if is_total([text]):
            raise ValidationError(
                _("this looks like a total, not a business. Delete the row.")
            )
        return text


class PhonesField(TextField):
    """Several may stand in one cell: "0812… / 0813…"."""

    def nothing(self):
        return []

    def read(self, text):
        parts = re.split(r"[/;,|]|\bdan\b", whole(text, digits=8))
        parts = [whole(part.strip(), digits=8) for part in parts if part.strip()]
        return list(dict.fromkeys(map(normalise_phone, parts)))


class EmailField(TextField):
    default_validators = forms.EmailField.default_validators

    def to_python(self, value):
        return super().to_python(value).lower()


class WebsiteField(TextField):
    def read(self, text):
        address = text if "://" in text else f"https://{text}"
        web_address(address)
        return address


class NibField(TextField):
    def read(self, text):
        digits = re.sub(r"[\s.'-]", "", whole(text, digits=12))
        if re.fullmatch(r"\d{12}", digits):
            raise ValidationError(
                _(
                    "a NIB has 13 digits, this one has 12. A spreadsheet drops a zero at the "
                    "beginning: format the column as text."
                )
            )
        nib_digits(digits)
        return digits


class LegalFormField(TextField):
    def read(self, text):
        word = re.sub(r"[.,]", "", text.casefold()).strip()
        if word in FORM_WORDS:
            return FORM_WORDS[word]
        raise ValidationError(
            _("this is no legal form. Write %s.")
            % ", ".join(str(form.label) for form in LegalForm)
        )


class SectorField(TextField):
    """The slug of a sector, or the words as they are."""

    def __init__(self, sectors):
        super().__init__(max_length=300)
        names = {sector.name.casefold(): sector.slug for sector in sectors}
        self.slugs = {**SECTOR_WORDS, **names}

    def nothing(self):
        return "", ""

    def read(self, text):
        slug = self.slugs.get(text.casefold().replace(" dan ", " & "))
        slug = slug or self.slugs.get(text.casefold(), "")
        return slug, "" if slug else text


class SalesField(TextField):
    """The size class that an amount, a range or a word means; the amount itself is dropped."""

    def __init__(self, *, months=1):
        super().__init__()
        self.months = months

    def read(self, text):
        text = whole(text.casefold(), digits=4)
        if text in SIZE_WORDS:
            return SIZE_WORDS[text]
        least, most = (amount * self.months for amount in _range(text))
        sizes = {size_class(least, SizeBasis.SALES), size_class(most, SizeBasis.SALES)}
        if len(sizes) == 1:
            return sizes.pop()
        raise ValidationError(
            _(
                "this lies in several size classes (limits of sales in a year: %s). Write one "
                "amount, or mikro, kecil, menengah or besar."
            )
            % ", ".join(f"Rp{limit.sales // 10**9} miliar" for limit in LIMITS)
        )


class CountField(TextField):
    def __init__(self, *, most):
        super().__init__()
        self.most = most

    def nothing(self):
        return None

    def read(self, text):
        found = re.fullmatch(
            r"([\d.]+)\s*(orang|org|pekerja|karyawan)?", whole(text.casefold())
        )
        digits = found and re.sub(r"\.(?=\d{3}\b)", "", found[1])
        if not digits or not digits.isdecimal():
            raise ValidationError(_("write one whole number."))
        if int(digits) > self.most:
            raise ValidationError(_("this is too many to be right."))
        return int(digits)


class YearField(TextField):
    def nothing(self):
        return None

    def read(self, text):
        found = re.fullmatch(
            r"(?:\d{1,2}[/-]\d{1,2}[/-])?(\d{4})(?:-\d\d-\d\d)?", whole(text)
        )
        if not found or int(found[1]) < 1800:
            raise ValidationError(_("write a year, for example 2015."))
        not_in_the_future(int(found[1]))
        return int(found[1])


class NumberField(TextField):
    """The number of a certificate; "" where the cell only says that there is one."""

    def __init__(self, kind):
        super().__init__(max_length=60)
        self.kind = kind

    def read(self, text):
        if text.casefold() in WITHOUT_NUMBER:
            return ""
        number = written_plainly(self.kind, text)
        if reason := impossible(self.kind, number):
            raise ValidationError(reason)
        return number


class PlaceField(TextField):
    """A province, or the text of a regency, which is looked for once the province is known."""

    def __init__(self, find=None):
        super().__init__(max_length=80)
        self.find = find

    def nothing(self):
        return None

    def read(self, text):
        return self.find(text) if self.find else text


class BusinessRow(forms.Form):
    name = NameField(max_length=150)
    owner = TextField(max_length=150)
    phone = PhonesField()
    whatsapp = PhonesField()
    email = EmailField(max_length=254)
    website = WebsiteField(max_length=300)
    nib = NibField()
    address = TextField(max_length=300)
    regency = PlaceField()
    legal_form = LegalFormField()
    sells = TextField(max_length=300)
    seeks = TextField(max_length=300)
    capacity = TextField(max_length=150)
    sales = SalesField()
    monthly_sales = SalesField(months=12)
    employees = CountField(most=1_000_000)
    founded_year = YearField()
    halal = NumberField(Certificate.Kind.HALAL)
    pirt = NumberField(Certificate.Kind.PIRT)
    bpom = NumberField(Certificate.Kind.BPOM)

    def __init__(self, *args, places, sectors, province=None, own=None, **kwargs):
        """`province` is that of rows which name no place; `own` are the codes one may import to."""
        super().__init__(*args, **kwargs)
        self.places, self.default, self.own = places, province, own
        self.fields["province"] = PlaceField(places.province)
        self.fields["sector"] = SectorField(sectors)

    def clean(self):
        data = self.cleaned_data
        if "name" in data and not data["name"]:
            self.add_error("name", _("a business needs a name."))
        if "province" in data and "regency" in data:
            self._find_place(data)
        _slug, words = data.get("sector", ("", ""))
        if words and not data.get("sells"):
            data["sells"] = words

    def _find_place(self, data):
        text, province = data["regency"], data["province"]
        if text:
            try:
                # Where the province is not written, its own one is meant if there is such a place.
                data["regency"] = self._regency(text, province)
            except ValidationError as problem:
                self.add_error("regency", problem)
                return
            province = data["regency"].province
        data["province"] = province or self.default
        if data["province"] is None:
            self.add_error("province", _("neither province nor regency is filled in."))
        elif self.own is not None and data["province"].pk not in self.own:
            column = "regency" if text else "province"
            self.add_error(
                column, _("you may import businesses of your own provinces only.")
            )

    def _regency(self, text, province):
        if province is None and self.default:
            try:
                return self.places.regency(text, province=self.default)
            except ValidationError:
                if self.own is not None and len(self.own) == 1:
                    raise
        return self.places.regency(text, province=province)


def _range(text):
    """(least, most) rupiah of "300 juta", "< 2 miliar" or "300 juta - 2,5 miliar"."""
    text = re.sub(r"\s*(/|per)\s*(tahun|thn|th|bulan|bln)$", "", text)
    if found := re.match(rf"(?:{AT_MOST})\s*(.+)", text):
        return 0, parse_rupiah(found[1])
    if found := re.match(rf"(?:{AT_LEAST})\s*(.+)", text):
        return parse_rupiah(found[1]) + 1, MUCH
    parts = re.split(BETWEEN, text)
    if len(parts) > 2:
        raise ValidationError(_("write one amount, or a range of two."))
    least, most = parts[0], parts[-1]
    scale = re.search(r"(juta|miliar|triliun)$", most)
    if scale and re.fullmatch(r"(?:rp)?\.?\s*[\d,]+", least):
        least = f"{least} {scale[1]}"
    return tuple(sorted((parse_rupiah(least), parse_rupiah(most))))
