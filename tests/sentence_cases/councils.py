"""One council's report: planted places in the funnels, lines, inspections and neighbours."""

import numpy as np
import pandas as pd

from workforce_ratings.models import funnels
from workforce_ratings.vocabulary import FIVE

NAN = np.nan
DAY = pd.Timestamp("2026-06-30")


def placed(*positions, joint=False):
    """One council's places in the funnels of a census, one measure after the other."""
    figure = {"value": 20.0, "low_95": 10.0, "high_95": 18.0}
    rows = [{"measure": m, "position": p, **figure} for m, p in zip(FIVE, positions, strict=False)]
    name = "Kingston upon Thames / Richmond upon Thames" if joint else "Halton"
    return pd.DataFrame(rows, columns=funnels.COLUMNS).assign(census=2025, joint=joint, name=name)


def inspection(overall="good", **changes):
    row = {
        "overall": overall,
        "framework": "ILACS",
        "inspection_type": "short",
        "inspection_start": pd.Timestamp("2024-05-13"),
        "inspection_end": pd.Timestamp("2024-05-24"),
        "publication_date": pd.Timestamp("2024-07-05"),
        "leaders": "outstanding",
        "help_and_protection": "good",
        "in_care": None,
        "care_leavers": None,
    }
    return pd.Series(row | changes)


def latest(council=22.0, neighbours=15.0, census=2025):
    return pd.Series({"census": census, "council": council, "neighbours": neighbours})


def beside(*own, high=NAN):
    """Rows of a council's chart with its own figures, and 9% of its neighbours."""
    years = range(2017, 2017 + len(own))
    limits = {"low": 1.0 if high == high else NAN, "high": high}
    parts = [
        pd.DataFrame({"census": years, "value": list(own), "line": "council", "label": "Halton", **limits}),
        pd.DataFrame({"census": years, "value": 9.0, "line": "neighbours", "label": "Neighbours"}),
    ]
    return pd.concat(parts, ignore_index=True).astype({"value": float})


def inspected(*days, overall="good"):
    rows = [inspection(overall, inspection_start=pd.Timestamp(day)) for day in days]
    return pd.DataFrame(rows, columns=inspection().index)


def at(census, **changes):
    """A council's agency rate of a census with the people behind it."""
    return pd.Series({"census": census, "agency_rate": 20.0, "agency_fte": 20.0, "inpost_fte": 80.0} | changes)


def near(*closeness):
    names = ("Knowsley", "Sefton", "Wirral")
    rows = [{"neighbour": name, "closeness": words} for name, words in zip(names, closeness, strict=False)]
    return pd.DataFrame(rows, columns=["neighbour", "closeness"])


INSIDE = ("within limits",) * 5
CASES = {
    "council_headline": [
        ("Halton", placed(*INSIDE)),
        ("Halton", placed(*INSIDE, joint=True)),
        ("Halton", placed("above 95%", *INSIDE[:4])),
        ("Halton", placed("above 99.8%", "below 95%", "no figure", "no figure", "below 99.8%")),
        ("Halton", placed("no figure", *INSIDE[:4])),
        ("Halton", placed(*["too small to place"] * 5)),
        ("Halton", placed(*["no figure"] * 5)),
        ("Halton", placed()),
        ("Halton", placed(*INSIDE), False),
    ],
    "latest_agency_rate": [("Halton", at(year), 13.0, 2025) for year in (2024, 2025)]
    + [("Halton", at(2025, inpost_fte=4.0), 13.0, 2025), ("Halton", at(2025, agency_fte=NAN), 13.0, 2025)],
    "agency_rounds_to_zero": [("Sunderland", 2025, 13.0)],
    "among_neighbours": [
        ("agency_rate", 20.0, pd.Series([10.0, 20.0, 30.0, NAN])),
        ("caseload", 20.0, pd.Series([10.0])),
        ("caseload", NAN, pd.Series([10.0])),
        ("caseload", 20.0, pd.Series([NAN])),
    ],
    "outside_before": [
        ("agency_rate", {"above": [2020, 2021], "below": []}),
        ("agency_rate", {"above": [2020], "below": [2017]}),
        ("agency_rate", {"above": [], "below": []}),
    ],
    "no_inspection": [("Dorset", DAY)],
    "standing_sentence": [("Halton", inspection(), DAY), ("Halton", None, DAY)],
    "since_sentence": [(inspection(), 1, DAY), (inspection(), 25, DAY), (inspection(None), 2, DAY)],
    "measure_headline": [
        ("Halton", m, row, position)
        for m in FIVE
        for row in (None, latest(), latest(NAN), latest(neighbours=NAN))
        for position in (*funnels.POSITIONS, funnels.SMALL, funnels.NO_FIGURE, "")
    ],
    "subtitle_council": [("Halton", m, beside(1.0, 2.0, high=high)) for m in FIVE for high in (18.0, NAN)],
    "caption_council": [("Halton", m) for m in FIVE],
    "alt_council": [
        ("Halton", "agency_rate", beside(10, 28.7, high=30.0), inspected("2018-06-04")),
        ("Halton", "agency_rate", beside(10, 28.7), inspected()),
        ("Halton", "agency_rate", beside(NAN, NAN), inspected()),
    ],
    "signed": [(1.25,), (-0.3,), (0.0,), (-0.04,), (NAN,)],
    "caption_glance": [("Halton", DAY)],
    "neighbour_sentence": [
        *(("Halton", near("very close", "close", "close"), day) for day in (DAY, pd.Timestamp("2022-03-01"))),
        ("Cumbria", near(), DAY),
    ],
    "caption_neighbours": [("Halton", DAY)],
    "council_agency_rules": [("Halton",)],
    "judgements_title": [
        ("Halton", inspected("2018-06-04", "2021-11-08")),
        ("Halton", inspected("2026-05-04", overall=None)),
    ],
    "subtitle_judgements": [("Halton", inspected("2018-06-04", "2021-11-08")), ("Halton", inspected("2018-06-04"))],
    "alt_judgements": [
        ("Halton", inspected("2018-06-04", "2021-11-08")),
        ("Halton", inspected("2026-05-04", overall=None)),
    ],
}
SENTENCES = (
    *("council_headline", "latest_agency_rate", "standing_sentence", "since_sentence", "alt_council"),
    *("neighbour_sentence", "council_agency_rules", "alt_judgements", "agency_rounds_to_zero", "among_neighbours"),
    *("outside_before", "no_inspection"),
)
