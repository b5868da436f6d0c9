"""Charts of outcomes for children beside staffing."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from workforce_ratings.charts.drawing import DARK_BLUE, GREY, INK, axes, in_style
from workforce_ratings.vocabulary import MEASURES, OUTCOMES

# Series of the chart of associations: legend, marker, colour, and how far below the outcome's own height it stands.
SERIES = {
    "five": ("five measures", "o", DARK_BLUE, -0.24),
    "agency": ("agency rate alone", "s", "#801650", 0.0),
    "published": ("published, five measures", "D", GREY, 0.24),
}
LABELS = {
    "repeat_plans": "Repeat child\nprotection plans",
    "three_placements": "Three or more\nplacements",
    "three_in_two_years": "Three or more\nin two years",
    "same_carer": "Same carer for\ntwo years",
}


@in_style
def associations(terms: pd.DataFrame, beside: pd.DataFrame) -> Axes:
    """Coefficients of the agency rate with 95% intervals, one row of marks per outcome: ours and the published ones.

    `terms` are of models.children.associations, of which the main ones are drawn; `beside` is of beside_published.
    """
    rows = terms[terms.main & (terms.term == "agency_rate")]
    order = [name for name in OUTCOMES if name in set(rows.outcome)]
    published = beside.drop_duplicates("outcome")[["outcome", "published", "published_low", "published_high"]]
    published = published.set_axis(["outcome", "coef", "ci_low", "ci_high"], axis=1).assign(model="published")
    rows = pd.concat([rows, published], ignore_index=True).dropna(subset=["coef"])
    ax = axes(0.85 * len(order) + 1.8)
    for model, (label, marker, colour, shift) in SERIES.items():
        part = rows[rows.model == model]
        if model == "published" and part.empty:
            continue
        ax.errorbar(
            part.coef,
            [order.index(outcome) + shift for outcome in part.outcome],
            xerr=[part.coef - part.ci_low, part.ci_high - part.coef],
            fmt=marker,
            color=colour,
            markersize=7,
            capsize=4,
            linewidth=2,
            label=label,
        )
    ax.axvline(0, color=INK, linewidth=1.2)
    ax.set_yticks(range(len(order)), [LABELS.get(name, OUTCOMES[name].label) for name in order])
    ax.set_ylim(len(order) - 0.5, -0.5)
    ax.grid(visible=False, axis="y")
    ax.set_xlabel("Percentage points of the outcome\nper percentage point of agency rate")
    ax.legend(loc="lower center", bbox_to_anchor=(0.35, 1), ncols=2, frameon=False, fontsize=11)
    return ax


@in_style
def social_workers(rows: pd.DataFrame, measure: str) -> Axes:
    """Each council a dot: a measure across, the share of its children in care with three or more social workers upwards.

    `rows` is of models.children.social_workers. The line of least squares is drawn where the measure varies.
    """
    ax = axes()
    known = rows.dropna(subset=["percent", measure])
    x, y = known[measure].to_numpy(float), known.percent.to_numpy(float)
    dots = {"color": "#6BACE6", "edgecolor": DARK_BLUE, "linewidth": 0.8, "clip_on": False, "zorder": 3}
    ax.scatter(x, y, s=34, label="a council", **dots)
    if len(np.unique(x)) > 1:
        slope, level = np.polyfit(x, y, 1)
        ends = np.array([x.min(), x.max()])
        ax.plot(ends, level + slope * ends, color=INK, linestyle="--", linewidth=2, zorder=4, label="least squares")
        ax.legend(loc="upper left", frameon=False)
    ax.set_xlim(left=0)
    ax.set_ylim(0, max(60.0, 1.25 * y.max(initial=0)))
    ax.set_xlabel(MEASURES[measure].axis_label)
    ax.set_ylabel("Children in care with three or\nmore social workers (%)")
    return ax
