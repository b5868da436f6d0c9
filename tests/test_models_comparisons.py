"""Measures by judgement: counts, means, medians and intervals, held against numpy, statsmodels and simulation."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from workforce_ratings import panel
from workforce_ratings.models import comparisons
from workforce_ratings.vocabulary import FIVE, JUDGEMENT_TYPE, JUDGEMENTS


def rows_of(values, units=None, judged="good", measure="agency_rate"):
    units = [f"U{i}" for i in range(len(values))] if units is None else units
    judged = [judged] * len(values) if isinstance(judged, str) else judged
    return pd.DataFrame({measure: values, "return_unit": units, "council_code": units}).assign(
        overall=pd.Series(judged, dtype=object).astype(JUDGEMENT_TYPE)
    )


@pytest.fixture(scope="module")
def real():
    return panel.ilacs_to_2025(panel.build("2026-06-30"))


# --- one group -------------------------------------------------------------------------------------------------------


def test_a_group_is_described_as_numpy_would():
    values = np.random.default_rng(1).gamma(2, 8, 41)
    found = comparisons.describe(rows_of([*values, np.nan]), "agency_rate")
    assert (found["n"], found["councils"]) == (41, 41)
    assert found["mean"] == pytest.approx(np.mean(values))
    assert [found["q1"], found["median"], found["q3"]] == pytest.approx(np.quantile(values, [0.25, 0.5, 0.75]))


def test_the_mean_of_independent_units_has_nearly_students_interval():
    values = np.random.default_rng(2).normal(15, 4, 80)
    low, high = stats.t.interval(0.95, 79, values.mean(), stats.sem(values))
    found = comparisons.mean_interval(values, pd.Series(range(80)))
    assert found == pytest.approx((low, high), rel=1e-6)


def test_the_clustered_interval_is_statsmodels():
    generator = np.random.default_rng(3)
    groups = np.repeat(np.arange(25), 3)
    values = 15 + generator.normal(0, 4, 25)[groups] + generator.normal(0, 1, 75)
    theirs = sm.OLS(values, np.ones(75)).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    found = comparisons.mean_interval(values, pd.Series(groups).map("U{}".format))
    assert found == pytest.approx(tuple(theirs.conf_int(0.05)[0]))


@pytest.mark.parametrize("copies", [2, 5])
def test_copies_of_rows_within_a_cluster_do_not_narrow_the_interval(copies):
    values = np.random.default_rng(4).normal(15, 4, 30)
    once = comparisons.mean_interval(values, pd.Series(range(30)))
    again = comparisons.mean_interval(np.tile(values, copies), pd.Series(np.tile(range(30), copies)))
    as_if_new = comparisons.mean_interval(np.tile(values, copies), pd.Series(range(30 * copies)))
    assert np.diff(again)[0] == pytest.approx(np.diff(once)[0], rel=0.02)
    assert np.diff(as_if_new)[0] < 0.75 * np.diff(once)[0]


@pytest.mark.parametrize(("n", "units"), [(4, 4), (1, 1), (9, 1)])
def test_a_mean_of_too_few_has_no_interval(n, units):
    found = comparisons.mean_interval(np.arange(n, dtype=float), pd.Series(np.arange(n) % units))
    assert np.isnan(found).all()


@pytest.mark.parametrize("n", [6, 7, 15, 34, 107])
def test_the_interval_of_the_median_covers_it_in_95_of_100_samples(n):
    generator = np.random.default_rng(n)
    draws = 4000
    true = np.log(2) * 10
    found = np.array([comparisons.median_interval(generator.exponential(10, n)) for _ in range(draws)])
    covered = ((found[:, 0] <= true) & (true <= found[:, 1])).mean()
    assert covered >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / draws)


@pytest.mark.parametrize(("n", "places"), [(6, (1, 6)), (9, (2, 8)), (20, (6, 15)), (50, (18, 33)), (100, (40, 61))])
def test_the_interval_of_the_median_runs_between_the_tabled_order_statistics(n, places):
    found = comparisons.median_interval(np.random.default_rng(0).permutation(np.arange(1.0, n + 1)))
    assert found == places


@pytest.mark.parametrize("n", [1, 3, 5])
def test_a_median_of_five_or_fewer_has_no_interval(n):
    assert np.isnan(comparisons.median_interval(np.arange(float(n)))).all()


def test_a_group_without_figures_has_counts_of_zero_and_no_numbers():
    found = comparisons.describe(rows_of([np.nan, np.nan]), "agency_rate")
    assert (found["n"], found["councils"]) == (0, 0)
    assert pd.isna([found[c] for c in comparisons.COLUMNS[2:]]).all()


# --- by judgement ----------------------------------------------------------------------------------------------------


def test_every_judgement_and_measure_has_a_row_also_without_inspections():
    rows = rows_of([10.0] * 6, judged="good")
    found = comparisons.by_judgement(rows, measures=("agency_rate",)).set_index("judgement")
    assert list(found.index) == list(JUDGEMENTS)
    assert found.n.tolist() == [0, 0, 6, 0]


def test_the_real_groups_hold_every_inspection_once(real):
    found = comparisons.by_judgement(real)
    assert len(found) == len(FIVE) * 4
    for measure, part in found.groupby("measure"):
        assert part.n.sum() == real[measure].notna().sum()
    assert (found.mean_ci_low < found["mean"]).all()
    assert (found["mean"] < found.mean_ci_high).all()
    assert ((found.q1 <= found["median"]) & (found["median"] <= found.q3)).all()
    assert ((found.median_ci_low <= found["median"]) & (found["median"] <= found.median_ci_high)).all()


def test_another_judgement_groups_by_itself(real):
    found = comparisons.by_judgement(real, "leaders", ("caseload",)).set_index("judgement")
    good = real[(real.leaders == "good")].caseload.dropna()
    assert (found.n["good"], found["mean"]["good"]) == (len(good), pytest.approx(good.mean()))


def test_each_census_is_described_apart():
    rows = pd.concat([rows_of([10.0] * 6).assign(census=2020), rows_of([30.0] * 7).assign(census=2021)])
    found = comparisons.by_census(rows, ("agency_rate",)).query("judgement == 'good'").set_index("census")
    assert found["mean"].to_dict() == {2020: 10, 2021: 30}
    assert found.n.to_dict() == {2020: 6, 2021: 7}


def test_the_two_tables_keep_their_rows_and_say_which_is_which(real):
    one = comparisons.by_judgement(real, measures=("caseload",))
    two = comparisons.by_census(panel.with_standing("2019-06-30"), ("caseload",))
    found = comparisons.both(one, two)
    assert found.basis.value_counts().to_dict() == {"inspection": len(one), "standing": len(two)}
    assert found[found.basis == "inspection"].census.isna().all()
    assert found[found.basis == "standing"].census.unique().tolist() == [2017, 2018]


# --- differences -----------------------------------------------------------------------------------------------------


def test_a_difference_is_the_gap_of_the_means_with_welch_like_reach():
    generator = np.random.default_rng(5)
    one, two = generator.normal(25, 6, 40), generator.normal(12, 4, 60)
    rows = rows_of([*one, *two], judged=["inadequate"] * 40 + ["outstanding"] * 60)
    found = comparisons.difference(rows, "agency_rate", "inadequate", "outstanding")
    welch = stats.ttest_ind(one, two, equal_var=False).confidence_interval()
    assert found["difference"] == pytest.approx(one.mean() - two.mean())
    assert (found["ci_low"], found["ci_high"]) == pytest.approx((welch.low, welch.high), rel=0.02)
    assert found["n"] == 100


def test_the_difference_turns_its_sign_with_its_sides(real):
    there = comparisons.difference(real, "agency_rate", "inadequate", "outstanding")
    back = comparisons.difference(real, "agency_rate", "outstanding", "inadequate")
    assert there["difference"] == pytest.approx(-back["difference"])
    assert there["ci_low"] == pytest.approx(-back["ci_high"])
    assert there["ci_low"] > 0


def test_copies_within_a_cluster_do_not_narrow_the_difference():
    generator = np.random.default_rng(6)
    rows = rows_of(generator.normal(15, 5, 40), judged=["inadequate"] * 20 + ["outstanding"] * 20)
    widths = [
        np.diff(
            [comparisons.difference(r, "agency_rate", "inadequate", "outstanding")[c] for c in ("ci_low", "ci_high")]
        )
        for r in (rows, pd.concat([rows] * 4, ignore_index=True))
    ]
    assert widths[1][0] == pytest.approx(widths[0][0], rel=0.03)


@pytest.mark.parametrize(("few", "known"), [(4, False), (5, True)])
def test_a_difference_from_fewer_than_five_figures_is_not_given(few, known):
    generator = np.random.default_rng(7)
    judged = ["inadequate"] * few + ["outstanding"] * 30 + ["inadequate"] * 3
    values = [*generator.normal(15, 5, few + 30), *[np.nan] * 3]
    found = comparisons.difference(rows_of(values, judged=judged), "agency_rate", "inadequate", "outstanding")
    assert bool(np.isfinite([found["difference"], found["ci_low"], found["ci_high"]]).all()) is known


# --- for readers -----------------------------------------------------------------------------------------------------


def test_the_readers_table_says_where_there_are_too_few():
    rows = rows_of([10.0] * 3 + [12.0, 14.0, 13.0, 11.0, 15.0, 16.0], judged=["inadequate"] * 3 + ["good"] * 6)
    table = comparisons.shown(comparisons.by_judgement(rows, measures=("agency_rate",)), "agency_rate")
    told = table.set_index("Judgement")["95% interval of the median"]
    assert told["inadequate"] == "fewer than needed"
    assert told["good"] == "11.0 to 16.0"


def test_means_by_census_show_n_in_brackets_and_a_dash_for_none():
    rows = pd.concat([rows_of([10.0] * 6).assign(census=2020), rows_of([30.0] * 7).assign(census=2021)])
    table = comparisons.means_by_census(comparisons.by_census(rows, ("agency_rate",)), "agency_rate")
    assert table.Census.tolist() == ["2020", "2021"]
    assert table["Good"].tolist() == ["10.0, 10.0 to 10.0 (6)", "30.0, 30.0 to 30.0 (7)"]
    assert table["Inadequate"].tolist() == ["–", "–"]
