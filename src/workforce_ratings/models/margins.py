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

from workforce_ratings.models.ordinal import LEVEL, Fit, NotEstimated, bootstrap, probabilities
from workforce_ratings.vocabulary import JUDGEMENTS, MEASURES


def changes(fitted: Fit | NotEstimated) -> pd.DataFrame:
    """average_change of every measure of a model, one row each; no rows where it could not be estimated."""
    measures = fitted.measures if isinstance(fitted, Fit) else ()
    rows = [average_change(fitted, m) | {"n": fitted.n, "clear": is_clear(fitted, m)} for m in measures]
    columns = ["measure", "step", "observed", "moved", "change", "ci_low", "ci_high", "n", "clear"]
    return pd.DataFrame(rows, columns=columns)


def is_clear(fitted: Fit, measure: str) -> bool:
    """Whether a coefficient's 95% interval, clustered and by bootstrap, is clear of zero: what sentences and titles go by."""
    at = fitted.columns.index(measure)
    reach = stats.norm.ppf(0.5 + LEVEL / 2) * np.sqrt(fitted.clustered[at, at])
    drawn = bootstrap(fitted).iloc[at]
    unclear = drawn.boot_low <= 0 <= drawn.boot_high
    return bool(abs(fitted.estimates.iloc[at]) > reach and not unclear)


def average_change(fitted: Fit, measure: str, lowest: str = "good") -> dict[str, float]:
    """What the model says of the same inspections if one measure were a step higher and the rest as they were.

    The step is the measure's own in the vocabulary (ten percentage points of agency rate, two cases).

    Average share judged `lowest` or better, by the model, as they were (`observed`) and with the step, and their difference
    (`change`) with a 95% interval by the delta method on the clustered covariance. Shares are between 0 and 1. A
    description of the fitted association, not of what would happen.
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


def shown_changes(rows: pd.DataFrame) -> pd.DataFrame:
    """changes()'s rows as a reader's table, of 100 inspections."""
    interval = (100 * rows.ci_low).map("{:+.1f}".format) + " to " + (100 * rows.ci_high).map("{:+.1f}".format)
    return pd.DataFrame(
        {
            "Measure": [f"{MEASURES[m].label}, {MEASURES[m].step_words} higher" for m in rows.measure],
            "By the model, as they were": 100 * rows.observed,
            "With the step": 100 * rows.moved,
            "Difference": (100 * rows.change).map("{:+.1f}".format),
            "95% interval": interval,
        }
    )


def each_judgement(fitted: Fit | NotEstimated) -> pd.DataFrame:
    """One row per measure and judgement: of 100 inspections, how many more the model expects at that judgement with the
    measure a step higher and the rest as they were (`change`), with a 95% interval. No rows without a model."""
    rows = []
    for measure in fitted.measures if isinstance(fitted, Fit) else ():
        moved = fitted.values
        moved[:, fitted.columns.index(measure)] += MEASURES[measure].step
        x, moved = fitted.design(fitted.values), fitted.design(moved)
        for at, judgement in enumerate(JUDGEMENTS):
            told = _with_interval(fitted, lambda v, x=x, moved=moved, at=at: 100 * _gap(v, x, moved, at))
            rows.append((measure, judgement, *told))
    return pd.DataFrame(rows, columns=["measure", "judgement", "change", "ci_low", "ci_high"])


def _gap(values: np.ndarray, x: np.ndarray, moved: np.ndarray, at: int) -> float:
    return float((probabilities(values, moved) - probabilities(values, x))[:, at].mean())


def shown_each(rows: pd.DataFrame) -> pd.DataFrame:
    """each_judgement's rows as a reader's table: one row per measure, a column for each judgement."""
    interval = rows.ci_low.map("{:+.1f}".format) + " to " + rows.ci_high.map("{:+.1f}".format)
    told = rows.assign(told=rows.change.map("{:+.1f}".format) + " (" + interval + ")")
    wide = told.pivot(index="measure", columns="judgement", values="told").reindex(
        index=[m for m in MEASURES if m in set(rows.measure)], columns=list(JUDGEMENTS)
    )
    names = [f"{MEASURES[m].label}, {MEASURES[m].step_words} higher" for m in wide.index]
    return pd.DataFrame({"Measure": names, **{f"{j[0].upper()}{j[1:]}": wide[j].to_numpy() for j in JUDGEMENTS}})


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
