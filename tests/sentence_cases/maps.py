"""Sentences beside the tile-grid maps, from invented counts and figures."""

import pandas as pd

from workforce_ratings.models import regions
from workforce_ratings.vocabulary import FIVE, JUDGEMENT_TYPE, JUDGEMENTS

NAN = float("nan")
AS_AT = "2026-06-30"


def latest(overall="good", measure="agency_rate", figure=12.0, marker="x", **changes):
    """Rows of panel.latest for six councils: two in a joint return, one small, one without a figure, one with no row."""
    rows = pd.DataFrame(
        {
            "council_code": [f"E{n}" for n in range(6)],
            "council": ["Halton", "Brent", "Kingston", "Richmond", "Rutland", "Wakefield"],
            "region": ["North West", "London", "London", "London", "East Midlands", "Yorkshire and The Humber"],
            "return_unit": ["E0", "E1", "E2 / E3", "E2 / E3", "E4", "E5"],
            "joint": [False, False, True, True, False, False],
            "inpost_fte": [100.0, 200.0, 150.0, 150.0, 12.0, NAN],
            "census": [2025.0] * 5 + [NAN],
            measure: [figure, NAN, 35.0, 35.0, 0.4, NAN],
            f"{measure}_marker": ["" if figure == figure else "c", marker, "", "", "", NAN],
        }
    )
    return rows.assign(overall=pd.Series([overall, *JUDGEMENTS, None]).astype(JUDGEMENT_TYPE), **changes)


def judged(*overall):
    """regions.judged of the six councils with these judgements, good for the rest."""
    given = [*overall, *["good"] * (6 - len(overall))]
    return regions.judged(latest().assign(overall=pd.Series(given).astype(JUDGEMENT_TYPE)))


def figures(measure="agency_rate", **changes):
    return regions.figures(latest(measure=measure, **changes), measure)


def none(measure="agency_rate"):
    """figures() in which no council has one."""
    return regions.figures(latest(measure=measure).assign(**{measure: NAN, f"{measure}_marker": "x"}), measure)


def published(placed, measure="agency_rate", rate=13.2):
    """regions.by_region of figures, with DfE's rows of two regions and England."""
    names = ["North West", "London", "England"]
    wider = pd.DataFrame({"name": names, "census": 2025, measure: [16.6, rate, 13.9], f"{measure}_marker": ""})
    return regions.by_region(
        placed, wider.assign(**{f"{measure}_marker": ["", "" if rate == rate else "x", ""]}), measure
    )


def beside(measure="agency_rate", **changes):
    return figures(measure, **changes), published(figures(measure, **changes), measure), measure


def tiles(*codes):
    """councils.tile_grid for these codes, named as in latest(), any other as “Cumbria”."""
    names = dict(zip(latest().council_code, latest().council, strict=True))
    return pd.DataFrame({"council_code": codes, "council": [names.get(code, "Cumbria") for code in codes]})


ALL = [f"E{n}" for n in range(6)]
TABLES = [judged(), judged(*JUDGEMENTS), judged("good", "good", "good", *["outstanding"] * 3), judged(*[None] * 6)]
TABLES += [judged("inadequate", None)]
MEASURED = [beside(m) for m in FIVE] + [beside(marker="low", figure=NAN), beside(figure=9.8), beside(figure=9.95)]
MEASURED += [(none(), published(none(), rate=NAN), "agency_rate")]
CASES = {
    "map_headline": [(table,) for table in TABLES],
    "subtitle_map": [(table, AS_AT) for table in TABLES],
    "alt_map": [(table,) for table in TABLES],
    "map_sentence": [(table,) for table in TABLES],
    "caption_map": [(AS_AT,)],
    "measure_map_headline": [(f, m) for f, _, m in MEASURED],
    "subtitle_measure_map": [(f, m) for f, _, m in MEASURED],
    "alt_measure_map": MEASURED,
    "measure_map_sentences": MEASURED,
    "caption_measure_map": [(f, m) for f, _, m in MEASURED],
    "no_tile": [
        (tiles(*ALL), latest()),
        (tiles(*ALL[1:]), latest()),
        (tiles(*ALL[2:]), latest()),
        (tiles(*ALL, "E7"), latest()),
        (tiles(*ALL, "E7", "E8"), latest().replace({"council": {"Halton": "Cumbria"}}).iloc[1:]),
        (tiles(*ALL[1:], "E7"), latest().replace({"council": {"Halton": "Cumbria"}})),
    ],
}
SENTENCES = ("alt_map", "map_sentence", "alt_measure_map", "measure_map_sentences", "no_tile")
