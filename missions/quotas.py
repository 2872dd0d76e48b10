"""How many places of a mission are taken, by quota. Only certain while its row is locked."""

from django.db.models import Count, Exists, OuterRef

from .models import Participation


def open_places(mission):
    """What a visitor sees of the places while registration is open, else nothing."""
    registration = getattr(mission, "registration", None)
    return list(Places(mission)) if registration and registration.is_open else []


class Places:
    """The quotas of a mission, and how many accepted businesses each of them covers."""

    def __init__(self, mission):
        self.quotas = list(mission.quotas.select_related("sector", "province"))
        self.taken = _taken(mission, self.quotas)

    def __iter__(self):
        """(quota, places taken, places left)"""
        for quota in self.quotas:
            taken = self.taken[quota.pk]
            yield quota, taken, max(quota.seats - taken, 0)

    def covering(self, participation):
        return [quota for quota in self.quotas if quota.covers(participation)]

    def lacking(self, participation):
        """The quotas that keep it out."""
        return [quota for quota in self.covering(participation) if self._is_full(quota)]

    def lacking_without_own(self, participation):
        """Those that would keep it out if it had no place yet."""
        if not participation.is_accepted:
            return self.lacking(participation)
        self.give_up(participation)
        found = self.lacking(participation)
        self.take(participation)
        return found

    def take(self, participation):
        for quota in self.covering(participation):
            self.taken[quota.pk] += 1

    def give_up(self, participation):
        for quota in self.covering(participation):
            self.taken[quota.pk] -= 1

    def full(self):
        return {quota.pk for quota in self.quotas if self._is_full(quota)}

    def _is_full(self, quota):
        return self.taken[quota.pk] >= quota.seats


def _taken(mission, quotas):
    """{quota: places taken}, by the rule of `Quota.covers`. Counted in the database, because every
    visitor of a mission asks for it."""
    rows = list(_counts(mission, quotas))
    return {
        quota.pk: sum(
            number
            for side, province, sector, number in rows
            if quota.side in ("", side)
            and quota.province_id in (None, province)
            and quota.sector_id == sector
        )
        for quota in quotas
    }


def _counts(mission, quotas):
    """(side, province, sector, number of accepted businesses), with None for all sectors."""
    accepted = mission.participations.accepted().order_by()
    if any(quota.sector_id is None for quota in quotas):
        rows = accepted.values_list("side", "business__province")
        for side, province, number in rows.annotate(Count("pk")):
            yield side, province, None, number
    if any(quota.sector_id for quota in quotas):
        said = Participation.listings.through.objects.filter(
            participation=OuterRef("pk"), listing__commodity__isnull=False
        )
        yield from _by_sector(accepted, "listings__commodity__sector")
        yield from _by_sector(accepted.filter(~Exists(said)), "business__sectors")


def _by_sector(participations, sector):
    rows = participations.values_list("side", "business__province", sector)
    rows = rows.annotate(Count("pk", distinct=True))
    return [row for row in rows if row[2] is not None]
