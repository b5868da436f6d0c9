"""The start page: what the picker shows and says, figures pasted in, neighbours of one's own, and what it promises."""

import csv
import json
import re
import shlex
import statistics
import sys
from functools import cache

import ipywidgets
import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from matplotlib.figure import Figure
from matplotlib.text import Text
from traitlets.config import Config
from typer.main import get_command

from workforce_ratings import charts, cli, councils, explore, pages, panel, paths, profiles
from workforce_ratings.profiles import figures, sheets
from workforce_ratings.vocabulary import FIVE, MEASURES
from workforce_ratings.wording import phrases

AS_AT, EARLY = "2026-06-30", "2022-03-01"
CSV = "census,agency_rate,caseload\n2026,10.5,15\n"


@pytest.fixture(scope="module", autouse=True)
def shell():
    """IPython, so that what is displayed can be caught as a notebook would show it."""
    settings = Config()
    settings.HistoryManager.enabled = False
    yield InteractiveShell.instance(config=settings, user_module=sys.modules["__main__"])
    InteractiveShell.clear_instance()


DRAW = charts.councils.council_series


@pytest.fixture(scope="module", autouse=True)
def drawn():
    """The rows of each chart drawn, as given. Charts have their own tests: here none is painted, which is quick, and each
    council is gathered once."""
    rows: list[pd.DataFrame] = []

    def empty(lines, *_):
        rows.append(lines)
        return Figure(figsize=(1, 1)).add_subplot()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(charts.councils, "council_series", empty)
        patch.setattr(pages, "png", lambda figure: b"a picture")
        patch.setattr(profiles, "gather", cache(profiles.gather))
        yield rows


@pytest.fixture(scope="module")
def wakefield(drawn):
    return profiles.gather("Wakefield", AS_AT, "before")


def displayed(call, *arguments, **named):
    """The HTML that a call shows, one piece for each display."""
    with capture_output() as caught:
        call(*arguments, **named)
    return [BeautifulSoup(output.data.get("text/html", ""), "html.parser") for output in caught.outputs]


def alts(page):
    return [image["alt"] for image in page.find_all("img")]


# --- the picker ------------------------------------------------------------------------------------------------------


class Picked:
    """A picker and what stands below its controls, as a change of one of them leaves it."""

    def __init__(self):
        box, self.controls = ipywidgets.VBox, []
        with pytest.MonkeyPatch.context() as patch, capture_output() as caught:
            patch.setattr(
                explore.widgets, "VBox", lambda all_of_them: self.controls.extend(all_of_them) or box(all_of_them)
            )
            explore.picker("Wakefield", AS_AT)
        assert "application/vnd.jupyter.widget-view+json" in caught.outputs[0].data
        self.first = BeautifulSoup(caught.outputs[1].data["text/html"], "html.parser")

    def change(self, **values):
        """The page after each of the values has been set in its control."""
        with capture_output() as caught:
            for control in self.controls:
                for words, value in values.items():
                    if control.description.lower().startswith(words.replace("_", " ")):
                        control.value = value
        assert all(output.update for output in caught.outputs)
        return BeautifulSoup(caught.outputs[-1].data["text/html"], "html.parser") if caught.outputs else None


@pytest.fixture(scope="module")
def picker(shell, drawn):
    return Picked()


@pytest.fixture
def picked(picker):
    """A picker whose controls say Wakefield, put back after the test without drawing a page."""
    yield picker
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(explore, "_shown", lambda **_: {"text/html": ""})
        picker.change(council="Wakefield", as_at=AS_AT, census_rule="before")


def test_the_picker_begins_with_the_council_and_offers_every_current_one(picked):
    box = picked.controls[0]
    assert box.value == "Wakefield"
    assert list(box.options) == sorted(c.name for c in councils.by_code().values() if c.is_current)
    assert all(control.description for control in picked.controls)
    assert picked.first.h3.get_text() == "Wakefield, as at 30 June 2026"


