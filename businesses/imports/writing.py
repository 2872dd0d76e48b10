"""Saves the rows of a list: drafts without people, whose contacts are private."""

from uuid import uuid4

from django.utils import timezone
from django.utils.text import slugify
from simple_history.utils import bulk_create_with_history

from businesses.models import Business, Certificate, Contact
from businesses.models.business import TAKEN_ADDRESSES

from .matching import Outcome, dated, legal_form_in, outcome_of

BATCH = 500


def create(rows, *, by):
    now = timezone.now()
    for row, slug in zip(rows, _slugs(rows), strict=True):
        facts = {"legal_form": legal_form_in(row.name)} | dated(row.facts())
        row.business = Business(**facts, slug=slug, imported_at=now)
    businesses = [row.business for row in rows]
    bulk_create_with_history(businesses, Business, batch_size=BATCH, default_user=by)
    Contact.objects.bulk_create(
        (
            Contact(business=row.business, kind=kind, value=value)
            for row in rows
            for kind, values in row.contacts().items()
            for value in values
        ),
        batch_size=BATCH,
    )
    Certificate.objects.bulk_create(
        (
            Certificate(business=row.business, kind=kind, number=number, added_by=by)
            for row in rows
            for kind, number in sorted(row.certificates())
        ),
        batch_size=BATCH,
    )
    of_sector = Business.sectors.through
    of_sector.objects.bulk_create(
        (
            of_sector(business=row.business, sector_id=row.sector())
            for row in rows
            if row.sector()
        ),
        batch_size=BATCH,
    )


def update(rows, *, by):
    """What a cell leaves empty stays as it is; a kind of contact is replaced as a whole."""
    for row in _still_ours(rows):
        business, facts = row.business, dated(row.facts())
        for name, value in facts.items():
            setattr(business, name, value)
        business.save(update_fields=[*facts, "updated_at"])
        for kind, values in row.contacts().items():
            business.contacts.filter(kind=kind).exclude(value__in=values).delete()
            for value in values:
                business.contacts.get_or_create(kind=kind, value=value)
        for kind, number in row.certificates():
            business.certificates.get_or_create(
                kind=kind, number=number, defaults={"added_by": by}
            )
        if row.sector():
            business.sectors.add(row.sector())


def _still_ours(rows):
    """Those rows whose business nobody has taken over, or deleted, since it was read. From here on
    nobody can: it is locked."""
    drafts = (
        Business.objects.select_for_update()
        .filter(pk__in=[row.business.pk for row in rows])
        .order_by("pk")
        .prefetch_related("contacts", "certificates", "sectors", "memberships")
        .prefetch_related("approvals")
    )
    locked = {business.pk: business for business in drafts}
    for row in rows:
        row.business = locked.get(row.business.pk)
        row.outcome = outcome_of(row) if row.business else Outcome.LEFT
    return [row for row in rows if row.outcome == Outcome.UPDATED]


def write(rows, *, by):
    create([row for row in rows if row.outcome == Outcome.CREATED], by=by)
    update([row for row in rows if row.outcome == Outcome.UPDATED], by=by)


def _slugs(rows):
    bases = [slugify(row.name)[:66].strip("-") or "usaha" for row in rows]
    taken = {*TAKEN_ADDRESSES}
    taken |= set(Business.objects.filter(slug__in=bases).values_list("slug", flat=True))
    for base in bases:
        slug = f"{base}-{uuid4().hex[:8]}" if base in taken else base
        taken.add(slug)
        yield slug
