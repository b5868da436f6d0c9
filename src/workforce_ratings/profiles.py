"""One council gathered for its report: its figures beside England, its region and its statistical neighbours, its
inspections, what articles said of it, and the notes a reader needs before trusting any of it.

Neighbours are DfE's ten of 2025. Their median is given with how many of the ten had a figure; below five there is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workforce_ratings import councils, press, wording
from workforce_ratings.councils import Council
from workforce_ratings.models.comparisons import overdispersion, rate_interval
from workforce_ratings.official import tables
from workforce_ratings.panel import build, censuses, day, wider
from workforce_ratings.reconciliation import reconcile, summary
from workforce_ratings.vocabulary import FIVE, MEASURES, SMALL_WORKFORCE_FTE, Fault, long_date, one_decimal

FEWEST_NEIGHBOURS = 5


@dataclass(frozen=True)
class Profile:
    """A council as its report sees it on a day.

    `own`: one row per census, every figure and marker. `beside`: one row per census, measure and line (council,
    neighbours, region, England) with label, value and n. `inspections`: panel rows, the council's own and, below
    `predecessors`, those of councils it followed. `said`: reconciled article claims. `neighbours`: names by rank.
    `dispersion`: by measure and census, how much more councils differ than chance would make them.
    """

    council: Council
    as_at: pd.Timestamp
    own: pd.DataFrame
    beside: pd.DataFrame
    inspections: pd.DataFrame
    predecessors: pd.DataFrame
    said: pd.DataFrame
    neighbours: list[str]
    dispersion: dict[tuple[str, int], float]

    @property
    def standing(self) -> pd.Series | None:
        """The inspection whose overall judgement stands, or None."""
        judged = self.inspections.dropna(subset=["overall"])
        return None if judged.empty else judged.iloc[-1]

    @property
    def joint_with(self) -> str:
        """The council that shares this one's return at the latest census, or “”."""
        if self.own.empty or not self.own.iloc[-1].joint:
            return ""
        others = [c.name for c in councils.members(self.own.iloc[-1].return_unit) if c.series != self.council.series]
        return " and ".join(others)

    @property
    def months_since(self) -> int | None:
        """Whole months from the start of the latest inspection to the report's day."""
        if self.inspections.empty:
            return None
        return months_between(self.inspections.inspection_start.iloc[-1], self.as_at)


def months_between(start: pd.Timestamp, end: pd.Timestamp) -> int:
    """Whole months from one day to another."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - (end.day < start.day)


def gather(name: str, as_at: str, census_rule: str = "before") -> Profile:
    """Everything about one council up to a day. Raises Fault for an unknown council or a day it did not yet exist."""
    until = day(as_at)
    council = _resolve(name, until)
    rows = censuses(as_at)
    own = rows[rows.council_code == council.series].sort_values("census").reset_index(drop=True)
    panel = build(as_at, census_rule)
    earlier = [p.series for p in council.predecessors if p.series != council.series]
    claims = press.claims(as_at)
    claims = claims[claims.council_code.map(_series) == council.series]
    near = tables.load("neighbours").query("council_code == @council.series").sort_values("rank")
    return Profile(
        council,
        until,
        own,
        _beside(council, own, rows, wider(as_at), near.neighbour_code.tolist()),
        panel[panel.council_code == council.series].sort_values("inspection_start").reset_index(drop=True),
        panel[panel.council_code.isin(earlier)].sort_values("inspection_start").reset_index(drop=True),
        reconcile(claims, as_at) if len(claims) else pd.DataFrame(columns=["verdict"]),
        near.neighbour.tolist(),
        _dispersion(rows),
    )


def _resolve(name: str, until: pd.Timestamp) -> Council:
    """The council of today by that name, or the one of that day where today's began later (Dorset before 2019)."""
    council = councils.find(name)
    began_later = council.valid_from is not None and council.valid_from > until and not _recoded(council)
    return councils.find(name, on=until) if began_later else council


def _recoded(council: Council) -> bool:
    return any(p.series == council.series for p in council.predecessors)


def _series(code: str) -> str:
    return councils.series_code(code) if code else ""