def test_the_picker_shows_five_described_charts_each_with_its_table(picked):
    order = [tag.name for tag in picked.first.find_all(["img", "table"])]
    assert order.count("img") == 5
    assert all(order[at + 1] == "table" for at, name in enumerate(order) if name == "img")
    assert all(
        MEASURES[measure].label.lower() in alt.lower() and "Wakefield" in alt
        for measure, alt in zip(FIVE, alts(picked.first), strict=True)
    )


def test_another_council_takes_the_place_of_all_that_stood_there(picked):
    page = picked.change(council="halton")
    text = page.get_text(" ")
    assert page.h3.get_text() == "Halton, as at 30 June 2026"
    assert "Halton's standing overall judgement is" in text
    assert len(alts(page)) == 5
    assert not [said for said in [text, *alts(page)] if "Wakefield" in said]
    assert 'councils "Halton" --as-at 2026-06-30' in page.code.get_text()


def test_a_fault_is_one_sentence_in_the_place_of_the_page(picked, fault_of):
    page = picked.change(council="Wakefeild")
    assert page.get_text() == fault_of(councils.find, "Wakefeild")
    assert page.find(role="alert")
    assert alts(page) == []
    assert picked.change(council="Halton").h3.get_text().startswith("Halton")


@pytest.mark.parametrize("day", ["30 June 2026", ""])
def test_a_day_that_cannot_be_used_is_told_in_one_sentence(picked, day):
    page = picked.change(as_at=day)
    assert page.find(role="alert")
    assert re.fullmatch(r"[^\n]+\.", page.get_text())


def test_what_nobody_foresaw_is_a_sentence_too_and_not_the_council_before(picked, monkeypatch):
    monkeypatch.setattr(profiles, "gather", lambda *_: {}["a key"])
    page = picked.change(council="Kent")
    assert page.get_text() == "The suite met something it does not expect (KeyError: 'a key')."


def test_what_is_typed_is_never_markup(picked):
    page = picked.change(council="<img src=x onerror=alert(1)>")
    assert page.find("img") is None
    assert "<img src=x" in page.get_text()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("Wakefeild", AS_AT), "Wakefeild"),
        (("Wakefield", "30 June"), "give a day as YYYY-MM-DD"),
        (("Wakefield", AS_AT, "afterwards"), "census_rule is “afterwards”; choose one of: before, published"),
    ],
)
def test_a_picker_that_begins_with_what_cannot_be_shown_fails(given, said, fault_of):
    assert said in fault_of(explore.picker, *given)


def test_the_census_rule_is_that_of_the_staffing_shown(picked, monkeypatch, wakefield):
    asked = []
    monkeypatch.setattr(profiles, "gather", lambda *given: asked.append(given) or wakefield)
    page = picked.change(census_rule="published")
    assert asked == [("Wakefield", AS_AT, "published")]
    assert page.find("caption", string=re.compile("^Staffing")).parent.tbody.tr.td.get_text() == "2021"
    assert "--census-rule published" in page.code.get_text()


def test_an_earlier_day_shows_nothing_later():
    [page] = displayed(explore.show, "Wakefield", EARLY)
    said = " ".join([page.get_text(" "), *alts(page)])
    assert re.findall(r"\b202[3-9]\b|\b2022-(?:0[4-9]|1)", said) == []
    assert page.h3.get_text() == "Wakefield, as at 1 March 2022"


# --- figures pasted in -----------------------------------------------------------------------------------------------


def test_pasted_figures_are_one_row_for_each_census_and_measure():
    own = explore.own_figures("Census,Agency rate,caseload\n2026,10.5%,15\n2025,,14.25\n")
    rows = [(2025, "caseload", 14.25), (2026, "agency_rate", 10.5), (2026, "caseload", 15.0)]
    assert list(own[["census", "measure", "value"]].itertuples(index=False, name=None)) == rows
    assert set(own.label) == {"Own figures, unpublished"}


