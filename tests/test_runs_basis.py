"""What is unchanged is kept, what changed is made again, and the reason is told."""

import json
import re
from pathlib import Path

import pytest

from workforce_ratings import paths
from workforce_ratings.runs import basis, record, sequence, steps
from workforce_ratings.runs.sequence import How, run_sequence
from workforce_ratings.runs.steps import Made, Step
from workforce_ratings.vocabulary import Fault


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of one notebook and two input files; what is made of it says which parameters it had."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "n.ipynb").write_text("{}")
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text("1")
    monkeypatch.setattr(paths, "PROJECT", tmp_path)
    monkeypatch.setattr(paths, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(record, "git_state", lambda: None)
    monkeypatch.setattr(sequence, "make", make)
    return tmp_path


def make(step, on_cell=None, unless=None):
    if unless == "the same":
        return Made(is_same=True)
    page, table = str(step.parameters).encode(), b"figures"
    hashes = {"page_sha256": steps.staging.sha256_of(page), "tables": {"tables/t.csv": steps.staging.sha256_of(table)}}
    outcome = {"status": "completed", "output": f"{step.name}.ipynb", "sha256": "0", "page": step.page_path, **hashes}
    facts = {"facts": {"figures": "the same"}}
    return Made({**outcome, **facts, "seconds": 0.1}, {step.page_path: page, "tables/t.csv": table})


def step(project, **changes):
    about = {"parameters": {"as_at": "2026-06-30"}, "title": "N", "inputs": (project / "one.csv",)}
    return Step(Path("notebooks/n.ipynb"), "n", **{**about, **changes})


def run(project, *made, **how):
    files = [project / "one.csv", project / "two.csv"]
    folders = {"reports": project / "reports", "runs": project / "runs"}
    return run_sequence(list(made), "all", inputs=files, how=How(**how), **folders)


def reason(project, *made, **how):
    return run(project, *made, **how).notebooks[0]["reason"]


def test_the_first_run_says_that_it_is_the_first(project):
    [entry] = run(project, step(project)).notebooks
    assert (entry["reason"], entry["reused"]) == (basis.FIRST, None)


def test_an_unchanged_run_keeps_page_and_table_and_says_of_which_run_they_are(project, capsys):
    first = run(project, step(project))
    written = (project / "reports" / "n.html").stat().st_ino
    [entry] = run(project, step(project)).notebooks
    assert (project / "reports" / "n.html").stat().st_ino == written
    assert (entry["reused"], entry["status"], entry["seconds"]) == (first.folder.name, "completed", 0.0)
    assert entry["reason"] == "nothing it rests on changed"
    same = ("page", "page_sha256", "tables", "facts", "sha256")
    assert [entry[name] for name in same] == [first.notebooks[0][name] for name in same]
    assert "1 of 1 kept" in capsys.readouterr().err
    assert 'href="n.html"' in (project / "reports" / "index.html").read_text()


def test_an_input_that_was_taken_away_makes_it_again(project):
    both = step(project, inputs=(project / "one.csv", project / "two.csv"))
    run(project, both)
    (project / "two.csv").unlink()
    record = sequence.run_sequence(
        [step(project)],
        inputs=[project / "one.csv"],
        reports=project / "reports",
        runs=project / "runs",
    )
    assert record.notebooks[0]["reason"] == "inputs changed: two.csv"
    assert record.notebooks[0]["reused"] is None


def test_an_input_that_changes_while_a_page_is_made_fails_it_and_leaves_no_trace(project, monkeypatch):
    good = run(project, step(project))
    page = (project / "reports" / "n.html").read_bytes()

    def meanwhile(step, on_cell=None, unless=None):
        (project / "one.csv").write_text("while it was made")
        return make(step)

    with monkeypatch.context() as gap:
        gap.setattr(sequence, "make", meanwhile)
        [entry] = run(project, step(project), fresh=True).notebooks
    assert (entry["status"], entry["basis"]) == ("failed", None)
    assert entry["error"] == "Something that n rests on changed while it was made: let it be and run again."
    assert (project / "reports" / "n.html").read_bytes() == page
    (project / "one.csv").write_text("1")
    assert run(project, step(project)).notebooks[0]["reused"] == good.folder.name


def test_an_entry_without_a_page_vouches_for_none(project):
    first = run(project, step(project))
    file = first.folder / "run.json"
    found = json.loads(file.read_text())
    found["notebooks"][0] |= {"page": None, "page_sha256": None}
    file.write_text(json.dumps(found))
    (project / "reports" / "n.html").unlink()
    assert run(project, step(project)).notebooks[0]["reused"] is None
    assert (project / "reports" / "n.html").exists()


def test_what_was_kept_twice_names_the_run_that_made_it(project):
    first = run(project, step(project))
    run(project, step(project))
    assert run(project, step(project)).notebooks[0]["reused"] == first.folder.name


def test_fresh_makes_it_again(project):
    run(project, step(project))
    [entry] = run(project, step(project), fresh=True).notebooks
    assert (entry["reason"], entry["reused"]) == (basis.FRESH, None)


def changed_notebook(project, monkeypatch):
    (project / "notebooks" / "n.ipynb").write_text('{"cells": []}')


def changed_code(project, monkeypatch):
    monkeypatch.setattr(record, "code", lambda: "other")
    monkeypatch.setattr(basis, "code", lambda: "other")


def changed_packages(project, monkeypatch):
    other = {"python": "3.99.0", "packages": {"numpy": "99"}}
    monkeypatch.setattr(record, "versions", lambda: other)
    monkeypatch.setattr(basis, "versions", lambda: other)


def changed_page(project, monkeypatch):
    (project / "reports" / "n.html").write_text("by hand")


def changed_table(project, monkeypatch):
    (project / "reports" / "tables" / "t.csv").unlink()


def changed_input(project, monkeypatch):
    (project / "one.csv").write_text("2")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (changed_notebook, "the notebook changed"),
        (changed_code, "the suite's code changed"),
        (changed_packages, "packages changed: python, .*numpy.*"),
        (changed_page, basis.FIRST),
        (changed_table, basis.FIRST),
        (changed_input, "inputs changed: one.csv"),
    ],
)
def test_each_change_makes_it_again_and_is_told(project, monkeypatch, change, told):
    run(project, step(project))
    change(project, monkeypatch)
    [entry] = run(project, step(project)).notebooks
    assert re.fullmatch(told, entry["reason"])
    assert entry["reused"] is None
    assert entry["seconds"] == 0.1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"parameters": {"as_at": "2025-01-01"}}, "parameters changed: as_at"),
        ({"title": "Another"}, "its title or place changed"),
        ({"section": "national"}, "its title or place changed"),
        ({"pdf": True}, "a PDF is wanted"),
    ],
)
def test_another_demand_makes_it_again(project, changes, told):
    run(project, step(project))
    assert reason(project, step(project, **changes)) == told


