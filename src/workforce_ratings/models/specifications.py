"""Every other reasonable way to put the question: a specification curve.

An analyst chooses which measures to hold equal, which census to link, which inspections to keep, where to cut the
scale. Each choice here has its defensible alternatives in CHOICES, the first of which is the main specification's (model
`three` of notebook 5). Fitted are the main specification, every one that departs from it in one or two choices, and a
random draw of all combinations; so the reader sees both what happens next to the main result and what happens anywhere.

Specifications share their inspections, so their shares are descriptions and no sample of independent tests. A shuffled
judgement tells what to expect of nothing: see shuffled(). Source: Simonsohn, Simmons and Nelson (2020), Nature Human
Behaviour 4, 1208-1214.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from math import erfc, sqrt

import numpy as np
import pandas as pd
from scipy import stats

from workforce_ratings.models import batched
from workforce_ratings.vocabulary import FIVE, JUDGEMENTS, MEASURES, SMALL_WORKFORCE_FTE, THREE

BASES = ("full-time equivalent", "headcount")
LINKS = ("before", "published", "earlier", "mean of two")
CHOICES: dict[str, tuple[str, ...]] = {
    "measures": ("three", "alone", "five"),
    "basis": BASES,
    "census": LINKS,
    "joint_returns": ("both councils", "once", "left out"),
    "small_councils": ("kept", "left out"),
    "framework": ("ILACS to March 2025", "ILACS to date", "ILACS and SIF"),
    "cut": ("four judgements", "above inadequate", "good or outstanding", "outstanding"),
    "covariates": ("none", "previous", "year", "deprivation", "size", "region", "all"),
    "period": ("all", "before 2022", "from 2022"),
    "clustering": ("return unit", "council", "none"),
}
MAIN = {name: options[0] for name, options in CHOICES.items()}
MOST_DEPARTURES = 2
DRAWN = 1_500
SHUFFLES = 100
# Shuffles of the main specification alone, which are quick: enough to tell 5% from 6%.
MANY_SHUFFLES = 2_000
SEED = 20210416
LEVEL = 0.95
NORMAL_REACH = float(stats.norm.ppf(0.5 + LEVEL / 2))
FEWEST_BY_PARAMETER = 10
FEWEST_BY_SIDE = 5
LAST_OF_2025 = pd.Timestamp("2025-03-31")
SECOND_PERIOD = pd.Timestamp("2022-01-01")
CUTS = {"four judgements": None, "above inadequate": 0, "good or outstanding": 1, "outstanding": 2}
COVARIATES = {
    "previous": ("previous_rank",),
    "year": ("years_since_2017",),
    "deprivation": ("imd_average_score",),
    "size": ("log_children",),
    "region": ("region",),
}
# Measures that DfE publishes by headcount too; the others have one form.
BY_HEADCOUNT = ("agency_rate", "turnover_rate")
COLUMNS = [
    *(
        "specification",
        "departures",
        *CHOICES,
        "measure",
        "coef",
        "se",
        "ci_low",
        "ci_high",
        "p",
        "effect",
        "effect_low",
        "effect_high",
    ),
    *("n", "councils", "reason"),
]


def column(measure: str, basis: str, census: str) -> str:
    """The name of a column of staffing: a measure on a basis at a linked census."""
    form = "headcount" if basis == "headcount" and measure in BY_HEADCOUNT else "fte"
    return f"{measure} {form} {census}"


STAFFING = tuple(dict.fromkeys(column(m, basis, link) for m in FIVE for basis in BASES for link in LINKS))


def listed() -> pd.DataFrame:
    """One row per specification: its number (0 is the main one), departures from the main one, and every choice."""
    near = [{}]
    for count in range(1, MOST_DEPARTURES + 1):
        for names in combinations(CHOICES, count):
            near += [dict(zip(names, others, strict=True)) for others in product(*(CHOICES[n][1:] for n in names))]
    rows = pd.DataFrame([MAIN | departed for departed in near])
    generator = np.random.default_rng(SEED)
    drawn = pd.DataFrame({name: generator.choice(options, DRAWN) for name, options in CHOICES.items()})
    rows = pd.concat([rows, drawn], ignore_index=True).drop_duplicates(ignore_index=True)
    departures = (rows != pd.Series(MAIN)).sum(axis=1)
    return rows.assign(specification=rows.index, departures=departures)[["specification", "departures", *CHOICES]]


def inspections(before: pd.DataFrame, published: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """One row per inspection with everything a specification may take: staffing in every form, covariates, judgement.

    `before` and `published` are panels by the two census rules (the first with panel.with_context), `figures` one row
    per council and census (panel.censuses). A mean of two censuses is missing where one of them is.
    """
    judged = before.dropna(subset=["overall"]).reset_index(drop=True)
    census = {"before": judged.census, "earlier": judged.census - 1}
    census["published"] = judged.inspection_id.map(published.set_index("inspection_id").census)
    forms = {f"{m} fte": m for m in FIVE} | {f"{m} headcount": f"{m}_headcount" for m in BY_HEADCOUNT}
    by_place = figures.set_index(["council_code", "census"])[list(forms.values())]
    made = {}
    for link, years in census.items():
        linked = by_place.reindex(pd.MultiIndex.from_arrays([judged.council_code, years]))
        made |= {f"{form} {link}": linked[name].to_numpy(float) for form, name in forms.items()}
    for form in forms:
        made[f"{form} mean of two"] = (made[f"{form} before"] + made[f"{form} earlier"]) / 2
    rows = pd.concat([judged, pd.DataFrame(made)], axis=1)
    return rows[rows[list(STAFFING)].notna().any(axis=1)].reset_index(drop=True)


KEPT = ("framework", "joint_returns", "small_councils", "period")


def keeps(rows: pd.DataFrame) -> dict[tuple[str, ...], np.ndarray]:
    """Which inspections a specification is of, before any missing figure, by its options of KEPT; (n,) of booleans each."""
    to_march = (rows.framework == "ILACS") & (rows.inspection_start <= LAST_OF_2025)
    late, every = rows.inspection_start >= SECOND_PERIOD, pd.Series(True, rows.index)
    framework = {
        "ILACS to March 2025": to_march,
        "ILACS to date": rows.framework == "ILACS",
        "ILACS and SIF": to_march | (rows.framework == "SIF"),
    }
    joint = {
        "both councils": every,
        "once": rows.council_code == rows.return_unit.str[: rows.council_code.str.len().max()],
        "left out": ~rows.joint,
    }
    small = {"kept": every, "left out": ~(rows.inpost_fte < SMALL_WORKFORCE_FTE)}
    period = {"all": every, "before 2022": ~late, "from 2022": late}
    by_choice = [{name: which.to_numpy(bool) for name, which in of.items()} for of in (framework, joint, small, period)]
    combined = product(*(CHOICES[name] for name in KEPT))
    return {
        options: np.logical_and.reduce([of[option] for of, option in zip(by_choice, options, strict=True)])
        for options in combined
    }


@dataclass(frozen=True)
class _Arrays:
    """The inspections as arrays: columns by name, judgements, clusters by name, and which rows each choice keeps."""

    columns: dict[str, np.ndarray]
    regions: tuple[str, ...]
    codes: np.ndarray
    clusters: dict[str, np.ndarray]
    keeps: dict[tuple[str, ...], np.ndarray]


def _arrays(rows: pd.DataFrame) -> _Arrays:
    """`rows` (see inspections) as arrays. The region with most inspections is the reference."""
    names = [*STAFFING, *(c for one in COVARIATES.values() for c in one if c != "region")]
    columns = {name: rows[name].to_numpy(float) for name in names}
    others = sorted(set(rows.region) - set(rows.region.mode().head(1)))
    regions = {f"region: {name}": (rows.region == name).to_numpy(float) for name in others}
    units = {"return unit": rows.return_unit, "council": rows.council_code}
    clusters = {name: unit.astype("category").cat.codes.to_numpy() for name, unit in units.items()}
    codes = rows.overall.cat.codes.to_numpy().astype(int)
    return _Arrays(columns | regions, tuple(regions), codes, clusters, keeps(rows))


@dataclass(frozen=True)
class _Group:
    """Fits that share their columns and their cut of the scale: which specification each is of, and its rows."""

    cut: str
    measures: tuple[str, ...]
    columns: tuple[str, ...]
    specifications: list[dict[str, object]]


def _groups(specifications: pd.DataFrame, regions: tuple[str, ...]) -> list[_Group]:
    """Every fit of the specifications, in groups. “alone” is one fit for each measure."""
    found: dict[tuple, _Group] = {}
    for chosen in specifications.to_dict("records"):
        for measures in {"three": [THREE], "five": [FIVE], "alone": [(m,) for m in THREE]}[chosen["measures"]]:
            staffing = [column(m, chosen["basis"], chosen["census"]) for m in measures]
            names = (
                COVARIATES if chosen["covariates"] == "all" else [n for n in COVARIATES if n == chosen["covariates"]]
            )
            extra = [c for name in names for c in (regions if name == "region" else COVARIATES[name])]
            key = (chosen["cut"], measures, (*staffing, *extra))
            found.setdefault(key, _Group(*key, [])).specifications.append(chosen)
    return list(found.values())


def fit(rows: pd.DataFrame, specifications: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row per specification and measure of the main three, in the columns of specifications.csv.

    `coef` is the log odds of a better judgement per unit of the measure, `effect` the same per standard deviation that
    the measure has in the main specification without small workforces (with its 95% interval); `p` is two-sided. Where
    nothing can be estimated `reason` says why.
    """
    arrays = _arrays(rows)
    groups = _groups(listed() if specifications is None else specifications, arrays.regions)
    frame = pd.DataFrame([row for group in groups for row in _fit_group(arrays, group)])
    order = {measure: i for i, measure in enumerate(THREE)}
    frame = frame.sort_values(["specification", "measure"], key=lambda c: c.map(order) if c.name == "measure" else c)
    spread = frame.measure.map(_spread(rows))
    effects = {"effect": "coef", "effect_low": "ci_low", "effect_high": "ci_high"}
    return frame.assign(**{name: frame[of] * spread for name, of in effects.items()})[COLUMNS].reset_index(drop=True)


