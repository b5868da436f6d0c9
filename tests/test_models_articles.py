"""The articles alone: an exact ordering test, the smallest p it could give, and why there may be no answer."""

from itertools import permutations
from math import factorial

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workforce_ratings import panel
from workforce_ratings.models import articles
from workforce_ratings.vocabulary import JUDGEMENT_TYPE


def by_brute_force(values, codes):
    """Exact p and smallest p, from scipy's tau of every ordering."""
    every = np.array([stats.kendalltau(values, [codes[i] for i in order]).statistic for order in _orders(len(codes))])
    observed = abs(stats.kendalltau(values, codes).statistic)
    return np.mean(np.abs(every) >= observed - 1e-9), np.mean(np.abs(every) >= np.abs(every).max() - 1e-9)


def _orders(n):
    return permutations(range(n))


def rows_of(values, judgements):
    return pd.DataFrame({"value": values, "judgement": pd.Series(judgements, dtype=object).astype(JUDGEMENT_TYPE)})


@pytest.fixture(scope="module")
def real():
    return panel.ilacs_to_2025(panel.build("2026-06-30"))


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ([1, 2, 3], [0, 1, 2]),
        ([3, 2, 1, 5], [0, 1, 2, 2]),
        ([10.2, 28.7, 20.5, 41, 11.9], [2, 0, 1, 0, 3]),
        ([4, 4, 1, 7, 9], [0, 0, 1, 1, 3]),
        ([5, 5, 5, 6], [0, 1, 1, 2]),
        ([1, 4, 2, 3, 6, 5], [1, 1, 0, 2, 2, 3]),
    ],
)
def test_the_exact_test_is_that_of_all_orderings(values, codes):
    tau, p, smallest = articles.ordering_test(np.array(values, float), np.array(codes))
    assert tau == pytest.approx(stats.kendalltau(values, codes).statistic)
    assert (p, smallest) == pytest.approx(by_brute_force(values, codes))


@pytest.mark.parametrize("n", [3, 4, 5, 6])
def test_a_perfect_ordering_without_ties_gives_the_smallest_p_of_two_orderings(n):
    tau, p, smallest = articles.ordering_test(np.arange(float(n)), np.arange(n))
    assert tau == pytest.approx(1)
    assert p == smallest == pytest.approx(2 / factorial(n))


@pytest.mark.parametrize(("values", "tau"), [([1, 2, 3, 4], 1), ([4, 3, 2, 1], -1)])
def test_the_sign_says_whether_a_higher_figure_goes_with_a_better_judgement(real, values, tau):
    rows = rows_of(values, ["inadequate", "requires improvement", "good", "outstanding"])
    assert articles.association(rows, real, "caseload")["tau"] == pytest.approx(tau)


def test_more_articles_than_can_be_listed_are_drawn_at_random_and_the_same_every_time():
    values, codes = np.arange(14.0), np.arange(14)
    assert factorial(14) > articles.MOST_ORDERINGS
    first, second = (articles.ordering_test(values, codes) for _ in range(2))
    assert first == second
    # The observed ordering is one of the possible ones, so that no p is 0.
    assert 0 < first[1] < 0.01
    assert 0 < first[2] <= first[1]


def test_random_orderings_come_near_the_exact_p(monkeypatch):
    values, codes = np.array([1.0, 4, 2, 3, 6, 5, 8, 7]), np.array([1, 1, 0, 2, 2, 3, 1, 3])
    exact = articles.ordering_test(values, codes)[1]
    monkeypatch.setattr(articles, "MOST_ORDERINGS", 1)
    assert articles.ordering_test(values, codes)[1] == pytest.approx(exact, abs=0.02)


def test_shuffled_judgements_give_small_p_values_no_more_often_than_they_should():
    generator = np.random.default_rng(11)
    codes = np.array([0, 0, 1, 2, 2, 3])
    p = [articles.ordering_test(generator.normal(size=6), codes)[1] for _ in range(300)]
    assert np.mean(np.array(p) < 0.05) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)
    assert min(p) < 0.1


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (rows_of([], []), "0 article figures come"),
        (rows_of([1], ["good"]), "1 article figure comes"),
        (rows_of([1, 2], ["good", "inadequate"]), "2 article figures come"),
        (rows_of([1, 2, 3], ["good"] * 3), "same judgement"),
        (rows_of([2, 2, 2], ["good", "inadequate", "outstanding"]), "every figure is the same"),
    ],
)
def test_where_there_is_no_answer_the_reason_is_given_and_no_number(real, rows, words):
    found = articles.association(rows, real, "caseload")
    assert words in found["reason"]
    assert found["n"] == len(rows)
    assert pd.isna([found["tau"], found["p"], found["smallest_p"], found["power"]]).all()


def test_an_answer_has_no_reason_and_every_number(real):
    rows = rows_of([28.7, 11.9, 20.5], ["inadequate", "good", "requires improvement"])
    found = articles.association(rows, real, "agency_rate")
    assert found["reason"] == ""
    assert (found["n"], found["measure"]) == (3, "agency_rate")
    assert found["smallest_p"] == pytest.approx(1 / 3)
    assert 0 <= found["power"] <= 1


def test_power_rises_with_the_number_of_inspections_drawn(real, monkeypatch):
    monkeypatch.setattr(articles, "DRAWS", 200)
    few, many = (articles.power(real, "caseload", n) for n in (5, 60))
    assert few < 0.2 < many


def test_power_is_not_told_where_the_panel_is_smaller_than_the_draw(real):
    assert np.isnan(articles.power(real.head(4), "caseload", 5))


def test_power_is_near_five_percent_where_figure_and_judgement_know_nothing_of_each_other(monkeypatch):
    monkeypatch.setattr(articles, "DRAWS", 400)
    generator = np.random.default_rng(3)
    overall = pd.Categorical.from_codes(generator.integers(0, 4, 20_000), dtype=JUDGEMENT_TYPE)
    unrelated = pd.DataFrame({"overall": overall, "caseload": generator.normal(17, 2, 20_000)})
    assert articles.power(unrelated, "caseload", 40) == pytest.approx(0.05, abs=0.03)
