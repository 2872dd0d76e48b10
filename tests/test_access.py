"""Who may do what: every page of the resolver, as every kind of visitor, on own and foreign objects.

A page, or a model of the admin, that stands in none of the tables below fails the first test.
"""

from datetime import timedelta
from operator import attrgetter

import pytest
from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone
from django.utils.translation import override
from django_tasks_db.models import DBTaskResult

from businesses.consents import give_consent
from businesses.models import (
    Approval,
    Business,
    Certificate,
    Check,
    ClassificationCode,
    CommodityGroup,
    Consent,
    FileOpening,
    Listing,
    MemberFirm,
    Photo,
    Province,
    Regency,
    Sector,
    VerificationRequest,
)
from missions.deals.models import Deal
from missions.letters import write
from missions.meetings.models import (
    FloorGap,
    Match,
    MatchingRules,
    MeetingRequest,
    ScoreRun,
    SelectedMeeting,
    Selection,
)
from missions.models import (
    CountSnapshot,
    Letter,
    Mailing,
    Mission,
    Participation,
    Quota,
    Registration,
    Slot,
)
from umkm_portal.accounts.models import Appointment, User
from umkm_portal.outbox.models import Message
from umkm_portal.outbox.services import post
from umkm_portal.tasks import heartbeat

from .businesses.test_owner_access import owner_pages
from .factories import (
    AppointmentFactory,
    BusinessFactory,
    CertificateFactory,
    CheckFactory,
    CommodityGroupFactory,
    CountSnapshotFactory,
    DealFactory,
    ListingFactory,
    MatchFactory,
    MeetingRequestFactory,
    MissionFactory,
    ParticipationFactory,
    PhotoFactory,
    ProvinceFactory,
    RegencyFactory,
    RegistrationFactory,
    ScoreRunFactory,
    SectorFactory,
    SlotFactory,
    UserFactory,
    VerificationRequestFactory,
)
from .meetings.doors import participant_pages

