"""Sentences about the measures before and after an inspection: notebook 6.

Changes carry their sign, and “clearly” stands only where the 95% interval is clear of zero.
"""

from __future__ import annotations

import pandas as pd

from workforce_ratings.vocabulary import AS_AT, JUDGED, JUDGEMENTS, MEASURES, long_date, one_decimal
from workforce_ratings.wording.phrases import listed, lower_label, number, plural, plus_minus, side, value

# The day from which Hood and Goldacre (2021) can be set beside our figures.
HOOD_AND_GOLDACRE = "2021-12-31"
# The last day of the inspections whose changes are told, as an ISO date.
LAST_DAY = "2025-03-31"


def change_title(changes: pd.DataFrame, measure: str) -> str:
    """A chart's headline: after which judgements the measure was clearly up or down against England's, at any of the
    censuses after; neutral where at none."""
    label = MEASURES[measure].label
    rows = _ilacs(changes, measure).query("adjusted")
    sides = {j: _sides(rows[rows.judgement == j]) for j in JUDGEMENTS}
    up, down = ([j for j in JUDGEMENTS if word in sides[j]] for word in ("higher", "lower"))
    if rows.ci_low.notna().sum() == 0:
        return f"{label}: too few inspections to tell a change"
    if not up and not down:
        return f"{label} against England's: no clear change after any judgement"
    if len(up) + len(down) >= len(JUDGEMENTS):
        return f"{label} against England's: a clear change after every judgement"
    told = [f"{word} after {listed(names)}" for word, names in (("up", up), ("down", down)) if names]
    return f"{label} against England's: {'; '.join(told)}"


def subtitle_change(changes: pd.DataFrame, measure: str, judgement: str, as_at: str = AS_AT) -> str:
    """What the chart is: measure, unit, inspections up to which day, judgement, n at each census after, and "
    "the interval."""
    rows = _ilacs(changes, measure).query("adjusted")
    counts = [f"{part.n.sum()} {_after(years)}" for years, part in rows.groupby("years_after")]
    return (
        f"Mean change in {lower_label(measure)} ({_unit(measure)}) from the census before, less England's over "
        "the same "
        f"years, by judgement of {JUDGED[judgement]}, England, ILACS inspections begun to {_last_day(as_at)} "
        f"(n = {listed(counts)}); 95% t intervals"
    )


def _last_day(as_at: str) -> str:
    return long_date(pd.Timestamp(min(as_at, LAST_DAY)))


def caption_change(measure: str) -> str:
    return (
        f"Mean change in {lower_label(measure)} ({_unit(measure)}) so many censuses after ILACS inspections, with 95% "
        f"intervals; mean level at the census before of the matched inspections and of the councils set beside them"
    )


def alt_change(changes: pd.DataFrame, measure: str) -> str:
    """Alt text of the chart of changes: every mean with its interval."""
    rows = _ilacs(changes, measure).query("adjusted").dropna(subset=["mean_change"])
    told = [
        f"after {j} {listed([f'{_figures(r)} {_after(r.years_after)}' for r in part.itertuples()])}"
        for j, part in rows.groupby("judgement", sort=False, observed=True)
    ]
    words = f": {'; '.join(told)}" if told else ", which has no figures yet"
    return (
        f"Chart of the mean change in {lower_label(measure)} less England's, in {_unit(measure)}, with 95% intervals "
        f"beside a line at no change{words}."
    )


def windows_sentence(changes: pd.DataFrame, measure: str) -> str:
    """How many windows there are, and how many of them hold a second inspection of the same council."""
    rows = _ilacs(changes, measure).query("not adjusted")
    if not rows.n.sum():
        return f"No ILACS inspection has its {lower_label(measure)} known both before and after it yet."
    told = []
    for years, part in rows.query("n > 0").groupby("years_after"):
        n, second = int(part.n.sum()), int(part.n_second.sum())
        count = f"{number(second)} {plural(second, 'holds', 'hold')}" if second else "none holds"
        told.append(f"{n} {_after(years)}, of which {count} a second inspection of the same council")
    follows = ", whose judgement may come before what is counted as after" if rows.n_second.sum() else ""
    return f"ILACS inspections with the {lower_label(measure)} known at both ends: {'; '.join(told)}{follows}."


