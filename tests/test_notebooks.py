"""The notebooks: how they are written, and what they do when anybody runs them with papermill, from any folder.

The slow part runs notebooks 01 to 08 twice, side by side, in surroundings that differ in time zone and locale. All of it
is plain papermill, without the suite's runner. What the reports say is read in test_reports.py.
"""

import ast
import csv
import filecmp
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

from test_dictionary import problems
from workforce_ratings import paths
from workforce_ratings.vocabulary import AS_AT, MONTHS
from workforce_ratings.wording.phrases import BARRED

NUMBERED = {
    "01_read_the_articles": ["claims.csv", "themes.csv"],
    "02_official_figures": ["coverage.csv", "revisions.csv"],
    "03_articles_against_official_figures": ["reconciliation.csv"],
    "04_instability_by_judgement": ["measures_by_judgement.csv", "published_results.csv"],
    "05_model_the_judgement": ["ordinal_models.csv", "article_model.csv", "funnel.csv"],
    "06_before_and_after_inspection": ["before_after.csv", "before_after_checks.csv"],
    "07_forecast_the_next_judgement": ["forecast_skill.csv", "forecast_checks.csv", "forecasts.csv"],
    "08_other_ways_to_cut_it": ["specifications.csv", "beyond_ratings.csv", "social_workers_per_child.csv"],
}
REPORTS = ["council_report", "national_report"]
# The page to explore from: not part of a run, and stored without outputs.
START = ["00_start_here"]
ALL = [*START, *NUMBERED, *REPORTS]
LONGEST_CELL = 15

# The columns that other people's scripts rely on.
CONTRACT = {
    "ordinal_models.csv": (
        "model, judgement, census_rule, term, coef, se, se_clustered, ci_low, ci_high, p, n, councils, loglik"
    ),
    "before_after.csv": ("framework, judgement, measure, years_after, n, mean_change, ci_low, ci_high, adjusted"),
    "forecast_skill.csv": "model, n_train, n_test, rps, log_loss, accuracy",
    "published_results.csv": "publication, quantity, published, reproduced, difference, tolerance, agrees",
    "reconciliation.csv": "article, council, measure, claimed, bound, census, official, difference, verdict",
}


def notebook(name: str) -> nbformat.NotebookNode:
    return nbformat.read(paths.NOTEBOOKS / f"{name}.ipynb", as_version=4)


def code_cells(name: str) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook(name).cells if cell.cell_type == "code"]


def outputs(name: str) -> list[nbformat.NotebookNode]:
    return [output for cell in code_cells(name) for output in cell.outputs]


def shown_text(name: str) -> str:
    """Every text that a notebook's stored outputs hold; pictures left out."""
    forms = [form for output in outputs(name) for form in output.get("data", {"": output.get("text", "")}).items()]
    alts = [o.get("metadata", {}).get("image/png", {}).get("alt", "") for o in outputs(name)]
    return "\n".join([*(text for kind, text in forms if not kind.startswith("image/")), *alts])


def dates_in(text: str) -> list[str]:
    """Every day named in a text, written 2026-06-30 or 30 June 2026, as YYYY-MM-DD."""
    written = [
        f"{year}-{MONTHS.index(month) + 1:02}-{int(day):02}"
        for day, month, year in re.findall(rf"\b(\d{{1,2}}) ({'|'.join(MONTHS)}) (20\d\d)\b", text)
    ]
    return sorted(written + re.findall(r"\b20\d\d-\d\d-\d\d\b", text))


# --- how they are written ------------------------------------------------------------------------------------------


def test_there_are_exactly_these_notebooks():
    assert sorted(p.stem for p in paths.NOTEBOOKS.glob("*.ipynb")) == sorted(ALL)


@pytest.mark.parametrize("name", ALL)
def test_prose_comes_first_and_parameters_are_one_cell_of_literals(name):
    book = notebook(name)
    assert book.cells[0].cell_type == "markdown"
    assert book.cells[0].source.startswith("# ")
    [tagged] = [cell for cell in book.cells if "parameters" in cell.metadata.get("tags", [])]
    for statement in ast.parse(tagged.source).body:
        assert isinstance(statement, ast.Assign), tagged.source
        ast.literal_eval(statement.value)
    assert f'as_at = "{AS_AT}"' in tagged.source


