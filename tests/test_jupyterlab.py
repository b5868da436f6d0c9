"""The notebooks in a real JupyterLab, as `make lab` starts it: every one runs with Run All Cells, and the start page's
picker works by keyboard.

One server, one browser and one page for all; two notebooks run at a time. The notebooks are a copy, tables go elsewhere,
and JupyterLab keeps its settings in folders of this test alone. Without Chromium on the machine these tests are skipped.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, sync_playwright

from browser import ABSENT, CHROMIUM, OPTIONS
from workforce_ratings import paths

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason=ABSENT)]
TOKEN = "a-token-of-this-test"
START = "00_start_here"
# Those that take longest first, so that no long one is left alone at the end; the start page last, as it stays open.
LONG = ("05_model_the_judgement", "national_report", "08_other_ways_to_cut_it")
NAMES = sorted((p.stem for p in paths.NOTEBOOKS.glob("*.ipynb")), key=lambda n: (n == START, n not in LONG, n))
AT_ONCE = 2
# Seconds for all of them, on a computer that has much else to do; about a sixth of it is usual.
MOST_SECONDS = 400

OPEN = "async (path) => { await window.jupyterapp.commands.execute('docmanager:open', {path}); }"
ACTIVATE = """
(path) => { const lab = window.jupyterapp;
  lab.shell.activateById([...lab.shell.widgets("main")].find((w) => w.context?.path === path).id); }
"""
# The kernel's state, and of each code cell its execution count and the kinds of its outputs.
STATE = """
(path) => {
  const panel = [...window.jupyterapp.shell.widgets("main")].find((w) => w.context?.path === path);
  const cells = panel?.content.model ? [...panel.content.model.cells] : [];
  return {
    ready: Boolean(panel?.context.isReady && panel.sessionContext.isReady && panel.isVisible),
    kernel: panel?.sessionContext.session?.kernel?.status,
    cells: cells.filter((c) => c.type === "code").map((c) => [c.executionCount,
      [...Array(c.outputs.length).keys()].map((i) => c.outputs.get(i).toJSON())
        .map((o) => o.output_type === "error" ? `error: ${o.evalue}` : o.name ?? o.output_type)]),
  };
}
"""
CLOSE = """
async (path) => {
  const panel = [...window.jupyterapp.shell.widgets("main")].find((w) => w.context?.path === path);
  await panel.context.save(); await panel.sessionContext.shutdown(); panel.dispose();
}
"""


# --- the server and the browser --------------------------------------------------------------------------------------


def of_make_lab() -> tuple[list[str], dict]:
    """The options that `make lab` gives JupyterLab, and the page settings it writes before."""
    makefile = (paths.PROJECT / "Makefile").read_text(encoding="utf-8")
    recipe = makefile[makefile.index("\nlab:") :].split("\n\n")[0]
    options = re.findall(r"--(?:LabApp|ServerApp)\.\w+=(?:\"[^\"]*\"|\S+)", recipe)
    return [o for o in options if ".root_dir=" not in o], json.loads(re.search(r"@echo '(\{.*\})' > \$@", makefile)[1])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of a server that keeps everything below a folder and nothing of the user's."""
    own = {
        name: str(folder / name.lower())
        for name in (
            *("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR"),
            *("JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR", "WORKFORCE_RATINGS_TABLES"),
        )
    }
    return {**os.environ, **own, "OPENBLAS_NUM_THREADS": "1"}


def answer(address: str, path: str) -> object:
    asked = urllib.request.Request(f"{address}{path}", headers={"Authorization": f"token {TOKEN}"})
    with urllib.request.urlopen(asked, timeout=10) as got:
        return json.load(got)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab on a copy of the notebooks; at the end nothing of it is left running."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(paths.NOTEBOOKS, folder / "root" / "notebooks", ignore=shutil.ignore_patterns(".*"))
    options, page_config = of_make_lab()
    environment, port = surroundings(folder), free_port()
    settings = Path(environment["JUPYTER_CONFIG_DIR"], "labconfig", "page_config.json")
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(page_config))
    own = [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder / 'root'}"]
    own += [f"--IdentityProvider.token={TOKEN}", "--LabApp.expose_app_in_browser=True", "--no-browser"]
    own += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    command = [sys.executable, "-m", "jupyterlab", *options, *own]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: is_up(address), 60, lambda: (folder / "log").read_text(errors="replace")[-2000:])
        yield address
        assert answer(address, "/api/kernels") == []
    finally:
        end(server)


def is_up(address: str) -> bool:
    with contextlib.suppress(OSError):
        return "version" in answer(address, "/api")
    return False


def wait_for(is_so, seconds: float, told) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, told()
        time.sleep(0.2)


def end(server: subprocess.Popen) -> None:
    """Ends the server and whatever it started: a kernel has a process group of its own."""
    started = psutil.Process(server.pid).children(recursive=True) if server.poll() is None else []
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(10)
    _, alive = psutil.wait_procs(started, timeout=5)
    for process in [*alive, *([psutil.Process(server.pid)] if server.poll() is None else [])]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    server.wait(10)


