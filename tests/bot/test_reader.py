"""The reader page as a browser's request sees it."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from bot.presentation.links import Cited, digest, find_cited, permalink
from bot.web import app
from bot.web.app import make_app
from bot.web.metrics import Readiness
from retrieval.domain.articles import Article, Metadata, OpenedArticle
from retrieval.services.operations import PartState
from tests.bot.test_links import citation
from tests.contrast import brightness, contrast
from tests.growth import LINEAR, growth

TEXT = "News of the day\n\nHe came late.\r\n\r\nShe said so.  Twice.\n  And again.\n\nThen all was over.\n"
KNOWN = Metadata(
    title="News & <i>views</i>",
    outlet="The <b>Times</b>",
    author="Jo \u202eDoe",
    url="https://example.org/a?b=1&c=(2)",
    published="2025-12-14",
    published_estimated=True,
    basis={"published": "manifest"},
)


WELL = Readiness({})
Client = TestClient[web.Request, web.Application]


@asynccontextmanager
async def reading(
    text: str = TEXT,
    known: Metadata = KNOWN,
    health: Readiness | Exception = WELL,
    body: Sequence[tuple[int, int]] = (),
) -> AsyncIterator[Client]:
    """A client of the reader, which holds one article under the key `k3y` and trips over `trap`."""

    async def open_article(key: str) -> OpenedArticle | None:
        if key == "trap":
            raise RuntimeError("a secret of the house")
        article = Article(1, "folder/a.txt", known, 1, "k3y")
        return OpenedArticle(article, text, body) if key == "k3y" else None

    async def look() -> Readiness:
        if isinstance(health, Exception):
            raise health
        return health

    async with TestClient(TestServer(make_app(open_article, look), host="127.0.0.1")) as client:
        yield client


class Seen(HTMLParser):
    """What a browser makes of a page: its tags, the text of its paragraphs, and what is marked."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.paragraphs: list[str] = []
        self.around: list[str] = []
        self.marked: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "p":
            assert "p" not in self.open
            if "section" in self.open:
                (self.around if "aside" in self.open else self.paragraphs).append("")
        if tag == "mark":
            assert self.open[-1] == "p"
            self.marked.append("")
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "p" in self.open and "section" in self.open:
            (self.around if "aside" in self.open else self.paragraphs)[-1] += data
        if "mark" in self.open:
            self.marked[-1] += data


async def see(answer: ClientResponse, status: int = 200) -> Seen:
    assert answer.status == status
    assert answer.content_type == "text/html"
    assert answer.charset == "utf-8"
    return Seen(await answer.text())


def link(quote: str, start: int) -> str:
    return f"/a/k3y?at={start}-{start + len(quote)}&of={digest(quote)}"


async def test_a_page_says_what_is_known_of_an_article() -> None:
    async with reading() as client:
        answer = await client.get("/a/k3y")
        page = await answer.text()
        seen = await see(answer)
    said = " ".join(unescape(re.sub("<[^>]+>", " ", page)).split())
    assert "News & <i>views</i>" in said
    assert "Outlet The <b>Times</b> Author Jo \ufffdDoe" in said
    assert "Published 14 Dec 2025 (date estimated), noted in the list of sources File folder/a.txt" in said
    original = {"href": "https://example.org/a?b=1&c=%282%29", "rel": "noopener noreferrer"}
    assert [attributes for tag, attributes in seen.tags if tag == "a"] == [original]


