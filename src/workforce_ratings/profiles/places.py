"""Where a council lies among councils of its size, at the latest census: the funnels of all of them, and its place in each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from workforce_ratings import wording
from workforce_ratings.models import funnels
from workforce_ratings.profiles.gathering import Profile
from workforce_ratings.vocabulary import FIVE

# The measures whose funnel a report draws: those that go with the judgement (notebook 5). Sentences tell of all five.
DRAWN = ("agency_rate", "caseload")


def sentences(profile: Profile) -> list[str]:
    """Where each measure lies, or why it has no place; and why there is no funnel. None for a council without a row at the
    latest census."""
    shared, code = profile.national, profile.council.series
    told = [wording.funnels.funnel_position(shared.placed, code, measure) for measure in shared.measures]
    return [*filter(None, told), *(shared.reasons[name] for name in ("figures", *FIVE) if name in shared.reasons)]


def drawn(profile: Profile) -> Iterator[NamedTuple]:
    """The funnels that a report draws: a row of funnels.counts for each."""
    placed = profile.national.placed
    if len(placed):
        counted = funnels.counts(placed)
        yield from counted[counted.measure.isin(DRAWN)].itertuples(index=False)


def units(profile: Profile, measure: str) -> pd.DataFrame:
    """The marks of a funnel (funnels.units)."""
    return funnels.units(profile.national.placed, measure)


def limits(profile: Profile, measure: str) -> pd.DataFrame:
    """The curves of a funnel (funnels.limits)."""
    return funnels.limits(profile.national.placed, measure)


def return_unit(profile: Profile) -> str:
    """The mark to name: the council's return unit at the latest census; “” where it has none."""
    return profile.national.unit_of(profile.council.series)


def headline(profile: Profile, measure: str) -> str:
    """A funnel's headline in one council's report."""
    placed = profile.national.placed
    return wording.funnels.own_headline(profile.council.name, placed, profile.council.series, measure)


def alt(profile: Profile, count: NamedTuple) -> str:
    """Alt text of a funnel in one council's report: where the council lies first, then what all of them show."""
    placed = profile.national.placed
    position = wording.funnels.funnel_position(placed, profile.council.series, count.measure)
    return f"{position} {wording.funnels.alt_funnel(count, units(profile, count.measure))}".strip()


def shown(profile: Profile) -> pd.DataFrame:
    """The council's places as a reader's table, one row per measure."""
    return funnels.shown_positions(profile.national.placed, profile.council.series)


def caption(profile: Profile) -> str:
    """The caption of that table; “” where no census was published."""
    census = profile.national.census
    return "" if census is None else wording.funnels.caption_positions(profile.council.name, census)


def shown_outside(profile: Profile, measure: str) -> pd.DataFrame:
    """The return units outside a funnel's 95% limits as a reader's table, by side and name."""
    return funnels.shown_outside(profile.national.placed, measure)
