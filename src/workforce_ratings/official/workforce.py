"""DfE's census of children's social workers: one row per return unit, region or England and census.

Each measure has two columns: its value, and `<measure>_marker` where DfE printed a letter in place of a number. The
releases since 2017 share one layout under two sets of names; those of 2015 and 2016 are of another collection, with
other names, thousands separators and no caseload, and stay a release of their own. London stands in the files both
whole and as Inner and Outer London: only the whole is kept, so that regions add up to England.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from workforce_ratings import councils
from workforce_ratings.official import releases
from workforce_ratings.official.releases import Cells, Release
from workforce_ratings.vocabulary import MARKERS, MARKERS_TO_2017, MEASURES, Fault

# DfE's column names since the 2023 release, and ours.
COLUMNS = {
    "inpost_fte": "inpost_fte",
    "inpost_headcount": "inpost_headcount",
    "starters_fte": "starters_fte",
    "starters_headcount": "starters_headcount",
    "leavers_fte": "leavers_fte",
    "leavers_headcount": "leavers_headcount",
    "turnover_rate_fte": "turnover_rate",
    "turnover_rate_headcount": "turnover_rate_headcount",
    "agency_fte": "agency_fte",
    "agency_headcount": "agency_headcount",
    "agency_rate_fte": "agency_rate",
    "agency_rate_headcount": "agency_rate_headcount",
    "agency_cover_fte": "agency_cover_fte",
    "agency_cover_rate_fte": "agency_cover_rate",
    "vacancy_fte": "vacancy_fte",
    "vacancy_rate_fte": "vacancy_rate",
    "vacancy_agency_cover_rate_fte": "vacancy_agency_cover_rate",
    "case_holders_fte": "case_holders_fte",
    "cases": "cases",
    "caseload_fte": "caseload",
    "working_days_lost_fte": "working_days_lost_fte",
    "absence_rate_fte": "absence_rate",
}
FIGURES = tuple(COLUMNS.values())

# The names that the 2022 release gave to the same columns.
RENAMED = {
    "social_worker_fte": "inpost_fte",
    "social_worker_headcount": "inpost_headcount",
    "leaver_fte": "leavers_fte",
    "leaver_headcount": "leavers_headcount",
    "turnover_rate_fte_%": "turnover_rate_fte",
    "turnover_rate_headcount_%": "turnover_rate_headcount",
    "agency_worker_rate_fte_%": "agency_rate_fte",
    "agency_worker_rate_headcount_%": "agency_rate_headcount",
    "agency_cover_rate_fte_%": "agency_cover_rate_fte",
    "vacancy_rate_fte_%": "vacancy_rate_fte",
    "vacancy_agency_cover_rate_fte_%": "vacancy_agency_cover_rate_fte",
    "absence_rate_fte_%": "absence_rate_fte",
}
ABSENT_IN = {"2022": ("starters_fte", "starters_headcount")}

PLACE = ("time_period", "geographic_level", "region_code", "region_name", "new_la_code", "la_name")

# The 2015 and 2016 names end in the census year.
OLD_COLUMNS = {
    "A1_FTE_ChildrensSocialWorkers": "inpost_fte",
    "A1_Headcount_ChildrensSocialWorkers": "inpost_headcount",
    "B1_FTE_Starters": "starters_fte",
    "B1_Headcount_Starters": "starters_headcount",
    "B2_FTE_Leavers": "leavers_fte",
    "B2_Headcount_Leavers": "leavers_headcount",
    "B3_FTE_TurnoverRate": "turnover_rate",
    "B3_Headcount_TurnoverRate": "turnover_rate_headcount",
    "D1_FTE_AgencyWorkers": "agency_fte",
    "D1_Headcount_AgencyWorkers": "agency_headcount",
    "D1a_FTE_AgencyWorkers": "agency_cover_fte",
    "D2_FTE_AgencyWorkerRate": "agency_rate",
    "D2_Headcount_AgencyWorkerRate": "agency_rate_headcount",
    "A2_FTE_Vacancies": "vacancy_fte",
    "A3_FTE_VacancyRate": "vacancy_rate",
    "C1_FTE_Absence": "working_days_lost_fte",
    "C2_FTE_AbsenceRate": "absence_rate",
}
OLD_PLACE = {
    "Region_code": "region_code",
    "Region_name": "region_name",
    "LA_code (9 digit)": "new_la_code",
    "LA_name": "la_name",
}

WHOLE_REGIONS = tuple(f"E1200000{n}" for n in range(1, 10))
PARTS_OF_LONDON = ("E13000001", "E13000002")
NOT_COLLECTED = "not collected"

# A rate is DfE's own division; figures are rounded, so it may differ from ours by this much.
IDENTITIES = (
    ("agency_rate", "agency_fte", ("agency_fte", "inpost_fte"), 100, 0.08),
    ("turnover_rate", "leavers_fte", ("inpost_fte",), 100, 0.12),
    ("vacancy_rate", "vacancy_fte", ("vacancy_fte", "inpost_fte"), 100, 0.08),
    ("caseload", "cases", ("case_holders_fte",), 1, 0.3),
)


def read(path: Path, release: Release, accepted: tuple[str, ...] = ()) -> pd.DataFrame:
    """The release's figures.

    One row of the frame is one return unit, region or England at one census (columns: release, census, level, code,
    return_unit, name, region, region_code, then each figure and its marker). Raises Fault for anything that cannot be
    read as it stands, naming file, row and column.
    """
    cells = _cells(path, release, accepted)
    frame = _places(cells, release)
    for column in FIGURES:
        values, markers = figures(cells, column)
        frame[column], frame[f"{column}_marker"] = values, markers
    frame["file_row"] = [cells.row(i) for i in cells.frame.index]
    frame = _drop_partner_rows(frame)
    _check_repeats(frame, cells)
    _check_councils(frame, cells.file)
    _check_identities(frame, cells.file, release)
    frame = frame.drop(columns="file_row").sort_values(["census", "level", "code"], ascending=[False, True, True])
    releases.check_content(path, release, accepted)
    return frame.reset_index(drop=True)


def _cells(path: Path, release: Release, accepted: tuple[str, ...]) -> Cells:
    if release.kind == "workforce":
        absent = ABSENT_IN.get(release.release, ())
        needed = PLACE + tuple(c for c in COLUMNS if c not in absent)
        cells = releases.read_csv(path, needed, RENAMED).rename(COLUMNS)
        frame = cells.frame
    else:
        names = {f"{old}_{release.release}": new for old, new in OLD_COLUMNS.items()} | OLD_PLACE
        cells = releases.read_csv(path, tuple(names)).rename(names)
        frame = cells.frame
        levels = np.where(
            frame.new_la_code != "",
            "Local authority",
            np.where(frame.region_code != "", "Regional", "National"),
        )
        frame = frame.assign(time_period=release.release, geographic_level=levels)
    releases.check_rows(cells, release, accepted)
    frame = frame.assign(**{c: NOT_COLLECTED for c in FIGURES if c not in frame})
    return replace(cells, frame=frame[~frame.region_code.isin(PARTS_OF_LONDON) | (frame.new_la_code != "")])


LEVELS = {"Local authority": "council", "Regional": "region", "National": "England"}


def _places(cells: Cells, release: Release) -> pd.DataFrame:
    rows = []
    for index, row in cells.frame[list(PLACE)].iterrows():
        if row.geographic_level not in LEVELS:
            raise cells.fault(index, "geographic_level", f"“{row.geographic_level}” is not a level this suite knows.")
        if not re.fullmatch(r"20\d\d", row.time_period):
            raise cells.fault(index, "time_period", f"“{row.time_period}” is not a census year.")
        rows.append(_place(cells, index, row, release))
    return pd.DataFrame(rows, index=cells.frame.index)


def _place(cells: Cells, index: int, row: pd.Series, release: Release) -> dict[str, object]:
    census, level = int(row.time_period), LEVELS[row.geographic_level]
    place = {"release": release.release, "census": census, "level": level}
    if level == "England":
        return place | {
            "code": "E92000001",
            "return_unit": "E92000001",
            "name": "England",
            "region": "",
            "region_code": "",
        }
    if level == "region":
        if row.region_code not in WHOLE_REGIONS:
            raise cells.fault(index, "region_code", f"“{row.region_code}” is not one of England's nine regions.")
        name = _region_name(row.region_code)
        return place | {
            "code": row.region_code,
            "return_unit": row.region_code,
            "name": name,
            "region": name,
            "region_code": row.region_code,
        }
    try:
        members = [councils.by_code()[councils.series_code(code.strip())] for code in row.new_la_code.split("/")]
    except Fault as fault:
        raise cells.fault(index, "new_la_code", f"“{row.new_la_code}” ({row.la_name}): {fault}") from fault
    first, units = members[0], {councils.return_unit(c.code, census) for c in members}
    if len(units) > 1:
        raise cells.fault(
            index,
            "new_la_code",
            f"“{row.new_la_code}” ({row.la_name}) is no joint return of {census}; check it with the publisher, "
            f"or add it to data/register/return_units.csv.",
        )
    return place | {
        "code": row.new_la_code,
        "return_unit": units.pop(),
        "name": " / ".join(c.name for c in members),
        "region": first.region,
        "region_code": first.region_code,
    }


def _region_name(code: str) -> str:
    rows = councils.register()
    return rows.loc[rows.region_code == code, "region"].iloc[0]


# --- figures and markers ------------------------------------------------------------------------------------------


def figures(cells: Cells, column: str) -> tuple[pd.Series, pd.Series]:
    """Values (float, NaN where a marker stands) and markers (“” where a number stands) of one column of DfE's cells.

    Raises Fault for anything else, with its file, row and column.
    """
    text, to_2017 = cells.frame[column], cells.file.startswith("SFR")
    markers = [m for m in MARKERS if to_2017 or m not in MARKERS_TO_2017]
    marked = text.isin(markers)
    plain = text.where(~marked, "")
    grouped = plain.str.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?") & to_2017
    values = pd.to_numeric(plain.where(~grouped, plain.str.replace(",", "")), errors="coerce").astype(float)
    unknown = values.isna() & ~marked | ~np.isfinite(values.fillna(0))
    if unknown.any():
        index = unknown.idxmax()
        raise cells.fault(
            index,
            column,
            f"“{text[index]}” is neither a number nor one of the markers {', '.join(markers)}; ask the publisher "
            f"what it means and add it to MARKERS.",
        )
    _check_range(cells, column, values)
    return values, text.where(marked, "")


def _check_range(cells: Cells, column: str, values: pd.Series) -> None:
    measure = MEASURES.get(column.removesuffix("_headcount"))
    low, high = (measure.low, measure.high) if measure else (0, np.inf)
    beyond = (values < low) | (values > high)
    if beyond.any():
        index = beyond.idxmax()
        raise cells.fault(
            index,
            column,
            f"{values[index]:g} is outside what is possible ({low:g} to {high:g}); check it with the publisher.",
        )


# --- what the whole table must be ------------------------------------------------------------------------------------


def _drop_partner_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Without the rows of a joint return's other partner, which some releases print with markers only."""
    empty = frame[list(FIGURES)].isna().all(axis=1)
    partner = frame.return_unit.str.contains("/") & ~frame.code.str.contains("/") & empty
    return frame[~partner]


