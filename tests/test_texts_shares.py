"""Shares of staff and posts: each of the four rates in many wordings, and the many percentages that are none of them.

Halton and Torbay are real councils; everything said of them here is invented.
"""

from __future__ import annotations

import pytest

from workforce_ratings.texts.claims import extract
from workforce_ratings.texts.reading import parse
from workforce_ratings.texts.shares import RATES

AGENCY, VACANCY, TURNOVER, ABSENCE = RATES


def rates_of(text: str) -> list[tuple[str, float, str]]:
    """The rates (indicator, value, bound) of an article on Halton with this text, in its order."""
    article = parse(f"Halton's children's services under strain\n\n{text}\n", "a.txt")
    return [(c.indicator, c.value, c.bound) for c in extract(article) if c.indicator in RATES]


def values_of(text: str) -> dict[str, list[float]]:
    """The values of each rate that the text tells."""
    found: dict[str, list[float]] = {}
    for indicator, value, _ in rates_of(text):
        found.setdefault(indicator, []).append(value)
    return found


# --- each rate -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The council's agency rate was 24%.", 24),
        ("Agency workers made up 24.5% of its social workers.", 24.5),
        ("Last autumn 31 per cent of its social workers came from agencies.", 31),
        ("Some 24pc of the workforce were locums.", 24),
        ("One in four social workers is from an agency.", 25),
        ("Three tenths of its social workers are agency staff.", 30),
        ("Temporary staff account for 19% of the workforce.", 19),
        ("Its reliance on agency staff, at 27%, worries inspectors.", 27),
        ("The share of posts covered by agency workers stood at 22%.", 22),
        ("Agency use: 18.4%.", 18.4),
        ("Interims hold 15% of its posts.", 15),
        ("Two in five of its social workers are not permanent.", 40),
        ("Agency staff (21%) were many.", 21),
        ("The proportion of social workers hired through agencies reached 26%.", 26),
    ],
)
def test_an_agency_rate_in_its_wordings(text, value):
    assert values_of(text) == {AGENCY: [value]}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The vacancy rate was 17%.", 17),
        ("More than a fifth of its posts are vacant.", 20),
        ("Inspectors said 22% of social work posts stood empty.", 22),
        ("Its vacancies fell to 12.5%.", 12.5),
        ("16% of the council's social work posts were unfilled.", 16),
        ("Of its 200 posts, 18% were vacant.", 18),
        ("Half its posts are vacant.", 50),
        ("Nobody was in post for a long time, and vacancies reached 29 per cent.", 29),
        ("A quarter of posts had no permanent worker.", 25),
    ],
)
def test_a_vacancy_rate_in_its_wordings(text, value):
    assert values_of(text) == {VACANCY: [value]}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Staff turnover was 23%.", 23),
        ("Turnover has come down to 11.2 per cent.", 11.2),
        ("In one year 18% of its social workers left.", 18),
        ("Nearly a fifth of social workers quit within twelve months.", 20),
        ("The council lost 14% of its social workers in a year.", 14),
        ("The turnover rate stood at 9%.", 9),
        ("Churn among its social workers reached 28%.", 28),
        ("21% of the workforce had resigned by the spring.", 21),
    ],
)
def test_a_turnover_rate_in_its_wordings(text, value):
    assert values_of(text) == {TURNOVER: [value]}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The sickness absence rate was 4%.", 4),
        ("Sickness stood at 5.5%.", 5.5),
        ("On any day 6% of its social workers were off sick.", 6),
        ("It lost 3.4% of working days to illness.", 3.4),
        ("Absence among social workers reached 7 per cent.", 7),
        ("3% of working time was lost to ill health.", 3),
    ],
)
def test_an_absence_rate_in_its_wordings(text, value):
    assert values_of(text) == {ABSENCE: [value]}


@pytest.mark.parametrize(
    ("words", "value", "bound"),
    [
        ("24%", 24, "="),
        ("more than 24%", 24, ">"),
        ("at least 24%", 24, ">"),
        ("under 24%", 24, "<"),
        ("up to 24%", 24, "<"),
        ("about 24%", 24, "~"),
        ("nearly a quarter", 25, "~"),
        ("24% or so", 24, "~"),
        ("24% or more", 24, ">"),
    ],
)
def test_a_rate_keeps_the_bound_of_its_words(words, value, bound):
    assert rates_of(f"Agency staff made up {words} of the workforce.") == [(AGENCY, value, bound)]


