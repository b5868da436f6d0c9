"""Tables on paper: their cells laid out as a browser does, in the largest text at which words and figures stay whole."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from math import sqrt

from bs4 import Tag

from .pdf_text import BREAK, broken, pieces, text_width

# A4 in points, the margins at its sides and what is left between them.
MARGIN = 51.0
TEXT_WIDTH = 595.3 - 2 * MARGIN
PAGE_HEIGHT = 705.0
# What is shorter than this share of a page is not divided between two pages.
KEPT_TOGETHER = 0.45
# Sizes of a table's text with the room between two columns, in points, best first.
TABLE_SIZES = ((9.5, 9.0), (9.0, 9.0), (8.5, 9.0), (8.5, 6.0), (8.0, 6.0), (8.0, 5.0), (7.5, 5.0))
EASILY_READ = 8.0
FEW_LINES = 4
# A table begins at a page's foot only where its caption, head and this many rows have room, long ones apart.
FIRST_ROWS = 3
LONG_START = 300.0
CAPTION = 45.0


def table(element: Tag) -> dict[str, object] | None:
    """A table in the largest text at which its words and figures stay whole in their columns; None for one without cells.

    `cells` have their column and row (x, y) and spans; sizes, widths and heights are in points, the heights about right.
    """
    head, body = _sections(element)
    cells = [*_placed(head, 0, True), *_placed(body, len(head), False)]
    if not cells:
        return None
    columns = max(cell["x"] for cell in cells) + 1
    for cell in cells:
        cell["colspan"] = min(cell["colspan"], columns - cell["x"])
    size, gap, widths = _fitted(cells, columns)
    heights = _heights(cells, size, gap, widths)
    for cell in cells:
        cell["tall"] = heights[cell["y"]] > KEPT_TOGETHER * PAGE_HEIGHT
    caption = pieces(element.caption.children) if element.caption else []
    about = {"caption": caption, "size": size, "gap": gap, "widths": widths, "header-rows": len(head)}
    about |= {
        "height": CAPTION + sum(heights),
        "start": CAPTION + min(sum(heights[: len(head) + FIRST_ROWS]), LONG_START),
    }
    return {"is": "table", "cells": cells, "together": about["height"] < KEPT_TOGETHER * PAGE_HEIGHT} | about


def _sections(table: Tag) -> tuple[list[Tag], list[Tag]]:
    """The rows at a table's head, and the others. Without a <thead>, rows of header cells alone are the head."""
    rows = [row for row in table.find_all("tr") if row.find_parent("table") is table and row.find(["th", "td"])]
    top = [row for row in rows if row.parent.name == "thead"]
    if not top:
        top = rows[: next((n for n, row in enumerate(rows) if row.find("td")), 0)]
    return top, [row for row in rows if not any(row is head for head in top)]


def _placed(rows: list[Tag], first: int, column_head: bool) -> list[dict]:
    """The cells of some rows, each with its column and row, as a browser lays out spans."""
    taken: set[tuple[int, int]] = set()
    placed = []
    for y, row in enumerate(rows):
        free = (x for x in count() if (x, y) not in taken)
        for cell in row.find_all(["th", "td"], recursive=False):
            x = next(free)
            wide = next(
                n for n in range(1, _span(cell, "colspan") + 1) if n == _span(cell, "colspan") or (x + n, y) in taken
            )
            high = min(_span(cell, "rowspan"), len(rows) - y)
            taken |= {(x + right, y + down) for right in range(wide) for down in range(high)}
            figures = "numbers" in cell.get("class", [])
            about = {"head": cell.name == "th", "column-head": column_head, "figures": figures, "tall": False}
            placed.append(
                {"x": x, "y": first + y, "colspan": wide, "rowspan": high, "runs": pieces(cell.children)} | about
            )
    return placed


def _span(cell: Tag, name: str) -> int:
    number = cell.get(name, "1")
    return min(max(int(number), 1), 100) if number.isdecimal() else 1


