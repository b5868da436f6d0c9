"""Two simple readers of press articles, for the suite to be measured against.

Both take an article sentence by sentence. A percentage is a claim of the rate whose keyword is nearest to it in its
sentence; another number is a claim of a caseload where “caseload”, “cases” or “average” is near. A judgement word counts
where its sentence speaks of rating: the first told of a council is its judgement, the next that differs the one before.
The first kind of visit named is the event. All belongs to the council, region or England named first in the sentence,
else to the council that the article names most. Neither reader knows of targets, changes, other services, words that
point back, or lists. They differ in how numbers are found: by a regular expression, or by the package quantulum3.

Of a few alternatives for each of these choices, the one with the best F1 on the articles that the suite was tuned with
too was taken, so that the readers are as good as their kind can simply be made.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from workforce_ratings import councils
from workforce_ratings.vocabulary import Fault

# The plain words among the suite's own terms (data/articles/terms.yml) for each rate.
RATES = {
    "agency_rate": r"agency|agencies|temporary|temps?|locums?|interims?",
    "vacancy_rate": r"vacanc(?:y|ies)|vacant|unfilled|empty",
    "turnover_rate": r"turnover|churn|attrition|leavers|leaving|leave|left|quit|departed|resigned",
    "absence_rate": r"sickness|sick|absence|absent|days lost",
}
_RATE = re.compile("|".join(rf"(?P<{name}>\b(?:{words})\b)" for name, words in RATES.items()), re.IGNORECASE)
_CASES = re.compile(r"\b(?:(?:case|work)-?\s?loads?|cases|average)\b", re.IGNORECASE)
_HIGHEST = re.compile(r"\b(?:up to|as many as|as high as|highest|one|some)\b", re.IGNORECASE)
# How far from its keyword a number may stand, in characters.
_REACH = 80
# How much farther off a keyword before its number counts than one after it: “30% of posts were vacant and 12% of staff …”.
_BEHIND = 2
_LEAST, _MOST = 2, 99

_GRADE = re.compile(
    r"\b(?P<inadequate>inadequate)\b|\b(?P<requires_improvement>requir(?:es?|ed|ing)[\s-]improvement)\b"
    r"|\b(?P<good>good)\b|\b(?P<outstanding>outstanding)\b",
    re.IGNORECASE,
)
_RATED = re.compile(
    r"\b(?:rat(?:ed|ings?)|grad(?:e[ds]?|ing)|judg|verdict|deemed|branded|declared|ofsted|overall|inspect|report|watchdog)"
    r"|['‘“\"](?:inadequate|requires|good|outstanding)",
    re.IGNORECASE,
)
_VISIT = re.compile(
    r"(?P<focused_visit>focuss?ed visit)|(?P<monitoring_visit>monitoring visit)|(?P<full>(?:full |re-?)?inspection\b)",
    re.IGNORECASE,
)

_SENTENCE = re.compile(r"[^\n]+?(?:[.!?][\"'”’]?(?=\s)|$)", re.MULTILINE)
_DIGITS = re.compile(r"(?<![\w.,£$])(?P<number>\d+(?:\.\d+)?)(?P<percent>\s?(?:%|per\s?cent\b|pc\b))?(?![\w,]*\d)")
_PARTS = {"half": 50, "a third": 33, "a quarter": 25, "a fifth": 20}
_PART = re.compile(rf"\b(?P<part>{'|'.join(_PARTS)})\s(?=of\b)", re.IGNORECASE)
_BOUNDS = {
    ">": re.compile(r"\b(?:over|more than|above|at least)\s(?:an?\s)?$", re.IGNORECASE),
    "<": re.compile(r"\b(?:under|below|less than|fewer than|up to)\s(?:an?\s)?$", re.IGNORECASE),
    "~": re.compile(
        r"\b(?:about|around|nearly|almost|roughly|some|close to|approximately)\s(?:an?\s)?$", re.IGNORECASE
    ),
}


ENGLAND = "England"
_NATION = (ENGLAND, "national", "nationally")


@dataclass(frozen=True)
class Guess:
    """One figure (`value` a number), judgement or visit (a word) that a baseline takes the article to tell."""

    indicator: str
    council: str
    value: float | str
    bound: str
    start: int
    end: int


@dataclass(frozen=True)
class Number:
    """A number of a sentence, at an offset in it."""

    value: float
    is_percent: bool
    start: int
    end: int


Numbers = Callable[[str], Iterator[Number]]


def by_keywords(text: str) -> list[Guess]:
    """What an article tells, its numbers found by a regular expression."""
    return _read(text, _by_digits)


def by_quantulum(text: str) -> list[Guess]:
    """What an article tells, its numbers found by quantulum3. Raises ImportError where that is not installed."""
    return _read(text, _by_quantulum)


# --- numbers -------------------------------------------------------------------------------------------------------


def _by_digits(sentence: str) -> Iterator[Number]:
    for m in _DIGITS.finditer(sentence):
        yield Number(float(m["number"]), bool(m["percent"]), m.start(), m.end("number"))
    for m in _PART.finditer(sentence):
        yield Number(_PARTS[m["part"].lower()], True, *m.span("part"))


def _by_quantulum(sentence: str) -> Iterator[Number]:
    """Its percentages and bare numbers; a part below one, such as “a third”, is a percentage told in words."""
    for q in _quantulum().parse(re.sub(r"(?<=\d)pc\b", "% ", sentence)):
        is_part = q.unit.name == "dimensionless" and 0 < q.value < 1
        is_percent = q.unit.name in ("percentage", "per cent", "percent") or is_part
        if is_percent or q.unit.name == "dimensionless":
            yield Number(round(q.value * 100) if is_part else q.value, is_percent, *q.span)


@cache
def _quantulum():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for its classifier, which tells apart units that are not needed here
        from quantulum3 import parser
    logging.getLogger("quantulum3").setLevel(logging.ERROR)
    return parser


# --- claims --------------------------------------------------------------------------------------------------------


def _read(text: str, numbers: Numbers) -> list[Guess]:
    named = [(start, name) for start, name in _places(text) if name]
    own = Counter(name for _, name in named if name != ENGLAND).most_common(1)
    found = []
    for m in _SENTENCE.finditer(text):
        here = [name for start, name in named if m.start() <= start < m.end()]
        council = here[0] if here else own[0][0] if own else ENGLAND
        for indicator, value, bound, start, end in [*_figures(m.group(), numbers), *_grades(m.group())]:
            found.append(Guess(indicator, council, value, bound, m.start() + start, m.start() + end))
    visit = _VISIT.search(text)
    if visit and own:
        found.append(Guess("inspection_type", own[0][0], visit.lastgroup, "=", *visit.span()))
    return list(_standing_first(found))


def _standing_first(found: list[Guess]) -> Iterator[Guess]:
    """The guesses, of each council's judgements the first as the standing one and the next that differs as the one before."""
    told: dict[str, list[str]] = {}
    for guess in found:
        values = told.setdefault(guess.council, [])
        if guess.indicator != "overall_judgement":
            yield guess
        elif guess.value in values or len(values) < 2:
            values += [] if guess.value in values else [guess.value]
            yield replace(guess, indicator=("overall_judgement", "previous_judgement")[values.index(guess.value)])


