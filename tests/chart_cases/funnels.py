"""Charts of funnel plots, from invented councils."""

import numpy as np
import pandas as pd

from workforce_ratings import charts
from workforce_ratings.models import funnels
from workforce_ratings.vocabulary import JUDGEMENT_TYPE, JUDGEMENTS

COUNCILS = 40


def invented():
    """Forty councils at the census of 2024, two of them in one joint return, with one agency rate far above the rest."""
    size = np.linspace(60, 900, COUNCILS)
    rate = 0.15 + 0.05 * np.sin(7 * np.arange(COUNCILS))
    rate[20] = 0.7
    codes = [f"E0600{i:04d}" for i in range(COUNCILS)]
    frame = pd.DataFrame(
        {
            "council": [f"Council {i:02d}" for i in range(COUNCILS)],
            "council_code": codes,
            "return_unit": ["E06000000 / E06000001"] * 2 + codes[2:],
            "name": ["Council 00 / Council 01"] * 2 + [f"Council {i:02d}" for i in range(2, COUNCILS)],
            "joint": [True] * 2 + [False] * (COUNCILS - 2),
            "overall": pd.Series([JUDGEMENTS[i % 4] for i in range(COUNCILS)]).astype(JUDGEMENT_TYPE),
            "census": 2024,
            "agency_fte": rate * size,
            "inpost_fte": (1 - rate) * size,
            "agency_rate": 100 * rate,
            "agency_rate_marker": "",
        }
    )
    first = frame.iloc[0]
    return frame.assign(
        agency_fte=frame.agency_fte.mask(frame.joint, first.agency_fte),
        inpost_fte=frame.inpost_fte.mask(frame.joint, first.inpost_fte),
        agency_rate=frame.agency_rate.mask(frame.joint, first.agency_rate),
    )


def funnel(_):
    placed = funnels.place(invented(), "agency_rate", 2024)
    units = funnels.units(placed, "agency_rate")
    return charts.funnels.funnel(units, funnels.limits(placed, "agency_rate"), "agency_rate", "E06000005")


CHARTS = {"funnel": funnel}
