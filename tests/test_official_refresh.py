"""Refresh takes all figures or none: after any fault data/official is as it was, and no staging folder is left."""

import errno
import os
import subprocess
import sys

import pandas as pd
import pytest
import yaml

from workforce_ratings import paths
from workforce_ratings.official import refresh, releases, tables
from workforce_ratings.vocabulary import Fault


def _bytes(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _quiet(_line):
    pass


@pytest.fixture
def refuses(official_copy, small_sources, fault_of):
    """The fault of a refresh, which has left data/official and its surroundings byte for byte as they were."""

    def refuses(folder=small_sources, accepted=()):
        before, beside = _bytes(official_copy), set(official_copy.parent.iterdir())
        message = fault_of(refresh.refresh, folder, accepted, _quiet)
        assert _bytes(official_copy) == before
        assert set(official_copy.parent.iterdir()) == beside
        return message

    return refuses


@pytest.fixture
def only_the_table_of(small_sources, monkeypatch):
    """Leaves the files of one file's table in the catalogue and, read before it, those of one other table."""

    recorded = releases.catalogue()

    def only(file):
        table = next(release.table for release in recorded if release.file == file)
        before = "deprivation" if table == "neighbours" else "neighbours"
        kept = [release for name in (before, table) for release in recorded if release.table == name]
        monkeypatch.setattr(releases, "catalogue", lambda: kept)

    return only


def _edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# --- what a refresh writes -------------------------------------------------------------------------------------------


def test_refresh_writes_every_table_with_its_twin(official_copy, small_sources):
    said = []
    written = refresh.refresh(small_sources, say=said.append)
    names = {"workforce", "workforce_2015_2016", "inspections", "neighbours", "deprivation", "council_names"}
    names |= {"children", "population"}
    assert {path.stem for path in written} == names
    assert set(_bytes(official_copy)) == {f"{n}.csv" for n in names} | {f"{n}.source.yml" for n in names}
    assert "reading dfe_2025.csv" in said
    for path in written:
        twin = yaml.safe_load(path.with_suffix(".source.yml").read_text(encoding="utf-8"))
        assert twin["rows"] == len(tables.load(path.stem))
        assert twin["sha256"] == releases.sha256(path)


def test_figures_come_back_as_they_were_stored(official_copy, small_sources):
    before = tables.load("workforce").query("census == 2025").reset_index(drop=True)
    refresh.refresh(small_sources, say=_quiet)
    pd.testing.assert_frame_equal(tables.load("workforce"), before)


def test_the_rows_of_a_tables_files_stand_below_each_other(official_copy, small_sources):
    before = tables.load("children").query("year == 2025").reset_index(drop=True)
    refresh.refresh(small_sources, say=_quiet)
    after = tables.load("children")
    pd.testing.assert_frame_equal(after[after.year == 2025].reset_index(drop=True), before)
    assert after.outcome[after.year == 2024].unique().tolist() == ["three_social_workers"]


def test_refresh_replaces_what_was_loaded_before(official_copy, small_sources):
    assert len(tables.load("inspections")) == 485
    refresh.refresh(small_sources, say=_quiet)
    assert len(tables.load("inspections")) == 6


def test_refresh_twice_gives_the_same_bytes_and_leaves_nothing_beside_them(official_copy, small_sources):
    refresh.refresh(small_sources, say=_quiet)
    first = _bytes(official_copy)
    refresh.refresh(small_sources, say=_quiet)
    assert _bytes(official_copy) == first
    assert list(official_copy.parent.iterdir()) == [official_copy]


def test_refresh_works_where_there_was_no_folder_yet(tmp_path, monkeypatch, small_sources):
    monkeypatch.setattr(paths, "OFFICIAL", tmp_path / "a new" / "place" / "official")
    assert all(path.exists() for path in refresh.refresh(small_sources, say=_quiet))


def test_spellings_are_kept_with_the_file_that_has_them(official_copy, small_sources):
    refresh.refresh(small_sources, say=_quiet)
    names = tables.load("council_names").set_index(["code", "spelling"]).source
    assert names["E08000036", "Wakefield"] == "dfe_2025.csv"
    assert names["E10000006", "Cumbria"] == "SFR_2016.csv"
    assert not names.index.get_level_values("code").str.contains("/").any()


# --- faults of a file ------------------------------------------------------------------------------------------------

EVERY_FILE = ["dfe_2025.csv", "SFR_2016.csv", "outcomes.ods", "history.csv", "neighbours.csv", "deprivation.csv"]
EVERY_FILE += ["c1.csv", "d3.csv", "placements.csv", "social_workers.csv", "population.csv"]


def _page(path):
    path.write_text("<!DOCTYPE html><html><body>Sign in</body></html>", encoding="utf-8")


def _empty(path):
    path.write_bytes(b"")


def _folder(path):
    path.unlink()
    path.mkdir()


def _cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 9 // 10])


@pytest.mark.parametrize("file", EVERY_FILE)
@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (os.remove, " is not in "),
        (_page, "this is a web page, not the data file"),
        (_empty, " is empty"),
        (_folder, " is a folder where a file should be"),
        (_cut, "download it again"),
    ],
)
def test_a_file_that_is_not_the_publishers_is_refused_and_nothing_changes(
    refuses, only_the_table_of, small_sources, file, damage, reason
):
    only_the_table_of(file)
    damage(small_sources / file)
    message = refuses()
    assert file in message
    assert reason in message


