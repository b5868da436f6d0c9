"""Several notebooks: make what changed, publish it, record it.

A step's page and tables are made apart from reports/ (see steps) and take their places there together, only when all are
complete, so that a notebook which fails at its last cell changes nothing that anybody reads. This process alone writes,
whoever made them. A step whose last good run still holds is not made again (see basis).
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import paths
from ..vocabulary import Fault
from . import basis, staging
from .progress import Progress, progress
from .publishing import publish, stopping_held_back
from .record import Record, new_run_folder, recorded_runs
from .rendering import render_index
from .steps import INDEX, Made, Step, make
from .workers import Task, made_by


@dataclass(frozen=True)
class How:
    """How a run is made: by `workers` on this computer or by those of the cluster at `scheduler`; with `fresh`, everything
    again; with `keep_going`, also what comes after a failure; in the folder `resumed` of an unfinished run."""

    workers: int = 1
    scheduler: str | None = None
    fresh: bool = False
    keep_going: bool = False
    resumed: Path | None = None


def run_sequence(
    steps: Sequence[Step],
    name: str = "run",
    *,
    parameters: dict[str, object] | None = None,
    choices: Mapping[str, object] | None = None,
    inputs: Iterable[Path] = (),
    how: How | None = None,
    reports: Path | None = None,
    runs: Path | None = None,
) -> Record:
    """Make the steps, publish what succeeded, write the index, and return the record.

    The record's `status` is "completed", "partial", "failed" or "interrupted" (Ctrl-C or SIGTERM), and its
    `error` the sentence to show, if any. With one worker a failed step ends the sequence unless `how` says to keep going.
    `parameters`, `choices` and `inputs` are recorded for the run as a whole. Raises Fault where the run cannot begin, as
    when another holds reports/, and where a cluster cannot be used.
    """
    how = how or How()
    reports, runs = Path(reports or paths.REPORTS), Path(runs or paths.RUNS)
    inputs = sorted(set(map(Path, inputs)))
    _check_steps(steps, reports)
    with staging.only_one_run(reports):
        staging.clear_staging(reports)
        record = Record(how.resumed or new_run_folder(name, runs), name, parameters, inputs, choices)
        run = _Run(steps, record, reports, how, inputs)
        last = {} if how.fresh else basis.last_good(steps, reports, runs)
        if how.resumed:
            record.take_up(step.name for step in steps)
        with _termination_as_interrupt():
            try:
                run.make(last)
                record.finish(error=_last_error(record))
            except KeyboardInterrupt:
                record.finish("interrupted", run.interrupted())
            except Exception as error:
                told = str(error) if isinstance(error, Fault) else f"{type(error).__name__}: {error}"
                record.finish("partial" if record.notebooks else "failed", staging.one_line(told))
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


def entry_of(step: Step, reason: str, status: str = "failed") -> dict[str, object]:
    """The entry of a step in run.json, before anything was published.

    It holds notebook, name, title, section, parameters, the `basis` it rests on (hashes, see basis.of_step), the `reason`
    why it was made, `reused` (the folder of the run whose files it kept, or None), status ("completed", "failed" or
    "interrupted"), seconds, output (the executed notebook, from its run's folder) and its sha256, page and page_sha256, pdf and
    pdf_sha256, tables (path from reports/ to hash), facts (what the page says of itself to the index, by name) and error
    (a sentence, or None).
    """
    about = {"notebook": staging.shown(step.path), "name": step.name, "title": step.title, "section": step.section}
    why = {"parameters": step.parameters, basis.BASIS: None, "reason": reason, "reused": None}
    outcome = {"status": status, "seconds": 0.0, "output": None, "sha256": None}
    pages = {"page": None, "page_sha256": None, "pdf": None, "pdf_sha256": None}
    return {**about, **why, **outcome, **pages, "tables": {}, "facts": {}, "error": None}


class _Run:
    """The steps of one run on their way into reports/ and the record."""

    def __init__(self, steps: Sequence[Step], record: Record, reports: Path, how: How, inputs: Sequence[Path]):
        self._steps = steps
        self._record = record
        self._reports = reports
        self._how = how
        self._inputs = inputs
        self._at: int | None = None
        self._settled: set[int] = set()

    def make(self, last: Mapping[str, basis.LastGood]) -> None:
        """Keep what still holds of the `last` good runs, and make the rest."""
        self._last = last
        shared, about = basis.of_all(), self._record.about
        self._bases = [basis.of_step(step, shared) for step in self._steps]
        found = zip(self._steps, self._bases, strict=True)
        why = [basis.FRESH if self._how.fresh else basis.changed(s, own, about, last.get(s.name)) for s, own in found]
        self._reasons = dict(enumerate(why))
        self._record.write()
        with progress(len(self._steps)) as told:
            self._keep_unchanged(told)
            for place, made in self._made(told):
                self._settle(place, made, told)
                if not self._how.keep_going and self._record.status_at(place) == "failed":
                    return

    def _keep_unchanged(self, told: Progress) -> None:
        kept = [place for place, reason in self._reasons.items() if not reason]
        for place in kept:
            self._record.add(self._reused(place, "nothing it rests on changed"), place, write=False)
            self._settled.add(place)
        if kept:
            self._record.write()
            told.kept(len(kept), "nothing they rest on changed (--fresh makes them again)")

    def _made(self, told: Progress) -> Iterator[tuple[int, Made]]:
        """Each step that has to be made, or looked at, with what became of it."""
        tasks = [Task(place, self._steps[place], self._unless(place)) for place, why in self._reasons.items() if why]
        elsewhere = self._how.scheduler is not None
        if tasks and (elsewhere or (self._how.workers > 1 and len(tasks) > 1)):
            workers = min(self._how.workers, len(tasks))
            yield from made_by(tasks, workers, self._how.scheduler, self._inputs)
            return
        for place, step, unless in tasks:
            self._at = place
            told.begin(step.name)
            yield place, make(step, told.cell, unless)
            self._at = None

    def _unless(self, place: int) -> str | None:
        step = self._steps[place]
        return basis.unchanged_figures(step, self._reasons[place], self._last.get(step.name))

    def _settle(self, place: int, made: Made, told: Progress) -> None:
        """Publish what was made and record it. Nobody can stop the run between the first file that changes and the
        record of it, so that what is published is recorded."""
        step, reason = self._steps[place], self._reasons[place]
        kept = made.is_same
        entry = entry_of(step, reason) | {basis.BASIS: self._bases[place]} | made.outcome
        with contextlib.ExitStack() as to_the_end:
            try:
                self._check_unchanged(place)
                if kept:
                    entry = self._reused(place, f"{reason}, not its own figures")
                else:
                    self._publish(made, entry, to_the_end)
            except Fault as fault:
                kept, seconds = False, made.outcome.get("seconds", 0.0)
                entry = entry_of(step, reason) | {"seconds": seconds, "error": str(fault)}
            self._record.add(entry, place)
            self._settled.add(place)
        if kept:
            told.kept(1, f"inputs changed, but none of the figures in {step.name}")
        else:
            told.end(step.name, entry["seconds"], entry["error"])

    def _check_unchanged(self, place: int) -> None:
        """Raise Fault where what a step rests on is no longer what it was: nobody can say which of the two it was made of."""
        step = self._steps[place]
        if basis.of_step(step, basis.of_all()) != self._bases[place]:
            raise Fault(f"Something that {step.name} rests on changed while it was made: let it be and run again.")

    def _publish(self, made: Made, entry: Mapping[str, object], to_the_end: contextlib.ExitStack) -> None:
        for name, content in made.notebooks.items():
            with staging.staged(self._record.folder / name) as temporary:
                temporary.write_bytes(content)
        with staging.staging_folder(self._reports) as stage:
            for name, content in made.files.items():
                with staging.writing(self._reports / name):
                    (stage / name).parent.mkdir(parents=True, exist_ok=True)
                    (stage / name).write_bytes(content)
            to_the_end.enter_context(stopping_held_back())
            publish(stage, self._reports, made.files, _outdated(entry, self._reports))

    def _reused(self, place: int, reason: str) -> dict[str, object]:
        """The entry of a step whose files stay: the last good run's own in its own record, a copy elsewhere."""
        step = self._steps[place]
        last = self._last[step.name]
        if last.folder == self._record.folder.name:
            return last.entry | {basis.BASIS: self._bases[place]}
        kept = {basis.BASIS: self._bases[place], "reason": reason, "seconds": 0.0}
        return last.entry | kept | {"reused": last.entry.get("reused") or last.folder}

    def interrupted(self) -> str:
        """The sentence that says where the run was stopped. The step that was running gets an entry."""
        done, total = len(self._settled), len(self._steps)
        if self._at is not None and self._at not in self._settled:
            step = self._steps[self._at]
            if self._at not in self._record.places:
                self._record.add(entry_of(step, self._reasons[self._at], "interrupted"), self._at)
            where = f"notebook {self._at + 1} of {total} ({step.name})"
            told = f"Stopped at {where}: nothing of it was published, what was finished before stays"
        elif not done:
            told = f"Stopped before the first of {total} notebooks: nothing was published"
        else:
            told = f"Stopped after {done} of {total} notebooks: what was finished before stays"
        return f"{told}; give the same command to run again, and only the rest is made."


def _outdated(entry: Mapping[str, object], reports: Path) -> list[str]:
    """The PDF of an earlier page, where the page changes and gets none; a page of the same bytes keeps its PDF."""
    page = entry.get("page")
    if not page or entry.get("pdf"):
        return []
    with staging.writing(reports / page):
        unchanged = (reports / page).is_file() and staging.sha256(reports / page) == entry["page_sha256"]
    return [] if unchanged else [str(Path(page).with_suffix(".pdf").as_posix())]


def _last_error(record: Record) -> str | None:
    return next((entry["error"] for entry in reversed(record.notebooks) if entry["error"]), None)


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
