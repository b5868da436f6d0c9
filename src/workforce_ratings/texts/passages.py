"""The sentences of an article that figures may be taken from, with the numbers and times in each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

from workforce_ratings.texts import periods, quantities
from workforce_ratings.texts.lexicon import grammar, lowered
from workforce_ratings.texts.quantities import Quantity
from workforce_ratings.texts.sentences import sentences

# Where a thought ends and another begins within a sentence: “20% left, while sickness …”.
_BREAK = r"[;:–—()]|,\s|\s-\s|\b{links.clause}\b"
# Between two figures of one list: “23.6% and then nearly 20.4%”.
_JOINED = r",?\s(?:and\s)?(?:(?:then|{hedges.number})\s)*"
# Between two figures of one move, and what would break it: “16.4% a year ago to just 15.1%”.
_TO = re.compile(r"\bto\s(?:\w+\s)?$")
_MOVE_BREAK = re.compile(r"[;:]|,\s(?!to\b)\w+\s(?!to)")


@dataclass(frozen=True)
class Sentence:
    """One sentence of an article: its span in the article's text, the block it stands in and that block's kind."""

    text: str
    start: int
    end: int
    kind: str
    block: int
    published: date | None
    anchor: date | None = None  # the last day told of before it, in its block

    @cached_property
    def words(self) -> str:
        """The sentence as it stands."""
        return self.text[self.start : self.end]

    @cached_property
    def quantities(self) -> list[Quantity]:
        """Its numbers, without those that only tell a time."""
        found = quantities.quantities(self.text, self.start, self.end)
        told = [(p.start, p.end) for p in self.periods] if found else []
        return [q for q in found if not any(a <= q.start < b for a, b in told)]

    @cached_property
    def periods(self) -> list[periods.Period]:
        """The times that it tells."""
        return periods.periods(self.text, self.start, self.end, self.published, self.anchor)

    @cached_property
    def low(self) -> str:
        """The whole article's text in lower case."""
        return lowered(self.text)

    def before(self, at: int) -> str:
        """Its words before a position, in lower case: “the agency rate rose to ”."""
        return self.between(self.start, at)

    def behind(self, at: int, most: int | None = None) -> str:
        """Its words (or so many characters of them) behind a position, in lower case: “ of posts were vacant”."""
        return self.between(at, self.end if most is None else min(self.end, at + most))

    def between(self, start: int, end: int) -> str:
        """The text between two positions, in lower case; empty where they overlap."""
        return self.low[start:end]

    def move(self, q: Quantity) -> tuple[Quantity, Quantity] | None:
        """The two figures of the move that a figure belongs to: “from 16.4% … to 15.1%”."""
        alike = self._alike(q)
        for a, b in pairwise(alike):
            between = self.between(a.after, b.start)
            if q in (a, b) and _TO.search(between) and not _MOVE_BREAK.search(between):
                return a, b
        return None

    def run(self, q: Quantity) -> list[Quantity]:
        """The figures told in one list with a figure: “23.6% and 20.4%”."""
        alike = self._alike(q)
        first = last = alike.index(q)
        while first > 0 and self._joined(alike[first - 1], alike[first]):
            first -= 1
        while last + 1 < len(alike) and self._joined(alike[last], alike[last + 1]):
            last += 1
        return alike[first : last + 1]

    def clause(self, at: int, end: int | None = None) -> tuple[int, int]:
        """The span of the clause around at:end: “while sickness was 5%” of a longer sentence."""
        end = at if end is None else end
        first = max((b for _, b in self._breaks if b <= at), default=self.start)
        return first, next((a for a, _ in self._breaks if a >= end), self.end)

    @cached_property
    def _breaks(self) -> list[tuple[int, int]]:
        """The spans of the marks and words where its clauses end."""
        found = grammar(_BREAK).finditer(self.low, self.start, self.end)
        return [m.span() for m in found]

    def _alike(self, q: Quantity) -> list[Quantity]:
        """Its percentages, or its plain numbers, as the figure is one or the other."""
        return [p for p in self.quantities if p.percent == q.percent]

    def _joined(self, a: Quantity, b: Quantity) -> bool:
        """Whether two figures stand in one list: “23.6% and 20.4%”."""
        return grammar(_JOINED).fullmatch(self.between(a.after, b.start)) is not None


def passages(text: str, blocks: list[tuple[str, int, int]], published: date | None) -> Iterator[Sentence]:
    """The sentences of an article's blocks (kind, start, end), in order."""
    for number, (kind, start, end) in enumerate(blocks):
        anchor = None
        for a, b in sentences(text, start, end):
            sentence = Sentence(text, a, b, kind, number, published, anchor)
            anchor = next((p.last for p in reversed(sentence.periods) if p.last), anchor)
            yield sentence
