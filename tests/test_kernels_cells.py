"""Cells in a forked process: the same outputs as in an ordinary kernel, and nothing of one notebook in the next.

Every slow test shares the warm parent of this process. What an ordinary kernel makes is made here too, once, by the same
engine with the switch off.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import threading
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest

from workforce_ratings import paths
from workforce_ratings.kernels import cells, warm
from workforce_ratings.runs.engine import ENGINE
from workforce_ratings.runs.notebook import execute
from workforce_ratings.vocabulary import Fault

FAILING = Path(__file__).parent / "failing_notebooks"
slow = pytest.mark.slow


def book_of(*sources: str) -> nbformat.NotebookNode:
    """A notebook of these cells, each of which may raise."""
    written = [nbformat.v4.new_code_cell(text.strip("\n"), metadata={"tags": ["raises-exception"]}) for text in sources]
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=written, metadata={"kernelspec": spec})


def ran(folder: Path, *sources: str) -> nbformat.NotebookNode:
    """The same after papermill ran them with the engine, in `folder`."""
    nbformat.write(book_of(*sources), folder / "in.ipynb")
    with contextlib.chdir(folder), contextlib.suppress(papermill.PapermillExecutionError):
        papermill.execute_notebook(
            "in.ipynb",
            "out.ipynb",
            engine_name=ENGINE,
            progress_bar=False,
            coalesce_streams=True,
            execution_timeout=60,
            start_timeout=60,
        )
    book = nbformat.read(folder / "out.ipynb", as_version=4)
    book.cells = [cell for cell in book.cells if cell.cell_type == "code"]
    return book


@pytest.fixture(scope="module")
def forked():
    """The warm parent, of which nothing is left afterwards."""
    if not warm.available():
        pytest.skip("processes are not forked here")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(warm, "_state", lambda: 1)  # another parent would be started where code is changed meanwhile
        warm.close()
        yield warm.parent()
        warm.close()


# --- the same outputs ----------------------------------------------------------------------------------------------

CELL_LINES = r"""
print("one"); print("zwei – drei 😀")
---
import sys
print("to stderr", file=sys.stderr); print("out"); sys.stderr.write("more\n"); sys.stdout.write("x" * 40_000)
---
import warnings
warnings.warn("mind this"); warnings.warn("old", DeprecationWarning)
---
import os, subprocess
os.system("echo from a program; echo its error >&2")
---
_ = subprocess.run(["echo", "another"]), os.write(1, b"by number\n")
---
import pandas as pd, numpy as np
pd.DataFrame(np.arange(60).reshape(2, 30)).add_prefix("column_number_")
---
print(pd.DataFrame(np.arange(60).reshape(2, 30)).add_prefix("column_number_"))
---
pd.DataFrame({"a": range(200), "b": np.linspace(0, 1, 200), "t": ["word " * 30] * 200})
---
pd.get_option("display.max_columns"), pd.get_option("display.width"), pd.Series(range(100))
---
import matplotlib as mpl, matplotlib.pyplot as plt
sorted((name, str(value)) for name, value in mpl.rcParams.items())
---
rng = np.random.default_rng(7); plt.scatter(rng.normal(size=50), rng.normal(size=50)); plt.title("seeded")
---
for n in range(3):
    plt.figure(figsize=(3, 2)); plt.plot(range(n + 2)); print("figure", n)
---
fig, ax = plt.subplots(); ax.bar(["a", "b"], [1, 2]); plt.show(); print("after"); fig
---
plt.rcParams["lines.linewidth"] = 9
%matplotlib inline
plt.plot([1, 3, 2])
---
import seaborn as sns
sns.set_theme(); sns.lineplot(x=[1, 2, 3], y=[2, 1, 3])
---
np.random.seed(5); np.random.rand(3)
---
1 / 0
---
def missing(name):
    return {}["missing" + name]
missing("!")
---
this is no python
---
raise KeyboardInterrupt
---
import signal, time
os.kill(os.getpid(), signal.SIGINT); time.sleep(5)
---
sys.exit(3)
---
input("name? ")
---
import asyncio
await asyncio.sleep(0.01); print("awaited"); await asyncio.gather(asyncio.sleep(0, 1), asyncio.sleep(0, 2))
---
async def later():
    await asyncio.sleep(0); done.append("in the meantime")
