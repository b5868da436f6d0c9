"""What articles claim, set beside what the official series say for the same place and time.

Official figures win: a verdict says how the article's figure stands to them, never the other way round. An older
release that says what the article says makes the claim `revised`: right when it was written. A figure of one of the
five measures for a part of the workforce, for a time between censuses or before the series begins is `not comparable`;
one of something that DfE and Ofsted do not publish is `not in the series`. Neither is a fault.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from workforce_ratings import councils
from workforce_ratings.official import tables
from workforce_ratings.panel import RELEASES, censuses, inspections, releases_at, wider
from workforce_ratings.vocabulary import FIVE, JUDGED, census_date, publication_date

EXACT, ROUNDED, REVISED, DIFFERS = "exact", "rounded", "revised", "differs"
NOT_COMPARABLE, NOT_IN_SERIES = "not comparable", "not in the series"
VERDICTS = {
    EXACT: "the official figure, digit for digit",
    ROUNDED: "the official figure rounded, or within the words “over”, “under” or “about”",
    REVISED: "what an earlier release of the official series said",
    DIFFERS: "another figure than the official series has for that place and time",
    NOT_COMPARABLE: "of something the official series has, but for another time or group than any figure in it",
    NOT_IN_SERIES: "of something the official series do not have",
}
# DfE gave the rates of 2015 in whole percents; since then to one decimal.
STEP_OF_CENSUS = {2015: 1.0}
COLUMNS = [
    "article",
    "fact",
    "council",
    "council_code",
    "measure",
    "claimed",
    "bound",
    "census",
    "official",
    "difference",
    "verdict",
    "release",
    "official_then",
    "release_then",
    "reason",
    "indicator",
    "unit",
    "scope",
]


def reconcile(claims: pd.DataFrame, as_at: str) -> pd.DataFrame:
    """One row per claim that is a figure or a judgement (see press.claims), with its official counterpart.

    `official` is DfE's figure at the claim's census, or Ofsted's judgement on the article's day; `difference` is the
    claim less the official figure, in the measure's unit; `release` names the release that agrees or, where none
    does, the latest; `official_then` and `release_then` are DfE's figure and release of the article's own day, where
    that release is at hand; `reason` says why nothing could be set beside it.
    """
    stated = claims[(claims.status == "fact") & (claims.value.notna() | (claims.judgement != ""))]
    official = _official_figures(as_at)
    rows = [_judged(c, as_at) if c.judgement else _figure(c, official) for c in stated.itertuples(index=False)]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"census": "Int64"})


@cache
def _official_figures(as_at: str) -> dict[str, pd.DataFrame]:
    """By release, the five measures indexed by (code or wider area's name, census); the latest first."""
    named = {str(year): tables.load(RELEASES[year]) for year in releases_at(as_at)}
    named["2016"] = tables.load("workforce_2015_2016")
    return {release: _indexed(table, as_at) for release, table in named.items()}


def _indexed(table: pd.DataFrame, as_at: str) -> pd.DataFrame:
    keep = [*FIVE, *[f"{m}_marker" for m in FIVE]]
    own = censuses(as_at, table).rename(columns={"council_code": "place"})
    area = wider(as_at, table).rename(columns={"name": "place"})
    both = pd.concat([own[["place", "census", *keep]], area[["place", "census", *keep]]])
    return both.set_index(["place", "census"])


def agrees(claimed: float, step: float, bound: str, official: float, official_step: float = 0.1) -> str | None:
    """`exact` or `rounded` where a claimed figure says what the official one does, else None.

    Both are told in steps (0.1, or 1 for whole percents); they agree where the coarser of the two could be a rounding
    of the other. A hedged figure must hold besides: the official one is more for “>”, less for “<”.
    """
    if bound == "=" and np.isclose(claimed, official, atol=1e-9):
        return EXACT
    if bound in "<>":
        holds = official >= claimed if bound == ">" else official <= claimed
        return ROUNDED if holds else None
    return ROUNDED if abs(claimed - official) <= max(step, official_step) / 2 + 1e-9 else None


def _figure(claim, official: dict[str, pd.DataFrame]) -> dict[str, object]:
    row = _start(claim, claim.value)
    reason = _out_of_series(claim)
    place = councils.series_code(claim.council_code) if claim.council_code else claim.council
    if reason:
        verdict = NOT_COMPARABLE if claim.measure in FIVE else NOT_IN_SERIES
        return row | {"verdict": verdict, "reason": reason + _nearest(claim, official, place)}
    values = {
        release: table.loc[(place, claim.census), claim.measure]
        for release, table in official.items()
        if (place, claim.census) in table.index
    }
    known = {release: value for release, value in values.items() if pd.notna(value)}
    if not known:
        return row | {"verdict": NOT_COMPARABLE, "reason": _missing(claim, values, official, place)}
    latest, value = next(iter(known.items()))
    official_step = STEP_OF_CENSUS.get(claim.census, 0.1)
    verdict, release = agrees(claim.value, claim.step, claim.bound, value, official_step), latest
    if verdict is None:
        older = [r for r, v in known.items() if agrees(claim.value, claim.step, claim.bound, v, official_step)]
        verdict, release = (REVISED, older[0]) if older else (DIFFERS, latest)
    return row | {
        "census": claim.census,
        "official": value,
        "difference": claim.value - value,
        "verdict": verdict,
        # The censuses of 2015 and 2016 stand in one table, each a release of its own.
        "release": str(min(int(claim.census), 2016)) if release == "2016" else release,
        **_then(claim, known),
    }


def _then(claim, known: dict[str, float]) -> dict[str, object]:
    """DfE's figure in the newest release at hand that was out on the article's day; nothing where none was."""
    if pd.isna(claim.published_by):
        return {}
    out = [release for release in known if publication_date(int(release)) <= claim.published_by]
    return {"official_then": known[out[0]], "release_then": out[0]} if out else {}


def _start(claim, claimed: object) -> dict[str, object]:
    return {
        "article": claim.article,
        "fact": claim.fact,
        "council": claim.council,
        "council_code": claim.council_code,
        "measure": claim.measure or claim.indicator,
        "claimed": claimed,
        "bound": claim.bound,
        "census": pd.NA,
        "official": None,
        "difference": np.nan,
        "release": "",
        "official_then": np.nan,
        "release_then": "",
        "reason": "",
        "indicator": claim.indicator,
        "unit": claim.unit,
        "scope": claim.scope,
    }


def _out_of_series(claim) -> str:
    if claim.measure not in FIVE:
        return "not one of the five measures that are compared"
    if claim.scope:
        return f"a figure for part of the workforce: {claim.scope}"
    if pd.isna(claim.census):
        return "told for no census: for another time, or none is given"
    return ""


def _nearest(claim, official: dict[str, pd.DataFrame], place: str) -> str:
    """For a council's or area's figure told between censuses: what the census nearest to it has, in words."""
    if claim.measure not in FIVE or claim.scope or not pd.isna(claim.census):
        return ""
    when = claim.published_by if pd.isna(claim.period_start) else claim.period_start
    if pd.isna(when):
        return ""
    table = next(iter(official.values()))
    years = [year for at, year in table.index if at == place and pd.notna(table.loc[(at, year), claim.measure])]
    if not years:
        return ""
    year = min(years, key=lambda y: abs(census_date(y) - when))
    if abs(census_date(year) - when).days > 366:
        return ""
    return f"; the census nearest to it, of {year}, has {table.loc[(place, year), claim.measure]:.1f}"


def _missing(claim, values: dict[str, float], official: dict[str, pd.DataFrame], place: str) -> str:
    if not values:
        return f"no release at hand has the census of {claim.census}"
    release = next(iter(values))
    marker = official[release].loc[(place, claim.census), f"{claim.measure}_marker"]
    return f"the release of {release} has the marker “{marker}” there"


# --- judgements ----------------------------------------------------------------------------------------------------


def _judged(claim, as_at: str) -> dict[str, object]:
    row = _start(claim, claim.judgement)
    if not claim.council_code or claim.measure not in JUDGED:
        return row | {
            "verdict": NOT_IN_SERIES,
            "reason": "the text does not say which judgement, or it is of no kind that the inspection history has",
        }
    if claim.scope:
        return row | {"verdict": NOT_COMPARABLE, "reason": f"a judgement of a part: {claim.scope}"}
    if pd.isna(claim.published_by):
        return row | {"verdict": NOT_COMPARABLE, "reason": "the article's date is not known"}
    found = _official_judgement(claim, min(claim.published_by, pd.Timestamp(as_at)))
    if found is None:
        return row | {"verdict": NOT_COMPARABLE, "reason": "the inspection history at hand has none of that time"}
    return row | {"official": found, "verdict": EXACT if found == claim.judgement else DIFFERS}


def _official_judgement(claim, day: pd.Timestamp) -> str | None:
    """Ofsted's judgement that a claim speaks of, among inspections published by the article's day.

    A stated period selects the inspections of that time: none there, none to compare with. Without one, the standing
    judgement is the latest given, and a previous one the one before it.
    """
    rows = inspections(day.strftime("%Y-%m-%d")).query("scope == 'full'")
    rows = rows[rows.council_code == councils.series_code(claim.council_code)].dropna(subset=[claim.measure])
    given = rows.sort_values("inspection_start")
    if pd.notna(claim.period_start):
        given = given[(given.publication_date >= claim.period_start) & (given.inspection_start <= claim.period_end)]
    elif claim.indicator == "previous_judgement":
        given = given.iloc[:-1]
    return None if given.empty else str(given.iloc[-1][claim.measure])


def distinct(reconciled: pd.DataFrame) -> pd.DataFrame:
    """The claims counted once: a figure of a joint return told for both councils, or one event in two outlets, is one."""
    unit = [
        councils.return_unit(code, census) if code and not pd.isna(census) else code or place
        for code, census, place in zip(reconciled.council_code, reconciled.census, reconciled.council, strict=True)
    ]
    told = reconciled.assign(
        unit=unit, said=reconciled.claimed.astype(str), at=reconciled.census.astype("Float64").fillna(0)
    )
    key = ["unit", "indicator", "said", "bound", "scope", "at"]
    joint = told.unit.str.contains("/") & told.duplicated(["article", *key])
    told = told[~joint]
    repeat = told.groupby(["article", *key]).cumcount()
    return reconciled.loc[told[~told.assign(repeat=repeat).duplicated([*key, "repeat"])].index]


def summary(reconciled: pd.DataFrame) -> pd.DataFrame:
    """One row per verdict: what it means and how many claims have it, figures and judgements apart.

    A claim told twice counts once (see distinct).
    """
    reconciled = distinct(reconciled)
    is_judgement = reconciled.claimed.map(lambda c: isinstance(c, str))
    counts = {
        "figures": reconciled[~is_judgement].verdict.value_counts(),
        "judgements": reconciled[is_judgement].verdict.value_counts(),
    }
    return pd.DataFrame(
        [
            {"verdict": verdict, "meaning": meaning, **{k: int(v.get(verdict, 0)) for k, v in counts.items()}}
            for verdict, meaning in VERDICTS.items()
        ]
    )
