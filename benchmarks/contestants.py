"""The ways of making council reports that are compared, each run as a program of its own.

`python benchmarks/contestants.py WAY FOLDER CODE...` makes the reports of the councils with these codes, leaves what it made
in FOLDER, and prints one line of JSON: `began`, when it turned to the first report, and `reports`, when each was done, in
seconds of the clock `time.perf_counter`, which all processes of a computer share. What a way needs is imported
before `began`, and within it, so that no way is charged for another's packages.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from multiprocessing.synchronize import Barrier
from pathlib import Path

from workforce_ratings import paths
from workforce_ratings.vocabulary import AS_AT

NOTEBOOK = paths.NOTEBOOKS / "council_report.ipynb"
SHARED = {"as_at": AS_AT, "census_rule": "before"}
PLOOMBER = "WORKFORCE_RATINGS_PLOOMBER"
SMALL_RUNS = 500
EVERY = 50


def loop(folder: Path, codes: Sequence[str], pages: bool = False) -> dict[str, object]:
    """papermill as it comes, one council after another; with `pages`, nbconvert's command after each."""
    import papermill

    began, done = time.perf_counter(), []
    for code in codes:
        output = folder / f"{code}.ipynb"
        papermill.execute_notebook(NOTEBOOK, output, {"council": code, **SHARED}, progress_bar=False)
        if pages:
            command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", "--log-level=ERROR", str(output)]
            subprocess.run(command, check=True)
        done.append(time.perf_counter())
    return {"began": began, "reports": done}


def loop_with_pages(folder: Path, codes: Sequence[str]) -> dict[str, object]:
    """The loop with nbconvert's command after each notebook."""
    return loop(folder, codes, pages=True)


def two_loops(folder: Path, codes: Sequence[str]) -> dict[str, object]:
    """Two processes with a loop each, and half of the councils."""
    halves = [half for half in (codes[::2], codes[1::2]) if half]
    running = [
        subprocess.Popen([sys.executable, __file__, "loop", str(folder), *half], stdout=subprocess.PIPE)
        for half in halves
    ]
    told = [json.loads(process.communicate()[0]) for process in running]
    if any(process.returncode for process in running):
        raise RuntimeError("one of the two papermill processes failed")
    return {"began": min(one["began"] for one in told), "reports": [at for one in told for at in one["reports"]]}


def ploomber(folder: Path, codes: Sequence[str]) -> dict[str, object]:
    """ploomber-engine, one council after another in one process, which keeps its state from council to council.

    It stops at pictures that a cell shows as bytes; here they are made text for it, as every kernel does.
    """
    sys.path.extend(filter(None, [os.environ.get(PLOOMBER)]))
    from ploomber_engine import execute_notebook, ipython

    publishing = ipython.CustomDisplayPublisher.publish
    ipython.CustomDisplayPublisher.publish = lambda self, data, *rest, **named: publishing(self, _as_text(data))
    began, done = time.perf_counter(), []
    for code in codes:
        output = str(folder / f"{code}.ipynb")
        execute_notebook(str(NOTEBOOK), output, parameters={"council": code, **SHARED}, progress_bar=False)
        done.append(time.perf_counter())
    return {"began": began, "reports": done}


def _as_text(data: dict[str, object]) -> dict[str, object]:
    """What a cell shows, with pictures as base64."""
    return {kind: b64encode(shown).decode() if isinstance(shown, bytes) else shown for kind, shown in data.items()}


def ours(folder: Path, codes: Sequence[str], workers: int, pages: bool = False) -> dict[str, object]:
    """This suite's steps: the notebooks alone, or with their `pages`. `warm` is when the warm parent had prepared."""
    from dataclasses import replace

    from workforce_ratings import councils, suite
    from workforce_ratings.kernels import warm
    from workforce_ratings.runs.steps import make
    from workforce_ratings.runs.workers import Task, made_by

    warmed = _noted(warm.Parent, "prepare")
    began, done = time.perf_counter(), []
    steps = suite.council_steps(map(councils.find, codes), SHARED)
    if not pages:
        steps = [replace(step, title=None) for step in steps]
    tasks = [Task(place, step) for place, step in enumerate(steps)]
    made = made_by(tasks, workers) if workers > 1 else ((task.place, make(task.step)) for task in tasks)
    for place, result in made:
        if result.outcome["status"] != "completed":
            raise RuntimeError(f"{codes[place]}: {result.outcome['error']}")
        [book] = result.notebooks.values()
        (folder / f"{codes[place]}.ipynb").write_bytes(book)
        for name, content in result.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        done.append(time.perf_counter())
    return {"began": began, "reports": done, "warm": max(warmed, default=began)}


