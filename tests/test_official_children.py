"""Outcomes for children and their number: what data/official holds, and the faults of the publishers' files."""

import re

import pandas as pd
import pytest

from workforce_ratings import councils
from workforce_ratings.official import children, releases, tables
from workforce_ratings.vocabulary import OUTCOMES

CUMBRIA = "E10000006"


def on(year, month_day="03-31"):
    return {c.series for c in councils.existing(pd.Timestamp(f"{year}-{month_day}"))}


@pytest.fixture(scope="module")
def stored():
    return tables.load("children")


@pytest.fixture(scope="module")
def population():
    return tables.load("population")


# --- what data/official holds ----------------------------------------------------------------------------------------


def test_every_outcome_has_each_council_of_its_years_and_england_once(stored):
    assert list(stored.outcome.unique()) == list(OUTCOMES)
    for (_, year), rows in stored.groupby(["outcome", "year"]):
        own = rows[rows.level == "council"]
        assert set(own.council_code) == on(year)
        assert len(own) == len(on(year))
        assert rows.level.tolist().count("England") == 1


def test_the_years_are_those_of_the_files(stored):
    years = stored.groupby("outcome").year.agg(["min", "max", "nunique"])
    assert years.loc["re_referrals"].tolist() == years.loc["repeat_plans"].tolist() == [2013, 2025, 13]
    assert years.loc["three_placements"].tolist() == years.loc["same_carer"].tolist() == [2021, 2025, 5]
    assert years.loc["three_social_workers"].tolist() == [2024, 2024, 1]


@pytest.mark.parametrize(
    ("outcome", "year", "name", "figures"),
    [
        ("re_referrals", 2025, "England", [142900, 632830, 22.6]),
        ("re_referrals", 2016, "Bath and North East Somerset", [182, 1120, 16.3]),
        ("repeat_plans", 2025, "England", [15130, 61840, 24.5]),
        ("three_placements", 2021, "Northamptonshire", [108, 1144, 9]),
        ("three_social_workers", 2024, "England", [22140, 83300, 27]),
    ],
)
def test_figures_are_the_publishers(stored, outcome, year, name, figures):
    row = stored.query("outcome == @outcome and year == @year and name == @name")
    assert row[list(children.FIGURES)].to_numpy(float).tolist() == [figures]


@pytest.mark.parametrize(
    ("outcome", "year", "name", "markers"),
    [
        ("re_referrals", 2024, "Hampshire", ["u", "u", "u"]),
        ("re_referrals", 2021, "Hackney", ["x", "x", "x"]),
        ("repeat_plans", 2023, "Westminster", ["c", "", "c"]),
        ("repeat_plans", 2024, "Isles of Scilly", ["", "", "z"]),
        ("three_social_workers", 2024, "Barnet", ["x", "x", "x"]),
    ],
)
def test_markers_stand_beside_blank_figures(stored, outcome, year, name, markers):
    row = stored.query("outcome == @outcome and year == @year and name == @name").iloc[0]
    assert [row[f"{figure}_marker"] for figure in children.FIGURES] == markers
    assert [bool(pd.isna(row[figure])) for figure in children.FIGURES] == [bool(marker) for marker in markers]


def test_every_percentage_is_its_own_counts_to_the_last_digit_printed(stored):
    own = stored[stored.level == "council"].dropna(subset=list(children.FIGURES))
    apart = (100 * own.numerator / own.denominator - own.percent).abs()
    one_decimal = own.outcome.isin(["re_referrals", "repeat_plans"])
    assert apart[one_decimal].max() <= 0.05 + 1e-9
    assert apart[~one_decimal].max() <= 0.5 + 1e-9
    assert len(own) > 6000


def test_a_recoded_councils_series_goes_on_under_its_newest_code(stored):
    rows = stored.query("outcome == 're_referrals' and name == 'Somerset'")
    assert set(rows.council_code) == {"E06000066"}
    assert set(rows.code) == {"E10000027", "E06000066"}
    assert rows.year.is_unique
    assert len(rows) == 13


def test_a_split_ends_one_series_and_begins_others(stored):
    years = stored.query("outcome == 'three_placements'").groupby("name").year.agg(["min", "max"])
    assert years.loc["Cumbria"].tolist() == [2021, 2023]
    assert years.loc["Cumberland"].tolist() == [2024, 2025]


