"""Ofsted's inspections: what data/official holds of them, and every fault of the two files that the reader stops at."""

import datetime

import pandas as pd
import pytest

from workforce_ratings import councils
from workforce_ratings.official import outcomes, tables
from workforce_ratings.vocabulary import JUDGED, JUDGEMENTS


@pytest.fixture(scope="module")
def inspections():
    return tables.inspections()


# --- what data/official holds ----------------------------------------------------------------------------------------


def test_485_inspections_are_there_271_of_them_from_the_spreadsheet(inspections):
    assert len(inspections) == 485
    assert (inspections.source == outcomes.SPREADSHEET).sum() == 271
    assert inspections.inspection_id.is_unique


def test_the_spreadsheets_inspections_are_171_standard_and_100_short(inspections):
    kinds = inspections[inspections.source == outcomes.SPREADSHEET].inspection_type.value_counts()
    assert kinds.to_dict() == {"standard": 171, "short": 100}


def test_frameworks_are_counted(inspections):
    counts = inspections.groupby(["framework", "inspection_type"]).size().to_dict()
    assert counts == {
        ("ILACS", "short"): 126,
        ("ILACS", "standard"): 188,
        ("SIF", "full"): 141,
        ("SIF", "reinspection"): 26,
        ("looked-after children 2013", "partial"): 4,
    }


def test_a_partial_inspection_is_never_an_overall_judgement(inspections):
    partial = inspections[inspections.scope == "partial"]
    assert len(partial) == 4
    assert partial.overall.isna().all()
    assert (partial.partial_judgement != "").all()
    assert set(partial.overall_status) == {outcomes.PARTIAL}
    assert set(partial.inspection_start.dt.year) == {2013}


def test_no_overall_judgement_by_design_only_from_april_2026(inspections):
    by_design = inspections[inspections.overall_status == outcomes.BY_DESIGN]
    assert len(by_design) == 2
    assert (by_design.publication_date >= "2026-04-01").all()
    assert by_design[["leaders", "help_and_protection", "in_care"]].notna().all(axis=None)


def test_every_other_inspection_has_an_overall_judgement(inspections):
    given = inspections[inspections.overall_status == outcomes.GIVEN]
    assert len(given) == 479
    assert given.overall.notna().all()


def test_standing_judgements_on_31_march_2025_are_ofsteds_own_count(inspections):
    current = {c.code for c in councils.existing(pd.Timestamp("2026-06-30"))}
    before = inspections[(inspections.inspection_start <= "2025-03-31") & inspections.council_code.isin(current)]
    standing = before.sort_values("inspection_start").groupby("council_code").overall.last()
    assert standing.value_counts().to_dict() == {
        "outstanding": 36,
        "good": 67,
        "requires improvement": 31,
        "inadequate": 19,
    }


def test_judgements_are_ordered(inspections):
    for name in JUDGED:
        assert list(inspections[name].cat.categories) == list(JUDGEMENTS)
        assert inspections[name].cat.ordered


def test_the_care_leaver_judgement_exists_since_2023(inspections):
    judged = inspections[inspections.care_leavers.notna() & (inspections.framework == "ILACS")]
    assert judged.inspection_start.min() >= pd.Timestamp("2023-01-01")


def test_dates_are_in_order_and_the_pandemic_left_a_gap(inspections):
    ended = inspections.inspection_end.fillna(inspections.inspection_start)
    assert (inspections.inspection_start <= ended).all()
    assert (ended <= inspections.publication_date).all()
    assert not inspections.inspection_start.between("2020-03-17", "2021-03-31").any()


def test_devon_started_on_the_census_day(inspections):
    assert (inspections.query("council == 'Devon'").inspection_start == "2024-09-30").sum() == 1


def test_councils_are_named_by_the_newest_code_of_their_series(inspections):
    assert {councils.series_code(code) for code in inspections.council_code} == set(inspections.council_code)
    assert {"E08000038", "E08000039"} < set(inspections.council_code)


