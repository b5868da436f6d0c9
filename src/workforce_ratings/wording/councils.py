"""Sentences of one council's report."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from workforce_ratings.vocabulary import (
    AGENCY_RULES,
    JUDGED,
    MEASURES,
    NEIGHBOURS_PUBLISHED,
    SMALL_WORKFORCE_FTE,
    long_date,
    marked,
    one_decimal,
)
from workforce_ratings.wording.phrases import listed, lower_label, number, plural, possessive, value

# How a report calls funnels.place's positions: inside the 95% limits is the usual range, with no word of “average”.
OUTSIDE = {"above 99.8%": "above", "above 95%": "above", "below 95%": "below", "below 99.8%": "below"}


def council_headline(name: str, placed: pd.DataFrame, is_latest: bool = True) -> str:
    """A report's lead: which measures of the latest census lie outside the usual range for a council of its size.

    `placed` has one row per measure, funnels.place's of one census, which `is_latest` or else is said to be the last with
    a figure. Neutral where none lies outside.
    """
    if placed.empty:
        return f"No figure of {name} can be set beside those of councils of its size."
    census = f"the census of 30 September {int(placed.census.iloc[0])}"
    census += "" if is_latest else f", the last with a figure of {name},"
    whose = f"the joint return of {_joined(placed)}" if placed.joint.iloc[0] else name
    inside = placed[placed.position == "within limits"]
    outside = placed[placed.position.isin(OUTSIDE)]
    if not len(inside) + len(outside):
        return f"At {census} {_unplaced(name, placed)}."
    if outside.empty:
        return (
            f"At {census} no measure of {whose} that can be placed lay outside the usual range for a council of its size: no "
            f"clear difference from other councils in {_of_five(len(inside))}."
        )
    told = listed([_outside(row) for row in outside.itertuples()])
    rest = f"; the other {number(len(inside))} that can be placed lay within it" if len(inside) else ""
    return f"At {census} {told} of {whose} lay outside the usual range for a council of its size{rest}."


def _of_five(count: int) -> str:
    return "any of the five" if count == len(MEASURES) else f"{number(count)} of the five"


def _outside(row: NamedTuple) -> str:
    return (
        f"the {lower_label(row.measure)} ({value(row.measure, row.value)}, {OUTSIDE[row.position]} "
        f"{value(row.measure, row.low_95 if OUTSIDE[row.position] == 'below' else row.high_95)})"
    )


def _joined(placed: pd.DataFrame) -> str:
    return listed(str(placed["name"].iloc[0]).split(" / "))


def _unplaced(name: str, placed: pd.DataFrame) -> str:
    if (placed.position == "too small to place").any():
        return f"{name} had too few social workers in post for its figures to be set beside those of others"
    return f"no measure of {name} had a figure"


def agency_rounds_to_zero(name: str, census: int, england: float) -> str:
    """The agency rate of a census at which DfE prints that it rounds to 0, beside England's."""
    return (
        f"{possessive(name)} agency rate on 30 September {census} rounds to 0 but is not 0, as DfE marks it; England's was "
        f"{value('agency_rate', england)}."
    )


def latest_agency_rate(name: str, row: pd.Series, england: float, latest: int) -> str:
    """The council's latest published agency rate beside England's of the same census, and of how many social workers it is
    a share where they are few. `row` has census, agency_rate, agency_fte and inpost_fte; `latest` is the latest census."""
    told = (
        f"{possessive(name)} agency rate was {value('agency_rate', row.agency_rate)} on 30 September {int(row.census)}"
    )
    told += " (the latest number published)" if row.census < latest else ""
    if row.inpost_fte < SMALL_WORKFORCE_FTE and pd.notna(row.agency_fte):
        people = one_decimal(row.agency_fte + row.inpost_fte)
        told += f", a share of {people} social workers (full-time equivalent)"
    return f"{told}, England's {value('agency_rate', england)}."


def standing_sentence(name: str, row: pd.Series | None, as_at: pd.Timestamp, standing: bool = True) -> str:
    """The overall judgement that stands, or the last one of a council that has ended, with framework, kind and dates."""
    if row is None:
        return f"No overall judgement of {name} published by {long_date(as_at)} is in the files at hand."
    end = f" to {long_date(row.inspection_end)}" if pd.notna(row.inspection_end) else ""
    which = "standing overall judgement is" if standing else "last overall judgement was"
    return (
        f"{possessive(name)} {which} {row.overall}: {row.framework} {row.inspection_type} inspection of "
        f"{long_date(row.inspection_start)}{end}, published {long_date(row.publication_date)}."
    )