@pytest.mark.parametrize("name", ALL)
def test_cells_are_short_and_hold_no_logic_of_their_own(name):
    barred = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.While, ast.Try, ast.With)
    for cell in code_cells(name):
        assert len(cell.source.splitlines()) <= LONGEST_CELL, cell.source
        assert not re.search(r"^\s*[%!]", cell.source, re.MULTILINE), cell.source
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, barred), cell.source
            assert not (isinstance(node, ast.For) and any(isinstance(n, ast.For) for n in ast.walk(node) if n != node))
            modules = [node.module] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert all(m.split(".")[0] in ("workforce_ratings", "pandas") for m in modules), cell.source


@pytest.mark.parametrize("name", NUMBERED)
def test_stored_outputs_are_whole(name):
    cells = code_cells(name)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1)), "run make notebooks"
    assert any(cell.outputs for cell in cells)
    assert not [o for o in outputs(name) if o.output_type in ("error", "stream")]


@pytest.mark.parametrize("name", [name for name in NUMBERED if name >= "04"])
def test_stored_sentences_say_nothing_of_cause(name):
    shown = shown_text(name).lower()
    assert [word for word in BARRED if re.search(rf"\b{re.escape(word)}\b", shown)] == []


@pytest.mark.parametrize("name", [*START, *REPORTS])
def test_reports_are_stored_without_outputs(name):
    assert not outputs(name), "the reports' outputs belong in reports/, not in git"


def test_strict_nbval_runs_on_exactly_the_numbered_notebooks():
    makefile = (paths.PROJECT / "Makefile").read_text(encoding="utf-8")
    strict = re.search(r"STRICT_NOTEBOOKS := \\\n((?:.*\\\n)*.*)", makefile)[1]
    assert re.findall(r"notebooks/(\w+)\.ipynb", strict) == list(NUMBERED)
    assert "--nbval " in makefile
    assert "--nbval-lax" not in makefile


@pytest.mark.parametrize("name", NUMBERED)
def test_stored_outputs_hold_nothing_that_changes_from_run_to_run(name):
    text = shown_text(name)
    assert text
    assert not re.search(r"(?<![\w/.:])/(work|root|tmp|home|Users)/", text)
    assert not re.search(r"\b0x[0-9a-f]{6,}", text)
    assert [day for day in dates_in(text) if day > AS_AT] == []
    assert not re.search(r"\b\d{1,2}:\d\d:\d\d\b", text)


def test_the_sanitizing_file_leaves_out_nothing_that_is_not_explained():
    lines = (Path(__file__).parent / "nbval_sanitize.cfg").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []


# --- what they do: notebooks 01 to 08 --------------------------------------------------------------------------------

RUN = """
import json, sys, papermill
for source, target, parameters in json.loads(sys.argv[1]):
    papermill.execute_notebook(source, target, parameters, progress_bar=False)
"""


