"""A sequence publishes what succeeded, leaves the rest as it was, and records both."""

import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from workforce_ratings.runs import record as record_module
from workforce_ratings.runs import sequence
from workforce_ratings.runs import steps as steps_module
from workforce_ratings.runs.notebook import Execution
from workforce_ratings.runs.sequence import How
from workforce_ratings.runs.staging import only_one_run, sha256
from workforce_ratings.runs.steps import Made, Step
from workforce_ratings.vocabulary import FACTS_TYPE, Fault

NOTEBOOKS = Path(__file__).parent / "failing_notebooks"


def run_sequence(steps, *name, fresh=True, keep_going=False, **folders):
    """A run in which nothing is kept of an earlier one, unless `fresh` says otherwise."""
    return sequence.run_sequence(steps, *name, how=How(fresh=fresh, keep_going=keep_going), **folders)


def step(notebook, **options):
    return Step(NOTEBOOKS / f"{notebook}.ipynb", **{"name": notebook, "title": notebook, **options})


@pytest.fixture(autouse=True)
def without_git(monkeypatch):
    """The commit is for test_runs_record.py; asking git for it at each run takes time."""
    monkeypatch.setattr(record_module, "git_state", lambda: None)


@pytest.fixture
def folders(tmp_path):
    """Folders of reports and runs, with good reports of an earlier day in the first."""
    reports = tmp_path / "reports"
    (reports / "tables").mkdir(parents=True)
    for notebook in ("kernel_dies", "sys_exit_zero", "cell_raises", "figure_without_alt", "figure_without_table"):
        (reports / f"{notebook}.html").write_text("good page")
        (reports / "tables" / f"{notebook}.csv").write_text("good table")
    return {"reports": reports, "runs": tmp_path / "runs"}


