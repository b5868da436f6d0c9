"""The benchmark of reading articles: its scoring, its two simple readers, and what its README shows.

The sentences are invented; of the councils only the names are real.
"""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from workforce_ratings import paths
from workforce_ratings.texts import lexicon

sys.path.append(str(paths.PROJECT / "benchmarks"))
MODULES = ("baselines", "leave_one_out", "read_articles", "results", "scoring")
baselines, leave_one_out, read_articles, results, scoring = map(importlib.import_module, MODULES)

Guess, Score = baselines.Guess, scoring.Score
FACT = {"council": "Halton", "indicator": "agency_rate", "value": 30, "exact": True, "start": 10, "end": 12}
JUDGED = {"indicator": "overall_judgement"}
RIGHT = Guess("agency_rate", "Halton", 30.0, "=", 10, 13)


def scored(facts: list[dict], *claims: Guess, ignored: str = "") -> tuple[int, int, int, int, int]:
    """Found, wrong, missed, spans right and bounds right of some claims of one article."""
    article = scoring.Labelled(Path("a.txt"), tuple(FACT | fact for fact in facts), frozenset([ignored]))
    s = scoring.score(article, claims)
    return s.found.total(), s.wrong.total(), s.missed.total(), s.spans, s.bounds


def changed(**values) -> Guess:
    return Guess(**asdict(RIGHT) | values)


# --- scoring -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "claim", "counts"),
    [
        ({}, {}, (1, 0, 0, 1, 1)),
        ({}, {"value": 31.0}, (0, 1, 1, 0, 0)),
        ({}, {"council": "Torbay"}, (0, 1, 1, 0, 0)),
        ({}, {"indicator": "vacancy_rate"}, (0, 1, 1, 0, 0)),
        ({}, {"indicator": "money"}, (0, 0, 1, 0, 0)),
        ({}, {"start": 12, "end": 14}, (1, 0, 0, 0, 1)),
        ({"mentions": [[40, 42]]}, {"start": 41, "end": 44}, (1, 0, 0, 1, 1)),
        ({"exact": False, "bound": ">"}, {}, (1, 0, 0, 1, 0)),
        ({"exact": False}, {"bound": "~"}, (1, 0, 0, 1, 1)),
        ({"optional": True}, {}, (0, 0, 0, 0, 0)),
        ({"optional": True}, {"value": 31.0}, (0, 1, 0, 0, 0)),
        ({"value_low": 30, "value_high": 36}, {"value": 33.0}, (1, 0, 0, 1, 1)),
        ({"value_high": 36}, {"value": 33.0}, (1, 0, 0, 1, 1)),
        ({"value_high": 36}, {"value": 34.0}, (0, 1, 1, 0, 0)),
        ({"council": "Brighton and Hove"}, {"council": "Brighton & Hove"}, (1, 0, 0, 1, 1)),
        (JUDGED | {"value": "good"}, JUDGED | {"value": "Good"}, (1, 0, 0, 1, 1)),
    ],
)
def test_a_claim_is_right_by_council_indicator_and_value(fact, claim, counts):
    assert scored([fact], changed(**claim)) == counts


def test_a_wrong_claim_counts_once_however_often_it_is_told():
    assert scored([], RIGHT, RIGHT, changed(start=50, end=52)) == (0, 1, 0, 0, 0)


def test_what_the_labels_ask_to_ignore_is_not_scored():
    assert scored([], RIGHT, ignored="agency_rate") == (0, 0, 0, 0, 0)


def test_precision_recall_and_f1_add_up():
    one = scoring.score(scoring.Labelled(Path("a"), (FACT, FACT | {"value": 40}), frozenset()), [RIGHT])
    two = scoring.score(scoring.Labelled(Path("b"), (), frozenset()), [RIGHT])
    both = one + two
    assert (both.precision(), both.recall(), both.f1()) == (0.5, 0.5, 0.5)
    assert both.facts("agency_rate") == 2
    assert Score().f1() == 1