async def test_a_page_is_in_the_language_that_the_browser_asks_for() -> None:
    text = "Über das Wetter\n\nEs hat gestern in der ganzen Stadt stark geregnet, sagte der Bürgermeister.\n\nMehr dazu"
    quote = "Es hat gestern in der ganzen Stadt stark geregnet"
    polish = {"Accept-Language": "pl-PL,pl;q=0.9,en;q=0.8"}
    start = text.index(quote)
    async with reading(text, body=[(start, start + len(quote))]) as client:
        answer = await client.get(link(quote, start), headers=polish)
        shown, seen = await answer.text(), await see(answer)
        unknown = await (await client.get("/a/unknown", headers=polish)).text()
        refused = await (await client.post("/a/k3y", headers=polish)).text()
        broken = await (await client.get("/a/trap", headers=polish)).text()
    said = " ".join(unescape(re.sub("<[^>]+>", " ", shown)).split())
    assert "Medium The <b>Times</b> Autor" in said and "Opublikowano 14 gru 2025 (data szacowana)" in said
    assert "Kopiuj cytat" in said and "Otoczenie artykułu; nieprzeszukiwane" in said
    assert answer.headers["Vary"] == "Accept-Language"
    # The page speaks Polish, the article and what stands around it German.
    languages = {tag: each["lang"] for tag, each in seen.tags if each.get("lang")}
    assert languages == {"html": "pl", "h1": "de", "div": "de", "aside": "pl", "p": "de"}
    assert '<html lang="pl">' in unknown and "Nie ma takiego artykułu" in unknown
    assert "Niemożliwe" in refused and "Coś poszło nie tak" in broken


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("FR-ca", "fr"),
        ("es-419,es;q=0.9", "es"),
        ("ja,uk;q=0.4,de;q=0.7", "de"),
        ("ja,uk;q=0.5,de;q=0.5", "uk"),
        ("de;q=0,fr;q=0.1", "fr"),
        ("en-GB,de;q=0.9", "en"),
        ("ja,zh;q=0.9,*;q=0.5", "en"),
        ("q=;;,de;q=x,\u00a0,pl;q=0.1", "pl"),
        (",".join(["ja"] * 500 + ["de"]), "en"),
    ],
)
async def test_of_the_languages_a_browser_asks_for_the_best_that_there_is(asked: str, language: str) -> None:
    async with reading() as client:
        answer = await client.get("/a/k3y", headers={"Accept-Language": asked} if asked else {})
        assert f'<html lang="{language}">' in await answer.text()


async def test_what_is_not_known_is_left_out_but_the_date() -> None:
    async with reading(known=Metadata(url="javascript:alert(1)")) as client:
        answer = await client.get("/a/k3y")
        page = await answer.text()
    assert "<title>folder/a.txt</title>" in page
    assert "undated" in page
    assert not any(word in page for word in ("Outlet", "Author", "Original", "javascript"))


async def test_the_text_keeps_its_paragraphs_and_lines() -> None:
    async with reading() as client:
        seen = await see(await client.get("/a/k3y"))
    assert [paragraph.replace("\r", "") for paragraph in seen.paragraphs] == [
        "News of the day",
        "He came late.",
        "She said so.  Twice.\n  And again.",
        "Then all was over.\n",
    ]
    assert seen.marked == []


async def test_the_cited_passage_is_marked_and_can_be_skipped_to() -> None:
    quote = "Twice.\n  And again."
    async with reading() as client:
        seen = await see(await client.get(link(quote, TEXT.index(quote))))
    assert seen.marked == [quote]
    (mark,) = (attributes for tag, attributes in seen.tags if tag == "mark")
    assert (mark["id"], mark["tabindex"]) == ("cited", "-1")
    assert ("a", {"class": "skip", "href": "#cited"}) in seen.tags


async def test_a_passage_of_several_paragraphs_is_marked_in_each_with_one_anchor() -> None:
    start, end = TEXT.index("late"), TEXT.index(" was over")
    async with reading() as client:
        seen = await see(await client.get(link(TEXT[start:end], start)))
    assert [part.strip() for part in seen.marked] == ["late.", "She said so.  Twice.\n  And again.", "Then all"]
    assert [attributes.get("id") for tag, attributes in seen.tags if tag == "mark"] == ["cited", None, None]


