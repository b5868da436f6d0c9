"""Charts of the measures before and after an inspection, from invented changes."""

import pandas as pd

from workforce_ratings import charts
from workforce_ratings.models import before_after
from workforce_ratings.vocabulary import JUDGEMENTS


def changes():
    """mean_changes's adjusted ILACS rows of the caseload, one of them without an interval."""
    rows = [
        {"framework": "ILACS", "judgement": j, "measure": "caseload", "years_after": years, "n": 30 - years}
        | {"adjusted": True, "mean_change": 1.5 - place, "ci_low": 0.5 - place, "ci_high": 2.0 - place}
        for place, j in enumerate(JUDGEMENTS)
        for years in (1, 2)
    ]
    frame = pd.DataFrame(rows)
    return frame.assign(ci_low=frame.ci_low.where(frame.index > 0), ci_high=frame.ci_high.where(frame.index > 0))


def ways():
    """in_each_way's rows."""
    rows = [
        {"label": label, "years_after": years, "mean_change": 4.0 + years, "ci_low": 1.0, "ci_high": 9.0}
        for way, label in before_after.WAYS.items()
        for years in ((0,) if way == "year_before" else (1, 2))
    ]
    return pd.DataFrame(rows)


CHARTS = {
    "changes_after": lambda _: charts.before_after.changes_after(changes(), "caseload"),
    "in_each_way": lambda _: charts.before_after.in_each_way(ways(), "agency_rate"),
}
