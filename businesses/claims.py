"""What a business states that an official can check, and against which source."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from django.utils import timezone
from django.utils.translation import gettext

from .badges import certificate_label
from .models import Certificate, Check, Membership
from .models.verification import a_year_after

Kind = Certificate.Kind
Source = Check.Source
Subject = Check.Subject

SOURCES = {
    Subject.NIB: [Source.OSS],
    Subject.ADDRESS: [Source.VISIT, Source.DOCUMENT],
    Subject.OWNER: [Source.DOCUMENT],
    Subject.CAPACITY: [Source.VISIT, Source.DOCUMENT],
}
CERTIFICATE_SOURCES = {
    Kind.HALAL: [Source.BPJPH],
    Kind.PIRT: [Source.OSS, Source.HEALTH_OFFICE],
    Kind.BPOM: [Source.BPOM],
    Kind.SNI: [Source.BSN, Source.ISSUER],
    Kind.GMP: [Source.BPOM],
    Kind.TRADEMARK: [Source.DJKI],
}
# Kinds without a public register.
OTHER_SOURCES = [Source.ISSUER, Source.DOCUMENT]


@dataclass(frozen=True)
class Claim:
    """Something that a business states and an official can check."""

    subject: Subject
    value: str
    label: str
    shown: str
    stated: str = ""
    certificate: Certificate | None = None

    @property
    def key(self):
        """Names it in a form; of several owners or certificates each has its own."""
        if self.certificate:
            return f"{self.subject}-{self.certificate.pk}"
        return f"{self.subject}-{self.value}" if self.is_owner else self.subject.value

    @property
    def is_owner(self):
        return self.subject == Subject.OWNER

    @property
    def sources(self):
        if self.certificate:
            return CERTIFICATE_SOURCES.get(self.certificate.kind, OTHER_SOURCES)
        return SOURCES[self.subject]

    @property
    def latest_day(self):
        """The last day for which an official may vouch from today: nobody does for longer than a
        year."""
        days = [a_year_after(timezone.localdate())]
        if self.certificate and self.certificate.expires_on:
            days.append(self.certificate.expires_on)
        return min(days)


@dataclass(frozen=True)
class Finding:
    """An official compared a claim with a source and found the same there."""

    claim: Claim
    source: Source
    valid_until: date


def claims(business):
    """All that can be checked now, the NIB first; nothing that has expired."""
    return [
        *_registered(business),
        *map(_of_certificate, business.certificates.current()),
        *_seen_on_site(business),
        *map(_of_owner, _owners(business)),
    ]


def _registered(business):
    if business.nib:
        nib = business.nib
        yield Claim(Subject.NIB, nib, gettext("NIB"), nib, business.name)


def _of_certificate(held):
    label = certificate_label(held.kind, held.name)
    return Claim(Subject.CERTIFICATE, held.number, label, held.number, held.name, held)


def _seen_on_site(business):
    if place := business.regency:
        yield Claim(Subject.ADDRESS, place.pk, str(Subject.ADDRESS.label), place.name)
    if said := business.capacity:
        yield Claim(Subject.CAPACITY, said, str(Subject.CAPACITY.label), said)


def _owners(business):
    owners = business.memberships.filter(role=Membership.Role.OWNER)
    return [membership.user for membership in owners.select_related("user")]


def _of_owner(user):
    return Claim(Subject.OWNER, str(user.pk), str(Subject.OWNER.label), user.name)


def fingerprint(found):
    """Tells whether what an official looked at is still what is stated."""
    facts = [(claim.key, claim.value, claim.stated, claim.label) for claim in found]
    return sha256(repr(facts).encode()).hexdigest()


def missing(business):
    """What has to be there before an official can check anything."""
    if business.nib or business.certificates.current().exists():
        return []
    return [
        gettext(
            "Add your NIB, or a certificate that is still valid. A NIB is free of charge at "
            "oss.go.id."
        )
    ]
