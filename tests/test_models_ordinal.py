"""Ordinal models: planted coefficients come back, statsmodels agrees, and what cannot be estimated says why."""

import dataclasses
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.tools.numdiff import approx_fprime

from workforce_ratings import panel
from workforce_ratings.models import margins, ordinal, proportional_odds
from workforce_ratings.vocabulary import FIVE, JUDGEMENT_TYPE, JUDGEMENTS, MEASURES, THREE

TRUE = {"agency_rate": -0.06, "turnover_rate": 0.02, "caseload": -0.3, "vacancy_rate": 0.03, "absence_rate": -0.4}
CUTS = np.array([-8.0, -6.2, -4.0])


def simulated(n, seed, coefficients=TRUE, cuts=CUTS):
    """A panel of independent councils whose judgements follow a proportional-odds model with these coefficients."""
    generator = np.random.default_rng(seed)
    rows = pd.DataFrame(
        {
            "agency_rate": generator.gamma(2.5, 7, n).clip(0, 80),
            "turnover_rate": generator.gamma(6, 2.7, n),
            "vacancy_rate": generator.gamma(2.5, 7, n),
            "absence_rate": generator.normal(3.3, 1, n).clip(0.5),
            "caseload": generator.normal(16.7, 2.4, n),
        }
    )
    latent = sum(b * rows[m] for m, b in coefficients.items()) + generator.logistic(size=n)
    return _judged(rows, np.searchsorted(np.sort(cuts), latent))


def _judged(rows, codes):
    units = [f"U{i}" for i in range(len(rows))]
    overall = pd.Categorical.from_codes(codes, dtype=JUDGEMENT_TYPE)
    return rows.assign(overall=overall, council_code=units, return_unit=units)


@cache
def real():
    return panel.ilacs_to_2025(panel.build("2026-06-30"))


@cache
def fitted(model):
    return ordinal.fit(real(), model)


# --- planted and known answers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("model", "seed"), [("three", 1), ("five", 1), ("five", 2)])
def test_planted_coefficients_and_thresholds_are_recovered(model, seed):
    measures = ordinal.MODELS[model]
    planted = {m: TRUE[m] for m in measures}
    found = ordinal.terms(ordinal.fit(simulated(8000, seed, planted), model)).set_index("term")
    truth = pd.Series([*planted.values(), *CUTS], index=[*measures, *ordinal.THRESHOLDS])
    assert ((found.coef - truth).abs() < 3 * found.se).all()
    assert (found.se[list(measures)] < 0.05).all()
    # Rows are independent here, so that clustering must change little.
    assert found.se_clustered.to_numpy() == pytest.approx(found.se.to_numpy(), rel=0.1)


@pytest.mark.parametrize(
    ("model", "n", "loglik", "coefficients"),
    [
        ("three", 265, -313.534, {"agency_rate": -0.0597, "turnover_rate": 0.0064, "caseload": -0.3175}),
        ("five", 263, -306.451, {}),
    ],
)
def test_the_real_models_give_the_known_answer(model, n, loglik, coefficients):
    found = fitted(model)
    assert found.n == n
    assert found.loglik == pytest.approx(loglik, abs=0.001)
    for measure, coefficient in coefficients.items():
        assert found.estimates[measure] == pytest.approx(coefficient, abs=0.0001)


@pytest.mark.parametrize("model", ["three", "five"])
def test_the_real_models_agree_with_statsmodels_own(model):
    found = fitted(model)
    x, k = found.values, len(found.measures)
    groups = found.rows.return_unit.astype("category").cat.codes
    theirs = OrderedModel(found.rows.overall.cat.codes, x, distr="logit")
    start = theirs.fit(method="bfgs", maxiter=2000, disp=False).params
    cluster = {"cov_type": "cluster", "cov_kwds": {"groups": groups}}
    plain = theirs.fit(method="newton", start_params=start, disp=False)
    robust = theirs.fit(method="newton", start_params=start, disp=False, **cluster)

    def natural(params):
        return np.r_[params[:k], theirs.transform_threshold_params(params)[1:-1]]

    turn = np.array([approx_fprime(plain.params, lambda p, i=i: natural(p)[i], centered=True) for i in range(k + 3)])
    assert found.estimates.to_numpy() == pytest.approx(natural(plain.params), abs=1e-6)
    assert found.covariance == pytest.approx(turn @ plain.cov_params() @ turn.T, rel=1e-4)
    assert found.clustered == pytest.approx(turn @ robust.cov_params() @ turn.T, rel=1e-4)


