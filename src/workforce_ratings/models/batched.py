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
from functools import lru_cache
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
# What the threshold above a judgement, and the one below it, are drawn towards.
TOWARDS = np.array([-1.0, 1.0])[:, None, None]
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
    weights, columns = (np.broadcast_to(a, (fits, a.shape[1])) for a in (weights, columns))
    upper = np.triu_indices(x.shape[1])
    table, judged = _Table(x, x[:, upper[0]] * x[:, upper[1]], upper), _judged(codes, int(judgements))
    chunks = [slice(at, at + CHUNK) for at in range(0, fits, CHUNK)]
    with np.errstate(all="ignore"):
        parts = [_fit_chunk(table, judged.of(s), weights[s], columns[s], start) for s in chunks]
    return Fits(*(np.concatenate(one) for one in zip(*parts, strict=True)))


@dataclass(frozen=True)
class _Table:
    """What all fits share: the columns, their products in pairs, and where those belong."""

    x: np.ndarray
    pairs: np.ndarray
    upper: tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class _Judged:
    """The judgements of some fits: their codes (fits, n), and a plane for each judgement, 1 where an inspection has it,
    (judgements, fits, n). Fits that have the same judgements share one row of each."""

    codes: np.ndarray
    planes: np.ndarray

    def of(self, which: np.ndarray | slice) -> _Judged:
        return self if len(self.codes) == 1 else _Judged(self.codes[which], self.planes[:, which])


def _judged(codes: np.ndarray, judgements: int) -> _Judged:
    return _Judged(codes, np.stack([codes == y for y in range(judgements)]).astype(float))


def _fit_chunk(
    table: _Table, judged: _Judged, w: np.ndarray, used: np.ndarray, start: np.ndarray | None
) -> tuple[np.ndarray, ...]:
    """The arrays of Fits for some rows of judgements, weights and columns."""
    k = used.shape[1]
    counts = np.vecdot(judged.planes, w).T
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
    table: _Table, judged: _Judged, w: np.ndarray, used: np.ndarray, params: np.ndarray, active: np.ndarray
) -> Iterator[tuple[np.ndarray, ...]]:
    """Newton's steps for the active fits; yields those done at each step: which, where, log likelihood, covariance."""
    here, step, best = params[active], np.zeros_like(params[active]), np.full(len(active), -np.inf)
    judged, w = judged.of(active), w[active]
    whole = np.pad(used[active], ((0, 0), (0, here.shape[1] - used.shape[1])), constant_values=True)
    both = whole[:, :, None] & whole[:, None, :]
    for _ in range(MOST_STEPS):
        if not len(active):
            return
        loglik, gradient, hessian = _evaluate(table, here, judged, w)
        # Rounding alone may lower the likelihood at its very top.
        fell = ~(loglik >= best - 1e-9 * np.abs(best))
        inverse = _inverse(hessian, both)
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
            judged, w, both = judged.of(going), w[going], both[going]


