"""Sentences about the specification curve: notebook 8."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from workforce_ratings.vocabulary import MEASURES, SMALL_WORKFORCE_FTE
from workforce_ratings.wording.phrases import lower_label, plural, plus_minus


def curve_title(row: pd.Series) -> str:
    """A headline for the curve of one measure, from a row of specifications.summary: neutral unless most specifications
    are clear on the same side."""
    label = MEASURES[row.measure].label
    for share, word in ((row.share_clearly_lower, "lower"), (row.share_clearly_higher, "higher")):
        if share > 0.5:
            return f"{label}: clearly with a {word} judgement in {_percent(share)} of specifications"
    return f"{label}: no clear difference in most specifications"


def subtitle_curve(row: pd.Series, inspections: pd.DataFrame) -> str:
    first, last = inspections.inspection_start.min().year, inspections.inspection_start.max().year
    return (
        f"Log odds of a better judgement per standard deviation of the {lower_label(row.measure)} (among workforces of "
        f"{SMALL_WORKFORCE_FTE} or more), with 95% intervals, in {row.estimated} specifications {row['set']}; "
        "inspections in "
        f"England begun {first} to {last}"
    )


def alt_curve(row: pd.Series) -> str:
    """Alt text of a specification curve: how many estimates, and how many lie clearly on either side."""
    main = "cannot be estimated" if pd.isna(row.main_effect) else f"gives {plus_minus(row.main_effect, 2)}"
    return (
        f"Specification curve: {row.estimated} estimates for the {lower_label(row.measure)} in rising order "
        "with their 95% "
        f"intervals beside a line at zero. Clearly below zero are {_percent(row.share_clearly_lower)}, clearly above "
        f"{_percent(row.share_clearly_higher)}; the median is {plus_minus(row.median_effect, 2)} and the main "
        f"specification {main}."
    )


def caption_curve(measure: str) -> str:
    return f"{MEASURES[measure].label}: estimates by choice, specifications drawn from all combinations"


def caption_grid(measure: str) -> str:
    return f"{MEASURES[measure].label}: estimates by linked census and what else is chosen (95% interval)"


def unit_of_the_curve() -> str:
    """Why the main specification stands a little off the coefficient of the chart of coefficients."""
    return (
        "The standard deviation of these estimates is that among inspections of councils with "
        f"{SMALL_WORKFORCE_FTE} or more "
        "social workers in post (full-time equivalent), as one council with a single social worker would widen "
        "it; that of "
        "the coefficients of both models is among all their inspections. So the same estimate can differ a "
        "little between the "
        "two charts."
    )


def specification_sentences(summarised: pd.DataFrame) -> list[str]:
    """What the curve says of each measure, near the main specification and anywhere: one sentence for each row."""
    return [_sentence(row) for _, row in summarised.iterrows()]


def _sentence(row: pd.Series) -> str:
    start = f"{MEASURES[row.measure].label}, specifications {row['set']}"
    if not row.estimated:
        return f"{start}: none of {row.specifications} can be estimated."
    told = (
        f"{start}: of {row.estimated:,} that can be estimated (of {row.specifications:,}; {row.distinct:,} different "
        "estimates), a higher figure goes clearly with a lower judgement in "
        f"{_percent(row.share_clearly_lower)}, clearly "
        f"with a higher one in {_percent(row.share_clearly_higher)}; the median estimate is "
        f"{plus_minus(row.median_effect, 2)} log odds "
        f"per standard deviation"
    )
    if pd.isna(row.share_by_chance):
        return f"{told}."
    return (
        f"{told}. With judgements shuffled, {_percent(row.share_by_chance)} would be clear on average, and so "
        "large a share "
        f"in {_share_of_shuffles(row.joint_p)} of shuffles."
    )


def _share_of_shuffles(p: float) -> str:
    return f"fewer than {p + 0.0005:.1%}" if p < 0.01 else f"{p:.0%}"


def _percent(share: float) -> str:
    """A share in percent: hardly any is never told as none, nor nearly all as all."""
    if 0 < share < 0.01:
        return "under 1%"
    return "over 99%" if 0.99 < share < 1 else f"{share:.0%}"


def unclear_sentence(options: pd.DataFrame, row: pd.Series) -> str:
    """With which choices an association near the main specification is no longer clear, from specifications.unclear and a
    row of specifications.summary; “” unless most of the estimates are clear."""
    clear = row.share_clearly_lower + row.share_clearly_higher
    found = options[options.unclear > 0].head(MOST_NAMED)
    if not clear > 0.5 or found.empty:
        return ""
    told = "; ".join(f"{_option(o)} ({o.unclear} of {o.estimated})" for o in found.itertuples())
    count = round(row.estimated * (1 - clear))
    return (
        f"{MEASURES[row.measure].label}: {count} of {row.estimated} estimates {plural(count, 'is', 'are')} not clear. "
        f"Choices they come with, often two together: {told}."
    )


MOST_NAMED = 5
# Options in a reader's words, where their own name does not say enough.
OPTIONS = {
    "alone": "one measure alone",
    "five": "five measures",
    "headcount": "headcounts",
    "published": "the latest census published by then",
    "earlier": "the census before the latest",
    "mean of two": "the mean of two censuses",
    "above inadequate": "the cut at above inadequate",
    "good or outstanding": "the cut at good or outstanding",
    "outstanding": "the cut at outstanding",
    "previous": "the previous judgement held equal",
    "year": "the year held equal",
    "deprivation": "deprivation held equal",
    "size": "the number of children held equal",
    "region": "the region held equal",
    "all": "all of these held equal",
    "before 2022": "inspections before 2022",
    "from 2022": "inspections from 2022",
}


def _option(row: NamedTuple) -> str:
    return OPTIONS.get(row.option, f"{row.choice.replace('_', ' ')} {row.option}")


def honest_null(nothing: pd.DataFrame, level: float = 0.05) -> str:
    """Whether shuffled judgements give as many small p values as they should, from specifications.shuffled of the main
    specification."""
    if nothing.empty:
        return "The inspections up to this day are too few to see what shuffled judgements would give."
    shares = nothing.groupby("measure", sort=False).significant.mean()
    told = ", ".join(f"{lower_label(m)} {100 * share:.1f}%" for m, share in shares.items())
    return (
        f"Of {nothing.shuffle.nunique():,} shuffles of the judgement the main specification finds p below "
        f"{level:g} in: "
        f"{told}. Honest intervals give {level:.0%}; a share above that means intervals that are somewhat too narrow."
    )


def choices_count(table: pd.DataFrame) -> str:
    """How many specifications there are and how many could be estimated."""
    by = table.groupby("specification").agg(known=("coef", "count"), departures=("departures", "first"))
    near = by[by.departures <= 2]
    return (
        f"{len(by):,} specifications: the main one, {len(near) - 1} that depart from it in one or two choices, and "
        f"{len(by) - len(near):,} drawn at random from all combinations. {int((by.known > 0).sum()):,} can be "
        "estimated; the "
        f"others have too few inspections for their columns, or a likelihood without a maximum, and stand in the table "
        f"with the reason."
    )
