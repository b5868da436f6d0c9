"""Themes against a hand coding of real articles and, one by one, against sentences of our own."""

import csv
import random
import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

from workforce_ratings import paths
from workforce_ratings.texts import themes
from workforce_ratings.texts.themes import THEMES, Finding, definitions, find, table

CODINGS = Path(__file__).parent / "theme_codings.csv"
# Where a saved page's article ends: readers' comments and the publisher's links come after it.
AFTER_THE_ARTICLE = re.compile(r"\d+ Responses to|Comments are closed|More from Community Care")
ENOUGH = 0.9


def said(text: str) -> set[tuple[str, str]]:
    return {(f.theme, f.direction) for f in find(text, [(0, len(text))])}


# --- sentences of our own ----------------------------------------------------------------------------------------------

SENTENCES = [
    ("Morale is low across the teams.", "morale strain"),
    ("Morale is not low, whatever the union says.", "morale strength"),
    ("Inspectors did not find low morale.", "morale strength"),
    ("Staff morale has improved since the move.", "morale strength"),
    ("Practitioners said they felt valued by their managers.", "morale strength"),
    ("Social workers were exhausted and many wept.", "morale strain"),
    ("Supervision was irregular in two of the teams.", "supervision_frequency strain"),
    ("Some had gone without supervision since the winter.", "supervision_frequency strain"),
    ("Supervision takes place every month.", "supervision_frequency strength"),
    ("The council failed to provide regular supervision.", "supervision_frequency strain"),
    ("Supervision needs to be more frequent.", "supervision_frequency strain"),
    ("Supervision is reflective.", "supervision_quality strength"),
    ("Supervision lacks reflection.", "supervision_quality strain"),
    ("The council needs to improve supervision.", "supervision_quality strain"),
    ("Management oversight was weak.", "management_oversight strain"),
    ("There was no evidence of management oversight in the files.", "management_oversight strain"),
    ("Leaders were unaware of the harm.", "management_oversight strain"),
    ("Leaders were not aware of the harm.", "management_oversight strain"),
    ("Managers keep a firm grip on the work.", "management_oversight strength"),
    ("Caseloads are high.", "workload strain"),
    ("Caseloads had been high but came down.", "workload strain|strength"),
    ("Caseloads fell by a third.", "workload strength"),
    ("Caseloads are no longer high.", "workload strength"),
    ("Caseloads must fall.", "workload strain"),
    ("Some people hold more than 40 cases.", "workload strain"),
    ("Workers have a manageable workload.", "workload strength"),
    ("Workloads are not manageable.", "workload strain"),
    ("There were 40 unallocated cases.", "unallocated_or_delayed strain"),
    ("There are no unallocated cases.", "unallocated_or_delayed strength"),
    ("Few children waited for an assessment.", "unallocated_or_delayed strength"),
    ("Visits were made without delay.", "unallocated_or_delayed strength"),
    ("Assessments are not timely.", "unallocated_or_delayed strain"),
    ("Some cases drift for years.", "unallocated_or_delayed strain"),
    ("Turnover is high.", "recruitment_and_retention strain"),
    ("Turnover came down to 9 per cent.", "recruitment_and_retention strength"),
    ("The borough has struggled with recruitment.", "recruitment_and_retention strain"),
    ("A shortage of social workers is to blame.", "recruitment_and_retention strain"),
    ("The workforce is stable, but vacancies are rising.", "recruitment_and_retention strain|strength"),
    ("Too many agency staff work there.", "agency_reliance strain"),
    ("Agency staff made up 38% of the teams.", "agency_reliance strain"),
    ("There are no agency workers now.", "agency_reliance strength"),
    ("The council has reduced its reliance on agency staff.", "agency_reliance strength"),
    ("Four directors in three years have come and gone.", "leadership_stability strain"),
    ("The leadership team is stable.", "leadership_stability strength"),
    ("Case records are out of date.", "recording_quality strain"),
    ("Visits are clearly recorded.", "recording_quality strength"),
    ("Police and council do not agree on thresholds.", "thresholds_and_partners strain"),
    ("Thresholds are well understood.", "thresholds_and_partners strength"),
    ("The council invested £2m in its teams.", "investment strength"),
    ("The council will invest in its teams.", "investment strength"),
    ("The service has overspent.", "investment strain"),
    ("There was a lack of investment.", "investment strain"),
]


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES)
def test_a_sentence_says_what_a_reader_takes_from_it(sentence, expected):
    theme, directions = expected.split()
    assert said(sentence) == {(theme, direction) for direction in directions.split("|")}


NOTHING = [
    "",
    "The judge made a supervision order in the high court.",
    "Contact needs the supervision of her parents.",
    "The multi-agency hub opened in a large building.",
    "Too many other agencies were invited, the news agency reported.",
    "A record number of people came.",
    "The pension fund's investment fell.",
    "Her income threshold was too high.",
    "The court's caseload is rising.",
    "The morale of teachers is low.",
    "An overwhelming majority voted for it.",
    "There is a shortage of foster carers.",
    "Publication of the report was delayed.",
    "The council plans to improve retention.",
    "Inspectors asked whether recording had improved.",
    "Inspectors spoke with staff about supervision.",
    "The service was rated good in June.",
    "The leader of the opposition resigned.",
    "The meadows lie along the river.",
]


@pytest.mark.parametrize("sentence", NOTHING)
def test_what_is_about_something_else_or_only_planned_is_no_finding(sentence):
    assert said(sentence) == set()


# --- spans, tables and the data file -----------------------------------------------------------------------------------


