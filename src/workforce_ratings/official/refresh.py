"""Taking the figures from publishers' files into data/official: all of it, or nothing.

Everything is read, checked and written to a folder beside data/official first; only when the last table passed does
that folder take its place. A fault on the way leaves data/official as it was.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import yaml

from workforce_ratings import councils, paths
from workforce_ratings.official import children, context, outcomes, releases, tables, workforce
from workforce_ratings.official.releases import Release
from workforce_ratings.vocabulary import Fault

Located = dict[str, list[tuple[Path, Release]]]

# What reads one file of a table; the rows of its files stand below each other. Inspections are put together otherwise.
READERS = {
    "workforce": workforce.read,
    "neighbours": context.read_neighbours,
    "deprivation": context.read_deprivation,
    "children": children.read,
    "population": children.read_population,
}


def refresh(folder: Path, accepted: tuple[str, ...] = (), say: Callable[[str], None] = print) -> list[Path]:
    """Writes every table of data/official, with its .source.yml twin, from the publishers' files in a folder.

    `accepted` names re-issued files that a person has looked at. Returns the tables written. Raises Fault.
    """
    located: Located = {}
    for release in releases.catalogue():
        located.setdefault(release.table, []).append((releases.locate(folder, release), release))
    frames = {}
    for table, sources in located.items():
        say(f"reading {', '.join(path.name for path, _ in sources)}")
        frames[table] = _read(table, sources, accepted)
    frames["council_names"] = _spellings(frames, located)
    located["council_names"] = [
        source for name in ("workforce", "inspections", "deprivation") for source in located[name]
    ]
    return _write_whole({name: tables.check(name, _as_stored(frame)) for name, frame in frames.items()}, located)


def _read(table: str, sources: list[tuple[Path, Release]], accepted: tuple[str, ...]) -> pd.DataFrame:
    if table == "inspections":
        by_kind = {release.kind: (path, release) for path, release in sources}
        return outcomes.read(by_kind["outcomes"], by_kind["history"], accepted)
    reader = READERS["workforce" if table.startswith("workforce") else table]
    return pd.concat([reader(path, release, accepted) for path, release in sources], ignore_index=True)


def _as_stored(frame: pd.DataFrame) -> pd.DataFrame:
    """Text columns with “” for nothing, as a CSV file has them."""
    text = [c for c in frame if frame[c].dtype == object or isinstance(frame[c].dtype, pd.StringDtype)]
    return frame.assign(**{c: frame[c].astype(object).where(frame[c].notna(), "").astype(str) for c in text})


def _spellings(frames: dict[str, pd.DataFrame], located: Located) -> pd.DataFrame:
    """One row per code and spelling met in the publishers' files, with the first file that has it."""
    met = []
    for table, columns in (
        ("workforce", ("new_la_code", "la_name")),
        ("workforce_2015_2016", ("LA_code (9 digit)", "LA_name")),
        ("inspections", ("ons_code", "council")),
        ("deprivation", (context.IMD_CODE, context.IMD_NAME)),
    ):
        for path, release in located[table]:
            if release.kind == "outcomes":
                cells, columns_here = (
                    releases.read_sheet(path, outcomes.SHEET, tuple(outcomes.SHEET_COLUMNS)),
                    ("Local authority area code", "Local authority name"),
                )
            else:
                cells, columns_here = releases.read_csv(path, columns), columns
            pairs = cells.frame[list(columns_here)].set_axis(["code", "spelling"], axis=1)
            met.append(pairs.assign(source=path.name))
    frame = pd.concat(met, ignore_index=True)
    frame = frame[frame.code.isin(list(councils.by_code()))]
    return frame.drop_duplicates(["code", "spelling"]).sort_values(["code", "spelling"], ignore_index=True)


def _write_whole(frames: dict[str, pd.DataFrame], located: Located) -> list[Path]:
    target = paths.OFFICIAL
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".official-", dir=target.parent))
        try:
            for name, frame in frames.items():
                _write_table(staging, name, frame, located[name])
            staging.chmod(0o755)
            _swap(staging, target)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise Fault(f"{target} cannot be written ({error.strerror}); make room or change its permissions.") from error
    tables._load.cache_clear()
    return [target / f"{name}.csv" for name in frames]


def _write_table(folder: Path, name: str, frame: pd.DataFrame, sources: list[tuple[Path, Release]]) -> None:
    path = folder / f"{name}.csv"
    whole = [c for c in frame.select_dtypes("float") if (frame[c].dropna() % 1 == 0).all()]
    frame.astype(dict.fromkeys(whole, "Int64")).to_csv(
        path, index=False, encoding="utf-8", lineterminator="\n", date_format="%Y-%m-%d"
    )
    twin = {
        "table": path.name,
        "rows": len(frame),
        "sha256": releases.sha256(path),
        "sources": [
            {
                "file": source.name,
                "publisher": release.publisher,
                "title": release.title,
                "release": release.release,
                "period": release.period,
                "published": release.published,
                "address": release.address,
                "licence": release.licence,
                **_content(source, release),
            }
            for source, release in sources
        ],
    }
    text = yaml.safe_dump(twin, sort_keys=False, allow_unicode=True, width=110)
    (folder / f"{name}.source.yml").write_text(text, encoding="utf-8")


def _content(source: Path, release: Release) -> dict[str, object]:
    """A file's checksum, and its rows where it is the one recorded; an accepted re-issue may have any number."""
    found = releases.sha256(source)
    return {"rows": release.rows if found == release.sha256 else None, "sha256": found}


def _swap(staging: Path, target: Path) -> None:
    """Puts the staging folder in the target's place; the old one is removed last, or put back on failure."""
    old = target.with_name(f"{staging.name}-old")
    if target.exists():
        os.rename(target, old)
    try:
        os.rename(staging, target)
    except OSError:
        if old.exists():
            os.rename(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)
