"""The terms of the field: judgements in order, measures with their units, markers, and the faults a reader meets.

Everything here is a name that the Department for Education (DfE), Ofsted or statisticians use. Other modules take
their words from this one, so that a term is spelt and defined once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd


class Fault(Exception):
    """Something a person can put right. Its message is one sentence: what is wrong, where, and what to do.

    It stays on one line, and prints no control character, whatever a damaged file or a hostile name puts into it.
    """

    def __init__(self, message: str) -> None:
        super().__init__(" ".join("".join(c if c.isprintable() else " " for c in message).split()))

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback: the sentence."""
        return [str(self)]


# The day as at which everything is read unless another is given; each notebook's parameters name the same one.
AS_AT = "2026-06-30"

# Under this kind a notebook leaves the facts by which the index of reports lists it.
FACTS_TYPE = "application/vnd.workforce-ratings.facts+json"

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def long_date(day: pd.Timestamp) -> str:
    """A day as GOV.UK writes it, the same under any locale: 30 September 2025."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def one_decimal(figure: float) -> str:
    """A figure to one decimal, halves upwards as DfE rounds: 16.25 is 16.3 whatever its binary form."""
    return f"{Decimal(repr(round(float(figure), 9))).quantize(Decimal('0.1'), ROUND_HALF_UP):,}"


def minus_signs(text: str) -> str:
    """A text with “−” for the hyphen before a negative number; dates and names keep their hyphens."""
    return re.sub(r"(?<![\w.–-])-(?=\d)", "−", text)


# --- judgements -------------------------------------------------------------------------------------------------

JUDGEMENTS = ("inadequate", "requires improvement", "good", "outstanding")
JUDGEMENT_TYPE = pd.CategoricalDtype(JUDGEMENTS, ordered=True)
# How a judgement is written where there is room for a letter or two, as in a tile of a map.
JUDGEMENT_LETTERS = {"inadequate": "I", "requires improvement": "RI", "good": "G", "outstanding": "O"}

# Every wording met in Ofsted's files, the press and scraped histories. An unknown wording is an error.
JUDGEMENT_WORDINGS = {
    "inadequate": "inadequate",
    "requires improvement": "requires improvement",
    "requires improvement to be good": "requires improvement",
    "require improvement": "requires improvement",
    "ri": "requires improvement",
    "good": "good",
    "outstanding": "outstanding",
}

# The last day of inspections with an overall judgement: Ofsted's reports on later ones give none.
LAST_DAY_OF_OVERALL = pd.Timestamp("2026-03-31")

# Changes of how local authorities are inspected, as charts mark them: the day from which they hold, and short words.
FRAMEWORK_CHANGES = {
    pd.Timestamp("2018-01-01"): "ILACS\nfrom 2018",
    LAST_DAY_OF_OVERALL + pd.Timedelta(days=1): "no overall judgement\nfrom April 2026",
}
# DfE's statistical neighbour model at hand is of 2025; reports as at an earlier day say that it is later.
NEIGHBOURS_PUBLISHED = pd.Timestamp("2025-01-01")
# DfE's guidance on agency social workers applied from this day.
AGENCY_RULES = pd.Timestamp("2024-10-31")

# The judgements an inspection gives, by the suite's column name, in the words of Ofsted's framework.
JUDGED = {
    "overall": "overall effectiveness",
    "leaders": "the impact of leaders on social work practice",
    "help_and_protection": "the experiences of children who need help and protection",
    "in_care": "the experiences of children in care",
    "care_leavers": "the experiences of care leavers",
}


def one_of(name: str, names: Iterable[str], what: str) -> str:
    """The name, if it is one of those known. Raises Fault with all of them otherwise: a misspelt one never passes."""
    if name not in (names := list(names)):
        raise Fault(f"{what} is “{name}”; choose one of: {', '.join(names)}.")
    return name


def judgement(wording: object) -> str | None:
    """The judgement that a wording stands for; None for a blank.

    Raises Fault for a wording that is not in the closed list.
    """
    if wording is None or pd.isna(wording) or not str(wording).strip():
        return None
    key = " ".join(str(wording).lower().split())
    if key not in JUDGEMENT_WORDINGS:
        raise Fault(
            f"“{wording}” is not an Ofsted judgement; add its meaning to JUDGEMENT_WORDINGS or correct the file."
        )
    return JUDGEMENT_WORDINGS[key]


# --- measures ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measure:
    """One workforce measure of DfE's census of 30 September: its words, unit, the range a real
    value can have, and the step by which reports describe a difference."""

    name: str
    label: str
    unit: str
    definition: str
    low: float
    high: float
    step: float
    step_words: str

    @property
    def axis_label(self) -> str:
        return f"{self.label} ({self.unit})"


MEASURES = {
    m.name: m
    for m in (
        Measure(
            "agency_rate",
            "Agency rate",
            "%",
            "agency social workers as a share of agency and employed social workers, full-time equivalent, "
            "on 30 September",
            0,
            100,
            10,
            "ten percentage points",
        ),
        Measure(
            "turnover_rate",
            "Turnover rate",
            "%",
            "social workers who left in the year to 30 September as a share of those in post on that day, "
            "full-time equivalent",
            0,
            200,
            5,
            "five percentage points",
        ),
        Measure(
            "vacancy_rate",
            "Vacancy rate",
            "%",
            "vacant social work posts as a share of vacant and filled posts, full-time equivalent, on 30 September",
            0,
            100,
            10,
            "ten percentage points",
        ),
        Measure(
            "absence_rate",
            "Absence rate",
            "%",
            "working days lost to sickness in the year to 30 September as a share of working days available, "
            "full-time equivalent",
            0,
            100,
            1,
            "one percentage point",
        ),
        Measure(
            "caseload",
            "Average caseload",
            "cases per case holder",
            "cases held on 30 September for each full-time-equivalent social worker who holds cases",
            0,
            150,
            2,
            "two cases for each case holder",
        ),
    )
}
FIVE = tuple(MEASURES)
THREE = ("agency_rate", "turnover_rate", "caseload")

# --- outcomes for children ------------------------------------------------------------------------------------------


# When DfE publishes the figures of the reporting year that ended on 31 March: month and day of the same year.
CHILDREN_IN_NEED_PUBLISHED = "10-31"
CHILDREN_IN_CARE_PUBLISHED = "11-30"


@dataclass(frozen=True)
class Outcome:
    """One yearly outcome for children, a share in percent: its words, and when DfE publishes it."""

    name: str
    label: str
    definition: str
    published: str

    @property
    def axis_label(self) -> str:
        return f"{self.label} (%)"


OUTCOMES = {
    o.name: o
    for o in (
        Outcome(
            "re_referrals",
            "Re-referrals",
            "referrals in the year to 31 March within 12 months of an earlier referral of the same child, as a share of "
            "all referrals",
            CHILDREN_IN_NEED_PUBLISHED,
        ),
        Outcome(
            "repeat_plans",
            "Repeat child protection plans",
            "child protection plans started in the year to 31 March that were the child's second or a later one, as a "
            "share of all plans started",
            CHILDREN_IN_NEED_PUBLISHED,
        ),
        Outcome(
            "three_placements",
            "Three or more placements",
            "children in care on 31 March who had three or more placements in the year, as a share of all children in "
            "care on that day",
            CHILDREN_IN_CARE_PUBLISHED,
        ),
        Outcome(
            "three_in_two_years",
            "Three or more placements in two years",
            "children in care for two years on 31 March who had three or more placements in those years, as a share of "
            "all children in care for two years",
            CHILDREN_IN_CARE_PUBLISHED,
        ),
        Outcome(
            "same_carer",
            "Same carer for two years",
            "children under 16 in care for two and a half years or more on 31 March who had lived with the same carer for "
            "two years, as a share of all such children",
            CHILDREN_IN_CARE_PUBLISHED,
        ),
        Outcome(
            "three_social_workers",
            "Three or more social workers",
            "children in care on 31 March who had three or more social workers in the year, as a share of all children in "
            "care on that day",
            CHILDREN_IN_CARE_PUBLISHED,
        ),
    )
}

# DfE's markers: letters that stand where a number cannot. They are never numbers.
MARKERS = {
    "z": "not applicable",
    "x": "not available",
    "c": "suppressed to protect confidentiality",
    "u": "low reliability",
    "low": "rounds to 0 but is not 0",
    "k": "rounds to 0 but is not 0",
    ":": "not available (older releases)",
    "~": "not available (older releases)",
    "..": "not available (releases to 2017)",
    ".": "not applicable (releases to 2017)",
    "-": "rounds to 0 but is not 0 (releases to 2017)",
    "not collected": "not collected at that census",
}
# Those that say how large a figure is.
ROUNDS_TO_ZERO = ("low", "k", "-")
# Signs that the releases to 2017 alone used; in a newer one they are unknown, and never read as a rounded 0.
MARKERS_TO_2017 = ("..", ".", "-")

CENSUS_MONTH_DAY = "09-30"
# Earlier censuses are of another collection, with other definitions, and stand beside no inspection.
FIRST_CENSUS = 2017
CENSUS_RULES = {
    "before": "the latest census (30 September) before the inspection started",
    "published": "the latest census already published when the inspection started",
}


def census_date(year: int) -> pd.Timestamp:
    """The day of DfE's workforce census in a year."""
    return pd.Timestamp(f"{int(year)}-{CENSUS_MONTH_DAY}")