def start(jobs: list[tuple[str, Path, dict]], folder: Path, tables: Path, **surroundings: str) -> subprocess.Popen:
    """A process that runs notebooks one after the other from `folder`; their tables go to `tables`."""
    listed = [(str(paths.NOTEBOOKS / f"{name}.ipynb"), str(target), given) for name, target, given in jobs]
    command = [sys.executable, "-c", RUN, json.dumps(listed)]
    own = {**os.environ, **surroundings, "WORKFORCE_RATINGS_TABLES": str(tables)}
    return subprocess.Popen(command, cwd=folder, env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(*processes: subprocess.Popen) -> None:
    """Waits for each and fails with what it said where it did not end well."""
    said = [process.communicate(timeout=300)[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes), "\n".join(said)[-3000:]


def elsewhere(tmp_path_factory, name: str) -> Path:
    folder = tmp_path_factory.mktemp(name) / "Ein Büro in Çeşme, état 2"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory) -> tuple[Path, Path]:
    """The folders of two runs of notebooks 01 to 08, at the same time, in London's winter and in Tokyo."""
    places = [elsewhere(tmp_path_factory, name) for name in ("utc", "tokyo")]
    surroundings = [{"TZ": "UTC"}, {"TZ": "Asia/Tokyo", "LC_ALL": "C"}]
    jobs = [[(name, place / f"{name}.ipynb", {}) for name in NUMBERED] for place in places]
    finish(*(start(j, p, p / "tables", **s) for j, p, s in zip(jobs, places, surroundings, strict=True)))
    return places[0], places[1]


@pytest.mark.slow
def test_every_notebook_runs_from_another_folder_and_writes_its_tables(two_runs):
    for place in two_runs:
        written = sorted(p.name for p in (place / "tables").iterdir())
        assert written == sorted(table for tables in NUMBERED.values() for table in tables)
        assert sorted(p.stem for p in place.glob("*.ipynb")) == list(NUMBERED)


@pytest.mark.slow
def test_tables_have_the_columns_that_others_rely_on(two_runs):
    for table, columns in CONTRACT.items():
        with (two_runs[0] / "tables" / table).open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        wanted = columns.split(", ")
        assert [column for column in header if column in wanted] == wanted, table


@pytest.mark.slow
def test_tables_are_as_the_dictionary_says(two_runs):
    for path in sorted((two_runs[0] / "tables").iterdir()):
        assert problems(path, f"reports/tables/{path.name}") == []


@pytest.mark.slow
def test_tables_are_utf_8_with_unrounded_numbers(two_runs):
    for path in (two_runs[0] / "tables").iterdir():
        content = path.read_bytes()
        assert not content.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in content
        content.decode("utf-8")
    with (two_runs[0] / "tables" / "ordinal_models.csv").open(encoding="utf-8", newline="") as file:
        assert all(len(row["coef"].lstrip("-0.")) > 6 for row in csv.DictReader(file))


@pytest.mark.slow
def test_time_zone_and_locale_change_no_byte(two_runs):
    here, there = two_runs
    names = sorted(p.name for p in (here / "tables").iterdir())
    assert filecmp.cmpfiles(here / "tables", there / "tables", names, shallow=False) == (names, [], [])
    for name in NUMBERED:
        ours, theirs = (nbformat.read(place / f"{name}.ipynb", as_version=4) for place in two_runs)
        assert [c.get("outputs") for c in ours.cells] == [c.get("outputs") for c in theirs.cells], name


@pytest.mark.slow
def test_stored_outputs_are_what_a_run_gives_pictures_too(two_runs):
    for name in NUMBERED:
        ran = nbformat.read(two_runs[0] / f"{name}.ipynb", as_version=4)
        now = [c.outputs for c in ran.cells if c.cell_type == "code"]
        assert now == [c.outputs for c in code_cells(name)], f"{name} has outputs of other code or data: make notebooks"


@pytest.mark.slow
def test_strict_nbval_catches_one_changed_number(tmp_path):
    book = notebook("04_instability_by_judgement")
    table = next(
        o for c in book.cells for o in c.get("outputs", []) if "<table>" in o.get("data", {}).get("text/html", "")
    )
    number = re.search(r"\b\d+\.\d\b", table.data["text/html"])[0]
    table.data["text/html"] = table.data["text/html"].replace(number, "77.7", 1)
    nbformat.write(book, tmp_path / "altered.ipynb")
    shutil.copy(Path(__file__).parent / "nbval_sanitize.cfg", tmp_path)
    options = [
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "--nbval",
        "--nbval-sanitize-with",
        "nbval_sanitize.cfg",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "altered.ipynb"],
        cwd=tmp_path,
        env={**os.environ, "WORKFORCE_RATINGS_TABLES": str(tmp_path / "tables")},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert re.search(rf"\b1 failed, {len(code_cells('04_instability_by_judgement')) - 1} passed", done.stdout), (
        done.stdout
    )
    assert "Cell outputs differ" in done.stdout
    assert "77.7" in done.stdout


# --- what they do: a council's report ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_misspelt_council_is_one_sentence_with_the_nearest_name(tmp_path):
    source, target = paths.NOTEBOOKS / "council_report.ipynb", tmp_path / "out.ipynb"
    with pytest.raises(PapermillExecutionError) as caught:
        papermill.execute_notebook(source, target, {"council": "Wakefeild"}, progress_bar=False, cwd=tmp_path)
    assert caught.value.ename == "Fault"
    assert "Wakefeild" in caught.value.evalue
    assert "Wakefield" in caught.value.evalue.replace("Wakefeild", "")
    assert "\n" not in caught.value.evalue
