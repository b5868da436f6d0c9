"""Sentences about funnel plots: how many councils lie outside the limits, how many would anyhow, and where one lies.

Inside the limits is said to be no evidence of a difference, never “average”. Counts outside are always beside those to be
expected where nothing but chance and the usual spread between councils is at work.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from workforce_ratings.vocabulary import MARKERS, MEASURES, SMALL_WORKFORCE_FTE, one_decimal
from workforce_ratings.wording.phrases import listed, lower_label, number, plural, possessive, value

# Of the return units placed, the share outside each pair of limits where nothing is unusual.
OUTSIDE = {"95%": 0.05, "99.8%": 0.002}


def funnel_headline(count: NamedTuple) -> str:
    """A chart's headline from a row of funnels.counts: how many lie beyond the 99.8% limits, neutral where none does."""
    label, beyond = MEASURES[count.measure].label, count.above_998 + count.below_998
    if not beyond:
        return f"{label}: no council beyond the 99.8% limits"
    sides = [f"{number(n)} {word}" for n, word in ((count.above_998, "above"), (count.below_998, "below")) if n]
    return f"{label}: {listed(sides)} the 99.8% limits"


def subtitle_funnel(count: NamedTuple) -> str:
    """What the chart is: measure, unit, place, census, n, and by which method its limits are made."""
    m = MEASURES[count.measure]
    return (
        f"{m.label} ({m.unit}) by size, England, census of 30 September {count.census}, {count.placed} councils (joint "
        f"returns once); 95% and 99.8% limits around the pooled rate, {_widened(count)}"
    )


def _widened(count: NamedTuple) -> str:
    if not count.tau:
        return "not widened, as chance alone spreads rates as much"
    return "widened for over-dispersion (additive, winsorised)"


def funnel_sentence(count: NamedTuple) -> str:
    """How many return units lie above and below each pair of limits, and how many would where nothing is unusual."""
    return (
        f"Of {count.placed} councils placed by their {lower_label(count.measure)} in {count.census} (a joint return "
        f"counts once), {_sides(count, '998')} the 99.8% limits, where {_usual(count.tau)} alone would put "
        f"{_expected(count.expected_998)}; {_sides(count, '95')} the 95% limits, where about "
        f"{number(round(count.expected_95))} would be expected.{_left_out(count)}"
    )


def _sides(count: NamedTuple, level: str) -> str:
    above, below = getattr(count, f"above_{level}"), getattr(count, f"below_{level}")
    if not above + below:
        return "none lies outside"
    sides = [f"{number(n)} {plural(n, 'lies', 'lie')} {word}" for n, word in ((above, "above"), (below, "below")) if n]
    return listed(sides)


def _usual(tau: float) -> str:
    return "chance and the usual spread between councils" if tau else "chance"


def _expected(expected: float) -> str:
    return "fewer than one" if expected < 0.5 else f"about {number(round(expected))}"


def _left_out(count: NamedTuple) -> str:
    small = f"{number(count.small)} with fewer than {SMALL_WORKFORCE_FTE} social workers in post (full-time equivalent)"
    parts = [small] if count.small else []
    parts += [f"{number(count.without)} without a figure"] if count.without else []
    return f" Not placed: {listed(parts)}." if parts else ""


def funnel_spread(count: NamedTuple) -> str:
    """How much more rates vary than chance would make them, and what the limits do about it."""
    label, times = MEASURES[count.measure].label, one_decimal(count.phi)
    chance = f"chance would make it {CHANCE[count.measure]}"
    told = f"{label}: the variance between councils is {times} times what {chance}, so "
    if count.tau:
        told += "a spread between councils is added to the limits, the same for small and large ones."
    else:
        told += "these limits are of chance alone."
    if count.lowest <= 0:
        told += " The lower 99.8% limit is 0 at every size, so no council can lie below it."
    return told


# What chance means for each measure.
CHANCE = {
    "agency_rate": "if each social worker came from an agency or not, independently of the others",
    "vacancy_rate": "if each post were vacant or not, independently of the others",
    "turnover_rate": "if each social worker left or stayed independently of the others",
    "caseload": "if each case were opened independently of the others",
    "absence_rate": "if whoever is absent were away all year, which is the widest that chance could be",
}


def alt_funnel(count: NamedTuple, units: pd.DataFrame) -> str:
    """Alt text of a funnel: what it shows, the pooled rate, the counts outside, and who lies beyond 99.8%."""
    outside = count.above_95 + count.below_95
    beyond = units[units.position.str.endswith("99.8%")].sort_values(["position", "name"])
    named = [f"{_named(r.name)} {value(count.measure, r.value)}" for r in beyond.itertuples(index=False)]
    told = f" Beyond the 99.8% limits: {listed(named)}." if named else " No council lies beyond the 99.8% limits."
    return (
        f"Funnel plot of the {lower_label(count.measure)} of {count.placed} councils in {count.census} by the size of their "
        f"workforce, with the judgement standing on the census day, around a pooled rate of "
        f"{value(count.measure, count.target)}. Outside the 95% limits {plural(outside, 'lies', 'lie')} "
        f"{number(outside) if outside else 'none'}, with about {number(round(count.expected_95))} to be expected.{told}"
    )