pytestmark = pytest.mark.django_db
OFFICIALS = [role.value for role in Appointment.Role]
VISITORS = ["anonymous", "owner", *OFFICIALS, "superuser"]
# What a database answers has no language.
LANGUAGES = ["id", pytest.param("en", marks=pytest.mark.once)]

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
    "publication:mission_results",
    "publication:mission_results_download",
    "publication:mission_participants",
    "publication:mission_participants_download",
    "publication:mission_calendar",
    "publication:methodology",
    "publication:data",
    "publication:table_download",
    "photo",
    "publication:business_detail",
    "publication:listing_list",
    "publication:listing_download",
    "publication:listing_feed",
    "publication:listing_detail",
    "publication:business_list",
    "publication:business_download",
    "businesses:privacy",
}
# What public pages are about, the parameter that names it, and how; drafts of it are hidden.
ABOUT = {
    "publication:mission_detail": (Mission, "slug", attrgetter("slug")),
    "publication:mission_history": (Mission, "slug", attrgetter("slug")),
    "publication:mission_results": (Mission, "slug", attrgetter("slug")),
    "publication:mission_results_download": (Mission, "slug", attrgetter("slug")),
    "publication:mission_participants": (Mission, "slug", attrgetter("slug")),
    "publication:mission_participants_download": (Mission, "slug", attrgetter("slug")),
    "publication:mission_calendar": (Mission, "slug", attrgetter("slug")),
    "publication:business_detail": (Business, "slug", attrgetter("slug")),
    "publication:listing_detail": (Listing, "pk", attrgetter("pk")),
    "photo": (Photo, "name", lambda photo: photo.image.name.rpartition("/")[2]),
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
# The way in: for everyone, but whoever is signed in is sent on.
ENTRANCE = {"account_login", "account_signup"}
# Also for everyone, without a way further.
ABOUT_SIGNING_IN = {"account_reset_password", "account_inactive"}
# Steps of signing in or of a change: without the step before they lead back to it.
STEPS = {
    "account_confirm_login_code",
    "account_request_login_code",
    "account_email_verification_sent",
    "account_verify_phone",
    "account_logout",
    "mfa_authenticate",
    "mfa_login_webauthn",
}
# The own account of whoever is signed in. With True only after a fresh sign-in.
OWN_ACCOUNT = {
    "account_overview": False,
    "account_start": False,
    "account_name": False,
    "account_second_factor": False,
    "mfa_index": False,
    "mfa_list_webauthn": False,
    "usersessions_list": False,
    "account_email": True,
    "account_change_phone": True,
    "account_change_password": True,
    "account_set_password": True,
    "account_remove_password": True,
    "mfa_activate_totp": True,
    "mfa_deactivate_totp": True,
    "mfa_add_webauthn": True,
    "mfa_edit_webauthn": True,
    "mfa_remove_webauthn": True,
    "mfa_view_recovery_codes": True,
    "mfa_generate_recovery_codes": True,
    "mfa_download_recovery_codes": True,
    "businesses:my_data": False,
    "businesses:my_data_download": False,
    "businesses:account_delete": True,
    # Its button signs out, so it comes last.
    "account_sign_in_again": False,
}
# The pages for officials of the province that a business lies in, by who opens them.
LOOKS = {*OFFICIALS, "superuser"}
CHECKS = {"verifier", "province_admin", "superuser"}
ASSISTS = CHECKS | {"operator"}
OFFICE_LISTS = {
    "businesses:official_home": LOOKS,
    "businesses:verification_queue": LOOKS,
    "businesses:assisted_list": LOOKS,
    "businesses:imported_list": LOOKS,
    "businesses:assisted_create": ASSISTS,
    "missions:wordings": LOOKS,
    "missions:office_missions": LOOKS,
}
OFFICE_PAGES = {
    "businesses:verification_detail": LOOKS,
    "businesses:certificate_file": CHECKS,
    "businesses:check_revoke": CHECKS,
    "businesses:assisted_change": ASSISTS,
    "businesses:approval_status": ASSISTS,
    # Only province admins change words.
    "missions:wording_edit": LOOKS,
    "missions:letters": LOOKS,
    # Whoever looks only finds no form on these.
    "missions:office_mission": LOOKS,
    "missions:office_registration": LOOKS,
    "missions:board": LOOKS,
    "missions:board_download": LOOKS,
    "missions:office_apply": ASSISTS,
    "missions:quota_add": ASSISTS,
    "missions:quota_edit": ASSISTS,
    "missions:letter_whatsapp": ASSISTS,
    "meetings:office_time": ASSISTS,
    "meetings:chasing": LOOKS,
    "meetings:office_requests": LOOKS,
    "meetings:programme": LOOKS,
    "meetings:rules": LOOKS,
    "meetings:office_matches": LOOKS,
    "meetings:office_matches_download": LOOKS,
    "meetings:office_match": LOOKS,
    "meetings:weights": LOOKS,
    "meetings:selection": LOOKS,
    "meetings:selection_download": LOOKS,
}
OFFICE_BUTTONS = {
    "businesses:check_again": CHECKS,
    "businesses:approval_again": ASSISTS,
    "businesses:approval_discard": ASSISTS,
    "missions:wording_reset": {"province_admin", "superuser"},
    "missions:office_move": ASSISTS,
    "missions:quota_remove": ASSISTS,
    "missions:letter_again": ASSISTS,
    "missions:letter_handed": ASSISTS,
    "meetings:chase": ASSISTS,
    "meetings:office_score": ASSISTS,
    "meetings:selection_start": ASSISTS,
    "meetings:selection_publish": ASSISTS,
}
OFFICE = OFFICE_LISTS | OFFICE_PAGES | OFFICE_BUTTONS
# Whoever has the link that was sent to a phone; nobody can guess it.
LINKS = {"businesses:approval", "meetings:digest_end"}
# For the people of a business; tests/businesses walks over them.
MEMBERS = {
    "businesses:verification_submit",
    "businesses:verification_withdraw",
    "businesses:consent_receipt",
    "businesses:consent_withdraw",
    "businesses:business_delete",
    "missions:join",
    "missions:own_missions",
    "missions:apply",
    "meetings:opportunities",
    "meetings:digest",
    *(f"businesses:{name}" for name in owner_pages()),
}
# For participants of a mission; tests/meetings/test_door_access.py walks over them.
PARTICIPANTS = participant_pages()
# Django's own nameless pages of the admin: a shortcut to an object, and what is not found.
NAMELESS = {"admin:None"}

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
deal       change    -         -         own             -        all
deal       delete    -         -         -               -        -
account    see       -         -         own             own      all
account    add       -         -         all             -        all
account    change    -         -         own_only        -        all
account    password  -         -         -               -        all
account    delete    -         -         -               -        -
reference  see       all       all       all             all      all
reference  add       -         -         -               -        all
reference  change    -         -         -               -        all
reference  delete    -         -         -               -        all
business   see       own       own       own             own      all
business   add       -         -         -               -        -
business   import    all       all       all             -        all
business   change    -         -         -               -        all
business   delete    -         -         -               -        -
record     see       own       own       own             own      all
record     add       -         -         -               -        -
record     change    -         -         -               -        -
record     delete    -         -         -               -        -
opening    see       -         -         own             own      all
opening    add       -         -         -               -        -
opening    change    -         -         -               -        -
opening    delete    -         -         -               -        -
joining    see       own       own       own             own      all
joining    add       -         -         -               -        -
joining    change    -         -         -               -        -
joining    delete    -         -         -               -        -
mailing    see       own       own       own             own      all
mailing    add       -         -         -               -        -
mailing    change    -         -         -               -        -
mailing    delete    -         -         -               -        -
meeting    see       own       own       own             own      all
meeting    add       -         -         -               -        -
meeting    change    -         -         -               -        -
meeting    delete    -         -         -               -        -
message    see       -         -         -               -        all
message    add       -         -         -               -        -
message    change    -         -         -               -        -
message    delete    -         -         -               -        -
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
    Business: "business",
    Listing: "record",
    Certificate: "record",
    VerificationRequest: "record",
    Check: "record",
    MemberFirm: "record",
    FileOpening: "opening",
    Registration: "joining",
    Quota: "joining",
    Slot: "joining",
    Participation: "joining",
    Mailing: "mailing",
    MeetingRequest: "meeting",
    ScoreRun: "meeting",
    Match: "meeting",
    MatchingRules: "meeting",
    Selection: "meeting",
    SelectedMeeting: "meeting",
    FloorGap: "meeting",
    Message: "message",
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
OWN_PAGES = {
    "admin:missions_mission_import": (Mission, "add"),
    "admin:businesses_business_import": (Business, "import"),
}
# The steps of that import; tests/businesses/test_import_admin.py walks over them.
IMPORT_STEPS = {
    "admin:businesses_business_import_columns",
    "admin:businesses_business_import_template",
}


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
    pages |= ENTRANCE | ABOUT_SIGNING_IN | STEPS | OWN_ACCOUNT.keys()
    pages |= OFFICE.keys() | LINKS | MEMBERS | PARTICIPANTS | IMPORT_STEPS
    for model in KINDS:
        pages |= {page_name(model, page) for page in MODEL_PAGES | OBJECT_PAGES}
    return pages


def test_every_page_says_who_may_open_it():
    unstated = all_pages().keys() - stated_pages()

    assert unstated == set(), "Say in tests/test_access.py who may open these pages."


def test_no_rule_is_left_over():
    stated = PUBLIC | STAFF | NAMELESS | OWN_PAGES.keys() | OWN_ACCOUNT.keys()
    stated |= OFFICE.keys() | LINKS | MEMBERS | PARTICIPANTS | IMPORT_STEPS
    assert stated | ENTRANCE | ABOUT_SIGNING_IN | STEPS <= all_pages().keys()
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
        **reference(east_java),
        **businesses(bali),
        **joining(missions, bali),
        MeetingRequest: meeting_requests(missions, bali),
        **selections(missions, bali),
        **scorings(missions, bali),
        Message: {
            "one": post(UserFactory(), kind="check_ends", subject="Kabar", text="Halo")
        },
        DBTaskResult: {"task": DBTaskResult.objects.get(pk=heartbeat.enqueue().id)},
    }


