"""What the tests of the register and of the publishers' files share: small files in their layouts, and the real ones.

The small files are made from data/official, so that every fault can be put into a file that is right but for it. The
publishers' own files are found through SOURCES_DIR; tests that read them skip without it.
"""

from __future__ import annotations

import csv
import datetime
import functools
import io
import re
import shutil
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pandas as pd
import pytest

from workforce_ratings import context, councils, paths, reconciliation
from workforce_ratings.official import children, outcomes, releases, tables, workforce
from workforce_ratings.official.releases import Release
from workforce_ratings.vocabulary import Fault

CACHED = [
    f
    for module in (councils, context, tables, reconciliation)
    for f in vars(module).values()
    if isinstance(f, functools._lru_cache_wrapper)
]


def _clear_caches() -> None:
    for function in CACHED:
        function.cache_clear()


@pytest.fixture
def fresh_caches():
    """What is read once per process is read again in this test, and once more after it."""
    _clear_caches()
    yield
    _clear_caches()


@pytest.fixture
def register_copy(tmp_path, monkeypatch, fresh_caches):
    """A copy of data/register, in the place of the real one, for a test to change."""
    copy = shutil.copytree(paths.REGISTER, tmp_path / "register")
    monkeypatch.setattr(paths, "REGISTER", copy)
    return copy


@pytest.fixture
def official_copy(tmp_path, monkeypatch, fresh_caches):
    """A copy of data/official, in the place of the real one, for refresh to write."""
    copy = shutil.copytree(paths.OFFICIAL, tmp_path / "data" / "official")
    monkeypatch.setattr(paths, "OFFICIAL", copy)
    return copy


@pytest.fixture(scope="session")
def sources() -> Path:
    """The folder of the publishers' files."""
    if paths.SOURCES is None:
        pytest.skip("SOURCES_DIR is not set, so the publishers' files are not at hand")
    return paths.SOURCES


@pytest.fixture
def fault_of():
    """The message of the Fault that a call raises, which is one sentence on one line."""

    def message_of(call, *args, **options) -> str:
        with pytest.raises(Fault) as caught:
            call(*args, **options)
        message = str(caught.value)
        assert message.isprintable()
        assert message.endswith((".", "?"))
        assert not re.search(r"[.?!] [A-Z“]", message), message
        return message

    return message_of


# --- small files -----------------------------------------------------------------------------------------------------


def _release(path: Path, table: str, kind: str, release: str, rows: int) -> Release:
    return Release(
        file=path.name,
        table=table,
        kind=kind,
        publisher="Department for Tests",
        title="A small file",
        release=release,
        period=release,
        published="2026-01-01",
        address="https://example.org",
        licence="Open Government Licence v3.0",
        rows=rows,
        sha256=releases.sha256(path),
    )


@pytest.fixture
def release_of():
    """The record of a file as it is now: release_of(path, table, kind, release, rows)."""
    return _release


def _csv_text(rows: list[dict[str, str]], names: dict[str, str] | None = None) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([(names or {}).get(name, name) for name in rows[0]])
    writer.writerows(row.values() for row in rows)
    return text.getvalue()


@pytest.fixture
def csv_text():
    """Rows as the text of a CSV file, its columns renamed by a mapping."""
    return _csv_text


@functools.cache
def _stored(table: str, year: str, column: str = "census") -> list[dict[str, str]]:
    with (paths.DATA / "official" / f"{table}.csv").open(encoding="utf-8", newline="") as handle:
        return [row for row in csv.DictReader(handle) if row[column] == year]


def _figure(row: dict[str, str], name: str) -> str:
    return row[name] or row[f"{name}_marker"]


@pytest.fixture
def dfe_rows() -> list[dict[str, str]]:
    """The census of 2025 under DfE's own column names: England first, then councils and regions by code."""
    levels = {ours: theirs for theirs, ours in workforce.LEVELS.items()}
    return [
        {
            "time_period": row["census"],
            "geographic_level": levels[row["level"]],
            "region_code": row["region_code"],
            "region_name": row["region"],
            "new_la_code": row["code"] if row["level"] == "council" else "",
            "la_name": row["name"] if row["level"] == "council" else "",
        }
        | {theirs: _figure(row, ours) for theirs, ours in workforce.COLUMNS.items()}
        for row in sorted(_stored("workforce", "2025"), key=lambda r: (r["level"] != "England", r["code"]))
    ]


