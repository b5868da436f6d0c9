"""The national context of the council reports: made once, whole at every day, and nothing later in it."""

import pickle

import pandas as pd
import pytest

from workforce_ratings import context, councils, panel, wording
from workforce_ratings.models import forecast, funnels, next_judgement
from workforce_ratings.vocabulary import CENSUS_RULES, FIVE, JUDGED, publication_date

AS_AT = "2026-06-30"
DAYS = (AS_AT, "2022-03-01", "2018-04-01", "2018-02-01")
KINGSTON, CUMBRIA = "E09000021", "E10000006"


@pytest.fixture(scope="module")
def now():
    return context.national(AS_AT, "before")


def test_it_is_made_once_for_a_day_and_rule():
    assert context.national(AS_AT, "before") is context.national(AS_AT, "before")
    assert context.national("2018-04-01", "published") is not context.national("2018-04-01", "before")


def test_it_holds_what_the_panel_and_the_models_give(now):
    known = panel.with_context(panel.build(AS_AT), AS_AT)
    pd.testing.assert_frame_equal(now.known, known)
    pd.testing.assert_frame_equal(now.fitted_to, panel.ilacs_to_2025(known))
    pd.testing.assert_frame_equal(now.areas, panel.wider(AS_AT))
    pd.testing.assert_frame_equal(now.placed, funnels.every_measure(panel.with_standing(AS_AT), 2025))
    pd.testing.assert_frame_equal(now.skill, forecast.skill(now.trial))
    assert (now.census, tuple(now.funnels), now.reasons) == (2025, FIVE, {})
    assert set(now.forecasts.judgement) == {"overall"}
    assert len(now.forecasts) == len(councils.existing(pd.Timestamp(AS_AT))) == 153
    assert now.tried["n_test"] == len(now.trial.test)


def test_the_rule_is_that_of_its_inspections():
    days = {rule: context.national("2018-04-01", rule).known.census for rule in CENSUS_RULES}
    assert (days["published"] <= days["before"]).all()
    assert (days["published"] < days["before"]).any()


@pytest.mark.parametrize("as_at", DAYS)
def test_every_day_has_a_context_without_anything_later(as_at):
    found, day = context.national(as_at, "before"), pd.Timestamp(as_at)
    assert (found.known.publication_date <= day).all()
    assert all(publication_date(year) <= day for year in found.figures.census.unique())
    assert all(publication_date(year) <= day for year in found.areas.census.unique())
    assert forecast.known_by(found.trial.train, day).all()
    assert forecast.known_by(found.trial.test, day).all()
    assert set(found.reasons) == set() if as_at == AS_AT else {"trial"} <= set(found.reasons)
    assert [text for text in found.reasons.values() if not text.endswith(".")] == []


def test_a_day_before_the_first_census_has_reasons_in_place_of_figures():
    found = context.national("2018-02-01", "before")
    assert found.census is None
    assert found.figures.empty
    assert found.placed.empty
    assert found.funnels == {}
    assert found.unit_of(KINGSTON) == ""
    assert "No census of the series was published by 2018-02-01" in found.reasons["figures"]
    assert found.tried is None
    assert found.skill_of() is None


def test_a_measure_without_a_funnel_says_why(monkeypatch):
    rows = context.national("2018-04-01", "before").figures.assign(caseload=float("nan"))
    monkeypatch.setattr(panel, "with_standing", lambda as_at: rows)
    found = context.national.__wrapped__("2018-04-01", "before")
    assert tuple(found.funnels) == FIVE[:-1]
    assert list(found.reasons) == ["caseload", "trial"]
    assert "a funnel needs" in found.reasons["caseload"]


def test_a_council_has_its_own_forecast_and_unit(now):
    row = now.forecast_of(KINGSTON)
    assert row["council"] == "Kingston upon Thames"
    assert row["p_good_or_outstanding"] == pytest.approx(
        now.forecasts.set_index("council_code").p_good_or_outstanding[KINGSTON]
    )
    assert now.unit_of(KINGSTON) == "E09000021 / E09000027"
    told = wording.forecast.council_forecast("Kingston upon Thames", row, now.skill_of())
    assert told.startswith("Kingston upon Thames' next judgement of overall effectiveness, estimated")


def test_a_council_that_ended_has_no_forecast_and_says_so(now):
    row = now.forecast_of(CUMBRIA)
    assert list(row) == next_judgement.FORECAST_COLUMNS
    told = wording.forecast.council_forecast("Cumbria", row, now.skill_of())
    assert told == f"There is no forecast of Cumbria's next judgement of {JUDGED['overall']}: {context.GONE}."


def test_the_skill_of_a_model_is_its_row(now):
    assert now.skill_of("base_rates")["base_difference"] == 0
    assert now.skill_of("no such model") is None


def test_it_can_be_handed_to_another_process(now):
    copy = pickle.loads(pickle.dumps(now))
    pd.testing.assert_frame_equal(copy.places, now.places)
    pd.testing.assert_frame_equal(copy.forecasts, now.forecasts)
    assert copy.trial.codes.tolist() == now.trial.codes.tolist()


def test_a_wrong_day_or_rule_is_told(fault_of):
    assert "YYYY-MM-DD" in fault_of(context.national, "2026-6-3", "before")
    assert "census_rule" in fault_of(context.national, AS_AT, "afterwards")
