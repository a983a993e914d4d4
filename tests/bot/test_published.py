"""A server's digests and notes as pages: who gets their addresses, how long these work, and what a browser may do."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import discord
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from bot.discord.delivery.timetable import Timetable
from bot.web.app import make_app
from bot.web.metrics import Readiness
from bot.web.published import LASTS, PublishedPages
from retrieval.domain.articles import OpenedArticle
from tests.bot.conftest import Town
from tests.shown import said, words

NOTE = "<!DOCTYPE html><html><head><style>p { color: black }</style></head><body><p>The note.</p></body></html>"
MINE, OTHER = "111", "222"
Client = TestClient[web.Request, web.Application]


class Clock:
    """A clock that a test moves."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def reading(pages: PublishedPages) -> AsyncIterator[Client]:
    async def nothing(_key: str) -> OpenedArticle | None:
        return None

    async def health() -> Readiness:
        return Readiness({})

    async with TestClient(TestServer(make_app(nothing, health, pages), host="127.0.0.1")) as client:
        yield client


async def test_an_index_lists_a_servers_pages_and_its_links_open_them(tmp_path: Path) -> None:
    pages = PublishedPages(tmp_path, clock := Clock())
    pages.keep(MINE, "note", "Tariffs & <b>ties</b>", NOTE)
    clock.now += 90_000
    pages.keep(MINE, "digest", "3 Dec 2024", NOTE)
    pages.keep(OTHER, "digest", "Of others", NOTE)
    async with reading(pages) as client:
        index = await client.get(pages.address("", MINE))
        shown = await index.text()
        assert index.status == 200 and "This address works until 15 Feb 2027" in shown
        assert shown.index("16 Jan 2027") < shown.index("3 Dec 2024") < shown.index("15 Jan 2027")
        assert "Tariffs &amp; &lt;b&gt;ties&lt;/b&gt;" in shown and "Of others" not in shown
        links = re.findall(r'<a href="([^"]+)"', shown)
        paths = [index.url.join(URL(each.replace("&amp;", "&"))).path_qs for each in links]
        opened = [await client.get(each) for each in paths]
        assert [await each.text() for each in opened] == [NOTE, NOTE]
        # Its own style and nothing else; and no script at all.
        policy = opened[0].headers["Content-Security-Policy"]
        assert re.fullmatch(
            "default-src 'none'; style-src 'sha256-[^ ]{44}'; img-src data:; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            policy,
        )
        assert opened[0].headers["Referrer-Policy"] == "no-referrer", "or the address would be told to others"


async def test_an_index_and_an_expired_address_speak_the_readers_language(tmp_path: Path) -> None:
    pages = PublishedPages(tmp_path, clock := Clock())
    pages.keep(MINE, "note", "Tariffs", NOTE)
    pages.keep(MINE, "digest", "3 Dec 2024", NOTE)
    french, address = {"Accept-Language": "fr-FR"}, pages.address("", MINE)
    async with reading(pages) as client:
        shown = unescape(await (await client.get(address, headers=french)).text())
        assert '<html lang="fr">' in shown and "Cette adresse est valable jusqu’au 14 févr. 2027." in shown
        assert "<h2>15 janv. 2027</h2>" in shown
        assert "<span>Revue</span>" in shown and "<span>Note</span>" in shown
        empty = await (await client.get(pages.address("", OTHER), headers=french)).text()
        assert "Rien n’a encore été publié." in unescape(empty)
        clock.now += LASTS
        assert "Cette adresse a expiré." in unescape(await (await client.get(address, headers=french)).text())


async def test_an_address_expires_and_a_new_one_works(tmp_path: Path) -> None:
    pages = PublishedPages(tmp_path, clock := Clock())
    page = pages.keep(MINE, "note", "Tariffs", NOTE)
    addresses = pages.address("", MINE), pages.address("", MINE, page)
    async with reading(pages) as client:
        clock.now += LASTS - 1
        assert [(await client.get(each)).status for each in addresses] == [200, 200]
        clock.now += 1
        for each in addresses:
            answer = await client.get(each)
            assert answer.status == 410 and "This address has expired" in await answer.text()
        assert (await client.get(pages.address("", MINE, page))).status == 200


