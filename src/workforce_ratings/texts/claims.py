"""Claims of a press article: every figure and judgement it tells of a council, with bound, period, source and span.

One claim is one figure, judgement or visit, told of one place; told again in the article, it is the same claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date

from workforce_ratings.texts import caseloads, counts, judgements, lexicon, listings, places, shares, visits
from workforce_ratings.texts.citations import Setting, period_of, scope_of, source_of, step_of
from workforce_ratings.texts.passages import Sentence, passages
from workforce_ratings.texts.periods import Period
from workforce_ratings.texts.quantities import EXACT, Quantity
from workforce_ratings.texts.reading import Article

CASES = "cases per social worker"
JUDGEMENT, EVENT = "judgement", "event"
UNITS = dict.fromkeys(shares.RATES, "%") | {caseloads.AVERAGE: CASES, caseloads.HIGHEST: CASES} | counts.UNITS
# For how many blocks a sentence that names no measure may go on about the last one.
_MEMORY = 2
# How many characters of the article are shown on each side of a figure.
_EVIDENCE = 70


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One figure (`value` a number), judgement (its word) or visit (its kind) that an article tells of one place.

    `step` says how finely a figure is told (0.1, 1, or 5 or 10 in words); `scope` names the part of the workforce or of
    the service that it is told of, in the article's words, None for the whole; `start` and `end` are its offsets in
    the file's decoded text, and `evidence` a few words around it.
    """

    article: str
    council: str
    council_code: str
    indicator: str
    value: float | str
    value_other: float | None = None
    unit: str
    bound: str = EXACT
    step: float | None = None
    scope: str | None = None
    period: str | None
    period_start: date | None
    period_end: date | None
    source: str | None
    start: int
    end: int
    evidence: str

    def record(self) -> dict[str, object]:
        """The claim as plain values, dates as ISO text."""
        return {k: v.isoformat() if isinstance(v, date) else v for k, v in asdict(self).items()}


def extract(article: Article) -> list[Claim]:
    """The claims of an article, in the order of its text."""
    blocks = [(b.kind, b.start, b.end) for b in article.claim_blocks()]
    known = places.gazetteer(article.text, blocks, article.published)
    cells, listed = listings.read(known, blocks)
    sentences = [
        s
        for s in passages(article.text, blocks, article.published)
        if not any(a < s.end and s.start < b for a, b in listed)
    ]
    reader = _Reader(article.name, known, sentences)
    found = [*reader.measures(), *reader.judged(), *(reader.cell(c) for c in cells)]
    return [_in_file(c, article) for c in sorted(_once(found), key=lambda c: (c.start, c.indicator))]


def _in_file(c: Claim, article: Article) -> Claim:
    start, end = article.place(c.start, c.end)
    return replace(c, start=start, end=end)


class _Memory:
    """The last figures of one kind that were told, while they are near enough to go on from."""

    def __init__(self) -> None:
        self._told: list[tuple[str, Quantity]] = []
        self._block = -9

    def near(self, block: int) -> list[tuple[str, Quantity]]:
        return self._told if block <= self._block + _MEMORY else []

    def keep(self, told: list[tuple[str, Quantity]], block: int) -> None:
        if told:
            self._told, self._block = told, block


