"""Charts of what changed since the last release."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from workforce_ratings.charts.drawing import DARK_BLUE, GREY, INK, axes, in_style
from workforce_ratings.vocabulary import MEASURES, one_decimal


@in_style
def place_changes(places: pd.DataFrame, measure: str, earlier: int, census: int) -> Axes:
    """England's and each region's figure at the census before (hollow) and the newest (filled), joined by an arrow.

    `places` are updates.places', England first. Figures stand outside the two marks, so that none hides another.
    """
    rows = places[(places.measure == measure) & places.change.notna()].reset_index(drop=True)
    ax = axes(0.46 * max(len(rows), 2) + 1.7)
    styles = {
        "before": {"facecolor": "white", "label": f"census of {earlier}", "marker": "o", "s": 58},
        "after": {"facecolor": DARK_BLUE, "label": f"census of {census}", "marker": "D", "s": 52},
    }
    for row in rows.itertuples():
        arrow = {"arrowstyle": "-|>", "color": GREY, "linewidth": 1.4, "shrinkA": 4, "shrinkB": 4}
        ax.annotate("", (row.after, row.Index), xytext=(row.before, row.Index), arrowprops=arrow, zorder=2)
        for end, other in (("before", "after"), ("after", "before")):
            _figure_outside(ax, row.Index, getattr(row, end), getattr(row, other), end == "after")
    for end, style in styles.items():
        ax.scatter(rows[end], rows.index, edgecolor=DARK_BLUE, linewidth=1.6, zorder=3, **style)
    ax.set_yticks(range(len(rows)), rows.name)
    ax.set_ylim(max(len(rows), 1) - 0.5, -0.6)
    ax.set_xlim(0, 1.15 * max(1.0, rows[["before", "after"]].max().max()))
    ax.grid(visible=False, axis="y")
    if len(rows) and rows.level.iloc[0] == "England":
        ax.get_yticklabels()[0].set_fontweight("bold")
        ax.axhline(0.5, color=GREY, linewidth=0.8)
    ax.set_xlabel(MEASURES[measure].axis_label)
    ax.legend(loc="lower center", bbox_to_anchor=(0.4, 1), ncols=2, frameon=False, handletextpad=0.2)
    return ax


def _figure_outside(ax: Axes, place: int, figure: float, other: float, newest: bool) -> None:
    """The figure beside its mark, on the side away from the other one; the newest in bold, right of it where alike."""
    right = figure > other or (figure == other and newest)
    where = {"xytext": (8 if right else -8, 0), "textcoords": "offset points", "ha": "left" if right else "right"}
    weight = "bold" if newest else "normal"
    ax.annotate(one_decimal(figure), (figure, place), va="center", fontsize=11, color=INK, fontweight=weight, **where)