def _evaluate(
    table: _Table, params: np.ndarray, judged: _Judged, w: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log likelihood (fits,), gradient (fits, p) and minus the Hessian (fits, p, p).

    Arrays of two planes have what belongs to the threshold above an inspection's judgement, then to the one below it.
    """
    k, (at, over) = table.x.shape[1], (judged.planes[:-1], judged.planes[1:])
    sides = _sides(params[:, k:], params[:, :k] @ table.x.T, judged.codes)
    p = np.maximum(sides[0] - sides[1], SMALLEST)
    steep = 1 - sides
    steep *= sides
    # Each inspection draws the threshold above its judgement down to itself and the one below it up.
    pull = steep / p
    first = w * pull
    between = first[0] * pull[1]
    pull += TOWARDS
    pull -= 2 * TOWARDS * sides
    pull *= first
    steep *= w
    gradient, hessian = np.zeros_like(params), np.zeros((*params.shape, params.shape[1]))
    gradient[:, :k] = (w * (sides[0] + sides[1] - 1)) @ table.x
    gradient[:, k:] = (np.vecdot(first[0], at) - np.vecdot(first[1], over)).T
    hessian[:, table.upper[0], table.upper[1]] = (steep[0] + steep[1]) @ table.pairs
    by_threshold = steep[0] * at
    by_threshold += steep[1] * over
    hessian[:, :k, k:] = -np.moveaxis(by_threshold @ table.x, 0, 2)
    own = np.arange(k, params.shape[1])
    hessian[:, own, own] = (np.vecdot(pull[0], at) + np.vecdot(pull[1], over)).T
    hessian[:, own[:-1], own[1:]] = -np.vecdot(between, over[:-1]).T
    return np.vecdot(w, np.log(p)), gradient, _mirrored(hessian)


def _mirrored(upper: np.ndarray) -> np.ndarray:
    """Whole symmetric matrices from their upper halves; (fits, p, p)."""
    lower = np.swapaxes(upper, 1, 2).copy()
    np.einsum("bii->bi", lower)[:] = 0
    return upper + lower


def _sides(thresholds: np.ndarray, eta: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """P(at most its own judgement) and P(below it) of every inspection; (2, fits, n)."""
    ends = np.empty((len(thresholds), thresholds.shape[1] + 2))
    ends[:, 0], ends[:, 1:-1], ends[:, -1] = -CERTAIN, thresholds, CERTAIN
    own = codes + ends.shape[1] * np.arange(len(ends))[:, None]
    found = np.empty((2, *eta.shape))
    for side, place in zip(found, (own + 1, own), strict=True):
        np.subtract(eta, ends.ravel().take(place), out=side)
    np.exp(found, out=found)
    found += 1
    return np.divide(1, found, out=found)


def _inverse(hessian: np.ndarray, both: np.ndarray) -> np.ndarray:
    """Inverses of the fits' matrices over the columns each uses (`both`: of a pair, each), 0 elsewhere; NaN for a singular
    one."""
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
    x, codes = np.nan_to_num(x), np.atleast_2d(codes)
    judged = _judged(codes, params.shape[1] - k + 1).planes
    with np.errstate(over="ignore", invalid="ignore"):
        above, below = _sides(params[:, k:], params[:, :k] @ x.T, codes)
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
    codes = np.atleast_2d(codes)
    order = np.argsort(groups, kind="stable")
    first = np.flatnonzero(np.diff(groups[order], prepend=-1))
    found = np.full_like(fits.covariance, np.nan)
    for at in (slice(i, i + CHUNK) for i in range(0, count, CHUNK)):
        weighted = scores(codes if len(codes) == 1 else codes[at], x, fits.params[at]) * w[at][:, :, None]
        by_unit = np.add.reduceat(weighted[:, order], first, axis=1)
        units = (np.add.reduceat(w[at][:, order], first, axis=1) > 0).sum(axis=1)
        p = used[at].sum(axis=1) + fits.thresholds.shape[1]
        factor = units / (units - 1) * (fits.n[at] - 1) / (fits.n[at] - p)
        bread, meat = fits.covariance[at], np.swapaxes(by_unit, 1, 2) @ by_unit
        found[at] = factor[:, None, None] * (bread @ meat @ bread)
    return found


def resamples(groups: np.ndarray, times: int, seed: int) -> np.ndarray:
    """Cluster-bootstrap weights: how often each row is drawn when whole groups are drawn with replacement; (times, n)."""
    return _drawn(int(groups.max()) + 1, times, seed)[:, groups]


# Models of much the same inspections have equally many groups, and so the same draws.
@lru_cache(maxsize=16)
def _drawn(sizes: int, times: int, seed: int) -> np.ndarray:
    """How often each of so many groups is drawn, to be read only; (times, sizes)."""
    drawn = np.random.default_rng(seed).multinomial(sizes, np.full(sizes, 1 / sizes), size=times)
    return drawn.astype(float)
