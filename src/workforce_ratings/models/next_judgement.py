"""Each council's probabilities for its next judgement, and when a single judgement may be named.

The model is fitted to every inspection known by a day, and takes a council's latest census and its standing overall
judgement: of forecast.MODELS it is the one that knows most of a council, chosen for that and not by its score. Where a
figure is missing, or the model could not be tried out of time, there are no probabilities, and the row says why.

The rule by which one judgement is named is itself tried out of time, on the inspections that the model was tried on
(rule_tried): that the model's scores are better than base rates' on average says nothing of its highest probabilities.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workforce_ratings.models import batched, forecast, ordinal
from workforce_ratings.vocabulary import JUDGEMENTS, MEASURES, SMALL_WORKFORCE_FTE, THREE, long_date

MODEL = "workforce_and_previous"
SHARES = [f"p_{name.replace(' ', '_')}" for name in JUDGEMENTS]
FORECAST_COLUMNS = [
    "council_code",
    "council",
    "judgement",
    "model",
    "census",
    "previous",
    "previous_start",
    "previous_published",
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
SMALL = f"the census has fewer than {SMALL_WORKFORCE_FTE} social workers in post (full-time equivalent) there"
OUTSIDE = "a figure of the council lies outside the range of the inspections the model is fitted to"
TOO_FEW_NAMED = "the rule named too few of the inspections it was tried on to be trusted"
TOO_FEW_CAME = "of the judgements the rule named where it was tried, no clear majority came"
NO_PREVIOUS = "there is no earlier overall judgement of the council"
NO_CENSUS = "the latest census has no figures of the council"
# Of fewer judgements named in a trial the share that came says next to nothing.
FEWEST_NAMED = 10
TRIED_COLUMNS = ["judgement", "model", "n_train", "n_test", "named", "came", "came_ci_low", "came_ci_high"]


def forecasts(
    panel: pd.DataFrame,
    councils: pd.DataFrame,
    trials: dict[str, forecast.Trial],
    as_at: str,
    tried: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row per council and judgement, in the columns of forecasts.csv: the probabilities of its next judgement.

    `panel` is every inspection known by `as_at`, `councils` panel.latest of that day, `tried` rule_tried() of the
    trials (made here where it is not given). Intervals are 95% percentile
    intervals over 2,000 draws of return units of the inspections fitted to: they cover chance in the coefficients, not
    what an inspection will find. A single judgement is `named` only where out of time the model's score was clearly
    below that of the base rates, the rule held where it was tried (see rule_tried), and nothing about the council is
    against it (see against); `refusal` says what is. `previous_start` and `previous_published` are of the inspection
    that gave the standing overall judgement.
    """
    forecast.require_known_by(councils, as_at)
    tried = (rule_tried(trials, as_at) if tried is None else tried).set_index("judgement")
    parts = [
        _forecasts_of(panel, councils, name, _against_model(trial, tried), as_at) for name, trial in trials.items()
    ]
    whole = pd.concat(parts, ignore_index=True)
    whole = whole.sort_values(["council", "council_code"], kind="stable", ignore_index=True)
    return whole[FORECAST_COLUMNS].astype({"census": "Int64"})


def _against_model(trial: forecast.Trial, tried: pd.DataFrame) -> str:
    """What of a judgement's trial stands against naming any; “” where nothing does. `tried` is rule_tried by judgement."""
    measured = forecast.skill(trial).set_index("model")
    if MODEL not in measured.index or trial.judgement not in tried.index:
        return NOT_TRIED
    # Without a figure for the difference (NaN) nothing clear was shown either.
    return tried.refusal[trial.judgement] if measured.base_ci_high[MODEL] < 0 else NO_SKILL


def _forecasts_of(
    panel: pd.DataFrame, councils: pd.DataFrame, judgement: str, against_model: str, as_at: str
) -> pd.DataFrame:
    """The rows of forecasts for one judgement."""
    rows = _standing(councils).assign(judgement=judgement, model=MODEL, named=None)
    rows = rows.assign(refusal=[_missing(council) for council in councils.to_dict("records")])
    fitted = forecast.fit_known(forecast.usable(panel, judgement), MODEL, judgement, as_at)
    if against_model == NOT_TRIED or isinstance(fitted, ordinal.NotEstimated):
        reason = NOT_TRIED if against_model == NOT_TRIED else NOT_ESTIMATED
        return rows.assign(refusal=rows.refusal.where(rows.refusal != "", reason)).reindex(columns=FORECAST_COLUMNS)
    whole = councils[rows.refusal == ""]
    found = probabilities(fitted, whole)
    reasons = against(fitted, whole, found)
    # Where no forecast of the model is better than base rates, that comes before anything about a council.
    reasons = reasons.where((reasons != "") & (against_model != NO_SKILL), against_model)
    rows = rows.join(found).assign(refusal=reasons.reindex(rows.index).fillna(rows.refusal))
    return rows.assign(named=rows.likeliest.where(rows.refusal == "", None)).reindex(columns=FORECAST_COLUMNS)


