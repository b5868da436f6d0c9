"""A council's figures as tables and sentences: the five measures beside neighbours, region and England."""

from __future__ import annotations

import pandas as pd

from workforce_ratings import wording
from workforce_ratings.models import funnels
from workforce_ratings.profiles.digesting import digest
from workforce_ratings.profiles.gathering import Profile
from workforce_ratings.vocabulary import FIVE, MEASURES, ROUNDS_TO_ZERO, long_date, one_decimal


def lines(profile: Profile, measure: str) -> pd.DataFrame:
    """The rows of `beside` for one measure, as the chart, its alt text and its download take them."""
    return profile.lines[measure]


def has_figures(profile: Profile, measure: str) -> bool:
    """Whether the council has a number of the measure at any census, so that there is something to draw."""
    rows = lines(profile, measure)
    return bool(rows.value[rows.line == "council"].notna().any())


def downloaded(profile: Profile, measure: str) -> pd.DataFrame:
    """One row per census and place of a measure's chart, as people download it: value in the measure's unit or DfE's
    marker, the usual range (95% funnel limits) for the council's size, and how many neighbours a median is of."""
    rows = lines(profile, measure).rename(columns={"label": "place", "low": "usual_low", "high": "usual_high"})
    of = rows.n.where(rows.line == "neighbours").astype("Int64")
    rows = rows.assign(unit=MEASURES[measure].unit, neighbours=of)
    return rows[
        ["measure", "unit", "census", "place", "value", "marker", "usual_low", "usual_high", "position", "neighbours"]
    ]


def shown_figures(profile: Profile, measure: str) -> pd.DataFrame:
    """The table beside a measure's chart: one row per census; markers stand in brackets where a number cannot."""
    rows = lines(profile, measure)
    wide = rows.pivot(index="census", columns="line", values="value")
    own = rows[rows.line == "council"].set_index("census")
    near = rows[rows.line == "neighbours"].set_index("census").n
    frame = pd.DataFrame({"Census": [str(int(year)) for year in wide.index]}, index=wide.index)
    frame[profile.council.name] = _told(own.value, own.marker).reindex(wide.index).fillna("–")
    if own.low.notna().any():
        frame["Usual range for its size"] = _spanned(own.low, own.high).reindex(wide.index).fillna("–")
    for line, name in (
        ("neighbours", "Neighbours' median"),
        ("region", profile.council.region),
        ("England", "England"),
    ):
        frame[name] = wide[line] if line in wide else float("nan")
    frame["Neighbours with a figure"] = near.reindex(wide.index).astype("Int64")
    return frame.reset_index(drop=True)


def at_a_glance(profile: Profile) -> pd.DataFrame:
    """One row per measure at the latest census with a number of the council, or else at the latest of all: its figure, the
    usual range for its size and the change since the census before, beside its neighbours' median, region and England. A
    measure of which no census was published by the report's day has no row."""
    rows = []
    for measure in FIVE:
        shown = lines(profile, measure)
        if shown.empty:
            continue
        numbers = shown[(shown.line == "council") & shown.value.notna()]
        census = (shown if numbers.empty else numbers).census.max()
        at = {row.line: row for row in shown[shown.census == census].itertuples(index=False)}
        own = at.get("council")
        beside = {line: at[line].value if line in at else float("nan") for line in ("neighbours", "region", "England")}
        rows.append(
            {
                "Measure": MEASURES[measure].axis_label,
                "Census": str(int(census)),
                profile.council.name: "–" if own is None else _told_one(own.value, own.marker),
                "Usual range for its size": "–" if own is None else _spanned_one(own.low, own.high),
                "Change in a year": wording.councils.signed(change(profile, measure, census)),
                "Neighbours' median": beside["neighbours"],
                profile.council.region: beside["region"],
                "England": beside["England"],
            }
        )
    return pd.DataFrame(rows)


def change(profile: Profile, measure: str, census: int) -> float:
    """The council's figure of a census less that of the census before, NaN where either has no number."""
    own = profile.own.set_index("census")[measure]
    return own.get(census, float("nan")) - own.get(census - 1, float("nan"))


def _told(values: pd.Series, markers: pd.Series) -> pd.Series:
    return values.map(one_decimal, na_action="ignore").where(values.notna(), "[" + markers + "]")


def _told_one(value: float, marker: str) -> str:
    return one_decimal(value) if pd.notna(value) else f"[{marker}]"


def _spanned(low: pd.Series, high: pd.Series) -> pd.Series:
    return pd.Series([_spanned_one(a, b) for a, b in zip(low, high, strict=True)], index=low.index, dtype=object)


def _spanned_one(low: float, high: float) -> str:
    return "–" if pd.isna(low) else f"{one_decimal(low)} to {one_decimal(high)}"


# The people behind the rates, by the words of a table's columns.
PEOPLE = {
    "inpost_fte": "In post",
    "agency_fte": "Agency",
    "vacancy_fte": "Vacancies",
    "leavers_fte": "Leavers in the year",
    "case_holders_fte": "Case holders",
}


def denominators(profile: Profile) -> pd.DataFrame:
    """One row per census: the people behind the rates (full-time equivalent), markers in brackets."""
    own = profile.own
    told = {words: _told(own[name], own[f"{name}_marker"]) for name, words in PEOPLE.items()}
    return pd.DataFrame({"Census": own.census.astype(str), **told})


