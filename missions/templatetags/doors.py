from django import template

register = template.Library()


@register.simple_tag(takes_context=True)
def door(context, name, **kwargs):
    """The address of another page of the same participant, behind the same door."""
    return context["request"].door.url(name, **kwargs)
