"""What happens in the front ends, for those who watch them; `retrieval.observing` has the events of the library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class EndedCommand:
    """A command in Discord ended; `name` is one of ours."""

    name: str
    well: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class EndedDelivery:
    """A scheduled digest, news of watches or a mail was delivered or given up, `seconds` after it was due."""

    kind: Literal["digest", "news", "mail"]
    state: Literal["delivered", "given_up"]
    seconds: float


@dataclass(frozen=True, slots=True)
class ShownFailure:
    """A person was shown that something failed which only the operator can mend."""

    cause: Literal["store", "embedding", "internal"]


@dataclass(frozen=True, slots=True)
class DiscordAnswer:
    """Discord answered a request with this status; `limit` is the scope of the limit that refused it, if one did."""

    status: int
    limit: str = ""
