"""The hand-coded facts of press articles, beside the register, the official vocabulary and their sources."""

import csv
import hashlib
import itertools
import json
import re

import pandas as pd
import pytest
import yaml

from workforce_ratings import councils, paths
from workforce_ratings.vocabulary import JUDGEMENTS

FACTS = pd.read_csv(paths.FACTS, dtype=str, keep_default_na=False)
DIGESTS = sorted(path for path in paths.ARTICLES.glob("*.md") if path.name != "README.md")
README = (paths.ARTICLES / "README.md").read_text(encoding="utf-8")

COLUMNS = [
    "article",
    "fact",
    "council",
    "indicator",
    "value",
    "value_other",
    "unit",
    "bound",
    "in_words",
    "scope",
    "period",
    "period_start",
    "period_end",
    "authority",
    "hedged",
    "status",
    "note",
]
KEYS = {
    "publisher",
    "credited_to",
    "date",
    "date_basis",
    "title",
    "councils",
    "address",
    "source_file",
    "source_sha256",
    "kind",
}
INSPECTIONS = {"full", "short", "focused_visit", "monitoring_visit"}
JUDGED_INDICATORS = FACTS.indicator.str.endswith("_judgement")
WIDER = {"England", *councils.register().region}


def _parts(path):
    """A digest's front matter and its text."""
    _, front, text = path.read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(front), text


def _indicators():
    """The indicators and units of the README's table."""
    table = README.split("### Indicators")[1].split("##")[0]
    rows = re.findall(r"^\| (\w+) \| ([^|]+) \|", table, re.MULTILINE)
    return {name: unit for name, unit in rows if name != "indicator"}


def _outside(column, allowed):
    return FACTS[~FACTS[column].isin(allowed)][["article", "fact", column]].values.tolist()


# --- facts.csv -------------------------------------------------------------------------------------------------------


def test_the_columns_are_the_readmes():
    assert list(FACTS) == COLUMNS
    assert all(f"| {column}" in README or f", {column} |" in README for column in COLUMNS)


def test_facts_are_numbered_from_one_within_sorted_articles():
    assert list(FACTS.article.unique()) == sorted(FACTS.article.unique())
    for _, rows in FACTS.groupby("article"):
        assert rows.fact.astype(int).tolist() == list(range(1, len(rows) + 1))


def test_councils_are_in_the_register_or_wider_areas():
    assert _outside("council", {c.name for c in councils.by_code().values()} | WIDER) == []


def test_indicators_are_the_readmes():
    assert len(_indicators()) > 40
    assert _outside("indicator", _indicators()) == []


def test_units_are_the_readmes_but_for_changes():
    expected = FACTS.indicator.map(_indicators())
    assert set(FACTS[FACTS.unit != expected].status) <= {"change"}
    assert set(FACTS[FACTS.unit != expected].unit) <= {"%", "times"}


@pytest.mark.parametrize(
    ("column", "allowed"),
    [
        ("bound", {"=", "<", ">", "~"}),
        ("in_words", {"yes", "no"}),
        ("hedged", {"yes", "no"}),
        ("authority", {"dfe", "ofsted", "council", "other", ""}),
        ("status", {"fact", "target", "norm", "plan", "complement", "change"}),
    ],
)
def test_closed_lists_are_kept_to(column, allowed):
    assert _outside(column, allowed) == []


def test_judgements_are_of_the_closed_list():
    assert set(FACTS[JUDGED_INDICATORS].value) <= set(JUDGEMENTS)
    assert JUDGED_INDICATORS.sum() > 40


def test_kinds_of_inspection_are_of_the_closed_list():
    assert set(FACTS[FACTS.indicator == "inspection_type"].value) <= INSPECTIONS


def test_all_other_values_are_plain_numbers_and_only_a_change_is_negative():
    numbers = FACTS[~JUDGED_INDICATORS & (FACTS.indicator != "inspection_type")]
    assert numbers.value.str.fullmatch(r"-?\d+(\.\d+)?").all()
    assert set(numbers[numbers.value.str.startswith("-")].status) <= {"change"}
    assert FACTS.value_other.str.fullmatch(r"(\d+(\.\d+)?)?").all()


def test_rates_lie_between_0_and_100():
    rates = FACTS[FACTS.indicator.isin(["agency_rate", "turnover_rate", "vacancy_rate", "absence_rate"])]
    assert rates.value.astype(float).between(0, 100).all()


def test_the_other_end_of_a_range_is_on_its_side():
    ranges = FACTS[FACTS.value_other != ""]
    upper_first = ranges.indicator == "caseload_max"
    rising = ranges.value.astype(float) < ranges.value_other.astype(float)
    assert (rising != upper_first).all()


def test_periods_are_iso_dates_in_order():
    for column in ("period_start", "period_end"):
        dated = FACTS[column][FACTS[column] != ""]
        pd.to_datetime(dated, format="%Y-%m-%d", errors="raise")
        assert dated.str.len().eq(10).all()
    assert ((FACTS.period_start == "") == (FACTS.period_end == "")).all()
    assert (FACTS.period_start <= FACTS.period_end).all()


