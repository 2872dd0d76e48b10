"""What a row of a list means for the businesses that are there already."""

import re
from collections import defaultdict

from django.db.models import Q, TextChoices
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from businesses import refusals
from businesses.models import Business, Certificate, Contact
from businesses.size import SizeBasis
from umkm_portal.csv_files import BadCell

from .rows import FORM_WORDS

Kind = Contact.Kind
CHUNK = 500
LEFT_OUT = {"pt", "cv", "ud", "pd", "fa", "firma"}
IN_NAMES = LEFT_OUT | {"koperasi", "kud", "ksu", "bumdes", "yayasan", "kub", "kwt"}
OF_ROW = "name nib legal_form sells seeks capacity employees founded_year".split()


class Outcome(TextChoices):
    CREATED = "created", gettext_lazy("new")
    UPDATED = "updated", gettext_lazy("changed")
    UNCHANGED = "unchanged", gettext_lazy("as before")
    # Its owner, or an official who asked its owner, has the last word. It may be a no.
    LEFT = "left", gettext_lazy("left alone")


class Row:
    """A good row: its line, and what it says of a business."""

    def __init__(self, line, data):
        self.line, self.data = line, data
        self.business, self.outcome = None, Outcome.CREATED

    @property
    def name(self):
        return self.data["name"]

    @property
    def phones(self):
        return [*self.data["whatsapp"], *self.data["phone"]]

    @property
    def place(self):
        return self.data["regency"] or self.data["province"]

    @property
    def keys(self):
        """By what the same business would be known in another row, or in the portal."""
        name = plain(self.name)
        return [(name, self.place.pk, phone) for phone in self.phones or [""]]

    def facts(self):
        """{field of Business: value} of what is filled in."""
        facts = {name: self.data[name] for name in OF_ROW if self.data[name]}
        facts["province_id"] = self.data["province"].pk
        if self.data["regency"]:
            facts["regency_id"] = self.data["regency"].pk
        if size := self.data["sales"] or self.data["monthly_sales"]:
            facts |= {"size": size, "size_basis": SizeBasis.SALES}
        return facts

    def contacts(self):
        """{kind: values} of what is filled in."""
        data = self.data
        calls = [phone for phone in data["phone"] if phone not in data["whatsapp"]]
        found = {Kind.WHATSAPP: data["whatsapp"], Kind.PHONE: calls}
        for kind, name in (
            (Kind.EMAIL, "email"),
            (Kind.PERSON, "owner"),
            (Kind.ADDRESS, "address"),
            (Kind.WEBSITE, "website"),
        ):
            found[kind] = [data[name]] if data[name] else []
        return {kind: values for kind, values in found.items() if values}

    def certificates(self):
        """{(kind, number), …}"""
        kinds = (Certificate.Kind.HALAL, Certificate.Kind.PIRT, Certificate.Kind.BPOM)
        return {(kind, self.data[kind]) for kind in kinds if self.data[kind]}

    def sector(self):
        return self.data["sector"][0]


def plain(name):
    """ "CV. Maju Jaya" and "Maju Jaya, CV" are the same business."""
    words = re.findall(r"[^\W_]+", name.casefold())
    return " ".join([word for word in words if word not in LEFT_OUT] or words)


def legal_form_in(name):
    """The form that stands before or behind a name: PT Maju, Maju CV."""
    words = re.sub(r"[.,]", " ", name.casefold()).split()
    ends = (words[0], words[-1]) if len(words) > 1 else ()
    return next((FORM_WORDS[word] for word in ends if word in IN_NAMES), "")


class Known:
    """The businesses that the rows could mean, fetched in a few queries."""

    def __init__(self, rows):
        self._by_nib, self._by_key = defaultdict(list), defaultdict(list)
        for business in _candidates(rows):
            if business.nib:
                self._by_nib[business.nib].append(business)
            phones = [
                contact.value
                for contact in business.contacts.all()
                if contact.kind in Contact.PHONES
            ]
            place = business.regency_id or business.province_id
            for phone in phones or [""]:
                key = plain(business.name), place, phone
                self._by_key[key].append(business)

    def find(self, row):
        """The business that `row` means, or None."""
        nib = row.data["nib"]
        same = self._by_nib.get(nib, []) if nib else []
        same = sorted(same, key=lambda found: plain(found.name) != plain(row.name))
        if same:
            return same[0]
        for key in row.keys:
            for business in self._by_key.get(key, ()):
                if not (nib and business.nib):
                    return business
        return None


def _candidates(rows):
    found = {}
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        names = {row.name for row in part}
        nibs = {row.data["nib"] for row in part} - {""}
        phones = {phone for row in part for phone in row.phones}
        reached = Contact.objects.filter(kind__in=Contact.PHONES, value__in=phones)
        businesses = (
            Business.objects.annotate(lower_name=Lower("name"))
            .filter(closed_at=None)
            .filter(
                Q(nib__in=nibs)
                | Q(pk__in=reached.values("business"))
                | Q(name__in=names)
                | Q(lower_name__in={name.lower() for name in names})
            )
            .prefetch_related("contacts", "certificates", "sectors", "memberships")
            .prefetch_related("approvals")
        )
        found |= {business.pk: business for business in businesses}
    return found.values()


def repeated(rows):
    """[(row, field, the line that it repeats), …]"""
    seen, found = {}, []
    for row in rows:
        keys = [("nib", row.data["nib"])] if row.data["nib"] else []
        keys += [("name", key) for key in row.keys]
        for column, key in keys:
            first = seen.setdefault((column, key), row)
            if first is not row:
                found.append((row, column, first.line))
                break
    return found


def match(rows):
    """Sets what each row means. Returns [(row, field, reason), …] of those that cannot be."""
    known, bad = Known(rows), []
    no = refusals.refused({phone for row in rows for phone in row.phones})
    claimed_by = {}
    for row in rows:
        row.business = known.find(row)
        if row.business is None:
            row.outcome = Outcome.LEFT if no & {*row.phones} else Outcome.CREATED
            continue
        if row.business.province_id != row.data["province"].pk:
            reason = _("a business with this NIB is registered in another province.")
            bad.append((row, "nib", reason))
        elif first := claimed_by.get(row.business.pk):
            bad.append((row, "name", _("means the same business as line %d.") % first))
        claimed_by[row.business.pk] = row.line
        row.outcome = outcome_of(row)
    return bad


def outcome_of(row):
    """What a row means for the business that it was found to mean."""
    business = row.business
    is_own = (
        business.imported_at
        and not business.closed_at
        and not business.memberships.all()
    )
    if not is_own or any(approval.is_pending for approval in business.approvals.all()):
        return Outcome.LEFT
    return Outcome.UPDATED if differs(row) else Outcome.UNCHANGED


def differs(row):
    business = row.business
    if any(getattr(business, name) != value for name, value in row.facts().items()):
        return True
    held = defaultdict(set)
    for contact in business.contacts.all():
        held[contact.kind].add(contact.value)
    if any(held[kind] != set(values) for kind, values in row.contacts().items()):
        return True
    sectors = {sector.slug for sector in business.sectors.all()}
    certificates = {(row.kind, row.number) for row in business.certificates.all()}
    return not ({row.sector()} - {""} <= sectors and row.certificates() <= certificates)


def dated(facts):
    """A size is declared on a day."""
    if "size" in facts:
        return facts | {"size_declared_on": timezone.localdate()}
    return facts


def cell(row, raw, column, reason):
    return BadCell(row.line, column or "", raw.get(column, ""), reason)