def test_the_quicker_form_of_statsmodels_model_gives_its_very_digits():
    rows = fitted("three").rows
    codes, x = rows.overall.cat.codes.to_numpy(), rows[list(THREE)].to_numpy()
    ours, theirs = ordinal._Model(codes, x, distr="logit"), OrderedModel(codes, x, distr="logit")
    params = np.array([-0.03, 0.01, -0.1, -4.0, 0.5, 0.9])
    for at in (params, params, params + 0.01, params - 5):
        assert (ours.loglikeobs(at) == theirs.loglikeobs(at)).all()
        hessian = ours.hessian(at)
        assert np.array_equal(hessian, theirs.hessian(at), equal_nan=True)
        hessian[:] = 0


def test_a_fit_is_resampled_once_for_all_that_is_told_of_it(monkeypatch):
    found, drawn = ordinal.fit(simulated(400, 3), "three"), []
    real_resamples = ordinal.batched.resamples
    monkeypatch.setattr(ordinal, "RESAMPLES", 50)
    monkeypatch.setattr(ordinal.batched, "resamples", lambda *a: drawn.append(a) or real_resamples(*a))
    told = ordinal.bootstrap(found)
    told[:] = 0
    margins.changes(found), margins.curve(found, "caseload")
    assert len(drawn) == 1
    assert (ordinal.bootstrap(found) != 0).all(axis=None)
    assert len(drawn) == 1


def test_the_clustered_covariance_is_the_sandwich_of_scores_summed_by_return_unit():
    found = fitted("three")
    codes, x, k = found.rows.overall.cat.codes.to_numpy(), found.values, 3

    def logs(values):
        return np.log(ordinal.probabilities(values, x)[np.arange(found.n), codes])

    scores = approx_fprime(found.estimates.to_numpy(), logs, centered=True)
    sums = pd.DataFrame(scores).groupby(found.rows.return_unit.to_numpy()).sum().to_numpy()
    units = len(sums)
    correction = units / (units - 1) * (found.n - 1) / (found.n - (k + 3))
    sandwich = correction * found.covariance @ (sums.T @ sums) @ found.covariance
    assert np.sqrt(np.diag(found.clustered)) == pytest.approx(np.sqrt(np.diag(sandwich)), rel=0.01)


def test_a_positive_coefficient_goes_with_a_better_judgement():
    found = ordinal.fit(simulated(2000, 3, {**TRUE, "caseload": 0.3}, CUTS + 10), "three")
    assert found.estimates["caseload"] > 0.2
    assert found.estimates["agency_rate"] < 0
    more = margins.average_change(found, "caseload")
    assert more["change"] > 0


@pytest.mark.parametrize("model", ["three", "five"])
def test_a_standardised_coefficient_is_the_original_times_the_standard_deviation(model):
    plain, standardised = fitted(model), fitted(f"{model}_standardised")
    for measure in plain.measures:
        spread = plain.rows[measure].std(ddof=1)
        assert standardised.estimates[measure] == pytest.approx(plain.estimates[measure] * spread, rel=1e-4)
    assert standardised.loglik == pytest.approx(plain.loglik, abs=1e-6)
    p = [ordinal.terms(f).set_index("term").p[list(plain.measures)] for f in (plain, standardised)]
    assert p[0].to_numpy() == pytest.approx(p[1].to_numpy(), rel=1e-3)


@pytest.mark.parametrize("params", [[0.5, -1.0, 0.2, 0.7], [-0.1, 0.3, -8.0, 0.5, 0.9], [2.0, 1.5, -1.0]])
def test_the_threshold_jacobian_is_the_numeric_one(params):
    params = np.array(params)
    k = len(params) - 3

    def natural(p):
        return np.r_[p[:k], p[k], p[k] + np.cumsum(np.exp(p[k + 1 :]))]

    numeric = np.array([approx_fprime(params, lambda p, i=i: natural(p)[i], centered=True) for i in range(len(params))])
    assert ordinal._threshold_jacobian(params, k) == pytest.approx(numeric, abs=1e-6)


