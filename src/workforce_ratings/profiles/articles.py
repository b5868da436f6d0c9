"""What articles said of a council, beside the official series."""

from __future__ import annotations

import pandas as pd

from workforce_ratings import wording
from workforce_ratings.profiles.gathering import Profile
from workforce_ratings.reconciliation import summary


def press_sentence(profile: Profile) -> str:
    """What the articles at hand say of the council, counted; or that none is about it."""
    if not len(profile.said):
        return f"None of the articles at hand states a figure or judgement of {profile.council.name}."
    return wording.articles.press_headline(summary(profile.said))


def press_table(profile: Profile) -> pd.DataFrame:
    """One row per claim about the council: article, what it says, what the official series says, verdict and reason."""
    said = profile.said
    if not len(said):
        return pd.DataFrame()
    return pd.DataFrame(
        {
            "Article": said.named,
            "What": [wording.articles.indicator(r.indicator, r.scope) for r in said.itertuples()],
            "Census": said.census,
            "Article says": [wording.articles.claim(r.claimed, r.bound, r.unit) for r in said.itertuples()],
            "Official": [
                wording.articles.claim(r.official, "=", r.unit) if pd.notna(r.official) else None
                for r in said.itertuples()
            ],
            "Verdict": said.verdict,
            "Why": said.reason.where(said.reason != "", said.release.map(lambda r: f"release of {r}" if r else "")),
        }
    ).reset_index(drop=True)
