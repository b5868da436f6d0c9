"""What changed since the last release: the newest census beside the one before it, figures given otherwise, new reports.

DfE publishes one census a year, and each release gives the earlier ones again. Changes between two censuses are taken
within the newest release, so that a revision never looks like a change; what that release gives otherwise than the one
before it is told apart. Inspections are those whose reports came out since the release before. Everything is as at a
day: on an early one the release of the day may not be at hand, or the one before it, and results say so.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workforce_ratings import panel
from workforce_ratings.models.comparisons import median_interval
from workforce_ratings.official import coverage
from workforce_ratings.vocabulary import FIVE, MEASURES, PUBLISHED, publication_date

# Council figures given otherwise that a reader's list shows; the others are in the download.
MOST_LISTED = 10
PLACE = ["level", "return_unit", "name"]


def compared(as_at: str) -> dict[str, object]:
    """What is set beside what as at a day.

    `census` is the newest one published by then and `earlier` the year before, None where the series has none; `release`
    gives the figures of both, and `earlier_release` is the one before it, None where none at hand was published by then;
    `stand_in` says that `release` is itself later than the day, the earliest at hand. Inspections count from the day
    after `since`, when the census before was published (`since_known`: to the day), to `as_at`. Raises Fault where no
    census was published by then.
    """
    day, figures = panel.day(as_at), panel.workforce_at(as_at)
    census, releases = int(figures.census.max()), panel.releases_at(as_at)
    return {
        "as_at": day,
        "census": census,
        "earlier": census - 1 if census - 1 in set(figures.census) else None,
        "release": releases[0],
        "earlier_release": releases[1] if len(releases) > 1 else None,
        "stand_in": publication_date(releases[0]) > day,
        "since": publication_date(census - 1),
        "since_known": census - 1 in PUBLISHED,
    }


def places(as_at: str) -> pd.DataFrame:
    """One row per measure and England or region, England first: columns level, return_unit, name, measure, `before` and
    `after` (at the two censuses of compared(), as DfE publishes them), and `change`, in the measure's unit.

    They are complete counts, with DfE's own estimates for councils without figures: no interval belongs to them.
    """
    rows = _beside(panel.wider(as_at), compared(as_at))
    return _in_order(rows.assign(last=rows.level != "England"), ["last", "name"])


def council_changes(as_at: str) -> pd.DataFrame:
    """One row per measure and return unit of the newest census, by name: `before`, `after` and `change` in the measure's
    unit, NaN where either census has no number. A joint return is one row."""
    units = panel.censuses(as_at).drop_duplicates(["return_unit", "census"])
    return _in_order(_beside(units, compared(as_at)), ["name"])


def _beside(rows: pd.DataFrame, at: dict[str, object]) -> pd.DataFrame:
    """The places of the newest census with each measure at both; changes of published figures keep their one decimal."""
    long = rows.melt([*PLACE, "census"], list(FIVE), "measure", "after")
    now = long[long.census == at["census"]].drop(columns="census")
    then = long[long.census == at["earlier"]].rename(columns={"after": "before"})
    both = now.merge(then[["return_unit", "measure", "before"]], on=["return_unit", "measure"], how="left")
    return both.assign(change=(both.after - both.before).round(1))[[*PLACE, "measure", "before", "after", "change"]]


def _in_order(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Measures in their usual order, places within them by `by`."""
    order = rows.assign(place=rows.measure.map({measure: nth for nth, measure in enumerate(FIVE)}))
    return order.sort_values(["place", *by], ignore_index=True)[[*PLACE, "measure", "before", "after", "change"]]


def summary_of_changes(changes: pd.DataFrame) -> pd.DataFrame:
    """One row per measure of council_changes: how many return units have both numbers (`n`) and how many have not
    (`without`), how many of them `rose`, `fell` and stayed the `same` to one decimal, and the median change with its
    distribution-free 95% interval (NaN below six) and the quartiles, in the measure's unit."""
    return pd.DataFrame([_summary(measure, changes[changes.measure == measure].change) for measure in FIVE])


def _summary(measure: str, changes: pd.Series) -> dict[str, object]:
    known = changes.dropna().to_numpy(float)
    low, high = median_interval(known) if len(known) else (np.nan, np.nan)
    q1, median, q3 = np.quantile(known, [0.25, 0.5, 0.75]) if len(known) else (np.nan,) * 3
    counts = {"rose": int((known > 0).sum()), "fell": int((known < 0).sum()), "same": int((known == 0).sum())}
    found = {"measure": measure, "n": len(known), "without": int(changes.isna().sum()), **counts}
    return found | {"median": median, "ci_low": low, "ci_high": high, "q1": q1, "q3": q3}


# --- figures given otherwise -----------------------------------------------------------------------------------------


def revised(as_at: str) -> pd.DataFrame:
    """One row per figure of the five measures that the newest release gives otherwise than the one before it, in
    coverage.revisions' columns: England's first, then regions', then councils', each with the largest change first and
    numbers that came or went before them. No rows where there is only one release, see compared()."""
    rows = coverage.revisions(panel.workforce_at(as_at))
    rows = rows[(rows.release == str(compared(as_at)["earlier_release"])) & rows.measure.isin(FIVE)]
    steps = rows.measure.map({name: measure.step for name, measure in MEASURES.items()})
    size = (rows.change.abs() / steps).fillna(np.inf)
    order = rows.level.map({"England": 0, "region": 1, "council": 2})
    rows = rows.assign(order=order, size=size).sort_values(
        ["order", "size", "name", "census", "measure"], ascending=[True, False, True, True, True], ignore_index=True
    )
    return rows.drop(columns=["order", "size"])


def count_of_revised(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per measure: how many figures of England, of regions and of councils are given otherwise, and how many of
    the councils' are numbers that came or went."""
    counts = []
    for measure in FIVE:
        of = rows[rows.measure == measure]
        levels = {level: int((of.level == level).sum()) for level in ("England", "region", "council")}
        gone = int((of.change.isna() & (of.level == "council")).sum())
        counts.append({"measure": measure, **levels, "came_or_gone": gone})
    return pd.DataFrame(counts)


def largest(rows: pd.DataFrame, most: int = MOST_LISTED) -> pd.DataFrame:
    """England's rows of revised(), and the first `most` of councils'."""
    england = rows[rows.level == "England"]
    return pd.concat([england, rows[rows.level == "council"].head(most)], ignore_index=True)


# --- new reports -----------------------------------------------------------------------------------------------------


def inspected(as_at: str) -> pd.DataFrame:
    """One row per inspection of a whole council whose report was published after compared()'s `since` and by `as_at`,
    the latest report first: panel.inspections' columns, `previous`, the council's overall judgement before it, and `step`:
    “higher”, “lower” or “same” beside that, “no earlier one”, or “none given” where there is no overall judgement."""
    full = panel.inspections(as_at).query("scope == 'full'")
    rows = full.assign(previous=panel.previous_judgement(full))
    rows = rows[rows.publication_date > compared(as_at)["since"]]
    now, then = (rows[name].cat.codes for name in ("overall", "previous"))
    step = np.select(
        [now < 0, then < 0, now > then, now < then], ["none given", "no earlier one", "higher", "lower"], "same"
    )
    rows = rows.assign(step=pd.Series(step, index=rows.index, dtype="str"))
    return rows.sort_values(["publication_date", "council"], ascending=[False, True], ignore_index=True)
