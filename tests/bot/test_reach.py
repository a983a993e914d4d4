"""The bot beyond mentions: forums, reactions, notes on a message, and places to which a person brings it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from simcord import interactions
from simcord.backend.models import Overwrite
from simcord.backend.serializers import message_payload
from simcord.enums import InteractionType, OverwriteType

from retrieval.domain.articles import Filter
from retrieval.services.briefing import Briefing
from tests.bot.conftest import Town
from tests.conftest import SEEDS
from tests.discord_components import walk
from tests.shown import buttons, read, said

pytestmark = pytest.mark.slow

NATO = "Does Ukraine still want to join NATO?"


def opened(town: Town, name: str, *tags: str, asks: bool = True) -> simcord.ChannelHandle:
    """A forum with these tags, in which every post is a question."""
    forum = town.guild.create_forum_channel(name)
    stored = town.env.backend.get_channel(forum.id)
    none = {"moderated": False, "emoji_id": None, "emoji_name": None}
    stored.available_tags = [{"id": str(at), "name": tag, **none} for at, tag in enumerate(tags, 1)]
    town.env.backend.announce_channel_update(forum.id)
    if asks:
        town.bot.server_settings.choose_channels(str(town.guild.id), "questions", [str(forum.id)])
    return forum


async def post(town: Town, forum: simcord.ChannelHandle, title: str, said: str) -> simcord.ChannelHandle:
    """Ann's post in a forum."""
    backend = town.env.backend
    thread = backend.create_thread(forum.id, title, town.ann.id, broadcast=False)
    backend.announce_thread_create(thread)
    starter = backend.prepare_message(thread.id, town.ann.id, said)
    starter.id = thread.id
    backend.commit_message(starter)
    await town.env.settle()
    return next(each for each in forum.threads if each.id == thread.id)


def tags(town: Town, thread: simcord.ChannelHandle) -> list[int]:
    return list(town.env.backend.get_channel(thread.id).applied_tags)


async def test_a_post_in_a_forum_is_a_question_by_its_title_without_the_intent(town: Town) -> None:
    thread = await post(town, opened(town, "questions"), NATO, "I wonder.")
    assert "relinquishing" in read(town.said(thread)[0])
    await town.ann.send(thread, f"<@{town.user.id}> and what did Mark Rutte say?")
    assert "Rutte" in read(town.said(thread)[-1])


@pytest.mark.parametrize("env", [{"message_content": True}], indirect=True)
async def test_a_post_with_a_title_that_asks_nothing_is_a_question_by_its_text(town: Town) -> None:
    forum = opened(town, "questions")
    thread = await post(town, forum, "Ukraine", "Does it still want to join NATO?")
    assert "relinquishing" in read(town.said(thread)[0])
    await town.ann.send(thread, "And what did Mark Rutte say about that?")
    assert "Rutte" in read(town.said(thread)[-1])


async def test_other_forums_are_left_alone(town: Town) -> None:
    assert town.said(await post(town, opened(town, "chat", asks=False), NATO, "?")) == []


@pytest.mark.parametrize("way", ["button", "reaction"])
async def test_a_post_is_marked_as_solved_when_its_answer_helped_the_one_who_asked(town: Town, way: str) -> None:
    thread = await post(town, opened(town, "questions", "Open", "Solved"), NATO, "Please.")
    answer = town.said(thread)[0]
    bob = town.guild.add_member(town.env.create_user("bob"))
    for person, marked in ((bob, []), (town.ann, [2])):
        await town.restart()
        if way == "button":
            await person.click(answer, label="Helpful")
        else:
            await person.react(answer, "👍")
        assert tags(town, thread) == marked


async def test_without_the_permission_the_tag_is_missed_and_that_is_said(town: Town) -> None:
    forum = opened(town, "questions", "Solved")
    denied = Overwrite(town.user.id, OverwriteType.MEMBER, deny=discord.Permissions(manage_threads=True).value)
    town.env.backend.set_overwrite(forum.id, denied)
    thread = await post(town, forum, NATO, "Please.")
    told = said(await town.ann.click(town.said(thread)[0], label="Helpful"))
    assert "Thank you, noted. I may not set the forum's tag “Solved”" in told
    assert tags(town, thread) == []


