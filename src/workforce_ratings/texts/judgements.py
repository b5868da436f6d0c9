"""Ofsted judgements told in news text: which grade, of what, whether it stands now or stood before.

A grade counts only where the words give it (“rated good”, ‘good’, “an inadequate rating”); wishes, conditions, grades of
unnamed councils and the old scale's “adequate” do not. A grade of one part of the service keeps that part's name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import pairwise

from workforce_ratings.texts.lexicon import begins, ends, finds, grammar, holds, lowered
from workforce_ratings.texts.passages import Sentence
from workforce_ratings.texts.periods import Period
from workforce_ratings.texts.quantities import number
from workforce_ratings.vocabulary import JUDGEMENTS

OVERALL, PREVIOUS = "overall_judgement", "previous_judgement"
PARTS = tuple(f"{part}_judgement" for part in ("leaders", "help_and_protection", "in_care", "care_leavers", "other"))
_OPEN, _CLOSE = "‘“'\"", "’”'\""
# How a grade is dated by its words: what puts it surely before the others, or surely last.
_SURELY_EARLIER, _SURELY_LATER = 6, -6

_GRADE = "|".join(f"(?P<{value.replace(' ', '_')}>{{judgements.{value.replace(' ', '_')}}})" for value in JUDGEMENTS)
_GRADES = rf"\b(?:{_GRADE})(?!\w)"
_ANY_GRADE = "|".join(f"{{judgements.{value.replace(' ', '_')}}}" for value in JUDGEMENTS)

# Names are told by their capitals, so these read the text as it stands: “, and neighbouring Kent is ‘[good]”;
# “Kent, in the south-east, still [requires improvement]”; “Kent is now [good]”; “Kent, which was [good]”.
_NEXT_COUNCIL = re.compile(
    r"[’”'\"]?,?\s(?:and|while|but|with)\s(?:neighbouring\s|nearby\s)?(?:[A-Z][\w’'-]+\s(?:and\s|upon\s)?){1,5}"
    r"(?:is\s|was\s|as\s)?[‘“'\"]?"
)
_NAME_OR_FOUND_TO = re.compile(
    r"(?:\b(?:found|said|judged|considered|told) (?:in \d{4} )?to|[A-Z][\w’'-]+(?:,[^,]{1,30})?,?)"
    r"\s(?:again |still |now |also )?[‘“'\"]?$"
)
_COUNCIL_IS = re.compile(
    r"\b(?:[Cc]ouncil|services|authority|borough|county|(?!(?:What|That|This|It|There|Which|Who|They|Practice|Adoption"
    r"|Work|Morale|Support|Supervision|Leadership))[A-Z][a-z]+)"
    r"\s(?:is|are|was|were|remains?|has been|have been)\s(?:now |still |also |overall )?$"
)
_WHICH_IS = re.compile(
    r"\b(?:[Cc]ouncil|[A-Z][a-z]+),\swhich (?:is|was|remains)\s(?:now |still |also |itself )?[‘“'\"]?$"
)
_OF_A_PART = re.compile(
    r"(?:for|in|on)\s(?!\d|[A-Z])(?:its |the |their |how )?"
    r"((?:(?!\b(?:when|after|as|because|since|and it|by|but)\b).){0,50})"
)

# Around a grade, in lower case.
_CLOSED = re.compile(rf"[,.;]?[{_CLOSE}]")
_NO_SUBJECT = r"\s*(?:{judgements.lead_in} )*{judgements.passive}\b"
_STEP_TO = re.compile(r"[’”'\"]?\s(?:up |down |straight )?to\s[‘“'\"]?")
_STEP_FROM = re.compile(r"\bfrom\s[‘“'\"]?$")
_STEP_BEFORE = rf"\bfrom\s[‘“'\"]?(?:{_ANY_GRADE})[’”'\"]?\s(?:up |down |straight )?to\s[‘“'\"]?$"
_ENDS_THERE = re.compile(r"[^\w\s]|\s(?:up|down|overall|again)\b")
_BODY_STILL = r"\b{judgements.body}\s(?:again |still |now |also |overall )?[‘“'\"]?$"
_STILL = re.compile(r"\b(?:still|also|now|continues? to)\s[‘“'\"]?$")
# “rated Swindon's services for children inadequate”: the verb, what it graded, and the grade.
_OBJECT = r"\b{judgements.graded}\s(?:(?!and\b|but\b|that\b|to\b)[\w’'-]+\s){1,8}[‘“'\"]?$"
# “rated Kent good”, “upgraded Kent to outstanding”, “found the council to be good”.
_GRADED_AS = (
    r"\b(?:{judgements.graded_as}\s(?:(?!and\b|but\b|that\b)[\w’'-]+\s){0,7}?(?:as\s|to be\s|to\s)?"
    r"|(?:found|finds)\s(?:(?!and\b|but\b|that\b)[\w’'-]+\s){0,7}?to be\s)[‘“'\"]?$"
)
_LEADS_TO_GRADE = r"(?:\s{judgements.before_grade})*\s?[‘“'\"]?$"
_PURPOSE = r"(?:^|[“‘\"]|\b{judgements.wanting}\s)to {judgements.becoming}\b[^,]*$"
_LEFT_BEHIND = r"\b{judgements.left_behind}\s(?:{judgements.small}\s)*[‘“'\"]?\s?$"
_MANY = (
    r"\b(?:all\s)?(?P<n>{judgements.together})\s(?:\w+\s){0,2}(?:councils?|authorities|boroughs)\b|\b(?P<pair>both)\b"
)
_SINCE = re.compile(r"\bsince\s(?:the\s)?(?:start of\s)?$")
_CLAUSE_END = re.compile(r"[.;]|,\s(?!and\b)")
_BACKGROUND = re.compile(r"(?<![-\w])(?:since|after|when|because|where|before)\b")
_FROM, _TO = re.compile(r"\bfrom\b[^.,;]*$"), re.compile(r"\bto\b")
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True)
class Grade:
    """One grade told at one spot: its value, its indicator, when it was given, and how old the words make it."""

    start: int
    end: int
    value: str
    indicator: str
    period: Period | None
    age: int  # above 0: told as the earlier one; below 0: as the new one
    again: bool  # told as the same grade as before
    many: int  # of how many councils it is told at once, 0 for one

    @property
    def given(self) -> date | None:
        """The day by which it is put in order: the last of its period."""
        return self.period.order if self.period else None


@dataclass(frozen=True)
class _Spot:
    """A word that may be a grade, with the words of its sentence around it."""

    s: Sentence
    start: int
    end: int
    value: str

    @cached_property
    def left(self) -> str:
        """The words of its clause before it; those of the sentence where the clause has no subject of its own."""
        start, _ = self.s.clause(self.start, self.end)
        opener = self.s.between(max(self.s.start, start - 7), start)
        is_bare = grammar(_NO_SUBJECT).match(self.s.between(start, self.start))
        if is_bare and "which" not in opener and "who" not in opener:
            start = self.s.start
        return self.s.text[start : self.start]

    @cached_property
    def before(self) -> str:
        """All of the sentence before it, as it stands."""
        return self.s.text[self.s.start : self.start]

    def near(self, words: int) -> str:
        """The last so many words of its clause before it: “Ofsted rated Kent's services”."""
        return " ".join(self.left.split()[-words:])

    def after(self, most: int, skipped: str = "") -> str:
        """So many characters of the sentence behind it, as they stand, without its closing quotation mark."""
        return self.s.text[self.end : min(self.s.end, self.end + most)].lstrip(_CLOSE + skipped)


