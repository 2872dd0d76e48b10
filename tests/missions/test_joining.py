"""Applications, decisions, the waiting list: who gets a place, and who is told."""

from datetime import timedelta
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from businesses.consents import give_consent, withdraw_consent
from businesses.models import Consent, Membership
from businesses.rights import close_business
from missions.doors import Actor, Via
from missions.joining import (
    apply_for,
    choose_listings,
    decide,
    promote,
    promote_everywhere,
    remove_quota,
    set_consent,
    set_quota,
    state_availability,
    withdraw,
)
from missions.joining.deciding import NO_PLACE, promote_waiting
from missions.meetings.programme import lay_out
from missions.models import MessageWording, Mission, Participation, Quota, Side
from missions.quotas import open_places
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    CommodityGroupFactory,
    ListingFactory,
    MembershipFactory,
    MissionFactory,
    ParticipationFactory,
    ProvinceFactory,
    RegistrationFactory,
    SectorFactory,
    SlotFactory,
    UserFactory,
)
from tests.portal.test_health import work
from umkm_portal.outbox.models import Message

pytestmark = pytest.mark.django_db
Status = Participation.Status


@pytest.fixture
def mission():
    return RegistrationFactory().mission


@pytest.fixture
def official(mission):
    return AppointmentFactory(province=mission.initiator_province).user


def owned(**facts):
    return (
        BusinessFactory(published=True, **facts)
        if facts
        else BusinessFactory(published=True)
    )


def owner_of(business):
    return Actor(business.memberships.get(role=Membership.Role.OWNER).user)


def applied(mission, business=None, side=Side.SELLER, listings=()):
    business = business or owned()
    return apply_for(
        mission, business, side=side, listings=listings, actor=owner_of(business)
    )


def kinds(participation):
    letters = participation.letters.order_by("pk")
    return list(letters.values_list("message__kind", flat=True))


def text_of(participation):
    return participation.letters.latest("pk").message.text


def status_of(participation):
    participation.refresh_from_db()
    return participation.status


class TestApplying:
    def test_a_public_business_applies_with_its_open_listings(self, mission):
        business = owned()
        offer = ListingFactory(business=business, open=True)

        participation = applied(mission, business, listings=[offer])

        assert participation.status == Status.APPLIED
        assert list(participation.listings.all()) == [offer]
        assert participation.applied_by == owner_of(business).user
        assert kinds(participation) == ["applied"]

    def test_it_applies_once(self, mission):
        business = owned()
        applied(mission, business)

        with pytest.raises(ValidationError):
            applied(mission, business)

        assert Participation.objects.count() == 1

    @pytest.mark.parametrize(
        ("opens", "closes", "status"),
        [
            (1, 2, Mission.Status.REGISTRATION),
            (-2, -1, Mission.Status.REGISTRATION),
            (-1, 1, Mission.Status.CURATION),
            (-1, 1, Mission.Status.DRAFT),
        ],
    )
    def test_it_applies_within_the_window_only(self, mission, opens, closes, status):
        now = timezone.now()
        mission.registration.opens_at = now + timedelta(days=opens)
        mission.registration.closes_at = now + timedelta(days=closes)
        mission.registration.save()
        mission.status = status
        mission.save()

        with pytest.raises(ValidationError):
            applied(mission)

    def test_a_mission_without_a_window_takes_nobody(self):
        mission = ParticipationFactory().mission

        with pytest.raises(ValidationError):
            applied(mission)

    def test_others_cannot_apply_for_it(self, mission):
        stranger = Actor(UserFactory())
        for actor in (stranger, Actor(stranger.user, Via.ASSISTED)):
            with pytest.raises(ValidationError):
                apply_for(mission, owned(), side="seller", listings=[], actor=actor)

    def test_private_foreign_and_example_businesses_cannot(self, mission):
        private = BusinessFactory()
        MembershipFactory(business=private)
        foreign = owned(province=ProvinceFactory(code="51"))
        example = owned(is_example=True)

        for business in (private, foreign, example):
            with pytest.raises(ValidationError):
                applied(mission, business)

    def test_only_own_open_listings_can_be_chosen(self, mission):
        business = owned()
        for listing in (ListingFactory(open=True), ListingFactory(business=business)):
            with pytest.raises(ValidationError):
                applied(mission, business, listings=[listing])

    def test_who_withdrew_stands_at_the_end_of_the_queue(self, mission):
        first = applied(mission)
        withdraw(first, reason="Sakit", actor=owner_of(first.business))
        second = applied(mission)

        again = applied(mission, first.business)

        assert again.pk == first.pk
        assert again.reason == ""
        assert list(mission.participations.all()) == [second, again]

    def test_who_was_declined_may_apply_once_more(self, mission, official):
        participation = applied(mission)
        decide([participation], Status.DECLINED, reason="Belum siap", by=official)
        applied(mission, participation.business)
        decide([participation], Status.DECLINED, reason="Belum siap", by=official)

        with pytest.raises(ValidationError):
            applied(mission, participation.business)

        decide([participation], Status.ACCEPTED, by=official)
        assert status_of(participation) == Status.ACCEPTED

    def test_a_programme_that_changes_is_no_second_refusal(self, mission, official):
        """Whoever was declined keeps nothing of what it said about times that are gone."""
        participation = applied(mission)
        slot = SlotFactory(mission=mission)
        actor = owner_of(participation.business)
        state_availability(participation, [slot], actor=actor)
        decide([participation], Status.DECLINED, reason="Belum siap", by=official)
        later = [
            (slot.starts_at + timedelta(hours=3), slot.ends_at + timedelta(hours=3))
        ]
        lay_out(mission, later, by=official)
        declined = participation.history.filter(status=Status.DECLINED)
        assert declined.count() == 2

        again = applied(mission, participation.business)

        assert again.status == Status.APPLIED
        assert again.is_silent_about_times


