"""`/sources`, “Check against sources” and `/status`."""

from __future__ import annotations

from pathlib import Path

import discord
import pytest

from retrieval.services.briefing import Briefing
from tests.bot.conftest import Town
from tests.shown import read, said


@pytest.fixture
def library(town: Town, briefing: Briefing, tmp_path: Path) -> Town:
    """Twenty-five articles more, one of them another server's."""
    folder = tmp_path / "more"
    folder.mkdir()
    for number in range(1, 25):
        front = f"---\ntitle: Bulletin {number}\noutlet: Harbour Herald\npublished: 2025-01-{number:02}\n---\n"
        (folder / f"bulletin{number}.md").write_text(f"{front}Bulletin {number} says that the bridge is closed.\n")
    briefing.articles.ingest([folder])
    (tmp_path / "secret.md").write_text("---\ntitle: Bulletin secret\n---\nNobody else may read this bulletin.\n")
    briefing.articles.ingest([tmp_path / "secret.md"], scope="1")
    return town


async def test_the_list_is_paged_newest_first_also_after_a_restart(library: Town) -> None:
    result = await library.ann.slash(library.channel, "sources list")
    assert result.ephemeral
    assert "29" in said(result)
    assert result.response
    await library.restart()
    turned = await library.ann.click(result.response, label="Older ▶")
    assert turned.acknowledged
    shown = read(result.response)
    assert "Bulletin 15" in shown
    assert "Bulletin 16" not in shown
    await library.ann.click(result.response, label="◀ Newer")
    assert "Bulletin 24" in read(result.response)


async def test_a_search_finds_titles_outlets_and_files(library: Town) -> None:
    assert "of 24" in said(await library.ann.slash(library.channel, "sources search", words="harbour herald"))
    assert "Bulletin 7" in said(await library.ann.slash(library.channel, "sources search", words="bulletin7.md"))
    assert "No articles" in said(await library.ann.slash(library.channel, "sources search", words="%"))


@pytest.mark.parametrize("typed", ["Bulletin 24", "bulletin  24", "“Bulletin 24”", "Bulletin 24 · 24 Jan 2025"])
async def test_an_article_is_shown_by_its_title_as_one_types_it(library: Town, typed: str) -> None:
    shown = said(await library.ann.slash(library.channel, "sources show", article=typed))
    assert "24 Jan 2025" in shown
    assert "the bridge is closed" in shown


async def test_a_title_of_another_servers_article_shows_nothing(library: Town) -> None:
    shown = said(await library.ann.slash(library.channel, "sources show", article="Bulletin secret"))
    assert "Nobody else" not in shown
    assert "goes by the name" in shown


async def test_an_article_is_shown_by_what_is_typed(library: Town) -> None:
    offered = await library.ann.autocomplete(library.channel, "sources show", "article", "bulletin 24")
    assert [each["name"] for each in offered] == ["Bulletin 24"]
    result = await library.ann.slash(library.channel, "sources show", article=offered[0]["value"])
    assert "24 Jan 2025" in said(result)
    assert "the bridge is closed" in said(result)
    result = await library.ann.slash(library.channel, "sources show", article="bulletin3.md")
    assert "## Bulletin 3\n" in said(result)
    assert "no article goes by the name" in said(
        await library.ann.slash(library.channel, "sources show", article="nothing.md")
    )


async def test_no_more_than_25_choices_are_offered_and_none_of_another_server(library: Town) -> None:
    assert len(await library.ann.autocomplete(library.channel, "sources show", "article", "")) == 25
    assert await library.ann.autocomplete(library.channel, "sources show", "article", "bulletin secret") == []


async def test_a_message_is_checked_sentence_by_sentence(town: Town) -> None:
    message = await town.ann.send(
        town.channel,
        "Hello! Mark Rutte is the NATO Secretary-General. The Moon is made of green cheese.",
    )
    result = await town.ann.context_menu(town.channel, "Check against sources", message)
    assert result.ephemeral
    assert "Mark Rutte is the NATO Secretary" in said(result)
    assert "Nothing found in the articles" in said(result)
    assert "Hello" not in said(result)
    assert "not by a person" in said(result)


async def test_a_message_without_a_claim_has_nothing_to_check(town: Town) -> None:
    message = await town.ann.send(town.channel, "Thanks, all!")
    result = await town.ann.context_menu(town.channel, "Check against sources", message)
    assert "no claim" in said(result)


async def test_status_is_for_those_who_manage_the_server(library: Town) -> None:
    managers = library.guild.create_role("managers", permissions=discord.Permissions(manage_guild=True))
    boss = library.guild.add_member(library.env.create_user("boss"), roles=[managers])
    assert "status" not in library.ann.available_commands(library.channel)
    result = await boss.slash(library.channel, "status")
    assert "For every server: 29 articles" in said(result)
    assert "For this server alone: no articles" in said(result)


async def test_of_a_long_message_the_first_sentences_are_checked_and_that_is_said(town: Town) -> None:
    text = " ".join(f"The bridge number {number} is closed to lorries." for number in range(15))
    message = await town.ann.send(town.channel, text)
    assert "first 10 of 15" in said(await town.ann.context_menu(town.channel, "Check against sources", message))


@pytest.mark.parametrize("env", [{"questions": 1}], indirect=True)
async def test_checks_count_as_questions(town: Town) -> None:
    message = await town.ann.send(town.channel, "Mark Rutte is the NATO Secretary-General.")
    await town.ann.context_menu(town.channel, "Check against sources", message)
    result = await town.ann.context_menu(town.channel, "Check against sources", message)
    assert result.ephemeral
    assert "Please try again in" in said(result)
