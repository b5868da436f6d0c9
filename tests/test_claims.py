"""Claims: hand-coded facts read into numbers, judgements, councils and censuses. (The facts are in test_articles.)"""

import pandas as pd
import pytest

from workforce_ratings import articles, paths
from workforce_ratings.vocabulary import JUDGEMENTS, Fault

FACT = {
    "article": "a_2022-01",
    "fact": "1",
    "council": "Wakefield",
    "indicator": "agency_rate",
    "value": "21.8",
    "value_other": "",
    "unit": "%",
    "bound": "=",
    "in_words": "no",
    "scope": "",
    "period": "September 2020",
    "period_start": "2020-09-01",
    "period_end": "2020-09-30",
    "authority": "dfe",
    "hedged": "no",
    "status": "fact",
    "note": "",
}
JUDGED = {"indicator": "overall_judgement", "value": "Good", "unit": "judgement", "period_start": "", "period_end": ""}
DIGESTS = pd.DataFrame(
    {
        "article": ["a_2022-01", "b_2018-06", "c_2023-05"],
        "published_by": pd.to_datetime(["2022-01-31", "2018-06-30", "2023-05-31"]),
    }
)


def read(*changes, as_at=""):
    """The claims of facts that are right but for these changes."""
    table = pd.DataFrame([FACT | change for change in changes or ({},)])
    return articles.coded(as_at, table, DIGESTS)


def test_a_fact_becomes_a_claim_with_number_council_and_census():
    claim = read().iloc[0]
    assert (claim.value, claim.measure, claim.council_code, claim.census) == (21.8, "agency_rate", "E08000036", 2020)
    assert (claim.judgement, claim.step, claim.hedged) == ("", 0.1, False)


def test_a_judgement_becomes_one_of_ofsteds_four_words():
    claim = read(JUDGED | {"value": "Requires improvement to be good"}).iloc[0]
    assert claim.judgement == "requires improvement"
    assert pd.isna(claim.value)
    assert claim.measure == "overall"


@pytest.mark.parametrize(
    ("indicator", "measure"),
    [
        ("caseload_average", "caseload"),
        ("caseload_max", ""),
        ("leaders_judgement", "leaders"),
        ("previous_judgement", "overall"),
        ("money", ""),
    ],
)
def test_an_indicator_is_set_beside_its_measure_or_none(indicator, measure):
    change = JUDGED | {"value": "good"} if indicator.endswith("judgement") else {}
    assert read(change | {"indicator": indicator}).measure[0] == measure


@pytest.mark.parametrize(
    ("value", "bound", "in_words", "step"),
    [
        ("21.8", "=", "no", 0.1),
        ("40", "=", "no", 1),
        ("40", "~", "no", 4),
        ("45", "~", "no", 4.5),
        ("43", "~", "no", 1),
        ("40", "=", "yes", 4),
        ("100", "~", "no", 10),
        ("0", "~", "no", 0.1),
        ("25", "<", "yes", 2.5),
        ("12", "=", "yes", 1),
        ("12.5", "~", "yes", 0.1),
        ("3.25", "=", "no", 0.01),
    ],
)
def test_the_step_is_as_coarse_as_the_words(value, bound, in_words, step):
    assert read({"value": value, "bound": bound, "in_words": in_words}).step[0] == pytest.approx(step)


@pytest.mark.parametrize(
    ("start", "end", "census"),
    [
        ("2020-09-30", "2020-09-30", 2020),
        ("2019-10-01", "2020-09-30", 2020),
        ("2020-01-01", "2020-12-31", 2020),
        ("2020-04-01", "2021-03-31", 2020),
        ("2019-09-30", "2020-09-30", 2020),
        ("2020-10-01", "2021-09-29", None),
        ("2020-03-01", "2020-03-31", None),
        ("2019-01-01", "2020-12-31", None),
        ("", "", None),
    ],
)
def test_a_figure_belongs_to_a_census_only_where_its_period_holds_30_september(start, end, census):
    found = read({"period_start": start, "period_end": end}).census[0]
    assert (found is pd.NA) if census is None else (found == census)


@pytest.mark.parametrize("name", ["England", "North West", "London"])
def test_a_wider_area_has_no_council_code(name):
    claim = read({"council": name}).iloc[0]
    assert (claim.council, claim.council_code) == (name, "")


def test_a_council_is_the_one_of_the_articles_day():
    assert read({"council": "Dorset", "article": "b_2018-06"}).council_code[0] == "E10000009"
    assert read({"council": "Dorset"}).council_code[0] == "E06000059"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"council": "Wakefeild"}, "Wakefield"),
        ({"council": "Cumbria", "article": "c_2023-05"}, "did not exist"),
        ({"value": "many"}, "“many” is not a number"),
        ({"value": ""}, "is not a number"),
        (JUDGED | {"value": "splendid"}, "splendid"),
        ({"bound": "≈"}, "bound"),
        ({"period_start": "30/09/2020"}, "YYYY-MM-DD"),
        ({"article": "nowhere_2020-01"}, "no digest"),
    ],
)
def test_a_fact_that_cannot_be_read_is_a_fault(change, words, fault_of):
    assert words in fault_of(read, change)


