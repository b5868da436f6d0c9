"""The next judgement forecast out of time: how close simple models come to what inspections then judged.

A model is fitted to inspections begun before a day and tried on those begun from then on, so that no forecast is scored
on what it was fitted to. Every model is tried on the same inspections: those with the three measures and an earlier
overall judgement. The score is the ranked probability score, which counts a forecast of “good” as nearer to
“outstanding” than to “inadequate”; 0 is a perfect forecast. Differences between models carry a bootstrap interval over
return units of the inspections tried, so that two councils with one return, or two inspections of one council, are drawn
together. Every fit goes through require_known_by: nothing dated later than its day can enter.

Sources: Epstein, E. (1969), Journal of Applied Meteorology 8, 985-987, and Murphy, A. (1971), the same 10, 155-156 (the
score); Gneiting, T. and Raftery, A. (2007), Journal of the American Statistical Association 102, 359-378 (proper scores).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from workforce_ratings.models import batched, ordinal
from workforce_ratings.vocabulary import (
    JUDGED,
    JUDGEMENTS,
    THREE,
    Fault,
    long_date,
    one_of,
    publication_date,
)

# The judgements that are forecast; that on care leavers began in 2023, so none could be tried out of time.
FORECAST = ("overall", "leaders", "help_and_protection", "in_care")
# What each model knows of an inspection. `previous_rank` is the council's overall judgement before, 0 to 3.
MODELS: dict[str, tuple[str, ...]] = {
    "base_rates": (),
    "previous_judgement_table": ("previous_rank",),
    "previous_judgement": ("previous_rank",),
    "workforce": THREE,
    "workforce_and_previous": (*THREE, "previous_rank"),
    "deprivation": ("imd_average_score",),
}
COUNTED = ("base_rates", "previous_judgement_table")
NEEDED = (*THREE, "previous_rank")
# Fewer inspections than this to try a model on, and a bootstrap of them says little.
FEWEST_TRIED = 30
LEVEL = 0.95
# The day that parts the inspections a forecast is fitted to from those it is tried on, chosen before any score was seen.
TRAIN_BEFORE = "2022-01-01"
RESAMPLES = 2_000
# Any fixed number gives the same intervals at every run; this one is the first day of the trial.
SEED = 20220101
BINS = np.linspace(0, 1, 6)
# The models whose calibration is looked at: the others forecast one share, or four, for everyone.
CALIBRATED = ("workforce", "workforce_and_previous")
# The models whose scores the table of other trials shows, the fullest last.
SHOWN = ("base_rates", "previous_judgement", "workforce", "workforce_and_previous")

# Each compared quantity: against which model, which column of losses, and the names of its interval's ends.
COMPARED = {
    "rps_difference": ("previous_judgement", "rps", "ci_low", "ci_high"),
    "base_difference": ("base_rates", "rps", "base_ci_low", "base_ci_high"),
    "log_loss_difference": ("previous_judgement", "log_loss", "log_loss_ci_low", "log_loss_ci_high"),
    "accuracy_difference": ("previous_judgement", "accuracy", "accuracy_ci_low", "accuracy_ci_high"),
}
SKILL_COLUMNS = [
    "judgement",
    "model",
    "n_train",
    "n_test",
    "rps",
    "log_loss",
    "accuracy",
    *[name for difference, (_, _, low, high) in COMPARED.items() for name in (difference, low, high)],
]


# --- what was known ------------------------------------------------------------------------------------------------


def usable(rows: pd.DataFrame, judgement: str) -> pd.DataFrame:
    """The ILACS inspections of a panel (with panel.with_context's columns) with the judgement, the three measures and
    an earlier overall judgement, under whichever framework that was."""
    one_of(judgement, FORECAST, "judgement")
    return rows[rows.framework == "ILACS"].dropna(subset=[judgement, *NEEDED]).reset_index(drop=True)


def known_by(rows: pd.DataFrame, day: str | pd.Timestamp) -> pd.Series:
    """Whether each row's inspection had begun, its report was out and its census was published by a day.

    A row without an inspection (NaT) or a census (NaN) has nothing to be known later.
    """
    until = pd.Timestamp(day)
    known = ~((rows.inspection_start > until) | (rows.publication_date > until))
    late = [pd.notna(census) and publication_date(census) > until for census in rows.census]
    return known & ~pd.Series(late, index=rows.index, dtype=bool)


def require_known_by(rows: pd.DataFrame, day: str | pd.Timestamp) -> pd.DataFrame:
    """The rows, if all of them were known by a day (see known_by). Raises Fault naming the first that was not."""
    late = rows[~known_by(rows, day)]
    if late.empty:
        return rows
    first = late.iloc[0]
    dates = {
        "began on": first.inspection_start,
        "was published on": first.publication_date,
        "is set beside a census published on": publication_date(first.census) if pd.notna(first.census) else pd.NaT,
    }
    what, when = next((what, when) for what, when in dates.items() if when > pd.Timestamp(day))
    raise Fault(
        f"An inspection of {first.council} {what} {long_date(when)}, later than {long_date(pd.Timestamp(day))}; "
        f"leave out what was not known on that day."
    )


# --- out of time -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """Models of one judgement fitted to `train` and tried on `test`, both panels.

    `probabilities` holds for each model P(judgement), (inspections tried, 4), worst first; `reasons` one sentence for
    each model that is missing, or one for all.
    """

    judgement: str
    train_before: pd.Timestamp
    train: pd.DataFrame
    test: pd.DataFrame
    probabilities: dict[str, np.ndarray]
    reasons: list[str]

    @property
    def codes(self) -> np.ndarray:
        """What came, 0 for inadequate to 3 for outstanding."""
        return self.test[self.judgement].cat.codes.to_numpy()


def out_of_time(rows: pd.DataFrame, judgement: str, train_before: str, as_at: str, strict: bool = False) -> Trial:
    """Fits every model to the usable inspections begun before a day, and tries them on those begun from then on.

    `strict` fits only to what was known before that day: reports and censuses published by then. Raises Fault for a day
    not written YYYY-MM-DD, and where a row was not known by `as_at`.
    """
    cut = _day(train_before)
    used = require_known_by(usable(rows, judgement), as_at)
    train, test = used[used.inspection_start < cut], used[used.inspection_start >= cut]
    until = cut - pd.Timedelta(days=1) if strict else pd.Timestamp(as_at)
    train = train[known_by(train, until)]
    reason = _untried(train, test, judgement, cut)
    found = {} if reason else {m: _forecast_by(m, train, test, judgement, until) for m in MODELS}
    probabilities = {m: p for m, p in found.items() if not isinstance(p, str)}
    reasons = [reason] if reason else [p for p in found.values() if isinstance(p, str)]
    return Trial(judgement, cut, train, test, probabilities, reasons)


def chosen(trials: dict[str, Trial], judgement: str) -> Trial:
    """The trial of one judgement. Raises Fault for a judgement that is not forecast."""
    return trials[one_of(judgement, trials, "judgement")]


def _day(text: str) -> pd.Timestamp:
    found = pd.to_datetime(str(text), format="%Y-%m-%d", errors="coerce")
    if pd.isna(found):
        raise Fault(f"train_before is “{text}”; give a day as YYYY-MM-DD, such as 2022-01-01.")
    return found


def _untried(train: pd.DataFrame, test: pd.DataFrame, judgement: str, cut: pd.Timestamp) -> str:
    """Why nothing can be fitted or tried, as a sentence; “” where it can."""
    if len(test) < FEWEST_TRIED:
        return (
            f"Forecasts of {JUDGED[judgement]} cannot be tried: {len(test)} usable inspections begun from "
            f"{long_date(cut)} on are known, and {FEWEST_TRIED} are needed."
        )
    absent = [j for j in JUDGEMENTS if j not in set(train[judgement])]
    if absent:
        return (
            f"Forecasts of {JUDGED[judgement]} cannot be tried: among the {len(train)} inspections begun before "
            f"{long_date(cut)} none was judged {' or '.join(absent)}."
        )
    return ""


def _forecast_by(
    model: str, train: pd.DataFrame, test: pd.DataFrame, judgement: str, until: pd.Timestamp
) -> np.ndarray | str:
    """P(judgement) of the inspections to try, under a model fitted to the others; or why there is none."""
    columns = list(MODELS[model])
    if model in COUNTED:
        return _counted(model, require_known_by(train, until), test, judgement)
    lacking = int(pd.concat([train, test])[columns].isna().any(axis=1).sum())
    if lacking:
        return f"{_model_of(model, judgement)} is left out: {lacking} inspections have no figure for it."
    fitted = fit_known(train, model, judgement, until)
    if isinstance(fitted, ordinal.NotEstimated):
        return f"{_model_of(model, judgement)} cannot be estimated: {fitted.reason}."
    return ordinal.probabilities(fitted.estimates.to_numpy(), test[columns].to_numpy(float))


def _model_of(model: str, judgement: str) -> str:
    """A model by the name that readers' tables give it, to begin a sentence."""
    return f"The model “{LABELS[model]}” of {JUDGED[judgement]}"


def fit_known(
    rows: pd.DataFrame, model: str, judgement: str, until: str | pd.Timestamp
) -> ordinal.Fit | ordinal.NotEstimated:
    """An ordinal logit of the judgement on a model's columns, of rows known by a day."""
    return ordinal.estimate(require_known_by(rows, until), MODELS[model], judgement, model)


def _counted(model: str, train: pd.DataFrame, test: pd.DataFrame, judgement: str) -> np.ndarray:
    """Shares of the judgements, all together, or by the previous judgement with one added to each of the 16 counts."""
    came, before = train[judgement].cat.codes.to_numpy(), train.previous_rank.to_numpy(int)
    if model == "base_rates":
        return np.tile(np.bincount(came, minlength=len(JUDGEMENTS)) / len(came), (len(test), 1))
    counts = np.ones((len(JUDGEMENTS), len(JUDGEMENTS)))
    np.add.at(counts, (before, came), 1)
    return (counts / counts.sum(axis=1, keepdims=True))[test.previous_rank.to_numpy(int)]


# --- scores ----------------------------------------------------------------------------------------------------------


def losses(probabilities: np.ndarray, codes: np.ndarray) -> pd.DataFrame:
    """One row per forecast: its ranked probability score over 3 (0 to 1), its log loss (natural logarithm), and
    `accuracy`, 1 where the most probable judgement came (the lower of two equally probable ones)."""
    cuts = np.arange(len(JUDGEMENTS) - 1)
    gaps = np.cumsum(probabilities, axis=1)[:, :-1] - (codes[:, None] <= cuts)
    return pd.DataFrame(
        {
            "rps": (gaps**2).sum(axis=1) / len(cuts),
            "log_loss": -np.log(probabilities[np.arange(len(codes)), codes]),
            "accuracy": (probabilities.argmax(axis=1) == codes).astype(float),
        }
    )


def skill(trial: Trial) -> pd.DataFrame:
    """One row per model tried, in the columns of forecast_skill.csv: mean losses over the inspections tried, and their
    difference to another model with a 95% percentile interval over 2,000 draws of return units. For the score and the log
    loss a negative difference is better, for accuracy a positive one. No rows where nothing could be tried."""
    lost = {model: losses(p, trial.codes) for model, p in trial.probabilities.items()}
    groups = trial.test.return_unit.astype("category").cat.codes.to_numpy()
    weights = batched.resamples(groups, RESAMPLES, SEED) if lost else np.empty((0, 0))
    rows = [
        {
            "judgement": trial.judgement,
            "model": model,
            "n_train": len(trial.train),
            "n_test": len(trial.test),
            **own.mean(),
            **_differences(own, lost, weights),
        }
        for model, own in lost.items()
    ]
    return pd.DataFrame(rows, columns=SKILL_COLUMNS)


def _differences(own: pd.DataFrame, lost: dict[str, pd.DataFrame], weights: np.ndarray) -> dict[str, float]:
    """Each difference of COMPARED with its interval; left out against a model that could not be estimated."""
    found = {}
    for name, (other, loss, low, high) in COMPARED.items():
        if other in lost:
            gap = (own[loss] - lost[other][loss]).to_numpy()
            drawn = weights @ gap / weights.sum(axis=1)
            found |= {name: gap.mean()} | dict(zip((low, high), ends(drawn), strict=True))
    return found


def ends(drawn: np.ndarray) -> np.ndarray:
    """The ends of the 95% percentile interval, along the first axis."""
    return np.quantile(drawn, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2], axis=0)


