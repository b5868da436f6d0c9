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
from workforce_ratings.vocabulary import AS_AT, CENSUS_RULES, FIVE, JUDGEMENTS

YEARS_AFTER = (1, 2)
BEGIN, END = "<!-- answer: begin -->", "<!-- answer: end -->"


def sentences(as_at: str = AS_AT) -> list[str]:
    """The answer as a list of sentences: the finding, its size, the groups behind it, the press, published results.

    The national report shows the same results as charts, from the same functions.
    """
    linked = panel.ilacs_to_2025(panel.build(as_at))
    three = ordinal.fit(linked, "three")
    terms = ordinal.all_terms({"three": three})
    counts = linked.overall.value_counts()
    told = ", ".join(f"{counts[j]} {j}" for j in JUDGEMENTS)
    trial = forecast_trial(as_at)
    _, table, near = near_specifications(as_at)
    return [
        f"**{wording.judgement.plain_finding(terms)}**",
        f"{wording.judgement.model_headline(terms)} {wording.judgement.model_basis(terms, CENSUS_RULES['before'])}",
        *wording.judgement.of_hundred(margins.changes(three)),
        f"Of the {len(linked)} ILACS inspections to 31 March 2025 by overall judgement: {told}.",
        *[_gap(linked, measure) for measure in FIVE],
        wording.before_after.agency_after(before_after.in_each_way(*changes_after(as_at), "agency_rate")),
        next_judgement(trial, forecast.skill(trial)),
        *other_cuts(table, near),
        wording.articles.press_headline(summary(reconcile(press.claims(as_at), as_at))),
        wording.reports.published_results(publications.compare(as_at)),
    ]


def _gap(linked: pd.DataFrame, measure: str) -> str:
    """The difference of means of the extremes, with and without small workforces."""
    large = panel.without_small(linked)
    every, of_large = (comparisons.difference(rows, measure, "inadequate", "outstanding") for rows in (linked, large))
    without = wording.measures.gap_without_small(of_large, len(linked) - len(large))
    return f"{wording.measures.gap_sentence(every)} {without}".strip()


def changes_after(as_at: str, judgement: str = "overall") -> tuple[pd.DataFrame, pd.DataFrame]:
    """The other direction: mean changes of each measure after inspections (before_after.mean_changes), and what they are
    held against (before_after.together), for each way of telling one change."""
    windows = panel.around(as_at, YEARS_AFTER)
    pool = before_after.uninspected(panel.censuses(as_at), panel.inspections(as_at), YEARS_AFTER)
    pairs = {"matched": ("before",), "matched_both": ("before", "change_before")}
    others = {
        "early": before_after.begun_early(windows),
        "less_year_before": before_after.less_year_before(windows),
        "year_before": before_after.year_before(windows),
    }
    checks = before_after.together(
        **{name: before_after.mean_changes(rows, judgement) for name, rows in others.items()},
        **{
            name: before_after.matched_changes(before_after.matched(windows, pool, on=on), judgement)
            for name, on in pairs.items()
        },
    )
    return before_after.mean_changes(windows, judgement), checks


def forecast_trial(as_at: str, judgement: str = "overall", train_before: str = forecast.TRAIN_BEFORE) -> forecast.Trial:
    """Forecasts of the next judgement tried out of time."""
    linked = panel.ilacs_to_2025(panel.with_context(panel.build(as_at), as_at))
    return forecast.out_of_time(linked, judgement, train_before, as_at)


def next_judgement(trial: forecast.Trial, skill: pd.DataFrame) -> str:
    """How well the next judgement can be forecast, from a trial and forecast.skill of it."""
    basis = (
        wording.forecast.skill_basis(trial.train, trial.test, trial.judgement, trial.train_before) if len(skill) else ""
    )
    return f"{wording.forecast.skill_headline(skill)} {basis}".strip()


def near_specifications(as_at: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The inspections of the specification curve, every estimate in the main specification and in those near it
    (specifications.fit), and one row per measure that sums them up (specifications.summary)."""
    before = panel.with_context(panel.build(as_at), as_at)
    inspections = specifications.inspections(before, panel.build(as_at, "published"), panel.censuses(as_at))
    listed = specifications.listed()
    table = specifications.fit(inspections, listed[listed.departures <= specifications.MOST_DEPARTURES])
    summarised = specifications.summary(table, specifications.NO_SHUFFLES)
    return inspections, table, summarised[summarised["set"] == specifications.NEAR]


def other_cuts(table: pd.DataFrame, near: pd.DataFrame) -> list[str]:
    """What stays of the main model in every other specification near it, measure by measure, and where it does not.
    `table` and `near` are near_specifications'."""
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
