"""Sentences about outcomes for children: neutral where the interval spans no difference, signs and counts as planted."""

import re
import runpy
from pathlib import Path

import pandas as pd
import pytest

from workforce_ratings import wording
from workforce_ratings.models import children
from workforce_ratings.wording.children import (
    against_published,
    association_sentence,
    associations_steady,
    associations_title,
    social_workers_sentence,
    social_workers_title,
    what_differs,
    what_moves_it,
)

CASES = runpy.run_path(str(Path(__file__).parent / "sentence_cases" / "children.py"))
terms, cross = CASES["terms"], CASES["cross"]
CLEAR, UNCLEAR, BELOW, NONE = (CASES[name] for name in ("CLEAR", "UNCLEAR", "BELOW", "NONE"))
DIRECTED = re.compile(r"\b(higher|lower|above|below|fewer|more children|clearly associated with)\b")


def test_an_interval_that_spans_zero_is_told_neutrally():
    told = association_sentence(terms(), "re_referrals")
    assert not DIRECTED.search(told)
    assert "no clear difference" in told
    assert "−0.05 to +0.07" in told


@pytest.mark.parametrize(
    ("ends", "word", "figures"), [(CLEAR, "higher", "0.030 to 0.170"), (BELOW, "lower", "0.010 to 0.140")]
)
def test_a_clear_interval_has_its_side_and_its_ends(ends, word, figures):
    told = association_sentence(terms(five=ends, alone=ends), "repeat_plans")
    assert f"percentage points {word} for each" in told
    assert f"{figures} {word}" in told
    assert "agency rate alone" not in told


def test_the_agency_rate_alone_is_told_where_it_says_otherwise():
    told = association_sentence(terms(five=BELOW, alone=UNCLEAR), "repeat_plans")
    assert "With the agency rate alone it is +0.01" in told
    assert told.endswith("which is no clear difference.")


def test_an_outcome_counts_as_clear_only_where_every_model_agrees():
    assert associations_title(terms(five=CLEAR)) == associations_title(terms())
    assert associations_title(terms()).startswith("No outcome is clearly associated")
    assert associations_title(terms(five=CLEAR, alone=BELOW)).startswith("No outcome")
    assert "clearly associated with re-referrals in every model" in associations_title(terms(first=CLEAR))
    assert "five of five outcomes" in associations_title(terms(five=CLEAR, alone=CLEAR))
    assert associations_title(terms(five=NONE, alone=NONE)).startswith("Too few years")


def test_estimates_are_counted_by_the_side_of_zero_that_their_intervals_lie_on():
    beside = children.beside_published(terms(five=CLEAR, alone=UNCLEAR, others=BELOW))
    told = associations_steady(beside, "re_referrals")
    assert "Across 13 sets of choices" in told
    assert "one lies wholly above zero and 10 lie wholly below zero" in told
    assert "from −0.075 to +0.100" in told
    assert "none is clear of zero" in associations_steady(children.beside_published(terms()), "re_referrals")


def test_a_published_result_is_told_with_ours_by_its_rules_and_by_our_main_ones():
    beside = children.beside_published(terms(five=CLEAR, alone=CLEAR, others=BELOW, n=1156))
    told = against_published(beside, "re_referrals")
    assert "+0.099 (+0.030 to +0.168, n = 1,156)" in told
    assert "by the publication's own rules ours is −0.075 on the same 1,156 rows".capitalize() in told
    assert "by our main rules +0.100 (+0.030 to +0.170, n = 1,156)" in told
    assert "inside the published interval: three of our 13 estimates" in told
    assert "13 rows" not in told
    assert "713 rows" not in told
    other = against_published(children.beside_published(terms(n=713)), "three_placements")
    assert "713 rows, where it has 707 (it takes DfE's empty rows" in other


