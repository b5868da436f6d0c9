"""Sentences of the start page: pasted figures, neighbours chosen by hand, and tables."""

import pandas as pd

from workforce_ratings.vocabulary import FIVE

LABEL = "Own figures, unpublished"
ALT = "Line chart of the agency rate of Halton: 4.9% in 2017, 29.0% in 2025."
ONE = pd.DataFrame({"census": [2026], "value": [12.25]})
TWO = pd.DataFrame({"census": [2026, 2025], "value": [0.0, 12.25]})
CASES = {
    "own_notice": [("Halton", LABEL)],
    "subtitle_own": [("Agency rate (%), 2017 to 2025", LABEL)],
    "alt_own": [(ALT, measure, LABEL, rows) for measure in FIVE for rows in (ONE, TWO)],
    "neighbours_chosen": [("Halton", ["Brent", "Bury", "Kent", "Leeds", "York"])],
    "tables_missing": [("reports/tables",)],
    "tables_here": [("reports/tables", n) for n in (1, 24)],
}
SENTENCES = ("own_notice", "alt_own", "neighbours_chosen", "tables_missing", "tables_here")
