"""The buttons under an answer, also long after it was given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import simcord

from bot.cli import main as cli
from retrieval.services.briefing import Briefing
from retrieval.storage import conversations
from tests.bot.conftest import Town
from tests.conftest import SEEDS
from tests.shown import buttons, said

NATO = "Does Ukraine still want to join NATO?"


@pytest.fixture
async def asked(town: Town) -> simcord.InteractionResult:
    """A question that was answered."""
    return await town.ann.slash(town.channel, "ask", question=NATO)


async def press(town: Town, asked: simcord.InteractionResult, label: str) -> simcord.InteractionResult:
    assert asked.response
    return await town.ann.click(asked.response, label=label)


@pytest.mark.parametrize("restarted", [False, True])
async def test_sources_shows_each_quote_in_its_paragraph(
    town: Town, asked: simcord.InteractionResult, restarted: bool
) -> None:
    if restarted:
        await town.restart()
    result = await press(town, asked, "Sources")
    assert result.ephemeral
    assert "relinquishing its ambition to join NATO" in said(result)
    assert "> " in said(result)
    assert said(result).count("txt:") == 3


@pytest.mark.parametrize("restarted", [False, True])
async def test_more_shows_passages_that_were_not_cited(
    town: Town, asked: simcord.InteractionResult, restarted: bool
) -> None:
    if restarted:
        await town.restart()
    result = await press(town, asked, "More")
    assert result.ephemeral
    assert "relinquishing its ambition to join NATO" not in said(result)
    assert ".txt:" in said(result)


async def test_praise_and_blame_are_kept_with_the_answer_and_exported(
    town: Town,
    asked: simcord.InteractionResult,
    briefing: Briefing,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bob = town.guild.add_member(town.env.create_user("bob"))
    assert asked.response
    assert "Thank you" in said(await bob.click(asked.response, label="Helpful"))
    assert (await press(town, asked, "Not helpful")).modal
    briefing.close()
    assert cli.run(["feedback", "--json", "--data-dir", str(tmp_path / "data")]) == 0
    kept = json.loads(capsys.readouterr().out)["feedback"]
    assert sorted(each["helpful"] for each in kept) == [False, True]
    assert kept[0]["question"] == NATO
    cited = kept[0]["citations"][0]
    assert cited["quote"] in (SEEDS / cited["file"]).read_text("utf-8")


async def test_a_reason_is_kept_with_the_blame(
    town: Town, asked: simcord.InteractionResult, briefing: Briefing
) -> None:
    shown = await press(town, asked, "Not helpful")
    result = await town.ann.submit_modal(shown, {"reason": "It leaves out December."})
    assert "Thank you" in said(result)
    assert [(each.helpful, each.reason) for each in briefing.feedback.all()] == [(False, "It leaves out December.")]


async def test_an_answer_that_was_forgotten_is_said_to_be(
    town: Town, asked: simcord.InteractionResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversations, "KEPT", 0)
    await town.ann.slash(town.channel, "ask", question="Who leads NATO?")
    for label in ("Sources", "More", "Helpful"):
        assert "I no longer have this answer" in said(await press(town, asked, label))


async def test_a_refusal_has_no_sources_to_show(town: Town) -> None:
    result = await town.ann.slash(town.channel, "ask", question="Which team won the Champions League?")
    assert result.response
    labels = [each["label"] for each in buttons(result.response)]
    assert labels == ["More", "Helpful", "Not helpful"]


async def test_a_reason_given_after_a_restart_is_kept(
    town: Town, asked: simcord.InteractionResult, briefing: Briefing
) -> None:
    shown = await press(town, asked, "Not helpful")
    await town.restart()
    result = await town.ann.submit_modal(shown, {"reason": "It leaves out December."})
    assert "Thank you" in said(result)
    assert [each.reason for each in briefing.feedback.all()] == ["It leaves out December."]


async def test_who_judged_is_not_kept(town: Town, asked: simcord.InteractionResult, tmp_path: Path) -> None:
    await press(town, asked, "Helpful")
    kept = b"".join(file.read_bytes() for file in (tmp_path / "data").glob("catalog.sqlite3*"))
    assert str(town.ann.id).encode() not in kept


async def test_buttons_do_nothing_where_the_bot_no_longer_works(town: Town, asked: simcord.InteractionResult) -> None:
    await town.restart(guilds=frozenset({1}))
    for label in ("Sources", "More", "Helpful", "Not helpful"):
        assert said(await press(town, asked, label)) == "I am not set up for this server."
