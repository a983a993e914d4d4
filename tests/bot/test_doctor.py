"""The doctor and what only the bot needs: Discord as it answers over HTTP, the reader page's port and address."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import discord
import pytest
from aiohttp import web

from bot.cli.main import run
from bot.discord.client import PERMISSIONS
from bot.doctor import Finding
from bot.doctor.checks import examine, examine_links, examine_reader
from bot.doctor.discord_checks import examine_discord
from bot.presentation import terminal_reports
from bot.settings import load_bot_settings
from bot.web.app import make_app
from bot.web.metrics import Readiness
from retrieval.bootstrap import open_briefing
from retrieval.services.operations import PartState
from retrieval.settings import Settings
from tests.discord_server import DiscordServer

TOKEN = "MTIzNDU2Nzg5.GoodOne.and-a-secret-no-one-may-see"  # noqa: S105
ADMINISTRATOR = 8
CONTENT, CONTENT_LIMITED = 1 << 18, 1 << 19


class Portal(DiscordServer):
    """The stand-in for Discord, with what an account there has: flags of its application, and servers it is on."""

    def __init__(self) -> None:
        super().__init__(token=TOKEN)
        self.flags = 0
        self.servers: dict[int, tuple[str, int]] = {}

    @property
    def invite(self) -> str:
        """What Discord's own documents say such a link looks like."""
        asked = f"scope=bot+applications.commands&permissions={PERMISSIONS.value}"
        return f"https://discord.com/oauth2/authorize?client_id={self.bot_id}&{asked}"

    def _routes(self) -> dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]]:
        return {**super()._routes(), "GET /users/@me/guilds": self._list}

    async def _about(self, request: web.Request) -> web.Response:
        about = json.loads((await super()._about(request)).text or "")
        return _json({**about, "flags": self.flags})

    async def _list(self, request: web.Request) -> web.Response:
        limit, after = (int(request.query.get(name, default)) for name, default in (("limit", 200), ("after", 0)))
        page = [(key, *self.servers[key]) for key in sorted(self.servers) if key > after][:limit]
        return _json([{"id": str(key), "name": name, "permissions": str(may)} for key, name, may in page])


def _json(document: Any) -> web.Response:
    return web.Response(body=json.dumps(document).encode(), headers={"Content-Type": "application/json"})