def _check_repeats(frame: pd.DataFrame, cells: Cells) -> None:
    repeated = frame[frame.duplicated(["census", "return_unit"], keep=False)]
    if len(repeated):
        first = repeated.sort_values(["census", "return_unit", "file_row"])
        one, two = first.iloc[0], first.iloc[1]
        same = one[list(FIGURES)].equals(two[list(FIGURES)])
        raise Fault(
            f"{cells.file}, rows {one.file_row} and {two.file_row}, column {cells.column('new_la_code')}: "
            f"{one['name']} is there twice for {one.census}, with {'the same' if same else 'different'} figures; "
            f"download the file again."
        )


def _check_councils(frame: pd.DataFrame, file: str) -> None:
    """Raises Fault unless each census has exactly the return units of the councils that existed on its day."""
    found = frame[frame.level == "council"]
    for census, rows in found.groupby("census"):
        day = pd.Timestamp(int(census), 9, 30)
        expected = {councils.return_unit(c.code, int(census)) for c in councils.by_code().values() if c.exists_on(day)}
        missing, extra = expected - set(rows.return_unit), set(rows.return_unit) - expected
        if missing or extra:
            names = ", ".join(m.name for unit in sorted(missing or extra) for m in councils.members(unit))
            raise Fault(
                f"{file}, column new_la_code: the census of {census} {'lacks' if missing else 'also has'} {names}, "
                f"by the register's dates; download the file again, or correct data/register/councils.csv."
            )


def _check_identities(frame: pd.DataFrame, file: str, release: Release) -> None:
    """Raises Fault where a council's rate is not its own numerator by its own denominator.

    England and regions are partly imputed, and the releases of 2015 and 2016 rounded more coarsely: they are not held to it.
    """
    broken = broken_identities(frame[frame.level == "council"]) if release.kind == "workforce" else []
    if len(broken):
        row = broken.iloc[0]
        raise Fault(
            f"{file}, column {row.measure}: {row['name']} has {row.published:g} for {row.census}, and its own counts give "
            f"{row.computed:.1f}; ask the publisher which is right."
        )


def broken_identities(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per rate that is further from its own numerator and denominator than rounding explains."""
    rows = []
    for rate, over, under, scale, tolerance in IDENTITIES:
        ours = scale * frame[over] / frame[list(under)].sum(axis=1, skipna=False)
        gap = (frame[rate] - ours).abs()
        wrong = frame[gap > tolerance + 1e-9]
        rows.append(
            wrong[["census", "code", "name"]].assign(measure=rate, published=wrong[rate], computed=ours[wrong.index])
        )
    return pd.concat(rows, ignore_index=True)