def _spread(rows: pd.DataFrame) -> pd.Series:
    """The standard deviation of each measure among the inspections of the main specification, small workforces left out:
    one council with a single social worker would widen it by a quarter."""
    names = [column(m, MAIN["basis"], MAIN["census"]) for m in THREE]
    chosen = MAIN | {"small_councils": "left out"}
    main = rows[keeps(rows)[tuple(chosen[name] for name in KEPT)]].dropna(subset=names)
    return main[names].std(ddof=1).set_axis(list(THREE))


def _prepared(arrays: _Arrays, group: _Group) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns (n, k), judgements (n,) and weights (fits, n) of 0 and 1 of a group, over the rows any of its fits has."""
    x = np.column_stack([arrays.columns[name] for name in group.columns])
    codes = arrays.codes if CUTS[group.cut] is None else (arrays.codes > CUTS[group.cut]).astype(int)
    keeps = np.array([arrays.keeps[tuple(chosen[name] for name in KEPT)] for chosen in group.specifications])
    return x, codes, (keeps & np.isfinite(x).all(axis=1)).astype(float)


def _judgements(cut: str) -> int:
    """How many judgements the scale has after a cut."""
    return len(JUDGEMENTS) if CUTS[cut] is None else 2


def _fit_group(arrays: _Arrays, group: _Group) -> list[dict[str, object]]:
    """Rows of fit() for a group."""
    x, codes, weights = _prepared(arrays, group)
    reasons = _unusable(codes, weights, x.shape[1], group.cut)
    usable = np.array([not reason for reason in reasons])
    fits = batched.fit(codes, x, weights * usable[:, None], judgements=_judgements(group.cut))
    clustering = [chosen["clustering"] for chosen in group.specifications]
    se = _errors(fits, codes, x, weights, clustering, arrays.clusters)
    made = []
    for i, chosen in enumerate(group.specifications):
        sound = usable[i] and np.isfinite(se[i]).all()
        reason = reasons[i] if sound or reasons[i] else "the likelihood has no clear maximum"
        known = {"n": int(weights[i].sum()), "councils": len(set(arrays.clusters["council"][weights[i] > 0]))}
        for at, measure in enumerate(group.measures):
            if measure in THREE:
                numbers = _numbers(fits.coef[i, at], se[i, at]) if sound else dict.fromkeys(NUMBERS, np.nan)
                made.append({**chosen, "measure": measure, **numbers, **known, "reason": reason})
    return made


NUMBERS = ("coef", "se", "ci_low", "ci_high", "p")


def _numbers(coef: float, se: float) -> dict[str, float]:
    reach = NORMAL_REACH * se
    return dict(zip(NUMBERS, (coef, se, coef - reach, coef + reach, erfc(abs(coef / se) / sqrt(2))), strict=True))


def _unusable(codes: np.ndarray, weights: np.ndarray, k: int, cut: str) -> list[str]:
    """Why each row of weights cannot carry a model of k columns; “” where it can.

    Ten inspections for each parameter and, for a cut of the scale, five on its rarer side for each column. Source:
    Vittinghoff and McCulloch (2007), American Journal of Epidemiology 165, 710-718.
    """
    names = JUDGEMENTS if CUTS[cut] is None else (f"not {cut}", cut)
    reasons = []
    for counts in np.stack([weights @ (codes == code) for code in range(len(names))], axis=1):
        absent = [name for name, count in zip(names, counts, strict=True) if not count]
        few = counts.sum() < FEWEST_BY_PARAMETER * (k + len(names) - 1)
        rare = CUTS[cut] is not None and counts.min() < FEWEST_BY_SIDE * k
        too_few = f"{int(counts.sum())} inspections are too few for {k} columns" if few or rare else ""
        reasons.append(f"no inspection was judged {' or '.join(absent)}" if absent else too_few)
    return reasons


def _errors(
    fits: batched.Fits,
    codes: np.ndarray,
    x: np.ndarray,
    weights: np.ndarray | None,
    clustering: list[str],
    clusters: dict[str, np.ndarray],
) -> np.ndarray:
    """Standard errors of the coefficients, each fit by its own clustering; (fits, columns)."""
    covariance = fits.covariance
    for name, groups in clusters.items():
        which = np.array([one == name for one in clustering])
        if which.any():
            by_group = batched.clustered(fits, codes, x, groups, weights)
            covariance = np.where(which[:, None, None], by_group, covariance)
    with np.errstate(invalid="ignore"):
        return np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))[:, : x.shape[1]]


# --- what nothing looks like -------------------------------------------------------------------------------------------


# What stands for shuffles where none are asked for.
NO_SHUFFLES = pd.DataFrame(columns=["shuffle", "measure", "significant", "effect", "n"])


def shuffled(rows: pd.DataFrame, specifications: pd.DataFrame, times: int = SHUFFLES) -> pd.DataFrame:
    """One row per shuffle and measure: of the specifications, which share has p < 0.05 (`significant`) and the median
    `effect`, when judgements are dealt out at random among the inspections.

    Every specification meets the same shuffles, so that `significant` shows how far shares swing together by chance.
    The mean of `significant` should be about 0.05: that says whether the standard errors are honest.
    """
    arrays = _arrays(rows)
    generator = np.random.default_rng(SEED)
    dealt = np.array([generator.permutation(arrays.codes) for _ in range(times)])
    spread = _spread(rows)
    parts = [_shuffled_group(arrays, group, dealt, spread) for group in _groups(specifications, arrays.regions)]
    frame = pd.concat(parts, ignore_index=True).dropna(subset=["effect"])
    by = frame.groupby(["shuffle", "measure"], sort=False)
    return by.agg(significant=("significant", "mean"), effect=("effect", "median"), n=("effect", "size")).reset_index()


def _shuffled_group(arrays: _Arrays, group: _Group, dealt: np.ndarray, spread: pd.Series) -> pd.DataFrame:
    """One row per shuffle, specification and measure of a group: the effect and whether p < 0.05."""
    x, own, weights = _prepared(arrays, group)
    codes = dealt if CUTS[group.cut] is None else (dealt > CUTS[group.cut]).astype(int)
    parts, fitted = [], {}
    reasons = _unusable(own, weights, x.shape[1], group.cut)
    for chosen, w, reason in zip(group.specifications, weights, reasons, strict=True):
        if reason:
            continue
        keep = w > 0
        # Specifications that differ in their clustering alone have the same estimates.
        if (same := keep.tobytes()) not in fitted:
            fitted[same] = batched.fit(codes[:, keep], x[keep], judgements=_judgements(group.cut))
        fits = fitted[same]
        clusters = {name: _numbered(of[keep]) for name, of in arrays.clusters.items()}
        se = _errors(fits, codes[:, keep], x[keep], None, [chosen["clustering"]] * len(codes), clusters)
        for at, measure in ((i, m) for i, m in enumerate(group.measures) if m in THREE):
            coef = fits.coef[:, at]
            significant = np.abs(coef) > NORMAL_REACH * se[:, at]
            known = {"shuffle": range(len(codes)), "measure": measure}
            parts.append(pd.DataFrame(known | {"effect": coef * spread[measure], "significant": significant}))
    return pd.concat(parts) if parts else pd.DataFrame(columns=["shuffle", "measure", "effect", "significant"])


def _numbered(groups: np.ndarray) -> np.ndarray:
    """Groups as whole numbers from 0 without gaps."""
    return np.unique(groups, return_inverse=True)[1]


# --- the curve in a few numbers ------------------------------------------------------------------------------------------

NEAR, ANYWHERE = "at most two choices from the main one", "drawn from all combinations"


def percent(share: float) -> str:
    """A share in percent: hardly any is never told as none, nor nearly all as all."""
    if pd.isna(share):
        return "–"
    if 0 < share < 0.01:
        return "under 1%"
    return "over 99%" if 0.99 < share < 1 else f"{share:.0%}"


def summary(table: pd.DataFrame, nothing: pd.DataFrame) -> pd.DataFrame:
    """One row per set of specifications (NEAR with the main one, ANYWHERE) and measure of fit()'s table.

    Columns: specifications, estimated; share_lower and share_higher (a higher figure goes with a lower, a higher
    judgement), share_clearly_lower and share_clearly_higher (95% interval clear of zero), median_effect; main_effect.
    For NEAR, from `nothing` (see shuffled): share_by_chance clear when judgements are shuffled, and joint_p, the share of
    shuffles (the observed one counted among them) in which as large a share is clear.
    """
    near = table.departures <= MOST_DEPARTURES
    rows = [
        {"set": name, "measure": measure, **_shares(part[part.measure == measure])}
        for name, part in ((NEAR, table[near]), (ANYWHERE, table[~near]))
        for measure in THREE
    ]
    main = table[table.departures == 0].set_index("measure").effect
    frame = pd.DataFrame(rows)
    chance = [_by_chance(row, nothing) if row["set"] == NEAR else (np.nan, np.nan) for row in frame.to_dict("records")]
    return frame.assign(main_effect=frame.measure.map(main)).join(
        pd.DataFrame(chance, columns=["share_by_chance", "joint_p"])
    )


def _shares(part: pd.DataFrame) -> dict[str, float]:
    known = part.dropna(subset=["coef"])
    lower, higher = (float(which.mean()) if len(known) else np.nan for which in (known.coef < 0, known.coef > 0))
    # Clustering changes intervals and not estimates, and a choice may leave the inspections as they are.
    distinct = known.assign(coef=known.coef.round(10)).drop_duplicates(["coef", "n"])
    counts = {
        "specifications": part.specification.nunique(),
        "estimated": known.specification.nunique(),
        "distinct": len(distinct),
    }
    return counts | {"share_lower": lower, "share_higher": higher} | _clear(known)


def _clear(known: pd.DataFrame) -> dict[str, float]:
    """The shares of estimates clear of zero on either side, and the median effect."""
    clear = {"share_clearly_lower": known.ci_high < 0, "share_clearly_higher": known.ci_low > 0}
    shares = {name: float(which.mean()) if len(known) else np.nan for name, which in clear.items()}
    return shares | {"median_effect": float(known.effect.median())}


def _by_chance(row: dict[str, object], nothing: pd.DataFrame) -> tuple[float, float]:
    shares = nothing.loc[nothing.measure == row["measure"], "significant"].to_numpy()
    clear = row["share_clearly_lower"] + row["share_clearly_higher"]
    if not len(shares) or np.isnan(clear):
        return np.nan, np.nan
    return float(shares.mean()), float(((shares >= clear - 1e-9).sum() + 1) / (len(shares) + 1))


def by_choice(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """One row per choice and option among the drawn specifications: n estimated, median effect of a measure, and the
    shares clearly lower and clearly higher. It shows which choice matters."""
    drawn = table[(table.departures > MOST_DEPARTURES) & (table.measure == measure)].dropna(subset=["coef"])
    columns = drawn[["specification", "effect", "ci_low", "ci_high"]]
    rows = []
    for choice, options in CHOICES.items():
        for option in options:
            of = columns[drawn[choice] == option]
            estimated = {"estimated": of.specification.nunique()}
            rows.append({"choice": choice, "option": option, **estimated, **_clear(of)})
    kept = ["estimated", "median_effect", "share_clearly_lower", "share_clearly_higher"]
    return pd.DataFrame(rows)[["choice", "option", *kept]]


def shown_grid(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Estimates near the main specification as a reader's table: one row per linked census, a column for each other
    covariate and cut. It shows where a result holds and where it does not, which a share cannot."""
    near = table[(table.departures <= MOST_DEPARTURES) & (table.measure == measure)]
    others = [("covariates", c) for c in CHOICES["covariates"]] + [("cut", c) for c in CHOICES["cut"][1:]]
    shown_rows = {}
    for choice, option in others:
        of = near[(near[choice] == option) & _as_main(near, {"census", choice})].set_index("census")
        cells = [_cell(of.loc[link]) if link in of.index else "–" for link in CHOICES["census"]]
        name = {"covariates": f"{option} held equal", "cut": f"cut: {option}"}[choice]
        shown_rows["nothing held equal" if option == "none" else name] = cells
    frame = pd.DataFrame(shown_rows, index=[f"census {link}" for link in CHOICES["census"]]).T
    return frame.rename_axis("Per standard deviation").reset_index()


