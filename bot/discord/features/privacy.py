"""`/privacy`: what is kept of a person, as a file, or deleted. Nobody else sees it."""

from __future__ import annotations

import io
import re
from functools import partial
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.client import BriefingBot
from bot.discord.context import Context, Interaction
from bot.discord.errors import report
from bot.discord.languages import words_of
from bot.discord.places import is_served
from bot.discord.responders import InteractionResponder
from bot.presentation.discord.help import deleted, kept, sure
from bot.presentation.json_output import dump
from bot.presentation.words import OwnWords, phrase

_LABELS = {"file": phrase("Get it as a file"), "ask": phrase("Delete it"), "delete": phrase("Delete for good")}
_FILE = "kept-about-me.json"


class PrivacyButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"briefing:privacy:(file|ask|delete)"):
    """Sends what is kept of whoever clicks, or deletes it after asking."""

    def __init__(self, kind: str, label: str = "") -> None:
        style = discord.ButtonStyle.danger if kind == "delete" else discord.ButtonStyle.secondary
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label or _LABELS[kind], style=style, custom_id=f"briefing:privacy:{kind}"
        )
        super().__init__(button)
        self._kind = kind

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> PrivacyButton:
        """The button as it was before a restart."""
        return cls(match[1])

    async def callback(self, interaction: Interaction) -> None:
        """Do what the button says, for the one who clicked."""
        try:
            if await is_served(interaction):
                await {"file": _send, "ask": _ask, "delete": _delete}[self._kind](interaction)
        except Exception as error:
            await report(interaction, error)


def _buttons(words: OwnWords, *kinds: str) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for kind in kinds:
        view.add_item(PrivacyButton(kind, words(_LABELS[kind])))
    return view


async def _send(interaction: Interaction) -> None:
    """Send what is kept as a file."""
    bot: Context = interaction.client
    await interaction.response.defer(ephemeral=True, thinking=True)
    about = await bot.executor.run(partial(bot.briefing.privacy.about, str(interaction.user.id)))
    file = discord.File(io.BytesIO(dump(about).encode()), _FILE)
    await interaction.followup.send(file=file, ephemeral=True)


async def _ask(interaction: Interaction) -> None:
    words = words_of(interaction)
    await interaction.response.send_message(sure(words), view=_buttons(words, "delete"), ephemeral=True)


async def _delete(interaction: Interaction) -> None:
    bot: Context = interaction.client
    reply = InteractionResponder(interaction, private=True)
    await reply.begin()
    await bot.executor.run(partial(_forget, bot, str(interaction.user.id)))
    await reply.deliver([deleted(words_of(interaction))])


def _forget(bot: Context, person: str) -> None:
    # Else whoever has used up the day's limits would get them anew.
    gone = bot.briefing.privacy.forget_person(person, limits=False)
    bot.shelf.pages.forget_questions(gone.questions)


class PrivacyCog(commands.Cog):
    """What is kept of a person, by command."""

    def __init__(self, bot: BriefingBot) -> None:
        self._bot = bot

    @app_commands.command(description="What I keep about you: read it, get it as a file, or delete it.")
    async def privacy(self, interaction: Interaction) -> None:
        """Say what is kept, with buttons to get it or to have it deleted."""
        bot, words = self._bot, words_of(interaction)
        if line := await bot.count_question(interaction.user.id, words):
            await interaction.response.send_message(line, ephemeral=True)
            return
        reply = InteractionResponder(interaction, private=True)
        await reply.begin()
        service = bot.briefing.privacy
        about = await bot.executor.run(partial(service.about, str(interaction.user.id)))
        said = kept(about, service.days, words)
        await reply.deliver([said], _buttons(words, "file", "ask") if any(map(about.get, _OWN)) else None)


# The parts of the document that are the person's own to delete.
_OWN = ("questions", "votes", "schedules", "watches")


async def setup(bot: BriefingBot) -> None:
    """Called by discord.py when the extension is loaded."""
    bot.add_dynamic_items(PrivacyButton)
    await bot.add_cog(PrivacyCog(bot))