done = []; task = asyncio.create_task(later())
---
done
---
from IPython.display import HTML, Markdown, clear_output, display
first = display("first", display_id=True); display(HTML("<b>bold</b>"), Markdown("*x*"), metadata={"k": {"v": 1}})
---
first.update("second")
---
print("gone"); clear_output(); print("stays")
---
print("gone too"); clear_output(wait=True); display("there")
---
%%capture kept
print("captured"); plt.plot([1]); 1
---
kept.stdout, len(kept.outputs)
---
!echo hi there
---
listed = !echo listed
listed
---
%%bash
echo from bash; echo err >&2
---
import ipywidgets
slider = ipywidgets.IntSlider(value=3, description="n"); slider
---
ipywidgets.VBox([slider, ipywidgets.Text("words"), ipywidgets.Image(value=b"\x00\xff bytes", format="png")])
---
out = ipywidgets.Output(); display(out)
---
with out:
    print("inside"); display(HTML("<i>in</i>"))
---
slider.value = 5
---
import multiprocessing
def work(n): print("child prints", n); return n * n
with multiprocessing.get_context("fork").Pool(1) as pool: print(pool.map(work, [1, 2]))
---
import threading
thread = threading.Thread(target=print, args=["from a thread"]); thread.start(); thread.join()
---
import logging
logging.warning("logged"); logging.getLogger("x").error("err")
---
class Odd:
    def _repr_html_(self): return "<p>odd</p>"
    def _repr_png_(self): return b"\x89PNG\r\n"
Odd()
---
class Bad:
    def __repr__(self): raise ValueError("no repr")
Bad()
---
%%writefile beside.py
NAME = "beside"
---
import beside; beside.NAME, sys.path
---
%run beside.py
---
NAME, __name__, _, len(In), get_ipython().execution_count, sys.stdout.encoding, sys.stdout.isatty(), sys.stdin.isatty()
---
%who_ls function
---
%history -n 1-2
---
len?
---
float("nan"), sorted(v for v in os.environ if v not in ("WORKFORCE_RATINGS_WARM", "JPY_PARENT_PID", "PYDEVD_USE_FRAME_EVAL"))
"""
CELLS = CELL_LINES.split("---\n")

# What differs from run to run in an ordinary kernel too.
VARYING = {r"0x[0-9a-f]{6,}": "0x", r"ipykernel_\d+": "ipykernel", r"[0-9a-f]{32}": "identifier"}


def steady(outputs: object) -> str:
    text = json.dumps(outputs, sort_keys=True, indent=1)
    for pattern, same in VARYING.items():
        text = re.sub(pattern, same, text)
    return text


def widgets(book: nbformat.NotebookNode) -> list[str]:
    """The state of each widget, without the identifiers that are drawn for it."""
    held = book.metadata.widgets["application/vnd.jupyter.widget-state+json"].state
    return sorted(steady(state) for state in held.values())


@pytest.fixture(scope="module")
def both(forked, tmp_path_factory):
    """CELLS after an ordinary kernel ran them, and after a forked one did."""
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv("PYTEST_CURRENT_TEST")  # with which ipykernel lets the output of programs through
        other = ran(tmp_path_factory.mktemp("forked"), *CELLS)
        patched.setenv(warm.SWITCH, warm.OFF)
        return ran(tmp_path_factory.mktemp("ordinary"), *CELLS), other


@slow
def test_every_cell_has_the_outputs_that_it_has_in_an_ordinary_kernel(both):
    ordinary, other = ([(c.source, c.execution_count, steady(c.outputs)) for c in book.cells] for book in both)
    assert len(ordinary) == len(CELLS)
    for expected, found in zip(ordinary, other, strict=True):
        assert found[2].splitlines() == expected[2].splitlines(), expected[0]
        assert found == expected


@slow
def test_the_comparison_has_figures_errors_widgets_and_a_frame_that_is_cut(both):
    said = [steady(cell.outputs) for cell in both[1].cells]
    assert sum(text.count('"image/png"') for text in said) >= 8
    errors = (
        "ZeroDivisionError",
        "KeyError",
        "SyntaxError",
        "KeyboardInterrupt",
        "SystemExit",
        "StdinNotImplementedError",
    )
    for name in errors:
        assert any(f'"ename": "{name}"' in text for text in said), name
    assert '"text/plain": "20,\\n' in "".join(said).replace("(20", '"text/plain": "20') or "(20,\\n" in "".join(said)
    assert any("in the meantime" in text for text in said)


@slow
def test_widgets_and_the_language_are_recorded_as_in_an_ordinary_kernel(both):
    ordinary, other = both
    assert widgets(other) == widgets(ordinary)
    assert len(widgets(other)) >= 8
    assert other.metadata.language_info == ordinary.metadata.language_info


@slow
def test_text_that_no_file_can_hold_is_shown_without_it(forked, tmp_path):
    half, whole = ran(tmp_path, r'print("\ud800 half")', 'print("whole")').cells
    assert half.outputs[0].text == "? half\n"
    assert whole.outputs[0].text == "whole\n"


def contents(path: Path, with_pictures: bool = True) -> list[object]:
    """The outputs of a notebook's own code cells, times aside."""
    found = []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code" and "injected-parameters" not in cell.metadata.get("tags", []):
            outputs = json.loads(json.dumps(cell.outputs))
            for output in outputs:
                if not with_pictures:
                    output.get("data", {}).pop("image/png", None)
                output.pop("execution_count", None)
            found.append(outputs)
    return found