def reference(province):
    return {
        Province: {"province": province},
        Regency: {"regency": RegencyFactory()},
        Sector: {"sector": SectorFactory()},
        ClassificationCode: {
            "code": ClassificationCode.objects.create(
                scheme=ClassificationCode.Scheme.HS, version="2022", code="09"
            )
        },
        CommodityGroup: {"commodity": CommodityGroupFactory()},
    }


def joining(missions, elsewhere):
    """Of each mission a registration, a quota, a time, a mailing, and a participant: of `elsewhere`,
    but for missions that Jawa Timur initiates or joined."""
    at_home = {"business__published": False}
    abroad = at_home | {"business__province": elsewhere}
    return {
        Mailing: {
            label: Mailing.objects.create(mission=mission, kind="remind_listing")
            for label, mission in missions.items()
        },
        Registration: {
            label: RegistrationFactory(mission=mission)
            for label, mission in missions.items()
        },
        Quota: {
            label: mission.quotas.create(seats=5) for label, mission in missions.items()
        },
        Slot: {
            label: SlotFactory(mission=mission) for label, mission in missions.items()
        },
        Participation: {
            label: ParticipationFactory(
                mission=mission, **(abroad if "foreign" in label else at_home)
            )
            for label, mission in missions.items()
        },
    }


