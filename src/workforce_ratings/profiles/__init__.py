"""One council as its report sees it: gathered, and turned into tables and sentences, one module a subject."""

from workforce_ratings.profiles import articles, figures, judgements, notes, places, sheets
from workforce_ratings.profiles.gathering import Profile, gather, is_of, months_between, require_some

__all__ = [
    "Profile",
    "articles",
    "figures",
    "gather",
    "is_of",
    "judgements",
    "months_between",
    "notes",
    "places",
    "require_some",
    "sheets",
]
