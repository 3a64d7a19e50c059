"""Positions of nodes: regions on a ring, shared nodes inside it, nodes of one region alone outside.

A region is an anchor. It owns the nodes that are nearer to it than to any other anchor; they fan out behind
it. A node that is equally near to several anchors lies inside the ring, near those anchors. So the middle
shows what regions have in common and the rim what is particular. The same graph gives the same positions.
"""

import math
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import NamedTuple

Point = tuple[float, float]
Neighbours = Mapping[str, Sequence[str]]

SPACE = 96.0  # between nodes inside the ring, sideways; names are wide
ROW = 44.0  # between the rows of a fan
STEP = 36.0  # between neighbours of one row of a fan
GAP = 150.0  # between the shared nodes, the ring and the fans
ROUNDS = 70
PULL = 0.10
MAX_REVERSED = 64  # anchors up to which the ring is improved by reversals, which is cubic


class Wedge(NamedTuple):
    """The sector behind an anchor: where it begins, and its middle and width in radians."""

    start: float
    middle: float
    width: float


@dataclass(frozen=True)
class Layout:
    """Positions by node, and the number of nearest anchors of each node (0 if none is reachable)."""

    points: dict[str, Point]
    shared: dict[str, int]


def place_nodes(
    nodes: Mapping[str, Hashable], edges: Iterable[tuple[str, str]], anchors: Collection[str]
) -> Layout:
    """Return the positions of nodes, whose values are groups: members of a group are neighbours in a fan.

    Without anchors the node with most edges is the anchor. An empty graph has no positions.
    """
    near = neighbours(nodes, edges)
    if not near:
        return Layout({}, {})
    fixed = sorted(anchor for anchor in anchors if anchor in near) or [
        max(near, key=lambda n: (len(near[n]), n))
    ]
    owners = _owners(near, fixed)
    owned: dict[str, list[str]] = {anchor: [] for anchor in fixed}
    free = {node: owner for node, (_, owner) in owners.items() if node not in owned}
    common = [node for node, owner in free.items() if len(owner) > 1]
    for node, owner in free.items():
        if len(owner) == 1:
            owned[owner[0]].append(node)
    ring = _order(fixed, owners, near)
    disc = math.sqrt(len(common) * SPACE * SPACE * 0.62 / math.pi)
    radius = 0.0 if len(ring) == 1 else max(disc, len(ring) * 70 / (2 * math.pi)) + GAP
    wedges = _wedges([len(owned[anchor]) for anchor in ring], radius + GAP)
    points: dict[str, Point] = {}
    for anchor, wedge in zip(ring, wedges, strict=True):
        points[anchor] = _at(radius, wedge.middle) if radius else (0.0, 0.0)
    points.update(_inside(sorted(common), near, points, radius - GAP))
    for anchor, wedge in zip(ring, wedges, strict=True):
        depth = {node: owners[node][0] for node in owned[anchor]}
        points.update(_fan(anchor, depth, nodes, near, wedge))
    points.update(_unreached([node for node in near if node not in owners], points))
    shared = {node: len(owners[node][1]) if node in owners else 0 for node in near}
    return Layout({node: (round(x, 1), round(y, 1)) for node, (x, y) in points.items()}, shared)


