"""One council gathered for its report: its figures beside England, its region and its statistical neighbours, its
inspections, and what articles said of it. The other modules of this package turn what is gathered into tables and sentences.

Neighbours are DfE's ten of 2025. Their median is given with how many of the ten had a figure; below five there is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workforce_ratings import councils, press
from workforce_ratings.context import National, national
from workforce_ratings.councils import Council
from workforce_ratings.official import tables
from workforce_ratings.panel import day
from workforce_ratings.reconciliation import reconcile
from workforce_ratings.vocabulary import FIVE, Fault

FEWEST_NEIGHBOURS = 5


@dataclass(frozen=True)
class Profile:
    """A council as its report sees it on a day.

    `own`: one row per census, every figure and marker. `placed`: one row per census and measure, where the figure lies in
    the funnel of all councils (funnels.COLUMNS). `beside`: one row per census, measure and line (council, neighbours,
    region, England) with label, value and n, and for the council low and high, the 95% limits for its size, and its
    position. `inspections`: panel rows, the council's own and, below `predecessors`, those of councils it followed.
    `said`: reconciled article claims. `neighbours`: one row per statistical neighbour, closest first, with its figures of
    the latest census and the judgement that stands. `national`: what all councils' reports of the day share.
    """

    council: Council
    as_at: pd.Timestamp
    own: pd.DataFrame
    placed: pd.DataFrame
    beside: pd.DataFrame
    inspections: pd.DataFrame
    predecessors: pd.DataFrame
    said: pd.DataFrame
    neighbours: pd.DataFrame
    national: National

    @property
    def standing(self) -> pd.Series | None:
        """The inspection whose overall judgement stands, or None."""
        judged = self.inspections.dropna(subset=["overall"])
        return None if judged.empty else judged.iloc[-1]

    @property
    def joint_with(self) -> str:
        """The council that shares this one's return at the latest census, or “”."""
        if self.own.empty or not self.own.iloc[-1].joint:
            return ""
        others = [c.name for c in councils.members(self.own.iloc[-1].return_unit) if c.series != self.council.series]
        return " and ".join(others)

    @property
    def months_since(self) -> int | None:
        """Whole months from the start of the latest inspection to the report's day."""
        if self.inspections.empty:
            return None
        return months_between(self.inspections.inspection_start.iloc[-1], self.as_at)


def months_between(start: pd.Timestamp, end: pd.Timestamp) -> int:
    """Whole months from one day to another."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - (end.day < start.day)


def gather(name: str, as_at: str, census_rule: str = "before") -> Profile:
    """Everything about one council up to a day. Raises Fault for an unknown council or a day it did not yet exist."""
    until = day(as_at)
    council = _resolve(name, until)
    shared = national(as_at, census_rule)
    rows, panel = shared.figures, shared.known
    own = rows[rows.council_code == council.series].sort_values("census").reset_index(drop=True)
    placed = shared.places[shared.places.council_code == council.series].reset_index(drop=True)
    earlier = [p.series for p in council.predecessors if p.series != council.series]
    claims = press.claims(as_at)
    claims = claims[claims.council_code.map(_series) == council.series]
    near = tables.load("neighbours").query("council_code == @council.series").sort_values("rank")
    return Profile(
        council,
        until,
        own,
        placed,
        _beside(council, own, placed, rows, shared.areas, near.neighbour_code.tolist()),
        panel[panel.council_code == council.series].sort_values("inspection_start").reset_index(drop=True),
        panel[panel.council_code.isin(earlier)].sort_values("inspection_start").reset_index(drop=True),
        reconcile(claims, as_at) if len(claims) else pd.DataFrame(columns=["verdict"]),
        near.merge(shared.latest, left_on="neighbour_code", right_on="council_code", how="left", suffixes=("_of", "")),
        shared,
    )


def _resolve(name: str, until: pd.Timestamp) -> Council:
    """The council of today by that name, or the one of that day where today's began later (Dorset before 2019)."""
    council = councils.find(name)
    began_later = council.valid_from is not None and council.valid_from > until and not recoded(council)
    return councils.find(name, on=until) if began_later else council


def recoded(council: Council) -> bool:
    """Whether the council has had another code before and nothing else changed."""
    return any(p.series == council.series for p in council.predecessors)


def _series(code: str) -> str:
    return councils.series_code(code) if code else ""


def _beside(
    council: Council, own: pd.DataFrame, placed: pd.DataFrame, rows: pd.DataFrame, areas: pd.DataFrame, near: list[str]
) -> pd.DataFrame:
    lines = []
    for measure in FIVE:
        limits = placed[placed.measure == measure].set_index("census")[["low_95", "high_95", "position"]]
        limits = limits.set_axis(["low", "high", "position"], axis=1)
        lines.append(_line(own, measure, "council", council.name).assign(n=1).join(limits, on="census"))
        # A neighbour in the same joint return would be the council itself once more.
        others = rows.council_code.isin(near) & ~rows.return_unit.isin(own.return_unit)
        lines.append(neighbours_median(rows[others], measure))
        lines.append(_line(areas[areas.name == council.region], measure, "region", council.region).assign(n=1))
        lines.append(_line(areas[areas.level == "England"], measure, "England", "England").assign(n=1))
    return pd.concat(lines, ignore_index=True)


def _line(rows: pd.DataFrame, measure: str, line: str, label: str) -> pd.DataFrame:
    frame = rows.sort_values("census")[["census", measure, f"{measure}_marker"]].set_axis(
        ["census", "value", "marker"], axis=1
    )
    return frame.assign(measure=measure, line=line, label=label)


def neighbours_median(rows: pd.DataFrame, measure: str, label: str = "Neighbours") -> pd.DataFrame:
    """One row per census: the median of a measure over the neighbours' `rows` as `beside` has it, with how many had a
    figure; no value where fewer than FEWEST_NEIGHBOURS had."""
    by = rows.groupby("census")[measure].agg(value="median", n="count").reset_index()
    enough = by.value.where(by.n >= FEWEST_NEIGHBOURS)
    return by.assign(value=enough, marker="", measure=measure, line="neighbours", label=label)


def require_some(profile: Profile) -> None:
    """Raises Fault where there is neither a census nor an inspection of the council by the report's day."""
    if profile.own.empty and profile.inspections.empty:
        raise Fault(
            f"{profile.council.name} has neither a census nor an inspection published by {profile.as_at:%Y-%m-%d}; "
            f"choose a later as_at."
        )


def is_of(profile: Profile, name: str) -> bool:
    """Whether this is the profile of the council that a name stands for: the last cell of a report asks."""
    return _resolve(name, profile.as_at).code == profile.council.code
