"""Workers of this computer and of a Dask cluster make every step once, whatever happens to one of them."""

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
from nbformat.v4 import new_code_cell, new_notebook

from workforce_ratings.runs import basis, sequence, workers
from workforce_ratings.runs.sequence import How, run_sequence
from workforce_ratings.runs.steps import Made, Step
from workforce_ratings.vocabulary import Fault

COUNCILS = 153


def step(name, notebook=Path(__file__).parent / "failing_notebooks" / "works.ipynb", **options):
    return Step(notebook, name, **{"title": name, "page": f"councils/{name}.html", **options})


@pytest.fixture
def notebook(tmp_path):
    """A notebook that shows the name of its council."""
    cells = [
        new_code_cell('council = "England"', metadata={"tags": ["parameters"]}),
        new_code_cell('from IPython.display import Markdown\n\nMarkdown(f"Council: {council}")'),
    ]
    book = new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    nbformat.write(book, tmp_path / "n.ipynb")
    return tmp_path / "n.ipynb"


def tasks(*names):
    return [workers.Task(place, step(name)) for place, name in enumerate(names)]


def quickly(monkeypatch, do):
    monkeypatch.setattr(workers, "make", do)


def test_workers_here_make_every_step_once(monkeypatch):
    made = []

    def make(step, unless=None):
        made.append(step.name)
        return Made({"status": "completed", "seconds": 0.0, "error": unless})

    quickly(monkeypatch, make)
    some = [*tasks(*"abcdefgh"), workers.Task(8, step("i"), "digest")]
    outcomes = dict(workers.made_by(some, 3))
    assert sorted(made) == list("abcdefghi")
    assert sorted(outcomes) == list(range(9))
    assert outcomes[8].outcome["error"] == "digest"


def test_as_many_steps_are_made_at_a_time_as_there_are_workers(monkeypatch):
    together = threading.Barrier(3, timeout=30)

    def make(step, unless=None):
        together.wait()
        return Made({"status": "completed", "seconds": 0.0})

    quickly(monkeypatch, make)
    assert len(list(workers.made_by(tasks("a", "b", "c"), 3))) == 3


def test_workers_here_listen_to_nobody_elsewhere(monkeypatch):
    def make(step, unless=None):
        listening = [c.laddr.ip for c in psutil.Process().net_connections() if c.status == psutil.CONN_LISTEN]
        return Made({"status": "completed", "seconds": 0.0, "facts": listening})

    quickly(monkeypatch, make)
    [(_, made)] = workers.made_by(tasks("a"), 2)
    assert set(made.outcome["facts"]) <= {"127.0.0.1"}


def test_a_defect_is_raised_and_the_workers_are_gone(monkeypatch):
    def make(step, unless=None):
        raise ZeroDivisionError("a defect")

    quickly(monkeypatch, make)
    with pytest.raises(ZeroDivisionError, match="a defect"):
        list(workers.made_by(tasks("a", "b"), 2))


def test_no_scheduler_is_one_sentence(monkeypatch):
    monkeypatch.setattr(workers, "CONNECT_SECONDS", 1)
    with pytest.raises(
        Fault, match=r"No Dask scheduler with workers answers at tcp://127\.0\.0\.1:9 .*start it"
    ) as told:
        list(workers.made_by(tasks("a"), 1, "tcp://127.0.0.1:9"))
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("address", ["", "nonsense://", "nonsense://127.0.0.1:8786", "127.0.0.1", "tcp://127.0.0.1"])
def test_what_is_no_address_is_one_sentence(address, capfd):
    with pytest.raises(Fault, match=r"is not the address of a Dask scheduler: write it as tcp://10\.0\.0\.5:8786\."):
        list(workers.made_by(tasks("a"), 1, address))
    assert capfd.readouterr() == ("", "")


def test_a_worker_that_was_started_before_its_code_changed_says_so(monkeypatch):
    here = basis.suite([])
    assert basis.unlike(here, workers._suite(tuple(here["files"]))) == []
    monkeypatch.setattr(workers, "STARTED_WITH", "other")
    assert basis.unlike(here, workers._suite(tuple(here["files"]))) == ["other code"]


def test_a_worker_that_is_not_like_the_others_makes_nothing(monkeypatch):
    quickly(monkeypatch, None)
    here = basis.suite([])
    other = here | {"files": here["files"] | {next(iter(here["files"])): "another hash"}}
    outcome = workers._make(step("a"), None, other).outcome
    assert outcome["status"] == "failed"
    assert f"a worker is not like the computer that asked (other {next(iter(here['files']))})" in outcome["error"]


def test_a_run_with_workers_publishes_and_records_in_the_order_of_its_steps(monkeypatch, tmp_path):
    def make(step, unless=None):
        time.sleep(0.2 if step.name == "a" else 0)
        page = step.name.encode()
        hashes = {"page": step.page_path, "page_sha256": basis.staging.sha256_of(page)}
        return Made({"status": "completed", "seconds": 0.0, **hashes}, {step.page_path: page})

    quickly(monkeypatch, make)
    record = run_sequence(
        [step(name) for name in "abcd"], how=How(2), reports=tmp_path / "reports", runs=tmp_path / "runs"
    )
    assert [entry["name"] for entry in record.notebooks] == list("abcd")
    assert [p.read_text() for p in sorted((tmp_path / "reports" / "councils").iterdir())] == list("abcd")