def test_an_article_that_is_labelled_and_missing_is_told(tmp_path):
    row = {"file": "gone.txt", "facts": [], "ignore_indicators": []}
    (tmp_path / "gold.json").write_text(json.dumps([row]), encoding="utf-8")
    with pytest.raises(FileNotFoundError, match=r"gone\.txt is labelled"):
        scoring.labelled(tmp_path)


def by_the_publishers_tool(tool: Path, folder: Path, lines: list[dict]) -> dict[str, list[int]]:
    """Found, wrong and missed by indicator, and the two shares, as the publisher's tool prints them."""
    command = [sys.executable, str(tool), str(folder / "gold.json"), str(folder)]
    jsonl = "".join(json.dumps(line) + "\n" for line in lines)
    out = subprocess.run(command, input=jsonl, capture_output=True, text=True, check=True, timeout=60).stdout
    rows = re.findall(r"(?m)^(\w+) +found +(\d+) +wrong +(\d+) +missed +(\d+)", out)
    shares = re.findall(r"(?:span|bound) right ([\d.]+)", out)
    return {name: [int(n) for n in counts] for name, *counts in rows} | {"shares": [float(s) for s in shares]}


@pytest.mark.parametrize("reader", [results.SUITE, read_articles.KEYWORDS])
def test_the_scoring_is_that_of_the_publishers_tool(sources, reader):
    folder = sources / "articles" / "dev"
    read, total, lines = read_articles.READERS[reader], Score(), []
    for article in scoring.labelled(folder):
        claims = read(article.path)
        total += scoring.score(article, claims)
        for c in claims:
            line = {name: getattr(c, name) for name in ("council", "indicator", "value", "bound", "start", "end")}
            lines.append(line | {"article": article.path.name})
    own = {i: [total.found[i], total.wrong[i], total.missed[i]] for i in scoring.INDICATORS}
    own["all"] = [total.found.total(), total.wrong.total(), total.missed.total()]
    own["shares"] = [round(total.spans_right, 3), round(total.bounds_right, 3)]
    assert own == by_the_publishers_tool(sources / "tools" / "score_claims.py", folder, lines)


# --- simple readers --------------------------------------------------------------------------------------------------


def told(text: str, reader=baselines.by_keywords) -> list[tuple]:
    found = sorted(reader(text), key=lambda g: g.start)
    return [(g.indicator, g.council, g.value, g.bound, text[g.start : g.end]) for g in found]


ARTICLES = {
    "Halton council is in trouble. Over 30% of its posts were vacant, while agency staff were 12.5 per cent.": [
        ("vacancy_rate", "Halton", 30, ">", "30"),
        ("agency_rate", "Halton", 12.5, "=", "12.5"),
    ],
    "In Halton caseloads were about 22.5. In Torbay they were good, and cases stood as high as 40 in 2019.": [
        ("caseload_average", "Halton", 22.5, "~", "22.5"),
        ("caseload_max", "Torbay", 40, "=", "40"),
    ],
    "Ofsted rated Halton good. It had been judged ‘inadequate’ until a monitoring visit.": [
        ("overall_judgement", "Halton", "good", "=", "good"),
        ("previous_judgement", "Halton", "inadequate", "=", "inadequate"),
        ("inspection_type", "Halton", "monitoring_visit", "=", "monitoring visit"),
    ],
    "A third of Halton's staff are temporary, against 18pc nationally.": [
        ("agency_rate", "Halton", 33, "=", "A third"),
        ("agency_rate", "Halton", 18, "=", "18"),
    ],
    "The bill rose by 30% to £12m.": [],
}


@pytest.mark.parametrize("text", ARTICLES)
def test_the_simple_reader_takes_what_is_beside_a_keyword(text):
    assert told(text) == ARTICLES[text]


@pytest.mark.slow
def test_quantulum_finds_numbers_for_the_same_keywords():
    pytest.importorskip("quantulum3")
    found = told("In Halton 30% of posts were vacant, and turnover was 12pc.", baselines.by_quantulum)
    assert [claim[:4] for claim in found] == [
        ("vacancy_rate", "Halton", 30, "="),
        ("turnover_rate", "Halton", 12, "="),
    ]


