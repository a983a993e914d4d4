"""Opens ZIP files, also EPUB and office files, within bounds and without XML entities."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from retrieval.domain.phrase import Phrase
from retrieval.errors import UnreadableError

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
            _check(archive)
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


def _check(archive: ZipFile) -> None:
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise UnreadableError(Phrase("too large (over {most} files in it)", most=MOST_MEMBERS))
    if sum(member.file_size for member in members) > MOST_UNPACKED or any(map(_is_bomb, members)):
        raise UnreadableError(Phrase("too large once it is unpacked"))
    if any(member.flag_bits & _PASSWORD for member in members):
        raise UnreadableError(Phrase("password-protected"))


def _is_bomb(member: ZipInfo) -> bool:
    return member.file_size > _SMALL and member.file_size > _MOST_RATIO * max(1, member.compress_size)
