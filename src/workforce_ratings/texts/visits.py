"""The inspection or visit that an article reports: full, short, focused, monitoring or joint.

Visits told as background (“since the previous full inspection, in 2016”) are not the event. An inspection of no stated
kind that gave an overall judgement is a full one; a visit of no stated kind stays without one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from workforce_ratings.texts.lexicon import begins, finds, holds
from workforce_ratings.texts.passages import Sentence
from workforce_ratings.texts.periods import Period

KINDS = ("full", "short", "focused_visit", "monitoring_visit", "joint_visit")
PLAIN = "plain"
# A visit so many days before the article may be its news.
_RECENT_DAYS = 250
_YEAR = re.compile(r"\d{4}")
# No visit is named without one of these: “reinspection”, “quarterly monitoring”, “JTAI”.
_NAMES_ONE = re.compile(r"inspect|visit|monitoring|jtai")


@dataclass(frozen=True)
class Visit:
    """One inspection or visit named at one spot; a higher `weight` makes it likelier to be the event reported."""

    start: int
    end: int
    kind: str
    weight: float
    period: Period | None


def read(s: Sentence, order: int) -> list[Visit]:
    """The inspections and visits that a sentence names; `order` counts the sentences before it."""
    found: list[Visit] = []
    for kind in (*KINDS, PLAIN) if _NAMES_ONE.search(s.low, s.start, s.end) else ():
        for m in finds(f"visits.{kind}", s.text, s.start, s.end):
            if not any(v.start < m.end() and m.start() < v.end for v in found):
                found.append(_visit(s, m, kind, order))
    return sorted(found, key=lambda v: v.start)


def _visit(s: Sentence, m: re.Match[str], kind: str, order: int) -> Visit:
    """One visit with its weight, and the time told beside it, else behind it, else in the sentence."""
    beside = next((p for p in s.periods if 0 <= p.start - m.end() < 40 or 0 <= m.start() - p.end < 12), None)
    weight = _weight_of_place(s, order) + _weight_of_words(s, m) + _weight_of_time(s, kind, beside)
    told = beside or next((p for p in s.periods if p.start >= m.end()), None) or next(reversed(s.periods), None)
    return Visit(m.start(), m.end(), kind, weight, told)


def _weight_of_place(s: Sentence, order: int) -> float:
    """More for a headline, a standfirst and the first sentences; less the further down."""
    return {"title": 3.0, "standfirst": 2.5}.get(s.kind, 2.0 if order < 4 else 1.0) - order / 1000


def _weight_of_words(s: Sentence, m: re.Match[str]) -> float:
    """More for “a report on a …”, less for “since the previous …” and for a visit that “is due”."""
    near, after = " ".join(s.before(m.start()).split()[-4:]), s.low[m.end() : m.end() + 45]
    is_reported = holds("visits.reported", near) or begins("visits.reported", after.lstrip(" ,"))
    weight = 1.5 * bool(is_reported) - 4 * bool(begins("visits.to_come", after))
    return weight - 2 * holds("visits.background", near) - holds("visits.around", near)


def _weight_of_time(s: Sentence, kind: str, beside: Period | None) -> float:
    """More for a visit of the months before the article, less for an older one."""
    if beside and beside.last and s.published:
        return 0.5 if (s.published - beside.last).days < _RECENT_DAYS else -2
    is_old = beside and kind in ("full", PLAIN) and _YEAR.search(beside.words)
    return -1.5 if is_old else 0


def named(v: Visit) -> tuple[str, str]:
    """A visit as indicator and value: a short inspection is a full one, and a joint one is no inspection of the council."""
    if v.kind == "joint_visit":
        return "other_visit", v.kind
    return "inspection_type", "full" if v.kind in (PLAIN, "short") else v.kind


def event(visits: list[Visit], has_grade: bool) -> Visit | None:
    """The event an article reports: the heaviest named kind, or a plain inspection where it brought an overall grade."""
    named = [v for v in visits if v.kind != PLAIN and v.weight > -0.5]
    best = max(named, key=lambda v: v.weight + 2 * (has_grade and v.kind == "full" and v.weight > 0.4), default=None)
    plain = [v for v in visits if v.kind == PLAIN and v.weight > -0.5] if has_grade else []
    return best or max(plain, key=lambda v: v.weight, default=None)
