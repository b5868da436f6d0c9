"""How the judgement of one inspection compares with those that a model gives to its staffing.

The model is forecast.MODELS' “workforce”: the ordinal logit of the overall judgement on agency rate, turnover rate and
caseload, fitted to the inspections of other return units alone, so that no judgement is compared with itself. It is
fitted to what is known on the report's day, later inspections too: it looks back, and is no forecast. How far a model of
these columns can be trusted is measured out of time (see tried).

Intervals are 95% percentile intervals over 2,000 draws of return units. They cover chance in the inspections fitted to,
not what another inspection of the same council would have found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from workforce_ratings.models import batched, forecast, next_judgement, ordinal
from workforce_ratings.vocabulary import (
    JUDGEMENTS,
    MEASURES,
    SMALL_WORKFORCE_FTE,
    THREE,
    long_date,
    publication_date,
)

MODEL = "workforce"
JUDGEMENT = "overall"
NO_JUDGEMENT = "no inspection of the council with an overall judgement is known"

# What a reader must know of an inspection before its probabilities are read; wording.expectations has a sentence for each.
OTHER_FRAMEWORK, LATER, SMALL, OUTSIDE, JOINT = CAUTIONS = ("framework", "later", "small", "outside", "joint")

TABLE_COLUMNS = [
    "judgement",
    "given",
    *(
        f"{name}{end}"
        for name in ("p", "p_or_lower", "p_or_higher", "difference")
        for end in ("", "_ci_low", "_ci_high")
    ),
]
FIGURE_COLUMNS = ["measure", "value", "lowest", "highest", "outside"]


class Expectation(NamedTuple):
    """What a model gives to the staffing beside one inspection, or why there is nothing (`refusal`, “” where there is).

    `inspection` is its row of the panel, None where there is none. `table` has one row per judgement, worst first (see
    TABLE_COLUMNS): whether it is the one `given`, its probability `p` (0 to 1), that of it or a lower one, that of it or
    a higher one, and `difference`, the probability of the judgement given less that of this one, blank for the one given;
    each with its 95% interval, blank where more than one draw in twenty has no estimate. `figures` has one row per
    measure: the council's `value` beside the lowest and highest of the inspections fitted to, and whether it lies
    `outside` them. `n` inspections of `units` return units were fitted to, begun from `first` to `last`; `left_out` more
    were of the council itself, or of one in its joint return. `cautions` are of CAUTIONS.
    """

    inspection: pd.Series | None
    refusal: str
    table: pd.DataFrame
    figures: pd.DataFrame
    n: int = 0
    units: int = 0
    left_out: int = 0
    first: pd.Timestamp = pd.NaT
    last: pd.Timestamp = pd.NaT
    cautions: tuple[str, ...] = ()


def expected(panel: pd.DataFrame, inspection: pd.Series | None, as_at: str) -> Expectation:
    """The probabilities of the four overall judgements at the staffing linked to an inspection that gave one.

    `panel` holds the inspections to fit to, panel.ilacs_to_2025 of panel.build; `inspection` is a row of panel.build
    with an overall judgement, None for a council without. Refuses where a figure is missing, and where the inspections
    of others are too few to estimate the model. Raises Fault where an inspection fitted to was not known by `as_at`.
    """
    reason = NO_JUDGEMENT if inspection is None else _missing(inspection, as_at)
    if reason:
        return _refused(inspection, reason)
    # One whose census was not yet published has no figures, so it is left out before anything must have been known.
    usable = ordinal.complete(panel, JUDGEMENT, THREE)
    fitted = forecast.fit_known(usable[~same_return(usable, inspection)], MODEL, JUDGEMENT, as_at)
    if isinstance(fitted, ordinal.NotEstimated):
        return _refused(inspection, f"the model cannot be fitted to those of other councils: {fitted.reason}")
    figures = _figures(fitted, inspection)
    return Expectation(
        inspection,
        "",
        _table(fitted, inspection),
        figures,
        fitted.n,
        fitted.rows.return_unit.nunique(),
        len(usable) - fitted.n,
        fitted.rows.inspection_start.min(),
        fitted.rows.inspection_start.max(),
        _cautions(panel, inspection, figures),
    )


def same_return(panel: pd.DataFrame, inspection: pd.Series) -> pd.Series:
    """Whether each row is of the inspection's council, or of one that shares its workforce return."""
    own = {inspection.council_code, *inspection.return_unit.split(" / ")}
    rows = zip(panel.council_code, panel.return_unit, strict=True)
    shared = [not own.isdisjoint((code, *unit.split(" / "))) for code, unit in rows]
    return pd.Series(shared, index=panel.index, dtype=bool)


def _missing(inspection: pd.Series, as_at: str) -> str:
    """Which figure the model would need and does not have; “” where it has all."""
    year = int(inspection.census)
    without = [m for m in THREE if pd.isna(inspection[m])]
    if not without:
        return ""
    if publication_date(year) > pd.Timestamp(as_at):
        return f"the census of {year}, which it is set beside, was not published by {long_date(pd.Timestamp(as_at))}"
    if all(pd.isna(inspection[f"{m}_marker"]) for m in THREE):
        return f"there are no figures of the council for the census of {year}, which it is set beside"
    return f"the census of {year}, which it is set beside, has no number for its {_listed(without)}"


def _listed(measures: list[str]) -> str:
    return ", ".join(MEASURES[m].label.lower() for m in measures)


def _refused(inspection: pd.Series | None, reason: str) -> Expectation:
    none = pd.DataFrame(columns=TABLE_COLUMNS), pd.DataFrame(columns=FIGURE_COLUMNS)
    return Expectation(inspection, reason, *none)


