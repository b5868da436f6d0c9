"""Charts of the measures side by side for the four judgements: notebook 4."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from workforce_ratings.charts.drawing import (
    DARK_BLUE,
    GREY,
    INK,
    JUDGEMENT_COLOURS,
    JUDGEMENT_DASHES,
    JUDGEMENT_LABELS,
    JUDGEMENT_MARKERS,
    axes,
    in_style,
    label_ends,
    spread,
    years_axis,
)
from workforce_ratings.vocabulary import JUDGEMENTS, MEASURES


@in_style
def by_judgement(rows: pd.DataFrame, summary: pd.DataFrame, measure: str, judgement: str = "overall") -> Axes:
    """Every inspection's linked figure as a dot, by judgement, with the mean and its 95% interval.

    `rows` is a panel, `summary` comparisons.by_judgement of it.
    """
    ax = axes(5.2)
    for position, name in enumerate(JUDGEMENTS):
        values = np.sort(rows.loc[rows[judgement] == name, measure].dropna().to_numpy(float))
        ax.scatter(
            values,
            position + spread(len(values), 0.24),
            s=22,
            color=JUDGEMENT_COLOURS[name],
            edgecolor=DARK_BLUE,
            linewidth=0.5,
        )
    means = summary.query("measure == @measure").set_index("judgement").loc[list(JUDGEMENTS)]
    reach = [means["mean"] - means.mean_ci_low, means.mean_ci_high - means["mean"]]
    ax.errorbar(means["mean"], np.arange(4) + 0.4, xerr=reach, fmt="D", color=INK, markersize=7, capsize=5, linewidth=2)
    for position, (mean, end) in enumerate(zip(means["mean"], means.mean_ci_high.fillna(means["mean"]), strict=True)):
        if not np.isnan(mean):
            ax.annotate(
                f"{mean:.1f}",
                (end, position + 0.4),
                xytext=(7, 0),
                textcoords="offset points",
                va="center",
                fontweight="bold",
            )
    ax.set_yticks(range(4), [f"{JUDGEMENT_LABELS[j]}\nn = {int(means.n[j])}" for j in JUDGEMENTS])
    ax.set_ylim(-0.4, 3.7)
    ax.set_xlim(left=0)
    ax.set_xlabel(MEASURES[measure].axis_label)
    ax.grid(visible=False, axis="y")
    return ax


@in_style
def over_time(table: pd.DataFrame, measure: str) -> Axes:
    """Mean of a measure at each census, with its 95% interval, by the judgement standing on its day.

    `table` is comparisons.by_census's.
    """
    ax = axes()
    rows = table.query("measure == @measure")
    ends = []
    for place, name in enumerate(JUDGEMENTS):
        line = rows[rows.judgement == name].sort_values("census").dropna(subset=["mean"])
        colour = JUDGEMENT_COLOURS[name] if name != "outstanding" else GREY
        style = {"color": colour, "linestyle": JUDGEMENT_DASHES[name], "linewidth": 2, "legend": False}
        sns.lineplot(x=line.census, y=line["mean"], ax=ax, **style)
        known = line.dropna(subset=["mean_ci_low"])
        # Set apart a little, so that the intervals of one census do not hide each other.
        ax.vlines(
            known.census + 0.07 * (place - 1.5), known.mean_ci_low, known.mean_ci_high, color=colour, linewidth=1.2
        )
        filling = {"color": JUDGEMENT_COLOURS[name], "edgecolor": DARK_BLUE}
        ax.scatter(line.census, line["mean"], marker=JUDGEMENT_MARKERS[name], s=44, zorder=3, **filling)
        if len(line):
            ends.append((line["mean"].iloc[-1], JUDGEMENT_LABELS[name], line.census.iloc[-1]))
    years_axis(ax, rows.census, rows.census.max())
    ax.set_ylim(0, max(1.0, 1.04 * rows[["mean", "mean_ci_high"]].max().max()))
    label_ends(ax, rows.census.max(), ends)
    ax.set_xlabel("Census of 30 September")
    ax.set_ylabel(MEASURES[measure].axis_label)
    return ax
