"""`/settings`, for the people who manage a server: one page of selects, and forms for what one types."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord.client import BotCog, BriefingBot
from bot.discord.context import Context, Interaction, scope, scopes, words_of
from bot.discord.controls import Control, values_of
from bot.discord.delivery.timetable import parse_time, parse_zone
from bot.discord.errors import report
from bot.discord.places import Destination, DestinationOption, channel_of, is_served, on_servers
from bot.discord.responders import take
from bot.discord.server_settings import Adding, Language, ServerSettings, Threads
from bot.presentation.discord import rendering
from bot.presentation.discord import servers as wordings
from bot.presentation.discord.markdown import small
from bot.presentation.words import ENGLISH, OwnWords, phrase
from retrieval.errors import QuestionError
from retrieval.question.calendar import parse_window
from retrieval.question.outlets import resolve_outlets

_FORM = re.compile(r"briefing:setform:(digest|filter):([0-9]+)")
_MOST = 25  # channels that a select takes
_KINDS = discord.ChannelType
_ASKABLE = [_KINDS.text, _KINDS.news, _KINDS.forum]
_SPEAKABLE = [*_ASKABLE, _KINDS.voice, _KINDS.stage_voice]
_NOT_YOURS = phrase("Only people who may manage this server can change its settings.")


class SettingItem(Control, template=r"briefing:set:([a-z]+):([0-9]+)"):
    """A select or button of the page. Its id names the setting and the channel that the page shows."""

    def __init__(self, item: discord.ui.Item[Any], name: str, channel: str) -> None:
        super().__init__(item)
        self._name, self._channel = name, channel

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> SettingItem:
        """The item as it was before a restart."""
        return cls(item, match[1], match[2])

    async def clicked(self, interaction: Interaction) -> None:
        """Store the choice and show the page as it is now, or open a form."""
        if not await _may_change(interaction):
            return
        bot: Context = interaction.client
        here, words = scope(interaction.guild_id), words_of(interaction)
        if form := _FORMS.get(self._name):
            await interaction.response.send_modal(form(bot, here, self._channel, words))
            return
        await take(interaction.response.defer())
        data: Any = interaction.data or {}
        await asyncio.to_thread(_choose, bot, here, self._name, list(data.get("values", ())))
        # In the language that may just have been chosen.
        page = settings_page(bot, here, self._channel, words_of(interaction))
        await interaction.edit_original_response(view=page)


async def _may_change(interaction: Interaction) -> bool:
    """True for those who may manage the server; the rights of a person may have changed since the page was made."""
    if not await is_served(interaction):
        return False
    if interaction.permissions.manage_guild:
        return True
    await interaction.response.send_message(words_of(interaction)(_NOT_YOURS), ephemeral=True)
    return False


def _choose(bot: Context, here: str, name: str, values: list[str]) -> None:
    kept = bot.server_settings
    if name in ("questions", "silent"):
        kept.choose_channels(here, name, values)
    elif name == "role":
        # Without a role, nobody gets more rights than they had.
        before = kept.server(here).adding
        adding = Adding.ROLE if values else Adding.MANAGERS if before is Adding.ROLE else before
        kept.change_server(here, adding=adding, adding_role=values[0] if values else "")
    else:
        read = {"threads": Threads, "language": Language, "adding": Adding, "private": "True".__eq__}[name]
        kept.change_server(here, **{name: read(values[0])})


class DigestForm(discord.ui.Modal):
    """Asks when digests are posted. `SettingsCog` handles the submitted form, also after a restart."""

    def __init__(self, bot: Context, here: str, channel: str, words: OwnWords) -> None:
        title = words("Digests of this server")
        super().__init__(title=title, timeout=900, custom_id=f"briefing:setform:digest:{channel}")
        now = bot.server_settings.server(here)
        time, zone = words("Time, where a schedule names none"), words("Time zone, where a schedule names none")
        self.add_item(_field("time", time, now.digest_time, "08:00"))
        self.add_item(_field("zone", zone, now.digest_zone, "Europe/Brussels"))


class FilterForm(discord.ui.Modal):
    """Asks which articles answer. `SettingsCog` handles the submitted form, also after a restart."""

    def __init__(self, bot: Context, here: str, channel: str, words: OwnWords) -> None:
        title = words("Questions in this channel")
        super().__init__(title=title, timeout=900, custom_id=f"briefing:setform:filter:{channel}")
        now = bot.server_settings.channel(here, channel)
        self.add_item(_field("outlet", words("Only articles of this outlet"), now.outlet, "Reuters"))
        since, until = words("2024-12-03, yesterday"), words("2025-12, 30 days ago")
        self.add_item(_field("since", words("Only articles of this day or later"), now.since, since))
        self.add_item(_field("until", words("Only articles of this day or earlier"), now.until, until))


_FORMS: Mapping[str, type[DigestForm] | type[FilterForm]] = {"digest": DigestForm, "filter": FilterForm}


def _field(name: str, label: str, now: str, example: str) -> discord.ui.TextInput[Any]:
    return discord.ui.TextInput(
        label=label, custom_id=name, default=now or None, placeholder=example, required=False, max_length=80
    )


def _fill(bot: Context, here: str, form: str, channel: str, said: Mapping[str, str]) -> None:
    """Check and store a submitted form.

    Raises:
        QuestionError: something in it cannot be understood.
    """
    if form == "digest":
        time = parse_time(said["time"]) if said["time"] else ""
        zone = parse_zone(said["zone"]) if said["zone"] else ""
        bot.server_settings.change_server(here, digest_time=time, digest_zone=zone)
        return
    parse_window(said["since"] or None, said["until"] or None)
    outlet = said["outlet"]
    if outlet:
        outlet = resolve_outlets([outlet], bot.briefing.corpus.outlets(scopes(int(here))))[0]
    bot.server_settings.change_channel(here, channel, outlet=outlet, since=said["since"], until=said["until"])


@dataclass(frozen=True, slots=True)
class _Shown:
    """The page that is made: of the settings of a server, with those of one channel."""

    bot: Context
    here: str
    channel: str
    words: OwnWords

    def select(self, name: str, said: str, options: Mapping[Any, str], now: object) -> list[discord.ui.Item[Any]]:
        """A line, and a select of one of these options."""
        chosen = [
            discord.SelectOption(label=self.words(label), value=str(value), default=value == now)
            for value, label in options.items()
        ]
        return self._row(name, said, discord.ui.Select(options=chosen, custom_id=self._id(name)))

    def channels(
        self, name: str, said: str, kinds: list[discord.ChannelType], now: Collection[str]
    ) -> list[discord.ui.Item[Any]]:
        """A line, and a select of any channels of these kinds."""
        select: discord.ui.ChannelSelect[Any] = discord.ui.ChannelSelect(
            custom_id=self._id(name),
            channel_types=kinds,
            min_values=0,
            max_values=_MOST,
            placeholder=self.words("No channel"),
            default_values=[discord.SelectDefaultValue.from_channel(discord.Object(int(each))) for each in now],
        )
        return self._row(name, said, select)

    def roles(self, server: ServerSettings) -> list[discord.ui.Item[Any]]:
        """A select of the role that may add articles."""
        now = [discord.Object(int(server.adding_role))] if server.adding_role else []
        select: discord.ui.RoleSelect[Any] = discord.ui.RoleSelect(
            custom_id=self._id("role"),
            min_values=0,
            placeholder=self.words("The role that may add articles"),
            default_values=[discord.SelectDefaultValue.from_role(each) for each in now],
        )
        return [discord.ui.ActionRow(SettingItem(select, "role", self.channel))]

    def form(self, name: str, said: str) -> list[discord.ui.Item[Any]]:
        """A line with the button that opens a form."""
        button: discord.ui.Button[Any] = discord.ui.Button(label=self.words("Change"), custom_id=self._id(name))
        return [discord.ui.Section(said, accessory=SettingItem(button, name, self.channel))]

    def _row(self, name: str, said: str, select: discord.ui.Item[Any]) -> list[discord.ui.Item[Any]]:
        return [discord.ui.TextDisplay(said), discord.ui.ActionRow(SettingItem(select, name, self.channel))]

    def _id(self, name: str) -> str:
        return f"briefing:set:{name}:{self.channel}"


def settings_page(bot: Context, here: str, channel: str, words: OwnWords = ENGLISH) -> discord.ui.LayoutView:
    """All settings of a server, and the filter of one channel."""
    server, channels = bot.server_settings.server(here), bot.server_settings.channels(here)
    shown = _Shown(bot, here, channel, words)
    asked = [each for each, settings in channels.items() if settings.questions][:_MOST]
    silent = [each for each, settings in channels.items() if settings.silent][:_MOST]
    warning = f"\n⚠️ {words(wordings.UNREADABLE)}" if asked and not bot.settings.message_content else ""
    filtered = wordings.filter_line(bot.server_settings.channel(here, channel), words)
    use = small(words("Used where `/schedule add` names no time."))
    digests = f"**{words('Digests')}**: {wordings.digest_line(server, words)}\n{use}"
    about = words("Questions in {channel}", channel=f"<#{channel}>")
    other = words("What a question names itself comes first. For another channel: `/settings channel:`")
    replies = words("**Answers to commands**, unless one asks otherwise")
    every = words("**Every message is a question** in these channels, every post in a forum")
    items = [
        discord.ui.TextDisplay(f"## {words('Settings of this server')}"),
        *shown.select("threads", words("**Threads**"), wordings.THREADS, server.threads),
        *shown.select("private", replies, wordings.PRIVATE, server.private),
        *shown.select("language", words("**Language of my own words**"), wordings.LANGUAGES, server.language),
        *shown.select("adding", words("**Adding articles**"), wordings.ADDING, server.adding),
        *shown.roles(server),
        *shown.channels("questions", every + warning, _ASKABLE, asked),
        *shown.channels("silent", words("**Silent** in these: commands answer in private"), _SPEAKABLE, silent),
        *shown.form("digest", digests),
        *shown.form("filter", f"**{about}**: {filtered}\n{small(other)}"),
    ]
    return discord.ui.LayoutView(timeout=None).add_item(discord.ui.Container(*items))


class _HomeOption(DestinationOption):
    """A channel of a kind in which the bot is asked something; threads have the settings of their channel."""

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Named, since discord.py's own choice has a kind that Discord's document does not know."""
        return _SPEAKABLE


