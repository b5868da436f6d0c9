"""What a made page rests on, and whether it still does: only what changed is run again.

A page is what its notebook, the suite's code, the packages, the parameters and the figures made of it. A later run that
finds all of them as they were, and the files as they were written, has nothing to do. What it rested on stands in
run.json: what all notebooks of a run share in the run itself, the rest in each one's entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .. import paths
from . import staging
from .record import code, every_run, versions
from .steps import FIGURES, Step

FRESH = "made afresh, as asked"
FIRST = "no earlier run of it is at hand"
INPUTS_CHANGED = "inputs changed"


@dataclass(frozen=True)
class LastGood:
    """The last run that made a step's files as they stand: the record's folder name, what run.json holds, and the entry."""

    folder: str
    run: dict[str, object]
    entry: dict[str, object]


def suite(inputs: Iterable[Path]) -> dict[str, object]:
    """What every notebook rests on at this computer: the package's code, Python, packages, notebooks and inputs."""
    files = [*sorted(paths.NOTEBOOKS.glob("*.ipynb")), *sorted(map(Path, inputs))]
    return suite_of(tuple(staging.shown(file) for file in files))


def suite_of(files: Iterable[str]) -> dict[str, object]:
    """The same for files by their paths in the project; None stands for one that is not there."""
    held = {name: paths.PROJECT / name for name in files}
    hashes = {name: staging.sha256(file) if file.is_file() else None for name, file in held.items()}
    return {"code": code(), **versions(), "files": hashes}


def unlike(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    """What differs between two computers (see suite), named for people."""
    files = [f"other {name}" for name in _differing(one["files"], other["files"])]
    packages = [f"another {name}" for name in _differing(one["packages"], other["packages"])]
    code_differs = ["other code"] if one["code"] != other["code"] else []
    return [*code_differs, *(["another Python"] if one["python"] != other["python"] else []), *packages, *files]


def last_good(steps: Iterable[Step], reports: Path, runs: Path) -> dict[str, LastGood]:
    """By step name: the latest entry whose page, PDF and tables stand in `reports` as it wrote them."""
    wanted = {step.name for step in steps}
    standing = _Standing(reports)
    found: dict[str, LastGood] = {}
    for folder, run in every_run(runs):
        for entry in run["notebooks"]:
            name = entry.get("name") if isinstance(entry, dict) else None
            if name in wanted and name not in found and standing.are_all_of(entry):
                found[name] = LastGood(folder.name, run, entry)
    return found


class _Standing:
    """Which files stand in reports/ as written; each is read once."""

    def __init__(self, reports: Path):
        self._reports = reports
        self._hashes: dict[str, str | None] = {}

    def are_all_of(self, entry: Mapping[str, object]) -> bool:
        """Whether everything that a completed entry published stands as it was written."""
        if entry.get("status") != "completed":
            return False
        written = dict(entry["tables"]) if isinstance(entry.get("tables"), dict) else {}
        written |= {entry[kind]: entry.get(f"{kind}_sha256") for kind in ("page", "pdf") if entry.get(kind)}
        return all(isinstance(name, str) and sha and self._hash(name) == sha for name, sha in written.items())

    def _hash(self, name: str) -> str | None:
        if name not in self._hashes:
            try:
                self._hashes[name] = staging.sha256(self._reports / name)
            except (OSError, ValueError):  # not there, a name too long, or one with a NUL
                self._hashes[name] = None
        return self._hashes[name]


def of_step(step: Step) -> dict[str, object]:
    """What a step's own entry keeps of its basis: the notebook's hash, and its title, page and section."""
    return {"notebook_sha256": staging.sha256(step.path), "asked": [step.title, step.page_path, step.section]}


def changed(step: Step, now: Mapping[str, object], last: LastGood | None) -> str:
    """Why a step must be made again, “” where nothing it rests on has changed. `now` is what the new run records of itself.

    Where changed inputs are the only reason, a step with a digest may still be the same (see unchanged_figures).
    """
    if last is None:
        return FIRST
    run, entry, own = last.run, last.entry, of_step(step)
    checks = {
        "the notebook changed": entry.get("notebook_sha256") != own["notebook_sha256"],
        "the suite's code changed": run.get("code") != now["code"],
        "another Python": run.get("python") != now["python"],
        "its title or place changed": entry.get("asked") != own["asked"],
        "a PDF is wanted": step.pdf and not entry.get("pdf"),
    }
    named = {
        "packages changed": _differing(run.get("packages"), now["packages"]),
        "parameters changed": _differing(entry.get("parameters"), step.parameters),
        INPUTS_CHANGED: _differing(_only(run.get("inputs"), step), _only(now["inputs"], step)),
    }
    reasons = [reason for reason, holds in checks.items() if holds]
    reasons += [f"{reason}: {', '.join(names)}" for reason, names in named.items() if names]
    return "; ".join(reasons)


def unchanged_figures(step: Step, reason: str, last: LastGood | None) -> str | None:
    """The digest which, if the step's figures still have it, makes it the same in spite of changed inputs; None for none."""
    if not step.digest or last is None or not reason.startswith(INPUTS_CHANGED):
        return None
    facts = last.entry.get("facts")
    found = facts.get(FIGURES) if isinstance(facts, dict) else None
    return found if isinstance(found, str) else None


def _only(inputs: object, step: Step) -> dict[str, object]:
    names = {staging.shown(path) for path in step.inputs}
    return {name: sha for name, sha in inputs.items() if name in names} if isinstance(inputs, dict) else {}


def _differing(before: object, now: Mapping[str, object]) -> list[str]:
    before = before if isinstance(before, dict) else {}
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
