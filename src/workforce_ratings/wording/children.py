"""Sentences about outcomes for children beside staffing: what the regressions say, and how far others' results agree."""

from __future__ import annotations

import pandas as pd

from workforce_ratings.vocabulary import MEASURES, OUTCOMES
from workforce_ratings.wording.phrases import listed, lower_label, number, plural, plus_minus, side

SHARES = {
    "re_referrals": "the share of referrals that were re-referrals",
    "repeat_plans": "the share of new child protection plans that were repeat plans",
    "three_placements": "the share of children in care with three or more placements in the year",
    "three_in_two_years": "the share of children in care for two years with three or more placements in them",
    "same_carer": "the share of children in care with the same carer for two years",
    "three_social_workers": "the share of children in care with three or more social workers in the year",
}
MODELS = {"agency": "agency rate alone", "three": "three measures", "five": "five measures"}
LAGS = {1: "census within the year", 2: "the census a year earlier"}
JOINT_RETURNS = {
    "once": "joint returns once",
    "dropped": "joint returns left out",
    "both": "both councils of joint returns",
}
REORGANISED = {
    "kept": "series end with their councils",
    "dropped": "reorganised councils left out",
    "carried": "ended councils carried on",
}
# The rules of the published results, in the terms of a row of beyond_ratings.csv.
THEIRS = {"model": "five", "lag": 1, "joint_returns": "dropped", "reorganised": "carried"}
# Why the same rules give other rows: found by rebuilding the publication's panel.
OTHER_ROWS = {
    "three_placements": " (it takes DfE's empty rows of Cumbria's successors for 2021 to 2023 as rows of their own)",
}


def _agency(terms: pd.DataFrame) -> pd.DataFrame:
    """The main estimates for the agency rate, with which side of zero each interval is on."""
    rows = terms[terms.main & (terms.term == "agency_rate")]
    return rows.assign(side=[side(low, high) for low, high in zip(rows.ci_low, rows.ci_high, strict=True)])


def _lower(outcome: str) -> str:
    label = OUTCOMES[outcome].label
    return label[0].lower() + label[1:]


# --- the regressions -------------------------------------------------------------------------------------------------


# Names of outcomes with more words than this are counted in a headline and not named.
LONGEST_NAMES = 4


def associations_title(terms: pd.DataFrame) -> str:
    """A chart's headline: the outcomes whose interval is clear of zero, on one side, in every main model."""
    rows = _agency(terms)
    if rows.coef.isna().all():
        return "Too few years of outcomes for children to set beside staffing"
    same = rows.groupby("outcome", sort=False).side.agg(lambda sides: sides.iloc[0] if sides.nunique() == 1 else "")
    clear = [_lower(outcome) for outcome in same.index if same[outcome]]
    if not clear:
        return "No outcome is clearly associated with agency rate in every model"
    if len(listed(clear).split()) > LONGEST_NAMES:
        return (
            f"Agency rate: clearly associated with {number(len(clear))} of {number(len(same))} outcomes in every model"
        )
    return f"Agency rate: clearly associated with {listed(clear)} in every model"


def association_sentence(terms: pd.DataFrame, outcome: str) -> str:
    """The main estimate for the agency rate of one outcome, the other four measures held equal, with its interval; and
    the one of the agency rate alone where its interval lies otherwise."""
    rows = _agency(terms).query("outcome == @outcome").set_index("model")
    row, share = rows.loc["five"], SHARES[outcome]
    if pd.isna(row.coef):
        return f"For {share} the association cannot be estimated: {row.reason}."
    basis = f"n = {row.n:,} council-years of {row.councils} councils, joint returns once"
    if not row.side:
        return (
            f"For {share} the estimate is {plus_minus(row.coef, 2)} percentage points for each percentage point "
            "of agency rate, the "
            f"other four measures held equal (95% interval {plus_minus(row.ci_low, 2)} to "
            f"{plus_minus(row.ci_high, 2)}; {basis}): no clear "
            f"difference.{_alone(rows)}"
        )
    near, far = sorted((abs(row.ci_low), abs(row.ci_high)))
    return (
        f"{share[0].upper()}{share[1:]} was {abs(row.coef):.2f} percentage points {row.side} for each "
        "percentage point by "
        "which a council's agency rate was above its usual level, allowing for the year and with the other "
        "four measures "
        f"held equal (95% interval {_near(near)} to {far:.3f} {row.side}; {basis}).{_alone(rows)}"
    )


def _near(end: float) -> str:
    """The end of a clear interval that is nearer zero: never told as zero."""
    return f"{end:.3f}" if end >= 0.0005 else "under 0.001"


