"""What somebody is told when something fails: one honest line, and nothing of the machine behind it."""

from __future__ import annotations

import logging
import secrets

import aiohttp
import discord
from discord import app_commands

from bot.presentation.discord import rendering
from retrieval.errors import BriefingError, BusyError, EmbeddingError, NotFoundError, QuestionError, StoreError
from retrieval.executor import CrowdedError

_log = logging.getLogger(__name__)

CROWDED = "I am answering as many questions as I can right now. Please ask again in a minute."
UNTAKEN = "Discord did not accept my answer. Please ask again."
# What lies behind these is the operator's to mend; their own lines name folders and settings.
_BEHIND = {
    BusyError: "The articles are being changed right now. Please try again in a minute.",
    EmbeddingError: "The embedding model does not answer. The operator of this bot can find the cause",
    StoreError: "I cannot read the articles right now. The operator of this bot can find the cause",
}
_INTERNAL = "Something went wrong on my side. The operator of this bot can find the cause"
# What sending may end with: what Discord refuses, a connection that breaks, and, of discord.py's own, an answer of
# Discord's front door that it takes for JSON.
UNSENT = (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError, TypeError)
# What Discord refuses once an interaction, message, channel or server is gone: there is nobody left to tell.
GONE = frozenset({10003, 10004, 10008, 10015, 10062, 50027})
# What Discord refuses where an interaction was taken before: its receipt may have been lost.
TAKEN = 40060


def explain(error: BaseException) -> str:
    """The line for the person who asked; what they cannot mend themselves is logged, and its mark is in the line."""
    error = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if isinstance(error, CrowdedError):
        return CROWDED
    if isinstance(error, (QuestionError, NotFoundError)):
        return rendering.line(str(error))
    if isinstance(error, app_commands.CheckFailure):
        return "You may not use this command here."
    if isinstance(error, (discord.HTTPException, aiohttp.ClientError)):
        _log.warning("not answered: %s", error)
        return UNTAKEN
    line = next((line for kind, line in _BEHIND.items() if isinstance(error, kind)), None)
    if isinstance(error, BusyError) and line:
        return line
    mark = secrets.token_hex(3)
    _log.error("failure %s", mark, exc_info=None if isinstance(error, BriefingError) else error)
    if isinstance(error, BriefingError):
        _log.error("failure %s: %s", mark, error)
    return f"{line or _INTERNAL} in the log under `{mark}`."


async def report(interaction: discord.Interaction, error: BaseException) -> None:
    """Tell the person who clicked or commanded, privately, whatever state the interaction is in."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if is_gone(cause) or is_taken(cause):
        _log.info("nobody left to answer: %s", cause)
        return
    line = explain(error)
    try:
        if interaction.response.type is discord.InteractionResponseType.modal:
            # The original response of a click that opened a form is the message it was made on.
            await interaction.followup.send(line, ephemeral=True)
        elif interaction.response.is_done() or not await _respond(interaction, line):
            # In the place of what was begun: an edit may be tried again, and stands there once.
            await interaction.edit_original_response(content=line)
    except UNSENT as refused:
        _log.warning("could not say %r: %s", line, refused)


async def _respond(interaction: discord.Interaction, line: str) -> bool:
    """Whether the line could be the first that the interaction is answered with."""
    try:
        await interaction.response.send_message(line, ephemeral=True)
    except discord.HTTPException as refused:
        if not is_taken(refused):
            raise
        return False
    return True


def is_taken(error: BaseException | None) -> bool:
    """Whether an interaction is answered already."""
    return isinstance(error, discord.HTTPException) and error.code == TAKEN


def is_gone(error: BaseException | None) -> bool:
    """Whether what was to be answered exists no longer."""
    return isinstance(error, discord.HTTPException) and error.code in GONE
