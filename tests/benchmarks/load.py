"""Many questions a second against one bot process, on a simulated Discord of this machine."""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests import commands
from tests.benchmarks.asking import Places
from tests.benchmarks.report import Say
from tests.discord_server import DiscordServer
from tests.shown import read

TOKEN = "a.token.for.load"  # noqa: S105
SECONDS, RATE, PEOPLE = 60, 50, 600
QUESTIONS = (
    "Does Ukraine still want to join NATO?",
    "What did Mark Rutte say about Ukraine joining NATO?",
    "Who is NATO's secretary general?",
    "Is Ukraine a member of NATO?",
    "What security guarantees does Ukraine ask for?",
    "What did Zelensky say about the NATO membership?",
    "What is the latest on Ukraine?",
    "What did the United States say about Ukraine's membership?",
    "When did foreign ministers meet in Brussels?",
    "What does Ukraine want instead of membership?",
    "Who was reluctant to invite Ukraine?",
    "What did Kyiv demand before the meeting?",
    "Why does Ukraine insist on NATO?",
    "What did Zelensky offer before the talks in Berlin?",
    "What did Russia say about NATO?",
    "Who met in Berlin?",
    "What is the Budapest Memorandum?",
    "How many people live in Kyiv?",
    "What did the bank of Japan decide?",
    "What articles do you have?",
)

# Questions that nobody has asked before, in these words about these.
_WORDINGS = (
    "What did {} say about {}?",
    "Does {} want {}?",
    "When did {} speak of {}?",
    "Why is {} against {}?",
    "What does {} expect of {}?",
)
_WHO = "Zelensky|Rutte|Kyiv|Ukraine|the United States|Germany|Moscow|Hungary|the alliance|the minister|Poland|France"
_WHAT = (
    "NATO membership|security guarantees|an invitation|the talks in Berlin|a ceasefire|the Budapest Memorandum|"
    "the meeting in Brussels|article five|the war|the next summit"
)
NEW = tuple(wording.format(who, what) for wording in _WORDINGS for who in _WHO.split("|") for what in _WHAT.split("|"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the questions: the seconds until each was answered, and what was said instead of an answer."""

    waits: list[float]
    unanswered: Counter[str]
    longest_block: float
    cpu: float


def report(places: Places, say: Say, only: Collection[str]) -> str:
    """Ask for a minute, and tell how it went.

    `only` may name another rate, another number of seconds, and `new` for questions most of which are asked once.
    """
    questions = NEW if "new" in only else QUESTIONS
    numbers = [int(each) for each in only if each.isdigit()]
    rate, seconds = (*numbers, *(RATE, SECONDS)[len(numbers) :])
    before = os.getloadavg()[0]
    found = asyncio.run(_ask(places.data / "load", rate, seconds, questions, say))
    asked, waits = rate * seconds, sorted(found.waits)
    return "\n".join(
        [
            f"{rate} questions a second for {seconds} s, {len(questions)} different ones of {PEOPLE} people; "
            f"load of the machine before: {before:.1f} on {os.cpu_count()} cores",
            f"answered: {len(waits)} of {asked}" + "".join(f"; {n} × {line!r}" for line, n in found.unanswered.items()),
            f"seconds until the answer stood there: p50 {_at(waits, 0.5):.2f}, p95 {_at(waits, 0.95):.2f}, "
            f"longest {waits[-1] if waits else 0:.2f}",
            f"longest block of the bot's event loop: {found.longest_block * 1000:.0f} ms",
            f"processor time of the bot: {found.cpu / asked * 1000:.1f} ms a question",
        ]
    )


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


async def _ask(folder: Path, rate: int, seconds: int, questions: Sequence[str], say: Say) -> Outcome:
    commands._FORKS.set_forkserver_preload(["tests.commands", "bot.discord.service"])
    people, chance = [f"person {number}" for number in range(PEOPLE)], random.Random(1)
    async with DiscordServer(token=TOKEN) as server:
        base = server.gateway_url.replace("ws://", "http://").replace("/gateway/socket", "/api/v10")
        told = folder / "loop.json"
        bot = commands.start_briefing(
            folder,
            "bot",
            "--data-dir",
            folder / "data",
            environment={"DISCORD_TOKEN": TOKEN, "BRIEFING_READER_PORT": "0", "BRIEFING_WELCOME": "false"},
            prepare=partial(_prepare, base, server.gateway_url, str(told), str(folder / "data")),
        )
        try:
            await server._until(lambda: "identify" in server.connections, "not connected", 120)
            say("each question once, so that its embeddings are there")
            for number, question in enumerate(QUESTIONS):
                asked = await server.slash(server.general, people[number], "ask", question=question)
                await server.heard("PATCH", f"/webhooks/*/{asked.token}/*", timeout=120)
            say("the load")
            told.with_suffix(".begin").touch()
            watches = [
                asyncio.create_task(
                    _one(server, people[number % PEOPLE], questions[chance.randrange(len(questions))], number / rate)
                )
                for number in range(rate * seconds)
            ]
            ended = await asyncio.gather(*watches)
        finally:
            bot.running.process.terminate()
            await asyncio.to_thread(bot.ended)
    loop = json.loads(told.read_text())
    lines = Counter(line for wait, line in ended if wait is None)
    return Outcome([wait for wait, _ in ended if wait is not None], lines, loop["block"], loop["cpu"])


async def _one(server: DiscordServer, person: str, question: str, at: float) -> tuple[float | None, str]:
    """Ask a question at its moment; the seconds until it was answered, or what was said instead."""
    await asyncio.sleep(at)
    began = time.perf_counter()
    asked = await server.slash(server.general, person, "ask", question=question)
    while time.perf_counter() - began < 60:
        await asyncio.sleep(0.01)
        said = server.original(asked)
        if said and not said["flags"] & 1 << 7 and (text := read(said)):
            if text[:1] in "💬🔎📖✍⚖⏳":
                continue
            seconds = time.perf_counter() - began
            refused = "as many questions as I can" in text or "too fast" in text or "went wrong" in text
            return (None, text[:60]) if refused else (seconds, "")
    return None, "no answer in a minute"


def _prepare(base: str, gateway: str, told: str, data_dir: str) -> None:
    """In the bot's process: the stand-in for Discord, an embedding model that embeds a text once, and a watch on the
    event loop.
    """
    import discord
    import yarl

    import retrieval.bootstrap
    from bot.discord import client
    from retrieval.embedding.base import Embedder
    from tests.once import SharedMiniLM

    discord.http.Route.BASE = base
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    SharedMiniLM.folder = Path(data_dir) / "models"
    made = SharedMiniLM(SharedMiniLM.folder)
    made.embed(NEW)
    retrieval.bootstrap.open_embedder = lambda *_a, **_o: Embedder("minilm", made)  # type: ignore[attr-defined]
    hook = client.BriefingBot.setup_hook

    async def watched(bot: client.BriefingBot) -> None:
        bot.watching = asyncio.create_task(_watch(Path(told)))  # type: ignore[attr-defined]
        await hook(bot)

    client.BriefingBot.setup_hook = watched  # type: ignore[method-assign, assignment]


async def _watch(told: Path) -> None:
    """Measure the longest time in which the event loop did nothing else than it should, once it has begun."""
    begin = told.with_suffix(".begin")
    while not begin.exists():
        await asyncio.sleep(0.05)
    longest, cpu = 0.0, time.process_time()
    last = time.perf_counter()
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.005)
        now = time.perf_counter()
        longest = max(longest, now - before - 0.005)
        if now - last > 0.5:
            last = now
            told.write_text(json.dumps({"block": longest, "cpu": time.process_time() - cpu}))
