"""Figures as a table of ratios within one run, as JSON, and as a chart."""

from __future__ import annotations

import json
import math
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from html import escape
from importlib import metadata
from pathlib import Path

from tests.bench.figure import OURS, Figure

LIBRARIES = ("pyoxigraph", "rdflib", "networkx", "pyvis", "rapidfuzz", "pydantic", "click")
QUERIES = ("backing, disk", "matrix, disk", "statements, disk", "coverage, disk")  # in the chart
HEADING = "## Figures\n\n"
_COLOURS = ("#0b5c8a", "#c2571a", "#5b7f2b", "#7a4a8c")
_WIDE, _HIGH, _LEFT, _FOOT = 330, 230, 52, 40


def machine() -> dict[str, str | int]:
    """What the figures hold for."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        models = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = models[0].partition(":")[2].strip() if models else cpu
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    return {
        "cpu": cpu,
        "cores": os.cpu_count() or 1,
        "memory_gib": round(memory / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: _version(name) for name in LIBRARIES},
    }


def as_json(figures: Sequence[Figure], seconds: float) -> str:
    """Every value of every repeat, with the machine."""
    found = {"machine": machine(), "seconds": round(seconds), "figures": [asdict(f) for f in figures]}
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def ratio(figure: Figure, figures: Iterable[Figure]) -> float | None:
    """How many times its floor a figure is, by medians of one run."""
    if not figure.floor or figure.floor == figure.who:
        return None
    for other in figures:
        same = (other.benchmark, other.case, other.size) == (figure.benchmark, figure.case, figure.size)
        if same and other.who == figure.floor and other.median:
            return figure.median / other.median
    return None


def missed(figures: Sequence[Figure]) -> list[str]:
    """Aims that were not reached in this run."""
    found = []
    for figure in figures:
        held = ratio(figure, figures) if figure.floor else figure.median
        if figure.most is not None and held is not None and held > figure.most:
            unit = f"times {figure.floor}" if figure.floor else figure.unit
            where = f"{figure.benchmark}, {figure.case}, {figure.size:,}"
            found.append(f"{where}: {held:,.2f} {unit}, aimed at {figure.most:g}")
    return found


def markdown(figures: Sequence[Figure]) -> str:
    """A table for each benchmark: medians, the spread (least to most), speeds, and ratios to the floor.

    A line for each case and size; what we are held against stands in its own columns, floor first.
    """
    parts = []
    for benchmark in dict.fromkeys(figure.benchmark for figure in figures):
        lines: dict[tuple[str, int], dict[str, Figure]] = {}
        for figure in figures:
            if figure.benchmark == benchmark:
                lines.setdefault((figure.case, figure.size), {})[figure.who] = figure
        others = list(dict.fromkeys(who for found in lines.values() for who in found if who != OURS))
        head = ["case", "size", OURS, "spread", "speed", *others, *(["ratio", "aim"] if others else ["aim"])]
        rows = [head, ["---", *["--:"] * (len(head) - 1)]]
        for (case, size), found in lines.items():
            rows.append([case, f"{size:,}", *_cells(found, others, figures)])
        parts.append("\n".join([f"### {benchmark}", "", *(f"| {' | '.join(row)} |" for row in rows)]))
    return "\n\n".join(parts) + "\n"


def chart(figures: Sequence[Figure]) -> str:
    """Seconds by size for each case with a floor that was measured at several sizes, as SVG."""
    cases: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        if figure.unit == "s" and figure.floor and (figure.benchmark != "query" or figure.case in QUERIES):
            cases.setdefault((figure.benchmark, figure.case), []).append(figure)
    panels = [(name, found) for name, found in cases.items() if len({f.size for f in found}) > 1]
    columns = 3
    rows = math.ceil(len(panels) / columns)
    drawn = [
        _panel(f"{name}: {case}", found, at % columns * _WIDE, at // columns * _HIGH)
        for at, ((name, case), found) in enumerate(panels)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {columns * _WIDE} {rows * _HIGH}"'
        ' font-family="sans-serif" font-size="11">\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n{"".join(drawn)}</svg>\n'
    )


def publish(figures: Sequence[Figure], seconds: float, page: Path) -> None:
    """Put a run's tables below the heading Figures of a page, the chart beside it; queries on disk only."""
    kept = [f for f in figures if f.benchmark != "query" or f.case.endswith(", disk")]
    on = machine()
    versions = ", ".join(f"{name} {on[name]}" for name in LIBRARIES)
    about = (
        f"One run of {seconds / 60:.0f} minutes on {on['cores']} cores ({on['cpu']}), {on['memory_gib']} GiB,"
        f" {on['system']}, Python {on['python']}; {versions}. Medians; the spread is from least to most.\n"
    )
    below = [f"- {line}" for line in missed(figures)] or ["- none"]
    chart_file = page.with_suffix(".svg")
    chart_file.write_text(chart(figures), encoding="utf-8")
    text = page.read_text(encoding="utf-8").partition(HEADING)[0]
    parts = [about, f"![Seconds by size]({chart_file.name})\n", markdown(kept), "Aims missed in this run:\n"]
    page.write_text(text + HEADING + "\n".join([*parts, *below]) + "\n", encoding="utf-8")