# --- sentences -----------------------------------------------------------------------------------------------------


def read(s: Sentence) -> list[Grade]:
    """The grades that a sentence tells, in order."""
    found: list[Grade] = []
    for m in grammar(_GRADES).finditer(s.low, s.start, s.end):
        spot = _Spot(s, m.start(), m.end(), m.lastgroup.replace("_", " "))
        told = _is_given(spot) or (found and _is_next(spot, found[-1]))
        if told and not _is_wish(spot) and not _is_group(spot):
            found.append(_grade(spot))
    found += [_same(s, m) for m in finds("judgements.same", s.text, s.start, s.end)]
    return _ordered(s, sorted(found, key=lambda g: g.start))


def _grade(spot: _Spot) -> Grade:
    """A grade with all that its sentence says of it."""
    period, many = _period(spot.s, spot.start, spot.end), _many(spot.s)
    again = _is_again(spot.left, spot.after(50))
    return Grade(spot.start, spot.end, spot.value, _part(spot), period, _age(spot), again, many)


def _same(s: Sentence, m: re.Match[str]) -> Grade:
    """“The same grade”: the last one told, given once before; its value is left open."""
    return Grade(m.start(), m.end(), "", OVERALL, _period(s, m.start(), m.end()), _SURELY_EARLIER, True, 0)