def meeting_requests(missions, elsewhere):
    """Between businesses of `elsewhere`, but for a mission that Jawa Timur only joined."""
    found = {}
    at_home = {"business__published": False}
    abroad = at_home | {"business__province": elsewhere}
    for label, mission in missions.items():
        own = at_home if label == "joined" else abroad
        sender = ParticipationFactory(mission=mission, **own)
        receiver = ParticipationFactory(mission=mission, side="buyer", **abroad)
        found[label] = MeetingRequestFactory(sender=sender, receiver=receiver)
    return found


def selections(missions, elsewhere):
    """Of businesses of `elsewhere`, but for a mission that Jawa Timur only joined."""
    found = {Selection: {}, SelectedMeeting: {}, FloorGap: {}}
    at_home = {"business__published": False}
    abroad = at_home | {"business__province": elsewhere}
    for label, mission in missions.items():
        own = at_home if label == "joined" else abroad
        seller = ParticipationFactory(mission=mission, **own)
        buyer = ParticipationFactory(mission=mission, side="buyer", **abroad)
        selection = mission.selections.create(state=Selection.State.DONE)
        found[Selection][label] = selection
        found[SelectedMeeting][label] = selection.meetings.create(
            seller=seller, buyer=buyer, score=500, value=500
        )
        found[FloorGap][label] = selection.gaps.create(
            participation=seller, meetings=1, cause=FloorGap.Cause.PARTNERS_FULL
        )
    return found


def scorings(missions, elsewhere):
    """Of businesses of `elsewhere`, but for a mission that Jawa Timur only joined."""
    found = {ScoreRun: {}, Match: {}, MatchingRules: {}}
    at_home = {"business__published": False}
    abroad = at_home | {"business__province": elsewhere}
    for label, mission in missions.items():
        own = at_home if label == "joined" else abroad
        run = ScoreRunFactory(mission=mission)
        found[ScoreRun][label] = run
        found[Match][label] = MatchFactory(
            run=run,
            seller=ParticipationFactory(mission=mission, **own),
            buyer=ParticipationFactory(mission=mission, side="buyer", **abroad),
        )
        found[MatchingRules][label] = MatchingRules.objects.create(mission=mission)
    return found