class _Reader:
    """One article's sentences, read in order, with the places they may be about."""

    def __init__(self, name: str, known: places.Gazetteer, sentences: list[Sentence]) -> None:
        self.name, self.known, self.sentences = name, known, sentences

    # --- figures ---------------------------------------------------------------------------------------------------

    def measures(self) -> Iterator[Claim]:
        """Rates, caseloads and counts."""
        rates, loads, setting = _Memory(), _Memory(), Setting()
        headline = next((shares.topic_of(s) for s in self.sentences if s.kind == "title"), None)
        topic, survey, previous = False, -9, None
        for s in self.sentences:
            setting = setting.after(s)
            survey = s.block if lexicon.pattern("survey").search(s.words) else survey
            asked = (s.block <= survey + 1 and source_of(s) != "dfe") or _goes_on_elsewhere(s, previous)
            shared = [] if asked else shares.read(s, rates.near(s.block), previous, headline)
            held = caseloads.read(s, loads.near(s.block), topic, previous)
            yield from self._told(s, [*shared, *held], setting)
            rates.keep(shared, s.block)
            loads.keep(held, s.block)
            topic = topic or bool(lexicon.pattern("caseload.topic").search(s.words))
            previous = s

    def _told(self, s: Sentence, found: list[tuple[str, Quantity]], setting: Setting) -> Iterator[Claim]:
        for indicator, q in found:
            for place in self._places(s, q):
                yield self._measure(s, indicator, q, place, setting)
        for count in counts.read(s, {q.start for _, q in found}):
            for place in places.of_figure(self.known, (s.start, s.end), count.start, count.end):
                if place.kind != places.OTHER:
                    yield self._count(s, count, place, setting)

    def _places(self, s: Sentence, q: Quantity) -> list[places.Place]:
        """The places of a figure; where a list of places shares out a list of figures, the one that is its own."""
        found = [p for p in places.of_figure(self.known, (s.start, s.end), q.start, q.after) if p.kind != places.OTHER]
        run = s.run(q)
        return [found[run.index(q)]] if len(found) == len(run) > 1 else found

    def _measure(self, s: Sentence, indicator: str, q: Quantity, place: places.Place, setting: Setting) -> Claim:
        highest = indicator == caseloads.HIGHEST and q.other is not None
        told = period_of(s, q) or setting.period_of(s, q)
        return self._claim(
            place,
            indicator,
            value=q.other if highest else q.value,
            value_other=q.value if highest else q.other,
            bound=EXACT if highest else q.bound,
            step=step_of(s, q),
            scope=scope_of(s, q),
            told=told,
            source=setting.source,
            span=(q.start, q.end),
        )

    def _count(self, s: Sentence, c: counts.Count, place: places.Place, setting: Setting) -> Claim:
        told = next((p for p in s.periods if 0 <= p.start - c.end < 60), None) or next(iter(s.periods), None)
        span = (c.start, c.end)
        return self._claim(
            place, c.indicator, value=c.value, bound=c.bound, told=told, source=setting.source, span=span
        )

    def cell(self, c: listings.Cell) -> Claim:
        """One cell of a table of councils."""
        source = "ofsted" if c.indicator == judgements.OVERALL else "dfe"
        return self._claim(c.place, c.indicator, value=c.value, step=c.step, source=source, span=(c.start, c.end))

    # --- judgements ------------------------------------------------------------------------------------------------

    def judged(self) -> Iterator[Claim]:
        """Judgements and the visit reported, council by council."""
        grades: dict[places.Place, list[judgements.Grade]] = {}
        events: dict[places.Place, list[visits.Visit]] = {}
        previous = None
        for order, s in enumerate(self.sentences):
            for grade in [] if _is_of_another(s, previous) else judgements.read(s):
                for place in self._graded(s, grade):
                    told = grades.setdefault(place, [])
                    value = grade.value or next((g.value for g in reversed(told) if g.indicator == grade.indicator), "")
                    told += [replace(grade, value=value)] if value else []
            for visit in visits.read(s, order):
                for place in places.of_figure(self.known, (s.start, s.end), visit.start, visit.end)[:1]:
                    events.setdefault(place, []).append(visit)
            previous = s
        yield from self._standing(grades)
        yield from self._events(events, grades)

    def _standing(self, grades: dict[places.Place, list[judgements.Grade]]) -> Iterator[Claim]:
        published = self.sentences[0].published if self.sentences else None
        latest = max((p.last for s in self.sentences for p in s.periods if p.last), default=None)
        for place, told in grades.items():
            for g in judgements.standing(told, published or latest, is_dated=published is not None):
                span = (g.start, g.end)
                yield self._claim(place, g.indicator, value=g.value, told=g.period, source="ofsted", span=span)

    def _events(self, events, grades) -> Iterator[Claim]:
        for place, told in events.items():
            if place.kind != places.COUNCIL or place not in self.known.principals:
                continue
            newest = 0 if place == self.known.own else -1
            graded = any(g.indicator == judgements.OVERALL and g.age <= newest for g in grades.get(place, []))
            v = visits.event(told, graded)
            if v:
                indicator, kind = visits.named(v)
                yield self._claim(place, indicator, value=kind, told=v.period, source="ofsted", span=(v.start, v.end))

    def _graded(self, s: Sentence, g: judgements.Grade) -> list[places.Place]:
        """The councils a grade is given to: all of the article's where the words speak of as many and name none."""
        named = [m for m in self.known.within(s.start, s.end) if m.place and m.place.kind == places.COUNCIL]
        if g.many and not named:
            own = self.known.principals
            return sorted(own, key=lambda p: p.name) if len(own) == g.many else []
        found = places.of_figure(self.known, (s.start, s.end), g.start, g.end, ahead=False)
        view = self.known.at(s.start)
        given = [p for p in found if p.kind == places.COUNCIL]
        return given or ([view] if view and view.kind == places.COUNCIL and not named else [])

    def _claim(
        self,
        place: places.Place,
        indicator: str,
        *,
        span: tuple[int, int],
        source: str | None,
        told: Period | None = None,
        **values,
    ) -> Claim:
        is_word = isinstance(values["value"], str)
        unit = (JUDGEMENT if indicator.endswith("_judgement") else EVENT) if is_word else UNITS[indicator]
        return Claim(
            article=self.name,
            council=place.name,
            council_code=place.code,
            indicator=indicator,
            unit=unit,
            period=told.words if told else None,
            period_start=told.first if told else None,
            period_end=told.last if told else None,
            source=source,
            start=span[0],
            end=span[1],
            evidence=_words_around(self.known.text, *span),
            **values,
        )


