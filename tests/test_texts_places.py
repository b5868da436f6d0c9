"""Whose figure it is: councils by every way of naming them, wider areas, lists, and names that mean no council.

Councils bear real names so that the register is put to the test; everything said of them here is invented.
"""

from __future__ import annotations

from datetime import date

import pytest

from workforce_ratings.texts import places
from workforce_ratings.texts.claims import extract
from workforce_ratings.texts.reading import parse


def claims_of(text: str, title: str = "Halton's children's services under strain", day: str = "2022-05-10"):
    """The claims of an article of that day with this title and text."""
    return extract(parse(f"---\ndate: {day}\n---\n\n{title}\n\n{text}\n", "a.md"))


def told_of(text: str, **article: str) -> list[tuple[str, float | str]]:
    """The same as council and value."""
    return [(c.council, c.value) for c in claims_of(text, **article)]


def names_in(text: str, day: date | None = None) -> list[str]:
    """The places that a text names, in order, without the words that point back."""
    return [m.place.name for m in places.mentions(text, [(0, len(text))], day) if m.place]


# --- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Staff at Halton Borough Council wrote.", "Halton"),
        ("HALTON wrote.", "Halton"),
        ("The London Borough of Merton wrote.", "Merton"),
        ("The Royal Borough of Kensington & Chelsea wrote.", "Kensington and Chelsea"),
        ("Stoke on Trent wrote.", "Stoke-on-Trent"),
        ("Staff in Hull wrote.", "Kingston upon Hull"),
        ("BCP Council wrote.", "Bournemouth, Christchurch and Poole"),
        ("St. Helens wrote.", "St Helens"),
        ("Staff of Reading council wrote.", "Reading"),
        ("The Isle of Wight wrote.", "Isle of Wight"),
        ("Telford and Wrekin wrote.", "Telford and Wrekin"),
        ("Halton’s staff wrote.", "Halton"),
    ],
)
def test_a_council_is_known_by_its_names(text, name):
    assert names_in(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "The University of Manchester studied social work.",
        "Researchers at Lancaster and Sheffield Hallam University wrote.",
        "Liverpool FC plays on Sunday.",
        "Leeds United lost.",
        "The Manchester Evening News reported it.",
        "The Liverpool Echo reported it.",
        "Reading books helps children.",
        "Bury the hatchet, a councillor said.",
        "West Midlands Police were told.",
        "Kent Police were told.",
        "The Duke of Norfolk came.",
        "The Archbishop of York spoke.",
    ],
)
def test_universities_clubs_papers_police_and_people_are_no_councils(text):
    assert not {m.place.name for m in places.mentions(text, [(0, len(text))], None) if m.is_council}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("the average for England", ["England"]),
        ("councils nationally", ["England"]),
        ("in the North West", ["North West"]),
        ("across Yorkshire and the Humber", ["Yorkshire and The Humber"]),
        ("the figure for London", ["London"]),
        ("in Greater Manchester", ["Greater Manchester"]),
        ("NHS England", []),
        ("a London borough", []),
        ("north west of the town", []),
    ],
)
def test_wider_areas_are_known_by_their_names(text, names):
    assert names_in(text) == names


@pytest.mark.parametrize(
    ("text", "day", "names"),
    [
        ("Cumbria wrote.", date(2022, 5, 1), ["Cumbria"]),
        ("Cumbria wrote.", date(2023, 5, 1), []),
        ("Cumberland wrote.", date(2023, 5, 1), ["Cumberland"]),
        ("Cumberland wrote.", date(2022, 5, 1), []),
        ("Northamptonshire wrote.", date(2018, 5, 1), ["Northamptonshire"]),
        ("West Northamptonshire wrote.", date(2022, 5, 1), ["West Northamptonshire"]),
        ("Poole wrote.", date(2018, 5, 1), ["Poole"]),
    ],
)
def test_names_are_those_of_the_article_s_day(text, day, names):
    assert names_in(text, day) == names


@pytest.mark.parametrize(("day", "code"), [("2018-06-01", "E10000009"), ("2021-06-01", "E06000059")])
def test_one_name_is_two_councils_before_and_after_a_change(day, code):
    [claim] = claims_of("The agency rate was 21%.", title="Dorset council under strain", day=day)
    assert (claim.council, claim.council_code) == ("Dorset", code)


@pytest.mark.parametrize(
    ("text", "council", "code"),
    [
        (
            "Kingston and Richmond had an agency rate of 21%.",
            "Kingston upon Thames/Richmond upon Thames",
            "E09000021/E09000027",
        ),
        ("Halton/Warrington had an agency rate of 21%.", "Halton/Warrington", "E06000006/E06000007"),
    ],
)
def test_a_joint_return_is_one_place_of_two(text, council, code):
    [claim] = claims_of(text, title="Agency staff in two boroughs", day="2018-05-10")
    assert (claim.council, claim.council_code, claim.value) == (council, code, 21)


