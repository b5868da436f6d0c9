"""The chart of a council's last judgement beside its staffing, from invented probabilities."""

import pandas as pd

from workforce_ratings import charts
from workforce_ratings.vocabulary import JUDGEMENTS


def table(given="good", p=(0.08, 0.27, 0.45, 0.2)):
    frame = pd.DataFrame({"judgement": JUDGEMENTS, "given": [name == given for name in JUDGEMENTS], "p": p})
    return frame.assign(p_ci_low=0.7 * frame.p, p_ci_high=0.1 + frame.p)


CHARTS = {"judgement_probabilities": lambda _: charts.expectations.judgement_probabilities(table())}
