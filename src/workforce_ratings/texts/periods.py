"""Words that place a figure in time, and the days they stand for, counted from the article's own date."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from workforce_ratings.texts.lexicon import ends, finds, grammar, holds, lowered, section
from workforce_ratings.texts.quantities import number

# Names of months and seasons are capitalised or not as the press writes them, so that “may” and “march” are verbs.
_YEAR = r"(?:19|20)\d\d"
_YEAR_TOLD = rf"{_YEAR}|last\syear|this\syear"
# “2018/19”; “30 September 2019”, “September 30th”; “early in March last year”; “last autumn”; “two years ago”; “this week”.
_SPAN = rf"(?P<first>{_YEAR})\s?[-–/]\s?(?P<last>(?:{_YEAR}|\d\d))(?!\d)"
_DAY = (
    r"(?:(?P<d1>\d{1,2})(?:st|nd|rd|th)?\s(?:and\s\d{1,2}\s)?(?P<m1>MONTH)"
    r"|(?P<m2>MONTH)\s(?P<d2>\d{1,2})(?:st|nd|rd|th)?\b(?!\s?%))"
    rf"(?:,?\s(?P<y1>{_YEAR_TOLD}))?"
)
_MONTH = (
    r"(?P<edge>(?:(?:the\s)?(?:start|end|middle|beginning)\sof\s|early\s(?:in\s)?|late\s(?:in\s)?|mid-?)?)"
    rf"(?P<m3>MONTH)(?:\sand\s(?:MONTH))?(?:,?\s(?:of\s)?(?P<y2>{_YEAR_TOLD}|the\syear\sbefore))?"
)
_SEASON = rf"(?:last\s|this\s|the\s|in\s)?(?P<s>SEASON)(?:\s(?:of\s)?(?P<y3>{_YEAR}))?"
_AGO = r"(?P<n>{periods.count}|\d{1,2})\s(?P<unit>years?|months?|weeks?)\s(?:ago|earlier|before|previously)"
_NEAR = (
    r"(?:last|this|the\sprevious|the\spast|the\slast|the\sprevious)\s(?P<near_unit>year|month|week)\b|the\syear\sbefore\b"
    r"|a\syear\s(?:ago|earlier|before)|yesterday|the\sprevious\syear"
)
_TOLD = (
    r"(?:(?=\d)|(?<![a-z])(?=[A-Zabeilmnofstwy]))"
    rf"(?:(?P<span>{_SPAN})|(?P<day>{_DAY})|(?P<month>{_MONTH})\b|(?P<season>{_SEASON})\b"
    rf"|(?i:(?P<ago>{_AGO}))|(?P<year>\b{_YEAR}\b)|(?i:(?P<near>{_NEAR})))"
)
_LETTERS = re.compile(r"[a-z]+")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Period:
    """Words of a text that tell a time: their span, and the first and last day they stand for where these are known."""

    start: int
    end: int
    words: str
    first: date | None
    last: date | None

    @property
    def order(self) -> date | None:
        """The day by which one time comes before another: its last."""
        return self.last or self.first


def periods(text: str, start: int, end: int, published: date | None, anchor: date | None = None) -> list[Period]:
    """The periods told in text[start:end], in order.

    “A year ago” counts from the article's date; “a year earlier” from the time told before it, or from `anchor`, the
    time told before the passage.
    """
    found: list[Period] = []
    for m in _told(text, start, end):
        told = found[-1].last if found else None
        first, last = _in_range(m, (told or anchor or published) if holds("periods.relative", m.group()) else published)
        found.append(Period(m.start(), m.end(), " ".join(m.group().split()), first, last))
    now = finds("periods.now", text, start, end)
    found += [Period(m.start(), m.end(), text[m.start() : m.end()], published, published) for m in now]
    return sorted(found, key=lambda p: p.start)


def _told(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The dates, months, seasons, years and stretches of time that text[start:end] tells, read as they stand."""
    low = lowered(text)[start:end]
    if not _DIGIT.search(low) and _time_words().isdisjoint(_LETTERS.findall(low)):
        return
    for m in _calendar().finditer(text, start, end):
        is_word = m["month"] and not m["y2"] and m.group().strip() in ("May", "March", "Mar")
        if not is_word or ends("periods.before_month", text[max(0, m.start() - 14) : m.start()]):
            yield m


@cache
def _calendar() -> re.Pattern[str]:
    """Every way of telling a time, in one pattern."""
    months = "|".join(name.capitalize() for name in (*section("periods.months"), *section("periods.short_months")))
    return grammar(_TOLD.replace("MONTH", months).replace("SEASON", "|".join(section("periods.seasons"))))


