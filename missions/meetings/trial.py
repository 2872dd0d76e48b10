"""A quick trial whether chosen meetings find a time: what choosing them leaves out of account.

Each takes the first time that suits both and has a table; where none does, other meetings change
between two times (a chain of Kempe). If all find one, a timetable exists. If not, one may exist all
the same: the trial promises nothing.
"""


class Trial:
    """`free` is {who: slots}; `tables` how many meetings fit into a slot. Slots are any integers."""

    def __init__(self, free, tables):
        self.free = free
        self.tables = tables
        # {who: {slot: with whom}}
        self.plan = {}
        self.load = {}
        self.fixed = set()

    def fix(self, one, other, slot):
        """A meeting whose time is agreed; it never moves."""
        self._put(one, other, slot)
        self.fixed |= {(one, slot), (other, slot)}

    def place(self, meetings):
        """Those of `meetings` that found a time."""
        by_room = sorted(meetings, key=lambda pair: (self._room(pair), pair))
        return [pair for pair in by_room if self._place(*pair)]

    def _room(self, pair):
        return len(self._open(pair[0]) & self._open(pair[1]))

    def _open(self, who):
        return self.free.get(who, frozenset()) - self.plan.get(who, {}).keys()

    def _place(self, one, other):
        both = self._open(one) & self._open(other)
        slot = min(both, key=lambda slot: (self._used(slot), slot), default=None)
        if slot is not None and self._used(slot) < self.tables:
            self._put(one, other, slot)
            return True
        return self._make_room(one, other) or self._make_room(other, one)

    def _make_room(self, one, other):
        """At a time at which `one` is free, and `other` would be but for another meeting."""
        busy = self._open(one) & self.plan.get(other, {}).keys()
        for slot in sorted(busy):
            for another in sorted(self._open(other)):
                if self._swap(other, slot, another):
                    self._put(one, other, slot)
                    return True
        return False

    def _swap(self, who, slot, another):
        """Frees `slot` for `who`, who is free at `another`: everybody in the chain that hangs on
        the two changes between them. Undone where somebody cannot, or no table is left."""
        chain, now, then = [], slot, another
        while now in self.plan.get(who, {}):
            partner = self.plan[who][now]
            chain.append((who, partner, now))
            if not all(self._may_move(one, now, then) for one in (who, partner)):
                return False
            who, now, then = partner, then, now
        balance = sum(1 if at == slot else -1 for _one, _other, at in chain)
        if balance > 0 and self._used(another) + balance > self.tables:
            return False
        # The one who asks for `slot` needs a table in it.
        if self._used(slot) - balance >= self.tables:
            return False
        for one, other, at in chain:
            self._take(one, other, at)
        for one, other, at in chain:
            self._put(one, other, another if at == slot else slot)
        return True

    def _may_move(self, who, now, then):
        movable = (who, now) not in self.fixed and (who, then) not in self.fixed
        return movable and then in self.free.get(who, ())

    def _used(self, slot):
        return self.load.get(slot, 0)

    def _put(self, one, other, slot):
        self.plan.setdefault(one, {})[slot] = other
        self.plan.setdefault(other, {})[slot] = one
        self.load[slot] = self._used(slot) + 1

    def _take(self, one, other, slot):
        del self.plan[one][slot], self.plan[other][slot]
        self.load[slot] -= 1
