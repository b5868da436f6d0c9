"""Each indicator beside rates and caseloads, read once from a sentence of its own; and what tells none of them."""

from datetime import date

import pytest

from workforce_ratings.texts import counts
from workforce_ratings.texts.passages import Sentence, passages
from workforce_ratings.texts.quantities import ABOUT, ABOVE, EXACT


def only(text: str) -> Sentence:
    [sentence] = passages(text, [("paragraph", 0, len(text))], date(2020, 5, 14))
    return sentence


def told(text: str, taken: set[int] | None = None) -> list[tuple[str, float]]:
    return [(c.indicator, c.value) for c in counts.read(only(text), taken or set())]


SENTENCES = [
    ("The council recruited 25 new social workers.", "staff_recruited", 25),
    ("Some 30 social workers had left.", "staff_left", 30),
    ("The teams hold 40 agency workers.", "agency_staff_count", 40),
    ("There were 35 vacant posts.", "vacant_posts", 35),
    ("There were 45 unallocated cases.", "unallocated_cases", 45),
    ("The team takes 300 contacts a week.", "referrals_per_week", 300),
    ("It made 82% of decisions within 24 hours.", "referral_timeliness", 82),
    ("A fifth of visits were late.", "late_visits", 20),
    ("Some had no supervision for 3 months.", "supervision_gap", 3),
    ("Half of her caseload has changed hands.", "caseload_changed_hands", 50),
    ("Some children had 9 different social workers.", "changes_of_social_worker", 9),
    ("There were concerns in 12% of cases.", "case_sample_concern", 12),
    ("The town had four directors in five years.", "leaders_changed", 4),
    ("It had a stable leadership team for 6 years.", "leadership_stability", 6),
    ("Now 85% of the workforce is permanent.", "permanent_rate", 85),
    ("By then 80% of staff had been there for over a year.", "staff_retained", 80),
    ("In all 1,200 working days were lost.", "days_lost", 1200),
    ("The council has 70 working days to write a plan.", "action_plan_days", 70),
    ("The council must review 200 cases.", "children_reviewed", 200),
    ("By then 60% of staff hold cases.", "case_holders_share", 60),
    ("The council employs 250 social workers.", "staff_count", 250),
    ("The council spent £2.5m on it.", "money", 2.5),
    ("It was the third monitoring visit.", "visits_until_now", 3),
]


@pytest.mark.parametrize(("text", "indicator", "value"), SENTENCES)
def test_each_indicator_is_read_once(text, indicator, value):
    assert told(text) == [(indicator, value)]


def test_every_indicator_has_its_sentence_here():
    assert sorted(indicator for _, indicator, _ in SENTENCES) == sorted(counts.UNITS)


@pytest.mark.parametrize(
    ("text", "indicator", "value"),
    [
        ("It has taken on a further 12 social workers.", "staff_recruited", 12),
        ("Last year 12 more social workers were recruited.", "staff_recruited", 12),
        ("The service lost 14 experienced social workers.", "staff_left", 14),
        ("In all 18 workers came from an agency.", "agency_staff_count", 18),
        ("Some 35 posts were vacant.", "vacant_posts", 35),
        ("There are 35 vacancies.", "vacant_posts", 35),
        ("Inspectors found 120 children with no social worker.", "unallocated_cases", 120),
        ("It got twenty-five referrals each week.", "referrals_per_week", 25),
        ("By spring 12% of visits were late.", "late_visits", 12),
        ("There were worries in a quarter of the cases.", "case_sample_concern", 25),
    ],
)
def test_an_indicator_is_told_in_several_ways(text, indicator, value):
    assert told(text) == [(indicator, value)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Decisions within one working day rose from 43% to 82%.",
            [("referral_timeliness", 43), ("referral_timeliness", 82)],
        ),
        (
            "Referrals went from 200 a week in spring to 260.",
            [("referrals_per_week", 200), ("referrals_per_week", 260)],
        ),
        ("It recruited 25 workers and lost 14 social workers.", [("staff_recruited", 25), ("staff_left", 14)]),
        ("There are 25 vacancies and 30 agency staff.", [("vacant_posts", 25), ("agency_staff_count", 30)]),
        ("It recruited 25 agency social workers.", [("staff_recruited", 25)]),
    ],
)
def test_a_sentence_tells_several_and_each_figure_once(text, expected):
    assert told(text) == expected


def test_a_figure_told_already_is_left_alone():
    text = "It recruited 25 workers and lost 14 social workers."
    assert told(text, {text.index("25")}) == [("staff_left", 14)]


@pytest.mark.parametrize(
    "text",
    [
        "The council wants to recruit 25 social workers.",
        "The council will have 25 vacancies by next year.",
        "The target is that 85% of the workforce is permanent.",
        "In spring 12 of visits were late.",
        "There were 45% unallocated cases.",
        "A ticket costs £20.",
        "It was the first monitoring visit.",
        "They hold 18 cases each.",
        "Agency staff made up 20% of posts.",
        "Nothing was said.",
    ],
)
def test_wishes_other_units_and_other_figures_tell_none(text):
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "value", "bound"),
    [
        ("It cost £300,000.", 0.3, EXACT),
        ("It cost £50k.", 0.05, EXACT),
        ("It cost £2.5 million.", 2.5, EXACT),
        ("It cost £1.2bn.", 1200, EXACT),
        ("It cost £1,500.", 0.0015, EXACT),
        ("It cost over £3m.", 3, ABOVE),
        ("It cost almost £3m.", 3, ABOUT),
    ],
)
def test_money_is_told_in_millions(text, value, bound):
    [found] = counts.read(only(text), set())
    assert (found.indicator, found.value, found.bound) == ("money", value, bound)


@pytest.mark.parametrize(
    ("text", "value", "bound", "words"),
    [
        ("There was no supervision for 8 weeks.", 2, EXACT, "8"),
        ("There was no supervision for 3 months.", 3, EXACT, "3"),
        ("There was no supervision for 1 year.", 12, EXACT, "1"),
        ("There was no supervision for over 3 months.", 3, ABOVE, "3"),
        ("There was no supervision for ‘months’ at a time.", 1, ABOVE, "months"),
        ("They told of “months” without any supervision.", 1, ABOVE, "months"),
    ],
)
def test_a_gap_in_supervision_is_told_in_months(text, value, bound, words):
    [found] = counts.read(only(text), set())
    assert (found.indicator, found.value, found.bound) == ("supervision_gap", value, bound)
    assert text[found.start : found.end] == words


@pytest.mark.parametrize(("ordinal", "number"), [("second", 2), ("fifth", 5), ("tenth", 10), ("twelfth", 12)])
def test_an_ordinal_counts_the_visits_until_now(ordinal, number):
    text = f"It is the {ordinal} Ofsted monitoring visit."
    [found] = counts.read(only(text), set())
    assert (found.indicator, found.value) == ("visits_until_now", number)
    assert text[found.start : found.end] == ordinal


@pytest.mark.parametrize(("text", "indicator", "value"), SENTENCES)
def test_a_figure_spans_its_own_digits_or_words(text, indicator, value):
    [found] = counts.read(only(text), set())
    words = text[found.start : found.end]
    assert words == words.strip()
    assert "%" not in words
    assert "£" not in words
