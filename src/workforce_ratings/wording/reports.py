"""What every report says: limits, how to read it, definitions, sources, coverage and published results."""

from __future__ import annotations

import pandas as pd

from workforce_ratings.vocabulary import AS_AT, MEASURES, long_date, minus_signs, publication_date
from workforce_ratings.wording.phrases import number, plural


def coverage_read(covered: pd.DataFrame, revised: pd.DataFrame) -> str:
    """How much of the five measures has a number, and how many council figures later releases changed."""
    cells, numbers = int(covered.return_units.sum()), int(covered.numbers.sum())
    councils = revised.query("level == 'council'")
    return (
        f"Of {cells:,} council figures of the five measures, {numbers:,} are numbers "
        f"({100 * numbers / cells:.1f}%) and "
        f"{cells - numbers} are markers. Against the earlier releases at hand, {len(councils)} council figures "
        "differ in "
        f"the latest."
    )


def published_results(published: pd.DataFrame) -> str:
    """How many published results come out again within their tolerance, how many of those are further off than rounding,
    and which do not; the others are in the table."""
    missed = published[~published.agrees]
    if published.empty:
        return "None of the published results is as old as this report."
    agree = int(published.agrees.sum())
    near = int((published.agrees & ~published.exact).sum())
    same = int(published.note.str.contains("read from the file that published it").sum())
    apart = (
        [f"{number(near)} of them further off than rounding alone, but within a tolerance set beforehand"]
        if near
        else []
    )
    apart += [f"{number(same)} read from a file of the very series that published them"] if same else []
    told = (
        f"{agree} of {len(published)} published results {plural(agree, 'comes', 'come')} out again within "
        f"{plural(agree, 'its', 'their')} tolerance{' (' * bool(apart)}{'; '.join(apart)}{')' * bool(apart)}"
    )
    if missed.empty:
        return f"{told}."
    return f"{told}; {number(len(missed))} {plural(len(missed), 'does', 'do')} not: {_beside(missed)}."


def _beside(rows: pd.DataFrame) -> str:
    told = "; ".join(f"{r.quantity} (published {r.published:g}, here {r.reproduced:.4g})" for r in rows.itertuples())
    return minus_signs(told)


# Each with the day from which it can be said: a report as at an earlier day must not know of it.
LIMITS = [
    (
        "2013-01-01",
        "These are associations among councils that were inspected. They do not say what would happen to a "
        "judgement if "
        "staffing changed, nor which came first: staff may also leave after a low judgement.",
    ),
    (
        "2013-01-01",
        "A pattern across councils says nothing about single social workers, teams, families or children (the "
        "ecological "
        "fallacy), and another division of the map could give another pattern.",
    ),
    (
        "2013-01-01",
        "Inspections are not timed at random: councils judged lower are inspected more often.",
    ),
    (
        "2021-10-01",
        "Routine inspections stopped in March 2020: no full inspection began between 10 March 2020 and 27 June 2021.",
    ),
    (
        "2013-01-01",
        "Intervals cover chance only. They do not cover revised figures, imputed totals, changed definitions (the "
        "collection changed in 2017) or differences in how councils count.",
    ),
    (
        "2013-01-01",
        "Five measures are compared without correction for their number: were none associated with the "
        "judgement, at least "
        "one would still look clear by chance in up to 23 of 100 such sets (1 less 0.95 to the fifth power).",
    ),
    (
        "2025-10-01",
        "New statutory guidance on agency workers applied from 31 October 2024: how much of a change in agency "
        "rates between "
        "the censuses of 2024 and 2025 goes with it, these figures cannot say.",
    ),
]