def test_children_are_counted_for_each_council_and_add_up_to_england_since_2019(population):
    for year, rows in population.groupby("year"):
        assert set(rows.council_code) == on(year, "06-30")
        assert rows.council_code.is_unique
    blank = population[population.children.isna()]
    assert sorted(blank.council.unique()) == ["Bournemouth", "Dorset", "Poole"]
    assert (blank.children_marker == "x").all()
    assert blank.year.max() == 2018
    assert population.query("year == 2024").children.sum() == 12_183_016


def test_councils_add_up_to_england_in_the_publishers_file(sources, population):
    release = next(r for r in releases.catalogue() if r.table == "population")
    printed = pd.read_csv(sources / "official" / release.file, dtype=str, keep_default_na=False)
    england = printed[printed.geographic_level == "National"].set_index("time_period").population_estimate.astype(int)
    ours = population.groupby("year").children.sum()
    assert [ours[year] for year in range(2019, 2025)] == [england[str(year)] for year in range(2019, 2025)]


# --- reading the files -----------------------------------------------------------------------------------------------


@pytest.fixture
def read(tmp_path, csv_text, release_of, share_rows):
    """Reads one year of a file of outcomes after an edit of its rows: read(kind, edit)."""

    def read(kind, edit=lambda rows: rows, names=None, recorded=None):
        rows = share_rows(kind, "2024" if kind == "social_workers" else "2025")
        path = tmp_path / f"{kind}.csv"
        edited = edit(rows)
        path.write_text(csv_text(edited, names), encoding="utf-8-sig")
        return children.read(path, release_of(path, "children", kind, "2025", recorded or len(edited)))

    return read


def changed(name, **cells):
    """An edit of the first row of a council (or “” for England)."""

    def edit(rows):
        at = next(i for i, row in enumerate(rows) if row["la_name"] == name)
        return [*rows[:at], rows[at] | cells, *rows[at + 1 :]]

    return edit


@pytest.mark.parametrize("kind", list(children.LAYOUTS))
def test_a_small_file_is_read_as_it_is_stored(read, stored, kind):
    frame = read(kind)
    kept = stored[stored.outcome.isin(list(frame.outcome)) & (stored.year == frame.year.iloc[0])]
    pd.testing.assert_frame_equal(frame, kept.reset_index(drop=True), check_dtype=False)


def test_regions_are_left_out(read):
    region = {"geographic_level": "Regional", "new_la_code": "", "la_name": ""}
    frame = read("re_referrals", lambda rows: [*rows, rows[0] | region, rows[0] | region])
    assert set(frame.level) == {"England", "council"}


def test_rows_of_a_council_that_is_no_longer_there_are_left_out_when_they_hold_nothing(read):
    gone = {"new_la_code": CUMBRIA, "la_name": "Cumbria", "number": "z", "percentage": "z"}
    frame = read("social_workers", lambda rows: [*rows, *(row | gone for row in rows[2:4])])
    assert CUMBRIA not in set(frame.council_code)


def test_figures_of_a_council_that_is_no_longer_there_are_refused(read, fault_of):
    gone = {"new_la_code": CUMBRIA, "la_name": "Cumbria"}
    message = fault_of(read, "social_workers", lambda rows: [*rows, *(row | gone for row in rows[2:4])])
    assert "column new_la_code: Cumbria has figures for 2024, and by the register's dates it was not there" in message


@pytest.mark.parametrize("cell", ["", "n/a", "-", "..", "1,234", "nan", "1e400"])
def test_an_unknown_marker_is_refused_with_its_place(read, fault_of, cell):
    message = fault_of(read, "re_referrals", changed("Hartlepool", rereferral_count=cell))
    assert f"re_referrals.csv, row 3, column rereferral_count: “{cell}” is neither a number" in message