def one_worker(folder: Path, codes: Sequence[str]) -> dict[str, object]:
    """This suite with one worker."""
    return ours(folder, codes, 1)


def two_workers(folder: Path, codes: Sequence[str]) -> dict[str, object]:
    """This suite with two workers."""
    return ours(folder, codes, 2)


def two_workers_with_pages(folder: Path, codes: Sequence[str]) -> dict[str, object]:
    """This suite with two workers, pages included."""
    return ours(folder, codes, 2, pages=True)


def _noted(owner: type, name: str) -> list[float]:
    """When calls of a method ended, from now on."""
    called, ended = getattr(owner, name), []

    def noting(*arguments: object, **named: object) -> object:
        try:
            return called(*arguments, **named)
        finally:
            ended.append(time.perf_counter())

    setattr(owner, name, noting)
    return ended


def floor(folder: Path, codes: Sequence[str]) -> dict[str, object]:
    """The cells alone: compiled once and called in two warm processes, with nothing of a notebook around them.

    Imports, what councils share, and one report in each process come before `began`. What cells show is dropped.
    """
    import nbformat

    from workforce_ratings import pages, rehearsal

    pages.display = _dropped
    rehearsal.prepare(SHARED)
    cells = [cell for cell in nbformat.read(NOTEBOOK, 4).cells if cell.cell_type == "code"]
    _compiled.extend(
        compile(cell.source, f"cell {place}", "exec")
        for place, cell in enumerate(cells)
        if "parameters" not in cell.metadata.get("tags", [])
    )
    forking = multiprocessing.get_context("fork")
    ready = forking.Barrier(3)
    with forking.Pool(2, _rehearsed, (codes[0], ready)) as pool:
        ready.wait()
        began = time.perf_counter()
        done = list(pool.imap_unordered(_called, codes))
    return {"began": began, "reports": sorted(done)}


_compiled: list = []


def _dropped(*_: object, **__: object) -> None:
    """In place of IPython's display."""


def _rehearsed(code: str, ready: Barrier) -> None:
    _called(code)
    ready.wait()


def _called(code: str) -> float:
    names = {"council": code, **SHARED}
    for cell in _compiled:
        exec(cell, names)
    return time.perf_counter()


def endurance(folder: Path, codes: Sequence[str]) -> dict[str, object]:
    """A tiny notebook over and over by two threads: how many gave what they should, and what was held on the way.

    `held` has a row every so many runs: runs, descriptors and megabytes of this process and of the warm parent.
    """
    from concurrent.futures import ThreadPoolExecutor

    import nbformat
    import psutil

    from workforce_ratings.kernels import warm
    from workforce_ratings.runs.notebook import execute

    tiny = _tiny(folder)
    watched = [psutil.Process(), psutil.Process(warm.parent().pid)]
    began, done, right, held, counting = time.perf_counter(), [], [], [], threading.Lock()

    def run(number: int) -> None:
        made = execute(tiny, folder / f"{number}.ipynb", {"number": number})
        [output] = nbformat.read(made.output, 4).cells[-1].outputs
        with counting:
            right.append(output.text == f"{number * number}\n")
            done.append(time.perf_counter())
            if len(done) % EVERY == 0:
                megabytes = [round(process.memory_info().rss / 1e6, 1) for process in watched]
                held.append([len(done), sum(process.num_fds() for process in watched), *megabytes])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, range(SMALL_RUNS)))
    return {"began": began, "reports": done, "right": sum(right), "held": held}


def _tiny(folder: Path) -> Path:
    import nbformat
    from nbformat import v4

    cells = [v4.new_code_cell("number = 0", metadata={"tags": ["parameters"]}), v4.new_code_cell("print(number ** 2)")]
    about = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(v4.new_notebook(cells=cells, metadata=about), folder / "tiny.ipynb")
    return folder / "tiny.ipynb"


WAYS: dict[str, Callable[[Path, Sequence[str]], dict[str, object]]] = {
    way.__name__: way
    for way in (
        loop,
        loop_with_pages,
        two_loops,
        ploomber,
        one_worker,
        two_workers,
        two_workers_with_pages,
        floor,
        endurance,
    )
}

if __name__ == "__main__":
    way, into, *wanted = sys.argv[1:]
    sys.stdout.write(json.dumps(WAYS[way](Path(into), wanted)) + "\n")
