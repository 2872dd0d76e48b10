"""The sentences of explain.py: as the seller reads them, as the buyer does, and as an organiser does
who is neither."""

from django.utils.translation import gettext_lazy as _

from .points import Fit, Met

GOODS = (
    _("You offer “%(offer)s”, they look for “%(need)s”: %(fit)s."),
    _("They offer “%(offer)s”, you look for “%(need)s”: %(fit)s."),
    _("%(seller)s offers “%(offer)s”, %(buyer)s looks for “%(need)s”: %(fit)s."),
)
FITS = {
    Fit.GOODS: _("the same goods (%(commodity)s)"),
    Fit.GROUP: _("the same commodity (%(commodity)s), but described differently"),
    Fit.WORDS: _("described almost alike, though not as the same commodity"),
    Fit.SECTOR: _("other goods of the same sector (%(sector)s)"),
    Fit.OTHER: _("other goods"),
}
QUANTITY = (
    _("They need %(wanted)s a month, your capacity is %(capacity)s: %(verdict)s."),
    _("You need %(wanted)s a month, their capacity is %(capacity)s: %(verdict)s."),
    _(
        "%(buyer)s needs %(wanted)s a month, the capacity of %(seller)s is %(capacity)s: "
        "%(verdict)s."
    ),
)
ENOUGH = _("enough")
SHARE_OF_NEED = _("that is %(percent)s%% of what is needed")
OTHER_UNITS = _("these units cannot be compared")
QUANTITY_NOT_COMPARED = _("Other goods, so quantities are not compared.")
PRICE = (
    _("They pay up to %(paid)s, your lowest price is %(asked)s: %(verdict)s."),
    _("You pay up to %(paid)s, their lowest price is %(asked)s: %(verdict)s."),
    _(
        "%(buyer)s pays up to %(paid)s, the lowest price of %(seller)s is %(asked)s: %(verdict)s."
    ),
)
BELOW, EXACTLY, ABOVE = (
    _("that fits, %(percent)s less than the most that is paid"),
    _("that fits exactly"),
    _("%(percent)s too much, so the price has to be talked about"),
)
PRICE_PER_UNIT = _("%(price)s per %(unit)s")
PRICE_NOT_COMPARED = _("Other goods, so prices are not compared.")
NO_CERTIFICATE = (
    _("They require no certificate."),
    _("You require no certificate."),
    _("%(buyer)s requires no certificate."),
)
CERTIFICATES = (
    _("They require %(required)s; of these you have %(held)s: %(number)s of %(all)s."),
    _("You require %(required)s; of these they have %(held)s: %(number)s of %(all)s."),
    _(
        "%(buyer)s requires %(required)s; of these %(seller)s has %(held)s: "
        "%(number)s of %(all)s."
    ),
)
NONE_HELD = _("none")
PROOFS = {
    "checked": _("%(certificate)s (checked by an official)"),
    "held": _("%(certificate)s (stated, not checked)"),
    "named": _("%(certificate)s (only named in the offer)"),
}
REACH = {
    "full": (
        _("You deliver to where they need it: %(places)s."),
        _("They deliver to where you need it: %(places)s."),
        _("%(seller)s delivers to where %(buyer)s needs it: %(places)s."),
    ),
    "part": (
        _("You deliver to a part of where they need it: %(places)s."),
        _("They deliver to a part of where you need it: %(places)s."),
        _("%(seller)s delivers to a part of where %(buyer)s needs it: %(places)s."),
    ),
    "none": (
        _("You do not deliver to where they need it: %(places)s."),
        _("They do not deliver to where you need it: %(places)s."),
        _("%(seller)s does not deliver to where %(buyer)s needs it: %(places)s."),
    ),
}
EVERYWHERE = _("all of Indonesia")
WAY = _("From %(origin)s to %(home)s it goes %(lane)s, %(km)s km between the capitals.")
SAME_PROVINCE = _("Both are in %(home)s.")
DEALS = _(
    "Deals of this sector recorded from %(origin)s to %(home)s: %(verified)s verified, "
    "%(reported)s that reports name. One that reports name counts half."
)
NO_DEALS = _("No deal of this sector from %(origin)s to %(home)s is recorded yet.")
WITHIN_PROVINCE = _("Trade within one province is not counted.")
NO_SECTOR = _("The sector of the goods is not said.")
BETWEEN_YOU = {
    Met.NEW: _("You have not met in an earlier mission."),
    Met.TRADED: _("A deal between you is recorded already."),
    Met.MET: _("You met in an earlier mission; no deal between you is recorded."),
}
BETWEEN_THEM = {
    Met.NEW: _("They have not met in an earlier mission."),
    Met.TRADED: _("A deal between them is recorded already."),
    Met.MET: _("They met in an earlier mission; no deal between them is recorded."),
}
GONE = _("One of the two has left the portal: only the points are kept.")
HALF = _("That gives half of the points.")
NOT_DESCRIBED = _("not described")
# What the seller, or the buyer, has not said.
SELLER_SILENT = {
    "goods": (
        _("You have not said what you offer."),
        _("They have not said what they offer."),
        _("%(seller)s has not said what it offers."),
    ),
    "capacity": (
        _("You have not said how much you can deliver a month."),
        _("They have not said how much they can deliver a month."),
        _("%(seller)s has not said how much it can deliver a month."),
    ),
    "asked": (
        _("You have not said your price."),
        _("They have not said their price."),
        _("%(seller)s has not said its price."),
    ),
    "reach": (
        _("You have not said where you deliver."),
        _("They have not said where they deliver."),
        _("%(seller)s has not said where it delivers."),
    ),
}
BUYER_SILENT = {
    "goods": (
        _("They have not said what they look for."),
        _("You have not said what you look for."),
        _("%(buyer)s has not said what it looks for."),
    ),
    "wanted": (
        _("They have not said how much they need a month."),
        _("You have not said how much you need a month."),
        _("%(buyer)s has not said how much it needs a month."),
    ),
    "paid": (
        _("They have not said what they pay."),
        _("You have not said what you pay."),
        _("%(buyer)s has not said what it pays."),
    ),
    "certificates": (
        _("They have not said which certificates they require."),
        _("You have not said which certificates you require."),
        _("%(buyer)s has not said which certificates it requires."),
    ),
}
