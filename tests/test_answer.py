"""The README's answer is what the figures say today."""

import pytest

from workforce_ratings import answer, paths
from workforce_ratings.models import before_after, forecast
from workforce_ratings.vocabulary import AS_AT


@pytest.fixture(scope="module")
def block():
    """Today's answer, worked out once."""
    return answer.block()


def test_readme_holds_the_answer_that_the_figures_give(block):
    text = (paths.PROJECT / "README.md").read_text(encoding="utf-8")
    assert answer.between_marks(text) == block


def test_answer_names_numbers_of_inspections_and_intervals(block):
    first, blank, *items = block.splitlines()
    assert (first, blank) == (f"As at {AS_AT}:", "")
    assert all(item.startswith("- ") for item in items)
    told = [item.removeprefix("- ") for item in items]
    assert "more of the social workers came from agencies" in told[0]
    assert "n = 265 inspections" in told[1]
    assert all("95% interval" in sentence for sentence in told[2:5])


def test_the_change_after_an_inspection_is_told_in_every_way_that_its_chart_has():
    ways = before_after.in_each_way(*answer.changes_after("2022-03-01", "leaders"), "agency_rate")
    assert list(dict.fromkeys(ways.way)) == list(before_after.WAYS)


def test_a_day_with_too_few_inspections_to_try_a_forecast_is_told_so():
    trial = answer.forecast_trial("2022-03-01", "leaders")
    assert answer.next_judgement(trial, forecast.skill(trial)).startswith("The inspections up to this day are too few")
    assert trial.judgement == "leaders"
