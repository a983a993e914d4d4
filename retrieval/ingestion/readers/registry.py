"""Which format a file's name tells, which module reads it, and which files hold others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from retrieval.domain.articles import Document, Metadata
from retrieval.errors import UnreadableError
from retrieval.ingestion.readers import (
    docx,
    epub,
    mail,
    odt,
    pdf,
    plain_text,
    pptx,
    rtf,
    saved_pages,
    sheets,
    zip_package,
)
from retrieval.ingestion.readers.mail import Part

Reader = Callable[[bytes, Metadata], Document]
Opener = Callable[[bytes], Iterator[Part]]

_READERS: dict[str, Reader] = {
    ".txt": plain_text.read,
    ".md": plain_text.read_markdown,
    ".markdown": plain_text.read_markdown,
    ".html": saved_pages.read,
    ".htm": saved_pages.read,
    ".xhtml": saved_pages.read,
    ".mhtml": saved_pages.read_archive,
    ".mht": saved_pages.read_archive,
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
