"""Facts of press articles coded by hand, cleaned and resolved to councils, censuses and units: the yardstick.

The facts stand in data/articles/facts.csv, with the digests they were coded from beside them; data/articles/README.md
says how. What the program reads in the articles is in press.py, in the same columns. A claim keeps its hedge (`bound`)
and whose word it is. A figure belongs to a census only where the article's words say so: a period that holds
30 September and is no longer than a year.
"""

from __future__ import annotations

import re
from math import isfinite
from pathlib import Path

import pandas as pd
import yaml

from workforce_ratings import councils, paths
from workforce_ratings.vocabulary import FIVE, JUDGED, JUDGEMENT_TYPE, Fault, census_date, judgement, one_of

# What the articles call it, and the measure of the census that it can be set beside.
MEASURE_OF = {name: name for name in FIVE if name != "caseload"} | {"caseload_average": "caseload"}
JUDGEMENT_INDICATORS = {f"{name}_judgement": name for name in JUDGED} | {"previous_judgement": "overall"}
BOUNDS = ("=", "<", ">", "~")
# As the table in data/articles/README.md defines them; a test holds the two equal.
INDICATORS = (
    "agency_rate",
    "turnover_rate",
    "vacancy_rate",
    "absence_rate",
    "caseload_average",
    "caseload_max",
    "overall_judgement",
    "previous_judgement",
    "leaders_judgement",
    "help_and_protection_judgement",
    "in_care_judgement",
    "care_leavers_judgement",
    "other_judgement",
    "inspection_type",
    "other_visit",
    "visits_until_now",
    "referrals_per_week",
    "referral_timeliness",
    "referrals_accepted",
    "unallocated_cases",
    "case_sample_concern",
    "cases_of_concern",
    "children_reviewed",
    "children_without_plan",
    "late_visits",
    "supervision_gap",
    "caseload_changed_hands",
    "changes_of_social_worker",
    "leaders_changed",
    "leadership_stability",
    "staff_count",
    "staff_left",
    "staff_recruited",
    "staff_retained",
    "permanent_rate",
    "agency_staff_count",
    "vacant_posts",
    "case_holders",
    "case_holders_share",
    "days_lost",
    "action_plan_days",
    "improvement_points",
    "money",
    "spending_change",
)
STATUSES = ("fact", "target", "norm", "plan", "complement", "change")
AUTHORITIES = ("dfe", "ofsted", "council", "other", "")
FACT_COLUMNS = (
    *("article", "fact", "council", "indicator", "value", "value_other", "unit", "bound", "in_words", "scope"),
    *("period", "period_start", "period_end", "authority", "hedged", "status", "note"),
)
CLAIM_COLUMNS = (
    *("article", "fact", "published_by", "council", "council_code", "indicator", "measure", "value", "value_other"),
    *("judgement", "kind", "step", "unit", "bound", "scope", "period", "period_start", "period_end", "census"),
    *("authority", "hedged", "status", "note"),
)
LONGEST_PERIOD_DAYS = 366
# A judgement is set beside a figure of the same article only where the figure is not older than this.
LATEST_WITHIN_DAYS = 731


def digests(folder: Path | None = None) -> pd.DataFrame:
    """One row per article: its slug and the front matter of its digest (publisher, date, title in our words, …)."""
    rows = []
    for path in sorted((folder or paths.ARTICLES).glob("*.md")):
        if path.name != "README.md":
            front = _front_matter(path)
            rows.append({"article": path.stem, **front, "published_by": _latest_day(front.get("date"), path)})
    return pd.DataFrame(rows)


