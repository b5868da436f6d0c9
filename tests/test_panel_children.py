"""Outcomes for children beside the workforce: which census, which councils, and nothing later than the day of the report."""

import pandas as pd
import pytest

from workforce_ratings import councils, panel
from workforce_ratings.official import tables
from workforce_ratings.vocabulary import FIVE, OUTCOMES

AS_AT = "2026-06-30"


@pytest.fixture(scope="module")
def real():
    return panel.outcomes_for_children(AS_AT)


@pytest.fixture(scope="module")
def published():
    return panel.outcomes_as_published(AS_AT)


def row(rows, outcome, council, year):
    [found] = rows[(rows.outcome == outcome) & (rows.council == council) & (rows.year == year)].to_dict("records")
    return found


# --- which census ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lag", [1, 2, 3])
def test_a_reporting_year_stands_beside_the_census_so_many_years_before(lag):
    rows = panel.outcomes_for_children(AS_AT, lag)
    assert (rows.year - rows.census == lag).all()
    assert rows.census.min() == 2017
    found = row(rows, "re_referrals", "Wakefield", 2024)
    [official] = tables.workforce().query("name == 'Wakefield' and census == 2024 - @lag").to_dict("records")
    assert {m: found[m] for m in FIVE} == {m: official[m] for m in FIVE}


@pytest.mark.parametrize("lag", [0, -1, 1.0, "1", True])
def test_a_lag_that_is_no_number_of_years_is_refused(fault_of, lag):
    assert "give a whole number of years from 1 on" in fault_of(panel.outcomes_for_children, AS_AT, lag)


def test_every_council_has_one_row_for_each_outcome_and_year(real):
    assert not real.duplicated(["outcome", "council_code", "year"]).any()
    for year, rows in real[real.outcome == "re_referrals"].groupby("year"):
        assert set(rows.council_code) == {c.series for c in councils.existing(pd.Timestamp(f"{year}-03-31"))}
    assert set(real.outcome) == set(OUTCOMES)


def test_the_share_is_unrounded_where_its_counts_are_known_and_as_printed_where_not(real):
    assert row(real, "re_referrals", "Hartlepool", 2025)["percent"] == pytest.approx(100 * 536 / 2020)
    printed = real[real.numerator.eq(0) & real.denominator.isna()]
    assert len(printed)
    assert (printed.percent == 0).all()
    assert pd.isna(row(real, "re_referrals", "Hackney", 2022)["percent"])


# --- joint returns and reorganised councils ----------------------------------------------------------------------------


def test_councils_of_a_joint_return_have_its_measures_and_their_own_outcomes(real):
    one, two = (row(real, "re_referrals", f"{name} upon Thames", 2024) for name in ("Kingston", "Richmond"))
    assert one["joint"]
    assert one["return_unit"] == two["return_unit"] == "E09000021 / E09000027"
    assert [one[m] for m in FIVE] == [two[m] for m in FIVE]
    assert one["numerator"] != two["numerator"]


def test_a_series_ends_and_begins_with_its_council(real):
    before, after = row(real, "re_referrals", "Cumbria", 2023), row(real, "re_referrals", "Cumberland", 2024)
    assert before["reorganised"]
    assert after["reorganised"]
    assert pd.notna([before["agency_rate"], after["agency_rate"]]).all()
    late = row(panel.outcomes_for_children(AS_AT, 2), "re_referrals", "Cumberland", 2024)
    assert pd.isna([late[m] for m in FIVE]).all()


def test_a_change_of_code_alone_is_no_reorganisation(real):
    names = set(real[real.reorganised].council)
    assert {"Cumbria", "Dorset", "Poole", "North Northamptonshire"} <= names
    assert not names & {"Somerset", "Buckinghamshire", "Sheffield", "Surrey"}


def test_deprivation_stands_beside_councils_of_today(real):
    scores = tables.load("deprivation").set_index("council").imd_average_score
    assert row(real, "three_social_workers", "Halton", 2024)["imd_average_score"] == scores["Halton"]


# --- nothing later than the day of the report --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_at", "in_need", "in_care"),
    [
        ("2025-11-30", 2025, 2025),
        ("2025-11-29", 2025, 2024),
        ("2025-10-31", 2025, 2024),
        ("2025-10-30", 2024, 2024),
        ("2022-12-31", 2022, 2022),
    ],
)
def test_years_not_yet_published_are_left_out(as_at, in_need, in_care):
    latest = panel.outcomes_for_children(as_at).groupby("outcome").year.max()
    assert latest["re_referrals"] == latest["repeat_plans"] == in_need
    assert latest["three_placements"] == latest["same_carer"] == in_care
    assert panel.outcomes_as_published(as_at).groupby("outcome").year.max()["re_referrals"] == min(
        in_need, panel.censuses(as_at).census.max()
    )


def test_the_workforce_is_that_of_the_release_of_the_day():
    then = panel.outcomes_for_children("2023-12-31")
    official = tables.load("workforce_release_2022").query("name == 'Wakefield' and census == 2022").iloc[0]
    assert row(then, "re_referrals", "Wakefield", 2023)["caseload"] == official.caseload


# --- the rows of the published results ---------------------------------------------------------------------------------


def test_the_published_rows_leave_out_joint_returns_and_carry_councils_that_ended(published):
    names = set(published.council)
    assert not names & {"Kingston upon Thames", "Cumbria", "Northamptonshire", "Bournemouth", "Poole"}
    assert not published.duplicated(["outcome", "council_code", "year"]).any()
    carried = [row(published, "re_referrals", name, 2022) for name in ("Cumberland", "Westmorland and Furness")]
    own = row(panel.outcomes_for_children(AS_AT), "re_referrals", "Cumbria", 2022)
    for found in carried:
        assert found["percent"] == pytest.approx(own["percent"])
        assert found["agency_rate"] == pytest.approx(own["agency_rate"])


def test_merged_councils_are_averaged_by_social_workers_in_post(published):
    staff = panel.censuses(AS_AT).query("census == 2018 and council in ['Bournemouth', 'Poole']")
    mean = (staff.agency_rate * staff.inpost_fte).sum() / staff.inpost_fte.sum()
    found = row(published, "re_referrals", "Bournemouth, Christchurch and Poole", 2019)
    assert found["agency_rate"] == pytest.approx(mean)


def test_measures_are_those_of_the_row_before(published, real):
    there, here = (row(r, "repeat_plans", "Halton", 2021) for r in (published, real))
    assert [there[m] for m in FIVE] == pytest.approx([here[m] for m in FIVE])
    first = published[published.year == published.year.min()]
    assert first[list(FIVE)].isna().all(axis=None)