def matched_sentence(matched: pd.DataFrame, measure: str) -> str:
    """After which judgements the change differed clearly from that of matched councils, at each census after."""
    rows = _ilacs(matched, measure).dropna(subset=["ci_low"])
    if rows.empty:
        return f"Too few inspections can be matched to compare their change in {lower_label(measure)}."
    told = "; ".join(f"{_after(years)}, {_differed(part)}" for years, part in rows.groupby("years_after"))
    return (
        f"Set beside councils near the same level of {lower_label(measure)} that were not inspected, in "
        f"{_unit(measure)}: {told}."
    )


def _differed(rows: pd.DataFrame) -> str:
    """After which judgements one length's changes differed clearly, with figures, and after which they did not."""
    clear = [f"{r.judgement}, by {_figures(r, n=True)}" for r in rows.itertuples() if side(r.ci_low, r.ci_high)]
    unclear = [r.judgement for r in rows.itertuples() if not side(r.ci_low, r.ci_high)]
    told = [f"the change differed clearly after {', after '.join(clear)}"] if clear else []
    told += [f"there was no clear difference after {listed(unclear)}"] if unclear else []
    return ", and ".join(told)


def levels_sentence(matched: pd.DataFrame, measure: str, within: float, judged: str = "inadequate") -> str:
    """How near the matched stood, and how many inspections had no council near enough, at the first census after.

    `within` is how far off a council may be, in the measure's unit.
    """
    rows = _first(_ilacs(matched, measure))
    if not (rows.n + rows.unmatched).sum():
        return ""
    left, of = int(rows.unmatched.sum()), int((rows.n + rows.unmatched).sum())
    far = f"{one_decimal(within)} {_unit(measure)}"
    told = (
        f"Of the {of} inspections with a change {_after(rows.years_after.iloc[0])}, {_many(left)} "
        f"{plural(left, 'has', 'have')} too few such councils within {far} and {plural(left, 'is', 'are')} left out."
    )
    row = next(rows[(rows.judgement == judged) & (rows.n > 0)].itertuples(), None)
    if row is None:
        return told
    return (
        f"{told} Those judged {judged} that could be matched stood at {value(measure, row.level_before)} on average, "
        f"the councils set beside them at {value(measure, row.level_matched)}."
    )


def frameworks_sentence(changes: pd.DataFrame, measure: str) -> str:
    """How few SIF inspections lie within the series, beside ILACS."""
    first = _first(changes[(changes.measure == measure) & ~changes.adjusted.astype(bool)])
    counts = first.groupby("framework").n.sum()
    sif, ilacs = (int(counts.get(name, 0)) for name in ("SIF", "ILACS"))
    few = f"{'only ' if sif else ''}{number(sif)}"
    return (
        f"The series begins with the census of 2017, the year in which the SIF ended, so that {few} SIF "
        f"{plural(sif, 'inspection has', 'inspections have')} the {lower_label(measure)} known before and "
        f"{_after(first.years_after.min()) if len(first) else 'after'}, beside {ilacs} under ILACS: too few "
        f"to be read alone."
    )


def caption_frameworks(years_after: int) -> str:
    return f"Mean change {_after(years_after)} less England's, 95% interval and (n), in the measure's unit"


def earlier_sentence(earlier: pd.DataFrame, measure: str = "agency_rate", judged: str = "inadequate") -> str:
    """The change from the census of 2015 to that of 2016 around SIF inspections with one judgement."""
    rows = earlier[(earlier.framework == "SIF") & (earlier.measure == measure) & (earlier.judgement == judged)]
    rows = rows.dropna(subset=["ci_low"])
    if rows.empty:
        return f"Too few SIF inspections judged {judged} lie between the censuses of 2015 and 2016 to tell a change."
    forms = {False: "as it was", True: "less England's"}
    told = listed([f"{_figures(r)} {forms[bool(r.adjusted)]}" for r in rows.itertuples()])
    return (
        f"{rows.n.max()} SIF inspections judged {judged} lie between the censuses of 2015 and 2016 and have the "
        f"{lower_label(measure)} known at both. The mean change, in {_unit(measure)}, was {told} "
        f"({listed(list(dict.fromkeys(map(_verdict, rows.itertuples()))))}). These censuses were collected in another "
        f"way, and that of 2015 was published in whole percents. No change is taken from 2016 to 2017."
    )


# --- one change told in each way -------------------------------------------------------------------------------------


