"""run.json tells what a run was, and the index lists only what a run vouches for."""

import hashlib
import json
import re
import shutil
from importlib import metadata

import pytest

from workforce_ratings import paths
from workforce_ratings.runs import record as record_module
from workforce_ratings.runs.record import Record, new_run_folder, recorded_runs
from workforce_ratings.vocabulary import Fault


def entry(**changes):
    page = {"page": "national.html", "page_sha256": hashlib.sha256(b"page").hexdigest()}
    plain = {"notebook": "n.ipynb", "name": "n", "status": "completed", "error": None, "tables": {}}
    return {**plain, **page, **changes}


def test_a_run_folder_is_named_by_time_and_run_and_never_reused(tmp_path):
    first, second = new_run_folder("all", tmp_path), new_run_folder("all", tmp_path)
    assert re.fullmatch(r"\d{8}T\d{6}Z-all", first.name)
    assert first != second
    assert first.is_dir()
    assert second.is_dir()


def test_run_json_holds_versions_parameters_and_input_hashes(tmp_path):
    figures = tmp_path / "figures.csv"
    figures.write_text("council,value\n")
    record = Record(tmp_path, "all", {"as_at": "2026-01-01"}, [figures])
    record.write()
    during = json.loads((tmp_path / "run.json").read_text())
    assert during["status"] == "running"
    assert during["finished"] is None
    record.add(entry())
    record.finish()
    run = json.loads((tmp_path / "run.json").read_text())
    assert run["status"] == "completed"
    assert run["parameters"] == {"as_at": "2026-01-01"}
    assert run["packages"]["papermill"] == metadata.version("papermill")
    assert run["inputs"] == {str(figures): hashlib.sha256(b"council,value\n").hexdigest()}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", run["started"])
    assert run["notebooks"] == [entry()]


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["completed", "completed"], "completed"),
        (["completed", "failed"], "partial"),
        (["failed"], "failed"),
    ],
)
def test_the_status_of_a_run_comes_from_its_notebooks(tmp_path, statuses, expected):
    record = Record(tmp_path, "all")
    for status in statuses:
        record.add(entry(status=status))
    record.finish()
    assert record.status == expected


def test_a_missing_input_is_a_fault_naming_it(tmp_path):
    with pytest.raises(Fault, match=r"gone\.csv could not be read"):
        Record(tmp_path, "all", {}, [tmp_path / "gone.csv"])


def test_outside_a_repository_the_commit_is_null(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "PROJECT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert record_module.git_state() is None


def test_pages_and_tables_that_are_not_as_the_run_wrote_them_are_not_listed(tmp_path):
    reports, runs = tmp_path / "reports", tmp_path / "runs"
    (reports / "tables").mkdir(parents=True)
    (reports / "national.html").write_bytes(b"page")
    (reports / "tables" / "changed.csv").write_bytes(b"by hand")
    for name in ("20260101T000000Z-a", "20260102T000000Z-broken", "20260103T000000Z-b"):
        (runs / name).mkdir(parents=True)
    tables = {"tables/changed.csv": "0" * 64}
    kept = {"started": "2026-01-01T00:00:00Z", "notebooks": [entry(tables=tables), entry(page="gone.html")]}
    (runs / "20260101T000000Z-a" / "run.json").write_text(json.dumps(kept))
    (runs / "20260102T000000Z-broken" / "run.json").write_text('{"half')
    [run] = recorded_runs(reports, runs)
    assert [e["page"] for e in run["notebooks"]] == ["national.html", None]
    assert run["notebooks"][0]["tables"] == {}


@pytest.fixture
def folders(tmp_path):
    """Folders of reports and runs, with a page and its PDF in the first."""
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "national.html").write_bytes(b"page")
    (tmp_path / "reports" / "national.pdf").write_bytes(b"pdf")
    return tmp_path / "reports", tmp_path / "runs"


def keep(runs, name, *entries):
    (runs / name).mkdir(parents=True)
    started = f"2026-01-{int(name):02}T09:00:00Z"
    (runs / name / "run.json").write_text(json.dumps({"started": started, "notebooks": entries}))


def with_pdf(**changes):
    return entry(pdf="national.pdf", pdf_sha256=hashlib.sha256(b"pdf").hexdigest(), **changes)


def test_a_pdf_as_its_run_wrote_it_is_listed_with_its_facts(folders):
    keep(folders[1], "1", with_pdf(facts={"census": 2025}))
    [[found]] = [run["notebooks"] for run in recorded_runs(*folders)]
    assert (found["page"], found["pdf"], found["facts"]) == ("national.html", "national.pdf", {"census": 2025})


