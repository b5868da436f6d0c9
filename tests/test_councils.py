"""The register: every code, spelling and date finds the right council, and nothing else finds any."""

import pandas as pd
import pytest

from workforce_ratings import councils, paths
from workforce_ratings.official import context

SPELLINGS = councils.spellings()
RECODED = list(councils.changes().query("kind == 'recode'").itertuples())


# --- what the register holds -----------------------------------------------------------------------------------------


def test_153_councils_are_current():
    assert len(councils.existing(pd.Timestamp("2026-06-30"))) == 153
    assert len({c.code for c in councils.existing(pd.Timestamp("2026-06-30"))}) == 153
    assert len({c.la_code for c in councils.existing(pd.Timestamp("2026-06-30"))}) == 153


def test_every_council_has_a_code_a_number_and_regions():
    rows = councils.register()
    assert rows.code.is_unique
    assert rows.code.str.fullmatch(r"E\d{8}").all()
    assert rows.la_code.str.fullmatch(r"\d{3}").all()
    assert (rows[["name", "region", "region_dfe", "region_ofsted"]] != "").all(axis=None)


def test_regions_are_nine_by_ons_and_eight_by_ofsted():
    rows = councils.register()
    assert rows.region_code.nunique() == 9
    assert rows.groupby("region_code").region.nunique().eq(1).all()
    assert rows.region_ofsted.nunique() == 8
    assert {"Inner London", "Outer London"} < set(rows.region_dfe)


def test_changes_name_known_codes_and_meet_the_dates_of_both():
    known = councils.by_code()
    for change in councils.changes().itertuples():
        assert known[change.old_code].valid_to == change.date - pd.Timedelta(days=1)
        assert known[change.new_code].valid_from == change.date
        assert change.kind in {"recode", "merge", "split", "boundary"}


def test_every_ended_council_has_a_successor_and_every_new_one_a_predecessor():
    for council in councils.by_code().values():
        assert bool(council.successors) == (not council.is_current)
        assert bool(council.predecessors) == (council.valid_from is not None)


def test_aliases_and_return_units_name_known_codes():
    known = set(councils.by_code())
    assert set(SPELLINGS.code) <= known
    assert set(councils.return_units().code) <= known


# --- finding a council -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Wakefield", "E08000036"),
        ("  wakefield ", "E08000036"),
        ("Wakefield Council", "E08000036"),
        ("Wakefield Metropolitan District Council", "E08000036"),
        ("BCP", "E06000058"),
        ("Bournemouth, Christchurch & Poole", "E06000058"),
        ("London Borough of Merton", "E09000024"),
        ("Royal Borough of Kensington and Chelsea", "E09000020"),
        ("Kingston upon Hull, City of", "E06000010"),
        ("St. Helens", "E08000013"),
        ("st helens", "E08000013"),
        ("Stoke on Trent", "E06000021"),
        ("E08000036", "E08000036"),
        ("e08000036", "E08000036"),
        ("384", "E08000036"),
    ],
)
def test_find_knows_names_spellings_codes_and_numbers(text, code):
    assert councils.find(text).code == code


@pytest.mark.parametrize("row", list(SPELLINGS.itertuples(index=False)), ids=lambda row: f"{row.code} {row.spelling}")
def test_every_spelling_finds_its_series_or_the_current_council_of_that_name(row):
    found = councils.find(row.spelling)
    if councils.series_code(row.code) != found.code:
        # Dorset is two places: the county until 2019 and the unitary council since. The name alone means the second.
        assert not councils.by_code()[row.code].is_current
        assert found.is_current
        assert found.code in {s.code for s in councils.by_code()[row.code].successors}


@pytest.mark.parametrize("old", RECODED, ids=lambda change: change.old_code)
def test_an_old_code_of_an_unbroken_series_finds_the_council_of_today(old):
    assert councils.find(old.old_code).code == old.new_code
    assert councils.series_code(old.old_code) == old.new_code


@pytest.mark.parametrize(
    ("text", "day", "code"),
    [
        ("Dorset", "2018-06-01", "E10000009"),
        ("Dorset", "2019-04-01", "E06000059"),
        ("Cumbria", "2023-03-31", "E10000006"),
        ("Sheffield", "2025-03-31", "E08000019"),
        ("Sheffield", "2025-04-01", "E08000039"),
        ("E08000019", "2026-01-01", "E08000039"),
        ("E08000039", "2018-01-01", "E08000019"),
        ("Poole", "2018-01-01", "E06000029"),
    ],
)
def test_find_on_a_day_gives_the_council_that_existed_then(text, day, code):
    assert councils.find(text, on=day).code == code


def test_cumbria_is_found_without_a_day_as_the_council_it_was():
    cumbria = councils.find("Cumbria")
    assert not cumbria.is_current
    assert {c.name for c in cumbria.successors} == {"Cumberland", "Westmorland and Furness"}


