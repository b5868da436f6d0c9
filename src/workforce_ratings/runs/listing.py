"""What the index of reports says of each page: text for its tables, made from the entries of run.json.

A page leaves facts about itself (pages.facts), and a run keeps them in its record. They come here as `checking` lets them
through: a fact that is there is what it should be, and one that is not is shown as missing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath
from urllib.parse import quote_plus

import pandas as pd

from ..vocabulary import FIVE, JUDGEMENT_LETTERS, JUDGEMENTS, MARKERS, MEASURES, census_date, long_date, one_decimal

NOTHING = "–"
# Units as there is room for in the head of a column; the sentences under the table say them in full.
UNITS = {"%": "%", "cases per case holder": "cases"}
# What a page says of the place of a council with fewer than SMALL_WORKFORCE_FTE social workers, and what is shown.
UNPLACED, TOO_FEW = "too small to place", "too few to place"


def pages(runs: Iterable[dict], section: str) -> list[dict]:
    """The entries of a section's pages, each as the latest run that made it wrote it, by page."""
    latest = {
        entry["page"]: entry
        for run in runs
        for entry in run.get("notebooks", [])
        if entry.get("status") == "completed" and entry.get("page")
    }
    chosen = [entry for entry in latest.values() if entry.get("section") == section]
    return sorted(chosen, key=lambda entry: entry["page"])


def councils(entries: Iterable[dict]) -> list[dict[str, object]]:
    """One row per council's report, by name: every cell as shown, and what to sort it by (“” for nothing)."""
    entries = list(entries)
    usual = _usual(_facts(entry).get("census") for entry in entries)
    rows = [_council(entry, usual) for entry in entries]
    return sorted(rows, key=lambda row: (row["sort"], row["slug"]))


def _council(entry: dict, usual_census: object) -> dict[str, object]:
    facts = _facts(entry)
    slug = re.sub(r"[^\w-]+", "-", PurePosixPath(entry["page"]).stem)
    name, judged = str(entry["title"]), facts.get("judgement")
    ended = re.search(r"-until-(\d{4})$", slug)
    census = facts.get("census")
    notes = [f"until {ended[1]}"] if ended else []
    notes += [f"figures of {census}"] if census not in (None, usual_census) else []
    return {
        "name": name,
        "sort": name.casefold(),
        "slug": slug,
        "page": entry["page"],
        "pdf": entry.get("pdf"),
        "note": ", ".join(notes),
        "region": facts.get("region") or "",
        "judgement": judged if judged in JUDGEMENTS else "",
        "rank": JUDGEMENTS.index(judged) if judged in JUDGEMENTS else "",
        "letter": JUDGEMENT_LETTERS.get(judged, ""),
        "no_judgement": "none" if facts else NOTHING,
        **_inspected(facts),
        "figures": [_figure(facts, measure) for measure in FIVE],
        "change": _change(facts),
    }


def _facts(entry: dict) -> dict[str, object]:
    return entry.get("facts") or {}


def _usual(values: Iterable[object]) -> object:
    """The value that most have; of several equally frequent ones the greatest; None where nobody has one."""
    counts = Counter(value for value in values if value is not None)
    return max(counts, key=lambda value: (counts[value], str(value)), default=None)


def _day(text: str | None) -> str | None:
    return long_date(pd.Timestamp(text)) if text else None


def _inspected(facts: dict) -> dict[str, str]:
    day = facts.get("inspected") or ""
    return {
        "inspected": _day(day) or NOTHING,
        "framework": facts.get("framework") or "" if day else "",
        "inspected_on": day,
    }


