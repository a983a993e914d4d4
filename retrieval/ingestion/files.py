"""The files below the paths that are to be ingested."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from retrieval.domain.articles import Skipped
from retrieval.errors import NotFoundError, UnreadableError
from retrieval.ingestion.metadata.fields import MANIFEST, parse_manifest
from retrieval.ingestion.reading import holds_files, limit_of, load_bytes, parts_of, readable, unpacked

# Stands between the path of an archive or mail and the name of a file inside it.
INSIDE = "!/"


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read, its `name` in citations, and its `declared` fields in the manifest of its folder.

    A file inside an archive or a mail has its bytes in `data`, and its name there in `inner`.
    """

    path: Path
    name: str
    declared: Mapping[str, object]
    inner: str = ""
    data: bytes | None = None

    @property
    def place(self) -> str:
        """The absolute path with the inner name; bytes that are not UTF-8 are escaped."""
        place = storable(str(self.path))
        return f"{place}{INSIDE}{self.inner}" if self.inner else place

    def load(self) -> bytes:
        """The file's bytes. Raises UnreadableError."""
        return load_bytes(self.path, limit=limit_of(self.path.name)) if self.data is None else self.data

    def parts(self, data: bytes) -> Iterator[Source]:
        """The readable files inside this one, whose bytes are `data`; a file inside another has none.

        Raises UnreadableError, also during the iteration.
        """
        if self.inner or not holds_files(self.path.name):
            return
        taken: set[str] = set()
        for part in parts_of(unpacked(data, self.path.name), self.path.name):
            inner = next(name for name in _numbered(storable(part.name)) if name not in taken)
            taken.add(inner)
            if readable(Path(part.name)):
                yield Source(self.path, f"{self.name}/{inner}", {}, inner, part.data)

    def names(self) -> Iterator[str]:
        """The possible names, the best first; folders are put before a name that another file has."""
        own = len(Path(self.name).parts) - (len(Path(self.inner).parts) if self.inner else 0)
        name, above = self.name, list(self.path.parts[1:-own])
        yield name
        while above:
            yield (name := storable(f"{above.pop()}/{name}"))


@dataclass(slots=True)
class Listing:
    """The files to read, the skipped ones with their reasons, and the folders that were listed completely."""

    sources: list[Source] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)


def list_files(paths: Sequence[Path]) -> Listing:
    """All files below the paths, folders in order of their names.

    Raises:
        NotFoundError: a path is not there or may not be read.
    """
    listing = Listing()
    for path in paths:
        if _is_folder(path):
            _list_folder(path.resolve(), listing)
        else:
            _add(path.resolve(), path.name, _manifest(path.resolve().parent, listing), listing)
    # Every file once, since the paths may overlap.
    listing.sources = list({source.path: source for source in reversed(listing.sources)}.values())[::-1]
    return listing


def _numbered(name: str) -> Iterator[str]:
    yield name
    stem, dot, ending = name.rpartition(".")
    yield from (f"{stem} ({number}){dot}{ending}" for number in count(2))


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError(f"there is no file or folder {path}") from None
    except OSError as error:
        raise NotFoundError(f"{path} may not be read: {error.strerror}") from error


def storable(name: str) -> str:
    """A file name as valid Unicode; invalid bytes are escaped, so that different names stay different."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _list_folder(top: Path, listing: Listing) -> None:
    if not os.access(top, os.R_OK | os.X_OK):
        raise NotFoundError(f"the folder {top} may not be read: check its permissions")
    complete = True
    for folder, files in _walk(top, listing):
        tables = _manifest(folder, listing)
        if files is None:
            complete = False
            listing.skipped.append(Skipped(storable(str(folder.relative_to(top))), "folder may not be read"))
            continue
        for name in files:
            _add(folder / name, (folder / name).relative_to(top).as_posix(), tables, listing)
    if complete:
        listing.folders.append(top)


def _walk(top: Path, listing: Listing) -> Iterator[tuple[Path, list[str] | None]]:
    """Folders with their files, without hidden ones; None for the files of a folder without permission.

    A link to a folder is listed as skipped: it may lead anywhere, also to a folder above.
    """
    refused: list[Path] = []
    for folder, folders, files in os.walk(top, onerror=lambda error: refused.append(Path(str(error.filename)))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            if (linked := Path(folder, name)).is_symlink():
                reason = "a link to a folder, which is not followed: ingest that folder itself"
                listing.skipped.append(Skipped(storable(linked.relative_to(top).as_posix()), reason))
        yield (
            Path(folder),
            sorted(name for name in files if not name.startswith(".") and name != MANIFEST),
        )
    for path in refused:
        yield path, None


def _manifest(folder: Path, listing: Listing) -> Mapping[str, Mapping[str, object]]:
    """The tables of the folder's manifest by file names; a broken manifest is listed as skipped."""
    file = folder / MANIFEST
    try:
        return parse_manifest(file.read_bytes()) if file.is_file() else {}
    except OSError as error:
        listing.skipped.append(Skipped(MANIFEST, f"may not be read: {error.strerror}"))
    except UnreadableError as error:
        listing.skipped.append(Skipped(MANIFEST, str(error)))
    return {}


def _add(path: Path, name: str, tables: Mapping[str, Mapping[str, object]], listing: Listing) -> None:
    if readable(path):
        listing.sources.append(Source(path, storable(name), tables.get(path.name, {})))
    else:
        listing.skipped.append(Skipped(storable(name), "not a format that can be read"))
