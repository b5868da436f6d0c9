"""One council gathered for its report: its figures beside England, its region and its statistical neighbours, its
inspections, and what articles said of it. The other modules of this package turn what is gathered into tables and sentences.

Neighbours are DfE's ten of 2025. Their median is given with how many of the ten had a figure; below five there is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from workforce_ratings import councils, press, wording
from workforce_ratings.context import Funnel, National, national
from workforce_ratings.councils import Council
from workforce_ratings.models import expectations
from workforce_ratings.models.expectations import Expectation
from workforce_ratings.official import tables
from workforce_ratings.panel import day
from workforce_ratings.reconciliation import reconcile
from workforce_ratings.vocabulary import FIVE, THREE, Fault

FEWEST_NEIGHBOURS = 5
# The measures whose funnel a report draws: those that go with the judgement (notebook 5). Sentences tell of all five.
DRAWN = ("agency_rate", "caseload")
# What a report tells of a neighbour besides its name.
OF_NEIGHBOURS = ["council_code", "return_unit", *FIVE, *[f"{m}_marker" for m in FIVE], "overall", "inspection_start"]
# What the model of the last judgement takes of an inspection.
FITTED = [
    *("council_code", "council", "return_unit", "framework", "inspection_start", "publication_date", "census"),
    *("overall", *THREE),
]


@dataclass(frozen=True)
class Profile:
    """All that a council's report of a day depends on, apart from the suite itself: nothing else is read for it.

    `before`: the councils that this one followed; `after`, those that took over where it ended; `joint_with`, the one that
    shares its return at the latest census, or “”. `own`: one row per census, every figure and marker. `placed`: one row
    per census and measure, where the figure lies in the funnel of all councils (funnels.COLUMNS). `beside`: one row per
    census, measure and line (council, neighbours, region, England) with label, value and n, and for the council low and
    high, the 95% limits for its size, and its position. `inspections`: panel rows, the council's own and, below
    `predecessors`, those of councils it followed. `said`: reconciled article claims, each with its article's name.
    `neighbours`: one row per statistical neighbour, closest first (see OF_NEIGHBOURS): its figures of the latest census and
    the judgement that stands. `fitted_to`: the inspections to which the model of the last judgement is fitted (FITTED of
    panel rows), and `tried`, what its trial showed. `census`: the latest of all councils,
    None where none was published; of it `return_unit`, the council's (“” for none), `positions`, a sentence for each
    measure with a funnel in which it has a row, `unplaced`, why there is no funnel, and `counts` and `funnels`, those drawn
    (see context.National). `forecast` and `skill`: the council's next overall judgement, and how its model did.
    """

    council: Council
    as_at: pd.Timestamp
    before: tuple[Council, ...]
    after: tuple[Council, ...]
    joint_with: str
    own: pd.DataFrame
    placed: pd.DataFrame
    beside: pd.DataFrame
    inspections: pd.DataFrame
    predecessors: pd.DataFrame
    said: pd.DataFrame
    neighbours: pd.DataFrame
    fitted_to: pd.DataFrame
    tried: dict[str, object] | None
    census: int | None
    return_unit: str
    positions: dict[str, str]
    unplaced: tuple[str, ...]
    counts: pd.DataFrame
    funnels: dict[str, Funnel]
    forecast: dict[str, object]
    skill: dict[str, object] | None

    @property
    def standing(self) -> pd.Series | None:
        """The inspection whose overall judgement stands, or None."""
        judged = self.inspections[self.inspections.overall.notna()]
        return None if judged.empty else judged.iloc[-1]

    @cached_property
    def expected(self) -> Expectation:
        """What a model fitted to other councils' inspections gives to the staffing beside the last inspection with an
        overall judgement."""
        return expectations.expected(self.fitted_to, self.standing, f"{self.as_at:%Y-%m-%d}")

    @cached_property
    def lines(self) -> dict[str, pd.DataFrame]:
        """The rows of `beside` by measure: nearly every table, chart and sentence of a measure asks for its own."""
        return {measure: self.beside[self.beside.measure == measure].reset_index(drop=True) for measure in FIVE}

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
    own = _of(shared.figures, council).sort_values("census").reset_index(drop=True)
    placed = _of(shared.places, council).reset_index(drop=True)
    near = _neighbours(council)
    earlier = shared.known.council_code.isin([p.series for p in council.predecessors if p.series != council.series])
    return Profile(
        council=council,
        as_at=until,
        before=() if recoded(council) else council.predecessors,
        after=council.successors,
        joint_with=_joint_with(council, own),
        own=own,
        placed=placed,
        beside=_beside(council, own, placed, shared, near.neighbour_code.tolist()),
        inspections=_of(shared.known, council).sort_values("inspection_start").reset_index(drop=True),
        predecessors=shared.known[earlier].sort_values("inspection_start").reset_index(drop=True),
        said=_said(council, as_at),
        neighbours=with_latest(near, shared.latest),
        fitted_to=shared.fitted_to[FITTED],
        tried=shared.tried,
        **_among_all(shared, council),
        forecast=shared.forecast_of(council.series),
        skill=shared.skill_of(),
    )


def _among_all(shared: National, council: Council) -> dict[str, object]:
    """The fields of Profile that tell of all councils at the latest census."""
    told = {m: wording.funnels.funnel_position(shared.placed, council.series, m) for m in shared.funnels}
    return {
        "census": shared.census,
        "return_unit": shared.unit_of(council.series),
        "positions": {measure: text for measure, text in told.items() if text},
        "unplaced": tuple(shared.reasons[name] for name in ("figures", *FIVE) if name in shared.reasons),
        "counts": shared.counts[shared.counts.measure.isin(DRAWN)] if len(shared.counts) else shared.counts,
        "funnels": {measure: funnel for measure, funnel in shared.funnels.items() if measure in DRAWN},
    }


def _of(rows: pd.DataFrame, council: Council) -> pd.DataFrame:
    return rows[rows.council_code == council.series]


def _joint_with(council: Council, own: pd.DataFrame) -> str:
    if own.empty or not own.joint.iloc[-1]:
        return ""
    others = [c.name for c in councils.members(own.return_unit.iloc[-1]) if c.series != council.series]
    return " and ".join(others)


def _neighbours(council: Council) -> pd.DataFrame:
    return _of(tables.load("neighbours"), council).sort_values("rank")


def with_latest(near: pd.DataFrame, latest: pd.DataFrame) -> pd.DataFrame:
    """Neighbours (as in DfE's list) with what a report tells of each: OF_NEIGHBOURS of panel.latest."""
    told = latest[OF_NEIGHBOURS]
    return near.merge(told, left_on="neighbour_code", right_on="council_code", how="left", suffixes=("_of", ""))


def _said(council: Council, as_at: str) -> pd.DataFrame:
    """The claims of articles about the council (see reconcile), with the article's name as a reader sees it as `named`."""
    claims = press.claims(as_at)
    claims = claims[claims.council_code.map(_series) == council.series]
    if claims.empty:
        return pd.DataFrame(columns=["verdict"])
    said, by_article = reconcile(claims, as_at), press.named()
    return said.assign(named=[wording.articles.article_name(by_article.loc[article]) for article in said.article])


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
    council: Council, own: pd.DataFrame, placed: pd.DataFrame, shared: National, near: list[str]
) -> pd.DataFrame:
    rows, areas = shared.figures, shared.areas.sort_values("census")
    # A neighbour in the same joint return would be the council itself once more.
    others = rows.council_code.isin(near) & ~rows.return_unit.isin(own.return_unit)
    lines = [
        _with_limits(_line(own, "council", council.name), placed),
        neighbours_medians(rows.loc[others, ["census", *FIVE]]),
        _line(areas[areas.name == council.region], "region", council.region),
        _line(areas[areas.name == "England"], "England", "England"),
    ]
    return pd.concat(lines, ignore_index=True)


