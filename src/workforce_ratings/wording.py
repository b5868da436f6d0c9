"""Sentences built from results. Each is neutral where the interval spans no difference, and none says that one thing
brings about another: inspections and staffing are observed side by side, and either may come before the other.

A function takes results (frames, rows, numbers) and returns a sentence or a few. Nothing here looks at data itself.
"""

from __future__ import annotations

import pandas as pd

from workforce_ratings.vocabulary import (
    CENSUS_RULES,
    JUDGED,
    JUDGEMENTS,
    MEASURES,
    MONTHS,
    SMALL_WORKFORCE_FTE,
    long_date,
    marked,
    one_decimal,
    publication_date,
)

# Words of cause and of doing well or badly that no generated sentence may hold; a test reads every one.
BARRED = (
    "causes",
    "caused",
    "because of",
    "due to",
    "leads to",
    "led to",
    "results in",
    "drives",
    "driven by",
    "impact of agency",
    "impact of turnover",
    "effect of",
    "effects of",
    "improves",
    "worsens",
    "thanks to",
    "underperform",
    "performed",
    "league table",
)
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def number(count: int) -> str:
    return NUMBERS[count] if 0 <= count < len(NUMBERS) else f"{count:,}"


def value(measure: str, figure: float) -> str:
    """A figure with its unit: “28.7%”, “14.6 cases”."""
    return f"{one_decimal(figure)}%" if MEASURES[measure].unit == "%" else f"{one_decimal(figure)} cases"


