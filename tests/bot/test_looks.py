"""The looks of the bot's messages: components, how they follow a message through its life, and text in their place."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import simcord

from bot.presentation.discord.digests import Menu
from bot.presentation.discord.layouts import Attached, Card, Rule, SourceLine, Text, Tone, paged, restored, stored
from retrieval.services.briefing import Briefing
from tests.bot.conftest import Town
from tests.bot.test_timeline import MAYORS, REASONS, write
from tests.discord_components import walk
from tests.discord_rules import COMPONENTS_V2, check_openapi, openapi
from tests.shown import broken_page, buttons, read, said, words

NATO, TOPIC = "Does Ukraine still want to join NATO?", "Ukraine NATO membership"
HERE = "https://brief.example"
COMMANDS: dict[str, dict[str, Any]] = {
    "ask": {"question": NATO},
    "digest": {"since": "2024-12-01", "until": "2025-12-31"},
    "timeline": {"topic": TOPIC},
    "brief": {"topic": TOPIC},
    "compare": {"topic": "NATO membership", "period_a": "2024-12", "period_b": "2025-12"},
}
PLAIN = pytest.mark.parametrize("env", [{"plain_messages": True}], indirect=True)


async def bring_in_tolls(briefing: Briefing, folder: Path) -> None:
    """More statements than a page has room for."""
    for at, mayor in enumerate(MAYORS):
        for more, reason in enumerate(REASONS):
            text = f"Mayor {mayor} said the harbour toll will rise to {at * 4 + more + 3} euros because {reason}."
            write(folder / "press", f"{at}-{more}", text, f"2025-0{at + 1}-{more * 7 + 1:02}")
    await asyncio.to_thread(briefing.articles.ingest, [folder / "press"])


def has_components(message: simcord.ResponseMessage) -> bool:
    return bool(message.flags.value & COMPONENTS_V2)


@pytest.mark.slow
@pytest.mark.parametrize("env", [{"public_url": HERE}], indirect=True)
async def test_every_kind_of_message_has_components_that_discords_schemas_take(town: Town) -> None:
    for name, options in COMMANDS.items():
        result = await town.ann.slash(town.channel, name, **options)
        assert result.response
        message = result.response
        assert has_components(message) and not message.content, name
        (frame,) = message.components
        assert frame["accent_color"] in set(Tone), name
        opened = buttons(message, links=True)
        assert opened or name in ("timeline", "brief"), name
        assert all(each["url"].startswith(f"{HERE}/") and each["label"].startswith("Source ") for each in opened)
        # Whatever is said by a button's place is said by its label too.
        assert len({each["label"] for each in opened}) == len(opened), name
        files = [each["file"] for each in walk(message.components) if each["type"] == 13]
        pictures = [item for each in walk(message.components) for item in each.get("items", ())]
        assert bool(pictures) == (name == "timeline"), name
        assert all(each["description"].startswith(f"Timeline of “{TOPIC}”: ") for each in pictures)
        files += [each["media"] for each in pictures]
        assert [each["url"] for each in files] == [each.url for each in message.attachments], name
        for each in buttons(message):
            await town.ann.click(message, custom_id=each["custom_id"])
    check_openapi(town.env.http_requests, openapi())


@PLAIN
async def test_where_components_are_off_every_message_is_text(town: Town) -> None:
    for name, options in COMMANDS.items():
        result = await town.ann.slash(town.channel, name, **options)
        assert result.response
        for message in (result.response, *result.followups):
            assert message.content and not has_components(message), name
    result = await town.ann.slash(town.channel, "ask", question=NATO)
    assert result.response
    sources = await town.ann.click(result.response, label="Sources")
    assert sources.response and sources.response.content


async def test_where_discord_takes_no_components_the_same_comes_as_text(town: Town) -> None:
    whole = await town.ann.slash(town.channel, "ask", question=NATO)
    town.env.inject_error("PATCH", "/webhooks/*/@original", status=400, code=50035)
    result = await town.ann.slash(town.channel, "ask", question=NATO)
    assert result.response
    assert result.response.content and not has_components(result.response)
    assert said(result).split() == said(whole).split()
    assert not any(map(has_components, result.followups))
    last = (result.response, *result.followups)[-1]
    assert [each["label"] for each in buttons(last)] == ["Sources", "More", "Helpful", "Not helpful"]
    # To a mention first as a reply, then as a message in the channel.
    town.env.inject_error("POST", "/channels/*/messages", status=400, code=50035, times=2)
    await town.mention(NATO)
    assert sum("relinquishing" in each.content for each in town.said()) == 2


async def test_a_scheduled_digest_that_comes_as_text_keeps_its_menu(town: Town) -> None:
    town.env.inject_error("POST", "/channels/*/messages", status=400, code=50035)
    menu = Menu("", (("1. Bridge closed", "0a1b2c3d", "1 article"),))
    await town.bot.poster.send(
        str(town.channel.id), Card((Text(f"{LONG[:3000]}\n-# digest 1-1/1"),)), "1-1/1", None, menu
    )
    *_, last = town.said()
    assert last.content.endswith("-# digest 1-1/1") and len(town.said()) == 2
    menus = [item for row in last.components for item in getattr(row, "children", ())]
    assert [each.custom_id for each in menus] == ["briefing:story:"]


@pytest.mark.slow
async def test_a_page_is_turned_also_after_the_setting_changed(town: Town, briefing: Briefing, tmp_path: Path) -> None:
    await bring_in_tolls(briefing, tmp_path)
    for before, after in ((False, True), (True, False)):
        await town.restart(plain_messages=before)
        result = await town.ann.slash(town.channel, "timeline", topic="the harbour toll")
        assert result.response and has_components(result.response) != before
        first = said(result)
        await town.restart(plain_messages=after)
        await town.ann.click(result.response, label="Later ▶")
        assert "Page 2 of" in said(result) and said(result) != first
        # A message that has components once keeps them.
        assert has_components(result.response)


async def test_a_page_that_cannot_be_made_is_told_beside_the_page(
    town: Town, briefing: Briefing, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await bring_in_tolls(briefing, tmp_path)
    result = await town.ann.slash(town.channel, "timeline", topic="the harbour toll")
    assert result.response
    before = said(result)

    def fail(*_arguments: Any, **_options: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(briefing.timelines, "trace", fail)
    await town.restart()
    failed = await town.ann.click(result.response, label="Later ▶")
    assert failed.followups and "Something went wrong" in read(failed.followups[-1])
    assert failed.followups[-1].ephemeral
    assert said(result) == before


async def test_what_a_message_with_components_claims_is_checked(town: Town) -> None:
    await town.ann.slash(town.channel, "digest", since="2025-12-14", until="2025-12-14")
    (digest,) = town.said()
    assert not digest.content
    checked = said(await town.ann.context_menu(town.channel, "Check against sources", digest))
    assert "✅ **Supported**: “Ukraine’s President Volodymyr Zelenskyy has announced a significant shift" in checked


# Without Discord


LONG = "Every word of it counts, and none is left out. " * 200


def test_parts_stay_whole_and_a_page_keeps_to_the_limits() -> None:
    parts = [
        (Text(f"{'x' * 300} {at}"), SourceLine(f"-# [{at}] A", f"-# [{at}] A", HERE, "Source 1")) for at in range(40)
    ]
    pages = paged(parts, Tone.NEWS, head=(Text("## Head"),), foot=lambda at, total: f"-# {at} of {total}")
    assert len(pages) > 2 and not [fault for page in pages for fault in broken_page(page)]
    for at, page in enumerate(pages, 1):
        shown = words(page)
        assert shown.startswith("## Head\n\nxxx") and shown.endswith(f"\n\n-# {at} of {len(pages)}")
        assert shown.count("x" * 300) == shown.count("-# [") == 5


@pytest.mark.parametrize("is_plain", [False, True])
def test_a_part_longer_than_a_page_is_cut_and_nothing_is_lost(is_plain: bool) -> None:
    parts = [(Text("short"),), (Text(f"> {LONG}"), SourceLine("-# [1] A", "-# [1] A", HERE, "Source 1"))]
    pages = paged(parts, Tone.NEWS, room=200, opening="above", plain=is_plain)
    assert len(pages) == (7 if is_plain else 3)
    assert sum(words(page).count("counts,") for page in pages) == 200
    assert all(len(words(page)) <= (1800 if is_plain else 3800) for page in pages)
    assert words(pages[-1]).endswith("-# [1] A")


def test_a_heading_is_said_once_a_page() -> None:
    parts = [(Text("### Day", heading=True), Text(f"- {at} {'x' * 700}")) for at in range(9)]
    pages = [words(page) for page in paged(parts, Tone.NEWS, ruled=False)]
    assert len(pages) == 2
    assert all(page.count("### Day") == 1 for page in pages)
    assert pages[0].startswith("### Day\n- 0 ") and "\n- 1 " in pages[0]


def test_a_page_is_kept_and_comes_back_the_same() -> None:
    page = Card(
        (Text("a", heading=True), SourceLine("b", "c", HERE, "Source 1"), Rule(False), Attached("d.png", "e")),
        Tone.DISPUTED,
    )
    for each in (page, "text"):
        assert restored(stored(each)) == each
