"""Which councils, regions and England a text names, and which of them a figure in it belongs to.

A figure belongs to the place that its own clause ties it to (“16 in Cambridgeshire”, “the national 17.0%”), else to the
council that the sentence speaks of, else to the one the paragraph does, else to the article's own. A wider area is
never taken up by “it” or “the council” where the article has a council of its own.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property

import pandas as pd

from workforce_ratings import councils
from workforce_ratings.texts.lexicon import begins, ends, finds, grammar, holds, is_all, lowered, section
from workforce_ratings.texts.sentences import sentences
from workforce_ratings.vocabulary import Fault

COUNCIL, REGION, NATION, OTHER = "council", "region", "nation", "other"
# Kinds of blocks that say what an article is about, and what a place's name weighs in each.
_HEADS = ("title", "standfirst")
_WEIGHTS = {"title": 4, "standfirst": 3}
_OPENING_WEIGHT, _OPENING_PARAGRAPHS = 2, 2
_LONGEST_HEADING = 6

# The first letters of any word that a name may begin with: “King” of “King's Lynn”.
_WORD = re.compile(r"(?<![\w’'-])[^\W\d_]+")
_NAME_ENDS = r"(?![\w])(?!-(?!based|born|style))"
_NAME_PARTS = re.compile(r"[\s,-]+")
_NO_SPELLING = re.compile(r"\d|/| with .* and ")
_SPACE = re.compile(r"[\s-]+")
_SENTENCE_BREAKS = ".!?“‘:"
_DIGIT_NEXT = re.compile(r"\s?[|–(,-]|\s\d")
_COMPASS = re.compile(r"(?:north|south|east|west|central)[\s-]$")
_THE_REGION = re.compile(r"\bthe region\b")
_NOT_WORDS = re.compile(r"[,•“‘\"'-]")

# Between a figure and the place it is tied to: “% of posts in the whole of ”, and the other way round: “'s average of ”.
_PERCENT = r"(?:\s?%|\s?per\s?cent|\s?pc)?"
_IN_PLACE = (
    rf"{_PERCENT}[^,;:.–—(\d]{{0,40}}?(?:\s(?:in {{periods.months}} \d{{4}}|in \d{{4}}))?\s{{places.tie}}\s(?:the\s)?"
    r"(?:{places.extent}\s(?:of\s)?)?(?:neighbouring\s)?"
)
_PERCENT_SPACE = re.compile(rf"{_PERCENT}\s")
_OF_PLACE = (
    r"(?:['’]s)?(?:\sas\sa\swhole)?,?\s\(?(?:average|figure|rate|mean|median)?s?\s?(?:of|was|is|at|:)?\s?"
    r"(?:{hedges.number}\s)*"
)
# A sentence that opens with a wider area is about it: “But across the whole of [England]”.
_OPENS_WIDE = (
    r"[“‘\"']?(?:{places.sentence_opener},?\s)?(?:{places.opening_tie}\s)?"
    r"(?:all of\s|the\s)?(?:whole of\s|region of\s)?"
)
_OF_ITS_OWN = r"['’]s\s{places.extremes}\b"
_WHERE = re.compile(r",\swhere\b")
_AT_ONCE = re.compile(r"(?:\s\w+){0,5},?\s(?:\(|with\s|at\s|on\s)(?:just\s|about\s|only\s)?")
_ITS_HEAD = r"(?:['’]s)?\s(?:\w+\s){0,3}?{places.heads}\b"
_HEAD_OF = r"\b(?:{places.heads}|that|those|councils|authorities)\s(?:\w+\s)?{places.head_tie}\s(?:\w+\s)?(?:the\s)?$"
_NEW_THOUGHT = re.compile(r"[,;:–—]\s(?!which|at|of|who)")
_LATER_BREAK = re.compile(r"[;:]|\b(?:than|while|whereas|but|compared)\b")
# Between the places of a list, and in it: “Merton, Stockport and the Wirral”.
_LISTED = re.compile(r",?\s(?:and\s|or\s)(?:the\s)?|,\s(?:and\s)?(?:the\s)?")
_AND = re.compile(r"\band\s")
_VISIT_TO = r"\W*(?:[\w’'-]+\s){0,5}(?:visit|inspection|report|letter)\s(?:to|of|on|in|at|for)\s(?:the\s)?"


@dataclass(frozen=True)
class Place:
    """A council of the register, two with a joint return, a region, or England; `code` is “” for wider areas."""

    name: str
    code: str
    kind: str


@dataclass(frozen=True)
class Mention:
    """One place named at one spot of a text; `place` is None for words that point back (“it”, “the council”)."""

    start: int
    end: int
    place: Place | None

    @property
    def is_council(self) -> bool:
        """Whether it names a council, rather than a wider area or nothing by name."""
        return self.place is not None and self.place.kind == COUNCIL


ENGLAND = Place("England", "", NATION)


@dataclass
class Gazetteer:
    """The places of one article: its mentions, its own place, its main councils, and the council in view at each point."""

    text: str
    mentions: list[Mention]
    own: Place | None
    principals: frozenset[Place]
    views: list[tuple[int, Place | None]] = field(default_factory=list)

    def at(self, position: int) -> Place | None:
        """The place in view where a sentence begins."""
        seen = bisect_right(self.views, position, key=lambda view: view[0])
        return self.views[seen - 1][1] if seen else self.own

    def within(self, start: int, end: int) -> list[Mention]:
        """The mentions that lie wholly between two positions."""
        first, last = (bisect_left(self._starts, position) for position in (start, max(start, end)))
        return [m for m in self.mentions[first:last] if m.end <= end]

    @cached_property
    def _starts(self) -> list[int]:
        """Where each mention begins, for looking them up."""
        return [m.start for m in self.mentions]


def gazetteer(text: str, blocks: list[tuple[str, int, int]], day: date | None) -> Gazetteer:
    """The places of an article, given as text with the kind and span of each block that may bear claims."""
    spans = [(start, end) for _, start, end in blocks]
    found = mentions(text, spans, day)
    own = _own(text, blocks, found)
    found = _with_the_region(text, spans, found, own)
    places = Gazetteer(text, found, own, _principals(text, blocks, found, own))
    places.views = _views(blocks, places)
    return places


def mentions(text: str, spans: list[tuple[int, int]], day: date | None) -> list[Mention]:
    """The places named in some spans of a text, in order; names that mean something else are left out."""
    found: list[Mention] = []
    for start, end in spans:
        own = [*_councils_in(text, start, end, day)]
        for m in [*_areas_in(text, start, end), *_back_in(text, start, end)]:
            if not any(taken.start < m.end and m.start < taken.end for taken in own):
                own.append(m)
        found += sorted(own, key=lambda m: m.start)
    return found


# --- names of councils ---------------------------------------------------------------------------------------------


def _councils_in(text: str, start: int, end: int, day: date | None) -> Iterator[Mention]:
    """The councils named in text[start:end]; two that report together (“Kingston and Richmond”) as one."""
    held: Mention | None = None
    for m in _named(text, start, end):
        place = None if _is_other(text, m) else _find(" ".join(m.group().split()), day)
        if place is None:
            continue
        if held and _report_together(text[held.end : m.start()], held.place, place):
            both = Place(f"{held.place.name}/{place.name}", f"{held.place.code}/{place.code}", COUNCIL)
            held = Mention(held.start, m.end(), both)
            continue
        if held:
            yield held
        held = Mention(m.start(), m.end(), place)
    if held:
        yield held


def _named(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Every spelling of a council in text[start:end], the longest where several fit: looked up by its first word."""
    names, at = _names_by_word(), start
    for word in _WORD.finditer(text, start, end):
        if word.start() < at or word.group() not in names:
            continue
        m = _names_from(word.group()).match(text, word.start(), end)
        if m:
            yield m
            at = m.end()


