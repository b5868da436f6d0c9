"""One council as its report sees it: gathered, and turned into tables and sentences, one module a subject."""

from workforce_ratings.profiles import articles, figures, judgements, notes, places, sheets
from workforce_ratings.profiles.digesting import digest
from workforce_ratings.profiles.gathering import (
    FEWEST_NEIGHBOURS,
    Profile,
    gather,
    is_of,
    months_between,
    neighbours_medians,
    require_some,
    with_latest,
)

__all__ = [
    "FEWEST_NEIGHBOURS",
    "Profile",
    "articles",
    "digest",
    "figures",
    "gather",
    "is_of",
    "judgements",
    "months_between",
    "neighbours_medians",
    "notes",
    "places",
    "require_some",
    "sheets",
    "with_latest",
]
