"""The commands: what they run, their exit codes, and one sentence where something is wrong."""

import json
import os
import shutil
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from workforce_ratings import cli, councils, paths, suite, vocabulary
from workforce_ratings.runs import sequence
from workforce_ratings.runs.sequence import How
from workforce_ratings.runs.workers import usual_workers

COMMAND = [sys.executable, "-c", "from workforce_ratings.cli import main; main()"]


@pytest.fixture
def main(monkeypatch, capsys, tmp_path):
    """Runs the command line in this process, with reports and runs in a folder of their own: (code, out, err)."""
    monkeypatch.setattr(paths, "REPORTS", tmp_path / "reports")
    monkeypatch.setattr(paths, "COUNCIL_REPORTS", tmp_path / "reports" / "councils")
    monkeypatch.setattr(paths, "RUNS", tmp_path / "papermill_runs")

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["workforce-ratings", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        return ended.value.code or 0, told.out, told.err

    return call


@pytest.fixture
def ran(monkeypatch):
    """Puts a record in the place of running notebooks; what was to be run is in `calls`."""
    calls = []

    def put(status, *entries, error=None):
        notebooks = [{"title": title, "status": state, "error": why} for title, state, why in entries]

        def instead(steps, name, **options):
            calls.append((list(steps), name, options))
            return SimpleNamespace(status=status, notebooks=notebooks, error=error)

        monkeypatch.setattr(cli, "run_sequence", instead)
        return calls

    return put


def one_sentence(text):
    line = text.strip()
    assert "\n" not in line
    assert line.endswith((".", "?"))
    assert "Traceback" not in line
    return line


def nothing_written(tmp_path):
    return not (tmp_path / "reports").exists() and not (tmp_path / "papermill_runs").exists()


# --- councils --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [("Wakefeild", "did you mean Wakefield"), ("../../etc/x", "not a council"), ("", "not a council")],
)
def test_an_unknown_council_ends_with_one_sentence_and_writes_nothing(main, tmp_path, name, words):
    code, out, err = main("councils", "Halton", name)
    assert (code, out) == (1, "")
    assert words in one_sentence(err)
    assert nothing_written(tmp_path)


def test_some_failed_reports_end_with_exit_code_3_and_their_names(main, ran):
    ran("partial", ("Halton", "completed", None), ("Leeds", "failed", "The kernel died at cell 4."))
    code, out, err = main("councils", "Halton", "Leeds")
    assert code == 3
    assert err.strip() == "Leeds: The kernel died at cell 4."
    assert "report" not in out


def test_when_all_reports_failed_the_exit_code_is_1(main, ran):
    ran("failed", ("Halton", "failed", "It failed."), ("Leeds", "failed", None))
    code, _, err = main("councils", "Halton", "Leeds")
    assert code == 1
    assert err.splitlines() == ["Halton: It failed.", "Leeds: not made"]


def test_an_interrupted_run_ends_with_its_sentence(main, ran):
    ran("interrupted", error="Stopped at notebook 1 of 2.")
    code, _, err = main("councils", "Halton")
    assert code == 1
    assert one_sentence(err) == "Stopped at notebook 1 of 2."


@pytest.mark.parametrize(
    ("names", "told"), [(["Halton"], "1 council report in"), (["Halton", "Leeds"], "2 council rep")]
)
def test_reports_that_were_made_are_counted(main, ran, names, told):
    calls = ran("completed")
    code, out, err = main("councils", *names)
    assert (code, err) == (0, "")
    assert out.startswith(told)
    ((steps, _, options),) = calls
    assert [step.title for step in steps] == names
    assert options["how"].keep_going is True


def test_all_councils_of_today_are_reported_by_default(main, ran):
    calls = ran("completed")
    assert main("councils")[0] == 0
    steps = calls[0][0]
    assert len(steps) == 153
    sequence._check_steps(steps, paths.REPORTS)


def test_a_council_named_twice_is_reported_once(main, ran):
    calls = ran("completed")
    main("councils", "Halton", "E06000006", "halton borough council")
    assert [step.title for step in calls[0][0]] == ["Halton"]