def _alone(rows: pd.DataFrame) -> str:
    """What the agency rate alone says, where that lies on another side of zero than with five measures."""
    alone = rows.loc["agency"]
    if pd.isna(alone.coef) or alone.side == rows.loc["five"].side:
        return ""
    figures = (
        f"{plus_minus(alone.coef, 2)} (95% interval {plus_minus(alone.ci_low, 2)} to {plus_minus(alone.ci_high, 2)})"
    )
    return f" With the agency rate alone it is {figures}{'' if alone.side else ', which is no clear difference'}."


def associations_steady(beside: pd.DataFrame, outcome: str) -> str:
    """How far the estimates of one outcome depend on the choices made, from rows of "
    "models.children.beside_published."""
    rows = beside[(beside.outcome == outcome) & beside.coef.notna()]
    if rows.empty:
        return f"For {SHARES[outcome]} nothing can be estimated."
    sides = [side(low, high) for low, high in zip(rows.ci_low, rows.ci_high, strict=True)]
    counts = {words: sides.count(word) for word, words in (("higher", "above"), ("lower", "below")) if word in sides}
    told = [f"{number(n)} {plural(n, 'lies', 'lie')} wholly {words} zero" for words, n in counts.items()]
    return (
        f"Across {number(len(rows))} sets of choices the estimates for {SHARES[outcome]} run from "
        f"{plus_minus(rows.coef.min(), 3)} to "
        f"{plus_minus(rows.coef.max(), 3)}; of their intervals {listed(told) if told else 'none is clear of zero'}."
    )


def against_published(beside: pd.DataFrame, outcome: str) -> str:
    """A published result beside ours: by its own rules, by our main ones, and how many of ours lie in its interval."""
    rows = beside[(beside.outcome == outcome) & beside.coef.notna()]
    if rows.empty:
        return f"Nothing of ours stands beside the published result for {SHARES[outcome]}."
    first, same = rows.iloc[0], rows[(rows[list(THEIRS)] == pd.Series(THEIRS)).all(axis=1)]
    main = rows[rows.main & (rows.model == "five")]
    published = (
        f"Published for {SHARES[outcome]}: {plus_minus(first.published, 3)} "
        f"({plus_minus(first.published_low, 3)} to {plus_minus(first.published_high, 3)}, "
        f"n = {first.published_n:,})."
    )
    parts = [f"by the publication's own rules ours is {plus_minus(r.coef, 3)} on {_rows(r)}" for r in same.itertuples()]
    parts += [
        f"by our main rules {plus_minus(r.coef, 3)} ({plus_minus(r.ci_low, 3)} to {plus_minus(r.ci_high, 3)}, n "
        f"= {r.n:,})"
        for r in main.itertuples()
    ]
    within = int(rows.within.sum())
    inside = (
        f"inside the published interval: {number(within) if within else 'none'} of our {number(len(rows))} estimates"
    )
    told = "; ".join([*parts, inside])
    return f"{published} {told[0].upper()}{told[1:]}."


def _rows(row: object) -> str:
    if row.n == row.published_n:
        return f"the same {row.n:,} rows"
    return f"{row.n:,} rows, where it has {row.published_n:,}{OTHER_ROWS.get(row.outcome, '')}"


def what_moves_it(beside: pd.DataFrame, outcome: str) -> str:
    """Which choices set our estimates of one outcome apart: the move of the main one as each is made otherwise."""
    rows = beside[(beside.outcome == outcome) & beside.coef.notna()]
    main = rows[rows.main & (rows.model == "five")]
    if main.empty:
        return f"For {SHARES[outcome]} there is no main estimate for others to be set beside."
    base = main.coef.iloc[0]
    five = rows[(rows.model == "five") & ~rows.main]
    alone, earlier = rows[rows.main & (rows.model == "agency")].coef, five[five.lag != 1].coef
    told = [f"leaving out the other four measures moves it by {plus_minus(c - base, 3)}" for c in alone]
    told += [f"taking the census a year earlier by {plus_minus(c - base, 3)}" for c in earlier]
    places = (five[five.lag == 1].coef - base).abs()
    if len(places):
        told.append(f"other rules for joint returns and reorganised councils by {places.max():.3f} at most")
    if not told:
        return f"Our main estimate for {SHARES[outcome]} is {plus_minus(base, 3)}, and no other can be set beside it."
    return f"Our main estimate for {SHARES[outcome]} is {plus_minus(base, 3)}; {listed(told)}."


def what_differs(row: pd.Series) -> str:
    """In which rules an estimate differs from the published one: what may set their figures apart."""
    told = [MODELS[row.model]] if row.model != THEIRS["model"] else []
    told += [LAGS[row.lag]] if row.lag != THEIRS["lag"] else []
    told += [JOINT_RETURNS[row.joint_returns]] if row.joint_returns != THEIRS["joint_returns"] else []
    told += [REORGANISED[row.reorganised]] if row.reorganised != THEIRS["reorganised"] else []
    return "; ".join(told) or "nothing: the publication's rules"