def test_what_moves_the_main_estimate_is_told_with_its_sign():
    beside = children.beside_published(terms(five=CLEAR, alone=UNCLEAR, others=BELOW))
    told = what_moves_it(beside, "re_referrals")
    assert "is +0.100; leaving out the other four measures moves it by −0.090" in told
    assert "the census a year earlier by −0.175" in told
    assert "reorganised councils by 0.175 at most" in told


def test_rules_are_told_apart_from_the_published_ones():
    beside = children.beside_published(terms()).query("outcome == 're_referrals'")
    told = [what_differs(row) for _, row in beside.iterrows()]
    assert len(set(told)) == len(told) == 13
    assert told.count("nothing: the publication's rules") == 1
    assert "agency rate alone; the census a year earlier; joint returns once; series end with their councils" in told


def test_what_cannot_be_estimated_is_told_with_its_reason():
    told = association_sentence(terms(five=NONE), "same_carer")
    assert told.endswith("cannot be estimated: fewer than 20 councils have figures (3).")


def test_social_workers_of_each_child_are_told_by_the_side_of_the_correlation():
    assert social_workers_title(cross(0.2, 0.5), "turnover_rate").endswith(
        "more children in care had three or more social workers"
    )
    assert "fewer children" in social_workers_title(cross(-0.5, -0.2), "agency_rate")
    neutral = social_workers_title(cross(-0.1, 0.1), "agency_rate")
    assert "no clear difference" in neutral
    assert not DIRECTED.search(neutral)
    told = social_workers_sentence(cross(0.2, 0.5, (-0.1, 0.1)), "agency_rate")
    assert "correlation of +0.35" in told
    assert told.count("no clear difference") == 1
    assert "With the turnover rate and the area's deprivation held equal" in told


def test_the_box_of_limits_says_how_many_estimates_there_are():
    limits = wording.children.limits_of_outcomes(terms())
    assert any("make five estimates" in sentence for sentence in limits)
    assert any("ecological fallacy" in sentence for sentence in limits)


@pytest.mark.parametrize(
    ("tests", "words"),
    [
        (0, "None of the models with five measures can be estimated yet."),
        (1, "make one estimate. Were nothing associated, fewer than one on average of so many"),
        (10, "make 10 estimates. Were nothing associated, fewer than one on average of so many"),
        (25, "make 25 estimates. Were nothing associated, about one of so many"),
        (60, "about three of so many"),
    ],
)
def test_estimates_clear_by_chance_are_counted_in_words(tests, words):
    every = terms(five=CLEAR).query("main and model == 'five'").iloc[:1]
    rows = pd.concat([every] * tests) if tests else terms(five=NONE)
    told = " ".join(wording.children.limits_of_outcomes(rows))
    assert words in told
    assert "about no" not in told


def test_no_estimate_inside_the_published_interval_is_told_as_none():
    beside = children.beside_published(terms(five=(5, 6), alone=(5, 6), others=(5, 6)))
    assert "inside the published interval: none of our 13 estimates" in against_published(beside, "re_referrals")


def test_the_end_of_a_clear_interval_is_never_told_as_nothing():
    told = association_sentence(terms(five=(-0.178, -0.0002)), "repeat_plans")
    assert "95% interval under 0.001 to 0.178 lower" in told


def test_long_names_of_outcomes_are_counted_in_the_headline():
    long = terms(first=CLEAR, outcomes=("three_in_two_years", "re_referrals", "same_carer"))
    assert associations_title(long) == "Agency rate: clearly associated with one of three outcomes in every model"


def test_the_subtitle_has_the_years_and_says_where_some_begin_later():
    years = CASES["YEARS"]
    told = wording.children.subtitle_associations(terms(), years)
    assert "England, years to 31 March 2018 to 2025 (some outcomes from 2021), n = 1,162 council-years" in told
    assert "2018 to 2025, n" in wording.children.subtitle_associations(terms(), years[:2])
    assert "no reporting year" in wording.children.subtitle_associations(terms(), years[:0])
