"""The bot as a whole: its commands, who it works for, and that nothing holds it up."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import discord
import simcord

from bot.discord.client import PERMISSIONS
from retrieval.bootstrap import open_briefing
from retrieval.services.briefing import Briefing
from retrieval.settings import Settings
from tests.bot.conftest import Town, make_bot

NATO = "Does Ukraine still want to join NATO?"


def syncs(env: simcord.Env) -> int:
    return sum(each.method == "PUT" and each.path.endswith("/commands") for each in env.http_requests)


async def test_discord_is_told_of_the_commands_once(town: Town) -> None:
    assert syncs(town.env) == 1
    await town.restart()
    assert syncs(town.env) == 1
    await town.env.restart_bot(make_bot(town.bot.briefing, sync=True))
    assert syncs(town.env) == 2


async def test_what_discord_shows_of_the_commands_names_no_class(town: Town) -> None:
    shown = json.dumps([command.to_dict(town.bot.tree) for command in town.bot.tree.get_commands()])
    assert "Ask the articles a question" in shown
    assert "Check against sources" in shown
    assert "Cog" not in shown


async def test_no_privileged_intent_is_asked_for_unless_the_settings_do(briefing: Briefing) -> None:
    intents = make_bot(briefing).intents
    assert not (intents.message_content or intents.members or intents.presences)
    assert make_bot(briefing, message_content=True).intents.message_content


async def test_nobody_is_ever_pinged(briefing: Briefing) -> None:
    allowed = make_bot(briefing).allowed_mentions
    assert allowed
    assert not (allowed.everyone or allowed.users or allowed.roles or allowed.replied_user)


def test_only_harmless_permissions_are_asked_for() -> None:
    elevated = discord.Permissions.elevated()
    assert not PERMISSIONS.value & elevated.value
    assert not PERMISSIONS.mention_everyone


async def test_what_the_command_line_brings_in_is_followed_within_seconds(
    town: Town, briefing: Briefing, tmp_path: Path
) -> None:
    await asyncio.to_thread(briefing.health.try_vectors)  # the bot's process holds the vector index
    (tmp_path / "new.md").write_text("The harbour bridge was closed to lorries because of rust.\n")
    with open_briefing(Settings(data_dir=tmp_path / "data")) as command_line:
        await asyncio.to_thread(command_line.articles.ingest, [tmp_path / "new.md"])
    assert pending(tmp_path / "data")
    await town.env.advance_time(10)
    assert not pending(tmp_path / "data")


def pending(data_dir: Path) -> int:
    """The number of passages that are not in the vector index yet."""
    with closing(sqlite3.connect(data_dir / "catalog.sqlite3")) as connection:
        return int(connection.execute("SELECT count(*) FROM changes").fetchone()[0])
