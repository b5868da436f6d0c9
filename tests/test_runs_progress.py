"""How far a run has come: plain lines where there is no terminal."""

from workforce_ratings.runs import progress as module
from workforce_ratings.runs.progress import progress


def test_every_step_has_a_line_and_its_number(capsys):
    with progress(3) as told:
        told.kept(1, "nothing changed")
        told.begin("council-[bold]")
        told.cell(1, 9)
        told.end("council-[bold]", 1.4, None)
        told.end("council-leeds", 0.2, "It stopped.")
    assert capsys.readouterr().err.splitlines() == [
        "1 of 3 kept: nothing changed",
        "2 of 3 council-[bold] …",
        "2 of 3 council-[bold]: done in 1 s",
        "3 of 3 council-leeds: It stopped.",
    ]


def test_after_ten_steps_a_long_rest_is_foretold(capsys, monkeypatch):
    seconds = iter(range(0, 1000, 10))
    monkeypatch.setattr(module.time, "monotonic", lambda: next(seconds))
    with progress(100) as told:
        told.kept(50, "nothing changed")
        for number in range(11):
            told.end(f"n{number}", 10, None)
    lines = capsys.readouterr().err.splitlines()
    assert "left" not in lines[9]
    # Eleven in 110 seconds: 39 more in 390.
    assert lines[11] == "61 of 100 n10: done in 10 s (about 6 min left)"
