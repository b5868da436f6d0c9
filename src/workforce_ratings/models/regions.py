"""Councils counted by region, for the tables beside the maps: judgements that stand, and a measure in classes. No model.

Regional and England's figures are those that DfE publishes, not averages of councils. Classes of a measure have fixed
ends in round numbers, the same at every census, so that maps of two days can be compared. Nothing is tested: the tables
hold counts, and regions and councils stand in the order of the map, never of their figures.
"""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from workforce_ratings.vocabulary import (
    JUDGEMENTS,
    MEASURES,
    SMALL_WORKFORCE_FTE,
    Fault,
    one_decimal,
    one_of,
)

ENGLAND = "England"
# From north to south, as the Office for National Statistics lists them.
REGIONS = (
    "North East",
    "North West",
    "Yorkshire and The Humber",
    "East Midlands",
    "West Midlands",
    "East of England",
    "London",
    "South East",
    "South West",
)
NONE = "none"
# Where one class ends and the next begins, in the measure's unit: a figure on a break is in the class above it.
BREAKS = {
    "agency_rate": (10, 20, 30),
    "turnover_rate": (10, 15, 20),
    "vacancy_rate": (10, 20, 30),
    "absence_rate": (2, 3, 4),
    "caseload": (14, 16, 18),
}


def judged(latest: pd.DataFrame) -> pd.DataFrame:
    """One row per region with councils, then England: councils, and how many stand at each judgement and at none.

    None means none known: Ofsted's file leaves out early inspections of councils that have since ended.

    `latest` is panel.latest's. Raises Fault for a region that is not one of the nine.
    """
    rows = latest.assign(overall=latest.overall.astype(object).where(latest.overall.notna(), NONE))
    table = pd.crosstab(rows.region, rows.overall).reindex(columns=[*JUDGEMENTS, NONE], fill_value=0)
    table = table.reindex(_regions(latest)).rename_axis(columns=None)
    table.loc[ENGLAND] = table.sum()
    return table.astype(int).assign(councils=table.sum(axis=1).astype(int)).rename_axis("region").reset_index()


def _regions(rows: pd.DataFrame) -> list[str]:
    """The regions of some councils, from north to south."""
    if strange := sorted(set(rows.region) - set(REGIONS)):
        raise Fault(f"“{strange[0]}” is not one of the nine regions; correct the council's row in data/register.")
    return [region for region in REGIONS if region in set(rows.region)]


def shown_judged(table: pd.DataFrame) -> pd.DataFrame:
    """judged() as a reader's table; the column of councils without a judgement only where there are any."""
    names = {"region": "Region", **{j: j[0].upper() + j[1:] for j in JUDGEMENTS}}
    names |= {NONE: "None known"} if table[NONE].any() else {}
    return table[[*names, "councils"]].rename(columns={**names, "councils": "Councils"})


def classes(measure: str) -> list[str]:
    """The classes of a measure in words, lowest first: “under 10%”, “10% to under 20%”, “20% to under 30%”, “30% or more”.

    They are of figures as published, to one decimal: a rate of 9.9% is under 10%.
    """
    breaks, sign = BREAKS[one_of(measure, BREAKS, "measure")], "%" if MEASURES[measure].unit == "%" else ""
    between = [f"{low}{sign} to under {high}{sign}" for low, high in pairwise(breaks)]
    return [f"under {breaks[0]}{sign}", *between, f"{breaks[-1]}{sign} or more"]


def printed(figure: float) -> str:
    """A figure as a square of the map prints it: to one decimal as DfE publishes it, from 100 on without its “.0”."""
    text = one_decimal(figure)
    return text.removesuffix(".0") if figure >= 100 else text