@pytest.fixture
def old_dfe_rows() -> list[dict[str, str]]:
    """The census of 2016 under the column names of its underlying data."""
    names = {f"{old}_2016": new for old, new in workforce.OLD_COLUMNS.items()}
    return [
        {
            "Region_code": row["region_code"],
            "Region_name": row["region"],
            "LA_code (9 digit)": row["code"] if row["level"] == "council" else "",
            "LA_name": row["name"] if row["level"] == "council" else "",
        }
        | {theirs: _figure(row, ours) for theirs, ours in names.items()}
        for row in _stored("workforce_2015_2016", "2016")
    ]


OFSTED_ROWS = [
    ("Barnsley", "E08000016", "2023-09-11", "2023-10-30", "ILACS Standard Inspection", "Good"),
    ("Devon", "E10000008", "2024-09-30", "2024-11-26", "ILACS Standard Inspection", "Requires improvement to be good"),
    ("Wakefield", "E08000036", "2021-11-01", "2022-01-05", "ILACS Short Inspection", "Outstanding"),
]


@pytest.fixture
def ofsted_rows() -> list[dict[str, object]]:
    """Three inspections as Ofsted's spreadsheet has them."""
    shared = list(outcomes.SHEET_COLUMNS)
    return [
        dict(zip(shared, (code, name, _day(start), _day(published), kind, *[grade] * 4, ""), strict=True))
        for name, code, start, published, kind, grade in OFSTED_ROWS
    ]


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.fixture
def history_rows() -> list[dict[str, str]]:
    """The same three inspections in the history, one SIF, one partial, and one after overall judgements ended."""
    ilacs = [
        (name, code, start, start, published, "ILACS", "short" if "Short" in kind else "standard", *[grade] * 4, "")
        for name, code, start, published, kind, grade in OFSTED_ROWS
    ]
    sif = ("Cumbria", "E10000006", "2015-03-02", "2015-03-25", "2015-05-13", "SIF", "full")
    partial = ("Kent", "E10000016", "2013-07-01", "", "2013-08-23", "LAC2013 (looked-after children only)", "partial")
    late = ("Leeds", "E08000035", "2026-03-16", "2026-03-27", "2026-05-06", "ILACS", "short")
    others = [
        (*sif, "Inadequate", "", "", "", ""),
        (*partial, "Adequate", "", "", "", ""),
        (*late, "", "Outstanding", "Outstanding", "Good", "Good"),
    ]
    columns = ["council", "ons_code", *list(outcomes.HISTORY_COLUMNS)[2:12]]
    return [dict(zip(columns, row, strict=True)) | {"source": "Ofsted report PDF"} for row in ilacs + others]


def _ods_cell(value: object) -> str:
    if isinstance(value, datetime.date):
        return f'<table:table-cell office:value-type="date" office:date-value="{value:%Y-%m-%d}"/>'
    if value == "":
        return "<table:table-cell/>"
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'


ODS_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)


