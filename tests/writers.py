"""Language models for tests: what they say comes over the wire, to the providers' own clients."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from retrieval.nlp.sentences import find_quote
from retrieval.settings import Settings
from tests.model_server import Asked, ModelServer, Says

KEY = "sk-proj-a-secret-that-nobody-may-see"
# By provider: the name of a model, and what follows the address of its server.
MODELS = {
    "openai": ("openai:gpt-5-mini", "/v1"),
    "anthropic": ("anthropic:claude-haiku-4-5", ""),
    "ollama": ("ollama:qwen3", ""),
}
_PASSAGE = re.compile(r'<passage-(?P<code>\w+) number="(\d+)">\n(.*?)\n</passage-(?P=code)>', re.DOTALL)

_STATEMENT = re.compile(r'<statement-(?P<code>\w+) number="(\d+)">\n(.*?)\n</statement-(?P=code)>', re.DOTALL)

# A claim: its text, the passages it cites (None: those that have its quotes), its quotes.
Said = tuple[str, list[int] | None, list[str]]


def settings(server: ModelServer, provider: str = "openai", **others: Any) -> Settings:
    """The settings of a briefing whose model is this server."""
    model, path = MODELS[provider]
    keys = {"OPENAI_API_KEY": KEY, "ANTHROPIC_API_KEY": KEY}
    return Settings(**{"chat_model": model, "chat_url": server.url + path, **keys, **others})


def environment(server: ModelServer, provider: str = "openai") -> Mapping[str, str]:
    """The same, as the environment has them."""
    model, path = MODELS[provider]
    return {"BRIEFING_CHAT_MODEL": model, "BRIEFING_CHAT_URL": server.url + path, "OPENAI_API_KEY": KEY}


def passages(asked: Asked) -> dict[int, str]:
    """The passages that a model was given, without the line that says whose they are."""
    return {int(each[2]): each[3].partition("\n\n")[2] for each in _PASSAGE.finditer(asked.text)}


def judged(asked: Asked) -> dict[int, str]:
    """The statements that a model is to judge, by their numbers."""
    return {int(each[2]): each[3].partition("\n\n")[0] for each in _STATEMENT.finditer(asked.text)}


def claims_by_quotes(asked: Asked, said: Iterable[tuple[str, list[str]]]) -> Says:
    """Claims that cite every passage that holds one of their quotes."""
    given = passages(asked)
    return Says(
        written(
            (text, [number for number, each in given.items() if any(find_quote(q, each) for q in quotes)], quotes)
            for text, quotes in said
        )
    )


def writes(*said: Said) -> Callable[[Asked], Says]:
    """A model that makes these claims, with the numbers of the passages that have their quotes."""

    def say(asked: Asked) -> Says:
        given = passages(asked)
        return Says(written((text, places or _with(quotes, given), quotes) for text, places, quotes in said))

    return say


def written(said: Iterable[tuple[str, list[int], list[str]]]) -> str:
    """Claims as a model writes them."""
    return json.dumps({"claims": [{"text": t, "passages": p, "quotes": q} for t, p, q in said]})


def _with(quotes: list[str], given: Mapping[int, str]) -> list[int]:
    return [number for number, text in given.items() if any(quote in text for quote in quotes)][:1] or [1]