def test_a_failure_ends_a_run_with_workers_too_unless_it_is_to_go_on(monkeypatch, tmp_path):
    quickly(monkeypatch, lambda step, unless=None: Made({"status": "failed", "error": "No.", "seconds": 0.0}))
    folders = {"reports": tmp_path / "reports", "runs": tmp_path / "runs"}
    some = [step(name) for name in "abcdefgh"]
    assert len(run_sequence(some, how=How(2), **folders).notebooks) == 1
    assert len(run_sequence(some, how=How(2, keep_going=True), **folders).notebooks) == 8


# --- a real cluster ---------------------------------------------------------------------------------------------------


@pytest.fixture
def cluster():
    """A Dask scheduler and two worker processes on this computer: the address, and the workers' processes."""
    started = []

    def start(*words):
        command = [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        started.append(subprocess.Popen(command, start_new_session=True, **quiet))
        return started[-1]

    port = _free_port()
    address = f"tcp://127.0.0.1:{port}"
    start("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    options = [address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
    both = [start("dask_worker", *options) for _ in range(2)]
    yield address, both
    for process in started:
        process.kill()
        process.wait()


def _free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def descendants(pid):
    return psutil.Process(pid).children(recursive=True)


def gone(processes, seconds=15):
    _, alive = psutil.wait_procs(processes, seconds)
    return [p for p in alive if p.status() != psutil.STATUS_ZOMBIE] == []


@pytest.mark.slow
def test_a_batch_on_a_cluster_outlives_a_worker_and_writes_each_report_once(cluster, notebook, tmp_path, monkeypatch):
    address, (doomed, _) = cluster
    published, left_behind = [], []
    real = sequence.publish

    def publish(stage, folder, files, *others):
        published.extend(name for name in files if name.endswith(".html"))
        if len(published) == 20:
            left_behind.extend(descendants(doomed.pid))
            os.kill(doomed.pid, signal.SIGKILL)
        real(stage, folder, files, *others)

    monkeypatch.setattr(sequence, "publish", publish)
    steps = [step(f"council-{n}", notebook, parameters={"council": f"No. {n}"}) for n in range(COUNCILS)]
    folders = {"reports": tmp_path / "reports", "runs": tmp_path / "runs"}
    record = run_sequence(steps, "councils", how=How(scheduler=address, keep_going=True), **folders)
    assert record.status == "completed"
    assert sorted(published) == sorted(s.page_path for s in steps)
    assert [entry["name"] for entry in record.notebooks] == [s.name for s in steps]
    pages = {p.name: p.read_text() for p in (tmp_path / "reports" / "councils").iterdir()}
    assert len(pages) == COUNCILS
    assert all(f"Council: No. {number}" in pages[f"council-{number}.html"] for number in range(COUNCILS))
    assert left_behind, "the worker that was killed had started nothing"
    assert gone(left_behind)


BATCH = """
import sys
from pathlib import Path
from workforce_ratings.runs.sequence import How, run_sequence
from workforce_ratings.runs.steps import Step
notebook, reports, runs, resumed = sys.argv[1:]
steps = [
    Step(Path(notebook), f"c{n}", {"council": f"No. {n}"}, f"c{n}", f"councils/c{n}.html", "council") for n in range(153)
]
how = How(2, keep_going=True, resumed=Path(resumed) if resumed else None)
record = run_sequence(steps, "councils", how=how, reports=Path(reports), runs=Path(runs))
print(record.status)
"""


def batch(notebook, folder, resumed=""):
    command = [sys.executable, "-c", BATCH, notebook, folder / "reports", folder / "runs", resumed]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    return subprocess.Popen([str(word) for word in command], **pipes)


def council_pages(folder):
    return {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in (folder / "reports" / "councils").glob("*.html")}


@pytest.mark.slow
def test_a_batch_that_was_killed_is_resumed_and_equals_an_unbroken_one(notebook, tmp_path):
    killed = batch(notebook, tmp_path / "killed")
    deadline = time.monotonic() + 60
    while len(council_pages(tmp_path / "killed")) < 30:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    below = descendants(killed.pid)
    killed.kill()
    killed.wait()
    assert gone(below)
    [run] = (tmp_path / "killed" / "runs").iterdir()
    recorded = json.loads((run / "run.json").read_text())
    assert recorded["status"] == "running"
    kept = {f"{entry['name']}.html" for entry in recorded["notebooks"]}
    before = council_pages(tmp_path / "killed")
    assert len(kept) >= 29
    assert batch(notebook, tmp_path / "killed", run).communicate()[0].strip() == "completed"
    after = council_pages(tmp_path / "killed")
    finished = json.loads((run / "run.json").read_text())
    assert finished["code"] == recorded["code"], "the package was edited while this test ran"
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert batch(notebook, tmp_path / "unbroken").communicate()[0].strip() == "completed"
    unbroken = council_pages(tmp_path / "unbroken")
    assert {n: page for n, (page, _) in after.items()} == {n: page for n, (page, _) in unbroken.items()}
    assert len(after) == COUNCILS
    assert (finished["status"], finished["started"]) == ("completed", recorded["started"])
    assert len({entry["name"] for entry in finished["notebooks"]}) == len(finished["notebooks"]) == COUNCILS
    assert len(list((tmp_path / "killed" / "runs").iterdir())) == 1


@pytest.mark.slow
def test_a_cluster_of_another_copy_of_the_project_is_refused(cluster, monkeypatch):
    here = basis.suite([])
    monkeypatch.setattr(basis, "suite", lambda inputs: here | {"code": "changed since"})
    with pytest.raises(Fault, match=r"The worker tcp://127\.0\.0\.1:\d+ is not like this computer \(other code\)"):
        list(workers.made_by(tasks("a"), 1, cluster[0]))
