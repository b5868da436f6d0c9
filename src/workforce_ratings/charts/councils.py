"""Charts of one council's report."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from workforce_ratings.charts.drawing import (
    GREY,
    INK,
    JUDGEMENT_COLOURS,
    JUDGEMENT_LABELS,
    LINES,
    MIDDLE_GREY,
    PALE,
    axes,
    in_style,
    label_ends,
    years_axis,
)
from workforce_ratings.vocabulary import FRAMEWORK_CHANGES, JUDGEMENT_LETTERS, MEASURES, decimal_census, marked


@in_style
def council_series(lines: pd.DataFrame, inspections: pd.DataFrame, measure: str, until: pd.Timestamp) -> Axes:
    """A council's measure at each census beside its neighbours' median, its region and England, inspections marked.

    `lines` has census, line (one of LINES), label, value, low and high (on the council's line the
    usual range for its size, NaN for none); `inspections` inspection_start and overall. Gaps stay gaps: a marker in the
    data is not joined over. Changes of framework up to the day `until` are marked above the axes.
    """
    ax = axes(4.6)
    _usual_range(ax, lines)
    ends = []
    for name, style in LINES.items():
        line = lines[lines.line == name].sort_values("census")
        if line.value.notna().any():
            ax.plot(line.census, line.value, markersize=6, **style)
            last = line.dropna(subset=["value"]).iloc[-1]
            ends.append((last.value, textwrap.fill(line.label.iloc[0], 14), last.census))
    known = lines.dropna(subset=["high"]).sort_values("census")
    ends += [(row.high, "Usual range", row.census) for row in known.tail(1).itertuples()]
    shown = marked(inspections, lines.census)
    changes = {decimal_census(day): words for day, words in FRAMEWORK_CHANGES.items() if day <= until}
    right = max([lines.census.max(), *shown.inspection_start.map(decimal_census), *changes])
    years_axis(ax, lines.census, right)
    ax.set_ylim(0, max(1.0, 1.28 * lines[["value", "high"]].max(axis=None)))
    _mark_frameworks(ax, changes)
    _mark_inspections(ax, shown)
    label_ends(ax, right, ends)
    ax.set_xlabel("Census of 30 September")
    ax.set_ylabel(MEASURES[measure].axis_label)
    return ax


def _usual_range(ax: Axes, lines: pd.DataFrame) -> None:
    """The range usual for a council of its size at each census, shaded between two thin lines; broken where unknown."""
    own = lines[lines.line == "council"].sort_values("census")
    ax.fill_between(own.census, own.low, own.high, color=PALE, alpha=0.35, linewidth=0)
    for end in ("low", "high"):
        ax.plot(own.census, own[end], color=MIDDLE_GREY, linewidth=1, marker="_", markersize=6)


def _mark_frameworks(ax: Axes, changes: dict[float, str], near: float = 2) -> None:
    """A tick above the axes at each change of framework, its words right of it, or left where it is `near` the end."""
    for at, words in changes.items():
        last = at > ax.get_xlim()[1] - near
        ax.plot([at, at], [1, 1.045], transform=ax.get_xaxis_transform(), color=INK, linewidth=1.2, clip_on=False)
        ax.annotate(
            words,
            (at, 1.0),
            xycoords=ax.get_xaxis_transform(),
            xytext=(-4 if last else 4, 3),
            textcoords="offset points",
            ha="right" if last else "left",
            va="bottom",
            fontsize=10.5,
            color=INK,
        )


# In which colour a letter can be read on the judgement's own.
ON_COLOUR = {"inadequate": "white", "requires improvement": "white", "good": INK, "outstanding": INK}
ROWS = {
    "overall": "Overall",
    "leaders": "Leaders",
    "help_and_protection": "Help and\nprotection",
    "in_care": "In care",
    "care_leavers": "Care leavers",
}
# Days by which two squares must lie apart for both to be read.
APART = 230


@in_style
def judgements_over_time(inspections: pd.DataFrame, until: pd.Timestamp) -> Axes:
    """A council's judgements: one row of squares for each thing judged, one column for each inspection on its day.

    Each square has the judgement's letters (I, RI, G, O; – for none given) in its colour with a dark outline. Changes of
    framework up to the day `until` are marked above the axes.
    """
    rows = inspections.sort_values("inspection_start")
    ax = axes(3.3)
    days = _set_apart(rows.inspection_start)
    for level, name in enumerate(ROWS):
        for at, judged in zip(days, rows[name], strict=True):
            _square(ax, at, level, None if pd.isna(judged) else str(judged))
    first, last = min(days) - pd.Timedelta(days=300), max([until, max(days)]) + pd.Timedelta(days=200)
    years = [pd.Timestamp(f"{year}-01-01") for year in range(first.year + 1, last.year + 1)]
    step = 1 + len(years) // 9
    ax.set_xticks([day.toordinal() for day in years[::step]], [str(day.year) for day in years[::step]])
    ax.set_xlim(first.toordinal(), last.toordinal())
    ax.set_ylim(len(ROWS) - 0.4, -0.6)
    ax.set_yticks(range(len(ROWS)), list(ROWS.values()))
    ax.grid(axis="y", visible=False)
    changes = {day.toordinal(): words for day, words in FRAMEWORK_CHANGES.items() if first < day <= until}
    _mark_frameworks(ax, changes, near=900)
    ax.set_xlabel("Day on which the inspection began (years begin on 1 January)")
    return ax


def _set_apart(starts: pd.Series) -> list[pd.Timestamp]:
    """The days, each moved on as far as it must be so that no square covers the one before."""
    days: list[pd.Timestamp] = []
    for start in starts:
        days.append(max(start, days[-1] + pd.Timedelta(days=APART)) if days else start)
    return days


def _square(ax: Axes, day: pd.Timestamp, level: int, judgement: str | None) -> None:
    """A judgement's letters in its own colour, or a dash on white where none was given."""
    ax.annotate(
        JUDGEMENT_LETTERS[judgement] if judgement else "–",
        (day.toordinal(), level),
        ha="center",
        va="center",
        fontsize=11.5,
        fontweight="bold",
        color=ON_COLOUR[judgement] if judgement else INK,
        bbox={
            "boxstyle": "square,pad=0.32",
            "facecolor": JUDGEMENT_COLOURS[judgement] if judgement else "white",
            "edgecolor": INK,
            "linewidth": 1.2,
        },
    )


def _mark_inspections(ax: Axes, inspections: pd.DataFrame) -> None:
    """A vertical line at each inspection with its judgement's words, set apart where two are close."""
    top = ax.get_ylim()[1]
    previous = -np.inf
    level = 0
    for row in inspections.sort_values("inspection_start").itertuples():
        at = decimal_census(row.inspection_start)
        level = (level + 1) % 3 if at - previous < 2.2 else 0
        previous = at
        words = "no overall\njudgement" if pd.isna(row.overall) else JUDGEMENT_LABELS[row.overall]
        ax.axvline(at, color=GREY, linewidth=1.2, linestyle=(0, (6, 3)))
        ax.annotate(
            words,
            (at, top * (0.985 - 0.095 * level)),
            xytext=(3, 0),
            textcoords="offset points",
            va="top",
            fontsize=10,
            color=INK,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.9},
        )
