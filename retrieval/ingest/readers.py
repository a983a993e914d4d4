"""A file's bytes to a cleaned document, by the format its name tells."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from retrieval.errors import UnreadableError
from retrieval.ingest import cleaning, decoding, front_matter, markdown, masthead, paragraphs, pdf, webpage
from retrieval.ingest.metadata import from_table, merge
from retrieval.ingest.pieces import assemble
from retrieval.models import Document, Metadata

MAX_BYTES = 20_000_000
_FORMATS = {".txt": "txt", ".md": "md", ".html": "html", ".htm": "html", ".pdf": "pdf"}


def readable(path: Path) -> bool:
    """Whether a file's name is that of an article: .txt, .md, .html, .htm or .pdf, or one of these with .gz."""
    return _format(path.name) is not None


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

    Front matter wins over the manifest, and both over what the article says. Raises UnreadableError with the
    reason in a few words: empty, binary, no text, too large (...), front matter: ..., password-protected, ...
    """
    format_ = _format(name)
    if format_ is None:
        raise UnreadableError("not a format that can be read")
    if len(data) > limit:
        raise decoding.too_large(limit)
    if name.lower().endswith(".gz"):
        data = decoding.unpack(data, limit)
    if not data.strip():
        raise UnreadableError("empty")
    manifest = from_table(given or {}, "manifest")
    try:
        return _read_format(data, format_, manifest)
    except UnreadableError:
        raise
    except Exception as error:  # the libraries behind follow files made by anyone, and trip in ways of their own
        raise UnreadableError(f"not readable as {format_} ({type(error).__name__})") from error


def _read_format(data: bytes, format_: str, manifest: Metadata) -> Document:
    if format_ == "html":
        return read_tree(webpage.parse(decoding.decode_page(data)), manifest)
    if format_ == "pdf":
        return _read_pdf(data, manifest)
    return _read_text(data, format_, manifest)


def _format(name: str) -> str | None:
    return _FORMATS.get(Path(name.lower().removesuffix(".gz")).suffix)


def _read_text(data: bytes, format_: str, manifest: Metadata) -> Document:
    text = decoding.decode(data)
    front, start = front_matter.split(text)
    known = merge(front, manifest)
    lines = paragraphs.lines(text, start)
    if format_ == "md":
        lines = markdown.interpret(lines, text)
    parts = paragraphs.join(lines, soft_breaks=format_ == "md")
    if not parts:
        raise UnreadableError("empty")
    stated = masthead.read(parts)
    kept = cleaning.clean(parts, known.title)
    return Document(text, cleaning.blocks(kept), merge(known, stated), format_)


def read_tree(tree: Any, given: Metadata | None = None) -> Document:
    """The article in a web page that was parsed; `given` wins over what the page says.

    Raises UnreadableError as `read` does.
    """
    pieces, page = webpage.extract(tree)
    _, parts = assemble(pieces)
    known = merge(given or Metadata(), page)
    text, kept = assemble(cleaning.clean(parts, known.title))
    return Document(text, cleaning.blocks(kept), merge(known, masthead.read(parts)), "html")


def _read_pdf(data: bytes, manifest: Metadata) -> Document:
    pieces, record = pdf.extract(data)
    text, parts = assemble(pieces)
    # The day the text states is the article's; the file's own may be that of printing it.
    metadata = merge(manifest, masthead.read(parts, title=False), record, masthead.read(parts))
    return Document(text, cleaning.blocks(cleaning.clean(parts, metadata.title)), metadata, "pdf")
