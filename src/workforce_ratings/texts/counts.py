"""Figures beside the nine indicators: staff counts, money, referrals, gaps in supervision, leaders who came and went.

Each indicator has its own patterns in data/articles/terms.yml, with # where the figure stands. A figure is taken once,
by the first pattern that fits; targets and plans are left out as they are for rates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from workforce_ratings.texts.lexicon import grammar, section, source, unhedged
from workforce_ratings.texts.passages import Sentence
from workforce_ratings.texts.quantities import ABOVE, EXACT, Quantity, bound_of
from workforce_ratings.texts.shares import is_no_fact

UNITS = {
    "staff_recruited": "people",
    "staff_left": "people",
    "agency_staff_count": "people",
    "vacant_posts": "posts",
    "unallocated_cases": "cases",
    "referrals_per_week": "referrals a week",
    "referral_timeliness": "% in time",
    "late_visits": "% of visits",
    "supervision_gap": "months",
    "caseload_changed_hands": "% of cases",
    "changes_of_social_worker": "social workers",
    "case_sample_concern": "% of cases sampled",
    "leaders_changed": "people",
    "leadership_stability": "years",
    "permanent_rate": "%",
    "staff_retained": "% in post over 12 months",
    "days_lost": "days",
    "action_plan_days": "working days",
    "children_reviewed": "children",
    "case_holders_share": "%",
    "staff_count": "people",
    "money": "£ million",
    "visits_until_now": "visits",
}
# “£1,200”, “£2.5 m”; “the third monitoring visit”; “supervision … for months”, “‘months’ without supervision”.
_MONEY = r"£\s?(?P<number>\d[\d,]*(?:\.\d+)?)\s?(?P<scale>m|million|bn|billion|k|thousand)?\b"
_MILLIONS = {"m": 1, "million": 1, "bn": 1000, "billion": 1000, "k": 0.001, "thousand": 0.001, None: 1e-6}
_ORDINAL_VISIT = r"\b(?P<n>{visits.ordinal}) (?:ofsted )?monitoring visit"
_UNTOLD_MONTHS = (
    r"supervision[^.;]{0,40}\b(?:for|in) [‘“'\"]?(?P<n>months)\b"
    r"|[‘“'\"](?P<m>months)[’”'\"] (?:\w+ ){0,2}supervision"
)
# An indicator told in one of several units, as multiples of its own.
_SCALES = {"supervision_gap": {"week": 0.25, "month": 1, "year": 12}}


@dataclass(frozen=True)
class Count:
    """One such figure: its indicator and value, with the span of the figure."""

    indicator: str
    value: float
    bound: str
    start: int
    end: int


def read(s: Sentence, taken: set[int]) -> list[Count]:
    """The figures that a sentence tells beside rates and caseloads; `taken` are the starts of those told already."""
    quantities = [q for q in s.quantities if q.start not in taken]
    found = [*_sums_of_money(s), *_visits_until_now(s), *_untold_months(s), *_by_pattern(s, quantities)]
    return sorted(found, key=lambda c: c.start)


def _sums_of_money(s: Sentence) -> Iterator[Count]:
    """“£2.5m”, “£300,000”; not “£20”, a price."""
    for m in grammar(_MONEY).finditer(s.low, s.start, s.end) if "£" in s.words else ():
        if m["scale"] or "," in m["number"]:
            value = round(float(m["number"].replace(",", "")) * _MILLIONS[m["scale"]], 6)
            yield Count("money", value, bound_of(s.text, s.start, m.start(), m.end()), *m.span("number"))


def _visits_until_now(s: Sentence) -> Iterator[Count]:
    """“The third monitoring visit”: three until now."""
    ordinals = section("visits.ordinal")
    for m in grammar(_ORDINAL_VISIT).finditer(s.low, s.start, s.end) if "monitoring" in s.low else ():
        yield Count("visits_until_now", ordinals.index(m["n"]) + 2.0, EXACT, *m.span("n"))


def _untold_months(s: Sentence) -> Iterator[Count]:
    """“Months” without supervision, and without a number: more than one."""
    m = grammar(_UNTOLD_MONTHS).search(s.low, s.start, s.end) if "supervision" in s.low else None
    if m:
        yield Count("supervision_gap", 1.0, ABOVE, *m.span(m.lastgroup))


def _by_pattern(s: Sentence, quantities: list[Quantity]) -> Iterator[Count]:
    """The figures that stand at # in one of the patterns of terms.yml, each taken once."""
    masked = _masked(s, quantities) if quantities else ""
    used: set[int] = set()
    for name in section("counts") if masked else ():
        for m in _matches(name, masked):
            own = {int(group) for group in m.groups() if group is not None}
            if used.isdisjoint(own):
                used |= own
                yield from (_count(s, name, quantities[i]) for i in sorted(own) if _fits(s, name, quantities[i]))


def _matches(name: str, masked: str) -> Iterator[re.Match[str]]:
    """Where the patterns of an indicator fit a sentence with its figures masked."""
    return (m for pattern in _patterns(name) for m in pattern.finditer(masked))


@cache
def _patterns(name: str) -> list[re.Pattern[str]]:
    """The patterns of an indicator, with # and ## made groups that catch the number of a masked figure."""
    sources = (source(line) for line in section(f"counts.{name}"))
    return [grammar(s.replace("##", "#").replace("#", r"⟦(\d+)⟧")) for s in sources]


def _masked(s: Sentence, quantities: list[Quantity]) -> str:
    """A sentence in lower case with each figure and its hedge replaced by its place in the list: “lost ⟦0⟧ workers”."""
    out, at = [], s.start
    for i, q in enumerate(quantities):
        out += [unhedged("hedges.count", s.between(at, q.start)), f"⟦{i}⟧"]
        at = q.after
    return "".join([*out, s.behind(at)])


def _fits(s: Sentence, name: str, q: Quantity) -> bool:
    """Whether a figure has the kind its indicator needs, and is told as a fact: a percentage for “late visits”."""
    return q.percent == UNITS[name].startswith("%") and not is_no_fact(s, q)


def _count(s: Sentence, name: str, q: Quantity) -> Count:
    """A figure in its indicator's own unit: “8 weeks” without supervision are two months."""
    unit = s.low[q.after : q.after + 20].lstrip()
    scale = next((k for word, k in _SCALES.get(name, {}).items() if unit.startswith(word)), 1)
    return Count(name, q.value * scale, q.bound, q.start, q.end)
