"""What goes over the wire: every command is acknowledged before any work, and says what Discord's own schemas take."""

from __future__ import annotations

import asyncio
from pathlib import Path
from threading import Event
from typing import Any

import discord
import pytest
import simcord

from retrieval.services.briefing import Briefing
from tests.bot.conftest import Town, make_bot
from tests.bot.test_languages import speak
from tests.discord_rules import check_openapi, openapi
from tests.discord_server import DiscordServer
from tests.fakes import open_with
from tests.shown import read, said

QUESTIONS = 30
TOPIC, NATO = "Ukraine NATO membership", "Does Ukraine still want to join NATO?"
# Every command, in an order in which each finds what it is about.
EVERY: list[tuple[str, dict[str, Any]]] = [
    ("help", {}),
    ("about", {}),
    ("ask", {"question": NATO}),
    ("ask", {"question": "How many medals did Japan win in curling in 1998?"}),
    ("digest", {"since": "2024-12-01", "until": "2025-12-31"}),
    ("since", {}),
    ("brief", {"topic": TOPIC}),
    ("timeline", {"topic": TOPIC}),
    ("compare", {"topic": "NATO membership", "period_a": "2024-12", "period_b": "2025-12"}),
    ("sources list", {}),
    ("sources search", {"words": "NATO"}),
    ("sources show", {"article": "001_82df3489a97b2c5e.txt"}),
    ("feeds list", {}),
    ("schedule add", {"time": "08:00", "zone": "Europe/Berlin", "weekdays": "mon-fri"}),
    ("schedule list", {}),
    ("schedule test", {"schedule": 1}),
    ("schedule pause", {"schedule": 1}),
    ("schedule resume", {"schedule": 1}),
    ("schedule remove", {"schedule": 1}),
    ("watch add", {"topic": TOPIC}),
    ("watch list", {}),
    ("watch test", {"watch": 1}),
    ("watch pause", {"watch": 1}),
    ("watch resume", {"watch": 1}),
    ("watch quiet", {"hours": "22:00-06:00", "most": 1}),
    ("watch remove", {"watch": 1}),
    ("settings", {}),
    ("status", {}),
]


def boss_of(town: Town, env: simcord.Env) -> simcord.MemberActor:
    managers = town.guild.create_role("managers", permissions=discord.Permissions(manage_guild=True))
    return town.guild.add_member(env.create_user("boss"), roles=[managers])


@pytest.mark.slow
@pytest.mark.parametrize("locale", ["en-US", "de"])
async def test_every_command_sends_what_discords_schemas_take(
    town: Town, env: simcord.Env, monkeypatch: pytest.MonkeyPatch, locale: str
) -> None:
    speak(monkeypatch, locale)
    boss = boss_of(town, env)
    names = {
        each.qualified_name for each in town.bot.tree.walk_commands() if isinstance(each, discord.app_commands.Command)
    }
    missing = names - {name for name, _ in EVERY} - {"article add", "feeds add", "feeds remove", "feeds import"}
    for name, options in EVERY:
        where = {"channel": town.channel} if name == "schedule add" else {}
        before = len(env.http_requests)
        result = await boss.slash(town.channel, name, **options, **where)
        first = env.http_requests[before]
        assert first.path.endswith("/callback"), f"{name} was not acknowledged first"
        assert result.response and (read(result.response) or result.response.components), name
    message = await town.ann.send(town.channel, "Ukraine has given up its ambition to join NATO.")
    for menu in ("Check against sources", "Brief me on this", "Add to articles"):
        assert said(await boss.context_menu(town.channel, menu, message)), menu
    check_openapi(env.http_requests, openapi())
    # Commands of other parts are to be added above.
    assert missing <= {"privacy"}, missing


async def test_thirty_questions_at_once_are_all_acknowledged_before_any_is_worked_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = Event()
    with open_with(tmp_path / "data") as briefing:
        hold(briefing, free, monkeypatch)
        async with DiscordServer() as server, server.connected(make_bot(briefing)):
            try:
                asked = [
                    server.slash(server.general, f"person{number}", "ask", question=f"What was agreed in {number}?")
                    for number in range(QUESTIONS)
                ]
                await asyncio.gather(*asked)
                # None of them can be answered yet: what acknowledges them needs no work to end.
                await server.heard("POST", "/interactions/*/callback", QUESTIONS, timeout=60)
                assert not [each for each in server.requests if each.method == "PATCH" and not is_stage(each.json)]
            finally:
                free.set()
            await server.heard("PATCH", "/webhooks/*/@original", QUESTIONS, timeout=120)


def hold(briefing: Briefing, free: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no question be worked on until that is `free`."""
    ask = briefing.asking.ask

    def wait(*about: Any, **options: Any) -> Any:
        assert free.wait(300)
        return ask(*about, **options)

    monkeypatch.setattr(briefing.asking, "ask", wait)


def is_stage(body: Any) -> bool:
    """True for a line that says how far the work is, or that there is too much of it."""
    return str(body.get("content") or "").startswith(("⏳", "🔎", "I am answering as many questions"))
