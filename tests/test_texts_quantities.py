"""Numbers in news text: what each way of telling one is worth, how it is bounded, and which digits tell none."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workforce_ratings.texts.quantities import ABOUT, ABOVE, BELOW, EXACT, Quantity, bound_of, number, quantities

QUICK = settings(deadline=None, database=None, max_examples=100)


def only(text: str) -> Quantity:
    [found] = quantities(text)
    return found


def told(text: str) -> list[tuple[str, float]]:
    return [(text[q.start : q.end], q.value) for q in quantities(text)]


# --- one number ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("Of the posts, 20% were empty.", "20", 20),
        ("The rate was 17.5 per cent.", "17.5", 17.5),
        ("The rate was 30per cent last spring.", "30", 30),
        ("The rate was 30 percent by then.", "30", 30),
        ("The rate was 30 per-cent by then.", "30", 30),
        ("The rate was 8pc.", "8", 8),
        ("The rate was 8 pc in spring.", "8", 8),
        ("The rate was 8 p.c. in spring.", "8", 8),
        ("The rate was .5 per cent.", ".5", 0.5),
        ("Forty per cent of them left.", "Forty", 40),
        ("Twenty-five per cent of them left.", "Twenty-five", 25),
        ("Exactly 12.25 % of them left.", "12.25", 12.25),
    ],
)
def test_a_percentage_is_read_without_its_sign(text, words, value):
    found = only(text)
    assert text[found.start : found.end] == words
    assert (found.value, found.percent, found.bound, found.other) == (value, True, EXACT, None)


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("They wrote 1,234 letters.", "1,234", 1234),
        ("They spent 1,234.5 hours on it.", "1,234.5", 1234.5),
        ("Twenty-five workers went.", "Twenty-five", 25),
        ("In all twenty five workers went.", "twenty five", 25),
        ("Seventeen workers went.", "Seventeen", 17),
        ("A hundred workers went.", "hundred", 100),
        ("They hold 16.4 cases each.", "16.4", 16.4),
    ],
)
def test_a_count_is_read_as_told(text, words, value):
    found = only(text)
    assert text[found.start : found.end] == words
    assert (found.value, found.percent) == (value, False)


@pytest.mark.parametrize(
    ("text", "where_it_goes_on"), [("20% left", "left"), ("20 per cent left", "left"), ("30-odd workers", "workers")]
)
def test_a_text_goes_on_behind_the_sign(text, where_it_goes_on):
    assert text[only(text).after :].strip() == where_it_goes_on


@pytest.mark.parametrize(
    ("text", "value"), [("1,234.5", 1234.5), ("twenty-five", 25), ("Ninety  nine", 99), ("zero", 0), ("hundred", 100)]
)
def test_the_value_of_digits_and_of_number_words(text, value):
    assert number(text) == value


# --- shares in words -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("Half of the posts were empty.", "Half", 50),
        ("Half the posts were empty.", "Half", 50),
        ("A quarter of them left.", "A quarter", 25),
        ("One quarter of them left.", "One quarter", 25),
        ("Two-thirds of them left.", "Two-thirds", 66.7),
        ("Two thirds of them left.", "Two thirds", 66.7),
        ("Some of them, a third, left.", "a third", 33.3),
        ("Nine tenths of them left.", "Nine tenths", 90),
        ("One in four left.", "One in four", 25),
        ("Nine out of ten stayed.", "Nine out of ten", 90),
        ("Two of every five stayed.", "Two of every five", 40),
        ("Ten in every hundred left.", "Ten in every hundred", 10),
        ("In spring 1 in 6 posts was empty.", "1 in 6", 16.7),
        ("One social worker in five left.", "One social worker in five", 20),
        ("Four posts out of ten were empty.", "Four posts out of ten", 40),
    ],
)
def test_a_share_in_words_is_a_percentage(text, words, value):
    found = only(text)
    assert text[found.start : found.end] == words
    assert found.value == pytest.approx(value, abs=0.5)
    assert (found.percent, found.in_words) == (True, True)


@pytest.mark.parametrize(
    "text",
    [
        "It took half as many workers.",
        "It grew by half again.",
        "It was a third monitoring visit.",
        "It failed a third time.",
        "Three visits were made, the third of them at night.",
    ],
)
def test_a_rank_or_a_stretch_of_time_is_no_fraction(text):
    assert not any(q.percent for q in quantities(text))


@pytest.mark.parametrize("text", ["She met two of 150 people.", "Two of three went.", "One of the 12 went."])
def test_two_numbers_that_make_no_share_are_read_apart(text):
    assert [q.percent for q in quantities(text)] == [False, False]


@pytest.mark.parametrize("text", ["Five in ten years went.", "It lost 1 in 6 months.", "She had 5 in 3 weeks."])
def test_a_number_in_a_stretch_of_time_is_no_share(text):
    assert not any(q.percent for q in quantities(text))


# --- ranges, decades and moves ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words", "low", "high", "percent"),
    [
        ("They hold 18-22 cases.", "18-22", 18, 22, False),
        ("They hold 18 – 22 cases.", "18 – 22", 18, 22, False),
        ("They hold 18 to 22 cases.", "18 to 22", 18, 22, False),
        ("They hold between 15 and 18 cases.", "15 and 18", 15, 18, False),
        ("Two or three workers left.", "Two or three", 2, 3, False),
        ("It stood at 26 to 28 per cent.", "26 to 28", 26, 28, True),
        ("It stood at 26% to 28% then.", "26% to 28", 26, 28, True),
        ("They lost 3.5 to 4 hours a day.", "3.5 to 4", 3.5, 4, False),
    ],
)
def test_a_range_is_one_number_with_two_ends(text, words, low, high, percent):
    found = only(text)
    assert text[found.start : found.end] == words
    assert (found.value, found.other, found.bound, found.percent) == (low, high, ABOUT, percent)
    assert found.middle == (low + high) / 2


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("It went from 20 to 30 cases.", [20, 30]),
        ("It went from about 20 to 30 cases.", [20, 30]),
        ("It went from 20% to 30% of posts.", [20, 30]),
        ("She met three or two workers.", [3, 2]),
        ("He saw 15 and 18 cases.", [15, 18]),
        ("It fell 30 to 20 then.", [30, 20]),
    ],
)
def test_two_numbers_that_are_no_range(text, values):
    assert [q.value for q in quantities(text)] == values
    assert all(q.other is None for q in quantities(text))


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("Caseloads are in the mid-20s.", "mid-20s", 25),
        ("Caseloads are in the mid-teens.", "mid-teens", 15),
        ("Caseloads are in the low thirties.", "low thirties", 32),
        ("Caseloads are in the high 30s.", "high 30s", 38),
    ],
)
def test_a_decade_is_about_a_number(text, words, value):
    found = only(text)
    assert text[found.start : found.end] == words
    assert (found.value, found.bound, found.percent) == (value, ABOUT, False)


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("It fell from about 36 to just 33.5 per cent.", [True, True]),
        ("It fell from 20% to 15.", [True, True]),
        ("It fell from 20% to 15 in spring.", [True, True]),
        ("It went from 20% to 15 cases.", [True, False]),
        ("Agency staff as a percentage of all posts was 12.", [True]),
        ("Of 40 workers 20% left.", [False, True]),
    ],
)
def test_the_ends_of_a_move_are_in_one_unit(text, percent):
    assert [q.percent for q in quantities(text)] == percent


# --- bounds ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("It has 30 posts.", EXACT),
        ("It has over 30 posts.", ABOVE),
        ("It has more than 30 posts.", ABOVE),
        ("It has at least 30 posts.", ABOVE),
        ("It has no fewer than 30 posts.", ABOVE),
        ("It has ‘over’ 30 posts.", ABOVE),
        ("It has more than the 30 posts.", ABOVE),
        ("It has 30 or more posts.", ABOVE),
        ("It has 30 posts or more.", ABOVE),
        ("It has 30+ posts.", ABOVE),
        ("It has 30-plus posts.", ABOVE),
        ("It has almost 30 posts.", ABOUT),
        ("It has about 30 posts.", ABOUT),
        ("It has 30 or so posts.", ABOUT),
        ("It has 30-odd posts.", ABOUT),
        ("It has thirty-odd posts.", ABOUT),
        ("It has thirty-something posts.", ABOUT),
        ("It has up to 30 posts.", BELOW),
        ("It has fewer than 30 posts.", BELOW),
        ("It has under 30 posts.", BELOW),
        ("It has 30 posts or fewer.", BELOW),
        ("It has gone up to 30 posts.", EXACT),
        ("It has crept up to 30 posts.", EXACT),
        ("It fell from 30 posts.", EXACT),
    ],
)
def test_the_words_beside_a_number_bound_it(text, bound):
    found = only(text)
    assert (found.value, found.bound) == (30, bound)
    assert text[found.start : found.end] in ("30", "thirty")


@pytest.mark.parametrize(
    ("text", "value", "bound"),
    [("Under a third left.", 33, BELOW), ("More than half left.", 50, ABOVE), ("About one in four left.", 25, ABOUT)],
)
def test_a_share_in_words_is_bounded_too(text, value, bound):
    assert only(text).value == pytest.approx(value, abs=0.5)
    assert only(text).bound == bound


@pytest.mark.parametrize(("text", "bound"), [("It costs over £3m.", ABOVE), ("It costs £3m.", EXACT)])
def test_the_bound_of_any_words_of_a_text(text, bound):
    at = text.index("£")
    assert bound_of(text, 0, at, at + 3) == bound
    assert bound_of(text, at, at, at + 3) == EXACT


# --- no numbers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No numbers stand here.",
        "Tens of workers left.",
        "The report is of 3rd May.",
        "She left on the 21st.",
        "It opens at 9am.",
        "A place costs £20.",
        "The plan costs £2.5m.",
        "It sent out 20m leaflets.",
        "It sent out 2 million leaflets.",
        "It sent out 1.5 bn leaflets.",
        "It is a 12-week plan.",
        "It is a seven-year plan.",
        "A five-year-old was seen.",
        "A 15-year-old was seen.",
        "A girl, 15 years old, was seen.",
        "He lives at #7.",
        "It is of 2018/19.",
    ],
)
def test_dates_money_ages_and_ordinals_are_no_quantities(text):
    assert quantities(text) == []


# --- properties ------------------------------------------------------------------------------------------------------

BOUNDS = {
    "": EXACT,
    "over ": ABOVE,
    "at least ": ABOVE,
    "under ": BELOW,
    "up to ": BELOW,
    "almost ": ABOUT,
    "some ": ABOUT,
}
UNITS = ("%", " %", " per cent", "per cent", " percent", "pc")


@QUICK
@given(
    st.integers(0, 2).flatmap(
        lambda places: st.integers(0, 100 * 10**places).map(lambda n: f"{n / 10**places:.{places}f}")
    ),
    st.sampled_from(list(BOUNDS)),
    st.sampled_from(UNITS),
)
def test_any_percentage_in_a_sentence_is_read_back(digits, hedge, unit):
    text = f"At Eastmarsh, {hedge}{digits}{unit} of the posts stood empty in spring."
    found = only(text)
    assert text[found.start : found.end] == digits
    assert (found.value, found.bound, found.percent, found.other) == (float(digits), BOUNDS[hedge], True, None)


ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def in_words(n: int) -> str:
    if n < 20:
        return [*ONES, *TEENS][n - 1]
    return TENS[n // 10 - 2] + (f"-{ONES[n % 10 - 1]}" if n % 10 else "")


@pytest.mark.parametrize("n", range(1, 100))
def test_any_number_in_words_is_read_back(n):
    text = f"Last spring {in_words(n)} workers left Eastmarsh."
    assert told(text) == [(in_words(n), n)]


@QUICK
@given(st.integers(0, 200), st.integers(0, 200))
def test_a_range_needs_a_higher_end(low, high):
    found = quantities(f"They hold {low}-{high} cases each.")
    assert (found[0].value, found[0].other) == ((low, high) if low < high else (low, None))


PIECES = (
    "12",
    "7.5",
    " ",
    "%",
    " per cent",
    " to ",
    "-",
    "one",
    " in ",
    "four",
    "half",
    "over ",
    "from ",
    ",",
    ".",
    "\n",
    "£",
)


@QUICK
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=40))
def test_quantities_of_any_text_are_in_order_and_apart(text):
    found = quantities(text)
    assert all(0 <= q.start < q.end <= q.after <= len(text) for q in found)
    assert all(a.after <= b.start for a, b in pairwise(found))


def test_quantities_of_a_part_are_where_they_are_in_the_whole():
    text = "At first 20% left. Then 30% left. In the end 40% left."
    found = quantities(text, text.index("Then"), text.index("In the"))
    assert [(text[q.start : q.end], q.value) for q in found] == [("30", 30)]
