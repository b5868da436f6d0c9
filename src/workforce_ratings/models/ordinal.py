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
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
from scipy import special, stats
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.stats.sandwich_covariance import cov_cluster

from workforce_ratings.models import batched
from workforce_ratings.vocabulary import FIVE, JUDGED, JUDGEMENTS, MEASURES, THREE, one_of

# What each model has besides the judgement: measures, and what inspections differ in besides staffing. The standardised
# forms divide each column by its standard deviation among the rows used.
ADJUSTMENTS = {
    "previous": ("previous_rank",),
    "year": ("years_since_2017",),
    "deprivation": ("imd_average_score",),
    "size": ("log_children",),
    "region": ("region",),
}
MODELS = {
    "three": THREE,
    "five": FIVE,
    "three_standardised": THREE,
    "five_standardised": FIVE,
    **{f"three_{name}": (*THREE, *columns) for name, columns in ADJUSTMENTS.items()},
    "three_adjusted": (*THREE, *(column for columns in ADJUSTMENTS.values() for column in columns)),
}
PLAIN = ("three", "five")
STANDARDISED = ("three_standardised", "five_standardised")
ADJUSTED = tuple(name for name in MODELS if name not in (*PLAIN, *STANDARDISED))
TO_DATE = "three_to_date"
# The region that the others are set against: the one with most councils.
REFERENCE_REGION = "London"
THRESHOLDS = tuple(f"{low}|{high}" for low, high in pairwise(JUDGEMENTS))

LEVEL = 0.95
RESAMPLES = 2_000
SEED = 20220105
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
BOOTSTRAP_COLUMNS = ["boot_low", "boot_high"]


@dataclass(frozen=True)
class Fit:
    """An estimated model: coefficients then thresholds, their covariances, and the rows they rest on."""

    model: str
    judgement: str
    census_rule: str
    columns: tuple[str, ...]
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
    def measures(self) -> tuple[str, ...]:
        """The workforce measures among the model's columns."""
        return tuple(c for c in self.columns if c in MEASURES)

    @property
    def codes(self) -> np.ndarray:
        """The judgements of the rows, 0 for the lowest."""
        return self.rows[self.judgement].cat.codes.to_numpy()

    @property
    def groups(self) -> np.ndarray:
        """The return units of the rows as whole numbers."""
        return self.rows.return_unit.astype("category").cat.codes.to_numpy()

    @property
    def values(self) -> np.ndarray:
        """The columns of the rows in their own units; (n, columns)."""
        return self.rows[list(self.columns)].to_numpy(float, copy=True)

    def design(self, values: np.ndarray) -> np.ndarray:
        """Columns in their own units as the model was given them: standardised where it is a standardised one."""
        return (values - self.centre) / self.scale

    @cached_property
    def bootstrapped(self) -> pd.DataFrame:
        """bootstrap()'s rows, made once: a page asks for them for its terms, and for whether each measure is clear."""
        weights = batched.resamples(self.groups, RESAMPLES, SEED)
        drawn = batched.fit(self.codes, self.design(self.values), weights, start=self.estimates.to_numpy())
        params = drawn.params[drawn.estimated]
        tails = [0.5 - LEVEL / 2, 0.5 + LEVEL / 2]
        ends = (
            np.quantile(params, tails, axis=0)
            if len(params) >= LEVEL * RESAMPLES
            else np.full((2, params.shape[1]), np.nan)
        )
        return pd.DataFrame(np.transpose(ends), columns=BOOTSTRAP_COLUMNS)


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
        return f"{model_label(self.model)} of the judgement of {JUDGED[self.judgement]} cannot be estimated: {self.reason}."


def complete(panel: pd.DataFrame, judgement: str, columns: tuple[str, ...]) -> pd.DataFrame:
    """The inspections with the judgement and every column: markers are not numbers, so those rows are left out."""
    return panel.dropna(subset=[judgement, *columns]).reset_index(drop=True)


def fit(panel: pd.DataFrame, model: str, judgement: str = "overall", census_rule: str = "before") -> Fit | NotEstimated:
    """Fits one of MODELS to a panel (one row per inspection, see panel.build) by maximum likelihood.

    The adjusted models need the columns of panel.with_context besides.
    """
    return estimate(panel, MODELS[model], judgement, model, census_rule)


def fit_each(
    panels: dict[str, pd.DataFrame], models: tuple[str, ...], judged: tuple[str, ...] = tuple(JUDGED)
) -> dict[tuple[str, str, str], Fit | NotEstimated]:
    """fit() of every judgement, census rule and model, by (judgement, census rule, model); `panels` are by census rule."""
    return {
        (judgement, rule, model): fit(panel, model, judgement, rule)
        for judgement in judged
        for rule, panel in panels.items()
        for model in models
    }


