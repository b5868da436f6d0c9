"""Funnel plots: a rate by the size of what it is a rate of, with limits that narrow with size."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from workforce_ratings.charts.drawing import (
    DARK_BLUE,
    GREY,
    INK,
    JUDGEMENT_COLOURS,
    JUDGEMENT_LABELS,
    JUDGEMENT_MARKERS,
    axes,
    in_style,
    lay_out,
    tie,
)
from workforce_ratings.vocabulary import DPI, JUDGEMENTS, MEASURES

# What the size is that runs along the axis, full-time equivalent.
SIZES = {
    "agency_rate": "Agency and employed social workers",
    "turnover_rate": "Social workers in post",
    "vacancy_rate": "Vacant and filled posts",
    "absence_rate": "Social workers in post",
    "caseload": "Social workers who hold cases",
}
SIZE_TICKS = (30, 50, 100, 200, 300, 400, 600, 800, 1000, 1500)
MOST_NAMES = 6
# Points that a name can be above or below its mark and still be read as its own.
NEAR = 15
# Inches between a name and a mark that keep the two apart.
CLEAR = 0.04
DASHES = {"95": "--", "998": "-"}
LEVELS = {"95": "95%", "998": "99.8%"}
# Where a name is tried around its mark, in points and in this order: (right, up, how it is aligned).
AROUND = [
    *((8, up, "left") for up in (0, 9, -9)),
    *((-8, up, "right") for up in (0, 9, -9)),
    *((0, up, "center") for up in (15, -15)),
    *(
        (side * 14, up, align)
        for up in (24, -24, 36, -36, 48, -48, 60, -60)
        for side, align in ((1, "left"), (-1, "right"))
    ),
]
# How much of a name lies left of where it is set.
BEFORE = {"left": 0, "center": 0.5, "right": 1}


@in_style
def funnel(units: pd.DataFrame, curves: pd.DataFrame, measure: str, highlight: str = "") -> Axes:
    """Each return unit's rate by its size, marked by its standing judgement, between the limits of funnels.limits.

    `units` are funnels.units'. Those beyond the 99.8% limits are named, six at most, and the one whose return unit is
    `highlight` is ringed and named.
    """
    ax = axes(5.4)
    ax.set_xscale("function", functions=(np.sqrt, np.square))
    ax.set_xlim(0.93 * curves["size"].min(), 1.03 * curves["size"].max())
    ax.set_ylim(0, 1.1 * max(units.rate.max(), curves.high_998.iloc[-1]))
    _limit_lines(ax, curves)
    _marks(ax, units)
    ax.set_xticks([tick for tick in SIZE_TICKS if ax.get_xlim()[0] <= tick <= ax.get_xlim()[1]])
    ax.set_xticks([], minor=True)
    ax.set_xlabel(f"{SIZES[measure]}\n(full-time equivalent, square-root scale)")
    ax.set_ylabel(MEASURES[measure].axis_label)
    ax.legend(loc="lower left", bbox_to_anchor=(-0.02, 1), ncols=2, frameon=False, fontsize=11, handletextpad=0.2)
    own = units[units.return_unit == highlight]
    ax.scatter(own.denominator, own.rate, s=190, facecolor="none", edgecolor=INK, linewidth=2, zorder=5)
    named = pd.concat([own, _beyond(units)]).drop_duplicates("return_unit").sort_values(["denominator", "name"])
    _name(ax, named, units, curves)
    return ax


def _limit_lines(ax: Axes, curves: pd.DataFrame) -> None:
    """The pooled rate and both pairs of limits, each labelled right of the axes where there is room beside the others."""
    ax.plot(curves["size"], curves.target, color=INK, linewidth=1.2)
    ends = [(curves.target.iloc[-1], f"Pooled\n{curves.target.iloc[-1]:.1f}")]
    for level, dash in DASHES.items():
        for side in ("high", "low"):
            line = curves[f"{side}_{level}"]
            ax.plot(curves["size"], line, color=GREY, linestyle=dash, linewidth=1.4)
            ends.append((line.iloc[-1], LEVELS[level]))
    top, placed = ax.get_ylim()[1], []
    for height, label in ends:
        if all(abs(height - other) > 0.055 * top for other in placed):
            where = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "xytext": (4, 0)}
            ax.annotate(label, (1, height), va="center", fontsize=11, annotation_clip=False, **where)
            placed.append(height)


def _marks(ax: Axes, units: pd.DataFrame) -> None:
    """One mark for each return unit; a plus where its councils have no judgement, or two different ones."""
    for judgement in JUDGEMENTS:
        rows = units[units.overall == judgement]
        style = {"marker": JUDGEMENT_MARKERS[judgement], "color": JUDGEMENT_COLOURS[judgement], "clip_on": False}
        label = JUDGEMENT_LABELS[judgement].replace("\n", " ")
        ax.scatter(
            rows.denominator, rows.rate, s=36, edgecolor=DARK_BLUE, linewidth=0.7, zorder=3, label=label, **style
        )
    rows = units[units.overall.isna()]
    if len(rows):
        label = "No judgement, or two"
        ax.scatter(rows.denominator, rows.rate, s=50, marker="+", color=INK, linewidth=1.6, zorder=3, label=label)


def _beyond(units: pd.DataFrame) -> pd.DataFrame:
    """Those beyond the 99.8% limits that lie furthest out, six at most."""
    rows = units[units.position.str.endswith("99.8%")]
    return rows.assign(far=rows.z.abs()).sort_values(["far", "name"], ascending=[False, True]).head(MOST_NAMES)


def _name(ax: Axes, rows: pd.DataFrame, units: pd.DataFrame, curves: pd.DataFrame) -> None:
    """Names beside their marks, each at the first place around it where it covers no other name, no mark that is named
    and fewest others, or, among those alike, least of the limits."""
    lay_out(ax.figure)
    inside = ax.get_window_extent()
    named, marks = (ax.transData.transform(those[["denominator", "rate"]]) for those in (rows, units))
    lines = [ax.transData.transform(curves[["size", name]]) for name in curves.columns.drop("size")]
    taken: list[Bbox] = []
    for row, mark in zip(rows.itertuples(), named, strict=True):
        label = _label(ax, row)
        size = label.get_window_extent().size
        label.remove()
        boxes = [_box(size, mark, place) for place in AROUND]
        faults = [
            (
                any(box.overlaps(other) for other in taken),
                not (box.x0 >= inside.x0 and box.x1 <= inside.x1 and box.y0 >= inside.y0 and box.y1 <= inside.y1),
                box.padded(CLEAR * DPI).count_contains(named),
                box.padded(CLEAR * DPI).count_contains(marks),
                sum(box.count_contains(line) for line in lines),
                at,
            )
            for at, box in enumerate(boxes)
        ]
        best = min(faults)[-1]
        _label(ax, row, AROUND[best], tied=abs(AROUND[best][1]) > NEAR)
        taken.append(boxes[best])


def _box(size: np.ndarray, mark: np.ndarray, place: tuple[int, int, str]) -> Bbox:
    """Where a name of that size lies in pixels if it is set at a place around its mark."""
    right, up, align = place
    x, y = mark + np.array([right, up]) * DPI / 72
    return Bbox.from_bounds(x - BEFORE[align] * size[0], y - size[1] / 2, *size)


def _label(ax: Axes, row: NamedTuple, place: tuple[int, int, str] = AROUND[0], tied: bool = False) -> Annotation:
    """A return unit's name set beside its mark, or further off and tied to it by a line."""
    right, up, align = place
    return ax.annotate(
        row.name.replace(" / ", " and\n"),
        (row.denominator, row.rate),
        xytext=(right, up),
        textcoords="offset points",
        ha=align,
        va="center",
        arrowprops=tie(4, GREY) if tied else None,
        fontsize=11,
        fontweight="bold",
        path_effects=[withStroke(linewidth=3, foreground="white")],
        zorder=6,
    )