@pytest.mark.parametrize(
    ("kind", "cells", "reason"),
    [
        ("re_referrals", {"rereferral_count": "-5"}, "column rereferral_count: -5 is outside what is possible"),
        ("re_referrals", {"rereferral_count": "5.5"}, "column rereferral_count: “5.5” is not a whole number"),
        ("re_referrals", {"rereferral_percent": "26.6"}, "column rereferral_percent: Hartlepool has 26.6 for 2025"),
        ("re_referrals", {"rereferral_percent": "260"}, "column rereferral_percent: “260” is more than 100 percent"),
        ("re_referrals", {"category": "Referrals"}, "column category: “Referrals” is not something this suite knows"),
        ("re_referrals", {"new_la_code": "E06999999"}, "column new_la_code: “E06999999” is not in data/register"),
        ("re_referrals", {"new_la_code": "E06000002"}, "column new_la_code: Middlesbrough is there twice for 2025"),
        ("re_referrals", {"geographic_level": "Ward"}, "column geographic_level: “Ward” is not a level"),
        ("re_referrals", {"time_period": "202425"}, "column time_period: “202425” is not a year"),
        ("re_referrals", {"time_identifier": "Calendar year"}, "column time_identifier: “Calendar year” is not"),
        ("repeat_plans", {"CPP_start": "1"}, "column CPP_subsequent_percent: Hartlepool has"),
        ("placements", {"children_percent": "99"}, "column children_percent: Hartlepool has 99 for 2025"),
        ("placements", {"placement_stability": "Moved"}, "column placement_stability: “Moved” is not something"),
    ],
)
def test_a_faulty_row_is_refused_with_its_place(read, fault_of, kind, cells, reason):
    message = fault_of(read, kind, changed("Hartlepool", **cells))
    assert f"{kind}.csv, row " in message
    assert reason in message


def test_a_council_without_its_row_of_totals_is_refused(read, fault_of):
    def without(rows):
        return [r for r in rows if not (r["la_name"] == "Hartlepool" and r["sw_stability"] == children.TOTAL)]

    assert "Hartlepool has no row “Total children” for 2024" in fault_of(read, "social_workers", without)


@pytest.mark.parametrize("kind", ["re_referrals", "placements"])
def test_a_year_that_lacks_a_council_is_refused(read, fault_of, kind):
    message = fault_of(read, kind, lambda rows: [r for r in rows if r["la_name"] != "Hartlepool"])
    assert f"{kind}.csv, column new_la_code:" in message
    assert "2025 lacks Hartlepool, by the register's dates" in message


@pytest.mark.parametrize("kind", list(children.LAYOUTS))
def test_a_renamed_column_and_a_cut_off_file_are_refused(read, fault_of, kind):
    column = children.LAYOUTS[kind].numerator
    assert f"header row, column {column}: it is missing" in fault_of(read, kind, names={column: "Renamed"})
    assert "the table ends here after" in fault_of(read, kind, recorded=5000)


def test_englands_rounded_counts_are_not_held_to_its_percentage(read):
    frame = read("re_referrals", changed("", rereferral_percent="23.5"))
    assert frame.percent[frame.level == "England"].tolist() == [23.5]


# --- the number of children ------------------------------------------------------------------------------------------


@pytest.fixture
def read_population(tmp_path, csv_text, release_of):
    def read(rows):
        path = tmp_path / "population.csv"
        path.write_text(csv_text(rows), encoding="utf-8")
        return children.read_population(path, release_of(path, "population", "population", "2024", len(rows)))

    return read


def test_the_population_is_read_as_it_is_stored(read_population, population_rows, population):
    frame = read_population(population_rows)
    kept = population.query("year == 2024").reset_index(drop=True)
    pd.testing.assert_frame_equal(frame, kept, check_dtype=False)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"population_estimate": "many"}, "column population_estimate: “many” is neither a number"),
        ({"population_estimate": "20312.5"}, "column population_estimate: “20312.5” is not a whole number"),
        ({"age_group": "All ages"}, "column age_group: “All ages” is not “Children aged 0 to 17 years”"),
        ({"new_la_code": "E06000002"}, "column new_la_code: Middlesbrough is there twice for 2024"),
        ({"new_la_code": CUMBRIA}, "column new_la_code: Cumbria has figures for 2024"),
    ],
)
def test_a_faulty_row_of_population_is_refused(read_population, population_rows, fault_of, cells, reason):
    rows = [population_rows[0], population_rows[1] | cells, *population_rows[2:]]
    assert re.search(rf"population\.csv, row [34], {re.escape(reason)}", fault_of(read_population, rows))


def test_a_population_that_lacks_a_council_is_refused(read_population, population_rows, fault_of):
    assert "2024 lacks" in fault_of(read_population, population_rows[:-1])
