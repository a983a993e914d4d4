"""discord.py's own clients work against the stand-in, and meet the faults ordered of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import discord
import pytest
from discord import app_commands

from tests.discord_rules import check
from tests.discord_server import DiscordServer


class Press(discord.ui.View):
    """A button that answers, follows up, and changes the message it stands under."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Sources", custom_id="sources")
    async def press(self, interaction: discord.Interaction, _button: discord.ui.Button[Press]) -> None:
        await interaction.response.send_message("Here they are.", ephemeral=True)
        await (await interaction.original_response()).edit(content="Here they were.")
        more = await interaction.followup.send("And more.", ephemeral=True, wait=True)
        await more.edit(content="No more.")
        await interaction.followup.send("Done.")


class Echo(discord.Client):
    """Repeats what it is told, by message and by `/say`, and keeps what went wrong."""

    def __init__(self, intents: discord.Intents | None = None) -> None:
        super().__init__(intents=intents or discord.Intents.default(), allowed_mentions=discord.AllowedMentions.none())
        self.tree = app_commands.CommandTree(self)
        self.failures: list[BaseException] = []
        self.failed = asyncio.Event()

        @self.tree.command(description="Say something.")
        async def say(interaction: discord.Interaction, words: str) -> None:
            try:
                await interaction.response.defer()
                await interaction.edit_original_response(content=words)
            except Exception as failure:
                self._fail(failure)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_message(self, message: discord.Message) -> None:
        if message.author.bot:
            return
        try:
            async with asyncio.timeout(30):
                await message.reply(message.content or "(nothing)")
        except Exception as failure:
            self._fail(failure)

    def _fail(self, failure: BaseException) -> None:
        self.failures.append(failure)
        self.failed.set()


MESSAGES = "/channels/*/messages"


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as opened:
        yield opened


async def failure_of(bot: Echo) -> BaseException:
    async with asyncio.timeout(5):
        await bot.failed.wait()
    return bot.failures[0]


async def test_a_bot_logs_in_hears_a_mention_and_replies(server: DiscordServer) -> None:
    async with server.connected(Echo()):
        await server.say(server.general, "alice", f"<@{server.bot_id}> hello")
        (reply,) = await server.posted(server.general)
    assert reply["content"] == f"<@{server.bot_id}> hello"
    assert server.connections == ["identify"]
    assert [command["name"] for command in server.commands] == ["say"]
    check(server.requests)


async def test_without_the_intent_a_message_that_does_not_name_the_bot_has_no_text(server: DiscordServer) -> None:
    async with server.connected(Echo()):
        await server.say(server.general, "alice", "hello")
        (reply,) = await server.posted(server.general)
    assert reply["content"] == "(nothing)"


async def test_a_slash_command_is_deferred_and_then_answered(server: DiscordServer) -> None:
    async with server.connected(Echo()):
        asked = await server.slash(server.general, "alice", "say", words="Hello.")
        await server.heard("PATCH", "/webhooks/*/messages/@original")
        await server.posted(server.general)
    reply = server.original(asked)
    assert reply is not None
    assert (reply["content"], reply["flags"]) == ("Hello.", 0)


async def test_a_button_is_answered_and_followed_up(server: DiscordServer) -> None:
    bot = Echo()
    async with server.connected(bot):
        sent = await bot.get_partial_messageable(server.general).send("Found.", view=Press())
        asked = await server.click(server.general, "alice", sent.id, "sources")
        messages = await server.posted(server.general, 4)
    assert [each["content"] for each in messages] == ["Found.", "Here they were.", "No more.", "Done."]
    assert [each["flags"] for each in messages] == [0, 64, 64, 0]
    assert server.original(asked) == messages[1]
    check(server.requests)


async def test_a_message_is_posted_with_a_file_edited_fetched_and_deleted(server: DiscordServer) -> None:
    bot = Echo()
    async with server.connected(bot):
        channel = bot.get_partial_messageable(server.general)
        sent = await channel.send("One.", file=discord.File(__file__, "one.txt"))
        await sent.edit(content="Two.")
        assert (await channel.fetch_message(sent.id)).content == "Two."
        assert [each.content async for each in channel.history()] == ["Two."]
        await sent.delete()
        with pytest.raises(discord.NotFound) as missing:
            await sent.edit(content="Three.")
    assert missing.value.code == 10008
    check(server.requests)


