"""Owners who said no to what a list of an office said of them: no later list brings them back."""

from django.utils.crypto import salted_hmac

from .models import ImportRefusal


def hash_of(phone):
    """With the portal's secret key: all phone numbers there are could be hashed without it."""
    return salted_hmac(__name__, phone, algorithm="sha256").hexdigest()


def remember(phone):
    ImportRefusal.objects.update_or_create(phone_hash=hash_of(phone))


def refused(phones):
    """Those of `phones` behind which somebody said no."""
    hashes = {hash_of(phone): phone for phone in phones}
    known = ImportRefusal.objects.filter(phone_hash__in=hashes)
    return {hashes[found] for found in known.values_list("phone_hash", flat=True)}