# --- several in one sentence ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Turnover is 15% and vacancies are 22%.", {TURNOVER: [15], VACANCY: [22]}),
        ("Its agency rate was 30%, while 12% of posts were vacant.", {AGENCY: [30], VACANCY: [12]}),
        (
            "Turnover, vacancy and agency rates were 14%, 18% and 27% respectively.",
            {TURNOVER: [14], VACANCY: [18], AGENCY: [27]},
        ),
        ("Agency and vacancy rates were both at 30%.", {AGENCY: [30], VACANCY: [30]}),
        ("The agency rate rose from 12% to 19%.", {AGENCY: [12, 19]}),
        ("The vacancy rate, 28% in 2019, was 21% in 2021.", {VACANCY: [28, 21]}),
        ("Sickness was 4%, turnover 16% and the vacancy rate 9%.", {ABSENCE: [4], TURNOVER: [16], VACANCY: [9]}),
        ("Just over half (51%) of its social workers were agency staff.", {AGENCY: [51]}),
    ],
)
def test_several_figures_of_a_sentence_go_to_their_own_rates(text, expected):
    assert values_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The agency rate was 30%. A year before, it was 22%.", {AGENCY: [30, 22]}),
        ("Turnover was 12% last year. The figure is now 19%.", {TURNOVER: [12, 19]}),
        ("The vacancy rate is a worry. It stands at 26%.", {VACANCY: [26]}),
        ("Its vacancy rate fell to 14%, from 20% the year before.", {VACANCY: [14, 20]}),
        ("Its agency rate was 30% in 2020 and 22% in 2021.", {AGENCY: [30, 22]}),
        ("Staff turnover is falling. In 2019, the rate was 21%; in 2020, 15%.", {TURNOVER: [21, 15]}),
    ],
)
def test_a_figure_without_its_term_goes_on_from_the_rate_before(text, expected):
    assert values_of(text) == expected


def test_a_range_is_one_figure_with_both_its_ends():
    article = parse("Halton's staff\n\nHalton's agency rate was 18% to 22% last year.\n", "a.txt")
    [claim] = [c for c in extract(article) if c.indicator == AGENCY]
    assert (claim.value, claim.value_other) == (18, 22)


# --- percentages that are no rate ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        # changes
        "Agency use fell by 12% last year.",
        "There was a 12% rise in the number of agency staff.",
        "The vacancy rate rose by five per cent.",
        "Vacancies are down 20% on last year.",
        "The number of leavers has grown by a third.",
        "It has 15% fewer agency staff than before.",
        # percentage points
        "The agency rate rose by 4 percentage points.",
        "The vacancy rate fell six points.",
        # targets, wishes, forecasts
        "The council wants to cut its agency rate to 15%.",
        "Its target is a vacancy rate of 10%.",
        "The council aims to bring turnover below 12%.",
        "The vacancy rate should be no more than 8%.",
        "The director hopes that agency staff will be 5% of the workforce.",
        "Agency use is expected to fall to 10% by next spring.",
        "If turnover reached 20%, the council would act.",
        # the other side of a rate
        "Some 78% of its social workers are permanent.",
        "88% of posts are filled.",
        "Three quarters of its social workers have stayed for over a year.",
        "The retention rate is 83%.",
    ],
)
def test_changes_targets_and_complements_are_no_rates(text):
    assert values_of(text) == {}


@pytest.mark.parametrize(
    "text",
    [
        # other services and trades
        "In adult social care 14% of posts were vacant.",
        "Turnover among its teachers was 16%.",
        "The local hospital had a vacancy rate of 11% for nurses.",
        "Across the council as a whole sickness was 5%.",
        # what people answered
        "In a survey, 62% of social workers said that agency staff came and went too often.",
        "Some 40% of those polled thought about leaving.",
        # children
        "20% of children in care were placed outside the borough.",
        "A third of children had changed social worker since the spring.",
        "Some 9% of care leavers were not in touch with the council.",
        "12% of pupils were absent from school.",
        # money
        "Agency staff took 30% of the budget.",
        "The agency bill was 12% of the council's spending.",
        "Agency workers cost 40% more than permanent ones.",
        # thresholds, and shares of some
        "In 11 of them the agency rate was above 40%.",
        "Of those who left, 54% went to other councils.",
        "Multi-agency meetings were held in 80% of cases.",
        "Assessments were done on time in 71% of cases.",
    ],
)
def test_shares_of_something_else_are_no_rates(text):
    assert values_of(text) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The agency rate was cut by a fifth and is now 21%.", {AGENCY: [21]}),
        ("The vacancy rate is 21%, against a target of 10%.", {VACANCY: [21]}),
        ("Its vacancy rate of 19% is three percentage points higher than in 2019.", {VACANCY: [19]}),
        ("Some 70% of staff are permanent and 30% are from agencies.", {AGENCY: [30]}),
        ("Agency staff make up 22% of the workforce and cost 40% more.", {AGENCY: [22]}),
        ("Turnover was 18%; the council wants it to be 12%.", {TURNOVER: [18]}),
        ("Sickness was 4%, and 20% of referrals were late.", {ABSENCE: [4]}),
    ],
)
def test_a_rate_beside_another_figure_is_still_read(text, expected):
    assert values_of(text) == expected


def test_a_survey_leaves_the_sentences_after_it_out_too():
    text = "A survey of staff was held in May. It found that 35% were about to leave. Another 20% had stress."
    assert values_of(text) == {}


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("In its assessment teams, 40% of social workers were from agencies.", "assessment teams"),
        ("Agency staff made up 24% of the workforce.", None),
    ],
)
def test_a_rate_of_one_part_of_the_service_keeps_its_scope(text, scope):
    [claim] = [c for c in extract(parse(f"Halton's staff\n\nHalton has problems. {text}\n", "a.txt")) if c.unit == "%"]
    assert (claim.scope is None) if scope is None else claim.scope.endswith(scope)