HOW_TO_READ = [
    (
        "2013-01-01",
        "A rate or caseload is of the census of 30 September; turnover and absence are of the year to that "
        "day. Rates are "
        "full-time equivalent.",
    ),
    (
        "2013-01-01",
        "“No clear difference” means that the 95% interval spans no difference. It does not mean that there is none.",
    ),
    (
        "2013-01-01",
        "Letters in square brackets stand where DfE printed no number: [c] suppressed, [x] not available, [z] not "
        "applicable, [u] low reliability, [low] rounds to 0 but is not 0.",
    ),
    (
        "2013-01-01",
        "The usual range for a council of its size lies between the 95% limits of a funnel plot around the councils' pooled "
        "figure, widened for over-dispersion: councils differ by more than chance (Spiegelhalter 2005, additive). Within it "
        "there is no evidence of a difference, which is not the same as being average. Where nothing is unusual one council "
        "in 20 still lies outside on each measure. Workforces under 30 are not placed.",
    ),
    (
        "2013-01-01",
        "A council's figures are counts of a whole workforce, not of a sample, so they have no interval of "
        "their own. What "
        "chance, and the usual spread between councils, could make of them is in the usual range.",
    ),
    ("2013-01-01", "Judgements run from inadequate through requires improvement and good to outstanding."),
    (
        "2013-01-01",
        "Inspections are those of a whole council (full, standard or short). Focused and monitoring visits give no judgement "
        "on these scales and are not counted.",
    ),
    ("2026-04-01", "Inspections begun since 1 April 2026 give no overall judgement."),
]


def limits(as_at: str) -> list[str]:
    """What must not be concluded, as far as it was known on a day."""
    return [text for since, text in LIMITS if since <= as_at]


def how_to_read(as_at: str) -> list[str]:
    """What a reader needs for the figures, as far as it was known on a day."""
    return [text for since, text in HOW_TO_READ if since <= as_at]


def as_at_sentence(as_at: str, release: int) -> str:
    """The report's day and the release its workforce figures are of; honest where only a later release is at hand."""
    told = (
        f"As at {long_date(pd.Timestamp(as_at))}: no census or inspection published later is used. Workforce "
        "figures are "
        f"as DfE's release of {release} gives them"
    )
    if publication_date(release) > pd.Timestamp(as_at):
        return f"{told}, the earliest at hand: it is later than this day, and may have revised them."
    return f"{told}."


def definitions() -> list[str]:
    """Each measure with its definition."""
    return [f"{m.label}: {m.definition}." for m in MEASURES.values()]


# Findings of others that stand beside ours in words, as they are not to be had from public data alone.
OTHER_FINDINGS = [
    (
        "2021-12-31",
        "Hood and Goldacre (2021) report that agency use rises steeply after an inadequate judgement: the path from "
        "judgement to staffing, which notebook 6 follows.",
    ),
    (
        "2020-12-31",
        "Wilkins and Antonopoulou (2018, 2020) report deprivation as the best single predictor of a judgement; "
        "notebook "
        "7 tries a forecast by deprivation alone, and notebook 5 holds it equal.",
    ),
    (
        "2022-12-31",
        "Webb, Bennett and Bywaters (2022) report lower odds of good or outstanding for more deprived councils.",
    ),
    ("2016-12-31", "The National Audit Office (2016) reports higher agency use at inadequate than at good councils."),
]


def other_findings(as_at: str) -> list[str]:
    """What others found, as far as it was published by a day."""
    return [text for since, text in OTHER_FINDINGS if since <= as_at]


def sources(twins: pd.DataFrame, as_at: str = AS_AT) -> pd.DataFrame:
    """The table of sources: publisher, title, release, date, licence and address of each file.

    A file published later than a day, of which only what belongs to that day is taken, stands without its later dates.
    """
    names = {
        "publisher": "Publisher",
        "title": "Title",
        "release": "Release",
        "published": "Published",
        "licence": "Licence",
        "address": "Address",
    }
    rows = twins.drop_duplicates("file")[list(names)]
    later = rows.published > as_at
    dated = {"title": rows.title.str.replace(_YEARS, "", regex=True), "release": LATER, "published": LATER}
    rows = rows.assign(**{name: rows[name].mask(later, shown) for name, shown in dated.items()})
    return rows.drop_duplicates().sort_values(["publisher", "title"], ignore_index=True).rename(columns=names)


# What a file's title says of the years it is of.
_YEARS = r",? (as at \d+ \w+ )?(20\d\d to )?20\d\d\b( \(.*\))?"
LATER = "later than this day"


LICENCE = (
    "Sources: Department for Education, Children's social work workforce; Ofsted, Local authority inspection "
    "outcomes and "
    "inspection reports; both under the Open Government Licence v3.0."
)
