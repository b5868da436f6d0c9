"""Measures side by side for the four judgements: counts, means, medians and intervals. No model, no adjustment.

Means carry a 95% t interval from a covariance clustered by return unit, because a council inspected twice, or two that
share a return, are not independent. Medians carry the distribution-free interval between order statistics.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

from workforce_ratings.vocabulary import FIVE, JUDGED, JUDGEMENTS, MEASURES, one_of

LEVEL = 0.95
FEWEST = 5
PLACES = ("council_code", "return_unit")
COLUMNS = [
    "n",
    "councils",
    "mean",
    "mean_ci_low",
    "mean_ci_high",
    "median",
    "median_ci_low",
    "median_ci_high",
    "q1",
    "q3",
]


def by_judgement(rows: pd.DataFrame, judgement: str = "overall", measures: tuple[str, ...] = FIVE) -> pd.DataFrame:
    """One row per judgement and measure: n, councils, mean, median and quartiles in the measure's unit, with 95%
    intervals (NaN where fewer than five). `rows` needs the judgement, the measures, council_code and return_unit."""
    one_of(judgement, JUDGED, "judgement")
    measures = [one_of(m, MEASURES, "a measure") for m in measures]
    rows = rows[[judgement, *measures, *PLACES]]
    parts = {name: rows[rows[judgement] == name] for name in JUDGEMENTS}
    described = [
        {"judgement": name, "measure": measure, **describe(part, measure)}
        for measure in measures
        for name, part in parts.items()
    ]
    return pd.DataFrame(described)


def describe(rows: pd.DataFrame, measure: str) -> dict[str, float]:
    """n, councils, mean, median and quartiles of one measure over rows that have it, with 95% intervals."""
    known = rows[[measure, *PLACES]].dropna(subset=[measure])
    values = known[measure].to_numpy(float)
    if not len(values):
        return dict.fromkeys(COLUMNS, np.nan) | {"n": 0, "councils": 0}
    mean_low, mean_high = mean_interval(values, known.return_unit)
    median_low, median_high = median_interval(values)
    q1, median, q3 = np.quantile(values, [0.25, 0.5, 0.75])
    numbers = [values.mean(), mean_low, mean_high, median, median_low, median_high, q1, q3]
    return dict(zip(COLUMNS, [len(values), known.council_code.nunique(), *numbers], strict=True))


def mean_interval(values: np.ndarray, units: pd.Series) -> tuple[float, float]:
    """The 95% t interval of a mean, clustered by unit; (NaN, NaN) for fewer than five values or two units."""
    groups = units.astype("category").cat.codes.to_numpy()
    clusters = len(np.unique(groups))
    if len(values) < FEWEST or clusters < 2:
        return np.nan, np.nan
    fitted = sm.OLS(values, np.ones(len(values))).fit(cov_type="cluster", cov_kwds={"groups": groups})
    reach = stats.t.ppf(0.5 + LEVEL / 2, clusters - 1) * fitted.bse[0]
    return values.mean() - reach, values.mean() + reach


def median_interval(values: np.ndarray) -> tuple[float, float]:
    """The interval between two order statistics that covers the median in at least 95% of samples; NaN below six."""
    n = len(values)
    below = int(stats.binom.ppf((1 - LEVEL) / 2, n, 0.5))
    if below == 0:
        return np.nan, np.nan
    ordered = np.sort(values)
    return ordered[below - 1], ordered[n - below]


def difference(
    rows: pd.DataFrame, measure: str, first: str, second: str, judgement: str = "overall"
) -> dict[str, float]:
    """Mean of a measure at judgement `first` less that at `second`, with a 95% t interval clustered by return unit;
    NaN where either has fewer than five figures."""
    rows = rows[[judgement, measure, "return_unit"]]
    known = rows[rows[judgement].isin([first, second])].dropna(subset=[measure])
    if min((known[judgement] == name).sum() for name in (first, second)) < FEWEST:
        return {"measure": measure, "difference": np.nan, "ci_low": np.nan, "ci_high": np.nan, "n": len(known)}
    groups = known.return_unit.astype("category").cat.codes.to_numpy()
    design = np.c_[np.ones(len(known)), (known[judgement] == first).to_numpy(float)]
    fitted = sm.OLS(known[measure].to_numpy(float), design).fit(cov_type="cluster", cov_kwds={"groups": groups})
    reach = stats.t.ppf(0.5 + LEVEL / 2, len(np.unique(groups)) - 1) * fitted.bse[1]
    gap = fitted.params[1]
    return {"measure": measure, "difference": gap, "ci_low": gap - reach, "ci_high": gap + reach, "n": len(known)}


def by_census(rows: pd.DataFrame, measures: tuple[str, ...] = FIVE) -> pd.DataFrame:
    """by_judgement of each census apart: one row per census, judgement and measure. `rows` needs `census` besides."""
    rows = rows[["census", "overall", *measures, *PLACES]]
    parts = [by_judgement(at, "overall", measures).assign(census=census) for census, at in rows.groupby("census")]
    return pd.concat(parts, ignore_index=True)


def gaps_by_census(rows: pd.DataFrame, measures: tuple[str, ...] = FIVE) -> pd.DataFrame:
    """One row per census and measure: the mean at inadequate less that at outstanding councils, with its 95% interval
    (see difference). `rows` needs `census` besides."""
    found = [
        {"census": census, **difference(at, measure, "inadequate", "outstanding")}
        for census, at in rows[["census", "overall", *measures, *PLACES]].groupby("census")
        for measure in measures
    ]
    return pd.DataFrame(found)


def both(at_inspection: pd.DataFrame, over_time: pd.DataFrame) -> pd.DataFrame:
    """The two tables in one, as measures_by_judgement.csv has them: `basis` “inspection” (the census linked to each
    inspection) or “standing” (the judgement standing on the census day, per census)."""
    frame = pd.concat([at_inspection.assign(basis="inspection"), over_time.assign(basis="standing")], ignore_index=True)
    return frame.astype({"census": "Int64"})[["basis", "census", "judgement", "measure", *COLUMNS]]


def shown(summary: pd.DataFrame, measure: str) -> pd.DataFrame:
    """by_judgement's rows of one measure as a reader's table: n, councils, mean and median with intervals, quartiles."""
    rows = summary.query("measure == @measure")
    return pd.DataFrame(
        {
            "Judgement": rows.judgement.astype(str),
            "Inspections": rows.n,
            "Councils": rows.councils,
            "Mean": rows["mean"],
            "95% interval of the mean": _told(rows.mean_ci_low, rows.mean_ci_high),
            "Median": rows["median"],
            "95% interval of the median": _told(rows.median_ci_low, rows.median_ci_high),
            "Middle half": _told(rows.q1, rows.q3),
        }
    )


def _told(low: pd.Series, high: pd.Series) -> pd.Series:
    text = low.map("{:.1f}".format) + " to " + high.map("{:.1f}".format)
    return text.where(low.notna(), "fewer than needed")


def means_by_census(over_time: pd.DataFrame, measure: str) -> pd.DataFrame:
    """by_census's means of one measure: one row per census, and for each judgement the mean, its interval and n."""
    rows = over_time.query("measure == @measure")
    interval = rows.mean_ci_low.map("{:.1f}".format) + " to " + rows.mean_ci_high.map("{:.1f}".format)
    told = rows["mean"].map("{:.1f}".format) + (", " + interval).where(rows.mean_ci_low.notna(), "")
    told = told + " (" + rows.n.astype(int).astype(str) + ")"
    wide = rows.assign(told=told.where(rows["mean"].notna(), "–")).pivot(
        index="census", columns="judgement", values="told"
    )
    wide = wide[list(JUDGEMENTS)].set_axis([f"{j[0].upper()}{j[1:]}" for j in JUDGEMENTS], axis=1)
    return wide.rename_axis(columns=None).reset_index().rename(columns={"census": "Census"}).astype({"Census": str})