class TestDeciding:
    def test_an_official_accepts_and_the_business_is_told(self, mission, official):
        participation = applied(mission)

        assert decide([participation], Status.ACCEPTED, by=official) == [participation]

        participation.refresh_from_db()
        assert participation.is_accepted
        assert participation.decided_by == official
        assert participation.history.first().history_user == official
        assert kinds(participation) == ["applied", "accepted"]

    def test_the_words_of_the_province_are_read_once_for_all(self, mission, official):
        """While the mission is locked."""
        Quota.objects.create(mission=mission, side=Side.SELLER, seats=4)
        first = [applied(mission) for _ in range(4)]
        rest = [applied(mission) for _ in range(3)]

        with CaptureQueriesContext(connection) as deciding:
            decide(first, Status.ACCEPTED, by=official)
        decide(rest, Status.WAITING, by=official)
        with CaptureQueriesContext(connection) as moving:
            Quota.objects.update(seats=9)
            promote(mission)

        assert [status_of(one) for one in rest] == [Status.ACCEPTED] * 3
        words = MessageWording._meta.db_table
        for queries in (deciding, moving):
            assert sum(words in query["sql"] for query in queries) == 1

    def test_a_decline_needs_a_reason_which_the_business_reads(self, mission, official):
        participation = applied(mission)

        with pytest.raises(ValidationError):
            decide([participation], Status.DECLINED, reason=" ", by=official)
        decide([participation], Status.DECLINED, reason="Izin belum ada", by=official)

        assert "Izin belum ada" in Message.objects.get(kind="declined").text

    def test_all_or_none_and_each_bad_row_is_named(self, mission, official):
        good, gone, own = applied(mission), applied(mission), applied(mission)
        withdraw(gone, reason="Sakit", actor=owner_of(gone.business))
        MembershipFactory(business=own.business, user=official)

        with pytest.raises(ValidationError) as problem:
            decide([good, gone, own], Status.ACCEPTED, by=official)

        assert [text.split(":")[0] for text in problem.value.messages] == [
            gone.name,
            own.name,
        ]
        assert status_of(good) == Status.APPLIED

    def test_what_is_decided_so_already_is_left_alone(self, mission, official):
        participation = applied(mission)
        decide([participation], Status.ACCEPTED, by=official)

        assert decide([participation], Status.ACCEPTED, by=official) == []
        assert kinds(participation) == ["applied", "accepted"]

    def test_officials_of_other_provinces_decide_about_their_own(self, mission):
        guest = ProvinceFactory(code="64")
        mission.partner_provinces.add(guest)
        theirs, ours = applied(mission, owned(province=guest)), applied(mission)
        by = AppointmentFactory(province=guest).user

        decide([theirs], Status.ACCEPTED, by=by)
        with pytest.raises(ValidationError):
            decide([ours], Status.ACCEPTED, by=by)

        assert status_of(theirs) == Status.ACCEPTED

    def test_an_auditor_decides_nothing(self, mission):
        auditor = AppointmentFactory(
            province=mission.initiator_province, role="auditor"
        ).user

        with pytest.raises(ValidationError):
            decide([applied(mission)], Status.ACCEPTED, by=auditor)


