"""`/settings`: what managers choose, also after a restart, and that everything keeps to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from retrieval.services.briefing import Briefing
from tests.bot.conftest import Town
from tests.shown import read, said

NATO = "Does Ukraine still want to join NATO?"


@dataclass
class Managed(Town):
    """A town in which a boss manages the server, and Ann does not."""

    boss: simcord.MemberActor
    with_settings: Any

    async def choose(self, name: str, *values: Any, **options: Any) -> simcord.InteractionResult:
        """The boss opens the page, and chooses after a restart; returns the page."""
        page = await self.boss.slash(self.channel, "settings", **options)
        assert page.ephemeral
        assert page.response
        await self.restart(**self.with_settings)
        await self.boss.select(page.response, list(values), custom_id=f"briefing:set:{name}:{self.about(options)}")
        return page

    async def fill(self, name: str, values: dict[str, str], **options: Any) -> tuple[str, str]:
        """The boss fills the form of a button, all with restarts between; returns the page and the line under it."""
        page = await self.boss.slash(self.channel, "settings", **options)
        assert page.response
        await self.restart(**self.with_settings)
        form = await self.boss.click(page.response, custom_id=f"briefing:set:{name}:{self.about(options)}")
        assert form.modal
        await self.restart(**self.with_settings)
        told = await self.boss.submit_modal(form, values)
        return said(page), "\n".join(map(read, told.followups))

    def about(self, options: dict[str, Any]) -> int:
        return int(options.get("channel", self.channel).id)


@pytest.fixture
def managed(env: simcord.Env, town: Town, request: pytest.FixtureRequest) -> Managed:
    managers = town.guild.create_role("managers", permissions=discord.Permissions(manage_guild=True))
    boss = town.guild.add_member(env.create_user("boss"), roles=[managers])
    settings = request.node.callspec.params.get("env", {}) if hasattr(request.node, "callspec") else {}
    return Managed(env, town.guild, town.channel, town.ann, boss, settings)


async def fetched(managed: Managed, message: discord.Message) -> discord.Message:
    (here,) = (each for each in managed.bot.get_all_channels() if each.id == managed.channel.id)
    assert isinstance(here, discord.TextChannel)
    return await here.fetch_message(message.id)


async def test_only_managers_have_the_command_and_see_what_is_set(managed: Managed) -> None:
    assert "settings" not in managed.ann.available_commands(managed.channel)
    page = await managed.choose("threads", "off")
    assert "**Threads**" in said(page)
    assert 'value": "off", "default": true' in str(page.response and page.response.components).replace(
        "'", '"'
    ).replace("True", "true")


async def test_threads_are_off_or_opened_by_a_reply(managed: Managed) -> None:
    await managed.choose("threads", "off")
    await managed.mention(NATO)
    assert managed.channel.threads == []
    await managed.choose("threads", "reply")
    await managed.mention("What did Mark Rutte say about Ukraine joining NATO?")
    first = managed.said()[-1]
    assert managed.channel.threads == []
    await managed.mention("and Zelenskyy?", reply_to=first)
    (thread,) = managed.channel.threads
    assert thread.id == first.id
    assert "NATO" in read(managed.said(thread)[-1]).partition("Understood as")[2]
    await managed.ann.send(thread, f"<@{managed.user.id}> and Marco Rubio?")
    assert "NATO" in read(managed.said(thread)[-1]).partition("Understood as")[2]


async def test_a_silent_channel_is_answered_in_private_alone(managed: Managed) -> None:
    page = await managed.choose("silent", managed.channel)
    asked = await managed.mention(NATO)
    assert managed.said() == []
    assert [str(each.emoji) for each in (await fetched(managed, asked)).reactions] == ["🔇"]
    for command, options in (("ask", {"question": NATO, "private": False}), ("digest", {})):
        assert (await managed.ann.slash(managed.channel, command, **options)).ephemeral
    assert page.response
    await managed.boss.select(page.response, [], custom_id=f"briefing:set:silent:{managed.channel.id}")
    await managed.mention(NATO)
    assert "relinquishing" in read(managed.said()[0])


@pytest.mark.parametrize("env", [{"message_content": True}], indirect=True)
async def test_every_message_is_a_question_where_managers_say_so(managed: Managed) -> None:
    page = await managed.choose("questions", managed.channel)
    assert "BRIEFING_MESSAGE_CONTENT" not in said(page)
    asked = await managed.ann.send(managed.channel, NATO)
    assert "relinquishing" in read(managed.said()[0])
    before = len(managed.said())
    # What is said to a person, thanks, and another channel are left alone.
    await managed.ann.send(managed.channel, "Who is that?", reply_to=asked)
    await managed.ann.send(managed.channel, "Thanks!")
    other = managed.guild.create_text_channel("chat")
    await managed.ann.send(other, NATO)
    assert len(managed.said()) == before
    assert managed.said(other) == []


async def test_without_the_intent_the_page_says_that_messages_cannot_be_read(managed: Managed) -> None:
    assert "BRIEFING_MESSAGE_CONTENT" in said(await managed.choose("questions", managed.channel))
    await managed.ann.send(managed.channel, NATO)
    assert managed.said() == []


async def test_answers_to_commands_are_private_by_default_unless_one_asks_otherwise(managed: Managed) -> None:
    await managed.choose("private", "True")
    for command, options in (("ask", {"question": NATO}), ("digest", {}), ("timeline", {"topic": "NATO"})):
        assert (await managed.ann.slash(managed.channel, command, **options)).ephemeral
    assert not (await managed.ann.slash(managed.channel, "ask", question=NATO, private=False)).ephemeral


@pytest.fixture
def bridges(managed: Managed, briefing: Briefing, tmp_path: Path) -> Managed:
    """Two outlets that tell the same matter otherwise."""
    for outlet, day, why in (("Harbour Herald", 3, "a storm"), ("Inland Post", 9, "a strike")):
        front = f"---\ntitle: The bridge\noutlet: {outlet}\npublished: 2025-01-{day:02}\n---\n"
        (tmp_path / f"{outlet}.md").write_text(f"{front}The harbour bridge of Elmport is closed because of {why}.\n")
        briefing.articles.ingest([tmp_path / f"{outlet}.md"])
    return managed


CLOSED = "Why is the harbour bridge of Elmport closed?"


async def test_a_channel_has_an_outlet_that_its_questions_are_answered_from(bridges: Managed) -> None:
    shown, _ = await bridges.fill("filter", {"outlet": "harbour herald", "since": "", "until": ""})
    assert "only Harbour Herald" in shown
    for answer in (
        said(await bridges.ann.slash(bridges.channel, "ask", question=CLOSED)),
        read((await bridges.mention(CLOSED)) and bridges.said()[0]),
    ):
        assert "storm" in answer
        assert "strike" not in answer
        assert "As set for this channel: only Harbour Herald" in answer
    # What the question or its options name comes first.
    for options in (
        {"question": CLOSED, "outlet": "Inland Post"},
        {"question": "According to Inland Post, why is the harbour bridge of Elmport closed?"},
    ):
        answer = said(await bridges.ann.slash(bridges.channel, "ask", **options))
        assert "strike" in answer
        assert "this channel's settings" not in answer


async def test_a_channel_has_days_that_its_questions_are_answered_from(bridges: Managed) -> None:
    shown, told = await bridges.fill("filter", {"outlet": "", "since": "2025-01-05", "until": ""})
    assert "from 2025-01-05" in shown
    answer = said(await bridges.ann.slash(bridges.channel, "ask", question=CLOSED))
    assert "strike" in answer
    assert "storm" not in answer
    assert "As set for this channel: articles since 5 January 2025" in answer
    answer = said(await bridges.ann.slash(bridges.channel, "ask", question=CLOSED, until="2025-01-04"))
    assert "storm" in answer
    assert "this channel's settings" not in answer
    # "30 days ago" moves on.
    await bridges.fill("filter", {"outlet": "", "since": "30 days ago", "until": ""})
    assert "storm" not in said(await bridges.ann.slash(bridges.channel, "ask", question=CLOSED))
    assert told == ""


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"outlet": "Harbor Harald", "since": "", "until": ""}, "did you mean Harbour Herald"),
        ({"outlet": "", "since": "soon", "until": ""}, "is not a date"),
    ],
)
async def test_a_filter_that_cannot_work_is_not_taken(bridges: Managed, typed: dict[str, str], told: str) -> None:
    shown, line = await bridges.fill("filter", typed)
    assert told in line
    assert "no filter" in shown


async def test_the_filter_of_another_channel_is_set_from_here(bridges: Managed) -> None:
    other = bridges.guild.create_text_channel("herald")
    await bridges.fill("filter", {"outlet": "Inland Post", "since": "", "until": ""}, channel=other)
    assert "As set for this channel" not in said(await bridges.ann.slash(bridges.channel, "ask", question=CLOSED))
    filtered = said(await bridges.ann.slash(other, "ask", question=CLOSED))
    assert "As set for this channel" in filtered
    assert "strike" in filtered
    assert "storm" not in filtered


async def test_who_may_add_articles_is_said_by_the_managers(managed: Managed) -> None:
    desk = managed.guild.create_role("desk")
    editor = managed.guild.add_member(managed.env.create_user("editor"), roles=[desk])
    add = {"file": ("note.md", b"---\ntitle: Note\n---\nThe note says that the bridge is open.\n")}
    await managed.choose("role", desk)
    refused = said(await managed.ann.slash(managed.channel, "article add", **add))
    assert "Managers and one role may add articles" in refused
    assert f"<@&{desk.id}>" in refused
    assert "Added for this server" in said(await editor.slash(managed.channel, "article add", **add))
    assert "Already stored" in said(await managed.boss.slash(managed.channel, "article add", **add))
    await managed.choose("adding", "managers")
    message = await managed.ann.send(managed.channel, "https://example.com/a")
    assert "Only managers" in said(await editor.context_menu(managed.channel, "Add to articles", message))
    await managed.choose("role", desk)
    await managed.choose("role")
    assert "Only managers" in said(await editor.context_menu(managed.channel, "Add to articles", message))


async def test_schedules_are_posted_at_the_servers_time_where_they_name_none(managed: Managed) -> None:
    without = said(await managed.boss.slash(managed.channel, "schedule add", channel=managed.channel))
    assert "Name a time" in without
    shown, _ = await managed.fill("digest", {"time": "7 am", "zone": "europe/brussels"})
    assert "07:00 Europe/Brussels" in shown
    added = said(await managed.boss.slash(managed.channel, "schedule add", channel=managed.channel))
    assert "07:00 Europe/Brussels" in added
    assert "You named no time zone" not in added
    own = await managed.boss.slash(managed.channel, "schedule add", channel=managed.channel, time="09:30", zone="UTC")
    assert "09:30 UTC" in said(own)
    _, told = await managed.fill("digest", {"time": "25:00", "zone": ""})
    assert "is not a time of day" in told


async def test_status_tells_what_is_set_also_after_a_restart(managed: Managed) -> None:
    await managed.choose("questions", managed.channel)
    await managed.choose("private", "True")
    await managed.choose("language", "pl")
    await managed.restart()
    shown = said(await managed.boss.slash(managed.channel, "status"))
    assert f"Każda wiadomość jest pytaniem na: <#{managed.channel.id}>." in shown
    assert "Widzi je tylko osoba, która zapytała" in shown
    assert "Polski" in shown


async def test_a_channel_is_not_both_silent_and_answering(managed: Managed) -> None:
    await managed.choose("questions", managed.channel)
    await managed.choose("silent", managed.channel)
    shown = said(await managed.boss.slash(managed.channel, "status"))
    assert "Silent in" in shown
    assert "Every message is a question" not in shown


async def test_who_no_longer_manages_the_server_changes_nothing(managed: Managed) -> None:
    page = await managed.boss.slash(managed.channel, "settings")
    joined = managed.bot.get_guild(managed.guild.id)
    assert joined
    role = discord.utils.get(joined.roles, name="managers")
    assert role
    managed.env.backend.edit_role(managed.guild.id, role.id, {"permissions": 0})
    assert page.response
    told = await managed.boss.select(page.response, ["off"], custom_id=f"briefing:set:threads:{managed.channel.id}")
    assert "Only people who may manage this server" in said(told)


async def test_a_channel_that_is_deleted_leaves_no_settings(managed: Managed) -> None:
    other = managed.guild.create_text_channel("desk")
    await managed.choose("silent", other, managed.channel)
    here, kept = str(managed.guild.id), managed.bot.server_settings
    assert set(kept.channels(here)) == {str(other.id), str(managed.channel.id)}
    managed.env.backend.delete_channel(other.id)
    await managed.env.settle()
    assert set(kept.channels(here)) == {str(managed.channel.id)}
