"""Run the committed notebooks and store their outputs in them: `python -m workforce_ratings.runs.committed [NAME…]`.

The committed notebooks carry outputs, because a test that compares outputs (nbval) can only fail where
there are some. Stored are outputs and execution counts alone: no times, no papermill notes, no computer's
folders, so that a second run changes a file only where a result changed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from .. import paths
from ..vocabulary import Fault
from .notebook import execute, local_notebook, read_notebook
from .staging import shown, staged
from .steps import TABLES_VARIABLE

COMMITTED = "0[1-8]_*.ipynb"
KEPT_OF_A_NOTEBOOK = ("kernelspec", "language_info")
NOT_KEPT_OF_A_CELL = ("papermill", "execution")


def commit_outputs(source: Path) -> bool:
    """Run a notebook with its defaults and store its outputs in it. Returns whether the file changed.

    Raises Fault, and leaves the file as it was, where the notebook does not run to its last cell.
    """
    source = local_notebook(source)
    with tempfile.TemporaryDirectory(prefix="committed-") as folder:
        tables = Path(folder, "tables")
        tables.mkdir()
        executed = execute(source, Path(folder, source.name), environment={TABLES_VARIABLE: str(tables)}).book
    text = nbformat.writes(_with_outputs(read_notebook(source), executed)) + "\n"
    if text == source.read_text(encoding="utf-8"):
        return False
    with staged(source) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return True


def _with_outputs(book: NotebookNode, executed: NotebookNode) -> NotebookNode:
    """The source notebook, with the outputs of the executed one and without what changes from run to run."""
    cells = []
    for cell, ran in zip(book.cells, executed.cells, strict=True):
        metadata = {key: value for key, value in cell.metadata.items() if key not in NOT_KEPT_OF_A_CELL}
        cell = NotebookNode({**cell, "metadata": NotebookNode(metadata)})
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = ran.outputs, ran.execution_count
        cells.append(cell)
    metadata = {key: book.metadata[key] for key in KEPT_OF_A_NOTEBOOK if key in book.metadata}
    metadata["language_info"] = {"name": "python"}
    return NotebookNode({**book, "cells": cells, "metadata": NotebookNode(metadata)})


def _chosen(names: list[str]) -> list[Path]:
    if not names:
        return sorted(paths.NOTEBOOKS.glob(COMMITTED))
    return [Path(name) if Path(name).is_file() else paths.NOTEBOOKS / f"{Path(name).stem}.ipynb" for name in names]


def main(names: list[str]) -> int:
    """Store the outputs of the named notebooks (by default 01 to 08). Returns 0, or 1 where one failed."""
    failed = 0
    for source in _chosen(names):
        try:
            print(f"{shown(source.absolute())}: {'stored' if commit_outputs(source) else 'unchanged'}")
        except Fault as fault:
            failed = 1
            print(fault, file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
