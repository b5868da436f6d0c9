"""Sentences of a council's report: neutral inside the usual range, a side named only outside it, and everything counted."""

import re
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workforce_ratings import wording
from workforce_ratings.vocabulary import FIVE

MADE = runpy.run_path(str(Path(__file__).parent / "sentence_cases" / "councils.py"))
placed, latest, beside, inspected, inspection = (
    MADE[name] for name in ("placed", "latest", "beside", "inspected", "inspection")
)
INSIDE, DAY, NAN = MADE["INSIDE"], MADE["DAY"], np.nan
DIRECTED = re.compile(r"\b(higher|lower|above|below)\b")


def test_the_lead_is_neutral_where_nothing_lies_outside():
    text = wording.councils.council_headline("Halton", placed(*INSIDE))
    assert "no clear difference from other councils in any of the five" in text
    assert not DIRECTED.search(text)


def test_the_lead_counts_only_what_can_be_placed():
    text = wording.councils.council_headline("Halton", placed("no figure", *INSIDE[:4]))
    assert "no clear difference from other councils in four of the five" in text
    outside = wording.councils.council_headline("Halton", placed("above 95%", "no figure", *INSIDE[:3]))
    assert "the other three that can be placed lay within it" in outside


@pytest.mark.parametrize(
    ("position", "words"),
    [
        ("above 95%", "the agency rate (20.0%, above 18.0%)"),
        ("above 99.8%", "the agency rate (20.0%, above 18.0%)"),
        ("below 95%", "the agency rate (20.0%, below 10.0%)"),
        ("below 99.8%", "the agency rate (20.0%, below 10.0%)"),
    ],
)
def test_a_side_is_named_only_outside_the_usual_range(position, words):
    text = wording.councils.council_headline("Halton", placed(position, *INSIDE[:4]))
    assert words in text
    assert len(DIRECTED.findall(text)) == 1
    side = DIRECTED.search(position)[0]
    assert f", {side} the usual range" in wording.councils.measure_headline("Halton", "agency_rate", latest(), position)


@pytest.mark.parametrize("position", ["within limits", "too small to place", "no figure", ""])
def test_a_measure_inside_or_without_a_place_takes_no_side(position):
    assert not DIRECTED.search(wording.councils.measure_headline("Halton", "caseload", latest(30.0), position))


def test_a_joint_return_is_named_as_one():
    text = wording.councils.council_headline("Kingston upon Thames", placed(*INSIDE, joint=True))
    assert "the joint return of Kingston upon Thames and Richmond upon Thames" in text


def test_a_council_too_small_or_without_figures_is_said_to_be_so():
    small = wording.councils.council_headline("Halton", placed(*["too small to place"] * 5))
    none = wording.councils.council_headline("Halton", placed(*["no figure"] * 5))
    assert "too few social workers in post" in small
    assert "no measure of Halton had a figure" in none


def test_the_lead_says_where_its_census_is_not_the_latest():
    old, new = (wording.councils.council_headline("Halton", placed(*INSIDE), latest) for latest in (False, True))
    assert "2025, the last with a figure of Halton, no measure" in old
    assert "the last with" not in new


def test_an_older_figure_than_the_latest_census_says_so():
    old, new = (wording.councils.latest_agency_rate("Halton", MADE["at"](year), 13.0, 2025) for year in (2024, 2025))
    assert "the latest number published" in old
    assert "the latest number published" not in new


@pytest.mark.parametrize(
    ("change", "told"), [(1.25, "+1.3"), (-0.3, "−0.3"), (0.04, "0.0"), (-0.04, "0.0"), (NAN, "–")]
)
def test_a_change_has_its_sign_and_none_where_nothing_moved(change, told):
    assert wording.councils.signed(change) == told


@pytest.mark.parametrize(("months", "words"), [(1, "1 month before"), (0, "0 months before"), (25, "25 months before")])
def test_months_are_counted_in_the_singular_and_the_plural(months, words):
    assert words in wording.councils.since_sentence(inspection(), months, DAY)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (["2018-06-04"], " 1 inspection is marked."),
        (["2018-06-04", "2017-11-01"], " 2 inspections are marked."),
        (["2015-01-20", "2018-06-04"], " 1 inspection is marked."),
    ],
)
def test_alt_text_counts_the_inspections_that_the_chart_marks(days, words):
    assert wording.councils.alt_council("Halton", "agency_rate", beside(10, 12), inspected(*days)).endswith(words)


@pytest.mark.parametrize("days", [[], ["2015-01-20"]])
def test_alt_text_is_silent_where_no_inspection_is_marked(days):
    assert "marked" not in wording.councils.alt_council("Halton", "agency_rate", beside(10, 12), inspected(*days))


