"""What the articles alone can show: very little, and how little is part of the answer.

Articles are few and were written because something stood out. So the model here is the smallest one there is: does a
higher figure go with a better judgement, by ordering alone? Kendall's tau-b with an exact permutation test says; the
smallest p that so few articles could ever give, and the share of equally small draws from the official inspections
that would reach p < 0.05, say how far it can be trusted.
"""

from __future__ import annotations

from itertools import permutations
from math import factorial

import numpy as np
import pandas as pd
from scipy import stats

from workforce_ratings.vocabulary import JUDGEMENT_TYPE, MEASURES

# Above this many orderings the permutation test draws at random instead of listing them all.
MOST_ORDERINGS = factorial(8)
DRAWS = 1_000
SEED = 20180326
SIGNIFICANT = 0.05


def association(rows: pd.DataFrame, panel: pd.DataFrame, measure: str) -> dict[str, object]:
    """The ordering of one measure and the judgement over article rows (columns `judgement` and `value`, one council each).

    Returns n, tau (positive: higher goes with better), the exact two-sided p, the smallest p possible for these n, the
    `power`: the share of draws of n inspections from `panel` with p < 0.05, and a `reason` where there is no answer.
    """
    n = len(rows)
    empty = {"measure": measure, "n": n, "tau": np.nan, "p": np.nan, "smallest_p": np.nan, "power": np.nan}
    if n < 3:
        come = "figure comes" if n == 1 else "figures come"
        return empty | {"reason": f"{n} article {come} with a judgement; an ordering needs three"}
    codes = rows.judgement.astype(JUDGEMENT_TYPE).cat.codes.to_numpy()
    values = rows.value.to_numpy(float)
    if len(set(codes)) == 1:
        return empty | {"reason": "every figure comes with the same judgement"}
    if len(set(values)) == 1:
        return empty | {"reason": "every figure is the same"}
    tau, p, smallest = ordering_test(values, codes)
    return empty | {"tau": tau, "p": p, "smallest_p": smallest, "power": power(panel, measure, n), "reason": ""}


def ordering_test(values: np.ndarray, codes: np.ndarray) -> tuple[float, float, float]:
    """Kendall's tau-b, its exact two-sided permutation p, and the smallest p that any ordering of these could give."""
    observed = _concordance(values, codes)
    every = _all_concordances(values, codes)
    p = float(np.mean(np.abs(every) >= abs(observed) - 1e-9))
    smallest = float(np.mean(np.abs(every) >= np.abs(every).max() - 1e-9))
    return float(stats.kendalltau(values, codes).statistic), p, smallest


def _concordance(values: np.ndarray, codes: np.ndarray) -> float:
    return float((np.sign(values[:, None] - values) * np.sign(codes[:, None].astype(int) - codes)).sum() / 2)


def _all_concordances(values: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Concordant less discordant pairs under every ordering, or under 5,000 where those are too many: the observed one
    and random ones, so that no p is 0."""
    signs = np.sign(values[:, None] - values)
    if factorial(len(codes)) <= MOST_ORDERINGS:
        orders = np.array(list(permutations(range(len(codes)))))
    else:
        generator = np.random.default_rng(SEED)
        drawn = [generator.permutation(len(codes)) for _ in range(4_999)]
        orders = np.array([np.arange(len(codes)), *drawn])
    shuffled = codes[orders].astype(np.int8)
    pairs = np.sign(shuffled[:, :, None] - shuffled[:, None, :])
    return (pairs * signs).sum(axis=(1, 2)) / 2


def power(panel: pd.DataFrame, measure: str, n: int) -> float:
    """Of 1,000 draws of n inspections from the panel, the share whose ordering gives p < 0.05 by a permutation test (499
    random orderings each); NaN where the panel has fewer than n."""
    known = panel.dropna(subset=["overall", measure])
    values, codes = known[measure].to_numpy(float), known.overall.cat.codes.to_numpy()
    if len(values) < n:
        return float("nan")
    generator = np.random.default_rng(SEED)
    orders = np.array([np.arange(n), *(generator.permutation(n) for _ in range(499))])
    found = 0
    for _ in range(DRAWS):
        drawn = generator.choice(len(values), size=n, replace=False)
        signs = np.sign(values[drawn][:, None] - values[drawn])
        shuffled = codes[drawn][orders]
        scores = np.abs((np.sign(shuffled[:, :, None] - shuffled[:, None, :]) * signs).sum(axis=(1, 2)))
        found += bool(np.mean(scores >= scores[0] - 1e-9) < SIGNIFICANT and scores[0] > 0)
    return found / DRAWS


def shown(results: pd.DataFrame) -> pd.DataFrame:
    """One row per measure of association() as a reader's table."""
    return pd.DataFrame(
        {
            "Measure": [MEASURES[m].label for m in results.measure],
            "Articles": results.n,
            "Kendall's tau": results.tau.map("{:+.2f}".format),
            "p": results.p.map("{:.3f}".format),
            "Smallest p possible": results.smallest_p.map("{:.3f}".format),
            "Like draws with p under 0.05": results.power.map("{:.1%}".format),
            "Why none": results.reason,
        }
    ).replace({"nan": "–", "+nan": "–", "nan%": "–", "": "–"})