def test_thresholds_rise_and_their_terms_carry_the_names_of_the_contract():
    found = fitted("three")
    assert list(found.estimates.index[3:]) == list(ordinal.THRESHOLDS)
    assert ordinal.THRESHOLDS[0] == "inadequate|requires improvement"
    assert found.estimates[3:].is_monotonic_increasing


def test_the_terms_are_the_columns_of_the_table_with_intervals_from_the_clustered_errors():
    rows = ordinal.terms(fitted("three"))
    assert list(rows) == ordinal.TERM_COLUMNS
    assert rows.councils.unique().tolist() == [156]
    assert ((rows.ci_high - rows.ci_low) / 2).to_numpy() == pytest.approx(1.959964 * rows.se_clustered, rel=1e-6)
    assert rows.p.to_numpy() == pytest.approx(stats.chi2.sf((rows.coef / rows.se_clustered) ** 2, 1))
    clear = (rows.ci_low > 0) | (rows.ci_high < 0)
    assert (clear == (rows.p < 0.05)).all()


def test_both_rules_and_all_judgements_can_be_fitted():
    other = panel.ilacs_to_2025(panel.build("2026-06-30", "published"))
    for judgement in ("overall", "leaders", "help_and_protection", "in_care"):
        found = ordinal.fit(other, "three", judgement, "published")
        assert isinstance(found, ordinal.Fit)
        assert ordinal.terms(found).judgement.unique().tolist() == [judgement]


def test_rows_with_a_marker_are_left_out_and_the_panel_is_not_changed():
    rows = simulated(300, 4)
    rows.loc[:9, "caseload"] = np.nan
    kept = rows.copy()
    assert ordinal.fit(rows, "three").n == 290
    pd.testing.assert_frame_equal(rows, kept)


def test_the_order_of_the_rows_does_not_matter():
    again = ordinal.fit(real().sample(frac=1, random_state=5), "three")
    assert again.estimates.to_numpy() == pytest.approx(fitted("three").estimates.to_numpy(), abs=1e-6)
    assert again.clustered == pytest.approx(fitted("three").clustered, rel=1e-4)


# --- null data -------------------------------------------------------------------------------------------------------


def shuffled_share(draws, model):
    """Of shuffles of the real judgements among the rows, the share of coefficients with p < 0.05."""
    generator = np.random.default_rng(20260630)
    rows = ordinal.complete(real(), "overall", ordinal.MODELS[model])
    p = []
    for _ in range(draws):
        shuffled = rows.assign(overall=rows.overall.array[generator.permutation(len(rows))])
        found = ordinal.terms(ordinal.fit(shuffled, model)).set_index("term")
        p += found.p[list(ordinal.MODELS[model])].tolist()
    return np.mean(np.array(p) < 0.05), len(p)


def within_chance(share, tests):
    # Three standard errors of a share of 5%, and a point for the sandwich's small-sample bias.
    return abs(share - 0.05) < 3 * np.sqrt(0.05 * 0.95 / tests) + 0.01


@pytest.mark.slow
def test_shuffled_judgements_give_five_percent_of_small_p_values():
    assert within_chance(*shuffled_share(200, "three"))


def test_a_few_shuffled_judgements_give_hardly_any_small_p_values():
    share, tests = shuffled_share(25, "three")
    assert within_chance(share, tests)
    assert not within_chance(0.25, tests)


# --- what cannot be estimated ----------------------------------------------------------------------------------------


def _separated():
    rows = simulated(100, 6)
    codes = np.searchsorted(np.quantile(rows.caseload, [0.25, 0.5, 0.75]), rows.caseload)
    return _judged(rows, 3 - codes)


FAULTY = {
    "separated": (_separated, ("separate", "no clear maximum", "did not converge")),
    "flat": (lambda: simulated(400, 6).assign(caseload=16.0), ("Average caseload is the same",)),
    "collinear": (lambda: simulated(400, 6).assign(caseload=lambda d: 2 * d.agency_rate + 1), ("combination",)),
    "twice": (lambda: simulated(400, 6).assign(turnover_rate=lambda d: d.agency_rate), ("combination",)),
    "few": (lambda: simulated(59, 7), ("59 inspections are too few",)),
    "none": (lambda: simulated(400, 6).iloc[:0], ("no inspection has it",)),
    "no figures": (lambda: simulated(400, 6).assign(caseload=np.nan), ("no inspection has it",)),
    "one judgement": (lambda: _judged(simulated(400, 6), [2] * 400), ("inadequate or requires improvement or out",)),
}


