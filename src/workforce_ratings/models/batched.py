"""Thousands of ordinal logits at once, by Newton's method with the likelihood's own gradient and Hessian.

A batch is many fits of one judgement on one table of columns. A fit leaves inspections out, or counts them twice, by
its row of `weights` (a resample is nothing else), and leaves measures out by its row of `columns`. So all fits share one
matrix, and the Hessians of the whole batch are a few matrix products. The estimates are those of statsmodels'
OrderedModel (a test holds them to 1e-6), at several hundred times its rate (benchmarks/).

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
CHUNK = 128
MOST_STEPS = 60
# Newton's decrement (twice the log likelihood still to be gained) at which a fit is done.
DONE = 1e-16
SMALLEST = 1e-300
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


@dataclass(frozen=True)
class _Table:
    """The inspections in order of judgement: columns, their products in pairs, and where each judgement's rows are."""

    x: np.ndarray
    pairs: np.ndarray
    upper: tuple[np.ndarray, np.ndarray]
    slices: list[slice]
    order: np.ndarray


def fit(
    codes: np.ndarray,
    x: np.ndarray,
    weights: np.ndarray | None = None,
    columns: np.ndarray | None = None,
    start: np.ndarray | None = None,
) -> Fits:
    """Maximum likelihood for every row of `weights` and `columns` (one of them may be absent: all ones).

    `codes` are judgements 0, 1, … of n inspections, `x` their columns (n, k), `weights` (fits, n), `columns` (fits, k)
    of booleans; a cell of x may be NaN where no fit uses it (weight 0 or column left out). `start` is a row of Fits.params
    to begin from.
    """
    table = _table(codes, x)
    fits = max(len(a) for a in (weights, columns, [0]) if a is not None)
    w = np.ones((fits, len(codes))) if weights is None else np.asarray(weights, float)[:, table.order]
    used = np.ones((fits, x.shape[1]), bool) if columns is None else np.asarray(columns, bool)
    chunks = [slice(at, at + CHUNK) for at in range(0, fits, CHUNK)]
    with np.errstate(all="ignore"):
        parts = [_fit_chunk(table, w[s], used[s], start) for s in chunks]
    return Fits(*(np.concatenate(one) for one in zip(*parts, strict=True)))


def _table(codes: np.ndarray, x: np.ndarray) -> _Table:
    codes = np.asarray(codes)
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(codes.max() + 2))
    ordered = np.nan_to_num(np.asarray(x, float)[order])
    upper = np.triu_indices(x.shape[1])
    slices = [slice(low, high) for low, high in pairwise(bounds)]
    return _Table(ordered, ordered[:, upper[0]] * ordered[:, upper[1]], upper, slices, order)


def _fit_chunk(table: _Table, w: np.ndarray, used: np.ndarray, start: np.ndarray | None) -> tuple[np.ndarray, ...]:
    """The arrays of Fits for some rows of weights and columns."""
    k = used.shape[1]
    params = _begin(table, w, used) if start is None else np.tile(start, (len(w), 1))
    params[:, :k] *= used
    loglik, covariance = np.full(len(w), np.nan), np.full((len(w), *params.shape[1:] * 2), np.nan)
    present = np.stack([w[:, s].any(axis=1) for s in table.slices], axis=1).all(axis=1)
    for done, at, value, inverse in _climb(table, w, used, params, np.flatnonzero(present)):
        params[done], loglik[done], covariance[done] = at, value, inverse
    loglik[_separated(table, w, params[:, :k])] = np.nan
    lost = np.isnan(loglik)
    params[lost], covariance[lost] = np.nan, np.nan
    return np.where(used, params[:, :k], np.nan), params[:, k:], covariance, loglik, w.sum(axis=1)


def _begin(table: _Table, w: np.ndarray, used: np.ndarray) -> np.ndarray:
    """No association, and thresholds that give each judgement its own share."""
    shares = np.cumsum(np.stack([w[:, s].sum(axis=1) for s in table.slices], axis=1), axis=1)[:, :-1]
    shares = shares / w.sum(axis=1, keepdims=True)
    return np.c_[np.zeros(used.shape), np.log(shares / (1 - shares))]


def _climb(table: _Table, w: np.ndarray, used: np.ndarray, params: np.ndarray, active: np.ndarray) -> Iterator[tuple]:
    """Newton's steps for the active fits; yields those done at each step: which, where, log likelihood, covariance."""
    k, all_weights = used.shape[1], w
    here, step = params[active], np.zeros_like(params[active])
    best, w = np.full(len(active), -np.inf), w[active]
    for _ in range(MOST_STEPS):
        if not len(active):
            return
        loglik, gradient, hessian = _evaluate(table, here, w, k)
        # Rounding alone may lower the likelihood at its very top.
        fell = ~(loglik >= best - 1e-9 * np.abs(best))
        inverse = _inverse(hessian, used[active])
        move = np.einsum("bij,bj->bi", inverse, gradient)
        gain = np.einsum("bi,bi->b", gradient, move)
        done = ~fell & (np.abs(gain) < DONE * np.maximum(1, np.abs(loglik)))
        if done.any():
            yield active[done], here[done] + move[done], loglik[done], inverse[done]
        step = np.where(fell[:, None], step / 2, move)
        here = np.where(fell[:, None], here - step, here + step)
        best = np.where(fell, best, loglik)
        going = ~done & np.isfinite(here).all(axis=1)
        if not going.all():
            active, here, step, best = active[going], here[going], step[going], best[going]
            w = all_weights[active]


