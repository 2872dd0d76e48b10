"""The best opportunities on the dashboard of a business, see docs/adr."""

from django import template

from missions.meetings.best_opportunities import best_opportunities_of
from missions.meetings.digest import last_look

register = template.Library()
SHOWN = 3


@register.inclusion_tag("meetings/_best_opportunities.html", takes_context=True)
def best_opportunities(context, business):
    found = best_opportunities_of(business)
    seen_at = last_look(business, context["request"].user)
    return {
        "business": business,
        "told": [(one, one.is_newer_than(seen_at)) for one in found[:SHOWN]],
        "count": len(found),
        "new_count": sum(one.is_newer_than(seen_at) for one in found),
    }
