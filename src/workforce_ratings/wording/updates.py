"""Sentences about what changed since the last release: the newest census, revised figures, and new inspection reports.

England's and regions' figures are told as DfE publishes them; they are complete counts without an interval. A median
change of councils has one, and is “no clear change” where it spans none. New judgements are counted among the councils
inspected, which are not all councils. `at` is updates.compared's account of what is set beside what.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workforce_ratings.vocabulary import MARKERS, MEASURES, long_date, minus_signs, one_decimal
from workforce_ratings.wording.phrases import listed, lower_label, number, plural, side, value

# The first census after the new guidance on agency workers applied: the one before it still lies earlier.
FIRST_UNDER_GUIDANCE = 2025
GUIDANCE = (
    "New statutory guidance on agency workers applied from 31 October 2024, between these two censuses: how much of the "
    "change in agency rates goes with it, these figures cannot say."
)
# The judgements apart from the overall one, in as few words as a table has room for.
PARTS = {
    "leaders": "leaders",
    "help_and_protection": "help and protection",
    "in_care": "children in care",
    "care_leavers": "care leavers",
}
WAYS = {"fell": -1, "rose": 1, "stayed the same": 0}


# --- England and its regions -----------------------------------------------------------------------------------------


def england_sentence(places: pd.DataFrame, at: Mapping[str, object]) -> str:
    """Which of England's five measures fell, rose or stayed the same between the two censuses."""
    if at["earlier"] is None:
        return f"The census of 30 September {at['census']} is the first of the series: there is none before it to set it beside."
    rows = places[places.level == "England"].set_index("measure").change.dropna()
    told = [
        f"{listed([lower_label(m) for m in names])} {way}"
        for way, sign in WAYS.items()
        if (names := [m for m in rows.index if _sign(rows[m]) == sign])
    ]
    return f"Between the censuses of {at['earlier']} and {at['census']} England's {'; its '.join(told)}."


def census_basis(at: Mapping[str, object]) -> str:
    """Of which release the figures are, and why they carry no interval."""
    if at["earlier"] is None:
        return ""
    late = ", which is later than this day and the earliest at hand" if at["stand_in"] else ""
    return (
        f"Both censuses, of 30 September {at['earlier']} and {at['census']}, are as DfE's release of {at['release']} gives "
        f"them{late}. England's and regions' figures are counts of whole workforces, with DfE's estimates where councils "
        f"gave none, so they carry no interval."
    )


def agency_rules(at: Mapping[str, object]) -> str:
    """That rules on agency workers changed between the two censuses; “” for other years."""
    return GUIDANCE if at["census"] == FIRST_UNDER_GUIDANCE else ""


def places_title(places: pd.DataFrame, measure: str) -> str:
    """A chart's headline: whether the measure fell or rose in England, and in how many regions."""
    rows = _known(places, measure)
    start = MEASURES[measure].label
    england = rows[rows.level == "England"]
    if england.empty:
        return f"{start}: no two censuses to set beside each other"
    sign = _sign(england.change.iloc[0])
    way = {-1: "down", 1: "up", 0: "unchanged"}[sign]
    regions = rows[rows.level == "region"]
    same = sum(_sign(change) == sign for change in regions.change)
    of = f"all {number(same)}" if same == len(regions) else f"{_many(same)} of {number(len(regions))}"
    return f"{start}: {way} in England and in {of} regions"


def subtitle_places(places: pd.DataFrame, measure: str, at: Mapping[str, object]) -> str:
    """What the chart is: measure, unit, places, censuses, and how many places."""
    m = MEASURES[measure]
    return (
        f"{m.label} ({m.unit}), England and its regions, censuses of 30 September {at['earlier']} and {at['census']}, "
        f"{len(_known(places, measure))} places; DfE's published figures, whole workforces without intervals"
    )


def alt_places(places: pd.DataFrame, measure: str, at: Mapping[str, object]) -> str:
    """Alt text of the chart: every place's figure at both censuses."""
    told = "; ".join(
        f"{r.name} {value(measure, r.before)} to {value(measure, r.after)}"
        for r in _known(places, measure).itertuples(index=False)
    )
    return (
        f"Dot chart of the {lower_label(measure)} at the censuses of {at['earlier']} and {at['census']}, joined by an arrow "
        f"for each place: {told or 'none has figures at both'}."
    )