@pytest.mark.parametrize("name", FAULTY)
@pytest.mark.parametrize("model", ["three", "three_standardised"])
def test_a_model_that_cannot_be_estimated_says_why_in_one_sentence(name, model):
    make, reasons = FAULTY[name]
    found = ordinal.fit(make(), model)
    assert isinstance(found, ordinal.NotEstimated)
    assert any(reason in found.reason for reason in reasons), found.reason
    assert found.sentence.startswith(
        f"{ordinal.model_label(model)} of the judgement of overall effectiveness cannot be "
    )
    assert found.sentence.endswith(".")


@pytest.mark.parametrize("absent", JUDGEMENTS)
def test_a_missing_category_is_named(absent):
    rows = simulated(600, 8)
    found = ordinal.fit(rows[rows.overall != absent], "three")
    assert f"no inspection with the judgement {absent} among" in found.reason


def test_what_was_not_estimated_gives_empty_frames_and_the_rest_goes_on():
    bad = ordinal.fit(FAULTY["flat"][0](), "three")
    for frame in (
        margins.changes(bad),
        margins.curve(bad, "caseload"),
        proportional_odds.binary_cuts(bad),
        proportional_odds.proportional_odds_test(bad),
        ordinal.all_terms({"three": bad}),
    ):
        assert len(frame) == 0
        assert len(frame.columns) > 2
    assert ordinal.estimated(bad, THREE) == ()
    both = {"three": bad, "five": fitted("five")}
    assert ordinal.reasons(both) == [bad.sentence]
    assert set(ordinal.all_terms(both).model) == {"five"}


def test_an_optimiser_that_did_not_converge_is_no_result(monkeypatch):
    real_fit = OrderedModel.fit

    def stopped(self, *args, **options):
        return real_fit(self, *args, **(options | {"maxiter": 1, "method": "bfgs"}))

    monkeypatch.setattr(OrderedModel, "fit", stopped)
    monkeypatch.setattr(ordinal, "_as_statsmodels", lambda begun: np.zeros(6))
    found = ordinal.fit(simulated(500, 9), "three")
    assert isinstance(found, ordinal.NotEstimated)
    assert found.reason == "the fit did not converge"


# --- what a coefficient means ----------------------------------------------------------------------------------------


def brute_force(found, x):
    """Share good or outstanding over rows of x, from the definition of the model."""
    b, cut = found.estimates.to_numpy()[:-3], found.estimates["requires improvement|good"]
    return np.mean([1 - 1 / (1 + np.exp(-(cut - row @ b))) for row in x])


@pytest.mark.parametrize("measure", FIVE)
def test_the_average_change_is_that_of_every_inspection_moved_by_one_step(measure):
    found = fitted("five")
    moved = found.values
    moved[:, FIVE.index(measure)] += MEASURES[measure].step
    result = margins.average_change(found, measure)
    observed, after = brute_force(found, found.values), brute_force(found, moved)
    assert result["observed"] == pytest.approx(observed)
    assert result["moved"] == pytest.approx(after)
    assert result["change"] == pytest.approx(after - observed)
    assert result["ci_low"] < result["change"] < result["ci_high"]


@pytest.mark.parametrize("measure", THREE)
def test_the_delta_interval_is_as_wide_as_a_parametric_bootstraps(measure):
    found = fitted("three")
    generator = np.random.default_rng(1)
    moved = found.values
    moved[:, THREE.index(measure)] += MEASURES[measure].step

    def change(values):
        return (ordinal.probabilities(values, moved) - ordinal.probabilities(values, found.values))[:, 2:].sum(1).mean()

    drawn = generator.multivariate_normal(found.estimates, found.clustered, size=1000)
    spread = np.std([change(values) for values in drawn])
    result = margins.average_change(found, measure)
    assert (result["ci_high"] - result["ci_low"]) / 2 / 1.959964 == pytest.approx(spread, rel=0.1)


