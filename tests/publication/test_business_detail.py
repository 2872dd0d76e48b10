"""The page of a business: what its owner agreed to, and not a word more."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from businesses import consents
from businesses.badges import badge
from businesses.models import (
    Business,
    Consent,
    Contact,
    Listing,
    MemberFirm,
    Photo,
)
from missions.deals.models import Deal
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    CertificateFactory,
    ContactFactory,
    DealFactory,
    ListingFactory,
    MembershipFactory,
    MissionFactory,
    PhotoFactory,
    ProductFactory,
    ProvinceFactory,
    UserFactory,
    check_of,
)

pytestmark = pytest.mark.django_db
SECRET = "+6281299900011"


def page_of(client, business):
    return client.get(business.get_absolute_url()).content.decode()


def linked_data(html):
    found = re.search(r'<script type="application/ld\+json">(.+?)</script>', html)
    return found and json.loads(found[1])


def owner_of(business):
    return business.memberships.get(role="owner").user


def show_deals(business):
    consents.give_consent(business, Consent.Purpose.DEALS, by=owner_of(business))
    business.refresh_from_db()


def test_page_shows_what_the_business_states(client):
    business = BusinessFactory(
        published=True,
        name="Kopi Ijen",
        legal_form=Business.LegalForm.CV,
        size="small",
        size_basis="sales",
        size_declared_on="2026-05-03",
        founded_year=1998,
        employees=1200,
        capacity="6 ton biji",
    )
    ProductFactory(business=business, name="Arabika 250 g", price=85_000)
    CertificateFactory(business=business, number="ID35110001234567890")
    ListingFactory(business=business, title="Robusta petik merah", open=True)

    html = page_of(client, business)

    for text in (
        '<h1 lang="id">Kopi Ijen</h1>',
        "CV",
        "3 Mei 2026",
        "PP 7/2021, pasal 35",
        ">1998<",
        "1.200",
        "6 ton biji",
        "Arabika 250 g",
        "Rp85.000",
        "ID35110001234567890",
        "Robusta petik merah",
    ):
        assert text in html


def test_empty_parts_are_left_out(client):
    html = page_of(client, BusinessFactory(published=True))

    headings = re.findall(r'<h2 id="(\w+)">', html)
    assert headings == ["about", "checked"]


@pytest.mark.parametrize("what", ["draft", "withdrawn", "closed"])
def test_a_page_that_is_not_published_is_not_found(client, what):
    business = BusinessFactory(published=what != "draft")
    if what == "withdrawn":
        consent = business.consents.get()
        consents.withdraw_consent(consent, by=owner_of(business))
    if what == "closed":
        business.published_at = None
        business.closed_at = timezone.now()
        business.save()

    assert client.get(business.get_absolute_url()).status_code == 404


def test_a_draft_opens_for_its_people_and_its_officials_only(client):
    business = BusinessFactory(owner=UserFactory())
    stranger = MembershipFactory(business=BusinessFactory()).user
    elsewhere = AppointmentFactory(province=ProvinceFactory(code="51")).user
    own = AppointmentFactory(province=business.province, role="auditor").user
    seen = {}
    for name, user in {
        "owner": owner_of(business),
        "own": own,
        "elsewhere": elsewhere,
        "stranger": stranger,
    }.items():
        client.force_login(user)
        response = client.get(business.get_absolute_url())
        seen[name] = response.status_code
        if response.status_code == 200:
            html = response.content.decode()
            assert '<p class="notice">' in html
            assert "noindex" in html
            assert linked_data(html) is None

    assert seen == {"owner": 200, "own": 200, "elsewhere": 404, "stranger": 404}


def test_a_contact_appears_by_consent_and_is_gone_with_it(client):
    business = BusinessFactory(published=True)
    contact = ContactFactory(business=business, value=SECRET)
    assert SECRET[3:] not in page_of(client, business)

    owner = owner_of(business)
    consent = consents.give_consent(
        business, Consent.Purpose.CONTACT, by=owner, contact=contact
    )
    shown = page_of(client, business)
    consents.withdraw_consent(consent, by=owner)
    after = page_of(client, business)

    assert f'href="https://wa.me/{SECRET[1:]}"' in shown
    assert linked_data(shown)["telephone"] == [SECRET]
    assert SECRET[3:] not in after
    assert "telephone" not in linked_data(after)


@pytest.mark.parametrize(
    ("kind", "value", "link", "text"),
    [
        ("phone", "+6281211112222", "tel:+6281211112222", "0812-1111-2222"),
        ("whatsapp", "+6281211112222", "https://wa.me/6281211112222", "0812-1111-2222"),
        ("email", "kopi@contoh.id", "mailto:kopi@contoh.id", "kopi@contoh.id"),
        ("website", "https://kopi.id/", "https://kopi.id/", "https://kopi.id/"),
    ],
)
def test_public_contacts_are_one_tap_away(client, kind, value, link, text):
    business = BusinessFactory(published=True)
    ContactFactory(
        business=business, kind=kind, value=value, public_by=owner_of(business)
    )

    tap = f'<a href="{link}" rel="nofollow noopener">{text}</a>'
    assert tap in page_of(client, business)


def test_contact_person_is_never_linked_data(client):
    business = BusinessFactory(published=True)
    ContactFactory(
        business=business,
        kind=Contact.Kind.PERSON,
        value="Bu Sri Wahyuni",
        public_by=owner_of(business),
    )

    html = page_of(client, business)

    assert "Bu Sri Wahyuni" in html
    assert "Wahyuni" not in json.dumps(linked_data(html))


def test_linked_data_cannot_be_left(client):
    name = "Kopi </script><script>alert(1)</script> & Rekan"
    business = BusinessFactory(published=True, name=name)

    html = page_of(client, business)

    assert "<script>alert" not in html
    assert linked_data(html)["name"] == name
    assert linked_data(html)["address"]["addressRegion"] == business.province.name


def test_an_example_says_so_and_stays_out_of_search_engines(client):
    html = page_of(client, BusinessFactory(published=True, is_example=True))

    assert '<p class="notice">' in html
    assert "noindex" in html
    assert linked_data(html) is None


def test_page_says_what_was_checked_and_what_was_not(client):
    business = BusinessFactory(published=True, nib="9120001234567")
    checked = CertificateFactory(business=business, number="ID-DIPERIKSA")
    CertificateFactory(business=business, number="ID-BELUM")
    CertificateFactory(
        business=business,
        number="ID-HABIS",
        expires_on=timezone.localdate() - timedelta(days=1),
    )
    sentence = badge(check_of(checked))

    response = client.get(business.get_absolute_url())

    html = response.content.decode()
    says = {held.number: text for held, text in response.context["certificates"]}
    assert says == {"ID-DIPERIKSA": sentence, "ID-BELUM": ""}
    assert response.context["badges"] == [sentence]
    assert html.count(sentence) == 3
    assert "ID-HABIS" not in html


def test_photos_have_sizes_and_say_what_they_show(client):
    business = BusinessFactory(published=True, name="Kopi Ijen")
    logo = PhotoFactory(business=business, kind=Photo.Kind.LOGO)
    place = PhotoFactory(business=business, caption="Jemur kopi", size=(1600, 1200))
    small = PhotoFactory(business=business, caption="Kemasan", size=(200, 100))

    html = page_of(client, business)

    assert f'alt="{logo.caption}"' in html
    picture = re.search(r'<img[^>]+alt="Jemur kopi"[^>]*>', html)[0]
    assert f'src="{place.thumbnail_address}"' in picture
    assert f"{place.get_absolute_url()} 1600w" in picture
    assert 'width="400" height="300"' in picture
    assert 'loading="lazy"' in picture
    assert "srcset" not in re.search(r'<img[^>]+alt="Kemasan"[^>]*>', html)[0]
    assert small.thumbnail_size == (200, 100)


def test_association_names_firms_that_agreed_and_those_it_only_names(client):
    association = BusinessFactory(
        published=True, legal_form=Business.LegalForm.ASSOCIATION
    )
    confirmed, waiting, hidden = (
        BusinessFactory(published=public, name=name)
        for name, public in [
            ("Setuju", True),
            ("Belum Jawab", True),
            ("Tanpa Halaman", False),
        ]
    )
    MemberFirm.objects.create(
        association=association, firm=confirmed, confirmed_at=timezone.now()
    )
    MemberFirm.objects.create(association=association, firm=waiting)
    MemberFirm.objects.create(
        association=association, firm=hidden, confirmed_at=timezone.now()
    )
    MemberFirm.objects.create(association=association, name="Hanya Nama")

    html = page_of(client, association)

    assert f'<a href="{confirmed.get_absolute_url()}">Setuju</a>' in html
    assert "Hanya Nama" in html
    assert "Belum Jawab" not in html
    assert "Tanpa Halaman" not in html
    assert association.get_absolute_url() in page_of(client, confirmed)
    assert association.get_absolute_url() not in page_of(client, waiting)


def test_deals_appear_by_consent_and_are_gone_with_it(client):
    business = BusinessFactory(published=True)
    deal = DealFactory(seller_business=business, value=123_456_789)
    assert "123.456.789" not in page_of(client, business)

    show_deals(business)
    shown = page_of(client, business)
    consents.withdraw_consent(
        business.consents.get(purpose=Consent.Purpose.DEALS), by=owner_of(business)
    )

    assert "Rp123.456.789" in shown
    assert deal.mission.get_absolute_url() in shown
    assert deal.buyer_name in shown
    after = page_of(client, business)
    assert "123.456.789" not in after
    assert deal.mission.get_absolute_url() not in after


@pytest.mark.parametrize("rung", Deal.Rung)
def test_only_verified_and_reported_deals_are_shown(client, rung):
    business = BusinessFactory(published=True)
    show_deals(business)
    DealFactory(seller_business=business, rung=rung, value=123_456_789)

    html = page_of(client, business)

    is_shown = rung in ("reported", "verified", "realised")
    assert ("Rp123.456.789" in html) == is_shown


def test_deal_of_a_draft_mission_stays_hidden(client):
    business = BusinessFactory(published=True)
    show_deals(business)
    mission = MissionFactory(status="draft", slug="belum-terbit")
    DealFactory(seller_business=business, mission=mission)

    assert "belum-terbit" not in page_of(client, business)


def test_the_other_party_is_named_only_where_it_may_be(client):
    business, shy, open_one = (BusinessFactory(published=True) for _ in range(3))
    for one in (business, open_one):
        show_deals(one)
    facts = {"seller_business": business, "rung": Deal.Rung.VERIFIED}
    DealFactory(**facts, buyer_name="Nama Tertutup", buyer_business=shy)
    DealFactory(**facts, buyer_name="Nama Terbuka", buyer_business=open_one)

    html = page_of(client, business)

    assert shy.get_absolute_url() not in html
    assert "Nama Tertutup" not in html
    assert open_one.get_absolute_url() in html


@pytest.mark.parametrize("number", [1, 3])
def test_page_takes_as_many_queries_for_one_as_for_three(
    client, django_assert_num_queries, number
):
    business = BusinessFactory(
        published=True, legal_form=Business.LegalForm.COOPERATIVE
    )
    show_deals(business)
    for _ in range(number):
        ContactFactory(business=business, public_by=owner_of(business))
        product = ProductFactory(business=business)
        PhotoFactory(business=business, kind=Photo.Kind.PRODUCT, product=product)
        PhotoFactory(business=business)
        ListingFactory(business=business, open=True)
        certificate = CertificateFactory(business=business)
        check_of(certificate)
        DealFactory(seller_business=business)
        for ends in (("association", "firm"), ("firm", "association")):
            other = BusinessFactory(published=True)
            facts = dict(zip(ends, (business, other), strict=True))
            MemberFirm.objects.create(**facts, confirmed_at=timezone.now())

    with django_assert_num_queries(15):
        page_of(client, business)


def test_unknown_business_is_not_found(client):
    assert client.get("/usaha/tidak-ada/").status_code == 404
    assert client.post("/usaha/tidak-ada/").status_code == 405


def test_a_closed_listing_is_not_on_the_page(client):
    business = BusinessFactory(published=True)
    listing = ListingFactory(business=business, open=True, title="Sudah tutup")
    Listing.objects.filter(pk=listing.pk).update(status=Listing.Status.CLOSED)

    assert "Sudah tutup" not in page_of(client, business)


def test_a_withheld_name_is_gone_from_mission_export_and_search(client):
    business = BusinessFactory(published=True)
    deal = DealFactory(seller_business=business, seller_name="Srikandi Jaya")
    table = reverse("publication:table_download", args=["transaksi-dilaporkan", "csv"])
    missions = reverse("publication:mission_list")

    def texts():
        addresses = (deal.mission.get_absolute_url(), table)
        return "".join(client.get(a).getvalue().decode() for a in addresses)

    def found():
        return client.get(missions, {"q": "srikandi"}).context["page"].paginator.count

    assert "Srikandi Jaya" in texts()
    assert found() == 1
    Business.objects.filter(pk=business.pk).update(
        withholds_name=True, published_at=None, closed_at=timezone.now()
    )
    business.refresh_from_db()
    after = texts()
    assert "Srikandi" not in after
    assert business.name not in after
    assert business.display_name in after
    assert found() == 0


def test_a_mission_links_to_a_party_by_its_consent_only(client):
    business = BusinessFactory(published=True)
    deal = DealFactory(seller_business=business)
    address = business.get_absolute_url()

    before = page_of(client, deal.mission)
    show_deals(business)

    assert address not in before
    assert address in page_of(client, deal.mission)