def test_an_input_that_it_does_not_rest_on_changes_nothing(project):
    run(project, step(project))
    (project / "two.csv").write_text("2")
    assert reason(project, step(project)) == "nothing it rests on changed"


def test_where_inputs_changed_but_not_its_own_figures_it_is_kept(project):
    counted = step(project, digest="some:digest")
    first = run(project, counted)
    (project / "one.csv").write_text("2")
    [entry] = run(project, counted).notebooks
    assert entry["reason"] == "inputs changed: one.csv, not its own figures"
    assert entry["reused"] == first.folder.name
    # And from then on the new inputs are what it rests on.
    assert reason(project, counted) == "nothing it rests on changed"


def test_inputs_that_change_while_figures_are_looked_at_do_not_let_a_page_stay(project, monkeypatch):
    counted = step(project, digest="some:digest")
    run(project, counted)
    (project / "one.csv").write_text("2")

    def meanwhile(step, on_cell=None, unless=None):
        (project / "one.csv").write_text("3")
        return Made(is_same=True)

    monkeypatch.setattr(sequence, "make", meanwhile)
    [entry] = run(project, counted).notebooks
    assert (entry["status"], entry["reused"], entry["basis"]) == ("failed", None, None)
    assert "changed while it was made" in entry["error"]


def test_another_reason_beside_changed_inputs_makes_it_again_whatever_its_figures(project):
    run(project, step(project, digest="some:digest"))
    (project / "one.csv").write_text("2")
    (project / "notebooks" / "n.ipynb").write_text('{"cells": []}')
    [entry] = run(project, step(project, digest="some:digest")).notebooks
    assert entry["reason"] == "inputs changed: one.csv; the notebook changed"
    assert entry["reused"] is None


