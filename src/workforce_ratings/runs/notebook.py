"""One notebook, run safely through papermill.

papermill alone is too trusting for reports that people act on. It fetches notebooks from addresses, runs
code hidden in a parameter's name, keeps the default of a misspelt parameter without a word, formats braces
in file names, calls a notebook that stopped at `sys.exit(0)` complete, and leaves a file that looks
finished when a kernel dies. Here a notebook is checked before it runs, watched while it runs, and believed
only when every code cell ran, in order, without an error. Only then does the executed notebook take its
final name; a failed one is kept as `<name>.failed.ipynb`.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import contextvars
import logging
import math
import os
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import nbformat
import papermill
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from rapidfuzz import process as nearest

from ..kernels.kernel import Kernel, check_kernel, kernel_in
from ..vocabulary import Fault
from . import staging
from .engine import ENGINE
from .staging import one_line, shown

# A cell that says nothing for ten minutes, or a notebook that runs for half an hour, is stuck: the slowest
# of the suite takes seconds.
CELL_TIMEOUT = 600
NOTEBOOK_TIMEOUT = 1800
# nbclient allows 4 seconds for output that follows a cell's reply; a loaded computer needs more.
OUTPUT_TIMEOUT = 60
START_TIMEOUT = 120
UNCHANGED = "the last good report was left as it was"

Progress = Callable[[int, int], None]

# What goes wrong is told in one sentence; papermill's log lines would surround it.
logging.getLogger("papermill").addHandler(logging.NullHandler())
logging.getLogger("papermill").propagate = False


@dataclass(frozen=True)
class Execution:
    """One notebook that ran to its last cell.

    `notebook` is the source, `name` what people call it, `output` the executed notebook's file, `book` what it holds and
    `sha256` its hash, `status` always "completed" (a failure is a Fault), `seconds` the wall-clock time, `cells` the
    number of code cells in the source.
    """

    notebook: Path
    name: str
    output: Path
    book: NotebookNode
    status: str
    seconds: float
    cells: int
    sha256: str


def execute(
    source: Path | str,
    output: Path | str,
    parameters: dict[str, object] | None = None,
    *,
    cell_timeout: int = CELL_TIMEOUT,
    notebook_timeout: float = NOTEBOOK_TIMEOUT,
    on_cell: Progress | None = None,
    environment: dict[str, str] | None = None,
) -> Execution:
    """Run the notebook `source` with `parameters` and write the executed notebook to `output`.

    Timeouts are in seconds. `on_cell(index, total)` is called as each code cell starts, counted from 1 in
    the source. `environment` adds variables to the kernel's. The kernel starts in the folder of `output`.

    Raises Fault, with one sentence, for a notebook or parameter that cannot be run and for every way in
    which a run can end before its last cell; `output` is then untouched and no process is left.
    """
    source, output = local_notebook(source), Path(output).absolute()
    book = read_notebook(source)
    check_parameters(book, parameters or {}, shown(source))
    check_kernel(book.metadata.get("kernelspec", {}).get("name"), shown(source))
    watch = _Watch(shown(source), book, notebook_timeout, on_cell)
    started = time.monotonic()
    with staging.staged(output) as temporary:
        try:
            executed = _run(source, temporary, parameters or {}, watch, cell_timeout, environment or {})
            _check_complete(executed, watch)
        except BaseException:
            _keep_failed(temporary, output)
            raise
        # papermill writes this computer's folders; by name both are found again.
        executed.metadata.papermill.update(input_path=watch.name, output_path=output.name)
        nbformat.write(executed, temporary)
        digest = staging.sha256(temporary)
    _failed_name(output).unlink(missing_ok=True)
    seconds = time.monotonic() - started
    return Execution(source, watch.name, output, executed, "completed", seconds, watch.total, digest)


def local_notebook(source: Path | str) -> Path:
    """The absolute path of a notebook file on this computer. Raises Fault for an address or a missing file."""
    text = str(source)
    if "://" in text or text.lower().startswith(("http:", "https:", "s3:", "gs:", "adl:", "abs:", "hdfs:")):
        raise Fault(f"“{one_line(text, 200)}” is an address: save the notebook here, read it, and run the file.")
    if not os.path.isfile(text):
        raise Fault(f"“{one_line(text, 200)}” is not a notebook file: check its name and folder.")
    return Path(text).absolute()


def read_notebook(source: Path) -> NotebookNode:
    """The notebook in a file, in the current format. Raises Fault where it is not a valid one."""
    try:
        book = nbformat.read(source, as_version=4)
        nbformat.validate(book)
    except Exception as error:  # nbformat raises its own, json's and jsonschema's errors alike
        raise Fault(
            one_line(f"{shown(source)} is not a valid notebook ({str(error)[:120]}): open and save it anew.")
        ) from error
    return book


def tagged(cell: NotebookNode, *tags: str) -> bool:
    """Whether a cell carries one of the tags."""
    return not set(tags).isdisjoint(cell.metadata.get("tags", []))


def check_parameters(book: NotebookNode, parameters: dict[str, object], name: str) -> None:
    """Raise Fault unless each parameter is known to the notebook and its value is plain data.

    `name` is what people call the notebook.
    """
    known = parameter_names(book, name)
    for given, value in parameters.items():
        if not isinstance(given, str) or given not in known:
            guess = nearest.extractOne(str(given), known, score_cutoff=60)
            hint = f"did you mean “{guess[0]}”; " if guess else ""
            given = one_line(given, 60)
            raise Fault(f"{name} has no parameter “{given}”: {hint}it has {', '.join(known) or 'none'}.")
        _check_plain(value, f"The parameter “{given}” of {name}")


def parameter_names(book: NotebookNode, name: str) -> list[str]:
    """The names assigned in the notebook's one cell tagged `parameters`, in their order.

    Raises Fault where there is no such cell or more than one, or where it holds anything but literals:
    papermill puts the given values after that cell, so what is worked out in it would still come from the
    defaults.
    """
    if any(tagged(cell, "injected-parameters") for cell in book.cells):
        raise Fault(f"{name} is the result of an earlier run (it has injected parameters): run the original instead.")
    cells = [cell for cell in book.cells if cell.cell_type == "code" and tagged(cell, "parameters")]
    if len(cells) != 1:
        raise Fault(
            f"{name} has {len(cells) or 'no'} cell{'s' * (len(cells) > 1)} tagged “parameters”: "
            f"give the tag to the one cell that holds its defaults."
        )
    try:
        return [_assigned(statement) for statement in ast.parse(cells[0].source).body]
    except (SyntaxError, ValueError):
        raise Fault(
            f'{name}: its cell tagged “parameters” may hold only lines such as name = 1 or name = "text"; '
            f"move everything else to the next cell."
        ) from None


def _assigned(statement: ast.stmt) -> str:
    """The name that a statement gives a literal value. Raises ValueError for any other statement."""
    match statement:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.AnnAssign(target=ast.Name(id=name), value=value)
        ):
            ast.literal_eval(value)
            return name
    raise ValueError("not an assignment of a literal")


def _check_plain(value: object, what: str) -> None:
    """Exact types only: papermill writes any other type into the code cell without escaping it."""
    if type(value) is dict:
        for key, inner in value.items():
            _check_plain(key if type(key) is str else object(), what)
            _check_plain(inner, what)
    elif type(value) is list:
        for inner in value:
            _check_plain(inner, what)
    elif (type(value) is float and not math.isfinite(value)) or type(value) not in (str, int, float, bool, type(None)):
        raise Fault(f"{what} must be text, a finite number, true or false, nothing, or a list or table of these.")


@dataclass
class _Watch:
    """How far a run has come, in code cells of the source, and whether it used up its time."""

    name: str
    book: NotebookNode
    seconds: float
    on_cell: Progress | None = None
    at: int = 0
    late: bool = False
    total: int = field(init=False)

    def __post_init__(self) -> None:
        self.total = sum(_runs(cell) for cell in self.book.cells)

    def cell_starts(self, cell: NotebookNode, cell_index: int) -> None:
        if _runs(cell) and not tagged(cell, "injected-parameters"):
            self.at += 1
            if self.on_cell:
                self.on_cell(self.at, self.total)

    def cell_ends(self, cell: NotebookNode, cell_index: int, execute_reply: dict) -> None:
        """`quit()` lets the kernel go on for a moment, so that later cells run or not by chance."""
        payloads = execute_reply["content"].get("payload", [])
        if any(payload.get("source") == "ask_exit" for payload in payloads):
            raise Fault(f"{_where(self)}: the cell told its kernel to quit; {UNCHANGED}.")

    @contextlib.contextmanager
    def limit(self, kernel: Kernel):
        """Kill the kernel's process group when the notebook's time is up."""

        def stop() -> None:
            self.late = True
            kernel.end()

        timer = threading.Timer(self.seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            kernel.end()


def _runs(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.source.strip())


def _run(
    source: Path,
    temporary: Path,
    parameters: dict[str, object],
    watch: _Watch,
    cell_timeout: int,
    environment: dict[str, str],
) -> NotebookNode:
    """Run once; once more where the kernel did not start, as when another program took its port."""
    for last_try in (False, True):
        try:
            with tempfile.TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True) as scratch:
                kernel = kernel_in(temporary.parent, Path(scratch), environment)
                with watch.limit(kernel):
                    return _alone(partial(_papermill, source, temporary, parameters, watch, kernel, cell_timeout))
        except (PapermillExecutionError, CellTimeoutError) as error:
            raise Fault(_stopped(error, watch, cell_timeout)) from error
        except RuntimeError as error:
            if watch.at or watch.late or last_try:
                raise Fault(_died(error, watch)) from error
        except (OSError, Fault):
            raise
        except Exception as error:  # a batch goes on, whatever a library raises
            said = one_line(f"{type(error).__name__}: {error}", 150)
            raise Fault(f"{_where(watch)}: {said}; {UNCHANGED}.") from error


def _alone(call: Callable[[], NotebookNode]) -> NotebookNode:
    """Call with an event loop of its own: Jupyter keeps the loop in the context, which threads may have in common."""

    def with_loop() -> NotebookNode:
        loop = ensure_event_loop()
        try:
            return call()
        finally:
            if not loop.is_running():
                loop.set_exception_handler(lambda *_: None)  # what went wrong is told in one sentence
                _close(loop)

    return contextvars.Context().run(with_loop)


def _close(loop: asyncio.AbstractEventLoop) -> None:
    """Close an event loop, once what still waits in it has been told to end: a run that was stopped leaves some."""
    waiting = asyncio.all_tasks(loop)
    for task in waiting:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*waiting, return_exceptions=True))
    loop.close()


def _papermill(
    source: Path,
    temporary: Path,
    parameters: dict[str, object],
    watch: _Watch,
    kernel: Kernel,
    cell_timeout: int,
) -> NotebookNode:
    return papermill.execute_notebook(
        _unformatted(source),
        _unformatted(temporary),
        parameters,
        ENGINE,
        language="python",
        progress_bar=False,
        start_timeout=START_TIMEOUT,
        execution_timeout=cell_timeout,
        iopub_timeout=OUTPUT_TIMEOUT,
        shutdown_kernel="immediate",
        force_raise_errors=True,
        coalesce_streams=True,
        kernel=kernel,
        on_cell_start=watch.cell_starts,
        on_cell_executed=watch.cell_ends,
    )


def _unformatted(path: Path) -> str:
    """papermill fills braces in a path from the parameters; doubled, they stand for themselves."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _where(watch: _Watch) -> str:
    """Where the run stopped. The injected cell fails, if ever, with the cell of defaults still the last one seen."""
    return f"{watch.name} stopped at code cell {max(watch.at, 1)} (of {watch.total})"


