"""Charts of one council's report."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from workforce_ratings.charts.drawing import GREY, INK, JUDGEMENT_LABELS, LINES, axes, in_style, label_ends, years_axis
from workforce_ratings.vocabulary import MEASURES, decimal_census, marked


@in_style
def council_series(lines: pd.DataFrame, inspections: pd.DataFrame, measure: str) -> Axes:
    """A council's measure at each census beside its neighbours' median, its region and England, inspections marked.

    `lines` has census, line (council, neighbours, region, England), label and value; `inspections` inspection_start
    and overall. Gaps stay gaps: a marker in the data is not joined over.
    """
    ax = axes(4.6)
    ends = []
    for name, style in LINES.items():
        line = lines[lines.line == name].sort_values("census")
        if line.value.notna().any():
            ax.plot(line.census, line.value, markersize=6, **style)
            last = line.dropna(subset=["value"]).iloc[-1]
            ends.append((last.value, textwrap.fill(line.label.iloc[0], 14), last.census))
    shown = marked(inspections, lines.census)
    right = max([lines.census.max(), *shown.inspection_start.map(decimal_census)])
    years_axis(ax, lines.census, right)
    ax.set_ylim(0, max(1.0, 1.28 * lines.value.max()))
    _mark_inspections(ax, shown)
    label_ends(ax, right, ends)
    ax.set_xlabel("Census of 30 September")
    ax.set_ylabel(MEASURES[measure].axis_label)
    return ax


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
