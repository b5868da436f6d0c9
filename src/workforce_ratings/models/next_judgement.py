"""Each council's probabilities for its next judgement, and when a single judgement may be named.

The model is fitted to every inspection known by a day, and takes a council's latest census and its standing overall
judgement: of forecast.MODELS it is the one that knows most of a council, chosen for that and not by its score. Where a
figure is missing, or the model could not be tried out of time, there are no probabilities, and the row says why.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workforce_ratings.models import batched, forecast, ordinal
from workforce_ratings.vocabulary import JUDGEMENTS, MEASURES, THREE

MODEL = "workforce_and_previous"
SHARES = [f"p_{name.replace(' ', '_')}" for name in JUDGEMENTS]
FORECAST_COLUMNS = [
    "council_code",
    "council",
    "judgement",
    "model",
    "census",
    "previous",
    *SHARES,
    "p_good_or_outstanding",
    "ci_low",
    "ci_high",
    "likeliest",
    "likeliest_ci_low",
    "likeliest_ci_high",
    "named",
    "refusal",
]
NOT_TRIED = "how well the model forecasts this judgement could not be measured"
NOT_ESTIMATED = "the inspections known are too few to estimate the model"
NO_SKILL = "out of time the model came no clearly nearer to what was judged than base rates do"
NOT_ABOVE_HALF = "no judgement is clearly more likely than not"
NO_PREVIOUS = "there is no earlier overall judgement of the council"
NO_CENSUS = "the latest census has no figures of the council"


def forecasts(
    panel: pd.DataFrame, councils: pd.DataFrame, trials: dict[str, forecast.Trial], as_at: str
) -> pd.DataFrame:
    """One row per council and judgement, in the columns of forecasts.csv: the probabilities of its next judgement.

    `panel` is every inspection known by `as_at`, `councils` panel.latest of that day. Intervals are 95% percentile
    intervals over 2,000 draws of return units of the inspections fitted to: they cover chance in the coefficients, not
    what an inspection will find. A single judgement is `named` only where out of time the model's score was clearly
    below that of the base rates, the interval of that judgement's probability lies wholly above one half, and no figure
    is missing; `refusal` says what stands against it.
    """
    forecast.require_known_by(councils, as_at)
    parts = [_forecasts_of(panel, councils, forecast.skill(trial), name, as_at) for name, trial in trials.items()]
    whole = pd.concat(parts, ignore_index=True)
    whole = whole.sort_values(["council", "council_code"], kind="stable", ignore_index=True)
    return whole[FORECAST_COLUMNS].astype({"census": "Int64"})


def _forecasts_of(
    panel: pd.DataFrame, councils: pd.DataFrame, measured: pd.DataFrame, judgement: str, as_at: str
) -> pd.DataFrame:
    """The rows of forecasts for one judgement."""
    known = pd.DataFrame({"judgement": judgement, "model": MODEL}, index=councils.index)
    rows = councils[["council_code", "council", "census", "previous"]].join(known).astype({"previous": object})
    rows = rows.assign(refusal=[_missing(council) for council in councils.to_dict("records")], named=None)
    tried = measured[measured.model == MODEL]
    fitted = forecast.fit_known(forecast.usable(panel, judgement), MODEL, judgement, as_at)
    if tried.empty or isinstance(fitted, ordinal.NotEstimated):
        reason = NOT_TRIED if tried.empty else NOT_ESTIMATED
        return rows.assign(refusal=rows.refusal.where(rows.refusal != "", reason)).reindex(columns=FORECAST_COLUMNS)
    whole = rows.refusal == ""
    rows = rows.join(probabilities(fitted, councils[whole]))
    return _named(rows, bool(tried.base_ci_high.iloc[0] < 0)).reindex(columns=FORECAST_COLUMNS)


def _missing(council: dict[str, object]) -> str:
    """Which figure a forecast of this council would need and does not have; “” where it has all."""
    without = [MEASURES[m].label.lower() for m in THREE if pd.isna(council[m])]
    if pd.isna(council["census"]):
        return NO_CENSUS
    if without:
        return f"the census of {int(council['census'])} has no number for its {', '.join(without)}"
    return NO_PREVIOUS if pd.isna(council["previous_rank"]) else ""


def probabilities(fitted: ordinal.Fit, councils: pd.DataFrame) -> pd.DataFrame:
    """One row per council, by its index: P of each judgement, of good or outstanding with its interval, and the
    likeliest judgement with the interval of its own probability. Intervals are NaN where more than one draw in twenty
    has no estimate."""
    x = councils[list(fitted.columns)].to_numpy(float)
    point = ordinal.probabilities(fitted.estimates.to_numpy(), x)
    below = _cumulative(draws(fitted), x)
    good = JUDGEMENTS.index("good")
    likeliest = point.argmax(axis=1)
    together = forecast.ends(1 - below[good])
    own = forecast.ends(np.choose(likeliest, np.diff(below, axis=0)))
    return pd.DataFrame(
        {
            **dict(zip(SHARES, point.T, strict=True)),
            "p_good_or_outstanding": point[:, good:].sum(axis=1),
            "ci_low": together[0],
            "ci_high": together[1],
            "likeliest": [JUDGEMENTS[at] for at in likeliest],
            "likeliest_ci_low": own[0],
            "likeliest_ci_high": own[1],
        },
        index=councils.index,
    )


def _cumulative(params: np.ndarray, x: np.ndarray) -> np.ndarray:
    """P(a judgement below each, and below none) for every draw and council; (judgements + 1, draws, councils)."""
    k = x.shape[1]
    eta = params[:, :k] @ x.T
    between = [1 / (1 + np.exp(eta - params[:, [at]])) for at in range(k, params.shape[1])]
    return np.stack([np.zeros_like(eta), *between, np.ones_like(eta)])


def draws(fitted: ordinal.Fit) -> np.ndarray:
    """Estimates over 2,000 draws of return units, (draws, parameters); those without an estimate are left out, and all
    is NaN where they are more than one in twenty."""
    weights = batched.resamples(fitted.groups, forecast.RESAMPLES, forecast.SEED)
    start = fitted.estimates.to_numpy()
    found = batched.fit(fitted.codes, fitted.values, weights, start=start)
    params = found.params[found.estimated]
    return params if len(params) >= forecast.LEVEL * forecast.RESAMPLES else np.full((1, len(start)), np.nan)


def _named(rows: pd.DataFrame, skilled: bool) -> pd.DataFrame:
    """The rows with a judgement named where the rule allows it, and why not where it does not."""
    above = rows.likeliest_ci_low > 0.5
    allowed = (rows.refusal == "") & above & skilled
    against = pd.Series(NOT_ABOVE_HALF if skilled else NO_SKILL, index=rows.index)
    open_ = (rows.refusal == "") & ~allowed
    return rows.assign(named=rows.likeliest.where(allowed, None), refusal=rows.refusal.mask(open_, against))


def by_previous(table: pd.DataFrame, judgement: str) -> pd.DataFrame:
    """Councils' probabilities of good or outstanding by standing overall judgement, one row each: councils, lowest,
    median and highest, and for how many councils one judgement is named."""
    rows = table[(table.judgement == judgement) & table.p_good_or_outstanding.notna()]
    by = rows.groupby(pd.Categorical(rows.previous, JUDGEMENTS), observed=False)
    spread = by.p_good_or_outstanding.agg(["count", "min", "median", "max"])
    percent = {name: spread[name].map("{:.0%}".format).where(spread["count"] > 0, "–") for name in spread.columns[1:]}
    return pd.DataFrame(
        {
            "Standing judgement": [f"{name[0].upper()}{name[1:]}" for name in spread.index],
            "Councils": spread["count"].to_numpy(),
            "Lowest": percent["min"].to_numpy(),
            "Median": percent["median"].to_numpy(),
            "Highest": percent["max"].to_numpy(),
            "One judgement named": by.named.count().to_numpy(),
        }
    )


def shown_forecasts(table: pd.DataFrame, judgement: str) -> pd.DataFrame:
    """Every council's row of one judgement as a reader's table, by name: probabilities in percent, and the judgement
    named, “none” where none is clearly more likely than not, or what else stands against it."""
    rows = table[table.judgement == judgement]
    shares = {
        name[0].upper() + name[1:]: rows[column].map("{:.0%}".format).where(rows[column].notna(), "–")
        for name, column in zip(JUDGEMENTS, SHARES, strict=True)
    }
    together = rows.p_good_or_outstanding.map("{:.0%}".format)
    interval = rows.ci_low.map("{:.0%}".format) + " to " + rows.ci_high.map("{:.0%}".format)
    return pd.DataFrame(
        {
            "Council": rows.council,
            "Standing": rows.previous.fillna("–"),
            **shares,
            "Good or outstanding": together.where(rows.ci_low.isna(), together + " (" + interval + ")").where(
                rows.p_good_or_outstanding.notna(), "–"
            ),
            "Named": rows.named.where(rows.named.notna(), rows.refusal.replace(NOT_ABOVE_HALF, "none")),
        }
    )


def refusals(table: pd.DataFrame, judgement: str) -> pd.Series:
    """How many councils have each reason why no single judgement is named, most first."""
    return table[(table.judgement == judgement) & table.named.isna()].refusal.value_counts()
