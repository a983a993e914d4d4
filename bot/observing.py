"""Events of the front ends, for those who watch them; logs, traces and reports of errors, none with anybody's words."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal

from pythonjsonlogger.json import JsonFormatter

from bot.settings import BotSettings
from retrieval.domain.llm import Call
from retrieval.errors import SettingsError
from retrieval.observing import AnsweredQuestion, Step, step_id, watched_by

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from sentry_sdk.types import Event, Hint


@dataclass(frozen=True, slots=True)
class EndedCommand:
    """A command in Discord ended; `name` is one of ours."""

    name: str
    well: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class EndedDelivery:
    """A scheduled digest, news of watches or a mail was delivered or given up, `seconds` after it was due."""

    kind: Literal["digest", "news", "mail"]
    state: Literal["delivered", "given_up"]
    seconds: float


@dataclass(frozen=True, slots=True)
class ShownFailure:
    """A person was shown that something failed which only the operator can mend."""

    cause: Literal["store", "embedding", "internal"]


@dataclass(frozen=True, slots=True)
class DiscordAnswer:
    """Discord answered a request with this status; `limit` is the scope of the limit that refused it, if one did."""

    status: int
    limit: str = ""


# Shorter texts would also be hidden where they are no quote.
_SHORTEST = 8
_FIELDS = "%(levelname)s %(name)s %(message)s %(request)s"
_hidden: ContextVar[frozenset[str]] = ContextVar("hidden", default=frozenset())


@contextmanager
def logging_to_stderr(
    log_format: Literal["text", "json"], show_words: bool = False, least: int = logging.INFO
) -> Iterator[None]:
    """Write what happens to standard error, from the level `least` on; people's words only if `show_words`."""
    handler = logging.StreamHandler()
    handler.setFormatter(_JsonLines(show_words) if log_format == "json" else _TextLines(show_words))
    handler.addFilter(_identify)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(least)
    # What talks to Chroma's and models' servers tells every request, with its address.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def hide(*texts: str) -> None:
    """Keep these words of a person out of the log lines of this task: an error may quote them."""
    added = {form for text in texts if len(text) >= _SHORTEST for form in (text, repr(text)[1:-1])}
    _hidden.set(_hidden.get() | added)


def _identify(record: logging.LogRecord) -> bool:
    record.request = step_id()
    return True


def _without(line: str, words: Iterable[str]) -> str:
    for each in sorted(words, key=len, reverse=True):
        line = line.replace(each, "[hidden]")
    return line


class _TextLines(logging.Formatter):
    def __init__(self, show_words: bool) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(request)s]: %(message)s")
        self._show_words = show_words

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        return line if self._show_words else _without(line, _hidden.get())


class _JsonLines(JsonFormatter):
    def __init__(self, show_words: bool) -> None:
        super().__init__(_FIELDS, timestamp="at", rename_fields={"levelname": "level", "name": "logger"})
        self._show_words = show_words

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        if self._show_words:
            return log_data
        hidden = _hidden.get()
        return {name: _without(value, hidden) if isinstance(value, str) else value for name, value in log_data.items()}


# Seconds that may go by at the end for what is not sent yet.
_PATIENCE = 2


@contextmanager
def reporting(settings: BotSettings) -> Iterator[None]:
    """Log, trace and report errors meanwhile, as the settings ask.

    Raises:
        SettingsError: the package for one of it is not installed.
    """
    with logging_to_stderr(settings.log_format, settings.log_questions), ExitStack() as stack:
        if dsn := settings.sentry_dsn.get_secret_value():
            stack.callback(_report_errors(dsn))
        if settings.otlp_url:
            traces = _open_traces(settings.otlp_url)
            stack.callback(traces.shutdown)
            stack.enter_context(watched_by(Tracer(traces)))
        yield


class Tracer:
    """Makes spans of the steps; an observer."""

    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer("briefing")

    @contextmanager
    def step(self, name: Step) -> Iterator[None]:
        """Span a step. An error's message may have words of a question, so that only its type is noted."""
        from opentelemetry.trace import StatusCode

        span = self._tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False)
        with span as current:
            current.set_attribute("request", step_id())
            try:
                yield
            except Exception as error:
                current.set_status(StatusCode.ERROR, type(error).__name__)
                raise

    def notice(self, event: object) -> None:
        """Note what came of a step at its span."""
        from opentelemetry.trace import get_current_span

        match event:
            case AnsweredQuestion(standing):
                get_current_span().set_attribute("standing", standing)
            case Call():
                about: dict[str, str | int] = {
                    "purpose": event.purpose,
                    "model": event.model,
                    "outcome": event.outcome,
                    "tokens.in": event.tokens_in,
                    "tokens.out": event.tokens_out,
                }
                get_current_span().set_attributes(about)


def _open_traces(url: str) -> TracerProvider:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise SettingsError("BRIEFING_OTLP_URL needs a package: uv sync --extra otel") from error
    resource = Resource({SERVICE_NAME: "briefing", SERVICE_VERSION: version("briefing")})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(f"{url.rstrip('/')}/v1/traces", timeout=_PATIENCE)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


def _report_errors(dsn: str) -> Callable[[], object]:
    """Begin to report; returns what ends it."""
    try:
        import sentry_sdk
        from sentry_sdk.integrations.dedupe import DedupeIntegration
        from sentry_sdk.integrations.excepthook import ExcepthookIntegration
        from sentry_sdk.integrations.logging import LoggingIntegration
    except ImportError as error:
        raise SettingsError("BRIEFING_SENTRY_DSN needs a package: uv sync --extra sentry") from error
    sentry_sdk.init(
        dsn=dsn,
        release=version("briefing"),
        data_collection={
            "user_info": False,
            "http_bodies": [],
            "stack_frame_variables": False,
            "database_query_data": False,
            "queues": False,
        },
        max_breadcrumbs=0,
        # The others would send arguments of the command line, requests and their addresses.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[LoggingIntegration(level=None), ExcepthookIntegration(), DedupeIntegration()],
        before_send=_without_words,
        shutdown_timeout=_PATIENCE,
    )
    return lambda: sentry_sdk.get_client().close()


def _without_words(event: Event, _hint: Hint) -> Event:
    """An event with the types of errors and the places in the code, without the messages, which may quote people."""
    if line := event.get("logentry"):
        # Ours is what the code says, without what it puts in; those of others are made of whatever there is.
        ours = str(event.get("logger")).startswith(("bot.", "retrieval."))
        event["logentry"] = {"message": line.get("message") if ours else "an error"}
    for error in (event.get("exception") or {}).get("values", ()):
        error["value"] = ""
    event.pop("extra", None)
    event["tags"] = {"request": step_id()}
    return event
