"""Outcomes for children given the staffing: panel regressions with council and year effects, and one cross-section.

Council effects take out all that stays the same about a council, year effects all that moved everywhere at once. What is
left is whether, in the years when a council's measure was above its own usual level and England's movement, the outcome
was too. That is an association within councils over time. It cannot say which came first within a year, and anything
else that moved in step with staffing may lie behind it.

A joint return's measures are of two councils together. Taken `once`, the two are one row: their counts are added. Standard
errors are clustered by return unit. A model that cannot be estimated says why, in place of numbers.
"""

from __future__ import annotations

from dataclasses import asdict, astuple, dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm
from linearmodels.panel import PanelOLS
from scipy import stats

from workforce_ratings.vocabulary import FIVE, OUTCOMES, THREE, one_of

# Measures held together in each model.
MODELS = {"agency": ("agency_rate",), "three": THREE, "five": FIVE}
JOINT_RETURNS = ("once", "dropped", "both")
REORGANISED = ("kept", "dropped", "carried")
# The outcomes of more than one year; the number of social workers was counted in one alone.
YEARLY = tuple(name for name in OUTCOMES if name != "three_social_workers")
LEVEL = 0.95
# Fewer councils than this, and a covariance clustered by council says little. Source: Cameron and Miller (2015),
# Journal of Human Resources 50, 317-372.
FEWEST = 20
TERM_COLUMNS = [
    "outcome",
    "model",
    "term",
    "lag",
    "coef",
    "se",
    "ci_low",
    "ci_high",
    "p",
    "n",
    "councils",
    "joint_returns",
    "reorganised",
    "main",
    "reason",
]
NUMBERS = ("coef", "se", "ci_low", "ci_high", "p")
CORRELATIONS = {"correlation": stats.pearsonr, "rank_correlation": stats.spearmanr}
# Terms of the cross-section; the score of deprivation is of 2019.
CROSS = {
    "turnover": ("turnover_rate",),
    "agency": ("agency_rate",),
    "both": ("turnover_rate", "agency_rate"),
    "both_and_deprivation": ("turnover_rate", "agency_rate", "imd_average_score"),
}


@dataclass(frozen=True)
class Published:
    """What someone else published for the agency rate: percentage points of an outcome per percentage point of it."""

    coef: float
    ci_low: float
    ci_high: float
    n: int

    @property
    def clear(self) -> bool:
        """Whether the interval is clear of zero."""
        return self.ci_low > 0 or self.ci_high < 0


# The agency rate of the year before, the other four measures held equal, council and year effects, 2018 to 2025.
# Source: social-care-intelligence, a public repository (github.com/MaicyMxtim/social-care-intelligence), 2026, its
# project on the children's workforce.
PUBLISHED = {
    "re_referrals": Published(0.099, 0.030, 0.168, 1156),
    "repeat_plans": Published(-0.072, -0.141, -0.003, 1150),
    "three_placements": Published(-0.017, -0.069, 0.036, 707),
}
PUBLISHED_MODEL, PUBLISHED_TERM = "five", "agency_rate"
PUBLISHED_ON = "2026-06-30"


@dataclass(frozen=True)
class Rules:
    """Which rows a regression rests on: years of lag, what becomes of joint returns, and of reorganised councils.

    A joint return is one row (`once`), none (`dropped`) or a row for each council (`both`). Reorganised councils are
    `kept`, each series ending with its council, `dropped`, or `carried`: the rows of a council that ended are given to
    those that followed it, as the published results did.
    """

    lag: int = 1
    joint_returns: str = "once"
    reorganised: str = "kept"


# Set beforehand, on principle: the census within the reporting year, each return once, every council, and a series that
# ends where the council ends. The others are choices that someone else might have made.
MAIN = Rules()
THEIRS = Rules(1, "dropped", "carried")
VARIANTS = (
    MAIN,
    Rules(lag=2),
    Rules(joint_returns="dropped"),
    Rules(joint_returns="both"),
    Rules(reorganised="dropped"),
    THEIRS,
)


# --- rows ------------------------------------------------------------------------------------------------------------


def select(rows: pd.DataFrame, joint_returns: str = "once", reorganised: str = "kept") -> pd.DataFrame:
    """The rows of one outcome that a regression rests on, with `entity`, whose own level its effect takes out.

    `rows` is of panel.outcomes_for_children. With `once` a joint return is one row per year: counts added, percent made
    of the sums, deprivation the members' mean, the measures those of the return.
    """
    one_of(joint_returns, JOINT_RETURNS, "joint_returns")
    one_of(reorganised, REORGANISED, "reorganised")
    kept = rows[~rows.reorganised] if reorganised == "dropped" else rows
    if joint_returns == "dropped":
        kept = kept[~kept.joint]
    if joint_returns == "once":
        return _once(kept).assign(entity=lambda d: d.return_unit)
    return kept.assign(entity=kept.council_code)


