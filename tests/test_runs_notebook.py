"""A notebook that cannot or did not run to its last cell costs one sentence, and nothing else."""

import asyncio
import contextvars
import errno
import hashlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest
from jupyter_core.utils import ensure_event_loop

from workforce_ratings.kernels import kernel, warm
from workforce_ratings.runs import notebook as notebook_module
from workforce_ratings.runs.engine import ENGINE
from workforce_ratings.runs.notebook import check_parameters, execute, parameter_names
from workforce_ratings.vocabulary import Fault

NOTEBOOKS = Path(__file__).parent / "failing_notebooks"


def processes():
    """Every living process below this one but for the warm parent, and every kernel that lost its parent."""
    warm_parents = {p for p in psutil.Process().children() if "workforce_ratings.kernels.forkserver" in p.cmdline()}
    found = set(psutil.Process().children(recursive=True)) - warm_parents
    for process in psutil.process_iter(["ppid", "cmdline", "status"]):
        if process.info["ppid"] == 1 and "ipykernel_launcher" in " ".join(process.info["cmdline"] or []):
            found.add(process)
    return {process.pid for process in found if process.is_running() and process.status() != psutil.STATUS_ZOMBIE}


@pytest.fixture
def run_folder(tmp_path):
    """A folder with the last good output in it; afterwards no process of the test may be left."""
    before = processes()
    (tmp_path / "out.ipynb").write_text("the last good one")
    yield tmp_path
    deadline = time.monotonic() + 5
    while (left := processes() - before) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not left


def sentence(folder, name, parameters=None, **options):
    """The Fault's sentence, having checked that it is one and that the good output is untouched."""
    with pytest.raises(Fault) as fault:
        execute(NOTEBOOKS / f"{name}.ipynb", folder / "out.ipynb", parameters, **options)
    said = str(fault.value)
    assert "\n" not in said
    assert 0 < len(said) < 400
    assert (folder / "out.ipynb").read_text() == "the last good one"
    assert {p.name for p in folder.iterdir()} <= {"out.ipynb", "out.failed.ipynb"}
    return said


# Before a kernel starts.


def test_a_notebook_without_a_parameters_cell_is_refused(run_folder):
    assert "has no cell tagged “parameters”" in sentence(run_folder, "no_parameters_tag")


def test_a_parameters_cell_that_works_something_out_is_refused(run_folder):
    assert "may hold only lines such as" in sentence(run_folder, "parameters_not_literal")


def test_a_misspelt_parameter_is_refused_with_the_nearest_name(run_folder):
    assert "did you mean “council”; it has council." in sentence(run_folder, "works", {"counsil": "Devon"})


@pytest.mark.parametrize(
    "name", ["import os; os.system('touch pwned') #", "council\nimport os", "council = 1; x", "", 3, None]
)
def test_a_parameter_name_that_holds_code_is_refused(run_folder, name):
    assert "has no parameter" in sentence(run_folder, "works", {name: "Devon"})


class Loud(str):
    def __repr__(self):
        return "__import__('os')"


@pytest.mark.parametrize(
    "value",
    [
        Path("x"),
        ("a", "b"),
        {1: "a"},
        {"a": object()},
        [float("nan")],
        float("inf"),
        Loud("x"),
        b"x",
        {"x"},
    ],
)
def test_a_value_that_is_not_plain_data_is_refused(run_folder, value):
    assert "The parameter “council” of" in sentence(run_folder, "works", {"council": value})


@pytest.mark.parametrize(
    "source",
    ["http://example.org/a.ipynb", "https://example.org/a.ipynb", "s3://bucket/a.ipynb", "S3://b/a.ipynb", "gs:x"],
)
def test_a_notebook_at_an_address_is_refused(run_folder, source):
    with pytest.raises(Fault, match="is an address"):
        execute(source, run_folder / "out.ipynb")


@pytest.mark.parametrize("source", ["gone.ipynb", "", "a\0b", '{"cells": []}', "x" * 5000, "."])
def test_a_missing_notebook_is_refused(run_folder, source):
    with pytest.raises(Fault, match="is not a notebook file"):
        execute(source, run_folder / "out.ipynb")


def test_a_file_that_is_no_notebook_is_refused(run_folder, tmp_path_factory):
    source = tmp_path_factory.mktemp("other") / "page.ipynb"
    source.write_text("<!doctype html><title>Log in</title>")
    with pytest.raises(Fault, match="is not a valid notebook"):
        execute(source, run_folder / "out.ipynb")


def changed(folder, change, name="works"):
    """A copy of a notebook with something changed."""
    book = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    change(book)
    path = folder / f"{name}.ipynb"
    nbformat.write(book, path)
    return path


def test_an_unknown_kernel_is_refused_with_those_there_are(tmp_path):
    source = changed(tmp_path, lambda book: book.metadata.kernelspec.update(name="pyhton3"))
    with pytest.raises(Fault, match=r"kernel “pyhton3”, which is not installed here \(there are: .*python3"):
        execute(source, tmp_path / "out.ipynb")


