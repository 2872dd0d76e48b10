"""What the pages of a participant share, behind any of its doors."""

from dataclasses import dataclass

from django import template
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from missions.meetings.models import Wish

register = template.Library()


@dataclass(frozen=True)
class Tab:
    page: str
    label: Promise
    # Pages that lie under it, besides its own.
    under: tuple[str, ...] = ()
    # Whether there is nothing on it before the business is accepted.
    is_for_accepted: bool = False


TABS = [
    Tab("home", pgettext_lazy("tab", "Overview"), ("withdraw",)),
    Tab("matches", pgettext_lazy("tab", "Partners"), ("match",), is_for_accepted=True),
    Tab("partners", pgettext_lazy("tab", "Participants"), is_for_accepted=True),
    Tab(
        "requests",
        pgettext_lazy("tab", "Meetings"),
        (
            "request",
            "request_new",
            "request_accept",
            "request_decline",
            "request_propose",
            "request_withdraw",
            "request_cancel",
            "request_report",
            "request_take_back",
            "request_move",
            "request_move_agree",
            "request_move_refuse",
        ),
        is_for_accepted=True,
    ),
    Tab("availability", pgettext_lazy("tab", "Times")),
    Tab("listings", pgettext_lazy("tab", "Offers")),
    Tab("consents", pgettext_lazy("tab", "Public")),
]


@register.inclusion_tag("meetings/_tabs.html", takes_context=True)
def tabs(context, participation):
    request = context["request"]
    here = request.resolver_match.url_name
    return {"tabs": list(_shown(request.door, participation, here))}


def _shown(door, participation, here):
    for tab in TABS:
        if tab.is_for_accepted and not participation.is_accepted:
            continue
        yield {
            "address": door.url(tab.page),
            "label": tab.label,
            "is_here": here == tab.page or here in tab.under,
            "is_exact": here == tab.page,
        }


@register.simple_tag(takes_context=True)
def wish_levels(context, wish):
    """The three buttons of a wish; pressing the one that is on takes the wish back. An official
    who helps may note a wish and never sees one."""
    if context["request"].door.is_assisted:
        wish = ""
    return [
        {
            "value": "" if level == wish else level.value,
            "label": level.label,
            "is_on": level == wish,
        }
        for level in Wish.Level
    ]
