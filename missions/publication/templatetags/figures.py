from django import template

from missions.deals.figures import line_of

register = template.Library()


@register.filter
def outside_line(count):
    """The label of the line under which a count stands; None when in the cumulative value."""
    line = line_of(count)
    return line and line.label
