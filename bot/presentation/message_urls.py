"""The web addresses in messages: bare, in angle brackets, behind a label."""

from __future__ import annotations

import re
from collections.abc import Iterable

# The characters of an address. Brackets only in pairs: a closing one may belong to the sentence or the label.
_PART = r"[^\s<>()\[\]|`\"“”„«»。，、；：！？）」』】]"
_PIECE = rf"(?:\({_PART}*\)|\[{_PART}*\]|(?![,;]https?://){_PART})"
# An address does not end with the end of a sentence or of bold type.
_LAST = rf"(?:\({_PART}*\)|\[{_PART}*\]|(?![.,:;!?'’*_~\\…]){_PART})"
_ADDRESS = re.compile(rf"<(?P<held>https?://[^\s<>]+)>|(?P<bare>https?://{_PIECE}*{_LAST})", re.IGNORECASE)
_UPLOAD = re.compile(r"https?://(?:cdn\.discordapp\.com|media\.discordapp\.net)[/:]", re.IGNORECASE)


def addresses(texts: Iterable[str]) -> list[str]:
    """The addresses in the texts, in order, without duplicates; anchors within a page do not count."""
    found: dict[str, str] = {}
    for match in (match for text in texts for match in _ADDRESS.finditer(text)):
        address = match["held"] or match["bare"]
        found.setdefault(address.partition("#")[0], address)
    return list(found.values())


def is_upload(address: str) -> bool:
    """True for the address of a file uploaded to Discord, which expires after a day."""
    return _UPLOAD.match(address) is not None
