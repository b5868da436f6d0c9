"""Outcomes for children given the staffing: planted associations recovered, and statsmodels' and numpy's answers met."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from workforce_ratings import panel
from workforce_ratings.models import children
from workforce_ratings.models.children import MAIN, PUBLISHED, THEIRS, VARIANTS, Rules
from workforce_ratings.vocabulary import FIVE, Fault

AS_AT = "2026-06-30"
PLANTED = {"agency_rate": 0.25, "turnover_rate": -0.15, "vacancy_rate": 0.0, "absence_rate": 0.5, "caseload": -0.4}


def invented(councils=60, years=7, noise=1.0, seed=11, joint=0, outcome="re_referrals"):
    """An unbalanced panel with council and year effects that move with the measures, and PLANTED associations.

    The first `joint` pairs of councils send one return each.
    """
    generator = np.random.default_rng(seed)
    level, shock = generator.normal(0, 6, councils), generator.normal(0, 4, years)
    council, year = (a.ravel() for a in np.meshgrid(np.arange(councils), np.arange(years), indexing="ij"))
    centre = 15 + 0.6 * level[council] + 0.5 * shock[year]
    measures = {name: centre + generator.normal(0, 4, len(council)) for name in FIVE}
    percent = 30 + level[council] + shock[year] + generator.normal(0, noise, len(council))
    percent += sum(PLANTED[name] * values for name, values in measures.items())
    codes = np.array([f"E{10_000_000 + i}" for i in range(councils)])
    unit = np.array(
        [f"{codes[i - i % 2]} / {codes[i - i % 2 + 1]}" if i < 2 * joint else codes[i] for i in range(councils)]
    )
    frame = pd.DataFrame(
        {"council_code": codes[council], "return_unit": unit[council], "year": 2018 + year, **measures}
    )
    frame = frame.assign(
        outcome=outcome,
        council=frame.council_code,
        numerator=percent * 10,
        denominator=1000.0,
        percent=percent,
        census=frame.year - 1,
        joint=frame.return_unit.str.contains("/"),
        reorganised=frame.council_code.isin(codes[-6:]),
        imd_average_score=20 + 0.2 * council,
    )
    # Partners of a joint return have the return's measures.
    shared = frame.groupby(["return_unit", "year"])[list(FIVE)].transform("first")
    return frame.assign(**shared)[generator.random(len(frame)) > 0.1].reset_index(drop=True)


@pytest.fixture(scope="module")
def rows():
    return invented()


@pytest.fixture(scope="module")
def real():
    return panel.outcomes_for_children(AS_AT), panel.outcomes_for_children(AS_AT, 2), panel.outcomes_as_published(AS_AT)


@pytest.fixture(scope="module")
def terms(real):
    return children.associations(*real)


# --- estimates -------------------------------------------------------------------------------------------------------


def test_planted_associations_are_recovered_beside_council_and_year_effects(rows):
    found = children.association(rows, "re_referrals", "five").set_index("term")
    for term, planted in PLANTED.items():
        assert abs(found.coef[term] - planted) < 4 * found.se[term]
        assert found.se[term] < 0.05
    assert found.coef["agency_rate"] == pytest.approx(0.25, abs=0.06)
    assert (found.reason == "").all()


def test_without_noise_the_planted_associations_are_exact():
    found = children.association(invented(noise=0.0), "re_referrals", "five").set_index("term")
    assert found.coef.to_dict() == pytest.approx(PLANTED, abs=1e-8)


def test_pooled_regression_would_have_missed_them(rows):
    """The effects matter: without them the same data give another coefficient."""
    pooled = np.polyfit(rows.agency_rate, rows.percent, 1)[0]
    assert pooled > 0.5


def test_council_and_year_constants_change_nothing(rows):
    moved = rows.percent + 3 * rows.council_code.str[-2:].astype(int) - 5 * rows.year
    one, two = (children.association(r, "re_referrals", "three") for r in (rows, rows.assign(percent=moved)))
    pd.testing.assert_frame_equal(one, two, rtol=1e-6)


@pytest.mark.parametrize("model", list(children.MODELS))
def test_estimates_are_those_of_least_squares_with_dummies(rows, model):
    found, measures = children.association(rows, "re_referrals", model), list(children.MODELS[model])
    dummies = pd.get_dummies(rows[["council_code", "year"]].astype(str), drop_first=True, dtype=float)
    design = sm.add_constant(pd.concat([rows[measures], dummies], axis=1))
    theirs = sm.OLS(rows.percent, design).fit()
    np.testing.assert_allclose(found.coef, theirs.params[measures], rtol=1e-8)
    assert (found.n == len(rows)).all()
    assert (found.councils == 60).all()


def test_standard_errors_are_the_sandwich_clustered_by_return_unit():
    rows = invented(joint=5)
    found = children.association(rows, "re_referrals", "three", Rules(joint_returns="both")).set_index("term")
    measures = list(children.MODELS["three"])
    dummies = pd.get_dummies(rows[["council_code", "year"]].astype(str), dtype=float).to_numpy()
    left = rows[["percent", *measures]].to_numpy()
    left = left - dummies @ np.linalg.pinv(dummies) @ left
    y, x = left[:, 0], left[:, 1:]
    bread = np.linalg.inv(x.T @ x)
    scores = pd.DataFrame(x * (y - x @ bread @ x.T @ y)[:, None]).groupby(rows.return_unit).sum().to_numpy()
    # Every effect counts among the parameters, which widens the interval a little.
    left_over = len(rows) - (rows.council_code.nunique() + rows.year.nunique() - 1) - len(measures)
    plain = np.sqrt(np.diag(bread @ scores.T @ scores @ bread) * len(rows) / left_over)
    np.testing.assert_allclose(found.se[measures], plain, rtol=1e-6)
    reach = stats.t.ppf(0.975, left_over) * found.se
    np.testing.assert_allclose(found.ci_high - found.coef, reach, rtol=1e-6)
    np.testing.assert_allclose(found.coef - found.ci_low, reach, rtol=1e-6)


def test_copies_within_a_return_unit_do_not_narrow_the_interval(rows):
    copy = rows.assign(council_code=rows.council_code.str.replace("E1", "E2"))
    twice = pd.concat([rows, copy], ignore_index=True).assign(joint=False)
    one = children.association(rows, "re_referrals", "agency").iloc[0]
    clustered = children.association(twice, "re_referrals", "agency", Rules(joint_returns="both")).iloc[0]
    apart = children.association(twice.assign(return_unit=twice.council_code), "re_referrals", "agency").iloc[0]
    assert clustered.se == pytest.approx(one.se, rel=0.1)
    assert apart.se < 0.8 * one.se


# --- rows ------------------------------------------------------------------------------------------------------------


def test_a_joint_return_is_one_row_with_counts_added():
    rows = invented(joint=3).assign(
        numerator=lambda d: np.where(d.council_code.str[-1] == "0", 10.0, 30.0),
        denominator=lambda d: np.where(d.council_code.str[-1] == "0", 100.0, 100.0),
    )
    once = children.select(rows)
    partners = (rows[rows.council_code == f"E1000000{i}"] for i in (0, 1))
    both = pd.merge(*partners, on="year").year.iloc[0]
    row = once[(once.return_unit == "E10000000 / E10000001") & (once.year == both)].iloc[0]
    assert [row.numerator, row.denominator, row.percent] == [40, 200, 20]
    assert not once.duplicated(["entity", "year"]).any()
    assert once.entity.nunique() == 57


@pytest.mark.parametrize(("joint_returns", "councils"), [("once", 57), ("dropped", 54), ("both", 60)])
def test_joint_returns_are_counted_as_the_rules_say(joint_returns, councils):
    found = children.association(invented(joint=3), "re_referrals", "agency", Rules(joint_returns=joint_returns))
    assert found.councils.tolist() == [councils]


def test_a_suppressed_count_of_one_partner_leaves_the_joint_return_without_a_share():
    rows = invented(joint=1)
    blank = rows.assign(numerator=rows.numerator.mask(rows.council_code == "E10000000"))
    once = children.select(blank).query("joint")
    years = set(rows[rows.council_code == "E10000000"].year)
    assert once[once.year.isin(years)].percent.isna().all()


def test_reorganised_councils_can_be_left_out(rows):
    found = children.association(rows, "re_referrals", "agency", Rules(reorganised="dropped"))
    assert found.councils.tolist() == [54]


@pytest.mark.parametrize("asked", [{"joint_returns": "twice"}, {"reorganised": "merged"}])
def test_unknown_rules_are_refused(rows, asked):
    with pytest.raises(Fault, match="choose one of"):
        children.select(rows, **asked)


def test_the_rows_handed_in_stay_as_they_were(rows):
    before = rows.copy()
    children.association(rows, "re_referrals", "five")
    pd.testing.assert_frame_equal(rows, before)


# --- what cannot be estimated ----------------------------------------------------------------------------------------

DEGENERATE = {
    "no year of any council has the outcome and every measure": lambda r: r.iloc[:0],
    "fewer than 20 councils have figures (1)": lambda r: r[r.council_code == "E10000000"],
    "the outcome does not vary within councils beside the years": lambda r: r.assign(percent=5.0 + r.year),
    "agency_rate does not vary within councils": lambda r: r.assign(agency_rate=r.council_code.str[-2:].astype(float)),
    "turnover_rate does not vary within councils": lambda r: r.assign(turnover_rate=0.0),
    "a measure is a combination of the others": lambda r: r.assign(caseload=2 * r.agency_rate - r.turnover_rate),
}


@pytest.mark.parametrize("reason", list(DEGENERATE))
def test_a_model_that_cannot_be_estimated_says_why_in_place_of_numbers(rows, reason):
    found = children.association(DEGENERATE[reason](rows), "re_referrals", "three")
    assert found.term.tolist() == list(children.MODELS["three"])
    assert found.reason.str.startswith(reason).all()
    assert found[list(children.NUMBERS)].isna().all(axis=None)


def test_another_outcome_has_no_rows_here(rows):
    found = children.association(rows, "same_carer", "agency")
    assert found.n.tolist() == [0]
    assert found.reason.iloc[0]


@pytest.mark.parametrize(("outcome", "model"), [("grades", "agency"), ("re_referrals", "four")])
def test_an_unknown_outcome_or_model_is_refused(rows, outcome, model):
    with pytest.raises(Fault, match="choose one of"):
        children.association(rows, outcome, model)


# --- the real figures, and the published ones --------------------------------------------------------------------------


def test_every_regression_stands_once_and_the_main_rules_are_marked(terms):
    assert list(terms) == children.TERM_COLUMNS
    assert not terms.duplicated(["outcome", "model", "term", "lag", "joint_returns", "reorganised"]).any()
    main = terms[terms.main]
    assert (main[["lag", "joint_returns", "reorganised"]] == [1, "once", "kept"]).all(axis=None)
    assert len(main) == 5 * (1 + 3 + 5)
    others = terms[~terms.main].groupby("outcome").size()
    assert others.to_dict() == {"re_referrals": 5 * 6, "repeat_plans": 5 * 6, "three_placements": 6}
    assert (terms.ci_low < terms.coef).all()
    assert (terms.coef < terms.ci_high).all()


@pytest.mark.parametrize("outcome", ["re_referrals", "repeat_plans"])
def test_the_published_coefficients_come_out_under_their_own_rules(terms, outcome):
    rules = {"lag": THEIRS.lag, "joint_returns": THEIRS.joint_returns, "reorganised": THEIRS.reorganised}
    same = terms[(terms[list(rules)] == list(rules.values())).all(axis=1)]
    row = same.query("outcome == @outcome and model == 'five' and term == 'agency_rate'").iloc[0]
    published = PUBLISHED[outcome]
    assert row.n == published.n
    found = [round(v, 3) for v in (row.coef, row.ci_low, row.ci_high)]
    assert found == [published.coef, published.ci_low, published.ci_high]


def test_an_estimate_outside_the_published_interval_is_said_to_be(terms):
    moved = terms.assign(coef=terms.coef.where(terms.outcome != "re_referrals", 0.5))
    found = children.beside_published(moved)
    assert not found[found.outcome == "re_referrals"].within.any()
    assert found[found.outcome == "three_placements"].within.all()
    lost = children.beside_published(terms.assign(coef=np.nan))
    assert not lost.within.any()


def test_nothing_published_later_than_the_day_of_the_report_stands_beside_ours(terms):
    assert children.beside_published(terms, "2026-06-29").empty
    same = children.beside_published(terms, children.PUBLISHED_ON)
    pd.testing.assert_frame_equal(same, children.beside_published(terms))
    assert list(children.beside_published(terms, "2026-06-29")) == list(same)


def test_all_regressions_are_those_of_one_at_a_time(real, terms):
    alone = children.association(real[1], "repeat_plans", "five", Rules(lag=2))
    among = terms.query("outcome == 'repeat_plans' and model == 'five' and lag == 2").reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, among)


def test_the_main_rules_were_the_first_of_the_variants():
    assert VARIANTS[0] == MAIN == Rules(1, "once", "kept")


# --- social workers of each child --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def workers():
    rows = invented(years=1, noise=3.0, seed=3, outcome="three_social_workers")
    return children.social_workers(rows)


def test_the_cross_section_is_least_squares_with_hc3(workers):
    found = children.cross_section(workers).query("model == 'both_and_deprivation'").set_index("term")
    terms = ["turnover_rate", "agency_rate", "imd_average_score"]
    x = np.column_stack([np.ones(len(workers)), workers[terms]])
    bread = np.linalg.inv(x.T @ x)
    beta = bread @ x.T @ workers.percent
    leverage = np.einsum("ij,jk,ik->i", x, bread, x)
    weighted = x * ((workers.percent - x @ beta) / (1 - leverage)).to_numpy()[:, None]
    se = np.sqrt(np.diag(bread @ weighted.T @ weighted @ bread))
    np.testing.assert_allclose(found.coef[terms], beta[1:])
    np.testing.assert_allclose(found.se[terms], se[1:])
    reach = stats.t.ppf(0.975, len(workers) - 4) * se[1:]
    np.testing.assert_allclose(found.ci_high[terms] - found.coef[terms], reach)


def test_correlations_have_fishers_interval(workers):
    found = children.cross_section(workers).query("model == 'correlation'").set_index("term").loc["agency_rate"]
    theirs = stats.pearsonr(workers.agency_rate, workers.percent)
    assert [found.coef, found.p] == pytest.approx([theirs.statistic, theirs.pvalue])
    interval = theirs.confidence_interval(0.95)
    assert [found.ci_low, found.ci_high] == pytest.approx([interval.low, interval.high])


def test_ranks_withstand_one_extreme_council(workers):
    extreme = workers.assign(percent=workers.percent.mask(workers.index == workers.index[0], 1e6))
    one, two = (
        children.cross_section(w).set_index(["model", "term"]).coef.xs("agency_rate", level="term")
        for w in (workers, extreme)
    )
    assert abs(two["rank_correlation"] - one["rank_correlation"]) < 0.1
    assert abs(two["correlation"] - one["correlation"]) > 0.2


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda w: w.iloc[:5], "fewer than 20 councils have figures (5)"),
        (lambda w: w.assign(percent=20.0), "the outcome is the same in every council"),
        (lambda w: w.assign(turnover_rate=9.0), "turnover_rate is the same in every council"),
        (lambda w: w.assign(turnover_rate=w.agency_rate), "a measure is a combination of the others"),
    ],
)
def test_a_cross_section_that_cannot_be_estimated_says_why(workers, edit, reason):
    found = children.cross_section(edit(workers)).query("model == 'both'")
    assert (found.reason == reason).all()
    assert found[list(children.NUMBERS)].isna().all(axis=None)


def test_the_real_cross_section_is_of_2024_beside_the_census_within_the_year(real):
    workers = children.social_workers(real[0])
    assert set(workers.year) == {2024}
    assert set(workers.census) == {2023}
    assert workers.return_unit.is_unique
    found = children.cross_section(workers)
    assert found.n.between(140, 153).all()
    assert (found.reason == "").all()