# --- reading the two files -------------------------------------------------------------------------------------------

SHEET = "ILACS_inspection_history"
START, PUBLISHED, KIND = "Inspection date", "Publication date", "Inspection type"


@pytest.fixture
def read(tmp_path, write_ods, outcomes_sheet, csv_text, release_of):
    """Reads the rows of the spreadsheet and of the history as the two files."""

    def read(ofsted, history, sheet=SHEET, recorded=None, names=None):
        spreadsheet, gathered = tmp_path / "outcomes.ods", tmp_path / "history.csv"
        write_ods(spreadsheet, {"Cover": [["Cover"]], sheet: outcomes_sheet(ofsted)})
        gathered.write_text(csv_text(history, names), encoding="utf-8")
        rows = recorded or (len(ofsted), len(history))
        return outcomes.read(
            (spreadsheet, release_of(spreadsheet, "inspections", "outcomes", "2025", rows[0])),
            (gathered, release_of(gathered, "inspections", "history", "to 2026", rows[1])),
        )

    return read


def test_the_two_files_are_joined_into_one_row_per_inspection(read, ofsted_rows, history_rows):
    frame = read(ofsted_rows, history_rows).set_index("council")
    assert len(frame) == 6
    assert frame.source.eq(outcomes.SPREADSHEET).sum() == 3
    assert frame.loc["Barnsley", "council_code"] == "E08000038"
    assert frame.loc["Devon", "overall"] == "requires improvement"
    assert frame.loc["Cumbria", ["framework", "overall"]].tolist() == ["SIF", "inadequate"]
    assert frame.loc["Kent", ["overall_status", "partial_judgement"]].tolist() == [outcomes.PARTIAL, "adequate"]
    assert frame.loc["Leeds", "overall_status"] == outcomes.BY_DESIGN
    assert frame.loc["Leeds", "leaders"] == "outstanding"


def test_a_sheet_with_a_space_in_its_name_is_still_found(read, ofsted_rows, history_rows):
    assert len(read(ofsted_rows, history_rows, sheet="ILACS inspection history")) == 6


def test_another_sheet_name_is_refused(read, ofsted_rows, history_rows, fault_of):
    message = fault_of(read, ofsted_rows, history_rows, sheet="History of ILACS")
    assert "outcomes.ods: no sheet named like" in message
    assert "Cover, History of ILACS" in message


@pytest.mark.parametrize(("recorded", "file", "row"), [((4, 6), "outcomes.ods", 6), ((3, 485), "history.csv", 7)])
def test_a_table_that_is_cut_off_is_refused(read, ofsted_rows, history_rows, fault_of, recorded, file, row):
    message = fault_of(read, ofsted_rows, history_rows, recorded=recorded)
    assert message.startswith(file)
    assert f"row {row}, column " in message
    assert "the table ends here after" in message


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        (START, "11/09/2023", "is not a date written YYYY-MM-DD"),
        (START, "2023-02-30", "is not a date written YYYY-MM-DD"),
        (START, "11 September 2023", "is not a date written YYYY-MM-DD"),
        (START, "", "is not a date written YYYY-MM-DD"),
        (PUBLISHED, "23-10-30", "is not a date written YYYY-MM-DD"),
        (PUBLISHED, datetime.date(2023, 9, 10), "2023-09-10 is before the inspection of Barnsley"),
        ("Overall effectiveness", "Adequate", "is not an Ofsted judgement"),
        ("Overall effectiveness", "", "has no overall judgement, though Ofsted gave one until 31 March 2026"),
        ("The experiences and progress of care leavers", "Good!", "is not an Ofsted judgement"),
        (KIND, "Joint targeted area inspection", "is not a kind of ILACS inspection"),
        ("Local authority area code", "E08009999", "E08009999 is not a council code"),
    ],
)
def test_a_faulty_cell_of_the_spreadsheet_is_refused_with_its_place(
    read, ofsted_rows, history_rows, fault_of, column, cell, reason
):
    ofsted_rows[0][column] = cell
    message = fault_of(read, ofsted_rows, history_rows)
    assert f"outcomes.ods, sheet {SHEET}, row 4, column {column}: " in message
    assert reason in message


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("inspection_start", "02/03/2015", "is not a date written YYYY-MM-DD"),
        ("inspection_start", "2015-13-02", "is not a date written YYYY-MM-DD"),
        ("inspection_end", "25/03/2015", "is not a date written YYYY-MM-DD"),
        ("publication_date", "", "is not a date written YYYY-MM-DD"),
        ("publication_date", "2015-03-24", "2015-03-24 is before the inspection of Cumbria"),
        ("framework", "JTAI", "is not a framework"),
        ("overall_grade", "Satisfactory", "is not an Ofsted judgement"),
        ("overall_grade", "", "has no overall judgement"),
        ("help_protection", "poor", "is not an Ofsted judgement"),
        ("ons_code", "E10009999", "E10009999 is not a council code"),
    ],
)
def test_a_faulty_cell_of_the_history_is_refused_with_its_place(
    read, ofsted_rows, history_rows, fault_of, column, cell, reason
):
    history_rows[3][column] = cell
    message = fault_of(read, ofsted_rows, history_rows)
    known = "publication_date" if "is before" in reason else column
    assert f"history.csv, row 5, column {known}: " in message
    assert reason in message


