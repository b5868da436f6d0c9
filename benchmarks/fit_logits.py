"""Fits per second: batches of ordinal logits beside statsmodels' OrderedModel, in one run, in rounds that take turns.

`python benchmarks/fit_logits.py` prints the table; the README holds one of it with the day it was made. Both fit the same
cluster-bootstrap resamples of model five (five measures, the suite's own inspections). statsmodels repeats the drawn rows,
as it takes no weights, and begins as it does by default, by BFGS; each reader's estimates are compared with statsmodels'
own Newton method, so that speed is not bought with accuracy.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
import warnings

# One thread each: what is compared is the work, not how many processors are lent to it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from statsmodels.miscmodels.ordinal_model import OrderedModel

from workforce_ratings import panel
from workforce_ratings.models import batched, ordinal

AS_AT = "2026-06-30"
ROUNDS = 5
RESAMPLES = 2_000
BY_STATSMODELS = 20
SEED = 1


def by_statsmodels(codes: np.ndarray, x: np.ndarray, weights: np.ndarray, method: str = "bfgs") -> np.ndarray:
    """Coefficients of each resample by OrderedModel, the rows repeated as often as they were drawn; (fits, columns)."""
    found = []
    for drawn in weights.astype(int):
        model = OrderedModel(np.repeat(codes, drawn), np.repeat(x, drawn, axis=0), distr="logit")
        fitted = model.fit(method="bfgs", maxiter=2_000, disp=False)
        if method == "newton":
            fitted = model.fit(method="newton", start_params=fitted.params, maxiter=100, tol=1e-12, disp=False)
        found.append(fitted.params[: x.shape[1]])
    return np.array(found)


def measured() -> dict[str, float]:
    """Medians over the rounds: milliseconds a fit of each, the ratio round by round, and the largest differences."""
    five = ordinal.fit(panel.ilacs_to_2025(panel.build(AS_AT)), "five")
    codes, x = five.codes, five.values
    weights = batched.resamples(five.groups, RESAMPLES, SEED)
    start = batched.fit(codes, x).params[0]
    some = weights[:BY_STATSMODELS]
    by_statsmodels(codes, x, some[:1])  # a round that is not timed: what is done once is done
    ours, theirs = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        fits = batched.fit(codes, x, weights, start=start)
        ours.append((time.perf_counter() - began) / RESAMPLES)
        began = time.perf_counter()
        bfgs = by_statsmodels(codes, x, some)
        theirs.append((time.perf_counter() - began) / BY_STATSMODELS)
    newton = by_statsmodels(codes, x, some, "newton")
    return {
        "n": five.n,
        "ours": 1_000 * statistics.median(ours),
        "theirs": 1_000 * statistics.median(theirs),
        "ratio": statistics.median(t / o for t, o in zip(theirs, ours, strict=True)),
        "ours_off": float(np.abs(fits.coef[:BY_STATSMODELS] - newton).max()),
        "theirs_off": float(np.abs(bfgs - newton).max()),
    }


def table(found: dict[str, float]) -> str:
    """The measurements as Markdown."""
    rows = [
        ("this suite, 2,000 resamples in one batch", found["ours"], found["ratio"], found["ours_off"]),
        ("statsmodels' OrderedModel, bfgs", found["theirs"], 1.0, found["theirs_off"]),
    ]
    lines = [
        f"Resamples of model five, n = {found['n']:.0f}; medians of {ROUNDS} rounds taking turns, one process and one thread.",
        "",
        "| fitted by | ms a fit | fits a second | times statsmodels' rate | largest difference from statsmodels' newton |",
        "| --- | --- | --- | --- | --- |",
        *(f"| {name} | {ms:.3g} | {1_000 / ms:,.0f} | {ratio:,.0f} | {off:.1g} |" for name, ms, ratio, off in rows),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.stdout.write(table(measured()) + "\n")
