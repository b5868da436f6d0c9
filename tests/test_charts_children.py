"""Charts of outcomes for children: every mark is a figure of its frame, in its place."""

import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workforce_ratings import charts
from workforce_ratings.models import children

CASES = runpy.run_path(str(Path(__file__).parent / "sentence_cases" / "children.py"))
terms = CASES["terms"]


def test_ours_and_the_published_ones_stand_side_by_side_for_each_outcome():
    made = terms(five=CASES["CLEAR"], alone=CASES["UNCLEAR"])
    ax = charts.children.associations(made, children.beside_published(made))
    marks = {c.get_label(): c.lines[0].get_xydata() for c in ax.containers}
    assert len(marks["five measures"]) == len(marks["agency rate alone"]) == 5
    assert marks["published, five measures"][:, 0].tolist() == [p.coef for p in children.PUBLISHED.values()]
    assert set(marks["five measures"][:, 0]) == {0.1}
    heights = [round(y) for y in marks["published, five measures"][:, 1]]
    labels = [t.get_text().replace("\n", " ") for t in ax.get_yticklabels()]
    assert [labels[y] for y in heights] == ["Re-referrals", "Repeat child protection plans", "Three or more placements"]
    assert len({line.get_marker() for c in ax.containers for line in c.lines[:1]}) == 3


def test_without_a_published_result_ours_stand_alone():
    made = terms()
    ax = charts.children.associations(made, children.beside_published(made, "2020-01-01"))
    marks = {c.get_label(): c.lines[0].get_xydata() for c in ax.containers}
    assert {label: len(found) for label, found in marks.items()} == {"five measures": 5, "agency rate alone": 5}


def test_an_estimate_that_is_not_there_has_no_mark():
    made = terms(five=CASES["NONE"], alone=CASES["CLEAR"])
    ax = charts.children.associations(made, children.beside_published(made))
    marks = {c.get_label(): c.lines[0].get_xydata() for c in ax.containers}
    assert len(marks["five measures"]) == 0
    assert len(marks["agency rate alone"]) == 5


def test_each_council_is_a_dot_and_the_line_is_least_squares():
    x = np.arange(1.0, 31)
    rows = pd.DataFrame({"agency_rate": [*x, np.nan], "percent": [*(10 + 0.5 * x), 20.0]})
    ax = charts.children.social_workers(rows, "agency_rate")
    assert len(ax.collections[0].get_offsets()) == 30
    assert ax.lines[0].get_ydata() == pytest.approx([10.5, 25])
    assert (ax.get_xlim()[0], ax.get_ylim()[0]) == (0, 0)


def test_a_measure_that_is_the_same_everywhere_has_no_line():
    rows = pd.DataFrame({"agency_rate": [5.0, 5.0], "percent": [10.0, 20.0]})
    assert not charts.children.social_workers(rows, "agency_rate").lines
