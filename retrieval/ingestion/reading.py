"""Reads a file's bytes as a cleaned document. The ending of its name decides on the reader."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from retrieval.domain.articles import Document, Metadata
from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreadableError
from retrieval.ingestion.metadata.fields import from_file_name, from_table, merge
from retrieval.ingestion.readers import decoding, docx, html, mail, pdf, plain_text, sheets, xml_archives
from retrieval.ingestion.readers.mail import Part

MAX_BYTES = 20_000_000
# A mailbox or an archive holds many articles, all with their own limit.
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
    ".odt": xml_archives.read_open_document,
    ".rtf": plain_text.read_rtf,
    ".pptx": xml_archives.read_slides,
    ".xlsx": sheets.read_workbook,
    ".csv": sheets.read_csv,
    ".tsv": sheets.read_csv,
    ".eml": mail.read,
    ".msg": mail.read_outlook,
    ".epub": xml_archives.read_book,
}
_FOREIGN = ("__MACOSX/", ".")
_MOST_PARTS = 20_000


def readable(path: Path) -> bool:
    """Tell if a file can be read, by the ending of its name; also with .gz behind it."""
    return format_of(path.name) is not None


def holds_files(name: str) -> bool:
    """Tell if a file of this name may contain files: an archive, a mailbox, a mail with attachments."""
    format_ = format_of(name)
    return format_ is not None and format_.parts is not None


def is_article(name: str) -> bool:
    """Tell if a file of this name is an article itself, also if it contains files."""
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
    """A file's bytes. Raises UnreadableError for a file over `limit` bytes, without opening it, and for one that is
    gone or may not be opened.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise UnreadableError(Phrase("not a regular file"))  # a pipe or a device may never end
        if found.st_size > limit:
            raise decoding.too_large(limit)
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError((error.strerror or "cannot be opened").lower()) from None


def unreadable(kind: str, error: Exception) -> UnreadableError:
    """The error where a library failed at a file of this kind."""
    return UnreadableError(Phrase("not readable as {kind} ({error})", kind=kind, error=type(error).__name__))


def read(data: bytes, name: str, declared: Mapping[str, object] | None = None, *, limit: int = MAX_BYTES) -> Document:
    """The article in a file. `declared` is its table in the manifest of its folder; `limit` is in bytes, also for the
    content of a gzip file.

    Front matter wins over the manifest, and both over the article's own text. A day in the file's name is used if there
    is no better one. Raises UnreadableError with the reason in a few words: empty, binary, no text, too large (...),
    front matter: ..., password-protected, ...
    """
    format_ = format_of(name)
    if format_ is None:
        raise UnreadableError(Phrase("not a format that can be read"))
    if format_.read is None:
        raise UnreadableError(Phrase("it holds other files, and is no article itself"))
    if len(data) > limit:
        raise decoding.too_large(limit)
    if name.lower().endswith(".gz"):
        data = decoding.unpack(data, limit)
    if not data.strip():
        raise UnreadableError(Phrase("empty"))
    known = from_table(declared or {}, "manifest")
    try:
        document = format_.read(data, known)
    except UnreadableError:
        raise
    except Exception as error:  # files are made by anyone, and libraries fail in ways of their own
        raise unreadable(format_.ending[1:], error) from error
    if document.metadata.published and not document.metadata.published_estimated:
        return document
    return Document(document.text, document.blocks, merge(from_file_name(name), document.metadata), document.format)


@dataclass(frozen=True, slots=True)
class Format:
    """The readers of files with one ending: `read` for an article, `parts` for the files inside it."""

    ending: str
    read: Reader | None = None
    parts: Opener | None = None


def format_of(name: str) -> Format | None:
    """The format of a file by its name, `.gz` aside; None if it cannot be read."""
    ending = PurePosixPath(name.lower().removesuffix(".gz")).suffix
    reader, opener = _READERS.get(ending), _OPENERS.get(ending)
    return Format(ending, reader, opener) if reader or opener else None


def _zipped(data: bytes) -> Iterator[Part]:
    """The files in an archive. Nothing is written to disk, so that their names can do no harm."""
    with decoding.opened(data) as archive:
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
    """The files inside a file. Raises UnreadableError, also during the iteration."""
    format_ = format_of(name)
    if format_ is None or format_.parts is None:
        return
    try:
        for count, part in enumerate(format_.parts(data)):
            if count >= _MOST_PARTS:
                raise UnreadableError(Phrase("too large (over {most} files in it)", most=_MOST_PARTS))
            yield part
    except UnreadableError:
        raise
    except Exception as error:  # as in `read`
        raise unreadable(format_.ending[1:], error) from error
