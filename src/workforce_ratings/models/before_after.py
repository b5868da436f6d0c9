"""The staffing given the judgement: how each measure changed from the census before an inspection to those after it.

Notebook 5 asks what judgement follows a council's staffing; this asks what staffing follows its judgement. A window runs
from the latest census before an inspection started to one, or two, censuses later (panel.around gives one row per
inspection, measure and length). Its change is told as it was, and less the change of England's own figure over the
same years.

The mean change after a judgement mixes three things that the checks take apart. Another inspection may fall into the
window; a change may have begun before the inspection, for the census before it can be almost a year older; and a
measure that stands far from the mean tends to come back towards it whatever happens (regression to the mean: Barnett,
van der Pols and Dobson, 2005, International Journal of Epidemiology 34, 215-220). For the last, each inspection is set
beside councils near its level at the same census that were not inspected. For the second, its change is set beside
its own of the year before, and it is matched on that year's change too. What remains is still an association: councils
are not inspected, nor judged, at random.

Both councils of a joint return keep their rows in the means, as each was inspected, although their figures are one and
the same; the plain t interval takes them for independent. Matching counts a return once among the councils set beside,
and its interval is clustered by return unit.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from workforce_ratings.models.comparisons import LEVEL, mean_interval
from workforce_ratings.vocabulary import FIVE, JUDGED, JUDGEMENTS, MEASURES, Fault, census_date, one_of

FRAMEWORKS = ("ILACS", "SIF", "all")
# Enough to steady the mean of those set beside, few enough to stay near the level of the one inspected.
NEAREST = 5
# Each of them must stand within this share of the step by which reports describe a difference of the measure (5
# percentage points of agency rate, 1 case of caseload): councils further off are not near in a reader's sense, and a
# council at the end of the range would be set beside the mean. Matching on two things allows twice as much on each: few
# councils are near on both, and half of the inspections, those on the move, would be left out.
CALIPER = 0.5
COLUMNS = [
    "framework",
    "judgement",
    "measure",
    "years_after",
    "n",
    "mean_change",
    "ci_low",
    "ci_high",
    "adjusted",
    "n_second",
    "councils",
]
# What a window is matched on, with the columns for its own mean and that of the councils set beside.
MATCHED_ON = {
    "before": ("level_before", "level_matched"),
    "change_before": ("year_before", "year_before_matched"),
}
LEVELS = ["unmatched", *MATCHED_ON["before"], *MATCHED_ON["change_before"], "change_matched"]

# The checks by short name, in the words of before_after_checks.csv.
CHECKS = {
    "without_second": "without second inspections",
    "early": "begun by 31 March after the census before",
    "matched": "matched on the level before",
    "matched_both": "matched on the level and the year before",
    "less_year_before": "less the change in the year before",
    "year_before": "the year up to the census before",
    "earlier": "censuses of 2015 and 2016",
}
# Ways of telling one change, with their labels on a chart. Without second inspections is none of them, as no window of
# one or two years holds one: full inspections of a council lie further apart.
WAYS = {
    "raw": "As it was",
    "adjusted": "Less England's change",
    "early": "Less England's, inspection\nbegun by 31 March",
    "matched": "Less councils near\nits level",
    "matched_both": "Less councils near its\nlevel and year before",
    "less_year_before": "Less England's, less its\nown year before",
    "year_before": "Less England's, in the\nyear before",
}


def mean_changes(windows: pd.DataFrame, judgement: str = "overall", measures: tuple[str, ...] = FIVE) -> pd.DataFrame:
    """One row per framework, judgement, measure, years after, and raw or adjusted: the mean change in the measure's
    unit, with a plain 95% t interval (n - 1 degrees of freedom; NaN below two).

    `windows` are panel.around's. Framework `all` is ILACS and SIF together. `adjusted` changes are less England's over
    the same years. `n` counts inspections with a number at both ends, `n_second` those of them whose window holds a
    second inspection, `councils` the different councils. Where n is 0 the row stays, with NaN.
    """
    rows = [
        {**cell, **_summary(part, adjusted)}
        for cell, part in _cells(windows, judgement, measures)
        for adjusted in (False, True)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _cells(windows: pd.DataFrame, judgement: str, measures: tuple[str, ...]) -> Iterator[tuple[dict, pd.DataFrame]]:
    """Every framework, judgement, measure and years after with its windows, those without any too."""
    one_of(judgement, JUDGED, "judgement")
    measures = [one_of(measure, MEASURES, "a measure") for measure in measures]
    lengths = sorted(windows.years_after.unique())
    for framework in FRAMEWORKS:
        of = windows if framework == "all" else windows[windows.framework == framework]
        parts = dict(list(of.groupby([judgement, "measure", "years_after"], observed=True)))
        for name in JUDGEMENTS:
            for measure in measures:
                for years in lengths:
                    cell = {"framework": framework, "judgement": name, "measure": measure, "years_after": int(years)}
                    yield cell, parts.get((name, measure, years), of.iloc[:0])


def _summary(rows: pd.DataFrame, adjusted: bool) -> dict[str, object]:
    """n, mean change and interval of some windows, with the counts beside them."""
    changes = rows.change.to_numpy(float) - (rows.england_change.to_numpy(float) if adjusted else 0)
    known = ~np.isnan(changes)
    low, high = t_interval(changes[known])
    return {
        "n": int(known.sum()),
        "mean_change": changes[known].mean() if known.any() else np.nan,
        "ci_low": low,
        "ci_high": high,
        "adjusted": adjusted,
        "n_second": int(rows.second.to_numpy(bool)[known].sum()),
        "councils": len(set(rows.council_code.to_numpy()[known])),
    }


def t_interval(values: np.ndarray) -> tuple[float, float]:
    """The plain 95% t interval of a mean, n - 1 degrees of freedom; (NaN, NaN) below two values."""
    n = len(values)
    if n < 2:
        return np.nan, np.nan
    reach = stats.t.ppf(0.5 + LEVEL / 2, n - 1) * values.std(ddof=1) / np.sqrt(n)
    return values.mean() - reach, values.mean() + reach


# --- windows of the checks -------------------------------------------------------------------------------------------


def without_second(windows: pd.DataFrame) -> pd.DataFrame:
    """The windows in which no second inspection of the council started."""
    return windows[~windows.second]


def begun_early(windows: pd.DataFrame) -> pd.DataFrame:
    """The windows whose inspection started by 31 March after the census before: at least half of the first year lies
    after the start, so that less of the change can have come before the judgement."""
    last = pd.to_datetime((windows.census + 1).map("{}-03-31".format))
    return windows[windows.inspection_start <= last]


def year_before(windows: pd.DataFrame) -> pd.DataFrame:
    """One row per inspection and measure: the change of the year up to the census before it, as years_after 0.

    It answers whether a measure was on the move before the inspection: where it was, a change after the judgement may
    go on with what had begun.
    """
    once = windows.drop_duplicates(["inspection_id", "measure"])
    return once.assign(
        years_after=0,
        change=once.change_before,
        england_change=once.england_change_before,
        second=False,
    )


def less_year_before(windows: pd.DataFrame) -> pd.DataFrame:
    """The windows of one year, each change less the same council's change of the year up to the census before.

    It answers whether the measure changed by more after the inspection than it was changing already. England's change
    is less its own of the year before likewise. Longer windows are left out, as the year before is one year.
    """
    once = windows[windows.years_after == 1]
    return once.assign(
        change=once.change - once.change_before,
        england_change=once.england_change - once.england_change_before,
    )


def sif_with_figures(changes: pd.DataFrame) -> pd.DataFrame:
    """The rows of SIF inspections that have a number at both censuses: what older censuses can add."""
    return changes[(changes.framework == "SIF") & (changes.n > 0)]


# --- regression to the mean ------------------------------------------------------------------------------------------


def uninspected(
    censuses: pd.DataFrame, inspections: pd.DataFrame, years_after: tuple[int, ...] = (1, 2)
) -> pd.DataFrame:
    """One row per return unit, census, measure and years after, in which no council of the return was inspected.

    `censuses` are panel.censuses's, `inspections` panel.inspections's. Columns return_unit, census, measure,
    years_after, `before` (the figure at the census), `change_before` (of the year up to it, NaN where there is no
    figure a year earlier) and `change` (to the later one), all in the measure's unit. Only full inspections count,
    begun after the census's day and on or before the later one's. A joint return has one row, and is left out where
    either of its councils was inspected.
    """
    full = inspections[inspections.scope == "full"]
    inspected = set(zip(full.council_code, full.inspection_start.map(_census_before), strict=True))
    units = censuses.drop_duplicates(["return_unit", "census"])
    long = units.melt(["return_unit", "census"], list(FIVE), "measure", "before")
    parts = []
    for years in years_after:
        later = long.assign(census=long.census - years).rename(columns={"before": "after"})
        pairs = long.merge(later, on=["return_unit", "census", "measure"]).dropna(subset=["before", "after"])
        free = [
            not any((code, census + i) in inspected for code in unit.split(" / ") for i in range(years))
            for unit, census in zip(pairs.return_unit, pairs.census, strict=True)
        ]
        parts.append(pairs[np.array(free, dtype=bool)].assign(years_after=years))
    pool = pd.concat(parts, ignore_index=True)
    earlier = long.assign(census=long.census + 1).rename(columns={"before": "earlier"})
    pool = pool.merge(earlier, on=["return_unit", "census", "measure"], how="left")
    pool = pool.assign(change=pool.after - pool.before, change_before=pool.before - pool.earlier)
    return pool[["return_unit", "census", "measure", "years_after", *MATCHED_ON, "change"]]


def _census_before(start: pd.Timestamp) -> int:
    """The year of the latest census strictly before a day."""
    return start.year if census_date(start.year) < start else start.year - 1


def matched(
    windows: pd.DataFrame, pool: pd.DataFrame, on: tuple[str, ...] = ("before",), nearest: int = NEAREST
) -> pd.DataFrame:
    """The windows, each beside the `nearest` of the pool at the same census, in level or in what else `on` names.

    `on` is of MATCHED_ON: the level `before`, and `change_before`, the change of the year up to it. Nearness is the
    straight-line distance in the measure's unit. Adds `level_matched`, `year_before_matched` (where matched on it) and
    `change_matched`, the means of those return units (never the window's own; ties go by code). NaN for a window
    without a change, and for one that has fewer than `nearest` within the caliper on each of `on` (see CALIPER). `pool`
    is uninspected's. Raises Fault where `nearest` is below 1 or `on` has an unknown name.
    """
    if nearest < 1:
        raise Fault(f"nearest is {nearest}; match each inspection with one council or more.")
    on = [one_of(name, MATCHED_ON, "what to match on") for name in on]
    keys = ["census", "measure", "years_after"]
    ordered = pool.sort_values("return_unit", kind="stable")
    groups = {
        key: (part.return_unit.to_numpy(), part[on].to_numpy(float), part.change.to_numpy(float))
        for key, part in ordered.groupby(keys)
    }
    known = windows.dropna(subset=["change"])
    none = (np.array([]), np.empty((0, len(on))), np.array([]))
    found = [
        _nearest(groups.get(key, none), unit, at, CALIPER * len(on) * MEASURES[key[1]].step, nearest)
        for key, unit, at in zip(
            known[keys].itertuples(index=False, name=None), known.return_unit, known[on].to_numpy(float), strict=True
        )
    ]
    columns = [*(MATCHED_ON[name][1] for name in on), "change_matched"]
    return windows.join(pd.DataFrame(found, index=known.index, columns=columns, dtype=float))


def _nearest(candidates: tuple[np.ndarray, ...], unit: str, at: np.ndarray, caliper: float, nearest: int) -> np.ndarray:
    """Mean place and mean change of the candidates nearest to `at`, of other return units and each within the caliper
    on every column; NaN where too few."""
    units, places, changes = candidates
    # Distances are rounded so that a tie of published figures is a tie, whatever their binary forms.
    apart = np.abs(places - at).round(9)
    allowed = np.flatnonzero((units != unit) & (apart <= caliper).all(axis=1))
    if len(allowed) < nearest:
        return np.full(len(at) + 1, np.nan)
    distances = np.sqrt((apart[allowed] ** 2).sum(axis=1)).round(9)
    taken = allowed[np.argsort(distances, kind="stable")[:nearest]]
    return np.append(places[taken].mean(axis=0), changes[taken].mean())


def matched_changes(pairs: pd.DataFrame, judgement: str = "overall", measures: tuple[str, ...] = FIVE) -> pd.DataFrame:
    """One row per framework, judgement, measure and years after: by how much the change after an inspection differs
    from that of councils near its level at the same census that were not inspected.

    What it answers: a council with a high agency rate tends to fall back whatever happens, and one with a low rate to
    rise. Is the change after the judgement another than that of councils near its level? `mean_change` is the mean
    difference in the measure's unit, its 95% interval from a least-squares constant with a covariance clustered by
    return unit and t with one degree of freedom less than there are clusters (NaN below five inspections or two
    clusters). `level_before` and `level_matched` are the mean levels at the census before, near each other where the
    matching worked; `year_before` and `year_before_matched` the mean changes of the year up to it, where matched on
    that too; `change_matched` the mean change of those set beside. `n` counts inspections, `unmatched` those with a
    change that are left out, as too few councils stand near enough. `adjusted` is true: both changes are of the same
    years, so that England's drops out. The interval takes the councils set beside as given,
    and some stand beside several inspections. `pairs` are matched's.
    """
    rows = []
    for cell, windows in _cells(pairs, judgement, measures):
        part = windows.dropna(subset=["change_matched"])
        gaps = part.change - part.change_matched
        low, high = mean_interval(gaps.to_numpy(float), part.return_unit)
        on = {name: names for name, names in MATCHED_ON.items() if names[1] in pairs}
        means = {own: part[name].mean() for name, (own, _) in on.items()}
        means |= {column: part[column].mean() for column in [*(theirs for _, theirs in on.values()), "change_matched"]}
        counts = {"n": len(part), "n_second": int(part.second.sum()), "councils": part.council_code.nunique()}
        counts["unmatched"] = int(windows.change.notna().sum()) - len(part)
        ends = {"mean_change": gaps.mean(), "ci_low": low, "ci_high": high, "adjusted": True}
        rows.append({**cell, **counts, **ends, **means})
    return pd.DataFrame(rows, columns=[*COLUMNS, *LEVELS])


# --- together, and for readers ---------------------------------------------------------------------------------------


def together(**tables: pd.DataFrame) -> pd.DataFrame:
    """The tables of CHECKS, by their short names, one below the other: mean_changes's rows, and matched_changes's."""
    parts = [table.assign(check=CHECKS[one_of(name, CHECKS, "a check")]) for name, table in tables.items()]
    return (
        pd.concat(parts, ignore_index=True).reindex(columns=["check", *COLUMNS, *LEVELS]).astype({"unmatched": "Int64"})
    )


def in_each_way(changes: pd.DataFrame, checks: pd.DataFrame, measure: str, judged: str = "inadequate") -> pd.DataFrame:
    """One row per way of telling the change of a measure after ILACS inspections with one judgement, and years after.

    Columns way (a key of WAYS), label, years_after, n, mean_change, ci_low, ci_high, and matched_changes's levels.
    `changes` is mean_changes's, `checks` together's.
    """
    plain = changes.assign(way=changes.adjusted.map({False: "raw", True: "adjusted"}))
    ways = {words: name for name, words in CHECKS.items()}
    checked = checks.assign(way=checks.check.map(ways)).query("adjusted")
    rows = pd.concat([plain, checked], ignore_index=True)
    rows = rows[(rows.framework == "ILACS") & (rows.judgement == judged) & (rows.measure == measure)]
    rows = rows[rows.way.isin(list(WAYS))].assign(label=rows.way.map(WAYS))
    order = rows.way.map({way: place for place, way in enumerate(WAYS)})
    rows = rows.assign(order=order).sort_values(["order", "years_after"], ignore_index=True)
    return rows[["way", "label", "years_after", "n", "mean_change", "ci_low", "ci_high", *LEVELS]]


def shown_changes(changes: pd.DataFrame, checks: pd.DataFrame, measure: str) -> pd.DataFrame:
    """A measure's changes after ILACS inspections as a reader's table: one row per judgement and census after, `n`
    inspections (those matched in brackets), and the mean level at the census before of the matched inspections and of
    the councils set beside them."""
    raw = _of(changes, measure).query("not adjusted")
    adjusted = _of(changes, measure).query("adjusted")
    beside = _of(checks[checks.check == CHECKS["matched"]], measure)
    keys = ["judgement", "years_after"]
    rows = raw.merge(adjusted, on=keys, suffixes=("", "_adjusted")).merge(beside, on=keys, suffixes=("", "_matched"))
    return pd.DataFrame(
        {
            "Judgement": rows.judgement,
            "After": rows.years_after.astype(str),
            "n": rows.n,
            "Change": told(rows),
            "Less England's": told(rows, "_adjusted"),
            "Less matched (n)": told(rows, "_matched") + " (" + rows.n_matched.astype(str) + ")",
            "Level": rows.level_before,
            "Matched level": rows.level_matched,
        }
    )


def _of(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    return table[(table.framework == "ILACS") & (table.measure == measure)]


def shown_frameworks(changes: pd.DataFrame, years_after: int) -> pd.DataFrame:
    """Changes less England's so many censuses after, ILACS and SIF apart and together: one row per measure and
    judgement, n in brackets."""
    rows = changes[changes.adjusted.astype(bool) & (changes.years_after == years_after)]
    if rows.empty:
        return pd.DataFrame(columns=["Measure", "Judgement", "ILACS", "SIF", "Together"])
    rows = rows.assign(told=told(rows) + " (" + rows.n.astype(str) + ")")
    wide = rows.pivot(index=["measure", "judgement"], columns="framework", values="told")
    wide = wide.reindex([(m, j) for m in dict.fromkeys(rows.measure) for j in JUDGEMENTS]).reset_index()
    return pd.DataFrame(
        {
            "Measure": wide.measure.map(lambda name: MEASURES[name].label),
            "Judgement": wide.judgement,
            "ILACS": wide.ILACS,
            "SIF": wide.SIF,
            "Together": wide["all"],
        }
    )


def shown_ways(ways: pd.DataFrame) -> pd.DataFrame:
    """in_each_way's rows as a reader's table."""
    return pd.DataFrame(
        {
            "Way": ways.label.str.replace("\n", " "),
            "After": ways.years_after.astype(str),
            "n": ways.n,
            "Mean change": told(ways),
        }
    )


def told(rows: pd.DataFrame, suffix: str = "") -> pd.Series:
    """Mean change with its interval as text, such as “+7.5, +4.2 to +10.8”; “–” where there is none."""
    means, low, high = (rows[f"{name}{suffix}"].map(signed) for name in ("mean_change", "ci_low", "ci_high"))
    interval = (", " + low + " to " + high).where(rows[f"ci_low{suffix}"].notna(), "")
    return (means + interval).where(rows[f"mean_change{suffix}"].notna(), "–")


def signed(change: float) -> str:
    """A change to one decimal with its sign; 0.0 has none."""
    text = f"{change:+.1f}"
    return text[1:] if text in ("+0.0", "-0.0") else text
