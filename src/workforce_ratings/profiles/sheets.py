"""Every table of a council's report as the sheets of one workbook: numbers as numbers, days as days, markers in brackets."""

from __future__ import annotations

import pandas as pd

from workforce_ratings import wording
from workforce_ratings.councils import fold
from workforce_ratings.models.expectations import Expectation
from workforce_ratings.profiles import articles, figures, judgements, notes
from workforce_ratings.profiles.gathering import Profile
from workforce_ratings.spreadsheets import Cover, Sheet
from workforce_ratings.vocabulary import FIRST_CENSUS, FIVE, JUDGED, MEASURES, census_date

SOURCE_DFE = "Department for Education, Children's social work workforce"
SOURCE_OFSTED = "Ofsted, Local authority inspection outcomes and inspection reports"

LIMITS = {
    "low_998": "Lower 99.8% limit",
    "low_95": "Lower 95% limit",
    "high_95": "Upper 95% limit",
    "high_998": "Upper 99.8% limit",
}
PROBABILITIES = {
    "judgement": "Overall judgement",
    "given": "Given",
    "p": "Estimated probability (0 to 1)",
    "p_ci_low": "95% interval from",
    "p_ci_high": "95% interval to",
    "difference": "Probability of the one given less it",
    "difference_ci_low": "Difference's interval from",
    "difference_ci_high": "Difference's interval to",
}


def of_report(profile: Profile, found: Expectation) -> list[Sheet]:
    """The sheets, in the order of the report; `found` is what its last judgement was set beside (Profile.expected)."""
    name = profile.council.name
    return [
        Sheet("Inspections", f"Inspections of {name}", inspections(profile), source=SOURCE_OFSTED),
        *(_measure(profile, measure) for measure in FIVE),
        Sheet("People", f"Social workers of {name}, full-time equivalent", people(profile), source=SOURCE_DFE),
        Sheet("Places in funnels", f"Where {name} lies among councils of its size", places(profile), source=SOURCE_DFE),
        Sheet("Last judgement", wording.expectations.caption_expectation(name), probabilities(found)),
        Sheet("Neighbours", f"Statistical neighbours of {name}, closest first", neighbours(profile), source=SOURCE_DFE),
        Sheet("Articles", f"What articles said of {name}", articles.press_table(profile)),
    ]


def file_name(profile: Profile) -> str:
    """The council's name as the name of a file: wakefield, kingston-upon-thames."""
    return fold(profile.council.name).replace(" ", "-")


def cover(profile: Profile) -> Cover:
    """What the workbook is, on which day, and what must be known before its figures are used."""
    as_at = f"{profile.as_at:%Y-%m-%d}"
    return Cover(
        f"{profile.council.name}: children's social work workforce and Ofsted judgements",
        (figures.headline(profile), judgements.standing_sentence(profile), *notes.to_read_first(profile)),
        as_at,
        wording.reports.LICENCE,
        tuple(wording.reports.limits(as_at)),
    )


def _measure(profile: Profile, measure: str) -> Sheet:
    label = MEASURES[measure].label
    title = wording.councils.caption_council(profile.council.name, measure)
    return Sheet(label, title, by_census(profile, measure), MEASURES[measure].definition, SOURCE_DFE)


def by_census(profile: Profile, measure: str) -> pd.DataFrame:
    """One row per census: the council's figure or marker, the usual range for its size, and whom it stands beside."""
    rows = figures.lines(profile, measure).set_index("census")
    own, near = rows[rows.line == "council"], rows[rows.line == "neighbours"]
    years = sorted(rows.index.unique())
    columns = {
        "Census": [census_date(year) for year in years],
        profile.council.name: number_or_marker(own.value, own.marker).reindex(years),
        "Usual range from": own.low.reindex(years),
        "Usual range to": own.high.reindex(years),
        "Neighbours' median": near.value.reindex(years),
        "Neighbours with a figure": near.n.reindex(years),
        profile.council.region: rows[rows.line == "region"].value.reindex(years),
        "England": rows[rows.line == "England"].value.reindex(years),
    }
    return pd.DataFrame(columns, index=years).reset_index(drop=True)


def number_or_marker(values: pd.Series, markers: pd.Series) -> pd.Series:
    """Each number, and DfE's marker in brackets where there is none."""
    return values.astype(object).where(values.notna(), "[" + markers.astype(str) + "]")


def inspections(profile: Profile) -> pd.DataFrame:
    """One row per inspection of a whole council, latest first, predecessors' below: days, kind, judgements, census."""
    rows = judgements.listed(profile)
    columns = {
        "Council": rows.council,
        "Began": rows.inspection_start,
        "Published": rows.publication_date,
        "Framework": rows.framework,
        "Kind": rows.inspection_type,
        **{f"{words[0].upper()}{words[1:]}": rows[name].astype(object) for name, words in JUDGED.items()},
        "Overall given": rows.overall_status,
        "Census set beside it": rows.census.where(rows.census >= FIRST_CENSUS).astype("Int64"),
    }
    return pd.DataFrame(columns)


def people(profile: Profile) -> pd.DataFrame:
    """One row per census: the people behind the rates, full-time equivalent, numbers or markers."""
    own = profile.own
    columns = {words: number_or_marker(own[name], own[f"{name}_marker"]) for name, words in figures.PEOPLE.items()}
    return pd.DataFrame({"Census": own.census.map(census_date), **columns})


def places(profile: Profile) -> pd.DataFrame:
    """One row per census and measure: the figure, its place in the funnel of all councils, and the limits at its size."""
    rows = profile.placed
    columns = {
        "Census": rows.census.map(census_date),
        "Measure": rows.measure.map(lambda measure: MEASURES[measure].axis_label),
        "Figure": number_or_marker(rows.value, rows.marker),
        "Position": rows.position,
        "Pooled figure of all councils": rows.target,
        **{words: rows[name] for name, words in LIMITS.items()},
        "Size it is a rate of": rows.denominator,
    }
    return pd.DataFrame(columns)


def probabilities(found: Expectation) -> pd.DataFrame:
    """One row per overall judgement: whether it was given, its estimated probability between 0 and 1, and the probability
    of the one given less it, each with its 95% interval."""
    return found.table[list(PROBABILITIES)].rename(columns=PROBABILITIES)


def neighbours(profile: Profile) -> pd.DataFrame:
    """One row per statistical neighbour, closest first: figures of the latest census and the judgement that stands."""
    rows = profile.neighbours
    columns = {MEASURES[m].axis_label: number_or_marker(rows[m], rows[f"{m}_marker"].fillna("no row")) for m in FIVE}
    stands = {"Standing judgement": rows.overall.astype(object), "Inspected": rows.inspection_start}
    return pd.DataFrame({"Council": rows.neighbour, "How close": rows.closeness, **columns, **stands})