@cache
def _names_from(word: str) -> re.Pattern[str]:
    """The names that begin with a word, the longest first."""
    names = sorted(_names_by_word()[word], key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(_name_source(name) for name in names)}){_NAME_ENDS}")


@cache
def _names_by_word() -> dict[str, set[str]]:
    """Spellings by the letters they begin with: “Bath” for “Bath and North East Somerset”, also in capitals."""
    names: dict[str, set[str]] = {}
    for spelling in _spelled():
        first, *rest = spelling.split()
        for name in {spelling, spelling.upper(), " ".join([first.upper(), *rest])}:
            head = _NAME_PARTS.split(name)[0]
            for word in (head, head.replace("'", "")):
                letters = _WORD.match(word)
                if letters:
                    names.setdefault(letters.group(), set()).add(name)
    return names


@cache
def _spelled() -> dict[str, str]:
    """Every spelling of a council that an article may use, with one of its codes."""
    rows = councils.spellings()
    return {s: c for s, c in zip(rows.spelling, rows.code, strict=True) if not _NO_SPELLING.search(s)}


def _name_source(name: str) -> str:
    """A spelling as regular expression: “&” or “and”, hyphens or spaces, with or without commas."""
    words = _NAME_PARTS.split(name.replace("&", "and"))
    return r"(?:,?[\s-]+)".join(
        "(?:and|&)" if w.lower() == "and" else re.escape(w).replace("'", "['’]?") for w in words
    )


