"""A digest as text, as Markdown and as a web page, also where its articles are hostile."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from lxml import html

from bot.presentation import files
from bot.presentation.links import Bases
from retrieval.domain.answers import Side
from retrieval.domain.citations import Citation
from retrieval.domain.reports import Coverage, Digest, FailingFeed, Mark, Point, Story
from tests.contrast import brightness, contrast

BASES = Bases()
HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(2)> ](javascript:alert(3)) [now](https://evil.example) "
    "![x](https://evil.example/x.png) <https://evil.example> `code` **bold** _it_ ~~no~~ &lt;b&gt; "
    "\x1b[31mred\x1b[0m \u202egnp.exe\u202c \u2066x\u2069\n\n# Heading\n\n- item\n===\n[1]: https://evil.example \\"
)


def citation(number: int = 1, **known: Any) -> Citation:
    facts = {
        "file": f"{number}.txt",
        "title": f"Bridge report {number}",
        "outlet": "Harbour Herald",
        "author": None,
        "published": "2024-12-03",
        "published_basis": "text",
        "published_estimated": True,
        "quote": "The bridge is closed.",
        "start": 0,
        "end": 21,
        "line_start": 7,
        "line_end": 7,
        "url": f"https://herald.example/{number}?a=1&copy;=2",
        "key": "k",
    }
    return Citation(number, **{**facts, **known})


STORY = Story(
    title="Bridge closed",
    files=("1.txt", "2.txt"),
    outlets=("Harbour Herald", "BBC"),
    origin="AP",
    points=(Point("The bridge is closed.", (1,)),),
)
MADE = Digest(
    since="2024-12-03",
    until="2024-12-04",
    articles=2,
    stories=(STORY,),
    found=1,
    citations=(citation(),),
    coverage=Coverage(12, (FailingFeed("BBC World", "https://bbc.example/feed", "status 503"),), "2024-12-04"),
)
HOSTILE_SIDES = (Side(HOSTILE, (1,)), Side("1. # x", (2,)))
HOSTILE_MADE = replace(
    MADE,
    stories=(
        Story(
            title=HOSTILE,
            files=("1.txt",),
            outlets=(HOSTILE, "\u202e"),
            origin=None,
            points=(Point(HOSTILE, (1,)), Point("1. # x", (2,))),
            marks=(Mark("shift", HOSTILE_SIDES), Mark("disputed", HOSTILE_SIDES)),
        ),
    ),
    citations=(
        citation(1, title=HOSTILE, outlet=HOSTILE, author=HOSTILE),
        citation(2, file=HOSTILE, title=None, url="javascript:alert(4)"),
    ),
    coverage=Coverage(1, (FailingFeed(HOSTILE, HOSTILE, HOSTILE),), "2024-12-04"),
)


def flat(text: str) -> str:
    """The text as it reads, however wide the terminal."""
    return " ".join(text.split())


def hidden(text: str) -> list[str]:
    """The characters that a terminal may act on or that nobody sees."""
    return [each for each in text if unicodedata.category(each) in ("Cc", "Cf", "Cs") and each != "\n"]


def test_text_names_story_tellers_sources_and_what_was_read() -> None:
    shown = flat(files.digest_text(MADE, "bridges", BASES))
    assert shown.startswith("3 Dec 2024 to 4 Dec 2024 on bridges: 2 articles, 1 story 1. Bridge closed ")
    assert "2 articles · Harbour Herald, BBC · including copies or rewrites of one AP article" in shown
    assert "[1] Bridge report 1 · Harbour Herald · 3 Dec 2024 (date estimated)" in shown
    assert shown.endswith(" 11 of 12 feeds read, 1 failing: BBC World (status 503) · newest article 4 Dec 2024")


@pytest.mark.parametrize(
    ("coverage", "said"),
    [
        (Coverage(12, (), "2024-12-04"), "12 feeds read · newest article 4 Dec 2024"),
        (Coverage(1, (), "2024-12-04"), "1 feed read · newest article 4 Dec 2024"),
        (Coverage(0, (), "2024-12-04"), "newest article 4 Dec 2024"),
        (Coverage(0, (), None), "no dated article yet"),
        (Coverage(3, (), "2024-12-04", 1), "2 of 3 feeds read, 1 not read for a day · newest article 4 Dec 2024"),
        (
            Coverage(9, tuple(FailingFeed(f"F{number}", "", "no feed") for number in range(1, 6)), None),
            "4 of 9 feeds read, 5 failing: F1 (no feed), F2 (no feed), F3 (no feed) and 2 more · no dated article yet",
        ),
    ],
)
def test_the_last_line_says_how_much_was_seen(coverage: Coverage, said: str) -> None:
    shown = replace(MADE, coverage=coverage)
    assert flat(files.digest_text(shown, None, BASES)).endswith(f" {said}")
    assert files.digest_markdown(shown, None, BASES).endswith(f"\n\n{said}")
    assert html.fromstring(files.digest_page(shown, None, BASES)).findtext(".//footer") == said


def test_without_stories_every_sheet_says_so() -> None:
    nothing = replace(MADE, stories=(), citations=(), found=0, articles=0)
    assert "3 Dec 2024 to 4 Dec 2024: no stories." in files.digest_text(nothing, None, BASES)
    assert "\n\nNo stories.\n\n" in files.digest_markdown(nothing, None, BASES)
    assert "<p>No stories.</p>" in files.digest_page(nothing, None, BASES)


def test_a_developing_story_is_told_as_one_on_every_sheet() -> None:
    developing = replace(MADE, stories=(replace(STORY, new=False, earlier=3),))
    for sheet in (files.digest_text, files.digest_markdown, files.digest_page):
        shown = sheet(developing, None, BASES)
        assert "1. Still developing: Bridge closed" in shown
        assert "2 articles · 3 earlier articles · " in shown


def test_a_digest_that_tells_only_some_of_its_stories_says_so() -> None:
    shown = files.digest_text(replace(MADE, stories=(STORY,) * 12, articles=1400, found=40), None, BASES)
    assert "1,400 articles, 40 stories, the 12 most important here" in flat(shown)


def test_markdown_reads_as_stories_with_linked_numbers_and_numbered_sources() -> None:
    lines = files.digest_markdown(MADE, None, BASES).splitlines()
    assert lines[0] == "# 3 Dec 2024 to 4 Dec 2024"
    assert "## 1. Bridge closed" in lines
    link = "https://herald.example/1?a=1&amp;copy;=2#:~:text=The%20bridge%20is%20closed"
    assert f"- The bridge is closed. [\\[1\\]](<{link}>)" in lines
    assert f"1. [Bridge report 1](<{link}>) · Harbour Herald · 3 Dec 2024 (date estimated)" in lines


def test_hostile_articles_leave_nothing_active_in_markdown() -> None:
    markdown_it = pytest.importorskip("markdown_it")
    shown = files.digest_markdown(HOSTILE_MADE, HOSTILE, BASES)
    assert not hidden(shown)
    for dialect in ("commonmark", "js-default"):
        reader = markdown_it.MarkdownIt(dialect, {"html": True} if dialect == "commonmark" else {})
        page = html.fromstring(f"<div>{reader.render(shown)}</div>")
        tags = [each.tag for each in page.iter()]
        assert set(tags) == {"div", "h1", "h2", "p", "ul", "ol", "li", "a", "hr", "strong"}
        assert [each.text for each in page.iter("strong")] == ["Shift", "Disputed"]
        assert tags.count("li") == 2 + 2
        assert (tags.count("h1"), tags.count("h2")) == (1, 2)
        assert {each.get("href").split("?")[0] for each in page.iter("a")} == {"https://herald.example/1"}
        words = " ".join(page.text_content().split())
        # It reads as it was written.
        assert "[now](https://evil.example)" in words
        assert "&lt;b&gt;" in words
        assert "1. # x" in words


def test_hostile_articles_leave_nothing_active_in_text() -> None:
    shown = files.digest_text(HOSTILE_MADE, HOSTILE, BASES)
    assert not hidden(shown)
    assert "alert(1)" in shown


ALLOWED = {
    "html": {"lang"},
    "head": set(),
    "main": set(),
    "meta": {"charset", "name", "content"},
    "title": set(),
    "style": set(),
    "body": set(),
    "h1": set(),
    "h2": {"dir"},
    "p": {"class", "dir"},
    "strong": set(),
    "section": set(),
    "ul": set(),
    "li": {"dir", "value", "id"},
    "sup": set(),
    "a": {"href", "rel"},
    "ol": set(),
    "bdi": set(),
    "footer": {"class"},
}


def test_hostile_articles_leave_nothing_active_in_the_page() -> None:
    shown = files.digest_page(HOSTILE_MADE, HOSTILE, BASES)
    assert not hidden(shown)
    page = html.document_fromstring(shown)
    for each in page.iter():
        assert set(each.keys()) <= ALLOWED[each.tag]
    links = [each.get("href") for each in page.iter("a")]
    assert all(re.match(r"https://herald\.example/|#source-2$", each) for each in links)
    assert sum(each.startswith("https:") for each in links) == 2 + 2
    assert "<script>alert(1)</script>" in page.text_content()


def test_the_page_stands_alone_and_cites_its_sources() -> None:
    page = html.document_fromstring(files.digest_page(MADE, None, BASES))
    assert page.findtext(".//title") == page.findtext(".//h1") == "3 Dec 2024 to 4 Dec 2024"
    assert not page.xpath("//script | //link | //img | //@src")
    (mark,) = page.xpath("//li/sup/a")
    assert mark.text == "[1]"
    assert mark.get("href").startswith("https://herald.example/1?a=1&copy;=2#:~:text=")
    (source,) = page.xpath("//ol/li")
    assert source.text_content() == "Bridge report 1 · Harbour Herald · 3 Dec 2024 (date estimated)"
    assert "@media print" in page.findtext(".//style")


def test_a_source_without_an_address_is_named_by_file_and_line() -> None:
    local = replace(MADE, citations=(citation(url=None),))
    assert "1. Bridge report 1 · Harbour Herald · 3 Dec 2024 (date estimated) · 1.txt:7" in files.digest_markdown(
        local, None, BASES
    )
    page = html.document_fromstring(files.digest_page(local, None, BASES))
    assert {each.get("href") for each in page.iter("a")} == {f"#{page.xpath('//ol/li/@id')[0]}"}
    assert page.xpath("//ol/li")[0].text_content().endswith("· 1.txt:7")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_of_a_page_stand_out_in_both_themes(theme: str) -> None:
    page = files.digest_page(MADE, None, BASES)
    style = page.partition("<style>")[2].partition("</style>")[0]
    light, dark = style.partition("@media (prefers-color-scheme: dark)")[::2]
    ground, *inks = re.findall(r"(?:background|color): (#[0-9a-f]{6})", (dark if theme == "dark" else light))[:4]
    assert len(inks) == 3
    assert all(contrast(ink, ground) >= 4.5 for ink in inks)
    assert (brightness(ground) > 0.5) is (theme == "light")
