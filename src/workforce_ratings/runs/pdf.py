"""Reports on paper: a tagged PDF (PDF/UA-1) made from a finished HTML page, which stays the accessible master.

The page's HTML is a small closed subset (see `rendering.TAGS`). It is turned into plain data, a list of blocks, and
typst sets that data through `templates/report.typ`. Text reaches typst only as data, so an article's words cannot
become markup or code, and typst sees no folder but the one made for the report. The fonts are those that matplotlib
brings, so a report looks the same on every machine; the PDF holds no date, so the same page gives the same bytes.

typst refuses what PDF/UA forbids, such as a picture without description: that is a fault of the page. What it
cannot do yet is mark the first cell of a row as the row's header; the web page does.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from itertools import count, groupby, pairwise, takewhile
from math import ceil, sqrt
from pathlib import Path

import matplotlib
import typst
from bs4 import BeautifulSoup, NavigableString, PageElement, Tag
from bs4.element import PreformattedString
from matplotlib.ft2font import FT2Font, LoadFlags

from ..vocabulary import Fault
from .rendering import HEADINGS, PNG, TEMPLATES
from .staging import one_line, shown, staged, staging_folder, writing

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
DOWNLOADS = "The figures behind the charts and tables can be downloaded from the web page of this report."

# A4 in points, the margins at its sides and what is left between them.
MARGIN = 51.0
TEXT_WIDTH = 595.3 - 2 * MARGIN
PAGE_HEIGHT = 705.0
# About how high a line of text and a chart's two titles are, and how many letters a line holds.
LINE = 15.0
LETTERS_A_LINE = 80
TITLES = 80.0
# Charts are saved at 150 pixels an inch (pages.DPI); a taller one than this is shown smaller.
POINTS_PER_PIXEL = 72 / 150
TALLEST_PICTURE = 560.0
# Sizes of a table's text with the room between two columns, in points, best first.
TABLE_SIZES = ((9.5, 9.0), (9.0, 9.0), (8.5, 9.0), (8.5, 6.0), (8.0, 6.0), (8.0, 5.0), (7.5, 5.0))
EASILY_READ = 8.0
FEW_LINES = 4
# A table begins at a page's foot only where its caption, head and this many rows have room, long ones apart.
FIRST_ROWS = 3
LONG_START = 300.0
CAPTION = 45.0
# What is shorter than this share of a page is not divided between two pages.
KEPT_TOGETHER = 0.45
# A word of more letters than this may be broken, since no column or line would hold it.
LONGEST_WORD = 60
LONGEST_RUNNING = 100

Block = dict[str, object]
Run = dict[str, object]


def write_pdf(page: Path, target: Path) -> Path:
    """Write one of our own HTML pages as a tagged PDF/UA-1 document on A4 and return the PDF's path.

    The PDF holds the page's <main> and footer: all text, tables and charts with their descriptions, and bookmarks
    from the headings; the list of contents and downloads are left out. The same page gives the same bytes.

    Raises Fault, and leaves `target` as it was, where the page cannot be read, is not one of ours, or lacks what
    PDF/UA asks for (a title, a description of each picture), and where the PDF cannot be written.
    """
    page, target = Path(page), Path(target)
    pictures: dict[str, bytes] = {}
    try:
        content = _content(_soup(page), pictures)
    except RecursionError:
        raise Fault(f"{shown(page)} has too many elements inside one another to make a PDF of it.") from None
    except binascii.Error:
        raise Fault(f"{shown(page)} holds a picture that is damaged: make the page again.") from None
    with writing(target), staging_folder(target.parent) as folder:
        for name, data in pictures.items():
            (folder / name).write_bytes(data)
        (folder / "content.json").write_text(json.dumps(content), encoding="utf-8")
        made = _compiled(folder, shown(page))
    with staged(target) as temporary:
        temporary.write_bytes(made)
    return target


def _soup(page: Path) -> BeautifulSoup:
    try:
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    except (OSError, UnicodeDecodeError) as error:
        raise Fault(one_line(f"{shown(page)} could not be read ({error}): make the page first.")) from error
    if not soup.main:
        raise Fault(f"{shown(page)} is not a page of a report (it has no <main>): name a page that the suite made.")
    return soup


def _compiled(folder: Path, name: str) -> bytes:
    try:
        return typst.compile(
            (TEMPLATES / "report.typ").read_bytes(),
            root=folder,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            pdf_standards="ua-1",
        )
    except typst.TypstError as error:
        raise Fault(
            one_line(f"No PDF could be made of {name} ({error.message}): put it right in the notebook and run again.")
        ) from error


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


# --- from HTML to data --------------------------------------------------------------------------------------------


def _content(soup: BeautifulSoup, pictures: dict[str, bytes]) -> dict[str, object]:
    """What the template sets; the PNG files that it asks for are put into `pictures` by name."""
    downloads = _leave_out_downloads(soup)
    blocks = [*_blocks(soup.main, pictures), *(_footer(soup, pictures))]
    if downloads:
        blocks.insert(_after_lead(blocks), _paragraph([_run(DOWNLOADS)], "note"))
    _order_headings(blocks)
    _hold_titles(blocks)
    _hold_tables(blocks)
    name = next((said for tag in (soup.main.h1, soup.title) if tag and (said := _said(tag))), "")
    return {
        "title": name or None,
        "running": one_line(name, LONGEST_RUNNING),
        "series": _said(soup.header) if soup.header else "",
        "language": _language(soup),
        "margin": MARGIN,
        "blocks": blocks,
    }


def _language(soup: BeautifulSoup) -> dict[str, str | None]:
    lang, _, region = str((soup.html or {}).get("lang", "")).partition("-")
    known = re.fullmatch(r"[a-z]{2,3}", lang) and re.fullmatch(r"([A-Z]{2})?", region)
    return {"lang": lang, "region": region or None} if known else {"lang": "en", "region": "GB"}


def _leave_out_downloads(soup: BeautifulSoup) -> bool:
    """Take out links to files inside the page, and what held nothing else; whether there were any."""
    links = [a for a in soup.main.find_all("a") if a.has_attr("download") or a.get("href", "").startswith("data:")]
    for link in links:
        holder = link.parent
        link.decompose()
        while holder.name in ("p", "li", "ul", "div", "span", "details") and _says_nothing(holder):
            emptied, holder = holder, holder.parent
            emptied.decompose()
    return bool(links)


def _says_nothing(holder: Tag) -> bool:
    """Whether an element holds no word but a summary's, and nothing else to show."""
    words = [text for text in holder.find_all(string=re.compile(r"\w")) if not text.find_parent("summary")]
    return not words and not holder.find("img")


