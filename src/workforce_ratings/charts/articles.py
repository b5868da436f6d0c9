"""Charts of what articles say: notebook 3."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from workforce_ratings.charts.drawing import DARK_BLUE, axes, in_style


@in_style
def verdicts(summary: pd.DataFrame) -> Axes:
    """How many article figures have each verdict, as bars. Columns: verdict, figures, judgements."""
    ax = axes(3.4)
    order = summary[::-1]
    counts = order.figures + order.judgements
    ax.barh(order.verdict, counts, color=DARK_BLUE, height=0.6)
    for position, count in enumerate(counts):
        ax.annotate(str(count), (count, position), xytext=(5, 0), textcoords="offset points", va="center")
    ax.set_xlabel("Figures and judgements in articles")
    ax.set_xlim(0, counts.max() * 1.12)
    ax.grid(visible=False, axis="y")
    return ax
