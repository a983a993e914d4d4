"""`/compare`, as the person who asks for it sees it."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import simcord

from bot.presentation.discord.timelines import comparison_pages
from bot.presentation.wording import ALIKE, ELSE
from retrieval.domain.answers import Column, Comparison
from retrieval.domain.citations import Citation
from retrieval.services.briefing import Briefing
from tests.bot.conftest import Town
from tests.shown import broken_page, plain, read, said

TOPIC = "NATO membership"
PERIODS = {"period_a": "2024-12", "period_b": "2025-12"}
HERALD = "The mayor of Zeebrugge said that the harbour toll will rise to nine euros for lorries in March."
GAZETTE = "The mayor of Zeebrugge denied that the harbour toll will rise for lorries, and called it a rumour."
LINK = "https://herald.example/toll"


async def compare(town: Town, topic: str = TOPIC, **options: Any) -> simcord.InteractionResult:
    return await town.ann.slash(town.channel, "compare", topic=topic, **options)


async def ingest(briefing: Briefing, folder: Path, outlet: str, text: str, scope: str = "", title: str = "") -> None:
    file = folder / f"{len(list(folder.iterdir()))}.md"
    file.write_text(f'---\ntitle: "{title or "The toll"}"\noutlet: "{outlet}"\npublished: 2026-02-01\n---\n{text}\n')
    await asyncio.to_thread(briefing.articles.ingest, [file], scope)


@pytest.fixture
async def press(briefing: Briefing, tmp_path: Path) -> Path:
    """Two outlets that tell of a toll."""
    folder = tmp_path / "press"
    folder.mkdir()
    await ingest(briefing, folder, "Harbour Herald", HERALD)
    await ingest(briefing, folder, "Hill Gazette", GAZETTE)
    return folder


async def test_two_periods_are_told_matter_by_matter_with_days_and_sources(town: Town) -> None:
    result = await compare(town, **PERIODS)
    shown = said(result)
    assert not result.ephemeral
    assert shown.startswith(f"## {TOPIC}\n-# 2024-12: 4 articles · 2025-12: 1 article\n\n### {ALIKE}\n> **2024-12**: “")
    assert re.search(rf"Dec 2024.*\n\n### {ELSE}\n> \*\*2024-12\*\*: ", shown, re.DOTALL)
    assert re.search(
        r"> \*\*2025-12\*\*: “[^”\n]+”\n-# \[5\] .* · 14 Dec 2025 \(date estimated\) · `001_82df3489a97b2c5e.txt:",
        shown,
    )
    assert "give up on NATO membership" in shown


async def test_a_command_is_taken_before_any_work_is_done(town: Town) -> None:
    await compare(town, **PERIODS)
    first, second = [each for each in town.env.http_requests if "/callback" in each.path or "@original" in each.path]
    assert (first.json, second.method) == ({"type": 5}, "PATCH")


@pytest.mark.usefixtures("press")
async def test_two_outlets_are_compared_in_one_row_on_one_matter(town: Town) -> None:
    shown = said(await compare(town, "harbour toll", outlet_a="Harbour Herald", outlet_b="hill gazette"))
    assert shown.splitlines()[1] == "-# Harbour Herald: 1 article · hill gazette: 1 article"
    assert f"> **Harbour Herald**: “{HERALD}”\n-# [1] The toll · Harbour Herald · 1 Feb 2026" in shown
    assert f"> **hill gazette**: “{GAZETTE}”\n-# [2] The toll · Hill Gazette · 1 Feb 2026" in shown


@pytest.mark.usefixtures("press")
async def test_outlets_are_offered_while_one_types(town: Town) -> None:
    for option in ("outlet_a", "outlet_b"):
        offered = await town.ann.autocomplete(town.channel, "compare", option, "her", topic="harbour toll")
        assert offered == [{"name": "Harbour Herald", "value": "Harbour Herald"}]


# What is asked for, and what the one line that is said instead begins with.
REFUSED: tuple[tuple[dict[str, str], str], ...] = (
    ({}, "Name two outlets or two periods to compare"),
    ({"outlet_a": "Harbour Herald"}, "Name two outlets or two periods to compare"),
    ({"outlet_a": "Harbour Herald", "period_b": "2024"}, "Name two outlets or two periods to compare"),
    ({**PERIODS, "outlet_a": "A", "outlet_b": "B"}, "Name two outlets or two periods to compare"),
    ({"period_a": "2024-12", "period_b": "2024-12-01..2024-12-31"}, "Both sides are the same"),
    ({"period_a": "next **week**", "period_b": "2024"}, '"next \\*\\*week\\*\\*" is not a date'),
    ({"period_a": "2025..2024", "period_b": "2024"}, "1 January 2025 is after 31 December 2024"),
    ({"period_a": "..", "period_b": "2024"}, "A period is empty"),
)


async def test_what_cannot_be_compared_is_said_in_one_private_line(town: Town) -> None:
    for options, line in REFUSED:
        result = await compare(town, **options)
        assert said(result).startswith(line)
        assert "\n" not in said(result)
        assert result.ephemeral


@pytest.mark.usefixtures("press")
async def test_an_unknown_outlet_and_one_outlet_by_two_names_are_said_in_one_line(town: Town) -> None:
    unknown = await compare(town, outlet_a="Harbour Herald", outlet_b="**Moon** Courier")
    assert said(unknown).startswith('No article is from "\\*\\*Moon\\*\\* Courier": there are Harbour Herald')
    twice = await compare(town, outlet_a="Harbour Herald", outlet_b="the harbour herald")
    assert said(twice) == "Both sides are the same: name two that differ."


async def test_a_side_that_says_nothing_says_so_beside_the_other(town: Town, press: Path, briefing: Briefing) -> None:
    await ingest(briefing, press, "Opera News", "The soprano sang five encores on the night of her farewell in Lagos.")
    shown = said(await compare(town, "harbour toll", outlet_a="Harbour Herald", outlet_b="Opera News"))
    assert "**Opera News**: Nothing on this." in shown
    assert "**2019**: No articles." in said(await compare(town, period_a="2024-12", period_b="2019"))


async def test_nothing_on_either_side_is_one_line(town: Town) -> None:
    result = await compare(town, "Champions League final", **PERIODS)
    assert said(result) == "Neither side says anything about this."


async def test_what_another_server_alone_may_see_is_not_compared(town: Town, press: Path, briefing: Briefing) -> None:
    await ingest(briefing, press, "Harbour Herald", f"It is a secret: {HERALD}", scope="1")
    await ingest(briefing, press, "Secret Post", HERALD, scope="1")
    shown = await compare(town, "harbour toll", outlet_a="Harbour Herald", outlet_b="Hill Gazette")
    assert "secret" not in said(shown)
    assert "-# Harbour Herald: 1 article · Hill Gazette: 1 article\n" in said(shown)
    hidden = await compare(town, "harbour toll", outlet_a="Harbour Herald", outlet_b="Secret Post")
    assert said(hidden).startswith('No article is from "Secret Post"')


async def test_it_can_be_shown_to_one_alone(town: Town) -> None:
    assert (await compare(town, **PERIODS, private=True)).ephemeral


@pytest.mark.parametrize("env", [{"questions": 1}], indirect=True)
async def test_who_asks_too_fast_is_asked_to_wait(town: Town) -> None:
    await compare(town, **PERIODS)
    assert "Please try again in" in said(await compare(town, **PERIODS))


async def test_hostile_words_format_nothing_and_call_nobody(town: Town, press: Path, briefing: Briefing) -> None:
    text = (
        "The harbour toll of Zeebrugge is ** a fraud, <@1> and @everyone at [x](https://evil.example y), `said` Lund."
    )
    await ingest(briefing, press, "**Bold** @everyone", text, title="[x](https://evil.example) <@1>")
    shown = await compare(town, "harbour **toll**", outlet_a="**Bold** @everyone", outlet_b="Hill Gazette")
    whole = said(shown).replace("\n> **", "\n> ")
    assert "fraud" in whole
    for active in ("@everyone", "](https://evil", "<@1>", " **"):
        assert active not in whole
    assert whole.startswith("## harbour \\*\\*toll\\*\\*\n")


async def test_where_discord_has_given_the_command_up_it_comes_as_messages(town: Town) -> None:
    town.env.inject_error("PATCH", "/webhooks/*/@original", status=404, code=10015, times=2)
    await compare(town, **PERIODS)
    shown = "\n".join(read(message) for message in town.said())
    assert f"## {TOPIC}" in shown and "give up on NATO membership" in shown


def statement(number: int, quote: str, title: str = "A") -> Citation:
    return Citation(
        number, "a.txt", title, "AP", None, "2024-12-03", "text", False, quote, 0, len(quote), 1, 1, None, "k"
    )


@pytest.mark.parametrize(
    ("address", "linked"), [(LINK, True), (f"{LINK}/{'a' * 250}", True), (f"{LINK}/{'a' * 1600}", False)]
)
def test_a_full_comparison_keeps_every_limit_and_cuts_no_link(address: str, linked: bool) -> None:
    text = "@everyone **bold** _x_ [y](https://evil.example) \U0001f600 " * 60
    columns = tuple(Column(text, 9, tuple(statement(first + at, text, text) for at in range(4))) for first in (1, 5))
    comparison = Comparison(text, columns, 2)
    shown = plain(comparison_pages, comparison, lambda _: address)
    assert shown
    assert all(0 < len(page) <= 2000 for page in shown)
    assert len(re.findall(r"\]\(<https://herald\.example/[^<>\s]+>\)", "".join(shown))) == 8 * linked
    assert not any(fault for page in comparison_pages(comparison, lambda _: address) for fault in broken_page(page))


def test_a_row_is_never_without_words() -> None:
    blank = replace(statement(1, "\u200b\u2800"), title="\u200b", file="\u200b", outlet="\u2800")
    (shown,) = plain(
        comparison_pages, Comparison("\u200b", (Column("\u2800", 1, (blank,)), Column("b", 0, ()))), lambda _: ""
    )
    assert shown == (
        "## Comparison\n-# \u2800: 1 article · b: 0 articles\n\n"
        "> **?**: “”\n-# [1] `?` · 3 Dec 2024\n**b**: No articles."
    )
