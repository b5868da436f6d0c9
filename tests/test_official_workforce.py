"""DfE's census: what data/official holds of it, and every fault of a file that its reader stops at."""

import pytest

from workforce_ratings import councils
from workforce_ratings.official import releases, tables, workforce
from workforce_ratings.vocabulary import FIVE, MEASURES

FIGURES = list(workforce.FIGURES)
MARKED = [f"{name}_marker" for name in FIGURES]


@pytest.fixture(scope="module")
def figures():
    return tables.workforce()


@pytest.fixture(scope="module")
def by_council(figures):
    return figures[figures.level == "council"].set_index(["name", "census"]).sort_index()


# --- what data/official holds ----------------------------------------------------------------------------------------


def test_1355_council_rows_are_there_by_census(figures):
    rows = figures[figures.level == "council"].census.value_counts().sort_index()
    assert rows.to_dict() == {
        2017: 151,
        2018: 151,
        2019: 150,
        2020: 150,
        2021: 150,
        2022: 150,
        2023: 151,
        2024: 151,
        2025: 151,
    }
    assert rows.sum() == 1355


def test_england_stands_once_and_nine_regions_at_each_census(figures):
    assert figures[figures.level == "England"].census.value_counts().to_dict() == dict.fromkeys(range(2017, 2026), 1)
    regions = figures[figures.level == "region"]
    assert regions.groupby("census").code.nunique().eq(9).all()
    assert len(regions) == 81
    assert regions[regions.name == "London"].code.unique().tolist() == ["E12000007"]
    assert not figures.name.str.contains("Inner|Outer").any()


def test_councils_and_regions_add_up_to_england(figures):
    # Councils sum to England within rounding, but for 2025: DfE's England then includes estimates for two councils.
    total = figures.groupby(["census", "level"]).inpost_fte.sum().unstack()
    assert (total.region / total.England - 1).abs().max() < 0.0001
    assert (total.council / total.England - 1).abs().max() < 0.01
    assert (total.council / total.England - 1).abs().drop(2025).max() < 0.0001


def test_every_figure_is_a_number_or_carries_a_marker(figures):
    for name in FIGURES:
        assert (figures[name].isna() == (figures[f"{name}_marker"] != "")).all()


def test_markers_are_kept_with_their_counts(figures):
    counts = figures[MARKED].stack().value_counts().drop("").to_dict()
    assert counts == {"x": 98, "z": 81, "u": 51, "low": 12, "c": 8}


def test_no_councils_rate_is_further_from_its_parts_than_rounding(figures):
    # DfE estimates for absent councils in England's and regions' totals, so those need not fit.
    assert workforce.broken_identities(figures[figures.level == "council"]).empty


def test_a_planted_wrong_rate_is_found(figures):
    wrong = figures[figures.level == "council"].head(3).reset_index(drop=True)
    wrong.loc[1, "caseload"] += 0.4
    found = workforce.broken_identities(wrong)
    assert found[["code", "measure"]].values.tolist() == [[wrong.code[1], "caseload"]]


@pytest.mark.parametrize(
    ("measure", "in_2018", "in_2020"),
    [("turnover_rate", 16.4, 15.1), ("absence_rate", 9.5, 4.0), ("agency_rate", 28.7, 21.8), ("caseload", 21.9, 14.6)],
)
def test_wakefield_has_the_figures_that_the_press_quoted(by_council, measure, in_2018, in_2020):
    assert by_council.loc[("Wakefield", 2018), measure] == in_2018
    assert by_council.loc[("Wakefield", 2020), measure] == in_2020


def test_haltons_vacancy_rate_was_revised_after_the_press_quoted_it(by_council):
    then = tables.load("workforce_release_2022").set_index(["name", "census"])
    assert by_council.loc[("Halton", 2019), "vacancy_rate"] == 13.7
    assert then.loc[("Halton", 2019), "vacancy_rate"] == 13.6


def test_kensington_and_chelsea_and_westminster_have_markers_alone_in_2025(by_council):
    for name in ("Kensington and Chelsea", "Westminster"):
        row = by_council.loc[(name, 2025)]
        assert row[FIGURES].isna().all()
        assert set(row[MARKED]) == {"x"}
        assert by_council.loc[(name, 2024), ["turnover_rate", "caseload"]].notna().all()


def test_the_isles_of_scilly_keep_their_extreme(by_council):
    assert by_council.loc[("Isles of Scilly", 2019), "turnover_rate"] == 100