def _as_main(table: pd.DataFrame, but: set[str]) -> pd.Series:
    return (
        table[[c for c in CHOICES if c not in but]] == pd.Series({c: o for c, o in MAIN.items() if c not in but})
    ).all(axis=1)


def _cell(row: pd.Series) -> str:
    if pd.isna(row.effect):
        return "–"
    return f"{row.effect:+.2f} ({row.effect_low:+.2f} to {row.effect_high:+.2f})"


def unclear(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """One row per option that departs from the main specification: of the estimates near it, how many have the option
    (`estimated`) and in how many of those the interval spans zero (`unclear`), most first."""
    near = table[(table.departures <= MOST_DEPARTURES) & (table.measure == measure)].dropna(subset=["coef"])
    spans = (near.ci_low <= 0) & (near.ci_high >= 0)
    rows = [
        {"choice": choice, "option": option, "estimated": int(has.sum()), "unclear": int((has & spans).sum())}
        for choice, options in CHOICES.items()
        for option in options[1:]
        for has in [near[choice] == option]
    ]
    frame = pd.DataFrame(rows)
    return frame.assign(share=frame.unclear / frame.estimated).sort_values(
        ["unclear", "share"], ascending=False, kind="stable", ignore_index=True
    )


def shown_choices(choices: pd.DataFrame) -> pd.DataFrame:
    """by_choice's rows as a reader's table."""
    return pd.DataFrame(
        {
            "Choice": choices.choice.str.replace("_", " ").str.capitalize() + ": " + choices.option,
            "Specifications": choices.estimated,
            "Median estimate": choices.median_effect.map("{:+.2f}".format),
            "Clearly lower judgement": choices.share_clearly_lower.map(percent),
            "Clearly higher judgement": choices.share_clearly_higher.map(percent),
        }
    ).replace("+nan", "–")


def shown(summarised: pd.DataFrame) -> pd.DataFrame:
    """summary's rows as a reader's table."""
    return pd.DataFrame(
        {
            "Measure": summarised.measure.map(lambda m: MEASURES[m].label),
            "Specifications": summarised["set"],
            "Estimated": summarised.estimated.astype(str) + " of " + summarised.specifications.astype(str),
            "Clearly lower": summarised.share_clearly_lower.map(percent),
            "Clearly higher": summarised.share_clearly_higher.map(percent),
            "Median estimate": summarised.median_effect.map("{:+.2f}".format),
            "Main specification": summarised.main_effect.map("{:+.2f}".format),
            "Clear by chance": summarised.share_by_chance.map(percent),
        }
    ).replace("+nan", "–")
