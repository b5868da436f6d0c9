"""Sentences about models of the judgement given the staffing: notebook 5."""

from __future__ import annotations

import pandas as pd

from workforce_ratings.vocabulary import JUDGED, MEASURES, SMALL_WORKFORCE_FTE, long_date
from workforce_ratings.wording.phrases import listed, lower_label, number, p_value, plural, plus_minus, side, value


def _clear_side(row: pd.Series) -> str:
    """“higher” or “lower” where a coefficient's clustered interval is clear of zero and the bootstrap's, where there is
    one, is too and on the same side; else “”."""
    clustered = side(row.ci_low, row.ci_high)
    drawn = row.get("boot_low", float("nan"))
    return clustered if pd.isna(drawn) or side(drawn, row.boot_high) == clustered else ""


def model_headline(terms: pd.DataFrame) -> str:
    """The main finding, from the terms of one model: which measures go with a lower judgement, and which show "
    "nothing."""
    if terms.empty:
        return "The inspections up to this day are too few for a model."
    rows = terms[terms.term.isin(list(MEASURES))].set_index("term")
    signs = {measure: _clear_side(row) for measure, row in rows.iterrows()}
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


# A correlation from which two measures cannot be read apart.
TOO_ALIKE = 0.8

PLAIN = {
    "agency_rate": "more of the social workers came from agencies",
    "turnover_rate": "more social workers left in the year",
    "vacancy_rate": "more posts were vacant",
    "absence_rate": "more working days were lost to sickness",
    "caseload": "each social worker held more cases",
}


def plain_finding(terms: pd.DataFrame) -> str:
    """The finding of one model without its terms: what councils had before a lower, or a higher, judgement."""
    if terms.empty:
        return "The inspections up to this day are too few for a finding."
    rows = terms[terms.term.isin(list(MEASURES))].set_index("term")
    told = []
    for sign, words in (("lower", "a lower"), ("higher", "a higher")):
        clear = [PLAIN[m] for m, row in rows.iterrows() if _clear_side(row) == sign]
        if clear:
            told.append(
                f"Councils more often got {words} judgement where, before the inspection, {', or where '.join(clear)}."
            )
    unclear = [lower_label(m) for m, row in rows.iterrows() if not _clear_side(row)]
    if unclear:
        told.append(f"For {listed(unclear)} nothing clear shows once the others are held equal.")
    return " ".join([*told, "None of this says why, and a low judgement may come first."])


def without_small(terms: pd.DataFrame, left_out: int) -> str:
    """The finding once inspections of small workforces are left out: one council can turn a weak association round."""
    if terms.empty or not left_out:
        return ""
    told = ", ".join(
        f"{lower_label(r.term)} {plus_minus(r.coef, 3)} ({plus_minus(r.ci_low, 3)} to {plus_minus(r.ci_high, 3)})"
        for r in terms[terms.term.isin(list(MEASURES))].itertuples()
    )
    inspections = f"{number(left_out)} {plural(left_out, 'inspection', 'inspections')}"
    return (
        f"Without the {inspections} of councils with fewer than {SMALL_WORKFORCE_FTE} social workers in post "
        "(full-time "
        f"equivalent): {_uncapitalised(model_headline(terms))} The coefficients, in log odds of a better "
        "judgement for each "
        f"percentage point of a rate and each case of the caseload, are then, with 95% intervals: {told}."
    )


def model_basis(terms: pd.DataFrame, rule: str) -> str:
    """What the model is and of what: judgement, number of measures, inspections and councils, and which census."""
    if terms.empty:
        return ""
    first, count = terms.iloc[0], sum(terms.term.isin(list(MEASURES)))
    measures = f"{number(count)} {plural(count, 'measure', 'measures')}"
    return (
        f"This comes from a model (ordinal logit) that gives the odds of a better judgement of {JUDGED[first.judgement]} from "
        f"{measures}{' at once' if count > 1 else ''}, n = {first.n} inspections of {first.councils} "
        f"councils (those that have since ended count too), each with {rule}."
    )


