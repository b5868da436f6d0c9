"""The steps of the suite: every notebook, and every file that its figures come from."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from workforce_ratings import councils, paths, suite
from workforce_ratings.kernels import warm
from workforce_ratings.runs.notebook import execute
from workforce_ratings.runs.staging import shown
from workforce_ratings.vocabulary import AS_AT

PARAMETERS = {"as_at": AS_AT, "judgement": "overall", "census_rule": "before"}
# Read by nobody, or by people alone.
NO_INPUTS = {"data/README.md", "data/dictionary.csv", "data/articles/README.md", "data/register/README.md"}


def names(files):
    return {shown(path) for path in files}


def test_inputs_are_all_files_of_data_but_those_for_people():
    present = {shown(path) for path in paths.DATA.rglob("*") if path.is_file() and not path.name.startswith(".git")}
    ignored = {name for name in present if name.endswith("private/README.md")}
    assert names(suite.inputs()) == present - NO_INPUTS - ignored - {"data/register/source.yml"}


def test_a_text_that_only_this_computer_has_is_an_input(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "DATA", tmp_path)
    private = tmp_path / "articles" / "private" / "kept"
    private.mkdir(parents=True)
    (private / "story.html").touch()
    assert suite.inputs() == (private / "story.html",)


def test_every_notebook_that_runs_is_a_step_with_its_own_parameters():
    steps = {step.name: step for step in suite.every_step(PARAMETERS)}
    present = {path.stem for path in paths.NOTEBOOKS.glob("*.ipynb")} - {"00_start_here", "council_report"}
    assert present <= set(steps)
    assert len(steps) == len(present) + len(suite.FOUNDING_COUNCILS)
    assert steps["02_official_figures"].parameters == {"as_at": AS_AT}
    assert steps["05_model_the_judgement"].parameters == PARAMETERS
    assert (steps["national_report"].page_path, steps["national_report"].section) == ("national.html", "national")


def test_a_councils_step_knows_its_figures_and_what_it_shares():
    [step] = suite.council_steps([councils.find("Halton")], PARAMETERS, pdf=True)
    assert step.parameters == {"council": "E06000006", "as_at": AS_AT, "census_rule": "before"}
    assert step.shared == {"as_at": AS_AT, "census_rule": "before"}
    assert (step.digest, step.pdf_path) == ("workforce_ratings.rehearsal:digest", "councils/halton.pdf")
    assert not step.source.is_absolute()


WATCH = """\
import os, sys
_opened = set()
def _note(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        _opened.add(os.path.abspath(os.fsdecode(arguments[0])))
sys.addaudithook(_note)"""
TELL = 'import json; display({"application/json": sorted(_opened)}, raw=True)'


@pytest.fixture(scope="module")
def new_parent():
    """A warm parent that has read nothing yet: what it had read, no notebook would open again."""
    warm.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", list(suite.NOTEBOOKS))
def test_no_notebook_opens_a_file_of_data_that_is_not_its_input(new_parent, name, tmp_path):
    book = nbformat.read(paths.NOTEBOOKS / f"{name}.ipynb", as_version=4)
    book.cells = [new_code_cell(WATCH), *book.cells, new_code_cell(TELL)]
    nbformat.write(book, tmp_path / f"{name}.ipynb")
    (tmp_path / "tables").mkdir()
    tables = {"WORKFORCE_RATINGS_TABLES": str(tmp_path / "tables")}
    done = execute(tmp_path / f"{name}.ipynb", tmp_path / "out.ipynb", {"as_at": "2025-12-31"}, environment=tables)
    opened = done.book.cells[-1].outputs[0].data["application/json"]
    opened = json.loads(opened) if isinstance(opened, str) else opened
    _, patterns = suite.NOTEBOOKS[name]
    read = {path for path in opened if path.startswith(f"{paths.DATA}/") and not path.endswith("README.md")}
    assert read
    assert read <= {str(path) for path in suite.inputs(patterns)}
