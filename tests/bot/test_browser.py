"""The links and the reader page in a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from importlib.resources import files as resources
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.presentation import files
from bot.presentation.links import Bases, best_link, permalink
from bot.presentation.words import words_in
from bot.web.app import make_app
from bot.web.metrics import Readiness
from bot.web.published import PublishedPages
from retrieval.bootstrap import open_briefing
from retrieval.domain.articles import Article, Filter, Metadata, OpenedArticle
from retrieval.services.briefs import NoteRequest
from retrieval.settings import Settings
from tests.bot.browser import EXECUTABLE, Browser, open_browser
from tests.bot.test_links import citation
from tests.contrast import brightness, contrast

pytestmark = [
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(
        EXECUTABLE is None, reason="needs chromium (Debian's package chromium), chromium-browser or google-chrome"
    ),
]

_FILLER = "".join(f"<p>Paragraph {number} says that we have convinced nobody of anything.</p>" for number in range(150))
LONG = (
    "On December 3, Ukraine’s foreign ministry reiterated, “We are convinced the only real guarantee of security for "
    "Ukraine is its full membership in NATO,” underscoring their discontent with previous agreements, such as the 1994 "
    "Budapest Memorandum, which they argue failed to protect them against hostile actions."
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with open_browser() as opened:
        yield opened


@asynccontextmanager
async def published(paragraph: str) -> AsyncIterator[str]:
    """A publisher's page with the paragraph far below the fold; its address."""
    page = f"<!DOCTYPE html><meta charset=utf-8><h1>News</h1>{_FILLER}{paragraph}{_FILLER}<p id=last>The very end.</p>"

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text=page, content_type="text/html")

    app = web.Application()
    app.router.add_get("/news", answer)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/news"))


@pytest.mark.parametrize(
    ("quote", "page"),
    [
        pytest.param("“We won’t,” he said.", None, id="curly quotes"),
        pytest.param('"We won\'t," he said.', "“We won’t,” he said.", id="quotes that the page makes curly"),
        pytest.param("The plan – late — was dear—and bad.", None, id="dashes"),
        pytest.param("Le président français a déjà annoncé sa décision.", None, id="accents"),
        pytest.param(
            "Le pre\u0301sident franc\u0327ais a de\u0301ja\u0300 annonce\u0301.", None, id="accents of two characters"
        ),
        pytest.param(
            "Le pre\u0301sident a annonce\u0301.", "Le président a annoncé.", id="accents the page has as one character"
        ),
        pytest.param(LONG, None, id="a long quote"),
        pytest.param(
            LONG,
            LONG.replace("such as the", "such as the <em>famous</em>"),
            id="a long quote with a word changed within",
        ),
        pytest.param("A well-known, 5% cut -- by R&D, e.g. #1/2 + $3?", None, id="signs"),
        pytest.param("-5, -10 and -15 degrees", None, id="a hyphen first"),
        pytest.param("… “(and so it went) …”", None, id="punctuation at both ends"),
        pytest.param("The allies' U.S. and J.P. offices, etc.", None, id="abbreviations"),
        pytest.param("He was <em>very</em> sure of <a href='#'>the plan</a>, he said.", None, id="markup in the quote"),
        pytest.param(
            "He was *very* sure of [the plan](https://example.org/a_(b)), **he said.",
            "He was <em>very</em> sure of <a href='#'>the plan</a>, he said.",
            id="Markdown",
        ),
        pytest.param(
            "First the one thing happened.\n\nThen the other thing did.",
            "First the one thing happened.</p><p>Then the other thing did.",
            id="two paragraphs",
        ),
        pytest.param(
            "Background\n\nThen the other thing did.", "Then the other thing did.", id="a heading and a paragraph"
        ),
        pytest.param(
            "The plan was wrapped\nover two\r\nlines.", "The plan was wrapped over two<br>lines.", id="line breaks"
        ),
        pytest.param("外交部星期二重申了这一立场。", None, id="a short Chinese sentence"),
        pytest.param(
            "我们认为，加入北约是乌克兰安全的唯一真正保证，外交部在星期二的一份声明中重申了这一立场，并表示将继续努力，直到达成目标为止。",
            None,
            id="a long Chinese sentence",
        ),
        pytest.param(
            "日本の首相は火曜日、北大西洋条約機構の事務総長と会談し、ウクライナへの支援を続ける考えを伝えた。",
            None,
            id="Japanese",
        ),
        pytest.param("ประธานาธิบดียูเครนกล่าวว่า ประเทศของเขาพร้อมแล้ว", None, id="Thai"),
        pytest.param("می‌خواهم بروم، گفت رئیس جمهور.", None, id="Persian with joiners"),
        pytest.param("विदेश मंत्रालय ने मंगलवार को यह बात दोहराई।", None, id="Hindi"),
        pytest.param(
            "Президент Украины Владимир Зеленский заявил, что Украина готова отказаться от вступления в НАТО.",
            None,
            id="Russian",
        ),
        pytest.param("The family 👨‍👩‍👧 waved 👍🏽 twice", None, id="emoji"),
        pytest.param("a soft\u00adened word", None, id="a soft hyphen"),
        pytest.param("The Rada’s 20\u00a0billion arrived.", None, id="a hard space"),
    ],
)
async def test_a_link_opens_the_very_sentence(browser: Browser, quote: str, page: str | None) -> None:
    shown = f"<div id=quoted><p>Before it. {page or quote} After it.</p></div>"
    file = "a.md" if "**" in quote else "a.html"
    async with published(shown) as url, browser.page() as tab:
        link = best_link(citation(quote, url=url, file=file), Bases())
        await tab.open(link)
        await tab.scroll()
        assert await tab.shows("#quoted"), link