def no_inspection(name: str, as_at: pd.Timestamp) -> str:
    """What stands in place of a list of inspections."""
    return (
        f"No inspection of the whole of {name} published by {long_date(as_at)} is in the files at hand; they lack earlier "
        f"reports of councils that have ended."
    )


def since_sentence(row: pd.Series, months: int, as_at: pd.Timestamp) -> str:
    """How long ago the latest inspection was, and what it gave where it gave no overall judgement."""
    told = f"Its latest full inspection began {months} {plural(months, 'month', 'months')} before {long_date(as_at)}"
    if pd.notna(row.overall):
        return f"{told}."
    given = "; ".join(f"{JUDGED[name]}: {row[name]}" for name in JUDGED if name != "overall" and pd.notna(row[name]))
    return f"{told} and gave no overall judgement, by design since 1 April 2026 ({given})."


def measure_headline(name: str, measure: str, latest: pd.Series | None, position: str) -> str:
    """A chart's headline for one council and measure: its latest number, whether that is outside the usual range, and the
    neighbours' median. `latest` has census, council and neighbours; `position` is funnels.place's, “” for none."""
    label = MEASURES[measure].label
    if latest is None or pd.isna(latest.council):
        return f"{label}: no figure for {name}" if latest is None else f"{label}: no number for {int(latest.census)}"
    told = f"{label} {value(measure, latest.council)} in {int(latest.census)}"
    told += f" (fewer than {SMALL_WORKFORCE_FTE} social workers)" if position == "too small to place" else ""
    if position in OUTSIDE:
        told += f", {OUTSIDE[position]} the usual range"
    elif position == "within limits":
        told += ", within the usual range"
    median = "" if pd.isna(latest.neighbours) else f"; neighbours' median {value(measure, latest.neighbours)}"
    return f"{told}{median.removesuffix(' cases')}"


def subtitle_council(name: str, measure: str, rows: pd.DataFrame) -> str:
    """What a council's chart is: measure, unit, place, period, what stands beside it, and what its marks mean."""
    m = MEASURES[measure]
    years = rows.census.astype(int)
    period = f"{years.min()} to {years.max()}" if years.min() < years.max() else f"{years.min()}"
    median = "its neighbours' median, " if rows[rows.line == "neighbours"].value.notna().any() else ""
    band = "; shaded: usual range (95% funnel limits) for its size" if rows.low.notna().any() else ""
    return (
        f"{m.label} ({m.unit}), census of 30 September, {period}: {name} beside {median}its region and England{band}; dashed "
        f"lines: inspections"
    )


def caption_council(name: str, measure: str) -> str:
    m = MEASURES[measure]
    return f"{m.label} ({m.unit}) of {name} at each census"


def signed(change: float) -> str:
    """A change in points or cases with its sign; “–” for none known, and plain 0.0 where nothing moved."""
    if pd.isna(change):
        return "–"
    told = one_decimal(abs(change))
    return told if told == "0.0" else f"{'+' if change > 0 else '−'}{told}"


def caption_glance(name: str, as_at: pd.Timestamp) -> str:
    return f"The five measures of {name} at the latest census published by {long_date(as_at)}, beside others'"


def neighbour_sentence(name: str, neighbours: pd.DataFrame, as_at: pd.Timestamp) -> str:
    """Who the statistical neighbours are, closest first, what makes them so, and how close DfE calls them.

    `neighbours` has neighbour and closeness, by rank.
    """
    if neighbours.empty:
        return f"DfE's model of 2025 has no neighbours for {name}."
    counts = neighbours.closeness.value_counts(sort=False)
    close = listed([f"{number(int(count))} {words}" for words, count in counts.items()])
    told = (
        f"By DfE's model of 2025, closest first: {listed(neighbours.neighbour.tolist())}. They are the councils whose "
        f"population and economy are most like {possessive(name)}, chosen without regard to staffing or judgements; DfE calls "
        f"{close}."
    )
    return told if as_at >= NEIGHBOURS_PUBLISHED else f"{told} The model is later than this report's day."


def among_neighbours(measure: str, own: float, others: pd.Series) -> str:
    """Where a council's figure lies among its neighbours' of the same census; “” without a figure or neighbours."""
    known = others.dropna()
    if pd.isna(own) or known.empty:
        return ""
    found = {"higher than": int((known < own).sum()), "lower than": int((known > own).sum())}
    found["the same as"] = len(known) - sum(found.values())
    met = {word: n for word, n in found.items() if n}
    start, every = f"{MEASURES[measure].label} {value(measure, own)}", len(known)
    with_figure = f"{number(every)} {plural(every, 'neighbour', 'neighbours')} with a figure"
    if len(met) == 1:
        return f"{start}: {next(iter(met))} {'all ' * (every > 2)}{with_figure}."
    return f"{start}: {listed([f'{word} {number(n)}' for word, n in met.items()])} of {with_figure}."


