"""`/feeds` and what `/status` says of feeds, as those who manage the server see them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import discord
import pytest
import simcord

from bot.presentation.discord import rendering, servers
from retrieval.domain.articles import SHARED, Article, Metadata
from retrieval.domain.reports import Coverage, FailingFeed, Subscription
from retrieval.services.briefing import Briefing
from tests.bot.conftest import Town
from tests.bot.online import open_online
from tests.bot.test_languages import speak
from tests.publisher import Publisher, Says
from tests.shown import plain, said

RSS = """<rss version="2.0"><channel><title>{title}</title><link>{link}</link>
<item><title>Tariffs</title><link>{link}tariffs</link></item></channel></rss>"""
PAGE = '<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head><body>Hello</body></html>'


# Polling is done by the tests alone.


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as server:
        server.says("/feed", Says(RSS.format(title="Harbour *Herald* @everyone", link=server.url()).encode()))
        yield server


@pytest.fixture
def briefing(tmp_path: Path) -> Iterator[Briefing]:
    with open_online(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def boss(town: Town) -> simcord.MemberActor:
    """A person who manages the server."""
    managers = town.guild.create_role("managers", permissions=discord.Permissions(manage_guild=True))
    return town.guild.add_member(town.env.create_user("boss"), roles=[managers])


async def test_a_manager_adds_a_feed_for_the_server_alone(
    town: Town, boss: simcord.MemberActor, publisher: Publisher, briefing: Briefing
) -> None:
    result = await boss.slash(town.channel, "feeds add", url=f" <{publisher.url('/feed')}> ")
    assert result.ephemeral
    assert said(result).startswith("Added: [Harbour \\*Herald\\* @\u200beveryone](<http://127.0.0.1")
    assert "For this server alone." in said(result)
    [feed] = briefing.feeds.subscriptions()
    assert feed.scope == str(town.guild.id)
    again = await boss.slash(town.channel, "feeds add", url=publisher.url("/feed"))
    assert said(again).startswith("Already added, for this server: ")


async def test_a_page_that_names_a_feed_is_as_good_as_the_feed(
    town: Town, boss: simcord.MemberActor, publisher: Publisher
) -> None:
    publisher.says("/", Says(PAGE.encode(), headers={"Content-Type": "text/html"}))
    result = await boss.slash(town.channel, "feeds add", url=publisher.url())
    assert "Harbour" in said(result)
    assert publisher.url("/feed") in said(result)


async def test_what_cannot_be_a_feed_is_refused_with_its_reason(
    town: Town, boss: simcord.MemberActor, publisher: Publisher, briefing: Briefing
) -> None:
    publisher.says("/closed", Says(status=403))
    publisher.says("/page", Says(b"<html><body><p>No feed here</p></body></html>"))
    for url, reason in (
        (publisher.url("/closed"), "the server refuses us \\(403\\)"),
        (publisher.url("/page"), "no feed"),
        ("http://10.0.0.1/feed", "not on the public internet"),
        ("http://ann:secret@127.0.0.1/feed", "user name"),
        ("harbour herald @everyone", "write it with https"),
    ):
        shown = said(await boss.slash(town.channel, "feeds add", url=url))
        assert shown.startswith("Nothing added: ")
        assert reason in shown
        assert "@everyone" not in shown
    assert not briefing.feeds.subscriptions()


async def test_feeds_are_for_those_who_manage_the_server_and_for_servers(town: Town, boss: simcord.MemberActor) -> None:
    commands = {"feeds add", "feeds list", "feeds remove", "feeds import"}
    assert commands <= set(boss.available_commands(town.channel))
    assert not commands & set(town.ann.available_commands(town.channel))
    stranger = town.env.create_user("stranger")
    assert not {"feeds add", "article add", "status"} & set(stranger.available_commands())


async def test_the_list_is_paged_also_after_a_restart_and_shows_no_other_servers_feeds(
    town: Town, boss: simcord.MemberActor, briefing: Briefing
) -> None:
    own, shared, other = opml("Own", 12), opml("Shared", 7), opml("Secret", 3)
    for data, scope in ((own, str(town.guild.id)), (shared, SHARED), (other, "1")):
        await asyncio.to_thread(briefing.feeds.import_feeds, data, scope)
    result = await boss.slash(town.channel, "feeds list")
    first = said(result)
    assert first.startswith("**Feeds 1–8 of 19**")
    assert "not read yet" in first
    await town.restart()
    assert result.response
    await boss.click(result.response, label="More ▶")
    assert said(result).startswith("**Feeds 9–16 of 19**")
    await boss.click(result.response, label="More ▶")
    assert "for every server" in said(result)
    assert "Secret" not in said(result)
    await boss.click(result.response, label="◀ Back")
    await boss.click(result.response, label="◀ Back")
    assert said(result) == first


async def test_a_failing_feed_is_listed_with_its_reason_and_counted_in_the_status(
    town: Town, boss: simcord.MemberActor, publisher: Publisher, briefing: Briefing
) -> None:
    publisher.says("/feed", Says(RSS.format(title="A", link=publisher.url()).encode()), Says(status=503))
    await boss.slash(town.channel, "feeds add", url=publisher.url("/feed"))
    await asyncio.to_thread(briefing.feeds.poll)
    shown = said(await boss.slash(town.channel, "feeds list"))
    assert "failing, next try <t:" in shown
    assert "⚠️ the server has a fault of its own \\(503\\)" in shown
    status = said(await boss.slash(town.channel, "status"))
    assert "For every server: no articles; no feeds." in status
    assert "For this server alone: no articles; 1 feed, 1 failing." in status


async def test_a_german_client_reads_in_german_why_a_feed_or_an_address_is_of_no_use(
    town: Town,
    boss: simcord.MemberActor,
    publisher: Publisher,
    briefing: Briefing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    speak(monkeypatch, "de")
    publisher.says("/page", Says(b"<html><body><p>No feed here</p></body></html>"))
    for url, reason in (
        (publisher.url("/page"), "eine HTML-Seite, kein Feed"),
        ("ftp://herald.example/feed", r"keine Webadresse, die abgerufen werden darf \(weder http noch https\)"),
    ):
        assert reason in said(await boss.slash(town.channel, "feeds add", url=url))
    assert "der Server sagt, dass es die Seite nicht gibt \\(404\\)" in said(
        await boss.slash(town.channel, "article add", url=publisher.url("/none"))
    )
    publisher.says("/feed", Says(RSS.format(title="A", link=publisher.url()).encode()), Says(status=503))
    await boss.slash(town.channel, "feeds add", url=publisher.url("/feed"))
    await asyncio.to_thread(briefing.feeds.poll)
    # The reason comes from the catalog, as after a restart.
    shown = said(await boss.slash(town.channel, "feeds list"))
    assert "⚠️ der Server hat selbst einen Fehler \\(503\\)" in shown


async def test_a_feed_of_its_own_is_removed_and_a_shared_one_is_not(
    town: Town, boss: simcord.MemberActor, briefing: Briefing
) -> None:
    await asyncio.to_thread(briefing.feeds.import_feeds, opml("Own", 30), str(town.guild.id))
    await asyncio.to_thread(briefing.feeds.import_feeds, opml("Shared", 1))
    await asyncio.to_thread(briefing.feeds.import_feeds, opml("Secret", 1), "1")
    offered = await boss.autocomplete(town.channel, "feeds remove", "feed", "")
    assert len(offered) == 25
    offered = await boss.autocomplete(town.channel, "feeds remove", "feed", "own 7")
    assert [each["name"] for each in offered] == ["Own 7"]
    for typed in ("shared", "secret"):
        assert await boss.autocomplete(town.channel, "feeds remove", "feed", typed) == []
    result = await boss.slash(town.channel, "feeds remove", feed=offered[0]["value"])
    assert said(result) == "Removed: [Own 7](<https://own.example/7>)."
    assert "only the operator of this bot" in said(await boss.slash(town.channel, "feeds remove", feed="shared 0"))
    assert "no feed goes by the name" in said(await boss.slash(town.channel, "feeds remove", feed="Secret 0"))
    assert len(briefing.feeds.subscriptions()) == 31


async def test_a_list_of_feeds_is_imported(
    town: Town, boss: simcord.MemberActor, briefing: Briefing, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "3 feeds added.\n" in said(await boss.slash(town.channel, "feeds import", file=("a.opml", opml("Own", 3))))
    result = await boss.slash(town.channel, "feeds import", file=("b.opml", opml("Own", 4)))
    assert said(result).startswith("1 feed added. 3 were there already.")
    assert {each.scope for each in briefing.feeds.subscriptions()} == {str(town.guild.id)}
    many = said(await boss.slash(town.channel, "feeds import", file=("b.opml", opml("Other", 250))))
    assert many.startswith("196 feeds added.\n⚠️ 54 left out: a server may have 200 feeds\n")
    full = said(await boss.slash(town.channel, "feeds add", url="https://more.example/feed"))
    assert full == "Nothing added: a server may have 200 feeds"
    assert "no OPML" in said(await boss.slash(town.channel, "feeds import", file=("c.opml", b"<html></html>")))
    large = await boss.slash(town.channel, "feeds import", file=("d.opml", b" " * 1_000_001))
    assert "too large" in said(large)
    monkeypatch.setattr("simcord.backend.cdn.CdnStore.get", lambda *_: None)
    lost = await boss.slash(town.channel, "feeds import", file=("e.opml", opml("Own", 9)))
    assert "could not download this file" in said(lost)


# What is shown, without Discord


def test_an_article_that_is_the_feeds_own_text_says_so() -> None:
    known = Metadata(title="Tariffs", basis={"text": "feed"})
    assert (
        "the feed's own text, not the whole article"
        in plain(rendering.article, Article(1, "a", known, 1, "k"), "Short.", None)[0]
    )


def test_hostile_feeds_are_listed_within_the_limits() -> None:
    text = "@everyone **bold** [x](https://evil.example) `code " * 60
    hostile = replace(FEED, title=text, url=f"https://a.example/{'x' * 1400}", reason=text, failures=3)
    shown = servers.page([hostile] * 8, 190_001, 200_000)
    assert len(shown) <= 2000
    assert shown.count("failing, next try") == 8
    assert "@everyone" not in shown
    assert not re.search(r"(?<!\\)\*\*bold|\]\(https://evil", shown)


def test_whoever_adds_a_feed_is_told_when_it_is_read() -> None:
    assert "I start to read it within minutes" in servers.added(FEED, 30)
    assert "I do not read feeds automatically" in servers.added(FEED, 0)


def test_how_many_feeds_there_are_is_told_in_words() -> None:
    assert servers.count(Coverage(0, (), None)) == "no feeds"
    assert servers.count(Coverage(1, (), None)) == "1 feed"
    assert servers.count(Coverage(12, (FailingFeed("a", "b", "c"),), None)) == "12 feeds, 1 failing"


FEED = Subscription(
    id=1,
    scope="7",
    url="https://a.example/feed",
    title="A",
    added="2026-02-01T00:00:00+00:00",
    polled="2026-02-01T00:00:00+00:00",
    worked="2026-02-01T00:00:00+00:00",
    updated=None,
    failures=0,
    reason=None,
    next_at="2026-02-01T00:30:00+00:00",
    articles=3,
)


def opml(name: str, count: int) -> bytes:
    lines = "".join(
        f'<outline text="{name} {number}" xmlUrl="https://{name.lower()}.example/{number}"/>' for number in range(count)
    )
    return f'<opml version="2.0"><body>{lines}</body></opml>'.encode()
