"""A mail as Outlook saves it (MSG), for tests: no library writes these, so this does, as MS-CFB and MS-OXMSG say."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

_SECTOR, _SMALL_SECTOR = 512, 64
_SMALL = 4096  # streams of fewer bytes are packed together
_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def msg(subject: str, body: str, sender: str, sent: datetime, attached: Mapping[str, bytes]) -> bytes:
    """The mail, with what is attached to it."""
    streams: dict[tuple[str, ...], bytes] = {}
    ticks = int((sent - _EPOCH).total_seconds()) * 10_000_000
    texts = {"0037": subject, "1000": body, "0C1A": sender, "001A": "IPM.Note", "5D01": "jane@harbour.example"}
    fixed = struct.pack("<IIQ", 0x00390040, 6, ticks)
    fixed += struct.pack("<IIQ", 0x340D0003, 6, 0x00040E79)  # its texts are Unicode
    streams[("__properties_version1.0",)] = _properties(
        texts, struct.pack("<8xIIII8x", 0, len(attached), 0, len(attached)), fixed
    )
    streams |= {(f"__substg1.0_{tag}001F",): text.encode("utf-16-le") for tag, text in texts.items()}
    for number, (name, data) in enumerate(attached.items()):
        folder = f"__attach_version1.0_#{number:08X}"
        named = {"3707": name}
        method = struct.pack("<IIQ", 0x37050003, 6, 1) + struct.pack("<IIII", 0x37010102, 6, len(data), 0)
        streams[folder, "__properties_version1.0"] = _properties(named, b"\0" * 8, method)
        streams[folder, "__substg1.0_3707001F"] = name.encode("utf-16-le")
        streams[folder, "__substg1.0_37010102"] = data
    return _compound(streams)


def _properties(texts: Mapping[str, str], header: bytes, fixed: bytes) -> bytes:
    entries = (struct.pack("<IIII", int(f"{tag}001F", 16), 6, 2 * len(text) + 2, 0) for tag, text in texts.items())
    return header + b"".join(entries) + fixed


class _Sectors:
    """Sectors of one size, and the table that says which follows which."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.content = b""
        self.table: list[int] = []

    def add(self, data: bytes) -> int:
        """Where the data starts."""
        start, count = len(self.table), -(-len(data) // self.size)
        self.table.extend([*range(start + 1, start + count), _END])
        self.content += data.ljust(count * self.size, b"\0")
        return start


def _compound(streams: Mapping[tuple[str, ...], bytes]) -> bytes:
    """A compound file of these streams, which are at most two names deep."""
    large, small = _Sectors(_SECTOR), _Sectors(_SMALL_SECTOR)
    entries: list[list[Any]] = [["Root Entry", _ROOT, _NONE, _NONE, _NONE, _END, 0]]

    def add(name: str, kind: int, data: bytes = b"") -> int:
        start = (small if len(data) < _SMALL else large).add(data) if data else _END
        entries.append([name, kind, _NONE, _NONE, _NONE, start, len(data)])
        return len(entries) - 1

    def link(parent: int, children: list[int]) -> None:
        """Siblings in a row, each the right neighbour of the one before: a tree that leans, but is one."""
        ordered = sorted(children, key=lambda at: (len(entries[at][0]), entries[at][0].upper()))
        for one, two in pairwise(ordered):
            entries[one][3] = two
        entries[parent][4] = ordered[0]

    top = [add(path[0], _STREAM, data) for path, data in streams.items() if len(path) == 1]
    for folder in dict.fromkeys(path[0] for path in streams if len(path) > 1):
        inside = {path[1]: data for path, data in streams.items() if len(path) > 1 and path[0] == folder}
        storage = add(folder, _STORAGE)
        link(storage, [add(name, _STREAM, data) for name, data in inside.items()])
        top.append(storage)
    link(0, top)
    entries[0][5:] = large.add(small.content), len(small.content)
    chains = struct.pack(f"<{len(small.table)}I", *small.table)
    chained = large.add(chains + struct.pack("<I", _FREE) * (-len(small.table) % (_SECTOR // 4)))
    directory = large.add(b"".join(map(_entry, entries)))
    fats = -(-(len(large.table) + 1) // (_SECTOR // 4 - 1))
    listed = [*range(len(large.table), len(large.table) + fats)]
    table = large.table + [_FAT] * fats
    table += [_FREE] * (fats * _SECTOR // 4 - len(table))
    head = struct.pack("<8s16xHHHHH6x", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6)
    small_count = -(-len(chains) // _SECTOR)
    head += struct.pack("<IIIIIIIII", 0, fats, directory, 0, _SMALL, chained, small_count, _END, 0)
    head += struct.pack("<109I", *listed, *[_FREE] * (109 - len(listed)))
    return head + large.content + struct.pack(f"<{len(table)}I", *table)


def _entry(told: list[Any]) -> bytes:
    name, kind, left, right, child, start, size = told
    written = name.encode("utf-16-le")
    return struct.pack("<64sHBBIII16xI8x8xIQ", written, len(written) + 2, kind, 1, left, right, child, 0, start, size)