# 05 and 08 compute for long; strict nbval runs them in a forked kernel too. A picture's bytes are those of the versions
# that drew it, so stored ones are left out.
@slow
@pytest.mark.parametrize("number", ["01", "02", "03", "04", "06", "07"])
def test_a_forked_process_makes_the_stored_outputs_of_the_notebooks(forked, tmp_path, number):
    [source] = paths.NOTEBOOKS.glob(f"{number}_*.ipynb")
    execute(source, tmp_path / "out.ipynb", environment={"WORKFORCE_RATINGS_TABLES": str(tmp_path / "tables")})
    assert contents(tmp_path / "out.ipynb", False) == contents(source, False)


@slow
def test_a_council_s_report_is_the_same_to_the_byte(forked, tmp_path, monkeypatch):
    made = []
    for switch in ("", warm.OFF):
        monkeypatch.setenv(warm.SWITCH, switch)
        output = tmp_path / f"{switch or 'on'}.ipynb"
        environment = {"WORKFORCE_RATINGS_TABLES": str(tmp_path / "tables")}
        execute(paths.NOTEBOOKS / "council_report.ipynb", output, {"council": "Halton"}, environment=environment)
        book = nbformat.read(output, as_version=4)
        del book.metadata["papermill"]
        made.append((contents(output), book.metadata, [cell.source for cell in book.cells]))
    assert made[0] == made[1]
    assert any("image/png" in output.get("data", {}) for cell in made[0][0] for output in cell)


# --- nothing of one in the next --------------------------------------------------------------------------------------

PLANTED = """
import os, random, sys, tempfile, threading, time, warnings
import matplotlib, matplotlib.pyplot as plt, numpy as np, pandas as pd
from workforce_ratings import vocabulary
planted_name = "planted"
vocabulary.planted = pd.planted = "planted"
plt.figure("planted"); plt.plot([1]); plt.rcParams["lines.linewidth"] = 33
np.random.seed(1); random.seed(1)
planted_file = open(tempfile.mkdtemp() + "/planted", "w")
os.environ["PLANTED"] = "planted"; os.environ["TZ"] = "Asia/Tokyo"; time.tzset()
os.chdir(tempfile.mkdtemp())
pd.set_option("display.max_columns", 3)
warnings.simplefilter("error"); warnings.warn_explicit
threading.Thread(target=time.sleep, args=[300], name="planted", daemon=True).start()
sys.path.insert(0, "/planted"); sys.modules["planted"] = pd
get_ipython().db["planted"] = 1
import builtins; builtins.planted = "planted"
"""
LOOKED = """
import json, os, sys, threading, time, warnings, builtins
import matplotlib, matplotlib.pyplot as plt, pandas as pd
from workforce_ratings import vocabulary
print(json.dumps({
    "name": "planted_name" in globals(), "attributes": [hasattr(m, "planted") for m in (vocabulary, pd, builtins)],
    "figures": plt.get_fignums(), "settings": {k: str(v) for k, v in matplotlib.rcParams.items()},
    "variables": dict(os.environ), "zone": time.tzname, "folder": os.getcwd(),
    "option": pd.get_option("display.max_columns"), "filters": [str(f) for f in warnings.filters],
    "threads": sorted(t.name for t in threading.enumerate()), "path": sys.path, "module": "planted" in sys.modules,
    "files": [os.path.realpath(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd") if n.isdigit()],
    "db": list(get_ipython().db.keys()),
}))
"""
DRAWN = "import numpy as np, random; print(np.random.random(), random.random())"


