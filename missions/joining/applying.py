"""What a business does: it applies, chooses what it brings, and gives its place up."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from businesses.models import Business
from missions.doors import Actor, Via
from missions.letters import write
from missions.locking import lock_mission
from missions.models import Mission, Participation, Side
from missions.quotas import Places
from missions.reasons import LEFT_PORTAL

from .shared import (
    end,
    in_play,
    may_act,
    move_up,
    save,
    set_status,
    tell_of_help,
)

Status = Participation.Status
# A business that was declined may apply once more, with what it has mended.
MOST_REFUSALS = 2


@transaction.atomic
def apply_for(mission, business, *, side, listings, actor):
    """Applies for a place. Raises ValidationError where that cannot be.

    Who withdrew may apply again while registration is open, and who was declined once more; both
    then stand at the end of the queue.
    """
    business = Business.objects.select_for_update(of=["self"], no_key=True).get(
        pk=business.pk
    )
    mission = lock_mission(mission.pk)
    may_act(business, actor)
    if obstacle := obstacle_of(mission, business):
        raise ValidationError(obstacle, code="cannot_apply")
    known = mission.participations.filter(business=business).first()
    participation = known or Participation(mission=mission, business=business)
    _check_choice(participation, side, listings)
    participation.side = side
    participation.applied_at, participation.applied_by = timezone.now(), actor.user
    set_status(participation, Status.APPLIED, by=None, actor=actor)
    participation.listings.set(listings)
    write(participation, "applied", side=Side(side).label)
    tell_of_help(participation, actor, gettext_lazy("the application"))
    return participation


def obstacle_of(mission, business):
    """Why this business cannot apply now; "" when it can."""
    if not business.is_public:
        return _("Publish the page of your business first: partners look at it.")
    if business.is_example and not mission.is_example:
        return _("An example cannot take part in a real mission.")
    if business.province_id not in provinces_of(mission):
        return _(
            "This mission is for businesses of the provinces that take part in it."
        )
    return _obstacle_of_time(mission) or _obstacle_of_history(mission, business)


def provinces_of(mission):
    """Whose businesses may apply: those of the provinces that take part."""
    partners = {province.pk for province in mission.partner_provinces.all()}
    return {mission.initiator_province_id, mission.host_province_id, *partners}


def _obstacle_of_time(mission):
    registration = getattr(mission, "registration", None)
    if registration is None or not registration.is_open:
        return _("Registration for this mission is not open.")
    return ""


def _obstacle_of_history(mission, business):
    known = Participation.objects.filter(mission=mission, business=business).first()
    if known is None:
        return ""
    if known.is_in_play:
        return _("This business has applied already.")
    if known.status == Status.DECLINED and _refusals(known) >= MOST_REFUSALS:
        return _(
            "This application was declined twice. Talk to the trade office: it can still "
            "accept it."
        )
    return ""


def _refusals(participation):
    """How many decisions: its history has a version for every other change, too."""
    declined = participation.history.filter(status=Status.DECLINED).order_by()
    return declined.values("decided_at").distinct().count()


@transaction.atomic
def choose_listings(participation, *, side, listings, actor):
    """Changes side or listings. Who has a place keeps it only where the new choice has one too."""
    participation, places = in_play(participation, actor)
    _check_choice(participation, side, listings)
    had_place, full = participation.is_accepted, places.full()
    if had_place:
        places.give_up(participation)
    participation.side = side
    save(participation, actor)
    participation.listings.set(listings)
    participation = Participation.objects.with_listings().get(pk=participation.pk)
    if had_place:
        if lacking := places.lacking(participation):
            raise ValidationError(
                _("There is no place left in “%(quota)s”. Ask the trade office."),
                code="full",
                params={"quota": lacking[0].label},
            )
        places.take(participation)
    move_up(participation.mission, places, full - places.full())
    tell_of_help(participation, actor, gettext_lazy("side, offers and needs"))
    return participation


@transaction.atomic
def withdraw(participation, *, reason, actor):
    """Gives the place up; the next one on the waiting list gets it."""
    participation, places = in_play(participation, actor)
    if not reason.strip():
        raise ValidationError(_("Say why, so that the organiser knows."), code="reason")
    full = places.full()
    end(participation, Status.WITHDRAWN, places, reason, actor)
    _tell_of_withdrawal(participation, reason, actor)
    move_up(participation.mission, places, full - places.full())
    return participation


def _tell_of_withdrawal(participation, reason, actor):
    """An owner learns when it was an official who did it."""
    if actor.via == Via.ASSISTED:
        official = actor.user.name
        kind = "withdrawn_by_official"
        write(participation, kind, official=official, reason=reason)
    else:
        write(participation, "withdrawn", reason=reason)


def leave_all(business):
    """Before a business ends: it leaves the missions that are not over. What it took part in stays
    without its name."""
    keys = list(business.participations.values_list("mission", flat=True))
    actor = Actor(None)
    for mission in Mission.objects.not_over().filter(pk__in=keys).order_by("pk"):
        mission = lock_mission(mission.pk)
        mine = mission.participations.in_play().filter(business=business)
        for participation in mine.with_listings():
            places = Places(mission)
            full = places.full()
            end(participation, Status.WITHDRAWN, places, LEFT_PORTAL, actor)
            move_up(mission, places, full - places.full())


def _check_choice(participation, side, listings):
    if side not in Side.values:
        raise ValidationError({"side": _("Choose a side.")})
    known = set(participation.listings.all()) if participation.pk else set()
    for listing in listings:
        is_own = listing.business_id == participation.business_id
        if not is_own or not (listing.is_open or listing in known):
            raise ValidationError(
                {"listings": _("Choose from your open offers and needs.")}
            )
