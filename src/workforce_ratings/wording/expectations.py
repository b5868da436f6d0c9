"""Sentences of a council's report about its last judgement beside those that a model gives to its staffing.

A judgement that the model gives a low probability is not said to be wrong, and one with a high probability not to be
right: a model of three figures knows little of what inspectors see. One judgement is called more or less probable than
the one given only where the interval of the difference excludes none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from workforce_ratings.vocabulary import CENSUS_RULES, SMALL_WORKFORCE_FTE, census_date, long_date
from workforce_ratings.wording.phrases import by_side, listed, lower_label, percent, plural, possessive, side, value


def expectation_headline(found: NamedTuple) -> str:
    """The chart's headline: the judgement given, and the most probable of those clearly more probable at such staffing.

    `found` is models.expectations.expected's.
    """
    if found.refusal:
        return "No probabilities of the last judgement"
    more, less = _clearly(found.table)
    if more:
        likeliest = found.table.set_index("judgement").p[more].idxmax()
        return f"Judged {_given(found)}; {likeliest} clearly more probable at such staffing"
    if len(less) == len(found.table) - 1:
        return f"Judged {_given(found)}, clearly the most probable at such staffing"
    return f"Judged {_given(found)}; none clearly more probable at such staffing"


def _given(found: NamedTuple) -> str:
    return str(found.table.judgement[found.table.given].iloc[0])


def _clearly(table: pd.DataFrame) -> tuple[list[str], list[str]]:
    """The judgements clearly more probable than the one given, and those clearly less probable."""
    others = table[~table.given.astype(bool)]
    sides = [side(r.difference_ci_low, r.difference_ci_high) for r in others.itertuples()]
    named = list(zip(sides, others.judgement, strict=True))
    return [name for way, name in named if way == "lower"], [name for way, name in named if way == "higher"]


def subtitle_expectation(name: str, found: NamedTuple) -> str:
    """What the chart is: what is estimated, for which council, inspection and census, from how many inspections."""
    return (
        f"Estimated probability of each overall judgement (%) at the staffing of {name} on 30 September "
        f"{int(found.inspection.census)}, beside the one given at the inspection begun "
        f"{long_date(found.inspection.inspection_start)}; model of three measures, {found.n} ILACS inspections of other "
        f"councils in England; 95% bootstrap intervals over return units"
    )


def alt_expectation(name: str, found: NamedTuple) -> str:
    """Alt text of the chart: the judgement given, and every probability with its interval."""
    told = "; ".join(f"{r.judgement} {_with_interval(r, 'p')}" for r in found.table.itertuples())
    return (
        f"Bar chart of the estimated probability of each overall judgement at the staffing of {name} before its inspection "
        f"of {found.inspection.inspection_start.year}: {told}. The judgement given was {_given(found)}."
    )


def caption_expectation(name: str) -> str:
    return (
        f"Estimated probabilities of the overall judgement at the staffing of {name}, and that of the judgement given less "
        f"each in percentage points, with 95% intervals"
    )


def caption_staffing(name: str, found: NamedTuple) -> str:
    """The caption of the table of figures, which has no rows where there are no probabilities."""
    if found.refusal:
        return f"No figures of {name}"
    day = long_date(census_date(found.inspection.census))
    return f"The figures of {name} on {day} that the probabilities rest on, beside those of the inspections fitted to"


def _with_interval(row: NamedTuple, quantity: str) -> str:
    low, high = getattr(row, f"{quantity}_ci_low"), getattr(row, f"{quantity}_ci_high")
    told = percent(getattr(row, quantity))
    return told if pd.isna(low) else f"{told} ({percent(low)} to {percent(high)})"


def expectation_sentences(name: str, found: NamedTuple) -> list[str]:
    """The last judgement beside the model's probabilities: what was judged when, of 100 inspections at such staffing how
    many would be judged so, where the one given lies, and which judgement was clearly more or less probable. Where there
    are none, one sentence that says why."""
    if found.refusal:
        start = f"How the last judgement of {name} compares with its staffing cannot be told"
        return [f"{start}: {found.refusal}."]
    return [_judged(name, found), _of_hundred(found), _place(found), _compared(found)]


def _judged(name: str, found: NamedTuple) -> str:
    row = found.inspection
    figures = listed([f"{lower_label(r.measure)} {value(r.measure, r.value)}" for r in found.figures.itertuples()])
    return (
        f"{possessive(name)} last overall judgement is {_given(found)} ({row.framework} {row.inspection_type} inspection "
        f"begun {long_date(row.inspection_start)}, report published {long_date(row.publication_date)}). It stands beside "
        f"the census of {long_date(census_date(row.census))}: {figures}."
    )


def _of_hundred(found: NamedTuple) -> str:
    counts = (100 * found.table.p).round().astype(int)
    each = listed([f"{count or 'none'} at {name}" for count, name in zip(counts, found.table.judgement, strict=True)])
    rounded = "" if counts.sum() == 100 else " (rounded, so that they do not add up to 100)"
    return (
        f"An ordinal logit model, fitted to {found.n} ILACS inspections of other councils ({found.units} return units, begun "
        f"{long_date(found.first)} to {long_date(found.last)}), puts of 100 inspections at such staffing about "
        f"{each}{rounded}."
    )


def _place(found: NamedTuple) -> str:
    row = next(r for r in found.table.itertuples() if r.given)
    told = f"The judgement given, {row.judgement}, has an estimated probability of {_with_interval(row, 'p')}"
    # Of the lowest and the highest these are the judgement itself, and all.
    if 0 < row.Index < len(found.table) - 1:
        told += f"; it or a lower one {_with_interval(row, 'p_or_lower')}"
        told += f"; it or a higher one {_with_interval(row, 'p_or_higher')}"
    return f"{told}." if pd.isna(row.p_ci_low) else f"{told}; 95% intervals in brackets."


def _compared(found: NamedTuple) -> str:
    more, less = _clearly(found.table)
    neither = [name for name in found.table.judgement[~found.table.given.astype(bool)] if name not in (*more, *less)]
    if not more + less:
        return "There is no clear difference between its probability and that of any other judgement."
    groups = ((more, "clearly more probable"), (less, "clearly less probable"))
    told = [f"{listed(names)} {plural(len(names), 'was', 'were')} {words} than it" for names, words in groups if names]
    told += [f"there is no clear difference between it and {listed(neither)}"] if neither else []
    return f"At such staffing {'; '.join(told)}."


def expectation_cautions(name: str, found: NamedTuple) -> list[str]:
    """What about this inspection stands against reading much into its probabilities, one sentence or two each."""
    if not found.cautions:
        return []
    rows = found.figures[found.figures.outside.astype(bool)]
    told = [
        f"{lower_label(r.measure)} of {value(r.measure, r.value)} (those fitted to: {value(r.measure, r.lowest)} to "
        f"{value(r.measure, r.highest)})"
        for r in rows.itertuples()
    ]
    given = {"name": name, "framework": found.inspection.framework, "last": long_date(found.last)}
    given |= {"such": plural(len(told), "a figure", "figures"), "outside": listed(told) if told else ""}
    return [CAUTIONS[caution].format(**given) for caution in found.cautions]


# By what models.expectations found, the words of each caution.
CAUTIONS = {
    "framework": "The inspection was under the {framework}; the model is fitted to inspections under the ILACS alone, and may "
    "not hold for another framework.",
    "later": "The inspection began after those that the model is fitted to (the last of them began {last}), so it is set "
    "beside an earlier time.",
    "small": "{name} had fewer than "
    f"{SMALL_WORKFORCE_FTE} social workers in post (full-time equivalent) at that census: one person moves its rates by "
    "whole points, and the probabilities with them.",
    "outside": "No inspection fitted to had such {such}: {outside}. The probabilities are drawn out beyond what was seen.",
    "joint": "The staffing is that of the joint return of {name} and another council; the judgement is of {name} alone. "
    "Inspections of both are left out of those fitted to.",
}


def expectation_limits() -> list[str]:
    """What stands against reading much into how one judgement compares with its staffing, one sentence a point."""
    return [
        "It is one inspection. A judgement with a probability of 20% is given at one in five inspections at such staffing, "
        "so a less probable one is nothing unusual, and no sign that inspectors or the figures are wrong.",
        "The model knows three workforce figures. Inspectors judge practice, leadership and children's experiences, of "
        "which it knows nothing.",
        "It is an association among councils that were inspected: it says neither what would have been judged had the "
        "staffing been another, nor which came first.",
        "A pattern across councils says nothing about single social workers, teams, families or children.",
        "Intervals cover chance in the inspections fitted to. They do not cover revised figures, how a council counts, or "
        "what another inspection would have found.",
    ]


def expectation_method(census_rule: str) -> str:
    """How the probabilities are made, for readers who want to check them."""
    return (
        f"Each inspection is set beside {CENSUS_RULES[census_rule]}. The model is an ordinal logit (“three” of notebook 5), "
        f"fitted to ILACS inspections with all three figures but those of the same workforce return; intervals are of 2,000 "
        f"bootstrap draws of return units."
    )


# --- how far such a model can be trusted ----------------------------------------------------------------------------


def expectation_skill(tried: Mapping[str, object] | None) -> list[str]:
    """How near such a model came out of time, beside base rates, from models.expectations.tried: two sentences, or one
    where it could not be tried."""
    if tried is None:
        return [
            "How far such a model can be trusted could not be measured: too few inspections to try it on were known by "
            "this day."
        ]
    day, n = long_date(pd.Timestamp(tried["train_before"])), int(tried["n_test"])
    return [_came(tried, day, n), _scored(tried)]


def _came(tried: Mapping[str, object], day: str, n: int) -> str:
    ends = tried["accuracy_ci_low"], tried["accuracy_ci_high"]
    verdict = by_side(*ends, "clearly less", "clearly more", "neither clearly more nor clearly less")
    return (
        f"Tried on {n} inspections begun from {day} on, after being fitted to {int(tried['n_train'])} begun before, such a "
        f"model's most probable judgement came in {percent(tried['accuracy'])}, {verdict} often than the most frequent "
        f"judgement of the earlier ones, forecast for every council ({percent(tried['base_accuracy'])}; difference "
        f"{_points(tried, 'accuracy')} points)."
    )


def _points(tried: Mapping[str, object], loss: str) -> str:
    told, low, high = (f"{100 * tried[f'{loss}_{end}']:+.1f}" for end in ("difference", "ci_low", "ci_high"))
    return f"{told}, 95% interval {low} to {high}"


def _scored(tried: Mapping[str, object]) -> str:
    ends = tried["rps_ci_low"], tried["rps_ci_high"]
    nearer = by_side(
        *ends, "clearly nearer to what was judged", "clearly less near", "neither clearly nearer nor clearly less near"
    )
    meaning = by_side(
        *ends,
        "such probabilities tell something, of many inspections together rather than of one",
        "the probabilities here should not be relied on",
        "the probabilities here may say no more than base rates do",
    )
    told, low, high = (f"{tried[f'rps_{end}']:+.3f}" for end in ("difference", "ci_low", "ci_high"))
    return (
        f"Its probabilities as a whole came {nearer} than the shares of judgements among the earlier inspections (ranked "
        f"probability score {tried['rps']:.3f} against {tried['base_rps']:.3f}, 0 is perfect; difference {told}, 95% "
        f"interval {low} to {high}), so {meaning}."
    )
