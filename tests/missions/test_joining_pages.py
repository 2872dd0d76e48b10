"""The pages of owners and participants about joining a mission."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from businesses.models import Consent
from missions.letters import write
from missions.models import Mission, Participation, ParticipationConsent, Side
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    ListingFactory,
    MembershipFactory,
    ParticipationFactory,
    RegistrationFactory,
    SlotFactory,
    UserFactory,
)
from umkm_portal.outbox.links import token_of

pytestmark = pytest.mark.django_db
Purpose = ParticipationConsent.Purpose
Status = Participation.Status


@pytest.fixture
def mission():
    return RegistrationFactory().mission


@pytest.fixture
def business():
    return BusinessFactory(name="Kopi Ijen", published=True)


@pytest.fixture
def owner(client, business):
    user = business.memberships.get().user
    client.force_login(user)
    return user


def apply_page(business, mission):
    return reverse("missions:apply", args=[business.slug, mission.slug])


class TestFindingAMission:
    def test_open_missions_stand_with_those_the_business_takes_part_in(
        self, client, owner, business, mission
    ):
        taken = ParticipationFactory(business=business)
        later = RegistrationFactory(opens_at=timezone.now() + timedelta(days=3))
        RegistrationFactory(closes_at=timezone.now() - timedelta(hours=1))

        page = client.get(reverse("missions:own_missions", args=[business.slug]))

        assert [one.mission for one in page.context["registrations"]] == [mission]
        assert list(page.context["to_come"]) == [later]
        assert list(page.context["participations"]) == [taken]

    @pytest.mark.parametrize("status", [Status.APPLIED, Status.WITHDRAWN])
    def test_who_has_applied_does_not_read_that_nothing_is_open(
        self, client, english, owner, business, mission, status
    ):
        ParticipationFactory(business=business, mission=mission, status=status)
        if status == Status.WITHDRAWN:
            mission.registration.delete()

        page = client.get(reverse("missions:own_missions", args=[business.slug])).text

        has_applied = status == Status.APPLIED
        assert ("Besides yours" in page) == has_applied
        assert ("No mission of your province" in page) != has_applied

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_list_takes_as_many_queries_for_one_as_for_three(
        self, client, owner, business, django_assert_num_queries, number
    ):
        RegistrationFactory.create_batch(number)
        ParticipationFactory.create_batch(number, business=business)
        page = reverse("missions:own_missions", args=[business.slug])

        with django_assert_num_queries(9):
            client.get(page)

    def test_the_dashboard_leads_to_an_open_mission(
        self, client, owner, business, mission
    ):
        page = client.get(
            reverse("businesses:business_dashboard", args=[business.slug])
        )

        assert apply_page(business, mission) in page.content.decode()
        assert reverse("missions:own_missions", args=[business.slug]) in (
            page.content.decode()
        )

    def test_the_dashboard_asks_a_participant_for_times_and_listings(
        self, client, owner, business
    ):
        participation = ParticipationFactory(business=business)
        SlotFactory(mission=participation.mission)

        page = client.get(
            reverse("businesses:business_dashboard", args=[business.slug])
        )

        for name in ("availability", "listings"):
            assert own_page(participation, name) in page.content.decode()

    def test_the_public_page_leads_to_an_own_business(
        self, client, owner, business, mission
    ):
        join = reverse("missions:join", args=[mission.slug])
        assert join in client.get(mission.get_absolute_url()).content.decode()
        assert client.get(join).url == apply_page(business, mission)

        MembershipFactory(user=owner)
        assert business.name in client.get(join).content.decode()

    def test_who_has_no_business_first_makes_one(self, client, mission):
        join = reverse("missions:join", args=[mission.slug])
        assert reverse("account_login") in client.get(join).url

        client.force_login(UserFactory())
        assert client.get(join).url == reverse("businesses:start")

    def test_a_closed_registration_is_not_offered(self, client, mission):
        mission.status = Mission.Status.CURATION
        mission.save()

        page = client.get(mission.get_absolute_url()).content.decode()

        assert reverse("missions:join", args=[mission.slug]) not in page


class TestApplying:
    def test_an_owner_applies_with_listings_and_one_consent(
        self, client, owner, business, mission
    ):
        offer = ListingFactory(business=business, open=True)
        page = apply_page(business, mission)
        form = client.get(page).context["form"]
        assert form["listings"].value() == [offer.pk]
        assert not any(form[purpose].value() for purpose in Purpose.values)

        client.post(page, {"side": "seller", "listings": [offer.pk], "list": "on"})

        participation = mission.participations.get()
        assert list(participation.listings.all()) == [offer]
        assert [one.purpose for one in participation.consents.all()] == ["list"]
        assert client.get(page).url == own_page(participation, "home")

    def test_a_failed_form_comes_back_filled(self, client, owner, business, mission):
        offer = ListingFactory(business=business, open=True)
        other = ListingFactory(business=business, open=True)

        response = client.post(
            apply_page(business, mission), {"listings": [offer.pk], "pairs": "on"}
        )

        form = response.context["form"]
        assert "side" in form.errors
        assert form["listings"].value() == [str(offer.pk)]
        assert form["pairs"].value()
        assert str(other.pk) not in form["listings"].value()
        assert not mission.participations.exists()

    def test_without_an_open_listing_the_page_leads_to_make_one(
        self, client, owner, business, mission
    ):
        page = client.get(apply_page(business, mission)).content.decode()

        assert reverse("businesses:offer_add", args=[business.slug]) in page
        client.post(apply_page(business, mission), {"side": "buyer"})
        assert mission.participations.get().side == Side.BUYER

    def test_whoever_has_a_draft_is_led_to_publish_it_and_not_to_write_it_twice(
        self, client, owner, business, mission
    ):
        draft = ListingFactory(business=business, title="Kopi sangrai arabika")
        ListingFactory(title="Punya orang lain")

        page = client.get(apply_page(business, mission)).text

        edit = reverse("businesses:listing_edit", args=[business.slug, draft.pk])
        assert edit in page
        assert draft.title in page
        assert "Punya orang lain" not in page
        assert reverse("businesses:offer_add", args=[business.slug]) not in page

    def test_a_private_business_is_led_to_publish_its_page(self, client, mission):
        private = MembershipFactory(business=BusinessFactory())
        client.force_login(private.user)
        page = apply_page(private.business, mission)

        shown = client.get(page).content.decode()
        client.post(page, {"side": "seller"})

        assert reverse("businesses:profile_publish", args=[private.business.slug]) in (
            shown
        )
        assert not mission.participations.exists()

    def test_staff_apply_and_are_not_asked_to_consent(self, client, business, mission):
        client.force_login(MembershipFactory(business=business, role="staff").user)

        form = client.get(apply_page(business, mission)).context["form"]
        client.post(apply_page(business, mission), {"side": "seller", "list": "on"})

        assert form.consents == []
        assert not mission.participations.get().consents.exists()

    def test_what_was_said_to_a_declined_business_stands_above_the_form(
        self, client, owner, business, mission
    ):
        ParticipationFactory(
            mission=mission,
            business=business,
            status=Status.DECLINED,
            reason="Izin edar belum ada",
        )

        page = client.get(apply_page(business, mission))

        assert "Izin edar belum ada" in page.content.decode()


def own_page(participation, name):
    return reverse(
        f"meetings:own:{name}",
        args=[participation.business.slug, participation.mission.slug],
    )


@pytest.fixture
def participation(business):
    return ParticipationFactory(business=business)


@pytest.fixture
def slots(participation):
    """Two in the morning and one in the afternoon."""
    mission = participation.mission
    noon = datetime(2027, 3, 1, 13, tzinfo=ZoneInfo(mission.timezone))
    mission.starts_on = noon.date()
    mission.save()
    return [
        SlotFactory(mission=mission, number=0),
        SlotFactory(mission=mission, number=1),
        SlotFactory(mission=mission, starts_at=noon),
    ]


class TestAvailability:
    def test_each_half_day_is_all_none_or_some(
        self, client, owner, participation, slots
    ):
        page = own_page(participation, "availability")
        answer = {
            "20270301-pagi-kapan": "sebagian",
            "20270301-pagi-jam": [slots[1].pk],
            "20270301-siang-kapan": "tidak",
            # Hidden beside “we cannot come”, so it says nothing.
            "20270301-siang-jam": [slots[2].pk],
        }

        client.post(page, answer)

        assert list(participation.free_slots.all()) == [slots[1]]
        form = client.get(page).context["form"]
        assert form["20270301-pagi-kapan"].value() == "sebagian"
        assert form["20270301-pagi-jam"].value() == [slots[1].pk]
        assert form["20270301-siang-kapan"].value() == "tidak"

    def test_a_half_day_without_an_answer_comes_back_filled(
        self, client, owner, participation, slots
    ):
        page = own_page(participation, "availability")
        response = client.post(
            page,
            {"20270301-pagi-kapan": "sebagian", "20270301-siang-kapan": "semua"},
        )

        form = response.context["form"]
        assert set(form.errors) == {"20270301-pagi-kapan"}
        assert form["20270301-siang-kapan"].value() == "semua"
        participation.refresh_from_db()
        assert participation.availability_at is None

    def test_the_zone_is_named_and_compared_with_the_own_clock(
        self, client, owner, participation, slots
    ):
        Mission.objects.filter(pk=participation.mission.pk).update(
            timezone="Asia/Makassar"
        )

        page = client.get(own_page(participation, "availability"))

        assert page.context["hours_apart"] == 1
        for zone in ("WITA", "WIB"):
            assert zone in page.content.decode()

    def test_without_a_programme_the_page_says_what_comes(
        self, client, owner, participation
    ):
        page = own_page(participation, "availability")

        assert client.get(page).status_code == 200
        client.post(page, {})
        participation.refresh_from_db()
        assert participation.availability_at is None

    def test_the_link_of_a_message_opens_it_and_only_a_post_acts(
        self, client, participation, slots
    ):
        [message] = write(participation, "accepted")
        page = reverse("meetings:link:availability", args=[token_of(message)])
        answer = {
            "20270301-pagi-kapan": "semua",
            "20270301-siang-kapan": "tidak",
        }

        assert client.get(page, answer).status_code == 200
        assert not participation.free_slots.exists()
        client.post(page, answer)

        assert set(participation.free_slots.all()) == set(slots[:2])


class TestConsents:
    def test_an_owner_gives_and_takes_back(self, client, owner, participation):
        page = own_page(participation, "consents")

        client.post(page, {"agree": "pairs"})
        assert participation.consents.active().get().purpose == Purpose.PAIRS

        client.post(page, {"withdraw": "pairs"})
        assert not participation.consents.active().exists()
        assert client.get(page).status_code == 200

    def test_an_official_who_helps_cannot_agree(self, client, participation):
        official = AppointmentFactory(
            province=participation.business.province, role="operator"
        ).user
        participation.business.consents.create(
            purpose=Consent.Purpose.ASSISTANCE, text="x", via="portal"
        )
        client.force_login(official)
        page = reverse(
            "meetings:assisted:consents",
            args=[participation.mission.slug, participation.pk],
        )

        assert not client.get(page).context["may_consent"]
        client.post(page, {"agree": "list"})

        assert not participation.consents.exists()


class TestWithdrawing:
    def test_the_page_says_what_happens_and_asks_why(
        self, client, owner, participation
    ):
        page = own_page(participation, "withdraw")

        client.get(page)
        assert "reason" in client.post(page, {"reason": " "}).context["form"].errors
        participation.refresh_from_db()
        assert participation.is_accepted

        client.post(page, {"reason": "Panen mundur"})
        participation.refresh_from_db()
        assert participation.status == Status.WITHDRAWN
        assert participation.reason == "Panen mundur"

    def test_nothing_can_be_changed_afterwards(self, client, owner, participation):
        participation.status = Status.WITHDRAWN
        participation.save()

        for name in ("withdraw", "listings", "availability"):
            assert client.get(own_page(participation, name)).status_code == 200
        client.post(own_page(participation, "listings"), {"side": "buyer"})

        participation.refresh_from_db()
        assert participation.side == Side.SELLER


@pytest.mark.parametrize("is_open", [True, False])
def test_who_withdrew_reads_the_own_reason_and_can_apply_again_while_that_is_open(
    client, english, owner, business, mission, is_open
):
    participation = ParticipationFactory(
        business=business,
        mission=mission,
        status=Status.WITHDRAWN,
        reason="Sakit",
        decided_by=owner,
    )
    if not is_open:
        mission.status = Mission.Status.CURATION
        mission.save()

    def read():
        return client.get(own_page(participation, "home")).text

    assert "Your reason: Sakit" in read()
    assert (apply_page(business, mission) in read()) == is_open
    # An official wrote it.
    Participation.objects.update(decided_by=UserFactory())
    assert "Your reason:" not in read()
    Participation.objects.update(status=Status.ACCEPTED)
    assert apply_page(business, mission) not in read()


def test_listings_are_changed_and_closed_ones_stay_visible(
    client, owner, business, participation
):
    offer = ListingFactory(business=business, open=True)
    closed = ListingFactory(business=business)
    participation.listings.set([closed])
    page = own_page(participation, "listings")

    form = client.get(page).context["form"]
    assert set(form.fields["listings"].queryset) == {offer, closed}

    client.post(page, {"side": "buyer", "listings": [offer.pk, closed.pk]})
    participation.refresh_from_db()
    assert participation.side == Side.BUYER
    assert set(participation.listings.all()) == {offer, closed}


# A seller with a need, or a buyer with an offer: nobody finds them.
@pytest.mark.parametrize(
    ("side", "kind", "is_warned"),
    [
        ("seller", "need", True),
        ("seller", "offer", False),
        ("buyer", "offer", True),
        ("buyer", "need", False),
    ],
)
@pytest.mark.parametrize("has_applied", [False, True])
def test_whoever_brings_nothing_that_partners_are_found_by_is_warned(
    client, owner, business, mission, side, kind, is_warned, has_applied
):
    listing = ListingFactory(business=business, open=True, kind=kind)
    page = apply_page(business, mission)
    if has_applied:
        page = own_page(
            ParticipationFactory(mission=mission, business=business), "listings"
        )

    response = client.post(page, {"side": side, "listings": [listing.pk]}, follow=True)

    said = [message.level_tag for message in response.context["messages"]]
    assert sorted(said) == ["success", *["warning"] * is_warned]
    assert mission.participations.get().side == side


@pytest.mark.parametrize(
    ("name", "tab"),
    [("withdraw", "home"), ("consents", "consents"), ("listings", "listings")],
)
def test_the_tab_under_which_a_page_lies_stands_out(
    client, owner, participation, name, tab
):
    tabs = client.get(own_page(participation, name)).context["tabs"]

    here = own_page(participation, tab)
    assert [one["address"] for one in tabs if one["is_here"]] == [here]


@pytest.mark.parametrize("method", ["get", "post"])
def test_pages_of_a_business_open_for_its_people_only(
    client, business, mission, method
):
    pages = [
        reverse("missions:own_missions", args=[business.slug]),
        apply_page(business, mission),
    ]
    for page in pages:
        found = getattr(client, method)(page)
        assert found.status_code in (302, 405)
    client.force_login(MembershipFactory().user)
    for page in pages:
        assert getattr(client, method)(page).status_code in (404, 405)

    assert not mission.participations.exists()
