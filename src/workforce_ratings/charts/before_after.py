"""Charts of the measures before and after an inspection: notebook 6."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from workforce_ratings.charts.drawing import DARK_BLUE, GREY, INK, JUDGEMENT_LABELS, axes, in_style
from workforce_ratings.vocabulary import JUDGEMENTS, MEASURES

# Marker and colour by the number of censuses after the one before; 0 is the year up to it.
STYLES = ((GREY, "D"), (DARK_BLUE, "o"), ("#801650", "s"), ("#28A197", "^"))
LEGEND = {1: "one census after", 2: "two censuses after"}


@in_style
def changes_after(changes: pd.DataFrame, measure: str) -> Axes:
    """Mean change of a measure after ILACS inspections less England's, by judgement, with 95% intervals.

    `changes` is before_after.mean_changes's.
    """
    rows = changes[(changes.framework == "ILACS") & (changes.measure == measure) & changes.adjusted]
    ax = axes(5.2)
    _intervals(ax, rows, rows.judgement.astype(str).map({j: place for place, j in enumerate(JUDGEMENTS)}))
    counts = {j: ", ".join(part.n.astype(str)) for j, part in rows.groupby("judgement", sort=False)}
    ax.set_yticks(range(4), [f"{JUDGEMENT_LABELS[j]}\nn = {counts.get(j, 0)}" for j in JUDGEMENTS])
    ax.set_ylim(-0.5, 3.5)
    ax.set_xlabel(f"Change in {_lower(measure)} less England's\n({_unit(measure)})")
    return ax


@in_style
def in_each_way(ways: pd.DataFrame, measure: str) -> Axes:
    """One change told in each way, the plain one first, with 95% intervals. `ways` is before_after.in_each_way's."""
    labels = list(dict.fromkeys(ways.label))[::-1]
    ax = axes(0.85 * len(labels) + 1.5)
    _intervals(ax, ways, ways.label.map({label: place for place, label in enumerate(labels)}))
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(-0.5, max(len(labels), 1) - 0.5)
    ax.set_xlabel(f"Change in {_lower(measure)}\n({_unit(measure)})")
    return ax


def _intervals(ax: Axes, rows: pd.DataFrame, places: pd.Series) -> None:
    """Means and intervals at their places, the censuses after one below the other, each with its figure beside it."""
    lengths = sorted(set(rows.years_after) - {0})
    for years, part in rows.groupby("years_after"):
        colour, shape = STYLES[int(years) % len(STYLES)]
        below = 0.18 * (0.5 * (len(lengths) - 1) - lengths.index(years)) * 2 if years else 0
        known = part.dropna(subset=["mean_change"])
        y = places[known.index] + below
        reach = [known.mean_change - known.ci_low, known.ci_high - known.mean_change]
        label = LEGEND.get(years, f"{years} censuses after") if years else None
        style = {"fmt": shape, "color": colour, "markersize": 7, "capsize": 4, "linewidth": 2, "label": label}
        ax.errorbar(known.mean_change, y, xerr=reach, **style)
        for end, mean, height in zip(known.ci_high.fillna(known.mean_change), known.mean_change, y, strict=True):
            beside = {"xytext": (6, 0), "textcoords": "offset points", "va": "center", "fontsize": 11}
            ax.annotate(_signed(mean), (end, height), **beside)
    ax.axvline(0, color=INK, linewidth=1.2)
    ax.margins(x=0.12)
    ax.grid(visible=False, axis="y")
    if ax.get_legend_handles_labels()[1]:
        ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=len(lengths), frameon=False)


def _lower(measure: str) -> str:
    label = MEASURES[measure].label
    return label[0].lower() + label[1:]


def _unit(measure: str) -> str:
    return "percentage points" if MEASURES[measure].unit == "%" else MEASURES[measure].unit


def _signed(change: float) -> str:
    text = f"{change:+.1f}"
    return text[1:] if text in ("+0.0", "-0.0") else text
