"""A step is made into the files that are to be published, or into one sentence."""

import json

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from workforce_ratings import paths
from workforce_ratings.runs import steps
from workforce_ratings.runs.notebook import Execution
from workforce_ratings.runs.staging import sha256, sha256_of
from workforce_ratings.runs.steps import Made, Step
from workforce_ratings.vocabulary import Fault


@pytest.fixture
def executed(monkeypatch):
    """Puts an executed notebook, and a table, in the place of running one; the folders it ran in are kept."""
    seen = []

    def execute(source, output, parameters, *, environment, **options):
        seen.append((source, output, parameters, options))
        folder = output.parent / "tables"
        assert environment == {steps.TABLES_VARIABLE: str(folder)}
        (folder / "deeper").mkdir()
        (folder / "deeper" / "t.csv").write_text("a\n1\n")
        book = new_notebook(cells=[new_markdown_cell("# Halton")])
        nbformat.write(book, output)
        return Execution(source, source.name, output, book, "completed", 0.1, 0, sha256(output))

    monkeypatch.setattr(steps, "execute", execute)
    return seen


def step(tmp_path, **options):
    return Step(tmp_path / "n.ipynb", "n", {"council": "Halton"}, **options)


def test_page_and_tables_are_handed_back_with_their_hashes(executed, tmp_path):
    made = steps.make(step(tmp_path, title="Halton", page="councils/halton.html"))
    assert set(made.files) == {"tables/deeper/t.csv", "councils/halton.html"}
    assert made.outcome["tables"] == {"tables/deeper/t.csv": sha256_of(b"a\n1\n")}
    assert made.outcome["page_sha256"] == sha256_of(made.files["councils/halton.html"])
    assert b'href="../index.html"' in made.files["councils/halton.html"]
    assert list(made.notebooks) == ["n.ipynb"]
    assert made.outcome["sha256"] == sha256_of(made.notebooks["n.ipynb"])
    assert (made.outcome["status"], made.is_same) == ("completed", False)
    source, output, parameters, _ = executed[0]
    assert (source, parameters) == (tmp_path / "n.ipynb", {"council": "Halton"})
    assert not output.parent.exists()


def test_without_a_title_there_is_no_page(executed, tmp_path):
    made = steps.make(step(tmp_path, pdf=True))
    assert set(made.files) == {"tables/deeper/t.csv"}
    assert "page" not in made.outcome


def test_a_pdf_is_made_of_the_page(executed, tmp_path):
    made = steps.make(step(tmp_path, title="Halton", pdf=True))
    assert made.files["n.pdf"].startswith(b"%PDF-")
    assert made.outcome["pdf_sha256"] == sha256_of(made.files["n.pdf"])


def test_a_notebook_that_fails_is_kept_as_far_as_it_came(monkeypatch, tmp_path):
    def execute(source, output, *_, **__):
        output.with_name("n.failed.ipynb").write_text("so far")
        raise Fault("It stopped.")

    monkeypatch.setattr(steps, "execute", execute)
    made = steps.make(step(tmp_path, title="Halton"))
    assert (made.outcome["status"], made.outcome["error"]) == ("failed", "It stopped.")
    assert (made.files, made.notebooks) == ({}, {"n.failed.ipynb": b"so far"})
    assert made.outcome["seconds"] >= 0


def test_figures_with_the_digest_of_the_last_time_are_not_made_again(executed, monkeypatch, tmp_path):
    monkeypatch.setattr(steps.tasks, "call", lambda function, parameters: f"{function} of {parameters['council']}")
    counted = step(tmp_path, digest="m:f")
    assert steps.make(counted, unless="m:f of Halton") == Made(is_same=True)
    assert not executed
    assert not steps.make(counted, unless="m:f of Leeds").is_same


def test_what_is_shared_is_prepared_once_for_each_warm_parent(executed, monkeypatch, tmp_path):
    asked = []

    class Parent:
        pid = 1

        def prepare(self, parameters, rehearse):
            asked.append((self.pid, json.dumps(parameters), rehearse))
            raise RuntimeError("what cannot be made, the notebook will tell")

    parent = Parent()
    monkeypatch.setattr(steps.warm, "available", lambda: True)
    monkeypatch.setattr(steps.warm, "parent", lambda: parent)
    steps._prepared.cache_clear()
    for pid in (1, 1, 2):
        parent.pid = pid
        assert steps.make(step(tmp_path, shared={"as_at": "2026-06-30"})).outcome["status"] == "completed"
    steps.make(step(tmp_path))
    assert asked == [(pid, '{"as_at": "2026-06-30"}', True) for pid in (1, 2)]
    steps._prepared.cache_clear()


def test_a_step_of_the_project_finds_its_notebook_wherever_the_project_lies(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "PROJECT", tmp_path)
    assert Step("notebooks/n.ipynb", "n").path == tmp_path / "notebooks" / "n.ipynb"
    assert Step(tmp_path / "else" / "n.ipynb", "n").path == tmp_path / "else" / "n.ipynb"