async def test_words_that_are_not_there_scroll_nowhere(browser: Browser) -> None:
    async with published("<p id=quoted>He said so.</p>") as url, browser.page() as tab:
        # The browser goes to the first of the two that it finds.
        await tab.open(best_link(citation("He never said so.", url=url), Bases()) + "&text=The%20very%20end")
        await tab.scroll()
        assert await tab.shows("#last")
        assert not await tab.shows("#quoted")


@asynccontextmanager
async def reader(text: str, body: Sequence[tuple[int, int]] = (), pages: Path | None = None) -> AsyncIterator[str]:
    """The reader page over one article, and the pages in a folder; its address."""
    article = Article(1, "a.txt", Metadata(title="News", published="2025-12-14", url="https://example.org/a"), 1, "k3y")

    async def open_article(_key: str) -> OpenedArticle:
        return OpenedArticle(article, text, body)

    async def health() -> Readiness:
        return Readiness({})

    async with TestServer(
        make_app(open_article, health, PublishedPages(pages) if pages else None), host="127.0.0.1"
    ) as server:
        yield str(server.make_url("/"))


TEXT = "\n\n".join(f"Paragraph {number} holds <b>nothing</b> & is long. {'Word ' * 60}" for number in range(60))
QUOTE = "Paragraph 40 holds <b>nothing</b> & is long."


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("dark", [False, True])
async def test_the_reader_page_opens_at_the_marked_passage(browser: Browser, scripts: bool, dark: bool) -> None:
    cited = citation(QUOTE, start=TEXT.index(QUOTE))
    async with reader(TEXT) as url, browser.page(dark=dark, scripts=scripts) as tab:
        await tab.open(permalink(cited, url))
        await tab.screenshot()  # drawn, and so scrolled
        assert await tab.shows("#cited")
        assert await tab.evaluate("document.querySelector('#cited').textContent") == QUOTE
        look = await tab.evaluate(
            "[document.body, document.querySelector('mark')].map(each => getComputedStyle(each)).flatMap("
            "style => [style.color, style.backgroundColor])"
        )
        assert contrast(look[0], look[1]) > 7
        assert contrast(look[2], look[3]) > 7
        assert (brightness(look[1]) < brightness(look[0])) is dark


