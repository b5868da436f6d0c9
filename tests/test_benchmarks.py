"""The benchmark of reading articles: its scoring, its two simple readers, and what its README shows; and that of making
reports: its statistics, rounds, comparison of outputs and tables. No test looks at the clock.

The sentences are invented; of the councils only the names are real.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat import v4

from workforce_ratings import paths
from workforce_ratings.texts import lexicon

sys.path.append(str(paths.PROJECT / "benchmarks"))
MODULES = ("baselines", "leave_one_out", "read_articles", "results", "scoring")
baselines, leave_one_out, read_articles, results, scoring = map(importlib.import_module, MODULES)
OF_REPORTS = (
    "comparing",
    "contestants",
    "make_reports",
    "report_tables",
    "rounds",
    "timers",
    "watching",
    "where_time_goes",
)
comparing, contestants, make_reports, report_tables, rounds, timers, watching, where_time_goes = map(
    importlib.import_module, OF_REPORTS
)

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


# --- making reports: rounds and statistics ---------------------------------------------------------------------------


@pytest.mark.parametrize(("by", "order"), [(0, "abc"), (1, "bca"), (2, "cab"), (3, "abc")])
def test_the_order_of_contestants_moves_on_by_one(by, order):
    contestants_of_a_round = [rounds.Contestant(way, ()) for way in "abc"]
    assert "".join(c.way for c in rounds.rotated(contestants_of_a_round, by)) == order


def test_every_contestant_runs_in_every_round_and_each_place_is_taken_in_turn(monkeypatch):
    ran = []

    def timed(contestant, number, folder):
        ran.append((number, contestant.way, folder.is_dir()))
        return [rounds.Timing(contestant.way, 0, number, 1.0)]

    monkeypatch.setattr(rounds, "timed", timed)
    looked = []
    found = list(
        rounds.in_rounds([rounds.Contestant(w, ()) for w in "abc"], 3, looked_at=lambda f: looked.append(set(f)))
    )
    assert Counter(one.way for one in found) == dict.fromkeys("abc", 3)
    assert Counter((place % 3, way) for place, (_, way, _) in enumerate(ran)) == {
        (p, w): 1 for p in range(3) for w in "abc"
    }
    assert looked == [set("abc")] * 3
    assert all(was_there for *_, was_there in ran)


@pytest.mark.parametrize(
    ("reports", "workers", "each"),
    [([4, 6, 8, 10], 1, 2), ([4, 4, 6, 6, 8, 8], 2, 1), ([4], 1, None), ([4, 5], 2, None)],
)
def test_a_further_report_is_what_a_larger_batch_adds(reports, workers, each):
    assert rounds.further(reports, workers) == each


def test_a_timing_is_told_from_the_start_of_the_process():
    told = {"began": 101.0, "warm": 104.0, "reports": [107.0, 106.0, 105.0]}
    made = rounds.timing(rounds.Contestant("ours", ("a", "b", "c")), 1, began=100.0, seconds=8.0, told=told)
    assert made == rounds.Timing("ours", 3, 1, seconds=8.0, start=4.0, first=5.0, each=1.0)
    floor = rounds.timing(rounds.Contestant(rounds.FLOOR, ("a", "b", "c")), 1, began=100.0, seconds=8.0, told=told)
    assert (floor.seconds, floor.start, floor.first) == (6.0, 0.0, 4.0)


def took(way: str, councils: int, seconds: float, each: float | None = 2.0, number: int = 0) -> dict:
    return rounds.plain([rounds.Timing(way, councils, number, seconds, 1.0, 3.0, each)])[0]


def test_medians_are_of_one_way_and_one_number_of_councils():
    timings = [
        took("a", 3, 9, number=0),
        took("a", 3, 7, number=1),
        took("a", 3, 50, number=2),
        took("a", 1, 1),
        took("b", 3, 5),
    ]
    found = rounds.medians(timings, "a")
    assert (found["councils"], found["rounds"], found["seconds"], found["least"], found["most"]) == (3, 3, 9, 7, 50)
    assert rounds.medians(timings, "a", 1)["seconds"] == 1
    assert rounds.medians(timings, "c") is None


def test_a_larger_batch_is_reckoned_from_what_each_further_report_adds():
    found = rounds.medians([took("a", 3, 9)], "a")
    assert rounds.seconds_for(found, 3) == 9
    assert rounds.seconds_for(found, 13) == 29
    assert rounds.seconds_for(rounds.medians([took("a", 1, 9, each=None)], "a"), 13) is None


def test_a_program_that_fails_is_told_with_its_last_words(tmp_path):
    words = [sys.executable, "-c", "import sys; sys.exit('no such council')"]
    with pytest.raises(RuntimeError, match="no such council"):
        rounds.run(words, tmp_path, {})
    assert rounds.run([sys.executable, "-c", "print('a'); print('b')"], tmp_path, {})[1] == "b"


def test_councils_are_taken_evenly_and_once_each():
    codes = [f"E{number:02}" for number in range(10)]
    assert make_reports.spread(codes, 5) == ("E00", "E02", "E04", "E06", "E08")
    assert make_reports.spread(codes, 99) == tuple(codes)


def test_every_way_is_one_that_can_be_run_and_has_a_name():
    alone, with_pages = make_reports.contestants([f"E{n}" for n in range(20)], 12, 6, has_ploomber=True)
    ways = [c.way for c in (*alone, *with_pages)]
    assert set(ways) - set(contestants.WAYS) == {rounds.COMMAND}
    assert set(ways) | {rounds.UNCHANGED} == set(report_tables.NAMES)
    assert [c.way for c in make_reports.contestants(["E1"], 1, 1, has_ploomber=False)[0]] == [
        way for way in report_tables.ALONE if way != report_tables.PLOOMBER
    ]


# --- making reports: what is compared and watched ---------------------------------------------------------------------


def executed(folder: Path, *pictures: str, text: str = "n = 3", alt: str = "A chart") -> Path:
    """An executed notebook of two cells: a sentence, and pictures."""
    folder.mkdir(exist_ok=True)
    shown = [v4.new_output("display_data", {"image/png": p}, metadata={"image/png": {"alt": alt}}) for p in pictures]
    cells = [v4.new_code_cell("say()", outputs=[v4.new_output("stream", text=text)], execution_count=1)]
    cells += [
        v4.new_code_cell("draw()", outputs=shown, execution_count=2, metadata={"papermill": {"duration": len(text)}})
    ]
    nbformat.write(v4.new_notebook(cells=cells), folder / "E1.ipynb")
    return folder


@pytest.mark.parametrize(
    ("planted", "told"),
    [
        ({"text": "n = 4"}, "cell 1: output 1 (what is said of it)"),
        ({"alt": "Another"}, "cell 2: output 1 (what is said of it)"),
        ({"pictures": ("iVBO", "iVBP")}, "cell 2: output 2 (image/png)"),
        ({"pictures": ("iVBO",)}, "cell 2: the number of outputs (2, 1)"),
    ],
)
def test_a_planted_difference_is_found(tmp_path, planted, told):
    pictures = ("iVBO", "iVBO")
    plain = executed(tmp_path / "plain", *pictures)
    ours = executed(tmp_path / "ours", *planted.pop("pictures", pictures), **planted)
    assert told in comparing.difference(plain / "E1.ipynb", ours / "E1.ipynb")
    assert comparing.compared(plain, ours)[0] == 1
    equality = make_reports.Equality()
    with pytest.raises(SystemExit, match="not those of the plain run"):
        equality.look({"loop": plain, "one_worker": plain, "two_workers": ours})
    assert equality.notebooks == 1


def test_notebooks_that_differ_in_their_times_alone_are_the_same(tmp_path):
    plain, ours = (executed(tmp_path / name, "iVBO") for name in ("plain", "ours"))
    book = json.loads((ours / "E1.ipynb").read_text(encoding="utf-8"))
    book["cells"][1]["metadata"]["papermill"]["duration"] = 99
    book["metadata"]["papermill"] = {"start_time": "later"}
    (ours / "E1.ipynb").write_text(json.dumps(book), encoding="utf-8")
    assert comparing.compared(plain, ours) == (1, "")


def test_a_process_that_is_left_behind_is_found(tmp_path):
    marked = {**os.environ, watching.MARK: "planted"}
    left = subprocess.Popen([sys.executable, "-c", "input()"], env=marked, stdin=subprocess.PIPE)
    try:
        assert len(watching.left_behind("planted", seconds=0)) == 1
        assert watching.left_behind("another", seconds=0) == []
    finally:
        left.communicate(b"\n")
    assert watching.left_behind("planted", seconds=0) == []


def test_memory_is_of_all_processes_of_a_program():
    child = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"
    program = subprocess.Popen([sys.executable, "-c", child], stdin=subprocess.PIPE)
    try:
        reached = threading.Event()
        for _ in range(100):
            if len(list(watching.tree(program.pid))) == 2:
                break
            reached.wait(0.05)
        held = [watching.megabytes(process) for process in watching.tree(program.pid)]
        assert len(held) == 2
        assert all(1 < megabytes < 100 for megabytes in held)
    finally:
        program.communicate(b"\n")
    assert list(watching.tree(program.pid)) == []
    assert watching.megabytes(psutil.Process()) > 10


def test_timers_give_each_call_its_own_time(monkeypatch):
    clock = iter([0.0, 1.0, 3.0, 10.0])
    monkeypatch.setattr(timers.time, "perf_counter", lambda: next(clock))

    class Owner:
        @staticmethod
        def outer() -> None:
            Owner.inner()

        @staticmethod
        def inner() -> None: ...

    found = timers.Timers()
    found.around(Owner, "outer", "outer")
    found.around(Owner, "inner", "inner")
    Owner.outer()
    assert found.seconds == {"outer": 8.0, "inner": 2.0}
    assert found.ended == {"outer": [10.0], "inner": [3.0]}
    with pytest.raises(AttributeError):
        found.around(Owner, "gone", "gone")


def test_the_calls_that_the_profile_times_are_there():
    for module, name, _ in timers.IN_CELLS:
        assert callable(getattr(importlib.import_module(f"workforce_ratings.{module}"), name))
    drawn = {f"{module.__name__.rpartition('.')[2]}.{name}" for module, name in timers.charts_functions()}
    called = re.findall(r"charts\.(\w+\.\w+)\(", contestants.NOTEBOOK.read_text(encoding="utf-8"))
    assert called
    assert set(called) <= drawn


def test_the_profiled_notebook_is_the_report_between_two_cells(tmp_path):
    made = nbformat.read(where_time_goes.with_timers(contestants.NOTEBOOK, tmp_path / "book.ipynb"), 4)
    assert [cell.source for cell in made.cells[1:-1]] == [
        c.source for c in nbformat.read(contestants.NOTEBOOK, 4).cells
    ]
    assert all(cell.metadata.tags == ["hide"] for cell in (made.cells[0], made.cells[-1]))


# --- making reports: the page -----------------------------------------------------------------------------------------


def kept() -> dict:
    """The measurements that the page shows."""
    page = make_reports.PAGE.read_text(encoding="utf-8")
    [name] = re.findall(r"\]\(\.\./benchmarks/results/([\w.-]+\.json)\)", page)
    return json.loads((make_reports.RESULTS / name).read_text(encoding="utf-8"))


def test_the_page_shows_what_was_kept_of_its_run():
    page = make_reports.PAGE.read_text(encoding="utf-8")
    assert report_tables.page_with(page, report_tables.written(kept())) == page
    assert [path.name for path in make_reports.RESULTS.glob("*.json")].count(kept()["file"]) == 1


def test_tables_are_put_between_the_marks_of_the_page_and_nowhere_else():
    page = f"Before.\n{report_tables.BEGIN}\nold\n{report_tables.END}\nAfter.\n"
    written = report_tables.page_with(page, "new")
    assert written == f"Before.\n{report_tables.BEGIN}\n\nnew\n\n{report_tables.END}\nAfter.\n"
    assert report_tables.page_with(written, "new") == written
    with pytest.raises(ValueError, match="lacks"):
        report_tables.page_with(f"{report_tables.END}{report_tables.BEGIN}", "new")


def with_timings(*timings: dict) -> dict:
    ways = {one["way"] for one in timings}
    return kept() | {"timings": [*(one for one in kept()["timings"] if one["way"] not in ways), *timings]}


@pytest.mark.parametrize(("loops_each", "told"), [(4.0, "| 8.00 | yes |"), (3.9, "| 7.80 | **no** |")])
def test_a_target_is_told_as_reached_or_not(loops_each, told):
    """Ours: 1 s before the first of 153 reports, half a second each; the loop the same with its own time for each."""
    results_of_a_run = with_timings(
        took("two_workers", 153, 153 * 0.5, 0.5), took("loop", 6, 6 * loops_each, loops_each)
    )
    assert f"| notebooks alone, times the plain papermill loop | at least 8 {told}" in report_tables.written(
        results_of_a_run
    )


@pytest.mark.parametrize(("seconds", "told"), [(75.0, "| 1.50 | yes |"), (80.0, "| 1.60 | **no** |")])
def test_the_floor_is_a_target_from_above(seconds, told):
    measured = with_timings(took("two_workers", 153, seconds), took("floor", 153, 50.0))
    assert f"| notebooks alone, times the floor | at most 1.5 {told}" in report_tables.written(measured)


def test_what_is_not_installed_is_told():
    results_of_a_run = kept() | {"ploomber": "", "nbval": {"python3": [9.0, 8.0, 1.0]}}
    results_of_a_run["timings"] = [one for one in results_of_a_run["timings"] if one["way"] != report_tables.PLOOMBER]
    page = report_tables.written(results_of_a_run)
    assert f"| {report_tables.NAMES[report_tables.PLOOMBER]} | not installed |" in page
    assert "ploomber-engine is not installed" in page
    assert "| notebooks alone, times ploomber-engine | at least 2 | – | not measured |" in page
    assert "kernel workforce-ratings-forked, s | not installed |" in page
    assert report_tables.nbval_times({"python3": [9.0, 8.0], "workforce-ratings-forked": [3.0, 2.0]}) == 3.5


def test_measurements_are_kept_under_the_time_they_were_made(tmp_path):
    made = make_reports.keep({"made": "2026-11-22 10:05", "timings": []}, tmp_path / "results")
    assert made["file"] == "2026-11-22T1005Z.json"
    assert json.loads((tmp_path / "results" / made["file"]).read_text(encoding="utf-8")) == made
