"""`/digest`, as the person who asks for it sees it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
import simcord

from bot.digests import pages
from retrieval.briefing import Briefing
from retrieval.models import Filter, Point
from tests.bot.conftest import Town


def said(result: simcord.InteractionResult) -> str:
    assert result.response
    return result.response.content


async def test_the_stories_of_some_days_are_told_with_their_sources(town: Town) -> None:
    shown = said(await town.ann.slash(town.channel, "digest", since="2024-12-03", until="2024-12-04"))
    assert shown.startswith("**3 Dec 2024 to 4 Dec 2024**: 4 articles, 1 story\n\n**1\\. ")
    assert "[1]" in shown
    assert "copies or rewrites of one AP piece among them" in shown


async def test_days_without_an_article_say_so(town: Town) -> None:
    assert said(await town.ann.slash(town.channel, "digest", since="2019", until="2019")).endswith(": no stories.")
    assert "no stories" in said(await town.ann.slash(town.channel, "digest", days="today"))


async def test_wrong_days_are_said_in_one_line(town: Town) -> None:
    result = await town.ann.slash(town.channel, "digest", since="2025", until="2024")
    assert "is after" in said(result)
    assert result.ephemeral


async def test_a_long_digest_is_turned_by_buttons_also_after_a_restart(
    town: Town, briefing: Briefing, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await asyncio.to_thread(briefing.digest, Filter("2024-12-03", "2024-12-04"))
    long = replace(made, stories=made.stories * 9, found=9)
    monkeypatch.setattr(briefing, "digest", lambda *_arguments: long)
    result = await town.ann.slash(town.channel, "digest", topic="NATO: what next?")
    assert result.response
    first = said(result)
    assert "9 stories" in first
    assert "**1\\. " in first
    await town.restart()
    await town.ann.click(result.response, label="More ▶")
    second = said(result)
    assert "9 stories" in second
    assert "**1\\. " not in second
    await town.ann.click(result.response, label="◀ Weightier")
    assert said(result) == first


async def test_a_digest_is_of_what_the_server_sees(town: Town, briefing: Briefing, tmp_path: Path) -> None:
    for name, scope in (("shared", ""), ("own", str(town.guild.id)), ("secret", "1")):
        file = tmp_path / f"{name}.md"
        file.write_text(
            f"---\ntitle: The {name} memo\npublished: 2026-02-01\n---\nThe {name} memo speaks of tariffs.\n"
        )
        await asyncio.to_thread(briefing.ingest, [file], scope)
    shown = said(await town.ann.slash(town.channel, "digest", topic="tariffs"))
    assert shown.startswith("**1 Feb 2026** on tariffs: 2 articles")
    assert "secret" not in shown


async def test_hostile_stories_arrive_whole_within_the_limits(briefing: Briefing) -> None:
    made = await asyncio.to_thread(briefing.digest, Filter("2024-12-03", "2024-12-04"))
    text = "@everyone **bold** [x](https://evil.example) `code " * 60
    (story,) = made.stories
    hostile = replace(story, title=text, points=(Point(text, (1,)),), outlets=(text,) * 20)
    shown = pages(replace(made, stories=(hostile,) * 12, found=12), "a @everyone *topic*", lambda _: "a.txt:1")
    assert all(0 < len(page) <= 2000 for page in shown)
    assert not any("@everyone" in page or "](https://evil" in page for page in shown)
    assert "".join(shown).count("\\*\\*bold\\*\\*") >= 12 * 60
