import json

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

# As Django's json_script does it, which only writes application/json.
ESCAPES = {ord(character): f"\\u{ord(character):04X}" for character in "<>&"}


@register.filter
def linked_data(facts):
    """Facts of schema.org in an element that no browser runs."""
    text = json.dumps(facts, ensure_ascii=False).translate(ESCAPES)
    element = '<script type="application/ld+json">{}</script>'
    return format_html(element, SafeString(text))
