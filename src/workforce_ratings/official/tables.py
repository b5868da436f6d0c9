"""The tables of data/official: what each must look like, and reading one.

Schemas are checked before refresh moves anything into place and by the tests; readers of a table can rely on them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, partial
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
import yaml

from workforce_ratings import paths
from workforce_ratings.official import children
from workforce_ratings.official.outcomes import BY_DESIGN, GIVEN, PARTIAL
from workforce_ratings.official.workforce import FIGURES
from workforce_ratings.vocabulary import JUDGED, JUDGEMENT_TYPE, JUDGEMENTS, MARKERS, MEASURES, OUTCOMES, Fault

CODE = r"E\d{8}"
UNIT = rf"{CODE}( / {CODE})*"


def _measure(name: str) -> dict[str, pa.Column]:
    measure = MEASURES.get(name.removesuffix("_headcount"))
    return _figure(name, *((measure.low, measure.high) if measure else ()))


def _figure(name: str, low: float = 0, high: float = float("inf")) -> dict[str, pa.Column]:
    return {
        name: pa.Column(float, pa.Check.in_range(low, high), nullable=True),
        f"{name}_marker": pa.Column(str, pa.Check.isin(["", *MARKERS])),
    }


def _number_or_marker(frame: pd.DataFrame, names: Iterable[str]) -> bool:
    """Every figure is a number or has a marker, and never both."""
    return all((frame[name].isna() == (frame[f"{name}_marker"] != "")).all() for name in names)


def _either(names: Iterable[str]) -> pa.Check:
    error = "a figure must be a number or carry a marker, never both"
    return pa.Check(partial(_number_or_marker, names=names), error=error)


def _blank_only_by_design(frame: pd.DataFrame) -> pd.Series:
    return (frame.overall == "") == (frame.overall_status != GIVEN)


_WORKFORCE = pa.DataFrameSchema(
    {
        "release": pa.Column(str, pa.Check.str_matches(r"20\d\d")),
        "census": pa.Column(int, pa.Check.in_range(2015, 2100)),
        "level": pa.Column(str, pa.Check.isin(["council", "region", "England"])),
        "code": pa.Column(str, pa.Check.str_matches(rf"^{UNIT}$")),
        "return_unit": pa.Column(str, pa.Check.str_matches(rf"^{UNIT}$")),
        "name": pa.Column(str, pa.Check.str_length(min_value=3)),
        "region": pa.Column(str),
        "region_code": pa.Column(str),
    }
    | {k: v for name in FIGURES for k, v in _measure(name).items()},
    checks=_either(FIGURES),
    unique=["census", "return_unit"],
    strict=True,
)

SCHEMAS: dict[str, pa.DataFrameSchema] = {
    "workforce": _WORKFORCE,
    "workforce_2015_2016": _WORKFORCE,
    "workforce_release_2022": _WORKFORCE,
    "workforce_release_2023": _WORKFORCE,
    "workforce_release_2024": _WORKFORCE,
    "inspections": pa.DataFrameSchema(
        {
            "inspection_id": pa.Column(str, unique=True),
            "council_code": pa.Column(str, pa.Check.str_matches(rf"^{CODE}$")),
            "council": pa.Column(str, pa.Check.str_length(min_value=3)),
            "framework": pa.Column(str, pa.Check.isin(["SIF", "ILACS", "looked-after children 2013"])),
            "inspection_type": pa.Column(str, pa.Check.isin(["standard", "short", "full", "reinspection", "partial"])),
            "scope": pa.Column(str, pa.Check.isin(["full", "partial"])),
            "inspection_start": pa.Column("datetime64[ns]", coerce=True),
            "inspection_end": pa.Column("datetime64[ns]", nullable=True, coerce=True),
            "publication_date": pa.Column("datetime64[ns]", coerce=True),
        }
        | {name: pa.Column(str, pa.Check.isin(["", *JUDGEMENTS])) for name in JUDGED}
        | {
            "overall_status": pa.Column(str, pa.Check.isin([GIVEN, BY_DESIGN, PARTIAL])),
            "partial_judgement": pa.Column(str),
            "source": pa.Column(str, pa.Check.str_length(min_value=5)),
        },
        checks=[
            pa.Check(lambda d: d.publication_date >= d.inspection_start, error="published before it started"),
            pa.Check(_blank_only_by_design, error="an overall judgement is blank without a reason"),
        ],
        strict=True,
    ),
    "neighbours": pa.DataFrameSchema(
        {
            "council_code": pa.Column(str, pa.Check.str_matches(rf"^{CODE}$")),
            "council": pa.Column(str, pa.Check.str_length(min_value=3)),
            "rank": pa.Column(int, pa.Check.in_range(1, 10)),
            "neighbour_code": pa.Column(str, pa.Check.str_matches(rf"^{CODE}$")),
            "neighbour": pa.Column(str, pa.Check.str_length(min_value=3)),
            "closeness": pa.Column(str, pa.Check.str_length(min_value=3)),
        },
        unique=["council_code", "rank"],
        strict=True,
    ),
    "deprivation": pa.DataFrameSchema(
        {
            "council_code": pa.Column(str, pa.Check.str_matches(rf"^{CODE}$"), unique=True),
            "council": pa.Column(str, pa.Check.str_length(min_value=3)),
            "imd_average_score": pa.Column(float, pa.Check.in_range(0, 100), nullable=True),
            "imd_rank": pa.Column(float, pa.Check.in_range(1, 151), nullable=True, coerce=True),
            "imd_share_most_deprived": pa.Column(float, pa.Check.in_range(0, 1), nullable=True),
            "basis": pa.Column(str, pa.Check.str_matches(r"^(own|none|of .+)$")),
        },
        strict=True,
    ),
    "children": pa.DataFrameSchema(
        {
            "outcome": pa.Column(str, pa.Check.isin(list(OUTCOMES))),
            "year": pa.Column(int, pa.Check.in_range(2013, 2100)),
            "level": pa.Column(str, pa.Check.isin(["council", "England"])),
            "code": pa.Column(str, pa.Check.str_matches(rf"^{CODE}$")),
            "council_code": pa.Column(str, pa.Check.str_matches(rf"^{CODE}$")),
            "name": pa.Column(str, pa.Check.str_length(min_value=3)),
            **_figure("numerator"),
            **_figure("denominator"),
            **_figure("percent", high=100),
        },
        checks=_either(children.FIGURES),
        unique=["outcome", "year", "council_code"],
        strict=True,
    ),
    "population": pa.DataFrameSchema(
        {
            "council_code": pa.Column(str, pa.Check.str_matches(rf"^{CODE}$")),
            "council": pa.Column(str, pa.Check.str_length(min_value=3)),
            "year": pa.Column(int, pa.Check.in_range(2012, 2100)),
            **_figure("children"),
        },
        checks=_either(["children"]),
        unique=["council_code", "year"],
        strict=True,
    ),
    "council_names": pa.DataFrameSchema(
        {
            "code": pa.Column(str, pa.Check.str_matches(rf"^{CODE}$")),
            "spelling": pa.Column(str, pa.Check.str_length(min_value=3)),
            "source": pa.Column(str),
        },
        unique=["code", "spelling"],
        strict=True,
    ),
}

DATES = ("inspection_start", "inspection_end", "publication_date")


def check(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame, once it meets its table's schema. Raises Fault with the first thing that does not."""
    try:
        return SCHEMAS[name].validate(frame)
    except pa.errors.SchemaErrors as errors:
        raise _unfit(name, errors.schema_errors[0]) from errors
    except pa.errors.SchemaError as error:
        raise _unfit(name, error) from error


