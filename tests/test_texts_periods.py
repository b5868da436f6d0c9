"""Times told in words: which days they stand for, counted from the article's own date or the time told before."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workforce_ratings.texts.periods import periods

# A Thursday.
PUBLISHED = date(2020, 5, 14)


def days(text: str, published: date | None = PUBLISHED, anchor: date | None = None) -> list[tuple[str, str]]:
    """The first and last day of every period, in ISO form; “” where unknown."""
    found = periods(text, 0, len(text), published, anchor)
    return [(str(p.first or ""), str(p.last or "")) for p in found]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("in September", "2019-09-01", "2019-09-30"),
        ("in March", "2020-03-01", "2020-03-31"),
        ("in May", "2020-05-01", "2020-05-31"),
        ("in December", "2019-12-01", "2019-12-31"),
        ("by the end of June", "2019-06-01", "2019-06-30"),
        ("in mid-July", "2019-07-01", "2019-07-31"),
        ("in March last year", "2019-03-01", "2019-03-31"),
        ("early in March last year", "2019-03-01", "2019-03-31"),
        ("in September 2016", "2016-09-01", "2016-09-30"),
        ("in February of 2016", "2016-02-01", "2016-02-29"),
        ("in Sept 2016", "2016-09-01", "2016-09-30"),
    ],
)
def test_a_month_is_the_latest_that_the_article_allows_or_of_the_year_told(text, first, last):
    assert days(text) == [(first, last)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("on 30 September 2019", "2019-09-30"),
        ("on 30th September", "2019-09-30"),
        ("on September 30th", "2019-09-30"),
        ("on September 30, 2018", "2018-09-30"),
        ("on 5 May last year", "2019-05-05"),
        ("on 13 and 14 May 2019", "2019-05-13"),
        ("yesterday", "2020-05-13"),
    ],
)
def test_a_day_is_itself(text, day):
    assert days(text) == [(day, day)]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("in 2017", "2017-01-01", "2017-12-31"),
        ("this year", "2020-01-01", "2020-12-31"),
        ("last year", "2019-01-01", "2019-12-31"),
        ("the previous year", "2019-01-01", "2019-12-31"),
        ("a year ago", "2019-01-01", "2019-12-31"),
        ("three years ago", "2017-01-01", "2017-12-31"),
        ("ten years ago", "2010-01-01", "2010-12-31"),
        ("last month", "2020-04-01", "2020-04-30"),
        ("six months ago", "2019-11-01", "2019-11-30"),
        ("18 months ago", "2018-11-01", "2018-11-30"),
        ("eighteen months ago", "2018-11-01", "2018-11-30"),
        ("this week", "2020-05-11", "2020-05-17"),
        ("last week", "2020-05-04", "2020-05-10"),
        ("two weeks ago", "2020-04-27", "2020-05-03"),
    ],
)
def test_years_months_and_weeks_count_back_from_the_article(text, first, last):
    assert days(text) == [(first, last)]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("in 2018-19", "2018-04-01", "2019-03-31"),
        ("in 2018/19", "2018-04-01", "2019-03-31"),
        ("in 2018–2019", "2018-04-01", "2019-03-31"),
        ("in 1999-2000", "1999-04-01", "2000-03-31"),
    ],
)
def test_a_year_with_two_numbers_runs_from_april_to_march(text, first, last):
    assert days(text) == [(first, last)]


def test_a_longer_stretch_of_years_is_told_but_its_days_are_not():
    assert days("in 2015-2018") == [("", "")]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("in autumn 2019", "2019-09-01", "2019-11-30"),
        ("in the spring of 2018", "2018-03-01", "2018-05-31"),
        ("in winter 2018", "2018-12-01", "2019-02-28"),
        ("last autumn", "2019-09-01", "2019-11-30"),
        ("last spring", "2019-03-01", "2019-05-31"),
        ("this spring", "2020-03-01", "2020-05-31"),
        ("last winter", "2019-12-01", "2020-02-29"),
        ("over the summer", "2019-06-01", "2019-08-31"),
    ],
)
def test_a_season_is_three_months(text, first, last):
    assert days(text) == [(first, last)]


@pytest.mark.parametrize("words", ["now", "currently", "at present", "today", "so far", "these days"])
def test_now_is_the_day_of_the_article(words):
    assert days(f"It is 20% {words}.") == [("2020-05-14", "2020-05-14")]


# --- counted from the time told before -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("In 2018 it was 20% and a year earlier 15%.", "2017"),
        ("In March 2018 it was 20% and two years earlier 15%.", "2016"),
        ("In 2018-19 it was 20% and a year before 15%.", "2018"),
        ("In 2018 it was 20% and the previous year 15%.", "2017"),
        ("In 2018 it was 20% and a year ago 15%.", "2019"),
        ("In 2018 it was 20% and last year 15%.", "2019"),
    ],
)
def test_earlier_counts_from_the_time_told_and_ago_from_the_article(text, year):
    assert days(text)[1] == (f"{year}-01-01", f"{year}-12-31")


def test_earlier_counts_from_the_time_told_before_the_passage():
    assert days("A year earlier it was 15%.", anchor=date(2016, 9, 30)) == [("2015-01-01", "2015-12-31")]


def test_earlier_counts_from_the_article_where_nothing_was_told_before():
    assert days("A year earlier it was 15%.") == [("2019-01-01", "2019-12-31")]


# --- none, or unknown ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "They may leave.",
        "May they stay.",
        "March on, they said.",
        "Staff march on.",
        "Two years of work and a month of rest.",
        "In 1850 there was a workhouse.",
        "He wrote 20019 words.",
    ],
)
def test_what_tells_no_time(text):
    assert days(text) == []


@pytest.mark.parametrize("text", ["last May", "in May and June", "since May", "by March", "In March,", "until May"])
def test_may_and_march_are_months_behind_a_word_of_time(text):
    assert len(days(text)) == 1


@pytest.mark.parametrize(
    "text", ["in March", "last year", "two months ago", "30 September", "last autumn", "now", "this week"]
)
def test_a_time_is_unknown_without_the_day_of_the_article(text):
    assert days(text, published=None) == [("", "")]


@pytest.mark.parametrize("text", ["in March 2019", "in 2018", "in 2018-19", "30 September 2019", "in autumn 2019"])
def test_a_time_that_says_its_year_needs_no_day_of_the_article(text):
    assert days(text, published=None) == days(text)


@pytest.mark.parametrize("text", ["on 31 April 2019", "on 29 February 2019", "on 0 May 2019", "on 45 May"])
def test_a_day_that_never_was_is_unknown(text):
    assert days(text) == [("", "")]


# --- spans and order -------------------------------------------------------------------------------------------------


def test_periods_are_told_in_order_with_their_words():
    text = "In September 2019 it was 20%, a year\nearlier 15%, and now 12%."
    found = periods(text, 0, len(text), PUBLISHED)
    assert [p.words for p in found] == ["September 2019", "a year earlier", "now"]
    assert [" ".join(text[p.start : p.end].split()) for p in found] == [p.words for p in found]
    assert found[1].order < found[0].order < found[2].order


def test_only_the_periods_of_a_part_are_told():
    text = "It was 20% in 2018. It was 15% in 2019. It is 12% in 2020."
    [found] = periods(text, text.index("It was 15"), text.index("It is"), PUBLISHED)
    assert found.words == "2019"
    assert text[found.start : found.end] == "2019"


@settings(deadline=None, database=None, max_examples=100)
@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.dates(date(2000, 1, 1), date(2030, 12, 31)))
def test_any_day_is_read_back_and_a_month_is_never_after_the_article(day, published):
    told = f"The report of {day.day} {day:%B} {day.year} said so."
    assert days(told, published) == [(day.isoformat(), day.isoformat())]
    [(first, last)] = days(f"The report of {day:%B} said so.", published)
    assert first <= published.isoformat()
    assert date.fromisoformat(last).month == day.month
    assert (published - date.fromisoformat(first)).days < 366


@settings(deadline=None, database=None, max_examples=100)
@given(st.text(max_size=60))
def test_any_text_tells_periods_in_order(text):
    found = periods(text, 0, len(text), PUBLISHED)
    assert [p.start for p in found] == sorted(p.start for p in found)
