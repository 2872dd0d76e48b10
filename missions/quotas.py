"""How many places of a mission are taken, by quota. Only certain while its row is locked."""


def open_places(mission):
    """What a visitor sees of the places while registration is open, else nothing."""
    registration = getattr(mission, "registration", None)
    return list(Places(mission)) if registration and registration.is_open else []


class Places:
    """The quotas of a mission, and how many accepted businesses each of them covers."""

    def __init__(self, mission):
        self.quotas = list(mission.quotas.select_related("sector", "province"))
        self.taken = {quota.pk: 0 for quota in self.quotas}
        if self.quotas:
            for participation in mission.participations.accepted().with_listings():
                self.take(participation)

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
