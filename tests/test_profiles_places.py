"""A council's places in the funnels: sentences, the funnels drawn, and what is said where there are none."""

import pytest

from workforce_ratings import context, profiles, wording
from workforce_ratings.models import funnels
from workforce_ratings.profiles import places
from workforce_ratings.vocabulary import FIVE

AS_AT = "2026-06-30"


@pytest.fixture(scope="module")
def wakefield():
    return profiles.gather("Wakefield", AS_AT)


def test_every_measure_has_its_sentence(wakefield):
    told, placed = places.sentences(wakefield), context.national(AS_AT, "before").placed
    assert told == [wording.funnels.funnel_position(placed, "E08000036", m) for m in FIVE]
    assert all("Wakefield" in text for text in told)


def test_a_council_without_a_row_at_the_latest_census_has_no_sentence_and_no_mark():
    ended = profiles.gather("Cumbria", AS_AT)
    assert places.sentences(ended) == []
    assert ended.return_unit == ""
    assert places.shown(ended).empty


def test_two_funnels_are_drawn_with_the_councils_mark_among_them(wakefield):
    counts = list(places.drawn(wakefield))
    assert [count.measure for count in counts] == ["agency_rate", "caseload"]
    for count in counts:
        assert wakefield.return_unit in set(places.units(wakefield, count.measure).return_unit)
        assert len(places.units(wakefield, count.measure)) == count.placed
        assert places.limits(wakefield, count.measure).high_95.notna().all()
        assert places.alt(wakefield, count).startswith("Wakefield's")


def test_a_headline_takes_a_side_only_outside_the_limits(wakefield):
    placed = context.national(AS_AT, "before").placed
    for measure in FIVE:
        position = placed[(placed.measure == measure) & (placed.council_code == "E08000036")].position.iloc[0]
        text = places.headline(wakefield, measure)
        assert ("within" in text) == (position == "within limits")
        assert any(side in text for side in ("above", "below")) == (
            position not in ("within limits", funnels.NO_FIGURE)
        )


@pytest.mark.parametrize(("name", "words"), [("Isles of Scilly", "too small"), ("Kensington and Chelsea", "no figure")])
def test_a_headline_says_why_there_is_no_place(name, words):
    assert words in places.headline(profiles.gather(name, AS_AT), "agency_rate")


def test_an_early_day_without_a_census_says_why_and_draws_nothing():
    early = profiles.gather("Wakefield", "2017-12-31")
    assert list(places.drawn(early)) == []
    assert len(places.shown(early)) == 0
