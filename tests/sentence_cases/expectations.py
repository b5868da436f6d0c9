"""Sentences about a council's last judgement beside its staffing, from invented probabilities."""

import numpy as np
import pandas as pd

from workforce_ratings.models import expectations
from workforce_ratings.vocabulary import CENSUS_RULES, JUDGEMENTS, THREE

NAN = float("nan")
NEITHER, MORE, LESS = (-0.1, 0.1), (-0.3, -0.1), (0.1, 0.3)


def table(given="good", differences=(LESS, NEITHER, NEITHER), p=(0.08, 0.27, 0.45, 0.2), width=0.05):
    """Expectation.table of these probabilities, with the intervals of the given one less the others."""
    p = np.array(p)
    frame = pd.DataFrame({"judgement": JUDGEMENTS, "given": [name == given for name in JUDGEMENTS], "p": p})
    frame = frame.assign(p_or_lower=p.cumsum(), p_or_higher=1 - p.cumsum() + p)
    for name in ("p", "p_or_lower", "p_or_higher"):
        frame[f"{name}_ci_low"], frame[f"{name}_ci_high"] = frame[name] - width, frame[name] + width
    ends = iter(differences)
    pairs = [(NAN, NAN) if one else next(ends) for one in frame.given]
    low, high = zip(*pairs, strict=True)
    return frame.assign(difference=np.mean(pairs, axis=1), difference_ci_low=low, difference_ci_high=high)[
        expectations.TABLE_COLUMNS
    ]


def found(cautions=(), outside=(False, False, False), framework="ILACS", **probabilities):
    """models.expectations.expected's of one inspection."""
    inspection = pd.Series(
        {
            "framework": framework,
            "inspection_type": "short",
            "inspection_start": pd.Timestamp("2024-05-13"),
            "publication_date": pd.Timestamp("2024-07-05"),
            "census": 2023,
        }
    )
    values = {"value": [14.2, 15.7, 16.0], "lowest": [0.0, 2.0, 9.0], "highest": [50.0, 60.0, 23.0]}
    figures = pd.DataFrame({"measure": THREE, **values, "outside": list(outside)})
    days = pd.Timestamp("2018-01-29"), pd.Timestamp("2025-03-24")
    return expectations.Expectation(inspection, "", table(**probabilities), figures, 263, 153, 2, *days, cautions)


def refused(reason=expectations.NO_JUDGEMENT):
    none = pd.DataFrame(columns=expectations.TABLE_COLUMNS), pd.DataFrame(columns=expectations.FIGURE_COLUMNS)
    return expectations.Expectation(None, reason, *none)


def tried(accuracy=(-0.1, 0.1), rps=(-0.04, -0.02)):
    """models.expectations.tried's with these intervals of the differences."""
    row = {"n_train": 112, "n_test": 144, "train_before": pd.Timestamp("2022-01-01"), "accuracy": 0.41, "rps": 0.148}
    row |= {"base_accuracy": 0.42, "base_rps": 0.176}
    for loss, (low, high) in (("accuracy", accuracy), ("rps", rps)):
        row |= {f"{loss}_difference": (low + high) / 2, f"{loss}_ci_low": low, f"{loss}_ci_high": high}
    return row


EVERY = [
    *(found(given=name, differences=ends) for name in JUDGEMENTS for ends in ([NEITHER] * 3, [MORE] * 3, [LESS] * 3)),
    found(differences=(LESS, MORE, NEITHER)),
    found(given="inadequate", p=(0.004, 0.096, 0.5, 0.4), differences=(MORE, MORE, NEITHER)),
    found(p=(0.333, 0.333, 0.333, 0.001)),
    found(width=NAN, differences=[(NAN, NAN)] * 3),
]
CAUTIOUS = [
    *(found(cautions=(name,), outside=(True, False, False)) for name in expectations.CAUTIONS),
    found(cautions=expectations.CAUTIONS, outside=(True, True, True), framework="SIF"),
]
NAMED = [("Halton", one) for one in EVERY]
CASES = {
    "expectation_headline": [*((one,) for one in EVERY), (refused(),)],
    "subtitle_expectation": NAMED,
    "alt_expectation": NAMED,
    "caption_expectation": [("Halton",)],
    "caption_staffing": [("Halton", EVERY[0])],
    "expectation_sentences": [*NAMED, ("Halton", refused()), ("Halton", refused("a figure is missing"))],
    "expectation_cautions": [("Halton", one) for one in (*CAUTIOUS, EVERY[0], refused())],
    "expectation_limits": [()],
    "expectation_method": [(rule,) for rule in CENSUS_RULES],
    "expectation_skill": [
        (None,),
        *(
            (tried(accuracy, rps),)
            for accuracy in ((-0.2, -0.1), (0.1, 0.2), (-0.1, 0.1))
            for rps in ((-0.04, -0.02), (0.02, 0.04), (-0.02, 0.02))
        ),
    ],
}
SENTENCES = (
    "alt_expectation",
    "expectation_sentences",
    "expectation_cautions",
    "expectation_limits",
    "expectation_method",
    "expectation_skill",
)
