"""The best opportunities on the dashboard of a business, see docs/adr."""

from django import template

from missions.meetings.digest import last_look
from missions.meetings.opportunities import opportunities_for

register = template.Library()
SHOWN = 3


@register.inclusion_tag("meetings/_best_opportunities.html", takes_context=True)
def best_opportunities(context, business):
    found = opportunities_for(business)
    seen_at = last_look(business, context["request"].user)
    return {
        "business": business,
        "told": [(one, one.is_newer_than(seen_at)) for one in found[:SHOWN]],
        "count": len(found),
        "new_count": sum(one.is_newer_than(seen_at) for one in found),
    }