class SettingsCog(BotCog):
    """The settings of a server, by command."""

    @app_commands.command(description="How I behave on this server: channels, threads, privacy, digests, articles.")
    @app_commands.describe(channel="The channel whose filter to show. Default: this one")
    @app_commands.default_permissions(manage_guild=True)
    @on_servers
    async def settings(
        self,
        interaction: Interaction,
        channel: app_commands.Transform[Destination, _HomeOption] | None = None,
    ) -> None:
        """Show the page."""
        about = str(channel.id) if channel else channel_of(interaction.channel)
        view = settings_page(self._bot, scope(interaction.guild_id), about, words_of(interaction))
        await interaction.response.send_message(view=view, ephemeral=True)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Forget what was set for a channel."""
        kept, about = self._bot.server_settings, (scope(channel.guild.id), str(channel.id))
        await asyncio.to_thread(kept.forget_channel, *about)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Handle submitted forms, also the ones shown before a restart, which discord.py does not know."""
        data: Any = interaction.data or {}
        form = _FORM.fullmatch(data.get("custom_id", "")) if interaction.type.name == "modal_submit" else None
        if form is None or not await _may_change(interaction):
            return
        here, channel = scope(interaction.guild_id), form[2]
        try:
            await take(interaction.response.defer())
            said = {name: " ".join(value.split()) for name, value in values_of(data["components"]).items()}
            await asyncio.to_thread(partial(_fill, self._bot, here, form[1], channel, said))
            await interaction.edit_original_response(
                view=settings_page(self._bot, here, channel, words_of(interaction))
            )
        except QuestionError as error:
            await interaction.followup.send(rendering.told(error, words_of(interaction)), ephemeral=True)
        except Exception as error:
            await report(interaction, error)


async def setup(bot: BriefingBot) -> None:
    """Called when the bot starts."""
    bot.add_dynamic_items(SettingItem)
    await bot.add_cog(SettingsCog(bot))