def test_dfes_figures_of_the_census_bear_its_day_or_the_year_to_it():
    census = FACTS[(FACTS.authority == "dfe") & FACTS.indicator.str.endswith(("_rate", "caseload_average"))]
    # The press of 2015 quoted other figures, of financial years, from before the census.
    dated = census[census.period_start >= "2015"]
    assert len(dated) > 10
    assert dated.period_end.str.endswith("-09-30").all()


def test_no_cell_begins_a_formula():
    text = FACTS.drop(columns=["bound", "value"])
    assert not text.map(lambda cell: cell.startswith(("=", "@", "+", "-"))).any(axis=None)


def test_the_file_is_plain_utf_8_with_one_header():
    content = paths.FACTS.read_bytes()
    assert b"\r" not in content
    assert not content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(content.decode("utf-8").splitlines()))
    assert {len(row) for row in rows} == {len(COLUMNS)}


# --- digests ---------------------------------------------------------------------------------------------------------


def test_every_digest_has_facts_and_every_fact_a_digest():
    assert {path.stem for path in DIGESTS} == set(FACTS.article)
    assert len(DIGESTS) == 24


@pytest.mark.parametrize("path", DIGESTS, ids=lambda path: path.stem)
def test_a_digest_begins_with_its_keys(path):
    front, text = _parts(path)
    assert set(front) == KEYS
    assert re.fullmatch(r"20\d\d(-\d\d(-\d\d)?)?", front["date"])
    assert path.stem.split("_")[1] == front["date"][: len(path.stem.split("_")[1])]
    assert front["kind"] in {"saved article", "retold opening"}
    assert re.fullmatch(r"[0-9a-f]{64}", front["source_sha256"])
    assert front["address"] is None or front["address"].startswith("http")
    assert all((front["publisher"], front["title"], front["date_basis"]))
    assert len(text.split()) > 20


@pytest.mark.parametrize("path", DIGESTS, ids=lambda path: path.stem)
def test_a_digest_names_the_councils_of_its_facts(path):
    named = set(_parts(path)[0]["councils"] or [])
    coded = set(FACTS[FACTS.article == path.stem].council) - WIDER
    assert {councils.find(name).name for name in named} == named
    assert coded <= named


def test_the_articles_of_one_text_are_coded_once():
    hashes = [_parts(path)[0]["source_sha256"] for path in DIGESTS]
    assert len(set(hashes)) == len(hashes)


# --- the sources -----------------------------------------------------------------------------------------------------


def _source(sources, path):
    name = _parts(path)[0]["source_file"]
    return next((sources / "articles").rglob(name))


def _runs(text, length):
    words = re.findall(r"\w+", text.lower().replace("’", "'").replace("'", ""))
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


@pytest.mark.parametrize("path", DIGESTS, ids=lambda path: path.stem)
def test_a_digests_source_is_the_one_recorded(sources, path):
    found = hashlib.sha256(_source(sources, path).read_bytes()).hexdigest()
    assert found == _parts(path)[0]["source_sha256"]


@pytest.mark.parametrize("path", DIGESTS, ids=lambda path: path.stem)
def test_a_digest_shares_no_eight_words_running_with_its_source(sources, path):
    article = _runs(_source(sources, path).read_text(encoding="utf-8"), 8)
    front, text = _parts(path)
    assert _runs(text, 8) & article == set()
    assert _runs(front["title"], 8) & article == set()


def test_notes_share_no_eight_words_running_with_the_sources(sources):
    for path in DIGESTS:
        article = _runs(_source(sources, path).read_text(encoding="utf-8"), 8)
        for note in FACTS[FACTS.article == path.stem][["note", "scope", "period"]].to_numpy().ravel():
            assert _runs(note, 8) & article == set(), f"{path.stem}: {note}"


def test_a_planted_copy_of_eight_words_would_be_found():
    article = _runs("The council’s leaders acted at once, and the children were seen.", 8)
    assert _runs("Then: the COUNCILS leaders acted at once and the", 8) & article
    assert not _runs("the leaders of the council acted at once and the children", 8) & article


def _same(fact, value):
    given = [fact["value"], fact.get("value_low"), fact.get("value_high")]
    if isinstance(fact["value"], str):
        return value == fact["value"]
    return bool(re.fullmatch(r"[\d.]+", value)) and float(value) in {float(g) for g in given if g is not None}


def _coded(article, council, fact):
    rows = FACTS[(FACTS.article == article) & (FACTS.council == council) & (FACTS.indicator == fact["indicator"])]
    return any(_same(fact, value) for value in itertools.chain(rows.value, rows.value_other))


def test_every_labelled_fact_of_the_development_set_is_coded(sources):
    gold = json.loads((sources / "articles" / "dev" / "gold.json").read_text(encoding="utf-8"))
    by_source = {_parts(path)[0]["source_file"]: path.stem for path in DIGESTS}
    wanted = [
        (by_source[article["file"]], council, fact)
        for article in gold
        for fact in article["facts"]
        if not fact.get("optional")
        for council in fact["council"].split("/")
    ]
    assert len(wanted) > 60
    absent = [
        (article, council, fact["indicator"]) for article, council, fact in wanted if not _coded(article, council, fact)
    ]
    assert absent == []
