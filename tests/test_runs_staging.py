"""Files appear whole or not at all, and a second run does not disturb the first."""

import contextlib
import errno
import json
import os
import subprocess
import sys
import time

import pytest

from workforce_ratings.runs import staging
from workforce_ratings.vocabulary import Fault


def full_disk(*_args, **_kwargs):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_staged_file_takes_its_name_only_at_the_end(tmp_path):
    target = tmp_path / "new folder" / "report é.html"
    with staging.staged(target) as temporary:
        temporary.write_text("whole")
        assert not target.exists()
        assert temporary.parent == target.parent
    assert target.read_text() == "whole"
    assert os.listdir(target.parent) == [target.name]


def test_a_failure_while_writing_leaves_what_was_there(tmp_path):
    target = tmp_path / "report.html"
    target.write_text("good")
    with contextlib.suppress(KeyError), staging.staged(target) as temporary:
        temporary.write_text("half")
        raise KeyError
    assert target.read_text() == "good"
    assert os.listdir(tmp_path) == ["report.html"]


def test_a_full_disk_is_one_sentence_and_changes_nothing(tmp_path, monkeypatch):
    target = tmp_path / "report.html"
    target.write_text("good")
    monkeypatch.setattr(os, "replace", full_disk)
    said = r"report\.html could not be written \(No space left on device\)"
    with pytest.raises(Fault, match=said) as fault, staging.staged(target) as temporary:
        temporary.write_text("new")
    assert "\n" not in str(fault.value)
    assert target.read_text() == "good"
    assert os.listdir(tmp_path) == ["report.html"]


def test_a_file_where_a_folder_should_be_is_a_fault(tmp_path):
    (tmp_path / "reports").write_text("a file")
    with pytest.raises(Fault, match="could not be written"), staging.staged(tmp_path / "reports" / "a.html"):
        pass


def test_what_a_killed_run_left_is_cleared_and_nothing_else(tmp_path):
    (tmp_path / "councils").mkdir()
    (tmp_path / "councils" / f"{staging.STAGING}abc.html").write_text("half")
    (tmp_path / f"{staging.STAGING}def" / "tables").mkdir(parents=True)
    (tmp_path / f"{staging.STAGING}def" / "tables" / "x.csv").write_text("half")
    (tmp_path / "councils" / "Devon.html").write_text("good")
    staging.clear_staging(tmp_path)
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["Devon.html", "councils"]


def test_one_line_has_no_line_breaks_or_escapes():
    assert staging.one_line("a\n\tb\x1b[31mc\x00") == "a b [31mc"
    assert len(staging.one_line("x" * 1000)) == 390


def hold(folder):
    """Another process that holds the folder until it is killed."""
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom workforce_ratings.runs.staging import only_one_run\n"
        "with only_one_run(Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(60)\n"
    )
    other = subprocess.Popen([sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, text=True)
    assert other.stdout.readline() == "held\n"
    return other


def test_a_second_run_refuses_naming_the_first_and_a_stale_lock_is_no_obstacle(tmp_path):
    other = hold(tmp_path)
    try:
        year = time.strftime("%Y", time.gmtime())
        said = rf"process {other.pid}, started {year}-"
        with pytest.raises(Fault, match=said), staging.only_one_run(tmp_path):
            pytest.fail("two runs at once")
    finally:
        other.kill()
        other.wait()
    assert json.loads((tmp_path / staging.HOLDER).read_text())["pid"] == other.pid
    with staging.only_one_run(tmp_path):
        assert json.loads((tmp_path / staging.HOLDER).read_text())["pid"] == os.getpid()
    assert not (tmp_path / staging.HOLDER).exists()


def test_the_lock_is_given_back_after_a_failure(tmp_path):
    with pytest.raises(KeyError), staging.only_one_run(tmp_path):
        raise KeyError
    with staging.only_one_run(tmp_path):
        pass
