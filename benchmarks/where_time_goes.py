"""Where the time of one report goes, measured by timers around the calls of a run with one worker.

The notebook that runs is the council report with two cells more, which put timers around what the others call and show what
they found (see timers); the figures are therefore a little larger than those of a run without.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import nbformat
from contestants import NOTEBOOK, SHARED
from nbformat import v4
from timers import CHARTS, IN_CELLS, OTHER, Timers

FORK, CHILD, MESSAGES, PAPERMILL = "fork", "child made ready", "messages between cells", "papermill around the cells"
KEPT, RENDERED, PUBLISHED = "notebook checked and written", "page rendered", "published and recorded"
REST = "the rest of the step (folders, copies)"
ORDER = (FORK, CHILD, *(label for _, _, label in IN_CELLS[:1]), CHARTS, *(label for _, _, label in IN_CELLS[1:]), OTHER)
ORDER = (*ORDER, MESSAGES, PAPERMILL, KEPT, RENDERED, REST, PUBLISHED)


def around_a_run() -> Timers:
    """Timers around what runs a notebook. Raises AttributeError where one of these is gone."""
    import papermill
    from papermill.clientwrap import PapermillNotebookClient

    from workforce_ratings.kernels.forked import ForkedKernel
    from workforce_ratings.runs import sequence, steps
    from workforce_ratings.runs.record import Record

    timers = Timers()
    timers.around(ForkedKernel, "start", FORK)
    timers.around(PapermillNotebookClient, "execute", MESSAGES)
    timers.around(papermill, "execute_notebook", PAPERMILL)
    timers.around(steps, "execute", KEPT)
    timers.around(steps, "render", RENDERED)
    timers.around(sequence, "make", REST)
    timers.around(sequence, "publish", PUBLISHED)
    timers.around(Record, "add", PUBLISHED)
    return timers


def with_timers(source: Path, into: Path) -> Path:
    """A copy of a notebook whose first cell times the others and whose last cell shows what was found."""
    book = nbformat.read(source, 4)
    hidden = {"tags": ["hide"]}
    begin = f"import sys\nsys.path.append({str(Path(__file__).parent)!r})\nimport timers\ntimers.in_cells()"
    first, last = (v4.new_code_cell(text, metadata=hidden) for text in (begin, "timers.told()"))
    book.cells = [first, *book.cells, last]
    nbformat.write(book, into)
    return into


def profile(codes: Sequence[str], folder: Path) -> dict[str, float]:
    """Milliseconds of one report by what they go to, the mean of these councils' in the order of ORDER, made one at a time
    after one that is not counted."""
    from workforce_ratings import councils, suite
    from workforce_ratings.runs.sequence import How, run_sequence

    source = with_timers(NOTEBOOK, folder / NOTEBOOK.name)
    steps = [replace(step, source=source) for step in suite.council_steps(map(councils.find, codes), SHARED)]
    kept = {"reports": folder / "reports", "runs": folder / "runs", "how": How(fresh=True, keep_going=True)}
    run_sequence(steps[:1], "warm", **kept)
    timers = around_a_run()
    record = run_sequence(steps, "profile", **kept)
    if record.status != "completed":
        raise RuntimeError(f"the profile's run ended as {record.status}: {record.error}")
    told = [_last_output(record.folder / entry["output"]) for entry in record.notebooks]
    return _per_report(timers, told)


def _last_output(notebook: Path) -> dict[str, object]:
    return json.loads(nbformat.read(notebook, 4).cells[-1].outputs[0].text)


def _per_report(timers: Timers, told: Sequence[dict[str, object]]) -> dict[str, float]:
    """Milliseconds a report. What passed in the child is taken from the time of messages, within which it was measured."""
    found = dict(timers.seconds)
    found[CHILD] = sum(one["began"] - forked for one, forked in zip(told, timers.ended[FORK], strict=True))
    for one in told:
        for label, seconds in one["seconds"].items():
            found[label] = found.get(label, 0.0) + seconds
    found[MESSAGES] -= found[CHILD] + sum(sum(one["seconds"].values()) for one in told)
    return {label: round(1_000 * found.get(label, 0.0) / len(told), 1) for label in ORDER}


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    into, *wanted = sys.argv[1:]
    sys.stdout.write(json.dumps(profile(wanted, Path(into))) + "\n")
