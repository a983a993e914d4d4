"""The web addresses in what people write: bare, in angle brackets, behind a label."""

from __future__ import annotations

import re
from collections.abc import Iterable

# What stands in an address; brackets only in pairs, as the one that closes may be the sentence's or the label's.
_PART = r"[^\s<>()\[\]|`\"“”„«»。，、；：！？）」』】]"
_PIECE = rf"(?:\({_PART}*\)|\[{_PART}*\]|(?![,;]https?://){_PART})"
# It does not end with what ends a sentence or a run of bold type.
_LAST = rf"(?:\({_PART}*\)|\[{_PART}*\]|(?![.,:;!?'’*_~\\…]){_PART})"
_ADDRESS = re.compile(rf"<(?P<held>https?://[^\s<>]+)>|(?P<bare>https?://{_PIECE}*{_LAST})", re.IGNORECASE)
_UPLOAD = re.compile(r"https?://(?:cdn\.discordapp\.com|media\.discordapp\.net)[/:]", re.IGNORECASE)


def addresses(texts: Iterable[str]) -> list[str]:
    """The addresses in the texts, in their order, each once: places within a page do not make it another."""
    found: dict[str, str] = {}
    for match in (match for text in texts for match in _ADDRESS.finditer(text)):
        address = match["held"] or match["bare"]
        found.setdefault(address.partition("#")[0], address)
    return list(found.values())


def is_upload(address: str) -> bool:
    """Whether it is that of a file that somebody has put on Discord, which leads nowhere after a day."""
    return _UPLOAD.match(address) is not None
