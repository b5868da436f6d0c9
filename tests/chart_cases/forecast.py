"""Charts of forecasts of the next judgement, from invented trials."""

import numpy as np
import pandas as pd

from workforce_ratings import charts
from workforce_ratings.models import forecast
from workforce_ratings.vocabulary import JUDGEMENTS


def skill():
    rows = [
        {"model": model, "rps_difference": 0.01 * i, "ci_low": 0.01 * i - 0.02, "ci_high": 0.01 * i + 0.03}
        for i, model in enumerate(forecast.MODELS)
    ]
    return pd.DataFrame(rows).assign(base_difference=-0.03, base_ci_low=-0.05, base_ci_high=-0.01)


def levels():
    rows = [(0, np.nan, np.nan, np.nan, np.nan), (3, 0.3, 0.0, 0.0, 0.5), (40, 0.5, 0.6, 0.45, 0.7)]
    return pd.DataFrame(rows, columns=["n", "forecast", "share", "ci_low", "ci_high"])


def forecasts():
    frame = pd.DataFrame({"previous": [*JUDGEMENTS, *JUDGEMENTS], "p_good_or_outstanding": np.linspace(0.1, 0.97, 8)})
    p = frame.p_good_or_outstanding
    return frame.assign(judgement="overall", ci_low=0.9 * p, ci_high=p + 0.5 * (1 - p))


CHARTS = {
    "score_differences": lambda _: charts.forecast.score_differences(skill()),
    "calibrated": lambda _: charts.forecast.calibrated(levels()),
    "next_by_standing": lambda _: charts.forecast.next_by_standing(forecasts(), "overall"),
}
