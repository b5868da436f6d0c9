"""What happened to children, and how many there are: yearly figures of each council from DfE and ONS.

An outcome is a share: so many referrals, plans or children of so many, in the reporting year that ended on 31 March.
One row holds one outcome of one council, or of England, in one year; each of its three figures has a marker beside it
where the publisher printed a letter in place of a number. England's counts are rounded to tens and its percentages are
not made of them. Regions are left out: London stands among them three times. The files on children in care give every
council every year, with “z” for those that did not exist; these rows are no councils' and are left out too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from workforce_ratings import councils
from workforce_ratings.official import releases
from workforce_ratings.official.releases import Cells, Release
from workforce_ratings.official.workforce import LEVELS, figures
from workforce_ratings.vocabulary import OUTCOMES, Fault

PLACE = ("time_period", "time_identifier", "geographic_level", "country_code", "new_la_code", "la_name")
FIGURES = ("numerator", "denominator", "percent")
YEAR_ENDS = "03-31"
MIDDLE_OF_YEAR = "06-30"
ALL_CHILDREN = "Children aged 0 to 17 years"
# The line of the files on children in care that holds what the others are a share of.
TOTAL = "Total children"
NOT_APPLICABLE = "z"
IN_CARE = "CLA on 31 March"
# Far less than the last digit printed: what binary fractions may add to a half that was rounded up.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Layout:
    """How one file prints outcomes: which columns say what a row counts, and where its figures stand.

    `denominator` is blank where the denominator is the number on a row of its own, the one with TOTAL. `tolerance` is
    half of the last digit printed: no council's percentage is further from its own counts than that.
    """

    counts: tuple[str, ...]
    outcomes: Mapping[tuple[str, ...], str]
    numerator: str
    denominator: str
    percent: str
    tolerance: float

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(c for c in (*self.counts, self.numerator, self.denominator, self.percent) if c)

    @property
    def rows(self) -> set[tuple[str, ...]]:
        """Everything that a row may count: the outcomes and, where they have rows of their own, their totals."""
        totals = set() if self.denominator else {(*key[:-1], TOTAL) for key in self.outcomes}
        return {*self.outcomes, *totals}


LAYOUTS = {
    "re_referrals": Layout(
        ("category",),
        {("Referrals and Re-referrals",): "re_referrals"},
        "rereferral_count",
        "referral_count",
        "rereferral_percent",
        0.05,
    ),
    "repeat_plans": Layout(
        ("category",),
        {("Child Protection Plans which are a second or subsequent plan",): "repeat_plans"},
        "CPP_subsequent",
        "CPP_start",
        "CPP_subsequent_percent",
        0.05,
    ),
    "placements": Layout(
        ("cla_group", "placement_stability"),
        {
            (IN_CARE, "With 3 or more placements during the year"): "three_placements",
            ("CLA 2 years on 31 March", "With 3 or more placements during the previous 2 years"): "three_in_two_years",
            (
                "Children looked after continuously for at least 2.5 years on 31 March aged under 16 years",
                "Living with the same carer for at least 2 years",
            ): "same_carer",
        },
        "children_count",
        "",
        "children_percent",
        0.5,
    ),
    "social_workers": Layout(
        ("cla_group", "sw_stability"),
        {(IN_CARE, "3 or more social workers during the year"): "three_social_workers"},
        "number",
        "",
        "percentage",
        0.5,
    ),
}


def read(path: Path, release: Release, accepted: tuple[str, ...] = ()) -> pd.DataFrame:
    """The outcomes of one file.

    One row of the frame is one outcome of one council, or of England, in one reporting year (columns: outcome, year,
    level, code as printed, council_code of the unbroken series, name, then numerator, denominator and percent, each
    with its marker). Raises Fault for anything that cannot be read as it stands, naming file, row and column.
    """
    layout = LAYOUTS[release.kind]
    cells = _cells(path, release, accepted, layout.columns)
    rows = _places(cells).assign(counts=_counted(cells, layout))
    rows = _existing(_with_figures(rows, cells, layout), cells, YEAR_ENDS)
    rows = rows.assign(outcome=rows.counts.map(layout.outcomes)).drop(columns="counts")
    _check_councils(rows, cells, YEAR_ENDS, ["outcome", "year"])
    _check_shares(rows, cells, layout)
    releases.check_content(path, release, accepted)
    order = rows.assign(place=rows.outcome.map(list(OUTCOMES).index))
    order = order.sort_values(["place", "year", "level", "council_code"], ascending=[True, False, True, True])
    return order.drop(columns="place")[
        ["outcome", "year", "level", "code", "council_code", "name", *(c for f in FIGURES for c in (f, f"{f}_marker"))]
    ].reset_index(drop=True)


def read_population(path: Path, release: Release, accepted: tuple[str, ...] = ()) -> pd.DataFrame:
    """One row per council and year: how many children aged 0 to 17 lived there in the middle of it (30 June).

    Columns: council_code, council, year, children, children_marker. Raises Fault.
    """
    cells = _cells(path, release, accepted, ("age_group", "population_estimate"))
    _refuse(cells, "age_group", cells.frame.age_group != ALL_CHILDREN, f"is not “{ALL_CHILDREN}”")
    values, markers = _whole(cells, "population_estimate")
    rows = _places(cells).assign(children=values, children_marker=markers)
    _check_repeats(rows, cells, ["year", "council_code"])
    rows = _existing(rows[rows.level == "council"], cells, MIDDLE_OF_YEAR, ("children",))
    _check_councils(rows, cells, MIDDLE_OF_YEAR, ["year"])
    releases.check_content(path, release, accepted)
    rows = rows.rename(columns={"name": "council"}).sort_values(["council_code", "year"])
    return rows[["council_code", "council", "year", "children", "children_marker"]].reset_index(drop=True)


# --- places ----------------------------------------------------------------------------------------------------------


def _cells(path: Path, release: Release, accepted: tuple[str, ...], columns: tuple[str, ...]) -> Cells:
    cells = releases.read_csv(path, (*PLACE, *columns))
    releases.check_rows(cells, release, accepted)
    return cells


def _refuse(cells: Cells, column: str, wrong: pd.Series, what: str) -> None:
    """Raises Fault with the first cell of a column that is wrong."""
    if wrong.any():
        index = wrong.idxmax()
        raise cells.fault(index, column, f"“{cells.frame[column][index]}” {what}; check it with the publisher.")


def _places(cells: Cells) -> pd.DataFrame:
    """Year, level, code as printed, council_code and name of every row but the regions'; the index is the cells'."""
    frame = cells.frame
    _refuse(cells, "time_period", ~frame.time_period.str.fullmatch(r"20\d\d"), "is not a year")
    _refuse(cells, "time_identifier", frame.time_identifier != "Reporting year", "is not “Reporting year”")
    _refuse(cells, "geographic_level", ~frame.geographic_level.isin(list(LEVELS)), "is not a level this suite knows")
    of_council = frame.geographic_level == "Local authority"
    unknown = of_council & ~frame.new_la_code.isin(list(councils.by_code()))
    _refuse(cells, "new_la_code", unknown, "is not in data/register/councils.csv; add its row there")
    level = frame.geographic_level.map(LEVELS)
    code = frame.new_la_code.where(of_council, frame.country_code)
    series = code.where(~of_council, code.map({c: councils.series_code(c) for c in code[of_council].unique()}))
    names = {c: council.name for c, council in councils.by_code().items()}
    rows = {"year": frame.time_period.astype(int), "level": level, "code": code, "council_code": series}
    return pd.DataFrame(rows | {"name": series.map(names).fillna("England")})[level != "region"]


def _existing(rows: pd.DataFrame, cells: Cells, month_day: str, needed: tuple[str, ...] = FIGURES) -> pd.DataFrame:
    """Without the rows of councils that did not exist on a day of the year, which must hold nothing but “z”."""
    there = {year: _councils_on(year, month_day) for year in rows.year.unique()}
    listed = [code in there[year] for code, year in zip(rows.council_code, rows.year, strict=True)]
    existed = (rows.level == "England") | np.array(listed, dtype=bool)
    wrong = ~existed & (rows[[f"{name}_marker" for name in needed]] != NOT_APPLICABLE).any(axis=1)
    if wrong.any():
        row = rows[wrong].iloc[0]
        raise cells.fault(
            wrong.idxmax(),
            "new_la_code",
            f"{row['name']} has figures for {row.year}, and by the register's dates it was not there then; check it with "
            f"the publisher, or correct data/register/councils.csv.",
        )
    return rows[existed]


def _councils_on(year: int, month_day: str) -> set[str]:
    """The series of the councils that existed on a day of a year."""
    return {c.series for c in councils.existing(pd.Timestamp(f"{year}-{month_day}"))}


def _check_councils(rows: pd.DataFrame, cells: Cells, month_day: str, by: list[str]) -> None:
    """Raises Fault where a year lacks a council that existed then."""
    for key, part in rows[rows.level == "council"].groupby(by):
        missing = _councils_on(key[-1], month_day) - set(part.council_code)
        if missing:
            names = ", ".join(sorted(councils.by_code()[code].name for code in missing))
            raise Fault(
                f"{cells.file}, column {cells.column('new_la_code')}: {' '.join(map(str, key))} lacks {names}, by the "
                f"register's dates; download the file again, or correct data/register/councils.csv."
            )


def _check_repeats(rows: pd.DataFrame, cells: Cells, by: list[str]) -> None:
    repeated = rows[rows.duplicated(by)]
    if len(repeated):
        row = repeated.iloc[0]
        raise cells.fault(
            repeated.index[0], "new_la_code", f"{row['name']} is there twice for {row.year}; download the file again."
        )


# --- figures ---------------------------------------------------------------------------------------------------------


def _counted(cells: Cells, layout: Layout) -> pd.Series:
    """What each row counts, as the file's own words of its columns."""
    counted = pd.Series(list(zip(*(cells.frame[c] for c in layout.counts), strict=True)), index=cells.frame.index)
    _refuse(
        cells, layout.counts[-1], ~counted.isin(list(layout.rows)), "is not something this suite knows of this file"
    )
    return counted


