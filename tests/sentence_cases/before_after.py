"""Sentences about the measures before and after an inspection, from invented changes."""

import pandas as pd

from workforce_ratings.models import before_after
from workforce_ratings.vocabulary import FIVE, JUDGED, JUDGEMENTS

NAN = float("nan")
UP, DOWN, FLAT, NONE = (4.2, 10.8), (-9.1, -0.4), (-1.2, 2.9), (NAN, NAN)


def changes(measure="agency_rate", years_after=(1, 2), second=0, n=35, **ends):
    """mean_changes's rows of one measure, from (low, high) by judgement."""
    rows = [
        {"framework": f, "judgement": j, "measure": measure, "years_after": years, "n": n, "adjusted": adjusted}
        | {"mean_change": sum(e) / 2, "ci_low": e[0], "ci_high": e[1], "n_second": second, "councils": n}
        | {"level_before": 24.7, "level_matched": 23.0, "change_matched": -1.8, "unmatched": 3}
        for f in before_after.FRAMEWORKS
        for j in JUDGEMENTS
        for e in [ends.get(j, FLAT)]
        for years in years_after
        for adjusted in (False, True)
    ]
    return pd.DataFrame(rows)


def ways(ends=FLAT, years_after=(1, 2), **by_way):
    """in_each_way's rows, from (low, high) by way."""
    rows = [
        {"way": way, "label": label, "years_after": years, "n": 35, "level_before": 24.7, "level_matched": 23.0}
        | {"mean_change": sum(e) / 2, "ci_low": e[0], "ci_high": e[1], "change_matched": -1.8}
        for way, label in before_after.WAYS.items()
        for e in [by_way.get(way, ends)]
        for years in ((0,) if way == "year_before" else years_after)
    ]
    return pd.DataFrame(rows)


EACH = [{}, {"inadequate": UP}, {"inadequate": UP, "good": DOWN}, dict.fromkeys(JUDGEMENTS, UP)]
EMPTY = changes(n=0, **dict.fromkeys(JUDGEMENTS, NONE)).assign(change_matched=NAN, unmatched=0)
CHANGES = [(changes(m, **ends), m) for m in FIVE for ends in EACH] + [(EMPTY, "agency_rate")]
# The longest headline: three judgements with a clear change, their words all long.
LONG = {"inadequate": UP, "requires improvement": UP, "outstanding": DOWN}
MATCHED = [(table[table.adjusted], measure) for table, measure in CHANGES]
WAYS = [(ways(e, years), m) for m in FIVE for e in (UP, DOWN, FLAT, NONE) for years in ((1, 2), (3,))]
AGENCY = [(table,) for table, _ in WAYS] + [
    (ways(UP, raw=FLAT),),
    (ways(FLAT, year_before=UP),),
    (ways(UP, less_year_before=FLAT),),
]
CASES = {
    "change_title": [*CHANGES, *((changes(m, **LONG), m) for m in FIVE)],
    "subtitle_change": [(table, m, judgement) for table, m in CHANGES[:3] for judgement in JUDGED],
    "caption_change": [(m,) for m in FIVE],
    "alt_change": CHANGES,
    "windows_sentence": [*CHANGES, (changes(second=1), "agency_rate"), (changes(years_after=(3,)), "agency_rate")],
    "matched_sentence": MATCHED,
    "levels_sentence": [(*case, 5.0) for case in MATCHED],
    "frameworks_sentence": [(changes(n=n), "agency_rate") for n in (0, 1, 12)],
    "caption_frameworks": [(1,), (2,)],
    "earlier_sentence": [(changes(years_after=(1,), inadequate=e),) for e in (UP, DOWN, FLAT, NONE)],
    "ways_title": WAYS,
    "subtitle_ways": [(table, m, "overall") for table, m in WAYS],
    "caption_ways": [(m,) for m in FIVE],
    "alt_ways": WAYS,
    "year_before_sentence": WAYS,
    "own_rise_sentence": WAYS,
    "beside_hood_and_goldacre": [(*case, as_at) for case in AGENCY for as_at in ("2018-06-30", "2026-06-30")],
    "agency_after": AGENCY,
    "agency_after_points": AGENCY,
}
SENTENCES = (
    *("alt_change", "windows_sentence", "matched_sentence", "levels_sentence", "frameworks_sentence"),
    *(
        "earlier_sentence",
        "alt_ways",
        "year_before_sentence",
        "own_rise_sentence",
        "beside_hood_and_goldacre",
        "agency_after",
        "agency_after_points",
    ),
)