def test_alt_text_holds_the_figures_and_the_usual_range():
    text = wording.councils.alt_council("Halton", "agency_rate", beside(10, 28.7, high=30.0), inspected())
    assert [number for number in ("10.0%", "28.7%", "9.0%", "1.0 to 30.0%") if number not in text] == []
    assert "usual range" not in wording.councils.alt_council("Halton", "agency_rate", beside(10, 28.7), inspected())


@pytest.mark.parametrize("measure", FIVE)
def test_the_subtitle_says_what_is_shaded_only_where_something_is(measure):
    shaded, plain = (
        wording.councils.subtitle_council("Halton", measure, beside(1.0, 2.0, high=h)) for h in (18.0, NAN)
    )
    assert "shaded: usual range" in shaded
    assert "shaded" not in plain
    assert "2017 to 2018" in plain


def test_judgements_are_told_in_order_of_time():
    rows = pd.concat([inspected("2021-11-08"), inspected("2018-06-04", overall="inadequate")])
    assert wording.councils.judgements_title("Halton", rows) == "Overall: inadequate, then good"
    text = wording.councils.alt_judgements("Halton", rows)
    assert text.index("2018 (ILACS): overall inadequate") < text.index("2021 (ILACS): overall good")
    assert "leaders outstanding" in text


@pytest.mark.parametrize(("days", "words"), [(2, "at both inspections"), (3, "at all three inspections")])
def test_the_same_judgement_each_time_is_told_once(days, words):
    rows = inspected(*[f"20{year}-06-04" for year in range(18, 18 + days)])
    assert wording.councils.judgements_title("Halton", rows) == f"Overall: good {words}"


def test_an_inspection_without_an_overall_judgement_has_its_other_judgements_in_the_alt_text():
    text = wording.councils.alt_judgements("Halton", inspected("2026-05-04", overall=None))
    assert "2026 (ILACS): leaders outstanding, help and protection good" in text


def test_an_inspection_without_an_overall_judgement_gives_the_ones_it_made():
    text = wording.councils.since_sentence(inspection(None), 2, DAY)
    assert "no overall judgement" in text
    assert "the impact of leaders on social work practice: outstanding" in text
    assert "children in care" not in text


def test_the_standing_judgement_comes_with_kind_and_dates():
    text = wording.councils.standing_sentence("Halton", inspection(), DAY)
    for words in ("good", "ILACS short", "13 May 2024 to 24 May 2024", "published 5 July 2024"):
        assert words in text
    assert " to " not in wording.councils.standing_sentence("Halton", inspection(inspection_end=pd.NaT), DAY)


def test_a_share_of_few_social_workers_says_of_how_many():
    few, many, unknown = (
        wording.councils.latest_agency_rate("Halton", MADE["at"](2025, **changes), 13.0, 2025)
        for changes in ({"inpost_fte": 4.0}, {}, {"inpost_fte": 4.0, "agency_fte": NAN})
    )
    assert "a share of 24.0 social workers" in few
    assert "share" not in many + unknown
    headline = wording.councils.measure_headline("Halton", "caseload", latest(30.0), "too small to place")
    assert "fewer than 30 social workers" in headline


def test_a_place_among_neighbours_counts_only_those_with_a_figure():
    text = wording.councils.among_neighbours("agency_rate", 20.0, pd.Series([10.0, 15.0, 20.0, 30.0, NAN]))
    assert (
        text
        == "Agency rate 20.0%: higher than two, lower than one and the same as one of four neighbours with a figure."
    )
    assert wording.councils.among_neighbours("agency_rate", NAN, pd.Series([10.0])) == ""


def test_censuses_outside_the_usual_range_are_named_by_side():
    text = wording.councils.outside_before("caseload", {"above": [2020, 2021], "below": [2017]})
    assert text == "Average caseload against the usual range for its size: above it in 2020 and 2021; below it in 2017."
    assert wording.councils.outside_before("caseload", {"above": [], "below": []}) == ""


def test_neighbours_come_with_how_close_they_are_and_with_a_later_model_named():
    now = wording.councils.neighbour_sentence("Halton", MADE["near"]("close", "not close", "not close"), DAY)
    assert "DfE calls one close and two not close" in now
    assert "later" not in now
    assert "later than this report's day" in wording.councils.neighbour_sentence(
        "Halton", MADE["near"]("close"), pd.Timestamp("2022-03-01")
    )


@pytest.mark.parametrize(
    ("neighbours", "words"), [(True, "neighbours' median, its region"), (False, "beside its region")]
)
def test_the_subtitle_promises_a_median_only_where_there_is_one(neighbours, words):
    rows = beside(1.0, 2.0)
    rows = rows if neighbours else rows[rows.line == "council"]
    assert words in wording.councils.subtitle_council("Halton", "caseload", rows)
    assert ", 2017: Halton" in wording.councils.subtitle_council("Halton", "caseload", beside(1.0))