async def test_a_reaction_under_an_answer_is_a_vote_which_can_be_taken_back(town: Town, briefing: Briefing) -> None:
    def votes() -> list[bool]:
        return [each.helpful for each in briefing.feedback.all()]

    await town.mention(NATO)
    answer = town.said()[0]
    await town.restart()
    await town.ann.react(answer, "👍🏽")
    assert votes() == [True]
    await town.ann.react(answer, "👎")
    await town.ann.click(answer, label="Helpful")
    assert votes() == [True]
    await town.ann.unreact(answer, "👎")
    assert votes() == [True]
    await town.ann.unreact(answer, "👍🏽")
    assert votes() == []
    await town.ann.react(answer, "🎉")
    await town.ann.react(await town.ann.send(town.channel, "Nice."), "👍")
    assert votes() == []


@pytest.mark.parametrize(
    ("written", "topic"),
    [
        ("NATO membership of Ukraine", "NATO membership of Ukraine"),
        (
            "So I was thinking the other day about what on earth is going to happen next with all this between Mark "
            "Rutte and Ukraine, no?",
            "Mark Rutte Ukraine",
        ),
    ],
)
async def test_a_note_is_written_on_a_message(town: Town, written: str, topic: str) -> None:
    message = await town.ann.send(town.channel, f"{written} <@{town.user.id}>")
    before = len(town.said())
    result = await town.ann.context_menu(town.channel, "Brief me on this", message)
    assert result.ephemeral
    assert topic in said(result)
    assert "NATO" in said(result)
    assert len(town.said()) == before


async def test_a_link_to_an_article_is_noted_by_its_title(town: Town, briefing: Briefing, tmp_path: Path) -> None:
    (tmp_path / "bridge.md").write_text(
        "---\ntitle: Elmport's harbour bridge is closed\nurl: https://example.com/bridge\n---\n"
        "The harbour bridge of Elmport is closed because of a storm.\n"
    )
    briefing.articles.ingest([tmp_path / "bridge.md"])
    message = await town.ann.send(town.channel, "Look: https://example.com/bridge")
    assert "storm" in said(await town.ann.context_menu(town.channel, "Brief me on this", message))


async def test_a_message_without_words_has_no_topic(town: Town) -> None:
    message = await town.ann.send(town.channel, "🎉")
    assert "no topic" in said(await town.ann.context_menu(town.channel, "Brief me on this", message))


# Where a person brings the bot


async def test_people_may_install_what_answers_and_not_what_manages(town: Town) -> None:
    (registered,) = (each.json for each in town.env.http_requests if each.path.endswith("/commands"))
    places = {each["name"]: (each["integration_types"], each["contexts"]) for each in registered or ()}
    for name in ("ask", "brief", "digest", "timeline", "compare", "sources", "Check against sources", "help"):
        assert [sorted(part) for part in places[name]] == [[0, 1], [0, 1, 2]]
    offered = {each["name"]: each.get("options") for each in registered or ()}
    assert 16 not in offered["settings"][0]["channel_types"]  # Discord's document does not know it
    for name in ("feeds", "article", "schedule", "settings", "status", "Add to articles"):
        assert places[name] == ([0], [0])


async def visit(town: Town, name: str, guild: int | None, **options: str) -> tuple[bool, str]:
    """Ann gives a command on a server that has not added the bot, or to a friend; returns if it is private, and it."""
    command = town.env.backend.find_command(name, None, type=1)
    assert command
    given = [{"name": each, "type": 3, "value": value} for each, value in options.items()]
    data = {"id": command["id"], "name": name, "type": 1, "options": given}
    return await bring(town, InteractionType.APPLICATION_COMMAND, guild, data)