def test_a_notebook_without_kernel_is_refused(tmp_path):
    source = changed(tmp_path, lambda book: book.metadata.pop("kernelspec"))
    with pytest.raises(Fault, match="which is not installed here"):
        execute(source, tmp_path / "out.ipynb")


def test_a_kernel_of_another_environment_is_refused(tmp_path, monkeypatch):
    spec = kernel.KernelSpec(argv=["/usr/bin/python3", "-m", "ipykernel_launcher"], language="python")
    monkeypatch.setattr(kernel.KernelSpecManager, "get_kernel_spec", lambda *_: spec)
    with pytest.raises(Fault, match="outside this environment"):
        kernel.check_kernel("workforce-ratings", "x.ipynb")


def test_the_result_of_an_earlier_run_is_refused(tmp_path):
    def inject(book):
        book.cells.insert(2, nbformat.v4.new_code_cell('council = "Devon"', metadata={"tags": ["injected-parameters"]}))

    with pytest.raises(Fault, match="result of an earlier run"):
        execute(changed(tmp_path, inject), tmp_path / "out.ipynb")


def book_with(*parameter_cells):
    cells = [nbformat.v4.new_code_cell(text, metadata={"tags": ["parameters"]}) for text in parameter_cells]
    return nbformat.v4.new_notebook(cells=cells)


def test_literals_of_every_kind_are_parameters():
    text = 'a = "x"  # words\nb: int = -1\nc = None\nd = ["x", 2.5]\ne = {"k": True}\n'
    assert parameter_names(book_with(text), "x") == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    "text",
    [
        "a = b = 1",
        "a = f'{1}'",
        "a = 1 + x",
        "a, b = 1, 2",
        "a += 1",
        "print(1)",
        "'words'",
        "a = (",
        "%time a = 1",
        "a: int",
    ],
)
def test_anything_else_is_not(text):
    with pytest.raises(Fault, match="may hold only lines"):
        parameter_names(book_with(text), "x")


def test_two_parameter_cells_are_refused():
    with pytest.raises(Fault, match="has 2 cells tagged"):
        parameter_names(book_with("a = 1", "b = 1"), "x")


def test_plain_data_is_accepted():
    check_parameters(book_with("a = 1"), {"a": {"k": [1, 2.5, True, None, "x", {}]}}, "x")


# With a kernel.


@pytest.mark.slow
@pytest.mark.parametrize(
    "council", ["Devon", "a'\"\"\"\n\\x {{}} \u2028 ' + __import__('os').getcwd() + '", "{% raw %}\\N{BULLET}\0é😀"]
)
def test_a_notebook_that_works(run_folder, council):
    output = run_folder / "a {folder} with spaces and é" / "out.ipynb"
    seen = []
    done = execute(NOTEBOOKS / "works.ipynb", output, {"council": council}, on_cell=lambda *at: seen.append(at))
    assert done.status == "completed"
    assert done.sha256 == hashlib.sha256(output.read_bytes()).hexdigest()
    assert seen == [(n, done.cells) for n in range(1, done.cells + 1)]
    assert os.listdir(output.parent) == ["out.ipynb"]
    book = nbformat.read(output, as_version=4)
    assert book.metadata.papermill.output_path == "out.ipynb"
    assert book.metadata.papermill.parameters.council == council
    injected = next(cell for cell in book.cells if "injected-parameters" in cell.metadata.tags)
    values = {}
    exec(injected.source, values)
    assert values["council"] == council


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("kernel_dies", "kernel_dies.ipynb stopped at code cell 3 (of 4): its kernel died"),
        (
            "sys_exit_zero",
            "sys_exit_zero.ipynb ended at code cell 3 (of 4) before its last cell was done (SystemExit: 0)",
        ),
        ("quits", "quits.ipynb stopped at code cell 2 (of 3): the cell told its kernel to quit"),
        ("cell_raises", "cell_raises.ipynb stopped at code cell 3 (of 4): KeyError: 'abc'; the last good report"),
        ("error_allowed_by_tag", "error_allowed_by_tag.ipynb stopped at code cell 2 (of 3): KeyError: 'abc'"),
        ("raises_fault", "“Halton Town” is not a council in the register: did you mean Halton?"),
    ],
)
def test_a_notebook_that_does_not_reach_its_end(run_folder, name, said):
    assert said in sentence(run_folder, name, {"council": "Devon"})
    assert (run_folder / "out.failed.ipynb").exists()


@pytest.mark.slow
def test_a_cell_skipped_by_its_tag_is_not_a_complete_notebook(run_folder, tmp_path_factory):
    source = changed(tmp_path_factory.mktemp("s"), lambda book: book.cells[-1].metadata.update(tags=["skip-execution"]))
    with pytest.raises(Fault, match=r"ended at code cell 6 \(of 6\).*the cell did not run"):
        execute(source, run_folder / "out.ipynb")


@pytest.mark.slow
def test_a_cell_that_hangs_is_stopped_with_its_children(run_folder):
    said = sentence(run_folder, "cell_hangs", cell_timeout=2)
    assert "stopped at code cell 3 (of 4): the cell ran for more than 2 seconds" in said


