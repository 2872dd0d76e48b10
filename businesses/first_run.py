"""The first run of an owner. What a step sends is kept at once; sending it again changes the same
business, product and listing, so a lost connection neither loses nor doubles anything."""

import textwrap

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from umkm_portal.accounts.models import User

from .consents import give_consent
from .limits import refuse_one_too_many
from .models import Business, Consent, Contact, Listing, Product
from .services import lock_open, publish_listing, register_business

Kind = Listing.Kind
LONGEST_TITLE = 120
MOST_OWNED = 30


def title_of(words):
    return textwrap.shorten(words, LONGEST_TITLE, placeholder="…")


@transaction.atomic
def start_business(business, *, by):
    """Saves a new business of `by`, or finds the draft that the same form made before."""
    # The lock keeps a form that is sent twice from making two businesses.
    User.objects.select_for_update().get(pk=by.pk)
    owned = Business.objects.owned_by(by)
    before = owned.filter(
        name=business.name, province=business.province, published_at=None
    )
    if found := before.first():
        return found
    if owned.count() >= MOST_OWNED:
        raise ValidationError(
            _("You own %(most)d businesses already. Ask the trade office for help."),
            code="too_many",
            params={"most": MOST_OWNED},
        )
    return register_business(business, by=by)


@transaction.atomic
def move(business, *, name, to):
    """Puts name and province right. A regency of the former province goes with it."""
    business = lock_open(business.pk)
    business.name = name
    if business.province != to:
        business.province, business.regency = to, None
    business.save(update_fields=["name", "province", "regency", "updated_at"])


@transaction.atomic
def keep_sold(business, *, regency, sells, quantity, unit, price):
    """Keeps what is sold as words, as a product and as a draft offer."""
    business = lock_open(business.pk)
    name = title_of(sells)
    product = business.products.filter(name=name).first() or product_sold(business)
    product = product or Product(business=business)
    product.name = name
    product.unit, product.price, product.capacity = unit, price, quantity
    refuse_one_too_many(product)
    product.save()
    offer = offer_of(product) or Listing(business=business, kind=Kind.OFFER)
    offer.product, offer.title = product, product.name
    offer.quantity, offer.unit = quantity, unit
    offer.price_min = offer.price_max = price
    refuse_one_too_many(offer)
    offer.save()
    business.regency, business.sells = regency, sells
    business.save(update_fields=["regency", "sells", "updated_at"])


def product_sold(business):
    """The product that carries the words of the first run; None before, or once it is renamed."""
    if not business.sells:
        return None
    return business.products.filter(name=title_of(business.sells)).first()


def offer_of(product):
    if product is None or product.pk is None:
        return None
    return product.listings.filter(kind=Kind.OFFER).order_by("pk").first()


@transaction.atomic
def keep_sought(business, *, seeks, quantity, unit):
    """Keeps what is looked for as words and as a draft need."""
    business = lock_open(business.pk)
    need = need_sought(business) or Listing(business=business, kind=Kind.NEED)
    need.title, need.quantity, need.unit = title_of(seeks), quantity, unit
    refuse_one_too_many(need)
    need.save()
    business.seeks = seeks
    business.save(update_fields=["seeks", "updated_at"])


def need_sought(business):
    if not business.seeks:
        return None
    needs = business.listings.filter(kind=Kind.NEED, title=title_of(business.seeks))
    return needs.order_by("pk").first()


def contact_of_account(user):
    """(kind, value) of how `user` signs in, to offer as the first contact."""
    if user.phone:
        return Contact.Kind.WHATSAPP, user.phone
    return Contact.Kind.EMAIL, user.email


@transaction.atomic
def publish_business(business, *, by, with_contact=False, with_listings=False):
    """Records the consent to a public page, and publishes along with it what `by` ticked."""
    give_consent(business, Consent.Purpose.PROFILE, by=by)
    if with_contact:
        kind, value = contact_of_account(by)
        contact, _is_new = business.contacts.get_or_create(kind=kind, value=value)
        give_consent(business, Consent.Purpose.CONTACT, by=by, contact=contact)
    if with_listings:
        for listing in business.listings.filter(status=Listing.Status.DRAFT):
            publish_listing(listing)
