"""Many articles at once: order, bad files, processes that die, and files that tell one story together.

The articles are invented; of the councils only the names are real.
"""

from __future__ import annotations

import hashlib
import os
import signal
import time
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from workforce_ratings.texts import corpus
from workforce_ratings.texts.corpus import AHEAD, HASHES, Reading, read_all, read_one, stories

HEAD = "Half of a town's social workers come from agencies\n\nBy Una Moss\n\n4 May 2019\n\n"
BODY = """Ofsted has rated children's services at Halton council inadequate, and says that workers leave too soon.

Inspectors who spent a fortnight there in March found that 48% of social workers were from agencies, and that 31 per \
cent had left within a year. Families told them of a new face at every second meeting, and of plans begun afresh.

Social workers held 27 cases on average, the letter says, and the newest among them had more than they could see in a \
week. Supervision took place on paper. Team managers, of whom there had been four in two years, read few of the files.

Where a team had kept its people, the inspectors add, work was careful and children knew whom to ring. They name the \
service for disabled children, in which nobody had left since the last visit, as one from which others could learn.

The leader of Halton council said on Thursday that she accepted every word, and that money for thirty posts had been found. An \
adviser from the region will sit in the building for two days of each week until the next visit in autumn.

A branch secretary of the union said that the promise had been heard before. Pay at the next authority along the river \
is higher by a tenth, he said, and no adviser will alter that; what keeps people is a desk, a manager and fewer cases.
"""
# The same visit and council in another paper's words, with the same words of the inspectors quoted.
OTHER = """Children let down by revolving door, watchdog finds

By Leo Hart

5 May 2019

A damning report on Halton's care for vulnerable young people was published this week. It gives the lowest grade, \
inadequate, to the borough.

Nearly half the workforce, 48%, is temporary, according to the watchdog, whose team arrived without notice in spring. \
Turnover was put at 31%.

“Supervision took place on paper. Team managers, of whom there had been four in two years, read few of the files,” it \
concludes.

Parents we spoke to were unsurprised. One mother counted nine different visitors in three years, none of whom had met \
her son more than twice before moving to another employer.

Opposition councillors want an emergency debate and have asked the chief executive to say when he first knew how bad \
things were. He declined to comment while a response is drafted.

Average caseloads of 27 were called unmanageable. The government may now appoint a commissioner, and could strip the \
authority of its powers should a follow-up in November show no progress.
"""
CORRECTION = "\n\nThis article was amended on 9 May 2019. An earlier version gave the share of agency staff as 84%.\n"


@pytest.fixture
def write(tmp_path):
    """Puts an article into a file, and gives its path."""

    def put(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return put


@pytest.fixture
def told(write):
    """The table of stories of articles given by name, indexed by article."""

    def table(articles: dict[str, str]) -> pd.DataFrame:
        found = stories(read_one(write(name, text)) for name, text in articles.items())
        assert list(found.columns) == list(corpus.COLUMNS)
        assert list(found.article) == list(articles)
        return found.set_index("article")

    return table


def likeness(a: str, b: str) -> float:
    """The share of two texts' runs of words that is in both, by their sketches."""
    pairs = zip(corpus._sketch(corpus._words(a)), corpus._sketch(corpus._words(b)), strict=True)
    return sum(x == y for x, y in pairs) / HASHES


# --- one file -----------------------------------------------------------------------------------------------------


def test_what_is_read_of_one_file(write):
    path = write("halton.txt", HEAD + BODY)
    made = read_one(path)
    assert (made.path, made.name, made.error, made.corrected) == (path, "halton.txt", None, False)
    assert made.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert made.title == "Half of a town's social workers come from agencies"
    assert (made.published, made.published_basis, made.author) == (date(2019, 5, 4), "dateline", "Una Moss")
    assert {"Halton"} == {c.council for c in made.claims}
    assert {"agency_rate", "turnover_rate"} <= {c.indicator for c in made.claims}
    assert "agency_reliance" in {f.theme for f in made.findings}
    assert made.words == len(made.title.split()) + len(BODY.split())


def test_a_bad_file_is_a_sentence(write, tmp_path):
    (tmp_path / "folder.txt").mkdir()
    bad = [write("empty.txt", " \n"), write("words.docx", "x"), tmp_path / "missing.txt", tmp_path / "folder.txt"]
    for path in [*bad, write("scan.pdf", "%PDF-1.4 and nothing else")]:
        made = read_one(path)
        assert made == Reading(path, path.name, error=made.error)
        assert made.error.startswith(path.name)
        assert made.error.endswith(".")


def test_what_the_suite_does_not_expect_is_a_sentence_too(write, monkeypatch):
    def fail(article):
        raise ZeroDivisionError("a\nfault")

    monkeypatch.setattr(corpus.claims, "extract", fail)
    error = read_one(write("odd.txt", BODY)).error
    assert (
        error
        == "odd.txt met something the suite does not expect (ZeroDivisionError: a fault); report it with the file."
    )


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="the system has no alarm")
def test_a_file_that_takes_too_long_is_given_up(write, monkeypatch):
    def never_ending(path):
        while True:
            try:
                time.sleep(1)
            except Exception:  # what catches everything does not catch the end of the time
                continue

    monkeypatch.setattr(corpus, "LONGEST_SECONDS", 0.1)
    monkeypatch.setattr(corpus.reading, "read", never_ending)
    before = signal.getsignal(signal.SIGALRM)
    began = time.monotonic()
    assert "takes longer than 0.1 seconds" in read_one(write("slow.txt", BODY)).error
    assert time.monotonic() - began < 1
    assert signal.getsignal(signal.SIGALRM) is before


