"""The text of one PDF on standard output: a program that reading.py runs in a process of its own.

A hostile PDF can so neither hang nor kill the suite: this process gives itself little memory, and the other one gives
it little time. It imports nothing of the suite, to start at once. Its exit code says what is wrong.
"""

from __future__ import annotations

import contextlib
import ctypes
import re
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import pypdfium2

MOST_PAGES = 200
MOST_CHARACTERS = 2_000_000
MEMORY_BYTES = 1_500_000_000
# Exit codes.
ENCRYPTED, DAMAGED, NO_TEXT, TOO_LONG = 3, 4, 5, 6


class Line(NamedTuple):
    """One printed line: its words, the baselines of its first and last letter, and the size of its letters, in points.

    PDFium gives two lines as one where a hyphen divides a word between them; a soft hyphen then marks the place.
    """

    words: str
    height: float
    foot: float
    size: float


def main(path: str) -> int:
    """Writes the text of a PDF to standard output; gives the exit code."""
    _limit_memory()
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        return ENCRYPTED if "password" in str(error).lower() else DAMAGED
    if len(document) > MOST_PAGES:
        return TOO_LONG
    pages = []
    for number in range(len(document)):
        with contextlib.suppress(pypdfium2.PdfiumError):  # a damaged page leaves the others
            pages.append(list(_lines(document[number].get_textpage())))
    text = joined(pages)
    if not re.search(r"\w", text):
        return NO_TEXT
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    return 0


def _limit_memory() -> None:
    with contextlib.suppress(ImportError):  # Windows has no such limit
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _lines(page: pypdfium2.PdfTextPage) -> Iterator[Line]:
    """The lines of a page in the order the PDF has them."""
    raw = pypdfium2.raw
    x, y = ctypes.c_double(), ctypes.c_double()
    line = ""
    first = last = 0  # of the letters of the line that are no space
    for index in range(min(page.count_chars(), MOST_CHARACTERS) + 1):
        letter = _letter(raw.FPDFText_GetUnicode(page, index)) if index < page.count_chars() else "\n"
        if not letter.isspace():
            first, last = (first if line.strip() else index), index
        if letter != "\n":
            line += letter
            continue
        if line.strip():
            baselines = []
            for end in (first, last):
                raw.FPDFText_GetCharOrigin(page, end, x, y)
                baselines.append(y.value)
            yield Line(line.strip(), *baselines, raw.FPDFText_GetFontSize(page, first))
        line = ""


def _letter(code: int) -> str:
    """One character; PDFium's marks for a hyphen at a line's end as a soft hyphen, surrogates and zeros as unknown."""
    if code in (0x2, 0xFFFE, 0xAD):
        return "\xad"
    if code == 0xD:  # before every line feed
        return " "
    return "\ufffd" if code == 0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF else chr(code)


# A gap this many times a page's usual one parts two paragraphs.
_WIDER = 1.25
# A line shorter than this share of a page's longest had room for the next one's first words.
_SHORT = 0.75


def joined(pages: list[list[Line]]) -> str:
    """The paragraphs of a PDF with a blank line between them, made of the lines of its pages."""
    text = ""
    last: Line | None = None
    for page in pages:
        gaps, longest = _usual_gaps(page), _longest(page)
        for line in page:
            if last is None:
                text = line.words
            elif not _goes_on(last, line, line is not page[0], gaps, longest):
                text += f"\n\n{line.words}"
            elif text[-1] in "-\xad":
                text = f"{text[:-1]}\xad{line.words}"
            else:
                text += f" {line.words}"
            last = line
    return _DIVIDED.sub(_undivided, text)


def _usual_gaps(lines: list[Line]) -> dict[int, float]:
    """By size of letters, the gap between two lines of a paragraph, which is the narrowest that is no superscript's."""
    usual: dict[int, float] = {}
    for a, b in pairwise(lines):
        if round(a.size) == round(b.size) and (gap := a.foot - b.height) > 0.9 * b.size:
            usual[round(b.size)] = min(gap, usual.get(round(b.size), gap))
    return usual


def _longest(lines: list[Line]) -> dict[int, int]:
    """By size of letters, how many of them the longest line has."""
    longest: dict[int, int] = {}
    for line in lines:
        longest[round(line.size)] = max(*map(len, line.words.split("\xad")), longest.get(round(line.size), 0))
    return longest


def _goes_on(last: Line, line: Line, same_page: bool, gaps: dict[int, float], longest: dict[int, int]) -> bool:
    """Whether a line belongs to the paragraph of the line before."""
    size = round(line.size)
    if round(last.size) != size or line.words[0] in "•▪●–*":
        return False
    gap = last.foot - line.height
    if not same_page or gap < 0:  # a new page or column
        return line.words[0].islower() and not last.words.rstrip("\"'”’)").endswith((".", "!", "?", ":"))
    has_room = len(last.words.split("\xad")[-1]) < _SHORT * longest.get(size, 0)
    return gap <= _WIDER * gaps.get(size, gap) and (not has_room or line.words[0].islower())


_DIVIDED = re.compile(r"(\w*)\xad\s*(\w?)")
# A hyphen after one of these, or a figure, belongs to the word, and is no division at the end of a line.
_HYPHENED = {
    "full",
    "part",
    "long",
    "short",
    "mid",
    "well",
    "high",
    "low",
    "re",
    "co",
    "non",
    "self",
    "one",
    "two",
    "three",
}


def _undivided(found: re.Match[str]) -> str:
    before, after = found.groups()
    is_word = before.isalpha() and after.islower() and before.lower() not in _HYPHENED
    return f"{before}{'' if is_word else '-'}{after}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
