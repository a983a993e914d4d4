"""Traces and reports of errors, at servers of this machine that keep what they are sent."""

from __future__ import annotations

import gzip
import json
import logging
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import brotli  # what Sentry packs with, where WeasyPrint has brought it
import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from pydantic import SecretStr

from bot.doctor import Finding
from bot.doctor.checks import _reporting
from bot.observing import logging_to_stderr, reporting
from bot.settings import BotSettings
from retrieval.domain.articles import Filter
from retrieval.observing import identified, step_id
from retrieval.services.briefing import Briefing
from tests import fakes

QUESTION = "Why was the harbour bridge closed to lorries?"


class Collector(ThreadingHTTPServer):
    """A server that takes whatever is posted to it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Post)
        self.posted: list[tuple[str, bytes]] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Post(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Collector)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        unpack = {"gzip": gzip.decompress, "br": brotli.decompress}.get(self.headers.get("Content-Encoding", ""), bytes)
        self.server.posted.append((self.path, unpack(body)))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_about: object) -> None: ...


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        serving = Thread(target=server.serve_forever, daemon=True)
        serving.start()
        yield server
        server.shutdown()
        serving.join()


@pytest.fixture
def briefing(tmp_path: Path) -> Iterator[Briefing]:
    (tmp_path / "bridge.md").write_text("# The bridge\n\nThe harbour bridge was closed to lorries because of rust.\n")
    (tmp_path / "data").mkdir()
    with fakes.open_with(tmp_path / "data") as opened:
        opened.articles.ingest([tmp_path / "bridge.md"])
        yield opened


def test_a_question_is_a_trace_of_its_steps_without_its_words(briefing: Briefing, collector: Collector) -> None:
    with reporting(BotSettings(otlp_url=f"http://{collector.address}")):
        answer = briefing.asking.ask(QUESTION, Filter())
    assert answer.standing == "answered"
    assert {path for path, _ in collector.posted} == {"/v1/traces"}
    assert not any(b"lorries" in body for _, body in collector.posted)
    spans = [
        span
        for _, body in collector.posted
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    named = {span.name: span for span in spans}
    asking = named["asking"]
    for part in ("understanding", "search", "evidence", "answering"):
        assert named[part].parent_span_id == asking.span_id
        assert named[part].trace_id == asking.trace_id
        assert named[part].end_time_unix_nano >= named[part].start_time_unix_nano
    about = {each.key: each.value.string_value for each in asking.attributes}
    assert about["standing"] == "answered"
    assert len(about["request"]) == 8


def test_an_error_is_reported_by_its_type_and_place_alone(collector: Collector) -> None:
    with reporting(BotSettings(sentry_dsn=SecretStr(f"http://key@{collector.address}/7"))), identified():
        id_ = step_id()
        try:
            raise RuntimeError(f"no such passage: {QUESTION}")
        except RuntimeError:
            logging.getLogger("bot.discord.asking").exception("could not say %r", QUESTION)
            logging.getLogger("asyncio").error(f"Task failed: {QUESTION}")
    sent = b"".join(body for _, body in collector.posted)
    assert {path for path, _ in collector.posted} == {"/api/7/envelope/"}
    assert b"lorries" not in sent
    events = [json.loads(line) for line in sent.splitlines() if b'"logentry"' in line]
    ours, theirs = sorted(events, key=lambda event: event["logger"], reverse=True)
    assert ours["logentry"]["message"] == "could not say %r"
    assert theirs["logentry"]["message"] == "an error"
    (error,) = ours["exception"]["values"]
    assert error["type"] == "RuntimeError"
    assert error["stacktrace"]["frames"][-1]["function"] == "test_an_error_is_reported_by_its_type_and_place_alone"
    assert ours["tags"] == {"request": id_}
    assert not {"user", "request", "extra"} & ours.keys()
    assert not ours["breadcrumbs"]["values"]


def test_the_doctor_sends_the_collector_a_trace_of_nothing(collector: Collector) -> None:
    settings = BotSettings(otlp_url=f"http://{collector.address}/", log_questions=True)
    logged, traces = _reporting(settings)
    assert traces == Finding("traces", "they go to 127.0.0.1")
    assert collector.posted == [("/v1/traces", b"")]
    assert "BRIEFING_LOG_QUESTIONS" in (logged.mend or "")


def test_the_doctor_says_where_no_collector_is() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    (missing,) = _reporting(BotSettings(otlp_url=f"http://127.0.0.1:{port}"))
    assert not missing.well
    assert f"127.0.0.1:{port}" in missing.state
    assert "BRIEFING_OTLP_URL" in (missing.mend or "")


@pytest.mark.slow
def test_requests_to_servers_are_not_logged_with_their_addresses(
    collector: Collector, capsys: pytest.CaptureFixture[str]
) -> None:
    with logging_to_stderr("text"):
        httpx.post(f"http://{collector.address}/secret/path", content=b"{}")
        logging.getLogger("briefing").info("done")
    assert len(collector.posted) == 1
    err = capsys.readouterr().err
    assert "done" in err
    assert collector.address not in err


def test_nothing_of_it_is_loaded_without_its_setting() -> None:
    code = (
        "import sys; from bot.observing import reporting; from bot.settings import BotSettings\n"
        "with reporting(BotSettings()): import bot.discord.service, bot.discord.duties\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'opentelemetry', 'sentry_sdk'}))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n", ran.stderr


@pytest.mark.parametrize(
    "dsn", ["sentry.example.org", "https://sentry.example.org/1", "https://key@sentry.example.org"]
)
def test_an_address_that_sentry_would_not_know_is_refused_without_being_shown(dsn: str) -> None:
    with pytest.raises(ValueError, match="sentry_dsn") as refused:
        BotSettings(sentry_dsn=dsn)  # type: ignore[arg-type]
    assert "must" in str(refused.value)