def _after_lead(blocks: list[Block]) -> int:
    """The place after the title and the paragraphs that follow it."""
    return next((n for n, block in enumerate(blocks) if n and block["is"] != "paragraph"), len(blocks))


def _footer(soup: BeautifulSoup, pictures: dict[str, bytes]) -> list[Block]:
    """The page's licence line, in small print under a rule."""
    if not soup.footer:
        return []
    return [{"is": "rule"}] + [block | {"style": "note"} for block in _blocks(soup.footer, pictures)]


def _order_headings(blocks: list[Block]) -> None:
    """Give headings levels that skip none, which PDF/UA asks for; each keeps its look."""
    level = 0
    for heading in _headings(blocks):
        level = heading["level"] = min(heading["look"], level + 1)


def _headings(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if block["is"] == "heading":
            yield block
        for inside in [block.get("blocks", []), *(block["items"] if block["is"] in ("list", "enum") else [])]:
            yield from _headings(inside)


def _hold_titles(blocks: list[Block]) -> None:
    """Let no page end between a chart's second title and the chart, nor between “The measures:” and their list."""
    for block, after in pairwise(blocks):
        if block["is"] == "paragraph":
            leads_in = after["is"] in ("list", "enum", "table") and block["runs"][-1]["text"].endswith(":")
            block["sticky"] |= after["is"] == "picture" or leads_in


def _hold_tables(blocks: list[Block]) -> None:
    """Let no page end between a chart and its table where one page holds both."""
    for place, block in enumerate(blocks):
        if block["is"] == "picture":
            between = list(takewhile(lambda after: after["is"] == "paragraph", blocks[place + 1 :]))
            table = next(iter(blocks[place + 1 + len(between) :]), {"is": "nothing"})
            height = TITLES + block["height"] + sum(map(_height, between)) + table.get("height", 0)
            if table["is"] == "table" and table["together"] and height < PAGE_HEIGHT:
                for held in (block, *between):
                    held["sticky"] = True


def _height(paragraph: Block) -> float:
    letters = sum(len(run["text"]) for run in paragraph["runs"])
    return 12 + LINE * ceil(letters / LETTERS_A_LINE)


def _blocks(element: Tag, pictures: dict[str, bytes]) -> list[Block]:
    """The blocks of an element: what is no block of its own becomes paragraphs between them."""
    blocks: list[Block] = []
    for is_block, nodes in groupby(element.children, _is_block):
        if not is_block:
            runs = _runs(nodes)
            blocks += [_paragraph(runs)] if runs else []
            continue
        for node in nodes:
            blocks += BLOCKS.get(node.name, _blocks)(node, pictures)
    return blocks


def _is_block(node: PageElement) -> bool:
    return isinstance(node, Tag) and (node.name in BLOCKS or bool(node.find(list(BLOCKS))))


def _heading(element: Tag, _: dict[str, bytes]) -> list[Block]:
    runs = _runs(element.children)
    look = HEADINGS.index(element.name) + 1
    return [{"is": "heading", "level": look, "look": look, "runs": runs}] if runs else []


def _paragraph(runs: list[Run], style: str = "") -> Block:
    return {"is": "paragraph", "runs": runs, "style": style, "sticky": False}


def _paragraphs(element: Tag, pictures: dict[str, bytes]) -> list[Block]:
    style = next((name for name in element.get("class", []) if name in ("headline", "note")), "")
    return [b | {"style": style} if b["is"] == "paragraph" else b for b in _blocks(element, pictures)]


def _list(element: Tag, pictures: dict[str, bytes]) -> list[Block]:
    items = [_blocks(child, pictures) for child in _parts(element)]
    start = element.get("start", "1")
    number = int(start) if re.fullmatch(r"\d{1,6}", start) else 1
    about = {"is": "enum", "start": number} if element.name == "ol" else {"is": "list"}
    return [about | {"items": [item for item in items if item]}] if any(items) else []


def _terms(element: Tag, pictures: dict[str, bytes]) -> list[Block]:
    items: list[list] = []
    for part in _parts(element):
        if part.name == "dt" or not items:
            items.append([[], []])
        if part.name == "dt":
            items[-1][0] = _runs(part.children)
        else:
            items[-1][1] += _blocks(part, pictures)
    return [{"is": "terms", "items": items}] if items else []


def _parts(element: Tag) -> list[Tag]:
    """The items of a list, those of its groups among them; text that stands between them counts as one."""
    parts = []
    for child in list(element.children):
        if isinstance(child, NavigableString) and child.strip() and not isinstance(child, PreformattedString):
            child = child.wrap(Tag(name="span"))
        if isinstance(child, Tag):
            parts += _parts(child) if element.name == "dl" and child.name == "div" else [child]
    return parts


def _box(element: Tag, pictures: dict[str, bytes]) -> list[Block]:
    lines = len(element.get_text()) / LETTERS_A_LINE + len(element.find_all(["li", "p"]))
    together = lines * LINE < KEPT_TOGETHER * PAGE_HEIGHT and not element.find(["table", "img"])
    return [{"is": "box", "blocks": _blocks(element, pictures), "together": together}]


def _quote(element: Tag, pictures: dict[str, bytes]) -> list[Block]:
    return [{"is": "quote", "blocks": _blocks(element, pictures)}]


def _summary(element: Tag, _: dict[str, bytes]) -> list[Block]:
    runs = [run | {"marks": [*run["marks"], "strong"]} for run in _runs(element.children)]
    return [_paragraph(runs) | {"sticky": True}] if runs else []


def _code(element: Tag, _: dict[str, bytes]) -> list[Block]:
    return [{"is": "code", "text": "\n".join(_legible(line) for line in element.get_text().strip("\n").split("\n"))}]


def _rule(_element: Tag, _: dict[str, bytes]) -> list[Block]:
    return [{"is": "rule"}]


def _nothing(_element: Tag, _: dict[str, bytes]) -> list[Block]:
    return []


def _picture(element: Tag, pictures: dict[str, bytes]) -> list[Block]:
    """A chart at the size it was drawn, or smaller where the page is."""
    data = base64.b64decode(element.get("src", "").removeprefix(PNG), validate=True)
    wide, high = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    if not (data.startswith(b"\x89PNG") and wide and high):
        raise binascii.Error
    name = f"picture-{len(pictures) + 1}.png"
    pictures[name] = data
    width = min(wide * POINTS_PER_PIXEL, TEXT_WIDTH, TALLEST_PICTURE * wide / high)
    about = {"width": width, "height": width * high / wide, "sticky": False}
    alt = _legible(" ".join(element.get("alt", "").split()))
    return [{"is": "picture", "file": name, "alt": alt or None, "caption": []} | about]


def _figure(element: Tag, pictures: dict[str, bytes]) -> list[Block]:
    caption = element.figcaption.extract() if element.figcaption else None
    blocks = _blocks(element, pictures)
    drawn = next((block for block in blocks if block["is"] == "picture"), None)
    if drawn and caption:
        drawn["caption"] = _runs(caption.children)
    elif caption:
        blocks += _blocks(caption, pictures)
    return blocks


# --- text -----------------------------------------------------------------------------------------------------------

MARKS = {
    "strong": "strong",
    "b": "strong",
    "em": "emphasis",
    "i": "emphasis",
    "cite": "emphasis",
    "code": "code",
    "sub": "sub",
    "sup": "super",
    "del": "struck",
}
BREAK = "\n"


def _run(text: str, marks: Iterable[str] = (), to: str | None = None) -> Run:
    return {"text": text, "marks": list(marks)} | ({"to": to} if to else {})


def _runs(nodes: Iterable[PageElement]) -> list[Run]:
    """Pieces of text, each of one style, with white space as a browser shows it and no empty lines."""
    said: list[Run] = []
    for run in _pieces(nodes, (), None):
        text = run["text"] if run["text"] == BREAK else _legible(re.sub(r"[ \t\r\n\f]+", " ", run["text"]))
        if not said or said[-1]["text"].endswith((" ", BREAK)):
            text = text.lstrip(" " + BREAK)
        if text:
            said.append(run | {"text": text})
    while said and not (last := said.pop())["text"].isspace():
        return [*said, last | {"text": last["text"].rstrip(" ")}]
    return said


def _pieces(nodes: Iterable[PageElement], marks: tuple[str, ...], to: str | None) -> Iterator[Run]:
    for node in nodes:
        if isinstance(node, PreformattedString):  # a comment, a declaration
            continue
        if isinstance(node, NavigableString):
            yield _run(str(node), marks, to)
        elif node.name == "br":
            yield _run(BREAK)
        elif node.name == "img":
            yield _run(f"(picture: {node.get('alt', '')})", marks, to)
        else:
            yield from _pieces_of(node, marks, to)


def _pieces_of(element: Tag, marks: tuple[str, ...], to: str | None) -> Iterator[Run]:
    mark = MARKS.get(element.name)
    inner = marks if mark is None or mark in marks else (*marks, mark)
    is_block = element.name in BLOCKS or element.name in ("tr", "th", "td")
    opening, closing = ("“", "”") if element.name == "q" else (BREAK, BREAK) if is_block else ("", "")
    yield _run(opening, marks, to)
    yield from _pieces(element.children, inner, _address(element) or to)
    yield _run(closing, marks, to)


def _address(element: Tag) -> str | None:
    """Where a link leads, if it leads to the web; anchors and neighbouring files would lead nowhere from a PDF."""
    address = element.get("href", "") if element.name == "a" else ""
    return address if re.fullmatch(r"https?://[!-~]{1,2000}", address) else None


def _said(element: Tag) -> str:
    return _legible(" ".join(element.get_text().split()))


def _legible(text: str) -> str:
    """The text in characters that the font has: another is named in brackets, control characters are left out.

    A missing glyph would be an empty box on paper and is forbidden by PDF/UA. Very long words may be broken.
    """
    if not _plain(text):
        text = "".join(character if _plain(character) else _named(character) for character in text)
    return _broken(text, LONGEST_WORD)


def _broken(text: str, letters: int) -> str:
    """The text with a place to break, of no width, after so many letters that have none."""
    return re.sub(rf"[^\s/–-]{{{letters}}}(?=[^\s/–-])", "\\g<0>\u200b", text)


def _plain(text: str) -> bool:
    return _characters().issuperset(text)


def _named(character: str) -> str:
    """“[grinning face]”; nothing for what has no shape of its own, such as a control character."""
    category = unicodedata.category(character)
    if category.startswith("Z"):
        return " "
    name = unicodedata.name(character, f"U+{ord(character):04X}").lower()
    return "" if category in ("Cc", "Cf", "Cs") or name.startswith("variation selector") else f"[{name}]"


@cache
def _characters() -> frozenset[str]:
    """The characters of DejaVu Sans, but for rare spaces and those that only direct others or mean nothing outside it."""
    known = map(chr, _glyphs("DejaVuSans.ttf"))
    return frozenset(c for c in known if c in " \xa0" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Zs"))


@cache
def _face(file: str) -> FT2Font:
    return FT2Font(FONTS / file)


@cache
def _glyphs(file: str) -> dict[int, int]:
    """The number of each character's glyph in a font."""
    return _face(file).get_charmap()


@cache
def _em(letter: str, bold: bool) -> float:
    """The width of a character in em; a character that the bold font lacks is set from the plain one."""
    file = "DejaVuSans-Bold.ttf" if bold and ord(letter) in _glyphs("DejaVuSans-Bold.ttf") else "DejaVuSans.ttf"
    glyph = _face(file).load_glyph(_glyphs(file).get(ord(letter), 0), flags=LoadFlags.NO_SCALE)
    return glyph.horiAdvance / _face(file).units_per_EM


# --- tables -----------------------------------------------------------------------------------------------------------


def _table(element: Tag, _: dict[str, bytes]) -> list[Block]:
    """A table in the largest text at which its words and figures stay whole in their columns."""
    caption = _runs(element.caption.children) if element.caption else []
    head, body = _sections(element)
    cells = [*_placed(head, 0, True), *_placed(body, len(head), False)]
    if not cells:
        return [_paragraph(caption)] if caption else []
    columns = max(cell["x"] for cell in cells) + 1
    for cell in cells:
        cell["colspan"] = min(cell["colspan"], columns - cell["x"])
    size, gap, widths = _fitted(cells, columns)
    heights = _heights(cells, size, gap, widths)
    for cell in cells:
        cell["tall"] = heights[cell["y"]] > KEPT_TOGETHER * PAGE_HEIGHT
    about = {"caption": caption, "size": size, "gap": gap, "widths": widths, "header-rows": len(head)}
    about |= {
        "height": CAPTION + sum(heights),
        "start": CAPTION + min(sum(heights[: len(head) + FIRST_ROWS]), LONG_START),
    }
    return [{"is": "table", "cells": cells, "together": about["height"] < KEPT_TOGETHER * PAGE_HEIGHT} | about]


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
                {"x": x, "y": first + y, "colspan": wide, "rowspan": high, "runs": _runs(cell.children)} | about
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
        cell["runs"] = [run | {"text": _broken(run["text"], letters)} for run in cell["runs"]]


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
        if used and used + _width(word.rstrip(), cell["head"]) > room:
            lines, used = lines + 1, 0.0
        used += _width(word, cell["head"])
    return lines + sum(run["text"] == BREAK for run in cell["runs"])


def _ems(cell: dict) -> float:
    """The width of a cell's text on one line, in em, with a little room against rounding."""
    return _width("".join(run["text"] for run in cell["runs"]), cell["head"]) + 0.1


def _longest(cell: dict) -> float:
    """The width of the longest piece of a cell that must stay whole: a word, or the whole of a figure."""
    if cell["figures"] and not cell["head"]:
        return _ems(cell)
    return max(_width(word.rstrip(), cell["head"]) for word in _words(cell)) + 0.1


def _words(cell: dict) -> list[str]:
    """A cell's text cut where a line may end: after a space, a dash, a hyphen or a slash before a letter."""
    text = "".join(run["text"] for run in cell["runs"])
    return re.split(r"(?<=\s)|(?<=–)|(?<=[-/])(?=[^\W\d])|\u200b", text)


@lru_cache(maxsize=20_000)
def _width(text: str, bold: bool) -> float:
    """The width of a text on one line, in em."""
    return sum(_em(letter, bold) for letter in text)


BLOCKS: dict[str, Callable[[Tag, dict[str, bytes]], list[Block]]] = {
    **dict.fromkeys(HEADINGS, _heading),
    **dict.fromkeys(("div", "section", "details", "figcaption", "li", "dt", "dd"), _blocks),
    "p": _paragraphs,
    "ul": _list,
    "ol": _list,
    "dl": _terms,
    "aside": _box,
    "blockquote": _quote,
    "figure": _figure,
    "img": _picture,
    "table": _table,
    "pre": _code,
    "hr": _rule,
    "summary": _summary,
    "nav": _nothing,
}
