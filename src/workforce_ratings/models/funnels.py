"""Funnel plots: each council's figure of one census beside England's pooled rate, with limits that narrow with size.

A rate is put on the scale on which chance has the same spread at every rate (the arcsine of the square root for shares,
the square root for rates per head), where the standard deviation of chance is 1 / (2 √size). Limits are 1.96 (95%) and
3.09 (99.8%) standard deviations either side of the pooled rate. Exact binomial limits are not used: they need whole
people, and they have no place for over-dispersion.

Councils differ by far more than chance. That spread is taken as real and unexplained, and as the same for small and large
councils: an additive (random-effects) variance τ² is added to the variance of chance. The multiplicative factor φ is told
for comparison and not used for limits: limits that it widens still close in on the rate of a large council, who would
stand out for being large. Both are estimated from z scores with the tenth at either end drawn in (winsorised), so that
councils which stand out do not widen the limits that should show them.

Sources: Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202 (funnel plots); Spiegelhalter (2005), Quality and
Safety in Health Care 14, 347-351 (additive over-dispersion); Paule and Mandel (1982), Journal of Research of the National
Bureau of Standards 87, 377-385 (the equation that τ² solves).
"""

from __future__ import annotations

from calendar import isleap
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import brentq

from workforce_ratings.vocabulary import FIVE, MEASURES, SMALL_WORKFORCE_FTE, Fault, one_decimal, one_of

# Standard deviations of the two pairs of limits, by the column endings that name them.
REACH = {"95": stats.norm.ppf(0.975), "998": stats.norm.ppf(0.999)}
OUTSIDE = {"95": 0.05, "998": 0.002}
# With fewer return units than this the spread between them is guesswork.
FEWEST_UNITS = 20
WINSORISED = 0.1
_EDGE = stats.norm.ppf(1 - WINSORISED)
# Mean square of standard normal z scores once winsorised, 0.68: undivided by it, chance alone would look too even and
# limits would be 18% too narrow.
CHANCE_SPREAD = 1 - 2 * WINSORISED - 2 * _EDGE * stats.norm.pdf(_EDGE) + 2 * WINSORISED * _EDGE**2

POSITIONS = ("above 99.8%", "above 95%", "within limits", "below 95%", "below 99.8%")
SMALL, NO_FIGURE = "too small to place", "no figure"
NAMES = ["council", "council_code", "return_unit", "name", "joint", "overall"]
LIMITS = ["low_998", "low_95", "high_95", "high_998"]
COUNTS = ["measure", "census", "numerator", "denominator", "value", "marker", "rate"]
COLUMNS = [*NAMES, *COUNTS, "target", "phi", "tau", "z", *LIMITS, "position"]


@dataclass(frozen=True)
class Basis:
    """What a measure is a share or a rate of: numerator and denominators of the census, whether it is a share (binomial)
    or a rate per head (Poisson), whether its numerator counts days, and by what its quotient is multiplied to give the
    measure."""

    numerator: str
    denominators: tuple[str, ...]
    share: bool
    days: bool = False
    scale: float = 100

    def stretched(self, rate):
        """Rates, in the measure's unit, on the scale on which the variance of chance is 1 / (4 size)."""
        root = np.sqrt(rate / self.scale)
        return np.arcsin(root) if self.share else root

    def rate(self, stretched):
        """The way back; beyond either end of the scale is its end."""
        if self.share:
            return self.scale * np.sin(np.clip(stretched, 0, np.pi / 2)) ** 2
        return self.scale * np.maximum(stretched, 0) ** 2


# Days lost come in spells, so days are not independent of each other and no limit can rest on their number. The largest
# variance that absence of independent workers can have is that of each being away all year or not at all: a share of the
# people in post. Limits on that footing ask more of a small workforce, where one long illness moves the rate.
BASES = {
    "agency_rate": Basis("agency_fte", ("agency_fte", "inpost_fte"), share=True),
    "turnover_rate": Basis("leavers_fte", ("inpost_fte",), share=False),
    "vacancy_rate": Basis("vacancy_fte", ("vacancy_fte", "inpost_fte"), share=True),
    "absence_rate": Basis("working_days_lost_fte", ("inpost_fte",), share=True, days=True),
    "caseload": Basis("cases", ("case_holders_fte",), share=False, scale=1),
}


def working_days(census: int) -> int:
    """Working days in the year to a census, by which DfE's absence rate and its days lost agree: 253, and 254 where 29
    February lies in that year (the censuses of 2020 and 2024)."""
    return 253 + isleap(int(census))


# --- where each council stands ---------------------------------------------------------------------------------------


