"""Questions by mention, reply, thread and private message, and what follows on them."""

from __future__ import annotations

from dataclasses import replace

import discord
import pytest
import simcord

from retrieval.domain.articles import Filter
from retrieval.services.briefing import Briefing
from tests.bot.conftest import Town
from tests.shown import read

NATO = "Does Ukraine still want to join NATO?"


async def test_a_mention_is_answered_by_a_reply_with_a_thread(town: Town) -> None:
    asked = await town.mention(NATO)
    (answer,) = town.said()[:1]
    assert "relinquishing" in read(answer)
    assert answer.reference
    assert answer.reference.message_id == asked.id
    (thread,) = town.channel.threads
    assert thread.name == NATO
    assert thread.id == answer.id


async def test_a_follow_up_in_the_thread_is_understood_by_what_was_asked_before(town: Town) -> None:
    await town.mention("What did Mark Rutte say about Ukraine joining NATO?")
    (thread,) = town.channel.threads
    await town.ann.send(thread, f"<@{town.user.id}> and what about Marco Rubio?")
    answer = town.said(thread)[-1]
    assert "-# Understood as:" in read(answer)
    assert "Rubio" in read(answer).partition("Understood as")[2]
    assert "NATO" in read(answer).partition("Understood as")[2]
    assert not [each for each in town.channel.threads if each.id != thread.id]


async def test_a_follow_up_is_understood_after_a_restart(town: Town) -> None:
    await town.mention("What did Mark Rutte say about Ukraine joining NATO?")
    await town.restart()
    (thread,) = town.channel.threads
    await town.ann.send(thread, f"<@{town.user.id}> and Zelenskyy?")
    assert "NATO" in read(town.said(thread)[-1]).partition("Understood as")[2]


async def test_a_reply_to_an_answer_goes_on_with_it(town: Town) -> None:
    result = await town.ann.slash(town.channel, "ask", question="What did Mark Rutte say about Ukraine joining NATO?")
    assert result.response
    await town.mention("and Zelenskyy?", reply_to=result.response.message)
    assert "NATO" in read(town.said()[-1]).partition("Understood as")[2]


@pytest.mark.parametrize("env", [{"message_content": True}], indirect=True)
async def test_with_the_intent_a_plain_message_in_the_thread_is_a_follow_up(town: Town) -> None:
    await town.mention("What did Mark Rutte say about Ukraine joining NATO?")
    (thread,) = town.channel.threads
    await town.ann.send(thread, "and Zelenskyy?")
    assert "Understood as" in read(town.said(thread)[-1])


async def test_without_the_intent_a_plain_message_is_left_alone(town: Town) -> None:
    await town.mention(NATO)
    (thread,) = town.channel.threads
    before = len(town.said(thread))
    await town.ann.send(thread, "I wonder what comes of it.")
    await town.ann.send(town.channel, "So do I.")
    assert len(town.said(thread)) == before
    assert len(town.said()) == 2  # the answer, and Discord's own note of the thread


async def test_a_thread_says_once_how_to_follow_up(town: Town) -> None:
    await town.mention(NATO)
    (thread,) = town.channel.threads
    assert read(town.said(thread)[0]) == "Follow up here: mention me in your question."


async def test_a_private_message_is_a_question(town: Town) -> None:
    await town.ann.send_dm(NATO)
    channel = town.ann.user.dm_channel
    assert "relinquishing" in read(town.said(channel)[-1])


async def test_a_mention_alone_is_told_what_to_do(town: Town) -> None:
    await town.mention("")
    assert "/ask" in read(town.said()[-1])


async def test_everyone_is_not_the_bot(town: Town) -> None:
    await town.ann.send(town.channel, f"@everyone {NATO}")
    assert town.said() == []


async def test_a_refusal_opens_no_thread(town: Town) -> None:
    await town.mention("Which team won the Champions League?")
    assert "Not in the articles" in read(town.said()[-1])
    assert town.channel.threads == []


def closed(town: Town, name: str, **denied: bool) -> simcord.ChannelHandle:
    """A channel in which the bot may not do everything."""
    assert town.guild.me
    return town.guild.create_text_channel(name, overwrites={town.guild.me: discord.PermissionOverwrite(**denied)})


async def test_where_no_thread_may_be_opened_the_answer_comes_without(town: Town) -> None:
    channel = closed(town, "no-threads", create_public_threads=False)
    await town.ann.send(channel, f"<@{town.user.id}> {NATO}")
    assert "relinquishing" in read(town.said(channel)[-1])
    assert channel.threads == []


