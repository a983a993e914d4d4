"""`/brief` as people see it, on a simulated Discord."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import discord
import docx

from bot.presentation.wording import day as spelled
from tests.bot.conftest import Town
from tests.shown import said

TOPIC = "Ukraine NATO membership"


def day(of: date) -> str:
    return spelled(of.isoformat())


def news(note: str, heading: str) -> str:
    """What a note tells under this heading."""
    return note.split(f"{heading}\n")[1].split("\n\n", maxsplit=1)[0]


def add(town: Town, folder: Path, name: str, text: str, published: date) -> None:
    """Bring in an article."""
    file = folder / f"{name}.md"
    file.write_text(f"---\ntitle: {name}\npublished: {published}\n---\n{text}\n")
    town.bot.briefing.articles.ingest([file])


async def test_a_note_is_one_message_with_its_file(town: Town) -> None:
    result = await town.ann.slash(town.channel, "brief", topic=TOPIC)
    shown = said(result)
    assert shown.startswith(f"## {TOPIC}\n-# Briefing note as of ")
    assert "### In a sentence\n**14 Dec 2025**: Zelenskyy’s choice to give up on NATO membership" in shown
    assert "\n-# **was, 3 Dec 2024**: " in shown
    assert "### Where sources disagree\n" in shown and "### Not known\n" in shown
    assert result.response
    (file,) = result.response.message.attachments
    assert file.filename == "note.docx"
    document = docx.Document(io.BytesIO(await file.read()))
    assert document.paragraphs[0].text == TOPIC


async def test_buttons_write_it_again_after_a_restart(town: Town) -> None:
    first = await town.ann.slash(town.channel, "brief", topic=TOPIC)
    assert first.response
    await town.restart()
    again = await town.ann.click(first.response, label="Refresh")
    assert said(again).splitlines()[0] == f"## {TOPIC}"
    assert again.response and again.response.ephemeral
    form = await town.ann.click(first.response, label="As of…")
    assert form.modal
    then = await town.ann.submit_modal(form, {"day": "2024-12-31"})
    assert "Briefing note as of 31 Dec 2024" in said(then) and "14 Dec 2025" not in said(then)


async def test_a_wrong_day_and_an_unknown_topic_get_a_line(town: Town) -> None:
    wrong = await town.ann.slash(town.channel, "brief", topic=TOPIC, as_of="someday")
    assert "someday" in said(wrong) and wrong.response and wrong.response.ephemeral
    unknown = await town.ann.slash(town.channel, "brief", topic="tuna quotas")
    assert "No article is clearly about this" in said(unknown)
    assert unknown.response and not unknown.response.message.attachments
    marked = await town.ann.slash(town.channel, "brief", topic="NATO **membership** `of` @everyone")
    assert said(marked).startswith("## NATO \\*\\*membership") and "@everyone" not in said(marked)
    assert marked.response and not marked.response.message.mention_everyone


async def test_markup_in_titles_topics_and_the_button_is_text(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "toll.md"
    said_ = "Mayor Ines Aerts said the harbour toll will rise to 48 euros **soon** <@1> in May."
    file.write_text(f"---\ntitle: '[x](https://e.x) ||y||'\npublished: 2026-05-02\n---\n{said_}\n")
    town.bot.briefing.articles.ingest([file])
    shown = await town.ann.slash(town.channel, "brief", topic="harbour toll [x](https://e.x)")
    assert said(shown).startswith("## harbour toll \\[x")
    assert "48 euros soon" in said(shown) and shown.response and not shown.response.message.mentions
    again = await town.ann.click(shown.response, label="Refresh")
    assert said(again).splitlines()[0] == said(shown).splitlines()[0]


async def test_a_note_tells_what_is_new_since_the_last_one_in_the_channel(town: Town, tmp_path: Path) -> None:
    today = date.today()
    weeks, now = (f"### What is new since {day(each)}" for each in (today - timedelta(14), today))
    known = "Volodymyr Zelenskyy said that Ukraine's NATO membership could wait until the treaty of Vilnius is signed."
    add(town, tmp_path, "known", known, today - timedelta(10))
    add(town, tmp_path, "lead", "Ukraine's NATO membership is off the table, Mark Rutte said.", today - timedelta(1))
    alone = said(await town.ann.slash(town.channel, "brief", topic=TOPIC, private=True))
    posted = await town.ann.slash(town.channel, "brief", topic=TOPIC)
    assert all("Vilnius" in news(shown, weeks) for shown in (alone, said(posted)))
    add(town, tmp_path, "late", "Dmytro Kuleba said Ukraine's NATO membership is owed to Kyiv.", today - timedelta(2))
    add(town, tmp_path, "copy", known, today - timedelta(2))
    assert posted.response
    refreshed = said(await town.ann.click(posted.response, label="Refresh"))
    shown = said(await town.ann.slash(town.channel, "brief", topic=TOPIC.upper().replace(" ", "  ")))
    assert all("Kuleba" in news(each, now) and "Vilnius" not in news(each, now) for each in (refreshed, shown))
    then = said(await town.ann.slash(town.channel, "brief", topic=TOPIC, as_of="2024-12-31"))
    assert "Nothing newer than 17 Dec 2024" in then
    assert "What is new" not in said(await town.ann.slash(town.channel, "brief", topic=TOPIC))
    elsewhere = said(await town.ann.slash(town.guild.create_text_channel("other"), "brief", topic=TOPIC))
    assert "Vilnius" in news(elsewhere, weeks)


async def test_questions_without_an_answer_are_listed_but_no_private_ones(town: Town) -> None:
    await town.ann.slash(town.channel, "ask", question="What is the tuna quota of Palau?")
    await town.mention("what is the tuna quota of Palau")
    await town.ann.slash(town.channel, "ask", question="What does the zeppelin cost?", private=True)
    await town.ann.send_dm("Who won the chess final?")
    hidden, shown = (discord.PermissionOverwrite(view_channel=seen) for seen in (False, True))
    few: dict[Any, discord.PermissionOverwrite] = {town.guild.default_role: hidden, town.user: shown, town.ann: shown}
    closed = town.guild.create_text_channel("closed", overwrites=few)
    await town.ann.slash(closed, "ask", question="How many penguins live in Oslo?")
    line = "-# Asked this week without an answer: “what is the tuna quota of Palau” twice"
    note = said(await town.ann.slash(town.channel, "brief", topic=TOPIC))
    digest = said(await town.ann.slash(town.channel, "digest"))
    assert note.splitlines()[-1] == digest.splitlines()[-1] == line
    inside = said(await town.ann.slash(closed, "brief", topic="tuna quotas"))
    assert inside.splitlines()[-1] == f"{line}, “How many penguins live in Oslo?” once"
