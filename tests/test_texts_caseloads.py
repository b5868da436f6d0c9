"""Caseloads: averages, the highest that one worker holds, ranges, and the numbers of cases that are no caseload.

Halton is a real council; everything said of it here is invented.
"""

from __future__ import annotations

import pytest

from workforce_ratings.texts.caseloads import AVERAGE, HIGHEST
from workforce_ratings.texts.claims import Claim, extract
from workforce_ratings.texts.reading import parse


def claims_of(text: str) -> list[Claim]:
    """The caseloads of an article on Halton with this text, in its order."""
    article = parse(f"Halton's children's services under strain\n\n{text}\n", "a.txt")
    return [c for c in extract(article) if c.indicator in (AVERAGE, HIGHEST)]


def loads_of(text: str) -> list[tuple[str, float, str]]:
    """The same as indicator, value and bound."""
    return [(c.indicator, c.value, c.bound) for c in claims_of(text)]


# --- averages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The average caseload was 19.", 19),
        ("Caseloads average 17.5.", 17.5),
        ("On average, social workers hold 21 cases.", 21),
        ("Social workers had 22 cases each.", 22),
        ("Social workers are responsible for 23 children on average.", 23),
        ("Its social workers carry an average of 16.4 cases.", 16.4),
        ("Caseloads stood at 18 per social worker.", 18),
        ("The mean caseload is 20.1.", 20.1),
        ("There were 24 children for each social worker.", 24),
        ("A typical social worker has 19 children to look after.", 19),
        ("Workers had twenty-two cases apiece.", 22),
        ("Staff held 15 cases a head.", 15),
        ("The average number of cases per worker was 17.", 17),
        ("Caseloads have come down to 14.", 14),
        ("Average caseloads (16.6) were low.", 16.6),
    ],
)
def test_an_average_caseload_in_its_wordings(text, value):
    assert loads_of(text) == [(AVERAGE, value, "=")]


@pytest.mark.parametrize(
    ("text", "value", "bound"),
    [
        ("The average caseload is more than 20.", 20, ">"),
        ("The average caseload is about 20.", 20, "~"),
        ("The average caseload is under 20.", 20, "<"),
        ("The average caseload is nearly 20.", 20, "~"),
        ("The average caseload is in the mid-20s.", 25, "~"),
    ],
)
def test_an_average_keeps_the_bound_of_its_words(text, value, bound):
    assert loads_of(text) == [(AVERAGE, value, bound)]


@pytest.mark.parametrize(
    "words", ["of 18-22 cases", "of 18 to 22 cases", "of between 18 and 22 cases", "of 18–22 cases"]
)
def test_a_range_keeps_both_its_ends(words):
    [claim] = claims_of(f"Social workers now have average caseloads {words}.")
    assert (claim.indicator, claim.value, claim.value_other) == (AVERAGE, 18, 22)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Average caseloads fell from 21.9 to 14.6.", [21.9, 14.6]),
        ("The average caseload was 24 in 2019 and 17 in 2021.", [24, 17]),
        ("Caseloads were 22 on average. They are now 16.", [22, 16]),
        ("The average caseload was 19. A year earlier the figure was 23.", [19, 23]),
        ("Experienced workers had 20 cases on average and new ones 12.", [20, 12]),
    ],
)
def test_averages_that_go_on_from_each_other(text, values):
    assert loads_of(text) == [(AVERAGE, value, "=") for value in values]


# --- the highest ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "bound"),
    [
        ("Some social workers had more than 50 cases.", 50, ">"),
        ("One social worker was responsible for 42 children.", 42, "="),
        ("Caseloads were as high as 38.", 38, "="),
        ("The highest caseload was 45.", 45, "="),
        ("Some workers hold up to 36 cases.", 36, "<"),
        ("Inspectors met a social worker with 40 cases.", 40, "="),
        ("A few workers were juggling over 30 cases.", 30, ">"),
        ("In the worst case a newly qualified worker had 31 children.", 31, "="),
        ("Individual caseloads peaked at 44.", 44, "="),
        ("Several practitioners held at least 35 cases.", 35, ">"),
    ],
)
def test_the_highest_caseload_in_its_wordings(text, value, bound):
    assert loads_of(text) == [(HIGHEST, value, bound)]


def test_of_several_high_caseloads_only_the_highest_is_told():
    assert loads_of("Some social workers had 30 cases. One had 41.") == [(HIGHEST, 41, "=")]


def test_the_highest_of_a_range_is_its_upper_end():
    [claim] = claims_of("Some social workers had 25 to 30 cases.")
    assert (claim.indicator, claim.value, claim.value_other, claim.bound) == (HIGHEST, 30, 25, "=")


@pytest.mark.parametrize(
    "text",
    [
        "The average caseload was 19, but one social worker had 34 cases.",
        "Social workers hold 19 cases on average, with one worker at 34.",
        "The average caseload is 19. The highest is 34.",
    ],
)
def test_average_and_highest_side_by_side(text):
    assert loads_of(text) == [(AVERAGE, 19, "="), (HIGHEST, 34, "=")]


# --- numbers that are no caseload ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        # totals
        "The service has 2,000 open cases.",
        "There are 412 children in care.",
        "Inspectors looked at 60 cases.",
        "Some 25 cases had no social worker.",
        "The council reviewed 40 children's cases.",
        # shares under or over a threshold
        "Some 93% of social workers had caseloads below 26.",
        "A third of workers held more than 20 cases.",
        "Only one in five social workers has more than 18 cases.",
        # changes
        "Caseloads fell by 6 last year.",
        "Social workers have eight fewer cases than in spring.",
        # targets and norms
        "The council wants caseloads of 15.",
        "Its target is an average caseload of 16.",
        "No worker should have more than 20 cases.",
        "The promise is a maximum of 18 cases for each worker.",
        "The council plans to cut caseloads to 14.",
        "The recommended caseload is 16.",
        # other numbers
        "Social workers waited 30 days on average.",
        "The average age of its social workers is 44.",
        "The team has 25 social workers.",
        "Caseloads were high at 12 councils.",
        "Caseloads have been high for 18 months.",
        "Some children had had 7 social workers.",
        # other services
        "Probation officers had caseloads of 50.",
        "Health visitors hold 40 cases each.",
    ],
)
def test_what_is_no_caseload(text):
    assert loads_of(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Caseloads average 22, against a target of 16.", [(AVERAGE, 22, "=")]),
        ("The average caseload was 19 and 24% of staff were from agencies.", [(AVERAGE, 19, "=")]),
        ("The average caseload was 19; 93% of workers had fewer than 26 cases.", [(AVERAGE, 19, "=")]),
    ],
)
def test_a_caseload_beside_another_number_is_still_read(text, expected):
    assert loads_of(text) == expected


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("In the assessment teams, the average caseload was 26.", "the assessment teams"),
        ("Newly qualified social workers held 18 cases on average.", "Newly qualified social workers"),
        ("The average caseload was 26.", None),
    ],
)
def test_the_caseload_of_one_part_of_the_service_keeps_its_scope(text, scope):
    [claim] = claims_of(text)
    assert claim.scope == scope
    assert claim.unit == "cases per social worker"
