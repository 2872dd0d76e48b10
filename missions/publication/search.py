"""Finds missions by what people type: provinces by any of their names, years, months, words."""

import re
from difflib import get_close_matches

from django.db.models import Exists, OuterRef, Q

from businesses.models import CommodityGroup, Province
from missions.deals.models import Deal
from missions.models import DatePrecision, Mission, MissionCommodity

# More words than any name has; a longer text only makes the query slow.
MOST_WORDS = 10
# Every mission has them.
SAID_BY_ALL = set("misi dagang provinsi trade mission missions province".split())
MONTHS = {
    name: number
    for names in (
        "januari februari maret april mei juni juli agustus september oktober november desember",
        "january february march april may june july august september october november december",
    )
    for number, name in enumerate(names.split(), start=1)
}
PLACES_AND_THEME = (
    "slug",
    "city",
    "venue",
    "theme",
    "initiator_province__name",
    "initiator_province__name_en",
    "host_province__name",
    "host_province__name_en",
)


def search(missions, text):
    """Those of `missions` in which everything that `text` says is found."""
    text = " ".join(re.findall(r"\w+", text.casefold()))
    for name, code in _province_names():
        text, times = re.subn(rf"\b{re.escape(name)}\b", " ", text)
        if times:
            missions = missions.with_province(code)
    words = [word for word in text.split() if word not in SAID_BY_ALL]
    for word in words[:MOST_WORDS]:
        missions = missions.filter(_says(word))
    return missions


def _province_names():
    """[(name, code), …], longest first: "Papua Barat Daya" is not "Papua Barat"."""
    names = {
        (name.casefold(), province.code)
        for province in Province.objects.all()
        for name in (province.name, province.short_name, province.name_en)
    }
    return sorted(names, key=lambda named: -len(named[0]))


def _says(word):
    says = Q()
    for field in PLACES_AND_THEME:
        says |= Q(**{f"{field}__icontains": word})
    if re.fullmatch(r"(19|20)\d\d", word, re.ASCII):
        says |= Q(starts_on__year=word)
    if word in MONTHS:
        to_the_month = [DatePrecision.DAY, DatePrecision.MONTH]
        says |= Q(starts_on__month=MONTHS[word], date_precision__in=to_the_month)
    partners = Mission.partner_provinces.through.objects.filter(
        Q(province__name__icontains=word) | Q(province__name_en__icontains=word),
        mission=OuterRef("pk"),
    )
    commodities = MissionCommodity.objects.filter(
        _names_commodity(word), mission=OuterRef("pk")
    )
    deals = Deal.objects.published().naming(word).filter(mission=OuterRef("pk"))
    return says | Exists(partners) | Exists(commodities) | Exists(deals)


def _names_commodity(word):
    """Reports name commodities in Indonesian; the commodity groups know the English words."""
    names = Q(name__icontains=word)
    for group in CommodityGroup.objects.filter(name_en__icontains=word):
        names |= Q(name__icontains=group.name.split()[0])
    return names


def suggest(text):
    """`text` with unknown words replaced by known ones that look alike; "" when there are none."""
    known = _known_words()
    words = re.findall(r"\w+", text.casefold())[:MOST_WORDS]
    better = [
        word
        if word in known
        else next(iter(get_close_matches(word, known, 1, 0.75)), word)
        for word in words
    ]
    return " ".join(better) if better != words else ""


def _known_words():
    texts = [name for name, _code in _province_names()]
    missions = Mission.objects.published().order_by()
    named = MissionCommodity.objects.filter(mission__in=missions.values("pk"))
    texts += missions.values_list("city", flat=True).distinct()
    texts += named.order_by().values_list("name", flat=True).distinct()
    found = {word for text in texts for word in re.findall(r"\w{3,}", text.casefold())}
    return sorted(found | SAID_BY_ALL | MONTHS.keys())
