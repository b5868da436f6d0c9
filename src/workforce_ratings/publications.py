"""Published results beside ours: each one that public data can reproduce, computed again and compared.

What was published stands in data/publications.csv with its tolerance. Means are unweighted means of councils' rates by
the overall judgement standing on the publication's day, inspections under the earlier framework included. A result
that misses is reported as missing; nothing here is fitted to match.
"""

from __future__ import annotations

import pandas as pd

from workforce_ratings import councils, panel, paths
from workforce_ratings.models import children
from workforce_ratings.official import tables
from workforce_ratings.panel import censuses, inspections, previous_judgement, standing
from workforce_ratings.vocabulary import AS_AT, FIVE, JUDGEMENT_TYPE, JUDGEMENTS

# Far enough on for every release at hand: published results do not depend on a report's `as_at`.
ALL = AS_AT
COLUMNS = [
    "publication",
    "quantity",
    "published",
    "reproduced",
    "difference",
    "tolerance",
    "agrees",
    "exact",
    "unit",
    "note",
]


def compare(as_at: str = ALL) -> pd.DataFrame:
    """One row per result published by `as_at`: published, reproduced (unrounded), difference, tolerance, whether it
    agrees, and whether it is the same figure once rounded (`exact`).

    The reproduced figure is rounded as the published one was before the two are compared.
    """
    published = pd.read_csv(paths.DATA / "publications.csv", keep_default_na=False)
    published = published[published.date <= as_at].reset_index(drop=True)
    reproduced = published.id.map(reproduce())
    rounded = [round(value, digits) for value, digits in zip(reproduced, published.decimals, strict=True)]
    apart = (pd.Series(rounded) - published.published).abs()
    return published.assign(
        reproduced=reproduced,
        difference=reproduced - published.published,
        agrees=apart <= published.tolerance + 1e-9,
        exact=apart <= 1e-9,
    )[COLUMNS]


def reproduce() -> dict[str, float]:
    """Every quantity of data/publications.csv, by its id, computed from data/official."""
    return (
        _means_2020()
        | _turnover_2021()
        | _inspections_2018_19()
        | _standing()
        | _england_2025()
        | _panel_rows()
        | _children()
    )


def _key(judgement: str) -> str:
    return judgement.replace(" ", "_")


def means_by_standing_judgement(census: int, day: str) -> pd.DataFrame:
    """Mean of each measure over councils, by the judgement standing on a day; one row per judgement, worst first."""
    judged = standing(day).set_index("council_code").overall
    rows = censuses(ALL).query("census == @census")
    by = rows.council_code.map(judged).astype(JUDGEMENT_TYPE)
    return rows.groupby(by, observed=False)[list(FIVE)].mean()


def _means_2020() -> dict[str, float]:
    means = means_by_standing_judgement(2020, "2021-09-24")
    return {f"agency_{_key(j)}": means.agency_rate[j] for j in JUDGEMENTS} | {
        f"vacancy_{_key(j)}": means.vacancy_rate[j] for j in JUDGEMENTS
    }


def _turnover_2021() -> dict[str, float]:
    before, after = (means_by_standing_judgement(year, "2022-05-06") for year in (2020, 2021))
    change = {f"turnover_change_{_key(j)}": after.turnover_rate[j] - before.turnover_rate[j] for j in JUDGEMENTS}
    england = tables.workforce().query("level == 'England'").set_index("census").turnover_rate
    worse = [after[measure].is_monotonic_decreasing for measure in FIVE]
    return change | {
        "england_turnover_2021": england[2021],
        "england_turnover_change": england[2021] - england[2020],
        "all_worse_with_each_judgement": float(sum(worse)),
    }


def _inspections_2018_19() -> dict[str, float]:
    rows = inspections(ALL).query("scope == 'full'")
    rows = rows.assign(previous=previous_judgement(rows))
    year = rows[(rows.framework == "ILACS") & rows.inspection_start.between("2018-09-01", "2019-08-31")]
    counts = {f"ilacs_2018_19_{_key(j)}": float((year.overall == j).sum()) for j in JUDGEMENTS}
    known = year.dropna(subset=["previous"])
    return counts | {
        "ilacs_2018_19_improved": 100 * (known.overall > known.previous).mean(),
        "ilacs_2018_19_unchanged": 100 * (known.overall == known.previous).mean(),
    }


def _standing() -> dict[str, float]:
    """Judgements standing on 31 March 2025 (reports to 30 June 2025) and shares of councils on 31 August 2019."""
    started = tables.inspections().query("inspection_start <= '2025-03-31'")
    now = _of_existing(standing("2025-06-30", started), "2025-03-31").overall
    then = _of_existing(standing("2019-08-31"), "2019-08-31").overall
    day = pd.Timestamp("2019-08-31")
    all_then = sum(c.exists_on(day) for c in councils.by_code().values())
    return {f"standing_2025_{_key(j)}": float((now == j).sum()) for j in JUDGEMENTS} | {
        "standing_2019_good_or_outstanding": 100 * (then >= "good").sum() / all_then,
        "standing_2019_requires_improvement": 100 * (then == "requires improvement").sum() / all_then,
        "standing_2019_inadequate": 100 * (then == "inadequate").sum() / all_then,
    }


def _of_existing(rows: pd.DataFrame, day: str) -> pd.DataFrame:
    existing = {c.series for c in councils.by_code().values() if c.exists_on(pd.Timestamp(day))}
    return rows[rows.council_code.isin(existing)]


def _england_2025() -> dict[str, float]:
    england = tables.workforce().query("level == 'England' and census == 2025").iloc[0]
    return {f"england_2025_{measure}": england[measure] for measure in FIVE}


def _children() -> dict[str, float]:
    """The agency rate's coefficient on each outcome for children, and its council-years, by the rules of the one who
    published it (see models.children)."""
    carried = panel.outcomes_as_published(ALL)
    found = {}
    for outcome in children.PUBLISHED:
        terms = children.association(carried, outcome, children.PUBLISHED_MODEL, children.THEIRS).set_index("term")
        of = terms.loc[children.PUBLISHED_TERM]
        found |= {f"sci_{outcome}": of.coef, f"sci_{outcome}_n": float(of.n)}
    return found


# --- a peer's panel, row by row ---------------------------------------------------------------------------------------


def panel_rows() -> pd.DataFrame:
    """One row per reason why the public repository social-care-intelligence has other council-years than DfE's file.

    Its documentation says that joint returns are left out, that merged councils are put together, and that a split
    council's rows are carried to each successor. Columns: step, rows (change), left (rows after it).
    """
    rows = tables.workforce().query("level == 'council'")
    joint = int(rows.return_unit.str.contains("/").sum())
    steps = [("council rows 2017 to 2025 in DfE's file", len(rows)), ("joint returns, left out", -joint)]
    for kind in ("merge", "split"):
        for new, change in (
            councils.changes().query("kind == @kind").groupby("new_code" if kind == "merge" else "old_code")
        ):
            parts = change.old_code if kind == "merge" else [new]
            years = rows[rows.code.isin(list(parts))].groupby("census").size()
            gained = (1 - years).sum() if kind == "merge" else len(years) * (len(change) - 1)
            name = councils.by_code()[new].name
            told = (
                f"rows of the councils merged into {name}, put together"
                if kind == "merge"
                else (f"rows of {name}, carried to each successor")
            )
            steps.append((told, int(gained)))
    frame = pd.DataFrame(steps, columns=["step", "rows"])
    return frame.assign(left=frame.rows.cumsum())


def _panel_rows() -> dict[str, float]:
    return {"social_care_intelligence_rows": float(panel_rows().left.iloc[-1])}