@pytest.mark.parametrize("gone", ["national.html", "national.pdf"])
def test_a_pdf_is_not_listed_without_its_page_or_changed(folders, gone):
    keep(folders[1], "1", with_pdf())
    (folders[0] / gone).write_bytes(b"another")
    [[found]] = [run["notebooks"] for run in recorded_runs(*folders)]
    assert found["pdf"] is None
    (folders[0] / gone).unlink()
    [[found]] = [run["notebooks"] for run in recorded_runs(*folders)]
    assert found["pdf"] is None


def test_a_file_of_many_runs_is_read_once(folders, monkeypatch):
    for day in range(1, 21):
        keep(folders[1], f"{day:02}", with_pdf())
    read = []
    real = record_module.staging.sha256
    monkeypatch.setattr(record_module.staging, "sha256", lambda path: read.append(path.name) or real(path))
    assert len(recorded_runs(*folders)) == 20
    assert sorted(read) == ["national.html", "national.pdf"]


def test_a_page_written_anew_in_the_same_bytes_keeps_the_pdf_made_of_it(folders):
    keep(folders[1], "1", with_pdf())
    keep(folders[1], "2", entry())
    assert [run["notebooks"][0]["pdf"] for run in recorded_runs(*folders)] == ["national.pdf"] * 2
    (folders[0] / "national.pdf").write_bytes(b"another")
    assert [run["notebooks"][0]["pdf"] for run in recorded_runs(*folders)] == [None] * 2


def test_a_pdf_of_an_earlier_page_is_not_given_to_a_changed_one(folders):
    keep(folders[1], "1", with_pdf())
    (folders[0] / "national.html").write_bytes(b"changed")
    keep(folders[1], "2", entry(page_sha256=hashlib.sha256(b"changed").hexdigest()))
    first, second = (run["notebooks"][0] for run in recorded_runs(*folders))
    assert (first["page"], second["page"], second["pdf"]) == (None, "national.html", None)


def test_runs_are_in_order_of_their_beginning_and_one_that_says_none_is_the_oldest(folders):
    keep(folders[1], "2", entry(title="second"))
    keep(folders[1], "1", entry(title="first"))
    (folders[1] / "3").mkdir()
    (folders[1] / "3" / "run.json").write_text(json.dumps({"started": "later", "notebooks": [entry(title="odd")]}))
    assert [run["notebooks"][0]["title"] for run in recorded_runs(*folders)] == ["odd", "first", "second"]


DEEP = '{"notebooks": [], "parameters": ' + "[" * 100_000 + "]" * 100_000 + "}"


@pytest.mark.parametrize(
    "text", [DEEP, "[]", "null", "7", '{"notebooks": {}}', "{}", "", "\x00", '{"a": ' + "9" * 5000]
)
def test_what_is_no_record_is_left_out(folders, text):
    keep(folders[1], "1", entry())
    (folders[1] / "2").mkdir()
    (folders[1] / "2" / "run.json").write_text(text)
    assert [run["notebooks"][0]["page"] for run in recorded_runs(*folders)] == ["national.html"]


@pytest.mark.parametrize("page", ["x" * 300, "../secret.html", "/national.html", "a\0b", "national.html\ud800", 7, "."])
def test_a_page_is_a_file_inside_the_reports(folders, page):
    (folders[0].parent / "secret.html").write_bytes(b"page")
    keep(folders[1], "1", entry(page=page))
    assert recorded_runs(*folders)[0]["notebooks"][0]["page"] is None


def test_the_versions_kept_are_those_of_every_package_that_changes_bytes():
    made_with = {"typst", "gptables", "xlsxwriter", "pillow", "beautifulsoup4", "seaborn", "mistune"}
    assert made_with < set(record_module.PACKAGES)
    assert all(metadata.version(package) for package in record_module.PACKAGES)


def test_the_code_of_two_copies_is_the_same_wherever_they_lie(monkeypatch, tmp_path):
    here = record_module.code()
    for name in ("one", "two"):
        shutil.copytree(paths.PACKAGE, tmp_path / name / "workforce_ratings")
    found = set()
    for name in ("one", "two"):
        monkeypatch.setattr(paths, "PACKAGE", tmp_path / name / "workforce_ratings")
        found.add(record_module.code())
    assert found == {here}
    (tmp_path / "two" / "workforce_ratings" / "more.py").touch()
    assert record_module.code() != here
