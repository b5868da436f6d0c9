"""How many cases social workers hold: averages, and the highest load stated for one of them.

A number is a caseload where the words say who holds it (“some social workers had more than 50 cases”), per whom it is
counted (“24 children each”), or that it is a caseload (“average caseloads fell from 21.9 to 14.6”).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from workforce_ratings.texts.lexicon import begins, ends, finds, grammar, holds
from workforce_ratings.texts.passages import Sentence
from workforce_ratings.texts.quantities import ABOVE, BELOW, Quantity
from workforce_ratings.texts.shares import is_change, is_elsewhere, is_no_fact

AVERAGE, HIGHEST = "caseload_average", "caseload_max"
# No caseload is told below or above these, in words below five: “two teams” are none.
_LOWEST, _LARGEST, _LOWEST_IN_WORDS = 3, 130, 5

# Behind a number: “% of”, “ weeks”, “ newly qualified social workers” count something else than cases.
_OTHER_UNIT = (
    r"\s?(?:%|per\s?cent|pc\b|(?:working |calendar )?{caseload.time}\b"
    r"|(?:(?!{caseload.no_adjective}\b)\w+ ){0,1}?{caseload.no_case})"
)
_WITHOUT_WORKER = re.compile(r"\s\w+\s(?:waiting|without)\b|,?\sout of\b")
_SHARE_BEFORE = re.compile(r"(?:%|per\s?cent|pc|third|half|quarter|fifth|one in \w+|proportion|share)[^.;]{0,60}$")
# Between a number and its noun: “18-20 or so of the [cases]”.
_TO_NOUN = re.compile(r"(?:[\s-]|or (?:more|so|fewer|thereabouts)\b)*(?:of )?(?:the )?")
_NUMBER_AS_ADJECTIVE = re.compile(r"[\s-]?(?:cases? )?(?:average )?")
_LEADS_UP = r"(?:\b{caseload.leads_up}|[:(–,])\s*(?:(?:the|a|an|only|just) )*$"
_LEADS_AWAY = re.compile(r"[;]|\.\s|\b(?:but|while|whereas|because|so|and (?:the|its|it))\b|£|%")
# “one worker had 40, with another [42]”; “[20] on average”.
_AND_WITH = re.compile(r",\swith\s(?:\w+\s){0,2}$")
_EACH_BEFORE = re.compile(r"\beach\b(?! (?:month|week|year|day|time|child|family|team))")
_AVERAGE_BEHIND = re.compile(r"[^.;:,]{0,40}?\b(?:on average|average|typically)\b")
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_FIGURE_WITH = re.compile(r"\d\D*\bwith\b")
_NO_LONGER_AVERAGE = r"[;]|\.\s|\b{caseload.not_average}\b"
_HOLDS_FEW_WORDS = re.compile(r"\bof\s|^\s*(?:\w+\s){0,4}$")
# “and others 30”, “… to about 15”: a number that continues the one before.
_OTHERS_AS_MANY = re.compile(
    r",\s(?:and\s|though\s)?(?:some|others|one|a few)\b(?:\s[\w’'-]+){0,9}"
    r"\s(?:as many as|up to|over|more than|as high as)\s$"
)
# “in Kent it is 11.4 and in Surrey 23.2”
_AND_PLACE = re.compile(r"\b(?:and|while|,)\s(?:in|at|for)\s(?:[\w’'-]+\s){1,4}$")
_AND_WORKERS = re.compile(r"\b(?:and|while|,)\s(?:[\w’'-]+\s){0,4}$")
_MOVED = r"\b{caseload.moved}\s(?:(?:{hedges.number}|the|an?|average of) )*$"
_LINKED = r"\b(?:{caseload.stood}|:)\s(?:\w+\s){0,2}$"
# Where a number stands alone, without a noun behind it.
_ENDS = re.compile(r"[’”'\"]?\s*(?:[.,;)]|$|and\b|while\b|but\b)")
_ENDS_BEFORE = r"\s*(?:[.,;)]|$|{caseload.goes_on}\b)"


@dataclass
class _Told:
    """What a sentence has at hand: nouns for caseloads, loads told before, whether one was asked about, those found."""

    s: Sentence
    nouns: list[re.Match[str]]
    before: list[tuple[str, Quantity]]
    topic: bool  # the article has spoken of caseloads
    asked: bool  # the sentence before speaks of caseloads
    found: list[tuple[str, Quantity]] = field(default_factory=list)

    def loads(self) -> list[str]:
        """The kinds of the loads told before, percentages left out."""
        return [name for name, q in self.before if not q.percent]


# --- sentences -----------------------------------------------------------------------------------------------------


def read(
    s: Sentence, before: list[tuple[str, Quantity]], topic: bool, previous: Sentence | None = None
) -> list[tuple[str, Quantity]]:
    """The (indicator, quantity) pairs that a sentence tells of caseloads.

    `before` are those of the sentences just before it, `previous` the last of these; `topic` says whether the article
    has spoken of caseloads yet.
    """
    loads = [q for q in s.quantities if _can_be(s, q)]
    nouns = list(finds("caseload.noun", s.text, s.start, s.end)) if loads else []
    if not loads or not (nouns or before or topic or holds("caseload.unit", s.words)):
        return []
    asked = bool(previous and previous.block == s.block and holds("caseload.noun", previous.words))
    told = _Told(s, nouns, before, topic, asked)
    for q in loads:
        name = None if is_change(s, q) or is_no_fact(s, q) or is_elsewhere(s, q) else _name(told, q)
        if name:
            told.found.append((name, q))
    return told.found


def _can_be(s: Sentence, q: Quantity) -> bool:
    """Whether a number may be a caseload by its size and what stands around it: not “40 weeks”, “12 children waiting”."""
    if q.percent or not _LOWEST <= q.value <= _LARGEST or (q.in_words and q.value < _LOWEST_IN_WORDS):
        return False
    if grammar(_OTHER_UNIT).match(s.low, q.after) or _WITHOUT_WORKER.match(s.behind(q.after)):
        return False
    return q.bound not in (ABOVE, BELOW) or not _is_mark_of_share(s, q)


def _is_mark_of_share(s: Sentence, q: Quantity) -> bool:
    """Whether a number is what a share of workers is over: “a third of workers held more than 20”."""
    share = _SHARE_BEFORE.search(s.before(q.start))
    return bool(share and "," not in share.group() and ";" not in share.group())


# --- one number ----------------------------------------------------------------------------------------------------


def _name(told: _Told, q: Quantity) -> str | None:
    """AVERAGE, HIGHEST, or None for a number that is no caseload."""
    s = told.s
    if told.found and _AND_WITH.search(s.before(q.start)):
        return _as_before(told, q)
    unit = begins("caseload.unit", s.text, _noun_at(s, q), s.end)
    tail = s.behind(unit.end() if unit else q.after)
    each = begins("caseload.each", tail.lstrip(" ,"))
    each_before = _EACH_BEFORE.search(_said(s, q))
    called, held = _is_called(told, q), _is_held(told, q, unit is not None)
    average = _is_average(s, q, tail)
    if called or each or held or (unit and each_before) or (average and (unit or _speaks_of_loads(told))):
        if average or not (called or held or each):
            return AVERAGE
        return _kind(s, q, bool(each or each_before))
    return _from_before(told, q)


def _from_before(told: _Told, q: Quantity) -> str | None:
    """The kind of a number that only what was told before makes a caseload."""
    if told.found and _goes_on(told.s, told.found[-1][1], q):
        return _as_before(told, q)
    if not _told_before(told, q):
        return None
    said = _said(told.s, q)
    if holds("caseload.extreme", said) or holds("caseload.some", said):
        return HIGHEST
    return next(reversed(told.loads()), AVERAGE)


def _as_before(told: _Told, q: Quantity) -> str:
    """The kind of the number found last, or HIGHEST where the words from there on say so: “…, with one worker at 41”."""
    name, last = told.found[-1]
    is_extreme = holds("caseload.extreme", told.s.between(last.after, min(told.s.end, q.after + 30)))
    return HIGHEST if is_extreme else name


def _said(s: Sentence, q: Quantity) -> str:
    """The words of a number's clause before it: “some workers had more than ”."""
    return s.between(s.clause(q.start, q.after)[0], q.start)


