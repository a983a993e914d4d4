"""Text of articles and users for Discord: escaped, so that it does not format, mention or link.

Discord formats text in its clients and finds mentions on its servers. So a backslash, which only clients heed,
keeps text from formatting; and a zero-width space, which both see, keeps it from mentioning.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from bot.presentation.links import is_address
from retrieval.nlp.markup import visible

# Joiners belong between emoji and letters of some scripts; alone or beside Latin letters they only hide text.
_LETTER = r"[^\x00-\x7f\xad\s\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
_JOINER = re.compile(rf"(?<={_LETTER})([\u200c\u200d])(?={_LETTER})")
# Letters and symbols without a visible shape.
_SHAPELESS = "\u115f\u1160\u2800\u3164\uffa0"

_IN_ADDRESS = r"[^\s<>()\[\]\"“”„«»。，、；：！？）」』】]"
_AT_ADDRESS_END = r"[^\s<>()\[\]\"“”„«»。，、；：！？）」』】.,:;!?'’*_~`|\\…]"
_PING = r"@(?=everyone|here|[!&]?[0-9])"
_ACTIVE = re.compile(
    rf"(?P<address>(?<![^\W_])https?://(?:\({_IN_ADDRESS}*\)|{_IN_ADDRESS})*(?:\({_IN_ADDRESS}*\)|{_AT_ADDRESS_END}))"
    rf"|(?P<ping>{_PING})"
    r"|(?P<number>^[0-9]+)(?=\.(?:\s|$))"
    r"|(?P<mark>[\\*_~`|<>#\[\]()]|^[-+](?=[\s#]|$)|:(?=[\w+-]+:|//))",
    re.IGNORECASE | re.MULTILINE,
)
_BLOCK_START = re.compile(r"[0-9]+(?=\.\s)|(?=[-+*>]\s|#{1,3}\s|-#)")
# Between a text and the number of its source, which would stand on a line by itself on a phone.
STUCK = "\u00a0"
_SCHEME = re.compile(r"[\w+.-]*://")
_IN_CODE = str.maketrans("`<>", "'‹›")
_ROUND = str.maketrans("[]", "()")

# The most UTF-16 units of an address in a message.
_LONGEST_ADDRESS = 1500


def length(text: str) -> int:
    """The length of a text in UTF-16 units: never less than Discord counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """The text without control and format characters, except joiners in their place; lines and spaces stay."""
    lines = (re.sub(r"\S+", lambda word: _clean_word(word[0]), line) for line in text.splitlines())
    joined = "\n".join(re.sub(r"\s", " ", line).strip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", joined).strip("\n")


def _clean_word(word: str) -> str:
    return (
        word
        if word.isascii() and word.isprintable()
        else "".join(part if part in ("\u200c", "\u200d") else visible(part) for part in _JOINER.split(word))
    )


def clean_line(text: str) -> str:
    """The cleaned text in one line with single spaces; empty if nothing in it is visible."""
    line = " ".join(clean(text).split())
    seen = (unicodedata.category(each)[0] in "LNPS" and each not in _SHAPELESS for each in line)
    return line if any(seen) else ""


def escape(text: str) -> str:
    """Escape the text, so that Discord shows it unchanged; addresses stay links without a preview.

    Text that only begins like an address is escaped too: as a link it would include the text that follows.
    """
    return _ACTIVE.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    if found["address"]:
        # Angle brackets mark the end of an address, so that no backslash after it becomes part of it.
        return f"<{_encode(found[0], '')}>"
    if found["ping"]:
        return "@\u200b"
    return f"{found[0]}\\" if found["number"] else f"\\{found[0]}"


def code(text: str) -> str:
    """A file name as code. Escapes do not work there, so active characters are replaced."""
    quiet = re.sub(_PING, "@\u200b", text.translate(_IN_CODE), flags=re.IGNORECASE)
    return f"`{quiet}`"


def escape_start(line: str) -> str:
    """Escape text at the start of a line, so that it does not open a list or a heading."""
    found = _BLOCK_START.match(line)
    return f"{found[0]}\\{line[found.end() :]}" if found else line


def quoted(text: str) -> str:
    """The text as a block quote, without blank lines."""
    return "\n".join(f"> {line}" for line in text.split("\n") if line.strip())


def small(text: str) -> str:
    """A line of small print."""
    return f"-# {text}"


def join(*lines: str) -> str:
    """The lines that are not empty."""
    return "\n".join(line for line in lines if line)


def can_link(link: str) -> bool:
    """True if a link is an address, and short enough for a message."""
    return is_address(link) and length(_encode(link, "()[]")) <= _LONGEST_ADDRESS


def masked(label: str, address: str) -> str:
    """A link with a label. Brackets and addresses in the label are changed: with them Discord shows no link."""
    while "://" in label:
        label = _SCHEME.sub("", label)
    return f"[{escape(label.translate(_ROUND)) or 'link'}]({_quiet(address)})"


def marker(number: int, address: str) -> str:
    """The linked number of a citation."""
    return f"[[{number}]]({_quiet(address)})"


def _quiet(address: str) -> str:
    """The address in angle brackets, so that Discord shows no preview, also after an edit."""
    return f"<{_encode(address, '()[]')}>"


def _encode(address: str, unfit: str) -> str:
    """The address with active characters percent-encoded."""
    unfit += '\\*`|"<>^{} '
    encoded = "".join(
        quote(each, safe="", errors="replace") if each in unfit or not each.isprintable() else each for each in address
    )
    return re.sub(_PING, "%40", encoded, flags=re.IGNORECASE)