def subtitle_associations(terms: pd.DataFrame, rows: pd.DataFrame) -> str:
    """What the chart is: unit, place, years, effects, intervals and n. `rows` are those that the estimates rest on."""
    return (
        "Percentage points of each outcome per percentage point of agency rate at the census within the year; "
        "council and "
        f"year effects, England, {_years(rows)}, {_span(_agency(terms).n)} council-years; 95% intervals "
        "clustered by return "
        "unit"
    )


def _years(rows: pd.DataFrame) -> str:
    if rows.empty:
        return "no reporting year"
    first = rows[rows.outcome != "three_social_workers"].groupby("outcome").year.min()
    later = f" (some outcomes from {first.max()})" if first.nunique() > 1 else ""
    return f"years to 31 March {first.min()} to {rows.year.max()}{later}"


def _span(counts: pd.Series) -> str:
    low, high = counts.min(), counts.max()
    return f"n = {low:,}" if low == high else f"n = {low:,} to {high:,}"


def caption_associations() -> str:
    return "Agency rate and outcomes for children: percentage points per percentage point, 95% interval"


def alt_associations(terms: pd.DataFrame) -> str:
    """Alt text of the chart: every main estimate for the agency rate with five measures, with its interval."""
    rows = _agency(terms).query("model == 'five'").dropna(subset=["coef"])
    told = "; ".join(
        f"{_lower(r.outcome)} {plus_minus(r.coef, 3)} ({plus_minus(r.ci_low, 3)} to {plus_minus(r.ci_high, 3)})"
        for r in rows.itertuples()
    )
    return (
        "Chart of coefficients of the agency rate with 95% intervals beside a line at zero, for each outcome, ours and "
        f"published ones side by side. Ours with five measures: {told or 'none could be estimated'}."
    )


def associations_shown(terms: pd.DataFrame) -> pd.DataFrame:
    """The main estimates for the agency rate as a reader's table: one row per outcome and model."""
    rows = _agency(terms)
    return pd.DataFrame(
        {
            "Outcome": rows.outcome.map({name: o.label for name, o in OUTCOMES.items()}),
            "Measures held together": rows.model.map(MODELS),
            "Estimate": [_signed(coef) for coef in rows.coef],
            "95% interval": [_interval(r.ci_low, r.ci_high) for r in rows.itertuples()],
            "Council-years": rows.n,
            "Councils": rows.councils,
        }
    )