async def test_a_reply_to_the_bot_carries_the_message_it_replies_to(server: DiscordServer) -> None:
    bot = Echo()
    async with server.connected(bot):
        sent = await bot.get_partial_messageable(server.general).send("Found.")
        heard = asyncio.create_task(bot.wait_for("message", check=lambda message: not message.author.bot))
        await asyncio.sleep(0)
        await server.say(server.general, "alice", f"<@{server.bot_id}> and Germany?", reply_to=sent.id)
        message = await heard
    assert message.reference.resolved.content == "Found."


@pytest.mark.usefixtures("server")
async def test_a_bad_token_is_refused_at_login() -> None:
    bot = Echo()
    async with bot:
        with pytest.raises(discord.LoginFailure):
            await bot.start("a.bad.token")


async def test_an_intent_that_is_not_allowed_ends_the_start() -> None:
    async with DiscordServer(disallowed_intents=1 << 15) as server:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            async with server.connected(Echo(discord.Intents.all())):
                pytest.fail("connected in spite of the intent")


async def test_a_close_code_that_no_reconnecting_helps_ends_the_start(server: DiscordServer) -> None:
    server.refuse(4004)
    with pytest.raises(discord.ConnectionClosed) as closed:
        async with server.connected(Echo()):
            pytest.fail("connected in spite of the close code")
    assert closed.value.code == 4004


async def test_a_first_connection_that_fails_ends_the_start_with_an_error_that_says_nothing(
    server: DiscordServer,
) -> None:
    server.refuse(503)
    with pytest.raises(AttributeError, match="sequence"):
        async with server.connected(Echo()):
            pytest.fail("connected in spite of the refusal")


async def test_a_dropped_socket_is_resumed_and_what_was_missed_arrives(server: DiscordServer) -> None:
    async with server.connected(Echo()):
        await server.drop()
        await server.say(server.general, "alice", f"<@{server.bot_id}> while you were away")
        await server.posted(server.general)
    assert server.connections == ["identify", "resume"]


async def test_a_dropped_socket_whose_session_is_gone_is_followed_by_a_new_one(server: DiscordServer) -> None:
    async with server.connected(Echo()):
        server.forget_sessions()
        server.refuse(503, times=2)
        await server.drop(1001)
        await server.reconnected()
        await server.say(server.general, "alice", f"<@{server.bot_id}> hello")
        await server.posted(server.general)
    assert server.connections == ["identify", "refused", "refused", "refused", "identify"]


@pytest.mark.parametrize("resumable", [True, False])
async def test_an_invalid_session_is_resumed_or_begun_anew(server: DiscordServer, resumable: bool) -> None:
    async with server.connected(Echo()):
        await server.invalidate(resumable=resumable)
        await server.reconnected()
        await server.say(server.general, "alice", f"<@{server.bot_id}> hello")
        await server.posted(server.general)
    assert server.connections == ["identify", "resume" if resumable else "identify"]
    assert (5.0 in server.waits) is not resumable


async def test_a_bot_that_is_asked_to_reconnect_resumes(server: DiscordServer) -> None:
    async with server.connected(Echo()):
        await server.ask_to_reconnect()
        await server.reconnected()
    assert server.connections == ["identify", "resume"]


async def test_a_500_is_tried_again_without_waiting_and_posts_nothing_twice(server: DiscordServer) -> None:
    server.fault("POST", MESSAGES, status=500, times=2, carried_out=True)
    async with server.connected(Echo()):
        await server.say(server.general, "alice", "hello")
        heard = await server.heard("POST", MESSAGES, 3)
        replies = await server.posted(server.general)
    assert len(replies) == 1
    assert len({each.json["nonce"] for each in heard if each.json}) == 1
    assert [seconds for seconds in server.waits if seconds] == [1, 3]


