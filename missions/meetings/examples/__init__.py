"""The example mission: everything that a mission has, invented, marked and in no figure.

It comes with one command and goes with one, see management/commands.
"""

import csv
from pathlib import Path

from django.db import transaction

from businesses import directory, examples
from businesses.models import Business
from missions.models import Mission, Participation, Side
from umkm_portal.accounts.models import User
from umkm_portal.outbox.models import Message
from umkm_portal.traces import erase

from ..models import MatchingRules, ScoreRun, Selection
from ..scoring_run import score_all
from ..selection import select
from . import firms
from .firms import Part, Setting, Trade
from .mail import file_letters
from .mission import announce, enrol, lay_out
from .past import look_back
from .talks import talk, wish

Status = Participation.Status
TRADES = Path(__file__).parent.parent / "data" / "example_trade.csv"
INITIATOR, HOST = "35", "64"
# The owners whose logins `create_example_logins` makes.
LOGINS = {Side.SELLER: "penjual@contoh.id", Side.BUYER: "pembeli@contoh.id"}
SHOWN_COMMODITY, FULL_COMMODITY = "kopi", "makanan-olahan"
CAST = (
    (Side.SELLER, Status.ACCEPTED, 120),
    (Side.BUYER, Status.ACCEPTED, 100),
    (Side.SELLER, Status.WAITING, 8),
    (Side.SELLER, Status.APPLIED, 7),
    (Side.BUYER, Status.APPLIED, 5),
    (Side.SELLER, Status.DECLINED, 3),
    (Side.BUYER, Status.DECLINED, 2),
    (Side.SELLER, Status.WITHDRAWN, 1),
)


@transaction.atomic
def seed(*, seed=1, cast=CAST):
    """Makes the example mission, the same for the same seed. None if it is there already."""
    if Mission.objects.filter(is_example=True).exists():
        return None
    setting = _setting(seed)
    mission = announce(setting)
    slots = lay_out(mission)
    people = [firms.invent(part, setting) for part in _parts(cast, setting)]
    _seat_owners(people)
    firms.write(people)
    enrol(mission, people, slots, setting)
    look_back(people, setting)
    talks = talk(people, setting)
    wish(people, setting)
    file_letters(mission, people, talks)
    _match(mission, setting.world)
    directory.reshelve()
    return mission


def _match(mission, world):
    """Scores all pairs at once, and shows which of them the organiser proposes."""
    run = ScoreRun.objects.create(mission=mission, requested_by=world.official)
    score_all(run.pk)
    proposed = select(mission, by=None)
    Selection.objects.filter(pk=proposed.pk).update(
        made_by=world.official, published_at=world.now, published_by=world.official
    )


def _setting(seed):
    world = examples.see_world()
    goods = {one.commodity.pk: one for one in world.goods}
    with TRADES.open(encoding="utf-8", newline="") as file:
        trades = [
            Trade(
                goods[row["commodity"]],
                row["sold_from"],
                int(row["sellers"]),
                int(row["buyers"]),
            )
            for row in csv.DictReader(file)
        ]
    return Setting(world, trades, INITIATOR, HOST, seed)


def _parts(cast, setting):
    """Each wanted participant; the first of each side belongs to an example login."""
    trades = {trade.goods.commodity.pk: trade for trade in setting.trades}
    number = 0
    for side, status, count in cast:
        for place in range(count):
            number += 1
            is_shown = status == Status.ACCEPTED and place == 0
            yield Part(
                number,
                side,
                status,
                trade=trades[SHOWN_COMMODITY]
                if is_shown
                else trades[FULL_COMMODITY]
                if status == Status.WAITING
                else None,
                email=LOGINS[side] if is_shown else "",
            )


def _seat_owners(people):
    """Gives the example logins their businesses, and one person both a seller and a buyer."""
    accounts = User.objects.filter(email__in=LOGINS.values())
    accounts = {account.email: account for account in accounts}
    for firm in people:
        firm.owner = accounts.get(firm.part.email, firm.owner)
    sellers = [firm for firm in people if firm.part.side == Side.SELLER]
    buyers = [firm for firm in people if firm.part.side == Side.BUYER]
    buyers[1].owner = sellers[1].owner


@transaction.atomic
def remove():
    """Removes example missions with all that belongs to them; whoever else tried one loses only the
    participation. Says how many missions there were."""
    missions = Mission.objects.filter(is_example=True)
    count = missions.count()
    joined = Participation.objects.filter(mission__in=missions)
    Message.objects.filter(letter__participation__in=joined).delete()
    # By far the most rows: they go without being looked at one by one.
    ScoreRun.objects.filter(mission__in=missions).delete()
    erase(joined)
    erase(MatchingRules.objects.filter(mission__in=missions))
    erase(missions)
    erase(Business.objects.filter(is_example=True, slug__regex=firms.NUMBERED))
    erase(User.objects.filter(email__endswith=f"@{firms.DOMAIN}"))
    examples.forget_world()
    return count
