"""The articles of one server are not shown to people elsewhere, however they ask."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from retrieval.domain.answers import Answer
from retrieval.domain.articles import Filter
from retrieval.domain.citations import Citation
from retrieval.services.briefing import Briefing
from tests.bot.conftest import Town
from tests.shown import read, said

MEMO = "The harbour bridge will be sold to the Zeebrugge consortium in March, a memo of the mayor says."
QUESTION = "Will the harbour bridge be sold to the Zeebrugge consortium?"


@pytest.fixture
async def other(town: Town, briefing: Briefing, tmp_path: Path) -> Town:
    """Another server than the one that the secret article belongs to."""
    (tmp_path / "memo.md").write_text(f"---\ntitle: Bridge memo\noutlet: Zeebrugge Times\n---\n{MEMO}\n")
    await asyncio.to_thread(briefing.articles.ingest, [tmp_path / "memo.md"], str(town.guild.id))
    guild = town.env.create_guild("Another team")
    channel = guild.create_text_channel("general")
    return Town(town.env, guild, channel, guild.add_member(town.env.create_user("eve")))


async def ask_every_way(town: Town) -> str:
    """Everything that a member of a server sees of it."""
    seen = [said(await town.ann.slash(town.channel, "ask", question=QUESTION))]
    seen.append(said(await town.ann.slash(town.channel, "ask", question=QUESTION, outlet="Zeebrugge Times")))
    await town.mention(QUESTION)
    seen += [read(each) for each in town.said()]
    claim = await town.ann.send(town.channel, "The harbour bridge will be sold to the Zeebrugge consortium in March.")
    seen.append(said(await town.ann.context_menu(town.channel, "Check against sources", claim)))
    seen.append(said(await town.ann.slash(town.channel, "sources list")))
    seen.append(said(await town.ann.slash(town.channel, "sources search", words="memo")))
    seen.append(said(await town.ann.slash(town.channel, "sources show", article="memo.md")))
    seen += [str(each) for each in await town.ann.autocomplete(town.channel, "sources show", "article", "bridge")]
    seen += [str(each) for each in await town.ann.autocomplete(town.channel, "ask", "outlet", "zee", question="?")]
    return "\n".join(seen)


async def test_a_server_gets_its_own_article_every_way_and_another_gets_it_no_way(town: Town, other: Town) -> None:
    own, foreign = await ask_every_way(town), await ask_every_way(other)
    assert own.count("Bridge memo") >= 6
    for hint in ("memo of the mayor", "Bridge memo", "'Zeebrugge Times'"):
        assert hint not in foreign
    assert "searched 5 articles" in foreign


async def test_private_messages_see_what_is_shared(town: Town, other: Town) -> None:
    await town.ann.send_dm(QUESTION)
    answer = read(town.said(town.ann.user.dm_channel)[-1])
    assert "mayor" not in answer
    assert other.guild.id != town.guild.id


async def test_what_was_shared_once_is_not_shown_by_an_old_button(
    town: Town, other: Town, briefing: Briefing, tmp_path: Path
) -> None:
    file = tmp_path / "ferry.md"
    head = "---\ntitle: Ferry news\n---\n"
    file.write_text(f"{head}The ferry to the island runs every hour, says Captain Maria Jansen.\n")
    await asyncio.to_thread(briefing.articles.ingest, [file])
    answer = await other.ann.slash(other.channel, "ask", question="Does the ferry to the island run every hour?")
    assert answer.response
    assert "every hour" in said(answer)
    key = (await asyncio.to_thread(briefing.articles.page, Filter(), "ferry"))[0][0].key
    file.write_text(
        f"{head}The ferry to the island runs every hour, says Captain Maria Jansen. SECRET: it will stop.\n"
    )
    await asyncio.to_thread(briefing.articles.ingest, [file], str(town.guild.id))
    shown = said(await other.ann.click(answer.response, label="Sources"))
    assert "SECRET" not in shown
    assert "changed or was removed" in shown
    assert briefing.articles.open(key) is None, "the link that others were given leads nowhere"


HOSTILE = (
    "@everyone <@&1> <@1> **bold `code ```block [free](https://evil.example/a(b)c) \u202eright\u200b\u200d "
    "# head\n> quote\n- item || ~~ __ \\ https://example.org/(x)_(y) <:emoji:1> [1] [99] "
)


async def test_hostile_words_stay_within_discords_rules_on_every_surface(
    town: Town, briefing: Briefing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hostile.md").write_text(
        f"---\ntitle: '{HOSTILE[:120].splitlines()[0]}'\noutlet: '   '\n---\n{HOSTILE * 20}\n"
    )
    await asyncio.to_thread(briefing.articles.ingest, [tmp_path / "hostile.md"])
    given = await asyncio.to_thread(briefing.asking.ask, "Does Ukraine still want to join NATO?", Filter())
    hostile = long_answer(given, given.citations[0])
    monkeypatch.setattr(briefing.asking, "ask", lambda *_args, **_options: hostile)
    result = await town.ann.slash(town.channel, "ask", question=HOSTILE)
    last = result.followups[-1]
    for label in ("Sources", "More", "Helpful"):
        assert (await town.ann.click(last, label=label)).acknowledged
    await town.mention(HOSTILE)
    await town.ann.send_dm(HOSTILE)
    message = await town.ann.send(town.channel, HOSTILE)
    assert "](https://evil" not in said(await town.ann.context_menu(town.channel, "Check against sources", message))
    for command, options in (
        ("sources list", {}),
        ("sources search", {"words": "hostile.md"}),
        ("sources show", {"article": "hostile.md"}),
        ("sources show", {"article": "[free](https://evil.example) @everyone"}),
        ("ask", {"question": "x?", "since": "[free](https://evil.example)"}),
    ):
        shown = said(await town.ann.slash(town.channel, command, **options))
        assert "](https://evil.example" not in shown
    await town.ann.autocomplete(town.channel, "sources show", "article", "")
    monkeypatch.undo()
    shown = said(await town.ann.slash(town.channel, "ask", question="x?", outlet="[free](https://evil.example)"))
    assert "](https://evil.example" not in shown


def long_answer(given: Answer, citation: Citation) -> Answer:
    """Ten thousand characters and fifty sources."""
    sources = tuple(
        replace(citation, number=number, title=HOSTILE if number % 3 else "", url="https://example.org/a_(b)?c=[d]")
        for number in range(1, 51)
    )
    text = HOSTILE * (10_000 // len(HOSTILE)) + " ".join(f"[{number}]" for number in range(1, 51))
    return replace(given, statements=(), excerpts=(), message=text, citations=sources)