@pytest.mark.parametrize("file", [name for name in EVERY_FILE if name.endswith(".csv")])
def test_a_file_that_lost_its_last_row_is_refused_and_nothing_changes(refuses, only_the_table_of, small_sources, file):
    only_the_table_of(file)
    lines = (small_sources / file).read_text(encoding="utf-8").splitlines(keepends=True)
    (small_sources / file).write_text("".join(lines[:-1]), encoding="utf-8")
    assert f"the table ends here after {len(lines) - 2} rows, expected {len(lines) - 1}" in refuses()


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("dfe_2025.csv", "36186.3", "q", "row 2, column inpost_fte: “q”"),
        ("dfe_2025.csv", "36186.3", "-36186.3", "row 2, column inpost_fte: -36186.3 is outside"),
        ("dfe_2025.csv", "agency_rate_fte", "agency_share", "header row, column agency_rate_fte: it is missing"),
        ("dfe_2025.csv", "agency_fte", "inpost_fte", "header row, column inpost_fte: it is there more than once"),
        ("dfe_2025.csv", "E08000036", "E08099999", "column new_la_code: “E08099999” (Wakefield)"),
        ("dfe_2025.csv", "E08000036", "E08000035", "column new_la_code: Leeds is there twice for 2025"),
        ("history.csv", "2023-09-11", "11/09/2023", "row 2, column inspection_start: “11/09/2023”"),
        ("neighbours.csv", "Wakefield,", "Wakefield,9", "row 3, column SN_1: “9"),
        ("deprivation.csv", "21.346", "n/a", "row 3, column IMD - Average score: “n/a”"),
        ("c1.csv", "142900", "q", "row 2, column rereferral_count: “q”"),
        ("placements.csv", "Hartlepool", "Hartlepool,", "row 4"),
        ("population.csv", "1916598", "", "row 2, column population_estimate: “”"),
    ],
)
def test_a_faulty_cell_is_refused_and_nothing_changes(
    refuses, only_the_table_of, small_sources, file, old, new, reason
):
    only_the_table_of(file)
    _edit(small_sources / file, old, new)
    assert reason in refuses()


def test_a_folder_that_is_not_there_is_refused_and_nothing_changes(refuses, tmp_path):
    assert "nowhere is not a folder" in refuses(tmp_path / "nowhere")


# --- a re-issued file ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("dfe_2025.csv", "36186.3", "36186.4"),
        ("SFR_2016.csv", "27700", "27701"),
        ("history.csv", "2015-03-25", "2015-03-26"),
        ("neighbours.csv", "Close", "Very close"),
        ("deprivation.csv", "21.346", "21.347"),
        ("c1.csv", "142900", "142910"),
        ("social_workers.csv", "22140", "22150"),
    ],
)
def test_a_re_issued_file_is_taken_only_when_accepted(refuses, official_copy, small_sources, file, old, new):
    _edit(small_sources / file, old, new)
    assert f"run again with --accept {file}" in refuses()
    written = refresh.refresh(small_sources, (file,), _quiet)
    taken = "".join(path.read_text(encoding="utf-8") for path in written if path.stem != "council_names")
    assert new.lower() in taken.lower()


def test_accepting_one_file_accepts_no_other(refuses, small_sources):
    _edit(small_sources / "deprivation.csv", "21.346", "21.347")
    assert "--accept deprivation.csv" in refuses(accepted=("dfe_2025.csv", "SFR_2016.csv"))


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("dfe_2025.csv", "36186.3", "q", "row 2, column inpost_fte: “q”"),
        (
            "history.csv",
            "Good",
            "Inadequate",
            "Barnsley 2023-09-11 has “good”, and history.csv, row 2, has “inadequate”",
        ),
    ],
)
def test_an_accepted_file_is_still_read_with_every_other_check(
    refuses, only_the_table_of, small_sources, file, old, new, reason
):
    only_the_table_of(file)
    _edit(small_sources / file, old, new)
    assert reason in refuses(accepted=(file,))


