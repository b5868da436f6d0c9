"""Sentences of one council's report."""

from __future__ import annotations

import pandas as pd

from workforce_ratings.vocabulary import JUDGED, MEASURES, long_date, marked
from workforce_ratings.wording.phrases import lower_label, plural, possessive, value


def council_headline(
    name: str, measure: str, year: int, own: float, interval: tuple[float, float], england: float, latest: int
) -> str:
    """The council's latest figure beside England's: above or below only where chance in a workforce of that size
    cannot span the difference (95% interval). Says so where the latest census has no number."""
    low, high = interval
    told = f"{possessive(name)} {lower_label(measure)} was {value(measure, own)} on 30 September {year}"
    if year < latest:
        told += " (the latest number published)"
    against = f"England's {value(measure, england)}"
    if pd.isna(low) or pd.isna(high):
        return f"{told}, beside {against}."
    width = f"(the council's 95% interval: {low:.1f}% to {high:.1f}%, widened for how much councils differ)"
    if low <= england <= high:
        return f"{told}, no clear difference from {against} {width}."
    return f"{told}, {'above' if low > england else 'below'} {against} {width}."


def standing_sentence(name: str, row: pd.Series | None, as_at: pd.Timestamp, standing: bool = True) -> str:
    """The overall judgement that stands, or the last one of a council that has ended, with framework, kind and dates."""
    if row is None:
        return f"No overall judgement of {name} was published by {long_date(as_at)}."
    end = f" to {long_date(row.inspection_end)}" if pd.notna(row.inspection_end) else ""
    which = "standing overall judgement is" if standing else "last overall judgement was"
    return (
        f"{possessive(name)} {which} {row.overall}: {row.framework} {row.inspection_type} inspection of "
        f"{long_date(row.inspection_start)}{end}, published {long_date(row.publication_date)}."
    )


def since_sentence(row: pd.Series, months: int, as_at: pd.Timestamp) -> str:
    """How long ago the latest inspection was, and what it gave where it gave no overall judgement."""
    told = f"Its latest inspection began {months} {plural(months, 'month', 'months')} before {long_date(as_at)}"
    if pd.notna(row.overall):
        return f"{told}."
    given = "; ".join(f"{JUDGED[name]}: {row[name]}" for name in JUDGED if name != "overall" and pd.notna(row[name]))
    return f"{told} and gave no overall judgement, by design since 1 April 2026 ({given})."


def measure_headline(name: str, measure: str, latest: pd.Series | None, interval: tuple[float, float]) -> str:
    """A chart's headline for one council and measure: against the neighbours' median, neutral where it is not clear.

    `latest` has census, council and neighbours; `interval` is of the council's figure, NaN where there is none.
    """
    label = MEASURES[measure].label
    if latest is None or pd.isna(latest.council):
        return f"{label}: no figure for {name}" if latest is None else f"{label}: no number for {int(latest.census)}"
    told = f"{label} {value(measure, latest.council)} in {int(latest.census)}"
    if pd.isna(latest.neighbours):
        return told
    median = f"neighbours' median of {value(measure, latest.neighbours)}"
    low, high = interval
    if pd.isna(low) or pd.isna(high):
        return f"{told}; {median}"
    if low <= latest.neighbours <= high:
        return f"{told}, not clearly different from {median}"
    return f"{told}, {'above' if low > latest.neighbours else 'below'} {median}"


def subtitle_council(name: str, measure: str) -> str:
    m = MEASURES[measure]
    return f"{m.label} ({m.unit}), {name} beside its neighbours' median, its region and England; upright lines: inspections"


def caption_council(name: str, measure: str) -> str:
    m = MEASURES[measure]
    return f"{m.label} ({m.unit}) of {name} at each census"


def alt_council(name: str, measure: str, rows: pd.DataFrame, inspections: pd.DataFrame) -> str:
    """Alt text of a council's chart: its first and latest figure, and what stands beside them at the latest census."""
    own = rows.query("line == 'council'").dropna(subset=["value"]).sort_values("census")
    if own.empty:
        return f"Line chart of the {lower_label(measure)} with no figure for {name}, beside neighbours, region and England."
    first, last = own.iloc[0], own.iloc[-1]
    others = rows[(rows.census == last.census) & (rows.line != "council")].dropna(subset=["value"])
    beside = ", ".join(f"{r.label} {value(measure, r.value)}" for r in others.itertuples())
    lines = len(marked(inspections, rows.census))
    told = f" {lines} {plural(lines, 'inspection is', 'inspections are')} marked." if lines else ""
    return (
        f"Line chart of the {lower_label(measure)} of {name}: {value(measure, first.value)} in {int(first.census)}, "
        f"{value(measure, last.value)} in {int(last.census)}. At that census: {beside or 'nothing beside it'}.{told}"
    )
