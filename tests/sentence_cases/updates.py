"""Sentences about what changed since the last release, from invented censuses, revisions and inspections."""

import pandas as pd

from workforce_ratings.vocabulary import FIVE, JUDGEMENT_TYPE

NAN = float("nan")
DAY = pd.Timestamp("2026-06-30")


def at(**changes):
    """updates.compared's account of the censuses of 2024 and 2025."""
    known = {"as_at": DAY, "census": 2025, "earlier": 2024, "release": 2025, "earlier_release": 2024, "stand_in": False}
    return known | {"since": pd.Timestamp("2025-03-01"), "since_known": False} | changes


FIRST = at(census=2017, earlier=None, release=2022, earlier_release=None, stand_in=True)
ALONE = at(census=2021, earlier=2020, release=2022, earlier_release=None, stand_in=True)


def places(*changes):
    """updates.places' rows: England's changes of the five measures, and two regions' of one point each."""
    rows = []
    for measure, change in zip(FIVE, changes, strict=True):
        rows.append(("England", "E92000001", "England", measure, 16.2, 16.2 + change, change))
        rows.append(("region", "E12000001", "North East", measure, 10.4, 11.4, 1.0))
        rows.append(("region", "E12000007", "London", measure, 21.9, 22.9, 1.0))
    return pd.DataFrame(rows, columns=["level", "return_unit", "name", "measure", "before", "after", "change"])


FELL, MIXED, NOTHING = places(-3.2, -2.1, -3.1, -0.1, -0.2), places(-3.2, 2.0, 0.0, 0.1, NAN), places(*[NAN] * 5)
EACH = (FELL, MIXED, NOTHING)


def summary(*ends, n=147):
    """updates.summary_of_changes with these interval ends for the five measures."""
    rows = [
        {"measure": measure, "n": n, "without": 4, "rose": 42, "fell": 101, "same": 4, "median": (low + high) / 2}
        | {"ci_low": low, "ci_high": high, "q1": low - 3, "q3": high + 3}
        for measure, (low, high) in zip(FIVE, ends, strict=True)
    ]
    return pd.DataFrame(rows)


SUMMARIES = [
    summary((-3.6, -1.8), (-3.2, -1.1), (1.1, 3.7), (-0.1, 0.3), (-0.4, 0.0)),
    summary(*[(-0.5, 0.5)] * 5),
    summary(*[(-3.0, -1.0)] * 5),
    summary(*[(NAN, NAN)] * 5, n=5).assign(median=0.4),
    summary(*[(NAN, NAN)] * 5, n=0),
]


def counts(england=(0,) * 5, region=(0,) * 5, council=(0,) * 5, came_or_gone=(0,) * 5):
    """updates.count_of_revised by measure."""
    frame = {"measure": list(FIVE), "England": england, "region": region, "council": council}
    return pd.DataFrame(frame | {"came_or_gone": came_or_gone})


REVISED = [
    counts(),
    counts((0, 1, 0, 1, 0), (0, 1, 0, 2, 0), (0, 1, 0, 1, 0), (0, 1, 0, 1, 0)),
    counts((3, 0, 0, 0, 1), (9, 9, 9, 9, 9), (31, 94, 29, 45, 37), (0, 0, 0, 1, 0)),
]


def figures():
    """updates.largest: a revision, a number that a marker replaced, and one that replaced a marker."""
    rows = [
        ("England", "England", 2023, "absence_rate", 3.2, 3.3, 0.1, "", ""),
        ("council", "Bristol", 2024, "absence_rate", 1.9, NAN, NAN, "", "u"),
        ("council", "Halton", 2024, "caseload", NAN, 14.0, NAN, "x", ""),
    ]
    columns = ["level", "name", "census", "measure", "then", "now", "change", "then_marker", "now_marker"]
    return pd.DataFrame(rows, columns=columns)


def inspected(*steps):
    """updates.inspected with one council for each step."""
    rows = [
        {
            "council": "Brent",
            "framework": "ILACS",
            "inspection_type": "short",
            "inspection_start": pd.Timestamp("2026-04-27"),
            "publication_date": pd.Timestamp("2026-06-17"),
            "previous": None if step == "no earlier one" else "good",
            "overall": None if step == "none given" else "good",
            "leaders": "good",
            "help_and_protection": "requires improvement",
            "in_care": "outstanding",
            "care_leavers": None,
            "step": step,
        }
        for step in steps
    ]
    names = ["council", "framework", "inspection_type", "inspection_start", "publication_date", "previous", "overall"]
    frame = pd.DataFrame(rows, columns=[*names, "leaders", "help_and_protection", "in_care", "care_leavers", "step"])
    return frame.astype({"previous": JUDGEMENT_TYPE, "overall": JUDGEMENT_TYPE})


NEW = [
    inspected(),
    inspected("higher"),
    inspected("none given"),
    inspected("none given", "none given"),
    inspected(*["higher"] * 30, *["same"] * 18, "lower", "no earlier one", "none given"),
]
CASES = {
    "england_sentence": [(FELL, at()), (MIXED, at()), (NOTHING, FIRST)],
    "census_basis": [(at(),), (ALONE,), (FIRST,)],
    "agency_rules": [(at(),), (ALONE,)],
    "places_title": [(rows, m) for rows in EACH for m in FIVE],
    "subtitle_places": [(FELL, m, at()) for m in FIVE],
    "alt_places": [(rows, m, at()) for rows in EACH for m in FIVE],
    "caption_places": [(m, at()) for m in FIVE],
    "places_shown": [(rows, "caseload", at()) for rows in EACH],
    "caption_every_place": [(at(),)],
    "every_place_shown": [(FELL,), (NOTHING,)],
    "councils_title": [(table,) for table in SUMMARIES],
    "councils_sentences": [(table,) for table in SUMMARIES],
    "reading_changes": [()],
    "caption_councils": [(at(),)],
    "councils_shown": [(table,) for table in SUMMARIES],
    "revised_title": [(table, known) for table in REVISED for known in (at(), ALONE)],
    "revised_sentence": [(table, known) for table in REVISED for known in (at(), ALONE)],
    "caption_revised_counts": [(at(),)],
    "revised_counts_shown": [(table,) for table in REVISED],
    "caption_revised": [(figures(), table) for table in REVISED],
    "revised_shown": [(figures(),), (figures().iloc[:0],)],
    "markers_met": [(figures(),), (figures().head(1),)],
    "inspected_title": [(rows,) for rows in NEW],
    "inspected_sentence": [(rows, known) for rows in NEW for known in (at(), at(since_known=True))],
    "inspected_are_not_all": [()],
    "without_overall": [(rows,) for rows in NEW],
    "caption_inspected": [()],
    "inspected_shown": [(rows,) for rows in NEW],
}
SENTENCES = (
    *("england_sentence", "census_basis", "agency_rules", "alt_places", "councils_sentences", "reading_changes"),
    *("revised_sentence", "markers_met", "inspected_sentence", "inspected_are_not_all", "without_overall"),
)