def ways_title(ways: pd.DataFrame, measure: str, judged: str = "inadequate") -> str:
    """A headline for the chart of ways: the change beside that of matched councils (of England where none are matched)
    and beside its own of the year before.

    The ways are not counted: they are of the same inspections, and no independent findings.
    """
    start = f"{MEASURES[measure].label} change after {judged}:"
    others = "adjusted" if _way(ways, "matched") is None else "matched"
    beside = {"adjusted": "England's", "matched": "matched councils'", "less_year_before": "year before"}
    rows = {beside[way]: row for way in (others, "less_year_before") if (row := _way(ways, way)) is not None}
    if not rows:
        return f"{start} too few inspections to tell a change"
    sides = {words: side(row.ci_low, row.ci_high) for words, row in rows.items()}
    said = {"higher": "above", "lower": "below", "": "unclear against"}
    told = [
        f"{words} {listed(of)}" for word, words in said.items() if (of := [b for b, s in sides.items() if s == word])
    ]
    return f"{start} {', '.join(told)}" if any(sides.values()) else f"{start} no clear gap to any comparison"


def subtitle_ways(
    ways: pd.DataFrame, measure: str, judgement: str, as_at: str = AS_AT, judged: str = "inadequate"
) -> str:
    """What the chart of ways is: measure, unit, inspections up to which day, and n."""
    n = int(_first(ways[ways.years_after > 0]).n.max()) if (ways.years_after > 0).any() else 0
    return (
        f"Mean change in {lower_label(measure)} ({_unit(measure)}) around ILACS inspections begun to "
        f"{_last_day(as_at)} with "
        f"{JUDGED[judgement]} judged {judged}, England, n = {n}{' or fewer' * (n > 0)}; 95% intervals"
    )


def caption_ways(measure: str, judged: str = "inadequate") -> str:
    return (
        f"Mean change in {lower_label(measure)} ({_unit(measure)}) so many censuses after ILACS inspections judged "
        f"{judged}, in each way; 0 is the year up to the census before. Every row is of the same inspections, "
        "or of some of them"
    )


def alt_ways(ways: pd.DataFrame, measure: str, judged: str = "inadequate") -> str:
    """Alt text of the chart of ways: every estimate with its interval."""
    known = ways.dropna(subset=["mean_change"])
    told = []
    for label, part in known.groupby("label", sort=False):
        figures = [
            f"{_figures(r)} {_after(r.years_after)}" if r.years_after else _figures(r) for r in part.itertuples()
        ]
        words = " ".join(label.split())
        told.append(f"{words[0].lower()}{words[1:]} {listed(figures)}")
    words = f": {'; '.join(told)}" if told else ", which has no figures yet"
    return (
        f"Chart of the mean change in {lower_label(measure)} after ILACS inspections judged {judged}, in "
        f"{_unit(measure)}, set beside other changes, with 95% intervals{words}."
    )


def year_before_sentence(ways: pd.DataFrame, measure: str, judged: str = "inadequate") -> str:
    """Whether the measure was on the move against England's before the inspection."""
    row = _way(ways, "year_before")
    if row is None:
        return ""
    start = (
        f"In the year up to the census before, the {lower_label(measure)} of councils that were then judged {judged} "
        f"had changed by {_in_full(row, measure)} against England's"
    )
    if not side(row.ci_low, row.ci_high):
        return f"{start}, which is no clear change."
    word = "rising" if row.mean_change > 0 else "falling"
    return f"{start}: it was {word} before they were inspected, and a part of what came after may go on with that."


def own_rise_sentence(ways: pd.DataFrame, measure: str) -> str:
    """Whether the change after was another than the same inspections' change of the year before; “” where unknown."""
    row = _way(ways, "less_year_before")
    if row is None:
        return ""
    earlier = _way(ways, "year_before")
    moved = {"higher": "rise", "lower": "fall"}.get(side(earlier.ci_low, earlier.ci_high) if earlier else "", "change")
    word = {"higher": "clearly more than", "lower": "clearly less than"}.get(side(row.ci_low, row.ci_high))
    return (
        f"{_capital(_after(row.years_after))}, the change less that of the year before, for the same inspections and "
        f"less England's, is {_in_full(row, measure)}: {word or 'not clearly more or less than'} their own {moved} in "
        f"the year before."
    )


def beside_hood_and_goldacre(ways: pd.DataFrame, as_at: str) -> str:
    """What Hood and Goldacre (2021) report of agency use after inadequate, beside the same question here; “” before it
    was published. `ways` is of the agency rate after inadequate."""
    if as_at < HOOD_AND_GOLDACRE:
        return ""
    start = "Hood and Goldacre (2021) report that agency use rises steeply after an inadequate judgement."
    row = _way(ways, "adjusted")
    if row is None:
        return f"{start} The inspections here are too few to set beside it."
    rise = side(row.ci_low, row.ci_high) == "higher"
    found = "a clear rise, which agrees with it in direction" if rise else "no clear rise, which does not show it"
    first = (
        f"{start} Here the change in mean agency rate {_after(row.years_after)}, less England's, is "
        f"{_in_full(row, 'agency_rate')}: {found}."
    )
    return f"{first}{_less_its_own(ways)}"


