"""One council as its report sees it: gathered, and turned into tables and sentences, one module a subject."""

from workforce_ratings.profiles import articles, figures, judgements, notes, places, sheets
from workforce_ratings.profiles.gathering import (
    FEWEST_NEIGHBOURS,
    Profile,
    gather,
    is_of,
    months_between,
    neighbours_median,
    require_some,
)

__all__ = [
    "FEWEST_NEIGHBOURS",
    "Profile",
    "articles",
    "figures",
    "gather",
    "is_of",
    "judgements",
    "months_between",
    "neighbours_median",
    "notes",
    "places",
    "require_some",
    "sheets",
]