def _front_matter(path: Path) -> dict[str, object]:
    try:
        parts = path.read_text(encoding="utf-8").split("---\n", 2)
    except (OSError, UnicodeDecodeError) as error:
        raise Fault(f"{path.name} cannot be read as UTF-8 text ({type(error).__name__}); save it as UTF-8.") from error
    if len(parts) < 3 or parts[0].strip():
        raise Fault(f"{path.name}, line 1: no front matter between two lines of “---”; see data/articles/README.md.")
    try:
        front = yaml.safe_load(parts[1])
    except yaml.YAMLError as error:
        raise Fault(f"{path.name}: its front matter is not YAML ({' '.join(str(error).split())[:120]}).") from error
    if not isinstance(front, dict):
        raise Fault(f"{path.name}: its front matter is no list of keys with values; see data/articles/README.md.")
    return front


def _latest_day(written: object, path: Path) -> pd.Timestamp:
    """The last day that a date written YYYY, YYYY-MM or YYYY-MM-DD can mean."""
    try:
        if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", str(written)):
            raise ValueError(written)
        period = pd.Period(str(written), freq={4: "Y", 7: "M", 10: "D"}[len(str(written))])
    except ValueError as error:
        raise Fault(f"{path.name}: “{written}” is not a date written YYYY, YYYY-MM or YYYY-MM-DD.") from error
    return period.end_time.normalize()


def facts(path: Path | None = None) -> pd.DataFrame:
    """The hand-coded facts as written: one row per fact, text columns, blanks for what is not stated."""
    path = path or paths.FACTS
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:  # pandas' own kinds for a damaged table are ValueErrors
        raise Fault(f"{path} cannot be read ({type(error).__name__}); put the file back.") from error
    absent = [column for column in FACT_COLUMNS if column not in table]
    if absent:
        raise Fault(f"{path} lacks the columns {', '.join(absent)}; see data/articles/README.md.")
    return table


def coded(
    as_at: str = "", facts_table: pd.DataFrame | None = None, digest_table: pd.DataFrame | None = None
) -> pd.DataFrame:
    """One row per fact of an article published by `as_at` (“”: any), cleaned: council and code, indicator, value, period.

    `value` is a number or NaN, `judgement` and `kind` (of a visit) text or “”; `step` says how finely the number was
    told (0.1, 1, or 5 or 10 for round numbers in words or with “about”); `measure` is the census measure it can be set
    beside (“” for none) and `census` the census its period holds (NA for none).
    Raises Fault naming the article and fact that cannot be read.
    """
    table = facts() if facts_table is None else facts_table
    published = (digests() if digest_table is None else digest_table).set_index("article").published_by
    rows = [_claim(row, published) for row in table.itertuples(index=False)]
    frame = pd.DataFrame(rows, columns=CLAIM_COLUMNS).astype({"census": "Int64", "fact": int})
    return frame[frame.published_by <= pd.Timestamp(as_at)].reset_index(drop=True) if as_at else frame


def _claim(row, published: pd.Series) -> dict[str, object]:
    where = f"facts.csv, {row.article} fact {row.fact}"
    if row.article not in published:
        raise Fault(f"{where}: there is no digest {row.article}.md beside it; write one or correct the name.")
    if row.bound not in BOUNDS:
        raise Fault(f"{where}, column bound: “{row.bound}” is not one of {' '.join(BOUNDS)}.")
    one_of(row.status, STATUSES, f"{where}, column status")
    one_of(row.authority, AUTHORITIES, f"{where}, column authority")
    one_of(row.indicator, INDICATORS, f"{where}, column indicator")
    if not row.fact.isdigit():
        raise Fault(f"{where}, column fact: “{row.fact}” is not a whole number.")
    start, end = _period_day(row.period_start, where), _period_day(row.period_end, where)
    number, judged = _value(row, where)
    council = (
        None
        if row.council == "England" or row.council in set(councils.register().region)
        else _council(row.council, where, published[row.article])
    )
    return {
        "article": row.article,
        "fact": int(row.fact),
        "published_by": published[row.article],
        "council": council.name if council else row.council,
        "council_code": council.code if council else "",
        "indicator": row.indicator,
        "measure": MEASURE_OF.get(row.indicator, JUDGEMENT_INDICATORS.get(row.indicator, "")),
        "value": number,
        "value_other": pd.to_numeric(row.value_other or None, errors="coerce"),
        "judgement": judged,
        "kind": row.value if row.unit == "event" else "",
        "step": _step(row),
        "unit": row.unit,
        "bound": row.bound,
        "scope": row.scope,
        "period": row.period,
        "period_start": start,
        "period_end": end,
        "census": census_of(start, end),
        "authority": row.authority,
        "hedged": row.hedged == "yes",
        "status": row.status,
        "note": row.note,
    }


