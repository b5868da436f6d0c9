"""A council's workbook: every table of its report, with numbers, days and markers as what they are."""

import io

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from workforce_ratings import profiles, spreadsheets
from workforce_ratings.official import tables
from workforce_ratings.profiles import sheets
from workforce_ratings.vocabulary import FIVE, MEASURES

AS_AT = "2026-06-30"


@pytest.fixture(scope="module")
def gathered():
    names = ("Wakefield", "Isles of Scilly", "Kensington and Chelsea", "Cumberland")
    return {name: profiles.gather(name, AS_AT) for name in names}


def workbook(profile):
    made = spreadsheets.workbook(sheets.of_report(profile, profile.expected), sheets.cover(profile))
    return made, CalamineWorkbook.from_filelike(io.BytesIO(made))


def rows_of(book, sheet, header):
    """The rows below the header row that begins with a word, as dicts."""
    rows = book.get_sheet_by_name(sheet).to_python()
    at = next(i for i, row in enumerate(rows) if row[0] == header)
    return [dict(zip(rows[at], row, strict=True)) for row in rows[at + 1 :]]


@pytest.mark.parametrize("measure", FIVE)
def test_a_measures_sheet_holds_the_official_numbers(gathered, measure):
    _, book = workbook(gathered["Wakefield"])
    official = tables.workforce().query("return_unit == 'E08000036'").set_index("census")[measure]
    found = {row["Census"].year: row["Wakefield"] for row in rows_of(book, MEASURES[measure].label, "Census")}
    assert found == official.to_dict()


def test_a_marker_stands_in_brackets_where_there_is_no_number_and_is_explained(gathered):
    _, book = workbook(gathered["Kensington and Chelsea"])
    found = {row["Census"].year: row["Kensington and Chelsea"] for row in rows_of(book, "Agency rate", "Census")}
    assert found[2020] == 2.5
    assert found[2025] == "[x]"
    assert "[x]" in [row["Marker or note"] for row in rows_of(book, "Notes", "Marker or note")]


def test_days_of_inspections_are_days_and_a_predecessors_are_listed_too(gathered):
    _, book = workbook(gathered["Cumberland"])
    rows = rows_of(book, "Inspections", "Council")
    assert {row["Council"] for row in rows} == {"Cumberland", "Cumbria"} or rows[-1]["Council"] == "Cumbria"
    assert [row["Began"] for row in rows if row["Council"] == "Cumbria"] == [pd.Timestamp("2022-09-20").date()]


def test_a_table_without_rows_gives_no_sheet(gathered):
    _, book = workbook(gathered["Isles of Scilly"])
    assert "Last judgement" not in book.sheet_names
    assert "Articles" not in book.sheet_names
    assert {"Cover", "Contents", "Notes", "Agency rate", "Neighbours"} <= set(book.sheet_names)


def test_probabilities_add_up_and_one_is_given(gathered):
    _, book = workbook(gathered["Wakefield"])
    rows = rows_of(book, "Last judgement", "Overall judgement")
    assert sum(row["Estimated probability (0 to 1)"] for row in rows) == pytest.approx(1)
    assert [row["Overall judgement"] for row in rows if row["Given"] == "yes"] == ["good"]


def test_places_are_those_of_every_census_and_measure(gathered):
    frame = sheets.places(gathered["Wakefield"])
    assert len(frame) == 9 * len(FIVE)
    row = frame[(frame.Measure == MEASURES["caseload"].axis_label) & (frame.Census == "2025-09-30")].iloc[0]
    assert row.Position == "above 95%"
    assert row["Upper 95% limit"] < row.Figure < row["Upper 99.8% limit"]


def test_a_workbook_is_the_same_twice(gathered):
    assert workbook(gathered["Wakefield"])[0] == workbook(gathered["Wakefield"])[0]


def test_files_are_named_after_the_council(gathered):
    assert sheets.file_name(gathered["Kensington and Chelsea"]) == "kensington-and-chelsea"
