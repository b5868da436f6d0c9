"""What a coefficient means in words: expected judgements of the same inspections with one measure moved by a step.

A description of the fitted association, not of what would happen. Intervals are by the delta method on the covariance
clustered by return unit.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.tools.numdiff import approx_fprime

from workforce_ratings.models.ordinal import LEVEL, Fit, NotEstimated, probabilities
from workforce_ratings.vocabulary import JUDGEMENTS, MEASURES


def changes(fitted: Fit | NotEstimated) -> pd.DataFrame:
    """average_change of every measure of a model, one row each; no rows where it could not be estimated."""
    measures = fitted.measures if isinstance(fitted, Fit) else ()
    rows = [average_change(fitted, m) | {"n": fitted.n, "clear": is_clear(fitted, m)} for m in measures]
    columns = ["measure", "step", "observed", "moved", "change", "ci_low", "ci_high", "n", "clear"]
    return pd.DataFrame(rows, columns=columns)


def is_clear(fitted: Fit, measure: str) -> bool:
    """Whether a coefficient's 95% interval is clear of zero: the one test that every sentence and title goes by."""
    at = fitted.columns.index(measure)
    reach = stats.norm.ppf(0.5 + LEVEL / 2) * np.sqrt(fitted.clustered[at, at])
    return bool(abs(fitted.estimates.iloc[at]) > reach)


def average_change(fitted: Fit, measure: str, lowest: str = "good") -> dict[str, float]:
    """What the model says of the same inspections if one measure were a step higher and the rest as they were.

    The step is the measure's own in the vocabulary (ten percentage points of agency rate, two cases).

    Average share judged `lowest` or better as observed and with the step, and their difference (`change`) with a 95%
    interval by the delta method on the clustered covariance. Shares are between 0 and 1. A description of the fitted
    association, not of what would happen.
    """
    step = MEASURES[measure].step
    moved = fitted.values
    moved[:, fitted.columns.index(measure)] += step
    x, moved = fitted.design(fitted.values), fitted.design(moved)
    first = JUDGEMENTS.index(lowest)
    observed, then = (_share(fitted.estimates.to_numpy(), at, first) for at in (x, moved))
    change, low, high = _with_interval(fitted, lambda v: _share(v, moved, first) - _share(v, x, first))
    return {
        "measure": measure,
        "step": step,
        "observed": observed,
        "moved": then,
        "change": change,
        "ci_low": low,
        "ci_high": high,
    }


def curve(fitted: Fit | NotEstimated, measure: str, lowest: str = "good") -> pd.DataFrame:
    """One row per value of a measure, over the middle nine tenths of those met: of 100 inspections, how many would be
    judged `lowest` or better if all had it and the other measures stayed as they were, with a 95% interval.

    Columns value (the measure's unit), of_100, ci_low, ci_high, clear (see is_clear). No rows without a model.
    """
    first = JUDGEMENTS.index(lowest)
    rows = []
    for value in _grid(fitted, measure):
        x = fitted.values
        x[:, fitted.columns.index(measure)] = value
        x = fitted.design(x)
        rows.append((value, *_with_interval(fitted, lambda v, x=x: 100 * _share(v, x, first))))
    frame = pd.DataFrame(rows, columns=["value", "of_100", "ci_low", "ci_high"])
    return frame.assign(clear=is_clear(fitted, measure) if rows else False)


def _grid(fitted: Fit | NotEstimated, measure: str) -> np.ndarray:
    """At most a dozen round values from the 5th to the 95th percentile of a measure among the rows of a fit."""
    if isinstance(fitted, NotEstimated):
        return np.array([])
    low, high = fitted.rows[measure].quantile([0.05, 0.95])
    step = next(step for step in (0.5, 1, 2, 5, 10, 20) if (high - low) / step < 12)
    return np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step


def shown_curve(points: pd.DataFrame, measure: str) -> pd.DataFrame:
    """A curve as a reader's table."""
    label = MEASURES[measure].axis_label
    return pd.DataFrame(
        {
            label: points.value.map("{:g}".format),
            "Good or outstanding, of 100": points.of_100,
            "95% interval": points.ci_low.map("{:.1f}".format) + " to " + points.ci_high.map("{:.1f}".format),
        }
    )


def _share(values: np.ndarray, x: np.ndarray, first: int) -> float:
    return float(probabilities(values, x)[:, first:].sum(axis=1).mean())


def _with_interval(fitted: Fit, quantity: Callable[[np.ndarray], float]) -> tuple[float, float, float]:
    """A function of the estimates with its 95% interval by the delta method, on the clustered covariance."""
    values = fitted.estimates.to_numpy()
    gradient = approx_fprime(values, quantity, centered=True)
    reach = stats.norm.ppf(0.5 + LEVEL / 2) * float(np.sqrt(gradient @ fitted.clustered @ gradient))
    point = quantity(values)
    return point, point - reach, point + reach
