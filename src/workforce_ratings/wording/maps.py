"""Sentences beside the tile-grid maps: counts by judgement, by class of a measure and by region, and what has no square.

Everything is a count. No council or region is ranked, and regions are never said to differ: no test of that is made.
"""

from __future__ import annotations

import pandas as pd

from workforce_ratings.vocabulary import JUDGEMENTS, MARKERS, MEASURES, SMALL_WORKFORCE_FTE, long_date
from workforce_ratings.wording.phrases import listed, lower_label, plural, value

SQUARES = "each square is one council, near where it lies"
NO_TEST = "Counts only: no test of differences between regions was made."
ENGLAND = "England"


# --- judgements ------------------------------------------------------------------------------------------------------


def map_headline(table: pd.DataFrame) -> str:
    """The judgement at which most councils stand, with their number. `table` is regions.judged's, here as below."""
    england = _england(table)
    most = england[list(JUDGEMENTS)].max()
    if not most:
        return "No standing overall judgement of any council is known"
    names = [j for j in JUDGEMENTS if england[j] == most]
    if len(names) > 1:
        return f"{most} of {england.councils} councils stand at {' and as many at '.join(names)}"
    return f"{most} of {england.councils} councils {plural(most, 'stands', 'stand')} at {names[0]}"


def subtitle_map(table: pd.DataFrame, as_at: str) -> str:
    """What the map of judgements is: what, place, day, n, and what a square is."""
    england = _england(table)
    judged = england.councils - england.none
    n = (
        f"{judged} councils"
        if judged == england.councils
        else f"{judged} of {england.councils} councils with one known"
    )
    return (
        f"Standing overall judgement of children's services, England, as published by {long_date(pd.Timestamp(as_at))}, "
        f"{n}; {SQUARES}"
    )


def alt_map(table: pd.DataFrame) -> str:
    """Alt text of the map of judgements: counts for England, then those at good or outstanding in each region."""
    england = _england(table)
    without = f", {england.none} with none known" if england.none else ""
    return (
        f"Tile-grid map of England with one square for each council, by standing overall judgement: "
        f"{_judgements(england)}{without}. {_good(table)}"
    )


def _judgements(row: pd.Series) -> str:
    return listed([f"{row[j]} {j}" for j in JUDGEMENTS])


def _good(table: pd.DataFrame) -> str:
    rows = table[table.region != ENGLAND]
    return f"At good or outstanding: {_counts(rows, rows.good + rows.outstanding, rows.councils)}."


def _counts(rows: pd.DataFrame, counted: pd.Series, of: pd.Series) -> str:
    """“1 of 12 in the North East, …”, in the order of the rows, without the regions that have none."""
    parts = [f"{n} of {all_} in {_in(region)}" for region, n, all_ in zip(rows.region, counted, of, strict=True) if n]
    return listed(parts) if parts else "no council"


def map_sentence(table: pd.DataFrame) -> str:
    """How many councils of each region stand at good or outstanding, and at inadequate; that nothing was tested."""
    rows = table[table.region != ENGLAND]
    return f"{_good(table)} At inadequate: {_counts(rows, rows.inadequate, rows.councils)}. {NO_TEST}"


def _in(region: str) -> str:
    """A region as a sentence has it: “the North East”, “London”."""
    return region if region in ("London", "Yorkshire and The Humber") else f"the {region}"


def caption_map(as_at: str) -> str:
    return f"Councils by standing overall judgement and region, from north to south, {long_date(pd.Timestamp(as_at))}"


def _england(table: pd.DataFrame) -> pd.Series:
    return table[table.region == ENGLAND].iloc[0]


# --- a measure -------------------------------------------------------------------------------------------------------


def measure_map_headline(figures: pd.DataFrame, measure: str) -> str:
    """How many councils are in the lowest and in the highest class of a measure. `figures` is regions.figures'."""
    label, counts = MEASURES[measure].label, figures.band.value_counts(sort=False)
    if not counts.sum():
        return f"{label}: no council has a figure"
    low, high = counts.index[0], counts.index[-1]
    return f"{label}: {counts[low]} {plural(counts[low], 'council', 'councils')} {low}, {counts[high]} at {high}"


def subtitle_measure_map(figures: pd.DataFrame, measure: str) -> str:
    """What the map of a measure is: measure, unit, place, census, n with joint returns, what a square is."""
    m = MEASURES[measure]
    n, joint = int(figures.value.count()), int((figures.joint & figures.value.notna()).sum())
    shared = f" ({joint} of them in joint returns, whose one figure both councils show)" if joint else ""
    return (
        f"{m.label} ({m.unit}), England, census of 30 September {figures.census.iloc[0]}, figures as published, to "
        f"one decimal, {n} of {len(figures)} councils{shared}; {SQUARES}"
    )


