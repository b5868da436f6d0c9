"""Where a council lies among councils of its size, at the latest census: the funnels of all of them, and its place in each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from workforce_ratings import wording
from workforce_ratings.models import funnels
from workforce_ratings.profiles.gathering import Profile


def sentences(profile: Profile) -> list[str]:
    """Where each measure lies, or why it has no place; and why there is no funnel. None for a council without a row at the
    latest census."""
    return [*profile.positions.values(), *profile.unplaced]


def drawn(profile: Profile) -> Iterator[NamedTuple]:
    """The funnels that a report draws: a row of funnels.counts for each."""
    yield from profile.counts.itertuples(index=False)


def units(profile: Profile, measure: str) -> pd.DataFrame:
    """The marks of a funnel (funnels.units)."""
    return profile.funnels[measure].units


def limits(profile: Profile, measure: str) -> pd.DataFrame:
    """The curves of a funnel (funnels.limits)."""
    return profile.funnels[measure].limits


def latest(profile: Profile) -> pd.DataFrame:
    """The council's rows of `placed` at the latest census of all councils: none where it has no row there."""
    return profile.placed[profile.placed.census == profile.census]


def headline(profile: Profile, measure: str) -> str:
    """A funnel's headline in one council's report."""
    return wording.funnels.own_headline(profile.council.name, latest(profile), profile.council.series, measure)


def alt(profile: Profile, count: NamedTuple) -> str:
    """Alt text of a funnel in one council's report: where the council lies first, then what all of them show."""
    position = profile.positions.get(count.measure, "")
    return f"{position} {wording.funnels.alt_funnel(count, units(profile, count.measure))}".strip()


def shown(profile: Profile) -> pd.DataFrame:
    """The council's places as a reader's table, one row per measure."""
    return funnels.shown_positions(latest(profile), profile.council.series)


def caption(profile: Profile) -> str:
    """The caption of that table; “” where no census was published."""
    return "" if profile.census is None else wording.funnels.caption_positions(profile.council.name, profile.census)


def shown_outside(profile: Profile, measure: str) -> pd.DataFrame:
    """The return units outside a funnel's 95% limits as a reader's table, by side and name."""
    return profile.funnels[measure].outside
