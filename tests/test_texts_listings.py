"""Tables that a page has flattened: rows of one shape, columns named by the heading, and what is no table."""

from datetime import date

import pytest

from workforce_ratings.texts import listings
from workforce_ratings.texts.places import gazetteer


def read(text: str) -> tuple[list[tuple[str, str, float | str]], list[str]]:
    """The cells of a text as (place, indicator, value), and the words that its listings take up."""
    blocks = [("paragraph", 0, len(text))]
    cells, spans = listings.read(gazetteer(text, blocks, date(2020, 5, 14)), blocks)
    return [(c.place.name, c.indicator, c.value) for c in cells], [text[a:b].strip() for a, b in spans]


def cells(text: str) -> list[tuple[str, str, float | str]]:
    return read(text)[0]


AGENCY = [("Wakefield", "agency_rate", 17.5), ("Barnsley", "agency_rate", 12), ("Devon", "agency_rate", 9.1)]


@pytest.mark.parametrize(
    "text",
    [
        "Agency rate by council: Wakefield 17.5% Barnsley 12% Devon 9.1%",
        "Agency rate by council: Wakefield: 17.5%, Barnsley: 12%, Devon: 9.1%",
        "Agency rate by council: Wakefield (17.5%) Barnsley (12%) Devon (9.1%)",
        "Agency workers\nWakefield 17.5%\nBarnsley 12%\nDevon 9.1%",
        "Share of agency staff\n1. Wakefield 17.5%\n2. Barnsley 12%\n3. Devon 9.1%",
        "Agency staff\n• Wakefield – 17.5%\n• Barnsley – 12%\n• Devon – 9.1%",
        "Agency\n• Wakefield 17.5%\n• Barnsley 12%\n• Devon 9.1%",
        "| Council | Agency |\n| Wakefield | 17.5 |\n| Barnsley | 12 |\n| Devon | 9.1 |",
    ],
)
def test_a_list_of_councils_with_one_figure_each(text):
    found, [taken] = read(text)
    assert found == AGENCY
    assert taken.startswith("Wakefield")
    assert "Devon" in taken


@pytest.mark.parametrize(
    ("heading", "indicator"),
    [
        ("Vacancy rates", "vacancy_rate"),
        ("Staff turnover", "turnover_rate"),
        ("Sickness absence", "absence_rate"),
        ("Average caseload per worker", "caseload_average"),
        ("Cases per social worker", "caseload_average"),
        ("Agency use, then vacancies", "vacancy_rate"),
    ],
)
def test_the_words_right_above_say_what_one_column_is(heading, indicator):
    assert cells(f"{heading}\nWakefield 17.5\nBarnsley 12") == [
        ("Wakefield", indicator, 17.5),
        ("Barnsley", indicator, 12),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Council | Agency rate | Vacancy rate\nWakefield | 17.5% | 22%\nBarnsley | 12% | 8.5%",
        "Council, agency rate, vacancy rate: Wakefield 17.5% 22% Barnsley 12% 8.5%",
    ],
)
def test_two_columns_of_percentages_take_the_two_rates_of_the_heading(text):
    assert cells(text) == [
        ("Wakefield", "agency_rate", 17.5),
        ("Wakefield", "vacancy_rate", 22),
        ("Barnsley", "agency_rate", 12),
        ("Barnsley", "vacancy_rate", 8.5),
    ]


def test_two_columns_of_one_rate_are_both_that_rate():
    found = cells("Agency rate in 2018 and 2019\nWakefield 17.5% 18%\nBarnsley 12% 14%")
    assert {indicator for _, indicator, _ in found} == {"agency_rate"}
    assert [value for *_, value in found] == [17.5, 18, 12, 14]


@pytest.mark.parametrize(
    "text",
    [
        "Vacancy rate and headcount\nWakefield 17.5% 1,200\nBarnsley 12% 300",
        "Headcount and vacancy rate\nWakefield 1,200 17.5%\nBarnsley 300 12%",
    ],
)
def test_a_column_of_something_else_is_left_alone(text):
    assert cells(text) == [("Wakefield", "vacancy_rate", 17.5), ("Barnsley", "vacancy_rate", 12)]


