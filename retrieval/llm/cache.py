"""A cache of replies: the same task over the same passages is put to the same model once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Protocol

from retrieval.domain.llm import Claim, Opinion, Reply
from retrieval.llm.requests import PromptRequest


class ReplyStore(Protocol):
    """A store of replies: `storage.llm_replies.Replies`."""

    def find(self, key: str) -> Mapping[str, Any] | None: ...

    def keep(self, key: str, reply: Mapping[str, Any], person: str = "") -> None: ...


class ReplyCache:
    """The cached replies of one model at the address `where`."""

    def __init__(self, store: ReplyStore, model: str, where: str) -> None:
        self._store = store
        self._model = f"{model}\n{where}\n"

    def find(self, request: PromptRequest) -> Reply | None:
        """The model's earlier reply to the same request."""
        kept = self._store.find(self._key(request))
        try:
            if kept is None:
                return None
            parts = {name: tuple(map(make, kept[name])) for name, make in _PARTS.items()}
            return Reply(**{**kept, **parts, "numbers": tuple(kept["numbers"]), "cached": True})
        except (TypeError, KeyError):
            # Stored by another version, with other fields.
            return None

    def keep(self, request: PromptRequest, reply: Reply) -> None:
        """Store a reply, unless it broke off: then a new attempt is better."""
        if not reply.cut:
            self._store.keep(self._key(request), asdict(reply), request.task.person)

    def _key(self, request: PromptRequest) -> str:
        return hashlib.sha256((self._model + request.key).encode()).hexdigest()


def _claim(kept: Mapping[str, Any]) -> Claim:
    return Claim(**{**kept, "passages": tuple(kept["passages"]), "quotes": tuple(kept["quotes"])})


def _opinion(kept: Mapping[str, Any]) -> Opinion:
    return Opinion(**{**kept, "quotes": tuple(kept["quotes"])})


_PARTS = {"claims": _claim, "opinions": _opinion}
