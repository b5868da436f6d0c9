"""Saved web pages: what a reader sees, where it stands in the source, what markup and metadata say, hostile pages."""

from __future__ import annotations

import html
import re
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workforce_ratings.texts.pages import page
from workforce_ratings.texts.reading import CLAIM_KINDS, Article, read

HEAD = """<title>Agency staff fill a third of posts | Marsh Times</title>
<meta property="og:title" content="Agency staff fill a third of posts">"""
STORY = """<p>Social workers at Eastmarsh hold 22&#46;5 cases each, and the rate is 33&percnt;, <b>Ofsted</b> said.</p>
<p>The board took note of a turnover of 18% at its meeting in May.</p>"""


@pytest.fixture
def saved(tmp_path):
    """Reads a page saved with a head and a body: saved(body, head)."""

    def read_saved(body: str, head: str = HEAD) -> Article:
        path = tmp_path / "a.html"
        path.write_text(f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>", encoding="utf-8")
        return read(path)

    return read_saved


def kinds(article: Article) -> dict[str, str]:
    return {article.text[b.start : b.end]: b.kind for b in article.blocks}


def claimed(article: Article) -> str:
    return " ".join(words for words, kind in kinds(article).items() if kind in CLAIM_KINDS)


# --- text and places ----------------------------------------------------------------------------------------------


def test_figures_are_placed_in_the_source():
    source = f"<p class='x'>\n{STORY}"
    found = page(source)
    assert "hold 22.5 cases each, and the rate is 33%, Ofsted said." in found.text
    article = Article("a.html", found.text, (), runs=found.runs)
    for figure, written in (
        ("22.5", "22&#46;5"),
        ("33%", "33&percnt;"),
        ("18", "18"),
        ("%, Ofsted", "&percnt;, <b>Ofsted"),
    ):
        at = found.text.index(figure)
        start, end = article.place(at, at + len(figure))
        assert source[start:end] == written


def test_words_are_parted_as_a_browser_shows_them():
    source = "<div>One\n  two<div>three</div>four<br>Five <i>s</i>ix</div><ul><li>seven<li>eight</ul>and 5 < 6"
    assert page(source).text.split("\n\n") == ["One two", "three", "four\nFive six", "seven", "eight", "and 5 < 6"]
    assert page("<h1>A long<br>Title</h1><p>of a line<br>broken").text == "A long Title\n\nof a line broken"
    assert page("<pre>One\nTwo\nand\n\nthree</pre>").text == "One\nTwo and\n\nthree"
    assert (
        page("<table><tr><th>Council<th>Rate<tr><td>Eastmarsh<td>33%</table>").text
        == "Council | Rate\n\nEastmarsh | 33%"
    )


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>document.write('99%')</script>",
        "<SCRIPT type='x'>if (a < b) '99%'</SCRIPT >",
        "<style>p { width: 99% }</style>",
        "<iframe src='//x.example'>99%</iframe>",
        "<noscript><p>99%</p></noscript>",
        "<template><div>99%</div></template>",
        "<svg><text>99%</text></svg>",
        "<p hidden>99%</p>",
        "<div style='color: red; DISPLAY : none'><p>99%</p></div>",
        "<p aria-hidden='true'>99%</p>",
        "<span class='sr-only'>99%</span>",
        "<img alt='99%' src=x onerror='alert(99%)'>",
        "<!-- 99% -->",
        "<a href='javascript:alert(\"99%\")'></a>",
        "<textarea>99%</textarea><select><option>99%</option></select>",
        "<input value='99%'>",
    ],
)
def test_what_a_reader_does_not_see_is_no_text(saved, unseen):
    article = saved(f"<article><h1>A title</h1>{STORY}{unseen}<p>The end came in May.</p></article>")
    assert "99" not in article.text
    assert kinds(article)["The end came in May."] == "paragraph"


def test_written_markup_stays_plain_words(saved):
    words = "“12 <script>alert(1)</script> {{ 7*7 }} ${x}” left, the board said."
    article = saved(f"{STORY}<p>{html.escape(words)}</p>")
    assert kinds(article)[words] == "paragraph"


# --- what markup says ---------------------------------------------------------------------------------------------


