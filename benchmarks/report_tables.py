"""The measurements of make_reports as Markdown: every table is made of the JSON that is kept, and of nothing else."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from rates import FORKED, ORDINARY
from rounds import COMMAND, FLOOR, UNCHANGED, medians, seconds_for

BEGIN, END = "<!-- measured -->", "<!-- end of measured -->"
COUNCILS = 153
LOOP, LOOP_PAGES, TWO_LOOPS, PLOOMBER = "loop", "loop_with_pages", "two_loops", "ploomber"
ONE, TWO, TWO_PAGES = "one_worker", "two_workers", "two_workers_with_pages"
NAMES = {
    LOOP: "papermill, one council after another",
    TWO_LOOPS: "papermill, two processes",
    PLOOMBER: "ploomber-engine (one process; its state crosses from council to council)",
    ONE: "this suite, one worker",
    TWO: "this suite, two workers",
    FLOOR: "the cells alone, in two warm processes (the floor)",
    LOOP_PAGES: "papermill, and nbconvert's command after each",
    TWO_PAGES: "this suite, two workers, with pages",
    COMMAND: "`workforce-ratings councils --fresh --workers 2`",
    UNCHANGED: "the same command again, nothing changed",
}
ALONE = (LOOP, TWO_LOOPS, PLOOMBER, ONE, TWO, FLOOR)
WITH_PAGES = (LOOP_PAGES, TWO_PAGES, COMMAND, UNCHANGED)
MEGABYTES = 1_500
UNCHANGED_SECONDS = 5
NBVAL_TIMES = 2.5
# What is to be reached: what, by which way, measured against which, at least (or, for the floor, at most) how many times.
FASTER = (
    ("notebooks alone, times the plain papermill loop", TWO, LOOP, 8),
    ("notebooks alone, times two papermill processes", TWO, TWO_LOOPS, 4),
    ("notebooks alone, times ploomber-engine", TWO, PLOOMBER, 2),
    ("with pages, times the loop and nbconvert's command", TWO_PAGES, LOOP_PAGES, 12),
    ("with pages, the command itself, times the loop and nbconvert's command", COMMAND, LOOP_PAGES, 12),
)
FLOOR_TIMES = 1.5


def written(results: Mapping[str, object]) -> str:
    """All tables, each under a heading."""
    parts = [_machine(results), _targets(results), _ways(results, ALONE, LOOP, "Notebooks alone")]
    parts += [_ways(results, WITH_PAGES, LOOP_PAGES, "With pages"), _growth(results), _held(results)]
    return "\n\n".join([*parts, _rates(results), _profile(results)])


def page_with(page: str, tables: str) -> str:
    """The page with these tables between its two marks. Raises ValueError where it lacks one of them."""
    if BEGIN not in page or END not in page.partition(BEGIN)[2]:
        raise ValueError(f"docs/benchmarks.md lacks {BEGIN} or, after it, {END}; put them back.")
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{tables}\n\n{END}{rest.partition(END)[2]}"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table, figures to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def figure(value: float | None, decimals: int | None = None) -> str:
    """A number with about three figures; “–” for none."""
    if value is None:
        return "–"
    if decimals is None:
        decimals = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{decimals}f}"


def ratio(results: Mapping[str, object], way: str, against: str, councils: int) -> float | None:
    """How many times faster a way makes so many reports than another, starts and ends included; None where one is missing."""
    one, other = (medians(results["timings"], name) for name in (way, against))
    if not one or not other:
        return None
    seconds, others = seconds_for(one, councils), seconds_for(other, councils)
    return others / seconds if seconds and others else None


def _machine(results: Mapping[str, object]) -> str:
    about = results["machine"]
    packages = ", ".join(f"{name} {version}" for name, version in about["packages"].items())
    ploomber = f"ploomber-engine {results['ploomber']}" if results["ploomber"] else "ploomber-engine is not installed"
    return (
        f"Measured at {results['made']} (UTC) on {about['processor']}, {about['cores']} cores, {about['memory_gb']} GB, "
        f"{about['kernel']}, Python {about['python']}, {packages}; {ploomber}. Load when it began: {about['load']}. "
        f"Every single time is in [benchmarks/results/{results['file']}](../benchmarks/results/{results['file']})."
    )


def _targets(results: Mapping[str, object]) -> str:
    rows = []
    for what, way, against, least in FASTER:
        found = ratio(results, way, against, COUNCILS)
        rows.append([what, f"at least {least}", figure(found), _reached(found, found is not None and found >= least)])
    if found := ratio(results, FLOOR, TWO, COUNCILS):
        rows.append(
            [
                "notebooks alone, times the floor",
                f"at most {FLOOR_TIMES}",
                figure(found),
                _reached(1, found <= FLOOR_TIMES),
            ]
        )
    rows += [[what, limit, shown, _reached(1, good)] for what, limit, shown, good in _other_targets(results)]
    two = medians(results["timings"], TWO)
    measured = f"{COUNCILS} reports were made" if two["councils"] == COUNCILS else f"reckoned for {COUNCILS} reports"
    words = (
        f"Ratios of whole runs, from the start of a process to its end, this suite's warm parent included ({measured} by this "
        f"suite; a slower way's time is its run with fewer councils and what each further report adds)."
    )
    return f"### What was to be reached\n\n{words}\n\n{table(['what', 'target', 'measured', 'reached'], rows)}"


def _reached(found: float | None, is_good: bool) -> str:
    return "not measured" if found is None else "yes" if is_good else "**no**"


def _other_targets(results: Mapping[str, object]) -> list[tuple[str, str, str, bool]]:
    equal, held, small = results["equal"], results["held"], results["endurance"]
    again = medians(results["timings"], UNCHANGED)
    rows = [
        (
            "outputs equal to the plain run's, to the byte",
            "all",
            f"{equal['equal']} of {equal['notebooks']} notebooks",
            equal["equal"] == equal["notebooks"],
        ),
        ("runs of a tiny notebook lost", f"0 of {small['runs']}", str(small["lost"]), small["lost"] == 0),
        (
            f"peak memory with 2 workers, {held['councils']} councils",
            f"under {MEGABYTES:,} MB",
            f"{figure(held['megabytes'], 0)} MB",
            held["megabytes"] < MEGABYTES,
        ),
        (
            f"an unchanged command again, {again['councils']} councils",
            f"under {UNCHANGED_SECONDS} s",
            f"{figure(again['seconds'])} s",
            again["seconds"] < UNCHANGED_SECONDS,
        ),
    ]
    times = nbval_times(results["nbval"])
    if times:
        rows.append(("nbval, forked kernel", f"at least {NBVAL_TIMES}", figure(times), times >= NBVAL_TIMES))
    return rows


def nbval_times(found: Mapping[str, Sequence[float]]) -> float | None:
    """How many times faster nbval is with the forked kernel, the median of the rounds; None where it is not installed."""
    if not found.get(FORKED) or not found.get(ORDINARY):
        return None
    return statistics.median(one / other for one, other in zip(found[ORDINARY], found[FORKED], strict=True))


def _ways(results: Mapping[str, object], ways: Sequence[str], base: str, title: str) -> str:
    head = ["made by", "councils", "rounds", "whole run, s (least to most)", "before the first is begun, s"]
    head += ["each further report, s", "ratio to the first row: each further report", f"a whole run of {COUNCILS}"]
    plain, rows = medians(results["timings"], base), []
    for way in ways:
        if not (found := medians(results["timings"], way)):
            rows.append([NAMES[way], "not installed" if way == PLOOMBER else "not measured", *["–"] * (len(head) - 2)])
            continue
        spread = f"{figure(found['seconds'])} ({figure(found['least'])} to {figure(found['most'])})"
        further = plain["each"] / found["each"] if plain["each"] and found["each"] else None
        figures = [found["start"], found["each"], further, ratio(results, way, base, COUNCILS)]
        rows.append([NAMES[way], found["councils"], found["rounds"], spread, *map(figure, figures)])
    words = "Medians of rounds in which the ways take turns; each run is a process of its own and what it starts."
    return f"### {title}\n\n{words}\n\n{table(head, rows)}"


def _growth(results: Mapping[str, object]) -> str:
    sizes = sorted({one["councils"] for one in results["growth"]})
    rows = []
    for size in sizes:
        found = medians(results["growth"], TWO, size)
        figures = [found["seconds"], found["start"], found["seconds"] / size]
        rows.append([size, found["rounds"], *map(figure, figures)])
    head = ["councils", "rounds", "whole run, s", "of it before the first is begun, s", "s a report, all included"]
    return f"### Growth with the number of councils\n\nThis suite, two workers, notebooks alone.\n\n{table(head, rows)}"


def _held(results: Mapping[str, object]) -> str:
    held, small = results["held"], results["endurance"]
    first, last = small["held"][0], small["held"][-1]
    rows = [
        ["runs asked for, and given what they should", f"{small['runs']}, {small['runs'] - small['lost']}"],
        ["runs a second", figure(small["runs"] / small["seconds"])],
        ["processes left", small["left"]],
        [f"descriptors after {first[0]} and {last[0]} runs", f"{first[1]}, {last[1]}"],
        [f"this process, MB after {first[0]} and {last[0]}", f"{figure(first[2])}, {figure(last[2])}"],
        [f"warm parent, MB after {first[0]} and {last[0]}", f"{figure(first[3])}, {figure(last[3])}"],
    ]
    words = (
        f"`workforce-ratings councils --fresh --workers 2` with {held['councils']} councils held at most "
        f"{figure(held['megabytes'], 0)} MB in {held['processes']} processes together (shared pages counted once; "
        f"{held['samples']} samples) and left {held['left']} processes. A tiny notebook, run by two threads:"
    )
    return f"### Memory, and what is left\n\n{words}\n\n{table(['what', 'figure'], rows)}"


def _rates(results: Mapping[str, object]) -> str:
    fits, articles, nbval = results["fits"], results["articles"], results["nbval"]
    rows = [
        ["ordinal logits fitted a second, in batches", figure(1_000 / fits["ours"], 0)],
        ["ordinal logits fitted a second, statsmodels' OrderedModel", figure(1_000 / fits["theirs"])],
        ["the one rate divided by the other (median of rounds)", figure(fits["ratio"], 0)],
        [f"articles read a second ({articles['articles']} articles)", figure(articles["a_second"], 0)],
    ]
    for kernel in (ORDINARY, FORKED):
        unknown = "failed" if kernel in nbval else "not installed"
        seconds = figure(statistics.median(nbval[kernel])) if nbval.get(kernel) else unknown
        rows.append([f"nbval over notebooks 01 to 08, kernel {kernel}, s", seconds])
    rows.append(["the one divided by the other", figure(nbval_times(nbval))])
    return f"### Other rates\n\n{table(['what', 'figure'], rows)}"


def _profile(results: Mapping[str, object]) -> str:
    found = results["profile"]
    total = sum(found.values())
    rows = [[label, figure(ms), f"{100 * ms / total:.0f}%"] for label, ms in found.items()]
    words = (
        "One worker, pages included, by timers around the calls; each row without what is timed in another one, the mean "
        f"of {results['profiled']} councils."
    )
    head = ["where", "ms a report", "share"]
    return f"### Where the time of one report goes\n\n{words}\n\n{table(head, [*rows, ['all', figure(total), '100%']])}"