def fit_to_date(panel: pd.DataFrame, judgement: str, census_rule: str = "before") -> Fit | NotEstimated:
    """Model three of a judgement on every ILACS inspection of a panel, those after 31 March 2025 too."""
    return estimate(panel[panel.framework == "ILACS"], THREE, judgement, TO_DATE, census_rule)


def fit_alone(panel: pd.DataFrame, judgement: str, measures: tuple[str, ...] = FIVE) -> dict[str, Fit | NotEstimated]:
    """A model of each measure with nothing held equal, by measure."""
    return {measure: estimate(panel, (measure,), judgement, "alone") for measure in measures}


def estimate(
    panel: pd.DataFrame,
    columns: tuple[str, ...],
    judgement: str = "overall",
    model: str = "",
    census_rule: str = "before",
) -> Fit | NotEstimated:
    """Fits an ordinal logit of a judgement on any numeric columns of a panel; `region` among them stands for one column
    of 0 and 1 per region but the reference. Standardised where the model's name ends so."""
    one_of(judgement, JUDGED, "judgement")
    rows = complete(panel, judgement, columns)
    rows, columns = _with_regions(rows, columns)
    x = rows[list(columns)].astype(float)
    reason = _unusable(rows[judgement], x)
    if reason:
        return NotEstimated(model, judgement, census_rule, reason, len(rows))
    standardised = model.endswith("standardised")
    scale = x.std(ddof=1).to_numpy() if standardised else np.ones(len(columns))
    centre = x.mean().to_numpy() if standardised else np.zeros(len(columns))
    codes, groups = rows[judgement].cat.codes.to_numpy(), rows.return_unit.astype("category").cat.codes.to_numpy()
    result = _maximise(codes, (x.to_numpy() - centre) / scale, groups)
    if isinstance(result, str):
        return NotEstimated(model, judgement, census_rule, result, len(rows))
    values, covariance, clustered, loglik = result
    estimates = pd.Series(values, index=[*columns, *THRESHOLDS])
    return Fit(model, judgement, census_rule, columns, estimates, covariance, clustered, rows, loglik, centre, scale)


def _with_regions(rows: pd.DataFrame, columns: tuple[str, ...]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """`region` among the columns written out as one column per region met, the reference left out."""
    if "region" not in columns:
        return rows, columns
    names = [name for name in sorted(rows.region.unique()) if name != REFERENCE_REGION]
    made = {f"region: {name}": (rows.region == name).astype(float) for name in names}
    return rows.assign(**made), (*(c for c in columns if c != "region"), *made)


def _unusable(judged: pd.Series, x: pd.DataFrame) -> str | None:
    """Why these rows cannot carry the model, or None."""
    if judged.empty:
        return "no inspection has it and all of its figures"
    present = judged.cat.codes.nunique()
    if present < len(JUDGEMENTS):
        absent = [j for j in JUDGEMENTS if j not in set(judged)]
        return f"no inspection with the judgement {' or '.join(absent)} among {len(x)}"
    if len(x) < 10 * (x.shape[1] + 3):
        return f"{len(x)} inspections are too few for {x.shape[1]} columns"
    flat = [c for c in x if x[c].nunique() == 1]
    if flat:
        return f"{term_label(flat[0])} is the same in every inspection"
    if np.linalg.matrix_rank((x - x.mean()) / x.std()) < x.shape[1]:
        return "a column is a combination of the others"
    return None


class _Model(OrderedModel):
    """statsmodels' ordinal logit, to the same digits: its Hessian is made of hundreds of log likelihoods, for each of which
    scipy's distribution would check its argument at length, and is asked for again at the estimates."""

    def cdf(self, x: np.ndarray) -> np.ndarray:
        return special.expit(x)

    def hessian(self, params: np.ndarray) -> np.ndarray:
        if not np.array_equal(params, getattr(self, "_at", None)):
            self._at, self._hessian = params.copy(), super().hessian(params)
        return self._hessian.copy()


def _maximise(
    codes: np.ndarray, x: np.ndarray, groups: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float] | str:
    """Estimates, plain and clustered covariance and log likelihood by statsmodels' Newton method; or why there are none.

    It begins where batched.fit ends, which also tells a separated likelihood from one with a maximum.
    """
    begun = batched.fit(codes, x)
    if not begun.estimated[0]:
        return "the measures separate the judgements completely, or the likelihood has no clear maximum"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model = _Model(codes, x, distr="logit")
            fitted = model.fit(method="newton", start_params=_as_statsmodels(begun), maxiter=100, disp=False)
            clustered = cov_cluster(fitted, groups)
        except (np.linalg.LinAlgError, ValueError) as error:
            return f"the likelihood has no clear maximum ({type(error).__name__})"
    if not fitted.mle_retvals["converged"] or not np.isfinite(fitted.bse).all():
        return "the fit did not converge"
    k = x.shape[1]
    turn = _threshold_jacobian(fitted.params, k)
    values = np.r_[fitted.params[:k], model.transform_threshold_params(fitted.params)[1:-1]]
    covariances = (turn @ covariance @ turn.T for covariance in (fitted.cov_params(), clustered))
    return values, *covariances, float(fitted.llf)


def _as_statsmodels(begun: batched.Fits) -> np.ndarray:
    """The estimates in statsmodels' parameters: the first threshold, then the logs of the gaps."""
    thresholds = begun.thresholds[0]
    return np.r_[begun.coef[0], thresholds[0], np.log(np.diff(thresholds))]


def _threshold_jacobian(params: np.ndarray, k: int) -> np.ndarray:
    """d(coefficients, thresholds) / d(statsmodels' parameters): it keeps the first threshold and logs of the gaps."""
    size = len(params)
    turn = np.eye(size)
    for row in range(k + 1, size):
        turn[row, k] = 1.0
        turn[row, k + 1 : row + 1] = np.exp(params[k + 1 : row + 1])
    return turn


def terms(fitted: Fit) -> pd.DataFrame:
    """One row per column and threshold, in the columns of ordinal_models.csv; 95% intervals, clustered by return unit."""
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
    )


