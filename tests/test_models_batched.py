"""Batches of ordinal logits: each fit the same as statsmodels' own, whatever the weights, columns and judgements."""

import warnings

import numpy as np
import pytest
from statsmodels.miscmodels.ordinal_model import OrderedModel

from workforce_ratings.models import batched

N = 271


def planted(n=N, k=5, seed=1, judgements=4):
    """Columns and judgements of an ordinal logit with known coefficients, in clusters of one to three rows."""
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(n, k)) * np.linspace(0.5, 10, k)
    coef = np.linspace(-0.6, 0.6, k) / np.linspace(0.5, 10, k)
    cuts = np.linspace(-1.5, 1.5, judgements - 1)
    codes = np.searchsorted(cuts, x @ coef + generator.logistic(size=n))
    return codes, x, np.sort(generator.integers(0, n // 2, n)), coef


def by_statsmodels(codes, x, near, **options):
    """Coefficients, thresholds and the standard errors of the coefficients by OrderedModel's Newton method.

    It begins at `near` (coefficients, thresholds), moved a little, and would leave it for the maximum if that lay elsewhere.
    """
    k = x.shape[1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = OrderedModel(codes, x, distr="logit")
        start = np.r_[near[0], model.transform_reverse_threshold_params(np.r_[near[1], np.inf])] * 1.01
        fitted = model.fit(method="newton", start_params=start, disp=False, maxiter=25, tol=1e-8, **options)
    assert fitted.mle_retvals["converged"]
    return fitted.params[:k], model.transform_threshold_params(fitted.params)[1:-1], fitted.bse[:k], fitted.llf


def numbered(groups):
    return np.unique(groups, return_inverse=True)[1]


@pytest.mark.parametrize("judgements", [2, 3, 4])
@pytest.mark.parametrize("k", [1, 3, 5])
def test_a_fit_is_statsmodels_own(k, judgements):
    codes, x, _, _ = planted(k=k, judgements=judgements, seed=k)
    found = batched.fit(codes, x)
    coef, thresholds, se, loglik = by_statsmodels(codes, x, (found.coef[0], found.thresholds[0]))
    assert found.coef[0] == pytest.approx(coef, abs=1e-6)
    assert found.thresholds[0] == pytest.approx(thresholds, abs=1e-6)
    assert np.sqrt(np.diag(found.covariance[0]))[:k] == pytest.approx(se, rel=1e-3)
    assert found.loglik[0] == pytest.approx(loglik, abs=1e-8)


def test_clustered_errors_are_statsmodels_own():
    codes, x, groups, _ = planted()
    found = batched.fit(codes, x)
    near = found.coef[0], found.thresholds[0]
    _, _, se, _ = by_statsmodels(codes, x, near, cov_type="cluster", cov_kwds={"groups": groups})
    errors = batched.clustered(found, codes, x, numbered(groups))
    assert np.sqrt(np.diag(errors[0]))[:5] == pytest.approx(se, rel=1e-3)


def test_weights_and_columns_do_what_leaving_out_and_repeating_do():
    codes, x, groups, _ = planted()
    x = x.copy()
    x[:20, 3] = np.nan  # rows and columns that no fit uses together
    weights, columns = np.ones((3, N)), np.ones((3, 5), bool)
    weights[:2, :20] = 0
    weights[1, 100:150] = 2
    columns[2, 3] = False
    found = batched.fit(codes, x, weights, columns)
    errors = batched.clustered(found, codes, x, numbered(groups), weights, columns)
    alone = [
        (codes[20:], x[20:], groups[20:]),
        (*(np.r_[a[20:], a[100:150]] for a in (codes, x, groups)),),
        (codes, x[:, [0, 1, 2, 4]], groups),
    ]
    for i, (some_codes, some_x, some_groups) in enumerate(alone):
        near = found.coef[i][columns[i]], found.thresholds[i]
        coef, _, _, _ = by_statsmodels(some_codes, some_x, near)
        assert found.coef[i][columns[i]] == pytest.approx(coef, abs=1e-6)
        one = batched.fit(some_codes, some_x)
        own = batched.clustered(one, some_codes, some_x, numbered(some_groups))
        used = np.r_[columns[i], [True] * 3]
        assert errors[i][np.ix_(used, used)] == pytest.approx(own[0], rel=1e-6)
    assert np.isnan(found.coef[2, 3])
    assert (found.covariance[2, 3] == 0).all()


def test_each_fit_may_have_judgements_of_its_own_and_any_start():
    codes, x, _, _ = planted()
    dealt = np.array([np.random.default_rng(i).permutation(codes) for i in range(200)])
    together = batched.fit(dealt, x)
    begun = batched.fit(dealt, x, start=batched.fit(codes, x).params[0])
    for i in (0, 63, 64, 199):
        assert together.coef[i] == pytest.approx(batched.fit(dealt[i], x).coef[0], abs=1e-9)
    assert begun.params == pytest.approx(together.params, abs=1e-7)


def test_fits_that_share_their_judgements_are_those_that_have_each_the_same():
    codes, x, groups, _ = planted()
    weights = batched.resamples(numbered(groups), 100, 4)
    shared, own = (batched.fit(c, x, weights) for c in (codes, np.tile(codes, (100, 1))))
    for name in ("coef", "thresholds", "covariance", "loglik"):
        assert np.array_equal(getattr(shared, name), getattr(own, name))
    errors = (batched.clustered(shared, c, x, numbered(groups), weights) for c in (codes, np.tile(codes, (100, 1))))
    assert np.array_equal(*errors)


def test_planted_coefficients_are_recovered():
    codes, x, _, coef = planted(n=20_000, seed=5)
    found = batched.fit(codes, x)
    error = np.sqrt(np.diag(found.covariance[0]))[:5]
    assert (np.abs(found.coef[0] - coef) < 4 * error).all()
    assert (np.abs(found.coef[0]) > 10 * error).sum() >= 3


def test_bootstrap_errors_are_near_the_clustered_ones():
    codes, x, groups, _ = planted(seed=3)
    groups = numbered(groups)
    fitted = batched.fit(codes, x)
    drawn = batched.fit(codes, x, batched.resamples(groups, 1_000, 7), start=fitted.params[0])
    by_cluster = np.sqrt(np.diag(batched.clustered(fitted, codes, x, groups)[0]))[:5]
    assert drawn.coef.std(axis=0) == pytest.approx(by_cluster, rel=0.15)


def test_resamples_draw_whole_groups_as_many_as_there_are():
    groups = numbered(planted()[2])
    weights = batched.resamples(groups, 50, 1)
    assert (weights == batched.resamples(groups, 50, 1)).all()
    assert not (weights == batched.resamples(groups, 50, 2)).all()
    batched.resamples(groups, 50, 1)[:] = 0
    assert (weights == batched.resamples(groups, 50, 1)).all()
    for group in range(groups.max() + 1):
        assert (weights[:, groups == group] == weights[:, groups == group][:, :1]).all()
    first = np.searchsorted(groups, range(groups.max() + 1))
    assert (weights[:, np.argsort(groups, kind="stable")[first]].sum(axis=1) > 0).all()


def separated():
    codes, x, _, _ = planted(k=2)
    return codes, np.c_[x, codes * 1.0]


def twice_the_same():
    codes, x, _, _ = planted(k=2)
    return codes, np.c_[x, x[:, 0]]


def flat():
    codes, x, _, _ = planted(k=2)
    return codes, np.c_[x, np.ones(N)]


@pytest.mark.parametrize("case", [separated, twice_the_same, flat])
def test_a_likelihood_without_a_maximum_gives_no_numbers_and_spoils_no_other_fit(case):
    codes, x = case()
    columns = np.array([[True, True, True], [True, True, False]])
    found = batched.fit(codes, x, columns=columns)
    assert found.estimated.tolist() == [False, True]
    assert np.isnan(found.coef[0]).all()
    assert np.isnan(found.covariance[0]).all()
    assert found.coef[1, :2] == pytest.approx(batched.fit(codes, x[:, :2]).coef[0], abs=1e-9)


def test_a_judgement_that_no_row_has_gives_no_numbers():
    codes, x, _, _ = planted()
    weights = np.ones((2, N))
    weights[0, codes == 0] = 0
    assert batched.fit(codes, x, weights).estimated.tolist() == [False, True]


def test_arguments_are_left_as_they_were():
    codes, x, _, _ = planted()
    weights = np.ones((2, N))
    kept = codes.copy(), x.copy(), weights.copy()
    batched.fit(codes, x, weights)
    for now, before in zip((codes, x, weights), kept, strict=True):
        assert (now == before).all()
