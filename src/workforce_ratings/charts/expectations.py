"""The chart of a council's last judgement beside the probabilities that a model gives to its staffing."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from workforce_ratings.charts.drawing import DARK_BLUE, INK, JUDGEMENT_COLOURS, JUDGEMENT_LABELS, axes, in_style
from workforce_ratings.vocabulary import JUDGEMENTS

# Four bars need no more; this narrow, the chart is seen whole in a window of 400 pixels (see runs.rendering).
NARROW = 4.8
# The axis is this much longer than the longest interval, for its figure and the word beside it.
ROOM = 1.5


@in_style
def judgement_probabilities(table: pd.DataFrame) -> Axes:
    """The probability of each overall judgement as a bar from zero with its 95% interval; the one given has a heavier
    outline and its word. `table` is that of models.expectations.expected."""
    ax = axes(3.3)
    ax.figure.set_figwidth(NARROW)
    rows = table.set_index("judgement").loc[list(JUDGEMENTS)]
    share, low, high = (100 * rows[name].to_numpy(float) for name in ("p", "p_ci_low", "p_ci_high"))
    given = rows.given.to_numpy(bool)
    at = np.arange(len(rows))
    colours = [JUDGEMENT_COLOURS[name] for name in rows.index]
    outline = {"edgecolor": [INK if one else DARK_BLUE for one in given], "linewidth": np.where(given, 3.0, 1.0)}
    ax.barh(at, share, height=0.62, color=colours, **outline)
    reach = [(share - low).clip(min=0), (high - share).clip(min=0)]
    bars = ax.errorbar(share, at, xerr=reach, fmt="none", ecolor=INK, elinewidth=1.8, capsize=5, capthick=1.8, zorder=4)
    # On the darkest bar a dark line would be lost.
    for line in (*bars.lines[1], *bars.lines[2]):
        line.set_path_effects([withStroke(linewidth=4.5, foreground="white")])
    ends = np.where(np.isnan(high), share, high)
    for place, p, end, one in zip(at, share, ends, given, strict=True):
        beside = {"xytext": (8, 0), "textcoords": "offset points", "va": "center"}
        words = f"{_figure(p)}, given" if one else _figure(p)
        ax.annotate(words, (end, place), fontweight="bold" if one else "normal", **beside)
    ax.set_yticks(at, [JUDGEMENT_LABELS[name] for name in rows.index])
    for label, one in zip(ax.get_yticklabels(), given, strict=True):
        label.set_fontweight("bold" if one else "normal")
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.set_xlim(0, max(ROOM * ends.max(), 10))
    ax.grid(visible=False, axis="y")
    ax.set_xlabel("Estimated probability (%),\nwith 95% interval")
    return ax


def _figure(percent: float) -> str:
    return "under 1%" if 0 < percent < 0.5 else f"{percent:.0f}%"
