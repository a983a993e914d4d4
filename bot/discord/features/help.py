"""`/help`, `/about`, `/status`, `/privacy`, and the greeting on a server that the bot joins, with example questions."""

from __future__ import annotations

import asyncio
import io
import logging
from functools import partial
from importlib.metadata import version

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.client import BotCog, BriefingBot
from bot.discord.context import Context, Interaction, guild_of, scope, scopes, words_at, words_of
from bot.discord.controls import Control, begin_counted, begin_private
from bot.discord.errors import UNSENT
from bot.discord.features.answer_buttons import ExampleButton
from bot.discord.places import on_servers
from bot.presentation import wording
from bot.presentation.discord import help as wordings
from bot.presentation.discord import servers
from bot.presentation.discord.help import deleted, kept, sure
from bot.presentation.discord.markdown import split
from bot.presentation.json_output import dump
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.domain.articles import Filter, Searched

_log = logging.getLogger(__name__)


class HelpCog(BotCog):
    """Help at hand, seen by the one who asks."""

    @app_commands.command(name="help", description="All commands, by what you want to do.")
    async def help_(self, interaction: Interaction) -> None:
        """List the commands as links that open them."""
        tree = self._bot.tree
        leaves = [each for each in tree.walk_commands() if isinstance(each, app_commands.Command)]
        words = words_of(interaction)
        named = [wordings.Command(each.qualified_name, words(each.description)) for each in leaves]
        menus = [
            words.named("command", each.name)
            for each in tree.get_commands()
            if isinstance(each, app_commands.ContextMenu)
        ]
        reply = await begin_private(interaction)
        await reply.deliver(
            wordings.overview(named, menus, self._bot.command_ids, words, self._bot.settings.plain_messages)
        )

    @app_commands.command(description="What I am, what I know, and who sees what.")
    async def about(self, interaction: Interaction) -> None:
        """Describe the bot."""
        bot, seen = self._bot, Filter(scopes=scopes(guild_of(interaction)))
        reply = await begin_private(interaction)
        newest, count = await asyncio.to_thread(bot.briefing.articles.page, seen, "", 0, 1)
        known = Searched(count, newest[0].metadata.day or None if newest else None)
        mention = partial(wordings.mention, ids=bot.command_ids)
        await reply.deliver(
            [wordings.about(version("briefing"), known, bot.settings.chat_model, mention, words_of(interaction))]
        )


class StatusCog(BotCog):
    """The state of the bot, by command."""

    @app_commands.command(description="The stored articles and feeds, and how busy I am.")
    @app_commands.default_permissions(manage_guild=True)
    @on_servers
    async def status(self, interaction: Interaction) -> None:
        """Show the articles and feeds that this server's answers come from."""
        bot = self._bot
        reply = await begin_private(interaction)
        words, audiences = words_of(interaction), scopes(interaction.guild_id)
        shared, own = await bot.executor.run(lambda: [self._stored((each,), words) for each in audiences])
        lines = [
            words("For every server: {stored}.", stored=shared),
            words("For this server alone: {stored}.", stored=own),
            words(
                "Waiting for an answer: {number}. Discord answers in {milliseconds} ms.",
                number=bot.executor.busy,
                milliseconds=round(bot.latency * 1000),
            ),
        ]
        if interaction.guild_id:
            here = scope(interaction.guild_id)
            kept = bot.server_settings
            lines += [f"**{words('Settings')}**", *servers.summary(kept.server(here), kept.channels(here), words)]
        lines += filter(None, [await bot.executor.run(lambda: bot.shelf.index(interaction.guild_id, words))])
        await reply.deliver(split("\n".join(lines)))

    def _stored(self, scopes: tuple[str, ...], words: OwnWords) -> str:
        newest, count = self._bot.briefing.articles.page(Filter(scopes=scopes), count=1)
        feeds = servers.count(self._bot.briefing.feeds.coverage(scopes), words)
        if not count:
            return f"{words('no articles')}; {feeds}"
        stored = Searched(count, newest[0].metadata.day or None)
        return f"{wording.articles(count, words)}{wording.newest(stored, words)}; {feeds}"