@pytest.mark.parametrize("mark", ["\t", ";", " , "])
def test_cells_may_be_pasted_from_a_spreadsheet(mark):
    text = "\ufeff\n" + CSV.replace(",", mark) + "\n\n"
    assert explore.own_figures(text).equals(explore.own_figures(CSV))


FAULTY = {
    "": "No figures are pasted in",
    "census,agency_rate": "No figures are pasted in",
    "census,agency\n2026,10": "“agency” is not a column",
    "census,agency_rate,agency_rate\n2026,10,11": "the column agency_rate twice",
    "agency_rate\n10": "need the column census",
    "census\n2026": "need the column census and at least one",
    "census,agency_rate\n2026": "Line 2 of the pasted figures has 1 cells and the header 2",
    "census,agency_rate\n2026,10\n2026,11": "the census 2026 twice, again in line 3",
    "census,agency_rate\n2026-09-30,10": "has the census “2026-09-30”",
    "census,agency_rate\n2026,ten": "has “ten” for agency_rate, which is no number",
    "census,agency_rate\n2026,nan": "has “nan” for agency_rate, which is no number",
    "census,agency_rate\n2026,1_0": "has “1_0” for agency_rate, which is no number",
    "census,agency_rate\n2026,100.1": "has 100.1 for agency_rate, which lies between 0 and 100 (%)",
    "census,caseload\n2026,-1": "has -1 for caseload, which lies between 0 and 150",
    "census,caseload\n2026,15%": "has “15%” for caseload, which is no number",
}


@pytest.mark.parametrize("text", FAULTY)
def test_a_faulty_paste_is_told_in_one_sentence(text, fault_of):
    assert FAULTY[text] in fault_of(explore.own_figures, text)


def test_a_paste_that_is_no_text_is_told_in_one_sentence(fault_of):
    for text in (None, 2026, ["census,agency_rate"]):
        assert "Pasted figures are text in quotation marks" in fault_of(explore.own_figures, text)


@pytest.mark.parametrize("label", ["", " ", "x" * 41, None])
def test_pasted_figures_are_never_without_a_label(label, fault_of):
    assert "label" in fault_of(explore.own_figures, CSV, label)


def test_pasted_figures_stand_beside_the_official_ones_and_change_none_of_them(wakefield):
    [official], [page] = (
        displayed(explore.beside, wakefield),
        displayed(explore.beside, wakefield, explore.own_figures(CSV)),
    )
    assert "They are not DfE's figures of Wakefield" in page.get_text(" ")
    agency, turnover = alts(page)[:2]
    assert agency.endswith("Hollow circles, not DfE's (Own figures, unpublished): 10.5% in 2026.")
    assert turnover == alts(official)[1]
    theirs, ours = (page.find_all("table")[0] for page in (official, page))
    assert ours.find_all("th", scope="col")[-1].get_text() == "Own figures, unpublished (not DfE's)"
    cells = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in ours.tbody.find_all("tr")]
    assert [row[:-1] for row in cells[:-1]] == [
        [cell.get_text() for cell in row.find_all(["th", "td"])] for row in theirs.tbody.find_all("tr")
    ]
    assert (cells[-1][0], set(cells[-1][1:-1]), cells[-1][-1]) == ("2026", {"–"}, "10.5")


def test_a_pasted_census_is_no_published_one(wakefield):
    """What is shown besides the charts goes by the latest census of the profile, which stays that of DfE."""
    shown = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(explore, "_measures", lambda profile, own: shown.append((profile, own)))
        displayed(explore.beside, wakefield, explore.own_figures(CSV))
    [(profile, own)] = shown
    assert profile is wakefield
    assert own.census.tolist() == [2026, 2026]
    assert figures.at_a_glance(profile).Census.tolist() == ["2025"] * 5