def _period_day(text: str, where: str) -> pd.Timestamp | None:
    try:
        return pd.to_datetime(text, format="%Y-%m-%d") if text else pd.NaT
    except ValueError as error:
        raise Fault(f"{where}: “{text}” is not a day written YYYY-MM-DD.") from error


def _value(row, where: str) -> tuple[float, str]:
    if row.unit == "judgement":
        return float("nan"), judgement(row.value)
    if row.unit == "event":
        return float("nan"), ""
    try:
        number = float(row.value)
        if not isfinite(number):
            raise ValueError(row.value)
        return number, ""
    except ValueError as error:
        raise Fault(f"{where}, column value: “{row.value}” is not a number.") from error


def _step(row) -> float:
    """The step in which a number was told: its last decimal, or tens, fives or ones where it is words or hedged."""
    decimals = len(row.value.partition(".")[2])
    if decimals or row.unit in ("judgement", "event") or not (row.in_words == "yes" or row.bound == "~"):
        return 10.0**-decimals
    told_in = next((step for step in (10, 5, 1) if float(row.value) % step == 0), 1)
    # “About 20” allows a tenth of itself, not half of ten.
    return max(0.1, min(told_in, abs(float(row.value)) / 10))


def _council(name: str, where: str, day: pd.Timestamp) -> councils.Council:
    try:
        return councils.find(name, on=day)
    except Fault as fault:
        raise Fault(f"{where}, column council: {fault}") from fault


def census_of(start: pd.Timestamp, end: pd.Timestamp) -> int | None:
    """The census year whose 30 September a period holds, where the period is a year at most."""
    if pd.isna(start) or pd.isna(end) or (end - start).days > LONGEST_PERIOD_DAYS:
        return None
    days = [census_date(year) for year in (start.year, end.year)]
    held = [day.year for day in days if start <= day <= end]
    return held[-1] if held else None


def figures_with_judgement(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """One row per council: an article's latest figure of a measure for the whole council, with the overall judgement
    that the same article gives it. Figures more than two years older than the article are left out."""
    stated = table.query("status == 'fact' and scope == '' and council_code != ''")
    judged = stated.query("indicator == 'overall_judgement'")[["article", "council_code", "judgement"]]
    figures = stated[(stated.measure == measure) & stated.value.notna()]
    age = (figures.published_by - figures.period_start).dt.days
    recent = age.isna() | (age <= LATEST_WITHIN_DAYS)
    latest = (
        figures[recent]
        .sort_values(["published_by", "period_end"], na_position="last")
        .drop_duplicates(["article", "council_code"], keep="last")
    )
    joined = latest.merge(
        judged.drop_duplicates(["article", "council_code"]), on=["article", "council_code"], suffixes=("_figure", "")
    )
    return (
        joined.drop_duplicates("council_code", keep="last")
        .assign(judgement=lambda d: d.judgement.astype(JUDGEMENT_TYPE))
        .reset_index(drop=True)
    )


def counted(table: pd.DataFrame) -> pd.DataFrame:
    """One row per indicator: claims, councils and areas, how many are hedged, and how many belong to a census."""
    by = table.groupby("indicator")
    frame = by.agg(claims=("fact", "size"), councils_or_areas=("council", "nunique"), hedged=("hedged", "sum"))
    frame["at_a_census"] = by.census.count()
    return frame.sort_values("claims", ascending=False, kind="stable").reset_index()