@cache
def _find(spelling: str, day: date | None) -> Place | None:
    """The council of a spelling on a day (or today's), where there was one."""
    try:
        found = councils.find(spelling, on=pd.Timestamp(day) if day else None)
    except Fault:
        return None
    return Place(found.name, found.code, COUNCIL)


def _report_together(between: str, first: Place, second: Place) -> bool:
    """Whether two names stand for one joint return: “A/B”, or “A and B” of two councils that send DfE one return."""
    if between.strip() == "/":
        return True
    if between.strip() not in ("and", "&") or "/" in first.code:
        return False
    return bool(_return_units(first.code) & _return_units(second.code))


@cache
def _return_units(code: str) -> frozenset[str]:
    """The returns that a council takes part in."""
    units = councils.return_units()
    return frozenset(units[units.code == councils.series_code(code)].return_unit)


def _is_other(text: str, m: re.Match[str]) -> bool:
    """Whether a name means a university, a football club, a newspaper, a person, or a common word (“Reading books”)."""
    left, right = text[max(0, m.start() - 30) : m.start()], text[m.end() : m.end() + 30]
    if ends("places.not_before", left) or begins("places.not_after", right):
        return True
    if m.group() not in section("places.common_words"):
        return False
    opens = not left.strip() or left.rstrip()[-1] in _SENTENCE_BREAKS or "\n" in left[-2:]
    return opens and not (begins("places.names_it", right) or _DIGIT_NEXT.match(right) or right[:2] in ("'s", "’s"))


# --- wider areas, and words that point back ------------------------------------------------------------------------


def _areas_in(text: str, start: int, end: int) -> Iterator[Mention]:
    """The regions, other areas and nations named in text[start:end]: “the North West”, “Merseyside”, “nationally”."""
    for m in _region_names().finditer(lowered(text), start, end):
        if _is_region(text, start, m):
            yield Mention(m.start(), m.end(), Place(_region(m.group()), "", REGION))
    for m in finds("places.other_areas", text, start, end):
        yield Mention(m.start(), m.end(), Place(text[m.start() : m.end()], "", OTHER))
    for m in finds("places.nation", text, start, end):
        if text[m.start()] != "e" and not ends("places.not_before_nation", text[max(0, m.start() - 15) : m.start()]):
            yield Mention(m.start(), m.end(), ENGLAND)


def _is_region(text: str, start: int, m: re.Match[str]) -> bool:
    """Whether words name a region: not “north west of the town”, “London borough”, “east London”."""
    before, after = lowered(text[max(start, m.start() - 12) : m.start()]), text[m.end() : m.end() + 14]
    is_capital = holds("places.capital", m.group())
    if begins("places.part_of_area", after) or (m.group() == "london" and _COMPASS.search(before)):
        return False
    return text[m.start()].isupper() or is_capital or ends("places.area_tie", before) is not None


def _region(words: str) -> str:
    """The register's name of a region: “Yorkshire and The Humber” for “yorkshire & humber”, “London” for the capital."""
    is_capital = holds("places.capital", words)
    return "London" if is_capital else _regions()[_SPACE.sub(" ", words.replace("&", "and"))]


@cache
def _regions() -> dict[str, str]:
    """The regions by their names in lower case."""
    names = sorted({*councils.register().region, "Inner London", "Outer London"})
    own = {_SPACE.sub(" ", name).lower(): name for name in names}
    return own | {"yorkshire and humber": "Yorkshire and The Humber"}


