"""Stored outputs are clean and stable, and a failing notebook is left as it was."""

import shutil
from pathlib import Path

import nbformat
import pytest

from workforce_ratings import paths
from workforce_ratings.runs.committed import main

NOTEBOOKS = Path(__file__).parent / "failing_notebooks"


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    """A project whose notebooks folder holds one that works and one that does not."""
    monkeypatch.setattr(paths, "NOTEBOOKS", tmp_path)
    shutil.copy(NOTEBOOKS / "works.ipynb", tmp_path / "01_works.ipynb")
    shutil.copy(NOTEBOOKS / "cell_raises.ipynb", tmp_path / "09_cell_raises.ipynb")
    return tmp_path


@pytest.mark.slow
def test_outputs_are_stored_clean_and_a_second_run_changes_nothing(notebooks, capsys):
    target = notebooks / "01_works.ipynb"
    assert main([]) == 0
    first = target.read_bytes()
    book = nbformat.reads(first.decode(), as_version=4)
    nbformat.validate(book)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert code[-1].outputs[0].data["text/html"].startswith("<table>")
    assert code[-2].outputs[0].metadata["image/png"]["alt"]
    assert book.metadata["language_info"] == {"name": "python"}
    assert set(book.metadata) == {"kernelspec", "language_info"}
    assert all(set(cell.metadata) <= {"tags"} for cell in book.cells)
    assert b"injected-parameters" not in first
    assert b"papermill" not in first
    assert main(["01_works"]) == 0
    assert target.read_bytes() == first
    assert capsys.readouterr().out.splitlines()[-1].endswith("01_works.ipynb: unchanged")


@pytest.mark.slow
def test_a_failing_notebook_keeps_its_bytes(notebooks, capsys):
    target = notebooks / "09_cell_raises.ipynb"
    before = target.read_bytes()
    assert main(["09_cell_raises.ipynb"]) == 1
    assert target.read_bytes() == before
    assert "KeyError: 'abc'" in capsys.readouterr().err
    assert len(list(notebooks.iterdir())) == 2


def test_an_unknown_name_is_one_sentence(notebooks, capsys):
    assert main(["99_gone"]) == 1
    assert "is not a notebook file" in capsys.readouterr().err
