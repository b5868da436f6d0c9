"""Numbers in news text: digits, words, fractions and ranges, each with the words that bound it.

A quantity's span covers the number alone (no % sign, no “per cent”), as the claims that rest on it do; its value is in
percent where the text gives a percentage or a share (“half” is 50, “nine out of ten” 90), else the number as told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from workforce_ratings.texts.lexicon import grammar, lowered, section

EXACT, BELOW, ABOVE, ABOUT = "=", "<", ">", "~"

# “1,234.5”, “.5”; “ %”, “ per cent”; the dash of “18-22”.
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_PERCENT = r"(?:\s?%|\s?per[ -]?cents?\b|\s?pc\b|\s?p\.c\.)"
_DASH = r"\s?[-–—]\s?"
_NUMBER = rf"(?:{_DIGITS}|(?<![\w-]){{numbers.word}}(?![\w-](?!{{numbers.suffix}}\b)))"
# The number of a date, a list, a page or a money amount is no quantity of its own: “£20”, “3/4”, “#7”.
_NOT_BEFORE = r"(?<![\w.,£$€/#])"

_RANGE = (
    rf"{_NOT_BEFORE}(?P<low>{_NUMBER}){_PERCENT}?(?:{_DASH}|\s(?:to|and|or)\s)(?P<high>{_NUMBER})"
    rf"(?P<percent>{_PERCENT})?"
)
_PLAIN = (
    rf"{_NOT_BEFORE}(?P<number>{_NUMBER})"
    rf"(?:(?P<plus>\+|-plus\b)|(?P<odd>-odd\b|-something\b))?(?P<percent>{_PERCENT})?"
)
_DECADE = r"\b(?P<part>{numbers.part_of_ten})[- ](?P<ten>\d0|{numbers.decade})s\b(?P<percent>\s?per\s?cent)?"
_RATIO = (
    r"\b(?P<few>{numbers.word}|\d{1,2})[ -](?:(?:\w+ )?{numbers.of_whom} )?{numbers.out_of}[ -]"
    r"(?P<many>{numbers.word}|\d{1,3})\b(?! {numbers.times}\b)"
)
_FRACTION = (
    r"\b(?:(?P<few>{numbers.of_parts})[ -])?(?P<part>{numbers.part})(?P<more>s)?\b(?![ -]{numbers.not_after_fraction})"
)

# What makes digits something else than a count: “3rd”, “3/4”, “10:30”, “7m”, “a 12-week plan”.
_GOES_ON = r"[\d/]|,\d|\.\d|(?:st|nd|rd|th)\b"
_NOT_AFTER = rf"{_GOES_ON}|[ap]m\b|[- ]{{numbers.measure}}s?[- ](?:old|long|plan)\b|-{{numbers.measure}}\b"
_NO_COUNT = r"{numbers.ending}\b|/\d|:\d\d"
_NO_RANGE = rf"{_GOES_ON}|(?:am|pm|m|bn|k)\b"

_LETTERS = re.compile(r"[a-z]+")
_DIGIT = re.compile(r"\d")
_QUOTES = re.compile(r"[‘’“”'\"]")
# Two numbers of one move: “from [about] 36 to [just] 33.5 per cent”, and what may follow the second.
_FROM_BEFORE = re.compile(r"\bfrom\s(?:\w+\s){0,2}$")
_TO_BETWEEN = re.compile(r"\sto\s(?:\w+\s)?")
_MOVE_ENDS = re.compile(r"\s*(?:[.,;)]|$|in\b|by\b)")
_TWO_TIMES = re.compile(r"\b(?:from|by)\s*(?:\w+ ){0,2}$")
_BETWEEN_BEFORE = re.compile(r"\b(?:between|from)\s+$")
_RIGHT_AFTER_FROM = re.compile(r"\bfrom\s*$")
_IN_PERCENT = re.compile(_PERCENT)
# “as a percentage of all posts was ”.
_AS_SHARE = re.compile(r"\bas a (?:percentage|proportion|share)\b\D{0,22}\b(?:is|was|of|to|at)\s$")
# Counts “of” which or “in” which small numbers are a share: “two of three”, not “two of 150”.
_SMALL_WHOLES = (3, 4, 5, 6, 7, 8, 9, 10, 12, 20)


@dataclass(frozen=True)
class Quantity:
    """One number of a text: `value` and, for a range, its `other` (upper) end; `start` and `end` span its digits."""

    start: int
    end: int
    value: float
    bound: str
    percent: bool
    other: float | None = None
    in_words: bool = False
    after: int = 0  # where the text goes on: behind a % sign or “per cent”

    @property
    def middle(self) -> float:
        """The middle of a range, else the value: 20 for “18-22”."""
        return self.value if self.other is None else (self.value + self.other) / 2


def quantities(text: str, start: int = 0, end: int | None = None) -> list[Quantity]:
    """The quantities of text[start:end] in order, none overlapping; ranges and ratios count as one."""
    end = len(text) if end is None else end
    low = lowered(text)
    if not _may_tell_numbers(low[start:end]):
        return []
    found: list[Quantity] = []
    taken: set[int] = set()
    for reader in (_ranges, _ratios, _decades, _fractions, _plain):
        new = [q for q in reader(low, start, end) if taken.isdisjoint(range(q.start, q.after))]
        taken.update(at for q in new for at in range(q.start, q.after))
        found += new
    return _in_one_unit(low, sorted(found, key=lambda q: q.start))


def number(text: str) -> float:
    """The value of digits (“1,234.5”) or number words (“twenty-five”)."""
    word = " ".join(text.lower().split()).replace(" ", "-")
    values = _values()
    return float(values[word]) if word in values else float(text.replace(",", ""))


def bound_of(text: str, start: int, at: int, end: int) -> str:
    """The bound that the words just before or after a number set, on its line: “more than 30”, “30 or so”."""
    before = _QUOTES.sub("", lowered(text[max(start, at - 40) : at])).rstrip().rpartition("\n")[2]
    if not _RIGHT_AFTER_FROM.search(before):
        for bound, name in ((ABOUT, "about"), (BELOW, "not_above"), (ABOVE, "above"), (BELOW, "below")):
            if grammar(rf"\b{{bounds.{name}}}(?: {{bounds.article}})?\s*$").search(before):
                return bound
    after = lowered(text[end : end + 40])
    return next((bound for bound, name in _BOUNDS_BEHIND if _behind(name).match(after)), EXACT)


_BOUNDS_BEHIND = ((ABOVE, "or_above"), (BELOW, "or_below"), (ABOUT, "or_about"))


def _behind(name: str) -> re.Pattern[str]:
    """A bound behind a number: “30% of them or more”."""
    most = 1 if name == "or_about" else 2
    return grammar(rf"\s*(?:%|per ?cent|pc)?(?: \w+){{0,{most}}}? or {{bounds.{name}}}\b")


@cache
def _values() -> dict[str, int]:
    """What number words stand for: “twenty-five” is 25."""
    ones, teens, tens = (section(f"numbers.{name}") for name in ("ones", "teens", "tens"))
    values = {word: n for n, word in enumerate(("zero", *ones, *teens))}
    values |= {word: 10 * n for n, word in enumerate(tens, 2)} | {"hundred": 100}
    return values | {f"{ten}-{one}": 10 * t + o for t, ten in enumerate(tens, 2) for o, one in enumerate(ones, 1)}


@cache
def _number_words() -> frozenset[str]:
    """Every word without which a text without digits tells no number: “seven”, “thirds”, “twenties”."""
    parts, decades = section("numbers.part"), section("numbers.decade")
    return frozenset([*_values(), *parts, *(f"{p}s" for p in parts), *(f"{d}s" for d in decades)])


def _may_tell_numbers(low: str) -> bool:
    """Whether a passage holds a digit or a word of number at all."""
    return bool(_DIGIT.search(low)) or not _number_words().isdisjoint(_LETTERS.findall(low))


def _in_one_unit(text: str, found: list[Quantity]) -> list[Quantity]:
    """Numbers of one move made percentages where either is: “from 36 to 33.5 per cent”, “from 20% to 15”."""
    out = [replace(q, percent=True) if _AS_SHARE.search(text[max(0, q.start - 45) : q.start]) else q for q in found]
    for i, (a, b) in enumerate(pairwise(out)):
        if a.percent != b.percent and _is_move(text, a, b) and (b.percent or _MOVE_ENDS.match(text[b.after :])):
            out[i], out[i + 1] = replace(a, percent=True), replace(b, percent=True)
    return out


def _is_move(text: str, a: Quantity, b: Quantity) -> bool:
    """Whether two numbers are the ends of one move: “from 36 to just 33.5”."""
    leads = _FROM_BEFORE.search(text[max(0, a.start - 25) : a.start])
    return bool(leads and _TO_BETWEEN.fullmatch(text[a.after : b.start]))


# --- kinds of numbers, each read from a text in lower case ---------------------------------------------------------


def _ranges(text: str, start: int, end: int) -> Iterator[Quantity]:
    """“18-22”, “26 to 28”, “between 15 and 20”; never “from 11 to 28”, which tells of two times."""
    for m in grammar(_RANGE).finditer(text, start, end):
        before = text[max(start, m.start() - 12) : m.start()]
        low, high = number(m["low"]), number(m["high"])
        if not _is_range(before, text[m.end("low") : m.start("high")], low, high) or _goes_on(text, m.end("high")):
            continue
        percent = bool(m["percent"] or _IN_PERCENT.search(text[m.end("low") : m.start("high")]))
        yield Quantity(m.start("low"), m.end("high"), low, ABOUT, percent, other=high, after=m.end())


def _is_range(before: str, joint: str, low: float, high: float) -> bool:
    """Whether the words between two numbers make them one: “18 to 22”, “between 15 and 20”, “two or three”."""
    if low >= high or _TWO_TIMES.search(before):
        return False
    if " to " in joint or any(dash in joint for dash in "-–—"):
        return True
    return bool(" and " in joint and _BETWEEN_BEFORE.search(before)) or (" or " in joint and high == low + 1)


def _goes_on(text: str, at: int) -> bool:
    """Whether digits go on into something else: the “22nd” of “18-22nd”."""
    return bool(grammar(_NO_RANGE).match(text[at : at + 4]))


def _ratios(text: str, start: int, end: int) -> Iterator[Quantity]:
    """“One in five”, “nine out of ten workers”; not “two of the 150”."""
    for m in grammar(_RATIO).finditer(text, start, end):
        few, many = number(m["few"]), number(m["many"])
        if 0 < few <= many <= 100 and _is_share(m, many):
            bound = bound_of(text, start, m.start(), m.end())
            yield Quantity(m.start(), m.end(), _rounded(few / many), bound, True, in_words=True, after=m.end())


# “nine out of 10” mixes words and digits; other mixtures are counts.
_TENS_TOLD = (10, 100)


def _is_share(m: re.Match[str], many: float) -> bool:
    """Whether the words between two numbers make them a share: “in”, “out of”, “of every”."""
    words = m.string[m.end("few") : m.start("many")].replace("-", " ").split()
    if words[-1] in ("of", "in") and many not in _SMALL_WHOLES:
        return False
    joins = words[-1] in ("in", "every", "a") or words[-2:] == ["out", "of"]
    return joins and (m["few"].isdigit() == m["many"].isdigit() or many in _TENS_TOLD)


def _rounded(share: float) -> float:
    """A share told in words, to one decimal as the official rates are: a third is 33.3."""
    return round(100 * share, 1)


def _decades(text: str, start: int, end: int) -> Iterator[Quantity]:
    """“Mid-twenties”, “the low 30s”."""
    values, names = section("numbers.part_of_ten"), section("numbers.decade")
    for m in grammar(_DECADE).finditer(text, start, end):
        ten = int(m["ten"]) if m["ten"].isdigit() else 10 * (names.index(m["ten"]) + 1)
        value = float(ten + values[m["part"]])
        yield Quantity(m.start(), m.end(), value, ABOUT, bool(m["percent"]), in_words=True, after=m.end())


def _fractions(text: str, start: int, end: int) -> Iterator[Quantity]:
    """“Half”, “a third”, “two fifths”; not “half as much”, “a third time”."""
    for m in grammar(_FRACTION).finditer(text, start, end):
        is_one = m["few"] in (None, "a", "an", "one")
        if m["part"] != "half" and (not m["few"] or bool(m["more"]) == is_one):
            continue
        begin = m.start("part") if m["part"] == "half" else m.start()
        share = _rounded((1 if is_one else number(m["few"])) / section("numbers.part")[m["part"]])
        yield Quantity(begin, m.end(), share, bound_of(text, start, begin, m.end()), True, in_words=True, after=m.end())


def _plain(text: str, start: int, end: int) -> Iterator[Quantity]:
    """“17.5 per cent”, “forty-odd”, “30+”."""
    for m in grammar(_PLAIN).finditer(text, start, end):
        if not m["percent"] and _is_no_count(text, m):
            continue
        bound = ABOVE if m["plus"] else ABOUT if m["odd"] else bound_of(text, start, m.start(), m.end())
        in_words = not m["number"][-1].isdigit()
        span = m.span("number")
        yield Quantity(*span, number(m["number"]), bound, bool(m["percent"]), in_words=in_words, after=m.end())


def _is_no_count(text: str, m: re.Match[str]) -> bool:
    """Whether a number is part of a date, a time of day or a sum of money: “3rd”, “10:30”, “2 million”, “12-week plan”."""
    if not m["plus"] and grammar(_NOT_AFTER).match(text[m.end() : m.end() + 20]):
        return True
    return bool(grammar(_NO_COUNT).match(text[m.end() : m.end() + 8].lstrip(" ")))
