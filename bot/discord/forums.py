"""Posts in forums: the question that a post asks, and the tag that marks it as solved."""

from __future__ import annotations

import logging
from functools import partial

import discord

from bot.discord.errors import UNSENT
from bot.discord.sending import persist
from retrieval.question.followup import is_question

_log = logging.getLogger(__name__)

# The names that forums give their tag for a post with an answer.
_SOLVED = frozenset(("solved", "answered", "resolved", "gelöst", "résolu", "resuelto", "rozwiązane", "вирішено"))
_MOST_TAGS = 5
_LONGEST = 1500
_FORBIDDEN = "I may not set the forum's tag “{}” here: a server administrator can allow it (Manage Threads)."


def post_of(message: discord.Message) -> discord.Thread | None:
    """The post in a forum that a message opens."""
    channel = message.channel
    if not isinstance(channel, discord.Thread) or message.id != channel.id:
        return None
    return channel if isinstance(channel.parent, discord.ForumChannel) else None


def asked_in(post: discord.Thread, text: str) -> str:
    """The question of a post: its title, with its text where the title alone asks nothing."""
    if is_question(post.name) or not text:
        return post.name
    return f"{post.name}: {text}"[:_LONGEST]


async def mark_solved(channel: object, person: int) -> str:
    """Give a post the forum's tag for solved ones, if the person who opened it is helped.

    Returns a line that says why the tag could not be set, else an empty one.
    """
    if not isinstance(channel, discord.Thread) or not isinstance(channel.parent, discord.ForumChannel):
        return ""
    tag = next((each for each in channel.parent.available_tags if each.name.strip().casefold() in _SOLVED), None)
    tags = channel.applied_tags
    if tag is None or channel.owner_id != person or tag in tags or len(tags) >= _MOST_TAGS:
        return ""
    if not channel.permissions_for(channel.guild.me).manage_threads:
        return _FORBIDDEN.format(tag.name)
    try:
        await persist(partial(channel.edit, applied_tags=[*tags, tag], reason="The question was answered."))
    except UNSENT as refused:
        _log.info("post %s is not marked as solved: %s", channel.id, refused)
    return ""