class TestPlaces:
    def test_a_quota_of_a_side_keeps_the_next_one_out(self, mission, official):
        mission.quotas.create(side=Side.SELLER, seats=1)
        one, other = applied(mission), applied(mission)
        buyer = applied(mission, side=Side.BUYER)

        with pytest.raises(ValidationError) as problem:
            decide([one, other, buyer], Status.ACCEPTED, by=official)
        assert len(problem.value.messages) == 1
        assert other.name in problem.value.messages[0]

        decide([one, buyer], Status.ACCEPTED, by=official)
        with pytest.raises(ValidationError):
            decide([other], Status.ACCEPTED, by=official)

    def test_quotas_of_sector_and_province_count_only_their_own(
        self, mission, official
    ):
        fish = SectorFactory(slug="perikanan")
        fisher = owned()
        fisher.sectors.add(fish)
        guest = ProvinceFactory(code="64")
        mission.partner_provinces.add(guest)
        mission.quotas.create(sector=fish, seats=1)
        mission.quotas.create(province=guest, seats=1)
        inside = [applied(mission, fisher), applied(mission, owned(province=guest))]
        decide([*inside, applied(mission)], Status.ACCEPTED, by=official)

        other_fisher = owned()
        other_fisher.sectors.add(fish)
        for late in (other_fisher, owned(province=guest)):
            with pytest.raises(ValidationError):
                decide([applied(mission, late)], Status.ACCEPTED, by=official)

    def test_places_are_counted_by_the_rule_of_the_quota(
        self, mission, django_assert_num_queries
    ):
        fish, wood = SectorFactory(), SectorFactory()
        provinces = [ProvinceFactory(code=code) for code in ("35", "64")]
        for number, (side, province, of_listings) in enumerate(
            product(Side, provinces, ([], [None], [fish], [fish, fish, wood]))
        ):
            business = owned(province=province)
            business.sectors.set([[], [wood], [fish, wood]][number % 3])
            listings = [
                ListingFactory(
                    business=business,
                    commodity=sector and CommodityGroupFactory(sector=sector),
                )
                for sector in of_listings
            ]
            ParticipationFactory(
                mission=mission, business=business, side=side, listings=listings
            )
        ParticipationFactory(mission=mission, status=Status.WAITING)
        for side, province, sector in product(
            ["", *Side], [None, *provinces], [None, fish, wood]
        ):
            mission.quotas.create(side=side, province=province, sector=sector, seats=9)

        with django_assert_num_queries(4):
            places = list(open_places(mission))

        accepted = list(mission.participations.accepted().with_listings())
        assert len(places) == 27
        for quota, taken, _left in places:
            assert taken == sum(map(quota.covers, accepted)), quota.label

    def test_the_public_page_counts_right_after_a_decision(
        self, client, mission, official
    ):
        mission.quotas.create(seats=3)
        for taken in range(3):
            page = client.get(mission.get_absolute_url())
            assert [row[1:] for row in page.context["places"]] == [(taken, 3 - taken)]
            decide([applied(mission)], Status.ACCEPTED, by=official)

    def test_the_oldest_on_the_list_moves_up_when_a_place_frees(
        self, mission, official
    ):
        mission.quotas.create(side=Side.SELLER, seats=1)
        first, second, third = (applied(mission) for _ in range(3))
        buyer = applied(mission, side=Side.BUYER)
        decide([first], Status.ACCEPTED, by=official)
        decide([third, second], Status.WAITING, by=official)
        decide([buyer], Status.WAITING, reason="Masih diperiksa", by=official)

        withdraw(first, reason="Sakit", actor=owner_of(first.business))

        assert status_of(second) == Status.ACCEPTED
        assert second.decided_by is None
        assert status_of(third) == status_of(buyer) == Status.WAITING
        assert kinds(second)[-1] == "moved_up"
        assert promote(mission) == []

    def test_who_is_turned_away_frees_a_place_but_not_for_itself(
        self, mission, official
    ):
        mission.quotas.create(seats=1)
        first, second = applied(mission), applied(mission)
        decide([first], Status.ACCEPTED, by=official)
        decide([second], Status.WAITING, by=official)

        decide([first], Status.WAITING, reason="Masih diperiksa", by=official)

        assert status_of(first) == Status.WAITING
        assert status_of(second) == Status.ACCEPTED

    def test_nobody_reads_that_all_places_are_taken_while_there_are_some(
        self, mission, official
    ):
        mission.quotas.create(side=Side.SELLER, seats=1)
        first, second = applied(mission), applied(mission)
        buyer = applied(mission, side=Side.BUYER)
        for free in ([first], [buyer], [second, buyer]):
            with pytest.raises(ValidationError) as problem:
                decide(free, Status.WAITING, by=official)
            assert problem.value.code == "places_free"
            assert all(one.name in problem.value.messages[0] for one in free)
        decide([first], Status.ACCEPTED, by=official)

        decide([second], Status.WAITING, by=official)
        decide([buyer], Status.WAITING, reason="Masih diperiksa", by=official)

        no_place = str(NO_PLACE)
        assert [no_place in text_of(one) for one in (second, buyer)] == [True, False]
        assert "Masih diperiksa" in text_of(buyer)

    def test_a_larger_quota_lets_them_move_up_and_a_smaller_one_takes_nobody_out(
        self, mission, official
    ):
        quota = mission.quotas.create(seats=1)
        first, second = applied(mission), applied(mission)
        decide([first], Status.ACCEPTED, by=official)
        decide([second], Status.WAITING, by=official)

        quota.seats = 2
        assert set_quota(quota, by=official) == [second]
        quota.seats = 1
        assert set_quota(quota, by=official) == []

        assert status_of(first) == status_of(second) == Status.ACCEPTED

    def test_who_had_no_page_when_a_place_got_free_gets_it_the_next_day(
        self, mission, official
    ):
        mission.quotas.create(seats=1)
        first, second = applied(mission), applied(mission)
        decide([first], Status.ACCEPTED, by=official)
        decide([second], Status.WAITING, by=official)
        consent = second.business.consents.get(purpose=Consent.Purpose.PROFILE)
        owner = owner_of(second.business).user
        withdraw_consent(consent, by=owner)
        withdraw(first, reason="Sakit", actor=owner_of(first.business))
        promote_everywhere()
        work()
        assert status_of(second) == Status.WAITING
        give_consent(second.business, Consent.Purpose.PROFILE, by=owner)

        for _night in range(2):
            promote_everywhere()
            work()

        assert status_of(second) == Status.ACCEPTED
        assert kinds(second).count("moved_up") == 1

    def test_every_night_each_mission_with_a_waiting_list_has_its_own_transaction(
        self,
    ):
        missions = [
            MissionFactory(slug=slug, status=Mission.Status.CURATION)
            for slug in ("c", "a", "b")
        ]
        for mission in missions:
            ParticipationFactory.create_batch(2, mission=mission, status=Status.WAITING)

        assert promote_everywhere() == 3

        results = DBTaskResult.objects.filter(task_path=promote_waiting.module_path)
        asked = [
            result.args_kwargs["args"] for result in results.order_by("enqueued_at")
        ]
        assert asked == [[mission.pk] for mission in missions]

    def test_only_who_runs_the_mission_sets_its_quotas(self, mission):
        guest = ProvinceFactory(code="64")
        mission.partner_provinces.add(guest)
        quota = mission.quotas.create(seats=1)
        officials = [
            AppointmentFactory(province=guest).user,
            AppointmentFactory(
                province=mission.initiator_province, role="auditor"
            ).user,
        ]
        for official in officials:
            with pytest.raises(PermissionDenied):
                set_quota(Quota(mission=mission, side="buyer", seats=5), by=official)
            with pytest.raises(PermissionDenied):
                remove_quota(quota, by=official)

        assert list(mission.quotas.all()) == [quota]

    def test_without_a_quota_nobody_moves_up_by_itself(self, mission, official):
        one = applied(mission)
        decide([one], Status.WAITING, reason="Masih diperiksa", by=official)
        quota = Quota(mission=mission, seats=5)
        set_quota(quota, by=official)
        remove_quota(quota, by=official)

        assert status_of(one) == Status.WAITING

    def test_a_choice_that_has_no_place_is_refused(self, mission, official):
        mission.quotas.create(side=Side.BUYER, seats=1)
        buyer, seller = applied(mission, side=Side.BUYER), applied(mission)
        waiting = applied(mission, side=Side.BUYER)
        decide([buyer, seller], Status.ACCEPTED, by=official)
        decide([waiting], Status.WAITING, by=official)
        choice = {"listings": [], "actor": owner_of(seller.business)}

        with pytest.raises(ValidationError):
            choose_listings(seller, side=Side.BUYER, **choice)
        choice["actor"] = owner_of(buyer.business)
        choose_listings(buyer, side=Side.SELLER, **choice)

        assert status_of(waiting) == Status.ACCEPTED


