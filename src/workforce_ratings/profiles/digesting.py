"""One value for all that a council's report depends on, so that a report is made again only where something changed.

A profile holds everything that its report shows and nothing is read beside it, so two profiles with one digest give the
same report, from the same code and parameters. Values are hashed exactly: floats by their bytes, text by its letters, and
each with its kind, so that 1, 1.0 and “1” differ. The order of rows, columns and keys counts, as it does in a report.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from numbers import Number

import numpy as np
import pandas as pd

from workforce_ratings.profiles.gathering import Profile


def digest(profile: Profile) -> str:
    """The SHA-256 of everything in a profile, in hexadecimal digits: the same in every process and on every day."""
    found = hashlib.sha256()
    for part in _parts(profile):
        found.update(part)
    return found.hexdigest()


def _parts(value: object) -> Iterator[bytes]:
    """What a value is made of, as bytes. A part either ends its line or has a length that the one before it tells."""
    if isinstance(value, pd.DataFrame):
        yield _line(f"frame of {len(value.columns)}")
        for column in (value.index, *(column for _, column in value.items())):
            yield from _column(column)
    elif isinstance(value, pd.Series):
        yield from _parts(value.to_frame())
    elif isinstance(value, pd.Index):
        yield from _column(value)
    elif is_dataclass(value):
        yield from _named(type(value).__name__, {field.name: getattr(value, field.name) for field in fields(value)})
    elif hasattr(value, "_asdict"):
        yield from _named(type(value).__name__, value._asdict())
    elif isinstance(value, dict):
        yield from _named("dict", value)
    elif isinstance(value, tuple | list):
        yield from _named(type(value).__name__, dict(enumerate(value)))
    else:
        yield _line(_plain(value))


def _named(kind: str, members: dict[object, object]) -> Iterator[bytes]:
    yield _line(f"{kind} of {len(members)}")
    for name, member in members.items():
        yield _line(_plain(name))
        yield from _parts(member)


def _column(values: pd.Series | pd.Index) -> Iterator[bytes]:
    """The values of a column or an index, and those that it could have where its kind is a list of them."""
    scale = list(values.dtype.categories) if isinstance(values.dtype, pd.CategoricalDtype) else None
    yield _line(f"{type(values).__name__} of {len(values)} {values.dtype} {_plain(values.name)} {scale}")
    if values.dtype == np.float64:
        numbers = values.to_numpy()
        # Not a number has many forms in bytes, and one meaning.
        yield np.where(np.isnan(numbers), np.nan, numbers).tobytes()
    else:
        yield _line(" ".join(map(_plain, values.tolist())))


def _plain(value: object) -> str:
    """A value that has no parts, with its kind, on one line. Raises TypeError for one that could not be told exactly."""
    if value is None or value is pd.NaT or value is pd.NA or isinstance(value, str | bool | Number | np.generic):
        return repr(value)
    if isinstance(value, pd.Timestamp):
        return f"day {value.isoformat()}"
    if isinstance(value, tuple):
        return f"({', '.join(map(_plain, value))})"
    raise TypeError(f"a profile holds a {type(value).__name__}, which has no digest; give it one in _parts.")


def _line(text: str) -> bytes:
    return f"{text}\n".encode()