async def test_title_outlet_and_day_stay_in_view_whatever_the_page_is_scrolled_to() -> None:
    async with reading() as client:
        page = await (await client.get("/a/k3y")).text()
    bar = page[page.index('<header class="bar">') : page.index("</header>")]
    assert all(each in bar for each in ("News &amp; &lt;i&gt;views", "&lt;b&gt;Times", "14 Dec 2025 (date estimated)"))
    assert page.index("</header>") < page.index("<main>"), "not a part of what scrolls away"
    rule = re.search(r"^\.bar \{([^}]*)\}", page, re.MULTILINE)
    assert rule and "position: sticky; top: 0" in rule[1]
    # A cited passage stops below the bar, which is at most as high as this.
    assert re.search(r"mark \{[^}]*scroll-margin-block: 30vh", page)


async def test_all_cited_passages_of_an_article_are_marked_and_can_be_gone_through_and_copied() -> None:
    places = [(TEXT.index(quote), quote) for quote in ("She said so.", "He came late.", "said so")]
    cited = [citation(quote, start=start) for start, quote in places]
    other = replace(citation("Elsewhere.", start=5), key="other")
    async with reading() as client:
        address = permalink(cited[0], "", [*cited, other])
        seen = await see(await client.get(address.partition("#")[0]))
    marks = {str(attributes.get("id")): attributes for tag, attributes in seen.tags if tag == "mark"}
    # The third lies within the first.
    assert seen.marked == ["He came late.", "She said so."]
    assert list(marks) == ["cited-1", "cited"]
    source = "News & <i>views</i>, The <b>Times</b> · 14 Dec 2025 (date estimated), https://example.org/a?b=1&c=%282%29"
    assert marks["cited"]["data-quote"] == f"“She said so.” ({source})"
    labels = [attributes.get("aria-label") for tag, attributes in seen.tags if tag == "button"]
    assert labels == ["Previous citation", "Next citation", None]


async def test_one_citation_needs_no_next_and_none_needs_no_tools() -> None:
    async with reading() as client:
        one = await see(await client.get(link("He came late.", TEXT.index("He"))))
        none = await see(await client.get("/a/k3y"))
    assert [sum(tag == "button" for tag, _ in seen.tags) for seen in (one, none)] == [1, 0]
    assert not any(tag == "script" for tag, _ in none.tags)


async def test_what_is_around_an_article_is_set_apart_unless_it_is_cited() -> None:
    text = "Subscribe now!\n\nThe talks failed, she said.\n\nRead more:\n\nTen best cakes\n\nThe end came soon."
    body = [(text.index("The talks"), text.index("\n\nRead")), (text.index("The end"), len(text))]
    async with reading(text, body=body) as client:
        seen = await see(await client.get("/a/k3y"))
        cited = await see(await client.get(link("Ten best cakes", text.index("Ten"))))
    assert seen.paragraphs == ["The talks failed, she said.", "The end came soon."]
    assert seen.around == ["Subscribe now!", "Read more:", "Ten best cakes"]
    assert "Ten best cakes" in cited.paragraphs


