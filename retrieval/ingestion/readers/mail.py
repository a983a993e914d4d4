"""Mails (EML, Outlook's MSG) and mailboxes (MBOX). The sender is the author, the subject the title.

Readable attachments are articles of their own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from io import BytesIO
from typing import NamedTuple

from retrieval.domain.articles import Document, Metadata
from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreadableError
from retrieval.ingestion.metadata import dates
from retrieval.ingestion.metadata.fields import from_table, merge, one_line, tidy
from retrieval.ingestion.readers import decoding, html_structure
from retrieval.ingestion.readers.documents import Piece, shape

_MOST_PARTS = 500
_MOST_MAILS = 20_000
_SIGNATURE = re.compile(r"\n-- ?\n(?!.*\n-- ?\n).{0,2000}\Z", re.DOTALL)
_PREFIX = re.compile(r"(?:(?:re|fwd?|aw|wg|tr|rif|sv|antw)\s*:\s*)+", re.IGNORECASE)
_FROM = re.compile(rb"^From [^\n]*\d{4}[^\n]*\r?\n(?=[!-9;-~]+:)", re.MULTILINE)
_LONGEST_NAME = 60
_FOLDED = re.compile(r"[ \t]+$", re.MULTILINE)


class Part(NamedTuple):
    """A file inside another: its name, and its bytes."""

    name: str
    data: bytes


def read(data: bytes, known: Metadata) -> Document:
    """The text of a mail; `known` wins over its own metadata. Raises UnreadableError."""
    mail = _parsed(data)
    record = _record(str(mail["subject"] or ""), str(mail["from"] or ""), str(mail["date"] or ""))
    return _shaped(_body(mail), known, record, "eml")


def read_outlook(data: bytes, known: Metadata) -> Document:
    """The text of a mail that Outlook saved; `known` wins over its own metadata. Raises UnreadableError."""
    mail = _outlook(data)
    sent = mail.sent_date
    # The header has the sender's time zone, `sent_date` is UTC.
    stated = {name.lower(): value for name, value in mail.message_headers.items()}.get("date", "")
    day = stated or (sent.isoformat() if isinstance(sent, datetime) else "")
    record = _record(mail.subject or "", mail.sender or "", day)
    html = mail.html_body
    pieces = _plain(mail.body) if mail.body and mail.body.strip() else html_structure.read(html) if html else []
    return _shaped(pieces, known, record, "msg")


def attachments(data: bytes) -> Iterator[Part]:
    """The attachments of a mail. Raises UnreadableError."""
    for number, part in enumerate(_parsed(data).walk()):
        if number >= _MOST_PARTS:
            raise UnreadableError(Phrase("too large (over {most} parts)", most=_MOST_PARTS))
        name = part.get_filename()
        if name and not part.is_multipart():
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                yield Part(tidy(name), content)


def outlook_attachments(data: bytes) -> Iterator[Part]:
    """The attachments of a mail that Outlook saved."""
    for attachment in list(_outlook(data).attachments)[:_MOST_PARTS]:
        if attachment.file_name and attachment.file_bytes:
            yield Part(tidy(attachment.file_name), attachment.file_bytes)


def mails(data: bytes) -> Iterator[Part]:
    """The mails of a mailbox as files, named by their subjects and hashes.

    Raises UnreadableError if it is no mailbox, or has too many mails.
    """
    starts = list(_FROM.finditer(data))
    if not starts or data[: starts[0].start()].strip():
        raise UnreadableError(Phrase("not readable as {kind}", kind="mbox"))
    if len(starts) > _MOST_MAILS:
        raise UnreadableError(Phrase("too large (over {most} mails)", most=_MOST_MAILS))
    ends = [match.start() for match in starts[1:]] + [len(data)]
    for start, end in zip(starts, ends, strict=True):
        mail = re.sub(rb"^>(>*From )", rb"\1", data[start.end() : end], flags=re.MULTILINE)
        subject = tidy(
            str(BytesParser(policy=policy.default).parsebytes(mail[:20_000], headersonly=True)["subject"] or "")
        )
        short = re.sub(r"[/\\:]", "-", subject)[:_LONGEST_NAME].strip() or "mail"
        yield Part(f"{short} {hashlib.sha256(mail).hexdigest()[:8]}.eml", mail)


def _parsed(data: bytes) -> EmailMessage:
    mail = BytesParser(policy=policy.default).parsebytes(data)
    if not isinstance(mail, EmailMessage) or not (mail["from"] or mail["subject"] or mail["date"]):
        raise UnreadableError(Phrase("not readable as {kind}", kind="eml"))
    return mail


def _outlook(data: bytes):  # type: ignore[no-untyped-def]
    import oxmsg

    return oxmsg.Message.load(BytesIO(data))


def _body(mail: EmailMessage) -> list[Piece]:
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    text = _content(plain)
    if text.strip():
        return _plain(text)
    return html_structure.read(_content(page))


def _content(part: object) -> str:
    """The text of a part, also if its declared encoding is wrong."""
    if not isinstance(part, EmailMessage):
        return ""
    data = part.get_payload(decode=True)
    return decoding.decode_page(data, part.get_content_charset()) if isinstance(data, bytes) and data else ""


def _plain(text: str) -> list[Piece]:
    text = _SIGNATURE.sub("\n", _FOLDED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    return [
        Piece(line)
        for part in re.split(r"\n[ \t>]*\n", text)
        if (line := one_line(re.sub(r"^(?:>\s?)+", "", part, flags=re.MULTILINE)))
    ]


def _record(subject: str, sender: str, sent: str) -> Metadata:
    names = [name or address for name, address in getaddresses([sender])]
    try:
        moment: object = parsedate_to_datetime(sent) if sent else None
    except (ValueError, TypeError, IndexError):
        moment = sent
    table = {
        "title": _PREFIX.sub("", tidy(subject)) or None,
        "author": ", ".join(filter(None, names)),
        "published": dates.believable(dates.normalise(moment)),
    }
    return from_table(table, "page")


def _shaped(pieces: list[Piece], known: Metadata, record: Metadata, format_: str) -> Document:
    """The document of a mail. Places are its subject and day; the title comes first, so that it is searched too."""
    if not pieces:
        raise UnreadableError(Phrase("no text"))
    name = f"mail “{record.title}”" if record.title else "mail"
    place = f"{name}, {record.day}" if record.day else name
    parts = [piece._replace(place=place) for piece in pieces]
    if record.title:
        parts.insert(0, Piece(record.title, "heading", place))
    document = shape(parts, known, Metadata(), format_, whole=True)
    return Document(document.text, document.blocks, merge(known, record, document.metadata), format_)
