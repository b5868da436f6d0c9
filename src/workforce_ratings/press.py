"""What the articles at hand say, read by program: the digests in data/articles, and texts in data/articles/private.

An article whose own text lies in private/ is read there, not in its digest. Copies of one story count once. The facts
coded by hand (see articles) are the yardstick that the reading is held against, claim by claim.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import pandas as pd

from workforce_ratings import articles, councils, paths
from workforce_ratings.articles import JUDGEMENT_INDICATORS, MEASURE_OF, census_of
from workforce_ratings.texts import corpus, themes
from workforce_ratings.texts.claims import Claim
from workforce_ratings.vocabulary import judgement

LABELLED = (
    *("agency_rate", "turnover_rate", "vacancy_rate", "absence_rate", "caseload_average", "caseload_max"),
    *("overall_judgement", "previous_judgement", "inspection_type"),
)
SUFFIXES = (".txt", ".md", ".html", ".htm", ".pdf")
DIGEST, TEXT = "digest", "article"


def files() -> list[Path]:
    """The article files at hand: digests, then private texts, by name."""
    own = [p for p in sorted(paths.ARTICLES.glob("*.md")) if p.name != "README.md"]
    private = [p for p in sorted(paths.PRIVATE_ARTICLES.rglob("*")) if p.suffix.lower() in SUFFIXES and p.is_file()]
    return [*own, *(p for p in private if p.name != "README.md")]


def _state() -> tuple[tuple[Path, int, int], ...]:
    """The files at hand as they are: what is read of them is kept for as long as this stays the same."""
    return tuple((path, found.st_size, found.st_mtime_ns) for path in files() for found in [path.stat()])


def _readings() -> tuple[corpus.Reading, ...]:
    return _read_as_they_are(_state())


@lru_cache(maxsize=2)
def _read_as_they_are(found: tuple[tuple[Path, int, int], ...]) -> tuple[corpus.Reading, ...]:
    return tuple(corpus.read_all([path for path, _, _ in found], workers=1))


def stories(as_at: str = "") -> pd.DataFrame:
    """One row per article file published by `as_at` (“”: any) or without a date: what it is and what became of it.

    `article` is the digest's name where the file is a digest or the text behind one, else the file's name; `read_from`
    is `digest` or `article`; a text without a date of its own has its digest's; `role` is `kept`, `copy` or
    `superseded`, or `unreadable` with the reason in `error`.
    """
    readings = _readings()
    table = corpus.stories(readings).assign(
        path=[r.path for r in readings], read_from=[TEXT if _is_private(r.path) else DIGEST for r in readings]
    )
    sources = articles.digests().set_index("source_sha256").article
    digest_of = {r.path: sources.get(r.sha256) for r in readings if _is_private(r.path)}
    table["article"] = [digest_of.get(r.path) or (r.name if _is_private(r.path) else r.path.stem) for r in readings]
    replaced = (table.read_from == DIGEST) & table.article.isin(set(table[table.read_from == TEXT].article))
    table.loc[replaced, ["role", "reason"]] = ["superseded", "the article's own text is in private/"]
    table.loc[table.error != "", "role"] = "unreadable"
    table["published_by"] = pd.to_datetime(table.published)
    known = table.article.map(articles.digests().set_index("article").published_by)
    undated = table.published_by.isna() & known.notna()
    table.loc[undated, "published_basis"] = "digest"
    table["published_by"] = table.published_by.fillna(known)
    return table if not as_at else table[~(table.published_by > pd.Timestamp(as_at))].reset_index(drop=True)


def named(as_at: str = "") -> pd.DataFrame:
    """One row per story kept, by its name: publisher, date and credit of its digest (missing without one), and the day."""
    return _named(as_at, _state()).copy()


@lru_cache(maxsize=8)
def _named(as_at: str, state: tuple[tuple[Path, int, int], ...]) -> pd.DataFrame:
    kept = stories(as_at).query("role == 'kept'")[["article", "published_by"]]
    front = articles.digests()[["article", "publisher", "credited_to", "date"]]
    return kept.merge(front, on="article", how="left").set_index("article")


def _is_private(path: Path) -> bool:
    return paths.PRIVATE_ARTICLES in path.parents


def claims(as_at: str = "") -> pd.DataFrame:
    """One row per claim of the stories kept, cleaned as articles.coded() cleans facts: same columns, same meanings.

    `read_from` says whether the digest or the article's own text was read; `evidence` is the words around the figure
    there, and `start` and `end` its offsets in the file. A figure of a joint return stands in a row for each council.
    """
    return _claims(as_at, _state()).copy()


@lru_cache(maxsize=8)
def _claims(as_at: str, state: tuple[tuple[Path, int, int], ...]) -> pd.DataFrame:
    kept = stories(as_at).query("role == 'kept'").set_index("path")
    rows = []
    for reading in _readings():
        if reading.path in kept.index:
            story = kept.loc[reading.path]
            rows += [row for number, c in enumerate(reading.claims, 1) for row in _rows(c, number, story)]
    frame = pd.DataFrame(rows, columns=[*articles.CLAIM_COLUMNS, "read_from", "evidence", "start", "end"])
    return frame.astype({"census": "Int64", "fact": int, "value": float, "value_other": float})


def _rows(c: Claim, number: int, story: pd.Series) -> list[dict[str, object]]:
    is_word = isinstance(c.value, str)
    start, end = pd.Timestamp(c.period_start), pd.Timestamp(c.period_end)
    row = {
        "article": story.article,
        "fact": number,
        "published_by": story.published_by,
        "indicator": c.indicator,
        "measure": MEASURE_OF.get(c.indicator, JUDGEMENT_INDICATORS.get(c.indicator, "")),
        "value": None if is_word else c.value,
        "value_other": c.value_other,
        "judgement": judgement(c.value) if c.unit == "judgement" else "",
        "kind": c.value if c.unit == "event" else "",
        "step": c.step,
        "unit": c.unit,
        "bound": c.bound,
        "scope": c.scope or "",
        "period": c.period or "",
        "period_start": start,
        "period_end": end,
        "census": _census(c, start, end),
        "authority": c.source or "",
        "hedged": c.bound != "=",
        "status": "fact",
        "note": "",
        "read_from": story.read_from,
        "evidence": c.evidence,
        "start": c.start,
        "end": c.end,
    }
    codes = c.council_code.split("/") if c.council_code else [""]
    return [
        row | {"council": councils.by_code()[code].name if code else c.council, "council_code": code} for code in codes
    ]


# A period longer than this is a bare year.
_A_MONTH = pd.Timedelta(days=45)
_NAMES_A_CENSUS = re.compile(r"\d|\bSeptember\b")


def _census(c: Claim, start: pd.Timestamp, end: pd.Timestamp) -> int | None:
    """The census that a claim's period holds, where its words can mean the census.

    “Now” and “last year” name none: the year before a release's is not the year it counts. A bare year is one only
    where nobody but DfE is cited for the figure.
    """
    if c.indicator not in MEASURE_OF or not _NAMES_A_CENSUS.search(c.period or ""):
        return None
    is_year = pd.notna(start) and end - start > _A_MONTH
    return None if is_year and c.source in ("council", "ofsted", "other") else census_of(start, end)


def theme_table(as_at: str = "") -> pd.DataFrame:
    """One row per story kept and theme: present or not, strain or strength, and where it is first told."""
    kept = stories(as_at).query("role == 'kept'").set_index("path")
    return themes.table({kept.loc[r.path, "article"]: r.findings for r in _readings() if r.path in kept.index})


def theme_counts(table: pd.DataFrame) -> pd.DataFrame:
    """One row per theme: in how many articles it is a strain, a strength, or both."""
    present = table[table.present]
    counts = present.groupby(["theme", "direction"]).size().unstack(fill_value=0)
    return counts.reindex(index=themes.THEMES, columns=["strain", "strength", "mixed"], fill_value=0).reset_index()


# --- the yardstick -------------------------------------------------------------------------------------------------


def yardstick(as_at: str = "") -> pd.DataFrame:
    """One row per labelled indicator and one for all: what the reading found of the facts coded by hand.

    Counts are of facts of status `fact` in articles that are at hand; a background visit or an older judgement that
    the coding notes and the reading leaves out counts neither way.
    """
    read, coded = claims(as_at), articles.coded(as_at)
    coded = coded[coded.indicator.isin(LABELLED) & (coded.status == "fact") & coded.article.isin(set(read.article))]
    read = read[read.indicator.isin(LABELLED)]
    optional = coded.note.str.contains("background|older|two judgements back")
    found = pd.Series([_is_told(fact, read) for fact in coded.itertuples()], index=coded.index, dtype=bool)
    right = pd.Series([_is_told(claim, coded) for claim in read.itertuples()], index=read.index, dtype=bool)
    rows = [
        _agreement(name, found[coded.indicator == name], optional, right[read.indicator == name]) for name in LABELLED
    ]
    return pd.DataFrame([*rows, _agreement("all", found, optional, right)])


def _is_told(one, others: pd.DataFrame) -> bool:
    """Whether another coding of the same article has a claim's council, indicator and value (either end of a range)."""
    same = others[
        (others.article == one.article) & (others.indicator == one.indicator) & (others.council == one.council)
    ]
    if one.unit == "judgement":
        return bool((same.judgement == one.judgement).any())
    if one.unit == "event":
        return bool((same.kind == one.kind).any())
    ends = {one.value, one.value_other} - {None}
    return any(v in ends for v in [*same.value, *same.value_other] if pd.notna(v))


def _agreement(name: str, found: pd.Series, optional: pd.Series, right: pd.Series) -> dict[str, object]:
    hits = int(found.sum())
    missed = int((~found & ~optional.reindex(found.index, fill_value=False)).sum())
    wrong = int((~right).sum())
    precision = hits / (hits + wrong) if hits + wrong else float("nan")
    recall = hits / (hits + missed) if hits + missed else float("nan")
    both = precision + recall
    return {
        "indicator": name,
        "facts": len(found),
        "found": hits,
        "missed": missed,
        "wrong": wrong,
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / both if both else float("nan"),
    }