@cache
def _region_names() -> re.Pattern[str]:
    """Every name of a region, the longest first."""
    body = "|".join(_name_source(n) for n in sorted(_regions(), key=len, reverse=True))
    return grammar(rf"\b(?:{body}|{{places.capital}})\b")


def _back_in(text: str, start: int, end: int) -> Iterator[Mention]:
    """Words that point back to a place: “it”, “the council”."""
    for m in finds("places.back", text, start, end):
        yield Mention(m.start(), m.end(), None)


def _with_the_region(text: str, spans: list[tuple[int, int]], found: list[Mention], own: Place | None) -> list[Mention]:
    """Mentions with “the region” among them: the article's own region, else the one named last."""
    added = []
    for start, end in spans:
        for m in _THE_REGION.finditer(lowered(text), start, end):
            named = [p.place for p in found if p.place and p.place.kind == REGION and p.end <= m.start()]
            region = own if own and own.kind == REGION else named[-1] if named else None
            added += [Mention(m.start(), m.end(), region)] if region else []
    return sorted([*found, *added], key=lambda m: m.start)


# --- what the article is about -------------------------------------------------------------------------------------


def _own(text: str, blocks: list[tuple[str, int, int]], found: list[Mention]) -> Place | None:
    """The place an article is about: most and first named, title and opening before the rest; a council before others."""
    weights, first = _weighed(text, blocks, found)
    named = [p for p in weights if p.kind == COUNCIL]
    wider = [p for p in weights if p.kind not in (COUNCIL, OTHER)]
    for group, depth in ((named, 1), (wider, 1), (named, 2)):
        leading = [p for p in group if first[p] <= depth]
        if leading:
            return max(leading, key=lambda p: (p.kind == REGION, weights[p]))
    return ENGLAND if wider else max(named, key=lambda p: weights[p], default=None)


def _weighed(
    text: str, blocks: list[tuple[str, int, int]], found: list[Mention]
) -> tuple[Counter[Place], dict[Place, int]]:
    """How much each place weighs in an article, and the paragraph it is first named in (0 for the headline)."""
    weights: Counter[Place] = Counter()
    first: dict[Place, int] = {}
    paragraphs = 0
    for kind, start, end in blocks:
        paragraphs += kind == "paragraph"
        weight = _WEIGHTS.get(kind, _OPENING_WEIGHT if paragraphs <= _OPENING_PARAGRAPHS else 1)
        for m in found:
            if m.place and start <= m.start < end and not _is_helper(text, m):
                weights[m.place] += weight
                first.setdefault(m.place, 0 if weight > _OPENING_WEIGHT else paragraphs)
    return weights, first


def _principals(
    text: str, blocks: list[tuple[str, int, int]], found: list[Mention], own: Place | None
) -> frozenset[Place]:
    """The article's own place, and every council named in two blocks, once in a headline or at the head of a sentence."""
    held: Counter[Place] = Counter()
    leading: set[Place] = set()
    for kind, start, end in blocks:
        here = [m for m in found if m.is_council and start <= m.start < end]
        for _ in range(2 if kind == "heading" else 1):
            held.update({m.place for m in here})
        if kind in (*_HEADS, "heading"):
            leading |= {m.place for m in here if not _is_helper(text, m)}
        for a, b in sentences(text, start, end) if here else ():
            leading |= {m.place for m in here if a <= m.start < b and _opens(text, a, m)}
    return frozenset({p for p in leading if held[p] >= 2} | ({own} if own else set()))


def _opens(text: str, start: int, m: Mention) -> bool:
    """Whether a sentence begins with a mention, but for small words (“Meanwhile, in the London borough of Bexley”)."""
    before = lowered(text[start : m.start])
    if grammar(_VISIT_TO).fullmatch(before):
        return True
    return len(grammar(r"\b{places.small}\b").sub(" ", _NOT_WORDS.sub(" ", before)).split()) <= 1


def _is_helper(text: str, m: Mention) -> bool:
    """Whether a council is named as another's helper or yardstick: “under Hampshire's wing”."""
    return m.is_council and ends("places.helper", text[max(0, m.start - 8) : m.start]) is not None


