"""Charts of outcomes for children, from invented estimates and councils."""

import runpy
from pathlib import Path

import numpy as np
import pandas as pd

from workforce_ratings import charts
from workforce_ratings.models import children

CASES = runpy.run_path(str(Path(__file__).parents[1] / "sentence_cases" / "children.py"))


def associations(_):
    terms = CASES["terms"](five=CASES["CLEAR"], alone=CASES["UNCLEAR"], first=CASES["BELOW"])
    return charts.children.associations(terms, children.beside_published(terms))


def social_workers(_):
    turnover = np.linspace(2, 40, 30)
    rows = pd.DataFrame({"turnover_rate": turnover, "percent": 12 + 0.5 * turnover + 4 * np.sin(5 * turnover)})
    return charts.children.social_workers(rows, "turnover_rate")


CHARTS = {"associations": associations, "social_workers": social_workers}
