"""Accounts deleted and lists imported at the same moment, each in a connection of its own."""

from io import BytesIO

import pytest

from businesses import services
from businesses.consents import give_consent
from businesses.imports import import_businesses
from businesses.models import Business, Consent, Invitation, Membership
from businesses.rights import delete_account, delete_business, remove_draft
from tests.factories import (
    AppointmentFactory,
    BusinessFactory,
    ContactFactory,
    MembershipFactory,
    UserFactory,
)
from tests.races import all_at_once
from umkm_portal.accounts.models import User

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def leave(user):
    return delete_account(user, by=user)


def test_owners_who_all_leave_at_once_close_their_businesses():
    owners = UserFactory.create_batch(4)
    shared = BusinessFactory.create_batch(3)
    for business in shared:
        for owner in owners:
            MembershipFactory(business=business, user=owner)

    outcomes = all_at_once(leave, owners)

    assert outcomes == [None] * len(owners)
    assert not User.objects.exists()
    assert {business.name for business in Business.objects.all()} == {""}
    assert not Business.objects.filter(closed_at=None).exists()
    assert not Membership.objects.exists()


def test_one_of_two_who_stays_keeps_the_business():
    owners = UserFactory.create_batch(3)
    business = BusinessFactory(name="Bersama", published=True, owner=owners[0])
    for owner in owners[1:]:
        MembershipFactory(business=business, user=owner)

    all_at_once(leave, owners[:2])

    business.refresh_from_db()
    assert business.name == "Bersama"
    assert business.memberships.get().user == owners[2]


def test_whoever_accepts_an_invitation_meanwhile_owns_it_or_is_refused():
    owner = UserFactory()
    business = BusinessFactory(owner=owner)
    ContactFactory(business=business)
    _invitation, token = services.invite(
        business, role=Membership.Role.OWNER, for_whom="Budi", by=owner
    )
    budi = UserFactory()

    def act(user):
        if user == owner:
            return leave(user)
        return services.accept_invitation(token, by=user)

    outcomes = all_at_once(act, [owner, budi], expected=(Invitation.DoesNotExist,))

    business.refresh_from_db()
    is_refused = isinstance(outcomes[1], Invitation.DoesNotExist)
    assert (business.closed_at is not None) == is_refused
    assert business.memberships.filter(user=budi).exists() != is_refused


def end_business(business, owner, colleague):
    delete_business(business, by=owner)


def remove_business(business, owner, colleague):
    remove_draft(business)


def leave_business(business, owner, colleague):
    services.remove_member(colleague)


def demote(business, owner, colleague):
    services.change_role(colleague, Membership.Role.STAFF)


@pytest.mark.parametrize("time", range(4))
@pytest.mark.parametrize("end", [end_business, remove_business, leave_business, demote])
def test_whatever_ends_an_invitation_waits_for_whoever_accepts_it(end, time):
    """… or the other way round: never each for the other."""
    owner = UserFactory()
    business = BusinessFactory(owner=owner)
    is_last = end in (end_business, remove_business)
    role = Membership.Role.STAFF if is_last else Membership.Role.OWNER
    colleague = MembershipFactory(business=business, role=role)
    inviter = owner if is_last else colleague.user
    _invitation, token = services.invite(
        business, role=Membership.Role.STAFF, for_whom="Budi", by=inviter
    )
    budi = UserFactory()
    acts = [
        lambda: end(business, owner, colleague),
        lambda: services.accept_invitation(token, by=budi),
    ]

    outcomes = all_at_once(lambda act: act(), acts, expected=(Invitation.DoesNotExist,))

    assert outcomes[0] is None
    is_refused = isinstance(outcomes[1], Invitation.DoesNotExist)
    if is_last:
        assert not Membership.objects.exists()
    else:
        assert business.memberships.filter(user=budi).exists() != is_refused


def test_a_list_changes_nothing_of_a_draft_that_its_owner_takes_over_meanwhile():
    by = AppointmentFactory().user
    rows = "".join(f"Kopi {number},08123456{number:04},Jatim\n" for number in range(50))
    head = "Nama Usaha,No HP,Provinsi,Produk\n"
    import_businesses(BytesIO((head.replace(",Produk", "") + rows).encode()), by=by)
    drafts = list(Business.objects.order_by("-pk"))
    owner = UserFactory()

    def take_over(_list):
        for business in drafts:
            MembershipFactory(business=business, user=owner)
            give_consent(business, Consent.Purpose.PROFILE, by=owner)

    again = (head + rows.replace("Jatim", "Jatim,kopi")).encode()
    acts = [take_over, lambda content: import_businesses(BytesIO(content), by=by)]
    all_at_once(lambda act: act(again), acts)

    assert Business.objects.published().count() == len(drafts)


def test_an_account_deleted_twice_at_once_goes_once():
    user = UserFactory()
    business = BusinessFactory(owner=user)

    outcomes = all_at_once(leave, [user, user], expected=(User.DoesNotExist,))

    assert sorted(outcome is None for outcome in outcomes) == [False, True]
    business.refresh_from_db()
    assert business.closed_at is not None


def test_a_list_that_two_officials_import_at_once_is_there_once():
    officials = [appointment.user for appointment in AppointmentFactory.create_batch(3)]
    content = b"Nama Usaha,No HP,Provinsi\nKopi,081234567890,Jatim\nTeh,,Jatim\n"

    results = all_at_once(
        lambda by: import_businesses(BytesIO(content), by=by), officials
    )

    assert sorted(result.created for result in results) == [0, 0, 2]
    assert Business.objects.count() == 2