def alt_measure_map(figures: pd.DataFrame, table: pd.DataFrame, measure: str) -> str:
    """Alt text of the map of a measure: counts in each class, then each region's figure. `table` is by_region's."""
    counts = figures.band.value_counts(sort=False)
    parts = [f"{band} in {count}" for band, count in counts.items()]
    without = int(figures.value.isna().sum())
    parts += [f"no figure for {without}"] if without else []
    known = table[(table.region != ENGLAND) & table.rate.notna()]
    regions = [f"{r.region} {value(measure, r.rate)}" for r in known.itertuples()]
    told = f" Regions as DfE publishes them: {listed(regions)}." if regions else ""
    return (
        f"Tile-grid map of England with the {lower_label(measure)} of each council in {figures.census.iloc[0]}: "
        f"{listed(parts)}.{told}"
    )


def measure_map_sentences(figures: pd.DataFrame, table: pd.DataFrame, measure: str) -> list[str]:
    """How many councils of each region are in the highest class, and which figures are shared, small or missing."""
    said = [_highest(figures, table, measure), _joint(figures), _small(figures), _without(figures)]
    return [sentence for sentence in said if sentence]


def _highest(figures: pd.DataFrame, table: pd.DataFrame, measure: str) -> str:
    """Counts by region of the highest class, in the order of the table."""
    rows = table[table.region != ENGLAND]
    if not rows.n.sum():
        return ""
    band = figures.band.cat.categories[-1]
    counted = rows.region.map(figures[figures.band == band].region.value_counts()).fillna(0).astype(int)
    return f"{MEASURES[measure].label} of {band}: {_counts(rows, counted, rows.n)}. {NO_TEST}"


def _joint(figures: pd.DataFrame) -> str:
    """Which councils show one figure, that of their joint return."""
    rows = figures[figures.joint & figures.value.notna()]
    pairs = [listed(sorted(names)) for _, names in rows.groupby("return_unit").council]
    return f"One figure for both councils of a joint return: {'; '.join(pairs)}." if pairs else ""


def _small(figures: pd.DataFrame) -> str:
    names = sorted(figures[figures.small & figures.value.notna()].council)
    if not names:
        return ""
    return (
        f"{plural(len(names), 'The figure', 'The figures')} of {listed(names)} {plural(len(names), 'rests', 'rest')} on "
        f"fewer than {SMALL_WORKFORCE_FTE} social workers in post (full-time equivalent) and can move far with one person."
    )


def _without(figures: pd.DataFrame) -> str:
    """Which councils have no figure, by the marker that DfE printed."""
    rows = figures[figures.value.isna()]
    parts = [
        f"{listed(sorted(names))} ({f'[{marker}], {MARKERS.get(marker, marker)}' if marker else 'none at this census'})"
        for marker, names in rows.groupby("marker").council
    ]
    return f"Without a figure: {'; '.join(parts)}." if parts else ""


def caption_measure_map(figures: pd.DataFrame, measure: str) -> str:
    """What the table beside the map holds: regional figures as published and the span of council figures."""
    m = MEASURES[measure]
    return (
        f"{m.label} ({m.unit}) by region from north to south, census of 30 September {figures.census.iloc[0]}: DfE's "
        f"figure for the region, and the lowest and highest of its councils (joint returns count for both)"
    )


# --- the squares -----------------------------------------------------------------------------------------------------


def no_tile(tiles: pd.DataFrame, latest: pd.DataFrame) -> str:
    """Which councils of a day have no square, and which squares have no council yet; “” where the two agree.

    `tiles` is councils.tile_grid's, `latest` panel.latest's.
    """
    ended = latest[~latest.council_code.isin(tiles.council_code)].council
    later = tiles[~tiles.council_code.isin(latest.council_code)].council
    told = []
    if len(ended):
        names = listed([_of_then(name, later) for name in sorted(ended)])
        told.append(
            f"The map is of the councils of today, so {names} {plural(len(ended), 'has', 'have')} no square; the table and "
            f"the sentences count {plural(len(ended), 'it', 'them')}."
        )
    if len(later):
        names = listed([_of_now(name, ended) for name in sorted(later)])
        were, show = (plural(len(later), *words) for words in (("was", "were"), ("shows", "show")))
        told.append(f"{names} {were} not there on that day and {show} “–”.")
    return " ".join(told)


def _of_then(name: str, later: pd.Series) -> str:
    return f"{name} within its earlier boundary" if name in set(later) else name


def _of_now(name: str, ended: pd.Series) -> str:
    return f"{name} within its boundary of today" if name in set(ended) else name
