"""Filters and tags that every page may use: amounts, dates, shares, the other language."""

from urllib.parse import urlsplit

from django import template
from django.urls import translate_url
from django.utils.html import format_html
from django.utils.translation import pgettext

from umkm_portal import formatting

register = template.Library()

register.filter(formatting.rupiah)
register.filter(formatting.rupiah_short)
register.filter(formatting.number)
register.filter(formatting.percent)
register.filter(formatting.partial_date)
register.filter(formatting.date_range)
register.filter(formatting.instant)


@register.filter
def in_catalogue(text):
    """Words of shipped data in the reader's language; any other text stays as it is."""
    return pgettext("data", text) if text else ""


@register.simple_tag
def money(amount):
    """The short form to read, with the exact rupiah for machines and on hovering."""
    return format_html(
        '<data value="{}" title="{}">{}</data>',
        amount,
        formatting.rupiah(amount),
        formatting.rupiah_short(amount),
    )


@register.filter
def svg_length(share):
    """0.1234 → "12.34%", whatever the language: SVG knows no decimal comma."""
    return f"{share * 100:.2f}%"


@register.filter
def site_name(url):
    """ "https://www.detik.com/jatim/…" → "detik.com"."""
    return (urlsplit(url).hostname or url).removeprefix("www.")


@register.simple_tag(takes_context=True)
def this_page_in(context, language):
    """The path and query of the page that is shown, in another language; "" on an error page."""
    request = context.get("request")
    if request is None or request.resolver_match is None:
        return ""
    return translate_url(request.get_full_path(), language)


@register.simple_tag(takes_context=True)
def absolute(context, path):
    request = context.get("request")
    return request.build_absolute_uri(path) if request else path