def _many(s: Sentence) -> int:
    """Of how many councils together a sentence speaks: “three councils' services came out good”."""
    m = grammar(_MANY).search(s.low, s.start, s.end)
    if m is None:
        return 0
    return 2 if m["pair"] else int(number(m["n"]))


def _ordered(s: Sentence, found: list[Grade]) -> list[Grade]:
    """Grades with “from X to Y” put in their order in time."""
    out = list(found)
    for i, (a, b) in enumerate(pairwise(found)):
        between = s.between(a.end, b.start)
        if a.indicator != b.indicator or len(between.split()) > 14:
            continue
        if _FROM.search(s.low[max(s.start, a.start - 30) : a.start]) and _TO.search(between):
            out[i], out[i + 1] = replace(out[i], age=_SURELY_EARLIER), replace(out[i + 1], age=_SURELY_LATER)
        elif holds("judgements.up_from", between):
            out[i] = replace(out[i], age=out[i].age + _SURELY_LATER)
            out[i + 1] = replace(out[i + 1], age=_SURELY_EARLIER)
    return out


# --- whether a word is a grade -------------------------------------------------------------------------------------


def _is_given(spot: _Spot) -> bool:
    """Whether the words around a grade give it as one, rather than using it as a plain adjective or verb."""
    is_improvement = spot.value == "requires improvement"
    if (" " in spot.s.text[spot.start : spot.end] and not is_improvement) or _is_step(spot):
        return True
    after = spot.after(60, ",.").lstrip()
    if _is_marked(spot, after):
        return not begins("judgements.plain_nouns", after) or holds("judgements.strong", spot.near(7))
    if is_improvement:
        return _is_improvement_given(spot, after)
    if spot.value == "inadequate":
        return bool(begins("judgements.nouns", after)) or _leads_up(spot.left, "given")
    if begins("judgements.rating_nouns", after) or _is_of_part_too(spot, after):
        return True
    if begins("judgements.plain_nouns", after):
        return False
    return (
        _leads_up(spot.left, "strong") or bool(grammar(_GRADED_AS).search(lowered(spot.left))) or _is_of_council(spot)
    )


def _is_of_part_too(spot: _Spot, after: str) -> bool:
    """Whether a grade is told of a part beside another grade: “rated good overall and outstanding for leadership”."""
    part = _OF_A_PART.match(after)
    return bool(part and holds("judgements.strong", spot.before)) and any(
        holds(f"judgements.parts.{name}", part[1]) for name in PARTS
    )


def _is_marked(spot: _Spot, after: str) -> bool:
    """Whether a grade stands in quotation marks, or with a capital in a sentence that speaks of ratings."""
    before = spot.s.text[spot.start - 1 : spot.start]
    behind = spot.s.text[spot.end : spot.end + 2]
    if before and before in _OPEN and _CLOSED.match(behind):
        return True
    is_capital = spot.s.text[spot.start].isupper() and spot.start > spot.s.start and not after[:1].isupper()
    return is_capital and holds("judgements.strong", spot.s.words)


def _is_improvement_given(spot: _Spot, after: str) -> bool:
    """Whether “requires improvement” is the grade: “Kent still requires improvement”, not “practice requires …”."""
    if holds("judgements.strong", spot.near(7)) or _NAME_OR_FOUND_TO.search(spot.before):
        return True
    left = lowered(spot.left)
    if grammar(_BODY_STILL).search(left) or begins("judgements.rating_nouns", after):
        return True
    return bool(_STILL.search(left)) and holds("judgements.strong", spot.s.words)


