"""Sentences about what articles say, and how it stands to the official series: notebooks 1 and 3."""

from __future__ import annotations

import pandas as pd

from workforce_ratings.vocabulary import MEASURES, MONTHS, long_date
from workforce_ratings.wording.phrases import listed, number, p_value, plural, plus_minus


def _checked(summary: pd.DataFrame) -> tuple[pd.Series, int, int]:
    """Claims by verdict (figures and judgements together), how many can be checked, and how many of those agree."""
    counts = (summary.figures + summary.judgements).set_axis(summary.verdict)
    checked = int(counts.sum() - counts["not comparable"] - counts["not in the series"])
    return counts, checked, int(counts["exact"] + counts["rounded"] + counts["revised"])


def press_headline(summary: pd.DataFrame) -> str:
    """How the figures and judgements of the articles that can be checked stand to the official ones."""
    counts, checked, agree = _checked(summary)
    if not checked:
        return "None of the articles' figures can be set beside an official one."
    outside, differ = int(counts.sum() - checked), int(counts["differs"])
    kinds = {"exact": "exactly", "rounded": "rounded", "revised": "with an earlier release"}
    told = listed([f"{int(counts[verdict])} {words}" for verdict, words in kinds.items() if counts[verdict]])
    return (
        f"Of {checked} {plural(checked, 'figure or judgement', 'figures and judgements')} that can be checked, {agree} "
        f"{plural(agree, 'agrees', 'agree')} with an official release{f' ({told})' if told else ''} and "
        f"{number(differ) if differ else 'none'} {plural(differ, 'differs', 'differ')}; "
        f"{outside} {plural(outside, 'has', 'have')} nothing official to be set beside."
    )


def press_title(summary: pd.DataFrame) -> str:
    """A chart's headline: how many of the claims that can be checked agree with an official release."""
    _, checked, agree = _checked(summary)
    return (
        f"{agree} of {checked} checkable {plural(checked, 'claim', 'claims')} {plural(agree, 'agrees', 'agree')} "
        f"with an official release"
    )


def alt_verdicts(summary: pd.DataFrame) -> str:
    told = ", ".join(f"{r.verdict} {r.figures + r.judgements}" for r in summary.itertuples())
    return f"Bar chart of how many figures and judgements in articles have each verdict: {told}."


def stories_read(stories: pd.DataFrame) -> str:
    """How many articles were read, from what, and what became of copies and of files that cannot be read."""
    kept = stories.query("role == 'kept'")
    texts = int((kept.read_from == "article").sum())
    merged, unread = int(stories.role.isin(["copy", "superseded"]).sum()), int((stories.role == "unreadable").sum())
    return (
        f"{len(kept)} {plural(len(kept), 'article', 'articles')} read: {texts} from "
        f"{plural(texts, 'its', 'their')} own text "
        f"and {len(kept) - texts} from digests in our own words. {merged} {plural(merged, 'file', 'files')} "
        "told a story "
        f"that another tells better, and {unread} could not be read."
    )


def claims_read(table: pd.DataFrame) -> str:
    """How many claims were read, of how many articles, and what of them can be checked."""
    if not len(table):
        return "No claim was read."
    return (
        f"{len(table)} claims of {table.article.nunique()} articles: {int(table.census.notna().sum())} belong "
        "to a census, "
        f"{int((table.judgement != '').sum())} are judgements, {int((table.kind != '').sum())} name the kind of "
        "a visit, "
        f"and {int(table.hedged.sum())} are hedged."
    )


def reading_agreement(agreement: pd.DataFrame) -> str:
    """How well the reading agrees with the facts coded by hand, over all labelled indicators."""
    row = agreement.set_index("indicator").loc["all"]
    if not row.facts:
        return "None of the articles at hand has facts coded by hand to hold the reading against."
    return (
        f"Of {int(row.found + row.missed)} facts coded by hand in these articles the reading found {int(row.found)}; "
        f"{int(row.wrong)} of its claims {plural(int(row.wrong), 'is', 'are')} not among them (F1 "
        f"{row.f1:.2f}). The rules were "
        f"written with these articles at hand: on articles they have not seen, expect less (see benchmarks/README.md)."
    )