def test_pasted_figures_are_hollow_and_not_joined_to_the_official_line(wakefield, drawn):
    displayed(explore.beside, wakefield, explore.own_figures("census,agency_rate\n2025,11\n2026,10.5"))
    assert [rows.census.max() for rows in drawn[-5:]] == [2026, 2025, 2025, 2025, 2025]
    ax = DRAW(drawn[-5], wakefield.inspections, "agency_rate", wakefield.as_at)
    [own] = [line for line in ax.lines if line.get_markerfacecolor() == "white"]
    assert (own.get_xdata().tolist(), own.get_ydata().tolist()) == ([2025, 2026], [11, 10.5])
    assert own.get_linestyle() == "None"
    ax.figure.draw_without_rendering()
    beside = [text for text in ax.texts if text.get_position()[0] > 2026]
    assert "Own figures,\nunpublished" in [text.get_text() for text in beside]
    boxes = [Text.get_window_extent(text) for text in beside]
    assert len(boxes) == 6
    assert not [one for at, one in enumerate(boxes) for other in boxes[at + 1 :] if one.overlaps(other)]


@pytest.mark.parametrize("census", [2016, 2036])
def test_a_census_far_from_the_published_ones_is_refused(wakefield, fault_of, census):
    own = explore.own_figures(f"census,agency_rate\n{census},10")
    assert f"The pasted census {census} is far" in fault_of(explore.beside, wakefield, own)


def test_nothing_is_written_to_data(wakefield):
    def as_they_are():
        return {path: path.stat().st_mtime_ns for path in paths.DATA.rglob("*")}

    before = as_they_are()
    displayed(explore.beside, wakefield, explore.own_figures(CSV))
    assert as_they_are() == before


# --- neighbours ------------------------------------------------------------------------------------------------------

CHOSEN = ["Barnsley", "Calderdale", "Doncaster", "Kirklees", "Leeds"]


def test_the_median_is_of_the_councils_chosen(wakefield):
    changed = explore.with_neighbours(wakefield, ["Wakefield", *CHOSEN])
    with (paths.OFFICIAL / "workforce.csv").open(encoding="utf-8", newline="") as file:
        latest = [row for row in csv.DictReader(file) if row["census"] == "2025" and row["name"] in CHOSEN]
    for measure in FIVE:
        rows = changed.beside.query("line == 'neighbours' and census == 2025 and measure == @measure")
        assert rows.n.tolist() == [5]
        assert rows.value.iloc[0] == pytest.approx(statistics.median(float(row[measure]) for row in latest))
    others = [frame[frame.line != "neighbours"].reset_index(drop=True) for frame in (changed.beside, wakefield.beside)]
    pd.testing.assert_frame_equal(*others)
    [page] = displayed(explore.beside, changed)
    assert "5 councils chosen by hand, in place of DfE's: Barnsley, Calderdale, Doncaster, Kirklees and Leeds" in (
        page.get_text()
    )
    assert "Own neighbours" in alts(page)[0]


def test_councils_chosen_have_all_that_dfes_neighbours_have(wakefield):
    """Profile's own columns: every table and sentence of a report's neighbours can be made of them."""
    changed = explore.with_neighbours(wakefield, [*CHOSEN, "Cumbria"])
    assert list(changed.neighbours) == list(wakefield.neighbours)
    table = figures.neighbour_table(changed).set_index("Council")
    assert table.index.tolist() == [*CHOSEN, "Cumbria"]
    assert set(table["How close"]) == {"chosen"}
    latest = panel.latest(AS_AT).set_index("council")
    for name in CHOSEN:
        assert table["Agency rate (%)"][name] == f"{latest.agency_rate[name]:.1f}"
        assert table["Standing judgement"][name] == latest.overall[name]
    # It ended in 2023, so that it has no row among the latest.
    assert table["Agency rate (%)"]["Cumbria"] == "[no row]"
    own = wakefield.own.set_index("census").agency_rate[2025]
    higher = sum(latest.agency_rate[name] < own for name in CHOSEN)
    assert higher == len(CHOSEN)
    assert f"higher than all {phrases.number(higher)} neighbours" in figures.among_neighbours(changed)[0]
    assert len(sheets.neighbours(changed)) == 6