def _views(blocks: list[tuple[str, int, int]], places: Gazetteer) -> list[tuple[int, Place | None]]:
    """Where each sentence leaves the reader: the council in view from there on."""
    views: list[tuple[int, Place | None]] = []
    headed, lasting = _headed(blocks, places), places.own
    stays = headed if _is_of_one(blocks, places) else places.principals
    for kind, start, end in blocks:
        lasting = _titled(places, kind, start, end) or lasting
        view = lasting
        views.append((start, view))
        for a, b in sentences(places.text, start, end):
            subject = _subject(places, a, b, headed) if kind != "caption" else None
            view = subject or view
            lasting = subject if subject and subject in stays else lasting
            views.append((b, view))
    return views


def _titled(places: Gazetteer, kind: str, start: int, end: int) -> Place | None:
    """The council that a short heading alone names: “Bexley: the findings”."""
    titles = [m.place for m in places.within(start, end) if m.is_council] if kind == "heading" else []
    return titles[0] if len(titles) == 1 and len(places.text[start:end].split()) <= _LONGEST_HEADING else None


def _subject(places: Gazetteer, start: int, end: int, headed: set[Place | None]) -> Place | None:
    """The council that a sentence is about: one of the headline's, or the one it opens with."""
    named = (m for m in places.within(start, end) if m.is_council)
    return next((m.place for m in named if m.place in headed or _opens(places.text, start, m)), None)


def _headed(blocks: list[tuple[str, int, int]], places: Gazetteer) -> set[Place | None]:
    """The places of headline and standfirst, and the article's own."""
    heads = [m for kind, a, b in blocks if kind in _HEADS for m in places.mentions if a <= m.start < b]
    return {m.place for m in heads if not _is_helper(places.text, m)} | {places.own}


def _is_of_one(blocks: list[tuple[str, int, int]], places: Gazetteer) -> bool:
    """Whether headline or opening name one council alone, so that others are only met in passing."""
    heads = [(a, b) for kind, a, b in blocks if kind in _HEADS]
    first = [(a, b) for kind, a, b in blocks if kind == "paragraph"][:1]
    return (_councils_of(heads, places) or _councils_of(first, places)) == {places.own}


def _councils_of(spans: list[tuple[int, int]], places: Gazetteer) -> set[Place | None]:
    """The councils that some blocks are on."""
    named = (m for a, b in spans for m in places.within(a, b))
    return {m.place for m in named if m.is_council and not _is_helper(places.text, m)}


# --- whose figure it is --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Figure:
    """A figure or judgement at start:end of a sentence, among the places of its article."""

    places: Gazetteer
    sentence: tuple[int, int]
    start: int
    end: int

    @cached_property
    def here(self) -> list[Mention]:
        """The mentions of its sentence."""
        return self.places.within(*self.sentence)

    def between(self, start: int, end: int) -> str:
        """The text between two positions, in lower case."""
        return lowered(self.places.text)[start:end]


def of_figure(places: Gazetteer, sentence: tuple[int, int], start: int, end: int, ahead: bool = True) -> list[Place]:
    """The places that a figure (or judgement) at start:end of a sentence belongs to: one, or several told together.

    `ahead` allows a council named later in the sentence, where none is named before.
    """
    f = _Figure(places, sentence, start, end)
    tied = _tied_behind(f) or _tied_before(f)
    if tied:
        return _together(f, tied, before=False)
    for m in reversed([m for m in f.here if m.end <= start]):
        if m.place is None:
            return _if_any(_meant(f, m))
        if m.is_council or _governs(f, m):
            return _together(f, m, before=True)
    after = next((m for m in f.here if m.start >= end and m.is_council), None) if ahead else None
    if after and not _LATER_BREAK.search(f.between(end, after.start)):
        return _together(f, after, before=False)
    return _if_any(places.at(sentence[0]))


def _if_any(place: Place | None) -> list[Place]:
    """One place as a list, none as an empty one."""
    return [place] if place else []


