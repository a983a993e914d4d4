"""What people think of an answer: praise, or blame with a reason if they like to give one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import discord

from bot.discord.audience import scope
from bot.discord.context import Context, Interaction
from bot.discord.errors import report
from bot.discord.responders import InteractionResponder, take

FORGOTTEN = "I no longer have this answer. Please ask the question again."
_FORM = re.compile(r"briefing:reason:([0-9a-f]{16})")


class ReasonForm(discord.ui.Modal, title="Not helpful"):
    """Asks what was wrong with an answer. What is filled in comes to `take_reason`, also after a restart."""

    reason: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id="reason",
        label="What was wrong? (optional)",
        style=discord.TextStyle.paragraph,
        required=False,
        max_length=1000,
    )

    def __init__(self, key: str) -> None:
        super().__init__(timeout=900, custom_id=f"briefing:reason:{key}")

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Nothing: `take_reason` has it."""


async def praise(interaction: Interaction, key: str) -> None:
    """Keep that an answer was helpful."""
    await InteractionResponder(interaction, private=True).begin()
    await tell(interaction, [await _judge(interaction, key, helpful=True)])


async def blame(interaction: Interaction, key: str) -> None:
    """Keep that it was not, before a reason comes and where none does."""
    await take(interaction.response.send_modal(ReasonForm(key)))
    await _judge(interaction, key, helpful=False)


async def take_reason(interaction: Interaction) -> None:
    """Keep what a form was filled in with; other forms are left alone."""
    data: Any = interaction.data or {}
    form = _FORM.fullmatch(data.get("custom_id", ""))
    if not form:
        return
    try:
        await InteractionResponder(interaction, private=True).begin()
        reason = next(_values(data["components"]), "").strip() or None
        await tell(interaction, [await _judge(interaction, form[1], helpful=False, reason=reason)])
    except Exception as error:
        await report(interaction, error)


def _values(components: Sequence[Any]) -> Iterator[str]:
    """What stands in the fields of a form, however they are nested."""
    for each in components:
        if "value" in each:
            yield str(each["value"] or "")
        yield from _values([*each.get("components", ()), *([each["component"]] if "component" in each else ())])


async def tell(interaction: Interaction, pages: list[str]) -> None:
    """Answer whoever clicked, privately."""
    await InteractionResponder(interaction, private=True).deliver(pages)


async def _judge(interaction: Interaction, key: str, helpful: bool, reason: str | None = None) -> str:
    """Keep what somebody thinks of an answer; the line to thank with."""
    bot: Context = interaction.client
    # Tells people apart within one answer, and says of nobody who it was.
    voter = hashlib.sha256(f"{key} {interaction.user.id}".encode()).hexdigest()[:16]
    keep = partial(bot.briefing.feedback.judge, key, scope(interaction.guild_id), voter, helpful, reason)
    return "Thank you, noted." if await bot.executor.run(keep) else FORGOTTEN