def model_period(inspections: pd.DataFrame) -> str:
    """When the inspections that a model rests on began; “” without any."""
    starts = inspections.inspection_start
    if starts.empty:
        return ""
    return (
        f"Its inspections, under the ILACS, began from {long_date(starts.min())} to {long_date(starts.max())}; later ones are "
        f"not in it."
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
    count = f"{abs(fewer):.0f}"
    return count if count == "0" else f"{count} {'fewer' if fewer > 0 else 'more'}"


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
    apart = [lower_label(m) for m, p in zip(test.term, test.p, strict=True) if m in MEASURES and p < 0.05]
    but = f" On its own, {listed(apart)} speaks against it (p below 0.05): see the cuts." if apart else ""
    return (
        "All measures together give no evidence against one coefficient for all three cuts of the scale "
        f"{told}; with so few "
        f"inspections the test has little power.{but}"
    )


def coefficients_title(terms: pd.DataFrame) -> str:
    """A headline for the chart of coefficients: the measures whose interval is clear of zero in every model that has them,
    and where there are none those that only one of several models has."""
    rows = terms[terms.term.isin(list(MEASURES))]
    models = rows.model.nunique()
    every, alone = [], []
    for measure, part in rows.groupby("term", sort=False):
        sides = {_clear_side(row) for _, row in part.iterrows()}
        if len(sides) == 1 and sides != {""}:
            (every if len(part) == models else alone).append(measure)
    if every:
        return _clear_in(every, "both models" if models == 2 else "every model" if models > 2 else "the model")
    if alone:
        return _clear_in(alone, f"the one model with {plural(len(alone), 'it', 'them')}")
    return "No measure is clearly associated with the judgement"


# More measures than this are counted in a headline and not named.
MOST_NAMED = 3


def _clear_in(measures: list[str], models: str) -> str:
    names = [lower_label(m) for m in MEASURES if m in measures]
    told = listed(names) if len(names) <= MOST_NAMED else f"{number(len(names))} measures"
    return f"{told[0].upper()}{told[1:]} clear in {models}"


def subtitle_coefficients(terms: pd.DataFrame) -> str:
    """What the chart of coefficients is: model, judgement, inspections, unit, intervals and n."""
    told = ", ".join(
        f"model {m.removesuffix('_standardised')} n = {part.n.iloc[0]}"
        for m, part in terms.groupby("model", sort=False)
    )
    return (
        f"Ordinal logit of the judgement of {JUDGED[terms.judgement.iloc[0]]}, ILACS inspections, coefficients "
        f"per standard deviation among these inspections, with 95% intervals ({told})"
    )


def alt_coefficients(terms: pd.DataFrame) -> str:
    """Alt text of the chart of coefficients: every estimate with its interval."""
    rows = terms[terms.term.isin(list(MEASURES))]
    told = "; ".join(
        f"{lower_label(r.term)} {plus_minus(r.coef, 2)} ({plus_minus(r.ci_low, 2)} to "
        f"{plus_minus(r.ci_high, 2)}) in model "
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
        f"Estimated number good or outstanding of 100 inspections, by {lower_label(measure)} at the linked "
        "census, other "
        f"measures as they were; model three, n = {n}, 95% interval"
    )


def alt_expected(curve: pd.DataFrame, measure: str) -> str:
    first, last = curve.iloc[0], curve.iloc[-1]
    return (
        f"Curve with a 95% band: at {lower_label(measure)} {value(measure, first.value)} the model puts "
        f"{first.of_100:.0f} of 100 inspections at good or outstanding ({first.ci_low:.0f} to {first.ci_high:.0f}), at "
        f"{value(measure, last.value)} {last.of_100:.0f} ({last.ci_low:.0f} to {last.ci_high:.0f})."
    )


def alike(pair: tuple[str, str, float] | None) -> str:
    """That two measures of a model are too alike to be read apart (ordinal.closest); “” where none are."""
    if pair is None or abs(pair[2]) < TOO_ALIKE:
        return ""
    first, second, correlation = pair
    return (
        f"{MEASURES[first].label} and {lower_label(second)} rise and fall together among these inspections "
        "(correlation "
        f"{correlation:.2f}), so what the model says of the one with the other held equal rests on few councils."
    )


def left_out(linked: pd.DataFrame, terms: pd.DataFrame) -> str:
    """Which inspections the model three leaves out for want of a figure; “” where none."""
    three = terms[terms.model == "three"]
    if three.empty:
        return ""
    judged, measures = three.judgement.iloc[0], [t for t in three.term if t in MEASURES]
    lost = linked[linked[measures].isna().any(axis=1) & linked[judged].notna()]
    if lost.empty:
        return ""
    names = listed([f"{r.council} {r.inspection_start.year} ({getattr(r, judged)})" for r in lost.itertuples()])
    return (
        f"{len(linked)} inspections are linked; {number(len(lost))} {plural(len(lost), 'has', 'have')} a marker "
        "in place of a "
        f"figure and {plural(len(lost), 'is', 'are')} left out: {names}."
    )


# --- held equal with more, and the judgements apart --------------------------------------------------------------------

HELD_EQUAL = {
    "three_previous": "the previous judgement",
    "three_year": "the census's year",
    "three_deprivation": "deprivation",
    "three_size": "the number of children",
    "three_region": "the region",
    "three_adjusted": "all of these together",
}


def adjusted(terms: pd.DataFrame) -> list[str]:
    """What stays of each measure once something else is held equal too, from the terms of ordinal.ADJUSTED models: one
    sentence per measure; none where no adjusted model could be estimated."""
    rows = terms[terms.model.isin(list(HELD_EQUAL))]
    sentences = []
    for measure in (m for m in MEASURES if m in set(rows.term)):
        of = rows[rows.term == measure].set_index("model")
        signs = {model: _clear_side(row) for model, row in of.iterrows()}
        told = [_held(word, [m for m, s in signs.items() if s == word]) for word in ("lower", "higher", "")]
        sentences.append(f"{MEASURES[measure].label}: {'; '.join(t for t in told if t)}.")
    return sentences


def _held(word: str, models: list[str]) -> str:
    if not models:
        return ""
    names = listed([HELD_EQUAL[m] for m in models])
    if not word:
        return f"no clear difference with {names} held equal"
    return f"a higher figure still went with a {word} judgement with {names} held equal"


def each_judged(terms: pd.DataFrame) -> list[str]:
    """The finding for every judgement that an inspection gives, one sentence each, from terms of one model of each."""
    return [
        f"The judgement of {JUDGED[judged]} (n = {part.n.iloc[0]}): {_uncapitalised(model_headline(part))}"
        for judged, part in terms.groupby("judgement", sort=False)
    ]


def _uncapitalised(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def bootstrap_sentence(terms: pd.DataFrame) -> str:
    """Whether the bootstrap of return units and the clustered errors find the same measures clear."""
    rows = terms[terms.term.isin(list(MEASURES))].dropna(subset=["boot_low"])
    if rows.empty:
        return ""
    clear = (rows.ci_low > 0) | (rows.ci_high < 0)
    by_bootstrap = (rows.boot_low > 0) | (rows.boot_high < 0)
    wider = ((rows.boot_high - rows.boot_low) / (rows.ci_high - rows.ci_low)).median()
    told = (
        "agree on every one"
        if (clear == by_bootstrap).all()
        else f"disagree on {number(int((clear != by_bootstrap).sum()))}"
    )
    return (
        f"Intervals from 2,000 draws of whole return units are {wider:.2f} times as wide as the clustered ones "
        "at the median; on "
        f"which of the {len(rows)} coefficients are clear of zero the two {told}."
    )
