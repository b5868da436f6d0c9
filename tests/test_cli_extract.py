"""`workforce-ratings extract`: JSON lines on standard output, sentences on standard error, and nothing else.

The articles are invented; of the councils only the names are real.
"""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from workforce_ratings import cli
from workforce_ratings.texts import claims, reading

COMMAND = [sys.executable, "-c", "from workforce_ratings.cli import main; main()", "extract"]
ARTICLE = """Workers leave {council}

Ofsted says that {rate}% of social workers at {council} council were from agencies in September 2019 – “too many”.

Social workers there held 27 cases on average, it adds.
"""


@pytest.fixture
def write(tmp_path):
    """Puts an article into a file of the test's folder, and gives its path."""

    def put(name: str, council: str = "Halton", rate: int = 33) -> Path:
        path = tmp_path / name
        path.write_text(ARTICLE.format(council=council, rate=rate), encoding="utf-8")
        return path

    return put


@pytest.fixture
def extract(monkeypatch, capfdbinary):
    """Runs the command in this process: exit code, the objects of standard output, the lines of standard error."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["workforce-ratings", "extract", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capfdbinary.readouterr()
        return ended.value.code or 0, [json.loads(line) for line in out.splitlines()], err.decode().splitlines()

    return call


def run(*arguments, **options) -> subprocess.CompletedProcess:
    return subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, timeout=60, check=False, **options)


def test_each_claim_is_one_object_with_its_keys_in_order(extract, write):
    code, found, err = extract(write("a.txt"))
    assert (code, err) == (0, [])
    keys = list(claims.extract(reading.read(write("a.txt")))[0].record())
    assert {tuple(claim) for claim in found} == {tuple(keys)}
    assert keys[0] == "article"
    text = ARTICLE.format(council="Halton", rate=33)
    told = {claim["indicator"]: (claim["value"], text[claim["start"] : claim["end"]][:2]) for claim in found}
    assert told == {"agency_rate": (33.0, "33"), "caseload_average": (27.0, "27")}
    assert {(claim["article"], claim["council"], claim["council_code"]) for claim in found} == {
        ("a.txt", "Halton", "E06000006")
    }


def test_claims_come_in_the_order_of_the_files(extract, write):
    paths = [write("c.txt", rate=41), write("a.txt", "Rutland", 42), write("b.txt", rate=43)]
    _, found, _ = extract(*paths)
    assert list(dict.fromkeys(claim["article"] for claim in found)) == ["c.txt", "a.txt", "b.txt"]
    assert [claim["value"] for claim in found if claim["indicator"] == "agency_rate"] == [41, 42, 43]


def test_a_folder_means_the_articles_in_it(extract, write, tmp_path):
    for name in ("b.TXT", "a.md", "README.md", ".hidden.txt", "notes.docx", "c.html"):
        write(name)
    (tmp_path / "d.txt").mkdir()
    code, found, err = extract(tmp_path)
    assert (code, err) == (0, [])
    assert list(dict.fromkeys(claim["article"] for claim in found)) == ["a.md", "b.TXT", "c.html"]


def test_files_that_cannot_be_read_are_told_and_the_others_go_on(extract, write, tmp_path):
    (tmp_path / "empty.txt").touch()
    (tmp_path / "no articles").mkdir()
    code, found, err = extract(
        tmp_path / "missing [red].txt", write("a.txt"), tmp_path / "empty.txt", tmp_path / "no articles", write("b.txt")
    )
    assert code == 1
    assert {claim["article"] for claim in found} == {"a.txt", "b.txt"}
    assert [line.split(" ")[0] for line in err] == ["missing", "empty.txt", "no"]
    assert err[0] == "missing [red].txt does not exist; check the path."
    assert all(line.endswith(".") for line in err)


def test_an_article_without_claims_is_no_line(extract, tmp_path):
    (tmp_path / "a.txt").write_text("The show\n\nThe county show opened on Friday by the river.\n", encoding="utf-8")
    assert extract(tmp_path / "a.txt") == (0, [], [])


@pytest.mark.parametrize("arguments", [[], ["--workers", "0", "a.txt"], ["--workers", "many", "a.txt"]])
def test_wrong_usage_is_exit_code_2(monkeypatch, capsys, arguments):
    monkeypatch.setattr(sys, "argv", ["workforce-ratings", "extract", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert capsys.readouterr().out == ""


def test_few_files_are_read_in_one_process_and_many_in_no_more_than_eight(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(64)), raising=False)
    assert cli._readers(cli.FEW_FILES - 1) == 1
    assert cli._readers(cli.FEW_FILES) == cli.MOST_HERE
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {3})
    assert cli._readers(10_000) == 1


@pytest.mark.slow
def test_the_output_is_the_same_in_any_language_hash_seed_and_number_of_processes(write, tmp_path):
    paths = [write(f"é{number}.txt", rate=number + 20) for number in range(6)]
    name = os.fsdecode(b"\xff.txt")
    paths.append(write(name))
    expected = run(*paths).stdout
    assert json.loads(expected.splitlines()[-1])["article"] == name
    assert "é0.txt".encode() in expected
    for seed, workers, language in (("1", 1, "C"), ("2", 2, "C.UTF-8")):
        environment = os.environ | {"PYTHONHASHSEED": seed, "LC_ALL": language, "TZ": "Asia/Tokyo"}
        done = run("--workers", workers, *paths, env=environment, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout == expected


@pytest.fixture
def reading_on(write, tmp_path):
    """Starts the command over thousands of files; gives it once its first line is there, and the file of its errors."""
    errors = tmp_path / "errors"

    @contextmanager
    def start(workers: int):
        command = [*COMMAND, "--workers", str(workers), *[str(write("a.txt"))] * 6000]
        with (
            errors.open("wb") as file,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=file, start_new_session=True) as process,
        ):
            assert b'"a.txt"' in process.stdout.readline(), errors.read_text(encoding="utf-8")[:300]
            yield process, errors

    return start


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_closed_pipe_ends_it_quietly(reading_on, workers):
    with reading_on(workers) as (process, errors):
        process.stdout.close()
        assert process.wait(timeout=10) in (0, 1)
    assert errors.read_bytes() == b""


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_ends_it_at_once_without_a_traceback(reading_on, workers):
    with reading_on(workers) as (process, errors):
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the processes that read as well
        began = time.monotonic()
        out = process.stdout.read()
    assert time.monotonic() - began < 5
    assert process.returncode == 130
    assert b"Traceback" not in errors.read_bytes()
    assert all(json.loads(line) for line in out.splitlines())


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs a terminal of POSIX")
def test_a_bar_moves_on_a_terminal_and_standard_output_holds_claims_only(write, tmp_path):
    terminal, ours = pty.openpty()
    command = [*COMMAND, *[str(write("a.txt"))] * 50, str(tmp_path / "missing.txt")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=ours) as process:
        os.close(ours)
        out = process.stdout.read()
        shown = os.read(terminal, 100_000)
    os.close(terminal)
    assert process.returncode == 1
    assert len([json.loads(line) for line in out.splitlines()]) == 100
    assert b"reading" in shown
    assert b"missing.txt does not exist" in shown
