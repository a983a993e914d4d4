"""Answers of every standing in a channel: what stands there, which buttons, and whether a thread opens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import simcord

from retrieval.domain.answers import Answer, Standing
from retrieval.domain.articles import Filter
from retrieval.domain.citations import Excerpt
from retrieval.services.briefing import Briefing
from tests.bot.conftest import Town
from tests.bot.test_ask import NATO
from tests.shown import buttons, said

Asks = Callable[[Standing], Answer]
UNSURE = "🟡 **Not sure this answers it; the closest I have:**"


@pytest.fixture
def stands(briefing: Briefing, monkeypatch: pytest.MonkeyPatch) -> Asks:
    """Lets the bot answer with the seeds' own answer, shown as excerpts, as if it had this standing."""
    given = briefing.asking.ask(NATO, Filter())
    excerpts = tuple(
        Excerpt(
            citation=each.number,
            file=each.file,
            key=each.key,
            text=each.quote,
            start=each.start,
            end=each.end,
            marked=((each.start, each.end),),
            line=each.line_start,
        )
        for each in given.citations
    )

    def answer(standing: Standing) -> Answer:
        made = replace(given, standing=standing, excerpts=excerpts)
        if standing == "possible":
            made = replace(made, statements=(), reason="uncertain")
        elif standing == "nothing":
            made = replace(
                made, statements=(), citations=(), excerpts=(), reason="not_found", message="Not in the articles."
            )
        monkeypatch.setattr(briefing.asking, "ask", lambda *_args, **_options: made)
        return made

    return answer


def labels(result: simcord.InteractionResult) -> list[str]:
    assert result.response
    shown = result.followups[-1] if result.followups else result.response
    return [each["label"] for each in buttons(shown)]


async def test_what_is_answered_shows_its_excerpts_with_their_sources(town: Town, stands: Asks) -> None:
    made = stands("answered")
    answer = said(await town.ann.slash(town.channel, "ask", question=NATO))
    assert answer.partition("\n\n")[2].startswith(
        "As of 14 Dec 2025 \\(date estimated\\):\n> **Ukraine’s President Volodymyr Zelenskyy has"
    )
    assert made.citations
    for each in made.citations:
        assert f"\n-# [{each.number}] " in answer
    assert "**Sources**" not in answer
    assert "Not sure" not in answer


async def test_what_may_not_answer_says_so_and_has_all_the_buttons(town: Town, stands: Asks) -> None:
    stands("possible")
    result = await town.ann.slash(town.channel, "ask", question=NATO)
    assert said(result).startswith(f"{UNSURE}\n⚠️ **Old news**: ")
    assert labels(result) == ["Sources", "More", "Helpful", "Not helpful"]
    assert result.response
    sources = await town.ann.click(result.response, label="Sources")
    assert "relinquishing its ambition to join NATO" in said(sources)
    assert "001_82df3489a97b2c5e.txt" in said(sources)
    assert ".txt:" in said(await town.ann.click(result.response, label="More"))


@pytest.mark.parametrize(("standing", "opened"), [("answered", True), ("possible", True), ("nothing", False)])
async def test_a_thread_opens_where_there_is_something_to_talk_about(
    town: Town, stands: Asks, standing: Standing, opened: bool
) -> None:
    stands(standing)
    await town.mention(NATO)
    assert len(town.channel.threads) == opened