def checks(trials: dict[str, Trial], judgement: str, **others: Trial) -> pd.DataFrame:
    """skill() of the trials that the main one is held against, one below the other, in the columns of
    forecast_checks.csv: `check` is “other_judgement” or the name under which a trial is given."""
    named = [("other_judgement", trial) for name, trial in trials.items() if name != judgement]
    found = [skill(trial).assign(check=check) for check, trial in [*others.items(), *named]]
    found = [frame for frame in found if len(frame)]
    columns = ["check", *SKILL_COLUMNS]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)


def caveats(trial: Trial, changed: pd.DataFrame) -> dict[str, int]:
    """How many of a trial's rows rest on what was not known on the day that their forecast would have been made.

    `late_reports`, `late_censuses`: inspections fitted to whose report, or census, was published on or after the day of
    the cut. `ahead`: inspections tried whose census was published only after they began. `revised`: inspections of
    either kind with one of the three measures that an earlier release gave otherwise (`changed`, see
    coverage.revisions).
    """
    train, test = trial.train, trial.test
    published = [pd.Series(rows.census.map(publication_date), dtype="datetime64[ns]") for rows in (train, test)]
    kept = changed[changed.measure.isin(THREE) & (changed.level == "council")]
    revised = set(zip(kept.return_unit, kept.census, strict=True))
    both = pd.concat([train, test])
    return {
        "train": len(train),
        "test": len(test),
        "late_reports": int((train.publication_date >= trial.train_before).sum()),
        "late_censuses": int((published[0] >= trial.train_before).sum()),
        "ahead": int((published[1] > test.inspection_start).sum()),
        "revised": sum(pair in revised for pair in zip(both.return_unit, both.census, strict=True)),
    }


