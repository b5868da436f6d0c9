"""Is one coefficient enough? Brant's test that a measure goes with every cut of the scale alike, and the cuts themselves."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.discrete.discrete_model import Logit
from statsmodels.tools.sm_exceptions import PerfectSeparationError, PerfectSeparationWarning

from workforce_ratings.models.batched import SEPARATED
from workforce_ratings.models.ordinal import LEVEL, THRESHOLDS, Fit, NotEstimated, term_label


def binary_cuts(fitted: Fit | NotEstimated) -> pd.DataFrame:
    """One row per cut of the scale and measure: the coefficient of a logit of “better than the cut”, with its 95%
    interval from the clustered covariance. Under proportional odds the three cuts share one
    coefficient. No rows where a cut cannot be estimated."""
    cuts = _cut_fits(fitted)
    if not cuts:
        return pd.DataFrame(columns=["cut", "term", "coef", "ci_low", "ci_high"])
    z = stats.norm.ppf(0.5 + LEVEL / 2)
    rows = []
    for cut, (label, result) in enumerate(zip(THRESHOLDS, cuts, strict=True)):
        y = (fitted.codes > cut).astype(float)
        robust = Logit(y, result.model.exog).fit(
            disp=False, start_params=result.params, cov_type="cluster", cov_kwds={"groups": fitted.groups}
        )
        for i, measure in enumerate(fitted.columns, start=1):
            coef, se = result.params[i], robust.bse.iloc[i] if hasattr(robust.bse, "iloc") else robust.bse[i]
            rows.append((label, measure, coef, coef - z * se, coef + z * se))
    return pd.DataFrame(rows, columns=["cut", "term", "coef", "ci_low", "ci_high"])


def _cut_fits(fitted: Fit | NotEstimated) -> list:
    """A logit at each cut, lowest first; none where there is no model, or a cut is separated or did not converge."""
    if isinstance(fitted, NotEstimated):
        return []
    design = np.c_[np.ones(fitted.n), fitted.design(fitted.values)]
    codes = fitted.codes
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
    k, m = len(fitted.columns), len(cuts)
    covariance = _between_cuts(cuts)
    stacked = np.concatenate([c.params[1:] for c in cuts])
    rows = []
    for term, which in [("all measures", range(k)), *((name, [i]) for i, name in enumerate(fitted.columns))]:
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


def shown_test(test: pd.DataFrame) -> pd.DataFrame:
    """The test as a reader's table."""
    return pd.DataFrame(
        {
            "Measure": [term if term == "all measures" else term_label(term) for term in test.term],
            "Chi-squared": test.chi2.map("{:.2f}".format),
            "Degrees of freedom": test.df,
            "p": test.p.map("{:.3f}".format),
        }
    )


def shown_cuts(cuts: pd.DataFrame) -> pd.DataFrame:
    """The cuts as a reader's table: one row per measure, a column for each cut's coefficient with its interval."""
    interval = cuts.ci_low.map("{:+.3f}".format) + " to " + cuts.ci_high.map("{:+.3f}".format)
    told = cuts.assign(told=cuts.coef.map("{:+.3f}".format) + " (" + interval + ")")
    wide = told.pivot(index="term", columns="cut", values="told").reindex(index=list(dict.fromkeys(cuts.term)))
    names = {cut: f"Better than {cut.split('|')[0]}" for cut in THRESHOLDS}
    return pd.DataFrame(
        {
            "Measure": [term_label(t) for t in wide.index],
            **{name: wide[c].to_numpy() for c, name in names.items() if c in wide},
        }
    )