def test_the_parts_of_a_page(saved):
    article = saved(f"""
    <div id="cookie-banner"><p>We need your consent for all of this, dear readers.</p></div>
    <header class="site-header"><h1>Marsh Times</h1><nav><ul><li>Home</li><li>Eastmarsh in 99 pictures</li></ul></nav></header>
    <main><article class="post category-popular tag-share">
      <header><h1>Agency staff fill a third of posts</h1><p class="standfirst">Caseloads of 31 were found.</p>
        <div class="byline">By <a>Jo Penn</a></div></header>
      <figure><img src="a.jpg"><figcaption>The town hall, where 12% of desks are empty</figcaption></figure>
      <div class="entry-content">{STORY}
        <div class="share-buttons"><a>Tell a friend</a></div>
        <div class="box"><h3>Related articles</h3><ul><li>Westmarsh hits 50%</li></ul></div>
        <h2>Too many changes, and more of them than the board had been told to expect</h2>
        <blockquote><p>“We know what it means for 40 children,” the director said.</p></blockquote>
      </div></article>
      <div class="newsletter-signup"><p>Join the 70% who read us.</p></div>
      <aside><p>Westmarsh has 45% agency staff, a report says.</p></aside></main>
    <footer><p>Registered in England, number 123.</p></footer>""")
    found = kinds(article)
    assert article.title == "Agency staff fill a third of posts"
    assert article.standfirst == "Caseloads of 31 were found."
    assert article.author == "Jo Penn"
    assert found["We need your consent for all of this, dear readers."] == "cookies"
    assert found["The town hall, where 12% of desks are empty"] == "caption"
    assert found["Tell a friend"] == "share"
    assert found["Westmarsh hits 50%"] == "more_from"
    assert found["“We know what it means for 40 children,” the director said."] == "paragraph"
    assert found["Join the 70% who read us."] == "promotion"
    assert re.findall(r"\d+(?:\.\d+)?", claimed(article)) == ["31", "12", "22.5", "33", "18", "40"]


def test_readers_comments_are_counted_and_no_more(saved):
    comment = '<li class="comment" id="comment-{}"><div class="comment-body"><cite>Ann</cite> {}<p>It is 60%.</p></div>{}</li>'
    reply = f'<ul class="children">{comment.format(8, "April 2, 2021 at 9:10 am", "")}</ul>'
    thread = comment.format(7, "April 1, 2021 at 9:10 am", reply)
    article = saved(f'<h1>A title</h1>{STORY}<ol class="commentlist">{thread}</ol>')
    assert (article.comments, article.published, article.published_basis) == (2, date(2021, 4, 1), "comment")
    assert "60%" not in claimed(article)


def test_a_thread_of_disqus_is_comments(saved):
    thread = "<ul><li class='post'><a>Ann</a> • 3 years ago<p>It is 60%.</p></li></ul>"
    article = saved(f"<h1>A title</h1>{STORY}<div id='disqus_thread'>{thread}</div>")
    assert article.comments == 1
    assert "60%" not in claimed(article)


def test_a_title_without_h1(saved):
    assert saved(f"<div>Agency staff fill a third of posts</div>{STORY}").title == "Agency staff fill a third of posts"
    assert saved(f"<h2>Another one</h2><p>By Jo Penn</p>{STORY}").title == "Another one"
    article = saved(STORY)
    assert (article.title, "title" in kinds(article).values()) == ("Agency staff fill a third of posts", False)


def test_markup_that_hides_the_whole_article_is_not_believed(saved):
    article = saved(f"<div class='promo'><h1>A title</h1>{STORY}</div>")
    assert "18%" in claimed(article)


def test_an_old_page_of_divs_is_read_by_its_words(saved):
    article = saved(
        "<div>Home | News</div><div>Staff leave Eastmarsh in droves</div><div>Published 4 March 2021</div>"
        "<div>One in three of its social workers left last year.<br><br>The rate was 33%.</div><div>Most read</div><div>99%</div>"
    )
    assert article.title == "Staff leave Eastmarsh in droves"
    assert (article.published, article.published_basis) == (date(2021, 3, 4), "dateline")
    assert "33%" in claimed(article)
    assert "99" not in claimed(article)


