"""The articles at hand: texts before digests, copies once, undated and unreadable ones heeded, and the yardstick."""

import shutil

import pandas as pd
import pytest

from workforce_ratings import articles, pages, paths, press
from workforce_ratings.reconciliation import reconcile

AS_AT = "2026-06-30"
STORY = """Harlow Road team leaves Rutland short of social workers

Published 14 March 2022

Rutland council had 22.5% of its social work posts vacant in September 2021, according to Department for Education figures.

Ofsted rated its children's services good after a full inspection in January. Agency workers were 12% of the workforce, a
spokesperson for the council said, and caseloads averaged 14.6 in the assessment team.

The council's leader said that three people had been appointed and that more would follow in the summer.
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of articles of our own with nothing private in it yet: the suite's digests and facts."""
    own = tmp_path / "articles"
    own.mkdir()
    for path in paths.ARTICLES.glob("*.*"):
        shutil.copy(path, own / path.name)
    (own / "private").mkdir()
    monkeypatch.setattr(paths, "ARTICLES", own)
    monkeypatch.setattr(paths, "PRIVATE_ARTICLES", own / "private")
    return own


def test_without_private_texts_every_digest_is_read():
    stories = press.stories(AS_AT)
    assert set(stories.role) == {"kept"}
    assert set(stories.read_from) == {"digest"}
    assert set(stories.article) == set(articles.digests().article)


def test_a_private_text_is_read_and_its_claims_are_checked(folder):
    (folder / "private" / "rutland.txt").write_text(STORY, encoding="utf-8")
    claims = press.claims(AS_AT).query("article == 'rutland.txt'").set_index("indicator")
    assert claims.loc["vacancy_rate", "value"] == 22.5
    assert claims.loc["vacancy_rate", "census"] == 2021
    assert claims.loc["overall_judgement", "judgement"] == "good"
    assert claims.loc["agency_rate", "authority"] == "council"
    assert pd.isna(claims.loc["agency_rate", "census"])
    assert "assessment team" in claims.loc["caseload_average", "scope"]
    assert "22.5%" in claims.loc["vacancy_rate", "evidence"]
    verdicts = reconcile(press.claims(AS_AT).query("article == 'rutland.txt'"), AS_AT).set_index("indicator").verdict
    assert verdicts["caseload_average"] == "not comparable"
    assert verdicts["vacancy_rate"] in ("exact", "rounded", "revised", "differs", "not comparable")


def test_the_offsets_of_a_claim_point_at_its_figure(folder):
    (folder / "private" / "rutland.txt").write_text(STORY, encoding="utf-8")
    row = press.claims(AS_AT).query("article == 'rutland.txt' and indicator == 'vacancy_rate'").iloc[0]
    assert STORY[row.start : row.end] == "22.5"


def test_a_copy_of_a_story_counts_once(folder):
    (folder / "private" / "a.txt").write_text(STORY, encoding="utf-8")
    (folder / "private" / "b.txt").write_text(STORY.replace("Published 14 March 2022\n\n", ""), encoding="utf-8")
    stories = press.stories(AS_AT).query("read_from == 'article'").set_index("article")
    assert sorted(stories.role) == ["copy", "kept"]
    kept = stories.index[stories.role == "kept"]
    told = press.claims(AS_AT).article
    assert set(told[told.isin(["a.txt", "b.txt"])]) == set(kept)


def test_hostile_words_stay_text_in_the_tables(folder, monkeypatch, tmp_path):
    words = f"<h1>=HYPERLINK(1) {{{{ 7 * 7 }}}}</h1><p>{STORY.splitlines()[4]}</p>"
    page = f"<html><body>{words}<script>alert(1)</script></body></html>"
    (folder / "private" / "=evil.html").write_text(page, encoding="utf-8")
    monkeypatch.setenv("WORKFORCE_RATINGS_TABLES", str(tmp_path / "tables"))
    pages.save(press.claims(AS_AT), "claims.csv")
    text = (tmp_path / "tables" / "claims.csv").read_text(encoding="utf-8")
    assert "'=evil.html" in text
    assert "alert(1)" not in text
    assert "49" not in set(press.claims(AS_AT).query("article == '=evil.html'").evidence)


def test_an_unreadable_file_is_listed_and_the_others_go_on(folder):
    (folder / "private" / "empty.txt").write_text("", encoding="utf-8")
    (folder / "private" / "rutland.txt").write_text(STORY, encoding="utf-8")
    stories = press.stories(AS_AT).set_index("article")
    assert stories.loc["empty.txt", "role"] == "unreadable"
    assert "empty.txt" in stories.loc["empty.txt", "error"]
    assert stories.loc["rutland.txt", "role"] == "kept"


def test_a_text_behind_a_digest_stands_before_it(folder, sources):
    source = sources / "articles" / "001_0d392e384c9bcac5.txt"
    shutil.copy(source, folder / "private" / "any-name.txt")
    stories = press.stories(AS_AT).query("article == 'halton_2021-11'")
    assert dict(zip(stories.read_from, stories.role, strict=True)) == {"digest": "superseded", "article": "kept"}
    claims = press.claims(AS_AT).query("article == 'halton_2021-11'")
    assert set(claims.read_from) == {"article"}
    assert sorted(claims.query("indicator == 'vacancy_rate'").value) == [13.6, 20.5]


def test_nothing_later_than_the_day_is_used(folder):
    (folder / "private" / "rutland.txt").write_text(STORY, encoding="utf-8")
    assert "rutland.txt" not in set(press.claims("2022-03-13").article)
    assert "rutland.txt" in set(press.claims("2022-03-14").article)


def test_the_reading_agrees_with_the_facts_coded_by_hand():
    agreement = press.yardstick(AS_AT).set_index("indicator")
    assert agreement.loc["all", "f1"] >= 0.97
    assert (agreement.loc[agreement.facts >= 5, "f1"] >= 0.9).all()
    assert agreement.loc["all", "facts"] == agreement.facts.iloc[:-1].sum()


def test_a_planted_wrong_claim_is_counted_against_the_reading(monkeypatch):
    claims = press.claims(AS_AT)
    planted = claims.query("indicator == 'agency_rate'").head(1).assign(value=77.7)
    before = press.yardstick(AS_AT).set_index("indicator").loc["agency_rate"]
    monkeypatch.setattr(press, "claims", lambda as_at="": pd.concat([claims, planted]))
    after = press.yardstick(AS_AT).set_index("indicator").loc["agency_rate"]
    assert (after.wrong, after.found) == (before.wrong + 1, before.found)


def test_every_story_has_every_theme():
    table = press.theme_table(AS_AT)
    assert len(table) == 12 * press.stories(AS_AT).query("role == 'kept'").article.nunique()
    counts = press.theme_counts(table)
    assert list(counts.columns) == ["theme", "strain", "strength", "mixed"]
    assert counts[["strain", "strength", "mixed"]].to_numpy().sum() == table.present.sum()


def test_a_joint_return_is_a_claim_of_both_councils():
    rows = press.claims(AS_AT).query("article == 'england_2018-02' and value == 10.2")
    assert sorted(rows.council) == ["Kingston upon Thames", "Richmond upon Thames"]


def test_a_text_without_a_date_of_its_own_has_its_digests(folder, sources):
    shutil.copy(sources / "articles" / "004_5379b5b609084cf1.txt", folder / "private" / "page.txt")
    row = press.stories(AS_AT).query("article == 'wakefield_2022-01' and role == 'kept'").iloc[0]
    assert (row.published_basis, str(row.published_by.date())) == ("digest", "2022-01-31")