def bootstrap(fitted: Fit) -> pd.DataFrame:
    """One row per column and threshold: boot_low and boot_high, the ends of the percentile 95% interval over 2,000 draws
    of whole return units.

    Draws that have no estimate (a judgement missing, complete separation) are left out; NaN where they are more than
    one in twenty. Source: Cameron, Gelbach and Miller (2008), Review of Economics and Statistics 90, 414-427.
    """
    return fitted.bootstrapped.copy()


def all_terms(fits: dict[object, Fit | NotEstimated], drawn: tuple[str, ...] = (*MODELS, TO_DATE)) -> pd.DataFrame:
    """terms() and bootstrap() of every model that could be estimated, one below the other; no rows where none could.

    Only the models `drawn` are resampled; the bootstrap columns of the others are NaN.
    """
    found = [_with_bootstrap(one, one.model in drawn) for one in fits.values() if isinstance(one, Fit)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=[*TERM_COLUMNS, *BOOTSTRAP_COLUMNS])


def _with_bootstrap(fitted: Fit, drawn: bool) -> pd.DataFrame:
    if not drawn:
        return terms(fitted).assign(**dict.fromkeys(BOOTSTRAP_COLUMNS, np.nan))
    return terms(fitted).join(bootstrap(fitted))


def model_label(model: str) -> str:
    """A model's name in a reader's words."""
    plain, _, rest = model.partition("_")
    return f"Model {plain}{f' ({rest})' if rest else ''}".replace("to_date", "to date")


COLUMN_LABELS = {
    "previous_rank": "Previous judgement (one grade better)",
    "years_since_2017": "Census (one year later)",
    "imd_average_score": "Deprivation (one point of score)",
    "log_children": "Children in the area (logarithm)",
}


def term_label(term: str) -> str:
    """A term of a model in a reader's words."""
    if term in THRESHOLDS:
        return f"threshold {term.replace('|', ' to ')}"
    if term.startswith("region: "):
        return f"{term.removeprefix('region: ')}, against {REFERENCE_REGION}"
    return COLUMN_LABELS.get(term) or MEASURES[term].label


def _told(low: pd.Series, high: pd.Series) -> pd.Series:
    text = low.map("{:.3f}".format) + " to " + high.map("{:.3f}".format)
    return text.where(low.notna(), "–")


def _told_p(p: float, term: str) -> str:
    if term in THRESHOLDS:
        return "–"
    return "under 0.001" if p < 0.001 else f"{p:.3f}"


def shown(rows: pd.DataFrame) -> pd.DataFrame:
    """Terms as a reader's table: model, measure or threshold, coefficient, both standard errors, intervals, p, n."""
    table = pd.DataFrame(
        {
            "Model": rows.model.str.replace("_", ", "),
            "Term": rows.term.map(term_label),
            "Coefficient": rows.coef.map("{:.3f}".format),
            "Standard error": rows.se.map("{:.3f}".format),
            "Clustered": rows.se_clustered.map("{:.3f}".format),
            "95% interval": _told(rows.ci_low, rows.ci_high),
            "By bootstrap": _told(rows.boot_low, rows.boot_high),
            # Whether a threshold is zero is no question.
            "p": [_told_p(p, term) for p, term in zip(rows.p, rows.term, strict=True)],
            "n": rows.n,
        }
    )
    return table if rows.boot_low.notna().any() else table.drop(columns="By bootstrap")


