"""Thousands of ordinal logits at once, by Newton's method with the likelihood's own gradient and Hessian.

A batch is many fits on one table of columns. A fit leaves inspections out, or counts them twice, by its row of
`weights` (a resample is nothing else), leaves measures out by its row of `columns`, and may have judgements of its own
(shuffled ones). So all fits share one matrix, and the Hessians of the whole batch are a few matrix products. The
estimates are those of statsmodels' OrderedModel (a test holds them to 1e-6), at several hundred times its rate
(benchmarks/).

With F the logistic function, judgement y and u = threshold[y] - x·b, v = threshold[y-1] - x·b, an inspection adds
log(F(u) - F(v)); its slope in x·b is F(u) + F(v) - 1, which keeps every term below short. The log likelihood is concave
(Pratt, J. (1981), Journal of the American Statistical Association 76, 103-106), so a step that does not raise it is
merely too long, and is halved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

# Fits that are worked on together: their arrays of one number per inspection stay in a processor's cache.
CHUNK = 64
MOST_STEPS = 60
# Newton's decrement (twice the log likelihood still to be gained) at which a fit is done.
DONE = 1e-16
SMALLEST = 1e-300
# A parameter whose variance the others multiply by more than this is a combination of them.
COLLINEAR = 1e10
# Log odds that stand for the ends of the scale: certain in double precision, and quicker than infinity.
CERTAIN = 500.0
# Beyond this many log odds per standard deviation a coefficient is running off to infinity: the data are separated.
SEPARATED = 15


@dataclass(frozen=True)
class Fits:
    """A batch of estimated models: one row per fit, NaN throughout a row that could not be estimated.

    `coef` is (fits, columns), NaN also where a fit leaves a column out; `thresholds` (fits, judgements - 1);
    `covariance` (fits, p, p) of coefficients then thresholds, 0 for a column left out; `loglik` and `n` (the sum of
    weights) one per fit.
    """

    coef: np.ndarray
    thresholds: np.ndarray
    covariance: np.ndarray
    loglik: np.ndarray
    n: np.ndarray

    @property
    def estimated(self) -> np.ndarray:
        return np.isfinite(self.loglik)

    @property
    def params(self) -> np.ndarray:
        """Coefficients (0 where left out) then thresholds; (fits, p)."""
        return np.c_[np.where(self.estimated[:, None], np.nan_to_num(self.coef), np.nan), self.thresholds]


def fit(
    codes: np.ndarray,
    x: np.ndarray,
    weights: np.ndarray | None = None,
    columns: np.ndarray | None = None,
    start: np.ndarray | None = None,
    judgements: int | None = None,
) -> Fits:
    """Maximum likelihood, one fit for every row of `codes`, `weights` and `columns`; those with one row serve all fits.

    `codes` are judgements 0, 1, … of n inspections, (n,) or (fits, n); `x` their columns (n, k); `weights` (fits, n);
    `columns` (fits, k) of booleans. A cell of x may be NaN where no fit uses it (weight 0 or column left out). `start`
    is a row of Fits.params to begin from. `judgements` is how many there are on the scale, where not all need be met.
    """
    codes = np.atleast_2d(np.asarray(codes, np.int64))
    x = np.nan_to_num(np.asarray(x, float))
    weights = np.ones((1, len(x))) if weights is None else np.asarray(weights, float)
    columns = np.ones((1, x.shape[1]), bool) if columns is None else np.asarray(columns, bool)
    fits, judgements = max(map(len, (codes, weights, columns))), judgements or codes.max() + 1
    codes, weights, columns = (np.broadcast_to(a, (fits, a.shape[1])) for a in (codes, weights, columns))
    upper = np.triu_indices(x.shape[1])
    table = _Table(x, x[:, upper[0]] * x[:, upper[1]], upper, int(judgements) - 1)
    chunks = [slice(at, at + CHUNK) for at in range(0, fits, CHUNK)]
    with np.errstate(all="ignore"):
        parts = [_fit_chunk(table, codes[s], weights[s], columns[s], start) for s in chunks]
    return Fits(*(np.concatenate(one) for one in zip(*parts, strict=True)))


@dataclass(frozen=True)
class _Table:
    """What all fits share: the columns, their products in pairs, where those belong, and how many thresholds there are."""

    x: np.ndarray
    pairs: np.ndarray
    upper: tuple[np.ndarray, np.ndarray]
    cuts: int


def _fit_chunk(
    table: _Table, codes: np.ndarray, w: np.ndarray, used: np.ndarray, start: np.ndarray | None
) -> tuple[np.ndarray, ...]:
    """The arrays of Fits for some rows of codes, weights and columns."""
    k = used.shape[1]
    judged = np.stack([codes == y for y in range(table.cuts + 1)]).astype(float)
    counts = np.vecdot(judged, w).T
    params = _begin(counts, used) if start is None else np.tile(start, (len(w), 1))
    params[:, :k] *= used
    loglik, covariance = np.full(len(w), np.nan), np.full((len(w), *params.shape[1:] * 2), np.nan)
    present = np.flatnonzero((counts > 0).all(axis=1))
    for done, at, value, inverse in _climb(table, judged, w, used, params, present):
        params[done], loglik[done], covariance[done] = at, value, inverse
    loglik[_separated(table, w, params[:, :k])] = np.nan
    lost = np.isnan(loglik)
    params[lost], covariance[lost] = np.nan, np.nan
    return np.where(used, params[:, :k], np.nan), params[:, k:], covariance, loglik, w.sum(axis=1)


def _begin(counts: np.ndarray, used: np.ndarray) -> np.ndarray:
    """No association, and thresholds that give each judgement its own share."""
    shares = np.cumsum(counts, axis=1)[:, :-1] / counts.sum(axis=1, keepdims=True)
    return np.c_[np.zeros(used.shape), np.log(shares / (1 - shares))]


def _climb(
    table: _Table, judged: np.ndarray, w: np.ndarray, used: np.ndarray, params: np.ndarray, active: np.ndarray
) -> Iterator[tuple[np.ndarray, ...]]:
    """Newton's steps for the active fits; yields those done at each step: which, where, log likelihood, covariance."""
    here, step, best = params[active], np.zeros_like(params[active]), np.full(len(active), -np.inf)
    judged, w, used = judged[:, active], w[active], used[active]
    for _ in range(MOST_STEPS):
        if not len(active):
            return
        loglik, gradient, hessian = _evaluate(table, here, judged, w, used.shape[1])
        # Rounding alone may lower the likelihood at its very top.
        fell = ~(loglik >= best - 1e-9 * np.abs(best))
        inverse = _inverse(hessian, used)
        move = (inverse @ gradient[:, :, None])[:, :, 0]
        gain = np.vecdot(gradient, move)
        done = ~fell & (np.abs(gain) < DONE * np.maximum(1, np.abs(loglik)))
        if done.any():
            inflation = np.diagonal(hessian, axis1=1, axis2=2) * np.diagonal(inverse, axis1=1, axis2=2)
            sound = np.where((np.abs(inflation) < COLLINEAR).all(axis=1), loglik, np.nan)
            yield active[done], here[done] + move[done], sound[done], inverse[done]
        step = np.where(fell[:, None], step / 2, move)
        here = np.where(fell[:, None], here - step, here + step)
        best = np.where(fell, best, loglik)
        going = ~done & np.isfinite(here).all(axis=1)
        if not going.all():
            active, here, step, best = active[going], here[going], step[going], best[going]
            judged, w, used = judged[:, going], w[going], used[going]


