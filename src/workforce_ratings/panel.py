"""Inspections linked to the workforce around them: one row per inspection, and one row per council and census.

Two rules say which census an inspection is set beside. “before” takes the latest census (30 September) strictly before
the inspection started, so that staffing comes first and the judgement after. “published” takes the latest census that
had been published by then, about 1 March of the next year, which is what inspectors could have read. A joint return
gives its figures to both councils; both carry the same return unit, by which models cluster. Nothing dated after the
`as_at` day is used.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workforce_ratings import councils
from workforce_ratings.official import tables
from workforce_ratings.vocabulary import (
    CENSUS_RULES,
    FIVE,
    JUDGED,
    JUDGEMENT_TYPE,
    OUTCOMES,
    SMALL_WORKFORCE_FTE,
    Fault,
    census_date,
    one_of,
    publication_date,
)

CONTEXT = ("inpost_fte", "agency_fte", "case_holders_fte")
AROUND = ["inspection_id", "council_code", "council", "return_unit", "framework", "inspection_start", *JUDGED, "census"]


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
    alone = linked[linked.return_unit.isna()]
    units = [councils.return_unit(code, year) for code, year in zip(alone.council_code, alone.census, strict=True)]
    regions = linked.council_code.map(lambda code: councils.by_code()[code].region)
    return linked.assign(
        return_unit=linked.return_unit.fillna(pd.Series(units, index=alone.index, dtype="str")),
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


# When the indices of deprivation of 2019 came out: no report as at an earlier day has them.
DEPRIVATION_PUBLISHED = "2019-09-26"


def with_context(panel: pd.DataFrame, as_at: str) -> pd.DataFrame:
    """A panel with what inspections differ in besides staffing, as far as it was known by `as_at`.

    `previous_rank` (0 to 3, NaN for none), `years_since_2017` of the census, `imd_average_score` (deprivation of the
    area, of 2019) and `log_children`, the logarithm of its children aged 0 to 17 in the year before the census: the
    estimates of that year were out before the census was.
    """
    scores = tables.load("deprivation").set_index("council_code").imd_average_score
    children = tables.load("population").set_index(["council_code", "year"]).children
    where = pd.MultiIndex.from_arrays([panel.council_code, panel.census - 1])
    ranks = panel.previous.cat.codes
    return panel.assign(
        previous_rank=ranks.where(ranks >= 0).astype(float),
        years_since_2017=(panel.census - 2017).astype(float),
        imd_average_score=panel.council_code.map(scores) if as_at >= DEPRIVATION_PUBLISHED else np.nan,
        log_children=np.log(children.reindex(where).to_numpy(float)),
    )


def latest(as_at: str, table: pd.DataFrame | None = None, workforce: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row per council that existed on `as_at`, by name: its latest figures and the judgements that stand.

    Figures are of the latest census published by then; `census` and they are NaN for a council without a row in it.
    Each judgement is the latest given by an inspection of the whole council, published by then; `inspection_start` and
    `publication_date` are of the inspection that gave the overall one, which is also `previous`. with_context's columns
    and `return_unit`, `region`, `joint` besides.
    """
    names = {c.series: councils.by_code()[c.series] for c in councils.existing(day(as_at))}
    rows = pd.DataFrame({"council_code": list(names), "council": [c.name for c in names.values()]})
    figures = censuses(as_at, workforce)
    figures = figures[figures.census == figures.census.max()].drop(columns="council")
    stood = standing(as_at, table).set_index("council_code")[["inspection_start", "publication_date", "overall"]]
    given = inspections(as_at, table).query("scope == 'full'").sort_values("inspection_start")
    parts = given.groupby("council_code")[[name for name in JUDGED if name != "overall"]].last()
    rows = rows.merge(figures, on="council_code", how="left", validate="one_to_one").join(
        stood.join(parts, how="outer"), on="council_code"
    )
    alone = [councils.return_unit(code, day(as_at).year) for code in rows.council_code]
    return with_context(
        rows.assign(
            return_unit=rows.return_unit.fillna(pd.Series(alone, index=rows.index)),
            region=[c.region for c in names.values()],
            joint=rows.joint.eq(True),
            previous=rows.overall,
        ),
        as_at,
    )