def businesses(elsewhere):
    """Of Jawa Timur and of `elsewhere`, published and draft, each with one of everything."""
    found = {
        "led": BusinessFactory(published=True),
        "led_draft": BusinessFactory(),
        "foreign": BusinessFactory(published=True, province=elsewhere),
        "foreign_draft": BusinessFactory(province=elsewhere),
    }
    with_file = {
        "sha256": "0" * 64,
        "media_type": "application/pdf",
        "file": ContentFile(b"%PDF-1.7", "x.pdf"),
    }

    def each(make):
        return {label: make(business) for label, business in found.items()}

    certificates = each(lambda one: CertificateFactory(business=one, **with_file))
    return {
        Business: found,
        Listing: each(lambda one: ListingFactory(business=one)),
        Certificate: certificates,
        VerificationRequest: each(lambda one: VerificationRequestFactory(business=one)),
        Check: each(
            lambda one: CheckFactory(
                business=one, subject=Check.Subject.CAPACITY, value="6 ton"
            )
        ),
        MemberFirm: each(
            lambda one: MemberFirm.objects.create(association=one, name="CV Anggota")
        ),
        FileOpening: {
            label: FileOpening.objects.create(
                certificate=certificate, opened_by=UserFactory()
            )
            for label, certificate in certificates.items()
        },
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
        yield User, label, "password", reverse(PASSWORD_PAGE, args=[user.pk])


def every_model_page(world):
    for model in world:
        for page, action in MODEL_PAGES.items():
            yield model, action, reverse(page_name(model, page))
    for name, (model, action) in OWN_PAGES.items():
        yield model, action, reverse(name)


def refusal(visitor):
    return "login" if visitor in ("anonymous", "owner") else "refused"


# The same rules guard the English addresses: they are knocked at from without, and from within.
BOTH = [*((visitor, "id") for visitor in VISITORS), ("owner", "en"), ("operator", "en")]


@pytest.mark.once
@pytest.mark.parametrize(("visitor", "language"), BOTH)
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
        yield User, label, "password", reverse(PASSWORD_PAGE, args=[user.pk])


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
        for app in ("accounts", "outbox", "businesses", "missions", "meetings", "deals")
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


@pytest.mark.once
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


@pytest.mark.parametrize("language", LANGUAGES)
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


@pytest.mark.once
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("visitor", VISITORS)
def test_public_pages_open_for_everyone_and_hide_drafts(
    world, visit, visitor, language
):
    subjects = what_public_pages_show(world)
    hidden = {
        label
        for label in world[Mission]
        if label.endswith("draft") and not may(visitor, "see", Mission, label)
    }
    secrets = [
        thing.slug
        for model in (Mission, Business)
        for label, thing in subjects[model].items()
        if label in hidden
    ]
    for name, label, arguments in every_public_page(subjects):
        with override(language):
            address = reverse(name, kwargs=arguments)
        response = visit.get(address)

        is_hidden = label in hidden
        assert response.status_code == (404 if is_hidden else 200), address
        content = response.getvalue()
        assert is_hidden or not any(s.encode() in content for s in secrets), address


def what_public_pages_show(world):
    """{model: {label: object}}: missions, and businesses with an open listing and a photo each."""
    businesses = {
        label: BusinessFactory(
            name=f"Usaha {label}",
            province=world[Business][label].province,
            published=not label.endswith("draft"),
        )
        for label in world[Business]
    }
    return {
        Mission: world[Mission],
        Business: businesses,
        Listing: {
            label: ListingFactory(business=business, open=True)
            for label, business in businesses.items()
        },
        Photo: {
            label: PhotoFactory(business=business)
            for label, business in businesses.items()
        },
    }


def every_public_page(subjects):
    """(name, label of what it is about or None, arguments)"""
    others = {"extension": "csv", "table": "hitungan", "section": "missions"}
    for name, parameters in all_pages().items():
        if name not in PUBLIC or name.startswith("admin:"):
            continue
        if name not in ABOUT:
            yield name, None, {key: others[key] for key in parameters}
            continue
        model, key, read = ABOUT[name]
        rest = {other: others[other] for other in parameters - {key}}
        for label, thing in subjects[model].items():
            yield name, label, rest | {key: read(thing)}


def account_page(name):
    return reverse(name, args=[1] if "pk" in all_pages()[name] else [])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("visitor", VISITORS)
def test_pages_of_the_own_account_need_a_sign_in_and_some_a_fresh_one(
    visit, visitor, language
):
    with override(language):
        login = reverse("account_login")
        again = reverse("account_sign_in_again")
        pages = {account_page(name): fresh for name, fresh in OWN_ACCOUNT.items()}

    for address, is_fresh in pages.items():
        for response in (visit.get(address), visit.post(address)):
            if visitor == "anonymous":
                assert response.url.startswith(f"{login}?next="), address
            elif is_fresh:
                assert response.url.startswith(f"{again}?next="), address
            else:
                assert response.status_code in (200, 302, 405), address


@pytest.mark.parametrize("visitor", VISITORS)
def test_the_way_in_is_open_to_everyone_and_its_steps_lead_back(visit, visitor):
    for name in ENTRANCE:
        response = visit.get(reverse(name))
        assert response.status_code == (200 if visitor == "anonymous" else 302)
    for name in ABOUT_SIGNING_IN:
        assert visit.get(reverse(name)).status_code == 200
    for name in STEPS - {"account_logout"}:
        for response in (visit.get(reverse(name)), visit.post(reverse(name))):
            assert response.status_code == 302, name


def test_officials_may_sign_in_and_out(client):
    assert client.get(reverse("admin:login")).url.startswith(reverse("account_login"))
    client.force_login(AppointmentFactory().user)

    client.post(reverse("admin:logout"))

    assert SESSION_KEY not in client.session


@pytest.mark.parametrize("role", OFFICIALS)
def test_the_admin_stays_closed_without_a_second_factor(client, role):
    client.force_login(AppointmentFactory(role=role, second_factor=False).user)

    for name in STAFF - {"admin:app_list"}:
        assert outcome(client.get(reverse(name))) == "login"
    login = client.get(reverse("admin:login"))
    assert login.url.startswith(reverse("account_second_factor"))


@pytest.mark.parametrize("role", [*OFFICIALS, "superuser"])
@pytest.mark.parametrize("second_factor", [True, False])
def test_drafts_of_businesses_open_with_a_second_factor_only(
    client, role, second_factor
):
    if role == "superuser":
        user = UserFactory(is_superuser=True, second_factor=second_factor)
    else:
        user = AppointmentFactory(role=role, second_factor=second_factor).user
    business = BusinessFactory()
    listing, photo = ListingFactory(business=business), PhotoFactory(business=business)
    client.force_login(user)

    found = {
        client.get(thing.get_absolute_url()).status_code
        for thing in (business, listing, photo)
    }

    assert found == {200 if second_factor else 404}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/misi/?q=%00", 400),
        ("/misi/a%00b/", 400),
        ("/petugas/pesan/?provinsi=%00", 400),
        ("/petugas/pesan/?provinsi=%ff%27", 404),
        ("/admin/missions/mission/?status__exact=%00", 400),
        ("/admin/missions/mission/abc/history/", 404),
        ("/admin/accounts/user/abc/history/", 404),
        ("/admin/missions/countsnapshot/add/?mission=abc&as_of_at=x", 200),
    ],
)
def test_addresses_that_nobody_types_are_answered_not_broken(client, path, status):
    client.force_login(UserFactory(is_superuser=True))

    assert client.get(path).status_code == status