def _whole(cells: Cells, column: str) -> tuple[pd.Series, pd.Series]:
    """Values and markers of a column of counts."""
    values, markers = figures(cells, column)
    _refuse(cells, column, values % 1 > 0, "is not a whole number")
    return values, markers


def _with_figures(rows: pd.DataFrame, cells: Cells, layout: Layout) -> pd.DataFrame:
    """The rows with their three figures and markers; those that hold totals become their denominators."""
    over, percent = _whole(cells, layout.numerator), figures(cells, layout.percent)
    _refuse(cells, layout.percent, percent[0] > 100, "is more than 100 percent")
    under = _whole(cells, layout.denominator) if layout.denominator else (np.nan, "")
    columns = {}
    for name, (values, markers) in zip(FIGURES, (over, under, percent), strict=True):
        columns |= {name: values, f"{name}_marker": markers}
    rows = rows.assign(**columns)
    _check_repeats(rows, cells, ["year", "council_code", "counts"])
    return rows if layout.denominator else _over_totals(rows, cells)


def _over_totals(rows: pd.DataFrame, cells: Cells) -> pd.DataFrame:
    """The rows that hold no total, each with the total of its place, year and group as its denominator."""
    total, key = rows.counts.str[-1] == TOTAL, ["year", "council_code", "group"]
    rows = rows.assign(group=rows.counts.str[0])
    totals = rows[total].set_index(key)[["numerator", "numerator_marker"]]
    found = rows[~total].join(totals.set_axis(["total", "total_marker"], axis=1), on=key)
    alone = found.total_marker.isna()
    if alone.any():
        row = found[alone].iloc[0]
        what = f"{row['name']} has no row “{TOTAL}” for {row.year}; download the file again."
        raise cells.fault(alone.idxmax(), "new_la_code", what)
    return found.assign(denominator=found.total, denominator_marker=found.total_marker)


def _check_shares(rows: pd.DataFrame, cells: Cells, layout: Layout) -> None:
    """Raises Fault where a council's percentage is not its own numerator by its own denominator."""
    own = rows[rows.level == "council"]
    gap = (100 * own.numerator / own.denominator - own.percent).abs()
    wrong = (gap > layout.tolerance + ROUNDING) | (own.numerator > own.denominator)
    if wrong.any():
        row = own[wrong].iloc[0]
        raise cells.fault(
            wrong.idxmax(),
            layout.percent,
            f"{row['name']} has {row.percent:g} for {row.year}, and its own counts are {row.numerator:.0f} of "
            f"{row.denominator:.0f}; ask the publisher which is right.",
        )