@pytest.fixture(scope="module")
def page(lab):
    """JupyterLab in a browser; `page.asked` lists the addresses that it asked for."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        opened = browser.new_page(viewport={"width": 1280, "height": 1000})
        opened.asked = []
        opened.on("request", lambda asked: opened.asked.append(asked.url))
        start = next(o.split("=", 1)[1] for o in of_make_lab()[0] if ".default_url=" in o)
        opened.goto(f"{lab}{start}?token={TOKEN}")
        opened.wait_for_function(f"() => ({STATE})('notebooks/{START}.ipynb').ready", timeout=60_000)
        yield opened
        with contextlib.suppress(Exception):
            opened.evaluate(CLOSE, f"notebooks/{START}.ipynb")
        browser.close()


# --- Run All Cells ---------------------------------------------------------------------------------------------------


def run_all(page: Page, path: str) -> None:
    """Opens a notebook and chooses Run, Run All Cells, as a person would."""
    page.evaluate(OPEN, path)
    page.wait_for_function(f"(path) => ({STATE})(path).ready", arg=path, timeout=60_000)
    page.evaluate(ACTIVATE, path)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def is_done(state: dict) -> bool:
    """Whether every cell has run, or one has failed, after which no other runs."""
    failed = any(kind.startswith("error") for _, kinds in state["cells"] for kind in kinds)
    return state["kernel"] == "idle" and (failed or all(count for count, _ in state["cells"]))


@pytest.fixture(scope="module")
def ran(page) -> dict[str, dict]:
    """Each notebook's state after Run All Cells; all but the start page are saved, closed, and their kernels shut down."""
    found: dict[str, dict] = {}
    waiting, running = [f"notebooks/{name}.ipynb" for name in NAMES], []
    until = time.monotonic() + MOST_SECONDS
    while waiting or running:
        assert time.monotonic() < until, f"still running: {running}"
        if waiting and len(running) < AT_ONCE:
            running.append(waiting.pop(0))
            run_all(page, running[-1])
        for path in list(running):
            state = page.evaluate(STATE, path)
            if is_done(state):
                found[Path(path).stem] = state
                running.remove(path)
                if Path(path).stem != START:
                    page.evaluate(CLOSE, path)
        page.wait_for_timeout(150)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_run_all_cells_runs_every_cell_without_error(ran, name):
    cells = ran[name]["cells"]
    assert [count for count, _ in cells] == list(range(1, len(cells) + 1))
    assert [kind for _, kinds in cells for kind in kinds if kind.startswith("error") or kind == "stderr"] == []
    assert any(kinds for _, kinds in cells)


def test_only_the_start_page_s_kernel_is_left(ran, lab):
    assert len(answer(lab, "/api/kernels")) == 1


# --- the start page --------------------------------------------------------------------------------------------------


@pytest.fixture
def council(page, ran):
    """The picker's first box, with the start page in front and scrolled to it."""
    page.evaluate(ACTIVATE, f"notebooks/{START}.ipynb")
    page.evaluate("() => window.jupyterapp.shell.currentWidget.content.scrollToItem(4, 'start')")
    box = page.get_by_label("Council", exact=True)
    box.wait_for()
    return box


def pick(page: Page, box, name: str) -> None:
    """Types a council's name and presses Enter; nothing else than the keyboard is used from the box on."""
    box.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type(name)
    page.keyboard.press("Enter")


def shown(page: Page):
    """What stands below the picker's controls."""
    return page.locator(".jp-OutputArea-child", has=page.locator("h3, [role=alert]")).first


def test_another_council_is_shown_by_keyboard_alone(page, council):
    pick(page, council, "Halton")
    page.get_by_role("heading", name=re.compile("^Halton, as at")).wait_for()
    text = shown(page).inner_text()
    assert "Halton's standing overall judgement is" in text
    assert "Wakefield" not in text
    alts = shown(page).locator("img").evaluate_all("(images) => images.map((i) => i.alt)")
    assert len(alts) == 5
    assert all("Halton" in alt and "Wakefield" not in alt for alt in alts)


def test_a_name_that_is_none_is_told_in_one_sentence_and_nothing_else_stays(page, council):
    pick(page, council, "Haltonn on the Wold")
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert "“Haltonn on the Wold” is not a council in the register" in alert.inner_text()
    assert shown(page).locator("img").count() == 0
    assert shown(page).inner_text().strip() == alert.inner_text().strip()


def test_tab_goes_from_box_to_box_and_each_is_named(page, council):
    council.focus()
    named = []
    for _ in range(3):
        named.append(page.evaluate("document.activeElement.labels?.[0]?.textContent"))
        page.keyboard.press("Tab")
    assert named == ["Council", "As at (YYYY-MM-DD)", "Census rule"]


def test_every_picture_of_the_start_page_is_there_and_described(page, council):
    pick(page, council, "Wakefield")
    page.get_by_role("heading", name=re.compile("^Wakefield, as at 30 June 2026")).wait_for()
    pictures = page.locator(".jp-OutputArea-child img")
    found = pictures.evaluate_all("(images) => images.map((i) => [i.alt, i.naturalWidth])")
    assert len(found) >= 5
    assert [alt for alt, width in found if len(alt) < 40 or not width] == []


def test_nothing_is_asked_of_any_other_computer(page, lab, ran):
    assert page.asked
    assert [url for url in page.asked if not url.startswith((f"{lab}/", "data:", "blob:"))] == []
    assert page.get_by_text("Jupyter news").count() == 0