async def test_a_429_is_waited_out_if_it_says_how_long(server: DiscordServer) -> None:
    server.fault("POST", MESSAGES, status=429, retry_after=7.5)
    async with server.connected(Echo()):
        await server.say(server.general, "alice", "hello")
        await server.posted(server.general)
    assert 7.5 in server.waits


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, 50001, discord.Forbidden),
        (404, 10003, discord.NotFound),
        (429, 0, discord.HTTPException),
        (503, 0, discord.DiscordServerError),
    ],
)
async def test_what_discord_py_does_not_try_again_reaches_the_bot(
    server: DiscordServer, status: int, code: int, kind: type[discord.HTTPException]
) -> None:
    server.fault("POST", MESSAGES, status=status, code=code)
    bot = Echo()
    async with server.connected(bot):
        await server.say(server.general, "alice", "hello")
        failure = await failure_of(bot)
    assert isinstance(failure, kind)
    assert (failure.status, failure.code) == (status, code)
    assert len(await server.heard("POST", MESSAGES)) == 1


async def test_a_dropped_connection_reaches_the_bot_as_an_error_of_aiohttp(server: DiscordServer) -> None:
    server.fault("POST", MESSAGES, drop=True)
    bot = Echo()
    async with server.connected(bot):
        await server.say(server.general, "alice", "hello")
        assert isinstance(await failure_of(bot), aiohttp.ClientError)


async def test_a_hung_response_holds_only_who_waits_for_it(server: DiscordServer) -> None:
    server.fault("POST", "/channels/*/typing", hang=True)
    bot = Echo()
    async with server.connected(bot):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await bot.http.send_typing(server.general)
        await server.say(server.general, "alice", "hello")
        await server.posted(server.general)


async def test_a_reply_to_an_interaction_is_tried_again_on_a_503(server: DiscordServer) -> None:
    server.fault("PATCH", "/webhooks/*/messages/@original", status=503)
    async with server.connected(Echo()):
        asked = await server.slash(server.general, "alice", "say", words="Hello.")
        await server.heard("PATCH", "/webhooks/*/messages/@original", 2)
    assert (server.original(asked) or {})["content"] == "Hello."


async def test_an_acknowledgement_whose_answer_is_lost_is_refused_when_tried_again(server: DiscordServer) -> None:
    server.fault("POST", "/interactions/*/callback", status=500, carried_out=True)
    bot = Echo()
    async with server.connected(bot):
        await server.slash(server.general, "alice", "say", words="Hello.")
        failure = await failure_of(bot)
    assert isinstance(failure, discord.HTTPException)
    assert failure.code == 40060


async def test_a_deleted_channel_is_not_found(server: DiscordServer) -> None:
    bot = Echo()
    async with server.connected(bot):
        channel = bot.get_partial_messageable(server.general)
        await server.delete_channel(server.general)
        with pytest.raises(discord.NotFound) as missing:
            await channel.send("hello")
        assert missing.value.code == 10003
        asked = await server.slash(server.create_channel("short-lived"), "alice", "say", words="Hello.")
        await server.delete_channel(asked.channel)
        failure = await failure_of(bot)
    assert isinstance(failure, discord.NotFound)


async def test_a_thread_is_opened_once_on_a_message(server: DiscordServer) -> None:
    bot = Echo()
    async with server.connected(bot):
        said = await server.say(server.general, "alice", "hello")
        message = bot.get_partial_messageable(server.general, guild_id=server.guild_id).get_partial_message(said)
        thread = await message.create_thread(name="Follow-ups")
        await thread.send("Ask on.")
        with pytest.raises(discord.HTTPException) as twice:
            await message.create_thread(name="Follow-ups")
    assert thread.id == said
    assert twice.value.code == 160004


async def test_a_route_nobody_wrote_fails_the_test_that_used_it() -> None:
    with pytest.raises(AssertionError, match="GET /api/v10/users/7"):
        async with DiscordServer() as server:
            bot = Echo()
            async with server.connected(bot):
                with pytest.raises(discord.NotFound):
                    await bot.fetch_user(7)