@pytest.mark.slow
def test_a_notebook_that_takes_too_long_is_stopped_with_its_children(run_folder):
    started = time.monotonic()
    said = sentence(run_folder, "cell_hangs", notebook_timeout=3)
    assert "stopped at code cell 3 (of 4): the notebook ran for more than 3 seconds" in said
    assert time.monotonic() - started < 30


@pytest.mark.slow
def test_children_of_a_kernel_that_died_do_not_outlive_it(run_folder, tmp_path_factory):
    def change(book):
        book.cells[-2].source = "import os, subprocess\nsubprocess.Popen(['sleep', '297'])\nos._exit(0)"

    with pytest.raises(Fault, match="its kernel died"):
        execute(changed(tmp_path_factory.mktemp("s"), change), run_folder / "out.ipynb")
    sleeping = [p for p in psutil.process_iter(["cmdline", "status"]) if p.info["cmdline"] == ["sleep", "297"]]
    assert not [p for p in sleeping if p.info["status"] != psutil.STATUS_ZOMBIE]


@pytest.mark.slow
def test_a_full_disk_leaves_the_last_good_output(run_folder, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    assert "could not be written (No space left on device)" in sentence(run_folder, "works")


@pytest.mark.slow
def test_an_ordinary_kernel_that_does_not_start_is_tried_once_more(run_folder, monkeypatch):
    tries = []

    async def broken(self, *_args, **_kw):
        tries.append(1)
        raise RuntimeError("Kernel died before replying to kernel_info")

    monkeypatch.setenv(warm.SWITCH, warm.OFF)
    monkeypatch.setattr(kernel.AsyncKernelManager, "_async_launch_kernel", broken)
    assert "could not start its kernel" in sentence(run_folder, "works")
    assert len(tries) == 2


@pytest.mark.slow
def test_a_kernel_that_cannot_be_forked_is_tried_once_more(run_folder, monkeypatch):
    tries = []

    def broken(self, *_args, **_kw):
        tries.append(1)
        raise RuntimeError("OSError: Cannot allocate memory")

    monkeypatch.setattr(warm.Parent, "fork", broken)
    assert "could not start its kernel (OSError: Cannot allocate memory)" in sentence(run_folder, "works")
    assert len(tries) == 2


@pytest.mark.slow
def test_the_callers_surroundings_do_not_matter(tmp_path, monkeypatch):
    profile = tmp_path / "ipython" / "profile_default" / "startup"
    profile.mkdir(parents=True)
    (profile / "00.py").write_text("raise SystemExit('a start-up file ran')")
    caller = {"TZ": "Asia/Tokyo", "LC_ALL": "C", "MPLBACKEND": "agg", "IPYTHONDIR": str(tmp_path / "ipython")}
    for variable, value in caller.items():
        monkeypatch.setenv(variable, value)

    def ask(book):
        book.cells[-1].source = (
            "import locale, time, matplotlib\n"
            "print(time.tzname, locale.getpreferredencoding(), matplotlib.get_backend(), get_ipython().ipython_dir)"
        )

    output = tmp_path / "out.ipynb"
    execute(changed(tmp_path, ask), output)
    told = nbformat.read(output, as_version=4).cells[-1].outputs[0].text
    assert told.startswith("('UTC', 'UTC') utf-8 ")
    assert "inline" in told
    assert str(tmp_path) not in told


@pytest.mark.slow
def test_papermill_itself_runs_notebooks_through_the_engine(tmp_path):
    command = [str(Path(sys.executable).with_name("papermill")), "--engine", "workforce-ratings", "--no-progress-bar"]
    command += [str(NOTEBOOKS / "works.ipynb"), "out.ipynb", "-p", "council", "Devon"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    book = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert all(cell.execution_count for cell in book.cells if cell.cell_type == "code")
    assert book.metadata.papermill.parameters.council == "Devon"
    assert [p.name for p in tmp_path.iterdir()] == ["out.ipynb"]


def test_the_engine_refuses_a_notebook_of_another_language(tmp_path):
    source = changed(tmp_path, lambda book: book.metadata.kernelspec.update(name="ir"))
    with pytest.raises(Fault, match="kernel “ir”, which is not installed here"):
        papermill.execute_notebook(source, tmp_path / "out.ipynb", engine_name=ENGINE, progress_bar=False)


def test_threads_that_share_a_context_have_event_loops_of_their_own():
    shared, together, loops = contextvars.copy_context(), threading.Barrier(2, timeout=30), []
    of_this_thread = shared.run(ensure_event_loop)

    def call():
        own = ensure_event_loop()
        together.wait()
        own.run_until_complete(asyncio.sleep(0.01))
        loops.append(own)

    threads = [threading.Thread(target=shared.copy().run, args=(notebook_module._alone, call)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loops) == 2, "a thread did not come to its end"
    assert len({id(loop) for loop in (*loops, of_this_thread)}) == 3
    assert all(loop.is_closed() for loop in loops)
    assert not of_this_thread.is_closed()
    of_this_thread.close()