def without_small(panel: pd.DataFrame) -> pd.DataFrame:
    """The rows whose linked census has a workforce large enough for its rates to say something (SMALL_WORKFORCE_FTE)."""
    return panel[~(panel.inpost_fte < SMALL_WORKFORCE_FTE)]


def ilacs_to_2025(panel: pd.DataFrame) -> pd.DataFrame:
    """The inspections that the models rest on: ILACS, in Ofsted's spreadsheet as at 31 March 2025."""
    return panel[(panel.framework == "ILACS") & (panel.inspection_start <= pd.Timestamp("2025-03-31"))]


def around(
    as_at: str,
    years_after: tuple[int, ...] = (1, 2),
    table: pd.DataFrame | None = None,
    workforce: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row per inspection, measure and number of years after: the workforce before and after the judgement.

    The inspections are those of whole councils that the models rest on (ILACS to 31 March 2025, see ilacs_to_2025) and
    those under the SIF. `before` is the measure at `census`, the latest one before the inspection started, `after` at
    the census so many years later, `change` their difference, and `england_change` the difference of England's own
    figures, as DfE publishes them. One year after is the first census on or after the day the inspection started. All
    are in the measure's unit, and NaN where either census has no number: a marker, a council that ended or began
    between the two, or a census outside the series. `change_before` and `england_change_before` are those of the year
    up to `census`. `second` says that another inspection of the whole council started after this one and on or before
    the later census's day, so that `after` may follow its judgement too.
    Raises Fault unless `years_after` lists different whole numbers from 1 on.
    """
    listed = list(years_after) if isinstance(years_after, list | tuple) else []
    if not listed or len(set(listed)) < len(listed) or not all(type(y) is int and y > 0 for y in listed):
        raise Fault(f"years_after is “{years_after}”; list different whole numbers from 1 on, such as [1, 2].")
    linked = build(as_at, "before", table, workforce)
    following = linked.sort_values("inspection_start").groupby("council_code").inspection_start.shift(-1)
    linked = linked.assign(following=following)
    kept = linked[(linked.framework == "SIF") | linked.index.isin(ilacs_to_2025(linked).index)]
    rows = kept[[*AROUND, "following"]].merge(pd.Series(FIVE, name="measure"), how="cross")
    rows = rows.merge(pd.Series(listed, name="years_after", dtype="int64"), how="cross")
    times = (rows.census - 1, rows.census, rows.census + rows.years_after)
    own = _long(censuses(as_at, workforce), "council_code")
    england = _long(wider(as_at, workforce).query("level == 'England'"), "level")
    earlier, before, after = (_looked_up(own, rows.council_code, at, rows.measure) for at in times)
    first, start, end = (_looked_up(england, "England", at, rows.measure) for at in times)
    return rows.drop(columns="following").assign(
        before=before,
        after=after,
        change=after - before,
        england_change=end - start,
        change_before=before - earlier,
        england_change_before=start - first,
        second=rows.following <= pd.to_datetime(times[2].map(census_date)),
    )


def _long(figures: pd.DataFrame, place: str) -> pd.Series:
    """Every figure of the five measures by place, census and measure."""
    long = figures.melt([place, "census"], list(FIVE), "measure", "figure")
    return long.set_index([place, "census", "measure"]).figure


def _looked_up(long: pd.Series, place: pd.Series | str, census: pd.Series, measure: pd.Series) -> pd.Series:
    """The figure of each place, census and measure; NaN where there is none."""
    keys = pd.DataFrame({"place": place, "census": census, "measure": measure})
    return pd.Series(long.reindex(pd.MultiIndex.from_frame(keys)).to_numpy(float), index=census.index)


def outcomes_for_children(
    as_at: str, lag: int = 1, table: pd.DataFrame | None = None, workforce: pd.DataFrame | None = None
) -> pd.DataFrame:
    """One row per outcome for children (see OUTCOMES), council and reporting year, beside the census of `lag` years before.

    A reporting year t runs from 1 April t-1 to 31 March t. With lag 1 its figures stand beside the census of 30 September
    t-1, which is within that year; with lag 2 beside the one of 30 September t-2, half a year before it began. `percent`
    is numerator by denominator where both are numbers, else as printed. Measures are NaN where the council has no number
    in that census, also where it had not begun by then. `reorganised` says that the council began or ended, by more than
    a change of code, between 2013 and `as_at`; `imd_average_score` is of 2019. Only years whose figures were published by
    `as_at`, and whose census is in the series.
    """
    if type(lag) is not int or lag < 1:
        raise Fault(f"lag is “{lag}”; give a whole number of years from 1 on.")
    rows = _outcomes(as_at, table)
    rows = rows.assign(census=rows.year - lag)
    figures = censuses(as_at, workforce)
    figures = figures[["council_code", "census", "return_unit", "joint", *FIVE, *CONTEXT]]
    within = rows[rows.census.between(figures.census.min(), figures.census.max())]
    linked = within.merge(figures, on=["council_code", "census"], how="left", validate="many_to_one")
    changes = councils.changes()
    changed = changes[(changes.kind != "recode") & (changes.date <= day(as_at))]
    scores = tables.load("deprivation").set_index("council_code").imd_average_score
    return linked.assign(
        return_unit=linked.return_unit.fillna(linked.council_code),
        joint=linked.joint.eq(True),
        reorganised=linked.council_code.isin([*changed.old_code, *changed.new_code]),
        imd_average_score=linked.council_code.map(scores),
    )


def _outcomes(as_at: str, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row per outcome, council and reporting year published by a day; `percent` unrounded where its counts are known."""
    rows = (tables.load("children") if table is None else table).query("level == 'council'")
    out = pd.to_datetime(
        rows.year.astype(str) + "-" + rows.outcome.map({o.name: o.published for o in OUTCOMES.values()})
    )
    rows = rows[out <= day(as_at)].rename(columns={"name": "council"}).reset_index(drop=True)
    own = 100 * rows.numerator / rows.denominator
    kept = ["outcome", "year", "council_code", "council", "numerator", "denominator"]
    return rows[kept].assign(percent=own.fillna(rows.percent))


def outcomes_as_published(
    as_at: str, table: pd.DataFrame | None = None, workforce: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The rows that the public repository social-care-intelligence (2026) rests on, rebuilt by the rules it documents.

    Joint returns are left out. Rows of a council that ended are carried to each council that followed it, in the years
    in which that one has no row of its own; where two are put together their rates are averaged, those of the workforce
    by social workers in post. Measures are lagged by one row within a council, so that the year before a joint return
    began is lost. Columns as in outcomes_for_children, lag 1.
    """
    staff = censuses(as_at, workforce).query("not joint").rename(columns={"census": "year"})
    staff = _carried(staff[["council_code", "year", "inpost_fte", *FIVE]], ["council_code", "year"], "inpost_fte")
    staff = staff.sort_values(["council_code", "year"])
    lagged = staff.assign(**{m: staff.groupby("council_code")[m].shift(1) for m in FIVE})
    told = _outcomes(as_at, table)[["outcome", "year", "council_code", "percent"]]
    rows = lagged.merge(_carried(told, ["outcome", "council_code", "year"]), on=["council_code", "year"])
    names = rows.council_code.map({code: council.name for code, council in councils.by_code().items()})
    return rows.assign(
        council=names, return_unit=rows.council_code, census=rows.year - 1, joint=False, reorganised=False
    )


def _carried(rows: pd.DataFrame, keys: list[str], weight: str | None = None) -> pd.DataFrame:
    """The rows with those of councils that ended given to the ones that followed (see outcomes_as_published)."""
    followed = councils.changes().query("kind != 'recode'").groupby("old_code").new_code.agg(list)
    own = ~rows.council_code.isin(followed.index)
    heirs = rows.council_code.map(followed).where(~own, rows.council_code)
    rows = rows.assign(council_code=heirs, own=own).explode("council_code", ignore_index=True)
    rows = rows[rows.own | ~rows.groupby(keys).own.transform("any")]
    figures = [c for c in rows if c not in (*keys, "own", weight)]
    # A council alone keeps its rates also where nobody is in post or nobody was counted.
    weights = rows[weight].where(rows[weight] > 0, 1.0) if weight else pd.Series(1.0, index=rows.index)
    by = [rows[key] for key in keys]
    held = rows[figures].notna().mul(weights, axis=0).groupby(by).sum()
    return (rows[figures].mul(weights, axis=0).groupby(by).sum() / held.where(held > 0)).reset_index()