def _cells(found: Mapping[str, Figure], others: Sequence[str], figures: Sequence[Figure]) -> list[str]:
    held = [f"{_short(found[who].median)} {found[who].unit}" if who in found else "" for who in others]
    if OURS not in found:
        return ["", "", "", *held, *(["", ""] if others else [""])]
    ours = found[OURS]
    spread = (
        f"{_short(min(ours.values))} to {_short(max(ours.values))}" if len(ours.values) > 1 else "one run"
    )
    speed = f"{ours.done / ours.median:,.0f} {ours.what}/s" if ours.what and ours.median else ""
    times = ratio(ours, figures)
    aim = "" if ours.most is None else f"{ours.most:g}" + ("" if ours.floor else f" {ours.unit}")
    shown = [f"{_short(ours.median)} {ours.unit}", spread, speed, *held]
    return [*shown, *([f"{times:.2f}" if times is not None else ""] if others else []), aim]


def _panel(title: str, figures: Sequence[Figure], left: int, top: int) -> str:
    """One chart: both axes logarithmic, a line for each party, a bar for the spread."""
    sizes = [math.log10(f.size) for f in figures]
    times = [math.log10(max(value, 1e-6)) for f in figures for value in f.values]
    x0, x1 = min(sizes), max(sizes)
    y0, y1 = math.floor(min(times)), math.ceil(max(times))

    def x(size: float) -> float:
        return left + _LEFT + (math.log10(size) - x0) / (x1 - x0) * (_WIDE - _LEFT - 24)

    def y(value: float) -> float:
        return top + _HIGH - _FOOT - (math.log10(max(value, 1e-6)) - y0) / (y1 - y0 or 1) * (_HIGH - 84)

    out = [f'<text x="{left + 10}" y="{top + 18}" font-weight="bold">{escape(title)}</text>']
    for power in range(y0, y1 + 1):
        at = y(10.0**power)
        out.append(f'<path d="M{left + _LEFT} {at:.1f}H{left + _WIDE - 20}" stroke="#ddd"/>')
        out.append(
            f'<text x="{left + _LEFT - 5}" y="{at + 4:.1f}" text-anchor="end">{10.0**power:g} s</text>'
        )
    for size in sorted({f.size for f in figures}):
        where = f'x="{x(size):.1f}" y="{top + _HIGH - _FOOT + 15}"'
        out.append(f'<text {where} text-anchor="middle">{size:,}</text>')
    for number, (who, found) in enumerate(_parties(figures).items()):
        colour = _COLOURS[number % len(_COLOURS)]
        points = " ".join(f"{x(f.size):.1f},{y(f.median):.1f}" for f in found)
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.8"/>')
        for f in found:
            bar = f"M{x(f.size):.1f} {y(min(f.values)):.1f}V{y(max(f.values)):.1f}"
            out.append(f'<path d="{bar}" stroke="{colour}"/>')
            out.append(f'<circle cx="{x(f.size):.1f}" cy="{y(f.median):.1f}" r="2.6" fill="{colour}"/>')
        where = f'x="{left + 10 + number * 110}" y="{top + 34}"'
        out.append(f'<text {where} fill="{colour}">{escape(who)}</text>')
    return "".join(out) + "\n"


def _parties(figures: Sequence[Figure]) -> Mapping[str, list[Figure]]:
    found: dict[str, list[Figure]] = {}
    for figure in sorted(figures, key=lambda f: f.size):
        found.setdefault(figure.who, []).append(figure)
    return found


def _short(value: float) -> str:
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(digits, 5)}f}"


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
