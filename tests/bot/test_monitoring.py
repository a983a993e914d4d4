"""What monitors and logs learn of the bot as a process: all that happened, and nothing of what was said."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.discord.service import serve
from bot.observing import logging_to_stderr
from retrieval.services.briefing import Briefing
from tests import fakes
from tests.bot.test_service import TOKEN, free_port, make_settings
from tests.discord_server import DiscordServer
from tests.shown import read

QUESTION = "Why was the harbour bridge closed to lorries?"


@pytest.fixture(scope="module")
def briefing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Briefing]:
    """One article."""
    folder = tmp_path_factory.mktemp("bridge")
    (folder / "bridge.md").write_text("# The bridge\n\nThe harbour bridge was closed to lorries because of rust.\n")
    (folder / "data").mkdir()
    with fakes.open_with(folder / "data") as opened:
        opened.articles.ingest([folder / "bridge.md"])
        yield opened


class House:
    """The bot as a process, its web server, and Discord."""

    def __init__(self, discord: DiscordServer, web: aiohttp.ClientSession) -> None:
        self.discord = discord
        self._web = web

    async def ask(self, question: str) -> str:
        """What Ann reads after her question."""
        asked = await self.discord.slash(self.discord.general, "ann", "ask", question=question)
        await self.discord._until(lambda: bool(read(self.discord.original(asked) or {})), "no answer", 10)
        return read(self.discord.original(asked) or {})

    async def get(self, path: str) -> tuple[int, Any]:
        answer = await self._web.get(path)
        return answer.status, await answer.json()

    async def metrics(self) -> dict[str, float]:
        """The samples that are not 0, by their name and labels."""
        text = await (await self._web.get("/metrics")).text()
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        return {" ".join((each.name, *each.labels.values())): each.value for each in samples if each.value}

    async def metrics_with(self, name: str, value: float) -> dict[str, float]:
        """The samples once this one has this value: what is counted last comes after the answer."""
        async with asyncio.timeout(10):
            while (await self.metrics()).get(name, 0) < value:
                await asyncio.sleep(0)
        return await self.metrics()  # others may have been read before it


@asynccontextmanager
async def running(briefing: Briefing, **settings: Any) -> AsyncIterator[House]:
    """The bot, ready; it is told to stop at the end."""
    port = free_port()
    async with DiscordServer(token=TOKEN) as server, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as web:
        service = asyncio.create_task(serve(briefing, make_settings(reader_port=port, **settings)))
        await server.heard("GET", "/users/@me")
        async with asyncio.timeout(20):
            while (await web.get("/readyz")).status != 200:
                await asyncio.sleep(0)
        try:
            yield House(server, web)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
            async with asyncio.timeout(20):
                await service


async def test_monitors_see_a_question_from_its_steps_to_discords_answers(briefing: Briefing) -> None:
    async with running(briefing) as house:
        before = await house.metrics()
        assert "rust" in await house.ask(QUESTION)
        await house.ask("Who won the chess championship in Reykjavik?")
        after = await house.metrics_with("briefing_commands_total ask done", 2)
        seen = {name: value - before.get(name, 0) for name, value in after.items()}
        ready = await house.get("/readyz")
    assert seen["briefing_questions_total answered"] == 1
    assert seen["briefing_questions_total nothing"] == 1
    assert seen["briefing_commands_total ask done"] == 2
    for step in ("question", "asking", "understanding", "search", "evidence", "answering"):
        assert seen[f"briefing_step_seconds_count {step}"] == 2, step
    assert seen["briefing_discord_requests_total 2xx"] >= 4
    assert before["briefing_articles"] == before["briefing_passages"] == 1
    assert {part for part in ("catalog", "embedder", "vectors", "discord") if before[f"briefing_ready {part}"]} == {
        *ready[1]["parts"]
    }
    assert not any("failure" in name and value for name, value in seen.items())


@pytest.mark.slow
async def test_what_discord_refuses_for_its_limits_is_counted_though_the_answer_comes(briefing: Briefing) -> None:
    async with running(briefing) as house:
        limit = {"status": 429, "retry_after": 0.1, "headers": {"X-RateLimit-Scope": "shared"}}
        house.discord.fault("PATCH", "/webhooks/*/@original", **limit)
        assert "rust" in await house.ask(QUESTION)
        seen = await house.metrics()
    assert seen["briefing_discord_rate_limits_total shared"] == 1
    assert seen["briefing_discord_requests_total 429"] == 1


@pytest.mark.slow
async def test_a_catalog_that_fails_is_no_answer_and_is_seen_by_all(
    briefing: Briefing, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(briefing) as house:
        monkeypatch.setattr(briefing.catalog, "reading", _broken)
        line = await house.ask(QUESTION)
        status, ready = await house.get("/readyz")
        seen = await house.metrics()
        alive = await house.get("/healthz")
        monkeypatch.undo()
    assert "cannot read the articles" in line
    assert (status, ready["parts"]["catalog"]) == (503, {"ready": False, "state": "does not answer"})
    assert seen["briefing_questions_total failed"] == seen["briefing_failures_total store"] == 1
    assert "briefing_ready catalog" not in seen, "it is 0"
    assert alive == (200, {"alive": True})


def _broken() -> Any:
    from retrieval.errors import StoreError

    raise StoreError(f"the disk is gone, and {QUESTION} with it")


@pytest.mark.parametrize("form", ["json", pytest.param("text", marks=pytest.mark.slow)])
async def test_logs_tell_everything_but_the_question(
    form: Any, briefing: Briefing, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with logging_to_stderr(form):
        async with running(briefing) as house:
            assert "rust" in await house.ask(QUESTION)
            # An error that quotes the question, as those of databases and providers do.
            monkeypatch.setattr(briefing.catalog, "reading", _broken)
            line = await house.ask(QUESTION)
            monkeypatch.undo()
    lines = capsys.readouterr().err.splitlines()
    mark = line.rpartition("`")[0].rpartition("`")[2]
    assert len(mark) == 8
    assert any("answered" in each for each in lines)
    assert any("the disk is gone" in each and mark in each for each in lines)
    assert not any("lorries" in each for each in lines)
    if form == "json":
        documents = [json.loads(each) for each in lines]
        (answered,) = [each for each in documents if each.get("standing") == "answered"]
        assert answered["ms"] >= 0
        assert answered["request"] != mark
        assert {each["level"] for each in documents if each["request"] == mark} == {"ERROR"}


@pytest.mark.slow
async def test_logs_have_the_question_where_the_operator_asks_for_it(
    briefing: Briefing, capsys: pytest.CaptureFixture[str]
) -> None:
    with logging_to_stderr("json", show_words=True):
        async with running(briefing, log_questions=True) as house:
            await house.ask(QUESTION)
    documents = [json.loads(each) for each in capsys.readouterr().err.splitlines()]
    assert [each["question"] for each in documents if "question" in each] == [QUESTION]


def test_metrics_have_no_words_and_few_series() -> None:
    from bot.web.metrics import Metrics
    from retrieval.errors import EmbeddingError
    from retrieval.observing import step, watched_by

    metrics = Metrics(list)
    with watched_by(metrics), pytest.raises(EmbeddingError), step("asking"), step("search"):
        raise EmbeddingError(QUESTION)
    text = metrics.text().decode()
    assert 'briefing_step_failures_total{step="search"} 1.0' in text
    assert "lorries" not in text
    assert len([line for line in text.splitlines() if line.startswith("briefing")]) < 500
