"""What a reader must know before trusting a council's figures: one sentence per note."""

from __future__ import annotations

from workforce_ratings import wording
from workforce_ratings.profiles.gathering import Profile
from workforce_ratings.vocabulary import AGENCY_RULES, FIVE, MEASURES, SMALL_WORKFORCE_FTE, census_date, long_date


def to_read_first(profile: Profile) -> list[str]:
    """What a reader must know before reading the figures: one sentence per note, most important first."""
    found = [_reorganisation(profile), _joint(profile), _small(profile), *_markers(profile), _few_neighbours(profile)]
    found.append(_agency_rules(profile))
    return [note for note in found if note]


def _reorganisation(profile: Profile) -> str:
    council = profile.council
    if council.exists_on(profile.as_at) and not council.is_current:
        return ""
    if not council.is_current:
        names = " and ".join(s.name for s in profile.after)
        return (
            f"{council.name} existed until {long_date(council.valid_to)}; {names} took over, with series of their own."
        )
    if not profile.before:
        return ""
    names = " and ".join(p.name for p in profile.before)
    return (
        f"{council.name} began on {long_date(council.valid_from)}. Figures and judgements of {names} before that are not "
        f"of the same place and are not joined to its series."
    )


def _joint(profile: Profile) -> str:
    other = profile.joint_with
    if not other:
        return ""
    first = int(profile.own[profile.own.joint].census.min())
    return (
        f"{profile.council.name} and {other} send one joint return, so from the census of {first} every workforce figure "
        f"here is of the two councils together; inspections are of {profile.council.name} alone."
    )


def _small(profile: Profile) -> str:
    known = profile.own.dropna(subset=["inpost_fte"])
    if known.empty or known.iloc[-1].inpost_fte >= SMALL_WORKFORCE_FTE:
        return ""
    last = known.iloc[-1]
    if last.inpost_fte == 0:
        return (
            f"{profile.council.name} had no employed social worker in post on 30 September {int(last.census)} "
            f"(full-time equivalent), so its rates say little: read single years with care."
        )
    return (
        f"With {last.inpost_fte:,.1f} full-time-equivalent social workers in post in {int(last.census)}, one person's "
        f"coming or going moves a rate by about {100 / last.inpost_fte:,.0f} percentage points: read single years with care."
    )


def _markers(profile: Profile) -> list[str]:
    from_markers = []
    for measure in FIVE:
        marked = profile.own[profile.own[f"{measure}_marker"] != ""]
        if len(marked):
            years = ", ".join(f"{int(r.census)} [{r[f'{measure}_marker']}]" for _, r in marked.iterrows())
            from_markers.append(f"{MEASURES[measure].label}: no number for {years}.")
    return from_markers


def _few_neighbours(profile: Profile) -> str:
    if profile.neighbours.empty:
        return f"DfE's list of 2025 gives {profile.council.name} no statistical neighbours, so none are shown."
    return ""


def _agency_rules(profile: Profile) -> str:
    """The first census after the guidance on agency workers began is that of 2025."""
    rates = profile.own.dropna(subset=["agency_rate"])
    after = any(census_date(year) > AGENCY_RULES for year in rates.census)
    return wording.councils.council_agency_rules(profile.council.name) if after else ""