@pytest.mark.parametrize("markup", ["<script>alert('90% agency')</script>", '<img src=x onerror="alert(1)">'])
def test_a_hostile_page_is_words_only(write, markup):
    page = f"<html><head><title>Half of staff leave</title></head><body><h1>Half of staff leave</h1>{markup}"
    page += "".join(f"<p>{line}</p>{markup}" for line in BODY.split("\n\n")) + "<iframe src='javascript:alert(2)'>"
    made = read_one(write("hostile.html", page))
    assert made.title == "Half of staff leave"
    assert {c.value for c in made.claims if c.indicator == "agency_rate"} == {48.0}


# --- many files ---------------------------------------------------------------------------------------------------


def quick(path: Path) -> Reading:
    """Reads nothing; “killed”, “left” and “first” in a name say what happens to the process."""
    if "killed" in path.name:
        os.kill(os.getpid(), signal.SIGKILL)
    if "left" in path.name:
        os._exit(7)
    if "first" in path.name:
        time.sleep(0.3)
    return Reading(path, path.name)


def never_there(path: Path) -> Reading:
    """Stands for a script that processes cannot be started from."""
    raise AssertionError(path)


def test_readings_come_in_the_order_given_and_each_is_counted(write):
    paths = [write("b.txt", BODY), Path("missing.txt"), write("a.txt", OTHER)]
    counted = []
    readings = list(read_all(map(str, paths), progress=lambda: counted.append(1)))
    assert [r.name for r in readings] == ["b.txt", "missing.txt", "a.txt"]
    assert [r.error is None for r in readings] == [True, False, True]
    assert len(counted) == 3
    assert list(read_all([])) == []


def test_a_process_that_dies_loses_its_file_only_and_few_files_are_taken_ahead():
    taken = []

    def files():
        for number in range(2000):
            kind = {0: "first", 40: "killed", 41: "left"}.get(number, "article")
            taken.append(number)
            yield Path(f"{kind}{number}.txt")

    readings = []
    for made in corpus._by_workers(files(), 2, quick):
        readings.append(made)
        assert len(taken) <= len(readings) - 1 + 2 * AHEAD
    assert [r.path for r in readings] == list(files())
    broken = {r.name: r.error for r in readings if r.error}
    assert broken == {
        f"{name}.txt": f"{name}.txt ended the process that read it (exit code {code}); save the article's words alone as text."
        for name, code in (("killed40", -9), ("left41", 7))
    }


def test_one_process_takes_no_file_before_it_is_asked_for(write):
    taken = []
    path = write("a.txt", BODY)
    readings = read_all(taken.append(number) or path for number in range(2000))
    next(readings)
    assert taken == [0]