def printed(cell: nbformat.NotebookNode) -> str:
    return "".join(output.get("text", "") for output in cell.outputs)


@slow
def test_nothing_of_one_notebook_is_in_the_next(forked, tmp_path):
    def look():
        found = [printed(cell) for cell in ran(tmp_path, LOOKED, DRAWN).cells]
        seen = json.loads(found[0])
        seen["variables"].pop("IPYTHONDIR")  # a folder of each process's own
        seen["files"] = sorted(re.sub(r"\d+", "", name) for name in seen["files"])
        return seen, found[1]

    before, drawn_before = look()
    [planted] = ran(tmp_path, PLANTED).cells
    assert [o for o in planted.outputs if o.output_type == "error"] == []
    after, drawn_after = look()
    assert after == before
    assert not after["name"]
    assert after["option"] == 20
    assert drawn_after != drawn_before
    seen_where_planted = json.loads(printed(ran(tmp_path, PLANTED + LOOKED).cells[0]))
    for what in before.keys() - {"files"}:  # each of them would be seen
        assert seen_where_planted[what] != before[what], what
    assert any(name.endswith("/planted") for name in seen_where_planted["files"])


@slow
def test_a_warning_that_one_notebook_has_seen_is_shown_in_the_next(forked, tmp_path):
    source = (
        "from workforce_ratings import vocabulary\nexec(\"import warnings; warnings.warn('mind')\", vars(vocabulary))"
    )
    shown = [printed(ran(tmp_path, source).cells[0]) for _ in range(2)]
    assert "mind" in shown[0]
    assert shown[0] == shown[1]


# --- each ends alone ---------------------------------------------------------------------------------------------------


@slow
def test_a_notebook_that_hangs_ends_alone(forked, tmp_path):
    def hang():
        with pytest.raises(Fault, match="ran for more than 2 seconds"):
            execute(FAILING / "cell_hangs.ipynb", tmp_path / "a" / "out.ipynb", cell_timeout=2)
        ended.append("hanging")

    ended = []
    hanging = threading.Thread(target=hang)
    hanging.start()
    for n in range(3):
        execute(FAILING / "works.ipynb", tmp_path / f"b{n}" / "out.ipynb", {"council": "Devon"})
    ended.append("others")
    hanging.join()
    assert ended == ["others", "hanging"]
    assert psutil.Process(forked.pid).children(recursive=True) == []


@slow
@pytest.mark.parametrize(
    "death", ["os._exit(0)", "os.kill(os.getpid(), 9)", "os.fork() or time.sleep(300); os._exit(1)"]
)
def test_a_kernel_that_dies_is_noticed_at_once_with_what_it_had_printed(forked, tmp_path, death):
    source = f"import os, time\nprint('last words'); time.sleep(0.5); started = time.time()\n{death}"
    book = book_of('council = "Devon"', source, "1")
    book.cells[0].metadata.tags = ["parameters"]
    book.cells[1].metadata.tags = []
    nbformat.write(book, tmp_path / "dies.ipynb")
    before = os.times().elapsed
    with pytest.raises(Fault, match=r"dies\.ipynb stopped at code cell 2 \(of 3\): its kernel died"):
        execute(tmp_path / "dies.ipynb", tmp_path / "out.ipynb")
    assert os.times().elapsed - before < 5
    failed = nbformat.read(tmp_path / "out.failed.ipynb", as_version=4)
    assert printed(failed.cells[1]) == "last words\n"
    assert psutil.Process(forked.pid).children(recursive=True) == []


@slow
def test_what_a_notebook_registered_for_its_end_is_done(forked, tmp_path):
    ran(tmp_path, "import atexit, pathlib\n_ = atexit.register(pathlib.Path('done').write_text, 'at the end')")
    assert (tmp_path / "done").read_text() == "at the end"


# --- a stream --------------------------------------------------------------------------------------------------------


def test_only_text_can_be_printed():
    with pytest.raises(TypeError, match=r"write\(\) argument must be str"):
        cells.Printed.write(cells.Printed.__new__(cells.Printed), b"bytes")