@pytest.mark.parametrize(
    ("unit", "first", "partners"),
    [
        ("E09000021 / E09000027", 2017, ["Kingston upon Thames", "Richmond upon Thames"]),
        ("E06000061 / E06000062", 2021, ["North Northamptonshire", "West Northamptonshire"]),
    ],
)
def test_joint_returns_resolve_to_both_councils(figures, unit, first, partners):
    rows = figures[figures.return_unit == unit]
    assert sorted(rows.census) == list(range(first, 2026))
    assert set(rows.name) == {" / ".join(partners)}
    assert [c.name for c in councils.members(unit)] == partners
    assert not figures.code.isin(unit.split(" / ")).any()


def test_the_2022_release_gives_the_joint_return_under_the_same_unit():
    rows = tables.load("workforce_release_2022").query("return_unit == 'E09000021 / E09000027'")
    assert sorted(rows.census) == list(range(2017, 2023))
    assert set(rows.code) == {"E09000021"}


@pytest.mark.parametrize(("census", "rows"), [(2015, 152), (2016, 151)])
def test_2015_and_2016_are_kept_apart_and_without_caseload(census, rows):
    older = tables.load("workforce_2015_2016").query("census == @census")
    assert (older.level == "council").sum() == rows
    assert (older.level == "region").sum() == 9
    assert set(older.caseload_marker) == {"not collected"}
    assert older.query("level == 'England'").inpost_fte.item() > 26_000


def test_ended_councils_stop_at_their_last_census(figures):
    last = figures.groupby("return_unit").census.max()
    assert last[["E10000009", "E10000021", "E10000006"]].tolist() == [2018, 2020, 2022]


@pytest.mark.parametrize("name", FIVE)
def test_every_measure_lies_in_its_possible_range(figures, name):
    values = figures[name].dropna()
    assert values.between(MEASURES[name].low, MEASURES[name].high).all()
    assert len(values) > 1400


# --- reading a file --------------------------------------------------------------------------------------------------

SMALL = "csww_small.csv"


@pytest.fixture
def read(tmp_path, csv_text, release_of):
    """Reads rows as a file of DfE's; `recorded` rows are what its release should have."""

    def read(rows, recorded=None, names=None, release="2025", kind="workforce", file=SMALL, accepted=(), edit=str):
        path = tmp_path / file
        path.write_text(edit(csv_text(rows, names)), encoding="utf-8")
        record = release_of(path, "workforce", kind, release, len(rows) if recorded is None else recorded)
        return workforce.read(path, record, accepted)

    return read


@pytest.fixture
def council_at(dfe_rows):
    """Where a council stands among the rows: (its index, its row in the file)."""

    def at(code):
        index = next(i for i, row in enumerate(dfe_rows) if row["new_la_code"] == code)
        return index, index + 2

    return at


def test_a_file_made_from_the_stored_table_reads_as_the_stored_table(read, dfe_rows, figures):
    frame = read(dfe_rows)
    stored = figures[figures.census == 2025].reset_index(drop=True)
    assert frame[["code", "return_unit", "name", *FIGURES]].equals(stored[["code", "return_unit", "name", *FIGURES]])
    assert (frame[MARKED] == stored[MARKED]).all(axis=None)


def test_inner_and_outer_london_are_left_out(read, dfe_rows):
    london = next(row for row in dfe_rows if row["region_code"] == "E12000007" and not row["new_la_code"])
    parts = [london | {"region_code": code, "region_name": "Part"} for code in ("E13000001", "E13000002")]
    frame = read(dfe_rows + parts)
    assert frame[frame.level == "region"].code.nunique() == (frame.level == "region").sum() == 9


def test_a_title_line_and_a_byte_order_mark_do_no_harm(read, dfe_rows, figures):
    frame = read(dfe_rows, edit=lambda text: "\ufeffChildren's social work workforce\n" + text)
    assert len(frame) == len(figures[figures.census == 2025])


def test_the_names_of_the_2022_release_are_read_as_todays(read, dfe_rows):
    older = {new: old for old, new in workforce.RENAMED.items()}
    rows = [{k: v for k, v in row.items() if not k.startswith("starters")} for row in dfe_rows]
    frame = read(rows, names=older, release="2022")
    assert frame.query("name == 'England'").agency_rate.item() == 13.0
    assert set(frame.starters_fte_marker) == {"not collected"}


def test_the_underlying_data_of_2016_is_read_with_its_thousands(read, old_dfe_rows):
    england = next(row for row in old_dfe_rows if not row["Region_code"])
    england["A1_FTE_ChildrensSocialWorkers_2016"] = "27,700"
    frame = read(old_dfe_rows, release="2016", kind="workforce_2016", file="SFR08_2017_UD.csv")
    assert frame.query("level == 'England'").inpost_fte.item() == 27_700
    assert set(frame.census) == {2016}