def test_copies_of_rows_within_a_return_unit_do_not_narrow_any_interval(monkeypatch):
    # No interval looked at here is the bootstrap's, which margins.changes draws to tell what is clear.
    monkeypatch.setattr(ordinal, "RESAMPLES", 20)
    # A fit of its own, as a fit keeps its bootstrap.
    single = dataclasses.replace(fitted("three"))
    rows = single.rows
    copied = ordinal.fit(pd.concat([rows] * 4, ignore_index=True), "three")
    for found in (
        margins.changes,
        lambda f: margins.curve(f, "caseload"),
        ordinal.terms,
        proportional_odds.binary_cuts,
    ):
        once, again = (found(f).ci_high - found(f).ci_low for f in (single, copied))
        assert again.to_numpy() == pytest.approx(once.to_numpy(), rel=0.03)


@pytest.mark.parametrize("measure", THREE)
def test_a_standardised_model_says_the_same_of_the_same_inspections(measure):
    plain, standardised = (margins.average_change(fitted(m), measure) for m in ("three", "three_standardised"))
    for name in ("observed", "moved", "change", "ci_low", "ci_high"):
        assert standardised[name] == pytest.approx(plain[name], abs=1e-4)
    curves = [margins.curve(fitted(m), measure) for m in ("three", "three_standardised")]
    assert curves[0].to_numpy() == pytest.approx(curves[1].to_numpy(), abs=0.01)


def test_the_four_probabilities_of_an_inspection_add_up_to_one():
    found = fitted("three")
    p = ordinal.probabilities(found.estimates.to_numpy(), found.values)
    assert p.shape == (265, 4)
    assert (p > 0).all()
    assert p.sum(axis=1) == pytest.approx(1)
    codes = found.rows.overall.cat.codes
    assert np.log(p[np.arange(265), codes]).sum() == pytest.approx(found.loglik)


@pytest.mark.parametrize("measure", ["agency_rate", "caseload"])
def test_the_curve_falls_where_the_coefficient_is_negative_and_stays_within_its_interval(measure):
    points = margins.curve(fitted("three"), measure)
    assert 5 <= len(points) <= 12
    assert points.of_100.is_monotonic_decreasing
    assert points.value.is_monotonic_increasing
    assert ((points.ci_low < points.of_100) & (points.of_100 < points.ci_high)).all()
    assert points[["ci_low", "ci_high"]].stack().between(0, 100).all()


def test_a_point_of_the_curve_is_the_average_over_inspections_given_that_value():
    found = fitted("three")
    point = margins.curve(found, "agency_rate").iloc[2]
    x = found.values
    x[:, 0] = point.value
    assert point.of_100 == pytest.approx(100 * brute_force(found, x))


def test_the_curve_and_the_average_change_tell_the_same_story():
    # All rows at one value: the change of one step is the gap between two points of the curve.
    found = fitted("three")
    points = margins.curve(found, "caseload").set_index("value").of_100
    low = points.index[1]
    alike = dataclasses.replace(found, rows=found.rows.assign(caseload=low))
    change = margins.average_change(alike, "caseload")
    assert 100 * change["change"] == pytest.approx(points[low + MEASURES["caseload"].step] - points[low])


def test_tables_for_readers_show_what_the_terms_say():
    rows = ordinal.all_terms({"three": fitted("three")})
    table = ordinal.shown(rows)
    assert table.Coefficient.tolist() == [f"{c:.3f}" for c in rows.coef]
    assert table.p.tolist()[0] == "under 0.001"
    assert table.Term.notna().all()
    points = margins.curve(fitted("three"), "agency_rate")
    assert len(margins.shown_curve(points, "agency_rate")) == len(points)


# --- proportional odds -----------------------------------------------------------------------------------------------


def not_proportional(n, seed):
    """Agency rate goes with the step out of inadequate alone; the other cuts do not know it."""
    rows = simulated(n, seed)
    generator = np.random.default_rng(seed)
    low = generator.uniform(size=n) < 1 / (1 + np.exp(-(-3.0 + 0.12 * rows.agency_rate)))
    rest = 1 + np.searchsorted([0.35, 0.8], generator.uniform(size=n))
    return _judged(rows, np.where(low, 0, rest))