# The pages for officials: /petugas/


@pytest.fixture
def office(world):
    """{page: its arguments}: what a page for officials is about, all of Jawa Timur."""
    business = world[Business]["led"]
    give_consent(business, Consent.Purpose.ASSISTANCE, by=UserFactory())
    draft = BusinessFactory()
    approval = Approval.objects.create(
        business=draft,
        name="Siti",
        phone="+6281234567890",
        token_hash="x",
        texted_at=timezone.now(),
        created_by=UserFactory(),
        expires_at=timezone.now() + timedelta(days=7),
    )
    about = {
        "verification_detail": world[VerificationRequest]["led"].pk,
        "certificate_file": world[Certificate]["led"].pk,
        "check_revoke": world[Check]["led"].pk,
        "check_again": world[Check]["led"].pk,
        "assisted_change": business.slug,
        "approval_status": approval.pk,
        "approval_again": approval.pk,
        "approval_discard": approval.pk,
    }
    pages = {f"businesses:{page}": [argument] for page, argument in about.items()}
    return pages | about_messages(world)


def about_messages(world):
    """Of a mission of Jawa Timur in Bali, and the words of Jawa Timur."""
    mission = MissionFactory(host_province=world[Mission]["foreign"].initiator_province)
    write(ParticipationFactory(mission=mission), "accepted")
    # Only what could not be sent goes by hand.
    Message.objects.filter(kind="accepted").update(
        state=Message.State.FAILED, problem=Message.Problem.GATEWAY
    )
    letter = [mission.slug, Letter.objects.get().pk]
    words = [mission.initiator_province_id, "accepted"]
    return (
        {
            "missions:wording_edit": words,
            "missions:wording_reset": words,
            "missions:letters": [mission.slug],
            "missions:letter_whatsapp": letter,
            "missions:letter_again": letter,
            "missions:letter_handed": letter,
            "meetings:chasing": [mission.slug],
            "meetings:office_requests": [mission.slug],
            "meetings:chase": [mission.slug, "penawaran"],
        }
        | about_joining(mission)
        | about_matching(mission)
    )


