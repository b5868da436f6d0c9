"""Judgements in news text: which words give a grade, of what, and which stands and which stood before.

Halton and Torbay are real councils; everything said of them here is invented.
"""

from __future__ import annotations

import pytest

from workforce_ratings.texts.claims import Claim, extract
from workforce_ratings.texts.judgements import OVERALL, PARTS, PREVIOUS
from workforce_ratings.texts.reading import parse

BAD, WEAK, GOOD, BEST = "inadequate", "requires improvement", "good", "outstanding"
LEADERS, HELP, IN_CARE, CARE_LEAVERS, OTHER = PARTS


def claims_of(text: str, date: str = "2022-05-10") -> list[Claim]:
    """The judgements of an article on Halton of that day with this text."""
    article = parse(f"---\ndate: {date}\n---\n\nHalton's children's services under strain\n\n{text}\n", "a.md")
    return [c for c in extract(article) if c.unit == "judgement"]


def grades_of(text: str) -> dict[str, str]:
    """The same as indicator and grade."""
    found = claims_of(text)
    assert len({c.indicator for c in found}) == len(found)
    return {c.indicator: c.value for c in found}


# --- words that give a grade ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("Ofsted rated Halton's children's services good.", GOOD),
        ("Halton council was judged inadequate by Ofsted.", BAD),
        ("Inspectors judged the council to be outstanding.", BEST),
        ("The council's children's services are ‘inadequate’, says Ofsted.", BAD),
        ("Ofsted has given the council its lowest rating.", BAD),
        ("The watchdog handed Halton a rating of Requires Improvement.", WEAK),
        ("Halton requires improvement to be good, Ofsted said.", WEAK),
        ("The council kept its good rating.", GOOD),
        ('Children\'s services in Halton have been graded "outstanding".', BEST),
        ("Ofsted deemed the authority to require improvement.", WEAK),
        ("Halton earned the top grade from inspectors.", BEST),
        ("The overall verdict was good.", GOOD),
        ("Inspectors labelled the service inadequate.", BAD),
        ("Halton remains inadequate.", BAD),
        ("The council, which is rated good by Ofsted, has a new director.", GOOD),
    ],
)
def test_a_grade_in_its_wordings(text, grade):
    assert grades_of(text) == {OVERALL: grade}


@pytest.mark.parametrize(
    "text",
    [
        # plain words
        "Good social workers are hard to find.",
        "Inspectors saw good work with children.",
        "Managers have an outstanding commitment to children.",
        "Every plan requires improvement, a manager said.",
        "It is good to see staff stay, the director said.",
        # wishes, aims, denials
        "The council wants to be rated good.",
        "Our aim is to become outstanding, the leader said.",
        "Halton hopes for a good rating next time.",
        "The council is on the road to good.",
        "Halton was not rated outstanding.",
        "The council could be judged inadequate, a councillor fears.",
        # groups
        "At inadequate councils, staff leave sooner.",
        "A good council should listen to its staff.",
        "Half of councils are rated good.",
        "Three unnamed councils were rated inadequate.",
        # the old scale
        "In 2012 Ofsted judged the council adequate.",
        "Safeguarding was found to be adequate.",
        # schools and homes
        "A primary school in Halton was rated inadequate by Ofsted.",
        "Ofsted judged the children's home good.",
        "The nursery was graded outstanding.",
    ],
)
def test_what_gives_no_grade(text):
    assert grades_of(text) == {}


def test_no_grade_is_given_on_the_old_scale_beside_the_new():
    assert grades_of("Ofsted rated the council good. In 2011 it had been adequate.") == {OVERALL: GOOD}


