"""Errors as users see them: one line that names no folder, setting or address of the machine."""

from __future__ import annotations

import logging
import secrets
from typing import Literal

import aiohttp
import discord
from discord import app_commands

from bot.discord.context import words_of
from bot.observing import ShownFailure
from bot.presentation.discord import rendering
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval import observing
from retrieval.errors import BriefingError, BusyError, EmbeddingError, NotFoundError, QuestionError, StoreError
from retrieval.executor import CrowdedError

_log = logging.getLogger(__name__)

CROWDED = phrase("I am answering as many questions as I can right now. Please ask again in a minute.")
UNTAKEN = phrase("Discord did not accept my answer. Please ask again.")
# Errors that only the operator can solve. Their own messages name folders and settings, so users do not see them.
_OPERATORS = {
    BusyError: phrase("The articles are being changed right now. Please try again in a minute."),
    EmbeddingError: phrase("The embedding model does not answer."),
    StoreError: phrase("I cannot read the articles right now."),
}
_INTERNAL = phrase("Something went wrong on my side.")
# The errors of sending: a refusal by Discord, a broken connection, and the TypeError of discord.py for an answer of
# Discord's proxy that is not JSON.
UNSENT = (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError, TypeError)
# The codes of Discord for an interaction, message, channel or server that no longer exists.
GONE = frozenset({10003, 10004, 10008, 10015, 10062, 50027})
# The code of Discord for a message whose form it does not accept.
_MALFORMED = 50035
# The code of Discord for an interaction that was acknowledged before, perhaps without our seeing it.
TAKEN = 40060
_ON_A_MESSAGE = (discord.InteractionResponseType.modal, discord.InteractionResponseType.deferred_message_update)


def explain(error: BaseException, words: OwnWords = ENGLISH) -> str:
    """The line for the person who asked. It names the mark in the log of an error that they cannot solve."""
    error = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if isinstance(error, CrowdedError):
        return words(CROWDED)
    if isinstance(error, (QuestionError, NotFoundError)):
        return rendering.told(error, words)
    if isinstance(error, app_commands.CheckFailure):
        return words("You may not use this command here.")
    if isinstance(error, (discord.HTTPException, aiohttp.ClientError)):
        _log.warning("not answered: %s", error)
        return words(UNTAKEN)
    line = next((line for kind, line in _OPERATORS.items() if isinstance(error, kind)), None)
    if isinstance(error, BusyError) and line:
        return words(line)
    mark = observing.step_id() or secrets.token_hex(4)
    observing.tell(ShownFailure(_cause(error)))
    if isinstance(error, BriefingError):
        _log.error("failure %s: %s", mark, error)
    else:
        _log.error("failure %s", mark, exc_info=error)
    cause = words("The operator of this bot can find the cause in the log under `{mark}`.", mark=mark)
    return f"{words(line or _INTERNAL)} {cause}"


def _cause(error: BaseException) -> Literal["store", "embedding", "internal"]:
    if isinstance(error, StoreError):
        return "store"
    return "embedding" if isinstance(error, EmbeddingError) else "internal"


async def report(interaction: discord.Interaction, error: BaseException) -> None:
    """Tell the person privately, in whatever state the interaction is."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    if is_gone(cause) or is_taken(cause):
        _log.info("there is no place left for an answer: %s", cause)
        return
    line = explain(error, words_of(interaction))
    try:
        if interaction.response.type in _ON_A_MESSAGE:
            # The original response is the message of the button, which is not the place for a line.
            await interaction.followup.send(line, ephemeral=True)
        elif interaction.response.is_done() or not await _respond(interaction, line):
            # An edit may be tried again without showing the line twice.
            await interaction.edit_original_response(content=line)
    except UNSENT as refused:
        _log.warning("an error could not be said: %s", refused)


async def _respond(interaction: discord.Interaction, line: str) -> bool:
    """Send the line as the first response; return False if the interaction has one already."""
    try:
        await interaction.response.send_message(line, ephemeral=True)
    except discord.HTTPException as refused:
        if not is_taken(refused):
            raise
        return False
    return True


def is_malformed(error: BaseException | None) -> bool:
    """True if Discord does not accept the form of a message."""
    return isinstance(error, discord.HTTPException) and error.code == _MALFORMED


def is_taken(error: BaseException | None) -> bool:
    """True if the interaction was acknowledged before."""
    return isinstance(error, discord.HTTPException) and error.code == TAKEN


def is_gone(error: BaseException | None) -> bool:
    """True if the interaction, message, channel or server no longer exists."""
    return isinstance(error, discord.HTTPException) and error.code in GONE
