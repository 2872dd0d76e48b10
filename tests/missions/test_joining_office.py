"""The pages on which officials open registration and choose participants."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from businesses.models import Check, CommodityGroup
from missions.balance import by_commodity, by_size
from missions.curation_forms import STATUS_ORDER
from missions.models import Mission, Participation, Registration, Side
from missions.registering import moves_of, set_window
from missions.views import board
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    CheckFactory,
    CommodityGroupFactory,
    ContactFactory,
    ListingFactory,
    MissionFactory,
    ParticipationFactory,
    ProvinceFactory,
    RegistrationFactory,
)

pytestmark = pytest.mark.django_db
Status = Participation.Status
Stage = Mission.Status


def applicant(mission, **facts):
    return ParticipationFactory(mission=mission, **{"status": Status.APPLIED, **facts})


def page(name, mission, *args):
    return reverse(f"missions:{name}", args=[mission.slug, *args])


class TestMissions:
    def test_own_missions_that_are_not_closed_come_first(
        self, client, mission, official
    ):
        closed = MissionFactory(status=Stage.CLOSED)
        foreign = MissionFactory(
            initiator_province=ProvinceFactory(code="51"),
            host_province=ProvinceFactory(code="64"),
        )

        response = client.get(reverse("missions:office_missions"))
        everything = client.get(reverse("missions:office_missions") + "?daftar=semua")

        assert list(response.context["page"]) == [mission]
        assert set(everything.context["page"]) == {mission, closed}
        assert foreign not in everything.context["page"]

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_list_takes_as_many_queries_for_one_as_for_three(
        self, client, official, django_assert_num_queries, number
    ):
        for _ in range(number):
            applicant(RegistrationFactory().mission)

        with django_assert_num_queries(9):
            client.get(reverse("missions:office_missions"))

    def test_the_overview_counts_each_business_once(self, client, mission, official):
        listings = ListingFactory.create_batch(3, open=True)
        ParticipationFactory(mission=mission, listings=listings)
        ParticipationFactory(mission=mission, side=Side.BUYER)
        applicant(mission)

        counted = client.get(page("office_mission", mission)).context["counted"]

        assert counted["sellers"] == counted["buyers"] == counted["applied"] == 1
        assert counted["without_listing"] == {"sellers": 0, "buyers": 1}

    def test_the_overview_says_what_to_do_next(self, client, mission, official):
        applicant(mission)

        response = client.get(page("office_mission", mission))

        assert response.context["todos"][0].url.startswith(page("board", mission))

    def test_who_waits_though_there_are_places_is_to_be_decided_about(
        self, client, mission, official, english
    ):
        mission.quotas.create(side=Side.SELLER, seats=1)
        ParticipationFactory(mission=mission)
        seller = applicant(mission, status=Status.WAITING)

        def said():
            todos = client.get(page("office_mission", mission)).context["todos"]
            return [todo for todo in todos if todo.url.endswith("?status=waiting")]

        assert said() == []
        buyer = applicant(mission, status=Status.WAITING, side=Side.BUYER)
        [todo] = said()
        assert todo.what.startswith("1 business is on the waiting list")
        shown = set(client.get(todo.url).context["page"])
        assert shown == {seller, buyer}

    @pytest.mark.parametrize("side", Side)
    def test_those_by_whom_no_partner_is_found_are_listed_by_side(
        self, client, mission, official, side
    ):
        wrong = {Side.SELLER: "need", Side.BUYER: "offer"}
        for one, kind in wrong.items():
            business = BusinessFactory(name=one, published=True)
            listing = ListingFactory(business=business, open=True, kind=kind)
            ParticipationFactory(
                mission=mission, business=business, side=one, listings=[listing]
            )
        todos = client.get(page("office_mission", mission)).context["todos"]

        [todo] = [one for one in todos if f"sisi={side}" in one.url]

        assert [row.name for row in client.get(todo.url).context["page"]] == [side]


class TestStages:
    def test_a_draft_is_published_by_the_province_admin_once_the_window_stands(
        self, client
    ):
        mission = MissionFactory(status=Stage.DRAFT)
        admin, operator = (
            AppointmentFactory(province=mission.initiator_province, role=role).user
            for role in ("province_admin", "operator")
        )
        [(to, _label, obstacle)] = moves_of(mission, admin)
        assert to == Stage.REGISTRATION
        assert obstacle

        now = timezone.now()
        Registration.objects.create(
            mission=mission, opens_at=now, closes_at=now + timedelta(days=1)
        )
        for user, status in ((operator, Stage.DRAFT), (admin, Stage.REGISTRATION)):
            client.force_login(user)
            client.post(page("office_move", mission), {"status": Stage.REGISTRATION})
            mission.refresh_from_db()
            assert mission.status == status

    def test_only_the_next_stage_can_be_chosen(self, client, mission, official):
        for wrong in (Stage.CLOSED, Stage.DRAFT, "", "x"):
            client.post(page("office_move", mission), {"status": wrong})
            mission.refresh_from_db()
            assert mission.status == Stage.REGISTRATION

        for right in (Stage.CURATION, Stage.SCHEDULED):
            client.post(page("office_move", mission), {"status": right})
            mission.refresh_from_db()
            assert mission.status == right

    def test_a_mission_does_not_begin_before_its_day(self, client, mission, official):
        mission.status = Stage.SCHEDULED
        mission.save()

        client.post(page("office_move", mission), {"status": Stage.RUNNING})

        mission.refresh_from_db()
        assert mission.status == Stage.SCHEDULED


class TestRegistration:
    def test_hours_are_read_and_shown_in_the_zone_of_the_mission(
        self, client, mission, official
    ):
        Mission.objects.filter(pk=mission.pk).update(timezone="Asia/Jayapura")

        client.post(
            page("office_registration", mission),
            {"opens_at": "2027-01-05T08:00", "closes_at": "2027-01-09T17:30"},
        )

        mission.registration.refresh_from_db()
        assert mission.registration.opens_at.isoformat() == "2027-01-04T23:00:00+00:00"
        shown = client.get(page("office_registration", mission)).content.decode()
        assert 'value="2027-01-05T08:00"' in shown
        assert "WIT" in shown

    @pytest.mark.parametrize(
        ("opens", "closes"),
        [
            ("2027-01-09T08:00", "2027-01-05T08:00"),
            ("2027-01-05T08:00", "2099-01-01T00:00"),
            ("2027-01-05T08:00", "0001-01-01T00:00"),
            ("2027-01-05T08:00", "9999-12-31T23:59"),
        ],
    )
    def test_a_window_that_cannot_be_comes_back_filled(
        self, client, mission, official, opens, closes
    ):
        before = mission.registration.closes_at

        response = client.post(
            page("office_registration", mission),
            {"opens_at": opens, "closes_at": closes, "note": "Gratis"},
        )

        form = response.context["form"]
        assert "closes_at" in form.errors
        assert form["note"].value() == "Gratis"
        mission.registration.refresh_from_db()
        assert mission.registration.closes_at == before

    @pytest.mark.parametrize("opens", ["0001-01-01T00:00", "1944-01-01T00:00"])
    def test_a_window_does_not_open_before_there_were_missions(
        self, client, mission, official, opens
    ):
        response = client.post(
            page("office_registration", mission),
            {"opens_at": opens, "closes_at": "2027-01-05T08:00"},
        )

        assert list(response.context["form"].errors) == ["opens_at"]

    def test_only_who_runs_the_mission_sets_the_window(self, mission, official):
        now = timezone.now()
        window = {"opens_at": now, "closes_at": now + timedelta(days=1)}
        auditor = AppointmentFactory(
            province=mission.initiator_province, role="auditor"
        ).user
        with pytest.raises(PermissionDenied):
            set_window(mission, **window, by=auditor)

        set_window(mission, **window, by=official)
        mission.registration.refresh_from_db()
        assert mission.registration.opens_at == now

    def test_a_mission_that_is_over_takes_no_applications(
        self, client, mission, official
    ):
        Mission.objects.update(status=Stage.COUNTING)
        before = mission.registration.closes_at

        response = client.post(
            page("office_registration", mission),
            {"opens_at": "2026-01-01T08:00", "closes_at": "2026-01-05T08:00"},
        )

        assert response.context["form"].non_field_errors()
        mission.registration.refresh_from_db()
        assert mission.registration.closes_at == before

    def test_a_quota_is_added_changed_and_removed(self, client, mission, official):
        add = page("quota_add", mission)
        client.post(add, {"seats": 1, "side": "seller"})
        quota = mission.quotas.get()
        again = client.post(add, {"seats": 2, "side": "seller"})
        assert again.context["form"].errors
        ParticipationFactory(mission=mission)
        second = ParticipationFactory(mission=mission, status=Status.WAITING)

        client.post(
            page("quota_edit", mission, quota.pk), {"seats": 2, "side": "seller"}
        )
        second.refresh_from_db()
        assert second.is_accepted
        shown = client.get(page("office_registration", mission)).context["places"]
        assert [(one.seats, taken, left) for one, taken, left in shown] == [(2, 2, 0)]

        client.post(page("quota_remove", mission, quota.pk))
        assert not mission.quotas.exists()


class TestBoard:
    @pytest.mark.parametrize("number", [1, 3])
    def test_it_takes_as_many_queries_for_one_row_as_for_three(
        self, client, mission, official, django_assert_num_queries, number
    ):
        for _ in range(number):
            participation = applicant(mission)
            listing = ListingFactory(
                business=participation.business,
                open=True,
                commodity=CommodityGroupFactory(),
            )
            participation.listings.add(listing)
            CheckFactory(
                business=participation.business,
                subject=Check.Subject.CAPACITY,
                value="6 ton",
            )

        with django_assert_num_queries(23):
            client.get(page("board", mission))

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", "ABC"),
            ("?status=applied", "AB"),
            ("?sisi=buyer", "B"),
            ("?provinsi=64", "C"),
            ("?skala=micro", "A"),
            ("?skala=tanpa", "BC"),
            ("?peluang=ada", "A"),
            ("?peluang=tanpa", "BC"),
            ("?sektor=pertanian", "A"),
            ("?q=kopi", "A"),
            ("?q=tidak-ada", ""),
            ("?urut=nama", "ABC"),
            ("?status=x", ""),
            ("?status=accepted&peluang=tanpa&sisi=seller", "C"),
        ],
    )
    def test_filters_and_orders(self, client, mission, official, query, found):
        guest = ProvinceFactory(code="64")
        mission.partner_provinces.add(guest)
        commodity = CommodityGroupFactory(sector__slug="pertanian")
        one = BusinessFactory(
            name="A", published=True, size="micro", size_basis="sales"
        )
        offer = ListingFactory(
            business=one, open=True, title="Kopi", commodity=commodity
        )
        applicant(mission, business=one, listings=[offer])
        applicant(
            mission, business=BusinessFactory(name="B", published=True), side="buyer"
        )
        ParticipationFactory(
            mission=mission,
            business=BusinessFactory(name="C", published=True, province=guest),
        )

        shown = client.get(page("board", mission) + query).context["page"]

        assert "".join(sorted(row.name for row in shown)) == found

    def test_what_is_still_to_be_decided_comes_first(self, client, mission, official):
        for status in reversed(STATUS_ORDER):
            applicant(mission, status=status, reason="x")

        shown = client.get(page("board", mission)).context["page"]

        assert [row.status for row in shown] == STATUS_ORDER

    def test_one_tap_ticks_all_of_a_page_and_only_of_that(
        self, client, mission, official, monkeypatch
    ):
        monkeypatch.setattr(board, "PER_PAGE", 2)
        for _ in range(3):
            applicant(mission)
        address = page("board", mission)

        def ticked(query):
            return [
                row.is_ticked for row in client.get(address + query).context["page"]
            ]

        assert ticked("") == [False] * 2
        assert ticked("?centang=1") == [True] * 2
        assert ticked("?centang=1&halaman=2") == [False]
        assert ticked("?centang=2&halaman=2") == [True]
        # What is sent from there leads back without it.
        html = client.get(f"{address}?centang=2&halaman=2").content.decode()
        assert 'action="?halaman=2#found"' in html

    def test_several_are_accepted_at_once(self, client, mission, official):
        rows = [applicant(mission), applicant(mission)]

        client.post(
            page("board", mission) + "?status=applied",
            {"pilih": [row.pk for row in rows], "keputusan": "accepted"},
        )

        assert {row.status for row in mission.participations.all()} == {"accepted"}

    def test_a_refusal_names_the_row_and_keeps_what_was_ticked(
        self, client, mission, official
    ):
        mission.quotas.create(seats=1)
        rows = [applicant(mission), applicant(mission)]

        response = client.post(
            page("board", mission),
            {
                "pilih": [row.pk for row in rows],
                "keputusan": "accepted",
                "alasan": "Cocok",
            },
        )

        [message] = response.context["decision"].non_field_errors()
        assert rows[1].name in message
        assert all(row.is_ticked for row in response.context["page"])
        assert response.context["decision"]["alasan"].value() == "Cocok"
        assert {row.status for row in mission.participations.all()} == {"applied"}

    @pytest.mark.parametrize(
        "answer", [{}, {"keputusan": "declined"}, {"keputusan": "withdrawn"}]
    )
    def test_an_unfinished_decision_changes_nothing(
        self, client, mission, official, answer
    ):
        row = applicant(mission)

        response = client.post(page("board", mission), {"pilih": [row.pk], **answer})

        assert response.context["decision"].errors
        row.refresh_from_db()
        assert row.status == Status.APPLIED

    def test_officials_of_a_guest_see_and_decide_their_own(self, client, mission):
        guest = ProvinceFactory(code="64")
        mission.partner_provinces.add(guest)
        theirs = applicant(
            mission, business=BusinessFactory(published=True, province=guest)
        )
        ours = applicant(mission)
        client.force_login(AppointmentFactory(province=guest, role="operator").user)

        shown = client.get(page("board", mission)).context["page"]
        client.post(
            page("board", mission), {"pilih": [ours.pk], "keputusan": "accepted"}
        )
        client.post(
            page("board", mission), {"pilih": [theirs.pk], "keputusan": "accepted"}
        )

        assert list(shown) == [theirs]
        assert set(mission.participations.accepted()) == {theirs}
        assert client.get(page("quota_add", mission)).status_code == 404

    def test_an_auditor_looks(self, client, mission):
        row = applicant(mission)
        client.force_login(
            AppointmentFactory(province=mission.initiator_province, role="auditor").user
        )

        shown = client.get(page("board", mission))
        client.post(
            page("board", mission), {"pilih": [row.pk], "keputusan": "accepted"}
        )

        assert not shown.context["may_decide"]
        row.refresh_from_db()
        assert row.status == Status.APPLIED

    def test_the_download_has_the_same_rows_and_no_contacts(
        self, client, mission, official
    ):
        row = applicant(mission, business__name="=Kopi", business__nib="1234567890123")
        contact = ContactFactory(business=row.business)
        ParticipationFactory(mission=mission)

        response = client.get(page("board_download", mission) + "?status=applied")

        text = response.content.decode()
        [line] = csv.DictReader(StringIO(text))
        assert line["business"] == "'=Kopi"
        assert contact.value not in text
        assert row.business.nib not in text
        assert (
            client.get(page("board_download", mission) + "?status=x").status_code == 400
        )


class TestBalance:
    def test_sellers_and_buyers_of_a_commodity_count_once_each(self, mission):
        coffee, rice = CommodityGroupFactory(), CommodityGroupFactory()
        self.bring(mission, "seller", "offer", coffee, times=2)
        self.bring(mission, "buyer", "need", coffee)
        self.bring(mission, "seller", "offer", rice)
        # What a seller looks for besides is no demand at this mission.
        self.bring(mission, "seller", "need", rice)
        self.bring(mission, "buyer", "need", rice, status=Status.APPLIED)

        found = {
            row.group: (row.sellers, row.buyers, row.open_buyers, row.lacks_buyers)
            for row in by_commodity(mission.participations.all())
        }

        assert found == {coffee: (1, 1, 0, False), rice: (1, 0, 1, True)}
        assert by_commodity(mission.participations.all())[0].group == rice

    @staticmethod
    def bring(mission, side, kind, commodity, times=1, status=Status.ACCEPTED):
        participation = ParticipationFactory(mission=mission, side=side, status=status)
        for _ in range(times):
            participation.listings.add(
                ListingFactory(
                    business=participation.business,
                    kind=kind,
                    commodity=CommodityGroup.objects.get(pk=commodity.pk),
                )
            )

    def test_shares_of_sizes_add_up(self, mission):
        for size in ("micro", "micro", "large", ""):
            basis = "sales" if size else ""
            ParticipationFactory(
                mission=mission,
                business=BusinessFactory(published=True, size=size, size_basis=basis),
            )
        applicant(mission)

        sizes, umkm = by_size(mission.participations.all(), "not stated")

        assert [share.count for share in sizes] == [2, 0, 0, 1, 1]
        assert umkm.share == 0.5


def test_a_window_that_is_over_is_extended_before_applications_come_again(
    client, mission, official
):
    mission.status = Stage.CURATION
    mission.save()
    Registration.objects.update(
        opens_at=timezone.now() - timedelta(days=3),
        closes_at=timezone.now() - timedelta(days=1),
    )

    client.post(page("office_move", mission), {"status": Stage.REGISTRATION})

    mission.refresh_from_db()
    assert mission.status == Stage.CURATION


def test_who_looks_sees_that_no_window_is_stated(client):
    mission = MissionFactory()
    auditor = AppointmentFactory(province=mission.initiator_province, role="auditor")
    client.force_login(auditor.user)

    response = client.get(page("office_registration", mission))

    assert response.status_code == 200
    assert response.context["form"] is None