def brant_by_hand(found):
    """Brant's statistic for all measures, by Newton steps and sums over rows written out."""
    x = np.c_[np.ones(found.n), found.values]
    codes = found.rows.overall.cat.codes.to_numpy()
    slopes, p, bread = [], [], []
    for cut in range(3):
        y, b = (codes > cut).astype(float), np.zeros(x.shape[1])
        for _ in range(30):
            q = 1 / (1 + np.exp(-x @ b))
            hessian = sum(w * np.outer(r, r) for w, r in zip(q * (1 - q), x, strict=True))
            b = b + np.linalg.solve(hessian, x.T @ (y - q))
        slopes.append(b[1:])
        p.append(q)
        bread.append(np.linalg.inv(hessian))
    k = x.shape[1] - 1
    covariance = np.zeros((3 * k, 3 * k))
    for a in range(3):
        for b in range(a, 3):
            meat = sum(w * np.outer(r, r) for w, r in zip(p[b] * (1 - p[a]), x, strict=True))
            block = (bread[a] @ meat @ bread[b])[1:, 1:]
            covariance[a * k : a * k + k, b * k : b * k + k] = block
            covariance[b * k : b * k + k, a * k : a * k + k] = block.T
    d = np.block([[np.eye(k), -np.eye(k), np.zeros((k, k))], [np.eye(k), np.zeros((k, k)), -np.eye(k)]])
    gap = d @ np.concatenate(slopes)
    return gap @ np.linalg.inv(d @ covariance @ d.T) @ gap, 2 * k


@pytest.mark.parametrize("model", ["three", "five"])
def test_brants_statistic_is_the_one_worked_out_by_hand(model):
    whole = proportional_odds.proportional_odds_test(fitted(model)).set_index("term").loc["all measures"]
    chi2, df = brant_by_hand(fitted(model))
    assert whole.chi2 == pytest.approx(chi2, rel=1e-5)
    assert whole.df == df
    assert whole.p == pytest.approx(stats.chi2.sf(chi2, df), rel=1e-4)


def test_brants_p_values_are_spread_evenly_where_odds_are_proportional():
    coefficients = {m: TRUE[m] for m in THREE}
    fits = [ordinal.fit(simulated(500, seed, coefficients), "three") for seed in range(25)]
    p = np.array([proportional_odds.proportional_odds_test(f).p[0] for f in fits])
    assert stats.kstest(p, "uniform").pvalue > 0.01
    assert (p < 0.05).sum() <= stats.binom.ppf(0.999, 25, 0.05)


def test_brants_test_finds_planted_odds_that_are_not_proportional():
    test = proportional_odds.proportional_odds_test(ordinal.fit(not_proportional(1500, 1), "three")).set_index("term")
    assert test.p["all measures"] < 0.001
    assert test.p["agency_rate"] < 0.001
    assert test.p["caseload"] > 0.001
    assert list(test.df) == [6, 2, 2, 2]


def test_the_binary_cuts_show_where_the_planted_association_is():
    cuts = proportional_odds.binary_cuts(ordinal.fit(not_proportional(1500, 1), "three"))
    agency = cuts[cuts.term == "agency_rate"].set_index("cut")
    assert agency.ci_high["inadequate|requires improvement"] < -0.05
    assert agency.ci_low["good|outstanding"] > -0.06
    assert len(cuts) == 9


def test_the_binary_cuts_surround_the_one_coefficient_of_the_model():
    cuts = proportional_odds.binary_cuts(fitted("three"))
    for measure in ("agency_rate", "caseload"):
        coefs = cuts[cuts.term == measure].coef
        assert coefs.min() < fitted("three").estimates[measure] < coefs.max()
    assert ((cuts.ci_low < cuts.coef) & (cuts.coef < cuts.ci_high)).all()


def _one_cut_separated(ties):
    rows = simulated(500, 10)
    high = rows.agency_rate > rows.agency_rate.quantile(0.9)
    codes = rows.overall.cat.codes.to_numpy()
    # With ties, inadequate and better meet at one value alone, and the logit creeps to infinity instead of leaping.
    rows.loc[high & (codes % 2 == 0) & ties, "agency_rate"] = rows.agency_rate.quantile(0.9)
    return _judged(rows, np.where(high, 0, np.clip(codes, 1, 3)))


@pytest.mark.parametrize("ties", [False, True])
def test_where_one_cut_is_separated_there_is_no_test_and_no_table_of_cuts(ties):
    found = ordinal.fit(_one_cut_separated(ties), "three")
    assert proportional_odds.proportional_odds_test(found).empty
    assert proportional_odds.binary_cuts(found).empty
