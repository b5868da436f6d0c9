"""The judgement given the staffing: proportional-odds (ordinal logit) models by statsmodels' OrderedModel.

The model says by how much the log odds of a better judgement differ between inspections whose linked census differs
by one unit of a measure, the other measures held equal. A positive coefficient goes with a better judgement. It is an
association among councils that were inspected, not an effect. Joint returns and repeated inspections put several rows
into one return unit, so intervals and p values rest on a covariance clustered by return unit (the sandwich of
statsmodels, with its small-sample correction).

A model that cannot be estimated says why, in place of numbers.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.discrete.discrete_model import Logit
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.tools.numdiff import approx_fprime
from statsmodels.tools.sm_exceptions import PerfectSeparationError, PerfectSeparationWarning

from workforce_ratings.vocabulary import FIVE, JUDGED, JUDGEMENTS, MEASURES, THREE, one_of

# Measures of each model; the standardised forms divide each by its standard deviation among the rows used.
MODELS = {"three": THREE, "five": FIVE, "three_standardised": THREE, "five_standardised": FIVE}
STANDARDISED = ("three_standardised", "five_standardised")
THRESHOLDS = tuple(f"{low}|{high}" for low, high in pairwise(JUDGEMENTS))

# Beyond this many log odds per standard deviation a coefficient is running off to infinity: the data are separated.
SEPARATED = 15
LEVEL = 0.95
TERM_COLUMNS = [
    "model",
    "judgement",
    "census_rule",
    "term",
    "coef",
    "se",
    "se_clustered",
    "ci_low",
    "ci_high",
    "p",
    "n",
    "councils",
    "loglik",
]


@dataclass(frozen=True)
class Fit:
    """An estimated model: coefficients then thresholds, their covariances, and the rows they rest on."""

    model: str
    judgement: str
    census_rule: str
    measures: tuple[str, ...]
    estimates: pd.Series
    covariance: np.ndarray
    clustered: np.ndarray
    rows: pd.DataFrame
    loglik: float
    centre: np.ndarray
    scale: np.ndarray

    @property
    def n(self) -> int:
        return len(self.rows)

    @property
    def values(self) -> np.ndarray:
        """The measures of the rows in their own units; (n, measures)."""
        return self.rows[list(self.measures)].to_numpy(float, copy=True)

    def design(self, values: np.ndarray) -> np.ndarray:
        """Measures in their own units as the model was given them: standardised where it is a standardised one."""
        return (values - self.centre) / self.scale


@dataclass(frozen=True)
class NotEstimated:
    """A model that the data cannot give, and why."""

    model: str
    judgement: str
    census_rule: str
    reason: str
    n: int

    @property
    def sentence(self) -> str:
        return f"The {self.model} model of {self.judgement} cannot be estimated: {self.reason}."


def complete(panel: pd.DataFrame, judgement: str, measures: tuple[str, ...]) -> pd.DataFrame:
    """The inspections with the judgement and every measure: markers are not numbers, so those rows are left out."""
    return panel.dropna(subset=[judgement, *measures]).reset_index(drop=True)


def fit(panel: pd.DataFrame, model: str, judgement: str = "overall", census_rule: str = "before") -> Fit | NotEstimated:
    """Fits one of MODELS to a panel (one row per inspection, see panel.build) by maximum likelihood."""
    measures = MODELS[model]
    one_of(judgement, JUDGED, "judgement")
    rows = complete(panel, judgement, measures)
    x = rows[list(measures)].astype(float)
    reason = _unusable(rows[judgement], x)
    if reason:
        return NotEstimated(model, judgement, census_rule, reason, len(rows))
    spread = x.std(ddof=1)
    scale = np.ones(len(measures)) if not model.endswith("standardised") else spread.to_numpy()
    centre = np.zeros(len(measures)) if not model.endswith("standardised") else x.mean().to_numpy()
    result = _maximise(rows[judgement].cat.codes.to_numpy(), (x.to_numpy() - centre) / scale, rows.return_unit)
    if isinstance(result, str):
        return NotEstimated(model, judgement, census_rule, result, len(rows))
    plain, clustered = result
    if np.any(np.abs(plain.params[: len(measures)] * spread.to_numpy() / scale) > SEPARATED):
        return NotEstimated(model, judgement, census_rule, "the measures separate the judgements completely", len(rows))
    turn = _threshold_jacobian(plain.params, len(measures))
    values = np.r_[plain.params[: len(measures)], plain.model.transform_threshold_params(plain.params)[1:-1]]
    return Fit(
        model,
        judgement,
        census_rule,
        measures,
        pd.Series(values, index=[*measures, *THRESHOLDS]),
        turn @ plain.cov_params() @ turn.T,
        turn @ clustered.cov_params() @ turn.T,
        rows,
        float(plain.llf),
        centre,
        scale,
    )


def _unusable(judged: pd.Series, x: pd.DataFrame) -> str | None:
    """Why these rows cannot carry the model, or None."""
    present = judged.cat.codes.nunique()
    if present < len(JUDGEMENTS):
        absent = [j for j in JUDGEMENTS if j not in set(judged)]
        return f"no inspection with the judgement {' or '.join(absent)} among {len(x)}"
    if len(x) < 10 * (x.shape[1] + 3):
        return f"{len(x)} inspections are too few for {x.shape[1]} measures"
    flat = [c for c in x if x[c].nunique() == 1]
    if flat:
        return f"{flat[0]} is the same in every inspection"
    if np.linalg.matrix_rank(x - x.mean()) < x.shape[1]:
        return "a measure is a combination of the others"
    return None


def _maximise(codes: np.ndarray, x: np.ndarray, units: pd.Series):
    """Newton's method from bfgs's answer; the result with its plain and its clustered covariance, or a reason."""
    groups = units.astype("category").cat.codes.to_numpy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model = OrderedModel(codes, x, distr="logit")
            start = model.fit(method="bfgs", maxiter=2000, disp=False).params
            plain = model.fit(method="newton", start_params=start, maxiter=100, disp=False)
            clustered = model.fit(
                method="newton",
                start_params=plain.params,
                maxiter=100,
                disp=False,
                cov_type="cluster",
                cov_kwds={"groups": groups},
            )
        except (np.linalg.LinAlgError, ValueError) as error:
            return f"the likelihood has no clear maximum ({type(error).__name__})"
    if not plain.mle_retvals["converged"] or not np.isfinite(plain.bse).all():
        return "the fit did not converge"
    return plain, clustered


def _threshold_jacobian(params: np.ndarray, k: int) -> np.ndarray:
    """d(coefficients, thresholds) / d(statsmodels' parameters): it keeps the first threshold and logs of the gaps."""
    size = len(params)
    turn = np.eye(size)
    for row in range(k + 1, size):
        turn[row, k] = 1.0
        turn[row, k + 1 : row + 1] = np.exp(params[k + 1 : row + 1])
    return turn


def terms(fitted: Fit) -> pd.DataFrame:
    """One row per measure and threshold, in the columns of ordinal_models.csv; intervals of 95%, clustered."""
    z = stats.norm.ppf(0.5 + LEVEL / 2)
    se, robust = np.sqrt(np.diag(fitted.covariance)), np.sqrt(np.diag(fitted.clustered))
    coef = fitted.estimates.to_numpy()
    return pd.DataFrame(
        {
            "model": fitted.model,
            "judgement": fitted.judgement,
            "census_rule": fitted.census_rule,
            "term": fitted.estimates.index,
            "coef": coef,
            "se": se,
            "se_clustered": robust,
            "ci_low": coef - z * robust,
            "ci_high": coef + z * robust,
            "p": 2 * stats.norm.sf(np.abs(coef / robust)),
            "n": fitted.n,
            "councils": fitted.rows.council_code.nunique(),
            "loglik": fitted.loglik,
        }
    )[TERM_COLUMNS]


def all_terms(fits: dict[str, Fit | NotEstimated]) -> pd.DataFrame:
    """terms() of every model that could be estimated, one below the other; no rows where none could."""
    found = [terms(fitted) for fitted in fits.values() if isinstance(fitted, Fit)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=TERM_COLUMNS)


def shown(rows: pd.DataFrame) -> pd.DataFrame:
    """Terms as a reader's table: model, measure or threshold, coefficient, both standard errors, interval, p, n."""
    labels = {name: measure.label for name, measure in MEASURES.items()} | {
        cut: f"threshold {cut.replace('|', ' to ')}" for cut in THRESHOLDS
    }
    return pd.DataFrame(
        {
            "Model": rows.model.str.replace("_standardised", ", standardised"),
            "Term": rows.term.map(labels),
            "Coefficient": rows.coef.map("{:.3f}".format),
            "Standard error": rows.se.map("{:.3f}".format),
            "Clustered": rows.se_clustered.map("{:.3f}".format),
            "95% interval": rows.ci_low.map("{:.3f}".format) + " to " + rows.ci_high.map("{:.3f}".format),
            "p": rows.p.map(lambda p: "under 0.001" if p < 0.001 else f"{p:.3f}"),
            "n": rows.n,
        }
    )


def estimated(fitted: Fit | NotEstimated, measures: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the measures that an estimated model has; none where it could not be estimated."""
    return tuple(m for m in measures if isinstance(fitted, Fit) and m in fitted.measures)


def reasons(fits: dict[str, Fit | NotEstimated]) -> list[str]:
    """Why models could not be estimated, one sentence each."""
    return [fitted.sentence for fitted in fits.values() if isinstance(fitted, NotEstimated)]


# --- what a coefficient means ------------------------------------------------------------------------------------


def probabilities(values: np.ndarray, x: np.ndarray) -> np.ndarray:
    """P(judgement) for each row of x under coefficients and thresholds `values`; shape (rows, 4), worst first."""
    k = x.shape[1]
    cumulative = 1 / (1 + np.exp(-(values[None, k:] - (x @ values[:k])[:, None])))
    return np.diff(np.c_[np.zeros(len(x)), cumulative, np.ones(len(x))], axis=1)


def changes(fitted: Fit | NotEstimated) -> pd.DataFrame:
    """average_change of every measure of a model, one row each; no rows where it could not be estimated."""
    measures = fitted.measures if isinstance(fitted, Fit) else ()
    rows = [average_change(fitted, m) | {"n": fitted.n, "clear": is_clear(fitted, m)} for m in measures]
    columns = ["measure", "step", "observed", "moved", "change", "ci_low", "ci_high", "n", "clear"]
    return pd.DataFrame(rows, columns=columns)


def is_clear(fitted: Fit, measure: str) -> bool:
    """Whether a coefficient's 95% interval is clear of zero: the one test that every sentence and title goes by."""
    row = terms(fitted).set_index("term").loc[measure]
    return bool(row.ci_low > 0 or row.ci_high < 0)


def average_change(fitted: Fit, measure: str, lowest: str = "good") -> dict[str, float]:
    """What the model says of the same inspections if one measure were a step higher and the rest as they were.

    The step is the measure's own in the vocabulary (ten percentage points of agency rate, two cases).

    Average share judged `lowest` or better as observed and with the step, and their difference (`change`) with a 95%
    interval by the delta method on the clustered covariance. Shares are between 0 and 1. A description of the fitted
    association, not of what would happen.
    """
    step = MEASURES[measure].step
    moved = fitted.values
    moved[:, fitted.measures.index(measure)] += step
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
        x[:, fitted.measures.index(measure)] = value
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


# --- the proportional-odds assumption -----------------------------------------------------------------------------


def binary_cuts(fitted: Fit | NotEstimated) -> pd.DataFrame:
    """One row per cut of the scale and measure: the coefficient of a logit of “better than the cut”, with its 95%
    interval from the clustered covariance. Under proportional odds the three cuts share one
    coefficient. No rows where a cut cannot be estimated."""
    cuts = _cut_fits(fitted)
    if not cuts:
        return pd.DataFrame(columns=["cut", "term", "coef", "ci_low", "ci_high"])
    z = stats.norm.ppf(0.5 + LEVEL / 2)
    groups = fitted.rows.return_unit.astype("category").cat.codes.to_numpy()
    rows = []
    for cut, (label, result) in enumerate(zip(THRESHOLDS, cuts, strict=True)):
        y = (fitted.rows[fitted.judgement].cat.codes > cut).astype(float)
        robust = Logit(y, result.model.exog).fit(
            disp=False, start_params=result.params, cov_type="cluster", cov_kwds={"groups": groups}
        )
        for i, measure in enumerate(fitted.measures, start=1):
            coef, se = result.params[i], robust.bse.iloc[i] if hasattr(robust.bse, "iloc") else robust.bse[i]
            rows.append((label, measure, coef, coef - z * se, coef + z * se))
    return pd.DataFrame(rows, columns=["cut", "term", "coef", "ci_low", "ci_high"])


def _cut_fits(fitted: Fit | NotEstimated) -> list:
    """A logit at each cut, lowest first; none where there is no model, or a cut is separated or did not converge."""
    if isinstance(fitted, NotEstimated):
        return []
    design = np.c_[np.ones(fitted.n), fitted.design(fitted.values)]
    codes = fitted.rows[fitted.judgement].cat.codes.to_numpy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", PerfectSeparationWarning)
        try:
            found = [
                Logit((codes > cut).astype(float), design).fit(disp=False, maxiter=100)
                for cut in range(len(THRESHOLDS))
            ]
        except (PerfectSeparationError, PerfectSeparationWarning, np.linalg.LinAlgError):
            return []
    spread = design[:, 1:].std(axis=0, ddof=1)
    sound = all(c.mle_retvals["converged"] and np.all(np.abs(c.params[1:] * spread) <= SEPARATED) for c in found)
    return found if sound else []


def proportional_odds_test(fitted: Fit | NotEstimated) -> pd.DataFrame:
    """Brant's Wald test that the coefficients are the same at all three cuts: one row per measure and one for all.

    Columns: term, chi2, df, p. A small p speaks against one coefficient for the whole scale. Source: Brant, R. (1990),
    Biometrics 46, 1171-1178. Rows are taken as independent, as the test is defined. No rows where a cut
    cannot be estimated.
    """
    cuts = _cut_fits(fitted)
    if not cuts:
        return pd.DataFrame(columns=["term", "chi2", "df", "p"])
    k, m = len(fitted.measures), len(cuts)
    covariance = _between_cuts(cuts)
    stacked = np.concatenate([c.params[1:] for c in cuts])
    rows = []
    for term, which in [("all measures", range(k)), *((name, [i]) for i, name in enumerate(fitted.measures))]:
        contrasts = np.array([_contrast(k, m, i, cut) for i in which for cut in range(1, m)])
        gap = contrasts @ stacked
        chi2 = float(gap @ np.linalg.solve(contrasts @ covariance @ contrasts.T, gap))
        rows.append((term, chi2, len(contrasts), float(stats.chi2.sf(chi2, len(contrasts)))))
    return pd.DataFrame(rows, columns=["term", "chi2", "df", "p"])


def _contrast(k: int, m: int, measure: int, cut: int) -> np.ndarray:
    row = np.zeros(k * m)
    row[measure], row[cut * k + measure] = 1, -1
    return row


def _between_cuts(cuts: list) -> np.ndarray:
    """Covariance of the slopes of all cuts together; (k·m, k·m), constants left out."""
    x = cuts[0].model.exog
    p = [c.predict() for c in cuts]
    inverse = [np.linalg.inv(x.T @ (x * (q * (1 - q))[:, None])) for q in p]
    k = x.shape[1] - 1
    whole = np.empty((k * len(cuts), k * len(cuts)))
    for a in range(len(cuts)):
        for b in range(len(cuts)):
            # P(above both cuts) is P(above the higher of them).
            weight = p[max(a, b)] - p[a] * p[b]
            block = inverse[a] @ (x.T @ (x * weight[:, None])) @ inverse[b]
            whole[a * k : (a + 1) * k, b * k : (b + 1) * k] = block[1:, 1:]
    return whole
