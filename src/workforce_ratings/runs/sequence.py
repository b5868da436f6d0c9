"""Several notebooks in order: run, render, publish, record.

Each notebook writes its tables to a staging folder of its own (named to it in WORKFORCE_RATINGS_TABLES),
and its page is rendered there too. Only when both are complete do they move into reports/, so that a
notebook which fails at its last cell changes nothing that anybody reads.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from .. import paths
from ..vocabulary import Fault
from . import staging
from .notebook import CELL_TIMEOUT, NOTEBOOK_TIMEOUT, execute
from .notebook import Progress as OnCell
from .pdf import write_pdf
from .publishing import publish, stopping_held_back
from .record import Record, new_run_folder, recorded_runs
from .rendering import facts_in, render, render_index

TABLES_VARIABLE = "WORKFORCE_RATINGS_TABLES"
INDEX = "index.html"


@dataclass(frozen=True)
class Step:
    """One notebook of a sequence.

    `name` names the executed notebook in the run's folder. With a `title` the notebook gets a page at
    `page`, a path inside reports/ (by default `<name>.html`), listed in the index under `section`:
    national, council or notebook. With `pdf` it also gets a PDF beside the page, under the same name.
    """

    source: Path
    name: str
    parameters: dict[str, object] = field(default_factory=dict)
    title: str | None = None
    page: str | None = None
    section: str = "notebook"
    pdf: bool = False
    cell_timeout: int = CELL_TIMEOUT
    notebook_timeout: float = NOTEBOOK_TIMEOUT

    @property
    def page_path(self) -> str | None:
        """Where the page goes, from reports/; None for a notebook without a page."""
        return (self.page or f"{self.name}.html") if self.title else None


def run_sequence(
    steps: Sequence[Step],
    name: str = "run",
    *,
    parameters: dict[str, object] | None = None,
    inputs: Iterable[Path] = (),
    keep_going: bool = False,
    reports: Path | None = None,
    runs: Path | None = None,
) -> Record:
    """Run the steps in order, publish what succeeded, write the index, and return the record.

    The record's `status` is "completed", "partial", "failed" or "interrupted" (Ctrl-C or SIGTERM), and its
    `error` the sentence to show, if any. A failed step ends the sequence unless `keep_going`. `parameters`
    and `inputs` are recorded for the run as a whole. Raises Fault where the run cannot begin, as when
    another holds reports/.
    """
    reports = Path(reports or paths.REPORTS)
    _check_steps(steps, reports)
    with staging.only_one_run(reports):
        staging.clear_staging(reports)
        record = Record(new_run_folder(name, runs), name, parameters, inputs)
        record.write()
        with _termination_as_interrupt():
            try:
                _run_all(steps, record, reports, keep_going)
                record.finish(error=_last_error(record))
            except KeyboardInterrupt:
                _interrupted(record, steps)
            except Exception as error:
                record.finish("failed", staging.one_line(f"{type(error).__name__}: {error}"))
                raise
        _index(record, reports, runs)
    return record


def _check_steps(steps: Sequence[Step], reports: Path) -> None:
    """Raise Fault where two steps would write one file, or one would write outside its folder."""
    for kind, names in (("name", [s.name for s in steps]), ("page", [s.page_path for s in steps if s.title])):
        for place, name in enumerate(names):
            if name in names[:place]:
                raise Fault(f"Two notebooks of the run have the {kind} “{name}”: give each its own.")
            inside = (reports / name).resolve().is_relative_to(reports.resolve()) if "\0" not in name else False
            if not inside or (kind == "name" and Path(name).name != name):
                raise Fault(staging.one_line(f"“{name}” cannot be the {kind} of a notebook of the run."))


def run_step(
    step: Step,
    folder: Path,
    reports: Path,
    on_cell: OnCell | None = None,
    add: Callable[[dict[str, object]], None] | None = None,
) -> dict[str, object]:
    """Run one step into the run's `folder`, publish its page and tables into `reports`, and return its entry.

    The entry holds notebook, name, title, section, status ("completed" or "failed"), seconds, output (the
    executed notebook, from the run's folder) and its sha256, page and page_sha256, pdf and pdf_sha256,
    tables (path from reports/ to hash), facts (what the page says of itself to the index, by name) and error
    (a sentence, or None). Never raises Fault: a failure is an entry. `add` is given the entry; nobody can stop
    the run between the first file that changes and the end of `add`, so that what is published is recorded.
    """
    started = time.monotonic()
    entry = _entry(step)
    with contextlib.ExitStack() as to_the_end:
        try:
            with staging.staging_folder(reports) as stage:
                made, files = _made(step, folder, stage, on_cell)
                to_the_end.enter_context(stopping_held_back())
                publish(stage, reports, files, _outdated(made, reports))
            entry |= made | {"status": "completed"}
        except Fault as fault:
            entry["error"] = str(fault)
        entry["seconds"] = round(time.monotonic() - started, 1)
        if add:
            add(entry)
    return entry


def _entry(step: Step, status: str = "failed") -> dict[str, object]:
    """The entry of a step of which nothing has been published."""
    about = {"notebook": staging.shown(step.source), "name": step.name, "title": step.title, "section": step.section}
    outcome = {"parameters": step.parameters, "status": status, "seconds": 0.0, "output": None, "sha256": None}
    pages = {"page": None, "page_sha256": None, "pdf": None, "pdf_sha256": None}
    return {**about, **outcome, **pages, "tables": {}, "facts": {}, "error": None}


def _made(step: Step, folder: Path, stage: Path, on_cell: OnCell | None) -> tuple[dict[str, object], list[str]]:
    """What a step's entry says of its outcome, and the files in the stage that are to be published."""
    tables = stage / "tables"
    tables.mkdir()
    done = execute(
        step.source,
        folder / f"{step.name}.ipynb",
        step.parameters,
        cell_timeout=step.cell_timeout,
        notebook_timeout=step.notebook_timeout,
        on_cell=on_cell,
        environment={TABLES_VARIABLE: str(tables)},
    )
    result: dict[str, object] = {"output": done.output.name, "sha256": done.sha256, "facts": facts_in(done.output)}
    files = [file.relative_to(stage).as_posix() for file in sorted(tables.rglob("*")) if file.is_file()]
    result["tables"] = {file: staging.sha256(stage / file) for file in files}
    if page := step.page_path:
        home = "../" * page.count("/") + INDEX
        render(done.output, stage / page, title=step.title, home=home)
        result |= {"page": page, "page_sha256": staging.sha256(stage / page)}
        files.append(page)
    if page and step.pdf:
        pdf = _pdf_of(page)
        write_pdf(stage / page, stage / pdf)
        result |= {"pdf": pdf, "pdf_sha256": staging.sha256(stage / pdf)}
        files.append(pdf)
    return result, files


def _pdf_of(page: str) -> str:
    return PurePosixPath(page).with_suffix(".pdf").as_posix()


def _outdated(made: dict[str, object], reports: Path) -> list[str]:
    """The PDF of an earlier page, where the page changes and gets none; a page of the same bytes keeps its PDF."""
    page = made.get("page")
    if not page or made.get("pdf"):
        return []
    with staging.writing(reports / page):
        unchanged = (reports / page).is_file() and staging.sha256(reports / page) == made["page_sha256"]
    return [] if unchanged else [_pdf_of(page)]


def _run_all(steps: Sequence[Step], record: Record, reports: Path, keep_going: bool) -> None:
    with _progress(len(steps)) as (begin, on_cell, end):
        for number, step in enumerate(steps, start=1):
            begin(number, step)
            try:
                entry = run_step(step, record.folder, reports, on_cell, record.add)
            except KeyboardInterrupt:
                if len(record.notebooks) < number:
                    record.add(_entry(step, "interrupted"))
                raise
            end(number, entry)
            if entry["status"] == "failed" and not keep_going:
                return


def _last_error(record: Record) -> str | None:
    return next((entry["error"] for entry in reversed(record.notebooks) if entry["error"]), None)


def _interrupted(record: Record, steps: Sequence[Step]) -> None:
    """Close the record of a run that was stopped, with the sentence that says where."""
    at = len(record.notebooks)
    where = f"notebook {at} of {len(steps)} ({steps[at - 1].name})"
    if not at:
        told = f"Stopped before the first of {len(steps)} notebooks: nothing was published"
    elif record.notebooks[-1]["status"] == "completed":
        told = f"Stopped after {where}: it and what was finished before stay"
    else:
        told = f"Stopped at {where}: nothing of it was published, what was finished before stays"
    record.finish("interrupted", f"{told}; give the same command to run again.")


def _index(record: Record, reports: Path, runs: Path | None) -> None:
    """Write the index; a run whose index cannot be written is not complete."""
    try:
        render_index(reports / INDEX, recorded_runs(reports, runs))
    except Fault as fault:
        record.finish("partial" if record.status == "completed" else record.status, record.error or str(fault))


@contextlib.contextmanager
def _termination_as_interrupt() -> Iterator[None]:
    """SIGTERM ends a run as Ctrl-C does. Only a program's main thread can listen for signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def _progress(total: int):
    """Three functions that tell of a step's begin, cells and end: a moving line, or plain lines without a terminal."""
    console = Console(file=sys.stderr, highlight=False, soft_wrap=True)
    moving = TextColumn("{task.description}")
    bar = Progress(
        SpinnerColumn(), moving, TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal
    )
    task = bar.add_task("", total=None)
    current = ["", ""]

    def begin(number: int, step: Step) -> None:
        current[:] = f"{number} of {total}", escape(step.name)
        bar.update(task, description=" ".join(current))
        if not console.is_terminal:
            console.print(f"{number} of {total} {step.name} …", markup=False)

    def on_cell(index: int, cells: int) -> None:
        bar.update(task, description=f"{current[0]} {current[1]}: cell {index} of {cells}")

    def end(number: int, entry: dict[str, object]) -> None:
        outcome = entry["error"] or f"done in {entry['seconds']:.0f} s"
        console.print(f"{number} of {total} {entry['name']}: {outcome}", markup=False)

    with bar:
        yield begin, on_cell, end
