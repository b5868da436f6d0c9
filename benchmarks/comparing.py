"""Whether two executed notebooks show the same: every output of every cell, to the byte."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

COMPARED = ("cell_type", "source", "execution_count", "outputs")


def difference(one: Path, other: Path) -> str:
    """A sentence that says where two executed notebooks first differ; “” where they don't.

    Compared are each cell's text, number and outputs, pictures and what is said of them included; not the times at which
    cells ran, nor the notebook's own metadata.
    """
    cells, others = (json.loads(path.read_text(encoding="utf-8"))["cells"] for path in (one, other))
    if len(cells) != len(others):
        return f"{one.name} has {len(cells)} cells in {one.parent.name} and {len(others)} in {other.parent.name}."
    for place, (cell, its) in enumerate(zip(cells, others, strict=True), 1):
        for part in COMPARED:
            if cell.get(part) != its.get(part):
                told = _of_outputs(cell[part], its[part]) if part == "outputs" else f"its {part}"
                return f"{one.name}, cell {place}: {told} differs between {one.parent.name} and {other.parent.name}."
    return ""


def _of_outputs(outputs: list[Mapping[str, object]], others: list[Mapping[str, object]]) -> str:
    if len(outputs) != len(others):
        return f"the number of outputs ({len(outputs)}, {len(others)})"
    place, pair = next((n, pair) for n, pair in enumerate(zip(outputs, others, strict=True), 1) if pair[0] != pair[1])
    kinds = [set(output.get("data", {})) for output in pair]
    data = [output.get("data", {}) for output in pair]
    named = sorted(kind for kind in kinds[0] | kinds[1] if data[0].get(kind) != data[1].get(kind))
    return f"output {place} ({', '.join(named) or 'what is said of it'})"


def compared(plain: Path, ours: Path) -> tuple[int, str]:
    """How many notebooks of the same name two folders hold, and the first difference among them, “” for none."""
    both = sorted({p.name for p in plain.glob("*.ipynb")} & {p.name for p in ours.glob("*.ipynb")})
    return len(both), next((told for name in both if (told := difference(plain / name, ours / name))), "")
