"""What the reports of all councils share on a day: the country's figures, funnels, models and forecasts.

It is made once for each day and census rule in a process and kept: one that shows many councils, as the start page does,
fits each model once, and processes forked from one that has made it have it too. Where something cannot be made of what
was known by then, it is empty, and `reasons` has one sentence that says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from workforce_ratings import panel
from workforce_ratings.models import expectations, forecast, funnels, next_judgement
from workforce_ratings.vocabulary import FIVE, Fault

JUDGEMENT = "overall"
GONE = "the council no longer existed on the day of the report"


class Funnel(NamedTuple):
    """The funnel of a measure at the latest census: its marks (funnels.units), its curves (funnels.limits), and the return
    units outside its 95% limits as a reader's table (funnels.shown_outside)."""

    units: pd.DataFrame
    limits: pd.DataFrame
    outside: pd.DataFrame


@dataclass(frozen=True)
class National:
    """The national context of the council reports on a day. Frames are shared by all of them: nothing edits one.

    `figures`: one row per council and census, with the standing judgement (panel.with_standing). `areas`: one row per
    census and England or region (panel.wider). `known`: one row per inspection of a whole council, linked to its census
    (panel.build with panel.with_context). `latest`: one row per council of the day, its latest figures and
    what stands (panel.latest). `places`: funnels.place's rows of every measure and census that has a funnel; `census`,
    the latest one, None where none was published; `counts` and `funnels`, funnels.counts of that census and its funnels by
    measure. `trial`: the forecast of the overall judgement tried out of
    time; `skill`: its rows of forecast_skill.csv; `tried`: the model of expectations beside base rates, None where it
    could not be tried. `forecasts`: each council's next overall judgement, as in forecasts.csv. `reasons`: by what is
    missing (“figures”, a measure without a funnel at the latest census, “trial”), a sentence.
    """

    as_at: str
    census_rule: str
    census: int | None
    figures: pd.DataFrame
    areas: pd.DataFrame
    known: pd.DataFrame
    latest: pd.DataFrame
    places: pd.DataFrame
    counts: pd.DataFrame
    funnels: dict[str, Funnel]
    trial: forecast.Trial
    skill: pd.DataFrame
    tried: dict[str, object] | None
    forecasts: pd.DataFrame
    reasons: dict[str, str]

    @property
    def fitted_to(self) -> pd.DataFrame:
        """The inspections that the models rest on (panel.ilacs_to_2025)."""
        return panel.ilacs_to_2025(self.known)

    @property
    def placed(self) -> pd.DataFrame:
        """The rows of `places` at the latest census."""
        return self.places[self.places.census == self.census].reset_index(drop=True)

    def unit_of(self, council_code: str) -> str:
        """The return unit of a council at the latest census; “” where it has no row there."""
        rows = self.figures[(self.figures.census == self.census) & (self.figures.council_code == council_code)]
        return "" if rows.empty else str(rows.return_unit.iloc[0])

    def forecast_of(self, council_code: str) -> dict[str, object]:
        """A council's row of `forecasts`; for one that no longer existed, a row without probabilities that says so."""
        rows = self.forecasts[self.forecasts.council_code == council_code]
        if len(rows):
            return rows.iloc[0].to_dict()
        blank = dict.fromkeys(next_judgement.FORECAST_COLUMNS, np.nan)
        return blank | {"council_code": council_code, "judgement": JUDGEMENT, "named": None, "refusal": GONE}

    def skill_of(self, model: str = next_judgement.MODEL) -> dict[str, object] | None:
        """A model's row of `skill`; None where it could not be tried."""
        rows = self.skill[self.skill.model == model]
        return None if rows.empty else rows.iloc[0].to_dict()


# Of a few days at most: a page on which the day is changed again and again shall not fill the memory.
@lru_cache(maxsize=8)
def national(as_at: str, census_rule: str) -> National:
    """The national context on a day, made once in a process. Raises Fault for a day not written YYYY-MM-DD or an unknown
    census rule."""
    known = panel.with_context(panel.build(as_at, census_rule), as_at)
    latest = panel.latest(as_at)
    reasons: dict[str, str] = {}
    figures = _figures(as_at, reasons)
    places = funnels.every_census(figures)
    reasons |= _unplaced(figures, places)
    census = None if figures.empty else int(figures.census.max())
    placed = places[places.census == census]
    trial = forecast.out_of_time(panel.ilacs_to_2025(known), JUDGEMENT, forecast.TRAIN_BEFORE, as_at)
    if trial.reasons:
        reasons["trial"] = " ".join(trial.reasons)
    return National(
        as_at,
        census_rule,
        census,
        figures,
        panel.wider(as_at),
        known,
        latest,
        places,
        funnels.counts(placed),
        _funnels(placed),
        trial,
        forecast.skill(trial),
        expectations.tried(trial),
        next_judgement.forecasts(known, latest, {JUDGEMENT: trial}, as_at),
        reasons,
    )


def _figures(as_at: str, reasons: dict[str, str]) -> pd.DataFrame:
    """panel.with_standing, without rows where no census was published; why is then added to the reasons."""
    try:
        return panel.with_standing(as_at)
    except Fault as fault:
        reasons["figures"] = str(fault)
        return panel.censuses(as_at).assign(overall=pd.Series(dtype=object))


def _funnels(placed: pd.DataFrame) -> dict[str, Funnel]:
    """The funnels of one census by measure; none where no measure has one."""
    made = (funnels.units, funnels.limits, funnels.shown_outside)
    return {measure: Funnel(*(make(placed, measure) for make in made)) for measure in placed.measure.unique()}


def _unplaced(figures: pd.DataFrame, places: pd.DataFrame) -> dict[str, str]:
    """Why a measure has no funnel at the latest census, by measure."""
    if figures.empty:
        return {}
    census, reasons = int(figures.census.max()), {}
    for measure in set(FIVE) - set(places.measure[places.census == census]):
        try:
            funnels.place(figures, measure, census)
        except Fault as fault:
            reasons[measure] = str(fault)
    return {measure: reasons[measure] for measure in FIVE if measure in reasons}
