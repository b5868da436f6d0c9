"""Sentences about funnel plots, from invented counts and positions."""

import pandas as pd

from workforce_ratings.models import funnels
from workforce_ratings.vocabulary import FIVE

NAN = float("nan")


def count(measure="agency_rate", **changes):
    """One row of funnels.counts."""
    row = {"measure": measure, "census": 2025, "placed": 146, "small": 3, "without": 2}
    row |= {"above_998": 0, "above_95": 2, "below_998": 0, "below_95": 4, "expected_95": 7.3, "expected_998": 0.292}
    row |= {"target": 13.2, "phi": 23.8, "tau": 0.15, "lowest": 1.2}
    return next(pd.DataFrame([row | changes]).itertuples(index=False))


def placed(position, measure="agency_rate", **changes):
    """funnels.place's rows of three councils, the first at a position."""
    row = {"council": "Halton", "council_code": "E1", "return_unit": "E1", "name": "Halton", "joint": False}
    row |= {"measure": measure, "census": 2025, "value": 39.8, "marker": "", "target": 13.2, "tau": 0.15, "z": 2.1}
    row |= {"low_998": 0.0, "low_95": 0.4, "high_95": 39.2, "high_998": 56.6}
    others = [row | {"council_code": c, "return_unit": c, "position": "within limits", "z": 0.1} for c in ("E2", "E3")]
    return pd.DataFrame([row | {"position": position} | changes, *others])


EACH = [
    *({"tau": tau, "phi": phi} for tau, phi in ((0.0, 0.9), (0.15, 23.8))),
    {"above_998": 2, "above_95": 9},
    {"below_998": 1, "below_95": 4, "above_998": 1, "above_95": 1},
    {"above_95": 0, "below_95": 0, "small": 0, "without": 0, "lowest": 0.0},
    {"small": 0, "placed": 1349, "expected_998": 2.7, "expected_95": 67.0, "above_95": 80},
]
COUNTS = [(count(m, **changes),) for m in FIVE for changes in EACH]
JOINT = {"joint": True, "name": "Kingston upon Thames / Richmond upon Thames"}
CASES = {
    "funnel_headline": COUNTS,
    "subtitle_funnel": COUNTS,
    "funnel_sentence": COUNTS,
    "funnel_spread": COUNTS,
    "alt_funnel": [
        (count(above_998=n, above_95=n), placed(position)) for n, position in ((0, "within limits"), (1, "above 99.8%"))
    ],
    "caption_outside": COUNTS,
    "caption_counts": [(pd.DataFrame([count()]),)],
    "caption_positions": [("Halton", 2025)],
    "reading_funnels": [()],
    "own_headline": [
        *(
            ("Halton", placed(p, m), "E1", m)
            for p in (*funnels.POSITIONS, funnels.SMALL, funnels.NO_FIGURE)
            for m in FIVE
        ),
        ("Halton", placed("within limits"), "E9", "agency_rate"),
    ],
    "funnel_position": [
        *((placed(p, m, **own), "E1", m) for p in funnels.POSITIONS for m in FIVE for own in ({}, JOINT, {"tau": 0.0})),
        (placed(funnels.SMALL, z=NAN), "E1", "agency_rate"),
        (placed(funnels.NO_FIGURE, value=NAN, z=NAN, marker="x"), "E1", "agency_rate"),
        (placed(funnels.NO_FIGURE, value=NAN, z=NAN, **JOINT), "E1", "agency_rate"),
        (placed("within limits"), "E9", "agency_rate"),
    ],
}
SENTENCES = ("funnel_sentence", "funnel_spread", "alt_funnel", "reading_funnels", "funnel_position")
