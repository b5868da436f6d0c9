"""How well claims agree with hand-labelled facts: precision, recall, F1, and the share of spans and bounds right.

A labelled fact is found when a claim of its article has its council, indicator and value (of a range: either end or the
middle). A claim that fits no fact is wrong, once however often it is told. Optional facts count neither way. Only the
labelled indicators count, and of an article only those that its labels do not ask to ignore.

A claim is anything with `indicator`, `council`, `value`, `bound`, `start` and `end`: the suite's, or a baseline's.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

INDICATORS = (
    *("agency_rate", "turnover_rate", "vacancy_rate", "absence_rate", "caseload_average", "caseload_max"),
    *("overall_judgement", "previous_judgement", "inspection_type"),
)
_SAME = 1e-9


class Told(Protocol):
    """What is scored of a claim; `start` and `end` are offsets in the article's text."""

    indicator: str
    council: str
    value: float | str
    bound: str
    start: int
    end: int


@dataclass(frozen=True)
class Labelled:
    """One article of a set with its labels: `facts` as gold.json has them."""

    path: Path
    facts: tuple[dict, ...]
    ignored: frozenset[str]


def labelled(folder: Path) -> list[Labelled]:
    """The articles of a set, in the order of its gold.json. Raises FileNotFoundError for one whose text is missing."""
    rows = json.loads((folder / "gold.json").read_text(encoding="utf-8"))
    found = [Labelled(folder / r["file"], tuple(r["facts"]), frozenset(r["ignore_indicators"])) for r in rows]
    for article in found:
        if not article.path.exists():
            raise FileNotFoundError(f"{article.path.name} is labelled in {folder.name}/gold.json and is not there.")
    return found


@dataclass
class Score:
    """Facts found, facts missed and claims wrong, by indicator; and of the found, how many spans and bounds are right."""

    found: Counter = field(default_factory=Counter)
    wrong: Counter = field(default_factory=Counter)
    missed: Counter = field(default_factory=Counter)
    spans: int = 0
    bounds: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.found + other.found,
            self.wrong + other.wrong,
            self.missed + other.missed,
            self.spans + other.spans,
            self.bounds + other.bounds,
        )

    def facts(self, indicator: str = "") -> int:
        """How many facts count, of one indicator or (without) of all."""
        return _of(self.found, indicator) + _of(self.missed, indicator)

    def precision(self, indicator: str = "") -> float:
        """The share of claims that are right; 1 where nothing is claimed."""
        return _share(_of(self.found, indicator), _of(self.found, indicator) + _of(self.wrong, indicator))

    def recall(self, indicator: str = "") -> float:
        """The share of facts that are found; 1 where there are none."""
        return _share(_of(self.found, indicator), self.facts(indicator))

    def f1(self, indicator: str = "") -> float:
        """The harmonic mean of precision and recall."""
        p, r = self.precision(indicator), self.recall(indicator)
        return 2 * p * r / (p + r) if p + r else 0.0

    @property
    def spans_right(self) -> float:
        """The share of found facts for which a claim lies on one of the fact's spans."""
        return _share(self.spans, _of(self.found))

    @property
    def bounds_right(self) -> float:
        """The share of found facts for which a claim has the fact's bound."""
        return _share(self.bounds, _of(self.found))


def _of(counts: Counter, indicator: str = "") -> int:
    return counts[indicator] if indicator else counts.total()


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def score(article: Labelled, claims: Iterable[Told]) -> Score:
    """The score of one article's claims against its labels."""
    scored = [c for c in claims if c.indicator in INDICATORS and c.indicator not in article.ignored]
    result, matched = Score(), set()
    for fact in article.facts:
        right = [c for c in scored if _fits(c, fact)]
        matched.update(map(id, right))
        if fact.get("optional"):
            continue
        (result.found if right else result.missed)[fact["indicator"]] += 1
        result.spans += any(_touches(c, fact) for c in right)
        result.bounds += any(c.bound == _bound(fact) for c in right)
    unmatched = {(_folded(c.council), c.indicator, str(c.value).lower()) for c in scored if id(c) not in matched}
    result.wrong.update(indicator for _, indicator, _ in unmatched)
    return result


def _fits(claim: Told, fact: dict) -> bool:
    same_kind = claim.indicator == fact["indicator"] and _folded(claim.council) == _folded(fact["council"])
    return same_kind and _same_value(claim.value, fact)


def _same_value(value: float | str, fact: dict) -> bool:
    if isinstance(fact["value"], str) or isinstance(value, str):
        return str(value).strip().lower() == str(fact["value"]).strip().lower()
    return any(abs(value - accepted) < _SAME for accepted in _accepted(fact))


def _accepted(fact: dict) -> set[float]:
    """The values that count as the fact's own: of a range, its ends and the middle."""
    stated = float(fact["value"])
    ends = [float(fact[end]) for end in ("value_low", "value_high") if fact.get(end) is not None]
    low, high = (ends[0], ends[1]) if len(ends) == 2 else (stated, ends[0] if ends else stated)
    return {stated, *ends, (low + high) / 2}


def _touches(claim: Told, fact: dict) -> bool:
    places = [(fact["start"], fact["end"]), *fact.get("mentions", [])]
    return any(claim.start < end and start < claim.end for start, end in places)


def _bound(fact: dict) -> str:
    return "=" if fact.get("exact", True) else fact.get("bound", "~")


def _folded(council: str) -> str:
    return " ".join(council.lower().replace("&", "and").replace(",", " ").split())