def _is_step(spot: _Spot) -> bool:
    """Whether a grade is one end of a move from one grade to another: “from good to requires improvement”."""
    s, before = spot.s, lowered(spot.before)
    onward = _STEP_TO.match(s.behind(spot.end)) if _STEP_FROM.search(before) else None
    if onward and grammar(_GRADES).match(s.low, spot.end + onward.end()):
        return True
    return grammar(_STEP_BEFORE).search(before) is not None


def _is_of_council(spot: _Spot) -> bool:
    """Whether a council or its services are said to be good, where the sentence speaks of ratings or of Ofsted."""
    if _WHICH_IS.search(spot.before):
        return True
    if not _COUNCIL_IS.search(spot.left):
        return False
    rated = _ENDS_THERE.match(spot.s.text[spot.end : spot.end + 8])
    return bool(rated) or holds("judgements.strong", spot.s.words) or holds("judgements.services", spot.left)


def _leads_up(left: str, section: str) -> bool:
    """Whether one of a section's words leads straight up to the grade: “rated once more as ”."""
    near = lowered(left[-120:])
    if section == "given" and grammar(_OBJECT).search(near):
        return True
    to_grade = grammar(_LEADS_TO_GRADE)
    return any(to_grade.fullmatch(near, f.end()) for f in finds(f"judgements.{section}", near))


def _is_next(spot: _Spot, last: Grade) -> bool:
    """Whether a grade follows another for the next council: “Dorset is rated good and Hampshire outstanding”."""
    return _NEXT_COUNCIL.fullmatch(spot.s.text[last.end : spot.start]) is not None


def _is_wish(spot: _Spot) -> bool:
    """Whether a grade is only hoped for or denied: “on the road to good”, “outstanding is our aim”."""
    if begins("judgements.is_aim", spot.s.behind(spot.end, 40)) or grammar(_PURPOSE).search(lowered(spot.left)):
        return True
    return holds("judgements.not_given", spot.near(9))


def _is_group(spot: _Spot) -> bool:
    """Whether a grade labels councils in general: “at inadequate councils”, “a good council should …”."""
    if begins("judgements.group", spot.after(40, " ")):
        return True
    before = spot.s.between(max(spot.s.start, spot.start - 60), spot.start)
    is_counted = ends("judgements.groups_before", before) and not holds("judgements.all_of_them", before)
    return bool(is_counted and not ends("judgements.one_of_them", before)) or bool(
        ends("judgements.some_of_them", before)
    )


# --- what a grade is of, and when it was given ---------------------------------------------------------------------


def _part(spot: _Spot) -> str:
    """What a grade is of: the whole service, or the part that its clause names: “inadequate for leadership”."""
    after = spot.after(70, " ")
    if begins("judgements.council_nouns", after):
        return OVERALL
    clause = _CLAUSE_END.split(after)[0]
    following = _OF_A_PART.match(clause)
    if holds("judgements.whole", clause) or (not following and holds("judgements.whole", spot.left[-60:])):
        return OVERALL
    for name in PARTS:
        section = f"judgements.parts.{name}"
        if begins(section, after) or (following and holds(section, following[1])):
            return name
    return _part_before(spot)


def _part_before(spot: _Spot) -> str:
    """The part of the service named last before a grade: “leadership was judged good”."""
    subject = spot.left if len(spot.left.split()) > 2 else spot.before
    subject = _BACKGROUND.split(subject)[-1][-110:]
    told = [(m.end(), name) for name in PARTS for m in finds(f"judgements.parts.{name}", subject)]
    return max(told)[1] if told else OVERALL


def _age(spot: _Spot) -> int:
    """How the words place a grade in time: each word for the past counts up, each for the present down."""
    near, after = spot.near(8), spot.after(50)
    age = sum(1 for _ in finds("judgements.earlier", near)) - sum(2 for _ in finds("judgements.later", near))
    age += 2 * bool(begins("judgements.tag", after))
    age += 5 * bool(grammar(_LEFT_BEHIND).search(lowered(near) + " "))
    age += 3 * bool(ends("judgements.last_time", spot.before)) + 4 * holds("judgements.once", near)
    age -= 2 * holds("judgements.reported", spot.before + after)
    return age + 4 * bool(begins("judgements.earlier_after", after.lstrip(" ,")))


