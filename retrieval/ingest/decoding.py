"""Bytes to text: unpacking within a bound, and the encoding of a file that does not say."""

from __future__ import annotations

import codecs
import re
import zlib

from retrieval.errors import UnreadableError

# UTF-32 first: its little-endian mark starts with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_DECLARED_WITHIN = 4096
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_SAMPLE = 1 << 16
_CONTROL_SHARE = 0.1
_WESTERN_SHARE = 0.3
_LATIN = re.compile(r"cp125[0247]$|iso8859_(?:[1-49]|1[03-6])$|latin|mac_(?:roman|latin)")
_MOST_MEMBERS = 1_000
_GZIP_WINDOW = 31  # zlib's way of saying "gzip header and trailer"


def too_large(limit: int) -> UnreadableError:
    """The error for a file of more than `limit` bytes."""
    size = f"{limit / 1_000_000:g} MB" if limit >= 100_000 else f"{limit} bytes"
    return UnreadableError(f"too large (over {size})")


def unpack(data: bytes, limit: int) -> bytes:
    """The content of a gzip file, every member of it, never holding more than `limit` bytes of it."""
    parts: list[bytes] = []
    room = limit
    while data:
        if len(parts) == _MOST_MEMBERS:
            raise UnreadableError("broken gzip")
        member = zlib.decompressobj(_GZIP_WINDOW)
        try:
            parts.append(member.decompress(data, room + 1))
        except zlib.error:
            raise UnreadableError("broken gzip") from None
        room -= len(parts[-1])
        if room < 0:
            raise too_large(limit)
        if not member.eof:
            raise UnreadableError("broken gzip")
        data = member.unused_data.lstrip(b"\0")  # tape and block padding is allowed after a member
    return b"".join(parts)


def decode(data: bytes) -> str:
    """The text of a file, every character of it: a UTF-8 file's text is `data.decode('utf-8')`, mark included.

    Raises UnreadableError ("binary") for what is no text in any encoding.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = _decode_other(data)
    sample = text[:_SAMPLE]
    if "\0" in text or len(_CONTROL.findall(sample)) > _CONTROL_SHARE * len(sample):
        raise UnreadableError("binary")
    return text


def decode_page(data: bytes, charset: str | None = None) -> str:
    """The text of a web page: like `decode`, but what is declared comes before a guess.

    `charset` is what the server declares; it comes before what the page itself says.
    """
    found = _CHARSET.search(data[:_DECLARED_WITHIN])
    declared = [name for name in (charset, found and found[1].decode("ascii", "replace")) if name]
    if declared and not data.startswith(tuple(mark for mark, _ in _MARKS)):
        for encoding in ("utf-8", *declared):
            try:
                return data.decode(encoding).replace("\0", "")
            except (UnicodeError, LookupError):
                continue
    return decode(data)


def _decode_other(data: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if encoding is None and b"\0" in data:
        raise UnreadableError("binary")
    try:
        return data.decode(encoding or _guess(data))
    except (UnicodeError, LookupError):
        raise UnreadableError("binary") from None


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    matches = from_bytes(data[:_SAMPLE])
    best = matches.best()
    high = sum(byte > 0x7F for byte in data[:_SAMPLE])
    if best is not None and not _LATIN.match(best.encoding) and high < _WESTERN_SHARE * len(data[:_SAMPLE]):
        return "cp1252"  # a few accents among plain letters; a text in another script has more
    if best is None:
        raise UnreadableError("binary")
    # Short Western texts fit several encodings equally well; the Web's own default wins a tie.
    tied = {match.encoding for match in matches if match.chaos <= best.chaos}
    western = "cp1252" in {best.encoding, *best.could_be_from_charset, *tied}
    return "cp1252" if western and best.encoding.startswith("cp125") else best.encoding