def _write_ods(path: Path, sheets: dict[str, list[list[object]]], padding: int = 0) -> Path:
    body = "".join(
        f'<table:table table:name="{name}">'
        + "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {ODS_NAMES}><office:body>'
        f"<office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>{' ' * padding}"
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return path


@pytest.fixture
def write_ods():
    """Writes a spreadsheet: write_ods(path, {sheet: rows}, padding), where padding swells it when unpacked."""
    return _write_ods


def _outcomes_sheet(rows: list[dict[str, object]]) -> list[list[object]]:
    title = [["ILACS inspection history"], ["This worksheet contains one table."]]
    return [*title, list(rows[0]), *(list(row.values()) for row in rows)]


@pytest.fixture
def outcomes_sheet():
    """Rows as the sheet of Ofsted's spreadsheet, its header on row 3."""
    return _outcomes_sheet


@pytest.fixture
def neighbour_rows() -> list[dict[str, str]]:
    """Hartlepool and Wakefield with ten neighbours each."""
    numbers = [c.la_code for c in councils.existing(pd.Timestamp("2026-06-30"))[:10]]
    ranked = {
        f"SN_{n}{suffix}": number if suffix == "" else "Close "
        for n, number in enumerate(numbers, start=1)
        for suffix in ("", "P")
    }
    return [
        {"old_la_code": number, "la_name": name} | ranked
        for number, name in (("805", "Hartlepool"), ("384", "Wakefield"))
    ]


@pytest.fixture
def deprivation_rows() -> list[dict[str, str]]:
    """Two areas of 2019, under the publisher's names; Cumbria has since been split."""
    names = (
        "Upper Tier Local Authority District code (2019)",
        "Upper Tier Local Authority District name (2019)",
        "IMD - Average score",
        "IMD - Rank of average score",
        "IMD - Proportion of LSOAs in most deprived 10% nationally",
    )
    areas = [("E06000001", "Hartlepool", "35.037", "9", "0.3621"), ("E10000006", "Cumbria", "21.346", "75", "0.0903")]
    return [dict(zip(names, area, strict=True)) for area in areas]


def _place(year: str, code: str, name: str, level: str = "council") -> dict[str, str]:
    levels = {ours: theirs for theirs, ours in workforce.LEVELS.items()}
    place = {"time_period": year, "time_identifier": "Reporting year", "geographic_level": levels[level]}
    of_council = {"new_la_code": code, "la_name": name} if level == "council" else {"new_la_code": "", "la_name": ""}
    return place | {"country_code": "E92000001", "country_name": "England"} | of_council


def _share_rows(kind: str, year: str) -> list[dict[str, str]]:
    """One year of a file of outcomes under DfE's own column names, with rows of totals where it has them."""
    layout, rows = children.LAYOUTS[kind], []
    for words, outcome in layout.outcomes.items():
        for row in (r for r in _stored("children", year, "year") if r["outcome"] == outcome):
            place = _place(year, row["code"], row["name"], row["level"])
            share = {layout.numerator: _figure(row, "numerator"), layout.percent: _figure(row, "percent")}
            counted = dict(zip(layout.counts, words, strict=True))
            if layout.denominator:
                rows.append(place | counted | share | {layout.denominator: _figure(row, "denominator")})
            else:
                total = {layout.numerator: _figure(row, "denominator"), layout.percent: "100"}
                rows += [place | counted | share, place | counted | {layout.counts[-1]: children.TOTAL} | total]
    return rows


@pytest.fixture
def share_rows():
    """One year of one of DfE's files of outcomes: share_rows(kind, year)."""
    return _share_rows


@pytest.fixture
def population_rows() -> list[dict[str, str]]:
    """Children aged 0 to 17 in the middle of 2024 as DfE prints ONS's estimates, with a row for London."""
    rows = [
        _place("2024", row["council_code"], row["council"])
        | {"age_group": children.ALL_CHILDREN, "population_estimate": _figure(row, "children")}
        for row in _stored("population", "2024", "year")
    ]
    london = _place("2024", "", "", "region") | {"age_group": children.ALL_CHILDREN, "population_estimate": "1916598"}
    return [london, *rows]


@pytest.fixture
def small_sources(
    tmp_path,
    monkeypatch,
    official_copy,
    dfe_rows,
    old_dfe_rows,
    ofsted_rows,
    history_rows,
    neighbour_rows,
    deprivation_rows,
    population_rows,
):
    """A folder of small files that refresh takes, recorded in the catalogue, with data/official a copy."""
    folder = tmp_path / "sources"
    folder.mkdir()
    texts = [
        ("dfe_2025.csv", "workforce", "workforce", "2025", dfe_rows),
        ("SFR_2016.csv", "workforce_2015_2016", "workforce_2016", "2016", old_dfe_rows),
        ("history.csv", "inspections", "history", "to 2026", history_rows),
        ("neighbours.csv", "neighbours", "neighbours", "2025", neighbour_rows),
        ("deprivation.csv", "deprivation", "deprivation", "2019", deprivation_rows),
        ("c1.csv", "children", "re_referrals", "2025", _share_rows("re_referrals", "2025")),
        ("d3.csv", "children", "repeat_plans", "2025", _share_rows("repeat_plans", "2025")),
        ("placements.csv", "children", "placements", "2025", _share_rows("placements", "2025")),
        ("social_workers.csv", "children", "social_workers", "2024", _share_rows("social_workers", "2024")),
        ("population.csv", "population", "population", "2024", population_rows),
    ]
    recorded = []
    for name, table, kind, release, rows in texts:
        (folder / name).write_text(_csv_text(rows), encoding="utf-8")
        recorded.append(_release(folder / name, table, kind, release, len(rows)))
    sheet = {"ILACS_inspection_history": _outcomes_sheet(ofsted_rows)}
    spreadsheet = _write_ods(folder / "outcomes.ods", sheet)
    recorded.append(_release(spreadsheet, "inspections", "outcomes", "2025", len(ofsted_rows)))
    monkeypatch.setattr(releases, "catalogue", lambda: recorded)
    return folder