# --- the invented articles --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def seen() -> dict:
    """The invented articles that the rules were tuned with, by set."""
    return {name: scoring.labelled(read_articles.INVENTED / name) for name in read_articles.SEEN}


def test_the_suite_reads_the_seen_articles_well_and_better_than_keywords_do(seen):
    readers = (read_articles.READERS[name] for name in (results.SUITE, read_articles.KEYWORDS))
    suite, keywords = (sum(read_articles.scores(reader, seen).values(), Score()) for reader in readers)
    assert suite.f1() >= 0.95
    assert suite.f1() > keywords.f1() > 0.4
    assert suite.precision() > keywords.precision()
    assert suite.recall() > keywords.recall()


def test_a_term_that_only_one_article_has_is_that_articles_own(tmp_path):
    for name, text in {"a": "Agency staff, and locums too.", "b": "Staff of an agency."}.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    articles = [scoring.Labelled(tmp_path / f"{name}.txt", (), frozenset()) for name in "ab"]
    taught = leave_one_out.taught(articles)
    assert ("shares.agency_rate", "locums?") in taught[articles[0].path]
    assert not any(term == ("shares.agency_rate", "agency") for terms in taught.values() for term in terms)


def test_an_article_read_without_a_term_lacks_what_the_term_tells(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("Halton council says that 30% of its social workers were locums last year.\n", encoding="utf-8")
    fact = FACT | {"start": path.read_text(encoding="utf-8").index("30")}
    article = scoring.Labelled(path, (fact,), frozenset())
    term = ("shares.agency_rate", "locums?")
    assert leave_one_out.score_without(article, set()).recall() == 1
    assert leave_one_out.score_without(article, {term}).recall() == 0
    assert leave_one_out.score_without(article, set()).recall() == 1
    assert paths.TERMS.is_relative_to(paths.PROJECT)


def test_a_section_that_loses_all_its_terms_matches_nothing():
    name = "judgements.whole"
    with leave_one_out._without({(name, term) for term in lexicon.section(name)}):
        assert not lexicon.holds(name, "overall, and also in every area")
    assert lexicon.holds(name, "overall")


# --- the README --------------------------------------------------------------------------------------------------------


def test_the_readme_holds_the_tables_of_every_set():
    readme = read_articles.README.read_text(encoding="utf-8")
    tables = readme.partition(read_articles.BEGIN)[2].partition(read_articles.END)[0]
    for name in set(read_articles.folders()) - {read_articles.DIGESTS}:
        assert re.search(rf"(?m)^\| {name} \| (?:yes|no) \| \d+ \| \d+ \| {results.SUITE} \|", tables), name
    for heading in ("Beside the suite", "Speed", "Each indicator", "Leave-one-out"):
        assert f"### {heading}" in tables


def test_results_are_put_between_the_marks_and_nowhere_else():
    page = f"Before.\n{read_articles.BEGIN}\nold\n{read_articles.END}\nAfter.\n"
    written = read_articles.with_results(page, "new")
    assert written == f"Before.\n{read_articles.BEGIN}\n\nnew\n\n{read_articles.END}\nAfter.\n"
    assert read_articles.with_results(written, "new") == written
    with pytest.raises(ValueError, match="lacks"):
        read_articles.with_results("No marks.", "new")


def test_a_reader_that_is_not_installed_has_a_row_that_says_so():
    measured = results.Results(
        groups={"one": ["a"]},
        seen={"a": True},
        articles={"a": 1},
        notes={"other": "not installed"},
        scores={results.SUITE: {"a": Score()}, "plain": {"a": Score()}},
        seconds={results.SUITE: [2.0, 1.0, 4.0], "plain": [1.0, 0.5, 2.0]},
        thinned={"a": Score()},
        taught={"a": [3, 5]},
    )
    page = results.written(measured)
    assert "|  | other: not installed |" in page
    assert "| one | plain | 1.00 | 1.00 | 1.00 | 1.00 | 1.00 |" in page
    assert "| plain | 2.00 | 1 |" in page
    assert "| a | 4 | 1.000 | 1.000 | 1.000 | 1.000 |" in page
