"""Reading press articles: text, Markdown, saved pages and PDFs, their dates, comments and quotations, and bad files.

The stories are of councils that do not exist. The saved articles themselves are found through SOURCES_DIR.
"""

from __future__ import annotations

import codecs
import os
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workforce_ratings import paths
from workforce_ratings.texts import reading
from workforce_ratings.texts.reading import CLAIM_KINDS, KINDS, Article, parse, read
from workforce_ratings.vocabulary import Fault

STORY = """Agency staff fill a third of posts at Eastmarsh

Inspectors find workloads high and managers new to the job

Photo: J. Penn/Marsh Pictures

One in three social workers at Eastmarsh council is from an agency, a visit has found.

The rate was 33% in May, said Ofsted. “We know what this means for children. It is not good.

“It will be better in a year,” the director said.

Too many changes

Caseloads were 22.5 on average; the council said that ‘fewer than one in five of them had left since May’.

More from Marsh Times

Westmarsh is inadequate, with half of its staff from agencies.

3 Responses to Agency staff fill a third of posts at Eastmarsh

  1. Ann March 26, 2018 at 12:33 pm #

    Here it is 60%.

    • Bob March 28, 2018 at 1:05 am #

      Never.

  2. Cy March 25, 2018 at 9:00 am #

    Our rate was 12 in a hundred.
"""


def lines_of(article: Article, *kinds: str) -> list[str]:
    return [article.text[b.start : b.end] for b in article.blocks if b.kind in kinds]


def assert_sound(article: Article) -> None:
    """Blocks are in order and apart, and hold all of the text that is neither blank nor front matter."""
    position = 0
    for block in article.blocks:
        assert block.kind in KINDS
        assert position <= block.start < block.end <= len(article.text)
        assert article.text[block.start : block.end].strip()
        assert position == 0 or not article.text[position : block.start].strip()
        position = block.end
    assert not article.text[position:].strip() or not article.blocks
    spans = [(b.start, b.end) for b in article.claim_blocks()]
    assert all(any(a <= start < end <= b for a, b in spans) for start, end in article.quotations)


# --- plain text ---------------------------------------------------------------------------------------------------


def test_the_parts_of_a_story():
    article = parse(STORY, "story.txt")
    assert_sound(article)
    assert article.title == "Agency staff fill a third of posts at Eastmarsh"
    assert article.standfirst == "Inspectors find workloads high and managers new to the job"
    assert lines_of(article, "caption") == ["Photo: J. Penn/Marsh Pictures"]
    assert lines_of(article, "heading") == ["Too many changes"]
    assert len(lines_of(article, "paragraph")) == 4
    assert len(lines_of(article, "more_from")) == 2
    assert article.comments == 3


def test_no_claim_is_taken_from_other_stories_or_from_readers():
    words = " ".join(lines_of(parse(STORY, "story.txt"), *CLAIM_KINDS))
    assert "33%" in words
    assert not [w for w in ("Westmarsh", "60%", "12 in", "Never") if w in words]


def test_the_first_comment_dates_what_nothing_else_does():
    article = parse(STORY, "story.txt")
    assert (article.published, article.published_basis) == (date(2018, 3, 25), "comment")
    dated = parse(STORY.replace("Photo:", "Posted on 20/03/2018 by\n\nPhoto:"), "story.txt")
    assert (dated.published, dated.published_basis) == (date(2018, 3, 20), "dateline")


@pytest.mark.parametrize(
    "line",
    [
        "Posted on 18/09/2018 by",
        "Published 18 September 2018",
        "- Published18 September 2018",
        "| 18 Sept 2018",
        "Tuesday, 18th September, 2018",
        "2018-09-18",
        "18.09.18",
        "September 18, 2018 at 9:15 am",
        "Published: 18 Sep 2018, 09:15 BST | Updated: 20 Sep 2018",
        "By Jo Penn on 18 September 2018",
        "Updated 20 September 2018\n\nPublished 18 September 2018",
    ],
)
def test_a_date_line_dates_the_article(line):
    article = parse(STORY.replace("Photo:", f"{line}\n\nPhoto:"), "story.txt")
    assert (article.published, article.published_basis) == (date(2018, 9, 18), "dateline")
    assert "2018" not in " ".join(lines_of(article, *CLAIM_KINDS))


@pytest.mark.parametrize(
    "line", ["Inspectors came on 18 September 2018.", "On 18 September 2018, 33% were agency staff", "9/18/2018"]
)
def test_a_sentence_or_a_day_that_is_none_dates_nothing(line):
    assert parse(f"A title of some words\n\n{line}\n\nThe body of the story.\n", "a.txt").published is None


def test_a_date_below_the_story_is_that_of_another():
    body = "A first sentence here.\n\nA second sentence here.\n\n- Published29 October 2018\n"
    article = parse(f"A title of some words\n\n{body}", "a.txt")
    assert article.published is None
    assert lines_of(article, "dateline") == ["- Published29 October 2018"]


