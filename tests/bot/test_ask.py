"""`/ask`, as the person who asks sees it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from retrieval.domain.answers import Answer
from retrieval.domain.articles import Filter
from retrieval.services.briefing import Briefing
from tests.bot.conftest import Town
from tests.shown import buttons, said

NATO = "Does Ukraine still want to join NATO?"
ABSENT = "Which team won the Champions League?"


async def test_an_answer_cites_its_sources_with_dates(town: Town) -> None:
    result = await town.ann.slash(town.channel, "ask", question=NATO)
    answer = said(result)
    assert "relinquishing its ambition to join NATO." in answer
    assert "[1] " in answer
    assert "As of 14 Dec 2025 \\(date estimated\\):" in answer
    assert "· `001_82df3489a97b2c5e.txt:9`" in answer
    assert "\n\nAs of 14 Dec 2025" in answer
    assert "\n-# Answered · searched 5 articles" in answer


async def test_a_command_is_taken_before_any_work_is_done(town: Town) -> None:
    result = await town.ann.slash(town.channel, "ask", question=NATO)
    requests = [each for each in town.env.http_requests if "/callback" in each.path or "@original" in each.path]
    assert result.acknowledged
    assert [(each.method, "/callback" in each.path) for each in requests] == [("POST", True), ("PATCH", False)]
    assert requests[0].json == {"type": 5}


async def test_a_refusal_looks_different_and_cites_nothing(town: Town) -> None:
    result = await town.ann.slash(town.channel, "ask", question=ABSENT)
    answer = said(result)
    assert "Not in the articles" in answer
    assert "Sources" not in answer
    assert "[1]" not in answer
    assert "Closest" in answer or "closest" in answer


async def test_a_private_answer_is_seen_by_the_one_who_asked(town: Town) -> None:
    bob = town.guild.add_member(town.env.create_user("bob"))
    result = await town.ann.slash(town.channel, "ask", question=NATO, private=True)
    assert result.ephemeral
    assert town.channel.history(viewer=bob.user) == []


async def test_dates_narrow_what_is_searched(town: Town) -> None:
    result = await town.ann.slash(town.channel, "ask", question=NATO, until="2024-12-31")
    assert "001_82df3489a97b2c5e" not in said(result)
    assert "searched 4 articles" in said(result).lower()


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"since": "the day before never"}, "the day before never"),
        ({"since": "2025-02-01", "until": "2025-01-01"}, "is after"),
        ({"outlet": "The Moon Gazette"}, "The Moon Gazette"),
    ],
)
async def test_what_cannot_be_asked_is_said_in_one_line(town: Town, options: dict[str, str], line: str) -> None:
    result = await town.ann.slash(town.channel, "ask", question=NATO, **options)
    assert line in said(result)
    assert len(said(result).splitlines()) == 1


async def test_outlets_are_offered_while_one_types(town: Town, briefing: Briefing, tmp_path: Path) -> None:
    for name in ("Harbour Herald", "Hill Gazette"):
        (tmp_path / f"{name}.md").write_text(f"---\noutlet: {name}\n---\nThe bridge is closed, says the {name}.\n")
        briefing.articles.ingest([tmp_path / f"{name}.md"])
    offered = await town.ann.autocomplete(town.channel, "ask", "outlet", "her", question=NATO)
    assert offered == [{"name": "Harbour Herald", "value": "Harbour Herald"}]
    result = await town.ann.slash(town.channel, "ask", question="Is the bridge closed?", outlet="Hill Gazette")
    assert "I searched 1 article \\(from Hill Gazette\\)" in said(result)


async def test_a_long_answer_arrives_whole(town: Town, briefing: Briefing, monkeypatch: pytest.MonkeyPatch) -> None:
    given = briefing.asking.ask(NATO, Filter())
    words = [f"word{number}" for number in range(1500)]
    long = replace(given, statements=(), excerpts=(), message=" ".join([*words, "[1]"]))
    monkeypatch.setattr(briefing.asking, "ask", lambda *_args, **_options: long)
    result = await town.ann.slash(town.channel, "ask", question=NATO)
    assert [word for word in said(result).split() if word.startswith("word")] == words
    assert result.response
    assert not buttons(result.response)
    assert buttons(result.followups[-1])


async def test_nothing_in_an_answer_calls_anybody(
    town: Town, briefing: Briefing, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = briefing.asking.ask(NATO, Filter())
    hostile = replace(
        given,
        statements=(),
        excerpts=(),
        message=f"@everyone look <@{town.ann.id}> and <@&1> [x](https://evil.example) `code [1]",
    )
    monkeypatch.setattr(briefing.asking, "ask", lambda *_args, **_options: hostile)
    result = await town.ann.slash(town.channel, "ask", question=NATO)
    assert result.response
    message = result.response.message
    assert not message.mention_everyone
    assert message.mentions == []
    assert "](https://evil" not in said(result)


@pytest.mark.parametrize("env", [{"questions": 2}], indirect=True)
async def test_who_asks_too_fast_is_told_how_long_to_wait(town: Town) -> None:
    for _ in range(2):
        assert "[1]" in said(await town.ann.slash(town.channel, "ask", question=NATO))
    slowed = await town.ann.slash(town.channel, "ask", question=NATO)
    assert "Please try again in" in said(slowed) and slowed.ephemeral
    bob = town.guild.add_member(town.env.create_user("bob"))
    assert "[1]" in said(await bob.slash(town.channel, "ask", question=NATO))


async def test_a_failure_is_told_in_one_line_without_its_insides(
    town: Town, briefing: Briefing, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_arguments: Any, **_options: Any) -> Answer:
        raise RuntimeError("/srv/secret/path is broken")

    monkeypatch.setattr(briefing.asking, "ask", fail)
    line = said(await town.ann.slash(town.channel, "ask", question=NATO))
    assert "secret" not in line
    mark = line.rpartition("`")[0].rpartition("`")[2]
    assert f"failure {mark}" in caplog.text
