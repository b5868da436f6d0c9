"""Charts of models of the judgement given the staffing: notebook 5."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from workforce_ratings.charts.drawing import DARK_BLUE, GREY, INK, axes, in_style
from workforce_ratings.vocabulary import MEASURES


@in_style
def coefficients(terms: pd.DataFrame) -> Axes:
    """Coefficients per standard deviation with 95% intervals; right of zero goes with a better judgement.

    `terms` are rows of ordinal.terms of one or more standardised models.
    """
    rows = terms[terms.term.isin(list(MEASURES))]
    names = list(dict.fromkeys(rows.model))
    ax = axes(0.42 * len(rows) + 1.6)
    shapes = dict(zip(names, ("o", "s", "D", "^"), strict=False))
    order = [m for m in MEASURES if m in set(rows.term)][::-1]
    for at, model in enumerate(names):
        part = rows[rows.model == model]
        y = np.array([order.index(t) for t in part.term]) + 0.18 * (0.5 * (len(names) - 1) - at) * 2
        ax.errorbar(
            part.coef,
            y,
            xerr=[part.coef - part.ci_low, part.ci_high - part.coef],
            fmt=shapes[model],
            capsize=4,
            color=(DARK_BLUE, "#801650", GREY, "#28A197")[at],
            markersize=7,
            linewidth=2,
            label=f"model {model.removesuffix('_standardised')}",
        )
    ax.axvline(0, color=INK, linewidth=1.2)
    ax.set_yticks(range(len(order)), [MEASURES[m].label for m in order])
    ax.set_ylim(-0.6, len(order) - 0.4)
    ax.set_xlabel("Change in log odds of a better judgement\nper standard deviation of the measure")
    if len(names) > 1:
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=len(names), frameon=False)
    return ax


@in_style
def expected(curve: pd.DataFrame, measure: str) -> Axes:
    """Of 100 inspections, how many the model puts at good or outstanding as one measure varies, with a 95% band.

    `curve` is ordinal.curve's: value, of_100, ci_low, ci_high.
    """
    ax = axes()
    ax.fill_between(curve.value, curve.ci_low, curve.ci_high, color="#DCEAF7", label="95% interval")
    ax.plot(curve.value, curve.ci_low, color=DARK_BLUE, linewidth=0.8, linestyle=":")
    ax.plot(curve.value, curve.ci_high, color=DARK_BLUE, linewidth=0.8, linestyle=":")
    ax.plot(curve.value, curve.of_100, color=DARK_BLUE, linewidth=2.5, label="estimate")
    ax.set_ylim(0, 100)
    ax.set_xlim(curve.value.min(), curve.value.max())
    ax.set_xlabel(MEASURES[measure].axis_label)
    ax.set_ylabel("Good or outstanding, of 100")
    ax.legend(loc="upper right", frameon=False)
    return ax
