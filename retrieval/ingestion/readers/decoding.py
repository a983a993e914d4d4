"""Bytes to text: unpacks gzip and ZIP within bounds, and finds out the encoding of files, web pages and feeds."""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreadableError
from retrieval.nlp.lexicon import load

# By the Encoding Standard these labels mean the fuller encoding that programs have always read them as.
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
_LABELS = {"x-sjis": "cp932", "x-gbk": "gb18030", "ks_c_5601-1987": "cp949", "unicode": "utf-16", "x-cp1252": "cp1252"}
# Other codecs of Python's (punycode, idna, escapes) are no encodings of documents, and some take forever.
_CODECS = tuple(load("charsets")["codecs"].split())
_LETTERS = tuple((each["name"], frozenset(each["letters"])) for each in load("charsets")["encodings"])
_SAMPLE = 1 << 16  # bytes or characters that are looked at
_LEAST_SCORE = 0.85
# Capitals behind small letters, and letters of two scripts in one word.
_ODD = re.compile(r"(?<=[a-zà-öø-ÿа-яё])[À-ÖØ-ÞА-ЯЁ]|(?<=[A-Za-z])[\u0370-\u06ff]|(?<=[\u0370-\u06ff])[A-Za-z]")
_LEAST_SOUND = 2  # sound characters of several bytes for every byte that is none: else it is another encoding
# UTF-32 first: its little-endian mark starts with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FEED_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    # Without a mark: a feed starts with "<", "{" or a blank.
    *(
        (f"{sign}".encode(name), name)
        for name in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
        for sign in "<{\n "
    ),
    ("<?xm".encode("cp037"), "cp037"),
)
_FEED_DECLARED = re.compile(r"(?:encoding|charset)\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_FEED_DECLARED_WITHIN = 2_048
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_DECLARED_WITHIN = 4096
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_CONTROL_SHARE = 0.1
_STRAY_SHARE = 0.05  # of bytes that are invalid in a guessed encoding
_MOST_MEMBERS = 1_000
_GZIP_WINDOW = 31  # zlib's number for gzip


def decoded(data: bytes, label: str) -> str | None:
    """The text of these bytes in the encoding that this label means on the web; None where they are not in it."""
    name = label.strip().lower()
    try:
        codec = _LABELS.get(name) or codecs.lookup(name).name
        if not codec.startswith(_CODECS):
            return None
        return data.decode(_MEANT.get(codec, codec))
    except (UnicodeError, LookupError, ValueError):
        return None


def nearly_utf8(data: bytes) -> str | None:
    """The text with a replacement character for every stray byte; None where there are too many to be strays."""
    text = data.decode("utf-8", "replace")
    strays = text.count("\ufffd") - data.count("\ufffd".encode())
    sound = sum(character > "\x7f" for character in text) - text.count("\ufffd")
    return text if strays > 0 and sound >= _LEAST_SOUND * strays else None


def guessed(data: bytes) -> str | None:
    """The likeliest of the encodings that say nothing of themselves, by the letters they give; None for no text.

    Encodings of one byte a character are judged by which letters stand in words, as lists of common ones tell; what
    is in none of them is left to a library that knows the statistics of more.
    """
    sample = data[:_SAMPLE]
    high = sum(byte > 0x7F for byte in sample)
    if not high:
        return "cp1252"
    scored = [
        (score, -at, name) for at, (name, letters) in enumerate(_LETTERS) if (score := _score(sample, name, letters))
    ]
    best = max(scored, default=(0.0, 0, ""))
    if best[0] >= _LEAST_SCORE:
        return best[2]
    from charset_normalizer import from_bytes

    found = from_bytes(sample).best()
    return None if found is None else found.encoding


def _score(sample: bytes, name: str, letters: frozenset[str]) -> float:
    """Of the characters beyond ASCII, the share that are letters of the languages written in an encoding, less that of
    capitals behind small letters, which another encoding's letters turn into."""
    text = sample.decode(name, "replace")
    beyond = [character for character in text if character > "\x7f"]
    known = sum(character in letters for character in beyond)
    odd = len(_ODD.findall(text))
    return (known - 2 * odd) / len(beyond) if beyond else 0.0


def too_large(limit: int) -> UnreadableError:
    """The error for a file of more than `limit` bytes."""
    size = f"{limit / 1_000_000:g} MB" if limit >= 100_000 else f"{limit} bytes"
    return UnreadableError(Phrase("too large (over {size})", size=size))


def unpack(data: bytes, limit: int) -> bytes:
    """The content of all members of a gzip file. Raises UnreadableError over `limit` bytes, before it is in memory."""
    parts: list[bytes] = []
    room = limit
    while data:
        if len(parts) == _MOST_MEMBERS:
            raise UnreadableError(Phrase("broken gzip"))
        member = zlib.decompressobj(_GZIP_WINDOW)
        try:
            parts.append(member.decompress(data, room + 1))
        except zlib.error:
            raise UnreadableError(Phrase("broken gzip")) from None
        room -= len(parts[-1])
        if room < 0:
            raise too_large(limit)
        if not member.eof:
            raise UnreadableError(Phrase("broken gzip"))
        data = member.unused_data.lstrip(b"\0")  # tape and block padding is allowed after a member
    return b"".join(parts)


def decode(data: bytes) -> str:
    """The whole text of a file: of a UTF-8 file it is `data.decode('utf-8')`, with a byte order mark.

    Raises UnreadableError ("binary") if it is no text in any encoding.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = _decode_other(data)
    sample = text[:_SAMPLE]
    if "\0" in text or len(_CONTROL.findall(sample)) > _CONTROL_SHARE * len(sample):
        raise UnreadableError(Phrase("binary"))
    return text


def decode_page(data: bytes, charset: str | None = None) -> str:
    """The text of a web page, as `decode`; a declared encoding comes before a guess.

    `charset` is declared by the server, and comes before the encoding that the page declares.
    """
    found = _CHARSET.search(data[:_DECLARED_WITHIN])
    declared = [name for name in (charset, found and found[1].decode("ascii", "replace")) if name]
    if declared and not data.startswith(tuple(mark for mark, _ in _MARKS)):
        for encoding in ("utf-8", *declared):
            if (text := _declared(data, encoding)) is not None:
                return text.replace("\0", "")
    return decode(data)


def decode_feed(data: bytes, content_type: str = "") -> str:
    """The text of a feed, never an error; `content_type` is the header as sent.

    In this order: a byte order mark, UTF-8 wherever the bytes are valid, the encoding that the document and its header
    declare, a guess.
    """
    for mark, name in _FEED_MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace").removeprefix("\ufeff")
    head = data[:_FEED_DECLARED_WITHIN].decode("latin-1")
    declared = [match[1] for text in (head, content_type) if (match := _FEED_DECLARED.search(text))]
    # The escapes of these are plain ASCII, so that they would pass as UTF-8.
    escaped = [name for name in declared if name.lower().startswith(("iso-2022", "hz"))]
    for name in (*escaped, "utf-8"):
        if (text := decoded(data, name)) is not None:
            return text
    if (text := nearly_utf8(data)) is not None:
        return text
    for name in declared:
        if (text := decoded(data, name)) is not None:
            return text
    return data.decode(guessed(data) or "cp1252", "replace")


def _declared(data: bytes, label: str) -> str | None:
    """The text in the declared encoding, or in UTF-8 if only stray bytes are invalid."""
    if (text := decoded(data, label)) is not None:
        return text
    return nearly_utf8(data)


def _decode_other(data: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if encoding is None and b"\0" in data:
        raise UnreadableError(Phrase("binary"))
    if encoding is None and (text := nearly_utf8(data)) is not None:
        return text
    name = encoding or guessed(data)
    if name is None:
        raise UnreadableError(Phrase("binary"))
    text = data.decode(name, "replace")
    if text.count("\ufffd") > _STRAY_SHARE * len(text):
        raise UnreadableError(Phrase("binary"))
    return text


MOST_MEMBERS = 5_000
MOST_UNPACKED = 200_000_000  # bytes, of all members together
# The most that a large member may grow on unpacking: sheets of zeros are small.
_MOST_RATIO = 200
_SMALL = 5_000_000
_PASSWORD = 0x1  # the flag of a member that is encrypted
# Office files have no document type, the only place where entities can be declared; in UTF-8 or UTF-16.
_DECLARATION = re.compile(rb"<!DOCTYPE|<!ENTITY|<\0!\0D\0O|\0<\0!\0D|<\0!\0E\0N|\0<\0!\0E", re.IGNORECASE)
_XML = (".xml", ".rels", ".vml")


@contextmanager
def opened(data: bytes) -> Iterator[ZipFile]:
    """The archive in these bytes, within bounds.

    Raises UnreadableError: not a readable archive, password-protected, too large.
    """
    try:
        with ZipFile(BytesIO(data)) as archive:
            _check_members(archive)
            yield archive
    except (BadZipFile, NotImplementedError, EOFError, KeyError, OSError) as error:
        raise UnreadableError(Phrase("a broken archive")) from error
    except RuntimeError as error:  # the standard library's error for encrypted members
        raise UnreadableError(Phrase("password-protected")) from error


def check_office(data: bytes) -> None:
    """Raises UnreadableError unless an office file is within bounds and declares no entities."""
    with opened(data) as archive:
        for member in archive.infolist():
            if member.filename.lower().endswith(_XML) and _DECLARATION.search(archive.read(member)):
                raise UnreadableError(Phrase("it declares entities"))


def _check_members(archive: ZipFile) -> None:
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise UnreadableError(Phrase("too large (over {most} files in it)", most=MOST_MEMBERS))
    if sum(member.file_size for member in members) > MOST_UNPACKED or any(map(_is_bomb, members)):
        raise UnreadableError(Phrase("too large once it is unpacked"))
    if any(member.flag_bits & _PASSWORD for member in members):
        raise UnreadableError(Phrase("password-protected"))


def _is_bomb(member: ZipInfo) -> bool:
    return member.file_size > _SMALL and member.file_size > _MOST_RATIO * max(1, member.compress_size)