@cache
def _time_words() -> frozenset[str]:
    """The words without one of which a text without digits tells no time: “March”, “autumn”, “weeks”."""
    units = ("year", "month", "week")
    names = (*section("periods.months"), *section("periods.short_months"), *section("periods.seasons"))
    return frozenset([*(name.lower() for name in names), "yesterday", *units, *(f"{unit}s" for unit in units)])


def _in_range(m: re.Match[str], published: date | None) -> tuple[date | None, date | None]:
    """The days of words that tell a time; unknown where the calendar does not reach: “99 years ago” in the year 50."""
    try:
        return _days(m, published)
    except (ValueError, OverflowError):
        return None, None


def _days(m: re.Match[str], published: date | None) -> tuple[date | None, date | None]:
    """The first and last day of words that tell a time: “2018/19”, “last autumn”, “two months ago”."""
    if m["span"]:
        return _a_year_of_account(int(m["first"]), m["last"])
    if m["day"]:
        return _a_day(m, published)
    if m["month"]:
        return _a_month(_month(m["m3"]), m["y2"], published)
    if m["season"]:
        return _a_season(m["s"], m["y3"], published, "last" in m["season"])
    if m["year"]:
        return date(int(m["year"]), 1, 1), date(int(m["year"]), 12, 31)
    return _relative(m, published) if published else (None, None)


def _a_year_of_account(first: int, told: str) -> tuple[date | None, date | None]:
    """April to March, for “2018/19”; unknown for longer spans (“2015-2018”)."""
    last = int(told) if len(told) == 4 else first // 100 * 100 + int(told)
    return (date(first, 4, 1), date(last, 3, 31)) if last == first + 1 else (None, None)


def _month(name: str) -> int:
    """The number of a month: 9 for “Sept”."""
    return next(i for i, month in enumerate(section("periods.months"), 1) if month.lower().startswith(name[:3].lower()))


def _year(told: str | None, month: int, published: date | None) -> int | None:
    """The year of a month: told, or the latest that the article's date allows (“in March”, told in May)."""
    if told and told.isdigit():
        return int(told)
    if published is None:
        return None
    if told:
        return published.year - told.startswith(("last", "the"))
    return published.year - (month > published.month)


def _a_day(m: re.Match[str], published: date | None) -> tuple[date | None, date | None]:
    """“30 September 2019”; unknown where there is no such day."""
    month, day = _month(m["m1"] or m["m2"]), int(m["d1"] or m["d2"])
    year = _year(m["y1"], month, published)
    if year is None or not 1 <= day <= monthrange(year, month)[1]:
        return None, None
    return date(year, month, day), date(year, month, day)


def _a_month(month: int, told: str | None, published: date | None) -> tuple[date | None, date | None]:
    """“September 2019”, “March last year”."""
    year = _year(told, month, published)
    return _whole_month(year, month) if year else (None, None)


def _whole_month(year: int, month: int) -> tuple[date, date]:
    """The first and the last day of a month."""
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _a_season(name: str, told: str | None, published: date | None, is_last: bool) -> tuple[date | None, date | None]:
    """“Autumn 2019”, “last summer”: the latest that the article's date allows."""
    first, last = section("periods.seasons")[name]
    if told:
        year = int(told)
    elif published:
        year = published.year - (first > published.month or (is_last and last >= published.month))
    else:
        return None, None
    ends_in = year + (last < first)
    return date(year, first, 1), _whole_month(ends_in, last)[1]


def _relative(m: re.Match[str], published: date) -> tuple[date | None, date | None]:
    """“Two years ago”, “this week”, “yesterday”, counted from a day."""
    words = m.group().lower()
    if m["ago"]:
        count = 1 if m["n"].lower() in ("a", "an") else int(number(m["n"]))
        return _back(published, count, m["unit"].lower().rstrip("s"))
    if words == "yesterday":
        return published - timedelta(days=1), published - timedelta(days=1)
    unit = (m["near_unit"] or "year").lower()
    return _back(published, 0 if words.startswith("this") else 1, unit)


def _back(published: date, count: int, unit: str) -> tuple[date, date]:
    """The calendar year or month, or the seven days, so many before a day: 2 months before 5 May is March."""
    if unit == "year":
        year = published.year - count
        return date(year, 1, 1), date(year, 12, 31)
    if unit == "month":
        year, month = divmod(published.year * 12 + published.month - 1 - count, 12)
        return _whole_month(year, month + 1)
    day = published - timedelta(weeks=count)
    return day - timedelta(days=day.weekday()), day + timedelta(days=6 - day.weekday())
