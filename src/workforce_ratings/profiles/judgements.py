"""A council's inspections as tables and sentences: judgements, dates, and the staffing linked to each."""

from __future__ import annotations

import pandas as pd

from workforce_ratings import wording
from workforce_ratings.profiles.gathering import Profile, months_between
from workforce_ratings.vocabulary import FIVE, MEASURES, long_date, one_decimal


def standing_sentence(profile: Profile) -> str:
    """The overall judgement that stands, or the last one of a council that has ended."""
    existing = profile.council.exists_on(profile.as_at)
    return wording.councils.standing_sentence(profile.council.name, profile.standing, profile.as_at, existing)


def none_known(profile: Profile) -> str:
    """What is said where no inspection is known; “” where one is."""
    known = len(profile.inspections) + len(profile.predecessors)
    return "" if known else wording.councils.no_inspection(profile.council.name, profile.as_at)


def next_sentences(profile: Profile) -> list[str]:
    """What is estimated of the next overall judgement, and what that means once Ofsted gives none; or why nothing is."""
    told = wording.forecast.council_forecast(profile.council.name, profile.forecast, profile.skill)
    known = pd.notna(profile.forecast["p_good_or_outstanding"])
    return [told, wording.forecast.overall_ended(f"{profile.as_at:%Y-%m-%d}")] if known else [told]


def since(profile: Profile) -> str:
    """How long ago the latest inspection was; “” where there is none."""
    if profile.inspections.empty:
        return ""
    return wording.councils.since_sentence(profile.inspections.iloc[-1], profile.months_since, profile.as_at)


def inspection_table(profile: Profile) -> pd.DataFrame:
    """One row per inspection, latest first, predecessors' below: dates, framework, kind and judgements."""
    rows = listed(profile)
    frame = pd.DataFrame(
        {
            "Began": rows.inspection_start.map(long_date),
            **_whose(profile, rows),
            "Framework": rows.framework + " " + rows.inspection_type,
            "Published": rows.publication_date.map(long_date),
            "Months since": [months_between(day, profile.as_at) for day in rows.inspection_start],
            "Overall": rows.overall.astype(object).where(rows.overall.notna(), rows.overall_status),
        }
    )
    for name, words in (
        ("leaders", "Leaders"),
        ("help_and_protection", "Help and protection"),
        ("in_care", "In care"),
        ("care_leavers", "Care leavers"),
    ):
        frame[words] = rows[name].astype(object)
    return frame


def staffing_table(profile: Profile) -> pd.DataFrame:
    """One row per inspection, latest first: the linked census and the five measures then."""
    rows = listed(profile)
    frame = pd.DataFrame(
        {
            "Inspection began": rows.inspection_start.map(long_date),
            **_whose(profile, rows),
            "Census": rows.census.astype(str),
        }
    )
    for measure in FIVE:
        told = rows[measure].map(one_decimal, na_action="ignore")
        frame[MEASURES[measure].axis_label] = told.where(rows[measure].notna(), "[" + rows[f"{measure}_marker"] + "]")
    return frame[rows[list(FIVE)].notna().any(axis=1)].reset_index(drop=True)


def _whose(profile: Profile, rows: pd.DataFrame) -> dict[str, pd.Series]:
    """The column that names whose inspection each was, where some were of councils before this one."""
    return {} if profile.predecessors.empty else {"Council": rows.council}


def listed(profile: Profile) -> pd.DataFrame:
    """Panel rows of the council's inspections, latest first, and below them those of councils it followed."""
    rows = [part.iloc[::-1] for part in (profile.inspections, profile.predecessors) if len(part)]
    return pd.concat(rows, ignore_index=True) if rows else profile.inspections


def predecessor_sentence(profile: Profile) -> str:
    if profile.predecessors.empty:
        return ""
    names = " and ".join(sorted(set(profile.predecessors.council)))
    return f"Inspections of {names} are listed for the record; they judged another council."
