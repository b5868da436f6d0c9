"""Sentences about forecasts of the next judgement: notebook 7, and each council's report."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from workforce_ratings.vocabulary import JUDGED, JUDGEMENTS, LAST_DAY_OF_OVERALL, SMALL_WORKFORCE_FTE, long_date
from workforce_ratings.wording.phrases import by_side, listed, number, percent, plural, possessive, side

# What each model goes by, in the middle of a sentence.
GOES_BY = {
    "base_rates": "base rates",
    "previous_judgement_table": "counted steps from the previous judgement",
    "previous_judgement": "the previous judgement",
    "workforce": "the workforce figures",
    "workforce_and_previous": "the workforce figures with the previous judgement",
    "deprivation": "deprivation",
}
# With fewer forecasts than this, a fifth of the scale says nothing in a headline.
FEWEST_AT_LEVEL = 5
BOTH, WORKFORCE, PREVIOUS = "workforce_and_previous", "workforce", "previous_judgement"
SHARES = {name: f"p_{name.replace(' ', '_')}" for name in JUDGEMENTS}
CHECKED = {
    "reports_known": "Fitted only to reports and censuses published before the day of the cut",
    "census_published": "With the latest census already published when an inspection began",
}


# --- how near forecasts came -----------------------------------------------------------------------------------------


def skill_headline(skill: pd.DataFrame) -> str:
    """The main finding of forecast.skill: what the workforce figures add to the previous judgement, and how they do
    alone."""
    rows = skill.set_index("model")
    if BOTH not in rows.index or PREVIOUS not in rows.index:
        return "The inspections up to this day are too few to measure how well the next judgement can be forecast."
    added = side(rows.ci_low[BOTH], rows.ci_high[BOTH])
    told = {
        "lower": "Forecasts that went by the workforce figures and the previous judgement came nearer to the next "
        "judgement than those by the previous judgement alone",
        "higher": "Forecasts that went by the workforce figures and the previous judgement came less near to the next "
        "judgement than those by the previous judgement alone",
        "": "Added to the previous judgement, the workforce figures made no clear difference to how near forecasts came to "
        "the next judgement",
    }[added]
    return f"{told}; {_alone(rows)}."


def _alone(rows: pd.DataFrame) -> str:
    """How the workforce figures alone compare with the previous judgement alone, in the middle of a sentence."""
    if WORKFORCE not in rows.index:
        return "the workforce figures alone could not be tried"
    ends = rows.ci_low[WORKFORCE], rows.ci_high[WORKFORCE]
    told = by_side(*ends, "came nearer", "came less near", "did not clearly forecast better or worse")
    return f"the workforce figures alone {told} than the previous judgement alone"


def skill_basis(train: pd.DataFrame, test: pd.DataFrame, judgement: str, train_before: pd.Timestamp) -> str:
    """What was fitted to what and tried on what: inspections, days, judgement and how many return units."""
    if train.empty or test.empty:
        return ""
    return (
        f"Models of the judgement of {JUDGED[judgement]}, fitted to {len(train)} ILACS inspections begun before "
        f"{long_date(train_before)} and tried on {len(test)} begun from then to "
        f"{long_date(test.inspection_start.max())} ({test.return_unit.nunique()} return units), each with the three measures "
        f"and an earlier overall judgement."
    )


def skill_against(skill: pd.DataFrame) -> list[str]:
    """Each model against base rates, and each against the previous judgement, sorted by what its interval says."""
    against_base = _against(skill, "base_rates", "base_ci_low", "base_ci_high")
    against_previous = _against(skill[skill.model != "base_rates"], PREVIOUS, "ci_low", "ci_high")
    return [told for told in (against_base, against_previous) if told]


def _against(skill: pd.DataFrame, other: str, low: str, high: str) -> str:
    rows = skill[skill.model != other].dropna(subset=[low, high])
    sides = {model: side(a, b) for model, a, b in zip(rows.model, rows[low], rows[high], strict=True)}
    words = {
        "lower": "clearly nearer to what was judged",
        "higher": "clearly less near",
        "": "neither clearly nearer nor clearly less near",
    }
    groups = {word: [GOES_BY[m] for m, s in sides.items() if s == key] for key, word in words.items()}
    told = [f"{word}: {', '.join(models)}" for word, models in groups.items() if models]
    return f"Against {GOES_BY[other]}, {'; '.join(told)}." if told else ""


def skill_title(skill: pd.DataFrame) -> str:
    """A headline for the chart of differences: what the workforce figures add to the previous judgement."""
    rows = skill.set_index("model")
    if BOTH not in rows.index or PREVIOUS not in rows.index:
        return "Too few inspections to try a forecast"
    came = by_side(rows.ci_low[BOTH], rows.ci_high[BOTH], "nearer", "less near", "")
    if not came:
        return "Adding workforce figures to the previous judgement: no clear difference"
    return f"Adding workforce figures to the previous judgement brought forecasts {came}"


def subtitle_skill(skill: pd.DataFrame, judgement: str) -> str:
    """What the chart of differences is: score, judgement, place, n, interval."""
    n = int(skill.n_test.iloc[0]) if len(skill) else 0
    return (
        f"Mean ranked probability score (0 to 1, 0 is a perfect forecast) of the judgement of {JUDGED[judgement]}, less "
        f"that of base rates and of the previous judgement; England, {n} ILACS inspections; 95% bootstrap interval over "
        f"return units"
    )


def alt_skill(skill: pd.DataFrame) -> str:
    """Alt text of the chart of differences: every difference with its interval."""
    rows = skill[skill.model != "base_rates"]
    told = "; ".join(
        f"{GOES_BY[r.model]} {_interval(r.base_difference, r.base_ci_low, r.base_ci_high)} against base rates"
        + (
            f", {_interval(r.rps_difference, r.ci_low, r.ci_high)} against the previous judgement"
            * (r.model != PREVIOUS)
        )
        for r in rows.itertuples()
    )
    return f"Chart of differences of scores with 95% intervals beside a line at zero, left of it nearer: {told}."


def _interval(gap: float, low: float, high: float) -> str:
    return "no figure" if pd.isna(gap) else f"{gap:+.3f} ({low:+.3f} to {high:+.3f})"


def caption_skill(judgement: str) -> str:
    return (
        f"How near forecasts of the judgement of {JUDGED[judgement]} came: ranked probability score (RPS), differences with "
        f"95% intervals (negative is nearer), log loss and accuracy"
    )


def forecast_caveats(counts: Mapping[str, int], train_before: pd.Timestamp) -> list[str]:
    """What of a trial was not known on the day its forecasts would have been made, from forecast.caveats."""
    if not counts["train"] or not counts["test"]:
        return []
    day = long_date(train_before)
    fitted = (
        f"Of the {counts['train']} inspections fitted to, the reports of {_many(counts['late_reports'])} and the censuses "
        f"beside {_many(counts['late_censuses'])} were published on or after {day}: on that day nobody could have used them."
    )
    if not counts["late_reports"] + counts["late_censuses"]:
        fitted = (
            f"The reports of all {counts['train']} inspections fitted to, and their censuses, were out before {day}."
        )
    return [
        fitted,
        f"Of the {counts['test']} tried, {_many(counts['ahead'])} {plural(counts['ahead'], 'is', 'are')} set beside a census "
        f"that was published only after the inspection began.",
        f"Figures are of the latest release published: for {_many(counts['revised'])} of all "
        f"{counts['train'] + counts['test']} inspections, one of the three measures was given otherwise by an earlier "
        f"release at hand.",
    ]


def check_sentences(checks: pd.DataFrame) -> list[str]:
    """For each other trial, whether the workforce figures still add to the previous judgement: one sentence each."""
    return [_check(row) for row in checks[checks.model == BOTH].to_dict("records")]


def _check(row: Mapping[str, object]) -> str:
    start = CHECKED.get(str(row["check"])) or f"For the judgement of {JUDGED[str(row['judgement'])]}"
    came = by_side(row["ci_low"], row["ci_high"], "nearer", "less near", "")
    told = f"forecasts with the workforce figures came {came} than by the previous judgement alone"
    told = told if came else "the workforce figures made no clear difference to forecasts by the previous judgement"
    difference = _interval(row["rps_difference"], row["ci_low"], row["ci_high"])
    return f"{start}, {told} (difference {difference}; fitted to {row['n_train']}, tried on {row['n_test']})."


# --- whether as many came as were forecast ------------------------------------------------------------------------


def calibration_title(table: pd.DataFrame) -> str:
    """A headline for the chart of calibration: in how many fifths with five forecasts or more the interval of what came
    misses the mean forecast."""
    name = GOES_BY[table.model.iloc[0]]
    start = f"{name[0].upper()}{name[1:]}"
    rows = table[table.n >= FEWEST_AT_LEVEL]
    missed = int(((rows.forecast < rows.ci_low) | (rows.forecast > rows.ci_high)).sum())
    if not missed:
        return f"{start}: forecast and outcome not clearly different"
    return f"{start}: forecast and outcome clearly differ at {number(missed)} of {number(len(rows))} levels"


def subtitle_calibration(table: pd.DataFrame, judgement: str) -> str:
    return (
        f"Share judged good or outstanding ({JUDGED[judgement]}) by forecast probability in fifths (%), England, "
        f"{int(table.n.sum())} ILACS inspections tried; Wilson's 95% interval"
    )


def alt_calibration(table: pd.DataFrame) -> str:
    """Alt text of the chart of calibration: what was forecast and what came, level by level."""
    told = "; ".join(
        f"forecast {percent(r.forecast)}, came {percent(r.share)} ({percent(r.ci_low)} to {percent(r.ci_high)}, n {r.n})"
        for r in table[table.n > 0].itertuples()
    )
    return f"Dot plot of the share judged good or outstanding by what was forecast, beside a line of equality: {told}."


def caption_calibration(table: pd.DataFrame) -> str:
    return f"What came of forecasts by {GOES_BY[table.model.iloc[0]]}"


def calibration_sentence(large: Mapping[str, float]) -> str:
    """The mean forecast of good or outstanding beside the share that came, from forecast.in_the_large."""
    if not large:
        return ""
    inside = large["ci_low"] <= large["forecast"] <= large["ci_high"]
    verdict = "no clear difference" if inside else "a clear difference"
    return (
        f"On average {percent(large['forecast'])} were forecast good or outstanding, and {percent(large['share'])} of "
        f"{large['n']} came out so (95% interval {percent(large['ci_low'])} to {percent(large['ci_high'])}): {verdict}."
    )


def _many(count: int) -> str:
    """A number in words, to stand alone or before “of”."""
    return number(count) if count else "none"


def _councils(count: int) -> str:
    return f"{count} {plural(count, 'council', 'councils')}"


# --- each council's next judgement ----------------------------------------------------------------------------------


def naming_rule() -> list[str]:
    """When a single judgement is named, and what the probabilities cover."""
    return [
        "A council's row names one judgement only where the 95% interval of that judgement's own probability lies wholly "
        "above one half, no figure is missing or outside the range of the inspections fitted to, and at least "
        f"{SMALL_WORKFORCE_FTE} social workers are in post (full-time equivalent).",
        "Even then none is named unless two things held out of time: the model's ranked probability score was clearly below "
        "that of base rates (95% interval below zero), and the same rule, fitted to the earlier inspections, named a "
        "judgement for at least ten of the later ones, of which a clear majority came out as named (95% interval wholly "
        "above one half).",
        "In every other row no judgement is named, and the row says why; the probabilities are shown all the same, where no "
        "figure is missing and the model could be tried.",
        "The model knows a council's agency rate, turnover rate and caseload at the latest census and its standing overall "
        "judgement; it is the overall one also where another judgement is forecast.",
        "Intervals are the bootstrap's over return units: they cover chance in the inspections fitted to, not what an "
        "inspection will find, revised figures or a new framework.",
        "A trial sets an inspection beside the census before it; a council's next inspection may lie years off, beside a "
        "census not yet taken, and can be less certain than the trial.",
    ]


def overall_ended(as_at: str) -> str:
    """What a forecast of the overall judgement means once Ofsted gives none; “” before that."""
    if pd.Timestamp(as_at) <= LAST_DAY_OF_OVERALL:
        return ""
    return (
        "Inspections begun since 1 April 2026 give no overall judgement: what is said of it is what would have been likely "
        "under the framework that ended; the other judgements go on."
    )


def naming_tried(tried: pd.DataFrame) -> list[str]:
    """What the naming rule did where it was tried out of time, from next_judgement.rule_tried: one sentence for each
    judgement."""
    return [_naming_tried(row) for row in tried.to_dict("records")]


def _naming_tried(row: Mapping[str, object]) -> str:
    start = f"Tried on {row['n_test']} inspections, the rule named a judgement of {JUDGED[str(row['judgement'])]} for"
    came = ""
    if row["named"]:
        ends = f"95% interval {percent(row['came_ci_low'])} to {percent(row['came_ci_high'])}"
        came = f", of which {_many(row['came'])} came out as named ({percent(row['came'] / row['named'])}, {ends})"
    verdict = (
        f"no council's is named: {row['refusal']}" if row["refusal"] else "a clear majority, so councils' are named"
    )
    return f"{start} {_many(row['named'])}{came}; {verdict}."


def naming_summary(forecasts: pd.DataFrame, judgement: str) -> str:
    """For how many councils a judgement is named, and why none is for the others."""
    rows = forecasts[forecasts.judgement == judgement]
    counts = rows.named.value_counts()
    named = [f"{name} for {number(int(counts[name]))}" for name in JUDGEMENTS if counts.get(name, 0)]
    start = f"Of {_councils(len(rows))} one judgement of {JUDGED[judgement]} is named for {_many(int(counts.sum()))}"
    start += f" ({listed(named)})" if named else ""
    against = rows[rows.named.isna()].refusal.value_counts()
    reasons = [f"for {number(int(n))} {reason}" for reason, n in against.items()]
    others = "For the others none is named" if named else "The reasons"
    return f"{start}. {others}: {'; '.join(reasons)}." if reasons else f"{start}."


def next_title(forecasts: pd.DataFrame, judgement: str) -> str:
    """A headline for the chart of councils: the median probability at the lowest and the highest standing judgement."""
    rows = forecasts[(forecasts.judgement == judgement) & forecasts.p_good_or_outstanding.notna()]
    medians = [(name, rows[rows.previous == name].p_good_or_outstanding.median()) for name in JUDGEMENTS]
    met = [f"{percent(median)} where {name} stands" for name, median in medians if pd.notna(median)]
    return f"Median probability of good or outstanding: {', '.join(dict.fromkeys((met[0], met[-1])))}"


def subtitle_next(forecasts: pd.DataFrame, judgement: str) -> str:
    rows = forecasts[(forecasts.judgement == judgement) & forecasts.p_good_or_outstanding.notna()]
    return (
        f"Estimated probability of good or outstanding at the next inspection ({JUDGED[judgement]}, %), with 95% bootstrap "
        f"intervals, by standing overall judgement; England, {len(rows)} councils with every figure at the census of "
        f"30 September {int(rows.census.max())}"
    )


def alt_next(forecasts: pd.DataFrame, judgement: str) -> str:
    """Alt text of the chart of councils: the range of probabilities at each standing judgement."""
    rows = forecasts[(forecasts.judgement == judgement) & forecasts.p_good_or_outstanding.notna()]
    told = "; ".join(
        f"{name} {percent(part.min())} to {percent(part.max())} (n {len(part)})"
        for name in JUDGEMENTS
        if len(part := rows[rows.previous == name].p_good_or_outstanding)
    )
    return (
        f"Dot plot of the estimated probability of good or outstanding, one dot with its 95% interval for each "
        f"council, by its standing overall judgement: {told}."
    )


def caption_next(judgement: str) -> str:
    return f"Estimated probability of good or outstanding ({JUDGED[judgement]}) by standing overall judgement"


def caption_forecasts(judgement: str) -> str:
    return (
        f"Estimated probabilities of each council's next judgement of {JUDGED[judgement]}, by name, with 95% intervals; "
        f"“none” is named where no judgement is clearly more likely than not"
    )


def council_forecast(name: str, forecast: Mapping[str, object], tried: Mapping[str, object] | None) -> str:
    """What is estimated for one council and judgement, from a row of forecasts.csv, with what the model's trial showed
    (`tried`: the row of its model in forecast_skill.csv or forecast_checks.csv, None where there is none)."""
    about = JUDGED[str(forecast["judgement"])]
    if pd.isna(forecast["p_good_or_outstanding"]) or tried is None:
        return f"There is no forecast of {possessive(name)} next judgement of {about}: {forecast['refusal'] or 'not tried'}."
    each = ", ".join(f"{judgement} {percent(forecast[column])}" for judgement, column in SHARES.items())
    together = (
        f"good or outstanding together {percent(forecast['p_good_or_outstanding'])}, 95% interval "
        f"{percent(forecast['ci_low'])} to {percent(forecast['ci_high'])}"
        if pd.notna(forecast["ci_low"])
        else f"good or outstanding together {percent(forecast['p_good_or_outstanding'])}, without an interval"
    )
    named = forecast["named"]
    verdict = (
        f"One judgement can be named: {named}."
        if pd.notna(named) and named
        else f"No single judgement is named: {forecast['refusal']}."
    )
    return (
        f"{possessive(name)} next judgement of {about}, estimated from the census of {int(forecast['census'])} and the "
        f"standing overall judgement of {forecast['previous']} (inspection begun {_day(forecast['previous_start'])}, report "
        f"published {_day(forecast['previous_published'])}): {each} ({together}). {verdict} {_trial(tried)}"
    )


def _day(day: object) -> str:
    """A day of a row of forecasts.csv, whether read as text or made anew."""
    return long_date(pd.Timestamp(day))


def _trial(tried: Mapping[str, object]) -> str:
    """What the trial of a model showed, beside base rates, as a sentence."""
    ends = tried["base_ci_low"], tried["base_ci_high"]
    gap = _interval(tried["base_difference"], *ends)
    word = by_side(*ends, "nearer", "less near", "neither clearly nearer nor clearly less near")
    return (
        f"Tried on {int(tried['n_test'])} inspections, such forecasts came {word} than base rates to what was judged (ranked "
        f"probability score {tried['rps']:.3f}, base rates {tried['rps'] - tried['base_difference']:.3f}, 0 is perfect; "
        f"difference {gap})."
    )