def caption_places(measure: str, at: Mapping[str, object]) -> str:
    m = MEASURES[measure]
    return f"{m.label} ({m.unit}) at the censuses of {at['earlier']} and {at['census']}, with the change {_in_unit(measure)}"


def places_shown(places: pd.DataFrame, measure: str, at: Mapping[str, object]) -> pd.DataFrame:
    """places' rows of one measure as a reader's table."""
    rows = _known(places, measure)
    years = {str(at["earlier"]): rows.before, str(at["census"]): rows.after}
    return pd.DataFrame({"Place": rows.name, **years, "Change": rows.change.map(_signed)})


def caption_every_place(at: Mapping[str, object]) -> str:
    return (
        f"All five measures at the census of {at['census']}, in brackets the change since {at['earlier']} (percentage points; "
        f"cases for the caseload)"
    )


def every_place_shown(places: pd.DataFrame) -> pd.DataFrame:
    """places' rows as a reader's table: one row per place, one column per measure. No rows without two censuses."""
    rows = places.dropna(subset=["change"])
    told = [f"{one_decimal(r.after)} ({_signed(r.change)})" for r in rows.itertuples(index=False)]
    order = list(dict.fromkeys(rows.name))
    wide = rows.assign(told=told).pivot(index="name", columns="measure", values="told").reindex(order)
    wide = wide.reindex(columns=list(MEASURES)).rename(columns={m.name: m.axis_label for m in MEASURES.values()})
    return wide.rename_axis(columns=None).reset_index().rename(columns={"name": "Place"})


# --- councils --------------------------------------------------------------------------------------------------------


def councils_title(summary: pd.DataFrame) -> str:
    """A headline for councils' changes: the measures whose median change is clear, neutral where none is."""
    sides = _sides(summary)
    if summary.n.max() == 0:
        return "Across councils: no two censuses to set beside each other"
    told = [
        f"{listed([lower_label(m) for m in names])} clearly {word}"
        for end, word in (("lower", "down"), ("higher", "up"))
        if (names := [m for m, s in sides.items() if s == end])
    ]
    return f"Across councils: {'; '.join(told)}" if told else "Across councils: no clear change in any measure"


def councils_sentences(summary: pd.DataFrame) -> list[str]:
    """For each measure in how many councils it rose, fell or stayed the same, and the median change with its interval."""
    return [_of_councils(row) for row in summary[summary.n > 0].itertuples(index=False)]


def _of_councils(row) -> str:
    start = (
        f"{MEASURES[row.measure].label}: up in {_many(row.rose)} of {row.n} councils with a number at both censuses, down in "
        f"{_many(row.fell)}, the same in {_many(row.same)}; the median change is {_signed(row.median)} {_unit(row.measure)}"
    )
    if pd.isna(row.ci_low):
        return f"{start}, of too few councils for an interval."
    word = {"higher": "a clear rise", "lower": "a clear fall", "": "no clear change"}[side(row.ci_low, row.ci_high)]
    return f"{start} (95% interval {_signed(row.ci_low)} to {_signed(row.ci_high)}), {word}."


def reading_changes() -> str:
    """How to read the medians."""
    return (
        "A joint return of two councils counts once. The median's interval is distribution-free and takes councils for "
        "independent of each other. A single council's rise or fall can be chance, above all where the workforce is small."
    )


def caption_councils(at: Mapping[str, object]) -> str:
    return (
        f"Councils with a number at both censuses ({at['earlier']} and {at['census']}) by change to one decimal, and the "
        f"median change with its 95% interval"
    )


def councils_shown(summary: pd.DataFrame) -> pd.DataFrame:
    """updates.summary_of_changes as a reader's table."""
    rows = summary[summary.n > 0]
    return pd.DataFrame(
        {
            "Measure": rows.measure.map({m.name: m.axis_label for m in MEASURES.values()}),
            "Councils": rows.n,
            "Rose": rows.rose,
            "Fell": rows.fell,
            "Same": rows.same,
            "Without both numbers": rows.without,
            "Median change": rows["median"].map(_signed),
            "95% interval": _span(rows.ci_low, rows.ci_high),
            "Middle half": _span(rows.q1, rows.q3),
        }
    )


# --- figures given otherwise -----------------------------------------------------------------------------------------