def calibration(trial: Trial, model: str) -> pd.DataFrame:
    """One row per fifth of the scale of P(good or outstanding): how many forecasts lie in it, their mean, and the share
    of those inspections judged good or outstanding, with Wilson's 95% interval. Shares are between 0 and 1, blank without
    forecasts. No rows where the model was not tried. Columns model, low, high, n, forecast, share, ci_low, ci_high."""
    columns = ["model", "low", "high", "n", "forecast", "share", "ci_low", "ci_high"]
    if model not in trial.probabilities:
        return pd.DataFrame(columns=columns)
    expected = trial.probabilities[model][:, JUDGEMENTS.index("good") :].sum(axis=1)
    came = trial.codes >= JUDGEMENTS.index("good")
    # The last fifth has its upper end too.
    fifth = np.minimum(np.digitize(expected, BINS[1:-1]), len(BINS) - 2)
    rows = []
    for at, (low, high) in enumerate(pairwise(BINS)):
        inside = fifth == at
        n = int(inside.sum())
        figures = (expected[inside].mean(), came[inside].mean(), *wilson(came[inside])) if n else (np.nan,) * 4
        rows.append((model, low, high, n, *figures))
    return pd.DataFrame(rows, columns=columns)


def calibrations(trial: Trial) -> dict[str, pd.DataFrame]:
    """calibration() of the models whose forecasts are worth a picture, of those tried."""
    return {model: calibration(trial, model) for model in CALIBRATED if model in trial.probabilities}