@pytest.mark.slow
def test_several_processes_read_what_one_reads_and_are_ended(write):
    paths = [write(f"{n}.txt", HEAD + BODY.replace("48", str(n))) for n in range(30)] + [Path("missing.txt")]
    assert list(read_all(paths, workers=2)) == list(read_all(paths))
    readings = read_all(paths, workers=2)
    next(readings)
    began = time.monotonic()
    readings.close()
    assert time.monotonic() - began < 2
    assert not corpus.multiprocessing.active_children()


@pytest.mark.slow
def test_processes_that_cannot_be_started_are_a_fault(monkeypatch, fault_of):
    # What is unknown to a new process ends it before it says that it is there.
    monkeypatch.setattr(never_there, "__qualname__", "never_there")
    monkeypatch.setattr(never_there, "__module__", "__main__")
    monkeypatch.setattr(corpus.sys.modules["__main__"], "never_there", never_there, raising=False)
    assert "use one worker" in fault_of(list, corpus._by_workers(iter([Path("a.txt")]), 2, never_there))


# --- stories ------------------------------------------------------------------------------------------------------


def test_files_of_different_stories_each_stand_for_their_own(told):
    assert likeness(BODY, OTHER) < 0.2
    table = told({"one.txt": HEAD + BODY, "other.txt": OTHER})
    assert list(table.story) == ["one.txt", "other.txt"]
    assert set(table.role) == {"kept"}
    assert set(table.reason) == {""}


PARAGRAPHS = BODY.split("\n\n")
ADDED = "\n\nThe county show opens on Friday by the river with sheep, brass bands and jam; buses leave each hour until dusk.\n\n"
COPIES = {
    "the same words, other signs": HEAD + BODY.replace("'", "’").replace("\n\n", "\n\n\n").replace("48%", "48 %"),
    "another headline and byline": "Watchdog's verdict on a borough\n\nStaff reporter\n\n" + BODY,
    "another first line": "Town fails children\n\nA poor report came out today.\n\n" + "\n\n".join(PARAGRAPHS[1:]),
    "cut short": HEAD + BODY[: int(0.85 * len(BODY))],
    "added to": HEAD + ADDED + BODY + ADDED * 2,
    "all at once": "Town fails children\n\nA poor report came out today at Halton.\n\n"
    + "\n\n".join(PARAGRAPHS[1:])[: int(0.85 * len(BODY)) - 100]
    + ADDED,
}


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES)
def test_a_syndicated_copy_is_found(told, copy):
    assert likeness(HEAD + BODY, copy) > 0.55
    table = told({"b.txt": HEAD + BODY, "a.txt": copy, "other.txt": OTHER})
    assert table.story["a.txt"] == table.story["b.txt"]
    assert sorted(table.role[["a.txt", "b.txt"]]) == ["copy", "kept"]
    assert table.role["other.txt"] == "kept"


def test_the_same_form_of_words_about_another_council_or_visit_is_another_story(told):
    again = BODY.replace("48%", "22%").replace("31 per", "12 per").replace("27 cases", "18 cases")
    again = again.replace("inadequate", "good")
    table = told({"a.txt": BODY, "b.txt": BODY.replace("Halton", "Rutland"), "c.txt": again})
    assert list(table.story) == ["a.txt", "b.txt", "c.txt"]


def made_up(number: int, words: list[str], claims: tuple = ()) -> Reading:
    return Reading(
        Path(f"{number}.txt"), f"{number}.txt", sketch=corpus._sketch(words), words=len(words), claims=claims
    )


def test_short_texts_are_one_story_only_where_they_are_the_same():
    words = corpus._words("The county show opened on Friday by the river with sheep and jam.")
    table = stories([made_up(1, words), made_up(2, [*words, "too"]), made_up(3, words), made_up(4, [])])
    assert list(table.story) == ["1.txt", "2.txt", "1.txt", "4.txt"]


