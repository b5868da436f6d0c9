"""What each line of a page is, by its words and by where it stands."""

from __future__ import annotations

from datetime import date

import pytest

from workforce_ratings.texts.layout import DATE, day_of
from workforce_ratings.texts.reading import Article, parse

BODY = "Social workers at Eastmarsh hold too many cases, inspectors said after their visit."


def kinds(*lines: str) -> list[str]:
    return [block.kind for block in parse("\n\n".join(lines), "a.txt").blocks]


def kind_in_the_middle(line: str) -> str:
    """What a line between two paragraphs is; the second one stays the article's."""
    *_, kind, after = kinds("A title of some words", BODY, line, BODY)
    assert after == "paragraph"
    return kind


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("heading", "Too many changes"),
        ("heading", "‘It has to last’"),
        ("heading", "Latest figures"),
        ("heading", "Response to Ofsted"),
        ("heading", "Related risks for children"),
        ("heading", "Recommended caseloads"),
        ("paragraph", "• 33% of staff are from agencies"),
        ("paragraph", "In short:"),
        ("paragraph", "Join us, says the board, and 12 people did so at Eastmarsh council within a year of that."),
        ("paragraph", "Promoted staff left within a year, pushing turnover to 20%."),
        ("caption", "Photo: Jo Penn"),
        ("caption", "PICTURE: Marsh Times"),
        ("caption", "The town hall (stock image)"),
        ("caption", "Image of a stack of files (credit Jo Penn / Adobe Stock)"),
        ("caption", "A county councillor. Credit: library"),
        ("caption", "Eastmarsh was rated inadequate last year. Picture: Eastmarsh Council"),
        ("caption", "![the town hall](hall.jpg)"),
        ("caption", "Image caption The town hall of Eastmarsh"),
        ("share", "Share on Facebook"),
        ("share", "Share this: Twitter | Email | Print"),
        ("share", "Connecting to LinkedIn..."),
        ("cookies", "Cookie Consent by Widget Website"),
        ("cookies", "This site uses cookies to give you the best of it. Accept all cookies"),
        ("navigation", "Home > News > Local"),
        ("navigation", "Marsh Times Logo"),
        ("navigation", "2 mins read Social Care"),
        ("navigation", "© 2021 Marsh Times. All rights reserved."),
        ("navigation", ", ,"),
        ("more_from", "Read more: Westmarsh rated inadequate as half of its staff leave"),
        ("more_from", "READ MORE: Leader says sorry"),
        ("more_from", "You might want to watch:"),
        ("promotion", "Got a story about Eastmarsh? Send us an email"),
        ("promotion", "Sign up to our daily newsletter"),
        ("promotion", "Newsletter"),
        ("promotion", "Advertisement"),
        (
            "promotion",
            "This year’s Marsh Live has over 30 sessions on caseloads, supervision and much else, in three halls of the"
            " old market. You can also sign up for any of our eight workshops on the law of adoption.",
        ),
    ],
)
def test_a_line_in_the_middle(kind, line):
    assert kind_in_the_middle(line) == kind


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("more_from", "More from Marsh Times"),
        ("more_from", "Most read"),
        ("more_from", "More like this"),
        ("more_from", "Related articles"),
        ("more_from", "You may also like"),
        ("promotion", "Support this paper"),
        ("promotion", "Register Now to Read On"),
        ("promotion", "Job of the week"),
    ],
)
def test_an_end_goes_on_to_the_end(kind, label):
    assert kinds("A title of some words", BODY, label, BODY, "Westmarsh") == ["title", "paragraph", kind, kind, kind]


@pytest.mark.parametrize(
    "label",
    [
        "2 Responses to A title of some words",
        "Comments (2)",
        "No comments yet",
        "Leave a reply",
        "Comments are closed.",
        "Have your say",
        "Join the conversation",
    ],
)
def test_what_follows_a_heading_of_comments_is_theirs(label):
    assert kinds("A title of some words", BODY, label, BODY)[2:] == ["comments", "comment"]


def test_comments_begin_without_a_heading():
    assert kinds("A title of some words", BODY, "1. Ann May 2, 2019 at 8:51 pm #", BODY)[2:] == ["comment"] * 2


def test_a_newsletter_speaks_to_its_reader_until_the_article_goes_on():
    box = ["Sign up to our newsletter", "We send you the news of Eastmarsh every day, and it is free."]
    assert kinds("A title of some words", BODY, *box, BODY)[2:] == ["promotion", "promotion", "paragraph"]


def test_no_end_begins_before_the_article():
    assert kinds("Most read", "3 Comments", "A title of some words", BODY) == [
        "more_from",
        "comments",
        "title",
        "paragraph",
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((BODY, "Part one", BODY), ["paragraph", "heading", "paragraph"]),
        (("News", "A title", BODY), ["navigation", "title", "paragraph"]),
        (
            (
                "Town News - Eastmarsh",
                "Posted on 18/09/2018 by",
                "A title of a story",
                "A longer line that sums the story up",
                BODY,
            ),
            ["heading", "dateline", "title", "standfirst", "paragraph"],
        ),
        (
            ("A title", "By Jo Penn", "The story told in one line of words", BODY),
            ["title", "byline", "standfirst", "paragraph"],
        ),
        (
            ("A title", "The middle of Eastmarsh\nPhoto: Eastmarsh Council", BODY),
            ["title", "caption", "caption", "paragraph"],
        ),
        (("A title", BODY, "A last line cut o"), ["title", "paragraph", "paragraph"]),
    ],
)
def test_the_head_of_a_page(lines, expected):
    assert kinds(*lines) == expected


def test_a_long_cookie_notice_is_no_paragraph():
    notice = (
        "We and our partners store information on your device, such as cookies, and use it for the purposes that " * 2
    )
    assert kinds(f"{notice}are listed.", "A title of some words", BODY) == ["cookies", "title", "paragraph"]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("18/09/2018", date(2018, 9, 18)),
        ("03/04/2018", date(2018, 4, 3)),
        ("1 Jan. 2020", date(2020, 1, 1)),
        ("3rd of May, 2019", date(2019, 5, 3)),
        ("MARCH 2ND, 2019", date(2019, 3, 2)),
        ("2019-07-15T23:30:00Z", date(2019, 7, 15)),
        ("31 February 2020", None),
        ("9/18/2018", None),
    ],
)
def test_dates_are_day_first(written, day):
    assert day_of(DATE.search(written)) == day


@pytest.mark.parametrize("words", ["2019-20", "18/19", "1.5.2", "12/13/14/15", "May 2019", "in 2018"])
def test_what_is_no_date(words):
    assert not DATE.search(words)


def test_an_article_without_lines():
    assert parse("", "a.txt") == Article("a.txt", "", ())