def _figure(facts: dict, measure: str) -> dict[str, object]:
    """A measure's cell: the number, or DfE's marker in brackets where there is none; under it the usual range for the
    council's size and, where the number lies outside, on which side; or that there are too few people for a place."""
    value, marker = facts.get(measure), facts.get(f"{measure}_marker") or ""
    low, high, position = (facts.get(f"{measure}_{name}") for name in ("low", "high", "position"))
    sign = f"[{marker}]" if marker else ""
    shown = " ".join([one_decimal(value), sign]).strip() if value is not None else sign or NOTHING
    if value is None or position == UNPLACED:
        return {"shown": shown, "sort": "", "marker": marker, "under": "" if value is None else TOO_FEW, "outside": ""}
    usual = f"{one_decimal(low)} to {one_decimal(high)}" if None not in (low, high) else ""
    side = re.match(r"(above|below) ", position or "") if usual else None
    return {"shown": shown, "sort": value, "marker": marker, "under": usual, "outside": f"{side[1]} it" if side else ""}


def _change(facts: dict) -> dict[str, object]:
    """The change of the agency rate, which has no more a place in an order than the rate itself."""
    value = facts.get("agency_rate_change")
    if value is None:
        return {"shown": NOTHING, "sort": "", "under": ""}
    size = one_decimal(abs(value))
    sign = "" if size == "0.0" else "+" if value > 0 else "−"
    is_placed = facts.get("agency_rate_position") != UNPLACED
    return {"shown": f"{sign}{size}", "sort": value if is_placed else "", "under": "" if is_placed else TOO_FEW}


def columns() -> list[dict[str, str]]:
    """The columns of the councils' table in order: name in an address, kind to sort as, heading and unit."""
    figures = [(measure, "number", MEASURES[measure].label, UNITS[MEASURES[measure].unit]) for measure in FIVE]
    all_columns = [
        ("council", "text", "Council", ""),
        ("region", "text", "Region", ""),
        ("judgement", "number", "Standing judgement", "overall"),
        ("inspected", "text", "Inspected", "from"),
        *figures,
        ("agency_rate_change", "number", "Agency change", "points"),
    ]
    return [dict(zip(("name", "kind", "heading", "unit"), column, strict=True)) for column in all_columns]


def regions(rows: Iterable[dict]) -> list[dict[str, object]]:
    """One row per region, by name: how many reports, and the address of the list filtered to it, without its #."""
    counts = Counter(row["region"] for row in rows if row["region"])
    return [{"name": n, "count": counts[n], "address": f"region={quote_plus(n)}"} for n in sorted(counts)]


def caption(entries: Iterable[dict]) -> str:
    """What the councils' table holds: which figures, of which census, as at which day."""
    facts = [_facts(entry) for entry in entries]
    days = Counter(known["as_at"] for known in facts if known.get("as_at"))
    years = Counter(known["census"] for known in facts if known.get("census"))
    parts = ["Council reports"]
    if days:
        parts.append(f"overall judgement standing as at {_counted({_day(d): days[d] for d in sorted(days)})}")
    if years:
        censuses = {long_date(census_date(year)): years[year] for year in sorted(years, reverse=True)}
        parts.append(f"figures of the census of {_counted(censuses)}")
        parts.append("in small print the usual range for a council of its size")
    return "; ".join(parts)


def _counted(counts: dict[str, int]) -> str:
    """The only key, or each key with its number of councils in brackets."""
    told = [f"{key} ({n} council{'' if n == 1 else 's'})" if len(counts) > 1 else key for key, n in counts.items()]
    return " and ".join([", ".join(told[:-1]), told[-1]] if len(told) > 1 else told)


def markers(rows: Iterable[dict]) -> list[tuple[str, str]]:
    """The markers in the councils' table with their meanings, in the order of DfE's list; last “–” where it is used."""
    figures = [figure for row in rows for figure in row["figures"]]
    used = {figure["marker"] for figure in figures if figure["marker"]}
    known = [(f"[{sign}]", meaning) for sign, meaning in MARKERS.items() if sign in used]
    unknown = [(f"[{sign}]", "a marker that DfE's guide does not explain") for sign in sorted(used - set(MARKERS))]
    nothing = [(NOTHING, "nothing to show")] if rows else []
    return known + unknown + nothing
