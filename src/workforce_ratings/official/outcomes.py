"""Ofsted's inspections of local authority children's services, 2013 to 2026: one row per inspection.

The ILACS inspections to 31 March 2025 come from Ofsted's own spreadsheet and are checked, one by one, against a
history gathered from report PDFs and dated snapshots. The rest comes from that history: the Single Inspection
Framework (SIF) of 2013 to 2018, which the spreadsheet lacks, four reports of 2013 on looked-after children alone, which
are partial and never an overall judgement, and the inspections since.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from workforce_ratings import councils
from workforce_ratings.official import releases
from workforce_ratings.official.releases import Cells, Release
from workforce_ratings.vocabulary import JUDGED, LAST_DAY_OF_OVERALL, Fault, judgement, long_date

SHEET = r"ILACS[_ ]inspection[_ ]history"
SHEET_COLUMNS = {
    "Local authority area code": "code",
    "Local authority name": "name",
    "Inspection date": "inspection_start",
    "Publication date": "publication_date",
    "Inspection type": "inspection_type",
    "Overall effectiveness": "overall",
    "The impact of leaders on social work practice with children and families": "leaders",
    "The experiences and progress of children who need help and protection": "help_and_protection",
    "The experiences and progress of children in care": "in_care",
    "The experiences and progress of care leavers": "care_leavers",
}
SHEET_TYPES = {"ILACS Standard Inspection": "standard", "ILACS Short Inspection": "short"}

HISTORY_COLUMNS = {
    "ons_code": "code",
    "council": "name",
    "inspection_start": "inspection_start",
    "inspection_end": "inspection_end",
    "publication_date": "publication_date",
    "framework": "framework",
    "inspection_type": "inspection_type",
    "overall_grade": "overall",
    "leaders": "leaders",
    "help_protection": "help_and_protection",
    "in_care": "in_care",
    "care_leavers": "care_leavers",
    "source": "source",
}
FRAMEWORKS = {
    "ILACS": ("ILACS", None),
    "SIF": ("SIF", None),
    "SIF reinspection": ("SIF", "reinspection"),
    "LAC2013 (looked-after children only)": ("looked-after children 2013", None),
}
SPREADSHEET = "Ofsted outcomes spreadsheet, 31 March 2025"

GIVEN = "given"
BY_DESIGN = "not given by design"
PARTIAL = "not given: looked-after children only"

COLUMNS = [
    "council_code",
    "council",
    "framework",
    "inspection_type",
    "scope",
    "inspection_start",
    "inspection_end",
    "publication_date",
    *JUDGED,
    "overall_status",
    "partial_judgement",
    "source",
]


def read(
    spreadsheet: tuple[Path, Release], history: tuple[Path, Release], accepted: tuple[str, ...] = ()
) -> pd.DataFrame:
    """One row per inspection, by council and start; `council_code` is the newest code of the council's series.

    Judgements are text in Ofsted's four words or blank; `overall_status` says why a blank overall judgement is blank.
    Raises Fault where the two sources disagree or anything cannot be read, naming file, row and column.
    """
    ofsted = _spreadsheet(*spreadsheet, accepted)
    gathered = _history(*history, accepted)
    key = ["council_code", "inspection_start"]
    joined = ofsted.merge(gathered, on=key, how="left", suffixes=("", "_history"), indicator=True)
    _check_agreement(joined, history[0].name)
    ofsted = ofsted.assign(inspection_end=joined.inspection_end.to_numpy(), framework="ILACS", source=SPREADSHEET)
    rest = gathered.merge(ofsted[key], on=key, how="left", indicator=True).query("_merge == 'left_only'")
    frame = pd.concat([ofsted, rest], ignore_index=True)
    return _finish(frame)


def _finish(frame: pd.DataFrame) -> pd.DataFrame:
    partial = frame.inspection_type == "partial"
    given = frame.overall.notna() & ~partial
    status = pd.Series(BY_DESIGN, index=frame.index).mask(given, GIVEN).mask(partial, PARTIAL)
    frame = frame.assign(
        scope=partial.map({True: "partial", False: "full"}),
        overall_status=status,
        partial_judgement=frame.partial_judgement.fillna(""),
    )
    frame = frame.sort_values(["council", "inspection_start"])[COLUMNS].reset_index(drop=True)
    return frame.assign(inspection_id=frame.council_code + "_" + frame.inspection_start.dt.strftime("%Y-%m-%d"))[
        ["inspection_id", *COLUMNS]
    ]


# --- the two sources ------------------------------------------------------------------------------------------------


def _spreadsheet(path: Path, release: Release, accepted: tuple[str, ...]) -> pd.DataFrame:
    cells = releases.read_sheet(path, SHEET, tuple(SHEET_COLUMNS))
    releases.check_rows(cells, release, accepted)
    cells = cells.rename(SHEET_COLUMNS)
    frame = cells.frame[list(SHEET_COLUMNS.values())]
    for index, kind in frame.inspection_type.items():
        if kind not in SHEET_TYPES:
            raise cells.fault(index, "inspection_type", f"“{kind}” is not a kind of ILACS inspection.")
    frame = frame.assign(inspection_type=frame.inspection_type.map(SHEET_TYPES))
    frame = _read_rows(cells, frame, ("inspection_start", "publication_date"), tuple(JUDGED))
    releases.check_content(path, release, accepted)
    return frame


def _history(path: Path, release: Release, accepted: tuple[str, ...]) -> pd.DataFrame:
    cells = releases.read_csv(path, tuple(HISTORY_COLUMNS))
    releases.check_rows(cells, release, accepted)
    cells = cells.rename(HISTORY_COLUMNS)
    frame = cells.frame[list(HISTORY_COLUMNS.values())]
    for index, framework in frame.framework.items():
        if framework not in FRAMEWORKS:
            raise cells.fault(index, "framework", f"“{framework}” is not a framework this suite knows.")
    partial = frame.inspection_type == "partial"
    frame = frame.assign(
        partial_judgement=frame.overall.where(partial, "").str.lower(),
        overall=frame.overall.where(~partial, ""),
        inspection_type=frame.framework.map(lambda f: FRAMEWORKS[f][1]).fillna(frame.inspection_type),
        framework=frame.framework.map(lambda f: FRAMEWORKS[f][0]),
    )
    frame = _read_rows(cells, frame, ("inspection_start", "inspection_end", "publication_date"), tuple(JUDGED))
    releases.check_content(path, release, accepted)
    return frame


def _read_rows(cells: Cells, frame: pd.DataFrame, dates: tuple[str, ...], judged: tuple[str, ...]) -> pd.DataFrame:
    """The rows with dates, judgements and councils read; raises Fault naming the cell that cannot be."""
    rows = []
    for index, row in frame.iterrows():
        council = _council(cells, index, row.code)
        read = row.to_dict() | {
            **{column: _date(cells, index, column, row[column]) for column in dates},
            **{column: _judgement(cells, index, column, row[column]) for column in judged},
            "council_code": council.code,
            "council": council.name,
            "file": cells.file,
            "file_row": cells.row(index),
        }
        _check_order(cells, index, read)
        _check_overall(cells, index, read)
        rows.append(read)
    read_rows = pd.DataFrame(rows).drop(columns=["code", "name"])
    _check_repeats(cells, read_rows)
    return read_rows


def _check_repeats(cells: Cells, frame: pd.DataFrame) -> None:
    key = ["council_code", "inspection_start"]
    repeated = frame[frame.duplicated(key, keep=False)].sort_values([*key, "file_row"])
    if len(repeated):
        one, two = repeated.iloc[0], repeated.iloc[1]
        raise Fault(
            f"{cells.file}, rows {one.file_row} and {two.file_row}, column {cells.column('inspection_start')}: "
            f"{one.council} is there twice for the same inspection; remove one."
        )


def _council(cells: Cells, index: int, code: str) -> councils.Council:
    try:
        return councils.by_code()[councils.series_code(code)]
    except Fault as fault:
        raise cells.fault(index, "code", str(fault)) from fault


def _judgement(cells: Cells, index: int, column: str, wording: str) -> str | None:
    try:
        return judgement(wording)
    except Fault as fault:
        raise cells.fault(index, column, str(fault)) from fault


def _date(cells: Cells, index: int, column: str, cell: object) -> pd.Timestamp | None:
    if hasattr(cell, "year"):
        return pd.Timestamp(cell)
    if column == "inspection_end" and cell == "":
        return pd.NaT
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(cell)):
        try:
            return pd.Timestamp(str(cell))
        except ValueError:
            pass
    raise cells.fault(index, column, f"“{cell}” is not a date written YYYY-MM-DD.")


def _check_order(cells: Cells, index: int, row: dict[str, object]) -> None:
    start, published = row["inspection_start"], row["publication_date"]
    end = row.get("inspection_end")
    last = start if end is None or pd.isna(end) else end
    if not start <= last <= published:
        raise cells.fault(
            index,
            "publication_date",
            f"{published:%Y-%m-%d} is before the inspection of {row['council']} "
            f"({start:%Y-%m-%d} to {last:%Y-%m-%d}) was over; correct the date.",
        )


def _check_overall(cells: Cells, index: int, row: dict[str, object]) -> None:
    partial = row["inspection_type"] == "partial"
    if row["overall"] is None and not partial and row["publication_date"] <= LAST_DAY_OF_OVERALL:
        raise cells.fault(
            index,
            "overall",
            f"{row['council']} {row['inspection_start']:%Y-%m-%d} has no overall judgement, though Ofsted gave one "
            f"until {long_date(LAST_DAY_OF_OVERALL)}; correct the file.",
        )


def _check_agreement(joined: pd.DataFrame, history: str) -> None:
    names = {ours: theirs for theirs, ours in SHEET_COLUMNS.items()}
    absent = joined[joined._merge != "both"]
    if len(absent):
        row = absent.iloc[0]
        raise Fault(
            f"{row.file}, row {row.file_row}, column {names['inspection_start']}: {row.council} "
            f"{row.inspection_start:%Y-%m-%d} is not in {history}; settle which is right in the report."
        )
    for column in ["publication_date", "inspection_type", *JUDGED]:
        ours, theirs = joined[column], joined[f"{column}_history"]
        differs = ~((ours == theirs) | (ours.isna() & theirs.isna()))
        if differs.any():
            row = joined[differs].iloc[0]
            here, there = _shown(row[column]), _shown(row[f"{column}_history"])
            raise Fault(
                f"{row.file}, row {row.file_row}, column {names[column]}: {row.council} "
                f"{row.inspection_start:%Y-%m-%d} has “{here}”, and {history}, row {row.file_row_history:.0f}, has "
                f"“{there}”; settle which is right in the report."
            )


def _shown(value: object) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return "none" if pd.isna(value) else str(value)