def _noun_at(s: Sentence, q: Quantity) -> int:
    """Where a number's noun may begin: past a hyphen, or past “or more of the”."""
    return q.after + _TO_NOUN.match(s.behind(q.after)).end()


def _speaks_of_loads(told: _Told) -> bool:
    """Whether the sentence or the article has spoken of caseloads."""
    return bool(told.nouns) or told.topic or holds("caseload.topic", told.s.words)


def _is_called(told: _Told, q: Quantity) -> bool:
    """Whether “caseload” or the like governs a number: “caseloads of 26 to 28”, “caseloads fell from 21.9 to 14.6”."""
    for noun in told.nouns:
        between = told.s.between(noun.end(), q.start)
        if noun.end() <= q.start and len(between.split()) <= 14 and not _LEADS_AWAY.search(between):
            return not between.strip() or grammar(_LEADS_UP).search(between) is not None
        behind = told.s.between(q.after, noun.start())
        if noun.start() >= q.after and _NUMBER_AS_ADJECTIVE.fullmatch(behind):
            return True
    return False


def _is_held(told: _Told, q: Quantity, has_unit: bool) -> bool:
    """Whether the words before a number say that workers hold it: “some social workers had more than 50”."""
    s, said = told.s, _said(told.s, q)
    verb = next(reversed([*finds("caseload.hold", said)]), None)
    if verb is None:
        return False
    between, subject = said[verb.end() :], said[: verb.start()]
    if not subject.strip():
        subject = s.before(q.start - len(said))
    if len(between.split()) > 5 or not holds("caseload.worker", subject[-70:]):
        return False
    return has_unit or _may_lack_unit(told, q) or (bool(told.nouns) and bool(_HOLDS_FEW_WORDS.search(between)))