def test_every_council_there_ever_was_has_a_page_of_its_own_with_a_plain_name():
    steps = suite.council_steps(councils.by_code().values(), {"as_at": vocabulary.AS_AT, "census_rule": "before"})
    current = [s for c, s in zip(councils.by_code().values(), steps, strict=True) if c.is_current]
    pages = [step.page_path for step in current]
    assert len(set(pages)) == len(pages) == 153
    assert all(page.removeprefix("councils/").removesuffix(".html").replace("-", "").isalnum() for page in pages)
    early = {"as_at": "2022-03-01", "census_rule": "before"}
    [ended] = suite.council_steps([councils.by_code()["E10000006"]], early)
    assert ended.page == "councils/cumbria-until-2023.html"
    assert ended.parameters == {"council": "E10000006", "as_at": "2022-03-01", "census_rule": "before"}


# --- workers, clusters, what is kept, and what is resumed --------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], How(usual_workers(), keep_going=True)),
        (["--workers", "3", "--fresh"], How(3, fresh=True, keep_going=True)),
        (["--scheduler", "tcp://127.0.0.1:9"], How(usual_workers(), "tcp://127.0.0.1:9", keep_going=True)),
    ],
)
def test_how_a_batch_is_made_is_as_asked(main, ran, options, expected):
    calls = ran("completed")
    assert main("councils", "Halton", *options)[0] == 0
    assert calls[0][2]["how"] == expected


def test_no_workers_is_a_usage_error(main, tmp_path):
    assert main("councils", "Halton", "--workers", "0")[0] == 2
    assert nothing_written(tmp_path)


def test_a_batch_records_what_was_asked_for(main, ran):
    calls = ran("completed")
    main("councils", "Halton", "Leeds", "--as-at", "2025-12-31", "--pdf")
    choices = {"councils": ["E06000006", "E08000035"], "as_at": "2025-12-31", "census_rule": "before", "pdf": True}
    assert calls[0][2]["choices"] == choices


def an_unfinished_batch(tmp_path, status="running", **choices):
    folder = tmp_path / "papermill_runs" / "20260101T000000Z-councils"
    folder.mkdir(parents=True)
    asked = {"councils": ["E08000035"], "as_at": "2025-12-31", "census_rule": "published", "pdf": True}
    run = {"name": "councils", "status": status, "notebooks": [], "started": "2026-01-01T00:00:00Z"}
    (folder / "run.json").write_text(json.dumps(run | {"choices": asked | choices}))
    return folder


@pytest.mark.parametrize("status", ["running", "interrupted", "partial", "failed"])
def test_resume_takes_up_the_last_batch_with_its_own_choices(main, ran, tmp_path, status):
    calls, folder = ran("completed"), an_unfinished_batch(tmp_path, status)
    assert main("councils", "--resume", "--workers", "2")[0] == 0
    ((steps, name, options),) = calls
    assert (name, options["how"].resumed, options["how"].workers) == ("councils", folder, 2)
    assert [step.parameters for step in steps] == [
        {"council": "E08000035", "as_at": "2025-12-31", "census_rule": "published"}
    ]
    assert steps[0].pdf is True


@pytest.mark.parametrize(
    ("words", "told"),
    [(["Halton"], "councils' names"), (["--as-at", "2025-12-31", "--pdf"], "--as-at, --pdf"), (["--fresh"], "--fresh")],
)
def test_resume_takes_no_other_choices(main, ran, tmp_path, words, told):
    an_unfinished_batch(tmp_path)
    assert not ran("completed")
    code, _, err = main("councils", "--resume", *words)
    assert code == 1
    assert one_sentence(err).endswith(f"leave out {told}.")


def test_without_an_unfinished_batch_there_is_nothing_to_resume(main, tmp_path):
    for status in (None, "completed"):
        if status:
            an_unfinished_batch(tmp_path, status)
        code, _, err = main("councils", "--resume")
        assert code == 1
        assert "no unfinished batch" in one_sentence(err)


@pytest.mark.parametrize("choices", [{"councils": "Leeds"}, {"pdf": "yes"}, {"as_at": None}])
def test_a_damaged_record_is_not_resumed(main, tmp_path, choices):
    an_unfinished_batch(tmp_path, **choices)
    code, _, err = main("councils", "--resume")
    assert code == 1
    assert "does not say what was asked for" in one_sentence(err)


