"""Of an odd run.json as much is believed as is right, and the index is made whatever one holds."""

import json

import pytest

from workforce_ratings.runs import checking
from workforce_ratings.runs.rendering import render_index
from workforce_ratings.vocabulary import FIVE

FACTS = {
    "council": "Halton",
    "region": "North West",
    "as_at": "2026-06-30",
    "judgement": "good",
    "inspected": "2024-05-13",
    "framework": "ILACS",
    "census": 2025,
    "agency_rate": 16.25,
    "agency_rate_low": 4.0,
    "agency_rate_high": 15.96,
    "agency_rate_position": "above 95%",
    "agency_rate_change": -15.3,
    "absence_rate": 3,
    "absence_rate_marker": "u",
    "own_fact": "kept",
}
ENTRY = {
    "name": "council-halton",
    "title": "Halton",
    "section": "council",
    "status": "completed",
    "error": None,
    "page": "councils/halton.html",
    "page_sha256": "a" * 64,
    "pdf": "councils/halton.pdf",
    "pdf_sha256": "b" * 64,
    "tables": {"tables/claims.csv": "c" * 64},
    "facts": FACTS,
}
RUN = {
    "name": "all",
    "suite": "0.1.0",
    "python": "3.11.9",
    "status": "completed",
    "error": None,
    "started": "2026-07-01T09:00:00Z",
    "git": {"commit": "0123456789abcdef", "dirty": True},
    "packages": {"numpy": "2.3", "scipy": None},
    "notebooks": [ENTRY],
}


def test_a_right_record_is_believed_whole():
    assert checking.run(json.loads(json.dumps(RUN))) == RUN


@pytest.mark.parametrize("known", [{}, FACTS, {"a": None, "b": "", "c": -1.5, "d": 0}])
def test_numbers_text_and_none_by_name_are_facts(known):
    assert checking.is_facts(known)


@pytest.mark.parametrize(
    "known",
    [
        None,
        [],
        "x",
        {"a": True},
        {"a": float("nan")},
        {"a": float("inf")},
        {"a": {}},
        {1: 2},
        {"a": 1e308},
        {"a": 10**999},
    ],
)
def test_anything_else_is_not(known):
    assert not checking.is_facts(known)


ODD_FACTS = {
    "region": [5, None, ["x"], {}, True],
    "census": [0, 99999999, -1, 2025.0, "2025", True, 10**400],
    "agency_rate": [1e308, float("inf"), float("nan"), -1, 100.1, "x", [1], 10**400],
    "agency_rate_high": [1e308, "15"],
    "agency_rate_change": [1e308, 101, "1"],
    "absence_rate_marker": [5, {}],
    "agency_rate_position": [5],
    "inspected": ["yesterday", "2024-02-30", "0000-01-01", 5, "2024-05-13\n"],
    "as_at": ["99999-01-01", 20260630],
    "judgement": [3],
    "framework": [2018],
    "own_fact": [float("nan"), [], 1e308],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, odd in ODD_FACTS.items() for value in odd])
def test_an_odd_fact_is_left_out_and_the_others_are_not(name, value):
    right = {other: known for other, known in FACTS.items() if other != name}
    assert checking.facts(FACTS | {name: value}) == right


@pytest.mark.parametrize("measure", FIVE)
def test_every_measure_has_its_bounds(measure):
    ends = ("", "_low", "_high", "_change")
    assert checking.facts({f"{measure}{end}": 250 for end in ends}) == {}
    assert len(checking.facts({f"{measure}{end}": 5 for end in ends})) == 4


def test_text_is_one_line_that_can_be_printed():
    assert checking.text(" St.\tHelens\ud800\x1b\n") == "St. Helens"
    assert checking.text("\ud800") is None
    assert len(checking.text("x" * 5000)) == checking.LONGEST
    assert checking.facts({"region": "North\ud800 West", "judgement": None}) == {"region": "North West"}


ODD_ENTRIES = [
    {"title": None},
    {"title": ["Halton"]},
    {"title": "Hal\ud800ton"},
    {"facts": None},
    {"facts": [1]},
    {"tables": ["tables/claims.csv"]},
    {"tables": {"\ud800": "c" * 64, "../x": "c" * 64, "tables/y.csv": 5}},
    {"error": {"a": 1}},
    {"section": ["council"]},
    {"status": {}},
    {"pdf": 5},
    {"pdf": "\ud800.pdf"},
    *({"facts": {name: value}} for name, odd in ODD_FACTS.items() for value in odd),
]
ODD_RUNS = [
    {"packages": ["numpy"]},
    {"packages": {"numpy": 2, "\ud800": "1"}},
    {"git": {"commit": 7}},
    {"git": "0123456789abcdef"},
    {"git": {"commit": "\ud800"}},
    {"started": 5},
    {"name": "\ud800"},
    {"suite": []},
    {"notebooks": [None, 5, "x", [ENTRY], ENTRY]},
]


@pytest.mark.parametrize("odd", [*({"notebooks": [ENTRY | entry]} for entry in ODD_ENTRIES), *ODD_RUNS])
def test_an_index_is_made_of_every_odd_record(tmp_path, odd):
    found = checking.run(RUN | odd)
    page = render_index(tmp_path / "index.html", [found]).read_text(encoding="utf-8")
    assert 'href="councils/halton.html"' in page or odd["notebooks"][0].keys() & {"section", "status"}


def test_a_page_without_a_title_has_its_file_s_name():
    assert checking.entry(ENTRY | {"title": 5})["title"] == "halton"
    assert checking.entry(ENTRY | {"title": 5, "page": 5})["title"] is None


@pytest.mark.parametrize("odd", [None, [], 5, {}, {"notebooks": None}, {"notebooks": {"a": ENTRY}}])
def test_what_is_no_run_is_none(odd):
    assert checking.run(odd) is None