def _may_lack_unit(told: _Told, q: Quantity) -> bool:
    """Whether “cases” may go without saying: another load was told, or the clause ends with the number."""
    if told.found:
        return True
    known = bool(told.loads()) or told.topic or holds("caseload.topic", told.s.words)
    return known and _ENDS.match(told.s.behind(q.after)) is not None


def _is_average(s: Sentence, q: Quantity, tail: str) -> bool:
    """Whether a number is told as a mean: “an average of 24”, “24 children on average”."""
    words = next(reversed([*finds("caseload.average", s.text, s.start, q.start)]), None)
    if words:
        between = s.between(words.end(), q.start)
        if holds("caseload.other_average", between) or _FIGURE_WITH.search(between):
            return False
        is_far = s.clause(q.start, q.after)[0] >= words.start() and len(between.split()) > 12
        if not is_far and not grammar(_NO_LONGER_AVERAGE).search(between):
            return True
    behind = _AVERAGE_BEHIND.match(tail)
    return bool(behind) and not _DIGIT.search(behind.group())


def _kind(s: Sentence, q: Quantity, each: bool) -> str:
    """HIGHEST or AVERAGE, for a number that no word calls an average: “one had 40”, “they have 20 each”."""
    said, clause = _said(s, q), s.between(*s.clause(q.start, q.after))
    if each and q.bound != ABOVE and not holds("caseload.extreme", said):
        return AVERAGE
    if holds("caseload.individual", clause) or ends("caseload.person", s.before(q.start)):
        return HIGHEST
    if q.bound in (ABOVE, BELOW) and not holds("caseload.per_worker", clause):
        return HIGHEST
    return HIGHEST if holds("caseload.range", said) else AVERAGE


# --- numbers that go on from others --------------------------------------------------------------------------------


def _goes_on(s: Sentence, last: Quantity, q: Quantity) -> bool:
    """Whether a number continues the one before: “from 21.9 to 14.6”, “18-22 cases on average and new staff 12”."""
    between = s.between(last.after, q.start)
    if _DIGIT.search(_YEAR.sub("", between)) or "£" in between or ";" in between or len(between.split()) > 16:
        return False
    others = _OTHERS_AS_MANY.search(between)
    elliptic = others or (_AND_WORKERS.search(between) and holds("caseload.worker", between))
    joined = elliptic or _AND_PLACE.search(between) or grammar(_MOVED).search(between)
    return bool(joined and grammar(_ENDS_BEFORE).match(s.behind(q.after)))


def _told_before(told: _Told, q: Quantity) -> bool:
    """Whether a sentence that names no caseload goes on about one: “The figure for England was 16”."""
    said = _said(told.s, q)
    known = told.loads() or told.asked or (told.topic and holds("caseload.average", said))
    if not known or not holds("heads", said) or holds("caseload.other_average", said):
        return False
    ends_there = grammar(_ENDS_BEFORE).match(told.s.behind(q.after))
    return bool(ends_there and grammar(_LINKED).search(said))
