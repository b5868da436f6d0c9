"""What the official figures cover: how many return units have a number, which markers stand in its place, which councils
send one return together, and what later releases changed."""

from __future__ import annotations

import pandas as pd

from workforce_ratings.official import tables
from workforce_ratings.vocabulary import FIVE, MARKERS

OLDER = ("workforce_release_2022", "workforce_release_2023", "workforce_release_2024")
REVISED = (*FIVE, "working_days_lost_fte")
# DfE prints one decimal; a smaller gap is the way a number is stored, not a revision.
SMALLEST_REVISION = 0.05


def coverage(workforce: pd.DataFrame) -> pd.DataFrame:
    """One row per census and measure: return units, how many have a number, and how many have each marker."""
    rows = []
    for census, at in workforce.query("level == 'council'").groupby("census"):
        for measure in FIVE:
            markers = at[f"{measure}_marker"].value_counts()
            met = {marker: int(markers.get(marker, 0)) for marker in MARKERS}
            rows.append(
                {
                    "census": census,
                    "measure": measure,
                    "return_units": len(at),
                    "numbers": int(at[measure].notna().sum()),
                    **met,
                }
            )
    frame = pd.DataFrame(rows)
    never = [marker for marker in MARKERS if not frame[marker].any()]
    return frame.drop(columns=never)


def joint_returns(workforce: pd.DataFrame) -> pd.DataFrame:
    """One row per joint return: its councils, first and last census, and number of censuses."""
    joint = workforce[workforce.return_unit.str.contains("/")]
    by = joint.groupby(["return_unit", "name"]).census.agg(first="min", last="max", censuses="count")
    return by.reset_index()


def revisions(latest: pd.DataFrame) -> pd.DataFrame:
    """One row per figure that the latest release gives otherwise than an earlier one.

    Columns: release (the earlier one), census, level, return_unit, name, measure, then, now, change (now less then),
    then_marker and now_marker where a number came or went.
    """
    now = _long(latest)
    changed = []
    for name in [name for name in OLDER if name[-4:] < latest.release.max()]:
        then = _long(tables.load(name))
        both = then.merge(now, on=["census", "level", "return_unit", "measure"], suffixes=("_then", "_now"))
        gap = (both.value_now - both.value_then).abs() >= SMALLEST_REVISION
        appeared = both.value_now.isna() != both.value_then.isna()
        changed.append(both[gap | appeared].assign(release=name[-4:]))
    frame = pd.concat(changed, ignore_index=True) if changed else _no_change(now)
    return pd.DataFrame(
        {
            "release": frame.release,
            "census": frame.census,
            "level": frame.level,
            "return_unit": frame.return_unit,
            "name": frame.name_now,
            "measure": frame.measure,
            "then": frame.value_then,
            "now": frame.value_now,
            "change": frame.value_now - frame.value_then,
            "then_marker": frame.marker_then,
            "now_marker": frame.marker_now,
        }
    )


def _no_change(now: pd.DataFrame) -> pd.DataFrame:
    """The frame of changes for a release that has none before it at hand: no rows."""
    both = now.merge(now, on=["census", "level", "return_unit", "measure"], suffixes=("_then", "_now"))
    return both.iloc[:0].assign(release="")


def _long(table: pd.DataFrame) -> pd.DataFrame:
    parts = [
        table[["census", "level", "return_unit", "name", m, f"{m}_marker"]]
        .set_axis(["census", "level", "return_unit", "name", "value", "marker"], axis=1)
        .assign(measure=m)
        for m in REVISED
    ]
    return pd.concat(parts, ignore_index=True)


def summary_of_revisions(changed: pd.DataFrame) -> pd.DataFrame:
    """One row per earlier release and measure, councils only: figures changed, largest change, numbers come or gone."""
    councils_only = changed.query("level == 'council'")
    by = councils_only.groupby(["release", "measure"])
    frame = by.agg(changed=("change", lambda c: int(c.notna().sum())), largest=("change", lambda c: c.abs().max()))
    frame["came_or_gone"] = by.change.apply(lambda c: int(c.isna().sum()))
    return frame.reset_index()


def key(covered: pd.DataFrame) -> list[str]:
    """What each marker met means, one line each."""
    return [f"[{marker}] {meaning}" for marker, meaning in MARKERS.items() if marker in covered]


def inspections_by_framework(inspections: pd.DataFrame) -> pd.DataFrame:
    """One row per framework and kind of inspection: how many, of how many councils, first and last start, and how many
    gave no overall judgement."""
    rows = inspections.assign(without=inspections.overall_status != "given")
    by = rows.groupby(["framework", "inspection_type"])
    return by.agg(
        inspections=("inspection_id", "size"),
        councils=("council_code", "nunique"),
        first=("inspection_start", "min"),
        last=("inspection_start", "max"),
        without_overall=("without", "sum"),
    ).reset_index()
