"""Today's answer, for the README and the national report: sentences built from the official figures.

`python -m workforce_ratings.answer` writes them between two marks in README.md; a test holds what stands there equal to
what the figures say, so that the answer cannot go stale.
"""

from __future__ import annotations

import sys

import pandas as pd

from workforce_ratings import panel, paths, press, publications, wording
from workforce_ratings.models import before_after, comparisons, forecast, margins, ordinal, specifications
from workforce_ratings.reconciliation import reconcile, summary
from workforce_ratings.vocabulary import CENSUS_RULES, FIVE, JUDGEMENTS

AS_AT = "2026-06-30"
TRAIN_BEFORE = "2022-01-01"
BEGIN, END = "<!-- answer: begin -->", "<!-- answer: end -->"


def sentences(as_at: str = AS_AT) -> list[str]:
    """The answer as a list of sentences: the finding, its size, the groups behind it, the press, published results."""
    linked = panel.ilacs_to_2025(panel.build(as_at))
    three = ordinal.fit(linked, "three")
    terms = ordinal.all_terms({"three": three})
    counts = linked.overall.value_counts()
    told = ", ".join(f"{counts[j]} {j}" for j in JUDGEMENTS)
    return [
        f"**{wording.judgement.plain_finding(terms)}**",
        f"{wording.judgement.model_headline(terms)} {wording.judgement.model_basis(terms, CENSUS_RULES['before'])}",
        *wording.judgement.of_hundred(margins.changes(three)),
        f"Of the {len(linked)} ILACS inspections to 31 March 2025 by overall judgement: {told}.",
        *[_gap(linked, measure) for measure in FIVE],
        after_inspection(as_at),
        next_judgement(as_at),
        *other_cuts(as_at),
        wording.articles.press_headline(summary(reconcile(press.claims(as_at), as_at))),
        wording.reports.published_results(publications.compare(as_at)),
    ]


def _gap(linked: pd.DataFrame, measure: str) -> str:
    """The difference of means of the extremes, with and without small workforces."""
    large = panel.without_small(linked)
    every, of_large = (comparisons.difference(rows, measure, "inadequate", "outstanding") for rows in (linked, large))
    without = wording.measures.gap_without_small(of_large, len(linked) - len(large))
    return f"{wording.measures.gap_sentence(every)} {without}".strip()


def after_inspection(as_at: str) -> str:
    """The other direction: the agency rate after an inspection judged inadequate, raw and held against others."""
    years_after = (1, 2)
    windows = panel.around(as_at, years_after)
    pool = before_after.uninspected(panel.censuses(as_at), panel.inspections(as_at), years_after)
    checks = before_after.together(
        matched=before_after.matched_changes(before_after.matched(windows, pool)),
        less_year_before=before_after.mean_changes(before_after.less_year_before(windows)),
        year_before=before_after.mean_changes(before_after.year_before(windows)),
    )
    ways = before_after.in_each_way(before_after.mean_changes(windows), checks, "agency_rate")
    return wording.before_after.agency_after(ways)


def next_judgement(as_at: str, train_before: str = TRAIN_BEFORE) -> str:
    """How well the next overall judgement can be forecast out of time."""
    linked = panel.ilacs_to_2025(panel.with_context(panel.build(as_at), as_at))
    trial = forecast.out_of_time(linked, "overall", train_before, as_at)
    skill = forecast.skill(trial)
    basis = wording.forecast.skill_basis(trial.train, trial.test, "overall", trial.train_before) if len(skill) else ""
    return f"{wording.forecast.skill_headline(skill)} {basis}".strip()


def other_cuts(as_at: str) -> list[str]:
    """What stays of the main model in every other specification near it, measure by measure, and where it does not."""
    before = panel.with_context(panel.build(as_at), as_at)
    inspections = specifications.inspections(before, panel.build(as_at, "published"), panel.censuses(as_at))
    listed = specifications.listed()
    table = specifications.fit(inspections, listed[listed.departures <= specifications.MOST_DEPARTURES])
    summarised = specifications.summary(table, specifications.NO_SHUFFLES)
    near = summarised[summarised["set"] == specifications.NEAR]
    unclear = [
        wording.specifications.unclear_sentence(specifications.unclear(table, row.measure), row)
        for _, row in near.iterrows()
    ]
    return [*wording.specifications.specification_sentences(near), *(sentence for sentence in unclear if sentence)]


def block(as_at: str = AS_AT) -> str:
    """The sentences as the Markdown list that stands in the README."""
    return "\n".join([f"As at {as_at}:", "", *(f"- {sentence}" for sentence in sentences(as_at))])


def between_marks(text: str) -> str:
    """What stands between the two marks of a README."""
    return text.split(BEGIN, 1)[1].split(END, 1)[0].strip()


def main() -> int:
    """Writes the answer into README.md."""
    readme = paths.PROJECT / "README.md"
    text = readme.read_text(encoding="utf-8")
    before, after = text.split(BEGIN, 1)[0], text.split(END, 1)[1]
    readme.write_text(f"{before}{BEGIN}\n\n{block()}\n\n{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
