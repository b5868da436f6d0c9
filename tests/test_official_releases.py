"""Opening a publisher's file: it is what it says it is, or one sentence says why not."""

import errno
import struct
import zipfile
from pathlib import Path

import pytest

from workforce_ratings.official import releases

NEEDED = ("year", "code", "rate")
TABLE = "year,code,rate\n2024,E1,3.5\n2025,E2,z\n"
RENAMED = {"rate_%": "rate"}


@pytest.fixture
def csv_file(tmp_path):
    def write(content: str | bytes):
        path = tmp_path / "rates.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


# --- finding the file ------------------------------------------------------------------------------------------------


@pytest.fixture
def recorded(csv_file, release_of):
    return release_of(csv_file(TABLE), "rates", "rates", "2025", 2)


def test_a_file_is_found_below_the_folder(tmp_path, recorded):
    deeper = tmp_path / "vintages" / "older"
    deeper.mkdir(parents=True)
    (tmp_path / "rates.csv").rename(deeper / "rates.csv")
    assert releases.locate(tmp_path, recorded) == deeper / "rates.csv"


def test_a_missing_file_is_named_with_its_folder(tmp_path, recorded, fault_of):
    (tmp_path / "rates.csv").unlink()
    message = fault_of(releases.locate, tmp_path, recorded)
    assert "rates.csv is not in" in message
    assert str(tmp_path) in message


def test_a_missing_folder_is_named(tmp_path, recorded, fault_of):
    assert "nowhere is not a folder" in fault_of(releases.locate, tmp_path / "nowhere", recorded)


def test_a_folder_in_place_of_a_file_is_named(tmp_path, recorded, fault_of):
    (tmp_path / "rates.csv").unlink()
    (tmp_path / "rates.csv").mkdir()
    assert "is a folder where a file should be" in fault_of(releases.locate, tmp_path, recorded)


def test_an_empty_file_is_named(tmp_path, recorded, fault_of):
    (tmp_path / "rates.csv").write_bytes(b"")
    assert "rates.csv is empty" in fault_of(releases.locate, tmp_path, recorded)


def test_a_file_without_read_permission_is_named(tmp_path, recorded, fault_of, monkeypatch):
    def denied(*_args, **_options):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)  # root, as which many containers test, may read every file
    assert "cannot be read (Permission denied)" in fault_of(releases.locate, tmp_path, recorded)


# --- text files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_in_a_known_encoding_is_read_as_it_is(csv_file, encoding):
    text = TABLE.replace("E2", "“King’s Lynn – café”")
    cells = releases.read_csv(csv_file(text.encode(encoding)), NEEDED)
    assert list(cells.frame.columns) == list(NEEDED)
    assert cells.frame.code.tolist() == ["E1", "“King’s Lynn – café”"]


def test_bytes_of_no_known_encoding_are_refused(csv_file, fault_of):
    # 0x81 has no meaning in Windows-1252, and 0xe9 alone none in UTF-8.
    message = fault_of(releases.read_csv, csv_file(TABLE.encode() + b"2025,\xe9\x81,1\n"), NEEDED)
    assert "rates.csv is neither UTF-8, UTF-16 nor Windows-1252" in message


def test_utf_16_cut_within_a_character_is_refused(csv_file, fault_of):
    assert "rates.csv is neither" in fault_of(releases.read_csv, csv_file(TABLE.encode("utf-16")[:-1]), NEEDED)


def test_a_binary_file_is_refused(csv_file, fault_of):
    assert "rates.csv is not a text file" in fault_of(releases.read_csv, csv_file(b"PAR1\x00\x00\x01"), NEEDED)


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><html><head><title>404</title></head></html>",
        "\n\n <HTML>year,code,rate</HTML>",
        "<?xml version='1.0'?><Error>AccessDenied</Error>",
        "<!-- saved -->\n<html lang='en'>",
    ],
)
def test_a_web_page_in_place_of_a_table_is_called_one(csv_file, fault_of, page):
    assert "rates.csv, row 1: this is a web page, not the data file" in fault_of(
        releases.read_csv, csv_file(page), NEEDED
    )


@pytest.mark.parametrize("text", ['{"error": "not found"}', "\n", "a,b,c\n1,2,3\n", "2024,E1,3.5\n", "\ufeff"])
def test_text_without_the_header_is_refused(csv_file, fault_of, text):
    message = fault_of(releases.read_csv, csv_file(text), NEEDED)
    assert "rates.csv, row 1: no header with the columns year, code, rate" in message


