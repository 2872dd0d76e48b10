"""Which pairs meet: the floor first, as evenly as possible, then the greatest value.

A flow of least cost: from the source to each seller, on to each buyer it may meet, to the sink. Each
unit is a meeting. Nothing here knows a database, and nothing here knows at which time a meeting takes
place. docs/adr/0017-fair-floor-by-min-cost-flow.md has the reasons.
"""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

MOST_COST = 2**62


@dataclass(frozen=True)
class Task:
    """Sellers and buyers are named by any integers, none of them on both sides."""

    # The value of each (seller, buyer) that may meet
    pairs: dict
    # How many meetings each may have at most
    most: dict
    capacity: int
    # How many the floor still asks for
    wanted: dict = field(default_factory=dict)


class SidesOverlap(ValueError):
    """Somebody stands on both sides: the flow would take it for two, or for somebody else."""


class TooLarge(ValueError):
    """Its numbers do not fit into 64 bits; no mission comes near."""


def choose(task):
    """The best set of pairs, as a sorted list."""
    pairs = sorted(
        pair
        for pair in task.pairs
        if task.most.get(pair[0], 0) and task.most.get(pair[1], 0)
    )
    if not pairs or not task.capacity:
        return []
    flow, arcs = network(task, pairs)
    if flow.solve() != flow.OPTIMAL:
        raise TooLarge
    return [pair for pair, used in zip(pairs, flow.flows(arcs), strict=True) if used]


def network(task, pairs):
    """The flow to solve, and which of its arcs stand for `pairs`, in their order."""
    sellers, buyers = (sorted(set(side)) for side in zip(*pairs, strict=True))
    if not set(sellers).isdisjoint(buyers):
        raise SidesOverlap
    nodes = {who: number for number, who in enumerate([*sellers, *buyers])}
    source, sink = len(nodes), len(nodes) + 1
    first, each = rewards(task, pairs)
    flow = SimpleMinCostFlow()
    ends = np.array([(nodes[seller], nodes[buyer]) for seller, buyer in pairs])
    values = np.array([task.pairs[pair] for pair in pairs], dtype=np.int64)
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        ends[:, 0], ends[:, 1], np.ones(len(pairs), dtype=np.int64), -values
    )
    for who, node in nodes.items():
        way = (source, node) if node < len(sellers) else (node, sink)
        for capacity, reward in _steps(task, who, first, each):
            flow.add_arc_with_capacity_and_unit_cost(*way, capacity, -reward)
    # What is left of the capacity goes past everybody.
    flow.add_arc_with_capacity_and_unit_cost(source, sink, task.capacity, 0)
    flow.set_node_supply(source, task.capacity)
    flow.set_node_supply(sink, -task.capacity)
    return flow, arcs


def rewards(task, pairs):
    """(of a meeting that the floor asks for, of each step by which it comes before later ones).

    One step outweighs all values together, and one meeting of the floor outweighs all steps.
    """
    sides = map(set, zip(*pairs, strict=True))
    most = (sum(task.most[who] for who in side) for side in sides)
    meetings = min(task.capacity, *most)
    each = meetings * max(task.pairs[pair] for pair in pairs) + 1
    wants = [task.wanted[who] for who in task.wanted if task.most.get(who)]
    first = each * (sum(one * (one - 1) // 2 for one in wants) + 1)
    if first * (sum(wants) + 2) >= MOST_COST:
        raise TooLarge
    return first, each


def _steps(task, who, first, each):
    """[(capacity, reward), …]: the first meetings of `who`, one by one, then the others."""
    most = task.most[who]
    wanted = task.wanted.get(who, 0)
    for number in range(min(wanted, most)):
        yield 1, first + each * (wanted - number - 1)
    if most > wanted:
        yield most - wanted, 0


def faults(task, chosen):
    """What is wrong with a set of pairs, in words of a programmer; none in what may be saved."""
    met = Counter(who for pair in chosen for who in pair)
    found = [f"{pair} may not meet" for pair in chosen if pair not in task.pairs]
    found += [
        f"{who} meets {times} times"
        for who, times in met.items()
        if times > task.most.get(who, 0)
    ]
    if len(set(chosen)) < len(chosen):
        found.append("a pair meets twice")
    if len(chosen) > task.capacity:
        found.append(f"{len(chosen)} meetings")
    return found
