"""The register of councils: codes with their dates, every spelling met, and what became of each council.

A council keeps its identity through a change of code alone (Buckinghamshire in 2020, Sheffield in 2025): such codes
form one *series*, named by its newest code. A merger, a split or a moved boundary ends a series, because figures on
the two sides are of different places. A *return unit* is what sends one return to DfE: nearly always one council,
and for Kingston and Richmond, or North and West Northamptonshire, two together.

The register's rows are hand-kept in data/register; a council that is created needs new rows there and no change here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import pandas as pd
from rapidfuzz import fuzz, process

from workforce_ratings import paths
from workforce_ratings.vocabulary import Fault, long_date

_STYLES = re.compile(
    r"^(the )?((london|royal) borough of |council of the |county of )"
    r"|( city| county| borough| metropolitan borough| district| metropolitan district)? council$"
    r"| (city|county) of$"
)


@dataclass(frozen=True)
class Council:
    """One council of the register, under one code, between two dates (None: before 2013, or still there)."""

    code: str
    name: str
    la_code: str
    valid_from: pd.Timestamp | None
    valid_to: pd.Timestamp | None
    region: str
    region_code: str
    region_dfe: str
    region_ofsted: str

    @property
    def is_current(self) -> bool:
        return self.valid_to is None

    @property
    def series(self) -> str:
        """The newest code of this council's unbroken series."""
        return series_code(self.code)

    def exists_on(self, day: pd.Timestamp) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    @property
    def successors(self) -> tuple[Council, ...]:
        """The councils that took over where this one ended (none for one that is still there)."""
        later = changes().query("old_code == @self.code").new_code
        return tuple(by_code()[code] for code in later)

    @property
    def predecessors(self) -> tuple[Council, ...]:
        return _predecessors(self.code)


@cache
def _predecessors(code: str) -> tuple[Council, ...]:
    earlier = changes()[changes().new_code == code].old_code
    return tuple(by_code()[old] for old in earlier)


def _read(name: str) -> pd.DataFrame:
    path = paths.REGISTER / name
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:  # pandas' own kinds for a damaged table are ValueErrors
        raise Fault(f"{path} cannot be read ({type(error).__name__}); put the file back.") from error


@cache
def register() -> pd.DataFrame:
    """One row per code: name, DfE's three-digit number, dates (NaT = open) and the regions of ONS, DfE and Ofsted."""
    rows = _read("councils.csv")
    return rows.assign(
        valid_from=pd.to_datetime(rows.valid_from, format="%Y-%m-%d"),
        valid_to=pd.to_datetime(rows.valid_to, format="%Y-%m-%d"),
    )


@cache
def changes() -> pd.DataFrame:
    """One row per old and new code at a reorganisation: date, kind (recode, merge, split, boundary), note."""
    rows = _read("changes.csv")
    return rows.assign(date=pd.to_datetime(rows.date, format="%Y-%m-%d"))


@cache
def return_units() -> pd.DataFrame:
    """One row per council in a joint return: return unit, code, first and last census (NaN = still)."""
    rows = _read("return_units.csv")
    return rows.assign(first_census=pd.to_numeric(rows.first_census), last_census=pd.to_numeric(rows.last_census))


@cache
def by_code() -> dict[str, Council]:
    """Every council of the register, by its code."""

    def when(stamp: pd.Timestamp) -> pd.Timestamp | None:
        return None if pd.isna(stamp) else stamp

    return {
        row.code: Council(
            row.code,
            row.name,
            row.la_code,
            when(row.valid_from),
            when(row.valid_to),
            row.region,
            row.region_code,
            row.region_dfe,
            row.region_ofsted,
        )
        for row in register().itertuples(index=False)
    }


def existing(day: pd.Timestamp) -> list[Council]:
    """The councils that existed on a day, by name: one whose rows are in the register early is not there yet."""
    return sorted((c for c in by_code().values() if c.exists_on(day)), key=lambda c: c.name)


@cache
def _recoded() -> dict[str, str]:
    only_recoded = changes().query("kind == 'recode'")
    return dict(zip(only_recoded.old_code, only_recoded.new_code, strict=True))


def series_code(code: str) -> str:
    """The newest code of the unbroken series that a code belongs to. Raises Fault for an unknown code."""
    if code not in by_code():
        raise Fault(f"{code} is not a council code in {paths.REGISTER / 'councils.csv'}; add its row there.")
    while code in _recoded():
        code = _recoded()[code]
    return code


@cache
def return_unit(code: str, census: int) -> str:
    """The return unit that a council's figures of one census come under (both codes, for a joint return)."""
    series = series_code(code)
    units = return_units()
    joint = units[(units.code == series) & (units.first_census <= census) & ~(units.last_census < census)].return_unit
    return joint.iloc[0] if len(joint) else series


def members(unit: str) -> list[Council]:
    """The councils of a return unit. Raises Fault where a part of a composite code is unknown."""
    return [by_code()[series_code(part.strip())] for part in unit.split("/")]


def tile_grid() -> pd.DataFrame:
    """One row per current council: its square on the suite's own map of England (see data/register/tile_grid.csv).

    council_code (of its series), council, region, label (short letters that no other has), and column and row, counted
    from the left and from the top, so that north is up. Raises Fault where a current council has no square, where a
    square is of none, or where two share one or their letters.
    """
    rows = _read("tile_grid.csv")
    current = {c.series: c for c in by_code().values() if c.is_current}
    _check_tiles(rows, current)
    found = [current[code] for code in rows.code]
    names = {"council_code": rows.code, "council": [c.name for c in found], "region": [c.region for c in found]}
    return pd.DataFrame({**names, "label": rows.label, "column": rows.column.astype(int), "row": rows.row.astype(int)})