def _once(rows: pd.DataFrame) -> pd.DataFrame:
    alone, joint = rows[~rows.joint], rows[rows.joint]
    if joint.empty:
        return alone
    by = joint.groupby(["outcome", "return_unit", "year"], as_index=False)
    counts = by[["numerator", "denominator"]].agg(lambda values: values.sum(skipna=False))
    shared = by[["census", "joint", "reorganised", *FIVE]].first()
    mean = by[["imd_average_score"]].mean()
    whole = counts.merge(shared).merge(mean)
    return pd.concat([alone, whole.assign(percent=100 * whole.numerator / whole.denominator)], ignore_index=True)


# --- panel regressions -----------------------------------------------------------------------------------------------


def association(rows: pd.DataFrame, outcome: str, model: str, rules: Rules = MAIN) -> pd.DataFrame:
    """One row per measure of a model: percentage points of the outcome per unit of the measure, the others held equal.

    Ordinary least squares with council and year effects (linearmodels' PanelOLS), standard errors clustered by return
    unit, 95% t intervals. `rows` is of panel.outcomes_for_children with the lag that `rules` name. Where the model cannot
    be estimated the numbers are NaN and `reason` says why; otherwise `reason` is blank.
    """
    own = rows[rows.outcome == one_of(outcome, OUTCOMES, "outcome")]
    return _association(select(own, rules.joint_returns, rules.reorganised), outcome, model, rules)


def _association(selected: pd.DataFrame, outcome: str, model: str, rules: Rules) -> pd.DataFrame:
    measures = MODELS[one_of(model, MODELS, "model")]
    own = selected.dropna(subset=["percent", *measures])
    reason = unusable(own, measures)
    numbers = dict.fromkeys(NUMBERS, np.nan) if reason else _fitted(own, measures)
    frame = pd.DataFrame({"term": list(measures), **numbers})
    return frame.assign(
        outcome=outcome,
        model=model,
        n=len(own),
        councils=own.entity.nunique(),
        **asdict(rules),
        main=rules == MAIN,
        reason=reason,
    )[TERM_COLUMNS]


def unusable(rows: pd.DataFrame, measures: tuple[str, ...]) -> str:
    """Why rows with `entity`, `year`, `percent` and the measures cannot carry a regression; “” where they can."""
    if rows.empty:
        return "no year of any council has the outcome and every measure"
    if rows.entity.nunique() < FEWEST:
        return f"fewer than {FEWEST} councils have figures ({rows.entity.nunique()})"
    within = _within(rows, ["percent", *measures])
    spread = np.abs(within).max(axis=0) > 1e-9 * (1 + np.abs(rows[["percent", *measures]].to_numpy(float)).max(axis=0))
    if not spread.all():
        return f"{['the outcome', *measures][int(np.argmin(spread))]} does not vary within councils beside the years"
    if np.linalg.matrix_rank(within[:, 1:]) < len(measures):
        return "a measure is a combination of the others"
    return ""


def _within(rows: pd.DataFrame, columns: list[str]) -> np.ndarray:
    """The columns less what council and year effects explain: council means first, then the years on what is left."""
    both = pd.concat([rows[columns], pd.get_dummies(rows.year, dtype=float)], axis=1)
    left = (both - both.groupby(rows.entity).transform("mean")).to_numpy(float)
    values, years = left[:, : len(columns)], left[:, len(columns) :]
    return values - years @ np.linalg.lstsq(years, values, rcond=None)[0]


def _fitted(rows: pd.DataFrame, measures: tuple[str, ...]) -> dict[str, np.ndarray]:
    indexed = rows.set_index(["entity", "year"])
    clusters = pd.DataFrame({"unit": indexed.return_unit.astype("category").cat.codes}, index=indexed.index)
    fitted = PanelOLS(indexed.percent, indexed[list(measures)], entity_effects=True, time_effects=True).fit(
        cov_type="clustered", clusters=clusters
    )
    interval = fitted.conf_int(LEVEL).to_numpy()
    parts = (fitted.params, fitted.std_errors, interval[:, 0], interval[:, 1], fitted.pvalues)
    return {name: np.asarray(values, float) for name, values in zip(NUMBERS, parts, strict=True)}


def associations(rows: pd.DataFrame, earlier: pd.DataFrame, carried: pd.DataFrame) -> pd.DataFrame:
    """Every regression, one row per outcome, model, rules and measure, as beyond_ratings.csv has them (see association).

    All models of every yearly outcome under MAIN. Where there is a published result, those of the agency rate alone and of
    five measures also under THEIRS, and where that result is clear of zero under all VARIANTS. `rows` is of
    panel.outcomes_for_children with lag 1, `earlier` with lag 2, `carried` of panel.outcomes_as_published.
    """
    frames = {rules: rows if rules.lag == 1 else earlier for rules in VARIANTS} | {THEIRS: carried}
    asked = [(outcome, MAIN, tuple(MODELS)) for outcome in YEARLY]
    for outcome, published in PUBLISHED.items():
        others = VARIANTS if published.clear else (THEIRS,)
        asked += [(outcome, rules, ("agency", PUBLISHED_MODEL)) for rules in others if rules != MAIN]
    found = []
    for outcome, rules, models in asked:
        own = select(frames[rules].query("outcome == @outcome"), rules.joint_returns, rules.reorganised)
        found += [_association(own, outcome, model, rules) for model in models]
    return pd.concat(found, ignore_index=True)


