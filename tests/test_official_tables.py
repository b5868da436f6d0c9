"""The tables of data/official: each is what its twin says and its schema allows, and a damaged one is refused."""

import re

import pytest
import yaml

from workforce_ratings import paths
from workforce_ratings.official import releases, tables
from workforce_ratings.vocabulary import JUDGED, JUDGEMENT_TYPE

NAMES = list(tables.SCHEMAS)


@pytest.fixture(params=NAMES)
def twin(request):
    """The name of a table and what its twin says of it."""
    text = (paths.OFFICIAL / f"{request.param}.source.yml").read_text(encoding="utf-8")
    return request.param, yaml.safe_load(text)


def test_the_folder_holds_tables_and_twins_alone():
    expected = {f"{name}.csv" for name in NAMES} | {f"{name}.source.yml" for name in NAMES}
    assert {path.name for path in paths.OFFICIAL.iterdir()} == expected


def test_rows_and_checksum_of_a_twin_are_the_tables(twin):
    name, record = twin
    assert record["table"] == f"{name}.csv"
    assert record["rows"] == len(tables.load(name))
    assert record["sha256"] == releases.sha256(paths.OFFICIAL / f"{name}.csv")


def test_every_source_of_a_twin_is_a_recorded_release(twin):
    recorded = {release.file: release for release in releases.catalogue()}
    assert twin[1]["sources"]
    for source in twin[1]["sources"]:
        release = recorded[source["file"]]
        assert source == {key: getattr(release, key) for key in source}
        assert set(source) == {
            "file",
            "publisher",
            "title",
            "release",
            "period",
            "published",
            "address",
            "licence",
            "rows",
            "sha256",
        }
        assert all(source.values())


def test_every_release_is_the_source_of_a_table():
    used = {
        source["file"]
        for name in NAMES
        for source in yaml.safe_load((paths.OFFICIAL / f"{name}.source.yml").read_text(encoding="utf-8"))["sources"]
    }
    assert used == {release.file for release in releases.catalogue()}


@pytest.mark.parametrize("name", NAMES)
def test_tables_are_utf_8_with_plain_line_ends_and_no_formula(name):
    content = (paths.OFFICIAL / f"{name}.csv").read_bytes()
    assert b"\r" not in content
    assert not content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\n")
    assert not re.search(r'(^|[,"])[=@]', content.decode("utf-8"), re.MULTILINE)


def test_a_loaded_table_is_the_callers_own_copy():
    first = tables.load("deprivation")
    first.loc[0, "imd_rank"] = 151
    assert tables.load("deprivation").imd_rank[0] != 151


def test_inspections_are_typed_with_dates_and_ordered_judgements():
    frame = tables.inspections()
    assert all(frame[name].dtype == JUDGEMENT_TYPE for name in JUDGED)
    assert all(frame[name].dtype.kind == "M" for name in tables.DATES)


# --- damaged tables --------------------------------------------------------------------------------------------------


def test_an_absent_table_says_how_to_take_it_again(tmp_path, fault_of):
    message = fault_of(tables.load, "workforce", tmp_path)
    assert "workforce.csv is not there; run `workforce-ratings refresh --from FOLDER`" in message


@pytest.mark.parametrize("name", ["workforce", "inspections", "neighbours", "deprivation", "council_names"])
def test_a_table_cut_within_a_row_is_refused(official_copy, fault_of, name):
    path = official_copy / f"{name}.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:40], lines[40].split(",")[0]]), encoding="utf-8")
    assert f"{name}.csv" in fault_of(tables.load, name)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "cannot be read"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"<html></html>\n", "deprivation.csv"),
        (b"council_code,council\nE06000001,Hartlepool,1,2,3\nE06000001\n", "deprivation.csv"),
    ],
)
def test_a_table_that_is_none_is_refused(official_copy, fault_of, content, reason):
    (official_copy / "deprivation.csv").write_bytes(content)
    assert reason in fault_of(tables.load, "deprivation")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("workforce", ",36186.3,,", ",abc,,"),
        ("workforce", ",36186.3,,", ",36186.3,x,"),
        ("workforce", ",36186.3,,", ",,,"),
        ("workforce", ",36186.3,,", ",,q,"),
        ("workforce", ",36186.3,,", ",-1,,"),
        ("workforce", "2025,2025,England", "2025,2025.5,England"),
        ("workforce", "2025,2025,England", "2025,2025,Britain"),
        ("inspections", ",2014-04-29,", ",29/04/2014,"),
        ("inspections", ",2014-04-29,", ",2034-04-29,"),
        ("inspections", ",requires improvement,", ",RI,"),
        ("inspections", ",requires improvement,", ",,"),
        ("neighbours", "Barking and Dagenham,1,", "Barking and Dagenham,2,"),
        ("deprivation", "E09000002,", "9000002,"),
    ],
)
def test_a_table_changed_by_hand_to_the_impossible_is_refused(official_copy, fault_of, name, old, new):
    path = official_copy / f"{name}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert f"{name}.csv" in fault_of(tables.load, name)