# Publication days that are known; the others are about 1 March of the next year.
PUBLISHED = {2025: "2026-03-19"}


def publication_date(year: int) -> pd.Timestamp:
    """When the census of a year was published, to the day where it is known, else 1 March of the next year."""
    return pd.Timestamp(PUBLISHED.get(int(year), f"{int(year) + 1}-03-01"))


# Dots per inch at which charts are laid out and shown.
DPI = 150
# Years of room that an axis of censuses has left of the first and right of the last thing drawn.
MARGIN = 0.4


def decimal_census(day: pd.Timestamp) -> float:
    """A day on the axis of census years: 30 September of a year is that year exactly."""
    year = day.year if day >= census_date(day.year) else day.year - 1
    return year + (day - census_date(year)).days / (census_date(year + 1) - census_date(year)).days


def marked(inspections: pd.DataFrame, censuses: pd.Series) -> pd.DataFrame:
    """The inspections that a chart of censuses marks: those before its first census have no figure beside them."""
    first = censuses.min() - MARGIN
    on_axis = [decimal_census(day) >= first for day in inspections.inspection_start]
    return inspections[pd.Series(on_axis, index=inspections.index, dtype=bool)]


# Fewer full-time-equivalent social workers in post than this, and a rate moves by whole points with one person.
SMALL_WORKFORCE_FTE = 30