STYLE = (Path(app.__file__).parent / "reader.css").read_text("utf-8")
PAIRS = [
    (ink, ground)
    for ink, grounds in {
        "text": ("page", "button", "warn"),
        "quiet": ("page",),
        "link": ("page",),
        "mark-text": ("mark",),
    }.items()
    for ground in grounds
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_words_stand_out_in_both_themes(theme: str, ink: str, ground: str) -> None:
    roots = re.findall(r":root \{([^}]*)\}", STYLE)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", roots[theme == "dark"]))
    assert contrast(colours[ink], colours[ground]) >= 4.5
    assert (brightness(colours["page"]) > 0.5) is (theme == "light")


def test_every_colour_of_words_and_grounds_is_one_of_those_that_are_held_against_each_other() -> None:
    inks = set(re.findall(r"(?<![\w-])color: var\(--([\w-]+)\)", STYLE))
    grounds = set(re.findall(r"background: var\(--([\w-]+)\)", STYLE))
    assert inks == {ink for ink, _ in PAIRS}
    assert grounds == {ground for _, ground in PAIRS}


@pytest.mark.parametrize(("old", "now"), [(0, "One:"), (40, "Two:"), (60, "Two:"), (5_000, "Three:")])
async def test_a_passage_that_has_moved_is_marked_where_it_stands_nearest(old: int, now: str) -> None:
    text = "\n\n".join(f"{number}: He said so.{' ' * 30}" for number in ("One", "Two", "Three"))
    async with reading(text) as client:
        page = await (await client.get(link("He said so.", old))).text()
    assert re.findall(r"(\w+:) <mark", page) == [now]


async def test_an_article_that_has_changed_says_so_and_marks_nothing() -> None:
    async with reading() as client:
        answer = await client.get(link("She said no.", TEXT.index("She said so.")))
        seen = await see(answer)
        assert "This article has changed since it was cited." in await answer.text()
    assert seen.marked == []
    assert seen.tags and not any(attributes.get("class") == "skip" for _, attributes in seen.tags)


@pytest.mark.parametrize(
    "query",
    ["at=1-5", "of=0123456789ab", "at=5-5&of=0123456789ab", "at=9-5&of=0123456789ab", "at=0-99999&of=0123456789ab"]
    + [f"at={at}&of=0123456789ab" for at in ("", "a-b", "-1-5", "1-", "1.0-5", "٣-٥", "1-9999999999999999")]
    + [f"at=1-5&of={of}" for of in ("", "0123", "0123456789AB", "0123456789abc", "<script>")],
)
async def test_a_permalink_that_is_none_shows_the_article_without_a_mark(query: str) -> None:
    async with reading() as client:
        answer = await client.get(f"/a/k3y?{query}")
        assert "has changed" not in await answer.text()
        assert (await see(answer)).marked == []


HOSTILE = (
    "</p></mark></section><script>alert(1)</script><img src=x onerror=alert(1)> {{ 7 * 7 }} {% raw %} &lt;b&gt; \"'<!--"
)


async def test_markup_in_an_article_is_text() -> None:
    known = Metadata(
        title=HOSTILE, outlet=HOSTILE, author=HOSTILE, url='https://example.org/"><script>alert(1)</script>'
    )
    async with reading(f"Before {HOSTILE}\n\nAfter", known) as client:
        seen = await see(await client.get(link(HOSTILE, 7)))
    assert seen.paragraphs == [f"Before {HOSTILE}", "After"]
    assert seen.marked == [HOSTILE]
    assert not {"img", "b", "i"} & {tag for tag, _ in seen.tags}
    assert [tag for tag, _ in seen.tags].count("script") == 1, "the page's own"
    assert seen.tags and not any(
        name.startswith("on") or name == "style" for _, attributes in seen.tags for name in attributes
    )


async def test_what_a_browser_may_act_on_is_replaced_and_the_mark_stays_in_its_place() -> None:
    text = "a\x00b\x1b[2J \u202eevil\u2066 \ud800 He said so."
    async with reading(text, Metadata(title="\x00\ud800\u202e")) as client:
        seen = await see(await client.get(link("He said so.", text.index("He"))))
    assert seen.paragraphs == ["a\ufffdb\ufffd[2J \ufffdevil\ufffd \ufffd He said so."]
    assert seen.marked == ["He said so."]


@pytest.mark.parametrize(
    "path",
    [
        "/a/unknown",
        "/a/",
        "/a",
        "/",
        "/favicon.ico",
        "/reader.css",
        "/reader.html",
        "/a/k3y/",
        "/a/k3y/b",
        "/a/..%2f..%2fetc%2fpasswd",
        "/a/%2e%2e/%2e%2e/etc/passwd",
        "/../../etc/passwd",
        "/a/trap%00",
        "/a/trap%20",
        "/a/" + "k" * 101,
        "/a/folder%2Fa.txt",
        "/A/k3y",
    ],
)
async def test_nothing_but_stored_articles_can_be_reached(path: str) -> None:
    async with reading() as client:
        answer = await client.get(URL(path, encoded=True))
        assert (await see(answer, 404)).marked == []
        check_headers(answer.headers)


def check_headers(headers: Mapping[str, str]) -> None:
    assert re.fullmatch(
        "default-src 'none'; style-src 'sha256-[^ ]{44}'; script-src 'sha256-[^ ]{44}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        headers["Content-Security-Policy"],
    )
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Cache-Control"] == "private, no-store"
    assert "ython" not in headers["Server"]


async def test_every_answer_is_shut_in() -> None:
    async with reading() as client:
        for path in ("/a/k3y", "/a/trap", "/healthz"):
            check_headers((await client.get(path)).headers)


async def test_head_gives_the_same_headers_and_no_page() -> None:
    async with reading() as client:
        for path, status in (("/a/k3y", 200), ("/a/unknown", 404), ("/healthz", 200)):
            answer = await client.head(path)
            assert (answer.status, await answer.read()) == (status, b"")
            check_headers(answer.headers)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_nothing_can_be_done_but_read(method: str) -> None:
    async with reading() as client:
        answer = await client.request(method, "/a/k3y")
        await see(answer, 405)
        assert answer.headers["Allow"] == "GET,HEAD"
        check_headers(answer.headers)


async def test_an_unexpected_error_is_logged_and_keeps_its_secrets(caplog: pytest.LogCaptureFixture) -> None:
    async with reading() as client:
        with caplog.at_level(logging.ERROR, "bot.web.app"):
            answer = await client.get("/a/trap")
            page = await answer.text()
            await see(answer, 500)
    assert "secret" not in page
    assert "Traceback" not in page
    assert "a secret of the house" in caplog.text


@pytest.mark.parametrize(("well", "status"), [(True, 200), (False, 503)])
async def test_supervisors_are_told_which_part_is_not_ready(well: bool, status: int) -> None:
    parts = {"catalog": PartState(True, "at revision 0001"), "discord": PartState(well, "as it is")}
    async with reading(health=Readiness(parts)) as client:
        answer = await client.get("/readyz")
        assert answer.status == status
        assert await answer.json() == {
            "ready": well,
            "parts": {
                "catalog": {"ready": True, "state": "at revision 0001"},
                "discord": {"ready": well, "state": "as it is"},
            },
        }


async def test_a_process_whose_parts_fail_is_alive_all_the_same() -> None:
    async with reading(health=RuntimeError("gone")) as client:
        assert (await client.get("/readyz")).status == 500
        alive = await client.get("/healthz")
        assert (alive.status, await alive.json()) == (200, {"alive": True})


@given(
    before=st.lists(st.sampled_from(["Kyiv is calm. ", "“No,” he said.\n\n", "外交部重申。", "é ", "- "])),
    quote=st.sampled_from(
        ["He said so.", "“We won’t,” he said.", "我们认为，是。", "e\u0301te\u0301", "(1) more", "\ud800!"]
    ),
    after=st.text(max_size=50),
    old=st.integers(0, 200),
)
def test_a_moved_quote_is_found_word_for_word(before: list[str], quote: str, after: str, old: int) -> None:
    text = f"{''.join(before)}{quote} {after}"
    found = find_cited(text, Cited(old, old + len(quote), digest(quote)))
    assert found is not None
    assert text[slice(*found)] == quote


@given(text=st.text(max_size=200), start=st.integers(0, 250), length=st.integers(1, 50))
def test_what_is_not_there_is_not_found(text: str, start: int, length: int) -> None:
    assert find_cited(text, Cited(start, start + length, digest("x" * (length + 1)))) is None


@pytest.mark.parametrize("text", ["word " * 20_000, ". " * 50_000, "字。" * 50_000, "\n" * 100_000])
@pytest.mark.parametrize("length", [10, 200, 20_000])
def test_looking_for_a_passage_takes_time_by_the_length_of_the_text(text: str, length: int) -> None:
    cited = Cited(5, 5 + length, "0" * 12)
    assert find_cited(text, cited) is None
    assert growth(lambda size: find_cited(text[:size], cited), 25_000) < LINEAR