def listed(words: list[str]) -> str:
    """“a”, “a and b”, “a, b and c”."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def plural(count: int, one: str, several: str) -> str:
    return one if count == 1 else several


def possessive(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def lower_label(measure: str) -> str:
    label = MEASURES[measure].label
    return label[0].lower() + label[1:]


def side(low: float, high: float) -> str:
    """“higher” or “lower” where an interval of a difference is clear of zero, “” where it spans no difference."""
    if pd.isna(low) or pd.isna(high) or low <= 0 <= high:
        return ""
    return "higher" if low > 0 else "lower"


# --- the model of the judgement -----------------------------------------------------------------------------------


def model_headline(terms: pd.DataFrame) -> str:
    """The main finding, from the terms of one model: which measures go with a lower judgement, and which show nothing."""
    if terms.empty:
        return "The inspections up to this day are too few for a model."
    rows = terms[terms.term.isin(list(MEASURES))].set_index("term")
    signs = {measure: side(row.ci_low, row.ci_high) for measure, row in rows.iterrows()}
    worse = [f"a higher {lower_label(m)}" for m, s in signs.items() if s == "lower"]
    better = [f"a higher {lower_label(m)}" for m, s in signs.items() if s == "higher"]
    unclear = [lower_label(m) for m, s in signs.items() if not s]
    parts = []
    if worse:
        parts.append(f"{listed(worse)} before an inspection went with a lower judgement")
    if better:
        parts.append(f"{listed(better)} before an inspection went with a higher judgement")
    if unclear:
        parts.append(f"{listed(unclear)} showed no clear difference once the others are held equal")
    sentence = "; ".join(parts)
    return sentence[0].upper() + sentence[1:] + "."


PLAIN = {
    "agency_rate": "more of the social workers came from agencies",
    "turnover_rate": "more social workers left in the year",
    "vacancy_rate": "more posts were vacant",
    "absence_rate": "more working days were lost to sickness",
    "caseload": "each social worker held more cases",
}


def plain_finding(terms: pd.DataFrame) -> str:
    """The finding of one model without its terms: what councils had before a lower, or a higher, judgement."""
    rows = terms[terms.term.isin(list(MEASURES))].set_index("term")
    told = []
    for sign, words in (("lower", "a lower"), ("higher", "a higher")):
        clear = [PLAIN[m] for m, row in rows.iterrows() if side(row.ci_low, row.ci_high) == sign]
        if clear:
            told.append(
                f"Councils where {', or where '.join(clear)} before an inspection more often got {words} judgement."
            )
    unclear = [lower_label(m) for m, row in rows.iterrows() if not side(row.ci_low, row.ci_high)]
    if unclear:
        told.append(f"For {listed(unclear)} nothing clear shows once the others are held equal.")
    return " ".join([*told, "None of this says why, and a low judgement may come first."])


def without_small(terms: pd.DataFrame, left_out: int) -> str:
    """The finding once inspections of small workforces are left out: one council can turn a weak association round."""
    if terms.empty or not left_out:
        return ""
    told = ", ".join(
        f"{lower_label(r.term)} {r.coef:+.3f} ({r.ci_low:+.3f} to {r.ci_high:+.3f})"
        for r in terms[terms.term.isin(list(MEASURES))].itertuples()
    )
    return (
        f"Without the {left_out} inspections of councils with fewer than {SMALL_WORKFORCE_FTE} social workers in post "
        f"(full-time equivalent), the coefficients are {told}: {model_headline(terms)}"
    )


def model_basis(terms: pd.DataFrame, rule: str) -> str:
    """What the model is of: judgement, number of measures, inspections and councils, and which census."""
    if terms.empty:
        return ""
    first = terms.iloc[0]
    return (
        f"An ordinal logit of the judgement of {JUDGED[first.judgement]} on {number(sum(terms.term.isin(list(MEASURES))))} "
        f"measures, n = {first.n} inspections of {first.councils} councils, each with {rule}."
    )


def of_hundred(changes: pd.DataFrame) -> list[str]:
    """A model's average changes in words: of 100 inspections, how many good or outstanding, as they were and where a
    measure is a step higher. One sentence per row of ordinal.changes."""
    return [_of_hundred(row) for row in changes.to_dict("records")]


def _of_hundred(change: dict[str, float]) -> str:
    measure = MEASURES[change["measure"]]
    fewer = -100 * change["change"]
    low, high = sorted((-100 * change["ci_low"], -100 * change["ci_high"]))
    start = (
        f"Of 100 inspections like the {change['n']} in the model, it expects {100 * change['observed']:.0f} good or "
        f"outstanding; among like inspections with the {lower_label(measure.name)} {measure.step_words} higher and the "
        f"other measures equal, the estimate is {100 * change['moved']:.0f}"
    )
    if not change["clear"]:
        return f"{start}: no clear difference (95% interval from {_more_or_fewer(low)} to {_more_or_fewer(high)})."
    word = "fewer" if fewer > 0 else "more"
    if low <= 0 <= high:
        return f"{start}, {abs(fewer):.0f} {word} (95% interval from {_more_or_fewer(low)} to {_more_or_fewer(high)})."
    near, far = sorted((abs(low), abs(high)))
    return f"{start}, {abs(fewer):.0f} {word} (95% interval {near:.0f} to {far:.0f} {word})."


def _more_or_fewer(fewer: float) -> str:
    return f"{abs(fewer):.0f} {'fewer' if fewer >= 0 else 'more'}"


def proportional_odds(test: pd.DataFrame) -> str:
    """What the proportional-odds test says, in one sentence."""
    if test.empty:
        return "Whether one coefficient serves all cuts of the scale cannot be tested here."
    whole = test.set_index("term").loc["all measures"]
    told = f"(Brant's test: chi-squared {whole.chi2:.1f} on {int(whole.df)} degrees of freedom, p = {p_value(whole.p)})"
    if whole.p < 0.05:
        odd = [lower_label(t) for t, p in zip(test.term, test.p, strict=True) if t in MEASURES and p < 0.05]
        which = f", above all for {listed(odd)}" if odd else ""
        return (
            f"One coefficient for the whole scale does not fit all three cuts {told}{which}; the cuts are shown apart."
        )
    return f"There is no evidence against one coefficient for all three cuts of the scale {told}."


def p_value(p: float) -> str:
    return "under 0.001" if p < 0.001 else f"{p:.3f}"


def coefficients_title(terms: pd.DataFrame) -> str:
    """A headline for the chart of coefficients: the measures whose interval is clear of zero in every model that has them."""
    rows = terms[terms.term.isin(list(MEASURES))]
    clear = [m for m, part in rows.groupby("term", sort=False) if (part.ci_high < 0).all() or (part.ci_low > 0).all()]
    if not clear:
        return "No measure is clearly associated with the judgement"
    clear = [lower_label(m) for m in MEASURES if m in clear]
    names = listed(clear)
    return f"{names[0].upper()}{names[1:]}: clear in every model that has {'it' if len(clear) == 1 else 'them'}"


def subtitle_coefficients(terms: pd.DataFrame) -> str:
    """What the chart of coefficients is: model, judgement, inspections, unit, intervals and n."""
    told = ", ".join(
        f"model {m.removesuffix('_standardised')} n = {part.n.iloc[0]}"
        for m, part in terms.groupby("model", sort=False)
    )
    return (
        f"Ordinal logit of the judgement of {JUDGED[terms.judgement.iloc[0]]}, ILACS inspections, coefficients "
        f"per standard deviation with 95% intervals ({told})"
    )


def alt_coefficients(terms: pd.DataFrame) -> str:
    """Alt text of the chart of coefficients: every estimate with its interval."""
    rows = terms[terms.term.isin(list(MEASURES))]
    told = "; ".join(
        f"{lower_label(r.term)} {r.coef:+.2f} ({r.ci_low:+.2f} to {r.ci_high:+.2f}) in model "
        f"{r.model.removesuffix('_standardised')}"
        for r in rows.itertuples()
    )
    return (
        f"Chart of coefficients with 95% intervals beside a line at zero, negative towards a worse judgement: {told}."
    )


def expected_title(curve: pd.DataFrame, measure: str) -> str:
    """A headline for the curve of one measure, neutral where its coefficient is not clear of zero."""
    first, last = curve.iloc[0], curve.iloc[-1]
    if not last.clear:
        return f"{MEASURES[measure].label}: no clear difference in expected judgements"
    word = "fewer" if last.of_100 < first.of_100 else "more"
    return f"At higher {lower_label(measure)}, {word} inspections judged good or outstanding"


def subtitle_expected(measure: str, n: int) -> str:
    return (
        f"Estimated number good or outstanding of 100 inspections, by {lower_label(measure)} at the linked census, other "
        f"measures as they were; model three, n = {n}, 95% interval"
    )


def alt_expected(curve: pd.DataFrame, measure: str) -> str:
    first, last = curve.iloc[0], curve.iloc[-1]
    return (
        f"Curve with a 95% band: at {lower_label(measure)} {value(measure, first.value)} the model puts "
        f"{first.of_100:.0f} of 100 inspections at good or outstanding ({first.ci_low:.0f} to {first.ci_high:.0f}), at "
        f"{value(measure, last.value)} {last.of_100:.0f} ({last.ci_low:.0f} to {last.ci_high:.0f})."
    )


# --- measures by judgement -------------------------------------------------------------------------------------------


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
            f"The {mean} of inspections judged {first} and {second} differed by {gap['difference']:+.1f} {unit} (95% "
            f"interval {gap['ci_low']:+.1f} to {gap['ci_high']:+.1f}), which is no clear difference."
        )
    near, far = sorted((abs(gap["ci_low"]), abs(gap["ci_high"])))
    return (
        f"The {mean} before inspections judged {first} was {abs(gap['difference']):.1f} {unit} {word} than before those "
        f"judged {second} (95% interval {near:.1f} to {far:.1f} {word})."
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
    return f"Mean {lower_label(measure)} ({m.unit}) by standing judgement, 95% interval and (number of councils)"


def time_headline(gaps: pd.DataFrame, measure: str) -> str:
    """At how many censuses the mean at inadequate councils was clearly above or below that at outstanding ones."""
    label = MEASURES[measure].label
    rows = gaps.query("measure == @measure").dropna(subset=["ci_low"])
    if rows.empty:
        return f"{label}: too few councils at inadequate or outstanding to compare"
    sides = [side(low, high) for low, high in zip(rows.ci_low, rows.ci_high, strict=True)]
    of = f"{number(len(rows))} {plural(len(rows), 'census', 'censuses')}"
    counts = {word: sides.count(word) for word in ("higher", "lower")}
    told = [f"{word} at {number(n)}" for word, n in counts.items() if n]
    if not told:
        return f"{label}: no clear difference between inadequate and outstanding councils at any of {of}"
    return f"{label}, inadequate against outstanding: clearly {listed(told)} of {of}"


def alt_over_time(table: pd.DataFrame, measure: str) -> str:
    """Alt text of the chart over time: the span of censuses and the latest means."""
    rows = table.query("measure == @measure")
    last = int(rows.census.max())
    now = rows[rows.census == last].set_index("judgement")["mean"]
    told = ", ".join(f"{j} {value(measure, now[j])}" for j in JUDGEMENTS if j in now and pd.notna(now[j]))
    first = int(rows.census.min())
    return (
        f"Line chart of the mean {lower_label(measure)} of councils by the judgement standing at each census, {first} to "
        f"{last}. In {last}: {told}."
    )


# --- articles ----------------------------------------------------------------------------------------------------------


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
        f"{len(kept)} {plural(len(kept), 'article', 'articles')} read: {texts} from {plural(texts, 'its', 'their')} own text "
        f"and {len(kept) - texts} from digests in our own words. {merged} {plural(merged, 'file', 'files')} told a story "
        f"that another tells better, and {unread} could not be read."
    )


def claims_read(table: pd.DataFrame) -> str:
    """How many claims were read, of how many articles, and what of them can be checked."""
    if not len(table):
        return "No claim was read."
    return (
        f"{len(table)} claims of {table.article.nunique()} articles: {int(table.census.notna().sum())} belong to a census, "
        f"{int((table.judgement != '').sum())} are judgements, {int((table.kind != '').sum())} name the kind of a visit, "
        f"and {int(table.hedged.sum())} are hedged."
    )


def reading_agreement(agreement: pd.DataFrame) -> str:
    """How well the reading agrees with the facts coded by hand, over all labelled indicators."""
    row = agreement.set_index("indicator").loc["all"]
    if not row.facts:
        return "None of the articles at hand has facts coded by hand to hold the reading against."
    return (
        f"Of {int(row.found + row.missed)} facts coded by hand in these articles the reading found {int(row.found)}; "
        f"{int(row.wrong)} of its claims {plural(int(row.wrong), 'is', 'are')} not among them (F1 {row.f1:.2f}). The rules were "
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


def coverage_read(covered: pd.DataFrame, revised: pd.DataFrame) -> str:
    """How much of the five measures has a number, and how many council figures later releases changed."""
    cells, numbers = int(covered.return_units.sum()), int(covered.numbers.sum())
    councils = revised.query("level == 'council'")
    return (
        f"Of {cells:,} council figures of the five measures, {numbers:,} are numbers ({100 * numbers / cells:.1f}%) and "
        f"{cells - numbers} are markers. Against the earlier releases at hand, {len(councils)} council figures differ in "
        f"the latest."
    )


def published_results(published: pd.DataFrame) -> str:
    """How many published results come out again within their tolerance, and which do not."""
    missed = published[~published.agrees]
    if published.empty:
        return "None of the published results is as old as this report."
    agree = int(published.agrees.sum())
    told = (
        f"{agree} of {len(published)} published results {plural(agree, 'comes', 'come')} out again within "
        f"{plural(agree, 'its', 'their')} tolerance"
    )
    same = int(published.note.str.contains("read from the file that published it").sum())
    told += (
        f" ({number(same)} of them {plural(same, 'is', 'are')} read from a file of the very series that published them)"
        if same
        else ""
    )
    if missed.empty:
        return f"{told}."
    names = "; ".join(f"{r.quantity} (published {r.published:g}, here {r.reproduced:.2f})" for r in missed.itertuples())
    return f"{told}. Not so: {names}."


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
            f"{label}: {row.n} councils' figures come with a judgement; {clear} (Kendall's tau {row.tau:+.2f}, permutation p = "
            f"{p_value(row.p)}; the smallest p that {row.n} such figures could give is {p_value(row.smallest_p)})."
        )
        if pd.notna(row.power):
            of_100 = f"about {100 * row.power:.0f} would show one."
            sentences[-1] += f" Of 100 equally small draws from the official inspections, {of_100}"
    return sentences


# --- one council -------------------------------------------------------------------------------------------------------


def council_headline(
    name: str, measure: str, year: int, own: float, interval: tuple[float, float], england: float, latest: int
) -> str:
    """The council's latest figure beside England's: above or below only where chance in a workforce of that size
    cannot span the difference (95% interval). Says so where the latest census has no number."""
    low, high = interval
    told = f"{possessive(name)} {lower_label(measure)} was {value(measure, own)} on 30 September {year}"
    if year < latest:
        told += " (the latest number published)"
    against = f"England's {value(measure, england)}"
    if pd.isna(low) or pd.isna(high):
        return f"{told}, beside {against}."
    width = f"(the council's 95% interval: {low:.1f}% to {high:.1f}%, widened for how much councils differ)"
    if low <= england <= high:
        return f"{told}, no clear difference from {against} {width}."
    return f"{told}, {'above' if low > england else 'below'} {against} {width}."


def standing_sentence(name: str, row: pd.Series | None, as_at: pd.Timestamp, standing: bool = True) -> str:
    """The overall judgement that stands, or the last one of a council that has ended, with framework, kind and dates."""
    if row is None:
        return f"No overall judgement of {name} was published by {long_date(as_at)}."
    end = f" to {long_date(row.inspection_end)}" if pd.notna(row.inspection_end) else ""
    which = "standing overall judgement is" if standing else "last overall judgement was"
    return (
        f"{possessive(name)} {which} {row.overall}: {row.framework} {row.inspection_type} inspection of "
        f"{long_date(row.inspection_start)}{end}, published {long_date(row.publication_date)}."
    )


def since_sentence(row: pd.Series, months: int, as_at: pd.Timestamp) -> str:
    """How long ago the latest inspection was, and what it gave where it gave no overall judgement."""
    told = f"Its latest inspection began {months} {plural(months, 'month', 'months')} before {long_date(as_at)}"
    if pd.notna(row.overall):
        return f"{told}."
    given = "; ".join(f"{JUDGED[name]}: {row[name]}" for name in JUDGED if name != "overall" and pd.notna(row[name]))
    return f"{told} and gave no overall judgement, by design since 1 April 2026 ({given})."


def measure_headline(name: str, measure: str, latest: pd.Series | None, interval: tuple[float, float]) -> str:
    """A chart's headline for one council and measure: against the neighbours' median, neutral where it is not clear.

    `latest` has census, council and neighbours; `interval` is of the council's figure, NaN where there is none.
    """
    label = MEASURES[measure].label
    if latest is None or pd.isna(latest.council):
        return f"{label}: no figure for {name}" if latest is None else f"{label}: no number for {int(latest.census)}"
    told = f"{label} {value(measure, latest.council)} in {int(latest.census)}"
    if pd.isna(latest.neighbours):
        return told
    median = f"neighbours' median of {value(measure, latest.neighbours)}"
    low, high = interval
    if pd.isna(low) or pd.isna(high):
        return f"{told}; {median}"
    if low <= latest.neighbours <= high:
        return f"{told}, not clearly different from {median}"
    return f"{told}, {'above' if low > latest.neighbours else 'below'} {median}"


def subtitle_council(name: str, measure: str) -> str:
    m = MEASURES[measure]
    return f"{m.label} ({m.unit}), {name} beside its neighbours' median, its region and England; upright lines: inspections"


def caption_council(name: str, measure: str) -> str:
    m = MEASURES[measure]
    return f"{m.label} ({m.unit}) of {name} at each census"


def alt_council(name: str, measure: str, rows: pd.DataFrame, inspections: pd.DataFrame) -> str:
    """Alt text of a council's chart: its first and latest figure, and what stands beside them at the latest census."""
    own = rows.query("line == 'council'").dropna(subset=["value"]).sort_values("census")
    if own.empty:
        return f"Line chart of the {lower_label(measure)} with no figure for {name}, beside neighbours, region and England."
    first, last = own.iloc[0], own.iloc[-1]
    others = rows[(rows.census == last.census) & (rows.line != "council")].dropna(subset=["value"])
    beside = ", ".join(f"{r.label} {value(measure, r.value)}" for r in others.itertuples())
    lines = len(marked(inspections, rows.census))
    told = f" {lines} {plural(lines, 'inspection is', 'inspections are')} marked." if lines else ""
    return (
        f"Line chart of the {lower_label(measure)} of {name}: {value(measure, first.value)} in {int(first.census)}, "
        f"{value(measure, last.value)} in {int(last.census)}. At that census: {beside or 'nothing beside it'}.{told}"
    )