def _words_around(text: str, start: int, end: int) -> str:
    """A figure with the words around it, in one line: enough to find and to judge it by."""
    before, after = text[max(0, start - _EVIDENCE) : start], text[end : end + _EVIDENCE]
    first = before.partition(" ")[2] if len(before) == _EVIDENCE else before
    last = after.rpartition(" ")[0] if len(after) == _EVIDENCE else after
    return " ".join(f"{first.rpartition(chr(10))[2]}{text[start:end]}{last.partition(chr(10))[0]}".split())


def _goes_on_elsewhere(s: Sentence, previous: Sentence | None) -> bool:
    """Whether a sentence goes on about another service: “Adult social care fares little better. There, 11% …”."""
    goes_on = re.match(r"\W*(?:There|They|Its?|Here|Those)\b", s.words)
    is_near = previous is not None and previous.block == s.block
    return bool(goes_on and is_near and lexicon.pattern("other_services").search(previous.words))


def _is_of_another(s: Sentence, previous: Sentence | None) -> bool:
    """Whether a sentence or the one before is on a school, home or hospital, and it names no council or its services."""
    passage = f"{previous.words} {s.words}" if previous and previous.block == s.block else s.words
    other = lexicon.pattern("other_graded").search(passage) and not lexicon.pattern("judgements.graded_body").search(
        s.words
    )
    return bool(other) or _goes_on_elsewhere(s, previous)


def _told_of(c: Claim) -> int:
    """How much a claim says beside its figure."""
    return (c.period is not None) + (c.source is not None)


def _once(found: list[Claim]) -> list[Claim]:
    """Each claim once, as told most fully; of highest caseloads only the highest."""
    highest: dict[str, float] = {}
    for c in found:
        if c.indicator == caseloads.HIGHEST:
            highest[c.council] = max(c.value, highest.get(c.council, 0))
    kept: dict[tuple, Claim] = {}
    for c in sorted(found, key=lambda c: c.start):
        if c.indicator == caseloads.HIGHEST and c.value < highest[c.council]:
            continue
        key = (c.council, c.indicator, c.value, c.value_other)
        if key not in kept or (kept[key].bound == c.bound and _told_of(c) > _told_of(kept[key])):
            kept[key] = c
    return list(kept.values())