def test_comments_that_are_only_counted():
    text = "A title\n\nA story in one sentence.\n\n12 Comments\n\nLog in to comment\n"
    assert parse(text, "a.txt").comments == 12
    assert parse(text.replace("12 Comments", "Comments are closed."), "a.txt").comments == 0


def test_comments_with_the_name_on_a_line_of_its_own():
    text = "A title\n\nA story in one sentence.\n\nComments\n\nAnn says:\n4 May 2019 at 10:11\nNo.\n\nBob • 3 years ago\n\nYes.\n"
    article = parse(text, "a.txt")
    assert (article.comments, article.published) == (2, date(2019, 5, 4))


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("By Jo Penn", "Jo Penn"),
        ("Words by Jo Penn, Marsh Times", "Jo Penn"),
        ("By Jo Penn on 4 March 2021", "Jo Penn"),
        ("Jo Penn, Local Democracy Reporter", "Jo Penn"),
        ("Posted on 4 March 2021 by Jo Penn", "Jo Penn"),
        ("Source: Marsh Times", ""),
    ],
)
def test_who_wrote_it(line, author):
    article = parse(STORY.replace("Photo:", f"{line}\n\nPhoto:"), "story.txt")
    assert article.author == author
    assert line in lines_of(article, "byline", "dateline")


def test_quotations_reopen_with_the_next_paragraph():
    article = parse(STORY, "story.txt")
    assert [article.text[start:end] for start, end in article.quotations] == [
        "“We know what this means for children. It is not good.",
        "“It will be better in a year,”",
        "‘fewer than one in five of them had left since May’",
    ]


@pytest.mark.parametrize(
    ("line", "quoted"),
    [
        ("Eastmarsh’s ‘inadequate’ service isn’t the board’s, said the council’s leader.", []),
        ("It's the council's \"worst year\" yet, and it wasn't the staff's fault.", ['"worst year"']),
        ("The ‘inadequate service of the ‘90s was what it was, and so it stayed.", []),
        ("In the '90s the council's teams held as many cases as today's.", []),
        (
            "‘We know it is not good. It isn’t what we want for them.",
            ["‘We know it is not good. It isn’t what we want for them."],
        ),
        ("He said: 'We don't know what the team's plan is.' It’s new.", ["'We don't know what the team's plan is.'"]),
    ],
)
def test_apostrophes_and_terms_are_no_quotations(line, quoted):
    article = parse(f"A title\n\n{line}\n", "a.txt")
    assert [article.text[start:end] for start, end in article.quotations] == quoted


def test_a_hard_wrapped_paragraph_is_one_block():
    wrapped = (
        "One in three social workers at Eastmarsh council is from an agency, and\n"
        "the rate has gone up in each of the last four years. Inspectors found in\n"
        "May that caseloads were too high."
    )
    article = parse(f"A title of some words\n\n{wrapped}\n", "a.txt")
    assert lines_of(article, "paragraph") == [wrapped]


def test_markdown_with_front_matter():
    text = '---\ntitle: "Stated"\ndate: 2019-07-15\nauthor: Jo Penn\n---\n\n# A title\n\n## Part one\n\nA story, 33% of it.\n'
    article = parse(text, "a.md")
    assert (article.title, article.author) == ("A title", "Jo Penn")
    assert (article.published, article.published_basis) == (date(2019, 7, 15), "front matter")
    assert lines_of(article, "heading") == ["## Part one"]
    assert article.blocks[0].start == text.index("# A title")
    untitled = parse(text.replace("# A title\n", ""), "a.md")
    assert untitled.stated_title == "Stated"
    assert parse(text.replace("2019-07-15", "2019-07"), "a.md").published == date(2019, 7, 31)


def test_a_rule_is_no_front_matter():
    assert parse("---\n\nA story of one sentence.\n\n---\n", "a.md").blocks[0].start == 0


# --- encodings ----------------------------------------------------------------------------------------------------

ENCODED = "A title of ‘£1m’\r\n\r\nThe rate is 33% – said the council.\r\nIt rose.\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_offsets_are_those_of_the_decoded_file(tmp_path, encoding):
    path = tmp_path / "a.txt"
    path.write_bytes(ENCODED.encode(encoding))
    article = read(path)
    assert article.text == path.read_text(encoding=encoding)
    at = article.text.index("33%")
    assert article.place(at, at + 3) == (at, at + 3)


def test_utf_16_of_the_other_byte_order(tmp_path):
    (tmp_path / "a.txt").write_bytes(codecs.BOM_UTF16_BE + ENCODED.encode("utf-16-be"))
    assert read(tmp_path / "a.txt").title == "A title of ‘£1m’"


def test_a_page_s_declared_charset_is_believed(tmp_path):
    page = '<html><head><meta charset="iso-8859-15"></head><body><p>It cost 5 €, said the council.</p></body></html>'
    (tmp_path / "a.html").write_bytes(page.encode("iso-8859-15"))
    assert "5 €" in read(tmp_path / "a.html").text


