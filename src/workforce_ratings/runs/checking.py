"""What of a run.json can be believed: each value of the type and within the bounds that the index reads it with.

A record is a file that anybody can have changed, and one odd record may not cost every later run its index. So each is
looked through once, where it is read: what is no record is left out, and a value that is not right is blank.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import PurePosixPath

from ..vocabulary import FIVE, MEASURES
from .staging import one_line

# No number that a page says of itself is larger; no text longer.
GREATEST = 1e12
LONGEST = 1000
# DfE's censuses, with room on either side.
CENSUSES = range(2010, 2101)
NAME = r"[^/\\:]{1,200}"
PLACE = re.compile(rf"(?!.*(^|/)\.\.?(/|$)){NAME}(/{NAME})*")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
HASH = re.compile(r"[0-9a-f]{64}")
COMMIT = re.compile(r"[0-9a-f]{7,64}")


def run(found: object) -> dict[str, object] | None:
    """What the index reads of a run.json, every name there; None for what is no record of a run.

    A run that does not say when it began counts as the oldest (its `started` is "").
    """
    if not isinstance(found, dict) or not isinstance(found.get("notebooks"), list):
        return None
    git = found.get("git")
    commit = _matched(git.get("commit"), COMMIT) if isinstance(git, dict) else None
    return {
        **{name: text(found.get(name)) for name in ("name", "suite", "python", "status", "error")},
        "started": _matched(found.get("started"), MOMENT) or "",
        "git": {"commit": commit, "dirty": git.get("dirty") is True} if commit else None,
        "packages": {n: text(v) for n, v in _named(found.get("packages")).items()},
        "notebooks": [entry(one) for one in found["notebooks"] if isinstance(one, dict)],
    }


def entry(found: dict) -> dict[str, object]:
    """What the index reads of one notebook's entry, every name there; a page without a title has its file's name."""
    page, pdf = (_place(found.get(kind)) for kind in ("page", "pdf"))
    tables = {name: _matched(written, HASH) for name, written in _named(found.get("tables")).items() if _place(name)}
    return {
        **{name: text(found.get(name)) for name in ("name", "section", "status", "error")},
        "title": text(found.get("title")) or (PurePosixPath(page).stem if page else None),
        "page": page,
        "page_sha256": _matched(found.get("page_sha256"), HASH),
        "pdf": pdf,
        "pdf_sha256": _matched(found.get("pdf_sha256"), HASH),
        "tables": {name: written for name, written in tables.items() if written},
        "facts": facts(found.get("facts")),
    }


def is_facts(known: object) -> bool:
    """Whether something is what a page may say of itself: numbers, text and None by name."""
    return isinstance(known, dict) and all(isinstance(k, str) and _is_fact(v) for k, v in known.items())


def facts(known: object) -> dict[str, object]:
    """The facts of a page that are what they should be: a census a year, a day a date, a measure within its range."""
    right = {name: _believed(name, value) for name, value in _named(known).items() if _is_fact(value)}
    return {name: value for name, value in right.items() if value is not None}


def _is_fact(value: object) -> bool:
    return value is None or isinstance(value, str) or _is_number(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= GREATEST


def _believed(name: str, value: object) -> object:
    """The fact; None where it is not what facts of its name are. Other names than those read here may hold anything."""
    return KINDS[name](value) if name in KINDS else text(value) if isinstance(value, str) else value


def text(value: object) -> str | None:
    """The text on one line, of characters that can be printed; None for nothing and for what is no text."""
    return (one_line(value, LONGEST) or None) if isinstance(value, str) else None


def _matched(value: object, pattern: re.Pattern) -> str | None:
    return value if isinstance(value, str) and pattern.fullmatch(value) else None


def _place(value: object) -> str | None:
    """A path inside reports/, from there."""
    found = _matched(value, PLACE)
    return found if found and found.isprintable() else None


def _named(value: object) -> dict[str, object]:
    return {n: v for n, v in value.items() if n == text(n)} if isinstance(value, dict) else {}


def _census(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value in CENSUSES else None


def _day(value: object) -> str | None:
    found = _matched(value, DAY)
    try:
        return date.fromisoformat(found).isoformat() if found else None
    except ValueError:  # such as 30 February
        return None


def _within(low: float, high: float, value: object) -> float | None:
    return value if _is_number(value) and low <= value <= high else None


def _kinds() -> dict[str, Callable[[object], object]]:
    """What makes of a value the fact of a name, or None."""
    kinds = dict.fromkeys(("council", "council_code", "region", "judgement", "framework"), text)
    kinds |= {**dict.fromkeys(("as_at", "inspected", "published"), _day), "census": _census}
    for measure in FIVE:
        low, high = MEASURES[measure].low, MEASURES[measure].high
        kinds |= dict.fromkeys((measure, f"{measure}_low", f"{measure}_high"), partial(_within, low, high))
        kinds |= {f"{measure}_change": partial(_within, low - high, high - low)}
        kinds |= dict.fromkeys((f"{measure}_marker", f"{measure}_position"), text)
    return kinds


KINDS = _kinds()
