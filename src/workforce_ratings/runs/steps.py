"""One notebook made into what people read, wherever that is done: its page, PDF and tables, all or none.

What is made is kept in memory and handed back, on this computer as from another: only whoever asked for it writes it, once.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
import threading
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath

from .. import paths
from ..kernels import tasks, warm
from ..vocabulary import Fault
from . import staging
from .notebook import CELL_TIMEOUT, NOTEBOOK_TIMEOUT, Execution, execute
from .notebook import Progress as OnCell
from .pdf import write_pdf
from .rendering import facts_in, render

TABLES_VARIABLE = "WORKFORCE_RATINGS_TABLES"
INDEX = "index.html"
# The fact in which a page keeps the digest of the figures it was made of.
FIGURES = "figures"


@dataclass(frozen=True)
class Step:
    """One notebook of a sequence.

    `source` is a path, from the project's folder where it lies inside it, so that another computer finds its own copy.
    `name` names the executed notebook in the run's folder. With a `title` the notebook gets a page at
    `page`, a path inside reports/ (by default `<name>.html`), listed in the index under `section`:
    national, council or notebook. With `pdf` it also gets a PDF beside the page, under the same name.

    `inputs` are the files that figures in it come from. Where only a part of them matters, `digest` names a function
    (module:function) that gives, for the parameters, the digest of that part; the notebook leaves the same digest in its
    fact `figures`. `shared` are the parameters of what it has in common with other notebooks, {} for nothing.
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
    inputs: tuple[Path, ...] = ()
    digest: str = ""
    shared: dict[str, object] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The notebook's file on this computer."""
        return paths.PROJECT / self.source

    @property
    def page_path(self) -> str | None:
        """Where the page goes, from reports/; None for a notebook without a page."""
        return (self.page or f"{self.name}.html") if self.title else None

    @property
    def pdf_path(self) -> str | None:
        """Where a PDF of the page goes, from reports/."""
        return PurePosixPath(self.page_path).with_suffix(".pdf").as_posix() if self.page_path else None


@dataclass(frozen=True)
class Made:
    """What became of a step. `outcome` goes into its entry of run.json. `files` are to be published, by their paths from
    reports/, and `notebooks` kept in the run's folder, by name: the executed one, or the failed one as far as it came. A
    step that was not run, as its figures are those of its last good run, `is_same` and has neither."""

    outcome: dict[str, object] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    notebooks: dict[str, bytes] = field(default_factory=dict)
    is_same: bool = False


def make(step: Step, on_cell: OnCell | None = None, unless: str | None = None) -> Made:
    """Run a step's notebook and make its files; only look, where its figures have the digest `unless`.

    A failure is an outcome with status "failed" and an error of one sentence, never a Fault.
    """
    started = time.monotonic()
    try:
        _prepare(step)
        if unless and digest_of(step) == unless:
            return Made(is_same=True)
        with staging.writing(Path(tempfile.gettempdir())), tempfile.TemporaryDirectory(prefix="step-") as folder:
            made = _made_in(Path(folder), step, on_cell)
    except Fault as fault:
        made = Made({"status": "failed", "error": str(fault)})
    made.outcome["seconds"] = round(time.monotonic() - started, 1)
    return made


def digest_of(step: Step) -> str:
    """The digest of the figures that the step's outcome rests on, worked out in a process of its own where one is warm."""
    return tasks.call(step.digest, step.parameters)


def _prepare(step: Step) -> None:
    """Have the warm parent make what the step shares with others, once. What cannot be made, its notebook will tell."""
    if step.shared and warm.ready():
        with contextlib.suppress(RuntimeError), _PREPARING:
            _prepared(warm.parent().pid, json.dumps(step.shared, sort_keys=True))


# Of two workers that come at once, the second waits for what the first has made.
_PREPARING = threading.Lock()


@cache
def _prepared(parent: int, shared: str) -> None:
    with contextlib.suppress(RuntimeError):
        warm.parent().prepare(json.loads(shared), rehearse=True)


def _made_in(folder: Path, step: Step, on_cell: OnCell | None) -> Made:
    """Run the notebook in a folder of its own, which holds its tables too."""
    tables = folder / "tables"
    tables.mkdir()
    try:
        done = execute(
            step.path,
            folder / f"{step.name}.ipynb",
            step.parameters,
            cell_timeout=step.cell_timeout,
            notebook_timeout=step.notebook_timeout,
            on_cell=on_cell,
            environment={TABLES_VARIABLE: str(tables)},
        )
        outcome = {"status": "completed", "output": done.output.name, "sha256": done.sha256}
        files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(tables.rglob("*")) if p.is_file()}
        outcome["tables"] = {name: staging.sha256_of(content) for name, content in files.items()}
        outcome |= _add_page(step, done, folder, files)
    except Fault as fault:
        outcome, files = {"status": "failed", "error": str(fault)}, {}
    return Made(outcome, files, {p.name: p.read_bytes() for p in sorted(folder.glob("*.ipynb"))})


def _add_page(step: Step, done: Execution, folder: Path, files: dict[str, bytes]) -> dict[str, object]:
    """Add the step's page and PDF, where it gets any, to its files. Returns what its entry says of them."""
    outcome: dict[str, object] = {"facts": facts_in(done.book, done.name)}
    if not (page := step.page_path):
        return outcome
    home = "../" * page.count("/") + INDEX
    files[page] = render(done.book, done.name, title=step.title, home=home).encode("utf-8")
    outcome |= {"page": page, "page_sha256": staging.sha256_of(files[page])}
    if step.pdf:
        (folder / page).parent.mkdir(exist_ok=True)
        (folder / page).write_bytes(files[page])
        files[step.pdf_path] = write_pdf(folder / page, folder / step.pdf_path).read_bytes()
        outcome |= {"pdf": step.pdf_path, "pdf_sha256": staging.sha256_of(files[step.pdf_path])}
    return outcome
