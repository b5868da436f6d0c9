"""What a figure's sentence says beside it: the time it is told for, who is cited for it, and whom it covers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from workforce_ratings.texts.lexicon import find, holds
from workforce_ratings.texts.passages import Sentence
from workforce_ratings.texts.periods import Period
from workforce_ratings.texts.quantities import Quantity

SOURCES = ("dfe", "ofsted", "council", "other")
# How many blocks a citation of DfE's series reaches beyond its own.
_REACH = 2
# Between two times of one move, and before the first: “from [2018] to the end of [2020]”.
_PAIR = re.compile(r"\s?(?:to|and|until|[-–])\s?(?:the\s)?(?:end of\s)?")
_OPENS_PAIR = re.compile(r"\b(?:from|between|in)\s(?:the\s)?(?:end of\s)?$")
# A time more words than this behind a figure is not tied to it, nor one behind a new thought.
_NEAR_WORDS = 6
_NEW_THOUGHT = re.compile(r"[;:]")
# “In its assessment teams, …” opens a sentence whose figures are all told of them.
_OPENS_SCOPE = re.compile(r"\W*(?:In|On|At|Among|For)\s")
_SCOPE_REACH = 80


@dataclass(frozen=True)
class Setting:
    """Who was last cited in a passage, and the time last told with DfE's series: both hold until told otherwise.

    `times` are the last two times told in one sentence, which “over the same year” goes back to.
    """

    block: int = -9
    dated: int = -9
    source: str | None = None
    period: Period | None = None
    times: tuple[Period, ...] = ()

    def after(self, s: Sentence) -> Setting:
        """What holds for a sentence: its own words first, else those of its block; DfE's series for two blocks more."""
        source = source_of(s)
        goes_on = s.block == self.block or (self.source == "dfe" and s.block <= self.block + _REACH)
        held = source or (self.source if goes_on else None)
        told = s.periods[-1] if s.periods and held == "dfe" else None
        kept = self.period if held == "dfe" and s.block <= self.dated + _REACH else None
        block = s.block if source or not goes_on else self.block
        times = tuple(s.periods[-2:]) if len(s.periods) > 1 else self.times
        return Setting(block, s.block if told else self.dated, held, told or kept, times)

    def period_of(self, s: Sentence, q: Quantity) -> Period | None:
        """The time of a figure whose sentence tells none: of “the same year”, or the one of DfE's series in view."""
        if s.periods:
            return None
        move = s.move(q)
        if move and self.times and holds("periods.same_time", s.words):
            return self.times[move.index(q)]
        return self.period


def source_of(s: Sentence) -> str | None:
    """Who is cited in the sentence (“inspectors found”), one of SOURCES; None if nobody."""
    return next((name for name in SOURCES if holds(f"sources.{name}", s.words)), None)


def scope_of(s: Sentence, q: Quantity) -> str | None:
    """The part of the workforce or the service that a figure's clause names (“the duty team”); None for the whole."""
    found = find("scopes", s.text, *s.clause(q.start, q.after))
    if found is None and _OPENS_SCOPE.match(s.words):
        found = find("scopes", s.text, s.start, min(q.start, s.start + _SCOPE_REACH))
    return " ".join(s.text[found.start() : found.end()].split()) if found else None


def step_of(s: Sentence, q: Quantity) -> float:
    """The step in which a number is told: its last decimal, or tens, fives or ones where it is words or about right."""
    decimals = len(s.text[q.start : q.end].partition(".")[2].strip()) if not q.in_words else 0
    if decimals or not (q.in_words or q.bound == "~"):
        return 10.0**-decimals
    told_in = next((step for step in (10, 5, 1) if q.value % step == 0), 1)
    # “About 20” allows a tenth of itself, not half of ten.
    return max(0.1, min(told_in, abs(q.value) / 10))


def period_of(s: Sentence, q: Quantity) -> Period | None:
    """The time told of a figure: its own of two where two figures have two, the one tied behind it, else one before."""
    paired = _paired(s, q) or _of_same_time(s, q)
    if paired:
        return paired
    others = [o.start for o in s.quantities if o.percent == q.percent and o is not q]
    behind = [p for p in s.periods if p.start >= q.after and not any(q.after <= o < p.start for o in others)]
    between = s.between(q.after, behind[0].start) if behind else ""
    if behind and len(between.split()) <= _NEAR_WORDS and not _NEW_THOUGHT.search(between):
        return behind[0]
    ahead = [p for p in s.periods if p.end <= q.start]
    told_behind = behind and not _NEW_THOUGHT.search(between)
    return ahead[-1] if ahead else (behind[0] if told_behind else None)


def _of_same_time(s: Sentence, q: Quantity) -> Period | None:
    """The time of one of two figures told for times told before: “from 16% in 2018 to 15% in 2020, … from 9% to 4% in
    that time”."""
    move = s.move(q)
    told = [p for p in s.periods if move and p.end <= move[0].start]
    if len(told) < 2 or not holds("periods.same_time", s.text, move[1].after, s.end):
        return None
    return told[-2:][move.index(q)]


def _paired(s: Sentence, q: Quantity) -> Period | None:
    """The time of one of two figures told as a move, where two times are told for them: “from 28.7% to 21.8% from 2018
    to 2020”; a second move of the sentence without times of its own shares those of the first."""
    move, pairs = s.move(q), [(a, b) for a, b in pairwise(s.periods) if _is_pair(s, a, b)]
    if not move or not pairs:
        return None
    behind = [p for p in pairs if p[0].start >= move[1].after]
    return (behind or pairs)[0][move.index(q)]


def _is_pair(s: Sentence, a: Period, b: Period) -> bool:
    """Whether two times are the ends of one stretch: “from 2018 to 2020”."""
    return bool(_PAIR.fullmatch(s.between(a.end, b.start)) and _OPENS_PAIR.search(s.before(a.start)))