def _fitted(cells: list[dict], columns: int) -> tuple[float, float, list[float]]:
    """The size of a table's text, the room between its columns and their widths, in points.

    The largest size is taken at which words and figures stay whole and no cell runs over many lines; else the smallest
    that is easily read. Where not even words fit, words may be broken.
    """
    whole, words = ([_widest(cells, x, width) for x in range(columns)] for width in (_ems, _longest))
    total = [sum(_ems(cell) for cell in cells if cell["x"] == x) for x in range(columns)]
    fitted: tuple[float, float, list[float]] | None = None
    for size, gap in TABLE_SIZES:
        most, least = ([gap + size * ems for ems in widest] for widest in (whole, words))
        if sum(least) > TEXT_WIDTH or (fitted and size < EASILY_READ):
            continue
        shared = [_shared(least, most, text) for text in (total, whole)]
        fitted = size, gap, min(shared, key=lambda widths: sum(_heights(cells, size, gap, widths)))
        if max(_lines(cell, size, gap, fitted[2]) for cell in cells) <= FEW_LINES:
            break
    if fitted is None:
        _break_words(cells, max(1, int((TEXT_WIDTH / columns - gap) / size)))
        fitted = size, gap, [TEXT_WIDTH / columns] * columns
    return fitted


def _shared(least: list[float], most: list[float], total: list[float]) -> list[float]:
    """The widths of columns that share a page, each from its least to its most.

    Between these a column's width goes with the square root of the length of its text, which makes the whole
    shortest: a text of n em takes about n / width lines, and the sum of these is least so.
    """
    if sum(most) <= TEXT_WIDTH:
        return most
    low, high = 0.0, TEXT_WIDTH
    for _ in range(40):
        middle = (low + high) / 2
        widths = [min(max(middle * sqrt(t), a), b) for a, b, t in zip(least, most, total, strict=True)]
        low, high = (middle, high) if sum(widths) <= TEXT_WIDTH else (low, middle)
    return [min(max(low * sqrt(t), a), b) for a, b, t in zip(least, most, total, strict=True)]


def _widest(cells: list[dict], column: int, width: Callable[[dict], float]) -> float:
    """The largest width, in em, of the cells that lie in one column alone."""
    return max((width(cell) for cell in cells if cell["x"] == column and cell["colspan"] == 1), default=0.0)


def _break_words(cells: list[dict], letters: int) -> None:
    """Let every word be broken after so many letters: a table too wide for the page loses nothing."""
    for cell in cells:
        cell["runs"] = [run | {"text": broken(run["text"], letters)} for run in cell["runs"]]


def _heights(cells: list[dict], size: float, gap: float, widths: list[float]) -> list[float]:
    """About how high each row will be, in points."""
    lines = [1.0] * (max(cell["y"] for cell in cells) + 1)
    for cell in cells:
        lines[cell["y"]] = max(lines[cell["y"]], _lines(cell, size, gap, widths) / cell["rowspan"])
    return [n * size * 1.25 + 7 for n in lines]


def _lines(cell: dict, size: float, gap: float, widths: list[float]) -> int:
    """How many lines a cell runs to: on each as many words as fit."""
    room = (sum(widths[cell["x"] : cell["x"] + cell["colspan"]]) - gap) / size
    lines, used = 1, 0.0
    for word in _words(cell):
        if used and used + text_width(word.rstrip(), cell["head"]) > room:
            lines, used = lines + 1, 0.0
        used += text_width(word, cell["head"])
    return lines + sum(run["text"] == BREAK for run in cell["runs"])


def _ems(cell: dict) -> float:
    """The width of a cell's text on one line, in em, with a little room against rounding."""
    return text_width("".join(run["text"] for run in cell["runs"]), cell["head"]) + 0.1


def _longest(cell: dict) -> float:
    """The width of the longest piece of a cell that must stay whole: a word, or the whole of a figure."""
    if cell["figures"] and not cell["head"]:
        return _ems(cell)
    return max(text_width(word.rstrip(), cell["head"]) for word in _words(cell)) + 0.1


def _words(cell: dict) -> list[str]:
    """A cell's text cut where a line may end: after a space, a dash, a hyphen or a slash before a letter."""
    text = "".join(run["text"] for run in cell["runs"])
    return re.split(r"(?<=\s)|(?<=–)|(?<=[-/])(?=[^\W\d])|\u200b", text)
