"""The bot answers at once while a thousand articles come in, in the same process."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from pathlib import Path

import pytest

from retrieval.domain.articles import IngestReport
from retrieval.services.briefing import Briefing
from tests.bot.conftest import make_bot
from tests.discord_server import DiscordServer
from tests.fakes import open_with

ARTICLES = 1000
# The most that one wait may be of the time the ingest takes beside it: a busy machine makes both longer. What holds the
# loop up for a whole ingest, or a step of it, is far above.
SHARE = 1 / 20
# What holds the loop up does so every time; other work on the machine does not.
ATTEMPTS = 4
SYLLABLES = "ba ke lo mi nu ra se to vi za dor fen gal hus jin".split()
WORDS = ["".join(parts) for parts in itertools.product(SYLLABLES, repeat=3)]


def press(folder: Path) -> Path:
    """A thousand short articles, no two alike."""
    folder.mkdir()
    chance = random.Random(7)
    for number in range(ARTICLES):
        sentences = [" ".join(chance.choices(WORDS, k=12)).capitalize() + f" in round {number}." for _ in range(4)]
        (folder / f"{number:04}.md").write_text(f"# Bulletin {number}\n\n{' '.join(sentences)}\n")
    return folder


async def watch(done: asyncio.Task[IngestReport]) -> float:
    """The longest time in seconds for which the event loop did nothing else than it should, until something is done."""
    longest = 0.0
    while not done.done():
        before = time.perf_counter()
        await asyncio.sleep(0.005)
        longest = max(longest, time.perf_counter() - before - 0.005)
    return longest


@pytest.mark.slow
async def test_a_question_is_acknowledged_at_once_while_articles_come_in(tmp_path: Path) -> None:
    folder = press(tmp_path / "press")
    for attempt in range(ATTEMPTS):
        # A model in Python holds the interpreter more than the real one does.
        with open_with(tmp_path / f"data{attempt}") as briefing:
            begun = time.perf_counter()
            report, waited, blocked = await ask_during_ingest(briefing, folder)
            longest = SHARE * (time.perf_counter() - begun)
        assert report.added == ARTICLES
        assert len(waited) > 1
        if max(waited) < longest and blocked < longest:
            return
    pytest.fail(f"acknowledged after {max(waited):.2f} s, blocked for {blocked:.2f} s, of {longest / SHARE:.2f} s")


async def ask_during_ingest(briefing: Briefing, folder: Path) -> tuple[IngestReport, list[float], float]:
    """How long each question waited to be acknowledged, and the loop was blocked at most, in seconds."""
    async with DiscordServer() as server, server.connected(make_bot(briefing)):
        ingest = asyncio.create_task(asyncio.to_thread(briefing.articles.ingest, [folder]))
        blocked = asyncio.create_task(watch(ingest))
        waited: list[float] = []
        while not ingest.done():
            before = time.perf_counter()
            number = len(waited) + 1
            await server.slash(server.general, f"person{number}", "ask", question="What was agreed in round 5?")
            await server.heard("POST", "/interactions/*/callback", number)
            waited.append(time.perf_counter() - before)
            await server.heard("PATCH", "/webhooks/*/@original", number, timeout=30)
        return await ingest, waited, await blocked