def about_matching(mission):
    pair = [
        ParticipationFactory(mission=mission, side=side).pk
        for side in Participation.Side
    ]
    agreed = MeetingRequestFactory(
        sender__mission=mission, status=MeetingRequest.Status.ACCEPTED
    )
    chosen = mission.selections.create(state=Selection.State.DONE)
    return {
        "meetings:office_time": [mission.slug, agreed.pk],
        "meetings:programme": [mission.slug],
        "meetings:rules": [mission.slug],
        "meetings:office_matches": [mission.slug],
        "meetings:office_matches_download": [mission.slug, "csv"],
        "meetings:office_match": [mission.slug, *pair],
        "meetings:office_score": [mission.slug],
        "meetings:weights": [mission.slug],
        "meetings:selection": [mission.slug],
        "meetings:selection_download": [mission.slug, "csv"],
        "meetings:selection_start": [mission.slug],
        "meetings:selection_publish": [mission.slug, chosen.pk],
    }


def about_joining(mission):
    quota = [mission.slug, mission.quotas.create(seats=5).pk]
    return {
        "missions:office_mission": [mission.slug],
        "missions:office_registration": [mission.slug],
        "missions:office_apply": [mission.slug],
        "missions:board": [mission.slug],
        "missions:board_download": [mission.slug],
        "missions:office_move": [mission.slug],
        "missions:quota_add": [mission.slug],
        "missions:quota_edit": quota,
        "missions:quota_remove": quota,
    }


def office_outcome(response):
    if response.status_code == 302 and response.url.startswith(
        reverse("account_login")
    ):
        return "login"
    return "refused" if response.status_code in (403, 404) else response.status_code


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("visitor", VISITORS)
def test_pages_for_officials_open_for_those_of_the_province(
    office, visit, visitor, language
):
    refused = "login" if visitor == "anonymous" else "refused"
    wrong = {}
    with override(language):
        for name, visitors in (OFFICE_LISTS | OFFICE_PAGES).items():
            found = office_outcome(visit.get(reverse(name, args=office.get(name))))
            if found != (200 if visitor in visitors else refused):
                wrong[name] = found

    assert wrong == {}


@pytest.mark.parametrize("visitor", VISITORS)
def test_forms_for_officials_take_nothing_from_others(office, visit, visitor):
    refused = "login" if visitor == "anonymous" else "refused"
    forbidden = {
        name
        for name, visitors in OFFICE.items()
        if visitor not in visitors and name != "businesses:certificate_file"
    }
    # They look, and may post nothing there.
    forbidden -= OFFICE_LISTS.keys() - {"businesses:assisted_create"}
    before = everything()

    outcomes = {
        name: office_outcome(visit.post(reverse(name, args=office.get(name))))
        for name in forbidden
    }

    assert outcomes == dict.fromkeys(forbidden, refused)
    assert everything() == before


def test_officials_of_another_province_see_lists_and_nothing_in_them(office, client):
    client.force_login(AppointmentFactory(role="verifier", province__code="64").user)
    before = everything()

    for name in OFFICE_PAGES | OFFICE_BUTTONS:
        address = reverse(name, args=office[name])
        if name in OFFICE_PAGES:
            assert client.get(address).status_code == 404, name
        assert client.post(address).status_code in (404, 405), name
    page = client.get(reverse("businesses:verification_queue")).context["page"]

    assert list(page) == []
    assert everything() == before


def test_an_official_without_second_factor_is_led_to_it(office, client):
    client.force_login(AppointmentFactory(second_factor=False).user)

    for name in OFFICE_LISTS | OFFICE_PAGES:
        response = client.get(reverse(name, args=office.get(name)))
        assert response.url.startswith(reverse("account_second_factor")), name
