"""What stands beside a figure: whose time it is, who is cited, which part of the service, and how finely it is told."""

from datetime import date

import pytest

from workforce_ratings.texts.citations import SOURCES, Setting, period_of, scope_of, source_of, step_of
from workforce_ratings.texts.passages import Sentence, passages

PUBLISHED = date(2020, 5, 14)


def only(text: str) -> Sentence:
    [sentence] = passages(text, [("paragraph", 0, len(text))], PUBLISHED)
    return sentence


def times(text: str) -> dict[str, str]:
    """The words of each figure's time, by the figure's."""
    s = only(text)
    told = {text[q.start : q.end]: period_of(s, q) for q in s.quantities}
    return {words: period.words if period else "" for words, period in told.items()}


# --- the time of a figure --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The rate fell from 28.7% to 21.8% from 2018 to 2020.", {"28.7": "2018", "21.8": "2020"}),
        ("The rate fell from 28.7% to 21.8% between 2018 and 2020.", {"28.7": "2018", "21.8": "2020"}),
        ("Between 2018 and 2020, the rate fell from 28.7% to 21.8%.", {"28.7": "2018", "21.8": "2020"}),
        ("From 2018 until the end of 2020 the rate went from 28.7% to 21.8%.", {"28.7": "2018", "21.8": "2020"}),
        ("The rate fell from 28.7% in 2018 to 21.8% in 2020.", {"28.7": "2018", "21.8": "2020"}),
        ("The rate was 28.7% in 2018 and 21.8% in 2020.", {"28.7": "2018", "21.8": "2020"}),
        ("It went from 28.7% to 21.8% in 2018 and 2020 respectively.", {"28.7": "2018", "21.8": "2020"}),
        (
            "Vacancies went from 30% to 20%, and turnover from 18% to 15%, from 2018 to 2020.",
            {"30": "2018", "20": "2020", "18": "2018", "15": "2020"},
        ),
        ("Caseloads fell from 25 to 18 from 2018 to 2020.", {"25": "2018", "18": "2020"}),
    ],
)
def test_two_figures_have_two_times(text, told):
    assert times(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The rate was 20% in 2019.", {"20": "2019"}),
        ("In 2019 the rate was 20%.", {"20": "2019"}),
        ("In 2018 a new board met, and the rate was 20% in 2019.", {"20": "2019"}),
        ("The rate is 20%, up from 15% a year earlier.", {"20": "", "15": "a year earlier"}),
        ("In 2019 the rate was 20%; the year 2020 was another matter.", {"20": "2019"}),
        ("In 2019 the rate was 20% of the many posts that the board had still wanted in 2018.", {"20": "2019"}),
        ("The rate is now 20%.", {"20": "now"}),
        ("The rate was 20%.", {"20": ""}),
    ],
)
def test_a_time_right_behind_a_figure_goes_before_one_ahead_of_it(text, told):
    assert times(text) == told


# --- who is cited ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Figures from the Department for Education show 20%.", "dfe"),
        ("Government statistics show 20%.", "dfe"),
        ("Ofsted said that DfE figures showed 20%.", "dfe"),
        ("Inspectors found 20%.", "ofsted"),
        ("The watchdog wrote of 20%.", "ofsted"),
        ("Inspectors and the council said it was 20%.", "ofsted"),
        ("The council said it was 20%.", "council"),
        ("Cllr Penn told a meeting of 20%.", "council"),
        ("A poll of the union put it at 20%.", "other"),
        ("It was 20%.", None),
    ],
)
def test_who_is_cited_in_a_sentence(text, source):
    assert source_of(only(text)) == source
    assert source is None or source in SOURCES


def settings_of(*blocks: str) -> list[tuple[str | None, str]]:
    """The source and the time that hold for each sentence of some blocks."""
    text = "\n\n".join(blocks)
    spans = [("paragraph", text.index(b), text.index(b) + len(b)) for b in blocks]
    held, out = Setting(), []
    for s in passages(text, spans, PUBLISHED):
        held = held.after(s)
        out.append((held.source, held.period.words if held.period else ""))
    return out


def test_a_source_holds_for_its_block():
    held = settings_of("Inspectors found high caseloads. They were 25.", "Agency use was 20%.")
    assert held == [("ofsted", ""), ("ofsted", ""), (None, "")]


def test_the_series_of_dfe_and_its_time_hold_for_two_blocks_more():
    held = settings_of("DfE figures for September 2019 are out.", "Agency use was 20%.", "It was bad.", "So it went.")
    assert held == [("dfe", "September 2019"), ("dfe", "September 2019"), ("dfe", "September 2019"), (None, "")]


def test_another_source_ends_what_was_held():
    held = settings_of("DfE figures for September 2019 are out.", "The council said 12%.", "It rose.")
    assert held == [("dfe", "September 2019"), ("council", ""), (None, "")]


def test_a_newer_time_of_the_series_takes_the_place_of_the_older():
    held = settings_of("DfE figures for September 2018 show 20%.", "In September 2019 it was 25%.", "It was bad.")
    assert [period for _, period in held] == ["September 2018", "September 2019", "September 2019"]


# --- which part of the service ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        ("The duty team held 25 cases each.", ["The duty team"]),
        ("In its assessment teams, 20% of posts were empty.", ["its assessment teams"]),
        ("In its assessment teams, morale was low, and 20% had gone.", ["its assessment teams"]),
        ("Overall 20% left, while in the duty team 30% did.", [None, "the duty team"]),
        ("The front\ndoor staff held 12 cases.", ["front door staff"]),
        ("The rate was 20%.", [None]),
        ("The duty team was busy, but 20% of posts overall were empty.", [None]),
    ],
)
def test_the_part_of_the_service_that_a_figure_is_of(text, scopes):
    s = only(text)
    assert [scope_of(s, q) for q in s.quantities] == scopes


# --- how finely a figure is told -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("It was 17.5%.", 0.1),
        ("It was 17.25%.", 0.01),
        ("It was 17%.", 1),
        ("It was 20%.", 1),
        ("They sent 1,200 letters.", 1),
        ("It was about 17.5%.", 0.1),
        ("It was about 17%.", 1),
        ("It was about 60%.", 6),
        ("It was about 80 cases.", 8),
        ("About 120 left.", 10),
        ("About 65 left.", 5),
        ("It was about 20 cases.", 2),
        ("Half left.", 5),
        ("About 4 left.", 0.4),
        ("None but one left.", 0.1),
        ("They hold 18-22 cases.", 1),
    ],
)
def test_the_step_in_which_a_figure_is_told(text, step):
    s = only(text)
    assert step_of(s, s.quantities[0]) == pytest.approx(step)


def test_figures_of_that_time_go_back_to_the_two_times_told_before():
    words = "Turnover fell from 16.5% in 2018 to 15.2% in 2020, while absence fell from 9.4% to 4.1% in that time."
    s = Sentence(words, 0, len(words), "paragraph", 0, None)
    times = {q.value: period_of(s, q).words for q in s.quantities}
    assert times == {16.5: "2018", 15.2: "2020", 9.4: "2018", 4.1: "2020"}