def _standing(councils: pd.DataFrame) -> pd.DataFrame:
    """Who the councils are, their census, and their standing overall judgement with its inspection's days."""
    days = {"inspection_start": "previous_start", "publication_date": "previous_published"}
    kept = councils[["council_code", "council", "census", "previous", *days]]
    return kept.rename(columns=days).astype({"previous": object})


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


def against(fitted: ordinal.Fit, rows: pd.DataFrame, found: pd.DataFrame) -> pd.Series:
    """What stands against naming the likeliest judgement of each row, by its index; “” where nothing does.

    `rows` are councils or inspections with the model's columns and `inpost_fte`, `found` their probabilities(). Against
    it is a workforce too small for its rates to say something (SMALL_WORKFORCE_FTE), a figure below the lowest or above
    the highest of the rows fitted to, and an interval of that judgement's probability that does not lie wholly above
    one half, or is missing.
    """
    x = rows[list(fitted.columns)].to_numpy(float)
    outside = ((x < fitted.values.min(axis=0)) | (x > fitted.values.max(axis=0))).any(axis=1)
    small = (rows.inpost_fte < SMALL_WORKFORCE_FTE).to_numpy(bool)
    below = ~(found.likeliest_ci_low > 0.5).to_numpy()
    return pd.Series(np.select([small, outside, below], [SMALL, OUTSIDE, NOT_ABOVE_HALF], ""), index=rows.index)


def rule_tried(trials: dict[str, forecast.Trial], as_at: str) -> pd.DataFrame:
    """One row per judgement tried: the rule applied to the inspections tried, as it is applied to councils.

    The model is fitted to the trial's earlier inspections alone. `named` counts the later ones for which one judgement
    would have been named (see against), `came` those of them judged so; `came_ci_low` and `came_ci_high` are Wilson's
    95% interval of that share, NaN where none was named. `refusal` says why the rule is not to be trusted: fewer than
    FEWEST_NAMED named, or an interval not wholly above one half; “” where it is.
    """
    rows = [_rule_tried(trial, as_at) for trial in trials.values() if MODEL in trial.probabilities]
    return pd.DataFrame([row for row in rows if row], columns=[*TRIED_COLUMNS, "refusal"])


def _rule_tried(trial: forecast.Trial, as_at: str) -> dict[str, object]:
    """rule_tried's row of one trial; nothing where the model cannot be estimated."""
    fitted = forecast.fit_known(trial.train, MODEL, trial.judgement, as_at)
    if isinstance(fitted, ordinal.NotEstimated):
        return {}
    found = probabilities(fitted, trial.test)
    named = (against(fitted, trial.test, found) == "").to_numpy()
    came = (found.likeliest.to_numpy() == trial.test[trial.judgement].astype(object).to_numpy())[named]
    low, high = forecast.wilson(came) if len(came) else (np.nan, np.nan)
    counts = {"n_train": len(trial.train), "n_test": len(trial.test), "named": len(came), "came": int(came.sum())}
    refusal = TOO_FEW_NAMED if len(came) < FEWEST_NAMED else "" if low > 0.5 else TOO_FEW_CAME
    ends = {"came_ci_low": low, "came_ci_high": high, "refusal": refusal}
    return {"judgement": trial.judgement, "model": MODEL, **counts, **ends}


def checks_with_rule(checks: pd.DataFrame, tried: pd.DataFrame) -> pd.DataFrame:
    """forecast.checks() and below it rule_tried() as the check “naming_rule”, in the columns of forecast_checks.csv."""
    parts = [part for part in (checks, tried.assign(check="naming_rule")) if len(part)]
    columns = [*checks.columns, *(name for name in TRIED_COLUMNS if name not in checks)]
    whole = pd.concat(parts, ignore_index=True) if parts else checks
    return whole.reindex(columns=columns).astype({"named": "Int64", "came": "Int64"})


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
    """Every council's row of one judgement as a reader's table, by name: the standing judgement with the days on which
    its inspection began and its report was published, probabilities in percent, and the judgement named, “none” where
    none is clearly more likely than not, or what else stands against it."""
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
            "Inspected": [_day(start) for start in rows.previous_start],
            "Published": [_day(published) for published in rows.previous_published],
            **shares,
            "Good or outstanding": together.where(rows.ci_low.isna(), together + " (" + interval + ")").where(
                rows.p_good_or_outstanding.notna(), "–"
            ),
            "Named, or why not": rows.named.where(rows.named.notna(), rows.refusal.replace(NOT_ABOVE_HALF, "none")),
        }
    )


def _day(day: pd.Timestamp) -> str:
    return "–" if pd.isna(day) else long_date(day)
