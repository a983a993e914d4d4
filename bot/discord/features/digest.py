"""`/digest` and `/since`: the stories of one day or several, a page at a time, and the buttons that turn the pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.client import BriefingBot
from bot.discord.context import Context, Interaction, guild_of, scope, scopes, words_of
from bot.discord.controls import Control, StoryMenu, pager, turn, with_menu
from bot.discord.delivery.timetable import due_between
from bot.discord.places import channel_of
from bot.discord.responders import begin
from bot.discord.sending import text_of
from bot.presentation import digest_wording, files
from bot.presentation.digest_wording import TOPIC
from bot.presentation.discord.digests import menu, pages
from bot.presentation.discord.layouts import Page, footed
from bot.presentation.discord.markdown import small
from bot.presentation.links import best_link, short_link
from bot.presentation.words import OwnWords, phrase
from bot.web.published import leading_line
from retrieval.domain.articles import Filter
from retrieval.domain.reports import Digest
from retrieval.errors import QuestionError
from retrieval.nlp.markup import visible
from retrieval.question.calendar import parse_day, parse_window
from retrieval.services.briefing import Briefing

# The id of a button holds the topic, and may have no more than 100 characters in all.
_TURN = re.compile(rf"briefing:(digest|since):([0-9-]{{10}}):([0-9-]{{10}}):([0-9]{{1,3}}):(.{{0,{TOPIC}}})")
_NONE_YET = phrase("No digest has been posted in this channel yet: these are the last seven days.")
_LOOK = timedelta(days=9)
Days = Literal["today", "yesterday", "the last week"]


class DigestButton(Control, template=_TURN):
    """Turns a digest to a page. Its id holds the days and the topic.

    Its `kind` is "since" for a digest of the news that the channel has not received.
    """

    def __init__(
        self, kind: str, since: str, until: str, page: str, topic: str, label: str = "…", disabled: bool = False
    ) -> None:
        id_ = f"briefing:{kind}:{since}:{until}:{page}:{topic}"
        super().__init__(discord.ui.Button(label=label, custom_id=id_, disabled=disabled))
        self._only, self._page, self._topic, self._here = Filter(since, until), int(page), topic, kind == "since"

    async def clicked(self, interaction: Interaction) -> None:
        """Replace the page by the one of this button."""
        await turn(
            interaction, partial(_page, interaction, self._only, self._topic, self._page, self._here, turned=True)
        )


async def send_digest(
    interaction: Interaction, window: Callable[[], Filter | None], topic: str | None, private: bool | None
) -> None:
    """Send the digest of these days. For None, send the news that the channel has not received, without marking it.

    `window` may raise `QuestionError`.
    """
    bot: Context = interaction.client
    if (begun := await begin(interaction, window, private)) is None:
        return
    only, reply = begun
    here = only is None
    if only is None:
        only = await bot.executor.run(partial(_untold, bot.briefing, str(interaction.channel_id)))
    topic = " ".join((topic or "").split())
    page, view = await _page(interaction, only, topic, 0, here, turned=False, kept=not reply.private)
    await reply.deliver([page], view)


def _untold(briefing: Briefing, destination: str) -> Filter:
    """From the day before the last digest, for articles that came in late, until today; without one, the last week."""
    today, last = date.today(), briefing.digests.last(destination)
    first = last.astimezone().date() - timedelta(1) if last else today - timedelta(6)
    return Filter(first.isoformat(), today.isoformat())


async def _page(
    interaction: Interaction,
    only: Filter,
    topic: str,
    number: int,
    here: bool,
    turned: bool,
    kept: bool = False,
) -> tuple[Page, discord.ui.View | None]:
    """A page of the digest as the server sees it, and the buttons that turn the page.

    What is `kept` can be read as a web page too, where the bot has an address; a page that is `turned` goes on leading
    there.
    """
    bot: Context = interaction.client
    only = replace(only, scopes=scopes(guild_of(interaction)))
    destination = str(interaction.channel_id) if here else None
    channel = channel_of(interaction.channel)
    digest = await bot.executor.run(partial(_compose, bot, only, topic, destination, channel, turned))
    opening = ""
    words = words_of(interaction)
    if here and digest.last is None:
        due = await bot.executor.run(partial(_first_due, bot, interaction, words))
        opening = small(" ".join(filter(None, (words(_NONE_YET), due))))
    link, short = (partial(each, bases=bot.settings.bases) for each in (best_link, short_link))
    plain = bot.settings.plain_messages
    found = pages(digest, topic, link, bot.shelf.room, opening, short=short, plain=plain, words=words)
    number = min(number, len(found) - 1)
    line = leading_line(text_of(interaction.message)) if turned and interaction.message else ""
    if kept and digest.stories:
        line = await bot.executor.run(partial(_keep, bot, guild_of(interaction), digest, topic, words))
    found[number] = footed(found[number], line) if line else found[number]
    make = partial(DigestButton, "since" if here else "digest", str(digest.since), str(digest.until), topic=topic)
    buttons = pager(make, (words("◀ Back"), words("More ▶")), number, 1, len(found))
    return found[number], with_menu(buttons, menu(digest, topic, words), words)


def _keep(bot: Context, guild: int | None, digest: Digest, topic: str, words: OwnWords) -> str:
    title = digest_wording.days(digest, topic, visible, words)
    make = partial(files.digest_page, digest, topic, bot.settings.bases, words=words)
    return bot.shelf.keep(guild, "digest", title, make, words)


def _first_due(bot: Context, interaction: Interaction, words: OwnWords) -> str:
    """A sentence with the moment of the first digest that a schedule is to post in the channel, if there is one."""
    now, channel = bot.clock(), str(interaction.channel_id)
    planned = (each for each in bot.schedules.of(scope(guild_of(interaction))) if each.channel == channel)
    moments = [due for each in planned if not each.paused for due in due_between(each.timetable, now, now + _LOOK)]
    if not moments:
        return ""
    return words("The first is due {moment}.", moment=f"<t:{int(min(moments).timestamp())}:F>")


def _compose(bot: Context, only: Filter, topic: str, destination: str | None, channel: str, turned: bool) -> Digest:
    """The digest; where a page is turned, the one computed before, unless there are new articles or posts."""
    briefing = bot.briefing
    last = briefing.digests.last(destination) if destination else None
    asked = briefing.catalog.state(), only.scopes, topic, destination, channel, last
    digest = bot.digests.get((*asked, only.since, only.until)) if turned else None
    if digest is None:
        digest = briefing.digests.compose(only, topic or None, destination, channel)
        # The buttons name the days that the digest turned out to be of.
        bot.digests.put((*asked, digest.since, digest.until), digest)
    return digest


class DigestCog(commands.Cog):
    """Digests by command."""

    @app_commands.command(description="The stories of one day or several, with their sources.")
    @app_commands.rename(on="date")
    @app_commands.describe(
        days="Which days. Default: the day of the newest article",
        on="One day, or a month: 2024-12-03, 2024-12",
        since="From this day on: 2024-12-03, 2024-12, yesterday",
        until="Up to this day",
        topic="Only stories about this",
        private="Show it only to you",
    )
    async def digest(
        self,
        interaction: Interaction,
        days: Days | None = None,
        on: str | None = None,
        since: str | None = None,
        until: str | None = None,
        topic: app_commands.Range[str, 1, TOPIC] | None = None,
        private: bool | None = None,
    ) -> None:
        """Show the stories, a page at a time."""
        await send_digest(interaction, partial(_window, days, on, since, until, words_of(interaction)), topic, private)


def _window(days: Days | None, on: str | None, since: str | None, until: str | None, words: OwnWords) -> Filter:
    if sum(map(bool, (days, on, since or until))) > 1:
        raise QuestionError(words("Name the days in one way only: days, date, or since and until."))
    return _named(days, date.today()) if days else parse_window(on or since, on or until)


def _named(days: Days, today: date) -> Filter:
    back = {"today": (0, 0), "yesterday": (1, 1), "the last week": (6, 0)}[days]
    first, last = (today - timedelta(each) for each in back)
    return Filter(first.isoformat(), last.isoformat())


class SinceCog(commands.Cog):
    """The news since a day, by command."""

    @app_commands.command(description="What is new since a day, or since the last digest in this channel.")
    @app_commands.rename(on="date")
    @app_commands.describe(
        topic="Only stories about this",
        on="From this day on: 2024-12-03, yesterday. Default: what this channel has not received",
        private="Show it only to you",
    )
    async def since(
        self,
        interaction: Interaction,
        topic: app_commands.Range[str, 1, TOPIC] | None = None,
        on: str | None = None,
        private: bool | None = None,
    ) -> None:
        """Show the stories, a page at a time."""
        await send_digest(interaction, partial(_since, on, date.today(), words_of(interaction)), topic, private)


def _since(since: str | None, today: date, words: OwnWords) -> Filter | None:
    if not since:
        return None
    first = parse_day(since, today=today)
    if first > today:
        raise QuestionError(words("{day} is in the future.", day=words.day(first.isoformat())))
    return Filter(first.isoformat(), today.isoformat())


async def setup(bot: BriefingBot) -> None:
    """Called when the bot starts."""
    bot.add_dynamic_items(DigestButton, StoryMenu)
    await bot.add_cog(DigestCog())
    await bot.add_cog(SinceCog())
