"""What a newcomer sees: the greeting on a server, `/help` and `/about`."""

from __future__ import annotations

import re
from typing import Any

import pytest
import simcord
from discord import app_commands

from bot.discord.context import scope
from bot.discord.server_settings import Language
from retrieval.domain.articles import Filter
from retrieval.services.briefing import Briefing
from tests.bot.conftest import Town
from tests.shown import read, said


async def join(town: Town, guild: simcord.GuildHandle) -> None:
    """The bot comes to a server, and has finished greeting it."""
    # Extensions are loaded anew for every bot, so the class is never the one imported here.
    cog: Any = town.bot.get_cog("WelcomeCog")
    joined = town.bot.get_guild(guild.id)
    assert joined
    await cog.on_guild_join(joined)


async def test_help_links_every_command_to_the_id_that_discord_gave_it(town: Town) -> None:
    for _ in range(2):
        result = await town.ann.slash(town.channel, "help")
        assert result.ephemeral
        shown, ids = said(result), town.bot.command_ids
        commands = [each for each in town.bot.tree.walk_commands() if isinstance(each, app_commands.Command)]
        assert len(commands) > 20
        for command in commands:
            assert (
                f"</{command.qualified_name}:{ids[command.qualified_name.split()[0]]}> {command.description}" in shown
            )
        assert "Check against sources" in shown
        assert (
            shown.index("**Ask**") < shown.index("**Keep up**") < shown.index("**For people who manage this server**")
        )
        # The ids are known after a restart, without registering the commands again.
        await town.restart()


async def test_help_names_commands_plainly_before_discord_has_given_ids(town: Town) -> None:
    town.bot.command_ids = {}
    shown = said(await town.ann.slash(town.channel, "help"))
    assert "`/ask`" in shown
    assert "</" not in shown


async def test_about_says_what_is_known_and_who_sees_what(town: Town) -> None:
    result = await town.ann.slash(town.channel, "about")
    assert result.ephemeral
    assert "This place sees 5 articles, the newest of 14 Dec 2025." in said(result)
    assert "seen on that server alone" in said(result)


@pytest.mark.parametrize("env", [{"welcome": True}], indirect=True)
async def test_a_server_is_greeted_once_with_questions_that_its_articles_answer(town: Town) -> None:
    await join(town, town.guild)
    (greeting,) = town.said()
    assert re.search(r"</feeds add:\d+>", read(greeting))
    assert "seen on that server alone" in read(greeting)
    await join(town, town.guild)
    await town.restart(welcome=True)
    await join(town, town.guild)
    assert len(town.said()) == 1
    labels = [button.label for row in greeting.components for button in row.children]  # type: ignore[union-attr]
    assert len(labels) == 3
    for label in labels:
        # The buttons were made before the restart.
        clicked = await town.ann.click(greeting, label=label)
        assert clicked.ephemeral
        assert "[1]" in said(clicked)


@pytest.mark.parametrize("env", [{"welcome": True}], indirect=True)
async def test_a_german_server_is_given_german_questions_where_its_articles_answer_them(town: Town) -> None:
    town.bot.server_settings.change_server(scope(town.guild.id), language=Language.GERMAN)
    await join(town, town.guild)
    (greeting,) = town.said()
    labels = [button.label for row in greeting.components for button in row.children]  # type: ignore[union-attr]
    assert labels[0] == "Was gibt es Neues zu Ukraine?" and labels[-1] == "Welche Artikel hast du?"
    assert "[1]" in said(await town.ann.click(greeting, label=labels[0]))


def test_a_headline_in_capitals_alone_gives_no_names(briefing: Briefing) -> None:
    # The newest title is "Ukraine Shifts Stance on NATO Amid Ongoing Peace Negotiations".
    first, second, _ = briefing.next_questions.examples(Filter())
    assert (first, second) == ("What is the latest on Ukraine?", "What did NATO say?")


@pytest.mark.parametrize("env", [{"welcome": True}], indirect=True)
async def test_where_the_bot_may_not_write_the_owner_is_greeted(town: Town) -> None:
    other = town.env.create_guild("Without channels")
    await town.env.settle()
    await join(town, other)
    assert town.said() == []
    assert greetings(town) == 1


def greetings(town: Town) -> int:
    posts = (each.json or {} for each in town.env.http_requests if each.method == "POST")
    return sum("Hello! I answer" in str(each.get("content", "")) for each in posts)


@pytest.mark.parametrize("env", [{"welcome": True, "guilds": frozenset({1})}], indirect=True)
async def test_a_server_that_is_not_served_is_not_greeted(town: Town) -> None:
    await join(town, town.guild)
    assert greetings(town) == 0
