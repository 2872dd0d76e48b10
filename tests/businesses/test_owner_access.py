"""Every page of the people of a business, as a stranger, a hostile owner, staff and the owner."""

import pytest
from django.apps import apps
from django.urls import NoReverseMatch, reverse

from businesses.models import Certificate, Listing, Membership
from businesses.services import invite
from businesses.urls import owner_urls
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    CertificateFactory,
    ContactFactory,
    ListingFactory,
    MembershipFactory,
    ProductFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role
OWNERS_ONLY = {
    "identity",
    "size",
    "profile_publish",
    "contacts",
    "contact_publish",
    "contact_delete",
    "consents",
    "consent_give",
    "own_consent_withdraw",
    "people",
    "invite",
    "invitation_revoke",
    "role_change",
    "member_remove",
    "member_firms",
    "member_firm_ask",
    "member_firm_remove",
    "membership_confirm",
    "membership_decline",
    "start_again",
    "start_sells",
    "start_seeks",
    "start_publish",
}
WITHOUT_BUSINESS = {"dashboard", "start", "invitation", "invitation_accept"}
POST_ONLY = {
    "consent_give",
    "leave",
    "role_change",
    "member_firm_ask",
    "membership_confirm",
    "membership_decline",
    "invitation_revoke",
    "invitation_accept",
    "contact_publish",
    "own_consent_withdraw",
    "listing_publish",
    "listing_close",
    "member_remove",
    "member_firm_remove",
    "contact_delete",
    "product_delete",
    "photo_delete",
    "certificate_delete",
    "listing_delete",
}
GET_ONLY = {
    "business_dashboard",
    "consents",
    "people",
    "products",
    "photo_small",
    "certificates",
    "certificate_download",
    "listings",
}


def owner_pages(patterns=owner_urls):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from owner_pages(pattern.url_patterns)
        else:
            yield pattern.name


@pytest.fixture
def business():
    business = BusinessFactory(name="Koperasi Ijen", legal_form="koperasi")
    MembershipFactory(business=business)
    return business


@pytest.fixture
def pages(business):
    """{name: address} of every page about the business and what belongs to it."""
    owner = business.memberships.get().user
    association = BusinessFactory(legal_form="asosiasi")
    things = {
        "contact": ContactFactory(business=business),
        "consent": ContactFactory(business=business, public_by=owner).consents.get(),
        "product": ProductFactory(business=business),
        "photo": business.photos.create(
            kind="place", image="foto/a.webp", width=1, height=1
        ),
        "certificate": CertificateFactory(business=business),
        "listing": ListingFactory(business=business),
        "invitation": invite(business, role=Role.STAFF, for_whom="x", by=owner)[0],
        "role": business.memberships.get(),
        "member": MembershipFactory(business=business, role=Role.STAFF),
        "membership": association.member_firms.create(firm=business),
    }
    things["member_firm"] = business.member_firms.create(name="Tani Makmur")
    things["own_consent"] = things["consent"]
    return {
        name: address(name, business, things) for name in owner_pages()
    } | dict.fromkeys(WITHOUT_BUSINESS)


def address(name, business, things):
    if name in WITHOUT_BUSINESS:
        return None
    if name == "consent_give":
        return reverse("businesses:consent_give", args=[business.slug, "deals"])
    if name == "member_firm_ask":
        firm = BusinessFactory(published=True)
        return reverse("businesses:member_firm_ask", args=[business.slug, firm.slug])
    thing = things.get(name.rpartition("_")[0])
    try:
        return reverse(f"businesses:{name}", args=[business.slug])
    except NoReverseMatch:
        return reverse(f"businesses:{name}", args=[business.slug, thing.pk])