def test_a_council_of_the_same_return_is_left_out_of_the_neighbours():
    kingston = profiles.gather("Kingston upon Thames", AS_AT)
    changed = explore.with_neighbours(kingston, ["Richmond upon Thames", *CHOSEN])
    assert changed.neighbours.neighbour.tolist() == CHOSEN


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([*CHOSEN, "Atlantis"], "“Atlantis” is not a council"),
        ([*CHOSEN, "leeds"], "Leeds is named twice"),
        (CHOSEN[:4], "the list names 4 besides"),
        (["Wakefield", *CHOSEN[:4]], "the list names 4 besides"),
        ("Leeds", "the list names 1 besides"),
        (None, "Neighbours are a list of councils' names"),
        ([*CHOSEN, "Cumberland"], "Cumberland has no figures"),
    ],
)
def test_neighbours_that_cannot_be_are_told_in_one_sentence(wakefield, fault_of, names, said):
    early = profiles.gather("Wakefield", EARLY, "before") if "Cumberland" in (names or ()) else wakefield
    assert said in fault_of(explore.with_neighbours, early, names)


# --- tables and the page itself --------------------------------------------------------------------------------------


def test_tables_are_listed_or_said_to_be_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKFORCE_RATINGS_TABLES", str(tmp_path))
    [missing] = displayed(explore.tables)
    assert "There are no tables" in missing.get_text()
    assert "make report" in missing.get_text()
    (tmp_path / "b.csv").write_text('x,y\n1,"2\n3"\n4,5\n')
    (tmp_path / "a.csv").write_text("x\n")
    _, page = displayed(explore.tables)
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in page.tbody.find_all("tr")]
    assert rows == [["a.csv", "0", "1"], ["b.csv", "2", "2"]]


def start_page():
    return nbformat.read(paths.NOTEBOOKS / "00_start_here.ipynb", as_version=4)


def test_the_start_page_names_every_other_notebook():
    linked = re.findall(r"\]\(([\w.]+)\)", "\n".join(c.source for c in start_page().cells if c.cell_type == "markdown"))
    assert sorted(linked) == sorted({p.name for p in paths.NOTEBOOKS.glob("*.ipynb")} - {"00_start_here.ipynb"})


def test_the_start_page_is_stored_without_outputs():
    assert [c.outputs for c in start_page().cells if c.cell_type == "code" and (c.outputs or c.execution_count)] == []
    assert "widgets" not in start_page().metadata


def test_the_commands_to_copy_are_commands(picked):
    texts = [c.source for c in start_page().cells if "\n.venv/bin/" in c.source]
    lines = [line for text in [*texts, picked.first.code.get_text()] for line in text.splitlines()]
    given = [shlex.split(line) for line in lines if line.startswith(".venv/bin/workforce-ratings")]
    assert len(given) == 5
    for _, name, *arguments in given:
        get_command(cli.app).commands[name].make_context(name, arguments)
    report = json.loads((paths.NOTEBOOKS / "council_report.ipynb").read_text(encoding="utf-8"))
    parameters = next(c for c in report["cells"] if "parameters" in c["metadata"].get("tags", []))["source"]
    for line in [shlex.split(line) for line in lines if line.startswith(".venv/bin/papermill")]:
        assert line[1] == "notebooks/council_report.ipynb"
        names = [line[at + 1] for at, word in enumerate(line) if word == "-p"]
        assert set(names) <= {text.split(" = ")[0] for text in parameters}


def test_make_lab_opens_the_start_page_on_this_computer_alone_and_keeps_the_token():
    makefile = (paths.PROJECT / "Makefile").read_text(encoding="utf-8")
    recipe = makefile[makefile.index("\nlab:") :].split("\n\n")[0]
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in recipe
    assert "--ServerApp.ip=127.0.0.1" in recipe
    assert "token" not in recipe.split("\n", 2)[2]
