"""Feedback on answers: helpful, or not helpful with an optional reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import discord

from bot.discord.audience import scope
from bot.discord.context import Context, Interaction, guild_of
from bot.discord.errors import report
from bot.discord.languages import words_of
from bot.discord.places import mark_solved
from bot.discord.responders import InteractionResponder, take
from bot.presentation.discord.layouts import Page
from bot.presentation.words import OwnWords, phrase
from retrieval.storage.conversations import voter_of

FORGOTTEN = phrase("I no longer have this answer. Please ask the question again.")
_FORM = re.compile(r"briefing:reason:([0-9a-f]{16})")


class ReasonForm(discord.ui.Modal):
    """Asks why an answer was not helpful. `take_reason` handles the submitted form, also after a restart."""

    def __init__(self, key: str, words: OwnWords) -> None:
        super().__init__(title=words("Not helpful"), timeout=900, custom_id=f"briefing:reason:{key}")
        reason: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="reason",
            label=words("What was wrong? (optional)"),
            style=discord.TextStyle.paragraph,
            required=False,
            max_length=1000,
        )
        self.add_item(reason)

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Do nothing: `take_reason` handles the form."""


async def praise(interaction: Interaction, key: str) -> None:
    """Store that an answer was helpful."""
    await InteractionResponder(interaction, private=True).begin()
    await tell(interaction, [await _judge(interaction, key, helpful=True)])


async def blame(interaction: Interaction, key: str) -> None:
    """Store that an answer was not helpful, and ask for the reason."""
    await take(interaction.response.send_modal(ReasonForm(key, words_of(interaction))))
    await _judge(interaction, key, helpful=False)


async def take_reason(interaction: Interaction) -> None:
    """Store the reason from a submitted form; ignore other forms."""
    data: Any = interaction.data or {}
    form = _FORM.fullmatch(data.get("custom_id", ""))
    if not form:
        return
    try:
        await InteractionResponder(interaction, private=True).begin()
        reason = values_of(data["components"]).get("reason", "").strip() or None
        await tell(interaction, [await _judge(interaction, form[1], helpful=False, reason=reason)])
    except Exception as error:
        await report(interaction, error)


def values_of(components: Sequence[Any]) -> dict[str, str]:
    """The values of the fields of a form by their ids, at any depth."""
    values: dict[str, str] = {}
    for each in components:
        if "value" in each:
            values[each["custom_id"]] = str(each["value"] or "")
        values |= values_of([*each.get("components", ()), *([each["component"]] if "component" in each else ())])
    return values


async def tell(interaction: Interaction, pages: Sequence[Page], buttons: discord.ui.View | None = None) -> None:
    """Answer the person who clicked, privately."""
    await InteractionResponder(interaction, private=True).deliver(pages, buttons)


async def _judge(interaction: Interaction, key: str, helpful: bool, reason: str | None = None) -> str:
    """Store the feedback of a person on an answer; return the line that thanks them."""
    bot: Context = interaction.client
    voter, words = voter_of(key, str(interaction.user.id)), words_of(interaction)
    keep = partial(bot.briefing.feedback.judge, key, scope(guild_of(interaction)), voter, helpful, reason)
    if not await bot.quick.run(keep):
        return words(FORGOTTEN)
    if not helpful:
        return words("Thank you, noted.")
    return f"{words('Thank you, noted.')} {await mark_solved(interaction.channel, interaction.user.id)}".rstrip()
