"""What one council's report depends on: all of it is in its profile, and one value tells whether any of it changed."""

import csv
import dataclasses
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import nbformat
import numpy as np
import pandas as pd
import pytest

from workforce_ratings import context, councils, pages, paths, press, profiles, reconciliation
from workforce_ratings.official import tables
from workforce_ratings.profiles import Profile, digesting, gathering

AS_AT = "2026-06-30"
# Leeds and its neighbours in DfE's list, one that has ended, one with a joint return, one too small for any funnel.
SAMPLE = (
    *("Leeds", "Wakefield", "Sheffield", "Kirklees", "Bolton", "Derby", "Halton", "Kent", "Cumbria"),
    *("Kingston upon Thames", "Isles of Scilly"),
)


def digests() -> dict[str, str]:
    return {name: profiles.digest(profiles.gather(name, AS_AT)) for name in SAMPLE}


@pytest.fixture(scope="module")
def before() -> dict[str, str]:
    return digests()


def changed(before: dict[str, str]) -> set[str]:
    return {name for name, digest in digests().items() if digest != before[name]}


# --- nothing beside the profile --------------------------------------------------------------------------------------

OPENED: list[str] | None = None


def _note(event: str, arguments: tuple) -> None:
    if OPENED is not None and event == "open" and isinstance(arguments[0], str | os.PathLike):
        OPENED.append(os.fspath(arguments[0]))


@pytest.fixture
def opened(monkeypatch):
    """The files that are opened while the test runs."""
    sys.addaudithook(_note)  # which cannot be taken away again, so it notes nothing once the test is over
    monkeypatch.setattr(sys.modules[__name__], "OPENED", [])
    return OPENED


def _refuse(*_, **__):
    raise AssertionError("a report read something beside its profile")


@pytest.fixture
def read_no_more(monkeypatch):
    """Call it, and whatever reads figures, articles or what all councils share fails from then on."""

    def forbid() -> None:
        for module, name in (
            *((context, "national"), (gathering, "national"), (tables, "load"), (tables, "_load")),
            *((press, "claims"), (press, "named"), (press, "_state"), (reconciliation, "_official_figures")),
        ):
            monkeypatch.setattr(module, name, _refuse)

    return forbid


@pytest.mark.parametrize("name", ["Kingston upon Thames", "Cumbria"])
def test_every_cell_of_a_report_is_made_from_its_profile_alone(name, monkeypatch, opened, read_no_more):
    for function in vars(councils).values():
        if hasattr(function, "cache_clear"):
            function.cache_clear()
    profile = profiles.gather(name, AS_AT)
    read_no_more()
    shown = []
    monkeypatch.setattr(profiles, "gather", lambda *_: profile)
    monkeypatch.setattr(pages, "display", lambda *told, **_: shown.append(told))
    monkeypatch.setattr(pages, "png", lambda figure: b"a picture")
    notebook = nbformat.read(paths.NOTEBOOKS / "council_report.ipynb", as_version=4)
    names: dict[str, object] = {}
    OPENED.clear()
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        exec(cell.source.replace('"Wakefield"', repr(name)), names)
    assert len(shown) > 30
    assert [path for path in OPENED if Path(path).resolve().is_relative_to(paths.DATA)] == []


def test_the_hook_sees_a_file_that_is_opened(opened):
    assert (paths.REGISTER / "councils.csv").read_bytes()
    assert Path(OPENED[-1]) == paths.REGISTER / "councils.csv"


def test_a_profile_holds_nothing_of_all_councils_but_what_is_drawn(before):
    kinds = {type(getattr(profiles.gather("Leeds", AS_AT), field.name)) for field in dataclasses.fields(Profile)}
    assert context.National not in kinds


# --- what changes it -------------------------------------------------------------------------------------------------


def test_each_part_of_a_profile_counts(before):
    leeds = profiles.gather("Leeds", AS_AT)
    assert profiles.digest(dataclasses.replace(leeds)) == before["Leeds"]
    for field in dataclasses.fields(Profile):
        assert profiles.digest(dataclasses.replace(leeds, **{field.name: "another"})) != before["Leeds"], field.name


def test_every_council_has_a_digest_of_its_own(before):
    assert len(set(before.values())) == len(SAMPLE)


