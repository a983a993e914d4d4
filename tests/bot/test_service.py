"""`briefing bot` as a process: what it ends with, in one line, and that it ends in good order."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import aiohttp
import discord
import pytest

from bot.cli import main as cli
from bot.discord.service import serve
from bot.settings import BotSettings
from retrieval.domain.articles import Filter
from retrieval.errors import SettingsError, UnreachableError
from retrieval.services.briefing import Briefing
from tests import fakes
from tests.discord_server import DiscordServer
from tests.shown import read

TOKEN = "a.very.secret.token"  # noqa: S105


@pytest.fixture
def briefing(tmp_path: Path) -> Iterator[Briefing]:
    """One article."""
    (tmp_path / "bridge.md").write_text("# The bridge\n\nThe harbour bridge was closed to lorries because of rust.\n")
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    with fakes.open_with(data_dir) as opened:
        opened.articles.ingest([tmp_path / "bridge.md"])
        yield opened


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer(token=TOKEN) as opened:
        yield opened


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def make_settings(token: str = TOKEN, reader_port: int = 0, **more: Any) -> BotSettings:
    return BotSettings(**{"DISCORD_TOKEN": token, "reader_port": reader_port, "follow_ups": False, **more})


@asynccontextmanager
async def running(briefing: Briefing, server: DiscordServer, **settings: Any) -> AsyncIterator[asyncio.Task[None]]:
    """The service, connected; it has to have been told to stop by the end."""
    service = asyncio.create_task(serve(briefing, make_settings(**settings)))
    await server._until(lambda: "identify" in server.connections or service.done(), "not connected", 10)
    yield service
    async with asyncio.timeout(15):
        await service


# What it ends with


async def test_without_a_token_it_says_where_one_is_to_be_had(briefing: Briefing) -> None:
    with pytest.raises(SettingsError, match=r"DISCORD_TOKEN is not set: .*https://discord.com/developers"):
        await serve(briefing, make_settings(""))


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("token", ["another.secret.token", "a secret\ntoken", "sécret", "secret\x00"])
async def test_a_token_that_is_refused_is_said_to_be_and_never_shown(
    briefing: Briefing, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(SettingsError, match="refuses the token in DISCORD_TOKEN") as refused:
        await serve(briefing, make_settings(token))
    assert "secret" not in str(refused.value) + caplog.text


async def test_a_token_that_is_made_invalid_after_the_login_is_refused(
    briefing: Briefing, server: DiscordServer
) -> None:
    server.refuse(4004)
    with pytest.raises(SettingsError, match="refuses the token in DISCORD_TOKEN"):
        await serve(briefing, make_settings())


async def test_an_intent_that_is_refused_is_named_with_where_to_switch_it_on(briefing: Briefing) -> None:
    async with DiscordServer(token=TOKEN, disallowed_intents=1 << 15) as server:
        with pytest.raises(SettingsError, match=r"message content intent.*BRIEFING_MESSAGE_CONTENT=false"):
            await serve(briefing, make_settings(message_content=True))
        assert server.connections == ["refused"]


@pytest.mark.parametrize(
    ("order", "line"),
    [
        (lambda server: server.fault("GET", "/users/@me", status=503), r"Discord answers with an error \(503\)"),
        (lambda server: server.fault("GET", "/users/@me", status=429), r"Discord answers with an error \(429\)"),
        (lambda server: server.fault("GET", "/users/@me", status=500, times=5), r"Discord answers with an error"),
        (lambda server: server.fault("GET", "/users/@me", drop=True, times=None), "cannot reach Discord"),
        (lambda server: server.fault("PUT", "*/commands", status=503), r"Discord answers with an error \(503\)"),
        (lambda server: server.refuse(503), "cannot reach Discord's gateway"),
    ],
    ids=["503", "429", "500", "dropped", "commands", "gateway"],
)
async def test_a_discord_that_is_out_of_order_at_the_start_is_for_a_supervisor_to_try_again(
    briefing: Briefing, server: DiscordServer, order: Callable[[DiscordServer], None], line: str
) -> None:
    order(server)
    with pytest.raises(UnreachableError, match=line):
        async with asyncio.timeout(10):
            await serve(briefing, make_settings())


async def test_a_port_that_is_taken_is_named_before_discord_is_asked(briefing: Briefing, server: DiscordServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"127\.0\.0\.1:{port} .*BRIEFING_READER_PORT"):
            await serve(briefing, make_settings(reader_port=port))
    assert server.requests == []


# What a supervisor sees: the exit status, and one line


@pytest.fixture
def command(
    seeded: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[[], tuple[int, list[str]]]:
    """Runs `briefing bot`: its exit status, and what it said besides its log."""
    monkeypatch.setenv("BRIEFING_READER_PORT", "0")

    def run() -> tuple[int, list[str]]:
        status = cli.run(["bot", "--data-dir", str(seeded)])
        said = capfd.readouterr()
        assert TOKEN not in said.out + said.err
        assert "Traceback" not in said.err
        return status, [line for line in said.err.splitlines() if line.startswith("briefing: ")]

    return run


Command = Callable[[], tuple[int, list[str]]]


def test_no_token_is_a_setting_to_be_mended(command: Command) -> None:
    status, (line,) = command()
    assert status == 1
    assert "DISCORD_TOKEN is not set" in line


def test_no_network_is_for_later(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{free_port()}/api/v10")
    status, (line,) = command()
    assert status == 75
    assert "cannot reach Discord" in line


@contextmanager
def elsewhere(**options: Any) -> Iterator[tuple[DiscordServer, Callable[[Coroutine[Any, Any, Any]], Any]]]:
    """The stand-in in a thread of its own, for a command that has its event loop here; and what to call it by."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()

    def call(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(20)

    server = DiscordServer(**options)
    call(server.__aenter__())
    try:
        yield server, call
    finally:
        call(server.__aexit__(None))
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"token": "another"}, "Discord refuses the token"),
        ({"token": TOKEN, "disallowed_intents": 1 << 15}, "Discord refuses the message content intent"),
    ],
)
def test_what_discord_refuses_is_a_setting_to_be_mended(
    command: Command, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], line: str
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv("BRIEFING_MESSAGE_CONTENT", "true")
    with elsewhere(**options):
        status, (said,) = command()
    assert status == 1
    assert line in said