def listing(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def fast(monkeypatch, outcomes):
    """Replace running by outcomes: an exception to raise, or None for a step that gives no file."""

    def make(step, on_cell=None, unless=None):
        outcome = outcomes[step.name]
        if isinstance(outcome, Fault):
            return Made({"status": "failed", "error": str(outcome), "seconds": 0.0})
        if outcome:
            raise outcome
        return Made({"status": "completed", "output": f"{step.name}.ipynb", "sha256": "0", "seconds": 0.0})

    monkeypatch.setattr(sequence, "make", make)


def test_a_failed_step_ends_the_sequence(folders, monkeypatch, capsys):
    fast(monkeypatch, {"works": None, "cell_raises": Fault("It stopped [bold]."), "quits": None})
    record = run_sequence([step("works"), step("cell_raises"), step("quits")], "all", **folders)
    assert [e["status"] for e in record.notebooks] == ["completed", "failed"]
    assert (record.status, record.error) == ("partial", "It stopped [bold].")
    assert "2 of 3 cell_raises: It stopped [bold]." in capsys.readouterr().err


def test_keep_going_goes_on(folders, monkeypatch):
    fast(monkeypatch, {"works": Fault("one"), "cell_raises": None, "quits": Fault("three")})
    record = run_sequence([step("works"), step("cell_raises"), step("quits")], keep_going=True, **folders)
    assert [e["status"] for e in record.notebooks] == ["failed", "completed", "failed"]
    assert json.loads((record.folder / "run.json").read_text())["status"] == "partial"


def test_an_interrupt_is_recorded_with_one_sentence(folders, monkeypatch):
    fast(monkeypatch, {"works": None, "quits": KeyboardInterrupt()})
    record = run_sequence([step("works"), step("quits"), step("cell_raises")], **folders)
    run = json.loads((record.folder / "run.json").read_text())
    assert run["status"] == "interrupted"
    assert "Stopped at notebook 2 of 3 (quits)" in run["error"]
    assert [e["status"] for e in run["notebooks"]] == ["completed", "interrupted"]


def test_a_defect_of_the_suite_is_recorded_and_not_hidden(folders, monkeypatch):
    fast(monkeypatch, {"works": ZeroDivisionError("a defect")})
    with pytest.raises(ZeroDivisionError):
        run_sequence([step("works")], **folders)
    [folder] = folders["runs"].iterdir()
    run = json.loads((folder / "run.json").read_text())
    assert (run["status"], run["error"]) == ("failed", "ZeroDivisionError: a defect")


def test_a_second_run_is_refused_and_leaves_no_run_folder(folders):
    with only_one_run(folders["reports"]), pytest.raises(Fault, match=f"process {os.getpid()}"):
        run_sequence([step("works")], **folders)
    assert not folders["runs"].exists()


@pytest.mark.parametrize(
    "steps",
    [
        [step("works"), step("quits", name="works")],
        [step("works", page="a.html"), step("quits", page="a.html")],
        [step("works", name="../works")],
        [step("works", page="../../x.html")],
        [step("works", page="/etc/x.html")],
        [step("works", page="a\0b")],
    ],
)
def test_steps_that_would_write_over_each_other_or_elsewhere_are_refused(folders, steps):
    with pytest.raises(Fault):
        run_sequence(steps, **folders)
    assert not folders["runs"].exists()


def test_an_index_that_cannot_be_written_is_told(folders, monkeypatch):
    fast(monkeypatch, {"works": None})
    (folders["reports"] / "index.html").mkdir()
    record = run_sequence([step("works")], **folders)
    assert record.status == "partial"
    assert "index.html could not be written" in record.error


def executed_as(monkeypatch, *outputs, told="# Halton"):
    """Replace the running of a notebook: what it shows is there at once."""

    def execute(source, output, *arguments, **options):
        book = new_notebook(cells=[new_markdown_cell(told), new_code_cell(outputs=list(outputs))])
        nbformat.write(book, output)
        return Execution(source, source.name, output, book, "completed", 0.0, 1, sha256(output))

    monkeypatch.setattr(steps_module, "execute", execute)


def pdf_of(page, target):
    target.write_bytes(b"%PDF- of " + page.read_bytes()[:200])
    return target


HALTON = {"page": "councils/halton.html", "section": "council", "title": "Halton"}


def index_links(folders):
    made = BeautifulSoup((folders["reports"] / "index.html").read_text(encoding="utf-8"), "html.parser")
    return [a["href"] for a in made.main.find_all("a")]


def test_facts_of_a_notebook_are_in_its_entry(folders, monkeypatch):
    executed_as(monkeypatch, new_output("display_data", {FACTS_TYPE: {"region": "North West", "agency_rate": None}}))
    record = run_sequence([step("works", **HALTON)], **folders)
    kept = json.loads((record.folder / "run.json").read_text())["notebooks"][0]
    assert kept["facts"] == {"region": "North West", "agency_rate": None}
    assert (kept["pdf"], kept["pdf_sha256"]) == (None, None)
    executed_as(monkeypatch)
    assert run_sequence([step("works")], **folders).notebooks[0]["facts"] == {}


def test_facts_of_another_kind_fail_the_notebook_and_nothing_is_published(folders, monkeypatch):
    before = listing(folders["reports"])
    executed_as(monkeypatch, new_output("display_data", {FACTS_TYPE: ["Halton"]}))
    [entry] = run_sequence([step("works")], **folders).notebooks
    assert (entry["status"], entry["facts"], entry["page"]) == ("failed", {}, None)
    assert "leaves facts for the index that are not numbers" in entry["error"]
    after = listing(folders["reports"])
    assert {name: after[name] for name in before} == before


def test_a_pdf_is_published_with_its_page(folders, monkeypatch):
    executed_as(monkeypatch)
    monkeypatch.setattr(steps_module, "write_pdf", pdf_of)
    [entry] = run_sequence([step("works", pdf=True, **HALTON)], **folders).notebooks
    assert (entry["page"], entry["pdf"]) == ("councils/halton.html", "councils/halton.pdf")
    written = folders["reports"] / "councils" / "halton.pdf"
    assert entry["pdf_sha256"] == sha256(written)
    assert written.read_bytes().startswith(b"%PDF- of <!doctype html>")
    assert index_links(folders)[:2] == ["councils/halton.html", "councils/halton.pdf"]


def test_a_changed_page_without_a_pdf_takes_the_old_one_away(folders, monkeypatch):
    executed_as(monkeypatch)
    monkeypatch.setattr(steps_module, "write_pdf", pdf_of)
    run_sequence([step("works", pdf=True, **HALTON)], **folders)
    executed_as(monkeypatch, told="# Halton\n\nChanged.")
    run_sequence([step("works", **HALTON)], **folders)
    assert [p.name for p in (folders["reports"] / "councils").iterdir()] == ["halton.html"]
    assert index_links(folders)[0] == "councils/halton.html"
    assert "councils/halton.pdf" not in index_links(folders)


def test_an_unchanged_page_keeps_the_pdf_that_was_made_of_it(folders, monkeypatch):
    executed_as(monkeypatch)
    monkeypatch.setattr(steps_module, "write_pdf", pdf_of)
    run_sequence([step("works", pdf=True, **HALTON)], **folders)
    run_sequence([step("works", **HALTON)], **folders)
    assert index_links(folders)[:2] == ["councils/halton.html", "councils/halton.pdf"]
    (folders["reports"] / "councils" / "halton.pdf").write_bytes(b"another")
    run_sequence([step("works", **HALTON)], **folders)
    assert "councils/halton.pdf" not in index_links(folders)


def test_a_failed_step_keeps_page_and_pdf(folders, monkeypatch):
    executed_as(monkeypatch)
    monkeypatch.setattr(steps_module, "write_pdf", pdf_of)
    run_sequence([step("works", pdf=True, **HALTON)], **folders)
    executed_as(monkeypatch, new_output("display_data", {FACTS_TYPE: ["no facts"]}))
    run_sequence([step("works", **HALTON)], **folders)
    assert index_links(folders)[:2] == ["councils/halton.html", "councils/halton.pdf"]


def after_replacing(monkeypatch, name, then):
    """Let something happen once the file of this name has taken its place in reports/."""
    real = os.replace

    def replace(source, target):
        real(source, target)
        if Path(target).name == name and ".staging" not in str(target):
            then()

    monkeypatch.setattr(os, "replace", replace)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_between_page_and_pdf_waits_for_both_and_their_record(folders, monkeypatch, stop):
    executed_as(monkeypatch)
    monkeypatch.setattr(steps_module, "write_pdf", pdf_of)
    run_sequence([step("works", pdf=True, **HALTON)], **folders)
    executed_as(monkeypatch, told="# Halton\n\nChanged.")
    with monkeypatch.context() as gap:
        after_replacing(gap, "halton.html", lambda: signal.raise_signal(stop))
        record = run_sequence([step("works", pdf=True, **HALTON), step("quits")], **folders)
    kept = json.loads((record.folder / "run.json").read_text())
    assert [e["status"] for e in kept["notebooks"]] == ["completed"]
    assert kept["status"] == "interrupted"
    assert kept["error"].startswith("Stopped after 1 of 2 notebooks: what was finished before stays;")
    councils = folders["reports"] / "councils"
    assert sha256(councils / "halton.html") == kept["notebooks"][0]["page_sha256"]
    assert sha256(councils / "halton.pdf") == kept["notebooks"][0]["pdf_sha256"]
    assert index_links(folders)[:2] == ["councils/halton.html", "councils/halton.pdf"]


def test_a_pdf_held_by_its_reader_leaves_page_and_tables_as_they_were(folders, monkeypatch):
    executed_as(monkeypatch)
    monkeypatch.setattr(steps_module, "write_pdf", pdf_of)
    run_sequence([step("works", pdf=True, **HALTON)], **folders)
    before = listing(folders["reports"] / "councils")
    executed_as(monkeypatch, told="# Halton\n\nChanged.")
    real = os.replace

    def refuse(source, target):
        if Path(target).name == "halton.pdf" and ".staging" not in str(target):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        real(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    record = run_sequence([step("works", pdf=True, **HALTON)], **folders)
    assert record.status == "failed"
    assert "halton.pdf could not be written (Permission denied)" in record.error
    assert listing(folders["reports"] / "councils") == before
    assert index_links(folders)[:2] == ["councils/halton.html", "councils/halton.pdf"]


def test_a_stop_before_the_first_notebook_says_that_nothing_was_published(folders, monkeypatch):
    @contextlib.contextmanager
    def stopped(total):
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(sequence, "progress", stopped)
    record = run_sequence([step("works")], **folders)
    assert (record.status, record.notebooks) == ("interrupted", [])
    assert record.error.startswith("Stopped before the first of 1 notebooks: nothing was published;")


def test_one_odd_record_costs_no_later_run_its_index(folders, monkeypatch):
    executed_as(monkeypatch)
    (folders["runs"] / "20200101T000000Z-odd").mkdir(parents=True)
    page = {"page": "cell_raises.html", "page_sha256": sha256(folders["reports"] / "cell_raises.html")}
    facts = {"region": 5, "census": 99999999, "agency_rate": 1e308, "as_at": "\ud800"}
    odd = {"notebooks": [{"status": "completed", "section": "council", "facts": facts, **page}], "packages": [1]}
    (folders["runs"] / "20200101T000000Z-odd" / "run.json").write_text(json.dumps(odd))
    assert run_sequence([step("works", **HALTON)], **folders).status == "completed"
    assert index_links(folders) == ["cell_raises.html", "councils/halton.html"]


def test_without_its_pdf_a_page_is_not_published(folders, monkeypatch):
    def fails(page, target):
        raise Fault("The page has a picture without a description.")

    executed_as(monkeypatch)
    monkeypatch.setattr(steps_module, "write_pdf", fails)
    [entry] = run_sequence([step("works", pdf=True, **HALTON)], **folders).notebooks
    assert (entry["status"], entry["page"], entry["pdf"]) == ("failed", None, None)
    assert entry["error"] == "The page has a picture without a description."
    assert not (folders["reports"] / "councils").exists()


def test_a_notebook_without_a_page_has_no_pdf(folders, monkeypatch):
    executed_as(monkeypatch)
    monkeypatch.setattr(steps_module, "write_pdf", None)
    [entry] = run_sequence([step("works", title=None, pdf=True)], **folders).notebooks
    assert (entry["status"], entry["pdf"]) == ("completed", None)


@pytest.mark.slow
def test_what_succeeded_is_published_and_what_failed_changes_nothing(folders):
    before = listing(folders["reports"])
    failing = ["kernel_dies", "sys_exit_zero", "cell_raises", "figure_without_alt", "figure_without_table"]
    steps = [step("works", page="councils/works.html", section="council", parameters={"council": "Devon"})]
    record = run_sequence(steps + [step(name) for name in failing], keep_going=True, **folders)
    assert [e["status"] for e in record.notebooks] == ["completed", *["failed"] * 5]
    assert all(0 < len(e["error"]) < 400 and "\n" not in e["error"] for e in record.notebooks[1:])
    after = listing(folders["reports"])
    published = {"councils/works.html", "tables/works.csv", "index.html"}
    assert {name: after[name] for name in before} == before
    assert {name for name in after if not Path(name).name.startswith(".")} == set(before) | published
    assert after["tables/works.csv"] == b"council\nDevon\n"
    assert 'href="../index.html"' in after["councils/works.html"].decode()
    index = after["index.html"].decode()
    assert 'href="councils/works.html"' in index
    assert 'href="tables/works.csv"' in index
    assert 'href="kernel_dies.html"' not in index
    assert {p.name for p in record.folder.iterdir()} >= {"run.json", "works.ipynb", "kernel_dies.failed.ipynb"}


@pytest.mark.slow
def test_the_same_run_gives_the_same_page(folders):
    pages = []
    for _ in range(2):
        run_sequence([step("works")], **folders)
        pages.append((folders["reports"] / "works.html").read_bytes())
    assert pages[0] == pages[1]


@pytest.mark.slow
def test_hostile_text_in_a_notebook_is_inert_in_its_page(folders):
    record = run_sequence([step("hostile_html")], **folders)
    assert record.status == "completed"
    text = (folders["reports"] / "hostile_html.html").read_text()
    for active in ("<script", "<iframe", "<svg", "onerror", "onclick", "onmouseover", "javascript:", "url(", "alert(3"):
        assert active not in text
    assert "&lt;script&gt;alert(9)&lt;/script&gt; {{ 7 * 7 }}" in text


@pytest.mark.slow
def test_a_full_disk_at_the_last_move_keeps_the_good_page(folders, monkeypatch):
    (folders["reports"] / "works.html").write_text("good page")
    real = os.replace

    def full(source, target):
        if Path(target).name == "works.html":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(source, target)

    monkeypatch.setattr(os, "replace", full)
    [entry] = run_sequence([step("works")], **folders).notebooks
    assert entry["status"] == "failed"
    assert "(No space left on device)" in entry["error"]
    assert (folders["reports"] / "works.html").read_text() == "good page"
    assert not list(folders["reports"].glob(".staging-*"))


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_run_leaves_no_kernel_and_says_so(folders, stop):
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from workforce_ratings.runs.sequence import run_sequence\nfrom workforce_ratings.runs.steps import Step\n"
        "source, reports, runs = map(Path, sys.argv[1:])\n"
        "record = run_sequence([Step(source, 'hangs', title='Hangs')], reports=reports, runs=runs)\n"
        "print(record.error)\n"
    )
    source = NOTEBOOKS / "cell_hangs.ipynb"
    command = [sys.executable, "-c", program, str(source), str(folders["reports"]), str(folders["runs"])]
    # A background shell has its children ignore Ctrl-C; a user's terminal does not.
    heeds = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **heeds)
    try:
        kernels = wait_for_child(run.pid, "sleep")
        before = listing(folders["reports"])
        run.send_signal(stop)
        told, noise = run.communicate(timeout=30)
    finally:
        run.kill()
    assert told.startswith("Stopped at notebook 1 of 1 (hangs): ")
    assert "Traceback" not in noise
    time.sleep(0.5)
    assert not [p for p in kernels if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    [folder] = folders["runs"].iterdir()
    assert json.loads((folder / "run.json").read_text())["status"] == "interrupted"
    after = listing(folders["reports"])
    after.pop("index.html")
    assert {n: after[n] for n in after if "/" in n or n[0] != "."} == {n: before[n] for n in after if n[0] != "."}


def wait_for_child(pid, program):
    """Every process below `pid`, once one of them runs `program`."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        below = psutil.Process(pid).children(recursive=True)
        if any(program in process.name() for process in below):
            return below
        time.sleep(0.1)
    pytest.fail(f"no {program} was started")


@pytest.mark.slow
def test_a_sequence_also_runs_outside_the_main_thread(folders):
    records = []
    thread = threading.Thread(target=lambda: records.append(run_sequence([step("works")], **folders)))
    thread.start()
    thread.join()
    assert records[0].status == "completed"