def _beside(
    council: Council, own: pd.DataFrame, rows: pd.DataFrame, areas: pd.DataFrame, near: list[str]
) -> pd.DataFrame:
    lines = []
    for measure in FIVE:
        lines.append(_line(own, measure, "council", council.name).assign(n=1))
        # A neighbour in the same joint return would be the council itself once more.
        others = rows.council_code.isin(near) & ~rows.return_unit.isin(own.return_unit)
        lines.append(_neighbours(rows[others], measure))
        lines.append(_line(areas[areas.name == council.region], measure, "region", council.region).assign(n=1))
        lines.append(_line(areas[areas.level == "England"], measure, "England", "England").assign(n=1))
    return pd.concat(lines, ignore_index=True)


def _line(rows: pd.DataFrame, measure: str, line: str, label: str) -> pd.DataFrame:
    frame = rows[["census", measure, f"{measure}_marker"]].set_axis(["census", "value", "marker"], axis=1)
    return frame.assign(measure=measure, line=line, label=label)


def _neighbours(rows: pd.DataFrame, measure: str) -> pd.DataFrame:
    by = rows.groupby("census")[measure].agg(value="median", n="count").reset_index()
    enough = by.value.where(by.n >= FEWEST_NEIGHBOURS)
    return by.assign(value=enough, marker="", measure=measure, line="neighbours", label="Neighbours")


def notes(profile: Profile) -> list[str]:
    """What a reader must know before reading the figures: one sentence per note, most important first."""
    found = [_reorganisation(profile), _joint(profile), _small(profile), *_markers(profile), _few_neighbours(profile)]
    return [note for note in found if note]


def _reorganisation(profile: Profile) -> str:
    council = profile.council
    if council.exists_on(profile.as_at) and not council.is_current:
        return ""
    if not council.is_current:
        names = " and ".join(s.name for s in council.successors)
        return (
            f"{council.name} existed until {long_date(council.valid_to)}; {names} took over, with series of their own."
        )
    if not council.predecessors or _recoded(council):
        return ""
    names = " and ".join(p.name for p in council.predecessors)
    return (
        f"{council.name} began on {long_date(council.valid_from)}. Figures and judgements of {names} before that are not "
        f"of the same place and are not joined to its series."
    )


def _joint(profile: Profile) -> str:
    other = profile.joint_with
    if not other:
        return ""
    first = int(profile.own[profile.own.joint].census.min())
    return (
        f"{profile.council.name} and {other} send one joint return, so from the census of {first} every workforce figure "
        f"here is of the two councils together; inspections are of {profile.council.name} alone."
    )


def _small(profile: Profile) -> str:
    known = profile.own.dropna(subset=["inpost_fte"])
    if known.empty or known.iloc[-1].inpost_fte >= SMALL_WORKFORCE_FTE:
        return ""
    last = known.iloc[-1]
    if last.inpost_fte == 0:
        return (
            f"{profile.council.name} had no employed social worker in post on 30 September {int(last.census)} "
            f"(full-time equivalent), so its rates say little: read single years with care."
        )
    return (
        f"With {last.inpost_fte:,.1f} full-time-equivalent social workers in post in {int(last.census)}, one person's "
        f"coming or going moves a rate by about {100 / last.inpost_fte:,.0f} percentage points: read single years with care."
    )


def _markers(profile: Profile) -> list[str]:
    from_markers = []
    for measure in FIVE:
        marked = profile.own[profile.own[f"{measure}_marker"] != ""]
        if len(marked):
            years = ", ".join(f"{int(r.census)} [{r[f'{measure}_marker']}]" for _, r in marked.iterrows())
            from_markers.append(f"{MEASURES[measure].label}: no number for {years}.")
    return from_markers


def _few_neighbours(profile: Profile) -> str:
    if not profile.neighbours:
        return f"DfE's list of 2025 gives {profile.council.name} no statistical neighbours, so none are shown."
    return ""


def shown_figures(profile: Profile, measure: str) -> pd.DataFrame:
    """The table beside a measure's chart: one row per census; markers stand in brackets where a number cannot."""
    rows = profile.beside.query("measure == @measure")
    wide = rows.pivot(index="census", columns="line", values="value")
    own = rows[rows.line == "council"].set_index("census")
    near = rows[rows.line == "neighbours"].set_index("census").n
    frame = pd.DataFrame({"Census": [str(int(year)) for year in wide.index]}, index=wide.index)
    told = own.value.map(one_decimal, na_action="ignore").where(own.value.notna(), "[" + own.marker + "]")
    frame[profile.council.name] = told.reindex(wide.index).fillna("–")
    for line, name in (
        ("neighbours", "Neighbours' median"),
        ("region", profile.council.region),
        ("England", "England"),
    ):
        frame[name] = wide[line] if line in wide else float("nan")
    frame["Neighbours with a figure"] = near.reindex(wide.index).astype("Int64")
    return frame.reset_index(drop=True)


