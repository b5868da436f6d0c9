"""Statistical neighbours and deprivation: what data/official holds, and the faults of their files."""

import pandas as pd
import pytest

from workforce_ratings import councils
from workforce_ratings.official import context, tables

CURRENT = {c.code for c in councils.existing(pd.Timestamp("2026-06-30"))}


# --- what data/official holds ----------------------------------------------------------------------------------------


def test_153_councils_have_ten_neighbours_each():
    rows = tables.load("neighbours")
    assert len(rows) == 153 * 10
    assert set(rows.council_code) == CURRENT
    assert rows.groupby("council_code")["rank"].apply(lambda ranks: sorted(ranks) == list(range(1, 11))).all()


def test_no_council_is_its_own_neighbour_or_anothers_twice():
    rows = tables.load("neighbours")
    assert set(rows.neighbour_code) <= CURRENT
    assert (rows.council_code != rows.neighbour_code).all()
    assert not rows.duplicated(["council_code", "neighbour_code"]).any()


def test_neighbours_are_named_as_in_the_register():
    rows = tables.load("neighbours")
    assert (rows.council == rows.council_code.map(lambda code: councils.by_code()[code].name)).all()
    assert (rows.neighbour == rows.neighbour_code.map(lambda code: councils.by_code()[code].name)).all()


def test_153_councils_have_a_deprivation_score_and_its_basis():
    rows = tables.load("deprivation").set_index("council_code")
    assert set(rows.index) == CURRENT
    assert rows[["imd_average_score", "imd_rank", "imd_share_most_deprived"]].notna().all(axis=None)
    assert rows.basis.value_counts().to_dict() == {"own": 149, "of Cumbria": 2, "of Northamptonshire": 2}


def test_recoded_councils_keep_their_own_deprivation():
    rows = tables.load("deprivation").set_index("council")
    assert set(rows.basis[["Barnsley", "Sheffield", "Buckinghamshire", "Somerset", "North Yorkshire"]]) == {"own"}


def test_successors_of_a_split_share_their_predecessors_score():
    rows = tables.load("deprivation").set_index("council").imd_average_score
    assert rows["Cumberland"] == rows["Westmorland and Furness"]
    assert rows["North Northamptonshire"] == rows["West Northamptonshire"]


# --- reading the files -----------------------------------------------------------------------------------------------


@pytest.fixture
def read_neighbours(tmp_path, csv_text, release_of):
    def read(rows, recorded=2, names=None):
        path = tmp_path / "neighbours.csv"
        path.write_text(csv_text(rows, names), encoding="utf-8-sig")
        return context.read_neighbours(path, release_of(path, "neighbours", "neighbours", "2025", recorded))

    return read


@pytest.fixture
def read_deprivation(tmp_path, csv_text, release_of):
    def read(rows, recorded=2, names=None):
        path = tmp_path / "deprivation.csv"
        path.write_text(csv_text(rows, names), encoding="utf-8-sig")
        return context.read_deprivation(path, release_of(path, "deprivation", "deprivation", "2019", recorded))

    return read


def test_neighbours_are_read_in_the_publishers_order(read_neighbours, neighbour_rows):
    frame = read_neighbours(neighbour_rows)
    assert frame["rank"].tolist() == [*range(1, 11), *range(1, 11)]
    assert frame.neighbour[:10].tolist() == [c.name for c in councils.existing(pd.Timestamp("2026-06-30"))[:10]]
    assert set(frame.closeness) == {"close"}


@pytest.mark.parametrize(("column", "cell"), [("SN_3", "999"), ("SN_10", ""), ("old_la_code", "909"), ("SN_1", "80 5")])
def test_a_number_that_is_no_council_of_today_is_refused_with_its_place(
    read_neighbours, neighbour_rows, fault_of, column, cell
):
    neighbour_rows[1][column] = cell
    message = fault_of(read_neighbours, neighbour_rows)
    assert f"neighbours.csv, row 3, column {column}: “{cell}” is not the number of a council of today" in message


def test_a_cut_off_neighbour_file_is_refused(read_neighbours, neighbour_rows, fault_of):
    message = fault_of(read_neighbours, neighbour_rows, recorded=153)
    assert "neighbours.csv, row 3, column old_la_code: the table ends here after 2 rows, expected 153" in message


def test_a_renamed_neighbour_column_is_refused(read_neighbours, neighbour_rows, fault_of):
    message = fault_of(read_neighbours, neighbour_rows, names={"SN_7": "Neighbour_7", "SN_7P": "SN_7_P"})
    assert "neighbours.csv, header row, column SN_7: it is missing" in message


def test_deprivation_is_inherited_by_the_successors_of_a_split(read_deprivation, deprivation_rows):
    rows = read_deprivation(deprivation_rows).set_index("council")
    assert rows.loc["Hartlepool"].tolist() == ["E06000001", 35.037, 9, 0.3621, "own"]
    assert rows.loc["Cumberland", ["imd_average_score", "basis"]].tolist() == [21.346, "of Cumbria"]
    assert rows.loc["Leeds", "basis"] == "none"
    assert rows.loc[["Leeds"], "imd_average_score"].isna().all()


@pytest.mark.parametrize("column", list(context.IMD_HIGHEST))
@pytest.mark.parametrize("cell", ["N/A", "", "nan", "-1", "152", "1_0", "1e1", "12.3%"])
def test_a_faulty_deprivation_figure_is_refused_with_its_place(
    read_deprivation, deprivation_rows, fault_of, column, cell
):
    deprivation_rows[1][column] = cell
    message = fault_of(read_deprivation, deprivation_rows)
    assert f"deprivation.csv, row 3, column {column}: “{cell}” is not a number from 0 to" in message


def test_an_unknown_area_is_refused_with_its_place(read_deprivation, deprivation_rows, fault_of):
    deprivation_rows[0][context.IMD_CODE] = "E06009999"
    message = fault_of(read_deprivation, deprivation_rows)
    assert f"deprivation.csv, row 2, column {context.IMD_CODE}: “E06009999” is not in data/register" in message


def test_an_area_that_is_there_twice_is_refused_with_its_place(read_deprivation, deprivation_rows, fault_of):
    message = fault_of(read_deprivation, [*deprivation_rows, deprivation_rows[0]], recorded=3)
    assert f"deprivation.csv, row 4, column {context.IMD_CODE}: Hartlepool is there twice" in message


def test_a_council_with_two_rows_of_neighbours_is_refused_with_its_place(read_neighbours, neighbour_rows, fault_of):
    message = fault_of(read_neighbours, [*neighbour_rows, neighbour_rows[0]], recorded=3)
    assert "neighbours.csv, row 4, column old_la_code: Hartlepool is there twice" in message


def test_a_cut_off_deprivation_file_is_refused(read_deprivation, deprivation_rows, fault_of):
    message = fault_of(read_deprivation, deprivation_rows, recorded=151)
    assert "the table ends here after 2 rows, expected 151 for release 2019" in message
