"""What several people do at the same moment, each in a database connection of their own."""

import pytest
from django.http import Http404

from businesses import services
from businesses.consents import delete_contact, give_consent
from businesses.models import Consent, Contact, Invitation, Membership
from tests.factories import (
    BusinessFactory,
    ContactFactory,
    MembershipFactory,
    UserFactory,
)
from tests.races import all_at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
PEOPLE = 5


def test_one_invitation_lets_one_person_in():
    owner = MembershipFactory()
    _invitation, token = services.invite(
        owner.business, role=Membership.Role.STAFF, for_whom="siapa", by=owner.user
    )

    outcomes = all_at_once(
        lambda user: services.accept_invitation(token, by=user),
        UserFactory.create_batch(PEOPLE),
        expected=(Invitation.DoesNotExist,),
    )

    refused = [found for found in outcomes if isinstance(found, Exception)]
    assert len(refused) == PEOPLE - 1
    assert owner.business.memberships.count() == 2


def test_two_owners_who_leave_at_once_leave_one_behind():
    business = BusinessFactory()
    owners = MembershipFactory.create_batch(PEOPLE, business=business)

    outcomes = all_at_once(services.remove_member, owners)

    refused = [found for found in outcomes if isinstance(found, Exception)]
    assert len(refused) == 1
    assert business.memberships.filter(role=Membership.Role.OWNER).count() == 1


def test_people_who_agree_at_once_are_recorded_once():
    owners = MembershipFactory.create_batch(PEOPLE, business=BusinessFactory())

    outcomes = all_at_once(
        lambda owner: give_consent(
            owner.business, Consent.Purpose.PROFILE, by=owner.user
        ),
        owners,
    )

    assert set(outcomes) == {Consent.objects.get()}


def test_a_contact_published_and_deleted_at_once_is_gone_and_not_public():
    owner = MembershipFactory()
    for _turn in range(PEOPLE):
        contact = ContactFactory(business=owner.business)

        all_at_once(
            lambda action: action(),
            [
                lambda contact=contact: give_consent(
                    owner.business,
                    Consent.Purpose.CONTACT,
                    by=owner.user,
                    contact=contact,
                ),
                lambda contact=contact: delete_contact(
                    Contact.objects.get(pk=contact.pk), by=owner.user
                ),
            ],
            expected=(Http404,),
        )

    assert not owner.business.contacts.exists()
    assert not owner.business.consents.active().exists()