def test_a_finding_spans_topic_and_cue_and_nothing_outside_the_spans_is_read():
    text = "Home | Jobs\nInspectors said that morale is very low.\nReader: my caseload is high!"
    start, end = text.index("Inspectors"), text.index("Reader")
    [found] = find(text, [(start, end)])
    assert text[found.start : found.end] == "morale is very low"


def test_findings_come_in_the_order_of_the_text():
    text = "Turnover is high. Morale is low. Caseloads are high."
    found = find(text, [(18, len(text)), (0, 17)])
    assert [f.theme for f in found] == ["recruitment_and_retention", "morale", "workload"]


def test_one_statement_is_one_finding():
    text = "Senior leaders know where practice is weak."
    assert [text[f.start : f.end] for f in find(text, [(0, len(text))])] == ["Senior leaders know"]


def test_the_table_has_a_row_for_every_article_and_theme():
    one = [
        Finding("workload", "strain", 5, 9),
        Finding("workload", "strength", 20, 31),
        Finding("morale", "strain", 40, 49),
    ]
    rows = table({"one": one, "none": []})
    assert list(rows.columns) == ["article", "theme", "present", "direction", "findings", "start", "end"]
    assert list(rows.theme) == [*THEMES, *THEMES]
    first = rows[rows.article == "one"].set_index("theme")
    assert first.loc["workload", ["present", "direction", "findings", "start", "end"]].tolist() == [
        True,
        "mixed",
        2,
        5,
        9,
    ]
    assert first.loc["morale", "direction"] == "strain"
    empty = rows[rows.article == "none"]
    assert not empty.present.any()
    assert empty.start.isna().all()
    assert set(empty.direction) == {""}


def test_a_table_of_no_articles_keeps_its_columns_and_kinds():
    rows = table({})
    assert len(rows) == 0
    assert rows.present.dtype == bool
    assert rows.start.dtype == pd.Int64Dtype()


def test_every_theme_is_defined_in_words():
    rows = definitions()
    assert tuple(rows.theme) == THEMES
    assert all(text.endswith(".") for column in ("definition", "strain", "strength") for text in rows[column])


def patterns_of(node) -> list[str]:
    """Every pattern below a part of the data file."""
    if isinstance(node, str):
        return [node]
    if isinstance(node, list):
        return [p for child in node for p in patterns_of(child)]
    return [p for key, child in node.items() if key not in ("wanted",) for p in patterns_of(child)]


def test_patterns_are_written_as_the_data_file_says():
    content = yaml.safe_load((paths.ARTICLES / "themes.yml").read_text(encoding="utf-8"))
    found = [p for theme in content["themes"].values() for p in patterns_of([theme["rules"], theme.get("alone", {})])]
    found += [p for theme in content["themes"].values() for p in theme["not"]] + patterns_of(content["lists"])
    for pattern in found:
        assert pattern == pattern.lower() or pattern in content["lists"], pattern
        assert not re.search(r"\b[a-z]{1,3}\*", pattern), f"{pattern}: four letters at least before *"
        assert re.compile(themes._expression(pattern)), pattern
    for theme in content["themes"].values():
        assert all(isinstance(reason, str) and reason for reason in theme["not"].values())


@pytest.mark.parametrize("content", ["themes: [", "themes: {}", "[]", "{}"])
def test_a_damaged_data_file_is_one_sentence(content, tmp_path, monkeypatch, fault_of):
    (tmp_path / "themes.yml").write_text(content, encoding="utf-8")
    monkeypatch.setattr(paths, "ARTICLES", tmp_path)
    assert "themes.yml" in fault_of(themes._file.__wrapped__)


# --- any text at all ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_no_text_breaks_it_and_every_span_lies_inside(seed):
    rng = random.Random(seed)
    words = [w for sentence, _ in SENTENCES for w in sentence.split()] + list("İß“”’—…\n\t.,;:()£%*\\\x00\u2028🙂")
    text = " ".join(rng.choices(words, k=rng.randrange(300)))
    a, b = sorted(rng.choices(range(len(text) + 1), k=2))
    for found in find(text, [(a, b)]):
        assert a <= found.start < found.end <= b
        assert found.theme in THEMES
        assert found.direction in themes.DIRECTIONS


# --- real articles -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def agreement(sources) -> pd.DataFrame:
    """One row per article and theme: the direction coded by hand before the rules were written, and the one found."""
    files = {p.name: p for folder in ("articles", "articles/dev") for p in (sources / folder).glob("*.txt")}
    with CODINGS.open(encoding="utf-8", newline="") as handle:
        coded = pd.DataFrame(csv.DictReader(handle))
    absent = sorted(set(coded.article) - set(files))
    if absent:
        pytest.skip(f"SOURCES_DIR has no articles/{absent[0]}")
    findings = {}
    for article in coded.article.unique():
        text = files[article].read_text(encoding="utf-8")
        end = AFTER_THE_ARTICLE.search(text)
        findings[article] = find(text, [(0, end.start() if end else len(text))])
    return coded.merge(table(findings), on=["article", "theme"], suffixes=("_coded", ""), validate="1:1")


def test_presence_agrees_with_the_hand_coding(agreement):
    coded = agreement.direction_coded != "none"
    f1 = 2 * (coded & agreement.present).sum() / (coded.sum() + agreement.present.sum())
    assert len(agreement) == 24 * len(THEMES)
    assert f1 >= ENOUGH


def test_direction_agrees_with_the_hand_coding(agreement):
    both = agreement[(agreement.direction_coded != "none") & agreement.present]
    assert (both.direction == both.direction_coded).mean() >= ENOUGH
