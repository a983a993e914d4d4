"""`/brief` as people see it, on a simulated Discord."""

from __future__ import annotations

import io

import docx

from tests.bot.conftest import Town
from tests.shown import said

TOPIC = "Ukraine NATO membership"


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
