"""Tile-grid maps of invented judgements and figures on the real squares."""

import pandas as pd

from workforce_ratings import charts, councils
from workforce_ratings.models import regions
from workforce_ratings.vocabulary import JUDGEMENT_TYPE, JUDGEMENTS

NAN = float("nan")


def latest(measure="agency_rate"):
    """Rows of panel.latest: judgements in turn, figures from 0 to 50; one marked, one with no judgement, one missing."""
    tiles = councils.tile_grid()
    values = [round(0.327 * n, 1) for n in range(len(tiles))]
    rows = pd.DataFrame(
        {
            **tiles[["council_code", "council", "region"]],
            "return_unit": tiles.council_code,
            "joint": False,
            "inpost_fte": 100.0,
            "census": 2025.0,
            measure: [NAN, 100.0, *values[2:]],
            f"{measure}_marker": ["x", *[""] * (len(tiles) - 1)],
        }
    )
    overall = pd.Series([None, *(JUDGEMENTS[n % 4] for n in range(len(tiles) - 1))]).astype(JUDGEMENT_TYPE)
    return rows.assign(overall=overall).iloc[:-1]


CHARTS = {
    "tile_map": lambda _: charts.maps.tile_map(councils.tile_grid(), latest()),
    "tile_map_measure": lambda _: charts.maps.tile_map_measure(
        councils.tile_grid(), regions.figures(latest(), "agency_rate"), "agency_rate"
    ),
}
