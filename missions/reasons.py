"""Usual reasons, which each reader reads in the own language: the English words are stored. What
somebody adds in own words follows on a new line, and stays as it was typed."""

from django.utils.translation import gettext, gettext_noop

LEFT_PORTAL = gettext_noop("The business has left the portal.")
GAVE_UP = gettext_noop("It gave its place up.")
NO_LONGER = gettext_noop("no longer takes part in this mission")
TO_DECLINE = (
    gettext_noop("We do not sell or need this"),
    gettext_noop("The quantity does not fit"),
    gettext_noop("We have enough meetings"),
    gettext_noop("No time suits us"),
)
TO_CANCEL = (
    gettext_noop("We cannot come to the mission"),
    gettext_noop("We cannot come at this time"),
    gettext_noop("We have already come to an agreement"),
    gettext_noop("Our plans have changed"),
)
LEAVING = (LEFT_PORTAL, GAVE_UP, NO_LONGER)
USUAL = frozenset((*LEAVING, *TO_DECLINE, *TO_CANCEL))


def to_store(usual, words):
    return "\n".join(filter(None, [usual, words]))


def said(reason):
    """In the active language."""
    usual, _line, words = reason.partition("\n")
    if usual not in USUAL:
        return reason
    return ". ".join(filter(None, [gettext(usual), words]))


def of_leaving(reason):
    """Of a meeting that ends because one of the two leaves: whoever comes back has refused none."""
    return reason if reason in LEAVING else to_store(NO_LONGER, reason)


def is_of_leaving(reason):
    return reason.partition("\n")[0] in LEAVING
