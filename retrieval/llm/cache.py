"""Replies remembered: the same task over the same passages, put to the same model, is asked once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Protocol

from retrieval.domain.llm import Claim, Opinion, Reply
from retrieval.llm.requests import PromptRequest


class ReplyStore(Protocol):
    """Where replies are kept: `memory.replies.Replies`."""

    def find(self, key: str) -> Mapping[str, Any] | None: ...

    def keep(self, key: str, reply: Mapping[str, Any]) -> None: ...


class ReplyCache:
    """The replies of one model, `where` it is."""

    def __init__(self, shelf: ReplyStore, model: str, where: str) -> None:
        self._shelf = shelf
        self._model = f"{model}\n{where}\n"

    def find(self, request: PromptRequest) -> Reply | None:
        """What the model replied to the very same."""
        kept = self._shelf.find(self._key(request))
        try:
            if kept is None:
                return None
            told = {name: tuple(map(make, kept[name])) for name, make in _PARTS.items()}
            return Reply(**{**kept, **told, "numbers": tuple(kept["numbers"]), "cached": True})
        except (TypeError, KeyError):
            # Kept by another version, whose replies had other fields.
            return None

    def keep(self, request: PromptRequest, reply: Reply) -> None:
        """Remember a reply; one that broke off is better asked for again."""
        if not reply.cut:
            self._shelf.keep(self._key(request), asdict(reply))

    def _key(self, request: PromptRequest) -> str:
        return hashlib.sha256((self._model + request.key).encode()).hexdigest()


def _claim(kept: Mapping[str, Any]) -> Claim:
    return Claim(**{**kept, "passages": tuple(kept["passages"]), "quotes": tuple(kept["quotes"])})


def _opinion(kept: Mapping[str, Any]) -> Opinion:
    return Opinion(**{**kept, "quotes": tuple(kept["quotes"])})


_PARTS = {"claims": _claim, "opinions": _opinion}