def test_a_file_beyond_any_release_is_refused_unread(csv_file, fault_of, monkeypatch):
    monkeypatch.setattr(releases, "LARGEST_CSV", 10)
    assert "rates.csv is larger than" in fault_of(releases.read_csv, csv_file(TABLE), NEEDED)


def test_title_lines_above_the_header_are_passed_over(csv_file):
    cells = releases.read_csv(csv_file("Rates, by year\n\n" + TABLE), NEEDED)
    assert cells.frame.rate.tolist() == ["3.5", "z"]
    assert cells.row(0) == 4


def test_blank_rows_are_left_out_and_counted_in_row_numbers(csv_file):
    cells = releases.read_csv(csv_file(TABLE.replace("2025", "\n,,\n2025")), NEEDED)
    assert [cells.row(index) for index in cells.frame.index] == [2, 5]


@pytest.mark.parametrize(("last", "found"), [("2025,E2", 2), ("2025,E2,z,9", 4), ("2025", 1)])
def test_a_row_of_another_length_is_refused(csv_file, fault_of, last, found):
    message = fault_of(releases.read_csv, csv_file(TABLE.replace("2025,E2,z", last)), NEEDED)
    assert "rates.csv, row 3, column" in message
    assert f"{found} cells where the header has 3" in message


def test_a_quotation_mark_that_never_closes_is_refused(csv_file, fault_of):
    message = fault_of(releases.read_csv, csv_file(TABLE + '2025,"E3,1\n' + "2025,E4,1\n" * 20_000), NEEDED)
    assert "rates.csv, row 4: it cannot be read as CSV" in message


def test_a_known_old_name_is_read_as_the_new_one_and_named_as_in_the_file(csv_file):
    cells = releases.read_csv(csv_file(TABLE.replace("rate", "rate_%", 1)), NEEDED, RENAMED)
    assert cells.frame.rate.tolist() == ["3.5", "z"]
    assert "row 2, column rate_%: odd" in str(cells.fault(0, "rate", "odd."))
    assert "row 3, column rate_%: odd" in str(cells.rename({"rate": "agency_rate"}).fault(1, "agency_rate", "odd."))


def test_an_unknown_new_name_is_refused_with_the_nearest(csv_file, fault_of):
    message = fault_of(releases.read_csv, csv_file(TABLE.replace("rate", "rate_fte", 1)), NEEDED, RENAMED)
    assert "rates.csv, header row, column rate: it is missing (nearest: rate_fte)" in message


@pytest.mark.parametrize("second", ["rate", " rate ", "rate_%"])
def test_a_column_that_is_there_twice_is_refused(csv_file, fault_of, second):
    text = f"year,code,rate,{second}\n2024,E1,3.5,3.5\n"
    message = fault_of(releases.read_csv, csv_file(text), NEEDED, RENAMED)
    assert "rates.csv, header row, column rate: it is there more than once" in message


# --- the recorded rows and content -----------------------------------------------------------------------------------


def test_another_number_of_rows_is_refused_unless_accepted(csv_file, recorded, fault_of):
    cells = releases.read_csv(csv_file(TABLE + "2026,E3,1\n"), NEEDED)
    message = fault_of(releases.check_rows, cells, recorded)
    assert "rates.csv, row 4, column year: the table ends here after 3 rows, expected 2 for release 2025" in message
    releases.check_rows(cells, recorded, accepted=("rates.csv",))


def test_a_header_without_rows_is_refused(csv_file, recorded, fault_of):
    cells = releases.read_csv(csv_file("year,code,rate\n"), NEEDED)
    assert "after 0 rows, expected 2" in fault_of(releases.check_rows, cells, recorded)


def test_one_changed_figure_is_refused_unless_accepted(csv_file, recorded, fault_of):
    path = csv_file(TABLE.replace("3.5", "3.6"))
    message = fault_of(releases.check_content, path, recorded)
    assert "rates.csv: its content differs" in message
    assert "run again with --accept rates.csv" in message
    fault_of(releases.check_content, path, recorded, accepted=("another.csv",))
    releases.check_content(path, recorded, accepted=("rates.csv",))


def test_the_catalogue_records_every_release_whole():
    recorded = releases.catalogue()
    assert len({release.file for release in recorded}) == len(recorded) == 15
    for release in recorded:
        assert release.rows > 0
        assert len(bytes.fromhex(release.sha256)) == 32
        assert release.licence == "Open Government Licence v3.0"
        assert release.address.startswith("https://")
        assert all((release.publisher, release.title, release.period, release.published))


def test_the_publishers_files_are_the_ones_recorded(sources):
    for release in releases.catalogue():
        releases.check_content(releases.locate(sources / "official", release), release)