def test_an_end_before_the_start_is_refused(read, ofsted_rows, history_rows, fault_of):
    history_rows[3]["inspection_end"] = "2015-03-01"
    assert "history.csv, row 5, column publication_date" in fault_of(read, ofsted_rows, history_rows)


def test_the_same_inspection_twice_is_refused_with_both_rows(read, ofsted_rows, history_rows, fault_of):
    rows = [*history_rows, history_rows[3]]
    message = fault_of(read, ofsted_rows, rows)
    assert "history.csv, rows 5 and 8, column inspection_start: Cumbria is there twice" in message


def test_the_same_inspection_twice_in_the_spreadsheet_is_refused_with_both_rows(
    read, ofsted_rows, history_rows, fault_of
):
    message = fault_of(read, [*ofsted_rows, ofsted_rows[0]], history_rows)
    assert "rows 4 and 7, column Inspection date: Barnsley is there twice" in message


@pytest.mark.parametrize(
    ("column", "cell", "named", "here"),
    [
        ("overall_grade", "Inadequate", "Overall effectiveness", "good"),
        ("publication_date", "2023-10-31", PUBLISHED, "2023-10-30"),
        ("inspection_type", "short", KIND, "standard"),
        ("care_leavers", "Good", "The experiences and progress of care leavers", "none"),
    ],
)
def test_a_disagreement_between_the_two_files_is_refused_with_both_places(
    read, ofsted_rows, history_rows, fault_of, column, cell, named, here
):
    history_rows[0][column] = cell
    message = fault_of(read, ofsted_rows, history_rows)
    assert f"outcomes.ods, sheet {SHEET}, row 4, column {named}: Barnsley 2023-09-11 has “{here}”" in message
    assert f"history.csv, row 2, has “{cell.lower()}”" in message


def test_an_inspection_that_only_the_spreadsheet_has_is_refused(read, ofsted_rows, history_rows, fault_of):
    message = fault_of(read, ofsted_rows, history_rows[1:])
    assert f"outcomes.ods, sheet {SHEET}, row 4, column {START}: Barnsley 2023-09-11 is not in history.csv" in message


def test_a_renamed_column_of_the_history_is_refused_with_the_nearest(read, ofsted_rows, history_rows, fault_of):
    message = fault_of(read, ofsted_rows, history_rows, names={"overall_grade": "overall_judgement"})
    assert "history.csv, header row, column overall_grade: it is missing (nearest: overall_judgement)" in message