# --- what every report says ------------------------------------------------------------------------------------------

# Each with the day from which it can be said: a report as at an earlier day must not know of it.
LIMITS = [
    (
        "2013-01-01",
        "These are associations among councils that were inspected. They do not say what would happen to a judgement if "
        "staffing changed, nor which came first: staff may also leave after a low judgement.",
    ),
    (
        "2013-01-01",
        "A pattern across councils says nothing about single social workers, teams, families or children (the ecological "
        "fallacy), and another division of the map could give another pattern.",
    ),
    (
        "2013-01-01",
        "Inspections are not timed at random: councils judged lower are inspected more often.",
    ),
    ("2021-05-01", "No council was inspected from 17 March 2020 to April 2021."),
    (
        "2013-01-01",
        "Intervals cover chance only. They do not cover revised figures, imputed totals, changed definitions (the "
        "collection changed in 2017) or differences in how councils count.",
    ),
    (
        "2013-01-01",
        "Five measures are compared without correction for their number: were none associated with the judgement, at least "
        "one would still look clear by chance in up to 23 of 100 such sets (1 less 0.95 to the fifth power).",
    ),
    (
        "2025-10-01",
        "Agency rates of 2025 fell in part with policy: new statutory guidance on agency workers applied from 31 October 2024.",
    ),
]
HOW_TO_READ = [
    (
        "2013-01-01",
        "A rate or caseload is of the census of 30 September; turnover and absence are of the year to that day. Rates are "
        "full-time equivalent.",
    ),
    (
        "2013-01-01",
        "“No clear difference” means that the 95% interval spans no difference. It does not mean that there is none.",
    ),
    (
        "2013-01-01",
        "A letter in square brackets stands where DfE printed no number: [c] suppressed, [x] not available, [z] not "
        "applicable, [u] low reliability, [low] rounds to 0 but is not 0.",
    ),
    (
        "2013-01-01",
        "A council's agency or vacancy rate is called above or below another figure only where its 95% interval is clear of "
        "it. The interval is Wilson's, widened for over-dispersion: councils differ by more than chance in workforces of "
        "their size. Turnover, absence and caseload, and workforces under 30, have no such interval and no such words.",
    ),
    ("2013-01-01", "Judgements run from inadequate through requires improvement and good to outstanding."),
    ("2026-04-01", "Since 1 April 2026 Ofsted gives no overall judgement."),
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
        f"As at {long_date(pd.Timestamp(as_at))}: no census or inspection published later is used. Workforce figures are "
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
        "judgement to staffing, which the models here do not look at.",
    ),
    (
        "2020-12-31",
        "Wilkins and Antonopoulou (2018, 2020) report deprivation as the best single predictor of a judgement; the models "
        "here do not hold deprivation equal.",
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


def sources(twins: pd.DataFrame) -> pd.DataFrame:
    """The table of sources: publisher, title, release, date, licence and address of each file."""
    names = {
        "publisher": "Publisher",
        "title": "Title",
        "release": "Release",
        "published": "Published",
        "licence": "Licence",
        "address": "Address",
    }
    rows = twins.drop_duplicates("file")[list(names)].sort_values(["publisher", "title"], ignore_index=True)
    return rows.rename(columns=names)


LICENCE = (
    "Sources: Department for Education, Children's social work workforce; Ofsted, Local authority inspection outcomes and "
    "inspection reports; both under the Open Government Licence v3.0."
)
