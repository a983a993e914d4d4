"""`/watch`, for the people who manage a server: topics whose news are told in a channel."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.audience import scope
from bot.discord.choices import zones
from bot.discord.client import BriefingBot
from bot.discord.context import Context, Interaction, is_served
from bot.discord.delivery.channel_watches import ChannelWatch, Rhythm
from bot.discord.delivery.poster import RefusedError
from bot.discord.delivery.posting import lacking
from bot.discord.delivery.quiet_hours import QuietHours, parse_hours
from bot.discord.delivery.timetable import parse_zone
from bot.discord.errors import report
from bot.discord.places import Destination, DestinationOption, on_servers
from bot.discord.responders import InteractionResponder, begin
from bot.presentation.discord import rendering
from bot.presentation.discord.deliveries import TOPIC, hours, watch_line
from bot.presentation.discord.markdown import clean_line, escape, small
from bot.presentation.message_splitting import split
from retrieval.domain.watches import WatchedFor
from retrieval.errors import QuestionError

_MOST = 25  # watches of a server: as many as Discord offers for completion
_NOTICES = 100  # the highest bound of notices a day
_REMOVE = re.compile(r"briefing:watch:remove:(\d{1,12})")

_Named = app_commands.Range[int, 1]
_ONLY: dict[str, WatchedFor] = {"changes": "changes", "disagreements": "disagreements", "anything new": "anything"}


class RemoveWatchButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=_REMOVE):
    """Removes a watch. Its id holds the number of the watch, so it works after a restart."""

    def __init__(self, watch: int) -> None:
        style = discord.ButtonStyle.danger
        super().__init__(discord.ui.Button(label="Remove", style=style, custom_id=f"briefing:watch:remove:{watch}"))
        self._watch = watch

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> RemoveWatchButton:
        """The button as it was before a restart."""
        return cls(int(match[1]))

    async def callback(self, interaction: Interaction) -> None:
        """Remove the watch, if the person still manages the server."""
        try:
            if not await is_served(interaction):
                return
            if not interaction.permissions.manage_guild:
                raise app_commands.CheckFailure
            bot: Context = interaction.client
            # Not in the bot's executor: the click is not acknowledged yet.
            gone = await asyncio.to_thread(bot.watches.remove, self._watch, scope(interaction.guild_id))
            line = f"Watch {self._watch} is removed." if gone else _unknown(self._watch)
            await interaction.response.edit_message(content=line, view=None)
        except Exception as error:
            await report(interaction, error)


@app_commands.default_permissions(manage_guild=True)
@on_servers
class WatchCog(commands.GroupCog, group_name="watch", group_description="Topics whose news are told"):
    """The watched topics of a server."""

    def __init__(self, bot: BriefingBot) -> None:
        self._bot = bot

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
        begun = await begin(interaction, lambda: _topic(topic), private=True)
        if begun is None:
            return
        about, reply = begun
        place = str(channel.id if channel else interaction.channel_id)
        try:
            if lacks := lacking(await self._bot.poster.place(place), None):
                raise RefusedError(f"I need the permission {', '.join(lacks)} there")
            add = partial(self._add, interaction, place, about, when, _ONLY[only])
            kept = await self._bot.executor.run(add)
            [line] = await self._describe([kept], kept.watch.scope)
            lines = [f"Watch {line}.", "What the articles say of it now is no news."]
            lines.append(hours(await self._bot.executor.run(partial(self._bot.watches.hours, kept.watch.scope))))
        except RefusedError as refused:
            lines = [f"I could not post in <#{place}>: {refused}."]
        except QuestionError as error:
            lines = [rendering.line(str(error))]
        await reply.deliver(["\n".join(lines)])

    def _add(
        self, interaction: Interaction, channel: str, topic: str, rhythm: Rhythm, only: WatchedFor
    ) -> ChannelWatch:
        kept, here = self._bot.watches, scope(interaction.guild_id)
        there = kept.of(here)
        if len(there) >= _MOST:
            raise QuestionError(f"This server already has {_MOST} watches, the most it can have. Remove one first.")
        topic, state = self._bot.briefing.watches.begin(here, topic)
        same = (each for each in there if each.channel == channel and each.watch.topic.lower() == topic.lower())
        if known := next(same, None):
            raise QuestionError(f"Watch {known.watch.id} tells this channel about that topic already.")
        return kept.add(here, topic, state, only, channel, rhythm, str(interaction.user.id))

    async def _describe(self, kept: Sequence[ChannelWatch], here: str) -> list[str]:
        bot = self._bot
        schedules = await bot.executor.run(partial(bot.schedules.of, here))
        digests = {each.channel for each in schedules if not each.paused}
        return [watch_line(each, digests, bot.delivery_worker.reasons.get(each.channel)) for each in kept]

    @app_commands.command(name="list", description="The watched topics of this server, and its quiet hours.")
    async def list_(self, interaction: Interaction) -> None:
        """Describe the watches, one line each."""
        reply = InteractionResponder(interaction, private=True)
        await reply.begin()
        here = scope(interaction.guild_id)
        found = await self._bot.executor.run(partial(self._bot.watches.of, here))
        lines = await self._describe(found, here) or ["No watches yet: `/watch add` makes one."]
        lines.append(hours(await self._bot.executor.run(partial(self._bot.watches.hours, here))))
        await reply.deliver(split("\n".join(lines)))

    @app_commands.command(description="Pause a watch: its news wait.")
    @app_commands.describe(watch="The number of the watch")
    async def pause(self, interaction: Interaction, watch: _Named) -> None:
        """Stop telling for a while."""
        done = "is paused: `/watch resume` starts it again."
        await self._change(interaction, self._bot.watches.pause, watch, done)

    @app_commands.command(description="Resume a paused watch: what came in meanwhile is told too.")
    @app_commands.describe(watch="The number of the watch")
    async def resume(self, interaction: Interaction, watch: _Named) -> None:
        """Tell again."""
        await self._change(interaction, self._bot.watches.resume, watch, "runs again.")

    async def _change(
        self, interaction: Interaction, change: Callable[[int, str], bool], watch: int, done: str
    ) -> None:
        reply = InteractionResponder(interaction, private=True)
        await reply.begin()
        changed = await self._bot.executor.run(partial(change, watch, scope(interaction.guild_id)))
        await reply.deliver([f"Watch {watch} {done}" if changed else _unknown(watch)])

    @app_commands.command(description="Remove a watch.")
    @app_commands.describe(watch="The number of the watch")
    async def remove(self, interaction: Interaction, watch: _Named) -> None:
        """Ask before what the watch has seen is forgotten."""
        reply = InteractionResponder(interaction, private=True)
        await reply.begin()
        if (found := await self._find(interaction, watch)) is None:
            await reply.deliver([_unknown(watch)])
            return
        view = discord.ui.View(timeout=None)
        view.add_item(RemoveWatchButton(watch))
        topic = escape(clean_line(found.watch.topic))
        await reply.deliver([f"Remove watch {watch} on **{topic}**? News that are not told yet are dropped."], view)

    @app_commands.command(description="Show you alone what a notice would look like now.")
    @app_commands.describe(watch="The number of the watch")
    async def test(self, interaction: Interaction, watch: _Named) -> None:
        """Show the news as if all articles about the topic had just come in; nothing counts as told."""
        begun = await begin(interaction, lambda: watch, private=True)
        if begun is None:
            return
        bot, (_, reply) = self._bot, begun
        if (found := await self._find(interaction, watch)) is None:
            await reply.deliver([_unknown(watch)])
            return
        try:
            news = await bot.executor.run(partial(bot.briefing.watches.preview, found.watch))
        except QuestionError as error:
            await reply.deliver([rendering.line(str(error))])
            return
        if news is None:
            line = f"Nothing to show: the articles have nothing that watch {watch} would tell. It tells what comes in."
            await reply.deliver([line])
            return
        head = small(f"Test of watch {watch}: only you see this, and nothing counts as told.")
        first, *more = bot.watch_looks.compose([news], None)
        await reply.deliver([f"{head}\n{first}", *more])

    async def _find(self, interaction: Interaction, watch: int) -> ChannelWatch | None:
        kept = await self._bot.executor.run(partial(self._bot.watches.of, scope(interaction.guild_id)))
        return next((each for each in kept if each.watch.id == watch), None)

    @app_commands.command(description="Set the hours without notices, and the most notices a day, on this server.")
    @app_commands.describe(
        quiet="22:00-07:00, or none",
        zone="Time zone: start typing a city",
        most="The most notices a day; what is more comes the next day",
    )
    @app_commands.rename(quiet="hours")
    async def quiet(
        self,
        interaction: Interaction,
        quiet: app_commands.Range[str, 1, 40] | None = None,
        zone: app_commands.Range[str, 1, 60] | None = None,
        most: app_commands.Range[int, 1, _NOTICES] | None = None,
    ) -> None:
        """Change what is named, and say what holds now."""
        reply = InteractionResponder(interaction, private=True)
        await reply.begin()
        try:
            set_ = await self._bot.executor.run(partial(self._set_hours, interaction, quiet, zone, most))
        except QuestionError as error:
            await reply.deliver([rendering.line(str(error))])
            return
        await reply.deliver([hours(set_)])

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
        wanted = str(current).casefold()
        labels = ((each.watch.id, rendering.choice(_label(each))) for each in found)
        chosen = [(id_, label) for id_, label in labels if wanted in label.casefold()]
        return [app_commands.Choice(name=label, value=id_) for id_, label in chosen][:_MOST]

    @quiet.autocomplete("zone")
    async def _zones(self, _interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=name, value=name) for name in zones(current)[:_MOST]]


def _topic(text: str) -> str:
    if topic := " ".join(text.split()):
        return topic
    raise QuestionError("Name a topic.")


def _label(kept: ChannelWatch) -> str:
    return f"{kept.watch.id} · {kept.watch.topic}{' · paused' if kept.watch.paused else ''}"


def _unknown(watch: int) -> str:
    return f"This server has no watch {watch}: see `/watch list`."


async def setup(bot: BriefingBot) -> None:
    """Called by discord.py when the extension is loaded."""
    bot.add_dynamic_items(RemoveWatchButton)
    await bot.add_cog(WatchCog(bot))
