"""Charts of forecasts of the next judgement: how near they came, whether as many came as were forecast, and what they say now."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from workforce_ratings.charts.drawing import DARK_BLUE, GREY, INK, JUDGEMENT_LABELS, MIDDLE_GREY, axes, in_style
from workforce_ratings.vocabulary import JUDGEMENTS

# The models from the one that knows least to the one that knows most; base rates are what others are held against.
NAMES = {
    "deprivation": "Deprivation",
    "previous_judgement_table": "Previous judgement,\ncounted",
    "previous_judgement": "Previous judgement",
    "workforce": "Workforce",
    "workforce_and_previous": "Workforce and\nprevious judgement",
}
# Each comparison of a model's score: the difference, the ends of its interval, and how it is drawn.
AGAINST = {
    "base rates": ("base_difference", "base_ci_low", "base_ci_high", {"fmt": "o", "color": DARK_BLUE}),
    "previous judgement": ("rps_difference", "ci_low", "ci_high", {"fmt": "s", "color": "#801650"}),
}


@in_style
def score_differences(skill: pd.DataFrame) -> Axes:
    """Each model's ranked probability score less that of base rates and of the previous judgement, with 95% intervals;
    left of 0 is nearer to what was judged. `skill` is forecast.skill's."""
    rows = skill.set_index("model")
    order = [model for model in NAMES if model in rows.index]
    ax = axes(0.75 * len(order) + 1.9)
    for place, (name, (difference, low, high, style)) in zip((0.14, -0.14), AGAINST.items(), strict=True):
        # A model is not held against itself.
        part = rows.loc[[m for m in order if rows[low][m] != 0 or rows[high][m] != 0]]
        reach = [part[difference] - part[low], part[high] - part[difference]]
        y = [order.index(model) + place for model in part.index]
        ax.errorbar(
            part[difference], y, xerr=reach, capsize=4, markersize=7, linewidth=2, label=f"against {name}", **style
        )
    ax.axvline(0, color=INK, linewidth=1.2)
    ax.set_yticks(range(len(order)), [NAMES[m] for m in order])
    ax.set_ylim(-0.5, len(order) - 0.5)
    ax.set_xlabel("Difference of ranked probability scores\n(left of 0: nearer to what was judged)")
    ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False)
    return ax


@in_style
def calibrated(table: pd.DataFrame) -> Axes:
    """The share judged good or outstanding by the mean forecast of it, for each fifth of the scale, with Wilson's 95%
    interval and the number of inspections. On the line, as many came as were forecast. `table` is
    forecast.calibration's."""
    ax = axes(5.0)
    rows = 100 * table[table.n > 0][["forecast", "share", "ci_low", "ci_high"]]
    ax.plot([0, 100], [0, 100], color=GREY, linestyle="--", linewidth=1.5, label="as many as forecast")
    reach = [(rows.share - rows.ci_low).clip(lower=0), (rows.ci_high - rows.share).clip(lower=0)]
    style = {"fmt": "o", "color": DARK_BLUE, "capsize": 4, "markersize": 8, "linewidth": 2}
    ax.errorbar(rows.forecast, rows.share, yerr=reach, label="judged so, 95% interval", **style)
    for forecast, end, n in zip(rows.forecast, rows.ci_high, table.n[table.n > 0], strict=True):
        above = {"xytext": (0, 6), "textcoords": "offset points", "ha": "center", "fontsize": 11}
        ax.annotate(f"n = {n}", (forecast, end), **above)
    ax.set_xlim(0, 104)
    ax.set_ylim(-4, 112)
    ax.set_xticks(range(0, 101, 20))
    ax.set_yticks(range(0, 101, 20))
    ax.set_xlabel("Forecast: mean probability of good or outstanding (%)")
    ax.set_ylabel("Judged good or outstanding (%)")
    ax.legend(loc="lower right", frameon=False)
    return ax


@in_style
def next_by_standing(forecasts: pd.DataFrame, judgement: str) -> Axes:
    """Every council's probability of good or outstanding as a dot with its 95% interval, sorted within its standing
    overall judgement. Which judgement is named, if any, goes by the probability of that one alone: it is in the table,
    not here. `forecasts` is next_judgement.forecasts's."""
    ax = axes(7.0)
    rows = forecasts[(forecasts.judgement == judgement) & forecasts.p_good_or_outstanding.notna()]
    counts = []
    for place, name in enumerate(JUDGEMENTS):
        part = rows[rows.previous == name].sort_values("p_good_or_outstanding")
        x, low, high = (100 * part[c].to_numpy(float) for c in ("p_good_or_outstanding", "ci_low", "ci_high"))
        # As far apart as in the fullest group, so that a dot and its interval can be told from the next.
        y = place + 0.84 * (np.arange(len(part)) - (len(part) - 1) / 2) / max(1, rows.previous.value_counts().max())
        first = not place
        ax.hlines(y, low, high, color=MIDDLE_GREY, linewidth=1.1, label="95% interval" if first else None)
        ax.scatter(x, y, s=11, color=DARK_BLUE, zorder=3, label="estimate" if first else None)
        counts.append(len(part))
    labels = [f"{JUDGEMENT_LABELS[name]}\nn = {n}" for name, n in zip(JUDGEMENTS, counts, strict=True)]
    ax.set_yticks(np.arange(len(JUDGEMENTS)), labels)
    ax.set_ylim(-0.5, len(JUDGEMENTS) - 0.5)
    ax.set_xlim(0, 101)
    ax.set_xlabel("Estimated probability of good or outstanding (%)")
    ax.set_ylabel("Standing overall judgement")
    ax.grid(visible=False, axis="y")
    ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False)
    return ax
