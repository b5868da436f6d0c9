"""data/dictionary.csv explains every column that is stored, in the field's own words, and what it allows is what is there.

The tables of reports/ are held to it in test_notebooks.py, which runs the notebooks; `problems` does both.
"""

import csv
import re
from pathlib import Path

import pytest
import yaml

from workforce_ratings import paths
from workforce_ratings.official import tables, workforce
from workforce_ratings.vocabulary import FIVE, JUDGED, JUDGEMENTS, MARKERS, MEASURES

MARKER_PATTERN = "<figure>_marker"
NUMBER = r"-?\d+(\.\d+)?(e-?\d+)?"
CODE = r"E\d{8}"
# What the words of the column `allowed` stand for; any other entry stands for itself. data/README.md lists them.
FORMS = {
    "blank": "",
    "text": r"(?s).*\S.*",
    "number": NUMBER,
    "year": r"20\d\d",
    "YYYY-MM-DD": r"20\d\d-\d\d-\d\d",
    "council code": CODE,
    "return unit": rf"{CODE}( / {CODE})*",
    "measure": "|".join(FIVE),
    "judgement": "|".join(JUDGEMENTS),
    "judged": "|".join(JUDGED),
    "marker": "|".join(map(re.escape, MARKERS)),
    "article": "|".join(re.escape(p.stem) for p in paths.ARTICLES.glob("*.md") if p.stem != "README"),
}
RANGE = re.compile(rf"(?P<low>{NUMBER}) (to (?P<high>{NUMBER})|or more)|above (?P<above>{NUMBER})")


def dictionary() -> list[dict[str, str]]:
    """The rows of the dictionary, as written."""
    return rows_of(paths.DICTIONARY)


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def explained(table: str) -> dict[str, dict[str, str]]:
    """The dictionary's entries for one table, by column, with the marker of each figure written out."""
    entries = {}
    for row in dictionary():
        if not Path(table).match(row["table"]):
            continue
        figures = workforce.FIGURES if row["column"] == MARKER_PATTERN else [""]
        entries |= {row["column"].replace("<figure>", figure): row for figure in figures}
    return entries


def problems(path: Path, table: str) -> list[str]:
    """What a stored table has that the dictionary does not say, one short text each; [] where all is explained."""
    stored, entries = rows_of(path), explained(table)
    columns = list(stored[0])
    wrong = [f"{table} has a column {c} that is not in the dictionary" for c in columns if c not in entries]
    wrong += [f"the dictionary has {table} {c}, which is not stored" for c in entries if c not in columns]
    for column in set(columns) & set(entries):
        values = {row[column] for row in stored}
        odd = sorted(v for v in values if not is_allowed(v, entries[column]["allowed"]))
        wrong += [f"{table} {column} holds “{odd[0]}”, not {entries[column]['allowed']}"] if odd else []
    return wrong


def is_allowed(value: str, allowed: str) -> bool:
    """Whether a cell is one of the things that an entry of the column `allowed` lists."""
    return any(_meets(value, entry) for entry in allowed.split("; "))


def _meets(value: str, entry: str) -> bool:
    bounds = RANGE.fullmatch(entry)
    if not bounds:
        return bool(re.fullmatch(FORMS.get(entry, re.escape(entry)), value))
    if not re.fullmatch(NUMBER, value):
        return False
    number, limit = float(value), {k: float(v) for k, v in bounds.groupdict().items() if v}
    above_low = number >= limit["low"] if "low" in limit else number > limit["above"]
    return above_low and number <= limit.get("high", number)


def stored_tables() -> list[str]:
    """Every table that is kept in the project, from its folder."""
    found = [p for p in paths.DATA.rglob("*.csv") if p != paths.DICTIONARY and paths.PRIVATE_ARTICLES not in p.parents]
    return sorted(p.relative_to(paths.PROJECT).as_posix() for p in found)


@pytest.mark.parametrize("table", stored_tables())
def test_every_column_and_value_is_as_the_dictionary_says(table):
    assert problems(paths.PROJECT / table, table) == []


def test_every_entry_is_of_a_table_that_is_kept_or_written():
    written = {row["table"] for row in dictionary() if row["table"].startswith(("reports/tables/", "downloads/"))}
    for row in dictionary():
        assert row["table"] in written or any(Path(t).match(row["table"]) for t in stored_tables()), row["table"]