def _stopped(error: PapermillExecutionError | CellTimeoutError, watch: _Watch, cell_timeout: int) -> str:
    """The sentence for a cell that raised or hung. A Fault raised in a cell speaks for itself."""
    if isinstance(error, CellTimeoutError):
        return f"{_where(watch)}: the cell ran for more than {cell_timeout} seconds; {UNCHANGED}."
    if error.ename == "Fault":
        return one_line(error.evalue)
    said = one_line(f"{error.ename}: {error.evalue}", 200)
    return f"{_where(watch)}: {said}; {UNCHANGED}."


def _died(error: RuntimeError, watch: _Watch) -> str:
    """The sentence for a kernel that ended, was stopped for taking too long, or never started."""
    if watch.late:
        return f"{_where(watch)}: the notebook ran for more than {watch.seconds:g} seconds; {UNCHANGED}."
    if watch.at:
        cause = "its kernel died (killed, out of memory, or ended by the cell)"
        return f"{_where(watch)}: {cause if isinstance(error, DeadKernelError) else one_line(error, 150)}; {UNCHANGED}."
    return f"{watch.name} could not start its kernel ({one_line(error, 150)}): run `make doctor`; {UNCHANGED}."


def _check_complete(executed: NotebookNode, watch: _Watch) -> None:
    """Raise Fault unless every code cell ran, in order, without an error.

    papermill calls a run complete that stopped at `sys.exit(0)`, that skipped a cell by its tag, or that
    was allowed an error by a tag.
    """
    count = reached = 0
    for cell in filter(_runs, executed.cells):
        count += 1
        reached += not tagged(cell, "injected-parameters")
        errors = [output for output in cell.outputs if output.output_type == "error"]
        if not errors and cell.execution_count == count:
            continue
        reason = (
            one_line(f"{errors[0].ename}: {errors[0].evalue}", 150).rstrip(": ") if errors else "the cell did not run"
        )
        raise Fault(
            f"{watch.name} ended at code cell {reached} (of {watch.total}) before its last cell was done "
            f"({reason}); {UNCHANGED}."
        )


def _failed_name(output: Path) -> Path:
    return output.with_name(f"{output.stem}.failed.ipynb")


def _keep_failed(temporary: Path, output: Path) -> None:
    """Keep what ran, for whoever looks for the cause. A full disk may not even allow that."""
    with contextlib.suppress(OSError):
        os.replace(temporary, _failed_name(output))
