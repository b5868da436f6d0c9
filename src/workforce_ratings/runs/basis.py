"""What a made page rests on, and whether it still does: only what changed is run again.

A page is what its notebook, the suite's code, the packages, the parameters and the figures made of it. A later run that
finds all of them as they were, and the files as they were written, has nothing to do. What it rested on stands in its
entry of run.json, as hashes; what the run holds of packages and inputs only names what changed.
"""

from __future__ import annotations

import json
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
# The name under which an entry keeps what it rests on, and why another value of each makes it again.
BASIS = "basis"
REASONS = {
    "notebook": "the notebook changed",
    "code": "the suite's code changed",
    "packages": "packages changed",
    "place": "its title or place changed",
    "inputs": INPUTS_CHANGED,
}


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
    hashes = {name: staging.sha256_kept(paths.PROJECT / name) for name in files}
    return {"code": code(), **versions(), "files": hashes}


def unlike(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    """What differs between two computers (see suite), named for people."""
    files = [f"other {name}" for name in _differing(one["files"], other["files"])]
    packages = [f"another {name}" for name in _differing(one["packages"], other["packages"])]
    code_differs = ["other code"] if one["code"] != other["code"] else []
    return [*code_differs, *(["another Python"] if one["python"] != other["python"] else []), *packages, *files]


def last_good(steps: Iterable[Step], reports: Path, runs: Path) -> dict[str, LastGood]:
    """By step name: the latest entry whose page, PDF and tables stand in `reports` as it wrote them."""
    wanted = {step.name: step for step in steps}
    found: dict[str, LastGood] = {}
    for folder, run in every_run(runs):
        for entry in run["notebooks"]:
            name = entry.get("name") if isinstance(entry, dict) else None
            step = wanted.get(name) if isinstance(name, str) and name not in found else None
            if step and _stands(entry, step, reports):
                found[name] = LastGood(folder.name, run, entry)
    return found


def _stands(entry: Mapping[str, object], step: Step, reports: Path) -> bool:
    """Whether everything that a completed entry of the step published stands as it was written."""
    if entry.get("status") != "completed" or entry.get("page") != step.page_path:
        return False
    written = dict(entry["tables"]) if isinstance(entry.get("tables"), dict) else {}
    written |= {entry[kind]: entry.get(f"{kind}_sha256") for kind in ("page", "pdf") if entry.get(kind)}
    return all(
        isinstance(name, str) and sha and staging.sha256_kept(reports / name) == sha for name, sha in written.items()
    )


def of_all() -> dict[str, object]:
    """What every step rests on now, each as a hash: the suite's code and the packages."""
    return {"code": code(), "packages": _hash(versions())}


def of_step(step: Step, shared: Mapping[str, object]) -> dict[str, object]:
    """What a step rests on now: what all `shared` (see of_all), its notebook, title and place of its page, and its input
    files with their names, each as a hash."""
    inputs = [(staging.shown(path), staging.sha256_kept(path)) for path in sorted(step.inputs)]
    place = _hash([step.title, step.page_path, step.section])
    return {"notebook": staging.sha256_kept(step.path), **shared, "place": place, "inputs": _hash(inputs)}


def _hash(part: object) -> str:
    return staging.sha256_of(json.dumps(part, sort_keys=True).encode())


def changed(step: Step, own: Mapping[str, object], now: Mapping[str, object], last: LastGood | None) -> str:
    """Why a step must be made again, “” where nothing it rests on has changed. `own` is what it rests on now (see of_step),
    `now` what the new run records of itself.

    Where changed inputs are the only reason, a step with a digest may still be the same (see unchanged_figures).
    """
    if last is None:
        return FIRST
    reasons = [REASONS[name] for name in _differing(last.entry.get(BASIS), own)]
    told = [f"{reason}{_named(reason, step, now, last.run)}" for reason in reasons]
    if names := _differing(last.entry.get("parameters"), step.parameters):
        told.append(f"parameters changed: {', '.join(names)}")
    if step.pdf and not last.entry.get("pdf"):
        told.append("a PDF is wanted")
    return "; ".join(told)


def _named(reason: str, step: Step, now: Mapping[str, object], before: Mapping[str, object]) -> str:
    """Which packages or inputs changed, as far as the two runs tell: what a run keeps of another has older ones."""
    names: list[str] = []
    if reason == REASONS["packages"]:
        names = [*(["python"] if before.get("python") != now["python"] else [])]
        names += _differing(before.get("packages"), now["packages"])
    if reason == INPUTS_CHANGED:
        own = {staging.shown(path) for path in step.inputs}
        differing = _differing(before.get("inputs"), now["inputs"])
        names = [name for name in differing if name in own or name not in now["inputs"]]
    return f": {', '.join(names)}" if names else ""


def unchanged_figures(step: Step, reason: str, last: LastGood | None) -> str | None:
    """The digest which, if the step's figures still have it, makes it the same in spite of changed inputs; None for none."""
    if not step.digest or last is None or not reason.startswith(INPUTS_CHANGED) or ";" in reason:
        return None
    facts = last.entry.get("facts")
    found = facts.get(FIGURES) if isinstance(facts, dict) else None
    return found if isinstance(found, str) else None


def _differing(before: object, now: Mapping[str, object]) -> list[str]:
    before = before if isinstance(before, dict) else {}
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