def test_a_row_of_neighbours_changes_the_report_whose_neighbour_it_is(before, monkeypatch):
    load, rows = tables.load, tables.load("neighbours")
    first = (rows.council == "Kent") & (rows["rank"] == 1)
    other = rows.assign(closeness=rows.closeness.where(~first, "Not close "))
    monkeypatch.setattr(tables, "load", lambda name: other.copy() if name == "neighbours" else load(name))
    assert changed(before) == {"Kent"}


def rewrite(path: Path, change) -> int:
    """Changes the rows of a table in place; tells how many were changed."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    made = [row | change(row) for row in rows]
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(made)
    return sum(old != new for old, new in zip(rows, made, strict=True))


def test_a_judgement_on_leaders_changes_the_one_report_that_shows_it(before, official_copy):
    def other_leaders(row):
        is_it = row["council"] == "Leeds" and row["framework"] == "ILACS" and row["scope"] == "full"
        return {"leaders": "requires improvement"} if is_it else {}

    assert rewrite(official_copy / "inspections.csv", other_leaders)
    assert changed(before) == {"Leeds"}


def test_an_agency_rate_of_the_latest_census_changes_every_report_with_its_funnel(before, official_copy):
    def other_rate(row):
        is_it = row["name"] == "Leeds" and row["census"] == "2025"
        return {"agency_rate": f"{float(row['agency_rate']) + 0.1:.1f}"} if is_it else {}

    assert rewrite(official_copy / "workforce.csv", other_rate) == 1
    assert changed(before) == set(SAMPLE)


# --- how values are told apart ---------------------------------------------------------------------------------------


class Pair(NamedTuple):
    a: object
    b: object


def told(value: object) -> bytes:
    return b"".join(digesting._parts(value))


DAY = pd.Timestamp("2025-09-30")
DIFFERENT = [
    *(None, "", "None", 0, 0.0, -0.0, False, True, 1, "1", 1.0, float("nan"), pd.NaT, pd.NA, DAY, str(DAY)),
    *((), (1,), [1], {"a": 1}, {"b": 1}, {"a": 1, "b": 2}, {"b": 2, "a": 1}, Pair(1, 2), (1, 2), ((1,), 2), (1, (2,))),
    *(pd.Series([1, 2]), pd.Series([1.0, 2]), pd.Series([2.0, 1]), pd.Series([1.0, 2], index=[1, 0]), pd.Index([1, 2])),
    *(pd.Series([1.0, 2], name="x"), pd.Series([1.0, None]), pd.Series([1, None], dtype="Int64")),
    *(pd.Series([1.0, np.nextafter(2, 3)]), pd.Series([1.0, None], dtype=object), pd.Series(["1.0", "2"])),
    *(pd.Series(["a b"]), pd.Series(["a", "b"]), pd.Series(["a' 'b"]), pd.Series([DAY]), pd.Series([DAY, None])),
    *(pd.Series(["a"], dtype=pd.CategoricalDtype(list(scale))) for scale in ("ab", "ba", "a")),
    *(pd.DataFrame(columns=list(names)) for names in ("", "ab", "ba")),
    *(pd.DataFrame({"a": [1], "b": [2]}), pd.DataFrame({"b": [2], "a": [1]}), pd.DataFrame({"a": [2], "b": [1]})),
    pd.DataFrame([[1, 2]], columns=["a", "a"]),
]


def test_no_two_values_are_told_alike():
    assert len({told(value) for value in DIFFERENT}) == len(DIFFERENT)


def test_values_that_are_the_same_are_told_alike():
    assert told(pd.Series([np.nan])) == told(pd.Series([-np.float64(np.nan)]))
    assert told(pd.DataFrame({"a": [0.1, 2]})) == told(pd.DataFrame({"a": [1, 20]}) / 10)
    assert told(councils.find("Leeds")) == told(dataclasses.replace(councils.find("Leeds")))


@pytest.mark.parametrize("value", [object(), {1}, np.array([1]), pd.Series([{1}])])
def test_a_value_that_cannot_be_told_exactly_is_refused(value):
    with pytest.raises(TypeError, match="has no digest"):
        told(value)


@pytest.mark.slow
def test_a_digest_is_the_same_in_another_process_with_other_hashes(before):
    code = f"from workforce_ratings import profiles; print(profiles.digest(profiles.gather('Leeds', '{AS_AT}')))"
    seeds = os.environ | {"PYTHONHASHSEED": "7"}
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=seeds)
    assert made.stdout.strip() == before["Leeds"]