@pytest.mark.parametrize(
    ("text", "day", "reason"),
    [
        ("Cumbria", "2023-04-01", "until 31 March 2023, then Cumberland and Westmorland and Furness"),
        ("Cumberland", "2023-03-31", "since 1 April 2023"),
        ("E10000009", "2020-01-01", "until 31 March 2019, then Dorset"),
    ],
)
def test_a_council_that_did_not_exist_on_the_day_is_refused_with_its_dates(fault_of, text, day, reason):
    assert reason in fault_of(councils.find, text, on=day)


@pytest.mark.parametrize(
    ("text", "nearest"),
    [("Wakefeild", "Wakefield"), ("Kingston upon Hul", "Kingston upon Hull"), ("Northamptonshir", "Northamptonshire")],
)
@pytest.mark.parametrize("on", [None, "2020-01-01"])
def test_a_misspelt_council_is_refused_with_the_nearest_name(fault_of, text, nearest, on):
    message = fault_of(councils.find, text, on=on)
    assert f"“{text}” is not a council in the register; did you mean {nearest}" in message


NO_COUNCILS = ["England", "London", "East Surrey", "E99999999", "999", "nan", "CON", "Wake\nfield"]
HOSTILE = ["", " ", "\x00", "x" * 1_000_000, "../../etc/x", "/etc/passwd", "E08000036 ; rm", "{{ 7*7 }}", "<script>"]


@pytest.mark.parametrize("text", [*NO_COUNCILS, *HOSTILE])
def test_what_is_no_council_is_refused_in_one_short_sentence(fault_of, text):
    message = fault_of(councils.find, text)
    assert "is not a council in the register" in message
    assert len(message) < 300


def test_an_unknown_code_is_refused_naming_the_register(fault_of):
    assert "councils.csv" in fault_of(councils.series_code, "E06009999")


# --- joint returns ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "census", "unit"),
    [
        ("E09000021", 2015, "E09000021"),
        ("E09000021", 2016, "E09000021 / E09000027"),
        ("E09000027", 2025, "E09000021 / E09000027"),
        ("E06000061", 2021, "E06000061 / E06000062"),
        ("E06000062", 2025, "E06000061 / E06000062"),
        ("E10000021", 2020, "E10000021"),
        ("E08000019", 2019, "E08000039"),
    ],
)
def test_a_return_unit_holds_both_partners_from_its_first_census(code, census, unit):
    assert councils.return_unit(code, census) == unit


def test_the_members_of_a_joint_return_are_both_councils():
    names = [c.name for c in councils.members("E09000021 / E09000027")]
    assert names == ["Kingston upon Thames", "Richmond upon Thames"]


def test_a_composite_code_with_an_unknown_part_is_refused(fault_of):
    assert "E09999999" in fault_of(councils.members, "E09000021 / E09999999")


# --- a council to come -----------------------------------------------------------------------------------------------


@pytest.fixture
def surrey_split(register_copy):
    """The register with Surrey's two successors of 2027: rows alone, as the register promises."""
    rows = (register_copy / "councils.csv").read_text(encoding="utf-8")
    tail = "2027-04-01,,South East,E12000008,South East,South East\n"
    rows = rows.replace("E10000030,Surrey,936,,,", "E10000030,Surrey,936,,2027-03-31,")
    rows += f"E06000991,East Surrey,991,{tail}E06000992,West Surrey,992,{tail}"
    (register_copy / "councils.csv").write_text(rows, encoding="utf-8")
    with (register_copy / "changes.csv").open("a", encoding="utf-8") as changes:
        for code in ("E06000991", "E06000992"):
            changes.write(f"2027-04-01,E10000030,{code},split,Surrey was split into East and West Surrey\n")


@pytest.mark.usefixtures("surrey_split")
def test_new_rows_alone_make_a_new_council_known():
    assert councils.find("East Surrey").code == "E06000991"
    assert len(councils.existing(pd.Timestamp("2026-06-30"))) == 153
    assert len(councils.existing(pd.Timestamp("2027-04-01"))) == 154
    assert [c.name for c in councils.find("Surrey").successors] == ["East Surrey", "West Surrey"]
    assert [c.name for c in councils.find("West Surrey").predecessors] == ["Surrey"]
    assert councils.find("Surrey", on="2027-03-31").code == "E10000030"


@pytest.mark.usefixtures("surrey_split")
def test_a_split_that_is_to_come_says_so(fault_of):
    assert "since 1 April 2027" in fault_of(councils.find, "East Surrey", on="2026-01-01")
    assert "then East Surrey and West Surrey" in fault_of(councils.find, "Surrey", on="2027-04-01")


@pytest.mark.usefixtures("surrey_split")
def test_a_new_council_takes_its_predecessors_deprivation(tmp_path, csv_text, release_of, deprivation_rows):
    surrey = dict(zip(deprivation_rows[0], ("E10000030", "Surrey", "9.9", "141", "0"), strict=True))
    path = tmp_path / "deprivation.csv"
    path.write_text(csv_text([surrey]), encoding="utf-8")
    frame = context.read_deprivation(path, release_of(path, "deprivation", "deprivation", "2019", 1))
    assert frame.set_index("council").basis["East Surrey"] == "of Surrey"


def test_the_register_of_another_test_has_not_stayed():
    assert paths.REGISTER == paths.DATA / "register"
    assert "E06000991" not in councils.by_code()
