"""Positions of nodes: regions on a ring, shared nodes inside it, nodes of one region alone outside.

A region is an anchor. It owns the nodes that are nearer to it than to any other anchor; they fan out behind
it. A node that is equally near to several anchors lies inside the ring, near those anchors. So the middle
shows what regions have in common and the rim what is particular. The same graph gives the same positions.
"""

import math
from cmath import rect
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise, product

#: The sector behind an anchor: where it begins, and its middle and width in radians.
Wedge = tuple[float, float, float]
Neighbours = Mapping[str, Sequence[str]]

SPACE = 96.0  # between nodes inside the ring, sideways; names are wide
ROW = 44.0  # between the rows of a fan
STEP = 36.0  # between neighbours of one row of a fan
GAP = 150.0  # between the shared nodes, the ring and the fans
ROUNDS = 70
PULL = 0.10
MAX_REVERSED = 64  # anchors up to which the ring is improved by reversals, which is cubic


@dataclass(frozen=True)
class Layout:
    """Positions by node, and the number of nearest anchors of each node (0 if none is reachable)."""

    points: dict[str, tuple[float, float]]
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
    # points are complex numbers: x to the right, y down
    points = {anchor: rect(radius, middle) for anchor, (_, middle, _) in zip(ring, wedges, strict=True)}
    points.update(_inside(sorted(common), near, points, radius - GAP))
    for anchor, wedge in zip(ring, wedges, strict=True):
        depth = {node: owners[node][0] for node in owned[anchor]}
        points.update(_fan(anchor, depth, nodes, near, wedge))
    points.update(_unreached([node for node in near if node not in owners], points))
    shared = {node: len(owners[node][1]) if node in owners else 0 for node in near}
    return Layout({node: (round(p.real, 1), round(p.imag, 1)) for node, p in points.items()}, shared)


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
    pairs = product(anchors, repeat=2)
    table = {(a, b): len(common[a] & common[b]) / (len(common[a] | common[b]) or 1) for a, b in pairs}
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
    ends = accumulate(widths, initial=0.0)
    middles = [end + width / 2 for end, width in zip(ends, widths, strict=False)]
    turn = math.pi - middles[widths.index(max(widths))]
    return [(start, middle + turn, width) for middle, width in zip(middles, widths, strict=True)]


def _inside(
    nodes: Sequence[str], near: Neighbours, fixed: Mapping[str, complex], limit: float
) -> dict[str, complex]:
    """Place nodes inside the ring: each is pulled to the middle of its neighbours and pushed off others."""

    def middle(node: str, placed: Mapping[str, complex]) -> complex:
        held = [placed[other] for other in near[node] if other in placed]
        return sum(held) / len(held) if held else 0j

    # the golden angle keeps equal ones apart
    points = {node: middle(node, fixed) * 0.8 + rect(20, at * 2.399963) for at, node in enumerate(nodes)}
    for step in range(ROUNDS):
        placed = {**points, **fixed}
        for node in nodes:
            points[node] += (middle(node, placed) - points[node]) * (PULL * (1 - step / ROUNDS))
        _separate(nodes, points)
        for node, point in points.items():
            far = math.hypot(point.real, point.imag)
            points[node] = point * (limit / far) if far > limit > 0 else point
    return points


def _separate(nodes: Sequence[str], points: dict[str, complex]) -> None:
    """Push apart nodes that are closer than SPACE sideways or 0.55 of it up and down, as names are wide."""
    cells: dict[tuple[int, int], list[str]] = {}
    for node in nodes:
        cell = math.floor(points[node].real / SPACE), math.floor(points[node].imag / SPACE)
        cells.setdefault(cell, []).append(node)
    for (column, row), members in cells.items():
        around = product((column - 1, column, column + 1), (row - 1, row, row + 1))
        others = [other for cell in around for other in cells.get(cell, ())]
        for node, other in product(members, others):
            apart = points[other] - points[node]
            across, down = apart.real, apart.imag / 0.55
            far = math.hypot(across, down)
            if other > node and far < SPACE:
                push = (SPACE - far) / 2
                across, down = (across / far, down / far) if far > 1e-6 else (0.6, 0.8)
                move = complex(across * push * 0.8, down * push * 0.44)
                points[node] -= move
                points[other] += move


def _fan(
    anchor: str, depth: Mapping[str, int], groups: Mapping[str, Hashable], near: Neighbours, wedge: Wedge
) -> dict[str, complex]:
    """Place an anchor's own nodes behind it: rings by distance, groups side by side, rows in turn."""
    points: dict[str, complex] = {}
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
            points[node] = rect(radius + (at % rows) * ROW, angle[node])
        radius += rows * ROW + ROW * 0.6
    return points


def _unreached(nodes: Sequence[str], points: Mapping[str, complex]) -> dict[str, complex]:
    """Place the nodes that no anchor reaches in rows below all others."""
    low = max((point.imag for point in points.values()), default=0.0) + GAP
    wide = max(4, math.ceil(math.sqrt(len(nodes)) * 2))
    return {
        node: complex((at % wide - (min(wide, len(nodes)) - 1) / 2) * SPACE, low + at // wide * ROW * 1.5)
        for at, node in enumerate(nodes)
    }
