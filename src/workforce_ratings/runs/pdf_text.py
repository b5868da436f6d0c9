"""The words of a page as a PDF sets them: pieces of one style each, in characters that the fonts have.

A missing glyph would be an empty box on paper, and PDF/UA forbids it; so a character that the font lacks is named.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path

import matplotlib
from bs4 import NavigableString, PageElement, Tag
from bs4.element import PreformattedString
from matplotlib.ft2font import FT2Font, LoadFlags

from .rendering import HEADINGS

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
# A word of more letters than this may be broken, since no column or line would hold it.
LONGEST_WORD = 60
# Elements that begin on a line of their own; of what stands inside a sentence or a cell they leave the break.
LINES = {
    *HEADINGS,
    *("div", "section", "details", "summary", "p", "ul", "ol", "li", "dl", "dt", "dd", "aside", "blockquote", "nav"),
    *("figure", "figcaption", "img", "table", "tr", "th", "td", "pre", "hr"),
}

Run = dict[str, object]

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


def piece(text: str, marks: Iterable[str] = (), to: str | None = None) -> Run:
    """A piece of text with the marks it bears, such as “strong”, and the address it leads to."""
    return {"text": text, "marks": list(marks)} | ({"to": to} if to else {})


def pieces(nodes: Iterable[PageElement]) -> list[Run]:
    """Pieces of text, each of one style, with white space as a browser shows it and no empty lines."""
    said: list[Run] = []
    for run in _found(nodes, (), None):
        text = run["text"] if run["text"] == BREAK else legible(re.sub(r"[ \t\r\n\f]+", " ", run["text"]))
        if not said or said[-1]["text"].endswith((" ", BREAK)):
            text = text.lstrip(" " + BREAK)
        if text:
            said.append(run | {"text": text})
    while said and not (last := said.pop())["text"].isspace():
        return [*said, last | {"text": last["text"].rstrip(" ")}]
    return said


def _found(nodes: Iterable[PageElement], marks: tuple[str, ...], to: str | None) -> Iterator[Run]:
    for node in nodes:
        if isinstance(node, PreformattedString):  # a comment, a declaration
            continue
        if isinstance(node, NavigableString):
            yield piece(str(node), marks, to)
        elif node.name == "br":
            yield piece(BREAK)
        elif node.name == "img":
            yield piece(f"(picture: {node.get('alt', '')})", marks, to)
        else:
            yield from _within(node, marks, to)


def _within(element: Tag, marks: tuple[str, ...], to: str | None) -> Iterator[Run]:
    mark = MARKS.get(element.name)
    inner = marks if mark is None or mark in marks else (*marks, mark)
    opening, closing = ("“", "”") if element.name == "q" else (BREAK, BREAK) if element.name in LINES else ("", "")
    yield piece(opening, marks, to)
    yield from _found(element.children, inner, _address(element) or to)
    yield piece(closing, marks, to)


def _address(element: Tag) -> str | None:
    """Where a link leads, if it leads to the web; anchors and neighbouring files would lead nowhere from a PDF."""
    address = element.get("href", "") if element.name == "a" else ""
    return address if re.fullmatch(r"https?://[!-~]{1,2000}", address) else None


def text_of(element: Tag) -> str:
    """The words of an element on one line."""
    return legible(" ".join(element.get_text().split()))


def legible(text: str) -> str:
    """The text in characters that the font has: another is named in brackets, control characters are left out.

    A missing glyph would be an empty box on paper and is forbidden by PDF/UA. Very long words may be broken.
    """
    if not _plain(text):
        text = "".join(character if _plain(character) else _named(character) for character in text)
    return broken(text, LONGEST_WORD)


def broken(text: str, letters: int) -> str:
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


@lru_cache(maxsize=20_000)
def text_width(text: str, bold: bool) -> float:
    """The width of a text on one line, in em."""
    return sum(_em(letter, bold) for letter in text)
