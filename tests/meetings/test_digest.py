"""What is new to whom, and the message about it: asked for, at most weekly, and stopped by one tap."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from businesses.models import Listing, Membership
from missions.meetings import digest
from missions.meetings.models import DigestSubscription, OpportunityLook
from tests.factories import (
    BusinessFactory,
    CommodityGroupFactory,
    ListingFactory,
    MembershipFactory,
    UserFactory,
)
from tests.races import all_at_once
from umkm_portal.outbox.models import Message

DAY = timedelta(days=1)


@pytest.fixture
def kopi():
    return CommodityGroupFactory(slug="kopi", name="Kopi", name_en="Coffee")


@pytest.fixture
def business(kopi):
    business = BusinessFactory(name="Kopi Ijen", published=True, sells="", seeks="")
    ListingFactory(business=business, commodity=kopi, open=True)
    return business


@pytest.fixture
def owner(business):
    return business.memberships.get().user


@pytest.fixture
def later(time_machine):
    """Moves the clock on: `later(days=7)`, from the noon of tomorrow, far from the end of a day."""
    noon = timezone.localtime().replace(hour=12) + DAY
    time_machine.move_to(noon, tick=False)
    return lambda **much: time_machine.shift(timedelta(**much))


def need(kopi, **facts):
    return ListingFactory(
        business=BusinessFactory(published=True),
        kind=Listing.Kind.NEED,
        commodity=kopi,
        open=True,
        **facts,
    )


def page(business, name="meetings:opportunities"):
    return reverse(name, args=[business.slug])


def tell():
    """What the worker does of a night."""
    digest.tell_of_new()
    for subscription in DigestSubscription.objects.all():
        digest.write_digest(subscription.pk)
    return Message.objects.filter(kind=digest.KIND)


# The page


@pytest.mark.django_db
def test_the_page_shows_what_fits_and_why(client, business, owner, kopi):
    listing = need(kopi, title="Butuh robusta", quantity=1)
    client.force_login(owner)

    response = client.get(page(business))

    [told] = response.context["told"]
    assert told["one"].listing == listing
    assert len(told["reasons"]) == 7
    content = response.content.decode()
    assert listing.get_absolute_url() in content
    assert told["strongest"]
    assert all(str(reason.words) in content for reason in told["strongest"])


@pytest.mark.django_db
def test_what_came_since_the_last_look_is_new(client, business, owner, kopi, later):
    need(kopi, title="Butuh robusta")
    client.force_login(owner)
    first = client.get(page(business)).context
    assert (first["before"], first["new_count"]) == (None, 0)

    later(days=2)
    fresh = need(kopi, title="Butuh arabika")
    later(hours=1)
    for _reload in range(2):
        told = client.get(page(business)).context["told"]
        assert [one["one"].listing for one in told if one["is_new"]] == [fresh]

    later(days=1)
    assert client.get(page(business)).context["new_count"] == 0


@pytest.mark.django_db
def test_each_person_looks_alone(business, owner, later):
    colleague = MembershipFactory(business=business, role="staff").user
    digest.note_look(business, owner)
    later(days=1)
    digest.note_look(business, owner)

    assert digest.note_look(business, colleague) is None
    assert OpportunityLook.objects.count() == 2


@pytest.mark.django_db
def test_an_empty_page_says_what_to_do(client, business, owner):
    client.force_login(owner)

    response = client.get(page(business))

    assert response.context["told"] == []
    assert reverse("businesses:listings", args=[business.slug]) in (
        response.content.decode()
    )


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_for_one_as_for_three(
    client, business, owner, kopi, django_assert_num_queries, count
):
    for _each in range(count):
        need(kopi)
    client.force_login(owner)
    client.get(page(business))

    with django_assert_num_queries(29):
        response = client.get(page(business))

    assert len(response.context["told"]) == count


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_dashboard_shows_the_best_and_notes_no_look(
    client, business, owner, kopi, django_assert_num_queries, count
):
    for _each in range(count):
        listing = need(kopi)
    client.force_login(owner)
    dashboard = reverse("businesses:business_dashboard", args=[business.slug])
    digest.note_look(business, owner)
    client.get(dashboard)
    before = OpportunityLook.objects.get().began_at

    with django_assert_num_queries(24):
        response = client.get(dashboard)

    content = response.content.decode()
    assert listing.get_absolute_url() in content
    assert page(business) in content
    assert OpportunityLook.objects.get().began_at == before


@pytest.mark.django_db
def test_only_people_of_the_business_see_it(client, business, owner):
    outsider = BusinessFactory(published=True).memberships.get().user
    for user, status in ((None, 302), (outsider, 404), (owner, 200)):
        client.logout()
        if user:
            client.force_login(user)
        assert client.get(page(business)).status_code == status


# The message


@pytest.mark.django_db
def test_a_person_asks_for_it_for_itself_only(client, business, owner):
    colleague = MembershipFactory(business=business, role="staff").user
    client.force_login(owner)
    for _twice in range(2):
        client.post(page(business, "meetings:digest"), {"wanted": "1"})

    subscription = DigestSubscription.objects.get()
    assert (subscription.business, subscription.user) == (business, owner)

    client.force_login(colleague)
    client.post(page(business, "meetings:digest"))
    assert digest.is_subscribed(business, owner)
    client.force_login(owner)
    client.post(page(business, "meetings:digest"))
    assert not digest.is_subscribed(business, owner)


@pytest.mark.django_db
def test_asking_takes_a_post_of_somebody_who_works_there(client, business, owner):
    address = page(business, "meetings:digest")
    outsider = UserFactory()
    client.force_login(outsider)
    assert client.post(address, {"wanted": "1"}).status_code == 404
    client.force_login(owner)
    assert client.get(address).status_code == 405

    assert not DigestSubscription.objects.exists()


@pytest.mark.django_db
def test_the_message_names_the_best_and_leads_to_the_page(business, owner, kopi, later):
    need(kopi, title="Sudah lama ada")
    later(days=1)
    digest.subscribe(business, user=owner)
    later(days=1)
    need(kopi, title="Butuh robusta", quantity=1)

    [message] = tell()

    assert message.recipient == owner
    assert "Butuh robusta" in message.text
    assert "Sudah lama ada" not in message.text
    assert "Kopi Ijen" in message.text
    assert f"/dasbor/{business.slug}/peluang-baru/" in message.text
    subscription = DigestSubscription.objects.get()
    assert f"/berhenti/{digest.token_of(subscription)}/" in message.text
    # Its words are for one reader.
    assert message.language == owner.language


@pytest.mark.django_db
def test_nothing_new_is_no_message(business, owner, kopi, later):
    need(kopi)
    digest.subscribe(business, user=owner)
    for _week in range(2):
        later(days=8)
        assert not tell()

    # Seen on the page is not new either.
    need(kopi)
    later(hours=2)
    digest.note_look(business, owner)
    assert not tell()


@pytest.mark.django_db
def test_at_most_one_in_seven_days(business, owner, kopi, later):
    digest.subscribe(business, user=owner)
    for day in range(15):
        later(days=1)
        need(kopi)
        # Some nights the worker is a little earlier.
        later(minutes=-day)
        tell()

    days = [message.created_at.date() for message in tell().order_by("created_at")]
    assert len(days) == 3
    assert days[1] - days[0] == days[2] - days[1] == 7 * DAY


@pytest.mark.django_db
def test_who_no_longer_works_there_is_told_nothing(business, owner, kopi, later):
    gone = MembershipFactory(business=business, role="staff")
    digest.subscribe(business, user=gone.user)
    digest.subscribe(business, user=owner)
    later(days=1)
    need(kopi)
    Membership.objects.filter(pk=gone.pk).delete()

    assert [message.recipient for message in tell()] == [owner]
    assert not digest.is_subscribed(business, gone.user)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_several_workers_write_one_message(business, owner, kopi):
    digest.subscribe(business, user=owner)
    DigestSubscription.objects.update(since=timezone.now() - DAY)
    need(kopi)
    subscription = DigestSubscription.objects.get()

    all_at_once(digest.write_digest, [subscription.pk] * 4)

    assert Message.objects.filter(kind=digest.KIND).count() == 1


# The way out


@pytest.fixture
def stop(business, owner):
    digest.subscribe(business, user=owner)
    token = digest.token_of(DigestSubscription.objects.get())
    return reverse("meetings:digest_end", args=[token])


@pytest.mark.django_db
def test_opening_the_link_changes_nothing_and_its_button_stops_it(stop, business):
    browser = Client(enforce_csrf_checks=True)

    opened = browser.get(stop)

    assert opened.status_code == 200
    assert DigestSubscription.objects.exists()
    assert business.name not in opened.content.decode()
    assert opened["X-Robots-Tag"] == "noindex"
    token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    assert browser.post(stop, token).status_code == 200
    assert not DigestSubscription.objects.exists()
    # Again, from an older message.
    assert browser.post(stop, token).status_code == 200


@pytest.mark.django_db
def test_the_link_stops_nobody_elses_messages(client, stop, business):
    colleague = MembershipFactory(business=business, role="staff").user
    digest.subscribe(business, user=colleague)

    client.post(stop)

    assert DigestSubscription.objects.get().user == colleague


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [lambda t: t[:-1] + "A", lambda t: "1.2~x", str.upper]
)
def test_a_made_up_link_stops_nothing(client, stop, change):
    token = stop.rstrip("/").rpartition("/")[2]
    other = change(token)
    if other == token:
        other = token[:-1] + "B"

    response = client.post(reverse("meetings:digest_end", args=[other]))

    assert response.status_code == 404
    assert DigestSubscription.objects.exists()
