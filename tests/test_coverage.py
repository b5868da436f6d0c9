"""Coverage and revisions: every cell of the census counted once, every change between releases found."""

import pandas as pd
import pytest

from workforce_ratings import panel
from workforce_ratings.official import coverage, tables
from workforce_ratings.vocabulary import FIVE, MARKERS


@pytest.fixture(scope="module")
def covered():
    return coverage.coverage(tables.workforce())


@pytest.fixture(scope="module")
def revised():
    return coverage.revisions(tables.workforce())


def test_there_is_a_row_for_every_census_and_measure(covered):
    assert len(covered) == 9 * len(FIVE)
    assert not covered.duplicated(["census", "measure"]).any()
    units = covered.drop_duplicates("census").return_units.tolist()
    assert units == [151, 151, 150, 150, 150, 150, 151, 151, 151]


def test_numbers_and_markers_add_up_to_the_return_units(covered):
    markers = [marker for marker in MARKERS if marker in covered]
    assert (covered.numbers + covered[markers].sum(axis=1) == covered.return_units).all()
    assert (covered[markers].sum() > 0).all()


def test_one_planted_marker_moves_one_count(covered):
    workforce = tables.workforce()
    at = workforce.query("level == 'council' and census == 2020 and caseload == caseload").index[0]
    workforce.loc[at, ["caseload", "caseload_marker"]] = [float("nan"), "c"]
    before, after = (t.set_index(["census", "measure"]) for t in (covered, coverage.coverage(workforce)))
    assert after.numbers[2020, "caseload"] == before.numbers[2020, "caseload"] - 1
    assert after.c[2020, "caseload"] == before.c[2020, "caseload"] + 1
    assert (after.numbers != before.numbers).sum() == 1


def test_the_key_explains_every_marker_met_and_no_other(covered):
    lines = coverage.key(covered)
    assert len(lines) == len(covered.columns) - 4
    assert "[x] not available" in lines
    assert coverage.key(covered.drop(columns="x")) == [line for line in lines if not line.startswith("[x]")]


def test_the_joint_returns_are_the_two_pairs_with_their_years():
    found = coverage.joint_returns(tables.workforce()).set_index("return_unit")
    assert found.loc["E09000021 / E09000027", ["first", "last", "censuses"]].tolist() == [2017, 2025, 9]
    assert found.loc["E06000061 / E06000062", ["first", "last", "censuses"]].tolist() == [2021, 2025, 5]
    assert len(found) == 2


def test_caseloads_of_the_2022_release_were_revised_for_37_council_years_by_up_to_four_cases(revised):
    rows = revised.query("release == '2022' and level == 'council' and measure == 'caseload'").dropna(subset=["change"])
    # The 2022 release printed joint returns under the first partner's code, so a join on codes as printed finds 36.
    joint = rows.return_unit.str.contains("/")
    assert (len(rows[~joint]), len(rows[joint])) == (36, 1)
    assert rows.change.abs().max() == pytest.approx(4.1)


def test_92_council_years_of_the_2022_release_changed_days_lost(revised):
    rows = revised.query("release == '2022' and level == 'council' and measure == 'working_days_lost_fte'")
    assert len(rows.dropna(subset=["change"])) == 92


def test_haltons_vacancy_rate_of_2019_is_among_the_revisions(revised):
    rows = revised.query("name == 'Halton' and census == 2019 and measure == 'vacancy_rate' and release == '2022'")
    assert rows[["then", "now"]].values.tolist() == [[13.6, 13.7]]
    assert rows.change.iloc[0] == pytest.approx(0.1)


def test_a_release_beside_itself_has_no_revisions(monkeypatch):
    monkeypatch.setattr(coverage, "OLDER", ("workforce_release_2024",))
    again = tables.load("workforce_release_2024").assign(release="2025")
    assert coverage.revisions(again).empty


def test_a_release_is_not_beside_a_later_one():
    found = coverage.revisions(tables.load("workforce_release_2023"))
    assert set(found.release) == {"2022"}
    assert coverage.revisions(tables.load("workforce_release_2022")).empty


@pytest.mark.parametrize(("change", "rows"), [(0.1, 1), (-2.0, 1), (0.01, 0)])
def test_a_planted_revision_is_found_and_a_stored_digit_is_none(monkeypatch, change, rows):
    monkeypatch.setattr(coverage, "OLDER", ("workforce_release_2024",))
    latest = tables.load("workforce_release_2024").assign(release="2025")
    at = latest.query("level == 'council' and census == 2024 and agency_rate > 5").index[0]
    latest.loc[at, "agency_rate"] += change
    found = coverage.revisions(latest)
    assert len(found) == rows
    assert found.change.tolist() == pytest.approx([change] * rows)


def test_a_number_that_came_or_went_is_listed_with_its_marker(monkeypatch):
    monkeypatch.setattr(coverage, "OLDER", ("workforce_release_2024",))
    latest = tables.load("workforce_release_2024").assign(release="2025")
    at = latest.query("level == 'council' and census == 2024 and agency_rate > 5").index[0]
    latest.loc[at, ["agency_rate", "agency_rate_marker"]] = [float("nan"), "u"]
    found = coverage.revisions(latest)
    assert found.now_marker.tolist() == ["u"]
    assert found[["now", "change"]].isna().all(axis=None)
    summary = coverage.summary_of_revisions(found)
    assert summary[["changed", "came_or_gone"]].values.tolist() == [[0, 1]]


def test_the_summary_of_revisions_counts_councils_alone(revised):
    summary = coverage.summary_of_revisions(revised)
    councils = revised.query("level == 'council'")
    assert int(summary.changed.sum() + summary.came_or_gone.sum()) == len(councils) < len(revised)
    caseload = summary.query("release == '2022' and measure == 'caseload'").iloc[0]
    assert (caseload.changed, caseload.largest) == (37, pytest.approx(4.1))


def test_inspections_are_counted_by_framework_and_kind():
    found = coverage.inspections_by_framework(panel.inspections("2026-06-30"))
    assert found.inspections.sum() == 485
    by = found.set_index(["framework", "inspection_type"])
    assert by.loc[("looked-after children 2013", "partial"), ["inspections", "without_overall"]].tolist() == [4, 4]
    assert by.loc["SIF"].without_overall.sum() == 0
    assert (by["first"] <= by["last"]).all()
    assert pd.Timestamp("2025-03-31") < by.loc[("ILACS", "standard"), "last"]


def test_no_inspection_began_while_none_were_held():
    starts = tables.inspections().inspection_start
    assert not starts.between("2020-03-17", "2021-04-18").any()