class TestLeaving:
    def test_a_withdrawal_needs_a_reason_and_ends_the_consents(self, mission):
        participation = applied(mission)
        actor = owner_of(participation.business)
        set_consent(participation, "list", True, actor=actor)

        with pytest.raises(ValidationError):
            withdraw(participation, reason="", actor=actor)
        withdraw(participation, reason="Panen mundur", actor=actor)

        assert not participation.consents.active().exists()
        assert kinds(participation) == ["applied", "withdrawn"]
        with pytest.raises(ValidationError):
            withdraw(participation, reason="Panen mundur", actor=actor)

    def test_what_hangs_on_a_place_ends_first(self, mission, official, settings):
        settings.BEFORE_A_PARTICIPATION_ENDS = ["tests.missions.test_joining.remember"]
        ENDED.clear()
        taking, applying = applied(mission), applied(mission)
        decide([taking], Status.ACCEPTED, by=official)

        decide([taking, applying], Status.DECLINED, reason="Batal", by=official)

        assert [(taking.pk, Status.ACCEPTED, "Batal", official)] == ENDED

    def test_nothing_changes_once_the_mission_is_over(self, mission, official):
        participation = applied(mission)
        mission.status = Mission.Status.COUNTING
        mission.save()

        with pytest.raises(ValidationError):
            withdraw(participation, reason="x", actor=owner_of(participation.business))
        with pytest.raises(ValidationError):
            decide([participation], Status.ACCEPTED, by=official)

    def test_a_business_that_ends_leaves_and_keeps_no_name(self, mission, official):
        mission.quotas.create(seats=1)
        leaver, next_one = applied(mission), applied(mission)
        decide([leaver], Status.ACCEPTED, by=official)
        decide([next_one], Status.WAITING, by=official)
        name = leaver.business.name

        close_business(leaver.business)

        assert status_of(leaver) == Status.WITHDRAWN
        assert status_of(next_one) == Status.ACCEPTED
        assert leaver.history.count() == 0
        assert not Message.objects.filter(text__contains=name).exists()

    def test_what_it_took_part_in_stays_counted(self, mission, official):
        participation = applied(mission)
        decide([participation], Status.ACCEPTED, by=official)
        mission.status = Mission.Status.CLOSED
        mission.save()

        close_business(participation.business)

        assert status_of(participation) == Status.ACCEPTED
        assert participation.business.name == ""