async def bring(
    town: Town, kind: InteractionType, guild: int | None, data: dict[str, Any], **extra: Any
) -> tuple[bool, str]:
    """Ann brings the bot to a place; returns if its answer is private, and it."""
    backend = town.env.backend
    record, payload = interactions.base_payload(
        backend,
        type=kind,
        channel_id=backend.get_dm_channel(town.ann.id).id,
        guild_id=None,
        user_id=town.ann.id,
        data=data,
    )
    payload |= {"authorizing_integration_owners": {"1": str(town.ann.id)}, "context": 2} | extra
    if guild:
        member = {"user": payload["user"], "roles": [], "permissions": "0", "joined_at": "2026-01-01T00:00:00+00:00"}
        member |= {"deaf": False, "mute": False, "flags": 0}
        payload |= {"guild_id": str(guild), "context": 0, "member": member, "guild": {"id": str(guild)}}
    backend.emit("INTERACTION_CREATE", payload)
    await town.env.settle()
    result: Any = simcord.InteractionResult(town.env, record)
    return result.ephemeral, said(result)


@pytest.mark.parametrize("elsewhere", [True, False])
async def test_where_a_person_brings_it_shared_articles_answer_in_private(
    town: Town, briefing: Briefing, tmp_path: Path, elsewhere: bool
) -> None:
    (tmp_path / "secret.md").write_text("---\ntitle: Secret\n---\nThe harbour bridge of Elmport is closed.\n")
    briefing.articles.ingest([tmp_path / "secret.md"], scope="77")
    guild = 77 if elsewhere else None
    private, answer = await visit(town, "ask", guild, question=NATO)
    assert private
    assert "relinquishing" in answer
    private, answer = await visit(town, "ask", guild, question="Is the harbour bridge of Elmport closed?")
    assert private
    assert "Not in the articles" in answer


async def test_a_story_of_a_server_without_the_bot_is_not_read_there(
    town: Town, briefing: Briefing, tmp_path: Path
) -> None:
    (tmp_path / "secret.md").write_text("---\ntitle: Secret\n---\nThe harbour bridge of Elmport is closed.\n")
    briefing.articles.ingest([tmp_path / "secret.md"], scope="77")
    [secret], _ = briefing.articles.page(Filter(scopes=("77",)))
    shown = await town.ann.slash(town.channel, "digest")
    assert shown.response
    backend = town.env.backend
    stored = backend.get_message(town.channel.id, shown.response.id)
    data = {"custom_id": "briefing:story:", "component_type": 3, "values": [secret.key[:8]]}
    private, told = await bring(
        town, InteractionType.MESSAGE_COMPONENT, 77, data, message=dict(message_payload(backend, stored))
    )
    assert private
    assert "no longer stored" in told


# A question about one article


@pytest.mark.parametrize("way", ["sources", "show"])
async def test_an_article_is_asked_alone_also_after_restarts(town: Town, way: str) -> None:
    if way == "sources":
        await town.mention(NATO)
        shown = (await town.ann.click(town.said()[0], label="Sources")).response
        assert shown
        (menu,) = (each for each in walk(shown.components) if each.get("type") == 3)
        key = next(each["value"] for each in menu["options"] if "Shifts Stance" in each["label"])
        await town.restart()
        form = await town.ann.select(shown, [key], custom_id="briefing:about:")
    else:
        shown = (await town.ann.slash(town.channel, "sources show", article="001_82df3489a97b2c5e.txt")).response
        assert shown
        await town.restart()
        form = await town.ann.click(shown, label="Ask about this article")
    assert "Ukraine Shifts Stance" in str(form.modal)
    await town.restart()
    answer = await town.ann.submit_modal(form, {"question": "Who announced that Ukraine gives up joining NATO?"})
    assert answer.ephemeral
    assert "Zelenskyy" in said(answer)
    assert "searched 1 article" in said(answer)


async def test_an_article_of_another_server_is_not_asked(town: Town, briefing: Briefing) -> None:
    shown = (await town.ann.slash(town.channel, "sources show", article="001_82df3489a97b2c5e.txt")).response
    assert shown
    briefing.articles.ingest([SEEDS], scope="1")
    assert "no longer there" in said(await town.ann.click(shown, label="Ask about this article"))


