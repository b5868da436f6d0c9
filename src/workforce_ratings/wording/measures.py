"""Sentences about the measures side by side for the four judgements: notebook 4."""

from __future__ import annotations

import pandas as pd

from workforce_ratings.vocabulary import CENSUS_RULES, JUDGEMENTS, MEASURES, MONTHS, SMALL_WORKFORCE_FTE
from workforce_ratings.wording.phrases import lower_label, number, plural, plus_minus, side, value


def gap_headline(gap: dict[str, float], first: str = "inadequate", second: str = "outstanding") -> str:
    """A chart's headline from comparisons.difference: which judgement had the higher mean, or that it is not clear."""
    label = MEASURES[gap["measure"]].label
    word = side(gap["ci_low"], gap["ci_high"])
    if pd.isna(gap["ci_low"]):
        return f"{label}: too few inspections to compare {first} and {second}"
    if not word:
        return f"{label}: no clear difference between {first} and {second}"
    return f"{label} was {word} where the judgement was {first} than {second}"


def gap_sentence(gap: dict[str, float], first: str = "inadequate", second: str = "outstanding") -> str:
    """The difference of two means with its interval, in the measure's unit."""
    measure = MEASURES[gap["measure"]]
    mean = f"mean {lower_label(measure.name).removeprefix('average ')}"
    if pd.isna(gap["difference"]):
        return f"Too few inspections were judged {first} or {second} to compare their {mean}."
    unit = "percentage points" if measure.unit == "%" else "cases"
    word = side(gap["ci_low"], gap["ci_high"])
    if not word:
        return (
            f"The {mean} of inspections judged {first} and {second} differed by "
            f"{plus_minus(gap['difference'], 1)} {unit} (95% "
            f"interval {plus_minus(gap['ci_low'], 1)} to {plus_minus(gap['ci_high'], 1)}), which is no clear "
            "difference."
        )
    near, far = sorted((abs(gap["ci_low"]), abs(gap["ci_high"])))
    return (
        f"The {mean} before inspections judged {first} was {abs(gap['difference']):.1f} {unit} {word} than "
        "before those "
        f"judged {second} (95% interval {near:.1f} to {far:.1f} {word})."
    )


def gap_without_small(gap: dict[str, float], left_out: int) -> str:
    """The same difference once inspections of small workforces are left out; “” where there were none."""
    if not left_out or pd.isna(gap["difference"]):
        return ""
    unit = "percentage points" if MEASURES[gap["measure"]].unit == "%" else "cases"
    return (
        f"Without the {number(left_out)} {plural(left_out, 'inspection', 'inspections')} of councils with fewer than "
        f"{SMALL_WORKFORCE_FTE} social workers in post (full-time equivalent) the difference is "
        f"{plus_minus(gap['difference'], 1)} {unit} "
        f"({plus_minus(gap['ci_low'], 1)} to {plus_minus(gap['ci_high'], 1)})."
    )


def alt_by_judgement(summary: pd.DataFrame, measure: str) -> str:
    rows = summary.query("measure == @measure").set_index("judgement")
    told = ", ".join(f"{j} {value(measure, rows['mean'][j])} (n {int(rows.n[j])})" for j in JUDGEMENTS if rows.n[j])
    return (
        f"Dot plot of the {lower_label(measure)} before each inspection, by judgement, with means and 95% intervals. "
        f"Means: {told}.{_overlap(rows)}"
    )


def _overlap(rows: pd.DataFrame) -> str:
    """Whether the middle halves of the first and the last judgement meet; “” where either has no figures."""
    first, last = rows.loc["inadequate"], rows.loc["outstanding"]
    if not (first.n and last.n):
        return ""
    apart = first.q1 > last.q3 or last.q1 > first.q3
    return f" The middle halves of inadequate and outstanding {'do not overlap' if apart else 'overlap'}."


def subtitle_by_judgement(linked: pd.DataFrame, summary: pd.DataFrame, measure: str, rule: str) -> str:
    """What the chart is: measure, unit, which census, and the inspections that have both measure and judgement."""
    m = MEASURES[measure]
    n = int(summary.query("measure == @measure").n.sum())
    return (
        f"{m.label} ({m.unit}) at {CENSUS_RULES[rule]}, England, {n} ILACS inspections {_span(linked)}; mean and 95% "
        f"interval, clustered by return unit"
    )


def _span(linked: pd.DataFrame) -> str:
    """From when to when the inspections began, in months."""
    first, last = linked.inspection_start.min(), linked.inspection_start.max()
    return f"begun {MONTHS[first.month - 1]} {first.year} to {MONTHS[last.month - 1]} {last.year}"


def caption_by_judgement(measure: str) -> str:
    m = MEASURES[measure]
    return f"{m.label} ({m.unit}) at the linked census, by judgement"


def subtitle_over_time(measure: str, table: pd.DataFrame) -> str:
    m = MEASURES[measure]
    return (
        f"Mean {lower_label(measure)} ({m.unit}) of councils by the overall judgement standing on the day, England, "
        f"censuses of 30 September {table.census.min()} to {table.census.max()}"
    )


def caption_over_time(measure: str) -> str:
    m = MEASURES[measure]
    nothing = "rate" if m.unit == "%" else "caseload"
    return (
        f"Mean {lower_label(measure)} ({m.unit}) by standing judgement, 95% interval and (number of councils). "
        "The intervals "
        f"are symmetric around the mean, so with few councils one can reach below 0, which no {nothing} can"
    )


def time_headline(gaps: pd.DataFrame, measure: str) -> str:
    """At how many of the censuses that can be compared the mean at inadequate councils was clearly above or below that at
    outstanding ones."""
    label = MEASURES[measure].label
    rows = gaps.query("measure == @measure").dropna(subset=["ci_low"])
    if rows.empty:
        return f"{label}: too few councils at inadequate or outstanding to compare"
    sides = [side(low, high) for low, high in zip(rows.ci_low, rows.ci_high, strict=True)]
    counts = {word: n for word, n in (("above", sides.count("higher")), ("below", sides.count("lower"))) if n}
    if not counts:
        return f"{label}: no clear difference between inadequate and outstanding at any census"
    first, *second = counts
    told = f"{first} outstanding at {number(counts[first])}"
    told += "".join(f", {word} at {number(counts[word])}" for word in second)
    of = f"{number(len(rows))} {plural(len(rows), 'census', 'censuses')} compared"
    return f"{label}: inadequate clearly {told} of {of}"


def alt_over_time(table: pd.DataFrame, measure: str) -> str:
    """Alt text of the chart over time: the span of censuses and the latest means."""
    rows = table.query("measure == @measure")
    last = int(rows.census.max())
    now = rows[rows.census == last].set_index("judgement")["mean"]
    told = ", ".join(f"{j} {value(measure, now[j])}" for j in JUDGEMENTS if j in now and pd.notna(now[j]))
    first = int(rows.census.min())
    return (
        f"Line chart of the mean {lower_label(measure)} of councils by the judgement standing at each census, "
        f"{first} to "
        f"{last}. In {last}: {told}."
    )
