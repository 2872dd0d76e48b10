"""The page of a business: what its owner agreed to show, and what an official checked."""

from dataclasses import dataclass

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from businesses import size
from businesses.badges import badge, badges
from businesses.models import Business, Contact, Photo
from missions.deals.models import Deal
from missions.models import Mission

from .organization import organization

MOST_LISTINGS = 20
MOST_DEALS = 50


@require_safe
def business_detail(request, slug):
    businesses = Business.objects.visible_to(request.user)
    business = get_object_or_404(
        businesses.select_related("province", "regency"), slug=slug
    )
    contacts = public_contacts(business)
    photos = list(business.photos.all())
    deals = deals_of(business)
    context = {
        "business": business,
        "contacts": contacts,
        "photos": {kind.name: photos_of(photos, kind) for kind in Photo.Kind},
        "products": products(business, photos),
        "activities": business.activities.select_related("division"),
        "badges": badges(business),
        "certificates": certificates(business),
        "listings": listings(business),
        "firms": member_firms(business),
        "associations": associations(business),
        "deals": deals,
        "missions": missions_in(deals),
        "size_source": {"name": size.SOURCE, "url": size.SOURCE_URL},
        "organization": organization(request, business, contacts, photos),
    }
    return render(request, "publication/business_detail.html", context)


def public_contacts(business):
    """The quickest way first."""
    kinds = list(Contact.Kind)
    public = business.contacts.public()
    return sorted(public, key=lambda contact: kinds.index(contact.kind))


def photos_of(photos, kind):
    return [photo for photo in photos if photo.kind == kind]


def products(business, photos):
    """[(product, its photos), …]"""
    return [
        (product, [photo for photo in photos if photo.product_id == product.pk])
        for product in business.products.select_related("commodity")
    ]


def certificates(business):
    """[(certificate, what an official checked about it, or ""), …]; badges() come first."""
    checked = {
        check.certificate_id: badge(check)
        for check in reversed(business.valid_checks)
        if check.certificate_id
    }
    current = business.certificates.current()
    return [(held, checked.get(held.pk, "")) for held in current]


def listings(business):
    found = business.listings.open().for_rows().newest_first()
    return list(found[:MOST_LISTINGS])


def member_firms(business):
    """Firms that confirmed and have a page themselves, and those that are only named."""
    if not business.lists_member_firms:
        return []
    return business.member_firms.public().select_related("firm")


def associations(business):
    return business.associations.confirmed_publicly().select_related("association")


@dataclass(frozen=True)
class SharedDeal:
    """A deal as the page of one of its parties shows it."""

    deal: Deal
    mission: Mission | None
    is_sale: bool

    @property
    def is_verified(self):
        return self.deal.rung in Deal.VERIFIED

    @property
    def other_party(self):
        return "buyer" if self.is_sale else "seller"

    @property
    def other_business(self):
        """The other party, where it shows its deals too."""
        other = getattr(self.deal, f"{self.other_party}_business")
        return other if other and other.is_named_in_deals else None

    @property
    def other_name(self):
        """What a public report calls the other party."""
        if self.deal.rung != Deal.Rung.REPORTED:
            return ""
        return getattr(self.deal, f"public_{self.other_party}_name")

    @property
    def other_province(self):
        return getattr(self.deal, f"{self.other_party}_province")


def deals_of(business):
    deals = list(
        Deal.objects.for_profile_of(business)
        .with_parties()
        .order_by("-pk")[:MOST_DEALS]
    )
    missions = Mission.objects.for_cards().in_bulk({deal.mission_id for deal in deals})
    return [
        SharedDeal(
            deal, missions.get(deal.mission_id), deal.seller_business_id == business.pk
        )
        for deal in deals
    ]


def missions_in(deals):
    return list(dict.fromkeys(shared.mission for shared in deals if shared.mission))
