"""Several processes over one catalog: each piece of work is done once, though they are killed at any moment.

A few kills by default. For a thorough run:

    CRASH_KILLS=30 uv run pytest -m slow tests/test_processes.py

CRASH_SEED chooses other moments.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
import yaml  # type: ignore[import-untyped]
from sqlalchemy import text

from bot.discord.delivery.channel_watches import ChannelWatches, QuietHours
from bot.discord.delivery.schedules import Schedules
from bot.discord.delivery.timetable import Timetable
from retrieval.domain.reports import WatchState
from retrieval.storage.catalog import open_catalog
from retrieval.storage.subscriptions import Subscriptions
from tests import commands, servers
from tests.discord_server import DiscordServer
from tests.fakes import catalog_url, open_with
from tests.press import town, write_articles
from tests.publisher import Publisher, Says
from tests.shown import read

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("both_databases")]

KILLS = int(os.environ.get("CRASH_KILLS", "4"))
SEED = os.environ.get("CRASH_SEED", "1")
TOKEN = "a.token.of.two.shards"  # noqa: S105
CHANNELS, FEEDS = 4, 3
DAILY = frozenset(range(7))
# Seconds: far more than anything here takes.
PATIENCE = 180


def hurry(base: str = "", gateway: str = "") -> None:
    """In a process of its own: loops that go round at once, and a Discord of this machine."""
    import discord
    import yarl

    from bot.discord import service
    from bot.discord.duties import Duties

    service._LOOK_AGAIN = 0.2
    for loop in (Duties._deliver, Duties._follow, Duties._poll):
        loop.change_interval(seconds=0.2)
    if base:
        discord.http.Route.BASE = base
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)


@dataclass
class Site:
    """A data folder with processes over it, and what they are started with."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    running: dict[str, commands.Command] = field(default_factory=dict)
    started: Counter[str] = field(default_factory=Counter)

    @property
    def data_dir(self) -> Path:
        return self.folder / "data"

    def start(self, name: str, *arguments: object, server: DiscordServer | None = None) -> commands.Command:
        """Start a process under a name."""
        base = gateway = ""
        if server:
            gateway = server.gateway_url
            base = gateway.replace("ws://", "http://").replace("/gateway/socket", "/api/v10")
        self.started[name] += 1
        environment = {"BRIEFING_READER_PORT": "0", "BRIEFING_DATABASE_URL": catalog_url(self.data_dir)}
        self.running[name] = commands.start_briefing(
            self.folder / f"{name}-{self.started[name]}",
            *arguments,
            "--data-dir",
            self.data_dir,
            environment=environment | self.settings,
            prepare=partial(hurry, base, gateway),
        )
        return self.running[name]

    def ask(self, statement: str) -> list[Any]:
        """The rows that a statement finds in the catalog."""
        catalog = open_catalog(catalog_url(self.data_dir))
        try:
            with catalog.reading() as connection:
                return list(connection.execute(text(statement)).all())
        finally:
            catalog.close()

    async def until(self, holds: Callable[[], bool], complaint: str, state: Callable[[], object] = lambda: "") -> None:
        """Look until something holds, while all processes live."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not await asyncio.to_thread(holds):
                    for name, command in self.running.items():
                        if not command.running.process.is_alive():
                            raise AssertionError(f"{name} has ended: {command.ended()}")
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"{complaint} {state()}: {self.said()}") from None

    def said(self) -> str:
        """The ends of what the processes said."""
        return "\n".join(f"{each.parent.name}: {each.read_text()[-600:]}" for each in self.folder.glob("*/err"))


@pytest.fixture(scope="module", autouse=True)
def prepared() -> None:
    """The server that processes are forked from imports what they all do."""
    commands._FORKS.set_forkserver_preload(["tests.commands", "bot.discord.service"])


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """One article, and no process."""
    site = Site(tmp_path)
    write_articles(tmp_path / "articles", [0])
    with open_with(site.data_dir) as briefing:
        briefing.articles.ingest([tmp_path / "articles"])
    yield site
    for command in site.running.values():
        command.running.process.kill()
        command.running.process.join()


@asynccontextmanager
async def two_servers() -> AsyncIterator[tuple[DiscordServer, DiscordServer]]:
    """Two servers that belong to the first and to the second of two shards."""
    async with AsyncExitStack() as stack:
        found: dict[int, DiscordServer] = {}
        while len(found) < 2:
            made = DiscordServer(token=TOKEN)
            found.setdefault((made.guild_id >> 22) % 2, made)
        for shard in (0, 1):
            # Ids that are made in one millisecond are alike: no channel of the second has one of the first.
            found[shard]._last_id = max(each._last_id for each in found.values()) + 1
            for number in range(CHANNELS - 1):
                found[shard].create_channel(f"channel {number}")
            await stack.enter_async_context(found[shard])
        yield found[0], found[1]


def messages(server: DiscordServer) -> list[tuple[str, str]]:
    """The marks of the pages in the channels of a server."""
    found = []
    for channel in server._channels:
        for message in server._messages[channel]:
            if mark := re.search(r"-# ((?:digest|notice) \S+)\s*$", read(message)):
                found.append((str(channel), mark[1]))
    return found


def plan(site: Site, servers: tuple[DiscordServer, ...]) -> int:
    """A digest an hour ago and a watch in every channel; returns the number of the schedules."""
    catalog, hour_ago = open_catalog(catalog_url(site.data_dir)), datetime.now(UTC) - timedelta(hours=1)
    schedules, watches = Schedules(catalog), ChannelWatches(catalog)
    due = hour_ago + timedelta(minutes=5)
    made = 0
    for server in servers:
        scope = str(server.guild_id)
        watches.set_hours(scope, QuietHours("00:00", "00:00", "UTC", most=1000))
        for channel in list(server._channels)[:CHANNELS]:
            schedules.add(scope, str(channel), Timetable(f"{due:%H:%M}", "UTC", DAILY), "1", hour_ago)
            state = WatchState(passage=0, article=0)
            watches.add(scope, "harbour toll", state, "anything", str(channel), "at once", "1")
            made += 1
    catalog.close()
    return made


def announce(folder: Path, number: int) -> None:
    """Something new about the topic that is watched."""
    said = f"Mayor {town(number)} said the harbour toll will rise to {number + 3} euros."
    head = f"title: Harbour toll {number}\npublished: 2026-03-{number % 28 + 1:02}\noutlet: Paper {number}"
    (folder / f"toll{number}.md").write_text(f"---\n{head}\n---\n\n{said}\n")


def publish(publisher: Publisher) -> list[str]:
    """Feeds of three articles each; their addresses."""
    for feed in range(FEEDS):
        items = []
        for number in range(3):
            body = " ".join(
                f"In {town(100 + 10 * feed + number)} the council met for the {each}. time." for each in range(40)
            )
            title = f"<title>Feed {feed} {number}</title>"
            page = f"<html><head>{title}</head><body><article><p>{body}</p></article></body></html>"
            publisher.says(f"/{feed}/{number}", Says(page.encode(), headers={"Content-Type": "text/html"}))
            items.append(
                f"<item><title>Feed {feed} {number}</title><link>{publisher.url(f'/{feed}/{number}')}</link>"
                f"<guid>{feed}-{number}</guid></item>"
            )
        rss = f"<rss version='2.0'><channel><title>Feed {feed}</title>{''.join(items)}</channel></rss>"
        publisher.says(f"/feed/{feed}", Says(rss.encode(), headers={"Content-Type": "application/rss+xml"}))
    return [publisher.url(f"/feed/{feed}") for feed in range(FEEDS)]


async def test_what_two_bots_and_three_workers_do_is_done_once_though_they_are_killed(site: Site) -> None:
    chance = random.Random(f"{SEED} processes")
    folder = site.folder / "articles"
    site.settings = {
        "DISCORD_TOKEN": TOKEN,
        "BRIEFING_FOLDERS": str(folder),
        "BRIEFING_ALLOW_LOOPBACK": "true",
        "BRIEFING_FOLLOW_UPS": "false",
        "BRIEFING_WELCOME": "false",
    }
    with Publisher() as publisher:
        async with two_servers() as servers:
            scheduled = plan(site, servers)
            catalog = open_catalog(catalog_url(site.data_dir))
            feeds = [(url, url) for url in publish(publisher)]
            Subscriptions(catalog, timedelta(minutes=30)).add(feeds, "", datetime.now(UTC))
            catalog.close()

            def start(name: str) -> None:
                if name.startswith("bot"):
                    shard = int(name[-1])
                    arguments = ("bot", "--only-discord", "--shards", 2, "--shard-ids", shard)
                    site.start(name, *arguments, server=servers[shard])
                else:
                    site.start(name, "worker")

            names = ["bot0", "bot1", "worker0", "worker1", "worker2"]
            for name in names:
                start(name)
            await site.until(lambda: all("identify" in each.connections for each in servers), "not connected")
            written = 1
            for number in range(KILLS):
                write_articles(folder, range(written, written + 2))
                announce(folder, number)
                written += 2
                await asyncio.sleep(chance.uniform(0, 3))
                killed = chance.choice(names)
                site.running[killed].running.kill()
                start(killed)
            # News that come after all the kills.
            announce(folder, KILLS)
            articles = written + KILLS + 1 + 3 * FEEDS

            left = {
                "articles": (f"SELECT count(*) - {articles} FROM articles"),
                "digests": f"SELECT count(*) - {scheduled} FROM deliveries WHERE state = 'posted'",
                "changes": "SELECT count(*) FROM changes",
                "news": "SELECT count(*) FROM watch_news",
                "notices": "SELECT count(*) FROM notices WHERE state = 'claimed'",
                "feeds": "SELECT count(*) FROM feeds WHERE worked IS NULL",
                "watches": "SELECT count(*) FROM watches WHERE id NOT IN (SELECT watch FROM watch_channels"
                " JOIN notices ON notices.channel = watch_channels.channel)",
            }

            def undone() -> dict[str, int]:
                counts = {name: site.ask(statement)[0][0] for name, statement in left.items()}
                return {name: count for name, count in counts.items() if count}

            await site.until(lambda: not undone(), "it is not done", undone)
            for name, command in site.running.items():
                command.running.process.terminate()
                assert (name, command.ended().status) == (name, 0)
            posted = [each for server in servers for each in messages(server)]
            assert max(Counter(posted).values()) == 1
            digests = Counter(channel for channel, mark in posted if re.fullmatch(r"digest \d+-\d+/1", mark))
            channels = [str(channel) for server in servers for channel in list(server._channels)[:CHANNELS]]
            assert digests == dict.fromkeys(channels, 1), sorted(posted)
            for server in servers:
                for channel in server._channels:
                    told = [text_.partition("-# notice")[0] for text_ in map(read, server._messages[channel])]
                    assert len(told) == len(set(told))
            notices = site.ask("SELECT id, channel FROM notices WHERE state = 'posted'")
            assert {(str(row.channel), f"notice {row.id}/1") for row in notices} <= set(posted)
    assert site.ask("SELECT count(DISTINCT path), count(*) FROM articles") == [(articles, articles)]
    assert site.ask("SELECT count(*) FROM claims") == [(0,)]


def test_feeds_that_two_workers_poll_are_polled_once(site: Site) -> None:
    site.settings = {"BRIEFING_ALLOW_LOOPBACK": "true"}
    with Publisher() as publisher:
        catalog = open_catalog(catalog_url(site.data_dir))
        feeds = [(url, url) for url in publish(publisher)]
        Subscriptions(catalog, timedelta(minutes=30)).add(feeds, "", datetime.now(UTC))
        catalog.close()
        for number in range(2):
            site.start(f"worker{number}", "worker")
        polled = "SELECT count(*) FROM feeds WHERE worked IS NOT NULL"
        asyncio.run(site.until(lambda: site.ask(polled) == [(FEEDS,)], "not polled"))
        for command in site.running.values():
            command.running.process.terminate()
            assert command.ended().status == 0
        asked = Counter(each.path for each in publisher.asked if each.path.startswith("/feed"))
    assert asked == {f"/feed/{feed}": 1 for feed in range(FEEDS)}


@pytest.mark.parametrize("elsewhere", [False, True], ids=["in the folder", "with the token"])
async def test_a_second_bot_says_in_one_line_that_there_is_one(site: Site, elsewhere: bool) -> None:
    async with DiscordServer(token=TOKEN) as server:
        site.settings = {"DISCORD_TOKEN": TOKEN}
        site.start("bot", "bot", server=server)
        await site.until(lambda: "identify" in server.connections, "not connected")
        other = Site(site.folder / "other") if elsewhere else site
        other.settings = {"DISCORD_TOKEN": TOKEN if elsewhere else "another.token"}
        second = other.start("second", "bot", server=server)
        ended = await asyncio.to_thread(second.ended)
        where = "with this token on this machine" if elsewhere else f"in {site.data_dir}"
        lines = [line for line in ended.err.splitlines() if line.startswith("briefing: another")]
        assert (ended.status, lines) == (75, [f"briefing: another process runs the bot {where}: stop that one first"])
        site.running.pop("second", None)
        bot = site.running["bot"]
        bot.running.process.terminate()
        assert (await asyncio.to_thread(bot.ended)).status == 0


async def test_a_bot_that_lost_its_session_goes_on_until_another_one_has_taken_its_place(site: Site) -> None:
    if not catalog_url(site.data_dir).startswith("postgresql"):
        pytest.skip("locks of files end with the process alone")
    name = {"name": f"bot-{sha256(TOKEN.encode()).hexdigest()[:16]}-0"}
    catalog = open_catalog(catalog_url(site.data_dir))
    waiting = catalog.database.engine.connect()

    def sessions(having: str) -> list[int]:
        with catalog.reading() as connection:
            asked = text(f"SELECT pid FROM pg_locks WHERE {having} AND {servers.IS_LOCK}")
            return list(connection.execute(asked, name).scalars())

    def end(session: int) -> None:
        with servers.connected() as connection:
            connection.execute("SELECT pg_terminate_backend(%s, 5000)", [session])

    async with DiscordServer(token=TOKEN) as server:
        site.settings = {"DISCORD_TOKEN": TOKEN}
        site.start("bot", "bot", "--only-discord", server=server)
        await site.until(lambda: "identify" in server.connections, "not connected")
        (first,) = sessions("granted")
        end(first)
        await site.until(lambda: sessions("granted") not in ([], [first]), "not taken again")
        # Another one, which waits, so that it is the first to have the lock.
        another = asyncio.to_thread(waiting.execute, text(f"SELECT pg_advisory_lock({servers.LOCK})"), name)
        queued = asyncio.create_task(another)
        await site.until(lambda: bool(sessions("NOT granted")), "does not wait")
        end(*sessions("granted"))
        await queued
        ended = await asyncio.to_thread(site.running.pop("bot").ended)
    waiting.invalidate()
    catalog.close()
    lines = [line for line in ended.err.splitlines() if line.startswith("briefing:")]
    assert (ended.status, lines) == (
        75,
        ["briefing: another process runs the bot with this token: stop that one first"],
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


async def test_what_the_worker_of_compose_reads_its_bot_answers_and_its_web_server_shows(site: Site) -> None:
    services = yaml.safe_load((Path(__file__).parents[1] / "compose.yaml").read_text("utf-8"))["services"]
    ours = {name: service for name, service in services.items() if service["image"] == "briefing"}
    folder = site.folder / "articles"
    ports = {name: free_port() for name in ours}
    async with DiscordServer(token=TOKEN) as server:
        for name, service in ours.items():
            # What is in .env, and in place of a container's: ports, the server of the test and its data folder.
            here = {"DISCORD_TOKEN": TOKEN, "BRIEFING_FOLDERS": str(folder), "BRIEFING_FOLLOW_UPS": "false"}
            here |= {"BRIEFING_READER_PORT": str(ports[name]), "BRIEFING_READER_HOST": "127.0.0.1"}
            here |= {"BRIEFING_DATABASE_URL": catalog_url(site.data_dir), "BRIEFING_DATA_DIR": str(site.data_dir)}
            site.settings = service["environment"] | here
            site.start(name, *service["command"], server=server)
        assert set(site.running) == {"bot", "worker", "web"}
        await site.until(lambda: "identify" in server.connections, "not connected")
        (folder / "bridge.md").write_text("# The bridge\n\nThe harbour bridge was closed to lorries because of rust.\n")
        key = "SELECT key FROM articles WHERE file = 'bridge.md'"
        await site.until(lambda: bool(site.ask(key)), "not ingested")
        asked = await server.slash(server.general, "ann", "ask", question="Why was the harbour bridge closed?")
        await site.until(lambda: "because of rust" in read(server.original(asked) or {}), "not answered")
        async with aiohttp.ClientSession() as web:
            page = await web.get(f"http://127.0.0.1:{ports['web']}/a/{site.ask(key)[0][0]}")
            assert page.status == 200 and "closed to lorries" in await page.text()

        def unready() -> dict[str, str]:
            asked = {name: httpx.get(f"http://127.0.0.1:{port}/readyz") for name, port in ports.items()}
            return {name: answer.text for name, answer in asked.items() if answer.status_code != 200}

        await site.until(lambda: not unready(), "not ready", unready)
        logged = [line for line in site.said().splitlines() if line.startswith("{")]
        assert {"at", "level", "logger", "message"} <= json.loads(logged[-1]).keys()
        for name, command in site.running.items():
            command.running.process.terminate()
            assert (name, (await asyncio.to_thread(command.ended)).status) == (name, 0)