def place(rows: pd.DataFrame, measure: str, census: int) -> pd.DataFrame:
    """One row per council, by name: where its figure of one census lies in the funnel. `rows` are panel.with_standing's.

    `numerator` and `denominator` are full-time-equivalent people (cases for the caseload, working years for absence),
    `value` DfE's published figure and `marker` its letter where there is none, `rate` the unrounded quotient and `target`
    the pooled rate of all return units with a figure, both in the measure's unit. `phi` is how many times more rates
    vary than by chance, `tau` the standard deviation between councils on the stretched scale (see Basis), `z` how many
    standard deviations of chance and councils together the rate lies above the target, and low_998 to high_998 the limits
    at the council's size. `position` is one of POSITIONS, SMALL (fewer than SMALL_WORKFORCE_FTE in post) or NO_FIGURE. A
    joint return counts once, and both its councils have its row. Raises Fault for a census with too few return units.
    """
    one_of(measure, BASES, "a measure")
    # In a fixed order, so that sums are the same to the last digit however the rows came.
    at = rows[rows.census == census].sort_values(["council", "council_code"])
    frame = _counted(at, measure).assign(census=census)
    apart = frame.drop_duplicates("return_unit")
    known, placed = apart[apart.rate.notna()], apart[apart.position == ""]
    if len(placed) < FEWEST_UNITS:
        raise Fault(
            f"{MEASURES[measure].label} at the census of {census} has {len(placed)} returns large enough to place; a "
            f"funnel needs {FEWEST_UNITS}, so choose another census."
        )
    basis = BASES[measure]
    target = basis.scale * known.numerator.sum() / known.denominator.sum()
    deviation = basis.stretched(placed.rate) - basis.stretched(target)
    tau = np.sqrt(between(deviation, placed.denominator))
    frame = frame.assign(target=target, phi=dispersion(2 * np.sqrt(placed.denominator) * deviation), tau=tau)
    return _positioned(frame, basis)


def every_measure(rows: pd.DataFrame, census: int, measures: tuple[str, ...] = FIVE) -> pd.DataFrame:
    """place() of each measure, one below the other, as funnel.csv has it."""
    return pd.concat([place(rows, measure, census) for measure in measures], ignore_index=True)


def every_census(rows: pd.DataFrame) -> pd.DataFrame:
    """place() of each measure at each census of `rows` that has returns enough for a funnel, one below the other."""
    placed = []
    for census in sorted(rows.census.unique()):
        for measure in FIVE:
            with suppress(Fault):
                placed.append(place(rows, measure, census))
    return pd.concat(placed, ignore_index=True) if placed else pd.DataFrame(columns=COLUMNS)