def beside_published(terms: pd.DataFrame, as_at: str = PUBLISHED_ON) -> pd.DataFrame:
    """One row per estimate of ours for the agency rate and an outcome with a result published by `as_at`, with that result.

    Columns of TERM_COLUMNS, then published, published_low, published_high, published_n, and `within`: whether our
    coefficient is inside the published interval (False where ours cannot be estimated).
    """
    out = list(PUBLISHED) if as_at >= PUBLISHED_ON else []
    rows = terms[(terms.term == PUBLISHED_TERM) & terms.outcome.isin(out)].reset_index(drop=True)
    columns = ["published", "published_low", "published_high", "published_n"]
    theirs = [astuple(PUBLISHED[outcome]) for outcome in rows.outcome]
    theirs = pd.DataFrame(theirs, index=rows.index, columns=columns)
    within = rows.coef.between(theirs.published_low, theirs.published_high)
    return pd.concat([rows, theirs, within.rename("within")], axis=1)


# --- social workers for each child: a cross-section --------------------------------------------------------------------


def social_workers(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per return unit: the share of its children in care with three or more social workers in the year, in
    percent, and its measures. `rows` is of panel.outcomes_for_children with lag 1: the census falls within the year."""
    return select(rows[rows.outcome == "three_social_workers"])


def cross_section(rows: pd.DataFrame) -> pd.DataFrame:
    """Children in care with three or more social workers in the year, beside staffing: one row per model and term.

    `rows` is of social_workers. Model `correlation` gives Pearson's coefficient with Fisher's 95% interval, and
    `rank_correlation` Spearman's with Bonett and Wright's (2000, Psychometrika 65, 23-28); the others are ordinary least
    squares in percentage points of the outcome per unit of the term, with HC3 standard errors and 95% t intervals. Where
    a model cannot be estimated the numbers are NaN and `reason` says why. Columns: model, term, NUMBERS, n, reason.
    """
    measured = [(model, measure) for model in CORRELATIONS for measure in CROSS["both"]]
    parts = [_correlated(rows, model, measure) for model, measure in measured]
    return pd.concat([*parts, *(_crossed(rows, model) for model in CROSS)], ignore_index=True)


def _correlated(rows: pd.DataFrame, model: str, measure: str) -> pd.DataFrame:
    known = rows.dropna(subset=["percent", measure])
    reason, numbers = _unusable_cross(known, (measure,)), dict.fromkeys(NUMBERS, np.nan)
    if not reason:
        found = CORRELATIONS[model](known[measure], known.percent)
        of_ranks = found.statistic**2 / 2 if model == "rank_correlation" else 0
        reach = stats.norm.ppf(0.5 + LEVEL / 2) * np.sqrt((1 + of_ranks) / (len(known) - 3))
        low, high = np.tanh(np.arctanh(found.statistic) + reach * np.array([-1, 1]))
        numbers |= {"coef": found.statistic, "ci_low": low, "ci_high": high, "p": found.pvalue}
    return pd.DataFrame([{"model": model, "term": measure, **numbers, "n": len(known), "reason": reason}])


def _crossed(rows: pd.DataFrame, model: str) -> pd.DataFrame:
    terms = CROSS[model]
    known = rows.dropna(subset=["percent", *terms])
    reason, numbers = _unusable_cross(known, terms), dict.fromkeys(NUMBERS, np.nan)
    if not reason:
        design = sm.add_constant(known[list(terms)].astype(float))
        fitted = sm.OLS(known.percent.astype(float), design).fit(cov_type="HC3", use_t=True)
        interval = fitted.conf_int(1 - LEVEL).to_numpy()
        parts = (fitted.params, fitted.bse, interval[:, 0], interval[:, 1], fitted.pvalues)
        numbers = {name: np.asarray(values, float)[1:] for name, values in zip(NUMBERS, parts, strict=True)}
    return pd.DataFrame({"model": model, "term": list(terms), **numbers, "n": len(known), "reason": reason})


def _unusable_cross(rows: pd.DataFrame, terms: tuple[str, ...]) -> str:
    """Why these councils cannot carry a regression on the terms; “” where they can."""
    if len(rows) < FEWEST:
        return f"fewer than {FEWEST} councils have figures ({len(rows)})"
    flat = [name for name in ("percent", *terms) if rows[name].nunique() == 1]
    if flat:
        return f"{'the outcome' if flat[0] == 'percent' else flat[0]} is the same in every council"
    if np.linalg.matrix_rank(rows[list(terms)] - rows[list(terms)].mean()) < len(terms):
        return "a measure is a combination of the others"
    return ""
