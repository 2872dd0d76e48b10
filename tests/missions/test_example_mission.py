"""The example mission: it can be walked through, it is marked, and no figure of the portal counts it."""

import csv
import json
import re

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.urls import get_resolver, reverse

from businesses.examples import MARK
from businesses.models import (
    Business,
    CommodityGroup,
    Consent,
    Listing,
    Regency,
)
from missions.deals.figures import (
    by_year,
    cumulative,
    official_comparison,
    provinces_reached,
    traceable,
)
from missions.deals.models import Deal
from missions.doors import Actor
from missions.joining.applying import apply_for
from missions.meetings import examples
from missions.meetings.examples import CAST, LOGINS
from missions.meetings.models import Booking, Match, MeetingRequest, ScoreRun, Wish
from missions.models import CountSnapshot, Mission, Participation, Side
from missions.publication.sitemaps import SITEMAPS
from missions.publication.tables import TABLES
from umkm_portal.accounts.models import User
from umkm_portal.outbox.models import Message
from umkm_portal.outbox.sending import hand_over

from ..factories import (
    AppointmentFactory,
    BusinessFactory,
    CertificateFactory,
    CheckFactory,
    CountSnapshotFactory,
    DealFactory,
    ListingFactory,
    MissionCommodityFactory,
    MissionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
Status = Participation.Status
FEW = (
    (Side.SELLER, Status.ACCEPTED, 8),
    (Side.BUYER, Status.ACCEPTED, 6),
    (Side.SELLER, Status.WAITING, 1),
    (Side.BUYER, Status.APPLIED, 1),
)
PAGES = [
    "",
    "metodologi/",
    "data/",
    "misi/",
    "usaha/",
    "peluang/",
    "usaha/?tampilan=peta",
]
FEEDS = ["misi/atom.xml", "peluang/atom.xml"]
MAPS = ["robots.txt", "sitemap.xml", *(f"sitemap-{name}.xml" for name in SITEMAPS)]
LISTS = [
    "misi/",
    "misi/?q=samarinda",
    "misi/?q=samrinda",
    "misi/?provinsi=64",
    "misi/?bagian=upcoming",
    "misi/?status=registration",
]
# How the lists of businesses and of listings show examples beside the real ones.
EXAMPLES_SHOWN = re.compile(
    r'<section class="section" aria-labelledby="examples">.*?</section>', re.DOTALL
)


@pytest.fixture
def reference():
    call_command("load_reference")


@pytest.fixture
def example(reference):
    return examples.seed(cast=FEW)


@pytest.fixture
def real(reference):
    """A little of everything that is published."""
    missions = [
        MissionFactory(slug=f"jatim-kaltim-{year}", starts_on=f"{year}-05-08")
        for year in (2023, 2025)
    ]
    for mission in missions:
        CountSnapshotFactory(mission=mission)
        DealFactory(mission=mission)
        MissionCommodityFactory(mission=mission, name="kopi")
    coffee = CommodityGroup.objects.get(slug="kopi")
    for _number in range(2):
        business = BusinessFactory(published=True, nib="9120001234567")
        CertificateFactory(business=business)
        ListingFactory(business=business, commodity=coffee, open=True)
    CheckFactory(business=business)
    return missions


def downloads():
    for extension in ("csv", "json"):
        yield from (f"data/{table}.{extension}" for table in TABLES)
        yield from (f"{of}/data.{extension}" for of in ("misi", "usaha", "peluang"))


def published(client, paths, prefixes=("/", "/en/")):
    """{path: what the portal answers to everyone} in both languages."""
    found = {}
    for prefix in prefixes:
        for path in paths:
            response = client.get(prefix + path)
            assert response.status_code == 200, path
            found[prefix + path] = (
                b"".join(response) if response.streaming else response.content
            )
    return found


def real_rows(path, content):
    """Lists of businesses and listings have a column that says which are examples."""
    text = content.decode()
    if path.endswith(".json"):
        return [row for row in json.loads(text) if not row.get("is_example")]
    rows = csv.DictReader(text.splitlines())
    return [row for row in rows if row.get("is_example") != "True"]


def numbers(client):
    """Every figure that a page shows, as the functions behind it compute it."""
    missions = Mission.objects.published()
    lists = {}
    for path in ("/usaha/", "/usaha/?q=kopi", "/usaha/?provinsi=35"):
        found = client.get(path).context["found"]
        lists[path] = found.count, found.facets
    for path in ("/peluang/", "/peluang/?q=kopi", "/peluang/?jenis=kebutuhan"):
        lists[path] = client.get(path).context["count"]
    return [
        cumulative(missions),
        traceable(missions),
        by_year(missions),
        [province.pk for province in provinces_reached(missions)],
        official_comparison(),
        [(mission.slug, mission.number) for mission in missions],
        list(Deal.objects.published().values_list("pk", flat=True)),
        lists,
    ]


def test_no_figure_and_no_download_counts_it(client, real):
    whole = [*FEEDS, "", "metodologi/", "data/"]
    whole += [mission.get_absolute_url()[1:] for mission in real]
    whole += [Listing.objects.first().get_absolute_url()[1:]]
    pages, found = published(client, whole), published(client, LISTS)
    maps = published(client, MAPS, ["/"])
    tables, figures = published(client, downloads()), numbers(client)

    examples.seed(cast=FEW)

    assert published(client, whole) == pages
    assert published(client, MAPS, ["/"]) == maps
    for path, content in published(client, LISTS).items():
        text = content.decode()
        assert MARK not in text
        shown = EXAMPLES_SHOWN.findall(text)
        assert all("chip-promised" in section for section in shown)
        assert without_space(EXAMPLES_SHOWN.sub("", text)) == without_space(
            found[path].decode()
        )
    for path, content in published(client, downloads()).items():
        if "is_example" not in content.decode():
            assert content == tables[path], path
        assert real_rows(path, content) == real_rows(path, tables[path]), path
    assert numbers(client) == figures


def without_space(text):
    return "".join(text.split())


def row_counts():
    """{table: rows} of the whole database."""
    with connection.cursor() as cursor:
        counts = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
            counts[table] = cursor.fetchone()[0]
    return counts


def check_that_there_is_everything_to_try(mission):
    requests = MeetingRequest.objects.of_mission(mission)
    statuses = set(requests.values_list("status", flat=True))
    assert statuses == set(MeetingRequest.Status)
    assert requests.pending().filter(turn=MeetingRequest.Turn.SENDER).exists()
    agreed = requests.accepted()
    assert agreed.filter(slot=None).exists()
    timed = agreed.exclude(slot=None)
    assert Booking.objects.filter(request__in=timed).count() == 2 * timed.count()
    assert not Booking.objects.exclude(request__in=MeetingRequest.objects.accepted())
    assert not Match.objects.exclude(run__mission__is_example=True)
    named = {
        conflict
        for conflicts in Match.objects.values_list("conflicts", flat=True)
        for conflict in conflicts
    }
    assert named == {"same_province", "certificate", "no_delivery", "same_people"}
    assert set(Wish.objects.values_list("level", flat=True)) == set(Wish.Level)
    selection = mission.selections.get()
    assert selection.published_at
    assert selection.meetings.exists()
    assert len(set(selection.gaps.values_list("cause"))) >= 3
    accepted = mission.participations.accepted()
    assert accepted.filter(availability_at=None).exists()
    assert accepted.filter(listings=None).exists()
    helped = Consent.objects.filter(purpose=Consent.Purpose.ASSISTANCE)
    assert helped.filter(business__participations__in=accepted).exists()


def test_it_comes_and_goes_with_one_command_each(capsys, real):
    for email in LOGINS.values():
        UserFactory(email=email)
    before = row_counts()

    call_command("seed_example_mission")

    mission = Mission.objects.get(slug="contoh-jatim-kaltim")
    accepted = mission.participations.accepted()
    assert accepted.filter(side=Side.SELLER).count() == 120
    assert accepted.filter(side=Side.BUYER).count() == 100
    for side, status, number in CAST:
        found = mission.participations.filter(side=side, status=status)
        assert found.count() == number
    for side, email in LOGINS.items():
        assert accepted.get(business__memberships__user__email=email).side == side
    run = ScoreRun.objects.get(mission=mission)
    assert run.state == ScoreRun.State.DONE
    assert Match.objects.filter(run=run).count() == 120 * 100
    check_that_there_is_everything_to_try(mission)
    everything = row_counts()
    call_command("seed_example_mission")
    assert row_counts() == everything
    call_command("remove_example_mission")
    assert row_counts() == before
    call_command("remove_example_mission")
    assert row_counts() == before
    assert "contoh-jatim-kaltim" in capsys.readouterr().out


def test_everything_in_it_satisfies_the_rules_of_its_model(example):
    joined = Participation.objects.filter(mission__is_example=True)

    for row in (
        *Mission.objects.all(),
        *joined,
        *Business.objects.all(),
        *Listing.objects.all(),
        *MeetingRequest.objects.all(),
        *Message.objects.all(),
        *User.objects.exclude(email__endswith=".id"),
    ):
        row.full_clean(exclude=["password"])
    for booking in Booking.objects.filter(participation__mission=example):
        assert booking.slot in booking.participation.free_slots.all()
    for request in MeetingRequest.objects.all():
        last = request.events.exclude(step="reported").last()
        assert request.status in ("pending", last.step)


def test_everything_in_it_says_that_it_is_made_up(example):
    assert all(MARK in business.name for business in Business.objects.all())
    assert all(business.is_example for business in Business.objects.all())
    assert all(mission.is_example for mission in Mission.objects.all())
    assert not User.objects.filter(is_superuser=True).exists()
    for user in User.objects.all():
        assert MARK in user.name
        assert not user.has_usable_password() or user.email.endswith("@contoh.id")


def test_nobody_in_it_ever_gets_a_message(example):
    assert not Message.objects.exclude(state=Message.State.SENT).exists()

    for owner in User.objects.filter(memberships__business__is_example=True):
        hand_over(owner, "Halo", "Ini pesan.")

    assert mail.outbox == []


def pages_of_missions():
    """(namespace, name, which parameters) of every page that is about one mission."""

    def walk(patterns, namespace="", parameters=frozenset()):
        for pattern in patterns:
            own = parameters | getattr(pattern.pattern, "converters", {}).keys()
            if hasattr(pattern, "url_patterns"):
                inner = f"{pattern.namespace}:" if pattern.namespace else ""
                yield from walk(pattern.url_patterns, namespace + inner, own)
            else:
                yield f"{namespace}{pattern.name}", own

    return dict(walk(get_resolver().url_patterns))


PAGES_BY_SLUG = {"missions:join"}


def seen(client, places):
    """Every page with the parameters of `places`: (name, text of the page)."""
    for name, parameters in pages_of_missions().items():
        if name in PAGES_BY_SLUG or name.startswith("publication:mission_"):
            if parameters != {"slug"}:
                continue
            chosen = {"slug": places["mission"]}
        elif parameters <= places.keys() and "mission" in parameters:
            chosen = {one: places[one] for one in parameters}
        else:
            continue
        response = client.get(reverse(name, kwargs=chosen))
        kind = response.headers.get("Content-Type", "")
        if response.status_code == 200 and kind.startswith("text/html"):
            yield name, response.content.decode()


@pytest.mark.once
def test_every_page_of_it_is_marked_and_kept_from_search_engines(client, example):
    accepted = example.participations.accepted()
    # The first of each side agreed to everything.
    seller, buyer = (accepted.filter(side=side).order_by("pk").first() for side in Side)
    own = {"mission": example.slug, "slug": seller.business.slug}
    office = {"mission": example.slug, "seller": seller.pk, "buyer": buyer.pk}
    visitors = [
        (None, {"mission": example.slug}),
        (seller.business.memberships.first().user, own | {"pk": buyer.pk}),
        (AppointmentFactory(role="operator").user, office | {"pk": 0}),
        (
            AppointmentFactory(role="operator").user,
            {**office, "participation": seller.pk},
        ),
    ]

    found = {}
    for user, places in visitors:
        if user:
            client.force_login(user)
        found |= dict(seen(client, places))

    assert {
        "publication:mission_results",
        "missions:board",
        "meetings:office_match",
        "meetings:own:match",
        "meetings:assisted:requests",
    } <= found.keys()
    for name, page in found.items():
        assert 'name="robots" content="noindex"' in page, name
        assert 'class="notice"' in page or "chip-promised" in page, name


def test_it_is_found_where_missions_are_listed_and_nowhere_before(client, reference):
    before = client.get("/misi/").content.decode()

    mission = examples.seed(cast=FEW)

    assert 'id="examples"' not in before
    page = client.get("/misi/").content.decode()
    assert mission.get_absolute_url() in EXAMPLES_SHOWN.search(page)[0]
    assert mission.get_absolute_url() not in EXAMPLES_SHOWN.sub("", page)


def test_no_real_figure_is_recorded_for_it(example, tmp_path):
    count = CountSnapshot(
        mission=example,
        stage=CountSnapshot.Stage.FINAL,
        basis=CountSnapshot.Basis.POTENTIAL,
        total=1_000_000,
        source_url="https://berita.contoh.id/1",
    )
    with pytest.raises(ValidationError):
        count.clean()

    deal = DealFactory(mission=example)

    assert deal not in Deal.objects.published()
    assert cumulative(Mission.objects.published()).recorded == 0
    assert traceable(Mission.objects.published()).deals == 0


def test_a_real_business_may_try_it_and_loses_only_its_part(example):
    owner = UserFactory()
    real = BusinessFactory(owner=owner, published=True)
    listing = ListingFactory(business=real, open=True)
    apply_for(example, real, side=Side.SELLER, listings=[listing], actor=Actor(owner))
    kept = Business.history.filter(id=real.pk).count()

    assert examples.remove() == 2

    assert list(Business.objects.all()) == [real]
    assert list(Listing.objects.all()) == [listing]
    assert Business.history.filter(id=real.pk).count() == kept
    assert not Participation.objects.exists()
    assert not Message.objects.exists()


def test_other_examples_come_and_go_without_it(example, capsys):
    joined = set(Business.objects.values_list("pk", flat=True))

    call_command("seed_businesses", "5")
    names = set(Business.objects.exclude(pk__in=joined).values_list("slug", flat=True))
    call_command("remove_example_businesses")

    assert set(Business.objects.values_list("pk", flat=True)) == joined
    assert "remove_example_mission" in capsys.readouterr().out
    assert {slug.rpartition("-")[2] for slug in names} == set("12345")
    examples.remove()
    assert not User.objects.filter(email="petugas.contoh@contoh.id").exists()


def test_without_reference_data_it_says_what_to_do():
    assert not Regency.objects.exists()

    with pytest.raises(Exception, match="load_reference"):
        call_command("seed_example_mission")
