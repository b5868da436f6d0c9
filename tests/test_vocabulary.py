"""The terms of the field: judgements in order, measures with units, markers, and faults in one sentence."""

import numpy as np
import pandas as pd
import pytest

from workforce_ratings import vocabulary
from workforce_ratings.vocabulary import FIVE, JUDGEMENT_TYPE, MARKERS, MEASURES, THREE, Fault, judgement


@pytest.mark.parametrize(
    ("wording", "meaning"),
    [
        ("Inadequate", "inadequate"),
        ("Requires improvement to be good", "requires improvement"),
        ("requires  improvement ", "requires improvement"),
        ("RI", "requires improvement"),
        (" GOOD ", "good"),
        ("Outstanding", "outstanding"),
    ],
)
def test_every_known_wording_is_one_of_four_judgements(wording, meaning):
    assert judgement(wording) == meaning


@pytest.mark.parametrize("blank", [None, "", "   ", np.nan, pd.NaT, pd.NA])
def test_a_blank_is_no_judgement(blank):
    assert judgement(blank) is None


@pytest.mark.parametrize("wording", ["adequate", "Goood", "not judged", "0", "good, outstanding", "nan", "<b>good</b>"])
def test_an_unknown_wording_is_refused_and_quoted(fault_of, wording):
    assert f"“{wording}” is not an Ofsted judgement" in fault_of(judgement, wording)


def test_judgements_are_ordered_from_worst_to_best():
    four = pd.Series(["good", "inadequate", "outstanding", "requires improvement"], dtype=JUDGEMENT_TYPE)
    assert list(four.sort_values()) == ["inadequate", "requires improvement", "good", "outstanding"]
    assert set(vocabulary.JUDGEMENT_WORDINGS.values()) == set(vocabulary.JUDGEMENTS)


def test_a_fault_is_one_printable_line_whatever_it_quotes():
    assert str(Fault("“a\r\nb\x1b[2Jc\x00”\tis not  a council.")) == "“a b [2Jc ” is not a council."


@pytest.mark.parametrize("name", FIVE)
def test_every_measure_has_a_unit_a_definition_and_a_possible_range(name):
    measure = MEASURES[name]
    assert measure.name == name
    assert measure.low == 0 < measure.high
    assert measure.unit in measure.axis_label
    assert len(measure.definition) > 40


def test_the_three_measures_are_among_the_five():
    assert FIVE == ("agency_rate", "turnover_rate", "vacancy_rate", "absence_rate", "caseload")
    assert THREE == ("agency_rate", "turnover_rate", "caseload")


def test_no_marker_can_be_read_as_a_number():
    assert pd.to_numeric(pd.Series(list(MARKERS)), errors="coerce").isna().all()
    assert set(vocabulary.MARKERS_TO_2017) < set(MARKERS)


def test_the_census_is_on_30_september_and_published_in_march():
    assert vocabulary.census_date(2025) == pd.Timestamp("2025-09-30")
    assert vocabulary.publication_date(2024) == pd.Timestamp("2025-03-01")
    assert vocabulary.publication_date(2025) == pd.Timestamp("2026-03-19")


@pytest.mark.parametrize(
    ("figure", "told"),
    [(16.25, "16.3"), (9.05, "9.1"), (12.35, "12.4"), (4.25, "4.3"), (-0.05, "-0.1"), (1234.5, "1,234.5")],
)
def test_a_figure_is_rounded_halves_upwards_whatever_its_binary_form(figure, told):
    assert vocabulary.one_decimal(figure) == told


def test_a_long_date_is_written_as_gov_uk_does():
    assert vocabulary.long_date(pd.Timestamp("2019-04-01")) == "1 April 2019"