def _evaluate(
    table: _Table, params: np.ndarray, judged: np.ndarray, w: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log likelihood (fits,), gradient (fits, p) and minus the Hessian (fits, p, p).

    `judged` has a plane for every judgement, 1 where an inspection has it: (judgements, fits, n).
    """
    eta = params[:, :k] @ table.x.T
    above, below = _sides(params[:, k:], eta, judged)
    p = np.maximum(above - below, SMALLEST)
    high, low = above * (1 - above), below * (1 - below)
    # Each inspection draws the threshold above its judgement down to itself and the one below it up.
    up, down = high / p, low / p
    first = (w * up, w * down)
    second = (first[0] * (up - 1 + 2 * above), first[1] * (down + 1 - 2 * below), first[0] * down)
    weighted = (w * high, w * low)
    gradient, hessian = np.zeros_like(params), np.zeros((*params.shape, params.shape[1]))
    gradient[:, :k] = (w * (above + below - 1)) @ table.x
    hessian[:, table.upper[0], table.upper[1]] = (weighted[0] + weighted[1]) @ table.pairs
    for j in range(table.cuts):
        at, over = judged[j], judged[j + 1]
        gradient[:, k + j] = np.vecdot(first[0], at) - np.vecdot(first[1], over)
        hessian[:, :k, k + j] = -(weighted[0] * at + weighted[1] * over) @ table.x
        hessian[:, k + j, k + j] = np.vecdot(second[0], at) + np.vecdot(second[1], over)
        if j:
            hessian[:, k + j - 1, k + j] = -np.vecdot(second[2], at)
    loglik = np.vecdot(w, np.log(p))
    return loglik, gradient, np.triu(hessian) + np.swapaxes(np.triu(hessian, 1), 1, 2)


def _sides(thresholds: np.ndarray, eta: np.ndarray, judged: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """P(at most its own judgement) and P(below it) of every inspection; each (fits, n)."""
    ends = np.pad(thresholds, ((0, 0), (1, 1)), constant_values=((0, 0), (-CERTAIN, CERTAIN)))
    own = np.einsum("jbn,j->bn", judged, np.arange(len(judged))).astype(np.int64)
    own += ends.shape[1] * np.arange(len(ends))[:, None]
    return 1 / (1 + np.exp(eta - ends.ravel().take(own + 1))), 1 / (1 + np.exp(eta - ends.ravel().take(own)))


def _inverse(hessian: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Inverses of the fits' matrices over the columns each uses, 0 elsewhere; NaN for a singular one."""
    whole = np.c_[used, np.ones((len(used), hessian.shape[1] - used.shape[1]), bool)]
    both = whole[:, :, None] & whole[:, None, :]
    filled = np.where(both, hessian, np.eye(hessian.shape[1]))
    try:
        inverse = np.linalg.inv(filled)
    except np.linalg.LinAlgError:
        inverse = np.stack([_inverse_or_nan(one) for one in filled])
    return np.where(both, inverse, 0.0)


def _inverse_or_nan(matrix: np.ndarray) -> np.ndarray:
    try:
        return np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        return np.full_like(matrix, np.nan)


def _separated(table: _Table, w: np.ndarray, coef: np.ndarray) -> np.ndarray:
    """Whether a coefficient is running off to infinity, fit by fit."""
    total = w.sum(axis=1, keepdims=True)
    mean = w @ table.x / total
    spread = np.sqrt(np.maximum(w @ table.x**2 / total - mean**2, 0))
    return (np.abs(coef) * spread > SEPARATED).any(axis=1)


def scores(codes: np.ndarray, x: np.ndarray, params: np.ndarray) -> np.ndarray:
    """Slope of each inspection's log likelihood in each parameter, fit by fit; (fits, n, p).

    `codes` is (n,) or (fits, n), `params` (fits, p).
    """
    k = x.shape[1]
    x, codes = np.nan_to_num(x), np.broadcast_to(codes, (len(params), len(x)))
    judged = np.stack([codes == y for y in range(params.shape[1] - k + 1)]).astype(float)
    with np.errstate(over="ignore", invalid="ignore"):
        above, below = _sides(params[:, k:], params[:, :k] @ x.T, judged)
        p = np.maximum(above - below, SMALLEST)
        up, down = above * (1 - above) / p, below * (1 - below) / p
    by_threshold = [up * at - down * over for at, over in pairwise(judged)]
    return np.concatenate([(above + below - 1)[:, :, None] * x, np.stack(by_threshold, axis=2)], axis=2)


def clustered(
    fits: Fits,
    codes: np.ndarray,
    x: np.ndarray,
    groups: np.ndarray,
    weights: np.ndarray | None = None,
    columns: np.ndarray | None = None,
) -> np.ndarray:
    """Covariances of a batch clustered by `groups` (n whole numbers from 0), as statsmodels has them: (fits, p, p).

    The sandwich of summed scores with the small-sample factor G / (G - 1) x (n - 1) / (n - p), by the groups and
    parameters that each fit has. The other arguments are those of fit().
    """
    count, (n, k) = len(fits.loglik), x.shape
    w = np.broadcast_to(1.0 if weights is None else weights, (count, n))
    used = np.broadcast_to(True if columns is None else columns, (count, k))
    codes = np.broadcast_to(codes, (count, n))
    order = np.argsort(groups, kind="stable")
    first = np.flatnonzero(np.diff(groups[order], prepend=-1))
    found = np.full_like(fits.covariance, np.nan)
    for at in (slice(i, i + CHUNK) for i in range(0, count, CHUNK)):
        weighted = scores(codes[at], x, fits.params[at]) * w[at][:, :, None]
        by_unit = np.add.reduceat(weighted[:, order], first, axis=1)
        units = (np.add.reduceat(w[at][:, order], first, axis=1) > 0).sum(axis=1)
        p = used[at].sum(axis=1) + fits.thresholds.shape[1]
        factor = units / (units - 1) * (fits.n[at] - 1) / (fits.n[at] - p)
        bread, meat = fits.covariance[at], np.swapaxes(by_unit, 1, 2) @ by_unit
        found[at] = factor[:, None, None] * (bread @ meat @ bread)
    return found


def resamples(groups: np.ndarray, times: int, seed: int) -> np.ndarray:
    """Cluster-bootstrap weights: how often each row is drawn when whole groups are drawn with replacement; (times, n)."""
    sizes = int(groups.max()) + 1
    drawn = np.random.default_rng(seed).multinomial(sizes, np.full(sizes, 1 / sizes), size=times)
    return drawn[:, groups].astype(float)