def estimated(fitted: Fit | NotEstimated, measures: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the measures that an estimated model has; none where it could not be estimated."""
    return tuple(m for m in measures if isinstance(fitted, Fit) and m in fitted.measures)


def closest(fitted: Fit | NotEstimated) -> tuple[str, str, float] | None:
    """The two measures of a model that are most alike among its inspections, and their correlation; None without two."""
    if isinstance(fitted, NotEstimated) or len(fitted.measures) < 2:
        return None
    between = fitted.rows[list(fitted.measures)].astype(float).corr()
    pairs = {(a, b): between.loc[a, b] for a, b in combinations(fitted.measures, 2)}
    first, second = max(pairs, key=lambda pair: abs(pairs[pair]))
    return first, second, float(pairs[first, second])


def reasons(fits: dict[object, Fit | NotEstimated]) -> list[str]:
    """Why models could not be estimated, one sentence for each judgement and reason."""
    why: dict[tuple[str, str], NotEstimated] = {}
    for fitted in fits.values():
        if isinstance(fitted, NotEstimated):
            why.setdefault((fitted.judgement, fitted.reason), fitted)
    return [fitted.sentence for fitted in why.values()]


def probabilities(values: np.ndarray, x: np.ndarray) -> np.ndarray:
    """P(judgement) for each row of x under coefficients and thresholds `values`; shape (rows, 4), worst first."""
    k = x.shape[1]
    cumulative = 1 / (1 + np.exp(-(values[None, k:] - (x @ values[:k])[:, None])))
    return np.diff(np.c_[np.zeros(len(x)), cumulative, np.ones(len(x))], axis=1)


def shown_judged(to_2025: pd.DataFrame, to_date: pd.DataFrame, census_rule: str = "before") -> pd.DataFrame:
    """Model three of every judgement as a reader's table: one row per judgement and set of inspections, a column for
    each measure's coefficient with its interval. Takes terms of fit_each() and of fit_to_date()."""
    three = to_2025[(to_2025.model == "three") & (to_2025.census_rule == census_rule)]
    rows = pd.concat([three.assign(inspections="to March 2025"), to_date.assign(inspections="to date")])
    wide = _by_measure(rows, ["judgement", "inspections", "n"], [*JUDGED, "to March 2025", "to date"])
    words = wide.judgement.map(lambda name: f"{JUDGED[name][0].upper()}{JUDGED[name][1:]}")
    return pd.DataFrame({"Judgement of": words, "Inspections": wide.inspections, "n": wide.n, **_measures_of(wide)})


def shown_alone(every: dict[str, Fit | NotEstimated], large: dict[str, Fit | NotEstimated]) -> pd.DataFrame:
    """fit_alone() of all inspections and of those with large workforces as a reader's table: one row per measure."""
    table = {"Measure": [MEASURES[m].label for m in every]}
    for name, fits in (("All inspections", every), ("Without small workforces", large)):
        table[name] = [_alone(fitted) for fitted in fits.values()]
        table[f"{name}, n"] = [fitted.n for fitted in fits.values()]
    return pd.DataFrame(table)


def _alone(fitted: Fit | NotEstimated) -> str:
    if isinstance(fitted, NotEstimated):
        return "–"
    row = terms(fitted).iloc[0]
    return f"{row.coef:+.3f} ({row.ci_low:+.3f} to {row.ci_high:+.3f})"


def shown_adjusted(three: pd.DataFrame, adjusted: pd.DataFrame, held_equal: dict[str, str]) -> pd.DataFrame:
    """Terms of model three and of the adjusted models as a reader's table: one row per model, a column for each measure's
    coefficient with its interval. `held_equal` has the words for each adjusted model."""
    wide = _by_measure(pd.concat([three, adjusted]), ["model", "n"], ["three", *held_equal])
    words = wide.model.map({"three": "nothing else"} | held_equal)
    return pd.DataFrame({"Held equal besides": words, "n": wide.n, **_measures_of(wide)})


def _by_measure(rows: pd.DataFrame, index: list[str], order: list[str]) -> pd.DataFrame:
    """Coefficients of the three measures with their intervals as text, one row for each `index`, in this order."""
    rows = rows[rows.term.isin(THREE)]
    told = rows.assign(told=rows.coef.map("{:+.3f}".format) + " (" + _signed(rows.ci_low, rows.ci_high) + ")")
    wide = told.pivot(index=index, columns="term", values="told")
    places = {name: i for i, name in enumerate(order)}
    return wide.sort_index(key=lambda level: level.map(lambda name: places.get(name, 0))).reset_index()


def _signed(low: pd.Series, high: pd.Series) -> pd.Series:
    return low.map("{:+.3f}".format) + " to " + high.map("{:+.3f}".format)


def _measures_of(wide: pd.DataFrame) -> dict[str, pd.Series]:
    return {MEASURES[m].label: wide[m] for m in THREE if m in wide}