# --- files that cannot be read ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "wrong"),
    [
        ("a.txt", b"", "is empty"),
        ("a.txt", b" \n\t ", "is empty"),
        ("a.docx", b"PK\x03\x04", "not a kind of file"),
        ("a.png", b"\x89PNG\r\n", "not a kind of file"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "is not text"),
        ("a.txt", b"A council\x00with nulls", "is not text"),
        ("a.txt", b"\x81\x8d\x8f\x90\x9d" * 20, "is not text"),
        ("a.txt", codecs.BOM_UTF16_LE + b"\x00\xd8a", "is not text"),
        ("a.pdf", b"words of a letter", "is no PDF"),
        ("a.pdf", b"%PDF-1.7\njunk", "damaged PDF"),
        ("a.txt", b"%PDF-1.7\njunk", "damaged PDF"),
        ("a.html", b"<html><body><script>go()</script></body></html>", "without any text"),
    ],
)
def test_a_bad_file_gets_one_sentence(tmp_path, name, content, wrong):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Fault, match=wrong) as caught:
        read(tmp_path / name)
    assert str(caught.value).startswith(name)
    assert str(caught.value).endswith(".")


def test_folders_pipes_and_missing_files_get_one_sentence(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    for path, wrong in (
        (tmp_path, "is a folder"),
        (tmp_path / "no.txt", "not exist"),
        (tmp_path / "pipe.txt", "no ordinary"),
    ):
        with pytest.raises(Fault, match=wrong):
            read(path)
    with pytest.raises(Fault):
        read("null\0.txt")


def test_a_file_without_permission_gets_one_sentence(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("A story.")

    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(Fault, match=r"cannot be read \(PermissionError\)"):
        read(path)


def test_a_huge_file_is_not_read(tmp_path):
    with (tmp_path / "a.txt").open("wb") as handle:
        handle.truncate(reading.LARGEST_FILE_MB * 1_000_000 + 1)
    with pytest.raises(Fault, match="larger than 20 MB"):
        read(tmp_path / "a.txt")


# --- whatever comes -----------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *"“”‘’'\"\n\n\n ",
        "By ",
        "33%",
        "4 March 2021",
        "3 Responses to x",
        "Most read",
        "Photo: ",
        "# ",
        "---\n",
        "A council said so. ",
    ]
)
MANY = settings(
    max_examples=100, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@MANY
@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=40).map("".join))
def test_any_text_is_read(text):
    article = parse(text, "a.txt")
    assert_sound(article)
    assert article.text == text


@MANY
@given(st.binary(max_size=300), st.sampled_from(["a.txt", "a.html", "a.md", "a"]))
def test_any_bytes_are_read_or_refused(tmp_path, data, name):
    (tmp_path / name).write_bytes(data)
    try:
        article = read(tmp_path / name)
    except Fault:
        return
    assert_sound(article)


def test_reading_is_quick():
    started = time.perf_counter()
    for _ in range(20):
        parse(STORY * 4, "story.txt")
    assert (time.perf_counter() - started) / 20 < 0.02


# --- the saved articles -------------------------------------------------------------------------------------------

SAVED = {
    "000": (4, date(2018, 3, 26), "comment", 15, False),
    "001": (7, date(2021, 11, 26), "comment", 18, True),
    "002": (0, date(2018, 9, 18), "dateline", 14, True),
    "003": (2, date(2019, 7, 19), "comment", 16, True),
    "004": (0, None, "", 25, True),
}


@pytest.fixture(params=SAVED)
def saved(request) -> tuple[str, Article]:
    if paths.SOURCES is None:
        pytest.skip("SOURCES_DIR is not set, so the saved articles are not at hand")
    [path] = sorted((paths.SOURCES / "articles").glob(f"{request.param}_*.txt"))
    return request.param, read(path)


def test_saved_articles_are_read_whole(saved):
    number, article = saved
    comments, published, basis, paragraphs, has_standfirst = SAVED[number]
    assert_sound(article)
    assert (article.comments, article.published, article.published_basis) == (comments, published, basis)
    assert len(lines_of(article, "paragraph")) == paragraphs
    assert bool(article.standfirst) == has_standfirst
    assert "ouncil" in article.title or "‘Inadequate’ service" in article.title


def test_saved_articles_end_where_the_page_goes_on(saved):
    _, article = saved
    last_claim = max(block.end for block in article.claim_blocks())
    rest = [block for block in article.blocks if block.kind in ("comments", "comment", "more_from")]
    assert all(block.start >= last_claim for block in rest)


def test_digests_lose_no_paragraph():
    if paths.SOURCES is None:
        pytest.skip("SOURCES_DIR is not set, so the digests are not at hand")
    for path in sorted((paths.SOURCES / "articles" / "dev").glob("*.txt")):
        article = read(path)
        assert_sound(article)
        lost = [line for line in lines_of(article, *(set(KINDS) - CLAIM_KINDS)) if len(line) > 130]
        assert len(lost) <= 1, path.name  # one invites readers to register
        assert article.published == (date(2017, 3, 24) if path.name.startswith("18") else None)