def _is_again(left: str, after: str) -> bool:
    """Whether a grade is told as the same as one before: “inadequate for the second time”."""
    if holds("judgements.again", left) or holds("judgements.again", after):
        return True
    then = holds("judgements.before_then", left) or begins("judgements.earlier_after", after.lstrip(" ,"))
    return bool(then) and holds("judgements.also", left)


def _period(s: Sentence, start: int, end: int) -> Period | None:
    """The time told nearest to a grade, in its own clause first, behind it before ahead: “rated good in May 2019”."""
    a, b = s.clause(start, end)
    own = [p for p in s.periods if not _is_of_another(s, start, end, p)]
    near = [p for p in own if a <= p.start < b] or [p for p in own if -60 < p.start - end < 30]
    return min(near, key=lambda p: abs(p.start - end) if p.start > start else start - p.end + 10, default=None)


def _is_of_another(s: Sentence, start: int, end: int, p: Period) -> bool:
    """Whether a time belongs to something else: another grade lies between, or it only says since when."""
    a, b = (end, p.start) if p.start > start else (p.end, start)
    if grammar(_GRADES).search(s.low, a, b):
        return True
    return bool(_SINCE.search(s.before(p.start))) and not 0 <= p.start - end < 12


# --- which stands --------------------------------------------------------------------------------------------------


def standing(grades: list[Grade], written: date | None, is_dated: bool) -> list[Grade]:
    """Of all the grades an article gives one council, the overall one that stands and the one before it.

    Grades of parts are returned as they are. The newest by the article's words and dates is the standing one;
    `written` is the article's date or, where it has none (`is_dated` false), the latest day it tells of.
    """
    parts = _distinct([g for g in grades if g.indicator != OVERALL])
    whole = [g for g in grades if g.indicator == OVERALL]
    if not whole:
        return parts
    ranked = sorted(whole, key=lambda g: _newness(g, written, is_dated), reverse=True)
    best = _best(ranked[0].value, whole, newest=True)
    return [best, *_before(ranked, whole), *parts]


def _before(ranked: list[Grade], whole: list[Grade]) -> list[Grade]:
    """The overall grade before the standing one, from grades ranked by newness; none where only one is told."""
    before = [g for g in ranked if g.value != ranked[0].value]
    if not before:
        return _same_again(whole)
    return [replace(_best(before[0].value, before, newest=False), indicator=PREVIOUS)]


def _newness(g: Grade, written: date | None, is_dated: bool) -> tuple[float, date]:
    """Higher for a newer grade: the words for the present, less three for each year gone by since it was given.

    In an article without a date, a year named with a grade makes it an old one: news tells a new one by its month.
    """
    years = (written - g.given).days / 365.25 if written and g.given else 0
    told_year = not is_dated and bool(g.period and _YEAR.search(g.period.words))
    return (-g.age - 3 * max(0.0, years - 0.6) - 2 * told_year, g.given or date.min)


def _best(value: str, grades: list[Grade], newest: bool) -> Grade:
    """The clearest telling of a grade: one with a period, else the first."""
    own = [g for g in grades if g.value == value]
    dated = [g for g in own if g.period]
    return next((g for g in dated if (g.age <= 0) == newest), dated[0] if dated and len(dated) == 1 else own[0])


def _same_again(whole: list[Grade]) -> list[Grade]:
    """The same grade told of an earlier inspection too: “the same as in 2015”, “for the second time”."""
    dated = {g.given.year for g in whole if g.given}
    again = [g for g in whole if g.again]
    apart = len(dated) > 1 and max(dated) - min(dated) >= 2
    if again or (apart and any(g.age > 2 for g in whole)):
        return [replace((again or sorted(whole, key=lambda g: -g.age))[0], indicator=PREVIOUS)]
    return []


def _distinct(grades: list[Grade]) -> list[Grade]:
    """Each grade of a part once, as told first."""
    seen: dict[tuple[str, str], Grade] = {}
    for g in grades:
        seen.setdefault((g.indicator, g.value), g)
    return list(seen.values())
