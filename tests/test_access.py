"""Who may do what: every page of the resolver, as every kind of visitor, on own and foreign objects.

A page, or a model of the admin, that stands in none of the tables below fails the first test.
"""

import pytest
from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils.translation import override
from django_tasks_db.models import DBTaskResult

from businesses.models import (
    ClassificationCode,
    CommodityGroup,
    Province,
    Regency,
    Sector,
)
from missions.deals.models import Deal
from missions.models import CountSnapshot, Mission
from umkm_portal.accounts.models import Appointment, User
from umkm_portal.tasks import heartbeat

from .factories import (
    AppointmentFactory,
    CommodityGroupFactory,
    CountSnapshotFactory,
    DealFactory,
    MissionFactory,
    ProvinceFactory,
    RegencyFactory,
    SectorFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

# Pages for everyone. Those with a slug hide missions that are drafts.
PUBLIC = {
    "health",
    "robots",
    "sitemap",
    "sitemap_section",
    "admin:login",
    "admin:logout",
    "publication:home",
    "publication:mission_list",
    "publication:mission_download",
    "publication:mission_feed",
    "publication:mission_detail",
    "publication:mission_history",
    "publication:methodology",
    "publication:data",
    "publication:table_download",
}
# Pages for everyone who may enter the admin at all; they show what the tables below allow.
STAFF = {
    "admin:index",
    "admin:app_list",
    "admin:autocomplete",
    "admin:jsi18n",
    "admin:password_change",
    "admin:password_change_done",
}
# Django's own nameless pages of the admin: a shortcut to an object, and what is not found.
NAMELESS = {"admin:None"}

OFFICIALS = [role.value for role in Appointment.Role]
VISITORS = ["anonymous", "owner", *OFFICIALS, "superuser"]
# On which objects an official of Jawa Timur may act. Anonymous visitors and owners: on none.
MATRIX = """
                     operator  verifier  province_admin  auditor  superuser
mission    see       own       own       own             own      all
mission    add       -         -         all             -        all
mission    change    -         -         led             -        all
mission    delete    -         -         -               -        drafts
count      see       own       own       own             own      all
count      add       -         -         all             -        all
count      change    -         -         -               -        -
count      delete    -         -         -               -        -
deal       see       own       own       own             own      all
deal       add       -         -         -               -        -
deal       change    -         -         -               -        -
deal       delete    -         -         -               -        -
account    see       -         -         own             own      all
account    add       -         -         all             -        all
account    change    -         -         own_only        -        all
account    delete    -         -         -               -        -
reference  see       all       all       all             all      all
reference  add       -         -         -               -        all
reference  change    -         -         -               -        all
reference  delete    -         -         -               -        all
task       see       -         -         -               -        all
task       add       -         -         -               -        -
task       change    -         -         -               -        -
task       delete    -         -         -               -        -
"""
LED = {"led", "led_draft"}
SCOPES = {
    "-": set(),
    "led": LED,
    "own": LED | {"joined", "colleague", "serves_elsewhere_too", "runs_the_portal"},
    "own_only": {"colleague"},
    "drafts": {"led_draft", "foreign_draft"},
}
KINDS = {
    Mission: "mission",
    CountSnapshot: "count",
    Deal: "deal",
    User: "account",
    Province: "reference",
    Regency: "reference",
    Sector: "reference",
    ClassificationCode: "reference",
    CommodityGroup: "reference",
    DBTaskResult: "task",
}
# What the pages of a model are for: on the list and on one object.
MODEL_PAGES = {"changelist": "see", "add": "add"}
OBJECT_PAGES = {
    "change": "see",
    "history": "see",
    "simple_history": "see",
    "delete": "delete",
}
PASSWORD_PAGE = "admin:auth_user_password_change"
# Pages of ours on a model as a whole.
OWN_PAGES = {"admin:missions_mission_import": (Mission, "add")}


def read_matrix():
    """{(kind, action): {visitor: scope}}"""
    head, *lines = MATRIX.strip("\n").splitlines()
    rows = (line.split() for line in lines)
    return {
        (kind, action): dict(zip(head.split(), cells, strict=True))
        for kind, action, *cells in rows
    }


RULES = read_matrix()


def may(visitor, action, model, label):
    scope = RULES[KINDS[model], action].get(visitor, "-")
    return scope == "all" or label in SCOPES[scope]


def may_anywhere(visitor, action, model):
    return RULES[KINDS[model], action].get(visitor, "-") != "-"


def page_name(model, page):
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"


def walk(patterns, namespace="", parameters=frozenset()):
    """(name, names of its parameters) of every page."""
    for pattern in patterns:
        own = parameters | getattr(pattern.pattern, "converters", {}).keys()
        if hasattr(pattern, "url_patterns"):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from walk(pattern.url_patterns, namespace + inner, own)
        else:
            yield f"{namespace}{pattern.name}", own


def all_pages():
    return dict(walk(get_resolver().url_patterns))


def stated_pages():
    pages = PUBLIC | STAFF | NAMELESS | {PASSWORD_PAGE, *OWN_PAGES}
    for model in KINDS:
        pages |= {page_name(model, page) for page in MODEL_PAGES | OBJECT_PAGES}
    return pages


def test_every_page_says_who_may_open_it():
    unstated = all_pages().keys() - stated_pages()

    assert unstated == set(), "Say in tests/test_access.py who may open these pages."


def test_no_rule_is_left_over():
    assert PUBLIC | STAFF | NAMELESS | OWN_PAGES.keys() <= all_pages().keys()
    assert {kind for kind, _action in RULES} == set(KINDS.values())


@pytest.fixture
def world():
    """{model: {label: object}}: as an official of Jawa Timur (35) sees them."""
    east_java, kaltim, bali = (
        ProvinceFactory(code=code) for code in ("35", "64", "51")
    )
    foreign = {"initiator_province": bali, "host_province": kaltim}
    missions = {
        "led": MissionFactory(),
        "led_draft": MissionFactory(status=Mission.Status.DRAFT),
        "joined": MissionFactory(initiator_province=kaltim, host_province=east_java),
        "foreign": MissionFactory(**foreign),
        "foreign_draft": MissionFactory(**foreign, status=Mission.Status.DRAFT),
    }
    return {
        Mission: missions,
        CountSnapshot: {
            label: CountSnapshotFactory(mission=mission)
            for label, mission in missions.items()
        },
        Deal: {
            **{label: DealFactory(mission=missions[label]) for label in missions},
            "abroad": DealFactory(mission=None, event="foreign-tei-2024"),
        },
        User: accounts(east_java, kaltim),
        Province: {"province": east_java},
        Regency: {"regency": RegencyFactory()},
        Sector: {"sector": SectorFactory()},
        ClassificationCode: {
            "code": ClassificationCode.objects.create(
                scheme=ClassificationCode.Scheme.HS, version="2022", code="09"
            )
        },
        CommodityGroup: {"commodity": CommodityGroupFactory()},
        DBTaskResult: {"task": DBTaskResult.objects.get(pk=heartbeat.enqueue().id)},
    }


def accounts(own, elsewhere):
    operator = Appointment.Role.OPERATOR
    both = AppointmentFactory(role=operator, province=own).user
    AppointmentFactory(user=both, role=operator, province=elsewhere)
    runs_portal = UserFactory(is_superuser=True)
    AppointmentFactory(user=runs_portal, role=operator, province=own)
    return {
        "colleague": AppointmentFactory(role=operator, province=own).user,
        "serves_elsewhere_too": both,
        "runs_the_portal": runs_portal,
        "foreign": AppointmentFactory(role=operator, province=elsewhere).user,
        "without_role": UserFactory(),
    }


@pytest.fixture
def visit(world, visitor):
    """A browser in which `visitor` has signed in."""
    client = Client()
    if visitor == "anonymous":
        return client
    user = UserFactory(is_superuser=visitor == "superuser")
    if visitor in OFFICIALS:
        AppointmentFactory(
            user=user, role=visitor, province=world[Province]["province"]
        )
    client.force_login(user)
    return client


def outcome(response):
    if response.status_code in (403, 404):
        return "refused"
    if response.status_code == 302:
        where = response.url.split("?")[0]
        to = {reverse("admin:login"): "login", reverse("admin:index"): "refused"}
        return to.get(where, f"sent to {where}")
    return response.status_code


def object_page(model, page, thing):
    if page == "simple_history":
        version = thing.history.first()
        return reverse(page_name(model, page), args=[thing.pk, version.history_id])
    return reverse(page_name(model, page), args=[thing.pk])


def every_object_page(world):
    """(model, label, action, address)"""
    for model, things in world.items():
        for label, thing in things.items():
            for page, action in OBJECT_PAGES.items():
                if page != "simple_history" or hasattr(model, "history"):
                    yield model, label, action, object_page(model, page, thing)
    for label, user in world[User].items():
        yield User, label, "change", reverse(PASSWORD_PAGE, args=[user.pk])


def every_model_page(world):
    for model in world:
        for page, action in MODEL_PAGES.items():
            yield model, action, reverse(page_name(model, page))
    for name, (model, action) in OWN_PAGES.items():
        yield model, action, reverse(name)


def refusal(visitor):
    return "login" if visitor in ("anonymous", "owner") else "refused"


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("visitor", VISITORS)
def test_only_what_the_matrix_allows_opens(world, visit, visitor, language):
    wrong = {}
    with override(language):
        wanted = {
            address: may(visitor, action, model, label)
            for model, label, action, address in every_object_page(world)
        }
        for model, action, address in every_model_page(world):
            wanted[address] = may_anywhere(visitor, action, model)
        for address, allowed in wanted.items():
            found = outcome(visit.get(address))
            if found != (200 if allowed else refusal(visitor)):
                wrong[address] = found

    assert wrong == {}


@pytest.mark.parametrize("visitor", VISITORS)
def test_only_what_the_matrix_allows_can_be_sent(world, visit, visitor):
    """An empty form is answered with its errors where it may be sent, and changes nothing."""
    wanted = {
        address: may(visitor, action, model, label)
        for model, label, action, address in every_object_form(world)
    }
    for model, action, address in every_model_page(world):
        if action == "add":
            wanted[address] = may_anywhere(visitor, action, model)
    before = everything()

    wrong = {}
    for address, allowed in wanted.items():
        found = outcome(visit.post(address, {} if allowed else {"post": "yes"}))
        if found != (200 if allowed else refusal(visitor)):
            wrong[address] = found

    assert wrong == {}
    assert everything() == before


def every_object_form(world):
    """(model, label, action, address)"""
    for model, things in world.items():
        for label, thing in things.items():
            for action in ("change", "delete"):
                yield model, label, action, object_page(model, action, thing)
    for label, user in world[User].items():
        yield User, label, "change", reverse(PASSWORD_PAGE, args=[user.pk])


@pytest.mark.parametrize("visitor", VISITORS)
def test_nobody_can_write_an_earlier_version_back(world, visit, visitor):
    before = everything()
    answers = {
        visit.post(address, {"_save": "yes", "name": "x"}).status_code
        for address in (
            object_page(model, "simple_history", thing)
            for model, things in world.items()
            if hasattr(model, "history")
            for thing in things.values()
        )
    }

    assert answers == {302 if visitor in ("anonymous", "owner") else 405}
    assert everything() == before


def everything():
    """Every row of the house, to see that none has changed."""
    return {
        model.__name__: sorted(map(repr, model._base_manager.values_list()))
        for app in ("accounts", "businesses", "missions", "deals")
        for model in apps.get_app_config(app).get_models()
    }


@pytest.mark.parametrize("visitor", [*OFFICIALS, "superuser"])
def test_lists_show_only_what_may_be_seen(world, visit, visitor):
    for model, things in world.items():
        if not may_anywhere(visitor, "see", model):
            continue
        response = visit.get(reverse(page_name(model, "changelist")))

        shown = set(response.context["cl"].queryset) & set(things.values())
        assert shown == {
            thing
            for label, thing in things.items()
            if may(visitor, "see", model, label)
        }


@pytest.mark.parametrize("visitor", [*OFFICIALS, "superuser"])
def test_who_may_only_look_gets_no_fields_to_fill_in(world, visit, visitor):
    for model, things in world.items():
        for label, thing in things.items():
            if not may(visitor, "see", model, label):
                continue
            response = visit.get(object_page(model, "change", thing))

            changes = response.context["has_change_permission"]
            assert changes == may(visitor, "change", model, label)
            assert (b'name="_save"' in response.content) == changes


@pytest.mark.parametrize("visitor", [*OFFICIALS, "superuser"])
def test_suggestions_name_only_own_missions(world, visit, visitor):
    field = {
        "app_label": "missions",
        "model_name": "countsnapshot",
        "field_name": "mission",
    }

    response = visit.get(reverse("admin:autocomplete"), field)

    assert {int(found["id"]) for found in response.json()["results"]} == {
        mission.pk
        for label, mission in world[Mission].items()
        if may(visitor, "see", Mission, label)
    }


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("visitor", VISITORS)
def test_admin_pages_of_no_model_open_for_officials_only(visit, visitor, language):
    with override(language):
        addresses = [
            reverse(name) for name in STAFF - {"admin:app_list", "admin:autocomplete"}
        ]
        addresses += [
            reverse("admin:app_list", args=["missions"]),
            reverse("admin:index") + "tidak-ada",
            reverse("admin:index") + "missions/mission/1/",
            reverse("admin:autocomplete"),
        ]
        outcomes = {address: outcome(visit.get(address)) for address in addresses}

    is_staff = visitor not in ("anonymous", "owner")
    for address, found in outcomes.items():
        # Whether an address exists within the admin is nobody else's business either.
        assert (found == "login") != is_staff, (address, found)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("visitor", VISITORS)
def test_public_pages_open_for_everyone_and_hide_drafts(
    world, visit, visitor, language
):
    hidden = {
        mission.slug
        for label, mission in world[Mission].items()
        if label.endswith("draft") and not may(visitor, "see", Mission, label)
    }
    for name, parameters in all_pages().items():
        if name not in PUBLIC or name.startswith("admin:"):
            continue
        for mission in world[Mission].values():
            with override(language):
                address = public_page(name, parameters, mission)
            response = visit.get(address)

            is_hidden = "slug" in parameters and mission.slug in hidden
            assert response.status_code == (404 if is_hidden else 200), address
            text = response.getvalue().decode()
            assert is_hidden or not any(slug in text for slug in hidden), address
            if "slug" not in parameters:
                break


def public_page(name, parameters, mission):
    """The page's address, for `mission` if it is about one."""
    arguments = {
        "slug": mission.slug,
        "extension": "csv",
        "table": "hitungan",
        "section": "missions",
    }
    return reverse(name, kwargs={key: arguments[key] for key in parameters})


def test_officials_may_sign_in_and_out(client):
    assert client.get(reverse("admin:login")).status_code == 200
    client.force_login(AppointmentFactory().user)

    assert client.post(reverse("admin:logout")).status_code == 200
    assert SESSION_KEY not in client.session


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/misi/?q=%00", 400),
        ("/misi/a%00b/", 400),
        ("/admin/missions/mission/?status__exact=%00", 400),
        ("/admin/missions/mission/abc/history/", 404),
        ("/admin/accounts/user/abc/history/", 404),
        ("/admin/missions/countsnapshot/add/?mission=abc&as_of_at=x", 200),
    ],
)
def test_addresses_that_nobody_types_are_answered_not_broken(client, path, status):
    client.force_login(UserFactory(is_superuser=True))

    assert client.get(path).status_code == status