def themes_read(table: pd.DataFrame) -> str:
    """The theme told of in most articles, and how often as strain."""
    present = table[table.present]
    if not len(present):
        return "No theme was found."
    most = present.theme.value_counts()
    strain = int(present.query("theme == @most.index[0]").direction.isin(["strain", "mixed"]).sum())
    return (
        f"{most.index[0].replace('_', ' ').capitalize()} is told of in most articles ({most.iloc[0]} of "
        f"{table.article.nunique()}), in {strain} as a strain."
    )


BOUND_WORDS = {"=": "", "<": "under ", ">": "over ", "~": "about "}


def claim(told: object, bound: str, unit: str) -> str:
    """What an article or a series says, with its hedge and unit: “over 90%”, “£3.5 million”, “good”."""
    if isinstance(told, str):
        return told
    unit = {"people": "person", "months": "month", "years": "year"}.get(unit, unit) if told == 1 else unit
    figure = (
        f"{told:g}%" if unit.startswith("%") else f"£{told:g} million" if unit == "£ million" else f"{told:g} {unit}"
    )
    rest = unit.removeprefix("%") if unit.startswith("%") else ""
    return f"{BOUND_WORDS[bound]}{figure}{rest}"


INDICATOR_WORDS = {
    "caseload_average": "average caseload",
    "caseload_max": "highest caseload",
    "leaders_judgement": "judgement of leaders",
    "in_care_judgement": "judgement of children in care",
    "case_sample_concern": "cases sampled that raised concern",
    "leaders_changed": "changes of leaders",
    "money": "spending",
}


def indicator(name: str, scope: str) -> str:
    """An indicator's name for readers, with the part of the workforce or service it is of."""
    plain = INDICATOR_WORDS.get(name, name.replace("_", " "))
    return f"{plain[0].upper()}{plain[1:]}{f' ({scope})' if scope else ''}"


def article_name(digest: pd.Series) -> str:
    """An article by publisher and date as exactly as it is known: “Community Care, January 2022”.

    A text of the reader's own, which has no digest, goes by the name of its file.
    """
    if pd.isna(digest.publisher):
        return f"{digest.name}, {long_date(digest.published_by)}" if pd.notna(digest.published_by) else str(digest.name)
    parts = str(digest.date).split("-")
    month = f"{MONTHS[int(parts[1]) - 1]} " if len(parts) > 1 else ""
    day = f"{int(parts[2])} " if len(parts) > 2 else ""
    publisher = f"{digest.credited_to} (reposted)" if pd.notna(digest.credited_to) else digest.publisher
    return f"{publisher}, {day}{month}{parts[0]}"


def article_model(results: pd.DataFrame) -> list[str]:
    """What the articles alone can show of each measure, and how little that is."""
    sentences = []
    for row in results.itertuples():
        label = MEASURES[row.measure].label
        if row.reason:
            sentences.append(f"{label}: no answer, as {row.reason}.")
            continue
        clear = "a clear ordering" if row.p < 0.05 else "no clear ordering"
        sentences.append(
            f"{label}: {row.n} councils' figures come with a judgement; {clear} (Kendall's tau "
            f"{plus_minus(row.tau, 2)}, permutation p = "
            f"{p_value(row.p)}; the smallest p that {row.n} such figures could give is {p_value(row.smallest_p)})."
        )
        if pd.notna(row.power):
            of_100 = (
                f"about {100 * row.power:.0f} would show one." if row.power >= 0.005 else "hardly one would show it."
            )
            sentences[-1] += f" Of 100 equally small draws from the official inspections, {of_100}"
    return sentences
