"""Sentences built from results. Each is neutral where the interval spans no difference, and none says that one thing
brings about another: inspections and staffing are observed side by side, and either may come before the other.

A function takes results (frames, rows, numbers) and returns a sentence or a few. Nothing here looks at data itself.

One module for each subject; `phrases` has what they share.
"""

from workforce_ratings.wording import (
    articles,
    before_after,
    children,
    councils,
    expectations,
    explore,
    forecast,
    funnels,
    judgement,
    maps,
    measures,
    phrases,
    reports,
    specifications,
    updates,
)

__all__ = [
    "articles",
    "before_after",
    "children",
    "councils",
    "expectations",
    "explore",
    "forecast",
    "funnels",
    "judgement",
    "maps",
    "measures",
    "phrases",
    "reports",
    "specifications",
    "updates",
]
