"""Cases of the sentences about the specification curve."""

import pandas as pd

NAN = float("nan")


def row(lower, higher, **other):
    """One row of specifications.summary with these shares clear of zero."""
    numbers = {
        "set": "one or two choices away",
        "measure": "agency_rate",
        "specifications": 275,
        "estimated": 268,
        "distinct": 217,
    }
    numbers |= {
        "share_clearly_lower": lower,
        "share_clearly_higher": higher,
        "median_effect": -0.7,
        "main_effect": -0.6,
    }
    return pd.Series(numbers | {"share_by_chance": 0.05, "joint_p": 0.005} | other)


ROWS = [
    row(0.96, 0.0),
    row(0.004, 0.55, measure="caseload"),
    row(0.3, 0.2),
    row(0.996, 0.0, measure="caseload"),
    row(0.96, 0.0, share_by_chance=NAN, joint_p=NAN),
]
NONE = row(NAN, NAN, estimated=0, median_effect=NAN, main_effect=NAN, share_by_chance=NAN, joint_p=NAN)
FITTED = pd.DataFrame(
    {"specification": [0, 0, 1, 2, 3], "departures": [0, 0, 1, 2, 5], "coef": [1.0, 1.0, NAN, 1.0, 1.0]}
)
NOTHING = pd.DataFrame({"measure": ["agency_rate", "caseload"], "significant": [0.058, 0.047], "shuffle": [0, 1]})
INSPECTIONS = pd.DataFrame({"inspection_start": pd.to_datetime(["2018-05-14", "2026-02-02"])})
OPTIONS = pd.DataFrame(
    [("covariates", "previous", 19, 4), ("clustering", "council", 24, 2), ("cut", "above inadequate", 20, 0)],
    columns=["choice", "option", "estimated", "unclear"],
)
CASES = {
    "curve_title": [(one,) for one in ROWS],
    "subtitle_curve": [(one, INSPECTIONS) for one in ROWS],
    "caption_grid": [("agency_rate",), ("caseload",)],
    "unclear_sentence": [(OPTIONS, one) for one in ROWS] + [(OPTIONS.assign(unclear=0), ROWS[0])],
    "alt_curve": [(one,) for one in [*ROWS, row(0.3, 0.2, main_effect=NAN)]],
    "unit_of_the_curve": [()],
    "caption_curve": [("agency_rate",), ("caseload",)],
    "specification_sentences": [(pd.DataFrame([*ROWS, NONE]),)],
    "honest_null": [(NOTHING,), (NOTHING.iloc[:0],)],
    "choices_count": [(FITTED,)],
}
SENTENCES = ("alt_curve", "unit_of_the_curve", "specification_sentences", "honest_null", "choices_count")