def _line(rows: pd.DataFrame, line: str, label: str) -> pd.DataFrame:
    """The figures of one place as `beside` has them: one row per measure and census, which come in the order of `rows`."""
    markers = rows[[f"{m}_marker" for m in FIVE]]
    columns = {
        "census": np.tile(rows.census, len(FIVE)),
        "value": rows[list(FIVE)].to_numpy(float).T.ravel(),
        "marker": markers.to_numpy(object).T.ravel(),
        "measure": np.repeat(FIVE, len(rows)),
    }
    return pd.DataFrame({**columns, "line": line, "label": label, "n": 1})


def _with_limits(own: pd.DataFrame, placed: pd.DataFrame) -> pd.DataFrame:
    """The council's line with the 95% limits for its size and its position, as `placed` has them."""
    limits = placed.set_index(["measure", "census"])[["low_95", "high_95", "position"]]
    limits = limits.reindex(pd.MultiIndex.from_frame(own[["measure", "census"]]))
    return own.assign(**{name: limits.iloc[:, at].to_numpy() for at, name in enumerate(("low", "high", "position"))})


def neighbours_medians(rows: pd.DataFrame, label: str = "Neighbours") -> pd.DataFrame:
    """One row per measure and census: the median over the neighbours' `rows` as `beside` has it, with how many had a
    figure; no value where fewer than FEWEST_NEIGHBOURS had."""
    by = rows.groupby("census")[list(FIVE)]
    medians, counts = by.median(), by.count()
    median = _line(medians.reset_index().assign(**{f"{m}_marker": "" for m in FIVE}), "neighbours", label)
    n = counts.to_numpy().T.ravel()
    return median.assign(value=median.value.where(n >= FEWEST_NEIGHBOURS), n=n)


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
