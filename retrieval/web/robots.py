"""What robots.txt allows us, after RFC 9309.

Read here because `urllib.robotparser` goes by the first rule that matches where the RFC goes by the longest, and knows
no `*` within a path: after `Allow: /` it would allow everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from urllib.parse import quote

from retrieval.web.addresses import WebAddress
from retrieval.web.deadline import Deadline
from retrieval.web.page import FetchError
from retrieval.web.turns import Turns

# Seconds that a robots.txt holds, and that a server which cannot give one is left alone.
_HOLDS = 24 * 3600.0
_HOLDS_OFF = 600.0
_MOST_SITES = 500
# What the RFC wants read at least.
_MOST_BYTES = 500 * 1024

_TOKEN = re.compile(r"[a-z_-]+|\*")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules for one agent: paths with `*` and a closing `$`, and whether they allow; the longest decides."""

    lines: tuple[tuple[str, bool], ...] = ()

    def allow(self, target: str) -> bool:
        target = _normal(target)
        deciding = max(
            ((len(path), allows) for path, allows in self.lines if _matches(path, target)), default=(0, True)
        )
        return deciding[1]


def read_rules(text: str, agent: str) -> Rules:
    """The rules of all groups for the agent, or of those for everyone where it is not named."""
    groups: dict[str, list[tuple[str, bool]]] = {}
    named: list[str] = []
    in_rules = False
    for line in text.splitlines():
        key, _, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if key == "user-agent":
            token = _TOKEN.match(value.lower())
            named = [*([] if in_rules else named), *([token[0]] if token else [])]
            groups |= {name: groups.get(name, []) for name in named}
            in_rules = False
        elif key in ("allow", "disallow"):
            in_rules = True
            for name in named if value else ():
                groups[name].append((_normal(re.sub(r"\*+", "*", value)), key == "allow"))
    return Rules(tuple(groups.get(agent.lower(), groups.get("*", ()))))


def _normal(path: str) -> str:
    """One spelling for each path: escaped unless unreserved or reserved as it stands."""
    path = _ESCAPE.sub(lambda escape: _plain(chr(int(escape[1], 16)), escape[0].upper()), path)
    return quote(path, safe="!$%&'()*+,/:;=?@[]~")


def _plain(character: str, escape: str) -> str:
    return character if _UNRESERVED.fullmatch(character) else escape


def _matches(path: str, target: str) -> bool:
    # Piece by piece and not as a regular expression, whose time a hostile file could make endless.
    ends = path.endswith("$")
    first, *others = path.removesuffix("$").split("*")
    if not target.startswith(first):
        return False
    at = len(first)
    if not others:
        return not ends or at == len(target)
    for piece in others[:-1] if ends else others:
        found = target.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return not ends or (len(target) - len(others[-1]) >= at and target.endswith(others[-1]))


class Robots:
    """The robots.txt of the sites seen lately, each read at most once a day."""

    def __init__(
        self,
        agent: str,
        read: Callable[[WebAddress, Deadline], bytes],
        clock: Callable[[], float],
        sleep: Callable[[float], object],
    ) -> None:
        self._agent = agent
        self._read = read
        self._clock = clock
        # One thread reads a site's file, the others wait for it.
        self._turns = Turns(0, clock, sleep)
        self._sites: dict[str, tuple[float, Rules | FetchError]] = {}

    def check(self, address: WebAddress, deadline: Deadline) -> None:
        """Raise a FetchError where we may not ask for the address."""
        with self._turns.of(address.origin) as waited:
            deadline.extend(waited)
            until, found = self._sites.get(address.origin, (float("-inf"), None))
            if found is None or until <= self._clock():
                found = self._fresh(address, deadline, found)
        if isinstance(found, FetchError):
            raise FetchError(str(found), status=found.status, retry_after=found.retry_after)
        if not found.allow(address.target):
            raise FetchError("robots.txt forbids it", permanent=True)

    def _fresh(self, address: WebAddress, deadline: Deadline, old: Rules | FetchError | None) -> Rules | FetchError:
        """The file as it is now. A server that cannot be reached at all is not remembered: its error says why."""
        holds = _HOLDS
        found: Rules | FetchError
        try:
            body = self._read(WebAddress(address.scheme, address.host, address.port, "/robots.txt"), deadline)
            found = read_rules(body[:_MOST_BYTES].decode("utf-8-sig", "replace"), self._agent)
        except FetchError as error:
            if error.status is None and not isinstance(old, Rules):
                raise
            if error.status is not None and 300 <= error.status < 500 and error.status != 429:
                found = Rules()
            else:
                holds = max(_HOLDS_OFF, error.retry_after or 0)
                found = old if isinstance(old, Rules) else _unreadable(error, holds)
        self._keep(address.origin, self._clock() + holds, found)
        return found

    def _keep(self, origin: str, until: float, found: Rules | FetchError) -> None:
        sites = self._sites | {origin: (until, found)}
        # Replaced as a whole, since threads that read other sites do so without a lock.
        self._sites = dict(islice(sites.items(), max(0, len(sites) - _MOST_SITES), None))


def _unreadable(error: FetchError, holds: float) -> FetchError:
    return FetchError(f"robots.txt cannot be read: {error}", status=error.status, retry_after=holds)