@pytest.mark.slow
def test_of_a_touched_figure_only_what_depends_on_it_is_made_again(tmp_path):
    home = tmp_path / "home"
    for folder in ("data", "notebooks"):
        shutil.copytree(paths.PROJECT / folder, home / folder)

    def councils_made(*options):
        environment = {**os.environ, "WORKFORCE_RATINGS_HOME": str(home)}
        command = [*COMMAND, "councils", "Leeds", "Halton", "Kent", *options]
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=300)
        latest = max((home / "papermill_runs").iterdir())
        entries = json.loads((latest / "run.json").read_text())["notebooks"]
        pages = {p.stem: p.read_bytes() for p in (home / "reports" / "councils").glob("*.html")}
        return pages, {entry["title"]: entry for entry in entries}

    before, first = councils_made()
    assert all(entry["reused"] is None for entry in first.values())
    # What Ofsted said of help and protection in Leeds: no other council's report shows it.
    inspections = home / "data" / "official" / "inspections.csv"
    rows = inspections.read_text(encoding="utf-8").splitlines()
    [touched] = [n for n, row in enumerate(rows) if row.startswith("E08000035_2025-06-30,")]
    rows[touched] = rows[touched].replace(",good,", ",requires improvement,", 1)
    inspections.write_text("\n".join(rows) + "\n", encoding="utf-8")
    time.sleep(1)  # runs are named by the second
    after, entries = councils_made()
    assert [name for name, entry in entries.items() if entry["reused"] is None] == ["Leeds"]
    assert entries["Leeds"]["reason"] == "inputs changed: data/official/inspections.csv"
    assert entries["Kent"]["reason"] == "inputs changed: data/official/inspections.csv, not its own figures"
    assert [name for name in after if after[name] != before[name]] == ["leeds"]
    assert b"requires improvement" in after["leeds"]
    time.sleep(1)
    # And what was kept is what would have been made.
    again, entries = councils_made("--fresh")
    assert again == after
    assert all(entry["reused"] is None for entry in entries.values())


# --- run -------------------------------------------------------------------------------------------------------------


def test_a_run_makes_every_notebook_the_national_report_and_the_founding_councils(main, ran):
    calls = ran("completed")
    code, out, _ = main("run", "--as-at", "2025-12-31")
    assert code == 0
    assert "index.html" in out
    ((steps, name, options),) = calls
    assert name == "run"
    assert [s.name for s in steps[:9]] == list(suite.NOTEBOOKS)[:9]
    assert [s.title for s in steps[9:]] == list(suite.FOUNDING_COUNCILS)
    assert all(s.path.exists() for s in steps)
    assert {s.parameters["as_at"] for s in steps} == {"2025-12-31"}
    assert not options["how"].keep_going
    assert all(path.exists() for path in options["inputs"])


def test_a_run_that_failed_ends_with_exit_code_1_and_what_failed(main, ran):
    ran("failed", ("1. Read the articles", "failed", "Cell 3 failed."))
    code, out, err = main("run")
    assert (code, out) == (1, "")
    assert err.strip() == "1. Read the articles: Cell 3 failed."


@pytest.mark.parametrize("command", [["run"], ["councils", "Halton"]])
@pytest.mark.parametrize("as_at", ["", "30/06/2026", "2026-6-3", "2026-02-30", "tomorrow", "__import__('os')"])
def test_a_bad_as_at_ends_before_anything_is_run(main, tmp_path, command, as_at):
    code, out, err = main(*command, "--as-at", as_at)
    assert (code, out) == (1, "")
    assert "as_at" in one_sentence(err)
    assert nothing_written(tmp_path)


@pytest.mark.parametrize(
    ("option", "value"), [("--census-rule", "after"), ("--judgement", "overal"), ("--judgement", "__import__('os')")]
)
def test_an_unknown_parameter_value_ends_before_anything_is_run(main, tmp_path, option, value):
    code, _, err = main("run", option, value)
    assert code == 1
    assert option[2:].replace("-", "_") in one_sentence(err)
    assert nothing_written(tmp_path)


# --- refresh ---------------------------------------------------------------------------------------------------------


def test_refresh_from_a_folder_that_is_not_there_ends_with_one_sentence(main, tmp_path, official_copy):
    before = {path.name: path.read_bytes() for path in official_copy.iterdir()}
    code, out, err = main("refresh", "--from", tmp_path / "nowhere")
    assert (code, out) == (1, "")
    assert "nowhere" in one_sentence(err)
    assert {path.name: path.read_bytes() for path in official_copy.iterdir()} == before