class WelcomeCog(BotCog):
    """Greets a server once, and takes its pages away when the bot is removed from it."""

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Introduce the bot where it may write, else to the owner; never twice, also after it was removed."""
        bot, key = self._bot, f"welcomed {guild.id}"
        if not (bot.settings.welcome and bot.serves(guild.id)):
            return
        if await asyncio.to_thread(bot.briefing.catalog.fact, key):
            return
        # Before it is sent: better no greeting than two.
        await asyncio.to_thread(bot.briefing.catalog.remember, key, "yes")
        words = words_at(bot, guild)
        questions = await self._examples(guild.id, words)
        view = discord.ui.View(timeout=None)
        for question in questions:
            view.add_item(ExampleButton(question))
        text = wordings.welcome(partial(wordings.mention, ids=bot.command_ids), bool(questions), words)
        try:
            place = _place(guild) or await bot.fetch_user(guild.owner_id or 0)
            await (place.send(text, view=view) if questions else place.send(text))
        except UNSENT as refused:
            _log.info("no place for a greeting on server %d: %s", guild.id, refused)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Delete the pages of the server; all else stays for a while, for the bot may return."""
        await asyncio.to_thread(self._bot.shelf.pages.forget, str(guild.id))

    async def _examples(self, guild: int, words: OwnWords) -> list[str]:
        """Example questions in the server's language where its articles answer them so, else in English."""
        only, says = Filter(scopes=scopes(guild)), (words.said, ENGLISH.said)
        try:
            return await self._bot.executor.run(partial(self._bot.briefing.next_questions.examples, only, says))
        except Exception as error:
            _log.warning("no example questions for server %d: %s", guild, error)
            return []


def _place(guild: discord.Guild) -> discord.TextChannel | None:
    """The channel for messages of the system, or the first one that the bot may write in."""
    channels = [guild.system_channel, *sorted(guild.text_channels, key=lambda each: each.position)]
    for channel in channels:
        if channel and (may := channel.permissions_for(guild.me)).view_channel and may.send_messages:
            return channel
    return None


_LABELS = {"file": phrase("Get it as a file"), "ask": phrase("Delete it"), "delete": phrase("Delete for good")}
_FILE = "kept-about-me.json"


class PrivacyButton(Control, template=r"briefing:privacy:(file|ask|delete)"):
    """Sends what is kept of whoever clicks, or deletes it after asking."""

    def __init__(self, kind: str, label: str = "") -> None:
        style = discord.ButtonStyle.danger if kind == "delete" else discord.ButtonStyle.secondary
        id_ = f"briefing:privacy:{kind}"
        super().__init__(discord.ui.Button(label=label or _LABELS[kind], style=style, custom_id=id_))
        self._kind = kind

    async def clicked(self, interaction: Interaction) -> None:
        """Do what the button says, for the one who clicked."""
        await {"file": _send, "ask": _ask, "delete": _delete}[self._kind](interaction)


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
    reply = await begin_private(interaction)
    await bot.executor.run(partial(_forget, bot, str(interaction.user.id)))
    await reply.deliver([deleted(words_of(interaction))])


def _forget(bot: Context, person: str) -> None:
    # Else whoever has used up the day's limits would get them anew.
    gone = bot.briefing.privacy.forget_person(person, limits=False)
    bot.shelf.pages.forget_questions(gone.questions)


class PrivacyCog(BotCog):
    """What is kept of a person, by command."""

    @app_commands.command(description="What I keep about you: read it, get it as a file, or delete it.")
    async def privacy(self, interaction: Interaction) -> None:
        """Say what is kept, with buttons to get it or to have it deleted."""
        bot, words = self._bot, words_of(interaction)
        reply = await begin_counted(interaction)
        if reply is None:
            return
        service = bot.briefing.privacy
        about = await bot.executor.run(partial(service.about, str(interaction.user.id)))
        said = kept(about, service.days, words)
        await reply.deliver([said], _buttons(words, "file", "ask") if any(map(about.get, _OWN)) else None)


# The parts of the document that are the person's own to delete.
_OWN = ("questions", "votes", "schedules", "watches")


async def setup(bot: BriefingBot) -> None:
    """Called when the bot starts."""
    bot.add_dynamic_items(PrivacyButton)
    await bot.add_cog(HelpCog(bot))
    await bot.add_cog(StatusCog(bot))
    await bot.add_cog(WelcomeCog(bot))
    await bot.add_cog(PrivacyCog(bot))
