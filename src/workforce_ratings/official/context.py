"""What surrounds a council: DfE's ten statistical neighbours and the deprivation of its area.

Deprivation is of 2019, for the councils of that year. A council made later by a split is given its predecessor's value
and says so in `basis`; one whose code alone changed keeps its own.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from workforce_ratings import councils
from workforce_ratings.official import releases
from workforce_ratings.official.releases import Cells, Release

NEIGHBOURS = 10
# The day whose councils the neighbour model of 2025 has, and to which deprivation is carried forward.
COUNCILS_ON = pd.Timestamp("2025-12-31")
IMD_CODE = "Upper Tier Local Authority District code (2019)"
IMD_NAME = "Upper Tier Local Authority District name (2019)"
IMD_SCORE = "IMD - Average score"
IMD_RANK = "IMD - Rank of average score"
IMD_SHARE = "IMD - Proportion of LSOAs in most deprived 10% nationally"
IMD_HIGHEST = {IMD_SCORE: 100, IMD_RANK: 151, IMD_SHARE: 1}


def read_neighbours(path: Path, release: Release, accepted: tuple[str, ...] = ()) -> pd.DataFrame:
    """One row per council and statistical neighbour: codes and names of both, rank 1 (closest) to 10, closeness."""
    needed = [f"SN_{n}{suffix}" for n in range(1, NEIGHBOURS + 1) for suffix in ("", "P")]
    cells = releases.read_csv(path, ("old_la_code", "la_name", *needed))
    releases.check_rows(cells, release, accepted)
    _check_repeats(cells, "old_la_code", "la_name")
    current = {c.la_code: c for c in councils.existing(COUNCILS_ON)}
    rows = []
    for index, row in cells.frame.iterrows():
        for rank in range(1, NEIGHBOURS + 1):
            for column in ("old_la_code", f"SN_{rank}"):
                if row[column] not in current:
                    raise cells.fault(index, column, f"“{row[column]}” is not the number of a council of today.")
            council, neighbour = current[row.old_la_code], current[row[f"SN_{rank}"]]
            rows.append((council.code, council.name, rank, neighbour.code, neighbour.name, row[f"SN_{rank}P"].lower()))
    releases.check_content(path, release, accepted)
    columns = ["council_code", "council", "rank", "neighbour_code", "neighbour", "closeness"]
    return pd.DataFrame(rows, columns=columns).sort_values(["council", "rank"], ignore_index=True)


def read_deprivation(path: Path, release: Release, accepted: tuple[str, ...] = ()) -> pd.DataFrame:
    """One row per council of today: average IMD 2019 score (higher = more deprived), its rank of 151, and the share of
    neighbourhoods among England's most deprived tenth; `basis` is “own” or names the predecessor."""
    cells = releases.read_csv(path, (IMD_CODE, IMD_NAME, IMD_SCORE, IMD_RANK, IMD_SHARE))
    releases.check_rows(cells, release, accepted)
    _check_repeats(cells, IMD_CODE, IMD_NAME)
    scores: dict[str, tuple[float, ...]] = {}
    for index, row in cells.frame.iterrows():
        code = row[IMD_CODE]
        if code not in councils.by_code():
            raise cells.fault(index, IMD_CODE, f"“{code}” is not in data/register/councils.csv; add its row there.")
        scores[councils.series_code(code)] = tuple(_figure(cells, index, column) for column in IMD_HIGHEST)
    releases.check_content(path, release, accepted)
    rows = [(c.code, c.name, *_own_or_inherited(c, scores)) for c in _not_ended()]
    columns = ["council_code", "council", "imd_average_score", "imd_rank", "imd_share_most_deprived", "basis"]
    return pd.DataFrame(rows, columns=columns)


def _check_repeats(cells: Cells, code: str, name: str) -> None:
    repeated = cells.frame[cells.frame.duplicated(code)]
    if len(repeated):
        row = repeated.iloc[0]
        raise cells.fault(repeated.index[0], code, f"{row[name]} is there twice; download the file again.")


def _figure(cells: Cells, index: int, column: str) -> float:
    text, highest = cells.frame.loc[index, column], IMD_HIGHEST[column]
    if not re.fullmatch(r"\d+(\.\d+)?", text) or float(text) > highest:
        raise cells.fault(index, column, f"“{text}” is not a number from 0 to {highest}; download the file again.")
    return float(text)


def _not_ended() -> list[councils.Council]:
    """The councils of COUNCILS_ON and any that the register has as beginning later, by name."""
    found = [c for c in councils.by_code().values() if c.valid_to is None or c.valid_to > COUNCILS_ON]
    return sorted(found, key=lambda c: c.name)


def _own_or_inherited(council: councils.Council, scores: dict[str, tuple[float, ...]]) -> tuple:
    if council.code in scores:
        return (*scores[council.code], "own")
    for earlier in council.predecessors:
        if earlier.code in scores:
            return (*scores[earlier.code], f"of {earlier.name}")
    return (None, None, None, "none")
