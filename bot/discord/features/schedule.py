"""`/schedule`, for the people who manage a server: digests at fixed times."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.client import BotCog, BriefingBot, Interaction
from bot.discord.context import scope, words_of
from bot.discord.controls import begin_counted, begin_private, change, numbered, zone_choices
from bot.discord.delivery.attempts import RefusedError
from bot.discord.delivery.posting import lacking
from bot.discord.delivery.schedules import Schedule
from bot.discord.delivery.timetable import Timetable, parse_time, parse_weekdays, parse_zone
from bot.discord.places import Destination, DestinationOption, on_servers
from bot.mail import Mail, MailError, check_allowed, read_addresses
from bot.presentation.digest_wording import TOPIC
from bot.presentation.discord import rendering
from bot.presentation.discord.deliveries import schedule_line, when
from bot.presentation.discord.layouts import topped
from bot.presentation.discord.markdown import small, split
from bot.presentation.words import OwnWords, phrase
from retrieval.errors import QuestionError, UnreachableError

_MOST = 20  # schedules of a server
_UNKNOWN = phrase("This server has no schedule {number}: see `/schedule list`.")
_NO_ZONE = phrase("You named no time zone, so this is UTC. For another, remove it and add it again with `zone`.")

_Named = app_commands.Range[int, 1]


@app_commands.default_permissions(manage_guild=True)
@on_servers
class ScheduleCog(BotCog, commands.GroupCog, group_name="schedule", group_description="Digests at fixed times"):
    """The scheduled digests of a server."""

    @app_commands.command(description="Post a digest in a channel at a time of day.")
    @app_commands.describe(
        channel="The channel or thread",
        time="When: 08:00, 8 am. Default: as set in /settings",
        zone="Time zone: start typing a city. Default: as set in /settings, else UTC",
        weekdays="Days: mon-fri, or Mo, We. Every day by default",
        topic="Only stories about this",
        role="Mention this role",
        roundup="Tell the whole week again, each story once. On Fridays by default",
        mail="Addresses that get it as an e-mail too",
    )
    @app_commands.autocomplete(zone=zone_choices)
    async def add(
        self,
        interaction: Interaction,
        channel: app_commands.Transform[Destination, DestinationOption],
        time: app_commands.Range[str, 1, 20] | None = None,
        zone: app_commands.Range[str, 1, 60] | None = None,
        weekdays: app_commands.Range[str, 1, 100] | None = None,
        topic: app_commands.Range[str, 1, TOPIC] | None = None,
        role: discord.Role | None = None,
        roundup: bool = False,
        mail: app_commands.Range[str, 1, 600] | None = None,
    ) -> None:
        """Check that the schedule can work, add it, and describe it."""
        reply = await begin_private(interaction)
        about, words = " ".join((topic or "").split()) or None, words_of(interaction)
        try:
            server = self._bot.server_settings.server(scope(interaction.guild_id))
            if not (at := time or server.digest_time):
                raise QuestionError(words("Name a time, such as 08:00, or set one for all with `/settings`."))
            zone = zone or server.digest_zone
            days = parse_weekdays(weekdays or ("friday" if roundup else "daily"))
            timetable = Timetable(parse_time(at), parse_zone(zone or "UTC"), days)
            addresses = self._addresses(mail or "", words)
            await self._check(str(channel.id), role, words)
            mentioned = str(role.id) if role else None
            options = {"topic": about, "role": mentioned, "roundup": roundup, "mail": addresses}
            add = partial(self._add, interaction, str(channel.id), timetable, options)
            made = schedule_line(await self._bot.executor.run(add), self._bot.clock(), words=words)
            lines = [words("Schedule {schedule}.", schedule=made)]
        except RefusedError as refused:
            lines = [could_not_post(str(channel.id), refused, words)]
        except QuestionError as error:
            lines = [rendering.told(error, words)]
        else:
            if not zone:
                lines.append(words(_NO_ZONE))
        await reply.deliver(["\n".join(lines)])

    async def _check(self, channel: str, role: discord.Role | None, words: OwnWords) -> None:
        if role and role.is_default():
            raise QuestionError(words("I do not mention everyone: name another role."))
        if lacks := lacking(await self._bot.poster.place(channel), role):
            need = words("I need the permission {names} there", names=", ".join(map(words, lacks)))
            if role and not role.mentionable:
                need = words("{need}, or let anyone mention {role}", need=need, role=f"<@&{role.id}>")
            raise RefusedError(need)

    def _mail(self, mail: Mail) -> None:
        if mailer := self._bot.settings.mailer:
            mailer.send(mail)

    def _addresses(self, mail: str, words: OwnWords) -> tuple[str, ...]:
        """The addresses, if mail may go there."""
        found = read_addresses(mail)
        if found and self._bot.settings.mailer is None:
            raise QuestionError(words("I send no mail: whoever runs me sets that up with BRIEFING_SMTP_URL."))
        check_allowed(found, self._bot.settings.mail_to)
        return found

    def _add(
        self, interaction: Interaction, channel: str, timetable: Timetable, options: Mapping[str, Any]
    ) -> Schedule:
        kept, here = self._bot.schedules, scope(interaction.guild_id)
        if len(kept.of(here)) >= _MOST:
            words = words_of(interaction)
            raise QuestionError(
                words(
                    "This server already has {number} schedules, the most it can have. Remove one first.", number=_MOST
                )
            )
        creator = str(interaction.user.id)
        return kept.add(here, channel, timetable, creator, self._bot.clock(), **options)

    @app_commands.command(name="list", description="The schedules of this server, and their state.")
    async def list_(self, interaction: Interaction) -> None:
        """Describe the schedules, one line each."""
        reply = await begin_private(interaction)
        bot = self._bot
        found = await bot.executor.run(partial(bot.schedules.of, scope(interaction.guild_id)))
        now, words = bot.clock(), words_of(interaction)
        lines = [schedule_line(each, now, each.reason, words) for each in found]
        none = words("No schedules yet: `/schedule add` makes one.")
        await reply.deliver(split("\n".join(lines)) if lines else [none])

    @app_commands.command(description="Pause a schedule.")
    @app_commands.describe(schedule="The number of the schedule")
    async def pause(self, interaction: Interaction, schedule: _Named) -> None:
        """Stop a schedule for a while."""
        done = phrase("Schedule {number} is paused: `/schedule resume` starts it again.")
        await change(interaction, self._bot.schedules.pause, schedule, done, _UNKNOWN)

    @app_commands.command(description="Resume a paused schedule.")
    @app_commands.describe(schedule="The number of the schedule")
    async def resume(self, interaction: Interaction, schedule: _Named) -> None:
        """Start a schedule again."""
        resume = partial(self._bot.schedules.resume, now=self._bot.clock())
        await change(interaction, resume, schedule, phrase("Schedule {number} runs again."), _UNKNOWN)

    @app_commands.command(description="Remove a schedule.")
    @app_commands.describe(schedule="The number of the schedule")
    async def remove(self, interaction: Interaction, schedule: _Named) -> None:
        """Remove a schedule."""
        done = phrase("Schedule {number} is removed.")
        await change(interaction, self._bot.schedules.remove, schedule, done, _UNKNOWN)

    @app_commands.command(
        description="Post its digest now as a test: nobody is mentioned, and the next digest repeats the stories."
    )
    @app_commands.describe(schedule="The number of the schedule")
    async def test(self, interaction: Interaction, schedule: _Named) -> None:
        """Post as the schedule would, and say where, or why that failed."""
        bot = self._bot
        reply = await begin_counted(interaction)
        if reply is None:
            return
        kept = await bot.executor.run(partial(bot.schedules.of, scope(interaction.guild_id)))
        found = next((each for each in kept if each.id == schedule), None)
        unknown = words_of(interaction)(_UNKNOWN, number=schedule)
        await reply.deliver([await self._try(interaction, found) if found else unknown])

    async def _try(self, interaction: Interaction, schedule: Schedule) -> str:
        bot, words = self._bot, words_of(interaction)
        test = phrase("Test of schedule {number}: nobody is mentioned, and the next digest repeats these stories.")
        head = small(words(test, number=schedule.id))
        try:
            composed = await bot.scheduled_digests.compose(schedule, bot.clock(), trying=True)
            for mail in composed.mails:
                await asyncio.to_thread(self._mail, mail)
            pages = topped(composed.pages[0], head), *composed.pages[1:]
            menus = *(None for _ in pages[1:]), composed.menu
            messages = [
                await bot.poster.send(schedule.channel, page, f"t{interaction.id}/{number}", None, menu)
                for number, (page, menu) in enumerate(zip(pages, menus, strict=True))
            ]
        except RefusedError as refused:
            return could_not_post(schedule.channel, refused, words)
        except MailError as error:
            return words("I could not mail it: {reason}.", reason=rendering.told(error, words))
        except UnreachableError:
            where = f"<#{schedule.channel}>"
            return words("Discord did not accept my message in {channel}. Please try again.", channel=where)
        link = f"<https://discord.com/channels/{interaction.guild_id}/{schedule.channel}/{messages[0]}>"
        if mailed := len(composed.mails):
            return words.many(
                "Posted, and mailed to {count} address: {link}",
                "Posted, and mailed to {count} addresses: {link}",
                mailed,
                link=link,
            )
        return words("Posted: {link}", link=link)

    @pause.autocomplete("schedule")
    @resume.autocomplete("schedule")
    @remove.autocomplete("schedule")
    @test.autocomplete("schedule")
    async def _schedules(self, interaction: Interaction, current: int | str) -> list[app_commands.Choice[int]]:
        found = await asyncio.to_thread(self._bot.schedules.of, scope(interaction.guild_id))
        return numbered({each.id: _label(each, interaction.guild, words_of(interaction)) for each in found}, current)


def could_not_post(channel: str, refused: RefusedError, words: OwnWords) -> str:
    """The line for a channel in which nothing can be posted."""
    return words("I could not post in {channel}: {reason}.", channel=f"<#{channel}>", reason=words.said(refused.line))


def _label(schedule: Schedule, guild: discord.Guild | None, words: OwnWords) -> str:
    channel = guild and guild.get_channel_or_thread(int(schedule.channel))
    where = f"#{channel.name}" if channel else words("a channel that is gone")
    roundup = words("roundup of the week") if schedule.roundup else ""
    paused = words("paused") if schedule.paused else ""
    parts = (str(schedule.id), where, when(schedule, words), schedule.topic, roundup, paused)
    return " · ".join(filter(None, parts))


async def setup(bot: BriefingBot) -> None:
    """Called when the bot starts."""
    await bot.add_cog(ScheduleCog(bot))