def caption_outside(count: NamedTuple) -> str:
    m = MEASURES[count.measure]
    return (
        f"Outside the 95% limits: {lower_label(count.measure)} ({m.unit}) in {count.census}, by side and name, unranked; "
        f"pooled rate {value(count.measure, count.target)}, size in full-time equivalents"
    )


def caption_counts(counts: pd.DataFrame) -> str:
    return f"Councils placed and outside the limits, census of {counts.census.iloc[0]}; joint returns count once"


def caption_positions(name: str, census: int) -> str:
    return f"Where {name} lies among councils of its size, census of 30 September {census}"


def reading_funnels() -> list[str]:
    """How to read a funnel plot, one sentence a point."""
    return [
        "Each mark is a council, or a joint return of two; the further right, the larger its workforce and the less chance "
        "alone can move its rate.",
        "Inside the limits means no evidence of a difference from the pooled rate. It does not mean that a council is "
        "average, and the order of councils inside says nothing.",
        "The pooled rate is that of all councils with a figure. DfE's rate for England also has estimates for those without, "
        "so the two can differ a little.",
        "Where nothing is unusual one council in 20 still lies outside the 95% limits, and one in 500 outside the 99.8% "
        "limits.",
        "A position goes by the unrounded figure, so that a printed one can look as if it lay on the other side of a limit.",
        "Outside means a question to ask, and whether a figure is right comes first. Deprivation, pay and the local labour "
        "market are not allowed for.",
        "The limits allow for an unexplained spread between councils, so a council outside differs even from that spread; "
        "a spread shared by all councils is not shown to be harmless.",
    ]


def funnel_position(placed: pd.DataFrame, council_code: str, measure: str) -> str:
    """Where one council lies in the funnel of a measure, with the limits for its size, or why it has no place in it.

    `placed` is funnels.place's or every_measure's. “” for a council without a row at that census.
    """
    rows = placed[placed.measure == measure]
    own = rows[rows.council_code == council_code]
    if own.empty:
        return ""
    row = own.iloc[0]
    whose = f"{possessive(row.council)} {lower_label(measure)}"
    if row.joint:
        whose = f"The {lower_label(measure)} of the joint return of {_named(row['name'])}"
    if row.position in UNPLACED:
        return UNPLACED[row.position](whose, row)
    start = f"{whose} of {value(measure, row.value)} in {row.census}"
    around = f"the councils' pooled rate of {value(measure, row.target)}"
    if row.position == "within limits":
        return (
            f"{start} is within the 95% limits for its size ({_limits(row, '95')}) around {around}: no evidence of a "
            f"difference, which is not the same as being average."
        )
    side, level = row.position.split()
    but = f", though within the 99.8% limits ({_limits(row, '998')})" if level == "95%" else ""
    limits = _limits(row, level.replace("%", "").replace(".", ""))
    return f"{start} is {side} the {level} limits for its size ({limits}) around {around}{but}. {_company(rows, level)}"


def own_headline(name: str, placed: pd.DataFrame, council_code: str, measure: str) -> str:
    """A funnel's headline in one council's report: on which side of which limits it lies, neutral within them."""
    label = MEASURES[measure].label
    own = placed[(placed.measure == measure) & (placed.council_code == council_code)]
    position = "no figure" if own.empty else own.position.iloc[0]
    if position in UNPLACED:
        return f"{label}: {name} has {'no figure' if position == 'no figure' else 'too small a workforce to be placed'}"
    if position == "within limits":
        return f"{label}: {name} lies within the 95% limits for its size"
    side, level = position.split()
    return f"{label}: {name} lies {side} the {level} limits for its size"


def _limits(row: pd.Series, level: str) -> str:
    low, high = row[f"low_{level}"], row[f"high_{level}"]
    return f"{one_decimal(low)} to {value(row.measure, high)}"


def _company(rows: pd.DataFrame, level: str) -> str:
    """How many return units lie outside the limits of a level, and how many would anyhow."""
    units = rows.drop_duplicates("return_unit").dropna(subset=["z"])
    outside = units.position.str.endswith("99.8%") if level == "99.8%" else units.position != "within limits"
    n, expected = int(outside.sum()), OUTSIDE[level] * len(units)
    told = (
        f"{number(n)} of {len(units)} councils {plural(n, 'lies', 'lie')} outside the {level} limits, where "
        f"{_usual(rows.tau.iloc[0])} alone would put {_expected(expected)}."
    )
    return told[0].upper() + told[1:]


def _small(whose: str, row: pd.Series) -> str:
    return (
        f"{whose} of {value(row.measure, row.value)} in {row.census} rests on fewer than {SMALL_WORKFORCE_FTE} social workers "
        f"in post (full-time equivalent), too few to place."
    )


def _without(whose: str, row: pd.Series) -> str:
    why = f" ({MARKERS[row.marker]})" if row.marker in MARKERS else ""
    return f"{whose} has no figure in {row.census}{why}, so it has no place among the others."


UNPLACED = {"too small to place": _small, "no figure": _without}


def _named(name: str) -> str:
    return listed(name.split(" / "))
