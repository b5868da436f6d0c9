"""Sentences with their numbers and times: the clause, the list and the move that a figure belongs to."""

from datetime import date

import pytest

from workforce_ratings.texts.passages import Sentence, passages
from workforce_ratings.texts.quantities import Quantity

PUBLISHED = date(2020, 5, 14)


def only(text: str) -> Sentence:
    [sentence] = passages(text, [("paragraph", 0, len(text))], PUBLISHED)
    return sentence


def figure(s: Sentence, words: str) -> Quantity:
    return next(q for q in s.quantities if s.text[q.start : q.end] == words)


def words(s: Sentence, figures) -> list[str] | None:
    return None if figures is None else [s.text[q.start : q.end] for q in figures]


# --- sentences of blocks ---------------------------------------------------------------------------------------------


def test_sentences_keep_their_block_and_its_kind():
    text = "A title\n\nOne came. Two left.\n\nThree stayed."
    blocks = [("title", 0, 7), ("paragraph", 9, 28), ("paragraph", 30, len(text))]
    found = list(passages(text, blocks, PUBLISHED))
    assert [(s.words, s.kind, s.block) for s in found] == [
        ("A title", "title", 0),
        ("One came.", "paragraph", 1),
        ("Two left.", "paragraph", 1),
        ("Three stayed.", "paragraph", 2),
    ]


def test_a_year_earlier_counts_from_the_sentence_before_in_the_same_block():
    text = "It was 20% in 2017. A year earlier it was 15%.\n\nA year earlier it was bad."
    first = text.index("\n")
    found = list(passages(text, [("paragraph", 0, first), ("paragraph", first + 2, len(text))], PUBLISHED))
    assert [s.periods[0].first.year for s in found] == [2017, 2016, 2019]


def test_what_stands_outside_the_blocks_is_no_sentence():
    text = "Home. News. It was 20%. Comments."
    found = passages(text, [("paragraph", text.index("It"), text.index(" Comm"))], PUBLISHED)
    assert [s.words for s in found] == ["It was 20%."]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("On 30 September 2019 it had 12 posts.", ["12"]),
        ("In 2018-19 it lost 12 workers.", ["12"]),
        ("Two years ago it had 12 posts.", ["12"]),
        ("It had 12 posts 18 months ago.", ["12"]),
        ("In the spring of 2018 it closed.", []),
    ],
)
def test_numbers_that_tell_a_time_are_no_figures(text, told):
    assert words(only(text), only(text).quantities) == told


def test_the_words_before_behind_and_between_are_in_lower_case():
    s = only("The Rate ROSE to 20% of Posts.")
    q = s.quantities[0]
    assert s.before(q.start) == "the rate rose to "
    assert s.behind(q.after) == " of posts."
    assert s.behind(q.after, 3) == " of"
    assert s.between(q.start, q.after) == "20%"
    assert s.between(q.after, q.start) == ""


# --- moves -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Caseloads fell from 25 to 18.", "25", "18"),
        ("The rate fell from 16.4% a year ago to just 15.1% now.", "16.4", "15.1"),
        ("The rate fell from 16.4 to 15.1 per cent.", "16.4", "15.1"),
        ("The rate fell from 20%, then to 15%.", "20", "15"),
        ("With 9 of 40 posts free, the rate fell from 20% to 15%.", "20", "15"),
    ],
)
def test_two_figures_of_one_move_are_found_from_either(text, first, last):
    s = only(text)
    assert words(s, s.move(figure(s, first))) == words(s, s.move(figure(s, last))) == [first, last]


@pytest.mark.parametrize(
    "text",
    [
        "It was 20%; to 30% of them it mattered.",
        "It was 20% and 30%.",
        "It was 20%.",
        "From 25 cases it went to 15% of them.",
    ],
)
def test_figures_that_are_no_move(text):
    s = only(text)
    assert all(s.move(q) is None for q in s.quantities)


# --- runs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "run"),
    [
        ("Rates were 20%, 30% and 40%.", ["20", "30", "40"]),
        ("Rates were 23.6% and then nearly 20.4%, and 12 left.", ["23.6", "20.4"]),
        ("Rates were 20% and about 30%, while 40% left.", ["20", "30"]),
        ("They held 12 and 15 cases.", ["12", "15"]),
        ("The rate fell from 20% to 15%.", ["20"]),
    ],
)
def test_the_figures_of_one_list_stand_in_one_run(text, run):
    s = only(text)
    assert all(words(s, s.run(figure(s, told))) == run for told in run)


# --- clauses ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told", "clause"),
    [
        ("A fifth left, while sickness stood at 5% of days.", "5", "sickness stood at 5% of days."),
        ("A fifth left, while sickness stood at 5% of days.", "A fifth", "A fifth left"),
        ("It lost 12; it hired 15.", "15", "it hired 15."),
        ("It lost 12 workers (or 3%) then.", "3", "or 3%"),
        ("It lost 12 workers – 3% of them – then.", "3", "3% of them"),
        ("It lost 12 but gained 15.", "12", "It lost 12"),
        ("It held 1,200 cases, they said.", "1,200", "It held 1,200 cases"),
        ("A well-run team held 12 cases.", "12", "A well-run team held 12 cases."),
    ],
)
def test_a_clause_ends_at_a_break_of_thought(text, told, clause):
    s = only(text)
    q = figure(s, told)
    assert text[slice(*s.clause(q.start, q.after))].strip() == clause


def test_the_clause_of_one_place_holds_it():
    text = "One came, two left, three stayed."
    assert text[slice(*only(text).clause(text.index("two")))] == "two left"
