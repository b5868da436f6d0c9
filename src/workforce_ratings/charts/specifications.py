"""The chart of the specification curve: notebook 8."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from workforce_ratings.charts.drawing import DARK_BLUE, GREY, INK, MIDDLE_GREY, axes, in_style


@in_style
def specification_curve(rows: pd.DataFrame) -> Axes:
    """Effects of one measure in rising order with their 95% intervals; the main specification is marked and named.

    `rows` are of specifications.fit for one measure, estimated ones only; intervals are drawn per standard deviation.
    """
    ordered = rows.dropna(subset=["coef"]).sort_values(["effect", "specification"]).reset_index(drop=True)
    low, high = ordered.effect_low, ordered.effect_high
    ax = axes()
    ax.vlines(np.arange(len(ordered)), low, high, color=MIDDLE_GREY, linewidth=max(0.4, min(2.5, 250 / len(ordered))))
    ax.plot(ordered.effect, ".", color=DARK_BLUE, markersize=4, label="estimate, with 95% interval in grey")
    ax.axhline(0, color=GREY, linewidth=1.2)
    main = ordered.index[ordered.departures == 0]
    for at in main:
        ax.errorbar(
            at,
            ordered.effect[at],
            yerr=[[ordered.effect[at] - low[at]], [high[at] - ordered.effect[at]]],
            fmt="D",
            color=INK,
            markersize=8,
            capsize=5,
            linewidth=2,
            label=f"main specification, {ordered.effect[at]:+.2f}",
        )
    ax.set_xlabel(f"{len(ordered)} specifications, in order of their estimate")
    ax.set_ylabel("Log odds of a better judgement\nper standard deviation")
    ax.set_xticks([])
    room = high.max() - low.min()
    ax.set_ylim(low.min() - 0.05 * room, high.max() + 0.3 * room)
    ax.legend(loc="upper left", frameon=False, fontsize=11)
    return ax