# --- parts of the service ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "part", "grade"),
    [
        ("Leadership was judged outstanding.", LEADERS, BEST),
        ("The impact of leaders was rated good.", LEADERS, GOOD),
        ("Help and protection was rated inadequate.", HELP, BAD),
        ("Services for children in care were judged good.", IN_CARE, GOOD),
        ("Support for care leavers was rated outstanding.", CARE_LEAVERS, BEST),
        ("Halton was found inadequate for leadership.", LEADERS, BAD),
        ("Adoption was graded outstanding.", OTHER, BEST),
    ],
)
def test_a_part_of_the_service_keeps_its_part(text, part, grade):
    assert grades_of(text) == {part: grade}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Halton was rated good overall, with leadership judged outstanding.", {OVERALL: GOOD, LEADERS: BEST}),
        (
            "Halton was rated inadequate. Services for care leavers were judged good.",
            {OVERALL: BAD, CARE_LEAVERS: GOOD},
        ),
        ("Leaders were judged good but help and protection was rated inadequate.", {LEADERS: GOOD, HELP: BAD}),
    ],
)
def test_parts_stand_beside_the_whole(text, expected):
    assert grades_of(text) == expected


# --- standing and previous -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "now", "before"),
    [
        ("Halton was rated good, up from inadequate in 2018.", GOOD, BAD),
        ("Halton moved from inadequate to good.", GOOD, BAD),
        ("The council has gone from good to requires improvement.", WEAK, GOOD),
        ("Halton is no longer rated inadequate. Ofsted has judged it good.", GOOD, BAD),
        ("Ofsted has rated the council good. It was previously rated inadequate.", GOOD, BAD),
        ("Halton was judged inadequate in 2018. It is now rated good.", GOOD, BAD),
        ("In 2018 Ofsted judged the council good. In March 2022 it judged the council inadequate.", BAD, GOOD),
        ("The council was downgraded from good to inadequate.", BAD, GOOD),
        ("No longer rated inadequate, Halton was judged good in March.", GOOD, BAD),
        ("Ofsted rated Halton good in March 2022, three years after it was judged inadequate.", GOOD, BAD),
        ("Halton, judged inadequate at its last inspection, has been rated requires improvement.", WEAK, BAD),
    ],
)
def test_the_standing_grade_and_the_one_before_it(text, now, before):
    assert grades_of(text) == {OVERALL: now, PREVIOUS: before}


@pytest.mark.parametrize(
    "text",
    [
        "Halton was rated inadequate for the second time.",
        "Halton requires improvement, the same grade as in 2018.",
        "Halton has once again been rated good.",
    ],
)
def test_the_same_grade_again_is_told_twice(text):
    found = grades_of(text)
    assert set(found) == {OVERALL, PREVIOUS}
    assert found[OVERALL] == found[PREVIOUS]


def test_one_old_grade_alone_is_the_standing_one():
    assert grades_of("Ofsted made a monitoring visit to Halton, which was judged inadequate in 2020.") == {OVERALL: BAD}


def test_a_grade_told_often_is_one_claim():
    text = "Ofsted rated Halton's services good. The good rating came in March.\n\nHalton is now rated good."
    assert grades_of(text) == {OVERALL: GOOD}


def test_a_grade_has_its_period_source_and_span():
    [claim] = claims_of("Ofsted judged Halton's children's services inadequate in November 2021.")
    assert (claim.period, str(claim.period_start), str(claim.period_end)) == (
        "November 2021",
        "2021-11-01",
        "2021-11-30",
    )
    assert (claim.source, claim.bound, claim.council_code) == ("ofsted", "=", "E06000006")


# --- whose grade ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Halton was rated good and Torbay inadequate.", {"Halton": GOOD, "Torbay": BAD}),
        (
            "Halton was judged good. Neighbouring Warrington is outstanding, according to Ofsted.",
            {"Halton": GOOD, "Warrington": BEST},
        ),
        ("Halton, Torbay and Kent were all rated good.", {"Halton": GOOD, "Torbay": GOOD, "Kent": GOOD}),
        (
            "While Torbay was rated outstanding, Halton requires improvement, Ofsted said.",
            {"Halton": WEAK, "Torbay": BEST},
        ),
    ],
)
def test_each_council_has_its_own_grade(text, expected):
    found = claims_of(text)
    assert {c.council: c.value for c in found} == expected
    assert len(found) == len(expected)