def _table(fitted: ordinal.Fit, inspection: pd.Series) -> pd.DataFrame:
    """Expectation.table: estimates, and the ends of their intervals over the draws."""
    x = inspection[list(fitted.columns)].to_numpy(float)
    given = JUDGEMENTS.index(inspection[JUDGEMENT])
    point = _quantities(fitted.estimates.to_numpy()[None], x, given)
    drawn = _quantities(next_judgement.draws(fitted), x, given)
    columns = {"judgement": JUDGEMENTS, "given": np.arange(len(JUDGEMENTS)) == given}
    for name, estimate in point.items():
        low, high = forecast.ends(drawn[name])
        columns |= {name: estimate[0], f"{name}_ci_low": low, f"{name}_ci_high": high}
    return pd.DataFrame(columns, columns=TABLE_COLUMNS)


def _quantities(params: np.ndarray, x: np.ndarray, given: int) -> dict[str, np.ndarray]:
    """Of each row of coefficients and thresholds: what is told of every judgement; (rows, judgements) by name."""
    k = len(x)
    at_most = 1 / (1 + np.exp((params[:, :k] @ x)[:, None] - params[:, k:]))
    below = np.c_[np.zeros(len(params)), at_most, np.ones(len(params))]
    p = np.diff(below, axis=1)
    difference = p[:, [given]] - p
    difference[:, given] = np.nan
    return {"p": p, "p_or_lower": below[:, 1:], "p_or_higher": 1 - below[:, :-1], "difference": difference}


def _figures(fitted: ordinal.Fit, inspection: pd.Series) -> pd.DataFrame:
    value = inspection[list(fitted.columns)].to_numpy(float)
    lowest, highest = fitted.values.min(axis=0), fitted.values.max(axis=0)
    outside = (value < lowest) | (value > highest)
    columns = (list(fitted.columns), value, lowest, highest, outside)
    return pd.DataFrame(dict(zip(FIGURE_COLUMNS, columns, strict=True)))


def _cautions(panel: pd.DataFrame, inspection: pd.Series, figures: pd.DataFrame) -> tuple[str, ...]:
    held = {
        OTHER_FRAMEWORK: inspection.framework not in set(panel.framework),
        LATER: inspection.inspection_start > panel.inspection_start.max(),
        SMALL: inspection.inpost_fte < SMALL_WORKFORCE_FTE,
        OUTSIDE: figures.outside.any(),
        JOINT: inspection.joint,
    }
    return tuple(name for name in CAUTIONS if held[name])


# --- how far it can be trusted ---------------------------------------------------------------------------------------


def tried(trial: forecast.Trial) -> dict[str, object] | None:
    """What the trial of the model showed beside base rates; None where either could not be tried.

    Inspections fitted to (`n_train`) and tried on (`n_test`), begun from `train_before` on; `accuracy`, the share in
    which the model's most probable judgement came, and `rps`, its mean ranked probability score (0 is perfect); the same
    of base rates; and the model's less base rates', with 95% percentile intervals over 2,000 draws of return units.
    """
    if not {MODEL, "base_rates"} <= set(trial.probabilities):
        return None
    own, base = (forecast.losses(trial.probabilities[model], trial.codes) for model in (MODEL, "base_rates"))
    groups = trial.test.return_unit.astype("category").cat.codes.to_numpy()
    weights = batched.resamples(groups, forecast.RESAMPLES, forecast.SEED)
    found = {"n_train": len(trial.train), "n_test": len(trial.test), "train_before": trial.train_before}
    for loss in ("accuracy", "rps"):
        gap = (own[loss] - base[loss]).to_numpy()
        low, high = forecast.ends(weights @ gap / weights.sum(axis=1))
        found |= {loss: own[loss].mean(), f"base_{loss}": base[loss].mean(), f"{loss}_difference": gap.mean()}
        found |= {f"{loss}_ci_low": low, f"{loss}_ci_high": high}
    return found


# --- for readers -----------------------------------------------------------------------------------------------------


def shown(found: Expectation) -> pd.DataFrame:
    """The probabilities as a reader's table, in percent, and differences in points: one row per judgement, no rows where
    there are none."""
    table = found.table
    return pd.DataFrame(
        {
            "Judgement": [f"{name[0].upper()}{name[1:]}" for name in table.judgement],
            "Given": ["given" if given else "–" for given in table.given],
            "Probability": [_percent(p) for p in table.p],
            "95% interval": _spanned(table, "p", _percent),
            "Given less this": [_signed(gap) for gap in table.difference],
            "95% interval of it": _spanned(table, "difference", _signed),
        }
    )


def shown_staffing(found: Expectation) -> pd.DataFrame:
    """The figures that the probabilities rest on as a reader's table: one row per measure, beside the range fitted to."""
    rows = found.figures
    return pd.DataFrame(
        {
            "Measure": [MEASURES[m].axis_label for m in rows.measure],
            "At the linked census": rows.value.astype(float),
            "Lowest fitted to": rows.lowest.astype(float),
            "Highest fitted to": rows.highest.astype(float),
        }
    )


def _spanned(table: pd.DataFrame, name: str, told: Callable[[float], str]) -> list[str]:
    ends = zip(table[f"{name}_ci_low"], table[f"{name}_ci_high"], strict=True)
    return ["–" if pd.isna(low) else f"{told(low)} to {told(high)}" for low, high in ends]


def _percent(share: float) -> str:
    return "under 1%" if 0 < share < 0.005 else f"{share:.0%}"


def _signed(share: float) -> str:
    """A difference of two shares in percentage points; “–” for the judgement given, which is not less itself."""
    told = "–" if pd.isna(share) else f"{100 * share:+.0f}"
    return "0" if told in ("+0", "-0") else told.replace("-", "−")
