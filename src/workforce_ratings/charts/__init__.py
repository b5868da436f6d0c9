"""Each chart one function: frames in, Axes out. Titles, alt text and the table beside a chart are pages.show's.

Colours are those of the Government Analysis Function. Judgements are an ordered scale, so they are one hue from dark
(inadequate) to light (outstanding) with a dark outline, and their words are always printed: nothing is told by colour
alone. One module for each subject; `drawing` has what they share.
"""

from workforce_ratings.charts import (
    articles,
    before_after,
    children,
    councils,
    drawing,
    expectations,
    forecast,
    funnels,
    judgement,
    maps,
    measures,
    specifications,
    updates,
)

__all__ = [
    "articles",
    "before_after",
    "children",
    "councils",
    "drawing",
    "expectations",
    "forecast",
    "funnels",
    "judgement",
    "maps",
    "measures",
    "specifications",
    "updates",
]