def test_the_longest_then_the_earliest_then_the_first_by_name_stands(told):
    later = HEAD.replace("4 May", "6 May")
    table = told({"d.txt": later + BODY, "c.txt": HEAD + BODY, "b.txt": HEAD + BODY, "a.txt": HEAD + BODY[:1000]})
    assert set(table.story) == {"b.txt"}
    assert table.reason["b.txt"] == "longest or earliest of 4 files of this story"
    assert table.reason["c.txt"] == "same words as b.txt"
    assert table.reason["a.txt"] == "nearly the same words as b.txt"


def test_a_corrected_version_supersedes_the_uncorrected_and_the_latest_of_these_stands(told):
    wrong = HEAD + BODY.replace("48%", "84%")
    table = told(
        {
            "a.txt": wrong + ADDED,
            "b.txt": wrong,
            "c.txt": HEAD + BODY + CORRECTION,
            "d.txt": HEAD.replace("4 May", "10 May") + BODY + CORRECTION,
            "e.txt": HEAD.replace("4 May", "10 May") + BODY[:1000] + CORRECTION,
        }
    )
    assert set(table.story) == {"d.txt"}
    assert table.role.to_dict() == dict.fromkeys(["a.txt", "b.txt", "c.txt"], "superseded") | {
        "d.txt": "kept",
        "e.txt": "copy",
    }
    assert table.reason["a.txt"] == "d.txt is a corrected version"


@pytest.mark.parametrize(
    ("line", "is_notice"),
    [
        ("This article was amended on 3 May 2019 to give the right figure.", True),
        ("*Correction: the turnover rate is 31%, not 13%.*", True),
        ("Correction (3 May): an earlier headline was wrong.", True),
        ("CLARIFICATION: the visit was in March.", True),
        ("This story has since been corrected.", True),
        ("The figure in the third paragraph has been updated to 31%.", True),
        ("An earlier version of this story named the wrong council.", True),
        ("Corrections and clarifications", False),
        ("The house of correction: a history.", False),
        ("She said that her story was heard, and the report was amended.", False),
    ],
)
def test_notices_of_correction(write, line, is_notice):
    assert read_one(write("a.txt", f"{HEAD}{BODY}\n\n{line}\n")).corrected is is_notice


def test_a_reader_s_correction_is_not_the_paper_s(write):
    comment = "\n\n1 Response to Half\n\n  1. Ann May 6, 2019 at 12:33 pm #\n\n    Correction: it was 90%.\n"
    made = read_one(write("a.txt", HEAD + BODY + comment))
    assert (made.comments, made.corrected) == (1, False)


def test_a_file_that_could_not_be_read_tells_no_story(told):
    table = told({"a.txt": BODY, "empty.txt": ""})
    assert table.loc["empty.txt", ["story", "role", "reason"]].tolist() == ["", "", ""]
    assert "empty" in table.error["empty.txt"]
    assert table.error["a.txt"] == ""


def test_the_columns_of_stories_have_their_types(told):
    table = told({"a.txt": HEAD.replace("Half of", '=HYPERLINK("http://example.org")') + BODY, "empty.txt": ""})
    assert table.title["a.txt"].startswith('=HYPERLINK("http://example.org")')
    assert table.published["a.txt"] == pd.Timestamp(2019, 5, 4)
    assert pd.isna(table.published["empty.txt"])
    assert table.claims["a.txt"] >= 3
    assert stories([]).empty
    assert list(stories([]).dtypes) == list(table.reset_index().dtypes)


def test_copies_are_found_among_hundreds_of_reports_in_one_form_of_words(write):
    a_claim = read_one(write("a.txt", BODY)).claims[0]
    readings = []
    for number in range(400):
        words = [f"word{i}" if i % 50 != number % 50 else f"own{number}" for i in range(200)]
        claims = (corpus.claims.replace(a_claim, value=float(number)),)
        readings += [made_up(number, words, claims)] + [made_up(1000 + number, words[:170], claims)] * (number < 100)
    table = stories(readings)
    copies = table[table.role == "copy"]
    assert (len(copies), table.story.nunique()) == (100, 400)
    assert all(int(a[:-4]) - 1000 == int(s[:-4]) for a, s in zip(copies.article, copies.story, strict=True))


def test_a_sketch_is_the_same_in_every_process_and_year():
    assert corpus._sketch(["one"])[:2] == (3409065901, 3706508254)
    assert corpus._sketch([]) == ()
