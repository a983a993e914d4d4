"""Checks of the token and of the bot's permissions, over Discord's HTTP interface."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import aiohttp
import discord

from bot.discord.client import PERMISSIONS
from bot.doctor import NEW_TOKEN, Finding
from bot.settings import PORTAL, BotSettings

_PAGE = 200  # the most servers in one response of Discord
_SECONDS = 10
# Permissions that Discord's pages call by a newer name.
_RENAMED = {"read_messages": "view_channels"}


@dataclass(frozen=True, slots=True)
class Server:
    """A server the bot is on, and its permissions there; a channel may take some away."""

    id: int
    name: str
    permissions: discord.Permissions


@dataclass(frozen=True, slots=True)
class Account:
    """The bot's account; `content` is True if it may read the text of messages."""

    name: str
    application: int
    content: bool
    servers: Sequence[Server]

    @property
    def invite(self) -> str:
        """The link that invites the bot with exactly the permissions it uses."""
        scopes = ("bot", "applications.commands")
        return discord.utils.oauth_url(self.application, permissions=PERMISSIONS, scopes=scopes)


def examine_discord(settings: BotSettings) -> list[Finding]:
    """Log in without the gateway, so that a running bot is not disturbed. No finding shows the token."""
    token = settings.discord_token.get_secret_value().strip()
    if not token.isascii() or not token.isprintable() or " " in token:
        # Not sent: the error about such a header would show it.
        return [_bad("DISCORD_TOKEN does not hold a token", NEW_TOKEN)]
    try:
        account = asyncio.run(_log_in(token))
    except discord.LoginFailure:
        return [_bad("Discord refuses the token in DISCORD_TOKEN", NEW_TOKEN)]
    except discord.HTTPException as error:
        return [_bad(f"Discord answers with an error ({error.status})", "try again in a while")]
    except (aiohttp.ClientError, OSError) as error:
        why = f"no answer in {_SECONDS} s" if isinstance(error, TimeoutError) else str(error)
        mend = "let this machine reach https://discord.com, without a proxy, and try again"
        return [_bad(f"cannot reach Discord: {why}", mend)]
    return list(_describe(account, settings))


def _bad(state: str, mend: str) -> Finding:
    return Finding("Discord", state, False, mend)


async def _log_in(token: str) -> Account:
    async with asyncio.timeout(_SECONDS), discord.Client(intents=discord.Intents.none()) as client:
        await client.login(token)
        about = await client.application_info()
        content = about.flags.gateway_message_content or about.flags.gateway_message_content_limited
        return Account(str(client.user), about.id, content, await _servers(client))


async def _servers(client: discord.Client) -> list[Server]:
    """The servers, read from the raw response: discord.py's objects lack the permissions."""
    found: list[Server] = []
    while True:
        page = await client.http.get_guilds(_PAGE, after=found[-1].id if found else None, with_counts=False)
        found += (
            Server(int(each["id"]), each["name"], discord.Permissions(int(each.get("permissions", 0)))) for each in page
        )
        if len(page) < _PAGE:
            return found


def _describe(account: Account, settings: BotSettings) -> Iterator[Finding]:
    yield Finding("Discord", f"logged in as {account.name}")
    yield Finding("invite link", account.invite)
    if settings.message_content and not account.content:
        where = f"{PORTAL}/{account.application}/bot"
        mend = f"switch on Message Content Intent at {where}, or set BRIEFING_MESSAGE_CONTENT=false"
        yield Finding("message content", "BRIEFING_MESSAGE_CONTENT is on, but Discord does not allow it", False, mend)
    if not account.servers and not settings.guilds:
        yield Finding("servers", "the bot is on no server yet", mend=f"invite it with {account.invite}")
    for server in account.servers:
        yield _describe_server(server, settings.guilds, account.invite)
    for missing in sorted(settings.guilds - {server.id for server in account.servers}):
        mend = f"invite it with {account.invite}, or remove the number from BRIEFING_GUILDS"
        yield Finding(f"server {missing}", "BRIEFING_GUILDS names it, but the bot is not on it", False, mend)


def _describe_server(server: Server, served: frozenset[int], invite: str) -> Finding:
    subject = f"server {server.id}"
    if served and server.id not in served:
        return Finding(subject, f"“{server.name}” is ignored: BRIEFING_GUILDS does not name it")
    lacking = discord.Permissions(0 if server.permissions.administrator else PERMISSIONS.value)
    # Without reactions only an hourglass is missing: older invitations stay good.
    lacking.add_reactions = False
    lacking.value &= ~server.permissions.value
    names = [_RENAMED.get(name, name).replace("_", " ") for name, lacks in lacking if lacks]
    if not names:
        return Finding(subject, f"the bot may do all it needs on “{server.name}”, where no channel forbids it")
    mend = f"give its role there these permissions, or invite it again with {invite}"
    return Finding(subject, f"on “{server.name}” the bot may not {', '.join(names)}", False, mend)
