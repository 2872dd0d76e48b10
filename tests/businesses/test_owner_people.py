import pytest
from django.urls import reverse

from businesses.models import Invitation, Membership
from businesses.services import (
    accept_invitation,
    change_role,
    hash_of,
    invite,
    remove_member,
)
from tests.factories import BusinessFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def siti(client):
    user = UserFactory(name="Siti")
    client.force_login(user)
    return user


@pytest.fixture
def business(siti):
    return BusinessFactory(name="Kopi Ijen", owner=siti)


def page(name, business, *args):
    return reverse(f"businesses:{name}", args=[business.slug, *args])


def token_in(text):
    return text.split("/undangan/")[1].strip("/")


@pytest.fixture
def invited(business, siti):
    return invite(business, role=Role.STAFF, for_whom="Budi", by=siti)


def test_the_link_is_shown_once_and_only_its_hash_is_kept(client, business, siti):
    response = client.post(
        page("invite", business), {"for_whom": "Budi", "role": Role.STAFF}
    )

    invitation = Invitation.objects.get()
    token = token_in(response.context["text"])
    assert invitation.token_hash == hash_of(token)
    assert (invitation.role, invitation.created_by) == (Role.STAFF, siti)
    assert response.context["whatsapp"].startswith("https://wa.me/?text=")
    assert "no-store" in response["Cache-Control"]
    assert token not in client.get(page("people", business)).text


def test_an_invitation_needs_a_name(client, business):
    response = client.post(page("invite", business), {"role": Role.STAFF})

    assert list(response.context["form"].errors) == ["for_whom"]
    assert not Invitation.objects.exists()


def test_opening_the_link_changes_nothing_and_accepting_works_once(
    client, business, invited
):
    _invitation, token = invited
    budi = UserFactory(name="Budi")
    link = reverse("businesses:invitation", args=[token])
    client.logout()
    opened = client.get(link)
    assert business.name in opened.text
    assert f"{reverse('account_signup')}?next={link}" in opened.text

    client.force_login(budi)
    client.get(link)
    assert not business.memberships.filter(user=budi).exists()

    accept = reverse("businesses:invitation_accept", args=[token])
    response = client.post(accept)
    assert response.url == page("business_dashboard", business)
    assert business.memberships.get(user=budi).role == Role.STAFF
    assert client.get(link).status_code == 404
    assert client.post(accept).url == link


def test_a_stranger_without_an_account_cannot_accept(client, business, invited):
    client.logout()
    accept = reverse("businesses:invitation_accept", args=[invited[1]])

    assert client.post(accept).url.startswith(reverse("account_login"))
    assert business.memberships.count() == 1


def test_a_revoked_link_is_dead(client, business, invited):
    invitation, token = invited

    client.post(page("invitation_revoke", business, invitation.pk))

    link = reverse("businesses:invitation", args=[token])
    assert client.get(link).status_code == 404
    assert not client.get(page("people", business)).context["invitations"]


def test_owners_change_roles_and_remove_people(client, business):
    budi = MembershipFactory(business=business, role=Role.STAFF)

    client.post(page("role_change", business, budi.pk), {"role": Role.OWNER})
    budi.refresh_from_db()
    assert budi.role == Role.OWNER
    assert (
        client.post(page("role_change", business, budi.pk), {"role": "x"}).status_code
        == 404
    )

    client.post(page("member_remove", business, budi.pk))
    assert not Membership.objects.filter(pk=budi.pk).exists()


def test_the_last_owner_stays(client, business, siti):
    own = business.memberships.get()

    for name, args, data in (
        ("role_change", [own.pk], {"role": Role.STAFF}),
        ("member_remove", [own.pk], {}),
        ("leave", [], {}),
    ):
        response = client.post(page(name, business, *args), data, follow=True)
        assert [str(message) for message in response.context["messages"]]
    own.refresh_from_db()
    assert own.role == Role.OWNER


def test_staff_and_a_second_owner_can_leave(client, business, siti):
    MembershipFactory(business=business)

    response = client.post(page("leave", business))

    assert response.url == reverse("businesses:dashboard")
    assert not business.memberships.filter(user=siti).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_people_in_a_fixed_number_of_queries(
    client, business, siti, count, django_assert_num_queries
):
    MembershipFactory.create_batch(count, business=business, role=Role.STAFF)
    for number in range(count):
        invite(business, role=Role.STAFF, for_whom=f"Tamu {number}", by=siti)

    with django_assert_num_queries(6):
        response = client.get(page("people", business))

    assert len(response.context["memberships"]) == count + 1
    assert len(response.context["invitations"]) == count


@pytest.mark.parametrize("loses", ["removed", "made staff"])
def test_a_former_owner_does_not_come_back_through_an_own_link(business, loses):
    budi = MembershipFactory(business=business, user=UserFactory())
    own, token = invite(business, role=Role.OWNER, for_whom="saya", by=budi.user)
    others, _token = invite(business, role=Role.STAFF, for_whom="Ani", by=UserFactory())

    remove_member(budi) if loses == "removed" else change_role(budi, Role.STAFF)

    with pytest.raises(Invitation.DoesNotExist):
        accept_invitation(token, by=budi.user)
    own.refresh_from_db()
    assert own.revoked_at
    assert list(business.invitations.pending()) == [others]


def test_the_only_owner_is_told_why_there_is_no_way_out(client, business, siti):
    mine = business.memberships.get()
    ways_out = {
        page("role_change", business, mine.pk),
        page("member_remove", business, mine.pk),
    }

    def offered():
        shown = client.get(page("people", business)).text
        return {way for way in ways_out if way in shown}

    MembershipFactory(business=business, role=Role.STAFF)
    assert offered() == set()

    MembershipFactory(business=business)
    assert offered() == ways_out


def test_the_address_of_an_invitation_is_told_to_nobody(client, invited):
    link = reverse("businesses:invitation", args=[invited[1]])
    accept = reverse("businesses:invitation_accept", args=[invited[1]])

    for response in (client.get(link), client.post(accept)):
        assert response["Referrer-Policy"] == "same-origin"
        assert response["X-Robots-Tag"] == "noindex"
        assert "no-store" in response["Cache-Control"]


def test_the_role_of_somebody_who_left_meanwhile_changes_nothing(business):
    budi = MembershipFactory(business=business, role=Role.STAFF)
    Membership.objects.filter(pk=budi.pk).delete()

    change_role(budi, Role.OWNER)

    assert business.memberships.count() == 1
