"""The words that the grammar of press articles knows: one data file, data/articles/terms.yml, read by code and docs.

A term is a regular expression made easy to read: a space stands for any space or hyphen, an apostrophe for either
shape, {month} for the terms of the section “month”, and a term begins and ends at the edge of a word. Terms of one
section are tried together, longest first. Texts are compared in lower case, which leaves every offset as it was; the
verbs below (`holds`, `begins`, `ends` …) therefore take any text and answer with spans of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

import yaml

from workforce_ratings import paths
from workforce_ratings.vocabulary import Fault

# A section named within a term or a pattern: “{month}”, “{periods.season}”; never a count such as “{0,3}”.
_NAMED = re.compile(r"\{([a-z_][a-z_.]*)\}")
# One character of a regular expression, an escape such as “\W”, or a set such as “[^.;]”.
_PIECE = re.compile(r"\\.|\[\^?[^\]]+\]|.", re.DOTALL)
_GENERAL = {" ": r"[\s-]", "'": "['’]"}
# What may stand between a term and the figure or grade right behind it: “at a ‘”, “rated “”.
_OPENING = r"[\s‘“'\"(-]*"


# --- the data file -------------------------------------------------------------------------------------------------


@cache
def terms() -> dict:
    """The data file as it stands: sections of word lists and definitions."""
    try:
        loaded = yaml.safe_load(paths.TERMS.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise Fault(f"{paths.TERMS} cannot be read ({type(error).__name__}); put the file back.") from error
    if not isinstance(loaded, dict):
        raise Fault(f"{paths.TERMS} holds no sections of terms; put the file back.")
    return loaded


def section(name: str):
    """One section of the data file, by its dotted name (“shares.agency_rate”); a list of terms as a tuple."""
    found = terms()
    for part in name.split("."):
        if part not in found:
            raise Fault(f"{paths.TERMS}: there is no section “{name}”; put the file back.")
        found = found[part]
    return tuple(re.split(r"\n| / ", found.strip())) if isinstance(found, str) else found


# --- verbs: what a text says ---------------------------------------------------------------------------------------


def holds(name: str, text: str, start: int = 0, end: int | None = None) -> bool:
    """Whether a term of a section stands anywhere in text[start:end]: “agency” in “too many agency staff”."""
    return find(name, text, start, end) is not None


def find(name: str, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
    """The first term of a section in text[start:end]."""
    return _anywhere(name).search(lowered(text), start, len(text) if end is None else end)


def finds(name: str, text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
    """Every term of a section in text[start:end], in order."""
    return _anywhere(name).finditer(lowered(text), start, len(text) if end is None else end)


def begins(name: str, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
    """The term that text[start:end] begins with, but for space, hyphens and closing quotation marks: “’ of them said”."""
    return _at_start(name).match(lowered(text), start, len(text) if end is None else end)


def ends(name: str, text: str, words: int = 0) -> re.Match[str] | None:
    """The term that a text ends with, but for opening quotation marks and up to so many more words: “rose to just ”."""
    return _at_end(name, words).search(lowered(text))


def is_all(name: str, text: str) -> bool:
    """Whether a text is one term of a section and nothing else but the space around it."""
    return _whole(name).fullmatch(lowered(text)) is not None


def unhedged(name: str, text: str) -> str:
    """A text without the hedges of a section that it ends with: “rose to ” for “rose to just over ”."""
    hedge = grammar(rf"\b(?:{{{name}}}\b[\s‘“'\"(]*)+$").search(lowered(text))
    return text[: hedge.start()] if hedge else text


# --- patterns ------------------------------------------------------------------------------------------------------


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Any of the terms of a section, in any case, for a text as it stands."""
    return re.compile(f"{_edged(name)}", re.IGNORECASE)


@cache
def grammar(source: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern of the code's own with sections named in it: “{number} of {them}”; in lower case unless told otherwise."""
    return re.compile(_filled(source), flags)


@cache
def _anywhere(name: str) -> re.Pattern[str]:
    """A term wherever it stands: “too many agency staff”."""
    return re.compile(_edged(name))


@cache
def _at_start(name: str) -> re.Pattern[str]:
    """A term that a text begins with: “’ of them said”."""
    return re.compile(rf"[\s’”'\"-]*{_edged(name)}")


@cache
def _at_end(name: str, words: int) -> re.Pattern[str]:
    """A term that a text ends with, or nearly: “rose to just ‘”."""
    return re.compile(rf"{_edged(name)}(?:\s\w+){{0,{words}}}{_OPENING}$")


@cache
def _whole(name: str) -> re.Pattern[str]:
    """A term and no more: “ nationally ”."""
    return re.compile(rf"\s*{_edged(name)}\s*")


def _edged(name: str) -> str:
    """Any term of a section between the edges of words: “temp” but not in “temper”."""
    return rf"\b(?:{alternatives(name)})(?!\w)"


@cache
def alternatives(name: str) -> str:
    """The terms of a section as the inside of one group of a regular expression, in lower case."""
    return "|".join(source(term) for term in sorted(section(name), key=len, reverse=True))


def source(term: str) -> str:
    """A term as regular expression, its spaces and apostrophes made general: “children's home” finds “children’s-home”."""
    return _filled(_PIECE.sub(lambda m: _GENERAL.get(m[0], m[0] if len(m[0]) > 1 else m[0].lower()), term))


def _filled(source: str) -> str:
    """A pattern with the sections that it names written out: “in {month}”."""
    return _NAMED.sub(lambda m: f"(?:{alternatives(m[1])})", source)


@lru_cache(maxsize=256)
def lowered(text: str) -> str:
    """A text in lower case, every character at the place where it was."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
