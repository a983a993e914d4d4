"""The choices that Discord offers while a user types an option."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
from discord import app_commands

from bot.discord.audience import scopes
from bot.discord.context import guild_of
from bot.presentation.discord import rendering


async def outlets(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
    """The outlets that the server sees and whose names contain the typed text."""
    # Not in the bot's executor: choices that come after the work that waits there come too late.
    names = await asyncio.to_thread(interaction.client.briefing.corpus.outlets, scopes(guild_of(interaction)))
    # Discord allows 100 characters for a choice; a longer name can still be typed.
    found = [name for name in names if current.casefold() in name.casefold() and len(name) <= 100]
    return [app_commands.Choice(name=rendering.choice(name), value=name) for name in found[:25]]