def test_entries_are_complete_and_stand_once():
    seen = [(row["table"], row["column"]) for row in dictionary()]
    assert len(set(seen)) == len(seen)
    for row in dictionary():
        where = f"{row['table']} {row['column']}"
        assert list(row) == ["table", "column", "meaning", "unit", "allowed", "source"]
        assert all(row[c].strip() for c in ("meaning", "allowed", "source")), where
        assert len(row["meaning"]) > len(row["column"]) or row["meaning"] != row["column"], where


def test_measures_have_the_vocabulary_s_words_units_and_ranges():
    entries = explained("data/official/workforce.csv")
    for name, measure in MEASURES.items():
        entry = entries[name]
        assert (entry["meaning"], entry["unit"]) == (measure.definition, measure.unit)
        assert entry["allowed"] == f"{measure.low:g} to {measure.high:g}; blank"


def test_figures_name_the_publisher_s_column():
    entries = explained("data/official/workforce.csv")
    for published, ours in workforce.COLUMNS.items():
        assert entries[ours]["source"].endswith(f"column {published}")


def test_the_official_tables_entries_are_those_of_their_schemas():
    for name, schema in tables.SCHEMAS.items():
        assert set(explained(f"data/official/{name}.csv")) == set(schema.columns), name


@pytest.mark.parametrize(
    ("value", "allowed", "is_one"),
    [
        ("", "text", False),
        ("", "text; blank", True),
        ("100.0", "0 to 100", True),
        ("100.1", "0 to 100", False),
        ("-1", "0 or more", False),
        ("0", "above 0", False),
        ("2e-07", "0 to 1", True),
        ("nan", "number", False),
        ("1,234", "number", False),
        ("E09000021 / E09000027", "return unit", True),
        ("E09000021 / E09000027", "council code", False),
        ("Good", "judgement", False),
        ("..", "marker; blank", True),
        ("q", "marker; blank", False),
        ("2020-1-1", "YYYY-MM-DD", False),
    ],
)
def test_a_value_that_is_not_allowed_is_found(value, allowed, is_one):
    assert is_allowed(value, allowed) is is_one


def test_the_readme_says_how_to_read_it_and_what_each_marker_means():
    readme = (paths.DATA / "README.md").read_text(encoding="utf-8")
    for form in FORMS:
        assert re.search(rf"\| .*\b{re.escape(form)}\b.* \| .+ \|", readme), form
    for marker, meaning in MARKERS.items():
        assert re.search(rf"\| .*`{re.escape(marker)}`.* \| {re.escape(meaning)} \|", readme), marker


def test_the_readme_has_every_official_table_with_its_rows_and_licence():
    readme = (paths.DATA / "README.md").read_text(encoding="utf-8")
    listed = [line for line in readme.splitlines() if line.startswith("| ")]
    for name in tables.SCHEMAS:
        rows = len(rows_of(paths.OFFICIAL / f"{name}.csv"))
        line = next(line for line in listed if f"`{name}.csv`" in line)
        assert f"{rows:,}" in line, name
        assert "Open Government Licence v3.0" in line
    facts, results = rows_of(paths.FACTS), rows_of(paths.DATA / "publications.csv")
    assert any("`articles/facts.csv`" in line and f"| {len(facts)} |" in line for line in listed)
    assert any("`publications.csv`" in line and f"| {len(results)} |" in line for line in listed)


def test_every_official_table_has_a_twin_that_is_complete():
    for name in tables.SCHEMAS:
        twin = yaml.safe_load((paths.OFFICIAL / f"{name}.source.yml").read_text(encoding="utf-8"))
        assert twin["rows"] == len(rows_of(paths.OFFICIAL / f"{name}.csv"))
        for source in twin["sources"]:
            for key in ("file", "publisher", "title", "release", "published", "address", "licence", "sha256"):
                assert source[key], f"{name}: {key}"


def test_the_register_s_readme_names_its_files():
    readme = (paths.REGISTER / "README.md").read_text(encoding="utf-8")
    for path in [*paths.REGISTER.glob("*.csv"), *paths.REGISTER.glob("*.yml")]:
        assert f"| `{path.name}` |" in readme
