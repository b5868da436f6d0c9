"""Tables as one accessible Excel workbook: a cover, a list of contents, a key to markers, and one table a sheet.

The layout and the look are those of the Government Analysis Function's guidance “Releasing statistics in spreadsheets”
and of its package gptables: each table is marked as one, with its header row; lines of text stand above it in the first
column; no cells are merged, nothing is frozen, and no colour carries a meaning. From gptables come the workbook and the
theme. Its writer of tables is not used: it refuses DfE's marker “[..]”, turns text such as “[a](b)” into a link, relies
on what pandas 3 gives up, and takes three times as long. Every cell is written by its type instead, so that nothing that
came from a file is ever a formula or a link.
"""

from __future__ import annotations

import datetime
import io
import math
import numbers
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from gptables import GPWorkbook
from gptables.core.wrappers import GPWorksheet

from workforce_ratings.vocabulary import MARKERS, Fault

AUTHOR = "workforce-ratings"
LANGUAGE = "en-GB"
# What stands where a frame has nothing: a blank would read as 0 in a sum, and a lone dash is not read aloud.
NO_VALUE = "[no value]"
NO_VALUE_MEANS = "no figure: none was published, or none could be computed from those that were"
ISO_DAY = "yyyy-mm-dd"
MARKER = r"\[([^\[\]]+)\]"
# Excel's limits: letters of a sheet's name, of a header and of a cell.
LONGEST_NAME = 31
LONGEST_HEADER = 255
LONGEST_TEXT = 32_767
# Names that Excel keeps for itself, or that the workbook uses for its own sheets.
COVER, CONTENTS, NOTES = "Cover", "Contents", "Notes"
TAKEN = (COVER, CONTENTS, NOTES, "History")
# Widths in Excel's unit, a digit of 11 points; a letter of 12 points takes 1.3 of it. Longer text goes on a new line.
LETTER, MARGIN, WIDEST, COVER_WIDTH = 1.3, 2, 60, 85
# From this size on a column's figures have commas; years have none.
COMMAS_FROM = 10_000


@dataclass(frozen=True)
class Sheet:
    """One table and what a reader needs beside it. `decimals` says how many to show in a column; cells keep them all."""

    name: str
    title: str
    frame: pd.DataFrame
    subtitle: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()
    decimals: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Cover:
    """The first sheet: what the workbook holds, the day as at which it was made (ISO), its limits and its licence."""

    title: str
    description: tuple[str, ...]
    as_at: str
    licence: str
    limits: tuple[str, ...] = ()


# What a cell holds: text, a number or a day.
Cell = str | int | float | datetime.datetime


@dataclass(frozen=True)
class _Column:
    """A column as it is written: its header, its cells, and how many decimals its numbers show."""

    header: str
    cells: tuple[Cell, ...]
    decimals: int

    def numbers(self) -> list[int | float]:
        return [cell for cell in self.cells if isinstance(cell, int | float)]

    def is_of_figures(self) -> bool:
        """Whether it holds numbers, and beside them markers at most."""
        others = [cell for cell in self.cells if not isinstance(cell, int | float)]
        return len(others) < len(self.cells) and all(isinstance(c, str) and re.fullmatch(MARKER, c) for c in others)

    def number_format(self) -> str:
        """Excel's pattern for its numbers."""
        large = any(abs(number) >= COMMAS_FROM for number in self.numbers())
        return ("#,##0" if large else "0") + ("." + "0" * self.decimals if self.decimals else "")

    def width(self) -> float:
        """The width that its longest line needs as it is shown, up to the widest."""
        return min(WIDEST, MARGIN + LETTER * max(map(self._letters, (self.header, *self.cells))))

    def _letters(self, cell: Cell) -> int:
        if isinstance(cell, str):
            return max(map(len, cell.split("\n")))
        return len(ISO_DAY) if isinstance(cell, datetime.datetime) else len(f"{cell:,.{self.decimals}f}")


def workbook(sheets: Sequence[Sheet], cover: Cover) -> bytes:
    """An .xlsx of the sheets after a cover, contents and notes: the same bytes for the same input.

    Numbers are unrounded, to Excel's 16 digits, and shown to as many decimals as suit the column. Days are real dates,
    which sort and subtract, shown as 2025-09-30 in every country. Sheets without rows are left out, as in a report.
    Names of sheets are cut to Excel's 31 letters, and only plain ones kept. Raises Fault where no sheet has rows, two
    have one name, or the cover's day is not a date.
    """
    tables = _named(sheets)
    made = io.BytesIO()
    book = GPWorkbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": _text(cover.title), "author": AUTHOR, "created": _midnight(cover.as_at)})
    _write_cover(book, cover)
    tables = {NOTES: _notes(tables), **tables}
    _write_contents(book, tables)
    for number, (name, sheet) in enumerate(tables.items(), start=1):
        _write_sheet(book, name, sheet, number)
    book.close()
    return _in_our_language(made.getvalue())