def test_a_rank_is_no_figure():
    found = cells("Council, rank, caseload\nWakefield 1 17.5\nBarnsley 2 21")
    assert found == [("Wakefield", "caseload_average", 17.5), ("Barnsley", "caseload_average", 21)]


# --- grades ----------------------------------------------------------------------------------------------------------


def test_a_grade_behind_the_figures_is_the_overall_judgement():
    text = "Council, caseload, rating\nWakefield: 17.5 Good\nBarnsley: 21 Requires improvement to be good\nDevon: 19 Inadequate"
    grades = [(place, value) for place, indicator, value in cells(text) if indicator == "overall_judgement"]
    assert grades == [("Wakefield", "good"), ("Barnsley", "requires improvement"), ("Devon", "inadequate")]
    assert ("Barnsley", "caseload_average", 21) in cells(text)


def test_grades_are_read_where_no_heading_names_the_figures():
    assert cells("Wakefield 12% Good Barnsley 14% Outstanding") == [
        ("Wakefield", "overall_judgement", "good"),
        ("Barnsley", "overall_judgement", "outstanding"),
    ]


def test_a_region_has_figures_but_no_grade():
    found = cells("Vacancy rates: the North West 17.5% Good England 12% Good")
    assert found == [("North West", "vacancy_rate", 17.5), ("England", "vacancy_rate", 12)]


# --- shapes ----------------------------------------------------------------------------------------------------------


def test_a_row_of_another_width_begins_another_list():
    text = "Vacancy rates\nWakefield 17.5% 30 Barnsley 12% 20\nDevon 9%\nLeeds 8%"
    found, taken = read(text)
    assert found == [
        ("Wakefield", "vacancy_rate", 17.5),
        ("Barnsley", "vacancy_rate", 12),
        ("Devon", "vacancy_rate", 9),
        ("Leeds", "vacancy_rate", 8),
    ]
    assert taken == ["Wakefield 17.5% 30 Barnsley 12% 20", "Devon 9%\nLeeds 8%"]


def test_a_row_of_another_width_alone_is_no_list():
    found = cells("Vacancy rates\nWakefield 17.5%\nBarnsley 12%\nDevon 9% 30")
    assert found == [("Wakefield", "vacancy_rate", 17.5), ("Barnsley", "vacancy_rate", 12)]


def test_a_sentence_behind_a_list_is_no_row_of_it():
    text = "Vacancy rate\nWakefield 17.5%\nBarnsley 12%\nIn Devon, the council had 9% of posts empty."
    found, [taken] = read(text)
    assert [place for place, *_ in found] == ["Wakefield", "Barnsley"]
    assert "Devon" not in taken


@pytest.mark.parametrize(
    "text",
    [
        "Agency rate: Wakefield 17.5%.",
        "In town: Wakefield 17.5% Barnsley 12%",
        "The agency rate in Wakefield is 20% and Barnsley has 12%.",
        "Agency rates in Wakefield and Barnsley",
        "Wakefield won 3-1 and Barnsley lost.",
        "",
    ],
)
def test_what_is_no_listing(text):
    assert read(text) == ([], [])


def test_a_listing_outside_the_blocks_is_not_read():
    text = "Agency rate\nWakefield 17.5%\nBarnsley 12%"
    known = gazetteer(text, [("paragraph", 0, len(text))], None)
    assert listings.read(known, [("paragraph", 0, len("Agency rate"))]) == ([], [])


def test_each_cell_spans_its_figure_or_grade_and_tells_its_step():
    text = "Agency rate\nWakefield 17.5% Good\nBarnsley 12% Inadequate\nDevon 9.25% Good"
    blocks = [("paragraph", 0, len(text))]
    found, _ = listings.read(gazetteer(text, blocks, None), blocks)
    assert [(text[c.start : c.end], c.step) for c in found] == [
        *[("17.5", 0.1), ("Good", None)],
        *[("12", 1.0), ("Inadequate", None)],
        *[("9.25", 0.01), ("Good", None)],
    ]