async def test_the_skip_link_is_the_first_thing_the_keyboard_reaches(browser: Browser) -> None:
    cited = citation(QUOTE, start=TEXT.index(QUOTE))
    async with reader(TEXT) as url, browser.page() as tab:
        await tab.open(permalink(cited, url).partition("#")[0])
        assert not await tab.shows("#cited")
        await tab.press("Tab", 9)
        assert await tab.evaluate("document.activeElement.textContent") == "Go to the cited passage"
        assert await tab.shows(".skip")
        await tab.press("Enter", 13)
        await tab.scroll()
        assert await tab.shows("#cited")
        assert await tab.evaluate("document.activeElement.id") == "cited"


async def test_buttons_and_keys_go_from_citation_to_citation_in_the_readers_language(browser: Browser) -> None:
    quotes = [f"Paragraph {number} holds <b>nothing</b> & is long." for number in (10, 40)]
    first, second = (citation(quote, start=TEXT.index(quote)) for quote in quotes)
    async with reader(TEXT) as url, browser.page() as tab:
        await tab.call("Network.enable")
        await tab.call("Network.setExtraHTTPHeaders", headers={"Accept-Language": "de"})
        await tab.open(permalink(first, url, [second]))
        assert await tab.evaluate("document.querySelector('.count').textContent") == "1 von 2"
        await tab.press("n", 78)
        assert await tab.evaluate("document.querySelector('.count').textContent") == "2 von 2"
        assert await tab.evaluate("document.activeElement.textContent") == quotes[1]
        said = await tab.evaluate(
            "new Promise(done => { const copy = document.querySelector('[data-copy]');"
            "new MutationObserver(() => done(copy.textContent)).observe(copy, {childList: true}); copy.click(); })"
        )
        assert said in ("Kopiert", "Nicht kopiert")


@pytest.fixture(scope="module")
def shelf(seeds_dir: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A folder of pages, with a digest and a note on the seeds; the ids of both."""
    folder = tmp_path_factory.mktemp("pages")
    with open_briefing(Settings(data_dir=Path(seeds_dir))) as briefing:
        told = briefing.digests.compose(Filter(since="2024-12-01", until="2025-12-31"))
        note = briefing.briefs.compose(NoteRequest(topic="Ukraine NATO membership", as_of=date(2025, 12, 20)))
    pages, german = PublishedPages(folder), words_in("de")
    digest = pages.keep("1", "digest", "3 Dec 2024", files.digest_page(told, None, Bases(), words=german))
    return folder, digest, pages.keep("1", "note", "Ukraine", files.note_page(note, Bases(), words=german))


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("dark", [False, True])
async def test_nothing_keeps_people_from_reading_the_pages(
    browser: Browser, shelf: tuple[Path, str, str], dark: bool, width: int
) -> None:
    folder, digest, note = shelf
    pages, axe = PublishedPages(folder), (resources("axe_core_python") / "axe.min.js").read_text("utf-8")
    quotes = [citation(quote, start=TEXT.index(quote)) for quote in (QUOTE, QUOTE.replace("40", "41"))]
    text, start = f"Menu and more\n\n{TEXT}", len("Menu and more\n\n")
    async with reader(text, [(start, len(text))], folder) as url, browser.page(dark=dark) as tab:
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        await tab.call("Emulation.setDeviceMetricsOverride", **size)
        gone = permalink(citation("No longer there", start=3), url)
        signed = [pages.address(url, "1", page) for page in ("", digest, note)]
        for address in (permalink(quotes[0], url, quotes[1:]), gone, *signed, f"{url}a/unknown"):
            await tab.open(address)
            await tab.evaluate(f"{axe};0")
            found = await tab.evaluate(
                "axe.run().then(said => [said.violations.map(each => [each.id, each.nodes.map(one => one.html)]),"
                "said.passes.map(each => each.id)])"
            )
            assert found[0] == [], address
            assert {"color-contrast", "html-has-lang", "landmark-one-main"} <= set(found[1])
            wide = await tab.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{address} runs over the edge of the window"