def _check_tiles(rows: pd.DataFrame, current: dict[str, Council]) -> None:
    where = paths.REGISTER / "tile_grid.csv"
    if lacking := sorted({"code", "name", "label", "column", "row"} - set(rows)):
        raise Fault(f"{where} lacks the column {lacking[0]}; put its header row back.")
    if without := sorted(c.name for code, c in current.items() if code not in set(rows.code)):
        raise Fault(f"{where} has no square for {', '.join(without)}; give each a row with a free column and row.")
    if strange := sorted(set(rows.code) - set(current)):
        raise Fault(f"{where} has a square for {', '.join(strange)}, which is no current council; take its row out.")
    for columns, what in ((["code"], "council"), (["column", "row"], "square"), (["label"], "label")):
        if twice := rows.name[rows.duplicated(columns, keep=False)].tolist():
            raise Fault(f"{where} has one {what} in several rows ({', '.join(twice)}); give each row its own.")
    counted = rows.column.str.fullmatch(r"\d+") & rows.row.str.fullmatch(r"\d+")
    if wrong := rows.name[~counted].tolist():
        raise Fault(f"{where} places {wrong[0]} at no whole numbers; count columns and rows from 0.")


# --- finding a council ---------------------------------------------------------------------------------------------


def fold(name: str) -> str:
    """A name without case, punctuation and styles such as “London Borough of”, for comparing spellings."""
    plain = re.sub(r"[^a-z0-9 ]+", " ", name.lower().replace("&", " and ").replace("-", " ").replace("'", ""))
    plain = re.sub(r"\bst\b", "st", " ".join(plain.split()))
    return " ".join(_STYLES.sub("", plain).split()) or plain


def spellings() -> pd.DataFrame:
    """One row per code and spelling: register names, aliases kept by hand, spellings met in publishers' files."""
    rows = register()[["code", "name"]].rename(columns={"name": "spelling"}).assign(source="register")
    aliases = _read("aliases.csv").rename(columns={"alias": "spelling", "note": "source"})
    met = paths.OFFICIAL / "council_names.csv"
    found = pd.read_csv(met, dtype=str, keep_default_na=False) if met.exists() else rows.iloc[:0]
    return pd.concat([rows, aliases, found], ignore_index=True)[["code", "spelling", "source"]]


@cache
def _index() -> dict[str, tuple[str, ...]]:
    """Codes by folded spelling, by code in lower case, and by DfE's three-digit number."""
    pairs = [(fold(s), c) for s, c in zip(spellings().spelling, spellings().code, strict=True)]
    for council in by_code().values():
        pairs += [(council.code.lower(), council.code), (council.la_code, council.code)]
    index: dict[str, dict[str, None]] = {}
    for key, code in pairs:
        index.setdefault(key, {})[code] = None
    return {key: tuple(codes) for key, codes in index.items()}


def find(text: str, on: str | pd.Timestamp | None = None) -> Council:
    """The one council that a name, spelling or code stands for.

    With `on`, the council of that name or series that existed on the day; without, the one of today, and where there
    is none the one that was (Cumbria, until 2023). An old code of an unbroken series finds the council of today.
    Raises Fault with the nearest names for an unknown one, so that no misspelt council is reported under another name.
    """
    asked = str(text).strip()
    codes = _index().get(asked.lower()) or _index().get(fold(asked)) or ()
    found = [by_code()[code] for code in codes]
    if on is not None:
        return _find_on(asked, found, pd.Timestamp(on))
    if found:
        newest = sorted(found, key=lambda c: (c.is_current, c.valid_from or pd.Timestamp.min))[-1]
        return by_code()[newest.series]
    raise Fault(f"“{asked[:80]}” is not a council in the register; {_nearest(asked)}")


def _find_on(asked: str, found: list[Council], day: pd.Timestamp) -> Council:
    series = {c.series for c in found}
    then = [c for c in by_code().values() if c.series in series and c.exists_on(day)]
    if then:
        return then[0]
    if not found:
        raise Fault(f"“{asked[:80]}” is not a council in the register; {_nearest(asked)}")
    raise Fault(
        f"{found[0].name} did not exist on {long_date(day)}{lifetime(found[0])}; "
        f"choose another council or another date."
    )


def lifetime(council: Council) -> str:
    """“ (until 31 March 2023, then Cumberland and …)” for a council that has ended or begun since 2013, else “”."""
    parts = []
    if council.valid_from is not None and council.code not in _recoded().values():
        parts.append(f"since {long_date(council.valid_from)}")
    if council.valid_to is not None and council.code not in _recoded():
        names = " and ".join(s.name for s in council.successors)
        parts.append(f"until {long_date(council.valid_to)}, then {names}")
    return f" ({'; '.join(parts)})" if parts else ""


def _nearest(asked: str) -> str:
    names = sorted({c.name for c in by_code().values()})
    folded = {fold(name): name for name in names}
    matches = process.extract(fold(asked)[:80], list(folded), scorer=fuzz.WRatio, limit=3, score_cutoff=60)
    if not matches:
        return "give a council's name or its nine-character code."
    return "did you mean " + " or ".join(folded[key] for key, _, _ in matches) + "?"
