"""What people are told when their question fails, and what the operator finds in the log about it."""

from __future__ import annotations

import re
from types import SimpleNamespace

import discord
import pytest
from discord import app_commands

from bot.discord.errors import explain, is_gone
from retrieval.errors import BusyError, StoreError
from tests.bot.conftest import Town
from tests.shown import said


def test_who_comes_while_the_articles_change_is_asked_to_come_back_and_nothing_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert explain(BusyError("catalog.sqlite3 is locked")) == (
        "The articles are being changed right now. Please try again in a minute."
    )
    assert caplog.records == []


def test_the_log_tells_a_known_error_in_its_line_and_an_unknown_one_with_where_it_came_from(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for error in (StoreError("the disk is gone"), KeyError("lost")):
        told = explain(error)
        assert "the disk" not in told and "lost" not in told
        mark = re.search(r"`(\w{8})`", told)
        assert mark and mark[1] in caplog.records[-1].message
    known, unknown = caplog.records
    assert "the disk is gone" in known.message and known.exc_info is None
    assert unknown.exc_info and unknown.exc_info[1] is error


@pytest.mark.parametrize(("code", "gone"), [(10003, True), (10008, True), (10062, True), (50013, False), (0, False)])
def test_what_discord_no_longer_has_is_told_from_what_it_refuses(code: int, gone: bool) -> None:
    response = SimpleNamespace(status=404, reason="Not Found")
    assert is_gone(discord.NotFound(response, {"code": code, "message": "no"})) is gone  # type: ignore[arg-type]
    assert not is_gone(None)


async def test_who_may_not_use_a_command_is_told_so_alone(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async def deny(_interaction: discord.Interaction) -> bool:
        raise app_commands.CheckFailure

    monkeypatch.setattr(town.bot.tree, "interaction_check", deny)
    result = await town.ann.slash(town.channel, "digest")
    assert said(result) == "You may not use this command here."
    assert result.ephemeral
    town.env._errors.clear()  # SimCord would have the test fail for this one