def _counted(at: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Names, counts and rate of each council, and a `position` for those that have no place in the funnel, else “”."""
    basis = BASES[measure]
    over, under = at[basis.numerator], at[list(basis.denominators)].sum(axis=1, skipna=False)
    over = over / at.census.map(working_days) if basis.days else over
    known = at[measure].notna() & over.notna() & (under > 0)
    frame = at[NAMES].assign(measure=measure, numerator=over, denominator=under, value=at[measure])
    return frame.assign(
        marker=at[f"{measure}_marker"],
        rate=(basis.scale * over / under).where(known),
        position=np.select([~known, ~(at.inpost_fte >= SMALL_WORKFORCE_FTE)], [NO_FIGURE, SMALL], ""),
    )


def _positioned(frame: pd.DataFrame, basis: Basis) -> pd.DataFrame:
    placed = frame.position == ""
    size = frame.denominator.where(placed)
    reach = np.sqrt(1 / (4 * size) + frame.tau**2)
    z = (basis.stretched(frame.rate) - basis.stretched(frame.target)) / reach
    beyond = [z > REACH["998"], z > REACH["95"], z >= -REACH["95"], z >= -REACH["998"]]
    limits = _limits(basis, frame.target, frame.tau, size)
    found = np.select(beyond, POSITIONS[:4], POSITIONS[4])
    frame = frame.assign(z=z, **limits, position=frame.position.where(~placed, found))
    return frame[COLUMNS].reset_index(drop=True)


def _limits(basis: Basis, target, tau, size) -> dict[str, object]:
    """The four limits, in the measure's unit, of councils of these sizes."""
    middle, reach = basis.stretched(target), np.sqrt(1 / (4 * size) + tau**2)
    sides = {"low": -1, "high": 1}
    ends = {f"{end}_{level}": middle + sign * z * reach for level, z in REACH.items() for end, sign in sides.items()}
    return {name: basis.rate(ends[name]) for name in LIMITS}


# --- over-dispersion -------------------------------------------------------------------------------------------------


def dispersion(z) -> float:
    """How many times the variance of z scores is that of chance: their winsorised mean square, over what that of standard
    normal ones would be. About 1 for chance alone."""
    low, high = np.quantile(z, [WINSORISED, 1 - WINSORISED])
    return float(np.mean(np.clip(z, low, high) ** 2) / CHANCE_SPREAD)


def between(deviation, size) -> float:
    """The variance between councils (τ²) which, added to that of chance, leaves the z scores spread as chance would: 0
    where chance alone spreads them as much. `deviation` from the target is on the stretched scale, `size` in people."""
    chance = 1 / (4 * np.asarray(size, float))
    deviation = np.asarray(deviation, float)

    def excess(variance: float) -> float:
        return dispersion(deviation / np.sqrt(chance + variance)) - 1

    if excess(0.0) <= 0:
        return 0.0
    return float(brentq(excess, 0.0, np.max(deviation**2) / CHANCE_SPREAD, xtol=1e-14))


# --- for charts, sentences and tables --------------------------------------------------------------------------------


def units(placed: pd.DataFrame, measure: str) -> pd.DataFrame:
    """One row per return unit that has a place in the funnel of a measure, by name; `overall` is blank where the councils
    of a joint return have different judgements."""
    rows = placed[(placed.measure == measure) & placed.position.isin(POSITIONS)]
    judged = rows.groupby("return_unit").overall.nunique(dropna=False)
    once = rows.drop_duplicates("return_unit").sort_values("name")
    same = once.return_unit.map(judged) == 1
    return once.assign(overall=once.overall.where(same)).reset_index(drop=True)


def limits(placed: pd.DataFrame, measure: str, sizes: np.ndarray | None = None) -> pd.DataFrame:
    """The limits as curves: one row per size (the denominator's people; by default 100 steps from the smallest to the
    largest return placed), with target and low_998 to high_998 in the measure's unit."""
    rows = units(placed, measure)
    if sizes is None:
        sizes = np.linspace(np.sqrt(rows.denominator.min()), np.sqrt(rows.denominator.max()), 100) ** 2
    target, tau = rows.target.iloc[0], rows.tau.iloc[0]
    return pd.DataFrame(
        {"size": sizes, "target": target, **_limits(BASES[measure], target, tau, np.asarray(sizes, float))}
    )


def counts(placed: pd.DataFrame) -> pd.DataFrame:
    """One row per measure: return units placed, too small and without a figure; how many lie above and below each pair of
    limits (those beyond 99.8% are beyond 95% too) and how many would if only chance and the usual spread were at work."""
    return pd.DataFrame([_count(placed, measure) for measure in placed.measure.unique()])


def _count(placed: pd.DataFrame, measure: str) -> dict[str, object]:
    rows = placed[placed.measure == measure].drop_duplicates("return_unit")
    found = rows.position.value_counts()
    number = int(rows.position.isin(POSITIONS).sum())
    first = rows.iloc[0]
    count = {"measure": measure, "census": first.census, "placed": number}
    count |= {"small": int(found.get(SMALL, 0)), "without": int(found.get(NO_FIGURE, 0))}
    for side in ("above", "below"):
        count[f"{side}_998"] = int(found.get(f"{side} 99.8%", 0))
        count[f"{side}_95"] = int(found.get(f"{side} 95%", 0)) + count[f"{side}_998"]
    expected = {f"expected_{level}": share * number for level, share in OUTSIDE.items()}
    lowest = rows.low_998.max()
    return count | expected | {"target": first.target, "phi": first.phi, "tau": first.tau, "lowest": lowest}


def shown_counts(counted: pd.DataFrame) -> pd.DataFrame:
    """counts() as a reader's table."""
    return pd.DataFrame(
        {
            "Measure": counted.measure.map(lambda m: MEASURES[m].axis_label),
            "Placed": counted.placed,
            "Outside 95%": counted.above_95 + counted.below_95,
            "Expected": counted.expected_95,
            "Outside 99.8%": counted.above_998 + counted.below_998,
            "Expected there": counted.expected_998,
            "Pooled rate": counted.target,
            "Variance, times chance": counted.phi,
            "Too small": counted.small,
            "No figure": counted.without,
        }
    )


def shown_outside(placed: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The return units outside the 95% limits as a reader's table: by position, then by name, in no order of merit."""
    rows = units(placed, measure)
    rows = rows.assign(order=rows.position.map(POSITIONS.index)).sort_values(["order", "name"])
    rows = rows[rows.position != "within limits"]
    return pd.DataFrame({"Council": rows.name, **_told(rows), "Judgement then": rows.overall.astype(object)})


def shown_positions(placed: pd.DataFrame, council_code: str) -> pd.DataFrame:
    """One council's positions as a reader's table, one row per measure."""
    rows = placed[placed.council_code == council_code]
    measures = [MEASURES[m].axis_label for m in rows.measure]
    return pd.DataFrame({"Measure": measures, **_told(rows), "Pooled rate": rows.target.tolist()})


def _told(rows: pd.DataFrame) -> dict[str, list[str]]:
    """Figure, position, size and limits as text; markers in brackets (their words are in MARKERS)."""
    figure = [one_decimal(r.value) if pd.notna(r.value) else f"[{r.marker}]" for r in rows.itertuples()]
    return {
        "Figure": figure,
        "Position": rows.position.tolist(),
        "95% limits": _spanned(rows.low_95, rows.high_95),
        "99.8% limits": _spanned(rows.low_998, rows.high_998),
        "Size": [one_decimal(n) if pd.notna(n) else "–" for n in rows.denominator],
    }


def _spanned(low: pd.Series, high: pd.Series) -> list[str]:
    pairs = zip(low, high, strict=True)
    return [f"{one_decimal(a)} to {one_decimal(b)}" if pd.notna(a) else "–" for a, b in pairs]