def wilson(came: np.ndarray) -> tuple[float, float]:
    """Wilson's 95% interval of a share."""
    return proportion_confint(int(came.sum()), len(came), alpha=1 - LEVEL, method="wilson")


def in_the_large(trial: Trial, model: str) -> dict[str, float]:
    """A model's mean P(good or outstanding) over the inspections tried, and the share that came with Wilson's 95%
    interval; nothing where it was not tried."""
    if model not in trial.probabilities:
        return {}
    came = trial.codes >= JUDGEMENTS.index("good")
    low, high = wilson(came)
    forecast = trial.probabilities[model][:, JUDGEMENTS.index("good") :].sum(axis=1).mean()
    return {"forecast": forecast, "share": came.mean(), "ci_low": low, "ci_high": high, "n": len(came)}


# --- for readers -----------------------------------------------------------------------------------------------------

LABELS = {
    "base_rates": "Base rates",
    "previous_judgement_table": "Previous judgement, counted",
    "previous_judgement": "Previous judgement",
    "workforce": "Workforce",
    "workforce_and_previous": "Workforce and previous",
    "deprivation": "Deprivation",
}
CHECKS = {
    "reports_known": "Fitted to what was published by then",
    "census_published": "Census published when it began",
    "other_judgement": "Another judgement",
}