@pytest.fixture(autouse=True)
def env(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A token, no reader page, and a working directory without `.env`: what a test says otherwise, it sets."""
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv("BRIEFING_READER_PORT", "0")
    monkeypatch.chdir(tmp_path)
    return monkeypatch


@pytest.fixture
async def portal() -> AsyncIterator[Portal]:
    server = Portal()
    server.servers[7] = ("Policy team", PERMISSIONS.value)
    async with server:
        yield server


async def look() -> list[Finding]:
    """What the doctor finds at Discord; Discord itself is on this loop."""
    found = await asyncio.to_thread(examine_discord, load_bot_settings())
    assert TOKEN not in repr(found)
    return found


def _bad(found: list[Finding]) -> list[tuple[str, str]]:
    assert found and all(each.mend for each in found if not each.well)
    return [(each.state, each.mend or "") for each in found if not each.well]


async def test_a_good_account_is_told_with_its_invite_link_and_asks_for_just_the_permissions_used(
    portal: Portal,
) -> None:
    found = await look()
    assert not _bad(found)
    assert found[0] == Finding("Discord", "logged in as briefing")
    assert Finding("invite link", portal.invite) in found
    assert {each.path for each in portal.requests} == {
        "/users/@me",
        "/oauth2/applications/@me",
        "/users/@me/guilds",
    }
    assert not portal.connections  # to the gateway: that would end the session of a bot at work


async def test_a_refused_token_is_told_with_where_to_get_another(portal: Portal, env: pytest.MonkeyPatch) -> None:
    env.setenv("DISCORD_TOKEN", "MTIzNDU2Nzg5.Other.one")
    found = await asyncio.to_thread(examine_discord, load_bot_settings())
    [(state, mend)] = _bad(found)
    assert "refuses the token" in state
    assert "https://discord.com/developers/applications" in mend
    assert "Other" not in repr(found)
    assert portal.requests


@pytest.mark.parametrize("token", [f"Bot {TOKEN}", f"{TOKEN}\nX: y", f"«{TOKEN}»", f"{TOKEN}\x7f", "\udcff"])
async def test_what_cannot_be_a_token_is_neither_sent_nor_shown(
    token: str, portal: Portal, env: pytest.MonkeyPatch
) -> None:
    env.setenv("DISCORD_TOKEN", token)
    [(state, _)] = _bad(await look())
    assert "does not hold a token" in state
    assert not portal.requests


@pytest.mark.parametrize("status", [403, 429, 503])
async def test_an_error_of_discord_is_told_by_its_number(status: int, portal: Portal) -> None:
    portal.fault("GET", "/users/@me", status=status)
    [(state, mend)] = _bad(await look())
    assert f"({status})" in state
    assert "again" in mend


async def test_an_error_once_logged_in_is_told_too(portal: Portal) -> None:
    portal.fault("GET", "/users/@me/guilds", status=503)
    [(state, _)] = _bad(await look())
    assert "(503)" in state


async def test_a_discord_that_says_nothing_is_waited_for_no_longer_than_allowed(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.doctor.discord_checks._SECONDS", 0.2)
    portal.fault("GET", "/oauth2/applications/@me", hang=True)
    assert _bad(await look())[0][0] == "cannot reach Discord: no answer in 0.2 s"


def test_without_a_network_discord_cannot_be_reached(monkeypatch: pytest.MonkeyPatch, free_port: int) -> None:
    monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{free_port}/api")
    [(state, mend)] = _bad(examine_discord(load_bot_settings()))
    assert state.startswith("cannot reach Discord: ")
    assert "proxy" in mend


@pytest.mark.parametrize(("flags", "well"), [(0, False), (CONTENT, True), (CONTENT_LIMITED, True)])
async def test_message_content_must_be_allowed_at_discord_where_it_is_asked_for(
    flags: int, well: bool, portal: Portal, env: pytest.MonkeyPatch
) -> None:
    portal.flags = flags
    assert not _bad(await look())
    env.setenv("BRIEFING_MESSAGE_CONTENT", "true")
    bad = _bad(await look())
    assert bool(bad) != well
    assert all(f"/developers/applications/{portal.bot_id}/bot" in mend for _, mend in bad)


async def test_each_server_where_a_permission_is_missing_is_told_with_its_name_and_the_link(portal: Portal) -> None:
    portal.servers[8] = ("Press", PERMISSIONS.value & ~discord.Permissions(view_channel=True).value)
    portal.servers[9] = ("Archive", discord.Permissions(view_channel=True, send_messages=True).value)
    bad = _bad(await look())
    assert [state for state, _ in bad] == [
        "on “Press” the bot may not view channels",
        "on “Archive” the bot may not attach files, read message history, create public threads, "
        "send messages in threads",
    ]
    assert bad and all(portal.invite in mend for _, mend in bad)


async def test_an_administrator_lacks_nothing(portal: Portal) -> None:
    portal.servers[7] = ("Policy team", ADMINISTRATOR)
    assert not _bad(await look())


async def test_a_bot_on_no_server_is_told_to_be_invited_and_is_no_failure(portal: Portal) -> None:
    portal.servers.clear()
    [nowhere] = [each for each in await look() if each.subject == "servers"]
    assert nowhere.well
    assert portal.invite in (nowhere.mend or "")


async def test_servers_that_the_settings_leave_out_are_ignored_and_those_it_is_not_on_are_missed(
    portal: Portal, env: pytest.MonkeyPatch
) -> None:
    portal.servers[8] = ("Somewhere else", 0)
    env.setenv("BRIEFING_GUILDS", "7, 9")
    found = await look()
    assert Finding("server 8", "“Somewhere else” is ignored: BRIEFING_GUILDS does not name it") in found
    [(state, mend)] = _bad(found)
    assert found[-1].subject == "server 9"
    assert "not on it" in state
    assert portal.invite in mend


async def test_a_bot_on_hundreds_of_servers_has_each_looked_at(portal: Portal) -> None:
    portal.servers = {number: (f"Team {number}", PERMISSIONS.value) for number in range(1, 401)}
    portal.servers[401] = ("The last", 0)
    assert len([each for each in await look() if each.subject.startswith("server ")]) == 401


# The reader page


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@asynccontextmanager
async def _served(app: web.Application) -> AsyncIterator[int]:
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def _reader(well: bool = True) -> web.Application:
    async def nothing(_key: str) -> None: ...

    async def health() -> Readiness:
        return Readiness({"discord": PartState(well, "connected" if well else "not connected")})

    return make_app(nothing, health)


def _other(body: Any) -> web.Application:
    app = web.Application()

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response(body)

    app.router.add_get("/readyz", answer)
    return app


async def look_at_reader() -> tuple[Finding, Finding]:
    settings = load_bot_settings()
    return await asyncio.to_thread(lambda: (examine_reader(settings), examine_links(settings)))


async def test_a_free_port_is_well_and_left_free(env: pytest.MonkeyPatch, free_port: int) -> None:
    env.setenv("BRIEFING_READER_PORT", str(free_port))
    for _ in range(2):
        port, _public = await look_at_reader()
        assert port.well
        assert f"can serve it at 127.0.0.1:{free_port}" in port.state


async def test_a_port_that_the_running_bot_has_is_well(env: pytest.MonkeyPatch) -> None:
    async with _served(_reader(well=False)) as taken:
        env.setenv("BRIEFING_READER_PORT", str(taken))
        port, _ = await look_at_reader()
    assert port.well
    assert "is running" in port.state


@pytest.mark.parametrize("app", [web.Application(), _other(["ready"]), _other({"ready": True}), _other("ready")])
async def test_a_port_that_another_program_has_is_bad_for_whoever_runs_the_bot(
    app: web.Application, env: pytest.MonkeyPatch
) -> None:
    async with _served(app) as taken:
        env.setenv("BRIEFING_READER_PORT", str(taken))
        port, _ = await look_at_reader()
        assert not port.well
        assert "BRIEFING_READER_PORT" in (port.mend or "")
        env.delenv("DISCORD_TOKEN")
        port, _ = await look_at_reader()
        assert port.well
        assert "another program" in port.state


def test_a_program_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.doctor.checks._SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("BRIEFING_READER_PORT", str(silent.getsockname()[1]))
        assert not examine_reader(load_bot_settings()).well


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "2001:db8::1"])
def test_an_address_that_is_not_of_this_machine_is_bad(host: str, env: pytest.MonkeyPatch, free_port: int) -> None:
    env.setenv("BRIEFING_READER_PORT", str(free_port))
    env.setenv("BRIEFING_READER_HOST", host)
    [(state, mend)] = _bad([examine_reader(load_bot_settings())])
    assert host in state
    assert "BRIEFING_READER_HOST" in mend


async def test_where_links_lead_without_a_public_address_is_told(env: pytest.MonkeyPatch) -> None:
    off, links = await look_at_reader()
    assert "switched off" in off.state
    assert "file and line" in links.state
    env.setenv("BRIEFING_SOURCE_BASE_URL", "https://example.org/seeds")
    assert "BRIEFING_SOURCE_BASE_URL" in (await look_at_reader())[1].state


@pytest.mark.parametrize(
    ("well", "said"), [(True, "reader page, and ready"), (False, "not ready: discord (not connected)")]
)
async def test_a_public_address_that_leads_to_the_reader_page_is_well(
    well: bool, said: str, env: pytest.MonkeyPatch
) -> None:
    async with _served(_reader(well)) as where:
        env.setenv("BRIEFING_PUBLIC_URL", f"http://127.0.0.1:{where}/")
        _, public = await look_at_reader()
    assert public.well
    assert public.mend is None
    assert said in public.state


async def test_a_public_address_that_leads_elsewhere_is_told_and_may_only_mean_that_the_bot_is_not_running(
    env: pytest.MonkeyPatch, free_port: int
) -> None:
    async with _served(_other("hello")) as where:
        for port, said in ((where, "status 200, but not from the bot"), (free_port, "Cannot connect")):
            env.setenv("BRIEFING_PUBLIC_URL", f"http://127.0.0.1:{port}")
            _, public = await look_at_reader()
            assert public.well
            assert said in public.state
            assert "briefing bot" in (public.mend or "")


@pytest.mark.parametrize("url", ["https://ann:password@example.org", "https://", f"https://{'x' * 70}.example"])
def test_a_public_address_that_cannot_be_one_is_told_in_a_line(url: str, env: pytest.MonkeyPatch) -> None:
    env.setenv("BRIEFING_PUBLIC_URL", url)
    public = examine_links(load_bot_settings())
    assert public.mend
    assert "password" not in public.state


# Settings and stores


@pytest.fixture
def nowhere(tmp_path: Path, env: pytest.MonkeyPatch) -> Path:
    """A data folder that is none, so that nothing is opened; and no token."""
    env.delenv("DISCORD_TOKEN")
    (tmp_path / "file").touch()
    return tmp_path / "file"


def test_names_that_no_setting_has_are_told_and_a_pasted_secret_is_not(nowhere: Path, env: pytest.MonkeyPatch) -> None:
    env.setenv("BRIEFING_DISCORD_TOKEN", "in the environment")
    env.setenv("MAPS_API_KEY", "for other programs")
    lines = ["BRIEFING_DATA_DRI=x", "MAPS_API_KEY=x", "BRIEFING_PUBLIC_URL=https://example.org", "briefing_workers=2"]
    lines += ["DISCORD_TOKEN=", TOKEN, f"{TOKEN}=x", "Sesame"]
    Path(".env").write_text("\n".join(lines), "utf-8")
    found = [each for each in examine(nowhere) if "no setting has that name" in each.state]
    assert [(each.state.split()[0], each.mend) for each in found] == [
        ("BRIEFING_DATA_DRI", "did you mean BRIEFING_DATA_DIR?"),
        ("BRIEFING_DISCORD_TOKEN", "did you mean DISCORD_TOKEN?"),
    ]


async def test_without_a_token_nothing_is_asked_of_discord_and_only_the_bot_needs_one(
    nowhere: Path, portal: Portal
) -> None:
    [told] = [each for each in await asyncio.to_thread(examine, nowhere) if each.subject == "Discord"]
    assert told.well
    assert "`briefing bot`" in told.state
    assert "https://discord.com/developers/applications" in (told.mend or "")
    assert not portal.requests


@pytest.fixture
def written_to(tmp_path: Path) -> Iterator[Path]:
    """A data folder whose catalog another one is writing to."""
    (tmp_path / "busy").mkdir()
    other = sqlite3.connect(tmp_path / "busy" / "catalog.sqlite3", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    yield tmp_path / "busy"
    other.close()


def test_a_catalog_that_another_process_is_writing_is_no_failure(
    written_to: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISCORD_TOKEN")
    monkeypatch.setattr("retrieval.storage.sqlite._PATIENCE", 0.05)
    [catalog] = [each for each in examine(written_to) if each.subject == "catalog"]
    assert catalog.well
    assert "another process" in catalog.state


@pytest.fixture
def polled(seeded: Path, tmp_path: Path, env: pytest.MonkeyPatch) -> Path:
    """A data folder with two feeds of which one fails; and no token."""
    env.delenv("DISCORD_TOKEN")
    feeds = "".join(f'<outline text="{name}" xmlUrl="{url}"/>' for name, url in FEEDS.items())
    shutil.copytree(seeded, tmp_path / "data", symlinks=True)
    with open_briefing(Settings(data_dir=tmp_path / "data")) as briefing:
        briefing.feeds.import_feeds(f"<opml><body>{feeds}</body></opml>".encode())
        briefing.feeds.poll()
        briefing.feeds.import_feeds(b'<opml><body><outline xmlUrl="https://a.example/feed"/></body></opml>')
    return tmp_path / "data"


FEEDS = {"Harbour \x1b[31m Herald": "http://10.0.0.1/feed"}


def test_a_failing_feed_is_told_by_name_with_its_reason_and_is_no_failure_of_ours(
    polled: Path, env: pytest.MonkeyPatch
) -> None:
    env.setenv("BRIEFING_POLL_MINUTES", "0")
    found = [each for each in examine(polled) if each.subject == "feeds"]
    assert found and all(each.well for each in found)
    many, failing, polling = found
    assert many.state == "2 feeds, 1 failing"
    assert "http://10.0.0.1/feed" in failing.state
    assert "not on the public internet" in failing.state
    assert "never read" in failing.state
    assert "`briefing feeds remove 1`" in (failing.mend or "")
    assert "`briefing bot` reads none" in polling.state
    assert "`briefing feeds poll`" in (polling.mend or "")
    assert "\x1b" not in terminal_reports.findings(found)


def test_fetching_from_this_machine_is_warned_of(nowhere: Path, env: pytest.MonkeyPatch) -> None:
    env.setenv("BRIEFING_ALLOW_LOOPBACK", "true")
    [warned] = [each for each in examine(nowhere) if "BRIEFING_ALLOW_LOOPBACK" in each.state]
    assert warned.mend == "unset it: it is for tests"


async def test_the_doctor_fails_until_all_is_mended_and_says_how(
    seeded: Path, tmp_path: Path, portal: Portal, env: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(seeded, tmp_path / "data", symlinks=True)

    async def doctor() -> tuple[int, str]:
        status = await asyncio.to_thread(run, ["doctor", "--data-dir", str(tmp_path / "data")])
        output = capsys.readouterr()
        assert TOKEN not in output.out + output.err
        return status, output.out

    env.setenv("DISCORD_TOKEN", "MTIzNDU2Nzg5.Stale.one")
    status, shown = await doctor()
    assert status == 1
    assert "FAIL Discord: Discord refuses the token in DISCORD_TOKEN\n     fix: at https://discord.com" in shown

    env.setenv("DISCORD_TOKEN", TOKEN)
    portal.servers[7] = ("Policy team", discord.Permissions(view_channel=True, send_messages=True).value)
    status, shown = await doctor()
    assert status == 1
    assert "FAIL server 7: on “Policy team” the bot may not attach files, read message history" in shown
    assert f"\nok   invite link: {portal.invite}\n" in shown

    portal.servers[7] = ("Policy team", PERMISSIONS.value)
    status, shown = await doctor()
    assert status == 0
    assert "BAD" not in shown