def _evaluate(table: _Table, params: np.ndarray, w: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log likelihood (fits,), gradient (fits, p) and minus the Hessian (fits, p, p)."""
    cuts = params.shape[1] - k
    eta = params[:, :k] @ table.x.T
    slope, curve = np.empty_like(eta), np.empty_like(eta)
    loglik, gradient = np.zeros(len(params)), np.zeros_like(params)
    hessian = np.zeros((len(params), k + cuts, k + cuts))
    for y, rows in enumerate(table.slices):
        at, weight, x = eta[:, rows], w[:, rows], table.x[rows]
        above = 1 / (1 + np.exp(at - params[:, [k + y]])) if y < cuts else 1.0
        below = 1 / (1 + np.exp(at - params[:, [k + y - 1]])) if y else 0.0
        p = np.maximum(above - below, SMALLEST)
        loglik += np.einsum("bn,bn->b", weight, np.log(p))
        slope[:, rows] = weight * (above + below - 1)
        high, low = above * (1 - above), below * (1 - below)
        curve[:, rows] = weight * (high + low)
        if y < cuts:
            scaled = high / p
            gradient[:, k + y] += np.einsum("bn,bn->b", weight, scaled)
            hessian[:, k + y, k + y] += np.einsum("bn,bn->b", weight, scaled * (scaled - (1 - 2 * above)))
            hessian[:, :k, k + y] -= (weight * high) @ x
        if y:
            scaled = low / p
            gradient[:, k + y - 1] -= np.einsum("bn,bn->b", weight, scaled)
            hessian[:, k + y - 1, k + y - 1] += np.einsum("bn,bn->b", weight, scaled * (scaled + (1 - 2 * below)))
            hessian[:, :k, k + y - 1] -= (weight * low) @ x
        if y and y < cuts:
            hessian[:, k + y - 1, k + y] = -np.einsum("bn,bn->b", weight, high * low / p**2)
    gradient[:, :k] = slope @ table.x
    hessian[:, table.upper[0], table.upper[1]] = curve @ table.pairs
    return loglik, gradient, np.triu(hessian) + np.swapaxes(np.triu(hessian, 1), 1, 2)


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
    """Slope of each inspection's log likelihood in each parameter, for one fit's `params`; (n, p)."""
    k = x.shape[1]
    eta = np.nan_to_num(x) @ params[:k]
    cuts = np.r_[-np.inf, params[k:], np.inf]
    with np.errstate(over="ignore"):
        above, below = (1 / (1 + np.exp(eta - cuts[codes + at])) for at in (1, 0))
    p = np.maximum(above - below, SMALLEST)
    thresholds = np.zeros((len(codes), len(cuts)))
    rows = np.arange(len(codes))
    thresholds[rows, codes + 1] = above * (1 - above) / p
    thresholds[rows, codes] = -below * (1 - below) / p
    return np.c_[np.nan_to_num(x) * (above + below - 1)[:, None], thresholds[:, 1:-1]]


def clustered(
    fits: Fits, codes: np.ndarray, x: np.ndarray, weights: np.ndarray, groups: np.ndarray, columns: np.ndarray
) -> np.ndarray:
    """Covariances of a batch clustered by `groups` (n whole numbers from 0), as statsmodels has them: (fits, p, p).

    The sandwich of summed scores with the small-sample factor G / (G - 1) x (n - 1) / (n - p), by the groups and
    parameters that each fit has.
    """
    found = np.full_like(fits.covariance, np.nan)
    units = np.eye(groups.max() + 1)[:, groups]
    for i in np.flatnonzero(fits.estimated):
        by_row = scores(codes, x, fits.params[i]) * weights[i][:, None]
        by_unit = units @ by_row
        g, n = (units @ weights[i] > 0).sum(), fits.n[i]
        p = columns[i].sum() + fits.thresholds.shape[1]
        factor = g / (g - 1) * (n - 1) / (n - p)
        found[i] = factor * fits.covariance[i] @ (by_unit.T @ by_unit) @ fits.covariance[i]
    return found


def resamples(groups: np.ndarray, times: int, seed: int) -> np.ndarray:
    """Cluster-bootstrap weights: how often each row is drawn when whole groups are drawn with replacement; (times, n)."""
    sizes = int(groups.max()) + 1
    drawn = np.random.default_rng(seed).multinomial(sizes, np.full(sizes, 1 / sizes), size=times)
    return drawn[:, groups].astype(float)