# --- faults of a file ------------------------------------------------------------------------------------------------


def test_a_file_cut_between_rows_is_refused_with_both_counts(read, dfe_rows, fault_of):
    message = fault_of(read, dfe_rows[:80], recorded=161)
    assert f"{SMALL}, row 81, column time_period: the table ends here after 80 rows, expected 161" in message


def test_a_file_cut_within_a_row_is_refused(read, dfe_rows, fault_of):
    message = fault_of(read, dfe_rows, edit=lambda text: text[: len(text) // 2].rsplit(",", 3)[0])
    assert f"{SMALL}, row " in message
    assert "cells where the header has 28; the file is cut off or damaged" in message


def test_a_file_cut_within_its_last_figure_is_refused(tmp_path, dfe_rows, csv_text, release_of, fault_of):
    path = tmp_path / SMALL
    path.write_text(csv_text(dfe_rows), encoding="utf-8")
    record = release_of(path, "workforce", "workforce", "2025", len(dfe_rows))
    path.write_text(csv_text(dfe_rows)[:-2], encoding="utf-8")
    assert f"{SMALL}: its content differs" in fault_of(workforce.read, path, record)


@pytest.mark.parametrize(
    "cell",
    ["q", "#", "N/A", "-1?", "12.3%", "1,234", "", "nan", "inf", "−1", "..", ".", "-", "Z", "1 234", "3·5", "a\nb"],
)
def test_an_unknown_marker_is_refused_with_its_place(read, dfe_rows, council_at, fault_of, cell):
    index, row = council_at("E08000036")
    dfe_rows[index]["vacancy_fte"] = cell
    message = fault_of(read, dfe_rows)
    assert f"{SMALL}, row {row}, column vacancy_fte: “" in message
    assert "is neither a number nor one of the markers z, x, c, u, low, k, :, ~" in message


@pytest.mark.parametrize("marker", ["z", "x", "c", "u", "low", "k", ":", "~"])
def test_a_known_marker_leaves_no_value(read, dfe_rows, council_at, marker):
    dfe_rows[council_at("E08000036")[0]]["agency_rate_fte"] = marker
    row = read(dfe_rows).query("code == 'E08000036'").squeeze()
    assert row.agency_rate_marker == marker
    assert row[["agency_rate"]].isna().all()


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("agency_rate_fte", "120", "120 is outside what is possible (0 to 100)"),
        ("absence_rate_fte", "-0.1", "-0.1 is outside what is possible (0 to 100)"),
        ("turnover_rate_headcount", "201", "201 is outside what is possible (0 to 200)"),
        ("inpost_fte", "-5", "-5 is outside what is possible (0 to inf)"),
        ("caseload_fte", "400", "400 is outside what is possible (0 to 150)"),
    ],
)
def test_an_impossible_figure_is_refused_with_its_place(read, dfe_rows, council_at, fault_of, column, cell, reason):
    index, row = council_at("E08000036")
    dfe_rows[index][column] = cell
    assert f"{SMALL}, row {row}, column {column}: {reason}" in fault_of(read, dfe_rows)


def test_a_renamed_column_is_refused_with_the_nearest(read, dfe_rows, fault_of):
    message = fault_of(read, dfe_rows, names={"agency_rate_fte": "agency_rate_wte"})
    assert f"{SMALL}, header row, column agency_rate_fte: it is missing (nearest: agency_rate_wte)" in message


@pytest.mark.parametrize("second", ["agency_rate_fte", "agency_worker_rate_fte_%"])
def test_a_column_under_two_names_is_refused(read, dfe_rows, fault_of, second):
    rows = [row | {"another": "1"} for row in dfe_rows]
    message = fault_of(read, rows, names={"another": second})
    assert f"{SMALL}, header row, column agency_rate_fte: it is there more than once" in message


@pytest.mark.parametrize(("changed", "told"), [({}, "the same"), ({"cases": "9999"}, "different")])
def test_a_council_that_is_there_twice_is_refused_with_both_rows(read, dfe_rows, council_at, fault_of, changed, told):
    index, row = council_at("E08000036")
    rows = [*dfe_rows, dfe_rows[index] | changed]
    message = fault_of(read, rows)
    assert f"{SMALL}, rows {row} and {len(rows) + 1}, column new_la_code: Wakefield is there twice for 2025" in message
    assert f"with {told} figures" in message


