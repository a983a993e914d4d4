"""`/article add` and “Add to articles”, as the person who adds sees them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import discord
import pytest

from bot.presentation.discord import rendering
from retrieval.domain.articles import SHARED, AddedArticle, Article, Duplicate, Filter, Metadata
from retrieval.services.briefing import Briefing
from retrieval.storage.limits import Quotas
from tests.bot.conftest import Town
from tests.bot.online import open_online
from tests.publisher import Publisher, Says
from tests.shown import said

TEXT = (
    "The {thing} was closed to lorries on Monday because of rust in its northern pillar. The harbour board said that "
    "repairs would take until the spring, and that the road over the old dam would be open in both directions. "
    "Hauliers asked the council for a ferry in the meantime; the mayor promised an answer before the end of the week."
)


def page(title: str, thing: str = "harbour bridge", extra: str = "") -> Says:
    meta = '<meta property="og:site_name" content="Harbour Herald">'
    dated = '<meta property="article:published_time" content="2026-02-01T08:00:00Z">'
    head = f'<head><title>{title}</title><meta property="og:title" content="{title}">{meta}{dated}{extra}</head>'
    paragraphs = "".join(f"<p>{sentence}.</p>" for sentence in TEXT.format(thing=thing).split(". "))
    html = f"<html>{head}<body><article><h1>{title}</h1>{paragraphs * 2}</article></body></html>"
    return Says(html.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as server:
        server.says("/bridge", page("Bridge closed"))
        yield server


@pytest.fixture
def quotas() -> Quotas:
    return Quotas(person_articles=2, person_characters=5_000, server_articles=3)


@pytest.fixture
def briefing(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Briefing]:
    quotas = request.getfixturevalue("quotas") if "quotas" in request.fixturenames else Quotas()
    with open_online(tmp_path / "data", quotas) as opened:
        yield opened


def stored(briefing: Briefing) -> list[Article]:
    return briefing.articles.page(Filter())[0]


async def add(town: Town, **options: object) -> str:
    result = await town.ann.slash(town.channel, "article add", **options)
    assert result.ephemeral
    return said(result)


async def test_a_page_is_added_for_the_server_alone_and_told_with_its_title_outlet_date_and_link(
    town: Town, publisher: Publisher, briefing: Briefing
) -> None:
    url = publisher.url("/bridge")
    shown = await add(town, url=f"<{url}>")
    assert shown == f"✅ Added for this server: [Bridge closed](<{url}>) · Harbour Herald · 1 Feb 2026"
    [article] = stored(briefing)
    assert article.scope == str(town.guild.id)
    assert (await add(town, url=url)).startswith("☑️ Already stored: [Bridge closed]")
    assert len(stored(briefing)) == 1


async def test_a_file_is_added_by_its_format(town: Town, briefing: Briefing) -> None:
    text = f"---\ntitle: The ferry\npublished: 2026-02-03\n---\n{TEXT.format(thing='ferry')}\n"
    assert await add(town, file=("ferry.md", text.encode())) == "✅ Added for this server: The ferry · 3 Feb 2026"
    assert "not a format that can be read" in await add(town, file=("ferry.exe", b"MZ"))
    assert "empty" in await add(town, file=("nothing.txt", b""))
    assert [each.metadata.title for each in stored(briefing)] == ["The ferry"]


async def test_a_file_that_discord_does_not_hand_out_is_told(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simcord.backend.cdn.CdnStore.get", lambda *_: None)
    assert await add(town, file=("a.txt", b"A")) == "⚠️ `a.txt`: I could not download it from Discord"
    assert "too large" in await add(town, file=("a.txt", b"A" * 20_000_001))


async def test_a_copy_is_told_as_one(town: Town, publisher: Publisher) -> None:
    publisher.says("/again", page("Bridge closed, again"))
    await add(town, url=publisher.url("/bridge"))
    assert f"a copy of `127.0.0.1:{publisher.port}/bridge`" in await add(town, url=publisher.url("/again"))


async def test_what_everybody_has_is_there_already_and_what_another_server_has_is_not(
    town: Town, publisher: Publisher, briefing: Briefing
) -> None:
    publisher.says("/ferry", page("Ferry promised", "ferry"))
    await asyncio.to_thread(briefing.feeds.add_page, publisher.url("/bridge"), SHARED)
    await asyncio.to_thread(briefing.feeds.add_page, publisher.url("/ferry"), "1")
    assert (await add(town, url=publisher.url("/bridge"))).startswith("☑️ Already stored")
    shown = await add(town, url=publisher.url("/ferry"))
    assert shown.startswith("✅ Added for this server")
    assert "copy" not in shown


async def test_what_gives_no_article_says_why_and_stores_nothing(
    town: Town, publisher: Publisher, briefing: Briefing
) -> None:
    publisher.says("/closed", Says(status=403))
    wall = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'
    teaser = f"<html><head><title>Bridge</title>{wall}</head><body><article><p>{TEXT[:90]}</p></article></body></html>"
    publisher.says("/paid", Says(teaser.encode(), headers={"Content-Type": "text/html"}))
    publisher.says("/image", Says(b"\x89PNG", headers={"Content-Type": "image/png"}))
    publisher.says("/away", Says(status=302, headers={"Location": "http://169.254.169.254/latest"}))
    for url, reason in (
        (publisher.url("/closed"), "the server refuses us \\(403\\)"),
        (publisher.url("/paid"), "paywalled"),
        (publisher.url("/image"), "not a web page, PDF or text"),
        (publisher.url("/away"), "not on the public internet"),
        ("http://192.168.0.1/admin", "not on the public internet"),
        ("file:///etc/passwd", "neither http nor https"),
        ("https://cdn.discordapp.com/attachments/1/2/a.pdf?ex=1", "attach the file instead"),
    ):
        shown = await add(town, url=url)
        assert shown.startswith("⚠️ `")
        assert reason in shown
    assert not stored(briefing)


async def test_a_member_and_a_server_may_add_so_much_a_day(
    town: Town, publisher: Publisher, briefing: Briefing, quotas: Quotas
) -> None:
    assert (quotas.person_articles, quotas.server_articles) == (2, 3)
    for number in range(4):
        publisher.says(f"/{number}", page(f"News {number}", f"pier of {'north south east west'.split()[number]}"))
    assert (await add(town, url=publisher.url("/0"))).startswith("✅ Added")
    assert (await add(town, url=publisher.url("/0"))).startswith("☑️ Already stored")
    assert "You have no room for it today: 5,000 characters" in await add(town, file=("a.txt", b"The pier. " * 900))
    assert (await add(town, url=publisher.url("/1"))).startswith("✅ Added")
    asked = len(publisher.asked)
    refusal = "You have added 2 articles today, which is the most; go on tomorrow \\(UTC\\)"
    assert refusal in await add(town, url=publisher.url("/2"))
    assert len(publisher.asked) == asked
    bob = town.guild.add_member(town.env.create_user("bob"))
    shown = await bob.slash(town.channel, "article add", url=publisher.url("/2"))
    assert said(shown).startswith("✅ Added")
    shown = await bob.slash(town.channel, "article add", url=publisher.url("/3"))
    assert "This server has added 3 articles today" in said(shown)
    # Whoever runs the bot may go on.
    assert (await asyncio.to_thread(briefing.feeds.add_page, publisher.url("/3"), SHARED)).state == "added"


async def test_one_address_or_one_file_is_asked_for(town: Town, publisher: Publisher) -> None:
    assert await add(town) == "Give me either an address or a file."
    assert await add(town, url=publisher.url("/bridge"), file=("a.txt", b"A")) == "Give me either an address or a file."
    assert not publisher.asked


async def test_the_links_and_files_of_a_message_are_added_each_with_a_line(
    town: Town, publisher: Publisher, briefing: Briefing
) -> None:
    publisher.says("/ferry", page("Ferry promised", "ferry"))
    url = publisher.url("/bridge")
    text = f"Look: [here]({url}), {url}. And <{publisher.url('/ferry')}>, {publisher.url('/gone')}!"
    files = [("dam.txt", TEXT.format(thing="old dam").encode()), ("photo.png", b"PNG")]
    message = await town.ann.send(town.channel, text, attachments=files)
    result = await town.ann.context_menu(town.channel, "Add to articles", message)
    assert result.ephemeral
    bridge, ferry, gone, dam = said(result).split("\n")
    assert bridge.startswith("✅ Added for this server: [Bridge closed]")
    assert ferry.startswith("✅ Added for this server: [Ferry promised]")
    assert gone == f"⚠️ `{publisher.url('/gone')}`: the server says there is no such page \\(404\\)"
    assert "dam" in dam
    assert {each.scope for each in stored(briefing)} == {str(town.guild.id)}
    assert len(stored(briefing)) == 3


async def test_of_many_links_the_first_five_are_added_and_that_is_said(town: Town, publisher: Publisher) -> None:
    links = " ".join(publisher.url(f"/gone{number}") for number in range(8))
    message = await town.ann.send(town.channel, links)
    shown = said(await town.ann.context_menu(town.channel, "Add to articles", message))
    assert shown.count("the server says there is no such page \\(404\\)") == 5
    assert shown.endswith("-# These are the first 5 of 8.")


async def test_the_links_of_a_message_that_was_passed_on_count_too(town: Town, publisher: Publisher) -> None:
    first = await town.ann.send(town.channel, f"See {publisher.url('/bridge')}")
    passed = await town.ann.forward(first, town.channel)
    assert "Bridge closed" in said(await town.ann.context_menu(town.channel, "Add to articles", passed))


async def test_the_links_of_a_bots_card_count_too(town: Town, publisher: Publisher) -> None:
    card = discord.Embed(title="News", url=publisher.url("/bridge"), description=f"[More]({publisher.url('/gone')})")
    message = await town.guild.create_webhook(town.channel).send(embeds=[card])
    shown = said(await town.ann.context_menu(town.channel, "Add to articles", message))
    assert "Bridge closed" in shown
    assert "the server says there is no such page \\(404\\)" in shown


async def test_a_message_without_anything_to_add_says_so(town: Town) -> None:
    message = await town.ann.send(town.channel, "Thanks, all!", attachments=[("photo.png", b"PNG")])
    assert "This message has no link" in said(await town.ann.context_menu(town.channel, "Add to articles", message))


@pytest.mark.parametrize("env", [{"questions": 1}], indirect=True)
async def test_adding_counts_as_a_question(town: Town, publisher: Publisher) -> None:
    await add(town, url=publisher.url("/bridge"))
    assert "Please try again in" in await add(town, url=publisher.url("/bridge"))


async def test_a_hostile_page_forges_nothing(town: Town, publisher: Publisher) -> None:
    title = "@everyone **bold** [x](https://evil.example) `code`"
    publisher.says("/evil", page(title, extra='<meta property="og:site_name" content="||@here||">'))
    shown = await add(town, url=publisher.url("/evil"))
    assert "@everyone" not in shown
    assert "@here" not in shown
    assert "](https://evil" not in shown
    assert "\\*\\*bold\\*\\*" in shown


# What is shown, and the threads behind it, without Discord


def test_a_long_answer_about_a_long_address_is_short() -> None:
    article = Article(1, "a" * 500, Metadata(title="T" * 900, outlet="O" * 900), 1, "k")
    line = rendering.added(AddedArticle(article, "added", Duplicate("a", "`b`" * 300, "rewrite")), None)
    assert len(line) < 400
    assert "a rewrite of `'b''b'" in line
    assert len(rendering.not_added("https://a.example/" + "x" * 3000, "paywalled")) < 150
