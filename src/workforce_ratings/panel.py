"""Inspections linked to the workforce around them: one row per inspection, and one row per council and census.

Two rules say which census an inspection is set beside. “before” takes the latest census (30 September) strictly before
the inspection started, so that staffing comes first and the judgement after. “published” takes the latest census that
had been published by then, about 1 March of the next year, which is what inspectors could have read. A joint return
gives its figures to both councils; both carry the same return unit, by which models cluster. Nothing dated after the
`as_at` day is used.
"""

from __future__ import annotations

import pandas as pd

from workforce_ratings import councils
from workforce_ratings.official import tables
from workforce_ratings.vocabulary import (
    CENSUS_RULES,
    FIVE,
    JUDGEMENT_TYPE,
    SMALL_WORKFORCE_FTE,
    Fault,
    census_date,
    one_of,
    publication_date,
)

CONTEXT = ("inpost_fte", "agency_fte", "case_holders_fte")


def day(as_at: str) -> pd.Timestamp:
    """The `as_at` parameter as a day. Raises Fault unless it is written YYYY-MM-DD."""
    try:
        found = pd.to_datetime(str(as_at), format="%Y-%m-%d")
    except ValueError:
        found = pd.NaT
    # Dates are compared as text too, so that 2026-6-3 would be taken for a later day than 2026-06-30.
    if pd.isna(found) or f"{found:%Y-%m-%d}" != str(as_at):
        raise Fault(f"as_at is “{as_at}”; give a day as YYYY-MM-DD, such as 2026-06-30.")
    return found


# DfE's releases at hand, newest first, by the census year they end with.
RELEASES = {2025: "workforce", **{year: f"workforce_release_{year}" for year in (2024, 2023, 2022)}}


def releases_at(as_at: str) -> list[int]:
    """The releases published by a day, newest first; where none at hand is as old, the earliest at hand alone."""
    published = [year for year in RELEASES if publication_date(year) <= day(as_at)]
    return published or [min(RELEASES)]


def workforce_at(as_at: str) -> pd.DataFrame:
    """DfE's figures as the latest release published by a day gives them (see releases_at), censuses of that day only.

    Raises Fault where no census of the series was published by then.
    """
    rows = _release(as_at)
    kept = _published(rows, as_at)
    if kept.empty:
        first = publication_date(int(rows.census.min()))
        raise Fault(f"No census of the series was published by {as_at}; choose an as_at from {first:%Y-%m-%d} on.")
    return kept


def _release(as_at: str) -> pd.DataFrame:
    return tables.load(RELEASES[releases_at(as_at)[0]])


def _published(rows: pd.DataFrame, as_at: str) -> pd.DataFrame:
    return rows[rows.census.map(publication_date) <= day(as_at)].reset_index(drop=True)


def censuses(as_at: str, workforce: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row per council and census published by `as_at`: the council's newest code, its return unit, every figure.

    `joint` is true where the figures are of a return for two councils, who then have a row each.
    """
    rows = _published(_release(as_at) if workforce is None else workforce, as_at).query("level == 'council'")
    members = rows.return_unit.str.split(" / ")
    long = rows.assign(council_code=members, joint=members.str.len() > 1).explode("council_code", ignore_index=True)
    names = {code: council.name for code, council in councils.by_code().items()}
    return long.assign(council=long.council_code.map(names))


def wider(as_at: str, workforce: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row per census and England or region, as DfE publishes them (not averages of councils)."""
    rows = _published(_release(as_at) if workforce is None else workforce, as_at)
    return rows.query("level != 'council'").reset_index(drop=True)


def inspections(as_at: str, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row per inspection whose report was published by `as_at`, by council and start."""
    rows = tables.inspections() if table is None else table
    return rows[rows.publication_date <= day(as_at)].reset_index(drop=True)


def linked_census(start: pd.Timestamp, census_rule: str) -> int:
    """The census year that an inspection starting on a day is set beside.

    Devon, inspected from 30 September 2024, is linked to 2023 under “before”: its own census day is not before it.
    """
    year = start.year
    if census_rule == "before":
        return year if census_date(year) < start else year - 1
    return year - 1 if publication_date(year - 1) <= start else year - 2


def build(
    as_at: str,
    census_rule: str = "before",
    table: pd.DataFrame | None = None,
    workforce: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row per inspection of a whole council: its judgements and the linked census's figures (NaN where none).

    `census` is the year linked to; `previous` the council's overall judgement before this inspection, where there was
    one; `return_unit` the cluster. Partial inspections are left out.
    """
    one_of(census_rule, CENSUS_RULES, "census_rule")
    rows = inspections(as_at, table).query("scope == 'full'")
    census = rows.inspection_start.map(lambda start: linked_census(start, census_rule)).astype("int64")
    rows = rows.assign(census=census, previous=previous_judgement(rows))
    figures = censuses(as_at, workforce)[
        ["council_code", "census", "return_unit", "joint", "region", *FIVE, *[f"{m}_marker" for m in FIVE], *CONTEXT]
    ]
    linked = rows.merge(figures, on=["council_code", "census"], how="left", validate="many_to_one")
    alone = [councils.return_unit(code, year) for code, year in zip(linked.council_code, linked.census, strict=True)]
    regions = linked.council_code.map(lambda code: councils.by_code()[code].region)
    return linked.assign(
        return_unit=linked.return_unit.fillna(pd.Series(alone, index=linked.index)),
        joint=linked.joint.eq(True),
        region=linked.region.fillna(regions),
    )


def previous_judgement(rows: pd.DataFrame) -> pd.Series:
    """For each inspection, the overall judgement the same council was given before it (the latest one given)."""
    ordered = rows.sort_values(["council_code", "inspection_start"])
    given = ordered.groupby("council_code").overall.ffill()
    return given.groupby(ordered.council_code).shift(1).reindex(rows.index)


def standing(as_at: str, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row per council with an overall judgement published by `as_at`: the one that stood on that day."""
    rows = inspections(as_at, table).query("overall_status == 'given'")
    latest = rows.sort_values("inspection_start").groupby("council_code").tail(1)
    return latest.sort_values("council").reset_index(drop=True)


def with_standing(as_at: str) -> pd.DataFrame:
    """One row per council and census, with the overall judgement standing on the census's day (published by then).

    Raises Fault where no census was published by `as_at`.
    """
    rows = censuses(as_at, workforce_at(as_at))
    judged = {year: standing(f"{year}-09-30").set_index("council_code").overall for year in rows.census.unique()}
    overall = [judged[year].get(code) for code, year in zip(rows.council_code, rows.census, strict=True)]
    return rows.assign(overall=pd.Series(overall, index=rows.index).astype(JUDGEMENT_TYPE))


def without_small(panel: pd.DataFrame) -> pd.DataFrame:
    """The rows whose linked census has a workforce large enough for its rates to say something (SMALL_WORKFORCE_FTE)."""
    return panel[~(panel.inpost_fte < SMALL_WORKFORCE_FTE)]


def ilacs_to_2025(panel: pd.DataFrame) -> pd.DataFrame:
    """The inspections that the models rest on: ILACS, in Ofsted's spreadsheet as at 31 March 2025."""
    return panel[(panel.framework == "ILACS") & (panel.inspection_start <= pd.Timestamp("2025-03-31"))]