@pytest.mark.parametrize("change", [{"council": "Wakefeild"}, {"value": "many"}, {"bound": "?"}])
def test_a_fault_names_the_article_and_fact(change, fault_of):
    assert "a_2022-01 fact 1" in fault_of(read, change)


def test_articles_of_a_later_day_are_left_out():
    both = ({}, {"article": "b_2018-06"})
    assert read(*both, as_at="2022-01-30").article.tolist() == ["b_2018-06"]
    assert read(*both, as_at="2022-01-31").article.tolist() == ["a_2022-01", "b_2018-06"]
    assert read(*both, as_at="2010-01-01").empty


@pytest.mark.parametrize(
    ("date", "day"), [("2021", "2021-12-31"), ("2020-02", "2020-02-29"), ("2022-01-14", "2022-01-14")]
)
def test_an_article_counts_from_the_last_day_its_date_can_mean(tmp_path, date, day):
    (tmp_path / "x_2020.md").write_text(f'---\ndate: "{date}"\n---\nText.\n', encoding="utf-8")
    (tmp_path / "README.md").write_text("Not a digest.", encoding="utf-8")
    found = articles.digests(tmp_path)
    assert found.published_by.tolist() == [pd.Timestamp(day)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("No front matter.", "front matter"),
        ("---\ndate: [2020\n---\nText.", "YAML"),
        ("---\n- a list\n---\nText.", "front matter"),
        ("---\npublisher: A paper\n---\nText.", "date"),
        ("---\ndate: last May\n---\nText.", "date"),
        ("---\ndate: 2020-13\n---\nText.", "date"),
    ],
)
def test_a_damaged_digest_is_a_fault_that_names_it(tmp_path, text, words, fault_of):
    (tmp_path / "x_2020.md").write_text(text, encoding="utf-8")
    message = fault_of(articles.digests, tmp_path)
    assert "x_2020.md" in message
    assert words in message


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00bad", b"article,fact\nx,1\n", b'article\n"open'])
def test_a_missing_or_damaged_facts_file_is_a_fault_that_names_it(tmp_path, content, fault_of):
    path = tmp_path / "facts.csv"
    if content is not None:
        path.write_bytes(content)
    assert "facts.csv" in fault_of(articles.facts, path)


def test_every_real_fact_becomes_a_claim():
    found = articles.coded()
    assert len(found) == len(articles.facts())
    assert found.article.nunique() == len(list(paths.ARTICLES.glob("*.md"))) - 1
    assert set(found.judgement) == {"", *JUDGEMENTS}
    assert not (found.value.notna() & (found.judgement != "")).any()


# --- figures beside their article's judgement ------------------------------------------------------------------------


def pairs(*changes):
    return articles.figures_with_judgement(read(JUDGED, *changes), "agency_rate")


def test_a_figure_is_set_beside_its_own_articles_judgement():
    found = pairs({})
    assert found[["council", "value", "judgement"]].values.tolist() == [["Wakefield", 21.8, "good"]]
    assert list(found.judgement.cat.categories) == list(JUDGEMENTS)


@pytest.mark.parametrize(
    "change",
    [
        {"article": "b_2018-06"},
        {"council": "Halton"},
        {"council": "England"},
        {"scope": "one team"},
        {"status": "target"},
        {"indicator": "turnover_rate"},
        {"period_start": "2019-01-01", "period_end": "2019-01-31"},
    ],
)
def test_a_figure_of_another_article_place_part_or_time_is_not(change):
    assert len(pairs(change)) == 0
    assert len(pairs({})) == 1


def test_only_the_latest_of_an_articles_figures_counts():
    earlier = {"period_start": "2020-03-01", "period_end": "2020-03-31", "value": "30.1"}
    assert pairs({}, earlier).value.tolist() == [21.8]
    assert pairs(earlier, {}).value.tolist() == [21.8]


def test_counts_by_indicator_add_up():
    table = read({}, {"council": "Halton", "hedged": "yes"}, JUDGED | {"value": "good"})
    counted = articles.counted(table).set_index("indicator")
    assert counted.loc["agency_rate"].tolist() == [2, 2, 1, 2]
    assert counted.loc["overall_judgement"].tolist() == [1, 1, 0, 0]


def test_the_indicators_are_those_that_the_readme_defines():
    text = (paths.ARTICLES / "README.md").read_text(encoding="utf-8")
    table = text[text.index("| indicator | unit | meaning |") :].split("\n\n")[0]
    defined = [row.split("|")[1].strip() for row in table.splitlines()[2:]]
    assert list(articles.INDICATORS) == defined


@pytest.mark.parametrize("column", ["indicator", "status", "authority"])
def test_a_word_outside_the_closed_lists_is_refused_in_words(column):
    with pytest.raises(Fault, match=f"column {column}"):
        read({column: "agancy_rate"})


@pytest.mark.parametrize("written", ["12th March", "March 2024", "04/05/2024", "2024-13", "24"])
def test_a_date_that_is_not_iso_is_refused_in_words(tmp_path, written):
    (tmp_path / "a_2024.md").write_text(f'---\ndate: "{written}"\n---\nText.\n', encoding="utf-8")
    with pytest.raises(Fault, match="is not a date written"):
        articles.digests(tmp_path)