def _unfit(name: str, error: pa.errors.SchemaError) -> Fault:
    column = getattr(error.schema, "name", None) or "the whole table"
    return Fault(f"data/official/{name}.csv, {column}: {_opening(error)}.")


def _opening(error: Exception) -> str:
    """What a library's message says first; the rest is advice to programmers."""
    return " ".join(str(error).split()).split(". ")[0][:200].rstrip(".")


def load(name: str, folder: Path | None = None) -> pd.DataFrame:
    """One table of data/official, typed: markers and codes text, dates dates, judgements still text (“” = none).

    Raises Fault where the table is absent or damaged.
    """
    return _load(name, folder or paths.OFFICIAL).copy()


@cache
def _load(name: str, folder: Path) -> pd.DataFrame:
    path = folder / f"{name}.csv"
    if not path.exists():
        raise Fault(f"{path} is not there; run `workforce-ratings refresh --from FOLDER` to take the figures again.")
    kinds = {c: str(spec.dtype) for c, spec in SCHEMAS[name].columns.items()}
    types = {c: kind if kind in ("float64", "int64") else "str" for c, kind in kinds.items()}
    blank = {c: [""] for c, kind in types.items() if kind == "float64"}
    try:
        frame = pd.read_csv(path, dtype=types, keep_default_na=False, na_values=blank)
        dates = {c: pd.to_datetime(frame[c], format="%Y-%m-%d") for c in DATES if c in frame}
    except (OSError, ValueError) as error:  # pandas' own kinds for a damaged table are ValueErrors
        raise Fault(
            f"{path} cannot be read ({_opening(error)}); run `workforce-ratings refresh --from FOLDER` again."
        ) from error
    return check(name, frame.assign(**dates))


def workforce() -> pd.DataFrame:
    """DfE's latest release: one row per return unit, region or England and census, 2017 on."""
    return load("workforce")


def inspections() -> pd.DataFrame:
    """One row per inspection; judgements as ordered categories, NaN where none was given."""
    frame = load("inspections")
    return frame.assign(**{name: frame[name].replace("", None).astype(JUDGEMENT_TYPE) for name in JUDGED})


def twins() -> pd.DataFrame:
    """One row per publisher's file that figures of data/official came from, newest release of each table's files first.

    Columns: table, publisher, title, release, period, published, address, licence, rows, sha256.
    """
    rows = []
    for path in sorted(paths.OFFICIAL.glob("*.source.yml")):
        twin = yaml.safe_load(path.read_text(encoding="utf-8"))
        rows += [{"table": twin["table"], **source} for source in twin["sources"]]
    return pd.DataFrame(rows)