def latest_places(profile: Profile) -> pd.DataFrame:
    """The council's places in the funnels of the latest census of the report's day, one row per measure."""
    return profile.placed[profile.placed.census == profile.beside.census.max()]


def headline(profile: Profile) -> str:
    """The report's lead: what lies outside the usual range for a council of its size, at the latest census at which the
    council has a figure."""
    figured = profile.placed[profile.placed.position != funnels.NO_FIGURE]
    rows = profile.placed[profile.placed.census == figured.census.max()]
    is_latest = rows.empty or rows.census.max() == profile.beside.census.max()
    return wording.councils.council_headline(profile.council.name, rows, is_latest)


def agency_sentence(profile: Profile) -> str:
    """The latest agency rate beside England's, or that it rounds to 0; “” where none was published."""
    rows = lines(profile, "agency_rate")
    england = rows[rows.line == "England"].set_index("census").value
    known = profile.own[profile.own.agency_rate.notna() | profile.own.agency_rate_marker.isin(ROUNDS_TO_ZERO)]
    if known.empty:
        return ""
    row = known.iloc[-1]
    if pd.isna(row.agency_rate):
        return wording.councils.agency_rounds_to_zero(profile.council.name, int(row.census), england[row.census])
    return wording.councils.latest_agency_rate(profile.council.name, row, england[row.census], int(england.index.max()))


def measure_headline(profile: Profile, measure: str) -> str:
    """A measure's headline: its latest number against the neighbours' median of the same census."""
    rows = lines(profile, measure)
    own = rows[(rows.line == "council") & rows.value.notna()].sort_values("census")
    if own.empty:
        return wording.councils.measure_headline(profile.council.name, measure, None, "")
    last = own.iloc[-1]
    near = rows[(rows.line == "neighbours") & (rows.census == last.census)].value
    latest = pd.Series(
        {"census": last.census, "council": last.value, "neighbours": near.iloc[0] if len(near) else float("nan")}
    )
    return wording.councils.measure_headline(profile.council.name, measure, latest, str(last.position))


def neighbour_sentence(profile: Profile) -> str:
    """Who the neighbours are, or that there are none."""
    return wording.councils.neighbour_sentence(profile.council.name, profile.neighbours, profile.as_at)


def among_neighbours(profile: Profile) -> list[str]:
    """Where each measure of the latest census lies among the neighbours', one sentence each."""
    own = profile.own[profile.own.census == profile.beside.census.max()]
    if own.empty:
        return []
    others = profile.neighbours[~profile.neighbours.return_unit.isin(own.return_unit)]
    told = [wording.councils.among_neighbours(measure, own[measure].iloc[0], others[measure]) for measure in FIVE]
    return [text for text in told if text]


def outside_before(profile: Profile) -> list[str]:
    """At which censuses each measure lay outside the usual range for the council's size, one sentence each."""
    told = []
    for measure, rows in profile.placed.groupby("measure", sort=False):
        sides = rows.position.map(wording.councils.OUTSIDE)
        years = {side: rows.census[sides == side].astype(int).tolist() for side in ("above", "below")}
        told.append(wording.councils.outside_before(str(measure), years))
    return [text for text in told if text]


def neighbour_table(profile: Profile) -> pd.DataFrame:
    """The council and below it its neighbours, closest first: figures of the latest census, and the overall judgement that
    stands with the day on which its inspection began."""
    near = profile.neighbours
    if near.empty:
        return pd.DataFrame()
    frame = pd.DataFrame({"Council": near.neighbour, "How close": near.closeness})
    for measure in FIVE:
        frame[MEASURES[measure].axis_label] = _told(near[measure], near[f"{measure}_marker"].fillna("no row"))
    frame["Standing judgement"] = near.overall.astype(object)
    frame["Inspected"] = near.inspection_start.map(long_date, na_action="ignore")
    return frame


def facts(profile: Profile) -> dict[str, object]:
    """What the index of reports says of the council: who it is, the judgement that stands, and the latest figures; and as
    `figures` the digest of all that its report shows, by which a later run knows whether anything changed."""
    council, stands = profile.council, profile.standing
    known: dict[str, object] = {"council": council.name, "council_code": council.code, "region": council.region}
    known |= {"as_at": f"{profile.as_at:%Y-%m-%d}", "judgement": None, "inspected": None, "published": None}
    if stands is not None:
        known |= {"judgement": str(stands.overall), "framework": stands.framework}
        known |= {
            "inspected": f"{stands.inspection_start:%Y-%m-%d}",
            "published": f"{stands.publication_date:%Y-%m-%d}",
        }
    latest = profile.own[profile.own.census == profile.beside.census.max()]
    known["census"] = int(latest.census.iloc[0]) if len(latest) else None
    places = latest_places(profile).set_index("measure")
    for measure in FIVE:
        for name in (measure, f"{measure}_marker"):
            known[name] = _plain(latest[name].iloc[0]) if len(latest) else None
        for name, column in (("low", "low_95"), ("high", "high_95"), ("position", "position")):
            known[f"{measure}_{name}"] = _plain(places[column].get(measure))
        known[f"{measure}_change"] = _plain(change(profile, measure, profile.beside.census.max()))
    return known | {"figures": digest(profile)}


def _plain(value: object) -> object:
    """A number to one decimal as in DfE's table, or text; None for nothing."""
    if isinstance(value, str):
        return value
    return None if pd.isna(value) else round(float(value), 1)