def test_a_partner_row_of_markers_beside_a_joint_return_is_dropped(read, dfe_rows, council_at):
    joint = dfe_rows[council_at("E09000021 / E09000027")[0]]
    blank = dict.fromkeys(workforce.COLUMNS, "z")
    frame = read([*dfe_rows, joint | blank | {"new_la_code": "E09000027", "la_name": "Richmond upon Thames"}])
    assert frame[frame.return_unit == "E09000021 / E09000027"].code.tolist() == ["E09000021 / E09000027"]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("E06009999", "E06009999 is not a council code"),
        ("E08000036 / E06009999", "E06009999 is not a council code"),
        ("E08000036 / E08000035", "is no joint return of 2025"),
        ("", "is not a council code"),
        ("Wakefield", "Wakefield is not a council code"),
    ],
)
def test_a_code_that_the_register_does_not_know_is_refused(read, dfe_rows, council_at, fault_of, code, reason):
    index, row = council_at("E08000036")
    dfe_rows[index]["new_la_code"] = code
    message = fault_of(read, dfe_rows)
    assert f"{SMALL}, row {row}, column new_la_code: “{code}” (Wakefield)" in message
    assert reason in message


def test_a_census_that_lacks_a_council_is_refused_by_name(read, dfe_rows, council_at, fault_of):
    del dfe_rows[council_at("E08000036")[0]]
    assert "the census of 2025 lacks Wakefield" in fault_of(read, dfe_rows)


def test_a_census_with_an_ended_council_is_refused_by_name(read, dfe_rows, council_at, fault_of):
    cumbria = dfe_rows[council_at("E08000036")[0]] | {"new_la_code": "E10000006", "la_name": "Cumbria"}
    assert "the census of 2025 also has Cumbria" in fault_of(read, [*dfe_rows, cumbria])


@pytest.mark.parametrize(
    ("column", "cell"),
    [("geographic_level", "Ward"), ("time_period", "202425"), ("time_period", "30/09/2025"), ("time_period", "25")],
)
def test_a_level_or_year_that_is_none_is_refused(read, dfe_rows, fault_of, column, cell):
    dfe_rows[4][column] = cell
    assert f"{SMALL}, row 6, column {column}: “{cell}” is not a" in fault_of(read, dfe_rows)


def test_an_unknown_region_is_refused(read, dfe_rows, fault_of):
    index = next(i for i, row in enumerate(dfe_rows) if row["geographic_level"] == "Regional")
    dfe_rows[index]["region_code"] = "E12000010"
    assert f"{SMALL}, row {index + 2}, column region_code: “E12000010”" in fault_of(read, dfe_rows)


@pytest.mark.parametrize(
    ("column", "cell"), [("C2_FTE_AbsenceRate_2016", "3.5%"), ("A1_FTE_ChildrensSocialWorkers_2016", "27,70")]
)
def test_a_fault_in_an_old_file_names_the_files_own_column(read, old_dfe_rows, fault_of, column, cell):
    old_dfe_rows[0][column] = cell
    message = fault_of(read, old_dfe_rows, release="2016", kind="workforce_2016", file="SFR08_2017_UD.csv")
    assert f"SFR08_2017_UD.csv, row 2, column {column}: “{cell}” is neither" in message


def test_a_fault_under_a_known_old_name_names_the_files_own_column(read, dfe_rows, fault_of):
    dfe_rows[0]["agency_rate_fte"] = "q"
    message = fault_of(read, dfe_rows, names={"agency_rate_fte": "agency_worker_rate_fte_%"})
    assert f"{SMALL}, row 2, column agency_worker_rate_fte_%: “q”" in message


# --- DfE's own file --------------------------------------------------------------------------------------------------


@pytest.fixture
def release_2025(sources):
    release = releases.catalogue()[0]
    return sources / "official" / release.file, release


def test_dfes_file_cut_at_728_rows_is_refused(release_2025, tmp_path, fault_of):
    path, release = release_2025
    cut = tmp_path / path.name
    cut.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:729]), encoding="utf-8")
    message = fault_of(workforce.read, cut, release)
    assert f"{path.name}, row 729, column time_period: the table ends here after 728 rows" in message
    assert "expected 1,463 for release 2025" in message


def test_dfes_file_with_one_figure_changed_is_read_only_when_accepted(release_2025, tmp_path, fault_of):
    path, release = release_2025
    changed = tmp_path / path.name
    changed.write_text(path.read_text(encoding="utf-8").replace("36186.3", "36186.4", 1), encoding="utf-8")
    assert f"--accept {path.name}" in fault_of(workforce.read, changed, release)
    frame = workforce.read(changed, release, accepted=(path.name,))
    assert frame.query("name == 'England' and census == 2025").inpost_fte.item() == 36186.4
