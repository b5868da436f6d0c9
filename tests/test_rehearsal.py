"""What the warm parent does before it forks."""

import sys

import pytest

from workforce_ratings import context, pages, profiles, rehearsal
from workforce_ratings.vocabulary import AS_AT

SHARED = {"as_at": AS_AT, "census_rule": "before"}


def test_nothing_is_prepared_for_notebooks_that_share_nothing(monkeypatch):
    monkeypatch.setattr(context, "national", None)
    rehearsal.prepare({})


def test_what_councils_share_is_made_for_their_day_and_rule(monkeypatch):
    asked = []
    monkeypatch.setattr(context, "national", lambda *parameters: asked.append(parameters))
    rehearsal.prepare({"as_at": "2025-01-31", "census_rule": "published"})
    assert asked == [("2025-01-31", "published")]


def test_the_digest_is_that_of_the_councils_figures():
    told = rehearsal.digest({"council": "Halton", **SHARED})
    assert told == profiles.digest(profiles.gather("E06000006", AS_AT, "before"))
    assert told != rehearsal.digest({"council": "Leeds", **SHARED})


@pytest.mark.parametrize("as_at", [AS_AT, "2013-06-30"])
def test_the_rehearsal_makes_one_thing_of_each_kind_and_brings_in_nothing_that_draws_by_itself(monkeypatch, as_at):
    shown = []
    monkeypatch.setattr(pages, "display", lambda bundle, **_: shown.append(bundle))
    before = set(sys.modules)
    rehearsal.rehearse(SHARED | {"as_at": as_at})
    assert any("spreadsheetml" in bundle.get("text/html", "") for bundle in shown)
    assert as_at != AS_AT or sum("image/png" in bundle for bundle in shown) == 4
    assert not {name for name in set(sys.modules) - before if name.startswith("matplotlib_inline")}
