"""Each labelled article read without the terms that it alone, of its set, gives a reason for.

A term of data/articles/terms.yml that occurs in one article of a set and in no other may stand there because of that
article. Read without all such terms, an article is met as one the word lists were not written for. The grammar that
joins terms to figures is left as it is, and so is a term's wording where any other article has it: of these two the
figures tell nothing.
"""

from __future__ import annotations

import copy
import functools
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from scoring import Labelled, Score, score

from workforce_ratings import paths
from workforce_ratings.texts import lexicon
from workforce_ratings.texts.claims import extract
from workforce_ratings.texts.reading import read

# Closed lists of the language, whose order has a meaning (the third month is March), and figures that are not scored.
_KEPT = ("numbers", "periods.months", "periods.short_months", "visits.ordinal", "counts")
# What stands for a section without terms: it matches nothing.
_NOTHING = "(?!)"

Term = tuple[str, str]


def taught(articles: list[Labelled]) -> dict[Path, set[Term]]:
    """Per article the terms, each (section, term), that occur in it and in no other of the set."""
    texts = {a.path: lexicon.lowered(a.path.read_text(encoding="utf-8")) for a in articles}
    found: dict[Path, set[Term]] = {path: set() for path in texts}
    for term, pattern in patterns():
        holders = [path for path, text in texts.items() if pattern.search(text)]
        if len(holders) == 1:
            found[holders[0]].add(term)
    return found


@functools.cache
def patterns() -> tuple[tuple[Term, re.Pattern[str]], ...]:
    """Every term that can be left out, with its pattern for a text in lower case."""
    names = [name for name in _sections(lexicon.terms()) if not name.startswith(_KEPT)]
    listed = [(name, term) for name in names for term in lexicon.section(name)]
    return tuple((t, re.compile(rf"\b(?:{lexicon.source(t[1])})(?!\w)")) for t in listed)


def _sections(branch: dict, above: str = "") -> Iterator[str]:
    """The dotted names of the data file's word lists."""
    for key, value in branch.items():
        if isinstance(value, dict):
            yield from _sections(value, f"{above}{key}.")
        elif isinstance(value, str):
            yield f"{above}{key}"


def score_without(article: Labelled, terms: set[Term]) -> Score:
    """The suite's score on one article when it is read without some terms."""
    with _without(terms):
        return score(article, extract(read(article.path)))


@contextmanager
def _without(terms: Iterable[Term]) -> Iterator[None]:
    """The suite with a terms file of its own, which lacks some terms; afterwards with the real one again."""
    real = paths.TERMS
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "terms.yml"
        file.write_text(yaml.safe_dump(_thinned(set(terms))), encoding="utf-8")
        try:
            paths.TERMS = file
            _forget()
            yield
        finally:
            paths.TERMS = real
            _forget()


def _thinned(out: set[Term]) -> dict:
    """A copy of the data file's content without some terms."""
    thinned = copy.deepcopy(lexicon.terms())
    for name in {section for section, _ in out}:
        *above, last = name.split(".")
        kept = [term for term in lexicon.section(name) if (name, term) not in out]
        functools.reduce(dict.__getitem__, above, thinned)[last] = "\n".join(kept or [_NOTHING]) + "\n"
    return thinned


def _forget() -> None:
    """Clears what the reading of texts keeps of the terms file, so that it is read anew."""
    modules = [m for name, m in sys.modules.items() if name.startswith("workforce_ratings.texts")]
    for function in {id(f): f for m in modules for f in vars(m).values()}.values():
        if isinstance(function, functools._lru_cache_wrapper):
            function.cache_clear()
