"""Today's answer, for the README: sentences built from the official figures, with numerators and intervals.

`python -m workforce_ratings.answer` writes them between two marks in README.md; a test holds what stands there equal to
what the figures say, so that the answer cannot go stale.
"""

from __future__ import annotations

import sys

from workforce_ratings import panel, paths, press, publications, wording
from workforce_ratings.models import comparisons, margins, ordinal
from workforce_ratings.reconciliation import reconcile, summary
from workforce_ratings.vocabulary import CENSUS_RULES, FIVE, JUDGEMENTS

AS_AT = "2026-06-30"
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
        *[wording.measures.gap_sentence(comparisons.difference(linked, m, "inadequate", "outstanding")) for m in FIVE],
        wording.articles.press_headline(summary(reconcile(press.claims(as_at), as_at))),
        wording.reports.published_results(publications.compare(as_at)),
    ]


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
