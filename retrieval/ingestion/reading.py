"""Reads a file's bytes as a cleaned document. The ending of its name decides on the reader."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from retrieval.domain.articles import Document, Metadata
from retrieval.errors import UnreadableError
from retrieval.ingestion.metadata.fields import from_file_name, from_table, merge
from retrieval.ingestion.readers import (
    decoding,
    docx,
    epub,
    html,
    mail,
    odt,
    pdf,
    plain_text,
    pptx,
    rtf,
    sheets,
    zip_package,
)
from retrieval.ingestion.readers.mail import Part

MAX_BYTES = 20_000_000
# A box of mails or an archive holds many articles, each bounded on its own.
MAX_HOLDER_BYTES = 200_000_000
Reader = Callable[[bytes, Metadata], Document]
Opener = Callable[[bytes], Iterator[Part]]

_READERS: dict[str, Reader] = {
    ".txt": plain_text.read,
    ".md": plain_text.read_markdown,
    ".markdown": plain_text.read_markdown,
    ".html": html.read,
    ".htm": html.read,
    ".xhtml": html.read,
    ".mhtml": html.read_archive,
    ".mht": html.read_archive,
    ".pdf": pdf.read,
    ".docx": docx.read,
    ".odt": odt.read,
    ".rtf": rtf.read,
    ".pptx": pptx.read,
    ".xlsx": sheets.read_workbook,
    ".csv": sheets.read_csv,
    ".tsv": sheets.read_csv,
    ".eml": mail.read,
    ".msg": mail.read_outlook,
    ".epub": epub.read,
}
# Of these the text is the file's own, line by line.
LINED = frozenset((".txt", ".md", ".markdown"))
_FOREIGN = ("__MACOSX/", ".")
_MOST_PARTS = 20_000


def readable(path: Path) -> bool:
    """Whether a file's name is that of an article: of a format in the registry, or of one of these with .gz."""
    return format_of(path.name) is not None


def holds_files(name: str) -> bool:
    """Whether a file of this name may hold others: an archive, a box of mails, a mail with attachments."""
    format_ = format_of(name)
    return format_ is not None and format_.parts is not None


def is_article(name: str) -> bool:
    """Whether a file of this name is an article itself, whatever it holds besides."""
    format_ = format_of(name)
    return format_ is not None and format_.read is not None


def unpacked(data: bytes, name: str) -> bytes:
    """A file's bytes without the gzip around them. Raises UnreadableError."""
    return decoding.unpack(data, limit_of(name)) if name.lower().endswith(".gz") else data


def limit_of(name: str) -> int:
    """The most bytes that a file of this name may have."""
    format_ = format_of(name)
    return MAX_HOLDER_BYTES if format_ and format_.read is None else MAX_BYTES


def load_bytes(path: Path, *, limit: int = MAX_BYTES) -> bytes:
    """A file's bytes; one of more than `limit` bytes is refused before it is opened.

    Raises UnreadableError as `read` does, and for a file that is gone or may not be opened.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise UnreadableError("not a regular file")  # a pipe or a device may never end
        if found.st_size > limit:
            raise decoding.too_large(limit)
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError((error.strerror or "cannot be opened").lower()) from None


def read(data: bytes, name: str, given: Mapping[str, object] | None = None, *, limit: int = MAX_BYTES) -> Document:
    """The article in a file. `given` is the file's table in the folder's manifest; `limit` is in bytes, also
    for what a gzip file unpacks to.

    Front matter wins over the manifest, both over what the article says, and a day in the file's name is better than
    none. Raises UnreadableError with the reason in a few words: empty, binary, no text, too large (...),
    front matter: ..., password-protected, ...
    """
    format_ = format_of(name)
    if format_ is None:
        raise UnreadableError("not a format that can be read")
    if format_.read is None:
        raise UnreadableError("it holds other files, and is no article itself")
    if len(data) > limit:
        raise decoding.too_large(limit)
    if name.lower().endswith(".gz"):
        data = decoding.unpack(data, limit)
    if not data.strip():
        raise UnreadableError("empty")
    known = from_table(given or {}, "manifest")
    try:
        document = format_.read(data, known)
    except UnreadableError:
        raise
    except Exception as error:  # the libraries behind follow files made by anyone, and trip in ways of their own
        raise UnreadableError(f"not readable as {format_.ending[1:]} ({type(error).__name__})") from error
    if document.metadata.published and not document.metadata.published_estimated:
        return document
    return Document(document.text, document.blocks, merge(from_file_name(name), document.metadata), document.format)


@dataclass(frozen=True, slots=True)
class Format:
    """How files of one ending are read: as an article, as a holder of other files, or both."""

    ending: str
    read: Reader | None = None
    parts: Opener | None = None


def format_of(name: str) -> Format | None:
    """The format of a file by its name, `.gz` aside; None where it is none that can be read."""
    ending = PurePosixPath(name.lower().removesuffix(".gz")).suffix
    reader, opener = _READERS.get(ending), _OPENERS.get(ending)
    return Format(ending, reader, opener) if reader or opener else None


def _zipped(data: bytes) -> Iterator[Part]:
    """The files in an archive that can be read; their names are labels, nothing is written anywhere."""
    with zip_package.opened(data) as archive:
        for member in archive.infolist():
            name = member.filename.replace("\\", "/")
            if member.is_dir() or any(part.startswith(_FOREIGN) or f"{part}/" in _FOREIGN for part in name.split("/")):
                continue
            yield Part(name.lstrip("/"), archive.read(member))


_OPENERS: dict[str, Opener] = {
    ".zip": _zipped,
    ".mbox": mail.mails,
    ".eml": mail.attachments,
    ".msg": mail.outlook_attachments,
}


def parts_of(data: bytes, name: str) -> Iterator[Part]:
    """The files that a file holds, none where it holds none. Raises UnreadableError, also in the middle."""
    format_ = format_of(name)
    if format_ is None or format_.parts is None:
        return
    try:
        for count, part in enumerate(format_.parts(data)):
            if count >= _MOST_PARTS:
                raise UnreadableError(f"too large (over {_MOST_PARTS:,} files in it)")
            yield part
    except UnreadableError:
        raise
    except Exception as error:  # the libraries behind follow files made by anyone
        raise UnreadableError(f"not readable as {format_.ending[1:]} ({type(error).__name__})") from error