def revised_title(counts: pd.DataFrame, at: Mapping[str, object]) -> str:
    """A headline for revisions: how many of England's and of councils' figures are given otherwise."""
    if at["earlier_release"] is None:
        return "Revised figures: no earlier release to compare with"
    england, councils = int(counts.England.sum()), int(counts.council.sum())
    if not england + councils:
        return f"No England or council figure revised since the {at['earlier_release']} release"
    told = f"{_many(england)} of England's figures, {_many(councils)} of councils'"
    return f"Revised since the {at['earlier_release']} release: {told}"


def revised_sentence(counts: pd.DataFrame, at: Mapping[str, object]) -> str:
    """How many figures of earlier censuses the newest release gives otherwise than the one before it."""
    if at["earlier_release"] is None:
        return (
            f"DfE's release of {at['release']} is the earliest at hand, so which figures of earlier censuses it revised "
            f"cannot be told here."
        )
    england, regions, councils = (int(counts[level].sum()) for level in ("England", "region", "council"))
    start = (
        f"For earlier censuses DfE's release of {at['release']} gives {_many(england)} of England's figures, "
        f"{_many(regions)} of regions' and {_many(councils)} of councils' otherwise than the release of "
        f"{at['earlier_release']} did"
    )
    gone = int(counts.came_or_gone.sum())
    if not gone:
        return f"{start}."
    return f"{start}; in {number(gone)} of the councils' a marker has replaced a number, or the other way round."


def caption_revised_counts(at: Mapping[str, object]) -> str:
    return f"Figures of earlier censuses revised between the releases of {at['earlier_release']} and {at['release']}"


def revised_counts_shown(counts: pd.DataFrame) -> pd.DataFrame:
    """updates.count_of_revised as a reader's table; no rows where nothing was given otherwise."""
    rows = counts[counts[["England", "region", "council"]].sum(axis=1) > 0]
    return pd.DataFrame(
        {
            "Measure": rows.measure.map({m.name: m.label for m in MEASURES.values()}),
            "England": rows.England,
            "Regions": rows.region,
            "Councils": rows.council,
            "Councils: a number became a marker, or back": rows.came_or_gone,
        }
    )


def caption_revised(rows: pd.DataFrame, counts: pd.DataFrame) -> str:
    """What the list holds: England's, and all of councils' or the largest of them in steps of each measure."""
    shown, every = int((rows.level == "council").sum()), int(counts.council.sum())
    which = (
        "all of councils'" if shown == every else f"{shown} of councils', numbers that came or went and largest first"
    )
    return f"Revised figures: England's and {which}"


def revised_shown(rows: pd.DataFrame) -> pd.DataFrame:
    """updates.largest as a reader's table: markers in brackets."""
    return pd.DataFrame(
        {
            "Place": rows.name,
            "Census": rows.census.astype(str),
            "Measure": rows.measure.map({m.name: m.axis_label for m in MEASURES.values()}),
            "Before": _figures(rows.then, rows.then_marker),
            "Now": _figures(rows.now, rows.now_marker),
            "Change": [_signed(change) if pd.notna(change) else "–" for change in rows.change],
        }
    )


def markers_met(rows: pd.DataFrame) -> str:
    """What the markers in revised_shown mean; “” where there are none."""
    met = [m for m in dict.fromkeys([*rows.then_marker, *rows.now_marker]) if m in MARKERS]
    return f"In square brackets: {listed([f'[{m}] {MARKERS[m]}' for m in met])}." if met else ""


# --- new reports -----------------------------------------------------------------------------------------------------


def inspected_title(inspected: pd.DataFrame) -> str:
    """A headline for new reports: how many overall judgements are higher, the same or lower than the council's before."""
    if inspected.empty:
        return "No new inspection report"
    counts = inspected.step.value_counts()
    given = int((inspected.step != "none given").sum())
    told = [f"{number(int(counts[step]))} {words}" for step, words in STEPS.items() if counts.get(step, 0)]
    if not given:
        reports = plural(len(inspected), "report", "reports")
        return f"{_capital(number(len(inspected)))} new {reports}, none with an overall judgement"
    return f"{_capital(number(given))} new overall {plural(given, 'judgement', 'judgements')}: {', '.join(told)}"


STEPS = {"higher": "higher", "same": "unchanged", "lower": "lower", "no earlier one": "first"}


