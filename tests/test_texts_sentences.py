"""Where sentences end, and which stops and line ends end none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workforce_ratings.texts.sentences import sentences


def split(text: str) -> list[str]:
    return [text[a:b] for a, b in sentences(text)]


@pytest.mark.parametrize(
    "parts",
    [
        ["Staff left.", "Others came."],
        ["Why?", "Because!", "Well…", "Yes."],
        ["The rate was 17.5 per cent.", "It rose."],
        ["It rose to 3.5.", "The rest is silence."],
        ["It rose to 5.", "20 left."],
        ["It cost £2.", "£3 was spent."],
        ["“It is hard.”", "She left."],
        ["“It is hard.", "We try.”", "She left."],
        ["He asked ‘Why?’", "They knew."],
        ["It is so.”", "“It is.”", "He left."],
        ["It fell (by 3.)", "Then it rose."],
        ["See pp. 5-6.", "Then go."],
    ],
)
def test_a_stop_before_a_capital_or_a_figure_ends_a_sentence(parts):
    assert split(" ".join(parts)) == parts
    assert split("\n".join(parts)) == parts


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Penn, Mrs. Low and Dr. Marsh left.",
        "Cllr. Penn said so.",
        "J. R. Marsh said so.",
        "Cllr. A. Penn said so.",
        "Prof. Low of St. Anne works there.",
        "No. 7 is empty, and so is fig. 2.",
        "Some staff, e.g. Poles and i.e. Danes, left.",
        "Approx. 20 left.",
        "It rose. it fell.",
        "The rate was 17.5 per cent of posts.",
        "It was high.Then it fell.",
    ],
)
def test_abbreviations_initials_and_decimals_end_no_sentence(text):
    assert split(text) == [text]


@pytest.mark.parametrize("bullet", ["•", "-", "–", "*"])
def test_every_bullet_is_a_sentence(bullet):
    assert split(f"Staff said:\n{bullet} caseloads are high\n{bullet} morale is low\n\nThe end") == [
        "Staff said:",
        f"{bullet} caseloads are high",
        f"{bullet} morale is low",
        "The end",
    ]


LONG_LINE = "The council said that the number of social workers who had left"


@pytest.mark.parametrize("rest", ["the town was 20.", "Eastmarsh was 20.", "20 posts empty was high."])
def test_a_long_line_only_wraps_at_the_margin(rest):
    assert split(f"{LONG_LINE}\n{rest}") == [f"{LONG_LINE}\n{rest}"]


@pytest.mark.parametrize("rest", ["• one thing", "\nEastmarsh was 20."])
def test_a_long_line_ends_before_a_bullet_or_an_empty_line(rest):
    assert len(split(f"{LONG_LINE}\n{rest}")) == 2


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("A heading\nThe text of it.", ["A heading", "The text of it."]),
        ("Eastmarsh 20%\nWestmarsh 15%", ["Eastmarsh 20%", "Westmarsh 15%"]),
        ("a short line\nthat goes on", ["a short line\nthat goes on"]),
    ],
)
def test_a_short_line_ends_before_no_small_letter(text, parts):
    assert split(text) == parts


@pytest.mark.parametrize("text", ["", " ", "\n\n", " \t\n "])
def test_blank_text_holds_no_sentence(text):
    assert sentences(text) == []


def test_sentences_of_a_part_are_where_they_are_in_the_whole():
    text = "One came. Two left. Three stayed."
    spans = sentences(text, text.index("Two"), text.index("Three"))
    assert [text[a:b] for a, b in spans] == ["Two left."]


PIECES = ("Staff left", "it rose", "Mr", "3.5", ". ", "? ", "” ", "“", "\n", "\n\n", "• ", " ", "J. ", "(", ") ")


@settings(deadline=None, database=None, max_examples=100)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join) | st.text(max_size=60))
def test_no_word_of_any_text_is_lost_or_told_twice(text):
    spans = sentences(text)
    assert [a for span in spans for a in span] == sorted({a for span in spans for a in span})
    assert "".join("".join(part.split()) for part in split(text)) == "".join(text.split())
    assert all(part == part.strip() for part in split(text))