def denominators(profile: Profile) -> pd.DataFrame:
    """One row per census: the people behind the rates (full-time equivalent), markers in brackets."""
    own = profile.own
    names = {
        "inpost_fte": "In post",
        "agency_fte": "Agency",
        "vacancy_fte": "Vacancies",
        "leavers_fte": "Leavers in the year",
        "case_holders_fte": "Case holders",
    }
    frame = pd.DataFrame({"Census": own.census.astype(str)})
    for column, name in names.items():
        frame[name] = own[column].map("{:,.1f}".format).where(own[column].notna(), "[" + own[f"{column}_marker"] + "]")
    return frame


def require_some(profile: Profile) -> None:
    """Raises Fault where there is neither a census nor an inspection of the council by the report's day."""
    if profile.own.empty and profile.inspections.empty:
        raise Fault(
            f"{profile.council.name} has neither a census nor an inspection published by {profile.as_at:%Y-%m-%d}; "
            f"choose a later as_at."
        )


def is_of(profile: Profile, name: str) -> bool:
    """Whether this is the profile of the council that a name stands for: the last cell of a report asks."""
    return _resolve(name, profile.as_at).code == profile.council.code


def lines(profile: Profile, measure: str) -> pd.DataFrame:
    """The rows of `beside` for one measure, as the chart and its alt text take them."""
    return profile.beside.query("measure == @measure").reset_index(drop=True)


# Measures that are a share of people or posts on one day, so that chance has an interval; the others have none.
PEOPLE = {
    "agency_rate": ("agency_fte", ("agency_fte", "inpost_fte")),
    "vacancy_rate": ("vacancy_fte", ("vacancy_fte", "inpost_fte")),
}


def interval(profile: Profile, row: pd.Series, measure: str) -> tuple[float, float]:
    """The 95% interval of one census's rate, widened for over-dispersion among the councils of that census.

    NaN for a measure that is no share, and for a workforce too small to say anything (SMALL_WORKFORCE_FTE).
    """
    if measure not in PEOPLE or not row.inpost_fte >= SMALL_WORKFORCE_FTE:
        return float("nan"), float("nan")
    over, under = _people(row.to_frame().T.astype(dict.fromkeys(_people_columns(measure), float)), measure)
    return rate_interval(over.iloc[0], under.iloc[0], profile.dispersion[(measure, int(row.census))])


def _people_columns(measure: str) -> list[str]:
    over, under = PEOPLE[measure]
    return list(dict.fromkeys([over, *under]))


def _people(rows: pd.DataFrame, measure: str) -> tuple[pd.Series, pd.Series]:
    """Numerators and denominators of a share, NaN where either is marked."""
    over, under = PEOPLE[measure]
    return rows[over], rows[list(under)].sum(axis=1, skipna=False)


def _dispersion(rows: pd.DataFrame) -> dict[tuple[str, int], float]:
    """By measure and census, how much more shares vary between return units than chance (see overdispersion)."""
    units = rows.drop_duplicates(["census", "return_unit"])
    return {
        (measure, int(census)): overdispersion(*_people(at, measure))
        for measure in PEOPLE
        for census, at in units.groupby("census")
    }


def headline(profile: Profile) -> str:
    """The report's lead: the latest agency rate beside England's, neutral where the interval spans it."""
    known = profile.own.dropna(subset=["agency_rate"])
    if known.empty:
        return f"No agency rate of {profile.council.name} has been published."
    row = known.iloc[-1]
    england = profile.beside.query("line == 'England' and measure == 'agency_rate'").set_index("census").value
    return wording.councils.council_headline(
        profile.council.name,
        "agency_rate",
        int(row.census),
        row.agency_rate,
        interval(profile, row, "agency_rate"),
        england[row.census],
        int(england.index.max()),
    )