def neighbours(nodes: Iterable[str], edges: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the neighbours of each node, sorted, without loops and parallel edges."""
    found: dict[str, set[str]] = {node: set() for node in sorted(nodes)}
    for one, other in edges:
        if one != other and one in found and other in found:
            found[one].add(other)
            found[other].add(one)
    return {node: sorted(others) for node, others in found.items()}


def _owners(near: Neighbours, anchors: Sequence[str]) -> dict[str, tuple[int, tuple[str, ...]]]:
    """Return the distance to the nearest anchors, and these anchors, for every reachable node.

    Paths do not lead through other anchors.
    """
    found: dict[str, tuple[int, tuple[str, ...]]] = {anchor: (0, (anchor,)) for anchor in anchors}
    front = list(anchors)
    distance = 0
    while front:
        distance += 1
        reached: dict[str, set[str]] = {}
        for node in front:
            for other in near[node]:
                if other not in found:
                    reached.setdefault(other, set()).update(found[node][1])
        for node, owner in reached.items():
            found[node] = (distance, tuple(sorted(owner)))
        front = sorted(reached)
    return found


def _order(
    anchors: Sequence[str], owners: Mapping[str, tuple[int, tuple[str, ...]]], near: Neighbours
) -> list[str]:
    """Order anchors so that those that share most are neighbours: a greedy chain, improved by reversals."""
    common = {a: {n for n in near[a] if len(owners[n][1]) > 1} for a in anchors}

    def likeness(a: str, b: str) -> float:
        union = len(common[a] | common[b])
        return len(common[a] & common[b]) / union if union else 0.0

    table = {(a, b): likeness(a, b) for a in anchors for b in anchors}
    chain, left = [anchors[0]], set(anchors[1:])
    while left:
        following = max(sorted(left), key=lambda b: table[chain[-1], b])
        chain.append(following)
        left.remove(following)
    if len(chain) > MAX_REVERSED:
        return chain

    def worth(order: Sequence[str]) -> float:
        return sum(table[a, b] for a, b in pairwise([*order, order[0]]))

    best, improved = worth(chain), True
    while improved:
        improved = False
        for first in range(len(chain)):
            for last in range(first + 2, len(chain) + 1):
                trial = chain[:first] + chain[first:last][::-1] + chain[last:]
                if (value := worth(trial)) > best + 1e-9:
                    chain, best, improved = trial, value, True
    return chain


def _wedges(counts: Sequence[int], start: float) -> list[Wedge]:
    """Return a wedge for each number of nodes; the widest opens to the left."""
    weights = [math.sqrt(count) + 2 for count in counts]
    total = sum(weights)
    widths = [2 * math.pi * weight / total for weight in weights]
    middles, at = [], 0.0
    for width in widths:
        middles.append(at + width / 2)
        at += width
    turn = math.pi - middles[widths.index(max(widths))]
    return [Wedge(start, middle + turn, width) for middle, width in zip(middles, widths, strict=True)]


def _inside(
    nodes: Sequence[str], near: Neighbours, fixed: Mapping[str, Point], limit: float
) -> dict[str, Point]:
    """Place nodes inside the ring: each is pulled to the middle of its neighbours and pushed off others."""
    points: dict[str, list[float]] = {}
    for at, node in enumerate(nodes):
        held = [fixed[other] for other in near[node] if other in fixed]
        x, y = _mean(held) if held else (0.0, 0.0)
        turn = at * 2.399963  # the golden angle keeps equal ones apart
        points[node] = [x * 0.8 + 20 * math.cos(turn), y * 0.8 + 20 * math.sin(turn)]
    for step in range(ROUNDS):
        pull = PULL * (1 - step / ROUNDS)
        placed = {**{node: (x, y) for node, (x, y) in points.items()}, **fixed}
        for node in nodes:
            held = [placed[other] for other in near[node] if other in placed]
            x, y = _mean(held) if held else (0.0, 0.0)
            point = points[node]
            point[0] += (x - point[0]) * pull
            point[1] += (y - point[1]) * pull
        _separate(nodes, points)
        for point in points.values():
            far = math.hypot(*point)
            if far > limit > 0:
                point[0] *= limit / far
                point[1] *= limit / far
    return {node: (x, y) for node, (x, y) in points.items()}


def _separate(nodes: Sequence[str], points: Mapping[str, list[float]]) -> None:
    """Push apart nodes that are closer than SPACE sideways or 0.55 of it up and down, as names are wide."""
    cells: dict[tuple[int, int], list[str]] = {}
    for node in nodes:
        x, y = points[node]
        cells.setdefault((math.floor(x / SPACE), math.floor(y / SPACE)), []).append(node)
    for (column, row), members in cells.items():
        around = product((column - 1, column, column + 1), (row - 1, row, row + 1))
        others = [other for cell in around for other in cells.get(cell, ())]
        for node in members:
            one = points[node]
            for other in others:
                if other <= node:
                    continue
                two = points[other]
                across, down = two[0] - one[0], (two[1] - one[1]) / 0.55
                far = math.hypot(across, down)
                if far >= SPACE:
                    continue
                push = (SPACE - far) / 2
                across, down = (across / far, down / far) if far > 1e-6 else (0.6, 0.8)
                one[0] -= across * push * 0.8
                one[1] -= down * push * 0.44
                two[0] += across * push * 0.8
                two[1] += down * push * 0.44


def _fan(
    anchor: str, depth: Mapping[str, int], groups: Mapping[str, Hashable], near: Neighbours, wedge: Wedge
) -> dict[str, Point]:
    """Place an anchor's own nodes behind it: rings by distance, groups side by side, rows in turn."""
    points: dict[str, Point] = {}
    start, middle, width = wedge
    angle = {anchor: middle}
    order = {group: at for at, group in enumerate(sorted({groups[node] for node in depth}, key=str))}
    radius = start
    for distance in sorted(set(depth.values())):
        level = [node for node in depth if depth[node] == distance]
        held = {
            n: [angle[o] for o in near[n] if o in angle and depth.get(o, 0) == distance - 1] for n in level
        }
        around = {n: round(sum(a) / len(a), 3) if a else middle for n, a in held.items()}
        level.sort(key=lambda n: (around[n], order[groups[n]], len(near[n]), n))
        rows, deep = 0, 0.0
        while deep < len(level):  # rows until all find room
            deep += max(1.0, 0.9 * width * (radius + rows * ROW) / STEP)
            rows += 1
        for at, node in enumerate(level):
            share = (at + 0.5) / len(level) - 0.5
            reach = min(0.9 * width, len(level) * STEP / (rows * max(radius, 1.0)) * 1.15)
            angle[node] = middle + share * (reach if distance == 1 else 0.9 * width)
            far = radius + (at % rows) * ROW
            points[node] = _at(far, angle[node])
        radius += rows * ROW + ROW * 0.6
    return points


def _unreached(nodes: Sequence[str], points: Mapping[str, Point]) -> dict[str, Point]:
    """Place the nodes that no anchor reaches in rows below all others."""
    low = max((y for _, y in points.values()), default=0.0) + GAP
    wide = max(4, math.ceil(math.sqrt(len(nodes)) * 2))
    return {
        node: ((at % wide - (min(wide, len(nodes)) - 1) / 2) * SPACE, low + at // wide * ROW * 1.5)
        for at, node in enumerate(nodes)
    }


def _at(radius: float, angle: float) -> Point:
    return radius * math.cos(angle), radius * math.sin(angle)


def _mean(points: Sequence[Point]) -> Point:
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
