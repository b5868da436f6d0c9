"""Cases of the chart of the specification curve."""

import pandas as pd

from workforce_ratings import charts

ROWS = pd.DataFrame(
    {
        "specification": range(4),
        "departures": [0, 1, 2, 1],
        "coef": [-0.05, -0.02, 0.01, float("nan")],
        "effect": [-0.5, -0.2, 0.1, float("nan")],
        "effect_low": [-0.8, -0.5, -0.3, float("nan")],
        "effect_high": [-0.2, 0.1, 0.5, float("nan")],
    }
)
CHARTS = {"specification_curve": lambda _: charts.specifications.specification_curve(ROWS)}
