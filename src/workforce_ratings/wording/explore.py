"""Sentences of the start page: figures pasted in, neighbours chosen by hand, and tables that a run has written."""

from __future__ import annotations

import pandas as pd

from workforce_ratings.wording.phrases import listed, plural, value


def own_notice(name: str, label: str) -> str:
    """What figures pasted into a notebook are, and what they are not."""
    return (
        f"The hollow circles (“{label}”) were pasted into this notebook. They are not DfE's figures of {name}: no release "
        f"has them, nothing here has checked them, and they are kept nowhere but in this notebook."
    )


def subtitle_own(subtitle: str, label: str) -> str:
    return f"{subtitle}; hollow circles, not DfE's: {label}"


def alt_own(alt: str, measure: str, label: str, rows: pd.DataFrame) -> str:
    """A chart's alt text with the pasted figures after it; `rows` has census and value."""
    told = [f"{value(measure, r.value)} in {int(r.census)}" for r in rows.sort_values("census").itertuples()]
    return f"{alt} Hollow circles, not DfE's ({label}): {listed(told)}."


def neighbours_chosen(name: str, names: list[str]) -> str:
    """Whose median stands beside a council in place of that of DfE's neighbours."""
    return (
        f"Here the neighbours of {name} are {len(names)} councils chosen by hand, in place of DfE's: {listed(names)}. Their "
        f"median is shown where at least five of them have a figure."
    )


def tables_missing(folder: str) -> str:
    """That no run has written tables, and what to do."""
    return (
        f"There are no tables in {folder} yet: give the command “make report” in a terminal (a few minutes), then run this "
        f"cell again."
    )


def tables_here(folder: str, count: int) -> str:
    """How many tables there are, and where their columns are explained."""
    return (
        f"{count} {plural(count, 'table', 'tables')} in {folder}; data/dictionary.csv says what each column means, with its "
        f"unit."
    )