def test_the_twin_of_an_accepted_file_claims_no_recorded_rows(official_copy, small_sources):
    with (small_sources / "history.csv").open("a", encoding="utf-8") as history:
        history.write("Leeds,E08000035,2018-10-29,2018-11-02,2018-12-18,ILACS,short,Outstanding,,,,,A report\n")
    refresh.refresh(small_sources, ("history.csv",), _quiet)
    twin = yaml.safe_load((official_copy / "inspections.source.yml").read_text(encoding="utf-8"))
    accepted = next(source for source in twin["sources"] if source["file"] == "history.csv")
    assert twin["rows"] == 7
    assert accepted["rows"] is None
    assert accepted["sha256"] == releases.sha256(small_sources / "history.csv")


# --- faults of the disk ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("failing", [1, 2])
def test_a_move_that_fails_puts_everything_back(refuses, monkeypatch, failing):
    moves, rename = [], os.rename

    def fails_once(source, target):
        moves.append(target)
        if len(moves) == failing:
            raise OSError(errno.EACCES, "Permission denied")
        rename(source, target)

    monkeypatch.setattr(os, "rename", fails_once)
    assert "cannot be written (Permission denied)" in refuses()
    assert len(moves) >= failing


@pytest.mark.parametrize("failing", [1, 4])
def test_a_full_disk_leaves_no_half_written_table(refuses, monkeypatch, failing):
    written, to_csv = [], pd.DataFrame.to_csv

    def fills_up(frame, path, **options):
        written.append(path)
        to_csv(frame.head(1), path, **options)
        if len(written) == failing:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_csv", fills_up)
    assert "cannot be written (No space left on device)" in refuses()
    assert len(written) == failing


def test_a_table_that_misses_its_schema_is_never_moved_into_place(refuses, monkeypatch):
    read = refresh._read

    def reads_an_impossible_rank(table, sources, accepted):
        frame = read(table, sources, accepted)
        return frame.assign(rank=frame["rank"] + 1) if table == "neighbours" else frame

    monkeypatch.setattr(refresh, "_read", reads_an_impossible_rank)
    assert "data/official/neighbours.csv, rank" in refuses()


def test_an_interruption_leaves_everything_as_it_was(official_copy, small_sources, monkeypatch):
    def interrupted(*_args, **_options):
        raise KeyboardInterrupt

    before, beside = _bytes(official_copy), set(official_copy.parent.iterdir())
    monkeypatch.setattr(refresh, "_swap", interrupted)
    with pytest.raises(KeyboardInterrupt):
        refresh.refresh(small_sources, say=_quiet)
    assert _bytes(official_copy) == before
    assert set(official_copy.parent.iterdir()) == beside


# --- the publishers' own files ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def refreshed(sources, tmp_path_factory):
    """data/official taken anew from the publishers' files."""
    folder = tmp_path_factory.mktemp("refreshed") / "official"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "OFFICIAL", folder)
        refresh.refresh(sources / "official", say=_quiet)
    return _bytes(folder)


@pytest.mark.slow
def test_the_publishers_files_give_the_committed_bytes(refreshed):
    committed = _bytes(paths.OFFICIAL)
    assert set(refreshed) == set(committed)
    assert [name for name, content in refreshed.items() if content != committed[name]] == []


REFRESH = """
import pathlib, sys
from workforce_ratings import paths
from workforce_ratings.official import refresh
paths.OFFICIAL = pathlib.Path(sys.argv[2])
refresh.refresh(pathlib.Path(sys.argv[1]))
"""


@pytest.mark.slow
def test_another_clock_locale_and_folder_give_the_same_bytes(refreshed, sources, tmp_path):
    target = tmp_path / "official"
    elsewhere = {
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONHASHSEED": "7",
    }
    subprocess.run(
        [sys.executable, "-c", REFRESH, str(sources / "official"), str(target)],
        env=os.environ | elsewhere,
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert _bytes(target) == refreshed


def test_a_fault_in_the_publishers_folder_leaves_the_committed_tables_loadable(sources, official_copy, tmp_path):
    folder = tmp_path / "incomplete"
    folder.mkdir()
    with pytest.raises(Fault, match=r"csww_indicators_2017_to_2025\.csv is not in"):
        refresh.refresh(folder, say=_quiet)
    assert len(tables.load("workforce", official_copy)) == 1445