def _less_its_own(ways: pd.DataFrame) -> str:
    """What of the change stays once that of the year before is taken off, shortly; “” where unknown."""
    row = _way(ways, "less_year_before")
    if row is None:
        return ""
    word = {"higher": "it is still a clear rise", "lower": "it is a clear fall", "": "no clear change is left"}
    return f" Less the same councils' change of the year before, {word[side(row.ci_low, row.ci_high)]}."


def agency_after(ways: pd.DataFrame) -> str:
    """agency_after_points in one paragraph."""
    return " ".join(agency_after_points(ways))


def agency_after_points(ways: pd.DataFrame) -> list[str]:
    """The answer in a few sentences: agency rate after an inadequate judgement, less England's change, beside matched
    councils, in the year before, and less that year's change. `ways` is of the agency rate after inadequate."""
    own, beside = _way(ways, "adjusted"), _way(ways, "matched")
    if own is None:
        return [
            "Too few ILACS inspections judged inadequate have an agency rate before and after them to tell a change."
        ]
    first = (
        f"{_capital(_after(own.years_after))} ILACS inspections judged inadequate, the mean agency rate was "
        f"{_against(own)} at the census before, less England's change: {_in_full(own, 'agency_rate')}{_beside(beside)}."
    )
    before = (year_before_sentence(ways, "agency_rate"), own_rise_sentence(ways, "agency_rate"))
    return [sentence for sentence in (first, *before) if sentence]


def _beside(row) -> str:
    """The difference to matched councils as the end of a sentence; “” where there is none."""
    if row is None:
        return ""
    word = {"higher": "clearly more", "lower": "clearly less", "": "no clear difference"}[side(row.ci_low, row.ci_high)]
    return (
        f"; against councils near the same level that were not inspected ({value('agency_rate', row.level_matched)} "
        f"beside {value('agency_rate', row.level_before)} on average), the change differed by "
        f"{_in_full(row, 'agency_rate')}, {word}"
    )


# --- words of one change ---------------------------------------------------------------------------------------------


def _ilacs(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    return table[(table.framework == "ILACS") & (table.measure == measure)]


def _first(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the first census after."""
    return rows[rows.years_after == rows.years_after.min()]


def _way(ways: pd.DataFrame, way: str):
    """The row of one way at its first census after; None where it has no interval."""
    rows = _first(ways[ways.way == way]).dropna(subset=["ci_low"])
    return next(rows.itertuples(), None)


def _sides(rows: pd.DataFrame) -> set[str]:
    return {side(low, high) for low, high in zip(rows.ci_low, rows.ci_high, strict=True)}


def _many(count: int) -> str:
    return number(count) if count else "none"


def _after(years: int) -> str:
    return f"{number(years)} {plural(years, 'census', 'censuses')} after"


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _unit(measure: str) -> str:
    return "percentage points" if MEASURES[measure].unit == "%" else MEASURES[measure].unit


def _against(row) -> str:
    word = side(row.ci_low, row.ci_high)
    return f"clearly {word} than" if word else "not clearly different from that"


def _verdict(row) -> str:
    word = side(row.ci_low, row.ci_high)
    return f"clearly {word}" if word else "no clear change"


def _figures(row, n: bool = False) -> str:
    """“+7.5 (+4.2 to +10.8; n = 35)”, or without n; the interval only where there is one."""
    told = [] if pd.isna(row.ci_low) else [f"{_signed(row.ci_low)} to {_signed(row.ci_high)}"]
    told += [f"n = {row.n}"] if n else []
    return f"{_signed(row.mean_change)} ({'; '.join(told)})" if told else _signed(row.mean_change)


def _in_full(row, measure: str) -> str:
    """“+7.5 percentage points (95% interval +4.2 to +10.8, n = 35)”."""
    interval = f"95% interval {_signed(row.ci_low)} to {_signed(row.ci_high)}, n = {row.n}"
    return f"{_signed(row.mean_change)} {_unit(measure)} ({interval})"


def _signed(change: float) -> str:
    """A change to one decimal with its sign; 0.0 has none."""
    return plus_minus(change, 1)