def _midnight(as_at: str) -> datetime.datetime:
    try:
        return datetime.datetime.combine(datetime.date.fromisoformat(as_at), datetime.time())
    except (TypeError, ValueError):
        raise Fault(f"the day of a spreadsheet is “{as_at}”; write it as year-month-day, such as 2026-06-30.") from None


# --- names ------------------------------------------------------------------------------------------------------------


def _named(sheets: Sequence[Sheet]) -> dict[str, Sheet]:
    """The sheets with rows, by a name that Excel takes and no other sheet has."""
    given = [" ".join(sheet.name.split()).casefold() for sheet in sheets]
    for sheet, name in zip(sheets, given, strict=True):
        if given.count(name) > 1:
            raise Fault(f"two sheets of a spreadsheet are called “{sheet.name}”; give each a name of its own.")
    kept = [sheet for sheet in sheets if not sheet.frame.empty]
    if not kept:
        raise Fault("a spreadsheet needs at least one table with rows; leave it out where there is none.")
    names = _apart([_plain(sheet.name) for sheet in kept], LONGEST_NAME, TAKEN)
    return dict(zip(names, kept, strict=True))


def _plain(name: str) -> str:
    """Letters, digits, spaces and hyphens of a name."""
    return " ".join(re.sub(r"[^A-Za-z0-9 -]+", " ", re.sub(r"['’]", "", name)).split()) or "Table"


def _apart(names: Sequence[str], longest: int, taken: Sequence[str] = ()) -> list[str]:
    """The names, cut to a length, with a number after each that would be another's whatever its capitals."""
    used = {name.lower() for name in taken}
    apart = []
    for name in names:
        free, number = name[:longest].rstrip(), 1
        while free.lower() in used:
            number += 1
            free = f"{name[: longest - len(str(number)) - 1].rstrip()} {number}"
        used.add(free.lower())
        apart.append(free)
    return apart


def _headers(frame: pd.DataFrame) -> list[str]:
    """Column headers as an Excel table takes them: on one line, none blank, none twice, no code of a character."""
    texts = (re.sub("_x(?=[0-9A-Fa-f]{4}_)", "_ x", " ".join(_text(str(column)).split())) for column in frame)
    return _apart([text or "Column" for text in texts], LONGEST_HEADER)


# --- the workbook's own sheets ----------------------------------------------------------------------------------------


def _write_cover(book: GPWorkbook, cover: Cover) -> None:
    page, theme = book.add_worksheet(COVER), book.theme
    lines = [(cover.title, theme.cover_title_format)]
    for heading, texts in (
        ("What this spreadsheet holds", cover.description),
        ("Figures as at", (cover.as_at,)),
        ("Limits", cover.limits),
        ("Licence", (cover.licence,)),
    ):
        if any(texts):
            lines += [(heading, theme.cover_subtitle_format), *((text, theme.cover_text_format) for text in texts)]
    _write_lines(book, page, lines)
    page.set_column(0, 0, COVER_WIDTH)


def _notes(tables: Mapping[str, Sheet]) -> Sheet:
    """The key to the markers that occur in the tables, and to how figures and days are written."""
    columns = [column for sheet in tables.values() for column in _columns(sheet)]
    texts = {cell for column in columns for cell in column.cells if isinstance(cell, str)}
    found = {marker for text in texts for marker in re.findall(MARKER, text)}
    rows = [(f"[{marker}]", meaning) for marker, meaning in MARKERS.items() if marker in found]
    rows += [(NO_VALUE, NO_VALUE_MEANS)] if NO_VALUE in texts else []
    rows += [
        ("Figures", "Cells hold figures unrounded and show fewer decimals; choose a cell to see all of them."),
        ("Days", "Days are written year-month-day, such as 2017-09-30 for 30 September 2017."),
    ]
    return Sheet(NOTES, "Markers and notes", pd.DataFrame(rows, columns=["Marker or note", "Meaning"]))


def _write_contents(book: GPWorkbook, tables: Mapping[str, Sheet]) -> None:
    """The list of the sheets, the name of each a link to it: the only links there are."""
    rows = [(name, sheet.title, len(sheet.frame)) for name, sheet in tables.items()]
    frame = pd.DataFrame(rows, columns=["Sheet", "What its table shows", "Rows"])
    page, first = _write_sheet(book, CONTENTS, Sheet(CONTENTS, "Contents", frame), 0)
    look = book.add_format({**book.theme.data_format, "valign": "top", "underline": True, "font_color": "blue"})
    for row, name in enumerate(tables, start=first):
        page.write_url(row, 0, f"internal:'{name}'!A1", look, name)


# --- sheets with a table ----------------------------------------------------------------------------------------------