def measure_headline(profile: Profile, measure: str) -> str:
    """A measure's headline: its latest number against the neighbours' median of the same census."""
    rows = lines(profile, measure)
    own = rows.query("line == 'council'").dropna(subset=["value"]).sort_values("census")
    if own.empty:
        return wording.councils.measure_headline(profile.council.name, measure, None, (float("nan"), float("nan")))
    census = own.census.iloc[-1]
    near = rows.query("line == 'neighbours' and census == @census").value
    latest = pd.Series(
        {"census": census, "council": own.value.iloc[-1], "neighbours": near.iloc[0] if len(near) else float("nan")}
    )
    at_census = profile.own[profile.own.census == census].iloc[0]
    return wording.councils.measure_headline(
        profile.council.name, measure, latest, interval(profile, at_census, measure)
    )


def standing_sentence(profile: Profile) -> str:
    """The overall judgement that stands, or the last one of a council that has ended."""
    existing = profile.council.exists_on(profile.as_at)
    return wording.councils.standing_sentence(profile.council.name, profile.standing, profile.as_at, existing)


def since(profile: Profile) -> str:
    """How long ago the latest inspection was; “” where there is none."""
    if profile.inspections.empty:
        return ""
    return wording.councils.since_sentence(profile.inspections.iloc[-1], profile.months_since, profile.as_at)


def inspection_table(profile: Profile) -> pd.DataFrame:
    """One row per inspection, latest first, predecessors' below: dates, framework, kind and judgements."""
    rows = _inspections_listed(profile)
    frame = pd.DataFrame(
        {
            "Began": rows.inspection_start.map(long_date),
            "Council": rows.council,
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
    rows = _inspections_listed(profile)
    frame = pd.DataFrame(
        {
            "Inspection began": rows.inspection_start.map(long_date),
            "Council": rows.council,
            "Census": rows.census.astype(str),
        }
    )
    for measure in FIVE:
        told = rows[measure].map(one_decimal, na_action="ignore")
        frame[MEASURES[measure].axis_label] = told.where(rows[measure].notna(), "[" + rows[f"{measure}_marker"] + "]")
    return frame[rows[list(FIVE)].notna().any(axis=1)].reset_index(drop=True)


def _inspections_listed(profile: Profile) -> pd.DataFrame:
    rows = [part.iloc[::-1] for part in (profile.inspections, profile.predecessors) if len(part)]
    return pd.concat(rows, ignore_index=True) if rows else profile.inspections


def predecessor_sentence(profile: Profile) -> str:
    if profile.predecessors.empty:
        return ""
    names = " and ".join(sorted(set(profile.predecessors.council)))
    return f"Inspections of {names} are listed for the record; they judged another council."


def neighbour_sentence(profile: Profile) -> str:
    """The ten neighbours by name, closest first."""
    if not profile.neighbours:
        return f"DfE's model of 2025 has no neighbours for {profile.council.name}."
    return (
        f"By DfE's model of 2025, closest first: {wording.phrases.listed(profile.neighbours)}. They are the councils whose "
        f"population and economy are most like {wording.phrases.possessive(profile.council.name)}, chosen without regard to "
        f"staffing or judgements."
    )


def press_sentence(profile: Profile) -> str:
    """What the articles at hand say of the council, counted; or that none is about it."""
    if not len(profile.said):
        return f"None of the articles at hand states a figure or judgement of {profile.council.name}."
    return wording.articles.press_headline(summary(profile.said))


def press_table(profile: Profile) -> pd.DataFrame:
    """One row per claim about the council: article, what it says, what the official series says, verdict and reason."""
    said = profile.said
    if not len(said):
        return pd.DataFrame()
    by_article = press.named()
    named = [wording.articles.article_name(by_article.loc[article]) for article in said.article]
    return pd.DataFrame(
        {
            "Article": named,
            "What": [wording.articles.indicator(r.indicator, r.scope) for r in said.itertuples()],
            "Census": said.census,
            "Article says": [wording.articles.claim(r.claimed, r.bound, r.unit) for r in said.itertuples()],
            "Official": [
                wording.articles.claim(r.official, "=", r.unit) if pd.notna(r.official) else None
                for r in said.itertuples()
            ],
            "Verdict": said.verdict,
            "Why": said.reason.where(said.reason != "", said.release.map(lambda r: f"release of {r}" if r else "")),
        }
    ).reset_index(drop=True)