ENDED = []


def remember(participation, *, reason, actor):
    ENDED.append((participation.pk, participation.status, reason, actor.user))


class TestAvailability:
    def test_times_are_stated_and_stated_again(self, mission):
        first, second = SlotFactory(mission=mission), SlotFactory(mission=mission)
        participation = applied(mission)
        actor = owner_of(participation.business)

        state_availability(participation, [first, second], actor=actor)
        state_availability(participation, [second], actor=actor)

        participation.refresh_from_db()
        assert participation.availability_at
        assert list(participation.free_slots.all()) == [second]

    def test_times_of_another_mission_are_refused(self, mission):
        participation = applied(mission)

        with pytest.raises(ValidationError):
            state_availability(
                participation, [SlotFactory()], actor=owner_of(participation.business)
            )

    def test_the_owner_is_told_what_an_official_filled_in(self, mission, official):
        participation = applied(mission)
        give_assistance(participation.business)

        state_availability(participation, [], actor=Actor(official, Via.ASSISTED))

        assert official.name in Message.objects.get(kind="filled_in").text


def give_assistance(business):
    business.consents.create(
        purpose="assistance", text="x", via="portal", given_by=owner_of(business).user
    )


class TestConsents:
    def test_words_and_way_are_kept_and_twice_is_once(self, mission):
        participation = applied(mission)
        actor = Actor(owner_of(participation.business).user, Via.LINK)

        for _ in range(2):
            set_consent(participation, "list", True, actor=actor)

        consent = participation.consents.get()
        assert (consent.via, consent.given_by) == ("link", actor.user)
        assert consent.text
        set_consent(participation, "list", False, actor=actor)
        assert not participation.consents.active().exists()

    def test_nobody_agrees_for_an_owner(self, mission, official):
        participation = applied(mission)
        give_assistance(participation.business)
        staff = MembershipFactory(business=participation.business, role="staff").user

        for actor in (Actor(official, Via.ASSISTED), Actor(staff)):
            with pytest.raises(ValidationError):
                set_consent(participation, "list", True, actor=actor)

        assert not participation.consents.exists()