# --- metadata -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2021-03-04T09:00:00Z"><meta name="author" content="Jo Penn">',
        "<meta content='4 March 2021' name='DC.date.issued'><meta content='Jo Penn' name=author>",
        '<script type="application/ld+json">{"@graph": [{"@type": "WebSite"}, {"@type": "NewsArticle", "datePublished":'
        ' "2021-03-04", "author": [{"name": "Jo Penn"}], "comment": [{"datePublished": "2020-01-01"}]}]}</script>',
        '<script type="application/ld+json">{not json</script><meta itemprop="datePublished" content="2021-03-04">'
        '<meta name="author" content="https://x.example/jo"><meta name="byl" content="Jo Penn">',
    ],
)
def test_metadata_dates_and_signs_the_page(saved, head):
    article = saved(f"<h1>A title</h1><p>Updated 9 March 2021</p>{STORY}", head)
    assert (article.published, article.published_basis) == (date(2021, 3, 4), "page metadata")
    assert article.author == "Jo Penn"


def test_a_time_in_the_head_of_the_page_dates_it(saved):
    article = saved(f"<h1>A title</h1><p>By Jo Penn <time datetime='2021-03-04T10:00'>3 years ago</time></p>{STORY}")
    assert (article.published, article.published_basis) == (date(2021, 3, 4), "page metadata")
    body = "<p>Inspectors came on <time datetime='2021-03-04'>4 March 2021</time> to see the council.</p>"
    assert saved(f"<h1>A title</h1>{body}{STORY}").published is None


@pytest.mark.parametrize(
    "linked", ["[" * 100_000, '{"a":' * 50_000, '"text"', "[1, null, {}]", '{"author": 5, "datePublished": []}']
)
def test_odd_linked_data_says_nothing(linked):
    assert page(f'<script type="application/ld+json">{linked}</script><p>A story.</p>').stated == {}


# --- whatever comes -----------------------------------------------------------------------------------------------

MARKUP = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<div class='related'>",
            "</div>",
            "<br>",
            "<h1>",
            "</h1>",
            "<!--",
            "-->",
            "<script>",
            "</script>",
        ),
        *(
            "&amp;",
            "&#37;",
            "&#x25",
            "&",
            "<",
            ">",
            '"',
            "'",
            "=",
            "<a href='",
            "<pre>",
            "</",
            "\n",
            " ",
            "33%",
            "A story. ",
        ),
        *(
            "<li class=comment>",
            "<td>",
            "<article>",
            "</article>",
            "<time datetime='2020-01-01'>",
            "<title>",
            "&#0;",
            "&nbsp;",
        ),
    ]
)


@settings(max_examples=150, deadline=None, database=None)
@given(st.lists(st.one_of(MARKUP, st.text(max_size=6)), max_size=30).map("".join))
def test_any_source_is_read(source):
    found = page(source)
    article = Article("a.html", found.text, (), runs=found.runs)
    position = 0
    for item in found.items:
        assert position <= item.start < item.end <= len(found.text)
        position = item.end
    for start, end, source_start, source_end in found.runs:
        assert html.unescape(source[source_start:source_end]).replace("\n", " ") == found.text[start:end].replace(
            "\n", " "
        )
        assert article.place(start, end) == (source_start, source_end)


@settings(max_examples=100, deadline=None, database=None)
@given(st.lists(st.text("abc 5%é&<>\"'\xa0", min_size=1, max_size=20), min_size=1, max_size=5), st.booleans())
def test_places_invert_for_any_words(paragraphs, numeric):
    def written(words: str) -> str:
        return "".join(f"&#{ord(c)};" for c in words) if numeric else html.escape(words)

    source = "".join(f"<p>{written(words)}</p>" for words in paragraphs)
    found = page(source)
    article = Article("a.html", found.text, (), runs=found.runs)
    for at, letter in enumerate(found.text):
        if not letter.isspace():
            start, end = article.place(at, at + 1)
            assert html.unescape(source[start:end]) == letter


@pytest.mark.parametrize(
    "part",
    ["<div>", "<", "<!--", "<a '", "<p>x", "&", "<a =", "</p>", "<li>", "<br>", "<script>", "<b hidden>", "<td>"],
)
def test_reading_time_keeps_step_with_length(part):
    started = time.perf_counter()
    page(part * 20_000)
    assert time.perf_counter() - started < 2
