"""`/sources` and `/status`."""

from __future__ import annotations

import shutil
from pathlib import Path

import discord
import pytest

from retrieval.bootstrap import open_briefing
from retrieval.settings import Settings
from tests.bot.conftest import Town
from tests.shown import read, said


@pytest.fixture(scope="module")
def stocked(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds and twenty-five articles more, one of them another server's."""
    data_dir = Path(shutil.copytree(seeded, tmp_path_factory.mktemp("stocked") / "data", symlinks=True))
    folder = tmp_path_factory.mktemp("bulletins")
    for number in range(1, 25):
        front = f"---\ntitle: Bulletin {number}\noutlet: Harbour Herald\npublished: 2025-01-{number:02}\n---\n"
        (folder / f"bulletin{number}.md").write_text(f"{front}Bulletin {number} says that the bridge is closed.\n")
    secret = tmp_path_factory.mktemp("secret") / "secret.md"
    secret.write_text("---\ntitle: Bulletin secret\n---\nNobody else may read this bulletin.\n")
    with open_briefing(Settings(data_dir=data_dir)) as briefing:
        briefing.articles.ingest([folder])
        briefing.articles.ingest([secret], scope="1")
    return data_dir


async def test_the_list_is_paged_newest_first_also_after_a_restart(town: Town) -> None:
    result = await town.ann.slash(town.channel, "sources list")
    assert result.ephemeral
    assert "29" in said(result)
    assert result.response
    await town.restart()
    turned = await town.ann.click(result.response, label="Older ▶")
    assert turned.acknowledged
    shown = read(result.response)
    assert "Bulletin 15" in shown
    assert "Bulletin 16" not in shown
    await town.ann.click(result.response, label="◀ Newer")
    assert "Bulletin 24" in read(result.response)


async def test_a_search_finds_titles_outlets_and_files(town: Town) -> None:
    assert "of 24" in said(await town.ann.slash(town.channel, "sources search", words="harbour herald"))
    assert "Bulletin 7" in said(await town.ann.slash(town.channel, "sources search", words="bulletin7.md"))
    assert "No articles" in said(await town.ann.slash(town.channel, "sources search", words="%"))


@pytest.mark.parametrize("typed", ["Bulletin 24", "bulletin  24", "“Bulletin 24”", "Bulletin 24 · 24 Jan 2025"])
async def test_an_article_is_shown_by_its_title_as_one_types_it(town: Town, typed: str) -> None:
    shown = said(await town.ann.slash(town.channel, "sources show", article=typed))
    assert "24 Jan 2025" in shown
    assert "the bridge is closed" in shown


async def test_a_title_of_another_servers_article_shows_nothing(town: Town) -> None:
    shown = said(await town.ann.slash(town.channel, "sources show", article="Bulletin secret"))
    assert "Nobody else" not in shown
    assert "goes by the name" in shown


async def test_an_article_is_shown_by_what_is_typed(town: Town) -> None:
    offered = await town.ann.autocomplete(town.channel, "sources show", "article", "bulletin 24")
    assert [each["name"] for each in offered] == ["Bulletin 24"]
    result = await town.ann.slash(town.channel, "sources show", article=offered[0]["value"])
    assert "24 Jan 2025" in said(result)
    assert "the bridge is closed" in said(result)
    result = await town.ann.slash(town.channel, "sources show", article="bulletin3.md")
    assert "## Bulletin 3\n" in said(result)
    assert "no article goes by the name" in said(
        await town.ann.slash(town.channel, "sources show", article="nothing.md")
    )


async def test_no_more_than_25_choices_are_offered_and_none_of_another_server(town: Town) -> None:
    assert len(await town.ann.autocomplete(town.channel, "sources show", "article", "")) == 25
    assert await town.ann.autocomplete(town.channel, "sources show", "article", "bulletin secret") == []


async def test_status_is_for_those_who_manage_the_server(town: Town) -> None:
    managers = town.guild.create_role("managers", permissions=discord.Permissions(manage_guild=True))
    boss = town.guild.add_member(town.env.create_user("boss"), roles=[managers])
    assert "status" not in town.ann.available_commands(town.channel)
    result = await boss.slash(town.channel, "status")
    assert "For every server: 29 articles" in said(result)
    assert "For this server alone: no articles" in said(result)