def test_a_command_that_is_told_to_end_has_done_its_work(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    with elsewhere(token=TOKEN) as (server, call):

        def end() -> None:
            call(server._until(lambda: "identify" in server.connections, "not connected", 15))
            os.kill(os.getpid(), signal.SIGTERM)

        ending = Thread(target=end)
        ending.start()
        assert command() == (0, [])
        ending.join()


# How it ends


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_polite_request_to_end_closes_the_gateway_in_good_order(
    briefing: Briefing, server: DiscordServer, number: int
) -> None:
    async with running(briefing, server):
        (session,) = server._sessions.values()
        os.kill(os.getpid(), number)
    assert session.socket
    assert session.socket.close_code == 1000
    assert server.connections == ["identify"]


async def test_what_is_being_answered_when_it_is_told_to_end_is_answered_first(
    briefing: Briefing, server: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, begun, release = briefing.asking.ask("Why was the bridge closed?", Filter()), Event(), Event()

    def slow(*_arguments: Any, **_options: Any) -> Any:
        begun.set()
        release.wait(10)
        return given

    monkeypatch.setattr(briefing.asking, "ask", slow)
    async with running(briefing, server):
        asked = await server.slash(server.general, "ann", "ask", question="Why was the bridge closed?")
        await asyncio.to_thread(begun.wait, 10)
        os.kill(os.getpid(), signal.SIGTERM)
        asyncio.get_running_loop().call_later(0.1, release.set)
    answer = server.original(asked)
    assert answer
    assert "bridge" in read(answer)


async def test_the_reader_page_and_the_health_answer_while_it_runs(briefing: Briefing, server: DiscordServer) -> None:
    port = free_port()
    (article,), _total = briefing.articles.page(Filter())
    async with running(briefing, server, reader_port=port), aiohttp.ClientSession(f"http://127.0.0.1:{port}") as web:
        await server.heard("GET", "/users/@me")
        async with asyncio.timeout(10):
            while (await web.get("/readyz")).status != 200:
                await asyncio.sleep(0)
        assert await (await web.get("/healthz")).json() == {"alive": True}
        page = await web.get(f"/a/{article.key}")
        assert "closed to lorries" in await page.text()
        os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(aiohttp.ClientConnectionError):
        async with aiohttp.ClientSession() as web:
            await web.get(f"http://127.0.0.1:{port}/healthz")


async def test_a_gateway_that_drops_does_not_end_it(briefing: Briefing, server: DiscordServer) -> None:
    async with running(briefing, server) as service:
        await server.drop(1001)
        await server.reconnected()
        assert not service.done()
        os.kill(os.getpid(), signal.SIGTERM)
