"""The files of a step change together or not at all, and nobody can stop a run half-way through them."""

import os
import signal
import threading
from pathlib import Path

import pytest

from workforce_ratings.runs.publishing import publish, stopping_held_back
from workforce_ratings.runs.staging import staging_folder
from workforce_ratings.vocabulary import Fault

FILES = ["tables/rates.csv", "councils/york.html", "councils/york.pdf"]


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def fill(folder, files, text):
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text)


def held_by_a_reader(monkeypatch, *names):
    """No file of these names can be replaced or removed, as Windows has it while a reader shows one."""
    for function in ("replace", "unlink"):
        real = getattr(os, function)

        def refuse(path, *other, real=real, **options):
            aim = Path(other[0] if other else path)
            if aim.name in names and aim.parent.name in ("councils", "tables") and ".staging" not in str(aim):
                raise PermissionError(13, "Permission denied")
            return real(path, *other, **options)

        monkeypatch.setattr(os, function, refuse)


@pytest.fixture
def reports(tmp_path):
    """Reports of an earlier day; the table is new."""
    fill(tmp_path / "reports", FILES[1:], "earlier")
    return tmp_path / "reports"


@pytest.fixture
def stage(reports):
    with staging_folder(reports.parent) as folder:
        fill(folder, FILES, "later")
        yield folder


def test_all_files_take_their_places_and_what_is_outdated_goes(reports, stage):
    fill(reports, ["councils/old.pdf", "councils/bystander.html"], "earlier")
    publish(stage, reports, FILES, ["councils/old.pdf", "councils/never-there.pdf"])
    assert contents(reports) == dict.fromkeys(FILES, "later") | {"councils/bystander.html": "earlier"}


@pytest.mark.parametrize("held", ["rates.csv", "york.html", "york.pdf"])
def test_one_file_that_cannot_be_replaced_leaves_all_as_they_were(reports, stage, monkeypatch, held):
    fill(reports, ["tables/rates.csv"], "earlier")
    before = contents(reports)
    held_by_a_reader(monkeypatch, held)
    said = rf"{held} could not be written \(Permission denied\).* what was there before is unchanged\."
    with pytest.raises(Fault, match=said):
        publish(stage, reports, FILES)
    assert contents(reports) == before


def test_a_file_that_was_not_there_is_not_left_behind(reports, stage, monkeypatch):
    before = contents(reports)
    held_by_a_reader(monkeypatch, "york.pdf")
    with pytest.raises(Fault):
        publish(stage, reports, FILES)
    assert contents(reports) == before
    assert "tables/rates.csv" not in before


def test_an_outdated_file_that_cannot_be_removed_changes_nothing(reports, stage, monkeypatch):
    before = contents(reports)
    held_by_a_reader(monkeypatch, "york.pdf")
    with pytest.raises(Fault, match="could not be written"):
        publish(stage, reports, ["councils/york.html"], ["councils/york.pdf"])
    assert contents(reports) == before


def test_an_outdated_file_comes_back_where_a_later_step_fails(reports, stage, monkeypatch):
    before = contents(reports)
    held_by_a_reader(monkeypatch, "york.html")
    with pytest.raises(Fault):
        publish(stage, reports, ["councils/york.html"], ["councils/york.pdf"])
    assert contents(reports) == before


def test_what_cannot_be_put_back_is_named(reports, stage, monkeypatch):
    real, seen = os.replace, []

    def fails_from_the_third(source, target):
        seen.append(target)
        if len(seen) > 2:
            raise OSError(5, "Input/output error")
        real(source, target)

    monkeypatch.setattr(os, "replace", fails_from_the_third)
    with pytest.raises(Fault, match=r"york\.pdf could not be written.* But \S+york\.html could not be put back"):
        publish(stage, reports, FILES)
    assert contents(reports) == {"councils/york.html": "later", "councils/york.pdf": "earlier"}


def test_a_reader_always_finds_a_file_that_stood(reports, stage, monkeypatch):
    real, missing = os.replace, []

    def watched(source, target):
        missing.extend(file for file in FILES[1:] if not (reports / file).exists())
        real(source, target)

    monkeypatch.setattr(os, "replace", watched)
    publish(stage, reports, FILES)
    assert missing == []


def stopped_inside(stop, reached):
    with stopping_held_back():
        signal.raise_signal(stop)
        signal.raise_signal(stop)
        reached.append("the end")


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_waits_for_the_end_of_the_block_and_comes_then(stop):
    before, reached = signal.getsignal(signal.SIGTERM), []
    try:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with pytest.raises(KeyboardInterrupt):
            stopped_inside(stop, reached)
        assert reached == ["the end"]
        assert signal.getsignal(signal.SIGTERM) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGTERM, before)


def test_without_a_stop_and_outside_the_main_thread_nothing_happens():
    handlers, ran = signal.getsignal(signal.SIGINT), []

    def work():
        with stopping_held_back():
            ran.append(signal.getsignal(signal.SIGINT) is handlers)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    with stopping_held_back():
        pass
    assert ran == [True]
    assert signal.getsignal(signal.SIGINT) is handlers
