"""`/privacy`: what is kept of a person is shown, sent and deleted, for that person alone."""

from __future__ import annotations

import json
from typing import Any

import simcord

from retrieval.storage.schema import digest
from tests.bot.conftest import Town
from tests.bot.test_ask import NATO
from tests.bot.test_languages import speak
from tests.shown import buttons, said
from tests.storage.test_retention import everything


async def asked(town: Town) -> simcord.InteractionResult:
    """Ann has asked, and found the answer not helpful; returns what she is told is kept of her."""
    await town.mention(NATO)
    await town.ann.click(town.said()[0], label="Helpful")
    return await town.ann.slash(town.channel, "privacy")


async def test_a_person_reads_what_is_kept_and_gets_it_as_a_file(town: Town) -> None:
    nothing = await town.ann.slash(town.channel, "privacy")
    assert nothing.ephemeral
    assert said(nothing).startswith("I keep nothing about you.")
    shown = await asked(town)
    assert shown.ephemeral and shown.response
    for line in ("1 question with its answer", "1 vote on an answer", "I keep them for 365 days."):
        assert line in said(shown)
    await town.restart()
    sent = await town.ann.click(shown.response, label="Get it as a file")
    (file,) = [each for answer in (sent.response, *sent.followups) if answer for each in answer.message.attachments]
    about = json.loads(await file.read())
    assert [each["asked"] for each in about["questions"]] == [NATO]
    assert about["votes"][0]["helpful"] is True
    other = town.guild.add_member(town.env.create_user("bob"))
    assert said(await other.slash(town.channel, "privacy")).startswith("I keep nothing about you.")


async def test_a_person_has_it_deleted_after_being_asked(town: Town) -> None:
    shown = await asked(town)
    assert shown.response
    sure = await town.ann.click(shown.response, label="Delete it")
    assert sure.ephemeral and sure.response
    assert "It cannot be undone" in said(sure)
    assert said(await town.ann.slash(town.channel, "privacy")) == said(shown)
    await town.restart()
    assert said(await town.ann.click(sure.response, label="Delete for good")).startswith("Done: I keep nothing")
    # How many questions were asked in the last minute is counted on.
    rows = [row for table, rows in everything(town.bot.briefing).items() if table != "askings" for row in rows]
    assert [row for row in rows if digest(str(town.ann.id)) in row or NATO in row or str(town.ann.id) in row] == []
    assert "I no longer have this answer" in said(await town.ann.click(town.said()[0], label="Sources"))
    assert said(await town.ann.slash(town.channel, "privacy")).startswith("I keep nothing about you.")


async def test_it_is_said_in_the_persons_language(town: Town, monkeypatch: Any) -> None:
    speak(monkeypatch, "de")
    shown = await asked_in_german(town)
    assert "1 Frage mit ihrer Antwort" in said(shown)
    assert shown.response
    assert [each["label"] for each in buttons(shown.response)] == ["Als Datei erhalten", "Löschen"]


async def asked_in_german(town: Town) -> simcord.InteractionResult:
    await town.mention(NATO)
    return await town.ann.slash(town.channel, "privacy")


async def test_the_bot_notes_the_servers_it_is_on(town: Town) -> None:
    there = town.bot.present()
    assert there and list(there.here) == [str(town.guild.id)]
    assert there.owns(int(town.guild.id))