def figures(latest: pd.DataFrame, measure: str) -> pd.DataFrame:
    """One row per council of panel.latest: its figure of a measure as DfE publishes it, and the class that it is in.

    `value` is in the measure's unit and NaN where there is none; `marker` is then DfE's letter, or “” for a council
    without a row at that census. `printed` is the figure as text (see printed, “” for none) and `band` the class of what
    is printed (ordered, see classes), so that the two never disagree. `census` is the year, the same for all. `joint` is
    true where the figure is of two councils' return, which both have; `small` where the workforce is under
    SMALL_WORKFORCE_FTE. Raises Fault for an unknown measure, and where no census is known.
    """
    names = classes(measure)
    if latest.census.isna().all():
        raise Fault("No council has a figure to map; choose an as_at by which a census was published.")
    kept = latest[["council_code", "council", "region", "return_unit", "joint"]]
    text = [printed(v) if pd.notna(v) else "" for v in latest[measure]]
    edges = [-float("inf"), *BREAKS[measure], float("inf")]
    return kept.assign(
        census=int(latest.census.max()),
        value=latest[measure],
        marker=latest[f"{measure}_marker"].fillna(""),
        printed=text,
        small=latest.inpost_fte < SMALL_WORKFORCE_FTE,
        band=pd.cut(pd.to_numeric(pd.Series(text, latest.index)), edges, right=False, labels=names, ordered=True),
    )


def by_region(placed: pd.DataFrame, wider: pd.DataFrame, measure: str) -> pd.DataFrame:
    """One row per region, then England: the figure that DfE publishes, and what its councils' figures span.

    `placed` is figures', `wider` panel.wider's (the rows of the same census are taken). `rate` is NaN with a marker
    where DfE publishes none; `lowest` and `highest` are council figures, `n` the councils that have one and `without`
    those that have not. A joint return counts for both of its councils.
    """
    published = wider[wider.census == placed.census.iloc[0]].set_index("name")
    rows = [_region(placed[placed.region == region], published, region, measure) for region in _regions(placed)]
    return pd.DataFrame([*rows, _region(placed, published, ENGLAND, measure)])


def _region(councils: pd.DataFrame, published: pd.DataFrame, name: str, measure: str) -> dict[str, object]:
    there = name in published.index
    return {
        "region": name,
        "rate": float(published[measure][name]) if there else float("nan"),
        "marker": published[f"{measure}_marker"][name] if there else "",
        "lowest": councils.value.min(),
        "highest": councils.value.max(),
        "n": int(councils.value.count()),
        "without": int(councils.value.isna().sum()),
    }


def shown_by_region(table: pd.DataFrame) -> pd.DataFrame:
    """by_region() as a reader's table, its measure and unit in the caption; a marker where DfE publishes no number."""
    rate = [one_decimal(r.rate) if pd.notna(r.rate) else _marker(r.marker) for r in table.itertuples()]
    return pd.DataFrame(
        {
            "Region": table.region,
            "As published": rate,
            "Lowest council": table.lowest,
            "Highest council": table.highest,
            "Councils with a figure": table.n,
            "Without": table.without,
        }
    )


def _marker(marker: str) -> str:
    return f"[{marker}]" if marker else "–"


def every_square(tiles: pd.DataFrame, latest: pd.DataFrame, measures: tuple[str, ...]) -> pd.DataFrame:
    """What the maps show, council by council and unrounded, to be kept as a file: one row per square, by name.

    `tiles` is councils.tile_grid's, `latest` panel.latest's. Blank for a council that was not there; a marker in brackets
    where DfE publishes no number.
    """
    rows = tiles.sort_values("council").merge(
        latest.drop(columns=["council", "region"]), "left", "council_code", validate="one_to_one"
    )
    shown = rows[["label", "council", "council_code", "region", "overall", "inspection_start"]].rename(
        columns={
            "label": "Letters",
            "council": "Council",
            "council_code": "Code",
            "region": "Region",
            "overall": "Judgement",
            "inspection_start": "Inspection began",
        }
    )
    figures = {MEASURES[m].axis_label: _or_marker(rows[m], rows[f"{m}_marker"]) for m in measures}
    return shown.assign(Census=rows.census.astype("Int64"), **figures)


def _or_marker(values: pd.Series, markers: pd.Series) -> pd.Series:
    return values.astype(object).where(values.notna(), markers.fillna("").map(lambda m: f"[{m}]" if m else None))
