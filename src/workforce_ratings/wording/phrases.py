"""The building blocks of sentences: numbers in words, figures with their units, lists, and which side an interval is on."""

from __future__ import annotations

import pandas as pd

from workforce_ratings.vocabulary import MEASURES, minus_signs, one_decimal

# Words of cause and of doing well or badly that no generated sentence may hold; a test reads every one.
BARRED = (
    "causes",
    "caused",
    "because of",
    "due to",
    "leads to",
    "led to",
    "results in",
    "drives",
    "driven by",
    "impact of agency",
    "impact of turnover",
    "effect of",
    "effects of",
    "improves",
    "worsens",
    "thanks to",
    "underperform",
    "performed",
    "league table",
)


NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def number(count: int) -> str:
    return NUMBERS[count] if 0 <= count < len(NUMBERS) else f"{count:,}"


def value(measure: str, figure: float) -> str:
    """A figure with its unit: “28.7%”, “14.6 cases”."""
    return f"{one_decimal(figure)}%" if MEASURES[measure].unit == "%" else f"{one_decimal(figure)} cases"


def listed(words: list[str]) -> str:
    """“a”, “a and b”, “a, b and c”."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def plural(count: int, one: str, several: str) -> str:
    return one if count == 1 else several


def possessive(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def lower_label(measure: str) -> str:
    label = MEASURES[measure].label
    return label[0].lower() + label[1:]


def side(low: float, high: float) -> str:
    """“higher” or “lower” where an interval of a difference is clear of zero, “” where it spans no difference."""
    if pd.isna(low) or pd.isna(high) or low <= 0 <= high:
        return ""
    return "higher" if low > 0 else "lower"


def by_side(low: float, high: float, lower: str, higher: str, neither: str) -> str:
    """The one of three wordings that an interval of a difference calls for, as `side` reads it."""
    return {"lower": lower, "higher": higher, "": neither}[side(low, high)]


def percent(share: float) -> str:
    """A share of one as a whole percentage, never “0%” where it is more than none."""
    return "under 1%" if 0 < share < 0.005 else f"{share:.0%}"


def p_value(p: float) -> str:
    return "under 0.001" if p < 0.001 else f"{p:.3f}"


def plus_minus(figure: float, decimals: int) -> str:
    """A difference with its sign, to so many decimals: “+0.10”, “−0.69”; what rounds to nothing has no sign."""
    text = f"{figure:+.{decimals}f}"
    return minus_signs(text if text.strip("+-0.") else text[1:])