# --- spreadsheets ----------------------------------------------------------------------------------------------------

SHEETS = {"Cover": [["A cover"]], "History": [["A title"], [""], list(NEEDED), ["2024", "E1", "3.5"]]}


def test_a_sheet_is_read_from_the_header_row_on(tmp_path, write_ods):
    cells = releases.read_sheet(write_ods(tmp_path / "rates.ods", SHEETS), "history", NEEDED)
    assert cells.frame.values.tolist() == [["2024", "E1", "3.5"]]
    assert "rates.ods, sheet History, row 4, column rate: odd" in str(cells.fault(0, "rate", "odd."))


def test_a_header_that_moved_down_is_found(tmp_path, write_ods):
    moved = {"History": [["A title"], ["A note"], *SHEETS["History"]]}
    cells = releases.read_sheet(write_ods(tmp_path / "rates.ods", moved), "History", NEEDED)
    assert cells.frame.rate.tolist() == ["3.5"]
    assert cells.row(0) == 6


def test_a_header_below_the_first_rows_is_refused(tmp_path, write_ods, fault_of):
    moved = {"History": [["note"]] * 30 + SHEETS["History"]}
    message = fault_of(releases.read_sheet, write_ods(tmp_path / "rates.ods", moved), "History", NEEDED)
    assert "rates.ods, sheet History, row 1: no header" in message


def test_a_renamed_sheet_is_refused_listing_those_there(tmp_path, write_ods, fault_of):
    renamed = {"Cover": [["A cover"]], "Past inspections": SHEETS["History"]}
    message = fault_of(releases.read_sheet, write_ods(tmp_path / "rates.ods", renamed), "History", NEEDED)
    assert "rates.ods: no sheet named like “History” among Cover, Past inspections" in message


def test_a_missing_column_of_a_sheet_is_refused_with_the_nearest(tmp_path, write_ods, fault_of):
    renamed = {"History": [["year", "code", "the rate"], ["2024", "E1", "3.5"]]}
    message = fault_of(releases.read_sheet, write_ods(tmp_path / "rates.ods", renamed), "History", NEEDED)
    assert "sheet History, header row, column rate: it is missing (nearest: the rate)" in message


def _junk_content(path, write_ods):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<office:document-content><unclosed>")


def _no_content(path, write_ods):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "nothing here")


def _cut_off(path, write_ods):
    whole = write_ods(path, SHEETS).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def _damaged_directory(path, write_ods):
    # The end record is there, so that it still looks like an archive, but its list of files is overwritten.
    content = bytearray(write_ods(path, SHEETS).read_bytes())
    start = struct.unpack("<I", content[-6:-2])[0]
    content[start : start + 8] = b"\xff" * 8
    path.write_bytes(content)


def _damaged_member(path, write_ods):
    content = bytearray(write_ods(path, SHEETS).read_bytes())
    at = content.find(b"content.xml") + len(b"content.xml") + 20
    content[at : at + 60] = b"\xff" * 60
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [_junk_content, _no_content, _cut_off, _damaged_directory, _damaged_member])
def test_a_damaged_spreadsheet_is_refused(tmp_path, write_ods, fault_of, damage):
    path = tmp_path / "rates.ods"
    damage(path, write_ods)
    message = fault_of(releases.read_sheet, path, "History", NEEDED)
    assert message.startswith("rates.ods")
    assert message.endswith("download it again.")


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"<!DOCTYPE html><html></html>", "a web page"), (b"junk" * 100, "not a spreadsheet"), (b"", "not a spreadsheet")],
)
def test_what_is_no_archive_is_refused_by_its_kind(tmp_path, fault_of, content, kind):
    path = tmp_path / "rates.ods"
    path.write_bytes(content)
    assert f"rates.ods, row 1: this is {kind}, not the data file" in fault_of(
        releases.read_sheet, path, "History", NEEDED
    )


def test_a_zip_bomb_is_refused_unopened(tmp_path, write_ods, fault_of, monkeypatch):
    bomb = write_ods(tmp_path / "rates.ods", SHEETS, padding=20 * 2**20)
    assert bomb.stat().st_size < 50_000
    monkeypatch.setattr(releases, "CalamineWorkbook", None)
    message = fault_of(releases.read_sheet, bomb, "History", NEEDED)
    assert "rates.ods would unpack to 20 MB" in message


def test_an_entity_bomb_is_never_expanded(tmp_path, fault_of):
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    path = tmp_path / "rates.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e0 "x">{levels}]><d>&e8;</d>')
    assert "rates.ods" in fault_of(releases.read_sheet, path, "History", NEEDED)