# --- words that point back -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "subject",
    [
        "The council had",
        "It had",
        "The authority had",
        "The borough had",
        "Its social work teams had",
        "The service had",
        "Halton Borough Council had",
        "Social work teams had",
    ],
)
def test_words_that_point_back_mean_the_article_s_council(subject):
    assert told_of(f"Halton hired more staff.\n\n{subject} an agency rate of 21%.") == [("Halton", 21)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Torbay had a hard year. It had an agency rate of 21%.", [("Torbay", 21)]),
        (
            "Torbay had a hard year.\n\nThe council's agency rate was 21%.\n\nTorbay's vacancy rate was 9%.",
            [("Torbay", 21), ("Torbay", 9)],
        ),
        ("Like Torbay, Halton has a high agency rate: 21%.", [("Halton", 21)]),
    ],
)
def test_words_that_point_back_mean_the_council_in_view(text, expected):
    title = "Halton and Torbay short of staff" if text.startswith("Torbay") else "Halton short of staff"
    assert told_of(text, title=title) == expected


# --- several councils ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Halton's agency rate was 21% and Torbay's was 14%.", [("Halton", 21), ("Torbay", 14)]),
        (
            "Halton had an agency rate of 21%. In Torbay, agency staff made up 14% of the workforce.",
            [("Halton", 21), ("Torbay", 14)],
        ),
        (
            "The agency rate was 21% in Halton, 14% in Torbay and 9% in Kent.",
            [("Halton", 21), ("Torbay", 14), ("Kent", 9)],
        ),
        ("Halton and Torbay had agency rates of 21% and 14% respectively.", [("Halton", 21), ("Torbay", 14)]),
        (
            "Halton, Torbay and Kent had agency rates of 21%, 14% and 9% respectively.",
            [("Halton", 21), ("Torbay", 14), ("Kent", 9)],
        ),
        (
            "Halton's agency rate was 21%, while neighbouring Warrington had a vacancy rate of 12%.",
            [("Halton", 21), ("Warrington", 12)],
        ),
        (
            "Average caseloads were 16 in Halton and 22 in neighbouring Warrington.",
            [("Halton", 16), ("Warrington", 22)],
        ),
    ],
)
def test_several_councils_keep_their_own_figures(text, expected):
    assert told_of(text, title="Agency staff in the town halls") == expected


def test_a_list_of_councils_shares_one_grade():
    found = claims_of("Merton, Stockport and Central Bedfordshire have all been rated good by Ofsted.", title="Three")
    grades = {c.council: c.value for c in found if c.indicator == "overall_judgement"}
    assert grades == dict.fromkeys(("Merton", "Stockport", "Central Bedfordshire"), "good")


def test_both_councils_named_before_share_a_grade():
    text = "Halton and Torbay heard from Ofsted last week.\n\nBoth councils were rated good.\n\nHalton is pleased. Torbay too."
    found = claims_of(text, title="Halton and Torbay hear from Ofsted")
    assert {(c.council, c.value) for c in found if c.unit == "judgement"} == {("Halton", "good"), ("Torbay", "good")}


# --- wider areas ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Its agency rate was 24%, above the national average of 17%.", [("Halton", 24), ("England", 17)]),
        ("Its agency rate was 24%, compared with 17% nationally.", [("Halton", 24), ("England", 17)]),
        ("Its agency rate was 24%, against England's 17%.", [("Halton", 24), ("England", 17)]),
        ("Its agency rate was 24%. The figure for England was 17%.", [("Halton", 24), ("England", 17)]),
        ("Its agency rate was 24%, against 15% across the North West.", [("Halton", 24), ("North West", 15)]),
        (
            "Its agency rate was 24%, against a regional average of 15% in the North West and 17% in England.",
            [("Halton", 24), ("North West", 15), ("England", 17)],
        ),
        ("Nationally, the agency rate was 17%. In Halton it was 24%.", [("England", 17), ("Halton", 24)]),
        ("Halton, in the North West, had an agency rate of 24%.", [("Halton", 24)]),
        ("Halton has the highest agency rate in England: 24%.", [("Halton", 24)]),
        ("Across England the average caseload was 16. In Halton it was 22.", [("England", 16), ("Halton", 22)]),
    ],
)
def test_wider_areas_have_figures_of_their_own(text, expected):
    assert told_of(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "In Greater Manchester the agency rate was 19%.",
        "Across Merseyside, vacancies stood at 14%.",
        "In Wales the vacancy rate was 11%.",
        "Scotland had an agency rate of 4%.",
    ],
)
def test_an_area_that_is_neither_council_nor_region_has_no_figure(text):
    assert told_of(text) == []


def test_a_county_as_a_mere_location_has_no_figure():
    assert told_of("Halton, in Cheshire, had an agency rate of 24%.") == [("Halton", 24)]
    assert told_of("Speaking in Kent, the director said that Halton's agency rate was 24%.") == [("Halton", 24)]


def test_an_article_on_no_council_is_on_england():
    text = "Across England, agency staff made up 17% of social workers. The vacancy rate was 19%."
    assert told_of(text, title="Agency staff still many in children's services") == [("England", 17), ("England", 19)]


def test_without_any_place_there_is_no_claim():
    assert told_of("The agency rate was 17%.", title="Agency staff are many") == []


# --- the gazetteer -------------------------------------------------------------------------------------------------


def test_the_article_s_own_place_is_the_council_most_and_first_named():
    text = "Halton short of staff\n\nHalton hired many.\n\nTorbay did too."
    blocks = [("title", 0, 21), ("paragraph", 23, 41), ("paragraph", 43, len(text))]
    known = places.gazetteer(text, blocks, None)
    assert known.own.name == "Halton"
    assert [m.place.name for m in known.within(0, len(text)) if m.place] == ["Halton", "Halton", "Torbay"]
    assert known.at(0).name == "Halton"
