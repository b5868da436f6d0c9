"""Every council's standing judgements and latest figures on a day."""

import pandas as pd
import pytest

from workforce_ratings import councils, panel
from workforce_ratings.official import tables
from workforce_ratings.vocabulary import FIVE

AS_AT = "2026-06-30"
OTHERS = ("leaders", "help_and_protection", "in_care")


@pytest.fixture(scope="module")
def now():
    return panel.latest(AS_AT)


@pytest.mark.parametrize("as_at", [AS_AT, "2023-06-30", "2018-06-30"])
def test_every_council_of_the_day_has_one_row(as_at):
    rows = panel.latest(as_at)
    assert set(rows.council_code) == {c.series for c in councils.existing(pd.Timestamp(as_at))}
    assert rows.council_code.is_unique


def test_figures_are_of_the_latest_census_published(now):
    figures = panel.censuses(AS_AT).query("census == 2025").set_index("council_code")
    assert set(now.census) == {2025}
    for measure in FIVE:
        expected = now.council_code.map(figures[measure])
        pd.testing.assert_series_equal(now[measure], expected, check_names=False)
    assert set(panel.latest("2026-03-18").census.dropna()) == {2024}


def test_judgements_are_the_latest_given_of_each_kind(now):
    given = panel.inspections(AS_AT).query("scope == 'full'").sort_values("inspection_start")
    for name in ("overall", *OTHERS):
        known = given.dropna(subset=[name])
        expected = {code: part[name].iloc[-1] for code, part in known.groupby("council_code")}
        found = now.set_index("council_code")[name].dropna()
        assert found.to_dict() == {code: expected[code] for code in found.index}
        assert set(found.index) == set(now.council_code) & set(expected)


def test_a_judgement_without_an_overall_one_leaves_the_overall_one_standing(now):
    """Since April 2026: the other judgements are newer than the overall one that stands."""
    last = tables.inspections().query("overall_status == 'not given by design'").iloc[-1]
    row = now[now.council_code == last.council_code].iloc[0]
    assert row.inspection_start < last.inspection_start
    assert row.leaders == last.leaders
    assert row.previous == row.overall


def test_the_rank_is_that_of_the_standing_judgement(now):
    assert now.previous_rank.tolist() == pytest.approx(now.overall.cat.codes.where(now.overall.notna()).tolist())
    assert now.previous_rank.between(0, 3).all()


def test_a_council_without_history_has_none():
    rows = panel.latest("2023-06-30").set_index("council")
    assert pd.isna(rows.loc["Cumberland", "overall"])
    assert pd.isna(rows.loc["Cumberland", "census"])
    assert rows.loc["Cumberland", "return_unit"] == councils.find("Cumberland").code


def test_both_councils_of_a_joint_return_have_its_figures_and_unit(now):
    both = now[now.council.isin(["Kingston upon Thames", "Richmond upon Thames"])]
    assert len(both) == 2
    assert both.return_unit.nunique() == both.agency_rate.nunique() == 1
    assert both.joint.all()


@pytest.mark.parametrize("as_at", ["2019-06-30", "2023-06-30"])
def test_nothing_later_is_known(as_at):
    rows = panel.latest(as_at)
    assert (rows.publication_date.dropna() <= pd.Timestamp(as_at)).all()
    assert rows.census.max() == int(as_at[:4]) - 1


def test_before_the_first_census_there_are_judgements_and_no_figures():
    rows = panel.latest("2018-01-31")
    assert rows.census.isna().all()
    assert rows.overall.notna().sum() > 100
