"""Articles and files made by hand for the tests of reading."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from retrieval.domain.articles import Document
from retrieval.ingestion.reading import read

FIRST = "The council voted on Tuesday to close the old bridge. Engineers had found cracks in its main beams."
SECOND = "Repairs will take two years, the mayor said, and a ferry will run in the meantime."
ARTICLE = f"Council Closes Old Bridge\n\n{FIRST}\n\n{SECOND}\n"

PAGE = f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<title>Council Closes Old Bridge | Harbour Post</title>
<meta property="og:title" content="Council Closes Old Bridge"><meta property="og:site_name" content="Harbour Post">
<meta name="author" content="Jane Roe"><link rel="canonical" href="https://harbour.example/bridge">
<meta property="article:published_time" content="2024-12-03T09:30:00+01:00"></head>
<body><nav><a href="/">Home</a> <a href="/news">News</a></nav><article><h1>Council Closes Old Bridge</h1>
<p>{FIRST}</p><h2>What comes next</h2><p>{SECOND}</p>
<ul><li>The ferry leaves every twenty minutes from the old pier.</li></ul>
<p>Ask the \u202eharbour\x07 office for a timetable, which will be printed before the end of the month.</p></article>
<footer>Copyright 2019 Harbour Post</footer></body></html>"""

# What breaks careless code: each is put into articles, titles and front matter.
NASTY = (
    "",
    "undefined",
    "NULL",
    "1e309",
    "0x0",
    "../../../../etc/passwd",
    "'; DROP TABLE articles; --",
    "<script>alert('x')</script>",
    "{{7*7}} ${7*7} %s %n %d",
    "\u202etxet desrever\u202c",
    "T̸̢̺͖̱͔̞h̷̛͎e̵̡ ̶͉C̴̠o̵͍u̷n̶c̷i̷l̴",
    "👩‍👩‍👧‍👦 🇺🇦 ﷽ ﷺ",
    "田中さんにあげて下さい。部落格社會科學院語學研究所。",
    "\u202a\u202atest\u202a \u2028 \u2029 \u0085 \x0b \x0c",
    "[" * 500 + "]" * 500,
    "(" * 3_000,
    "By " + "A" * 2_000,
    "@everyone <@123456> ||hidden||",
    "https://example.com/" + "a/" * 900,
    "\ufeff\u200b\u2060",
    "-" * 1_000,
    "– ",
    "ab\x01\x02\x1f\x7fcd",
)


def texts(document: Document) -> list[str]:
    """What the blocks hold."""
    return [document.text[block.start : block.end] for block in document.blocks]


def read_text(text: str, name: str = "a.txt") -> Document:
    return read(text.encode(), name)


def pdf(pages: Sequence[Sequence[str]], info: str = "", password: bytes | None = None, size: int = 11) -> bytes:
    """A PDF of some pages of lines, set in Helvetica; a line that starts with '#' is set twice as large. `info`
    is the inside of the record, such as `/Title (x)`. With a password it is locked with 40-bit RC4."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    key = _file_key(_owner_entry(password), password) if password else None
    for number, lines in enumerate(pages):
        content = _content(lines, size)
        if key:
            object_key = hashlib.md5(key + (5 + 2 * number).to_bytes(3, "little") + b"\0\0", usedforsecurity=False)
            content = _rc4(object_key.digest()[:10], content)
        bodies.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * number} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        bodies.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    bodies.append(f"<< {info} >>".encode("latin-1"))
    return _file(bodies, _lock(key, password) if key and password else b"")


def _content(lines: Sequence[str], size: int) -> bytes:
    parts = ["BT 60 780 Td"]
    for line in lines:
        large = line.startswith("#")
        text = line.lstrip("#").replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        height = 2 * size if large else size
        parts.append(f"/F1 {height} Tf 0 -{height * 1.2:.1f} Td ({text}) Tj")
    return " ".join([*parts, "ET"]).encode("cp1252")


def _file(bodies: list[bytes], lock: bytes) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"/Size %d /Root 1 0 R /Info %d 0 R %s" % (len(bodies) + 1, len(bodies), lock)
    return bytes(out + b"trailer\n<< %s >>\nstartxref\n%d\n%%%%EOF\n" % (trailer, table))


# The lock of PDF 1.4, revision 2: ISO 32000-1, 7.6.3, algorithms 2 to 4.
_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
_IDENTITY = b"0123456789abcdef"
_ALLOWED = -4


def _lock(key: bytes, password: bytes) -> bytes:
    owner, user = _owner_entry(password), _rc4(key, _PADDING)
    entry = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P %d >> /ID [<%s> <%s>]"
    identity = _IDENTITY.hex().encode()
    return entry % (owner.hex().encode(), user.hex().encode(), _ALLOWED, identity, identity)


def _owner_entry(password: bytes) -> bytes:
    padded = (password + _PADDING)[:32]
    return _rc4(hashlib.md5(padded, usedforsecurity=False).digest()[:5], padded)


def _file_key(owner: bytes, password: bytes) -> bytes:
    allowed = _ALLOWED.to_bytes(4, "little", signed=True)
    material = (password + _PADDING)[:32] + owner + allowed + _IDENTITY
    return hashlib.md5(material, usedforsecurity=False).digest()[:5]


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    other = 0
    for index in range(256):
        other = (other + state[index] + key[index % len(key)]) % 256
        state[index], state[other] = state[other], state[index]
    one = two = 0
    out = bytearray()
    for byte in data:
        one = (one + 1) % 256
        two = (two + state[one]) % 256
        state[one], state[two] = state[two], state[one]
        out.append(byte ^ state[(state[one] + state[two]) % 256])
    return bytes(out)
