"""Sentences about outcomes for children, from invented estimates."""

import pandas as pd

from workforce_ratings.models import children
from workforce_ratings.models.children import MAIN, MODELS, PUBLISHED, THEIRS, VARIANTS, YEARLY

NAN = float("nan")
CLEAR, UNCLEAR, BELOW, NONE = (0.03, 0.17), (-0.05, 0.07), (-0.14, -0.01), (NAN, NAN)


def terms(five=UNCLEAR, alone=UNCLEAR, others=UNCLEAR, outcomes=YEARLY, first=None, n=1162):
    """Rows as children.associations gives them: intervals of the main five measures, the agency rate alone, the rest."""
    rows = []
    for outcome in outcomes:
        whole = outcome in PUBLISHED and PUBLISHED[outcome].clear
        for rules in VARIANTS if whole else (MAIN, THEIRS) if outcome in PUBLISHED else (MAIN,):
            for model in MODELS if rules == MAIN else ("agency", "five"):
                ends = others if rules != MAIN else five if model == "five" else alone
                low, high = first if first and outcome == outcomes[0] and rules == MAIN else ends
                row = {"outcome": outcome, "model": model, "term": "agency_rate", "main": rules == MAIN, "n": n}
                row |= {"lag": rules.lag, "joint_returns": rules.joint_returns, "reorganised": rules.reorganised}
                row |= {"coef": (low + high) / 2, "se": (high - low) / 4, "ci_low": low, "ci_high": high, "p": 0.04}
                reason = "fewer than 20 councils have figures (3)" if pd.isna(low) else ""
                rows.append(row | {"councils": 155, "reason": reason})
    return pd.DataFrame(rows)[children.TERM_COLUMNS]


def cross(low, high, held=None):
    """Rows as children.cross_section gives them, correlations between two ends and regressions between two others."""
    rows = []
    correlated = dict.fromkeys(children.CORRELATIONS, children.CROSS["both"])
    for model, names in (correlated | children.CROSS).items():
        ends = (held or (low, high)) if model in children.CROSS else (low, high)
        for name in names:
            row = {
                "model": model,
                "term": name,
                "coef": sum(ends) / 2,
                "se": 0.1,
                "ci_low": ends[0],
                "ci_high": ends[1],
            }
            reason = "a measure is a combination of the others" if pd.isna(ends[0]) else ""
            rows.append(row | {"p": 0.01, "n": 145, "reason": reason})
    return pd.DataFrame(rows)


EACH = [
    terms(),
    terms(five=CLEAR, alone=CLEAR, others=CLEAR),
    terms(five=BELOW, alone=BELOW, others=BELOW),
    terms(five=BELOW, alone=UNCLEAR),
    terms(five=UNCLEAR, alone=CLEAR),
    terms(five=CLEAR, alone=BELOW),
    terms(five=NONE, alone=NONE, others=NONE),
    terms(five=CLEAR, alone=NONE, others=NONE),
    terms(five=NONE, alone=CLEAR),
    terms(first=CLEAR),
    terms(n=1156),
]
BESIDE = [children.beside_published(t) for t in EACH]
SIDES = [cross(0.2, 0.5), cross(-0.5, -0.2), cross(-0.1, 0.1), cross(NAN, NAN), cross(0.2, 0.5, (NAN, NAN))]
SIDES += [cross(0.2, 0.5, (-0.1, 0.1))]
BOTH = ("turnover_rate", "agency_rate")
YEARS = pd.DataFrame({"outcome": ["re_referrals", "re_referrals", "same_carer"], "year": [2018, 2025, 2021]})
CASES = {
    "associations_title": [(t,) for t in EACH],
    "association_sentence": [(t, outcome) for t in EACH for outcome in YEARLY],
    "associations_steady": [(b, outcome) for b in BESIDE for outcome in PUBLISHED],
    "against_published": [(b, outcome) for b in BESIDE for outcome in PUBLISHED],
    "what_moves_it": [(b, outcome) for b in BESIDE for outcome in PUBLISHED]
    + [(BESIDE[0][BESIDE[0].main & (BESIDE[0].model == "five")], "re_referrals")],
    "what_differs": [(row,) for _, row in BESIDE[0].iterrows()],
    "subtitle_associations": [(EACH[0], YEARS), (EACH[0], YEARS[:2]), (EACH[0], YEARS[:0])],
    "caption_associations": [()],
    "alt_associations": [(t,) for t in EACH],
    "associations_shown": [(t,) for t in EACH],
    "variants_shown": [(b, outcome) for b in BESIDE for outcome in PUBLISHED],
    "caption_variants": [(outcome,) for outcome in PUBLISHED],
    "social_workers_title": [(c, m) for c in SIDES for m in BOTH],
    "social_workers_sentence": [(c, m) for c in SIDES for m in BOTH],
    "subtitle_social_workers": [(SIDES[0], m, 2024) for m in BOTH],
    "caption_social_workers": [(2024,)],
    "alt_social_workers": [(c, m) for c in SIDES for m in BOTH],
    "social_workers_shown": [(c,) for c in SIDES],
    "limits_of_outcomes": [(t,) for t in EACH],
}
SENTENCES = (
    "association_sentence",
    "associations_steady",
    "against_published",
    "what_moves_it",
    "alt_associations",
    "social_workers_sentence",
    "alt_social_workers",
    "limits_of_outcomes",
)
