"""The shards of a bot that several processes share."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Shards:
    """Those of the `count` shards that a process has. Discord tells each server's events to one shard."""

    count: int
    ids: tuple[int, ...]

    def owns(self, guild: int) -> bool:
        """True for a server of one of these shards."""
        return (guild >> 22) % self.count in self.ids

    @property
    def first(self) -> bool:
        """True if the first shard is one of these: private messages belong to it."""
        return 0 in self.ids


ALL = Shards(1, (0,))


def read_shards(count: int, ids: str) -> Shards:
    """Shards as the command line names them: `0,2` or `0-3`, all where nothing is named.

    Raises:
        SettingsError: they are no numbers below the count.
    """
    named: set[int] = set()
    for part in ids.replace(" ", "").split(",") if ids.strip() else [f"0-{count - 1}"]:
        first, _, last = part.partition("-")
        if not all(each.isascii() and each.isdigit() for each in (first, last or first)):
            raise SettingsError(f'--shard-ids are numbers such as 0,1 or 0-3, not "{ids}"')
        if not int(first) <= int(last or first) < count:
            raise SettingsError(f"--shard-ids go from 0 to {count - 1}, as --shards is {count}")
        named |= set(range(int(first), int(last or first) + 1))
    return Shards(count, tuple(sorted(named)))