def outside_before(measure: str, years: dict[str, list[int]]) -> str:
    """At which censuses a measure lay above or below the usual range, from {“above”: [years], …}; “” for none."""
    sides = [f"{side} it in {listed([str(year) for year in found])}" for side, found in years.items() if found]
    return f"{MEASURES[measure].label} against the usual range for its size: {'; '.join(sides)}." if sides else ""


def caption_neighbours(name: str, as_at: pd.Timestamp) -> str:
    return (
        f"The statistical neighbours of {name}, closest first: latest census and standing overall judgement published by "
        f"{long_date(as_at)}"
    )


def council_agency_rules(name: str) -> str:
    """What a reader must know before comparing an agency rate of 2025 or later with an earlier one."""
    return (
        f"New statutory guidance on agency social workers applied from {long_date(AGENCY_RULES)}, to every council. How much "
        f"of a change in {possessive(name)} agency rate between the censuses of 2024 and 2025 goes with it, these figures "
        f"cannot say."
    )


# --- judgements over time -------------------------------------------------------------------------------------------


def judgements_title(name: str, inspections: pd.DataFrame) -> str:
    """A headline for the chart of judgements: the overall ones in order of time, or that none was given."""
    given = inspections.sort_values("inspection_start").overall.dropna()
    if given.empty:
        return f"No overall judgement of {name}"
    if given.nunique() == 1 and len(given) > 1:
        return f"Overall: {given.iloc[0]} at {'both' if len(given) == 2 else f'all {number(len(given))}'} inspections"
    return f"Overall: {', then '.join(given.astype(str))}"


def subtitle_judgements(name: str, inspections: pd.DataFrame) -> str:
    n = len(inspections)
    years = sorted(set(inspections.inspection_start.dt.year))
    period = f"{years[0]} to {years[-1]}" if len(years) > 1 else f"{years[0]}"
    return (
        f"Ofsted's judgements of {name}, {n} {plural(n, 'inspection', 'inspections')} of the whole council, {period}, by the "
        f"day each began: I inadequate, RI requires improvement, G good, O outstanding, – none given or at hand"
    )


def alt_judgements(name: str, inspections: pd.DataFrame) -> str:
    """Alt text of the chart of judgements: every inspection with what was judged."""
    told = "; ".join(_judged(row) for row in inspections.sort_values("inspection_start").to_dict("records"))
    return f"Chart of Ofsted's judgements of {name} over time, one column for each inspection: {told}."


def _judged(row: dict[str, object]) -> str:
    parts = [f"{SHORT[name]} {row[name]}" for name in JUDGED if pd.notna(row[name])]
    return f"{row['inspection_start'].year} ({row['framework']}): {', '.join(parts) or 'nothing judged'}"


# The judgements an inspection gives, in as few words as a chart has room for.
SHORT = {
    "overall": "overall",
    "leaders": "leaders",
    "help_and_protection": "help and protection",
    "in_care": "in care",
    "care_leavers": "care leavers",
}


def alt_council(name: str, measure: str, rows: pd.DataFrame, inspections: pd.DataFrame) -> str:
    """Alt text of a council's chart: its first and latest figure, and what stands beside them at the latest census."""
    own = rows.query("line == 'council'").dropna(subset=["value"]).sort_values("census")
    if own.empty:
        return f"Line chart of the {lower_label(measure)} with no figure for {name}, beside neighbours, region and England."
    first, last = own.iloc[0], own.iloc[-1]
    reach = f" (usual range for its size {one_decimal(last.low)} to {value(measure, last.high)})" * pd.notna(last.low)
    others = rows[(rows.census == last.census) & (rows.line != "council")].dropna(subset=["value"])
    beside = ", ".join(f"{r.label} {value(measure, r.value)}" for r in others.itertuples())
    lines = len(marked(inspections, rows.census))
    told = f" {lines} {plural(lines, 'inspection is', 'inspections are')} marked." if lines else ""
    return (
        f"Line chart of the {lower_label(measure)} of {name}: {value(measure, first.value)} in {int(first.census)}, "
        f"{value(measure, last.value)}{reach} in {int(last.census)}. At that census: {beside or 'nothing beside it'}.{told}"
    )
