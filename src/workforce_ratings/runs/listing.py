"""What the index of reports says of each page: text for its tables, made from the entries of run.json.

A page leaves facts about itself (pages.facts), and a run keeps them in its record. A record is a file that anybody can
have changed, so a fact that is not what it should be is shown as missing; the index is made all the same.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath
from urllib.parse import quote_plus

import pandas as pd

from ..vocabulary import FIVE, JUDGEMENTS, MARKERS, MEASURES, census_date, long_date, one_decimal

NOTHING = "–"
# Units as there is room for in the head of a column; the sentences under the table say them in full.
UNITS = {"%": "%", "cases per case holder": "cases"}
LETTERS = {"inadequate": "I", "requires improvement": "RI", "good": "G", "outstanding": "O"}


def is_facts(known: object) -> bool:
    """Whether something is what a page may say of itself: numbers, text and None by name."""
    return isinstance(known, dict) and all(isinstance(k, str) and _is_fact(v) for k, v in known.items())


def _is_fact(value: object) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return value is None or isinstance(value, str) or is_number


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
        "letter": LETTERS.get(judged, ""),
        "no_judgement": "none" if facts else NOTHING,
        **_inspected(facts),
        "figures": [_figure(facts, measure) for measure in FIVE],
        "change": _change(facts),
    }


def _facts(entry: dict) -> dict[str, object]:
    return entry["facts"] if is_facts(entry.get("facts")) else {}


def _usual(values: Iterable[object]) -> object:
    """The value that most have; of several equally frequent ones the greatest; None where nobody has one."""
    counts = Counter(value for value in values if value is not None)
    return max(counts, key=lambda value: (counts[value], str(value)), default=None)


def _number(facts: dict, name: str) -> float | None:
    return facts[name] if isinstance(facts.get(name), int | float) else None


def _day(text: object) -> pd.Timestamp | None:
    known = isinstance(text, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", text)
    day = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce") if known else pd.NaT
    return None if day is pd.NaT else day


def _inspected(facts: dict) -> dict[str, str]:
    day = _day(facts.get("inspected"))
    framework = facts.get("framework") if day is not None else None
    shown = {"inspected": long_date(day) if day is not None else NOTHING, "framework": str(framework or "")}
    return {**shown, "inspected_on": facts["inspected"] if day is not None else ""}


def _figure(facts: dict, measure: str) -> dict[str, object]:
    """A measure's cell: the number, or DfE's marker in brackets where there is none; under it the usual range for the
    council's size and, where the number lies outside, on which side."""
    value, marker = _number(facts, measure), facts.get(f"{measure}_marker") or ""
    low, high = _number(facts, f"{measure}_low"), _number(facts, f"{measure}_high")
    sign = f"[{marker}]" if marker else ""
    shown = " ".join([one_decimal(value), sign]).strip() if value is not None else sign or NOTHING
    usual = f"{one_decimal(low)} to {one_decimal(high)}" if None not in (value, low, high) else ""
    side = re.match(r"(above|below) ", str(facts.get(f"{measure}_position"))) if usual else None
    outside = f"{side[1]} it" if side else ""
    sort = "" if value is None else value
    return {"shown": shown, "sort": sort, "usual": usual, "outside": outside, "marker": str(marker)}


def _change(facts: dict) -> dict[str, object]:
    value = _number(facts, "agency_rate_change")
    if value is None:
        return {"shown": NOTHING, "sort": ""}
    size = one_decimal(abs(value))
    sign = "" if size == "0.0" else "+" if value > 0 else "−"
    return {"shown": f"{sign}{size}", "sort": value}


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
    days = Counter(day for known in facts if (day := _day(known.get("as_at"))) is not None)
    years = Counter(known["census"] for known in facts if isinstance(known.get("census"), int))
    parts = ["Council reports"]
    if days:
        parts.append(f"overall judgement standing as at {_counted({long_date(d): days[d] for d in sorted(days)})}")
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