def shown_skill(table: pd.DataFrame) -> pd.DataFrame:
    """skill() as a reader's table."""
    return pd.DataFrame(
        {
            "Model": table.model.map(LABELS),
            "Fitted to": table.n_train,
            "Tried on": table.n_test,
            "RPS": table.rps.map("{:.4f}".format),
            "less previous judgement's": _told(table.rps_difference, table.ci_low, table.ci_high),
            "less base rates'": _told(table.base_difference, table.base_ci_low, table.base_ci_high),
            "Log loss": table.log_loss.map("{:.3f}".format),
            "Accuracy": table.accuracy.map("{:.0%}".format),
        }
    )


def shown_checks(table: pd.DataFrame) -> pd.DataFrame:
    """checks() as a reader's table, one row per trial: the scores of four models, and by how much the fullest of them
    differs from the previous judgement alone."""
    keys = ["check", "judgement", "n_train", "n_test"]
    order = pd.MultiIndex.from_frame(table[keys].drop_duplicates())
    wide = table.pivot(index=keys, columns="model", values="rps").reindex(order).reset_index()
    scores = {LABELS[m]: wide[m].map("{:.4f}".format) for m in LABELS if m in wide and m in SHOWN}
    fullest = table[table.model == SHOWN[-1]].set_index(keys)
    gaps = _told(fullest.rps_difference, fullest.ci_low, fullest.ci_high).reindex(order)
    return pd.DataFrame(
        {
            "Trial": wide.check.map(CHECKS),
            "Judgement": wide.judgement.str.replace("_", " "),
            "Fitted to": wide.n_train,
            "Tried on": wide.n_test,
            **scores,
            "The last less previous judgement's": gaps.to_numpy(),
        }
    )


def _told(gap: pd.Series, low: pd.Series, high: pd.Series) -> pd.Series:
    """A difference with its interval; “–” where a model is compared with itself, or with none."""
    text = gap.map("{:+.3f}".format) + " (" + low.map("{:+.3f}".format) + " to " + high.map("{:+.3f}".format) + ")"
    return text.where(gap.notna() & ((low != 0) | (high != 0)), "–")


def shown_calibration(table: pd.DataFrame) -> pd.DataFrame:
    """calibration() as a reader's table, in percent."""
    percent = {name: table[name].map("{:.0%}".format) for name in ("forecast", "share", "ci_low", "ci_high")}
    shown = table.n > 0
    return pd.DataFrame(
        {
            "Forecast": table.low.map("{:.0%}".format) + " to " + table.high.map("{:.0%}".format),
            "Inspections": table.n,
            "Mean forecast": percent["forecast"].where(shown, "–"),
            "Came good or outstanding": percent["share"].where(shown, "–"),
            "95% interval": (percent["ci_low"] + " to " + percent["ci_high"]).where(shown, "–"),
        }
    )
