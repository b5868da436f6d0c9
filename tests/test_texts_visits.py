"""The visit that an article reports: its kind by word or by the grade it gave, and the visits told as background.

Halton and Torbay are real councils; everything said of them here is invented.
"""

from __future__ import annotations

import pytest

from workforce_ratings.texts.claims import Claim, extract
from workforce_ratings.texts.reading import parse

EVENTS = ("inspection_type", "other_visit")


def claims_of(text: str, date: str = "2022-05-10") -> list[Claim]:
    """The visits of an article on Halton of that day with this text."""
    article = parse(f"---\ndate: {date}\n---\n\nHalton's children's services under strain\n\n{text}\n", "a.md")
    return [c for c in extract(article) if c.indicator in EVENTS]


def visits_of(text: str) -> list[tuple[str, str]]:
    """The same as indicator and kind."""
    return [(c.indicator, c.value) for c in claims_of(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Ofsted held a full inspection in March.",
        "Ofsted carried out a standard inspection of Halton's children's services.",
        "After a short inspection in March, Ofsted rated Halton good.",
        "After an inspection in March, Ofsted rated Halton's children's services good.",
        "Halton was rated inadequate following an inspection by Ofsted.",
        "On reinspection Ofsted judged Halton to be good.",
        "Inspectors visited in March. The inspection report rates Halton inadequate.",
    ],
)
def test_an_inspection_is_full_by_its_word_or_by_its_grade(text):
    assert visits_of(text) == [("inspection_type", "full")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Ofsted made a focused visit to Halton in March.", "focused_visit"),
        ("A focused visit looked at the front door.", "focused_visit"),
        ("Inspectors came for a focussed visit.", "focused_visit"),
        ("Ofsted made a monitoring visit to Halton.", "monitoring_visit"),
        ("The council's third monitoring visit was in March.", "monitoring_visit"),
        ("Inspectors have written after their latest monitoring visit.", "monitoring_visit"),
    ],
)
def test_a_visit_is_told_by_its_word(text, kind):
    assert visits_of(text) == [("inspection_type", kind)]


@pytest.mark.parametrize(
    "text",
    [
        "A joint targeted area inspection looked at Halton's services.",
        "Ofsted and three other inspectorates came to Halton for a JTAI.",
    ],
)
def test_a_joint_visit_is_no_inspection_of_the_council(text):
    assert visits_of(text) == [("other_visit", "joint_visit")]


@pytest.mark.parametrize(
    "text",
    [
        "Ofsted came to Halton in March and met its staff.",
        "An inspection is an ordeal for everyone.",
        "Inspectors visited Halton.",
        "A full inspection is due next year.",
        "The minister came to Halton on a visit.",
    ],
)
def test_a_visit_of_no_stated_kind_or_yet_to_come_is_no_event(text):
    assert visits_of(text) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "Ofsted made a focused visit in March. The previous full inspection, in 2018, found it good.",
            "focused_visit",
        ),
        ("A monitoring visit took place in April, two years after the last full inspection.", "monitoring_visit"),
        (
            "After a full inspection in March, Ofsted rated Halton good. A monitoring visit in 2020 saw progress.",
            "full",
        ),
        ("Ofsted made a monitoring visit in April. A full inspection is due next year.", "monitoring_visit"),
        ("Halton, rated inadequate after an inspection in 2020, has had a monitoring visit.", "monitoring_visit"),
    ],
)
def test_a_visit_told_as_background_is_not_the_event(text, kind):
    assert visits_of(text) == [("inspection_type", kind)]


def test_the_headline_outweighs_the_body():
    text = "Monitoring visit finds Halton improving\n\nInspectors saw progress.\n\nA focused visit was made long ago.\n"
    found = [c for c in extract(parse(text, "a.txt")) if c.indicator in EVENTS]
    assert [(c.council, c.value) for c in found] == [("Halton", "monitoring_visit")]


def test_an_event_has_its_period_and_span():
    [claim] = claims_of("Ofsted made a focused visit to Halton in March.")
    assert (claim.period, str(claim.period_start), str(claim.period_end)) == ("March", "2022-03-01", "2022-03-31")
    assert (claim.unit, claim.source, claim.council_code) == ("event", "ofsted", "E06000006")


def test_each_council_of_the_article_has_its_own_event():
    text = (
        "Halton and Torbay hear from Ofsted\n\nHalton had a focused visit in March.\n\n"
        "Torbay had a monitoring visit in April. Torbay is improving.\n\nHalton is not.\n"
    )
    found = {c.council: c.value for c in extract(parse(text, "a.txt")) if c.indicator in EVENTS}
    assert found == {"Halton": "focused_visit", "Torbay": "monitoring_visit"}


def test_a_neighbour_s_visit_is_not_the_article_s():
    text = "Ofsted made a focused visit to Halton in March. Its staff learn from Torbay, which had a monitoring visit."
    assert [(c.council, c.value) for c in claims_of(text)] == [("Halton", "focused_visit")]