def variants_shown(beside: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Every estimate of one outcome beside the published one: what differs in the rules, and whether ours is inside."""
    rows = beside[beside.outcome == outcome]
    return pd.DataFrame(
        {
            "Rules apart from the published": [what_differs(row) for _, row in rows.iterrows()],
            "Main": ["yes" if main else "no" for main in rows.main],
            "Estimate": [_signed(coef) for coef in rows.coef],
            "95% interval": [_interval(r.ci_low, r.ci_high) for r in rows.itertuples()],
            "Council-years": rows.n,
            "Inside the published interval": ["yes" if within else "no" for within in rows.within],
        }
    )


def caption_variants(outcome: str) -> str:
    return f"{OUTCOMES[outcome].label}: our estimates for the agency rate beside the published one"


def _signed(coef: float) -> str:
    return "–" if pd.isna(coef) else f"{plus_minus(coef, 3)}"


def _interval(low: float, high: float) -> str:
    return "–" if pd.isna(low) else f"{plus_minus(low, 3)} to {plus_minus(high, 3)}"


# --- social workers of each child --------------------------------------------------------------------------------------


def _of(cross: pd.DataFrame, model: str, term: str) -> pd.Series:
    return cross.query("model == @model and term == @term").iloc[0]


def social_workers_title(cross: pd.DataFrame, measure: str) -> str:
    """A chart's headline from the correlation: neutral where its interval spans no difference."""
    row, label = _of(cross, "correlation", measure), lower_label(measure)
    word = side(row.ci_low, row.ci_high)
    if pd.isna(row.coef):
        return f"Too few councils to set children's changes of social worker beside the {label}"
    if not word:
        return f"Three or more social workers in a year: no clear difference by {label}"
    many = "more" if word == "higher" else "fewer"
    return f"Where the {label} was higher, {many} children in care had three or more social workers"


def social_workers_sentence(cross: pd.DataFrame, measure: str) -> str:
    """The correlation of one measure, and its coefficient with the other measure and deprivation held equal."""
    row, held = _of(cross, "correlation", measure), _of(cross, "both_and_deprivation", measure)
    label = lower_label(measure)
    if pd.isna(row.coef):
        return f"The {label} and {SHARES['three_social_workers']} cannot be set side by side: {row.reason}."
    ranks = _of(cross, "rank_correlation", measure)
    told = (
        f"Across {row.n} councils the {label} and {SHARES['three_social_workers']} have a correlation of "
        f"{plus_minus(row.coef, 2)} "
        f"(95% interval {plus_minus(row.ci_low, 2)} to {plus_minus(row.ci_high, 2)}; of their ranks "
        f"{plus_minus(ranks.coef, 2)}){_unclear(row)}."
    )
    if pd.isna(held.coef):
        return f"{told} With deprivation held equal it cannot be estimated: {held.reason}."
    other = "agency rate" if measure == "turnover_rate" else "turnover rate"
    return (
        f"{told} With the {other} and the area's deprivation held equal the estimate is "
        f"{plus_minus(held.coef, 2)} percentage points "
        f"for each percentage point of {label} ({plus_minus(held.ci_low, 2)} to {plus_minus(held.ci_high, 2)}, "
        f"n = {held.n}){_unclear(held)}."
    )


def _unclear(row: pd.Series) -> str:
    return "" if side(row.ci_low, row.ci_high) else ", which is no clear difference"


def subtitle_social_workers(cross: pd.DataFrame, measure: str, year: int) -> str:
    m = MEASURES[measure]
    return (
        f"{OUTCOMES['three_social_workers'].label} in the year to 31 March {year} (% of children in care) by "
        f"{lower_label(measure)} ({m.unit}) at the census of 30 September {year - 1}, England, "
        f"{_of(cross, 'correlation', measure).n} councils (joint returns once)"
    )


def caption_social_workers(year: int) -> str:
    return f"Children in care with three or more social workers in the year to 31 March {year}, beside staffing"


def alt_social_workers(cross: pd.DataFrame, measure: str) -> str:
    """Alt text of the chart: how many councils, what stands where, and the correlation with its interval."""
    row = _of(cross, "correlation", measure)
    told = (
        "no correlation can be estimated"
        if pd.isna(row.coef)
        else f"correlation {plus_minus(row.coef, 2)} (95% interval {plus_minus(row.ci_low, 2)} to {plus_minus(row.ci_high, 2)})"
    )
    return (
        f"Dot plot of {row.n} councils: {lower_label(measure)} across, {SHARES['three_social_workers']} "
        f"upwards; {told}, with "
        f"the line of least squares where there is one."
    )


TERMS = {name: m.label for name, m in MEASURES.items()} | {"imd_average_score": "Deprivation score (2019)"}
CROSS = {
    "correlation": "correlation",
    "rank_correlation": "correlation of ranks",
    "turnover": "turnover rate alone",
    "agency": "agency rate alone",
    "both": "both rates",
    "both_and_deprivation": "both rates and deprivation",
}


def social_workers_shown(cross: pd.DataFrame) -> pd.DataFrame:
    """The cross-section as a reader's table: one row per model and term."""
    return pd.DataFrame(
        {
            "Term": cross.term.map(TERMS),
            "Model": cross.model.map(CROSS),
            "Estimate": ["–" if pd.isna(coef) else f"{plus_minus(coef, 2)}" for coef in cross.coef],
            "95% interval": [
                "–" if pd.isna(r.ci_low) else f"{plus_minus(r.ci_low, 2)} to {plus_minus(r.ci_high, 2)}"
                for r in cross.itertuples()
            ],
            "Councils": cross.n,
        }
    )


# --- how to read it ----------------------------------------------------------------------------------------------------


def limits_of_outcomes(terms: pd.DataFrame) -> list[str]:
    """What these regressions cannot say, for a box."""
    tests = int(terms[terms.main & (terms.model == "five")].coef.notna().sum())
    return [
        "These are figures of councils. What holds of councils need not hold of a child, a worker or a team in "
        "them (the "
        "ecological fallacy).",
        "A high share of re-referrals or repeat plans can mean work left undone, or families who are quick to "
        "ask again and "
        "councils that record them with care. It is no plain measure of quality.",
        "The measures of a census and the outcomes of the year around it are observed together. Either may "
        "come first, and "
        "whatever else moved with both within a council stays in the estimate.",
        _by_chance(tests),
        "Councils count equally whatever their size, counts suppressed by DfE are missing, and the outcomes "
        "are those of the "
        "latest release alone.",
    ]


def _by_chance(tests: int) -> str:
    """How many of so many 95% intervals would be clear of zero by chance."""
    if not tests:
        return "None of the models with five measures can be estimated yet."
    expected = 0.05 * tests
    told = f"about {number(round(expected))}" if expected >= 1 else "fewer than one on average"
    return (
        f"The models with five measures make {number(tests)} {plural(tests, 'estimate', 'estimates')}. Were nothing "
        f"associated, {told} of so many would still have an interval clear of zero, by chance alone."
    )
