"""Cases of the chart of what changed since the last release."""

import pandas as pd

from workforce_ratings import charts


def places(**figures):
    """updates.places' rows of the agency rate: (before, after) by place, England first."""
    rows = [
        ("England" if name == "England" else "region", name, "agency_rate", before, after, after - before)
        for name, (before, after) in figures.items()
    ]
    return pd.DataFrame(rows, columns=["level", "name", "measure", "before", "after", "change"])


THREE = places(England=(16.2, 13.0), London=(17.9, 21.9), Wessex=(9.0, 9.0), Mercia=(float("nan"), 8.0))
CHARTS = {"place_changes": lambda _: charts.updates.place_changes(THREE, "agency_rate", 2024, 2025)}