async def test_where_no_reply_is_possible_the_answer_comes_as_a_message(town: Town) -> None:
    channel = closed(town, "no-history", read_message_history=False)
    await town.ann.send(channel, f"<@{town.user.id}> {NATO}")
    assert any("relinquishing" in read(each) for each in town.said(channel))


async def test_where_nothing_may_be_written_the_answer_comes_in_private(town: Town) -> None:
    channel = closed(town, "silent", send_messages=False)
    await town.ann.send(channel, f"<@{town.user.id}> {NATO}")
    assert town.said(channel) == []
    private = [read(each) for each in town.said(town.ann.user.dm_channel)]
    assert "I may not write in" in private[0]
    assert "relinquishing" in private[1]


@pytest.mark.parametrize("env", [{"guilds": frozenset({1})}], indirect=True)
async def test_servers_that_are_not_named_are_left_alone(town: Town) -> None:
    await town.mention(NATO)
    assert town.said() == []
    result = await town.ann.slash(town.channel, "ask", question=NATO)
    assert result.response
    assert read(result.response) == "I am not set up for this server."
    assert result.ephemeral


@pytest.mark.parametrize(
    "said", ["and what about Germany?", "What does Germany think?", "Germany?", "germany?", "Why is Germany wary?"]
)
async def test_a_follow_up_about_germany_is_one_about_germany(town: Town, said: str) -> None:
    await town.mention("Does France support Ukraine joining NATO?")
    (thread,) = town.channel.threads
    await town.ann.send(thread, f"<@{town.user.id}> {said}")
    assert "germany" in read(town.said(thread)[-1]).casefold()


@pytest.mark.parametrize("said", ["help", "What can you do?", "hello!", "commands", "how can you help me?", "/help"])
async def test_who_asks_for_help_gets_a_friendly_line_and_no_search(town: Town, said: str) -> None:
    await town.mention(said)
    assert read(town.said()[-1]).startswith("I answer questions from your team's articles")


async def test_who_goes_on_past_the_limit_is_told_once_and_then_by_a_reaction(town: Town) -> None:
    for number in range(10):
        await town.mention("hello" if number % 2 else "")
    before = len(town.said())
    asked = [await town.mention(text) for text in (NATO, NATO, "", "hello")]
    (line,) = town.said()[before:]
    assert read(line).startswith("You are asking too fast.")
    reactions = [[str(each.emoji) for each in (await fresh(town, message)).reactions] for message in asked]
    assert reactions == [[], ["⏳"], ["⏳"], ["⏳"]]


async def fresh(town: Town, message: discord.Message) -> discord.Message:
    return next(each for each in town.channel.history() if each.id == message.id)


async def test_thanks_are_no_question(town: Town) -> None:
    await town.mention("thanks, very good!")
    assert read(town.said()[-1]).startswith("I answer questions from your team's articles")


@pytest.mark.parametrize("env", [{"message_content": True}], indirect=True)
@pytest.mark.parametrize("said", ["ok", "I agree, let's discuss it tomorrow.", "thanks!"])
async def test_people_may_talk_to_each_other_in_a_thread_of_the_bot(town: Town, said: str) -> None:
    await town.mention(NATO)
    (thread,) = town.channel.threads
    before = len(town.said(thread))
    await town.ann.send(thread, said)
    assert len(town.said(thread)) == before


async def test_a_reply_to_any_page_of_an_answer_goes_on_with_it(
    town: Town, briefing: Briefing, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = briefing.asking.ask(NATO, Filter())
    long = replace(
        given,
        question="What did Mark Rutte say about NATO?",
        statements=(),
        excerpts=(),
        message="So he said. " * 400 + "[1]",
    )
    with monkeypatch.context() as patch:
        patch.setattr(briefing.asking, "ask", lambda *_args, **_options: long)
        await town.mention("What did Mark Rutte say about NATO?")
    first, *others = town.said()
    assert others
    await town.mention("and Zelenskyy?", reply_to=first)
    assert "Zelenskyy say about NATO" in read(town.said()[-1])


@pytest.mark.parametrize("env", [{"guilds": frozenset({1})}], indirect=True)
async def test_with_servers_named_private_messages_are_told_so(town: Town) -> None:
    await town.ann.send_dm(NATO)
    assert "not in private messages" in read(town.said(town.ann.user.dm_channel)[-1])
