"""Where sentences begin and end in a passage of English news text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from workforce_ratings.texts.lexicon import section

# A stop before a capital, a figure or a bullet (“… rose. “It …”), an empty line, or a line end before no small letter.
_END = re.compile(
    r"[.!?…]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]*[A-Z0-9£•])"
    r"|\n(?=\s*(?:\n|[•*–-]\s))"
    r"|\n(?=\s*[^a-z\s])"
)
_BULLET_NEXT = re.compile(r"\s*(?:\n|[•*–-]\s)")
_WORD_BEFORE = re.compile(r"([A-Za-z.]+)$")
# “J. Smith”.
_INITIAL = re.compile(r"[A-Z]")
# A line at least this long may have been broken where the column ended.
_WRAPPED_LINE = 55
_LONGEST_ABBREVIATION = 12
# Text that runs on for longer than this without a stop is no sentence, and is read in pieces.
_LONGEST_SENTENCE = 2000


def sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The spans of the sentences of text[start:end], without the space around them, in order."""
    return list(_spans(text, start, len(text) if end is None else end))


@lru_cache(maxsize=256)
def _spans(text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """The same, remembered while the parts of the grammar read one article."""
    spans, begin = [], start
    for found in _END.finditer(text, start, end):
        if not _is_abbreviation(text, found) and not _is_wrapped(text, begin, found):
            spans.append(_trimmed(text, begin, found.end()))
            begin = found.end()
    spans.append(_trimmed(text, begin, end))
    return tuple(piece for a, b in spans for piece in _pieces(text, a, b))


def _is_abbreviation(text: str, found: re.Match[str]) -> bool:
    """Whether a full stop only ends an abbreviation or an initial: “Cllr. J. Smith”."""
    stop = found.start()
    word = _WORD_BEFORE.search(text, max(0, stop - _LONGEST_ABBREVIATION), stop) if text[stop] == "." else None
    return bool(word and (word[1].lower() in _abbreviations() or _INITIAL.fullmatch(word[1])))


@cache
def _abbreviations() -> frozenset[str]:
    """Words that a full stop may follow within a sentence: “Cllr”."""
    return frozenset(section("abbreviations"))


def _is_wrapped(text: str, begin: int, found: re.Match[str]) -> bool:
    """Whether a line end only wraps a long line, so that the sentence goes on."""
    if found.group() != "\n":
        return False
    line = found.start() - max(begin, text.rfind("\n", 0, found.start()) + 1)
    return line >= _WRAPPED_LINE and not _BULLET_NEXT.match(text, found.end())


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence, or the parts of text that runs on, cut at a space where there is one; nothing where it is empty."""
    while end - start > _LONGEST_SENTENCE:
        cut = text.rfind(" ", start + 1, start + _LONGEST_SENTENCE)
        cut = cut if cut > start else start + _LONGEST_SENTENCE
        yield _trimmed(text, start, cut)
        start, end = _trimmed(text, cut, end)
    if end > start:
        yield start, end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without the space at its ends."""
    words = text[start:end]
    return end - len(words.lstrip()), start + len(words.rstrip())
