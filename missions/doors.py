"""Three doors to the pages of a participant: signed in, by the link in a message, or an official
who helps. The pages are the same; who acted, and through which door, is kept with each step."""

from dataclasses import dataclass, field
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.db import models
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from businesses.access import secret_address
from businesses.assistance import ASSISTANTS
from umkm_portal.accounts.access import official_required
from umkm_portal.accounts.models import User
from umkm_portal.outbox.links import message_of
from umkm_portal.outbox.models import Message

from .models import Participation


class Via(models.TextChoices):
    PORTAL = "portal", _("signed in to the portal")
    LINK = "link", _("link in a message")
    ASSISTED = "assisted", _("with the help of an official")


@dataclass(frozen=True)
class Actor:
    """Who acts, and through which door."""

    user: User
    via: str = Via.PORTAL


@dataclass(frozen=True)
class Door:
    """How the visitor came in; `url` keeps to the same door."""

    namespace: str
    actor: Actor
    kwargs: dict = field(default_factory=dict)

    def url(self, name, **kwargs):
        return reverse(f"{self.namespace}:{name}", kwargs=self.kwargs | kwargs)

    @property
    def is_by_link(self):
        return self.actor.via == Via.LINK

    @property
    def is_assisted(self):
        return self.actor.via == Via.ASSISTED


def participant_page(view):
    """Calls view(request, participation, **rest) with `request.door`, or answers 404."""

    @wraps(view)
    @secret_address
    def page(request, **kwargs):
        namespace = request.resolver_match.namespace
        way_in = DOORS[namespace.rpartition(":")[2]]
        return way_in(request, view, kwargs, namespace)

    return page


def _enter(view, request, participation, door, kwargs):
    rest = {name: value for name, value in kwargs.items() if name not in door.kwargs}
    request.door = door
    return view(request, participation, **rest)


@login_required
def _own(request, view, kwargs, namespace):
    mine = Participation.objects.of_member(request.user).with_listings()
    participation = get_object_or_404(
        mine, business__slug=kwargs["slug"], mission__slug=kwargs["mission"]
    )
    own = {name: kwargs[name] for name in ("slug", "mission")}
    door = Door(namespace, Actor(request.user), own)
    return _enter(view, request, participation, door, kwargs)


def _link(request, view, kwargs, namespace):
    try:
        message = message_of(kwargs["token"])
        participation = (
            Participation.objects.of_member(message.recipient)
            .with_listings()
            .get(letters__message=message)
        )
    except (Message.DoesNotExist, Participation.DoesNotExist):
        return render(request, "meetings/link_over.html", status=404)
    door = Door(
        namespace, Actor(message.recipient, Via.LINK), {"token": kwargs["token"]}
    )
    return _enter(view, request, participation, door, kwargs)


@official_required
def _assisted(request, view, kwargs, namespace):
    helped = Participation.objects.assisted_by(request.user, *ASSISTANTS)
    participation = get_object_or_404(
        helped.with_listings(),
        mission__slug=kwargs["mission"],
        pk=kwargs["participation"],
    )
    own = {name: kwargs[name] for name in ("mission", "participation")}
    door = Door(namespace, Actor(request.user, Via.ASSISTED), own)
    return _enter(view, request, participation, door, kwargs)


# By the last part of the namespace under which the pages are included, see meetings/urls.py.
DOORS = {"own": _own, "link": _link, "assisted": _assisted}