def test_refresh_counts_the_tables_it_wrote_and_passes_on_what_was_accepted(main, monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(
        cli, "take_figures", lambda *a, **k: asked.append(a) or [tmp_path / "a.csv", tmp_path / "b.csv"]
    )
    code, out, _ = main("refresh", "--from", tmp_path, "--accept", "x.csv", "--accept", "y.csv")
    assert code == 0
    assert out.startswith("2 tables written")
    assert asked == [(tmp_path, ("x.csv", "y.csv"))]


# --- doctor ----------------------------------------------------------------------------------------------------------


def test_the_doctor_finds_nothing_wrong_here(main):
    code, out, err = main("doctor")
    assert (code, err) == (0, "")
    assert [line.split(":")[0] for line in out.splitlines()] == [f"ok    {name}" for name in cli.CHECKS]


def _raise():
    raise vocabulary.Fault("the kernel is missing; run make.")


def test_the_doctor_names_a_fault_goes_on_and_ends_with_exit_code_1(main, monkeypatch):
    monkeypatch.setitem(cli.CHECKS, "kernel", _raise)
    code, out, _ = main("doctor")
    assert code == 1
    assert "FAULT kernel: the kernel is missing; run make." in out.splitlines()
    assert len(out.splitlines()) == len(cli.CHECKS)


@pytest.mark.parametrize(
    ("name", "check"), [("workforce.csv", "official figures"), ("inspections.csv", "official figures")]
)
def test_the_doctor_finds_a_table_that_was_cut_off(main, official_copy, name, check):
    path = official_copy / name
    path.write_text(path.read_text(encoding="utf-8")[:4000], encoding="utf-8")
    code, out, _ = main("doctor")
    assert code == 1
    assert any(line.startswith(f"FAULT {check}") and name in line for line in out.splitlines())


@pytest.mark.parametrize("content", [None, "", "article,fact\n"])
def test_the_doctor_finds_facts_that_are_missing_or_damaged(main, monkeypatch, tmp_path, content):
    facts = tmp_path / "facts.csv"
    if content is not None:
        facts.write_text(content, encoding="utf-8")
    monkeypatch.setattr(paths, "FACTS", facts)
    code, out, _ = main("doctor")
    assert code == 1
    assert any(line.startswith("FAULT articles") and "facts.csv" in line for line in out.splitlines())


def test_the_doctor_finds_a_folder_that_cannot_be_written(main, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setattr(paths, "RUNS", tmp_path / "file")
    code, out, _ = main("doctor")
    assert code == 1
    assert any(line.startswith("FAULT folders") for line in out.splitlines())


# --- the command itself ----------------------------------------------------------------------------------------------


def test_help_names_every_command_of_the_readme():
    shown = CliRunner().invoke(cli.app, ["--help"])
    assert shown.exit_code == 0
    for command in ("run", "councils", "refresh", "doctor"):
        assert command in shown.output


@pytest.mark.parametrize("arguments", [["unheard-of"], ["run", "--unheard-of"], ["refresh"]])
def test_a_command_that_is_not_there_is_a_usage_error(arguments):
    assert CliRunner().invoke(cli.app, arguments).exit_code == 2


def test_a_fault_reaches_the_shell_as_exit_code_1_and_one_sentence(tmp_path):
    environment = os.environ | {"WORKFORCE_RATINGS_REPORTS": str(tmp_path / "reports")}
    done = subprocess.run(
        [*COMMAND, "councils", "Wakefeild"], capture_output=True, text=True, env=environment, cwd=tmp_path
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "did you mean Wakefield" in one_sentence(done.stderr)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_doctor_works_in_any_time_zone_and_language(tmp_path):
    environment = os.environ | {"TZ": "Asia/Tokyo", "LC_ALL": "C", "WORKFORCE_RATINGS_REPORTS": str(tmp_path / "é")}
    done = subprocess.run([*COMMAND, "doctor"], capture_output=True, env=environment, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode("utf-8").count("ok ") == len(cli.CHECKS)


def test_no_command_waits_for_a_grammar_that_nothing_uses():
    asked = "import sys, workforce_ratings.cli; print(*(name for name in ('lark', 'rfc3987_syntax') if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
