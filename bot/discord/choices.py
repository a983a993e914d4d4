"""The choices that Discord offers while a user types an option."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any
from zoneinfo import available_timezones

import discord
from discord import app_commands

from bot.discord.audience import scopes
from bot.discord.context import guild_of
from bot.presentation.discord import rendering

# Offered before anything is typed.
_USUAL = ("UTC", "Europe/London", "Europe/Brussels", "Europe/Berlin", "Europe/Kyiv", "America/New_York")


async def outlets(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
    """The outlets that the server sees and whose names contain the typed text."""
    # Not in the bot's executor: choices that come after the work that waits there come too late.
    names = await asyncio.to_thread(interaction.client.briefing.corpus.outlets, scopes(guild_of(interaction)))
    # Discord allows 100 characters for a choice; a longer name can still be typed.
    found = [name for name in names if current.casefold() in name.casefold() and len(name) <= 100]
    return [app_commands.Choice(name=rendering.choice(name), value=name) for name in found[:25]]


def zones(typed: str) -> list[str]:
    """The time zones whose names contain the typed text; first the ones whose place begins with it."""
    wanted = "_".join(typed.split()).casefold()
    if not wanted:
        return list(_USUAL)
    found = [name for name in _places() if wanted in name.casefold()]
    found.sort(key=lambda name: not name.rpartition("/")[2].casefold().startswith(wanted))
    return found


@cache
def _places() -> list[str]:
    # Without Etc, whose zones have the opposite sign of what people expect.
    named = (name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix", "right")))
    return ["UTC", *sorted(named)]
