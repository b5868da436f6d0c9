"""The results of the benchmark as Markdown: ratios to the suite first, then each set, each indicator, and the speed."""

from __future__ import annotations

import os
import statistics
from dataclasses import dataclass, field

from scoring import INDICATORS, Score

SUITE = "this suite"
_SCORES = ("precision", "recall", "F1", "spans right", "bounds right")


@dataclass
class Results:
    """What one run measured.

    `scores` by reader, then by set; `seconds` by reader, one per repeat over all articles; `notes` tells a reader's version,
    or that it is not installed. `groups` joins sets; `seen` says which sets the suite's rules were tuned with.
    `thinned` has by set the score of leaving out each article's own terms, and `taught` how many those were per article.
    """

    groups: dict[str, list[str]]
    seen: dict[str, bool]
    articles: dict[str, int]
    notes: dict[str, str] = field(default_factory=dict)
    scores: dict[str, dict[str, Score]] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    thinned: dict[str, Score] = field(default_factory=dict)
    taught: dict[str, list[int]] = field(default_factory=dict)

    def pooled(self, reader: str, group: str) -> Score:
        """A reader's score over all articles of a group of sets."""
        return sum((self.scores[reader][name] for name in self.groups[group]), Score())

    def speed(self, reader: str) -> float:
        """Articles a second: the median of the repeats."""
        return sum(self.articles.values()) / statistics.median(self.seconds[reader])

    def count(self, group: str) -> int:
        return sum(self.articles[name] for name in self.groups[group])


def written(results: Results) -> str:
    """All tables, each under a heading, as Markdown."""
    parts = [_ratios(results), _speed(results), _sets(results)]
    parts += [_indicators(results, group) for group in results.groups]
    return "\n\n".join([*parts, _leave_one_out(results)])


def _ratios(results: Results) -> str:
    head = ["article sets", "reader", *_SCORES]
    rows = []
    for group in results.groups:
        suite = _figures(results.pooled(SUITE, group))
        for reader in results.scores:
            if reader != SUITE:
                figures = _figures(results.pooled(reader, group))
                rows.append([group, reader, *(f"{f / s:.2f}" for f, s in zip(figures, suite, strict=True))])
    for reader, note in results.notes.items():
        rows.append(["", f"{reader}: {note}", *[""] * len(_SCORES)])
    return f"### Beside the suite: each figure divided by the suite's own\n\n{_table(head, rows)}"


def _speed(results: Results) -> str:
    suite = results.speed(SUITE)
    rows = [[r, f"{results.speed(r) / suite:.2f}", f"{results.speed(r):.0f}"] for r in results.scores]
    repeats = len(results.seconds[SUITE])
    words = (
        f"Median of {repeats} repeats over {sum(results.articles.values())} articles, reading the files included, one "
        f"process, after one round that is not timed; on the machine of this run: {os.cpu_count()} cores."
    )
    return f"### Speed\n\n{words}\n\n{_table(['reader', 'ratio to the suite', 'articles a second'], rows)}"


def _sets(results: Results) -> str:
    head = ["set", "seen", "articles", "facts", "reader", *_SCORES]
    rows = []
    for name, count in results.articles.items():
        for reader, scores in results.scores.items():
            seen = "yes" if results.seen[name] else "no"
            rows.append([name, seen, count, scores[name].facts(), reader, *_decimals(_figures(scores[name]))])
    words = "Seen: the suite's rules were tuned with the set at hand, so its figures there flatter it."
    return f"### Each set\n\n{words}\n\n{_table(head, rows)}"


def _indicators(results: Results, group: str) -> str:
    head = ["indicator", "facts", *results.scores]
    pooled = {reader: results.pooled(reader, group) for reader in results.scores}
    rows = []
    for indicator in ("", *INDICATORS):
        cells = [_decimals([s.precision(indicator), s.recall(indicator), s.f1(indicator)]) for s in pooled.values()]
        name = indicator or "all"
        rows.append([name, pooled[SUITE].facts(indicator), *(" / ".join(cell) for cell in cells)])
    words = f"Precision / recall / F1 over {results.count(group)} articles."
    return f"### Each indicator: {group}\n\n{words}\n\n{_table(head, rows)}"


def _leave_one_out(results: Results) -> str:
    head = ["set", "terms left out per article (median)", "F1 with them", "F1 without", "precision", "recall"]
    rows = []
    for name, without in results.thinned.items():
        figures = _decimals([results.scores[SUITE][name].f1(), without.f1(), without.precision(), without.recall()])
        rows.append([name, f"{statistics.median(results.taught[name]):.0f}", *figures])
    words = (
        "Each article is read by the suite without the terms of `data/articles/terms.yml` that occur, of its set, in it "
        "alone. For a seen set this shows how far the word lists carry over to articles they were not written for. It "
        "cannot show how far the grammar that joins words to figures does: that has seen the article, and only an unseen "
        "set tells. No term was taken from an unseen set, so its row shows what the mere lack of such terms costs."
    )
    return f"### Leave-one-out\n\n{words}\n\n{_table(head, rows)}"


def _figures(score: Score) -> list[float]:
    return [score.precision(), score.recall(), score.f1(), score.spans_right, score.bounds_right]


def _decimals(figures: list[float]) -> list[str]:
    return [f"{figure:.3f}" for figure in figures]


def _table(head: list[str], rows: list[list]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
