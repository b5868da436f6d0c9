"""Tables of councils that a page's text has flattened: name, figures, perhaps a grade, and the next name.

A listing is two rows or more of one shape. Its heading says what each figure is; a figure whose column the heading
does not name is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from workforce_ratings.texts.lexicon import grammar, lowered
from workforce_ratings.texts.places import COUNCIL, Gazetteer, Mention, Place
from workforce_ratings.vocabulary import JUDGEMENTS

_GRADE = "|".join(re.escape(j) for j in JUDGEMENTS)
_BETWEEN_CELLS = r"[\s|,;()\t–-]*"
# Behind a council's name: “: 17.5% | 22 | Requires improvement to be good”.
_ROW = re.compile(
    rf"[\s|,:()\t–-]*(?P<figures>(?:\d[\d,]*(?:\.\d+)?(?![.)]\s[A-Z])\s?%?(?!\w){_BETWEEN_CELLS})+)"
    rf"(?P<grade>(?:{_GRADE})(?: to be good)?\b)?",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
# Between two rows: a bullet, or the number of the next: “2. ”.
_NEXT_ROW = re.compile(r"[\s|•*–-]*(?:\d{1,2}[.)]\s)?")
_TO_BE_GOOD = re.compile(r"\s+to be good$")
_RATES = ("agency_rate", "vacancy_rate", "turnover_rate", "absence_rate")
_OTHER = "other"
_HEADINGS = "|".join(f"(?P<{name}>{{listings.{name}}})" for name in (*_RATES, "caseload_average", _OTHER))
# So many characters before the first row its heading may stand.
_HEADING_REACH = 320


@dataclass(frozen=True)
class Cell:
    """One figure or grade of a listing: the place of its row, what its column tells, and its span."""

    place: Place
    indicator: str
    value: float | str
    step: float | None
    start: int
    end: int


@dataclass(frozen=True)
class _Row:
    """One row: the place named, the spans of its figures, that of its grade, and where it ends."""

    mention: Mention
    figures: tuple[tuple[int, int], ...]
    grade: tuple[int, int] | None
    end: int


def read(known: Gazetteer, blocks: list[tuple[str, int, int]]) -> tuple[list[Cell], list[tuple[int, int]]]:
    """The cells of an article's listings, and the spans that they take up, where no sentence is to be read."""
    cells, spans = [], []
    for rows in _runs(known, blocks):
        columns = _columns(known.text, rows)
        if not any(columns) and not any(row.grade for row in rows):
            continue
        spans.append((rows[0].mention.start, rows[-1].end))
        for row in rows:
            cells += _cells(known.text, row, columns)
    return cells, spans


def _runs(known: Gazetteer, blocks: list[tuple[str, int, int]]) -> list[list[_Row]]:
    """Runs of rows of one shape, each next to the one before; two rows or more, or one of several figures like them."""
    runs: list[list[_Row]] = []
    for row in _rows(known, blocks):
        if runs and _follows(known.text, runs[-1][-1], row):
            runs[-1].append(row)
        else:
            runs.append([row])
    widths = {len(run[0].figures) for run in runs if len(run) >= 2}
    return [run for run in runs if len(run[0].figures) in widths and (len(run) >= 2 or len(run[0].figures) > 1)]


def _rows(known: Gazetteer, blocks: list[tuple[str, int, int]]) -> Iterator[_Row]:
    """Every place with figures right behind its name: “Bexley 17.5% 22”."""
    for m in known.mentions:
        if m.place and any(a <= m.start < b for _, a, b in blocks):
            row = _row(known.text, m)
            if row is not None:
                yield row


def _follows(text: str, last: _Row, row: _Row) -> bool:
    """Whether a row of as many figures stands right behind another."""
    is_alike = len(last.figures) == len(row.figures)
    return is_alike and _NEXT_ROW.fullmatch(text, last.end, max(last.end, row.mention.start)) is not None


def _row(text: str, m: Mention) -> _Row | None:
    """The row that a place's name begins, if figures follow it."""
    found = _ROW.match(text, m.end)
    if not found:
        return None
    figures = tuple(f.span() for f in _FIGURE.finditer(text, *found.span("figures")))
    grade = found.span("grade") if found["grade"] else None
    return _Row(m, figures, grade, found.end("grade") if grade else found.end("figures"))


def _columns(text: str, rows: list[_Row]) -> list[str | None]:
    """What each figure of a row is, by the words that head the listing; None where they don't say."""
    start, width = rows[0].mention.start, len(rows[0].figures)
    headings = grammar(rf"\b(?:{_HEADINGS})(?!\w)")
    told = [m.lastgroup for m in headings.finditer(lowered(text), max(start - _HEADING_REACH, 0), start)]
    shares = [i for i, (_, b) in enumerate(rows[0].figures) if text[b : b + 2].lstrip().startswith("%")]
    rates = [name for name in told if name in _RATES]
    if width > 1 and shares and rates and (len(shares) == 1 or len({*rates}) == 1 or len(rates) >= len(shares)):
        return _of_shares(shares, rates, width)
    heads = [name for name in told if name != _OTHER][-1:] if width == 1 else told[-width:]
    return [None if name == _OTHER else name for name in heads] if len(heads) == width else [None] * width


def _of_shares(shares: list[int], rates: list[str], width: int) -> list[str | None]:
    """The last rates of the heading given to the columns that hold percentages."""
    own = iter(rates[-len(shares) :] if len(rates) >= len(shares) else rates[-1:] * len(shares))
    return [next(own) if i in shares else None for i in range(width)]


def _cells(text: str, row: _Row, columns: list[str | None]) -> Iterator[Cell]:
    """The figures of a row whose columns are named, and its grade where the row is a council's."""
    place = row.mention.place
    for (a, b), name in zip(row.figures, columns, strict=True):
        if name:
            step = 10.0 ** -len(text[a:b].partition(".")[2])
            yield Cell(place, name, float(text[a:b].replace(",", "")), step, a, b)
    if row.grade and place.kind == COUNCIL:
        value = _TO_BE_GOOD.sub("", text[slice(*row.grade)].lower())
        yield Cell(place, "overall_judgement", value, None, *row.grade)
