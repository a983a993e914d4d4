"""`/watch`, for the people who manage a server: topics whose news are told in a channel."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.client import BotCog, BriefingBot
from bot.discord.context import Context, Interaction, scope, words_of
from bot.discord.controls import Control, begin_private, change, numbered, zone_choices
from bot.discord.delivery.attempts import RefusedError
from bot.discord.delivery.channel_watches import ChannelWatch, QuietHours, Rhythm, parse_hours
from bot.discord.delivery.posting import lacking
from bot.discord.delivery.timetable import parse_zone
from bot.discord.features.schedule import could_not_post
from bot.discord.places import Destination, DestinationOption, on_servers
from bot.discord.responders import begin
from bot.presentation.discord import rendering
from bot.presentation.discord.deliveries import TOPIC, hours, watch_line
from bot.presentation.discord.layouts import topped
from bot.presentation.discord.markdown import clean_line, escape, small, split
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.domain.reports import WatchedFor
from retrieval.errors import QuestionError

_MOST = 25  # watches of a server: as many as Discord offers for completion
_UNKNOWN = phrase("This server has no watch {number}: see `/watch list`.")
_NOTICES = 100  # the highest bound of notices a day
_HEAD = 200  # characters that a test leaves free for its head

_Named = app_commands.Range[int, 1]
_ONLY: dict[str, WatchedFor] = {"changes": "changes", "disagreements": "disagreements", "anything new": "anything"}


class RemoveWatchButton(Control, template=r"briefing:watch:remove:(\d{1,12})"):
    """Removes a watch. Its id holds the number of the watch."""

    def __init__(self, watch: str, words: OwnWords = ENGLISH) -> None:
        style, id_ = discord.ButtonStyle.danger, f"briefing:watch:remove:{watch}"
        super().__init__(discord.ui.Button(label=words("Remove"), style=style, custom_id=id_))
        self._watch = int(watch)

    async def clicked(self, interaction: Interaction) -> None:
        """Remove the watch, if the person still manages the server."""
        if not interaction.permissions.manage_guild:
            raise app_commands.CheckFailure
        bot: Context = interaction.client
        # Not in the bot's executor: the click is not acknowledged yet.
        gone = await asyncio.to_thread(bot.watches.remove, self._watch, scope(interaction.guild_id))
        line = phrase("Watch {number} is removed.") if gone else _UNKNOWN
        await interaction.response.edit_message(content=words_of(interaction)(line, number=self._watch), view=None)


@app_commands.default_permissions(manage_guild=True)
@on_servers
class WatchCog(BotCog, commands.GroupCog, group_name="watch", group_description="What is new about watched topics"):
    """The watched topics of a server."""

    @app_commands.command(
        description="Tell a channel once when a position changes, sources disagree, or there is news."
    )
    @app_commands.describe(
        topic="A topic or a question",
        channel="The channel or thread; this one by default",
        when="When to tell: at once by default",
        only="What to tell: anything new by default",
    )
    async def add(
        self,
        interaction: Interaction,
        topic: app_commands.Range[str, 1, TOPIC],
        channel: app_commands.Transform[Destination, DestinationOption] | None = None,
        when: Literal["at once", "hourly", "with the digest"] = "at once",
        only: Literal["changes", "disagreements", "anything new"] = "anything new",
    ) -> None:
        """Check that notices can be posted, watch the topic from now on, and describe the watch."""
        words = words_of(interaction)
        begun = await begin(interaction, lambda: _topic(topic, words), private=True)
        if begun is None:
            return
        about, reply = begun
        place = str(channel.id if channel else interaction.channel_id)
        try:
            if lacks := lacking(await self._bot.poster.place(place), None):
                raise RefusedError(words("I need the permission {names} there", names=", ".join(map(words, lacks))))
            add = partial(self._add, interaction, place, about, when, _ONLY[only])
            kept = await self._bot.executor.run(add)
            [line] = await self._describe([kept], kept.watch.scope, words)
            lines = [words("Watch {watch}.", watch=line), words("What the articles already say of it is no news.")]
            quiet = await self._bot.executor.run(partial(self._bot.watches.hours, kept.watch.scope))
            lines.append(hours(quiet, words))
        except RefusedError as refused:
            lines = [could_not_post(place, refused, words)]
        except QuestionError as error:
            lines = [rendering.told(error, words)]
        await reply.deliver(["\n".join(lines)])

    def _add(
        self, interaction: Interaction, channel: str, topic: str, rhythm: Rhythm, only: WatchedFor
    ) -> ChannelWatch:
        kept, here = self._bot.watches, scope(interaction.guild_id)
        there, words = kept.of(here), words_of(interaction)
        if len(there) >= _MOST:
            raise QuestionError(
                words("This server already has {number} watches, the most it can have. Remove one first.", number=_MOST)
            )
        topic, state = self._bot.briefing.watches.begin(here, topic)
        same = (each for each in there if each.channel == channel and each.watch.topic.lower() == topic.lower())
        if known := next(same, None):
            raise QuestionError(
                words("Watch {number} tells this channel about that topic already.", number=known.watch.id)
            )
        return kept.add(here, topic, state, only, channel, rhythm, str(interaction.user.id))

    async def _describe(self, kept: Sequence[ChannelWatch], here: str, words: OwnWords) -> list[str]:
        bot = self._bot
        schedules = await bot.executor.run(partial(bot.schedules.of, here))
        digests = {each.channel for each in schedules if not each.paused}
        reasons = bot.delivery_worker.reasons
        return [watch_line(each, digests, reasons.get(each.channel), words) for each in kept]

    @app_commands.command(name="list", description="The watched topics of this server, and its quiet hours.")
    async def list_(self, interaction: Interaction) -> None:
        """Describe the watches, one line each."""
        reply = await begin_private(interaction)
        here, words = scope(interaction.guild_id), words_of(interaction)
        found = await self._bot.executor.run(partial(self._bot.watches.of, here))
        lines = await self._describe(found, here, words) or [words("No watches yet: `/watch add` makes one.")]
        lines.append(hours(await self._bot.executor.run(partial(self._bot.watches.hours, here)), words))
        await reply.deliver(split("\n".join(lines)))

    @app_commands.command(description="Pause a watch: what is new waits until you resume it.")
    @app_commands.describe(watch="The number of the watch")
    async def pause(self, interaction: Interaction, watch: _Named) -> None:
        """Stop telling for a while."""
        done = phrase("Watch {number} is paused: `/watch resume` starts it again.")
        await change(interaction, self._bot.watches.pause, watch, done, _UNKNOWN)

    @app_commands.command(description="Resume a paused watch: what came in meanwhile is told too.")
    @app_commands.describe(watch="The number of the watch")
    async def resume(self, interaction: Interaction, watch: _Named) -> None:
        """Tell again."""
        done = phrase("Watch {number} runs again.")
        await change(interaction, self._bot.watches.resume, watch, done, _UNKNOWN)

    @app_commands.command(description="Remove a watch.")
    @app_commands.describe(watch="The number of the watch")
    async def remove(self, interaction: Interaction, watch: _Named) -> None:
        """Ask before what the watch has seen is forgotten."""
        reply, words = await begin_private(interaction), words_of(interaction)
        if (found := await self._find(interaction, watch)) is None:
            await reply.deliver([words(_UNKNOWN, number=watch)])
            return
        view = discord.ui.View(timeout=None)
        view.add_item(RemoveWatchButton(str(watch), words))
        topic = f"**{escape(clean_line(found.watch.topic))}**"
        line = words("Remove watch {number} on {topic}? What it has not told yet is lost.", number=watch, topic=topic)
        await reply.deliver([line], view)

    @app_commands.command(description="Show only you what a notice would look like now.")
    @app_commands.describe(watch="The number of the watch")
    async def test(self, interaction: Interaction, watch: _Named) -> None:
        """Show the news as if all articles about the topic had just come in; nothing counts as told."""
        begun = await begin(interaction, lambda: watch, private=True)
        if begun is None:
            return
        bot, (_, reply), words = self._bot, begun, words_of(interaction)
        if (found := await self._find(interaction, watch)) is None:
            await reply.deliver([words(_UNKNOWN, number=watch)])
            return
        try:
            news = await bot.executor.run(partial(bot.briefing.watches.preview, found.watch))
        except QuestionError as error:
            await reply.deliver([rendering.told(error, words)])
            return
        if news is None:
            nothing = phrase(
                "Nothing to show: the articles have nothing that watch {number} would tell. It only tells what is new."
            )
            await reply.deliver([words(nothing, number=watch)])
            return
        head = words("Test of watch {number}: only you see this, and nothing counts as told.", number=watch)
        first, *more = bot.watch_looks.shown([news], words, room=_HEAD)
        await reply.deliver([topped(first, small(head)), *more])

    async def _find(self, interaction: Interaction, watch: int) -> ChannelWatch | None:
        kept = await self._bot.executor.run(partial(self._bot.watches.of, scope(interaction.guild_id)))
        return next((each for each in kept if each.watch.id == watch), None)

    @app_commands.command(description="Set this server's quiet hours, and the most notices a day.")
    @app_commands.describe(
        quiet="22:00-07:00, or none",
        zone="Time zone: start typing a city",
        most="The most notices a day; what is more comes the next day",
    )
    @app_commands.rename(quiet="hours")
    @app_commands.autocomplete(zone=zone_choices)
    async def quiet(
        self,
        interaction: Interaction,
        quiet: app_commands.Range[str, 1, 40] | None = None,
        zone: app_commands.Range[str, 1, 60] | None = None,
        most: app_commands.Range[int, 1, _NOTICES] | None = None,
    ) -> None:
        """Change what is named, and say what holds now."""
        reply = await begin_private(interaction)
        try:
            set_ = await self._bot.executor.run(partial(self._set_hours, interaction, quiet, zone, most))
        except QuestionError as error:
            await reply.deliver([rendering.told(error, words_of(interaction))])
            return
        await reply.deliver([hours(set_, words_of(interaction))])

    def _set_hours(self, interaction: Interaction, quiet: str | None, zone: str | None, most: int | None) -> QuietHours:
        kept, here = self._bot.watches, scope(interaction.guild_id)
        found = kept.hours(here)
        if quiet:
            starts, ends = parse_hours(quiet)
            found = replace(found, starts=starts, ends=ends)
        found = replace(found, zone=parse_zone(zone) if zone else found.zone, most=most or found.most)
        if quiet or zone or most:
            kept.set_hours(here, found)
        return found

    @pause.autocomplete("watch")
    @resume.autocomplete("watch")
    @remove.autocomplete("watch")
    @test.autocomplete("watch")
    async def _watches(self, interaction: Interaction, current: int | str) -> list[app_commands.Choice[int]]:
        found = await asyncio.to_thread(self._bot.watches.of, scope(interaction.guild_id))
        return numbered({each.watch.id: _label(each, words_of(interaction)) for each in found}, current)


def _topic(text: str, words: OwnWords) -> str:
    if topic := " ".join(text.split()):
        return topic
    raise QuestionError(words("Name a topic."))


def _label(kept: ChannelWatch, words: OwnWords) -> str:
    paused = words("paused") if kept.watch.paused else ""
    return " · ".join(filter(None, (str(kept.watch.id), kept.watch.topic, paused)))


async def setup(bot: BriefingBot) -> None:
    """Called when the bot starts."""
    bot.add_dynamic_items(RemoveWatchButton)
    await bot.add_cog(WatchCog(bot))