def everything():
    return {
        model.__name__: sorted(map(repr, model._base_manager.values_list()))
        for model in apps.get_app_config("businesses").get_models()
    }


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("visitor", ["anonymous", "owner_elsewhere", "official"])
def test_nobody_else_sees_or_changes_anything(client, business, pages, visitor, method):
    if visitor == "owner_elsewhere":
        client.force_login(MembershipFactory().user)
    elif visitor == "official":
        client.force_login(AppointmentFactory(province=business.province).user)
    before = everything()

    wrong = {}
    for name, page in pages.items():
        if page is None:
            continue
        response = getattr(client, method)(page)
        if response.status_code == 405:
            wanted = name in (POST_ONLY if method == "get" else GET_ONLY)
        elif visitor == "anonymous":
            wanted = response.url.startswith(reverse("account_login"))
        else:
            wanted = response.status_code == 404
        if not wanted:
            wrong[name] = response.status_code

    assert wrong == {}
    assert everything() == before


def test_who_has_no_account_is_asked_to_sign_in(client):
    for name in ("dashboard", "start"):
        page = reverse(f"businesses:{name}")
        assert client.get(page).url == f"{reverse('account_login')}?next={page}"


def test_foreign_things_do_not_open_under_an_own_business(client, business):
    """A hostile owner puts the own slug before the number of somebody else's thing."""
    hostile = MembershipFactory()
    client.force_login(hostile.user)
    listing = ListingFactory(business=business)
    certificate = CertificateFactory(
        business=business, file="sertifikat/a.pdf", sha256="a"
    )
    for name, thing in (
        ("listing_edit", listing),
        ("certificate_edit", certificate),
        ("certificate_download", certificate),
        ("product_edit", ProductFactory(business=business)),
    ):
        page = reverse(f"businesses:{name}", args=[hostile.business.slug, thing.pk])
        assert client.get(page).status_code == 404
    for name, thing in (
        ("listing_publish", listing),
        ("listing_delete", listing),
        ("certificate_delete", certificate),
        ("contact_publish", ContactFactory(business=business)),
        ("member_remove", business.memberships.get()),
    ):
        page = reverse(f"businesses:{name}", args=[hostile.business.slug, thing.pk])
        assert client.post(page).status_code == 404
    assert Listing.objects.get().status == Listing.Status.DRAFT
    assert Certificate.objects.exists()


def test_staff_edit_goods_and_are_refused_the_rest(client, business, pages):
    staff = business.memberships.get(role=Role.STAFF).user
    client.force_login(staff)

    wrong = {}
    for name, page in pages.items():
        if (
            page is None
            or name in POST_ONLY
            or name in ("photo_small", "certificate_download")
        ):
            continue
        status = client.get(page).status_code
        if status != (403 if name in OWNERS_ONLY else 200):
            wrong[name] = status

    assert wrong == {}
    for name in POST_ONLY & OWNERS_ONLY:
        assert client.post(pages[name]).status_code == 403, name


def test_the_owner_opens_every_page(client, business, pages):
    client.force_login(business.memberships.get(role=Role.OWNER).user)

    wrong = {
        name: client.get(page).status_code
        for name, page in pages.items()
        if page
        and name not in POST_ONLY
        and name not in ("photo_small", "certificate_download")
        and client.get(page).status_code != 200
    }

    assert wrong == {}


def test_what_only_a_post_does_is_not_done_by_opening_it(client, business, pages):
    client.force_login(business.memberships.get(role=Role.OWNER).user)
    before = everything()

    assert {
        client.get(pages[name]).status_code for name in POST_ONLY if pages[name]
    } == {405}
    assert everything() == before


def test_the_tables_name_real_pages():
    assert set(owner_pages()) >= OWNERS_ONLY | WITHOUT_BUSINESS | POST_ONLY


def test_a_closed_business_is_gone(client, business):
    user = business.memberships.get().user
    client.force_login(user)
    type(business).objects.filter(pk=business.pk).update(closed_at="2026-01-01T00:00Z")

    page = reverse("businesses:business_dashboard", args=[business.slug])
    assert client.get(page).status_code == 404
    assert client.get(reverse("businesses:dashboard")).url == reverse(
        "businesses:start"
    )


def test_pages_are_not_kept_by_shared_caches(client, business):
    client.force_login(business.memberships.get().user)

    response = client.get(
        reverse("businesses:business_dashboard", args=[business.slug])
    )

    assert "private" in response["Cache-Control"]


def test_an_address_of_the_portal_is_no_slug():
    assert BusinessFactory(name="Baru").slug != "baru"
    assert UserFactory().memberships.count() == 0