def _tied_behind(f: _Figure) -> Mention | None:
    """The place that directly follows a figure: “16 in Kent”, “17% nationally”."""
    for m in f.here:
        if m.place is None or m.start < f.end:
            continue
        between = f.between(f.end, m.start)
        if grammar(_IN_PLACE).fullmatch(between) and not holds("places.new_subject", between):
            return m
        if is_all("places.adverb", f.between(m.start, m.end)) and _PERCENT_SPACE.fullmatch(between):
            return m
    return None


def _tied_before(f: _Figure) -> Mention | None:
    """The wider area that a figure directly follows: “the national 17.0%”, “England's average of 16”."""
    wider = (m for m in f.here if m.place and not m.is_council and m.end <= f.start and not _is_led(f, m))
    return next((m for m in wider if grammar(_OF_PLACE).fullmatch(f.between(m.end, f.start))), None)


def _is_led(f: _Figure, m: Mention) -> bool:
    """Whether a wider area only says where a council stands first or last: “Kent has the highest rate in England, at”."""
    before = [q for q in f.here if q.end <= m.start and (q.place is None or q.is_council)]
    return bool(before) and ends("places.most_in", f.between(f.sentence[0], m.start)) is not None


def _meant(f: _Figure, m: Mention) -> Place | None:
    """What “it”, “its” or “the council” means: a place of its sentence, else the one in view."""
    word = f.between(m.start, m.end)
    earlier = [p for p in f.places.within(f.sentence[0], m.start) if p.place]
    if (
        word == "it"
        and earlier
        and (earlier[-1].is_council or _governs(_Figure(f.places, f.sentence, m.start, m.end), earlier[-1]))
    ):
        return earlier[-1].place
    named = [p for p in earlier if p.is_council]
    if named:
        return named[-1].place
    view = f.places.at(f.sentence[0])
    if view is None or view.kind == COUNCIL:
        return view
    return _council_before(f, m, is_pronoun=word in ("it", "its", "their own")) or view


def _council_before(f: _Figure, m: Mention, is_pronoun: bool) -> Place | None:
    """The council named last before words that point back, where the article's view is on a wider area.

    A pronoun goes back to it only within its paragraph, and only where no wider area is named between.
    """
    before = [p for p in f.places.mentions if p.place and p.end <= m.start]
    if before and before[-1].is_council and "\n" not in f.places.text[before[-1].end : m.start]:
        return before[-1].place
    named = [] if is_pronoun else [p for p in before if p.is_council]
    return named[-1].place if named else None


def _governs(f: _Figure, m: Mention) -> bool:
    """Whether a wider area is what a clause speaks of: “the average for England was 16”, “Nationally, 17%”."""
    opening, behind = f.between(f.sentence[0], m.start), f.between(m.end, f.start)
    if f.places.own == m.place and not any(q.is_council for q in f.here):
        return True
    if grammar(_OPENS_WIDE).fullmatch(opening):
        return True
    if grammar(_OF_ITS_OWN).match(behind) or (_is_led(f, m) and not _WHERE.match(behind)):
        return False
    if holds("places.councils", f.between(m.start, m.end)) or _WHERE.match(behind) or _AT_ONCE.fullmatch(behind):
        return True
    is_head = grammar(_ITS_HEAD).match(behind) or grammar(_HEAD_OF).search(opening)
    return bool(is_head) and not _NEW_THOUGHT.search(behind)


def _together(f: _Figure, m: Mention, before: bool) -> list[Place]:
    """The places of a list such as “Merton, Stockport and Central Bedfordshire” that a mention belongs to.

    Where the mention stands `before` the figure the list may begin ahead of it, and needs an “and”.
    """
    named = [q for q in f.here if q.place and q.place.kind == m.place.kind]
    first = last = named.index(m)
    while before and first > 0 and _is_listed(f, named[first - 1], named[first]):
        first -= 1
    while last + 1 < len(named) and _is_listed(f, named[last], named[last + 1]):
        last += 1
    chain = named[first : last + 1]
    if before and len(chain) > 1 and not _AND.search(f.between(chain[0].start, chain[-1].start)):
        return [m.place]
    return list(dict.fromkeys(q.place for q in chain))


def _is_listed(f: _Figure, a: Mention, b: Mention) -> bool:
    """Whether two places stand next to each other in a list: “Merton, Stockport”."""
    return _LISTED.fullmatch(f.between(a.end, b.start)) is not None