async def test_an_address_opens_nothing_but_what_it_was_signed_for(tmp_path: Path) -> None:
    pages = PublishedPages(tmp_path / "pages", Clock())
    page, second = (pages.keep(MINE, "note", "Tariffs", NOTE) for _ in range(2))
    theirs = pages.keep(OTHER, "note", "Theirs", NOTE)
    mine, one = pages.address("", MINE), pages.address("", MINE, page)
    later = re.sub(r"until=\d+", "until=9999999999", one)
    forged = PublishedPages(tmp_path / "elsewhere", Clock()).address("", MINE, page)
    wrong = [
        mine.replace(MINE, OTHER),
        one.replace(MINE, OTHER),
        one.replace(page, second),
        one.replace(f"/{page}", ""),
        mine.replace(f"/s/{MINE}", f"/s/{MINE}/{page}"),
        mine.replace(f"/s/{MINE}", f"/s/{OTHER}/{theirs}"),
        later,
        forged,
        f"/s/{MINE}",
        f"/s/{MINE}/{page}",
        one[:-1],
        one.replace("sig=", "sig=é"),
        one.replace("until=", "until=x"),
        "/s/..%2f..%2fetc?until=9999999999&sig=0",
    ]
    async with reading(pages) as client:
        for each in wrong:
            answer = await client.get(each)
            assert answer.status == 404, each
            assert "The note" not in await answer.text() and "Tariffs" not in await answer.text()
        assert [(await client.get(each)).status for each in (mine, one)] == [200, 200]


def test_the_secret_stays_and_is_its_owners_alone_and_old_pages_go(tmp_path: Path) -> None:
    pages = PublishedPages(tmp_path, clock := Clock())
    address = pages.address("", MINE)
    assert PublishedPages(tmp_path, clock).address("", MINE) == address
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0
    for number in range(203):
        clock.now += 1
        pages.keep(MINE, "digest", f"Digest {number}", NOTE)
    listed = pages.listed(MINE)
    assert len(listed) == 200 and (listed[0].title, listed[-1].title) == ("Digest 202", "Digest 3")
    assert not list(tmp_path.rglob("*.part"))


async def test_what_a_channel_sees_leads_to_its_page_and_managers_get_the_index(town: Town, tmp_path: Path) -> None:
    await town.restart(public_url="https://brief.example/", reader_port=8080, data_dir=tmp_path)
    pages = town.bot.shelf.pages
    digest = said(await town.ann.slash(town.channel, "digest", date="2024-12-03"))
    note = said(await town.ann.slash(town.channel, "brief", topic="Ukraine NATO membership"))
    hidden = said(await town.ann.slash(town.channel, "digest", date="2024-12-03", private=True))
    managers = town.guild.create_role("managers", permissions=discord.Permissions(manage_guild=True))
    boss = town.guild.add_member(town.env.create_user("boss"), roles=[managers])
    status = said(await boss.slash(town.channel, "status"))
    assert "as a page" not in hidden and "NATO" in hidden
    async with reading(pages) as client:
        for text, words in (
            (digest, "This digest as a page"),
            (note, "This note as a page"),
            (status, "Digests and notes of this server as pages"),
        ):
            found = re.search(rf"-# \[{words}\]\(<https://brief\.example(/s/[^>]+)>\)", text)
            assert found, text
            page = await client.get(found[1])
            assert page.status == 200 and "NATO" in await page.text()
    assert [each.kind for each in pages.listed(str(town.guild.id))] == ["note", "digest"]
    other = pages.keep(OTHER, "note", "Note", NOTE)
    town.env.backend.remove_guild(town.guild.id)
    await town.env.settle()
    assert pages.listed(str(town.guild.id)) == []
    assert pages.read(OTHER, other) == NOTE


async def test_without_a_web_address_nothing_is_kept_and_no_page_is_spoken_of(town: Town, tmp_path: Path) -> None:
    await town.restart(data_dir=tmp_path)
    shown = said(await town.ann.slash(town.channel, "digest", date="2024-12-03"))
    assert "as a page" not in shown and "NATO" in shown
    assert not (tmp_path / "pages").exists()


async def test_a_test_of_a_schedule_keeps_no_page(town: Town, tmp_path: Path) -> None:
    await town.restart(public_url="https://brief.example/", reader_port=8080, data_dir=tmp_path)
    bot, due = town.bot, datetime(2024, 12, 4, 8, tzinfo=UTC)
    timetable = Timetable("08:00", "UTC", frozenset(range(7)))
    schedule = bot.schedules.add(str(town.guild.id), str(town.channel.id), timetable, "1", due - timedelta(days=1))
    for trying, pages in ((True, 0), (False, 1)):
        composed = await bot.scheduled_digests.compose(schedule, due, trying)
        assert "NATO" in words(composed.pages[0])
        assert len(bot.shelf.pages.listed(str(town.guild.id))) == pages