def test_a_failed_run_is_no_good_run(project, monkeypatch):
    failing = lambda *_, **__: Made({"status": "failed", "error": "It failed.", "seconds": 0.1})  # noqa: E731
    with monkeypatch.context() as once:
        once.setattr(sequence, "make", failing)
        run(project, step(project))
    assert reason(project, step(project)) == basis.FIRST


@pytest.mark.parametrize("odd", ["", "[]", '{"notebooks": [1, {"name": "n", "status": "completed", "tables": [2]}]}'])
def test_an_odd_record_is_no_good_run(project, odd):
    folder = project / "runs" / "29990101T000000Z-all"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(odd)
    entry = run(project, step(project)).notebooks[0]
    assert entry["reused"] is None or odd.startswith("{")
    assert entry["status"] == "completed"


def test_a_resumed_run_keeps_its_own_entries_and_makes_the_rest(project, monkeypatch):
    both = [step(project), step(project, page="m.html")]
    both[1] = Step(**{**vars(both[1]), "name": "m"})
    with monkeypatch.context() as killed:
        killed.setattr(sequence.Record, "finish", lambda *_, **__: None)
        first = run(project, both[0])
    before = json.loads((first.folder / "run.json").read_text())
    assert before["status"] == "running"
    resumed = run(project, *both, resumed=first.folder)
    assert resumed.folder == first.folder
    after = json.loads((first.folder / "run.json").read_text())
    assert after["status"] == "completed"
    assert after["notebooks"][0] == before["notebooks"][0]
    assert before["notebooks"][0]["basis"]
    assert [entry["name"] for entry in after["notebooks"]] == ["n", "m"]
    assert after["started"] == before["started"]


def test_two_computers_differ_in_what_is_named(project):
    here = basis.suite([project / "one.csv"])
    assert basis.unlike(here, basis.suite_of(tuple(here["files"]))) == []
    (project / "one.csv").write_text("2")
    (project / "notebooks" / "n.ipynb").unlink()
    there = basis.suite_of(tuple(here["files"])) | {"code": "other", "python": "2.7"}
    assert basis.unlike(here, there) == ["other code", "another Python", "other notebooks/n.ipynb", "other one.csv"]


def test_a_digest_that_cannot_be_made_fails_its_step_alone(project, monkeypatch):
    def cannot(step):
        raise Fault("The council has no figures.")

    monkeypatch.setattr(steps, "digest_of", cannot)
    made = steps.make(step(project, digest="some:digest"), unless="the same")
    assert (made.outcome["status"], made.outcome["error"]) == ("failed", "The council has no figures.")


def test_a_resumed_run_that_is_stopped_at_once_still_knows_what_was_done(project, monkeypatch):
    both = [step(project), Step(**{**vars(step(project, page="m.html")), "name": "m"})]

    def stopped(step, on_cell=None, unless=None):
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(sequence.Record, "finish", lambda *_, **__: None)
        first = run(project, *both)
    (project / "one.csv").write_text("2")
    with monkeypatch.context() as killed:
        killed.setattr(sequence, "make", stopped)
        resumed = run(project, *both, resumed=first.folder)
    assert resumed.status == "interrupted"
    assert resumed.error.startswith("Stopped at notebook 1 of 2 (n): nothing of it was published")
    assert [entry["name"] for entry in resumed.notebooks] == ["n", "m"]
    (project / "one.csv").write_text("1")
    assert {entry["seconds"] for entry in run(project, *both, resumed=first.folder).notebooks} == {0.1}