def _figures(sentence: str, numbers: Numbers) -> Iterator[tuple]:
    rates, cases = list(_RATE.finditer(sentence)), list(_CASES.finditer(sentence))
    for n in numbers(sentence) if rates or cases else ():
        near = [m for m in (rates if n.is_percent else cases) if _distance(m, n) <= _REACH]
        if not near or not (n.is_percent or _LEAST <= n.value <= _MOST):
            continue
        nearest = min(near, key=lambda m: _distance(m, n) * (_BEHIND if m.start() < n.start else 1))
        load = "caseload_max" if _HIGHEST.search(sentence) else "caseload_average"
        bound = next((b for b, words in _BOUNDS.items() if words.search(sentence[: n.start])), "=")
        yield nearest.lastgroup or load, n.value, bound, n.start, n.end


def _distance(keyword: re.Match, n: Number) -> int:
    return max(keyword.start() - n.end, n.start - keyword.end())


def _grades(sentence: str) -> Iterator[tuple]:
    for m in _GRADE.finditer(sentence) if _RATED.search(sentence) else ():
        yield "overall_judgement", m.lastgroup.replace("_", " "), "=", *m.span()


def _places(text: str) -> Iterator[tuple[int, str | None]]:
    """Where a council, region or England is named, and its name in the register."""
    for m in _names().finditer(text):
        yield m.start(), _place(" ".join(m.group().split()))


@cache
def _names() -> re.Pattern[str]:
    spelled = sorted({s for s in councils.spellings().spelling if not re.search(r"[\d/]", s)}, key=len, reverse=True)
    regions = sorted(set(councils.register().region))
    names = "|".join(map(re.escape, [*spelled, *regions, *_NATION]))
    return re.compile(rf"(?<!\w)(?:{names})(?!\w)")


@cache
def _place(name: str) -> str | None:
    """The register's name of a council, region or England; None for a spelling that it has no council of."""
    if name in _NATION:
        return ENGLAND
    if name in set(councils.register().region):
        return name
    try:
        return councils.find(name).name
    except Fault:
        return None