# What stands under an answer to go on with


@pytest.mark.parametrize("env", [{"follow_ups": True}], indirect=True)
async def test_questions_that_the_articles_answer_stand_under_an_answer(town: Town, briefing: Briefing) -> None:
    asked = await town.mention(NATO)
    answer = await fetched(town, town.said()[0])
    suggested = [each["label"] for each in buttons(answer)][4:]
    assert 1 <= len(suggested) <= 3
    assert NATO not in suggested
    for question in suggested:
        assert briefing.asking.ask(question, Filter(scopes=("",))).standing == "answered"
    await town.restart(follow_ups=True)
    clicked = await town.ann.click(answer, label=suggested[0])
    assert not clicked.ephemeral
    assert "[1]" in said(clicked)
    # What is asked in private goes on in private.
    private = await town.ann.slash(town.channel, "ask", question=NATO, private=True)
    assert private.response
    assert (await town.ann.click(private.response, label=suggested[0])).ephemeral
    assert asked.channel.id == town.channel.id


@pytest.mark.parametrize("env", [{"follow_ups": True}], indirect=True)
async def test_under_a_german_question_stand_german_ones(town: Town) -> None:
    await town.mention("Besteht die Ukraine noch auf dem Beitritt zur NATO?")
    answer = await fetched(town, town.said()[0])
    suggested = [each["label"] for each in buttons(answer)][4:]
    assert "Was gibt es Neues zu Ukraine und NATO?" in suggested
    assert not any("What" in each for each in suggested)
    assert "[1]" in said(await town.ann.click(answer, label=suggested[0]))


@pytest.mark.parametrize("env", [{"follow_ups": True}], indirect=True)
@pytest.mark.parametrize(
    ("question", "names", "chosen", "asked", "expected"),
    [
        (
            "Why does the Times say that the Elmport bridge is closed?",
            ["Elmport Times", "Inland Times"],
            1,
            "Why does the Inland Times say that the Elmport bridge is closed?",
            "strike",
        ),
        (
            "What did Martin say about the Elmport bridge?",
            ["Anna Martin", "Peter Martin"],
            0,
            "What did Anna Martin say about the Elmport bridge?",
            "welded",
        ),
    ],
)
async def test_a_name_that_may_mean_several_can_be_chosen(
    town: Town,
    briefing: Briefing,
    tmp_path: Path,
    question: str,
    names: list[str],
    chosen: int,
    asked: str,
    expected: str,
) -> None:
    told = {
        "Elmport Times": "The Elmport bridge is closed because of a storm. Anna Martin, the mayor, said that the "
        "Elmport bridge will be welded.",
        "Inland Times": "The Elmport bridge is closed because of a strike. Peter Martin, a baker, said that the "
        "Elmport bridge will be missed.",
    }
    for outlet, text_ in told.items():
        front = f"---\ntitle: The bridge\noutlet: {outlet}\npublished: 2025-01-03\n---\n"
        (tmp_path / f"{outlet}.md").write_text(f"{front}{text_}\n")
        briefing.articles.ingest([tmp_path / f"{outlet}.md"])
    await town.mention(question)
    answer = await fetched(town, town.said()[0])
    (menu,) = (each for each in walk([each.to_dict() for each in answer.components]) if each.get("type") == 3)
    assert sorted(each["value"] for each in menu["options"]) == names
    await town.restart(follow_ups=True)
    result = await town.ann.select(answer, [names[chosen]], custom_id=menu["custom_id"])
    assert expected in said(result)
    assert result.response
    (turn,) = briefing.conversations.turns(str(result.response.id), str(town.guild.id))
    assert turn.asked == asked


async def fetched(town: Town, message: discord.Message) -> discord.Message:
    """The message as it is now."""
    here = town.bot.get_channel(message.channel.id)
    assert isinstance(here, discord.TextChannel)
    return await here.fetch_message(message.id)