def _write_sheet(book: GPWorkbook, name: str, sheet: Sheet, number: int) -> tuple:
    """Writes the lines above the table and the table; gives the worksheet and the row of the table's first figures."""
    page, theme = book.add_worksheet(name), book.theme
    count = len(sheet.frame)
    reading = f"One table of {count} {'row' if count == 1 else 'rows'}, its headers in the row below this text."
    key = f" Markers in square brackets are explained on the sheet {NOTES}." if name not in (CONTENTS, NOTES) else ""
    lines = [
        (sheet.title, theme.title_format),
        (sheet.subtitle, theme.subtitle_format),
        (reading + key, theme.instructions_format),
        *((note, theme.legend_format) for note in sheet.notes),
        (f"Source: {sheet.source}" if sheet.source else "", theme.source_format),
    ]
    header = _write_lines(book, page, lines)
    _write_table(book, page, sheet, header, f"table_{number}_{re.sub('[ -]+', '_', name.lower())}")
    page.set_paper(9)  # A4
    page.set_landscape()
    page.fit_to_pages(1, 0)
    return page, header + 1


def _write_lines(book: GPWorkbook, page: GPWorksheet, lines: list[tuple]) -> int:
    """Writes lines of text one under the other, without gaps; gives the row below them."""
    told = [(_text(text), look) for text, look in lines if text]
    for row, (text, look) in enumerate(told):
        page.write_string(row, 0, text, book.add_format(look))
    return len(told)


def _write_table(book: GPWorkbook, page: GPWorksheet, sheet: Sheet, header: int, name: str) -> None:
    """Writes headers and cells, marks them as a table under its name, and makes each column as wide as it needs."""
    columns = _columns(sheet)
    heads = []
    for number, column in enumerate(columns):
        align = {"align": "right" if column.is_of_figures() else "left"}
        looks = _looks(book, column, {**book.theme.data_format, **align, "valign": "top"})
        for row, cell in enumerate(column.cells, start=header + 1):
            _write_cell(page, (row, number), cell, looks)
        look = book.add_format(book.theme.column_heading_format | align)
        heads.append({"header": column.header, "header_format": look})
        page.set_column(number, number, column.width())
    marks = {"name": name, "columns": heads, "title": _text(sheet.title), "description": _text(sheet.subtitle)}
    plain = {"style": None, "autofilter": False, "banded_rows": False, "first_column": True}
    page.add_table(header, 0, header + len(sheet.frame), len(columns) - 1, marks | plain)


def _looks(book: GPWorkbook, column: _Column, look: dict[str, object]) -> dict[str, object]:
    """How a column shows each kind of cell. A formula in quotes stays text even when someone edits the cell."""
    kinds = {
        "text": {},
        "formula": {"quote_prefix": True},
        "day": {"num_format": ISO_DAY},
        "number": {"num_format": column.number_format()},
    }
    return {kind: book.add_format(look | more) for kind, more in kinds.items()}


def _write_cell(page: GPWorksheet, place: tuple[int, int], cell: Cell, looks: dict[str, object]) -> None:
    """Writes a cell as what it is, never as what it looks like."""
    if isinstance(cell, str):
        page.write_string(*place, cell, looks["formula" if cell[:1] in ("=", "+", "-", "@") else "text"])
    elif isinstance(cell, datetime.datetime):
        page.write_datetime(*place, cell, looks["day"])
    else:
        page.write_number(*place, cell, looks["number"])


# --- cells ------------------------------------------------------------------------------------------------------------


def _columns(sheet: Sheet) -> list[_Column]:
    """The columns of a sheet's table; two of one name stay two."""
    columns = []
    for header, (name, values) in zip(_headers(sheet.frame), sheet.frame.items(), strict=True):
        cells = tuple(_cell(value) for value in values.tolist())
        columns.append(_Column(header, cells, sheet.decimals.get(name, _decimals(cells))))
    return columns


def _cell(value: object) -> Cell:
    """A value as a cell holds it: a number, a day, or text; what is missing is said in words."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, numbers.Real) and math.isfinite(value):
        return int(value) if isinstance(value, numbers.Integral) else float(value)
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return NO_VALUE
    if isinstance(value, datetime.date):
        return _day(pd.Timestamp(value))
    text = _text(str(value)).strip()
    return NO_VALUE if text in ("", "–") else text


def _day(day: pd.Timestamp) -> datetime.datetime | str:
    """A day as a date; as ISO text where it has an hour or a time zone, or is before Excel's calendar."""
    if day.tzinfo is None and day == day.normalize() and day.year > 1900:
        return day.to_pydatetime()
    return day.isoformat(" ")


def _text(text: str) -> str:
    """Text without control characters, which would make the file unreadable, and no longer than a cell can be."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)[:LONGEST_TEXT]


def _decimals(cells: Sequence[Cell]) -> int:
    """How many decimals suit a column: none for whole numbers, three where all are under 1, otherwise one."""
    figures = [abs(cell) for cell in cells if isinstance(cell, int | float)]
    if all(figure == int(figure) for figure in figures):
        return 0
    return 3 if max(figures) < 1 else 1


# --- the file ---------------------------------------------------------------------------------------------------------


def _in_our_language(book: bytes) -> bytes:
    """The workbook with its language among its properties (dc:language), which XlsxWriter has no way to state."""
    there, ending = f"<dc:language>{LANGUAGE}</dc:language>".encode(), b"</cp:coreProperties>"
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(made, "w") as told:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "docProps/core.xml":
                content = content.replace(ending, there + ending)
            told.writestr(entry, content)
    return made.getvalue()