def inspected_sentence(inspected: pd.DataFrame, at: Mapping[str, object]) -> str:
    """How many inspections were reported since the release before, and how their overall judgements lie beside the earlier
    ones."""
    about = "" if at["since_known"] else "about "
    span = f"after the census of {at['census'] - 1} came out ({about}{long_date(at['since'])}) and by {long_date(at['as_at'])}"
    if inspected.empty:
        return f"No report of a whole council's inspection was published {span}."
    n = len(inspected)
    first = f"{_capital(number(n))} {plural(n, 'report of an inspection', 'reports of inspections')} of whole councils"
    first += f" {plural(n, 'was', 'were')} published {span}."
    counts = {step: int((inspected.step == step).sum()) for step in (*STEPS, "none given")}
    told = [first]
    if counts["higher"] + counts["same"] + counts["lower"]:
        told.append(
            f"Beside the council's earlier overall judgement the new one is higher for {_many(counts['higher'])}, the same "
            f"for {_many(counts['same'])} and lower for {_many(counts['lower'])}."
        )
    if new := counts["no earlier one"]:
        told.append(f"{_capital(number(new))} {plural(new, 'council has', 'councils have')} no earlier one.")
    if none := counts["none given"]:
        told.append(f"{_capital(number(none))} gave no overall judgement, by design since 1 April 2026.")
    return " ".join(told)


def inspected_are_not_all() -> str:
    """Why counts of new judgements say nothing about all councils."""
    return (
        "These are the councils that were inspected, and not a sample of all: one judged inadequate is inspected again "
        "sooner and cannot go lower, one judged outstanding cannot go higher."
    )


def caption_inspected() -> str:
    return "Inspections of whole councils by day of report, the latest first, with the overall judgement before and now"


def without_overall(inspected: pd.DataFrame) -> list[str]:
    """The judgements of each inspection that gave no overall one: a sentence each."""
    return [_without_overall(row) for row in inspected[inspected.step == "none given"].to_dict("records")]


def _without_overall(row: Mapping[str, object]) -> str:
    parts = [f"{words} {row[name]}" for name, words in PARTS.items() if pd.notna(row[name])]
    others = f"; {listed(parts)}" if parts else ""
    return (
        f"{row['council']}, report published {long_date(row['publication_date'])}: no overall judgement, by design since "
        f"1 April 2026{others}."
    )


def inspected_shown(inspected: pd.DataFrame) -> pd.DataFrame:
    """updates.inspected as a reader's table."""
    return pd.DataFrame(
        {
            "Council": inspected.council,
            "Inspection began": inspected.inspection_start,
            "Report published": inspected.publication_date,
            "Framework and kind": inspected.framework + " " + inspected.inspection_type,
            "Overall before": inspected.previous.astype(object).where(inspected.previous.notna(), "none"),
            "Overall now": inspected.overall.astype(object).where(inspected.overall.notna(), "none, by design"),
        }
    )


# --- words of one change ---------------------------------------------------------------------------------------------


def _known(places: pd.DataFrame, measure: str) -> pd.DataFrame:
    return places[(places.measure == measure) & places.change.notna()]


def _sides(summary: pd.DataFrame) -> dict[str, str]:
    return {r.measure: side(r.ci_low, r.ci_high) for r in summary.itertuples(index=False)}


def _sign(change: float) -> int:
    return int(change > 0) - int(change < 0)


def _unit(measure: str) -> str:
    return "percentage points" if MEASURES[measure].unit == "%" else "cases"


def _in_unit(measure: str) -> str:
    return f"in {_unit(measure)}"


def _signed(change: float) -> str:
    """A change to one decimal with its sign; 0.0 has none."""
    text = one_decimal(change)
    if text in ("0.0", "-0.0"):
        return "0.0"
    return minus_signs(text if text.startswith("-") else f"+{text}")


def _span(low: pd.Series, high: pd.Series) -> list[str]:
    pairs = zip(low, high, strict=True)
    return [f"{_signed(a)} to {_signed(b)}" if pd.notna(a) else "–" for a, b in pairs]


def _figures(numbers: pd.Series, markers: pd.Series) -> list[str]:
    pairs = zip(numbers, markers, strict=True)
    return [one_decimal(figure) if pd.notna(figure) else f"[{marker}]" for figure, marker in pairs]


def _many(count: int) -> str:
    return number(count) if count else "none"


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
